// SPDX-License-Identifier: BSD-3-Clause
//
// FF-A setup calls from the normal world: version negotiation, features, ids. Expected values: DEN0077A 1.2; where
// implementations differ, what ffa/README.md says Tessera does.
#include "tests/target/target.h"

#define VERSION_REFUSED 0xffffffffu

static uint32_t version(uint32_t wanted)
{
    return (uint32_t)call(FFA_VERSION, wanted).x[0];
}

static void version_of_same_major_answers_ours(void **state)
{
    (void)state;
    target_fresh(NULL);
    assert_int_equal(version(FFA_VERSION_1_0), FFA_VERSION_1_2);
    assert_int_equal(version(FFA_VERSION_1_1), FFA_VERSION_1_2);
    assert_int_equal(version(FFA_VERSION_1_2), FFA_VERSION_1_2);
    assert_int_equal(version(0x10003), FFA_VERSION_1_2); // a newer caller is told to come down
    assert_int_equal(version(0x1ffff), FFA_VERSION_1_2);
}

static void version_of_other_major_is_refused(void **state)
{
    static const uint32_t bad[] = { 0x20000, 0x20002, 0x00009, 0, 0x7fff0000, 0x7fffffff };

    (void)state;
    target_machine(NULL);
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        assert_int_equal(version(bad[i]), VERSION_REFUSED);
    }
}

static void version_with_bit_31_is_refused(void **state)
{
    (void)state;
    target_machine(NULL);
    assert_int_equal(version(0x80010002), VERSION_REFUSED);
    assert_int_equal(version(0xffffffff), VERSION_REFUSED);
    assert_int_equal(version(0x80000000), VERSION_REFUSED);
}

static void version_is_locked_by_the_first_other_call(void **state)
{
    (void)state;
    target_fresh(NULL);
    assert_int_equal(version(FFA_VERSION_1_1), FFA_VERSION_1_2);
    assert_int_equal(version(FFA_VERSION_1_2), FFA_VERSION_1_2);
    struct ffa_args a = call(FFA_FEATURES, FFA_VERSION);
    assert_ffa_success(a, 0, 0);
    assert_int_equal(version(FFA_VERSION_1_2), FFA_VERSION_1_2);
    assert_int_equal(version(FFA_VERSION_1_1), VERSION_REFUSED);
    assert_int_equal(version(FFA_VERSION_1_0), VERSION_REFUSED);
    // and the refusals changed nothing: a call of version 1.2 still works
    a = call(FFA_PARTITION_INFO_GET_REGS);
    assert_ffa_function(a, FFA_SUCCESS_64);
}

static void version_1_1_callers_do_not_get_calls_of_1_2(void **state)
{
    (void)state;
    target_fresh(NULL);
    assert_int_equal(version(FFA_VERSION_1_1), FFA_VERSION_1_2);
    struct ffa_args a = call(FFA_PARTITION_INFO_GET_REGS);
    assert_ffa_error(a, FFA_NOT_SUPPORTED);
    a = call(FFA_FEATURES, FFA_PARTITION_INFO_GET_REGS);
    assert_ffa_error(a, FFA_NOT_SUPPORTED);
    assert_echo_works();
}

static void version_1_0_is_served(void **state)
{
    (void)state;
    target_fresh(NULL);
    assert_int_equal(version(FFA_VERSION_1_0), FFA_VERSION_1_2);
    struct ffa_args a = call(FFA_ID_GET);
    assert_ffa_success(a, FFA_ID_NWD, 0);
    assert_echo_works();
}

static void ids_are_as_the_specification_fixes_them(void **state)
{
    (void)state;
    target_fresh(NULL);
    target_version(FFA_VERSION_1_2);
    struct ffa_args a = call(FFA_ID_GET);
    assert_ffa_success(a, FFA_ID_NWD, 0);
    a = call(FFA_SPM_ID_GET);
    assert_ffa_success(a, FFA_ID_SPMC, 0);
}

