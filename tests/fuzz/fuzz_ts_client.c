// SPDX-License-Identifier: BSD-3-Clause
//
// libFuzzer target for the client library (ts_rpc.c, psa_*.c): the input is what
// FF-A and a hostile partition answer, and which functions are called. Traps if a request leaves
// its memory, a function succeeds without a good answer to each of its calls, an output is longer or written further than
// was promised, an error leaves a length, a key or an operation behind, or an output is not what the partition sent.
#include "ffa/client/psa_client.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "ffa/client/psa/crypto.h"
#include "ffa/client/psa/internal_trusted_storage.h"
#include "ffa/client/psa/protected_storage.h"
#include "ffa/client/ts_rpc.h"
#include "ts_caps.h"

#define OUTPUT_MAX 600
#define CALLS_MAX 8 // functions called in one run
#define CANARY 0xc5
#define HASH_UPDATE 0x0202 // as in the Trusted Services protocol

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct {
    const uint8_t *at;
    size_t left;
} input;

static struct ffa_transport transport;
static uint8_t rx[4096];
static enum {
    HOSTILE,
    LISTS,
    HONEST
} setup;                      // of what is asked while connecting, what is answered as it should be
static unsigned int services; // answers to service calls in this function
static bool all_good; // … and each was a good one, or said of a call of ours that it is not there
static struct {
    uint8_t bytes[4 * OUTPUT_MAX];
    size_t size;
    size_t last; // where the last one starts
} sent, updated,
    raw; // values of good responses' records, in order; data of hash updates; good responses, in order

static void expect(bool condition)
{
    if (!condition) {
        abort();
    }
}

static uint8_t next(void)
{
    if (input.left == 0) {
        return 0;
    }
    input.left--;
    return *input.at++;
}

static uint32_t next_word(void)
{
    uint32_t word = next();

    return word < 0xf0 ? word : word << 24 | (uint32_t)next() << 12 | next();
}

// --- The hostile side ---

// Anything, with a liking for what means something
static void answer_anything(struct ffa_args *args)
{
    static const uint32_t functions[] = { FFA_MSG_SEND_DIRECT_RESP_32,
                                          FFA_MSG_SEND_DIRECT_RESP_64,
                                          FFA_SUCCESS_64,
                                          FFA_SUCCESS_32,
                                          FFA_INTERRUPT,
                                          FFA_YIELD,
                                          FFA_ERROR,
                                          0xffffffff };
    static const int32_t errors[] = { FFA_BUSY, FFA_RETRY, FFA_ABORTED, FFA_NOT_SUPPORTED, -99, 0 };
    uint64_t old = args->x[3];

    args->x[0] = functions[next() % 8];
    for (size_t i = 1; i < 18; i++) {
        args->x[i] = next_word();
    }
    args->x[2] =
        next() % 2 ? (uint32_t)errors[next() % 6] : 24ull << 48 | (uint64_t)next() << 16 | next();
    if (next() % 2) {
        args->x[3] = old;
    }
    if (input.left == 0) { // busy for ever would take long
        args->x[0] = FFA_ERROR;
        args->x[2] = (uint32_t)FFA_ABORTED;
    }
}

static void answer_setup(struct ffa_args *args)
{
    uint32_t function = (uint32_t)args->x[0];

    if (setup == HOSTILE) {
        answer_anything(args);
    } else if (setup == LISTS && function == FFA_PARTITION_INFO_GET_REGS) {
        uint64_t current = (args->x[3] & 0xffff) + next() % 8;

        *args = (struct ffa_args){ .x = { FFA_SUCCESS_64, 0,
                                          24ull << 48 | current << 16 | (current + next() % 4) } };
        for (size_t i = 3; i < 18; i += 3) {
            args->x[i] = 0x8002 | 1 << 16 | 0x101ull << 32;
        }
    } else if (function == FFA_PARTITION_INFO_GET_REGS) {
        *args = (struct ffa_args){ .x = { FFA_SUCCESS_64, 0, 24ull << 48,
                                          0x8002 | 1 << 16 | 0x101ull << 32 } };
    } else { // version 1; interface 0; memory known
        args->x[0] = FFA_MSG_SEND_DIRECT_RESP_32;
        args->x[4] = (args->x[3] & 0xffff) == TS_RPC_OP_VERSION ? TS_RPC_VERSION : 0;
        args->x[5] = 0;
    }
}

