// SPDX-License-Identifier: BSD-3-Clause
//
// libFuzzer target for the attest partition: the input bends a boot's event log and facts, then makes calls of several
// clients, with a crypto partition that fails now and then. Traps if claims come out of a log that does not fit its facts, if
// a token lacks the caller's challenge, has another size than was told, or says another client; if a status is not one of its
// operation's; if anything beyond the response is touched, or something is signed for a call that fails before.
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "attest_key.h"
#include "attest_log.h"
#include "attest_proto.h"
#include "attest_service.h"
#include "boot_hash.h"
#include "event_log.h"
#include "ffa/client/psa/crypto.h"
#include "fuzz_input.h"

#define STEPS 24
#define CANARY 0x3c
#define GUARD 0x40

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct fuzz_input fuzz_input;

static struct {
    bool fails;
    bool has_key;
    unsigned int signs;
} crypto;

static uint8_t response[ATTEST_BUFFER_SIZE + GUARD];
static bool attests; // the service has claims

static uint32_t next_word(void)
{
    uint32_t word = next();

    word = word << 8 | next();
    return word << 8 | next();
}

// ---- A crypto partition whose signatures name what they are of -------------------------------------------------------

psa_status_t psa_import_key(const psa_key_attributes_t *attributes, const uint8_t *data,
                            size_t data_length, psa_key_id_t *key)
{
    *key = PSA_KEY_ID_NULL;
    if (crypto.fails) {
        return PSA_ERROR_COMMUNICATION_FAILURE;
    }
    expect(!crypto.has_key && data_length == ATTEST_KEY_SIZE && attributes->lifetime == 0);
    expect(attest_key_is_private(data));
    crypto.has_key = true;
    *key = 1;
    return PSA_SUCCESS;
}

psa_status_t psa_export_public_key(psa_key_id_t key, uint8_t *data, size_t data_size,
                                   size_t *data_length)
{
    expect(crypto.has_key && key == 1 && data_size >= 65);
    memset(data, 4, 65);
    *data_length = 65;
    return PSA_SUCCESS;
}

psa_status_t psa_destroy_key(psa_key_id_t key)
{
    expect(crypto.has_key && key == 1);
    crypto.has_key = false;
    return PSA_SUCCESS;
}

// NOLINTNEXTLINE(readability-function-size): the parameters are the PSA Crypto API's
psa_status_t psa_sign_hash(psa_key_id_t key, psa_algorithm_t alg, const uint8_t *hash,
                           size_t hash_length, uint8_t *signature, size_t signature_size,
                           size_t *signature_length)
{
    (void)alg;
    *signature_length = 0;
    if (crypto.fails) {
        return PSA_ERROR_COMMUNICATION_FAILURE;
    }
    expect(crypto.has_key && key == 1 && hash_length == 32 && signature_size >= 64);
    memcpy(signature, hash, 32);
    memset(signature + 32, 0x99, 32);
    *signature_length = 64;
    crypto.signs++;
    return PSA_SUCCESS;
}

// ---- The boot --------------------------------------------------------------------------------------------------------

static struct boot {
    uint8_t bytes[4096];
    struct event_log log;
    struct tessera_boot_facts facts;
} boot;

static void add(uint32_t pcr, const char *name, const void *data, size_t size)
{
    struct boot_digests digests;

    expect(boot_hash_make(data, size, BOOT_HASH_BANKS, &digests) == 0);
    expect(event_log_add(&boot.log, pcr, name, &digests) == 0);
}

static void make_boot(void)
{
    static const char *const names[] = { "BL_2", "TB_FW_CONFIG", "SECURE_RT_EL3", "BL_33", "SP1" };

    memset(&boot, 0, sizeof(boot));
    boot.facts.version = TESSERA_BOOT_FACTS_VERSION;
    boot.facts.lifecycle = UINT32_MAX;
    boot.facts.chain = 0x35ca;
    memset(boot.facts.root_hash, 1, 32);
    memset(boot.facts.implementation_id, 2, 32);
    memset(boot.facts.boot_seed, 3, 32);
    expect(event_log_begin(&boot.log, boot.bytes, sizeof(boot.bytes)) == 0);
    for (size_t i = 0; i < 5; i++) {
        add(0, names[i], names[i], strlen(names[i]));
    }
    add(1, "CRITICAL_DATA", (const uint8_t *)&boot.facts + TESSERA_CRITICAL_OFFSET,
        TESSERA_CRITICAL_SIZE);
}

