// SPDX-License-Identifier: BSD-3-Clause
//
// Whose interrupt is whose, the same in BL1, BL31 and the SPMC:
//
//   owner        │ interrupts                               │ GICv3              │ GICv2
//   ─────────────┼──────────────────────────────────────────┼────────────────────┼────────
//   EL3          │ SGI 15                                   │ group 0            │ group 0
//   SPMC         │ SGIs 9–14, PPI 29 (secure timer), SPIs   │ secure group 1     │ group 0
//                │ that gic_secure_configure() takes        │                    │
//   normal world │ all others                               │ non-secure group 1 │ group 1
//
// SGI 8 of the normal world's is the schedule-receiver interrupt (DEN0077A "Notifications"): the normal world enables and
// handles it as its own, and the SPMC sends it (gic_secure_send_sri).
//
// A GICv2 has two groups only, so EL3 and the SPMC share one there and tell theirs by the number. Priorities: a lower
// value comes first; the normal world cannot set one below 0x80 and masks none below that (IHI0069 4.8.6, IHI0048 3.8).
#ifndef GIC_POLICY_H
#define GIC_POLICY_H

#include <stdint.h>

#define GIC_SGI_EL3 15         // = PARK_SGI of every board
#define GIC_SGI_SRI 8          // the normal world's, sent by the SPMC
#define GIC_SGI_SECURE_FIRST 9 // of the SPMC
#define GIC_SGI_SECURE_LAST 14
#define GIC_PPI_SECURE_TIMER 29 // CNTPS_*_EL1 of the core (BSA, table of PPIs)
#define GIC_SPI_FIRST 32
#define GIC_SPURIOUS_FIRST 1020 // 1020 … 1023 are no interrupts

#define GIC_PRIORITY_EL3 \
    0x20 // before all of the SPMC's, so that acknowledging never takes one for the other
#define GIC_PRIORITY_OFF_MASK 0x30 // mask of a core that is off: lets EL3's pass and nothing else
#define GIC_PRIORITY_SECURE 0x40   // the SPMC's, unless gic_secure_configure() says something else
#define GIC_PRIORITY_SECURE_LAST 0x7f
#define GIC_PRIORITY_NORMAL 0xa0 // what the normal world's interrupts start with

// The number in what an acknowledge function returned.
#define GIC_ID(acknowledged) ((acknowledged)&0x3ff)

// Whose turn it is: the owner of the interrupt that is signalled to this core.
enum gic_owner {
    GIC_OWNER_NONE, // none is, or none any more
    GIC_OWNER_NORMAL,
    GIC_OWNER_SECURE, // the SPMC's
    GIC_OWNER_EL3,
};

#endif
