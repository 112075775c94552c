// SPDX-License-Identifier: BSD-3-Clause
//
// Attestation: a token through the service, and the part of it that is the crypto partition's signature, made through its own
// service. Counted are instructions of the guest below the client library, without those that finding the partitions and
// sharing memory take once.
#include <stdio.h>

#include "ffa/client/psa/crypto.h"
#include "ffa/client/psa/initial_attestation.h"
#include "ffa/client/psa_client.h"
#include "tests/bench/bench_private.h"
#include "tests/harness/transport_harness.h"

#define ROUNDS 10

static struct harness_transport transport;
static uint64_t nop;

static void must(psa_status_t status, const char *what)
{
    if (status != PSA_SUCCESS) {
        fprintf(stderr, "bench: %s: PSA error %d\n", what, (int)status);
        bench_die("the attestation service fails");
    }
}

// Since the last time
static uint64_t cost(void)
{
    uint64_t ticks = transport.ticks - transport.calls * nop;

    transport.ticks = 0;
    transport.calls = 0;
    return ticks;
}

static psa_key_id_t make_key(void)
{
    psa_key_attributes_t attributes = PSA_KEY_ATTRIBUTES_INIT;
    psa_key_id_t key;

    psa_set_key_type(&attributes, PSA_KEY_TYPE_ECC_KEY_PAIR(PSA_ECC_FAMILY_SECP_R1));
    psa_set_key_bits(&attributes, 256);
    psa_set_key_usage_flags(&attributes, PSA_KEY_USAGE_SIGN_HASH);
    psa_set_key_algorithm(&attributes, PSA_ALG_ECDSA(PSA_ALG_SHA_256));
    must(psa_generate_key(&attributes, &key), "psa_generate_key");
    return key;
}

static void measure(psa_key_id_t key)
{
    static uint8_t token[PSA_INITIAL_ATTEST_MAX_TOKEN_SIZE];
    uint8_t nonce[32] = { 1 };
    uint8_t signature[64];
    size_t size;
    size_t told;

    must(psa_initial_attest_get_token_size(sizeof(nonce), &told),
         "psa_initial_attest_get_token_size");
    (void)cost(); // the partition was found
    for (unsigned int i = 0; i < ROUNDS; i++) {
        must(psa_initial_attest_get_token_size(sizeof(nonce), &told),
             "psa_initial_attest_get_token_size");
    }
    bench_record("attest_token_size", cost() / ROUNDS, 0, "");
    for (unsigned int i = 0; i < ROUNDS; i++) {
        nonce[1] = (uint8_t)i;
        must(psa_initial_attest_get_token(nonce, sizeof(nonce), token, sizeof(token), &size),
             "psa_initial_attest_get_token");
    }
    bench_record("attest_token", cost() / ROUNDS, 0, "");
    for (unsigned int i = 0; i < ROUNDS; i++) {
        must(psa_sign_hash(key, PSA_ALG_ECDSA(PSA_ALG_SHA_256), nonce, sizeof(nonce), signature,
                           sizeof(signature), &told),
             "psa_sign_hash");
    }
    bench_record("attest_token_sign", cost() / ROUNDS, 0, "");
    bench_record("attest_token_bytes", size, PSA_INITIAL_ATTEST_MAX_TOKEN_SIZE, "");
}

void bench_attest(void)
{
    struct harness *h = bench_start("attest", 1);
    struct ffa_args version = { .x = { FFA_VERSION, FFA_VERSION_1_2 } };

    if (h_smc(h, 0, &version) != H_OK) {
        bench_die("FFA_VERSION 1.2 was refused");
    }
    nop = bench_nop(h);
    harness_transport_init(&transport, h);
    must(psa_client_connect(&transport.transport), "psa_client_connect");
    measure(make_key());
    h_stop(h);
}
