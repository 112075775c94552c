// SPDX-License-Identifier: BSD-3-Clause
//
// ffa/linux/tessera_crb.c, the TPM's driver below Linux's TPM core, with the client it is made of, against the partition's own
// command response buffer (partitions/ftpm/ftpm_crb.c) in one process: errors as errno, a locality that the secure world takes, a
// partition that is missing, dead or refuses, responses and what is left of them.
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
// clang-format off
#include <cmocka.h>
// clang-format on

#include "ffa/linux/tessera_crb.h"
#include "ftpm_service.h"
#include "tpm_fake.h"

#define TIMEOUT_MS 4000 // TIMEOUT_B, as Linux has it

static struct tessera_crb crb;
static struct device device;
static struct tessera_partition partition = { .id = 0x8005 };
unsigned long jiffies;

static struct {
    int missing;      // errno of tessera_find()
    int error;        // errno of each call
    uint32_t status;  // instead of the partition's
    uint32_t version; // of its interface
    unsigned int calls;
    unsigned int takes_at; // call before which the secure world takes the TPM
    unsigned int gives_at; // millisecond at which it gives it back
    unsigned int messages; // to the kernel's log
} way;

// ---- The kernel ------------------------------------------------------------------------------------------------------

void fake_sleep(unsigned long us)
{
    assert_in_range(us, 500, 5000); // it may neither hold a core nor be late
    jiffies += us / 1000 + 1;
    if (way.gives_at != 0 && jiffies >= way.gives_at) {
        ftpm_crb_give_back();
        ftpm_crb_refresh();
        way.gives_at = 0;
    }
}

void fake_message(const struct device *dev, const char *text)
{
    assert_ptr_equal(dev, &device);
    assert_non_null(strstr(text, "died"));
    way.messages++;
}

int tessera_find(const u32 uuid[4], struct tessera_partition **found)
{
    assert_memory_equal(uuid, "\x17\xb8\x62\xa4\x18\x06\x4f\xaf\x86\xb3\x08\x9a\x58\x35\x38\x61",
                        16);
    if (way.missing != 0) {
        return way.missing;
    }
    *found = &partition;
    return 0;
}

int tessera_call(struct tessera_partition *to, struct tessera_message *message,
                 enum tessera_wait wait)
{
    struct sp_message at = { .endpoints = 0x8005, .function = 0x8400006f };

    assert_ptr_equal(to, &partition);
    assert_int_equal(wait, TESSERA_UNINTERRUPTIBLE);
    if (way.error != 0) {
        return way.error;
    }
    if (++way.calls == way.takes_at) {
        ftpm_crb_take();
        ftpm_crb_refresh();
    }
    for (size_t i = 0; i < 5; i++) {
        at.arg[i] = message->w[i];
    }
    ftpm_service_answer(&at);
    for (size_t i = 0; i < 5; i++) {
        message->w[i] = (u32)at.arg[i];
    }
    message->w[1] = way.status != 0 ? way.status : message->w[1];
    message->w[2] = way.version != 0 ? way.version : message->w[2];
    return 0;
}

static int setup(void **state)
{
    (void)state;
    memset(&way, 0, sizeof(way));
    jiffies = 1000;
    tpm_fake_start();
    assert_int_equal(tessera_crb_open(&crb, &device, tpm_fake_pages), 0);
    way.calls = 0;
    return 0;
}

static uint8_t bytes[TPM_CRB_DATA_SIZE + 1];
static uint8_t response[4096];

static int run(size_t size)
{
    tpm_fake_command(bytes, size);
    return tessera_crb_send(&crb, bytes, size);
}

static uint32_t granted(void)
{
    return tpm_fake_get(0, TPM_CRB_LOC_STS) & TPM_CRB_GRANTED;
}

// ---- Tests -----------------------------------------------------------------------------------------------------------

static void a_partition_without_our_tpm_is_told(void **state)
{
    (void)state;
    way.missing = -ENODEV;
    assert_int_equal(tessera_crb_open(&crb, &device, tpm_fake_pages), -ENODEV);
    way.missing = -EPROBE_DEFER;
    assert_int_equal(tessera_crb_open(&crb, &device, tpm_fake_pages), -EPROBE_DEFER);
    way.missing = 0;
    way.version = 0x00020000;
    assert_int_equal(tessera_crb_open(&crb, &device, tpm_fake_pages), -EPROTONOSUPPORT);
    way.version = 0x00010003; // a newer minor one is fine
    assert_int_equal(tessera_crb_open(&crb, &device, tpm_fake_pages), 0);
    way.status = TPM_CRB_NOFUNC;
    assert_int_equal(tessera_crb_open(&crb, &device, tpm_fake_pages), -EOPNOTSUPP);
    way.error = -ESHUTDOWN;
    assert_int_equal(tessera_crb_open(&crb, &device, tpm_fake_pages), -ESHUTDOWN);
}

