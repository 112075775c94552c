// SPDX-License-Identifier: BSD-3-Clause
//
// ftpm_crb.c and ftpm_notify.c (crb_case.h): every function, status and register, hostile values, who may do what, what is
// left in the pages. Expected values: DEN0138 and PTP 6.5 as tpm_crb_abi.h has them.
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
// clang-format off
#include <cmocka.h>
// clang-format on

#include "crb_case.h"
#include "errors.h"
#include "ftpm_crb.h"
#include "ftpm_notify.h"
#include "sp_notify.h"

#define VM 7
#define SP 0x8003

// ---- Messages --------------------------------------------------------------------------------------------------------

static void pages_are_valid_from_the_start(void **state)
{
    (void)state;
    for (unsigned int i = 0; i < 4; i++) {
        crb_expect_registers(i);
        assert_int_equal(crb_get(i, TPM_CRB_LOC_STATE),
                         0x81); // valid; tpmEstablished is active low
        assert_int_equal(crb_get(i, TPM_CRB_LOC_STS), 0);
        assert_int_equal(crb_get(i, TPM_CRB_CTRL_STS), TPM_CRB_IDLE);
        crb_expect_data(i, 0, 0);
    }
    for (size_t i = 4 * TPM_CRB_PAGE; i < sizeof(crb_pages); i++) {
        assert_int_equal(crb_pages[i], 0); // locality 4: not even valid
    }
}

static void version_and_features(void **state)
{
    uint64_t arg[4] = { TPM_CRB_GET_INTERFACE_VERSION, 0, 0, 0 };

    (void)state;
    ftpm_crb_answer(arg, CRB_NWD);
    assert_int_equal(arg[0], TPM_CRB_OK_RESULTS_RETURNED);
    assert_int_equal(arg[1], 0x00010000);
    assert_int_equal(crb_send(TPM_CRB_GET_FEATURE_INFO, 0xfea70000, 0, CRB_NWD),
                     TPM_CRB_OK_RESULTS_RETURNED);
    assert_int_equal(crb_send(TPM_CRB_GET_FEATURE_INFO, 0xfea70001, 0, CRB_NWD), TPM_CRB_NOTSUP);
    assert_int_equal(crb_send(TPM_CRB_GET_FEATURE_INFO, 0x1fea70000, 0, CRB_NWD), TPM_CRB_NOTSUP);
}

static void unknown_functions_are_refused(void **state)
{
    static const uint64_t functions[] = { 0,          0x0f000000,           0x0f000002,
                                          0x0f000601, 0x1f000001,           0x8e000001,
                                          0x0f001001, 0x10000000f000001ULL, UINT64_MAX };

    (void)state;
    for (size_t i = 0; i < sizeof(functions) / sizeof(functions[0]); i++) {
        assert_int_equal(crb_send(functions[i], 0, 0, CRB_NWD), TPM_CRB_NOFUNC);
    }
}

static void start_with_hostile_arguments(void **state)
{
    static const uint64_t localities[] = { 5, 0xff, 0x100, 0x80000000, 1ULL << 32, UINT64_MAX };
    static const uint64_t qualifiers[] = { 2, 0xff, 0x100, 0x101, 1ULL << 32, UINT64_MAX };

    (void)state;
    for (size_t i = 0; i < sizeof(localities) / sizeof(localities[0]); i++) {
        assert_int_equal(crb_send(TPM_CRB_START, 0, localities[i], CRB_NWD), TPM_CRB_INVARG);
        assert_int_equal(crb_send(TPM_CRB_START, 1, localities[i], CRB_NWD), TPM_CRB_INVARG);
        assert_int_equal(crb_send(TPM_CRB_START, qualifiers[i], 0, CRB_NWD), TPM_CRB_INVARG);
    }
    assert_int_equal(crb_tpm.runs, 0);
    crb_expect_active(0xff);
}

static void locality_4_is_not_in_the_pages(void **state)
{
    (void)state;
    for (unsigned int bits = 0; bits < 16; bits++) {
        crb_put(4, TPM_CRB_LOC_CTRL, bits);
        crb_put(4, TPM_CRB_CTRL_START, 1);
        assert_int_equal(crb_send(TPM_CRB_START, TPM_CRB_START_LOCALITY, 4, CRB_NWD),
                         TPM_CRB_DENIED);
        assert_int_equal(crb_send(TPM_CRB_START, TPM_CRB_START_COMMAND, 4, CRB_NWD),
                         TPM_CRB_DENIED);
        assert_int_equal(crb_get(4, TPM_CRB_LOC_CTRL), bits); // not even looked at
    }
    assert_int_equal(crb_tpm.runs, 0);
    crb_expect_active(0xff);
}

