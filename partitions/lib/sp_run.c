// SPDX-License-Identifier: BSD-3-Clause
//
// What the message loop (sp_loop.S) does with everything that is not a partition message, and
// sp_run() itself.
#include <string.h>

#include "sp_private.h"

// DEN0077A "Framework messages": type of a request and of its answer
#define FRAMEWORK_PSCI_REQUEST 0
#define FRAMEWORK_WARM_BOOT 1
#define FRAMEWORK_PM_RESPONSE 2
#define FRAMEWORK_VM_CREATED 4
#define FRAMEWORK_VM_CREATED_ACK 5
#define FRAMEWORK_VM_DESTROYED 6
#define FRAMEWORK_VM_DESTROYED_ACK 7

#define WAIT_KEEP_RX 1 // FFA_MSG_WAIT, w2: what stands in RX stays there until sp_rx_release()

static sp_handler2 message2_handler;
static sp_cycles_handler_fn cycles_handler;

static void clear(struct ffa_args *args)
{
    for (size_t i = 0; i < 8; i++) {
        args->x[i] = 0;
    }
}

static void set_wait(struct ffa_args *args)
{
    clear(args);
    args->x[0] = FFA_MSG_WAIT;
    args->x[2] = WAIT_KEEP_RX;
}

// The partition keeps nothing for a core or a virtual machine, so power and virtual machine events
// are fine with it. An unknown type has no answer: the next even-to-odd number with NOT_SUPPORTED
// tells the sender so.
static void answer_framework(struct ffa_args *args)
{
    uint32_t type = (uint32_t)args->x[2] & 0xff;
    uint32_t ids = (uint32_t)args->x[1];
    int32_t status = 0;

    switch (type) {
    case FRAMEWORK_PSCI_REQUEST:
    case FRAMEWORK_WARM_BOOT:
        type = FRAMEWORK_PM_RESPONSE;
        break;
    case FRAMEWORK_VM_CREATED:
        type = FRAMEWORK_VM_CREATED_ACK;
        break;
    case FRAMEWORK_VM_DESTROYED:
        type = FRAMEWORK_VM_DESTROYED_ACK;
        break;
    default:
        type = type | 1;
        status = FFA_NOT_SUPPORTED;
        break;
    }
    clear(args);
    args->x[0] = FFA_MSG_SEND_DIRECT_RESP_32;
    args->x[1] = (ids >> 16) | (ids << 16);
    args->x[2] = FFA_MSG_FRAMEWORK | type;
    args->x[3] = (uint32_t)status;
}

void sp_run_event(struct ffa_args *args)
{
    uint32_t function = (uint32_t)args->x[0];

    switch (function) {
    case FFA_MSG_SEND_DIRECT_REQ_32:
    case FFA_MSG_SEND_DIRECT_REQ_64:
        answer_framework(args);
        break;
    case FFA_INTERRUPT:
        sp_interrupt((uint32_t)args->x[2]);
        set_wait(args);
        break;
    case FFA_RUN:
        if (cycles_handler != NULL) {
            cycles_handler();
        }
        set_wait(args);
        break;
    default:
        sp_log("the partition manager answered 0x%x (w2 = %d)", (unsigned int)function,
               (int)args->x[2]);
        sp_die("the message loop cannot go on");
    }
}

// For a manifest that offers such messages and a program that does not
static void refuse_message2(struct sp_message2 *message)
{
    memset(message->arg, 0, sizeof(message->arg));
    message->arg[0] = (uint32_t)FFA_NOT_SUPPORTED;
}

void sp_message2_handler(sp_handler2 handler)
{
    message2_handler = handler;
}

void sp_cycles_handler(sp_cycles_handler_fn handler)
{
    cycles_handler = handler;
}

void sp_run(sp_handler handler)
{
    sp_loop(handler, message2_handler != NULL ? message2_handler : refuse_message2);
}
