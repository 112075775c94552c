// SPDX-License-Identifier: BSD-3-Clause
//
// Keys and signatures for tests. See pk_support.h.
#include "tests/unit/platform/pk_support.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <openssl/ecdsa.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>

const EVP_MD *pk_md(enum boot_hash hash)
{
    return hash == BOOT_SHA256 ? EVP_sha256() : hash == BOOT_SHA384 ? EVP_sha384() : EVP_sha512();
}

static bool is_rsa(const struct pk_pair *pk)
{
    return EVP_PKEY_get_base_id(pk->pair) == EVP_PKEY_RSA;
}

static EVP_PKEY *rsa_keys[2]; // 3072, 4096

void pk_free_rsa(void)
{
    for (int i = 0; i < 2; i++) {
        EVP_PKEY_free(rsa_keys[i]);
        rsa_keys[i] = NULL;
    }
}

static EVP_PKEY *rsa_key(int i)
{
    if (rsa_keys[i] == NULL) {
        rsa_keys[i] = EVP_RSA_gen(i == 0 ? 3072 : 4096);
    }
    assert_non_null(rsa_keys[i]);
    EVP_PKEY_up_ref(rsa_keys[i]);
    return rsa_keys[i];
}

void pk_generate(struct pk_pair *pk, enum boot_pk_kind kind)
{
    const char *why = NULL;
    uint8_t *der = NULL;

    pk->pair = kind == BOOT_PK_P256   ? EVP_EC_gen("P-256")
               : kind == BOOT_PK_P384 ? EVP_EC_gen("P-384")
                                      : rsa_key(kind == BOOT_PK_RSA4096);
    assert_non_null(pk->pair);
    int size = i2d_PUBKEY(pk->pair, &der);

    assert_in_range(size, 1, PK_MAX);
    pk->spki.size = (size_t)size;
    memcpy(pk->spki.data, der, pk->spki.size);
    OPENSSL_free(der);
    assert_int_equal(boot_pk_decode(pk->spki.data, pk->spki.size, &pk->key, &why), 0);
    assert_int_equal(pk->key.kind, kind);
}

void pk_free(struct pk_pair *pk)
{
    EVP_PKEY_free(pk->pair);
    pk->pair = NULL;
}

void pk_sign(const struct pk_pair *pk, enum boot_hash hash, const uint8_t *digest,
             struct pk_bytes *signature)
{
    EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new(pk->pair, NULL);

    assert_int_equal(EVP_PKEY_sign_init(ctx), 1);
    if (is_rsa(pk)) {
        assert_int_equal(EVP_PKEY_CTX_set_rsa_padding(ctx, RSA_PKCS1_PSS_PADDING), 1);
    }
    assert_int_equal(EVP_PKEY_CTX_set_signature_md(ctx, pk_md(hash)), 1);
    if (is_rsa(pk)) {
        assert_int_equal(EVP_PKEY_CTX_set_rsa_mgf1_md(ctx, pk_md(hash)), 1);
        assert_int_equal(EVP_PKEY_CTX_set_rsa_pss_saltlen(ctx, PK_SALT), 1);
    }
    signature->size = PK_MAX;
    assert_int_equal(
        EVP_PKEY_sign(ctx, signature->data, &signature->size, digest, boot_hash_info(hash)->size),
        1);
    EVP_PKEY_CTX_free(ctx);
}

void pk_rsa_raw(const struct pk_pair *pk, const uint8_t *encoded, size_t size,
                struct pk_bytes *signature)
{
    EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new(pk->pair, NULL);

    assert_int_equal(EVP_PKEY_sign_init(ctx), 1);
    assert_int_equal(EVP_PKEY_CTX_set_rsa_padding(ctx, RSA_NO_PADDING), 1);
    signature->size = PK_MAX;
    assert_int_equal(EVP_PKEY_sign(ctx, signature->data, &signature->size, encoded, size), 1);
    EVP_PKEY_CTX_free(ctx);
}

bool pk_accepts(const struct boot_pk *key, enum boot_hash hash, const uint8_t *digest,
                const uint8_t *signature, size_t size)
{
    uint8_t *copy = malloc(size + (size == 0));

    assert_non_null(copy);
    memcpy(copy, signature, size);
    verdict_t verdict = boot_pk_verify(key, hash, digest, copy, size);

    free(copy);
    assert_true(verdict == VERDICT_ACCEPT || verdict == VERDICT_REFUSE);
    return verdict == VERDICT_ACCEPT;
}

