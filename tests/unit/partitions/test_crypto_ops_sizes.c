// SPDX-License-Identifier: BSD-3-Clause
//
// Multi-part operations of the crypto service: answers that do not fit, sizes of tags, of nothing, of too much; derivations
// and the keys that come out of them.
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "crypto_ops.h"
#include "crypto_ops_case.h"

#define ARRAY_COUNT(array) (sizeof(array) / sizeof((array)[0]))

// --- Answers that do not fit ---

// The request in the making must be answered with `size` bytes if they fit, and with nothing and no effect if not.
static void check_short(uint16_t opcode, size_t size)
{
    static uint8_t saved[4096];
    size_t saved_size = kase.request_size;

    assert_true(saved_size <= sizeof(saved));
    memcpy(saved, kase.request, saved_size);
    for (size_t room = size >= 3 ? size - 3 : 0; room <= size; room++) {
        kase.request_size = 0;
        case_put(saved, saved_size);
        kase.response_max = room;
        int32_t status = case_run(opcode);

        if (status != (room < size ? TS_RPC_INVALID_RESPONSE_BODY : TS_RPC_SUCCESS)) {
            fail_msg("%#x with %zu of %zu bytes: %d", opcode, room, size, status);
        }
    }
    kase.response_max = CASE_SIZE;
    assert_int_equal(kase.status, PSA_SUCCESS);
}

static void short_answer_op(uint16_t opcode, uint32_t op, size_t size)
{
    case_word(op);
    check_short(opcode, size);
}

static void short_answer_data(uint16_t opcode, uint32_t op, size_t data, size_t size)
{
    case_word(op);
    case_record(1, zeros, data);
    check_short(opcode, size);
}

static void short_setup(uint16_t opcode, uint32_t key, uint32_t alg)
{
    if (key != 0) {
        case_word(key);
    }
    case_word(alg);
    check_short(opcode, 4);
}

static void answers_of_hashes_and_macs_fit_or_do_nothing(void **state)
{
    uint32_t key = ops_make_key(PSA_KEY_TYPE_HMAC, 128, HMAC);

    (void)state;
    short_setup(0x0201, 0, PSA_ALG_SHA_384);
    uint32_t op = case_answer_word();

    short_answer_op(0x0206, op, 4);
    short_answer_op(0x0203, op, 4 + 48);
    short_setup(0x0501, key, HMAC);
    op = case_answer_word();
    short_answer_op(0x0504, op, 4 + 32);
    short_setup(0x0502, key, HMAC);
    case_word(PSA_ALG_SHA3_512);
    case_record(1, zeros, 3);
    check_short(0x7f10, 4 + 64);
    case_word(key);
    case_word(HMAC);
    case_record(1, zeros, 3);
    check_short(0x7f30, 4 + 32);
    case_word(100);
    check_short(0x010c, 4 + 100);
    assert_int_equal(case_destroy(key), PSA_SUCCESS);
    assert_int_equal(case_call(CLIENT_GONE), PSA_SUCCESS);
}

static void answers_of_ciphers_fit_or_do_nothing(void **state)
{
    uint32_t key = ops_make_key(PSA_KEY_TYPE_AES, 128, PSA_ALG_CBC_PKCS7);

    (void)state;
    short_setup(0x0301, key, PSA_ALG_CBC_PKCS7);
    uint32_t op = case_answer_word();

    short_answer_op(0x0303, op, 4 + 16);
    short_answer_data(0x0305, op, 7, 4);
    short_answer_data(0x0305, op, 25, 4 + 32);
    short_answer_data(0x0305, op, 15, 4);
    short_answer_op(0x0306, op, 4 + 16);
    // It keeps the last whole block to itself
    op = ops_setup(0x0302, key, PSA_ALG_CBC_PKCS7);
    assert_int_equal(ops_call_data(0x0304, op, zeros, 16), PSA_SUCCESS);
    assert_int_equal(ops_call_data(0x0305, op, zeros, 16), PSA_SUCCESS);
    assert_int_equal(kase.response_size, 4);
    assert_int_equal(ops_call_data(0x0305, op, zeros, 1), PSA_SUCCESS);
    assert_int_equal(kase.response_size, 4 + 16);
    assert_int_equal(ops_call(0x0307, op), PSA_SUCCESS);
    case_word(key);
    case_word(PSA_ALG_CBC_PKCS7);
    case_record(1, zeros, 16);
    check_short(0x7f20, 4 + 16 + 32);
    assert_int_equal(case_destroy(key), PSA_SUCCESS);
    key = ops_make_key(PSA_KEY_TYPE_AES, 128, PSA_ALG_CTR);
    case_word(key);
    case_word(PSA_ALG_CTR);
    case_record(1, zeros, 16 + 9);
    check_short(0x7f21, 4 + 9);
    assert_int_equal(case_destroy(key), PSA_SUCCESS);
}

