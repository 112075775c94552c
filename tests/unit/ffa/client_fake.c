// SPDX-License-Identifier: BSD-3-Clause
//
// See client_fake.h.
#include "tests/unit/ffa/client_fake.h"

#include <string.h>

#include "errors.h"
#include "ts_rpc_abi.h"

struct fake fake;

static const struct {
    uint16_t partition;
    uint32_t interface;
    uint32_t uuid[4];
} services[] = {
    { FAKE_CRYPTO, 0, TS_CRYPTO_UUID },
    { FAKE_STORAGE, FAKE_ITS, TS_ITS_UUID },
    { FAKE_STORAGE, FAKE_PS, TS_PS_UUID },
    { FAKE_STORAGE, FAKE_ATTEST, TS_ATTEST_UUID },
};

static void set_response(struct ffa_args *args, uint32_t w4, uint32_t w5, uint32_t w6)
{
    args->x[0] = FFA_MSG_SEND_DIRECT_RESP_32;
    args->x[4] = w4;
    args->x[5] = w5;
    args->x[6] = w6;
    args->x[7] = 0;
}

static void answer_list(struct ffa_args *args)
{
    uint64_t last = fake.has_storage ? 1 : 0;

    *args = (struct ffa_args){ .x = { FFA_SUCCESS_64, 0, 24ULL << 48 | last << 16 | last,
                                      FAKE_CRYPTO | 1 << 16 | 0x101ULL << 32 } };
    args->x[6] = FAKE_STORAGE | 1 << 16 | 0x101ULL << 32;
}

static void answer_management(struct ffa_args *args, uint16_t partition)
{
    switch (args->x[3] & TS_RPC_OPCODE_MASK) {
    case TS_RPC_OP_VERSION:
        set_response(args, TS_RPC_VERSION, 0, 0);
        return;
    case TS_RPC_OP_SERVICE_INFO:
        for (size_t i = 0; i < sizeof(services) / sizeof(services[0]); i++) {
            const uint32_t *uuid = services[i].uuid;

            if (services[i].partition == partition && uuid[0] == args->x[4] &&
                uuid[1] == args->x[5] && uuid[2] == args->x[6] && uuid[3] == args->x[7]) {
                set_response(args, TS_RPC_SUCCESS, services[i].interface, 0);
                return;
            }
        }
        set_response(args, (uint32_t)TS_RPC_NOT_FOUND, 0, 0);
        return;
    default:
        assert_int_equal(args->x[4], partition); // the handle
        set_response(args, TS_RPC_SUCCESS, 0, 0);
        return;
    }
}

static void answer_service(struct ffa_args *args, uint16_t partition)
{
    static const struct fake_reply nothing;
    uint8_t *memory = fake.memory[partition == FAKE_STORAGE];
    struct fake_call *call = &fake.calls[fake.call_count];

    assert_true(fake.call_count < FAKE_CALLS);
    assert_int_equal(args->x[4], partition);
    assert_true(args->x[6] <= fake.memory_size);
    call->partition = partition;
    call->interface = (uint32_t)args->x[3] >> 16;
    call->opcode = (uint16_t)args->x[3];
    call->client = (uint32_t)args->x[7];
    call->size = args->x[6];
    memcpy(call->body, memory, call->size);

    size_t number = fake.call_count < fake.reply_count ? fake.call_count : fake.reply_count - 1;
    const struct fake_reply *reply = fake.reply_count != 0 ? &fake.replies[number] : &nothing;

    fake.call_count++;
    memset(memory, 0xee, fake.memory_size);
    memcpy(memory, reply->body, reply->size < fake.memory_size ? reply->size : fake.memory_size);
    set_response(args, (uint32_t)reply->rpc_status, (uint32_t)reply->service_status, reply->size);
}

static void partitions(struct ffa_transport *from, struct ffa_args *args)
{
    uint16_t partition = (uint16_t)args->x[1];

    assert_ptr_equal(from, &fake.transport);
    if (fake.dead) {
        *args = (struct ffa_args){ .x = { FFA_ERROR, 0, (uint32_t)FFA_ABORTED } };
    } else if ((uint32_t)args->x[0] == FFA_PARTITION_INFO_GET_REGS) {
        answer_list(args);
    } else {
        assert_int_equal(args->x[0], FFA_MSG_SEND_DIRECT_REQ_32);
        assert_true(partition == FAKE_CRYPTO || (fake.has_storage && partition == FAKE_STORAGE));
        if ((args->x[3] & 0xff0000) == 0xff0000) {
            answer_management(args, partition);
        } else {
            answer_service(args, partition);
        }
    }
}

static int share(struct ffa_transport *from, uint16_t partition, struct ffa_shared *memory)
{
    assert_ptr_equal(from, &fake.transport);
    fake.shares++;
    *memory = (struct ffa_shared){
        .base = fake.memory[partition == FAKE_STORAGE],
        .size = fake.memory_size,
        .handle = partition,
    };
    return 0;
}

static int reclaim(struct ffa_transport *from, uint64_t handle)
{
    assert_ptr_equal(from, &fake.transport);
    assert_true(handle == FAKE_CRYPTO || handle == FAKE_STORAGE);
    fake.reclaims++;
    return 0;
}

int fake_reset(void **state)
{
    (void)state;
    memset(&fake, 0, sizeof(fake));
    fake.memory_size = 256;
    fake.has_storage = true;
    fake.transport = (struct ffa_transport){
        .call = partitions,
        .share = share,
        .reclaim = reclaim,
        .shared_size = 1,
    };
    (void)psa_client_disconnect(); // of the case before, whose partitions are these
    fake.shares = 0;
    fake.reclaims = 0;
    return 0;
}

int fake_start(void **state)
{
    fake_reset(state);
    assert_int_equal(psa_client_connect(&fake.transport), PSA_SUCCESS);
    return 0;
}

static struct fake_reply *next_reply(void)
{
    assert_true(fake.reply_count < FAKE_CALLS);
    return &fake.replies[fake.reply_count++];
}

void fake_answer(const void *body, size_t size)
{
    struct fake_reply *reply = next_reply();

    memcpy(reply->body, body, size);
    reply->size = (uint32_t)size;
}

void fake_answer_record(const void *value, size_t size)
{
    struct fake_reply *reply = next_reply();

    reply->body[1] = 1;
    reply->body[2] = (uint8_t)(size >> 8);
    reply->body[3] = (uint8_t)size;
    memcpy(reply->body + 4, value, size);
    reply->size = (uint32_t)size + 4;
}

void fake_answer_status(int32_t status)
{
    next_reply()->service_status = status;
}

void fake_clear(void)
{
    memset(fake.calls, 0, sizeof(fake.calls));
    memset(fake.replies, 0, sizeof(fake.replies));
    fake.call_count = 0;
    fake.reply_count = 0;
}
