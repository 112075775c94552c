// SPDX-License-Identifier: BSD-3-Clause
//
// Files of the command line: read as streams, written as a whole or not at all.
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tool.h"

int tool_file_open(const char *path)
{
    int fd = strcmp(path, "-") == 0 ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC);

    if (fd < 0) {
        tool_error("%s: cannot open: %s", path, strerror(errno));
    }
    return fd;
}

long tool_file_read(int fd, const char *path, uint8_t *data, size_t size)
{
    ssize_t got;

    do {
        got = read(fd, data, size);
    } while (got < 0 && errno == EINTR);
    if (got < 0) {
        tool_error("%s: cannot read: %s", path, strerror(errno));
    }
    return got;
}

void tool_file_close(int fd)
{
    if (fd != STDIN_FILENO) {
        (void)close(fd);
    }
}

bool tool_file_load(const char *path, uint8_t *data, size_t max, size_t *size)
{
    int fd = tool_file_open(path);
    long got = fd < 0 ? -1 : 1;
    uint8_t more;

    *size = 0;
    while (got > 0 && *size < max) {
        got = tool_file_read(fd, path, data + *size, max - *size);
        *size += got > 0 ? (size_t)got : 0;
    }
    if (got > 0) { // is that all?
        got = tool_file_read(fd, path, &more, 1);
        if (got > 0) {
            tool_error("%s: has more than %zu bytes", path, max);
            got = -1;
        }
    }
    if (fd >= 0) {
        tool_file_close(fd);
    }
    return got == 0;
}

static bool write_all(int fd, const uint8_t *bytes, size_t size)
{
    while (size > 0) {
        ssize_t done = write(fd, bytes, size);

        if (done < 0 && errno != EINTR) {
            return false;
        }
        bytes += done > 0 ? done : 0;
        size -= done > 0 ? (size_t)done : 0;
    }
    return true;
}

// Into a file beside `path` first: nobody finds half of a result
static bool replace(const char *path, const uint8_t *bytes, size_t size)
{
    char temp[PATH_MAX];
    int length = snprintf(temp, sizeof(temp), "%s.XXXXXX", path);
    int fd;

    if (length < 0 || (size_t)length >= sizeof(temp)) {
        errno = ENAMETOOLONG;
        return false;
    }
    fd = mkstemp(temp);
    if (fd < 0) {
        return false;
    }
    bool good = write_all(fd, bytes, size);

    good = close(fd) == 0 && good;
    good = good && rename(temp, path) == 0;
    if (!good) {
        int error = errno;

        (void)unlink(temp);
        errno = error;
    }
    return good;
}

enum tool_exit tool_file_result(const struct tool_args *args, const char *name,
                                const uint8_t *bytes, size_t size)
{
    struct stat status;
    bool good;

    if (args->out == NULL) {
        tool_output_hex(name, bytes, size);
        return TOOL_OK;
    }
    if (strcmp(args->out, "-") == 0) {
        good = fflush(stdout) == 0 && write_all(STDOUT_FILENO, bytes, size);
    } else if (stat(args->out, &status) == 0 && !S_ISREG(status.st_mode)) { // a pipe, a device
        int fd = open(args->out, O_WRONLY | O_CLOEXEC);

        good = fd >= 0 && write_all(fd, bytes, size);
        good = (fd < 0 || close(fd) == 0) && good;
    } else {
        good = replace(args->out, bytes, size);
    }
    if (!good) {
        tool_error("%s: cannot write: %s", args->out, strerror(errno));
        return TOOL_FAILED;
    }
    if (strcmp(args->out, "-") != 0) {
        tool_output_number("size", size);
    }
    return TOOL_OK;
}
