// SPDX-License-Identifier: BSD-3-Clause
//
// The harness itself, without firmware: the proxy runs on a plain machine, where QEMU answers PSCI. What a test must be
// able to rely on: faults are reported, hangs and ends are noticed, registers and memory are what the guest has.
#include <string.h>
#include <unistd.h>

#include "tests/target/target.h"

static struct harness *start(bool virtualization, unsigned int gic, const char *cpu)
{
    struct h_options o = h_defaults();

    o.flash = NULL;
    o.payload = TESSERA_PROXY_BIN;
    o.cpu = cpu;
    o.gic = gic;
    o.virtualization = virtualization;
    o.quiet = true;
    struct harness *h = h_start(&o);
    assert_non_null(h);
    assert_int_equal(h_state(h), H_OK);
    return h;
}

static void the_proxy_runs_at_both_levels_on_both_gics(void **state)
{
    (void)state;
    for (unsigned int el2 = 0; el2 < 2; el2++) {
        for (unsigned int gic = 2; gic < 4; gic++) {
            struct harness *h = start(el2 != 0, gic, gic == 2 ? "cortex-a57" : "max");
            assert_int_equal(h_boot(h, 0)->current_el, 1 + el2);
            assert_int_equal(h_boot(h, 0)->gic, gic);
            h_stop(h);
        }
    }
}

static void exceptions_are_results(void **state)
{
    struct mb_fault fault;
    uint64_t value = 0;

    (void)state;
    struct harness *h = start(false, 3, "cortex-a57");
    assert_int_equal(h_read(h, 0, 0x0e000000, 8, &value, &fault), H_FAULT); // nothing there
    assert_int_equal(fault.esr >> 26, 0x25); // data abort, same level
    assert_int_equal(fault.far, 0x0e000000);
    assert_int_equal(h_exec(h, 0, 0x09000000, &fault), H_FAULT);
    assert_int_equal(fault.esr >> 26, 0x21); // instruction abort, same level
    assert_int_equal(h_sysreg_read(h, 0, MB_TPIDR_EL2, &value), H_FAULT);
    assert_int_equal(h_write(h, 0, MB_PAGES_BASE, 4, 0x12345678, &fault), H_OK);
    assert_int_equal(*(uint32_t *)h_memory(h, MB_PAGES_BASE, 4), 0x12345678);
    *(uint64_t *)h_memory(h, MB_PAGES_BASE, 8) = 0x1122334455667788;
    assert_int_equal(h_read(h, 0, MB_PAGES_BASE, 8, &value, &fault), H_OK);
    assert_int_equal(value, 0x1122334455667788);
    h_stop(h);
}

static void memory_outside_dram_has_no_address(void **state)
{
    (void)state;
    struct harness *h = start(false, 3, "cortex-a57");
    assert_null(h_memory(h, 0x3ffff000, 8));
    assert_null(h_memory(h, 0x40000000, ((size_t)1 << 30) + 1));
    assert_null(h_memory(h, 0x80000000, 1));
    assert_null(h_memory(h, 0x7fffffff, 2));
    assert_non_null(h_memory(h, 0x7fffffff, 1));
    h_stop(h);
}

// PSCI is QEMU's own here
static void the_proxy_runs_on_other_cores(void **state)
{
    struct h_options o = h_defaults();
    struct mb_calls calls = { .expected = PSCI_VERSION_1_1 };
    struct ffa_args version = { .x = { PSCI_VERSION } };
    struct h_call together = { .x = { PSCI_VERSION }, .flags = MB_SMC_TOGETHER, .together = 4 };
    uint64_t interrupt;
    int32_t answer;

    (void)state;
    o.flash = NULL;
    o.payload = TESSERA_PROXY_BIN;
    o.virtualization = true;
    o.cores = 4;
    for (o.gic = 2; o.gic < 4; o.gic++) {
        struct harness *h = h_start(&o);
        assert_non_null(h);
        assert_int_equal(h_cores_on(h, 4), H_OK);
        assert_int_equal(h_core_on(h, 2, 3, 0, &answer), H_OK);
        assert_int_equal(answer, PSCI_ALREADY_ON);
        for (unsigned int core = 1; core < 4; core++) {
            assert_int_equal(h_boot(h, core)->mpidr & 0xff00ffffff, h_mpidr(core));
            assert_int_equal(h_boot(h, core)->timer_wakes, 1);
            assert_int_equal(h_boot(h, core)->interrupt, MB_NO_INTERRUPT);
            // its own timer, and SGIs from and to core 0
            assert_int_equal(h_wait_begin(h, core, 1000), H_OK);
            assert_int_equal(h_wait_end(h, core, &interrupt), H_OK);
            assert_int_equal(interrupt, MB_TIMER_PPI);
            assert_int_equal(h_wait_begin(h, core, 0), H_OK);
            assert_int_equal(h_sgi(h, 0, core), H_OK);
            assert_int_equal(h_wait_end(h, core, &interrupt), H_OK);
            assert_int_equal(interrupt, MB_SGI);
            assert_int_equal(h_calls_begin(h, core, &version, &calls, 1000), H_OK);
        }
        for (unsigned int core = 1; core < 4; core++) {
            struct ffa_args a;
            assert_int_equal(h_calls_end(h, core, &a, &calls), H_OK);
            assert_int_equal(calls.answered, 1000);
        }
        h_together(h);
        for (unsigned int core = 0; core < 4; core++) {
            assert_int_equal(h_call_begin(h, core, &together), H_OK);
        }
        for (unsigned int core = 0; core < 4; core++) {
            struct h_call c = { 0 };
            assert_int_equal(h_call_end(h, core, &c), H_OK);
            assert_int_equal(c.x[0], PSCI_VERSION_1_1);
        }
        assert_int_equal(h_core_off(h, 2, 3, &answer), H_OK);
        assert_int_equal(answer, PSCI_SUCCESS);
        assert_int_equal(h_core_on(h, 1, 2, 0x1234, &answer), H_OK);
        assert_int_equal(answer, PSCI_SUCCESS);
        assert_int_equal(h_boot(h, 2)->x[0], 0x1234);
        h_stop(h);
    }
}

