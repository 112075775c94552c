// SPDX-License-Identifier: BSD-3-Clause
//
// The demo payload of `make run-demo`: a bare-metal normal world that finds the secure partitions, asks
// the crypto partition for random bytes, a hash, a signature and a ciphertext, checks all of them, has the storage partition
// count its runs, gets an attestation token, says so, and switches off. Its last line is "demo: everything worked", or what failed.
#include <stdbool.h>
#include <string.h>

#include "board.h"
#include "demo_private.h"
#include "ffa/client/psa/crypto.h"
#include "ffa/client/psa/initial_attestation.h"
#include "ffa/client/psa/protected_storage.h"
#include "ffa/client/psa_client.h"
#include "ffa/client/transport_smc.h"
#include "log.h"
#include "platform.h"
#include "ts_rpc_abi.h"
#include "uart.h"
#include "uuid.h"

#define RANDOM_SIZE 32
#define SHA256_SIZE 32
#define P256_BITS 256
#define GCM_NONCE_SIZE 12
#define RUNS_UID 0x64656d6f // of the asset that counts

#define LIST_MAX 16 // partitions; more than there can be
#define LIST_FIRST 3
#define LIST_STRIDE (sizeof(struct ffa_partition_info) / sizeof(uint64_t))

#define PAGE 4096

// Memory that firmware and partitions see, too; the rest of the demo's pages is its own
static uint8_t shared[6 * PAGE] __attribute__((aligned(PAGE)));
static uint8_t tx[PAGE] __attribute__((aligned(PAGE)));
static uint8_t rx[PAGE] __attribute__((aligned(PAGE)));

static const char text[] = "The quick brown fox jumps over the lazy dog";
static const uint8_t text_sha256[SHA256_SIZE] = {
    // of the text without its NUL; `printf '%s' "…" | sha256sum`
    0xd7, 0xa8, 0xfb, 0xb3, 0x07, 0xd7, 0x80, 0x94, 0x69, 0xca, 0x9a, 0xbc, 0xb0, 0x08, 0x2e, 0x4f,
    0x8d, 0x56, 0x51, 0xe4, 0x6d, 0x3c, 0xdb, 0x76, 0x2d, 0x02, 0xd0, 0xbf, 0x37, 0xc9, 0xe5, 0x92,
};

static void say_partition(const uint64_t *registers)
{
    struct ffa_partition_info info;
    uint8_t raw[UUID_SIZE];
    char uuid[UUID_TEXT_LENGTH + 1];

    memcpy(&info, registers, sizeof(info));
    memcpy(raw, info.uuid, sizeof(raw));
    uuid_format(raw, uuid);
    demo_say("partition 0x%04x: UUID %s, properties 0x%03x", info.id, uuid, info.properties);
}

void demo_list_partitions(struct ffa_transport *transport)
{
    uint32_t next = 0;
    uint32_t last = 0;
    uint64_t tag = 0;

    while (next <= last) {
        struct ffa_args args = { .x = { FFA_PARTITION_INFO_GET_REGS, 0, 0, next | tag << 16 } };

        transport->call(transport, &args);
        uint32_t current = args.x[2] >> 16 & 0xffff;

        last = args.x[2] & 0xffff;
        tag = args.x[2] >> 32 & 0xffff;
        if ((uint32_t)args.x[0] != FFA_SUCCESS_64 || current < next || current > last ||
            current - next > 4 || last >= LIST_MAX) {
            demo_fail("FFA_PARTITION_INFO_GET_REGS", (int)(uint32_t)args.x[2]);
        }
        for (uint32_t i = 0; i <= current - next; i++) {
            say_partition(&args.x[LIST_FIRST + i * LIST_STRIDE]);
        }
        next = current + 1;
    }
}

static void check(const char *what, psa_status_t status)
{
    if (status != PSA_SUCCESS) {
        demo_fail(what, status);
    }
}