static void answers_of_aeads_fit_or_do_nothing(void **state)
{
    uint32_t key = ops_make_key(PSA_KEY_TYPE_AES, 128, PSA_ALG_GCM);
    uint8_t sealed[9 + 16];
    size_t size;

    (void)state;
    short_setup(0x0601, key, PSA_ALG_GCM);
    uint32_t op = case_answer_word();

    short_answer_op(0x0603, op, 4 + 12);
    short_answer_data(0x0607, op, 9, 4 + 9);
    // What PSA allows as rest of the ciphertext must fit, too, though there is none
    case_word(op);
    kase.response_max = 4 + PSA_AEAD_FINISH_OUTPUT_MAX_SIZE + 4 + 16 - 1;
    assert_int_equal(case_run(0x0608), TS_RPC_INVALID_RESPONSE_BODY);
    kase.response_max++;
    assert_int_equal(ops_call(0x0608, op), PSA_SUCCESS);
    assert_int_equal(kase.response_size, 4 + 4 + 16);
    kase.response_max = CASE_SIZE;

    case_word(key);
    case_word(PSA_ALG_GCM);
    case_record(1, zeros, 12);
    case_record(3, zeros, 9);
    check_short(0x7f50, 4 + 9 + 16);
    memcpy(sealed, case_answer_record(&size), sizeof(sealed));
    case_word(key);
    case_word(PSA_ALG_GCM);
    case_record(1, zeros, 12);
    case_record(3, sealed, sizeof(sealed));
    check_short(0x7f51, 4 + 9);
    op = ops_setup(0x0602, key, PSA_ALG_GCM);
    assert_int_equal(ops_call_data(0x0604, op, zeros, 12), PSA_SUCCESS);
    assert_int_equal(ops_call_data(0x0607, op, sealed, 9), PSA_SUCCESS);
    case_word(op);
    case_record(1, sealed + 9, 16);
    kase.response_max = 4 + PSA_AEAD_VERIFY_OUTPUT_MAX_SIZE - 1;
    assert_int_equal(case_run(0x0609), TS_RPC_INVALID_RESPONSE_BODY);
    kase.response_max++;
    assert_int_equal(ops_call_data(0x0609, op, sealed + 9, 16), PSA_SUCCESS);
    kase.response_max = CASE_SIZE;
    assert_int_equal(case_destroy(key), PSA_SUCCESS);
}

static void answers_of_derivations_fit_or_do_nothing(void **state)
{
    uint32_t key = ops_make_key(PSA_KEY_TYPE_DERIVE, 128, HKDF);

    (void)state;
    short_setup(0x0401, 0, HKDF);
    uint32_t op = ops_ready_hkdf(key);

    short_answer_op(0x0402, op, 4);
    assert_int_equal(ops_call(0x0402, op), PSA_SUCCESS);
    assert_int_equal(case_answer_word(), 255 * 32);
    case_word(op);
    case_word(20);
    check_short(0x0406, 4 + 20);
    ops_put_output_key(op, PSA_KEY_TYPE_AES, 128, PSA_ALG_CTR);
    check_short(0x0407, 4);
    uint32_t made = case_answer_word();

    assert_int_equal(ops_call(0x0402, op), PSA_SUCCESS);
    assert_int_equal(case_answer_word(), 255 * 32 - 20 - 16); // the short ones took nothing
    assert_int_equal(case_destroy(made), PSA_SUCCESS);
    assert_int_equal(case_destroy(key), PSA_SUCCESS);
    assert_int_equal(case_call(CLIENT_GONE), PSA_SUCCESS);
}

