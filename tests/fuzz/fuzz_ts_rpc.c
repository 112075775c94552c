// SPDX-License-Identifier: BSD-3-Clause
//
// libFuzzer target for the RPC endpoint of the partitions with the real crypto service and a
// hostile one behind it. The input is messages of several clients, which memory they share with it and take back, what
// they write there before, and while the endpoint copies it. The endpoint's view of that memory is closed but
// inside of memcpy(), which the list in partitions.mk replaces by racing_memcpy(). Traps if a
// message is answered otherwise than sp_rpc.h and ts_rpc_abi.h say, one client reaches or ends keys or
// operations of another, or memory is left behind when all clients are gone.
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "bits.h"
#include "crypto_fake.h"
#include "crypto_forms.h"
#include "crypto_live.h"
#include "crypto_ops.h"
#include "sp_rpc.h"
#include "tests/fuzz/fuzz_input.h"

#define STEPS_MAX 12 // below the quota of operations: nothing is given up for something newer
// Operations with asymmetric keys in the whole run: they take 1000 times as long
#define COSTLY_MAX 1500
#define COST_MAX 50 // iterations of PBKDF2

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct fuzz_input fuzz_input;

static uint8_t *service_view;      // of the page of shared memory; ends where nothing is mapped
static uint8_t *client_view;       // of the same
static uint8_t *shared_for_client; // in it
static uint8_t *service_shared;    // the same bytes for the service
static size_t shared_size;
static struct sp_rpc_endpoint endpoint;
static unsigned int costly;

// One message: what must happen, what happened
static struct {
    uint16_t opcode;
    uint32_t interface;
    uint16_t source;
    uint32_t client;
    size_t memory_size;
    size_t request_size;
    uint64_t handle;
    bool spmc_refuses, too_large;
    unsigned int retrievals, relinquishments;
    size_t race_at; // byte of the copy before which the client writes
    uint8_t race;
    unsigned int runs, copies_in, copies_out;
    int32_t rpc_status;
    int32_t status;
    size_t response_size;
    uint8_t copied[PAGE_SIZE];   // request as it was copied
    uint8_t response[PAGE_SIZE]; // of the operation
    uint8_t shared[PAGE_SIZE];   // as the client left it
} step;

// --- Shared memory ---

static void client_writes(void)
{
    memset(shared_for_client, step.race, shared_size);
    memmove(step.shared, shared_for_client, shared_size); // memcpy is racing_memcpy here
}

static bool in_service_view(const void *address)
{
    return (uintptr_t)address - (uintptr_t)service_view < 2 * PAGE_SIZE;
}

void *racing_memcpy(void *to, const void *from, size_t size);

void *racing_memcpy(void *to, const void *from, size_t size)
{
    size_t half = step.race_at < size ? step.race_at : size;

    if (!in_service_view(to) && !in_service_view(from)) {
        return memmove(to, from, size);
    }
    expect(mprotect(service_view, PAGE_SIZE, PROT_READ | PROT_WRITE) == 0);
    if (in_service_view(from)) {
        expect(from == (const void *)service_shared && to == endpoint.request);
        expect(size == step.request_size && step.copies_in++ == 0 && step.copies_out == 0);
        memmove(to, from, half);
        client_writes();
        memmove((uint8_t *)to + half, (const uint8_t *)from + half, size - half);
        memmove(step.copied, to, size);
    } else {
        expect(to == (const void *)service_shared && from == endpoint.response);
        expect(size == step.response_size && step.runs == 1 && step.copies_out++ == 0);
        memmove(to, from, size);
    }
    expect(mprotect(service_view, PAGE_SIZE, PROT_NONE) == 0);
    return to;
}

// --- What stands for sp_mem.c and the SPMC ---

#define HANDLES 4 // that a client has
#define HELD_MAX (3 * HANDLES)

static struct held {
    bool used;
    uint16_t source;
    uint64_t handle;
} held[HELD_MAX];

static struct held *find_held(uint16_t source, uint64_t handle)
{
    for (size_t i = 0; i < HELD_MAX; i++) {
        if (held[i].used && held[i].source == source && held[i].handle == handle) {
            return &held[i];
        }
    }
    return NULL;
}

