// SPDX-License-Identifier: BSD-3-Clause
//
// Client of a TPM 2.0 behind the command response buffer over FF-A (DEN0138): finds the partition, takes a locality, has commands
// executed, cancels. Used by the harness' TCTI; a kernel's driver does the same. Needs a transport (FF-A calls) and the
// CRB's pages; no heap. Calls for one TPM come one after the other, only tpm_crb_cancel() may come at any time. Of what the
// pages say nothing is trusted further than it was checked: copies are bounded by the caller's room.
#ifndef TPM_CRB_H
#define TPM_CRB_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "errors.h"
#include "ffa/client/transport.h"
#include "tpm_crb_abi.h"

#define TPM_CRB_NO_LOCALITY 0xff

struct tpm_crb {
    struct ffa_transport *transport;
    volatile uint8_t *
        pages; // TPM_CRB_LOCALITIES pages, mapped as the partition has them: Device or non-cacheable
    uint16_t partition;
    bool message2;    // FFA_MSG_SEND_DIRECT_REQ2 instead of _REQ_32; may be set between calls
    uint8_t locality; // granted, or TPM_CRB_NO_LOCALITY
    uint8_t waiting;  // stands in line since an ERR_BUSY, or TPM_CRB_NO_LOCALITY
    uint32_t status;  // TPM_CRB_* of the last message that was answered, for messages to people
    volatile bool running; // a command is with the partition
};

// Finds the partition with the TPM and checks its version. `transport` and `pages` live as long as `crb`. ERR_NOT_FOUND: there is
// none; ERR_VERSION: its interface has another major version; ERR_IO, ERR_BUSY, ERR_ABORTED, ERR_NOT_SUPPORTED: as
// ts_rpc_direct().
MUST_CHECK int tpm_crb_open(struct tpm_crb *crb, struct ffa_transport *transport,
                            volatile uint8_t *pages);

// Takes `locality` (0 … 3). ERR_BUSY: another locality has the TPM, this one waits in line: ask again or relinquish (to ask for
// another leaves the line, too); ERR_INVALID: no such locality, or another one is granted; ERR_DENIED: refused; ERR_IO,
// ERR_ABORTED: as above.
MUST_CHECK int tpm_crb_request(struct tpm_crb *crb, uint8_t locality);

// The same, but takes it from a lower locality that has it, and does not go into line on ERR_BUSY.
MUST_CHECK int tpm_crb_seize(struct tpm_crb *crb, uint8_t locality);

// Gives the locality back, and the page is wiped; or leaves the line. ERR_INVALID: none is granted or waits; ERR_IO, ERR_BUSY,
// ERR_ABORTED: as above, and it counts as given.
MUST_CHECK int tpm_crb_relinquish(struct tpm_crb *crb);

// Tells the TPM that a command comes (true) or that none comes and the page can be wiped (false). Neither is needed.
// ERR_INVALID: no locality is granted; ERR_DENIED: it has been seized; the rest as above.
MUST_CHECK int tpm_crb_set_ready(struct tpm_crb *crb, bool is_ready);

struct tpm_crb_command {
    const uint8_t *bytes; // TPM_CRB_HEADER_SIZE … TPM_CRB_DATA_SIZE, in its header, too
    size_t size;
    uint8_t *response;
    size_t room;          // bytes of `response`; TPM_CRB_DATA_SIZE is always enough
    size_t response_size; // out, on success
};

// Executes a command in the granted locality, however often it is interrupted. Returns 0 when there is a response, whatever the
// TPM says in it. ERR_INVALID: no locality is granted, or size and header differ; ERR_RANGE: larger than the buffer;
// ERR_NO_MEMORY: the response is larger than `room` (it is lost); ERR_DENIED: the locality has been seized; ERR_CORRUPT:
// what stands in the page is no response, or somebody writes to its registers; ERR_BUSY: the partition works for somebody
// else all the time; ERR_ABORTED: it has died; ERR_IO.
MUST_CHECK int tpm_crb_execute(struct tpm_crb *crb, struct tpm_crb_command *command);

// Asks the TPM to end the running command, which is then answered with TPM_RC_CANCELED or as if it had not been asked. From any
// thread, core or interrupt, also inside of transport->call: it makes no call, but writes one register. Without a running command
// it does nothing.
void tpm_crb_cancel(struct tpm_crb *crb);

// Whether the TPM has failed for good (tpmSts of any locality's page, here the granted one's or locality 0's).
bool tpm_crb_has_failed(const struct tpm_crb *crb);

#endif
