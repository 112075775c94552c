// SPDX-License-Identifier: BSD-3-Clause
//
// ELF64 static-PIE decoder: header, program headers, rules (elf_image.h); the dynamic section is in elf_dynamic.c. Every
// offset and size is compared in the form `len <= limit - offset` before it is used; addresses of the image are bounded
// by SP_MAX_IMAGE_PAGES, so that sums of them cannot wrap. Layouts: System V ABI "Object files", chapters 4 and 5.
#include "elf_image.h"

#include "bits.h"
#include "elf_private.h"

#define EHDR_SIZE 64u
#define PHDR_SIZE 56u
#define MAX_PHDRS 32u
#define MAX_ADDRESS ((uint64_t)SP_MAX_IMAGE_PAGES * PAGE_SIZE)

#define ELF_MAGIC 0x464c457fu
#define ET_DYN 3u
#define EM_AARCH64 183u

enum {
    PT_NULL = 0,
    PT_LOAD = 1,
    PT_DYNAMIC = 2,
    PT_INTERP = 3,
    PT_NOTE = 4,
    PT_PHDR = 6,
    PT_TLS = 7,
    PT_GNU_EH_FRAME = 0x6474e550,
    PT_GNU_STACK = 0x6474e551,
    PT_GNU_RELRO = 0x6474e552,
    PT_GNU_PROPERTY = 0x6474e553,
};

struct elf_rule_row {
    int err;
    const char *field;
    const char *text;
};

static const struct elf_rule_row elf_rules[ELF_RULE_COUNT] = {
    [ELF_RULE_NONE] = { ERR_NONE, "", "" },
    [ELF_RULE_HEADER] = { ERR_TRUNCATED, "ELF header", "must fit in the image" },
    [ELF_RULE_MAGIC] = { ERR_INVALID, "e_ident", "must start with 0x7f E L F" },
    [ELF_RULE_CLASS] = { ERR_INVALID, "EI_CLASS", "must be 64-bit" },
    [ELF_RULE_DATA] = { ERR_INVALID, "EI_DATA", "must be little-endian" },
    [ELF_RULE_IDENT_VERSION] = { ERR_INVALID, "EI_VERSION", "must be 1" },
    [ELF_RULE_TYPE] = { ERR_INVALID, "e_type", "must be ET_DYN (static-PIE)" },
    [ELF_RULE_MACHINE] = { ERR_INVALID, "e_machine", "must be AArch64" },
    [ELF_RULE_VERSION] = { ERR_INVALID, "e_version", "must be 1" },
    [ELF_RULE_EHSIZE] = { ERR_INVALID, "e_ehsize", "must be 64" },
    [ELF_RULE_PHENTSIZE] = { ERR_INVALID, "e_phentsize", "must be 56" },
    [ELF_RULE_PHNUM] = { ERR_INVALID, "e_phnum", "must be 1 to 32" },
    [ELF_RULE_PHOFF] = { ERR_RANGE, "e_phoff", "must leave the program headers inside the image" },
    [ELF_RULE_SEGMENT_TYPE] = { ERR_NOT_SUPPORTED, "p_type", "must be a known segment type" },
    [ELF_RULE_INTERP] = { ERR_NOT_SUPPORTED, "PT_INTERP", "must not be there (static-PIE)" },
    [ELF_RULE_TLS] = { ERR_NOT_SUPPORTED, "PT_TLS", "must not be there" },
    [ELF_RULE_STACK_EXEC] = { ERR_INVALID, "PT_GNU_STACK", "must not be executable" },
    [ELF_RULE_LOAD_COUNT] = { ERR_NO_MEMORY, "PT_LOAD", "must be 1 to 8 segments" },
    [ELF_RULE_LOAD_ALIGN] = { ERR_INVALID, "p_align", "must be one page (max-page-size=4096)" },
    [ELF_RULE_LOAD_FLAGS] = { ERR_INVALID, "p_flags", "must be R, RW, RX or RX guarded" },
    [ELF_RULE_LOAD_VADDR] = { ERR_INVALID, "p_vaddr", "must be a multiple of the page" },
    [ELF_RULE_LOAD_EMPTY] = { ERR_INVALID, "p_memsz", "must not be zero" },
    [ELF_RULE_LOAD_FILESZ] = { ERR_INVALID, "p_filesz", "must not be more than p_memsz" },
    [ELF_RULE_LOAD_OFFSET] = { ERR_RANGE, "p_offset", "must not be behind the end of the image" },
    [ELF_RULE_LOAD_FILE_END] = { ERR_RANGE, "p_filesz", "must not reach behind the image" },
    [ELF_RULE_LOAD_SPAN] = { ERR_RANGE, "p_memsz", "must not reach behind the largest image" },
    [ELF_RULE_LOAD_ORDER] = { ERR_OVERLAP, "p_vaddr",
                              "must be on a page behind the segment before" },
    [ELF_RULE_ENTRY] = { ERR_RANGE, "e_entry", "must be an instruction of an RX segment" },
    [ELF_RULE_RELRO_DUPLICATE] = { ERR_DUPLICATE, "PT_GNU_RELRO", "must be there at most once" },
    [ELF_RULE_RELRO_RANGE] = { ERR_RANGE, "PT_GNU_RELRO", "must be inside one RW segment" },
    [ELF_RULE_RELRO_ALIGN] = { ERR_INVALID, "PT_GNU_RELRO", "must be whole pages" },
    [ELF_RULE_DYNAMIC_MISSING] = { ERR_NOT_FOUND, "PT_DYNAMIC", "must be there (static-PIE)" },
    [ELF_RULE_DYNAMIC_DUPLICATE] = { ERR_DUPLICATE, "PT_DYNAMIC", "must be there once" },
    [ELF_RULE_DYNAMIC_RANGE] = { ERR_RANGE, "PT_DYNAMIC",
                                 "must be inside the file part of a PT_LOAD" },
    [ELF_RULE_DYNAMIC_END] = { ERR_TRUNCATED, "PT_DYNAMIC", "must end with DT_NULL" },
    [ELF_RULE_TAG] = { ERR_NOT_SUPPORTED, "d_tag", "must be one that a static-PIE needs" },
    [ELF_RULE_TAG_DUPLICATE] = { ERR_DUPLICATE, "d_tag", "must be there once" },
    [ELF_RULE_TEXTREL] = { ERR_NOT_SUPPORTED, "DT_FLAGS", "must not have text relocations or TLS" },
    [ELF_RULE_RELAENT] = { ERR_INVALID, "DT_RELAENT", "must be 24" },
    [ELF_RULE_RELA_PARTIAL] = { ERR_INVALID, "DT_RELASZ",
                                "must be a multiple of 24, with DT_RELA" },
    [ELF_RULE_RELA_RANGE] = { ERR_RANGE, "DT_RELA", "must be inside the file part of a PT_LOAD" },
    [ELF_RULE_RELOC_TYPE] = { ERR_NOT_SUPPORTED, "r_info", "must be R_AARCH64_RELATIVE" },
    [ELF_RULE_RELOC_TARGET] = { ERR_RANGE, "r_offset", "must be an aligned word, not of code" },
};

