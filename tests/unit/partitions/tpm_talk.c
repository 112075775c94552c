// SPDX-License-Identifier: BSD-3-Clause
//
// See tpm_talk.h.
#include "tpm_talk.h"

#include <stdio.h>
#include <string.h>

struct tpm_talk tpm_talk;

void tpm_talk_add(const void *bytes, size_t size)
{
    size_t room = sizeof(tpm_talk.bytes) - tpm_talk.size;

    memcpy(tpm_talk.bytes + tpm_talk.size, bytes, size < room ? size : room);
    tpm_talk.size += size < room ? size : room;
}

void tpm_talk_add_8(uint8_t value)
{
    tpm_talk_add(&value, 1);
}

void tpm_talk_add_16(uint16_t value)
{
    tpm_talk_add_8((uint8_t)(value >> 8));
    tpm_talk_add_8((uint8_t)value);
}

void tpm_talk_add_32(uint32_t value)
{
    tpm_talk_add_16((uint16_t)(value >> 16));
    tpm_talk_add_16((uint16_t)value);
}

void tpm_talk_add_fill(uint8_t byte, size_t size)
{
    for (size_t i = 0; i < size; i++) {
        tpm_talk_add_8(byte);
    }
}

void tpm_talk_add_2b(uint8_t byte, uint16_t size)
{
    tpm_talk_add_16(size);
    tpm_talk_add_fill(byte, size);
}

void tpm_talk_begin(uint16_t tag, uint32_t code)
{
    tpm_talk.size = 0;
    tpm_talk_add_16(tag);
    tpm_talk_add_32(0);
    tpm_talk_add_32(code);
}

void tpm_talk_begin_with(uint32_t code, uint32_t handle)
{
    tpm_talk_begin(ST_SESSIONS, code);
    tpm_talk_add_32(handle);
    tpm_talk_add_32(9);
    tpm_talk_add_32(RS_PW);
    tpm_talk_add_16(0);
    tpm_talk_add_8(SESSION_CONTINUE);
    tpm_talk_add_16(0);
}

uint32_t tpm_talk_get_32(size_t at)
{
    const uint8_t *p = tpm_talk.response + at;

    return at + 4 > tpm_talk.response_size
               ? 0
               : (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

uint32_t tpm_talk_get_16(size_t at)
{
    return at + 2 > tpm_talk.response_size
               ? 0
               : (uint32_t)tpm_talk.response[at] << 8 | tpm_talk.response[at + 1];
}

uint32_t tpm_talk_run(void)
{
    tpm_talk.bytes[2] = 0;
    tpm_talk.bytes[3] = 0;
    tpm_talk.bytes[4] = (uint8_t)(tpm_talk.size >> 8);
    tpm_talk.bytes[5] = (uint8_t)tpm_talk.size;
    tpm_talk.response_size = tpm_talk.send(tpm_talk.locality, tpm_talk.bytes, tpm_talk.size,
                                           tpm_talk.response, sizeof(tpm_talk.response));
    return tpm_talk.response_size < 10 ? RC_FAILURE : tpm_talk_get_32(6);
}

bool tpm_talk_broken(const char *what, uint32_t a, uint32_t b)
{
    (void)snprintf(tpm_talk.why, FTPM_THREATS_WHY, "%s (0x%x, 0x%x)", what, a, b);
    return false;
}

bool tpm_talk_flush(uint32_t handle)
{
    tpm_talk_begin(ST_NO_SESSIONS, CC_FLUSH_CONTEXT);
    tpm_talk_add_32(handle);
    uint32_t code = tpm_talk_run();

    return code == 0 || tpm_talk_broken("FlushContext", handle, code);
}

bool tpm_talk_is_healthy(void)
{
    tpm_talk_begin(ST_NO_SESSIONS, CC_GET_TEST_RESULT);
    uint32_t code = tpm_talk_run();
    size_t result = 12 + tpm_talk_get_16(10);

    if (code != 0 || tpm_talk_get_32(result) != 0) {
        return tpm_talk_broken("TPM2_GetTestResult", code, tpm_talk_get_32(result));
    }
    tpm_talk_begin(ST_NO_SESSIONS, CC_GET_RANDOM);
    tpm_talk_add_16(16);
    code = tpm_talk_run();
    return (code == 0 && tpm_talk_get_16(10) == 16) ||
           tpm_talk_broken("TPM2_GetRandom", code, tpm_talk_get_16(10));
}

// A TPMT_PUBLIC's begin, in its TPM2B of `size`
static void add_public(uint16_t size, uint16_t type, uint32_t attributes)
{
    tpm_talk_add_16(size);
    tpm_talk_add_16(type);
    tpm_talk_add_16(ALG_SHA256);
    tpm_talk_add_32(attributes);
    tpm_talk_add_16(0);
}

static void add_key(uint16_t type)
{
    switch (type) {
    case ALG_RSA: // for all schemes
        add_public(22, type, ATTRIBUTES | ATTRIBUTE_DECRYPT | ATTRIBUTE_SIGN);
        tpm_talk_add_16(ALG_NULL);
        tpm_talk_add_16(ALG_NULL);
        tpm_talk_add_16(2048);
        tpm_talk_add_32(0);
        tpm_talk_add_16(0);
        break;
    case ALG_ECC:
        add_public(22, type, ATTRIBUTES | ATTRIBUTE_SIGN);
        tpm_talk_add_16(ALG_NULL);
        tpm_talk_add_16(ALG_NULL);
        tpm_talk_add_16(3); // NIST P-256
        tpm_talk_add_16(ALG_NULL);
        tpm_talk_add_16(0);
        tpm_talk_add_16(0);
        break;
    case ALG_SYMCIPHER:
        add_public(18, type, ATTRIBUTES | ATTRIBUTE_DECRYPT | ATTRIBUTE_SIGN);
        tpm_talk_add_16(ALG_AES);
        tpm_talk_add_16(128);
        tpm_talk_add_16(ALG_NULL);
        tpm_talk_add_16(0);
        break;
    default: // KEYEDHASH, for all schemes
        add_public(14, type, ATTRIBUTES | ATTRIBUTE_DECRYPT | ATTRIBUTE_SIGN);
        tpm_talk_add_16(ALG_NULL);
        tpm_talk_add_16(0);
        break;
    }
}

uint32_t tpm_talk_make_key(uint16_t type)
{
    tpm_talk_begin_with(CC_CREATE_PRIMARY, RH_NULL);
    tpm_talk_add_16(4); // no authorisation, no data
    tpm_talk_add_32(0);
    add_key(type);
    tpm_talk_add_16(0);
    tpm_talk_add_32(0);
    uint32_t code = tpm_talk_run();

    if (code != 0) {
        (void)tpm_talk_broken("TPM2_CreatePrimary", type, code);
        return 0;
    }
    return tpm_talk_get_32(10);
}

uint32_t tpm_talk_make_session(void)
{
    tpm_talk_begin(ST_NO_SESSIONS, CC_START_AUTH_SESSION);
    tpm_talk_add_32(RH_NULL);
    tpm_talk_add_32(RH_NULL);
    tpm_talk_add_2b(0x11, 16);
    tpm_talk_add_16(0);
    tpm_talk_add_8(0); // HMAC
    tpm_talk_add_16(ALG_AES);
    tpm_talk_add_16(128);
    tpm_talk_add_16(0x43); // CFB
    tpm_talk_add_16(ALG_SHA256);
    uint32_t code = tpm_talk_run();

    if (code != 0) {
        (void)tpm_talk_broken("TPM2_StartAuthSession", 0, code);
        return 0;
    }
    return tpm_talk_get_32(10);
}
