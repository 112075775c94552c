// SPDX-License-Identifier: BSD-3-Clause
//
// Ops that make many SMCs without the host in between, so that several cores call at the same time: the same call again and
// again with its answers counted, and calls with random arguments whose registers are checked. Called by proxy_main.c.
#include "board.h"
#include "ffa_abi.h"
#include "proxy_private.h"
#include "smccc.h"

#define CANARY 0x5afe0000c0de0000ULL
#define FIRST_KEPT 18 // x18 … x30: SMCCC keeps them in every call
#define REGISTERS 31

static void paint(uint64_t *x)
{
    for (unsigned int i = FIRST_KEPT; i < REGISTERS; i++) {
        x[i] = CANARY | i;
    }
}

// First register of [from, to) that is not as it was, or `to`.
static unsigned int changed(const uint64_t *x, const uint64_t *before, unsigned int from,
                            unsigned int to)
{
    while (from < to && x[from] == before[from]) {
        from++;
    }
    return from;
}

static void copy(uint64_t *to, const uint64_t *from)
{
    for (unsigned int i = 0; i < REGISTERS; i++) {
        to[i] = from[i];
    }
}

void proxy_calls(struct mb_slot *slot)
{
    struct mb_calls *calls = &slot->calls;
    uint64_t asked[REGISTERS];
    uint64_t x[REGISTERS];
    uint64_t t[2];

    copy(asked, slot->x);
    paint(asked);
    calls->answered = 0;
    calls->busy = 0;
    calls->other = 0;
    if (calls->together != 0) {
        proxy_wait_for_others(calls->together);
    }
    for (uint64_t i = 0; i < slot->arg[0] && calls->other == 0; i++) {
        copy(x, asked);
        proxy_smc(x, t);
        calls->began = i == 0 ? t[0] : calls->began;
        calls->ended = t[1];
        bool kept = changed(x, asked, FIRST_KEPT, REGISTERS) == REGISTERS;
        bool same = calls->echo == 0 || changed(x, asked, 3, 8) == 8;
        if (kept && x[0] == calls->expected && same) {
            calls->answered++;
        } else if (kept && x[0] == FFA_ERROR && x[2] == (uint32_t)FFA_BUSY) {
            calls->busy++;
        } else {
            calls->other = 1;
            copy(slot->x, x);
        }
        for (unsigned int k = 3; k < 8; k++) {
            asked[k] = (uint32_t)(asked[k] + 1);
        }
    }
}

static uint64_t next_random(uint64_t *state) // xorshift64: Marsaglia 2003
{
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    return *state;
}

// Addresses of the secure world: its RAM, and the SPMC's upper half
static bool looks_secure(uint64_t value)
{
    return (value >= SECURE_RAM_BASE && value < SECURE_RAM_BASE + SECURE_RAM_SIZE) ||
           (value >= 0xffffff8000000000 && value < 0xffffffff00000000);
}

static void report(struct mb_sweep *sweep, const uint64_t *asked, const uint64_t *x,
                   unsigned int which)
{
    if (sweep->bad++ == 0) {
        sweep->bad_fid = asked[0];
        sweep->bad_register = which;
        sweep->bad_value = x[which];
    }
}

static void check(struct mb_sweep *sweep, const uint64_t *asked, const uint64_t *x)
{
    unsigned int which = changed(x, asked, FIRST_KEPT, REGISTERS);

    if (which < REGISTERS) {
        report(sweep, asked, x, which);
    }
    if (x[0] == UINT64_MAX || x[0] == UINT32_MAX) {
        sweep->unknown++;
        which = changed(x, asked, 1, FIRST_KEPT);
        // A refusal by FFA_VERSION looks the same, and has results
        if (which < FIRST_KEPT && ((uint32_t)asked[0] & ~(uint32_t)SMCCC_SVE_HINT) != FFA_VERSION) {
            report(sweep, asked, x, which);
        }
    }
    sweep->errors += x[0] == FFA_ERROR ? 1 : 0;
    for (unsigned int i = 0; i < FIRST_KEPT; i++) {
        if (x[i] != asked[i] && looks_secure(x[i])) {
            report(sweep, asked, x, i);
        }
    }
}

// Arguments never succeed by accident. Half of them are random with bits 60 and 30 set, which is no address of any memory and
// reserved where it is none, and bit 0, so that they are no entry points; the others are ends of ranges and addresses of the
// secure world, odd for the same reason.
static uint64_t hostile(uint64_t *seed)
{
    static const uint64_t edges[] = { UINT64_MAX,       0x8000000000000001,
                                      UINT32_MAX,       0x7fffffff,
                                      BL1_ROM_BASE + 1, BL31_BASE + 1,
                                      SPMC_BASE + 1,    SECURE_RAM_BASE + SECURE_RAM_SIZE - 1 };
    uint64_t random = next_random(seed);

    if ((random >> 60 & 1) != 0) {
        return edges[random >> 40 & 7];
    }
    return random >> 4 | 1ULL << 60 | 1ULL << 30 | 1;
}

void proxy_sweep(struct mb_slot *slot)
{
    struct mb_sweep *sweep = &slot->sweep;
    const uint32_t *table = (const uint32_t *)sweep->table;
    uint64_t seed = sweep->seed;
    uint64_t asked[REGISTERS];
    uint64_t x[REGISTERS];
    uint64_t t[2];

    for (uint64_t round = 0; round < sweep->rounds; round++) {
        for (uint64_t i = 0; i < sweep->count; i++) {
            asked[0] = table[i] | next_random(&seed) << 32;
            for (unsigned int k = 1; k < FIRST_KEPT; k++) {
                asked[k] = hostile(&seed);
            }
            paint(asked);
            copy(x, asked);
            proxy_smc(x, t);
            sweep->calls++;
            check(sweep, asked, x);
        }
    }
}
