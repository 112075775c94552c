// SPDX-License-Identifier: BSD-3-Clause
//
// BL2: loaded by BL1 to BL2_BASE and run there. Pages of different rights never share a 4 KiB page;
// the stack has an unmapped page below it.
#include "bits.h"
#include "board.h"

#define BL2_STACK_SIZE 0x4000

ENTRY(bl2_entry)

MEMORY
{
    RAM (rwx) : ORIGIN = BL2_BASE, LENGTH = BL2_SIZE
}

SECTIONS
{
    .text : {
        __text_start = .;
        KEEP(*(.text.bl2_entry)) // BL1 enters at the first byte
        *(.text .text.*)
        . = ALIGN(PAGE_SIZE);
        __text_end = .;
    } >RAM
    .rodata : {
        __rodata_start = .;
        *(.rodata .rodata.*)
        . = ALIGN(PAGE_SIZE);
        __rodata_end = .;
    } >RAM
    .data : {
        __data_start = .;
        *(.data .data.*)
        . = ALIGN(16);
    } >RAM
    .bss (NOLOAD) : {
        __bss_start = .;
        *(.bss .bss.* COMMON)
        . = ALIGN(16);
        __bss_end = .;
    } >RAM
    // Not cleared by the entry code: tables_fixed_alloc clears each page when it is taken
    .tables (NOLOAD) : ALIGN(PAGE_SIZE) {
        *(.tables)
        . = ALIGN(PAGE_SIZE);
        __rw_end = .;
    } >RAM
    .stack (NOLOAD) : {
        . += PAGE_SIZE; // guard, not mapped
        __stack_start = .;
        . += BL2_STACK_SIZE;
        __stack_end = .;
    } >RAM
    .debug_info 0 : { *(.debug_info .debug_info.*) }
    .debug_abbrev 0 : { *(.debug_abbrev) }
    .debug_aranges 0 : { *(.debug_aranges) }
    .debug_rnglists 0 : { *(.debug_rnglists) }
    .debug_ranges 0 : { *(.debug_ranges) }
    .debug_loclists 0 : { *(.debug_loclists) }
    .debug_loc 0 : { *(.debug_loc) }
    .debug_line 0 : { *(.debug_line) }
    .debug_line_str 0 : { *(.debug_line_str) }
    .debug_str 0 : { *(.debug_str) }
    .debug_frame 0 : { *(.debug_frame) }
    /DISCARD/ : { *(.comment) *(.note*) *(.eh_frame*) *(.ARM.attributes) }
}

ASSERT(bl2_entry == BL2_BASE, "BL2 does not start at BL2_BASE (board.h)")
ASSERT(__stack_end <= BL2_BASE + BL2_SIZE, "BL2 is larger than BL2_SIZE (board.h)")
