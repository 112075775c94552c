// SPDX-License-Identifier: BSD-3-Clause
//
// GICv3 (IHI0069): what EL3 (gicv3.c) and the SPMC (gicv3_secure.c) do alike. Finding the redistributor of a core,
// waiting for the parts that work on their own, naming a core to send it an SGI.
#include "gic_private.h"
#include "mmio.h"
#include "platform.h"
#include "regs.h"

#define GICD_CTLR_RWP BIT(31)

#define GICR_CTLR 0x0000
#define GICR_CTLR_RWP BIT(3)
#define GICR_TYPER 0x0008 // bits 63:32 affinity, bit 4 last frame of the block
#define GICR_TYPER_LAST BIT(4)

#define SGIR_ID_SHIFT 24 // ICC_SGI0R_EL1, ICC_SGI1R_EL1
#define SGIR_AFF1_SHIFT 16
#define SGIR_AFF2_SHIFT 32
#define SGIR_RS_SHIFT 44
#define SGIR_AFF3_SHIFT 48

static int wait_clear(uint64_t address, uint32_t bit)
{
    for (uint32_t i = 0; i < GIC_POLLS_MAX; i++) {
        if ((mmio_read32(address) & bit) == 0) {
            return ERR_NONE;
        }
    }
    return ERR_TIMEOUT;
}

int gicv3_wait_distributor(void)
{
    return wait_clear(board.gicd_base + GICD_CTLR, GICD_CTLR_RWP);
}

int gicv3_wait_frame(uint64_t frame)
{
    return wait_clear(frame + GICR_CTLR, GICR_CTLR_RWP);
}

uint64_t gicv3_frame(uint32_t i, bool *last)
{
    uint64_t frame = board.gicr_base + (uint64_t)i * board.gicr_stride;

    *last = i + 1 >= board.core_max || (mmio_read64(frame + GICR_TYPER) & GICR_TYPER_LAST) != 0;
    return frame;
}

static uint64_t frame_affinity(uint64_t frame)
{
    uint64_t packed =
        mmio_read64(frame + GICR_TYPER) >> 32; // Aff3.Aff2.Aff1.Aff0; MPIDR has a gap before Aff3

    return (packed & 0xffffff) | (packed >> 24) << 32;
}

int gicv3_find_frame(uint64_t *frame)
{
    uint64_t affinity = read_mpidr_el1() & MPIDR_AFFINITY;
    bool last = false;

    for (uint32_t i = 0; !last; i++) {
        *frame = gicv3_frame(i, &last);
        if (frame_affinity(*frame) == affinity) {
            return ERR_NONE;
        }
    }
    return ERR_NOT_FOUND;
}

uint64_t gicv3_sgi_value(uint32_t index, uint32_t id)
{
    uint64_t mpidr = board.core_mpidrs[index];
    uint64_t aff0 = mpidr & 0xff;

    return 1ull << (aff0 & 0xf) | ((mpidr >> 8) & 0xff) << SGIR_AFF1_SHIFT |
           (uint64_t)id << SGIR_ID_SHIFT | ((mpidr >> 16) & 0xff) << SGIR_AFF2_SHIFT |
           (aff0 >> 4) << SGIR_RS_SHIFT | ((mpidr >> 32) & 0xff) << SGIR_AFF3_SHIFT;
}
