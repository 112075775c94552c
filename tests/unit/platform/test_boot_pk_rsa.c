// SPDX-License-Identifier: BSD-3-Clause
//
// RSA keys of other sizes and exponents than boot_pk.h's, messages that are not exactly EMSA-PSS (RFC 8017
// 9.1), signatures outside the range.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "bits.h"
#include "tests/unit/platform/pk_support.h"

#define SEQUENCE 0x30
#define INTEGER 0x02
#define BIT_STRING 0x03

static const uint8_t digest[BOOT_HASH_MAX] = "a digest of some message, as good as another";

// Parts of an RSA key, hex
struct rsa_text {
    const char *e;          // contents of the INTEGER
    const char *parameters; // of the algorithm
    const char *inside;     // behind the exponent, NULL for nothing
    const char *behind;     // behind the RSAPublicKey
};

static void add_hex(struct pk_bytes *to, const char *hex)
{
    struct pk_bytes more;

    pk_hex(hex != NULL ? hex : "", &more);
    memcpy(to->data + to->size, more.data, more.size);
    to->size += more.size;
}

static void rsa_spki(struct pk_bytes *spki, const uint8_t *n, size_t n_size,
                     const struct rsa_text *text)
{
    struct pk_bytes numbers = { .size = 0 };
    struct pk_bytes bits = { .data = { 0 }, .size = 1 }; // no unused bits
    struct pk_bytes exponent;
    struct pk_bytes algorithm;
    struct pk_bytes content = { .size = 0 };

    pk_append(&numbers, INTEGER, n, n_size);
    pk_hex(text->e, &exponent);
    pk_append(&numbers, INTEGER, exponent.data, exponent.size);
    add_hex(&numbers, text->inside);
    pk_append(&bits, SEQUENCE, numbers.data, numbers.size);
    add_hex(&bits, text->behind);
    pk_hex("06092a864886f70d010101", &algorithm);
    add_hex(&algorithm, text->parameters);
    pk_append(&content, SEQUENCE, algorithm.data, algorithm.size);
    pk_append(&content, BIT_STRING, bits.data, bits.size);
    spki->size = 0;
    pk_append(spki, SEQUENCE, content.data, content.size);
}

static const char sizes[] = "must have a modulus of 3072 or 4096 bits";
static const char exponents[] = "must have the exponent 65537";
static const char syntax[] = "must hold an RSAPublicKey in DER";
static const char null[] = "must have NULL as RSA's parameters";

static const struct {
    size_t bits;
    uint8_t last; // byte of the modulus
    struct rsa_text text;
    int err;
    const char *rule; // NULL: accepted
} no_rsa_keys[] = {
    { 3072, 0x01, { "010001", "0500", NULL, NULL }, 0, NULL },
    { 4096, 0xff, { "010001", "0500", NULL, NULL }, 0, NULL },
    { 2048, 0x01, { "010001", "0500", NULL, NULL }, ERR_NOT_SUPPORTED, sizes },
    { 3071, 0x01, { "010001", "0500", NULL, NULL }, ERR_NOT_SUPPORTED, sizes },
    { 3073, 0x01, { "010001", "0500", NULL, NULL }, ERR_NOT_SUPPORTED, sizes },
    { 3080, 0x01, { "010001", "0500", NULL, NULL }, ERR_NOT_SUPPORTED, sizes },
    { 3064, 0x01, { "010001", "0500", NULL, NULL }, ERR_NOT_SUPPORTED, sizes },
    { 4095, 0x01, { "010001", "0500", NULL, NULL }, ERR_NOT_SUPPORTED, sizes },
    { 4104, 0x01, { "010001", "0500", NULL, NULL }, ERR_NOT_SUPPORTED, sizes },
    { 8, 0x81, { "010001", "0500", NULL, NULL }, ERR_NOT_SUPPORTED, sizes },
    { 3072, 0x02, { "010001", "0500", NULL, NULL }, ERR_INVALID, "must have an odd modulus" },
    { 3072, 0x01, { "03", "0500", NULL, NULL }, ERR_NOT_SUPPORTED, exponents },
    { 3072, 0x01, { "01", "0500", NULL, NULL }, ERR_NOT_SUPPORTED, exponents },
    { 3072, 0x01, { "00", "0500", NULL, NULL }, ERR_NOT_SUPPORTED, exponents },
    { 3072, 0x01, { "010003", "0500", NULL, NULL }, ERR_NOT_SUPPORTED, exponents },
    { 3072, 0x01, { "01000001", "0500", NULL, NULL }, ERR_NOT_SUPPORTED, exponents },
    { 3072, 0x01, { "00010001", "0500", NULL, NULL }, ERR_INVALID, syntax },
    { 3072, 0x01, { "ff", "0500", NULL, NULL }, ERR_INVALID, syntax },
    { 3072, 0x01, { "", "0500", NULL, NULL }, ERR_INVALID, syntax },
    { 3072, 0x01, { "010001", "", NULL, NULL }, ERR_TRUNCATED, null },
    { 3072, 0x01, { "010001", "050100", NULL, NULL }, ERR_INVALID, null },
    { 3072, 0x01, { "010001", "05000500", NULL, NULL }, ERR_INVALID, null },
    { 3072, 0x01, { "010001", "3000", NULL, NULL }, ERR_INVALID, null },
    { 3072, 0x01, { "010001", "0500", "020101", NULL }, ERR_INVALID, syntax },
    { 3072, 0x01, { "010001", "0500", NULL, "0500" }, ERR_INVALID, syntax },
};

