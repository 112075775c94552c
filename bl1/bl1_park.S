// SPDX-License-Identifier: BSD-3-Clause
//
// Parking place of the other cores, in ROM, without stack, with MMU and caches off. They sleep in
// WFI (a WFE or polling loop starves an emulator and heats silicon) until the primary sends the
// group 0 SGI PARK_SGI and has left an entry in the core's mailbox (common_park.h). What is in RAM
// after reset is unknown, the distributor's state is not: while its group 0 is off, no wake-up
// counts, and the mailbox is not looked at.
#include "asm_macros.S"
#include "board.h"
#include "regs.h"

#define MAILBOX_STRIDE 64
#define SPURIOUS_FIRST 1020

// GICv2 registers (IHI0048 4.3, 4.4), of the calling core
#define GICD_CTLR 0x000
#define GICD_IGROUPR0 0x080
#define GICD_ISENABLER0 0x100
#define GICC_CTLR 0x000
#define GICC_CTLR_PARK 0x1e9 // group 0 enabled, as FIQ, no bypass
#define GICC_PMR 0x004
#define GICC_IAR 0x00c
#define GICC_EOIR 0x010

// GICv3 (IHI0069 12.11), of the redistributor's first frame
#define GICR_TYPER 0x008
#define GICR_TYPER_LAST_BIT 4
#define GICR_WAKER 0x014
#define GICR_WAKER_SLEEP (1 << 1)
#define GICR_WAKER_ASLEEP_BIT 2
#define GICR_WAKE_POLLS 0x10000 // each is a device read of some ten nanoseconds; it takes a few

/*
 * bl1_park. In: x0 = index of the core, negative if the board does not know it. Leaves to the
 * mailbox's entry at EL3, MMU off, x0 = index; never returns. Registers: x19 index, x20 mailbox,
 * x21 GICD, x22 GICC, x23 ≠ 0: GICv3.
 */
FUNC bl1_park
    tbz x0, #63, 2f
1:  wfi // a core that no board list names is never started
    b 1b

2:  mov x19, x0
    mov_imm x20, PARK_BASE
    mov x1, #MAILBOX_STRIDE
    madd x20, x19, x1, x20
    mov_imm x21, GICD_BASE
    mov_imm x22, GICC_BASE
    mrs x23, id_aa64pfr0_el1
    ubfx x23, x23, #ID_AA64PFR0_GIC_SHIFT, #4
    mov w1, #0xff
    cbz x23, 3f

    // GICv3: our redistributor is awake before our CPU interface is set up (IHI0069: what is
    // written to the interface while it sleeps may be lost); the SGI in it is set up by the primary
    // (gic_init_parking)
    bl wake_redistributor
    mov x0, #(ICC_SRE_SRE | ICC_SRE_DFB | ICC_SRE_DIB | ICC_SRE_ENABLE)
    msr ICC_SRE_EL3_ENC, x0
    isb
    mov x1, #0xff
    msr ICC_PMR_EL1_ENC, x1
    mov x0, #1
    msr ICC_IGRPEN0_EL1_ENC, x0
    isb
    b bl1_sleep

    // GICv2: SGI PARK_SGI is group 0 and enabled in our bank of the distributor, and our CPU
    // interface lets it pass
3:  ldr w0, [x21, #GICD_IGROUPR0]
    bic w0, w0, #(1 << PARK_SGI)
    str w0, [x21, #GICD_IGROUPR0]
    mov w0, #(1 << PARK_SGI)
    str w0, [x21, #GICD_ISENABLER0]
    str w1, [x22, #GICC_PMR]
    mov w0, #GICC_CTLR_PARK
    str w0, [x22, #GICC_CTLR]
    b bl1_sleep
ENDFUNC bl1_park

// Finds the redistributor of this core by its affinity and ends its sleep. A core without one stays
// as it is: the primary reports that it does not arrive. Clobbers x0–x6.
LOCALFUNC wake_redistributor
    mov_imm x2, GICR_BASE
    mrs x3, mpidr_el1
    ubfx x4, x3, #32, #8 // Aff3
    and w3, w3, #0xffffff
    orr w3, w3, w4, lsl #24
1:  ldr x5, [x2, #GICR_TYPER]
    lsr x6, x5, #32
    cmp w6, w3
    b.eq 2f
    tbnz x5, #GICR_TYPER_LAST_BIT, 4f
    mov_imm x4, GICR_STRIDE
    add x2, x2, x4
    b 1b
2:  ldr w5, [x2, #GICR_WAKER]
    bic w5, w5, #GICR_WAKER_SLEEP
    str w5, [x2, #GICR_WAKER]
    mov x6, #GICR_WAKE_POLLS
3:  ldr w5, [x2, #GICR_WAKER]
    tbz w5, #GICR_WAKER_ASLEEP_BIT, 4f
    subs x6, x6, #1
    b.ne 3b
4:  ret
ENDFUNC wake_redistributor

// In: x19–x23 as above. Clobbers x0–x2.
LOCALFUNC bl1_sleep
1:  dsb sy // the device writes above have arrived before the core sleeps
    wfi
    ldr w0, [x21, #GICD_CTLR]
    tbz w0, #0, 1b

    // Take the SGI away, or the next WFI would not sleep. It needs no checking: the mailbox decides
    cbz x23, 2f
    mrs x0, ICC_IAR0_EL1_ENC
    dsb sy
    and x1, x0, #0xffffff
    cmp x1, #SPURIOUS_FIRST
    b.hs 3f
    msr ICC_EOIR0_EL1_ENC, x0
    isb
    b 3f
2:  ldr w0, [x22, #GICC_IAR]
    dsb sy // the mailbox is not read before the SGI was taken: different devices have no order
    and w1, w0, #0x3ff
    cmp w1, #SPURIOUS_FIRST
    b.hs 3f
    str w0, [x22, #GICC_EOIR]

3:  ldr x2, [x20]
    cbz x2, 1b
    str xzr, [x20] // one release, one start
    dsb sy
    ic iallu // the code at the entry was written since this core last fetched anything
    dsb sy
    isb
    mov x0, x19
    br x2
ENDFUNC bl1_sleep
