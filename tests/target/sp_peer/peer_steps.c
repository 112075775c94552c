// SPDX-License-Identifier: BSD-3-Clause
//
// The steps of a script, one function each. Called by peer_sp.c.
#include <string.h>

#include "tests/target/sp_peer/peer_private.h"

#define PAGE 4096

static uint8_t data_pages[PEER_DATA_PAGES * PAGE] __attribute__((aligned(PAGE)));
static volatile uint64_t secret;
static const uint32_t constant = 0x600dda7a;
static uint8_t keys[2][SP_KEY_SIZE];
static uint32_t timer_us;    // of PEER_TIMER
static uint64_t timer_again; // how often the timer is still to be set

static __attribute__((noinline)) void function(void)
{
    secret = secret + 0;
}

void peer_init_secret(void)
{
    secret = PEER_SECRET + sp_id();
}

int peer_take_keys(void)
{
    int err = sp_sealing_key_take(keys[0]);

    return err != 0 ? err : sp_identity_take(keys[1]);
}

// `stack`: some address on the stack
static uint64_t symbol_address(uint32_t symbol, const struct peer_script *script, uint64_t stack)
{
    switch (symbol) {
    case PEER_SYM_DATA:
        return (uintptr_t)data_pages;
    case PEER_SYM_TEXT:
        return (uintptr_t)function;
    case PEER_SYM_RODATA:
        return (uintptr_t)&constant;
    case PEER_SYM_STACK:
        return stack;
    case PEER_SYM_SCRIPT:
        return (uintptr_t)script;
    case PEER_SYM_SECRET:
        return (uintptr_t)&secret;
    case PEER_SYM_TEXT_PAGE:
        return (uintptr_t)function & ~(uintptr_t)(PAGE - 1);
    case PEER_SYM_RODATA_PAGE:
        return (uintptr_t)&constant & ~(uintptr_t)(PAGE - 1);
    case PEER_SYM_STACK_PAGE:
        return stack & ~(uintptr_t)(PAGE - 1);
    default:
        return 0;
    }
}

static void do_read(uint64_t *x)
{
    switch (x[1]) {
    case 1:
        x[2] = *(volatile uint8_t *)x[0];
        break;
    case 2:
        x[2] = *(volatile uint16_t *)x[0];
        break;
    case 4:
        x[2] = *(volatile uint32_t *)x[0];
        break;
    default:
        x[2] = *(volatile uint64_t *)x[0];
        break;
    }
}

static void do_write(const uint64_t *x)
{
    switch (x[1]) {
    case 1:
        *(volatile uint8_t *)x[0] = (uint8_t)x[2];
        break;
    case 2:
        *(volatile uint16_t *)x[0] = (uint16_t)x[2];
        break;
    case 4:
        *(volatile uint32_t *)x[0] = (uint32_t)x[2];
        break;
    default:
        *(volatile uint64_t *)x[0] = x[2];
        break;
    }
}

static void do_spin(struct peer_script *script, uint64_t *x)
{
    const volatile uint32_t *stop = &script->stop;
    uint64_t rounds = x[0];

    while (rounds > 0 && *stop == 0) {
        rounds--;
    }
    x[1] = rounds;
}

static void do_call(uint64_t *x)
{
    struct ffa_args args;

    memcpy(args.x, x, sizeof(args.x));
    sp_call(&args);
    memcpy(x, args.x, sizeof(args.x));
}

static void do_keys(uint64_t *x)
{
    uint8_t none[SP_KEY_SIZE];

    memcpy(x, keys, sizeof(keys));
    x[8] = (uint64_t)(int64_t)sp_sealing_key_take(none);
    x[9] = (uint64_t)(int64_t)sp_identity_take(none);
}

static void do_timer(uint64_t *x)
{
    timer_us = (uint32_t)x[0];
    timer_again = x[1];
    x[2] = (uint64_t)(int64_t)sp_timer_set(timer_us);
}

void peer_count_interrupt(struct peer_script *script)
{
    script->interrupts++;
    if (timer_again != 0) {
        timer_again--;
        if (sp_timer_set(timer_us) != 0) {
            sp_die("the timer that was set before cannot be set again");
        }
    }
}

static int perform(struct peer_script *script, uint32_t kind, uint64_t *x)
{
    switch (kind) {
    case PEER_CALL:
        do_call(x);
        break;
    case PEER_READ:
        do_read(x);
        break;
    case PEER_WRITE:
        do_write(x);
        break;
    case PEER_EXEC:
        ((void (*)(void))x[0])();
        break;
    case PEER_PRIVILEGED:
        peer_execute(x[0]);
        break;
    case PEER_RECURSE:
        peer_overflow_stack();
        break;
    case PEER_SPIN:
        do_spin(script, x);
        break;
    case PEER_FP_PAINT:
        peer_fp_paint(x[0]);
        break;
    case PEER_FP_YIELD:
        x[1] = peer_fp_yield(x[0], x[2]);
        break;
    case PEER_FP_SPIN:
        x[1] = peer_fp_spin(x[0], &script->stop, &x[2]);
        break;
    case PEER_KEYS:
        do_keys(x);
        break;
    case PEER_TIMER:
        do_timer(x);
        break;
    case PEER_KICK:
        x[0] = (uint64_t)(int64_t)sp_watchdog_kick();
        break;
    case PEER_SIGHT:
        peer_sight(script, x);
        break;
    case PEER_FAIL:
        return (int)x[0];
    case PEER_DIE:
        sp_die("the script says so");
    default:
        break;
    }
    return 0;
}

int peer_run_script(struct peer_script *script)
{
    uint32_t count = script->count < PEER_STEPS_MAX ? script->count : PEER_STEPS_MAX;
    int result = 0;

    script->performed = 0;
    for (uint32_t i = 0; i < count && result == 0; i++) {
        struct peer_step *step = &script->steps[i];
        uint64_t x[18];

        memcpy(x, step->x, sizeof(x));
        if (step->add_symbol != PEER_SYM_NONE && step->add_to < 18) {
            x[step->add_to] += symbol_address(step->add_symbol, script, (uintptr_t)x);
        }
        result = perform(script, step->kind, x);
        memcpy(step->x, x, sizeof(x));
        step->done = 1;
        script->performed++;
    }
    return result;
}
