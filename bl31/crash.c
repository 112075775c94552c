// SPDX-License-Identifier: BSD-3-Clause
//
// The crash report of EL3: what happened, where, with which registers. `make symbolise LOG=console` adds functions and lines to
// it. Called by crash.S once, on its stack, or for the SPMC; nothing runs afterwards. The next boot prints it again.
#include "bl31/crash.h"

#include <stdatomic.h>
#include <stddef.h>

#include "barrier.h"
#include "bits.h"
#include "bl31/bl31_private.h"
#include "log.h"
#include "platform.h"
#include "regs.h"
#include "string.h"

extern _Atomic uint32_t crash_reporter; // crash.S: 1 once a core reports
_Noreturn void crash_halt(void);        // crash.S

static _Atomic bool boot_is_over;

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

static void print_syndrome(const struct crash_record *r)
{
    uint64_t ec = ESR_EC(r->esr);
    uint64_t fsc = r->esr & ESR_FSC_MASK;

    log_error("ESR %08llx: class %llx, %s", (unsigned long long)r->esr, (unsigned long long)ec,
              class_name(ec));
    if (ec == EC_DABORT_SAME || ec == EC_DABORT_LOWER) {
        log_error("%s of %llx: %s, level %llu", (r->esr & ESR_DABORT_WNR) != 0 ? "write" : "read",
                  (unsigned long long)r->far, fault_name(fsc), (unsigned long long)(fsc & 3));
    } else if (ec == EC_IABORT_SAME || ec == EC_IABORT_LOWER) {
        log_error("fetch from %llx: %s, level %llu", (unsigned long long)r->far, fault_name(fsc),
                  (unsigned long long)(fsc & 3));
    }
}

static void print_registers(const struct crash_record *r)
{
    log_error("ELR %016llx FAR %016llx SPSR %08llx SCR %llx", (unsigned long long)r->elr,
              (unsigned long long)r->far, (unsigned long long)r->spsr, (unsigned long long)r->scr);
    log_error("SCTLR %llx SP %016llx", (unsigned long long)r->sctlr, (unsigned long long)r->x[31]);
    for (unsigned int i = 0; i < 30; i += 2) {
        log_error("x%-2u %016llx x%-2u %016llx", i, (unsigned long long)r->x[i], i + 1,
                  (unsigned long long)r->x[i + 1]);
    }
    log_error("x30 %016llx", (unsigned long long)r->x[30]);
}

static void print_stack(const struct crash_record *r)
{
    static const char *const texts[] = {
        [CRASH_STACK_EMPTY] = "the stack is empty",
        [CRASH_STACK_OVERFLOW] = "the stack overflowed: SP is in its guard page",
        [CRASH_STACK_OUTSIDE] = "SP is not in the stack of the core",
    };

    if (r->stack < ARRAY_COUNT(texts) && texts[r->stack] != NULL) {
        log_error("%s", texts[r->stack]);
    }
    if (r->stack == CRASH_STACK_WORDS_FOLLOW) {
        for (unsigned int i = 0; i + 1 < r->stack_count && i + 1 < CRASH_STACK_WORDS; i += 2) {
            log_error("[%llx] %016llx %016llx", (unsigned long long)(r->x[31] + i * 8),
                      (unsigned long long)r->words[i], (unsigned long long)r->words[i + 1]);
        }
    }
}

static void print(const char *when, const struct crash_record *r)
{
    if (r->kind == CRASH_SPMC) {
        log_error("%s on core %u: the SPMC gave up", when, r->core);
        log_error("ESR %08llx FAR %016llx", (unsigned long long)r->esr, (unsigned long long)r->far);
        log_error("ELR %016llx SP %016llx x30 %016llx", (unsigned long long)r->elr,
                  (unsigned long long)r->x[31], (unsigned long long)r->x[30]);
        return;
    }
    log_error("%s on core %u: unexpected exception, %s", when, r->core, slot_names[r->slot & 15]);
    print_syndrome(r);
    print_registers(r);
    if (r->slot >= 8) { // not EL3's own
        log_error("ELR and x30 are the lower level's, EL%llu of the %s world",
                  (unsigned long long)((r->spsr >> 2) & 3),
                  (r->scr & SCR_NS) != 0 ? "normal" : "secure");
    }
    print_stack(r);
}

