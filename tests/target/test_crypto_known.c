// SPDX-License-Identifier: BSD-3-Clause
//
// The known answers of tests/unit/partitions/crypto_vectors.h through the PSA client library and the firmware: with every instruction for
// cryptography that QEMU has (max), and on a core that lacks SHA-512 and random numbers (cortex-a57).
#include <stdlib.h>
#include <string.h>

#include "ffa/client/psa/crypto.h"
#include "ffa/client/psa_client.h"
#include "tests/harness/transport_harness.h"
#include "tests/target/target.h"
#include "tests/unit/partitions/crypto_vectors.h"

#define BYTES_MAX 512

struct bytes {
    size_t size;
    uint8_t data[BYTES_MAX];
};

static struct harness_transport transport;

static void on_core(const char *cpu)
{
    struct h_options options = target_options();

    options.cpu = cpu;
    target_machine(&options);
    target_version(FFA_VERSION_1_2);
    harness_transport_init(&transport, machine);
    assert_int_equal(psa_client_connect(&transport.transport), PSA_SUCCESS);
    assert_int_equal(psa_crypto_init(), PSA_SUCCESS);
}

static uint8_t digit(char c)
{
    return (uint8_t)(c <= '9' ? c - '0' : c - 'a' + 10);
}

static struct bytes of_hex(const char *text)
{
    struct bytes bytes = { .size = strlen(text) / 2 };

    assert_true(bytes.size <= BYTES_MAX);
    for (size_t i = 0; i < bytes.size; i++) {
        bytes.data[i] = (uint8_t)(digit(text[2 * i]) << 4 | digit(text[2 * i + 1]));
    }
    return bytes;
}

static void check(const char *source, psa_status_t status, const struct bytes *found,
                  const char *expected)
{
    struct bytes wanted = of_hex(expected);

    if (status != PSA_SUCCESS || found->size != wanted.size ||
        memcmp(found->data, wanted.data, wanted.size) != 0) {
        fail_msg("%s: status %d, or another answer", source, (int)status);
    }
}

static psa_key_id_t import(const char *source, psa_key_type_t type, psa_algorithm_t alg,
                           const char *key)
{
    psa_key_attributes_t attributes = PSA_KEY_ATTRIBUTES_INIT;
    struct bytes bytes = of_hex(key);
    psa_key_id_t id = 0;

    psa_set_key_type(&attributes, type);
    psa_set_key_algorithm(&attributes, alg);
    psa_set_key_usage_flags(&attributes, PSA_KEY_USAGE_ENCRYPT | PSA_KEY_USAGE_DECRYPT |
                                             PSA_KEY_USAGE_SIGN_MESSAGE |
                                             PSA_KEY_USAGE_VERIFY_MESSAGE | PSA_KEY_USAGE_DERIVE);
    if (psa_import_key(&attributes, bytes.data, bytes.size, &id) != PSA_SUCCESS) {
        fail_msg("%s: the key is refused", source);
    }
    return id;
}

static void hashes(void)
{
    for (size_t i = 0; i < vectors_hash_count; i++) {
        const struct vector_hash *vector = &vectors_hash[i];
        struct bytes text = of_hex(vector->text);
        struct bytes hash = { 0 };
        uint8_t *message = malloc(text.size * vector->times + 1);

        assert_non_null(message);
        for (unsigned int k = 0; k < vector->times; k++) {
            memcpy(message + k * text.size, text.data, text.size);
        }
        check(vector->source,
              psa_hash_compute(vector->alg, message, text.size * vector->times, hash.data,
                               BYTES_MAX, &hash.size),
              &hash, vector->hash);
        free(message);
    }
}

static void macs(void)
{
    for (size_t i = 0; i < vectors_mac_count; i++) {
        const struct vector_mac *vector = &vectors_mac[i];
        struct bytes text = of_hex(vector->text);
        struct bytes mac = { 0 };
        psa_key_id_t key = import(vector->source, vector->type, vector->alg, vector->key);

        check(
            vector->source,
            psa_mac_compute(key, vector->alg, text.data, text.size, mac.data, BYTES_MAX, &mac.size),
            &mac, vector->mac);
        assert_int_equal(psa_destroy_key(key), PSA_SUCCESS);
    }
}

