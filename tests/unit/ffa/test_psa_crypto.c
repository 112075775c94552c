// SPDX-License-Identifier: BSD-3-Clause
//
// ffa/client/psa_crypto_*.c against a recording partition: the bytes of each request as the packed-c
// encoding of Trusted Services has them, what goes in pieces, and what is done with answers that break the encoding.
#include "tests/unit/ffa/client_fake.h"

#include <string.h>

#include "ffa/client/psa/crypto.h"
#include "ts_rpc_abi.h"

#define BYTES(...) ((const uint8_t[]){ __VA_ARGS__ })
#define KEY 7
#define ALG 0x06000609 // any number

// Words as they travel
#define W(n) (n) & 0xff, (n) >> 8 & 0xff, (n) >> 16 & 0xff, (n) >> 24 & 0xff
#define ATTRIBUTES W(0x7112), W(256), W(1), W(0x1234), W(0x3c01), W(ALG)

static psa_key_attributes_t attributes(void)
{
    psa_key_attributes_t a = psa_key_attributes_init();

    psa_set_key_type(&a, PSA_KEY_TYPE_ECC_KEY_PAIR(PSA_ECC_FAMILY_SECP_R1));
    psa_set_key_bits(&a, 256);
    psa_set_key_id(&a, 0x1234);
    psa_set_key_usage_flags(&a, PSA_KEY_USAGE_SIGN_HASH | PSA_KEY_USAGE_VERIFY_HASH |
                                    PSA_KEY_USAGE_EXPORT);
    psa_set_key_algorithm(&a, ALG);
    return a;
}

// ---- Keys ----

static void random_is_asked_for_in_what_fits(void **state)
{
    static const uint8_t bytes_of_answer[252];
    uint8_t bytes[400];

    (void)state;
    fake_answer_record(bytes_of_answer, 192);
    fake_answer_record(bytes_of_answer, 192);
    fake_answer_record("0123456789abcdef", 16);
    assert_int_equal(psa_generate_random(bytes, 400), PSA_SUCCESS);
    ASSERT_CALL(0, 0x010c, BYTES(W(192))); // whole blocks of what 256 bytes hold
    ASSERT_CALL(1, 0x010c, BYTES(W(192)));
    ASSERT_CALL(2, 0x010c, BYTES(W(16)));
    assert_memory_equal(bytes + 384, "0123456789abcdef", 16);
    assert_int_equal(psa_generate_random(bytes, 15), PSA_ERROR_BUFFER_TOO_SMALL); // got 16
    assert_int_equal(psa_generate_random(bytes, 17), PSA_ERROR_COMMUNICATION_FAILURE);
    assert_int_equal(psa_generate_random(bytes, 0), PSA_SUCCESS);
    assert_int_equal(fake.call_count, 5);
}

static void keys_are_asked_for_with_all_their_attributes(void **state)
{
    psa_key_attributes_t a = attributes();
    psa_key_id_t key = 0;

    (void)state;
    fake_answer(BYTES(1, 2, 3, 4), 4);
    assert_int_equal(psa_generate_key(&a, &key), PSA_SUCCESS);
    ASSERT_CALL(0, 0x0101, BYTES(ATTRIBUTES));
    assert_int_equal(key, 0x04030201);
    assert_int_equal(psa_import_key(&a, (const uint8_t *)"key", 3, &key), PSA_SUCCESS);
    ASSERT_CALL(1, 0x0107, BYTES(ATTRIBUTES, 0, 1, 0, 3, 'k', 'e', 'y'));
    assert_int_equal(psa_copy_key(KEY, &a, &key), PSA_SUCCESS);
    ASSERT_CALL(2, 0x010d, BYTES(W(KEY), ATTRIBUTES));
    assert_int_equal(psa_destroy_key(KEY), PSA_SUCCESS);
    ASSERT_CALL(3, 0x0102, BYTES(W(KEY)));
    assert_int_equal(psa_purge_key(KEY), PSA_SUCCESS);
    ASSERT_CALL(4, 0x010e, BYTES(W(KEY)));
    assert_int_equal(psa_destroy_key(PSA_KEY_ID_NULL), PSA_SUCCESS);
    assert_int_equal(fake.call_count, 5);
    fake_clear();
    fake_answer(BYTES(0, 0, 0, 0), 4); // a key has a name
    key = 5;
    assert_int_equal(psa_generate_key(&a, &key), PSA_ERROR_COMMUNICATION_FAILURE);
    assert_int_equal(key, PSA_KEY_ID_NULL);
}

static void attributes_are_read(void **state)
{
    psa_key_attributes_t a = PSA_KEY_ATTRIBUTES_INIT;

    (void)state;
    fake_answer(BYTES(ATTRIBUTES), 24);
    assert_int_equal(psa_get_key_attributes(KEY, &a), PSA_SUCCESS);
    ASSERT_CALL(0, 0x010f, BYTES(W(KEY)));
    assert_int_equal(psa_get_key_type(&a), 0x7112);
    assert_int_equal(psa_get_key_bits(&a), 256);
    assert_int_equal(psa_get_key_lifetime(&a), PSA_KEY_LIFETIME_PERSISTENT);
    assert_int_equal(psa_get_key_id(&a), 0x1234);
    assert_int_equal(psa_get_key_usage_flags(&a), 0x3c01);
    assert_int_equal(psa_get_key_algorithm(&a), ALG);
    psa_reset_key_attributes(&a);
    assert_int_equal(a.type | a.bits | a.lifetime | a.id | a.usage | a.alg, 0);
    fake.replies[0].body[2] = 1; // a type that no type fits
    a.type = 1;
    assert_int_equal(psa_get_key_attributes(KEY, &a), PSA_ERROR_COMMUNICATION_FAILURE);
    assert_int_equal(a.type, 0);
    fake.replies[0].body[2] = 0;
    fake.replies[0].body[6] = 1; // more bits
    assert_int_equal(psa_get_key_attributes(KEY, &a), PSA_ERROR_COMMUNICATION_FAILURE);
    assert_int_equal(a.type, 0);
}

