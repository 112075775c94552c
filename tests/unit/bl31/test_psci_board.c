// SPDX-License-Identifier: BSD-3-Clause
//
// PSCI on a board that can neither suspend the system nor reset it with its memory kept: the calls for that are not there, and
// FEATURES says so (DEN0022 5.15, 5.18, 5.11).
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "psci_fakes.h"
#include "smccc.h"

static void what_the_board_cannot_is_not_supported(void **state)
{
    static const uint32_t calls[] = { 0x8400000e, 0xc400000e, 0x84000012, 0xc4000012 };

    (void)state;
    fake_boot();
    for (unsigned int i = 0; i < ARRAY_COUNT(calls); i++) {
        assert_int_equal(psci(0, PSCI_FEATURES, calls[i], 0, 0), PSCI_CODE(-1));
        assert_int_equal(psci(0, calls[i], ENTRY, 0, 0), PSCI_CODE(-1));
    }
    assert_int_equal(fake.asked_count, 0);
    assert_int_equal(psci(0, PSCI_FEATURES, PSCI_CPU_SUSPEND_64, 0, 0), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_the_board_cannot_is_not_supported),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