// --- Sizes ---

// T83: a tag of any size but the right one is refused, and never read beyond
static void tags_of_every_other_size_are_refused(void **state)
{
    static const struct {
        uint32_t type, bits, alg;
    } rows[] = {
        { PSA_KEY_TYPE_AES, 128, PSA_ALG_GCM },
        { PSA_KEY_TYPE_AES, 128, PSA_ALG_CCM },
        { PSA_KEY_TYPE_AES, 256, PSA_ALG_AEAD_WITH_SHORTENED_TAG(PSA_ALG_CCM, 4) },
        { PSA_KEY_TYPE_CHACHA20, 256, PSA_ALG_CHACHA20_POLY1305 },
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
        uint32_t key = ops_make_key(rows[i].type, rows[i].bits, rows[i].alg);
        size_t right = PSA_AEAD_TAG_LENGTH(rows[i].type, rows[i].bits, rows[i].alg);
        uint8_t tag[256] = { 0 };
        size_t size;

        case_word(key);
        case_word(rows[i].alg);
        case_record(1, zeros, 12);
        assert_int_equal(case_call(0x7f50), PSA_SUCCESS); // of nothing: the answer is the tag
        const uint8_t *answer = case_answer_record(&size);

        assert_int_equal(size, right);
        memcpy(tag, answer, size);
        for (size_t length = 0; length < sizeof(tag); length++) {
            uint32_t op = ops_setup(0x0602, key, rows[i].alg);

            assert_int_equal(ops_call_words3(0x0605, op, 0, 0), PSA_SUCCESS);
            assert_int_equal(ops_call_data(0x0604, op, zeros, 12), PSA_SUCCESS);
            (void)ops_call_data(0x0609, op, tag, length);
            assert_int_equal(kase.status == PSA_SUCCESS, length == right);
            assert_int_equal(ops_call(0x0607, op), PSA_ERROR_BAD_STATE);
        }
        assert_int_equal(case_destroy(key), PSA_SUCCESS);
    }
}

// The sizes of tags that an algorithm can name: NIST's and RFC 8439's are accepted
static void algorithms_with_other_tags_are_refused(void **state)
{
    (void)state;
    for (uint32_t size = 1; size < 64; size++) {
        bool good_gcm = size == 4 || size == 8 || (size >= 12 && size <= 16);
        bool good_ccm = size % 2 == 0 && size >= 4 && size <= 16;

        for (unsigned int i = 0; i < 3; i++) {
            uint32_t base = i == 0 ? PSA_ALG_GCM : i == 1 ? PSA_ALG_CCM : PSA_ALG_CHACHA20_POLY1305;
            uint32_t alg = (base & ~(uint32_t)PSA_ALG_AEAD_TAG_LENGTH_MASK) |
                           size << PSA_AEAD_TAG_LENGTH_OFFSET;
            uint32_t key =
                ops_make_key(i == 2 ? PSA_KEY_TYPE_CHACHA20 : PSA_KEY_TYPE_AES, 256, alg);
            bool good = i == 0 ? good_gcm : i == 1 ? good_ccm : size == 16;
            uint32_t op = ops_setup(0x0601, key, alg);

            assert_int_equal(op != 0, good);
            assert_int_equal(ops_call(0x060a, op), PSA_SUCCESS);
            assert_int_equal(case_destroy(key), PSA_SUCCESS);
        }
    }
}