void demo_random_and_hash(void)
{
    uint8_t random[2][RANDOM_SIZE];
    uint8_t hash[SHA256_SIZE];
    size_t size;

    for (unsigned int i = 0; i < 2; i++) {
        check("psa_generate_random", psa_generate_random(random[i], RANDOM_SIZE));
        demo_say_bytes("32 random bytes:", random[i], RANDOM_SIZE);
    }
    if (memcmp(random[0], random[1], RANDOM_SIZE) == 0) {
        demo_fail("twice the same random bytes", 0);
    }

    check("psa_hash_compute", psa_hash_compute(PSA_ALG_SHA_256, (const uint8_t *)text,
                                               sizeof(text) - 1, hash, sizeof(hash), &size));
    demo_say_bytes("SHA-256 of \"The quick brown fox ...\":", hash, size);
    if (size != SHA256_SIZE || memcmp(hash, text_sha256, SHA256_SIZE) != 0) {
        demo_fail("the hash is not the text's", 0);
    }
}

static psa_key_id_t make_key(void)
{
    psa_key_attributes_t attributes = PSA_KEY_ATTRIBUTES_INIT;
    psa_key_id_t key;

    psa_set_key_type(&attributes, PSA_KEY_TYPE_ECC_KEY_PAIR(PSA_ECC_FAMILY_SECP_R1));
    psa_set_key_bits(&attributes, P256_BITS);
    psa_set_key_usage_flags(&attributes, PSA_KEY_USAGE_SIGN_HASH | PSA_KEY_USAGE_VERIFY_HASH);
    psa_set_key_algorithm(&attributes, PSA_ALG_ECDSA(PSA_ALG_SHA_256));
    check("psa_generate_key", psa_generate_key(&attributes, &key));
    return key;
}

void demo_signature(void)
{
    const psa_algorithm_t alg = PSA_ALG_ECDSA(PSA_ALG_SHA_256);
    uint8_t public_key[PSA_KEY_EXPORT_ECC_PUBLIC_KEY_MAX_SIZE(P256_BITS)];
    uint8_t signature[PSA_ECDSA_SIGNATURE_SIZE(P256_BITS)];
    uint8_t changed[SHA256_SIZE];
    size_t size;
    psa_key_id_t key = make_key();

    check("psa_export_public_key",
          psa_export_public_key(key, public_key, sizeof(public_key), &size));
    demo_say_bytes("ECDSA P-256 public key:", public_key, size);
    check("psa_sign_hash",
          psa_sign_hash(key, alg, text_sha256, SHA256_SIZE, signature, sizeof(signature), &size));
    demo_say_bytes("signature:", signature, size);
    check("psa_verify_hash", psa_verify_hash(key, alg, text_sha256, SHA256_SIZE, signature, size));
    demo_say("the signature verifies");

    memcpy(changed, text_sha256, sizeof(changed));
    changed[0] ^= 1;
    psa_status_t status = psa_verify_hash(key, alg, changed, sizeof(changed), signature, size);

    if (status != PSA_ERROR_INVALID_SIGNATURE) {
        demo_fail("the signature of another hash was not refused", status);
    }
    demo_say("for a hash with one bit changed it does not");
    check("psa_destroy_key", psa_destroy_key(key));
    status = psa_verify_hash(key, alg, text_sha256, SHA256_SIZE, signature, size);
    if (status != PSA_ERROR_INVALID_HANDLE && status != PSA_ERROR_DOES_NOT_EXIST) {
        demo_fail("a destroyed key was not refused", status);
    }
}

void demo_encryption(void)
{
    const psa_algorithm_t alg = PSA_ALG_GCM;
    const size_t length = sizeof(text) - 1;
    psa_key_attributes_t attributes = PSA_KEY_ATTRIBUTES_INIT;
    uint8_t nonce[GCM_NONCE_SIZE];
    uint8_t secret[PSA_AEAD_ENCRYPT_OUTPUT_MAX_SIZE(sizeof(text))];
    uint8_t back[sizeof(text)];
    size_t size;
    psa_key_id_t key;

    psa_set_key_type(&attributes, PSA_KEY_TYPE_AES);
    psa_set_key_bits(&attributes, 256);
    psa_set_key_usage_flags(&attributes, PSA_KEY_USAGE_ENCRYPT | PSA_KEY_USAGE_DECRYPT);
    psa_set_key_algorithm(&attributes, alg);
    check("psa_generate_key", psa_generate_key(&attributes, &key));
    check("psa_generate_random", psa_generate_random(nonce, sizeof(nonce)));
    check("psa_aead_encrypt",
          psa_aead_encrypt(key, alg, nonce, sizeof(nonce), NULL, 0, (const uint8_t *)text, length,
                           secret, sizeof(secret), &size));
    demo_say_bytes("AES-256-GCM of the text:", secret, size);
    check("psa_aead_decrypt", psa_aead_decrypt(key, alg, nonce, sizeof(nonce), NULL, 0, secret,
                                               size, back, sizeof(back), &size));
    if (size != length || memcmp(back, text, length) != 0) {
        demo_fail("what was decrypted is another text", 0);
    }
    secret[0] ^= 1;
    psa_status_t status =
        psa_aead_decrypt(key, alg, nonce, sizeof(nonce), NULL, 0, secret,
                         length + PSA_AEAD_TAG_MAX_SIZE, back, sizeof(back), &size);

    if (status != PSA_ERROR_INVALID_SIGNATURE) {
        demo_fail("a ciphertext with one bit changed was not refused", status);
    }
    demo_say("it decrypts, and with one bit changed it does not");
    check("psa_destroy_key", psa_destroy_key(key));
}

