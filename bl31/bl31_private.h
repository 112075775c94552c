// SPDX-License-Identifier: BSD-3-Clause
//
// What the files of bl31 share and is too small for a header of its own: the memory of a core, and one or two functions
// each of arch_svc.c, trap.c, irq.c and bl31_main.c.
#ifndef BL31_PRIVATE_H
#define BL31_PRIVATE_H

// Where the pages of cores are mapped, apart: one page of BL31_ALIAS_BASE + index * CORE_ALIAS_STRIDE, the page below it is not
// mapped and stops a stack that overflows. At their physical addresses they are not mapped.
#define CORE_ALIAS_STRIDE (2 * PAGE_SIZE)
#define CORE_ALIAS_GUARD PAGE_SIZE

#ifndef __ASSEMBLER__

#include <stdbool.h>
#include <stdint.h>

#include "bits.h"
#include "bl31/context.h"
#include "board.h"
#include "handoff.h"
#include "tables.h"

// Stack and struct core of a core: one page. TPIDR_EL3 = &core.
struct core_memory {
    uint8_t stack[PAGE_SIZE - sizeof(struct core)];
    struct core core;
} __attribute__((aligned(PAGE_SIZE)));

// All of them at their physical addresses: for bl31_entry.S while the MMU is off, and for the map.
extern struct core_memory bl31_core_pages[BOARD_CORE_MAX];

// The memory of core `index` (below BOARD_CORE_MAX) as it is mapped; the CORE_ALIAS_GUARD bytes below it are its guard.
static inline struct core_memory *bl31_core_memory(uint32_t index)
{
    return (struct core_memory *)(uintptr_t)(BL31_ALIAS_BASE + CORE_ALIAS_GUARD +
                                             (uint64_t)index * CORE_ALIAS_STRIDE);
}

static inline struct core *bl31_core(uint32_t index)
{
    return &bl31_core_memory(index)->core;
}

// SMCs of the architecture range, and of the TRNG firmware interface (numbers TRNG_NUMBER_FIRST … LAST of the standard
// range, normal world): smc.h, smc_handler.
uint64_t arch_smc(uint64_t fid, uint64_t x1, uint64_t x2, uint64_t x3, struct smc_frame *frame);
uint64_t trng_smc(uint64_t fid, uint64_t x1, uint64_t x2, uint64_t x3, struct smc_frame *frame);

// rollback.c: the SPMC's calls for the rollback counter of a partition (TESSERA_SMC_COUNTER_*, ffa_abi.h), secure world only.
uint64_t rollback_smc(uint64_t fid, uint64_t x1, uint64_t x2, uint64_t x3, struct smc_frame *frame);

// A synchronous exception from a lower level that is no SMC #0. An instruction that EL3 traps becomes an Undefined Instruction
// exception of the level that executed it (or of the one above EL0); SMC with another immediate returns -1 in x0.
// `frame`: of the world it came from; x[0] may be changed. False: it is none of these, and nothing was changed.
bool trap_lower(struct smc_frame *frame);

// An interrupt that is not the normal world's, taken while it ran: one of the SPMC goes there and leaves EL3, one of EL3 is
// acknowledged, ended, counted and logged. `frame`: the normal frame, which is not changed. Returns its x0.
uint64_t irq_lower_fiq(struct smc_frame *frame);

// The SPMC, on `core`, found that the interrupt that came is EL3's: as above for that. If it is gone again, that is counted.
void irq_handle(struct core *core);

// BL31's map of the memory; const after bl31_map.
extern struct tables bl31_tables;

// bl31_map.c: makes the console usable and the one map of all cores. Boot core, MMU off. Ends in plat_fatal() if it cannot.
void bl31_map(void);

// The OTP memory in EL3's map, and readable, and out of it again: only while counters are read or raised, and only this of the flash,
// by one core at a time. The errors of tables_map and of plat_otp_open, then it is not there; out of it cannot fail after that.
MUST_CHECK int bl31_map_otp(void);
void bl31_unmap_otp(void);

// bl31_counters.c. Before the SPMC runs: remembers what the hand-off, which handoff_check() has accepted, wants the NV counters
// to be.
void bl31_counters_take(const struct handoff *handoff);

// Right before the normal world's first entry, boot core, the others parked: raises the counters that are lower, at most to
// OTP_COUNTER_MAX: a value beyond that is an error line, too. What fails is an error line on the console, and the boot goes on.
void bl31_counters_raise(void);

// bl31_main.c: everything from the map to the SPMC, on core `index`, MMU on. `handoff`: the address that BL1 gave.
_Noreturn void bl31_main(struct handoff *handoff, uint32_t index);

// bl31_main.c: a core that PSCI switched on, or that woke up, MMU on.
_Noreturn void bl31_warm_main(struct core *core);

// bl31_park.c: calls the cores that wait in BL1's flash into BL31's own parking place, and waits until they are there.
// `core_count`: cores present, this one included. Ends in plat_fatal() if one does not come.
void bl31_park_all(uint32_t core_count);

// A core that comes from BL1's flash, number `index`: MMU on. Goes to its off state, from which PSCI calls it.
_Noreturn void bl31_park(struct core *core, uint32_t index);

// Where a core enters BL31 (bl31_entry.S): EL3, MMU off, x0 = index. From BL1's parking place, and from its off state or a suspend.
void bl31_park_entry(void);
void bl31_warm_entry(void);

// Linker script: the image's own sections; each starts on a page.
extern const char __text_start[], __text_end[], __rodata_start[], __rodata_end[], __data_start[],
    __image_end[];

#endif
#endif
