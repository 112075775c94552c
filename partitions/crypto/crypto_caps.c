// SPDX-License-Identifier: BSD-3-Clause
//
// What the crypto service can do, as it tells its clients (ffa/abi/ts_caps.h). The lists are those of mbedtls_psa.h; a unit test tries each.
#include "crypto_ops.h"
#include "crypto_private.h"
#include "ts_caps.h"

#define PSA_CRYPTO_VERSION (1 << 16 | 2)

// Ascending, as the answer has them
static const uint32_t algorithms[] = {
    PSA_ALG_SHA_224,
    PSA_ALG_SHA_256,
    PSA_ALG_SHA_384,
    PSA_ALG_SHA_512,
    PSA_ALG_SHA3_224,
    PSA_ALG_SHA3_256,
    PSA_ALG_SHA3_384,
    PSA_ALG_SHA3_512,
    PSA_ALG_HMAC(PSA_ALG_ANY_HASH),
    PSA_ALG_CMAC,
    PSA_ALG_CBC_NO_PADDING,
    PSA_ALG_CBC_PKCS7,
    PSA_ALG_ECB_NO_PADDING,
    PSA_ALG_STREAM_CIPHER,
    PSA_ALG_CTR,
    PSA_ALG_CFB,
    PSA_ALG_OFB,
    PSA_ALG_CCM_STAR_NO_TAG,
    PSA_ALG_CHACHA20_POLY1305,
    PSA_ALG_CCM,
    PSA_ALG_GCM,
    PSA_ALG_RSA_PKCS1V15_SIGN_RAW,
    PSA_ALG_RSA_PKCS1V15_SIGN(PSA_ALG_ANY_HASH),
    PSA_ALG_RSA_PSS(PSA_ALG_ANY_HASH),
    PSA_ALG_ECDSA_ANY,
    PSA_ALG_ECDSA(PSA_ALG_ANY_HASH),
    PSA_ALG_DETERMINISTIC_ECDSA(PSA_ALG_ANY_HASH),
    PSA_ALG_RSA_PSS_ANY_SALT(PSA_ALG_ANY_HASH),
    PSA_ALG_RSA_PKCS1V15_CRYPT,
    PSA_ALG_RSA_OAEP(PSA_ALG_ANY_HASH),
    PSA_ALG_HKDF(PSA_ALG_ANY_HASH),
    PSA_ALG_TLS12_PRF(PSA_ALG_ANY_HASH),
    PSA_ALG_TLS12_PSK_TO_MS(PSA_ALG_ANY_HASH),
    PSA_ALG_HKDF_EXTRACT(PSA_ALG_ANY_HASH),
    PSA_ALG_HKDF_EXPAND(PSA_ALG_ANY_HASH),
    PSA_ALG_PBKDF2_HMAC(PSA_ALG_ANY_HASH),
    PSA_ALG_PBKDF2_AES_CMAC_PRF_128,
    PSA_ALG_ECDH,
};