static void partitions_use_the_rpc(void **state)
{
    (void)state;
    crb_put(0, TPM_CRB_LOC_CTRL, TPM_CRB_REQUEST);
    assert_int_equal(crb_send(TPM_CRB_START, 1, 0, SP), TPM_CRB_DENIED);
    assert_int_equal(crb_send(TPM_CRB_START, 0, 0, SP), TPM_CRB_DENIED);
    assert_int_equal(crb_send(TPM_CRB_START, 1, 4, SP), TPM_CRB_DENIED);
    assert_int_equal(crb_send(TPM_CRB_REGISTER_FOR_NOTIFICATION, 0, 1, SP), TPM_CRB_DENIED);
    assert_int_equal(crb_send(TPM_CRB_GET_INTERFACE_VERSION, 0, 0, SP),
                     TPM_CRB_OK_RESULTS_RETURNED);
    crb_expect_active(0xff);
}

static void without_pages_nothing_starts(void **state)
{
    (void)state;
    ftpm_crb_begin(NULL, 0, &crb_engine);
    assert_int_equal(crb_send(TPM_CRB_START, 0, 0, CRB_NWD), TPM_CRB_NOTSUP);
    assert_int_equal(crb_send(TPM_CRB_START, 1, 3, CRB_NWD), TPM_CRB_NOTSUP);
    assert_int_equal(crb_send(TPM_CRB_START, 1, 5, CRB_NWD), TPM_CRB_INVARG);
    ftpm_crb_take();
    ftpm_crb_refresh();
    ftpm_crb_give_back();
    assert_false(ftpm_crb_is_cancelled());
}

// ---- Localities ------------------------------------------------------------------------------------------------------

static void a_locality_is_granted_and_given_back(void **state)
{
    (void)state;
    for (unsigned int i = 0; i < 4; i++) {
        assert_int_equal(crb_control(i, TPM_CRB_REQUEST, CRB_NWD), TPM_CRB_OK);
        crb_expect_active(i);
        assert_int_equal(crb_control(i, TPM_CRB_REQUEST, CRB_NWD), TPM_CRB_OK); // it has it
        crb_expect_active(i);
        assert_int_equal(crb_control(i, TPM_CRB_RELINQUISH, CRB_NWD), TPM_CRB_OK);
        crb_expect_active(0xff);
        assert_int_equal(crb_control(i, TPM_CRB_RELINQUISH, CRB_NWD),
                         TPM_CRB_OK); // nothing to give
        crb_expect_active(0xff);
    }
}

static void the_highest_that_waits_is_next(void **state)
{
    (void)state;
    assert_int_equal(crb_control(2, TPM_CRB_REQUEST, CRB_NWD), TPM_CRB_OK);
    assert_int_equal(crb_control(0, TPM_CRB_REQUEST, CRB_NWD), TPM_CRB_OK);
    assert_int_equal(crb_control(3, TPM_CRB_REQUEST, CRB_NWD), TPM_CRB_OK);
    assert_int_equal(crb_control(1, TPM_CRB_REQUEST, CRB_NWD), TPM_CRB_OK);
    crb_expect_active(2);
    assert_int_equal(crb_control(3, TPM_CRB_RELINQUISH, CRB_NWD), TPM_CRB_OK); // waits no longer
    crb_expect_active(2);
    assert_int_equal(crb_control(2, TPM_CRB_RELINQUISH, CRB_NWD), TPM_CRB_OK);
    crb_expect_active(1);
    assert_int_equal(crb_control(1, TPM_CRB_RELINQUISH, CRB_NWD), TPM_CRB_OK);
    crb_expect_active(0);
    assert_int_equal(crb_control(0, TPM_CRB_RELINQUISH, CRB_NWD), TPM_CRB_OK);
    crb_expect_active(0xff);
}

