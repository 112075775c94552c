// SPDX-License-Identifier: BSD-3-Clause
//
// BL2 expects no exceptions: each is reported with the registers and ends in plat_fatal().
#include "fatal_vectors.S"

VECTOR_TABLE bl2_vectors
    FATAL_SLOT 0, 1 // this level with SP_EL0: synchronous
    FATAL_SLOT 1, 1 // IRQ
    FATAL_SLOT 2, 1 // FIQ
    FATAL_SLOT 3, 1 // SError
    FATAL_SLOT 4, 1 // this level: synchronous
    FATAL_SLOT 5, 1 // IRQ
    FATAL_SLOT 6, 1 // FIQ
    FATAL_SLOT 7, 1 // SError
    FATAL_SLOT 8, 1 // EL0 in AArch64: BL2 never goes there
    FATAL_SLOT 9, 1
    FATAL_SLOT 10, 1
    FATAL_SLOT 11, 1
    FATAL_SLOT 12, 1 // EL0 in AArch32
    FATAL_SLOT 13, 1
    FATAL_SLOT 14, 1
    FATAL_SLOT 15, 1
END_VECTOR_TABLE bl2_vectors
