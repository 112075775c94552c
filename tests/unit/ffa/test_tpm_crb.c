// SPDX-License-Identifier: BSD-3-Clause
//
// ffa/client/tpm_crb.c against the partition's own command response buffer (partitions/ftpm/ftpm_service.c) in one process:
// localities, commands of every size, interruptions, cancelling, and a partition that lies, dies or stays busy.
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
// clang-format off
#include <cmocka.h>
// clang-format on

#include "ffa/client/tpm_crb.h"
#include "ftpm_service.h"
#include "tpm_fake.h"

#define PARTITION 0x8005

static struct tpm_crb crb;

static struct {
    unsigned int interruptions; // before each answer
    uint32_t interruption;      // FFA_INTERRUPT, FFA_YIELD
    int32_t error;              // of a message; 0: none
    uint32_t status;            // instead of the partition's; 0: its
    uint32_t function;          // of an answer, instead; 0: the right one
    uint32_t version;           // of the interface, instead; 0: its
    bool is_absent;
    bool cancels;        // while it is interrupted
    void (*after)(void); // the answer, before the client sees it
    struct ffa_args pending;
    unsigned int left;
    unsigned int messages;
    uint32_t last; // function id of the last
} way;

// ---- The way there ---------------------------------------------------------------------------------------------------

static void answer_list(struct ffa_args *args)
{
    assert_int_equal(args->x[1], 0xaf4f0618a462b817ULL); // services.md A.1
    assert_int_equal(args->x[2], 0x613835589a08b386ULL);
    if (way.is_absent) {
        *args = (struct ffa_args){ .x = { FFA_ERROR, 0, (uint32_t)FFA_INVALID_PARAMETERS } };
    } else {
        *args = (struct ffa_args){ .x = { FFA_SUCCESS_64, 0, 24ULL << 48,
                                          PARTITION | 1 << 16 | 0x301ULL << 32 } };
    }
}

static void answer_message(struct ffa_args *args)
{
    if (args->x[0] == FFA_MSG_SEND_DIRECT_REQ2) {
        struct sp_message2 message = {
            .uuid = { args->x[2], args->x[3] },
            .endpoints = args->x[1],
        };

        memcpy(message.arg, args->x + 4, sizeof(message.arg));
        way.last = (uint32_t)args->x[4];
        ftpm_service_answer2(&message);
        memcpy(args->x + 4, message.arg, sizeof(message.arg));
        args->x[0] = FFA_MSG_SEND_DIRECT_RESP2;
    } else {
        struct sp_message message = { .endpoints = args->x[1], .function = args->x[0] };

        memcpy(message.arg, args->x + 3, sizeof(message.arg));
        way.last = (uint32_t)args->x[4];
        ftpm_service_answer(&message);
        memcpy(args->x + 3, message.arg, sizeof(message.arg));
        args->x[0] = FFA_MSG_SEND_DIRECT_RESP_32;
    }
    args->x[4] = way.status != 0 ? way.status : args->x[4];
    args->x[5] = way.version != 0 ? way.version : args->x[5];
    args->x[0] = way.function != 0 ? way.function : args->x[0];
}

// The partition works when it has been given time often enough, so that a cancel comes before
static void call(struct ffa_transport *transport, struct ffa_args *args)
{
    (void)transport;
    if (args->x[0] == FFA_PARTITION_INFO_GET_REGS) {
        answer_list(args);
        return;
    }
    if (args->x[0] == FFA_RUN) {
        assert_int_equal(args->x[1], (uint32_t)PARTITION << 16);
        assert_int_not_equal(way.left, 0);
        way.left--;
    } else {
        assert_int_equal(args->x[1], PARTITION);
        way.messages++;
        if (way.error != 0) {
            *args = (struct ffa_args){ .x = { FFA_ERROR, 0, (uint32_t)way.error } };
            return;
        }
        way.pending = *args;
        way.left = way.interruptions;
    }
    if (way.left != 0) {
        if (way.cancels) {
            tpm_crb_cancel(&crb);
        }
        *args = (struct ffa_args){ .x = { way.interruption, (uint32_t)PARTITION << 16 } };
        return;
    }
    *args = way.pending;
    answer_message(args);
    if (way.after != NULL) {
        way.after();
    }
}

