// SPDX-License-Identifier: BSD-3-Clause
//
// First instructions of the SPMC on a core: from physical addresses with the MMU off to the linked addresses in the high
// half. The boot core comes in at spmc_entry, once; every other core (and the boot core, once it was off) comes in at
// spmc_entry_again, whenever PSCI CPU_ON starts it. Both trust BL31 for their registers.
#include "asm_macros.S"
#include "board.h"
#include "regs.h"
#include "asm_offsets.h"
#include "spmc_va.h"
#include "spmc_window.h"

#define BOOT_PAGES (SPMC_SIZE >> 12)

// The entry code's own tables are needed only until spmc_mm_init has made the final ones: they are in the first pages of
// what is the page pool afterwards
#define BOOT_L1 PAGE_POOL_BASE
#define BOOT_L2 (PAGE_POOL_BASE + 0x1000)
#define BOOT_L3 (PAGE_POOL_BASE + 0x2000)
#define BOOT_TABLES_SIZE 0x3000

// Page descriptors: normal write-back (MAIR index 1), inner shareable, accessed, secure
#define PAGE_BASE ((1 << 10) | (3 << 8) | (1 << 2) | 3)
#define PAGE_RX (PAGE_BASE | (2 << 6) | (1 << 54) | (1 << 50)) // read-only, UXN, guarded (BTI)
#define PAGE_RO (PAGE_BASE | (2 << 6) | (3 << 53))
#define PAGE_RW (PAGE_BASE | (3 << 53))

/*
 * In: x0 = physical address of the hand-off, x4 = linear core index; EL1h, MMU and caches off, DAIF masked.
 * Out: calls spmc_main(hand-off, core) at the linked address on the core's stack, then leaves to whom it returns.
 * void spmc_entry(uint64_t handoff_pa)
 */
    .section .text.entry, "ax", %progbits
    .global spmc_entry
    .type spmc_entry, %function
