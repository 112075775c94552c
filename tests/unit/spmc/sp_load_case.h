// SPDX-License-Identifier: BSD-3-Clause
//
// One package for the tests of the loader, on the real parsers, pool and tables: a board, a hand-off, what is changed in the
// package, and looks at what became of it. Used by test_sp_load.c and test_sp_load_refused.c.
#ifndef SP_LOAD_CASE_H
#define SP_LOAD_CASE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "bits.h"
#include "board.h"
#include "page_pool.h"
#include "sp.h"
#include "tests/unit/platform/package_support.h"

#define NS_REGION_BASE (NS_DRAM_BASE + 0x100000) // of a memory region of the normal world
#define POOL_PAGES 256
#define MANIFEST 0x1000
#define IMAGE 0x4000
#define PACKAGE_SIZE (IMAGE + ELF_TEST_SIZE)
#define RX_VA 0 // of the test image, before relocation, like the next two
#define RODATA_VA 0x1000
#define DATA_VA 0x2000
#define SHARED_BASE 0x42000000 // normal-world memory of a region
#define UUID_TEXT "00112233-4455-6677-8899-aabbccddeeff"

#define DEVICE_BASE 0x09010000   // a device that manifests may name, between two that they may not
#define READABLE_BASE 0x0b000000 // that they may name, but not for writing
#define CASE_SHARED "\0\0\0\0\x40\x12\x10\0" // NS_TPM_CRB_BASE, as a property

extern struct handoff case_handoff;
extern struct sp case_sps[3];
extern uint8_t *case_package; // at SP_PKG_BASE
extern struct handoff_package case_place;

// A stand-in for spmc/ns_pages.c: what is marked now, and which call fails
#define CASE_MARKS_MAX 4
struct case_mark {
    uint64_t pa;
    uint32_t pages;
};
extern struct case_mark case_marks[CASE_MARKS_MAX];
extern uint32_t case_mark_count;
extern uint32_t case_mark_fails; // as many calls succeed; UINT32_MAX: all

extern const struct package_region case_two_regions[];

int case_setup(void **state); // of the group
int case_fresh(void **state); // of each test: a good package, nobody loaded

// The package anew, with these changes, regions and nodes (NULL: none).
void case_build_package(const struct package_change *changes, const struct package_region *regions);

// The same with one device: two pages at `base` (big-endian), attributes `attributes`. In normal-world memory it has no
// interrupt.
void case_build_device(const char *base, const char *attributes,
                       const struct package_region *regions);

void case_put_entropy(uint32_t salt);
void case_put_keys(uint8_t salt);

// Loads the package as partition `index`; it must work.
void case_load_ok(uint32_t index);

// The partition's view of its memory from `va` to the end of that page; it must be mapped.
uint8_t *case_look(const struct sp *sp, uint64_t va, uint64_t *attrs);
bool case_is_mapped(const struct sp *sp, uint64_t va);
void case_expect_bytes(const uint8_t *bytes, size_t size, uint8_t value);
uint64_t case_get64(const uint8_t *from);

// Contents and size of the boot information descriptor `name`; its type is checked.
uint64_t case_boot_info(const struct sp *sp, const char *name, uint8_t type, uint32_t *size);

// The device's pages are where the boot information says, with those attributes.
void case_expect_device(const struct sp *sp, uint64_t base, uint64_t rights);

#endif
