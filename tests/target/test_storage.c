// SPDX-License-Identifier: BSD-3-Clause
//
// The storage partition: PSA Internal Trusted Storage and Protected Storage over Trusted Services RPC on the real firmware, with
// requests of all kinds, a client that writes while it is served, quotas that run full, a flash that refuses.
#include "tests/target/storage_client.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "ffa/abi/ts_caps.h"
#include "ffa/abi/ts_rpc_abi.h"
#include "ffa/client/psa/internal_trusted_storage.h"
#include "ffa/client/psa/protected_storage.h"
#include "ffa/client/psa_client.h"
#include "partitions/storage/storage_quota.h"

static uint8_t large[STORAGE_DATA_MAX + 256]; // cases begin somewhere in its first bytes
static const uint8_t text[32] = "thirty-two bytes to be kept here";

static int group(void **state)
{
    for (size_t i = 0; i < sizeof(large); i++) {
        large[i] = (uint8_t)(i * 31 + i / 253);
    }
    return storage_flash_setup(state);
}

// A machine with nothing stored that the other cases share; each removes what it set
static int ready(void **state)
{
    struct h_options o = storage_options(H_FLASH_SNAPSHOT);
    struct harness *before = machine;

    (void)state;
    target_machine(&o);
    if (machine != before) {
        storage_open();
    }
    storage.client = 0;
    return 0;
}

// ---- Assets ----------------------------------------------------------------------------------------------------------

static void what_is_stored_comes_back(void **state)
{
    static const size_t sizes[] = { 0,    1,    15,   16,   17,    32,    100,
                                    4095, 4096, 4097, 8192, 30000, 65535, 65536 };

    (void)state;
    for (unsigned int space = ITS; space <= PS; space++) {
        for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
            print_message("%zu bytes\n", sizes[i]);
            assert_int_equal(storage_set(space, 100 + i, large + i, sizes[i], 0), STORAGE_SUCCESS);
        }
        for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
            struct storage_asset_info info;
            size_t size = sizes[i];

            storage_assert(space, 100 + i, large + i, size);
            assert_int_equal(storage_info(space, 100 + i, &info), STORAGE_SUCCESS);
            assert_int_equal(info.size, size);
            assert_int_equal(info.capacity, size);
            assert_int_equal(info.flags, 0);
            assert_int_equal(storage_remove(space, 100 + i), STORAGE_SUCCESS);
            assert_int_equal(storage_info(space, 100 + i, &info), STORAGE_ERROR_DOES_NOT_EXIST);
        }
    }
}

static void the_largest_asset_is_64_kib(void **state)
{
    (void)state;
    assert_int_equal(storage_set(ITS, 1, large, STORAGE_DATA_MAX, 0), STORAGE_SUCCESS);
    storage_assert(ITS, 1, large, STORAGE_DATA_MAX);
    assert_int_equal(storage_set(ITS, 1, text, 32, 0), STORAGE_SUCCESS);
    storage_assert(ITS, 1, text, 32);
    assert_int_equal(storage_remove(ITS, 1), STORAGE_SUCCESS);
    assert_int_equal(storage_create(1, STORAGE_DATA_MAX + 1, 0),
                     STORAGE_ERROR_INSUFFICIENT_STORAGE);
}

static void parts_are_read_and_written(void **state)
{
    static uint8_t shadow[STORAGE_DATA_MAX];
    static const struct {
        uint32_t offset;
        uint32_t size;
    } parts[] = { { 0, 1 },       { 1, 4095 }, { 4096, 4096 },  { 8192, 1 }, { 8193, 20000 },
                  { 0, 65536 },   { 4095, 2 }, { 65535, 1 },    { 100, 1 },  { 12287, 4098 },
                  { 30000, 100 }, { 0, 5 },    { 40960, 24576 } };
    uint8_t got[STORAGE_DATA_MAX];
    size_t size = 0;
    size_t count;

    (void)state;
    assert_int_equal(storage_create(9, sizeof(shadow), 0), STORAGE_SUCCESS);
    for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
        const uint8_t *from = large + (i * 977) % (sizeof(large) - parts[i].size + 1);
        size_t end = parts[i].offset + parts[i].size;

        assert_int_equal(storage_extend(9, parts[i].offset, from, parts[i].size), STORAGE_SUCCESS);
        memcpy(shadow + parts[i].offset, from, parts[i].size);
        size = end > size ? end : size;
        storage_assert(PS, 9, shadow, size);
        assert_int_equal(storage_get(PS, 9, parts[i].offset, parts[i].size, got, &count),
                         STORAGE_SUCCESS);
        assert_int_equal(count, parts[i].size);
        assert_memory_equal(got, shadow + parts[i].offset, count);
    }
    assert_int_equal(storage_remove(PS, 9), STORAGE_SUCCESS);
}

