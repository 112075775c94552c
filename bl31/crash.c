// SPDX-License-Identifier: BSD-3-Clause
//
// The crash report of EL3: what happened, where, with which registers, and how to find the source line. Called by crash.S
// once, on its stack; nothing runs afterwards.
#include <stddef.h>

#include "bits.h"
#include "bl31/bl31_private.h"
#include "log.h"
#include "platform.h"
#include "regs.h"

#define STACK_WORDS 16

static const char *const slot_names[16] = {
    "EL3 with SP_EL0, synchronous",
    "EL3 with SP_EL0, IRQ",
    "EL3 with SP_EL0, FIQ",
    "EL3 with SP_EL0, SError",
    "EL3, synchronous",
    "EL3, IRQ",
    "EL3, FIQ",
    "EL3, SError",
    "lower level, synchronous",
    "lower level, IRQ",
    "lower level, FIQ",
    "lower level, SError",
    "AArch32, synchronous",
    "AArch32, IRQ",
    "AArch32, FIQ",
    "AArch32, SError",
};

// ESR_EL3.EC (DDI0487 table D1-6): those that have a meaning at EL3
static const struct {
    uint8_t ec;
    const char *name;
} class_names[] = {
    { EC_UNKNOWN, "undefined instruction" },
    { EC_FP_TRAP, "FP/SIMD used" },
    { EC_BTI, "indirect branch to no landing pad" },
    { EC_ILLEGAL_STATE, "illegal execution state" },
    { EC_SMC64, "SMC" },
    { EC_SYSREG, "system register access" },
    { EC_SVE_TRAP, "SVE used" },
    { EC_PAC_FAIL, "pointer authentication failure" },
    { EC_SME_TRAP, "SME used" },
    { EC_IABORT_LOWER, "instruction abort of a lower level" },
    { EC_IABORT_SAME, "instruction abort" },
    { EC_PC_ALIGN, "PC alignment" },
    { EC_DABORT_LOWER, "data abort of a lower level" },
    { EC_DABORT_SAME, "data abort" },
    { EC_SP_ALIGN, "SP alignment" },
    { EC_SERROR, "SError" },
    { EC_BRK64, "BRK" },
};

static const char *class_name(uint64_t ec)
{
    for (size_t i = 0; i < ARRAY_COUNT(class_names); i++) {
        if (class_names[i].ec == ec) {
            return class_names[i].name;
        }
    }
    return "no name here, see DDI0487";
}

// ESR_EL3.ISS.{D,I}FSC of aborts: kind, and the level in its low two bits where it has one
static const char *fault_name(uint64_t fsc)
{
    switch (fsc & ~UL(3)) {
    case 0x00:
        return "address size fault";
    case 0x04:
        return "translation fault (unmapped)";
    case 0x08:
        return "access flag fault";
    case 0x0c:
        return "permission fault";
    case ESR_FSC_EXTERNAL:
        return "external abort";
    case 0x14:
        return "external abort on a table walk";
    case 0x20:
        return "alignment fault";
    default:
        return "other fault, see DDI0487";
    }
}

static void report_syndrome(uint64_t esr)
{
    uint64_t ec = ESR_EC(esr);
    uint64_t fsc = esr & ESR_FSC_MASK;

    log_error("ESR %08llx: class %llx, %s", (unsigned long long)esr, (unsigned long long)ec,
              class_name(ec));
    if (ec == EC_DABORT_SAME || ec == EC_DABORT_LOWER) {
        log_error("%s of %llx: %s, level %llu", (esr & ESR_DABORT_WNR) != 0 ? "write" : "read",
                  (unsigned long long)read_far_el3(), fault_name(fsc),
                  (unsigned long long)(fsc & 3));
    } else if (ec == EC_IABORT_SAME || ec == EC_IABORT_LOWER) {
        log_error("fetch from %llx: %s, level %llu", (unsigned long long)read_far_el3(),
                  fault_name(fsc), (unsigned long long)(fsc & 3));
    }
}

static void report_registers(const uint64_t *x)
{
    log_error("ELR %016llx FAR %016llx SPSR %08llx SCR %llx", (unsigned long long)read_elr_el3(),
              (unsigned long long)read_far_el3(), (unsigned long long)read_spsr_el3(),
              (unsigned long long)read_scr_el3());
    log_error("SCTLR %llx SP %016llx", (unsigned long long)read_sctlr_el3(),
              (unsigned long long)x[31]);
    for (unsigned int i = 0; i < 31; i += 2) {
        if (i == 30) {
            log_error("x30 %016llx", (unsigned long long)x[30]);
        } else {
            log_error("x%-2u %016llx x%-2u %016llx", i, (unsigned long long)x[i], i + 1,
                      (unsigned long long)x[i + 1]);
        }
    }
}

// Words from SP upwards, if SP is in this core's stack; a SP in the guard page below it means that it overflowed.
static void report_stack(const struct core *core, uint64_t sp)
{
    const struct core_memory *memory = &bl31_cores[core->index % BOARD_CORE_MAX];
    uint64_t bottom = (uintptr_t)memory->stack;
    uint64_t end = (uintptr_t)&memory->core.normal; // where SP starts: context.h

    if (range_inside(sp, 1, (uintptr_t)memory->guard, PAGE_SIZE)) {
        log_error("the stack overflowed: SP is in its guard page");
        return;
    }
    if (sp == end) {
        log_error("the stack is empty");
        return;
    }
    if (!range_inside(sp, 8, bottom, end - bottom) || !IS_ALIGNED(sp, 8)) {
        log_error("SP is not in the stack %llx … %llx", (unsigned long long)bottom,
                  (unsigned long long)end);
        return;
    }
    for (unsigned int i = 0; i < STACK_WORDS && sp + 16 <= end; i += 2, sp += 16) {
        const uint64_t *word = (const uint64_t *)(uintptr_t)sp;
        log_error("[%llx] %016llx %016llx", (unsigned long long)sp, (unsigned long long)word[0],
                  (unsigned long long)word[1]);
    }
}

void crash_report(uint64_t slot, const struct core *core)
{
    const uint64_t *x = core->crash_x;

    log_error("CRASH on core %u: unexpected exception, %s", core->index, slot_names[slot & 15]);
    report_syndrome(read_esr_el3());
    report_registers(x);
    if (slot < 8) {
        report_stack(core, x[31]);
        log_error("where: aarch64-linux-gnu-addr2line -fi -e bl31.elf %llx %llx",
                  (unsigned long long)read_elr_el3(), (unsigned long long)x[30]);
    } else {
        log_error("where: ELR and x30 are the lower level's, EL%llu of the %s world",
                  (unsigned long long)((read_spsr_el3() >> 2) & 3),
                  (read_scr_el3() & SCR_NS) != 0 ? "normal" : "secure");
    }
    plat_fatal();
}
