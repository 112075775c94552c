// SPDX-License-Identifier: BSD-3-Clause
//
// Writes an initramfs: a cpio archive of the "newc" kind (kernel: Documentation/driver-api/early-userspace/buffer-format.rst)
// from a list on standard input, to standard output. It needs no root, for device nodes neither, and the same list and files give
// the same bytes: owner and date are always 0. tests/linux/initramfs.sh makes the list; one entry a line:
//
//   dir PATH MODE              file PATH MODE SOURCE
//   link PATH TARGET           node PATH MODE MAJOR MINOR     (a character device)
//
// Modes are octal. Paths have neither blanks nor a leading slash.
#include <errno.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define TYPE_DIR 0040000u
#define TYPE_FILE 0100000u
#define TYPE_LINK 0120000u
#define TYPE_NODE 0020000u
#define PERMISSIONS 07777u
#define WORDS_MAX 5
#define LINE_SIZE 1024

struct entry {
    const char *path;
    uint32_t mode;
    uint32_t major;
    uint32_t minor;
    const uint8_t *data;
    size_t size;
};

static unsigned int line_number;

__attribute__((format(printf, 1, 2))) static _Noreturn void die(const char *format, ...)
{
    va_list ap;

    va_start(ap, format);
    fprintf(stderr, "newc: line %u: ", line_number);
    vfprintf(stderr, format, ap);
    fprintf(stderr, "\n");
    va_end(ap);
    exit(1);
}

static void put(const void *data, size_t size)
{
    if (fwrite(data, 1, size, stdout) != size) {
        die("writing: %s", strerror(errno));
    }
}

// Zeros up to a multiple of 4 after `size` bytes
static void pad(size_t size)
{
    put("\0\0\0", -size & 3);
}

static void put_entry(const struct entry *e)
{
    static uint32_t inode;
    char header[111];
    size_t name_size = strlen(e->path) + 1;

    if (e->size > UINT32_MAX) {
        die("%s: larger than 4 GiB", e->path);
    }
    // magic, ino, mode, uid, gid, nlink, mtime, filesize, device (2), rdevice (2), namesize, check
    snprintf(header, sizeof(header), "070701%08x%08x%08x%08x%08x%08x%08x%08x%08x%08x%08x%08x%08x",
             ++inode, e->mode, 0, 0,
             (e->mode & TYPE_DIR) != 0 && (e->mode & TYPE_FILE) == 0 ? 2 : 1, 0, (uint32_t)e->size,
             0, 0, e->major, e->minor, (uint32_t)name_size, 0);
    put(header, sizeof(header) - 1);
    put(e->path, name_size);
    pad(sizeof(header) - 1 + name_size);
    put(e->data, e->size);
    pad(e->size);
}

static void put_file(struct entry *e, const char *source)
{
    FILE *f = fopen(source, "rb");

    if (f == NULL) {
        die("%s: %s", source, strerror(errno));
    }
    if (fseek(f, 0, SEEK_END) != 0) {
        die("%s: %s", source, strerror(errno));
    }
    long end = ftell(f);
    rewind(f);
    uint8_t *data = end < 0 ? NULL : malloc((size_t)end + 1);
    if (data == NULL || fread(data, 1, (size_t)end, f) != (size_t)end) {
        die("%s: cannot be read", source);
    }
    fclose(f);
    e->data = data;
    e->size = (size_t)end;
    put_entry(e);
    free(data);
}

static uint32_t number(const char *text, int base)
{
    char *end;
    unsigned long n = strtoul(text, &end, base);

    if (*text == '\0' || *end != '\0' || n > PERMISSIONS) {
        die("'%s' is not a number up to %u in base %d", text, PERMISSIONS, base);
    }
    return (uint32_t)n;
}

static void put_line(char *const word[], size_t count)
{
    struct entry e = { .path = word[1], .data = (const uint8_t *)"" };

    if (count == 3 && strcmp(word[0], "dir") == 0) {
        e.mode = TYPE_DIR | number(word[2], 8);
        put_entry(&e);
    } else if (count == 4 && strcmp(word[0], "file") == 0) {
        e.mode = TYPE_FILE | number(word[2], 8);
        put_file(&e, word[3]);
    } else if (count == 3 && strcmp(word[0], "link") == 0) {
        e.mode = TYPE_LINK | 0777;
        e.data = (const uint8_t *)word[2];
        e.size = strlen(word[2]);
        put_entry(&e);
    } else if (count == 5 && strcmp(word[0], "node") == 0) {
        e.mode = TYPE_NODE | number(word[2], 8);
        e.major = number(word[3], 10);
        e.minor = number(word[4], 10);
        put_entry(&e);
    } else {
        die("'%s' with %zu words is no entry", word[0], count);
    }
}

int main(void)
{
    const struct entry end = { .path = "TRAILER!!!", .data = (const uint8_t *)"" };
    char line[LINE_SIZE];

    while (fgets(line, sizeof(line), stdin) != NULL) {
        char *word[WORDS_MAX + 1];
        size_t count = 0;

        line_number++;
        if (strchr(line, '\n') == NULL) {
            die("longer than %u characters, or cut off", LINE_SIZE - 2);
        }
        for (char *w = strtok(line, " \n"); w != NULL && count <= WORDS_MAX;
             w = strtok(NULL, " \n")) {
            word[count++] = w;
        }
        if (count == 0) {
            continue;
        }
        put_line(word, count);
    }
    put_entry(&end);
    if (ferror(stdin) != 0 || fflush(stdout) != 0) {
        die("reading or writing failed");
    }
    return 0;
}
