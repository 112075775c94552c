// SPDX-License-Identifier: BSD-3-Clause
//
// Enabling the MMU for identity maps; contracts in mmu.h.
#include "mmu.h"

#include "barrier.h"
#include "regs.h"
#include "tlb.h"

// M, C, I: translation and caches. WXN: no page is ever writable and executable, whatever a
// descriptor says. A stays as the entry code left it: off, because the memory functions use
// unaligned access on Normal memory.
#define MMU_ON (SCTLR_M | SCTLR_C | SCTLR_I | SCTLR_WXN)

void mmu_enable_el3(const struct tables *tables)
{
    write_mair_el3(MAIR_VALUE);
    write_tcr_el3(TCR_EL3_VALUE);
    write_ttbr0_el3(tables_root_pa(tables));
    isb(); // the walk registers count before the TLB is emptied and walks begin
    tlbi_all_el3();
    write_sctlr_el3(read_sctlr_el3() | MMU_ON);
    isb();
}

void mmu_enable_el1(const struct tables *tables)
{
    write_mair_el1(MAIR_VALUE);
    write_tcr_el1(TCR_EL1_LOWER_ONLY);
    write_ttbr0_el1(tables_root_pa(tables));
    isb();
    tlbi_all_el1();
    write_sctlr_el1(read_sctlr_el1() | MMU_ON);
    isb();
}
