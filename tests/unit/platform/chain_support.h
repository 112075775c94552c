// SPDX-License-Identifier: BSD-3-Clause
//
// A world for tests of the chain of trust: keys, images, the certificates of one chain and a FIP of all that in memory,
// and a boot that goes through it as BL1 and BL2 do. What is in which certificate, and whose key signs it, is written down
// here once more, out of TF-A's tables, so that an error in cot.c shows.
#ifndef CHAIN_SUPPORT_H
#define CHAIN_SUPPORT_H

#include <stdbool.h>

#include "chain.h"
#include "tests/unit/platform/cert_support.h"

// Whose key; index for cert_support_key()
enum world_role {
    ROLE_ROT,
    ROLE_PROT,
    ROLE_TRUSTED_WORLD,
    ROLE_NON_TRUSTED_WORLD,
    ROLE_SOC_FW,
    ROLE_TOS_FW,
    ROLE_NT_FW,
    ROLE_OTHER, // nobody's
};

#define WORLD_IMAGE_SIZE 200
#define WORLD_SLACK 64 // bytes behind each payload that belong to none
#define WORLD_STORAGE 0x18000
#define WORLD_ENTRIES (COT_CERT_COUNT + COT_IMAGE_COUNT)

struct world {
    enum boot_pk_kind kind;
    enum boot_hash hash;
    uint32_t counter[COT_COUNTER_COUNT]; // in the certificates
    uint8_t images[COT_IMAGE_COUNT][WORLD_IMAGE_SIZE];
    struct der_buf certs[COT_CERT_COUNT]; // size 0: not in the FIP
    // The FIP: its entries in this order, certificates as in enum cot_cert, then images
    uint8_t storage[WORLD_STORAGE];
    size_t size;
    uint32_t entry_count;
    uint32_t entry_of[WORLD_ENTRIES]; // certificate, or COT_CERT_COUNT + image; UINT32_MAX: none
    int read_error;                   // what reading a payload gives
    size_t reads;
    // The boot
    struct fip fip;
    struct chain_policy policy;
    struct chain state;
    struct chain_fault fault;
    struct image_fault fip_fault;
    uint32_t tally; // expected
};

// Images, certificates and FIP of a chain; the board knows its root keys and asks for counters of 0.
void world_make(struct world *world, uint32_t chain, enum boot_pk_kind kind, enum boot_hash hash);

EVP_PKEY *world_key(const struct world *world, enum world_role role);
enum world_role world_signer(enum cot_cert cert);
bool world_has(const struct world *world, enum cot_cert cert);

// What `cert` is made of; the certificate out of that; what is written into extension `oid` of it.
void world_spec(const struct world *world, enum cot_cert cert, struct cert_spec *spec);
void world_certify(struct world *world, enum cot_cert cert, const struct cert_spec *spec);
void world_extend(const struct world *world, uint32_t oid, struct cert_spec *spec);

// Makes all certificates again, and the FIP out of them.
void world_certify_all(struct world *world);
void world_pack(struct world *world);

// The board knows this key, and no other, for a root.
void world_trust(struct world *world, enum cot_root root, EVP_PKEY *key);

// Offset in the storage of the ToC entry, and of the payload, of a certificate (or COT_CERT_COUNT + image).
size_t world_toc(const struct world *world, uint32_t which);
size_t world_payload(const struct world *world, uint32_t which);

// Starts a boot: opens the FIP. Loads one image as BL1 and BL2 do; all of them in that order, and compares the tally.
// False: refused; why is in `fault` (an image that is not in the FIP: field "image").
bool world_open(struct world *world);
bool world_load(struct world *world, enum cot_image image);
bool world_boot(struct world *world);

// The same, and fails the test if it is accepted or refused for another reason: the certificate or image at fault
// (IMAGE_COUNT: a package), a part of the field's name, a part of the rule. NULL: any.
void world_refused(struct world *world, enum fip_image_id id, const char *field, const char *text);
void world_refused_load(struct world *world, enum cot_image image, enum fip_image_id id,
                        const char *field, const char *text);

#endif
