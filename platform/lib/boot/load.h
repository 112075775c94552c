// SPDX-License-Identifier: BSD-3-Clause
//
// Loading one image from the FIP into its region, the same way for every image of BL1 and BL2: 1 ask
// the chain of trust what it must be (all certificates up to its hash are proved), 2 find it, check its
// size against the region, 3 copy it there, once, 4 hash the copy, once for verification and
// measurement, 5 compare, 6 record it in the event log, 7 bind the identity to it, 8 clean it to
// memory. On any refusal after the copy has begun the region's bytes are wiped. One line on the console
// in either case. Trusts the row, the context and the board's storage function; neither the storage's
// content nor the FIP's.
#ifndef LOAD_H
#define LOAD_H

#include "boot_keys.h"
#include "chain.h"
#include "event_log.h"
#include "fip.h"

// What all images of one loader have in common.
struct load_context {
    const struct fip *fip; // opened with load_open()
    struct chain *chain;   // over that FIP
    struct event_log *log;
    struct boot_secrets *secrets; // those whose identity is bound to the rows that say so
};

// What to load and where it may go
struct load_row {
    const char *name;     // for the console
    const uint8_t *uuid;  // in the FIP, 16 raw bytes
    enum cot_image image; // in the chain of trust and the event log
    bool identity;        // the partitions' identity depends on it
    uint64_t base;        // where it goes, mapped writable; page aligned
    uint64_t limit;       // bytes it may take there
};

struct load_result {
    uint64_t size;
    struct boot_digests digests; // at least those of the event log
};

// Opens the FIP in the board's boot storage (struct board: storage_fip_offset, storage_fip_size)
// with plat_storage_read. MMU on. On failure a line names the field and the rule; returns what
// fip_open returned.
MUST_CHECK int load_open(struct fip *fip);

// Loads `row`; `loaded` is filled on success and all zero else. Returns 0; ERR_NOT_FOUND: it or a
// certificate is not in the FIP; ERR_RANGE: larger than the limit (no byte of it was read); ERR_DENIED:
// not what the chain of trust says; ERR_NO_MEMORY: the event log is full; what chain_expect(), the hash
// or the storage returned. Whatever it was: the boot must not go on.
MUST_CHECK int load_image(struct load_context *context, const struct load_row *row,
                          struct load_result *loaded);

// The last look before what was loaded runs: true only if the sums at `tally` (struct chain) and
// `expected` (of chain_token() for every image that must have been loaded) are equal, read twice,
// through two branches that cannot both be skipped by one fault. Always inlined into the one who acts
// on it.
static inline __attribute__((always_inline, warn_unused_result)) bool
load_complete(const volatile uint32_t *tally, const volatile uint32_t *expected)
{
    if (*tally != *expected) {
        return false;
    }
    __asm__ volatile("" ::: "memory");
    return (*tally ^ ~*expected) == UINT32_MAX;
}

#endif
