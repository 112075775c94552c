// SPDX-License-Identifier: BSD-3-Clause
//
// See tee_device_fake.h; include/uapi/linux/tee.h says what stands where in an ioctl.
#include "tee_device_fake.h"

#include <errno.h>
#include <pthread.h>
#include <string.h>

#include "ffa/client/transport_tee.h"
#include "ts_rpc_abi.h"

#define FD 100 // of the memory; + number of an open file

uint8_t tee_device_memory[TEE_DEVICE_MEMORY];

static int result_of(int error)
{
    if (error != 0) {
        errno = error;
    }
    return error != 0 ? -1 : 0;
}

static int fake_open(const char *path)
{
    static int files;

    return result_of(tee_device_open(path)) != 0 ? -1 : FD + ++files;
}

static int open_session(uint8_t *arg)
{
    static const uint32_t uuids[TEE_SERVICES][4] = { TS_CRYPTO_UUID, TS_ITS_UUID, TS_PS_UUID,
                                                     TS_ATTEST_UUID };

    for (uint32_t i = 0; i < TEE_SERVICES; i++) {
        if (memcmp(arg, uuids[i], 16) == 0) {
            memcpy(arg + 40, &i, sizeof(i));
            return 0;
        }
    }
    return ENODEV;
}

static int invoke(uint32_t file, uint8_t *arg)
{
    uint32_t fields[6]; // function, session, …
    uint64_t value[4];  // attributes, memory, bytes

    memcpy(fields, arg, sizeof(fields));
    memcpy(value, arg + 24, sizeof(value));
    struct tee_device_call call = {
        .file = file,
        .service = (enum tee_service)fields[1],
        .opcode = fields[0],
        .request_size = value[2],
    };
    int error = tee_device_call(&call);

    if (error == 0) {
        value[1] = call.response_size;
        memcpy(arg + 12, &call.status, sizeof(call.status));
        memcpy(arg + 24, value, sizeof(value));
    }
    return error;
}

static int fake_ioctl(int fd, unsigned long request, void *argument)
{
    const uint32_t version[3] = { 3, 0x8002, 0 };
    const uint32_t id = 1;
    uint64_t address; // where the structure is, for the last two

    switch (request) {
    case 0x800ca400:
        memcpy(argument, version, sizeof(version));
        return 0;
    case 0xc010a401:
        memcpy((uint8_t *)argument + 12, &id, sizeof(id));
        return FD;
    case 0x8010a402:
        memcpy(&address, argument, sizeof(address));
        return result_of(open_session((uint8_t *)(uintptr_t)address));
    case 0x8010a403:
        memcpy(&address, argument, sizeof(address));
        return result_of(invoke((uint32_t)(fd - FD), (uint8_t *)(uintptr_t)address));
    default:
        return 0;
    }
}

static void *fake_map(int fd, size_t size)
{
    return fd == FD && size == TEE_DEVICE_MEMORY ? tee_device_memory : NULL;
}

static void fake_unmap(void *base, size_t size)
{
    (void)base;
    (void)size;
}

static void fake_close(int fd)
{
    tee_device_close((uint32_t)(fd - FD));
}

static void fake_wait(unsigned int try)
{
    (void)try;
    pthread_testcancel(); // as nanosleep() does
}

const struct transport_tee_os transport_tee_linux = {
    .open = fake_open,
    .ioctl = fake_ioctl,
    .map = fake_map,
    .unmap = fake_unmap,
    .close = fake_close,
    .wait = fake_wait,
};
