// SPDX-License-Identifier: BSD-3-Clause
//
// Exceptions that are not calls: a partition that faults is reported with its registers and stopped, everything else goes
// on; an exception of the SPMC itself ends in a report and the board's fatal state.
#include "ffa_dispatch.h"

#include "log.h"
#include "regs.h"

static const char *exception_name(uint64_t ec)
{
    static const struct {
        uint8_t ec;
        const char *name;
    } names[] = {
        { EC_UNKNOWN, "undefined instruction" },
        { EC_WFX, "WFI or WFE" },
        { EC_FP_TRAP, "FP/SIMD access" },
        { EC_PAC_TRAP, "pointer authentication trap" },
        { EC_BTI, "branch target exception" },
        { EC_ILLEGAL_STATE, "illegal execution state" },
        { EC_SVC64, "SVC" },
        { EC_HVC64, "HVC" },
        { EC_SMC64, "SMC" },
        { EC_SYSREG, "system register access" },
        { EC_SVE_TRAP, "SVE access" },
        { EC_PAC_FAIL, "pointer authentication failure" },
        { EC_SME_TRAP, "SME access" },
        { EC_IABORT_LOWER, "instruction abort" },
        { EC_IABORT_SAME, "instruction abort" },
        { EC_PC_ALIGN, "PC alignment" },
        { EC_DABORT_LOWER, "data abort" },
        { EC_DABORT_SAME, "data abort" },
        { EC_SP_ALIGN, "SP alignment" },
        { EC_SERROR, "SError" },
        { EC_BRK64, "BRK" },
    };

    for (unsigned int i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        if (names[i].ec == ec) {
            return names[i].name;
        }
    }
    return "unknown exception";
}

static void log_registers(const uint64_t *x)
{
    for (unsigned int i = 0; i < 28; i += 4) {
        log_error("  x%-2u %016llx %016llx %016llx %016llx", i, (unsigned long long)x[i],
                  (unsigned long long)x[i + 1], (unsigned long long)x[i + 2],
                  (unsigned long long)x[i + 3]);
    }
    log_error("  x28 %016llx x29 %016llx x30 %016llx", (unsigned long long)x[28],
              (unsigned long long)x[29], (unsigned long long)x[30]);
}

static void report_fault(const struct sp *sp, uint64_t esr)
{
    const struct sp_ctx *ctx = &sp->ctx;

    log_error("partition %s (0x%x) faulted and is stopped: %s, ESR 0x%llx, FAR 0x%llx",
              sp->config.description, sp->endpoint.id, exception_name(ESR_EC(esr)),
              (unsigned long long)esr, (unsigned long long)read_far_el1());
    log_error("  pc 0x%llx = image + 0x%llx, sp 0x%llx, pstate 0x%llx", (unsigned long long)ctx->pc,
              (unsigned long long)(ctx->pc - sp->load_base), (unsigned long long)ctx->sp_el0,
              (unsigned long long)ctx->spsr);
    log_registers(ctx->x);
}

struct sp *sp_exception(struct spmc_core *core, struct sp *sp, uint64_t esr)
{
    if (ESR_EC(esr) == EC_FP_TRAP && core->fp_owner == NULL) {
        fp_give_to(core, sp);
        return sp; // the instruction runs again
    }
    report_fault(sp, esr);
    return sp_stop(core, sp);
}

// PSCI_SYSTEM_RESET of the secure world (bl31/smc.c): EL3 does it at once.
void spmc_reset(void)
{
    struct ffa_args args = { .x = { PSCI_SYSTEM_RESET } };

    spmc_smc(&args);
    log_error("EL3 does not reset the machine: 0x%llx", (unsigned long long)args.x[0]);
    plat_fatal();
}

void spmc_report_init_error(const struct sp *sp, int32_t code)
{
    log_error("partition %s (0x%x) failed to initialise and is stopped: FFA_ERROR %d",
              sp->config.description, sp->endpoint.id, code);
}

void spmc_crash(const uint64_t *frame, uint64_t vector)
{
    log_bypass();
    log_error("the SPMC crashed: %s, vector %llu, ESR 0x%llx, FAR 0x%llx",
              exception_name(ESR_EC(read_esr_el1())), (unsigned long long)vector,
              (unsigned long long)read_esr_el1(), (unsigned long long)read_far_el1());
    log_error(
        "  pc 0x%llx, sp 0x%llx, pstate 0x%llx; aarch64-linux-gnu-addr2line -fe spmc.elf PC X30",
        (unsigned long long)read_elr_el1(), (unsigned long long)frame[31],
        (unsigned long long)read_spsr_el1());
    log_registers(frame);
    // EL3 writes the crash record of the machine and has the last word
    struct ffa_args args = { .x = { FFA_ABORT_32, read_esr_el1(), read_elr_el1(), read_far_el1(),
                                    frame[31], frame[30] } };
    spmc_smc(&args);
    plat_fatal(); // not reached
}
