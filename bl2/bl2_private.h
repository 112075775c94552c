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

// A row of the image table: which image, whether the partitions' identity depends on it, where it
// goes, where the hand-off has its struct handoff_image.
struct bl2_image {
    const char *name; // for the console
    enum cot_image image;
    bool identity;
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

// Wipes the stack and asks BL1 to enter BL31 with `handoff` (bl2_entry.S).
_Noreturn void bl2_run_bl31(const struct handoff *handoff);

// bl2_trust.c. Every failure there prints its line and ends in bl2_trust_refuse().
//
// Checks what BL1 left (parameters, event log) and begins the chain of trust over `fip`, which may be
// opened later. Returns the context of every load_image().
struct load_context *bl2_trust_begin(const struct fip *fip);

// When everything is loaded: measures the critical data, copies the log to the normal world and has the
// board describe it and the machine there, fills log and facts of the hand-off, wipes BL2's secrets. `config`: what was loaded.
void bl2_trust_finish(struct handoff *handoff, const struct bl2_config *config);

// Looks once more whether every image was proved, and has BL1 enter BL31.
_Noreturn void bl2_trust_run_bl31(const struct handoff *handoff, const struct bl2_config *config);

// The end of a boot whose hand-off BL1 refused.
_Noreturn void bl2_trust_bl1_refused(void);

// The end of a boot whose reason a line on the console has told: wipes secrets and hand-off first.
_Noreturn void bl2_trust_refuse(void);

// Loads one row and records it in the hand-off. Errors as load_image, each with a line on the
// console.
MUST_CHECK int bl2_load_row(struct load_context *context, const struct bl2_image *image,
                            struct handoff *handoff);

// Loads the packages that `config` lists one behind the other, each on a page of its own, and
// records them with the keys of their partitions. ERR_NO_MEMORY: an owner has too many; ERR_RANGE:
// they do not fit together; else as load_image and boot_keys_partition.
MUST_CHECK int bl2_load_packages(struct load_context *context, const struct bl2_config *config,
                                 struct handoff *handoff);

// Whether every entry of the FIP is one that BL2 or BL1 knows (bl2_config_knows). ERR_INVALID with a
// line that names the first other one.
MUST_CHECK int bl2_load_check_known(const struct fip *fip, const struct bl2_config *config,
                                    uint32_t chain);

// What struct chain's tally must be: the sum of the tokens of all rows of the table and all packages,
// formed from the lists, not from what was done. 0 if the packages have no numbers.
uint32_t bl2_load_tally(const struct bl2_config *config, uint32_t chain);

// Stretches `seed` to `len` bytes: block i is SHA-256 of a label, i and the seed. ERR_IO: the
// library failed. CT: no branch depends on the seed.
MUST_CHECK int bl2_entropy_expand(const uint8_t *seed, size_t seed_len, uint8_t *out, size_t len);

#endif
