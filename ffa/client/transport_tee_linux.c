// SPDX-License-Identifier: BSD-3-Clause
//
// What transport_tee.c needs of Linux: the system calls, as they are. Used by programs of Linux.
#include <errno.h>
#include <fcntl.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#include "ffa/client/transport_tee.h"

#define WAIT_STEP_NS 10000 // longer with each try …
#define WAIT_MAX_NS 10000000

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

    if (base == MAP_FAILED) {
        return NULL;
    }
    // A child that writes there would write into its parent's requests
    if (madvise(base, size, MADV_DONTFORK) != 0) {
        (void)munmap(base, size);
        return NULL;
    }
    return base;
}

static void linux_unmap(void *base, size_t size)
{
    (void)munmap(base, size);
}

static void linux_close(int fd)
{
    (void)close(fd);
}

static void linux_wait(unsigned int try)
{
    struct timespec time = {
        .tv_nsec = try < WAIT_MAX_NS / WAIT_STEP_NS ? (long)try * WAIT_STEP_NS : WAIT_MAX_NS,
    };

    while (nanosleep(&time, &time) != 0 && errno == EINTR) {
    }
}

const struct transport_tee_os transport_tee_linux = {
    .open = linux_open,
    .ioctl = linux_ioctl,
    .map = linux_map,
    .unmap = linux_unmap,
    .close = linux_close,
    .wait = linux_wait,
};
