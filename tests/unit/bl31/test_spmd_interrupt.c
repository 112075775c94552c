// SPDX-License-Identifier: BSD-3-Clause
//
// Interrupts at EL3: who gets one, what the SPMC may say while it serves one, and that the normal world and its version
// negotiation notice nothing. Expected values are DEN0077A's (9.3, FFA_INTERRUPT, FFA_NORMAL_WORLD_RESUME,
// FFA_EL3_INTR_HANDLE).
#include "bl31/bl31_private.h"
#include "spmd_fakes.h"

// An FIQ while the normal world runs, with 0xa000 + register in its frame. Returns its x0.
static uint64_t fiq(enum gic_owner owner)
{
    for (unsigned int i = 0; i < 18; i++) {
        core.normal.frame.x[i] = 0xa000 + i;
    }
    fake_owner = owner;
    fake_left = LEFT_NOT;
    return irq_lower_fiq(&core.normal.frame);
}

static void assert_normal_frame_kept(void)
{
    for (unsigned int i = 0; i < 18; i++) {
        assert_int_equal(core.normal.frame.x[i], 0xa000 + i);
    }
}

static void a_secure_interrupt_enters_the_spmc(void **state)
{
    (void)state;
    (void)fiq(GIC_OWNER_SECURE);
    assert_int_equal(fake_left, LEFT_BY_ASKING);
    assert_ptr_equal(fake_frame, &core.normal.frame);
    assert_int_equal(core.state, SPMD_INTERRUPT);
    assert_int_equal(fake_x8[0], 0x84000062);
    for (unsigned int i = 1; i < 18; i++) {
        assert_int_equal(fake_x8[i], 0);
    }
    assert_int_equal(fake_acknowledges, 0); // that is the SPMC's
    assert_normal_frame_kept();
}

static void it_ends_where_the_normal_world_was(void **state)
{
    (void)state;
    (void)fiq(GIC_OWNER_SECURE);
    (void)spmc_exact(0x8400007c, 0, 0, 0);
    assert_int_equal(fake_left, LEFT_BY_RESUMING);
    assert_ptr_equal(fake_frame, &core.secure);
    assert_int_equal(core.state, SPMD_READY);
    assert_normal_frame_kept();
}

static void nothing_else_ends_it(void **state)
{
    (void)state;
    (void)fiq(GIC_OWNER_SECURE);
    assert_no_wrong_completion();
    assert_normal_frame_kept();
    assert_int_equal(spmc_exact(0xc400007c, 0, 0, 0), ERROR); // since 1.3
    assert_result(&core.secure, NOT_SUPPORTED);
    for (unsigned int i = 1; i < 8; i++) { // unused: must be zero
        memset(&core.secure, 0, sizeof(core.secure));
        core.secure.x[i] = 1ull << 32;
        assert_int_equal(spmd_from_spmc(0x8400007c, core.secure.x[1], core.secure.x[2],
                                        core.secure.x[3], &core.secure),
                         ERROR);
        assert_result(&core.secure, INVALID_PARAMETERS);
        assert_int_equal(core.state, SPMD_INTERRUPT);
    }
    (void)spmc_exact(0x8400007c, 0, 0, 0);
    assert_int_equal(fake_left, LEFT_BY_RESUMING);
}

static void requests_and_aborts_in_it_are_what_they_are_elsewhere(void **state)
{
    (void)state;
    (void)fiq(GIC_OWNER_SECURE);
    assert_int_equal(spmc(0x8400006f, 0x80000000, 0, 0), ERROR);
    assert_result(&core.secure, DENIED);
    assert_int_equal(spmc(0x84000069, 0, 0, 0), SUCCESS); // FFA_ID_GET: EL3's own, any time
    assert_int_equal(core.state, SPMD_INTERRUPT);
    ASSERT_ENDS(END_SPMC_CRASH, spmc(0x84000090, 0, 0, 0));
}

static void the_normal_world_is_resumed_from_an_interrupt_only(void **state)
{
    static const uint32_t others[] = { SPMD_BOOTING, SPMD_STARTING, SPMD_READY,
                                       SPMD_VERSION, SPMD_POWER,    SPMD_RESUMING };

    (void)state;
    for (unsigned int i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
        core.state = others[i];
        assert_int_equal(spmc_exact(0x8400007c, 0, 0, 0), ERROR);
        assert_result(&core.secure, DENIED);
        assert_int_equal(fake_left, LEFT_NOT);
        assert_int_equal(core.state, others[i]);
    }
}

// FIQs come to EL3 while the normal world runs; a state that says otherwise is a bug of EL3.
static void an_interrupt_in_the_middle_of_an_exchange_is_a_bug(void **state)
{
    static const uint32_t others[] = { SPMD_OFF,   SPMD_BOOTING,  SPMD_STARTING, SPMD_VERSION,
                                       SPMD_POWER, SPMD_RESUMING, SPMD_INTERRUPT };

    (void)state;
    for (unsigned int i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
        core.state = others[i];
        ASSERT_ENDS(END_ASSERT, fiq(GIC_OWNER_SECURE));
    }
}

