// SPDX-License-Identifier: BSD-3-Clause
//
// P-256 for PSA Crypto: the entry points that Mbed TLS's driver wrappers call with MBEDTLS_PSA_P256M_DRIVER_ENABLED, over
// platform/lib/crypto/p256_ecdsa.h instead of the library's p256-m. The core has checked policies and handed us copies of keys and
// input; what a key or an input must be is checked here. PSA_ERROR_NOT_SUPPORTED: not ours, the core goes on with its own code.
#include <psa/crypto.h> // before what needs it

#include <3rdparty/p256-m/p256-m_driver_entrypoints.h>
#include <mbedtls/platform_util.h>
#include <string.h>

#include "platform/lib/crypto/p256_ecdsa.h"

#define UNCOMPRESSED 0x04 // SEC 1 2.3.3
#define PUBLIC_SIZE (1 + P256_PUBLIC_BYTES)
#define DRAWS \
    16 // a number drawn is refused once in 2^32: a generator that fails this often is broken

static bool is_pair(const psa_key_attributes_t *attributes)
{
    return psa_get_key_type(attributes) == PSA_KEY_TYPE_ECC_KEY_PAIR(PSA_ECC_FAMILY_SECP_R1);
}

static bool is_public(const psa_key_attributes_t *attributes)
{
    return psa_get_key_type(attributes) == PSA_KEY_TYPE_ECC_PUBLIC_KEY(PSA_ECC_FAMILY_SECP_R1);
}

static bool is_point(const uint8_t *data, size_t size)
{
    return size == PUBLIC_SIZE && data[0] == UNCOMPRESSED && p256_ecdsa_is_public(data + 1);
}

// X and Y of the public key: of the key itself, or computed from the private one. A stored key that is none is a damaged one
static psa_status_t public_of(const psa_key_attributes_t *attributes, const uint8_t *key,
                              size_t size, uint8_t public[P256_PUBLIC_BYTES])
{
    if (is_pair(attributes)) {
        bool good = size == P256_BYTES && p256_ecdsa_public(public, key);

        return good ? PSA_SUCCESS : PSA_ERROR_CORRUPTION_DETECTED;
    }
    if (!is_public(attributes) || size != PUBLIC_SIZE) {
        return PSA_ERROR_CORRUPTION_DETECTED;
    }
    memcpy(public, key + 1, P256_PUBLIC_BYTES);
    return PSA_SUCCESS;
}

// An even choice among [1, n - 1]: what is outside is drawn anew, nothing is reduced
static psa_status_t draw(uint8_t scalar[P256_BYTES])
{
    for (int i = 0; i < DRAWS; i++) {
        psa_status_t status = psa_generate_random(scalar, P256_BYTES);

        if (status != PSA_SUCCESS || p256_ecdsa_is_private(scalar)) {
            return status;
        }
    }
    return PSA_ERROR_INSUFFICIENT_ENTROPY;
}

// bits: 0 if the caller left it to the data
// NOLINTNEXTLINE(readability-function-size): the parameters are the driver interface's
psa_status_t p256_transparent_import_key(const psa_key_attributes_t *attributes,
                                         const uint8_t *data, size_t data_length,
                                         uint8_t *key_buffer, size_t key_buffer_size,
                                         size_t *key_buffer_length, size_t *bits)
{
    bool pair = is_pair(attributes);

    if ((!pair && !is_public(attributes)) || (*bits != 0 && *bits != 256) ||
        data_length != (pair ? P256_BYTES : PUBLIC_SIZE)) {
        return PSA_ERROR_NOT_SUPPORTED;
    }
    if (!(pair ? p256_ecdsa_is_private(data) : is_point(data, data_length))) {
        return PSA_ERROR_INVALID_ARGUMENT;
    }
    if (key_buffer_size < data_length) {
        return PSA_ERROR_BUFFER_TOO_SMALL;
    }
    memcpy(key_buffer, data, data_length);
    *key_buffer_length = data_length;
    *bits = 256;
    return PSA_SUCCESS;
}

psa_status_t p256_transparent_export_public_key(const psa_key_attributes_t *attributes,
                                                const uint8_t *key_buffer, size_t key_buffer_size,
                                                uint8_t *data, size_t data_size,
                                                size_t *data_length)
{
    if ((!is_pair(attributes) && !is_public(attributes)) || psa_get_key_bits(attributes) != 256) {
        return PSA_ERROR_NOT_SUPPORTED;
    }
    if (data_size < PUBLIC_SIZE) {
        return PSA_ERROR_BUFFER_TOO_SMALL;
    }
    psa_status_t status = public_of(attributes, key_buffer, key_buffer_size, data + 1);

    if (status == PSA_SUCCESS) {
        data[0] = UNCOMPRESSED;
        *data_length = PUBLIC_SIZE;
    }
    return status;
}

