// SPDX-License-Identifier: BSD-3-Clause
//
// The storage services as the target tests use them: raw Trusted Services RPC from core 0 of `machine`, in memory that they can
// change at any moment; and the flash file behind the machine. Used by test_storage and test_storage_power.
// Every function fails the running case when it cannot do what it says.
#ifndef STORAGE_CLIENT_H
#define STORAGE_CLIENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "ffa/client/ts_rpc.h"
#include "partitions/storage/storage_proto.h"
#include "platform/boards/qemu_virt/board.h"
#include "tests/harness/transport_harness.h"
#include "tests/target/target.h"

#define ITS 0 // interface ids
#define PS 1

// What one call came to
struct storage_answer {
    int32_t rpc;
    int32_t status;
    uint32_t size;
};

// What the calls below are made with; may be changed between them
struct storage_client {
    struct harness_transport transport;
    struct ts_rpc_session session;
    uint8_t *shared; // request, then response
    uint32_t client; // w7
};
extern struct storage_client storage;

// Connects with the machine's storage partition, client 0.
void storage_open(void);

// One call; the first `request_size` bytes of storage.shared are the request.
struct storage_answer storage_call(unsigned int space, uint16_t opcode, uint32_t request_size);

// The same begun only: the machine works on it, or ends with it.
void storage_begin(unsigned int space, uint16_t opcode, uint32_t request_size);

// Puts a request together; its size.
uint32_t storage_put_set(uint64_t uid, const void *data, size_t size, uint32_t flags);
uint32_t storage_put_extended(uint64_t uid, uint64_t offset, const void *data, size_t size);
uint32_t storage_put_create(uint64_t uid, uint64_t capacity, uint32_t flags);
uint32_t storage_put_uid(uint64_t uid);

// The operations; the service status. The RPC must succeed.
int32_t storage_set(unsigned int space, uint64_t uid, const void *data, size_t size,
                    uint32_t flags);
int32_t storage_get(unsigned int space, uint64_t uid, uint64_t offset, uint64_t size, void *to,
                    size_t *got); // to: room for 64 KiB, or NULL
int32_t storage_info(unsigned int space, uint64_t uid, struct storage_asset_info *info);
int32_t storage_remove(unsigned int space, uint64_t uid);
int32_t storage_create(uint64_t uid, uint64_t capacity, uint32_t flags);
int32_t storage_extend(uint64_t uid, uint64_t offset, const void *data, size_t size);

// The asset is there with exactly these bytes.
void storage_assert(unsigned int space, uint64_t uid, const void *data, size_t size);

// The value of capability `id` (ts_caps.h).
uint32_t storage_capability(uint32_t id);

// ---- The flash file --------------------------------------------------------------------------------------------------

// Group setup and teardown: a folder with a copy of the tests' flash image, its storage empty; gone again.
int storage_flash_setup(void **state);
int storage_flash_teardown(void **state);

// A new copy, nothing stored in it.
void storage_flash_new(void);

// A machine on that file, with this use of it, up and connected. storage_stop(): kill -9.
void storage_boot(enum h_flash writes);
void storage_stop(void);

// The options that storage_boot() takes.
struct h_options storage_options(enum h_flash writes);

// Keeps the file as it is, and puts it back so. The machine must be off.
void storage_flash_keep(void);
void storage_flash_restore(void);

// Gives the file the OTP area of another machine: same root key, another hardware unique key, all counters 0. The machine must be off.
void storage_flash_other_machine(void);

// The storage region from and to the file. To: the machine must be off.
void storage_region_load(uint8_t region[FLASH_STORAGE_SIZE]);
void storage_region_save(const uint8_t region[FLASH_STORAGE_SIZE]);

#endif
