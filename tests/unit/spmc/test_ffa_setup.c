// SPDX-License-Identifier: BSD-3-Clause
//
// FF-A set-up calls (spmc/ffa_setup.c): version negotiation, FFA_FEATURES, ids. Expected values: DEN0077A "Setup and
// discovery interfaces". The buffers are in test_ffa_rxtx.c.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "spmc_fixture.h"

#define REFUSED 0xffffffffull // FFA_VERSION: NOT_SUPPORTED as a bare 32-bit value

static const uint32_t versions[] = { FFA_VERSION_1_0, FFA_VERSION_1_1, FFA_VERSION_1_2 };

static int reset(void **state)
{
    (void)state;
    fixture_reset();
    return 0;
}

// ---- FFA_VERSION -----------------------------------------------------------------------------------------------------

// Asked → answered, and what is recorded as the caller's version (it was 1.0)
static const struct {
    uint32_t asked;
    uint64_t answer;
    uint32_t recorded;
} negotiations[] = {
    { 0x10000, 0x10002, 0x10000 },
    { 0x10001, 0x10002, 0x10001 },
    { 0x10002, 0x10002, 0x10002 },
    { 0x10003, 0x10002, 0x10002 }, // newer minor: ours, the caller may downgrade
    { 0x1ffff, 0x10002, 0x10002 },
    { 0x00009, REFUSED, 0x10000 }, // 0.9
    { 0x00000, REFUSED, 0x10000 },
    { 0x20000, REFUSED, 0x10000 }, // another major
    { 0x7fff0000, REFUSED, 0x10000 },
    { 0x80010000, REFUSED, 0x10000 }, // bit 31
    { 0xffffffff, REFUSED, 0x10000 },
};

static void version_from_a_partition(void **state)
{
    (void)state;
    for (unsigned int i = 0; i < sizeof(negotiations) / sizeof(negotiations[0]); i++) {
        fixture_reset();
        fixture_enter(ALPHA, SP_MODEL_RUN);
        ALPHA->endpoint.version = FFA_VERSION_1_0;
        assert_ptr_equal(SP(ALPHA, FFA_VERSION, negotiations[i].asked), ALPHA);
        assert_true(fixture_is(ALPHA->ctx.x, negotiations[i].answer, 0, 0, 0));
        assert_int_equal(ALPHA->endpoint.version, negotiations[i].recorded);
        assert_false(ALPHA->endpoint.version_locked);
    }
}

static void version_of_the_normal_world_comes_in_a_framework_message(void **state)
{
    uint64_t number = 0;

    (void)state;
    for (unsigned int i = 0; i < sizeof(negotiations) / sizeof(negotiations[0]); i++) {
        fixture_reset();
        assert_null(NWD(FFA_MSG_SEND_DIRECT_REQ_32, IDS(FFA_ID_SPMD, FFA_ID_SPMC),
                        FFA_MSG_FRAMEWORK | 8, negotiations[i].asked));
        // For EL3, which may hear of them in another order
        assert_true(i == 0 || NWD_X[4] == number + 1);
        number = NWD_X[4];
        NWD_X[4] = 0;
        assert_true(fixture_is(NWD_X, FFA_MSG_SEND_DIRECT_RESP_32, IDS(FFA_ID_SPMC, FFA_ID_SPMD),
                               FFA_MSG_FRAMEWORK | 9, negotiations[i].answer));
        assert_int_equal(ffa_nwd.version, negotiations[i].recorded);
        assert_false(ffa_nwd.version_locked);
    }
}

static void version_may_change_until_another_call(void **state)
{
    (void)state;
    fixture_enter(ALPHA, SP_MODEL_INIT);
    SP(ALPHA, FFA_VERSION, FFA_VERSION_1_2);
    SP(ALPHA, FFA_VERSION, FFA_VERSION_1_0);
    assert_int_equal(ALPHA->endpoint.version, FFA_VERSION_1_0);
    SP(ALPHA, FFA_VERSION, FFA_VERSION_1_1);
    assert_int_equal(ALPHA->endpoint.version, FFA_VERSION_1_1);
    SP(ALPHA, FFA_ID_GET);
    SP(ALPHA, FFA_VERSION, FFA_VERSION_1_2);
    assert_int_equal(ALPHA->ctx.x[0], REFUSED);
    SP(ALPHA, FFA_VERSION, FFA_VERSION_1_0);
    assert_int_equal(ALPHA->ctx.x[0], REFUSED);
    SP(ALPHA, FFA_VERSION, FFA_VERSION_1_1); // the same is fine
    assert_int_equal(ALPHA->ctx.x[0], FFA_VERSION_1_2);
    assert_int_equal(ALPHA->endpoint.version, FFA_VERSION_1_1);
}

