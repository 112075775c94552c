// SPDX-License-Identifier: BSD-3-Clause
//
// The gate of the FF-A core (spmc/ffa_dispatch.c): which function identifiers exist for whom, in which width and from
// which version on (DEN0077A "Interface overview", the instance columns), reserved registers, framework messages.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "spmc_fixture.h"

// What each caller may call, from the specification's table of interfaces and what this version implements of it
#define NWD_MAY 1
#define SP_MAY 2
static const struct {
    uint32_t fid;
    uint8_t who;
    uint32_t since;
} calls[] = {
    { FFA_ERROR, SP_MAY, FFA_VERSION_1_0 },
    { FFA_VERSION, NWD_MAY | SP_MAY, FFA_VERSION_1_0 },
    { FFA_FEATURES, NWD_MAY | SP_MAY, FFA_VERSION_1_0 },
    { FFA_RX_RELEASE, NWD_MAY | SP_MAY, FFA_VERSION_1_0 },
    { FFA_RXTX_MAP_32, NWD_MAY | SP_MAY, FFA_VERSION_1_0 },
    { FFA_RXTX_MAP_64, NWD_MAY | SP_MAY, FFA_VERSION_1_0 },
    { FFA_RXTX_UNMAP, NWD_MAY | SP_MAY, FFA_VERSION_1_0 },
    { FFA_PARTITION_INFO_GET, NWD_MAY | SP_MAY, FFA_VERSION_1_0 },
    { FFA_ID_GET, NWD_MAY | SP_MAY, FFA_VERSION_1_0 },
    { FFA_MSG_WAIT, SP_MAY, FFA_VERSION_1_0 },
    { FFA_YIELD, SP_MAY, FFA_VERSION_1_0 },
    { FFA_RUN, NWD_MAY | SP_MAY, FFA_VERSION_1_0 },
    { FFA_MSG_SEND_DIRECT_REQ_32, NWD_MAY | SP_MAY, FFA_VERSION_1_0 },
    { FFA_MSG_SEND_DIRECT_REQ_64, NWD_MAY | SP_MAY, FFA_VERSION_1_0 },
    // From the normal world: there, but always FFA_INVALID_PARAMETERS
    { FFA_MSG_SEND_DIRECT_RESP_32, NWD_MAY | SP_MAY, FFA_VERSION_1_0 },
    { FFA_MSG_SEND_DIRECT_RESP_64, NWD_MAY | SP_MAY, FFA_VERSION_1_0 },
    { FFA_MSG_SEND_DIRECT_REQ2, NWD_MAY | SP_MAY, FFA_VERSION_1_2 },
    { FFA_MSG_SEND_DIRECT_RESP2, NWD_MAY | SP_MAY, FFA_VERSION_1_2 },
    { FFA_MSG_SEND2, NWD_MAY | SP_MAY, FFA_VERSION_1_1 },
    { FFA_MEM_DONATE_32, NWD_MAY | SP_MAY, FFA_VERSION_1_0 },
    { FFA_MEM_DONATE_64, NWD_MAY | SP_MAY, FFA_VERSION_1_0 },
    { FFA_MEM_LEND_32, NWD_MAY | SP_MAY, FFA_VERSION_1_0 },
    { FFA_MEM_LEND_64, NWD_MAY | SP_MAY, FFA_VERSION_1_0 },
    { FFA_MEM_SHARE_32, NWD_MAY | SP_MAY, FFA_VERSION_1_0 },
    { FFA_MEM_SHARE_64, NWD_MAY | SP_MAY, FFA_VERSION_1_0 },
    { FFA_MEM_RETRIEVE_REQ_32, NWD_MAY | SP_MAY, FFA_VERSION_1_0 },
    { FFA_MEM_RETRIEVE_REQ_64, NWD_MAY | SP_MAY, FFA_VERSION_1_0 },
    { FFA_MEM_RELINQUISH, SP_MAY, FFA_VERSION_1_0 },
    { FFA_MEM_RECLAIM, NWD_MAY | SP_MAY, FFA_VERSION_1_0 },
    { FFA_MEM_FRAG_RX, NWD_MAY | SP_MAY, FFA_VERSION_1_0 },
    { FFA_MEM_FRAG_TX, NWD_MAY | SP_MAY, FFA_VERSION_1_0 },
    { FFA_NOTIFICATION_BITMAP_CREATE, NWD_MAY, FFA_VERSION_1_1 },
    { FFA_NOTIFICATION_BITMAP_DESTROY, NWD_MAY, FFA_VERSION_1_1 },
    { FFA_NOTIFICATION_BIND, NWD_MAY | SP_MAY, FFA_VERSION_1_1 },
    { FFA_NOTIFICATION_UNBIND, NWD_MAY | SP_MAY, FFA_VERSION_1_1 },
    { FFA_NOTIFICATION_SET, NWD_MAY | SP_MAY, FFA_VERSION_1_1 },
    { FFA_NOTIFICATION_GET, NWD_MAY | SP_MAY, FFA_VERSION_1_1 },
    { FFA_NOTIFICATION_INFO_GET_32, NWD_MAY, FFA_VERSION_1_1 },
    { FFA_NOTIFICATION_INFO_GET_64, NWD_MAY, FFA_VERSION_1_1 },
    { FFA_SPM_ID_GET, NWD_MAY | SP_MAY, FFA_VERSION_1_1 },
    { FFA_MEM_PERM_GET_32, SP_MAY, FFA_VERSION_1_1 },
    { FFA_MEM_PERM_GET_64, SP_MAY, FFA_VERSION_1_1 },
    { FFA_MEM_PERM_SET_32, SP_MAY, FFA_VERSION_1_1 },
    { FFA_MEM_PERM_SET_64, SP_MAY, FFA_VERSION_1_1 },
    { FFA_CONSOLE_LOG_32, SP_MAY, FFA_VERSION_1_2 },
    { FFA_CONSOLE_LOG_64, SP_MAY, FFA_VERSION_1_2 },
    { FFA_PARTITION_INFO_GET_REGS, NWD_MAY | SP_MAY, FFA_VERSION_1_2 },
};

