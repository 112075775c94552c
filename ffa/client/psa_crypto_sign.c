// SPDX-License-Identifier: BSD-3-Clause
//
// Signatures, asymmetric encryption and key agreement of psa/crypto.h: one call each.
#include "psa_crypto_private.h"

static struct client_request start_with_key(psa_key_id_t key, psa_algorithm_t alg,
                                            struct client_in in)
{
    const struct crypto_key_alg fixed = { .id = key, .alg = alg };
    struct client_request request = client_start(PSA_CLIENT_CRYPTO, &fixed, sizeof(fixed));

    client_add_record(&request, CRYPTO_TAG_1, in.data, in.size);
    return request;
}

// NOLINTNEXTLINE(readability-function-size): the parameters are the PSA Crypto API's
psa_status_t psa_sign_hash(psa_key_id_t key, psa_algorithm_t alg, const uint8_t *hash,
                           size_t hash_length, uint8_t *signature, size_t signature_size,
                           size_t *signature_length)
{
    struct client_request request =
        start_with_key(key, alg, (struct client_in){ hash, hash_length });

    return client_call_result(&request, CRYPTO_SIGN_HASH, signature, signature_size,
                              signature_length);
}

// NOLINTNEXTLINE(readability-function-size): the parameters are the PSA Crypto API's
psa_status_t psa_sign_message(psa_key_id_t key, psa_algorithm_t alg, const uint8_t *input,
                              size_t input_length, uint8_t *signature, size_t signature_size,
                              size_t *signature_length)
{
    struct client_request request =
        start_with_key(key, alg, (struct client_in){ input, input_length });

    return client_call_result(&request, CRYPTO_SIGN_MESSAGE, signature, signature_size,
                              signature_length);
}

psa_status_t psa_verify_hash(psa_key_id_t key, psa_algorithm_t alg, const uint8_t *hash,
                             size_t hash_length, const uint8_t *signature, size_t signature_length)
{
    struct client_request request =
        start_with_key(key, alg, (struct client_in){ hash, hash_length });

    client_add_record(&request, CRYPTO_TAG_2, signature, signature_length);
    return client_call_fixed(&request, CRYPTO_VERIFY_HASH, NULL, 0);
}

psa_status_t psa_verify_message(psa_key_id_t key, psa_algorithm_t alg, const uint8_t *input,
                                size_t input_length, const uint8_t *signature,
                                size_t signature_length)
{
    struct client_request request =
        start_with_key(key, alg, (struct client_in){ input, input_length });

    client_add_record(&request, CRYPTO_TAG_2, signature, signature_length);
    return client_call_fixed(&request, CRYPTO_VERIFY_MESSAGE, NULL, 0);
}

// NOLINTNEXTLINE(readability-function-size): the parameters are the PSA Crypto API's
psa_status_t psa_asymmetric_encrypt(psa_key_id_t key, psa_algorithm_t alg, const uint8_t *input,
                                    size_t input_length, const uint8_t *salt, size_t salt_length,
                                    uint8_t *output, size_t output_size, size_t *output_length)
{
    struct client_request request =
        start_with_key(key, alg, (struct client_in){ input, input_length });

    client_add_record(&request, CRYPTO_TAG_2, salt, salt_length);
    return client_call_result(&request, CRYPTO_ASYMMETRIC_ENCRYPT, output, output_size,
                              output_length);
}

// NOLINTNEXTLINE(readability-function-size): the parameters are the PSA Crypto API's
psa_status_t psa_asymmetric_decrypt(psa_key_id_t key, psa_algorithm_t alg, const uint8_t *input,
                                    size_t input_length, const uint8_t *salt, size_t salt_length,
                                    uint8_t *output, size_t output_size, size_t *output_length)
{
    struct client_request request =
        start_with_key(key, alg, (struct client_in){ input, input_length });

    client_add_record(&request, CRYPTO_TAG_2, salt, salt_length);
    return client_call_value(&request, CRYPTO_ASYMMETRIC_DECRYPT, output, output_size,
                             output_length);
}

// NOLINTNEXTLINE(readability-function-size): the parameters are the PSA Crypto API's
psa_status_t psa_raw_key_agreement(psa_algorithm_t alg, psa_key_id_t private_key,
                                   const uint8_t *peer_key, size_t peer_key_length, uint8_t *output,
                                   size_t output_size, size_t *output_length)
{
    const struct crypto_words2 fixed = { alg, private_key };
    struct client_request request = client_start(PSA_CLIENT_CRYPTO, &fixed, sizeof(fixed));

    client_add_record(&request, CRYPTO_TAG_1, peer_key, peer_key_length);
    psa_status_t status =
        client_call_result(&request, CRYPTO_RAW_KEY_AGREEMENT, output, output_size, output_length);

    client_forget(&request);
    return status;
}
