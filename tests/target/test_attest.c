// SPDX-License-Identifier: BSD-3-Clause
//
// The attest partition in QEMU: tokens for the normal world and for another partition, checked by attest_token.py (cbor2,
// openssl) against what `fip-tool measure` predicts of the flash image; identity over boots and machines; hostile requests;
// no crypto partition.
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "ffa/abi/ts_caps.h"
#include "ffa/client/psa/initial_attestation.h"
#include "ffa/client/psa_client.h"
#include "ffa/client/ts_rpc.h"
#include "partitions/attest/attest_proto.h"
#include "platform/boards/qemu_virt/board.h"
#include "tests/harness/transport_harness.h"
#include "tests/target/sp_attest/relay_proto.h"
#include "tests/target/target.h"

#define IMAGES TESSERA_IMAGES "/attest/"
#define ALONE TESSERA_IMAGES "/attest_alone/flash.bin"

static struct harness_transport transport;
static char folder[] = "/tmp/tessera-attest-XXXXXX";
static uint8_t nonce[64];
static uint8_t token[PSA_INITIAL_ATTEST_MAX_TOKEN_SIZE];
static size_t token_size;

// ---- The machine -----------------------------------------------------------------------------------------------------

static void connect(void)
{
    target_version(FFA_VERSION_1_2);
    harness_transport_init(&transport, machine);
    assert_int_equal(psa_client_connect(&transport.transport), PSA_SUCCESS);
}

// A machine on this flash image that nobody has used
static void boot(const char *flash)
{
    struct h_options options = target_options();

    options.flash = flash;
    target_fresh(&options);
    connect();
}

static int ready(void **state)
{
    static const char flash[] = IMAGES "flash.bin";
    struct h_options options = target_options();
    struct harness *before = machine;

    (void)state;
    options.flash = flash;
    target_machine(&options);
    if (machine != before) {
        connect();
    }
    transport.transport.client = 0;
    assert_int_equal(psa_client_connect(&transport.transport), PSA_SUCCESS);
    for (size_t i = 0; i < sizeof(nonce); i++) {
        nonce[i] = (uint8_t)rand();
    }
    return 0;
}

// ---- The verifier ----------------------------------------------------------------------------------------------------

__attribute__((format(printf, 1, 2))) static void shell(const char *format, ...)
{
    char command[4096];
    va_list ap;

    va_start(ap, format);
    int n = vsnprintf(command, sizeof(command), format, ap);
    va_end(ap);
    assert_true(n > 0 && (size_t)n < sizeof(command));
    if (system(command) != 0) {
        fail_msg("failed: %s", command);
    }
}

static void save(const char *name, const void *bytes, size_t size)
{
    char path[128];

    snprintf(path, sizeof(path), "%s/%s", folder, name);
    FILE *file = fopen(path, "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(bytes, 1, size, file), size);
    assert_int_equal(fclose(file), 0);
}

static void save_key(void)
{
    uint8_t key[TESSERA_ATTEST_PUBLIC_KEY_SIZE];
    size_t size;

    assert_int_equal(tessera_attest_get_public_key(key, sizeof(key), &size), PSA_SUCCESS);
    assert_int_equal(size, sizeof(key));
    save("key", key, size);
}

// What a token says of the machine
struct identity {
    char instance[67];
    char seed[65];
};

// The token is right for this nonce and client in every claim
static struct identity verify_profile(int profile, size_t challenge, int32_t client)
{
    char text[2 * sizeof(nonce) + 1];
    char path[128];
    struct identity identity;

    for (size_t i = 0; i < challenge; i++) {
        snprintf(text + 2 * i, 3, "%02x", nonce[i]);
    }
    save("token", token, token_size);
    shell("/usr/bin/python3 tests/target/attest_token.py %s/token %s/key %s %" PRId32
          " %d %s/log %s/rot_key.pem %s %#x 0 >%s/identity",
          folder, folder, text, client, profile, folder, TESSERA_KEYS, TESSERA_BOARD, BOARD_SOC_ID,
          folder);
    snprintf(path, sizeof(path), "%s/identity", folder);
    FILE *file = fopen(path, "r");
    assert_non_null(file);
    assert_int_equal(fscanf(file, "%66s %64s", identity.instance, identity.seed), 2);
    fclose(file);
    return identity;
}

static struct identity verify(size_t challenge, int32_t client)
{
    return verify_profile(2, challenge, client);
}

static void get_token(size_t challenge)
{
    memset(token, 0, sizeof(token));
    assert_int_equal(
        psa_initial_attest_get_token(nonce, challenge, token, sizeof(token), &token_size),
        PSA_SUCCESS);
}

// The event log of the image in IMAGES/NAME, as fip-tool predicts it
static void predict(const char *name)
{
    shell("rm -f %s/log && %s measure --otp %s/%s/otp.bin --log %s/log %s/%s/fip.bin >%s/measure",
          folder, TESSERA_FIP_TOOL, TESSERA_IMAGES, name, folder, TESSERA_IMAGES, name, folder);
}

static int begin(void **state)
{
    (void)state;
    assert_non_null(mkdtemp(folder));
    predict("attest");
    return 0;
}

static int end(void **state)
{
    shell("rm -r %s", folder);
    return target_stop(state);
}

// ---- The normal world ------------------------------------------------------------------------------------------------

static const size_t challenges[] = { 32, 48, 64 };

static void a_verifier_takes_the_normal_worlds_tokens(void **state)
{
    (void)state;
    save_key();
    for (size_t i = 0; i < 3; i++) {
        get_token(challenges[i]);
        (void)verify(challenges[i], -1);
    }
}

static void its_clients_have_ids_of_their_own(void **state)
{
    static const uint16_t numbers[] = { 1, 22, 23, 254, 255, 65535 };

    (void)state;
    save_key();
    for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++) {
        transport.transport.client = numbers[i];
        get_token(32);
        (void)verify(32, -1 - (int32_t)numbers[i]);
    }
}

