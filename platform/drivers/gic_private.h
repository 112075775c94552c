// SPDX-License-Identifier: BSD-3-Clause
//
// What the files of the interrupt controller share: registers that both kinds have, masks made of the policy, and the
// functions of each kind behind those of gic.h (gic.c, gicv2.c, gicv3.c) and gic_secure.h (gic_secure.c,
// gicv2_secure.c, gicv3_secure.c), whose contracts they have.
#ifndef GIC_PRIVATE_H
#define GIC_PRIVATE_H

#include "bits.h"
#include "gic.h"
#include "gic_secure.h"

// Distributor; the first 32 interrupts of each register file are the calling core's (GICv2: banked; GICv3: the same
// offsets in the SGI frame of its redistributor)
#define GICD_CTLR 0x000
#define GICD_CTLR_GROUP0 BIT(0)
#define GICD_CTLR_GROUP1 BIT(1)        // Non-secure group 1
#define GICD_CTLR_GROUP1_SECURE BIT(2) // GICv3
#define GICD_TYPER 0x004
#define GICD_TYPER_LINES(typer) (32 * (((typer)&0x1f) + 1))
#define GICD_IGROUPR 0x080
#define GICD_ISENABLER 0x100
#define GICD_ICENABLER 0x180
#define GICD_ICPENDR 0x280
#define GICD_ICACTIVER 0x380
#define GICD_IPRIORITYR 0x400
#define GICD_ITARGETSR 0x800 // GICv2
#define GICD_ICFGR 0xc00
#define GICD_IGRPMODR 0xd00 // GICv3
#define GICD_NSACR 0xe00
#define GICD_SGIR 0xf00 // GICv2; bits 25:24 = 0: to the targets in 23:16; bit 15 = 0: as group 0
#define GICD_SGIR_TARGET_SHIFT 16
#define GICD_SGIR_NSATT BIT(15) // secure writes: only where the SGI is of group 1
#define GICD_CPENDSGIR 0xf10    // GICv2; a byte for each SGI, a bit for each sender
#define GICD_SPENDSGIR 0xf20
#define GICD_IROUTER 0x6000 // GICv3

// CPU interface of the GICv2
#define GICC_CTLR 0x000
#define GICC_CTLR_GROUP0 BIT(0)
#define GICC_CTLR_GROUP1 BIT(1)
#define GICC_CTLR_FIQ_ENABLE BIT(3)    // group 0 as FIQ
#define GICC_CTLR_BYPASS_DISABLE 0x1e0 // no bypass lines for either group
#define GICC_PMR 0x004
#define GICC_IAR 0x00c
#define GICC_IAR_SENDER(acknowledged) (((acknowledged) >> 10) & 7) // of an SGI
#define GICC_EOIR 0x010
#define GICC_HPPIR 0x018
#define GICC_NSAPR 0x0e0       // active priorities of group 1, a bit for each
#define GICC_NSAPR_WORDS 4     // those that the GIC lacks ignore writes
#define GICC_HPPIR_GROUP1 1022 // as the secure side reads it: one of the other group

// What ICC_HPPIR0_EL1 reads at EL3 when the interrupt is not of group 0
#define ICC_HPPIR0_SECURE 1020

#define GIC_LINES_MAX 1020
#define GIC_SGI_COUNT 16
#define GIC_PRIORITY_ALL 0xff // mask register: let every priority pass
#define GIC_PRIVATE_EL3 BIT(GIC_SGI_EL3)
#define GIC_PRIVATE_SGIS (BIT(GIC_SGI_SECURE_LAST + 1) - BIT(GIC_SGI_SECURE_FIRST))
#define GIC_PRIVATE_SECURE (GIC_PRIVATE_SGIS | BIT(GIC_PPI_SECURE_TIMER))

// Polls of a register that reacts within a few bus cycles; far more than that, far less than a human notices
#define GIC_POLLS_MAX 1000000

// gic.c, for all kinds. All SPIs: the normal world's, disabled, not pending, level-triggered, its priority. `gicd` is
// disabled.
void gic_reset_spis(uint64_t gicd);

// SGIs and PPIs as the policy says, in the register block at `base`: groups as on a GICv2, EL3's enabled alone.
void gic_reset_private(uint64_t base);

MUST_CHECK int gicv2_init_distributor(void);
MUST_CHECK int gicv2_core_on(void);
void gicv2_core_off(void);
void gicv2_core_sleep(void);
MUST_CHECK int gicv2_core_wake(void);
MUST_CHECK int gicv2_init_parking(void);
void gicv2_send_sgi(uint32_t index, uint32_t id);
enum gic_owner gicv2_fiq_owner(void);
uint32_t gicv2_acknowledge(void);
void gicv2_end(uint32_t acknowledged);

MUST_CHECK int gicv3_init_distributor(void);
MUST_CHECK int gicv3_core_on(void);
void gicv3_core_off(void);
void gicv3_core_sleep(void);
MUST_CHECK int gicv3_core_wake(void);
MUST_CHECK int gicv3_init_parking(void);
void gicv3_send_sgi(uint32_t index, uint32_t id);
enum gic_owner gicv3_fiq_owner(void);
uint32_t gicv3_acknowledge(void);
void gicv3_end(uint32_t acknowledged);

// gicv3_frames.c, both levels. The frames of the calling core's redistributor: *frame the first, the SGI frame
// GICR_SGI_FRAME above. ERR_NOT_FOUND: none has its affinity.
#define GICR_SGI_FRAME 0x10000
MUST_CHECK int gicv3_find_frame(uint64_t *frame);

// The first frame of redistributor `i` (0 … board.core_max − 1) in the order of their addresses, and whether it is the
// last one.
uint64_t gicv3_frame(uint32_t i, bool *last);

// Until writes to the distributor, or to the redistributor at `frame`, count everywhere. ERR_TIMEOUT.
MUST_CHECK int gicv3_wait_distributor(void);
MUST_CHECK int gicv3_wait_frame(uint64_t frame);

// What ICC_SGI0R_EL1 and ICC_SGI1R_EL1 want for SGI `id` to core `index`.
uint64_t gicv3_sgi_value(uint32_t index, uint32_t id);

// The SPMC's parts of each kind. Register block of the calling core's SGIs and PPIs; whether an SPI is the SPMC's;
// taking one (disabled); sending one to a core; until a disable counts.
MUST_CHECK int gicv2_secure_private(uint64_t *base);
void gicv2_secure_open(void);
bool gicv2_secure_owns(uint32_t id);
void gicv2_secure_take(uint32_t id);
void gicv2_secure_route(uint32_t id, uint32_t core_index);
MUST_CHECK int gicv2_secure_wait(uint32_t id);
enum gic_owner gicv2_secure_owner(void);
uint32_t gicv2_secure_acknowledge(void);

MUST_CHECK int gicv3_secure_private(uint64_t *base);
void gicv3_secure_open(void);
bool gicv3_secure_owns(uint32_t id);
void gicv3_secure_take(uint32_t id);
void gicv3_secure_route(uint32_t id, uint32_t core_index);
MUST_CHECK int gicv3_secure_wait(uint32_t id);
enum gic_owner gicv3_secure_owner(void);
uint32_t gicv3_secure_acknowledge(void);
void gicv3_secure_end(uint32_t acknowledged);
void gicv3_secure_send_sgi(uint32_t core_index, uint32_t id);
void gicv3_secure_send_sri(uint32_t core_index);

#endif
