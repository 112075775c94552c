// SPDX-License-Identifier: BSD-3-Clause
//
// The SPMC's own map, window and wiping (spmc/spmc_mm.c) on the real table builder: who may do what with every page, what
// is refused, what is left. The address spaces of partitions: test_sp_space.c, test_sp_space_regions.c.
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "bits.h"
#include "board.h"
#include "load_cache.h"
#include "load_support.h"
#include "page_pool.h"
#include "regs.h"
#include "spmc_mm.h"
#include "tlb.h"

// An image as spmc.ld.S lays it out: 3 pages of text, 2 of constants, 1 of data, the stacks, 1 page of .bss
__asm__(".section .bss.test_image, \"aw\", @nobits\n"
        ".balign 4096\n"
        ".global __text_start, __rodata_start, test_data_start, spmc_stacks, __image_end\n"
        "__text_start: .space 3 * 4096\n"
        "__rodata_start: .space 2 * 4096\n"
        "test_data_start: .space 4096\n"
        "spmc_stacks: .space 8 * 4096\n"
        ".space 4096\n"
        "__image_end:\n"
        ".previous\n");
extern char __text_start[], __rodata_start[], test_data_start[], spmc_stacks[], __image_end[];

const struct board board = {
    .name = "test",
    .regions =
        {
            { "uart", 0x09040000, 0x1000, REGION_SECURE_DEVICE },
            { "gpio", 0x090b0000, 0x1000, REGION_SECURE_DEVICE },
            { "ns uart", 0x09000000, 0x1000, REGION_NS_DEVICE },
            { "ram", SECURE_RAM_BASE, SECURE_RAM_SIZE, REGION_SECURE_RAM },
            { "dram", NS_DRAM_BASE, 0x100000000, REGION_NS_RAM },
        },
    .gicd_base = GICD_BASE,
    .gicc_base = GICC_BASE,
    .gicr_base = GICR_BASE,
    .gicr_stride = GICR_STRIDE,
    .core_max = BOARD_CORE_MAX,
};

#define DRAM_SIZE 0x20000000ull

static struct handoff *put_handoff(void)
{
    struct handoff *handoff = spmc_mm_va(HANDOFF_BASE);

    memset(handoff, 0, sizeof(*handoff));
    handoff->magic = HANDOFF_MAGIC;
    handoff->version = HANDOFF_VERSION;
    handoff->size = sizeof(*handoff);
    handoff->board = (struct board_info){ NS_DRAM_BASE, DRAM_SIZE, 1, 0 };
    handoff->bl31 = (struct handoff_image){ BL31_BASE, 0x1000, BL31_BASE };
    handoff->spmc = (struct handoff_image){ SPMC_BASE, 0x1000, SPMC_BASE };
    handoff->bl33 = (struct handoff_image){ BL33_BASE, 0x1000, BL33_BASE };
    handoff->config = (struct handoff_image){ TB_FW_CONFIG_BASE, 0x1000, 0 };
    handoff->facts = (struct tessera_boot_facts){
        .version = 1, .root_hash = { 1 }, .implementation_id = { 2 }, .boot_seed = { 3 }
    };
    handoff->log = (struct handoff_log){ EVENT_LOG_BASE, EVENT_LOG_SIZE, 300 };
    memset(handoff->entropy, 0x77, sizeof(handoff->entropy));
    return handoff;
}

// The map that TTBR1 points to, read back through it.
static int query(uint64_t va, uint64_t *pa, uint64_t *attrs)
{
    const struct tables map = { .root = (uint64_t *)(uintptr_t)fake_reg_ttbr1_el1 };

    return tables_query(&map, va, pa, attrs);
}

static void expect_mapped(uint64_t va, uint64_t size, uint64_t attrs)
{
    for (uint64_t at = va; at < va + size; at += PAGE_SIZE) {
        uint64_t pa = 0;
        uint64_t got = 0;

        if (query(at, &pa, &got) != 0 || pa != at || got != attrs) {
            fail_msg("0x%lx: at 0x%lx, attributes 0x%lx, expected 0x%lx", at, pa, got, attrs);
        }
    }
}