// T84: no byte of key stream comes twice
static void chacha20_ends_before_its_counter_wraps(void **state)
{
    uint32_t key = ops_make_key(PSA_KEY_TYPE_CHACHA20, 256, PSA_ALG_STREAM_CIPHER);
    uint32_t ops[2];

    (void)state;
    for (unsigned int i = 0; i < 2; i++) {
        ops[i] = ops_setup(0x0301, key, PSA_ALG_STREAM_CIPHER);
        assert_int_equal(ops_call_data(0x0304, ops[i], zeros, 12), PSA_SUCCESS);
        // As if all but 128 bytes of it had been used: that takes days
        crypto_ops_find(0, CRYPTO_OP_CIPHER, ops[i])->count = (1ull << 38) - 128;
        assert_int_equal(ops_call_data(0x0305, ops[i], zeros, 64), PSA_SUCCESS);
    }
    assert_int_equal(ops_call_data(0x0305, ops[0], zeros, 64), PSA_SUCCESS);
    assert_int_equal(ops_call_data(0x0305, ops[0], zeros, 0), PSA_SUCCESS);
    assert_int_equal(ops_call_data(0x0305, ops[0], zeros, 1), PSA_ERROR_INVALID_ARGUMENT);
    assert_int_equal(ops_call_data(0x0305, ops[0], zeros, 1), PSA_ERROR_BAD_STATE); // it is over
    assert_int_equal(ops_call_data(0x0305, ops[1], zeros, 65), PSA_ERROR_INVALID_ARGUMENT);
    assert_int_equal(case_destroy(key), PSA_SUCCESS);
}

// The same of the AEAD (RFC 8439, 2.8): its first block is the tag's
static void chacha20_poly1305_ends_before_its_counter_wraps(void **state)
{
    uint32_t key = ops_make_key(PSA_KEY_TYPE_CHACHA20, 256, PSA_ALG_CHACHA20_POLY1305);

    (void)state;
    for (uint16_t setup = 0x0601; setup <= 0x0602; setup++) {
        uint32_t ops[2];

        for (unsigned int i = 0; i < 2; i++) {
            ops[i] = ops_setup(setup, key, PSA_ALG_CHACHA20_POLY1305);
            assert_int_equal(ops_call_data(0x0604, ops[i], zeros, 12), PSA_SUCCESS);
            crypto_ops_find(0, CRYPTO_OP_AEAD, ops[i])->count = (1ull << 38) - 64 - 128;
            assert_int_equal(ops_call_data(0x0607, ops[i], zeros, 64), PSA_SUCCESS);
        }
        assert_int_equal(ops_call_data(0x0607, ops[0], zeros, 64), PSA_SUCCESS);
        assert_int_equal(ops_call_data(0x0607, ops[0], zeros, 0), PSA_SUCCESS);
        assert_int_equal(ops_call_data(0x0607, ops[0], zeros, 1), PSA_ERROR_INVALID_ARGUMENT);
        assert_int_equal(ops_call_data(0x0607, ops[0], zeros, 1), PSA_ERROR_BAD_STATE);
        assert_int_equal(ops_call_data(0x0607, ops[1], zeros, 65), PSA_ERROR_INVALID_ARGUMENT);
    }
    assert_int_equal(case_destroy(key), PSA_SUCCESS);
}

// CCM's counter has what its nonce of 13 bytes leaves of a block, and the first one is the tag's (SP 800-38C, A.3)
static void ccm_without_tag_ends_before_its_counter_wraps(void **state)
{
    uint32_t key = ops_make_key(PSA_KEY_TYPE_AES, 128, PSA_ALG_CCM_STAR_NO_TAG);

    (void)state;
    for (uint16_t setup = 0x0301; setup <= 0x0302; setup++) {
        uint32_t op = ops_setup(setup, key, PSA_ALG_CCM_STAR_NO_TAG);

        assert_int_equal(ops_call_data(0x0304, op, zeros, 13), PSA_SUCCESS);
        for (unsigned int i = 0; i < 0xffff; i += 0x0f0f) { // blocks, of 65,535
            assert_int_equal(ops_call_data(0x0305, op, zeros, 16 * 0x0f0f), PSA_SUCCESS);
        }
        assert_int_equal(ops_call_data(0x0305, op, zeros, 1), PSA_ERROR_INVALID_ARGUMENT);
    }
    assert_int_equal(case_destroy(key), PSA_SUCCESS);
}