// Words from SP upwards, if SP is in this core's stack; a SP in the guard page below it means that it overflowed.
static void take_stack(struct crash_record *r, const struct core *core)
{
    const struct core_memory *memory = bl31_core_memory(core->index % BOARD_CORE_MAX);
    uint64_t bottom = (uintptr_t)memory->stack;
    uint64_t end = (uintptr_t)&memory->core.normal; // where SP starts: context.h
    uint64_t sp = r->x[31];

    if (range_inside(sp, 1, (uintptr_t)memory - CORE_ALIAS_GUARD, CORE_ALIAS_GUARD)) {
        r->stack = CRASH_STACK_OVERFLOW;
        return;
    }
    if (sp == end) {
        r->stack = CRASH_STACK_EMPTY;
        return;
    }
    if (!range_inside(sp, 8, bottom, end - bottom) || !IS_ALIGNED(sp, 8)) {
        r->stack = CRASH_STACK_OUTSIDE;
        return;
    }
    r->stack = CRASH_STACK_WORDS_FOLLOW;
    for (; r->stack_count < CRASH_STACK_WORDS && sp + 8 <= end; r->stack_count++, sp += 8) {
        r->words[r->stack_count] = *(const uint64_t *)(uintptr_t)sp;
    }
}

// A machine whose normal world was up starts again, and the next boot tells what happened; but not for ever. A crash of the
// boot itself would only come back.
static _Noreturn void end(const struct crash_record *r)
{
    if (atomic_load_explicit(&boot_is_over, memory_order_relaxed) && r->count <= CRASH_RESETS_MAX) {
        log_error("crash %u since the machine has power: reset", r->count);
        plat_system_reset();
    }
    plat_fatal();
}

static struct crash_record crash_now; // too large for the crash stack

void crash_report(uint64_t slot, const struct core *core)
{
    struct crash_record *r = &crash_now;

    log_bypass();
    r->kind = CRASH_EL3;
    r->slot = (uint16_t)(slot & 15);
    r->core = core->index;
    r->esr = read_esr_el3();
    r->elr = read_elr_el3();
    r->far = read_far_el3();
    r->spsr = read_spsr_el3();
    r->scr = read_scr_el3();
    r->sctlr = read_sctlr_el3();
    memcpy(r->x, core->crash_x, sizeof(r->x));
    if (slot < 8) {
        take_stack(r, core);
    }
    crash_record_store(r);
    print("CRASH", r);
    end(r);
}

void crash_of_spmc(const struct smc_frame *frame)
{
    const struct core *core = (const struct core *)read_tpidr_el3();
    struct crash_record *r = &crash_now;

    if (atomic_exchange_explicit(&crash_reporter, 1, memory_order_acquire) != 0) {
        crash_halt();
    }
    log_bypass();
    write_tpidr_el3(0); // crash.S: an exception from here on is one while a crash is reported
    isb();
    r->kind = CRASH_SPMC;
    r->core = core->index;
    r->esr = frame->x[1];
    r->elr = frame->x[2];
    r->far = frame->x[3];
    r->x[31] = frame->x[4];
    r->x[30] = frame->x[5];
    crash_record_store(r);
    print("CRASH", r);
    end(r);
}

void crash_boot_is_over(void)
{
    atomic_store_explicit(&boot_is_over, true, memory_order_relaxed);
}

void crash_last(void)
{
    if (crash_record_load(&crash_now) == ERR_NONE && crash_now.reported == 0) {
        print("last crash, before this boot,", &crash_now);
        crash_record_reported(&crash_now);
    }
    memset(&crash_now, 0, sizeof(crash_now));
}
