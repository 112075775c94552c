// SPDX-License-Identifier: BSD-3-Clause
//
// Lives of the TPM in unit tests: the engine over the build machine's libtpms, storage in memory that outlives a power cut, fails and counts, a
// clock that goes when told to, an event log, and the commands that the tests give. A life is a child process, which begins as the
// partition does; it ends as a power cut ends it.
#ifndef FTPM_CASE_H
#define FTPM_CASE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "ftpm_command.h"
#include "ftpm_engine.h"

#define LIFE_CUT 255 // exit status of a life that a power cut at a call of storage ended
#define CASE_ASSETS 5

// Storage; shared with child processes
struct case_store {
    uint8_t data[CASE_ASSETS][0x10000];
    size_t size[CASE_ASSETS]; // 0: there is none
    uint32_t gets;
    uint32_t sets;
    uint64_t written;   // bytes of all sets
    uint32_t calls;     // gets and sets since case_arm()
    uint32_t fail_at;   // which of these calls fails: 1 …; 0: none
    int fail_with;      // ERR_*; 0: the power goes
    bool fail_does_it;  // it is done nevertheless
    bool fail_for_ever; // and all after it
};
extern struct case_store *mem;
extern const struct ftpm_nv_store case_store;

// Has call number `at` from now on fail.
void case_arm(uint32_t at, int with, bool does_it, bool for_ever);

// Group setup and test setup: storage is empty, the clock at 1,000 ms, the log as case_log() makes it.
int case_setup(void **state);
int case_clean(void **state);

// The event log of the next lives: `names` (NULL at the end) in PCR 0, 1, 2 …, the digests are those of the names.
void case_log(const char *const *names);
extern uint8_t case_log_bytes[4096];
extern size_t case_log_size;
extern bool case_has_log;

// Runs `scene` in a new life, after the engine's start; a check that fails in it fails the test. Whether it came to its end (not: a
// power cut).
bool life(void (*scene)(void));

// Time goes on, in this life and for the next ones.
void case_sleep(uint64_t ms);

// Is the running command to be cancelled? Called whenever the clock is read, by each command at least once; NULL: nothing.
extern bool case_cancel;
extern void (*case_on_clock)(void);

// ---- Commands: of 0 … 4,096 bytes; `tpm.response` afterwards ----
struct tpm {
    uint8_t response[4096];
    size_t size;
    struct ftpm_answer answer; // behind the header of a response with TPM_RC_SUCCESS
};
extern struct tpm tpm;

// Sends bytes; the response code.
uint32_t tpm_send(uint8_t locality, const uint8_t *bytes, size_t size);
// Sends a command from ftpm_command_begin() on.
uint32_t tpm_run(struct ftpm_command *command);
// Sends one without handles and sessions that has these 16-bit and 32-bit numbers as parameters.
uint32_t tpm_run16(uint32_t code, uint16_t value);

uint32_t tpm_shutdown(uint16_t type);
uint32_t tpm_extend(uint32_t pcr, uint8_t value);
uint32_t tpm_property(uint32_t property);
uint32_t tpm_nv_define(uint32_t index, uint32_t attributes, uint16_t size, const char *password);
uint32_t tpm_nv_write(uint32_t index, uint16_t offset, const uint8_t *bytes, uint16_t size,
                      const char *password);
uint32_t tpm_nv_read(uint32_t index, uint16_t offset, uint16_t size, const char *password);
uint32_t tpm_nv_increment(uint32_t index, const char *password);
uint32_t tpm_clear(void); // with the lockout authorisation, empty

// TPM2_ReadClock
struct tpm_clock {
    uint64_t time;
    uint64_t clock;
    uint32_t resets;
    uint32_t restarts;
    bool is_safe;
};
struct tpm_clock tpm_clock(void);

// A PCR of SHA-256 or SHA-384 (TPM_ALG_*) to `value`; its size, 0: no such bank.
size_t tpm_pcr(uint32_t pcr, uint16_t hash, uint8_t value[48]);

// Attributes of NV indices
#define NV_PASSWORD 0x40004u // AUTHREAD, AUTHWRITE
#define NV_COUNTER 0x10u
#define NV_ORDERLY 0x4000000u
#define NV_NO_DA 0x2000000u

#endif
