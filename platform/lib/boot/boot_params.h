// SPDX-License-Identifier: BSD-3-Clause
//
// What BL1 hands to BL2: one struct in a page of secure RAM (board.h: BOOT_PARAMS_BASE), written by
// BL1, checked and consumed by BL2, which wipes the secrets in it when the last package is loaded.
#ifndef BOOT_PARAMS_H
#define BOOT_PARAMS_H

#include "boot_keys.h"
#include "chain.h"

#define BOOT_PARAMS_MAGIC 0x42535354 // "TSSB"
#define BOOT_PARAMS_VERSION 2

struct boot_params {
    uint32_t magic;
    uint32_t version;
    uint32_t size;           // sizeof(struct boot_params)
    uint32_t event_log_used; // bytes at EVENT_LOG_BASE
    struct chain_policy policy;
    struct boot_secrets secrets;
    // Hash of the root key that signed BL2's certificate: what BL2 loads is by the same one
    uint8_t root_used[CHAIN_ROOT_HASH_SIZE];
};

_Static_assert(sizeof(struct boot_params) <= 4096, "the parameters are one page");

// Checks magic, version, size, log size (≤ EVENT_LOG_SIZE is the caller's to check with its own
// constant), chain and counts of the policy, that a root key is named. ERR_VERSION, ERR_INVALID. Pure; changes nothing.
MUST_CHECK int boot_params_check(const struct boot_params *params);

#endif
