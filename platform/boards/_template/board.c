// SPDX-License-Identifier: BSD-3-Clause
//
// Template of a board, the part of every image: struct board, console, boot storage, the end after
// a fatal error. Contracts in platform/include/platform.h. It builds, but no machine is like this.
#include "board.h"

#include "barrier.h"
#include "bits.h"
#include "board_check.h" // the map in board.h holds together, or this file does not compile
#include "platform.h"
#include "string.h"
#include "uart.h"

// MPIDR_EL1 affinity fields in the order in which your firmware shall number the cores; the first
// one boots. core_index() in assembly searches this array, so it has this name on every board.
const uint64_t board_core_mpidrs[BOARD_CORE_MAX] = { 0x000, 0x001, 0x100, 0x101 };

// The power domain above each core
static const uint8_t core_clusters[BOARD_CORE_MAX] = { 0, 0, 1, 1 };

const struct board board = {
    .name = "_template", // for the console
    // Ascending, not overlapping. BL1 maps all devices, BL2 and the SPMC the secure ones. A device
    // that the normal world can reach too is REGION_NS_DEVICE; one that a partition's manifest may
    // ask for (and nobody else uses) is REGION_SP_DEVICE. Last, and inside of the DRAM: what of it a
    // partition may have beside the normal world.
    .regions = { { "flash query", FLASH_QUERY_BASE, FLASH_QUERY_SIZE, REGION_SP_DEVICE_RO },
                 { "boot flash", FLASH_QUERY_BASE + FLASH_QUERY_SIZE,
                   FLASH_STORAGE_BASE - FLASH_QUERY_BASE - FLASH_QUERY_SIZE, REGION_SECURE_FLASH },
                 { "partition storage", FLASH_STORAGE_BASE, FLASH_STORAGE_SIZE, REGION_SP_DEVICE },
                 { "boot flash", FLASH_STORAGE_BASE + FLASH_STORAGE_SIZE,
                   FLASH_BASE + FLASH_SIZE - FLASH_STORAGE_BASE - FLASH_STORAGE_SIZE,
                   REGION_SECURE_FLASH },
                 { "secure RAM", SECURE_RAM_BASE, SECURE_RAM_SIZE, REGION_SECURE_RAM },
                 { "GIC", GICD_BASE, 0x01000000, REGION_NS_DEVICE },
                 { "UART", UART_NS_BASE, 0x1000, REGION_NS_DEVICE },
                 { "secure UART", UART_SECURE_BASE, 0x1000, REGION_SECURE_DEVICE },
                 { "DRAM", NS_DRAM_BASE, 0x80000000, REGION_NS_RAM }, // the most there can be
                 { "TPM", NS_TPM_CRB_BASE, NS_TPM_CRB_SIZE, REGION_SP_NS_RAM } },
    // clock_hz 0 if somebody before BL1 has set the divisors
    .console = { .base = UART_SECURE_BASE, .clock_hz = 24000000, .baud = 115200 },
    // Both kinds may be named: which one it is, the core tells
    .gicd_base = GICD_BASE,
    .gicc_base = GICC_BASE,
    .gicr_base = GICR_BASE,
    .gicr_stride = GICR_STRIDE,
    .core_mpidrs = board_core_mpidrs,
    .core_max = BOARD_CORE_MAX,
    .core_clusters = core_clusters,
    .power_abilities = 0,
    .timer_hz = 25000000, // what drives the system counter, for CNTFRQ_EL0
    .soc_id = BOARD_SOC_ID,
    .soc_revision = 0,
    // What a core may do when it is idle, and what that costs on this board
    .idle_states = { { "cpu-standby", 0x00000000, 1, 1, 10 },
                     { "cpu-sleep", 0x00010000, 300, 1200, 2000 } },
    .storage_fip_offset = FLASH_FIP_A_OFFSET,
    .storage_fip_size = FLASH_FIP_A_SIZE,
    // What EL3 maps to reach it, here its page of the flash; fuses behind a secure device: both 0
    .otp_base = FLASH_BASE + FLASH_OTP_OFFSET,
    .otp_size = FLASH_OTP_SIZE,
};

// First call of every image. Whatever the console needs before it (clocks, pins) belongs here.
void plat_early_init(void)
{
    uart_init(&board.console);
}

// For storage that is no memory: read through its driver, and keep the check.
int plat_storage_read(uint64_t offset, void *buf, size_t len)
{
    if (!range_inside(offset, len, 0, FLASH_SIZE)) {
        return ERR_RANGE;
    }
    memcpy(buf, (const void *)(uintptr_t)(FLASH_BASE + offset), len);
    return ERR_NONE;
}

// The template has no way to switch itself off or to reset: it stops. A product would rather reset
// through its watchdog; never return, and never leave a machine that looks as if it ran.
void plat_fatal(void)
{
    uart_flush(&board.console);
    for (;;) {
        wfi();
    }
}
