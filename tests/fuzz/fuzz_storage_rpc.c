// SPDX-License-Identifier: BSD-3-Clause
//
// libFuzzer target for the storage services behind their RPC endpoint: the input is a series of calls of several clients, with
// heads, sizes and bodies of its choice, and failures of the store. Each asset's bytes name whose they are. Traps if a client
// gets a byte of another, a write-once asset changes, a quota is exceeded, a status is not one of its operation's, anything
// beyond the response is touched, or an operation breaks the store's contract (storage_fake.c).
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "fuzz_input.h"
#include "storage_proto.h"
#include "storage_quota.h"
#include "storage_service.h"
#include "tests/unit/partitions/storage_fake.h"

#define STEPS 30
#define UIDS 4
#define RESPONSE_ROOM 0x10100
#define CANARY 0x3c

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct fuzz_input fuzz_input;

static const uint16_t sources[] = { 0x0000, 0x8001, 0x8003, 0x8008, 0x8009, 0x0001 };
static uint8_t response[RESPONSE_ROOM];

// What the run is to know of an asset: of uids 1 … UIDS only
struct known {
    bool once; // write-once, of this size, from now on
    uint32_t size;
};
static struct known known[sizeof(sources) / sizeof(sources[0])][2][2][UIDS + 1];

// Small numbers, the edges that matter, and anything
static uint64_t next_number(void)
{
    static const uint64_t edges[] = { 0x8000,     0xffff,     0x10000,    0x10001, 0x7fffffff,
                                      0xffffffff, 1ULL << 32, 1ULL << 63, -1ULL,   -24ULL };
    uint8_t kind = next();
    uint64_t value = 0;

    if (kind < 0xc0) {
        return kind;
    }
    if (kind < 0xf0) {
        return edges[kind % (sizeof(edges) / sizeof(edges[0]))];
    }
    for (int i = 0; i < 8; i++) {
        value = value << 8 | next();
    }
    return value;
}

// Mostly one of those that `known` is about
static uint64_t next_uid(void)
{
    uint8_t kind = next();

    return kind < 0xf0 ? kind % (UIDS + 2) : next_number();
}

// One call
static struct step {
    size_t who; // in sources
    uint32_t client;
    unsigned int space;
    uint16_t opcode;
    uint64_t words
        [3]; // uid, and the two numbers behind it (flags in the low half of the last, as it may be)
    uint8_t mark; // of this owner's data
} step;

static struct known *known_of(void)
{
    return step.client < 2 && step.words[0] >= 1 && step.words[0] <= UIDS
               ? &known[step.who][step.client][step.space][step.words[0]]
               : NULL;
}

static size_t head_size(void)
{
    switch (step.opcode) {
    case STORAGE_SET:
    case STORAGE_CREATE:
        return 20;
    case STORAGE_GET:
    case STORAGE_SET_EXTENDED:
        return 24;
    case STORAGE_GET_INFO:
    case STORAGE_REMOVE:
        return 8;
    default:
        return 0;
    }
}

// The request in memory of exactly its size
static uint8_t *make_request(size_t *size)
{
    size_t head = head_size();
    uint8_t how = next();
    size_t data = how < 0xe0 ? how : how < 0xf0 ? (size_t)(how & 0xf) * 4369 + 2 : 0;
    bool honest = next() < 0xd0;

    if (honest && step.opcode == STORAGE_SET) {
        step.words[1] = data;
        step.words[2] = (uint32_t)step.words[2];
    } else if (honest && step.opcode == STORAGE_SET_EXTENDED) {
        step.words[2] = data;
    }
    *size = how >= 0xf0 ? head * (how & 0xf) / 16 : head + data;
    uint8_t *request = malloc(*size);

    expect(request != NULL || *size == 0);
    if (*size != 0) {
        memset(request, step.mark, *size);
        memcpy(request, step.words, *size < head ? *size : head);
    }
    return request;
}

static bool is_status(int32_t status)
{
    switch (status) {
    case STORAGE_SUCCESS:
    case STORAGE_ERROR_GENERIC_ERROR:
    case STORAGE_ERROR_NOT_PERMITTED:
    case STORAGE_ERROR_NOT_SUPPORTED:
    case STORAGE_ERROR_INVALID_ARGUMENT:
    case STORAGE_ERROR_ALREADY_EXISTS:
    case STORAGE_ERROR_DOES_NOT_EXIST:
    case STORAGE_ERROR_INSUFFICIENT_STORAGE:
    case STORAGE_ERROR_STORAGE_FAILURE:
    case STORAGE_ERROR_INVALID_SIGNATURE:
    case STORAGE_ERROR_DATA_CORRUPT:
        return true;
    default:
        return false;
    }
}

