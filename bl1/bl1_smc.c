// SPDX-License-Identifier: BSD-3-Clause
//
// What BL2 has BL1 do: enter BL31, after a check of the hand-off; or report that BL2 broke.
#include "bl1_smc.h"
#include "bits.h"
#include "bl1_private.h"
#include "board.h"
#include "handoff.h"
#include "log.h"
#include "regs.h"

int64_t bl1_run_bl31(uint64_t address)
{
    const struct handoff *handoff = (const struct handoff *)(uintptr_t)HANDOFF_BASE;
    int result;

    if (address != HANDOFF_BASE) {
        log_error("hand-off is at 0x%llx, must be at 0x%x", (unsigned long long)address,
                  HANDOFF_BASE);
        return -1;
    }
    result = handoff_check(handoff);
    if (result != ERR_NONE) {
        log_error("hand-off breaks its rules: error %d", result);
        return -1;
    }
    if (handoff->bl31.entry != BL31_BASE ||
        !range_inside(handoff->bl31.base, handoff->bl31.size, BL31_BASE, BL31_SIZE)) {
        log_error("hand-off: BL31 at 0x%llx, entry 0x%llx, must be in its region at 0x%x",
                  (unsigned long long)handoff->bl31.base, (unsigned long long)handoff->bl31.entry,
                  BL31_BASE);
        return -1;
    }
    bl1_enter_bl31(BL31_BASE, HANDOFF_BASE);
}

void bl1_lower_exception(void)
{
    log_error("BL2: exception before it has vectors: esr 0x%08llx elr 0x%llx far 0x%llx",
              (unsigned long long)read_esr_el1(), (unsigned long long)read_elr_el1(),
              (unsigned long long)read_far_el1());
    bl1_trust_refuse();
}
