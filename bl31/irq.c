// SPDX-License-Identifier: BSD-3-Clause
//
// Which interrupt goes where, and those that come to EL3. Whose an interrupt is: gic_policy.h.
//
//   while this runs │ normal world's      │ SPMC's                   │ EL3's (SGI 15)
//   ────────────────┼─────────────────────┼──────────────────────────┼───────────────────────────────
//   normal world    │ normal world        │ EL3, which enters the    │ EL3: irq_lower_fiq()
//                   │                     │ SPMC with FFA_INTERRUPT  │
//   partition       │ SPMC, which answers │ SPMC                     │ SPMC, which asks EL3:
//                   │ FFA_INTERRUPT       │                          │ FFA_EL3_INTR_HANDLE
//   SPMC, EL3       │ pending             │ pending                  │ pending
//   suspended core  │ wakes it            │ wakes it                 │ wakes it
//   core that is off│ (closed)            │ (closed)                 │ wakes it
//
// SCR_EL3 of each world (context.c) says so: IRQ = FIQ = 0 in the secure world, all to the SPMC; FIQ = 1 in the normal
// world, where the normal world's interrupts are IRQs and the others FIQs on both kinds of GIC.
#include "bl31/bl31_private.h"
#include "bl31/spmd/spmd.h"
#include "gic.h"
#include "log.h"

// Nothing is done about EL3's: it is there to wake a core that is off, and only arrives here when the core is on
// already.
static void take_own(struct core *core)
{
    uint32_t acknowledged = gic_acknowledge();

    if (GIC_ID(acknowledged) >= GIC_SPURIOUS_FIRST) {
        core->spurious_count++;
        return;
    }
    gic_end(acknowledged);
    core->group0_count++;
    log_info("core %u: interrupt %u of EL3, %llu so far", core->index, GIC_ID(acknowledged),
             (unsigned long long)core->group0_count);
}

void irq_handle(struct core *core)
{
    if (gic_fiq_owner() == GIC_OWNER_EL3) {
        take_own(core);
    } else {
        core->spurious_count++;
    }
}

uint64_t irq_lower_fiq(struct smc_frame *frame)
{
    struct core *core = context_of_normal(frame);

    switch (gic_fiq_owner()) {
    case GIC_OWNER_SECURE:
        return spmd_secure_interrupt(frame);
    case GIC_OWNER_EL3:
        take_own(core);
        break;
    case GIC_OWNER_NORMAL:
    case GIC_OWNER_NONE: // gone again
        core->spurious_count++;
        break;
    }
    return frame->x[0];
}
