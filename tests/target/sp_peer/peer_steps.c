// SPDX-License-Identifier: BSD-3-Clause
//
// The steps of a script, one function each. Called by peer_sp.c.
#include <string.h>

#include "tests/target/sp_peer/peer_private.h"

#define PAGE 4096
#define X_COUNT 18

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
    uint32_t step = symbol >> 8 & 0xff;
    uint32_t index = symbol & 0xff;

    if ((symbol & PEER_SYM_RESULTS) != 0) {
        return step < PEER_STEPS_MAX && index < X_COUNT ? script->steps[step].x[index] : 0;
    }
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
    case PEER_SYM_RX:
        return peer_rx();
    case PEER_SYM_TX:
        return peer_tx();
    case PEER_SYM_DEVICE:
        return peer_device();
    default:
        return 0;
    }
}

static int do_call(struct peer_script *script, struct peer_step *step, uint64_t *x)
{
    struct ffa_args args;

    (void)script;
    (void)step;
    memcpy(args.x, x, sizeof(args.x));
    sp_call(&args);
    memcpy(x, args.x, sizeof(args.x));
    return 0;
}

static int do_read(struct peer_script *script, struct peer_step *step, uint64_t *x)
{
    (void)script;
    (void)step;
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
    return 0;
}

static int do_write(struct peer_script *script, struct peer_step *step, uint64_t *x)
{
    (void)script;
    (void)step;
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
    return 0;
}

static int do_boot(struct peer_script *script, struct peer_step *step, uint64_t *x)
{
    const struct sp_event_log *log = sp_event_log();

    (void)script;
    (void)step;
    x[0] = log != NULL ? (uintptr_t)log->bytes : 0;
    x[1] = log != NULL ? log->size : 0;
    x[2] = (uintptr_t)sp_boot_facts();
    x[3] = sp_options();
    return 0;
}

static int do_sight(struct peer_script *script, struct peer_step *step, uint64_t *x)
{
    (void)step;
    peer_sight(script, x);
    return 0;
}

static int do_exec(struct peer_script *script, struct peer_step *step, uint64_t *x)
{
    (void)script;
    (void)step;
    ((void (*)(void))x[0])();
    return 0;
}

static int do_privileged(struct peer_script *script, struct peer_step *step, uint64_t *x)
{
    (void)script;
    (void)step;
    peer_execute(x[0]);
    return 0;
}

static int do_recurse(struct peer_script *script, struct peer_step *step, uint64_t *x)
{
    (void)script;
    (void)step;
    (void)x;
    peer_overflow_stack();
}

static int do_spin(struct peer_script *script, struct peer_step *step, uint64_t *x)
{
    const volatile uint32_t *stop = &script->stop;
    uint64_t rounds = x[0];

    (void)step;
    while (rounds > 0 && *stop == 0) {
        rounds--;
    }
    x[1] = rounds;
    return 0;
}

static int do_fp_paint(struct peer_script *script, struct peer_step *step, uint64_t *x)
{
    (void)script;
    (void)step;
    peer_fp_paint(x[0]);
    return 0;
}

static int do_fp_yield(struct peer_script *script, struct peer_step *step, uint64_t *x)
{
    (void)script;
    (void)step;
    x[1] = peer_fp_yield(x[0], x[2]);
    return 0;
}

static int do_fp_spin(struct peer_script *script, struct peer_step *step, uint64_t *x)
{
    (void)step;
    x[1] = peer_fp_spin(x[0], &script->stop, &x[2]);
    return 0;
}

static int do_nothing(struct peer_script *script, struct peer_step *step, uint64_t *x)
{
    (void)script;
    (void)step;
    (void)x;
    return 0;
}

static int do_fail(struct peer_script *script, struct peer_step *step, uint64_t *x)
{
    (void)script;
    (void)step;
    return (int)x[0];
}

static int do_die(struct peer_script *script, struct peer_step *step, uint64_t *x)
{
    (void)script;
    (void)step;
    (void)x;
    sp_die("the script says so");
}

static int do_keys(struct peer_script *script, struct peer_step *step, uint64_t *x)
{
    uint8_t none[SP_KEY_SIZE];

    (void)script;
    (void)step;
    memcpy(x, keys, sizeof(keys));
    x[8] = (uint64_t)(int64_t)sp_sealing_key_take(none);
    x[9] = (uint64_t)(int64_t)sp_identity_take(none);
    return 0;
}

static int do_timer(struct peer_script *script, struct peer_step *step, uint64_t *x)
{
    (void)script;
    (void)step;
    timer_us = (uint32_t)x[0];
    timer_again = x[1];
    x[2] = (uint64_t)(int64_t)sp_timer_set(timer_us);
    return 0;
}

