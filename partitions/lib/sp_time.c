// SPDX-License-Identifier: BSD-3-Clause
//
// Timer and watchdog that a partition's manifest asks for: the calls to the SPMC, and the one function that hears of the
// timer. Called by the partition and by the message loop (sp_run.c).
#include "sp_private.h"

static sp_timer_handler_fn timer_handler;

int sp_time_call(uint64_t number, uint64_t argument)
{
    struct ffa_args args = { .x = { number, argument } };

    sp_call_short(&args);
    switch ((int32_t)args.x[0]) {
    case 0:
        return 0;
    case FFA_INVALID_PARAMETERS:
        return ERR_INVALID;
    case FFA_DENIED:
        return ERR_DENIED;
    default: // an SPMC that has no such calls answers FFA_ERROR
        return ERR_NOT_SUPPORTED;
    }
}

int sp_timer_set(uint32_t delay_us)
{
    return sp_time_call(TESSERA_TIMER_SET, delay_us);
}

int sp_watchdog_kick(void)
{
    return sp_time_call(TESSERA_WATCHDOG_KICK, 0);
}

void sp_timer_handler(sp_timer_handler_fn handler)
{
    timer_handler = handler;
}

void sp_time_interrupt(void)
{
    if (timer_handler != NULL) {
        timer_handler();
    }
}