static void expect_unmapped(uint64_t va, uint64_t size)
{
    for (uint64_t at = va; at < va + size; at += PAGE_SIZE) {
        if (query(at, NULL, NULL) == 0) {
            fail_msg("0x%lx is mapped", at);
        }
    }
}

static int group_setup(void **state)
{
    (void)state;
    support_reset();
    support_map_secure_ram();
    return 0;
}

// spmc_mm_init() can run once: its refusals are tried in a child.
static int init_in_child(const struct handoff *handoff)
{
    int status = 0;
    pid_t child = fork();

    if (child == 0) {
        _exit(-spmc_mm_init(handoff));
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status));
    return -WEXITSTATUS(status);
}

static void a_bad_handoff_is_refused(void **state)
{
    struct handoff *handoff = put_handoff();

    (void)state;
    handoff->magic++;
    assert_int_equal(init_in_child(handoff), ERR_INVALID);
    handoff = put_handoff();
    handoff->version++;
    assert_int_equal(init_in_child(handoff), ERR_VERSION);
    handoff = put_handoff();
    handoff->board.core_count = BOARD_CORE_MAX + 1;
    assert_int_equal(init_in_child(handoff), ERR_RANGE);
    handoff = put_handoff();
    handoff->board.dram_base = SECURE_RAM_BASE + SECURE_RAM_SIZE - 0x1000;
    assert_int_equal(init_in_child(handoff), ERR_OVERLAP);
    handoff = put_handoff(); // a log that is not the one that partitions would be given
    handoff->log.base += 0x1000;
    assert_int_equal(init_in_child(handoff), ERR_RANGE);
    handoff = put_handoff();
    handoff->log.size += 0x1000;
    assert_int_equal(init_in_child(handoff), ERR_RANGE);
    handoff = put_handoff();
    handoff->board.dram_base = SECURE_RAM_BASE - 0x1000;
    handoff->board.dram_size = 0x2000;
    assert_int_equal(init_in_child(handoff), ERR_OVERLAP);
}

static void the_final_map_gives_each_part_its_own_rights(void **state)
{
    const uint64_t rx = TABLES_NORMAL | TABLES_RO | TABLES_UXN | TABLES_GUARDED;
    const uint64_t ro = TABLES_NORMAL | TABLES_RO | TABLES_PXN | TABLES_UXN;
    const uint64_t rw = TABLES_NORMAL | TABLES_RW | TABLES_PXN | TABLES_UXN;
    const uint64_t device = TABLES_DEVICE | TABLES_RW | TABLES_PXN | TABLES_UXN;
    uint64_t stacks = (uintptr_t)spmc_stacks;

    (void)state;
    assert_int_equal(spmc_mm_init(put_handoff()), 0);
    assert_true(fake_tlb_drops > 0);
    expect_mapped((uintptr_t)__text_start, 3 * PAGE_SIZE, rx);
    expect_mapped((uintptr_t)__rodata_start, 2 * PAGE_SIZE, ro);
    expect_mapped((uintptr_t)test_data_start, PAGE_SIZE, rw);
    expect_unmapped(stacks, BOARD_CORE_MAX * PAGE_SIZE);
    for (uint64_t core = 0; core < BOARD_CORE_MAX; core++) { // below the end of the image's GiB
        uint64_t guard = (1ull << 30) - (BOARD_CORE_MAX - core) * 8192;
        uint64_t pa = 0;
        uint64_t attrs = 0;

        expect_unmapped(guard, PAGE_SIZE);
        assert_int_equal(query(guard + PAGE_SIZE, &pa, &attrs), 0);
        assert_int_equal(pa, stacks + core * PAGE_SIZE);
        assert_int_equal(attrs, rw);
    }
    expect_mapped(stacks + BOARD_CORE_MAX * PAGE_SIZE, PAGE_SIZE, rw);
    expect_unmapped((uintptr_t)__image_end, PAGE_SIZE);
    expect_mapped(HANDOFF_BASE, HANDOFF_SIZE, rw);
    expect_mapped(EVENT_LOG_BASE, EVENT_LOG_SIZE, ro);
    expect_mapped(SP_PKG_BASE, SP_PKG_SIZE, ro);
    expect_mapped(PAGE_POOL_BASE, PAGE_POOL_SIZE, rw);
    expect_mapped(0x09040000, 0x1000, device);
    expect_mapped(0x090b0000, 0x1000, device);
    expect_mapped(GICD_BASE, 0x10000, device);
    expect_mapped(GICC_BASE, 0x10000, device);
    expect_mapped(GICR_BASE, (uint64_t)BOARD_CORE_MAX * GICR_STRIDE, device);
}

