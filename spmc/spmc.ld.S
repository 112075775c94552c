// SPDX-License-Identifier: BSD-3-Clause
//
// The SPMC's image: linked at its high addresses, loaded at SPMC_BASE. RX, RO, RW each on pages of their own.
#include "board.h"
#include "spmc_va.h"

ENTRY(spmc_entry)

SECTIONS
{
    . = SPMC_BASE + SPMC_VA_OFFSET;
    .text : AT(SPMC_BASE) {
        __text_start = .;
        *(.text.entry)
        *(.text .text.*)
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
        *(.bss..stacks) // two dots: no variable's own section has such a name
        *(.bss..tables)
        __bss_end = .;
    }
    __image_end = .;

    /DISCARD/ : { *(.comment) *(.note*) *(.eh_frame*) *(.interp) *(.dynamic) }
}

ASSERT(__image_end - __text_start <= SPMC_SIZE, "SPMC: larger than SPMC_SIZE of board.h")
