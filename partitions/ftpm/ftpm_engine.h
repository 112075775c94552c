// SPDX-License-Identifier: BSD-3-Clause
//
// The TPM: libtpms with its state in storage, its PCRs extended by the boot's event log, and one way to fail. Called by ftpm_sp.c (start) and
// ftpm_service.c (commands, through `ftpm_engine`). Whatever goes wrong, with storage, memory, the library or the log, ends in the TPM's
// failure mode, which lasts until the machine resets. Single-threaded, not reentrant.
#ifndef FTPM_ENGINE_H
#define FTPM_ENGINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "ftpm_crb.h"
#include "ftpm_failure.h"
#include "ftpm_nv.h"

struct ftpm_engine_setup {
    const struct ftpm_nv_store *store; // lives as long as the program
    const uint8_t *
        log; // TCG event log of this boot, read during the start only; NULL: none, which is a failure
    size_t log_size;
    bool (*is_cancelled)(void); // does somebody want the running command to end?
};

// Starts the TPM: after it, it works, or it is in failure mode. Once. Returns what ftpm_engine_failure() does.
enum ftpm_failure ftpm_engine_start(const struct ftpm_engine_setup *setup);

// Why it is in failure mode; FTPM_FAILURE_NONE: it works.
enum ftpm_failure ftpm_engine_failure(void);

// The same in words, for the log.
const char *ftpm_engine_failure_text(void);

// Assets written to storage since the start, and their bytes.
void ftpm_engine_nv_counts(uint32_t *writes, uint64_t *bytes);

// The interface that ftpm_service.c and ftpm_crb.c call. execute(): size 0 … any, room at least 64.
extern const struct ftpm_crb_engine ftpm_engine;

#endif