static void the_sve_hint_of_a_function_id_is_ignored(void **state)
{
    (void)state;
    target_machine(NULL);
    struct ffa_args a = call(FFA_ID_GET | SMCCC_SVE_HINT);
    assert_ffa_success(a, FFA_ID_NWD, 0);
    a = call(FFA_FEATURES | SMCCC_SVE_HINT, FFA_VERSION);
    assert_ffa_success(a, 0, 0);
    a = call(FFA_MSG_SEND_DIRECT_REQ_32 | SMCCC_SVE_HINT, ECHO_ID, 0, 7);
    assert_ffa_function(a, FFA_MSG_SEND_DIRECT_RESP_32);
    assert_int_equal(a.x[3], 7);
}

static void features_of_mandatory_functions_succeed_without_properties(void **state)
{
    static const uint32_t functions[] = {
        FFA_ERROR,
        FFA_SUCCESS_32,
        FFA_INTERRUPT,
        FFA_VERSION,
        FFA_FEATURES,
        FFA_RX_RELEASE,
        FFA_RXTX_UNMAP,
        FFA_PARTITION_INFO_GET,
        FFA_ID_GET,
        FFA_SPM_ID_GET,
        FFA_RUN,
        FFA_MSG_SEND_DIRECT_REQ_32,
        FFA_MSG_SEND_DIRECT_REQ_64,
        FFA_MSG_SEND_DIRECT_REQ2,
        FFA_MSG_SEND2,
        FFA_MEM_SHARE_32,
        FFA_MEM_SHARE_64,
        FFA_MEM_LEND_64,
        FFA_MEM_DONATE_64,
        FFA_MEM_RECLAIM,
        FFA_MEM_FRAG_TX,
        FFA_NOTIFICATION_BITMAP_CREATE,
        FFA_NOTIFICATION_BIND,
        FFA_NOTIFICATION_SET,
        FFA_NOTIFICATION_GET,
        FFA_NOTIFICATION_INFO_GET_64,
        FFA_PARTITION_INFO_GET_REGS,
    };

    (void)state;
    target_machine(NULL);
    for (size_t i = 0; i < sizeof(functions) / sizeof(functions[0]); i++) {
        struct ffa_args a = call(FFA_FEATURES, functions[i]);
        print_message("%s\n", h_ffa_name(functions[i]));
        assert_ffa_success(a, 0, 0);
    }
}

static void features_of_rxtx_map_tell_granule_and_limit(void **state)
{
    (void)state;
    target_machine(NULL);
    for (unsigned int wide = 0; wide < 2; wide++) {
        struct ffa_args a = call(FFA_FEATURES, wide != 0 ? FFA_RXTX_MAP_64 : FFA_RXTX_MAP_32);
        assert_ffa_function(a, FFA_SUCCESS_32);
        assert_int_equal(a.x[2] & 0xffff, 0); // 4 KiB, rest reserved
        assert_int_equal(a.x[3], 0);
        assert_true(a.x[2] >> 16 <= 63);
    }
}

static void features_of_what_the_normal_world_must_not_have_are_refused(void **state)
{
    static const uint64_t queries[] = {
        FFA_MSG_POLL,
        FFA_MSG_SEND,
        FFA_NORMAL_WORLD_RESUME,
        0x84000084, // RX_ACQUIRE
        FFA_MEM_PERM_GET_32,
        FFA_MEM_PERM_SET_32,
        FFA_MEM_PERM_GET_64,
        FFA_MEM_PERM_SET_64,
        FFA_CONSOLE_LOG_32,
        FFA_CONSOLE_LOG_64,
        FFA_SECONDARY_EP_REGISTER_64,
        FFA_EL3_INTR_HANDLE,
        FFA_MSG_WAIT,
        0x84000078,
        0x84000079, // MEM_OP_PAUSE, RESUME
        0x840000a0,
        0xc40000ff,
        0x84000050,
        0xc4000069, // unknown; SMC64 of ID_GET
        1,
        3,
        4,
        5,
        0xff, // NPI, MEI; 1.3's and unknown features
    };

    (void)state;
    target_machine(NULL);
    for (size_t i = 0; i < sizeof(queries) / sizeof(queries[0]); i++) {
        struct ffa_args a = call(FFA_FEATURES, queries[i]);
        print_message("FEATURES(%#llx)\n", (unsigned long long)queries[i]);
        assert_ffa_error(a, FFA_NOT_SUPPORTED);
    }
}

