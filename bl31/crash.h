// SPDX-License-Identifier: BSD-3-Clause
//
// The record of a crash of EL3 or the SPMC, in a page of secure RAM that nothing clears on the way through a reset
// (board.h, CRASH_BASE): written before the report goes to the console, printed again by the next boot. crash.c fills and
// prints it, crash_record.c keeps it. What a boot finds there may be anything: it counts only if its checksum is right.
#ifndef CRASH_H
#define CRASH_H

#include <stdbool.h>
#include <stdint.h>

#include "bl31/context.h"
#include "errors.h"

#define CRASH_STACK_WORDS 24

// Crashes with a reset after them since the machine has power; the next one ends in plat_fatal() (crash.c: end).
#define CRASH_RESETS_MAX 3

enum crash_kind {
    CRASH_EL3 = 1, // an exception that EL3 must not have
    CRASH_SPMC,    // the SPMC's FFA_ABORT
};

enum crash_stack {
    CRASH_STACK_NONE, // not EL3's stack
    CRASH_STACK_EMPTY,
    CRASH_STACK_OVERFLOW, // SP is in the guard page
    CRASH_STACK_OUTSIDE,  // SP is no address of the stack
    CRASH_STACK_WORDS_FOLLOW,
};

// Plain data, native byte order: written and read by the same firmware, or by one that checks `version`.
struct crash_record {
    uint32_t magic;
    uint16_t version;
    uint16_t size;     // of this structure
    uint32_t checksum; // of all that follows
    uint32_t count;    // crashes since the machine has power, this one included
    uint32_t reported; // boots that printed it
    uint16_t kind;     // enum crash_kind
    uint16_t slot;     // of the vector table, 0 … 15
    uint32_t core;
    uint16_t stack; // enum crash_stack
    uint16_t stack_count;
    uint64_t esr, elr; // EL3's, or what the SPMC says of its own
    uint64_t far, spsr;
    uint64_t scr, sctlr;
    uint64_t x[32];                    // x0 … x30, SP; of the SPMC x30 and SP only
    uint64_t words[CRASH_STACK_WORDS]; // from SP upwards
};

// Puts magic, version, size, count and checksum into `record` and copies it to the page, past the caches. `record` is
// complete but for these. EL3, MMU on or off.
void crash_record_store(struct crash_record *record);

// Copies the record of the page. ERR_NOT_FOUND: there is none, or it is damaged, or of other firmware (`record` is then
// undefined).
MUST_CHECK int crash_record_load(struct crash_record *record);

// Counts a report in the record of the page, which crash_record_load() has found.
void crash_record_reported(struct crash_record *record);

// The second half of crash.S, on the crash stack: records and prints all about the exception in `slot` (0 … 15 of the
// vector table) on `core`, whose crash_x holds x0–x30 and SP, and the registers of EL3. Ends in a reset, or in plat_fatal().
// Trusts nothing but the console, the page, and that `core` is readable.
_Noreturn void crash_report(uint64_t slot, const struct core *core);

// The same for FFA_ABORT of the SPMC: x1 = ESR_EL1, x2 = ELR_EL1, x3 = FAR_EL1, x4 = SP, x5 = x30 in `frame`, the secure
// frame; it has printed the rest itself. Of several cores the first one reports, the others halt.
_Noreturn void crash_of_spmc(const struct smc_frame *frame);

// Boot core, before any other core runs a world: the boot is over, a crash of any core resets the machine from now on.
void crash_boot_is_over(void);

// Prints what the last crash left, once. Boot core, when the console and the page can be reached.
void crash_last(void);

#endif