// The value of the first record with tag 1 in the first `size` bytes of the shared memory
static void keep_record(size_t size)
{
    const uint8_t *at = transport.shared;

    while (size >= 4) {
        unsigned int tag = at[0] * 256u + at[1];
        size_t length = at[2] * 256u + at[3];

        if (tag > 1 || length > size - 4) {
            return;
        }
        if (tag == 1) {
            sent.size = sent.size + length <= sizeof(sent.bytes) ? sent.size : 0;
            memcpy(sent.bytes + sent.size, at + 4, length);
            sent.last = sent.size;
            sent.size += length;
            return;
        }
        at += 4 + length;
        size -= 4 + length;
    }
}

static void fill_shared(void)
{
    uint8_t *to = transport.shared;
    uint8_t kind = next();
    size_t length = next_word() % (OUTPUT_MAX + 1);

    for (size_t i = 0; i < transport.shared_size; i++) {
        to[i] = (uint8_t)(kind ^ i);
    }
    if (transport.shared_size >= 4) {
        to[0] = 0;
        to[1] = kind % 16 == 0 ? next() : 1;
        to[2] = (uint8_t)(length >> 8);
        to[3] = (uint8_t)length;
    }
    for (size_t i = 0; kind >= 0xc0 && i < transport.shared_size && i < 32; i++) {
        to[i] = next();
    }
}

// The data record of a hash update: behind one word, tag 1, up to the end of the request
static void keep_update(const struct ffa_args *args)
{
    const uint8_t *shared = transport.shared;
    size_t size = (uint32_t)args->x[6];

    if ((args->x[3] & 0xffff) == HASH_UPDATE) {
        expect(size > 8 && shared[4] == 0 && shared[5] == 1);
        expect((shared[6] << 8 | shared[7]) == (int)size - 8);
        expect(updated.size + size - 8 <= sizeof(updated.bytes));
        memcpy(updated.bytes + updated.size, shared + 8, size - 8);
        updated.size += size - 8;
    }
}

// All of a good response, as far as there is room
static void keep_raw(size_t size)
{
    size_t room = sizeof(raw.bytes) - raw.size;

    size = size < room ? size : room;
    if (size != 0) {
        memcpy(raw.bytes + raw.size, transport.shared, size);
    }
    raw.last = raw.size;
    raw.size += size;
}

// "I have no such call", or "no such algorithm", to one of those that Trusted Services does not have
static bool is_unsupported(const struct ffa_args *args, uint64_t control)
{
    return (uint32_t)args->x[0] == FFA_MSG_SEND_DIRECT_RESP_32 &&
           (uint32_t)args->x[3] == (uint32_t)control && (control & 0xff00) == 0x7f00 &&
           ((int32_t)args->x[4] == TS_RPC_INVALID_VALUE ||
            ((uint32_t)args->x[4] == 0 && (int32_t)args->x[5] == PSA_ERROR_NOT_SUPPORTED));
}

static bool again; // the request was refused as FFA_BUSY and comes once more