static void only_a_higher_locality_seizes(void **state)
{
    (void)state;
    for (unsigned int has = 0; has < 4; has++) {
        for (unsigned int wants = 0; wants < 4; wants++) {
            unsigned int gets = wants > has ? wants : has;

            crb_setup(NULL);
            assert_int_equal(crb_control(has, TPM_CRB_REQUEST, CRB_NWD), TPM_CRB_OK);
            assert_int_equal(crb_control(wants, TPM_CRB_SEIZE, CRB_NWD), TPM_CRB_OK);
            crb_expect_active(gets);
            assert_int_equal(crb_get(has, TPM_CRB_LOC_STS) & TPM_CRB_SEIZED,
                             wants > has ? TPM_CRB_SEIZED : 0);
            assert_int_equal(crb_control(gets, TPM_CRB_RELINQUISH, CRB_NWD), TPM_CRB_OK);
            crb_expect_active(0xff); // who lost it does not wait for it
            assert_int_equal(crb_control(has, TPM_CRB_REQUEST, CRB_NWD), TPM_CRB_OK);
            assert_int_equal(crb_get(has, TPM_CRB_LOC_STS), TPM_CRB_GRANTED); // seized no longer
        }
    }
    crb_setup(NULL);
    assert_int_equal(crb_control(0, TPM_CRB_SEIZE, CRB_NWD), TPM_CRB_OK); // from nobody
    crb_expect_active(0);
}

static void other_endpoints_localities_are_theirs(void **state)
{
    (void)state;
    assert_int_equal(crb_control(1, TPM_CRB_REQUEST, VM), TPM_CRB_OK);
    assert_int_equal(crb_control(1, TPM_CRB_REQUEST, CRB_NWD), TPM_CRB_DENIED);
    assert_int_equal(crb_control(1, TPM_CRB_RELINQUISH, CRB_NWD), TPM_CRB_DENIED);
    assert_int_equal(crb_control(1, TPM_CRB_SEIZE, CRB_NWD), TPM_CRB_DENIED);
    assert_int_equal(crb_control(1, TPM_CRB_RESET_ESTABLISHMENT, CRB_NWD), TPM_CRB_DENIED);
    assert_int_equal(crb_command(1, 12, 1), TPM_CRB_DENIED);
    crb_expect_active(1);
    assert_int_equal(crb_control(0, TPM_CRB_REQUEST, VM), TPM_CRB_OK); // waits
    assert_int_equal(crb_control(0, TPM_CRB_RELINQUISH, CRB_NWD), TPM_CRB_DENIED);
    assert_int_equal(crb_control(2, TPM_CRB_SEIZE, CRB_NWD), TPM_CRB_OK); // a higher one is free
    crb_expect_active(2);
    assert_int_equal(crb_control(1, TPM_CRB_REQUEST, CRB_NWD), TPM_CRB_OK); // nobody's now
    assert_int_equal(crb_control(2, TPM_CRB_RELINQUISH, CRB_NWD), TPM_CRB_OK);
    crb_expect_active(1);
    assert_int_equal(crb_command(1, 12, 1), TPM_CRB_OK);
    assert_int_equal(crb_tpm.runs, 1);
}

static void other_bits_of_locality_control_are_refused(void **state)
{
    (void)state;
    assert_int_equal(crb_control(1, TPM_CRB_REQUEST, CRB_NWD), TPM_CRB_OK);
    for (uint32_t bits = 0; bits < 32; bits++) {
        if (bits != 1 && bits != 2 && bits != 4 && bits != 8) {
            assert_int_equal(crb_control(1, bits, CRB_NWD), TPM_CRB_INV_CRB_CTRL_DATA);
        }
    }
    assert_int_equal(crb_control(1, UINT32_MAX, CRB_NWD), TPM_CRB_INV_CRB_CTRL_DATA);
    assert_int_equal(crb_control(1, 0x80000001, CRB_NWD), TPM_CRB_INV_CRB_CTRL_DATA);
    crb_expect_active(1);
}

static void established_is_shown_and_reset(void **state)
{
    (void)state;
    crb_tpm.established = true;
    ftpm_crb_refresh();
    for (unsigned int i = 0; i < 4; i++) {
        assert_int_equal(crb_get(i, TPM_CRB_LOC_STATE), 0x80);
    }
    assert_int_equal(crb_control(3, TPM_CRB_RESET_ESTABLISHMENT, CRB_NWD),
                     TPM_CRB_DENIED); // not active
    assert_int_equal(crb_tpm.reset_calls, 0);
    assert_int_equal(crb_control(3, TPM_CRB_REQUEST, CRB_NWD), TPM_CRB_OK);
    assert_int_equal(crb_control(3, TPM_CRB_RESET_ESTABLISHMENT, CRB_NWD),
                     TPM_CRB_DENIED); // engine's
    crb_tpm.resets = true;
    assert_int_equal(crb_control(3, TPM_CRB_RESET_ESTABLISHMENT, CRB_NWD), TPM_CRB_OK);
    assert_int_equal(crb_tpm.reset_calls, 2);
}

