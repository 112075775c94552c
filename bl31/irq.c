// SPDX-License-Identifier: BSD-3-Clause
//
// Which interrupt goes where, and the one kind that comes here.
//
//   while this runs │ normal group 1      │ group 0 (SGIs 8–15)
//   ────────────────┼─────────────────────┼─────────────────────────
//   normal world    │ normal world        │ EL3: irq_group0()
//   partition       │ SPMC, which answers │ SPMC, as the other kind
//                   │ FFA_INTERRUPT       │ (none is sent there yet)
//   SPMC, EL3       │ pending             │ pending
//   parked core     │ (masked)            │ wakes it: bl31_park()
//
// SCR_EL3 of each world (context.c) says so. There is no secure device interrupt in this version.
#include "bl31/bl31_private.h"
#include "gic.h"
#include "log.h"
#include "regs.h"

void irq_group0(struct smc_frame *frame)
{
    struct core *core = (struct core *)read_tpidr_el3();
    uint32_t acknowledged = gic_acknowledge();
    uint32_t id = acknowledged & 0x3ff;

    (void)frame;
    if (id >= GIC_SPURIOUS_FIRST) { // gone again, or handled before
        core->spurious_count++;
        return;
    }
    gic_end(acknowledged);
    core->group0_count++;
    log_info("core %u: group 0 interrupt %u, %llu so far", core->index, id,
             (unsigned long long)core->group0_count);
}
