// SPDX-License-Identifier: BSD-3-Clause
//
// The TPM. See ftpm_engine.h.
#include "ftpm_engine.h"

#include <string.h>

#include "ftpm_command.h"
#include "ftpm_library.h"
#include "ftpm_start.h"
#include "ftpm_state.h"

static const char *const texts[] = {
    [FTPM_FAILURE_NONE] = "works",
    [FTPM_FAILURE_STORAGE] = "its stored state cannot be read or written",
    [FTPM_FAILURE_LIBRARY] = "the library failed",
    [FTPM_FAILURE_START] = "a command of the start was refused",
    [FTPM_FAILURE_LOG] = "the event log is missing or breaks a rule",
    [FTPM_FAILURE_PCR] = "event log and PCRs do not agree",
    [FTPM_FAILURE_RESPONSE] = "a response has no room",
};

static enum ftpm_failure failure = FTPM_FAILURE_START; // until it has started
static bool is_store_broken;                           // whose fault it is if the library fails
static bool (*ask_cancelled)(void);

// The first reason stays
static void fail(enum ftpm_failure why)
{
    if (failure == FTPM_FAILURE_NONE) {
        failure = why == FTPM_FAILURE_LIBRARY && is_store_broken ? FTPM_FAILURE_STORAGE : why;
    }
}

static int store(const uint8_t *data, uint32_t size)
{
    int error = ftpm_state_store(data, size);

    is_store_broken = is_store_broken || error != 0;
    return error;
}

static bool is_cancelled(void)
{
    return ask_cancelled();
}

static const struct ftpm_library_hooks hooks = {
    .load = ftpm_state_load,
    .store = store,
    .is_cancelled = is_cancelled,
    .is_clock_safe = ftpm_state_is_clock_safe,
};

enum ftpm_failure ftpm_engine_start(const struct ftpm_engine_setup *setup)
{
    int error = ftpm_state_begin(setup->store);

    failure = FTPM_FAILURE_NONE;
    is_store_broken = false;
    ask_cancelled = setup->is_cancelled;
    if (error != 0 && error != ERR_NOT_FOUND) {
        fail(FTPM_FAILURE_STORAGE);
        return failure;
    }
    fail(ftpm_start(&hooks, setup->log, setup->log_size));
    if (failure == FTPM_FAILURE_NONE && ftpm_state_release() != 0) {
        fail(FTPM_FAILURE_STORAGE);
    }
    return failure;
}

enum ftpm_failure ftpm_engine_failure(void)
{
    return failure;
}

const char *ftpm_engine_failure_text(void)
{
    return texts[failure];
}

void ftpm_engine_nv_counts(uint32_t *writes, uint64_t *bytes)
{
    ftpm_state_counts(writes, bytes);
}

// ---- Commands ----

// Those that make the state larger, by a lot or again and again: beyond what storage takes there would be no way but failure
static bool may_run(uint32_t code)
{
    bool grows = code == TPM_CC_NV_DEFINE_SPACE || code == TPM_CC_EVICT_CONTROL ||
                 code == TPM_CC_NV_CHANGE_AUTH;

    return !grows || ftpm_state_has_room();
}

// Runs it and stores what must be, before anybody sees the response
static void run(uint8_t locality, const uint8_t *command, size_t size, const uint8_t **response,
                size_t *response_size)
{
    ftpm_state_note(size < FTPM_HEADER_SIZE ? 0 : ftpm_code(command));
    if (ftpm_library_execute(locality, command, size, response, response_size) != 0) {
        fail(FTPM_FAILURE_LIBRARY);
    }
    ftpm_state_note(0);
    if (failure == FTPM_FAILURE_NONE && ftpm_state_is_clock_due() && ftpm_library_store() != 0) {
        fail(FTPM_FAILURE_LIBRARY);
    }
}

static size_t execute(uint8_t locality, const uint8_t *command, size_t size, uint8_t *response,
                      size_t room)
{
    const uint8_t *made = NULL;
    size_t made_size = 0;

    if (failure != FTPM_FAILURE_NONE) {
        return ftpm_failure_answer(failure, command, size, response, room);
    }
    if (size == 0 || size > FTPM_LIBRARY_BUFFER) {
        return ftpm_answer_code(response, TPM_RC_COMMAND_SIZE);
    }
    if (size >= FTPM_HEADER_SIZE && !may_run(ftpm_code(command))) {
        return ftpm_answer_code(response, TPM_RC_NV_SPACE);
    }
    run(locality, command, size, &made, &made_size);
    if (failure == FTPM_FAILURE_NONE && made_size > room) {
        fail(FTPM_FAILURE_RESPONSE);
    }
    if (failure != FTPM_FAILURE_NONE) {
        return ftpm_failure_answer(failure, command, size, response, room);
    }
    memcpy(response, made, made_size);
    return made_size;
}

// ---- Hash sequences, tpmEstablished ----

// Whether it was done; a library that failed is a TPM that has
static bool is_done(int error)
{
    if (error == ERR_ABORTED) {
        fail(FTPM_FAILURE_LIBRARY);
    }
    return error == 0;
}

static bool hash_start(void)
{
    return failure == FTPM_FAILURE_NONE && is_done(ftpm_library_hash_start());
}

static bool hash_data(const uint8_t *data, size_t size)
{
    return failure == FTPM_FAILURE_NONE && is_done(ftpm_library_hash_data(data, size));
}

static bool hash_end(void)
{
    return failure == FTPM_FAILURE_NONE && is_done(ftpm_library_hash_end());
}

static bool established(void)
{
    bool is_set = false;

    return failure == FTPM_FAILURE_NONE && is_done(ftpm_library_established(&is_set)) && is_set;
}

static bool reset_established(uint8_t locality)
{
    return failure == FTPM_FAILURE_NONE && is_done(ftpm_library_reset_established(locality));
}

static bool failed(void)
{
    return failure != FTPM_FAILURE_NONE;
}

const struct ftpm_crb_engine ftpm_engine = {
    .execute = execute,
    .hash_start = hash_start,
    .hash_data = hash_data,
    .hash_end = hash_end,
    .established = established,
    .reset_established = reset_established,
    .failed = failed,
};
