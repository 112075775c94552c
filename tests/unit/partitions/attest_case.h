// SPDX-License-Identifier: BSD-3-Clause
//
// What the tests of the attest partition share: a boot (log and facts that agree), and a reader of tokens: libcbor, and
// OpenSSL for the signature.
#ifndef ATTEST_CASE_H
#define ATTEST_CASE_H

#include <stddef.h>
#include <stdint.h>

#include <cbor.h>

#include "attest_log.h"
#include "event_log.h"

// ---- A boot ----------------------------------------------------------------------------------------------------------

extern struct boot_case {
    uint8_t bytes[8192];
    struct event_log log;
    struct tessera_boot_facts facts;
    struct attest_boot boot; // of these
} boot;

// Facts of a machine with one root: counters 7 and 9, and an empty log.
void boot_begin(void);

// Appends a record with digests of "image NAME"; pcr as given. And the CRITICAL_DATA record over the facts as they are.
void boot_add(uint32_t pcr, const char *name);
void boot_seal(void);

// Any record, digests of `data`.
void boot_add_data(uint32_t pcr, const char *name, const void *data, size_t size);

// A whole boot: BL_2, TB_FW_CONFIG, SECURE_RT_EL3, SECURE_RT_EL1_SPMD, BL_33, SP1, SP5, CRITICAL_DATA.
void boot_whole(void);
#define BOOT_WHOLE_IMAGES 7

// SHA-256 of the image of that name.
void boot_image_hash(const char *name, uint8_t out[32]);

// ---- A token ---------------------------------------------------------------------------------------------------------

// Decoded by libcbor; the tests fail if it is no COSE_Sign1 with tag 18, four elements, {1: -7} and an empty map, if the
// token or the claims are not deterministic (RFC 8949 4.2.1), or if the signature is not that of the public key over the
// Sig_structure. The claims, a map; cbor_decref() it.
cbor_item_t *token_open(const uint8_t *token, size_t size, const uint8_t public_key[65]);

// The value of an integer key of a map; NULL: it is not there.
cbor_item_t *token_claim(const cbor_item_t *map, int64_t key);

// The claim is there and is this.
void token_is_bytes(const cbor_item_t *map, int64_t key, const void *bytes, size_t size);
void token_is_text(const cbor_item_t *map, int64_t key, const char *text);
void token_is_int(const cbor_item_t *map, int64_t key, int64_t value);

#endif
