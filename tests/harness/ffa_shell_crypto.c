// SPDX-License-Identifier: BSD-3-Clause
//
// The commands of ffa-shell that use the crypto partition, through the PSA client library, and how PSA's codes are shown.
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "ffa/client/psa/crypto.h"
#include "ffa/client/psa_client.h"
#include "tests/harness/ffa_shell.h"

#define RANDOM_MAX 65536
#define TEXT_MAX 1024

static const struct {
    psa_status_t status;
    const char *name;
} statuses[] = {
    { PSA_ERROR_GENERIC_ERROR, "GENERIC_ERROR" },
    { PSA_ERROR_NOT_PERMITTED, "NOT_PERMITTED" },
    { PSA_ERROR_NOT_SUPPORTED, "NOT_SUPPORTED" },
    { PSA_ERROR_INVALID_ARGUMENT, "INVALID_ARGUMENT" },
    { PSA_ERROR_INVALID_HANDLE, "INVALID_HANDLE" },
    { PSA_ERROR_BAD_STATE, "BAD_STATE" },
    { PSA_ERROR_BUFFER_TOO_SMALL, "BUFFER_TOO_SMALL" },
    { PSA_ERROR_ALREADY_EXISTS, "ALREADY_EXISTS" },
    { PSA_ERROR_DOES_NOT_EXIST, "DOES_NOT_EXIST" },
    { PSA_ERROR_INSUFFICIENT_MEMORY, "INSUFFICIENT_MEMORY" },
    { PSA_ERROR_INSUFFICIENT_STORAGE, "INSUFFICIENT_STORAGE" },
    { PSA_ERROR_COMMUNICATION_FAILURE, "COMMUNICATION_FAILURE" },
    { PSA_ERROR_STORAGE_FAILURE, "STORAGE_FAILURE" },
    { PSA_ERROR_INSUFFICIENT_ENTROPY, "INSUFFICIENT_ENTROPY" },
    { PSA_ERROR_INVALID_SIGNATURE, "INVALID_SIGNATURE" },
    { PSA_ERROR_DATA_CORRUPT, "DATA_CORRUPT" },
};

int shell_check(const char *what, int status)
{
    const char *name = "error";

    if (status == PSA_SUCCESS) {
        return 0;
    }
    for (size_t i = 0; i < sizeof(statuses) / sizeof(statuses[0]); i++) {
        name = statuses[i].status == status ? statuses[i].name : name;
    }
    fprintf(stderr, "%s: PSA %s (%d)\n", what, name, (int)status);
    return 1;
}

int shell_connect(struct shell *s)
{
    if (!s->psa_ready) {
        s->psa_ready =
            shell_check("psa_client_connect", psa_client_connect(&s->transport.transport)) == 0;
    }
    return s->psa_ready ? 0 : 1;
}

static int connect_crypto(struct shell *s)
{
    if (shell_connect(s) != 0) {
        return 1;
    }
    return shell_check("connecting to the crypto partition", psa_crypto_init());
}

int shell_random(struct shell *s, int argc, char **argv)
{
    static uint8_t bytes[RANDOM_MAX];
    uint64_t count;

    (void)argc;
    if (!shell_number(argv[1], &count) || connect_crypto(s) != 0) {
        return 1;
    }
    if (count > sizeof(bytes)) {
        fprintf(stderr, "random: at most %d bytes\n", RANDOM_MAX);
        return 1;
    }
    if (shell_check("psa_generate_random", psa_generate_random(bytes, count)) != 0) {
        return 1;
    }
    shell_print_hex(bytes, count);
    return 0;
}

static int sha256(struct shell *s, const char *text, uint8_t hash[PSA_HASH_MAX_SIZE],
                  size_t *length)
{
    if (connect_crypto(s) != 0) {
        return 1;
    }
    return shell_check("psa_hash_compute",
                       psa_hash_compute(PSA_ALG_SHA_256, (const uint8_t *)text, strlen(text), hash,
                                        PSA_HASH_MAX_SIZE, length));
}

int shell_hash(struct shell *s, int argc, char **argv)
{
    uint8_t hash[PSA_HASH_MAX_SIZE];
    size_t length;

    (void)argc;
    if (sha256(s, argv[1], hash, &length) != 0) {
        return 1;
    }
    shell_print_hex(hash, length);
    return 0;
}