static void the_size_is_told_to_the_byte(void **state)
{
    size_t told;
    size_t size = 77;

    (void)state;
    for (size_t i = 0; i < 3; i++) {
        assert_int_equal(psa_initial_attest_get_token_size(challenges[i], &told), PSA_SUCCESS);
        get_token(challenges[i]);
        assert_int_equal(told, token_size);
        assert_int_equal(psa_initial_attest_get_token(nonce, challenges[i], token, told - 1, &size),
                         PSA_ERROR_BUFFER_TOO_SMALL);
        assert_int_equal(size, 77);
        token[told] = 0x5a;
        assert_int_equal(psa_initial_attest_get_token(nonce, challenges[i], token, told, &size),
                         PSA_SUCCESS);
        assert_int_equal(size, told);
        assert_int_equal(token[told], 0x5a);
        size = 77;
    }
}

static void other_challenges_are_invalid_arguments(void **state)
{
    static const size_t sizes[] = { 0, 1, 31, 33, 47, 49, 63, 65, 1000, SIZE_MAX };
    size_t size = 77;

    (void)state;
    for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
        assert_int_equal(psa_initial_attest_get_token(nonce, sizes[i], token, sizeof(token), &size),
                         PSA_ERROR_INVALID_ARGUMENT);
        assert_int_equal(psa_initial_attest_get_token_size(sizes[i], &size),
                         PSA_ERROR_INVALID_ARGUMENT);
    }
    assert_int_equal(size, 77);
}

static void each_token_is_signed_anew(void **state)
{
    uint8_t first[sizeof(token)];
    size_t first_size;

    (void)state;
    get_token(32);
    memcpy(first, token, sizeof(first));
    first_size = token_size;
    get_token(32);
    assert_int_equal(token_size, first_size);
    assert_memory_equal(token, first, first_size - 64);
    assert_memory_not_equal(token + first_size - 64, first + first_size - 64, 64);
}

static void capabilities_tell_profile_and_components(void **state)
{
    struct ts_caps caps;
    struct ts_caps_entry entries[8];
    size_t count;

    (void)state;
    assert_int_equal(psa_client_capabilities(PSA_CLIENT_ATTEST, &caps, entries, 8, &count),
                     PSA_SUCCESS);
    assert_int_equal(count, 5);
    assert_int_equal(entries[3].id, TS_CAPS_ATTEST_PROFILE);
    assert_int_equal(entries[3].value, 2);
    assert_int_equal(entries[4].id, TS_CAPS_ATTEST_COMPONENTS);
    assert_int_equal(entries[4].value, 10); // five firmware images, five packages
}

// ---- Another partition -----------------------------------------------------------------------------------------------

static struct ts_rpc_session relay;

static struct ts_rpc_call ask_relay(uint16_t opcode, const void *body, uint32_t size)
{
    struct ts_rpc_call call = { .opcode = opcode, .request_size = size };

