// SPDX-License-Identifier: BSD-3-Clause
//
// The cases of sp_accel: the same computations as in test_crypto_vectors.c, which makes them with OpenSSL.
#include <mbedtls/aes.h>
#include <mbedtls/chachapoly.h>
#include <mbedtls/gcm.h>
#include <mbedtls/sha256.h>
#include <stdbool.h>
#include <string.h>

#include "accel_private.h"
#include "platform/lib/crypto/p256_ecdsa.h"
#include "tests/target/sp_accel/accel_proto.h"

static mbedtls_sha256_context sum;

static void begin(struct accel_stream *stream, uint64_t number)
{
    stream->state = number;
    mbedtls_sha256_init(&sum);
    (void)mbedtls_sha256_starts(&sum, 0);
}

static int finish(uint8_t digest[32])
{
    (void)mbedtls_sha256_finish(&sum, digest);
    return 0;
}

static void add(const uint8_t *bytes, size_t size)
{
    (void)mbedtls_sha256_update(&sum, bytes, size);
}

static struct {
    uint8_t key[32], iv[64], ad[64], tag[16];
    uint8_t text[ACCEL_TEXT_MAX], out[ACCEL_TEXT_MAX], back[ACCEL_TEXT_MAX];
    mbedtls_gcm_context gcm;
    mbedtls_aes_context aes;
} w;

// In one piece, and back; then in two pieces: the same
static bool gcm_case(unsigned int i)
{
    size_t done, cut = ACCEL_GCM_CUT(i);
    uint8_t tag[16];

    mbedtls_gcm_init(&w.gcm);
    if (mbedtls_gcm_setkey(&w.gcm, MBEDTLS_CIPHER_ID_AES, w.key, 8 * ACCEL_KEY_BYTES(i)) != 0 ||
        mbedtls_gcm_crypt_and_tag(&w.gcm, MBEDTLS_GCM_ENCRYPT, i, w.iv, ACCEL_GCM_IV(i), w.ad,
                                  ACCEL_GCM_AD(i), w.text, w.out, 16, w.tag) != 0 ||
        mbedtls_gcm_auth_decrypt(&w.gcm, i, w.iv, ACCEL_GCM_IV(i), w.ad, ACCEL_GCM_AD(i), w.tag, 16,
                                 w.out, w.back) != 0 ||
        memcmp(w.back, w.text, i) != 0) {
        return false;
    }
    if (mbedtls_gcm_starts(&w.gcm, MBEDTLS_GCM_ENCRYPT, w.iv, ACCEL_GCM_IV(i)) != 0 ||
        mbedtls_gcm_update_ad(&w.gcm, w.ad, ACCEL_GCM_AD(i)) != 0 ||
        mbedtls_gcm_update(&w.gcm, w.back, cut, w.back, cut, &done) != 0 || // in place
        mbedtls_gcm_update(&w.gcm, w.back + cut, i - cut, w.back + cut, i - cut, &done) != 0 ||
        mbedtls_gcm_finish(&w.gcm, NULL, 0, &done, tag, 16) != 0 || memcmp(w.back, w.out, i) != 0 ||
        memcmp(tag, w.tag, 16) != 0) {
        return false;
    }
    tag[i % 16] ^= 1;
    return mbedtls_gcm_auth_decrypt(&w.gcm, i, w.iv, ACCEL_GCM_IV(i), w.ad, ACCEL_GCM_AD(i), tag,
                                    16, w.out, w.back) == MBEDTLS_ERR_GCM_AUTH_FAILED;
}

int accel_gcm(uint64_t number, uint8_t digest[32])
{
    struct accel_stream stream;

    begin(&stream, number);
    for (unsigned int i = 0; i < ACCEL_GCM_CASES; i++) {
        accel_take(&stream, w.key, sizeof(w.key));
        accel_take(&stream, w.iv, sizeof(w.iv));
        accel_take(&stream, w.ad, sizeof(w.ad));
        accel_take(&stream, w.text, i);
        if (!gcm_case(i)) {
            return (int)i + 1;
        }
        add(w.out, i);
        add(w.tag, sizeof(w.tag));
    }
    return finish(digest);
}