static void calls_come_back_with_their_registers(void **state)
{
    struct ffa_args a = { .x = { PSCI_VERSION } };
    struct h_call c = { .x = { PSCI_VERSION }, .flags = MB_SMC_NOP };

    (void)state;
    struct harness *h = start(true, 3, "cortex-a57"); // QEMU's PSCI takes SMCs when there is an EL2
    for (unsigned int i = 4; i < 18; i++) {
        a.x[i] = i * 0x0101010101010101;
    }
    assert_int_equal(h_smc(h, 0, &a), H_OK);
    assert_int_equal((uint32_t)a.x[0] >> 16, 1);
    for (unsigned int i = 4; i < 18; i++) {
        assert_int_equal(a.x[i], i * 0x0101010101010101);
    }
    assert_int_equal(h_call(h, 0, &c), H_OK);
    assert_int_equal(c.x[0], PSCI_VERSION); // a NOP changes nothing
    h_stop(h);
}

static void fp_registers_keep_what_was_loaded(void **state)
{
    static struct mb_fp in;
    static struct mb_fp out;

    (void)state;
    struct harness *h = start(false, 3, "max");
    memset(in.z, 0x3c, sizeof(in.z));
    memset(in.p, 0xff, sizeof(in.p));
    memset(in.v, 0x3c, sizeof(in.v));
    in.fpsr = 0x1f;
    assert_int_equal(h_fp_load(h, 0, &in, MB_FP_SVE), H_OK);
    assert_int_equal(h_fp_store(h, 0, &out, MB_FP_SVE), H_OK);
    assert_true(out.vl >= 16);
    assert_memory_equal(out.z, in.z, 32 * out.vl);
    assert_memory_equal(out.p, in.p, 17 * out.vl / 8);
    assert_memory_equal(out.v, in.v, sizeof(in.v));
    assert_int_equal(out.fpsr, 0x1f);
    h_stop(h);
}

static void a_hung_guest_is_noticed(void **state)
{
    struct ffa_args a = { .x = { 0 } };

    (void)state;
    struct harness *h = start(false, 3, "cortex-a57");
    assert_int_equal(h_hang(h, 0), H_HUNG);
    assert_int_equal(h_smc(h, 0, &a), H_HUNG); // and stays so
    h_stop(h);
}

static void a_guest_that_switches_off_is_noticed(void **state)
{
    struct ffa_args a = { .x = { PSCI_SYSTEM_OFF } };

    (void)state;
    struct harness *h = start(true, 3, "cortex-a57");
    assert_int_equal(h_smc(h, 0, &a), H_OFF);
    assert_int_equal(h_wait_off(h), 0);
    h_stop(h);
}

static void a_machine_that_cannot_start_is_an_error(void **state)
{
    struct h_options o = h_defaults();

    (void)state;
    o.flash = "/nonexistent/flash.bin";
    assert_null(h_start(&o));
    o.flash = NULL;
    o.payload = TESSERA_PROXY_BIN;
    o.cpu = "no-such-cpu";
    o.quiet = true;
    struct harness *h = h_start(&o);
    assert_non_null(h);
    assert_int_equal(h_state(h), H_OFF);
    h_stop(h);
}

static void under_icount_a_tick_is_an_instruction(void **state)
{
    struct h_options o = h_defaults();
    uint64_t ticks[2];
    struct ffa_args a = { .x = { 0 } };

    (void)state;
    o.flash = NULL;
    o.payload = TESSERA_PROXY_BIN;
    o.icount = true;
    struct harness *h = h_start(&o);
    assert_int_equal(h_state(h), H_OK);
    assert_int_equal(h_boot(h, 0)->cntfrq, 1000000000);
    assert_int_equal(h_loop(h, 0, &a, 1000, true, &ticks[0]), H_OK);
    assert_int_equal(h_loop(h, 0, &a, 2000, true, &ticks[1]), H_OK);
    assert_int_equal(ticks[1] - ticks[0], 7 * 1000); // four loads, NOP, SUBS, B.NE
    h_stop(h);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_proxy_runs_at_both_levels_on_both_gics),
        cmocka_unit_test(exceptions_are_results),
        cmocka_unit_test(memory_outside_dram_has_no_address),
        cmocka_unit_test(the_proxy_runs_on_other_cores),
        cmocka_unit_test(calls_come_back_with_their_registers),
        cmocka_unit_test(fp_registers_keep_what_was_loaded),
        cmocka_unit_test(a_hung_guest_is_noticed),
        cmocka_unit_test(a_guest_that_switches_off_is_noticed),
        cmocka_unit_test(a_machine_that_cannot_start_is_an_error),
        cmocka_unit_test(under_icount_a_tick_is_an_instruction),
    };

    return cmocka_run_group_tests_name("harness", tests, NULL, NULL);
}
