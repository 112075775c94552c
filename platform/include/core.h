// SPDX-License-Identifier: BSD-3-Clause
//
// Which core this is, and its end. Index = place of its MPIDR affinity in the board's list, the same in every
// image.
#ifndef CORE_H
#define CORE_H

#include <stdint.h>

// Index of the calling core, or -1 if the board does not list it. Assembly in core.S: needs no
// stack, works with the MMU off and at any address, changes only x0–x4 and NZCV, so that entry code
// may use it before anything else is set up.
int64_t core_index(void);

// Gives up: an exception (BRK) of the calling level, with x30 = `from`, so that the image's own report and its crash record
// name the caller. The vectors are in place. Assembly in core.S.
_Noreturn void core_trap(uintptr_t from);

#endif
