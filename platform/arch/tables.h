// SPDX-License-Identifier: BSD-3-Clause
//
// Translation tables as data: 39-bit VA, 4 KiB granule, walks from level 1 (512 entries of 1 GiB),
// 40-bit PA. Used by BL1, BL2, BL31, the SPMC and for partitions. Pure apart from the memory of the
// table pages: runs on the host unchanged. Every function checks everything first and then acts;
// after an error nothing has changed. No locks: the owner of a struct tables keeps others out. TLB
// maintenance is the caller's (tlb.h): none is needed after tables_map.
#ifndef TABLES_H
#define TABLES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "errors.h"

// Attributes: bits of the descriptor (DDI0487 D8.3.2). One of the three types, RO or RW, and what
// applies of the rest.
#define TABLES_DEVICE (0ull << 2) // MAIR index 0: Device-nGnRnE
#define TABLES_NORMAL (1ull << 2) // 1: Normal, write-back
#define TABLES_NC (2ull << 2)     // 2: Normal, not cached
#define TABLES_TYPE (7ull << 2)
#define TABLES_NS (1ull << 5)   // physical address is in the normal world's space
#define TABLES_USER (1ull << 6) // AP[1]: EL0 has access. In EL3's tables RES1: see TABLES_EL3
#define TABLES_EL3 TABLES_USER  // must be in every mapping of EL3's tables
#define TABLES_RW 0ull
#define TABLES_RO (1ull << 7)       // AP[2]
#define TABLES_NG (1ull << 11)      // not global: tagged with the ASID
#define TABLES_GUARDED (1ull << 50) // BTI: indirect branches must land on a landing pad
#define TABLES_PXN (1ull << 53)     // EL1 cannot execute (RES0 at EL3)
#define TABLES_UXN (1ull << 54)     // EL0 cannot execute; at EL3: XN
#define TABLES_XN (TABLES_PXN | TABLES_UXN)
// Two bits that the hardware leaves to software (DDI0487 D8.3.2, bits 58:55 of a block or page): their meaning is the
// owner's of the tables (sp_space.h). Changing them needs no TLB maintenance.
#define TABLES_OWNED (1ull << 55)
#define TABLES_BUSY (1ull << 56)
#define TABLES_SOFTWARE (TABLES_OWNED | TABLES_BUSY)
#define TABLES_PAGES \
    (1ull << 58) // not in the descriptor: tables_map makes 4 KiB pages only, for tables_set later

#define TABLES_ATTRS                                                                              \
    (TABLES_TYPE | TABLES_NS | TABLES_USER | TABLES_RO | TABLES_NG | TABLES_GUARDED | TABLES_XN | \
     TABLES_SOFTWARE)
#define TABLES_PERMISSIONS \
    (TABLES_USER | TABLES_RO | TABLES_GUARDED | TABLES_XN) // what tables_set may change

// Common combinations at EL1 of an image's own map, and at EL3
#define TABLES_EL1_CODE (TABLES_NORMAL | TABLES_RO | TABLES_UXN | TABLES_GUARDED)
#define TABLES_EL1_RODATA (TABLES_NORMAL | TABLES_RO | TABLES_XN)
#define TABLES_EL1_DATA (TABLES_NORMAL | TABLES_RW | TABLES_XN)
#define TABLES_EL1_DEVICE (TABLES_DEVICE | TABLES_RW | TABLES_XN)
#define TABLES_EL3_CODE (TABLES_NORMAL | TABLES_RO | TABLES_EL3 | TABLES_GUARDED)
#define TABLES_EL3_RODATA (TABLES_NORMAL | TABLES_RO | TABLES_EL3 | TABLES_UXN)
#define TABLES_EL3_DATA (TABLES_NORMAL | TABLES_RW | TABLES_EL3 | TABLES_UXN)
#define TABLES_EL3_DEVICE (TABLES_DEVICE | TABLES_RW | TABLES_EL3 | TABLES_UXN)

#define TABLES_VA_BITS 39
#define TABLES_PA_BITS 40
#define TABLES_ENTRIES 512 // of 8 bytes: one page

// Where table pages come from. `alloc` gives a zeroed, 4 KiB aligned page or NULL; `free` (may be
// NULL if nothing is ever given back: boot pools) takes one back, which is all zero again. Both get
// `ctx`. tables_map gives back pages when the pool turns out too small.
struct tables_pool {
    void *(*alloc)(void *ctx);
    void (*free)(void *ctx, void *page);
    void *ctx;
};

struct tables {
    uint64_t *root;   // set by tables_init
    int64_t va_to_pa; // added to a table page's address to get its physical address
    struct tables_pool pool;
    bool upper; // TTBR1: addresses have all bits above VA_BITS set; else TTBR0: clear
};

