// SPDX-License-Identifier: BSD-3-Clause
//
// Report of an exception that an image without handlers took (BL1, BL2). Filled by assembly in the
// order of the fields.
#ifndef COMMON_FATAL_H
#define COMMON_FATAL_H

#include <stdint.h>

struct common_fatal_frame {
    uint64_t x[31];
    uint64_t sp;
    uint64_t elr;
    uint64_t spsr;
    uint64_t esr;
    uint64_t far;
    uint64_t slot; // place in the vector table, 0 … 15
    uint64_t reserved;
};

// The one there is: fatal_vectors.S writes it.
extern struct common_fatal_frame common_fatal_frame;

// Prints the frame and ends in plat_fatal(). Called by fatal_vectors.S on a stack of its own, MMU
// on or off.
_Noreturn void common_fatal(const struct common_fatal_frame *frame);

#endif