void pk_curve_begin(struct pk_curve *curve, enum boot_pk_kind kind)
{
    curve->group =
        EC_GROUP_new_by_curve_name(kind == BOOT_PK_P256 ? NID_X9_62_prime256v1 : NID_secp384r1);
    curve->pool = BN_CTX_new();
    assert_non_null(curve->group);
    assert_non_null(curve->pool);
    BN_CTX_start(curve->pool);
    curve->n = EC_GROUP_get0_order(curve->group);
    curve->p = BN_CTX_get(curve->pool);
    assert_int_equal(EC_GROUP_get_curve(curve->group, curve->p, NULL, NULL, curve->pool), 1);
    curve->width = (size_t)BN_num_bytes(curve->p);
}

void pk_curve_free(struct pk_curve *curve)
{
    BN_CTX_end(curve->pool);
    BN_CTX_free(curve->pool);
    EC_GROUP_free(curve->group);
}

void pk_from_point(const struct pk_curve *curve, const EC_POINT *point, struct pk_pair *pk)
{
    static const char *const heads[] = {
        "3059301306072a8648ce3d020106082a8648ce3d030107034200",
        "3076301006072a8648ce3d020106052b81040022036200",
    };
    const char *why = NULL;

    pk->pair = NULL;
    pk_hex(heads[curve->width == 48], &pk->spki);
    pk->spki.size +=
        EC_POINT_point2oct(curve->group, point, POINT_CONVERSION_UNCOMPRESSED,
                           pk->spki.data + pk->spki.size, PK_MAX - pk->spki.size, curve->pool);
    assert_int_equal(boot_pk_decode(pk->spki.data, pk->spki.size, &pk->key, &why), 0);
}

void pk_from_scalar(const struct pk_curve *curve, const BIGNUM *d, struct pk_pair *pk)
{
    EC_POINT *point = EC_POINT_new(curve->group);

    assert_int_equal(EC_POINT_mul(curve->group, point, d, NULL, NULL, curve->pool), 1);
    pk_from_point(curve, point, pk);
    EC_POINT_free(point);
}

void pk_signature(const BIGNUM *r, const BIGNUM *s, struct pk_bytes *signature)
{
    ECDSA_SIG *pair = ECDSA_SIG_new();
    uint8_t *at = signature->data;

    assert_int_equal(ECDSA_SIG_set0(pair, BN_dup(r), BN_dup(s)), 1);
    int size = i2d_ECDSA_SIG(pair, &at);

    assert_in_range(size, 1, PK_MAX);
    signature->size = (size_t)size;
    ECDSA_SIG_free(pair);
}

void pk_append(struct pk_bytes *to, uint8_t tag, const void *contents, size_t size)
{
    uint8_t *at = to->data + to->size;

    assert_true(size <= PK_MAX - to->size - 4);
    *at++ = tag;
    if (size >= 0x100) {
        *at++ = 0x82;
        *at++ = (uint8_t)(size >> 8);
    } else if (size >= 0x80) {
        *at++ = 0x81;
    }
    *at++ = (uint8_t)size;
    memmove(at, contents, size);
    to->size = (size_t)(at + size - to->data);
}

void pk_hex(const char *hex, struct pk_bytes *to)
{
    to->size = strlen(hex) / 2;
    assert_true(to->size <= PK_MAX);
    for (size_t i = 0; i < to->size; i++) {
        char pair[3] = { hex[2 * i], hex[2 * i + 1] };

        to->data[i] = (uint8_t)strtoul(pair, NULL, 16);
    }
}

int pk_decode(const struct pk_bytes *spki, struct boot_pk *key, const char **why)
{
    uint8_t *copy = malloc(spki->size + (spki->size == 0));

    assert_non_null(copy);
    *key = (struct boot_pk){ BOOT_PK_COUNT, NULL, 77 };
    *why = NULL;
    memcpy(copy, spki->data, spki->size);
    int err = boot_pk_decode(copy, spki->size, key, why);

    if (err != 0) {
        assert_true(key->kind == BOOT_PK_COUNT && key->bytes == NULL && key->size == 77);
        assert_non_null(*why);
        assert_memory_equal(*why, "must ", 5);
    } else {
        assert_true(key->bytes > copy && key->bytes + key->size <= copy + spki->size);
    }
    free(copy);
    return err;
}

void pk_assert_refused(const struct pk_bytes *spki, int expected, const char *rule)
{
    struct boot_pk key;
    const char *why;

    assert_int_equal(pk_decode(spki, &key, &why), expected);
    assert_string_equal(why, rule);
}
