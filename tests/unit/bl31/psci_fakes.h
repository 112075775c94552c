// SPDX-License-Identifier: BSD-3-Clause
//
// What the tests of PSCI share: a board of two clusters with two cores each, and stand-ins for its power, the GIC, the SPMD and
// context.c, which note what they were asked and let a test act in the middle, as another core would.
#ifndef PSCI_FAKES_H
#define PSCI_FAKES_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "bl31/context.h"
#include "bl31_fakes.h"

#define CORES 4
#define CORES_PRESENT 3 // core 3 is the board's, but not in this machine
#define RAM_BASE 0x80000000ull
#define RAM_SIZE 0x200000000ull
#define ENTRY (RAM_BASE + 0x1000)

#define NAP 0x00000001   // standby
#define DOZE 0x00010002  // power down
#define SLEEP 0x00010003 // the deepest

#define PSCI_CODE(code) ((uint64_t)(int64_t)(code))

// How a step that does not return ended, in addition to enum end.
enum psci_end { END_POWER_DOWN = 100, END_CORE_ON, END_CORE_RESUMED, END_HALTED };

struct psci_fake {
    struct core cores[CORES];
    uint32_t winner; // of the caller's choice
    // plat_cpu_power_on
    _Atomic uint32_t released;
    uint32_t released_core;
    uint64_t released_entry;
    int release_result;
    void (*while_releasing)(void);
    // plat_cpu_power_down
    uint32_t down_core;
    uint64_t down_wake;
    void (*while_going_down)(void);
    bool is_off[CORES];
    // spmd_*
    uint64_t asked[4];
    _Atomic uint32_t asked_count;
    bool serves_secondaries;
    bool resumed_system;
    // context_init_normal
    uint64_t normal_entry, normal_x0;
    // gic_*
    char gic_calls[8]; // one letter a call: n(on) f(off) s(leep) w(ake)
    int gic_result;
    void (*while_waiting)(void); // in WFI
};

extern struct psci_fake fake;

// The machine after its boot: core 0 is on.
void fake_boot(void);

// What the SMC table does: a PSCI call of the normal world on core `index`.
uint64_t psci(uint32_t index, uint64_t fid, uint64_t x1, uint64_t x2, uint64_t x3);

// CPU_ON of core `index` from core 0 and all the way up; CPU_OFF on it and all the way down.
void fake_core_on(uint32_t index);
void fake_core_off(uint32_t index);

#endif