// ChaCha20-Poly1305 in one piece and back, and in two pieces
static bool chacha_case(unsigned int i)
{
    static mbedtls_chachapoly_context chacha;
    size_t cut = ACCEL_GCM_CUT(i);
    uint8_t tag[16];

    mbedtls_chachapoly_init(&chacha);
    if (mbedtls_chachapoly_setkey(&chacha, w.key) != 0 ||
        mbedtls_chachapoly_encrypt_and_tag(&chacha, i, w.iv, w.ad, ACCEL_GCM_AD(i), w.text, w.out,
                                           w.tag) != 0 ||
        mbedtls_chachapoly_auth_decrypt(&chacha, i, w.iv, w.ad, ACCEL_GCM_AD(i), w.tag, w.out,
                                        w.back) != 0 ||
        memcmp(w.back, w.text, i) != 0 ||
        mbedtls_chachapoly_starts(&chacha, w.iv, MBEDTLS_CHACHAPOLY_ENCRYPT) != 0 ||
        mbedtls_chachapoly_update_aad(&chacha, w.ad, ACCEL_GCM_AD(i)) != 0 ||
        mbedtls_chachapoly_update(&chacha, cut, w.back, w.back) != 0 ||
        mbedtls_chachapoly_update(&chacha, i - cut, w.back + cut, w.back + cut) != 0 ||
        mbedtls_chachapoly_finish(&chacha, tag) != 0 || memcmp(w.back, w.out, i) != 0 ||
        memcmp(tag, w.tag, 16) != 0) {
        return false;
    }
    tag[i % 16] ^= 1;
    bool refused = mbedtls_chachapoly_auth_decrypt(&chacha, i, w.iv, w.ad, ACCEL_GCM_AD(i), tag,
                                                   w.out, w.back) != 0;

    mbedtls_chachapoly_free(&chacha);
    return refused;
}

int accel_chacha(uint64_t number, uint8_t digest[32])
{
    struct accel_stream stream;

    begin(&stream, number);
    for (unsigned int i = 0; i < ACCEL_CHACHA_CASES; i++) {
        accel_take(&stream, w.key, sizeof(w.key));
        accel_take(&stream, w.iv, 12);
        accel_take(&stream, w.ad, sizeof(w.ad));
        accel_take(&stream, w.text, i);
        if (!chacha_case(i)) {
            return (int)i + 1;
        }
        add(w.out, i);
        add(w.tag, sizeof(w.tag));
    }
    return finish(digest);
}

// One block, both ways
static bool ecb(unsigned int bits)
{
    return mbedtls_aes_setkey_enc(&w.aes, w.key, bits) == 0 &&
           mbedtls_aes_crypt_ecb(&w.aes, MBEDTLS_AES_ENCRYPT, w.text, w.out) == 0 &&
           mbedtls_aes_setkey_dec(&w.aes, w.key, bits) == 0 &&
           mbedtls_aes_crypt_ecb(&w.aes, MBEDTLS_AES_DECRYPT, w.out, w.back) == 0 &&
           memcmp(w.back, w.text, 16) == 0;
}

static bool cbc(unsigned int bits, size_t size)
{
    uint8_t iv[16];

    memcpy(iv, w.iv, sizeof(iv));
    if (mbedtls_aes_setkey_enc(&w.aes, w.key, bits) != 0 ||
        mbedtls_aes_crypt_cbc(&w.aes, MBEDTLS_AES_ENCRYPT, size, iv, w.text, w.out) != 0) {
        return false;
    }
    memcpy(iv, w.iv, sizeof(iv));
    memcpy(w.back, w.out, size);
    return mbedtls_aes_setkey_dec(&w.aes, w.key, bits) == 0 &&
           mbedtls_aes_crypt_cbc(&w.aes, MBEDTLS_AES_DECRYPT, size, iv, w.back, w.back) == 0 &&
           memcmp(w.back, w.text, size) == 0;
}