static void identifier_and_lifetime_go_together(void **state)
{
    psa_key_attributes_t a = PSA_KEY_ATTRIBUTES_INIT;

    (void)state;
    psa_set_key_id(&a, 5);
    assert_int_equal(a.lifetime, 1);
    psa_set_key_lifetime(&a, PSA_KEY_LIFETIME_VOLATILE);
    assert_int_equal(a.id, 0);
    psa_set_key_lifetime(&a, PSA_KEY_LIFETIME_FROM_PERSISTENCE_AND_LOCATION(0, 0x800001));
    psa_set_key_id(&a, 6);
    assert_int_equal(a.lifetime, 0x80000101);
    psa_set_key_bits(&a, 65536);
    assert_int_equal(psa_get_key_bits(&a), 65535);
}

static void keys_are_exported(void **state)
{
    uint8_t out[4];
    size_t length = 99;

    (void)state;
    fake_answer_record("key!", 4);
    assert_int_equal(psa_export_key(KEY, out, 4, &length), PSA_SUCCESS);
    ASSERT_CALL(0, 0x0105, BYTES(W(KEY)));
    assert_memory_equal(out, "key!", 4);
    assert_int_equal(psa_export_public_key(KEY, out, 4, &length), PSA_SUCCESS);
    ASSERT_CALL(1, 0x0106, BYTES(W(KEY)));
    assert_int_equal(length, 4);
    assert_int_equal(psa_export_key(KEY, out, 3, &length), PSA_ERROR_BUFFER_TOO_SMALL);
    assert_int_equal(length, 0);
}

// ---- Signatures and the like ----

static void signing_and_verifying_send_records(void **state)
{
    const uint8_t *ha = (const uint8_t *)"ha";
    uint8_t sig[3];
    size_t length;

    (void)state;
    fake_answer_record("sig", 3);
    assert_int_equal(psa_sign_hash(KEY, ALG, ha, 2, sig, 3, &length), PSA_SUCCESS);
    ASSERT_CALL(0, 0x0108, BYTES(W(KEY), W(ALG), 0, 1, 0, 2, 'h', 'a'));
    assert_int_equal(length, 3);
    assert_memory_equal(sig, "sig", 3);
    assert_int_equal(psa_sign_message(KEY, ALG, ha, 2, sig, 3, &length), PSA_SUCCESS);
    ASSERT_CALL(1, 0x0110, BYTES(W(KEY), W(ALG), 0, 1, 0, 2, 'h', 'a'));
    assert_int_equal(psa_sign_hash(KEY, ALG, ha, 2, sig, 2, &length), PSA_ERROR_BUFFER_TOO_SMALL);
    fake_clear();
    fake_answer_status(PSA_ERROR_INVALID_SIGNATURE);
    assert_int_equal(psa_verify_hash(KEY, ALG, ha, 2, sig, 3), PSA_ERROR_INVALID_SIGNATURE);
    ASSERT_CALL(0, 0x0109, BYTES(W(KEY), W(ALG), 0, 1, 0, 2, 'h', 'a', 0, 2, 0, 3, 's', 'i', 'g'));
    assert_int_equal(psa_verify_message(KEY, ALG, ha, 2, sig, 3), PSA_ERROR_INVALID_SIGNATURE);
    ASSERT_CALL(1, 0x0111, BYTES(W(KEY), W(ALG), 0, 1, 0, 2, 'h', 'a', 0, 2, 0, 3, 's', 'i', 'g'));
}

static void asymmetric_encryption_and_agreement_send_records(void **state)
{
    const uint8_t *in = (const uint8_t *)"in";
    uint8_t out[4];
    size_t length;

    (void)state;
    fake_answer_record("out!", 4);
    assert_int_equal(psa_asymmetric_encrypt(KEY, ALG, in, 2, NULL, 0, out, 4, &length),
                     PSA_SUCCESS);
    ASSERT_CALL(0, 0x010b, BYTES(W(KEY), W(ALG), 0, 1, 0, 2, 'i', 'n', 0, 2, 0, 0));
    assert_int_equal(
        psa_asymmetric_decrypt(KEY, ALG, in, 2, (const uint8_t *)"L", 1, out, 4, &length),
        PSA_SUCCESS);
    ASSERT_CALL(1, 0x010a, BYTES(W(KEY), W(ALG), 0, 1, 0, 2, 'i', 'n', 0, 2, 0, 1, 'L'));
    assert_int_equal(psa_raw_key_agreement(PSA_ALG_ECDH, KEY, in, 2, out, 4, &length), PSA_SUCCESS);
    ASSERT_CALL(2, 0x040a, BYTES(W(PSA_ALG_ECDH), W(KEY), 0, 1, 0, 2, 'i', 'n'));
    assert_memory_equal(out, "out!", 4);
    fake_clear();
    fake_answer_record("", 0); // only a plaintext may be empty
    assert_int_equal(psa_asymmetric_decrypt(KEY, ALG, in, 2, NULL, 0, out, 4, &length),
                     PSA_SUCCESS);
    assert_int_equal(length, 0);
    assert_int_equal(psa_asymmetric_encrypt(KEY, ALG, in, 2, NULL, 0, out, 4, &length),
                     PSA_ERROR_COMMUNICATION_FAILURE);
    assert_int_equal(psa_raw_key_agreement(PSA_ALG_ECDH, KEY, in, 2, out, 4, &length),
                     PSA_ERROR_COMMUNICATION_FAILURE);
}

