// SPDX-License-Identifier: BSD-3-Clause
//
// BL2 in boot order: own map, console, what BL1 left, what the machine is like, entropy, then every
// image of the FIP, verified and measured, into its region, and on to BL31 through BL1. Any failure has
// printed a line that says what and why, and ends in bl2_trust_refuse().
#include "bl2_private.h"

#include "bits.h"
#include "board.h"
#include "common_map.h"
#include "log.h"
#include "mmu.h"
#include "panic.h"
#include "platform.h"
#include "string.h"
#include "tables.h"

// Level 1; level 2 of 0–1 GiB and of DRAM; level 3 of the FIP's ends, of both ends of the regions
// in secure RAM, of BL2, of the devices, of the device tree; two to spare for boards that spread
// these further
#define TABLE_PAGES 12
#define SEED_SIZE 32 // as much as SHA-256 keeps apart

extern const char __text_start[], __text_end[], __rodata_start[], __rodata_end[], __data_start[],
    __rw_end[], __stack_start[], __stack_end[]; // bl2.ld.S

static uint64_t table_pages[TABLE_PAGES][TABLES_ENTRIES]
    __attribute__((aligned(PAGE_SIZE), section(".tables")));
static struct tables_fixed table_pool = { table_pages, TABLE_PAGES, 0 };
static struct tables tables = { .pool = { .alloc = tables_fixed_alloc, .ctx = &table_pool } };
static struct fip fip;
static struct bl2_config config;
static struct handoff *const handoff = (struct handoff *)HANDOFF_BASE;

static const struct common_map_row map_rows[] = {
    { FLASH_BASE + FLASH_FIP_A_OFFSET, FLASH_BASE + FLASH_FIP_A_OFFSET + FLASH_FIP_A_SIZE,
      TABLES_EL1_RODATA },
    { BL31_BASE, BL31_BASE + BL31_SIZE, TABLES_EL1_DATA },
    { SPMC_BASE, SPMC_BASE + SPMC_SIZE, TABLES_EL1_DATA },
    { HANDOFF_BASE, HANDOFF_BASE + HANDOFF_SIZE, TABLES_EL1_DATA },
    { BOOT_PARAMS_BASE, BOOT_PARAMS_BASE + BOOT_PARAMS_SIZE, TABLES_EL1_DATA },
    { EVENT_LOG_BASE, EVENT_LOG_BASE + EVENT_LOG_SIZE, TABLES_EL1_DATA },
    { TB_FW_CONFIG_BASE, TB_FW_CONFIG_BASE + TB_FW_CONFIG_SIZE, TABLES_EL1_DATA },
    { SP_PKG_BASE, SP_PKG_BASE + SP_PKG_SIZE, TABLES_EL1_DATA },
    { (uintptr_t)__text_start, (uintptr_t)__text_end, TABLES_EL1_CODE },
    { (uintptr_t)__rodata_start, (uintptr_t)__rodata_end, TABLES_EL1_RODATA },
    { (uintptr_t)__data_start, (uintptr_t)__rw_end, TABLES_EL1_DATA },
    { (uintptr_t)__stack_start, (uintptr_t)__stack_end, TABLES_EL1_DATA },
    { HW_DTB_BASE, HW_DTB_BASE + HW_DTB_SIZE, TABLES_EL1_DATA | TABLES_NS },
    { NS_EVENT_LOG_BASE, NS_EVENT_LOG_BASE + NS_EVENT_LOG_SIZE, TABLES_EL1_DATA | TABLES_NS },
    { BL33_BASE, BL33_BASE + BL33_SIZE, TABLES_EL1_DATA | TABLES_NS },
};

