// SPDX-License-Identifier: BSD-3-Clause
//
// The known attacks on TPM 2.0 reference code as commands, each with the rule that a TPM must keep. For any way to a TPM:
// natively (test_ftpm_threats.c) and through the firmware (tests/target). Needs a TPM that has been started, without
// transient objects and sessions, owner and null hierarchy with the empty authorisation; leaves it so.
#ifndef FTPM_THREATS_H
#define FTPM_THREATS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define FTPM_THREATS_ROOM 4096 // of a command and of a response
#define FTPM_THREATS_WHY 200

// Has the TPM execute a command; the response's size, 0: there was none, which is a finding.
typedef size_t (*ftpm_threats_send)(uint8_t locality, const uint8_t *command, size_t size,
                                    uint8_t *response, size_t room);

// How many there are, and the name of each: the advisory, and what must hold.
size_t ftpm_threats_count(void);
const char *ftpm_threats_name(size_t which);

// Tries one. False: the rule is broken; `why` says how.
bool ftpm_threats_try(size_t which, ftpm_threats_send send, char why[FTPM_THREATS_WHY]);

#endif