// Records that are not there are values of length 0
static void nothing_is_a_message(void **state)
{
    uint32_t hmac = ops_make_key(PSA_KEY_TYPE_HMAC, 128, HMAC);
    uint32_t gcm = ops_make_key(PSA_KEY_TYPE_AES, 128, PSA_ALG_GCM);
    uint32_t ecb = ops_make_key(PSA_KEY_TYPE_AES, 128, PSA_ALG_ECB_NO_PADDING);
    size_t size;

    (void)state;
    uint32_t op = ops_setup(0x0201, 0, PSA_ALG_SHA_256);

    assert_int_equal(ops_call(0x0202, op), PSA_SUCCESS);
    assert_int_equal(ops_call(0x0205, op), PSA_ERROR_INVALID_SIGNATURE);
    case_word(PSA_ALG_SHA_256);
    assert_int_equal(case_call(0x7f10), PSA_SUCCESS);
    case_word(PSA_ALG_SHA_256);
    assert_int_equal(case_call(0x7f11), PSA_ERROR_INVALID_SIGNATURE);
    op = ops_setup(0x0501, hmac, HMAC);
    assert_int_equal(ops_call(0x0503, op), PSA_SUCCESS);
    assert_int_equal(ops_call(0x0504, op), PSA_SUCCESS);
    op = ops_setup(0x0502, hmac, HMAC);
    assert_int_equal(ops_call(0x0505, op), PSA_ERROR_INVALID_SIGNATURE);
    op = ops_setup(0x0301, ecb, PSA_ALG_ECB_NO_PADDING);
    assert_int_equal(ops_call(0x0305, op), PSA_SUCCESS);
    assert_int_equal(ops_call(0x0306, op), PSA_SUCCESS);
    (void)case_answer_record(&size);
    assert_int_equal(size, 0);
    op = ops_setup(0x0602, gcm, PSA_ALG_GCM);
    assert_int_equal(ops_call(0x0604, op), PSA_ERROR_INVALID_ARGUMENT); // a nonce of nothing
    op = ops_setup(0x0602, gcm, PSA_ALG_GCM);
    assert_int_equal(ops_call_data(0x0604, op, zeros, 12), PSA_SUCCESS);
    assert_int_equal(ops_call(0x0606, op), PSA_SUCCESS);
    assert_int_equal(ops_call(0x0607, op), PSA_SUCCESS);
    assert_int_equal(ops_call(0x0609, op), PSA_ERROR_INVALID_SIGNATURE);
    case_word(gcm);
    case_word(PSA_ALG_GCM);
    assert_int_equal(case_call(0x7f50), PSA_ERROR_INVALID_ARGUMENT);
    case_word(gcm);
    case_word(PSA_ALG_GCM);
    assert_int_not_equal(case_call(0x7f51), PSA_SUCCESS);
    op = ops_setup(0x0401, 0, PSA_ALG_TLS12_PSK_TO_MS(PSA_ALG_SHA_256));
    assert_int_equal(ops_input_bytes(op, PSA_KEY_DERIVATION_INPUT_SEED, zeros, 3), PSA_SUCCESS);
    assert_int_equal(ops_input_bytes(op, PSA_KEY_DERIVATION_INPUT_SECRET, NULL, 0), PSA_SUCCESS);
    assert_int_equal(ops_call(0x0408, op), PSA_SUCCESS);
    op = ops_setup(0x0401, 0, HKDF); // an integer is not for it
    assert_int_equal(ops_input_cost(op, 1ull << 40), PSA_ERROR_INVALID_ARGUMENT);
    op = ops_ready_hkdf(0);
    assert_int_equal(ops_call_words(0x0406, op, 0), PSA_SUCCESS);
    (void)case_answer_record(&size);
    assert_int_equal(size, 0);
    assert_int_equal(ops_call(0x7f41, op), PSA_SUCCESS);
    assert_int_equal(ops_call(0x0408, op), PSA_SUCCESS);
    assert_int_equal(case_call(CLIENT_GONE), PSA_SUCCESS);
}

// T90: whatever is wrong with the padding, the answer is the same
static void wrong_padding_looks_the_same_everywhere(void **state)
{
    uint32_t key = ops_make_key(PSA_KEY_TYPE_AES, 128, PSA_ALG_CBC_PKCS7);
    uint8_t sealed[16 + 32];
    size_t size;

    (void)state;
    case_word(key);
    case_word(PSA_ALG_CBC_PKCS7);
    case_record(1, zeros, 20); // 12 bytes of padding, each of them 12
    assert_int_equal(case_call(0x7f20), PSA_SUCCESS);
    memcpy(sealed, case_answer_record(&size), sizeof(sealed));
    for (unsigned int i = 0; i < 12; i++) { // through the block before: one byte of padding
        for (unsigned int flip = 1; flip < 256; flip++) {
            // The last byte may become another good padding: of 1 to 3 bytes whose others fit
            if (i == 11 && (12 ^ flip) == 1) {
                continue;
            }
            sealed[31 - (11 - i)] ^= (uint8_t)flip;
            case_word(key);
            case_word(PSA_ALG_CBC_PKCS7);
            case_record(1, sealed, sizeof(sealed));
            assert_int_equal(case_call(0x7f21), PSA_ERROR_INVALID_PADDING);
            sealed[31 - (11 - i)] ^= (uint8_t)flip;
        }
    }
    assert_int_equal(case_destroy(key), PSA_SUCCESS);
}

