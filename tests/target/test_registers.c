// SPDX-License-Identifier: BSD-3-Clause
//
// What a call must leave alone in the normal world: FP, SIMD and SVE registers while both sides use them, system
// registers, PAC keys, x18 … x30 (every call of the harness checks those). And what it must not show.
#include <string.h>

#include "tests/target/target.h"

#define ROUNDS 10
#define CALLS_PER_ROUND 1000

static int ready(void **state)
{
    (void)state;
    target_machine(NULL);
    target_version(FFA_VERSION_1_2);
    return 0;
}

static uint64_t next_random(uint64_t *seed)
{
    *seed = *seed * 6364136223846793005u + 1442695040888963407u;
    return *seed >> 16;
}

static void fill(void *to, size_t size, uint64_t *seed)
{
    uint8_t *p = to;

    for (size_t i = 0; i < size; i++) {
        p[i] = (uint8_t)next_random(seed);
    }
}

static void paint_fp(struct mb_fp *paint, unsigned int round, uint64_t vl, uint64_t *seed)
{
    fill(paint->v, sizeof(paint->v), seed);
    fill(paint->z, vl * 32, seed);
    fill(paint->p, vl / 8 * 17, seed);
    memset(paint->p + vl / 8 * 16, 0xff, vl / 8); // FFR: only prefixes are legal values
    for (unsigned int i = 0; vl != 0 && i < 32; i++) {
        memcpy(paint->v[i], paint->z + vl * i, 16); // V is the low part of Z
    }
    paint->fpcr = round % 2 == 0 ? 0 : 0x03000000; // rounding, flush to zero
    paint->fpsr = 0x08000000 | (round & 0x1f);
}

// Paints the normal world's FP registers, has peer 1 paint and compare its own in 1,000 calls, compares; ten times.
// Every call enters the peer (FFA_RUN), which finds its registers as it left them, paints others and yields.
static void compare_fp_rounds(bool sve)
{
    static struct mb_fp paint;
    static struct mb_fp after;
    uint64_t seed = 1;
    uint64_t vl = sve ? h_fp_vl(machine, 0) : 0;
    uint64_t ticks;

    for (unsigned int round = 0; round < ROUNDS; round++) {
        struct peer_script *script = peer_begin(PEER1_ID);
        struct peer_step *yield =
            peer_add(script, PEER_FP_YIELD, 0x1234500000 + round, 0, CALLS_PER_ROUND, 0);
        struct ffa_args a = peer_run(PEER1_ID);
        assert_ffa_function(a, FFA_YIELD);

        paint_fp(&paint, round, vl, &seed);
        assert_int_equal(h_fp_load(machine, 0, &paint, sve ? MB_FP_SVE : MB_FP_V), H_OK);
        a = (struct ffa_args){ .x = { FFA_RUN, (uint64_t)PEER1_ID << 16 } };
        assert_int_equal(h_loop(machine, 0, &a, CALLS_PER_ROUND, false, &ticks), H_OK);
        assert_ffa_function(a, FFA_MSG_SEND_DIRECT_RESP_64);
        assert_int_equal(h_fp_store(machine, 0, &after, sve ? MB_FP_SVE : MB_FP_V), H_OK);
        assert_memory_equal(after.v, paint.v, sizeof(paint.v));
        assert_int_equal(after.fpcr, paint.fpcr);
        assert_int_equal(after.fpsr, paint.fpsr);
        if (vl != 0) {
            assert_memory_equal(after.z, paint.z, vl * 32);
            assert_memory_equal(after.p, paint.p, vl / 8 * 17);
        }
        assert_int_equal(script->performed, 1);
        assert_int_equal(yield->x[1], 0); // the partition found its own registers each time
    }
}

static void fp_registers_survive_10000_calls_to_a_partition_that_uses_them(void **state)
{
    (void)state;
    compare_fp_rounds(false);
}

