// SPDX-License-Identifier: BSD-3-Clause
//
// What the files of the SPMC share and nobody else sees: the per-core structure and the few functions between
// assembly and C. The rules of control flow are in spmc/README.md "How control moves".
#ifndef SPMC_PRIVATE_H
#define SPMC_PRIVATE_H

#include "board.h"
#include "errors.h"
#include "ffa_abi.h"
#include "handoff.h"
#include "sp.h"

// One per core; TPIDR_EL1 points to it. Only its own core touches it, but for `online` and `asleep`. Layout known to assembly by spmc_offsets.c.
struct spmc_core {
    struct ffa_args args; // registers of the normal world's call, then of the return to it
    uint64_t stack_top;
    uint64_t pac_key[2]; // APIAKey of the SPMC itself
    struct sp *fp_owner; // whose FP registers are live; NULL: the normal world's
    void *fp_nwd;        // where the normal world's are kept meanwhile (spmc_fp.S); set at boot
    bool
        attention; // something is to be done before this core goes back to the normal world (ffa_notify_leaving)
    struct sp
        *interrupted; // had the core, but another partition has it now for an interrupt; else NULL
    uint32_t handled; // who has handled interrupts here in a row (bit i: spmc_sps[i])
    uint64_t watchdog_deadline; // of the partition that runs; 0: none
    uint64_t handler_deadline;  // of the turn of an interrupt, whoever runs in it; 0: none
    uint64_t timers_deadline;   // the earliest of the partitions' that this core serves; 0: none
    uint64_t programmed;        // the hardware timer's, the earliest of the three
    bool watchdog_bites;        // the first has passed
    bool handler_bites;         // the second has
    bool online;                // serves deadlines: under the lock of sp_timer.c
    bool asleep;                // in a suspend; under the same lock
    uint32_t index;
} __attribute__((aligned(64)));

extern struct spmc_core spmc_cores[BOARD_CORE_MAX]; // those of the cores that the machine has

// Facts about this core that decide which registers exist; const after boot. Bits of spmc_features.
#define SPMC_HAS_PAC 1
#define SPMC_HAS_SVE 2
#define SPMC_HAS_SME 4
extern uint32_t spmc_features;

// The ways in. Each returns the partition that runs next on this core, or NULL: leave to EL3 with core->args.
// Called from assembly with a fresh stack, interrupts masked; nothing on the stack outlives the return.
struct sp *spmc_main(struct handoff *handoff, struct spmc_core *core); // boot
struct sp *spmc_core_start(struct spmc_core *core);                    // PSCI CPU_ON
struct sp *ffa_from_nwd(struct spmc_core *core);                       // SMC of the normal world
struct sp *ffa_from_sp(struct spmc_core *core, struct sp *sp);    // SVC of the running partition
struct sp *sp_interrupted(struct spmc_core *core, struct sp *sp); // IRQ or FIQ while it ran
struct sp *sp_exception(struct spmc_core *core, struct sp *sp,
                        uint64_t esr); // any other exception from it

// A call that EL3 answers at once: x0 … x17 of `args` in, and out (spmc_smc.S).
void spmc_smc(struct ffa_args *args);

// What this core has: SPMC_HAS_* (spmc_secondary.c).
uint32_t spmc_read_features(void);

// Tells EL3 where other cores come in, and keeps what the boot core has for comparison. Boot, before the first
// FFA_MSG_WAIT.
void spmc_secondary_register(void);

// Has EL3 reset the machine, as the manifest of a partition that was just stopped wants it. Does not come back on a machine.
void spmc_reset(void);

// An exception of the SPMC itself: report and stop the machine. `frame`: x0 … x30, sp.
_Noreturn void spmc_crash(const uint64_t *frame, uint64_t vector);

// A partition ended its first entry with FFA_ERROR.
void spmc_report_init_error(const struct sp *sp, int32_t code);

// Who boots next: the partition after `sp` (NULL: the first) in boot order, prepared for its first entry, or NULL when
// all have had their turn; then core->args holds the FFA_MSG_WAIT that ends the boot.
struct sp *spmc_boot_next(struct spmc_core *core, const struct sp *sp);

// spmc_fp.S: the only routines of the SPMC that touch FP registers at run time.
void fp_save_sp(struct sp_ctx *ctx);
void fp_load_sp(const struct sp_ctx *ctx);
void fp_save_nwd(void *area, uint32_t features);
void fp_load_nwd(const void *area, uint32_t features);
void fp_zero(void);
#define FP_AREA_BYTES(vl) (64 + 32 * (vl) + 17 * ((vl) / 8))

// spmc_fp.c: lazy switching around them.
void fp_boot(uint32_t core_count); // areas for the normal world's registers
// This core's access to FP, at its start. ERR_NOT_SUPPORTED: its vectors are longer than the areas.
MUST_CHECK int fp_start_core(void);
void fp_give_to(struct spmc_core *core, struct sp *sp); // first FP use of `sp` in this entry
void fp_give_back(struct spmc_core *core); // before the core goes back to the normal world

#endif
