// SPDX-License-Identifier: BSD-3-Clause
//
// QEMU virt, the part of every image: struct board, console, boot storage, the end after a fatal
// error. The map in board.h is checked here, the images' own sizes in their linker scripts.
#include "board.h"

#include "barrier.h"
#include "bits.h"
#include "board_check.h"
#include "pl061.h"
#include "platform.h"
#include "string.h"
#include "uart.h"

#define GPIO_PIN_OFF 0

// QEMU numbers up to 8 cores of a cluster (GICv2) or 16 (GICv3) by Aff0
const uint64_t board_core_mpidrs[BOARD_CORE_MAX] = { 0, 1, 2, 3, 4, 5, 6, 7 };

// One cluster: nothing in QEMU's machine can be switched off for several cores at once
static const uint8_t core_clusters[BOARD_CORE_MAX] = { 0 };

const struct board board = {
    .name = "qemu_virt",
    .regions =
        {
            {"flash query", FLASH_QUERY_BASE, FLASH_QUERY_SIZE, REGION_SP_DEVICE_RO},
            {"secure flash", FLASH_QUERY_BASE + FLASH_QUERY_SIZE,
             FLASH_STORAGE_BASE - FLASH_QUERY_BASE - FLASH_QUERY_SIZE, REGION_SECURE_FLASH},
            {"partition storage", FLASH_STORAGE_BASE, FLASH_STORAGE_SIZE, REGION_SP_DEVICE},
            {"secure flash", FLASH_STORAGE_BASE + FLASH_STORAGE_SIZE,
             FLASH_BASE + FLASH_SIZE - FLASH_STORAGE_BASE - FLASH_STORAGE_SIZE,
             REGION_SECURE_FLASH},
            {"GIC", GICD_BASE, 0x01000000, REGION_NS_DEVICE},
            {"UART 0", UART_NS_BASE, 0x1000, REGION_NS_DEVICE},
            // QEMU lets both worlds reach it: good to show and test devices of partitions, not for a secret
            {"RTC", RTC_BASE, 0x1000, REGION_SP_DEVICE},
            {"secure UART", UART_SECURE_BASE, 0x1000, REGION_SECURE_DEVICE},
            {"secure GPIO", GPIO_SECURE_BASE, 0x1000, REGION_SECURE_DEVICE},
            {"secure RAM", SECURE_RAM_BASE, SECURE_RAM_SIZE, REGION_SECURE_RAM},
            {"DRAM", NS_DRAM_BASE, 0x100000000, REGION_NS_RAM},
            {"TPM", NS_TPM_CRB_BASE, NS_TPM_CRB_SIZE, REGION_SP_NS_RAM},
        },
    .console = {.base = UART_SECURE_BASE, .clock_hz = 24000000, .baud = 115200},
    .gicd_base = GICD_BASE,
    .gicc_base = GICC_BASE,
    .gicr_base = GICR_BASE,
    .gicr_stride = GICR_STRIDE,
    .core_mpidrs = board_core_mpidrs,
    .core_max = BOARD_CORE_MAX,
    .core_clusters = core_clusters,
    .power_abilities = BOARD_SYSTEM_SUSPEND | BOARD_WARM_RESET,
    .timer_hz = 0, // QEMU sets CNTFRQ_EL0 of every core at reset
    .soc_id = BOARD_SOC_ID,
    .soc_revision = 0,
    .idle_states =
        {
            {"cpu-standby", 0x00000000, 10, 10, 50}, // WFI at EL3
            {"cpu-sleep", 0x00010000, 100, 250, 1000}, // power down; an interrupt brings the core back
        },
    .storage_fip_offset = FLASH_FIP_A_OFFSET,
    .storage_fip_size = FLASH_FIP_A_SIZE,
    .otp_base = FLASH_BASE + FLASH_OTP_OFFSET,
    .otp_size = FLASH_OTP_SIZE,
};

void plat_early_init(void)
{
    uart_init(&board.console);
}

int plat_storage_read(uint64_t offset, void *buf, size_t len)
{
    if (!range_inside(offset, len, 0, FLASH_SIZE)) {
        return ERR_RANGE;
    }
    memcpy(buf, (const void *)(uintptr_t)(FLASH_BASE + offset), len);
    return ERR_NONE;
}

void plat_fatal(void)
{
    uart_flush(&board.console);
    pl061_drive_high(GPIO_SECURE_BASE, GPIO_PIN_OFF);
    for (;;) {
        wfi();
    }
}
