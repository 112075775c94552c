// SPDX-License-Identifier: BSD-3-Clause
//
// Who has the core (spmc/ffa_run.c, spmc/sp.c): MSG_WAIT, YIELD, ERROR and RUN per runtime model and state, interrupts of
// the normal world, the end of a partition. Expected values: DEN0077A "Partition runtime models" and "CPU cycle
// management".
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "spmc_fixture.h"

static int reset(void **state)
{
    (void)state;
    fixture_reset();
    return 0;
}

// ---- The table of runtime models --------------------------------------------------------------------------------------

// What each call does in each model: the state afterwards; SP_RUNNING: denied
static void calls_by_runtime_model(void **state)
{
    static const struct {
        uint32_t fid;
        enum sp_state after[3]; // INIT, RUN, DIRECT
    } table[] = {
        { FFA_MSG_WAIT, { SP_WAITING, SP_WAITING, SP_RUNNING } },
        { FFA_YIELD, { SP_RUNNING, SP_BLOCKED, SP_BLOCKED } },
        { FFA_MSG_SEND_DIRECT_RESP_32, { SP_RUNNING, SP_RUNNING, SP_WAITING } },
        { FFA_MSG_SEND_DIRECT_RESP_64, { SP_RUNNING, SP_RUNNING, SP_WAITING } },
        { FFA_ERROR, { SP_STOPPED, SP_RUNNING, SP_RUNNING } },
    };

    (void)state;
    for (unsigned int i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
        for (unsigned int model = 0; model < 3; model++) {
            bool response = i == 2 || i == 3;

            fixture_reset();
            fixture_enter(ALPHA, (enum sp_model)model);
            struct sp *next = SP(ALPHA, table[i].fid, response ? IDS(ALPHA_ID, 0) : 0);
            if (sp_state(ALPHA) != table[i].after[model]) {
                fail_msg("call %#x in model %u", table[i].fid, model);
            }
            if (table[i].after[model] == SP_RUNNING) {
                assert_ptr_equal(next, ALPHA);
                assert_true(fixture_is_error(ALPHA->ctx.x, FFA_DENIED));
            } else {
                assert_null(next);
            }
        }
    }
}

// ---- FFA_MSG_WAIT ----------------------------------------------------------------------------------------------------

static void wait_ends_a_turn_of_run(void **state)
{
    (void)state;
    fixture_enter(ALPHA, SP_MODEL_RUN);
    assert_null(SP(ALPHA, FFA_MSG_WAIT));
    assert_true(fixture_is(NWD_X, FFA_MSG_WAIT, 0, 0, 0));
    assert_int_equal(fixture.boot_next_calls, 0);
}

static void first_wait_ends_the_init_and_the_boot_goes_on(void **state)
{
    (void)state;
    fixture_enter(ALPHA, SP_MODEL_INIT);
    fixture.boot_next = BETA;
    assert_ptr_equal(SP(ALPHA, FFA_MSG_WAIT), BETA);
    assert_true(ALPHA->initialised);
    assert_int_equal(ALPHA->state, SP_WAITING);
    assert_ptr_equal(fixture.booted, ALPHA);
    BETA->initialised = false;
    assert_null(SP(BETA, FFA_MSG_WAIT)); // the last one: the SPMC tells EL3
    assert_true(fixture_is(NWD_X, FFA_MSG_WAIT, 0, 0, 0));
    assert_true(BETA->initialised);
    assert_int_equal(fixture.boot_next_calls, 2);
}

