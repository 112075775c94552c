// SPDX-License-Identifier: BSD-3-Clause
//
// One QEMU process of the harness: started with its DRAM and its consoles in memory files that only this process tree
// can see, watched, and killed. Used by harness.c.
#ifndef QEMU_H
#define QEMU_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "tests/harness/harness.h"

struct qemu {
    pid_t pid;       // 0: has ended
    int exit_status; // once it has: status, or 128 + signal
    uint8_t *dram;   // the guest's DRAM from NS_DRAM_BASE
    size_t dram_size;
    int dram_fd;
    int console_fd[2]; // enum h_console
    // Watching for a hang
    double cpu_start; // processor seconds used when the wait began
    double wall_start;
    double idle_since; // wall time since when every thread slept and used no processor; 0: does not
    double cpu_last;
};

// Starts QEMU. 0, or -1 after a message on stderr.
int qemu_start(struct qemu *q, const struct h_options *options);

// Ends it, frees memory and files. Idempotent.
void qemu_stop(struct qemu *q);

// True while it runs; collects the exit status when it has ended.
bool qemu_runs(struct qemu *q);

// Begin of a wait for the guest, and then, called every so often: true when the guest had its chance. It had when it
// computed for GUEST_SECONDS of processor time, when it slept without a single instruction for IDLE_SECONDS (no timer
// will wake it), or, as the last resort, after WALL_SECONDS.
void qemu_watch_begin(struct qemu *q);
bool qemu_watch_hung(struct qemu *q);

#endif
