// SPDX-License-Identifier: BSD-3-Clause
//
// See ftpm_start.h. Each step gives the TPM ordinary commands.
#include "ftpm_start.h"

#include <string.h>

#include "ftpm_command.h"
#include "ftpm_log.h"

#define AUTH_SIZE 32 // of the platform's authorisation
#define SELECT_SIZE 3
#define BANKS_MAX 16 // the library has five
#define ALL_PCRS 0xff

static enum ftpm_failure failure_of(int error)
{
    return error == 0             ? FTPM_FAILURE_NONE
           : error == ERR_ABORTED ? FTPM_FAILURE_LIBRARY
                                  : FTPM_FAILURE_START;
}

static int startup(void)
{
    struct ftpm_command command;
    struct ftpm_answer answer;

    ftpm_command_begin(&command, TPM_ST_NO_SESSIONS, TPM_CC_STARTUP);
    ftpm_command_u16(&command, TPM_SU_CLEAR);
    return ftpm_library_run(&command, &answer);
}

static int shut_down(void)
{
    struct ftpm_command command;
    struct ftpm_answer answer;

    ftpm_command_begin(&command, TPM_ST_NO_SESSIONS, TPM_CC_SHUTDOWN);
    ftpm_command_u16(&command, TPM_SU_CLEAR);
    return ftpm_library_run(&command, &answer);
}

// ---- PCR banks ----
struct banks {
    uint32_t count;
    uint16_t hash[BANKS_MAX];
    bool is_right; // all PCRs in the two wanted ones, none in others
};

static bool is_wanted(uint16_t hash)
{
    return hash == TPM_ALG_SHA256 || hash == TPM_ALG_SHA384;
}

static int read_bank(struct ftpm_answer *answer, struct banks *banks, uint32_t i)
{
    uint16_t hash = ftpm_answer_u16(answer);
    const uint8_t *selection =
        ftpm_answer_u8(answer) == SELECT_SIZE ? ftpm_answer_bytes(answer, SELECT_SIZE) : NULL;

    if (selection == NULL) {
        return ERR_INVALID;
    }
    for (size_t j = 0; j < SELECT_SIZE; j++) {
        banks->is_right = banks->is_right && selection[j] == (is_wanted(hash) ? ALL_PCRS : 0);
    }
    banks->hash[i] = hash;
    return 0;
}

static int read_banks(struct banks *banks)
{
    struct ftpm_command command;
    struct ftpm_answer answer;

    ftpm_command_begin(&command, TPM_ST_NO_SESSIONS, TPM_CC_GET_CAPABILITY);
    ftpm_command_u32(&command, TPM_CAP_PCRS);
    ftpm_command_u32(&command, 0);
    ftpm_command_u32(&command, BANKS_MAX);
    int error = ftpm_library_run(&command, &answer);

    if (error != 0) {
        return error;
    }
    (void)ftpm_answer_u8(&answer);  // more data: PCRs come all or not
    (void)ftpm_answer_u32(&answer); // the capability
    banks->count = ftpm_answer_u32(&answer);
    if (banks->count == 0 || banks->count > BANKS_MAX) {
        return ERR_INVALID;
    }
    banks->is_right = true;
    for (uint32_t i = 0; error == 0 && i < banks->count; i++) {
        error = read_bank(&answer, banks, i);
    }
    return error;
}

// Takes effect at the next power on
static int allocate_banks(const struct banks *banks)
{
    struct ftpm_command command;
    struct ftpm_answer answer;

    ftpm_command_begin(&command, TPM_ST_SESSIONS, TPM_CC_PCR_ALLOCATE);
    ftpm_command_u32(&command, TPM_RH_PLATFORM);
    ftpm_command_empty_auth(&command);
    ftpm_command_u32(&command, banks->count);
    for (uint32_t i = 0; i < banks->count; i++) {
        ftpm_command_u16(&command, banks->hash[i]);
        ftpm_command_u8(&command, SELECT_SIZE);
        for (size_t j = 0; j < SELECT_SIZE; j++) {
            ftpm_command_u8(&command, is_wanted(banks->hash[i]) ? ALL_PCRS : 0);
        }
    }
    int error = ftpm_library_run(&command, &answer);

    if (error == 0) {
        (void)ftpm_answer_u32(&answer);                        // size of the parameters
        error = ftpm_answer_u8(&answer) == 1 ? 0 : ERR_DENIED; // allocationSuccess
    }
    return error;
}

static int power_on(const struct ftpm_library_hooks *hooks, struct banks *banks)
{
    int error = ftpm_library_begin(hooks);

    if (error == 0) {
        error = startup();
    }
    if (error == 0) {
        error = read_banks(banks);
    }
    return error;
}

// A new TPM has all banks that the library knows
static int power_on_with_banks(const struct ftpm_library_hooks *hooks)
{
    struct banks banks;
    int error = power_on(hooks, &banks);

    if (error != 0 || banks.is_right) {
        return error;
    }
    error = allocate_banks(&banks);
    if (error == 0) {
        error = shut_down();
    }
    if (error == 0) {
        ftpm_library_end();
        error = power_on(hooks, &banks);
    }
    return error == 0 && !banks.is_right ? ERR_DENIED : error;
}

// ---- The clock, the platform's authorisation ----

// The library's variables are where this program believes them (ftpm_library.c)
static int check_clock(void)
{
    struct ftpm_command command;
    struct ftpm_answer answer;

    ftpm_command_begin(&command, TPM_ST_NO_SESSIONS, TPM_CC_READ_CLOCK);
    int error = ftpm_library_run(&command, &answer);

    if (error == 0) {
        (void)ftpm_answer_u64(&answer); // time
        if (ftpm_answer_u64(&answer) != ftpm_library_clock()) {
            return ERR_VERSION;
        }
    }
    return error;
}

// Empty after each Startup. Nobody is to have it: the normal world is no platform, and this partition needs it no more
static int forget_platform(void)
{
    struct ftpm_command command;
    struct ftpm_answer answer;
    const uint8_t *random;

    ftpm_command_begin(&command, TPM_ST_NO_SESSIONS, TPM_CC_GET_RANDOM);
    ftpm_command_u16(&command, AUTH_SIZE);
    int error = ftpm_library_run(&command, &answer);

    if (error != 0) {
        return error;
    }
    random = ftpm_answer_u16(&answer) == AUTH_SIZE ? ftpm_answer_bytes(&answer, AUTH_SIZE) : NULL;
    if (random == NULL) {
        return ERR_INVALID;
    }
    ftpm_command_begin(&command, TPM_ST_SESSIONS, TPM_CC_HIERARCHY_CHANGE_AUTH);
    ftpm_command_u32(&command, TPM_RH_PLATFORM);
    ftpm_command_empty_auth(&command);
    ftpm_command_u16(&command, AUTH_SIZE);
    ftpm_command_bytes(&command, random, AUTH_SIZE);
    error = ftpm_library_run(&command, &answer); // wipes the response with the random number
    explicit_bzero(&command, sizeof(command));
    return error;
}

enum ftpm_failure ftpm_start(const struct ftpm_library_hooks *hooks, const uint8_t *log,
                             size_t log_size)
{
    int error = power_on_with_banks(hooks);

    if (error == 0) {
        error = check_clock();
    }
    if (error != 0) {
        return failure_of(error);
    }
    enum ftpm_failure failure = ftpm_log_apply(log, log_size);

    return failure == FTPM_FAILURE_NONE ? failure_of(forget_platform()) : failure;
}