static size_t count_held(uint16_t source)
{
    size_t count = 0;

    for (size_t i = 0; i < HELD_MAX; i++) {
        count += held[i].used && held[i].source == source;
    }
    return count;
}

int sp_mem_retrieve(const struct sp_mem_claim *claim, struct sp_mem_view *view)
{
    expect(step.retrievals++ == 0 && step.relinquishments == 0);
    expect(claim->owner == step.source && claim->handle == step.handle);
    expect(claim->kind == SP_MEM_SHARED && claim->writable && !claim->several);
    if (step.spmc_refuses || find_held(step.source, step.handle) != NULL) {
        return ERR_DENIED;
    }
    for (size_t i = 0; i < HELD_MAX; i++) {
        if (!held[i].used) {
            held[i] = (struct held){ true, step.source, step.handle };
            *view = (struct sp_mem_view){
                .base = service_shared,
                .size = step.too_large ? SP_RPC_MEMORY_MAX + 1 : shared_size,
                .writable = true,
            };
            return 0;
        }
    }
    return ERR_NO_MEMORY;
}

int sp_mem_relinquish(uint64_t handle)
{
    struct held *entry = find_held(step.source, handle);

    expect(step.relinquishments++ == 0 && handle == step.handle && entry != NULL);
    if (step.spmc_refuses) {
        return ERR_DENIED;
    }
    entry->used = false;
    return 0;
}

// --- Services ---

static const struct form *find_form(uint16_t opcode)
{
    for (size_t i = 0; i < ARRAY_COUNT(forms); i++) {
        if (forms[i].opcode == opcode) {
            return &forms[i];
        }
    }
    return NULL;
}

// Whether the call can succeed for anybody who has nothing: only what does nothing
static bool is_harmless(const struct form *form, uint32_t id)
{
    return form->opcode == CRYPTO_HASH_ABORT || form->opcode == CRYPTO_CIPHER_ABORT ||
           form->opcode == CRYPTO_MAC_ABORT || form->opcode == CRYPTO_AEAD_ABORT ||
           form->opcode == CRYPTO_DERIVE_ABORT || (form->opcode == CRYPTO_DESTROY_KEY && id == 0);
}

// What a service call that the crypto service accepted did to keys and operations
static void follow_crypto(const struct form *form, const struct sp_rpc_call *call, bool had)
{
    uint32_t id = 0;

    memmove(&id, call->request, form->shape != NO_FIXED ? sizeof(id) : 0);
    if (call->status == PSA_SUCCESS) {
        expect(form->uses == NOTHING || had || is_harmless(form, id));
        expect(form->opcode != CRYPTO_GENERATE_RANDOM || call->response_size == id + 4u);
        if (form->makes != NOTHING) {
            live_add(form->makes, call);
        }
    }
}

// Operations that would make the run slow are not done at all, or not from some number on.
static bool is_too_costly(const struct form *form, const struct sp_rpc_call *call,
                          const struct live *used)
{
    uint32_t words[7] = { 0 };
    uint32_t type = used != NULL ? used->type : 0;

    memmove(words, call->request,
            call->request_size < sizeof(words) ? call->request_size : sizeof(words));
    if (form->shape == ID_STEP_VALUE) {
        return words[2] > COST_MAX || words[3] != 0;
    }
    if (form->makes == KEY) {
        type = words[form->shape == ATTRIBUTES ? 0 : 1];
    }
    if (form->opcode == CRYPTO_GENERATE_KEY && PSA_KEY_TYPE_IS_RSA(type)) {
        return true;
    }
    return (PSA_KEY_TYPE_IS_ASYMMETRIC(type) || form->opcode == CRYPTO_RAW_KEY_AGREEMENT ||
            form->opcode == CRYPTO_DERIVE_KEY_AGREEMENT) &&
           form->opcode != CRYPTO_DESTROY_KEY && costly++ >= COSTLY_MAX;
}