static void wrong_arguments_have_their_codes(void **state)
{
    struct storage_asset_info info;
    size_t got;

    (void)state;
    for (unsigned int space = ITS; space <= PS; space++) {
        assert_int_equal(storage_set(space, 0, text, 4, 0), STORAGE_ERROR_INVALID_ARGUMENT);
        assert_int_equal(storage_get(space, 0, 0, 4, NULL, &got), STORAGE_ERROR_INVALID_ARGUMENT);
        assert_int_equal(storage_info(space, 0, &info), STORAGE_ERROR_INVALID_ARGUMENT);
        assert_int_equal(storage_remove(space, 0), STORAGE_ERROR_INVALID_ARGUMENT);
        assert_int_equal(storage_set(space, 3, text, 4, 8), STORAGE_ERROR_NOT_SUPPORTED);
        assert_int_equal(storage_set(space, 3, text, 4, 0x80000000), STORAGE_ERROR_NOT_SUPPORTED);
        assert_int_equal(storage_get(space, 3, 0, 4, NULL, &got), STORAGE_ERROR_DOES_NOT_EXIST);
        assert_int_equal(storage_remove(space, 3), STORAGE_ERROR_DOES_NOT_EXIST);
        assert_int_equal(storage_set(space, 3, text, 20, 0), STORAGE_SUCCESS);
        assert_int_equal(storage_get(space, 3, 20, 4, NULL, &got), STORAGE_SUCCESS);
        assert_int_equal(got, 0);
        assert_int_equal(storage_get(space, 3, 21, 0, NULL, &got), STORAGE_ERROR_INVALID_ARGUMENT);
        assert_int_equal(storage_get(space, 3, 0xffffffff, 10, NULL, &got),
                         STORAGE_ERROR_INVALID_ARGUMENT);
        assert_int_equal(storage_get(space, 3, UINT64_MAX, 2, NULL, &got),
                         STORAGE_ERROR_INVALID_ARGUMENT);
        assert_int_equal(storage_get(space, 3, 18, 0xffffffff, NULL, &got),
                         STORAGE_ERROR_INVALID_ARGUMENT);
        assert_int_equal(storage_get(space, 3, 18, 1000, NULL, &got), STORAGE_SUCCESS);
        assert_int_equal(got, 2);
        assert_int_equal(storage_remove(space, 3), STORAGE_SUCCESS);
    }
    assert_int_equal(storage_create(3, 16, STORAGE_FLAG_WRITE_ONCE), STORAGE_ERROR_NOT_SUPPORTED);
    assert_int_equal(storage_extend(3, 0, text, 1), STORAGE_ERROR_DOES_NOT_EXIST);
    assert_int_equal(storage_create(3, 16, 0), STORAGE_SUCCESS);
    assert_int_equal(storage_create(3, 16, 0), STORAGE_ERROR_ALREADY_EXISTS);
    assert_int_equal(storage_extend(3, 1, text, 1), STORAGE_ERROR_INVALID_ARGUMENT);
    assert_int_equal(storage_extend(3, 0, text, 17), STORAGE_ERROR_INVALID_ARGUMENT);
    assert_int_equal(storage_extend(3, UINT64_MAX, text, 2), STORAGE_ERROR_INVALID_ARGUMENT);
    assert_int_equal(storage_extend(3, 0, text, 16), STORAGE_SUCCESS);
    storage_assert(PS, 3, text, 16);
    assert_int_equal(storage_remove(PS, 3), STORAGE_SUCCESS);
}

// Last of its uid: nothing removes it from this machine
static void write_once_stays(void **state)
{
    (void)state;
    for (unsigned int space = ITS; space <= PS; space++) {
        assert_int_equal(storage_set(space, 77, text, 32, STORAGE_FLAG_WRITE_ONCE),
                         STORAGE_SUCCESS);
        assert_int_equal(storage_set(space, 77, text, 4, 0), STORAGE_ERROR_NOT_PERMITTED);
        assert_int_equal(storage_set(space, 77, text, 0, STORAGE_FLAG_WRITE_ONCE),
                         STORAGE_ERROR_NOT_PERMITTED);
        assert_int_equal(storage_remove(space, 77), STORAGE_ERROR_NOT_PERMITTED);
        storage_assert(space, 77, text, 32);
    }
    assert_int_equal(storage_extend(77, 0, text + 1, 1), STORAGE_ERROR_NOT_PERMITTED);
    storage_assert(PS, 77, text, 32);
}

// ---- Clients ---------------------------------------------------------------------------------------------------------

