// SPDX-License-Identifier: BSD-3-Clause
//
// Interrupt controller at EL3: asks the core which kind there is and hands on to gicv2.c or gicv3.c; contracts in
// gic.h. Also the part of the set-up whose registers are the same in both.
#include "gic.h"

#include "barrier.h"
#include "gic_private.h"
#include "mmio.h"
#include "platform.h"
#include "regs.h"

// Const after gic_detect
static bool v3;

int gic_detect(void)
{
    v3 = ID_FIELD(read_id_aa64pfr0_el1(), ID_AA64PFR0_GIC_SHIFT) != 0;
    if (board.gicd_base == 0 || (v3 ? board.gicr_base : board.gicc_base) == 0) {
        return ERR_NOT_SUPPORTED;
    }
    return ERR_NONE;
}

bool gic_is_v3(void)
{
    return v3;
}

void gic_reset_spis(uint64_t gicd)
{
    uint32_t lines = GICD_TYPER_LINES(mmio_read32(gicd + GICD_TYPER));

    if (lines > GIC_LINES_MAX) {
        lines = GIC_LINES_MAX;
    }
    for (uint32_t line = GIC_SPI_FIRST; line < lines; line += 32) {
        mmio_write32(gicd + GICD_ICENABLER + line / 8, UINT32_MAX);
        mmio_write32(gicd + GICD_ICPENDR + line / 8, UINT32_MAX);
        mmio_write32(gicd + GICD_ICACTIVER + line / 8, UINT32_MAX);
        mmio_write32(gicd + GICD_IGROUPR + line / 8, UINT32_MAX);
    }
    for (uint32_t line = GIC_SPI_FIRST; line < lines; line += 4) {
        mmio_write32(gicd + GICD_IPRIORITYR + line, GIC_PRIORITY_NORMAL * 0x01010101u);
    }
    for (uint32_t line = GIC_SPI_FIRST; line < lines; line += 16) {
        mmio_write32(gicd + GICD_ICFGR + line / 4, 0);
    }
}

static uint32_t private_priority(uint32_t id)
{
    if ((GIC_PRIVATE_EL3 & BIT(id)) != 0) {
        return GIC_PRIORITY_EL3;
    }
    return (GIC_PRIVATE_SECURE & BIT(id)) != 0 ? GIC_PRIORITY_SECURE : GIC_PRIORITY_NORMAL;
}

void gic_reset_private(uint64_t base)
{
    mmio_write32(base + GICD_ICENABLER, UINT32_MAX);
    mmio_write32(base + GICD_ICPENDR, UINT32_MAX);
    mmio_write32(base + GICD_ICACTIVER, UINT32_MAX);
    mmio_write32(base + GICD_IGROUPR, (uint32_t) ~(GIC_PRIVATE_EL3 | GIC_PRIVATE_SECURE));
    for (uint32_t id = 0; id < GIC_SPI_FIRST; id += 4) {
        uint32_t four = 0;

        for (uint32_t i = 0; i < 4; i++) {
            four |= private_priority(id + i) << (8 * i);
        }
        mmio_write32(base + GICD_IPRIORITYR + id, four);
    }
    mmio_write32(base + GICD_ICFGR + GIC_SGI_COUNT / 4, 0);
    mmio_write32(base + GICD_ISENABLER, GIC_PRIVATE_EL3);
}

int gic_init_distributor(void)
{
    return v3 ? gicv3_init_distributor() : gicv2_init_distributor();
}

int gic_core_on(void)
{
    return v3 ? gicv3_core_on() : gicv2_core_on();
}

void gic_core_off(void)
{
    if (v3) {
        gicv3_core_off();
    } else {
        gicv2_core_off();
    }
    dsb_sy(); // arrived before the core sleeps
}

void gic_core_sleep(void)
{
    if (v3) {
        gicv3_core_sleep();
    } else {
        gicv2_core_sleep();
    }
    dsb_sy();
}

int gic_core_wake(void)
{
    return v3 ? gicv3_core_wake() : gicv2_core_wake();
}

int gic_init_parking(void)
{
    return v3 ? gicv3_init_parking() : gicv2_init_parking();
}

void gic_send_sgi(uint32_t index)
{
    dsb_sy(); // what the woken core will read is in memory before the interrupt is sent
    if (v3) {
        gicv3_send_sgi(index, GIC_SGI_EL3);
    } else {
        gicv2_send_sgi(index, GIC_SGI_EL3);
    }
}

enum gic_owner gic_fiq_owner(void)
{
    return v3 ? gicv3_fiq_owner() : gicv2_fiq_owner();
}

uint32_t gic_acknowledge(void)
{
    return v3 ? gicv3_acknowledge() : gicv2_acknowledge();
}

void gic_end(uint32_t acknowledged)
{
    if (v3) {
        gicv3_end(acknowledged);
    } else {
        gicv2_end(acknowledged);
    }
}