static struct ffa_transport transport = { .call = call, .version = FFA_VERSION_1_2 };

static int setup(void **state)
{
    (void)state;
    memset(&way, 0, sizeof(way));
    way.interruption = FFA_INTERRUPT;
    tpm_fake_start();
    assert_int_equal(tpm_crb_open(&crb, &transport, tpm_fake_pages), 0);
    return 0;
}

static uint8_t bytes[TPM_CRB_DATA_SIZE + 1];
static uint8_t response[TPM_CRB_DATA_SIZE + 64];

static int run(size_t size, size_t room, size_t *response_size)
{
    struct tpm_crb_command command = {
        .bytes = bytes, .size = size, .response = response, .room = room
    };

    tpm_fake_command(bytes, size);
    memset(response, 0xee, sizeof(response));
    int error = tpm_crb_execute(&crb, &command);

    if (response_size != NULL) {
        *response_size = command.response_size;
    }
    return error;
}

// ---- Tests -----------------------------------------------------------------------------------------------------------

static void the_partition_is_found_and_its_version_checked(void **state)
{
    (void)state;
    assert_int_equal(crb.partition, PARTITION);
    assert_int_equal(way.messages, 1);
    way.version = 0x00020000;
    assert_int_equal(tpm_crb_open(&crb, &transport, tpm_fake_pages), ERR_VERSION);
    way.version = 0x00010007; // a newer minor one is fine
    assert_int_equal(tpm_crb_open(&crb, &transport, tpm_fake_pages), 0);
    way.status = TPM_CRB_NOFUNC;
    assert_int_equal(tpm_crb_open(&crb, &transport, tpm_fake_pages), ERR_NOT_SUPPORTED);
    way.is_absent = true;
    assert_int_equal(tpm_crb_open(&crb, &transport, tpm_fake_pages), ERR_NOT_FOUND);
}

static void commands_of_every_size_come_through(void **state)
{
    (void)state;
    for (unsigned int kind = 0; kind < 2; kind++) {
        crb.message2 = kind == 1;
        assert_int_equal(tpm_crb_request(&crb, 3), 0);
        assert_int_equal(tpm_crb_set_ready(&crb, true), 0);
        for (size_t size = TPM_CRB_HEADER_SIZE; size <= TPM_CRB_DATA_SIZE;
             size += size < 64 ? 1 : 61) {
            size_t got = 0;

            assert_int_equal(run(size, TPM_CRB_DATA_SIZE, &got), 0);
            assert_int_equal(got, size);
            assert_int_equal(tpm_fake.size, size);
            assert_int_equal(tpm_fake.locality, 3);
            for (size_t i = 6; i < size; i++) {
                assert_int_equal(response[i], (uint8_t) ~(i * 5));
            }
            assert_int_equal(response[size], 0xee);
        }
        assert_int_equal(tpm_crb_set_ready(&crb, false), 0);
        assert_int_equal(tpm_fake_get(3, TPM_CRB_DATA), 0); // wiped
        assert_int_equal(tpm_crb_relinquish(&crb), 0);
    }
}

static void a_response_is_bounded_by_the_room(void **state)
{
    size_t got = 0;

    (void)state;
    assert_int_equal(tpm_crb_request(&crb, 0), 0);
    for (size_t room = 0; room < 100; room++) {
        tpm_fake.response_size = 50;
        assert_int_equal(run(12, room, &got), room < 50 ? ERR_NO_MEMORY : 0);
        for (size_t i = room < 50 ? 0 : 50; i < sizeof(response); i++) {
            assert_int_equal(response[i], 0xee);
        }
    }
    tpm_fake.response_size = TPM_CRB_DATA_SIZE;
    assert_int_equal(run(12, TPM_CRB_DATA_SIZE, &got), 0);
    assert_int_equal(got, TPM_CRB_DATA_SIZE);
}