static void what_does_not_fit_the_shared_memory_is_not_sent(void **state)
{
    static const uint8_t long_hash[250];
    psa_key_attributes_t a = attributes();
    psa_key_id_t key;
    uint8_t out[64];
    size_t length;

    (void)state;
    assert_int_equal(psa_sign_hash(KEY, ALG, long_hash, 250, out, sizeof(out), &length),
                     PSA_ERROR_INSUFFICIENT_MEMORY);
    assert_int_equal(psa_import_key(&a, long_hash, 250, &key), PSA_ERROR_INSUFFICIENT_MEMORY);
    assert_int_equal(psa_verify_hash(KEY, ALG, long_hash, 200, long_hash, 50),
                     PSA_ERROR_INSUFFICIENT_MEMORY);
    assert_int_equal(psa_sign_hash(KEY, ALG, long_hash, SIZE_MAX, out, sizeof(out), &length),
                     PSA_ERROR_INSUFFICIENT_MEMORY);
    assert_int_equal(fake.call_count, 0);
}

// ---- Multi-part operations ----

static void a_hash_goes_in_pieces(void **state)
{
    static const uint8_t input[200] = { 1 };
    psa_hash_operation_t op = psa_hash_operation_init();
    psa_hash_operation_t copy = psa_hash_operation_init();
    uint8_t hash[32];
    size_t length;

    (void)state;
    fake_answer(BYTES(W(9)), 4);
    assert_int_equal(psa_hash_setup(&op, PSA_ALG_SHA_256), PSA_SUCCESS);
    ASSERT_CALL(0, 0x0201, BYTES(W(PSA_ALG_SHA_256)));
    assert_int_equal(psa_hash_update(&op, input, sizeof(input)), PSA_SUCCESS);
    assert_int_equal(fake.calls[1].opcode, 0x0202);
    assert_int_equal(fake.calls[1].size, 4 + 4 + 192);
    assert_memory_equal(fake.calls[1].body, BYTES(W(9), 0, 1, 0, 192, 1), 9);
    ASSERT_CALL(2, 0x0202, BYTES(W(9), 0, 1, 0, 8, 0, 0, 0, 0, 0, 0, 0, 0));
    assert_int_equal(psa_hash_update(&op, NULL, 0), PSA_SUCCESS);
    assert_int_equal(fake.call_count, 3);
    assert_int_equal(psa_hash_clone(&op, &copy), PSA_SUCCESS);
    ASSERT_CALL(3, 0x0206, BYTES(W(9)));
    assert_int_equal(psa_hash_verify(&copy, (const uint8_t *)"h", 1), PSA_SUCCESS);
    ASSERT_CALL(4, 0x0205, BYTES(W(9), 0, 1, 0, 1, 'h'));
    fake_clear();
    fake_answer_record("ok", 2);
    assert_int_equal(psa_hash_finish(&op, hash, sizeof(hash), &length), PSA_SUCCESS);
    ASSERT_CALL(0, 0x0203, BYTES(W(9)));
    assert_int_equal(length, 2);
    assert_int_equal(op.id, 0);
    assert_int_equal(psa_hash_finish(&op, hash, 32, &length), PSA_ERROR_BAD_STATE);
    assert_int_equal(psa_hash_update(&op, hash, 1), PSA_ERROR_BAD_STATE);
    assert_int_equal(psa_hash_update(&op, hash, 0), PSA_ERROR_BAD_STATE);
    assert_int_equal(psa_hash_verify(&op, hash, 32), PSA_ERROR_BAD_STATE);
    assert_int_equal(psa_hash_clone(&op, &copy), PSA_ERROR_BAD_STATE);
    assert_int_equal(psa_hash_abort(&op), PSA_SUCCESS);
    assert_int_equal(fake.call_count, 1);
}

// The partition keeps nothing of an operation that has failed here, whatever failed
static void an_operation_that_fails_is_ended(void **state)
{
    uint8_t out[8];
    size_t length = 99;

    (void)state;
    for (unsigned int i = 0; i < 8; i++) {
        psa_hash_operation_t hash = { .id = 9 };
        psa_cipher_operation_t cipher = { .id = 9 };
        psa_aead_operation_t aead = { .id = 9 };
        psa_mac_operation_t mac = { .id = 9 };
        static const uint16_t aborts[] = { 0x204, 0x204, 0x204, 0x307, 0x307, 0x60a, 0x60a, 0x506 };

        length = 99;
        fake_clear();
        fake_answer_record("longer than eight", 17);
        psa_status_t status = i == 0   ? psa_hash_setup(&hash, PSA_ALG_SHA_256)
                              : i == 1 ? psa_hash_finish(&hash, out, 8, &length)
                              : i == 2 ? (fake.replies[0].service_status = PSA_ERROR_BAD_STATE,
                                          psa_hash_update(&hash, out, 1))
                              : i == 3 ? psa_cipher_update(&cipher, out, 1, out, 8, &length)
                              : i == 4 ? psa_cipher_generate_iv(&cipher, out, 8, &length)
                              : i == 5 ? psa_aead_update(&aead, out, 1, out, 8, &length)
                              : i == 6 ? psa_aead_verify(&aead, out, 8, &length, out, 8)
                                       : psa_mac_sign_finish(&mac, out, 8, &length);

        assert_int_equal(status,
                         i == 0 || i == 2 ? PSA_ERROR_BAD_STATE : PSA_ERROR_BUFFER_TOO_SMALL);
        ASSERT_CALL(fake.call_count - 1, aborts[i], BYTES(W(9)));
        assert_int_equal(hash.id & cipher.id & aead.id & mac.id, 0);
        assert_int_equal(length, i == 0 || i == 2 ? 99 : 0);
    }
}

static void a_handle_of_zero_is_none(void **state)
{
    psa_mac_operation_t op = psa_mac_operation_init();

    (void)state;
    fake_answer(BYTES(0, 0, 0, 0), 4);
    assert_int_equal(psa_mac_sign_setup(&op, KEY, ALG), PSA_ERROR_COMMUNICATION_FAILURE);
    assert_int_equal(op.id, 0);
}

