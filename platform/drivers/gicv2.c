// SPDX-License-Identifier: BSD-3-Clause
//
// GICv2 (IHI0048) as seen from EL3; called by gic.c only, contracts in gic.h. The CPU interface signals group 0 as FIQ.
// It never loses power on its own: what a core suspends, its interrupts' settings survive.
#include "barrier.h"
#include "gic_private.h"
#include "mmio.h"
#include "platform.h"

// Group 0 open, as FIQ; the normal world opens its group itself, in its own view of the register
#define INTERFACE_OWN (GICC_CTLR_GROUP0 | GICC_CTLR_FIQ_ENABLE | GICC_CTLR_BYPASS_DISABLE)

#define TARGET_CORE_0 0x01010101 // four interrupts

int gicv2_init_distributor(void)
{
    uint64_t gicd = board.gicd_base;
    uint32_t lines = GICD_TYPER_LINES(mmio_read32(gicd + GICD_TYPER));

    // Group 0 stays as it is: cores that BL1 parked may still be on their way out
    mmio_write32(gicd + GICD_CTLR, mmio_read32(gicd + GICD_CTLR) & ~GICD_CTLR_GROUP1);
    gic_reset_spis(gicd);
    for (uint32_t line = GIC_SPI_FIRST; line < lines && line < GIC_LINES_MAX; line += 4) {
        mmio_write32(gicd + GICD_ITARGETSR + line, TARGET_CORE_0);
    }
    mmio_write32(gicd + GICD_CTLR, GICD_CTLR_GROUP0 | GICD_CTLR_GROUP1);
    return ERR_NONE;
}

static void interface_open(uint32_t groups, uint32_t mask)
{
    mmio_write32(board.gicc_base + GICC_PMR, mask);
    mmio_write32(board.gicc_base + GICC_CTLR, INTERFACE_OWN | groups);
}

// The normal world may have left in the middle of an interrupt of its own: that one's priority would keep others out.
static void drop_normal_priority(void)
{
    for (uint32_t i = 0; i < GICC_NSAPR_WORDS; i++) {
        mmio_write32(board.gicc_base + GICC_NSAPR + 4 * i, 0);
    }
}

int gicv2_core_on(void)
{
    for (uint32_t id = 0; id < GIC_SGI_COUNT;
         id += 4) { // SGIs of all senders; GICD_ICPENDR leaves them
        mmio_write32(board.gicd_base + GICD_CPENDSGIR + id, UINT32_MAX);
    }
    gic_reset_private(board.gicd_base);
    drop_normal_priority();
    interface_open(0, GIC_PRIORITY_ALL);
    return ERR_NONE;
}

// The SPMC's interrupts are of the same group as EL3's: the mask keeps them out, SPIs that are sent here among them.
void gicv2_core_off(void)
{
    mmio_write32(board.gicd_base + GICD_ICENABLER, (uint32_t)~GIC_PRIVATE_EL3);
    interface_open(0, GIC_PRIORITY_OFF_MASK);
}

void gicv2_core_sleep(void)
{
    drop_normal_priority();
    interface_open(GICC_CTLR_GROUP1, GIC_PRIORITY_ALL);
}

int gicv2_core_wake(void)
{
    interface_open(0, GIC_PRIORITY_ALL);
    return ERR_NONE;
}

// The banked registers of the other cores are out of reach: each sets its own up before it sleeps (bl1_park.S).
int gicv2_init_parking(void)
{
    mmio_write32(board.gicd_base + GICD_CTLR, GICD_CTLR_GROUP0);
    return ERR_NONE;
}

void gicv2_send_sgi(uint32_t index, uint32_t id)
{
    mmio_write32(board.gicd_base + GICD_SGIR, (1u << (GICD_SGIR_TARGET_SHIFT + index)) | id);
}

// FIQ is group 0 only; EL3's comes before all others of it.
enum gic_owner gicv2_fiq_owner(void)
{
    uint32_t id = GIC_ID(mmio_read32(board.gicc_base + GICC_HPPIR));

    if (id == GIC_SGI_EL3) {
        return GIC_OWNER_EL3;
    }
    return id < GIC_SPURIOUS_FIRST ? GIC_OWNER_SECURE : GIC_OWNER_NONE;
}

uint32_t gicv2_acknowledge(void)
{
    uint32_t acknowledged = mmio_read32(board.gicc_base + GICC_IAR);

    dsb_sy(); // a mailbox in Normal memory is not read before the SGI that announces it was taken
    return acknowledged;
}

void gicv2_end(uint32_t acknowledged)
{
    mmio_write32(board.gicc_base + GICC_EOIR, acknowledged);
}