static void wrong_commands_are_not_sent(void **state)
{
    struct tpm_crb_command command = { .bytes = bytes, .size = 12, .response = response };

    (void)state;
    assert_int_equal(run(12, 64, NULL), ERR_INVALID); // no locality
    assert_int_equal(tpm_crb_set_ready(&crb, true), ERR_INVALID);
    assert_int_equal(tpm_crb_relinquish(&crb), ERR_INVALID);
    assert_int_equal(tpm_crb_request(&crb, 0), 0);
    way.messages = 0;
    assert_int_equal(run(9, 64, NULL), ERR_INVALID);
    assert_int_equal(run(TPM_CRB_DATA_SIZE + 1, 64, NULL), ERR_RANGE);
    memcpy(bytes, "\x80\x01\x00\x00\x00\x0d", 6);
    assert_int_equal(tpm_crb_execute(&crb, &command), ERR_INVALID); // 13 in its header
    assert_int_equal(way.messages, 0);
}

// The header's promise of ERR_BUSY: "ask again or relinquish"
static void a_locality_that_waits_can_leave_the_line(void **state)
{
    struct tpm_crb second;

    (void)state;
    assert_int_equal(tpm_crb_request(&crb, 1), 0);
    assert_int_equal(tpm_crb_open(&second, &transport, tpm_fake_pages), 0);
    assert_int_equal(tpm_crb_relinquish(&second), ERR_INVALID); // neither granted nor waiting
    assert_int_equal(tpm_crb_seize(&second, 0), ERR_BUSY);
    assert_int_equal(tpm_crb_relinquish(&second), ERR_INVALID); // who wanted to seize does not wait
    assert_int_equal(tpm_crb_request(&second, 0), ERR_BUSY);
    assert_int_equal(tpm_crb_request(&second, 0), ERR_BUSY);
    assert_int_equal(tpm_crb_relinquish(&second), 0);
    assert_int_equal(tpm_crb_relinquish(&second), ERR_INVALID);
    assert_int_equal(tpm_crb_request(&second, 2), ERR_BUSY);
    assert_int_equal(tpm_crb_request(&second, 0), ERR_BUSY); // 2 waits no longer
    assert_int_equal(tpm_crb_relinquish(&second), 0);
    assert_int_equal(tpm_crb_relinquish(&crb), 0);
    for (uint8_t i = 0; i < 4; i++) {
        assert_int_equal(tpm_fake_get(i, TPM_CRB_LOC_STS) & TPM_CRB_GRANTED, 0); // it is nobody's
    }
    assert_int_equal(tpm_crb_request(&crb, 3), 0);
    assert_int_equal(tpm_crb_request(&second, 0), ERR_BUSY);
    assert_int_equal(tpm_crb_relinquish(&crb), 0);
    assert_int_equal(tpm_crb_request(&second, 0), 0);           // its turn,
    assert_int_equal(tpm_crb_relinquish(&second), 0);           // and once given
    assert_int_equal(tpm_crb_relinquish(&second), ERR_INVALID); // it does not wait either
}

