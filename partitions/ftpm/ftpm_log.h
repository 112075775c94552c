// SPDX-License-Identifier: BSD-3-Clause
//
// The boot's event log and the TPM's PCRs: extends them as the log says, then reads them back and compares. Called by ftpm_start.c, once for
// each start, before anybody else can give the TPM a command. The log is checked by the same code that writes it (event_log.h).
#ifndef FTPM_LOG_H
#define FTPM_LOG_H

#include <stddef.h>
#include <stdint.h>

#include "ftpm_failure.h"

// Extends the PCRs of both banks with the `size` bytes of `log` and compares: PCRs 0 … 16 and 23 are what event_log_replay() gives, 17 … 22 as
// TPM2_Startup leaves them. NULL: there is no log, which is a failure.
enum ftpm_failure ftpm_log_apply(const uint8_t *log, size_t size);

#endif
