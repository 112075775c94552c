// SPDX-License-Identifier: BSD-3-Clause
//
// See storage_client.h.
#include "tests/target/storage_client.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "ffa/abi/ts_caps.h"
#include "ffa/abi/ts_rpc_abi.h"

struct storage_client storage;

static char folder[] = "/tmp/tessera-storage-XXXXXX";
static char flash[64];
static char kept[64];

void storage_open(void)
{
    static const uint32_t its[4] = TS_ITS_UUID;

    target_version(FFA_VERSION_1_2);
    harness_transport_init(&storage.transport, machine);
    storage.client = 0;
    int error = ts_rpc_open(&storage.session, &storage.transport.transport, its);

    if (error != 0) {
        h_console_tail(machine);
        fail_msg("no connection with the storage partition: error %d", error);
    }
    storage.shared = storage.session.memory.base;
}

static struct ffa_args message(unsigned int space, uint16_t opcode, uint32_t request_size)
{
    return (struct ffa_args){
        .x = { FFA_MSG_SEND_DIRECT_REQ_32, storage.session.partition, 0,
               space << TS_RPC_INTERFACE_SHIFT | opcode, (uint32_t)storage.session.memory.handle,
               storage.session.memory.handle >> 32, request_size, storage.client }
    };
}

struct storage_answer storage_call(unsigned int space, uint16_t opcode, uint32_t request_size)
{
    struct ffa_args a = message(space, opcode, request_size);
    uint64_t control = a.x[3];
    int error = ts_rpc_direct(&storage.transport.transport, &a);

    if (error != 0) {
        h_console_tail(machine);
        fail_msg("operation %#x: the storage partition did not answer: error %d", opcode, error);
    }
    assert_ffa_function(a, FFA_MSG_SEND_DIRECT_RESP_32);
    assert_int_equal(a.x[3], control);
    assert_int_equal(a.x[7], 0);
    return (struct storage_answer){ (int32_t)a.x[4], (int32_t)a.x[5], (uint32_t)a.x[6] };
}

void storage_begin(unsigned int space, uint16_t opcode, uint32_t request_size)
{
    struct ffa_args a = message(space, opcode, request_size);
    struct h_call c = { .flags = 0 };

    memcpy(c.x, a.x, sizeof(a.x));
    assert_int_equal(h_call_begin(machine, 0, &c), H_OK);
}

static uint32_t put(uint32_t at, const void *data, size_t size)
{
    assert_true(size <= storage.session.memory.size - at);
    if (size != 0) {
        memcpy(storage.shared + at, data, size);
    }
    return at + (uint32_t)size;
}

uint32_t storage_put_set(uint64_t uid, const void *data, size_t size, uint32_t flags)
{
    const struct storage_set head = { .uid = uid, .size = size, .flags = flags };

    return put(put(0, &head, sizeof(head)), data, size);
}

uint32_t storage_put_extended(uint64_t uid, uint64_t offset, const void *data, size_t size)
{
    const struct storage_get head = { .uid = uid, .offset = offset, .size = size };

    return put(put(0, &head, sizeof(head)), data, size);
}

uint32_t storage_put_create(uint64_t uid, uint64_t capacity, uint32_t flags)
{
    const struct storage_create head = { .uid = uid, .capacity = capacity, .flags = flags };

    return put(0, &head, sizeof(head));
}

uint32_t storage_put_uid(uint64_t uid)
{
    return put(0, &uid, sizeof(uid));
}

static int32_t status_of(struct storage_answer answer, uint32_t size)
{
    assert_int_equal(answer.rpc, TS_RPC_SUCCESS);
    assert_int_equal(answer.size, answer.status == STORAGE_SUCCESS ? size : 0);
    return answer.status;
}

int32_t storage_set(unsigned int space, uint64_t uid, const void *data, size_t size, uint32_t flags)
{
    return status_of(storage_call(space, STORAGE_SET, storage_put_set(uid, data, size, flags)), 0);
}

int32_t storage_get(unsigned int space, uint64_t uid, uint64_t offset, uint64_t size, void *to,
                    size_t *got)
{
    const struct storage_get head = { .uid = uid, .offset = offset, .size = size };
    struct storage_answer answer = storage_call(space, STORAGE_GET, put(0, &head, sizeof(head)));

    assert_int_equal(answer.rpc, TS_RPC_SUCCESS);
    assert_true(answer.size <= STORAGE_DATA_MAX && answer.size <= size);
    assert_true(answer.status == STORAGE_SUCCESS || answer.size == 0);
    *got = answer.size;
    if (to != NULL && answer.size != 0) {
        memcpy(to, storage.shared, answer.size);
    }
    return answer.status;
}

int32_t storage_info(unsigned int space, uint64_t uid, struct storage_asset_info *info)
{
    int32_t status =
        status_of(storage_call(space, STORAGE_GET_INFO, storage_put_uid(uid)), sizeof(*info));

    memcpy(info, storage.shared, sizeof(*info));
    return status;
}

int32_t storage_remove(unsigned int space, uint64_t uid)
{
    return status_of(storage_call(space, STORAGE_REMOVE, storage_put_uid(uid)), 0);
}

int32_t storage_create(uint64_t uid, uint64_t capacity, uint32_t flags)
{
    return status_of(storage_call(PS, STORAGE_CREATE, storage_put_create(uid, capacity, flags)), 0);
}

