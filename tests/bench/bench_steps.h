// SPDX-License-Identifier: BSD-3-Clause
//
// Whose instructions a call takes: the benchmarks' machine is stepped through it by QEMU's debugger stub, and each instruction counted where it
// is. Slow (some ten thousand a second), so for short calls.
#ifndef BENCH_STEPS_H
#define BENCH_STEPS_H

#include <stdint.h>
#include <sys/types.h>

struct bench_steps {
    uint64_t all;     // from the caller's SMC to the instruction after it
    uint64_t manager; // EL3 and SPMC
    uint64_t
        own; // in the partition: its first segment, Tessera's own code (runtime, service, shim)
    uint64_t library; // in the partition: everything else, others' code
    uint64_t others;  // other partitions
};

// Another process, which holds the machine at the stub's socket `stub` (QEMU's -gdb) at the next SMC of the proxy, whose symbols are in the ELF
// file `proxy`, and steps through it. `partition`: the ELF file of the partition that the call goes to. Returns when it is ready: make the call
// then. bench_steps_end() waits for it.
pid_t bench_steps_begin(const char *stub, const char *proxy, const char *partition);
struct bench_steps bench_steps_end(pid_t pid);

#endif