static void locality_4_takes_it_from_everybody(void **state)
{
    (void)state;
    assert_int_equal(crb_control(3, TPM_CRB_REQUEST, CRB_NWD), TPM_CRB_OK);
    assert_int_equal(crb_command(3, 12, 1), TPM_CRB_OK);
    ftpm_crb_take();
    ftpm_crb_take();
    ftpm_crb_refresh();
    crb_expect_active(4);
    assert_int_equal(crb_get(3, TPM_CRB_LOC_STS), TPM_CRB_SEIZED);
    crb_expect_data(3, 0, 0);
    assert_int_equal(crb_control(3, TPM_CRB_SEIZE, CRB_NWD), TPM_CRB_OK);
    crb_expect_active(4);
    assert_int_equal(crb_command(3, 12, 1), TPM_CRB_DENIED);
    assert_int_equal(crb_command(0, 12, 1), TPM_CRB_DENIED);
    assert_int_equal(crb_control(1, TPM_CRB_REQUEST, CRB_NWD), TPM_CRB_OK);
    crb_expect_active(4);
    ftpm_crb_give_back();
    ftpm_crb_refresh();
    crb_expect_active(1);
    ftpm_crb_give_back(); // not its any more
    ftpm_crb_refresh();
    crb_expect_active(1);
    assert_int_equal(crb_tpm.runs, 1);
}

// ---- Commands --------------------------------------------------------------------------------------------------------

static void every_size_of_a_command_arrives_as_it_is(void **state)
{
    (void)state;
    assert_int_equal(crb_control(2, TPM_CRB_REQUEST, CRB_NWD), TPM_CRB_OK);
    for (size_t size = TPM_CRB_HEADER_SIZE; size <= TPM_CRB_DATA_SIZE; size++) {
        uint8_t byte = (uint8_t)(size | 1);

        crb_tpm.response_size = TPM_CRB_HEADER_SIZE + TPM_CRB_DATA_SIZE - size;
        assert_int_equal(crb_command(2, size, byte), TPM_CRB_OK);
        assert_int_equal(crb_tpm.locality, 2);
        assert_int_equal(crb_tpm.size, size);
        assert_int_equal(crb_tpm.command[0], byte);
        assert_int_equal(crb_tpm.command[5], (uint8_t)size);
        for (size_t i = 6; i < size; i++) {
            assert_int_equal(crb_tpm.command[i], byte);
        }
        crb_expect_data(2, crb_tpm.response_size, 0x77); // and nothing of the command
        assert_int_equal(crb_get(2, TPM_CRB_CTRL_STS), 0);
    }
}

static void wrong_sizes_do_not_reach_the_tpm(void **state)
{
    static const uint32_t sizes[] = { 0, 1, 9, 3969, 4096, 0x7fffffff, 0x80000000, 0xffffffff };

    (void)state;
    for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
        assert_int_equal(crb_command(0, sizes[i], 1), TPM_CRB_OK);
        crb_expect_code(0, 0x142);
    }
    assert_int_equal(crb_tpm.runs, 0);
}

static void a_start_needs_its_locality(void **state)
{
    (void)state;
    assert_int_equal(crb_command(1, 12, 1), TPM_CRB_DENIED); // only 0 goes without
    assert_int_equal(crb_command(0, 12, 1), TPM_CRB_OK);
    crb_expect_active(0xff);
    assert_int_equal(crb_control(1, TPM_CRB_REQUEST, CRB_NWD), TPM_CRB_OK);
    for (unsigned int i = 0; i < 4; i++) {
        assert_int_equal(crb_command(i, 12, 1), i == 1 ? TPM_CRB_OK : TPM_CRB_DENIED);
        crb_put(i, TPM_CRB_CTRL_REQ, TPM_CRB_READY);
        assert_int_equal(crb_start(i), i == 1 ? TPM_CRB_OK : TPM_CRB_DENIED);
    }
    assert_int_equal(crb_tpm.runs, 2);
}