static const uint32_t versions[] = { FFA_VERSION_1_0, FFA_VERSION_1_1, FFA_VERSION_1_2 };

static bool may_call(uint32_t fid, uint8_t who, uint32_t version)
{
    for (unsigned int i = 0; i < sizeof(calls) / sizeof(calls[0]); i++) {
        if (calls[i].fid == fid) {
            return (calls[i].who & who) != 0 && version >= calls[i].since;
        }
    }
    return false;
}

static bool is_not_supported(const uint64_t *x)
{
    return x[0] == FFA_ERROR && x[2] == 0xffffffff;
}

static int reset(void **state)
{
    (void)state;
    fixture_reset();
    return 0;
}

static void normal_world_calls_exist_as_the_table_says(void **state)
{
    (void)state;
    for (uint32_t v = 0; v < 3; v++) {
        for (uint32_t n = FFA_NUMBER_FIRST; n <= FFA_NUMBER_LAST; n++) {
            for (uint32_t width = 0; width < 2; width++) {
                uint32_t fid = 0x84000000 | width << 30 | n;

                fixture_reset();
                fixture_nwd_version(versions[v]);
                NWD(FFA_NOTIFICATION_BITMAP_CREATE, 0, 1); // without it, no notifications
                struct sp *next = NWD(fid, fid == FFA_FEATURES ? FFA_ID_GET : 0);
                bool refused = next == NULL && is_not_supported(NWD_X);
                if (refused == may_call(fid, NWD_MAY, versions[v])) {
                    fail_msg("fid %#x version %#x", fid, versions[v]);
                }
                if (refused) {
                    assert_true(fixture_is_error(NWD_X, FFA_NOT_SUPPORTED));
                }
            }
        }
    }
}