// In parts: the text's first 21 bytes, the rest
static psa_status_t cipher(psa_cipher_operation_t *op, const struct bytes *iv,
                           const struct bytes *text, struct bytes *out)
{
    size_t first = text->size < 21 ? text->size : 21;
    size_t size = 0;
    psa_status_t status = iv->size != 0 ? psa_cipher_set_iv(op, iv->data, iv->size) : PSA_SUCCESS;

    for (unsigned int i = 0; i < 2 && status == PSA_SUCCESS; i++) {
        status = psa_cipher_update(op, text->data + (i == 0 ? 0 : first),
                                   i == 0 ? first : text->size - first, out->data + out->size,
                                   BYTES_MAX - out->size, &size);
        out->size += size;
    }
    if (status == PSA_SUCCESS) {
        status = psa_cipher_finish(op, out->data + out->size, BYTES_MAX - out->size, &size);
        out->size += size;
    }
    return status;
}

static void ciphers(void)
{
    for (size_t i = 0; i < vectors_cipher_count; i++) {
        const struct vector_cipher *vector = &vectors_cipher[i];
        psa_key_id_t key = import(vector->source, vector->type, vector->alg, vector->key);
        psa_cipher_operation_t op = PSA_CIPHER_OPERATION_INIT;
        struct bytes iv = of_hex(vector->iv);
        struct bytes plain = of_hex(vector->plain);
        struct bytes sealed = { 0 };
        struct bytes opened = { 0 };

        assert_int_equal(psa_cipher_encrypt_setup(&op, key, vector->alg), PSA_SUCCESS);
        check(vector->source, cipher(&op, &iv, &plain, &sealed), &sealed, vector->cipher);
        assert_int_equal(psa_cipher_decrypt_setup(&op, key, vector->alg), PSA_SUCCESS);
        check(vector->source, cipher(&op, &iv, &sealed, &opened), &opened, vector->plain);
        assert_int_equal(psa_destroy_key(key), PSA_SUCCESS);
    }
}

static void aeads(void)
{
    for (size_t i = 0; i < vectors_aead_count; i++) {
        const struct vector_aead *vector = &vectors_aead[i];
        psa_key_id_t key = import(vector->source, vector->type, vector->alg, vector->key);
        struct bytes nonce = of_hex(vector->nonce);
        struct bytes ad = of_hex(vector->ad);
        struct bytes plain = of_hex(vector->plain);
        struct bytes sealed = { 0 };
        struct bytes opened = { 0 };

        check(vector->source,
              psa_aead_encrypt(key, vector->alg, nonce.data, nonce.size, ad.data, ad.size,
                               plain.data, plain.size, sealed.data, BYTES_MAX, &sealed.size),
              &sealed, vector->cipher);
        check(vector->source,
              psa_aead_decrypt(key, vector->alg, nonce.data, nonce.size, ad.data, ad.size,
                               sealed.data, sealed.size, opened.data, BYTES_MAX, &opened.size),
              &opened, vector->plain);
        sealed.data[0] ^= 1;
        assert_int_equal(psa_aead_decrypt(key, vector->alg, nonce.data, nonce.size, ad.data,
                                          ad.size, sealed.data, sealed.size, opened.data, BYTES_MAX,
                                          &opened.size),
                         PSA_ERROR_INVALID_SIGNATURE);
        assert_int_equal(psa_destroy_key(key), PSA_SUCCESS);
    }
}

static psa_status_t input(psa_key_derivation_operation_t *op, psa_key_derivation_step_t step,
                          const char *text)
{
    struct bytes bytes = of_hex(text);

    return psa_key_derivation_input_bytes(op, step, bytes.data, bytes.size);
}

