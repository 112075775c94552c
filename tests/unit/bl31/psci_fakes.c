// SPDX-License-Identifier: BSD-3-Clause
//
// Stand-ins for what PSCI calls; contracts in psci_fakes.h.
#include "psci_fakes.h"

#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "barrier.h"
#include "bl31/bl31_private.h"
#include "bl31/bl31_regs.h"
#include "bl31/psci/psci.h"
#include "bl31/psci/psci_private.h"
#include "bl31/spmd/spmd.h"
#include "gic.h"
#include "platform.h"
#include "smccc.h"

uint64_t fake_reg_id_aa64pfr0_el1, fake_reg_scr_el3, fake_reg_sctlr_el1, fake_reg_sctlr_el2;
uint64_t fake_reg_cntpct_el0, fake_reg_cntfrq_el0;

struct psci_fake fake;

static const uint64_t affinities[CORES] = { 0x0, 0x1, 0x100, 0x101 };
static const uint8_t clusters[CORES] = { 0, 0, 1, 1 };

const struct board board = {
    .name = "two clusters",
    .core_mpidrs = affinities,
    .core_max = CORES,
    .core_clusters = clusters,
    .idle_states = { { .name = "nap", .power_state = NAP },
                     { .name = "doze", .power_state = DOZE },
                     { .name = "sleep", .power_state = SLEEP } },
    .power_abilities = TEST_ABILITIES,
};

void bl31_warm_entry(void)
{
}

int plat_cpu_power_on(uint32_t index, uint64_t entry)
{
    atomic_fetch_add(&fake.released, 1);
    fake.released_core = index;
    fake.released_entry = entry;
    if (fake.while_releasing != NULL) {
        fake.while_releasing();
    }
    return fake.release_result;
}

void plat_cpu_power_down(uint32_t index, uint64_t wake_entry)
{
    fake.down_core = index;
    fake.down_wake = wake_entry;
    if (fake.while_going_down != NULL) {
        fake.while_going_down();
    }
    longjmp(fake_end, END_POWER_DOWN);
}

bool plat_cpu_is_off(uint32_t index)
{
    return fake.is_off[index];
}

static void gic_called(char letter)
{
    size_t length = strlen(fake.gic_calls);

    assert_true(length + 1 < sizeof(fake.gic_calls));
    fake.gic_calls[length] = letter;
}

int gic_core_on(void)
{
    gic_called('n');
    return fake.gic_result;
}

void gic_core_off(void)
{
    gic_called('f');
}

void gic_core_sleep(void)
{
    gic_called('s');
}

int gic_core_wake(void)
{
    gic_called('w');
    return fake.gic_result;
}

void fake_wfi(void)
{
    if (fake.while_waiting != NULL) {
        fake.while_waiting();
    }
}

uint64_t spmd_ask_power(struct smc_frame *frame, uint64_t fid, uint64_t x1, uint64_t x2,
                        uint64_t x3)
{
    atomic_fetch_add(&fake.asked_count, 1);
    fake.asked[0] = fid;
    fake.asked[1] = x1;
    fake.asked[2] = x2;
    fake.asked[3] = x3;
    return context_ask_secure(frame, NULL);
}

bool spmd_serves_secondaries(void)
{
    return fake.serves_secondaries;
}

void spmd_core_on(struct core *core)
{
    fake_frame = &core->normal.frame;
    longjmp(fake_end, END_CORE_ON);
}

void spmd_core_resumed(struct core *core, bool system)
{
    fake_frame = &core->normal.frame;
    fake.resumed_system = system;
    longjmp(fake_end, END_CORE_RESUMED);
}

void context_init_normal(struct core *core, uint64_t entry, uint64_t x0)
{
    fake.normal_entry = entry;
    fake.normal_x0 = x0;
    core->normal.regs.sctlr_el1 = 0;
}

void fake_boot(void)
{
    static const struct handoff handoff = {
        .board = { .dram_base = RAM_BASE, .dram_size = RAM_SIZE, .core_count = CORES_PRESENT },
    };

    memset(&fake, 0, sizeof(fake));
    memset(psci_cores, 0, sizeof(psci_cores)); // as .bss is
    for (uint32_t i = 0; i < CORES; i++) {
        fake.cores[i].index = i;
        fake.is_off[i] = i != 0;
    }
    fake.serves_secondaries = true;
    fake_reg_id_aa64pfr0_el1 = 0;
    fake_reg_sctlr_el1 = 0;
    fake_reg_sctlr_el2 = 0;
    fake_reg_scr_el3 = 0;
    fake_reg_cntpct_el0 = 0;
    fake_reg_cntfrq_el0 = 1000000;
    fake_left = LEFT_NOT;
    psci_init(&handoff, 0);
}

uint64_t psci(uint32_t index, uint64_t fid, uint64_t x1, uint64_t x2, uint64_t x3)
{
    struct smc_frame *frame = &fake.cores[index].normal.frame;

    for (unsigned int i = 0; i < 18; i++) {
        frame->x[i] = 0x1000 + i;
    }
    frame->x[0] = fid;
    frame->x[1] = x1;
    frame->x[2] = x2;
    frame->x[3] = x3;
    return psci_smc(fid & ~(uint64_t)SMCCC_SVE_HINT & 0xffffffff, x1, x2, x3, frame);
}

void fake_core_on(uint32_t index)
{
    assert_int_equal(psci(0, PSCI_CPU_ON_64, affinities[index], ENTRY, 0), PSCI_SUCCESS);
    ASSERT_ENDS(END_CORE_ON, (psci_core_arrived(&fake.cores[index]), 0));
    psci_core_up(&fake.cores[index]);
    fake.is_off[index] = false;
}

void fake_core_off(uint32_t index)
{
    fake_left = LEFT_NOT;
    (void)psci(index, PSCI_CPU_OFF, 0, 0, 0);
    assert_int_equal(fake_left, LEFT_BY_ASKING);
    ASSERT_ENDS(END_POWER_DOWN, psci_answered(&fake.cores[index].secure, PSCI_SUCCESS));
    fake.is_off[index] = true;
}
