// SPDX-License-Identifier: BSD-3-Clause
//
// Loading one image from the FIP into its region, the same way for every image of BL1 and BL2: 1
// find it, 2 check its size against the region, 3 copy it there, 4 verify and measure the copy
// (auth.h), 5 clean it to memory; on any refusal after the copy has begun the region's bytes are
// wiped. One line on the console in either case. Trusts the row and the board's storage function;
// neither the storage's content nor the FIP's.
#ifndef LOAD_H
#define LOAD_H

#include "fip.h"

// What to load and where it may go
struct load_row {
    const char *name;    // for the console
    const uint8_t *uuid; // in the FIP, 16 raw bytes
    uint64_t base;       // where it goes, mapped writable; page aligned
    uint64_t limit;      // bytes it may take there
};

// Opens the FIP in the board's boot storage (struct board: storage_fip_offset, storage_fip_size)
// with plat_storage_read. MMU on. On failure a line names the field and the rule; returns what
// fip_open returned.
MUST_CHECK int load_open(struct fip *fip);

// Loads `row`; `size` gets the image's size on success, 0 on failure. Returns 0; ERR_NOT_FOUND: not
// in the FIP; ERR_RANGE: larger than the limit (nothing was read); ERR_DENIED: refused by
// auth_image; what the storage returned.
MUST_CHECK int load_image(const struct fip *fip, const struct load_row *row, uint64_t *size);

#endif