static void a_hash_takes_one_call_if_it_fits(void **state)
{
    static const uint8_t input[200];
    uint8_t hash[32];
    size_t length;

    (void)state;
    fake_answer_record("hash", 4);
    assert_int_equal(psa_hash_compute(PSA_ALG_SHA_256, input, 3, hash, 32, &length), PSA_SUCCESS);
    ASSERT_CALL(0, 0x7f10, BYTES(W(PSA_ALG_SHA_256), 0, 1, 0, 3, 0, 0, 0));
    assert_int_equal(length, 4);
    assert_int_equal(psa_hash_compare(PSA_ALG_SHA_256, input, 1, hash, 4), PSA_SUCCESS);
    ASSERT_CALL(1, 0x7f11,
                BYTES(W(PSA_ALG_SHA_256), 0, 1, 0, 1, 0, 0, 2, 0, 4, 'h', 'a', 's', 'h'));
    fake_clear();
    fake_answer(BYTES(W(5)), 4);
    fake_answer_status(0);
    fake_answer_status(0);
    fake_answer_record("hash", 4);
    assert_int_equal(psa_hash_compute(PSA_ALG_SHA_256, input, 200, hash, 32, &length), PSA_SUCCESS);
    assert_int_equal(fake.call_count, 4); // setup, two updates, finish
    assert_int_equal(fake.calls[0].opcode, 0x0201);
    assert_int_equal(fake.calls[3].opcode, 0x0203);
}

// Trusted Services' own crypto has no such calls
static void a_partition_without_our_calls_is_asked_in_parts(void **state)
{
    static const uint16_t opcodes[] = { 0x7f10, 0x201, 0x202, 0x203 };
    uint8_t hash[32];
    size_t length;

    (void)state;
    fake_answer_status(0);
    fake.replies[0].rpc_status = TS_RPC_INVALID_VALUE;
    fake_answer(BYTES(W(5)), 4);
    fake_answer_status(0);
    fake_answer_record("hash", 4);
    assert_int_equal(psa_hash_compute(PSA_ALG_SHA_256, hash, 3, hash, 32, &length), PSA_SUCCESS);
    for (size_t i = 0; i < 4; i++) {
        assert_int_equal(fake.calls[i].opcode, opcodes[i]);
    }
    fake_clear();
    fake_answer_status(PSA_ERROR_NOT_SUPPORTED); // the algorithm
    assert_int_equal(psa_hash_compare(0x02000077, hash, 3, hash, 4), PSA_ERROR_NOT_SUPPORTED);
}

static void mac_requests_are_encoded_as_specified(void **state)
{
    static const uint8_t input[200];
    psa_mac_operation_t op = psa_mac_operation_init();
    uint8_t mac[4];
    size_t length;

    (void)state;
    fake_answer(BYTES(W(9)), 4);
    assert_int_equal(psa_mac_sign_setup(&op, KEY, ALG), PSA_SUCCESS);
    ASSERT_CALL(0, 0x0501, BYTES(W(KEY), W(ALG)));
    assert_int_equal(psa_mac_update(&op, (const uint8_t *)"a", 1), PSA_SUCCESS);
    ASSERT_CALL(1, 0x0503, BYTES(W(9), 0, 1, 0, 1, 'a'));
    assert_int_equal(psa_mac_abort(&op), PSA_SUCCESS);
    ASSERT_CALL(2, 0x0506, BYTES(W(9)));
    assert_int_equal(psa_mac_verify_setup(&op, KEY, ALG), PSA_SUCCESS);
    ASSERT_CALL(3, 0x0502, BYTES(W(KEY), W(ALG)));
    assert_int_equal(psa_mac_verify_finish(&op, (const uint8_t *)"m", 1), PSA_SUCCESS);
    ASSERT_CALL(4, 0x0505, BYTES(W(9), 0, 1, 0, 1, 'm'));
    op.id = 9;
    fake_clear();
    fake_answer_record("mac!", 4);
    assert_int_equal(psa_mac_sign_finish(&op, mac, 4, &length), PSA_SUCCESS);
    ASSERT_CALL(0, 0x0504, BYTES(W(9)));
    assert_int_equal(psa_mac_compute(KEY, ALG, input, 1, mac, 4, &length), PSA_SUCCESS);
    ASSERT_CALL(1, 0x7f30, BYTES(W(KEY), W(ALG), 0, 1, 0, 1, 0));
    assert_int_equal(psa_mac_verify(KEY, ALG, input, 1, mac, 4), PSA_SUCCESS);
    ASSERT_CALL(2, 0x7f31, BYTES(W(KEY), W(ALG), 0, 1, 0, 1, 0, 0, 2, 0, 4, 'm', 'a', 'c', '!'));
    fake_clear();
    fake_answer(BYTES(W(9)), 4);
    assert_int_equal(psa_mac_verify(KEY, ALG, input, 200, mac, 4), PSA_SUCCESS);
    assert_int_equal(fake.call_count, 4);
    assert_int_equal(fake.calls[0].opcode, 0x0502);
    assert_int_equal(fake.calls[3].opcode, 0x0505);
}

