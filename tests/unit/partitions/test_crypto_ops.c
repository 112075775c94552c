// SPDX-License-Identifier: BSD-3-Clause
//
// Multi-part operations of the crypto service: whose they are, quotas, clients that go, memory that runs out, random numbers
// that fail. The expected statuses are PSA Crypto 1.2's. Orders of calls: test_crypto_ops_order.c; sizes:
// test_crypto_ops_sizes.c; answers: test_crypto_ops_vectors.c, test_crypto_ops_keys.c.
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "crypto_fake.h"
#include "crypto_ops.h"
#include "crypto_ops_case.h"

#define ARRAY_COUNT(array) (sizeof(array) / sizeof((array)[0]))

// --- The kinds, each with what a test of all of them needs ---

struct kind {
    const char *name;
    uint16_t setup, update, abort;
    uint32_t type, alg; // type 0: no key
    enum crypto_op_kind number;
};

static const struct kind kinds[] = {
    { "hash", 0x0201, 0x0202, 0x0204, 0, PSA_ALG_SHA_256, CRYPTO_OP_HASH },
    { "cipher", 0x0301, 0x0304, 0x0307, PSA_KEY_TYPE_AES, PSA_ALG_CTR, CRYPTO_OP_CIPHER },
    { "derivation", 0x0401, 0x0402, 0x0408, 0, HKDF, CRYPTO_OP_DERIVE },
    { "MAC", 0x0501, 0x0503, 0x0506, PSA_KEY_TYPE_HMAC, HMAC, CRYPTO_OP_MAC },
    { "AEAD", 0x0601, 0x0604, 0x060a, PSA_KEY_TYPE_AES, PSA_ALG_GCM, CRYPTO_OP_AEAD },
};

static uint32_t start_kind(const struct kind *kind, uint32_t key)
{
    uint32_t op = ops_setup(kind->setup, key, kind->alg);

    assert_int_not_equal(op, 0);
    return op;
}

static uint32_t kind_key(const struct kind *kind)
{
    return kind->type != 0 ? ops_make_key(kind->type, 128, kind->alg) : 0;
}

// Whether the operation is there: its own kind of call finds it, and it stays.
static bool is_there(const struct kind *kind, uint32_t op)
{
    return crypto_ops_find(crypto_owner_make(kase.source, (uint16_t)kase.client), kind->number,
                           op) != NULL;
}

// A call that continues an operation; with a new one it succeeds.
static int32_t use(const struct kind *kind, uint32_t op)
{
    return kind->update == 0x0402
               ? ops_call(kind->update, op)
               : ops_call_data(kind->update, op, zeros, 12 + 4 * (kind->update == 0x0304));
}

// --- Owners, quotas ---

static void a_handle_works_for_its_owner_and_kind_only(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_COUNT(kinds); i++) {
        const struct kind *kind = &kinds[i];
        uint32_t key = kind_key(kind);
        uint32_t op = start_kind(kind, key);

        for (size_t k = 0; k < ARRAY_COUNT(kinds); k++) {
            if (k != i) {
                assert_int_equal(use(&kinds[k], op), PSA_ERROR_BAD_STATE);
                assert_int_equal(ops_call(kinds[k].abort, op), PSA_SUCCESS); // of nothing
            }
        }
        for (unsigned int k = 0; k < 2; k++) {
            case_as(k == 0 ? SP1 : NWD, k == 0 ? 0 : 1);
            assert_int_equal(use(kind, op), PSA_ERROR_BAD_STATE);
            assert_int_equal(ops_call(kind->abort, op), PSA_SUCCESS);
        }
        case_as(NWD, 0);
        for (unsigned int bit = 0; bit < 32; bit++) {
            assert_int_equal(use(kind, op ^ 1u << bit), PSA_ERROR_BAD_STATE);
        }
        assert_int_equal(use(kind, 0), PSA_ERROR_BAD_STATE);
        assert_true(is_there(kind, op));
        assert_int_equal(use(kind, op), PSA_SUCCESS);
        assert_int_equal(ops_call(kind->abort, op), PSA_SUCCESS);
        assert_int_equal(use(kind, op), PSA_ERROR_BAD_STATE);
        assert_int_equal(ops_call(kind->abort, op), PSA_SUCCESS);
        if (key != 0) {
            assert_int_equal(case_destroy(key), PSA_SUCCESS);
        }
    }
}

