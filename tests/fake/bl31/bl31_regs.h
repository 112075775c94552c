// SPDX-License-Identifier: BSD-3-Clause
//
// Host stand-in for bl31/bl31_regs.h, in the way of tests/fake/regs.h: the same constants, registers as variables that the
// test defines.
#ifndef FAKE_BL31_REGS_H
#define FAKE_BL31_REGS_H

#include "regs.h"

#define __ASSEMBLER__
#undef BL31_REGS_H
#include "../../../bl31/bl31_regs.h"
#undef __ASSEMBLER__

FAKE_REG(esr_el1)
FAKE_REG(esr_el2)
FAKE_REG(esr_el3)
FAKE_REG(elr_el1)
FAKE_REG(elr_el2)
FAKE_REG(elr_el3)
FAKE_REG(spsr_el1)
FAKE_REG(spsr_el2)
FAKE_REG(spsr_el3)
FAKE_REG(vbar_el1)
FAKE_REG(vbar_el2)
FAKE_REG(sctlr_el1)
FAKE_REG(sctlr_el2)
FAKE_REG(hcr_el2)
FAKE_REG(tpidr_el3)

#endif
