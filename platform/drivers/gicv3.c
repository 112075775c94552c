// SPDX-License-Identifier: BSD-3-Clause
//
// GICv3 (IHI0069) as seen from EL3; called by gic.c only, contracts in gic.h. Affinity routing and
// system registers for all levels of both worlds.
#include "barrier.h"
#include "gic_private.h"
#include "mmio.h"
#include "platform.h"
#include "regs.h"

#define GICD_CTLR_ARE_S BIT(4)
#define GICD_CTLR_ARE_NS BIT(5)
#define GICD_CTLR_RWP BIT(31)
#define GICD_IGRPMODR 0xd00
#define GICD_IROUTER 0x6000

#define GICR_TYPER 0x0008 // bits 63:32 affinity, bit 4 last frame of the block
#define GICR_TYPER_LAST BIT(4)
#define GICR_WAKER 0x0014
#define GICR_WAKER_PROCESSOR_SLEEP BIT(1)
#define GICR_WAKER_CHILDREN_ASLEEP BIT(2)
#define GICR_SGI_FRAME 0x10000 // SGI and PPI registers, at the distributor's offsets

#define SGI0R_ID_SHIFT 24
#define SGI0R_AFF1_SHIFT 16
#define SGI0R_AFF2_SHIFT 32
#define SGI0R_RS_SHIFT 44
#define SGI0R_AFF3_SHIFT 48

static int distributor_wait(void)
{
    for (uint32_t i = 0; i < GIC_POLLS_MAX; i++) {
        if ((mmio_read32(board.gicd_base + GICD_CTLR) & GICD_CTLR_RWP) == 0) {
            return ERR_NONE;
        }
    }
    return ERR_TIMEOUT;
}

// GICD_CTLR.ARE may only change while all groups are off (IHI0069 12.9.4), hence the steps.
static int distributor_route(uint32_t groups)
{
    uint64_t ctlr = board.gicd_base + GICD_CTLR;
    uint32_t routed = GICD_CTLR_ARE_S | GICD_CTLR_ARE_NS;
    int result = ERR_NONE;

    if ((mmio_read32(ctlr) & routed) != routed) {
        mmio_write32(ctlr, 0);
        result = distributor_wait();
        mmio_write32(ctlr, routed);
        if (result == ERR_NONE) {
            result = distributor_wait();
        }
    }
    mmio_write32(ctlr, routed | groups);
    return result == ERR_NONE ? distributor_wait() : result;
}

int gicv3_init_distributor(void)
{
    uint64_t gicd = board.gicd_base;
    uint32_t lines = GICD_TYPER_LINES(mmio_read32(gicd + GICD_TYPER));
    // Group 0 stays on: cores that BL1 parked may still be on their way out
    int result = distributor_route(GICD_CTLR_GROUP0);

    if (result != ERR_NONE) {
        return result;
    }
    gic_reset_spis(gicd);
    for (uint32_t line = GIC_SPI_FIRST; line < lines && line < GIC_LINES_MAX; line++) {
        mmio_write64(gicd + GICD_IROUTER + 8 * line, board.core_mpidrs[0]);
    }
    for (uint32_t line = GIC_SPI_FIRST; line < lines && line < GIC_LINES_MAX; line += 32) {
        mmio_write32(gicd + GICD_IGRPMODR + line / 8, 0);
    }
    return distributor_route(GICD_CTLR_GROUP0 | GICD_CTLR_GROUP1);
}

static int redistributor_wake(uint64_t frame)
{
    uint64_t waker = frame + GICR_WAKER;

    mmio_write32(waker, mmio_read32(waker) & ~GICR_WAKER_PROCESSOR_SLEEP);
    for (uint32_t i = 0; i < GIC_POLLS_MAX; i++) {
        if ((mmio_read32(waker) & GICR_WAKER_CHILDREN_ASLEEP) == 0) {
            return ERR_NONE;
        }
    }
    return ERR_TIMEOUT;
}