static void two_clients_have_two_stores(void **state)
{
    static const uint32_t clients[] = { 0, 1, 2, 0xffff };
    size_t got;

    (void)state;
    for (size_t i = 0; i < 4; i++) {
        storage.client = clients[i];
        assert_int_equal(storage_get(ITS, 5, 0, 32, NULL, &got), STORAGE_ERROR_DOES_NOT_EXIST);
        assert_int_equal(storage_set(ITS, 5, text + i, 20, 0), STORAGE_SUCCESS);
        assert_int_equal(storage_get(PS, 5, 0, 32, NULL, &got), STORAGE_ERROR_DOES_NOT_EXIST);
    }
    for (size_t i = 0; i < 4; i++) {
        storage.client = clients[i];
        storage_assert(ITS, 5, text + i, 20);
        assert_int_equal(storage_remove(ITS, 5), STORAGE_SUCCESS);
    }
}

// The bytes after the answer are those that the request left there: nothing of another client comes with it
static void an_answer_is_all_that_comes(void **state)
{
    size_t got;

    (void)state;
    storage.client = 1;
    assert_int_equal(storage_set(ITS, 5, large, 60000, 0), STORAGE_SUCCESS);
    storage.client = 2;
    assert_int_equal(storage_set(ITS, 5, text, 32, 0), STORAGE_SUCCESS);
    memset(storage.shared, 0xee, storage.session.memory.size);
    assert_int_equal(storage_get(ITS, 5, 0, STORAGE_DATA_MAX, NULL, &got), STORAGE_SUCCESS);
    assert_int_equal(got, 32);
    for (size_t i = 32; i < storage.session.memory.size; i++) {
        assert_int_equal(storage.shared[i], 0xee);
    }
    assert_int_equal(storage_remove(ITS, 5), STORAGE_SUCCESS);
    storage.client = 1;
    assert_int_equal(storage_remove(ITS, 5), STORAGE_SUCCESS);
}

// sp_peer does not speak the protocol, so the manifest does not admit it
static void a_partition_that_is_not_admitted_is_denied(void **state)
{
    struct peer_script *s = peer_begin(PEER1_ID);

    (void)state;
    peer_add(s, PEER_CALL, FFA_MSG_SEND_DIRECT_REQ_32,
             (uint64_t)PEER1_ID << 16 | storage.session.partition, 0,
             TS_RPC_INTERFACE_MANAGEMENT << TS_RPC_INTERFACE_SHIFT);
    peer_run_all(PEER1_ID);
    assert_int_equal((uint32_t)s->steps[0].x[0], FFA_ERROR);
    assert_int_equal((int32_t)s->steps[0].x[2], FFA_DENIED);
}

// The same through the client library, as programs use it: psa-arch-tests' s002, s008, s012 and s017 in short
static void the_standard_functions_do_the_same(void **state)
{
    static struct harness_transport transport;
    struct psa_storage_info_t info;
    uint8_t got[32];
    size_t length = 99;

    (void)state;
    storage_boot(H_FLASH_SNAPSHOT);
    assert_int_equal(ts_rpc_close(&storage.session), 0);
    harness_transport_init(&transport, machine);
    assert_int_equal(psa_client_connect(&transport.transport), PSA_SUCCESS);
    assert_int_equal(psa_its_get_info(5, &info), PSA_ERROR_DOES_NOT_EXIST);
    assert_int_equal(psa_its_set(5, 20, text, PSA_STORAGE_FLAG_WRITE_ONCE), PSA_SUCCESS);
    assert_int_equal(psa_its_set(5, 20, text, 0), PSA_ERROR_NOT_PERMITTED);
    assert_int_equal(psa_its_remove(5), PSA_ERROR_NOT_PERMITTED);
    assert_int_equal(psa_its_get(5, 18, 32, got, &length), PSA_SUCCESS);
    assert_int_equal(length, 2);
    assert_memory_equal(got, text + 18, 2);
    assert_int_not_equal(psa_its_get(5, 18, UINT32_MAX, got, &length), PSA_SUCCESS);
    assert_int_equal(psa_its_get(5, UINT32_MAX, 10, got, &length), PSA_ERROR_INVALID_ARGUMENT);
    assert_int_equal(psa_its_get_info(5, &info), PSA_SUCCESS);
    assert_int_equal(info.size, 20);
    assert_int_equal(info.flags, PSA_STORAGE_FLAG_WRITE_ONCE);
    assert_int_equal(psa_ps_get_support(), PSA_STORAGE_SUPPORT_SET_EXTENDED);
    assert_int_equal(psa_ps_create(5, 14, PSA_STORAGE_FLAG_WRITE_ONCE), PSA_ERROR_NOT_SUPPORTED);
    assert_int_equal(psa_ps_create(5, 14, 0), PSA_SUCCESS);
    assert_int_equal(psa_ps_set_extended(5, 0, 7, text), PSA_SUCCESS);
    assert_int_equal(psa_ps_set_extended(5, 9, 2, text), PSA_ERROR_INVALID_ARGUMENT);
    assert_int_equal(psa_ps_set_extended(5, 0, 10, text + 1), PSA_SUCCESS);
    assert_int_equal(psa_ps_get_info(5, &info), PSA_SUCCESS);
    assert_int_equal(info.size, 10);
    assert_int_equal(info.capacity, 14);
    assert_int_equal(psa_ps_get(5, 0, 32, got, &length), PSA_SUCCESS);
    assert_int_equal(length, 10);
    assert_memory_equal(got, text + 1, 10);
    assert_int_equal(psa_ps_set(5, STORAGE_DATA_MAX, large, 0), PSA_SUCCESS);
    assert_int_equal(psa_ps_set(5, STORAGE_DATA_MAX + 1, large, 0), PSA_ERROR_INSUFFICIENT_STORAGE);
    assert_int_equal(psa_ps_remove(5), PSA_SUCCESS);
    assert_int_equal(psa_ps_remove(5), PSA_ERROR_DOES_NOT_EXIST);
    assert_int_equal(psa_client_disconnect(), PSA_SUCCESS);
}