static int32_t run_crypto(struct sp_rpc_call *call)
{
    const struct form *form = find_form(step.opcode);
    bool nobody = call->client >> TS_RPC_INSTANCE_SHIFT == TS_RPC_INSTANCE_ALL;
    uint32_t id = 0;

    expect(form != NULL);
    memmove(&id, call->request, call->request_size < 4 ? call->request_size : 4);
    const struct live *used =
        form->uses != NOTHING ? live_find(form->uses, call->source, call->client, id) : NULL;
    bool had = used != NULL;

    if (is_too_costly(form, call, used)) {
        call->status = PSA_ERROR_INSUFFICIENT_MEMORY;
        return TS_RPC_SUCCESS;
    }

    for (size_t i = 0; i < crypto_service.row_count; i++) {
        if (crypto_service.rows[i].opcode == step.opcode) {
            int32_t status = crypto_service.rows[i].run(call);

            expect(status == TS_RPC_SUCCESS || status == TS_RPC_INVALID_VALUE ||
                   status == TS_RPC_INVALID_REQUEST_BODY || status == TS_RPC_INVALID_RESPONSE_BODY);
            expect((status == TS_RPC_INVALID_VALUE) ==
                   (nobody && step.opcode != TS_RPC_OP_CLIENT_GONE));
            expect(status != TS_RPC_SUCCESS || call->request_size >= fixed_sizes[form->shape]);
            expect(call->status == PSA_SUCCESS || call->response_size == 0);
            if (status == TS_RPC_SUCCESS) {
                follow_crypto(form, call, had);
            }
            live_follow(call, nobody);
            return status;
        }
    }
    expect(false);
    return TS_RPC_INTERNAL;
}

// A service that keeps no contract
static int32_t run_hostile(struct sp_rpc_call *call)
{
    size_t room = call->response_max;

    call->status = (int32_t)next() - 200;
    call->response_size = step.opcode == 2   ? room + 1
                          : step.opcode == 3 ? SIZE_MAX
                                             : next() % (room + 1);
    memset(call->response, 0xbb, call->response_size < room ? call->response_size : room);
    return step.opcode == 1 ? TS_RPC_RESOURCE_FAILURE : TS_RPC_SUCCESS;
}

// Every operation of both services
static int32_t run_checked(struct sp_rpc_call *call)
{
    expect(step.runs++ == 0 && step.copies_in == (step.request_size != 0));
    expect(call->source == step.source && call->client == step.client);
    expect(call->request_size == step.request_size && call->response_max == step.memory_size);
    expect(memcmp(call->request, step.copied, step.request_size) == 0);
    expect(call->response_size == 0 && call->status == 0);
    step.rpc_status = step.interface == 0 ? run_crypto(call) : run_hostile(call);
    if (step.rpc_status == TS_RPC_SUCCESS && call->response_size > step.memory_size) {
        step.rpc_status = TS_RPC_INTERNAL;
    }
    step.status = call->status;
    step.response_size = call->response_size <= step.memory_size ? call->response_size : 0;
    memmove(step.response, call->response, step.response_size);
    return call->response_size > step.memory_size ? TS_RPC_SUCCESS : step.rpc_status;
}

static struct sp_rpc_row crypto_rows[ARRAY_COUNT(forms)];
static struct sp_rpc_row hostile_rows[4]; // opcodes 0 … 3
static struct sp_rpc_service services[2];

// --- Messages ---

static const uint16_t sources[] = { FFA_ID_NWD, 0x8001, 0x8003 };

// `wanted`: the length that a key should have; else 0
static void put_record(size_t *size, unsigned int tag, size_t wanted)
{
    static const uint8_t lengths[] = { 0, 1, 12, 16, 24, 32, 33, 65 }; // of nonces, hashes, keys
    uint8_t kind = next();
    size_t length = wanted != 0 && kind < 0xe0 ? wanted
                    : kind < 0xa0              ? lengths[kind % 8]
                                               : kind % 96u;

    for (size_t i = 0; i < 4 + length && *size < shared_size; i++) {
        const uint8_t head[4] = { 0, (uint8_t)tag, 0, (uint8_t)length };

        shared_for_client[(*size)++] = i < 4 ? head[i] : (uint8_t)(i * 5 + (i == 4 ? kind / 2 : 0));
    }
}

