// SPDX-License-Identifier: BSD-3-Clause
//
// BL2's trust around the loading (bl2/bl2_trust.c) at QEMU virt's real addresses: what BL1 left is
// checked, the log is completed and published, secrets end, nothing runs whose sum is not complete, and
// every refusal wipes parameters and hand-off. Event log and critical data are the real ones; the chain
// of trust is a stand-in.
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>

#include <cmocka.h>

#include "bits.h"
#include "bl2/bl2_private.h"
#include "board.h"
#include "boot_params.h"
#include "tests/unit/platform/boot_support.h"

static struct boot_params *const params = (struct boot_params *)BOOT_PARAMS_BASE;
static struct handoff *const handoff = (struct handoff *)HANDOFF_BASE;
static uint8_t *const log_page = (uint8_t *)EVENT_LOG_BASE;
static uint8_t *const ns_log_page = (uint8_t *)NS_EVENT_LOG_BASE;
static struct fip fip;
static struct bl2_config config;
static struct machine_notes described;
static bool described_is_there;
static int describe_result;
static uint32_t machines_described;
static uint32_t entered;
static jmp_buf fatal;

void chain_init(struct chain *chain, const struct fip *the_fip, const struct chain_policy *policy)
{
    memset(chain, 0, sizeof(*chain));
    chain->fip = the_fip;
    chain->policy = policy;
}

uint32_t bl2_load_tally(const struct bl2_config *the_config, uint32_t chain)
{
    assert_ptr_equal(the_config, &config);
    assert_int_equal(chain, COT_SINGLE_ROOT);
    return 0xabcd1234;
}

int plat_describe_machine(const struct machine_notes *notes)
{
    described = *notes;
    described_is_there = memcmp(ns_log_page, log_page, notes->log.used) == 0;
    machines_described++;
    return describe_result;
}

void bl2_run_bl31(const struct handoff *the_handoff)
{
    assert_ptr_equal(the_handoff, handoff);
    entered++;
    longjmp(fatal, 2);
}

static int map_memory(void **state)
{
    void *secure = (void *)(uintptr_t)SECURE_RAM_BASE;
    const int flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_FIXED_NOREPLACE;

    (void)state;
    return mmap(secure, SECURE_RAM_SIZE, PROT_READ | PROT_WRITE, flags, -1, 0) == secure &&
                   mmap(ns_log_page, NS_EVENT_LOG_SIZE, PROT_READ | PROT_WRITE, flags, -1, 0) ==
                       ns_log_page
               ? 0
               : -1;
}

static int fresh(void **state)
{
    struct event_log log;

    (void)state;
    support_reset();
    support_fatal = &fatal;
    assert_int_equal(event_log_begin(&log, log_page, EVENT_LOG_SIZE), ERR_NONE);
    memset(params, 0, BOOT_PARAMS_SIZE);
    params->magic = BOOT_PARAMS_MAGIC;
    params->version = BOOT_PARAMS_VERSION;
    params->size = sizeof(*params);
    params->event_log_used = (uint32_t)log.used;
    params->policy.chain = COT_SINGLE_ROOT;
    params->policy.root_count[COT_ROOT] = 1;
    memset(params->root_used, 0x77, sizeof(params->root_used));
    memset(&params->secrets, 0x5e, sizeof(params->secrets));
    memset(handoff, 0x4b, HANDOFF_SIZE); // keys and entropy
    handoff->entropy_used = 100;
    memset(ns_log_page, 0xee, NS_EVENT_LOG_SIZE);
    describe_result = ERR_NONE;
    memset(&described, 0, sizeof(described));
    described_is_there = false;
    machines_described = 0;
    entered = 0;
    return 0;
}

static bool all_zero(const void *at, size_t size)
{
    const uint8_t *byte = at;

    while (size != 0 && *byte == 0) {
        byte++;
        size--;
    }
    return size == 0;
}

// The boot has ended, with one line that holds `text` and nothing secret left.
static void expect_refused(const char *text)
{
    assert_int_equal(entered, 0);
    assert_true(all_zero(params, BOOT_PARAMS_SIZE));
    assert_true(all_zero(handoff, HANDOFF_SIZE));
    assert_int_equal(support_errors, 1);
    if (strstr(support_last_line, text) == NULL) {
        fail_msg("'%s' is not in '%s'", text, support_last_line);
    }
}

static void begin_refuses(const char *text)
{
    if (setjmp(fatal) == 0) {
        (void)bl2_trust_begin(&fip);
        fail_msg("not refused");
    }
    expect_refused(text);
}