struct phdr {
    uint32_t type;
    uint32_t flags;
    uint64_t offset;
    uint64_t vaddr;
    uint64_t filesz;
    uint64_t memsz;
    uint64_t align;
};

int elf_image_refuse(struct elf_reader *r, enum elf_image_rule rule, uint32_t entry, uint64_t found,
                     uint64_t expected)
{
    const struct elf_rule_row *row = &elf_rules[rule];

    r->fault->rule = (int)rule;
    r->fault->entry = entry;
    r->fault->field = row->field;
    r->fault->text = row->text;
    r->fault->found = found;
    r->fault->expected = expected;
    return row->err;
}

static uint32_t get16(const uint8_t *from)
{
    return (uint32_t)from[0] | (uint32_t)from[1] << 8;
}

// Fields of the header that have one legal value, in the order in which they are checked.
static int check_header(struct elf_reader *r)
{
    static const struct {
        uint8_t offset;
        uint8_t size;
        uint16_t rule;
        uint32_t value;
    } fields[] = {
        { 0, 4, ELF_RULE_MAGIC, ELF_MAGIC },
        { 4, 1, ELF_RULE_CLASS, 2 },
        { 5, 1, ELF_RULE_DATA, 1 },
        { 6, 1, ELF_RULE_IDENT_VERSION, 1 },
        { 16, 2, ELF_RULE_TYPE, ET_DYN },
        { 18, 2, ELF_RULE_MACHINE, EM_AARCH64 },
        { 20, 4, ELF_RULE_VERSION, 1 },
        { 52, 2, ELF_RULE_EHSIZE, EHDR_SIZE },
        { 54, 2, ELF_RULE_PHENTSIZE, PHDR_SIZE },
    };

    if (r->len < EHDR_SIZE) {
        return elf_image_refuse(r, ELF_RULE_HEADER, IMAGE_FAULT_NO_ENTRY, r->len, EHDR_SIZE);
    }
    for (size_t i = 0; i < ARRAY_COUNT(fields); i++) {
        const uint8_t *at = r->file + fields[i].offset;
        uint32_t value = fields[i].size == 1   ? at[0]
                         : fields[i].size == 2 ? get16(at)
                                               : image_get_le32(at);

        if (value != fields[i].value) {
            return elf_image_refuse(r, (enum elf_image_rule)fields[i].rule, IMAGE_FAULT_NO_ENTRY,
                                    value, fields[i].value);
        }
    }
    return 0;
}

