// SPDX-License-Identifier: BSD-3-Clause
//
// Trusted Services RPC by the ioctls of Linux' TEE subsystem. Used by programs of Linux. Trusts the kernel; what a
// partition says comes through it unchecked.
#include "ffa/client/transport_tee.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "ffa/client/ts_rpc.h"

// The user side of linux/tee.h
#define IOC_VERSION 0x800ca400ul
#define IOC_SHM_ALLOC 0xc010a401ul
#define IOC_OPEN_SESSION 0x8010a402ul
#define IOC_INVOKE 0x8010a403ul
#define IOC_CLOSE_SESSION 0x8004a405ul

#define IMPL_ID_TSTEE 3
#define PARAM_VALUE_INOUT 3
#define PATH_SIZE (TRANSPORT_TEE_PREFIX_MAX + sizeof("4294967295"))
#define PAGE 4096
// Tries while somebody else has the partition, with os->wait() between them. A partition makes an RSA key of 4096 bits in minutes
// of a slow core: with Linux's wait this is a quarter of an hour
#define BUSY_MAX 100000

struct version_data {
    uint32_t impl_id;
    uint32_t impl_caps; // FF-A id of the partition
    uint32_t gen_caps;
};
_Static_assert(sizeof(struct version_data) == 12, "TEE_IOC_VERSION");

struct shm_alloc_data {
    uint64_t size;
    uint32_t flags;
    int32_t id;
};
_Static_assert(sizeof(struct shm_alloc_data) == 16, "TEE_IOC_SHM_ALLOC");

struct buf_data {
    uint64_t address;
    uint64_t size;
};
_Static_assert(sizeof(struct buf_data) == 16, "tee_ioctl_buf_data");

struct open_session_arg {
    uint32_t uuid[4];
    uint8_t client_uuid[16];
    uint32_t client_login;
    uint32_t cancel_id;
    uint32_t session;
    uint32_t ret;
    uint32_t ret_origin;
    uint32_t param_count;
};
_Static_assert(sizeof(struct open_session_arg) == 56, "TEE_IOC_OPEN_SESSION");

struct invoke_arg {
    uint32_t func;
    uint32_t session;
    uint32_t cancel_id;
    uint32_t ret;
    uint32_t ret_origin;
    uint32_t param_count;
    struct {
        uint64_t attr;
        uint64_t a; // memory; of the answer: its length
        uint64_t b; // length of the request
        uint64_t c;
    } param;
};
_Static_assert(sizeof(struct invoke_arg) == 24 + 32, "TEE_IOC_INVOKE");

static struct transport_tee *tee_of(const struct ts_rpc_session *session)
{
    return (struct transport_tee *)session->transport; // its first member
}

// Number of the device of the session's partition, or device_count
static size_t device_of(const struct ts_rpc_session *session)
{
    const struct transport_tee *t = tee_of(session);
    size_t i = 0;

    while (i < t->device_count && t->devices[i].partition != session->partition) {
        i++;
    }
    return i;
}

// After an ioctl that failed: whether to make it again. EINTR says that it was not begun, EBUSY that the partition works for
// somebody else; `tries`: how often it did
static bool again(const struct transport_tee *t, unsigned int *tries)
{
    if (errno == EINTR) {
        return true;
    }
    if (errno != EBUSY || *tries == BUSY_MAX) {
        return false;
    }
    t->os->wait((*tries)++);
    return true;
}

// ERR_NOT_FOUND: the partition has no such service
static int open_session(const struct transport_tee *t, int fd, const uint32_t uuid[4],
                        uint32_t *session)
{
    struct open_session_arg arg;
    struct buf_data data = { .address = (uintptr_t)&arg, .size = sizeof(arg) };
    unsigned int tries = 0;
    int failed;

    do {
        arg = (struct open_session_arg){ .session = 0 };
        memcpy(arg.uuid, uuid, sizeof(arg.uuid));
        failed = t->os->ioctl(fd, IOC_OPEN_SESSION, &data);
    } while (failed != 0 && again(t, &tries));
    if (failed == 0) {
        *session = arg.session;
        return arg.ret == 0 ? 0 : ERR_NOT_FOUND;
    }
    switch (errno) {
    case ENODEV:
    case ENOENT:
    case EINVAL: // of drivers older than mainline's
        return ERR_NOT_FOUND;
    case EBUSY:
        return ERR_BUSY;
    case ENOMEM:
        return ERR_NO_MEMORY;
    default:
        return ERR_IO;
    }
}

