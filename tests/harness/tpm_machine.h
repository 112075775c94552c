// SPDX-License-Identifier: BSD-3-Clause
//
// The fTPM of a machine of the harness as a tpm_link: its commands go through the command response buffer that a kernel's
// driver uses (ffa/client/tpm_crb.h). While a command runs, the normal world's timer interrupts it every few milliseconds, so
// that a cancellation is seen and no command is too long for the harness: every long command is preempted, many times.
#ifndef TPM_MACHINE_H
#define TPM_MACHINE_H

#include "ffa/client/tpm_crb.h"
#include "tests/harness/harness.h"
#include "tests/harness/tpm_flash.h"
#include "tests/harness/tpm_server.h"
#include "tests/harness/transport_harness.h"

#define TPM_MACHINE_SLICE_US 5000

struct tpm_machine {
    struct tpm_link link; // first: its functions get the address of this
    struct harness_transport transport;
    struct tpm_crb crb;
    struct harness *h;      // NULL: off
    struct tpm_flash flash; // fd -1: writes are not counted
    uint64_t slice;         // ticks between interrupts; 0: none
    uint64_t interrupted;   // how many times a command was interrupted, since it was last set to 0
    unsigned int
        cancel_at; // with link.asked NULL: the interruption that a command is cancelled at; 0: none
    struct h_options options; // of tpm_machine_start()
};

// Makes `m` a TPM that is not connected to any machine.
void tpm_machine_init(struct tpm_machine *m);

// Connects to the fTPM of machine `h`, which the caller keeps: negotiates FF-A as the first call of a normal world and finds the
// partition. 0, or -1 with the reason in m->link.why.
int tpm_machine_connect(struct tpm_machine *m, struct harness *h);

// Starts a machine and connects: it is tpm_machine_stop()'s then. 0, or -1 with the reason.
int tpm_machine_start(struct tpm_machine *m, const struct h_options *options);
void tpm_machine_stop(struct tpm_machine *m);

// What the client library's error means, in words.
const char *tpm_machine_error(int error);

#endif