static void cipher_requests_are_encoded_as_specified(void **state)
{
    psa_cipher_operation_t op = psa_cipher_operation_init();
    uint8_t out[8];
    size_t length;

    (void)state;
    fake_answer(BYTES(W(9)), 4);
    assert_int_equal(psa_cipher_encrypt_setup(&op, KEY, ALG), PSA_SUCCESS);
    ASSERT_CALL(0, 0x0301, BYTES(W(KEY), W(ALG)));
    assert_int_equal(psa_cipher_abort(&op), PSA_SUCCESS);
    ASSERT_CALL(1, 0x0307, BYTES(W(9)));
    assert_int_equal(psa_cipher_decrypt_setup(&op, KEY, ALG), PSA_SUCCESS);
    ASSERT_CALL(2, 0x0302, BYTES(W(KEY), W(ALG)));
    assert_int_equal(psa_cipher_set_iv(&op, (const uint8_t *)"iv", 2), PSA_SUCCESS);
    ASSERT_CALL(3, 0x0304, BYTES(W(9), 0, 1, 0, 2, 'i', 'v'));
    fake_clear();
    fake_answer_record("out", 3);
    assert_int_equal(psa_cipher_generate_iv(&op, out, 8, &length), PSA_SUCCESS);
    ASSERT_CALL(0, 0x0303, BYTES(W(9)));
    assert_int_equal(psa_cipher_update(&op, (const uint8_t *)"a", 1, out, 8, &length), PSA_SUCCESS);
    ASSERT_CALL(1, 0x0305, BYTES(W(9), 0, 1, 0, 1, 'a'));
    assert_int_equal(length, 3);
    assert_int_equal(psa_cipher_finish(&op, out, 8, &length), PSA_SUCCESS);
    ASSERT_CALL(2, 0x0306, BYTES(W(9)));
    assert_int_equal(op.id, 0);
    assert_int_equal(psa_cipher_encrypt(KEY, ALG, (const uint8_t *)"a", 1, out, 8, &length),
                     PSA_SUCCESS);
    ASSERT_CALL(3, 0x7f20, BYTES(W(KEY), W(ALG), 0, 1, 0, 1, 'a'));
    assert_int_equal(psa_cipher_decrypt(KEY, ALG, (const uint8_t *)"a", 1, out, 8, &length),
                     PSA_SUCCESS);
    ASSERT_CALL(4, 0x7f21, BYTES(W(KEY), W(ALG), 0, 1, 0, 1, 'a'));
}

static void a_long_cipher_goes_in_pieces(void **state)
{
    static const uint8_t aes[24] = { 0, 0x24 };
    static const uint16_t encrypt[] = { 0x10f, 0x301, 0x303, 0x305, 0x305, 0x306 };
    static const uint16_t decrypt[] = { 0x10f, 0x302, 0x304, 0x305, 0x305, 0x306 };
    uint8_t in[332] = "0123456789abcdef";
    uint8_t out[400];
    size_t length;

    (void)state;
    for (unsigned int way = 0; way < 2; way++) {
        fake_clear();
        fake_answer(aes, 24);
        fake_answer(BYTES(W(9)), 4);
        fake_answer_record("fedcba9876543210", 16);
        fake_answer_record("first", 5);
        fake_answer_record("", 0);
        fake_answer_record("last", 4);
        psa_status_t status =
            way == 0 ? psa_cipher_encrypt(KEY, PSA_ALG_CTR, in, 300, out, 400, &length)
                     : psa_cipher_decrypt(KEY, PSA_ALG_CTR, in, 316, out, 400, &length);

        assert_int_equal(status, PSA_SUCCESS);
        assert_int_equal(fake.call_count, 6);
        for (size_t i = 0; i < 6; i++) {
            assert_int_equal(fake.calls[i].opcode, way == 0 ? encrypt[i] : decrypt[i]);
        }
        assert_int_equal(fake.calls[3].size + fake.calls[4].size, 300 + 2 * 8);
        if (way == 0) {
            assert_int_equal(length, 16 + 9);
            assert_memory_equal(out, "fedcba9876543210firstlast", 25);
        } else {
            assert_memory_equal(fake.calls[2].body + 8, in, 16); // the IV
            assert_int_equal(length, 9);
            assert_memory_equal(out, "firstlast", 9);
        }
    }
}

static void aead_requests_are_encoded_as_specified(void **state)
{
    psa_aead_operation_t op = psa_aead_operation_init();
    const uint8_t *a = (const uint8_t *)"a";

    (void)state;
    fake_answer(BYTES(W(9)), 4);
    assert_int_equal(psa_aead_encrypt_setup(&op, KEY, ALG), PSA_SUCCESS);
    ASSERT_CALL(0, 0x0601, BYTES(W(KEY), W(ALG)));
    assert_int_equal(psa_aead_set_lengths(&op, 0x1234, 0xffffffff), PSA_SUCCESS);
    ASSERT_CALL(1, 0x0605, BYTES(W(9), W(0x1234), W(0xffffffff)));
    assert_int_equal(psa_aead_set_nonce(&op, a, 1), PSA_SUCCESS);
    ASSERT_CALL(2, 0x0604, BYTES(W(9), 0, 1, 0, 1, 'a'));
    assert_int_equal(psa_aead_update_ad(&op, a, 1), PSA_SUCCESS);
    ASSERT_CALL(3, 0x0606, BYTES(W(9), 0, 1, 0, 1, 'a'));
    assert_int_equal(psa_aead_update_ad(&op, NULL, 0), PSA_SUCCESS);
    ASSERT_CALL(4, 0x0606, BYTES(W(9), 0, 1, 0, 0));
    assert_int_equal(psa_aead_abort(&op), PSA_SUCCESS);
    ASSERT_CALL(5, 0x060a, BYTES(W(9)));
    assert_int_equal(psa_aead_decrypt_setup(&op, KEY, ALG), PSA_SUCCESS);
    ASSERT_CALL(6, 0x0602, BYTES(W(KEY), W(ALG)));
    assert_int_equal(psa_aead_set_lengths(&op, 0x100000000, 1), PSA_ERROR_INVALID_ARGUMENT);
    ASSERT_CALL(7, 0x060a, BYTES(W(9)));
    assert_int_equal(psa_aead_set_lengths(&op, 1, 1), PSA_ERROR_BAD_STATE);
}