static void changed_registers_are_refused_and_restored(void **state)
{
    static const size_t offsets[] = { 0x58, 0x5c, 0x60, 0x64, 0x68, 0x6c };
    static const uint32_t values[] = { 0, 1, 0xffffffff, 0x80000000 };

    (void)state;
    for (size_t i = 0; i < sizeof(offsets) / sizeof(offsets[0]); i++) {
        for (size_t j = 0; j < sizeof(values) / sizeof(values[0]); j++) {
            crb_put(0, offsets[i], values[j] ^ crb_get(0, offsets[i]) ^ 2);
            assert_int_equal(crb_command(0, 12, 1), TPM_CRB_INV_CRB_CTRL_DATA);
            crb_expect_registers(0);
        }
    }
    assert_int_equal(crb_tpm.runs, 0);
    memset(crb_pages, 0xff, TPM_CRB_DATA); // all of them: even the state
    assert_int_equal(crb_control(0, TPM_CRB_REQUEST, CRB_NWD), TPM_CRB_OK);
    crb_expect_registers(0);
    crb_expect_active(0);
}

static void ready_and_idle(void **state)
{
    static const uint32_t wrong[] = { 3, 4, 5, 0x80000001, 0xffffffff };

    (void)state;
    crb_put(0, TPM_CRB_CTRL_REQ, TPM_CRB_READY);
    assert_int_equal(crb_start(0), TPM_CRB_OK);
    assert_int_equal(crb_get(0, TPM_CRB_CTRL_STS), 0);
    crb_put(0, TPM_CRB_CTRL_REQ, TPM_CRB_READY); // stays ready
    assert_int_equal(crb_start(0), TPM_CRB_OK);
    assert_int_equal(crb_get(0, TPM_CRB_CTRL_STS), 0);
    assert_int_equal(crb_command(0, 40, 1), TPM_CRB_OK);
    crb_put(0, TPM_CRB_CTRL_REQ, TPM_CRB_READY); // complete → ready: the response stays
    assert_int_equal(crb_start(0), TPM_CRB_OK);
    crb_expect_data(0, crb_tpm.response_size, 0x77);
    crb_put(0, TPM_CRB_CTRL_REQ, TPM_CRB_GO_IDLE);
    assert_int_equal(crb_start(0), TPM_CRB_OK);
    assert_int_equal(crb_get(0, TPM_CRB_CTRL_STS), TPM_CRB_IDLE);
    crb_expect_data(0, 0, 0);
    for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
        crb_put(0, TPM_CRB_CTRL_REQ, wrong[i]);
        assert_int_equal(crb_start(0), TPM_CRB_INV_CRB_CTRL_DATA);
        assert_int_equal(crb_get(0, TPM_CRB_CTRL_STS), TPM_CRB_IDLE);
    }
    crb_put(0, TPM_CRB_CTRL_REQ, TPM_CRB_GO_IDLE);
    assert_int_equal(crb_command(0, 12, 1), TPM_CRB_INV_CRB_CTRL_DATA); // idle and start
    crb_put(0, TPM_CRB_CTRL_REQ, TPM_CRB_READY);
    assert_int_equal(crb_command(0, 12, 1), TPM_CRB_OK); // ready and start in one
    assert_int_equal(crb_tpm.runs, 2);
    crb_put(0, TPM_CRB_CTRL_START, 2); // not the start bit
    assert_int_equal(crb_start(0), TPM_CRB_OK);
    assert_int_equal(crb_tpm.runs, 2);
}

static void idle_is_bypassed_as_the_identifier_says(void **state)
{
    (void)state;
    assert_int_not_equal(crb_get(0, TPM_CRB_INTF_ID) & 1u << 9, 0);
    assert_int_equal(crb_get(0, TPM_CRB_CTRL_STS), TPM_CRB_IDLE);
    assert_int_equal(crb_command(0, 12, 1), TPM_CRB_OK);
    assert_int_equal(crb_command(0, 12, 1), TPM_CRB_OK);
    assert_int_equal(crb_tpm.runs, 2);
}

