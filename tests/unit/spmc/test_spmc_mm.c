// SPDX-License-Identifier: BSD-3-Clause
//
// The SPMC's own map and window (spmc/spmc_mm.c) and the address spaces of partitions (spmc/sp_space.c) on the real
// table builder: who may do what with every page, what is refused, all-or-nothing, and what is left after destruction.
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
        "spmc_stacks: .space 8 * 8192\n"
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
    for (uint32_t core = 0; core < BOARD_CORE_MAX; core++) {
        expect_unmapped(stacks + core * 8192, PAGE_SIZE);
        expect_mapped(stacks + core * 8192 + PAGE_SIZE, PAGE_SIZE, rw);
    }
    expect_mapped(stacks + BOARD_CORE_MAX * 8192, PAGE_SIZE, rw);
    expect_unmapped((uintptr_t)__image_end, PAGE_SIZE);
    expect_mapped(HANDOFF_BASE, HANDOFF_SIZE, rw);
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
    expect_unmapped(EVENT_LOG_BASE, EVENT_LOG_SIZE);
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
}

static void normal_world_pages_are_mapped_as_such_and_never_executable(void **state)
{
    uint64_t pa = 0;
    uint64_t attrs = 0;
    unsigned int drops;
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
    drops = fake_tlb_drops;
    spmc_mm_unmap_ns(a, 2);
    assert_true(fake_tlb_drops >= drops + 2);
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
    assert_true(fake_tlb_drops > drops);
    for (size_t i = 0; i < HANDOFF_ENTROPY_SIZE; i++) {
        assert_int_equal(handoff->entropy[i], 0);
    }
    assert_int_equal(handoff->entropy_used, HANDOFF_ENTROPY_SIZE);
    assert_int_equal(handoff->bl33.base, BL33_BASE); // BL31 still needs the rest
}

// ---- Partition spaces ------------------------------------------------------------------------------------------------

#define POOL_PAGES 64
#define VA 0x4000000000ull
#define PAGE(n) ((uint64_t)(n)*PAGE_SIZE)

static struct sp_space space;
static uint8_t *memory; // 8 pages: 0–1 RX, 2–3 RO, 4–7 RW, at VA
static uint8_t *guarded;

static int fresh_space(void **state)
{
    (void)state;
    memset(&space, 0, sizeof(space));
    if (page_pool_init(spmc_mm_va(PAGE_POOL_BASE), POOL_PAGES * PAGE_SIZE) != 0 ||
        sp_space_create(&space, 5) != 0) {
        return -1;
    }
    memory = page_pool_take(5, 8);
    guarded = page_pool_take(5, 1);
    memset(memory, 0x5a, 8 * PAGE_SIZE);
    return sp_space_map(&space, VA, spmc_mm_pa(memory), 2, SP_SPACE_RX) |
           sp_space_map(&space, VA + PAGE(2), spmc_mm_pa(memory) + PAGE(2), 2, SP_SPACE_RO) |
           sp_space_map(&space, VA + PAGE(4), spmc_mm_pa(memory) + PAGE(4), 4, SP_SPACE_RW) |
           sp_space_map(&space, VA + PAGE(16), spmc_mm_pa(guarded), 1,
                        SP_SPACE_RX | TABLES_GUARDED);
}

static uint64_t attrs_at(uint64_t va)
{
    uint64_t attrs = 0;

    assert_int_equal(tables_query(&space.tables, va, NULL, &attrs), 0);
    return attrs;
}

static uint32_t perm_at(uint64_t va)
{
    uint32_t perm = 0;

    assert_int_equal(sp_space_perm_get(&space, va, &perm), 0);
    return perm;
}

static void pages_of_a_partition_have_its_asid_and_exact_rights(void **state)
{
    const uint64_t common = TABLES_NORMAL | TABLES_NG | TABLES_USER | TABLES_PXN;

    (void)state;
    assert_int_equal(space.ttbr0 >> 48, 5);
    assert_int_equal(sp_space_asid(&space), 5);
    assert_int_equal(space.ttbr0 & 0xffffffffffff, (uintptr_t)space.tables.root);
    assert_int_equal(page_pool_owner(space.tables.root), 5);
    assert_int_equal(attrs_at(VA), common | TABLES_RO);
    assert_int_equal(attrs_at(VA + PAGE(2)), common | TABLES_RO | TABLES_UXN);
    assert_int_equal(attrs_at(VA + PAGE(4)), common | TABLES_RW | TABLES_UXN);
    assert_int_equal(attrs_at(VA + PAGE(16)), common | TABLES_RO | TABLES_GUARDED);
    assert_int_equal(space.va_low, VA);
    assert_int_equal(space.va_end, VA + PAGE(17));
}

