// SPDX-License-Identifier: BSD-3-Clause
//
// Notifications and indirect messages of a partition (partitions/lib/sp_notify.c, sp_rxtx.c): registers, results, and what a
// message's head may say.
#include "sp_notify.h"

#include "svc.h"

#define OTHER 0x8005
#define BITS 0x8000000100000002

static void each_call_has_its_registers(void **state)
{
    (void)state;
    assert_int_equal(sp_notify_bind(OTHER, BITS, SP_NOTIFY_PER_VCPU), 0);
    svc_assert_call(0, FFA_NOTIFICATION_BIND, (uint64_t)OTHER << 16 | SVC_OWN_ID, 1, 2, 0x80000001);
    assert_int_equal(sp_notify_unbind(OTHER, BITS), 0);
    svc_assert_call(1, FFA_NOTIFICATION_UNBIND, (uint64_t)OTHER << 16 | SVC_OWN_ID, 0, 2,
                    0x80000001);
    assert_int_equal(sp_notify_set(0, BITS, SP_NOTIFY_PER_VCPU | SP_NOTIFY_DELAY, 3), 0);
    svc_assert_call(2, FFA_NOTIFICATION_SET, (uint64_t)SVC_OWN_ID << 16, 0x30003, 2, 0x80000001);
    svc_refuse(FFA_DENIED);
    svc.count = 0;
    assert_int_equal(sp_notify_bind(OTHER, BITS, 0), ERR_DENIED);
}

static void get_takes_all_sets(void **state)
{
    struct sp_notified got = { .partitions = 7 };

    (void)state;
    svc_refuse(FFA_NOT_SUPPORTED);
    assert_int_equal(sp_notify_get(&got), ERR_NOT_SUPPORTED);
    assert_int_equal(got.partitions, 7);
    svc_answer(FFA_SUCCESS_32, 0, 0x11111111, 0x22222222, 0x33333333);
    svc.answers[1].x[5] = 0x44444444;
    assert_int_equal(sp_notify_get(&got), 0);
    svc_assert_call(1, FFA_NOTIFICATION_GET, SVC_OWN_ID, 0xf, 0, 0);
    assert_int_equal(got.partitions, 0x2222222211111111);
    assert_int_equal(got.normal_world, 0x4444444433333333);
    assert_false(got.message);
    for (unsigned int i = 6; i < 8; i++) { // of a partition, of the normal world
        svc_answer(FFA_SUCCESS_32, 0, 0, 0, 0);
        svc.answers[svc.answer_count - 1].x[i] = 1;
        assert_int_equal(sp_notify_get(&got), 0);
        assert_true(got.message);
    }
    svc_answer(FFA_SUCCESS_32, 0, 0, 0, 0);
    svc.answers[4].x[6] = 2; // something that this version does not know
    assert_int_equal(sp_notify_get(&got), 0);
    assert_false(got.message);
}

static void a_message_is_built_in_tx(void **state)
{
    static const uint32_t uuid[4] = { 1, 2, 3, 4 };
    struct ffa_message_header head;
    const uint8_t *tx = sp_tx();

    (void)state;
    assert_int_equal(sp_mail_send(OTHER, uuid, "hello", 5, SP_NOTIFY_DELAY), 0);
    svc_assert_call(0, FFA_MSG_SEND2, 0, FFA_MSG_SEND2_DELAY, 0, 0);
    memcpy(&head, tx, sizeof(head));
    assert_int_equal(head.flags, 0);
    assert_int_equal(head.reserved, 0);
    assert_int_equal(head.reserved2, 0);
    assert_int_equal(head.sender, SVC_OWN_ID);
    assert_int_equal(head.receiver, OTHER);
    assert_int_equal(head.offset, 40);
    assert_int_equal(head.size, 5);
    assert_memory_equal(head.uuid, uuid, sizeof(uuid));
    assert_memory_equal(tx + 40, "hello", 5);
}

