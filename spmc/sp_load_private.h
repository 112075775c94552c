// SPDX-License-Identifier: BSD-3-Clause
//
// What the loader's files share: sp_load_check.c finds out what is wrong with a package, sp_load.c makes it a partition. For
// nobody else.
#ifndef SP_LOAD_PRIVATE_H
#define SP_LOAD_PRIVATE_H

#include "elf_image.h"
#include "sp.h"
#include "uuid.h"

// What a partition finds above the first frame of its stack: it can wipe it there when it has used it.
struct secrets {
    uint8_t seed[TESSERA_BOOT_SEED_SIZE];
    uint8_t sealing_key[TESSERA_BOOT_KEY_SIZE];
    uint8_t identity[TESSERA_BOOT_KEY_SIZE];
};
_Static_assert(sizeof(struct secrets) % 16 == 0, "the stack pointer stays aligned");
_Static_assert(TESSERA_BOOT_KEY_SIZE == BOOT_KEY_SIZE, "what BL2 makes is what a partition gets");

struct load {
    struct sp *sp;
    const uint8_t *image_file;
    struct handoff *handoff;
    char name[UUID_TEXT_LENGTH + 1]; // of the package
    struct elf_image image;
    struct secrets *secrets;
    // Addresses in the partition's space
    uint64_t info_va;
    uint64_t bias; // added to the image's own addresses
    uint64_t stack_va;
    uint64_t heap_va;
    uint64_t log_va; // of the event log; 0: the manifest does not ask for it
    uint64_t region_va[SP_MAX_REGIONS];
    uint64_t device_va[SP_MAX_DEVICES];
};

// Everything that can be wrong with the package itself: place, header, manifest (→ sp->config), ELF image. A line on the console
// names it. Changes nothing else but `load`.
MUST_CHECK int sp_load_check_package(struct load *load, const struct handoff_package *package);

// Whether the manifest goes with those of the partitions loaded before. A line as above.
MUST_CHECK int sp_load_check_others(const struct load *load, const struct sp *others,
                                    uint32_t other_count);

// BL2 makes both keys for every package: a zero is a step of the boot that was left out, not a secret. A line as above.
MUST_CHECK int sp_load_check_keys(const struct load *load, const struct handoff_package *package);

#endif