psa_status_t p256_transparent_generate_key(const psa_key_attributes_t *attributes,
                                           uint8_t *key_buffer, size_t key_buffer_size,
                                           size_t *key_buffer_length)
{
    if (!is_pair(attributes) || psa_get_key_bits(attributes) != 256) {
        return PSA_ERROR_NOT_SUPPORTED;
    }
    if (key_buffer_size < P256_BYTES) {
        return PSA_ERROR_BUFFER_TOO_SMALL;
    }
    psa_status_t status = draw(key_buffer);

    if (status == PSA_SUCCESS) {
        *key_buffer_length = P256_BYTES;
    } else {
        mbedtls_platform_zeroize(key_buffer, P256_BYTES);
    }
    return status;
}

// NOLINTNEXTLINE(readability-function-size): the parameters are the driver interface's
psa_status_t p256_transparent_key_agreement(const psa_key_attributes_t *attributes,
                                            const uint8_t *key_buffer, size_t key_buffer_size,
                                            psa_algorithm_t alg, const uint8_t *peer_key,
                                            size_t peer_key_length, uint8_t *shared_secret,
                                            size_t shared_secret_size, size_t *shared_secret_length)
{
    if (!is_pair(attributes) || !PSA_ALG_IS_ECDH(alg)) {
        return PSA_ERROR_NOT_SUPPORTED;
    }
    if (key_buffer_size != P256_BYTES) {
        return PSA_ERROR_CORRUPTION_DETECTED;
    }
    if (!is_point(peer_key, peer_key_length)) {
        return PSA_ERROR_INVALID_ARGUMENT;
    }
    if (shared_secret_size < P256_BYTES) {
        return PSA_ERROR_BUFFER_TOO_SMALL;
    }
    if (!p256_ecdsa_agree(shared_secret, key_buffer, peer_key + 1)) {
        return PSA_ERROR_CORRUPTION_DETECTED;
    }
    *shared_secret_length = P256_BYTES;
    return PSA_SUCCESS;
}

// NOLINTNEXTLINE(readability-function-size): the parameters are the driver interface's
psa_status_t p256_transparent_sign_hash(const psa_key_attributes_t *attributes,
                                        const uint8_t *key_buffer, size_t key_buffer_size,
                                        psa_algorithm_t alg, const uint8_t *hash,
                                        size_t hash_length, uint8_t *signature,
                                        size_t signature_size, size_t *signature_length)
{
    uint8_t nonce[P256_BYTES];

    if (!is_pair(attributes) || !PSA_ALG_IS_RANDOMIZED_ECDSA(alg)) {
        return PSA_ERROR_NOT_SUPPORTED;
    }
    if (key_buffer_size != P256_BYTES || !p256_ecdsa_is_private(key_buffer)) {
        return PSA_ERROR_CORRUPTION_DETECTED;
    }
    if (signature_size < P256_SIGNATURE_BYTES) {
        return PSA_ERROR_BUFFER_TOO_SMALL;
    }
    psa_status_t status = draw(nonce);

    // One in 2^255 signatures is no good for another reason than a fault
    if (status == PSA_SUCCESS &&
        !p256_ecdsa_sign(signature, key_buffer, nonce, hash, hash_length)) {
        status = PSA_ERROR_CORRUPTION_DETECTED;
    }
    mbedtls_platform_zeroize(nonce, sizeof(nonce));
    if (status == PSA_SUCCESS) {
        *signature_length = P256_SIGNATURE_BYTES;
    }
    return status;
}

// NOLINTNEXTLINE(readability-function-size): the parameters are the driver interface's
psa_status_t p256_transparent_verify_hash(const psa_key_attributes_t *attributes,
                                          const uint8_t *key_buffer, size_t key_buffer_size,
                                          psa_algorithm_t alg, const uint8_t *hash,
                                          size_t hash_length, const uint8_t *signature,
                                          size_t signature_length)
{
    bool good;

    if (!PSA_ALG_IS_ECDSA(alg)) {
        return PSA_ERROR_NOT_SUPPORTED;
    }
    if (is_pair(attributes) ? key_buffer_size != P256_BYTES
                            : !is_public(attributes) || key_buffer_size != PUBLIC_SIZE) {
        return PSA_ERROR_CORRUPTION_DETECTED;
    }
    if (signature_length != P256_SIGNATURE_BYTES) {
        return PSA_ERROR_INVALID_SIGNATURE;
    }
    if (is_pair(attributes)) {
        good = p256_ecdsa_verify_own(signature, key_buffer, hash, hash_length);
    } else {
        good = p256_ecdsa_verify(signature, key_buffer + 1, hash, hash_length);
    }
    return good ? PSA_SUCCESS : PSA_ERROR_INVALID_SIGNATURE;
}