static void check_success(const struct sp_rpc_call *call)
{
    struct known *asset = known_of();
    struct storage_asset_info info;

    expect(head_size() == 0 || step.words[0] != 0);
    switch (step.opcode) {
    case STORAGE_SET:
        expect(step.words[1] <= STORAGE_DATA_MAX && step.words[1] + 20 <= call->request_size);
        expect((uint32_t)step.words[2] < 8 && (asset == NULL || !asset->once));
        if (asset != NULL) {
            *asset = (struct known){ .once = (step.words[2] & STORAGE_FLAG_WRITE_ONCE) != 0,
                                     .size = (uint32_t)step.words[1] };
        }
        break;
    case STORAGE_GET:
        expect(call->response_size <= step.words[2]);
        for (size_t i = 0; i < call->response_size; i++) {
            expect(response[i] == step.mark);
        }
        if (asset != NULL && asset->once) {
            expect(call->response_size <= asset->size);
        }
        break;
    case STORAGE_GET_INFO:
        expect(call->response_size == sizeof(info));
        memcpy(&info, response, sizeof(info));
        expect(info.size <= info.capacity && info.capacity <= STORAGE_DATA_MAX && info.flags < 8);
        expect(asset == NULL || !asset->once ||
               (info.size == asset->size && (info.flags & STORAGE_FLAG_WRITE_ONCE) != 0));
        break;
    case STORAGE_REMOVE:
        expect(asset == NULL || !asset->once);
        break;
    case STORAGE_CREATE:
        expect(step.space == 1 && step.words[1] <= STORAGE_DATA_MAX);
        expect((step.words[2] & 0xfffffff9) == 0 && (asset == NULL || !asset->once));
        break;
    case STORAGE_SET_EXTENDED:
        expect(step.space == 1 && (asset == NULL || !asset->once));
        expect(step.words[2] + 24 <= call->request_size && step.words[1] <= STORAGE_DATA_MAX);
        break;
    default:
        break;
    }
}

static void check_answer(const struct sp_rpc_call *call, int32_t rpc_status)
{
    expect(rpc_status == TS_RPC_SUCCESS || rpc_status == TS_RPC_INVALID_VALUE ||
           rpc_status == TS_RPC_INVALID_REQUEST_BODY || rpc_status == TS_RPC_INVALID_RESPONSE_BODY);
    expect((rpc_status == TS_RPC_INVALID_VALUE) == (step.client > UINT16_MAX));
    expect(rpc_status != TS_RPC_SUCCESS || call->request_size >= head_size() ||
           (step.space == 0 && step.opcode >= STORAGE_CREATE));
    expect(is_status(call->status) && call->response_size <= call->response_max);
    expect(call->status == STORAGE_SUCCESS || call->response_size == 0);
    for (size_t i = call->response_max; i < call->response_max + 0x100; i++) {
        expect(response[i] == CANARY);
    }
    if (rpc_status == TS_RPC_SUCCESS && call->status == STORAGE_SUCCESS) {
        check_success(call);
    }
}

static void check_quotas(void)
{
    uint32_t assets = 0;
    uint32_t bytes = 0;

    for (size_t i = 0; i < sizeof(sources) / sizeof(sources[0]); i++) {
        struct storage_usage usage;

        storage_log_usage(sources[i], &usage);
        assets += usage.assets;
        bytes += usage.bytes;
        if (sources[i] == 0) {
            expect(usage.assets <= STORAGE_ASSETS_NWD && usage.bytes <= STORAGE_BYTES_NWD);
        } else if (sources[i] == 0x8009 || sources[i] == 1) {
            expect(usage.assets == 0);
        } else {
            expect(usage.assets <= STORAGE_ASSETS_SP + STORAGE_ASSETS_POOL &&
                   usage.bytes <= STORAGE_BYTES_SP + STORAGE_BYTES_POOL);
        }
    }
    expect(assets <= STORAGE_ASSETS_ALL && bytes <= STORAGE_BYTES_ALL);
}

static void make_call(void)
{
    static const size_t rooms[] = { 0x10000, 0, 8, 19, 20, 100, 0x1000, 0xffff };
    uint8_t what = next();
    uint8_t who = next();

    step = (struct step){
        .who = who % (sizeof(sources) / sizeof(sources[0])),
        .client = who >= 0xf8 ? 0x10000u << (who & 7) : who / 16 % 2,
        .space = what & 1,
        .words = { next_uid(), next_number(), next_number() },
    };
    const struct sp_rpc_service *service = &storage_services[step.space];
    const struct sp_rpc_row *row = &service->rows[what / 2 % service->row_count];

    step.opcode = row->opcode;
    step.mark = (uint8_t)(1 + (step.who * 2 + step.client % 2) * 2 + step.space);
    struct sp_rpc_call call = {
        .source = sources[step.who],
        .client = step.client,
        .response = response,
        .response_max = rooms[next() % (sizeof(rooms) / sizeof(rooms[0]))],
    };
    uint8_t *request = make_request(&call.request_size);

    call.request = request;
    memset(response + call.response_max, CANARY, 0x100);
    check_answer(&call, row->run(&call));
    free(request);
}

// One function of the store fails, or works again
static void change_store(void)
{
    uint8_t what = next();
    enum fake_call which = (enum fake_call)(what % FAKE_CALLS);

    fake.fail[which] = what >= 0x80 ? -(int)(what & 0xf) : 0;
    if (fake.fail[FAKE_INFO] == ERR_NOT_FOUND || fake.fail[FAKE_INFO] == ERR_CORRUPT) {
        fake.fail[FAKE_INFO] = ERR_IO; // a log that lies about what is there cannot be protected
    }
    fake.room = what >= 0xf0 ? 0x20000 : UINT32_MAX;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    fuzz_input_begin(data, size);
    fake_reset();
    memset(known, 0, sizeof(known));
    storage_service_init(0);
    for (int i = 0; i < STEPS; i++) {
        if (next() >= 0xf0) {
            change_store();
        } else {
            make_call();
        }
        check_quotas();
    }
    return 0;
}