    memcpy(relay.memory.base, body, size);
    assert_int_equal(ts_rpc_invoke(&relay, &call), 0);
    assert_int_equal(call.rpc_status, TS_RPC_SUCCESS);
    return call;
}

static void a_partitions_token_has_its_id(void **state)
{
    static const uint32_t uuid[4] = RELAY_UUID;
    uint32_t told;

    (void)state;
    save_key();
    assert_int_equal(ts_rpc_open(&relay, &transport.transport, uuid), 0);
    for (size_t i = 0; i < 3; i++) {
        uint32_t size = (uint32_t)challenges[i];
        struct ts_rpc_call call = ask_relay(RELAY_GET_TOKEN_SIZE, &size, sizeof(size));

        assert_int_equal(call.service_status, PSA_SUCCESS);
        memcpy(&told, relay.memory.base, sizeof(told));
        call = ask_relay(RELAY_GET_TOKEN, nonce, size);
        assert_int_equal(call.service_status, PSA_SUCCESS);
        assert_int_equal(call.response_size, told);
        token_size = call.response_size;
        memcpy(token, relay.memory.base, token_size);
        (void)verify(size, RELAY_ID);
    }
    assert_int_equal(ask_relay(RELAY_GET_TOKEN, nonce, 33).service_status,
                     PSA_ERROR_INVALID_ARGUMENT);
    assert_int_equal(ts_rpc_close(&relay), 0);
}

// ---- Boots and machines ----------------------------------------------------------------------------------------------

static struct identity of_this_machine(void)
{
    save_key();
    get_token(32);
    return verify(32, -1);
}

static void a_machine_is_the_same_at_each_boot_and_the_boots_differ(void **state)
{
    struct identity first = of_this_machine();
    struct identity again = of_this_machine();

    (void)state;
    assert_string_equal(again.instance, first.instance);
    assert_string_equal(again.seed, first.seed);
    boot(IMAGES "flash.bin");
    again = of_this_machine();
    assert_string_equal(again.instance, first.instance);
    assert_string_not_equal(again.seed, first.seed);
}

static void another_machine_is_another_instance(void **state)
{
    struct identity first = of_this_machine();
    char flash[128];

    (void)state;
    snprintf(flash, sizeof(flash), "%s/flash.bin", folder);
    shell("head -c 32 /dev/urandom >%s/huk && %s provision --root-key %s/rot_key.pem --huk %s/huk "
          "%s/otp.bin",
          folder, TESSERA_FIP_TOOL, TESSERA_KEYS, folder, folder);
    shell("cp --sparse=always " IMAGES "flash.bin %s && dd if=%s/otp.bin of=%s bs=4096 seek=%u "
          "conv=notrunc status=none",
          flash, folder, flash, (unsigned int)(FLASH_OTP_OFFSET / 4096));
    boot(flash);
    struct identity other = of_this_machine(); // and all else is the same

    assert_string_not_equal(other.instance, first.instance);
    (void)target_stop(NULL);
    unlink(flash);
}

// ---- Hostile requests ------------------------------------------------------------------------------------------------

static struct ts_rpc_session session;

static void open_session(void)
{
    static const uint32_t uuid[4] = TS_ATTEST_UUID;

    assert_int_equal(ts_rpc_open(&session, &transport.transport, uuid), 0);
    assert_int_equal(session.partition, ATTEST_ID);
}

static struct ts_rpc_call invoke(uint16_t opcode, const void *body, uint32_t size)
{
    struct ts_rpc_call call = { .opcode = opcode, .request_size = size };

    memset(session.memory.base, 0, session.memory.size);
    memcpy(session.memory.base, body, size);
    assert_int_equal(ts_rpc_invoke(&session, &call), 0);
    return call;
}

