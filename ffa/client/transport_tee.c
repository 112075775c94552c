// SPDX-License-Identifier: BSD-3-Clause
//
// Trusted Services RPC by the ioctls of Linux' TEE subsystem. Used by programs of Linux. Trusts the kernel; what a
// partition says comes through it unchecked.
#include "ffa/client/transport_tee.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "ffa/client/ts_rpc.h"

// The user side of linux/tee.h
#define IOC_VERSION 0x800ca400ul
#define IOC_SHM_ALLOC 0xc010a401ul
#define IOC_OPEN_SESSION 0x8010a402ul
#define IOC_INVOKE 0x8010a403ul
#define IOC_CLOSE_SESSION 0x8004a405ul

#define IMPL_ID_TSTEE 3
#define PARAM_VALUE_INOUT 3
#define PATH_SIZE 64
#define PAGE 4096
#define BUSY_MAX 100000 // as in ts_rpc.c: calls while another core has the partition

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

static int linux_open(const char *path)
{
    return open(path, O_RDWR | O_CLOEXEC);
}

static int linux_ioctl(int fd, unsigned long request, void *argument)
{
    return ioctl(fd, request, argument);
}

static void *linux_map(int fd, size_t size)
{
    void *base = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);

    return base != MAP_FAILED ? base : NULL;
}

static void linux_unmap(void *base, size_t size)
{
    (void)munmap(base, size);
}

static void linux_close(int fd)
{
    (void)close(fd);
}

const struct transport_tee_os transport_tee_linux = {
    .open = linux_open,
    .ioctl = linux_ioctl,
    .map = linux_map,
    .unmap = linux_unmap,
    .close = linux_close,
};

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

static int find(struct ts_rpc_session *session, const uint32_t uuid[4])
{
    const struct transport_tee *t = tee_of(session);

    for (size_t i = 0; i < t->device_count; i++) {
        struct open_session_arg arg = { .session = 0 };
        struct buf_data data = { .address = (uintptr_t)&arg, .size = sizeof(arg) };

        memcpy(arg.uuid, uuid, sizeof(arg.uuid));
        if (t->os->ioctl(t->devices[i].fd, IOC_OPEN_SESSION, &data) == 0 && arg.ret == 0) {
            session->partition = t->devices[i].partition;
            session->interface = arg.session;
            return 0;
        }
    }
    return ERR_NOT_FOUND; // the driver says no more than that
}

static int share(struct ts_rpc_session *session)
{
    struct transport_tee *t = tee_of(session);
    struct shm_alloc_data data = { .size = t->transport.shared_size };
    size_t i = device_of(session);

    if (i == t->device_count) {
        return ERR_NOT_FOUND;
    }
    int fd = t->os->ioctl(t->devices[i].fd, IOC_SHM_ALLOC, &data);

    if (fd < 0) {
        return errno == ENOMEM ? ERR_NO_MEMORY : ERR_DENIED;
    }
    void *base = data.id > 0 && data.size >= t->transport.shared_size
                     ? t->os->map(fd, t->transport.shared_size)
                     : NULL;

    if (base == NULL) {
        t->os->close(fd);
        return ERR_NO_MEMORY;
    }
    session->memory = (struct ffa_shared){
        .base = base,
        .size = t->transport.shared_size,
        .handle = (uint64_t)data.id,
    };
    t->devices[i].shm_fd = fd;
    return 0;
}

// One ioctl, again while the partition works for somebody else. 0 or ERR_*; *refused: the partition did not take the call
static int invoke_once(const struct transport_tee *t, int fd, struct invoke_arg *arg, bool *refused)
{
    struct buf_data data = { .address = (uintptr_t)arg, .size = sizeof(*arg) };
    const struct invoke_arg request = *arg;

    *refused = false;
    for (unsigned int i = 0; i < BUSY_MAX; i++) {
        *arg = request;
        if (t->os->ioctl(fd, IOC_INVOKE, &data) == 0) {
            return 0;
        }
        if (errno == EINVAL) { // the driver's word for every RPC status but success
            *refused = true;
            return 0;
        }
        if (errno != EBUSY) {
            return ERR_IO;
        }
    }
    return ERR_BUSY;
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
        t->os->unmap(session->memory.base, session->memory.size);
        t->os->close(t->devices[i].shm_fd); // and the kernel takes the memory back
        t->devices[i].shm_fd = -1;
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
    t->devices[t->device_count].shm_fd = -1;
    t->devices[t->device_count].partition = (uint16_t)version.impl_caps;
    t->device_count++;
}

int transport_tee_open(struct transport_tee *t, const struct transport_tee_os *os,
                       const char *prefix, size_t memory_size)
{
    static const struct ffa_transport_rpc rpc = {
        .find = find,
        .share = share,
        .invoke = invoke,
        .close = close_session,
    };
    bool denied = false;

    if (memory_size == 0 || memory_size % PAGE != 0 || memory_size > UINT32_MAX ||
        strlen(prefix) > PATH_SIZE - sizeof("16")) {
        return ERR_INVALID;
    }
    *t = (struct transport_tee){
        .transport = { .rpc = &rpc, .shared_size = memory_size },
        .os = os,
    };
    for (int i = 0; i < TRANSPORT_TEE_DEVICES; i++) {
        char path[PATH_SIZE];

        (void)snprintf(path, sizeof(path), "%s%d", prefix, i);
        int fd = os->open(path);

        if (fd >= 0) {
            add_device(t, fd);
        } else {
            denied = denied || errno == EACCES || errno == EPERM;
        }
    }
    return t->device_count != 0 ? 0 : denied ? ERR_DENIED : ERR_NOT_FOUND;
}

void transport_tee_close(struct transport_tee *t)
{
    for (size_t i = 0; i < t->device_count; i++) {
        t->os->close(t->devices[i].fd);
    }
    t->device_count = 0;
}
