// SPDX-License-Identifier: BSD-3-Clause
//
// The context test's inner loop, in the guest so that thousands of switches cost no round trips to the host: system
// registers and x18 … x30 get new values, an SMC goes to the secure world with an interrupt on its way, everything is compared.
// The first register that changed ends it. mailbox.h: MB_OP_CONTEXT, struct mb_context.
#include <stdbool.h>

#include "ffa/abi/ffa_abi.h"
#include "proxy_private.h"

#define KEPT_FIRST 18 // x18 … x30 come back from every SMC
#define KEPT_LAST 30
#define CONTINUES_MAX 1000 // FFA_RUN after FFA_INTERRUPT, for one call

static uint64_t next_random(uint64_t *seed)
{
    *seed = *seed * 6364136223846793005u + 1442695040888963407u;
    return *seed ^ (*seed >> 29);
}

static uint64_t values[MB_SYSREG_COUNT]; // as the registers keep them, without their reserved bits
static uint64_t before[MB_SYSREG_COUNT]; // what the proxy itself goes on with
static uint64_t kept[KEPT_LAST + 1];

// A value with which nothing else can be mistaken, where the upper bits are painted at all
static uint64_t next_value(const struct mb_context *c, uint64_t mask, uint64_t *seed)
{
    uint64_t value = next_random(seed);

    if (c->tag != 0 && mask >> 48 == 0xffff) {
        value = c->tag << 48 | value >> 16;
    }
    return value & mask;
}

static void paint(struct mb_context *c, uint64_t *seed)
{
    for (unsigned int r = 0; r < MB_SYSREG_COUNT; r++) {
        if (c->paint[r] != 0) {
            proxy_sysreg_write(r, next_value(c, c->paint[r], seed));
        }
    }
    for (unsigned int r = 0; r < MB_SYSREG_COUNT; r++) { // after all: some are views of each other
        if (c->paint[r] != 0) {
            values[r] = proxy_sysreg_read(r);
        }
    }
}

static bool differs(struct mb_context *c, uint64_t number, uint64_t expected, uint64_t found)
{
    if (expected == found) {
        return false;
    }
    c->bad = 1 + number;
    c->expected = expected;
    c->found = found;
    return true;
}

static bool compare(struct mb_context *c, const uint64_t *x)
{
    for (unsigned int i = 0; i < KEPT_FIRST; i++) {
        if (c->foreign != 0 && x[i] >> 48 == c->foreign) {
            return !differs(c, MB_SYSREG_COUNT + i, 0, x[i]);
        }
    }
    for (unsigned int i = KEPT_FIRST; i <= KEPT_LAST; i++) {
        if (differs(c, MB_SYSREG_COUNT + i, kept[i], x[i])) {
            return false;
        }
    }
    for (unsigned int r = 0; r < MB_SYSREG_COUNT; r++) {
        if (c->paint[r] != 0 && differs(c, r, values[r], proxy_sysreg_read(r))) {
            return false;
        }
    }
    return true;
}

// One SMC; false: something changed.
static bool switch_once(struct mb_slot *slot, uint64_t *x, uint64_t *seed)
{
    for (unsigned int i = KEPT_FIRST; i <= KEPT_LAST; i++) {
        kept[i] = next_value(&slot->context, UINT64_MAX, seed);
        x[i] = kept[i];
    }
    proxy_smc(x, slot->t);
    slot->context.switches++;
    return compare(&slot->context, x);
}

void proxy_context(struct mb_slot *slot)
{
    struct mb_context *c = &slot->context;
    uint64_t seed = c->seed;
    uint64_t x[KEPT_LAST + 1];

    c->switches = 0;
    c->interrupts = 0;
    c->bad = 0;
    for (unsigned int r = 0; r < MB_SYSREG_COUNT; r++) {
        before[r] = c->paint[r] != 0 ? proxy_sysreg_read(r) : 0;
    }
    for (uint64_t round = 0; round < c->rounds && c->bad == 0; round++) {
        unsigned int continues = CONTINUES_MAX;

        paint(c, &seed);
        for (unsigned int i = 0; i < KEPT_FIRST; i++) {
            x[i] = i < 8 ? slot->x[i] : next_value(c, UINT64_MAX, &seed);
        }
        if ((c->flags & MB_SMC_SGI) != 0) {
            proxy_gic_sgi(slot->boot.gic);
        }
        if ((c->flags & MB_SMC_TIMER) != 0) {
            proxy_timer_arm(next_random(&seed) % (c->ticks + 1));
        }
        bool same = switch_once(slot, x, &seed);
        while (same && (uint32_t)x[0] == FFA_INTERRUPT && continues-- > 0) {
            c->interrupts++;
            proxy_timer_off(); // it would fire for ever
            (void)proxy_gic_take(slot->boot.gic);
            x[0] = FFA_RUN; // x1 names who was interrupted
            for (unsigned int i = 2; i < KEPT_FIRST; i++) {
                x[i] = i < 8 ? 0 : next_value(c, UINT64_MAX, &seed);
            }
            same = switch_once(slot, x, &seed);
        }
        c->last = x[0];
        proxy_timer_off();
        (void)proxy_gic_take(slot->boot.gic);
    }
    for (unsigned int r = 0; r < MB_SYSREG_COUNT; r++) {
        if (c->paint[r] != 0) {
            proxy_sysreg_write(r, before[r]);
        }
    }
    (void)proxy_gic_take(slot->boot.gic); // what the painted priority mask kept away
}