static void pages_of_another_owner_cannot_be_mapped(void **state)
{
    uint8_t *other = page_pool_take(6, 1);
    uint8_t *own = page_pool_alloc();

    (void)state;
    assert_int_equal(sp_space_map(&space, VA + PAGE(32), spmc_mm_pa(other), 1, SP_SPACE_RW),
                     ERR_DENIED);
    assert_int_equal(sp_space_map(&space, VA + PAGE(32), spmc_mm_pa(own), 1, SP_SPACE_RO),
                     ERR_DENIED);
    assert_int_equal(sp_space_map(&space, VA, spmc_mm_pa(memory), 1, SP_SPACE_RO), ERR_DUPLICATE);
    assert_int_equal(sp_space_map(&space, 1ull << 39, spmc_mm_pa(memory), 1, SP_SPACE_RO),
                     ERR_RANGE);
}

static void permissions_read_back_as_ffa_values(void **state)
{
    uint32_t perm = 0;

    (void)state;
    assert_int_equal(perm_at(VA), FFA_PERM_RX);
    assert_int_equal(perm_at(VA + PAGE(3)), FFA_PERM_RO);
    assert_int_equal(perm_at(VA + PAGE(7)), FFA_PERM_RW);
    assert_int_equal(sp_space_perm_get(&space, VA + 8, &perm), ERR_INVALID);
    assert_int_not_equal(sp_space_perm_get(&space, VA + PAGE(8), &perm), 0); // guard page
    assert_int_not_equal(sp_space_perm_get(&space, VA - PAGE(1), &perm), 0);
    assert_int_not_equal(sp_space_perm_get(&space, 1ull << 39, &perm), 0);
    assert_int_not_equal(sp_space_perm_get(&space, 0xffffff800e020000, &perm), 0); // the SPMC's
    assert_int_equal(perm, 0);
}

static void every_permission_can_be_set_and_keeps_the_other_attributes(void **state)
{
    static const uint32_t perms[] = { FFA_PERM_NONE, FFA_PERM_RX, FFA_PERM_RW, FFA_PERM_RO };
    const uint64_t mask = TABLES_USER | TABLES_RO | TABLES_XN;
    const uint64_t pages[] = { VA, VA + PAGE(2), VA + PAGE(5), VA + PAGE(16) };

    (void)state;
    for (size_t page = 0; page < 4; page++) {
        uint64_t kept = attrs_at(pages[page]) & ~mask;

        for (size_t i = 0; i < 4; i++) {
            unsigned int drops = fake_tlb_drops;

            assert_int_equal(sp_space_perm_set(&space, pages[page], 1, perms[i]), 0);
            assert_int_equal(perm_at(pages[page]), perms[i]);
            assert_int_equal(attrs_at(pages[page]) & ~mask, kept);
            assert_true(fake_tlb_drops > drops);
            assert_true((attrs_at(pages[page]) & TABLES_PXN) != 0); // never for the SPMC
        }
    }
    assert_int_equal(perm_at(VA + PAGE(1)), FFA_PERM_RX); // the neighbours
    assert_int_equal(perm_at(VA + PAGE(4)), FFA_PERM_RW);
    assert_int_equal(perm_at(VA + PAGE(6)), FFA_PERM_RW);
}

// Real caches: first nobody can write any more, then clean, then invalidate what instruction fetches may have kept.
static void adding_execution_makes_what_was_written_fetchable(void **state)
{
    unsigned int drops = fake_tlb_drops;

    (void)state;
    support_cache = (struct support_cache){ .cleaned = 0 };
    assert_int_equal(sp_space_perm_set(&space, VA + PAGE(4), 3, FFA_PERM_RO), 0);
    assert_int_equal(support_cache.cleaned, 0); // nothing to fetch
    assert_int_equal(sp_space_perm_set(&space, VA + PAGE(4), 3, FFA_PERM_RW), 0);
    assert_int_equal(support_cache.invalidations, 0);
    drops = fake_tlb_drops;
    assert_int_equal(sp_space_perm_set(&space, VA + PAGE(4), 3, FFA_PERM_RX), 0);
    assert_int_equal(support_cache.cleaned, PAGE(3));
    assert_int_equal(support_cache.drops_at_clean, fake_tlb_drops);
    assert_true(fake_tlb_drops > drops);
    assert_int_equal(support_cache.invalidations, 1);
    assert_int_equal(support_cache.cleaned_at_invalidation, PAGE(3));
}

