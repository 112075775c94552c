// SPDX-License-Identifier: BSD-3-Clause
//
// What the benchmarks measure: calls of PSA Crypto. Compiled twice: into sp_accel, where they are Mbed TLS's own functions, and into
// the benchmarks' program, where the client library sends them to the crypto partition.
#include <psa/crypto.h>
#include <stdbool.h>
#include <string.h>

#include "tests/target/sp_accel/accel_ops.h"
#include "tests/target/sp_accel/accel_proto.h"

static uint8_t input[ACCEL_INPUT_MAX + 16];
static uint8_t output[ACCEL_INPUT_MAX + 32];
static uint8_t signature[PSA_SIGNATURE_MAX_SIZE];
static size_t signature_size;

static const struct key {
    psa_key_type_t type;
    size_t bits;
    psa_key_usage_t usage;
    psa_algorithm_t alg;
} keys[ACCEL_OP_COUNT] = {
#define SIGNS (PSA_KEY_USAGE_SIGN_HASH | PSA_KEY_USAGE_VERIFY_HASH)
#define CRYPTS (PSA_KEY_USAGE_ENCRYPT | PSA_KEY_USAGE_DECRYPT)
    [ACCEL_OP_HMAC] = { PSA_KEY_TYPE_HMAC, 256, PSA_KEY_USAGE_SIGN_MESSAGE,
                        PSA_ALG_HMAC(PSA_ALG_SHA_256) },
    [ACCEL_OP_CMAC] = { PSA_KEY_TYPE_AES, 128, PSA_KEY_USAGE_SIGN_MESSAGE, PSA_ALG_CMAC },
    [ACCEL_OP_GCM_ENCRYPT] = { PSA_KEY_TYPE_AES, 256, CRYPTS, PSA_ALG_GCM },
    [ACCEL_OP_CHACHA_ENCRYPT] = { PSA_KEY_TYPE_CHACHA20, 256, CRYPTS, PSA_ALG_CHACHA20_POLY1305 },
    [ACCEL_OP_CTR] = { PSA_KEY_TYPE_AES, 256, CRYPTS, PSA_ALG_CTR },
    [ACCEL_OP_CBC] = { PSA_KEY_TYPE_AES, 256, CRYPTS, PSA_ALG_CBC_NO_PADDING },
    [ACCEL_OP_P256_SIGN] = { PSA_KEY_TYPE_ECC_KEY_PAIR(PSA_ECC_FAMILY_SECP_R1), 256, SIGNS,
                             PSA_ALG_ECDSA(PSA_ALG_SHA_256) },
    [ACCEL_OP_P256_AGREE] = { PSA_KEY_TYPE_ECC_KEY_PAIR(PSA_ECC_FAMILY_SECP_R1), 256,
                              PSA_KEY_USAGE_DERIVE, PSA_ALG_ECDH },
    [ACCEL_OP_X25519_AGREE] = { PSA_KEY_TYPE_ECC_KEY_PAIR(PSA_ECC_FAMILY_MONTGOMERY), 255,
                                PSA_KEY_USAGE_DERIVE, PSA_ALG_ECDH },
    [ACCEL_OP_P384_SIGN] = { PSA_KEY_TYPE_ECC_KEY_PAIR(PSA_ECC_FAMILY_SECP_R1), 384, SIGNS,
                             PSA_ALG_ECDSA(PSA_ALG_SHA_384) },
    [ACCEL_OP_RSA_SIGN] = { PSA_KEY_TYPE_RSA_KEY_PAIR, 2048, SIGNS,
                            PSA_ALG_RSA_PSS(PSA_ALG_SHA_256) },
    [ACCEL_OP_HKDF] = { PSA_KEY_TYPE_DERIVE, 256, PSA_KEY_USAGE_DERIVE,
                        PSA_ALG_HKDF(PSA_ALG_SHA_256) },
};