// ---- The protocol ----------------------------------------------------------------------------------------------------

static struct ffa_args raw(uint32_t function, uint64_t control, uint64_t handle, uint64_t w6,
                           uint64_t w7)
{
    return call(function, storage.session.partition, 0, control, (uint32_t)handle, handle >> 32, w6,
                w7);
}

static void both_services_are_found(void **state)
{
    static const uint32_t uuids[3][4] = { TS_ITS_UUID, TS_PS_UUID, TS_CRYPTO_UUID };

    (void)state;
    for (uint32_t i = 0; i < 3; i++) {
        struct ffa_args a =
            call(FFA_MSG_SEND_DIRECT_REQ_32, storage.session.partition, 0,
                 TS_RPC_INTERFACE_MANAGEMENT << TS_RPC_INTERFACE_SHIFT | TS_RPC_OP_SERVICE_INFO,
                 uuids[i][0], uuids[i][1], uuids[i][2], uuids[i][3]);

        assert_int_equal((int32_t)a.x[4], i < 2 ? TS_RPC_SUCCESS : TS_RPC_NOT_FOUND);
        assert_int_equal(a.x[5], i < 2 ? i : 0);
    }
}

static void messages_that_break_the_protocol_are_refused(void **state)
{
    const uint64_t handle = storage.session.memory.handle;
    const uint32_t get = STORAGE_GET;
    const size_t memory = storage.session.memory.size;
    static const uint32_t opcodes[] = { 0, 0xff, 0x107, 0x7eff, 0x7f02, 0xffff };

    (void)state;
    assert_int_equal(storage_set(ITS, 6, text, 32, 0), STORAGE_SUCCESS);
    for (size_t i = 0; i < sizeof(opcodes) / sizeof(opcodes[0]); i++) {
        assert_int_equal((int32_t)raw(FFA_MSG_SEND_DIRECT_REQ_32, opcodes[i], handle, 0, 0).x[4],
                         TS_RPC_INVALID_VALUE);
    }
    assert_int_equal((int32_t)raw(FFA_MSG_SEND_DIRECT_REQ_32, get | 2 << 16, handle, 24, 0).x[4],
                     TS_RPC_INVALID_VALUE); // no such interface
    assert_int_equal((int32_t)raw(FFA_MSG_SEND_DIRECT_REQ_32, get | 1u << 31, handle, 24, 0).x[4],
                     TS_RPC_INVALID_VALUE);
    assert_int_equal((int32_t)raw(FFA_MSG_SEND_DIRECT_REQ_32, get, handle ^ 1, 24, 0).x[4],
                     TS_RPC_NOT_FOUND);
    assert_int_equal((int32_t)raw(FFA_MSG_SEND_DIRECT_REQ_32, get, TS_RPC_NO_MEMORY, 24, 0).x[4],
                     TS_RPC_INVALID_VALUE);
    assert_int_equal((int32_t)raw(FFA_MSG_SEND_DIRECT_REQ_32, get, handle, 0xffffffff, 0).x[4],
                     TS_RPC_INVALID_VALUE);
    assert_true(memory >= STORAGE_DATA_MAX + 0x1000); // larger than the service's own buffer
    assert_int_equal((int32_t)raw(FFA_MSG_SEND_DIRECT_REQ_32, get, handle, memory, 0).x[4],
                     TS_RPC_INVALID_VALUE);
    assert_int_equal((int32_t)raw(FFA_MSG_SEND_DIRECT_REQ_32, get, handle, 24, 0x10000).x[4],
                     TS_RPC_INVALID_VALUE);
    struct ffa_args a = raw(FFA_MSG_SEND_DIRECT_REQ_64, get, handle, 24, 0);

    assert_ffa_function(a, FFA_MSG_SEND_DIRECT_RESP_64);
    assert_int_equal((int32_t)a.x[4], TS_RPC_INVALID_VALUE);
    for (uint32_t size = 0; size < 24; size++) {
        assert_int_equal(storage_call(ITS, STORAGE_GET, size).rpc, TS_RPC_INVALID_REQUEST_BODY);
        assert_int_equal(storage_call(PS, STORAGE_SET_EXTENDED, size).rpc,
                         TS_RPC_INVALID_REQUEST_BODY);
        if (size < 20) {
            assert_int_equal(storage_call(ITS, STORAGE_SET, size).rpc, TS_RPC_INVALID_REQUEST_BODY);
            assert_int_equal(storage_call(PS, STORAGE_CREATE, size).rpc,
                             TS_RPC_INVALID_REQUEST_BODY);
        }
        if (size < 8) {
            assert_int_equal(storage_call(ITS, STORAGE_GET_INFO, size).rpc,
                             TS_RPC_INVALID_REQUEST_BODY);
            assert_int_equal(storage_call(ITS, STORAGE_REMOVE, size).rpc,
                             TS_RPC_INVALID_REQUEST_BODY);
        }
    }
    storage_assert(ITS, 6, text, 32);
    assert_int_equal(storage_remove(ITS, 6), STORAGE_SUCCESS);
}

