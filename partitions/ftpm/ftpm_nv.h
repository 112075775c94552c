// SPDX-License-Identifier: BSD-3-Clause
//
// The TPM's permanent state in storage. The engine hands over all of it after each change, kilobytes in which a few bytes are new: stored is
// the whole as it once was (base), what has changed since (large delta), and what has changed since that (small delta), so that
// a change costs what it is large. Nothing is written when nothing has changed. Called by ftpm_state.c; pure, over a store that
// loses nothing it acknowledged (PSA Internal Trusted Storage). Trusts the store's authentication, but none of its numbers.
//
// A mark, which stays for good, tells that there has been a state: who has lost it is not a new TPM.
#ifndef FTPM_NV_H
#define FTPM_NV_H

#include <stddef.h>
#include <stdint.h>

#include "errors.h"

// Bytes of state. With both deltas it is less than what storage keeps free for each partition, 32 KiB: nobody can take its room
#define FTPM_NV_MAX 0x6c00
// Bytes of the deltas' changes; what does not fit the small one makes a new large one, and that a new base
#define FTPM_NV_SMALL_MAX 512
#define FTPM_NV_LARGE_MAX 4096

// Assets of the ftpm partition
#define FTPM_NV_UID_BASE 1
#define FTPM_NV_UID_LARGE 2
#define FTPM_NV_UID_SMALL 3
#define FTPM_NV_UID_MARK 4

// The store. Each returns 0 or ERR_*; set() either has done all of it for good or changed nothing.
struct ftpm_nv_store {
    void *context;
    // Reads a whole asset. ERR_NOT_FOUND: there is none; ERR_RANGE: larger than `room`; ERR_CORRUPT; ERR_IO.
    int (*get)(void *context, uint64_t uid, void *to, size_t room, size_t *size);
    // ERR_NO_MEMORY: full; ERR_IO.
    int (*set)(void *context, uint64_t uid, const void *from, size_t size);
};

// Begins: reads what is stored. Once, before the others. ERR_NOT_FOUND: nothing, not even a trace (a new TPM); ERR_CORRUPT: something is
// missing or breaks a rule, or the store says so; ERR_VERSION; ERR_IO. After an error other than ERR_NOT_FOUND the others give
// ERR_DENIED: a TPM that does not know its state must not replace it.
MUST_CHECK int ftpm_nv_begin(const struct ftpm_nv_store *store);

// The state: `*data` is this file's memory, valid until ftpm_nv_save(). ERR_NOT_FOUND: there is none yet; ERR_DENIED.
MUST_CHECK int ftpm_nv_state(const uint8_t **data, uint32_t *size);

// Makes `size` bytes at `data` the state, for good when it returns 0. ERR_RANGE: 0 or above FTPM_NV_MAX, nothing has changed; ERR_NO_MEMORY,
// ERR_IO: the store's: what is stored is the state before or this one, and all that comes after is ERR_DENIED.
MUST_CHECK int ftpm_nv_save(const uint8_t *data, uint32_t size);

#endif