static void aead_results_are_taken_apart(void **state)
{
    psa_aead_operation_t op = { .id = 9 };
    uint8_t out[8];
    uint8_t tag[4];
    size_t length;
    size_t tag_length;

    (void)state;
    fake_answer(BYTES(0, 1, 0, 2, 'c', 't', 0, 2, 0, 3, 't', 'a', 'g'), 13);
    assert_int_equal(psa_aead_finish(&op, out, 8, &length, tag, 4, &tag_length), PSA_SUCCESS);
    ASSERT_CALL(0, 0x0608, BYTES(W(9)));
    assert_int_equal(length, 2);
    assert_memory_equal(out, "ct", 2);
    assert_int_equal(tag_length, 3);
    assert_memory_equal(tag, "tag", 3);
    assert_int_equal(op.id, 0);
    op.id = 9;
    assert_int_equal(psa_aead_finish(&op, out, 1, &length, tag, 4, &tag_length),
                     PSA_ERROR_BUFFER_TOO_SMALL);
    op.id = 9;
    assert_int_equal(psa_aead_finish(&op, out, 8, &length, tag, 2, &tag_length),
                     PSA_ERROR_BUFFER_TOO_SMALL);
    fake_clear();
    fake_answer(BYTES(0, 1, 0, 2, 'c', 't'), 6); // no tag
    op.id = 9;
    assert_int_equal(psa_aead_finish(&op, out, 8, &length, tag, 4, &tag_length),
                     PSA_ERROR_COMMUNICATION_FAILURE);
    fake_clear();
    fake_answer_record("plain", 5);
    op.id = 9;
    assert_int_equal(psa_aead_verify(&op, out, 8, &length, tag, 3), PSA_SUCCESS);
    ASSERT_CALL(0, 0x0609, BYTES(W(9), 0, 1, 0, 3, 't', 'a', 'g'));
    assert_int_equal(length, 5);
    op.id = 9;
    assert_int_equal(psa_aead_generate_nonce(&op, out, 8, &length), PSA_SUCCESS);
    ASSERT_CALL(1, 0x0603, BYTES(W(9)));
    assert_int_equal(psa_aead_update(&op, (const uint8_t *)"a", 1, out, 8, &length), PSA_SUCCESS);
    ASSERT_CALL(2, 0x0607, BYTES(W(9), 0, 1, 0, 1, 'a'));
}

static void an_aead_takes_one_call_if_it_fits(void **state)
{
    const uint8_t *n = (const uint8_t *)"n";
    const uint8_t *text = (const uint8_t *)"text";
    uint8_t out[8];
    size_t length;

    (void)state;
    fake_answer_record("out", 3);
    assert_int_equal(psa_aead_encrypt(KEY, ALG, n, 1, NULL, 0, text, 4, out, 8, &length),
                     PSA_SUCCESS);
    ASSERT_CALL(0, 0x7f50,
                BYTES(W(KEY), W(ALG), 0, 1, 0, 1, 'n', 0, 2, 0, 0, 0, 3, 0, 4, 't', 'e', 'x', 't'));
    assert_int_equal(psa_aead_decrypt(KEY, ALG, n, 1, n, 1, text, 4, out, 8, &length), PSA_SUCCESS);
    ASSERT_CALL(
        1, 0x7f51,
        BYTES(W(KEY), W(ALG), 0, 1, 0, 1, 'n', 0, 2, 0, 1, 'n', 0, 3, 0, 4, 't', 'e', 'x', 't'));
    assert_int_equal(length, 3);
}

static void a_long_aead_goes_in_pieces(void **state)
{
    static const uint16_t encrypt[] = { 0x601, 0x605, 0x604, 0x606, 0x607, 0x607, 0x608 };
    static const uint16_t decrypt[] = { 0x602, 0x605, 0x604, 0x606, 0x607, 0x607, 0x609 };
    uint8_t in[316] = { 0 };
    uint8_t out[400];
    size_t length;

    (void)state;
    memcpy(in + 300, "sixteen of a tag", 16);
    for (unsigned int way = 0; way < 2; way++) {
        fake_clear();
        fake_answer(BYTES(W(9)), 4);
        for (unsigned int i = 0; i < 3; i++) {
            fake_answer_status(0);
        }
        fake_answer_record("first", 5);
        fake_answer_record("second", 6);
        if (way == 0) {
            fake_answer(BYTES(0, 1, 0, 1, '3', 0, 2, 0, 3, 't', 'a', 'g'), 12);
        } else {
            fake_answer_record("3", 1);
        }
        psa_status_t status =
            way == 0
                ? psa_aead_encrypt(KEY, PSA_ALG_GCM, in, 12, in, 5, in, 300, out, 400, &length)
                : psa_aead_decrypt(KEY, PSA_ALG_GCM, in, 12, in, 5, in, 316, out, 400, &length);

        assert_int_equal(status, PSA_SUCCESS);
        assert_int_equal(fake.call_count, 7);
        for (size_t i = 0; i < 7; i++) {
            assert_int_equal(fake.calls[i].opcode, way == 0 ? encrypt[i] : decrypt[i]);
        }
        assert_memory_equal(fake.calls[1].body, BYTES(W(9), W(5), W(300)), 12);
        assert_int_equal(length, way == 0 ? 15 : 12);
        assert_memory_equal(out, "firstsecond3tag", length);
    }
    assert_memory_equal(fake.calls[6].body + 8, "sixteen of a tag", 16);
}

