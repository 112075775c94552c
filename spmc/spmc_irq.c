// SPDX-License-Identifier: BSD-3-Clause
//
// The secure timer of each core (CNTPS_*_EL1, which EL3 gives to S-EL1: SCR_EL3.ST) and the calls around it, see spmc_irq.h.
#include "spmc_irq.h"

#include "barrier.h"
#include "gic_secure.h"
#include "log.h"
#include "regs.h"
#include "spmc_private.h"

#define CNTPS_ENABLE 1 // CNTPS_CTL_EL1: on, not masked

uint64_t spmc_irq_normal_mask;

int spmc_irq_init(void)
{
    // gic_secure.h: the normal world's interrupts are FIQs on a GICv3, IRQs on a GICv2
    spmc_irq_normal_mask =
        ID_FIELD(read_id_aa64pfr0_el1(), ID_AA64PFR0_GIC_SHIFT) != 0 ? SPSR_F : SPSR_I;
    return gic_secure_init();
}

int spmc_irq_init_core(uint32_t core_index)
{
    int err = gic_secure_init_core();

    write_cntps_ctl_el1(0); // unknown after a reset
    isb();
    if (err == 0) {
        err = gic_secure_enable(GIC_PPI_SECURE_TIMER, core_index, true);
    }
    if (err == 0) {
        err = gic_secure_enable(SPMC_SGI_TIMERS, core_index, true);
    }
    return err;
}

uint64_t spmc_irq_now(void)
{
    isb(); // not read early
    return read_cntpct_el0();
}

uint64_t spmc_irq_ticks(uint64_t us)
{
    return us * (read_cntfrq_el0() & UINT32_MAX) / 1000000;
}

void spmc_irq_program(uint64_t deadline)
{
    write_cntps_cval_el1(deadline);
    write_cntps_ctl_el1(deadline != 0 ? CNTPS_ENABLE : 0);
    isb(); // the interrupt line follows before it is ended, or the core left
}

void spmc_irq_tell(uint32_t core_index)
{
    int err = gic_secure_send_sgi(core_index, SPMC_SGI_TIMERS);

    if (err != 0) {
        log_error("core %u cannot be told of its deadlines (error %d)", core_index, err);
    }
}

void spmc_irq_raise_sri(uint32_t core_index)
{
    int err = gic_secure_send_sri(core_index);

    if (err != 0) {
        log_error("core %u cannot be told of notifications (error %d)", core_index, err);
    }
}

void spmc_irq_to_el3(void)
{
    struct ffa_args args = { .x = { FFA_EL3_INTR_HANDLE } };

    spmc_smc(&args);
    if ((uint32_t)args.x[0] != FFA_SUCCESS_32) {
        log_error("EL3 does not take its interrupt: 0x%x, %d", (uint32_t)args.x[0], (int)args.x[2]);
    }
}