static void a_tpm_without_response_has_failed(void **state)
{
    static const size_t sizes[] = { 0, 9, TPM_CRB_DATA_SIZE + 1, SIZE_MAX };

    (void)state;
    for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
        crb_setup(NULL);
        crb_tpm.response_size = sizes[i];
        assert_int_equal(crb_command(0, 100, 1), TPM_CRB_OK);
        crb_expect_code(0, 0x101);
        for (unsigned int l = 0; l < 4; l++) {
            assert_int_equal(crb_get(l, TPM_CRB_CTRL_STS), TPM_CRB_FATAL);
        }
        crb_tpm.response_size = 10;
        assert_int_equal(crb_command(0, 12, 1), TPM_CRB_OK);
        assert_int_equal(crb_get(0, TPM_CRB_CTRL_STS), TPM_CRB_FATAL); // for good
    }
}

static void set_cancel(void)
{
    crb_put(2, TPM_CRB_CTRL_CANCEL, 1);
}

static void set_others_cancel(void)
{
    for (unsigned int i = 0; i < TPM_CRB_LOCALITIES; i++) {
        crb_put(i, TPM_CRB_CTRL_CANCEL, i == 2 ? 0xfffffffe : 1);
    }
}

static void a_running_command_is_cancelled_by_its_page(void **state)
{
    (void)state;
    assert_false(ftpm_crb_is_cancelled());
    assert_int_equal(crb_control(2, TPM_CRB_REQUEST, CRB_NWD), TPM_CRB_OK);
    crb_tpm.during = set_others_cancel;
    assert_int_equal(crb_command(2, 12, 1), TPM_CRB_OK);
    assert_false(crb_tpm.is_cancelled);
    crb_tpm.during = set_cancel;
    assert_int_equal(crb_command(2, 12, 1), TPM_CRB_OK);
    assert_true(crb_tpm.is_cancelled);
    assert_false(ftpm_crb_is_cancelled());      // it runs no longer
    assert_int_equal(crb_start(2), TPM_CRB_OK); // a cancel that comes too late is no error
    assert_int_equal(crb_tpm.runs, 2);
}

static void start_again(void)
{
    crb_put(0, TPM_CRB_CTRL_START, 1);
    assert_int_equal(crb_send(TPM_CRB_START, 0, 0, CRB_NWD), TPM_CRB_ALREADY);
    crb_put(1, TPM_CRB_LOC_CTRL, TPM_CRB_SEIZE);
    assert_int_equal(crb_send(TPM_CRB_START, 1, 1, CRB_NWD), TPM_CRB_ALREADY);
}

static void nothing_starts_while_a_command_runs(void **state)
{
    (void)state;
    crb_tpm.during = start_again;
    assert_int_equal(crb_command(0, 12, 1), TPM_CRB_OK);
    assert_int_equal(crb_tpm.runs, 1);
    crb_expect_active(0xff);
    crb_expect_data(0, crb_tpm.response_size, 0x77);
}

static void scribble(void)
{
    memset(crb_pages, 0xee, sizeof(crb_pages));
}

static void a_writer_in_flight_changes_nothing_that_counts(void **state)
{
    (void)state;
    assert_int_equal(crb_control(1, TPM_CRB_REQUEST, CRB_NWD), TPM_CRB_OK);
    crb_tpm.during = scribble;
    crb_tpm.response_size = 33;
    crb_write_command(1, 77, 0x11);
    assert_int_equal(crb_send(TPM_CRB_START, 0, 1, CRB_NWD), TPM_CRB_OK);
    assert_int_equal(crb_tpm.size, 77);
    assert_int_equal(crb_tpm.command[76], 0x11);
    for (unsigned int i = 0; i < 4; i++) {
        crb_expect_registers(i);
    }
    crb_expect_active(1);
    for (size_t i = 0; i < 80; i++) {
        assert_int_equal(crb_data(1)[i], i < 33 ? 0x77 : 0); // the response, and no command
    }
    assert_int_equal(crb_get(1, TPM_CRB_CTRL_START), 0);
}

static void what_a_locality_leaves_is_wiped(void **state)
{
    (void)state;
    crb_tpm.response_size = 3000;
    assert_int_equal(crb_control(1, TPM_CRB_REQUEST, CRB_NWD), TPM_CRB_OK);
    assert_int_equal(crb_command(1, 3968, 0x11), TPM_CRB_OK);
    assert_int_equal(crb_control(1, TPM_CRB_RELINQUISH, CRB_NWD), TPM_CRB_OK);
    crb_expect_data(1, 0, 0);
    assert_int_equal(crb_control(1, TPM_CRB_REQUEST, CRB_NWD), TPM_CRB_OK);
    assert_int_equal(crb_command(1, 3968, 0x11), TPM_CRB_OK);
    assert_int_equal(crb_control(3, TPM_CRB_SEIZE, CRB_NWD), TPM_CRB_OK);
    crb_expect_data(1, 0, 0);
}