// One operation after the other in the same place: no handle comes twice
static void a_stale_handle_stays_stale(void **state)
{
    static uint32_t seen[2000];

    (void)state;
    for (size_t i = 0; i < ARRAY_COUNT(seen); i++) {
        seen[i] = start_kind(&kinds[0], 0);
        assert_int_equal(ops_call(0x0204, seen[i]), PSA_SUCCESS);
        for (size_t k = 0; k < i; k++) {
            assert_int_not_equal(seen[k], seen[i]);
        }
    }
}

static void nobody_loses_an_operation_by_another_client(void **state)
{
    uint32_t own[CRYPTO_OPS_NWD + 1];
    uint32_t others[8][CRYPTO_OPS_SP];

    (void)state;
    for (unsigned int i = 0; i < 8; i++) {
        case_as((uint16_t)(SP1 + i), 0);
        for (unsigned int k = 0; k < CRYPTO_OPS_SP; k++) {
            others[i][k] = start_kind(&kinds[k % 2 * 2], 0);
        }
    }
    case_as(NWD, 0);
    for (unsigned int i = 0; i < CRYPTO_OPS_NWD; i++) {
        own[i] = start_kind(&kinds[0], 0);
    }
    assert_int_equal(use(&kinds[0], own[0]), PSA_SUCCESS); // now own[1] is the least recently used
    for (unsigned int i = 0; i < 2; i++) {                 // the quota is full of client 0's
        case_as(i == 0 ? NWD : 5, i == 0 ? 1 : 0); // another client, another virtual machine
        case_word(PSA_ALG_SHA_256);
        assert_int_equal(case_call(0x0201), PSA_ERROR_INSUFFICIENT_MEMORY);
    }
    case_as(NWD, 0);
    case_word(PSA_ALG_MD5); // is not offered, and asking costs nothing
    assert_int_equal(case_call(0x0201), PSA_ERROR_NOT_SUPPORTED);
    kase.response_max = 3; // nor does an answer that does not fit
    case_word(PSA_ALG_SHA_256);
    assert_int_equal(case_run(0x0201), TS_RPC_INVALID_RESPONSE_BODY);
    kase.response_max = CASE_SIZE;
    assert_int_equal(use(&kinds[0], own[1]), PSA_SUCCESS); // it is there; own[2]'s turn
    own[CRYPTO_OPS_NWD] = start_kind(&kinds[2], 0);        // of another kind: at the same cost
    for (unsigned int i = 0; i < CRYPTO_OPS_NWD; i++) {
        assert_int_equal(use(&kinds[0], own[i]), i == 2 ? PSA_ERROR_BAD_STATE : PSA_SUCCESS);
        assert_int_equal(ops_call(0x0204, own[i]), PSA_SUCCESS);
    }
    assert_int_equal(use(&kinds[2], own[CRYPTO_OPS_NWD]), PSA_SUCCESS);
    assert_int_equal(ops_call(0x0408, own[CRYPTO_OPS_NWD]), PSA_SUCCESS);
    for (unsigned int i = 0; i < 8; i++) {
        case_as((uint16_t)(SP1 + i), 0);
        for (unsigned int k = 0; k < CRYPTO_OPS_SP; k++) {
            assert_int_equal(use(&kinds[k % 2 * 2], others[i][k]), PSA_SUCCESS);
        }
        assert_int_equal(case_call(CLIENT_GONE), PSA_SUCCESS);
    }
}

// Instances of a client, processes say, share its quota: whoever has most gives, so that one that forgets its operations does not
// stop the others; and nobody gives who has no more than the one that asks would have
static void an_instance_that_has_most_gives_to_one_that_has_less(void **state)
{
    uint32_t first[CRYPTO_OPS_NWD];
    uint32_t second[3];

    (void)state;
    case_as(NWD, 1 << 16);
    for (unsigned int i = 0; i < CRYPTO_OPS_NWD; i++) {
        first[i] = start_kind(&kinds[0], 0);
    }
    assert_int_equal(use(&kinds[0], first[0]),
                     PSA_SUCCESS); // now first[1] is the least recently used
    case_as(NWD, 2 << 16);
    for (unsigned int i = 0; i < 3; i++) {
        second[i] = start_kind(&kinds[0], 0);
    }
    for (unsigned int i = 0; i < 3; i++) {
        assert_int_equal(use(&kinds[0], second[i]), PSA_SUCCESS);
    }
    case_as(NWD, 1 << 16);
    for (unsigned int i = 0; i < CRYPTO_OPS_NWD; i++) {
        assert_int_equal(use(&kinds[0], first[i]),
                         i >= 1 && i <= 3 ? PSA_ERROR_BAD_STATE : PSA_SUCCESS);
    }
    (void)start_kind(&kinds[0], 0); // its own gives: first[0]
    assert_int_equal(use(&kinds[0], first[0]), PSA_ERROR_BAD_STATE);
    case_as(NWD, 2 << 16);
    for (unsigned int i = 0; i < 3; i++) {
        assert_int_equal(use(&kinds[0], second[i]), PSA_SUCCESS);
    }
    case_as(NWD, 1); // another client
    case_word(PSA_ALG_SHA_256);
    assert_int_equal(case_call(0x0201), PSA_ERROR_INSUFFICIENT_MEMORY);
    case_as(NWD, 0xffff0000);
    assert_int_equal(case_call(CLIENT_GONE), PSA_SUCCESS);
}