// --- Derivation ---

static void a_derivation_ends_at_its_capacity(void **state)
{
    uint32_t op = ops_ready_hkdf(0);

    (void)state;
    assert_int_equal(ops_call_words(0x0403, op, 10), PSA_SUCCESS);
    assert_int_equal(ops_call_words(0x0403, op, 11), PSA_ERROR_INVALID_ARGUMENT);
    assert_int_equal(ops_call_words(0x0406, op, 4), PSA_SUCCESS);
    assert_int_equal(ops_call(0x0402, op), PSA_SUCCESS);
    assert_int_equal(case_answer_word(), 6);
    assert_int_equal(ops_call_data(0x7f41, op, zeros, 7), PSA_ERROR_INSUFFICIENT_DATA);
    assert_int_equal(ops_call(0x0402, op), PSA_SUCCESS);
    assert_int_equal(case_answer_word(), 0);
    assert_int_equal(ops_call_words(0x0406, op, 1), PSA_ERROR_INSUFFICIENT_DATA);
    assert_int_equal(ops_call_words(0x0406, op, 0), PSA_ERROR_INSUFFICIENT_DATA);
    assert_int_equal(ops_call(0x0408, op), PSA_SUCCESS);
    op = ops_setup(0x0401, 0, PBKDF2); // more than a word can tell
    assert_int_equal(ops_call(0x0402, op), PSA_SUCCESS);
    assert_int_equal(case_answer_word(), 0xffffffff);
    assert_int_equal(ops_call(0x0408, op), PSA_SUCCESS);
    op = ops_ready_hkdf(0);
    assert_int_equal(ops_call_words(0x0406, op, 255 * 32), PSA_SUCCESS);
    assert_int_equal(ops_call_words(0x0406, op, 1), PSA_ERROR_INSUFFICIENT_DATA);
    case_word(op);
    case_word(65536); // longer than a record
    assert_int_equal(case_run(0x0406), TS_RPC_INVALID_RESPONSE_BODY);
    assert_int_equal(ops_call(0x0408, op), PSA_SUCCESS);
}