static void wait_gives_rx_back(void **state)
{
    (void)state;
    for (unsigned int keep = 0; keep < 2; keep++) {
        fixture_reset();
        fixture_enter(ALPHA, SP_MODEL_RUN);
        fixture_map_buffers(ALPHA);
        SP(ALPHA, FFA_PARTITION_INFO_GET);
        assert_true(ALPHA->endpoint.buffers.rx_full);
        assert_null(SP(ALPHA, FFA_MSG_WAIT, 0, keep));
        assert_int_equal(ALPHA->endpoint.buffers.rx_full, keep);
        fixture_enter(ALPHA, SP_MODEL_RUN);
        SP(ALPHA, FFA_RX_RELEASE);
        if (keep != 0) {
            assert_true(fixture_is_success(ALPHA->ctx.x, 0, 0));
        } else {
            assert_true(fixture_is_error(ALPHA->ctx.x, FFA_DENIED));
        }
    }
    SP(ALPHA, FFA_MSG_WAIT);
    // A version that does not know the flag
    fixture_enter(BETA, SP_MODEL_RUN);
    fixture_map_buffers(BETA);
    SP(BETA, FFA_PARTITION_INFO_GET);
    SP(BETA, FFA_MSG_WAIT, 0, 1);
    assert_true(fixture_is_error(BETA->ctx.x, FFA_INVALID_PARAMETERS));
    assert_true(BETA->endpoint.buffers.rx_full);
    assert_null(SP(BETA, FFA_MSG_WAIT));
    assert_false(BETA->endpoint.buffers.rx_full);
}

static void refused_wait_keeps_rx(void **state)
{
    (void)state;
    fixture_enter(ALPHA, SP_MODEL_DIRECT);
    fixture_map_buffers(ALPHA);
    SP(ALPHA, FFA_PARTITION_INFO_GET);
    SP(ALPHA, FFA_MSG_WAIT);
    assert_true(fixture_is_error(ALPHA->ctx.x, FFA_DENIED));
    assert_true(ALPHA->endpoint.buffers.rx_full);
}

static void reserved_registers_of_wait_and_yield(void **state)
{
    static const uint32_t fids[] = { FFA_MSG_WAIT, FFA_YIELD };

    (void)state;
    for (unsigned int f = 0; f < 2; f++) {
        for (unsigned int i = 1; i < 8; i++) {
            for (unsigned int v = 0; v < 2; v++) {
                struct sp *sp = v == 0 ? BETA : ALPHA; // 1.1, 1.2
                struct ffa_args args = { .x = { fids[f] } };

                if (sp == ALPHA && fids[f] == FFA_YIELD && (i == 2 || i == 3)) {
                    continue; // the timeout
                }
                fixture_reset();
                fixture_enter(sp, SP_MODEL_RUN);
                args.x[i] = 2; // bit 1: in w2 of MSG_WAIT reserved in every version
                assert_ptr_equal(fixture_from_sp(0, sp, args), sp);
                assert_true(fixture_is_error(sp->ctx.x, FFA_INVALID_PARAMETERS));
            }
        }
    }
}

// ---- FFA_YIELD and FFA_RUN -------------------------------------------------------------------------------------------

static void yield_and_resume(void **state)
{
    (void)state;
    for (unsigned int model = SP_MODEL_RUN; model <= SP_MODEL_DIRECT; model++) {
        fixture_reset();
        fixture_enter(ALPHA, (enum sp_model)model);
        assert_null(SP(ALPHA, FFA_YIELD));
        assert_true(fixture_is(NWD_X, FFA_YIELD, IDS(ALPHA_ID, 0), 0, 0));
        assert_int_equal(ALPHA->state, SP_BLOCKED);
        assert_ptr_equal(NWD(FFA_RUN, IDS(ALPHA_ID, 0)), ALPHA);
        assert_true(fixture_is_success(ALPHA->ctx.x, 0, 0)); // what its FFA_YIELD returns
        assert_int_equal(ALPHA->model, model);
    }
}

static void yield_with_a_timeout(void **state)
{
    (void)state;
    fixture_nwd_version(FFA_VERSION_1_2);
    fixture_enter(ALPHA, SP_MODEL_RUN);
    assert_null(SP(ALPHA, FFA_YIELD, 0, 0x11111111, 0x22222222));
    assert_true(fixture_is(NWD_X, FFA_YIELD, IDS(ALPHA_ID, 0), 0x11111111, 0x22222222));
}

// Before 1.2 w2 … w7 of FFA_YIELD must be zero: a scheduler of that version gets no timeout
static void no_timeout_for_an_older_scheduler(void **state)
{
    (void)state;
    fixture_nwd_version(FFA_VERSION_1_1);
    fixture_enter(ALPHA, SP_MODEL_RUN);
    assert_null(SP(ALPHA, FFA_YIELD, 0, 0x11111111, 0x22222222));
    assert_true(fixture_is(NWD_X, FFA_YIELD, IDS(ALPHA_ID, 0), 0, 0));
}

