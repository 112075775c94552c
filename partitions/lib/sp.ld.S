/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Every partition: a static-PIE image of four page-aligned segments, relocated by the SPMC while it
 * loads it, at a base of its choice. picolibc, libgcc, libcrypto and libtpms have no BTI landing pads
 * (Debian builds them without): their text is a segment of its own; the segment with everything else is marked
 * SP_PF_GUARDED and becomes guarded pages.
 *
 *   text    R X guarded   the partition, partitions/lib, Mbed TLS …
 *   libc    R X           archives that were built without landing pads
 *   rodata  R             constants; those with addresses (.data.rel.ro, .got) are relocated before
 *   data    R W           .data, thread-local storage of the one thread, .bss
 */
#define SP_PAGE 0x1000
#define SP_PF_GUARDED 0x00100000 /* in PF_MASKOS; read by platform/lib/boot/elf_image.c */
#define SP_TP_SIZE 16            /* AAPCS64: thread-local storage follows the thread pointer */
#define SP_TLS_ALIGN 64

OUTPUT_FORMAT(elf64-littleaarch64)
OUTPUT_ARCH(aarch64)
ENTRY(_start)

/* The printf family without floating point */
vfprintf = __i_vfprintf;

PHDRS
{
    text PT_LOAD FLAGS(5 | SP_PF_GUARDED);
    libc PT_LOAD FLAGS(5);
    rodata PT_LOAD FLAGS(4);
    data PT_LOAD FLAGS(6);
    dynamic PT_DYNAMIC FLAGS(4);
    stack PT_GNU_STACK FLAGS(6);
}

SECTIONS
{
    . = 0;

    .text : {
        *(.text._start)
        *(EXCLUDE_FILE(*libc.a:* *libgcc.a:* *libcrypto.a:* *libtpms.a:*) .text EXCLUDE_FILE(*libc.a:* *libgcc.a:* *libcrypto.a:* *libtpms.a:*) .text.*)
    } :text

    . = ALIGN(SP_PAGE);
    .text_libc : {
        *(.text .text.*)
    } :libc

    . = ALIGN(SP_PAGE);
    .rodata : {
        *(.rodata .rodata.*)
    } :rodata
    .hash : { *(.hash .gnu.hash) } :rodata
    .dynsym : { *(.dynsym) } :rodata
    .dynstr : { *(.dynstr) } :rodata
    .rela.dyn : { *(.rela .rela.*) } :rodata
    .data.rel.ro : ALIGN(16) {
        *(.data.rel.ro .data.rel.ro.*)
    } :rodata
    .init_array : ALIGN(8) {
        sp_init_array_start = .;
        KEEP(*(SORT_BY_INIT_PRIORITY(.init_array.*)))
        KEEP(*(.init_array))
        sp_init_array_end = .;
    } :rodata
    .dynamic : { *(.dynamic) } :rodata :dynamic
    .got : { *(.got .got.plt) } :rodata
    .plt : { *(.plt .iplt) } :rodata
    ASSERT(SIZEOF(.plt) == 0, "a partition has no procedure linkage table")

    . = ALIGN(SP_PAGE);
    .data : {
        *(.data .data.*)
    } :data

    /* The initial values of thread-local storage are used in place: there is one thread. */
    .tp : ALIGN(SP_TLS_ALIGN) {
        . = . + SP_TLS_ALIGN - SP_TP_SIZE;
        sp_thread_pointer = .;
        QUAD(0)
        QUAD(0)
    } :data
    .tdata : ALIGN(SP_TLS_ALIGN) { *(.tdata .tdata.*) } :data
    .tbss : { *(.tbss .tbss.*) } :data
    .tbss_space (NOLOAD) : { . = . + SIZEOF(.tbss); } :data

    .bss : ALIGN(16) {
        *(.bss .bss.*)
        *(COMMON)
    } :data

    /DISCARD/ : {
        *(.interp .dynbss .note.* .comment .eh_frame* .fini_array* .preinit_array* .gnu.version*
          .ARM.attributes)
    }
}
