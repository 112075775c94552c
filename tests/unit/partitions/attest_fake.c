// SPDX-License-Identifier: BSD-3-Clause
//
// See attest_fake.h.
#include "attest_fake.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>
#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/ecdsa.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>

#define KEY_ID 0x40000007

struct attest_fake fake;

void fake_reset(void)
{
    memset(&fake, 0, sizeof(fake));
}

void fake_public_key(const uint8_t key[32], uint8_t out[65])
{
    EC_GROUP *group = EC_GROUP_new_by_curve_name(NID_X9_62_prime256v1);
    EC_POINT *point = EC_POINT_new(group);
    BIGNUM *number = BN_bin2bn(key, 32, NULL);

    assert_int_equal(EC_POINT_mul(group, point, number, NULL, NULL, NULL), 1);
    assert_int_equal(EC_POINT_point2oct(group, point, POINT_CONVERSION_UNCOMPRESSED, out, 65, NULL),
                     65);
    BN_free(number);
    EC_POINT_free(point);
    EC_GROUP_free(group);
}

void fake_sha256(const void *data, size_t size, uint8_t out[32])
{
    assert_int_equal(EVP_Digest(data, size, out, NULL, EVP_sha256(), NULL), 1);
}

// With the private half if `key` is not NULL
static EVP_PKEY *make_key(const uint8_t public_key[65], const uint8_t *key)
{
    OSSL_PARAM_BLD *build = OSSL_PARAM_BLD_new();
    EVP_PKEY_CTX *context = EVP_PKEY_CTX_new_from_name(NULL, "EC", NULL);
    BIGNUM *number = key != NULL ? BN_bin2bn(key, 32, NULL) : NULL;
    EVP_PKEY *made = NULL;

    OSSL_PARAM_BLD_push_utf8_string(build, OSSL_PKEY_PARAM_GROUP_NAME, "prime256v1", 0);
    OSSL_PARAM_BLD_push_octet_string(build, OSSL_PKEY_PARAM_PUB_KEY, public_key, 65);
    if (number != NULL) {
        OSSL_PARAM_BLD_push_BN(build, OSSL_PKEY_PARAM_PRIV_KEY, number);
    }
    OSSL_PARAM *params = OSSL_PARAM_BLD_to_param(build);

    assert_int_equal(EVP_PKEY_fromdata_init(context), 1);
    assert_int_equal(EVP_PKEY_fromdata(context, &made,
                                       key != NULL ? EVP_PKEY_KEYPAIR : EVP_PKEY_PUBLIC_KEY,
                                       params),
                     1);
    OSSL_PARAM_free(params);
    OSSL_PARAM_BLD_free(build);
    EVP_PKEY_CTX_free(context);
    BN_free(number);
    return made;
}

bool fake_verify(const uint8_t public_key[65], const void *data, size_t size,
                 const uint8_t signature[64])
{
    EVP_PKEY *key = make_key(public_key, NULL);
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    ECDSA_SIG *pair = ECDSA_SIG_new();
    unsigned char *der = NULL;

    ECDSA_SIG_set0(pair, BN_bin2bn(signature, 32, NULL), BN_bin2bn(signature + 32, 32, NULL));
    int length = i2d_ECDSA_SIG(pair, &der);

    assert_int_equal(EVP_DigestVerifyInit(context, NULL, EVP_sha256(), NULL, key), 1);
    bool good = EVP_DigestVerify(context, der, (size_t)length, data, size) == 1;

    OPENSSL_free(der);
    ECDSA_SIG_free(pair);
    EVP_MD_CTX_free(context);
    EVP_PKEY_free(key);
    return good;
}

// ---- The crypto partition --------------------------------------------------------------------------------------------

psa_status_t psa_import_key(const psa_key_attributes_t *attributes, const uint8_t *data,
                            size_t data_length, psa_key_id_t *key)
{
    fake.attributes = *attributes;
    *key = PSA_KEY_ID_NULL;
    if (fake.import_status != PSA_SUCCESS) {
        return fake.import_status;
    }
    assert_false(fake.has_key); // one is enough
    assert_int_equal(data_length, sizeof(fake.key));
    memcpy(fake.key, data, sizeof(fake.key));
    fake.has_key = true;
    fake.imports++;
    *key = KEY_ID;
    return PSA_SUCCESS;
}

psa_status_t psa_export_public_key(psa_key_id_t key, uint8_t *data, size_t data_size,
                                   size_t *data_length)
{
    assert_int_equal(key, KEY_ID);
    assert_true(fake.has_key);
    assert_true(data_size >= 65);
    *data_length = 0;
    if (fake.export_status != PSA_SUCCESS) {
        return fake.export_status;
    }
    fake_public_key(fake.key, data);
    data[0] = fake.export_first != 0 ? fake.export_first : data[0];
    *data_length = fake.export_length != 0 ? fake.export_length : 65;
    return PSA_SUCCESS;
}

psa_status_t psa_destroy_key(psa_key_id_t key)
{
    assert_int_equal(key, KEY_ID);
    fake.has_key = false;
    fake.destroys++;
    return PSA_SUCCESS;
}

// NOLINTNEXTLINE(readability-function-size): the parameters are the PSA Crypto API's
psa_status_t psa_sign_hash(psa_key_id_t key, psa_algorithm_t alg, const uint8_t *hash,
                           size_t hash_length, uint8_t *signature, size_t signature_size,
                           size_t *signature_length)
{
    uint8_t public_key[65];
    uint8_t der[80];
    size_t length = sizeof(der);
    const unsigned char *at = der;

    *signature_length = 0;
    if (fake.sign_status != PSA_SUCCESS) {
        return fake.sign_status;
    }
    assert_int_equal(key, KEY_ID);
    assert_int_equal(alg, PSA_ALG_ECDSA(PSA_ALG_SHA_256));
    assert_true(fake.has_key && signature_size >= 64);
    fake_public_key(fake.key, public_key);
    EVP_PKEY *pair = make_key(public_key, fake.key);
    EVP_PKEY_CTX *context = EVP_PKEY_CTX_new(pair, NULL);

    assert_int_equal(EVP_PKEY_sign_init(context), 1);
    assert_int_equal(EVP_PKEY_sign(context, der, &length, hash, hash_length), 1);
    ECDSA_SIG *numbers = d2i_ECDSA_SIG(NULL, &at, (long)length);

    assert_int_equal(BN_bn2binpad(ECDSA_SIG_get0_r(numbers), signature, 32), 32);
    assert_int_equal(BN_bn2binpad(ECDSA_SIG_get0_s(numbers), signature + 32, 32), 32);
    *signature_length = fake.signature_length != 0 ? fake.signature_length : 64;
    fake.signs++;
    ECDSA_SIG_free(numbers);
    EVP_PKEY_CTX_free(context);
    EVP_PKEY_free(pair);
    return PSA_SUCCESS;
}
