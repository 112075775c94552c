// SPDX-License-Identifier: BSD-3-Clause
//
// Cores that go and come while the others work: in each round a random core goes off and comes back, one of those that stay
// computes with the crypto service and asks for it, the others call echo without end, and the timer of a peer fires all the
// while. Fixed seed. TESSERA_SOAK: a hundred times as many rounds.
#include <stdlib.h>
#include <string.h>

#include "ffa/client/psa/crypto.h"
#include "ffa/client/psa_client.h"
#include "tests/harness/transport_harness.h"
#include "tests/target/target.h"

#define ECHO_CALLS 150 // of each core in a round: more than it takes to switch a core off and on
#define TIMER_US 700
#define HANDS_ON 10 // rounds between two signatures

static uint64_t random_state;

static uint64_t next_random(void) // xorshift64: Marsaglia 2003
{
    random_state ^= random_state << 13;
    random_state ^= random_state >> 7;
    random_state ^= random_state << 17;
    return random_state;
}

static struct harness_transport transport;

static const psa_key_attributes_t p256 = {
    .type = PSA_KEY_TYPE_ECC_KEY_PAIR(PSA_ECC_FAMILY_SECP_R1),
    .bits = 256,
    .usage = PSA_KEY_USAGE_SIGN_HASH | PSA_KEY_USAGE_VERIFY_HASH,
    .alg = PSA_ALG_ECDSA(PSA_ALG_SHA_256),
};

// FIPS 180-2, appendix B.1
static const uint8_t sha256_of_abc[32] = {
    0xba, 0x78, 0x16, 0xbf, 0x8f, 0x01, 0xcf, 0xea, 0x41, 0x41, 0x40, 0xde, 0x5d, 0xae, 0x22, 0x23,
    0xb0, 0x03, 0x61, 0xa3, 0x96, 0x17, 0x7a, 0x9c, 0xb4, 0x10, 0xff, 0x61, 0xf2, 0x00, 0x15, 0xad,
};

static void crypto_works_on(unsigned int core)
{
    uint8_t hash[32];
    size_t size;

    transport.core = core;
    assert_int_equal(
        psa_hash_compute(PSA_ALG_SHA_256, (const uint8_t *)"abc", 3, hash, sizeof(hash), &size),
        PSA_SUCCESS);
    assert_memory_equal(hash, sha256_of_abc, sizeof(hash));
}

static void signature_works_on(unsigned int core, psa_key_id_t key)
{
    uint8_t signature[64];
    size_t size;

    transport.core = core;
    assert_int_equal(
        psa_sign_hash(key, p256.alg, sha256_of_abc, 32, signature, sizeof(signature), &size),
        PSA_SUCCESS);
    assert_int_equal(psa_verify_hash(key, p256.alg, sha256_of_abc, 32, signature, size),
                     PSA_SUCCESS);
}

static void echo_begin(unsigned int core, uint64_t round)
{
    struct ffa_args a = { .x = { FFA_MSG_SEND_DIRECT_REQ_32, ECHO_ID, 0, (uint32_t)(round << 16),
                                 core, 2, 3, 4 } };
    struct mb_calls calls = { .expected = FFA_MSG_SEND_DIRECT_RESP_32, .echo = 1 };

    assert_int_equal(h_calls_begin(machine, core, &a, &calls, ECHO_CALLS), H_OK);
}

static uint64_t echo_end(unsigned int core)
{
    struct ffa_args a;
    struct mb_calls calls;

    assert_int_equal(h_calls_end(machine, core, &a, &calls), H_OK);
    if (calls.other != 0) {
        fail_msg("core %u: echo answered %#llx %#llx %#llx", core, (unsigned long long)a.x[0],
                 (unsigned long long)a.x[1], (unsigned long long)a.x[2]);
    }
    assert_int_equal(calls.answered + calls.busy, ECHO_CALLS);
    return calls.answered;
}

// Returns how many echoes came back.
static uint64_t one_round(uint64_t round, unsigned int cores, psa_key_id_t key)
{
    unsigned int victim = (unsigned int)(next_random() % cores);
    unsigned int by = (victim + 1 + (unsigned int)(next_random() % (cores - 1))) % cores;
    uint64_t answered = 0;
    int32_t answer;

    for (unsigned int core = 0; core < cores; core++) {
        if (core != victim && core != by) {
            echo_begin(core, round);
        }
    }
    crypto_works_on(by);
    assert_int_equal(h_core_off(machine, victim, by, &answer), H_OK);
    assert_int_equal(answer, PSCI_SUCCESS);
    crypto_works_on(by);
    if (round % HANDS_ON == 0) {
        signature_works_on(by, key);
    }
    assert_int_equal(h_core_on(machine, by, victim, round, &answer), H_OK);
    assert_int_equal(answer, PSCI_SUCCESS);
    assert_int_equal(h_boot(machine, victim)->x[0], round);
    crypto_works_on(victim);
    for (unsigned int core = 0; core < cores; core++) {
        if (core != victim && core != by) {
            answered += echo_end(core);
        }
    }
    return answered;
}

static void rounds(unsigned int gic, unsigned int cores, uint64_t count)
{
    struct h_options o = target_options();
    uint64_t answered = 0;
    psa_key_id_t key;

    o.gic = gic;
    o.cores = cores;
    target_fresh(&o);
    target_version(FFA_VERSION_1_2);
    assert_int_equal(h_cores_on(machine, cores), H_OK);
    harness_transport_init(&transport, machine);
    assert_int_equal(psa_client_connect(&transport.transport), PSA_SUCCESS);
    assert_int_equal(psa_generate_key(&p256, &key), PSA_SUCCESS);
    struct peer_script *script = peer_begin(PEER1_ID);
    peer_add(script, PEER_TIMER, TIMER_US, UINT32_MAX, 0, 0);
    peer_run_all(PEER1_ID);

    random_state = 0x7e55e7a;
    count *= getenv("TESSERA_SOAK") != NULL ? 100 : 1;
    for (uint64_t round = 0; round < count; round++) {
        answered += one_round(round, cores, key);
    }
    uint32_t fired = __atomic_load_n(&script->interrupts, __ATOMIC_ACQUIRE);
    print_message("%llu rounds on %u cores: %llu echoes, %u interrupts of a partition\n",
                  (unsigned long long)count, cores, (unsigned long long)answered, fired);
    assert_true(answered > count);
    assert_true(fired > 0);
    for (unsigned int core = 0; core < cores; core++) {
        crypto_works_on(core);
        signature_works_on(core, key);
    }
    transport.core = 0;
    assert_int_equal(psa_destroy_key(key), PSA_SUCCESS);
    assert_echo_works();
    (void)target_stop(NULL);
}

static void two_hundred_rounds(void **state)
{
    (void)state;
    rounds(target_options().gic, 4, 200);
}

static void the_other_interrupt_controller_and_eight_cores(void **state)
{
    (void)state;
    rounds(target_options().gic == 3 ? 2 : 3, 8, 30);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(two_hundred_rounds),
        cmocka_unit_test(the_other_interrupt_controller_and_eight_cores),
    };

    return cmocka_run_group_tests_name("hotplug", tests, NULL, target_stop);
}