static bool is_mine(const struct live *entry)
{
    return entry->thing != NOTHING && live_is_of(entry, step.source, step.client);
}

// A key or operation: mostly one that the caller has, if it has one
static const struct live *some_live(enum thing thing)
{
    static const struct live none;
    const struct live *found = &none;
    uint8_t choice = next();

    for (size_t i = 0; i < LIVE_MAX; i++) {
        const struct live *entry = &live[(choice + i) % LIVE_MAX];

        if (entry->thing == thing && (found == &none || !is_mine(found)) &&
            (is_mine(entry) || (choice & 0xc0) == 0)) {
            found = entry;
        }
    }
    return found;
}

// Whether a call of that form fits somebody who has `thing`
static bool fits(const struct form *form, enum thing thing)
{
    return form->uses == thing && (thing != NOTHING || form->makes != NOTHING);
}

// An opcode of the crypto service: mostly one on something that the caller has, and rather on an operation than on a key
static uint16_t pick_opcode(uint8_t choice)
{
    enum thing thing = NOTHING;
    size_t count = 0;

    for (size_t i = 0; i < LIVE_MAX && choice % 8 != 0; i++) {
        const struct live *entry = &live[(choice + i) % LIVE_MAX];

        if (entry->thing != NOTHING && is_mine(entry) &&
            (thing == NOTHING || (thing == KEY && choice % 4 != 0))) {
            thing = entry->thing;
        }
    }
    for (size_t i = 0; i < ARRAY_COUNT(forms); i++) {
        count += choice % 16 == 0 || fits(&forms[i], thing);
    }
    size_t nth = next() % count;

    for (size_t i = 0; i < ARRAY_COUNT(forms); i++) {
        if ((choice % 16 == 0 || fits(&forms[i], thing)) && nth-- == 0) {
            return forms[i].opcode;
        }
    }
    return forms[0].opcode; // not reached
}

static void put_attributes(uint32_t words[6])
{
    uint8_t kind = next();
    uint8_t flags = next();

    words[0] = key_kinds[kind % ARRAY_COUNT(key_kinds)].type;
    words[1] = key_kinds[kind % ARRAY_COUNT(key_kinds)].bits;
    words[2] = flags >= 0xf0; // persistent
    words[3] = flags % 4u;
    words[4] = flags >= 0xe0 ? flags * 0x101u : 0xff03; // all that there are
    words[5] = key_kinds[kind % ARRAY_COUNT(key_kinds)].alg;
}

// The fixed part: something that exists, or an algorithm, or a small number
static size_t put_fixed(void)
{
    // HKDF's more often, because it is chosen more often
    static const uint16_t steps[] = { 0x0101, 0x0101, 0x0203, 0x0203, 0x0202, 0x0102,
                                      0x0201, 0x0204, 0x0205, 0x0101, 0x0203 };
    const struct form *form = find_form(step.opcode);
    const struct live *entry = some_live(form != NULL ? form->uses : KEY);
    uint8_t shape = form != NULL ? form->shape : NUMBER;
    uint32_t words[8] = { entry->id, steps[next() % ARRAY_COUNT(steps)], next() % 40u };
    size_t length = fixed_sizes[shape];

    if (shape == NUMBER || shape == ID_NUMBER) {
        words[shape == NUMBER ? 0 : 1] = next() * 5u;
    } else if (shape == ALG || shape == ALG_ID) {
        uint8_t choice = next();

        words[0] =
            choice >= 0xc0 ? PSA_ALG_HKDF(PSA_ALG_SHA_256) : algs[choice % ARRAY_COUNT(algs)];
        words[1] = some_live(KEY)->id;
    } else if (shape == ID_ALG) {
        words[1] = entry->alg;
    } else if (shape == ATTRIBUTES || shape == ID_ATTRIBUTES) {
        put_attributes(words + (shape == ID_ATTRIBUTES));
    } else if (shape == ID_STEP_KEY || shape == ID_KEY) {
        words[shape == ID_KEY ? 1 : 2] = some_live(KEY)->id;
    }
    if (next() >= 0xe8) {
        words[next() % 7] ^= 1u << next() % 32;
    }
    length = length < shared_size ? length : shared_size;
    memmove(shared_for_client, words, length);
    return length;
}

