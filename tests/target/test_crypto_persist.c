// SPDX-License-Identifier: BSD-3-Clause
//
// Persistent keys across boots: through the client library, the crypto partition, the storage partition and the flash. Machines that
// are killed while keys are made and destroyed; a flash that fails.
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "ffa/abi/ts_caps.h"
#include "ffa/abi/ts_rpc_abi.h"
#include "ffa/client/psa/crypto.h"
#include "ffa/client/psa_client.h"
#include "partitions/crypto/crypto_proto.h"
#include "tests/target/storage_client.h"

#define USE (PSA_KEY_USAGE_EXPORT | PSA_KEY_USAGE_ENCRYPT)
#define KEYS_MAX 128 // more than any quota

static const uint8_t secret[16] = "a key of 16 byte";

static void boot(enum h_flash writes)
{
    storage_boot(writes);
    assert_int_equal(psa_client_connect(&storage.transport.transport), PSA_SUCCESS);
}

static void set_client(uint16_t client)
{
    storage.transport.transport.client = client;
}

static psa_key_attributes_t attributes_of(psa_key_id_t id)
{
    psa_key_attributes_t attributes = PSA_KEY_ATTRIBUTES_INIT;

    psa_set_key_type(&attributes, PSA_KEY_TYPE_AES);
    psa_set_key_bits(&attributes, 128);
    psa_set_key_usage_flags(&attributes, USE);
    psa_set_key_algorithm(&attributes, PSA_ALG_CTR);
    if (id != 0) {
        psa_set_key_id(&attributes, id);
    }
    return attributes;
}

// The bytes that key `id` has in these tests
static void bytes_of(psa_key_id_t id, uint8_t bytes[16])
{
    memcpy(bytes, secret, 16);
    memcpy(bytes, &id, sizeof(id));
}

static psa_status_t import(psa_key_id_t id)
{
    psa_key_attributes_t attributes = attributes_of(id);
    psa_key_id_t made = 0;
    uint8_t bytes[16];

    bytes_of(id, bytes);
    psa_status_t status = psa_import_key(&attributes, bytes, sizeof(bytes), &made);

    assert_true(status != PSA_SUCCESS || made == id);
    return status;
}

// PSA_SUCCESS: the key is there, and right
static psa_status_t look(psa_key_id_t id)
{
    uint8_t wanted[16];
    uint8_t bytes[32];
    size_t size = 0;
    psa_status_t status = psa_export_key(id, bytes, sizeof(bytes), &size);

    bytes_of(id, wanted);
    if (status == PSA_SUCCESS) {
        assert_int_equal(size, sizeof(wanted));
        assert_memory_equal(bytes, wanted, sizeof(wanted));
    }
    return status;
}

static uint32_t quota(void)
{
    struct ts_caps caps;
    struct ts_caps_entry entries[128];
    size_t count;

    assert_int_equal(psa_client_capabilities(PSA_CLIENT_CRYPTO, &caps, entries, 128, &count),
                     PSA_SUCCESS);
    for (size_t i = 0; i < count && i < 128; i++) {
        if (entries[i].id == TS_CAPS_CRYPTO_PERSISTENT_KEYS) {
            return entries[i].value;
        }
    }
    fail_msg("no capability %#x", TS_CAPS_CRYPTO_PERSISTENT_KEYS);
    return 0;
}

// ---- Cases -----------------------------------------------------------------------------------------------------------

