// SPDX-License-Identifier: BSD-3-Clause
//
// Dynamic section and relocations of a partition image: the part of the decoder (elf_image.h) that runs after the segments
// are known, and the relocator. Called by elf_image.c and sp_load.c. Trusts the checked segments, no byte of the file.
// Layouts: System V ABI "Dynamic linking"; ELF for the Arm 64-bit architecture (AAELF64).
#include "bits.h"
#include "elf_private.h"

#define DYN_SIZE 16u
#define RELA_SIZE 24u
#define R_AARCH64_RELATIVE 1027u

#define DT_NULL 0u
#define DT_RELA 7u
#define DT_RELASZ 8u
#define DT_RELAENT 9u
#define DT_TEXTREL 22u
#define DT_FLAGS 30u
#define DF_TEXTREL 4u
#define DF_STATIC_TLS 16u

// Where the file keeps [vaddr, vaddr + size); false: no segment has it in its file part.
static bool file_offset_of(const struct elf_image *image, uint64_t vaddr, uint64_t size,
                           uint64_t *offset)
{
    const struct elf_image_segment *segment = elf_image_find_segment(image, vaddr, size);

    if (segment == NULL || !range_inside(vaddr, size, segment->vaddr, segment->filesz)) {
        return false;
    }
    *offset = segment->offset + (vaddr - segment->vaddr);
    return true;
}

// Dynamic tags that a static-PIE has and that need nothing done (SysV ABI, "Dynamic section"); all others that are not
// handled below are refused: DT_NEEDED, DT_REL, DT_JMPREL, DT_RELR, DT_SYMBOLIC, …
static bool tag_is_harmless(uint64_t tag)
{
    static const uint32_t harmless[] = {
        4,          // DT_HASH
        5,          // DT_STRTAB
        6,          // DT_SYMTAB
        10,         // DT_STRSZ
        11,         // DT_SYMENT
        12,         // DT_INIT
        13,         // DT_FINI
        21,         // DT_DEBUG
        24,         // DT_BIND_NOW
        25,         // DT_INIT_ARRAY
        26,         // DT_FINI_ARRAY
        27,         // DT_INIT_ARRAYSZ
        28,         // DT_FINI_ARRAYSZ
        32,         // DT_PREINIT_ARRAY
        33,         // DT_PREINIT_ARRAYSZ
        0x6ffffef5, // DT_GNU_HASH
        0x6ffffff9, // DT_RELACOUNT
        0x6ffffffb, // DT_FLAGS_1
    };

    for (size_t i = 0; i < ARRAY_COUNT(harmless); i++) {
        if (harmless[i] == tag) {
            return true;
        }
    }
    return false;
}

struct dynamic {
    bool seen[DT_RELAENT + 1]; // DT_RELA, DT_RELASZ, DT_RELAENT
    uint64_t value[DT_RELAENT + 1];
};

static int read_dynamic_entry(struct elf_reader *r, uint32_t index, uint64_t tag, uint64_t value,
                              struct dynamic *dynamic)
{
    if (tag == DT_RELA || tag == DT_RELASZ || tag == DT_RELAENT) {
        if (dynamic->seen[tag]) {
            return elf_image_refuse(r, ELF_RULE_TAG_DUPLICATE, index, tag, 1);
        }
        dynamic->seen[tag] = true;
        dynamic->value[tag] = value;
        return 0;
    }
    if (tag == DT_TEXTREL || (tag == DT_FLAGS && (value & (DF_TEXTREL | DF_STATIC_TLS)) != 0)) {
        return elf_image_refuse(r, ELF_RULE_TEXTREL, index, value, 0);
    }
    if (tag == DT_FLAGS || tag_is_harmless(tag)) {
        return 0;
    }
    return elf_image_refuse(r, ELF_RULE_TAG, index, tag, 0);
}

