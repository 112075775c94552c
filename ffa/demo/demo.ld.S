/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The demo: a BL33 image, linked where BL2 loads BL33 and run there. Code, constants and data are on
 * pages of their own.
 */
#include "board.h"

OUTPUT_FORMAT(elf64-littleaarch64)
OUTPUT_ARCH(aarch64)
ENTRY(demo_entry)

PHDRS
{
    text PT_LOAD FLAGS(5);
    rodata PT_LOAD FLAGS(4);
    data PT_LOAD FLAGS(6);
}

SECTIONS
{
    . = BL33_BASE;
    demo_text_start = .;
    .text : {
        KEEP(*(.text.demo_entry))
        *(.text .text.*)
    } :text
    . = ALIGN(4096);
    demo_rodata_start = .;
    .rodata : { *(.rodata .rodata.*) } :rodata
    . = ALIGN(4096);
    demo_data_start = .;
    .data : {
        *(.data .data.*)
        . = ALIGN(16);
    } :data
    .bss (NOLOAD) : ALIGN(16) {
        demo_bss_start = .;
        *(.bss .bss.* COMMON)
        . = ALIGN(4096);
        demo_bss_end = .;
    } :data
    demo_end = .;
    ASSERT(. <= BL33_BASE + BL33_SIZE, "demo: too large for the BL33 region")

    .debug_info 0 : { *(.debug_info) } :NONE
    .debug_abbrev 0 : { *(.debug_abbrev) }
    .debug_aranges 0 : { *(.debug_aranges) }
    .debug_loc 0 : { *(.debug_loc .debug_loclists) }
    .debug_ranges 0 : { *(.debug_ranges .debug_rnglists) }
    .debug_line 0 : { *(.debug_line) }
    .debug_line_str 0 : { *(.debug_line_str) }
    .debug_str 0 : { *(.debug_str) }
    .debug_frame 0 : { *(.debug_frame) }
    .symtab 0 : { *(.symtab) }
    .strtab 0 : { *(.strtab) }
    .shstrtab 0 : { *(.shstrtab) }
    /DISCARD/ : { *(.comment) *(.note*) *(.eh_frame*) *(.ARM.attributes)
        *(.got .got.plt .igot.plt .plt .iplt .rela*) }
}
