// SPDX-License-Identifier: BSD-3-Clause
//
// Host stand-in for platform/arch/regs.h: the same constants (from that very file, its assembly part), and registers
// that are plain variables, fake_reg_<name>, defined by the test that links the code. Add a line for one more.
#ifndef FAKE_REGS_H
#define FAKE_REGS_H

#include <stdint.h>

#include "bits.h" // before the next lines: its C part

#define __ASSEMBLER__
#include "platform/arch/regs.h"
#undef __ASSEMBLER__

#define FAKE_REG(name)                              \
    extern uint64_t fake_reg_##name;                \
    static inline uint64_t read_##name(void)        \
    {                                               \
        return fake_reg_##name;                     \
    }                                               \
    static inline void write_##name(uint64_t value) \
    {                                               \
        fake_reg_##name = value;                    \
    }

// Registers that do something when they are accessed: the test that links the code plays the device.
#define FAKE_REG_PLAYED(name)   \
    uint64_t read_##name(void); \
    void write_##name(uint64_t value);

FAKE_REG_PLAYED(isr_el1)
FAKE_REG_PLAYED(icc_sre_el1)
FAKE_REG_PLAYED(icc_sre_el2)
FAKE_REG_PLAYED(icc_sre_el3)
FAKE_REG_PLAYED(ich_hcr_el2)
FAKE_REG_PLAYED(icc_ctlr_el3)
FAKE_REG_PLAYED(icc_pmr_el1)
FAKE_REG_PLAYED(icc_igrpen0_el1)
FAKE_REG_PLAYED(icc_igrpen1_el1)
FAKE_REG_PLAYED(icc_igrpen1_el3)
FAKE_REG_PLAYED(icc_iar0_el1)
FAKE_REG_PLAYED(icc_iar1_el1)
FAKE_REG_PLAYED(icc_eoir0_el1)
FAKE_REG_PLAYED(icc_eoir1_el1)
FAKE_REG_PLAYED(icc_hppir0_el1)
FAKE_REG_PLAYED(icc_hppir1_el1)
FAKE_REG_PLAYED(icc_sgi0r_el1)
FAKE_REG_PLAYED(icc_sgi1r_el1)
FAKE_REG_PLAYED(icc_asgi1r_el1)
FAKE_REG_PLAYED(icc_ap1r0_el1)
FAKE_REG_PLAYED(icc_ap1r1_el1)
FAKE_REG_PLAYED(icc_ap1r2_el1)
FAKE_REG_PLAYED(icc_ap1r3_el1)

FAKE_REG(ttbr0_el1)
FAKE_REG(ttbr1_el1)
FAKE_REG(id_aa64pfr0_el1)
FAKE_REG(id_aa64pfr1_el1)
FAKE_REG(id_aa64isar0_el1)
FAKE_REG(id_aa64isar1_el1)
FAKE_REG(id_aa64isar2_el1)
FAKE_REG(id_aa64mmfr1_el1)
FAKE_REG(midr_el1)
FAKE_REG(cntpct_el0)
FAKE_REG(cntfrq_el0)
FAKE_REG(mpidr_el1)
FAKE_REG(scr_el3)

#endif