static void run_of_a_waiting_partition(void **state)
{
    (void)state;
    struct sp was = *ALPHA;

    assert_ptr_equal(NWD(FFA_RUN, IDS(ALPHA_ID, 0)), ALPHA);
    assert_true(fixture_is(ALPHA->ctx.x, FFA_RUN, IDS(ALPHA_ID, 0), 0, 0));
    assert_memory_equal(&ALPHA->ctx.x[8], &was.ctx.x[8], 10 * sizeof(uint64_t)); // SMC32
    assert_int_equal(ALPHA->model, SP_MODEL_RUN);
    assert_null(SP(ALPHA, FFA_MSG_WAIT));
    // After a request that it has answered it has nobody to answer to
    fixture_enter(ALPHA, SP_MODEL_DIRECT);
    assert_null(SP(ALPHA, FFA_MSG_SEND_DIRECT_RESP_32, IDS(ALPHA_ID, 0)));
    fixture_enter(ALPHA, SP_MODEL_RUN);
    SP(ALPHA, FFA_MSG_SEND_DIRECT_RESP_32, IDS(ALPHA_ID, 0));
    assert_true(fixture_is_error(ALPHA->ctx.x, FFA_DENIED));
    assert_null(SP(ALPHA, FFA_MSG_WAIT));
    assert_ptr_equal(NWD(FFA_RUN, IDS(GAMMA_ID, 0)), GAMMA); // needs no direct messages
}

static void run_refusals(void **state)
{
    static const uint64_t targets[] = {
        IDS(0, 0),      IDS(1, 0),        IDS(FFA_ID_SPMC, 0),   IDS(FFA_ID_SPMD, 0),
        IDS(0x8003, 0), IDS(ALPHA_ID, 1), IDS(ALPHA_ID, 0xffff), IDS(0, ALPHA_ID)
    };

    (void)state;
    for (unsigned int i = 0; i < sizeof(targets) / sizeof(targets[0]); i++) {
        assert_null(NWD(FFA_RUN, targets[i]));
        assert_true(fixture_is_error(NWD_X, FFA_INVALID_PARAMETERS));
    }
    for (unsigned int i = 2; i < 8; i++) {
        struct ffa_args args = { .x = { FFA_RUN, IDS(ALPHA_ID, 0) } };

        args.x[i] = 1;
        assert_null(fixture_from_nwd(0, args));
        assert_true(fixture_is_error(NWD_X, FFA_INVALID_PARAMETERS));
    }
    struct ffa_args run = { .x = { FFA_RUN, IDS(ALPHA_ID, 0) } };
    assert_ptr_equal(fixture_from_nwd(1, run), ALPHA);
    assert_null(NWD(FFA_RUN, IDS(ALPHA_ID, 0))); // runs on the other core
    assert_true(fixture_is_error(NWD_X, FFA_BUSY));
    fixture_stop(1, ALPHA);
    assert_null(NWD(FFA_RUN, IDS(ALPHA_ID, 0)));
    assert_true(fixture_is_error(NWD_X, FFA_ABORTED));
}

// ---- Interrupts ------------------------------------------------------------------------------------------------------

static void interrupt_preempts_and_run_resumes_where_it_was(void **state)
{
    (void)state;
    for (unsigned int model = SP_MODEL_RUN; model <= SP_MODEL_DIRECT; model++) {
        fixture_reset();
        fixture_enter(ALPHA, (enum sp_model)model);
        for (unsigned int i = 0; i < 31; i++) {
            ALPHA->ctx.x[i] = 0x5a5a000000000000 + i; // in the middle of its work
        }
        struct sp was = *ALPHA;
        assert_null(fixture_interrupt(0, ALPHA));
        assert_true(fixture_is(NWD_X, FFA_INTERRUPT, IDS(ALPHA_ID, 0), 0, 0));
        assert_int_equal(ALPHA->state, SP_PREEMPTED);
        NWD(FFA_MSG_SEND_DIRECT_REQ_32, IDS(0, ALPHA_ID));
        assert_true(fixture_is_error(NWD_X, FFA_BUSY));
        // FFA_RUN with w1 as FFA_INTERRUPT gave it, on any core
        struct ffa_args run = { .x = { FFA_RUN, IDS(ALPHA_ID, 0) } };
        assert_ptr_equal(fixture_from_nwd(1, run), ALPHA);
        assert_memory_equal(&ALPHA->ctx, &was.ctx, sizeof(was.ctx));
        assert_int_equal(ALPHA->model, model);
    }
}