static void answer_service(struct ffa_args *args)
{
    uint64_t control = args->x[3];
    uint8_t kind = next();
    bool good;

    if (!again) { // else fill_shared() has been there
        keep_update(args);
    }
    fill_shared();
    if (kind < 16) {
        answer_anything(args);
    } else {
        uint32_t room = (uint32_t)transport.shared_size;

        args->x[0] = FFA_MSG_SEND_DIRECT_RESP_32;
        args->x[4] = kind < 20 ? (uint32_t)TS_RPC_INVALID_VALUE : kind < 24 ? next_word() : 0;
        args->x[5] = kind >= 24 && kind < 32 ? next_word() : 0;
        args->x[3] ^=
            kind >= 32 && kind < 40 ? 1u << next() % 32 : 0; // an answer to something else
        args->x[6] = kind >= 128  ? room
                     : kind >= 64 ? next_word() % (room + 1)
                     : kind >= 48 ? room + 1
                                  : next_word();
    }
    again = (uint32_t)args->x[0] == FFA_ERROR && (int32_t)args->x[2] == FFA_BUSY;
    if (again || (uint32_t)args->x[0] == FFA_INTERRUPT || (uint32_t)args->x[0] == FFA_YIELD) {
        return; // not an answer
    }
    good = (uint32_t)args->x[0] == FFA_MSG_SEND_DIRECT_RESP_32 &&
           (uint32_t)args->x[3] == (uint32_t)control && (uint32_t)args->x[4] == 0 &&
           (uint32_t)args->x[5] == 0 && (uint32_t)args->x[6] <= transport.shared_size;
    services++;
    all_good = all_good && (good || is_unsupported(args, control));
    if (good) {
        keep_raw((uint32_t)args->x[6]);
        keep_record((uint32_t)args->x[6]);
    }
}

static void hostile_call(struct ffa_transport *from, struct ffa_args *args)
{
    static uint64_t control; // of the request that FFA_RUN goes on with
    uint32_t function = (uint32_t)args->x[0];

    expect(from == &transport);
    if (function == FFA_MSG_SEND_DIRECT_REQ_32) {
        expect((uint32_t)args->x[1] >> 16 == transport.id && args->x[2] == 0);
        expect((args->x[3] & ~0xffffffull) == 0);
        control = args->x[3];
    }
    if (function == FFA_RUN) {
        args->x[3] = control;
        args->x[6] = 0;
        if ((control >> 16 & 0xff) == TS_RPC_INTERFACE_MANAGEMENT) {
            answer_setup(args);
        } else {
            answer_anything(args);
            args->x[4] |= 1; // never good: all_good is decided here
            all_good = false;
            services++;
        }
    } else if (function == FFA_MSG_SEND_DIRECT_REQ_32 &&
               (args->x[3] >> 16 & 0xff) != TS_RPC_INTERFACE_MANAGEMENT) {
        expect(args->x[6] <= transport.shared_size);
        expect((args->x[4] | args->x[5] << 32) ==
               (transport.shared_size != 0 ? transport.shared_handle : TS_RPC_NO_MEMORY));
        answer_service(args);
    } else {
        expect(function == FFA_MSG_SEND_DIRECT_REQ_32 || function == FFA_RX_RELEASE ||
               function == FFA_PARTITION_INFO_GET || function == FFA_PARTITION_INFO_GET_REGS);
        answer_setup(args);
    }
}

// --- The functions ---

static bool unwritten(const uint8_t *bytes, size_t from, size_t size)
{
    for (size_t i = from; i < size; i++) {
        if (bytes[i] != CANARY) {
            return false;
        }
    }
    return true;
}

// What came is what the partition sent last, or (in several calls) all that it sent
static bool is_sent(const uint8_t *out, size_t length)
{
    return (sent.size - sent.last == length && memcmp(sent.bytes + sent.last, out, length) == 0) ||
           (sent.size == length && memcmp(sent.bytes, out, length) == 0);
}

// A function that gives `size` bytes at most: `length` says how many came.
static void check_output(psa_status_t status, const uint8_t *out, size_t size, size_t length)
{
    if (status != PSA_SUCCESS) {
        expect(length == 0);
        return;
    }
    expect(length <= size && unwritten(out, length, size));
}

static const uint8_t some[700] = { 1, 2, 3 };

