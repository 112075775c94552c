// SPDX-License-Identifier: BSD-3-Clause
//
// Public keys and signatures of the boot chain: ECDSA on P-256 and P-384 (FIPS 186-4), RSASSA-PSS with
// 3072 or 4096 bits, exponent 65537, MGF1 of the same hash, salt of 32 bytes as
// TF-A's cert_create has it for each hash (RFC 8017). Verification only.
// BL1, BL2 and fip-tool. Pure: no heap, no state; time may depend on keys and signatures, all public.
#ifndef BOOT_PK_H
#define BOOT_PK_H

#include <stddef.h>
#include <stdint.h>

#include "boot_hash.h"
#include "errors.h"
#include "verdict.h"

enum boot_pk_kind {
    BOOT_PK_NONE,
    BOOT_PK_P256,
    BOOT_PK_P384,
    BOOT_PK_RSA3072,
    BOOT_PK_RSA4096,
    BOOT_PK_COUNT
};

// A public key, decoded. Points into the SubjectPublicKeyInfo it came from.
struct boot_pk {
    enum boot_pk_kind kind;
    const uint8_t *bytes; // EC: X and Y, big-endian, each as long as the field; RSA: the modulus
    uint32_t size;        // of `bytes`
};

// "ECDSA P-256" …; kind < BOOT_PK_COUNT.
const char *boot_pk_name(enum boot_pk_kind kind);

// Reads a DER SubjectPublicKeyInfo (RFC 5280, 5480, 8017) that fills `size` bytes exactly. Strict: DER,
// uncompressed points that lie on the curve, named curves, modulus of exactly 3072 or 4096 bits and
// odd, exponent 65537, no parameters but NULL for RSA. `key` is written on success only; `why` (not
// NULL) gets a rule "must …" on failure. ERR_INVALID, ERR_TRUNCATED, ERR_NOT_SUPPORTED (a kind, size
// or curve that is not above).
MUST_CHECK int boot_pk_decode(const uint8_t *spki, size_t size, struct boot_pk *key,
                              const char **why);

// Verifies `signature` (ECDSA: DER SEQUENCE of two INTEGERs, strict; RSA: as long as the modulus) over
// a message whose digest is `digest` (boot_hash_info(hash)->size bytes). `key` is from
// boot_pk_decode().
__attribute__((warn_unused_result)) verdict_t boot_pk_verify(const struct boot_pk *key,
                                                             enum boot_hash hash,
                                                             const uint8_t *digest,
                                                             const uint8_t *signature, size_t size);

#endif