static void sizes_that_lie_are_refused(void **state)
{
    static const uint64_t lies[] = { 33,         0x10000,           0x7fffffff,      0xffffffff,
                                     1ULL << 32, (1ULL << 32) + 32, UINT64_MAX - 19, UINT64_MAX };

    (void)state;
    assert_int_equal(storage_set(PS, 6, text, 32, 0), STORAGE_SUCCESS);
    for (size_t i = 0; i < sizeof(lies) / sizeof(lies[0]); i++) {
        uint32_t size = storage_put_set(6, large, 32, 0);

        memcpy(storage.shared + 8, &lies[i], sizeof(lies[i]));
        assert_int_equal(storage_call(PS, STORAGE_SET, size).rpc, TS_RPC_INVALID_REQUEST_BODY);
        size = storage_put_extended(6, 0, large, 32);
        memcpy(storage.shared + 16, &lies[i], sizeof(lies[i]));
        assert_int_equal(storage_call(PS, STORAGE_SET_EXTENDED, size).rpc,
                         TS_RPC_INVALID_REQUEST_BODY);
    }
    storage_assert(PS, 6, text, 32);
    assert_int_equal(storage_remove(PS, 6), STORAGE_SUCCESS);
}

// ---- A client that writes while it is served -------------------------------------------------------------------------

#define RACES 150

static atomic_bool racing;

// Changes uid, size, flags and the data behind them as fast as it can; the sizes are right, too large and wrapping in turn.
static void *race(void *unused)
{
    static const uint64_t sizes[] = { 4000, 65536, 1ULL << 32, UINT64_MAX, 0, 4000 };
    volatile uint64_t *uid = (volatile uint64_t *)(void *)storage.shared;
    volatile uint64_t *size = (volatile uint64_t *)(void *)(storage.shared + 8);

    for (uint64_t i = 0; atomic_load(&racing); i++) {
        *uid = i % 3; // 0, and the two that the case looks at
        *size = sizes[i % 6];
        storage.shared[20 + i % 4000] = (uint8_t)(i % 2 != 0 ? 0x11 : 0x22);
    }
    return unused;
}

