// SPDX-License-Identifier: BSD-3-Clause
//
// Keys of psa/crypto.h: made, read, destroyed. What a client may do with a key is the partition's business.
#include "psa_crypto_private.h"

struct crypto_attributes client_attributes(const psa_key_attributes_t *attributes)
{
    return (struct crypto_attributes){
        .type = attributes->type,
        .key_bits = attributes->bits,
        .lifetime = attributes->lifetime,
        .id = attributes->id,
        .usage = attributes->usage,
        .alg = attributes->alg,
    };
}

psa_status_t client_call_key(struct client_request *request, uint16_t opcode, psa_key_id_t *key)
{
    struct crypto_word id;
    psa_status_t status = client_call_fixed(request, opcode, &id, sizeof(id));

    *key = PSA_KEY_ID_NULL;
    if (status == PSA_SUCCESS && id.value == PSA_KEY_ID_NULL) {
        return PSA_ERROR_COMMUNICATION_FAILURE;
    }
    if (status == PSA_SUCCESS) {
        *key = id.value;
    }
    return status;
}

psa_status_t psa_generate_key(const psa_key_attributes_t *attributes, psa_key_id_t *key)
{
    const struct crypto_attributes fixed = client_attributes(attributes);
    struct client_request request = client_start(PSA_CLIENT_CRYPTO, &fixed, sizeof(fixed));

    return client_call_key(&request, CRYPTO_GENERATE_KEY, key);
}

psa_status_t psa_import_key(const psa_key_attributes_t *attributes, const uint8_t *data,
                            size_t data_length, psa_key_id_t *key)
{
    const struct crypto_attributes fixed = client_attributes(attributes);
    struct client_request request = client_start(PSA_CLIENT_CRYPTO, &fixed, sizeof(fixed));

    client_add_record(&request, CRYPTO_TAG_1, data, data_length);
    psa_status_t status = client_call_key(&request, CRYPTO_IMPORT_KEY, key);

    client_forget(&request);
    return status;
}

psa_status_t psa_copy_key(psa_key_id_t source_key, const psa_key_attributes_t *attributes,
                          psa_key_id_t *target_key)
{
    const struct crypto_word_attributes fixed = { source_key, client_attributes(attributes) };
    struct client_request request = client_start(PSA_CLIENT_CRYPTO, &fixed, sizeof(fixed));

    return client_call_key(&request, CRYPTO_COPY_KEY, target_key);
}

psa_status_t psa_destroy_key(psa_key_id_t key)
{
    struct client_request request;

    if (key == PSA_KEY_ID_NULL) {
        return PSA_SUCCESS;
    }
    request = client_word(key);
    return client_call_fixed(&request, CRYPTO_DESTROY_KEY, NULL, 0);
}

psa_status_t psa_purge_key(psa_key_id_t key)
{
    struct client_request request = client_word(key);

    return client_call_fixed(&request, CRYPTO_PURGE_KEY, NULL, 0);
}

psa_status_t psa_get_key_attributes(psa_key_id_t key, psa_key_attributes_t *attributes)
{
    struct crypto_attributes fixed;
    struct client_request request = client_word(key);
    psa_status_t status =
        client_call_fixed(&request, CRYPTO_GET_KEY_ATTRIBUTES, &fixed, sizeof(fixed));

    psa_reset_key_attributes(attributes);
    if (status == PSA_SUCCESS && (fixed.type > UINT16_MAX || fixed.key_bits > UINT16_MAX)) {
        status = PSA_ERROR_COMMUNICATION_FAILURE;
    }
    if (status == PSA_SUCCESS) {
        attributes->type = (psa_key_type_t)fixed.type;
        attributes->bits = (uint16_t)fixed.key_bits;
        attributes->lifetime = fixed.lifetime;
        attributes->id = fixed.id;
        attributes->usage = fixed.usage;
        attributes->alg = fixed.alg;
    }
    return status;
}

void psa_reset_key_attributes(psa_key_attributes_t *attributes)
{
    *attributes = psa_key_attributes_init();
}

psa_status_t psa_export_key(psa_key_id_t key, uint8_t *data, size_t data_size, size_t *data_length)
{
    struct client_request request = client_word(key);
    psa_status_t status =
        client_call_result(&request, CRYPTO_EXPORT_KEY, data, data_size, data_length);

    client_forget(&request);
    return status;
}

psa_status_t psa_export_public_key(psa_key_id_t key, uint8_t *data, size_t data_size,
                                   size_t *data_length)
{
    struct client_request request = client_word(key);

    return client_call_result(&request, CRYPTO_EXPORT_PUBLIC_KEY, data, data_size, data_length);
}
