// SPDX-License-Identifier: BSD-3-Clause
//
// What BL1 hands to BL2 (platform/lib/boot/boot_params.c): a good page passes unchanged, each field
// broken alone is refused with the right code.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "boot_params.h"

static struct boot_params params;

static int fresh(void **state)
{
    (void)state;
    memset(&params, 0, sizeof(params));
    params.magic = BOOT_PARAMS_MAGIC;
    params.version = BOOT_PARAMS_VERSION;
    params.size = sizeof(params);
    params.event_log_used = 291;
    params.policy.chain = COT_SINGLE_ROOT;
    params.policy.root_count[COT_ROOT] = 1;
    params.policy.counter[COT_TRUSTED] = 3;
    params.root_used[CHAIN_ROOT_HASH_SIZE - 1] = 1;
    return 0;
}

#define REFUSED(field, value, result)                           \
    do {                                                        \
        fresh(NULL);                                            \
        params.field = (value);                                 \
        assert_int_equal(boot_params_check(&params), (result)); \
    } while (0)

static void a_good_page_passes_unchanged(void **state)
{
    struct boot_params before = params;

    (void)state;
    assert_int_equal(boot_params_check(&params), ERR_NONE);
    assert_memory_equal(&before, &params, sizeof(before));
    params.policy.root_count[COT_ROOT] = CHAIN_ROOT_KEYS;
    params.policy.counter[COT_NON_TRUSTED] = 0xffff; // the most that a certificate may hold
    assert_int_equal(boot_params_check(&params), ERR_NONE);
    params.policy.chain = COT_DUAL_ROOT;
    params.policy.root_count[COT_PLATFORM_ROOT] = 1;
    assert_int_equal(boot_params_check(&params), ERR_NONE);
}

static void every_broken_field_is_refused(void **state)
{
    (void)state;
    REFUSED(magic, 0, ERR_INVALID);
    REFUSED(magic, BOOT_PARAMS_MAGIC ^ 1, ERR_INVALID);
    REFUSED(version, 0, ERR_VERSION);
    REFUSED(version, BOOT_PARAMS_VERSION + 1, ERR_VERSION);
    REFUSED(size, sizeof(params) - 4, ERR_INVALID);
    REFUSED(size, sizeof(params) + 4, ERR_INVALID);
    REFUSED(event_log_used, 0, ERR_INVALID);
    REFUSED(root_used[CHAIN_ROOT_HASH_SIZE - 1], 0, ERR_INVALID); // no root key
    REFUSED(policy.counter[COT_TRUSTED], 0x10000, ERR_INVALID);
    REFUSED(policy.counter[COT_NON_TRUSTED], UINT32_MAX, ERR_INVALID);
}

// A chain that is none, or one whose keys are not there, proves nothing or everything
static void a_policy_without_its_keys_is_refused(void **state)
{
    (void)state;
    REFUSED(policy.chain, 0, ERR_INVALID);
    REFUSED(policy.chain, COT_SINGLE_ROOT ^ 2, ERR_INVALID);
    REFUSED(policy.root_count[COT_ROOT], 0, ERR_INVALID);
    REFUSED(policy.root_count[COT_ROOT], CHAIN_ROOT_KEYS + 1, ERR_INVALID);
    REFUSED(policy.root_count[COT_PLATFORM_ROOT], CHAIN_ROOT_KEYS + 1, ERR_INVALID);
    REFUSED(policy.chain, COT_DUAL_ROOT, ERR_INVALID); // no key of the second root
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(a_good_page_passes_unchanged, fresh),
        cmocka_unit_test_setup(every_broken_field_is_refused, fresh),
        cmocka_unit_test_setup(a_policy_without_its_keys_is_refused, fresh),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
