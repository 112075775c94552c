// SPDX-License-Identifier: BSD-3-Clause
//
// Interrupts that the SPMC tells a partition of (FFA_INTERRUPT): which function hears of which, and the call that ends a
// device's. Called by the message loop (sp_run.c) and by the partition.
#include "sp_private.h"

static sp_device_handler_fn device_handler;
static sp_notify_handler_fn notify_handler;

void sp_device_handler(sp_device_handler_fn handler)
{
    device_handler = handler;
}

void sp_notify_handler(sp_notify_handler_fn handler)
{
    notify_handler = handler;
}

int sp_interrupt_done(uint32_t id)
{
    return sp_time_call(TESSERA_INTERRUPT_DONE, id);
}

void sp_interrupt(uint32_t id)
{
    switch (id) {
    case TESSERA_INTERRUPT_TIMER:
        sp_time_interrupt();
        break;
    case TESSERA_INTERRUPT_NOTIFICATION:
        if (notify_handler != NULL) {
            notify_handler();
        }
        break;
    default:
        if (device_handler != NULL) {
            device_handler(id);
        }
        break;
    }
}
