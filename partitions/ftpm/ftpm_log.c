// SPDX-License-Identifier: BSD-3-Clause
//
// See ftpm_log.h. Locality: the reader accepts a log that began in locality 0 only (StartupLocality), as this TPM's Startup did; no record is
// for a PCR that locality 0 may not extend: the TPM would refuse, which is a failure here.
#include "ftpm_log.h"

#include <string.h>

#include "event_log.h"
#include "ftpm_command.h"
#include "ftpm_library.h"

#define SELECT_SIZE 3 // bytes of a selection of 24 PCRs
// TCG PC Client Platform TPM Profile 4.6.1: those of dynamic launches begin with ones
#define PCR_DYNAMIC_FIRST 17
#define PCR_DYNAMIC_LAST 22
#define PCR_DYNAMIC_BYTE 0xff

static const struct {
    enum boot_hash hash;
    uint16_t tpm;
    uint16_t size;
} banks[EVENT_LOG_BANKS] = {
    { BOOT_SHA256, TPM_ALG_SHA256, 32 },
    { BOOT_SHA384, TPM_ALG_SHA384, 48 },
};

static enum ftpm_failure failure_of(int error)
{
    return error == 0             ? FTPM_FAILURE_NONE
           : error == ERR_ABORTED ? FTPM_FAILURE_LIBRARY
                                  : FTPM_FAILURE_PCR;
}

static enum ftpm_failure extend(const struct event_log_record *record)
{
    struct ftpm_command command;
    struct ftpm_answer answer;

    ftpm_command_begin(&command, TPM_ST_SESSIONS, TPM_CC_PCR_EXTEND);
    ftpm_command_u32(&command, record->pcr);
    ftpm_command_empty_auth(&command);
    ftpm_command_u32(&command, EVENT_LOG_BANKS);
    for (size_t i = 0; i < EVENT_LOG_BANKS; i++) {
        ftpm_command_u16(&command, banks[i].tpm);
        ftpm_command_bytes(&command, record->digest[i], banks[i].size);
    }
    return failure_of(ftpm_library_run(&command, &answer));
}

static enum ftpm_failure extend_all(const struct event_log *log)
{
    enum ftpm_failure failure = FTPM_FAILURE_NONE;
    struct event_log_record record;
    size_t offset = 0;
    int error;

    while ((error = event_log_next(log, &offset, &record, NULL)) == 0) {
        if (record.type != EV_NO_ACTION) {
            failure = extend(&record);
        }
        if (failure != FTPM_FAILURE_NONE) {
            return failure;
        }
    }
    return error == ERR_NOT_FOUND ? FTPM_FAILURE_NONE : FTPM_FAILURE_LOG;
}

// What the log says of a PCR, or its value after Startup
static enum ftpm_failure expect(const struct event_log *log, uint32_t pcr, size_t bank,
                                uint8_t *value)
{
    if (pcr >= PCR_DYNAMIC_FIRST && pcr <= PCR_DYNAMIC_LAST) {
        memset(value, PCR_DYNAMIC_BYTE, banks[bank].size);
        return FTPM_FAILURE_NONE;
    }
    return event_log_replay(log, pcr, banks[bank].hash, value) == 0 ? FTPM_FAILURE_NONE
                                                                    : FTPM_FAILURE_LOG;
}

static int read_pcr(uint32_t pcr, struct ftpm_answer *answer)
{
    struct ftpm_command command;
    uint8_t selection[SELECT_SIZE] = { 0 };

    selection[pcr / 8] = (uint8_t)(1u << pcr % 8);
    ftpm_command_begin(&command, TPM_ST_NO_SESSIONS, TPM_CC_PCR_READ);
    ftpm_command_u32(&command, EVENT_LOG_BANKS);
    for (size_t i = 0; i < EVENT_LOG_BANKS; i++) {
        ftpm_command_u16(&command, banks[i].tpm);
        ftpm_command_u8(&command, SELECT_SIZE);
        ftpm_command_bytes(&command, selection, SELECT_SIZE);
    }
    int error = ftpm_library_run(&command, answer);

    if (error ==
        0) { // update counter, and the selection again: behind its two numbers, banks of 6 bytes
        (void)ftpm_answer_u32(answer);
        if (ftpm_answer_u32(answer) != EVENT_LOG_BANKS) {
            return ERR_INVALID;
        }
        (void)ftpm_answer_bytes(answer, EVENT_LOG_BANKS * (sizeof(uint16_t) + 1 + SELECT_SIZE));
        error = ftpm_answer_u32(answer) == EVENT_LOG_BANKS ? 0 : ERR_INVALID;
    }
    return error;
}

static enum ftpm_failure compare(const struct event_log *log, uint32_t pcr)
{
    struct ftpm_answer answer;
    uint8_t wanted[BOOT_HASH_MAX];
    enum ftpm_failure failure = failure_of(read_pcr(pcr, &answer));

    for (size_t i = 0; failure == FTPM_FAILURE_NONE && i < EVENT_LOG_BANKS; i++) {
        const uint8_t *found;

        failure = expect(log, pcr, i, wanted);
        if (failure == FTPM_FAILURE_NONE && ftpm_answer_u16(&answer) != banks[i].size) {
            failure = FTPM_FAILURE_PCR;
        }
        found = ftpm_answer_bytes(&answer, banks[i].size);
        if (failure == FTPM_FAILURE_NONE &&
            (found == NULL || memcmp(found, wanted, banks[i].size) != 0)) {
            failure = FTPM_FAILURE_PCR;
        }
    }
    return failure;
}

enum ftpm_failure ftpm_log_apply(const uint8_t *bytes, size_t size)
{
    // Only read: the functions of a writer take the same structure
    const struct event_log log = { .base = (uint8_t *)(uintptr_t)bytes,
                                   .size = size,
                                   .used = size };
    enum ftpm_failure failure = bytes == NULL ? FTPM_FAILURE_LOG : extend_all(&log);

    for (uint32_t pcr = 0; failure == FTPM_FAILURE_NONE && pcr < EVENT_LOG_PCRS; pcr++) {
        failure = compare(&log, pcr);
    }
    return failure;
}