static void commands_of_every_size_come_through(void **state)
{
    (void)state;
    for (int locality = 0; locality < 4; locality++) {
        assert_int_equal(tessera_crb_request(&crb, locality), 0);
        for (size_t size = TPM_CRB_HEADER_SIZE; size <= TPM_CRB_DATA_SIZE;
             size += size < 64 ? 1 : 61) {
            memset(response, 0xee, sizeof(response));
            assert_int_equal(run(size), 0);
            assert_int_equal(tessera_crb_receive(&crb, response, sizeof(response)), size);
            for (size_t i = 6; i < size; i++) {
                assert_int_equal(response[i], (uint8_t) ~(i * 5));
            }
            assert_int_equal(response[size], 0xee);
        }
        assert_int_equal(tessera_crb_relinquish(&crb), 0);
        // The partition has wiped it
        assert_int_equal(tpm_fake_get((unsigned int)locality, TPM_CRB_DATA), 0);
    }
}

static void a_response_is_given_once(void **state)
{
    static const uint8_t nothing[sizeof(crb.response)];

    (void)state;
    assert_int_equal(tessera_crb_request(&crb, 0), 0);
    assert_int_equal(tessera_crb_receive(&crb, response, sizeof(response)), -EIO);
    tpm_fake.response_size = TPM_CRB_DATA_SIZE;
    assert_int_equal(run(100), 0);
    assert_int_equal(tessera_crb_receive(&crb, response, sizeof(response)), TPM_CRB_DATA_SIZE);
    assert_memory_equal(crb.response, nothing, sizeof(nothing));
    assert_int_equal(tessera_crb_receive(&crb, response, sizeof(response)), -EIO);
    tpm_fake.response_size = 50;
    assert_int_equal(run(100), 0);
    memset(response, 0xee, sizeof(response));
    assert_int_equal(tessera_crb_receive(&crb, response, 49), -EMSGSIZE);
    assert_int_equal(response[0], 0xee);
    assert_memory_equal(crb.response, nothing, sizeof(nothing)); // and it is lost
    assert_int_equal(tessera_crb_receive(&crb, response, sizeof(response)), -EIO);
    assert_int_equal(run(100), 0);
    assert_int_equal(run(9), -EINVAL); // nor is it there after a command that was none
    assert_int_equal(tessera_crb_receive(&crb, response, sizeof(response)), -EIO);
}

static void wrong_commands_are_not_sent(void **state)
{
    (void)state;
    assert_int_equal(run(12), -EINVAL);                // no locality
    assert_int_equal(tessera_crb_relinquish(&crb), 0); // nor for this
    assert_int_equal(tessera_crb_request(&crb, 4), -EINVAL);
    assert_int_equal(tessera_crb_request(&crb, -1), -EINVAL);
    assert_int_equal(way.calls, 0);
    assert_int_equal(tessera_crb_request(&crb, 0), 0);
    assert_int_equal(tessera_crb_request(&crb, 1), -EINVAL); // another is taken
    way.calls = 0;
    assert_int_equal(run(9), -EINVAL);
    assert_int_equal(run(TPM_CRB_DATA_SIZE + 1), -E2BIG);
    memcpy(bytes, "\x80\x01\x00\x00\x00\x0d", 6);
    assert_int_equal(tessera_crb_send(&crb, bytes, 12), -EINVAL);
    assert_int_equal(way.calls, 0);
}

static void cancel(void)
{
    tessera_crb_cancel(&crb);
}

static void a_command_can_be_cancelled_from_elsewhere(void **state)
{
    (void)state;
    assert_int_equal(tessera_crb_request(&crb, 0), 0);
    tessera_crb_cancel(&crb); // none runs: not kept for the next
    assert_int_equal(run(12), 0);
    assert_false(tpm_fake.was_cancelled);
    tpm_fake.during = cancel;
    assert_int_equal(run(12), 0);
    assert_true(tpm_fake.was_cancelled);
    tpm_fake.during = NULL;
    assert_int_equal(run(12), 0);
    assert_false(tpm_fake.was_cancelled);
    assert_int_equal(tessera_crb_receive(&crb, response, sizeof(response)), 12);
}

static void a_locality_is_waited_for(void **state)
{
    (void)state;
    ftpm_crb_take();
    way.gives_at = jiffies + TIMEOUT_MS / 2;
    assert_int_equal(tessera_crb_request(&crb, 0), 0);
    assert_in_range(jiffies, 1000 + TIMEOUT_MS / 2, 1000 + TIMEOUT_MS / 2 + 20);
    assert_int_equal(run(12), 0);
    assert_int_equal(tessera_crb_relinquish(&crb), 0);
}

static void waiting_for_a_locality_has_an_end(void **state)
{
    (void)state;
    ftpm_crb_take();
    assert_int_equal(tessera_crb_request(&crb, 0), -EBUSY);
    assert_in_range(jiffies, 1000 + TIMEOUT_MS, 1000 + TIMEOUT_MS + 20);
    assert_int_equal(run(12), -EINVAL);
    ftpm_crb_give_back();
    ftpm_crb_refresh();
    assert_int_equal(granted(), 0); // to nobody: this kernel no longer stands in line
    assert_int_equal(tessera_crb_request(&crb, 0), 0);
    assert_int_equal(granted(), TPM_CRB_GRANTED);
    assert_int_equal(run(12), 0);
}