// One call, whose record is the result
static psa_status_t call_result(uint8_t kind, uint8_t *out, size_t size)
{
    psa_hash_operation_t hash = { .id = next() };
    psa_mac_operation_t mac = { .id = next() };
    psa_cipher_operation_t cipher = { .id = next() };
    psa_aead_operation_t aead = { .id = next() };
    size_t in = next_word() % 80;
    size_t length = 0x5a5a;
    psa_status_t status;

    switch (kind % 10) {
    case 0:
        status = psa_export_public_key(next(), out, size, &length);
        break;
    case 1:
        status = psa_export_key(next(), out, size, &length);
        break;
    case 2:
        status = psa_sign_hash(next(), 7, some, in, out, size, &length);
        break;
    case 3:
        status = psa_hash_finish(&hash, out, size, &length);
        break;
    case 4:
        status = psa_mac_sign_finish(&mac, out, size, &length);
        break;
    case 5:
        status = psa_cipher_generate_iv(&cipher, out, size, &length);
        break;
    case 6:
        status = psa_aead_generate_nonce(&aead, out, size, &length);
        break;
    case 7:
        status = psa_asymmetric_encrypt(1, 2, some, in, some, in / 2, out, size, &length);
        break;
    case 8:
        status = psa_raw_key_agreement(1, 2, some, in, out, size, &length);
        break;
    default:
        status = psa_sign_message(next(), 7, some, in, out, size, &length);
        break;
    }
    expect(status == PSA_SUCCESS || kind % 10 != 3 || hash.id == 0);
    expect(status != PSA_SUCCESS || (length != 0 && is_sent(out, length)));
    check_output(status, out, size, length);
    return status;
}

// Any number of calls, whose records make the result
static psa_status_t call_stream(uint8_t kind, uint8_t *out, size_t size)
{
    psa_cipher_operation_t cipher = { .id = next() };
    psa_aead_operation_t aead = { .id = next() };
    size_t in = next_word() % sizeof(some);
    size_t length = 0x5a5a;
    uint8_t tag[16];
    size_t tag_length = 0x5a5a;
    psa_status_t status;

    switch (kind % 6) {
    case 0:
        status = psa_cipher_update(&cipher, some, in, out, size, &length);
        expect(status == PSA_SUCCESS || cipher.id == 0);
        break;
    case 1:
        status = psa_aead_update(&aead, some, in, out, size, &length);
        expect(status == PSA_SUCCESS || aead.id == 0);
        break;
    case 2:
        status = psa_cipher_finish(&cipher, out, size, &length);
        expect(cipher.id == 0);
        break;
    case 3:
        status = psa_aead_verify(&aead, out, size, &length, some, next() % 20);
        expect(aead.id == 0);
        break;
    case 4:
        status = psa_asymmetric_decrypt(1, 2, some, in, NULL, 0, out, size, &length);
        break;
    default:
        status = psa_aead_finish(&aead, out, size, &length, tag, sizeof(tag), &tag_length);
        expect(tag_length <= sizeof(tag) && (status == PSA_SUCCESS) == (tag_length != 0));
        expect(aead.id == 0);
        break;
    }
    expect(status != PSA_SUCCESS || is_sent(out, length));
    check_output(status, out, size, length);
    return status;
}

// Everything in one call, or in parts
static psa_status_t call_whole(uint8_t kind, uint8_t *out, size_t size)
{
    size_t in = next_word() % sizeof(some);
    size_t length = 0x5a5a;
    psa_status_t status;

    switch (kind % 6) {
    case 0:
        status = psa_hash_compute(PSA_ALG_SHA_256, some, in, out, size, &length);
        break;
    case 1:
        status = psa_mac_compute(1, PSA_ALG_CMAC, some, in, out, size, &length);
        break;
    case 2:
        status = psa_cipher_encrypt(1, PSA_ALG_CTR, some, in, out, size, &length);
        break;
    case 3:
        status = psa_cipher_decrypt(1, PSA_ALG_CBC_PKCS7, some, in, out, size, &length);
        break;
    case 4:
        status =
            psa_aead_encrypt(1, PSA_ALG_GCM, some, 12, some, next(), some, in, out, size, &length);
        break;
    default:
        status =
            psa_aead_decrypt(1, PSA_ALG_GCM, some, 12, some, next(), some, in, out, size, &length);
        break;
    }
    check_output(status, out, size, length);
    return status;
}

