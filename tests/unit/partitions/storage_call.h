// SPDX-License-Identifier: BSD-3-Clause
//
// Requests to the storage services, for the two unit tests that each include it once: encoding, the call in memory of exactly its size, what
// came back.
#ifndef STORAGE_CALL_H
#define STORAGE_CALL_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "storage_proto.h"
#include "storage_quota.h"
#include "storage_service.h"
#include "tests/unit/partitions/storage_fake.h"

#define ITS 0
#define PS 1

#define NWD 0x0000
#define SP1 0x8001
#define SP3 0x8003

#define SUCCESS 0
#define NOT_PERMITTED (-133)
#define NOT_SUPPORTED (-134)
#define INVALID_ARGUMENT (-135)
#define ALREADY_EXISTS (-139)
#define DOES_NOT_EXIST (-140)
#define INSUFFICIENT_STORAGE (-142)
#define STORAGE_FAILURE (-146)
#define INVALID_SIGNATURE (-149)
#define DATA_CORRUPT (-152)
#define GENERIC_ERROR (-132)

#define ROOM (STORAGE_REQUEST_MAX + 64)

static uint8_t request[ROOM];
static size_t request_size;
static uint8_t response[ROOM];
static size_t response_size;
static size_t response_max;
static uint16_t source;
static uint32_t client;
static int32_t status; // of the service

// --- Requests ---

static inline void put(const void *data, size_t size)
{
    assert_true(size <= sizeof(request) - request_size);
    if (size != 0) {
        memcpy(request + request_size, data, size);
    }
    request_size += size;
}

static inline void put_u32(uint32_t value)
{
    put(&value, sizeof(value));
}

static inline void put_u64(uint64_t value)
{
    put(&value, sizeof(value));
}

// Runs operation `opcode` on the request made with put…(), which is used up, in memory of exactly its size: a sanitizer sees a read
// beyond it. Returns the RPC status.
static inline int32_t run(unsigned int space, uint16_t opcode)
{
    const struct sp_rpc_service *service = &storage_services[space];
    uint8_t *exact = malloc(request_size);
    struct sp_rpc_call call = {
        .source = source,
        .client = client,
        .request = exact,
        .request_size = request_size,
        .response = response,
        .response_max = response_max,
    };
    int32_t rpc_status = 99;

    assert_true(exact != NULL || request_size == 0);
    if (request_size != 0) {
        memcpy(exact, request, request_size);
    }
    memset(response, 0xa5, sizeof(response));
    for (size_t i = 0; i < service->row_count; i++) {
        if (service->rows[i].opcode == opcode) {
            rpc_status = service->rows[i].run(&call);
        }
    }
    assert_int_not_equal(rpc_status, 99);
    free(exact);
    request_size = 0;
    status = call.status;
    response_size = call.response_size;
    assert_true(status == SUCCESS || response_size == 0);
    assert_true(response_size <= response_max);
    for (size_t i = response_max; i < sizeof(response); i++) {
        assert_int_equal(response[i], 0xa5);
    }
    return rpc_status;
}

static inline int32_t set(unsigned int space, uint64_t uid, const void *data, size_t size,
                          uint32_t flags)
{
    put_u64(uid);
    put_u64(size);
    put_u32(flags);
    put(data, size);
    assert_int_equal(run(space, 0x100), 0);
    assert_int_equal(response_size, 0);
    return status;
}

static inline int32_t get(unsigned int space, uint64_t uid, uint64_t offset, uint64_t size)
{
    put_u64(uid);
    put_u64(offset);
    put_u64(size);
    assert_int_equal(run(space, 0x101), 0);
    return status;
}

static inline int32_t get_info(unsigned int space, uint64_t uid)
{
    put_u64(uid);
    assert_int_equal(run(space, 0x102), 0);
    return status;
}

static inline int32_t remove_asset(unsigned int space, uint64_t uid)
{
    put_u64(uid);
    assert_int_equal(run(space, 0x103), 0);
    assert_int_equal(response_size, 0);
    return status;
}

static inline int32_t create(unsigned int space, uint64_t uid, uint64_t capacity, uint32_t flags)
{
    put_u64(uid);
    put_u64(capacity);
    put_u32(flags);
    assert_int_equal(run(space, 0x104), 0);
    assert_int_equal(response_size, 0);
    return status;
}

static inline int32_t set_extended(unsigned int space, uint64_t uid, uint64_t offset,
                                   const void *data, size_t size)
{
    put_u64(uid);
    put_u64(offset);
    put_u64(size);
    put(data, size);
    assert_int_equal(run(space, 0x105), 0);
    assert_int_equal(response_size, 0);
    return status;
}

static inline void assert_content(unsigned int space, uint64_t uid, const void *data, size_t size)
{
    assert_int_equal(get(space, uid, 0, ROOM), SUCCESS);
    assert_int_equal(response_size, size);
    if (size != 0) {
        assert_memory_equal(response, data, size);
    }
}

static inline void assert_info(unsigned int space, uint64_t uid, uint64_t capacity, uint64_t size,
                               uint32_t flags)
{
    uint64_t words[2];
    uint32_t got;

    assert_int_equal(get_info(space, uid), SUCCESS);
    assert_int_equal(response_size, 20);
    memcpy(words, response, sizeof(words));
    memcpy(&got, response + 16, sizeof(got));
    assert_int_equal(words[0], capacity);
    assert_int_equal(words[1], size);
    assert_int_equal(got, flags);
}

static inline unsigned int changes(void)
{
    return fake.calls[FAKE_SET] + fake.calls[FAKE_CREATE] + fake.calls[FAKE_WRITE] +
           fake.calls[FAKE_REMOVE];
}

static inline int setup(void **state)
{
    (void)state;
    fake_reset();
    storage_service_init(0);
    request_size = 0;
    response_max = STORAGE_DATA_MAX;
    source = NWD;
    client = 0;
    return 0;
}

static const uint8_t bytes[32] = "what is stored, and then read 32";

#endif