static void preempted_partition_s_fp_registers_go_back(void **state)
{
    (void)state;
    fixture_enter(ALPHA, SP_MODEL_RUN);
    spmc_cores[0].fp_owner = ALPHA;
    fixture_interrupt(0, ALPHA);
    assert_int_equal(fixture.gives_back, 1);
}

// ---- The end of a partition ------------------------------------------------------------------------------------------

static void caller_of_a_stopped_partition_gets_aborted(void **state)
{
    (void)state;
    for (unsigned int model = SP_MODEL_RUN; model <= SP_MODEL_DIRECT; model++) {
        fixture_reset();
        fixture_enter(ALPHA, (enum sp_model)model);
        spmc_cores[0].fp_owner = ALPHA;
        assert_null(fixture_stop(0, ALPHA));
        assert_true(fixture_is_error(NWD_X, FFA_ABORTED));
        assert_int_equal(fixture.gives_back, 1);
        NWD(FFA_MSG_SEND_DIRECT_REQ_64, IDS(0, ALPHA_ID));
        assert_true(fixture_is_error(NWD_X, FFA_ABORTED));
        assert_ptr_equal(NWD(FFA_MSG_SEND_DIRECT_REQ_64, IDS(0, BETA_ID)),
                         BETA); // all else goes on
    }
}

static void failed_init_is_reported_and_the_boot_goes_on(void **state)
{
    (void)state;
    fixture_enter(ALPHA, SP_MODEL_INIT);
    fixture.boot_next = BETA;
    assert_ptr_equal(SP(ALPHA, FFA_ERROR, 0, (uint32_t)FFA_NO_MEMORY), BETA);
    assert_ptr_equal(fixture.init_error_sp, ALPHA);
    assert_int_equal(fixture.init_error_code, FFA_NO_MEMORY);
    assert_int_equal(ALPHA->state, SP_STOPPED);
    assert_false(ALPHA->initialised);
    // A fault does the same, without a report of a code
    BETA->initialised = false;
    fixture.init_error_sp = NULL;
    assert_null(fixture_stop(0, BETA));
    assert_null(fixture.init_error_sp);
    assert_true(fixture_is(NWD_X, FFA_MSG_WAIT, 0, 0, 0));
    assert_int_equal(fixture.boot_next_calls, 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(calls_by_runtime_model, reset),
        cmocka_unit_test_setup(wait_ends_a_turn_of_run, reset),
        cmocka_unit_test_setup(first_wait_ends_the_init_and_the_boot_goes_on, reset),
        cmocka_unit_test_setup(wait_gives_rx_back, reset),
        cmocka_unit_test_setup(refused_wait_keeps_rx, reset),
        cmocka_unit_test_setup(reserved_registers_of_wait_and_yield, reset),
        cmocka_unit_test_setup(yield_and_resume, reset),
        cmocka_unit_test_setup(yield_with_a_timeout, reset),
        cmocka_unit_test_setup(no_timeout_for_an_older_scheduler, reset),
        cmocka_unit_test_setup(run_of_a_waiting_partition, reset),
        cmocka_unit_test_setup(run_refusals, reset),
        cmocka_unit_test_setup(interrupt_preempts_and_run_resumes_where_it_was, reset),
        cmocka_unit_test_setup(preempted_partition_s_fp_registers_go_back, reset),
        cmocka_unit_test_setup(caller_of_a_stopped_partition_gets_aborted, reset),
        cmocka_unit_test_setup(failed_init_is_reported_and_the_boot_goes_on, reset),
    };

    return cmocka_run_group_tests(tests, reset, NULL);
}
