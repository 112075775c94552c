// SPDX-License-Identifier: BSD-3-Clause
//
// Notifications and indirect messages (DEN0077A "Notifications", "Indirect messaging") in a whole machine: who is told, by
// which interrupt, and what is in whose RX buffer. Each error of each call is a unit test (tests/unit/spmc).
#include <string.h>

#include "platform/boards/qemu_virt/board.h"
#include "tests/target/memory.h"

#define SRI 8 // schedule-receiver interrupt: an SGI of the normal world
#define FROM_PARTITIONS 1
#define FROM_SPM 4

static int ready(void **state)
{
    (void)state;
    target_fresh(NULL);
    mem_ready(FFA_VERSION_1_2);
    struct ffa_args a = call(FFA_NOTIFICATION_BITMAP_CREATE, 0, 1);
    assert_ffa_success(a, 0, 0);
    return 0;
}

static struct ffa_args get(uint64_t flags)
{
    return call(FFA_NOTIFICATION_GET, 0, flags);
}

// The peer makes one FF-A call; its answer is in the step
static struct peer_step *peer_calls(uint16_t peer, const uint64_t *x, unsigned int count)
{
    struct peer_script *script = peer_begin(peer);
    struct peer_step *step = peer_add(script, PEER_CALL, 0, 0, 0, 0);

    memcpy(step->x, x, count * sizeof(x[0]));
    peer_run_all(peer);
    return step;
}
#define PEER_CALLS(peer, ...) \
    peer_calls(peer, (const uint64_t[]){ __VA_ARGS__ }, sizeof((uint64_t[]){ __VA_ARGS__ }) / 8)

static void the_interrupt_has_a_number(void **state)
{
    (void)state;
    struct ffa_args a = call(FFA_FEATURES, 2);
    assert_ffa_success(a, SRI, 0);
    a = call(FFA_FEATURES, 1); // notification pending: partitions have that one
    assert_ffa_error(a, FFA_NOT_SUPPORTED);
}

static void a_partition_notifies_the_normal_world(void **state)
{
    (void)state;
    struct ffa_args a = call(FFA_NOTIFICATION_BIND, (uint64_t)PEER1_ID << 16, 0, 0x30, 0x1);
    assert_ffa_success(a, 0, 0);
    a = get(FROM_PARTITIONS | FROM_SPM);
    assert_ffa_success(a, 0, 0);

    struct peer_script *script = peer_begin(PEER1_ID);
    struct peer_step *set =
        peer_add(script, PEER_CALL, FFA_NOTIFICATION_SET, (uint64_t)PEER1_ID << 16, 0, 0x20);
    struct peer_step *other = peer_add(script, PEER_CALL, FFA_NOTIFICATION_SET,
                                       (uint64_t)PEER1_ID << 16, 0, 0x40); // not bound
    struct h_call c = { .x = { FFA_MSG_SEND_DIRECT_REQ_64, PEER1_ID, 0, PEER_RUN_SCRIPT },
                        .flags = MB_SMC_TIMER,
                        .timer_ticks = 0x7fffffff };
    assert_int_equal(h_call(machine, 0, &c), H_OK);
    while (c.x[0] == FFA_INTERRUPT) { // the SRI may preempt who raised it
        assert_int_equal(c.interrupt, SRI);
        c = (struct h_call){ .x = { FFA_RUN, (uint64_t)PEER1_ID << 16 } };
        assert_int_equal(h_call(machine, 0, &c), H_OK);
    }
    assert_int_equal(c.x[0], FFA_MSG_SEND_DIRECT_RESP_64);
    assert_int_equal(set->x[0], FFA_SUCCESS_32);
    assert_int_equal((int32_t)other->x[2], FFA_DENIED);

    a = call(FFA_NOTIFICATION_INFO_GET_64);
    assert_ffa_function(a, FFA_SUCCESS_64);
    assert_int_equal(a.x[2], 1 << 7); // one list, of one id
    assert_int_equal(a.x[3], 0);      // the normal world's own
    a = call(FFA_NOTIFICATION_INFO_GET_64);
    assert_ffa_error(a, FFA_NO_DATA); // told once
    a = get(FROM_PARTITIONS);
    assert_ffa_success(a, 0x20, 0);
    a = get(FROM_PARTITIONS);
    assert_ffa_success(a, 0, 0);
    a = call(FFA_NOTIFICATION_UNBIND, (uint64_t)PEER1_ID << 16, 0, 0x30, 0x1);
    assert_ffa_success(a, 0, 0);
}

