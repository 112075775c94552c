// SPDX-License-Identifier: BSD-3-Clause
//
// Notifications (spmc/ffa_notify.c): random calls from fixed seeds, each answer compared with a model that is written
// differently: one entry a bit, sender and vCPU.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "notify_support.h"

#define WHO 4 // normal world, ALPHA, BETA, GAMMA
static struct {
    int sender[WHO][2][64]; // receiver, from the normal world?, bit → 1 + sender; 0: free
    bool per_vcpu[WHO][2][64];
    bool pending[WHO][2][64][9]; // global, vCPU …
} model;

static struct sp *who(unsigned int index)
{
    return index == 0 ? NULL : &spmc_sps[index - 1];
}

static uint32_t random_state;
static uint32_t rnd(uint32_t below)
{
    random_state = random_state * 1664525 + 1013904223;
    return (random_state >> 8) % below;
}

static bool model_pending(unsigned int r, unsigned int m, unsigned int bit)
{
    bool any = false;

    for (unsigned int s = 0; s < 9; s++) {
        any = any || model.pending[r][m][bit][s];
    }
    return any;
}

// Both of two bits, or nothing
static void random_move(unsigned int r, unsigned int s, bool binding)
{
    unsigned int bits[2] = { rnd(8) * 9, rnd(8) * 9 };
    uint64_t mask = 1ull << bits[0] | 1ull << bits[1];
    bool per_vcpu = binding && rnd(2) != 0;
    unsigned int m = s == 0;
    bool allowed = true;

    for (unsigned int i = 0; i < 2; i++) {
        allowed = allowed && model.sender[r][m][bits[i]] == (binding ? 0 : (int)s + 1) &&
                  !model_pending(r, m, bits[i]);
    }
    const uint64_t *x =
        binding ? notify_bind(who(r), who(s), per_vcpu, mask) : notify_unbind(who(r), who(s), mask);
    assert_true(r == s    ? fixture_is_error(x, FFA_INVALID_PARAMETERS)
                : allowed ? notify_is_ok(x)
                          : fixture_is_error(x, FFA_DENIED));
    for (unsigned int i = 0; i < 2 && r != s && allowed; i++) {
        model.sender[r][m][bits[i]] = binding ? (int)s + 1 : 0;
        model.per_vcpu[r][m][bits[i]] = per_vcpu;
    }
}

static void random_set(unsigned int r, unsigned int s)
{
    unsigned int bit = rnd(8) * 9;
    unsigned int m = s == 0;
    bool per_vcpu = rnd(2) != 0;
    unsigned int vcpu = per_vcpu && r == 0 ? rnd(8) : 0;
    const uint64_t *x =
        notify_set(who(s), who(r), per_vcpu ? PER_VCPU | VCPU(vcpu) : 0, 1ull << bit);

    if (r == s) {
        assert_true(fixture_is_error(x, FFA_INVALID_PARAMETERS));
    } else if (model.sender[r][m][bit] != (int)s + 1) {
        assert_true(fixture_is_error(x, FFA_DENIED));
    } else if (model.per_vcpu[r][m][bit] != per_vcpu) {
        assert_true(fixture_is_error(x, FFA_INVALID_PARAMETERS));
    } else {
        assert_true(notify_is_ok(x));
        model.pending[r][m][bit][per_vcpu ? 1 + vcpu : 0] = true;
    }
}

static void random_get(unsigned int r)
{
    unsigned int vcpu = r == 0 ? rnd(8) : 0;
    uint64_t expected[2] = { 0, 0 };

    for (unsigned int m = 0; m < 2; m++) {
        for (unsigned int bit = 0; bit < 64; bit++) {
            if (model.pending[r][m][bit][0] || model.pending[r][m][bit][1 + vcpu]) {
                expected[m] |= 1ull << bit;
            }
            model.pending[r][m][bit][0] = false;
            model.pending[r][m][bit][1 + vcpu] = false;
        }
    }
    notify_fetches(who(r), vcpu, expected[0], expected[1]);
}

static void random_calls_agree_with_a_model(void **state)
{
    (void)state;
    for (uint32_t seed = 1; seed <= 8; seed++) {
        notify_reset(state);
        memset(&model, 0, sizeof(model));
        random_state = seed;
        notify_create(8);
        for (unsigned int i = 0; i < 1500; i++) {
            unsigned int r =
                rnd(3); // GAMMA receives nothing, and of version 1.0 it makes no such call
            unsigned int s = rnd(3);
            unsigned int what = rnd(8);

            if (what < 3) {
                random_move(r, s, what > 0);
            } else if (what < 7) {
                random_set(r, s);
            } else {
                random_get(r);
            }
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(random_calls_agree_with_a_model, notify_reset),
    };

    return cmocka_run_group_tests(tests, notify_reset, NULL);
}