static void an_instance_does_not_give_its_only_operation(void **state)
{
    uint32_t ops[CRYPTO_OPS_NWD];

    (void)state;
    for (uint32_t i = 0; i < CRYPTO_OPS_NWD; i++) {
        case_as(NWD, (i + 1) << 16);
        ops[i] = start_kind(&kinds[0], 0);
    }
    case_as(NWD, 0x7000 << 16);
    case_word(PSA_ALG_SHA_256);
    assert_int_equal(case_call(0x0201), PSA_ERROR_INSUFFICIENT_MEMORY);
    for (uint32_t i = 0; i < CRYPTO_OPS_NWD; i++) {
        case_as(NWD, (i + 1) << 16);
        assert_int_equal(use(&kinds[0], ops[i]), PSA_SUCCESS);
    }
    case_as(NWD, 0xffff0000);
    assert_int_equal(case_call(CLIENT_GONE), PSA_SUCCESS);
}

static void a_clone_does_not_cost_its_source(void **state)
{
    uint32_t op = start_kind(&kinds[0], 0);

    (void)state;
    case_as(NWD, 1);
    for (unsigned int i = 0; i < CRYPTO_OPS_NWD - 1; i++) {
        (void)start_kind(&kinds[0], 0);
    }
    case_as(NWD, 0);
    assert_int_equal(ops_call(0x0206, op), PSA_ERROR_INSUFFICIENT_MEMORY);
    assert_int_equal(use(&kinds[0], op), PSA_SUCCESS);
    case_as(NWD, 1);
    assert_int_equal(case_call(CLIENT_GONE), PSA_SUCCESS);
    case_as(NWD, 0);
    for (unsigned int i = 0; i < CRYPTO_OPS_NWD + 3; i++) { // with others of its own to lose
        assert_int_equal(ops_call(0x0206, op), PSA_SUCCESS);
        assert_int_equal(use(&kinds[0], op), PSA_SUCCESS);
    }
    assert_int_equal(case_call(CLIENT_GONE), PSA_SUCCESS);
}

static void what_a_client_leaves_goes_with_it(void **state)
{
    uint32_t ops[ARRAY_COUNT(kinds)];
    uint32_t other;

    (void)state;
    case_as(NWD, 2);
    other = start_kind(&kinds[0], 0);
    case_as(NWD, 0);
    size_t before = crypto_heap_used(0);

    for (size_t i = 0; i < ARRAY_COUNT(kinds); i++) {
        ops[i] = start_kind(&kinds[i], kind_key(&kinds[i]));
    }
    assert_int_equal(case_call(CLIENT_GONE), PSA_SUCCESS);
    for (size_t i = 0; i < ARRAY_COUNT(kinds); i++) {
        assert_int_equal(use(&kinds[i], ops[i]), PSA_ERROR_BAD_STATE);
    }
    assert_int_equal(crypto_heap_used(0), before);
    case_as(NWD, 2);
    assert_int_equal(use(&kinds[0], other), PSA_SUCCESS);
    assert_int_equal(case_call(CLIENT_GONE), PSA_SUCCESS);
}

// PSA Crypto 1.2, psa_destroy_key(): operations with the key fail
static void a_destroyed_key_ends_its_operations(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_COUNT(kinds); i++) {
        const struct kind *kind = &kinds[i];
        bool derives = kind->setup == 0x0401;
        uint32_t key = ops_make_key(derives           ? PSA_KEY_TYPE_DERIVE
                                    : kind->type != 0 ? kind->type
                                                      : PSA_KEY_TYPE_HMAC,
                                    128, kind->type != 0 || derives ? kind->alg : HMAC);
        uint32_t other = ops_make_key(PSA_KEY_TYPE_HMAC, 128, HMAC);
        uint32_t op = start_kind(kind, kind->type != 0 ? key : 0);

        if (derives) {
            assert_int_equal(ops_call_words3(0x0405, op, PSA_KEY_DERIVATION_INPUT_SECRET, key),
                             PSA_SUCCESS);
        }
        assert_int_equal(case_destroy(other), PSA_SUCCESS);
        assert_true(is_there(kind, op));
        assert_int_equal(case_destroy(key), PSA_SUCCESS);
        assert_int_equal(is_there(kind, op), kind->setup == 0x0201); // a hash has no key
        assert_int_equal(use(kind, op), kind->setup == 0x0201 ? PSA_SUCCESS : PSA_ERROR_BAD_STATE);
        assert_int_equal(ops_call(kind->abort, op), PSA_SUCCESS);
    }
}

