// SPDX-License-Identifier: BSD-3-Clause
//
// Requests and responses of the crypto service: fixed part, then records (ts_tlv.h). Called by every
// operation. Trusts no length of a request; writes no byte beyond what the caller's memory takes.
#include <string.h>

#include "crypto_private.h"

static uint16_t instance; // of the request that is worked on

uint16_t crypto_wire_instance(void)
{
    return instance;
}

int32_t crypto_wire_decode(const struct sp_rpc_call *call, void *fixed, size_t size,
                           struct crypto_request *to)
{
    size_t source = crypto_source_number(call->source);

    if (call->client >> TS_RPC_INSTANCE_SHIFT == TS_RPC_INSTANCE_ALL || source == CRYPTO_SOURCES) {
        return TS_RPC_INVALID_VALUE;
    }
    if (call->request_size < size) {
        return TS_RPC_INVALID_REQUEST_BODY;
    }
    if (size != 0) {
        memcpy(fixed, call->request, size);
    }
    to->owner = crypto_owner_make(call->source, (uint16_t)call->client);
    instance = (uint16_t)(call->client >> TS_RPC_INSTANCE_SHIFT);
    crypto_heap_charge(source);
    to->records.at = call->request + size;
    to->records.left = call->request_size - size;
    return TS_RPC_SUCCESS;
}

int32_t crypto_wire_record(struct crypto_request *from, uint16_t tag, struct ts_tlv *value)
{
    return ts_tlv_read(&from->records, tag, value) == 0 ? TS_RPC_SUCCESS
                                                        : TS_RPC_INVALID_REQUEST_BODY;
}

int32_t crypto_wire_decode_record(const struct sp_rpc_call *call, void *fixed, size_t size,
                                  struct crypto_request *to, struct ts_tlv *value)
{
    int32_t status = crypto_wire_decode(call, fixed, size, to);

    return status == TS_RPC_SUCCESS ? crypto_wire_record(to, CRYPTO_TAG_1, value) : status;
}

int32_t crypto_wire_put(struct sp_rpc_call *call, const void *fixed, size_t size)
{
    if (size > call->response_max - call->response_size) {
        return TS_RPC_INVALID_RESPONSE_BODY;
    }
    memcpy(call->response + call->response_size, fixed, size);
    call->response_size += size;
    return TS_RPC_SUCCESS;
}

int32_t crypto_wire_put_record(struct sp_rpc_call *call, uint16_t tag, const void *data,
                               size_t size)
{
    struct ts_tlv_writer writer = { .buf = call->response,
                                    .size = call->response_max,
                                    .used = call->response_size };

    if (ts_tlv_write(&writer, tag, data, size) != 0) {
        return TS_RPC_INVALID_RESPONSE_BODY;
    }
    call->response_size = writer.used;
    return TS_RPC_SUCCESS;
}

uint8_t *crypto_wire_reserve(const struct sp_rpc_call *call, size_t most, size_t *room)
{
    size_t left = call->response_max - call->response_size;

    if (left < TS_TLV_HEADER) {
        return NULL;
    }
    left -= TS_TLV_HEADER;
    if (most > TS_TLV_VALUE_MAX) {
        most = TS_TLV_VALUE_MAX;
    }
    *room = left < most ? left : most;
    return call->response + call->response_size + TS_TLV_HEADER;
}

int32_t crypto_wire_end(struct sp_rpc_call *call, size_t room, size_t size)
{
    uint8_t *head = call->response + call->response_size;

    if (call->status == PSA_SUCCESS) {
        memset(head + TS_TLV_HEADER + size, 0, room - size);
        ts_tlv_put_head(head, CRYPTO_TAG_1, size);
        call->response_size += TS_TLV_HEADER + size;
        return TS_RPC_SUCCESS;
    }
    memset(head + TS_TLV_HEADER, 0, room);
    memset(call->response, 0, call->response_size);
    call->response_size = 0;
    if (call->status == PSA_ERROR_BUFFER_TOO_SMALL) { // the room was: the caller's memory
        call->status = PSA_SUCCESS;
        return TS_RPC_INVALID_RESPONSE_BODY;
    }
    return TS_RPC_SUCCESS;
}
