// SPDX-License-Identifier: BSD-3-Clause
//
// BL31 in secure RAM, linked where it runs:  text │ rodata │ data, bss │ stack and struct core of every core │ tables
#include "board.h"

ENTRY(bl31_entry)

SECTIONS
{
    . = BL31_BASE;
    .text : {
        __text_start = .;
        KEEP(*(.text.entry)) // at the load address: BL1 enters there
        *(SORT_BY_ALIGNMENT(.text.*)) // vector tables (2 KiB aligned) together: one gap, not two
        *(.text)
        . = ALIGN(4096);
        __text_end = .;
    }
    .rodata : {
        __rodata_start = .;
        *(.rodata .rodata.*)
        . = ALIGN(4096);
        __rodata_end = .;
    }
    .data : {
        __data_start = .;
        *(.data .data.*)
        . = ALIGN(16);
        __data_end = .;
    }
    .bss (NOLOAD) : ALIGN(16) {
        __bss_start = .;
        *(.bss .bss.[a-zA-Z_]* COMMON) // small: shares the page of .data
    }
    .pages (NOLOAD) : ALIGN(4096) { // zeroed as .bss is
        *(.bss..cores) // two dots: no variable's own section has such a name
        *(.bss..tables)
        __bss_end = .;
    }
    __image_end = .;

    /DISCARD/ : { *(.comment) *(.note.*) *(.eh_frame) *(.ARM.attributes) *(.interp) *(.dynamic) }

    ASSERT(__image_end <= BL31_BASE + BL31_SIZE, "BL31 does not fit in its region")
    ASSERT(__data_end - __text_start <= 57344, "BL31: code and data are over their budget of 56 KiB")
}
