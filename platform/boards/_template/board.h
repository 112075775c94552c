// SPDX-License-Identifier: BSD-3-Clause
//
// Template of a board's constants: all names here are used by linker scripts, assembly or C of the
// images, and every board defines all of them. The numbers are of no real machine. Checked by
// platform/include/board_check.h and the linker scripts.
#ifndef BOARD_H
#define BOARD_H

// Most cores that a machine of this kind can have, ≤ 8 with a GICv2
#define BOARD_CORE_MAX 4
// Your JEP-106 bank << 24 | code << 16 | number of the SoC, for Linux's /sys/devices/soc0 and tokens' implementation
// id. One line, hexadecimal: the build reads it, too
#define BOARD_SOC_ID 0x00000000

/*
 * Boot storage, mapped as memory: it must be out of the normal world's reach. Whole pages.
 *
 *   0x0000_0000 ┌──────────────────────────┐
 *               │ BL1 (executed in place)  │ 512 KiB
 *   0x0008_0000 ├──────────────────────────┤
 *               │ (free)                   │ 512 KiB
 *   0x0010_0000 ├──────────────────────────┤
 *               │ FIP                      │  10 MiB
 *   0x00B0_0000 ├──────────────────────────┤
 *               │ partition storage        │   4 MiB  programmed and erased while the system runs
 *   0x00F0_0000 ├──────────────────────────┤
 *               │ OTP area, 4 KiB used     │   1 MiB  nothing ever erases it
 *   0x0100_0000 └──────────────────────────┘
 */
#define FLASH_BASE 0x00000000         // address of its first byte
#define FLASH_SIZE 0x01000000         // also the size of the flash.bin that the build makes
#define BL1_ROM_BASE 0x00000000       // the cores' reset address
#define BL1_ROM_SIZE 0x00080000       // most that BL1 may take there
#define FLASH_FIP_A_OFFSET 0x00100000 // where the FIP starts, from FLASH_BASE
#define FLASH_FIP_A_SIZE 0x00a00000   // most that it may take
#define FLASH_BLOCK_SIZE \
    0x00040000 // erased at once, all chips; where they have several sizes the largest
#define FLASH_QUERY_BASE 0x00000000 // where the chips show their query table (CFI)
#define FLASH_QUERY_SIZE 0x00001000
#define FLASH_STORAGE_OFFSET 0x00b00000 // what the storage partition has, in the largest blocks
#define FLASH_STORAGE_BASE 0x00b00000   // FLASH_BASE + FLASH_STORAGE_OFFSET, for manifests
#define FLASH_STORAGE_SIZE 0x00400000
#define FLASH_OTP_OFFSET \
    0x00f00000 // one-time-programmable memory; with fuses: where `make` puts their image
#define FLASH_OTP_SIZE 0x00001000

/*
 * Secure RAM: out of the normal world's reach, and of every DMA that the normal world can program
 *
 *   0x1000_0000 ┌──────────────────────────┐
 *               │ BL31                     │ 128 KiB  stays
 *   0x1002_0000 ├──────────────────────────┤
 *               │ SPMC                     │ 256 KiB  stays
 *   0x1006_0000 ├──────────────────────────┤
 *               │ hand-off BL2 → BL31/SPMC │   4 KiB
 *   0x1006_1000 ├──────────────────────────┤
 *               │ core parking mailbox     │   4 KiB
 *   0x1006_2000 ├──────────────────────────┤
 *               │ parameters BL1 → BL2     │   4 KiB
 *   0x1006_3000 ├──────────────────────────┤
 *               │ event log                │   4 KiB  stays
 *   0x1006_4000 ├──────────────────────────┤
 *               │ record of the last crash │   4 KiB  survives a reset: nothing else may write here
 *   0x1006_5000 ├──────────────────────────┤
 *               │ TB_FW_CONFIG             │  64 KiB
 *   0x1007_5000 ├──────────────────────────┤
 *               │ partition packages       │   5 MiB
 *   0x1057_5000 ├──────────────────────────┤
 *               │ page pool of the SPMC    │ ~10 MiB ─┐ BL2 and BL1's data live in its end
 *   0x1100_0000 └──────────────────────────┘         ─┘ until BL31 runs
 */
#define SECURE_RAM_BASE 0x10000000
#define SECURE_RAM_SIZE 0x01000000
#define BL31_BASE 0x10000000
#define BL31_SIZE 0x00020000
// Virtual, EL3: its stacks, each with a guard page below; nothing else of EL3 is mapped in this 64 KiB
#define BL31_ALIAS_BASE 0x10100000
#define SPMC_BASE 0x10020000
#define SPMC_SIZE 0x00040000
#define HANDOFF_BASE 0x10060000 // one page, struct handoff
#define HANDOFF_SIZE 0x00001000
#define PARK_BASE 0x10061000 // a 64-byte line for every core
#define PARK_SIZE 0x00001000
#define BOOT_PARAMS_BASE 0x10062000 // one page, struct boot_params
#define BOOT_PARAMS_SIZE 0x00001000
#define EVENT_LOG_BASE 0x10063000 // TCG event log, begun by BL1
#define EVENT_LOG_SIZE 0x00001000
#define CRASH_BASE 0x10064000
#define CRASH_SIZE 0x00001000
#define TB_FW_CONFIG_BASE 0x10065000
#define TB_FW_CONFIG_SIZE 0x00010000
#define SP_PKG_BASE 0x10075000 // all packages together, each on a page of its own
#define SP_PKG_SIZE 0x00500000
#define PAGE_POOL_BASE 0x10575000 // all memory of the partitions comes from here
#define PAGE_POOL_SIZE 0x00a8b000
#define BL2_BASE 0x10e00000
#define BL2_SIZE 0x00100000
#define BL1_RW_BASE 0x10f00000
#define BL1_RW_SIZE 0x00100000

/*
 * Normal-world DRAM. Only the first part has fixed places; how much there is, plat_discover says.
 *
 *   0x8000_0000 device tree for BL33
 *   0x8012_0000 copy of the event log for the normal world, 4 KiB
 *   0x8012_1000 command response buffers of the TPM, a page for each of its five localities: a partition has them too
 *   0x8800_0000 BL33, at most 32 MiB
 */
#define NS_DRAM_BASE 0x80000000
#define HW_DTB_BASE 0x80000000 // goes to BL33 in x0
#define HW_DTB_SIZE 0x00100000
#define NS_EVENT_LOG_BASE 0x80120000
#define NS_EVENT_LOG_SIZE 0x00001000
#define NS_TPM_CRB_BASE 0x80121000
#define NS_TPM_CRB_SIZE 0x00005000
#define BL33_BASE 0x88000000
#define BL33_SIZE 0x02000000

// Interrupt controller, GICv2 or GICv3; struct board holds 0 for the base that the board never has
#define GICD_BASE 0x20000000
#define GICC_BASE 0x20010000
#define GICR_BASE 0x20080000
#define GICR_STRIDE 0x20000 // 0x40000 with GICv4

// Consoles: the secure one is that of all Tessera images, the other one is the demo payload's
#define UART_NS_BASE 0x21000000
#define UART_SECURE_BASE 0x21010000

// Group 0 SGI (8–15) that wakes a core from its parking place
#define PARK_SGI 15

#endif