static void features_with_reserved_properties_are_refused(void **state)
{
    (void)state;
    target_machine(NULL);
    struct ffa_args a = call(FFA_FEATURES, FFA_ID_GET, 1);
    assert_ffa_error(a, FFA_INVALID_PARAMETERS);
    a = call(FFA_FEATURES, FFA_RXTX_MAP_64, 0x80000000);
    assert_ffa_error(a, FFA_INVALID_PARAMETERS);
}

// What FFA_FEATURES denies cannot be called, over the whole function range in both widths.
static void what_features_denies_cannot_be_called(void **state)
{
    (void)state;
    target_machine(NULL);
    for (uint32_t number = FFA_NUMBER_FIRST; number <= 0x97; number++) {
        for (uint32_t wide = 0; wide < 2; wide++) {
            uint32_t fid = SMCCC_FAST | SMCCC_OWNER_STD << SMCCC_OWNER_SHIFT | number |
                           (wide != 0 ? SMCCC_64 : 0);
            // FFA_MEM_RETRIEVE_REQ alone has an input property: that the caller knows the NS bit
            bool retrieve = number == (FFA_MEM_RETRIEVE_REQ_32 & SMCCC_NUMBER_MASK);
            struct ffa_args f = call(FFA_FEATURES, fid, retrieve ? FFA_FEATURE_RETRIEVE_NS_BIT : 0);
            if (f.x[0] != FFA_ERROR) {
                continue;
            }
            struct ffa_args a = call(fid);
            print_message("%#x\n", fid);
            assert_ffa_error(a, FFA_NOT_SUPPORTED);
        }
    }
}

// The normal world's kernel cannot play the partition's or the SPMC's part.
static void replies_from_the_normal_world_are_refused(void **state)
{
    static const uint32_t functions[] = { FFA_MSG_WAIT, FFA_YIELD, FFA_INTERRUPT,
                                          FFA_NORMAL_WORLD_RESUME };

    (void)state;
    target_machine(NULL);
    for (size_t i = 0; i < sizeof(functions) / sizeof(functions[0]); i++) {
        struct ffa_args a = call(functions[i]);
        assert_ffa_error(a, FFA_NOT_SUPPORTED);
    }
    struct ffa_args a = call(FFA_MSG_SEND_DIRECT_RESP_32, (uint64_t)FFA_ID_NWD << 16 | ECHO_ID);
    assert_int_equal(a.x[0], FFA_ERROR);
    a = call(FFA_MSG_SEND_DIRECT_RESP_64, (uint64_t)ECHO_ID << 16 | FFA_ID_NWD);
    assert_int_equal(a.x[0], FFA_ERROR);
    assert_echo_works();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(version_of_same_major_answers_ours),
        cmocka_unit_test(version_of_other_major_is_refused),
        cmocka_unit_test(version_with_bit_31_is_refused),
        cmocka_unit_test(version_is_locked_by_the_first_other_call),
        cmocka_unit_test(version_1_1_callers_do_not_get_calls_of_1_2),
        cmocka_unit_test(version_1_0_is_served),
        cmocka_unit_test(ids_are_as_the_specification_fixes_them),
        cmocka_unit_test(the_sve_hint_of_a_function_id_is_ignored),
        cmocka_unit_test(features_of_mandatory_functions_succeed_without_properties),
        cmocka_unit_test(features_of_rxtx_map_tell_granule_and_limit),
        cmocka_unit_test(features_of_what_the_normal_world_must_not_have_are_refused),
        cmocka_unit_test(features_with_reserved_properties_are_refused),
        cmocka_unit_test(what_features_denies_cannot_be_called),
        cmocka_unit_test(replies_from_the_normal_world_are_refused),
    };

    return cmocka_run_group_tests_name("ffa_setup", tests, NULL, target_stop);
}
