// SPDX-License-Identifier: BSD-3-Clause
//
// GICv2 (IHI0048) as seen from EL3; called by gic.c only, contracts in gic.h. The CPU interface
// signals group 0 as FIQ.
#include "barrier.h"
#include "gic_private.h"
#include "mmio.h"
#include "platform.h"

#define GICD_SGIR 0xf00 // bits 25:24 = 0: to the targets in 23:16; bit 15 = 0: as group 0
#define GICD_SGIR_TARGET_SHIFT 16

#define GICC_CTLR 0x000
#define GICC_CTLR_GROUP0 BIT(0)
#define GICC_CTLR_FIQ_ENABLE BIT(3)    // group 0 as FIQ
#define GICC_CTLR_BYPASS_DISABLE 0x1e0 // no bypass lines for either group
#define GICC_PMR 0x004
#define GICC_IAR 0x00c
#define GICC_EOIR 0x010

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

int gicv2_init_core(void)
{
    gic_reset_private(board.gicd_base);
    mmio_write32(board.gicc_base + GICC_PMR, GIC_PRIORITY_ALL);
    mmio_write32(board.gicc_base + GICC_CTLR,
                 GICC_CTLR_GROUP0 | GICC_CTLR_FIQ_ENABLE | GICC_CTLR_BYPASS_DISABLE);
    return ERR_NONE;
}

// The banked registers of the other cores are out of reach: each sets its own up before it sleeps
// (bl1_park.S).
int gicv2_init_parking(void)
{
    mmio_write32(board.gicd_base + GICD_CTLR, GICD_CTLR_GROUP0);
    return ERR_NONE;
}

void gicv2_send_sgi(uint32_t index, uint32_t id)
{
    mmio_write32(board.gicd_base + GICD_SGIR, (1u << (GICD_SGIR_TARGET_SHIFT + index)) | id);
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