spmc_entry:
    mov x19, x0
    mov x20, x4
    msr daifset, #0xf
    adr_l x0, spmc_vectors_0 // a fault this early cannot be told on the console, but EL3 hears of it
    msr vbar_el1, x0
    isb

    // The image starts with cold caches but may have stale lines of whoever used this RAM before: BL2 cleaned and
    // invalidated what it wrote to the point of coherency; .bss is written here with the caches off, so invalidate
    // it first, or a stale dirty line could be evicted over it later.
    adr_l x0, __bss_start
    adr_l x1, __bss_end
    sub x1, x1, x0
    bl inv_range
    mov_imm x0, BOOT_L1
    mov x1, #BOOT_TABLES_SIZE
    bl inv_range
    adr_l x0, __bss_start
    adr_l x1, __bss_end
    bl zero_range
    mov_imm x0, BOOT_L1
    add x1, x0, #BOOT_TABLES_SIZE
    bl zero_range

    // Tables: one set serves both halves. L1[0] → L2 → L3: the pages of the image by section, and further up the stacks.
    // The L2 entries of both point to the same L3, in which their places are different (spmc_mm.c asserts it).
    mov_imm x21, BOOT_L1
    mov_imm x22, BOOT_L2
    mov_imm x23, BOOT_L3
    orr x0, x22, #3
    str x0, [x21, #(8 * (SPMC_BASE >> 30))]
    orr x0, x23, #3
    str x0, [x22, #(8 * ((SPMC_BASE >> 21) & 511))]
    str x0, [x22, #(8 * ((SPMC_WINDOW_BASE >> 21) & 511))]
    adr_l x0, spmc_stacks
    mov_imm x1, PAGE_RW
    orr x0, x0, x1
    add x1, x23, #(8 * ((SPMC_STACKS_BASE >> 12) & 511))
    mov x2, #BOARD_CORE_MAX
1:  str x0, [x1, #8] // the entry before it, the guard page, stays invalid
    add x1, x1, #16
    add x0, x0, #4096
    subs x2, x2, #1
    b.ne 1b
    mov_imm x0, SPMC_BASE
    add x23, x23, #(8 * ((SPMC_BASE >> 12) & 511))
    adr_l x1, __rodata_start
    adr_l x2, __data_start
    mov_imm x3, PAGE_RX
    mov_imm x4, PAGE_RO
    mov_imm x5, PAGE_RW
    mov x6, #BOOT_PAGES
2:  cmp x0, x1
    csel x7, x3, x4, lo
    cmp x0, x2
    csel x7, x7, x5, lo
    orr x7, x7, x0
    str x7, [x23], #8
    add x0, x0, #4096
    subs x6, x6, #1
    b.ne 2b
    dsb sy // the walker reads the tables from memory: they must be there before the MMU looks
    mov x25, #0
    b mmu_on

/*
 * In: x4 = linear core index; EL1h, MMU and caches off, DAIF masked. The boot core has finished spmc_main.
 * Out: calls spmc_core_start(core) at the linked address on the core's stack, then leaves to whom it returns.
 * Until the MMU is on nothing but code is read, which is in memory since BL2 cleaned it: what the other cores write is in
 * their caches. The final tables serve both halves: the linear map's indices are those of the physical addresses, so in
 * TTBR0 it is the identity map of this code, until spmc_mm_enter_core. The walker finds them coherently, wherever they are.
 * void spmc_entry_again(uint64_t zero, uint64_t zero, uint64_t zero, uint64_t zero, uint64_t core_index)
 */
    .global spmc_entry_again
    .type spmc_entry_again, %function
spmc_entry_again:
    mov x20, x4
    msr daifset, #0xf
    adr_l x0, spmc_vectors_0 // as above
    msr vbar_el1, x0
    isb
    adr_l x21, spmc_tables // the first one is the root
    mov x25, #1

// x19 = physical address of the hand-off (boot), x20 = core index, x21 = level 1 table, x25 = 0: boot, 1: again
mmu_on:
    mov_imm x0, MAIR_VALUE
    msr mair_el1, x0
    mrs x1, id_aa64mmfr0_el1 // physical address size as the core has it, at most 40 bits
    and x1, x1, #0xf
    mov x2, #2
    cmp x1, x2
    csel x1, x1, x2, lo
    mov_imm x0, SPMC_TCR
    orr x0, x0, x1, lsl #32 // TCR_EL1.IPS
    msr tcr_el1, x0
    msr ttbr0_el1, x21
    msr ttbr1_el1, x21
    tlbi vmalle1 // whatever a loader left for this regime
    ic iallu     // code was written as data
    dsb nsh
    isb
    mov_imm x0, SPMC_SCTLR
    mrs x1, id_aa64mmfr1_el1
    tst x1, #(0xf << 20) // FEAT_PAN
    b.ne 3f
    orr x0, x0, #SCTLR_SPAN // RES1 without PAN
3:  mrs x1, id_aa64isar1_el1
    mov x24, #0
    mov_imm x2, 0xff0 // APA, API
    tst x1, x2
    b.ne 4f
    mrs x1, s3_0_c0_c6_2 // ID_AA64ISAR2_EL1.APA3: QARMA3 (RES0 before it existed)
    tst x1, #(0xf << 12)
    b.eq 5f
4:  mov x24, #1
    mov_imm x2, (SCTLR_ENIA | SCTLR_ENIB | SCTLR_ENDA | SCTLR_ENDB)
    orr x0, x0, x2
5:  msr sctlr_el1, x0
    isb

    // High half. The link registers and addresses computed so far are physical: none is used from here on.
    ldr x16, =high_half
    br x16 // by x16: the landing pad is that of a call

LOCALFUNC high_half
    adr_l x0, spmc_vectors_0
    adr_l x1, spmc_vectors_1
    cmp x24, #0
    csel x0, x0, x1, eq
    msr vbar_el1, x0
    adr_l x0, spmc_cores
    mov x1, #CORE_SIZE
    madd x1, x20, x1, x0
    msr tpidr_el1, x1
    mov_imm x2, SPMC_STACKS_BASE
    add x3, x20, #1
    add x2, x2, x3, lsl #13 // SPMC_STACK_STRIDE: a guard page below 4 KiB of stack
    str x2, [x1, #CORE_STACK_TOP]
    mov sp, x2
    msr spsel, #1
    mov_imm x2, (3 << 20) // CPACR_EL1.FPEN: libfdt may use SIMD while there is no normal world yet
    msr cpacr_el1, x2
    msr cntkctl_el1, xzr // partitions see no timer registers
    msr tpidr_el0, xzr
    msr tpidrro_el0, xzr
    msr contextidr_el1, xzr
    isb
    mov x29, #0
    mov x30, #0
    cbnz x25, again
    mov_imm x2, SPMC_VA_OFFSET
    add x0, x19, x2
    bl spmc_main // (hand-off, core)
    b leave_first
again:
    cbz x24, 1f
    ldp x2, x3, [x1, #CORE_PAC_KEY] // drawn at boot
    msr APIAKEYLO_EL1_ENC, x2
    msr APIAKEYHI_EL1_ENC, x3
    isb
1:  mov x0, x1
    bl spmc_core_start
leave_first:
    mrs x1, tpidr_el1
    ldr x2, [x1, #CORE_STACK_TOP]
    mov sp, x2
    cbnz x24, 1f // callee-saved: still the answer to "has this core PAC"
    b spmc_leave_0
1:  ldp x2, x3, [x1, #CORE_PAC_KEY] // drawn in spmc_main, valid from here on: no signed address is on a stack
    msr APIAKEYLO_EL1_ENC, x2
    msr APIAKEYHI_EL1_ENC, x3
    isb
    b spmc_leave_1
ENDFUNC high_half

/*
 * Invalidates the data cache lines of [x0, x0 + x1) to the point of coherency. Clobbers x0 … x3. MMU off.
 */
LOCALFUNC inv_range
    add x1, x0, x1
    mrs x2, ctr_el0
    ubfx x2, x2, #16, #4
    mov x3, #4
    lsl x2, x3, x2 // line size in bytes
    sub x3, x2, #1
    bic x0, x0, x3
1:  dc ivac, x0
    add x0, x0, x2
    cmp x0, x1
    b.lo 1b
    dsb sy
    ret
ENDFUNC inv_range

/*
 * Zeroes [x0, x1), multiples of 16. Clobbers x0. MMU off.
 */
LOCALFUNC zero_range
1:  stp xzr, xzr, [x0], #16
    cmp x0, x1
    b.lo 1b
    ret
ENDFUNC zero_range

    .section .bss..stacks, "aw", %nobits
    .balign 4096
    .global spmc_stacks
spmc_stacks: // one page for each core; mapped at SPMC_STACKS_BASE only
    .space BOARD_CORE_MAX * 4096
