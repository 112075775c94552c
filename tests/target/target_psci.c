// SPDX-License-Identifier: BSD-3-Clause
//
// See target_psci.h.
#include "tests/target/target_psci.h"

#define SCTLR_M_C_I_EE (1u | 1u << 2 | 1u << 12 | 1u << 25)

struct h_options psci_options(void)
{
    struct h_options o = target_options();

    o.cores = CORES;
    return o;
}

int one_runs(void **state)
{
    struct h_options o = psci_options();
    int32_t answer;

    (void)state;
    target_machine(&o);
    for (unsigned int core = 1; core < CORES; core++) {
        int32_t now = PSCI_AFFINITY_OFF;
        assert_int_equal(h_core_state(machine, 0, core, &now), H_OK);
        if (now == PSCI_AFFINITY_ON) {
            assert_int_equal(h_core_off(machine, core, 0, &answer), H_OK);
            assert_int_equal(answer, PSCI_SUCCESS);
        }
    }
    return 0;
}

int all_run(void **state)
{
    struct h_options o = psci_options();

    (void)state;
    target_machine(&o);
    assert_int_equal(h_cores_on(machine, CORES), H_OK);
    return 0;
}

int32_t psci_on(unsigned int core, uint64_t fid, uint64_t x1, uint64_t x2, uint64_t x3)
{
    struct ffa_args a = { .x = { fid, x1, x2, x3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16,
                                 17 } };

    assert_int_equal(h_smc(machine, core, &a), H_OK);
    assert_int_equal(a.x[1], x1); // DEN0028: an SMC32 or SMC64 fast call with one result
    assert_int_equal(a.x[2], x2);
    assert_int_equal(a.x[3], x3);
    for (unsigned int i = 4; i < 18; i++) {
        assert_int_equal(a.x[i], i);
    }
    if ((fid & SMCCC_64) != 0) {
        assert_true((int64_t)a.x[0] == (int32_t)a.x[0]);
    }
    return (int32_t)a.x[0];
}

int32_t psci(uint64_t fid, uint64_t x1, uint64_t x2, uint64_t x3)
{
    return psci_on(0, fid, x1, x2, x3);
}

void on(unsigned int by, unsigned int core)
{
    int32_t answer;

    assert_int_equal(h_core_on(machine, by, core, CONTEXT_ID + core, &answer), H_OK);
    assert_int_equal(answer, PSCI_SUCCESS);
}

void off(unsigned int core, unsigned int by)
{
    int32_t answer;

    assert_int_equal(h_core_off(machine, core, by, &answer), H_OK);
    assert_int_equal(answer, PSCI_SUCCESS);
}

int32_t state_of(unsigned int by, unsigned int core)
{
    return psci_on(by, PSCI_AFFINITY_INFO_64, h_mpidr(core), 0, 0);
}

void assert_echo_on(unsigned int core)
{
    struct ffa_args a = { .x = { FFA_MSG_SEND_DIRECT_REQ_32, ECHO_ID, 0, core, 2, 3, 4, 5 } };

    assert_int_equal(h_smc(machine, core, &a), H_OK);
    assert_ffa_function(a, FFA_MSG_SEND_DIRECT_RESP_32);
    assert_int_equal(a.x[3], core);
    assert_int_equal(a.x[7], 5);
}

void assert_entered(unsigned int core, uint64_t context_id)
{
    const struct mb_boot *boot = h_boot(machine, core);

    assert_int_equal(boot->x[0], context_id);
    for (unsigned int i = 1; i < 8; i++) {
        assert_int_equal(boot->x[i], 0); // nothing of the secure world
    }
    assert_int_equal(boot->daif, 0x3c0);
    assert_int_equal(boot->sctlr & SCTLR_M_C_I_EE, 0);
    assert_int_equal(boot->current_el, h_boot(machine, 0)->current_el);
    assert_int_equal(boot->mpidr & 0xff00ffffff, h_mpidr(core));
    assert_int_equal(boot->timer_wakes, 1);
}