static void a_racing_writer_gets_old_or_new(void **state)
{
    static uint8_t bytes[STORAGE_DATA_MAX];
    pthread_t thread;
    unsigned int refused = 0;
    size_t got;

    (void)state;
    storage.client = 2; // another client's asset with the same name
    assert_int_equal(storage_set(ITS, 1, text, 32, 0), STORAGE_SUCCESS);
    storage.client = 1;
    memset(storage.shared, 0x11, 0x10000);
    (void)storage_put_set(1, NULL, 0, 0);
    atomic_store(&racing, true);
    assert_int_equal(pthread_create(&thread, NULL, race, NULL), 0);
    for (unsigned int i = 0; i < RACES; i++) {
        struct storage_answer answer = storage_call(ITS, STORAGE_SET, 4020);

        refused += answer.rpc != TS_RPC_SUCCESS;
        assert_true(answer.rpc == TS_RPC_SUCCESS || answer.rpc == TS_RPC_INVALID_REQUEST_BODY);
        assert_true(answer.rpc != TS_RPC_SUCCESS || answer.status == STORAGE_SUCCESS ||
                    answer.status == STORAGE_ERROR_INVALID_ARGUMENT);
        assert_int_equal(answer.size, 0);
    }
    atomic_store(&racing, false);
    assert_int_equal(pthread_join(thread, NULL), 0);
    print_message("%u of %u requests refused\n", refused, RACES);
    for (uint64_t uid = 1; uid <= 2; uid++) {
        int32_t status = storage_get(ITS, uid, 0, STORAGE_DATA_MAX, bytes, &got);

        assert_true(status == STORAGE_SUCCESS || status == STORAGE_ERROR_DOES_NOT_EXIST);
        assert_true(got == 0 || got == 4000);
        for (size_t i = 0; i < got; i++) {
            assert_true(bytes[i] == 0x11 || bytes[i] == 0x22);
        }
        assert_int_equal(storage_remove(ITS, uid), status);
    }
    storage.client = 2;
    storage_assert(ITS, 1, text, 32);
    assert_int_equal(storage_remove(ITS, 1), STORAGE_SUCCESS);
}

// ---- Interrupts and cores --------------------------------------------------------------------------------------------

// One set of 60,000 bytes, interrupted every `ticks`; how often.
static unsigned int interrupted_set(uint64_t uid, uint64_t ticks)
{
    uint32_t size = storage_put_set(uid, large + uid, 60000, 0);
    unsigned int count = 0;
    struct h_call c = { .x = { FFA_MSG_SEND_DIRECT_REQ_32, storage.session.partition, 0,
                               ITS << TS_RPC_INTERFACE_SHIFT | STORAGE_SET,
                               (uint32_t)storage.session.memory.handle,
                               storage.session.memory.handle >> 32, size },
                        .flags = MB_SMC_TIMER,
                        .timer_ticks = ticks };

    assert_int_equal(h_call(machine, 0, &c), H_OK);
    while ((uint32_t)c.x[0] == FFA_INTERRUPT) {
        memset(c.x, 0, sizeof(c.x));
        c.x[0] = FFA_RUN;
        c.x[1] = (uint64_t)storage.session.partition << 16;
        count++;
        assert_int_equal(h_call(machine, 0, &c), H_OK);
    }
    assert_int_equal((uint32_t)c.x[0], FFA_MSG_SEND_DIRECT_RESP_32);
    assert_int_equal((int32_t)c.x[4], TS_RPC_SUCCESS);
    assert_int_equal((int32_t)c.x[5], STORAGE_SUCCESS);
    return count;
}

// Also between a command to the flash chip and its answer. The counter counts instructions, so that interrupts come whatever the host does
static void an_interrupted_write_is_a_write(void **state)
{
    struct h_options o = storage_options(H_FLASH_SNAPSHOT);
    unsigned int count = 0;

    (void)state;
    o.icount = true;
    target_fresh(&o);
    storage_open();
    for (unsigned int i = 0; i < 20; i++) {
        count += interrupted_set(1 + i % 3, 20000 + 1777 * i);
        storage_assert(ITS, 1 + i % 3, large + 1 + i % 3, 60000);
    }
    print_message("%u interruptions\n", count);
    assert_true(count >= 20);
}

static void all_cores_at_once_get_an_answer_or_busy(void **state)
{
    struct h_options o = storage_options(H_FLASH_SNAPSHOT);
    unsigned int served = 0;

    (void)state;
    o.cores = 4;
    target_fresh(&o);
    storage_open();
    assert_int_equal(h_cores_on(machine, 4), H_OK);
    uint32_t size = storage_put_set(1, large, 3000, 0);
    const struct h_call set = { .x = { FFA_MSG_SEND_DIRECT_REQ_32, storage.session.partition, 0,
                                       PS << TS_RPC_INTERFACE_SHIFT | STORAGE_SET,
                                       (uint32_t)storage.session.memory.handle,
                                       storage.session.memory.handle >> 32, size } };

    for (unsigned int i = 0; i < 25; i++) {
        for (unsigned int core = 0; core < 4; core++) {
            assert_int_equal(h_call_begin(machine, core, &set), H_OK);
        }
        for (unsigned int core = 0; core < 4; core++) {
            struct h_call c;

            assert_int_equal(h_call_end(machine, core, &c), H_OK);
            if ((uint32_t)c.x[0] == FFA_ERROR) {
                assert_int_equal((int32_t)c.x[2], FFA_BUSY);
                continue;
            }
            assert_int_equal((uint32_t)c.x[0], FFA_MSG_SEND_DIRECT_RESP_32);
            assert_int_equal(c.x[4] | c.x[5], 0);
            served++;
        }
    }
    print_message("%u of 100 calls served\n", served);
    assert_true(served >= 25);
    storage_assert(PS, 1, large, 3000);
}

