// SPDX-License-Identifier: BSD-3-Clause
//
// Operations of the attestation service. See attest_service.h, attest_proto.h. Each first decodes: it copies and checks all
// that the caller said, without any effect; then it acts. The table at the end is the whole service.
#include "attest_service.h"

#include <string.h>

#include "attest_key.h"
#include "attest_proto.h"
#include "ts_caps.h"
#include "ts_tlv.h"

#define NWD_LAST \
    0x7fff // FF-A ids of the normal world (DEN0077A "Partition IDs": bit 15 is the secure world's)
#define NUMBER_MAX 0xffff
#define SERVICE_VERSION 0x00010000 // PSA Attestation API 1.0

_Static_assert(ATTEST_PUBLIC_KEY_SIZE == ATTEST_KEY_PUBLIC_SIZE, "the key on the wire");
_Static_assert(ATTEST_UEID_SIZE == ATTEST_KEY_UEID_SIZE, "the UEID in the token");
_Static_assert(ATTEST_TOKEN_MAX + TS_TLV_HEADER <= ATTEST_BUFFER_SIZE, "a token in its record");

static struct attest_claims claims;
static bool has_claims;

void attest_service_init(const struct attest_claims *all)
{
    memset(&claims, 0, sizeof(claims));
    has_claims = all != NULL;
    if (has_claims) {
        claims = *all;
    }
}

// ---- Requests and responses ------------------------------------------------------------------------------------------

// Who asks, as it is in the token
static int32_t decode_client(const struct sp_rpc_call *call, int32_t *client_id)
{
    bool normal = call->source <= NWD_LAST;

    if (call->client > (normal ? NUMBER_MAX : 0)) {
        return TS_RPC_INVALID_VALUE;
    }
    if (normal) {
        *client_id = -1 - (int32_t)((uint32_t)call->source << 16 | call->client);
    } else {
        *client_id = call->source;
    }
    return TS_RPC_SUCCESS;
}

// The request's one record
static int32_t decode_record(const struct sp_rpc_call *call, struct ts_tlv *value)
{
    struct ts_tlv_reader reader = { .at = call->request, .left = call->request_size };

    return ts_tlv_read(&reader, ATTEST_TAG, value) == 0 ? TS_RPC_SUCCESS
                                                        : TS_RPC_INVALID_REQUEST_BODY;
}

// ---- Operations ------------------------------------------------------------------------------------------------------

// Room for a record of `size` bytes in the response, or NULL
static uint8_t *reserve(struct sp_rpc_call *call, size_t size)
{
    struct ts_tlv_writer writer = { .buf = call->response, .size = call->response_max };
    uint8_t *at = ts_tlv_reserve(&writer, ATTEST_TAG, size);

    call->response_size = at != NULL ? writer.used : 0;
    return at;
}

// Size of the token, once there is all that it takes to make it; else the status
static int32_t prepare(const struct attest_request *request, size_t *size)
{
    if (!has_claims) {
        return ATTEST_ERROR_GENERIC_ERROR;
    }
    if (request->nonce_size != 32 && request->nonce_size != 48 && request->nonce_size != 64) {
        return ATTEST_ERROR_INVALID_ARGUMENT;
    }
    return attest_token_size(&claims, request, size) == 0 ? ATTEST_SUCCESS
                                                          : ATTEST_ERROR_GENERIC_ERROR;
}

static int32_t make_token(const struct attest_request *request, uint8_t *token, size_t size)
{
    size_t made;

    if (attest_key_load() != 0) {
        return ATTEST_ERROR_SERVICE_FAILURE;
    }
    memcpy(claims.ueid, attest_key_ueid(), sizeof(claims.ueid));
    return attest_token_build(&claims, request, attest_key_sign, token, size, &made) == 0
               ? ATTEST_SUCCESS
               : ATTEST_ERROR_SERVICE_FAILURE;
}

static int32_t run_get_token(struct sp_rpc_call *call)
{
    struct attest_request request;
    struct ts_tlv challenge;
    size_t size;
    int32_t status = decode_client(call, &request.client_id);

    if (status == TS_RPC_SUCCESS) {
        status = decode_record(call, &challenge);
    }
    if (status != TS_RPC_SUCCESS) {
        return status;
    }
    request.nonce = challenge.data;
    request.nonce_size = challenge.length;
    call->status = prepare(&request, &size);
    if (call->status != ATTEST_SUCCESS) {
        return TS_RPC_SUCCESS;
    }
    uint8_t *token = reserve(call, size);

    if (token == NULL) {
        return TS_RPC_INVALID_RESPONSE_BODY;
    }
    call->status = make_token(&request, token, size);
    if (call->status != ATTEST_SUCCESS) {
        memset(call->response, 0, call->response_size);
        call->response_size = 0;
    }
    return TS_RPC_SUCCESS;
}