static void sve_registers_survive_10000_calls_to_a_partition_that_uses_fp(void **state)
{
    (void)state;
    if ((h_boot(machine, 0)->id_aa64pfr0 >> 32 & 0xf) == 0) {
        skip_because("this core has no SVE");
    }
    assert_true(h_fp_vl(machine, 0) >= 16); // the firmware must not trap it
    compare_fp_rounds(true);
}

// EL2's vectors may be longer than what EL1's ZCR_EL1 allows: the secure world must not cut them
static void sve_registers_survive_when_el2_uses_them(void **state)
{
    struct h_options o = target_options();

    (void)state;
    o.virtualization = true;
    target_machine(&o);
    target_version(FFA_VERSION_1_2);
    if ((h_boot(machine, 0)->id_aa64pfr0 >> 32 & 0xf) == 0) {
        skip_because("this core has no SVE");
    }
    assert_int_equal(h_boot(machine, 0)->current_el, 2);
    compare_fp_rounds(true);
}

// A normal world that calls in streaming mode (SME) gets it back with its registers, though the partition's FP
// instructions cannot run in it
static void compare_streaming(bool el2)
{
    static struct mb_fp paint;
    static struct mb_fp after;
    struct h_options o = target_options();
    uint64_t seed = 7;

    o.virtualization = el2;
    target_machine(&o);
    target_version(FFA_VERSION_1_2);
    if ((h_boot(machine, 0)->id_aa64pfr1 >> 24 & 0xf) == 0) {
        skip_because("this core has no SME");
    }
    uint64_t svl = h_fp_svl(machine, 0);

    assert_true(svl >= 16); // the firmware must not trap it
    for (unsigned int round = 0; round < 20; round++) {
        struct peer_script *script = peer_begin(PEER1_ID);
        struct peer_step *yield = peer_add(script, PEER_FP_YIELD, 0x55500000 + round, 0, 2, 0);
        struct ffa_args a = peer_run(PEER1_ID);
        assert_ffa_function(a, FFA_YIELD);

        fill(paint.z, svl * 32, &seed);
        fill(paint.p, svl / 8 * 16, &seed);
        assert_int_equal(h_fp_load(machine, 0, &paint, MB_FP_STREAMING), H_OK);
        a = call(FFA_RUN, (uint64_t)PEER1_ID << 16);
        assert_ffa_function(a, FFA_YIELD);
        a = call(FFA_RUN, (uint64_t)PEER1_ID << 16);
        assert_ffa_function(a, FFA_MSG_SEND_DIRECT_RESP_64);
        assert_int_equal(h_fp_store(machine, 0, &after, MB_FP_STREAMING), H_OK);
        assert_int_equal(after.svcr, 1);
        assert_memory_equal(after.z, paint.z, svl * 32);
        assert_memory_equal(after.p, paint.p, svl / 8 * 16);
        assert_int_equal(yield->x[1], 0);
    }
}

static void streaming_mode_survives_a_partition_that_uses_fp(void **state)
{
    (void)state;
    compare_streaming(false);
}

static void streaming_mode_of_el2_survives_too(void **state)
{
    (void)state;
    compare_streaming(true);
}

static void partitions_keep_their_fp_registers_from_each_other(void **state)
{
    static const uint16_t ids[] = { PEER1_ID, PEER2_ID };
    struct peer_step *yield[2];

    (void)state;
    for (unsigned int i = 0; i < 2; i++) {
        struct peer_script *script = peer_begin(ids[i]);
        yield[i] = peer_add(script, PEER_FP_YIELD, 0x777000000 * (i + 1), 0, 100, 0);
        struct ffa_args a = peer_run(ids[i]);
        assert_ffa_function(a, FFA_YIELD);
    }
    for (unsigned int round = 0; round < 200; round++) {
        struct ffa_args a = call(FFA_RUN, (uint64_t)ids[round % 2] << 16);
        assert_ffa_function(a, round < 198 ? FFA_YIELD : FFA_MSG_SEND_DIRECT_RESP_64);
    }
    assert_int_equal(yield[0]->x[1], 0);
    assert_int_equal(yield[1]->x[1], 0);
}

// ---- System registers ------------------------------------------------------------------------------------------------