static psa_status_t call_random(uint8_t *out, size_t size)
{
    psa_status_t status = psa_generate_random(out, size);

    if (status == PSA_SUCCESS) {
        expect(sent.size == size && memcmp(sent.bytes, out, size) == 0);
    } else { // what came before it failed, and nothing else
        size_t got = size;

        while (got > 0 && out[got - 1] == CANARY) {
            got--;
        }
        expect(got <= sent.size && (got == 0 || memcmp(sent.bytes, out, got) == 0));
    }
    return size == 0 && status == PSA_SUCCESS ? -1 : status;
}

static psa_status_t call_derive(uint8_t *out, size_t size)
{
    psa_key_derivation_operation_t operation = { .id = 1 + next() };
    psa_status_t status = psa_key_derivation_output_bytes(&operation, out, size);

    expect(status != PSA_SUCCESS || (sent.size == size && memcmp(sent.bytes, out, size) == 0));
    expect(operation.id != 0);
    return size == 0 && status == PSA_SUCCESS ? -1 : status;
}

static psa_status_t call_update(const uint8_t *bytes, size_t size)
{
    psa_hash_operation_t operation = { .id = 1 + next() };
    psa_status_t status = psa_hash_update(&operation, bytes, size);

    expect(updated.size <= size && memcmp(updated.bytes, bytes, updated.size) == 0);
    expect(status != PSA_SUCCESS || updated.size == size);
    expect((status == PSA_SUCCESS) == (operation.id != 0));
    return size == 0 && status == PSA_SUCCESS ? -1 : status;
}

static psa_status_t call_storage(uint8_t kind, uint8_t *out, size_t size)
{
    struct psa_storage_info_t info = { .size = 0x5a5a };
    size_t length = 0x5a5a;
    psa_status_t status;

    switch (kind % 6) {
    case 0:
    case 1:
        status = kind % 2 == 0 ? psa_its_get(1, next_word(), size, out, &length)
                               : psa_ps_get(1, next_word(), size, out, &length);
        expect((length == 0x5a5a) == (status != PSA_SUCCESS));
        expect(status != PSA_SUCCESS ||
               (length <= size && length == raw.size && memcmp(raw.bytes, out, length) == 0));
        break;
    case 2:
        status = psa_ps_set(next(), size, out, next());
        break;
    case 3:
        status = psa_ps_get_info(next(), &info);
        expect(status == PSA_SUCCESS ? info.size <= info.capacity : info.size == 0x5a5a);
        break;
    case 4:
        status = psa_ps_set_extended(next(), next_word(), size, out);
        break;
    default:
        status = psa_its_remove(next());
        break;
    }
    expect(status != PSA_ERROR_COMMUNICATION_FAILURE || services > 0);
    return status;
}

static psa_status_t call_capabilities(void)
{
    struct ts_caps_entry entries[8];
    struct ts_caps caps = { .version = 0x5a5a };
    size_t count = 0x5a5a;
    psa_status_t status = psa_client_capabilities((enum psa_client_service)(next() % 3), &caps,
                                                  entries, next() % 9, &count);

    expect(status != PSA_SUCCESS || (count <= 8 && count <= caps.entry_count &&
                                     raw.size - raw.last >= sizeof(caps) + 8 * count));
    expect(status == PSA_SUCCESS || (count == 0x5a5a && caps.version == 0x5a5a));
    return status;
}

