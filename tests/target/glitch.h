// SPDX-License-Identifier: BSD-3-Clause
//
// A machine whose core skips an instruction of BL1 where a test says so, as a glitch on the supply makes it do: what of BL1
// is in question (the decision), which instructions of it are executed, one skip and what comes of it. For
// test_trust_glitch.c; QEMU's gdb stub holds the core. Every function fails the running case when it cannot do what it says.
#ifndef GLITCH_H
#define GLITCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "tests/harness/gdb.h"

#define GLITCH_TRACE_MAX 60000
#define GLITCH_INSTRUCTION 4
#define GLITCH_RUN_MS \
    1500 // a refusal takes some milliseconds; what runs on for this long neither refuses nor accepts

// An instruction as executed: the pass-th time that the core comes by, counted from reset or, where `after` is not 0, from
// the first time that it comes to that address
struct glitch_point {
    uint64_t pc;
    uint64_t after;
    uint32_t pass;
};

// What the last glitch_record…() saw
struct glitch_trace {
    struct glitch_point points[GLITCH_TRACE_MAX];
    unsigned int count;
};
extern struct glitch_trace glitch_trace;

// What came of skips
struct glitch_outcome {
    unsigned int count;   // of skips
    unsigned int refused; // plat_fatal(), or off
    unsigned int stuck;   // or at rest in BL1's exception vectors
    unsigned int seen;    // of what a test looks for; its own to count
};

extern struct gdb *glitch_gdb; // of the machine that runs

// Group setup: reads bl1.elf.
void glitch_read(void);

// What is the decision: the static functions of the source files and the exported functions whose names begin so; lists end
// with NULL.
void glitch_choose(const char *const *files, const char *const *stems);

// A symbol of BL1 and its size (NULL: not wanted); is there an instruction at `pc` that calls `function`?
uint64_t glitch_symbol(const char *name, uint64_t *size);
bool glitch_calls(uint64_t pc, uint64_t function);

// A machine with the firmware of firmware.h, stopped at reset; it stops at plat_fatal() and at BL2's first instruction. Off.
void glitch_start(void);
void glitch_stop(void);

// From reset to that point; at it, not past it.
void glitch_go_to(const struct glitch_point *point);

// Executes without a fault from the first instruction of `from` and writes down the decision's part: to the refusal, which
// must come, or to the return of `from`.
void glitch_record(const char *from);
void glitch_record_call(const char *from);

// The same for what the call at `call` executes, all of it, each instruction the first time.
void glitch_record_inside(const struct glitch_point *call);

// How often the instruction is in the trace.
uint32_t glitch_passes(uint64_t pc);

// Calls `one`, which is to add what came of its skip, for every point of the trace that is `wanted`. Two processes do every
// other point each, with a machine of its own: `one` leaves nothing behind in variables. All together is in `outcome`.
void glitch_each(bool (*wanted)(const struct glitch_point *point),
                 void (*one)(const struct glitch_point *point, struct glitch_outcome *outcome),
                 struct glitch_outcome *outcome);

// Runs up to the point, skips the instruction, runs on. BL2 must not be entered.
void glitch_skip(const struct glitch_point *point, struct glitch_outcome *outcome);

// The beginning of that: at the next instruction, and counted.
void glitch_skip_to(const struct glitch_point *point, struct glitch_outcome *outcome);

// Fails the case, in either process, and says why.
__attribute__((format(printf, 1, 2))) void glitch_fail(const char *format, ...);

// What follows the skip, `how` being how the core stopped: true if it is at a breakpoint of the test's own; else it is over
// and counted, a machine that went off runs again.
bool glitch_goes_on(const struct glitch_point *point, enum gdb_stop how,
                    struct glitch_outcome *outcome);

#endif
