// SPDX-License-Identifier: BSD-3-Clause
//
// PSCI calls about the whole machine. The board does it (platform.h); other cores simply stop with it.
#include "bl31/psci/psci_private.h"

#include "barrier.h"
#include "log.h"

// The first core that ends the machine, whichever way, does it; the board's part is not made for two at once.
static _Atomic bool psci_ending;

static void end_alone(const char *how)
{
    if (atomic_exchange_explicit(&psci_ending, true, memory_order_relaxed)) {
        for (;;) {
            wfi(); // interrupts are masked
        }
    }
    log_info("PSCI: %s", how);
}

uint64_t psci_system_off(uint64_t fid, uint64_t x1, uint64_t x2, uint64_t x3,
                         struct smc_frame *frame)
{
    (void)fid;
    (void)x1;
    (void)x2;
    (void)x3;
    (void)frame;
    end_alone("system off");
    plat_system_off();
}

uint64_t psci_system_reset(uint64_t fid, uint64_t x1, uint64_t x2, uint64_t x3,
                           struct smc_frame *frame)
{
    (void)fid;
    (void)x1;
    (void)x2;
    (void)x3;
    (void)frame;
    end_alone("system reset");
    plat_system_reset();
}

// One type is defined by the architecture, and no board here has types of its own (bit 31). `cookie` is for those.
uint64_t psci_system_reset2(uint64_t fid, uint64_t type, uint64_t cookie, uint64_t x3,
                            struct smc_frame *frame)
{
    (void)cookie;
    (void)x3;
    (void)frame;
    if (!psci_is_offered(fid)) {
        return psci_result(PSCI_NOT_SUPPORTED);
    }
    if ((uint32_t)type != PSCI_RESET2_WARM) {
        return psci_result(PSCI_INVALID_PARAMETERS);
    }
    end_alone("warm reset");
    plat_system_reset();
}
