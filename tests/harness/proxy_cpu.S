// SPDX-License-Identifier: BSD-3-Clause
//
// The proxy's processor state: MMU on, system registers by number (mailbox.h: MB_SYSREGS), FP and SVE registers to and
// from memory, timer and GIC CPU interface. Plain accessors for proxy_main.c and proxy_gic.c; any of them may take an
// exception on a core without the register, which the guard of proxy_entry.S reports.
#include "tests/harness/mailbox.h"

    .arch armv8.2-a+sve
    .text

    .macro func name
    .global \name
    .type \name, %function
    .balign 8
\name:
    .endm

#define MAIR 0xff00                     // 0: device nGnRnE, 1: normal write-back
// 39-bit space, 4 KiB granule, walks inner shareable and write-back, 40-bit physical addresses
#define TCR_COMMON ((25 << 0) | (1 << 8) | (1 << 10) | (3 << 12))
#define TCR_EL1 (TCR_COMMON | (1 << 23) | (2 << 32))
#define TCR_EL2 (TCR_COMMON | (2 << 16) | (1 << 23) | (1 << 31))
#define SCTLR_EL2_ON 0x30c5183d         // RES1 bits of EL2, I, SA, C, M
#define SCTLR_EL1_ON 0x30d0181d         // RES1 bits of EL1, I, SA, C, M

// void proxy_cpu_mmu_on(uint64_t *root): translation on at the current level; FP, SVE and timers not trapped there
func proxy_cpu_mmu_on
    mov     x2, #MAIR
    mrs     x1, currentel
    cmp     x1, #(2 << 2)
    b.eq    1f
    msr     mair_el1, x2
    ldr     x2, =TCR_EL1
    msr     tcr_el1, x2
    msr     ttbr0_el1, x0
    mov     x2, #((3 << 20) | (3 << 16))
    orr     x2, x2, #(3 << 24)          // FPEN, ZEN, SMEN
    msr     cpacr_el1, x2
    dsb     sy
    isb
    tlbi    vmalle1
    dsb     sy
    isb
    ldr     x2, =SCTLR_EL1_ON
    msr     sctlr_el1, x2
    isb
    ret
1:  msr     mair_el2, x2
    ldr     x2, =TCR_EL2
    msr     tcr_el2, x2
    msr     ttbr0_el2, x0
    mov     x2, #(1 << 31)              // HCR_EL2.RW: EL1 would be AArch64; nothing is routed or trapped
    msr     hcr_el2, x2
    mov     x2, #0x22ff                 // CPTR_EL2: RES1 bits but TZ and TSM; FP, SVE, SME not trapped
    msr     cptr_el2, x2
    mov     x2, #3
    msr     cnthctl_el2, x2             // timers of EL1 not trapped
    dsb     sy
    isb
    tlbi    alle2
    dsb     sy
    isb
    ldr     x2, =SCTLR_EL2_ON
    msr     sctlr_el2, x2
    isb
    ret

// uint64_t proxy_cpu_el(void)
func proxy_cpu_el
    mrs     x0, currentel
    lsr     x0, x0, #2
    ret

// uint64_t proxy_cpu_id(unsigned int which): identification registers in the order of proxy_main.c
func proxy_cpu_id
    adr     x1, 1f
    add     x1, x1, w0, uxtw #3
    br      x1
1:  mrs     x0, midr_el1
    ret
    mrs     x0, mpidr_el1
    ret
    mrs     x0, id_aa64pfr0_el1
    ret
    mrs     x0, id_aa64pfr1_el1
    ret
    mrs     x0, id_aa64isar0_el1
    ret
    mrs     x0, id_aa64isar1_el1
    ret
    mrs     x0, cntfrq_el0
    ret

#define READ(name, asm_name) mrs x0, asm_name; ret;
#define WRITE(name, asm_name) msr asm_name, x1; b 2f;

// uint64_t proxy_sysreg_read(unsigned int number), void proxy_sysreg_write(unsigned int number, uint64_t value)
func proxy_sysreg_read
    adr     x1, 1f
    add     x1, x1, w0, uxtw #3
    br      x1
1:  MB_SYSREGS(READ)

func proxy_sysreg_write
    adr     x2, 1f
    add     x2, x2, w0, uxtw #3
    br      x2
1:  MB_SYSREGS(WRITE)
2:  isb
    ret

// uint64_t proxy_cpu_pending(void): ISR_EL1, the interrupts that are pending at this core
func proxy_cpu_pending
    mrs     x0, isr_el1
    ret

// uint64_t proxy_cpu_counter(void)
func proxy_cpu_counter
    isb
    mrs     x0, cntpct_el0
    ret

// void proxy_timer_arm(uint64_t ticks), void proxy_timer_off(void): the physical timer of EL1
func proxy_timer_arm
    msr     cntp_tval_el0, x0
    mov     x1, #1
    msr     cntp_ctl_el0, x1
    isb
    ret

func proxy_timer_off
    msr     cntp_ctl_el0, xzr
    isb
    ret

// void proxy_cpu_wait(void): sleeps until an interrupt is pending (masked, so it is not taken)
func proxy_cpu_wait
    dsb     sy
    wfi
    ret

// void proxy_cpu_branch(uint64_t address)
func proxy_cpu_branch
    br      x0

// GICv3 CPU interface by its encodings: switch on for group 1, send an SGI (x0) to core 0.0.0.x1, acknowledge, end
func proxy_icc_init
    mrs     x0, currentel
    cmp     x0, #(2 << 2)
    b.ne    1f
    mov     x0, #0xf
    msr     s3_4_c12_c9_5, x0           // ICC_SRE_EL2: system registers, also for EL1
    isb
1:  mov     x0, #7
    msr     s3_0_c12_c12_5, x0          // ICC_SRE_EL1
    isb
    mov     x0, #0xff
    msr     s3_0_c4_c6_0, x0            // ICC_PMR_EL1: every priority
    mov     x0, #1
    msr     s3_0_c12_c12_7, x0          // ICC_IGRPEN1_EL1
    isb
    ret

func proxy_icc_sgi
    mov     x3, #1
    lsl     x3, x3, x1                  // bit of the target list
    orr     x3, x3, x0, lsl #24
    msr     s3_0_c12_c11_5, x3          // ICC_SGI1R_EL1
    isb
    dsb     sy
    ret

func proxy_icc_ack
    mrs     x0, s3_0_c12_c12_0          // ICC_IAR1_EL1
    dsb     sy
    ret

func proxy_icc_end
    msr     s3_0_c12_c12_1, x0          // ICC_EOIR1_EL1
    isb
    ret
