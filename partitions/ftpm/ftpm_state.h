// SPDX-License-Identifier: BSD-3-Clause
//
// The TPM's permanent state between libtpms and storage: when it is written, and the rule of the clock. What is stored is a number,
// above which no value of the TPM's clock has ever been reported, then libtpms' own state. Called by ftpm_engine.c and ftpm_start.c.
//
// libtpms does not have its state stored for the clock's sake, and here it is not either, for FTPM_CLOCK_INTERVAL_MS: so after
// a start without an orderly shutdown the clock begins at a value that may have been exceeded. It is not `safe` then until it is
// above the stored number (TPM 2.0 part 1, 36.3; part 2, 10.11.1).
#ifndef FTPM_STATE_H
#define FTPM_STATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "errors.h"
#include "ftpm_nv.h"

#define FTPM_CLOCK_INTERVAL_MS 0x400000 // 70 minutes: the longest that part 1, 36.3 allows

// Begins: reads what is stored; from now on until ftpm_state_release() nothing is written. 0: there is a state; ERR_NOT_FOUND: a new TPM;
// others as of ftpm_nv_begin(). `store` lives as long as the program.
MUST_CHECK int ftpm_state_begin(const struct ftpm_nv_store *store);

// Stores what has come since ftpm_state_begin(), as one; from now on each change is stored at once. ERR_*: of ftpm_nv_save().
MUST_CHECK int ftpm_state_release(void);

// Hooks of ftpm_library.h: load and store.
MUST_CHECK int ftpm_state_load(const uint8_t **data, uint32_t *size);
MUST_CHECK int ftpm_state_store(const uint8_t *data, uint32_t size);
bool ftpm_state_is_clock_safe(uint64_t clock_ms);

// The command `code` is about to run, or none (0): what is stored meanwhile is because of it.
void ftpm_state_note(uint32_t code);

// Has the clock come above the stored number? Then ftpm_library_store() must store a new one before the value is reported.
bool ftpm_state_is_clock_due(void);

// Is there room for what one command may add?
bool ftpm_state_has_room(void);

// Assets written to storage since ftpm_state_begin(), and their bytes.
void ftpm_state_counts(uint32_t *writes, uint64_t *bytes);

#endif
