// SPDX-License-Identifier: BSD-3-Clause
//
// Trapped instructions come back as Undefined Instruction exceptions of the right level. Vector offsets and PSTATE are
// DDI0487's (D1.3.1, D1.3.6).
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "bl31/bl31_private.h"
#include "bl31/bl31_regs.h"
#include "bl31_fakes.h"

#define SYSREG_TRAP 0x62300000u // EC 0x18, IL
#define UNDEFINED 0x02000000u   // EC 0, IL
#define PC 0x40001234u
#define DAIF 0x3c0u

uint64_t fake_reg_esr_el1, fake_reg_esr_el2, fake_reg_esr_el3, fake_reg_elr_el1, fake_reg_elr_el2,
    fake_reg_elr_el3;
uint64_t fake_reg_spsr_el1, fake_reg_spsr_el2, fake_reg_spsr_el3, fake_reg_vbar_el1,
    fake_reg_vbar_el2;
uint64_t fake_reg_sctlr_el1, fake_reg_sctlr_el2, fake_reg_hcr_el2, fake_reg_scr_el3,
    fake_reg_tpidr_el3;
uint64_t fake_reg_id_aa64mmfr1_el1, fake_reg_id_aa64pfr1_el1;

static struct core core;

static int setup(void **state)
{
    (void)state;
    memset(&core, 0, sizeof(core));
    fake_reg_tpidr_el3 = (uintptr_t)&core;
    fake_reg_esr_el3 = SYSREG_TRAP;
    fake_reg_elr_el3 = PC;
    fake_reg_vbar_el1 = 0x10000;
    fake_reg_vbar_el2 = 0x20000;
    fake_reg_sctlr_el1 = SCTLR_SPAN;
    fake_reg_sctlr_el2 = 0;
    fake_reg_hcr_el2 = 0;
    fake_reg_scr_el3 = SCR_NS;
    fake_reg_id_aa64mmfr1_el1 = 0;
    fake_reg_id_aa64pfr1_el1 = 0;
    return 0;
}

// Takes the trap from `spsr`; it must arrive at `vector` of EL1, or of EL2 when `level` is 2.
static void assert_arrives(uint64_t spsr, unsigned int level, uint64_t vector)
{
    fake_reg_elr_el3 = PC;
    fake_reg_spsr_el3 = spsr;
    assert_true(trap_lower(&core.normal.frame));
    assert_int_equal(fake_reg_elr_el3, (level == 2 ? 0x20000 : 0x10000) + vector);
    assert_int_equal(fake_reg_spsr_el3 & 0xf, level == 2 ? 9 : 5);
    assert_int_equal(fake_reg_spsr_el3 & DAIF, DAIF);
    assert_int_equal(level == 2 ? fake_reg_elr_el2 : fake_reg_elr_el1, PC);
    assert_int_equal(level == 2 ? fake_reg_spsr_el2 : fake_reg_spsr_el1, spsr);
    assert_int_equal(level == 2 ? fake_reg_esr_el2 : fake_reg_esr_el1, UNDEFINED);
}

static void each_level_gets_its_own(void **state)
{
    (void)state;
    assert_arrives(0x0, 1, 0x400);  // EL0
    assert_arrives(0x10, 1, 0x600); // EL0, AArch32
    assert_arrives(0x4, 1, 0x000);  // EL1t
    assert_arrives(0x5, 1, 0x200);  // EL1h
    assert_arrives(0x8, 2, 0x000);  // EL2t
    assert_arrives(0x9, 2, 0x200);  // EL2h
}

// A hypervisor's 32-bit guest has no AArch64 vectors at EL1, whatever its mode's number looks like
static void guests_in_aarch32_go_to_their_hypervisor(void **state)
{
    static const uint8_t modes[] = { 0x11, 0x12, 0x13, 0x17, 0x1b, 0x1f };

    (void)state;
    for (unsigned int i = 0; i < sizeof(modes); i++) {
        assert_arrives(modes[i], 2, 0x600);
    }
}

