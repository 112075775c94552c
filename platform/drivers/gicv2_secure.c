// SPDX-License-Identifier: BSD-3-Clause
//
// GICv2 (IHI0048) as seen from the SPMC; called by gic_secure.c only, contracts in gic_secure.h and gic_private.h. The
// SPMC's interrupts are of group 0, which it shares with EL3's SGI; the secure view of all registers.
#include "barrier.h"
#include "gic_private.h"
#include "mmio.h"
#include "platform.h"
#include "regs.h"

int gicv2_secure_private(uint64_t *base)
{
    *base = board.gicd_base; // banked for the calling core
    return ERR_NONE;
}

// EL3 has opened group 0 for its own.
void gicv2_secure_open(void)
{
}

static uint64_t group_register(uint32_t id)
{
    return board.gicd_base + GICD_IGROUPR + id / 32 * 4;
}

bool gicv2_secure_owns(uint32_t id)
{
    return (mmio_read32(group_register(id)) & BIT(id % 32)) == 0;
}

void gicv2_secure_take(uint32_t id)
{
    uint32_t groups = mmio_read32(group_register(id));

    mmio_write32(group_register(id), groups & (uint32_t)~BIT(id % 32));
}

void gicv2_secure_route(uint32_t id, uint32_t core_index)
{
    mmio_write8(board.gicd_base + GICD_ITARGETSR + id, (uint8_t)BIT(core_index));
}

// Stores to the distributor count in their order (IHI0048 4.1.4).
int gicv2_secure_wait(uint32_t id)
{
    (void)id;
    dsb_sy();
    return ERR_NONE;
}

enum gic_owner gicv2_secure_owner(void)
{
    uint32_t id = GIC_ID(mmio_read32(board.gicc_base + GICC_HPPIR));

    if (id == GIC_SGI_EL3) {
        return GIC_OWNER_EL3;
    }
    if (id < GIC_SPURIOUS_FIRST) {
        return GIC_OWNER_SECURE;
    }
    return id == GICC_HPPIR_GROUP1 ? GIC_OWNER_NORMAL : GIC_OWNER_NONE;
}

// EL3's SGI may have come since the SPMC looked, and goes first: it is made pending again, from the same sender, and
// the SPMC finds out when it looks again.
uint32_t gicv2_secure_acknowledge(void)
{
    uint32_t acknowledged = mmio_read32(board.gicc_base + GICC_IAR);

    dsb_sy(); // a mailbox in Normal memory is not read before the SGI that announces it was taken
    if (GIC_ID(acknowledged) != GIC_SGI_EL3) {
        return acknowledged;
    }
    mmio_write32(board.gicc_base + GICC_EOIR, acknowledged);
    mmio_write8(board.gicd_base + GICD_SPENDSGIR + GIC_SGI_EL3,
                (uint8_t)BIT(GICC_IAR_SENDER(acknowledged)));
    return GIC_SPURIOUS_FIRST;
}