static size_t put_request(void)
{
    const struct form *form = step.interface == 0 ? find_form(step.opcode) : NULL;
    uint8_t kind = next();
    size_t size;

    memset(shared_for_client, kind, shared_size);
    size = put_fixed();
    unsigned int records = form != NULL ? form->records : kind % 4u;

    for (unsigned int tag = 1; tag <= records; tag++) {
        if (kind % 16 != 0 || tag != 1u + kind / 16 % 3) {
            uint32_t bits = 0;

            if (step.opcode == CRYPTO_IMPORT_KEY && tag == 1 && size == 24) {
                memmove(&bits, shared_for_client + 4, sizeof(bits));
            }
            put_record(&size, tag, (bits + 7) / 8 % 256);
        }
    }
    if (kind >= 0xf0) { // damaged
        shared_for_client[next() % shared_size] = next();
    }
    return kind >= 0xe8 && kind < 0xf0 && size != 0 ? size - 1
           : kind >= 0xe0 && kind < 0xe8            ? size * next() / 16
                                                    : size;
}

// What the endpoint must answer without running anything; TS_RPC_SUCCESS: it must run.
static int32_t judge(const struct sp_message *message, uint64_t handle)
{
    uint32_t control = (uint32_t)message->arg[0];
    const struct sp_rpc_row *rows = step.interface == 0 ? crypto_rows : hostile_rows;
    size_t count = step.interface == 0 ? crypto_service.row_count : ARRAY_COUNT(hostile_rows);
    bool known = false;

    if (message->function == FFA_MSG_SEND_DIRECT_REQ_64 || control >> 30 != 0 ||
        step.interface > 1) {
        return TS_RPC_INVALID_VALUE;
    }
    for (size_t i = 0; i < count; i++) {
        known = known || rows[i].opcode == step.opcode;
    }
    if (known && handle != TS_RPC_NO_MEMORY && find_held(step.source, handle) == NULL) {
        return TS_RPC_NOT_FOUND;
    }
    return known && step.request_size <= step.memory_size ? TS_RPC_SUCCESS : TS_RPC_INVALID_VALUE;
}

// What the endpoint must answer to retrieve and relinquish; `had`: who shared what before
static int32_t judge_memory(size_t had_count, bool had)
{
    size_t limit = step.source == FFA_ID_NWD ? SP_RPC_MEMORIES_NWD : SP_RPC_MEMORIES_SP;

    if (step.opcode == TS_RPC_OP_RELINQUISH) {
        expect(step.retrievals == 0 && step.relinquishments == had);
        return !had ? TS_RPC_NOT_FOUND : step.spmc_refuses ? TS_RPC_TRANSPORT_LAYER : 0;
    }
    expect(step.retrievals == (had_count < limit));
    if (had_count >= limit) {
        return TS_RPC_NOT_FOUND;
    }
    if (had || step.spmc_refuses) {
        return TS_RPC_TRANSPORT_LAYER;
    }
    expect(step.relinquishments == step.too_large);
    expect((find_held(step.source, step.handle) != NULL) == !step.too_large);
    return step.too_large ? TS_RPC_INVALID_VALUE : 0;
}

// Management calls need no memory and touch none
static void check_management(const struct sp_message *message, const uint64_t before[5],
                             size_t had_count, bool had)
{
    bool is_memory = step.opcode == TS_RPC_OP_RETRIEVE || step.opcode == TS_RPC_OP_RELINQUISH;
    int32_t wanted = step.opcode == 0   ? 1
                     : is_memory        ? judge_memory(had_count, had)
                     : step.opcode == 3 ? TS_RPC_NOT_FOUND
                                        : TS_RPC_INVALID_VALUE;

    expect(is_memory || step.retrievals + step.relinquishments == 0);

    for (uint32_t i = 0; step.opcode == 3 && i < 2; i++) {
        const uint32_t *id = services[i].uuid;

        if (id[0] == before[1] && id[1] == before[2] && id[2] == before[3] && id[3] == before[4]) {
            expect(message->arg[2] == i);
            wanted = 0;
        }
    }
    expect(message->arg[1] == (uint32_t)wanted && step.runs == 0 && step.copies_in == 0);
    expect(message->arg[3] == 0 && (message->arg[2] == 0 || (step.opcode == 3 && wanted == 0)));
}

