// SPDX-License-Identifier: BSD-3-Clause
//
// The libc and POSIX names that ported libraries (libtpms, OpenSSL's libcrypto) ask for and picolibc lacks: what glibc's headers call
// by another name, the answers of a program with one thread, time and entropy. posix_refuse.S has the rest: what cannot
// be had here; posix_shim.h the table of all names. Linked only into partitions that name these files. Types are those of glibc's binary
// interface on arm64, which the libraries were compiled for.
#include "posix_shim.h"

#include <ctype.h>
#include <errno.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sp.h"

#define NR_GETRANDOM 278
#define NS_PER_S 1000000000ull
#define FDS 1024 // in an fd_set
#define FDS_PER_WORD 64

static const struct posix_shim *shim;

// ---- Errors and ends ----
int *__errno_location(void);
int *__errno_location(void)
{
    return &errno;
}

_Noreturn void __assert_fail(const char *text, const char *file, unsigned int line,
                             const char *function);
_Noreturn void __assert_fail(const char *text, const char *file, unsigned int line,
                             const char *function)
{
    (void)text;
    sp_log("assertion in %s, line %u, %s", file, line, function);
    sp_die("a library's assertion failed");
}

int kill(int pid, int signal);
int kill(int pid, int signal)
{
    (void)pid;
    (void)signal;
    sp_die("a library called abort");
}

// ---- _FORTIFY_SOURCE: `flag` and sizes are for checks that glibc makes ----
static _Noreturn void overflow(void)
{
    sp_die("a library wrote past the end of an object");
}

void *__memcpy_chk(void *to, const void *from, size_t len, size_t room);
void *__memcpy_chk(void *to, const void *from, size_t len, size_t room)
{
    if (len > room) {
        overflow();
    }
    return memcpy(to, from, len);
}

// Which word of an fd_set has the bit of `fd`
long __fdelt_chk(long fd);
long __fdelt_chk(long fd)
{
    if (fd < 0 || fd >= FDS) {
        overflow();
    }
    return fd / FDS_PER_WORD;
}

void *__memset_chk(void *to, int value, size_t len, size_t room);
void *__memset_chk(void *to, int value, size_t len, size_t room)
{
    if (len > room) {
        overflow();
    }
    return memset(to, value, len);
}

int __vfprintf_chk(FILE *file, int flag, const char *format, va_list arguments);
int __vfprintf_chk(FILE *file, int flag, const char *format, va_list arguments)
{
    (void)flag;
    return vfprintf(file, format, arguments);
}

int __fprintf_chk(FILE *file, int flag, const char *format, ...);
int __fprintf_chk(FILE *file, int flag, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    int count = __vfprintf_chk(file, flag, format, arguments);

    va_end(arguments);
    return count;
}

int __vsnprintf_chk(char *to, size_t len, int flag, size_t room, const char *format,
                    va_list arguments);
int __vsnprintf_chk(char *to, size_t len, int flag, size_t room, const char *format,
                    va_list arguments)
{
    (void)flag;
    if (len > room) {
        overflow();
    }
    return vsnprintf(to, len, format, arguments);
}

int __snprintf_chk(char *to, size_t len, int flag, size_t room, const char *format, ...);
int __snprintf_chk(char *to, size_t len, int flag, size_t room, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    int count = __vsnprintf_chk(to, len, flag, room, format, arguments);

    va_end(arguments);
    return count;
}

int __asprintf_chk(char **to, int flag, const char *format, ...);
int __asprintf_chk(char **to, int flag, const char *format, ...)
{
    va_list arguments;

    (void)flag;
    va_start(arguments, format);
    int count = vasprintf(to, format, arguments);

    va_end(arguments);
    return count;
}

// A log of a library: the console, whatever the number of the file
int __vdprintf_chk(int fd, int flag, const char *format, va_list arguments);
int __vdprintf_chk(int fd, int flag, const char *format, va_list arguments)
{
    (void)fd;
    return __vfprintf_chk(stderr, flag, format, arguments);
}

int __dprintf_chk(int fd, int flag, const char *format, ...);
int __dprintf_chk(int fd, int flag, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    int count = __vdprintf_chk(fd, flag, format, arguments);

    va_end(arguments);
    return count;
}

int __isoc99_sscanf(const char *text, const char *format, ...);
int __isoc99_sscanf(const char *text, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    int count = vsscanf(text, format, arguments);

    va_end(arguments);
    return count;
}

// ---- Characters: glibc's table of properties, of ASCII. Bits as in its <ctype.h>, little-endian ----
#define GLIBC_UPPER 0x100
#define GLIBC_LOWER 0x200
#define GLIBC_ALPHA 0x400
#define GLIBC_DIGIT 0x800
#define GLIBC_XDIGIT 0x1000
#define GLIBC_SPACE 0x2000
#define GLIBC_PRINT 0x4000
#define GLIBC_GRAPH 0x8000
#define GLIBC_BLANK 0x1
#define GLIBC_CNTRL 0x2
#define GLIBC_PUNCT 0x4
#define GLIBC_ALNUM 0x8
#define CHARACTERS 384 // -128 … 255
#define CHARACTER_0 128

static unsigned short properties[CHARACTERS];
static int lower[CHARACTERS];