static void setting_permissions_is_all_or_nothing(void **state)
{
    (void)state;
    assert_int_not_equal(sp_space_perm_set(&space, VA + PAGE(6), 3, FFA_PERM_RO),
                         0); // guard behind
    assert_int_not_equal(sp_space_perm_set(&space, VA - PAGE(1), 3, FFA_PERM_RO),
                         0);                                                 // nothing before
    assert_int_not_equal(sp_space_perm_set(&space, VA, 17, FFA_PERM_RW), 0); // a hole inside
    assert_int_equal(perm_at(VA), FFA_PERM_RX);
    assert_int_equal(perm_at(VA + PAGE(1)), FFA_PERM_RX);
    assert_int_equal(perm_at(VA + PAGE(6)), FFA_PERM_RW);
    assert_int_equal(perm_at(VA + PAGE(7)), FFA_PERM_RW);
    assert_int_equal(sp_space_perm_set(&space, VA, 8, FFA_PERM_RO), 0);
    for (uint64_t i = 0; i < 8; i++) {
        assert_int_equal(perm_at(VA + PAGE(i)), FFA_PERM_RO);
    }
}

static void illegal_permission_requests_are_refused(void **state)
{
    static const uint32_t illegal[] = { 0, 1, 2, 6, 8, 11, 13, 15, 0x80000003, UINT32_MAX };

    (void)state;
    for (size_t i = 0; i < sizeof(illegal) / sizeof(illegal[0]); i++) { // 1: RWX
        assert_int_equal(sp_space_perm_set(&space, VA + PAGE(4), 1, illegal[i]), ERR_INVALID);
    }
    assert_int_equal(sp_space_perm_set(&space, VA + 1, 1, FFA_PERM_RO), ERR_INVALID);
    assert_int_equal(sp_space_perm_set(&space, VA, 0, FFA_PERM_RO), ERR_INVALID);
    assert_int_equal(sp_space_perm_set(&space, VA, SPMC_MAX_PERM_PAGES + 1, FFA_PERM_RO),
                     ERR_INVALID);
    assert_int_equal(sp_space_perm_set(&space, VA, UINT32_MAX, FFA_PERM_RO), ERR_INVALID);
    assert_int_equal(sp_space_perm_set(&space, (1ull << 39) - PAGE(1), 2, FFA_PERM_RO), ERR_RANGE);
    assert_int_equal(sp_space_perm_set(&space, 0xfffffffffffff000, 2, FFA_PERM_RO), ERR_RANGE);
    assert_int_equal(sp_space_perm_set(&space, 0xffffff800e020000, 1, FFA_PERM_RO), ERR_RANGE);
}

static void memory_named_by_address_keeps_what_the_manifest_gave(void **state)
{
    (void)state;
    assert_int_equal(sp_space_map(&space, VA + PAGE(64), NS_DRAM_BASE, 2, SP_SPACE_RO | TABLES_NS),
                     0);
    assert_int_equal(perm_at(VA + PAGE(64)), FFA_PERM_RO);
    assert_int_equal(sp_space_perm_set(&space, VA + PAGE(64), 1, FFA_PERM_RW), ERR_DENIED);
    assert_int_equal(sp_space_perm_set(&space, VA + PAGE(64), 1, FFA_PERM_RX), ERR_DENIED);
    assert_int_equal(perm_at(VA + PAGE(64)), FFA_PERM_RO);
    assert_true((attrs_at(VA + PAGE(64)) & TABLES_NS) != 0);
}

