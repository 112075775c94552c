// SPDX-License-Identifier: BSD-3-Clause
//
// BL2's part of the chain of trust around the loading: the parameters from BL1, and what is left to
// do when everything is loaded: critical data, the log for the normal world, the end of the secrets.
// Contracts in bl2_private.h. Trusts BL1's page once it is checked.
#include "bl2_private.h"

#include "board.h"
#include "boot_facts.h"
#include "boot_params.h"
#include "cache.h"
#include "critical_data.h"
#include "log.h"
#include "platform.h"
#include "string.h"

static struct boot_params *const params = (struct boot_params *)BOOT_PARAMS_BASE;
static struct chain chain;
static struct event_log event_log;
static struct load_context context;
static struct machine_notes notes = {
    .log = { .base = NS_EVENT_LOG_BASE, .size = NS_EVENT_LOG_SIZE },
};
// The TPM service over FF-A (DEN0138), 17b862a4-1806-4faf-86b3-089a58353861: the package that is a TPM has it, too
static const uint8_t tpm_package[UUID_SIZE] = {
    0x17, 0xb8, 0x62, 0xa4, 0x18, 0x06, 0x4f, 0xaf, 0x86, 0xb3, 0x08, 0x9a, 0x58, 0x35, 0x38, 0x61,
};

_Static_assert(sizeof(struct boot_params) <= BOOT_PARAMS_SIZE, "parameters and their page");
_Static_assert(EVENT_LOG_SIZE <= NS_EVENT_LOG_SIZE, "the normal world's copy of the event log");

// Past the caches too: what was wiped must not be left in RAM behind a line that is never written
// back.
static void wipe(uintptr_t base, size_t size)
{
    memory_wipe((void *)base, size);
    cache_clean_inv_range(base, size);
}

void bl2_trust_refuse(void)
{
    wipe(BOOT_PARAMS_BASE, BOOT_PARAMS_SIZE);
    wipe(HANDOFF_BASE, HANDOFF_SIZE); // keys of partitions, entropy
    plat_fatal();
}

struct load_context *bl2_trust_begin(const struct fip *fip)
{
    int result = boot_params_check(params);

    if (result != ERR_NONE) {
        log_error("parameters of BL1 break their rules: error %d", result);
        bl2_trust_refuse();
    }
    result = event_log_continue(&event_log, (void *)(uintptr_t)EVENT_LOG_BASE, EVENT_LOG_SIZE,
                                params->event_log_used);
    if (result != ERR_NONE) {
        log_error("event log of BL1 breaks its rules: error %d", result);
        bl2_trust_refuse();
    }
    chain_init(&chain, fip, &params->policy);
    // The chain goes on with the root key of BL2's own certificate and no other
    memcpy(chain.root_used[COT_ROOT], params->root_used, sizeof(params->root_used));
    context = (struct load_context){ fip, &chain, &event_log, &params->secrets };
    return &context;
}

// The normal world cannot reach the log itself: it gets a copy.
static void copy_log(void)
{
    void *copy = (void *)(uintptr_t)NS_EVENT_LOG_BASE;

    memset(copy, 0, NS_EVENT_LOG_SIZE);
    memcpy(copy, event_log.base, event_log.used);
    cache_clean_range(NS_EVENT_LOG_BASE, NS_EVENT_LOG_SIZE); // it is read with the caches off
    notes.log.used = (uint32_t)event_log.used;
}

// The last word in its device tree: PSCI, where that copy is, and what else it must know; nothing that it must not.
static void describe_machine(void)
{
    int result = plat_describe_machine(&notes);

    if (result == ERR_NOT_SUPPORTED) {
        log_warn(
            "the normal world is not told of PSCI, nor of the event log at 0x%x: this board has "
            "no device tree for it",
            NS_EVENT_LOG_BASE);
    } else if (result != ERR_NONE) {
        log_error("device tree for the normal world cannot be completed, error %d", result);
        bl2_trust_refuse();
    }
}

static bool has_tpm(const struct bl2_config *config)
{
    for (uint32_t i = 0; i < config->package_count; i++) {
        if (memcmp(config->packages[i].uuid, tpm_package, UUID_SIZE) == 0) {
            return true;
        }
    }
    return false;
}

// What partitions are told. The seed is theirs alone to tell others.
static void record_facts(struct handoff *handoff)
{
    struct tessera_boot_facts *facts = &handoff->facts;
    int result = boot_facts_fill(&chain, board.name, board.soc_id, facts);

    if (result == ERR_NONE) {
        result = handoff_take_entropy(handoff, facts->boot_seed, sizeof(facts->boot_seed));
    }
    if (result != ERR_NONE) {
        log_error("what partitions must know of this boot cannot be told, error %d", result);
        bl2_trust_refuse();
    }
}

void bl2_trust_finish(struct handoff *handoff, const struct bl2_config *config)
{
    int result = critical_data_measure(&chain, &event_log);

    if (result != ERR_NONE) {
        log_error("event log cannot be completed, error %d", result);
        bl2_trust_refuse();
    }
    copy_log();
    notes.has_tpm = has_tpm(config);
    describe_machine();
    handoff->log = (struct handoff_log){ EVENT_LOG_BASE, EVENT_LOG_SIZE, (uint32_t)event_log.used };
    record_facts(handoff);
    cache_clean_range(EVENT_LOG_BASE, EVENT_LOG_SIZE);
    wipe((uintptr_t)&params->secrets, sizeof(params->secrets));
}

void bl2_trust_run_bl31(const struct handoff *handoff, const struct bl2_config *config)
{
    volatile uint32_t expected = bl2_load_tally(config, params->policy.chain);

    // BL31 may read it with its caches off
    cache_clean_range(HANDOFF_BASE, HANDOFF_SIZE);
    // Expected, so that the compiler puts the way on before the refusal: behind a call of the latter
    // that a fault skips there is no entry
    if (__builtin_expect(load_complete(&chain.tally, &expected), 1)) {
        bl2_run_bl31(handoff);
    }
    log_error("verification of what was loaded is not complete");
    bl2_trust_refuse();
}

void bl2_trust_bl1_refused(void)
{
    log_error("BL1 refused to enter BL31");
    bl2_trust_refuse();
}