int32_t storage_extend(uint64_t uid, uint64_t offset, const void *data, size_t size)
{
    uint32_t request = storage_put_extended(uid, offset, data, size);

    return status_of(storage_call(PS, STORAGE_SET_EXTENDED, request), 0);
}

void storage_assert(unsigned int space, uint64_t uid, const void *data, size_t size)
{
    static uint8_t bytes[STORAGE_DATA_MAX];
    size_t got;
    int32_t status = storage_get(space, uid, 0, STORAGE_DATA_MAX, bytes, &got);

    if (status != STORAGE_SUCCESS || got != size) {
        fail_msg("asset %llu of service %u: status %d, %zu bytes instead of %zu",
                 (unsigned long long)uid, space, status, got, size);
    }
    if (size != 0) {
        assert_memory_equal(bytes, data, size);
    }
}

uint32_t storage_capability(uint32_t id)
{
    struct storage_answer answer = storage_call(PS, TS_RPC_OP_CAPABILITIES, 0);
    struct ts_caps caps;

    assert_int_equal(answer.rpc, TS_RPC_SUCCESS);
    assert_true(answer.size >= sizeof(caps));
    memcpy(&caps, storage.shared, sizeof(caps));
    assert_int_equal(answer.size, sizeof(caps) + caps.entry_count * sizeof(struct ts_caps_entry));
    for (uint32_t i = 0; i < caps.entry_count; i++) {
        struct ts_caps_entry entry;

        memcpy(&entry, storage.shared + sizeof(caps) + i * sizeof(entry), sizeof(entry));
        if (entry.id == id) {
            return entry.value;
        }
    }
    fail_msg("no capability %#x", id);
    return 0;
}

// ---- The flash file --------------------------------------------------------------------------------------------------

static void copy(const char *from, const char *to)
{
    char command[512];
    int length = snprintf(command, sizeof(command), "cp --sparse=always -- '%s' '%s'", from, to);

    assert_true(length > 0 && (size_t)length < sizeof(command));
    assert_int_equal(system(command), 0);
}

void storage_flash_new(void)
{
    (void)target_stop(NULL);
    copy(TESSERA_PROXY_FLASH, flash);
}

void storage_flash_keep(void)
{
    assert_null(machine);
    copy(flash, kept);
}

void storage_flash_restore(void)
{
    assert_null(machine);
    copy(kept, flash);
}

int storage_flash_setup(void **state)
{
    (void)state;
    assert_non_null(mkdtemp(folder));
    snprintf(flash, sizeof(flash), "%s/flash.bin", folder);
    snprintf(kept, sizeof(kept), "%s/kept.bin", folder);
    storage_flash_new();
    return 0;
}

int storage_flash_teardown(void **state)
{
    (void)target_stop(state);
    (void)unlink(kept); // not every test has it
    return unlink(flash) != 0 || rmdir(folder) != 0;
}

struct h_options storage_options(enum h_flash writes)
{
    struct h_options o = target_options();

    o.flash = flash;
    o.flash_writes = writes;
    return o;
}

void storage_boot(enum h_flash writes)
{
    struct h_options o = storage_options(writes);

    target_fresh(&o);
    storage_open();
}

void storage_stop(void)
{
    (void)target_stop(NULL);
}

static void transfer(bool save, off_t offset, uint8_t *bytes, size_t size)
{
    int file = open(flash, save ? O_WRONLY : O_RDONLY);

    assert_true(file >= 0 && (!save || machine == NULL));
    for (size_t done = 0; done < size;) {
        off_t at = offset + (off_t)done;
        ssize_t count = save ? pwrite(file, bytes + done, size - done, at)
                             : pread(file, bytes + done, size - done, at);

        assert_true(count > 0);
        done += (size_t)count;
    }
    close(file);
}

void storage_flash_other_machine(void)
{
    uint8_t huk[32];
    uint8_t otp[FLASH_OTP_SIZE];
    char command[512];
    char name[2][64];

    for (unsigned int i = 0; i < 2; i++) {
        snprintf(name[i], sizeof(name[i]), "%s/%s", folder, i == 0 ? "huk.bin" : "otp.bin");
    }
    memset(huk, 0x5c, sizeof(huk));
    FILE *f = fopen(name[0], "wb");

    assert_non_null(f);
    assert_int_equal(fwrite(huk, 1, sizeof(huk), f), sizeof(huk));
    assert_int_equal(fclose(f), 0);
    int length = snprintf(command, sizeof(command),
                          "%s provision --root-key %s/rot_key.pem --huk %s %s >/dev/null",
                          TESSERA_FIP_TOOL, TESSERA_KEYS, name[0], name[1]);

    assert_true(length > 0 && (size_t)length < sizeof(command));
    assert_int_equal(system(command), 0);
    f = fopen(name[1], "rb");
    assert_non_null(f);
    assert_int_equal(fread(otp, 1, sizeof(otp), f), sizeof(otp));
    assert_int_equal(fclose(f), 0);
    transfer(true, FLASH_OTP_OFFSET, otp, sizeof(otp));
    assert_int_equal(unlink(name[0]) | unlink(name[1]), 0);
}

void storage_region_load(uint8_t region[FLASH_STORAGE_SIZE])
{
    transfer(false, FLASH_STORAGE_OFFSET, region, FLASH_STORAGE_SIZE);
}

void storage_region_save(const uint8_t region[FLASH_STORAGE_SIZE])
{
    transfer(true, FLASH_STORAGE_OFFSET, (uint8_t *)region, FLASH_STORAGE_SIZE); // only read
}