static void a_command_touches_its_own_page_only(void **state)
{
    static uint8_t before[sizeof(crb_pages)];

    (void)state;
    assert_int_equal(crb_control(1, TPM_CRB_REQUEST, CRB_NWD), TPM_CRB_OK);
    for (unsigned int i = 0; i < 4; i++) {
        memset(crb_data(i), 0xc0 + (int)i, TPM_CRB_DATA_SIZE);
    }
    memcpy(before, crb_pages, sizeof(crb_pages));
    crb_tpm.response_size = TPM_CRB_DATA_SIZE;
    assert_int_equal(crb_command(1, 3968, 0x11), TPM_CRB_OK);
    for (unsigned int i = 0; i < 5; i++) {
        if (i != 1) {
            assert_memory_equal(crb_data(i), before + i * TPM_CRB_PAGE + TPM_CRB_DATA,
                                TPM_CRB_DATA_SIZE);
        }
    }
}

// ---- Notifications ---------------------------------------------------------------------------------------------------

static uint32_t enrol(uint64_t target, uint64_t notification, uint16_t source)
{
    return crb_send(TPM_CRB_REGISTER_FOR_NOTIFICATION, target, notification, source);
}

static void notifications_are_registered_once(void **state)
{
    static const uint64_t wrong[][2] = { { 0, 64 },      { 0, UINT64_MAX },  { 0x20000, 1 },
                                         { 1, 1 },       { 0xffff, 1 },      { 1ULL << 32, 1 },
                                         { 0x30000, 1 }, { 1ULL << 33, 63 }, { 0, 1ULL << 32 } };

    (void)state;
    for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
        assert_int_equal(enrol(wrong[i][0], wrong[i][1], CRB_NWD), TPM_CRB_INVARG);
    }
    assert_int_equal(crb_send(TPM_CRB_UNREGISTER_FROM_NOTIFICATION, 0, 0, CRB_NWD), TPM_CRB_DENIED);
    assert_int_equal(crb_send(TPM_CRB_FINISH_NOTIFIED, 0, 0, CRB_NWD), TPM_CRB_DENIED);
    assert_int_equal(enrol(0, 63, CRB_NWD), TPM_CRB_OK);
    assert_int_equal(enrol(0, 1, CRB_NWD), TPM_CRB_ALREADY);
    for (uint16_t i = 1; i < FTPM_NOTIFY_CLIENTS; i++) {
        assert_int_equal(enrol(0, i, i), TPM_CRB_OK);
    }
    assert_int_equal(enrol(0, 1, FTPM_NOTIFY_CLIENTS), TPM_CRB_NOMEM);
    assert_int_equal(enrol(0, 1, CRB_NWD), TPM_CRB_ALREADY);
    assert_int_equal(crb_send(TPM_CRB_UNREGISTER_FROM_NOTIFICATION, 0, 0, 3), TPM_CRB_OK);
    assert_int_equal(enrol(0, 1, FTPM_NOTIFY_CLIENTS), TPM_CRB_OK);
    assert_int_equal(enrol(0, 1, 3), TPM_CRB_NOMEM);
}

static void a_response_is_notified_until_finished(void **state)
{
    (void)state;
    assert_int_equal(enrol(0x10003, 63, CRB_NWD), TPM_CRB_OK);
    assert_int_equal(crb_command(0, 12, 1), TPM_CRB_OK);
    assert_int_equal(crb_set.calls, 1);
    assert_int_equal(crb_set.receiver, CRB_NWD);
    assert_int_equal(crb_set.vcpu, 3);
    assert_int_equal(crb_set.bits, 1ULL << 63);
    assert_int_equal(crb_set.flags, SP_NOTIFY_PER_VCPU | SP_NOTIFY_DELAY);
    assert_int_equal(crb_command(0, 12, 1), TPM_CRB_OK);
    assert_int_equal(crb_set.calls, 1); // not finished with
    assert_int_equal(crb_send(TPM_CRB_FINISH_NOTIFIED, 0, 0, VM), TPM_CRB_DENIED);
    assert_int_equal(crb_send(TPM_CRB_FINISH_NOTIFIED, 0, 0, CRB_NWD), TPM_CRB_OK);
    assert_int_equal(crb_send(TPM_CRB_FINISH_NOTIFIED, 0, 0, CRB_NWD), TPM_CRB_DENIED);
    crb_set.error = ERR_DENIED; // the client has not bound it
    assert_int_equal(crb_command(0, 12, 1), TPM_CRB_OK);
    assert_int_equal(crb_set.calls, 2);
    assert_int_equal(crb_send(TPM_CRB_FINISH_NOTIFIED, 0, 0, CRB_NWD), TPM_CRB_DENIED);
    assert_int_equal(crb_send(TPM_CRB_UNREGISTER_FROM_NOTIFICATION, 0, 0, CRB_NWD), TPM_CRB_OK);
    assert_int_equal(crb_command(0, 12, 1), TPM_CRB_OK);
    assert_int_equal(crb_set.calls, 2);
}