static void derivations(void)
{
    for (size_t i = 0; i < vectors_derive_count; i++) {
        const struct vector_derive *vector = &vectors_derive[i];
        psa_key_derivation_operation_t op = PSA_KEY_DERIVATION_OPERATION_INIT;
        bool is_password = PSA_ALG_IS_PBKDF2_HMAC(vector->alg);
        bool is_prf = PSA_ALG_IS_TLS12_PRF(vector->alg);
        psa_status_t status = psa_key_derivation_setup(&op, vector->alg);
        struct bytes out = { .size = strlen(vector->output) / 2 };

        if (status == PSA_SUCCESS && is_password) {
            status =
                psa_key_derivation_input_integer(&op, PSA_KEY_DERIVATION_INPUT_COST, vector->cost);
        }
        if (status == PSA_SUCCESS && !PSA_ALG_IS_HKDF_EXPAND(vector->alg)) {
            status =
                input(&op, is_prf ? PSA_KEY_DERIVATION_INPUT_SEED : PSA_KEY_DERIVATION_INPUT_SALT,
                      vector->salt);
        }
        if (status == PSA_SUCCESS) {
            status = input(&op,
                           is_password ? PSA_KEY_DERIVATION_INPUT_PASSWORD
                                       : PSA_KEY_DERIVATION_INPUT_SECRET,
                           vector->secret);
        }
        if (status == PSA_SUCCESS && !is_password && !PSA_ALG_IS_HKDF_EXTRACT(vector->alg)) {
            status =
                input(&op, is_prf ? PSA_KEY_DERIVATION_INPUT_LABEL : PSA_KEY_DERIVATION_INPUT_INFO,
                      vector->info);
        }
        if (status == PSA_SUCCESS) {
            status = psa_key_derivation_output_bytes(&op, out.data, out.size);
        }
        check(vector->source, status, &out, vector->output);
        assert_int_equal(psa_key_derivation_abort(&op), PSA_SUCCESS);
    }
}

static void agreements(void)
{
    for (size_t i = 0; i < vectors_ecdh_count; i++) {
        const struct vector_ecdh *vector = &vectors_ecdh[i];
        psa_key_id_t key = import(vector->source, vector->type, PSA_ALG_ECDH, vector->private_key);
        struct bytes peer = of_hex(vector->peer);
        struct bytes secret = { 0 };

        check(vector->source,
              psa_raw_key_agreement(PSA_ALG_ECDH, key, peer.data, peer.size, secret.data, BYTES_MAX,
                                    &secret.size),
              &secret, vector->secret);
        assert_int_equal(psa_destroy_key(key), PSA_SUCCESS);
    }
}

static void signatures(void)
{
    for (size_t i = 0; i < vectors_ecdsa_count; i++) {
        const struct vector_ecdsa *vector = &vectors_ecdsa[i];
        psa_algorithm_t alg = PSA_ALG_DETERMINISTIC_ECDSA(vector->hash);
        psa_key_id_t key = import(vector->source, PSA_KEY_TYPE_ECC_KEY_PAIR(PSA_ECC_FAMILY_SECP_R1),
                                  alg, vector->private_key);
        struct bytes text = of_hex(vector->text);
        struct bytes signature = { 0 };

        check(vector->source,
              psa_sign_message(key, alg, text.data, text.size, signature.data, BYTES_MAX,
                               &signature.size),
              &signature, vector->signature);
        assert_int_equal(
            psa_verify_message(key, alg, text.data, text.size, signature.data, signature.size),
            PSA_SUCCESS);
        signature.data[signature.size / 2 - 1] ^= 1;
        assert_int_equal(
            psa_verify_message(key, alg, text.data, text.size, signature.data, signature.size),
            PSA_ERROR_INVALID_SIGNATURE);
        assert_int_equal(psa_destroy_key(key), PSA_SUCCESS);
    }
}

static void answers_on_max_are_the_known_ones(void **state)
{
    (void)state;
    on_core("max");
    hashes();
    macs();
    ciphers();
    aeads();
    derivations();
    agreements();
    signatures();
}

static void answers_on_cortex_a57_are_the_known_ones(void **state)
{
    (void)state;
    on_core("cortex-a57");
    hashes();
    macs();
    ciphers();
    aeads();
    agreements();
    signatures();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(answers_on_max_are_the_known_ones),
        cmocka_unit_test(answers_on_cortex_a57_are_the_known_ones),
    };

    return cmocka_run_group_tests_name("crypto_known", tests, NULL, target_stop);
}
