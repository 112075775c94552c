// SPDX-License-Identifier: BSD-3-Clause
//
// Keys and signatures out of OpenSSL for the tests of boot_pk.h, and ones that no signer would make. Each
// function asserts that OpenSSL did what was asked.
#ifndef PK_SUPPORT_H
#define PK_SUPPORT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <openssl/bn.h>
#include <openssl/ec.h>
#include <openssl/evp.h>

#include "boot_pk.h"

#define PK_MAX 1024 // bytes of an SPKI or a signature
#define PK_SALT 32  // of RSASSA-PSS, as TF-A's cert_create has it for every hash

struct pk_bytes {
    uint8_t data[PK_MAX];
    size_t size;
};

// A key pair, its SubjectPublicKeyInfo, and that decoded by the code under test.
struct pk_pair {
    EVP_PKEY *pair;
    struct pk_bytes spki;
    struct boot_pk key;
};

const EVP_MD *pk_md(enum boot_hash hash);

// A new key; of RSA there is one of each size, because they take long to make. The caller frees with
// pk_free(), the program in the end with pk_free_rsa().
void pk_generate(struct pk_pair *pk, enum boot_pk_kind kind);
void pk_free(struct pk_pair *pk);
void pk_free_rsa(void);

// Signs a digest as certificates are signed: ECDSA, or RSASSA-PSS with PK_SALT bytes of salt.
void pk_sign(const struct pk_pair *pk, enum boot_hash hash, const uint8_t *digest,
             struct pk_bytes *signature);

// The private operation of RSA alone on `size` bytes below the modulus.
void pk_rsa_raw(const struct pk_pair *pk, const uint8_t *encoded, size_t size,
                struct pk_bytes *signature);

// Verdict of the code under test on copies of exactly the signature's size; fails on a value that is no
// verdict.
bool pk_accepts(const struct boot_pk *key, enum boot_hash hash, const uint8_t *digest,
                const uint8_t *signature, size_t size);

// boot_pk_decode() of a copy of exactly the size; asserts that what it points to lies inside, and that on
// failure nothing is written and a rule is named. `key` then points to freed memory.
int pk_decode(const struct pk_bytes *spki, struct boot_pk *key, const char **why);

// Asserts that it is refused with that result and rule.
void pk_assert_refused(const struct pk_bytes *spki, int expected, const char *rule);

// A curve for hand-made signatures. BIGNUMs of `pool` live until pk_curve_free().
struct pk_curve {
    EC_GROUP *group;
    BN_CTX *pool;
    const BIGNUM *n;
    BIGNUM *p;
    size_t width; // bytes of a coordinate
};
void pk_curve_begin(struct pk_curve *curve, enum boot_pk_kind kind);
void pk_curve_free(struct pk_curve *curve);

// SPKI of a point (not infinity), and it decoded; the point d * G.
void pk_from_point(const struct pk_curve *curve, const EC_POINT *point, struct pk_pair *pk);
void pk_from_scalar(const struct pk_curve *curve, const BIGNUM *d, struct pk_pair *pk);

// Ecdsa-Sig-Value of any two numbers that are not negative.
void pk_signature(const BIGNUM *r, const BIGNUM *s, struct pk_bytes *signature);

// SEQUENCE, INTEGER …: header and contents appended to `to`, length in its shortest form.
void pk_append(struct pk_bytes *to, uint8_t tag, const void *contents, size_t size);

// hex → bytes
void pk_hex(const char *hex, struct pk_bytes *to);

#endif
