// SPDX-License-Identifier: BSD-3-Clause
//
// EL3's map: one to one but for the cores' own pages, what BL31 needs and nothing else, no page writable and executable. The
// normal world's memory is not in it: EL3 never reads or writes there.
#include "bl31/bl31_private.h"
#include "log.h"
#include "platform.h"
#include "tlb.h"

// Root, one table for 0 … 1 GiB, and one for each 2 MiB that is mapped by pages: image and hand-off, UART and GPIO, OTP
#define MAP_PAGES 6

static uint64_t map_pages[MAP_PAGES][TABLES_ENTRIES]
    __attribute__((aligned(PAGE_SIZE), section(".bss..tables")));
static struct tables_fixed map_pool = { .pages = map_pages, .count = MAP_PAGES };

struct tables bl31_tables = {
    .pool = { .alloc = tables_fixed_alloc, .ctx = &map_pool },
};

struct core_memory bl31_core_pages[BOARD_CORE_MAX] __attribute__((section(".bss..cores")));

#define ALIAS_SIZE (BOARD_CORE_MAX * CORE_ALIAS_STRIDE)
_Static_assert(BL31_ALIAS_BASE >> 21 == BL31_BASE >> 21 &&
                   (BL31_ALIAS_BASE + ALIAS_SIZE - 1) >> 21 == BL31_BASE >> 21,
               "the alias of the cores' pages costs no table page: it is in the 2 MiB of BL31");

// MMU off, so no log: a map that does not fit was never tested, and nothing of it comes from outside.
static void map_at(uint64_t va, uint64_t pa, uint64_t size, uint64_t attrs)
{
    if (tables_map(&bl31_tables, va, pa, size, attrs) != ERR_NONE) {
        log_raw("BL31: a region of the board or of the image does not fit in EL3's map\n");
        plat_fatal();
    }
}

static void map(uint64_t base, uint64_t size, uint64_t attrs)
{
    map_at(base, base, size, attrs);
}

static void map_image(void)
{
    uintptr_t text = (uintptr_t)__text_start;
    uintptr_t rodata = (uintptr_t)__rodata_start;
    uintptr_t data = (uintptr_t)__data_start;
    uintptr_t cores = (uintptr_t)bl31_core_pages; // between the variables and the tables
    uintptr_t rest = cores + sizeof(bl31_core_pages);

    map(text, (uintptr_t)__text_end - text, TABLES_EL3_CODE);
    map(rodata, (uintptr_t)__rodata_end - rodata, TABLES_EL3_RODATA);
    map(data, cores - data, TABLES_EL3_DATA);
    for (uint32_t i = 0; i < BOARD_CORE_MAX; i++) {
        map_at((uintptr_t)bl31_core_memory(i), cores + i * sizeof(struct core_memory),
               sizeof(struct core_memory), TABLES_EL3_DATA);
    }
    map(rest, (uintptr_t)__image_end - rest, TABLES_EL3_DATA);
}

// Devices of the secure world, and the interrupt controller, which both worlds share. An address of 0 names nothing.
static bool is_device_of_el3(const struct board_region *region)
{
    const uint64_t gic[] = { board.gicd_base, board.gicc_base, board.gicr_base };

    for (unsigned int i = 0; i < ARRAY_COUNT(gic); i++) {
        if (gic[i] != 0 && range_inside(gic[i], 1, region->base, region->size)) {
            return true;
        }
    }
    return region->kind == REGION_SECURE_DEVICE;
}

void bl31_map(void)
{
    plat_early_init();
    if (tables_init(&bl31_tables) != ERR_NONE) {
        plat_fatal();
    }
    map_image();
    map(HANDOFF_BASE, HANDOFF_SIZE,
        TABLES_EL3_DATA); // written once: entropy that was taken is wiped
    map(PARK_BASE, PARK_SIZE, TABLES_EL3_DATA);
    map(CRASH_BASE, CRASH_SIZE, TABLES_EL3_DATA);
    for (const struct board_region *region = board.regions; region->size != 0; region++) {
        if (is_device_of_el3(region)) {
            map(region->base, region->size, TABLES_EL3_DEVICE);
        }
    }
}

int bl31_map_otp(void)
{
    int error = ERR_NONE;

    if (board.otp_size != 0) {
        error = tables_map(&bl31_tables, board.otp_base, board.otp_base, board.otp_size,
                           TABLES_EL3_DEVICE);
    }
    if (error == ERR_NONE) {
        error = plat_otp_open();
        if (error != ERR_NONE) {
            bl31_unmap_otp();
        }
    }
    return error;
}

void bl31_unmap_otp(void)
{
    if (board.otp_size != 0 &&
        tables_unmap(&bl31_tables, board.otp_base, board.otp_size) != ERR_NONE) {
        log_error("the OTP memory cannot be taken out of EL3's map");
        plat_fatal();
    }
    tlbi_all_el3(); // of every core: the parked ones use this map too
}
