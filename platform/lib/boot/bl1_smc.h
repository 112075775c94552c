// SPDX-License-Identifier: BSD-3-Clause
//
// The one call that BL1 offers to BL2, by SMC from S-EL1. DEN0028: fast, 32-bit, OEM service range;
// it is gone, with BL1, when BL31 runs. Assembly and C.
#ifndef BL1_SMC_H
#define BL1_SMC_H

// x1 = HANDOFF_BASE, the hand-off filled and cleaned to memory. BL1 checks it and enters BL31; it
// returns only if it refuses: then x0 = −1, after a line on the console. Every other function
// identifier is answered x0 = −1 too.
#define BL1_SMC_RUN_BL31 0x83000001

#endif