static void keys_come_out_of_derivations_that_keys_went_into(void **state)
{
    uint32_t secret = ops_make_key(PSA_KEY_TYPE_DERIVE, 128, HKDF);
    uint32_t op = ops_ready_hkdf(secret);
    uint8_t bytes[32];
    size_t size;

    (void)state;
    assert_int_equal(ops_call_words(0x0406, op, 32), PSA_SUCCESS);
    memcpy(bytes, case_answer_record(&size), 32);
    assert_int_equal(ops_call(0x0408, op), PSA_SUCCESS);
    op = ops_ready_hkdf(secret);
    ops_put_output_key(op, PSA_KEY_TYPE_AES, 256, PSA_ALG_CTR);
    assert_int_equal(case_call(0x0407), PSA_SUCCESS);
    uint32_t made = case_answer_word();

    assert_int_equal(ops_call(0x0105, made), PSA_SUCCESS);
    assert_memory_equal(case_answer_record(&size), bytes, 32);
    assert_int_equal(size, 32);
    // What cannot be made leaves the derivation as it is
    ops_put_output_key(op, PSA_KEY_TYPE_AES, 0, PSA_ALG_CTR);
    assert_int_equal(case_call(0x0407), PSA_ERROR_INVALID_ARGUMENT);
    ops_put_output_key(op, PSA_KEY_TYPE_RSA_KEY_PAIR, 2048, 0);
    assert_int_equal(case_call(0x0407), PSA_ERROR_NOT_SUPPORTED);
    ops_put_output_key(op, 0x10000 | PSA_KEY_TYPE_AES, 128, PSA_ALG_CTR);
    assert_int_equal(case_call(0x0407), PSA_ERROR_INVALID_ARGUMENT);
    ops_put_output_key(op, PSA_KEY_TYPE_ECC_KEY_PAIR(PSA_ECC_FAMILY_SECP_R1), 256, PSA_ALG_ECDH);
    assert_int_equal(case_call(0x0407), PSA_SUCCESS);
    assert_int_equal(case_destroy(case_answer_word()), PSA_SUCCESS);
    assert_int_equal(ops_call(0x0408, op), PSA_SUCCESS);
    assert_int_equal(case_destroy(made), PSA_SUCCESS);
    op = ops_ready_hkdf(0); // a secret in the clear: bytes only
    ops_put_output_key(op, PSA_KEY_TYPE_AES, 256, PSA_ALG_CTR);
    assert_int_equal(case_call(0x0407), PSA_ERROR_NOT_PERMITTED);
    assert_int_equal(ops_call_words(0x0406, op, 32), PSA_SUCCESS);
    assert_int_equal(ops_call(0x0408, op), PSA_SUCCESS);
    // More keys than it takes
    op = ops_setup(0x0401, 0, PBKDF2);
    assert_int_equal(ops_call_words3(0x0405, op, 0x10000 | PSA_KEY_DERIVATION_INPUT_SECRET, secret),
                     PSA_ERROR_INVALID_ARGUMENT);
    assert_int_equal(case_destroy(secret), PSA_SUCCESS);
}

static uint32_t ready_pbkdf2(uint64_t cost)
{
    uint32_t op = ops_setup(0x0401, 0, PBKDF2);

    assert_int_equal(ops_input_cost(op, cost), PSA_SUCCESS);
    assert_int_equal(ops_input_bytes(op, PSA_KEY_DERIVATION_INPUT_SALT, "salt", 4), PSA_SUCCESS);
    assert_int_equal(ops_input_bytes(op, PSA_KEY_DERIVATION_INPUT_PASSWORD, "password", 8),
                     PSA_SUCCESS);
    return op;
}

// PSA Crypto 1.2, psa_key_derivation_verify_key()
static void a_password_is_verified_without_leaving(void **state)
{
    // PBKDF2-HMAC-SHA-256, "password", "salt", 2 iterations
    static const uint8_t hash[32] = { 0xae, 0x4d, 0x0c, 0x95, 0xaf, 0x6b, 0x46, 0xd3,
                                      0x2d, 0x0a, 0xdf, 0xf9, 0x28, 0xf0, 0x6d, 0xd0,
                                      0x2a, 0x30, 0x3f, 0x8e, 0xf3, 0xc2, 0x51, 0xdf,
                                      0xd6, 0xe2, 0xd8, 0x5a, 0x95, 0x47, 0x4c, 0x43 };
    struct case_key attributes = { .type = PSA_KEY_TYPE_PASSWORD_HASH,
                                   .usage = PSA_KEY_USAGE_VERIFY_DERIVATION,
                                   .alg = PBKDF2 };
    uint32_t good, no_usage, no_alg, no_hash, others;

    (void)state;
    assert_int_equal(case_import(&attributes, hash, 32, &good), PSA_SUCCESS);
    case_as(SP1, 0);
    assert_int_equal(case_import(&attributes, hash, 32, &others), PSA_SUCCESS);
    case_as(NWD, 0);
    attributes.usage = PSA_KEY_USAGE_DERIVE;
    assert_int_equal(case_import(&attributes, hash, 32, &no_usage), PSA_SUCCESS);
    attributes.usage = PSA_KEY_USAGE_VERIFY_DERIVATION;
    attributes.alg = HKDF;
    assert_int_equal(case_import(&attributes, hash, 32, &no_alg), PSA_SUCCESS);
    attributes.alg = PBKDF2;
    attributes.type = PSA_KEY_TYPE_RAW_DATA;
    assert_int_equal(case_import(&attributes, hash, 32, &no_hash), PSA_SUCCESS);

    uint32_t op = ready_pbkdf2(2);

    assert_int_equal(ops_call_words(0x7f42, op, no_usage), PSA_ERROR_NOT_PERMITTED);
    assert_int_equal(ops_call_words(0x7f42, op, no_alg), PSA_ERROR_NOT_PERMITTED);
    assert_int_equal(ops_call_words(0x7f42, op, no_hash), PSA_ERROR_INVALID_ARGUMENT);
    assert_int_equal(ops_call_words(0x7f42, op, good ^ 0x55), PSA_ERROR_INVALID_HANDLE);
    assert_int_equal(ops_call_words(0x7f42, op, good), PSA_SUCCESS);
    assert_int_equal(ops_call_words(0x7f42, op, good), PSA_ERROR_INVALID_SIGNATURE); // other bytes
    assert_int_equal(ops_call(0x0408, op), PSA_SUCCESS);
    op = ready_pbkdf2(3);
    assert_int_equal(ops_call_words(0x7f42, op, good), PSA_ERROR_INVALID_SIGNATURE);
    assert_int_equal(ops_call(0x0408, op), PSA_SUCCESS);
    assert_int_equal(case_call(CLIENT_GONE), PSA_SUCCESS);
    case_as(SP1, 0);
    assert_int_equal(case_call(CLIENT_GONE), PSA_SUCCESS);
}