static void locked_version_of_the_normal_world(void **state)
{
    (void)state;
    fixture_nwd_version(FFA_VERSION_1_1);
    NWD(FFA_ID_GET);
    for (uint32_t minor = 0; minor < 4; minor++) {
        NWD(FFA_MSG_SEND_DIRECT_REQ_32, IDS(FFA_ID_SPMD, FFA_ID_SPMC), FFA_MSG_FRAMEWORK | 8,
            0x10000 | minor);
        assert_int_equal(NWD_X[3], minor == 1 ? FFA_VERSION_1_2 : REFUSED);
        assert_int_equal(ffa_nwd.version, FFA_VERSION_1_1);
    }
}

static void entering_a_partition_does_not_end_its_negotiation(void **state)
{
    (void)state;
    fixture_enter(ALPHA, SP_MODEL_DIRECT);
    fixture_interrupt(0, ALPHA);
    NWD(FFA_RUN, IDS(ALPHA_ID, 0));
    assert_false(ALPHA->endpoint.version_locked);
    SP(ALPHA, FFA_VERSION, FFA_VERSION_1_1);
    assert_int_equal(ALPHA->endpoint.version, FFA_VERSION_1_1);
}

// ---- FFA_FEATURES ----------------------------------------------------------------------------------------------------

#define TO_NWD 1
#define TO_SP 2
#define TO_BOTH 3
static const struct {
    uint32_t id;
    uint8_t who;
    uint32_t since;
} features[] = {
    // Mandatory at every instance; w2 … w7 zero
    { FFA_ERROR, TO_BOTH, FFA_VERSION_1_0 },
    { FFA_SUCCESS_32, TO_BOTH, FFA_VERSION_1_0 },
    { FFA_SUCCESS_64, TO_BOTH, FFA_VERSION_1_0 },
    { FFA_INTERRUPT, TO_BOTH, FFA_VERSION_1_0 },
    { FFA_VERSION, TO_BOTH, FFA_VERSION_1_0 },
    { FFA_FEATURES, TO_BOTH, FFA_VERSION_1_0 },
    { FFA_RX_RELEASE, TO_BOTH, FFA_VERSION_1_0 },
    { FFA_RXTX_MAP_32, TO_BOTH, FFA_VERSION_1_0 },
    { FFA_RXTX_MAP_64, TO_BOTH, FFA_VERSION_1_0 },
    { FFA_RXTX_UNMAP, TO_BOTH, FFA_VERSION_1_0 },
    { FFA_PARTITION_INFO_GET, TO_BOTH, FFA_VERSION_1_0 },
    { FFA_ID_GET, TO_BOTH, FFA_VERSION_1_0 },
    { FFA_SPM_ID_GET, TO_BOTH, FFA_VERSION_1_1 },
    { FFA_PARTITION_INFO_GET_REGS, TO_BOTH, FFA_VERSION_1_2 },
    // A message that one side sends and the other gets
    { FFA_MSG_SEND_DIRECT_REQ_32, TO_BOTH, FFA_VERSION_1_0 },
    { FFA_MSG_SEND_DIRECT_REQ_64, TO_BOTH, FFA_VERSION_1_0 },
    { FFA_MSG_SEND_DIRECT_RESP_32, TO_BOTH, FFA_VERSION_1_0 },
    { FFA_MSG_SEND_DIRECT_RESP_64, TO_BOTH, FFA_VERSION_1_0 },
    { FFA_MSG_SEND_DIRECT_REQ2, TO_BOTH, FFA_VERSION_1_2 },
    { FFA_MSG_SEND_DIRECT_RESP2, TO_BOTH, FFA_VERSION_1_2 },
    { FFA_MSG_SEND2, TO_BOTH, FFA_VERSION_1_1 },
    { FFA_RUN, TO_BOTH, FFA_VERSION_1_0 },
    // Memory; FFA_MEM_RETRIEVE_REQ has input properties: a test of its own
    { FFA_MEM_DONATE_32, TO_BOTH, FFA_VERSION_1_0 },
    { FFA_MEM_DONATE_64, TO_BOTH, FFA_VERSION_1_0 },
    { FFA_MEM_LEND_32, TO_BOTH, FFA_VERSION_1_0 },
    { FFA_MEM_LEND_64, TO_BOTH, FFA_VERSION_1_0 },
    { FFA_MEM_SHARE_32, TO_BOTH, FFA_VERSION_1_0 },
    { FFA_MEM_SHARE_64, TO_BOTH, FFA_VERSION_1_0 },
    { FFA_MEM_RETRIEVE_RESP, TO_BOTH, FFA_VERSION_1_0 },
    { FFA_MEM_RECLAIM, TO_BOTH, FFA_VERSION_1_0 },
    { FFA_MEM_FRAG_RX, TO_BOTH, FFA_VERSION_1_0 },
    { FFA_MEM_FRAG_TX, TO_BOTH, FFA_VERSION_1_0 },
    // Notifications
    { FFA_NOTIFICATION_BIND, TO_BOTH, FFA_VERSION_1_1 },
    { FFA_NOTIFICATION_UNBIND, TO_BOTH, FFA_VERSION_1_1 },
    { FFA_NOTIFICATION_SET, TO_BOTH, FFA_VERSION_1_1 },
    { FFA_NOTIFICATION_GET, TO_BOTH, FFA_VERSION_1_1 },
    { FFA_NOTIFICATION_BITMAP_CREATE, TO_NWD, FFA_VERSION_1_1 },
    { FFA_NOTIFICATION_BITMAP_DESTROY, TO_NWD, FFA_VERSION_1_1 },
    { FFA_NOTIFICATION_INFO_GET_32, TO_NWD, FFA_VERSION_1_1 },
    { FFA_NOTIFICATION_INFO_GET_64, TO_NWD, FFA_VERSION_1_1 },
    // One side only
    { FFA_MSG_WAIT, TO_SP, FFA_VERSION_1_0 },
    { FFA_YIELD, TO_SP, FFA_VERSION_1_0 },
    { FFA_MEM_RELINQUISH, TO_SP, FFA_VERSION_1_0 },
    { FFA_MEM_PERM_GET_32, TO_SP, FFA_VERSION_1_1 },
    { FFA_MEM_PERM_GET_64, TO_SP, FFA_VERSION_1_1 },
    { FFA_MEM_PERM_SET_32, TO_SP, FFA_VERSION_1_1 },
    { FFA_MEM_PERM_SET_64, TO_SP, FFA_VERSION_1_1 },
    { FFA_CONSOLE_LOG_32, TO_SP, FFA_VERSION_1_2 },
    { FFA_CONSOLE_LOG_64, TO_SP, FFA_VERSION_1_2 },
};

