// SPDX-License-Identifier: BSD-3-Clause
//
// The SPMC's own map, see spmc_mm.h. Trusts the linker script and board.h; the hand-off is checked before it is used,
// addresses of the normal world are compared with the DRAM range found at boot.
#include "spmc_mm.h"

#include <string.h>

#include "assert.h"
#include "barrier.h"
#include "bits.h"
#include "board.h"
#include "cache.h"
#include "lock.h"
#include "regs.h"
#include "spmc_window.h"
#include "tables.h"
#include "tlb.h"

#define TABLE_PAGES 9 // root, 1 level 2, 3 to 5 level 3 for the linear map, 1 for the window, empty
#define WINDOW_PAGES 64 // normal-world pages mapped at once: one bit each in `used`
#define GIC_BLOCK_SIZE \
    0x10000 // distributor; CPU interface of a GICv2: two pages of registers, in 64 KiB

extern char __text_start[], __rodata_start[], __data_start[], __image_end[]; // spmc.ld.S
extern char spmc_stacks[];                                                   // spmc_entry.S

// The root is the first one: spmc_entry.S uses it for cores that come later
extern uint64_t spmc_tables[TABLE_PAGES][TABLES_ENTRIES];
uint64_t spmc_tables[TABLE_PAGES][TABLES_ENTRIES]
    __attribute__((aligned(PAGE_SIZE), section(".bss..tables")));
static struct tables_fixed table_pool = { .pages = spmc_tables, .count = TABLE_PAGES };

// Const after spmc_mm_init
static struct tables spmc_map;
static uint64_t empty_ttbr0; // a low half with nothing in it
static uint64_t dram_base;
static uint64_t dram_size;

// The window: its first pages for buffers, behind them a piece for every core, for spmc_mm_zero. All of it in one last-level
// table.
#define PIECES_BASE (SPMC_WINDOW_BASE + WINDOW_PAGES * PAGE_SIZE)
#define PIECE_SIZE ((uint64_t)SPMC_MM_ZERO_PIECE * PAGE_SIZE)
#define PIECES_END (PIECES_BASE + BOARD_CORE_MAX * PIECE_SIZE)
_Static_assert(PIECES_END <= SPMC_STACKS_BASE, "window, pieces and stacks have one table");
_Static_assert(SPMC_BASE >> 21 == (SPMC_BASE + SPMC_SIZE - 1) >> 21,
               "the entry code has one last-level table for the image");
_Static_assert((SPMC_BASE + SPMC_SIZE - 1) % SPMC_WINDOW_SIZE < SPMC_STACKS_BASE % SPMC_WINDOW_SIZE,
               "and the stacks have other places in it");
_Static_assert(SPMC_BASE >> 21 != (SPMC_WINDOW_BASE - SPMC_VA_OFFSET) >> 21,
               "the image is not where the window is");

static struct {
    struct spinlock lock;
    uint64_t used;   // under lock, as are the window's entries of spmc_map
    uint32_t pieces; // under lock: those that a core has
} window;

static int map_linear(uint64_t pa, uint64_t size, uint64_t attrs)
{
    return tables_map(&spmc_map, pa + SPMC_VA_OFFSET, pa, size, attrs);
}

// [from, to) of the image, both at their linked addresses. In pages of 4 KiB, as the entry code mapped it: entries of
// both tables may be in the TLB at the same time while TTBR1 is switched, and those must be of one size and one type.
static int map_image(const char *from, const char *to, uint64_t attrs)
{
    uint64_t size = ALIGN_UP((uintptr_t)to, PAGE_SIZE) - (uintptr_t)from;

    return map_linear(spmc_mm_pa(from), size, attrs | TABLES_PAGES);
}

static int map_own_image(void)
{
    int err = map_image(__text_start, __rodata_start, TABLES_EL1_CODE);

    if (err == 0) {
        err = map_image(__rodata_start, __data_start, TABLES_EL1_RODATA);
    }
    if (err == 0) {
        err = map_image(__data_start, __image_end, TABLES_EL1_DATA);
    }
    if (err == 0) { // of the stacks one mapping is enough: that with guard pages
        err = tables_unmap(&spmc_map, (uintptr_t)spmc_stacks, (uint64_t)BOARD_CORE_MAX * PAGE_SIZE);
    }
    for (uint64_t i = 0; err == 0 && i < BOARD_CORE_MAX; i++) {
        err = tables_map(&spmc_map, SPMC_STACKS_BASE + i * SPMC_STACK_STRIDE + PAGE_SIZE,
                         spmc_mm_pa(spmc_stacks) + i * PAGE_SIZE, PAGE_SIZE,
                         TABLES_EL1_DATA | TABLES_PAGES);
    }
    return err;
}

