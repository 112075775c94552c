// SPDX-License-Identifier: BSD-3-Clause
//
// TPM 2.0 commands put together, and responses taken apart, for the tests and benchmarks of the TPM; constants of TPM 2.0 part 2 that they
// need. A program that puts too much, or takes what a response does not have, ends with a message.
#ifndef TPM_BYTES_H
#define TPM_BYTES_H

#include <stddef.h>
#include <stdint.h>

#include "tests/harness/tpm_wire.h"

#define TPM_ST_NO_SESSIONS 0x8001
#define TPM_ST_SESSIONS 0x8002
#define TPM_RS_PW 0x40000009
#define TPM_RH_OWNER 0x40000001
#define TPM_RH_NULL 0x40000007
#define TPM_RH_LOCKOUT 0x4000000a
#define TPM_RH_ENDORSEMENT 0x4000000b
#define TPM_RH_PLATFORM 0x4000000c

#define TPM_CC_CLEAR 0x126
#define TPM_CC_NV_DEFINE_SPACE 0x12a
#define TPM_CC_NV_UNDEFINE_SPACE 0x122
#define TPM_CC_CREATE_PRIMARY 0x131
#define TPM_CC_NV_INCREMENT 0x134
#define TPM_CC_NV_WRITE 0x137
#define TPM_CC_PCR_RESET 0x13d
#define TPM_CC_SELF_TEST 0x143
#define TPM_CC_STARTUP 0x144
#define TPM_CC_SHUTDOWN 0x145
#define TPM_CC_NV_READ 0x14e
#define TPM_CC_CREATE 0x153
#define TPM_CC_LOAD 0x157
#define TPM_CC_QUOTE 0x158
#define TPM_CC_SIGN 0x15d
#define TPM_CC_FLUSH_CONTEXT 0x165
#define TPM_CC_START_AUTH_SESSION 0x176
#define TPM_CC_GET_CAPABILITY 0x17a
#define TPM_CC_GET_RANDOM 0x17b
#define TPM_CC_GET_TEST_RESULT 0x17c
#define TPM_CC_PCR_READ 0x17e
#define TPM_CC_READ_CLOCK 0x181
#define TPM_CC_PCR_EXTEND 0x182
#define TPM_CC_EC_PARAMETERS 0x178

#define TPM_RC_SUCCESS 0
#define TPM_RC_FAILURE 0x101
#define TPM_RC_INITIALIZE 0x100
#define TPM_RC_LOCALITY 0x907

// A command put together, and its response taken apart. `used` counts what was put; `at` what was taken
struct tpm_bytes {
    uint8_t bytes[TPM_WIRE_DATA_MAX];
    size_t used;
    size_t at;
};
void tpm_begin(struct tpm_bytes *b, uint16_t tag, uint32_t code);
void tpm_put(struct tpm_bytes *b, unsigned int size, uint64_t value); // 1, 2, 4, 8 bytes
void tpm_put_bytes(struct tpm_bytes *b, const void *bytes, size_t size);
void tpm_put_sized(struct tpm_bytes *b, const void *bytes, size_t size); // TPM2B
void tpm_put_password(struct tpm_bytes *b, const char *password); // authorization area, one session
uint64_t tpm_take(struct tpm_bytes *b, unsigned int size);
const uint8_t *tpm_take_bytes(struct tpm_bytes *b, size_t size);

// Puts the size into the header.
void tpm_finish(struct tpm_bytes *b);

#endif
