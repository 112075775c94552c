// SPDX-License-Identifier: BSD-3-Clause
//
// Notifications of the TPM service's clients (DEN0138: register, unregister, finish notified): an FF-A notification to an
// endpoint whose command has been answered or that has got a locality it waited for. Called by ftpm_crb.c; pure over one
// call. One that a client has not finished with is not set again.
#ifndef FTPM_NOTIFY_H
#define FTPM_NOTIFY_H

#include <stdint.h>

// Endpoints that can have one at once: the normal world's kernel and virtual machines
#define FTPM_NOTIFY_CLIENTS 8

// sp_notify_set() or its like; 0 or ERR_*.
typedef int (*ftpm_notify_set)(uint16_t receiver, uint64_t bits, uint32_t flags, uint16_t vcpu);

// Begins; nobody is registered. NULL: there are no notifications, and the others answer NOTSUP.
void ftpm_notify_begin(ftpm_notify_set set);

// Each returns a status (TPM_CRB_*) for `source`. Register: `target` is type << 16 | vCPU, `notification` 0 … 63; ALREADY:
// registered; NOMEM: too many are; INVARG: a type, vCPU or notification that there is not.
uint32_t ftpm_notify_feature(void);
uint32_t ftpm_notify_register(uint16_t source, uint64_t target, uint64_t notification);
uint32_t ftpm_notify_unregister(uint16_t source); // DENIED: not registered
uint32_t ftpm_notify_finish(uint16_t source);     // DENIED: not registered, or none was set

// Sets the notification of `client`, if it is registered and has finished with the last one.
void ftpm_notify_send(uint16_t client);

#endif
