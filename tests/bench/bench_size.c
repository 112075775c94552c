// SPDX-License-Identifier: BSD-3-Clause
//
// Bytes: of images, of the secure memory that is kept, and where the images' code is.
#include <elf.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "platform/boards/qemu_virt/board.h"
#include "tests/bench/bench_private.h"

#define CORES_KEPT 4

static uint64_t file_size(const char *name)
{
    const char *path = bench_image(name);
    struct stat st;

    if (stat(path, &st) != 0) {
        bench_die(path);
    }
    return (uint64_t)st.st_size;
}

// Calls `use` with each loaded segment of an image that is not empty
static void for_segments(const char *name,
                         void (*use)(const Elf64_Phdr *segment, struct bench_range *range),
                         struct bench_range *range)
{
    const char *path = bench_image(name);
    Elf64_Ehdr header;
    Elf64_Phdr segment;
    FILE *f = fopen(path, "rb");

    if (f == NULL || fread(&header, sizeof(header), 1, f) != 1 ||
        memcmp(header.e_ident, ELFMAG, SELFMAG) != 0) {
        bench_die(path);
    }
    for (unsigned int i = 0; i < header.e_phnum; i++) {
        if (fseek(f, (long)(header.e_phoff + i * sizeof(segment)), SEEK_SET) != 0 ||
            fread(&segment, sizeof(segment), 1, f) != 1) {
            bench_die(path);
        }
        if (segment.p_type == PT_LOAD && segment.p_memsz != 0) {
            use(&segment, range);
        }
    }
    fclose(f);
}

static void widen(const Elf64_Phdr *segment, struct bench_range *range)
{
    uint64_t end = segment->p_vaddr + segment->p_memsz;

    range->begin = segment->p_vaddr < range->begin ? segment->p_vaddr : range->begin;
    range->end = end > range->end ? end : range->end;
}

static void widen_code(const Elf64_Phdr *segment, struct bench_range *range)
{
    if ((segment->p_flags & PF_X) != 0) {
        widen(segment, range);
    }
}

struct bench_range bench_range_of(const char *name)
{
    struct bench_range range = { UINT64_MAX, 0 };

    for_segments(name, widen_code, &range);
    return range;
}

uint64_t bench_span(const char *name)
{
    struct bench_range range = { UINT64_MAX, 0 };

    for_segments(name, widen, &range);
    return (range.end - range.begin + 4095) / 4096 * 4096;
}

// The number before `text` in the SPMC's last line of the boot ("2 partitions, 2329 pages of 2432 free").
static bool console_number(struct harness *h, const char *text, uint64_t *number)
{
    const char *console = h_console(h, H_CONSOLE_SECURE);
    const char *p = strstr(console, text);
    uint64_t digit = 1;

    *number = 0;
    if (p == NULL) {
        return false;
    }
    while (--p >= console && *p >= '0' && *p <= '9') {
        *number += digit * (uint64_t)(*p - '0');
        digit *= 10;
    }
    return digit > 1;
}

// Pages of the pool that the SPMC keeps for itself on a machine with CORES_KEPT cores: as it says itself.
static uint64_t spmc_pages(void)
{
    struct harness *h = bench_start("shell", CORES_KEPT);
    uint64_t kept;

    if (!console_number(h, " kept by the SPMC", &kept)) {
        bench_die("the SPMC does not say how many pages it keeps");
    }
    h_stop(h);
    return kept;
}

void bench_size(void)
{
    uint64_t kept =
        bench_span("bl31.elf") + bench_span("spmc.elf") + HANDOFF_SIZE + spmc_pages() * 4096;

    bench_record("size_bl1", file_size("bl1.bin"), 0, "22,848 TF-A");
    bench_record("size_bl2", file_size("bl2.bin"), 0, "25,072 TF-A");
    bench_record("size_bl31", file_size("bl31.bin"), 57344, "57,463 TF-A");
    bench_record("size_spmc", file_size("spmc.bin"), 131072, "198,208 Hafnium, 442,744 OP-TEE");
    bench_record("secure_ram_kept", kept, 393216, "1,097,728 OP-TEE, 1,540,096 Hafnium");
}