static int do_kick(struct peer_script *script, struct peer_step *step, uint64_t *x)
{
    (void)script;
    (void)step;
    x[0] = (uint64_t)(int64_t)sp_watchdog_kick();
    return 0;
}

static int do_registers(struct peer_script *script, struct peer_step *step, uint64_t *x)
{
    (void)script;
    step->changed = (uint32_t)peer_registers(x);
    return 0;
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

static const peer_step_fn step_kinds[] = {
    [PEER_CALL] = do_call,
    [PEER_READ] = do_read,
    [PEER_WRITE] = do_write,
    [PEER_EXEC] = do_exec,
    [PEER_PRIVILEGED] = do_privileged,
    [PEER_RECURSE] = do_recurse,
    [PEER_SPIN] = do_spin,
    [PEER_FP_PAINT] = do_fp_paint,
    [PEER_FP_YIELD] = do_fp_yield,
    [PEER_FP_SPIN] = do_fp_spin,
    [PEER_SYMBOL] = do_nothing, // the symbol is added to x before
    [PEER_FAIL] = do_fail,
    [PEER_DIE] = do_die,
    [PEER_KEYS] = do_keys,
    [PEER_TIMER] = do_timer,
    [PEER_KICK] = do_kick,
    [PEER_SIGHT] = do_sight,
    [PEER_REGISTERS] = do_registers,
    [PEER_MAP_RXTX] = peer_map_rxtx,
    [PEER_COPY_IN] = peer_copy_in,
    [PEER_COPY_OUT] = peer_copy_out,
    [PEER_FILL] = peer_fill,
    [PEER_COUNT] = peer_count,
    [PEER_TOUCH] = peer_touch,
    [PEER_ASK] = peer_ask,
    [PEER_ASK2] = peer_ask2,
    [PEER_OFFER] = peer_offer,
    [PEER_RETRIEVE] = peer_retrieve,
    [PEER_RELINQUISH] = peer_relinquish,
    [PEER_RECLAIM] = peer_reclaim,
    [PEER_MAIL] = peer_mail,
    [PEER_MAIL_READ] = peer_mail_read,
    [PEER_NOTIFIED] = peer_notified,
    [PEER_BOOT] = do_boot,
    [PEER_REPEAT] = do_nothing, // peer_run_steps()
};
#define KIND_COUNT (sizeof(step_kinds) / sizeof(step_kinds[0]))

static void add_symbol(const struct peer_script *script, uint32_t symbol, uint32_t to, uint64_t *x)
{
    if (symbol != PEER_SYM_NONE && to < X_COUNT) {
        x[to] += symbol_address(symbol, script, (uintptr_t)x);
    }
}

// `given`: the step's arguments
static int perform(struct peer_script *script, struct peer_step *step, const uint64_t *given)
{
    uint64_t x[X_COUNT];

    memcpy(x, given, sizeof(x));
    add_symbol(script, step->add_symbol, step->add_to, x);
    add_symbol(script, step->add_symbol2, step->add_to2, x);
    int result = step->kind < KIND_COUNT ? step_kinds[step->kind](script, step, x) : ERR_INVALID;

    memcpy(step->x, x, sizeof(x));
    step->done++;
    return result;
}

// Results overwrite arguments in the script: these are the arguments
static uint64_t given[PEER_STEPS_MAX][X_COUNT];

void peer_take_arguments(struct peer_script *script, uint32_t first, uint32_t end, bool again)
{
    end = end < PEER_STEPS_MAX ? end : PEER_STEPS_MAX;
    for (uint32_t i = first; i < end; i++) {
        if (!again || script->steps[i].done == 0) {
            memcpy(given[i], script->steps[i].x, sizeof(given[i]));
        }
    }
}

int peer_run_steps(struct peer_script *script, uint32_t first, uint32_t end, uint32_t *performed)
{
    uint64_t left[PEER_STEPS_MAX]; // of PEER_REPEAT
    int result = 0;

    end = end < PEER_STEPS_MAX ? end : PEER_STEPS_MAX;
    for (uint32_t i = first; i < end; i++) {
        left[i] = given[i][1];
    }
    *performed = 0;
    for (uint32_t i = first; i < end && result == 0; i++) {
        result = perform(script, &script->steps[i], given[i]);
        (*performed)++;
        if (script->steps[i].kind == PEER_REPEAT && left[i] != 0 && given[i][0] < i) {
            left[i]--;
            i = (uint32_t)given[i][0] - 1; // wraps to before the first
        }
    }
    return result;
}