static void a_key_pair_signs_after_a_boot_what_it_signed_before(void **state)
{
    psa_key_attributes_t attributes = PSA_KEY_ATTRIBUTES_INIT;
    uint8_t before[65];
    uint8_t after[65];
    uint8_t signature[64];
    uint8_t hash[32] = { 1 };
    psa_key_id_t id = 0;
    size_t size = 0;

    (void)state;
    storage_flash_new();
    boot(H_FLASH_KEEP);
    psa_set_key_type(&attributes, PSA_KEY_TYPE_ECC_KEY_PAIR(PSA_ECC_FAMILY_SECP_R1));
    psa_set_key_bits(&attributes, 256);
    psa_set_key_usage_flags(&attributes, PSA_KEY_USAGE_SIGN_HASH | PSA_KEY_USAGE_VERIFY_HASH);
    psa_set_key_algorithm(&attributes, PSA_ALG_ECDSA(PSA_ALG_SHA_256));
    psa_set_key_id(&attributes, 7);
    assert_int_equal(psa_generate_key(&attributes, &id), PSA_SUCCESS);
    assert_int_equal(id, 7);
    assert_int_equal(psa_export_public_key(7, before, sizeof(before), &size), PSA_SUCCESS);
    assert_int_equal(
        psa_sign_hash(7, PSA_ALG_ECDSA(PSA_ALG_SHA_256), hash, 32, signature, 64, &size),
        PSA_SUCCESS);
    storage_stop();
    boot(H_FLASH_KEEP);
    assert_int_equal(psa_export_public_key(7, after, sizeof(after), &size), PSA_SUCCESS);
    assert_memory_equal(before, after, sizeof(before));
    assert_int_equal(psa_verify_hash(7, PSA_ALG_ECDSA(PSA_ALG_SHA_256), hash, 32, signature, 64),
                     PSA_SUCCESS);
    assert_int_equal(psa_export_key(7, after, sizeof(after), &size), PSA_ERROR_NOT_PERMITTED);
    set_client(1);
    assert_int_equal(psa_verify_hash(7, PSA_ALG_ECDSA(PSA_ALG_SHA_256), hash, 32, signature, 64),
                     PSA_ERROR_INVALID_HANDLE);
    assert_int_equal(psa_destroy_key(7), PSA_ERROR_INVALID_HANDLE);
    assert_int_equal(psa_generate_key(&attributes, &id), PSA_SUCCESS); // its own 7
    assert_int_equal(psa_destroy_key(7), PSA_SUCCESS);
    set_client(0);
    assert_int_equal(psa_generate_key(&attributes, &id), PSA_ERROR_ALREADY_EXISTS);
    assert_int_equal(psa_destroy_key(7), PSA_SUCCESS);
    storage_stop();
    boot(H_FLASH_KEEP);
    assert_int_equal(psa_verify_hash(7, PSA_ALG_ECDSA(PSA_ALG_SHA_256), hash, 32, signature, 64),
                     PSA_ERROR_INVALID_HANDLE);
    storage_stop();
}

static void the_quota_is_the_same_after_a_boot(void **state)
{
    (void)state;
    storage_flash_new();
    boot(H_FLASH_KEEP);
    uint32_t most = quota();

    assert_true(most > 0 && most < KEYS_MAX);
    for (psa_key_id_t id = 1; id <= most; id++) {
        set_client((uint16_t)(id % 2));
        assert_int_equal(import(id), PSA_SUCCESS);
    }
    assert_int_equal(import(KEYS_MAX), PSA_ERROR_INSUFFICIENT_STORAGE);
    storage_stop();
    boot(H_FLASH_KEEP);
    assert_int_equal(import(KEYS_MAX), PSA_ERROR_INSUFFICIENT_STORAGE);
    for (psa_key_id_t id = 1; id <= most; id++) {
        set_client((uint16_t)(id % 2));
        assert_int_equal(look(id), PSA_SUCCESS);
    }
    set_client(1);
    assert_int_equal(psa_destroy_key(1), PSA_SUCCESS);
    assert_int_equal(import(KEYS_MAX), PSA_SUCCESS);
    assert_int_equal(import(KEYS_MAX + 1), PSA_ERROR_INSUFFICIENT_STORAGE);
    storage_stop();
}

// Begins to make or destroy a key and lets the machine die somewhere on the way
static void die_with(uint16_t opcode, psa_key_id_t id, unsigned int delay_us)
{
    static const uint32_t crypto[4] = TS_CRYPTO_UUID;
    const struct crypto_attributes attributes = { .type = PSA_KEY_TYPE_AES,
                                                  .key_bits = 128,
                                                  .lifetime = PSA_KEY_LIFETIME_PERSISTENT,
                                                  .id = id,
                                                  .usage = USE,
                                                  .alg = PSA_ALG_CTR };
    uint8_t record[20] = { 0, 1, 0, 16 };
    struct ts_rpc_session session;
    struct h_call call = { .flags = 0 };
    uint32_t size = sizeof(id);

    assert_int_equal(psa_client_disconnect(), PSA_SUCCESS);
    assert_int_equal(ts_rpc_open(&session, &storage.transport.transport, crypto), 0);
    memcpy(session.memory.base, &id, sizeof(id));
    if (opcode == CRYPTO_IMPORT_KEY) {
        bytes_of(id, record + 4);
        memcpy(session.memory.base, &attributes, sizeof(attributes));
        memcpy((uint8_t *)session.memory.base + sizeof(attributes), record, sizeof(record));
        size = sizeof(attributes) + sizeof(record);
    }
    const uint64_t x[8] = {
        FFA_MSG_SEND_DIRECT_REQ_32,
        session.partition,
        0,
        session.interface << TS_RPC_INTERFACE_SHIFT | opcode,
        (uint32_t)session.memory.handle,
        session.memory.handle >> 32,
        size,
        0,
    };

    memcpy(call.x, x, sizeof(x));
    assert_int_equal(h_call_begin(machine, 0, &call), H_OK);
    usleep(delay_us);
    storage_stop();
}

