// SPDX-License-Identifier: BSD-3-Clause
//
// The TPM's two services: the command response buffer over FF-A (ftpm_crb.h) and Trusted Services RPC (ftpm_proto.h), in
// front of one engine. Called by ftpm_sp.c, which hands over every message; pure otherwise: runs on the host in unit tests
// and fuzzers unchanged.
#ifndef FTPM_SERVICE_H
#define FTPM_SERVICE_H

#include "ftpm_crb.h"
#include "ftpm_notify.h"
#include "sp.h"

struct ftpm_service_setup {
    const struct ftpm_crb_engine *engine;
    volatile uint8_t *pages; // of the command response buffer, TPM_CRB_LOCALITIES; NULL: none
    uint64_t address;        // of the first, as the normal world sees it
    void (*nv_counts)(uint32_t *writes, uint64_t *bytes); // struct ftpm_state; NULL: not counted
    ftpm_notify_set notify;                               // NULL: no notifications
};

// Begins, once, when the engine is up or has failed for good. What `setup` points to lives as long as the partition. Needs
// sp_rxtx_map() for clients of the RPC that share memory.
void ftpm_service_begin(const struct ftpm_service_setup *setup);

// Answers FFA_MSG_SEND_DIRECT_REQ_32 and _64: with w3 = 0 it is one of the buffer's, else a 32-bit one is the RPC's (whose
// control word is never 0, as no operation is).
void ftpm_service_answer(struct sp_message *message);

// Answers FFA_MSG_SEND_DIRECT_REQ2 for the buffer's UUID, or none.
void ftpm_service_answer2(struct sp_message2 *message);

#endif