static int map_ram(void)
{
    int err = map_linear(HANDOFF_BASE, HANDOFF_SIZE, TABLES_EL1_DATA);

    if (err == 0) {
        err = map_linear(EVENT_LOG_BASE, EVENT_LOG_SIZE, TABLES_EL1_RODATA);
    }
    if (err == 0) {
        err = map_linear(SP_PKG_BASE, SP_PKG_SIZE, TABLES_EL1_RODATA);
    }
    if (err == 0) {
        err = map_linear(PAGE_POOL_BASE, PAGE_POOL_SIZE, TABLES_EL1_DATA);
    }
    return err;
}

static int map_device(uint64_t base, uint64_t size)
{
    return base != 0 ? map_linear(base, size, TABLES_EL1_DEVICE) : 0;
}

// The interrupt controller is nobody's device: which of its registers act is for the security state of the access to say
// (gic_secure.h)
static int map_gic(void)
{
    int err = map_device(board.gicd_base, GIC_BLOCK_SIZE);

    if (err == 0) {
        err = map_device(board.gicc_base, GIC_BLOCK_SIZE);
    }
    if (err == 0) {
        err = map_device(board.gicr_base, (uint64_t)board.core_max * board.gicr_stride);
    }
    return err;
}

static int map_devices(void)
{
    int err = map_gic();

    for (uint32_t i = 0; err == 0 && i < BOARD_MAX_REGIONS && board.regions[i].size != 0; i++) {
        if (board.regions[i].kind == REGION_SECURE_DEVICE) {
            err = map_linear(board.regions[i].base, board.regions[i].size, TABLES_EL1_DEVICE);
        }
    }
    return err;
}

// The window's table is there (map_own_image), so mapping in it cannot run out of memory later. A board with something of
// its own at these addresses of the linear map is found here. No core walks these tables yet: what is unmapped again needs
// no TLBI.
static int check_window(void)
{
    const uint64_t size = SPMC_STACKS_BASE - SPMC_WINDOW_BASE;
    int err = tables_map(&spmc_map, SPMC_WINDOW_BASE, PAGE_POOL_BASE, size,
                         TABLES_EL1_RODATA | TABLES_PAGES);

    return err != 0 ? err : tables_unmap(&spmc_map, SPMC_WINDOW_BASE, size);
}

// From the entry code's tables to the final ones. The pages under the running code and stack are the same in both; the
// guard pages and the identity map in TTBR0 are only in the former, and go when the TLB is emptied.
static int switch_tables(void)
{
    const void *empty = tables_fixed_alloc(&table_pool); // for TTBR0 while no partition runs

    if (empty == NULL) {
        return ERR_NO_MEMORY;
    }
    empty_ttbr0 = spmc_mm_pa(empty);
    dsb_ishst(); // the tables are written before a walk can look at them
    spmc_mm_enter_core();
    return 0;
}

void spmc_mm_enter_core(void)
{
    write_ttbr1_el1(tables_root_pa(&spmc_map));
    write_ttbr0_el1(empty_ttbr0);
    isb();
    tlbi_all_el1(); // the other cores lose theirs too: rare, and they find them again
}

void spmc_mm_leave_space(void)
{
    write_ttbr0_el1(empty_ttbr0);
    isb();
}

static int read_handoff(const struct handoff *handoff)
{
    int err = handoff_check(handoff);

    if (err != 0) {
        return err;
    }
    if (handoff->board.core_count > BOARD_CORE_MAX) {
        return ERR_RANGE; // each core has its place in spmc_cores
    }
    if (range_overlap(handoff->board.dram_base, handoff->board.dram_size, SECURE_RAM_BASE,
                      SECURE_RAM_SIZE)) {
        return ERR_OVERLAP;
    }
    if (handoff->log.base != EVENT_LOG_BASE || handoff->log.size != EVENT_LOG_SIZE) {
        return ERR_RANGE; // it is there that partitions' copies are made from
    }
    dram_base = handoff->board.dram_base;
    dram_size = handoff->board.dram_size;
    return 0;
}

int spmc_mm_init(const struct handoff *handoff)
{
    int err;

    spmc_map = (struct tables){
        .va_to_pa = -(int64_t)SPMC_VA_OFFSET,
        .pool = { .alloc = tables_fixed_alloc, .ctx = &table_pool },
        .upper = (int64_t)SPMC_VA_OFFSET < 0,
    };
    err = tables_init(&spmc_map);
    if (err == 0) {
        err = map_own_image();
    }
    if (err == 0) {
        err = map_ram();
    }
    if (err == 0) {
        err = map_devices();
    }
    if (err == 0) {
        err = check_window();
    }
    if (err == 0) {
        err = switch_tables();
    }
    if (err == 0) {
        err = read_handoff(handoff);
    }
    return err;
}

void spmc_mm_unmap_boot(void)
{
    struct handoff *handoff = spmc_mm_va(HANDOFF_BASE);
    int err;

    memset(handoff->entropy, 0, sizeof(handoff->entropy));
    handoff->entropy_used = HANDOFF_ENTROPY_SIZE;
    err = tables_unmap(&spmc_map, (uintptr_t)handoff, HANDOFF_SIZE);
    assert(err == 0);
    tlbi_pages_all((uintptr_t)handoff, HANDOFF_SIZE / PAGE_SIZE);
    err = tables_unmap(&spmc_map, (uintptr_t)spmc_mm_va(EVENT_LOG_BASE), EVENT_LOG_SIZE);
    assert(err == 0);
    tlbi_pages_all((uintptr_t)spmc_mm_va(EVENT_LOG_BASE), EVENT_LOG_SIZE / PAGE_SIZE);
}