#define KEY_TYPE(type, bits) ((uint32_t)(type) << 16 | (bits))
#define SECP_R1_PUBLIC PSA_KEY_TYPE_ECC_PUBLIC_KEY(PSA_ECC_FAMILY_SECP_R1)
#define SECP_R1_PAIR PSA_KEY_TYPE_ECC_KEY_PAIR(PSA_ECC_FAMILY_SECP_R1)
static const uint32_t key_types[] = {
    KEY_TYPE(PSA_KEY_TYPE_RAW_DATA, 0),
    KEY_TYPE(PSA_KEY_TYPE_HMAC, 0),
    KEY_TYPE(PSA_KEY_TYPE_DERIVE, 0),
    KEY_TYPE(PSA_KEY_TYPE_PASSWORD, 0),
    KEY_TYPE(PSA_KEY_TYPE_PASSWORD_HASH, 0),
    KEY_TYPE(PSA_KEY_TYPE_CHACHA20, 256),
    KEY_TYPE(PSA_KEY_TYPE_AES, 128),
    KEY_TYPE(PSA_KEY_TYPE_AES, 192),
    KEY_TYPE(PSA_KEY_TYPE_AES, 256),
    KEY_TYPE(PSA_KEY_TYPE_RSA_PUBLIC_KEY, 2048),
    KEY_TYPE(PSA_KEY_TYPE_RSA_PUBLIC_KEY, 3072),
    KEY_TYPE(PSA_KEY_TYPE_RSA_PUBLIC_KEY, 4096),
    KEY_TYPE(SECP_R1_PUBLIC, 256),
    KEY_TYPE(SECP_R1_PUBLIC, 384),
    KEY_TYPE(SECP_R1_PUBLIC, 521),
    KEY_TYPE(PSA_KEY_TYPE_ECC_PUBLIC_KEY(PSA_ECC_FAMILY_MONTGOMERY), 255),
    KEY_TYPE(PSA_KEY_TYPE_RSA_KEY_PAIR, 2048),
    KEY_TYPE(PSA_KEY_TYPE_RSA_KEY_PAIR, 3072),
    KEY_TYPE(PSA_KEY_TYPE_RSA_KEY_PAIR, 4096),
    KEY_TYPE(SECP_R1_PAIR, 256),
    KEY_TYPE(SECP_R1_PAIR, 384),
    KEY_TYPE(SECP_R1_PAIR, 521),
    KEY_TYPE(PSA_KEY_TYPE_ECC_KEY_PAIR(PSA_ECC_FAMILY_MONTGOMERY), 255),
};

#define LENGTH(array) (sizeof(array) / sizeof((array)[0]))
#define NUMBERS 3

static int32_t put_entry(struct sp_rpc_call *call, uint32_t id, uint32_t value)
{
    struct ts_caps_entry entry = { .id = id, .value = value };

    return crypto_wire_put(call, &entry, sizeof(entry));
}

static int32_t put_list(struct sp_rpc_call *call, uint32_t id, const uint32_t *values, size_t count)
{
    int32_t status = TS_RPC_SUCCESS;

    for (size_t i = 0; status == TS_RPC_SUCCESS && i < count; i++) {
        status = put_entry(call, id, values[i]);
    }
    return status;
}

int32_t crypto_run_capabilities(struct sp_rpc_call *call)
{
    struct ts_caps caps = {
        .version = TS_CAPS_VERSION,
        .service_version = PSA_CRYPTO_VERSION,
        .request_max = CRYPTO_BUFFER_SIZE,
        .response_max = CRYPTO_BUFFER_SIZE,
        .entry_count = NUMBERS + LENGTH(algorithms) + LENGTH(key_types),
    };
    struct crypto_request request;
    int32_t status = crypto_wire_decode(call, NULL, 0, &request);

    if (status == TS_RPC_SUCCESS) {
        status = crypto_wire_put(call, &caps, sizeof(caps));
    }
    if (status == TS_RPC_SUCCESS) {
        status = put_entry(call, TS_CAPS_CRYPTO_KEYS, CRYPTO_KEYS_PER_SOURCE);
    }
    if (status == TS_RPC_SUCCESS) {
        status =
            put_entry(call, TS_CAPS_CRYPTO_PERSISTENT_KEYS, crypto_key_index_quota(call->source));
    }
    if (status == TS_RPC_SUCCESS) {
        status = put_entry(call, TS_CAPS_CRYPTO_OPERATIONS, crypto_ops_quota(request.owner));
    }
    if (status == TS_RPC_SUCCESS) {
        status = put_list(call, TS_CAPS_CRYPTO_ALGORITHM, algorithms, LENGTH(algorithms));
    }
    return status == TS_RPC_SUCCESS
               ? put_list(call, TS_CAPS_CRYPTO_KEY_TYPE, key_types, LENGTH(key_types))
               : status;
}
