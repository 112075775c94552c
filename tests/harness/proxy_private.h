// SPDX-License-Identifier: BSD-3-Clause
//
// What the files of the proxy share. The assembly routines are described where they are defined.
#ifndef PROXY_PRIVATE_H
#define PROXY_PRIVATE_H

#include <stdbool.h>
#include <stdint.h>

#include "tests/harness/mailbox.h"

// proxy_entry.S
int proxy_guard(void (*op)(struct mb_slot *), struct mb_slot *slot, uint64_t *saved_sp);

// proxy_call.S
void proxy_smc(uint64_t *x, uint64_t *t);
void proxy_smc_nop(uint64_t *x, uint64_t *t);
void proxy_smc_spin(uint64_t *x, uint64_t *t);
uint64_t proxy_loop_smc(uint64_t *x, uint64_t count);
uint64_t proxy_loop_nop(uint64_t *x, uint64_t count);

// proxy_cpu.S
void proxy_cpu_mmu_on(uint64_t *root);
uint64_t proxy_cpu_el(void);
#define PROXY_ID_MPIDR 1
uint64_t proxy_cpu_id(unsigned int which);
uint64_t proxy_sysreg_read(unsigned int number);
void proxy_sysreg_write(unsigned int number, uint64_t value);
uint64_t proxy_cpu_pending(void);
uint64_t proxy_cpu_counter(void);
void proxy_timer_arm(uint64_t ticks);
void proxy_timer_off(void);
void proxy_cpu_wait(void);
void proxy_cpu_branch(uint64_t address);
void proxy_icc_init(void);
void proxy_icc_sgi(uint64_t id, uint64_t core);
uint64_t proxy_icc_ack(void);
void proxy_icc_end(uint64_t id);

// proxy_fp.S
void proxy_fp_load_v(const uint8_t v[32][16], const uint64_t *fpcr_fpsr);
void proxy_fp_store_v(uint8_t v[32][16], uint64_t *fpcr_fpsr);
uint64_t proxy_sve_init(void);
void proxy_sve_load(const uint8_t *z, const uint8_t *p);
void proxy_sve_store(uint8_t *z, uint8_t *p);
uint64_t proxy_sme_init(void);
void proxy_sme_load(const uint8_t *z, const uint8_t *p);
uint64_t proxy_sme_store(uint8_t *z, uint8_t *p);

// proxy_gic.c: interrupts of the normal world on this core, GICv2 and GICv3. The firmware has given all of them to
// group 1 of the normal world and woken the redistributor.
void proxy_gic_init(uint64_t core, uint64_t version);
void proxy_gic_sgi(uint64_t version); // SGI MB_SGI to this core
void proxy_gic_sgi_to(uint64_t version, uint64_t core, uint64_t id);
uint64_t proxy_gic_take(
    uint64_t version); // acknowledges and ends what is pending: INTID, or MB_NO_INTERRUPT

// proxy_many.c: ops that make many calls
void proxy_calls(struct mb_slot *slot);

// proxy_main.c: until so many cores have called it since the host began to count
void proxy_wait_for_others(uint64_t count);
void proxy_sweep(struct mb_slot *slot);

// proxy_context.c: MB_OP_CONTEXT
void proxy_context(struct mb_slot *slot);

// proxy_main.c, called from proxy_entry.S
void proxy_mmu_on(uint64_t core);
void proxy_main(uint64_t core, uint64_t counter, const uint64_t *boot_x);
uint64_t proxy_exception(uint64_t core, const uint64_t *frame);

#endif