static void localities_are_one_at_a_time(void **state)
{
    (void)state;
    assert_int_equal(tpm_crb_request(&crb, 4), ERR_INVALID);
    assert_int_equal(tpm_crb_request(&crb, 0xff), ERR_INVALID);
    assert_int_equal(tpm_crb_request(&crb, 1), 0);
    assert_int_equal(tpm_crb_request(&crb, 1), 0);
    assert_int_equal(tpm_crb_request(&crb, 2), ERR_INVALID); // relinquish first
    struct tpm_crb second;

    assert_int_equal(tpm_crb_open(&second, &transport, tpm_fake_pages), 0);
    assert_int_equal(tpm_crb_request(&second, 0), ERR_BUSY);
    assert_int_equal(second.locality, TPM_CRB_NO_LOCALITY);
    assert_int_equal(tpm_crb_seize(&second, 0), ERR_BUSY); // lower
    assert_int_equal(tpm_crb_relinquish(&crb), 0);
    assert_int_equal(tpm_crb_request(&second, 0), 0); // its turn
    assert_int_equal(tpm_crb_seize(&crb, 3), 0);
    assert_int_equal(tpm_fake_get(0, TPM_CRB_LOC_STS), TPM_CRB_SEIZED);
    assert_int_equal(run(12, 64, NULL), 0);
    crb = second;
    assert_int_equal(run(12, 64, NULL), ERR_DENIED); // seized
    assert_int_equal(tpm_crb_set_ready(&crb, true), ERR_DENIED);
}

static void an_interrupted_command_goes_on(void **state)
{
    (void)state;
    assert_int_equal(tpm_crb_request(&crb, 0), 0);
    way.interruptions = 1000;
    assert_int_equal(run(12, 64, NULL), 0);
    way.interruption = FFA_YIELD;
    assert_int_equal(run(12, 64, NULL), 0);
    crb.message2 = true;
    assert_int_equal(run(12, 64, NULL), 0);
    assert_int_equal(tpm_fake.runs, 3); // each ran once
}

static void a_cancel_reaches_the_running_command_only(void **state)
{
    (void)state;
    assert_int_equal(tpm_crb_request(&crb, 2), 0);
    tpm_crb_cancel(&crb); // none runs
    assert_int_equal(tpm_fake_get(2, TPM_CRB_CTRL_CANCEL), 0);
    way.interruptions = 1;
    way.cancels = true;
    assert_int_equal(run(12, 64, NULL), 0);
    assert_true(tpm_fake.was_cancelled);
    way.cancels = false;
    assert_int_equal(tpm_fake_get(2, TPM_CRB_CTRL_CANCEL), 0);
    tpm_fake_put(2, TPM_CRB_CTRL_CANCEL, 1); // of somebody before
    assert_int_equal(run(12, 64, NULL), 0);
    assert_false(tpm_fake.was_cancelled);
    assert_int_equal(tpm_crb_relinquish(&crb), 0);
    tpm_crb_cancel(&crb);
}

static void what_ff_a_refuses_does_not_run_later(void **state)
{
    static const struct {
        int32_t code;
        int error;
    } rows[] = { { FFA_ABORTED, ERR_ABORTED },
                 { FFA_DENIED, ERR_IO },
                 { FFA_BUSY, ERR_BUSY },
                 { FFA_INVALID_PARAMETERS, ERR_NOT_FOUND } };

    (void)state;
    assert_int_equal(tpm_crb_request(&crb, 0), 0);
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        way.error = rows[i].code;
        assert_int_equal(run(12, 64, NULL), rows[i].error);
        assert_int_equal(tpm_fake_get(0, TPM_CRB_CTRL_START), 0);
        way.error = 0;
        assert_int_equal(tpm_crb_set_ready(&crb, true), 0);
    }
    assert_int_equal(tpm_fake.runs, 0);
    way.error = FFA_ABORTED;
    assert_int_equal(tpm_crb_relinquish(&crb), ERR_ABORTED);
    assert_int_equal(crb.locality, TPM_CRB_NO_LOCALITY);
    assert_int_equal(tpm_crb_request(&crb, 0), ERR_ABORTED);
}