static void records_that_lie_are_refused(void **state)
{
    static const struct {
        uint8_t head[4];
        uint32_t size;
        int32_t rpc, status;
    } cases[] = {
        { { 0, 1, 0, 32 }, 36, 0, 0 },
        { { 0, 1, 0, 32 }, 35, TS_RPC_INVALID_REQUEST_BODY, 0 },
        { { 0, 1, 0, 33 }, 36, TS_RPC_INVALID_REQUEST_BODY, 0 },
        { { 0, 1, 0xff, 0xff }, 36, TS_RPC_INVALID_REQUEST_BODY, 0 },
        { { 0, 1, 0xff, 0xff }, 4352, TS_RPC_INVALID_REQUEST_BODY, 0 },
        { { 0, 2, 0, 32 }, 36, 0, PSA_ERROR_INVALID_ARGUMENT }, // another tag: no challenge
        { { 1, 0, 32, 0 }, 36, 0, PSA_ERROR_INVALID_ARGUMENT },
        { { 0, 1, 0, 0 }, 4, 0, PSA_ERROR_INVALID_ARGUMENT },
        { { 0, 1, 0, 0 }, 3, TS_RPC_INVALID_REQUEST_BODY, 0 },
        { { 0 }, 0, 0, PSA_ERROR_INVALID_ARGUMENT },
        { { 0, 1, 0, 32 }, 4353, TS_RPC_INVALID_VALUE, 0 }, // more than its buffer
        { { 0, 1, 0, 32 }, 0x20000, TS_RPC_INVALID_VALUE, 0 },
    };
    static uint8_t body[0x20000];

    (void)state;
    open_session();
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        memcpy(body, cases[i].head, 4);
        struct ts_rpc_call call = invoke(ATTEST_GET_TOKEN, body, cases[i].size);

        assert_int_equal(call.rpc_status, cases[i].rpc);
        assert_int_equal(call.service_status, cases[i].status);
        assert_true(call.response_size == 0 || i == 0);
    }
    assert_int_equal(ts_rpc_close(&session), 0);
}

static void sizes_beyond_the_memory_are_refused(void **state)
{
    (void)state;
    open_session();
    uint64_t sizes[] = { session.memory.size + 1, 0x7fffffff, 0x80000000, 0xffffffff };

    for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
        struct ffa_args args =
            call(FFA_MSG_SEND_DIRECT_REQ_32, ATTEST_ID, 0, ATTEST_GET_TOKEN,
                 (uint32_t)session.memory.handle, session.memory.handle >> 32, sizes[i], 0);

        assert_int_equal((int32_t)args.x[4], TS_RPC_INVALID_VALUE);
    }
    struct ffa_args args =
        call(FFA_MSG_SEND_DIRECT_REQ_32, ATTEST_ID, 0, ATTEST_GET_TOKEN, 0x1234, 0x5678, 36, 0);

    assert_int_equal((int32_t)args.x[4], TS_RPC_NOT_FOUND); // nobody's memory
    args = call(FFA_MSG_SEND_DIRECT_REQ_32, ATTEST_ID, 0, ATTEST_GET_TOKEN, 0xffffffff, 0xffffffff,
                0, 0);
    assert_int_equal((int32_t)args.x[4], TS_RPC_SUCCESS); // none, and no challenge
    assert_int_equal((int32_t)args.x[5], PSA_ERROR_INVALID_ARGUMENT);
    args = call(FFA_MSG_SEND_DIRECT_REQ_32, ATTEST_ID, 0, ATTEST_EXPORT_PUBLIC_KEY, 0xffffffff,
                0xffffffff, 0, 0);
    assert_int_equal((int32_t)args.x[4], TS_RPC_INVALID_RESPONSE_BODY);
    assert_int_equal(ts_rpc_close(&session), 0);
}

static void keys_do_not_come_from_outside(void **state)
{
    uint8_t key[36] = { 0, 1, 0, 32, 1, 2, 3 };

    (void)state;
    save_key();
    open_session();
    struct ts_rpc_call call = invoke(ATTEST_IMPORT_KEY, key, sizeof(key));

    assert_int_equal(call.rpc_status, TS_RPC_SUCCESS);
    assert_int_equal(call.service_status, PSA_ERROR_NOT_PERMITTED);
    call = invoke(ATTEST_KEY_EXISTS, "", 0);
    assert_int_equal(call.service_status, PSA_SUCCESS);
    for (uint32_t opcode = 0; opcode <= 0xffff; opcode += 0x33) {
        if ((opcode < ATTEST_GET_TOKEN || opcode > ATTEST_KEY_EXISTS)) {
            call = invoke((uint16_t)opcode, key, sizeof(key));
            assert_int_equal(call.rpc_status, TS_RPC_INVALID_VALUE);
        }
    }
    assert_int_equal(ts_rpc_close(&session), 0); // which had the memory that was shared
    assert_int_equal(psa_client_connect(&transport.transport), PSA_SUCCESS);
    get_token(32);
    (void)verify(32, -1); // with the key of before
}

// ---- Without crypto --------------------------------------------------------------------------------------------------

