// SPDX-License-Identifier: BSD-3-Clause
//
// BL1: code and constants stay in flash (executed in place), data goes to secure RAM. Pages of
// different rights never share a 4 KiB page; the stack has an unmapped page below it.
#include "bits.h"
#include "board.h"

#define BL1_STACK_SIZE 0x2000

ENTRY(bl1_reset)

MEMORY
{
    ROM (rx) : ORIGIN = BL1_ROM_BASE, LENGTH = BL1_ROM_SIZE
    RAM (rw) : ORIGIN = BL1_RW_BASE, LENGTH = BL1_RW_SIZE
}

SECTIONS
{
    .text : {
        __text_start = .;
        KEEP(*(.text.bl1_reset)) // at the reset vector
        *(.text .text.*)
        . = ALIGN(PAGE_SIZE);
        __text_end = .;
    } >ROM
    .rodata : {
        __rodata_start = .;
        *(.rodata .rodata.*)
        . = ALIGN(16);
    } >ROM
    .data : {
        __data_start = .;
        *(.data .data.*)
        . = ALIGN(16);
        __data_end = .;
    } >RAM AT>ROM
    __data_rom = LOADADDR(.data);
    __rom_end = LOADADDR(.data) + SIZEOF(.data);
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
        . += BL1_STACK_SIZE;
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

ASSERT(bl1_reset == BL1_ROM_BASE, "BL1 does not start at the reset vector")
ASSERT(__rom_end <= BL1_ROM_BASE + BL1_ROM_SIZE, "BL1 is larger than BL1_ROM_SIZE (board.h)")
ASSERT(__stack_end <= BL1_RW_BASE + BL1_RW_SIZE, "BL1 needs more RAM than BL1_RW_SIZE (board.h)")