static bool is_feature(uint32_t id, uint8_t who, uint32_t version)
{
    for (unsigned int i = 0; i < sizeof(features) / sizeof(features[0]); i++) {
        if (features[i].id == id) {
            return (features[i].who & who) != 0 && version >= features[i].since;
        }
    }
    return false;
}

static void check_feature(const uint64_t *x, uint32_t id, uint8_t who, uint32_t version)
{
    bool rxtx = id == FFA_RXTX_MAP_32 || id == FFA_RXTX_MAP_64;
    // [1:0] 0: 4 KiB is the smallest and the alignment; 1.2: [31:16] most pages
    uint64_t w2 = rxtx && version >= FFA_VERSION_1_2 ? (uint64_t)SPMC_MAX_RXTX_PAGES << 16 : 0;

    if (is_feature(id, who, version) ? !fixture_is_success(x, w2, 0)
                                     : !fixture_is_error(x, FFA_NOT_SUPPORTED)) {
        fail_msg("feature %#x for %u at %#x", id, who, version);
    }
}

static void features_of_every_function(void **state)
{
    (void)state;
    for (uint32_t v = 0; v < 3; v++) {
        for (uint32_t n = 0; n < 0x200; n++) {
            uint32_t id = 0x84000000 | (n & 0xff) | (n >> 8) << 30;

            if (id == FFA_MEM_RETRIEVE_REQ_32 || id == FFA_MEM_RETRIEVE_REQ_64) {
                continue;
            }
            fixture_reset();
            fixture_nwd_version(versions[v]);
            NWD(FFA_FEATURES, id);
            check_feature(NWD_X, id, TO_NWD, versions[v]);
            fixture_enter(ALPHA, SP_MODEL_INIT);
            ALPHA->endpoint.version = versions[v];
            SP(ALPHA, FFA_FEATURES, id);
            check_feature(ALPHA->ctx.x, id, TO_SP, versions[v]);
        }
    }
}

