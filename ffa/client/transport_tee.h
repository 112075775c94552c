// SPDX-License-Identifier: BSD-3-Clause
//
// Transport for Linux programs: the kernel's TEE devices (/dev/tee0 …, include/uapi/linux/tee.h, driver tstee of Linux 6.10
// and later, or one that behaves like it), one for each partition that speaks Trusted Services RPC. The kernel makes the
// FF-A calls and shares the memory, so this transport has no call() of its own.
#ifndef TRANSPORT_TEE_H
#define TRANSPORT_TEE_H

#include "errors.h"
#include "ffa/client/transport.h"

#define TRANSPORT_TEE_DEVICES 16

// What the operating system does for the transport; each as the function of its name, with errno. transport_tee_linux is
// Linux.
struct transport_tee_os {
    int (*open)(const char *path);
    int (*ioctl)(int fd, unsigned long request, void *argument);
    void *(*map)(int fd, size_t size); // shared, readable and writable; NULL: refused
    void (*unmap)(void *base, size_t size);
    void (*close)(int fd);
};
extern const struct transport_tee_os transport_tee_linux;

struct transport_tee {
    struct ffa_transport transport; // give the address of this to the client library
    const struct transport_tee_os *os;
    size_t device_count;
    struct {
        int fd;
        int shm_fd; // of the memory that is shared with its partition; -1: none
        uint16_t partition;
    } devices[TRANSPORT_TEE_DEVICES];
};

// Opens all devices `<prefix>0` … that are of this kind ("/dev/tee"). `memory_size`: bytes, a multiple of 4096, that are
// shared with each partition that is used. ERR_NOT_FOUND: there is none; ERR_DENIED: this user may open none; ERR_INVALID:
// memory_size, or a prefix that is too long.
MUST_CHECK int transport_tee_open(struct transport_tee *t, const struct transport_tee_os *os,
                                  const char *prefix, size_t memory_size);

// Closes the devices. After psa_client_disconnect().
void transport_tee_close(struct transport_tee *t);

#endif
