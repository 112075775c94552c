// SPDX-License-Identifier: BSD-3-Clause
//
// BL1's part of the chain of trust, in the order in which bl1_main calls it: what the OTP says, the
// event log's beginning, BL2 proved and measured, the parameters for BL2. Trusts the OTP once two
// reads of it say the same, and nothing of the boot storage. Every failure has printed a line that says
// what and why; the secrets are wiped before the boot ends.
#include "bl1_private.h"

#include "board.h"
#include "boot_params.h"
#include "cache.h"
#include "fip_names.h"
#include "load.h"
#include "log.h"
#include "otp.h"
#include "platform.h"
#include "string.h"

static uint8_t otp_area[OTP_SIZE] __attribute__((aligned(8)));
static struct otp otp;
// Everything that comes out of the OTP is made twice, from the read on: one fault must not give an
// older counter, a revoked key or a key that everybody knows.
static struct otp otp_again;
static struct boot_secrets secrets_again;
static struct fip fip;
static struct chain chain;
static struct event_log event_log;
static struct boot_params *const params = (struct boot_params *)BOOT_PARAMS_BASE;

_Static_assert(sizeof(struct boot_params) <= BOOT_PARAMS_SIZE, "parameters and their page");

// Past the caches too: what was wiped must not be left in RAM behind a line that is never written
// back.
static void wipe(void *base, size_t size)
{
    memory_wipe(base, size);
    cache_clean_inv_range((uintptr_t)base, size);
}

static void huk_wipe(void)
{
    wipe(otp_area, sizeof(otp_area));
    wipe(otp.huk, sizeof(otp.huk));
    wipe(&otp_again, sizeof(otp_again));
    wipe(&secrets_again, sizeof(secrets_again));
}

void bl1_trust_refuse(void)
{
    huk_wipe();
    wipe(params, BOOT_PARAMS_SIZE);
    plat_fatal();
}

static uint32_t bits_count(uint32_t map)
{
    uint32_t count = 0;

    for (; map != 0; map &= map - 1) {
        count++;
    }
    return count;
}

static void report_root(enum cot_root root, const char *name)
{
    uint32_t spoiled = otp.root_slots_used[root] & ~otp.root_slots_valid[root];

    log_info("%s keys: %u accepted, %u revoked", name, otp.policy.root_count[root],
             bits_count(otp.root_slots_revoked[root]));
    if (spoiled != 0) {
        log_warn("%s keys: %u slots are spoiled", name, bits_count(spoiled));
    }
}

static void report_policy(void)
{
    bool dual = otp.policy.chain == COT_DUAL_ROOT;

    log_info("verified and measured boot: chain %s, trusted counter %u, non-trusted counter %u",
             dual ? "dual root" : "single root", otp.policy.counter[COT_TRUSTED],
             otp.policy.counter[COT_NON_TRUSTED]);
    report_root(COT_ROOT, "root");
    if (dual) {
        report_root(COT_PLATFORM_ROOT, "platform root");
    }
}

static void read_otp(struct otp *to)
{
    struct otp_fault fault;
    int result = plat_otp_read(0, otp_area, sizeof(otp_area));

    if (result != ERR_NONE) {
        log_error("OTP: cannot be read, error %d", result);
        bl1_trust_refuse();
    }
    if (otp_decode(otp_area, to, &fault) != ERR_NONE) {
        log_error("OTP: %s %s: offset 0x%x, found 0x%x, expected 0x%x", fault.field, fault.text,
                  fault.offset, fault.found, fault.expected);
        bl1_trust_refuse();
    }
}

static void derive(const struct otp *from, struct boot_secrets *secrets)
{
    int result = boot_keys_begin(from->huk, secrets);

    if (result != ERR_NONE) {
        log_error("secrets out of the HUK: error %d", result);
        bl1_trust_refuse();
    }
}

// Ends the boot if the two do not agree in every byte.
static void agree(const char *what, const void *once, const void *again, size_t size)
{
    volatile verdict_t same = verdict_equal(once, again, size);

    if (!verdict_accepts(&same)) {
        log_error("%s: must be the same twice", what);
        bl1_trust_refuse();
    }
}

void bl1_trust_begin(void)
{
    int result;

    wipe(params, BOOT_PARAMS_SIZE);
    read_otp(&otp);
    derive(&otp, &params->secrets);
    read_otp(&otp_again);
    derive(&otp_again, &secrets_again);
    agree("OTP", &otp, &otp_again, sizeof(otp));
    agree("secrets out of the HUK", &params->secrets, &secrets_again, sizeof(secrets_again));
    huk_wipe();
    params->policy = otp.policy;
    result = event_log_begin(&event_log, (void *)(uintptr_t)EVENT_LOG_BASE, EVENT_LOG_SIZE);
    if (result != ERR_NONE) {
        log_error("event log: error %d", result);
        bl1_trust_refuse();
    }
    report_policy();
}

void bl1_trust_load_bl2(void)
{
    const struct load_row row = { "BL2",    fip_names_get(IMAGE_TB_FW)->uuid,
                                  COT_BL2,  true,
                                  BL2_BASE, BL2_SIZE };
    struct load_context context = { &fip, &chain, &event_log, &params->secrets };
    struct load_result loaded;

    chain_init(&chain, &fip, &otp.policy);
    if (load_open(&fip) != ERR_NONE || load_image(&context, &row, &loaded) != ERR_NONE) {
        bl1_trust_refuse(); // a line on the console has said why
    }
    params->magic = BOOT_PARAMS_MAGIC;
    params->version = BOOT_PARAMS_VERSION;
    params->size = sizeof(*params);
    params->event_log_used = (uint32_t)event_log.used;
    memcpy(params->root_used, chain.root_used[COT_ROOT], sizeof(params->root_used));
    // BL2 starts with its caches off
    cache_clean_inv_range(BOOT_PARAMS_BASE, BOOT_PARAMS_SIZE);
    cache_clean_inv_range(EVENT_LOG_BASE, EVENT_LOG_SIZE);
}

void bl1_trust_run_bl2(void)
{
    volatile uint32_t expected = chain_token(COT_BL2);

    // Expected, so that the compiler puts the way on before the refusal: behind a call of the latter
    // that a fault skips there is no entry
    if (__builtin_expect(load_complete(&chain.tally, &expected), 1)) {
        bl1_enter_bl2(BL2_BASE);
    }
    log_error("BL2: its verification is not complete");
    bl1_trust_refuse();
}
