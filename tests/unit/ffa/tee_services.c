// SPDX-License-Identifier: BSD-3-Clause
//
// The services of tee_services.h.
#include "tee_services.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/bn.h>
#include <openssl/ec.h>
#include <openssl/evp.h>

#include "crypto_fake.h"
#include "crypto_service.h"
#include "partitions/attest/attest_proto.h"
#include "partitions/storage/storage_proto.h"
#include "ts_tlv.h"

#define SIZE TEE_DEVICE_MEMORY
#define ASSETS 4

struct tee_services tee_services;

static uint8_t request[SIZE];
static uint8_t response[SIZE];
static struct asset {
    uint64_t uid; // 0: none
    enum tee_service service;
    size_t size;
    uint8_t data[SIZE];
} assets[ASSETS];
static EVP_PKEY *attest_key;

void tee_services_start(void)
{
    uint8_t seed[CRYPTO_SEED_SIZE] = { 1 };

    crypto_fake_reset();
    attest_key = EVP_EC_gen("P-256");
    if (crypto_service_init(seed, NULL) != 0 || attest_key == NULL) {
        abort();
    }
}

int tee_device_open(const char *path)
{
    return strcmp(path, "/dev/tee0") == 0 ? 0 : ENOENT;
}

// ---- Services: 0 or the status of the RPC ------------------------------------------------------------------------------

static int32_t run_crypto(uint16_t opcode, struct sp_rpc_call *call)
{
    for (size_t i = 0; i < crypto_service.row_count; i++) {
        if (crypto_service.rows[i].opcode == opcode) {
            return crypto_service.rows[i].run(call);
        }
    }
    return TS_RPC_INVALID_VALUE;
}

static struct asset *asset_of(enum tee_service service, uint64_t uid)
{
    for (size_t i = 0; i < ASSETS; i++) {
        if (assets[i].uid == uid && (uid == 0 || assets[i].service == service)) {
            return &assets[i];
        }
    }
    return NULL;
}

static void set(enum tee_service service, struct sp_rpc_call *call)
{
    struct storage_set fixed;

    memcpy(&fixed, call->request, sizeof(fixed));
    struct asset *asset = asset_of(service, fixed.uid);

    if (asset == NULL) {
        asset = asset_of(service, 0);
    }
    if (asset == NULL) {
        call->status = STORAGE_ERROR_INSUFFICIENT_STORAGE;
        return;
    }
    asset->uid = fixed.uid;
    asset->service = service;
    asset->size = fixed.size;
    memcpy(asset->data, call->request + sizeof(fixed), fixed.size);
}

static int32_t run_storage(enum tee_service service, uint16_t opcode, struct sp_rpc_call *call)
{
    uint64_t uid;

    memcpy(&uid, call->request, sizeof(uid));
    struct asset *asset = asset_of(service, uid);

    if (opcode == STORAGE_SET) {
        set(service, call);
    } else if (asset == NULL) {
        call->status = STORAGE_ERROR_DOES_NOT_EXIST;
    } else if (opcode == STORAGE_GET) {
        memcpy(call->response, asset->data, asset->size);
        call->response_size = asset->size;
    } else if (opcode == STORAGE_GET_INFO) {
        const struct storage_asset_info info = { .capacity = asset->size, .size = asset->size };

        memcpy(call->response, &info, sizeof(info));
        call->response_size = sizeof(info);
    } else if (opcode == STORAGE_REMOVE) {
        asset->uid = 0;
    } else {
        return TS_RPC_INVALID_VALUE;
    }
    return TS_RPC_SUCCESS;
}

static size_t put_record(struct sp_rpc_call *call, const void *data, size_t size)
{
    struct ts_tlv_writer writer = { .buf = call->response, .size = call->response_max };

    if (ts_tlv_write(&writer, 1, data, size) != 0) {
        abort();
    }
    return writer.used;
}

// r and s of an ECDSA signature with SHA-256
static void sign(const uint8_t *data, size_t size, uint8_t signature[64])
{
    uint8_t der[80];
    const uint8_t *at = der;
    size_t length = sizeof(der);
    EVP_MD_CTX *context = EVP_MD_CTX_new();

    if (EVP_DigestSignInit(context, NULL, EVP_sha256(), NULL, attest_key) != 1 ||
        EVP_DigestSign(context, der, &length, data, size) != 1) {
        abort();
    }
    EVP_MD_CTX_free(context);
    ECDSA_SIG *numbers = d2i_ECDSA_SIG(NULL, &at, (long)length);

    (void)BN_bn2binpad(ECDSA_SIG_get0_r(numbers), signature, 32);
    (void)BN_bn2binpad(ECDSA_SIG_get0_s(numbers), signature + 32, 32);
    ECDSA_SIG_free(numbers);
}

