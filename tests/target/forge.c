// SPDX-License-Identifier: BSD-3-Clause
//
// See forge.h.
#include "tests/target/forge.h"

#include <string.h>

#include <openssl/bn.h>
#include <openssl/ec.h>
#include <openssl/ecdsa.h>
#include <openssl/obj_mac.h>
#include <openssl/sha.h>
#include <openssl/x509.h>

#include "tests/target/firmware.h"

#define V 12345 // any number will do

// r = x(u * G + v * Q), s = r / v
static void forge_pair(const X509 *x509, const BIGNUM *u, BIGNUM *r, BIGNUM *s)
{
    const ASN1_BIT_STRING *key = X509_get0_pubkey_bitstr(x509);
    EC_GROUP *group = EC_GROUP_new_by_curve_name(NID_X9_62_prime256v1);
    const BIGNUM *n = EC_GROUP_get0_order(group);
    EC_POINT *q = EC_POINT_new(group);
    EC_POINT *point = EC_POINT_new(group);
    BN_CTX *pool = BN_CTX_new();
    BIGNUM *v = BN_new();

    assert_int_equal(BN_set_word(v, V), 1);
    assert_int_equal(EC_POINT_oct2point(group, q, key->data, (size_t)key->length, pool), 1);
    assert_int_equal(EC_POINT_mul(group, point, u, q, v, pool), 1);
    assert_int_equal(EC_POINT_get_affine_coordinates(group, point, r, NULL, pool), 1);
    assert_int_equal(BN_nnmod(r, r, n, pool), 1);
    assert_non_null(BN_mod_inverse(s, v, n, pool));
    assert_int_equal(BN_mod_mul(s, s, r, n, pool), 1);
    BN_free(v);
    BN_CTX_free(pool);
    EC_POINT_free(point);
    EC_POINT_free(q);
    EC_GROUP_free(group);
}

// Puts it in the place of the certificate's signature; what was signed stays as it is
static void put_signature(X509 *x509, const ECDSA_SIG *pair)
{
    const ASN1_BIT_STRING *there;
    unsigned char *signature = NULL;
    unsigned char *whole = NULL;
    int size = i2d_ECDSA_SIG(pair, &signature);

    assert_true(size > 0);
    X509_get0_signature(&there, NULL, x509);
    assert_int_equal(ASN1_STRING_set((ASN1_STRING *)(uintptr_t)there, signature, size), 1);
    size = i2d_X509(x509, &whole);
    assert_true(size > 0);
    firmware_put("tb-fw-cert", whole, (size_t)size);
    OPENSSL_free(signature);
    OPENSSL_free(whole);
}

// Alters BL2 and what the certificate says of it
static void alter(void)
{
    uint8_t digests[2][SHA256_DIGEST_LENGTH];
    size_t size;
    size_t certificate_size;
    uint8_t *bl2 = firmware_data("tb-fw", &size);
    uint8_t *certificate = firmware_data("tb-fw-cert", &certificate_size);

    (void)SHA256(bl2, size, digests[0]);
    bl2[size / 2] ^= 0x10;
    (void)SHA256(bl2, size, digests[1]);
    uint8_t *place = memmem(certificate, certificate_size, digests[0], sizeof(digests[0]));
    assert_non_null(place);
    memcpy(place, digests[1], sizeof(digests[1]));
}

void forge_tb_fw(enum forge forge)
{
    uint8_t digest[SHA256_DIGEST_LENGTH];
    unsigned char *tbs = NULL;
    ECDSA_SIG *pair = ECDSA_SIG_new();
    BIGNUM *r = BN_new();
    BIGNUM *s = BN_new();
    size_t size;

    alter();
    const unsigned char *der = firmware_data("tb-fw-cert", &size);
    X509 *x509 = d2i_X509(NULL, &der, (long)size);
    assert_non_null(x509);
    assert_int_equal(X509_get_signature_nid(x509), NID_ecdsa_with_SHA256);
    int tbs_size = i2d_re_X509_tbs(x509, &tbs);
    assert_true(tbs_size > 0);
    (void)SHA256(tbs, (size_t)tbs_size, digest);
    BIGNUM *u = BN_bin2bn(digest, sizeof(digest), NULL);
    if (forge == FORGE_FOR_U_0) {
        BN_zero(u);
    }
    forge_pair(x509, u, r, s);
    assert_int_equal(ECDSA_SIG_set0(pair, r, s), 1); // has them now
    put_signature(x509, pair);
    ECDSA_SIG_free(pair);
    BN_free(u);
    OPENSSL_free(tbs);
    X509_free(x509);
}
