// SPDX-License-Identifier: BSD-3-Clause
//
// What the files of bl31 share and is too small for a header of its own: the memory of a core, and one or two functions
// each of arch_svc.c, trap.c, irq.c, crash.c and bl31_main.c.
#ifndef BL31_PRIVATE_H
#define BL31_PRIVATE_H

#define CORE_MEMORY_PAGES 2

#ifndef __ASSEMBLER__

#include <stdbool.h>
#include <stdint.h>

#include "bits.h"
#include "bl31/context.h"
#include "board.h"
#include "handoff.h"
#include "tables.h"

// Guard page (never mapped), stack, struct core; one for each core, found by its index. TPIDR_EL3 = &core.
struct core_memory {
    uint8_t guard[PAGE_SIZE];
    uint8_t stack[PAGE_SIZE - sizeof(struct core)];
    struct core core;
} __attribute__((aligned(PAGE_SIZE)));

extern struct core_memory bl31_cores[BOARD_CORE_MAX];

// SMCs of the architecture range: smc.h, smc_handler.
uint64_t arch_smc(uint64_t fid, uint64_t x1, uint64_t x2, uint64_t x3, struct smc_frame *frame);

// A synchronous exception from a lower level that is no SMC #0. An instruction that EL3 traps becomes an Undefined Instruction
// exception of the level that executed it (or of the one above EL0); SMC with another immediate returns -1 in x0.
// `frame`: of the world it came from; x[0] may be changed. False: it is none of these, and nothing was changed.
bool trap_lower(struct smc_frame *frame);

// A group 0 interrupt while the normal world ran: acknowledged, ended, counted and logged. `frame` is not changed.
void irq_group0(struct smc_frame *frame);

// The second half of crash.S, on the crash stack: prints all about the exception in `slot` (0 … 15 of the vector table)
// on `core`, whose crash_x holds x0–x30 and SP, and the registers of EL3. Ends in plat_fatal(). Trusts nothing but the
// console and that `core` is readable.
_Noreturn void crash_report(uint64_t slot, const struct core *core);

// BL31's map of the memory; const after bl31_map.
extern struct tables bl31_tables;

// bl31_map.c: makes the one map of all cores and switches the MMU of this one on. Ends in plat_fatal() if it cannot.
void bl31_map(void);

// The OTP memory in EL3's map and out of it again: only while the counters are raised, and only this of the flash. The errors of
// tables_map; out of it cannot fail after that.
MUST_CHECK int bl31_map_otp(void);
void bl31_unmap_otp(void);

// bl31_counters.c. Before the SPMC runs: remembers what the hand-off, which handoff_check() has accepted, wants the NV counters
// to be.
void bl31_counters_take(const struct handoff *handoff);

// Right before the normal world's first entry, boot core, the others parked: raises the counters that are lower, at most to
// OTP_COUNTER_MAX: a value beyond that is an error line, too. What fails is an error line on the console, and the boot goes on.
void bl31_counters_raise(void);

// bl31_main.c: everything from the first C to the SPMC, on core `index`, MMU off. `handoff`: the address that BL1 gave.
_Noreturn void bl31_main(struct handoff *handoff, uint32_t index);

// bl31_park.c: calls the cores that wait in BL1's flash into BL31's own parking place, and waits until they are there.
// `core_count`: cores present, this one included. Ends in plat_fatal() if one does not come.
void bl31_park_all(uint32_t core_count);

// The parking place: says that this core has arrived and sleeps until its mailbox names an address. Returns that.
// Own stack, MMU on.
uint64_t bl31_park(struct core *core);

// Where a released core enters BL31 (bl31_entry.S): EL3, MMU off, x0 = index.
void bl31_park_entry(void);

// Linker script: the image's own sections; each starts on a page.
extern const char __text_start[], __text_end[], __rodata_start[], __rodata_end[], __data_start[],
    __image_end[];

#endif
#endif
