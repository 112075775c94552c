// SPDX-License-Identifier: BSD-3-Clause
//
// BL1's part of the chain of trust (bl1/bl1_trust.c) at QEMU virt's real addresses: the HUK is gone
// before anything of the storage is read, the parameters for BL2 are complete, BL2 runs only if it was
// proved, and every refusal says why and leaves no secret. OTP, chain and loading are stand-ins that
// note what they were given.
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>

#include <cmocka.h>

#include "bl1/bl1_private.h"
#include "board.h"
#include "boot_params.h"
#include "load.h"
#include "otp.h"
#include "platform.h"
#include "tests/unit/platform/boot_support.h"

#define TOKEN 0x13572468u

static struct boot_params *const params = (struct boot_params *)BOOT_PARAMS_BASE;
static int read_result, decode_result, keys_result, open_result, load_result;
static uint32_t tally;            // that the verification reaches
static const uint8_t *area;       // where BL1 keeps the OTP
static const struct otp *decoded; // by the last decoding
static struct otp *decodings[2];
static uint32_t reads, derivations;
static uint32_t spoil_read, spoil_derivation; // which one a fault hits: 1, 2; 0: none
static size_t spoil_at;                       // byte of struct otp, or of the secrets
static struct chain_policy policy;            // that the OTP has
static uint32_t spoiled;
static bool huk_seen_at_load;
static uint32_t entered;
static jmp_buf fatal;

static bool all_zero(const void *at, size_t size)
{
    const uint8_t *byte = at;

    while (size != 0 && *byte == 0) {
        byte++;
        size--;
    }
    return size == 0;
}

int plat_otp_read(uint32_t offset, void *buf, size_t len)
{
    assert_int_equal(offset, 0);
    assert_int_equal(len, OTP_SIZE);
    memset(buf, 0x0f, len);
    area = buf;
    reads++;
    return read_result;
}

int otp_decode(const uint8_t *bytes, struct otp *otp, struct otp_fault *fault)
{
    assert_ptr_equal(bytes, area);
    decoded = otp;
    assert_in_range(reads, 1, 2); // each decoding follows a read of its own
    decodings[reads - 1] = otp;
    if (decode_result != ERR_NONE) {
        *fault = (struct otp_fault){ "HUK", "must be there", 0x40, 0xff, 0x12 };
        return decode_result;
    }
    *otp = (struct otp){ .policy = policy,
                         .root_slots_used = { 3 | spoiled },
                         .root_slots_valid = { 3 },
                         .root_slots_revoked = { 2 } };
    memset(otp->huk, 0x99, sizeof(otp->huk));
    if (reads == spoil_read) {
        ((uint8_t *)otp)[spoil_at] ^= 0x10;
    }
    return ERR_NONE;
}

int boot_keys_begin(const uint8_t *huk, struct boot_secrets *secrets)
{
    assert_ptr_equal(huk, decoded->huk);
    derivations++;
    if (spoil_read == 0) {
        assert_int_equal(huk[0], 0x99);
        assert_int_equal(huk[BOOT_KEY_SIZE - 1], 0x99);
    }
    memset(secrets, keys_result == ERR_NONE ? 0x5e : 0, sizeof(*secrets));
    if (derivations == spoil_derivation) {
        ((uint8_t *)secrets)[spoil_at] = 0;
    }
    return keys_result;
}

void chain_init(struct chain *chain, const struct fip *fip, const struct chain_policy *the_policy)
{
    memset(chain, 0, sizeof(*chain));
    chain->fip = fip;
    chain->policy = the_policy;
}

uint32_t chain_token(enum cot_image image)
{
    assert_int_equal(image, COT_BL2);
    return TOKEN;
}

int load_open(struct fip *fip)
{
    huk_seen_at_load = !all_zero(area, OTP_SIZE) || !all_zero(decoded->huk, BOOT_KEY_SIZE);
    fip->entry_count = 1;
    return open_result;
}

