// SPDX-License-Identifier: BSD-3-Clause
//
// Cryptography: each call of PSA Crypto through the service, and the same call inside a partition, which is Mbed TLS alone
// (tests/target/sp_accel). Counted are instructions of the guest below the client library, without those that sharing memory and making
// keys take once.
#include <stdio.h>

#include "ffa/client/psa_client.h"
#include "tests/bench/bench_private.h"
#include "tests/harness/transport_harness.h"
#include "tests/target/sp_accel/accel_ops.h"
#include "tests/target/sp_accel/accel_proto.h"

#define ROUNDS 10
#define SMALL_PER_MILLE \
    1200 // what the service may make of a small message's instructions, and of 64 KiB's
#define LARGE_PER_MILLE 1050
#define SMALL_MAX 4096
// What is called 64 KiB: most that goes in one message with its heads, since the length of a record has 16 bits
#define LARGE (65536 - 256)

static const struct row {
    const char *key;
    enum accel_op op;
    unsigned int size;
    unsigned int rounds;
    uint64_t target; // through the service; 0: recorded only
    const char *peer;
} rows[] = {
    { "psa_random_32", ACCEL_OP_RANDOM, 32, ROUNDS, 0, "" },
    { "psa_sha256_32", ACCEL_OP_SHA256, 32, ROUNDS, 0, "" },
    { "psa_sha256_4k", ACCEL_OP_SHA256, 4096, ROUNDS, 0, "" },
    { "psa_sha256_64k", ACCEL_OP_SHA256, LARGE, ROUNDS, 143616, "" }, // 2.2 a byte
    { "psa_sha512_64k", ACCEL_OP_SHA512, LARGE, ROUNDS, 0, "" },
    { "psa_sha3_64k", ACCEL_OP_SHA3, LARGE, ROUNDS, 0, "" },
    { "psa_hmac_32", ACCEL_OP_HMAC, 32, ROUNDS, 0, "" },
    { "psa_hmac_64k", ACCEL_OP_HMAC, LARGE, ROUNDS, 0, "" },
    { "psa_cmac_32", ACCEL_OP_CMAC, 32, ROUNDS, 0, "" },
    { "psa_cmac_64k", ACCEL_OP_CMAC, LARGE, ROUNDS, 0, "" },
    { "psa_gcm_encrypt_32", ACCEL_OP_GCM_ENCRYPT, 32, ROUNDS, 0, "" },
    { "psa_gcm_encrypt_4k", ACCEL_OP_GCM_ENCRYPT, 4096, ROUNDS, 0, "" },
    { "psa_gcm_encrypt_64k", ACCEL_OP_GCM_ENCRYPT, LARGE, ROUNDS, 391680, "" }, // 6 a byte
    { "psa_gcm_decrypt_64k", ACCEL_OP_GCM_DECRYPT, LARGE, ROUNDS, 391680, "" },
    { "psa_chacha_encrypt_32", ACCEL_OP_CHACHA_ENCRYPT, 32, ROUNDS, 0, "" },
    { "psa_chacha_encrypt_64k", ACCEL_OP_CHACHA_ENCRYPT, LARGE, ROUNDS, 0, "" },
    { "psa_ctr_32", ACCEL_OP_CTR, 32, ROUNDS, 0, "" },
    { "psa_ctr_64k", ACCEL_OP_CTR, LARGE, ROUNDS, 0, "" },
    { "psa_cbc_32", ACCEL_OP_CBC, 32, ROUNDS, 0, "" },
    { "psa_cbc_64k", ACCEL_OP_CBC, LARGE, ROUNDS, 0, "" },
    { "psa_hkdf_32", ACCEL_OP_HKDF, 32, ROUNDS, 0, "" },
    { "psa_generate_p256", ACCEL_OP_P256_GENERATE, 32, ROUNDS, 0, "" },
    { "psa_sign_p256", ACCEL_OP_P256_SIGN, 32, ROUNDS, 500000, "5.8 M Mbed TLS" },
    { "psa_verify_p256", ACCEL_OP_P256_VERIFY, 32, ROUNDS, 1000000, "19.9 M Mbed TLS" },
    { "psa_verify_p256_public", ACCEL_OP_P256_VERIFY_PUBLIC, 32, ROUNDS, 1000000,
      "19.9 M Mbed TLS" },
    { "psa_ecdh_p256", ACCEL_OP_P256_AGREE, 32, ROUNDS, 0, "" },
    { "psa_x25519", ACCEL_OP_X25519_AGREE, 32, 3, 0, "" },
    { "psa_sign_p384", ACCEL_OP_P384_SIGN, 32, 2, 0, "" },
    { "psa_verify_p384", ACCEL_OP_P384_VERIFY, 32, 2, 0, "" },
    { "psa_sign_rsa2048", ACCEL_OP_RSA_SIGN, 32, 2, 0, "" },
    { "psa_verify_rsa2048", ACCEL_OP_RSA_VERIFY, 32, ROUNDS, 0, "" },
};
#define ROWS (sizeof(rows) / sizeof(*rows))

