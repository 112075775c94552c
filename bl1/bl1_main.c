// SPDX-License-Identifier: BSD-3-Clause
//
// BL1, the boot ROM, in boot order: own map, console, parking of the other cores, BL2 out of the
// FIP, and down to it.
#include "bl1_private.h"

#include "auth.h"
#include "bits.h"
#include "board.h"
#include "common_map.h"
#include "common_park.h"
#include "fip_names.h"
#include "gic.h"
#include "load.h"
#include "log.h"
#include "mmu.h"
#include "platform.h"
#include "regs.h"
#include "tables.h"

// Level 1; level 2 of 0–1 GiB; level 3 of flash, of the hand-off and mailbox pages, of BL2 and
// BL1's own RAM, of the devices; three to spare for boards that spread these further
#define TABLE_PAGES 8

extern const char __text_start[], __text_end[], __rodata_start[], __data_start[], __rw_end[],
    __stack_start[], __stack_end[]; // bl1.ld.S

static uint64_t table_pages[TABLE_PAGES][TABLES_ENTRIES]
    __attribute__((aligned(PAGE_SIZE), section(".tables")));
static struct tables_fixed table_pool = { table_pages, TABLE_PAGES, 0 };
static struct tables tables = { .pool = { .alloc = tables_fixed_alloc, .ctx = &table_pool } };
static struct fip fip;

static const struct common_map_row map_rows[] = {
    { (uintptr_t)__text_start, (uintptr_t)__text_end, TABLES_EL3_CODE },
    { (uintptr_t)__rodata_start, BL1_ROM_BASE + BL1_ROM_SIZE, TABLES_EL3_RODATA },
    { FLASH_BASE + FLASH_FIP_A_OFFSET, FLASH_BASE + FLASH_FIP_A_OFFSET + FLASH_FIP_A_SIZE,
      TABLES_EL3_RODATA },
    { (uintptr_t)__data_start, (uintptr_t)__rw_end, TABLES_EL3_DATA },
    { (uintptr_t)__stack_start, (uintptr_t)__stack_end, TABLES_EL3_DATA },
    { BL2_BASE, BL2_BASE + BL2_SIZE, TABLES_EL3_DATA },
    { HANDOFF_BASE, HANDOFF_BASE + HANDOFF_SIZE, TABLES_EL3_RODATA },
    { PARK_BASE, PARK_BASE + PARK_SIZE, TABLES_EL3_DATA },
};

// One to one. What is not mapped cannot be reached: BL31's and the SPMC's places, DRAM, the guard
// page below the stack.
static void map_and_enable(void)
{
    int result = tables_init(&tables);

    if (result == ERR_NONE) {
        result = common_map_rows(&tables, map_rows, ARRAY_COUNT(map_rows));
    }
    if (result == ERR_NONE) {
        result = common_map_regions(
            &tables, COMMON_MAP_KIND(REGION_SECURE_DEVICE) | COMMON_MAP_KIND(REGION_NS_DEVICE),
            TABLES_EL3_DEVICE);
    }
    if (result != ERR_NONE) {
        log_error("own memory map: error %d", result);
        plat_fatal();
    }
    mmu_enable_el3(&tables);
}

// Mailboxes first: the moment group 0 is on, a parked core that wakes up looks into its own.
static void park_others(void)
{
    int result = gic_detect();

    if (result == ERR_NONE) {
        common_park_clear();
        result = gic_init_parking();
    }
    if (result != ERR_NONE) {
        log_error("interrupt controller: error %d", result);
        plat_fatal();
    }
}

static void load_bl2(void)
{
    const struct load_row row = { "BL2", fip_names_get(IMAGE_TB_FW)->uuid, BL2_BASE, BL2_SIZE };
    uint64_t size;

    if (load_open(&fip) != ERR_NONE || load_image(&fip, &row, &size) != ERR_NONE) {
        plat_fatal(); // a line on the console has said why
    }
}

// CNTFRQ_EL0 says how fast the counter runs; only EL3 can write it, each core its own (the others:
// BL31).
static void set_timer_frequency(void)
{
    if (board.timer_hz != 0) {
        write_cntfrq_el0(board.timer_hz);
    }
}

void bl1_main(void)
{
    plat_early_init();
    set_timer_frequency();
    map_and_enable();
    log_info("Tessera on %s", board.name);
    log_warn("%s", auth_policy());
    park_others();
    load_bl2();
    bl1_enter_bl2(BL2_BASE);
}
