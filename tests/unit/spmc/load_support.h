// SPDX-License-Identifier: BSD-3-Clause
//
// What the unit tests of the SPMC's loader share: host stand-ins for lock, log, assert and the linear map (the
// tests are linked at low addresses with an offset of 0, so that a host address is its own "physical" one).
#ifndef LOAD_SUPPORT_H
#define LOAD_SUPPORT_H

#include <stddef.h>
#include <stdint.h>

// The last line that the code under test logged, with its level's number in front; "" after support_reset().
extern char support_log[512];
void support_reset(void);

// Called at every TLB drop (tests/fake/tlb.h), if it is not NULL; NULL after support_reset().
extern void (*support_on_drop)(uint64_t va, uint32_t pages, int32_t asid);

// Backs the secure RAM of the board, [SECURE_RAM_BASE, +SECURE_RAM_SIZE), with host memory at that very address.
void support_map_secure_ram(void);

#endif