// Room that is enough for the pieces before, but not for the next one
static void pieces_do_not_leave_the_buffer(void **state)
{
    static const uint8_t in[300];
    psa_cipher_operation_t op = { .id = 9 };
    uint8_t out[16];
    size_t length = 99;

    (void)state;
    memset(out, 0xcc, sizeof(out));
    fake_answer_record("first", 5);
    fake_answer_record("second", 6);
    assert_int_equal(psa_cipher_update(&op, in, 300, out, 10, &length), PSA_ERROR_BUFFER_TOO_SMALL);
    assert_int_equal(length, 0);
    assert_int_equal(op.id, 0);
    assert_memory_equal(out, "first\xcc\xcc\xcc\xcc\xcc\xcc", 11);

    fake_clear();
    memset(out, 0xcc, sizeof(out));
    fake_answer(BYTES(W(9)), 4);
    for (unsigned int i = 0; i < 3; i++) {
        fake_answer_status(0);
    }
    fake_answer_record("first", 5);
    fake_answer_record("", 0);
    fake_answer(BYTES(0, 1, 0, 1, '3', 0, 2, 0, 3, 't', 'a', 'g'), 12);
    assert_int_equal(psa_aead_encrypt(KEY, PSA_ALG_GCM, in, 12, NULL, 0, in, 300, out, 8, &length),
                     PSA_ERROR_BUFFER_TOO_SMALL); // by one byte of the tag
    assert_int_equal(length, 0);
    assert_memory_equal(out + 6, "\xcc\xcc\xcc", 3);
}

static void plaintext_whose_tag_is_wrong_is_wiped(void **state)
{
    static const uint8_t zeros[300];
    uint8_t in[316] = { 0 };
    uint8_t out[300];
    size_t length = 99;

    (void)state;
    memset(out, 0, sizeof(out));
    fake_answer(BYTES(W(9)), 4);
    for (unsigned int i = 0; i < 3; i++) {
        fake_answer_status(0);
    }
    fake_answer_record("first", 5);
    fake_answer_record("second", 6);
    fake_answer_status(PSA_ERROR_INVALID_SIGNATURE);
    assert_int_equal(
        psa_aead_decrypt(KEY, PSA_ALG_GCM, in, 12, NULL, 0, in, 316, out, 300, &length),
        PSA_ERROR_INVALID_SIGNATURE);
    assert_memory_equal(out, zeros, sizeof(out));
    assert_int_equal(length, 0);
    fake.memory_size = 256;
    fake_clear();
    fake_answer_status(0);
    fake.replies[0].rpc_status = TS_RPC_INVALID_VALUE; // no such call; shorter than a tag
    assert_int_equal(psa_aead_decrypt(KEY, PSA_ALG_GCM, in, 12, NULL, 0, in, 15, out, 300, &length),
                     PSA_ERROR_INVALID_SIGNATURE);
}

static void derivation_requests_are_encoded_as_specified(void **state)
{
    psa_key_derivation_operation_t op = psa_key_derivation_operation_init();
    psa_key_attributes_t a = attributes();
    const psa_key_derivation_step_t step = PSA_KEY_DERIVATION_INPUT_INFO;
    const uint8_t *d = (const uint8_t *)"d";
    psa_key_id_t key;
    size_t capacity;

    (void)state;
    fake_answer(BYTES(W(9)), 4);
    assert_int_equal(psa_key_derivation_setup(&op, ALG), PSA_SUCCESS);
    ASSERT_CALL(0, 0x0401, BYTES(W(ALG)));
    assert_int_equal(psa_key_derivation_setup(&op, ALG), PSA_ERROR_BAD_STATE);
    assert_int_equal(psa_key_derivation_get_capacity(&op, &capacity), PSA_SUCCESS);
    ASSERT_CALL(1, 0x0402, BYTES(W(9)));
    assert_int_equal(capacity, 9);
    assert_int_equal(psa_key_derivation_set_capacity(&op, 8), PSA_SUCCESS);
    ASSERT_CALL(2, 0x0403, BYTES(W(9), W(8)));
    assert_int_equal(psa_key_derivation_input_bytes(&op, step, d, 1), PSA_SUCCESS);
    ASSERT_CALL(3, 0x0404, BYTES(W(9), W(0x203), 0, 1, 0, 1, 'd'));
    assert_int_equal(psa_key_derivation_input_key(&op, step, KEY), PSA_SUCCESS);
    ASSERT_CALL(4, 0x0405, BYTES(W(9), W(0x203), W(KEY)));
    assert_int_equal(psa_key_derivation_key_agreement(&op, step, KEY, d, 1), PSA_SUCCESS);
    ASSERT_CALL(5, 0x0409, BYTES(W(9), W(0x203), W(KEY), 0, 1, 0, 1, 'd'));
    assert_int_equal(psa_key_derivation_input_integer(&op, step, 0x1122334455667788), PSA_SUCCESS);
    ASSERT_CALL(6, 0x7f40, BYTES(W(9), W(0x203), W(0x55667788), W(0x11223344)));
    assert_int_equal(psa_key_derivation_output_key(&a, &op, &key), PSA_SUCCESS);
    ASSERT_CALL(7, 0x0407, BYTES(W(9), ATTRIBUTES));
    assert_int_equal(psa_key_derivation_verify_bytes(&op, d, 1), PSA_SUCCESS);
    ASSERT_CALL(8, 0x7f41, BYTES(W(9), 0, 1, 0, 1, 'd'));
    assert_int_equal(psa_key_derivation_verify_key(&op, KEY), PSA_SUCCESS);
    ASSERT_CALL(9, 0x7f42, BYTES(W(9), W(KEY)));
    assert_int_equal(psa_key_derivation_abort(&op), PSA_SUCCESS);
    ASSERT_CALL(10, 0x0408, BYTES(W(9)));
    assert_int_equal(psa_key_derivation_abort(&op), PSA_SUCCESS);
    assert_int_equal(psa_key_derivation_get_capacity(&op, &capacity), PSA_ERROR_BAD_STATE);
    assert_int_equal(psa_key_derivation_output_bytes(&op, NULL, 0), PSA_ERROR_BAD_STATE);
    assert_int_equal(fake.call_count, 11);
}