static int find(struct ts_rpc_session *session, const uint32_t uuid[4])
{
    struct transport_tee *t = tee_of(session);
    int error = transport_tee_open_devices(t);

    if (error != 0) {
        return error;
    }
    error = t->denied ? ERR_DENIED : ERR_NOT_FOUND;
    for (size_t i = 0; i < t->device_count; i++) {
        int result = open_session(t, t->devices[i].fd, uuid, &session->interface);

        if (result == 0) {
            session->partition = t->devices[i].partition;
            return 0;
        }
        if (result != ERR_NOT_FOUND) {
            error = result; // this one may have it
        }
    }
    return error;
}

// The mapping keeps the memory; its file is not needed any more
static int share(struct ts_rpc_session *session)
{
    struct transport_tee *t = tee_of(session);
    struct shm_alloc_data data;
    size_t i = device_of(session);
    unsigned int tries = 0;
    int fd;

    if (i == t->device_count) {
        return ERR_NOT_FOUND;
    }
    do {
        data = (struct shm_alloc_data){ .size = t->transport.shared_size };
        fd = t->os->ioctl(t->devices[i].fd, IOC_SHM_ALLOC, &data);
    } while (fd < 0 && again(t, &tries));
    if (fd < 0) {
        return errno == EBUSY                      ? ERR_BUSY
               : errno == EACCES || errno == EPERM ? ERR_DENIED
               : errno == EIO                      ? ERR_IO
                                                   : ERR_NO_MEMORY;
    }
    void *base = data.id > 0 && data.size >= t->transport.shared_size
                     ? t->os->map(fd, t->transport.shared_size)
                     : NULL;

    t->os->close(fd);
    if (base == NULL) {
        return ERR_NO_MEMORY;
    }
    session->memory = (struct ffa_shared){
        .base = base,
        .size = t->transport.shared_size,
        .handle = (uint64_t)data.id,
    };
    return 0;
}

// One call. 0 or ERR_*; *refused: the partition did not take it
static int invoke_once(const struct transport_tee *t, int fd, struct invoke_arg *arg, bool *refused)
{
    struct buf_data data = { .address = (uintptr_t)arg, .size = sizeof(*arg) };
    const struct invoke_arg request = *arg;
    unsigned int tries = 0;
    int failed;

    do {
        *arg = request;
        failed = t->os->ioctl(fd, IOC_INVOKE, &data);
    } while (failed != 0 && again(t, &tries));
    *refused = failed != 0 && errno == EINVAL; // the driver's word for every RPC status but success
    if (failed == 0 || *refused) {
        return 0;
    }
    return errno == EBUSY ? ERR_BUSY : ERR_IO;
}

static int invoke(const struct ts_rpc_session *session, struct ts_rpc_call *call)
{
    const struct transport_tee *t = tee_of(session);
    size_t i = device_of(session);
    bool refused;
    struct invoke_arg arg = {
        .func = call->opcode,
        .session = session->interface,
        .param_count = 1,
        .param = { .attr = PARAM_VALUE_INOUT,
                   .a = session->memory.handle,
                   .b = call->request_size },
    };

    if (i == t->device_count) {
        return ERR_NOT_FOUND;
    }
    int error = invoke_once(t, t->devices[i].fd, &arg, &refused);

    if (error != 0) {
        return error;
    }
    if (arg.param.a > UINT32_MAX) {
        return ERR_INVALID;
    }
    call->rpc_status = refused ? TS_RPC_INVALID_VALUE : TS_RPC_SUCCESS;
    call->service_status = (int32_t)arg.ret;
    call->response_size = refused || session->memory.size == 0 ? 0 : (uint32_t)arg.param.a;
    return 0;
}

