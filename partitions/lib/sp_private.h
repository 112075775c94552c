// SPDX-License-Identifier: BSD-3-Clause
//
// What the files of partitions/lib share among themselves; partitions include sp.h.
#ifndef SP_PRIVATE_H
#define SP_PRIVATE_H

#define SP_BRK_DIED \
    0xdead // immediate of the BRK of a partition that gave up; in the SPMC's report as ESR ISS

// Layout of struct sp_message and of the frame of sp_loop; checked below
#define SP_MESSAGE_ARG 0
#define SP_MESSAGE_ENDPOINTS 40
#define SP_MESSAGE_FUNCTION 48
#define SP_MESSAGE2_ARG 0
#define SP_MESSAGE2_UUID 112
#define SP_MESSAGE2_ENDPOINTS 128
#define SP_LOOP_FRAME 144

#ifndef __ASSEMBLER__

#include "sp.h"
#include "sp_boot.h"

_Static_assert(offsetof(struct sp_message, arg) == SP_MESSAGE_ARG, "sp_loop.S");
_Static_assert(offsetof(struct sp_message, endpoints) == SP_MESSAGE_ENDPOINTS, "sp_loop.S");
_Static_assert(offsetof(struct sp_message, function) == SP_MESSAGE_FUNCTION, "sp_loop.S");
_Static_assert(sizeof(struct sp_message) <= SP_LOOP_FRAME, "sp_loop.S");
_Static_assert(offsetof(struct sp_message2, arg) == SP_MESSAGE2_ARG, "sp_loop.S");
_Static_assert(offsetof(struct sp_message2, uuid) == SP_MESSAGE2_UUID, "sp_loop.S");
_Static_assert(offsetof(struct sp_message2, endpoints) == SP_MESSAGE2_ENDPOINTS, "sp_loop.S");
_Static_assert(sizeof(struct sp_message2) <= SP_LOOP_FRAME, "sp_loop.S");
_Static_assert(sizeof(uint64_t[8]) <= SP_LOOP_FRAME && SP_LOOP_FRAME % 16 == 0, "sp_loop.S");

// What the SPMC told this partition at its start (sp_start.c). Const once sp_main() runs, but for
// the seed.
extern struct sp_boot sp_boot;

// First C function, called by sp_crt0.S on the initial stack. `boot_info`: the blob, readable, one
// page.
_Noreturn void sp_start(const void *boot_info);

// The loop (sp_loop.S): calls FFA_MSG_WAIT, then `handler` or `handler2` for each partition message.
_Noreturn void sp_loop(sp_handler handler, sp_handler2 handler2);

// Called by the loop for all that is not a partition message: x0 … x7 of `args` are what the SPMC
// returned, and what is passed to it next. Does not return when the SPMC refused a call that it
// must not refuse.
void sp_run_event(struct ffa_args *args);

// The SPMC says that interrupt `id` came (sp_interrupt.c), the timer's (sp_time.c).
void sp_interrupt(uint32_t id);
void sp_time_interrupt(void);

// One call that is not FF-A (ffa_abi.h, TESSERA_*); its result as ERR_* (sp_time.c).
MUST_CHECK int sp_time_call(uint64_t number, uint64_t argument);

// What the SPMC answered: 0 if it is `expected`, else ERR_* (sp_error.c); ERR_IO: an answer or a code that has no place here.
MUST_CHECK int sp_error_of(const struct ffa_args *args, uint32_t expected);

// The pages of RX and TX, whether the SPMC has them or not (sp_rxtx.c): without, it refuses every call that needs them.
const void *sp_rx(void);
void *sp_tx(void);

// Sends `len` characters to the console without buffering. Used when nothing else can be trusted
// any more.
void sp_log_raw(const char *text, size_t len);

// The deliberate fault (sp_call.S).
_Noreturn void sp_fault(void);

#endif
#endif
