// SPDX-License-Identifier: BSD-3-Clause
//
// Memory transaction descriptors of FF-A 1.0 to 1.2 (ffa_mem_abi.h) as plain data. Pure: no globals, no hardware; fuzzed.
// What is read lies in a buffer that its owner, on another core, may change meanwhile: it is only seen through a
// struct ffa_view, and every byte of it at most once in a call, so that what was checked is what is used.
#ifndef FFA_MEM_DESC_H
#define FFA_MEM_DESC_H

#include <stdint.h>

#include "errors.h"
#include "ffa_mem_abi.h"
#include "spmc_limits.h"

// `size` bytes of somebody else's; `bytes` is aligned to 8.
struct ffa_view {
    const volatile uint8_t *bytes;
    uint32_t size;
};

// Copies [offset, offset + length) out of the view; both are multiples of 8, and inside: the caller has checked
// (ffa_mem_view.c, apart so that a test can count the reads).
void ffa_view_read(const struct ffa_view *view, uint32_t offset, void *to, uint32_t length);

// One borrower of a transaction
struct ffa_mem_borrower {
    uint16_t id;
    uint8_t permissions;
    uint8_t index;      // ffa_index_of; set by who has looked it up
    uint64_t impdef[2]; // 0 where the version has none
};

// A descriptor, whatever its version. Numbers and lengths are checked, meanings (ids, permissions, flags) are not.
struct ffa_mem_desc {
    uint16_t sender;
    uint16_t attributes;
    uint32_t flags;
    uint64_t handle;
    uint64_t tag;
    uint32_t borrower_count;
    struct ffa_mem_borrower borrowers[SPMC_MAX_BORROWERS];
    uint32_t page_count;  // the rest: SHARE, LEND, DONATE, RETRIEVE_RESP
    uint32_t range_count; // 1 … SPMC_MAX_RANGES
    uint32_t ranges_offset;
};

// Reads the descriptor of SHARE, LEND, DONATE without its ranges: `view` is the first fragment of one with `total` bytes,
// from a caller of `version`. ERR_INVALID: it breaks a rule of the format (length, count, offset, reserved field, MBZ);
// ERR_NO_MEMORY: more borrowers, ranges or pages than there may be. *desc is undefined then.
MUST_CHECK int ffa_mem_desc_decode_send(const struct ffa_view *view, uint32_t total,
                                        uint32_t version, struct ffa_mem_desc *desc);

// Reads the descriptor of RETRIEVE_REQ: `view` is all of it. The hypervisor's form has no borrowers. Errors as above.
MUST_CHECK int ffa_mem_desc_decode_retrieve(const struct ffa_view *view, uint32_t version,
                                            struct ffa_mem_desc *desc);

// Reads one range at `offset` of a view, which holds it. ERR_INVALID: no pages, address not page aligned or the end of the
// range beyond `limit`, reserved field.
MUST_CHECK int ffa_mem_desc_decode_range(const struct ffa_view *view, uint32_t offset,
                                         uint64_t limit, struct ffa_mem_range *range);

// Reads FFA_MEM_RELINQUISH: handle, flags and the one endpoint. ERR_INVALID: more or less than one, or the view (the
// whole TX buffer) is too small.
MUST_CHECK int ffa_mem_desc_decode_relinquish(const struct ffa_view *view, uint64_t *handle,
                                              uint32_t *flags, uint16_t *endpoint);

// Writes RETRIEVE_RESP for a receiver of `version`, without the ranges, to `to` (aligned to 8); returns its bytes, which is
// where the ranges go. Every byte of these is written, none is read.
uint32_t ffa_mem_desc_encode(const struct ffa_mem_desc *desc, uint32_t version, void *to);

#endif