int load_image(struct load_context *context, const struct load_row *row, struct load_result *loaded)
{
    struct boot_digests digests = { .have = BOOT_HASH_BANKS };

    assert_int_equal(context->fip->entry_count, 1);
    assert_ptr_equal(context->chain->fip, context->fip);
    assert_memory_equal(context->chain->policy, &policy, sizeof(policy));
    assert_ptr_equal(context->secrets, &params->secrets);
    assert_int_equal(row->image, COT_BL2);
    assert_true(row->identity);
    assert_memory_equal(row->uuid, fip_names_get(IMAGE_TB_FW)->uuid, 16);
    assert_int_equal(row->base, BL2_BASE);
    assert_int_equal(row->limit, BL2_SIZE);
    memset(loaded, 0, sizeof(*loaded));
    if (load_result == ERR_NONE) {
        assert_int_equal(event_log_add(context->log, 0, "BL_2", &digests), ERR_NONE);
        context->chain->tally = tally;
        memset(context->chain->root_used[COT_ROOT], 0x42, CHAIN_ROOT_HASH_SIZE);
    }
    return load_result;
}

void bl1_enter_bl2(uint64_t entry)
{
    assert_int_equal(entry, BL2_BASE);
    entered++;
    longjmp(fatal, 2);
}

static int map_memory(void **state)
{
    void *secure = (void *)(uintptr_t)SECURE_RAM_BASE;

    (void)state;
    return mmap(secure, SECURE_RAM_SIZE, PROT_READ | PROT_WRITE,
                MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_FIXED_NOREPLACE, -1, 0) == secure
               ? 0
               : -1;
}

static int fresh(void **state)
{
    (void)state;
    support_reset();
    support_fatal = &fatal;
    memset(params, 0xa5, BOOT_PARAMS_SIZE); // what a cold RAM holds
    memset((void *)(uintptr_t)EVENT_LOG_BASE, 0xa5, EVENT_LOG_SIZE);
    read_result = decode_result = keys_result = open_result = load_result = ERR_NONE;
    policy = (struct chain_policy){ .chain = COT_SINGLE_ROOT,
                                    .root_count = { 1 },
                                    .counter = { 4, 5 },
                                    .lifecycle = OTP_LIFECYCLE_OPEN };
    policy.root[COT_ROOT][0][0] = 0x42;
    spoiled = 0;
    reads = derivations = spoil_read = spoil_derivation = 0;
    spoil_at = 0;
    decodings[0] = decodings[1] = NULL;
    decoded = NULL;
    tally = TOKEN;
    entered = 0;
    return 0;
}

static void expect_refused(const char *text)
{
    assert_int_equal(entered, 0);
    assert_true(all_zero(params, BOOT_PARAMS_SIZE));
    assert_true(all_zero(area, OTP_SIZE));
    for (size_t i = 0; i < 2; i++) {
        assert_true(decodings[i] == NULL || all_zero(decodings[i]->huk, BOOT_KEY_SIZE));
    }
    if (text != NULL && strstr(support_last_line, text) == NULL) {
        fail_msg("'%s' is not in '%s'", text, support_last_line);
    }
}

static void begin_refuses(const char *text)
{
    if (setjmp(fatal) == 0) {
        bl1_trust_begin();
        fail_msg("not refused");
    }
    expect_refused(text);
    assert_int_equal(support_errors, 1);
}

static void the_huk_is_gone_before_the_storage_is_read(void **state)
{
    (void)state;
    bl1_trust_begin();
    assert_true(all_zero(area, OTP_SIZE));
    assert_true(all_zero(decodings[0]->huk, BOOT_KEY_SIZE));
    assert_true(all_zero(decodings[1]->huk, BOOT_KEY_SIZE));
    assert_int_equal(params->secrets.sealing[0], 0x5e);
    assert_int_equal(params->secrets.identity[31], 0x5e);
    assert_memory_equal(&params->policy, &policy, sizeof(policy));
    assert_int_equal(boot_params_check(params), ERR_INVALID); // not complete yet
    bl1_trust_load_bl2();
    assert_false(huk_seen_at_load);
}

static void the_console_tells_the_policy(void **state)
{
    (void)state;
    bl1_trust_begin();
    assert_string_equal(support_last_line, "root keys: 1 accepted, 1 revoked");
    fresh(state);
    spoiled = 4 | 8;
    bl1_trust_begin();
    assert_string_equal(support_last_line, "root keys: 2 slots are spoiled");
    fresh(state);
    policy.chain = COT_DUAL_ROOT;
    policy.root_count[COT_PLATFORM_ROOT] = 3;
    bl1_trust_begin();
    assert_string_equal(support_last_line, "platform root keys: 3 accepted, 0 revoked");
    assert_int_equal(support_errors, 0);
}

