// SPDX-License-Identifier: BSD-3-Clause
//
// Commands to a TPM built byte by byte, as they must also be wrong, and what comes back: for ftpm_threats.c. Constants are
// those of TPM 2.0 part 2.
#ifndef TPM_TALK_H
#define TPM_TALK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "ftpm_threats.h"

#define ST_NO_SESSIONS 0x8001
#define ST_SESSIONS 0x8002
#define RC_FAILURE 0x101u
#define RC_INITIALIZE 0x100u
#define RC_LOCALITY 0x907u

#define RH_OWNER 0x40000001u
#define RH_NULL 0x40000007u
#define RS_PW 0x40000009u
#define RH_ENDORSEMENT 0x4000000bu
#define RH_PLATFORM 0x4000000cu

#define ALG_RSA 0x0001
#define ALG_SHA1 0x0004
#define ALG_HMAC 0x0005
#define ALG_AES 0x0006
#define ALG_KEYEDHASH 0x0008
#define ALG_SHA256 0x000b
#define ALG_SHA384 0x000c
#define ALG_SHA512 0x000d
#define ALG_NULL 0x0010
#define ALG_RSASSA 0x0014
#define ALG_RSAES 0x0015
#define ALG_RSAPSS 0x0016
#define ALG_OAEP 0x0017
#define ALG_ECDSA 0x0018
#define ALG_ECDAA 0x001a
#define ALG_ECSCHNORR 0x001c
#define ALG_ECC 0x0023
#define ALG_SYMCIPHER 0x0025
#define ALG_CTR 0x0040
#define ALG_ECB 0x0044

#define CC_EVICT_CONTROL 0x120u
#define CC_HIERARCHY_CONTROL 0x121u
#define CC_CHANGE_EPS 0x124u
#define CC_CHANGE_PPS 0x125u
#define CC_CLEAR 0x126u
#define CC_HIERARCHY_CHANGE_AUTH 0x129u
#define CC_PCR_ALLOCATE 0x12bu
#define CC_SET_PRIMARY_POLICY 0x12eu
#define CC_CREATE_PRIMARY 0x131u
#define CC_GET_COMMAND_AUDIT_DIGEST 0x133u
#define CC_PCR_RESET 0x13du
#define CC_STARTUP 0x144u
#define CC_STIR_RANDOM 0x146u
#define CC_IMPORT 0x156u
#define CC_LOAD 0x157u
#define CC_RSA_DECRYPT 0x159u
#define CC_HMAC_START 0x15bu
#define CC_SIGN 0x15du
#define CC_UNSEAL 0x15eu
#define CC_CONTEXT_LOAD 0x161u
#define CC_CONTEXT_SAVE 0x162u
#define CC_FLUSH_CONTEXT 0x165u
#define CC_LOAD_EXTERNAL 0x167u
#define CC_RSA_ENCRYPT 0x174u
#define CC_START_AUTH_SESSION 0x176u
#define CC_VERIFY_SIGNATURE 0x177u
#define CC_GET_RANDOM 0x17bu
#define CC_GET_TEST_RESULT 0x17cu
#define CC_HASH 0x17du
#define CC_PCR_READ 0x17eu
#define CC_HASH_SEQUENCE_START 0x186u
#define CC_ENCRYPT_DECRYPT2 0x193u

#define ATTRIBUTES 0x472u // fixedTPM, fixedParent, sensitiveDataOrigin, userWithAuth, noDA
#define ATTRIBUTE_DECRYPT 0x20000u
#define ATTRIBUTE_SIGN 0x40000u

#define SESSION_CONTINUE 0x01
#define SESSION_DECRYPT 0x20

extern struct tpm_talk {
    ftpm_threats_send send;
    char *why;
    uint8_t locality;
    uint8_t bytes[FTPM_THREATS_ROOM];
    size_t size;
    uint8_t response[FTPM_THREATS_ROOM];
    size_t response_size;
} tpm_talk;

// ---- A command -------------------------------------------------------------------------------------------------------

// Begins one; with a handle and its authorisation, the empty password.
void tpm_talk_begin(uint16_t tag, uint32_t code);
void tpm_talk_begin_with(uint32_t code, uint32_t handle);

// Append; what there is no room for is left out. `fill`: `size` times the byte; `2b`: likewise, as a TPM2B.
void tpm_talk_add(const void *bytes, size_t size);
void tpm_talk_add_8(uint8_t value);
void tpm_talk_add_16(uint16_t value);
void tpm_talk_add_32(uint32_t value);
void tpm_talk_add_fill(uint8_t byte, size_t size);
void tpm_talk_add_2b(uint8_t byte, uint16_t size);

// Sends it. The response code; without a response that of a TPM that has failed.
uint32_t tpm_talk_run(void);

// A number of the response; 0: it is not that long.
uint32_t tpm_talk_get_16(size_t at);
uint32_t tpm_talk_get_32(size_t at);

// ---- Whole ones ------------------------------------------------------------------------------------------------------

// Writes to `why` what is broken; false.
bool tpm_talk_broken(const char *what, uint32_t a, uint32_t b);

// Flushes an object or a session; false: that failed, `why` says so.
bool tpm_talk_flush(uint32_t handle);

// It works: no failure, and random numbers; false as above.
bool tpm_talk_is_healthy(void);

// A key of the null hierarchy, for all schemes of its type. 0: it could not be made, `why` says so.
uint32_t tpm_talk_make_key(uint16_t type);

// A session without key, whose HMACs are empty (part 1, 19.6.5). 0 likewise.
uint32_t tpm_talk_make_session(void);

#endif
