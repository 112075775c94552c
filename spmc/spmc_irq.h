// SPDX-License-Identifier: BSD-3-Clause
//
// Hardware below sp_interrupt.c and sp_timer.c, besides gic_secure.h: the core's secure timer and counter, messages between
// cores, and EL3's own interrupts. The unit tests have stand-ins.
#ifndef SPMC_IRQ_H
#define SPMC_IRQ_H

#include <stdint.h>

#include "errors.h"

#define SPMC_SGI_TIMERS 9 // to another core: deadlines came to you, look at the clock

// The bit of PSTATE (SPSR_I or SPSR_F) that keeps the normal world's interrupts from a partition and lets the SPMC's
// through: const after spmc_irq_init.
extern uint64_t spmc_irq_normal_mask;

// Finds the interrupt controller. Boot core, once. Errors of gic_secure_init.
MUST_CHECK int spmc_irq_init(void);

// This core's interface, the interrupts of its timer and SPMC_SGI_TIMERS enabled and its timer stopped. Each time the core starts. Errors of
// gic_secure.h.
MUST_CHECK int spmc_irq_init_core(uint32_t core_index);

// The counter, the same on all cores; its ticks in `us` microseconds (≤ 2^32).
uint64_t spmc_irq_now(void);
uint64_t spmc_irq_ticks(uint64_t us);

// This core's timer interrupt comes when the counter reaches `deadline`, at once if that is in the past; 0: not at all.
void spmc_irq_program(uint64_t deadline);

// Sends SPMC_SGI_TIMERS to another core.
void spmc_irq_tell(uint32_t core_index);

// Raises the schedule-receiver interrupt (GIC_SGI_SRI) of the normal world on core `core_index`: it comes when the normal
// world runs there and lets it.
void spmc_irq_raise_sri(uint32_t core_index);

// Has EL3 take the interrupt of its own that is signalled to this core (FFA_EL3_INTR_HANDLE).
void spmc_irq_to_el3(void);

#endif