static void what_bl1_left_becomes_the_context(void **state)
{
    const struct load_context *context = bl2_trust_begin(&fip);

    (void)state;
    assert_ptr_equal(context->fip, &fip);
    assert_ptr_equal(context->chain->fip, &fip);
    assert_ptr_equal(context->chain->policy, &params->policy);
    assert_memory_equal(context->chain->root_used[COT_ROOT], params->root_used,
                        CHAIN_ROOT_HASH_SIZE); // the chain goes on with BL1's key only
    assert_true(all_zero(context->chain->root_used[COT_PLATFORM_ROOT], CHAIN_ROOT_HASH_SIZE));
    assert_ptr_equal(context->log->base, log_page);
    assert_int_equal(context->log->used, params->event_log_used);
    assert_int_equal(context->log->size, EVENT_LOG_SIZE);
    assert_ptr_equal(context->secrets, &params->secrets);
}

static void parameters_and_log_are_checked_before_use(void **state)
{
    params->magic ^= 1;
    begin_refuses("parameters of BL1");
    fresh(state);
    params->policy.root_count[COT_ROOT] = 0;
    begin_refuses("parameters of BL1");
    fresh(state);
    params->event_log_used = EVENT_LOG_SIZE + 1;
    begin_refuses("event log of BL1");
    fresh(state);
    params->event_log_used--;
    begin_refuses("event log of BL1");
    fresh(state);
    log_page[4] ^= 1;
    begin_refuses("event log of BL1");
}

static void the_log_is_completed_published_and_handed_on(void **state)
{
    struct load_context *context = bl2_trust_begin(&fip);
    uint32_t before = params->event_log_used;
    uint32_t used = before + 100 + sizeof("CRITICAL_DATA");
    uint8_t seed[32];

    (void)state;
    memset(seed, 0x4b, sizeof(seed));
    context->chain->lowest_counter[COT_TRUSTED] = 7;
    context->chain->lowest_counter[COT_NON_TRUSTED] = 3;
    bl2_trust_finish(handoff, &config);
    assert_int_equal(handoff->log.base, EVENT_LOG_BASE);
    assert_int_equal(handoff->log.size, EVENT_LOG_SIZE);
    assert_int_equal(handoff->log.used, used);
    assert_memory_equal(log_page + used - sizeof("CRITICAL_DATA"), "CRITICAL_DATA",
                        sizeof("CRITICAL_DATA"));
    assert_memory_equal(ns_log_page, log_page, used);
    assert_true(all_zero(ns_log_page + used, NS_EVENT_LOG_SIZE - used));
    assert_int_equal(described.log.base, NS_EVENT_LOG_BASE);
    assert_int_equal(described.log.size, NS_EVENT_LOG_SIZE);
    assert_int_equal(described.log.used, used);
    assert_true(described_is_there); // nothing is told of that is not there yet
    assert_int_equal(machines_described, 1);
    assert_int_equal(handoff->facts.version, TESSERA_BOOT_FACTS_VERSION);
    assert_int_equal(handoff->facts.chain, COT_SINGLE_ROOT);
    assert_memory_equal(handoff->facts.root_hash, params->root_used, 32);
    assert_memory_equal(handoff->facts.boot_seed, seed, 32); // from the hand-off's entropy
    assert_int_equal(handoff->entropy_used, 132);
    assert_true(all_zero(handoff->entropy + 100, 32));
    assert_int_equal(handoff->facts.counter[COT_TRUSTED], 7);
    assert_int_equal(handoff->facts.counter[COT_NON_TRUSTED], 3);
    assert_true(all_zero(&params->secrets, sizeof(params->secrets)));
    assert_int_equal(params->policy.chain, COT_SINGLE_ROOT); // is asked once more
}

static void the_normal_world_is_told_of_a_tpm_that_is_there(void **state)
{
    static const char tpm[] = "17b862a4-1806-4faf-86b3-089a58353861";
    uint8_t *uuid = config.packages[2].uuid;

    config.package_count = 3;
    assert_int_equal(uuid_parse(tpm, sizeof(tpm) - 1, uuid), ERR_NONE);
    (void)bl2_trust_begin(&fip);
    bl2_trust_finish(handoff, &config);
    assert_true(described.has_tpm);
    fresh(state);
    config.package_count = 2; // not loaded
    (void)bl2_trust_begin(&fip);
    bl2_trust_finish(handoff, &config);
    assert_false(described.has_tpm);
    fresh(state);
    config.package_count = 3;
    uuid[15] ^= 1;
    (void)bl2_trust_begin(&fip);
    bl2_trust_finish(handoff, &config);
    assert_false(described.has_tpm);
    memset(&config, 0, sizeof(config));
}

