// SPDX-License-Identifier: BSD-3-Clause
//
// Random sequences of calls and events at the FF-A core from fixed seeds, with the rules of spmc_play.c and
// spmc_fixture.c checked after each (a broken one aborts and names itself).
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "spmc_play.h"

#define SEQUENCES 400
#define LENGTH 4096

// xorshift64 (Marsaglia): the same bytes everywhere
static uint8_t random_byte(uint64_t *state)
{
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    return (uint8_t)(*state >> 32);
}

static void random_sequences_keep_the_rules(void **state)
{
    static uint8_t bytes[LENGTH];
    unsigned int switches = 0;

    (void)state;
    for (uint64_t seed = 1; seed <= SEQUENCES; seed++) {
        uint64_t generator = seed * 0x9e3779b97f4a7c15;

        for (unsigned int i = 0; i < LENGTH; i++) {
            bytes[i] = random_byte(&generator);
        }
        switches += play(bytes, LENGTH);
    }
    assert_true(switches > SEQUENCES * 10); // they got somewhere
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(random_sequences_keep_the_rules),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