static void buffers_must_be_the_partitions_own_contiguous_memory(void **state)
{
    uint8_t *apart = page_pool_take(5, 2);

    (void)state;
    assert_ptr_equal(sp_space_to_spmc(&space, VA + PAGE(4), 4, true), memory + PAGE(4));
    assert_ptr_equal(sp_space_to_spmc(&space, VA + PAGE(2), 6, false), memory + PAGE(2));
    assert_null(sp_space_to_spmc(&space, VA + PAGE(3), 2, true)); // RO
    assert_null(sp_space_to_spmc(&space, VA + PAGE(4), 5, true)); // guard page behind
    assert_null(sp_space_to_spmc(&space, VA + PAGE(4) + 8, 1, true));
    assert_null(sp_space_to_spmc(&space, VA + PAGE(4), 0, true));
    assert_null(sp_space_to_spmc(&space, VA + PAGE(4), UINT32_MAX, true));
    assert_null(sp_space_to_spmc(&space, 0xfffffffffffff000, 2, true));
    assert_null(sp_space_to_spmc(&space, 0, 1, true));
    assert_int_equal(sp_space_map(&space, VA + PAGE(64), NS_DRAM_BASE, 2, SP_SPACE_RW | TABLES_NS),
                     0);
    assert_null(sp_space_to_spmc(&space, VA + PAGE(64), 1, true)); // the normal world's
    assert_int_equal(sp_space_perm_set(&space, VA + PAGE(4), 1, FFA_PERM_NONE), 0);
    assert_null(sp_space_to_spmc(&space, VA + PAGE(4), 1, false));
    assert_int_equal(
        sp_space_map(&space, VA + PAGE(80), spmc_mm_pa(apart) + PAGE(1), 1, SP_SPACE_RW), 0);
    assert_int_equal(sp_space_map(&space, VA + PAGE(81), spmc_mm_pa(apart), 1, SP_SPACE_RW), 0);
    assert_non_null(sp_space_to_spmc(&space, VA + PAGE(80), 1, true));
    assert_null(sp_space_to_spmc(&space, VA + PAGE(80), 2, true)); // the wrong way round
}

static void destruction_wipes_and_returns_everything(void **state)
{
    uint8_t *other = page_pool_take(6, 1);
    unsigned int drops = fake_tlb_drops;

    (void)state;
    memset(other, 6, PAGE_SIZE);
    assert_int_equal(page_pool_free_count(), POOL_PAGES - 1 - 9 - 3); // memory, three tables
    sp_space_destroy(&space);
    assert_true(fake_tlb_drops > drops);
    assert_int_equal(page_pool_free_count(), POOL_PAGES - 1);
    for (size_t i = 0; i < 8 * PAGE_SIZE; i++) {
        assert_int_equal(memory[i], 0);
    }
    assert_int_equal(other[0], 6);
    assert_int_equal(space.ttbr0, 0);
    sp_space_destroy(&space); // nothing left: nothing happens
    assert_int_equal(page_pool_free_count(), POOL_PAGES - 1);
}

static void an_empty_pool_makes_no_space(void **state)
{
    struct sp_space second;

    (void)state;
    assert_non_null(page_pool_take(9, page_pool_free_count()));
    assert_int_equal(sp_space_create(&second, 7), ERR_NO_MEMORY);
    sp_space_destroy(&second);
    assert_int_equal(page_pool_free_count(), 0);
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
        cmocka_unit_test(a_full_window_refuses_and_recovers),
        cmocka_unit_test(the_end_of_boot_takes_the_handoff_away),
        cmocka_unit_test_setup(pages_of_a_partition_have_its_asid_and_exact_rights, fresh_space),
        cmocka_unit_test_setup(pages_of_another_owner_cannot_be_mapped, fresh_space),
        cmocka_unit_test_setup(permissions_read_back_as_ffa_values, fresh_space),
        cmocka_unit_test_setup(every_permission_can_be_set_and_keeps_the_other_attributes,
                               fresh_space),
        cmocka_unit_test_setup(adding_execution_makes_what_was_written_fetchable, fresh_space),
        cmocka_unit_test_setup(setting_permissions_is_all_or_nothing, fresh_space),
        cmocka_unit_test_setup(illegal_permission_requests_are_refused, fresh_space),
        cmocka_unit_test_setup(memory_named_by_address_keeps_what_the_manifest_gave, fresh_space),
        cmocka_unit_test_setup(buffers_must_be_the_partitions_own_contiguous_memory, fresh_space),
        cmocka_unit_test_setup(destruction_wipes_and_returns_everything, fresh_space),
        cmocka_unit_test_setup(an_empty_pool_makes_no_space, fresh_space),
    };

    return cmocka_run_group_tests(tests, group_setup, NULL);
}