static void partition_calls_exist_as_the_table_says(void **state)
{
    (void)state;
    for (uint32_t v = 0; v < 3; v++) {
        for (uint32_t n = FFA_NUMBER_FIRST; n <= FFA_NUMBER_LAST; n++) {
            for (uint32_t width = 0; width < 2; width++) {
                uint32_t fid = 0x84000000 | width << 30 | n;

                fixture_reset();
                fixture_properties(ALPHA, FFA_PROP_NOTIFICATION); // the same
                fixture_enter(ALPHA, SP_MODEL_RUN);
                ALPHA->endpoint.version = versions[v];
                struct sp *next = SP(ALPHA, fid, fid == FFA_FEATURES ? FFA_ID_GET : 0);
                bool refused = next == ALPHA && is_not_supported(ALPHA->ctx.x);
                if (refused == may_call(fid, SP_MAY, versions[v])) {
                    fail_msg("fid %#x version %#x", fid, versions[v]);
                }
                if (refused) {
                    assert_true(fixture_is_error(ALPHA->ctx.x, FFA_NOT_SUPPORTED));
                }
            }
        }
    }
}

static void identifiers_of_other_services_are_not_supported(void **state)
{
    static const uint32_t others[] = { 0x84000000, 0x8400001f, 0x8400005f, 0x84000100,
                                       0x84008063, 0x04000069, 0x80000069, 0x86000069,
                                       0xc6000069, 0xbf00ff01, 0,          0xffffffff };

    (void)state;
    for (unsigned int i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
        fixture_reset();
        assert_null(NWD(others[i]));
        assert_true(fixture_is_error(NWD_X, FFA_NOT_SUPPORTED));
        fixture_enter(BETA, SP_MODEL_DIRECT);
        assert_ptr_equal(SP(BETA, others[i]), BETA);
        assert_true(fixture_is_error(BETA->ctx.x, FFA_NOT_SUPPORTED));
    }
}

// SMCCC 1.3: bit 16 says that the caller has no live SVE state; it is no part of the identifier. EL3 takes it from calls
// of the normal world, the SPMC from those of partitions.
static void sve_hint_of_a_partition_is_no_part_of_the_identifier(void **state)
{
    (void)state;
    fixture_enter(ALPHA, SP_MODEL_DIRECT);
    SP(ALPHA, FFA_ID_GET | SMCCC_SVE_HINT);
    assert_true(fixture_is_success(ALPHA->ctx.x, ALPHA_ID, 0));
    assert_null(SP(ALPHA, FFA_MSG_SEND_DIRECT_RESP_64 | SMCCC_SVE_HINT, IDS(ALPHA_ID, 0), 0, 7));
    assert_true(fixture_is(NWD_X, FFA_MSG_SEND_DIRECT_RESP_64, IDS(ALPHA_ID, 0), 0, 7));
}

static void wide_registers_are_reserved_only_in_smc64_calls_of_version_1_2(void **state)
{
    (void)state;
    for (unsigned int i = 8; i < 18; i++) {
        struct ffa_args args = { .x = { FFA_RXTX_MAP_64, NS_BASE, NS_BASE + 0x1000, 1 } };

        fixture_reset();
        fixture_nwd_version(FFA_VERSION_1_2);
        args.x[i] = 1ull << 63;
        fixture_from_nwd(0, args);
        assert_true(fixture_is_error(NWD_X, FFA_INVALID_PARAMETERS));
        // From 1.1 the fixture itself fills them with dirt, and checks that it is preserved
        fixture_reset();
        fixture_nwd_version(FFA_VERSION_1_1);
        fixture_from_nwd(0, args);
        assert_true(fixture_is_success(NWD_X, 0, 0));
    }
}