static void a_core_that_comes_later_gets_the_same_map(void **state)
{
    uint64_t low = fake_reg_ttbr0_el1;
    uint64_t high = fake_reg_ttbr1_el1;
    unsigned int drops = fake_tlb_drops;

    (void)state;
    fake_reg_ttbr0_el1 = 0x1000; // the entry code's tables
    fake_reg_ttbr1_el1 = 0x1000;
    spmc_mm_enter_core();
    assert_int_equal(fake_reg_ttbr0_el1, low);
    assert_int_equal(fake_reg_ttbr1_el1, high);
    assert_true(fake_tlb_drops >
                drops);          // the identity map and the guard pages are in no TLB any more
    fake_reg_ttbr0_el1 = 0x2000; // a partition's
    spmc_mm_leave_space();
    assert_int_equal(fake_reg_ttbr0_el1, low);
}

static void nothing_else_is_mapped(void **state)
{
    (void)state;
    expect_unmapped(0, 0x1000);
    expect_unmapped(BL31_BASE, BL31_SIZE);
    expect_unmapped(PARK_BASE, PARK_SIZE);
    expect_unmapped(BOOT_PARAMS_BASE, BOOT_PARAMS_SIZE);
    expect_unmapped(TB_FW_CONFIG_BASE, TB_FW_CONFIG_SIZE);
    expect_unmapped(SECURE_RAM_BASE + SECURE_RAM_SIZE, 0x100000);
    expect_unmapped(UART_NS_BASE, 0x1000);
    expect_unmapped(GICC_BASE + 0x10000, GICR_BASE - GICC_BASE - 0x10000);
    expect_unmapped(GICR_BASE + (uint64_t)BOARD_CORE_MAX * GICR_STRIDE, 0x10000);
    expect_unmapped(NS_DRAM_BASE, 0x200000);
}

static void the_low_half_is_empty_after_the_switch(void **state)
{
    const uint64_t *root = (const uint64_t *)(uintptr_t)fake_reg_ttbr0_el1;

    (void)state;
    assert_non_null(root);
    assert_int_not_equal(fake_reg_ttbr0_el1, fake_reg_ttbr1_el1);
    for (size_t i = 0; i < TABLES_ENTRIES; i++) {
        assert_int_equal(root[i], 0);
    }
}

static void dram_of_the_normal_world_is_known_to_the_byte(void **state)
{
    (void)state;
    assert_true(spmc_mm_is_ns_ram(NS_DRAM_BASE, DRAM_SIZE));
    assert_true(spmc_mm_is_ns_ram(NS_DRAM_BASE + DRAM_SIZE - 1, 1));
    assert_false(spmc_mm_is_ns_ram(NS_DRAM_BASE, DRAM_SIZE + 1));
    assert_false(spmc_mm_is_ns_ram(NS_DRAM_BASE - 1, 1));
    assert_false(spmc_mm_is_ns_ram(NS_DRAM_BASE - 1, 2));
    assert_false(spmc_mm_is_ns_ram(NS_DRAM_BASE + DRAM_SIZE, 1));
    assert_false(spmc_mm_is_ns_ram(NS_DRAM_BASE, 0));
    assert_false(spmc_mm_is_ns_ram(NS_DRAM_BASE + 1, UINT64_MAX));
    assert_false(spmc_mm_is_ns_ram(UINT64_MAX, 2));
    assert_false(spmc_mm_is_ns_ram(SECURE_RAM_BASE, 0x1000));
    assert_int_equal(spmc_mm_ns_ram_base(), NS_DRAM_BASE);
}

static uint64_t dropped_va;
static uint32_t dropped_pages;

