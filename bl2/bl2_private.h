// SPDX-License-Identifier: BSD-3-Clause
//
// What the files of BL2 share.
#ifndef BL2_PRIVATE_H
#define BL2_PRIVATE_H

#include "bl2_config.h"
#include "fip.h"
#include "fip_names.h"
#include "handoff.h"
#include "load.h"

// A row of the image table: which image, where it goes, where the hand-off has its struct
// handoff_image.
struct bl2_image {
    const char *name; // for the console
    enum fip_image_id id;
    uint64_t base;
    uint64_t limit;
    size_t slot; // offset in struct handoff
};

// THE image table (bl2_images.c); the first row is the configuration, which names the partition
// packages.
extern const struct bl2_image bl2_images[];
extern const size_t bl2_image_count;

// Called once by bl2_entry: S-EL1, MMU off, stack and .bss ready, interrupts masked.
_Noreturn void bl2_main(void);

// Asks BL1 to enter BL31 with `handoff` (bl2_entry.S). Returns only if BL1 refuses.
void bl2_run_bl31(const struct handoff *handoff);

// Loads one row and records it in the hand-off. Errors as load_image, each with a line on the
// console.
MUST_CHECK int bl2_load_row(const struct fip *fip, const struct bl2_image *image,
                            struct handoff *handoff);

// Loads the packages that `config` lists one behind the other, each on a page of its own, and
// records them. ERR_NO_MEMORY: they do not fit together; else as load_image.
MUST_CHECK int bl2_load_packages(const struct fip *fip, const struct bl2_config *config,
                                 struct handoff *handoff);

// Whether every image of the FIP is one that BL2 or BL1 knows: in the image table, BL2 itself, or a
// package that `config` lists. ERR_INVALID with a line that names the first other one.
MUST_CHECK int bl2_load_check_known(const struct fip *fip, const struct bl2_config *config);

// Stretches `seed` to `len` bytes: block i is SHA-256 of a label, i and the seed. ERR_IO: the
// library failed. CT: no branch depends on the seed.
MUST_CHECK int bl2_entropy_expand(const uint8_t *seed, size_t seed_len, uint8_t *out, size_t len);

#endif
