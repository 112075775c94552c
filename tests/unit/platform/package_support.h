// SPDX-License-Identifier: BSD-3-Clause
//
// Builders of partition images and manifests for the tests and fuzzers of their decoders (platform/lib/boot), of the SPMC's
// loader and of fip-tool. Written from the System V ABI and the manifest binding, not from the code under test.
#ifndef PACKAGE_SUPPORT_H
#define PACKAGE_SUPPORT_H

#include <stddef.h>
#include <stdint.h>

// ---- ELF ----

#define ELF_TEST_SIZE 0x4000

// A small static-PIE in `file` (ELF_TEST_SIZE bytes): RX at 0 (0x1000 in the file), R at 0x1000 with .dynamic and .rela, RW
// at 0x2000 with 0x180 bytes of file and 0x2000 of memory. Two relocations, of the words at 0x2000 and 0x2010.
void package_build_elf(uint8_t *file);

// Offsets in the file of package_build_elf
#define ELF_TEST_PHDR(i) \
    (64 + 56 * (i))             // 0 RX, 1 R, 2 RW, 3 DYNAMIC, 4 GNU_STACK, 5 unused (PT_NULL)
#define ELF_TEST_DYNAMIC 0x1000 // DT_RELA, DT_RELASZ, DT_RELAENT, DT_FLAGS, DT_NULL
#define ELF_TEST_RELA 0x1100
#define ELF_TEST_ENTRY 0x400

void package_put16(uint8_t *to, uint32_t value);
void package_put32(uint8_t *to, uint32_t value);
void package_put64(uint8_t *to, uint64_t value);

// ---- Manifests ----

// A property that differs from the good manifest: NULL value with size 0 leaves it out.
struct package_change {
    const char *name;
    const void *value;
    uint32_t size;
};

// A memory region node; properties whose flag is clear are left out.
struct package_region {
    const char *node;
    const char *description;
    uint32_t pages;
    uint32_t attributes;
    uint64_t base; // 0: no base-address
};

// Builds a manifest with libfdt into `dtb` and returns its size. `changes` (ends with name NULL; may be NULL) replace,
// remove or add properties of the root; `regions` (ends with node NULL; may be NULL) become memory-regions.
size_t package_build_manifest(void *dtb, size_t size, const struct package_change *changes,
                              const struct package_region *regions);

// A node of another list than memory-regions, with its properties.
struct package_node {
    const char *list;                        // "device-regions" or "tessera,callers"
    const char *node;                        // NULL: the list is empty
    const struct package_change *properties; // ends with name NULL
};

// The same with `nodes` (ends with list NULL); neighbours with the same list are in one.
size_t package_build_nodes(void *dtb, size_t size, const struct package_change *changes,
                           const struct package_region *regions, const struct package_node *nodes);

#endif