static void who_waited_for_a_locality_is_notified(void **state)
{
    (void)state;
    assert_int_equal(enrol(0, 5, VM), TPM_CRB_OK);
    assert_int_equal(crb_control(0, TPM_CRB_REQUEST, CRB_NWD), TPM_CRB_OK);
    assert_int_equal(crb_control(1, TPM_CRB_REQUEST, VM), TPM_CRB_OK);
    assert_int_equal(crb_command(0, 12, 1), TPM_CRB_OK);
    assert_int_equal(crb_set.calls, 0); // not this endpoint's
    assert_int_equal(crb_control(0, TPM_CRB_RELINQUISH, CRB_NWD), TPM_CRB_OK);
    crb_expect_active(1);
    assert_int_equal(crb_set.calls, 1);
    assert_int_equal(crb_set.receiver, VM);
    assert_int_equal(crb_set.bits, 1u << 5);
    assert_int_equal(crb_set.flags, SP_NOTIFY_DELAY);
}

static void without_notifications_there_are_none(void **state)
{
    (void)state;
    ftpm_notify_begin(NULL);
    assert_int_equal(crb_send(TPM_CRB_GET_FEATURE_INFO, 0xfea70000, 0, CRB_NWD), TPM_CRB_NOTSUP);
    assert_int_equal(enrol(0, 1, CRB_NWD), TPM_CRB_NOTSUP);
    assert_int_equal(crb_send(TPM_CRB_UNREGISTER_FROM_NOTIFICATION, 0, 0, CRB_NWD), TPM_CRB_NOTSUP);
    assert_int_equal(crb_send(TPM_CRB_FINISH_NOTIFIED, 0, 0, CRB_NWD), TPM_CRB_NOTSUP);
    assert_int_equal(crb_command(0, 12, 1), TPM_CRB_OK);
}

#define TEST(name) cmocka_unit_test_setup(name, crb_setup)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(pages_are_valid_from_the_start),
        TEST(version_and_features),
        TEST(unknown_functions_are_refused),
        TEST(start_with_hostile_arguments),
        TEST(locality_4_is_not_in_the_pages),
        TEST(partitions_use_the_rpc),
        TEST(without_pages_nothing_starts),
        TEST(a_locality_is_granted_and_given_back),
        TEST(the_highest_that_waits_is_next),
        TEST(only_a_higher_locality_seizes),
        TEST(other_endpoints_localities_are_theirs),
        TEST(other_bits_of_locality_control_are_refused),
        TEST(established_is_shown_and_reset),
        TEST(locality_4_takes_it_from_everybody),
        TEST(every_size_of_a_command_arrives_as_it_is),
        TEST(wrong_sizes_do_not_reach_the_tpm),
        TEST(a_start_needs_its_locality),
        TEST(changed_registers_are_refused_and_restored),
        TEST(ready_and_idle),
        TEST(idle_is_bypassed_as_the_identifier_says),
        TEST(a_tpm_without_response_has_failed),
        TEST(a_running_command_is_cancelled_by_its_page),
        TEST(nothing_starts_while_a_command_runs),
        TEST(a_writer_in_flight_changes_nothing_that_counts),
        TEST(what_a_locality_leaves_is_wiped),
        TEST(a_command_touches_its_own_page_only),
        TEST(notifications_are_registered_once),
        TEST(a_response_is_notified_until_finished),
        TEST(who_waited_for_a_locality_is_notified),
        TEST(without_notifications_there_are_none),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