// Feature ids: 2 is the schedule-receiver interrupt, SGI 8, for the normal world from 1.1 on. NPI (1) and MEI (3) are not
// there at S-EL0 (theirs come with FFA_INTERRUPT), 4 is of 1.3.
static void feature_ids(void **state)
{
    static const uint32_t ids[] = { 0, 1, 2, 3, 4, 5, 0xff, 0x100, 0x102, 0x7fffffff, 0x04000063 };

    (void)state;
    for (uint32_t v = 0; v < 3; v++) {
        for (unsigned int i = 0; i < sizeof(ids) / sizeof(ids[0]); i++) {
            fixture_reset();
            fixture_nwd_version(versions[v]);
            NWD(FFA_FEATURES, ids[i]);
            assert_true(ids[i] == 2 && v > 0 ? fixture_is_success(NWD_X, 8, 0)
                                             : fixture_is_error(NWD_X, FFA_NOT_SUPPORTED));
            fixture_enter(ALPHA, SP_MODEL_RUN);
            ALPHA->endpoint.version = versions[v];
            SP(ALPHA, FFA_FEATURES, ids[i]);
            assert_true(fixture_is_error(ALPHA->ctx.x, FFA_NOT_SUPPORTED));
        }
    }
}

static void features_input_properties(void **state)
{
    static const uint32_t without[] = { FFA_RXTX_MAP_64, FFA_MEM_SHARE_64, FFA_MSG_SEND2, 2 };

    (void)state;
    fixture_nwd_version(FFA_VERSION_1_2);
    for (unsigned int f = 0; f < sizeof(without) / sizeof(without[0]); f++) {
        for (unsigned int i = 2; i < 8; i++) {
            struct ffa_args args = { .x = { FFA_FEATURES, without[f] } };

            args.x[i] = 0x80000000;
            fixture_from_nwd(0, args);
            assert_true(fixture_is_error(NWD_X, FFA_INVALID_PARAMETERS));
        }
    }
    // A caller that asks for a function which is not there, with that function's properties, learns that it is not there
    NWD(FFA_FEATURES, FFA_RX_ACQUIRE, 2);
    assert_true(fixture_is_error(NWD_X, FFA_NOT_SUPPORTED));
}

// FFA_MEM_RETRIEVE_REQ: w2 bit 1 asks for the NS bit, which a caller from 1.1 on must know; one of 1.0 opts in. Answer: bit 1,
// bit 2 the hypervisor's form (normal world), w3 0 one retrieval at a time
static void features_of_retrieve_req(void **state)
{
    static const uint32_t fids[] = { FFA_MEM_RETRIEVE_REQ_32, FFA_MEM_RETRIEVE_REQ_64 };

    (void)state;
    for (uint32_t v = 0; v < 3; v++) {
        for (unsigned int f = 0; f < 2; f++) {
            fixture_reset();
            fixture_nwd_version(versions[v]);
            NWD(FFA_FEATURES, fids[f]);
            assert_true(v == 0 ? fixture_is_success(NWD_X, 4, 0)
                               : fixture_is_error(NWD_X, FFA_NOT_SUPPORTED));
            NWD(FFA_FEATURES, fids[f], 2);
            assert_true(fixture_is_success(NWD_X, 6, 0));
            fixture_enter(ALPHA, SP_MODEL_RUN);
            ALPHA->endpoint.version = versions[v];
            SP(ALPHA, FFA_FEATURES, fids[f], 2);
            assert_true(fixture_is_success(ALPHA->ctx.x, 2, 0));
            assert_int_equal(ALPHA->endpoint.ns_bit, v == 0);
            SP(ALPHA, FFA_FEATURES, fids[f], 0);
            assert_true(v == 0 ? fixture_is_success(ALPHA->ctx.x, 0, 0)
                               : fixture_is_error(ALPHA->ctx.x, FFA_NOT_SUPPORTED));
            assert_false(ALPHA->endpoint.ns_bit);
            for (unsigned int bit = 0; bit < 32; bit++) {
                if (bit != 1) {
                    SP(ALPHA, FFA_FEATURES, fids[f], 1ull << bit | 2);
                    assert_true(fixture_is_error(ALPHA->ctx.x, FFA_INVALID_PARAMETERS));
                }
            }
            for (unsigned int i = 3; i < 8; i++) {
                struct ffa_args args = { .x = { FFA_FEATURES, fids[f], 2 } };

                args.x[i] = 1;
                (void)fixture_from_sp(0, ALPHA, args);
                assert_true(fixture_is_error(ALPHA->ctx.x, FFA_INVALID_PARAMETERS));
            }
        }
    }
}

