// SPDX-License-Identifier: BSD-3-Clause
//
// The ticket lock (platform/arch/lock.c), compiled for the host, threads as cores: one at a time, first come first served, also
// where the numbers begin anew.
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "lock.h"

#define THREADS 4
#define ROUNDS 5000

static struct spinlock lock;

void fake_wfi(void)
{
}

// Not atomic: the lock alone makes it right
static uint64_t counter;

static void *count(void *unused)
{
    (void)unused;
    for (unsigned int i = 0; i < ROUNDS; i++) {
        spin_lock(&lock);
        uint64_t value = *(volatile uint64_t *)&counter;
        *(volatile uint64_t *)&counter = value + 1;
        spin_unlock(&lock);
    }
    return NULL;
}

// THREADS * ROUNDS numbers from 0xfff0 on: past the last one
static void one_at_a_time(void **state)
{
    pthread_t threads[THREADS];

    (void)state;
    lock = (struct spinlock){ .next = 0xfff0, .serving = 0xfff0 };
    counter = 0;
    for (unsigned int i = 0; i < THREADS; i++) {
        assert_int_equal(pthread_create(&threads[i], NULL, count, NULL), 0);
    }
    for (unsigned int i = 0; i < THREADS; i++) {
        assert_int_equal(pthread_join(threads[i], NULL), 0);
    }
    assert_int_equal(counter, THREADS * ROUNDS);
    assert_int_equal(lock.next, lock.serving);
    assert_int_equal(lock.next, (uint16_t)(0xfff0 + THREADS * ROUNDS));
}

static unsigned int order[THREADS]; // who had it, one after the other; under the lock
static unsigned int served;

static void *take(void *number)
{
    spin_lock(&lock);
    order[served++] = (unsigned int)(uintptr_t)number;
    spin_unlock(&lock);
    return NULL;
}

static void first_come_first_served(void **state)
{
    pthread_t threads[THREADS];

    (void)state;
    for (unsigned int start = 0; start < 2; start++) {
        uint16_t first = start == 0 ? 0 : 0xfffe;

        lock = (struct spinlock){ .next = first, .serving = first };
        served = 0;
        spin_lock(&lock);
        for (unsigned int i = 0; i < THREADS; i++) {
            assert_int_equal(pthread_create(&threads[i], NULL, take, (void *)(uintptr_t)i), 0);
            while (__atomic_load_n(&lock.next, __ATOMIC_RELAXED) != (uint16_t)(first + 2 + i)) {
            }
        }
        assert_int_equal(served, 0); // all wait
        spin_unlock(&lock);
        for (unsigned int i = 0; i < THREADS; i++) {
            assert_int_equal(pthread_join(threads[i], NULL), 0);
        }
        for (unsigned int i = 0; i < THREADS; i++) {
            assert_int_equal(order[i], i);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_at_a_time),
        cmocka_unit_test(first_come_first_served),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