static void a_killed_machine_leaves_keys_whole_and_counted(void **state)
{
    unsigned int boots = getenv("TESSERA_SOAK") != NULL ? 100 : 8;
    bool there[KEYS_MAX] = { false };
    psa_key_id_t open_id = 0;

    (void)state;
    storage_flash_new();
    for (unsigned int n = 0; n < boots; n++) {
        uint32_t count = 0;

        boot(H_FLASH_KEEP);
        for (psa_key_id_t id = 1; id < KEYS_MAX; id++) {
            psa_status_t status = look(id);

            if (id == open_id) {
                there[id] = status == PSA_SUCCESS;
            }
            assert_int_equal(status, there[id] ? PSA_SUCCESS : PSA_ERROR_INVALID_HANDLE);
            count += there[id];
        }
        uint32_t most = quota();

        // What there is counts, nothing else does
        psa_key_id_t id = 1;

        for (; count < most; id++) {
            if (!there[id]) {
                assert_int_equal(import(id), PSA_SUCCESS);
                there[id] = true;
                count++;
            }
        }
        assert_int_equal(import(KEYS_MAX), PSA_ERROR_INSUFFICIENT_STORAGE);
        for (id = 1; count > most / 2; id++) {
            if (there[id]) {
                assert_int_equal(psa_destroy_key(id), PSA_SUCCESS);
                there[id] = false;
                count--;
            }
        }
        for (open_id = 1 + n; there[open_id] != (n % 2 == 0);) {
            open_id++;
        }
        die_with(n % 2 == 0 ? CRYPTO_DESTROY_KEY : CRYPTO_IMPORT_KEY, open_id, n * 700);
    }
}

static void a_flash_that_fails_costs_persistent_keys_only(void **state)
{
    psa_key_attributes_t attributes = attributes_of(0);
    psa_key_id_t id = 0;

    (void)state;
    storage_flash_new();
    boot(H_FLASH_KEEP);
    assert_int_equal(import(1), PSA_SUCCESS);
    storage_stop();
    boot(H_FLASH_FAIL);
    assert_int_equal(look(1), PSA_SUCCESS);
    assert_int_equal(import(2), PSA_ERROR_STORAGE_FAILURE);
    assert_int_equal(look(2), PSA_ERROR_INVALID_HANDLE);
    assert_int_equal(psa_destroy_key(1), PSA_ERROR_STORAGE_FAILURE);
    assert_int_equal(psa_import_key(&attributes, secret, 16, &id), PSA_SUCCESS);
    assert_int_equal(psa_destroy_key(id), PSA_SUCCESS);
    storage_stop();
    boot(H_FLASH_KEEP);
    assert_int_equal(look(1), PSA_SUCCESS);
    assert_int_equal(import(2), PSA_SUCCESS);
    storage_stop();
}

// The largest takes too long for every run
static void an_rsa_key_pair_can_be_made_and_kept(void **state)
{
    const psa_algorithm_t alg = PSA_ALG_RSA_PKCS1V15_SIGN(PSA_ALG_SHA_256);
    size_t bits = getenv("TESSERA_SOAK") != NULL ? 4096 : 2048;
    psa_key_attributes_t attributes = PSA_KEY_ATTRIBUTES_INIT;
    uint8_t signature[512];
    uint8_t hash[32] = { 2 };
    psa_key_id_t id = 0;
    size_t size = 0;

    (void)state;
    storage_flash_new();
    boot(H_FLASH_KEEP);
    psa_set_key_type(&attributes, PSA_KEY_TYPE_RSA_KEY_PAIR);
    psa_set_key_bits(&attributes, bits);
    psa_set_key_usage_flags(&attributes, PSA_KEY_USAGE_SIGN_HASH | PSA_KEY_USAGE_VERIFY_HASH);
    psa_set_key_algorithm(&attributes, alg);
    psa_set_key_id(&attributes, 3);
    assert_int_equal(psa_generate_key(&attributes, &id), PSA_SUCCESS);
    assert_int_equal(psa_sign_hash(3, alg, hash, sizeof(hash), signature, sizeof(signature), &size),
                     PSA_SUCCESS);
    assert_int_equal(size, bits / 8);
    storage_stop();
    boot(H_FLASH_KEEP);
    assert_int_equal(psa_verify_hash(3, alg, hash, sizeof(hash), signature, size), PSA_SUCCESS);
    hash[0] ^= 1;
    assert_int_equal(psa_verify_hash(3, alg, hash, sizeof(hash), signature, size),
                     PSA_ERROR_INVALID_SIGNATURE);
    storage_stop();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_key_pair_signs_after_a_boot_what_it_signed_before),
        cmocka_unit_test(the_quota_is_the_same_after_a_boot),
        cmocka_unit_test(a_killed_machine_leaves_keys_whole_and_counted),
        cmocka_unit_test(a_flash_that_fails_costs_persistent_keys_only),
        cmocka_unit_test(an_rsa_key_pair_can_be_made_and_kept),
    };

    return cmocka_run_group_tests_name("crypto_persist", tests, storage_flash_setup,
                                       storage_flash_teardown);
}