// Some bytes of log and facts become others, the log may end anywhere
static size_t bend_boot(void)
{
    uint8_t changes = next() % 8;
    size_t size = boot.log.used;

    for (uint8_t i = 0; i < changes; i++) {
        uint32_t where = next_word();
        uint8_t *facts = (uint8_t *)&boot.facts;

        if ((where & 1) != 0) {
            boot.bytes[where / 2 % size] ^= next();
        } else {
            facts[where / 2 % sizeof(boot.facts)] ^= next();
        }
    }
    return changes > 5 ? next_word() % (sizeof(boot.bytes) + 1) : size;
}

static void check_claims(const struct attest_claims *claims)
{
    struct boot_digests digests;

    expect(claims->component_count >= 1 && claims->component_count <= ATTEST_COMPONENTS_MAX);
    expect(boot.facts.lifecycle == UINT32_MAX && claims->lifecycle == ATTEST_LIFECYCLE_ASSEMBLY);
    for (size_t i = 0; i < claims->component_count; i++) {
        expect(memchr(claims->components[i].type, 0, ATTEST_TEXT_MAX) != NULL);
        expect(memchr(claims->components[i].version, 0, ATTEST_TEXT_MAX) != NULL);
    }
    // Only the facts that were measured
    expect(boot_hash_make((const uint8_t *)&boot.facts + TESSERA_CRITICAL_OFFSET,
                          TESSERA_CRITICAL_SIZE, BOOT_HASH_BIT(BOOT_SHA256), &digests) == 0);
    expect(memmem(boot.bytes, sizeof(boot.bytes), digests.value[BOOT_SHA256], 32) != NULL);
}

static void begin(void)
{
    static struct attest_claims claims;
    const char *why = NULL;

    make_boot();
    size_t size = bend_boot();
    uint8_t *exact = malloc(size); // or the sanitizer would not see a read behind it

    expect(exact != NULL || size == 0);
    if (size != 0) {
        memcpy(exact, boot.bytes, size);
    }
    const struct attest_boot all = { exact, size, &boot.facts };

    memset(&claims, 0, sizeof(claims));
    claims.profile = next() % 2 == 0 ? ATTEST_PROFILE_RFC9783 : ATTEST_PROFILE_IOT_1;
    attests = attest_log_claims(&all, &claims, &why) == 0;
    expect(attests || why != NULL);
    if (attests) {
        check_claims(&claims);
    }
    attest_service_init(attests ? &claims : NULL);
    free(exact);
}

// ---- Calls -----------------------------------------------------------------------------------------------------------

struct step {
    struct sp_rpc_call call;
    uint16_t opcode;
    uint8_t *request;
    size_t challenge; // bytes that its record has, if it is one
    bool honest;      // the request is as its operation wants it
};

static uint8_t *make_request(struct step *step)
{
    static const size_t sizes[] = { 32, 48, 64, 0, 31, 65, 33, 200 };
    uint8_t how = next();

    step->challenge = sizes[how % 8];
    step->honest = how < 0xc0;
    size_t size = 4 + step->challenge;
    uint8_t *request = malloc(size);

    expect(request != NULL);
    memset(request, next(), size);
    if (step->opcode == ATTEST_GET_TOKEN_SIZE) {
        uint32_t word = (uint32_t)step->challenge;

        memcpy(request, &word, 4);
    } else {
        request[0] = 0;
        request[1] = 1;
        request[2] = 0;
        request[3] = (uint8_t)step->challenge;
    }
    if (!step->honest) {
        request[next() % 4] ^= next();
        size = next() % (size + 1);
    }
    step->call.request_size = size;
    return request;
}

static bool is_status(int32_t status)
{
    return status == ATTEST_SUCCESS || status == ATTEST_ERROR_GENERIC_ERROR ||
           status == ATTEST_ERROR_NOT_PERMITTED || status == ATTEST_ERROR_INVALID_ARGUMENT ||
           status == ATTEST_ERROR_DOES_NOT_EXIST || status == ATTEST_ERROR_SERVICE_FAILURE;
}

