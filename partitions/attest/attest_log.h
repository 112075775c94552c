// SPDX-License-Identifier: BSD-3-Clause
//
// From what the boot left (event log and boot facts) to the claims of every token. Called once by attest_sp.c. Trusts that
// both come from the SPMC and checks all the same that they tell one story: who attests to a contradiction attests to
// anything. Pure.
#ifndef ATTEST_LOG_H
#define ATTEST_LOG_H

#include "attest_token.h"
#include "ffa_abi.h"

// What the claims are made of. Log: `size` bytes at `bytes`, all of it.
struct attest_boot {
    const uint8_t *bytes;
    size_t size;
    const struct tessera_boot_facts *facts;
};

// Security lifecycle (RFC 9783 4.3.1) of a board whose OTP is open
#define ATTEST_LIFECYCLE_ASSEMBLY 0x1000

// Fills in lifecycle, implementation id, boot seed and one software component for each image in the log, in its order: name,
// SHA-256, NV counter of its certificate, SHA-256 of the root key above it. Profile and UEID stay as they are. ERR_INVALID,
// ERR_TRUNCATED, ERR_NO_MEMORY: log or facts are broken, or contradict each other: the log names what is no image of the
// chain of trust, an image twice or in another PCR, does not end with one CRITICAL_DATA record over the facts, or more images
// than ATTEST_COMPONENTS_MAX; the lifecycle has no claim; an image's root signed nothing. ERR_IO: the hash failed.
// ERR_VERSION: other facts. *why: the rule that was broken ("must …"), on failure only. After an error the claims are not to
// be used.
MUST_CHECK int attest_log_claims(const struct attest_boot *boot, struct attest_claims *claims,
                                 const char **why);

#endif