static void no_request_works_for_ever(void **state)
{
    static const uint64_t too_many[] = { (1ull << 22) + 1, UINT32_MAX, UINT64_MAX };
    uint32_t op;

    (void)state;
    for (size_t i = 0; i < ARRAY_COUNT(too_many); i++) {
        op = ops_setup(0x0401, 0, PBKDF2);
        assert_int_equal(ops_input_cost(op, too_many[i]), PSA_ERROR_NOT_SUPPORTED);
        assert_int_equal(ops_call(0x0402, op), PSA_ERROR_BAD_STATE);
    }
    op = ops_setup(0x0401, 0, PBKDF2);
    assert_int_equal(ops_input_cost(op, 0), PSA_ERROR_INVALID_ARGUMENT);
    op = ready_pbkdf2(1u << 22);
    assert_int_equal(ops_call_words(0x0406, op, 65535), PSA_ERROR_NOT_SUPPORTED);
    assert_int_equal(ops_call_words(0x0406, op, 4 * 32), PSA_ERROR_NOT_SUPPORTED);
    assert_int_equal(ops_call_data(0x7f41, op, zeros, 4 * 32), PSA_ERROR_NOT_SUPPORTED);
    assert_int_equal(ops_call(0x0402, op), PSA_SUCCESS); // it goes on
    assert_int_equal(ops_call(0x0408, op), PSA_SUCCESS);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(answers_of_hashes_and_macs_fit_or_do_nothing, ops_start),
        cmocka_unit_test_setup(answers_of_ciphers_fit_or_do_nothing, ops_start),
        cmocka_unit_test_setup(answers_of_aeads_fit_or_do_nothing, ops_start),
        cmocka_unit_test_setup(answers_of_derivations_fit_or_do_nothing, ops_start),
        cmocka_unit_test_setup(tags_of_every_other_size_are_refused, ops_start),
        cmocka_unit_test_setup(algorithms_with_other_tags_are_refused, ops_start),
        cmocka_unit_test_setup(chacha20_ends_before_its_counter_wraps, ops_start),
        cmocka_unit_test_setup(chacha20_poly1305_ends_before_its_counter_wraps, ops_start),
        cmocka_unit_test_setup(ccm_without_tag_ends_before_its_counter_wraps, ops_start),
        cmocka_unit_test_setup(nothing_is_a_message, ops_start),
        cmocka_unit_test_setup(wrong_padding_looks_the_same_everywhere, ops_start),
        cmocka_unit_test_setup(a_derivation_ends_at_its_capacity, ops_start),
        cmocka_unit_test_setup(keys_come_out_of_derivations_that_keys_went_into, ops_start),
        cmocka_unit_test_setup(a_password_is_verified_without_leaving, ops_start),
        cmocka_unit_test_setup(no_request_works_for_ever, ops_start),
    };

    return cmocka_run_group_tests(tests, ops_start_service, NULL);
}
