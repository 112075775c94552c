// SPDX-License-Identifier: BSD-3-Clause
//
// Cores that meet in PSCI. Interleavings that matter are made one by one, by acting in the middle of another core's step; the
// two atomic decisions (who gets a core, who is the last) are also fought for by threads, where any outcome but the right one is a
// failure whatever the timing.
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "bl31/psci/psci.h"
#include "platform.h"
#include "psci_fakes.h"
#include "smccc.h"

#define ROUNDS 2000

static int boot(void **state)
{
    (void)state;
    fake_boot();
    return 0;
}

static uint64_t other_result;

static void core_2_wants_core_1(void)
{
    fake.while_releasing = NULL;
    other_result = psci(2, PSCI_CPU_ON_64, 1, ENTRY + 0x100, 0x222);
}

static void whoever_comes_while_a_core_is_released_changes_nothing(void **state)
{
    (void)state;
    fake.while_releasing = core_2_wants_core_1;
    assert_int_equal(psci(0, PSCI_CPU_ON_64, 1, ENTRY, 0x111), PSCI_SUCCESS);
    assert_int_equal(other_result, PSCI_CODE(PSCI_ON_PENDING));
    assert_int_equal(fake.released, 1);
    ASSERT_ENDS(END_CORE_ON, (psci_core_arrived(&fake.cores[1]), 0));
    assert_int_equal(fake.normal_entry, ENTRY);
    assert_int_equal(fake.normal_x0, 0x111);
}

static void a_core_that_asks_to_go_off_is_on_until_the_spmc_agreed(void **state)
{
    (void)state;
    fake_core_on(1);
    (void)psci(1, PSCI_CPU_OFF, 0, 0, 0);
    assert_int_equal(psci(0, PSCI_CPU_ON_64, 1, ENTRY, 0), PSCI_CODE(PSCI_ALREADY_ON));
    assert_int_equal(psci(0, PSCI_SYSTEM_SUSPEND_64, ENTRY, 0, 0), PSCI_CODE(PSCI_DENIED));
    ASSERT_ENDS(END_POWER_DOWN, psci_answered(&fake.cores[1].secure, PSCI_SUCCESS));
}

static void core_0_wants_core_1(void)
{
    fake.while_going_down = NULL;
    other_result = psci(0, PSCI_CPU_ON_64, 1, ENTRY + 0x200, 0x333);
}

// The board is told to release a core that has not reached its off state: platform.h says that such an order counts
static void a_core_may_be_called_back_on_its_last_instructions(void **state)
{
    (void)state;
    fake_core_on(1);
    fake.released = 0;
    (void)psci(1, PSCI_CPU_OFF, 0, 0, 0);
    fake.while_going_down = core_0_wants_core_1;
    ASSERT_ENDS(END_POWER_DOWN, psci_answered(&fake.cores[1].secure, PSCI_SUCCESS));
    assert_int_equal(other_result, PSCI_SUCCESS);
    assert_int_equal(fake.released, 1);
    ASSERT_ENDS(END_CORE_ON, (psci_core_arrived(&fake.cores[1]), 0));
    assert_int_equal(fake.normal_entry, ENTRY + 0x200);
    assert_int_equal(fake.normal_x0, 0x333);
}

static void core_0_goes_off_too(void)
{
    fake.while_going_down = NULL;
    other_result = psci(0, PSCI_CPU_OFF, 0, 0, 0);
}

static void of_two_cores_that_go_off_the_later_one_is_refused(void **state)
{
    (void)state;
    fake_core_on(1);
    (void)psci(1, PSCI_CPU_OFF, 0, 0, 0); // not answered yet
    assert_int_equal(psci(0, PSCI_CPU_OFF, 0, 0, 0), PSCI_CODE(PSCI_DENIED));
    fake.while_going_down = core_0_goes_off_too;
    ASSERT_ENDS(END_POWER_DOWN, psci_answered(&fake.cores[1].secure, PSCI_SUCCESS));
    assert_int_equal(other_result, PSCI_CODE(PSCI_DENIED));
}

