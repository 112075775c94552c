// SPDX-License-Identifier: BSD-3-Clause
//
// Public keys of tokens and quotes, and their signatures, through OpenSSL; contracts in attest.h. Called by token_check.c
// and quote_check.c. The key is what the caller trusts; the signature is anybody's. A private key is not asked for: a file
// with one is refused, and so is one with a second key, of which nobody could tell whether it was used.
#include "attest.h"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <string.h>

#define KEY_FILE_MAX 65536 // bytes
#define RSA_MIN_BITS 2048
#define EC_MIN_BITS 256
#define CURVE_NAME_SIZE 32
#define INTEGER_MAX 66 // bytes of r or s: P-521

// A key out of the 65 bytes of a point on P-256. NULL: it is not on the curve.
static EVP_PKEY *parse_point(const struct tool_file *file)
{
    EVP_PKEY_CTX *context = EVP_PKEY_CTX_new_from_name(NULL, "EC", NULL);
    char group[] = "P-256";
    OSSL_PARAM params[] = {
        OSSL_PARAM_utf8_string(OSSL_PKEY_PARAM_GROUP_NAME, group, sizeof(group) - 1),
        OSSL_PARAM_octet_string(OSSL_PKEY_PARAM_PUB_KEY, file->data, file->size),
        OSSL_PARAM_END,
    };
    EVP_PKEY *pkey = NULL;

    if (context == NULL || EVP_PKEY_fromdata_init(context) != 1 ||
        EVP_PKEY_fromdata(context, &pkey, EVP_PKEY_PUBLIC_KEY, params) != 1) {
        pkey = NULL;
    }
    EVP_PKEY_CTX_free(context);
    return pkey;
}

// A public key has no passphrase; without this, OpenSSL would ask the terminal for one
static int no_passphrase(char *text, int size, int writing, void *context)
{
    (void)text;
    (void)size;
    (void)writing;
    (void)context;
    return -1;
}

static bool has_one_block(const struct tool_file *file)
{
    static const char begin[] = "-----BEGIN";
    const uint8_t *at = memmem(file->data, file->size, begin, strlen(begin));
    size_t before = at != NULL ? (size_t)(at - file->data) + 1 : file->size;

    return at != NULL && memmem(at + 1, file->size - before, begin, strlen(begin)) == NULL;
}

static EVP_PKEY *parse_pem(const struct tool_file *file)
{
    BIO *bio = has_one_block(file) ? BIO_new_mem_buf(file->data, (int)file->size) : NULL;
    EVP_PKEY *pkey = bio != NULL ? PEM_read_bio_PUBKEY(bio, NULL, no_passphrase, NULL) : NULL;

    BIO_free(bio);
    return pkey;
}

int attest_key_load(const char *path, struct attest_key *key)
{
    struct tool_file file = { 0 };
    int err = tool_file_read(path, false, &file);

    memset(key, 0, sizeof(*key));
    if (err != 0) {
        return err;
    }
    if (file.size == ATTEST_POINT_SIZE && file.data[0] == 4) {
        key->pkey = parse_point(&file);
    } else if (file.size != 0 && file.size <= KEY_FILE_MAX) {
        key->pkey = parse_pem(&file);
    }
    tool_file_free(&file);
    ERR_clear_error();
    if (key->pkey == NULL) {
        tool_error("%s: key must be a public key and the only one, PEM (\"BEGIN PUBLIC KEY\") or "
                   "the %d bytes of a "
                   "point on P-256",
                   path, ATTEST_POINT_SIZE);
        return ERR_INVALID;
    }
    return 0;
}

void attest_key_free(struct attest_key *key)
{
    EVP_PKEY_free(key->pkey);
    key->pkey = NULL;
}