// --- Memory ---

// Setup and use of an operation of each kind; false: something failed, for want of memory
static bool use_all(uint32_t keys[ARRAY_COUNT(kinds)])
{
    bool good = true;

    for (size_t i = 0; i < ARRAY_COUNT(kinds) && good; i++) {
        uint32_t op = ops_setup(kinds[i].setup, keys[i], kinds[i].alg);

        good = op != 0;
        if (good && kinds[i].setup == 0x0401) {
            good = ops_input_bytes(op, PSA_KEY_DERIVATION_INPUT_SALT, zeros, 32) == PSA_SUCCESS &&
                   ops_input_bytes(op, PSA_KEY_DERIVATION_INPUT_SECRET, zeros, 32) == PSA_SUCCESS &&
                   ops_input_bytes(op, PSA_KEY_DERIVATION_INPUT_INFO, zeros, 32) == PSA_SUCCESS &&
                   ops_call_words(0x0406, op, 100) == PSA_SUCCESS;
        } else if (good) {
            good = use(&kinds[i], op) == PSA_SUCCESS;
        }
        if (!good) {
            assert_int_equal(kase.status, PSA_ERROR_INSUFFICIENT_MEMORY);
        }
        assert_int_equal(ops_call(kinds[i].abort, op), PSA_SUCCESS);
    }
    return good;
}

static void memory_that_runs_out_is_an_error_everywhere(void **state)
{
    uint32_t keys[ARRAY_COUNT(kinds)];
    unsigned int tries = 0;

    (void)state;
    for (size_t i = 0; i < ARRAY_COUNT(kinds); i++) {
        keys[i] = kind_key(&kinds[i]);
    }
    size_t before = crypto_heap_used(0);
    bool done = false;

    while (!done) {
        crypto_fake_alloc_fails = ++tries;
        done = use_all(keys);
        done = done && crypto_fake_alloc_fails != 0; // it was never reached
        crypto_fake_alloc_fails = 0;
        assert_int_equal(crypto_heap_used(0), before);
        assert_true(tries < 1000);
    }
    assert_true(tries > 2);
    assert_int_equal(case_call(CLIENT_GONE), PSA_SUCCESS);
}

// T98: failures at each step leave nothing behind, however many
static void ten_thousand_failures_leave_nothing(void **state)
{
    uint32_t key = ops_make_key(PSA_KEY_TYPE_AES, 128, PSA_ALG_GCM);
    size_t before = crypto_heap_used(0);

    (void)state;
    for (unsigned int i = 0; i < 10000; i++) {
        uint32_t op;

        switch (i % 5) {
        case 0:
            assert_int_equal(ops_setup(0x0601, key, PSA_ALG_CCM), 0); // not this key's
            break;
        case 1:
            op = ops_setup(0x0601, key, PSA_ALG_GCM);
            assert_int_equal(ops_call_data(0x0607, op, zeros, 5), PSA_ERROR_BAD_STATE); // no nonce
            break;
        case 2:
            op = ops_setup(0x0602, key, PSA_ALG_GCM);
            assert_int_equal(ops_call_data(0x0604, op, zeros, 12), PSA_SUCCESS);
            assert_int_equal(ops_call_data(0x0609, op, zeros, 16), PSA_ERROR_INVALID_SIGNATURE);
            break;
        case 3:
            op = ops_setup(0x0401, 0, HKDF);
            assert_int_equal(ops_input_bytes(op, 0x999, zeros, 3), PSA_ERROR_INVALID_ARGUMENT);
            break;
        default:
            op = ops_setup(0x0201, 0, PSA_ALG_SHA_512);
            assert_int_equal(ops_call(0x0205, op), PSA_ERROR_INVALID_SIGNATURE);
            break;
        }
        assert_int_equal(crypto_heap_used(0), before);
    }
    uint32_t ops[CRYPTO_OPS_NWD];

    for (unsigned int i = 0; i < CRYPTO_OPS_NWD; i++) { // the whole quota is still there
        ops[i] = ops_setup(0x0601, key, PSA_ALG_GCM);
        assert_int_not_equal(ops[i], 0);
    }
    for (unsigned int i = 0; i < CRYPTO_OPS_NWD; i++) {
        assert_int_equal(ops_call_data(0x0604, ops[i], zeros, 12), PSA_SUCCESS);
    }
    assert_int_equal(case_destroy(key), PSA_SUCCESS);
}

