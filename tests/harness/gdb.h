// SPDX-License-Identifier: BSD-3-Clause
//
// The part of GDB's remote protocol that fault-injection tests need from QEMU's stub: stop at an address, step, skip an
// instruction, look at registers and memory, reset. One core. Not for people: `make debug` is.
#ifndef GDB_H
#define GDB_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define GDB_PC 32 // register numbers of QEMU's aarch64-core.xml: x0 … x30, sp, pc, cpsr
#define GDB_LR 30

enum gdb_stop {
    GDB_STOPPED, // at a breakpoint, or after the step
    GDB_ENDED,   // QEMU has gone
    GDB_RUNS,    // neither within the time given; it was stopped then
};

struct gdb;

// Connects to the stub of a QEMU that was started with `-S -gdb unix:PATH,server=on,wait=off`; waits up to ten seconds for
// the socket. NULL: none; says why on stderr. A machine that ran (without -S) is stopped then. gdb_close(): NULL is allowed;
// the machine stays as it is.
struct gdb *gdb_open(const char *path);
void gdb_close(struct gdb *gdb);

// Lets the machine run on without breakpoints, and closes. 0, or -1: QEMU has gone.
int gdb_detach(struct gdb *gdb);

// Sets or removes a breakpoint at an instruction. 0, or -1: QEMU has gone or refused.
int gdb_break(struct gdb *gdb, uint64_t address, bool set);

// Runs until it stops, at most `timeout_ms`.
enum gdb_stop gdb_continue(struct gdb *gdb, int timeout_ms);

// Executes one instruction.
enum gdb_stop gdb_step(struct gdb *gdb);

// The same in one exchange with the question where that instruction is: *pc. For many steps.
enum gdb_stop gdb_step_from(struct gdb *gdb, uint64_t *pc);

// A register; 0 if QEMU has gone. gdb_set: 0 or -1.
uint64_t gdb_get(struct gdb *gdb, unsigned int number);
int gdb_set(struct gdb *gdb, unsigned int number, uint64_t value);

// Reads guest memory as the core sees it now. 0, or -1: not all of it can be read.
int gdb_read(struct gdb *gdb, uint64_t address, void *to, size_t size);

// Resets the machine; it is stopped before the first instruction then. 0 or -1.
int gdb_reset(struct gdb *gdb);

#endif