// The pages are dropped for every ASID, after no walk can find them any more.
static void drop_of_what_is_unmapped(uint64_t va, uint32_t pages, int32_t asid)
{
    assert_int_equal(va, dropped_va);
    assert_int_equal(pages, dropped_pages);
    assert_int_equal(asid, FAKE_TLB_ANY);
    expect_unmapped(va, (uint64_t)pages * PAGE_SIZE);
    dropped_pages = 0;
}

static void normal_world_pages_are_mapped_as_such_and_never_executable(void **state)
{
    uint64_t pa = 0;
    uint64_t attrs = 0;
    void *a = spmc_mm_map_ns(NS_DRAM_BASE + 0x5000, 2);
    void *b = spmc_mm_map_ns(NS_DRAM_BASE + 0x5000, 1); // again, elsewhere

    (void)state;
    assert_non_null(a);
    assert_non_null(b);
    assert_ptr_not_equal(a, b);
    for (uint64_t i = 0; i < 2; i++) {
        assert_int_equal(query((uintptr_t)a + i * PAGE_SIZE, &pa, &attrs), 0);
        assert_int_equal(pa, NS_DRAM_BASE + 0x5000 + i * PAGE_SIZE);
        assert_int_equal(attrs, TABLES_NORMAL | TABLES_RW | TABLES_NS | TABLES_PXN | TABLES_UXN);
    }
    dropped_va = (uintptr_t)a;
    dropped_pages = 2;
    support_on_drop = drop_of_what_is_unmapped;
    spmc_mm_unmap_ns(a, 2);
    support_on_drop = NULL;
    assert_int_equal(dropped_pages, 0); // it was called
    expect_unmapped((uintptr_t)a, 2 * PAGE_SIZE);
    assert_int_equal(query((uintptr_t)b, &pa, NULL), 0);
    spmc_mm_unmap_ns(b, 1);
}

static void the_window_refuses_what_is_not_normal_world_dram(void **state)
{
    (void)state;
    assert_null(spmc_mm_map_ns(SECURE_RAM_BASE, 1));
    assert_null(spmc_mm_map_ns(PAGE_POOL_BASE, 1));
    assert_null(spmc_mm_map_ns(UART_NS_BASE, 1));
    assert_null(spmc_mm_map_ns(NS_DRAM_BASE + 8, 1));
    assert_null(spmc_mm_map_ns(NS_DRAM_BASE, 0));
    assert_null(spmc_mm_map_ns(NS_DRAM_BASE, 65));
    assert_null(spmc_mm_map_ns(NS_DRAM_BASE, UINT32_MAX));
    assert_null(spmc_mm_map_ns(NS_DRAM_BASE - PAGE_SIZE, 2));
    assert_null(spmc_mm_map_ns(NS_DRAM_BASE + DRAM_SIZE - PAGE_SIZE, 2));
    assert_null(spmc_mm_map_ns(0xfffffffffffff000, 2));
}

static void a_full_window_refuses_and_recovers(void **state)
{
    void *slots[16];

    (void)state;
    for (size_t i = 0; i < 16; i++) {
        slots[i] = spmc_mm_map_ns(NS_DRAM_BASE + i * 0x10000, 4);
        assert_non_null(slots[i]);
    }
    assert_null(spmc_mm_map_ns(NS_DRAM_BASE, 1));
    spmc_mm_unmap_ns(slots[3], 4);
    spmc_mm_unmap_ns(slots[5], 4);
    assert_null(spmc_mm_map_ns(NS_DRAM_BASE, 5)); // 8 free, but 4 + 4
    assert_ptr_equal(spmc_mm_map_ns(NS_DRAM_BASE, 4), slots[3]);
    assert_ptr_equal(spmc_mm_map_ns(NS_DRAM_BASE, 4), slots[5]);
    for (size_t i = 0; i < 16; i++) {
        spmc_mm_unmap_ns(slots[i], 4);
    }
    slots[0] = spmc_mm_map_ns(NS_DRAM_BASE, 64);
    assert_non_null(slots[0]);
    spmc_mm_unmap_ns(slots[0], 64);
    expect_assert_failure(spmc_mm_unmap_ns(slots[0], 1)); // twice: a bug of the SPMC
}

