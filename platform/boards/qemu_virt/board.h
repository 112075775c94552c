// SPDX-License-Identifier: BSD-3-Clause
//
// QEMU `virt` (aarch64, secure=on): every address the linker scripts, assembly and C of all images use.
// Checked at build time for overlap and size in board.c and in the linker scripts.
#ifndef BOARD_H
#define BOARD_H

#define BOARD_CORE_MAX 8
// QEMU has no JEP-106 code: bank and code 0 are nobody's; 1: virt. One line, hexadecimal: the build reads it, too
#define BOARD_SOC_ID 0x00000001

/*
 * Secure flash, 64 MiB at 0x0 (QEMU pflash bank 0)
 *
 *   0x0000_0000 ┌──────────────────────────┐
 *               │ BL1 (executed in place)  │ 512 KiB
 *   0x0008_0000 ├──────────────────────────┤
 *               │ FWU metadata (reserved)  │ 512 KiB
 *   0x0010_0000 ├──────────────────────────┤
 *               │ FIP, bank A              │  15 MiB
 *   0x0100_0000 ├──────────────────────────┤
 *               │ FIP, bank B (reserved)   │  16 MiB
 *   0x0200_0000 ├──────────────────────────┤
 *               │ partition storage        │   4 MiB  programmed and erased while the system runs
 *   0x0240_0000 ├──────────────────────────┤
 *               │ (reserved)               │  27 MiB
 *   0x03F0_0000 ├──────────────────────────┤
 *               │ OTP area, 4 KiB used     │   1 MiB
 *   0x0400_0000 └──────────────────────────┘
 */
#define FLASH_BASE 0x00000000
#define FLASH_SIZE 0x04000000
#define BL1_ROM_BASE 0x00000000
#define BL1_ROM_SIZE 0x00080000
#define FLASH_FIP_A_OFFSET 0x00100000
#define FLASH_FIP_A_SIZE 0x00f00000
#define FLASH_BLOCK_SIZE \
    0x00040000 // erased at once, both chips; where they have several sizes the largest
#define FLASH_QUERY_BASE \
    0x00000000 // where the chips show their query table (CFI); QEMU's there alone
#define FLASH_QUERY_SIZE 0x00001000
#define FLASH_STORAGE_OFFSET 0x02000000
#define FLASH_STORAGE_BASE 0x02000000 // FLASH_BASE + FLASH_STORAGE_OFFSET, for manifests
#define FLASH_STORAGE_SIZE 0x00400000
#define FLASH_OTP_OFFSET 0x03f00000
#define FLASH_OTP_SIZE 0x00001000

/*
 * Secure RAM, 16 MiB at 0x0E00_0000
 *
 *   0x0E00_0000 ┌──────────────────────────┐
 *               │ BL31                     │ 128 KiB
 *   0x0E02_0000 ├──────────────────────────┤
 *               │ SPMC                     │ 256 KiB
 *   0x0E06_0000 ├──────────────────────────┤
 *               │ hand-off BL2 → BL31/SPMC │   4 KiB
 *   0x0E06_1000 ├──────────────────────────┤
 *               │ core parking mailbox     │   4 KiB
 *   0x0E06_2000 ├──────────────────────────┤
 *               │ parameters BL1 → BL2     │   4 KiB
 *   0x0E06_3000 ├──────────────────────────┤
 *               │ event log                │   4 KiB
 *   0x0E06_4000 ├──────────────────────────┤
 *               │ record of the last crash │   4 KiB  survives a reset: nothing else may write here
 *   0x0E06_5000 ├──────────────────────────┤
 *               │ (free)                   │  44 KiB
 *   0x0E07_0000 ├──────────────────────────┤
 *               │ TB_FW_CONFIG             │  64 KiB
 *   0x0E08_0000 ├──────────────────────────┤
 *               │ partition packages       │   5 MiB
 *   0x0E58_0000 ├──────────────────────────┤
 *               │ page pool of the SPMC    │10.5 MiB ─┐ BL2 (1 MiB at 0x0EE0_0000) and BL1's data (1 MiB at
 *   0x0F00_0000 └──────────────────────────┘         ─┘ 0x0EF0_0000) live here until BL31 runs, then it is pool
 */
#define SECURE_RAM_BASE 0x0e000000
#define SECURE_RAM_SIZE 0x01000000
#define BL31_BASE 0x0e000000
#define BL31_SIZE 0x00020000
// Virtual, EL3: its stacks, each with a guard page below; nothing else of EL3 is mapped in this 64 KiB
#define BL31_ALIAS_BASE 0x0e100000
#define SPMC_BASE 0x0e020000
#define SPMC_SIZE 0x00040000
#define HANDOFF_BASE 0x0e060000
#define HANDOFF_SIZE 0x00001000
#define PARK_BASE 0x0e061000
#define PARK_SIZE 0x00001000
#define BOOT_PARAMS_BASE 0x0e062000
#define BOOT_PARAMS_SIZE 0x00001000
#define EVENT_LOG_BASE 0x0e063000
#define EVENT_LOG_SIZE 0x00001000
#define CRASH_BASE 0x0e064000
#define CRASH_SIZE 0x00001000
#define TB_FW_CONFIG_BASE 0x0e070000
#define TB_FW_CONFIG_SIZE 0x00010000
#define SP_PKG_BASE 0x0e080000
#define SP_PKG_SIZE 0x00500000
#define PAGE_POOL_BASE 0x0e580000
#define PAGE_POOL_SIZE 0x00a80000
#define BL2_BASE 0x0ee00000
#define BL2_SIZE 0x00100000
#define BL1_RW_BASE 0x0ef00000
#define BL1_RW_SIZE 0x00100000

/*
 * Normal-world DRAM from 0x4000_0000, 512 MiB … 4 GiB (its size is read from the device tree QEMU puts at its base)
 *
 *   0x4000_0000 device tree, 1 MiB
 *   0x4012_0000 copy of the event log for the normal world, 4 KiB
 *   0x4012_1000 command response buffers of the TPM, a page for each of its five localities: a partition has them too
 *   0x4800_0000 BL33, at most 32 MiB
 */
#define NS_DRAM_BASE 0x40000000
#define HW_DTB_BASE 0x40000000
#define HW_DTB_SIZE 0x00100000
#define NS_EVENT_LOG_BASE 0x40120000
#define NS_EVENT_LOG_SIZE 0x00001000
#define NS_TPM_CRB_BASE 0x40121000
#define NS_TPM_CRB_SIZE 0x00005000
#define BL33_BASE 0x48000000
#define BL33_SIZE 0x02000000

// Devices
#define GICD_BASE 0x08000000
#define GICC_BASE 0x08010000
#define GICR_BASE 0x080a0000
#define GICR_STRIDE 0x20000
#define UART_NS_BASE 0x09000000
#define RTC_BASE 0x09010000
#define UART_SECURE_BASE 0x09040000
#define GPIO_SECURE_BASE 0x090b0000 // PL061: pin 0 switches off, pin 1 resets

// Group 0 SGI that wakes a core from its parking place
#define PARK_SGI 15

#endif