static uint64_t redistributor_affinity(uint64_t typer)
{
    uint64_t packed = typer >> 32; // Aff3.Aff2.Aff1.Aff0; MPIDR has a gap before Aff3

    return (packed & 0xffffff) | (packed >> 24) << 32;
}

static int redistributor_find(uint64_t affinity, uint64_t *found)
{
    uint64_t frame = board.gicr_base;

    for (uint32_t i = 0; i < board.core_max; i++, frame += board.gicr_stride) {
        uint64_t typer = mmio_read64(frame + GICR_TYPER);

        if (redistributor_affinity(typer) == affinity) {
            *found = frame;
            return ERR_NONE;
        }
        if ((typer & GICR_TYPER_LAST) != 0) {
            break;
        }
    }
    return ERR_NOT_FOUND;
}

// ICC_SRE of EL2 and of Non-secure EL1 are behind those above them; SCR_EL3.NS chooses the bank of
// EL1's.
static void interface_open(void)
{
    uint64_t scr = read_scr_el3();
    uint64_t sre = ICC_SRE_SRE | ICC_SRE_DFB | ICC_SRE_DIB; // system registers, no bypass lines

    write_icc_sre_el3(sre | ICC_SRE_ENABLE);
    isb();
    write_icc_sre_el1(sre);
    write_scr_el3(scr | SCR_NS);
    isb();
    if (ID_FIELD(read_id_aa64pfr0_el1(), ID_AA64PFR0_EL2_SHIFT) != 0) {
        write_icc_sre_el2(sre | ICC_SRE_ENABLE);
        isb();
    }
    write_icc_sre_el1(sre);
    isb();
    write_scr_el3(scr);
    isb();
    write_icc_pmr_el1(GIC_PRIORITY_ALL);
    write_icc_igrpen0_el1(1);
    isb();
}

int gicv3_init_core(void)
{
    uint64_t frame;
    int result = redistributor_find(read_mpidr_el1() & MPIDR_AFFINITY, &frame);

    if (result == ERR_NONE) {
        result = redistributor_wake(frame);
    }
    if (result != ERR_NONE) {
        return result;
    }
    gic_reset_private(frame + GICR_SGI_FRAME);
    mmio_write32(frame + GICR_SGI_FRAME + GICD_IGRPMODR, 0); // group 0 stays group 0
    interface_open();
    return ERR_NONE;
}

int gicv3_init_parking(void)
{
    uint64_t frame = board.gicr_base;

    for (uint32_t i = 0; i < board.core_max; i++, frame += board.gicr_stride) {
        uint64_t typer = mmio_read64(frame + GICR_TYPER);
        int result = redistributor_wake(frame);

        if (result != ERR_NONE) {
            return result;
        }
        gic_reset_private(frame + GICR_SGI_FRAME);
        mmio_write32(frame + GICR_SGI_FRAME + GICD_IGRPMODR, 0);
        if ((typer & GICR_TYPER_LAST) != 0) {
            break;
        }
    }
    return distributor_route(GICD_CTLR_GROUP0);
}

void gicv3_send_sgi(uint32_t index, uint32_t id)
{
    uint64_t mpidr = board.core_mpidrs[index];
    uint64_t aff0 = mpidr & 0xff;

    write_icc_sgi0r_el1(1ull << (aff0 & 0xf) | ((mpidr >> 8) & 0xff) << SGI0R_AFF1_SHIFT |
                        (uint64_t)id << SGI0R_ID_SHIFT |
                        ((mpidr >> 16) & 0xff) << SGI0R_AFF2_SHIFT | (aff0 >> 4) << SGI0R_RS_SHIFT |
                        ((mpidr >> 32) & 0xff) << SGI0R_AFF3_SHIFT);
    isb();
}

uint32_t gicv3_acknowledge(void)
{
    uint64_t acknowledged = read_icc_iar0_el1();

    dsb_sy(); // acknowledged before the handler's accesses to the device (IHI0069 4.1.1)
    return (uint32_t)acknowledged;
}

void gicv3_end(uint32_t acknowledged)
{
    write_icc_eoir0_el1(acknowledged);
    isb();
}