static void a_message_fits_or_is_not_sent(void **state)
{
    static uint8_t body[SP_RXTX_SIZE];

    (void)state;
    assert_int_equal(sp_mail_send(OTHER, NULL, body, SP_RXTX_SIZE - 39, 0), ERR_RANGE);
    assert_int_equal(sp_mail_send(OTHER, NULL, body, SIZE_MAX, 0), ERR_RANGE);
    assert_int_equal(svc.count, 0);
    assert_int_equal(sp_mail_send(OTHER, NULL, body, SP_RXTX_SIZE - 40, 0), 0);
    svc.answer_count = 1;
    svc_refuse(FFA_BUSY);
    assert_int_equal(sp_mail_send(OTHER, NULL, body, 0, 0), ERR_BUSY);
}

static uint8_t *rx(void)
{
    return (uint8_t *)(uintptr_t)sp_rx();
}

static void a_message_is_read_from_rx(void **state)
{
    const struct ffa_message_header with = {
        .offset = 48, .receiver = SVC_OWN_ID, .sender = OTHER, .size = 3, .uuid = { 9, 8, 7, 6 }
    };
    struct ffa_message_header without = with; // of a sender before 1.2
    struct sp_mail mail;

    (void)state;
    memcpy(rx(), &with, sizeof(with));
    assert_int_equal(sp_mail_read(&mail), 0);
    assert_int_equal(mail.sender, OTHER);
    assert_int_equal(mail.size, 3);
    assert_ptr_equal(mail.body, rx() + 48);
    assert_memory_equal(mail.uuid, with.uuid, sizeof(with.uuid));

    without.offset = FFA_MESSAGE_HEADER_SIZE_1_1;
    memcpy(rx(), &without, FFA_MESSAGE_HEADER_SIZE_1_1);
    assert_int_equal(sp_mail_read(&mail), 0);
    assert_ptr_equal(mail.body, rx() + 20);
    assert_int_equal(mail.uuid[0], 0);
    assert_int_equal(svc.count, 0);
}

static void a_head_that_leaves_rx_is_none(void **state)
{
    static const struct ffa_message_header bad[] = {
        { .offset = 19, .receiver = SVC_OWN_ID, .size = 1 },
        { .offset = SP_RXTX_SIZE + 1, .receiver = SVC_OWN_ID, .size = 0 },
        { .offset = 40, .receiver = SVC_OWN_ID, .size = SP_RXTX_SIZE - 39 },
        { .offset = 40, .receiver = SVC_OWN_ID, .size = UINT32_MAX },
        { .offset = UINT32_MAX, .receiver = SVC_OWN_ID, .size = 40 },
        { .offset = 40, .receiver = OTHER, .size = 1 },
    };
    struct sp_mail mail = { .sender = 1 };

    (void)state;
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        memcpy(rx(), &bad[i], sizeof(bad[i]));
        assert_int_equal(sp_mail_read(&mail), ERR_INVALID);
        assert_int_equal(mail.sender, 1);
    }
}

static void buffers_are_mapped_and_released(void **state)
{
    const void *in = NULL;
    void *out = NULL;

    (void)state;
    assert_int_equal(sp_rxtx_map(&in, &out), 0);
    assert_ptr_equal(in, sp_rx());
    assert_ptr_equal(out, sp_tx());
    svc_assert_call(0, FFA_RXTX_MAP_64, (uintptr_t)out, (uintptr_t)in, 1, 0);
    assert_int_equal(sp_rxtx_map(NULL, NULL), 0);
    assert_int_equal(sp_rx_release(), 0);
    svc_assert_call(2, FFA_RX_RELEASE, 0, 0, 0, 0);
    svc.count = 0;
    svc_refuse(FFA_INVALID_PARAMETERS);
    svc_refuse(FFA_DENIED);
    assert_int_equal(sp_rxtx_map(&in, &out), ERR_DENIED);
    assert_int_equal(sp_rx_release(), ERR_DENIED);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(each_call_has_its_registers, svc_start),
        cmocka_unit_test_setup(get_takes_all_sets, svc_start),
        cmocka_unit_test_setup(a_message_is_built_in_tx, svc_start),
        cmocka_unit_test_setup(a_message_fits_or_is_not_sent, svc_start),
        cmocka_unit_test_setup(a_message_is_read_from_rx, svc_start),
        cmocka_unit_test_setup(a_head_that_leaves_rx_is_none, svc_start),
        cmocka_unit_test_setup(buffers_are_mapped_and_released, svc_start),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