static uint64_t inside[ROWS];
static uint64_t through[ROWS];

// Ticks of `rounds` rounds in one message
static uint64_t message_ticks(struct harness *h, const struct row *row, unsigned int rounds)
{
    struct h_call c = { .x = { FFA_MSG_SEND_DIRECT_REQ_64, ACCEL_ID, 0, ACCEL_BENCH, row->op,
                               row->size, rounds } };

    if (h_call(h, 0, &c) != H_OK || c.x[0] != FFA_MSG_SEND_DIRECT_RESP_64 || c.x[3] != 0) {
        fprintf(stderr, "bench: %s inside: %#llx, PSA error %lld\n", row->key,
                (unsigned long long)c.x[0], (long long)c.x[3]);
        bench_die("a call inside the partition fails");
    }
    return c.ticks;
}

static void measure_inside(void)
{
    struct harness *h = bench_start("accel", 1);
    struct ffa_args version = { .x = { FFA_VERSION, FFA_VERSION_1_2 } };

    if (h_smc(h, 0, &version) != H_OK) {
        bench_die("FFA_VERSION 1.2 was refused");
    }
    for (unsigned int i = 0; i < ROWS; i++) {
        (void)message_ticks(h, &rows[i], 1); // makes keys
        uint64_t one = message_ticks(h, &rows[i], 1);

        inside[i] = (message_ticks(h, &rows[i], 1 + rows[i].rounds) - one + rows[i].rounds / 2) /
                    rows[i].rounds;
    }
    h_stop(h);
}

static void run(const struct row *row, unsigned int rounds)
{
    int status = accel_ops_run(row->op, row->size, rounds);

    if (status != 0) {
        fprintf(stderr, "bench: %s: PSA error %d\n", row->key, status);
        bench_die("a call of the service fails");
    }
}

static void measure_through(void)
{
    struct harness *h = bench_start("shell", 1);
    struct ffa_args version = { .x = { FFA_VERSION, FFA_VERSION_1_2 } };
    struct harness_transport transport;

    if (h_smc(h, 0, &version) != H_OK) {
        bench_die("FFA_VERSION 1.2 was refused");
    }
    uint64_t nop = bench_nop(h);

    harness_transport_init(&transport, h);
    if (psa_client_connect(&transport.transport) != 0) {
        bench_die("the crypto service cannot be reached");
    }
    for (unsigned int i = 0; i < ROWS; i++) {
        run(&rows[i], 1);
        transport.ticks = 0;
        transport.calls = 0;
        run(&rows[i], rows[i].rounds);
        through[i] =
            (transport.ticks - transport.calls * nop + rows[i].rounds / 2) / rows[i].rounds;
    }
    h_stop(h);
}

void bench_crypto(void)
{
    char key[48];

    measure_inside();
    measure_through();
    for (unsigned int i = 0; i < ROWS; i++) {
        bench_record(rows[i].key, through[i], rows[i].target, rows[i].peer);
    }
    for (unsigned int i = 0; i < ROWS; i++) {
        snprintf(key, sizeof(key), "%s_inside", rows[i].key);
        bench_record(key, inside[i], 0, "");
    }
    for (unsigned int i = 0; i < ROWS; i++) {
        snprintf(key, sizeof(key), "%s_permille", rows[i].key);
        bench_record(key, (through[i] * 1000 + inside[i] - 1) / inside[i],
                     rows[i].size <= SMALL_MAX ? SMALL_PER_MILLE : LARGE_PER_MILLE, "");
    }
}