// The partition binds, the normal world sets: nobody takes the core; told at its next turn
static void the_normal_world_notifies_a_partition(void **state)
{
    (void)state;
    struct peer_step *bind = PEER_CALLS(PEER1_ID, FFA_NOTIFICATION_BIND, PEER1_ID, 0, 0xf0, 0);
    assert_int_equal(bind->x[0], FFA_SUCCESS_32);
    struct peer_script *script = peer_begin(PEER1_ID);
    uint32_t told = script->notifications;
    struct ffa_args a = call(FFA_NOTIFICATION_SET, PEER1_ID, 0, 0x90, 0);
    assert_ffa_success(a, 0, 0);
    assert_int_equal(script->notifications, told);
    a = call(FFA_NOTIFICATION_INFO_GET_64);
    assert_ffa_function(a, FFA_SUCCESS_64);
    assert_int_equal(a.x[3], PEER1_ID); // who is to be given time
    script->on_event = PEER_ON_NOTIFICATION;
    script->event_first = 0;
    struct peer_step *got = peer_add(script, PEER_NOTIFIED, 0, 0, 0, 0);
    script->magic = 0;
    a = call(FFA_RUN, (uint64_t)PEER1_ID << 16);
    assert_ffa_function(a, FFA_MSG_WAIT);
    assert_int_equal(script->notifications, told + 1);
    peer_run_all(PEER1_ID);
    assert_int_equal(got->x[0], 0);
    assert_int_equal(got->x[2], 0x90);
}

static void partitions_notify_each_other(void **state)
{
    (void)state;
    struct peer_step *step =
        PEER_CALLS(PEER2_ID, FFA_NOTIFICATION_BIND, (uint64_t)PEER1_ID << 16 | PEER2_ID, 0, 1, 0);
    assert_int_equal(step->x[0], FFA_SUCCESS_32);
    step = PEER_CALLS(PEER1_ID, FFA_NOTIFICATION_SET, (uint64_t)PEER1_ID << 16 | PEER2_ID, 0, 1, 0);
    assert_int_equal(step->x[0], FFA_SUCCESS_32);
    // In another one's name
    step = PEER_CALLS(PEER1_ID, FFA_NOTIFICATION_SET, (uint64_t)PEER2_ID << 16 | PEER1_ID, 0, 1, 0);
    assert_int_equal((int32_t)step->x[2], FFA_INVALID_PARAMETERS);
    step = PEER_CALLS(PEER2_ID, FFA_NOTIFICATION_GET, PEER2_ID, FROM_PARTITIONS);
    assert_int_equal(step->x[0], FFA_SUCCESS_32);
    assert_int_equal(step->x[2], 1);
}

