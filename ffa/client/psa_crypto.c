// SPDX-License-Identifier: BSD-3-Clause
//
// psa/crypto.h over the crypto partition: start, random bytes, and what multi-part operations have in common.
#include "psa_crypto_private.h"

psa_status_t psa_crypto_init(void)
{
    return psa_client_open(PSA_CLIENT_CRYPTO);
}

struct client_request client_word(uint32_t word)
{
    const struct crypto_word fixed = { word };

    return client_start(PSA_CLIENT_CRYPTO, &fixed, sizeof(fixed));
}

psa_status_t psa_generate_random(uint8_t *output, size_t output_size)
{
    size_t chunk = client_chunk(PSA_CLIENT_CRYPTO, 0);

    while (output_size > 0) {
        size_t size = output_size < chunk ? output_size : chunk;
        size_t length;
        struct client_request request = client_word((uint32_t)size);

        if (size == 0 && request.status == PSA_SUCCESS) {
            return PSA_ERROR_INSUFFICIENT_MEMORY;
        }
        psa_status_t status =
            client_call_value(&request, CRYPTO_GENERATE_RANDOM, output, size, &length);

        if (status == PSA_SUCCESS && length != size) {
            status = PSA_ERROR_COMMUNICATION_FAILURE;
        }
        if (status != PSA_SUCCESS) {
            return status;
        }
        output += size;
        output_size -= size;
    }
    return PSA_SUCCESS;
}

struct client_request client_op_request(struct client_op op)
{
    struct client_request request = client_word(*op.id);

    if (*op.id == 0) {
        request.status = PSA_ERROR_BAD_STATE;
    }
    return request;
}

psa_status_t client_op_abort(struct client_op op)
{
    if (*op.id == 0) {
        return PSA_SUCCESS;
    }
    struct client_request request = client_op_request(op);

    *op.id = 0;
    return client_call_fixed(&request, op.abort, NULL, 0);
}

psa_status_t client_op_keep(struct client_op op, psa_status_t status)
{
    if (status != PSA_SUCCESS) {
        (void)client_op_abort(op); // the first error is the one to report
    }
    return status;
}

psa_status_t client_op_end(struct client_op op, psa_status_t status)
{
    if (status == PSA_SUCCESS) {
        *op.id = 0;
    }
    return client_op_keep(op, status);
}

psa_status_t client_op_setup(struct client_op op, struct client_request *request, uint16_t opcode)
{
    struct crypto_word handle;

    if (*op.id != 0) {
        return client_op_keep(op, PSA_ERROR_BAD_STATE);
    }
    psa_status_t status = client_call_fixed(request, opcode, &handle, sizeof(handle));

    if (status == PSA_SUCCESS && handle.value == 0) { // 0 is "not active"
        status = PSA_ERROR_COMMUNICATION_FAILURE;
    }
    if (status == PSA_SUCCESS) {
        *op.id = handle.value;
    }
    return status;
}

// One piece of `in`: a request with a record of it; *size: how many bytes. What comes back is longer by part of a block at
// most
static struct client_request next_piece(struct client_op op, const struct client_in *in,
                                        size_t *size)
{
    size_t chunk = client_chunk(PSA_CLIENT_CRYPTO,
                                sizeof(struct crypto_word) + PSA_BLOCK_CIPHER_BLOCK_MAX_SIZE);
    struct client_request request = client_op_request(op);

    *size = in->size < chunk ? in->size : chunk;
    if (*size == 0 && in->size != 0 && request.status == PSA_SUCCESS) {
        request.status = PSA_ERROR_INSUFFICIENT_MEMORY;
    }
    client_add_record(&request, CRYPTO_TAG_1, in->data, *size);
    return request;
}

psa_status_t client_op_feed(struct client_op op, uint16_t opcode, struct client_in in)
{
    do {
        size_t size;
        struct client_request request = next_piece(op, &in, &size);
        psa_status_t status = client_call_fixed(&request, opcode, NULL, 0);

        if (status != PSA_SUCCESS) {
            return client_op_keep(op, status);
        }
        in.data = size != 0 ? in.data + size : in.data;
        in.size -= size;
    } while (in.size > 0);
    return PSA_SUCCESS;
}

psa_status_t client_op_transform(struct client_op op, uint16_t opcode, struct client_in in,
                                 struct client_out out)
{
    size_t done = 0;

    *out.length = 0;
    do {
        size_t size;
        size_t got;
        struct client_request request = next_piece(op, &in, &size);
        psa_status_t status = client_call_value(&request, opcode, out.data, out.size - done, &got);

        if (status != PSA_SUCCESS) {
            return client_op_keep(op, status);
        }
        in.data = size != 0 ? in.data + size : in.data;
        in.size -= size;
        out.data = got != 0 ? out.data + got : out.data;
        done += got;
    } while (in.size > 0);
    *out.length = done;
    return PSA_SUCCESS;
}

psa_status_t client_op_put(struct client_op op, uint16_t opcode, struct client_in in)
{
    struct client_request request = client_op_request(op);

    client_add_record(&request, CRYPTO_TAG_1, in.data, in.size);
    return client_op_keep(op, client_call_fixed(&request, opcode, NULL, 0));
}

psa_status_t client_op_get(struct client_op op, uint16_t opcode, struct client_out out)
{
    struct client_request request = client_op_request(op);

    return client_op_keep(op, client_call_result(&request, opcode, out.data, out.size, out.length));
}
