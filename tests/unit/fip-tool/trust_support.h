// SPDX-License-Identifier: BSD-3-Clause
//
// Signed FIPs for the tests of verify and measure: images and keys made here, certificates by Debian's
// cert_create, packed by its fiptool, which share nothing with the code under test.
#ifndef TRUST_SUPPORT_H
#define TRUST_SUPPORT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "fip_names.h"

#define TRUST_UUID_SP1 "9e5cb4a2-47ad-4a6e-9e5a-3d1d1b0b5c10"
#define TRUST_UUID_SP2 "9e5cb4a2-47ad-4a6e-9e5a-3d1d1b0b5c11"

enum trust_key { TRUST_P256, TRUST_P384, TRUST_RSA3072, TRUST_RSA4096, TRUST_KEY_COUNT };

// Writes bl2, config.dtb, bl31, spmc, bl33, sp1 and sp2 (packages of the platform and of the silicon
// provider in this order), and plain.fip of all these.
void trust_make_images(void);

// Writes config.dtb for packages sp1 and sp2 with these owners; NULL: without the package.
void trust_make_config(const char *owner1, const char *owner2);

// Writes one new private key as PEM.
void trust_make_key(const char *path, enum trust_key kind);

// Writes keys/rot_key.pem and all others that a chain needs; one key for all if it is RSA, which takes
// long to make.
void trust_make_keys(enum trust_key kind);

// cert_create makes the certificates of a chain with one root for the images and keys in the folder,
// hash "sha256" …, both counters; fiptool packs `signed_fip` out of images and certificates. Skips the
// test where one of them is not installed.
void trust_sign(enum trust_key kind, const char *hash, uint32_t trusted, uint32_t non_trusted,
                const char *signed_fip);

// cmocka setup: support_enter(), then images and P-256 keys; trust_sign_default() makes x.fip of them, with
// SHA-256 and counters 3 and 5.
int trust_enter(void **state);
void trust_sign_default(void);

// Run `fip-tool verify` with these options and FIP. Refused: text and JSON name the entry, the field and
// the rule as the first fault.
void trust_expect_verified(const char *command);
void trust_expect_refused(const char *command, const char *name, const char *field,
                          const char *rule);

// SHA-256 of the SubjectPublicKeyInfo of a PEM file's key, by OpenSSL; as digits.
void trust_key_hash(const char *path, uint8_t hash[32], char digits[65]);

// A FIP in memory that a test alters.
struct trust_fip {
    uint8_t *data; // to be freed
    size_t size;
};
void trust_load(const char *path, struct trust_fip *fip);

// The bytes of a well-known image in it; the test fails if it is not there.
uint8_t *trust_entry(const struct trust_fip *fip, enum fip_image_id id, size_t *size);

#endif