static psa_status_t call_words(uint8_t kind)
{
    psa_hash_operation_t operation = { .id = kind == 0 ? 0 : next() };
    psa_hash_operation_t clone = PSA_HASH_OPERATION_INIT;
    psa_key_derivation_operation_t derivation = { .id = next() };
    psa_key_attributes_t attributes = PSA_KEY_ATTRIBUTES_INIT;
    psa_key_id_t key = 0x77777777;
    size_t capacity = 0x5a5a;
    psa_status_t status;

    switch (kind) {
    case 0:
        status = psa_hash_setup(&operation, PSA_ALG_SHA_256);
        expect((status == PSA_SUCCESS) == (operation.id != 0));
        break;
    case 1:
        status = psa_hash_clone(&operation, &clone);
        expect((status == PSA_SUCCESS) == (clone.id != 0));
        break;
    case 2:
        attributes.type = 1;
        status = psa_get_key_attributes(next(), &attributes);
        expect(status == PSA_SUCCESS || (attributes.type == 0 && attributes.usage == 0));
        break;
    case 3:
        status = psa_import_key(&attributes, some, next_word() % 300, &key);
        expect((status == PSA_SUCCESS) == (key != 0));
        break;
    case 4:
        status = psa_destroy_key(1 + next());
        break;
    case 5:
        status = psa_key_derivation_get_capacity(&derivation, &capacity);
        expect(status == PSA_SUCCESS || capacity == 0);
        break;
    case 6:
        status = psa_key_derivation_output_key(&attributes, &derivation, &key);
        expect((status == PSA_SUCCESS) == (key != 0));
        break;
    case 7:
        status = call_capabilities();
        break;
    default:
        status = psa_hash_verify(&operation, some, next() % 65);
        expect(operation.id == 0);
        break;
    }
    return status;
}

static void call_function(void)
{
    uint8_t kind = next();
    size_t size = next_word() % (OUTPUT_MAX + 1);
    uint8_t *bytes = malloc(size != 0 ? size : 1); // ASan sees the byte behind
    psa_status_t status;

    expect(bytes != NULL);
    memset(bytes, CANARY, size != 0 ? size : 1);
    services = 0;
    all_good = true;
    sent.size = 0;
    sent.last = 0;
    updated.size = 0;
    raw.size = 0;
    switch (kind % 8) {
    case 0:
        status = call_result(kind / 8, bytes, size);
        break;
    case 1:
        status = call_stream(kind / 8, bytes, size);
        break;
    case 2:
        status = call_whole(kind / 8, bytes, size);
        break;
    case 3:
        status = call_random(bytes, size);
        break;
    case 4:
        status = call_derive(bytes, size);
        break;
    case 5:
        for (size_t i = 0; i < size; i++) {
            bytes[i] = (uint8_t)(i * 7);
        }
        status = call_update(bytes, size);
        break;
    case 6:
        status = call_storage(kind / 8, bytes, size);
        break;
    default:
        status = call_words(kind / 8 % 9);
        break;
    }
    expect(status != PSA_SUCCESS || (services > 0 && all_good));
    free(bytes);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const uint16_t sizes[] = { 0, 3, 4, 7, 24, 31, 64, 200, 700 };
    uint8_t kind;

    input.at = data;
    input.left = size;
    again = false;
    kind = next();
    setup = kind % 4 == 0 ? HOSTILE : kind % 4 == 1 ? LISTS : HONEST;
    for (size_t i = 0; setup == HOSTILE && i < 16;
         i++) { // a few descriptors, and the rest as it was
        rx[i] = next();
    }
    transport = (struct ffa_transport){
        .call = hostile_call,
        .shared_size = sizes[kind / 4 % 9],
        .shared_handle = 0x5678,
        .rx = kind % 8 < 4 ? rx : NULL,
        .id = 3,
    };
    transport.shared = malloc(transport.shared_size); // ASan sees the byte behind
    expect(transport.shared != NULL);
    expect(psa_client_connect(&transport) == PSA_SUCCESS);
    expect(psa_crypto_init() == PSA_SUCCESS || setup != HONEST);
    for (int i = 0; i < CALLS_MAX && input.left > 0; i++) {
        call_function();
    }
    (void)psa_client_disconnect(); // the partition may say what it likes
    free(transport.shared);
    return 0;
}