// Made when they are needed first
static mbedtls_svc_key_id_t ids[ACCEL_OP_COUNT];
static bool is_made[ACCEL_OP_COUNT];

static psa_status_t make_key(const struct key *key, mbedtls_svc_key_id_t *id)
{
    psa_key_attributes_t attributes = PSA_KEY_ATTRIBUTES_INIT;

    psa_set_key_type(&attributes, key->type);
    psa_set_key_bits(&attributes, key->bits);
    psa_set_key_usage_flags(&attributes, key->usage);
    psa_set_key_algorithm(&attributes, key->alg);
    return psa_generate_key(&attributes, id);
}

static psa_status_t key_for(unsigned int op)
{
    if (keys[op].type == 0 || is_made[op]) {
        return PSA_SUCCESS;
    }
    psa_status_t status = make_key(&keys[op], &ids[op]);

    is_made[op] = status == PSA_SUCCESS;
    return status;
}

static psa_status_t generate(void)
{
    mbedtls_svc_key_id_t id;
    psa_status_t status = make_key(&keys[ACCEL_OP_P256_SIGN], &id);

    return status != PSA_SUCCESS ? status : psa_destroy_key(id);
}

static psa_status_t sign(unsigned int op)
{
    size_t digest_size = op == ACCEL_OP_P384_SIGN ? 48 : 32;

    return psa_sign_hash(ids[op], keys[op].alg, input, digest_size, signature, sizeof(signature),
                         &signature_size);
}

// What the round before it signed
static psa_status_t verify(unsigned int op)
{
    size_t digest_size = op == ACCEL_OP_P384_SIGN ? 48 : 32;

    return psa_verify_hash(ids[op], keys[op].alg, input, digest_size, signature, signature_size);
}

// With the public half alone, in a key of its own
static psa_status_t verify_public(void)
{
    const struct key *pair = &keys[ACCEL_OP_P256_SIGN];
    psa_key_attributes_t attributes = PSA_KEY_ATTRIBUTES_INIT;
    psa_status_t status = PSA_SUCCESS;
    uint8_t public[65];
    size_t size;

    if (!is_made[ACCEL_OP_P256_VERIFY_PUBLIC]) {
        status = psa_export_public_key(ids[ACCEL_OP_P256_SIGN], public, sizeof(public), &size);
        psa_set_key_type(&attributes, PSA_KEY_TYPE_PUBLIC_KEY_OF_KEY_PAIR(pair->type));
        psa_set_key_usage_flags(&attributes, PSA_KEY_USAGE_VERIFY_HASH);
        psa_set_key_algorithm(&attributes, pair->alg);
        if (status == PSA_SUCCESS) {
            status = psa_import_key(&attributes, public, size, &ids[ACCEL_OP_P256_VERIFY_PUBLIC]);
        }
        is_made[ACCEL_OP_P256_VERIFY_PUBLIC] = status == PSA_SUCCESS;
    }
    return status != PSA_SUCCESS ? status
                                 : psa_verify_hash(ids[ACCEL_OP_P256_VERIFY_PUBLIC], pair->alg,
                                                   input, 32, signature, signature_size);
}

// With its own public key, which costs a multiplication only the first time
static psa_status_t agree(unsigned int op)
{
    static uint8_t public[2][128];
    static size_t size[2];
    int i = op == ACCEL_OP_P256_AGREE;
    size_t done;
    psa_status_t status = PSA_SUCCESS;

    if (size[i] == 0) {
        status = psa_export_public_key(ids[op], public[i], sizeof(public[i]), &size[i]);
    }
    return status != PSA_SUCCESS ? status
                                 : psa_raw_key_agreement(PSA_ALG_ECDH, ids[op], public[i], size[i],
                                                         output, sizeof(output), &done);
}