void demo_storage(void)
{
    psa_status_t status = psa_client_open(PSA_CLIENT_PS);
    uint32_t runs = 0;
    uint32_t stored = 0;
    size_t size = 0;

    if (status == PSA_ERROR_DOES_NOT_EXIST) {
        demo_say("this firmware has no storage partition");
        return;
    }
    check("finding the storage partition", status);
    status = psa_ps_get(RUNS_UID, 0, sizeof(runs), &runs, &size);
    if (status != PSA_ERROR_DOES_NOT_EXIST) { // else this is the first run
        check("psa_ps_get", status);
    }
    runs++;
    check("psa_ps_set", psa_ps_set(RUNS_UID, sizeof(runs), &runs, PSA_STORAGE_FLAG_NONE));
    check("psa_ps_get", psa_ps_get(RUNS_UID, 0, sizeof(stored), &stored, &size));
    if (size != sizeof(stored) || stored != runs) {
        demo_fail("what was stored is another number", 0);
    }
    demo_say("protected storage says that this is run %u of this machine", runs);
}

static bool contains(const uint8_t *bytes, size_t size, const uint8_t *part, size_t part_size)
{
    for (size_t i = 0; i + part_size <= size; i++) {
        if (memcmp(bytes + i, part, part_size) == 0) {
            return true;
        }
    }
    return false;
}

void demo_attestation(void)
{
    static uint8_t token[PSA_INITIAL_ATTEST_MAX_TOKEN_SIZE];
    psa_status_t status = psa_client_open(PSA_CLIENT_ATTEST);
    uint8_t nonce[PSA_INITIAL_ATTEST_CHALLENGE_SIZE_32];
    size_t told = 0;
    size_t size = 0;

    if (status == PSA_ERROR_DOES_NOT_EXIST) {
        demo_say("this firmware has no attest partition");
        return;
    }
    check("finding the attest partition", status);
    check("psa_generate_random", psa_generate_random(nonce, sizeof(nonce)));
    check("psa_initial_attest_get_token_size",
          psa_initial_attest_get_token_size(sizeof(nonce), &told));
    check("psa_initial_attest_get_token",
          psa_initial_attest_get_token(nonce, sizeof(nonce), token, sizeof(token), &size));
    if (size != told || !contains(token, size, nonce, sizeof(nonce))) {
        demo_fail("the token is not the one that was asked for", 0);
    }
    demo_say("attestation token of %u bytes, with the nonce in it", (unsigned int)size);
}

void demo_main(void)
{
    static struct transport_smc smc;
    struct transport_smc_memory memory = {
        .shared = shared,
        .shared_size = sizeof(shared),
        .partition_count = 3,
        .tx = tx,
        .rx = rx,
    };

    uart_init(&board.console);
    demo_mmu_on();
    int error = transport_smc_init(&smc, &memory);

    if (error != 0) {
        demo_fail("FFA_VERSION or FFA_RXTX_MAP", error);
    }
    demo_list_partitions(&smc.transport);
    check("psa_client_connect", psa_client_connect(&smc.transport));
    check("finding the crypto partition", psa_crypto_init());
    demo_random_and_hash();
    demo_signature();
    demo_encryption();
    demo_storage();
    demo_attestation();
    check("taking the shared memory back", psa_client_disconnect());
    demo_say("everything worked");
    demo_off();
}
