// SPDX-License-Identifier: BSD-3-Clause
//
// The TPM's failure mode (TPM 2.0 part 1, 10.4): what a TPM that has failed still answers. Called by ftpm_engine.c from the moment it
// failed, instead of the library, whose state nobody knows then; pure.
#ifndef FTPM_FAILURE_H
#define FTPM_FAILURE_H

#include <stddef.h>
#include <stdint.h>

// Why: what TPM2_GetTestResult tells in its outData, 4 bytes, big-endian.
enum ftpm_failure {
    FTPM_FAILURE_NONE,
    FTPM_FAILURE_STORAGE,  // the stored state cannot be read or written, or is damaged
    FTPM_FAILURE_LIBRARY,  // libtpms found itself broken, or out of memory
    FTPM_FAILURE_START,    // a command of the start was refused
    FTPM_FAILURE_LOG,      // there is no event log, or it breaks a rule
    FTPM_FAILURE_PCR,      // event log and PCRs do not agree
    FTPM_FAILURE_RESPONSE, // a response is larger than its room
};

// The response to `command` of a TPM that failed because of `why`: TPM2_GetTestResult; TPM2_GetCapability of manufacturer, vendor and
// firmware version; to all others TPM_RC_FAILURE. `response` has `room` for at least 64 bytes. Returns its size.
size_t ftpm_failure_answer(enum ftpm_failure why, const uint8_t *command, size_t size,
                           uint8_t *response, size_t room);

#endif
