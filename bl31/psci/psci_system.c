// SPDX-License-Identifier: BSD-3-Clause
//
// PSCI calls about the whole machine. The board does it (platform.h); other cores simply stop with it.
#include "bl31/psci/psci.h"
#include "log.h"
#include "platform.h"

uint64_t psci_system_off(uint64_t x1)
{
    (void)x1;
    log_info("PSCI: system off");
    plat_system_off();
}

uint64_t psci_system_reset(uint64_t x1)
{
    (void)x1;
    log_info("PSCI: system reset");
    plat_system_reset();
}