static int close_session(const struct ts_rpc_session *session)
{
    struct transport_tee *t = tee_of(session);
    size_t i = device_of(session);
    uint32_t id = session->interface;

    if (i == t->device_count) {
        return ERR_NOT_FOUND;
    }
    int failed = t->os->ioctl(t->devices[i].fd, IOC_CLOSE_SESSION, &id);

    if (!session->borrowed && session->memory.size != 0) {
        t->os->unmap(session->memory.base,
                     session->memory.size); // and the kernel takes the memory back
    }
    return failed != 0 ? ERR_IO : 0;
}

// Keeps the device if it is one of these
static void add_device(struct transport_tee *t, int fd)
{
    struct version_data version = { 0 };

    if (t->os->ioctl(fd, IOC_VERSION, &version) != 0 || version.impl_id != IMPL_ID_TSTEE) {
        t->os->close(fd);
        return;
    }
    t->devices[t->device_count].fd = fd;
    t->devices[t->device_count].partition = (uint16_t)version.impl_caps;
    t->device_count++;
}

int transport_tee_init(struct transport_tee *t, const struct transport_tee_os *os,
                       const char *prefix, size_t memory_size)
{
    static const struct ffa_transport_rpc rpc = {
        .find = find,
        .share = share,
        .invoke = invoke,
        .close = close_session,
    };

    if (memory_size == 0 || memory_size % PAGE != 0 || memory_size > UINT32_MAX ||
        strlen(prefix) > TRANSPORT_TEE_PREFIX_MAX) {
        return ERR_INVALID;
    }
    *t = (struct transport_tee){
        .transport = { .rpc = &rpc, .shared_size = memory_size },
        .os = os,
    };
    memcpy(t->prefix, prefix, strlen(prefix));
    return 0;
}

// All of them; *error: what was in the way of one. A shortage of this process or the kernel is worse than a refusal: later it
// may be over
static void open_all(struct transport_tee *t, int *error)
{
    for (unsigned int i = 0; i < TRANSPORT_TEE_DEVICES; i++) {
        char path[PATH_SIZE];
        int fd;

        (void)snprintf(path, sizeof(path), "%s%u", t->prefix, i);
        do {
            fd = t->os->open(path);
        } while (fd < 0 && errno == EINTR);
        if (fd >= 0) {
            add_device(t, fd);
        } else if (errno == EACCES || errno == EPERM) {
            t->denied = true;
        } else if (errno == EMFILE || errno == ENFILE || errno == ENOMEM) {
            *error = ERR_NO_MEMORY;
        }
    }
}

static void close_all(struct transport_tee *t)
{
    for (size_t i = 0; i < t->device_count; i++) {
        t->os->close(t->devices[i].fd);
    }
    t->device_count = 0;
    t->denied = false;
}

static void guard(const struct transport_tee *t, bool begin)
{
    if (t->guard != NULL) {
        t->guard(begin);
    }
}

int transport_tee_open_devices(struct transport_tee *t)
{
    int error = 0;

    if (t->device_count != 0) {
        return 0;
    }
    guard(t, true);
    t->denied = false;
    open_all(t, &error);
    if (error == 0 && t->device_count == 0) {
        error = t->denied ? ERR_DENIED : ERR_NOT_FOUND;
    }
    if (error != 0) {
        close_all(t);
    }
    guard(t, false);
    return error;
}

int transport_tee_open(struct transport_tee *t, const struct transport_tee_os *os,
                       const char *prefix, size_t memory_size)
{
    int error = transport_tee_init(t, os, prefix, memory_size);

    return error == 0 ? transport_tee_open_devices(t) : error;
}

void transport_tee_close(struct transport_tee *t)
{
    guard(t, true);
    close_all(t);
    guard(t, false);
}

void transport_tee_forked(struct transport_tee *t)
{
    close_all(t);
}