static void rsa_keys_of_other_sizes_and_exponents_are_refused(void **state)
{
    for (size_t i = 0; i < ARRAY_COUNT(no_rsa_keys); i++) {
        size_t size = (no_rsa_keys[i].bits + 7) / 8;
        uint8_t n[600];
        struct pk_bytes spki;
        struct boot_pk key;
        const char *why;

        memset(n, 0xa6, sizeof(n));
        n[0] = 0; // the sign, where the top bit is set
        n[1] = (uint8_t)(0x80 >> (8 * size - no_rsa_keys[i].bits));
        n[size] = no_rsa_keys[i].last;
        bool sign = (n[1] & 0x80) != 0;

        rsa_spki(&spki, n + !sign, size + sign, &no_rsa_keys[i].text);
        if (no_rsa_keys[i].rule != NULL) {
            pk_assert_refused(&spki, no_rsa_keys[i].err, no_rsa_keys[i].rule);
            continue;
        }
        assert_int_equal(pk_decode(&spki, &key, &why), 0);
        assert_int_equal(key.size, size);
    }
    (void)state;
}

// How an EMSA-PSS encoding is to differ from the right one
struct wrong {
    const char *what;
    size_t salt;       // bytes of it
    uint8_t first;     // XORed into the first byte after masking: the unused bits
    uint8_t zeros;     // … into the first byte of the zeros in front of 01, before masking
    uint8_t separator; // … into that 01
    uint8_t trailer;   // … into bc
    uint8_t hash;      // … into H
    uint8_t salt_byte; // … into the salt, after it was hashed
    bool other_mgf;    // the mask is made with another hash
    bool accepted;
};

// RFC 8017 9.1.1, written down once more
static void encode_pss(const struct wrong *wrong, enum boot_hash hash, uint8_t *em, size_t size)
{
    enum boot_hash mgf = wrong->other_mgf ? (enum boot_hash)((hash + 1) % BOOT_HASH_COUNT) : hash;
    size_t length = boot_hash_info(hash)->size;
    size_t db = size - length - 1;
    uint8_t block[8 + BOOT_HASH_MAX + 100] = { 0 };
    uint8_t seed[BOOT_HASH_MAX + 4] = { 0 };
    uint8_t mask[512 + BOOT_HASH_MAX];
    size_t made = 0;

    memcpy(block + 8, digest, length);
    memset(block + 8 + length, 0x5c, wrong->salt);
    memset(em, 0, db);
    em[0] ^= wrong->zeros;
    em[db - wrong->salt - 1] = 0x01 ^ wrong->separator;
    memset(em + db - wrong->salt, 0x5c, wrong->salt);
    em[db - 1] ^= wrong->salt_byte;
    assert_true(EVP_Digest(block, 8 + length + wrong->salt, em + db, NULL, pk_md(hash), NULL) == 1);
    em[db] ^= wrong->hash;
    em[size - 1] = 0xbc ^ wrong->trailer;
    memcpy(seed, em + db, length);
    for (; made < db; made += boot_hash_info(mgf)->size) {
        assert_int_equal(EVP_Digest(seed, length + 4, mask + made, NULL, pk_md(mgf), NULL), 1);
        seed[length + 3]++;
    }
    for (size_t i = 0; i < db; i++) {
        em[i] ^= mask[i];
    }
    em[0] &= 0x7f;
    em[0] ^= wrong->first;
}

