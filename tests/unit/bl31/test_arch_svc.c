// SPDX-License-Identifier: BSD-3-Clause
//
// The architecture range of SMCs (bl31/arch_svc.c): numbers and answers of DEN0028; which core is said to need nothing against
// speculation, on registers as cores have them.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "bits.h"
#include "bl31/bl31_private.h"
#include "platform.h"

#define MINUS_ONE 0xffffffffffffffffull
#define MINUS_THREE 0xfffffffffffffffdull
#define WORKAROUND_1 0x80008000
#define WORKAROUND_2 0x80007fff
#define WORKAROUND_3 0x80003fff

uint64_t fake_reg_midr_el1, fake_reg_id_aa64pfr0_el1, fake_reg_id_aa64pfr1_el1,
    fake_reg_id_aa64mmfr1_el1;

// Const for everybody else; here it has two lives
static struct board the_board;
extern const struct board board __attribute__((alias("the_board")));

static struct smc_frame frame;

// Registers keep what the caller had, whatever the answer.
static uint64_t call(uint64_t fid, uint64_t x1)
{
    struct smc_frame before;
    uint64_t x0;

    for (unsigned int i = 0; i < 18; i++) {
        frame.x[i] = 0x1000 + i;
    }
    before = frame;
    x0 = arch_smc(fid, x1, 0x1002, 0x1003, &frame);
    assert_memory_equal(&frame, &before, sizeof(frame));
    return x0;
}

static uint64_t features(uint64_t fid)
{
    return call(0x80000001, fid);
}

static int fresh(void **state)
{
    (void)state;
    the_board.soc_id = 0x043b1234;
    the_board.soc_revision = 0x7fffffff;
    fake_reg_midr_el1 = 0x000f0510; // QEMU's max: nobody's
    fake_reg_id_aa64pfr0_el1 = 0;
    fake_reg_id_aa64pfr1_el1 = 0;
    fake_reg_id_aa64mmfr1_el1 = 0;
    return 0;
}

static void version_is_1_4(void **state)
{
    (void)state;
    assert_int_equal(call(0x80000000, 0), 0x10004);
    assert_int_equal(features(0x80000000), 0);
    assert_int_equal(features(0x80000001), 0);
    assert_int_equal(features(0xdead000080000000), 0); // SMC32: w1 counts
}

static void everything_else_is_unknown(void **state)
{
    static const uint32_t fids[] = {
        0xc0000000,
        0xc0000001,
        0xc0000002,
        0x80000003,
        0x80000004,
        0x8000003f,
        0x80008001,
        0xc0008000,
        0xc0007fff,
        0xc0003fff,
        0x80020000,
        0x80008002,
        0x80000000 | 0x00800000,
    };

    (void)state;
    fake_reg_midr_el1 = 0x410fd034; // a core that needs no workaround
    for (size_t i = 0; i < ARRAY_COUNT(fids); i++) {
        assert_int_equal(call(fids[i], 0), MINUS_ONE);
        assert_int_equal(features(fids[i]), MINUS_ONE);
    }
    assert_int_equal(features(0), MINUS_ONE);
    assert_int_equal(features(0x84000000),
                     MINUS_ONE); // PSCI_FEATURES, TRNG_FEATURES, FFA_FEATURES know
    assert_int_equal(features(0x84000050), MINUS_ONE);
    assert_int_equal(features(0x84000063), MINUS_ONE);
}

static void the_soc_is_the_boards(void **state)
{
    (void)state;
    assert_int_equal(features(0x80000002), 0);
    assert_int_equal(call(0x80000002, 0), 0x043b1234);
    assert_int_equal(call(0x80000002, 1), 0x7fffffff);
    assert_int_equal(call(0x80000002, 0x100000001), 0x7fffffff);
    assert_int_equal(call(0x80000002, 2), MINUS_THREE);
    assert_int_equal(call(0x80000002, 0xffffffff), MINUS_THREE);
}

