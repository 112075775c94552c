// SPDX-License-Identifier: BSD-3-Clause
//
// The other cores: the SPMC tells EL3 where they come in, and makes each ready when PSCI CPU_ON starts it. A core has its
// stack, struct spmc_core, PAC key and FP area from boot on, so that a start needs no memory and may happen any number of
// times. Called by spmc_main.c and spmc_entry.S; trusts EL3.
#include "ffa_dispatch.h"

#include "bits.h"
#include "log.h"
#include "regs.h"
#include "sp_timer.h"
#include "spmc_irq.h"
#include "spmc_mm.h"

// What the boot core told the partitions about itself; const after boot.
static uint64_t boot_hwcap[2];

uint32_t spmc_read_features(void)
{
    uint32_t features = 0;

    if ((read_sctlr_el1() & SCTLR_ENIA) != 0) {
        features |= SPMC_HAS_PAC; // as spmc_entry.S decided
    }
    if (ID_FIELD(read_id_aa64pfr0_el1(), ID_AA64PFR0_SVE_SHIFT) != 0) {
        features |= SPMC_HAS_SVE;
    }
    if (ID_FIELD(read_id_aa64pfr1_el1(), ID_AA64PFR1_SME_SHIFT) != 0) {
        features |= SPMC_HAS_SME;
    }
    return features;
}

void spmc_secondary_register(void)
{
    extern char spmc_entry_again[];
    struct ffa_args args = { .x = { FFA_SECONDARY_EP_REGISTER_64, spmc_mm_pa(spmc_entry_again) } };

    sp_load_hwcap(boot_hwcap);
    spmc_smc(&args);
    if ((uint32_t)args.x[0] != FFA_SUCCESS_32) {
        log_warn("EL3 starts no other cores: FFA_SECONDARY_EP_REGISTER answers 0x%x, %d",
                 (uint32_t)args.x[0], (int)args.x[2]);
    }
}

// A partition may run on every core, and was told once what the cores have. A core that has something else stays out.
static int check_core(const struct spmc_core *core)
{
    uint64_t hwcap[2];

    sp_load_hwcap(hwcap);
    if (spmc_read_features() != spmc_features || hwcap[0] != boot_hwcap[0] ||
        hwcap[1] != boot_hwcap[1]) {
        log_error("core %u has other features than the boot core: %x, %llx, %llx", core->index,
                  spmc_read_features(), (unsigned long long)hwcap[0], (unsigned long long)hwcap[1]);
        return ERR_NOT_SUPPORTED;
    }
    if (fp_start_core() != 0) {
        log_error("core %u has longer vectors than the boot core", core->index);
        return ERR_NOT_SUPPORTED;
    }
    return 0;
}

struct sp *spmc_core_start(struct spmc_core *core)
{
    spmc_mm_enter_core();
    if (check_core(core) != 0) {
        return ffa_leave(core, FFA_ERROR, 0, (uint32_t)FFA_NOT_SUPPORTED, 0);
    }
    int err = spmc_irq_init_core(core->index);
    if (err != 0) {
        log_error("core %u has no secure interrupts (error %d)", core->index, err);
        return ffa_leave(core, FFA_ERROR, 0, (uint32_t)FFA_NOT_SUPPORTED, 0);
    }
    sp_timer_core_on(core);
    return ffa_leave(core, FFA_MSG_WAIT, 0, 0, 0);
}
