// SPDX-License-Identifier: BSD-3-Clause
//
// The proxy: linked and run where BL2 loads BL33. The build refuses sections that no line here places.
#include "board.h"

ENTRY(proxy_entry)

PHDRS
{
    text PT_LOAD FLAGS(5);
    rodata PT_LOAD FLAGS(4);
    data PT_LOAD FLAGS(6);
}

SECTIONS
{
    . = BL33_BASE;
    .text : { *(.text.entry) *(.text.vectors) *(.text .text.*) *(.plt .iplt) } :text
    . = ALIGN(4096);
    .rodata : { *(.rodata .rodata.*) *(.rela.*) } :rodata
    . = ALIGN(4096);
    .data : { *(.data .data.*) *(.got .got.plt .igot.plt) . = ALIGN(16); } :data
    .bss (NOLOAD) : ALIGN(16) {
        proxy_bss_start = .;
        *(.bss .bss.* COMMON)
        . = ALIGN(16);
        proxy_bss_end = .;
    } :data
    .noinit (NOLOAD) : ALIGN(16) { *(.noinit) } :data
    ASSERT(. <= BL33_BASE + BL33_SIZE, "proxy: too large for the BL33 region")

    .debug_info 0 : { *(.debug_info) } :NONE
    .debug_abbrev 0 : { *(.debug_abbrev) }
    .debug_aranges 0 : { *(.debug_aranges) }
    .debug_loclists 0 : { *(.debug_loclists) }
    .debug_rnglists 0 : { *(.debug_rnglists) }
    .debug_line 0 : { *(.debug_line) }
    .debug_line_str 0 : { *(.debug_line_str) }
    .debug_str 0 : { *(.debug_str) }
    .debug_frame 0 : { *(.debug_frame) }
    .symtab 0 : { *(.symtab) }
    .strtab 0 : { *(.strtab) }
    .shstrtab 0 : { *(.shstrtab) }
    /DISCARD/ : { *(.comment) *(.note*) *(.eh_frame*) *(.ARM.attributes) }
}