// A pool of pages in a static array, for the images that never give one back: use
// tables_fixed_alloc with ctx = it.
struct tables_fixed {
    uint64_t (*pages)[TABLES_ENTRIES]; // page aligned; zeroed when handed out
    size_t count;
    size_t used;
};

// `alloc` of struct tables_pool over a struct tables_fixed. NULL when all are used.
void *tables_fixed_alloc(void *ctx);

// Takes the root page out of the pool. The struct's other fields are set by the caller before.
// ERR_NO_MEMORY.
MUST_CHECK int tables_init(struct tables *tables);

// Unmaps everything: no walk that starts later gets past the root. The table pages below stay what
// they are; whoever owns all pages of `pool` takes them back when the TLB entries are dropped.
void tables_clear(struct tables *tables);

// Physical address of the root, for TTBRn.
uint64_t tables_root_pa(const struct tables *tables);

// Maps [va, va + size) to pa with `attrs`: 1 GiB and 2 MiB blocks where both addresses are aligned
// so (unless TABLES_PAGES), else pages. Everything must be unmapped. Makes the new entries visible
// to walks of all cores. ERR_INVALID: size 0, something not page aligned, unknown attribute bits,
// writable and executable at once; ERR_RANGE: VA or PA outside of their spaces; ERR_DUPLICATE: some
// of it is mapped; ERR_NO_MEMORY: the pool is empty.
MUST_CHECK int tables_map(struct tables *tables, uint64_t va, uint64_t pa, uint64_t size,
                          uint64_t attrs);

// Unmaps [va, va + size). Table pages stay. The caller drops the TLB entries before it uses the
// memory otherwise. ERR_INVALID, ERR_RANGE as above; ERR_NOT_FOUND: some of it is not mapped;
// ERR_DENIED: a block lies only partly inside.
MUST_CHECK int tables_unmap(struct tables *tables, uint64_t va, uint64_t size);

// Gives mapped [va, va + size) new permissions. Type, NS and NG must be those it has (changing them
// needs break-before-make: unmap, drop the TLB, map); the software bits stay what they are, whatever
// is given. The caller drops the TLB entries afterwards.
// ERR_INVALID (also: type, NS or NG differ), ERR_RANGE, ERR_NOT_FOUND, ERR_DENIED as tables_unmap.
MUST_CHECK int tables_set(struct tables *tables, uint64_t va, uint64_t size, uint64_t attrs);

// Tells where the byte at `va` is and with which attributes (as given to tables_map, without
// TABLES_PAGES). `pa` and `attrs` may be NULL; written only on success. ERR_RANGE, ERR_NOT_FOUND.
MUST_CHECK int tables_query(const struct tables *tables, uint64_t va, uint64_t *pa,
                            uint64_t *attrs);

// Sets (`on`) or clears the software bits `bits` of mapped [va, va + size); all else stays. No TLB
// maintenance is needed. ERR_INVALID (also: other bits than TABLES_SOFTWARE), ERR_RANGE,
// ERR_NOT_FOUND, ERR_DENIED as tables_unmap.
MUST_CHECK int tables_mark(struct tables *tables, uint64_t va, uint64_t size, uint64_t bits,
                           bool on);

// How many pages from `va` (page aligned) on are mapped, follow each other in physical memory and
// have the same attributes, at most `max_pages`; where the first one is, and with which attributes.
// 0: the page at `va` is not mapped, or no address of these tables; then nothing is written.
MUST_CHECK uint32_t tables_run(const struct tables *tables, uint64_t va, uint32_t max_pages,
                               uint64_t *pa, uint64_t *attrs);

// Table pages that no walk starting at the root finds any more; see tables_detach.
#define TABLES_DETACH_MAX 4
struct tables_detached {
    uint64_t va;
    uint64_t size;
    uint64_t *second[TABLES_DETACH_MAX]; // level 2 tables, NULL: there was none
};

// Unmaps [va, va + size) with all tables below the root's entries for it, in a few stores whatever
// the size. The caller promises that nothing outside of the range is mapped through these entries of
// 1 GiB each. Then it drops the TLB entries of the range, those of the walks' steps too (not "last
// level" only), and then, when no walk can be on its way through the tables any more, calls
// tables_release(). ERR_INVALID, ERR_RANGE as tables_unmap; ERR_RANGE also: it touches more than
// TABLES_DETACH_MAX entries. Pages of the range may be unmapped already.
MUST_CHECK int tables_detach(struct tables *tables, uint64_t va, uint64_t size,
                             struct tables_detached *detached);

// Clears the detached tables and gives them back to the pool, all zero. Looks only at what was
// mapped.
void tables_release(struct tables *tables, const struct tables_detached *detached);

#endif
