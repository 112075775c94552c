// SPDX-License-Identifier: BSD-3-Clause
//
// Whose instructions an operation of a Linux process takes, and how often the machine changes hands: from the addresses of
// all its instructions, in the order in which one core executed them. For bench_linux.c, which gets them from QEMU's
// debugger stub.
#ifndef BENCH_SHARES_H
#define BENCH_SHARES_H

#include <stdint.h>

enum bench_place {
    BENCH_USER,      // EL0, normal world
    BENCH_KERNEL,    // EL1, normal world
    BENCH_DRIVER,    // of it, the module tessera
    BENCH_EL3,       // BL31
    BENCH_SPMC,      // S-EL1
    BENCH_PARTITION, // S-EL0
    BENCH_PLACES
};

// [begin, end)
struct bench_range {
    uint64_t begin;
    uint64_t end;
};

// Where code is. A processor's addresses of EL3, S-EL1 and the kernel do not overlap; those of EL0 do in the two worlds.
struct bench_map {
    struct bench_range el3;
    struct bench_range spmc;
    struct bench_range driver;
};

struct bench_shares {
    uint64_t all;
    uint64_t in[BENCH_PLACES];
    // Changes of hands
    uint64_t syscalls; // and exceptions: from the process into its kernel
    uint64_t smcs;     // from the kernel into EL3
    uint64_t worlds;   // from the kernel through EL3 into the SPMC, or back
    uint64_t returns;  // from the SPMC into a partition
    // The last address, and the last that was not in EL3
    enum bench_place place;
    enum bench_place outside;
};

// Nothing yet; a process of the normal world is about to begin.
struct bench_shares bench_shares_begin(void);

// The next instruction is at `pc`. 0, or -1: there is no way there from the last one (EL0 is entered only by its own
// world's EL1, EL3 only from EL1); nothing is counted then.
int bench_shares_add(struct bench_shares *shares, const struct bench_map *map, uint64_t pc);

// "user", "kernel", "driver", "el3", "spmc", "partition"
const char *bench_shares_name(enum bench_place place);

#endif