// ---- Quotas and figures ----------------------------------------------------------------------------------------------

static uint32_t fill(uint64_t first, size_t size)
{
    uint32_t count = 0;
    int32_t status;

    while ((status = storage_set(PS, first + count, large + count % 64, size, 0)) ==
           STORAGE_SUCCESS) {
        count++;
    }
    assert_int_equal(status, STORAGE_ERROR_INSUFFICIENT_STORAGE);
    return count;
}

// psa-arch-tests s003, for the number of assets and for their bytes. On a machine of its own, so that nothing else counts
static void full_is_full_and_empty_again(void **state)
{
    static const size_t sizes[] = { 40, 32768 };
    static const uint32_t counts[] = { STORAGE_ASSETS_NWD, STORAGE_BYTES_NWD / 32768 };

    (void)state;
    storage_boot(H_FLASH_SNAPSHOT);
    for (size_t i = 0; i < 2; i++) {
        for (unsigned int round = 0; round < 2; round++) {
            uint32_t count = fill(1000, sizes[i]);

            assert_int_equal(count, counts[i]);
            assert_int_equal(storage_set(PS, 1000, text, 32, 0), STORAGE_SUCCESS);
            assert_int_equal(storage_set(PS, 1000, large, sizes[i], 0), STORAGE_SUCCESS);
            for (uint32_t k = 0; k < count; k++) {
                storage_assert(PS, 1000 + k, large + k % 64, sizes[i]);
            }
            for (uint32_t k = 0; k < count; k++) {
                assert_int_equal(storage_remove(PS, 1000 + k), STORAGE_SUCCESS);
            }
        }
    }
    assert_int_equal(storage_capability(TS_CAPS_STORAGE_DAMAGED), 0);
}

// What the issue asks for, on the chip of the machine: the host's tests ask it of 10,000 writes
static void wear_is_counted_and_bounded(void **state)
{
    uint8_t bytes[32];

    (void)state;
    storage_boot(H_FLASH_SNAPSHOT);
    assert_int_equal(storage_set(ITS, 1, text, 32, 0), STORAGE_SUCCESS);
    uint32_t asked = storage_capability(TS_CAPS_STORAGE_ASKED);
    uint32_t written = storage_capability(TS_CAPS_STORAGE_WRITTEN);

    for (unsigned int i = 0; i < 500; i++) {
        memcpy(bytes, large + i, sizeof(bytes));
        assert_int_equal(storage_set(ITS, 1, bytes, sizeof(bytes), 0), STORAGE_SUCCESS);
    }
    storage_assert(ITS, 1, bytes, sizeof(bytes));
    asked = storage_capability(TS_CAPS_STORAGE_ASKED) - asked;
    written = storage_capability(TS_CAPS_STORAGE_WRITTEN) - written;
    print_message("%u bytes asked, %u written\n", asked, written);
    assert_int_equal(asked, 500 * 32);
    assert_true(written >= asked && written <= 4 * asked);
    assert_true(storage_capability(TS_CAPS_STORAGE_BLOCKS) == FLASH_STORAGE_SIZE / 0x40000);
    assert_true(storage_capability(TS_CAPS_STORAGE_ERASES_MAX) <=
                2 * storage_capability(TS_CAPS_STORAGE_ERASES_MIN) + 1);
    assert_int_equal(storage_capability(TS_CAPS_STORAGE_ROLLBACK), 1);
    assert_int_equal(storage_capability(TS_CAPS_STORAGE_ASSET_SIZE), STORAGE_DATA_MAX);
}

// ---- Boots -----------------------------------------------------------------------------------------------------------

static void assets_survive_a_reboot(void **state)
{
    (void)state;
    storage_flash_new();
    storage_boot(H_FLASH_KEEP);
    assert_int_equal(storage_set(ITS, 1, text, 32, STORAGE_FLAG_WRITE_ONCE), STORAGE_SUCCESS);
    assert_int_equal(storage_set(PS, 1, large, STORAGE_DATA_MAX, 0), STORAGE_SUCCESS);
    assert_int_equal(storage_create(2, 5000, STORAGE_FLAG_NO_CONFIDENTIALITY), STORAGE_SUCCESS);
    assert_int_equal(storage_extend(2, 0, large + 1, 4500), STORAGE_SUCCESS);
    assert_int_equal(storage_set(PS, 3, text, 5, 0), STORAGE_SUCCESS);
    assert_int_equal(storage_remove(PS, 3), STORAGE_SUCCESS);
    for (unsigned int i = 0; i < 2; i++) {
        struct storage_asset_info info;
        size_t got;

        storage_boot(H_FLASH_KEEP);
        storage_assert(ITS, 1, text, 32);
        assert_int_equal(storage_remove(ITS, 1), STORAGE_ERROR_NOT_PERMITTED);
        assert_int_equal(storage_set(ITS, 1, text, 1, 0), STORAGE_ERROR_NOT_PERMITTED);
        storage_assert(PS, 1, large, STORAGE_DATA_MAX);
        storage_assert(PS, 2, large + 1, 4500);
        assert_int_equal(storage_info(PS, 2, &info), STORAGE_SUCCESS);
        assert_int_equal(info.capacity, 5000);
        assert_int_equal(info.flags, STORAGE_FLAG_NO_CONFIDENTIALITY);
        assert_int_equal(storage_get(PS, 3, 0, 5, NULL, &got), STORAGE_ERROR_DOES_NOT_EXIST);
    }
    storage_stop();
}

