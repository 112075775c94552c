// SPDX-License-Identifier: BSD-3-Clause
//
// Checking what BL1 hands to BL2; contract in boot_params.h. The page is secure memory that only BL1
// wrote, and still checked: a stale page, or a BL1 of another version, must not become a policy.
#include "boot_params.h"

#include "zero.h"

// The root keys that the chain in force needs are there, and none of a root that it has not.
static int policy_check(const struct chain_policy *policy)
{
    bool dual = policy->chain == COT_DUAL_ROOT;

    if (policy->chain != COT_SINGLE_ROOT && !dual) {
        return ERR_INVALID;
    }
    if (policy->root_count[COT_ROOT] == 0 || policy->root_count[COT_ROOT] > CHAIN_ROOT_KEYS ||
        policy->root_count[COT_PLATFORM_ROOT] > CHAIN_ROOT_KEYS ||
        (dual && policy->root_count[COT_PLATFORM_ROOT] == 0)) {
        return ERR_INVALID;
    }
    for (uint32_t i = 0; i < COT_COUNTER_COUNT; i++) {
        if (policy->counter[i] > CERT_COUNTER_MAX) {
            return ERR_INVALID;
        }
    }
    return ERR_NONE;
}

int boot_params_check(const struct boot_params *params)
{
    if (params->magic != BOOT_PARAMS_MAGIC) {
        return ERR_INVALID;
    }
    if (params->version != BOOT_PARAMS_VERSION) {
        return ERR_VERSION;
    }
    if (params->size != sizeof(*params) || params->event_log_used == 0 ||
        zero_bytes(params->root_used, sizeof(params->root_used))) {
        return ERR_INVALID;
    }
    return policy_check(&params->policy);
}
