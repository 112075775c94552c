// SPDX-License-Identifier: BSD-3-Clause
//
// Guest program of psa_test.sh and hammer_test.sh: a user of libtessera, by the standard PSA headers. Exit status 0: all of it held; else
// the line that did not hold is on standard error.
//   psa_client run     keys, signatures, encryption, a hash in parts, an asset
//   psa_client keys    keys made and destroyed
//   psa_client fork    parent and child have a connection each
//   psa_client hold    takes keys and operations, says "ready", and waits to be killed
//   psa_client rsa BITS   makes one RSA key after the other, says "made" after each, until it is killed
//   psa_client room    a client gets as many keys and operations as the service says that it may have: nobody else has any
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <psa/crypto.h>
#include <psa/internal_trusted_storage.h>

#include "ffa/abi/ts_caps.h"
#include "tessera.h"

#define CAPABILITIES_MAX 512
#define OBJECTS_MAX 256 // more than the service has for one client

static void fail(const char *what, psa_status_t status, int line)
{
    const char *name = tessera_status_name(status);

    fprintf(stderr, "psa_client: line %d: %s: %s (%d)\n", line, what, name != NULL ? name : "?",
            (int)status);
    exit(1);
}

#define EXPECT(status, call)                \
    do {                                    \
        psa_status_t status_ = (call);      \
        if (status_ != (status)) {          \
            fail(#call, status_, __LINE__); \
        }                                   \
    } while (0)
#define HOLDS(condition)                             \
    do {                                             \
        if (!(condition)) {                          \
            fail(#condition, PSA_SUCCESS, __LINE__); \
        }                                            \
    } while (0)

static psa_key_id_t make_key(psa_key_type_t type, size_t bits, psa_algorithm_t alg,
                             psa_key_usage_t usage)
{
    psa_key_attributes_t attributes = PSA_KEY_ATTRIBUTES_INIT;
    psa_key_id_t key = PSA_KEY_ID_NULL;

    psa_set_key_type(&attributes, type);
    psa_set_key_bits(&attributes, bits);
    psa_set_key_algorithm(&attributes, alg);
    psa_set_key_usage_flags(&attributes, usage);
    EXPECT(PSA_SUCCESS, psa_generate_key(&attributes, &key));
    return key;
}

static psa_key_id_t make_signer(void)
{
    return make_key(PSA_KEY_TYPE_ECC_KEY_PAIR(PSA_ECC_FAMILY_SECP_R1), 256,
                    PSA_ALG_ECDSA(PSA_ALG_SHA_256),
                    PSA_KEY_USAGE_SIGN_MESSAGE | PSA_KEY_USAGE_VERIFY_MESSAGE);
}

static void signs(psa_key_id_t key)
{
    const uint8_t text[] = "what is signed";
    const uint8_t other[] = "what is not";
    uint8_t signature[64];
    size_t size;

    EXPECT(PSA_SUCCESS, psa_sign_message(key, PSA_ALG_ECDSA(PSA_ALG_SHA_256), text, sizeof(text),
                                         signature, sizeof(signature), &size));
    EXPECT(PSA_SUCCESS, psa_verify_message(key, PSA_ALG_ECDSA(PSA_ALG_SHA_256), text, sizeof(text),
                                           signature, size));
    EXPECT(PSA_ERROR_INVALID_SIGNATURE, psa_verify_message(key, PSA_ALG_ECDSA(PSA_ALG_SHA_256),
                                                           other, sizeof(other), signature, size));
}

static void encrypts(void)
{
    static uint8_t plain[20000], cipher[sizeof(plain) + 16], back[sizeof(plain)];
    const uint8_t nonce[12] = { 1 };
    psa_key_id_t key =
        make_key(PSA_KEY_TYPE_AES, 256, PSA_ALG_GCM, PSA_KEY_USAGE_ENCRYPT | PSA_KEY_USAGE_DECRYPT);
    size_t size;

    EXPECT(PSA_SUCCESS, psa_generate_random(plain, sizeof(plain)));
    EXPECT(PSA_SUCCESS, psa_aead_encrypt(key, PSA_ALG_GCM, nonce, sizeof(nonce), NULL, 0, plain,
                                         sizeof(plain), cipher, sizeof(cipher), &size));
    HOLDS(size == sizeof(cipher) && memcmp(cipher, plain, sizeof(plain)) != 0);
    EXPECT(PSA_SUCCESS, psa_aead_decrypt(key, PSA_ALG_GCM, nonce, sizeof(nonce), NULL, 0, cipher,
                                         sizeof(cipher), back, sizeof(back), &size));
    HOLDS(size == sizeof(plain) && memcmp(back, plain, sizeof(plain)) == 0);
    cipher[size / 2] ^= 1;
    EXPECT(PSA_ERROR_INVALID_SIGNATURE,
           psa_aead_decrypt(key, PSA_ALG_GCM, nonce, sizeof(nonce), NULL, 0, cipher, sizeof(cipher),
                            back, sizeof(back), &size));
    EXPECT(PSA_SUCCESS, psa_destroy_key(key));
}

// FIPS 180-4's example of one block, in two parts
static void hashes(void)
{
    static const uint8_t expected[32] = { 0xba, 0x78, 0x16, 0xbf, 0x8f, 0x01, 0xcf, 0xea,
                                          0x41, 0x41, 0x40, 0xde, 0x5d, 0xae, 0x22, 0x23,
                                          0xb0, 0x03, 0x61, 0xa3, 0x96, 0x17, 0x7a, 0x9c,
                                          0xb4, 0x10, 0xff, 0x61, 0xf2, 0x00, 0x15, 0xad };
    psa_hash_operation_t operation = PSA_HASH_OPERATION_INIT;
    uint8_t hash[32];
    size_t size;

    EXPECT(PSA_SUCCESS, psa_hash_setup(&operation, PSA_ALG_SHA_256));
    EXPECT(PSA_SUCCESS, psa_hash_update(&operation, (const uint8_t *)"a", 1));
    EXPECT(PSA_SUCCESS, psa_hash_update(&operation, (const uint8_t *)"bc", 2));
    EXPECT(PSA_SUCCESS, psa_hash_finish(&operation, hash, sizeof(hash), &size));
    HOLDS(size == sizeof(hash) && memcmp(hash, expected, size) == 0);
}

// An asset of its own for each process that starts such programs: what one leaves that is killed the next writes over
static void stores(void)
{
    psa_storage_uid_t uid = 0x100000000u + (psa_storage_uid_t)getppid();
    uint8_t data[500], back[500];
    size_t size;

    EXPECT(PSA_SUCCESS, psa_generate_random(data, sizeof(data)));
    EXPECT(PSA_SUCCESS, psa_its_set(uid, sizeof(data), data, PSA_STORAGE_FLAG_NONE));
    EXPECT(PSA_SUCCESS, psa_its_get(uid, 0, sizeof(back), back, &size));
    HOLDS(size == sizeof(data) && memcmp(back, data, size) == 0);
    EXPECT(PSA_SUCCESS, psa_its_remove(uid));
    EXPECT(PSA_ERROR_DOES_NOT_EXIST, psa_its_get(uid, 0, sizeof(back), back, &size));
}

static int run(void)
{
    psa_key_id_t key = make_signer();

    signs(key);
    encrypts();
    hashes();
    stores();
    EXPECT(PSA_SUCCESS, psa_destroy_key(key));
    return 0;
}

static int keys(void)
{
    for (unsigned int i = 0; i < 8; i++) {
        psa_key_id_t key = make_signer();

        signs(key);
        EXPECT(PSA_SUCCESS, psa_destroy_key(key));
    }
    return 0;
}

// A volatile key is its maker's: the child has no such key, and what it does to that number hurts nobody
static int forks(void)
{
    psa_key_id_t key = make_signer();
    pid_t child = fork();
    int status;

    HOLDS(child >= 0);
    if (child == 0) {
        psa_key_attributes_t attributes = PSA_KEY_ATTRIBUTES_INIT;

        EXPECT(PSA_ERROR_INVALID_HANDLE, psa_get_key_attributes(key, &attributes));
        EXPECT(PSA_ERROR_INVALID_HANDLE, psa_destroy_key(key));
        psa_key_id_t own = make_signer();
        signs(own);
        EXPECT(PSA_SUCCESS, psa_destroy_key(own));
        _exit(0);
    }
    HOLDS(waitpid(child, &status, 0) == child && WIFEXITED(status) && WEXITSTATUS(status) == 0);
    signs(key);
    EXPECT(PSA_SUCCESS, psa_destroy_key(key));
    return 0;
}

static uint32_t capability(uint32_t id)
{
    static struct tessera_capability list[CAPABILITIES_MAX];
    struct tessera_capabilities capabilities;
    size_t count;

    EXPECT(PSA_SUCCESS,
           tessera_get_capabilities(TESSERA_CRYPTO, &capabilities, list, CAPABILITIES_MAX, &count));
    for (size_t i = 0; i < count; i++) {
        if (list[i].id == id) {
            return list[i].value;
        }
    }
    fail("the service does not say how many", PSA_SUCCESS, __LINE__);
    return 0;
}

static psa_key_id_t held[OBJECTS_MAX];
static psa_hash_operation_t operations[OBJECTS_MAX];

static void take_all(void)
{
    uint32_t key_count = capability(TS_CAPS_CRYPTO_KEYS);
    uint32_t operation_count = capability(TS_CAPS_CRYPTO_OPERATIONS);

    HOLDS(key_count > 0 && key_count <= OBJECTS_MAX);
    HOLDS(operation_count > 0 && operation_count <= OBJECTS_MAX);
    for (uint32_t i = 0; i < key_count; i++) {
        held[i] = make_key(PSA_KEY_TYPE_AES, 128, PSA_ALG_GCM, PSA_KEY_USAGE_ENCRYPT);
    }
    for (uint32_t i = 0; i < operation_count; i++) {
        EXPECT(PSA_SUCCESS, psa_hash_setup(&operations[i], PSA_ALG_SHA_256));
    }
}

static int hold(void)
{
    take_all();
    printf("ready\n");
    fflush(stdout);
    (void)pause();
    return 1;
}

static int room(void)
{
    take_all();
    for (size_t i = 0; i < OBJECTS_MAX; i++) {
        EXPECT(PSA_SUCCESS, psa_hash_abort(&operations[i]));
        EXPECT(PSA_SUCCESS, psa_destroy_key(held[i]));
    }
    return 0;
}

static _Noreturn void rsa(const char *bits)
{
    for (;;) {
        EXPECT(PSA_SUCCESS,
               psa_destroy_key(make_key(PSA_KEY_TYPE_RSA_KEY_PAIR, strtoul(bits, NULL, 10),
                                        PSA_ALG_RSA_PKCS1V15_SIGN(PSA_ALG_SHA_256),
                                        PSA_KEY_USAGE_SIGN_HASH)));
        printf("made\n");
        fflush(stdout);
    }
}

int main(int argc, char **argv)
{
    static const struct {
        const char *name;
        int (*run)(void);
    } commands[] = {
        { "run", run }, { "keys", keys }, { "fork", forks }, { "hold", hold }, { "room", room }
    };

    EXPECT(PSA_SUCCESS, psa_crypto_init());
    if (argc == 3 && strcmp(argv[1], "rsa") == 0) {
        rsa(argv[2]);
    }
    for (size_t i = 0; argc == 2 && i < sizeof(commands) / sizeof(commands[0]); i++) {
        if (strcmp(argv[1], commands[i].name) == 0) {
            return commands[i].run();
        }
    }
    fprintf(stderr, "usage: psa_client run|keys|fork|hold|room|rsa BITS\n");
    return 2;
}