// A flash that is write-protected: what is there can be read, nothing else works, nobody dies
static void a_flash_that_refuses_is_a_storage_failure(void **state)
{
    (void)state;
    storage_flash_new();
    storage_boot(H_FLASH_KEEP);
    assert_int_equal(storage_set(ITS, 1, text, 32, 0), STORAGE_SUCCESS);
    assert_int_equal(storage_create(2, 5000, 0), STORAGE_SUCCESS);
    storage_boot(H_FLASH_FAIL);
    for (unsigned int i = 0; i < 3; i++) {
        storage_assert(ITS, 1, text, 32);
        assert_int_equal(storage_set(ITS, 1, large, 32, 0), STORAGE_ERROR_STORAGE_FAILURE);
        assert_int_equal(storage_set(PS, 3, large, 40000, 0), STORAGE_ERROR_STORAGE_FAILURE);
        assert_int_equal(storage_remove(ITS, 1), STORAGE_ERROR_STORAGE_FAILURE);
        assert_int_equal(storage_create(4, 16, 0), STORAGE_ERROR_STORAGE_FAILURE);
        assert_int_equal(storage_extend(2, 0, large, 16), STORAGE_ERROR_STORAGE_FAILURE);
    }
    storage_boot(H_FLASH_KEEP); // and nothing was lost
    storage_assert(ITS, 1, text, 32);
    assert_int_equal(storage_set(ITS, 1, large, 32, 0), STORAGE_SUCCESS);
    storage_assert(ITS, 1, large, 32);
    storage_stop();
}

// The first boot of all, with a flash that cannot be written: no store, and all is told so
static void without_a_store_the_services_answer(void **state)
{
    size_t got;

    (void)state;
    storage_flash_new();
    storage_boot(H_FLASH_FAIL);
    assert_int_equal(storage_set(ITS, 0, text, 32, 0), STORAGE_ERROR_INVALID_ARGUMENT);
    assert_int_equal(storage_set(ITS, 1, text, 32, 0), STORAGE_ERROR_STORAGE_FAILURE);
    assert_int_equal(storage_get(PS, 1, 0, 32, NULL, &got), STORAGE_ERROR_STORAGE_FAILURE);
    assert_echo_works();
    storage_stop();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(what_is_stored_comes_back, ready),
        cmocka_unit_test_setup(the_largest_asset_is_64_kib, ready),
        cmocka_unit_test_setup(parts_are_read_and_written, ready),
        cmocka_unit_test_setup(wrong_arguments_have_their_codes, ready),
        cmocka_unit_test_setup(write_once_stays, ready),
        cmocka_unit_test_setup(two_clients_have_two_stores, ready),
        cmocka_unit_test_setup(an_answer_is_all_that_comes, ready),
        cmocka_unit_test_setup(a_partition_that_is_not_admitted_is_denied, ready),
        cmocka_unit_test_setup(both_services_are_found, ready),
        cmocka_unit_test_setup(messages_that_break_the_protocol_are_refused, ready),
        cmocka_unit_test_setup(sizes_that_lie_are_refused, ready),
        cmocka_unit_test_setup(a_racing_writer_gets_old_or_new, ready),
        cmocka_unit_test(the_standard_functions_do_the_same),
        cmocka_unit_test(an_interrupted_write_is_a_write),
        cmocka_unit_test(all_cores_at_once_get_an_answer_or_busy),
        cmocka_unit_test(full_is_full_and_empty_again),
        cmocka_unit_test(wear_is_counted_and_bounded),
        cmocka_unit_test(assets_survive_a_reboot),
        cmocka_unit_test(a_flash_that_refuses_is_a_storage_failure),
        cmocka_unit_test(without_a_store_the_services_answer),
    };

    return cmocka_run_group_tests_name("storage", tests, group, storage_flash_teardown);
}