static void without_crypto_there_are_no_tokens(void **state)
{
    uint8_t key[TESSERA_ATTEST_PUBLIC_KEY_SIZE];
    size_t size = 77;

    (void)state;
    boot(ALONE);
    assert_int_equal(psa_initial_attest_get_token(nonce, 32, token, sizeof(token), &size),
                     PSA_ERROR_SERVICE_FAILURE);
    assert_int_equal(tessera_attest_get_public_key(key, sizeof(key), &size),
                     PSA_ERROR_SERVICE_FAILURE);
    assert_int_equal(size, 77);
    assert_int_equal(psa_initial_attest_get_token_size(32, &size), PSA_SUCCESS);
    assert_int_equal(psa_initial_attest_get_token(nonce, 31, token, sizeof(token), &size),
                     PSA_ERROR_INVALID_ARGUMENT);
    assert_console("attest");
    (void)target_stop(NULL);
}

static void when_crypto_dies_attest_lives_and_says_so(void **state)
{
    uint8_t key[TESSERA_ATTEST_PUBLIC_KEY_SIZE];
    size_t size = 77;

    (void)state;
    boot(TESSERA_IMAGES "/attest_dying/flash.bin");
    assert_int_equal(tessera_attest_get_public_key(key, sizeof(key), &size), PSA_SUCCESS);
    for (size_t i = 0; i < 3; i++) { // the first one kills it
        size = 77;
        assert_int_equal(psa_initial_attest_get_token(nonce, 32, token, sizeof(token), &size),
                         PSA_ERROR_SERVICE_FAILURE);
        assert_int_equal(size, 77);
    }
    assert_console("asked to sign");
    assert_int_equal(psa_initial_attest_get_token_size(32, &size), PSA_SUCCESS);
    assert_int_equal(tessera_attest_get_public_key(key, sizeof(key), &size), PSA_SUCCESS);
    (void)target_stop(NULL);
}

static void only_the_crypto_partition_gets_the_key(void **state)
{
    (void)state;
    boot(TESSERA_IMAGES "/attest_posing/flash.bin");
    predict("attest_posing");
    save_key();
    get_token(32);
    (void)verify(32, -1);
    (void)target_stop(NULL);
}

static void the_older_profile_is_a_property_of_the_manifest(void **state)
{
    (void)state;
    boot(TESSERA_IMAGES "/attest_old/flash.bin");
    predict("attest_old");
    save_key();
    for (size_t i = 0; i < 3; i++) {
        get_token(challenges[i]);
        (void)verify_profile(1, challenges[i], -1);
    }
    (void)target_stop(NULL);
}

static void without_attest_the_client_says_so(void **state)
{
    size_t size;

    (void)state;
    boot(TESSERA_IMAGES "/proxy/flash.bin");
    assert_int_equal(psa_initial_attest_get_token(nonce, 32, token, sizeof(token), &size),
                     PSA_ERROR_SERVICE_FAILURE);
    assert_int_equal(psa_client_open(PSA_CLIENT_ATTEST), PSA_ERROR_DOES_NOT_EXIST);
    (void)target_stop(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(a_verifier_takes_the_normal_worlds_tokens, ready),
        cmocka_unit_test_setup(its_clients_have_ids_of_their_own, ready),
        cmocka_unit_test_setup(the_size_is_told_to_the_byte, ready),
        cmocka_unit_test_setup(other_challenges_are_invalid_arguments, ready),
        cmocka_unit_test_setup(each_token_is_signed_anew, ready),
        cmocka_unit_test_setup(capabilities_tell_profile_and_components, ready),
        cmocka_unit_test_setup(a_partitions_token_has_its_id, ready),
        cmocka_unit_test_setup(records_that_lie_are_refused, ready),
        cmocka_unit_test_setup(sizes_beyond_the_memory_are_refused, ready),
        cmocka_unit_test_setup(keys_do_not_come_from_outside, ready),
        cmocka_unit_test_setup(a_machine_is_the_same_at_each_boot_and_the_boots_differ, ready),
        cmocka_unit_test_setup(another_machine_is_another_instance, ready),
        cmocka_unit_test_setup(without_crypto_there_are_no_tokens, ready),
        cmocka_unit_test_setup(when_crypto_dies_attest_lives_and_says_so, ready),
        cmocka_unit_test_setup(only_the_crypto_partition_gets_the_key, ready),
        cmocka_unit_test_setup(the_older_profile_is_a_property_of_the_manifest, ready),
        cmocka_unit_test_setup(without_attest_the_client_says_so, ready),
    };

    return cmocka_run_group_tests(tests, begin, end);
}