static void a_board_without_a_soc_id_has_none(void **state)
{
    (void)state;
    the_board.soc_id = 0;
    assert_int_equal(features(0x80000002), MINUS_ONE);
    assert_int_equal(call(0x80000002, 0), MINUS_ONE);
    assert_int_equal(call(0x80000002, 2), MINUS_ONE);
}

// What ARCH_FEATURES and the call itself must say of the core that the registers describe.
static void expect_workarounds(bool unaffected_1, bool unaffected_2, bool unaffected_3)
{
    const struct {
        uint32_t fid;
        bool unaffected;
    } rows[] = { { WORKAROUND_1, unaffected_1 },
                 { WORKAROUND_2, unaffected_2 },
                 { WORKAROUND_3, unaffected_3 } };

    for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
        assert_int_equal(features(rows[i].fid), rows[i].unaffected ? 1 : MINUS_ONE);
        assert_int_equal(call(rows[i].fid, 1), rows[i].unaffected ? 0 : MINUS_ONE);
    }
}

// ID registers as their Technical Reference Manuals and QEMU 7.2 have them
static void cores_get_the_answer_that_is_true_of_them(void **state)
{
    (void)state;
    expect_workarounds(false, false, false); // nothing is known of it
    fake_reg_midr_el1 = 0x411fd070;          // Cortex-A57
    expect_workarounds(false, false, false);
    fake_reg_midr_el1 = 0x410fd083; // Cortex-A72 r0p3
    expect_workarounds(false, false, false);
    fake_reg_midr_el1 = 0x411fd083; // Cortex-A72 r1p3: CSV2
    fake_reg_id_aa64pfr0_el1 = 1ull << 56;
    expect_workarounds(true, false, false);
    fake_reg_midr_el1 = 0x414fd0b1; // Cortex-A76: CSV2, SSBS
    fake_reg_id_aa64pfr1_el1 = 1 << 4;
    expect_workarounds(true, true, false);
    fresh(NULL);
    fake_reg_id_aa64pfr0_el1 = 0x1201001121112222; // QEMU's max
    fake_reg_id_aa64pfr1_el1 = 0x1000021;
    expect_workarounds(true, true, false);
}

static void what_the_core_says_of_branch_history_counts(void **state)
{
    (void)state;
    fake_reg_id_aa64pfr0_el1 = 2ull << 56;
    expect_workarounds(true, false, false);
    fake_reg_id_aa64pfr0_el1 = 3ull << 56; // CSV2_3
    expect_workarounds(true, false, true);
    fake_reg_id_aa64pfr0_el1 = 0;
    fake_reg_id_aa64mmfr1_el1 = 1ull << 60; // ECBHB
    expect_workarounds(false, false, true);
}

static void in_order_cores_need_nothing(void **state)
{
    static const uint32_t midrs[] = { 0x410fd034, 0x411fd040, 0x412fd050,
                                      0x410fd023, 0x411fd461, 0x410fd801 };

    (void)state;
    for (size_t i = 0; i < ARRAY_COUNT(midrs); i++) {
        fake_reg_midr_el1 = midrs[i];
        expect_workarounds(true, true, true);
        fake_reg_midr_el1 = (midrs[i] & 0x00ffffff) | 0x51000000; // another implementer's part
        expect_workarounds(false, false, false);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(version_is_1_4, fresh),
        cmocka_unit_test_setup(everything_else_is_unknown, fresh),
        cmocka_unit_test_setup(the_soc_is_the_boards, fresh),
        cmocka_unit_test_setup(a_board_without_a_soc_id_has_none, fresh),
        cmocka_unit_test_setup(cores_get_the_answer_that_is_true_of_them, fresh),
        cmocka_unit_test_setup(what_the_core_says_of_branch_history_counts, fresh),
        cmocka_unit_test_setup(in_order_cores_need_nothing, fresh),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
