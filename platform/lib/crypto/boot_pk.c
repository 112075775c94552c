// SPDX-License-Identifier: BSD-3-Clause
//
// Public keys of the boot chain: reading of SubjectPublicKeyInfo, choice of the algorithm. See
// boot_pk.h.
#include "boot_pk.h"

#include <string.h>

#include <mbedtls/asn1.h>

#include "bits.h"
#include "der.h"
#include "ecdsa.h"
#include "rsa_pss.h"

#define SEQUENCE (MBEDTLS_ASN1_SEQUENCE | MBEDTLS_ASN1_CONSTRUCTED)
#define POINT_UNCOMPRESSED 0x04 // SEC 1 2.3.3

static const uint8_t oid_ec[] = { 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01 }; // 1.2.840.10045.2.1
static const uint8_t oid_rsa[] = {
    0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01
}; // 1.2.840.113549.1.1.1
static const uint8_t rsa_exponent[] = { 0x01, 0x00, 0x01 };

// RFC 5480 2.1.1.1
static const struct curve {
    enum boot_pk_kind kind;
    enum ec_name name;
    uint8_t oid_size;
    uint8_t oid[8];
    uint8_t key_size;
} curves[] = {
    { BOOT_PK_P256, EC_P256, 8, { 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07 }, 64 },
    { BOOT_PK_P384, EC_P384, 5, { 0x2b, 0x81, 0x04, 0x00, 0x22 }, 96 },
};

const char *boot_pk_name(enum boot_pk_kind kind)
{
    static const char *const names[BOOT_PK_COUNT] = {
        [BOOT_PK_NONE] = "none",
        [BOOT_PK_P256] = "ECDSA P-256",
        [BOOT_PK_P384] = "ECDSA P-384",
        [BOOT_PK_RSA3072] = "RSA-PSS 3072",
        [BOOT_PK_RSA4096] = "RSA-PSS 4096",
    };

    return names[kind];
}

static int refuse(const char **why, int err, const char *rule)
{
    *why = rule;
    return err;
}

static int decode_ec(struct der *parameters, const struct der *bits, struct boot_pk *key,
                     const char **why)
{
    struct der oid;
    const struct curve *curve = NULL;
    int err = der_take(parameters, MBEDTLS_ASN1_OID, &oid);

    if (err != 0 || der_size(parameters) != 0) {
        return refuse(why, err != 0 ? err : ERR_INVALID, "must name a curve");
    }
    for (size_t i = 0; i < ARRAY_COUNT(curves) && curve == NULL; i++) {
        if (der_is(&oid, curves[i].oid, curves[i].oid_size)) {
            curve = &curves[i];
        }
    }
    if (curve == NULL) {
        return refuse(why, ERR_NOT_SUPPORTED, "must be on the curve P-256 or P-384");
    }
    if (der_size(bits) != 1 + (size_t)curve->key_size || bits->at[0] != POINT_UNCOMPRESSED) {
        return refuse(why, ERR_INVALID, "must be an uncompressed point");
    }
    if (!ecdsa_is_key(curve->name, bits->at + 1)) {
        return refuse(why, ERR_INVALID, "must be a point on its curve");
    }
    *key = (struct boot_pk){ curve->kind, bits->at + 1, curve->key_size };
    return 0;
}

static int decode_rsa(struct der *parameters, struct der *bits, struct boot_pk *key,
                      const char **why)
{
    struct der pair;
    struct der null;
    struct der modulus;
    struct der exponent;
    int err = der_take(parameters, MBEDTLS_ASN1_NULL, &null);

    if (err != 0 || der_size(&null) != 0 || der_size(parameters) != 0) {
        return refuse(why, err != 0 ? err : ERR_INVALID, "must have NULL as RSA's parameters");
    }
    err = der_take(bits, SEQUENCE, &pair);
    if (err == 0) {
        err = der_take_unsigned(&pair, &modulus);
    }
    if (err == 0) {
        err = der_take_unsigned(&pair, &exponent);
    }
    if (err != 0 || der_size(&pair) != 0 || der_size(bits) != 0) {
        return refuse(why, err != 0 ? err : ERR_INVALID, "must hold an RSAPublicKey in DER");
    }

    size_t size = der_size(&modulus);

    if ((size != 3072 / 8 && size != 4096 / 8) || (modulus.at[0] & 0x80) == 0) {
        return refuse(why, ERR_NOT_SUPPORTED, "must have a modulus of 3072 or 4096 bits");
    }
    if ((modulus.at[size - 1] & 1) == 0) {
        return refuse(why, ERR_INVALID, "must have an odd modulus");
    }
    if (!der_is(&exponent, rsa_exponent, sizeof(rsa_exponent))) {
        return refuse(why, ERR_NOT_SUPPORTED, "must have the exponent 65537");
    }
    *key = (struct boot_pk){
        size == 3072 / 8 ? BOOT_PK_RSA3072 : BOOT_PK_RSA4096,
        modulus.at,
        (uint32_t)size,
    };
    return 0;
}

int boot_pk_decode(const uint8_t *spki, size_t size, struct boot_pk *key, const char **why)
{
    struct der whole = { spki, spki + size };
    struct der info;
    struct der algorithm;
    struct der oid;
    struct der bits;
    int err = der_take(&whole, SEQUENCE, &info);

    if (err == 0) {
        err = der_take(&info, SEQUENCE, &algorithm);
    }
    if (err == 0) {
        err = der_take(&algorithm, MBEDTLS_ASN1_OID, &oid);
    }
    if (err == 0) {
        err = der_take(&info, MBEDTLS_ASN1_BIT_STRING, &bits);
    }
    if (err != 0) {
        return refuse(why, err, "must be a SubjectPublicKeyInfo in DER");
    }
    if (der_size(&whole) != 0 || der_size(&info) != 0) {
        return refuse(why, ERR_INVALID, "must end with its key");
    }
    if (der_size(&bits) == 0 || bits.at[0] != 0) {
        return refuse(why, ERR_INVALID, "must be a whole number of bytes");
    }
    bits.at++; // the count of unused bits
    if (der_is(&oid, oid_ec, sizeof(oid_ec))) {
        return decode_ec(&algorithm, &bits, key, why);
    }
    if (der_is(&oid, oid_rsa, sizeof(oid_rsa))) {
        return decode_rsa(&algorithm, &bits, key, why);
    }
    return refuse(why, ERR_NOT_SUPPORTED, "must be an elliptic curve's or RSA's");
}

verdict_t boot_pk_verify(const struct boot_pk *key, enum boot_hash hash, const uint8_t *digest,
                         const uint8_t *signature, size_t size)
{
    size_t digest_size = boot_hash_info(hash)->size;

    switch (key->kind) {
    case BOOT_PK_P256:
        return ecdsa_verify(EC_P256, key->bytes, digest, digest_size, signature, size);
    case BOOT_PK_P384:
        return ecdsa_verify(EC_P384, key->bytes, digest, digest_size, signature, size);
    case BOOT_PK_RSA3072:
    case BOOT_PK_RSA4096:
        if (size != key->size) {
            return VERDICT_REFUSE;
        }
        return rsa_pss_verify(key->bytes, size, hash, digest, signature);
    case BOOT_PK_NONE:
    case BOOT_PK_COUNT:
    default:
        return VERDICT_REFUSE;
    }
}