// ---- Ids -------------------------------------------------------------------------------------------------------------

static void ids_of_callers(void **state)
{
    (void)state;
    fixture_nwd_version(FFA_VERSION_1_1);
    NWD(FFA_ID_GET);
    assert_true(fixture_is_success(NWD_X, 0, 0));
    NWD(FFA_SPM_ID_GET);
    assert_true(fixture_is_success(NWD_X, 0x8000, 0));
    for (uint32_t i = 0; i < 2; i++) {
        fixture_enter(&spmc_sps[i], SP_MODEL_RUN);
        SP(&spmc_sps[i], FFA_ID_GET);
        assert_true(fixture_is_success(spmc_sps[i].ctx.x, i == 0 ? ALPHA_ID : BETA_ID, 0));
        SP(&spmc_sps[i], FFA_SPM_ID_GET);
        assert_true(fixture_is_success(spmc_sps[i].ctx.x, 0x8000, 0));
        SP(&spmc_sps[i], FFA_MSG_WAIT);
    }
}

static void reserved_registers_of_short_calls(void **state)
{
    static const uint32_t fids[] = { FFA_ID_GET, FFA_SPM_ID_GET, FFA_RX_RELEASE, FFA_RXTX_UNMAP };

    (void)state;
    for (unsigned int f = 0; f < sizeof(fids) / sizeof(fids[0]); f++) {
        for (unsigned int i = 1; i < 8; i++) {
            struct ffa_args args = { .x = { fids[f] } };

            args.x[i] = 0x80000000;
            fixture_reset();
            fixture_nwd_version(FFA_VERSION_1_1);
            fixture_map_buffers(NULL);
            ffa_nwd.buffers.rx_full = true;
            fixture_from_nwd(0, args);
            assert_true(fixture_is_error(NWD_X, FFA_INVALID_PARAMETERS));
            assert_true(ffa_nwd.buffers.rx_full && ffa_nwd.buffers.page_count == 1);
            fixture_enter(BETA, SP_MODEL_RUN);
            fixture_from_sp(0, BETA, args);
            assert_true(fixture_is_error(BETA->ctx.x, FFA_INVALID_PARAMETERS));
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(version_from_a_partition, reset),
        cmocka_unit_test_setup(version_of_the_normal_world_comes_in_a_framework_message, reset),
        cmocka_unit_test_setup(version_may_change_until_another_call, reset),
        cmocka_unit_test_setup(locked_version_of_the_normal_world, reset),
        cmocka_unit_test_setup(entering_a_partition_does_not_end_its_negotiation, reset),
        cmocka_unit_test_setup(features_of_every_function, reset),
        cmocka_unit_test_setup(feature_ids, reset),
        cmocka_unit_test_setup(features_input_properties, reset),
        cmocka_unit_test_setup(features_of_retrieve_req, reset),
        cmocka_unit_test_setup(ids_of_callers, reset),
        cmocka_unit_test_setup(reserved_registers_of_short_calls, reset),
    };

    return cmocka_run_group_tests(tests, reset, NULL);
}
