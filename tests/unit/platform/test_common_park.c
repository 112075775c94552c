// SPDX-License-Identifier: BSD-3-Clause
//
// Parked cores: the mailbox, what wakes a core and where it goes, orders that come too early. The mailbox is memory at the board's
// address; another core acts while the one under test waits.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>

#include <cmocka.h>

#include "barrier.h"
#include "bits.h"
#include "board.h"
#include "common_park.h"
#include "gic.h"
#include "mmu.h"
#include "platform.h"
#include "regs.h"

#define ENTRY 0x0e001234ull
#define WAKE 0x0e005678ull
#define MAX_WAITS 5

uint64_t fake_reg_scr_el3;

const struct board board = { .name = "parking", .core_max = 4 };

static jmp_buf left;
static uint64_t left_entry, left_x0;
static uint64_t isr;
static unsigned int sgis, sent_to, waits, acknowledged, ended;
static void (*while_waiting)(void);
static uint32_t sleeper;

void mmu_leave_el3(uint64_t entry, uint64_t x0)
{
    left_entry = entry;
    left_x0 = x0;
    longjmp(left, 1);
}

uint64_t read_isr_el1(void)
{
    return isr;
}

void gic_send_sgi(uint32_t index)
{
    sent_to = index;
    sgis++;
}

uint32_t gic_acknowledge(void)
{
    acknowledged++;
    return sgis != 0 ? GIC_SGI_EL3 : GIC_SPURIOUS_FIRST + 3;
}

void gic_end(uint32_t id)
{
    assert_int_equal(id, GIC_SGI_EL3);
    ended++;
    sgis--;
}

void fake_wfi(void)
{
    if (++waits > MAX_WAITS) {
        longjmp(left, 2); // it would sleep for good
    }
    assert_true(common_park_sleeps(sleeper));
    assert_int_equal(fake_reg_scr_el3 & (SCR_IRQ | SCR_FIQ), SCR_IRQ | SCR_FIQ);
    if (while_waiting != NULL) {
        while_waiting();
    }
}

// Whether core `index` left; where to is in left_entry.
static bool sleeps_and_leaves(uint32_t index, uint64_t wake_entry)
{
    sleeper = index;
    switch (setjmp(left)) {
    case 0:
        common_park_sleep(sleeper, wake_entry);
    case 1:
        return true;
    default:
        return false;
    }
}

static int clear(void **state)
{
    (void)state;
    memset((void *)PARK_BASE, 0xa5, PARK_SIZE); // what is there after a reset is unknown
    common_park_clear();
    fake_reg_scr_el3 = 0;
    isr = 0;
    sgis = waits = acknowledged = ended = 0;
    left_entry = left_x0 = 0;
    while_waiting = NULL;
    return 0;
}

static void releases_name_a_core_and_an_entry(void **state)
{
    (void)state;
    assert_int_equal(common_park_release(4, ENTRY), ERR_INVALID);
    assert_int_equal(common_park_release(UINT32_MAX, ENTRY), ERR_INVALID);
    assert_int_equal(common_park_release(1, 0), ERR_INVALID);
    assert_int_equal(sgis, 0);
    assert_int_equal(common_park_release(2, ENTRY), ERR_NONE);
    assert_int_equal(sgis, 1);
    assert_int_equal(sent_to, 2);
}

static void release_1(void)
{
    if (waits == 2) {
        assert_int_equal(common_park_release(1, ENTRY), ERR_NONE);
    }
}

static void a_core_sleeps_until_it_is_released(void **state)
{
    (void)state;
    while_waiting = release_1;
    assert_true(sleeps_and_leaves(1, 0));
    assert_int_equal(waits, 2); // the first wake-up was for no reason
    assert_int_equal(left_entry, ENTRY);
    assert_int_equal(left_x0, 1);
    assert_int_equal(ended, 1); // its SGI is gone
    assert_false(common_park_sleeps(1));
    while_waiting = NULL;
    assert_false(sleeps_and_leaves(1, 0)); // one release, one start
}

static void an_order_that_came_first_counts(void **state)
{
    (void)state;
    assert_int_equal(common_park_release(3, ENTRY), ERR_NONE);
    assert_true(sleeps_and_leaves(3, 0));
    assert_int_equal(waits, 0);
    assert_int_equal(left_entry, ENTRY);
}

static void the_order_of_another_core_does_not(void **state)
{
    (void)state;
    assert_int_equal(common_park_release(2, ENTRY), ERR_NONE);
    assert_false(sleeps_and_leaves(1, 0));
    assert_true(sleeps_and_leaves(2, 0));
}

static void an_interrupt_does_not_switch_a_core_on(void **state)
{
    (void)state;
    isr = BIT(6) | BIT(7);
    assert_false(sleeps_and_leaves(1, 0));
    assert_true(common_park_sleeps(1));
    assert_false(common_park_sleeps(0));
    assert_false(common_park_sleeps(4));
}

static void interrupt(void)
{
    if (waits == 3) {
        isr = BIT(7);
    }
}

static void a_suspended_core_wakes_by_an_interrupt_and_leaves_it_pending(void **state)
{
    (void)state;
    while_waiting = interrupt;
    assert_true(sleeps_and_leaves(0, WAKE));
    assert_int_equal(waits, 3);
    assert_int_equal(left_entry, WAKE);
    assert_int_equal(left_x0, 0);
    assert_int_equal(acknowledged, 0);
    isr = BIT(6); // FIQ, pending before it sleeps
    waits = 0;
    assert_true(sleeps_and_leaves(0, WAKE));
    assert_int_equal(waits, 0);
    isr = BIT(8); // an SError is not an interrupt
    while_waiting = NULL;
    assert_false(sleeps_and_leaves(0, WAKE));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(releases_name_a_core_and_an_entry, clear),
        cmocka_unit_test_setup(a_core_sleeps_until_it_is_released, clear),
        cmocka_unit_test_setup(an_order_that_came_first_counts, clear),
        cmocka_unit_test_setup(the_order_of_another_core_does_not, clear),
        cmocka_unit_test_setup(an_interrupt_does_not_switch_a_core_on, clear),
        cmocka_unit_test_setup(a_suspended_core_wakes_by_an_interrupt_and_leaves_it_pending, clear),
    };

    if (mmap((void *)PARK_BASE, PARK_SIZE, PROT_READ | PROT_WRITE,
             MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0) != (void *)PARK_BASE) {
        print_error("the mailbox's address is taken\n");
        return 1;
    }
    return cmocka_run_group_tests(tests, NULL, NULL);
}