bool spmc_mm_is_ns_ram(uint64_t pa, uint64_t size)
{
    return size != 0 && range_inside(pa, size, dram_base, dram_size);
}

uint64_t spmc_mm_ns_ram_base(void)
{
    return dram_base;
}

// First of `pages` free slots of the window that follow each other; WINDOW_PAGES if there are none.
static uint32_t find_slots_locked(uint32_t pages)
{
    uint32_t length = 0;

    for (uint32_t i = 0; i < WINDOW_PAGES; i++) {
        length = (window.used & BIT(i)) == 0 ? length + 1 : 0;
        if (length == pages) {
            return i + 1 - pages;
        }
    }
    return WINDOW_PAGES;
}

static uint64_t slot_mask(uint32_t first, uint32_t pages)
{
    return (pages == 64 ? ~0ull : BIT(pages) - 1) << first;
}

void *spmc_mm_map_ns(uint64_t pa, uint32_t pages)
{
    uint64_t size = (uint64_t)pages * PAGE_SIZE;
    void *mapped = NULL;
    uint32_t first;

    if (pages == 0 || pages > WINDOW_PAGES || pa % PAGE_SIZE != 0 || !spmc_mm_is_ns_ram(pa, size)) {
        return NULL;
    }
    spin_lock(&window.lock);
    first = find_slots_locked(pages);
    if (first < WINDOW_PAGES) {
        uint64_t va = SPMC_WINDOW_BASE + (uint64_t)first * PAGE_SIZE;

        if (tables_map(&spmc_map, va, pa, size, TABLES_EL1_DATA | TABLES_NS | TABLES_PAGES) == 0) {
            window.used |= slot_mask(first, pages);
            mapped = (void *)(uintptr_t)va;
        }
    }
    spin_unlock(&window.lock);
    return mapped;
}

void spmc_mm_unmap_ns(void *va, uint32_t pages)
{
    uint32_t first = (uint32_t)(((uintptr_t)va - SPMC_WINDOW_BASE) / PAGE_SIZE);
    int err;

    assert((uintptr_t)va >= SPMC_WINDOW_BASE && pages != 0 && pages <= WINDOW_PAGES &&
           first <= WINDOW_PAGES - pages);
    spin_lock(&window.lock);
    err = tables_unmap(&spmc_map, (uintptr_t)va, (uint64_t)pages * PAGE_SIZE);
    assert(err == 0);
    tlbi_pages_all((uintptr_t)va, pages);
    window.used &= ~slot_mask(first, pages);
    spin_unlock(&window.lock);
}

// A core zeroes one piece at a time and is not interrupted, so there is always one left for it.
static uint64_t piece_map(uint64_t pa, uint64_t size)
{
    uint32_t index;
    uint64_t va;
    int err;

    spin_lock(&window.lock);
    index = (uint32_t)__builtin_ctz(~window.pieces);
    assert(index < BOARD_CORE_MAX);
    va = PIECES_BASE + index * PIECE_SIZE;
    err = tables_map(&spmc_map, va, pa, size, TABLES_EL1_DATA | TABLES_NS | TABLES_PAGES);
    assert(err == 0);
    window.pieces |= 1u << index;
    spin_unlock(&window.lock);
    return va;
}

static void piece_unmap(uint64_t va, uint64_t size)
{
    int err;

    spin_lock(&window.lock);
    err = tables_unmap(&spmc_map, va, size);
    assert(err == 0);
    tlbi_pages_all(va, (uint32_t)(size / PAGE_SIZE));
    window.pieces &= ~(1u << (va - PIECES_BASE) / PIECE_SIZE);
    spin_unlock(&window.lock);
}

static void zero_range(uintptr_t va, uint64_t size)
{
    cache_zero_range((void *)va, size);
    // The zeros would be in this core's caches only: who reads past them (caches off, a device) must not find what was
    // there, nor may it come back when the machine resets
    cache_clean_range(va, size);
}

void spmc_mm_zero(uint64_t pa, uint32_t pages, bool ns)
{
    uint64_t left = (uint64_t)pages * PAGE_SIZE;

    if (!ns) {
        assert(range_inside(pa, left, PAGE_POOL_BASE, PAGE_POOL_SIZE));
        zero_range((uintptr_t)spmc_mm_va(pa), left);
        return;
    }
    assert(left == 0 || spmc_mm_is_ns_ram(pa, left));
    while (left != 0) {
        uint64_t size = left < PIECE_SIZE ? left : PIECE_SIZE;
        uint64_t va = piece_map(pa, size);

        zero_range(va, size);
        piece_unmap(va, size);
        pa += size;
        left -= size;
    }
}