static void rsa_messages_that_are_not_quite_right_are_refused(void **state)
{
    static const struct wrong rows[] = {
        { .what = "none", .salt = PK_SALT, .accepted = true },
        { .what = "salt one short", .salt = PK_SALT - 1 },
        { .what = "salt one long", .salt = PK_SALT + 1 },
        { .what = "no salt", .salt = 0 },
        { .what = "salt of 20", .salt = 20 },
        { .what = "salt of 48", .salt = 48 },
        { .what = "salt of 64", .salt = 64 },
        { .what = "a bit in the zeros", .salt = PK_SALT, .zeros = 0x01 },
        { .what = "the top used bit", .salt = PK_SALT, .zeros = 0x40 },
        { .what = "separator 00", .salt = PK_SALT, .separator = 0x01 },
        { .what = "separator 81", .salt = PK_SALT, .separator = 0x80 },
        { .what = "separator 03", .salt = PK_SALT, .separator = 0x02 },
        { .what = "trailer cc", .salt = PK_SALT, .trailer = 0x70 },
        { .what = "trailer bd", .salt = PK_SALT, .trailer = 0x01 },
        { .what = "trailer 00", .salt = PK_SALT, .trailer = 0xbc },
        { .what = "a bit of H", .salt = PK_SALT, .hash = 0x80 },
        { .what = "a bit of the salt", .salt = PK_SALT, .salt_byte = 0x01 },
        { .what = "another hash in MGF1", .salt = PK_SALT, .other_mgf = true },
        { .what = "the unused bit", .salt = PK_SALT, .first = 0x80 },
    };
    static const enum boot_pk_kind kinds[] = { BOOT_PK_RSA3072, BOOT_PK_RSA4096 };

    for (size_t k = 0; k < ARRAY_COUNT(kinds); k++) {
        for (size_t i = 0; i < ARRAY_COUNT(rows) * BOOT_HASH_COUNT; i++) {
            const struct wrong *wrong = &rows[i / BOOT_HASH_COUNT];
            enum boot_hash hash = (enum boot_hash)(i % BOOT_HASH_COUNT);
            struct pk_pair pk;
            struct pk_bytes signature;
            uint8_t em[512];

            pk_generate(&pk, kinds[k]);
            encode_pss(wrong, hash, em, pk.key.size);
            if (memcmp(em, pk.key.bytes, pk.key.size) < 0) { // else it cannot be signed at all
                pk_rsa_raw(&pk, em, pk.key.size, &signature);
                if (pk_accepts(&pk.key, hash, digest, signature.data, signature.size) !=
                    wrong->accepted) {
                    fail_msg("%s: %s", wrong->what, wrong->accepted ? "refused" : "accepted");
                }
            } else {
                assert_int_equal(wrong->first, 0x80);
            }
            pk_free(&pk);
        }
    }
    (void)state;
}

// The same number modulo n, and numbers without a message in them
static void rsa_numbers_outside_the_range_are_refused(void **state)
{
    struct pk_pair pk;
    struct pk_bytes signature;
    BIGNUM *n;
    BIGNUM *s;
    uint8_t buffer[384];

    pk_generate(&pk, BOOT_PK_RSA3072);
    n = BN_bin2bn(pk.key.bytes, (int)pk.key.size, NULL);
    s = BN_new();
    do { // a signature so small that with n added it still fits
        pk_sign(&pk, BOOT_SHA256, digest, &signature);
        assert_true(pk_accepts(&pk.key, BOOT_SHA256, digest, signature.data, signature.size));
        BN_bin2bn(signature.data, (int)signature.size, s);
        BN_add(s, s, n);
    } while (BN_num_bits(s) > 3072);
    BN_bn2binpad(s, buffer, sizeof(buffer));
    assert_false(pk_accepts(&pk.key, BOOT_SHA256, digest, buffer, sizeof(buffer)));
    for (unsigned i = 0; i < 3; i++) { // n - 1, n, n + 1
        BN_copy(s, n);
        BN_add_word(s, i);
        BN_sub_word(s, 1);
        BN_bn2binpad(s, buffer, sizeof(buffer));
        assert_false(pk_accepts(&pk.key, BOOT_SHA256, digest, buffer, sizeof(buffer)));
    }
    for (unsigned i = 0; i < 3; i++) { // 0, 1, 2
        memset(buffer, 0, sizeof(buffer));
        buffer[sizeof(buffer) - 1] = (uint8_t)i;
        assert_false(pk_accepts(&pk.key, BOOT_SHA256, digest, buffer, sizeof(buffer)));
    }
    signature.data[signature.size] = 0; // a byte more, a byte less, none
    assert_false(pk_accepts(&pk.key, BOOT_SHA256, digest, signature.data, signature.size + 1));
    assert_false(pk_accepts(&pk.key, BOOT_SHA256, digest, signature.data, signature.size - 1));
    assert_false(pk_accepts(&pk.key, BOOT_SHA256, digest, signature.data + 1, signature.size - 1));
    assert_false(pk_accepts(&pk.key, BOOT_SHA256, digest, signature.data, 0));
    BN_free(n);
    BN_free(s);
    pk_free(&pk);
    (void)state;
}

static int free_keys(void **state)
{
    (void)state;
    pk_free_rsa();
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rsa_keys_of_other_sizes_and_exponents_are_refused),
        cmocka_unit_test(rsa_messages_that_are_not_quite_right_are_refused),
        cmocka_unit_test(rsa_numbers_outside_the_range_are_refused),
    };

    return cmocka_run_group_tests(tests, NULL, free_keys);
}