static void applications_of_a_host_at_el2_go_there(void **state)
{
    (void)state;
    fake_reg_hcr_el2 = HCR_TGE;
    assert_arrives(0x0, 2, 0x400);
    fake_reg_scr_el3 = 0; // the same EL2 register means nothing to a secure partition
    assert_arrives(0x0, 1, 0x400);
}

static void pstate_is_that_of_an_exception(void **state)
{
    (void)state;
    assert_arrives(0xf1001c04, 1, 0); // NZCV, DIT, SSBS, BTYPE from EL1t
    assert_int_equal(fake_reg_spsr_el3, 0xf10003c5);
    fake_reg_sctlr_el1 = 0; // SPAN = 0 on a core that has PAN
    fake_reg_id_aa64mmfr1_el1 = 1ull << 20;
    assert_arrives(0x5, 1, 0x200);
    assert_int_equal(fake_reg_spsr_el3, 0x4003c5);
}

static void every_trap_class_is_repaired_and_counted(void **state)
{
    static const uint8_t classes[] = { 0x00, 0x03, 0x04, 0x05, 0x06, 0x07, 0x08, 0x09,
                                       0x0a, 0x0c, 0x14, 0x18, 0x19, 0x1b, 0x1d };

    (void)state;
    for (unsigned int i = 0; i < sizeof(classes); i++) {
        fake_reg_esr_el3 = (uint64_t)classes[i] << 26 | 1 << 25;
        assert_arrives(0x5, 1, 0x200);
        assert_int_equal(core.trap_count, i + 1);
    }
}

static void smc_with_an_immediate_is_an_unknown_call(void **state)
{
    (void)state;
    fake_reg_esr_el3 = 0x5e000001;
    fake_reg_spsr_el3 = 5;
    assert_true(trap_lower(&core.normal.frame));
    assert_int_equal(core.normal.frame.x[0], 0xffffffffffffffff);
    assert_int_equal(fake_reg_elr_el3, PC);
    assert_int_equal(fake_reg_spsr_el3, 5);
}

static void smc_of_a_32_bit_guest_is_an_unknown_call(void **state)
{
    (void)state;
    fake_reg_esr_el3 = 0x4e000000;
    fake_reg_spsr_el3 = 0x1d3;
    assert_true(trap_lower(&core.normal.frame));
    assert_int_equal(core.normal.frame.x[0], 0xffffffffffffffff);
    assert_int_equal(fake_reg_elr_el3, PC);
    assert_int_equal(fake_reg_spsr_el3, 0x1d3);
}

static void what_must_not_come_here_is_left_for_the_crash_report(void **state)
{
    static const uint8_t classes[] = { 0x0d, 0x0e, 0x16, 0x1c, 0x20, 0x24, 0x2f, 0x3c };

    (void)state;
    fake_reg_spsr_el3 = 5;
    for (unsigned int i = 0; i < sizeof(classes); i++) {
        fake_reg_esr_el3 = (uint64_t)classes[i] << 26;
        assert_false(trap_lower(&core.normal.frame));
        assert_int_equal(fake_reg_elr_el3, PC);
        assert_int_equal(fake_reg_spsr_el3, 5);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(each_level_gets_its_own, setup),
        cmocka_unit_test_setup(guests_in_aarch32_go_to_their_hypervisor, setup),
        cmocka_unit_test_setup(applications_of_a_host_at_el2_go_there, setup),
        cmocka_unit_test_setup(pstate_is_that_of_an_exception, setup),
        cmocka_unit_test_setup(every_trap_class_is_repaired_and_counted, setup),
        cmocka_unit_test_setup(smc_with_an_immediate_is_an_unknown_call, setup),
        cmocka_unit_test_setup(smc_of_a_32_bit_guest_is_an_unknown_call, setup),
        cmocka_unit_test_setup(what_must_not_come_here_is_left_for_the_crash_report, setup),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