// Inputs of derivations stay in memory: an endpoint has its share of it, and the others theirs
static void inputs_take_only_their_endpoints_memory(void **state)
{
    unsigned int taken = 0;
    uint32_t op;

    (void)state;
    for (;;) {
        op = ops_setup(0x0401, 0, HKDF);
        if (ops_input_bytes(op, PSA_KEY_DERIVATION_INPUT_INFO, zeros, 60000) != PSA_SUCCESS) {
            break;
        }
        assert_true(crypto_heap_used(0) <= CRYPTO_HEAP_NWD);
        taken++;
    }
    assert_int_equal(kase.status, PSA_ERROR_INSUFFICIENT_MEMORY);
    assert_int_equal(ops_call(0x0402, op), PSA_ERROR_BAD_STATE); // it is over
    assert_true(taken >= 3 && taken < CRYPTO_OPS_NWD);           // memory ran out, not operations
    op = ops_ready_hkdf(0);                                      // a small one still goes
    assert_int_equal(ops_call(0x0408, op), PSA_SUCCESS);
    case_as(SP1, 0);
    op = ops_ready_hkdf(0);
    assert_int_equal(ops_call_words(0x0406, op, 100), PSA_SUCCESS);
    assert_int_equal(ops_call(0x0408, op), PSA_SUCCESS);
    case_as(NWD, 0);
    assert_int_equal(case_call(CLIENT_GONE), PSA_SUCCESS);
}

// --- Random ---

static unsigned int entropy_count;

static int entropy_fails_later(uint8_t *buf, size_t len)
{
    memset(buf, 0x77, len);
    return entropy_count++ == 0 ? 0 : ERR_IO;
}

static void random_that_fails_half_way_gives_nothing(void **state)
{
    uint8_t seed[CRYPTO_SEED_SIZE] = { 5 };
    unsigned int good = 0;

    (void)state;
    assert_int_equal(crypto_rng_init(seed, entropy_fails_later), 0);
    case_word(65535); // 64 requests to the generator, which asks for entropy at the 10,000th
    while (case_call(0x010c) == PSA_SUCCESS) {
        assert_true(++good < 1000);
        case_word(65535);
    }
    assert_int_equal(kase.status, PSA_ERROR_INSUFFICIENT_ENTROPY);
    assert_int_equal(good, 10000 / 64); // so it had 16 KiB of the last answer
    case_word(1);
    assert_int_equal(case_call(0x010c), PSA_ERROR_INSUFFICIENT_ENTROPY);
    case_word(16);
    assert_int_equal(case_call(0x010c), PSA_ERROR_INSUFFICIENT_ENTROPY);
    uint8_t again[CRYPTO_SEED_SIZE] = { 6 };

    assert_int_equal(crypto_rng_init(again, NULL), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(a_handle_works_for_its_owner_and_kind_only, ops_start),
        cmocka_unit_test_setup(a_stale_handle_stays_stale, ops_start),
        cmocka_unit_test_setup(nobody_loses_an_operation_by_another_client, ops_start),
        cmocka_unit_test_setup(an_instance_that_has_most_gives_to_one_that_has_less, ops_start),
        cmocka_unit_test_setup(an_instance_does_not_give_its_only_operation, ops_start),
        cmocka_unit_test_setup(a_clone_does_not_cost_its_source, ops_start),
        cmocka_unit_test_setup(what_a_client_leaves_goes_with_it, ops_start),
        cmocka_unit_test_setup(a_destroyed_key_ends_its_operations, ops_start),
        cmocka_unit_test_setup(memory_that_runs_out_is_an_error_everywhere, ops_start),
        cmocka_unit_test_setup(ten_thousand_failures_leave_nothing, ops_start),
        cmocka_unit_test_setup(inputs_take_only_their_endpoints_memory, ops_start),
        cmocka_unit_test_setup(random_that_fails_half_way_gives_nothing, ops_start),
    };

    return cmocka_run_group_tests(tests, ops_start_service, NULL);
}
