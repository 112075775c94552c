// SPDX-License-Identifier: BSD-3-Clause
//
// Decoder and relocator of a partition image: ELF64, little-endian, AArch64, static-PIE (ET_DYN with R_AARCH64_RELATIVE
// relocations only). Called by the SPMC (spmc/sp_load.c), by fip-tool when it makes a package, by unit test and fuzzer.
// Pure: bytes in, struct or fault out; trusts no byte of the image. decode checks everything, every relocation too; relocate then only acts and cannot fail.
#ifndef ELF_IMAGE_H
#define ELF_IMAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "errors.h"
#include "image_format.h"
#include "sp_limits.h"

// The rules of elf_image_decode; `found` and `expected` of the fault behind each.
enum elf_image_rule {
    ELF_RULE_NONE,
    ELF_RULE_HEADER,            // image size, size of the header
    ELF_RULE_MAGIC,             // value, 0x464c457f
    ELF_RULE_CLASS,             // value, 2
    ELF_RULE_DATA,              // value, 1
    ELF_RULE_IDENT_VERSION,     // value, 1
    ELF_RULE_TYPE,              // value, 3 (ET_DYN)
    ELF_RULE_MACHINE,           // value, 183
    ELF_RULE_VERSION,           // value, 1
    ELF_RULE_EHSIZE,            // value, 64
    ELF_RULE_PHENTSIZE,         // value, 56
    ELF_RULE_PHNUM,             // value, most
    ELF_RULE_PHOFF,             // value, image size
    ELF_RULE_SEGMENT_TYPE,      // p_type, 0
    ELF_RULE_INTERP,            // p_type, 0
    ELF_RULE_TLS,               // p_type, 0
    ELF_RULE_STACK_EXEC,        // p_flags, 6
    ELF_RULE_LOAD_COUNT,        // count, SP_MAX_SEGMENTS
    ELF_RULE_LOAD_ALIGN,        // p_align, page
    ELF_RULE_LOAD_FLAGS,        // p_flags, 4
    ELF_RULE_LOAD_VADDR,        // p_vaddr, page
    ELF_RULE_LOAD_EMPTY,        // p_memsz, 1
    ELF_RULE_LOAD_FILESZ,       // p_filesz, p_memsz
    ELF_RULE_LOAD_OFFSET,       // p_offset, image size
    ELF_RULE_LOAD_FILE_END,     // p_filesz, most that fits
    ELF_RULE_LOAD_SPAN,         // p_memsz, most that fits
    ELF_RULE_LOAD_ORDER,        // p_vaddr, end of the segment before
    ELF_RULE_ENTRY,             // e_entry, 0
    ELF_RULE_RELRO_DUPLICATE,   // p_vaddr, p_vaddr of the first
    ELF_RULE_RELRO_RANGE,       // p_vaddr, 0
    ELF_RULE_RELRO_ALIGN,       // start or end, page
    ELF_RULE_DYNAMIC_MISSING,   // 0, 1
    ELF_RULE_DYNAMIC_DUPLICATE, // p_vaddr, p_vaddr of the first
    ELF_RULE_DYNAMIC_RANGE,     // p_vaddr, 0
    ELF_RULE_DYNAMIC_END,       // p_filesz, 16
    ELF_RULE_TAG,               // tag, 0
    ELF_RULE_TAG_DUPLICATE,     // tag, 1
    ELF_RULE_TEXTREL,           // DT_FLAGS or tag, 0
    ELF_RULE_RELAENT,           // value, 24
    ELF_RULE_RELA_PARTIAL,      // DT_RELASZ, 24
    ELF_RULE_RELA_RANGE,        // DT_RELA, 0
    ELF_RULE_RELOC_TYPE,        // r_info, 1027
    ELF_RULE_RELOC_TARGET,      // r_offset, 0
    ELF_RULE_COUNT
};

#define ELF_IMAGE_READ 4
#define ELF_IMAGE_WRITE 2
#define ELF_IMAGE_EXECUTE 1
#define ELF_IMAGE_GUARDED \
    0x00100000 // of RX: all its code has BTI landing pads (PF_MASKOS; partitions/lib/sp.ld.S)

// One PT_LOAD: [vaddr, vaddr + memsz) starts on a page; its first filesz bytes are at `offset` of the file.
struct elf_image_segment {
    uint64_t vaddr;
    uint64_t memsz;
    uint64_t offset;
    uint64_t filesz;
    uint32_t flags; // R, RW, RX or RX guarded: ELF_IMAGE_*
};

// A checked image. Segments ascend and share no page; all addresses are before relocation.
struct elf_image {
    uint64_t entry; // inside an RX segment
    uint64_t low;   // first page of the first segment
    uint64_t end;   // end of the last segment, a multiple of a page
    uint32_t segment_count;
    struct elf_image_segment segments[SP_MAX_SEGMENTS];
    uint64_t
        relro_start; // [start, end): whole pages of one RW segment, read-only once relocated; start == end: none
    uint64_t relro_end;
    uint64_t rela_offset; // in the file
    uint64_t rela_count;
};

// Decodes the `len` bytes at `file` (any alignment). `image` is written only on success, `fault` (not NULL, `entry` =
// number of the program header, dynamic entry or relocation) only on failure. Returns 0; ERR_TRUNCATED, ERR_INVALID,
// ERR_RANGE, ERR_OVERLAP, ERR_DUPLICATE, ERR_NOT_FOUND, ERR_NO_MEMORY or ERR_NOT_SUPPORTED as the rule says.
MUST_CHECK int elf_image_decode(const uint8_t *file, size_t len, struct elf_image *image,
                                struct image_fault *fault);

// Adds `bias` to what each relocation asks for. `image` comes from elf_image_decode of this very `file`; memory[i] holds
// segment i (memsz bytes, loaded, 8-byte aligned) and is not touched for RX segments. Run address = address + bias.
void elf_image_relocate(const struct elf_image *image, const uint8_t *file, uint64_t bias,
                        uint8_t *const memory[SP_MAX_SEGMENTS]);

#endif