static void statuses_become_errors(void **state)
{
    static const struct {
        uint32_t status;
        int error;
    } rows[] = { { TPM_CRB_NOFUNC, ERR_NOT_SUPPORTED },
                 { TPM_CRB_NOTSUP, ERR_NOT_SUPPORTED },
                 { TPM_CRB_INVARG, ERR_INVALID },
                 { TPM_CRB_INV_CRB_CTRL_DATA, ERR_CORRUPT },
                 { TPM_CRB_ALREADY, ERR_IO },
                 { TPM_CRB_DENIED, ERR_DENIED },
                 { TPM_CRB_NOMEM, ERR_IO },
                 { 1, ERR_IO },
                 { (uint32_t)FFA_NOT_SUPPORTED, ERR_IO } };

    (void)state;
    assert_int_equal(tpm_crb_request(&crb, 0), 0);
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        way.status = rows[i].status;
        assert_int_equal(run(12, 64, NULL), rows[i].error);
        assert_int_equal(crb.status, rows[i].status);
    }
    way.status = 0;
    way.function = FFA_MSG_SEND_DIRECT_RESP_64; // not what was asked
    assert_int_equal(run(12, 64, NULL), ERR_IO);
    way.function = FFA_SUCCESS_32;
    assert_int_equal(run(12, 64, NULL), ERR_IO);
}

static uint32_t lie_at, lie;

static void lie_after(void)
{
    if (way.last == TPM_CRB_START) {
        tpm_fake_put(0, lie_at, lie);
    }
}

static void a_page_that_lies_is_not_believed(void **state)
{
    static const uint8_t sizes[][4] = { { 0, 0, 0, 0 },
                                        { 0, 0, 0, 9 },
                                        { 0, 0, 0x0f, 0x81 },
                                        { 0x80, 0, 0, 0 },
                                        { 255, 255, 255, 255 } };

    (void)state;
    assert_int_equal(tpm_crb_request(&crb, 0), 0);
    way.after = lie_after;
    lie_at = TPM_CRB_CTRL_START;
    lie = 1;
    assert_int_equal(run(12, 64, NULL), ERR_CORRUPT);
    lie = 0;
    assert_int_equal(run(12, 64, NULL), 0);
    for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
        // The size's first two bytes end the first word, its last two begin the second
        lie_at = TPM_CRB_DATA;
        lie = 0x0180 | (uint32_t)sizes[i][0] << 16 | (uint32_t)sizes[i][1] << 24;
        if (lie == 0x0180) {
            lie_at = TPM_CRB_DATA + 4;
            lie = sizes[i][2] | (uint32_t)sizes[i][3] << 8;
        }
        assert_int_equal(run(12, TPM_CRB_DATA_SIZE, NULL), ERR_CORRUPT);
        for (size_t j = 0; j < sizeof(response); j++) {
            assert_int_equal(response[j], 0xee);
        }
    }
    // Granted is what the page says, but nothing more comes of it than a refusal later
    lie_at = TPM_CRB_LOC_STS;
    lie = 0;
    assert_int_equal(tpm_crb_request(&crb, 0), ERR_BUSY);
}

static void a_tpm_that_has_failed_is_seen(void **state)
{
    (void)state;
    assert_int_equal(tpm_crb_request(&crb, 1), 0);
    assert_false(tpm_crb_has_failed(&crb));
    tpm_fake.has_failed = true;
    size_t got = 0;

    assert_int_equal(run(12, 64, &got), 0);
    assert_int_equal(got, 10);
    assert_memory_equal(response + 6, "\x00\x00\x01\x01", 4); // TPM_RC_FAILURE
    assert_true(tpm_crb_has_failed(&crb));
    assert_int_equal(tpm_crb_relinquish(&crb), 0);
    assert_true(tpm_crb_has_failed(&crb));
}

#define TEST(name) cmocka_unit_test_setup(name, setup)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(the_partition_is_found_and_its_version_checked),
        TEST(commands_of_every_size_come_through),
        TEST(a_response_is_bounded_by_the_room),
        TEST(wrong_commands_are_not_sent),
        TEST(localities_are_one_at_a_time),
        TEST(a_locality_that_waits_can_leave_the_line),
        TEST(an_interrupted_command_goes_on),
        TEST(a_cancel_reaches_the_running_command_only),
        TEST(what_ff_a_refuses_does_not_run_later),
        TEST(statuses_become_errors),
        TEST(a_page_that_lies_is_not_believed),
        TEST(a_tpm_that_has_failed_is_seen),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