bool attest_key_p256(const struct attest_key *key, uint8_t point[ATTEST_POINT_SIZE])
{
    uint8_t x[32], y[32];
    char group[CURVE_NAME_SIZE];
    BIGNUM *numbers[2] = { NULL, NULL };
    size_t length;
    bool good = EVP_PKEY_is_a(key->pkey, "EC") == 1 &&
                EVP_PKEY_get_group_name(key->pkey, group, sizeof(group), &length) == 1 &&
                strcmp(group, SN_X9_62_prime256v1) == 0 &&
                EVP_PKEY_get_bn_param(key->pkey, OSSL_PKEY_PARAM_EC_PUB_X, &numbers[0]) == 1 &&
                EVP_PKEY_get_bn_param(key->pkey, OSSL_PKEY_PARAM_EC_PUB_Y, &numbers[1]) == 1 &&
                BN_bn2binpad(numbers[0], x, sizeof(x)) == sizeof(x) &&
                BN_bn2binpad(numbers[1], y, sizeof(y)) == sizeof(y);

    if (good) {
        point[0] = 4;
        memcpy(point + 1, x, sizeof(x));
        memcpy(point + 1 + sizeof(x), y, sizeof(y));
    }
    BN_free(numbers[0]);
    BN_free(numbers[1]);
    ERR_clear_error();
    return good;
}

bool attest_key_fits(const struct attest_key *key, enum attest_scheme scheme)
{
    if (scheme == ATTEST_ECDSA) {
        return EVP_PKEY_is_a(key->pkey, "EC") == 1 && EVP_PKEY_get_bits(key->pkey) >= EC_MIN_BITS;
    }
    return EVP_PKEY_is_a(key->pkey, "RSA") == 1 && EVP_PKEY_get_bits(key->pkey) >= RSA_MIN_BITS;
}

// r and s as DER; NULL: no memory. The caller frees it.
static unsigned char *make_der(struct attest_span r, struct attest_span s, int *size)
{
    ECDSA_SIG *signature = ECDSA_SIG_new();
    BIGNUM *first = BN_bin2bn(r.data, (int)r.size, NULL);
    BIGNUM *second = BN_bin2bn(s.data, (int)s.size, NULL);
    unsigned char *der = NULL;

    if (signature == NULL || first == NULL || second == NULL ||
        ECDSA_SIG_set0(signature, first, second) != 1) {
        BN_free(first);
        BN_free(second);
    } else {
        *size = i2d_ECDSA_SIG(signature, &der);
    }
    ECDSA_SIG_free(signature);
    return der;
}

static const EVP_MD *digest_of(enum boot_hash hash)
{
    return hash == BOOT_SHA256 ? EVP_sha256() : hash == BOOT_SHA384 ? EVP_sha384() : EVP_sha512();
}

static bool set_padding(EVP_PKEY_CTX *context, enum attest_scheme scheme)
{
    switch (scheme) {
    case ATTEST_ECDSA:
        return true;
    case ATTEST_RSASSA:
        return EVP_PKEY_CTX_set_rsa_padding(context, RSA_PKCS1_PADDING) == 1;
    case ATTEST_RSAPSS:
        return EVP_PKEY_CTX_set_rsa_padding(context, RSA_PKCS1_PSS_PADDING) == 1 &&
               EVP_PKEY_CTX_set_rsa_pss_saltlen(context, RSA_PSS_SALTLEN_AUTO) == 1;
    }
    return false;
}

static bool verify(const struct attest_key *key, enum attest_scheme scheme, enum boot_hash hash,
                   struct attest_span signed_bytes, struct attest_span signature)
{
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    EVP_PKEY_CTX *padding = NULL; // belongs to context
    bool good = context != NULL &&
                EVP_DigestVerifyInit(context, &padding, digest_of(hash), NULL, key->pkey) == 1 &&
                set_padding(padding, scheme) &&
                EVP_DigestVerify(context, signature.data, signature.size, signed_bytes.data,
                                 signed_bytes.size) == 1;

    EVP_MD_CTX_free(context);
    ERR_clear_error();
    return good;
}

bool attest_key_verify(const struct attest_key *key, enum attest_scheme scheme, enum boot_hash hash,
                       struct attest_span signed_bytes, struct attest_span signature,
                       struct attest_span second)
{
    struct attest_span der = signature;
    unsigned char *made = NULL;
    bool good = false;
    int size = 0;

    if (!attest_key_fits(key, scheme) || signature.data == NULL || signed_bytes.data == NULL) {
        return false;
    }
    if (scheme == ATTEST_ECDSA) {
        if (second.data == NULL || signature.size > INTEGER_MAX || second.size > INTEGER_MAX) {
            return false;
        }
        made = make_der(signature, second, &size);
        der = (struct attest_span){ made, size > 0 ? (size_t)size : 0 };
    }
    if (der.data != NULL && der.size != 0) {
        good = verify(key, scheme, hash, signed_bytes, der);
    }
    OPENSSL_free(made);
    return good;
}