static void an_otp_or_keys_that_fail_end_the_boot(void **state)
{
    read_result = ERR_IO;
    begin_refuses("OTP: cannot be read");
    fresh(state);
    decode_result = ERR_INVALID;
    begin_refuses("OTP: HUK must be there: offset 0x40, found 0xff, expected 0x12");
    fresh(state);
    keys_result = ERR_IO;
    begin_refuses("secrets out of the HUK: error");
}

// A fault in one of two: a counter, a key, its revocation, any byte of the HUK or of a secret
static void what_is_not_the_same_twice_ends_the_boot(void **state)
{
    for (uint32_t which = 1; which <= 2; which++) {
        for (size_t at = 0; at < sizeof(struct otp); at++) {
            fresh(state);
            spoil_read = which;
            spoil_at = at;
            begin_refuses("OTP: must be the same twice");
        }
        for (size_t at = 0; at < sizeof(struct boot_secrets); at++) {
            fresh(state);
            spoil_derivation = which;
            spoil_at = at;
            begin_refuses("secrets out of the HUK: must be the same twice");
        }
    }
    fresh(state);
    bl1_trust_begin();
    assert_int_equal(reads, 2);
    assert_int_equal(derivations, 2);
    assert_ptr_not_equal(decodings[0], decodings[1]);
}

static void the_parameters_for_bl2_are_complete(void **state)
{
    struct event_log log;

    (void)state;
    bl1_trust_begin();
    bl1_trust_load_bl2();
    assert_int_equal(boot_params_check(params), ERR_NONE);
    assert_int_equal(event_log_continue(&log, (void *)(uintptr_t)EVENT_LOG_BASE, EVENT_LOG_SIZE,
                                        params->event_log_used),
                     ERR_NONE);
    assert_memory_equal(log.base + log.used - 5, "BL_2", 5);
    for (size_t i = 0; i < CHAIN_ROOT_HASH_SIZE; i++) {
        assert_int_equal(params->root_used[i], 0x42);
    }
    assert_int_equal(params->secrets.sealing[0], 0x5e);
}

static void a_bl2_that_is_refused_leaves_no_secret(void **state)
{
    bl1_trust_begin();
    load_result = ERR_DENIED;
    if (setjmp(fatal) == 0) {
        bl1_trust_load_bl2();
        fail_msg("not refused");
    }
    expect_refused(NULL); // the line was load_image's
    fresh(state);
    bl1_trust_begin();
    open_result = ERR_INVALID;
    if (setjmp(fatal) == 0) {
        bl1_trust_load_bl2();
        fail_msg("not refused");
    }
    expect_refused(NULL);
}

// Everything up to BL2, whose verification reaches `sum`
static void boot_with(uint32_t sum)
{
    fresh(NULL);
    tally = sum;
    bl1_trust_begin();
    bl1_trust_load_bl2();
    if (setjmp(fatal) == 0) {
        bl1_trust_run_bl2();
    }
}

static void only_a_proved_bl2_runs(void **state)
{
    (void)state;
    for (uint32_t i = 0; i <= 32; i++) {
        boot_with(i < 32 ? TOKEN ^ 1u << i : 0);
        expect_refused("BL2: its verification is not complete");
    }
    boot_with(TOKEN);
    assert_int_equal(entered, 1);
    assert_int_equal(boot_params_check(params), ERR_NONE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(the_huk_is_gone_before_the_storage_is_read, fresh),
        cmocka_unit_test_setup(the_console_tells_the_policy, fresh),
        cmocka_unit_test_setup(an_otp_or_keys_that_fail_end_the_boot, fresh),
        cmocka_unit_test_setup(what_is_not_the_same_twice_ends_the_boot, fresh),
        cmocka_unit_test_setup(the_parameters_for_bl2_are_complete, fresh),
        cmocka_unit_test_setup(a_bl2_that_is_refused_leaves_no_secret, fresh),
        cmocka_unit_test_setup(only_a_proved_bl2_runs, fresh),
    };

    return cmocka_run_group_tests(tests, map_memory, NULL);
}