static void only_the_normal_world_makes_and_ends_its_bitmap(void **state)
{
    (void)state;
    struct ffa_args a = call(FFA_NOTIFICATION_BITMAP_CREATE, 0, 1);
    assert_ffa_error(a, FFA_DENIED);
    a = call(FFA_NOTIFICATION_BITMAP_CREATE, PEER1_ID, 1);
    assert_ffa_error(a, FFA_INVALID_PARAMETERS);
    a = call(FFA_NOTIFICATION_BITMAP_DESTROY, 0);
    assert_ffa_success(a, 0, 0);
    a = call(FFA_NOTIFICATION_BITMAP_DESTROY, 0);
    assert_ffa_error(a, FFA_DENIED);
    a = call(FFA_NOTIFICATION_BIND, (uint64_t)PEER1_ID << 16, 0, 1, 0);
    assert_ffa_function(a, FFA_ERROR);
    struct peer_step *step = PEER_CALLS(PEER1_ID, FFA_NOTIFICATION_BITMAP_CREATE, 0, 1);
    assert_int_equal((int32_t)step->x[2], FFA_NOT_SUPPORTED);
    step = PEER_CALLS(PEER1_ID, FFA_NOTIFICATION_INFO_GET_64);
    assert_int_equal((int32_t)step->x[2], FFA_NOT_SUPPORTED);
}

// ---- Indirect messages -----------------------------------------------------------------------------------------------

static void write_message(uint16_t receiver, const void *bytes, uint32_t size)
{
    uint8_t *tx = mem_at(MEM_TX, MEM_BUFFER_SIZE);
    struct ffa_message_header header = { .offset = sizeof(header),
                                         .receiver = receiver,
                                         .size = size };

    memset(tx, 0xcc, MEM_BUFFER_SIZE);
    memcpy(tx, &header, sizeof(header));
    memcpy(tx + sizeof(header), bytes, size);
}

static void a_message_reaches_a_partition(void **state)
{
    (void)state;
    mem_peer_ready(PEER1_ID);
    write_message(PEER1_ID, "to peer 1", 10);
    struct ffa_args a = call(FFA_MSG_SEND2);
    assert_ffa_success(a, 0, 0);
    a = call(FFA_MSG_SEND2); // not read yet
    assert_ffa_error(a, FFA_BUSY);
    struct peer_script *script = peer_begin(PEER1_ID);
    struct peer_step *mail = peer_add(script, PEER_MAIL_READ, 0, 0, 0, 0);
    // All of RX behind the message is zero, whatever TX had there
    struct peer_step *tail =
        peer_add_at(script, PEER_COUNT, PEER_SYM_RX, 0, sizeof(struct ffa_message_header) + 10,
                    4096 - sizeof(struct ffa_message_header) - 10, 0, 0);
    // RX is not given back before its notification was fetched
    struct peer_step *early = peer_add(script, PEER_CALL, FFA_RX_RELEASE, 0, 0, 0);
    struct peer_step *fetch = peer_add(script, PEER_NOTIFIED, 0, 0, 0, 0);
    struct peer_step *release = peer_add(script, PEER_CALL, FFA_RX_RELEASE, 0, 0, 0);
    peer_run_all(PEER1_ID);
    assert_int_equal(mail->x[0], 0);
    assert_int_equal(mail->x[1], FFA_ID_NWD);
    assert_int_equal(mail->x[2], 10);
    assert_memory_equal(&mail->x[3], "to peer ", 8);
    assert_int_equal(tail->x[3], 4096 - sizeof(struct ffa_message_header) - 10);
    assert_int_equal((int32_t)early->x[2], FFA_DENIED);
    assert_int_equal(fetch->x[0], 0);
    assert_true(fetch->x[3] != 0);
    assert_int_equal(release->x[0], FFA_SUCCESS_32);
}