// COSE_Sign1 (RFC 9052, 4.2 and 4.4) of the claim 10, a challenge of 32 bytes
#define PROTECTED "\x43\xa1\x01\x26"
#define PAYLOAD "\x58\x24\xa1\x0a\x58\x20"
#define TOKEN_SIZE (2 + 4 + 1 + 6 + 32 + 2 + 64)

static void make_token(const uint8_t *challenge, uint8_t token[TOKEN_SIZE])
{
    uint8_t signed_bytes[12 + 4 + 1 + 6 + 32] = "\x84\x6aSignature1" PROTECTED "\x40" PAYLOAD;

    memcpy(signed_bytes + 12 + 4 + 1 + 6, challenge, 32);
    memcpy(token, "\xd2\x84" PROTECTED "\xa0" PAYLOAD, 13);
    memcpy(token + 13, challenge, 32);
    memcpy(token + 45, "\x58\x40", 2);
    sign(signed_bytes, sizeof(signed_bytes), token + 47);
}

static int32_t run_attest(uint16_t opcode, struct sp_rpc_call *call)
{
    const uint32_t size = TOKEN_SIZE;
    uint8_t token[TOKEN_SIZE];
    uint8_t key[65];
    size_t length;

    if (opcode == ATTEST_GET_TOKEN) {
        make_token(call->request + TS_TLV_HEADER, token);
        call->response_size = put_record(call, token, sizeof(token));
    } else if (opcode == ATTEST_GET_TOKEN_SIZE) {
        memcpy(call->response, &size, sizeof(size));
        call->response_size = sizeof(size);
    } else if (opcode == ATTEST_EXPORT_PUBLIC_KEY) {
        if (EVP_PKEY_get_octet_string_param(attest_key, "pub", key, sizeof(key), &length) != 1) {
            abort();
        }
        call->response_size = put_record(call, key, length);
    } else {
        return TS_RPC_INVALID_VALUE;
    }
    return TS_RPC_SUCCESS;
}

// ---- Calls -----------------------------------------------------------------------------------------------------------

static void mutate(struct sp_rpc_call *call)
{
    struct tee_mutation *mutation = &tee_services.mutation;

    if (mutation->what == TEE_FLIPPED && call->response_size != 0) {
        call->response[call->response_size - 1] ^= 1;
        mutation->what = TEE_RIGHT;
    } else if (mutation->what == TEE_CONSTANT && call->response_size > TS_TLV_HEADER) {
        memset(call->response + TS_TLV_HEADER, 0, call->response_size - TS_TLV_HEADER);
    } else if (mutation->what == TEE_ACCEPTED) {
        call->status = 0;
    }
}

static int32_t dispatch(enum tee_service service, uint16_t opcode, struct sp_rpc_call *call)
{
    const struct tee_mutation *mutation = &tee_services.mutation;
    bool concerned = mutation->service == service && mutation->opcode == opcode;

    tee_services.calls++;
    if (concerned && mutation->what == TEE_LEFT_OUT) {
        return TS_RPC_SUCCESS;
    }
    int32_t status = service == TEE_CRYPTO   ? run_crypto(opcode, call)
                     : service == TEE_ATTEST ? run_attest(opcode, call)
                                             : run_storage(service, opcode, call);

    if (concerned) {
        mutate(call);
    }
    return status;
}

static uint32_t client_of(uint32_t file)
{
    return tee_services.without_instances ? 0 : file << TS_RPC_INSTANCE_SHIFT;
}

int tee_device_call(struct tee_device_call *of)
{
    struct sp_rpc_call call = {
        .client = client_of(of->file),
        .request = request,
        .request_size = of->request_size,
        .response = response,
        .response_max = SIZE,
    };

    memcpy(request, tee_device_memory, of->request_size);
    memset(response, 0, sizeof(response));
    if (dispatch(of->service, (uint16_t)of->opcode, &call) != TS_RPC_SUCCESS) {
        return EINVAL;
    }
    memcpy(tee_device_memory, response, call.response_size);
    of->response_size = call.response_size;
    of->status = call.status;
    return 0;
}

// As tessera.ko, which tells the partition when a file is closed
void tee_device_close(uint32_t file)
{
    struct sp_rpc_call call = {
        .client = client_of(file),
        .request = request,
        .response = response,
        .response_max = SIZE,
    };

    if (call.client != 0) {
        (void)run_crypto(TS_RPC_OP_CLIENT_GONE, &call);
    }
}