// One to one. What is not mapped cannot be reached: BL1's data, the GIC, the guard page below the
// stack. Nothing that is loaded is executable here.
static void map_and_enable(void)
{
    int result = tables_init(&tables);

    if (result == ERR_NONE) {
        result = common_map_rows(&tables, map_rows, ARRAY_COUNT(map_rows));
    }
    if (result == ERR_NONE) {
        result =
            common_map_regions(&tables, COMMON_MAP_KIND(REGION_SECURE_DEVICE), TABLES_EL1_DEVICE);
    }
    if (result != ERR_NONE) {
        log_error("own memory map: error %d", result);
        bl2_trust_refuse();
    }
    mmu_enable_el1(&tables);
}

static void begin_handoff(void)
{
    struct board_info *info = &handoff->board;

    memset(handoff, 0, HANDOFF_SIZE);
    handoff->magic = HANDOFF_MAGIC;
    handoff->version = HANDOFF_VERSION;
    handoff->size = sizeof(*handoff);
    if (plat_discover(info) != ERR_NONE) {
        bl2_trust_refuse();
    }
    log_info("%u core%s, DRAM 0x%llx, %llu MiB", info->core_count, info->core_count == 1 ? "" : "s",
             (unsigned long long)info->dram_base, (unsigned long long)(info->dram_size >> 20));
    if (!range_inside(BL33_BASE, BL33_SIZE, info->dram_base, info->dram_size) ||
        !range_inside(NS_EVENT_LOG_BASE, NS_EVENT_LOG_SIZE, info->dram_base, info->dram_size) ||
        !range_inside(NS_TPM_CRB_BASE, NS_TPM_CRB_SIZE, info->dram_base, info->dram_size)) {
        log_error("DRAM must hold BL33's region, 0x%x bytes at 0x%x, the event log's at 0x%x, and "
                  "the TPM's at 0x%x",
                  BL33_SIZE, BL33_BASE, NS_EVENT_LOG_BASE, NS_TPM_CRB_BASE);
        bl2_trust_refuse();
    }
}

static void fill_entropy(void)
{
    uint8_t seed[SEED_SIZE];

    if (plat_entropy(seed, sizeof(seed)) != ERR_NONE) {
        log_error("entropy: the board must have a secure seed or a random number instruction");
        bl2_trust_refuse();
    }
    if (bl2_entropy_expand(seed, sizeof(seed), handoff->entropy, HANDOFF_ENTROPY_SIZE) !=
        ERR_NONE) {
        log_error("entropy: SHA-256 failed");
        bl2_trust_refuse();
    }
    memory_wipe(seed, sizeof(seed));
}

static void read_config(struct load_context *context)
{
    struct bl2_config_fault fault;
    int result = bl2_load_row(context, &bl2_images[0], handoff);

    if (result == ERR_NONE) {
        result = bl2_config_decode((const void *)(uintptr_t)handoff->config.base,
                                   handoff->config.size, &config, &fault);
        if (result != ERR_NONE) {
            log_error("TB_FW_CONFIG: %s: %s", fault.where, fault.rule);
        }
    }
    if (result != ERR_NONE) {
        bl2_trust_refuse();
    }
}

static void load_everything(struct load_context *context)
{
    int result = bl2_load_check_known(&fip, &config, context->chain->policy->chain);

    for (size_t i = 1; result == ERR_NONE && i < bl2_image_count; i++) {
        result = bl2_load_row(context, &bl2_images[i], handoff);
    }
    if (result == ERR_NONE) {
        result = bl2_load_packages(context, &config, handoff);
    }
    if (result != ERR_NONE) {
        bl2_trust_refuse();
    }
}

void bl2_main(void)
{
    struct load_context *context;
    uint64_t canary = 0;

    plat_early_init();
    map_and_enable();
    context = bl2_trust_begin(&fip);
    begin_handoff();
    fill_entropy();
    if (handoff_take_entropy(handoff, &canary, sizeof(canary)) == ERR_NONE) {
        panic_set_canary(canary); // bl2_main never returns, so nobody compares with the old one
    }
    if (load_open(&fip) != ERR_NONE) {
        bl2_trust_refuse();
    }
    read_config(context);
    load_everything(context);
    bl2_trust_finish(handoff, &config);
    bl2_trust_run_bl31(handoff, &config);
}