static bool ctr(unsigned int bits, size_t size, size_t cut)
{
    uint8_t iv[16], stream[16];
    size_t offset = 0;

    memcpy(iv, w.iv, sizeof(iv));
    return mbedtls_aes_setkey_enc(&w.aes, w.key, bits) == 0 &&
           mbedtls_aes_crypt_ctr(&w.aes, cut, &offset, iv, stream, w.text, w.out) == 0 &&
           mbedtls_aes_crypt_ctr(&w.aes, size - cut, &offset, iv, stream, w.text + cut,
                                 w.out + cut) == 0;
}

static bool cfb(size_t size, size_t cut)
{
    uint8_t iv[16];
    size_t offset = 0;

    memcpy(iv, w.iv, sizeof(iv));
    if (mbedtls_aes_crypt_cfb128(&w.aes, MBEDTLS_AES_ENCRYPT, cut, &offset, iv, w.text, w.out) !=
            0 ||
        mbedtls_aes_crypt_cfb128(&w.aes, MBEDTLS_AES_ENCRYPT, size - cut, &offset, iv, w.text + cut,
                                 w.out + cut) != 0) {
        return false;
    }
    memcpy(iv, w.iv, sizeof(iv));
    offset = 0;
    return mbedtls_aes_crypt_cfb128(&w.aes, MBEDTLS_AES_DECRYPT, size, &offset, iv, w.out,
                                    w.back) == 0 &&
           memcmp(w.back, w.text, size) == 0;
}

static bool ofb(size_t size, size_t cut)
{
    uint8_t iv[16];
    size_t offset = 0;

    memcpy(iv, w.iv, sizeof(iv));
    return mbedtls_aes_crypt_ofb(&w.aes, cut, &offset, iv, w.text, w.out) == 0 &&
           mbedtls_aes_crypt_ofb(&w.aes, size - cut, &offset, iv, w.text + cut, w.out + cut) == 0;
}

static bool cfb8(size_t size)
{
    uint8_t iv[16];

    memcpy(iv, w.iv, sizeof(iv));
    if (mbedtls_aes_crypt_cfb8(&w.aes, MBEDTLS_AES_ENCRYPT, size, iv, w.text, w.out) != 0) {
        return false;
    }
    memcpy(iv, w.iv, sizeof(iv));
    return mbedtls_aes_crypt_cfb8(&w.aes, MBEDTLS_AES_DECRYPT, size, iv, w.out, w.back) == 0 &&
           memcmp(w.back, w.text, size) == 0;
}

int accel_aes(uint64_t number, uint8_t digest[32])
{
    struct accel_stream stream;

    begin(&stream, number);
    for (unsigned int i = 0; i < ACCEL_AES_CASES; i++) {
        unsigned int bits = 8 * ACCEL_KEY_BYTES(i);
        size_t size = 16 * (i % 40), odd = 5 * i, cut = ACCEL_GCM_CUT(odd);

        accel_take(&stream, w.key, sizeof(w.key));
        accel_take(&stream, w.iv, sizeof(w.iv));
        accel_take(&stream, w.text, sizeof(w.text));
        memset(w.iv + 16 - i % 16, 0xff, i % 16); // carries of every length
        bool good = ecb(bits);

        add(w.out, 16);
        good = good && cbc(bits, size);
        add(w.out, size);
        good = good && ctr(bits, odd, cut);
        add(w.out, odd);
        good = good && cfb(odd, cut);
        add(w.out, odd);
        good = good && ofb(odd, cut);
        add(w.out, odd);
        good = good && cfb8(i);
        add(w.out, i);
        if (!good) {
            return (int)i + 1;
        }
    }
    return finish(digest);
}