static void derived_bytes_come_in_pieces_and_capacity_has_no_end(void **state)
{
    psa_key_derivation_operation_t op = { .id = 9 };
    static const uint8_t piece[192] = { 1 };
    static const uint8_t zeros[192];
    uint8_t out[200] = { 0 };
    size_t capacity;

    (void)state;
    fake_answer_record(piece, 192);
    fake_answer_record("12345678", 8);
    assert_int_equal(psa_key_derivation_output_bytes(&op, out, 200), PSA_SUCCESS);
    ASSERT_CALL(0, 0x0406, BYTES(W(9), W(192)));
    ASSERT_CALL(1, 0x0406, BYTES(W(9), W(8)));
    assert_memory_equal(out + 192, "12345678", 8);
    fake_clear();
    fake_answer_record(piece, 192);
    fake_answer_status(PSA_ERROR_INSUFFICIENT_DATA);
    assert_int_equal(psa_key_derivation_output_bytes(&op, out, 200), PSA_ERROR_INSUFFICIENT_DATA);
    assert_memory_equal(out, zeros, 192);
    assert_int_equal(op.id, 9); // until it is aborted
    fake_clear();
    fake_answer_record("1234567", 7);
    assert_int_equal(psa_key_derivation_output_bytes(&op, out, 8), PSA_ERROR_COMMUNICATION_FAILURE);
    fake_clear();
    fake_answer(BYTES(W(0xffffffff)), 4);
    assert_int_equal(psa_key_derivation_get_capacity(&op, &capacity), PSA_SUCCESS);
    assert_true(capacity == PSA_KEY_DERIVATION_UNLIMITED_CAPACITY);
    assert_int_equal(psa_key_derivation_set_capacity(&op, capacity), PSA_ERROR_INVALID_ARGUMENT);
    assert_int_equal(fake.call_count, 1);
    assert_int_equal(psa_key_derivation_set_capacity(&op, 0xffffffff), PSA_SUCCESS);
    ASSERT_CALL(1, 0x0403, BYTES(W(9), W(0xffffffff)));
    op.id = 0;
    assert_int_equal(psa_key_derivation_set_capacity(&op, capacity), PSA_ERROR_BAD_STATE);
}

static void a_broken_answer_is_never_a_success(void **state)
{
    psa_key_id_t key = 77;
    psa_key_attributes_t a = attributes();
    uint8_t data[8];
    size_t length = 99;

    (void)state;
    fake_answer("abc", 3); // shorter than an id, than attributes, and than a record
    assert_int_equal(psa_get_key_attributes(1, &a), PSA_ERROR_COMMUNICATION_FAILURE);
    a = attributes();
    assert_int_equal(psa_generate_key(&a, &key), PSA_ERROR_COMMUNICATION_FAILURE);
    assert_int_equal(psa_export_key(1, data, sizeof(data), &length),
                     PSA_ERROR_COMMUNICATION_FAILURE);
    fake_clear();
    fake_answer(BYTES(0, 1, 0xff, 0xff, 'x'), 5); // longer than the answer
    assert_int_equal(psa_export_public_key(1, data, sizeof(data), &length),
                     PSA_ERROR_COMMUNICATION_FAILURE);
    fake_clear();
    fake_answer(BYTES(0, 2, 0, 1, 'x'), 5); // of another tag
    assert_int_equal(psa_export_public_key(1, data, sizeof(data), &length),
                     PSA_ERROR_COMMUNICATION_FAILURE);
    fake_clear();
    fake_answer_record("x", 1);
    fake.replies[0].service_status = PSA_ERROR_NOT_PERMITTED;
    assert_int_equal(psa_export_public_key(1, data, sizeof(data), &length),
                     PSA_ERROR_NOT_PERMITTED);
    assert_int_equal(length, 0);
    assert_int_equal(key, PSA_KEY_ID_NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(random_is_asked_for_in_what_fits, fake_start),
        cmocka_unit_test_setup(keys_are_asked_for_with_all_their_attributes, fake_start),
        cmocka_unit_test_setup(attributes_are_read, fake_start),
        cmocka_unit_test_setup(identifier_and_lifetime_go_together, fake_start),
        cmocka_unit_test_setup(keys_are_exported, fake_start),
        cmocka_unit_test_setup(signing_and_verifying_send_records, fake_start),
        cmocka_unit_test_setup(asymmetric_encryption_and_agreement_send_records, fake_start),
        cmocka_unit_test_setup(what_does_not_fit_the_shared_memory_is_not_sent, fake_start),
        cmocka_unit_test_setup(a_hash_goes_in_pieces, fake_start),
        cmocka_unit_test_setup(an_operation_that_fails_is_ended, fake_start),
        cmocka_unit_test_setup(a_handle_of_zero_is_none, fake_start),
        cmocka_unit_test_setup(a_hash_takes_one_call_if_it_fits, fake_start),
        cmocka_unit_test_setup(a_partition_without_our_calls_is_asked_in_parts, fake_start),
        cmocka_unit_test_setup(mac_requests_are_encoded_as_specified, fake_start),
        cmocka_unit_test_setup(cipher_requests_are_encoded_as_specified, fake_start),
        cmocka_unit_test_setup(a_long_cipher_goes_in_pieces, fake_start),
        cmocka_unit_test_setup(aead_requests_are_encoded_as_specified, fake_start),
        cmocka_unit_test_setup(aead_results_are_taken_apart, fake_start),
        cmocka_unit_test_setup(an_aead_takes_one_call_if_it_fits, fake_start),
        cmocka_unit_test_setup(a_long_aead_goes_in_pieces, fake_start),
        cmocka_unit_test_setup(pieces_do_not_leave_the_buffer, fake_start),
        cmocka_unit_test_setup(plaintext_whose_tag_is_wrong_is_wiped, fake_start),
        cmocka_unit_test_setup(derivation_requests_are_encoded_as_specified, fake_start),
        cmocka_unit_test_setup(derived_bytes_come_in_pieces_and_capacity_has_no_end, fake_start),
        cmocka_unit_test_setup(a_broken_answer_is_never_a_success, fake_start),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