static void a_core_that_fails_may_be_called_again_at_once(void **state)
{
    (void)state;
    assert_int_equal(psci(0, PSCI_CPU_ON_64, 1, ENTRY, 0), PSCI_SUCCESS);
    fake.while_going_down = core_0_wants_core_1;
    ASSERT_ENDS(END_POWER_DOWN, (psci_core_failed(&fake.cores[1]), 0));
    assert_int_equal(other_result, PSCI_SUCCESS);
    assert_int_equal(psci(0, PSCI_AFFINITY_INFO_64, 1, 0, 0), PSCI_AFFINITY_ON_PENDING);
}

static pthread_barrier_t start;

struct fighter {
    uint32_t core;
    uint64_t result;
};

static void *wants_core_1(void *arg)
{
    struct fighter *self = arg;

    pthread_barrier_wait(&start);
    self->result =
        psci_smc(PSCI_CPU_ON_64, 1, ENTRY, self->core, &fake.cores[self->core].normal.frame);
    return NULL;
}

static void *wants_to_go_off(void *arg)
{
    struct fighter *self = arg;

    pthread_barrier_wait(&start);
    self->result = psci_smc(PSCI_CPU_OFF, 0, 0, 0, &fake.cores[self->core].normal.frame);
    return NULL;
}

static void fight(struct fighter *fighters, void *(*of)(void *))
{
    pthread_t threads[CORES];

    assert_int_equal(pthread_barrier_init(&start, NULL, CORES), 0);
    for (uint32_t i = 0; i < CORES; i++) {
        fighters[i] = (struct fighter){ .core = i };
        assert_int_equal(pthread_create(&threads[i], NULL, of, &fighters[i]), 0);
    }
    for (uint32_t i = 0; i < CORES; i++) {
        assert_int_equal(pthread_join(threads[i], NULL), 0);
    }
    pthread_barrier_destroy(&start);
}

// Returns which of them got it.
static uint32_t fight_for_core_1(void)
{
    struct fighter fighters[CORES];
    uint32_t winners = 0, winner = 0;

    fight(fighters, wants_core_1);
    for (uint32_t i = 0; i < CORES; i++) {
        if (fighters[i].result == PSCI_SUCCESS) {
            winners++;
            winner = i;
        } else {
            assert_int_equal(fighters[i].result, PSCI_CODE(PSCI_ON_PENDING));
        }
    }
    assert_int_equal(winners, 1);
    return winner;
}

static void of_four_callers_one_gets_the_core(void **state)
{
    (void)state;
    for (unsigned int round = 0; round < ROUNDS; round++) {
        fake_boot();
        fake.winner = fight_for_core_1();
        assert_int_equal(fake.released, 1);
        ASSERT_ENDS(END_CORE_ON, (psci_core_arrived(&fake.cores[1]), 0));
        assert_int_equal(fake.normal_x0, fake.winner);
    }
}

// Cores 0–2 run; core 3 is not in this machine, but its thread asks like the others: four ask, three are counted, two may go.
static void of_the_cores_that_run_one_stays(void **state)
{
    struct fighter fighters[CORES];

    (void)state;
    for (unsigned int round = 0; round < ROUNDS; round++) {
        uint32_t denied = 0;

        fake_boot();
        fake_core_on(1);
        fake_core_on(2);
        fight(fighters, wants_to_go_off);
        for (uint32_t i = 0; i < CORES; i++) {
            denied += fighters[i].result == PSCI_CODE(PSCI_DENIED) ? 1 : 0;
        }
        assert_int_equal(denied, 2);
        assert_int_equal(fake.asked_count, 2);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(whoever_comes_while_a_core_is_released_changes_nothing, boot),
        cmocka_unit_test_setup(a_core_that_asks_to_go_off_is_on_until_the_spmc_agreed, boot),
        cmocka_unit_test_setup(a_core_may_be_called_back_on_its_last_instructions, boot),
        cmocka_unit_test_setup(of_two_cores_that_go_off_the_later_one_is_refused, boot),
        cmocka_unit_test_setup(a_core_that_fails_may_be_called_again_at_once, boot),
        cmocka_unit_test_setup(of_four_callers_one_gets_the_core, boot),
        cmocka_unit_test_setup(of_the_cores_that_run_one_stays, boot),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
