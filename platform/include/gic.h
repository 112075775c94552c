// SPDX-License-Identifier: BSD-3-Clause
//
// Interrupt controller as seen from EL3: GICv2 (gicv2.c) or GICv3 (gicv3.c), which one is asked of the core at run
// time. Who owns which interrupt is in gic_policy.h; the SPMC's part is gic_secure.h. BL1 (parking), BL31. Everything
// here runs at EL3, MMU on or off; none of it takes a lock: what is shared by cores is written by the primary core
// before the others run, the rest belongs to the calling core.
#ifndef GIC_H
#define GIC_H

#include <stdbool.h>
#include <stdint.h>

#include "errors.h"
#include "gic_policy.h"

// Finds out which GIC there is (ID_AA64PFR0_EL1.GIC and struct board). Before all others, once per image, primary core.
// ERR_NOT_SUPPORTED: the board names no base address for the kind that the core has.
MUST_CHECK int gic_detect(void);

// Whether it is a GICv3 or later, reached through system registers. After gic_detect.
bool gic_is_v3(void);

// Distributor: all SPIs the normal world's, disabled, priority 0xa0, level-triggered, sent to core 0; then all groups
// enabled. Affinity routing on (GICv3). Primary core, once: BL31. ERR_TIMEOUT: register writes never arrive.
MUST_CHECK int gic_init_distributor(void);

// The calling core starts: at boot, and each time it is switched on. Its redistributor awake (GICv3); its SGIs and PPIs
// owned as the policy says, all disabled but EL3's, none pending, active or edge-triggered; no priority of the normal world active; its CPU interface open for
// EL3's interrupts and closed for the others (the SPMC opens its own: gic_secure_init_core, the normal world its own),
// priority mask open, system registers enabled for all levels of both worlds (GICv3). ERR_NOT_FOUND: no redistributor
// of this core; ERR_TIMEOUT: it does not wake up.
MUST_CHECK int gic_core_on(void);

// The calling core goes off: nothing but EL3's SGI is signalled to it any more, whatever is enabled or pending; one
// that is pending stays pending. Ended by gic_core_on().
void gic_core_off(void);

// The calling core suspends into a state that loses its registers: from here on every enabled interrupt of any owner is
// signalled to it, so that it ends a WFI, whatever mask, active priority or closed CPU interface the normal world left. Settings of its
// interrupts stay. None may be acknowledged until gic_core_wake().
void gic_core_sleep(void);

// The core is back from that: its redistributor awake (GICv3), its CPU interface as gic_core_on() leaves it, but open
// for the SPMC's interrupts too; settings of interrupts, and what is pending, as they were before. The errors of
// gic_core_on().
MUST_CHECK int gic_core_wake(void);

// Makes every redistributor of the machine able to deliver EL3's SGI to its core, and enables group 0 in the
// distributor, so that cores which sleep in BL1's ROM can be woken. Primary core, once, BL1; the mailbox has been
// cleared. ERR_TIMEOUT.
MUST_CHECK int gic_init_parking(void);

// Sends EL3's SGI (GIC_SGI_EL3) to core `index` (board.core_mpidrs; with a GICv2 the index is also the number of its
// CPU interface). All stores before it are visible to the core when it arrives.
void gic_send_sgi(uint32_t index);

// Whose interrupt is first in line for the calling core: GIC_OWNER_EL3, GIC_OWNER_SECURE, or GIC_OWNER_NONE (none, or
// one of the normal world: those never come to EL3). After an FIQ from the normal world, or when the SPMC says that one
// is EL3's. Acknowledges nothing.
enum gic_owner gic_fiq_owner(void);

// Acknowledges EL3's interrupt. Returns its number with what the GICv2 wants to have back in gic_end (the sender of an
// SGI); GIC_ID() of that ≥ GIC_SPURIOUS_FIRST: there is none, do not end it. Never takes one of the SPMC: on a core
// that runs a world, ask gic_fiq_owner() or the SPMC first; on one that is off, none of them is signalled.
uint32_t gic_acknowledge(void);

// Ends the interrupt that gic_acknowledge returned.
void gic_end(uint32_t acknowledged);

#endif