static int read_dynamic(struct elf_reader *r, struct dynamic *dynamic)
{
    uint64_t offset;
    int err;

    if (!r->have_dynamic) {
        return elf_image_refuse(r, ELF_RULE_DYNAMIC_MISSING, IMAGE_FAULT_NO_ENTRY, 0, 1);
    }
    if (!file_offset_of(&r->image, r->dynamic_vaddr, r->dynamic_size, &offset)) {
        return elf_image_refuse(r, ELF_RULE_DYNAMIC_RANGE, IMAGE_FAULT_NO_ENTRY, r->dynamic_vaddr,
                                0);
    }
    for (uint32_t i = 0; i < r->dynamic_size / DYN_SIZE; i++) {
        const uint8_t *at = r->file + offset + (uint64_t)i * DYN_SIZE;
        uint64_t tag = image_get_le64(at);

        if (tag == DT_NULL) {
            return 0;
        }
        err = read_dynamic_entry(r, i, tag, image_get_le64(at + 8), dynamic);
        if (err != 0) {
            return err;
        }
    }
    return elf_image_refuse(r, ELF_RULE_DYNAMIC_END, IMAGE_FAULT_NO_ENTRY, r->dynamic_size,
                            DYN_SIZE);
}

static int check_relocations(struct elf_reader *r)
{
    const struct elf_image *image = &r->image;
    const uint8_t *at = r->file + image->rela_offset;
    const struct elf_image_segment *target = NULL;

    for (uint32_t i = 0; i < image->rela_count; i++, at += RELA_SIZE) {
        uint64_t vaddr = image_get_le64(at);
        uint64_t info = image_get_le64(at + 8);

        if (info != R_AARCH64_RELATIVE) { // symbol 0 above the type
            return elf_image_refuse(r, ELF_RULE_RELOC_TYPE, i, info, R_AARCH64_RELATIVE);
        }
        if (target == NULL || !range_inside(vaddr, 8, target->vaddr, target->memsz)) {
            target = elf_image_find_segment(image, vaddr, 8);
        }
        if (target == NULL || (target->flags & ELF_IMAGE_EXECUTE) != 0 || vaddr % 8 != 0) {
            return elf_image_refuse(r, ELF_RULE_RELOC_TARGET, i, vaddr, 0);
        }
    }
    return 0;
}

static int read_relocations(struct elf_reader *r, const struct dynamic *dynamic)
{
    uint64_t size = dynamic->value[DT_RELASZ];

    if (dynamic->seen[DT_RELAENT] && dynamic->value[DT_RELAENT] != RELA_SIZE) {
        return elf_image_refuse(r, ELF_RULE_RELAENT, IMAGE_FAULT_NO_ENTRY,
                                dynamic->value[DT_RELAENT], RELA_SIZE);
    }
    if (size % RELA_SIZE != 0 || dynamic->seen[DT_RELA] != dynamic->seen[DT_RELASZ] ||
        dynamic->seen[DT_RELA] != dynamic->seen[DT_RELAENT]) {
        return elf_image_refuse(r, ELF_RULE_RELA_PARTIAL, IMAGE_FAULT_NO_ENTRY, size, RELA_SIZE);
    }
    if (size == 0) {
        return 0;
    }
    if (!file_offset_of(&r->image, dynamic->value[DT_RELA], size, &r->image.rela_offset)) {
        return elf_image_refuse(r, ELF_RULE_RELA_RANGE, IMAGE_FAULT_NO_ENTRY,
                                dynamic->value[DT_RELA], 0);
    }
    r->image.rela_count = size / RELA_SIZE;
    return check_relocations(r);
}

int elf_dynamic_read(struct elf_reader *r)
{
    struct dynamic dynamic = { { false }, { 0 } };
    int err = read_dynamic(r, &dynamic);

    return err != 0 ? err : read_relocations(r, &dynamic);
}

void elf_image_relocate(const struct elf_image *image, const uint8_t *file, uint64_t bias,
                        uint8_t *const memory[SP_MAX_SEGMENTS])
{
    const uint8_t *at = file + image->rela_offset;
    uint32_t s = 0;

    for (uint64_t i = 0; i < image->rela_count; i++, at += RELA_SIZE) {
        uint64_t vaddr = image_get_le64(at);

        // Most relocations are for the same segment as the one before
        if (vaddr - image->segments[s].vaddr >= image->segments[s].memsz) {
            s = (uint32_t)(elf_image_find_segment(image, vaddr, 8) - image->segments);
        }
        image_put_le64(memory[s] + (vaddr - image->segments[s].vaddr),
                       image_get_le64(at + 16) + bias);
    }
}
