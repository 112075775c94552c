// SPDX-License-Identifier: BSD-3-Clause
//
// What BL2 hands to BL31 and the SPMC: one struct in the hand-off page (board.h: HANDOFF_BASE),
// written by BL2, read and checked once by BL31 and once by the SPMC. All of it is secure memory
// that nothing but BL2 wrote, and still checked.
#ifndef HANDOFF_H
#define HANDOFF_H

#include "boot_keys.h"
#include "cot.h"
#include "ffa_abi.h"
#include "platform.h"

#define HANDOFF_MAGIC 0x48535354 // "TSSH"
#define HANDOFF_VERSION 3
#define HANDOFF_MAX_PACKAGES 8
#define HANDOFF_ENTROPY_SIZE \
    1536 // 8 partitions take 160 bytes each (places, seed, PAC keys); BL2, BL31 and the SPMC some 190

// An image that BL2 put into memory: [base, base + size).
struct handoff_image {
    uint64_t base;
    uint64_t size;
    uint64_t entry;
};

// One partition package (SPKG), in boot storage order; uuid is the package's UUID in the FIP, raw
// bytes.
struct handoff_package {
    uint8_t uuid[16];
    uint64_t base;
    uint64_t size;
    uint8_t
        sealing_key[BOOT_KEY_SIZE]; // boot_keys.h; the SPMC wipes both once the partition has them
    uint8_t identity[BOOT_KEY_SIZE];
};

// The event log so far: complete when BL31 gets it.
struct handoff_log {
    uint64_t base;
    uint32_t size; // room
    uint32_t used;
};

struct handoff {
    uint32_t magic;
    uint32_t version;
    uint32_t size; // sizeof(struct handoff)
    uint32_t package_count;
    struct board_info board;
    struct handoff_image bl31;
    struct handoff_image spmc;
    struct handoff_image bl33;
    struct handoff_image config; // TB_FW_CONFIG
    struct handoff_package packages[HANDOFF_MAX_PACKAGES];
    struct handoff_log log;
    // For partitions. Its counters are at most CERT_COUNTER_MAX: BL31 raises the OTP's to them, or as far as
    // that goes, when the normal world is about to run. Every boot has certificates with both (cot.c);
    // without one BL2's value is UINT32_MAX, which handoff_check() refuses: no boot
    struct tessera_boot_facts facts;
    // Bytes of a DRBG seeded by plat_entropy(): every consumer takes the next ones with
    // handoff_take_entropy(), which wipes them here, so that no two consumers ever see the same
    // byte.
    uint32_t entropy_used;
    uint32_t reserved;
    uint8_t entropy[HANDOFF_ENTROPY_SIZE];
};

_Static_assert(sizeof(struct handoff) <= 4096, "the hand-off is one page");

// Checks magic, version, size, counts, facts, that the log fits its room and every image lies in
// [base, base + size) without overflow. ERR_VERSION, ERR_INVALID, ERR_RANGE. Pure; changes nothing.
MUST_CHECK int handoff_check(const struct handoff *handoff);

// Moves the next `len` bytes of entropy to `buf` and wipes them in the hand-off. ERR_NO_MEMORY:
// fewer are left. CT: copies secrets, no branch depends on them.
MUST_CHECK int handoff_take_entropy(struct handoff *handoff, void *buf, size_t len);

#endif
