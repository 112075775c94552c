// SPDX-License-Identifier: BSD-3-Clause
//
// GICv3 (IHI0069) as seen from the SPMC; called by gic_secure.c only, contracts in gic_secure.h and gic_private.h. The
// SPMC's interrupts are of secure group 1; system registers of the secure bank.
#include "barrier.h"
#include "gic_private.h"
#include "mmio.h"
#include "platform.h"
#include "regs.h"

int gicv3_secure_private(uint64_t *base)
{
    uint64_t frame;
    int result = gicv3_find_frame(&frame);

    *base = frame + GICR_SGI_FRAME;
    return result;
}

void gicv3_secure_open(void)
{
    write_icc_igrpen1_el1(1);
    isb();
}

static uint64_t group_register(uint32_t id)
{
    return board.gicd_base + GICD_IGROUPR + id / 32 * 4;
}

static uint64_t modifier_register(uint32_t id)
{
    return board.gicd_base + GICD_IGRPMODR + id / 32 * 4;
}

bool gicv3_secure_owns(uint32_t id)
{
    return (mmio_read32(group_register(id)) & BIT(id % 32)) == 0 &&
           (mmio_read32(modifier_register(id)) & BIT(id % 32)) != 0;
}

// The modifier first: it means nothing to the normal world's group, so the interrupt is never in group 0.
void gicv3_secure_take(uint32_t id)
{
    uint32_t modifiers = mmio_read32(modifier_register(id));
    uint32_t groups = mmio_read32(group_register(id));

    mmio_write32(modifier_register(id), modifiers | (uint32_t)BIT(id % 32));
    mmio_write32(group_register(id), groups & (uint32_t)~BIT(id % 32));
}

void gicv3_secure_route(uint32_t id, uint32_t core_index)
{
    mmio_write64(board.gicd_base + GICD_IROUTER + 8 * (uint64_t)id, board.core_mpidrs[core_index]);
}

int gicv3_secure_wait(uint32_t id)
{
    uint64_t frame;
    int result;

    if (id >= GIC_SPI_FIRST) {
        return gicv3_wait_distributor();
    }
    result = gicv3_find_frame(&frame);
    return result == ERR_NONE ? gicv3_wait_frame(frame) : result;
}

// Each register shows one of its own group only, and only if that is the first in line; what neither shows is the
// normal world's.
enum gic_owner gicv3_secure_owner(void)
{
    if (read_icc_hppir1_el1() < GIC_SPURIOUS_FIRST) {
        return GIC_OWNER_SECURE;
    }
    return read_icc_hppir0_el1() < GIC_SPURIOUS_FIRST ? GIC_OWNER_EL3 : GIC_OWNER_NORMAL;
}

uint32_t gicv3_secure_acknowledge(void)
{
    uint64_t acknowledged = read_icc_iar1_el1();

    dsb_sy(); // acknowledged before the handler's accesses to the device (IHI0069 4.1.1)
    return (uint32_t)acknowledged;
}

void gicv3_secure_end(uint32_t acknowledged)
{
    write_icc_eoir1_el1(acknowledged);
    isb();
}

void gicv3_secure_send_sgi(uint32_t core_index, uint32_t id)
{
    write_icc_sgi1r_el1(gicv3_sgi_value(core_index, id));
    isb();
}

// ICC_ASGI1R_EL1: group 1 of the other security state (IHI0069 12.2.11). The distributor lets it pass only if the SGI is of
// that group on the target; GICR_NSACR is about the normal world's requests and does not matter here.
void gicv3_secure_send_sri(uint32_t core_index)
{
    write_icc_asgi1r_el1(gicv3_sgi_value(core_index, GIC_SGI_SRI));
    isb();
}
