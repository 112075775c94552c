// SPDX-License-Identifier: BSD-3-Clause
//
// Interrupt controller as seen from EL3: GICv2 (gicv2.c) or GICv3 (gicv3.c), which one is asked of
// the core at run time. Policy of all Tessera images: every interrupt is Non-secure group 1, except
// SGIs 8–15, which are secure group 0 and arrive at EL3 as FIQ. BL1 (parking), BL31. Everything
// here runs at EL3, MMU on or off; none of it takes a lock.
#ifndef GIC_H
#define GIC_H

#include <stdbool.h>
#include <stdint.h>

#include "errors.h"

#define GIC_SECURE_SGI_FIRST 8
#define GIC_SECURE_SGI_LAST 15
#define GIC_SPURIOUS_FIRST 1020 // 1020 … 1023: no group 0 interrupt to acknowledge

// Finds out which GIC there is (ID_AA64PFR0_EL1.GIC and struct board). Before all others, once per
// image, primary core. ERR_NOT_SUPPORTED: the board names no base address for the kind that the
// core has.
MUST_CHECK int gic_detect(void);

// Whether it is a GICv3 or later, reached through system registers. After gic_detect.
bool gic_is_v3(void);

// Distributor: all SPIs Non-secure group 1, disabled, priority 0xa0, level-triggered, sent to core
// 0; then both groups enabled. Affinity routing on (GICv3). Primary core, once: BL31. ERR_TIMEOUT:
// register writes never arrive.
MUST_CHECK int gic_init_distributor(void);

// What the calling core needs: its redistributor awake (GICv3), its SGIs and PPIs as the policy
// says, all PPIs disabled, secure SGIs enabled, its CPU interface open for group 0 at every
// priority, and system registers enabled for all levels (GICv3: ICC_SRE_EL3/EL2/EL1, both worlds).
// Every core, once. ERR_NOT_FOUND: no redistributor of this core; ERR_TIMEOUT: it does not wake up.
MUST_CHECK int gic_init_core(void);

// Makes every redistributor of the machine able to deliver SGI PARK_SGI to its core, and enables
// group 0 in the distributor, so that cores which sleep in BL1's ROM can be woken. Primary core,
// once, BL1; the mailbox has been cleared. ERR_TIMEOUT.
MUST_CHECK int gic_init_parking(void);

// Sends secure group 0 SGI `id` (8–15) to core `index` (board.core_mpidrs; with a GICv2 the index
// is also the number of its CPU interface). All stores before it are visible to the core when it
// arrives.
void gic_send_sgi(uint32_t index, uint32_t id);

// Acknowledges the highest-priority pending group 0 interrupt. Returns its number with what the
// GICv2 wants to have back in gic_end (the sender of an SGI, bits 12:10); numbers in bits 9:0 ≥
// GIC_SPURIOUS_FIRST mean there is none: do not end it.
uint32_t gic_acknowledge(void);

// Ends the interrupt that gic_acknowledge returned.
void gic_end(uint32_t acknowledged);

#endif