static int32_t run_get_token_size(struct sp_rpc_call *call)
{
    static const uint8_t any[ATTEST_CHALLENGE_MAX]; // the size does not depend on it
    struct attest_request request = { .nonce = any };
    struct attest_word word;
    size_t size;
    int32_t status = decode_client(call, &request.client_id);

    if (status != TS_RPC_SUCCESS) {
        return status;
    }
    if (call->request_size < sizeof(word)) {
        return TS_RPC_INVALID_REQUEST_BODY;
    }
    memcpy(&word, call->request, sizeof(word));
    request.nonce_size = word.value;
    call->status = prepare(&request, &size);
    if (call->status != ATTEST_SUCCESS) {
        return TS_RPC_SUCCESS;
    }
    word.value = (uint32_t)size;
    return sp_rpc_respond(call, &word, sizeof(word));
}

static int32_t run_export_public_key(struct sp_rpc_call *call)
{
    int32_t client_id;
    int32_t status = decode_client(call, &client_id);

    if (status != TS_RPC_SUCCESS) {
        return status;
    }
    if (attest_key_load() != 0) {
        call->status = ATTEST_ERROR_SERVICE_FAILURE;
        return TS_RPC_SUCCESS;
    }
    uint8_t *key = reserve(call, ATTEST_PUBLIC_KEY_SIZE);

    if (key == NULL) {
        return TS_RPC_INVALID_RESPONSE_BODY;
    }
    memcpy(key, attest_key_public(), ATTEST_PUBLIC_KEY_SIZE);
    return TS_RPC_SUCCESS;
}

static int32_t run_import_key(struct sp_rpc_call *call)
{
    int32_t client_id;
    struct ts_tlv key;
    int32_t status = decode_client(call, &client_id);

    if (status == TS_RPC_SUCCESS) {
        status = decode_record(call, &key);
    }
    call->status = status == TS_RPC_SUCCESS ? ATTEST_ERROR_NOT_PERMITTED : ATTEST_SUCCESS;
    return status;
}

static int32_t run_key_exists(struct sp_rpc_call *call)
{
    int32_t client_id;
    int32_t status = decode_client(call, &client_id);

    if (status == TS_RPC_SUCCESS && attest_key_load() != 0) {
        call->status = ATTEST_ERROR_DOES_NOT_EXIST;
    }
    return status;
}

static int32_t run_capabilities(struct sp_rpc_call *call)
{
    const struct {
        struct ts_caps head;
        struct ts_caps_entry entries[5];
    } caps = {
        .head = {
            .version = TS_CAPS_VERSION,
            .service_version = SERVICE_VERSION,
            .request_max = ATTEST_BUFFER_SIZE,
            .response_max = ATTEST_BUFFER_SIZE,
            .entry_count = 5,
        },
        .entries = {
            { .id = TS_CAPS_ATTEST_CHALLENGE, .value = 32 },
            { .id = TS_CAPS_ATTEST_CHALLENGE, .value = 48 },
            { .id = TS_CAPS_ATTEST_CHALLENGE, .value = 64 },
            { .id = TS_CAPS_ATTEST_PROFILE,
              .value = claims.profile == ATTEST_PROFILE_IOT_1 ? 1 : 2 },
            { .id = TS_CAPS_ATTEST_COMPONENTS, .value = (uint32_t)claims.component_count },
        },
    };

    return sp_rpc_respond(call, &caps, sizeof(caps));
}

// Nothing is kept for clients
static int32_t run_client_gone(struct sp_rpc_call *call)
{
    int32_t client_id;

    return decode_client(call, &client_id);
}

// In ascending order
static const struct sp_rpc_row rows[] = {
    { ATTEST_GET_TOKEN, run_get_token },
    { ATTEST_GET_TOKEN_SIZE, run_get_token_size },
    { ATTEST_EXPORT_PUBLIC_KEY, run_export_public_key },
    { ATTEST_IMPORT_KEY, run_import_key },
    { ATTEST_KEY_EXISTS, run_key_exists },
    { TS_RPC_OP_CAPABILITIES, run_capabilities },
    { TS_RPC_OP_CLIENT_GONE, run_client_gone },
};

const struct sp_rpc_service attest_service = {
    .uuid = TS_ATTEST_UUID,
    .rows = rows,
    .row_count = sizeof(rows) / sizeof(rows[0]),
};