static int sign_and_verify(psa_key_id_t key, const uint8_t *hash, size_t hash_length)
{
    uint8_t public_key[PSA_KEY_EXPORT_ECC_PUBLIC_KEY_MAX_SIZE(256)];
    uint8_t signature[PSA_ECDSA_SIGNATURE_SIZE(256)];
    size_t public_length;
    size_t length;
    psa_algorithm_t alg = PSA_ALG_ECDSA(PSA_ALG_SHA_256);

    if (shell_check("psa_export_public_key",
                    psa_export_public_key(key, public_key, sizeof(public_key), &public_length)) !=
            0 ||
        shell_check("psa_sign_hash", psa_sign_hash(key, alg, hash, hash_length, signature,
                                                   sizeof(signature), &length)) != 0 ||
        shell_check("psa_verify_hash",
                    psa_verify_hash(key, alg, hash, hash_length, signature, length)) != 0) {
        return 1;
    }
    printf("public key  ");
    shell_print_hex(public_key, public_length);
    printf("signature   ");
    shell_print_hex(signature, length);
    printf("verified\n");
    return 0;
}

int shell_sign(struct shell *s, int argc, char **argv)
{
    psa_key_attributes_t attributes = psa_key_attributes_init();
    uint8_t hash[PSA_HASH_MAX_SIZE];
    psa_key_id_t key;
    size_t length;

    (void)argc;
    psa_set_key_type(&attributes, PSA_KEY_TYPE_ECC_KEY_PAIR(PSA_ECC_FAMILY_SECP_R1));
    psa_set_key_bits(&attributes, 256);
    psa_set_key_usage_flags(&attributes, PSA_KEY_USAGE_SIGN_HASH | PSA_KEY_USAGE_VERIFY_HASH);
    psa_set_key_algorithm(&attributes, PSA_ALG_ECDSA(PSA_ALG_SHA_256));
    if (sha256(s, argv[1], hash, &length) != 0 ||
        shell_check("psa_generate_key", psa_generate_key(&attributes, &key)) != 0) {
        return 1;
    }
    int failed = sign_and_verify(key, hash, length);
    return shell_check("psa_destroy_key", psa_destroy_key(key)) | failed;
}

static int encrypt_and_decrypt(psa_key_id_t key, const char *text)
{
    static uint8_t ciphertext[TEXT_MAX + PSA_AEAD_TAG_MAX_SIZE];
    static uint8_t plaintext[TEXT_MAX];
    uint8_t nonce[12];
    size_t size = strlen(text);
    size_t length;
    size_t back;

    if (shell_check("psa_generate_random", psa_generate_random(nonce, sizeof(nonce))) != 0 ||
        shell_check("psa_aead_encrypt",
                    psa_aead_encrypt(key, PSA_ALG_GCM, nonce, sizeof(nonce), NULL, 0,
                                     (const uint8_t *)text, size, ciphertext, sizeof(ciphertext),
                                     &length)) != 0 ||
        shell_check("psa_aead_decrypt",
                    psa_aead_decrypt(key, PSA_ALG_GCM, nonce, sizeof(nonce), NULL, 0, ciphertext,
                                     length, plaintext, sizeof(plaintext), &back)) != 0) {
        return 1;
    }
    if (back != size || memcmp(plaintext, text, size) != 0) {
        fprintf(stderr, "encrypt: what was decrypted is another text\n");
        return 1;
    }
    printf("nonce       ");
    shell_print_hex(nonce, sizeof(nonce));
    printf("ciphertext  ");
    shell_print_hex(ciphertext, length);
    printf("decrypted\n");
    return 0;
}

int shell_encrypt(struct shell *s, int argc, char **argv)
{
    psa_key_attributes_t attributes = psa_key_attributes_init();
    psa_key_id_t key;

    (void)argc;
    if (strlen(argv[1]) > TEXT_MAX) {
        fprintf(stderr, "encrypt: at most %d characters\n", TEXT_MAX);
        return 1;
    }
    psa_set_key_type(&attributes, PSA_KEY_TYPE_AES);
    psa_set_key_bits(&attributes, 256);
    psa_set_key_usage_flags(&attributes, PSA_KEY_USAGE_ENCRYPT | PSA_KEY_USAGE_DECRYPT);
    psa_set_key_algorithm(&attributes, PSA_ALG_GCM);
    if (connect_crypto(s) != 0 ||
        shell_check("psa_generate_key", psa_generate_key(&attributes, &key)) != 0) {
        return 1;
    }
    int failed = encrypt_and_decrypt(key, argv[1]);
    return shell_check("psa_destroy_key", psa_destroy_key(key)) | failed;
}