static void a_partition_answers_and_the_normal_world_is_told(void **state)
{
    (void)state;
    mem_peer_ready(PEER1_ID);
    uint8_t *rx = mem_at(MEM_RX, MEM_BUFFER_SIZE);
    memset(rx, 0xee, MEM_BUFFER_SIZE);
    struct peer_script *script = peer_begin(PEER1_ID);
    memcpy(script->data, "to the normal world", 20);
    struct peer_step *mail = peer_add(script, PEER_MAIL, FFA_ID_NWD, 0, 20, 0);
    struct peer_step *again = peer_add(script, PEER_MAIL, FFA_ID_NWD, 0, 20, 0);
    struct ffa_args a = peer_run(PEER1_ID);
    while (a.x[0] == FFA_INTERRUPT) {
        a = call(FFA_RUN, (uint64_t)PEER1_ID << 16);
    }
    assert_ffa_function(a, FFA_MSG_SEND_DIRECT_RESP_64);
    assert_int_equal(mail->x[0], 0);
    assert_int_equal((int32_t)again->x[0], ERR_BUSY);
    struct ffa_message_header header;
    memcpy(&header, rx, sizeof(header));
    assert_int_equal(header.sender, PEER1_ID);
    assert_int_equal(header.receiver, FFA_ID_NWD);
    assert_int_equal(header.size, 20);
    assert_memory_equal(rx + header.offset, "to the normal world", 20);
    for (size_t i = header.offset + 20; i < MEM_BUFFER_SIZE; i++) {
        assert_int_equal(rx[i], 0);
    }
    a = get(FROM_SPM);
    assert_ffa_function(a, FFA_SUCCESS_32);
    assert_int_equal(a.x[6], 1); // RX is full
    a = call(FFA_RX_RELEASE);
    assert_ffa_success(a, 0, 0);
    a = call(FFA_RX_RELEASE);
    assert_ffa_error(a, FFA_DENIED);
}

static void messages_that_lie_are_refused(void **state)
{
    static const struct {
        struct ffa_message_header header;
        int32_t code;
    } cases[] = {
        { { .offset = 40, .receiver = PEER1_ID, .size = 5000 }, FFA_INVALID_PARAMETERS },
        { { .offset = 40, .receiver = PEER1_ID, .size = UINT32_MAX }, FFA_INVALID_PARAMETERS },
        { { .offset = UINT32_MAX, .receiver = PEER1_ID, .size = 2 }, FFA_INVALID_PARAMETERS },
        { { .offset = 8, .receiver = PEER1_ID, .size = 2 }, FFA_INVALID_PARAMETERS },
        { { .offset = 40, .receiver = PEER1_ID, .size = 2, .flags = 1 }, FFA_INVALID_PARAMETERS },
        { { .offset = 40, .receiver = PEER1_ID, .size = 2, .sender = PEER2_ID }, 0 },
        { { .offset = 40, .receiver = 0, .size = 2 }, FFA_INVALID_PARAMETERS },
        { { .offset = 40, .receiver = 0x8076, .size = 2 }, FFA_INVALID_PARAMETERS },
        { { .offset = 40, .receiver = ECHO_ID, .size = 2 }, FFA_DENIED },
    };

    (void)state;
    mem_peer_ready(PEER1_ID);
    for (unsigned int i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        memcpy(mem_at(MEM_TX, MEM_BUFFER_SIZE), &cases[i].header, sizeof(cases[i].header));
        struct ffa_args a = call(FFA_MSG_SEND2);
        assert_ffa_function(a, FFA_ERROR);
        if (cases[i].code != 0) {
            assert_ffa_error(a, cases[i].code);
        }
    }
    write_message(PEER1_ID, "good", 5);
    struct ffa_args a = call(FFA_MSG_SEND2, 0, 2); // delayed interrupt: of partitions only
    assert_ffa_error(a, FFA_INVALID_PARAMETERS);
    a = call(FFA_MSG_SEND2);
    assert_ffa_success(a, 0, 0);
}

#define CASE(f) cmocka_unit_test_setup(f, ready)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(the_interrupt_has_a_number),
        CASE(a_partition_notifies_the_normal_world),
        CASE(the_normal_world_notifies_a_partition),
        CASE(partitions_notify_each_other),
        CASE(only_the_normal_world_makes_and_ends_its_bitmap),
        CASE(a_message_reaches_a_partition),
        CASE(a_partition_answers_and_the_normal_world_is_told),
        CASE(messages_that_lie_are_refused),
    };

    return cmocka_run_group_tests_name("ffa_notify", tests, NULL, target_stop);
}
