// SPDX-License-Identifier: BSD-3-Clause
//
// An interrupt controller with a GICv2's or GICv3's registers (IHI0048, IHI0069), two security states, for tests of
// platform/drivers/gic*: the secure view, seen by EL3 or by S-EL1 on one core at a time, and what it signals to each
// core. An access that the real one does not have, or that would be lost there, fails the test.
#ifndef GIC_MODEL_H
#define GIC_MODEL_H

#include <stdbool.h>
#include <stdint.h>

#define MODEL_CORES 4
#define MODEL_LINES 96
#define MODEL_EL3 3
#define MODEL_EL1 1

enum model_signal { MODEL_NOTHING, MODEL_IRQ, MODEL_FIQ };
enum model_group { MODEL_GROUP0, MODEL_GROUP1_SECURE, MODEL_GROUP1 };

struct model_line {
    bool group1, modifier;
    bool enabled, pending, active, edge;
    uint8_t priority;
    uint8_t targets; // GICv2: bits of cores
    uint8_t senders; // GICv2, SGIs
    uint64_t route;  // GICv3
};

struct model_core {
    struct model_line lines[32]; // SGIs, PPIs
    bool asleep;                 // GICv3: its redistributor
    bool delegates;              // GICv3: GICR_NSACR lets the normal world send secure SGIs
    bool group_open[3];          // CPU interface, enum model_group (GICv2: GROUP0 and GROUP1)
    bool fiq_enable;             // GICv2
    uint8_t mask;
    uint8_t running;  // priority; 0xff: none is active
    uint64_t sre[4];  // GICv3: ICC_SRE of EL1 (Secure), EL1 (Non-secure), EL2, EL3
    uint64_t ich_hcr; // GICv3: ICH_HCR_EL2
};

extern struct model {
    bool v3;
    unsigned int core;  // who accesses
    unsigned int level; // MODEL_EL3, MODEL_EL1
    struct model_core cores[MODEL_CORES];
    struct model_line lines[MODEL_LINES]; // 32 … are used
    uint32_t control;                     // GICD_CTLR
    bool stuck; // nothing that takes time is ever done: RWP stays, redistributors do not wake
    unsigned int wrong_order; // ARE changed while a group was on
} model;

// A machine after reset, values that reset leaves unknown set to what a driver must not rely on. The board's GIC
// addresses are set for that kind.
void model_reset(bool v3);

// The core and level that access from now on.
void model_be(unsigned int core, unsigned int level);

// A core that no redistributor is of; a board that names no address for the kind of the machine.
void model_be_unknown(void);
void model_without_addresses(void);

// Line `id` as core `core` has it.
struct model_line *model_line(unsigned int core, uint32_t id);
enum model_group model_group(const struct model_line *line);

// What the core gets while it runs in the normal world (SCR_EL3.FIQ = 1) or in the secure one.
enum model_signal model_signal(unsigned int core, bool secure);

// What the normal world does: opens its CPU interface on this core, sets its mask (its own view: 0x00 … 0xff), enables
// an interrupt of its own with the priority that it wants, tries to send an SGI as its own.
void model_normal_open(unsigned int core, uint8_t mask);
void model_normal_enable(unsigned int core, uint32_t id);
void model_normal_sgi(unsigned int core, unsigned int target, uint32_t id);

// Between gic_model.c and gic_model_icc.c. The highest-priority pending interrupt of a core, and the same if its CPU
// interface lets it pass; −1: none. Acknowledge (returns its number and, on a GICv2, an SGI's sender) and end.
extern const uint64_t model_mpidrs[MODEL_CORES];
int model_highest(unsigned int core);
int model_signalled(unsigned int core);
uint32_t model_take(unsigned int core, int id);
void model_end(uint32_t acknowledged);

// A write to the first register of the normal world's active priorities, or to another one, which the model lacks.
void model_drop_normal(bool first, uint64_t value);

#endif
