// SPDX-License-Identifier: BSD-3-Clause
//
// What the two halves of the ELF decoder share (elf_image.c, elf_dynamic.c); for nobody else.
#ifndef ELF_PRIVATE_H
#define ELF_PRIVATE_H

#include "elf_image.h"

// What decoding carries along: the file, and what the program headers named besides the segments.
struct elf_reader {
    const uint8_t *file;
    size_t len;
    struct image_fault *fault;
    struct elf_image image;
    bool have_dynamic;
    bool have_relro;
    uint64_t dynamic_vaddr;
    uint64_t dynamic_size;
};

// Fills the fault from the rule's row; returns the rule's error code.
MUST_CHECK int elf_image_refuse(struct elf_reader *r, enum elf_image_rule rule, uint32_t entry,
                                uint64_t found, uint64_t expected);

// The segment that holds [vaddr, vaddr + size); NULL if none does.
const struct elf_image_segment *elf_image_find_segment(const struct elf_image *image,
                                                       uint64_t vaddr, uint64_t size);

// Reads the dynamic section that the program headers named and checks every relocation; fills image.rela_*.
MUST_CHECK int elf_dynamic_read(struct elf_reader *r);

#endif