static void the_end_of_boot_takes_the_handoff_away(void **state)
{
    const struct handoff *handoff = spmc_mm_va(HANDOFF_BASE);
    unsigned int drops = fake_tlb_drops;

    (void)state;
    spmc_mm_unmap_boot();
    expect_unmapped(HANDOFF_BASE, HANDOFF_SIZE);
    expect_unmapped(EVENT_LOG_BASE, EVENT_LOG_SIZE);
    assert_true(fake_tlb_drops > drops + 1);
    for (size_t i = 0; i < HANDOFF_ENTROPY_SIZE; i++) {
        assert_int_equal(handoff->entropy[i], 0);
    }
    assert_int_equal(handoff->entropy_used, HANDOFF_ENTROPY_SIZE);
    assert_int_equal(handoff->bl33.base, BL33_BASE); // BL31 still needs the rest
}

// ---- Zeroing ---------------------------------------------------------------------------------------------------------

#define PIECE (SPMC_MM_ZERO_PIECE * PAGE_SIZE)
#define WINDOW ((1ull << 30) - (2ull << 20)) // to the stacks
#define STACKS ((1ull << 30) - BOARD_CORE_MAX * 8192)

// What was zeroed and cleaned of the normal world's memory, in the order in which it was
static uint64_t zeroed_next;
static uint64_t cleaned_next;
static size_t largest_piece;

// Zeroing happens through a mapping that is the normal world's and writable, and reaches every page in turn.
static bool zero_by_walk(uintptr_t base, size_t size)
{
    for (size_t at = 0; at < size; at += PAGE_SIZE) {
        uint64_t pa = 0;
        uint64_t attrs = 0;

        assert_int_equal(query(base + at, &pa, &attrs), 0);
        assert_int_equal(attrs, TABLES_NORMAL | TABLES_RW | TABLES_NS | TABLES_PXN | TABLES_UXN);
        assert_int_equal(pa, zeroed_next);
        zeroed_next += PAGE_SIZE;
    }
    largest_piece = size > largest_piece ? size : largest_piece;
    return true;
}

static void clean_by_walk(uintptr_t base, size_t size)
{
    uint64_t pa = 0;

    assert_int_equal(query(base, &pa, NULL), 0);
    assert_int_equal(pa, cleaned_next);
    cleaned_next += size;
    assert_int_equal(cleaned_next, zeroed_next); // after the zeros, before the mapping goes
}

static void zero_ns(uint64_t pa, uint32_t pages)
{
    zeroed_next = pa;
    cleaned_next = pa;
    largest_piece = 0;
    support_on_zero = zero_by_walk;
    support_on_clean = clean_by_walk;
    spmc_mm_zero(pa, pages, true);
    support_on_zero = NULL;
    support_on_clean = NULL;
    assert_int_equal(zeroed_next, pa + (uint64_t)pages * PAGE_SIZE);
    assert_int_equal(cleaned_next, zeroed_next);
}

static void normal_world_memory_is_wiped_in_pieces_and_unmapped_again(void **state)
{
    static const uint32_t counts[] = { 1, 31, 32, 33, 64, 1000 };
    unsigned int drops;

    (void)state;
    for (size_t i = 0; i < ARRAY_COUNT(counts); i++) {
        drops = fake_tlb_drops;
        zero_ns(NS_DRAM_BASE + 0x7000, counts[i]);
        assert_int_equal(largest_piece, counts[i] < 32 ? counts[i] * PAGE_SIZE : PIECE);
        assert_int_equal(fake_tlb_drops - drops, (counts[i] + 31) / 32); // one wait for each piece
        expect_unmapped(WINDOW, STACKS - WINDOW);                        // nothing stays
    }
    zero_ns(NS_DRAM_BASE + DRAM_SIZE - 5 * PAGE_SIZE, 5); // to the last byte
    drops = fake_tlb_drops;
    zero_ns(NS_DRAM_BASE, 0);
    assert_int_equal(fake_tlb_drops, drops);
}