static bool flags_valid(uint32_t flags)
{
    const uint32_t rx = ELF_IMAGE_READ | ELF_IMAGE_EXECUTE;

    return flags == ELF_IMAGE_READ || flags == (ELF_IMAGE_READ | ELF_IMAGE_WRITE) || flags == rx ||
           flags == (rx | ELF_IMAGE_GUARDED);
}

static int check_load(struct elf_reader *r, uint32_t index, const struct phdr *ph)
{
    struct elf_image *image = &r->image;

    if (image->segment_count == SP_MAX_SEGMENTS) {
        return elf_image_refuse(r, ELF_RULE_LOAD_COUNT, index, SP_MAX_SEGMENTS + 1,
                                SP_MAX_SEGMENTS);
    }
    if (ph->align != PAGE_SIZE) {
        return elf_image_refuse(r, ELF_RULE_LOAD_ALIGN, index, ph->align, PAGE_SIZE);
    }
    if (!flags_valid(ph->flags)) {
        return elf_image_refuse(r, ELF_RULE_LOAD_FLAGS, index, ph->flags, ELF_IMAGE_READ);
    }
    if (ph->vaddr % PAGE_SIZE != 0) {
        return elf_image_refuse(r, ELF_RULE_LOAD_VADDR, index, ph->vaddr, PAGE_SIZE);
    }
    if (ph->memsz == 0) {
        return elf_image_refuse(r, ELF_RULE_LOAD_EMPTY, index, 0, 1);
    }
    if (ph->filesz > ph->memsz) {
        return elf_image_refuse(r, ELF_RULE_LOAD_FILESZ, index, ph->filesz, ph->memsz);
    }
    if (ph->offset > r->len) {
        return elf_image_refuse(r, ELF_RULE_LOAD_OFFSET, index, ph->offset, r->len);
    }
    if (ph->filesz > r->len - ph->offset) {
        return elf_image_refuse(r, ELF_RULE_LOAD_FILE_END, index, ph->filesz, r->len - ph->offset);
    }
    if (ph->vaddr >= MAX_ADDRESS || ph->memsz > MAX_ADDRESS - ph->vaddr) {
        return elf_image_refuse(r, ELF_RULE_LOAD_SPAN, index, ph->memsz, MAX_ADDRESS);
    }
    if (image->segment_count != 0 && ph->vaddr < image->end) {
        return elf_image_refuse(r, ELF_RULE_LOAD_ORDER, index, ph->vaddr, image->end);
    }
    return 0;
}

static int read_load(struct elf_reader *r, uint32_t index, const struct phdr *ph)
{
    struct elf_image *image = &r->image;
    int err = check_load(r, index, ph);

    if (err != 0) {
        return err;
    }
    if (image->segment_count == 0) {
        image->low = ph->vaddr;
    }
    image->end = ALIGN_UP(ph->vaddr + ph->memsz, PAGE_SIZE);
    image->segments[image->segment_count] = (struct elf_image_segment){
        .vaddr = ph->vaddr,
        .memsz = ph->memsz,
        .offset = ph->offset,
        .filesz = ph->filesz,
        .flags = ph->flags,
    };
    image->segment_count++;
    return 0;
}

static int read_relro(struct elf_reader *r, uint32_t index, const struct phdr *ph)
{
    struct elf_image *image = &r->image;

    if (r->have_relro) {
        return elf_image_refuse(r, ELF_RULE_RELRO_DUPLICATE, index, ph->vaddr, image->relro_start);
    }
    if (ph->vaddr >= MAX_ADDRESS || ph->memsz > MAX_ADDRESS - ph->vaddr) {
        return elf_image_refuse(r, ELF_RULE_RELRO_RANGE, index, ph->vaddr, 0);
    }
    r->have_relro = true;
    image->relro_start = ph->vaddr;
    image->relro_end = ph->vaddr + ph->memsz;
    return 0;
}

static int read_dynamic_header(struct elf_reader *r, uint32_t index, const struct phdr *ph)
{
    if (r->have_dynamic) {
        return elf_image_refuse(r, ELF_RULE_DYNAMIC_DUPLICATE, index, ph->vaddr, r->dynamic_vaddr);
    }
    r->have_dynamic = true;
    r->dynamic_vaddr = ph->vaddr;
    r->dynamic_size = ph->filesz;
    return 0;
}