static bool can_be_painted(enum mb_sysreg reg)
{
    bool el2 = h_boot(machine, 0)->current_el == 2;

    if (reg > MB_MDSCR_EL1) { // test_context.c
        return false;
    }
    if (reg >= MB_CPACR_EL1 && reg <= MB_SP_EL1) {
        return el2; // at EL1 the proxy itself lives by them
    }
    switch ((int)reg) {
    case MB_CNTP_CVAL_EL0: // the proxy's alarm clock
    case MB_HCR_EL2:
    case MB_VBAR_EL2:
    case MB_SCTLR_EL2:
    case MB_PMCR_EL0:
    case MB_MDSCR_EL1:
    case MB_PAR_EL1: // what can be written of it depends on its bit 0
        return false;
    default:
        return true;
    }
}

// Every kind of way through the firmware: EL3 only, SPMC only, a partition, a partition that yields and is preempted
static void every_kind_of_call(void)
{
    (void)call(SMCCC_VERSION);
    (void)call(0xc2000001);
    (void)call(FFA_ID_GET);
    (void)call(FFA_FEATURES, FFA_VERSION);
    assert_echo_works();
    struct peer_script *script = peer_begin(PEER1_ID);
    peer_add(script, PEER_CALL, FFA_YIELD, 0, 0, 0);
    peer_add(script, PEER_FP_PAINT, 3, 0, 0, 0);
    peer_add(script, PEER_SPIN, 2000000000, 0, 0, 0);
    struct h_call c = { .x = { FFA_MSG_SEND_DIRECT_REQ_64, PEER1_ID, 0, PEER_RUN_SCRIPT } };
    assert_int_equal(h_call(machine, 0, &c), H_OK);
    assert_int_equal(c.x[0], FFA_YIELD);
    c = (struct h_call){ .x = { FFA_RUN, (uint64_t)PEER1_ID << 16 }, .flags = MB_SMC_SGI };
    assert_int_equal(h_call(machine, 0, &c), H_OK);
    assert_int_equal(c.x[0], FFA_INTERRUPT);
    script->stop = 1;
    struct ffa_args a = call(FFA_RUN, (uint64_t)PEER1_ID << 16);
    assert_ffa_function(a, FFA_MSG_SEND_DIRECT_RESP_64);
}

static void compare_sysregs(uint64_t pattern)
{
    uint64_t before[MB_SYSREG_COUNT];
    bool there[MB_SYSREG_COUNT];
    uint64_t seed = pattern;

    // First see which exist: an exception of the proxy changes ELR, SPSR, ESR and FAR, later ones must not happen
    for (unsigned int r = 0; r < MB_SYSREG_COUNT; r++) {
        there[r] = h_sysreg_read(machine, 0, (enum mb_sysreg)r, &before[r]) == H_OK;
    }
    for (unsigned int r = 0; r < MB_SYSREG_COUNT; r++) {
        if (there[r] && can_be_painted((enum mb_sysreg)r)) {
            uint64_t value = pattern == 0 ? 0 : next_random(&seed) << 16;
            assert_int_equal(h_sysreg_write(machine, 0, (enum mb_sysreg)r, value), H_OK);
        }
    }
    for (unsigned int r = 0; r < MB_SYSREG_COUNT; r++) {
        if (there[r]) { // as the register keeps it, without its reserved bits
            assert_int_equal(h_sysreg_read(machine, 0, (enum mb_sysreg)r, &before[r]), H_OK);
        }
    }
    every_kind_of_call();
    for (unsigned int r = 0; r < MB_SYSREG_COUNT; r++) {
        uint64_t after;
        if (there[r] && r != MB_CNTP_CVAL_EL0) {
            assert_int_equal(h_sysreg_read(machine, 0, (enum mb_sysreg)r, &after), H_OK);
            if (after != before[r]) {
                fail_msg("%s was %#llx before the calls, %#llx after",
                         h_sysreg_name((enum mb_sysreg)r), (unsigned long long)before[r],
                         (unsigned long long)after);
            }
        }
    }
}

