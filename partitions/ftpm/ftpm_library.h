// SPDX-License-Identifier: BSD-3-Clause
//
// libtpms, with everything that is particular about it: its callbacks, the variables of it that no function of its own tells, and its way
// to fail, which is a jump. Called by ftpm_engine.c, ftpm_start.c and ftpm_log.c. Trusts libtpms as far as the process does: both are one
// program.
//
// Linked with --wrap=_plat__Fail, _plat__IsCanceled, TimeUpdateToCurrent and RSA_set_flags (ftpm.mk): what libtpms calls by those names comes here;
// malloc() and its like, which OpenSSL calls, too, to ftpm_memory.c. A library
// that has failed once (ERR_ABORTED) is in a state that nobody knows and is not to be called again.
#ifndef FTPM_LIBRARY_H
#define FTPM_LIBRARY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "errors.h"
#include "ftpm_command.h"

#define FTPM_LIBRARY_BUFFER \
    3968 // bytes of the largest command and response: the buffer of a CRB's page

// What libtpms asks its surroundings. All of them are called during the functions below only.
struct ftpm_library_hooks {
    // The permanent state as it was stored last; the bytes are the hook's. ERR_NOT_FOUND: there is none: libtpms makes a new TPM.
    int (*load)(const uint8_t **data, uint32_t *size);
    // Stores the permanent state, for good when it returns 0. An error is the library's failure.
    int (*store)(const uint8_t *data, uint32_t size);
    // Does somebody want the command that runs to end?
    bool (*is_cancelled)(void);
    // Whether the clock's present value has never been exceeded by one that was reported (TPMS_CLOCK_INFO, safe), which libtpms,
    // whose clock's updates are not stored, would say too early. `clock_ms` as in TPM2_ReadClock.
    bool (*is_clock_safe)(uint64_t clock_ms);
};

// Power on: _TPM_Init, and the making of a new TPM where there is no state. Again after ftpm_library_end(). `hooks` live as long as the
// program. ERR_ABORTED: failed; ERR_VERSION: not the libtpms that this file knows.
MUST_CHECK int ftpm_library_begin(const struct ftpm_library_hooks *hooks);

// Power off, without notice to the TPM.
void ftpm_library_end(void);

// Runs one command of 1 … FTPM_LIBRARY_BUFFER bytes in `locality`. *response is the library's memory until the next call, at least a
// header long. ERR_RANGE: no such size; ERR_ABORTED: failed, with or without a response.
MUST_CHECK int ftpm_library_execute(uint8_t locality, const uint8_t *command, size_t size,
                                    const uint8_t **response, size_t *response_size);

// Gives the TPM a command of this partition's own, from ftpm_command_begin() on, in locality 0; ends it. `answer` is at the first byte behind
// the response's header. ERR_DENIED: another response code than TPM_RC_SUCCESS; ERR_ABORTED; ERR_RANGE.
MUST_CHECK int ftpm_library_run(struct ftpm_command *command, struct ftpm_answer *answer);

// _TPM_Hash_Start, _TPM_Hash_Data, _TPM_Hash_End. ERR_DENIED: refused; ERR_ABORTED.
MUST_CHECK int ftpm_library_hash_start(void);
MUST_CHECK int ftpm_library_hash_data(const uint8_t *data, size_t size);
MUST_CHECK int ftpm_library_hash_end(void);

// tpmEstablished, and its end from a locality. ERR_DENIED: not from this one; ERR_ABORTED.
MUST_CHECK int ftpm_library_established(bool *is_set);
MUST_CHECK int ftpm_library_reset_established(uint8_t locality);

// TPMS_CLOCK_INFO's clock at the last command, in milliseconds.
uint64_t ftpm_library_clock(void);

// There is no memory for libtpms or what it uses: ends the call of the library that runs with ERR_ABORTED, and does not return; if none
// runs, it does. Called by ftpm_memory.c.
void ftpm_library_out_of_memory(void);

// Has the hook store the state as it is now. ERR_ABORTED: it could not be.
MUST_CHECK int ftpm_library_store(void);

#endif