static void check_answer(const struct sp_message *message, int32_t wanted)
{
    bool runs = wanted == TS_RPC_SUCCESS;
    bool success = runs && step.rpc_status == TS_RPC_SUCCESS;

    expect(step.runs == runs && step.copies_in == (runs && step.request_size != 0));
    expect(step.copies_out == (success && step.response_size != 0));
    expect(step.retrievals + step.relinquishments == 0);
    expect(message->arg[1] == (uint32_t)(runs ? step.rpc_status : wanted));
    expect(message->arg[2] == (success ? (uint32_t)step.status : 0));
    expect(message->arg[3] == (success ? step.response_size : 0));
    if (success) {
        memmove(step.shared, step.response, step.response_size);
    }
}

static void fill_message(struct sp_message *message, uint64_t *handle)
{
    uint8_t who = next();
    uint8_t what = next();
    uint8_t how = next();

    step.source = sources[who < 0x90 ? 0 : who % 3];
    step.client = who >= 0xf8  ? (uint32_t)TS_RPC_INSTANCE_ALL << TS_RPC_INSTANCE_SHIFT
                  : who < 0x90 ? 0
                               : who / 3 % 2 | who / 6 % 3 << TS_RPC_INSTANCE_SHIFT;
    step.interface = what >= 0xf0 ? 0xff : what >= 0xe8 ? what % 4 : what >= 0xd0;
    step.opcode = step.interface == 0 ? pick_opcode(what) : what % 6;
    step.opcode = (uint16_t)(how >= 0xf8 ? step.opcode ^ 1u << next() % 16 : step.opcode);
    step.request_size = put_request();
    *handle = how % 16 == 1                     ? TS_RPC_NO_MEMORY
              : how % 16 == 2 || what % 16 == 0 ? 1 + next() % HANDLES
                                                : 1;
    step.handle = *handle;
    step.spmc_refuses = how % 16 == 9;
    step.too_large = how % 16 == 10;
    step.memory_size = *handle == TS_RPC_NO_MEMORY          ? 0
                       : shared_size < endpoint.buffer_size ? shared_size
                                                            : endpoint.buffer_size;
    message->arg[0] =
        step.opcode | step.interface << 16 | (how % 16 == 3 ? 1u << 30 << next() % 2 : 0);
    message->arg[1] = (uint32_t)*handle;
    message->arg[2] = *handle >> 32;
    message->arg[3] = step.request_size;
    message->arg[4] = step.client;
    for (size_t i = 0; step.interface == 0xff && step.opcode == 3 && i < 4; i++) {
        message->arg[1 + i] = services[how / 16 % 2].uuid[i] ^ (how % 16 == 4 + i);
    }
    message->endpoints = (uint64_t)step.source << 16 | 0x8002;
    message->function = how % 16 == 8 ? FFA_MSG_SEND_DIRECT_REQ_64 : FFA_MSG_SEND_DIRECT_REQ_32;
}

static bool is_zero(const uint8_t *bytes, size_t size)
{
    return bytes[0] == 0 && memcmp(bytes, bytes + 1, size - 1) == 0;
}