static void a_board_without_a_device_tree_says_so(void **state)
{
    (void)state;
    (void)bl2_trust_begin(&fip);
    describe_result = ERR_NOT_SUPPORTED;
    bl2_trust_finish(handoff, &config);
    assert_int_equal(support_errors, 0);
    assert_non_null(strstr(support_last_line, "no device tree"));
    assert_non_null(strstr(support_last_line, "not told of PSCI"));
    assert_non_null(strstr(support_last_line, "event log"));
    assert_true(all_zero(&params->secrets, sizeof(params->secrets)));
}

static void a_tree_that_cannot_be_completed_ends_the_boot(void **state)
{
    (void)state;
    (void)bl2_trust_begin(&fip);
    describe_result = ERR_NO_MEMORY;
    if (setjmp(fatal) == 0) {
        bl2_trust_finish(handoff, &config);
        fail_msg("not refused");
    }
    expect_refused("device tree for the normal world cannot be completed, error -7");
    fresh(state);
    (void)bl2_trust_begin(&fip);
    describe_result = ERR_INVALID;
    if (setjmp(fatal) == 0) {
        bl2_trust_finish(handoff, &config);
        fail_msg("not refused");
    }
    expect_refused("device tree for the normal world cannot be completed, error -1");
}

static void a_log_that_cannot_be_completed_ends_the_boot(void **state)
{
    struct load_context *context = bl2_trust_begin(&fip);

    (void)state;
    context->log->size = context->log->used + 20;
    if (setjmp(fatal) == 0) {
        bl2_trust_finish(handoff, &config);
        fail_msg("not refused");
    }
    expect_refused("event log cannot be completed, error -7");
    assert_int_equal(machines_described, 0);
}

static void a_boot_without_entropy_for_its_seed_ends(void **state)
{
    (void)state;
    (void)bl2_trust_begin(&fip);
    handoff->entropy_used = HANDOFF_ENTROPY_SIZE - 31;
    if (setjmp(fatal) == 0) {
        bl2_trust_finish(handoff, &config);
        fail_msg("not refused");
    }
    expect_refused("what partitions must know of this boot cannot be told, error -7");
}

static void run_with(uint32_t tally)
{
    fresh(NULL);
    bl2_trust_begin(&fip)->chain->tally = tally;
    if (setjmp(fatal) == 0) {
        bl2_trust_run_bl31(handoff, &config);
    }
}

static void nothing_runs_whose_sum_is_not_complete(void **state)
{
    (void)state;
    for (uint32_t i = 0; i <= 32; i++) {
        run_with(i < 32 ? 0xabcd1234 ^ 1u << i : 0);
        expect_refused("verification of what was loaded is not complete");
    }
}

static void what_is_complete_runs(void **state)
{
    (void)state;
    run_with(0xabcd1234);
    assert_int_equal(entered, 1);
    assert_int_equal(support_errors, 0);
}

static void a_handoff_that_bl1_refuses_leaves_no_secret(void **state)
{
    (void)state;
    if (setjmp(fatal) == 0) {
        bl2_trust_bl1_refused();
    }
    expect_refused("BL1 refused to enter BL31");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(what_bl1_left_becomes_the_context, fresh),
        cmocka_unit_test_setup(parameters_and_log_are_checked_before_use, fresh),
        cmocka_unit_test_setup(the_log_is_completed_published_and_handed_on, fresh),
        cmocka_unit_test_setup(the_normal_world_is_told_of_a_tpm_that_is_there, fresh),
        cmocka_unit_test_setup(a_board_without_a_device_tree_says_so, fresh),
        cmocka_unit_test_setup(a_tree_that_cannot_be_completed_ends_the_boot, fresh),
        cmocka_unit_test_setup(a_log_that_cannot_be_completed_ends_the_boot, fresh),
        cmocka_unit_test_setup(a_boot_without_entropy_for_its_seed_ends, fresh),
        cmocka_unit_test_setup(nothing_runs_whose_sum_is_not_complete, fresh),
        cmocka_unit_test_setup(what_is_complete_runs, fresh),
        cmocka_unit_test_setup(a_handoff_that_bl1_refuses_leaves_no_secret, fresh),
    };

    return cmocka_run_group_tests(tests, map_memory, NULL);
}
