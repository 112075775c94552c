// SPDX-License-Identifier: BSD-3-Clause
//
// Transport for Linux programs: the kernel's TEE devices (/dev/tee0 …, include/uapi/linux/tee.h, driver tstee of Linux 6.10
// and later, or one that behaves like it), one for each partition that speaks Trusted Services RPC. The kernel makes the
// FF-A calls and shares the memory, so this transport has no call() of its own.
#ifndef TRANSPORT_TEE_H
#define TRANSPORT_TEE_H

#include <stdbool.h>

#include "errors.h"
#include "ffa/client/transport.h"

#define TRANSPORT_TEE_DEVICES 16

// What the operating system does for the transport; each as the function of its name, with errno. transport_tee_linux is
// Linux (transport_tee_linux.c).
struct transport_tee_os {
    int (*open)(const char *path);
    int (*ioctl)(int fd, unsigned long request, void *argument);
    void *(*map)(
        int fd,
        size_t size); // shared, readable and writable, not in forked children; NULL: refused
    void (*unmap)(void *base, size_t size);
    void (*close)(int fd);
    void (*wait)(
        unsigned int try); // a while, before the partition is asked again: `try` times it was busy
};
extern const struct transport_tee_os transport_tee_linux;

#define TRANSPORT_TEE_PREFIX_MAX 60 // characters

struct transport_tee {
    struct ffa_transport transport; // give the address of this to the client library
    const struct transport_tee_os *os;
    // Called before (true) and after a change of what follows; NULL: nobody looks at it meanwhile. May be set once it is
    // initialised
    void (*guard)(bool begin);
    char prefix[TRANSPORT_TEE_PREFIX_MAX + 1];
    bool denied; // there is a device that this user may not open
    size_t device_count;
    struct {
        int fd;
        uint16_t partition;
    } devices[TRANSPORT_TEE_DEVICES];
};

// Makes a transport over the devices `<prefix>0` … that are of this kind ("/dev/tee"). They are opened when the first service is
// looked for. `memory_size`: bytes, a multiple of 4096, that are shared with each partition that is used. ERR_INVALID:
// memory_size, or a prefix that is too long.
MUST_CHECK int transport_tee_init(struct transport_tee *t, const struct transport_tee_os *os,
                                  const char *prefix, size_t memory_size);

// Opens them now, if none is open. ERR_NOT_FOUND: there is none; ERR_DENIED: this user may open none; ERR_NO_MEMORY: no room
// for them, in this process' table of files or in the kernel.
MUST_CHECK int transport_tee_open_devices(struct transport_tee *t);

// transport_tee_init() and transport_tee_open_devices().
MUST_CHECK int transport_tee_open(struct transport_tee *t, const struct transport_tee_os *os,
                                  const char *prefix, size_t memory_size);

// Closes the devices; the next service that is looked for opens them again. After psa_client_disconnect().
void transport_tee_close(struct transport_tee *t);

// In the child after fork(), which does not have the memory (os->map()): the devices are the parent's, whose sessions they stay;
// here they are closed, without guard(), and nothing else. The client library must forget its sessions, too:
// psa_client_connect().
void transport_tee_forked(struct transport_tee *t);

#endif