static unsigned short properties_of(int c)
{
    unsigned int value = 0;

    value |= isupper(c) ? GLIBC_UPPER : 0;
    value |= islower(c) ? GLIBC_LOWER : 0;
    value |= isalpha(c) ? GLIBC_ALPHA : 0;
    value |= isdigit(c) ? GLIBC_DIGIT : 0;
    value |= isxdigit(c) ? GLIBC_XDIGIT : 0;
    value |= isspace(c) ? GLIBC_SPACE : 0;
    value |= isprint(c) ? GLIBC_PRINT : 0;
    value |= isgraph(c) ? GLIBC_GRAPH : 0;
    value |= isblank(c) ? GLIBC_BLANK : 0;
    value |= iscntrl(c) ? GLIBC_CNTRL : 0;
    value |= ispunct(c) ? GLIBC_PUNCT : 0;
    value |= isalnum(c) ? GLIBC_ALNUM : 0;
    return (unsigned short)value;
}

const unsigned short **__ctype_b_loc(void);
const unsigned short **__ctype_b_loc(void)
{
    static const unsigned short *table = properties + CHARACTER_0;

    return &table;
}

const int **__ctype_tolower_loc(void);
const int **__ctype_tolower_loc(void)
{
    static const int *table = lower + CHARACTER_0;

    return &table;
}

void posix_shim_init(const struct posix_shim *given)
{
    shim = given;
    for (int c = 0; c < 128; c++) {
        properties[c + CHARACTER_0] = properties_of(c);
    }
    for (int c = -CHARACTER_0; c < CHARACTERS - CHARACTER_0; c++) {
        lower[c + CHARACTER_0] = c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c;
    }
}

// ---- Time: seconds of every clock are those since the machine's start ----
struct glibc_time {
    int64_t seconds;
    int64_t part; // nanoseconds or microseconds
};

int clock_gettime(int clock_id, struct glibc_time *time);
int clock_gettime(int clock_id, struct glibc_time *time)
{
    (void)clock_id;
    if (shim == NULL) {
        errno = EINVAL;
        return -1;
    }
    uint64_t now = shim->nanoseconds();

    time->seconds = (int64_t)(now / NS_PER_S);
    time->part = (int64_t)(now % NS_PER_S);
    return 0;
}

int gettimeofday(struct glibc_time *time, void *zone);
int gettimeofday(struct glibc_time *time, void *zone)
{
    (void)zone;
    int error = clock_gettime(0, time);

    if (error == 0) {
        time->part /= 1000;
    }
    return error;
}

// Processor time, in microseconds (CLOCKS_PER_SEC): of a program that runs all the time
long clock(void);
long clock(void)
{
    return shim == NULL ? -1 : (long)(shim->nanoseconds() / 1000);
}

// ---- Entropy ----
long syscall(long number, void *buf, size_t len, unsigned int flags);
long syscall(long number, void *buf, size_t len, unsigned int flags)
{
    (void)flags;
    if (number != NR_GETRANDOM || shim == NULL) {
        errno = ENOSYS;
        return -1;
    }
    if (shim->entropy(buf, len) != 0) {
        errno = EIO;
        return -1;
    }
    return (long)len;
}

int getpid(void);
int getpid(void)
{
    return sp_id();
}

char *secure_getenv(const char *name);
char *secure_getenv(const char *name)
{
    (void)name;
    return NULL;
}

// ---- One thread: locks are free, "once" is now, a key is a variable ----
#define KEYS 16

static struct {
    const void *value;
    bool is_used;
} keys[KEYS];

unsigned long pthread_self(void);
unsigned long pthread_self(void)
{
    return 1;
}

int pthread_once(int *done, void (*run)(void));
int pthread_once(int *done, void (*run)(void))
{
    if (*done == 0) {
        *done = 1;
        run();
    }
    return 0;
}

static bool is_key(unsigned int key)
{
    return key < KEYS && keys[key].is_used;
}

int pthread_key_create(unsigned int *key, void (*destroy)(void *));
int pthread_key_create(unsigned int *key, void (*destroy)(void *))
{
    unsigned int found = 0;

    (void)destroy; // at the end of a thread, which never comes
    while (is_key(found)) {
        found++;
    }
    if (found == KEYS) {
        return EAGAIN;
    }
    keys[found].value = NULL;
    keys[found].is_used = true;
    *key = found;
    return 0;
}

int pthread_key_delete(unsigned int key);
int pthread_key_delete(unsigned int key)
{
    if (!is_key(key)) {
        return EINVAL;
    }
    keys[key].is_used = false;
    return 0;
}

void *pthread_getspecific(unsigned int key);
void *pthread_getspecific(unsigned int key)
{
    return is_key(key) ? (void *)(uintptr_t)keys[key].value : NULL;
}

int pthread_setspecific(unsigned int key, const void *value);
int pthread_setspecific(unsigned int key, const void *value)
{
    if (!is_key(key)) {
        return EINVAL;
    }
    keys[key].value = value;
    return 0;
}

// Nobody else can hold one
int pthread_rwlock_init(void *lock, const void *attributes);
int pthread_rwlock_init(void *lock, const void *attributes)
{
    (void)lock;
    return attributes == NULL ? 0 : EINVAL;
}

int pthread_rwlock_destroy(void *lock);
int pthread_rwlock_destroy(void *lock)
{
    (void)lock;
    return 0;
}

int pthread_rwlock_rdlock(void *lock);
int pthread_rwlock_rdlock(void *lock)
{
    (void)lock;
    return 0;
}

int pthread_rwlock_wrlock(void *lock);
int pthread_rwlock_wrlock(void *lock)
{
    (void)lock;
    return 0;
}

int pthread_rwlock_unlock(void *lock);
int pthread_rwlock_unlock(void *lock)
{
    (void)lock;
    return 0;
}
