// SPDX-License-Identifier: BSD-3-Clause
//
// What files of ffa/linux that have no hardware of their own need of Linux, for tests on the build machine: this file stands for
// most of <linux/…> here, model.h for what has kernel objects. Waiting and messages are the test's (fake_sleep(), fake_message()).
#ifndef FAKE_LINUX_TYPES_H
#define FAKE_LINUX_TYPES_H

#include_next <linux/types.h> // the system's: __u8, which <errno.h> and others want, too

#include <errno.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

typedef uint8_t u8;
typedef uint16_t u16;
typedef uint32_t u32;
typedef uint64_t u64;
typedef int32_t s32;

#define __must_check __attribute__((warn_unused_result)) // NOLINT: the kernel's name
#define __iomem                                          // NOLINT: the kernel's name
#define __force                                          // NOLINT: the kernel's name
#define ARRAY_SIZE(array) (sizeof(array) / sizeof((array)[0]))
#define container_of(pointer, type, member) \
    ((type *)(void *)((char *)(pointer)-offsetof(type, member)))

#define IS_ENABLED(option) 0 // <linux/kconfig.h>: a kernel that has nothing of what may be left out
#define IS_REACHABLE(option) 0
#define IS_BUILTIN(option) 0

// Of the kernel's own errno
#define ERESTARTSYS 512
#define EPROBE_DEFER 517

typedef struct {
    int counter;
} atomic_t;
typedef struct {
    long counter;
} atomic_long_t;
typedef struct {
    long long counter;
} atomic64_t;
struct list_head {
    struct list_head *next, *prev;
};
struct semaphore {
    int count;
};
struct work_struct {
    void (*function)(struct work_struct *work);
    bool pending;
};
struct device {
    const char *name;
};

// One jiffy is a millisecond
extern unsigned long jiffies;
#define msecs_to_jiffies(ms) ((unsigned long)(ms))
#define time_after(a, b) ((long)((b) - (a)) < 0)
void fake_sleep(unsigned long us);
#define usleep_range(min, max) fake_sleep((max) > (min) ? (min) : (max))

void fake_message(const struct device *dev, const char *text);
#define dev_err_once(dev, text) fake_message(dev, text)

static inline void memzero_explicit(void *bytes, size_t size)
{
    memset(bytes, 0, size);
}

#define TPM2_TIMEOUT_B 4000 // <linux/tpm.h>

#endif