static void a_command_that_the_secure_world_forestalls_is_sent_again(void **state)
{
    (void)state;
    assert_int_equal(tessera_crb_request(&crb, 0), 0);
    way.takes_at = way.calls + 1;
    way.gives_at = jiffies + 10;
    assert_int_equal(run(700), 0);
    assert_int_equal(tpm_fake.runs, 1); // once
    assert_int_equal(tessera_crb_receive(&crb, response, sizeof(response)), 700);
    assert_int_equal(response[699], (uint8_t) ~(699 * 5 & 0xff));

    way.takes_at = way.calls + 1; // and not given back
    assert_int_equal(run(12), -EBUSY);
    assert_int_equal(tpm_fake.runs, 1);
    assert_int_equal(tessera_crb_receive(&crb, response, sizeof(response)), -EIO);
    assert_int_equal(tessera_crb_relinquish(&crb), 0); // as the TPM core does behind each command
    ftpm_crb_give_back();
    ftpm_crb_refresh();
    assert_int_equal(granted(), 0);
}

static void a_refusal_is_told_after_the_second_time(void **state)
{
    (void)state;
    assert_int_equal(tessera_crb_request(&crb, 0), 0);
    way.status = TPM_CRB_DENIED;
    assert_int_equal(run(12), -EACCES);
    assert_int_equal(tessera_crb_relinquish(&crb), 0); // it is gone already
    assert_int_equal(tessera_crb_request(&crb, 0), -EACCES);
    way.status = 0;
    assert_int_equal(tessera_crb_request(&crb, 0), 0);
    way.status = TPM_CRB_DENIED;
    assert_int_equal(tessera_crb_relinquish(&crb), -EACCES);
    way.status = 0;
    assert_int_equal(tessera_crb_request(&crb, 0), 0);
    assert_int_equal(run(12), 0);
}

static void a_dead_partition_is_no_cancelled_command(void **state)
{
    (void)state;
    assert_int_equal(tessera_crb_request(&crb, 0), 0);
    way.error = -ECANCELED;
    assert_int_equal(run(12), -EIO);
    assert_int_equal(way.messages, 1);
    assert_int_equal(tessera_crb_relinquish(&crb), -EIO);
    assert_int_equal(tessera_crb_request(&crb, 0), -EIO);
    assert_int_equal(jiffies, 1000); // nobody waits for it
}

static void errors_of_calls_are_passed_on(void **state)
{
    static const int errors[] = { -ESHUTDOWN, -ENODEV, -EBUSY, -EACCES, -EIO, -ENOMEM };

    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(errors); i++) {
        assert_int_equal(tessera_crb_request(&crb, 0), 0);
        way.error = errors[i];
        assert_int_equal(run(12), errors[i]);
        assert_int_equal(tessera_crb_relinquish(&crb), errors[i]);
        assert_int_equal(tessera_crb_request(&crb, 0), errors[i]);
        assert_int_equal(tessera_crb_receive(&crb, response, sizeof(response)), -EIO);
        way.error = 0;
        assert_int_equal(run(12), -EINVAL); // the locality has been given
    }
    assert_int_equal(way.messages, 0);
    assert_int_equal(jiffies, 1000);
}

// Whatever stands in the page: the length in a response's header counts only if it is one
static void what_is_no_response_is_none(void **state)
{
    (void)state;
    assert_int_equal(tessera_crb_request(&crb, 0), 0);
    tpm_fake.spoils = true;
    assert_int_equal(run(100), -EIO);
    assert_int_equal(tessera_crb_receive(&crb, response, sizeof(response)), -EIO);
}

static void failure_mode_is_seen(void **state)
{
    (void)state;
    assert_false(tessera_crb_has_failed(&crb));
    tpm_fake_put(0, TPM_CRB_CTRL_STS, TPM_CRB_FATAL);
    assert_true(tessera_crb_has_failed(&crb));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(a_partition_without_our_tpm_is_told, setup),
        cmocka_unit_test_setup(commands_of_every_size_come_through, setup),
        cmocka_unit_test_setup(a_response_is_given_once, setup),
        cmocka_unit_test_setup(wrong_commands_are_not_sent, setup),
        cmocka_unit_test_setup(a_command_can_be_cancelled_from_elsewhere, setup),
        cmocka_unit_test_setup(a_locality_is_waited_for, setup),
        cmocka_unit_test_setup(waiting_for_a_locality_has_an_end, setup),
        cmocka_unit_test_setup(a_command_that_the_secure_world_forestalls_is_sent_again, setup),
        cmocka_unit_test_setup(a_refusal_is_told_after_the_second_time, setup),
        cmocka_unit_test_setup(a_dead_partition_is_no_cancelled_command, setup),
        cmocka_unit_test_setup(errors_of_calls_are_passed_on, setup),
        cmocka_unit_test_setup(what_is_no_response_is_none, setup),
        cmocka_unit_test_setup(failure_mode_is_seen, setup),
    };

    return cmocka_run_group_tests_name("tessera_crb", tests, NULL, NULL);
}