static void wiping_works_while_the_window_is_full(void **state)
{
    void *window = spmc_mm_map_ns(NS_DRAM_BASE, 64);

    (void)state;
    assert_non_null(window);
    zero_ns(NS_DRAM_BASE + 0x100000, 40);
    spmc_mm_unmap_ns(window, 64);
}

static uint32_t nested; // wipings that other cores are in the middle of

// What another core does while this one zeroes: it needs a piece of its own. No lock is held meanwhile.
static bool zero_on_every_core(uintptr_t base, size_t size)
{
    uint64_t pa = 0;

    (void)size;
    assert_int_equal(query(base, &pa, NULL), 0);
    assert_int_equal(pa, NS_DRAM_BASE + nested * PAGE_SIZE);
    if (++nested < BOARD_CORE_MAX) {
        spmc_mm_zero(NS_DRAM_BASE + nested * PAGE_SIZE, 1, true);
    }
    return true;
}

static void every_core_has_a_piece(void **state)
{
    (void)state;
    nested = 0;
    support_on_zero = zero_on_every_core;
    spmc_mm_zero(NS_DRAM_BASE, 1, true);
    support_on_zero = NULL;
    assert_int_equal(nested, BOARD_CORE_MAX);
    expect_unmapped(WINDOW, STACKS - WINDOW);
}

static void pages_of_the_pool_are_wiped_where_they_are(void **state)
{
    uint8_t *pool = spmc_mm_va(PAGE_POOL_BASE);

    (void)state;
    memset(pool, 0x5a, 4 * PAGE_SIZE);
    support_cache = (struct support_cache){ .cleaned = 0 };
    spmc_mm_zero(PAGE_POOL_BASE + PAGE_SIZE, 2, false);
    assert_int_equal(support_cache.cleaned, 2 * PAGE_SIZE);
    for (size_t i = 0; i < 4 * PAGE_SIZE; i++) {
        assert_int_equal(pool[i], i / PAGE_SIZE == 1 || i / PAGE_SIZE == 2 ? 0 : 0x5a);
    }
}

// Addresses are the caller's business: what is neither is a bug, and nothing is written.
static void wiping_anything_else_is_a_bug(void **state)
{
    (void)state;
    expect_assert_failure(spmc_mm_zero(SPMC_BASE, 1, false));
    expect_assert_failure(spmc_mm_zero(PAGE_POOL_BASE + PAGE_POOL_SIZE - PAGE_SIZE, 2, false));
    expect_assert_failure(spmc_mm_zero(NS_DRAM_BASE, 1, false));
    expect_assert_failure(spmc_mm_zero(PAGE_POOL_BASE, 1, true));
    expect_assert_failure(spmc_mm_zero(NS_DRAM_BASE + DRAM_SIZE, 1, true));
    expect_assert_failure(spmc_mm_zero(NS_DRAM_BASE - PAGE_SIZE, 2, true));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_bad_handoff_is_refused),
        cmocka_unit_test(the_final_map_gives_each_part_its_own_rights), // the next ones look at it
        cmocka_unit_test(nothing_else_is_mapped),
        cmocka_unit_test(the_low_half_is_empty_after_the_switch),
        cmocka_unit_test(a_core_that_comes_later_gets_the_same_map),
        cmocka_unit_test(dram_of_the_normal_world_is_known_to_the_byte),
        cmocka_unit_test(normal_world_pages_are_mapped_as_such_and_never_executable),
        cmocka_unit_test(the_window_refuses_what_is_not_normal_world_dram),
        cmocka_unit_test(normal_world_memory_is_wiped_in_pieces_and_unmapped_again),
        cmocka_unit_test(wiping_works_while_the_window_is_full),
        cmocka_unit_test(every_core_has_a_piece),
        cmocka_unit_test(pages_of_the_pool_are_wiped_where_they_are),
        cmocka_unit_test(wiping_anything_else_is_a_bug),
        cmocka_unit_test(a_full_window_refuses_and_recovers), // leaves the lock as a bug does
        cmocka_unit_test(the_end_of_boot_takes_the_handoff_away),
    };

    return cmocka_run_group_tests(tests, group_setup, NULL);
}