static void send_message(void)
{
    struct sp_message message;
    uint64_t before[5];
    uint64_t handle;
    uint64_t endpoints;
    size_t had_count;
    bool had;

    memset(&step, 0, sizeof(step));
    fill_message(&message, &handle);
    had = find_held(step.source, handle) != NULL;
    had_count = count_held(step.source);
    step.race = next();
    step.race_at = step.race % 2 ? next() : SIZE_MAX;
    memmove(step.shared, shared_for_client, shared_size);
    memmove(before, message.arg, sizeof(before));
    endpoints = message.endpoints;
    sp_rpc_answer(&endpoint, &message);
    expect(message.arg[0] == before[0] && message.arg[4] == 0 && message.endpoints == endpoints);
    if (step.interface == 0xff && message.function == FFA_MSG_SEND_DIRECT_REQ_32 &&
        before[0] >> 30 == 0) {
        check_management(&message, before, had_count, had);
    } else {
        message.arg[0] = before[0];
        check_answer(&message, judge(&message, handle));
    }
    expect(memcmp(shared_for_client, step.shared, shared_size) == 0);
    expect(is_zero(endpoint.request, endpoint.buffer_size));
    expect(is_zero(endpoint.response, endpoint.buffer_size));
}

// --- The run ---

static void start(void)
{
    uint8_t seed[CRYPTO_SEED_SIZE] = { 1 };
    int file = memfd_create("shared", 0);

    expect(file >= 0 && ftruncate(file, PAGE_SIZE) == 0);
    service_view = mmap(NULL, 2 * PAGE_SIZE, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    expect(service_view != MAP_FAILED);
    expect(mmap(service_view, PAGE_SIZE, PROT_NONE, MAP_SHARED | MAP_FIXED, file, 0) ==
           service_view);
    client_view = mmap(NULL, PAGE_SIZE, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
    expect(client_view != MAP_FAILED && close(file) == 0);
    expect(crypto_service_init(seed, NULL) == 0);
    expect(crypto_service.row_count == ARRAY_COUNT(forms));
    for (size_t i = 0; i < crypto_service.row_count; i++) {
        expect(crypto_service.rows[i].opcode == forms[i].opcode);
        crypto_rows[i] = (struct sp_rpc_row){ crypto_service.rows[i].opcode, run_checked };
    }
    for (size_t i = 0; i < ARRAY_COUNT(hostile_rows); i++) {
        hostile_rows[i] = (struct sp_rpc_row){ (uint16_t)i, run_checked };
    }
    services[0] =
        (struct sp_rpc_service){ .rows = crypto_rows, .row_count = crypto_service.row_count };
    memmove(services[0].uuid, crypto_service.uuid, sizeof(services[0].uuid));
    services[1] =
        (struct sp_rpc_service){ { 1, 2, 3, 4 }, hostile_rows, ARRAY_COUNT(hostile_rows) };
}

// What every client has is still there; then all of them go, and nothing is left behind.
static void finish(void)
{
    for (size_t i = 0; i < LIVE_MAX; i++) {
        expect(live[i].thing == NOTHING || live_exists(&live[i]));
    }
    for (size_t i = 0; i < 2 * LIVE_MAX;
         i++) { // keys, because persistent ones would stay; then all
        const struct live *entry = &live[i % LIVE_MAX];
        struct sp_rpc_call call = { .source = crypto_owner_source(entry->owner),
                                    .client = entry->client,
                                    .request = (const uint8_t *)&entry->id,
                                    .request_size = i < LIVE_MAX ? sizeof(entry->id) : 0,
                                    .response = endpoint.response };
        sp_rpc_operation run = i < LIVE_MAX ? crypto_run_destroy_key : crypto_run_client_gone;

        if (entry->thing == KEY || (entry->thing != NOTHING && i >= LIVE_MAX)) {
            expect(run(&call) == TS_RPC_SUCCESS && call.status == PSA_SUCCESS);
        }
    }
    for (size_t i = 0; i < LIVE_MAX; i++) {
        expect(live[i].thing == NOTHING || !live_exists(&live[i]));
        live[i].thing = NOTHING;
    }
    crypto_heap_charge(CRYPTO_SOURCES);
    for (size_t i = 0; i < CRYPTO_SOURCES; i++) {
        expect(crypto_heap_used(i) == 0);
    }
}

// Each client has shared memory 1, unless the input says otherwise
static void share_first(void)
{
    uint8_t without = next();

    memset(held, 0, sizeof(held));
    for (size_t i = 0; i < ARRAY_COUNT(sources); i++) {
        struct sp_message message = {
            .arg = { TS_RPC_INTERFACE_MANAGEMENT << TS_RPC_INTERFACE_SHIFT | TS_RPC_OP_RETRIEVE,
                     1 },
            .endpoints = (uint64_t)sources[i] << 16 | 0x8002,
            .function = FFA_MSG_SEND_DIRECT_REQ_32,
        };

        if (without >= 0xe0 && without % 3 == i) {
            continue;
        }
        memset(&step, 0, sizeof(step));
        step.source = sources[i];
        step.handle = 1;
        sp_rpc_answer(&endpoint, &message);
        expect(message.arg[1] == TS_RPC_SUCCESS && step.retrievals == 1);
    }
}

// A request of the normal world's first client that must succeed: `words`, and `length` bytes of record 1. What it makes
// becomes live; returns its name.
static uint32_t do_first(uint16_t opcode, const uint32_t *words, size_t size, size_t length)
{
    const struct form *form = find_form(opcode);
    uint8_t request[24 + 4 + 32] = { 0 };
    uint8_t response[4] = { 0 };
    uint32_t made;
    struct sp_rpc_call call = {
        .source = FFA_ID_NWD,
        .request = request,
        .request_size = size + 4 + length,
        .response = response,
        .response_max = sizeof(response),
    };

    memmove(request, words, size);
    request[size + 1] = 1;
    request[size + 3] = (uint8_t)length;
    memset(request + size + 4, 0x11, length);
    for (size_t i = 0; i < crypto_service.row_count; i++) {
        if (crypto_service.rows[i].opcode == opcode) {
            expect(crypto_service.rows[i].run(&call) == TS_RPC_SUCCESS);
        }
    }
    expect(call.status == PSA_SUCCESS);
    if (form->makes != NOTHING) {
        live_add(form->makes, &call);
    }
    memmove(&made, response, sizeof(made));
    return made;
}

// What the normal world's first client has before the messages: a key; if it is one for a derivation, that derivation
static void make_first(void)
{
    size_t kind = next() % 12u;
    const uint32_t attributes[6] = { key_kinds[kind].type, key_kinds[kind].bits, 0, 0, 0xff03,
                                     key_kinds[kind].alg };
    const uint32_t hkdf = PSA_ALG_HKDF(PSA_ALG_SHA_256);
    uint32_t key = do_first(CRYPTO_IMPORT_KEY, attributes, 24, key_kinds[kind].bits / 8);

    if (key_kinds[kind].alg == hkdf) {
        uint32_t words[3] = { 0, PSA_KEY_DERIVATION_INPUT_SECRET, key };

        words[0] = do_first(CRYPTO_DERIVE_SETUP, &hkdf, 4, 0);
        (void)do_first(CRYPTO_DERIVE_INPUT_KEY, words, 12, 0);
        words[1] = PSA_KEY_DERIVATION_INPUT_INFO;
        (void)do_first(CRYPTO_DERIVE_INPUT_BYTES, words, 8, 3);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const uint16_t shared_sizes[] = { 256, 4, 24, 36, 64, 100, 1024, PAGE_SIZE };
    static const uint16_t buffer_sizes[] = { 1024, 40, 255, PAGE_SIZE };
    uint8_t sizes;

    if (service_view == NULL) {
        start();
    }
    fuzz_input_begin(data, size);
    sizes = next();
    endpoint = (struct sp_rpc_endpoint){
        .services = services,
        .service_count = 2,
        .buffer_size = buffer_sizes[sizes / 8 % 4],
    };
    shared_size = shared_sizes[sizes % 8];
    endpoint.request = calloc(1, endpoint.buffer_size);
    endpoint.response = calloc(1, endpoint.buffer_size);
    expect(endpoint.request != NULL && endpoint.response != NULL);
    service_shared = service_view + PAGE_SIZE - shared_size;
    shared_for_client = client_view + PAGE_SIZE - shared_size;
    share_first();
    make_first();
    for (int i = 0; i < STEPS_MAX; i++) {
        send_message();
    }
    finish();
    free(endpoint.request);
    free(endpoint.response);
    return 0;
}
