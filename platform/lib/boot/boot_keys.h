// SPDX-License-Identifier: BSD-3-Clause
//
// Keys that come out of the hardware unique key (HUK). BL1 alone sees the HUK: it makes two secrets of
// it, BL2 makes of these a sealing key and an identity per partition, the SPMC hands them to that
// partition and wipes its copy. HKDF-style HMAC-SHA-256 with a label each (RFC 5869 expand, one block;
// DICE layering for the identity). Pure. CT: no branch or address depends on a key. If the HMAC fails,
// functions return its error, and what they were to write is zero.
#ifndef BOOT_KEYS_H
#define BOOT_KEYS_H

#include <stddef.h>
#include <stdint.h>

#include "boot_hash.h"
#include "errors.h"

#define BOOT_KEY_SIZE 32

// Secrets that BL1 hands to BL2.
struct boot_secrets {
    uint8_t sealing[BOOT_KEY_SIZE];  // depends on the HUK
    uint8_t identity[BOOT_KEY_SIZE]; // depends on the HUK and on what was measured so far
};

// Out of the HUK (BOOT_KEY_SIZE bytes): both secrets, nothing measured yet.
MUST_CHECK int boot_keys_begin(const uint8_t *huk, struct boot_secrets *secrets);

// Binds the identity to one more measurement: identity = HMAC(identity, label ‖ SHA-256 digest).
// Order counts. ERR_INVALID: `digests` has no SHA-256; nothing is changed.
MUST_CHECK int boot_keys_measure(struct boot_secrets *secrets, const struct boot_digests *digests);

// The keys of one partition. Sealing key: of the sealing secret, the package's UUID (16 raw bytes, as
// the signed TB_FW_CONFIG names it) and its owner (0: silicon provider, 1: platform), so that the
// other owner's package with the same UUID gets another key; survives updates. Identity: of the
// identity secret, UUID, owner and the package's SHA-256 digest; changes with anything secure that was
// measured before. ERR_INVALID: `package` has no SHA-256; nothing is written.
MUST_CHECK int boot_keys_partition(const struct boot_secrets *secrets, const uint8_t *uuid,
                                   uint32_t owner, const struct boot_digests *package,
                                   uint8_t sealing[BOOT_KEY_SIZE], uint8_t identity[BOOT_KEY_SIZE]);

#endif