static void unsupported_smc64_call_of_version_1_2_clears_wide_registers(void **state)
{
    struct ffa_args args = { .x = { 0xc40000ff, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15,
                                    16, 17 } };

    (void)state;
    fixture_nwd_version(FFA_VERSION_1_2);
    fixture_from_nwd(0, args); // the fixture checks x8 … x17
    assert_true(fixture_is_error(NWD_X, FFA_NOT_SUPPORTED));
}

static void smc32_arguments_are_32_bits(void **state)
{
    (void)state;
    // The fixture puts dirt into every upper half
    NWD(FFA_RXTX_MAP_32, NS_BASE, NS_BASE + 0x1000, 1);
    assert_true(fixture_is_success(NWD_X, 0, 0));
    assert_int_equal(ffa_nwd.buffers.page_count, 1);
    fixture_enter(ALPHA, SP_MODEL_INIT);
    SP(ALPHA, FFA_MEM_PERM_GET_32, SPACE_VA(3)); // 0x7f12345000 does not fit
    assert_true(fixture_is_error(ALPHA->ctx.x, FFA_INVALID_PARAMETERS));
}

static void framework_messages_of_el3(void **state)
{
    (void)state;
    // Types that this version does not know, DEN0077A: FFA_INVALID_PARAMETERS; they never end the negotiation
    for (uint32_t type = 0; type < 256; type++) {
        if (type == FFA_FRAMEWORK_VERSION_REQ || type == FFA_FRAMEWORK_PSCI_REQ ||
            type == FFA_FRAMEWORK_WARM_BOOT) {
            continue;
        }
        NWD(FFA_MSG_SEND_DIRECT_REQ_32, IDS(FFA_ID_SPMD, FFA_ID_SPMC), FFA_MSG_FRAMEWORK | type, 1);
        assert_true(fixture_is_error(NWD_X, FFA_INVALID_PARAMETERS));
    }
    // No partition message may come from EL3
    NWD(FFA_MSG_SEND_DIRECT_REQ_32, IDS(FFA_ID_SPMD, ALPHA_ID), 0, 1);
    assert_true(fixture_is_error(NWD_X, FFA_INVALID_PARAMETERS));
    assert_int_equal(ALPHA->state, SP_WAITING);
    assert_false(ffa_nwd.version_locked);
}

static void any_other_call_ends_the_negotiation(void **state)
{
    static const uint32_t fids[] = { FFA_ID_GET, FFA_FEATURES, FFA_RX_RELEASE, 0x840000fe };

    (void)state;
    for (unsigned int i = 0; i < sizeof(fids) / sizeof(fids[0]); i++) {
        fixture_reset();
        fixture_nwd_version(FFA_VERSION_1_1);
        assert_false(ffa_nwd.version_locked);
        NWD(fids[i]);
        assert_true(ffa_nwd.version_locked);
        fixture_enter(BETA, SP_MODEL_RUN);
        assert_false(BETA->endpoint.version_locked); // nobody's but the caller's
        SP(BETA, FFA_VERSION, FFA_VERSION_1_1);
        assert_false(BETA->endpoint.version_locked);
        SP(BETA, fids[i]);
        assert_true(BETA->endpoint.version_locked);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(normal_world_calls_exist_as_the_table_says, reset),
        cmocka_unit_test_setup(partition_calls_exist_as_the_table_says, reset),
        cmocka_unit_test_setup(identifiers_of_other_services_are_not_supported, reset),
        cmocka_unit_test_setup(sve_hint_of_a_partition_is_no_part_of_the_identifier, reset),
        cmocka_unit_test_setup(wide_registers_are_reserved_only_in_smc64_calls_of_version_1_2,
                               reset),
        cmocka_unit_test_setup(unsupported_smc64_call_of_version_1_2_clears_wide_registers, reset),
        cmocka_unit_test_setup(smc32_arguments_are_32_bits, reset),
        cmocka_unit_test_setup(framework_messages_of_el3, reset),
        cmocka_unit_test_setup(any_other_call_ends_the_negotiation, reset),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