// Private keys at the ends of their range, then any: the top bit is taken away, so that they are in it
static void private_key(struct accel_stream *stream, unsigned int i, uint8_t key[32])
{
    static const uint8_t order[32] = { 0xff, 0xff, 0xff, 0xff, 0,    0,    0,    0,
                                       0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
                                       0xbc, 0xe6, 0xfa, 0xad, 0xa7, 0x17, 0x9e, 0x84,
                                       0xf3, 0xb9, 0xca, 0xc2, 0xfc, 0x63, 0x25, 0x51 };

    accel_take(stream, key, 32);
    key[0] &= 0x7f;
    if (i < 4) {
        memset(key, 0, 32);
        key[31] = (uint8_t)(i + 1);
    } else if (i < 12) {
        memcpy(key, order, 32);
        key[31] = (uint8_t)(order[31] - (i - 3));
    }
}

// Public key, agreement with the public key before, signature that verifies and one that does not
int accel_p256(uint64_t number, uint8_t digest[32])
{
    uint8_t key[32], nonce[32], hash[32], secret[32];
    uint8_t public[P256_PUBLIC_BYTES], peer[P256_PUBLIC_BYTES], signature[P256_SIGNATURE_BYTES];
    struct accel_stream stream;

    begin(&stream, number);
    memset(key, 0, sizeof(key));
    key[31] = 5;
    if (!p256_ecdsa_public(peer, key)) {
        return 1;
    }
    for (unsigned int i = 0; i < ACCEL_P256_CASES; i++) {
        private_key(&stream, i, key);
        accel_take(&stream, nonce, sizeof(nonce));
        nonce[0] &= 0x7f;
        accel_take(&stream, hash, sizeof(hash));
        if (!p256_ecdsa_public(public, key) || !p256_ecdsa_agree(secret, key, peer) ||
            !p256_ecdsa_sign(signature, key, nonce, hash, sizeof(hash)) ||
            !p256_ecdsa_verify(signature, public, hash, sizeof(hash)) ||
            !p256_ecdsa_verify_own(signature, key, hash, sizeof(hash))) {
            return (int)i + 1;
        }
        add(public, sizeof(public));
        add(secret, sizeof(secret));
        add(signature, sizeof(signature));
        signature[i] ^= 1;
        peer[i] ^= 1; // off the curve
        if (p256_ecdsa_verify(signature, public, hash, sizeof(hash)) ||
            p256_ecdsa_verify_own(signature, key, hash, sizeof(hash)) ||
            p256_ecdsa_agree(secret, key, peer)) {
            return (int)i + 1;
        }
        memcpy(peer, public, sizeof(peer));
    }
    return finish(digest);
}

// Has [begin, end) of `base` the pattern, and all around it what was there?
static bool is_written(const uint8_t *base, size_t begin, size_t end, const uint8_t *pattern)
{
    for (size_t i = 0; i < ACCEL_TEXT_MAX; i++) {
        if (base[i] != (i >= begin && i < end ? pattern[i - begin] : 0x5a)) {
            return false;
        }
    }
    return true;
}

int accel_copy(void)
{
    void *(*volatile copy)(void *, const void *, size_t) =
        memcpy; // not what a compiler makes of it
    void *(*volatile fill)(void *, int, size_t) = memset;
    struct accel_stream stream = { 77 };

    accel_take(&stream, w.text, sizeof(w.text));
    for (size_t size = 0; size <= ACCEL_TEXT_MAX - 40; size += size < 1100 ? 1 : 37) {
        for (size_t at = 0; at < 17; at++) {
            size_t from = (3 * at + size) % 16;

            memset(w.out, 0x5a, sizeof(w.out));
            if (copy(w.out + at, w.text + from, size) != w.out + at ||
                !is_written(w.out, at, at + size, w.text + from)) {
                return (int)size + 1;
            }
            memset(w.out, 0x5a, sizeof(w.out));
            memset(w.back, 0xc3, sizeof(w.back));
            if (fill(w.out + at, 0x1c3, size) != w.out + at ||
                !is_written(w.out, at, at + size, w.back)) {
                return (int)size + 1;
            }
        }
    }
    return 0;
}
