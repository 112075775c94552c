// SPDX-License-Identifier: BSD-3-Clause
//
// Messages, numbers, UUIDs and files of fip-tool. Every command uses it. File contents and names
// come from outside; a file that is written appears under its name complete or not at all.
#include "fip-tool.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

bool tool_verbose_enabled;

static void print_line(FILE *stream, const char *prefix, const char *format, va_list args)
{
    fprintf(stream, "fip-tool: %s", prefix);
    vfprintf(stream, format, args);
    fputc('\n', stream);
}

void tool_error(const char *format, ...)
{
    va_list args;

    va_start(args, format);
    print_line(stderr, "error: ", format, args);
    va_end(args);
}

void tool_warning(const char *format, ...)
{
    va_list args;

    va_start(args, format);
    print_line(stderr, "warning: ", format, args);
    va_end(args);
}

void tool_verbose(const char *format, ...)
{
    va_list args;

    if (!tool_verbose_enabled) {
        return;
    }
    va_start(args, format);
    print_line(stdout, "", format, args);
    va_end(args);
}

int tool_fault(const char *path, const struct fip *fip, const struct image_fault *fault, int err)
{
    char label[TOOL_LABEL_SIZE];

    char entry[TOOL_LABEL_SIZE + 32] = "";

    if (fault->entry != IMAGE_FAULT_NO_ENTRY && fip != NULL) {
        snprintf(entry, sizeof(entry), "entry %" PRIu32 " (%s): ", fault->entry,
                 tool_label(fip->entries[fault->entry].uuid, label));
    } else if (fault->entry != IMAGE_FAULT_NO_ENTRY) {
        snprintf(entry, sizeof(entry), "entry %" PRIu32 ": ", fault->entry);
    }
    tool_error("%s: %s%s %s: found 0x%" PRIx64 ", expected 0x%" PRIx64, path, entry, fault->field,
               fault->text, fault->found, fault->expected);
    return err;
}

bool tool_parse_number(const char *text, uint64_t max, uint64_t *value)
{
    unsigned long long number;
    char *end;

    if (!isdigit((unsigned char)text[0])) {
        return false;
    }
    errno = 0;
    number = strtoull(text, &end, 0);
    if (errno != 0 || *end != '\0' || number > max) {
        return false;
    }
    *value = number;
    return true;
}

static int hex_digit(char c)
{
    const char *digits = "0123456789abcdef";
    const char *found = c == '\0' ? NULL : strchr(digits, tolower((unsigned char)c));

    return found == NULL ? -1 : (int)(found - digits);
}

bool tool_parse_uuid(const char *text, uint8_t uuid[IMAGE_UUID_SIZE])
{
    for (size_t i = 0; i < IMAGE_UUID_SIZE; i++) {
        int high, low;

        if (i == 4 || i == 6 || i == 8 || i == 10) {
            if (*text++ != '-') {
                return false;
            }
        }
        high = hex_digit(text[0]);
        low = high < 0 ? -1 : hex_digit(text[1]);
        if (low < 0) {
            return false;
        }
        uuid[i] = (uint8_t)(high << 4 | low);
        text += 2;
    }
    return *text == '\0';
}

bool tool_parse_hex(const char *text, uint8_t *bytes, size_t size)
{
    for (size_t i = 0; i < size; i++) {
        int high = hex_digit(text[0]), low = high < 0 ? -1 : hex_digit(text[1]);

        if (low < 0) {
            return false;
        }
        bytes[i] = (uint8_t)(high << 4 | low);
        text += 2;
    }
    return *text == '\0';
}

const char *tool_format_uuid(const uint8_t *uuid, char *text)
{
    char *at = text;

    for (size_t i = 0; i < IMAGE_UUID_SIZE; i++) {
        at += sprintf(at, "%s%02X", i == 4 || i == 6 || i == 8 || i == 10 ? "-" : "", uuid[i]);
    }
    return text;
}

const char *tool_label(const uint8_t *uuid, char *text)
{
    const struct fip_name *name = fip_names_find(uuid);

    return name != NULL ? name->option : tool_format_uuid(uuid, text);
}