static psa_status_t aead(unsigned int op, size_t size)
{
    static const uint8_t nonce[12] = { 1 };
    psa_algorithm_t alg = keys[op == ACCEL_OP_GCM_DECRYPT ? ACCEL_OP_GCM_ENCRYPT : op].alg;
    size_t done;

    if (op != ACCEL_OP_GCM_DECRYPT) {
        return psa_aead_encrypt(ids[op], alg, nonce, sizeof(nonce), NULL, 0, input, size, output,
                                sizeof(output), &done);
    }
    return psa_aead_decrypt(ids[ACCEL_OP_GCM_ENCRYPT], alg, nonce, sizeof(nonce), NULL, 0, output,
                            size + 16, input, sizeof(input), &done);
}

static psa_status_t hkdf(size_t size)
{
    psa_key_derivation_operation_t operation = PSA_KEY_DERIVATION_OPERATION_INIT;
    psa_status_t status = psa_key_derivation_setup(&operation, keys[ACCEL_OP_HKDF].alg);

    if (status == PSA_SUCCESS) {
        status = psa_key_derivation_input_key(&operation, PSA_KEY_DERIVATION_INPUT_SECRET,
                                              ids[ACCEL_OP_HKDF]);
    }
    if (status == PSA_SUCCESS) {
        status =
            psa_key_derivation_input_bytes(&operation, PSA_KEY_DERIVATION_INPUT_INFO, input, 16);
    }
    if (status == PSA_SUCCESS) {
        status = psa_key_derivation_output_bytes(&operation, output, size);
    }
    (void)psa_key_derivation_abort(&operation);
    return status;
}

static psa_status_t symmetric(unsigned int op, size_t size)
{
    size_t done;

    switch (op) {
    case ACCEL_OP_RANDOM:
        return psa_generate_random(output, size);
    case ACCEL_OP_SHA256:
        return psa_hash_compute(PSA_ALG_SHA_256, input, size, output, 64, &done);
    case ACCEL_OP_SHA512:
        return psa_hash_compute(PSA_ALG_SHA_512, input, size, output, 64, &done);
    case ACCEL_OP_SHA3:
        return psa_hash_compute(PSA_ALG_SHA3_256, input, size, output, 64, &done);
    case ACCEL_OP_HMAC:
    case ACCEL_OP_CMAC:
        return psa_mac_compute(ids[op], keys[op].alg, input, size, output, 64, &done);
    case ACCEL_OP_CTR:
    case ACCEL_OP_CBC:
        return psa_cipher_encrypt(ids[op], keys[op].alg, input, size, output, sizeof(output),
                                  &done);
    default:
        return aead(op, size);
    }
}

static psa_status_t run(unsigned int op, size_t size)
{
    switch (op) {
    case ACCEL_OP_P256_GENERATE:
        return generate();
    case ACCEL_OP_P256_SIGN:
    case ACCEL_OP_P384_SIGN:
    case ACCEL_OP_RSA_SIGN:
        return sign(op);
    case ACCEL_OP_P256_VERIFY:
        return verify(ACCEL_OP_P256_SIGN);
    case ACCEL_OP_P256_VERIFY_PUBLIC:
        return verify_public();
    case ACCEL_OP_P384_VERIFY:
        return verify(ACCEL_OP_P384_SIGN);
    case ACCEL_OP_RSA_VERIFY:
        return verify(ACCEL_OP_RSA_SIGN);
    case ACCEL_OP_P256_AGREE:
    case ACCEL_OP_X25519_AGREE:
        return agree(op);
    case ACCEL_OP_HKDF:
        return hkdf(size);
    default:
        return symmetric(op, size);
    }
}

int accel_ops_run(uint64_t op, uint64_t size, uint64_t rounds)
{
    if (op >= ACCEL_OP_COUNT || size > ACCEL_INPUT_MAX) {
        return PSA_ERROR_INVALID_ARGUMENT;
    }
    psa_status_t status = key_for((unsigned int)op);

    for (uint64_t i = 0; i < rounds && status == PSA_SUCCESS; i++) {
        status = run((unsigned int)op, (size_t)size);
    }
    return status;
}
