// SPDX-License-Identifier: BSD-3-Clause
//
// libFuzzer target for the clients of Trusted Services (ts_rpc.c, psa_crypto.c): the input is what
// FF-A and a hostile partition answer, and which functions are called. Traps if a request leaves
// its memory, a function succeeds without a good answer to each of its calls, an output is written
// in case of an error or beyond what was promised, or an output is not what the partition sent.
#include "ffa/client/psa_client.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "ffa/client/ts_rpc.h"

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
static bool all_good;         // … and each was a good one
static struct {
    uint8_t bytes[4 * OUTPUT_MAX];
    size_t size;
    size_t last; // where the last one starts
} sent, updated; // values of good responses' records, in order; data of hash updates, in order

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
            expect(sent.size + length <= sizeof(sent.bytes));
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
        args->x[4] = kind < 24 ? next_word() : 0;
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
    all_good = all_good && good;
    if (good) {
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

// --- Functions of PSA Crypto ---

static bool unwritten(const uint8_t *bytes, size_t from, size_t size)
{
    for (size_t i = from; i < size; i++) {
        if (bytes[i] != CANARY) {
            return false;
        }
    }
    return true;
}

// A function that gives `size` bytes at most: `length` says how many came.
static void check_output(psa_status_t status, const uint8_t *out, size_t size, size_t length)
{
    if (status != PSA_SUCCESS) {
        expect(unwritten(out, 0, size) && length == 0x5a5a);
        return;
    }
    expect(length != 0 && length <= size && unwritten(out, length, size));
    expect(sent.size - sent.last == length && memcmp(sent.bytes + sent.last, out, length) == 0);
}

static psa_status_t call_output(uint8_t kind, uint8_t *out, size_t size)
{
    psa_hash_operation_t operation = { .handle = next() };
    uint32_t handle = operation.handle;
    size_t length = 0x5a5a;
    psa_status_t status;
    uint8_t hash[64] = { 0 };

    switch (kind) {
    case 0:
        status = psa_export_public_key(next(), out, size, &length);
        break;
    case 1:
        status = psa_sign_hash(next(), 7, hash, next() % 65, out, size, &length);
        break;
    case 2:
        status = psa_hash_finish(&operation, out, size, &length);
        expect(operation.handle == (status == PSA_SUCCESS ? 0 : handle));
        break;
    default:
        status = psa_hash_compute(PSA_ALG_SHA_256, hash, next() % 65, out, size, &length);
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

static psa_status_t call_update(const uint8_t *bytes, size_t size)
{
    psa_hash_operation_t operation = { .handle = 1 + next() };
    psa_status_t status = psa_hash_update(&operation, bytes, size);

    expect(updated.size <= size && memcmp(updated.bytes, bytes, updated.size) == 0);
    expect(status != PSA_SUCCESS || updated.size == size);
    return size == 0 && status == PSA_SUCCESS ? -1 : status;
}

static psa_status_t call_words(uint8_t kind)
{
    psa_hash_operation_t operation = { .handle = kind == 0 ? 0 : next() };
    psa_hash_operation_t clone = PSA_HASH_OPERATION_INIT;
    psa_key_attributes_t attributes;
    psa_key_attributes_t before;
    psa_key_id_t key = 0x77777777;
    psa_status_t status;

    memset(&attributes, CANARY, sizeof(attributes));
    before = attributes;
    switch (kind) {
    case 0:
        status = psa_hash_setup(&operation, PSA_ALG_SHA_256);
        expect(status == PSA_SUCCESS || operation.handle == 0);
        break;
    case 1:
        status = psa_hash_clone(&operation, &clone);
        expect(status == PSA_SUCCESS || clone.handle == 0);
        break;
    case 2:
        status = psa_get_key_attributes(next(), &attributes);
        expect(status == PSA_SUCCESS || memcmp(&attributes, &before, sizeof(before)) == 0);
        break;
    case 3:
        status = psa_generate_key(&attributes, &key);
        expect(status == PSA_SUCCESS || key == 0x77777777);
        break;
    case 4:
        status = psa_destroy_key(1 + next());
        break;
    default:
        status = psa_hash_verify(&operation, (const uint8_t *)&before, next() % sizeof(before));
        break;
    }
    return status;
}

static void call_function(bool connected)
{
    uint8_t kind = next() % 14;
    size_t size = next_word() % (OUTPUT_MAX + 1);
    uint8_t *bytes = malloc(size != 0 ? size : 1);
    psa_status_t status;

    expect(bytes != NULL);
    memset(bytes, CANARY, size != 0 ? size : 1);
    services = 0;
    all_good = true;
    sent.size = 0;
    updated.size = 0;
    if (kind < 4) {
        status = call_output(kind, bytes, size);
    } else if (kind < 6) {
        status = call_random(bytes, size);
    } else if (kind < 8) {
        for (size_t i = 0; i < size; i++) {
            bytes[i] = (uint8_t)(i * 7);
        }
        status = call_update(bytes, size);
    } else {
        status = call_words(kind - 8);
    }
    expect(status != PSA_SUCCESS || (services > 0 && all_good && connected));
    expect(connected || services == 0);
    free(bytes);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const uint16_t sizes[] = { 0, 3, 4, 7, 24, 31, 64, 200, 700 };
    uint8_t kind;
    bool connected;

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
    connected = psa_client_connect(&transport) == PSA_SUCCESS;
    expect(connected || setup != HONEST);
    for (int i = 0; i < CALLS_MAX && input.left > 0; i++) {
        call_function(connected);
    }
    free(transport.shared);
    return 0;
}