static int read_phdr(struct elf_reader *r, uint32_t index, const struct phdr *ph)
{
    switch (ph->type) {
    case PT_NULL:
    case PT_NOTE:
    case PT_PHDR:
    case PT_GNU_EH_FRAME:
    case PT_GNU_PROPERTY:
        return 0;
    case PT_LOAD:
        return read_load(r, index, ph);
    case PT_DYNAMIC:
        return read_dynamic_header(r, index, ph);
    case PT_GNU_RELRO:
        return read_relro(r, index, ph);
    case PT_GNU_STACK:
        return (ph->flags & ELF_IMAGE_EXECUTE) == 0
                   ? 0
                   : elf_image_refuse(r, ELF_RULE_STACK_EXEC, index, ph->flags, 6);
    case PT_INTERP:
        return elf_image_refuse(r, ELF_RULE_INTERP, index, ph->type, 0);
    case PT_TLS:
        return elf_image_refuse(r, ELF_RULE_TLS, index, ph->type, 0);
    default:
        return elf_image_refuse(r, ELF_RULE_SEGMENT_TYPE, index, ph->type, 0);
    }
}

static int read_phdrs(struct elf_reader *r)
{
    uint64_t offset = image_get_le64(r->file + 32);
    uint32_t count = get16(r->file + 56);
    int err = 0;

    if (count == 0 || count > MAX_PHDRS) {
        return elf_image_refuse(r, ELF_RULE_PHNUM, IMAGE_FAULT_NO_ENTRY, count, MAX_PHDRS);
    }
    if (offset > r->len || (uint64_t)count * PHDR_SIZE > r->len - offset) {
        return elf_image_refuse(r, ELF_RULE_PHOFF, IMAGE_FAULT_NO_ENTRY, offset, r->len);
    }
    for (uint32_t i = 0; err == 0 && i < count; i++) {
        const uint8_t *at = r->file + offset + (uint64_t)i * PHDR_SIZE;
        struct phdr ph = {
            .type = image_get_le32(at),
            .flags = image_get_le32(at + 4),
            .offset = image_get_le64(at + 8),
            .vaddr = image_get_le64(at + 16),
            .filesz = image_get_le64(at + 32),
            .memsz = image_get_le64(at + 40),
            .align = image_get_le64(at + 48),
        };

        err = read_phdr(r, i, &ph);
    }
    if (err == 0 && r->image.segment_count == 0) {
        err = elf_image_refuse(r, ELF_RULE_LOAD_COUNT, IMAGE_FAULT_NO_ENTRY, 0, 1);
    }
    return err;
}

const struct elf_image_segment *elf_image_find_segment(const struct elf_image *image,
                                                       uint64_t vaddr, uint64_t size)
{
    for (uint32_t i = 0; i < image->segment_count; i++) {
        const struct elf_image_segment *segment = &image->segments[i];

        if (range_inside(vaddr, size, segment->vaddr, segment->memsz)) {
            return segment;
        }
    }
    return NULL;
}

static int check_entry_and_relro(struct elf_reader *r)
{
    struct elf_image *image = &r->image;
    uint64_t relro_size = image->relro_end - image->relro_start;
    const struct elf_image_segment *code;

    image->entry = image_get_le64(r->file + 24);
    code = elf_image_find_segment(image, image->entry, 4);
    if (image->entry % 4 != 0 || code == NULL || (code->flags & ELF_IMAGE_EXECUTE) == 0) {
        return elf_image_refuse(r, ELF_RULE_ENTRY, IMAGE_FAULT_NO_ENTRY, image->entry, 0);
    }
    if (relro_size == 0) {
        return 0;
    }
    if (image->relro_start % PAGE_SIZE != 0 || image->relro_end % PAGE_SIZE != 0) {
        return elf_image_refuse(
            r, ELF_RULE_RELRO_ALIGN, IMAGE_FAULT_NO_ENTRY,
            image->relro_start % PAGE_SIZE != 0 ? image->relro_start : image->relro_end, PAGE_SIZE);
    }
    for (uint32_t i = 0; i < image->segment_count; i++) {
        const struct elf_image_segment *segment = &image->segments[i];

        if ((segment->flags & ELF_IMAGE_WRITE) != 0 && image->relro_start >= segment->vaddr &&
            image->relro_end <= ALIGN_UP(segment->vaddr + segment->memsz, PAGE_SIZE)) {
            return 0;
        }
    }
    return elf_image_refuse(r, ELF_RULE_RELRO_RANGE, IMAGE_FAULT_NO_ENTRY, image->relro_start, 0);
}

int elf_image_decode(const uint8_t *file, size_t len, struct elf_image *image,
                     struct image_fault *fault)
{
    struct elf_reader r = { .file = file, .len = len, .fault = fault };
    int err = check_header(&r);

    if (err == 0) {
        err = read_phdrs(&r);
    }
    if (err == 0) {
        err = check_entry_and_relro(&r);
    }
    if (err == 0) {
        err = elf_dynamic_read(&r);
    }
    if (err == 0) {
        *image = r.image;
    }
    return err;
}
