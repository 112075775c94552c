// SPDX-License-Identifier: BSD-3-Clause
//
// What tpm-harness and its clients (the TCTI, its own control commands, tests) say to each other over a Unix socket of
// packets (SOCK_SEQPACKET), which keeps messages whole: one head, then its bytes. Both ends are the same machine's and
// the same user's: words are the host's.
#ifndef TPM_WIRE_H
#define TPM_WIRE_H

#include <stdint.h>

#define TPM_WIRE_DATA_MAX 4096 // of a command or response: more than any TPM buffer here
#define TPM_WIRE_LOCALITIES 4  // of the normal world: 0 … 3

enum tpm_wire_type {
    // From the client
    TPM_WIRE_COMMAND = 0x54504d01, // value: locality; data: the TPM's command → RESPONSE or ERROR
    TPM_WIRE_CANCEL,               // the running command is to end; no answer of its own
    TPM_WIRE_RESET,                // the machine: PSCI SYSTEM_RESET → DONE or ERROR
    TPM_WIRE_POWER_CYCLE,          // the machine: killed and started again → DONE or ERROR
    TPM_WIRE_STOP,                 // machine and server end → DONE
    TPM_WIRE_WRITES, // → DONE, data: uint64_t bytes of flash that changed since the last time this was asked
    // From the server
    TPM_WIRE_RESPONSE, // data: the TPM's response
    TPM_WIRE_DONE,
    TPM_WIRE_ERROR, // data: text, not terminated
};

struct tpm_wire_head {
    uint32_t type; // enum tpm_wire_type
    uint32_t value;
    uint32_t size; // of the data
};
_Static_assert(sizeof(struct tpm_wire_head) == 12, "as on the wire");

struct tpm_wire_packet {
    struct tpm_wire_head head;
    uint8_t data[TPM_WIRE_DATA_MAX];
};

#endif
