// SPDX-License-Identifier: BSD-3-Clause
//
// GICv3 (IHI0069) as seen from EL3; called by gic.c only, contracts in gic.h. Affinity routing and system registers for
// all levels of both worlds. While the normal world runs (SCR_EL3.FIQ = 1), group 0 and secure group 1 are FIQs.
#include "barrier.h"
#include "gic_private.h"
#include "mmio.h"
#include "platform.h"
#include "regs.h"

#define GICD_CTLR_ARE_S BIT(4)
#define GICD_CTLR_ARE_NS BIT(5)
#define GROUPS_ALL (GICD_CTLR_GROUP0 | GICD_CTLR_GROUP1 | GICD_CTLR_GROUP1_SECURE)

#define GICR_WAKER 0x0014
#define GICR_WAKER_PROCESSOR_SLEEP BIT(1)
#define GICR_WAKER_CHILDREN_ASLEEP BIT(2)

// ICC_IGRPEN1_EL3
#define GROUP1_NORMAL BIT(0)
#define GROUP1_SECURE BIT(1)

#define ICC_CTLR_PRIORITY_BITS(ctlr) ((((ctlr) >> 8) & 7) + 1)

// GICD_CTLR.ARE may only change while all groups are off (IHI0069 12.9.4), hence the steps.
static int distributor_route(uint32_t groups)
{
    uint64_t ctlr = board.gicd_base + GICD_CTLR;
    uint32_t routed = GICD_CTLR_ARE_S | GICD_CTLR_ARE_NS;
    int result = ERR_NONE;

    if ((mmio_read32(ctlr) & routed) != routed) {
        mmio_write32(ctlr, 0);
        result = gicv3_wait_distributor();
        mmio_write32(ctlr, routed);
        if (result == ERR_NONE) {
            result = gicv3_wait_distributor();
        }
    }
    mmio_write32(ctlr, routed | groups);
    return result == ERR_NONE ? gicv3_wait_distributor() : result;
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
    for (uint32_t line = GIC_SPI_FIRST; line < lines && line < GIC_LINES_MAX; line += 16) {
        mmio_write32(gicd + GICD_NSACR + line / 4,
                     0); // the normal world sees nothing of a secure one
    }
    return distributor_route(GROUPS_ALL);
}

static int frame_wake(uint64_t frame)
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

static void frame_reset(uint64_t frame)
{
    uint64_t base = frame + GICR_SGI_FRAME;

    gic_reset_private(base);
    mmio_write32(base + GICD_IGRPMODR, GIC_PRIVATE_SECURE); // not group 0 but secure group 1
    mmio_write32(base + GICD_NSACR, 0);                     // the normal world sends none of them
}

// `group1`: GROUP1_*. ICC_SRE of EL2 and of Non-secure EL1 are behind those above them; SCR_EL3.NS chooses the bank of
// EL1's.
static void interface_open(uint64_t group1)
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
        write_ich_hcr_el2(0); // no virtual interrupts, none of EL1's registers trapped
    }
    write_icc_sre_el1(sre);
    isb();
    write_scr_el3(scr);
    isb();
    write_icc_ctlr_el3(
        0); // one write ends an interrupt at each level (EOImode), each group has its own binary point
    write_icc_pmr_el1(GIC_PRIORITY_ALL);
    write_icc_igrpen0_el1(1);
    write_icc_igrpen1_el3(group1);
    isb();
}

// The normal world may have left in the middle of an interrupt of its own: that one's priority would keep others out. A
// bit for each priority, in as many registers as that takes; SCR_EL3.NS chooses its bank.
static void drop_normal_priority(void)
{
    uint64_t scr = read_scr_el3();
    uint64_t bits = ICC_CTLR_PRIORITY_BITS(read_icc_ctlr_el3());

    write_scr_el3(scr | SCR_NS);
    isb();
    write_icc_ap1r0_el1(0);
    if (bits >= 6) {
        write_icc_ap1r1_el1(0);
    }
    if (bits >= 7) {
        write_icc_ap1r2_el1(0);
        write_icc_ap1r3_el1(0);
    }
    isb();
    write_scr_el3(scr);
    isb();
}

int gicv3_core_on(void)
{
    uint64_t frame;
    int result = gicv3_find_frame(&frame);

    if (result == ERR_NONE) {
        result = frame_wake(frame);
    }
    if (result != ERR_NONE) {
        return result;
    }
    frame_reset(frame);
    interface_open(0);
    drop_normal_priority();
    return gicv3_wait_frame(frame);
}

// What is enabled in the redistributor stays there until gicv3_core_on() resets it: the closed interface signals none
// of it.
void gicv3_core_off(void)
{
    write_icc_igrpen1_el3(0);
    write_icc_pmr_el1(GIC_PRIORITY_OFF_MASK);
    isb();
}

void gicv3_core_sleep(void)
{
    drop_normal_priority();
    write_icc_pmr_el1(GIC_PRIORITY_ALL);
    write_icc_igrpen0_el1(1);
    write_icc_igrpen1_el3(GROUP1_NORMAL | GROUP1_SECURE);
    isb();
}

int gicv3_core_wake(void)
{
    uint64_t frame;
    int result = gicv3_find_frame(&frame);

    if (result == ERR_NONE) {
        result = frame_wake(frame);
    }
    if (result == ERR_NONE) {
        interface_open(GROUP1_SECURE);
    }
    return result;
}

int gicv3_init_parking(void)
{
    bool last = false;

    for (uint32_t i = 0; !last; i++) {
        uint64_t frame = gicv3_frame(i, &last);
        int result = frame_wake(frame);

        if (result != ERR_NONE) {
            return result;
        }
        frame_reset(frame);
    }
    return distributor_route(GICD_CTLR_GROUP0);
}

void gicv3_send_sgi(uint32_t index, uint32_t id)
{
    write_icc_sgi0r_el1(gicv3_sgi_value(index, id));
    isb();
}

enum gic_owner gicv3_fiq_owner(void)
{
    uint64_t id = read_icc_hppir0_el1();

    if (id < GIC_SPURIOUS_FIRST) {
        return GIC_OWNER_EL3;
    }
    return id == ICC_HPPIR0_SECURE ? GIC_OWNER_SECURE : GIC_OWNER_NONE;
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
