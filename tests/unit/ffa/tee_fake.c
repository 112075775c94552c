// SPDX-License-Identifier: BSD-3-Clause
//
// The partition of tee_fake.h.
#include "tee_fake.h"

#include <errno.h>
#include <sched.h>
#include <string.h>
#include <unistd.h>

#include "ffa/client/psa/crypto.h"
#include "ffa/client/psa/storage_common.h"
#include "partitions/storage/storage_proto.h"
#include "tee_device_fake.h"
#include "ts_caps.h"
#include "ts_rpc_abi.h"
#include "ts_tlv.h"

#define TOKEN "\xd2\x84\x43\xa1\x01\x26\xa0\x41\x00\x41\x00"

struct tee_fake tee_fake;
static uint8_t *const memory = tee_device_memory;

void tee_fake_start(void)
{
    memset(&tee_fake, 0, sizeof(tee_fake));
    tee_fake.signature_size = 64;
    tee_fake.signature[0] = 0x80; // r with its sign bit set
    tee_fake.signature[63] = 5;   // s of one byte
}

int tee_device_open(const char *path)
{
    const char *name = strrchr(path, '/');

    if (tee_fake.absent || name == NULL || strcmp(name, "/tee0") != 0) {
        return ENOENT;
    }
    if (tee_fake.denied) {
        return EACCES;
    }
    tee_fake.opened++;
    return 0;
}

static size_t respond(const void *data, size_t size)
{
    memcpy(memory, data, size);
    return size;
}

static size_t respond_record(const void *data, size_t size)
{
    struct ts_tlv_writer writer = { .buf = memory, .size = TEE_DEVICE_MEMORY };

    return ts_tlv_write(&writer, 1, data, size) == 0 ? writer.used : 0;
}

static uint32_t word(size_t at)
{
    uint32_t value;

    memcpy(&value, memory + at, sizeof(value));
    return value;
}

static uint32_t *key_of(uint32_t id)
{
    for (size_t i = 0; i < TEE_FAKE_KEYS; i++) {
        if (tee_fake.attributes[i][0] != 0 && tee_fake.attributes[i][3] == id) {
            return tee_fake.attributes[i];
        }
    }
    return NULL;
}

static int32_t make_key(size_t *size)
{
    if (key_of(word(12)) != NULL) {
        return PSA_ERROR_ALREADY_EXISTS;
    }
    for (size_t i = 0; i < TEE_FAKE_KEYS; i++) {
        if (tee_fake.attributes[i][0] == 0) {
            memcpy(tee_fake.attributes[i], memory, sizeof(tee_fake.attributes[i]));
            *size = respond(&tee_fake.attributes[i][3], 4);
            return PSA_SUCCESS;
        }
    }
    return PSA_ERROR_INSUFFICIENT_MEMORY;
}

static int32_t use_key(uint32_t opcode, size_t *size)
{
    uint32_t *key = key_of(word(0));
    uint8_t public[65] = { 4 };

    if (key == NULL) {
        return PSA_ERROR_INVALID_HANDLE;
    }
    switch (opcode) {
    case 0x0102:
        key[0] = 0;
        return PSA_SUCCESS;
    case 0x0106:
        *size = respond_record(public, sizeof(public));
        return PSA_SUCCESS;
    case 0x0108:
        *size = respond_record(tee_fake.signature, tee_fake.signature_size);
        return PSA_SUCCESS;
    case 0x0109: // key, algorithm, a record with 32 bytes, and the head of another
        return memcmp(memory + 8 + 36 + 4, tee_fake.signature, tee_fake.signature_size) == 0
                   ? PSA_SUCCESS
                   : PSA_ERROR_INVALID_SIGNATURE;
    default:
        *size = respond(key, 24);
        return PSA_SUCCESS;
    }
}

static int32_t crypto(uint32_t opcode, size_t request_size, size_t *size)
{
    uint8_t bytes[4096] = { 0 };
    uint32_t op = 1;

    switch (opcode) {
    case 0x0101:
    case 0x0107:
        return make_key(size);
    case 0x010c:
        for (size_t i = 0; i < sizeof(bytes); i++) {
            bytes[i] = (uint8_t)i;
        }
        *size = respond_record(bytes, word(0));
        return PSA_SUCCESS;
    case 0x0201:
        *size = respond(&op, sizeof(op));
        return PSA_SUCCESS;
    case 0x0202:
        tee_fake.hashed += request_size - 8;
        return PSA_SUCCESS;
    case 0x0203:
        *size = respond_record(bytes, 32);
        return PSA_SUCCESS;
    default:
        return use_key(opcode, size);
    }
}