static void system_registers_survive_every_kind_of_call(void **state)
{
    (void)state;
    for (uint64_t pattern = 0; pattern < 4; pattern++) {
        compare_sysregs(pattern);
    }
}

static void system_registers_of_el1_survive_when_el2_uses_them(void **state)
{
    struct h_options o = target_options();

    (void)state;
    o.virtualization = true;
    target_machine(&o);
    target_version(FFA_VERSION_1_2);
    assert_int_equal(h_boot(machine, 0)->current_el, 2);
    for (uint64_t pattern = 0; pattern < 4; pattern++) {
        compare_sysregs(pattern);
    }
}

static void pac_keys_can_be_used_where_the_core_has_them(void **state)
{
    uint64_t value;

    (void)state;
    uint64_t isar1 = h_boot(machine, 0)->id_aa64isar1;
    if ((isar1 & 0xff0) == 0) {
        skip_because("this core has no pointer authentication");
    }
    assert_int_equal(h_sysreg_write(machine, 0, MB_APIAKEYLO_EL1, 0x1122334455667788), H_OK);
    assert_int_equal(h_sysreg_read(machine, 0, MB_APIAKEYLO_EL1, &value), H_OK);
    assert_int_equal(value, 0x1122334455667788);
}

// No call answers with what it did not get: every register is the caller's, zero, or a small or echoed result
static void registers_show_nothing_of_the_secure_world(void **state)
{
    static const uint64_t calls[] = { SMCCC_VERSION,
                                      SMCCC_ARCH_FEATURES,
                                      PSCI_VERSION,
                                      PSCI_FEATURES,
                                      0x82000000,
                                      0xc4000005,
                                      0x84000055,
                                      FFA_VERSION,
                                      FFA_ID_GET,
                                      FFA_SPM_ID_GET,
                                      FFA_RX_RELEASE,
                                      FFA_RUN,
                                      FFA_MSG_WAIT,
                                      0x840000ee,
                                      0xc40000ee,
                                      FFA_MSG_SEND_DIRECT_REQ_32,
                                      FFA_MSG_SEND_DIRECT_REQ_64,
                                      FFA_PARTITION_INFO_GET };

    (void)state;
    for (size_t c = 0; c < sizeof(calls) / sizeof(calls[0]); c++) {
        struct ffa_args a = { .x = { calls[c] } };
        for (unsigned int i = 1; i < 18; i++) {
            a.x[i] = 0xabcdabcd00000000 + i * 0x1111;
        }
        struct ffa_args sent = a;
        target_call_all(&a);
        for (unsigned int i = 1; i < 18; i++) {
            bool error_code =
                i == 2 && a.x[0] == FFA_ERROR && (int32_t)a.x[2] < 0 && (int32_t)a.x[2] >= -10;
            if (a.x[i] != 0 && a.x[i] != sent.x[i] && !error_code && a.x[i] > 0xffff) {
                fail_msg("call %#llx: x%u = %#llx", (unsigned long long)calls[c], i,
                         (unsigned long long)a.x[i]);
            }
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(fp_registers_survive_10000_calls_to_a_partition_that_uses_them,
                               ready),
        cmocka_unit_test_setup(sve_registers_survive_10000_calls_to_a_partition_that_uses_fp,
                               ready),
        cmocka_unit_test_setup(partitions_keep_their_fp_registers_from_each_other, ready),
        cmocka_unit_test_setup(system_registers_survive_every_kind_of_call, ready),
        cmocka_unit_test_setup(pac_keys_can_be_used_where_the_core_has_them, ready),
        cmocka_unit_test_setup(registers_show_nothing_of_the_secure_world, ready),
        cmocka_unit_test_setup(system_registers_of_el1_survive_when_el2_uses_them, ready),
        cmocka_unit_test_setup(sve_registers_survive_when_el2_uses_them, ready),
        cmocka_unit_test_setup(streaming_mode_survives_a_partition_that_uses_fp, ready),
        cmocka_unit_test_setup(streaming_mode_of_el2_survives_too, ready),
    };

    return cmocka_run_group_tests_name("registers", tests, NULL, target_stop);
}
