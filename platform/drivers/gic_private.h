// SPDX-License-Identifier: BSD-3-Clause
//
// What gic.c, gicv2.c and gicv3.c share: distributor registers that both kinds have, policy
// numbers, and the functions of each kind behind those of gic.h, whose contracts they have.
#ifndef GIC_PRIVATE_H
#define GIC_PRIVATE_H

#include "bits.h"
#include "gic.h"

#define GICD_CTLR 0x000
#define GICD_CTLR_GROUP0 BIT(0)
#define GICD_CTLR_GROUP1 BIT(1) // Non-secure group 1
#define GICD_TYPER 0x004
#define GICD_TYPER_LINES(typer) (32 * (((typer)&0x1f) + 1))
#define GICD_IGROUPR 0x080
#define GICD_ISENABLER 0x100
#define GICD_ICENABLER 0x180
#define GICD_IPRIORITYR 0x400
#define GICD_ITARGETSR 0x800
#define GICD_ICFGR 0xc00

#define GIC_SPI_FIRST 32
#define GIC_LINES_MAX 1020
#define GIC_PRIORITY_NS 0xa0a0a0a0     // four interrupts; lower half: what the normal world may use
#define GIC_PRIORITY_SECURE 0x40404040 // upper half: only secure interrupts
#define GIC_PRIORITY_ALL 0xff          // mask register: let every priority pass
#define GIC_SECURE_SGIS 0xff00         // SGIs 8–15
#define GIC_SGIS 0xffff

// Polls of a register that reacts within a few bus cycles; far more than that, far less than a
// human notices
#define GIC_POLLS_MAX 1000000

// All SPIs: Non-secure group 1, disabled, level-triggered, NS priority. `gicd` is disabled.
void gic_reset_spis(uint64_t gicd);

// SGIs and PPIs as the policy says, in the register block at `base` (GICv2: distributor, banked for
// the calling core; GICv3: SGI frame of the redistributor, which has the same offsets).
void gic_reset_private(uint64_t base);

MUST_CHECK int gicv2_init_distributor(void);
MUST_CHECK int gicv2_init_core(void);
MUST_CHECK int gicv2_init_parking(void);
void gicv2_send_sgi(uint32_t index, uint32_t id);
uint32_t gicv2_acknowledge(void);
void gicv2_end(uint32_t acknowledged);

MUST_CHECK int gicv3_init_distributor(void);
MUST_CHECK int gicv3_init_core(void);
MUST_CHECK int gicv3_init_parking(void);
void gicv3_send_sgi(uint32_t index, uint32_t id);
uint32_t gicv3_acknowledge(void);
void gicv3_end(uint32_t acknowledged);

#endif
