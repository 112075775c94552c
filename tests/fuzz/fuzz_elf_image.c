// SPDX-License-Identifier: BSD-3-Clause
//
// libFuzzer target for the ELF decoder and relocator. An input that starts with ELF's magic is the image; any other is a
// list of changes to a good one. Traps if an image is accepted that breaks what elf_image.h promises; an accepted one is
// relocated into memory of exactly its segments' sizes.
#include "elf_image.h"

#include <stdlib.h>
#include <string.h>

#include "bits.h"
#include "tests/unit/platform/package_support.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void expect(bool condition)
{
    if (!condition) {
        abort();
    }
}

static void check_segments(const struct elf_image *image, size_t size)
{
    uint64_t end = image->low;
    bool entry_found = false;

    expect(image->segment_count >= 1 && image->segment_count <= SP_MAX_SEGMENTS);
    for (uint32_t i = 0; i < image->segment_count; i++) {
        const struct elf_image_segment *segment = &image->segments[i];
        uint32_t flags = segment->flags & ~(uint32_t)ELF_IMAGE_GUARDED;

        expect(segment->vaddr % PAGE_SIZE == 0 && segment->vaddr >= end);
        expect(segment->memsz != 0 && segment->filesz <= segment->memsz);
        expect(range_inside(segment->offset, segment->filesz, 0, size));
        expect(flags == ELF_IMAGE_READ || flags == (ELF_IMAGE_READ | ELF_IMAGE_WRITE) ||
               flags == (ELF_IMAGE_READ | ELF_IMAGE_EXECUTE));
        entry_found |= (flags & ELF_IMAGE_EXECUTE) != 0 &&
                       range_inside(image->entry, 4, segment->vaddr, segment->memsz);
        end = ALIGN_UP(segment->vaddr + segment->memsz, PAGE_SIZE);
    }
    expect(entry_found);
    expect(image->end == end && end <= (uint64_t)SP_MAX_IMAGE_PAGES * PAGE_SIZE);
    expect(image->relro_start % PAGE_SIZE == 0 || image->relro_start == image->relro_end);
    expect(image->relro_start <= image->relro_end && image->relro_end <= end);
    expect(range_inside(image->rela_offset, image->rela_count * 24, 0, size));
}

static void relocate(const struct elf_image *image, const uint8_t *file)
{
    uint8_t *memory[SP_MAX_SEGMENTS] = { NULL };

    for (uint32_t i = 0; i < image->segment_count; i++) {
        if ((image->segments[i].flags & ELF_IMAGE_EXECUTE) == 0) { // code is not touched: NULL
            memory[i] = malloc(image->segments[i].memsz);
            expect(memory[i] != NULL);
        }
    }
    elf_image_relocate(image, file, 0x7f00000000, memory);
    for (uint32_t i = 0; i < image->segment_count; i++) {
        free(memory[i]);
    }
}

// Changes to the good image: an offset in the headers or in the dynamic section and relocations, and one byte or eight.
static void change(uint8_t *file, const uint8_t *data, size_t size)
{
    for (; size >= 4; data += 4, size -= 4) {
        size_t offset = (data[0] | (size_t)data[1] << 8) % 0x300;

        offset = offset < 0x1a8 ? offset : ELF_TEST_DYNAMIC + offset - 0x1a8;
        if ((data[3] & 1) == 0) {
            file[offset] = data[2];
        } else {
            memset(file + offset / 8 * 8, (data[3] & 2) != 0 ? 0xff : 0, 8);
            file[offset] = data[2];
        }
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    bool whole = size >= 4 && memcmp(data,
                                     "\x7f"
                                     "ELF",
                                     4) == 0;
    size_t length = whole ? size : ELF_TEST_SIZE;
    struct image_fault fault = { 0 };
    struct elf_image image;
    uint8_t *file = malloc(length); // of exactly that size: ASan sees the byte behind
    int err;

    expect(file != NULL);
    if (whole) {
        memcpy(file, data, size);
    } else {
        package_build_elf(file);
        change(file, data, size);
    }
    err = elf_image_decode(file, length, &image, &fault);
    if (err == 0) {
        check_segments(&image, length);
        relocate(&image, file);
    } else {
        expect(fault.rule > ELF_RULE_NONE && fault.rule < ELF_RULE_COUNT && fault.field != NULL);
    }
    free(file);
    return 0;
}
