// SPDX-License-Identifier: BSD-3-Clause
//
// A transport with two recording partitions behind it, crypto and storage, for tests of the client library: what was asked
// of them, and answers that the test has laid out.
#ifndef CLIENT_FAKE_H
#define CLIENT_FAKE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "ffa/client/psa_client.h"
#include "ffa/client/transport.h"

#define FAKE_CRYPTO 0x8002
#define FAKE_STORAGE 0x8003
#define FAKE_ITS 2 // interfaces
#define FAKE_PS 3
#define FAKE_ATTEST 4 // in storage's partition
#define FAKE_MEMORY 0x21000
#define FAKE_CALLS 16

struct fake_call {
    uint16_t partition;
    uint32_t interface;
    uint16_t opcode;
    uint32_t client;
    size_t size;
    uint8_t body[FAKE_MEMORY];
};

struct fake_reply {
    int32_t rpc_status;
    int32_t service_status;
    uint32_t size; // what it says in w6
    uint8_t body[FAKE_MEMORY];
};

extern struct fake {
    struct ffa_transport transport;
    size_t memory_size; // of what is shared with each partition, ≤ FAKE_MEMORY
    bool has_storage;
    bool dead; // FFA_ABORTED to everything
    unsigned int shares;
    unsigned int reclaims;
    uint8_t memory[2][FAKE_MEMORY]; // of crypto, of storage
    struct fake_call calls[FAKE_CALLS];
    size_t call_count;
    struct fake_reply replies[FAKE_CALLS]; // to the calls in turn; the last one to all further ones
    size_t reply_count;
} fake;

// Everything as at the start, with 256 bytes of memory, no reply laid out (an empty success is given), not connected.
// fake_start() connects, too. Setup functions.
int fake_reset(void **state);
int fake_start(void **state);

// Lay out one more reply; the second one is a record with tag 1; the third has no body.
void fake_answer(const void *body, size_t size);
void fake_answer_record(const void *value, size_t size);
void fake_answer_status(int32_t status);

// Forgets calls and replies.
void fake_clear(void);

// The call with that number had this opcode and exactly these bytes.
#define ASSERT_CALL(index, op, bytes)                                      \
    do {                                                                   \
        assert_true((index) < fake.call_count);                            \
        assert_int_equal(fake.calls[index].opcode, op);                    \
        assert_int_equal(fake.calls[index].size, sizeof(bytes));           \
        assert_memory_equal(fake.calls[index].body, bytes, sizeof(bytes)); \
    } while (0)

#endif
