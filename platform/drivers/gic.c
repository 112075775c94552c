// SPDX-License-Identifier: BSD-3-Clause
//
// Interrupt controller: asks the core which kind there is and hands on to gicv2.c or gicv3.c;
// contracts in gic.h. Also the part of the set-up whose registers are the same in both.
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
        mmio_write32(gicd + GICD_IGROUPR + line / 8, UINT32_MAX);
    }
    for (uint32_t line = GIC_SPI_FIRST; line < lines; line += 4) {
        mmio_write32(gicd + GICD_IPRIORITYR + line, GIC_PRIORITY_NS);
    }
    for (uint32_t line = GIC_SPI_FIRST; line < lines; line += 16) {
        mmio_write32(gicd + GICD_ICFGR + line / 4, 0);
    }
}

void gic_reset_private(uint64_t base)
{
    mmio_write32(base + GICD_ICENABLER, ~(uint32_t)GIC_SGIS);
    mmio_write32(base + GICD_IGROUPR, ~(uint32_t)GIC_SECURE_SGIS);
    for (uint32_t line = 0; line < GIC_SPI_FIRST; line += 4) {
        bool secure = line >= GIC_SECURE_SGI_FIRST && line <= GIC_SECURE_SGI_LAST;

        mmio_write32(base + GICD_IPRIORITYR + line, secure ? GIC_PRIORITY_SECURE : GIC_PRIORITY_NS);
    }
    mmio_write32(base + GICD_ISENABLER, GIC_SECURE_SGIS);
}

int gic_init_distributor(void)
{
    return v3 ? gicv3_init_distributor() : gicv2_init_distributor();
}

int gic_init_core(void)
{
    return v3 ? gicv3_init_core() : gicv2_init_core();
}

int gic_init_parking(void)
{
    return v3 ? gicv3_init_parking() : gicv2_init_parking();
}

void gic_send_sgi(uint32_t index, uint32_t id)
{
    dsb_sy(); // what the woken core will read is in memory before the interrupt is sent
    if (v3) {
        gicv3_send_sgi(index, id);
    } else {
        gicv2_send_sgi(index, id);
    }
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
