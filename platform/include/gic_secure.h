// SPDX-License-Identifier: BSD-3-Clause
//
// Interrupt controller as seen from the SPMC (S-EL1): its own interrupts (gic_policy.h), on a GICv2 or a GICv3. EL3 has
// set up everything else before. The image maps [board.gicd_base], and [board.gicc_base] (GICv2) or [board.gicr_base]
// (GICv3: board.core_max * board.gicr_stride bytes) as Device memory, at IMAGE_VA_OFFSET. No locks: what is not the
// calling core's own is said below. System registers as EL3 leaves them: SCR_EL3.{IRQ,FIQ} = 0 while the secure world
// runs.
//
// What is signalled how at S-EL1:   │ GICv3 │ GICv2
//   the SPMC's                      │ IRQ   │ FIQ
//   the normal world's              │ FIQ   │ IRQ
//   EL3's                           │ FIQ   │ FIQ
// so both vectors ask gic_secure_owner().
#ifndef GIC_SECURE_H
#define GIC_SECURE_H

#include <stdbool.h>
#include <stdint.h>

#include "errors.h"
#include "gic_policy.h"

// Finds out which GIC there is. Before all others, once, boot core, devices mapped. ERR_NOT_SUPPORTED: the board names
// no base address for the kind that the core has.
MUST_CHECK int gic_secure_init(void);

// Whether it is a GICv3 or later. After gic_secure_init.
bool gic_secure_is_v3(void);

// Opens the calling core's CPU interface for the SPMC's interrupts; which ones come is gic_secure_enable's. Every core,
// once after each time it is switched on (not after a suspend). ERR_NOT_FOUND: no redistributor of this core.
MUST_CHECK int gic_secure_init_core(void);

// Whose interrupt is signalled to this core right now. NONE: it is gone, go on with what was interrupted. SECURE:
// gic_secure_acknowledge() takes it. NORMAL: it stays pending for the normal world, which must get the core. EL3:
// FFA_EL3_INTR_HANDLE makes EL3 take it. Acknowledges nothing. While an interrupt is acknowledged and not ended, none
// of the normal world is signalled.
enum gic_owner gic_secure_owner(void);

// Acknowledges the SPMC's interrupt. Returns a value for gic_secure_end; GIC_ID() of it is the number, and ≥
// GIC_SPURIOUS_FIRST means that there is none (any more): do not end it, ask gic_secure_owner() again. (GICv2: bits
// above the number name the sender of an SGI.)
uint32_t gic_secure_acknowledge(void);

// Ends the interrupt that gic_secure_acknowledge returned: priority drop and deactivation. A level-triggered one comes
// again at once unless its source is quiet (timer stopped or its compare value in the future).
void gic_secure_end(uint32_t acknowledged);

// Makes SPI `id` the SPMC's: disabled, not pending, edge- or level-triggered, `priority` in [GIC_PRIORITY_SECURE,
// GIC_PRIORITY_SECURE_LAST], sent to the boot core until gic_secure_enable says where. Also sets trigger (PPI) and
// priority of a private interrupt of the SPMC, for the calling core. Before the normal world runs, boot core, one
// caller at a time (private: any time, own core). ERR_RANGE: no such interrupt; ERR_DENIED: EL3's or the normal world's
// SGI or PPI; ERR_INVALID: priority, or an SGI that is not edge-triggered; ERR_TIMEOUT: it does not get disabled.
MUST_CHECK int gic_secure_configure(uint32_t id, bool edge, uint32_t priority);

// Enables or disables interrupt `id` of the SPMC. An SPI is sent to core `core_index` from then on (also a pending
// one); an SGI or PPI is that of the calling core, which `core_index` must name. One caller at a time for the same SPI.
// ERR_RANGE: no such interrupt or core; ERR_DENIED: not the SPMC's, or another core's private one; ERR_TIMEOUT: a
// disable does not count (else it does, everywhere, on return).
MUST_CHECK int gic_secure_enable(uint32_t id, uint32_t core_index, bool on);

// Sends SGI `id` (9–14) to core `core_index`, the own one too. All stores before it are visible to the core when it
// arrives. Nothing happens if that core is off; in a suspend it wakes. ERR_RANGE: no such core; ERR_DENIED: not an SGI
// of the SPMC.
MUST_CHECK int gic_secure_send_sgi(uint32_t core_index, uint32_t id);

// Sends GIC_SGI_SRI, an SGI of the normal world, to core `core_index`: pending there until the normal world takes it,
// which sees everything that was stored before. Nothing happens while that SGI is not the normal world's (never, after
// EL3's gic_core_on). ERR_RANGE: no such core.
MUST_CHECK int gic_secure_send_sri(uint32_t core_index);

#endif
