// SPDX-License-Identifier: BSD-3-Clause
//
// The pictures in a board's board.h, as checks of the compiler: everything is whole pages,
// neighbours do not overlap, the last one fits. Included by the board's board.c alone; the linker
// scripts check that each image fits its region.
#ifndef BOARD_CHECK_H
#define BOARD_CHECK_H

#include "bits.h"
#include "board.h"

#define BOARD_END(name) (name##_BASE + name##_SIZE)
#define BOARD_CHECK_PAGES(name)                                                  \
    _Static_assert(name##_BASE % PAGE_SIZE == 0 && name##_SIZE % PAGE_SIZE == 0, \
                   #name " is not whole pages")
#define BOARD_CHECK_ORDER(low, high) \
    _Static_assert(BOARD_END(low) <= high##_BASE, #low " overlaps " #high)
#define BOARD_CHECK_INSIDE(inner, outer)                                                 \
    _Static_assert(inner##_BASE >= outer##_BASE && BOARD_END(inner) <= BOARD_END(outer), \
                   #inner " is not in " #outer)

// Boot storage
_Static_assert(BOARD_END(BL1_ROM) <= FLASH_BASE + FLASH_FIP_A_OFFSET, "BL1_ROM overlaps the FIP");
_Static_assert(FLASH_FIP_A_OFFSET + FLASH_FIP_A_SIZE <= FLASH_SIZE, "the FIP is not in the flash");
_Static_assert(FLASH_STORAGE_OFFSET >= FLASH_FIP_A_OFFSET + FLASH_FIP_A_SIZE,
               "the FIP overlaps the partition storage");
_Static_assert(FLASH_STORAGE_BASE == FLASH_BASE + FLASH_STORAGE_OFFSET, "one partition storage");
_Static_assert(FLASH_STORAGE_OFFSET % FLASH_BLOCK_SIZE == 0 &&
                   FLASH_STORAGE_SIZE % FLASH_BLOCK_SIZE == 0,
               "the partition storage is not whole blocks: who erases it erases its neighbours");
_Static_assert(FLASH_OTP_OFFSET >= FLASH_STORAGE_OFFSET + FLASH_STORAGE_SIZE,
               "the partition storage overlaps the OTP");
BOARD_CHECK_PAGES(FLASH_STORAGE);
BOARD_CHECK_PAGES(FLASH_QUERY);
BOARD_CHECK_INSIDE(FLASH_QUERY, FLASH);
_Static_assert(FLASH_OTP_OFFSET + FLASH_OTP_SIZE <= FLASH_SIZE, "the OTP area is not in the flash");
_Static_assert(FLASH_OTP_OFFSET % PAGE_SIZE == 0, "the OTP area does not start on a page");
_Static_assert(FLASH_OTP_SIZE == 4096, "the OTP area is not as long as its format (otp_format.h)");
BOARD_CHECK_PAGES(BL1_ROM);
BOARD_CHECK_PAGES(FLASH);

// Secure RAM
BOARD_CHECK_PAGES(BL31);
BOARD_CHECK_PAGES(SPMC);
BOARD_CHECK_PAGES(HANDOFF);
BOARD_CHECK_PAGES(PARK);
BOARD_CHECK_PAGES(BOOT_PARAMS);
BOARD_CHECK_PAGES(EVENT_LOG);
BOARD_CHECK_PAGES(CRASH);
BOARD_CHECK_PAGES(TB_FW_CONFIG);
BOARD_CHECK_PAGES(SP_PKG);
BOARD_CHECK_PAGES(PAGE_POOL);
BOARD_CHECK_PAGES(BL2);
BOARD_CHECK_PAGES(BL1_RW);
BOARD_CHECK_ORDER(BL31, SPMC);
BOARD_CHECK_ORDER(SPMC, HANDOFF);
BOARD_CHECK_ORDER(HANDOFF, PARK);
BOARD_CHECK_ORDER(PARK, BOOT_PARAMS);
BOARD_CHECK_ORDER(BOOT_PARAMS, EVENT_LOG);
BOARD_CHECK_ORDER(EVENT_LOG, CRASH);
BOARD_CHECK_ORDER(CRASH, TB_FW_CONFIG);
BOARD_CHECK_ORDER(TB_FW_CONFIG, SP_PKG);
BOARD_CHECK_ORDER(SP_PKG, PAGE_POOL);
BOARD_CHECK_ORDER(BL2, BL1_RW);
BOARD_CHECK_INSIDE(BL31, SECURE_RAM);
BOARD_CHECK_INSIDE(PAGE_POOL, SECURE_RAM);
BOARD_CHECK_INSIDE(BL2, PAGE_POOL); // both are gone before the pool is used
BOARD_CHECK_INSIDE(BL1_RW, PAGE_POOL);
_Static_assert(PARK_SIZE / CACHE_LINE_MAX >= BOARD_CORE_MAX, "a mailbox line for every core");

// Normal-world DRAM
BOARD_CHECK_PAGES(HW_DTB);
BOARD_CHECK_PAGES(NS_EVENT_LOG);
BOARD_CHECK_PAGES(NS_TPM_CRB);
BOARD_CHECK_PAGES(BL33);
BOARD_CHECK_ORDER(HW_DTB, NS_EVENT_LOG);
BOARD_CHECK_ORDER(NS_EVENT_LOG, NS_TPM_CRB);
BOARD_CHECK_ORDER(NS_TPM_CRB, BL33);
_Static_assert(NS_EVENT_LOG_SIZE >= EVENT_LOG_SIZE, "the normal world's copy of the log fits");
_Static_assert(NS_TPM_CRB_SIZE == 5 * PAGE_SIZE, "a page for each locality of the TPM");
_Static_assert(HW_DTB_BASE >= NS_DRAM_BASE, "the device tree is not in DRAM");

#endif