static int read_all(const char *path, int fd, size_t size, struct tool_file *file)
{
    uint8_t *data = size == 0 ? NULL : malloc(size);
    size_t done = 0;

    if (size != 0 && data == NULL) {
        tool_error("%s: no memory for %zu bytes", path, size);
        return ERR_NO_MEMORY;
    }
    while (done < size) {
        ssize_t got = read(fd, data + done, size - done);

        if (got < 0 && errno == EINTR) {
            continue;
        }
        if (got <= 0) {
            tool_error("%s: read stopped at %zu of %zu bytes: %s", path, done, size,
                       got < 0 ? strerror(errno) : "file became shorter");
            free(data);
            return ERR_IO;
        }
        done += (size_t)got;
    }
    file->data = data;
    file->size = size;
    return 0;
}

int tool_file_read(const char *path, bool may_miss, struct tool_file *file)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    struct stat status;
    int err;

    if (fd < 0) {
        err = errno == ENOENT ? ERR_NOT_FOUND : ERR_IO;
        if (err != ERR_NOT_FOUND || !may_miss) {
            tool_error("%s: cannot open: %s", path, strerror(errno));
        }
        return err;
    }
    if (fstat(fd, &status) != 0 || !S_ISREG(status.st_mode)) {
        tool_error("%s: is not a regular file", path);
        err = ERR_INVALID;
    } else if ((uint64_t)status.st_size > TOOL_FIP_SIZE_MAX) {
        tool_error("%s: file size: found %" PRIu64 ", expected at most %" PRIu64, path,
                   (uint64_t)status.st_size, TOOL_FIP_SIZE_MAX);
        err = ERR_RANGE;
    } else {
        err = read_all(path, fd, (size_t)status.st_size, file);
    }
    close(fd);
    return err;
}

void tool_file_free(struct tool_file *file)
{
    free(file->data);
    file->data = NULL;
    file->size = 0;
}

// Finds the file that `path` means (through symbolic links) and its mode; a new file gets what the
// umask leaves.
static int resolve_target(const char *path, char **target, mode_t *mode)
{
    mode_t mask = umask(0);
    struct stat status;

    umask(mask);
    *mode = 0666 & ~mask;
    if (stat(path, &status) != 0) {
        *target = strdup(path);
        return 0;
    }
    if (!S_ISREG(status.st_mode)) {
        tool_error("%s: exists and is not a regular file", path);
        return ERR_INVALID;
    }
    *mode = status.st_mode & 0777;
    *target = realpath(path, NULL);
    return 0;
}

int tool_out_open(struct tool_out *out, const char *path)
{
    mode_t mode;
    int err = resolve_target(path, &out->path, &mode);

    if (err != 0) {
        return err;
    }
    out->fd = -1;
    if (out->path == NULL || asprintf(&out->temp, "%s.XXXXXX", out->path) < 0) {
        tool_error("%s: no memory", path);
        free(out->path);
        return ERR_NO_MEMORY;
    }
    out->fd = mkstemp(out->temp);
    if (out->fd < 0 || fchmod(out->fd, mode) != 0) {
        tool_error("%s: cannot write a file beside it: %s", path, strerror(errno));
        tool_out_abandon(out);
        return ERR_IO;
    }
    return 0;
}

int tool_out_write(struct tool_out *out, uint64_t offset, const void *data, size_t len)
{
    const uint8_t *from = data;

    while (len > 0) {
        ssize_t done = pwrite(out->fd, from, len, (off_t)offset);

        if (done < 0 && errno == EINTR) {
            continue;
        }
        if (done <= 0) {
            tool_error("%s: cannot write: %s", out->path, strerror(errno));
            return ERR_IO;
        }
        from += done;
        offset += (uint64_t)done;
        len -= (size_t)done;
    }
    return 0;
}

int tool_out_commit(struct tool_out *out, uint64_t size)
{
    int fd = out->fd;
    bool good = ftruncate(fd, (off_t)size) == 0;

    out->fd = -1;
    good = close(fd) == 0 && good; // a full disk may show only here
    good = good && rename(out->temp, out->path) == 0;
    if (!good) {
        tool_error("%s: cannot write: %s", out->path, strerror(errno));
        tool_out_abandon(out);
        return ERR_IO;
    }
    free(out->temp);
    free(out->path);
    return 0;
}

void tool_out_abandon(struct tool_out *out)
{
    if (out->fd >= 0) {
        close(out->fd);
    }
    unlink(out->temp);
    free(out->temp);
    free(out->path);
}
