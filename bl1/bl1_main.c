// SPDX-License-Identifier: BSD-3-Clause
//
// BL1, the boot ROM, in boot order: own map, console, what the OTP says, parking of the other cores,
// BL2 out of the FIP, verified and measured, and down to it.
#include "bl1_private.h"

#include "bits.h"
#include "board.h"
#include "common_map.h"
#include "common_park.h"
#include "gic.h"
#include "log.h"
#include "mmu.h"
#include "platform.h"
#include "regs.h"
#include "tables.h"

// Level 1; level 2 of 0–1 GiB; level 3 of flash, of the OTP, of the hand-off and its neighbours, of
// BL2 and BL1's own RAM, of the devices; three to spare for boards that spread these further
#define TABLE_PAGES 10

extern const char __text_start[], __text_end[], __rodata_start[], __data_start[], __rw_end[],
    __stack_start[], __stack_end[]; // bl1.ld.S

static uint64_t table_pages[TABLE_PAGES][TABLES_ENTRIES]
    __attribute__((aligned(PAGE_SIZE), section(".tables")));
static struct tables_fixed table_pool = { table_pages, TABLE_PAGES, 0 };
static struct tables tables = { .pool = { .alloc = tables_fixed_alloc, .ctx = &table_pool } };

// The OTP is not cached: what BL31 programmed before a warm reset is what is read
#define MAP_OTP (TABLES_NC | TABLES_RO | TABLES_EL3 | TABLES_UXN)

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
    { BOOT_PARAMS_BASE, BOOT_PARAMS_BASE + BOOT_PARAMS_SIZE, TABLES_EL3_DATA },
    { EVENT_LOG_BASE, EVENT_LOG_BASE + EVENT_LOG_SIZE, TABLES_EL3_DATA },
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
    if (result == ERR_NONE && board.otp_size != 0) {
        result = tables_map(&tables, board.otp_base, board.otp_base, board.otp_size, MAP_OTP);
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
        bl1_trust_refuse();
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
    bl1_trust_begin();
    park_others();
    bl1_trust_load_bl2();
    bl1_trust_run_bl2();
}