// DEN0077A 13.2.2: the negotiation ends with the first call that is not FFA_VERSION. An interrupt is no call.
static void it_does_not_end_the_version_negotiation(void **state)
{
    (void)state;
    for (uint64_t asked = 0x10000; asked <= 0x10002; asked++) {
        (void)normal(0x84000063, asked);
        (void)spmc(0x84000070, 0x8000ffff, 0x80000009, 0x10002);
        (void)fiq(GIC_OWNER_SECURE);
        (void)spmc_exact(0x8400007c, 0, 0, 0);
        (void)fiq(GIC_OWNER_EL3);
    }
    assert_int_equal(normal(0x84000085, 0), SUCCESS); // the version it had: SPM_ID_GET is there
    assert_int_equal(normal(0x84000063, 0x10001), MINUS_ONE); // and that call has ended it
}

static void interrupts_come_one_after_the_other(void **state)
{
    (void)state;
    for (unsigned int i = 0; i < 3; i++) {
        (void)fiq(GIC_OWNER_SECURE);
        (void)spmc_exact(0x8400007c, 0, 0, 0);
        assert_int_equal(core.state, SPMD_READY);
    }
}

static void an_interrupt_of_el3_is_taken_here(void **state)
{
    (void)state;
    fake_acknowledge = 15 | 3 << 10; // with the sender that a GICv2 wants back
    assert_int_equal(fiq(GIC_OWNER_EL3), 0xa000);
    assert_int_equal(fake_left, LEFT_NOT);
    assert_int_equal(fake_ended, 15 | 3 << 10);
    assert_int_equal(core.group0_count, 1);
    assert_int_equal(core.spurious_count, 0);
    assert_int_equal(core.state, SPMD_READY);
    assert_normal_frame_kept();
}

static void what_is_gone_again_is_counted_and_not_ended(void **state)
{
    (void)state;
    assert_int_equal(fiq(GIC_OWNER_NONE), 0xa000);
    assert_int_equal(fake_acknowledges, 0);
    fake_acknowledge = 1022;
    assert_int_equal(fiq(GIC_OWNER_EL3), 0xa000); // gone between the two looks
    assert_int_equal(fake_ended, 0);
    assert_int_equal(core.spurious_count, 2);
    assert_int_equal(core.group0_count, 0);
    assert_normal_frame_kept();
}

static void the_spmc_has_el3_take_its_interrupt_in_any_state(void **state)
{
    (void)state;
    fake_acknowledge = 15;
    for (uint32_t i = SPMD_BOOTING; i <= SPMD_INTERRUPT; i++) {
        core.state = i;
        fake_owner = GIC_OWNER_EL3;
        fake_ended = 0;
        assert_int_equal(spmc_exact(0x8400008c, 0, 0, 0), SUCCESS);
        assert_result(&core.secure, 0);
        assert_int_equal(fake_ended, 15);
        assert_int_equal(core.state, i);
        assert_int_equal(fake_left, LEFT_NOT);
    }
    assert_int_equal(spmc_exact(0x8400008c, 0, 1, 0), ERROR);
    assert_result(&core.secure, INVALID_PARAMETERS);
}

// On a GICv2 both are group 0: EL3 must not acknowledge the SPMC's.
static void el3_takes_none_of_the_spmcs(void **state)
{
    (void)state;
    fake_owner = GIC_OWNER_SECURE;
    assert_int_equal(spmc_exact(0x8400008c, 0, 0, 0), SUCCESS);
    assert_int_equal(fake_acknowledges, 0);
    assert_int_equal(core.spurious_count, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(a_secure_interrupt_enters_the_spmc, fake_ready),
        cmocka_unit_test_setup(it_ends_where_the_normal_world_was, fake_ready),
        cmocka_unit_test_setup(nothing_else_ends_it, fake_ready),
        cmocka_unit_test_setup(requests_and_aborts_in_it_are_what_they_are_elsewhere, fake_ready),
        cmocka_unit_test_setup(the_normal_world_is_resumed_from_an_interrupt_only, fake_ready),
        cmocka_unit_test_setup(an_interrupt_in_the_middle_of_an_exchange_is_a_bug, fake_ready),
        cmocka_unit_test_setup(it_does_not_end_the_version_negotiation, fake_ready),
        cmocka_unit_test_setup(interrupts_come_one_after_the_other, fake_ready),
        cmocka_unit_test_setup(an_interrupt_of_el3_is_taken_here, fake_ready),
        cmocka_unit_test_setup(what_is_gone_again_is_counted_and_not_ended, fake_ready),
        cmocka_unit_test_setup(the_spmc_has_el3_take_its_interrupt_in_any_state, fake_ready),
        cmocka_unit_test_setup(el3_takes_none_of_the_spmcs, fake_ready),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
