// SPDX-License-Identifier: BSD-3-Clause
//
// TPM 2.0 commands that this partition itself gives its TPM, and what it reads of responses: numbers in their wire form (big-endian),
// bounds. Called by ftpm_start.c, ftpm_log.c, ftpm_engine.c and ftpm_failure.c; pure. Constants are those of TPM 2.0 part 2.
#ifndef FTPM_COMMAND_H
#define FTPM_COMMAND_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define FTPM_COMMAND_ROOM 256 // bytes of the largest one made here
#define FTPM_HEADER_SIZE 10   // tag, size, code: of commands and responses
#define FTPM_SIZE_OFFSET 2
#define FTPM_CODE_OFFSET 6

#define TPM_ST_NO_SESSIONS 0x8001u
#define TPM_ST_SESSIONS 0x8002u

#define TPM_CC_EVICT_CONTROL 0x120u
#define TPM_CC_CLEAR 0x126u
#define TPM_CC_HIERARCHY_CHANGE_AUTH 0x129u
#define TPM_CC_NV_DEFINE_SPACE 0x12au
#define TPM_CC_PCR_ALLOCATE 0x12bu
#define TPM_CC_NV_CHANGE_AUTH 0x13bu
#define TPM_CC_STARTUP 0x144u
#define TPM_CC_SHUTDOWN 0x145u
#define TPM_CC_GET_CAPABILITY 0x17au
#define TPM_CC_GET_RANDOM 0x17bu
#define TPM_CC_GET_TEST_RESULT 0x17cu
#define TPM_CC_PCR_READ 0x17eu
#define TPM_CC_READ_CLOCK 0x181u
#define TPM_CC_PCR_EXTEND 0x182u

#define TPM_RC_SUCCESS 0u
#define TPM_RC_FAILURE 0x101u
#define TPM_RC_COMMAND_SIZE 0x142u
#define TPM_RC_NV_UNINITIALIZED 0x14au
#define TPM_RC_NV_SPACE 0x14bu

#define TPM_SU_CLEAR 0u
#define TPM_RH_PLATFORM 0x4000000cu
#define TPM_RS_PW 0x40000009u
#define TPM_ALG_SHA256 0x000bu
#define TPM_ALG_SHA384 0x000cu
#define TPM_CAP_PCRS 5u
#define TPM_CAP_TPM_PROPERTIES 6u

// A command that is being made. What does not fit, marks it; ftpm_command_end() tells.
struct ftpm_command {
    uint8_t bytes[FTPM_COMMAND_ROOM];
    size_t size;
    bool is_short; // something did not fit
};

// Begins: header of `code`; `tag` is TPM_ST_*.
void ftpm_command_begin(struct ftpm_command *command, uint16_t tag, uint32_t code);

// Append a number of 1, 2 or 4 bytes, or bytes.
void ftpm_command_u8(struct ftpm_command *command, uint8_t value);
void ftpm_command_u16(struct ftpm_command *command, uint16_t value);
void ftpm_command_u32(struct ftpm_command *command, uint32_t value);
void ftpm_command_bytes(struct ftpm_command *command, const void *bytes, size_t size);

// Appends an authorisation area with one session: the empty password (part 1, 19.4).
void ftpm_command_empty_auth(struct ftpm_command *command);

// Ends: writes the size. False: it did not fit.
bool ftpm_command_end(struct ftpm_command *command);

// A response that is read from its front. What is beyond its end reads as 0 and marks it.
struct ftpm_answer {
    const uint8_t *bytes;
    size_t size;
    size_t at;
    bool is_short; // more was read than there is
};

// Begins behind the header. False: `size` is not the one in the header, or its code is not TPM_RC_SUCCESS.
bool ftpm_answer_begin(struct ftpm_answer *answer, const uint8_t *bytes, size_t size);

uint8_t ftpm_answer_u8(struct ftpm_answer *answer);
uint16_t ftpm_answer_u16(struct ftpm_answer *answer);
uint32_t ftpm_answer_u32(struct ftpm_answer *answer);
uint64_t ftpm_answer_u64(struct ftpm_answer *answer);

// The next `size` bytes, or NULL.
const uint8_t *ftpm_answer_bytes(struct ftpm_answer *answer, size_t size);

// Code of a command or response of at least FTPM_HEADER_SIZE bytes.
uint32_t ftpm_code(const uint8_t *bytes);

// Writes a response that is a header with `code`, FTPM_HEADER_SIZE bytes.
size_t ftpm_answer_code(uint8_t *response, uint32_t code);

#endif
