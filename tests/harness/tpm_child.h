// SPDX-License-Identifier: BSD-3-Clause
//
// Runs a program that finds the TPM of a tpm_server: tpm2-tools and whatever else goes through tpm2-tss. For tpm-harness and
// the target tests.
#ifndef TPM_CHILD_H
#define TPM_CHILD_H

#include <stdbool.h>
#include <stddef.h>

#include "tests/harness/tpm_server.h"

// How a program is run. Strings live until it has ended.
struct tpm_child {
    char *const *argv;  // looked up in PATH; NULL-terminated
    const char *tcti;   // TPM2TOOLS_TCTI and TCTI, as tpm_child_tcti() makes them
    const char *folder; // it runs there. NULL: here
    int output;         // its stdout and stderr. -1: this program's
};

// Writes "LIBRARY:path=SOCKET" into `text`: `library`, made absolute. False, after a message on stderr: it is not there, or too long.
bool tpm_child_tcti(char *text, size_t room, const char *library, const char *socket);

// Runs it and serves until it has ended. Its exit status, 128 + signal, or 127 if it cannot be started (said on stderr). It is
// killed when the server stops before: the machine is dead, or this program got a signal.
int tpm_child_run(struct tpm_server *server, const struct tpm_child *child);

#endif
