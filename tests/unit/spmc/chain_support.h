// SPDX-License-Identifier: BSD-3-Clause
//
// What the tests of call chains share (test_ffa_chain.c, test_ffa_request2.c, test_ffa_chain_end.c): all three partitions may ask each
// other; steps of a chain.
#ifndef CHAIN_SUPPORT_H
#define CHAIN_SUPPORT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "ffa_notify.h"
#include "regs.h"
#include "spmc_fixture.h"
#include "spmc_irq.h"

#define REQ32 FFA_MSG_SEND_DIRECT_REQ_32
#define REQ64 FFA_MSG_SEND_DIRECT_REQ_64
#define RESP32 FFA_MSG_SEND_DIRECT_RESP_32
#define RESP64 FFA_MSG_SEND_DIRECT_RESP_64
#define P(n) (0xabcd000012340000ull + (n)) // payload that needs 64 bits
#define DIRECT (FFA_PROP_DIRECT_RECV | FFA_PROP_DIRECT_SEND)

static const uint32_t versions[]
    __attribute__((unused)) = { FFA_VERSION_1_0, FFA_VERSION_1_1, FFA_VERSION_1_2 };

// All three may ask each other.
static inline int reset(void **state)
{
    (void)state;
    fixture_reset();
    for (uint32_t i = 0; i < spmc_sp_count; i++) {
        fixture_properties(&spmc_sps[i], DIRECT);
    }
    return 0;
}

static inline struct sp *ask_on(uint32_t core, struct sp *from, const struct sp *to)
{
    struct ffa_args args = { .x = { REQ32, IDS(from->endpoint.id, to->endpoint.id), 0, 3 } };

    return fixture_from_sp(core, from, args);
}

static inline struct sp *answer_on(uint32_t core, struct sp *from, uint16_t to)
{
    struct ffa_args args = { .x = { RESP32, IDS(from->endpoint.id, to), 0, 33 } };

    return fixture_from_sp(core, from, args);
}

#define ask(from, to) ask_on(0, from, to)
#define answer(from, to) answer_on(0, from, to)

static inline struct sp *nwd_on(uint32_t core, uint32_t fid, uint32_t x1)
{
    return fixture_from_nwd(core, (struct ffa_args){ .x = { fid, x1 } });
}

static inline const uint64_t *nwd_x(uint32_t core)
{
    return spmc_cores[core].args.x;
}

// ALPHA works for the normal world and has asked BETA, which runs.
static inline void alpha_asks_beta(void)
{
    fixture_enter(ALPHA, SP_MODEL_DIRECT);
    assert_ptr_equal(ask(ALPHA, BETA), BETA);
}

// The same, and BETA has asked GAMMA.
static inline void chain_of_three(void)
{
    alpha_asks_beta();
    assert_ptr_equal(ask(BETA, GAMMA), GAMMA);
}

static inline void check_message(const uint64_t *x, uint64_t fid, uint64_t ids, uint64_t mask)
{
    assert_int_equal(x[0], fid);
    assert_int_equal(x[1], ids);
    assert_int_equal(x[2], 0);
    for (unsigned int i = 3; i < 8; i++) {
        assert_int_equal(x[i], P(i) & mask);
    }
}

#endif
