// SPDX-License-Identifier: BSD-3-Clause
//
// What is done with the TPM between power on and the first command of somebody else. Called by ftpm_engine.c, once.
#ifndef FTPM_START_H
#define FTPM_START_H

#include <stddef.h>
#include <stdint.h>

#include "ftpm_failure.h"
#include "ftpm_library.h"

// Powers the TPM on (a new one is made if hooks->load() knows none), starts it with TPM2_Startup(CLEAR), sees to it that its PCR banks are SHA-256
// and SHA-384 and no others, extends the PCRs by the event log and compares them (ftpm_log.h), and gives the platform hierarchy an
// authorisation that nobody knows. `hooks` live as long as the program. `log` may be NULL (none).
enum ftpm_failure ftpm_start(const struct ftpm_library_hooks *hooks, const uint8_t *log,
                             size_t log_size);

#endif