static int32_t set(bool its, size_t request_size)
{
    struct storage_set request;

    memcpy(&request, memory, sizeof(request));
    if (request.size > TEE_FAKE_ASSET_SIZE || request.size > request_size - sizeof(request)) {
        return PSA_ERROR_INSUFFICIENT_STORAGE;
    }
    tee_fake.assets[0].uid = request.uid;
    tee_fake.assets[0].its = its;
    tee_fake.assets[0].flags = request.flags;
    tee_fake.assets[0].size = request.size;
    memcpy(tee_fake.assets[0].data, memory + sizeof(request), request.size);
    return PSA_SUCCESS;
}

static int32_t storage(uint32_t opcode, bool its, size_t request_size, size_t *size)
{
    uint64_t uid;

    memcpy(&uid, memory, sizeof(uid));
    if (opcode == STORAGE_SET) {
        return set(its, request_size);
    }
    if (tee_fake.assets[0].uid != uid || tee_fake.assets[0].its != its) {
        return PSA_ERROR_DOES_NOT_EXIST;
    }
    if (opcode == STORAGE_GET) {
        *size = respond(tee_fake.assets[0].data, tee_fake.assets[0].size);
    } else if (opcode == STORAGE_GET_INFO) {
        const struct storage_asset_info info = { .capacity = tee_fake.assets[0].size,
                                                 .size = tee_fake.assets[0].size,
                                                 .flags = tee_fake.assets[0].flags };

        *size = respond(&info, sizeof(info));
    } else if (opcode == STORAGE_REMOVE) {
        tee_fake.assets[0].uid = 0;
    }
    return PSA_SUCCESS;
}

static int32_t attest(uint32_t opcode, size_t *size)
{
    uint8_t public[65] = { 4 };

    *size = opcode == 0x0105 || opcode == 0x0103 ? respond_record(public, sizeof(public))
                                                 : respond_record(TOKEN, sizeof(TOKEN) - 1);
    return PSA_SUCCESS;
}

static size_t capabilities(void)
{
    const struct ts_caps caps = { TS_CAPS_VERSION, 0x00010002, 100, 200, 1 };
    const struct ts_caps_entry entry = { TS_CAPS_CRYPTO_KEYS, 32 };

    memcpy(memory + sizeof(caps), &entry, sizeof(entry));
    (void)respond(&caps, sizeof(caps));
    return sizeof(caps) + sizeof(entry);
}

static void answer(struct tee_device_call *call)
{
    tee_fake.invokes++;
    call->status = tee_fake.status;
    if (call->status != 0) {
        return;
    }
    if (call->opcode == TS_RPC_OP_CAPABILITIES) {
        call->response_size = capabilities();
    } else if (call->service == TEE_CRYPTO) {
        call->status = crypto(call->opcode, call->request_size, &call->response_size);
    } else if (call->service == TEE_ATTEST) {
        call->status = attest(call->opcode, &call->response_size);
    } else {
        call->status = storage(call->opcode, call->service == TEE_ITS, call->request_size,
                               &call->response_size);
    }
}

int tee_device_call(struct tee_device_call *call)
{
    if (tee_fake.busy > 0) {
        tee_fake.busy--;
        return EBUSY;
    }
    // Not under any lock of this file: that is libtessera's business
    unsigned int inside = __atomic_add_fetch(&tee_fake.inside, 1, __ATOMIC_SEQ_CST);

    if (inside > tee_fake.most_inside) {
        tee_fake.most_inside = inside;
    }
    (void)sched_yield();
    if (tee_fake.stuck != 0) {
        char byte;

        (void)!read(tee_fake.stuck, &byte, 1);
    }
    answer(call);
    __atomic_sub_fetch(&tee_fake.inside, 1, __ATOMIC_SEQ_CST);
    return 0;
}

void tee_device_close(uint32_t file)
{
    (void)file;
    tee_fake.closed++;
    if (tee_fake.told != 0) {
        (void)!write(tee_fake.told, "", 1);
    }
}