static uint32_t size_told(const struct sp_rpc_call *like, uint32_t challenge)
{
    uint8_t out[4];
    struct sp_rpc_call call = {
        .source = like->source,
        .client = like->client,
        .request = (const uint8_t *)&challenge,
        .request_size = 4,
        .response = out,
        .response_max = 4,
    };
    uint32_t told;

    expect(attest_service.rows[1].opcode == ATTEST_GET_TOKEN_SIZE);
    expect(attest_service.rows[1].run(&call) == TS_RPC_SUCCESS && call.response_size == 4);
    memcpy(&told, out, 4);
    return told;
}

static void check_token(const struct step *step)
{
    static const uint8_t head[] = { 0xd2, 0x84, 0x43, 0xa1, 0x01, 0x26, 0xa0, 0x59 };
    const struct sp_rpc_call *call = &step->call;
    size_t size = (size_t)response[2] << 8 | response[3];
    size_t challenge = (size_t)step->request[2] << 8 | step->request[3];

    expect(attests && (challenge == 32 || challenge == 48 || challenge == 64));
    expect(call->response_size == 4 + size);
    expect(size == size_told(call, (uint32_t)challenge));
    expect(memcmp(response + 4, head, sizeof(head)) == 0);
    expect(memmem(response + 4, size, step->request + 4, challenge) != NULL);
    expect(response[call->response_size - 1] == 0x99); // the signature's end
}

static void check_answer(const struct step *step, int32_t rpc_status, unsigned int signs)
{
    const struct sp_rpc_call *call = &step->call;
    bool good = rpc_status == TS_RPC_SUCCESS && call->status == ATTEST_SUCCESS;

    expect(rpc_status == TS_RPC_SUCCESS || rpc_status == TS_RPC_INVALID_VALUE ||
           rpc_status == TS_RPC_INVALID_REQUEST_BODY || rpc_status == TS_RPC_INVALID_RESPONSE_BODY);
    expect(is_status(call->status) && call->response_size <= call->response_max);
    expect(good || call->response_size == 0);
    for (size_t i = 0; i < GUARD; i++) {
        expect(response[call->response_max + i] == CANARY);
    }
    expect(crypto.signs - signs == (good && step->opcode == ATTEST_GET_TOKEN ? 1u : 0u));
    if (good && step->opcode == ATTEST_GET_TOKEN) {
        check_token(step);
    }
    expect(step->opcode != ATTEST_IMPORT_KEY || !good);
    expect(good || !step->honest || step->opcode != ATTEST_GET_TOKEN_SIZE || !attests ||
           step->challenge % 16 != 0 || step->challenge < 32 || call->response_max < 4 ||
           rpc_status == TS_RPC_INVALID_VALUE);
}

static void make_call(void)
{
    static const uint16_t sources[] = { 0, 1, 0x7fff, 0x8001, 0x8040, 0xfffe };
    static const size_t rooms[] = { ATTEST_BUFFER_SIZE, 0, 3, 4, 69, 300, 1000, 4096 };
    uint8_t what = next();
    uint8_t who = next();
    const struct sp_rpc_row *row = &attest_service.rows[what % attest_service.row_count];
    struct step step = { .opcode = row->opcode };

    step.call = (struct sp_rpc_call){
        .source = sources[who % 6],
        .client = who >= 0xc0 ? next_word() : 0,
        .response = response,
        .response_max = rooms[next() % 16 % 9 % 8],
    };
    step.request = make_request(&step);
    if (step.call.request_size != 0) { // exactly as long as it is
        step.request = realloc(step.request, step.call.request_size);
        expect(step.request != NULL);
    }
    step.call.request = step.request;
    memset(response, 0, step.call.response_max);
    memset(response + step.call.response_max, CANARY, GUARD);
    unsigned int signs = crypto.signs;

    check_answer(&step, row->run(&step.call), signs);
    free(step.request);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    uint8_t key[ATTEST_KEY_SIZE];
    uint8_t sealing[ATTEST_KEY_SIZE];

    fuzz_input_begin(data, size);
    memset(&crypto, 0, sizeof(crypto));
    begin();
    memset(sealing, next(), sizeof(sealing));
    expect(attest_key_derive(sealing, key) == 0);
    attest_key_init(key);
    for (int i = 0; i < STEPS; i++) {
        crypto.fails = next() >= 0xe0;
        make_call();
    }
    return 0;
}
