// SPDX-License-Identifier: BSD-3-Clause
//
// See tpm_socket.h.
#include "tests/harness/tpm_socket.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#define WAITING 16 // clients that have not been accepted

static bool make_address(struct sockaddr_un *address, const char *path, const char *who)
{
    size_t length = strlen(path);

    *address = (struct sockaddr_un){ .sun_family = AF_UNIX };
    if (length == 0 || length >= sizeof(address->sun_path)) {
        fprintf(stderr, "%s: socket '%s': a name of 1 to %zu bytes is needed\n", who, path,
                sizeof(address->sun_path) - 1);
        return false;
    }
    memcpy(address->sun_path, path, length);
    return true;
}

static int make_socket(const char *who)
{
    int fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);

    if (fd < 0) {
        fprintf(stderr, "%s: socket: %s\n", who, strerror(errno));
    }
    return fd;
}

// The folder of `path`, opened so that nothing can be put in its place: of this user or root, and written by nobody else but under the
// sticky bit (/tmp). -1: it is not
static int open_folder(const char *path)
{
    char folder[sizeof(((struct sockaddr_un *)0)->sun_path)];
    const char *slash = strrchr(path, '/');
    struct stat st;

    snprintf(folder, sizeof(folder), "%.*s", slash == NULL ? 1 : (int)(slash - path + 1),
             slash == NULL ? "." : path);
    int fd = open(folder, O_PATH | O_DIRECTORY | O_CLOEXEC);

    if (fd < 0 || fstat(fd, &st) != 0) {
        fprintf(stderr, "tpm-harness: %s: %s\n", folder, strerror(errno));
    } else if (st.st_uid != geteuid() && st.st_uid != 0) {
        fprintf(stderr, "tpm-harness: %s: the folder is another user's\n", folder);
    } else if ((st.st_mode & (S_IWGRP | S_IWOTH)) != 0 && (st.st_mode & S_ISVTX) == 0) {
        fprintf(stderr, "tpm-harness: %s: others may write into the folder\n", folder);
    } else {
        return fd;
    }
    if (fd >= 0) {
        close(fd);
    }
    return -1;
}

// Makes room for a socket called `name`: a dead one of this user is removed
static bool make_room(int folder, const char *name, const struct sockaddr_un *address)
{
    struct stat st;

    if (fstatat(folder, name, &st, AT_SYMLINK_NOFOLLOW) != 0) {
        return errno == ENOENT;
    }
    if (!S_ISSOCK(st.st_mode) || st.st_uid != geteuid()) {
        fprintf(stderr, "tpm-harness: %s: is there and no socket of this user; not touched\n",
                address->sun_path);
        return false;
    }
    int fd = make_socket("tpm-harness");
    bool alive = fd >= 0 && (connect(fd, (const struct sockaddr *)address, sizeof(*address)) == 0 ||
                             errno != ECONNREFUSED);

    if (fd >= 0) {
        close(fd);
    }
    if (alive) {
        fprintf(stderr, "tpm-harness: %s: another server listens there\n", address->sun_path);
        return false;
    }
    return fd >= 0 && unlinkat(folder, name, 0) == 0;
}

static const char *name_of(const char *path)
{
    const char *slash = strrchr(path, '/');

    return slash == NULL ? path : slash + 1;
}

int tpm_socket_listen(const char *path, ino_t *inode)
{
    struct sockaddr_un address;
    struct stat st;

    if (!make_address(&address, path, "tpm-harness")) {
        return -1;
    }
    int folder = open_folder(path);
    int fd = -1;

    if (folder >= 0 && make_room(folder, name_of(path), &address)) {
        fd = make_socket("tpm-harness");
    }
    if (fd >= 0) {
        mode_t old = umask(0177); // the socket's mode is 0600 from its first moment
        int result = bind(fd, (const struct sockaddr *)&address, sizeof(address));

        umask(old);
        if (result != 0 || listen(fd, WAITING) != 0 || fcntl(fd, F_SETFL, O_NONBLOCK) != 0 ||
            fstatat(folder, name_of(path), &st, AT_SYMLINK_NOFOLLOW) != 0) {
            fprintf(stderr, "tpm-harness: %s: %s\n", path, strerror(errno));
            close(fd);
            fd = -1;
        } else {
            *inode = st.st_ino;
        }
    }
    if (folder >= 0) {
        close(folder);
    }
    return fd;
}

void tpm_socket_remove(const char *path, ino_t inode)
{
    struct stat st;

    if (lstat(path, &st) == 0 && S_ISSOCK(st.st_mode) && st.st_ino == inode) {
        (void)unlink(path);
    }
}

static bool is_own(int fd)
{
    struct ucred peer;
    socklen_t size = sizeof(peer);

    return getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &size) == 0 && peer.uid == geteuid();
}

int tpm_socket_accept(int listener)
{
    int fd = accept4(listener, NULL, NULL, SOCK_CLOEXEC);

    if (fd >= 0 && !is_own(fd)) {
        fprintf(stderr, "tpm-harness: a client of another user: refused\n");
        close(fd);
        fd = -1;
    }
    return fd;
}

int tpm_socket_connect(const char *path, const char *who)
{
    struct sockaddr_un address;

    if (!make_address(&address, path, who)) {
        return -1;
    }
    int fd = make_socket(who);

    if (fd < 0) {
        return -1;
    }
    if (connect(fd, (const struct sockaddr *)&address, sizeof(address)) != 0) {
        fprintf(stderr, "%s: %s: %s%s\n", who, path, strerror(errno),
                errno == ENOENT || errno == ECONNREFUSED
                    ? ": no tpm-harness is running there (`make tpm` starts one)"
                    : "");
    } else if (!is_own(fd)) {
        fprintf(stderr, "%s: %s: the server is another user's\n", who, path);
    } else {
        return fd;
    }
    close(fd);
    return -1;
}

bool tpm_socket_send(int fd, uint32_t type, uint32_t value, const void *data, size_t size)
{
    struct tpm_wire_packet packet = { .head = { type, value, (uint32_t)size } };

    if (size > sizeof(packet.data)) {
        return false;
    }
    if (size != 0) {
        memcpy(packet.data, data, size);
    }
    size_t all = sizeof(packet.head) + size;

    return send(fd, &packet, all, MSG_NOSIGNAL | MSG_DONTWAIT) == (ssize_t)all;
}

int tpm_socket_receive(int fd, bool wait, struct tpm_wire_packet *packet)
{
    ssize_t n;

    do {
        n = recv(fd, packet, sizeof(*packet), MSG_TRUNC | (wait ? 0 : MSG_DONTWAIT));
    } while (n < 0 && errno == EINTR);
    if (n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) {
        return 0;
    }
    return n >= (ssize_t)sizeof(packet->head) && n <= (ssize_t)sizeof(*packet) &&
                   packet->head.size == (size_t)n - sizeof(packet->head)
               ? 1
               : -1;
}
