// SPDX-License-Identifier: BSD-3-Clause
//
// PEER_SIGHT: what a partition sees of the normal world in its registers, at each entry and after it was interrupted: nothing.
// And all its own registers are as it left them. Called by peer_steps.c; trusts its script.
#include <string.h>

#include "tests/target/sp_peer/peer_private.h"

static struct peer_look look;
static uint64_t constant[2]; // TPIDRRO_EL0 and PSTATE, at the first look

static bool is_message_word(unsigned int i)
{
    return look.spin == 0 && i < 8;
}

// What word `i` must be, x0 … x7 of a message apart; FFA_MSG_SEND_DIRECT_REQ_64 may clear x8 … x17.
static uint64_t expected(unsigned int i)
{
    if (i < 31) {
        return i == 0 ? 0 : i < 8 ? look.in[i] : look.pattern + i;
    }
    switch (i) {
    case WORD_SP:
        return (uintptr_t)&look;
    case WORD_TPIDR:
        return look.pattern + WORD_TPIDR;
    case WORD_TPIDRRO:
        return constant[0];
    case WORD_NZCV:
        return (look.pattern & 0xf) << 28;
    case WORD_FPCR:
        return (look.pattern & 3) << 22;
    case WORD_FPSR:
        return look.pattern & 0x1f;
    case WORD_PSTATE:
        return constant[1];
    default: // the two halves of V(n), as peer_fp_paint()
        i -= WORD_V;
        return i % 2 == 0 ? look.pattern + i / 2 : look.pattern ^ (i / 2);
    }
}

static bool is_changed(unsigned int i)
{
    bool may_be_clear = look.spin == 0 && i >= 8 && i < 18;

    return !is_message_word(i) && look.word[i] != expected(i) &&
           !(may_be_clear && look.word[i] == 0);
}

static void check(uint64_t *x)
{
    for (unsigned int i = 0; i < WORD_COUNT; i++) {
        bool leak = look.word[i] >> 48 == PEER_NORMAL_TAG;
        bool changed = is_changed(i);

        if (leak || changed) {
            x[PEER_SIGHT_LEAKS] += leak;
            x[PEER_SIGHT_CHANGES] += changed;
            x[PEER_SIGHT_WORD] = i;
            x[PEER_SIGHT_EXPECTED] = is_message_word(i) ? 0 : expected(i);
            x[PEER_SIGHT_FOUND] = look.word[i];
        }
    }
}

// A new pattern each time, also in the bits that FPCR, FPSR and NZCV have
static void next_look(void)
{
    look.pattern = PEER_OWN_TAG << 48 | ((look.pattern + 0x10b) & 0xffffffff) | UINT64_C(1) << 40;
}

static void spin(uint64_t rounds, uint64_t *x)
{
    next_look();
    look.spin = (uint32_t)rounds;
    for (unsigned int i = 1; i < 8; i++) {
        look.in[i] = look.pattern - i;
    }
    peer_look(&look);
    check(x);
    x[PEER_SIGHT_SPINS]++;
    look.spin = 0;
}

static void set_wait(void)
{
    memset(look.in, 0, sizeof(look.in));
    look.in[0] = FFA_MSG_WAIT;
}

// A 32-bit answer: what is above bit 31 of its registers is nobody's business
static void set_answer(void)
{
    look.in[0] = FFA_MSG_SEND_DIRECT_RESP_32;
    look.in[1] = (uint64_t)sp_id() << 16;
    look.in[2] = 0;
    for (unsigned int i = 3; i < 8; i++) {
        look.in[i] = look.pattern + i;
    }
}

// What came with the last call. False: it was the end.
static bool serve(struct peer_script *script, uint64_t *x)
{
    uint32_t function = (uint32_t)look.word[0];

    if (function == FFA_INTERRUPT) {
        x[PEER_SIGHT_INTERRUPTS]++;
        peer_count_interrupt(script);
        set_wait();
        return true;
    }
    if ((function != FFA_MSG_SEND_DIRECT_REQ_32 && function != FFA_MSG_SEND_DIRECT_REQ_64) ||
        (uint32_t)look.word[3] != PEER_SIGHT_GO) {
        x[PEER_SIGHT_ANSWER] = look.word[0];
        return false;
    }
    x[PEER_SIGHT_MESSAGES]++;
    if ((uint32_t)look.word[4] != 0) {
        spin((uint32_t)look.word[4], x);
    }
    set_answer();
    return true;
}

void peer_sight(struct peer_script *script, uint64_t *x)
{
    look.has = (uint32_t)x[0];
    memset(x, 0, 18 * sizeof(*x));
    next_look();
    look.spin = 1;
    peer_look(&look);
    constant[0] = look.word[WORD_TPIDRRO];
    constant[1] = look.word[WORD_PSTATE];
    look.spin = 0;
    set_answer();
    do {
        next_look();
        peer_look(&look);
        check(x);
    } while (serve(script, x));
}
