// SPDX-License-Identifier: BSD-3-Clause
//
// Kernel objects with a behaviour, for files of ffa/linux on the build machine: lists, locks, works, waiting, memory, numbers. There
// is one thread. Whatever would wait calls back into the test (fake.on_wait), which does then what somebody else would: nobody
// sleeps. Memory is the heap's, so that the sanitizers see what is used after its end.
#ifndef FAKE_LINUX_MODEL_H
#define FAKE_LINUX_MODEL_H

#include <stdlib.h>

#include <linux/types.h>

typedef unsigned int gfp_t;
struct task_struct {
    bool killed;
};

struct fake_kernel {
    struct task_struct *task; // "current"
    int locked;               // mutexes, now
    unsigned int warnings;    // and errors, to the log
    unsigned int modules;     // references to the module
    unsigned int charged;     // allocations on the account of the present process
    void (*on_unlock)(void);  // a mutex is free: others may come in between
    void (*on_wait)(void);    // a tick passes
};
extern struct fake_kernel fake;

#define current (fake.task)
#define fatal_signal_pending(task) ((task)->killed)
#define might_sleep() ((void)0)
#define HZ 1000
#define SZ_1M 0x100000
#define PAGE_SIZE 4096UL
#define PAGE_ALIGN(size) (((size) + PAGE_SIZE - 1) & ~(PAGE_SIZE - 1))
#define lower_32_bits(value) ((u32)(value))
#define upper_32_bits(value) ((u32)((value) >> 32))
#define max_t(type, a, b) ((type)(a) > (type)(b) ? (type)(a) : (type)(b))
#define BUILD_BUG_ON(condition) _Static_assert(!(condition), #condition)
#define WARN_ON(condition) ((void)((condition) && fake.warnings++))
#define READ_ONCE(value) (value)
#define WRITE_ONCE(value, to) ((value) = (to))
#define smp_mb() ((void)0)
#define smp_mb__after_atomic() ((void)0)
#define THIS_MODULE NULL

void fake_log(const char *format, ...) __attribute__((format(printf, 1, 2)));
#define dev_err(dev, ...) ((void)(dev), fake_log(__VA_ARGS__))
#define dev_warn(dev, ...) ((void)(dev), fake_log(__VA_ARGS__))
#define dev_warn_ratelimited(dev, ...) ((void)(dev)->name, fake_log(__VA_ARGS__))
#define pr_err(...) fake_log(__VA_ARGS__)

static inline bool try_module_get(const void *module)
{
    (void)module;
    fake.modules++;
    return true;
}
static inline void module_put(const void *module)
{
    (void)module;
    fake.modules--;
}

// ---- Numbers ---------------------------------------------------------------------------------------------------------

#define atomic_read(number) ((number)->counter)
#define atomic_inc(number) ((void)(number)->counter++)
#define atomic_dec_and_test(number) (--(number)->counter == 0)
#define atomic64_inc(number) ((void)(number)->counter++)
#define atomic_long_read(number) ((number)->counter)
#define atomic_long_add(value, number) ((void)((number)->counter += (value)))
#define atomic_long_sub(value, number) ((void)((number)->counter -= (value)))

#define BITMAP_WORDS(bits) (((bits) + 63) / 64)
#define DECLARE_BITMAP(name, bits) uint64_t name[BITMAP_WORDS(bits)]
static inline bool test_bit(unsigned int bit, const uint64_t *map)
{
    return (map[bit / 64] >> bit % 64 & 1) != 0;
}
static inline void set_bit(unsigned int bit, uint64_t *map)
{
    map[bit / 64] |= 1ULL << bit % 64;
}
static inline void clear_bit(unsigned int bit, uint64_t *map)
{
    map[bit / 64] &= ~(1ULL << bit % 64);
}
static inline unsigned int fake_find_bit(const uint64_t *map, unsigned int bits, unsigned int from,
                                         bool value)
{
    while (from < bits && test_bit(from, map) != value) {
        from++;
    }
    return from < bits ? from : bits;
}
#define find_next_bit(map, bits, from) fake_find_bit(map, bits, from, true)
#define find_next_zero_bit(map, bits, from) fake_find_bit(map, bits, from, false)
#define bitmap_empty(map, bits) (fake_find_bit(map, bits, 0, true) == (bits))

// ---- Errors in pointers ----------------------------------------------------------------------------------------------

static inline void *ERR_PTR(long error)
{
    return (void *)error; // NOLINT: the kernel's way
}
static inline long PTR_ERR(const void *pointer)
{
    return (long)pointer;
}
static inline bool IS_ERR(const void *pointer)
{
    return (unsigned long)pointer >= (unsigned long)-4095;
}

// ---- Lists -----------------------------------------------------------------------------------------------------------

#define LIST_HEAD(name) struct list_head name = { &(name), &(name) }
static inline bool list_empty(const struct list_head *list)
{
    return list->next == list;
}
static inline void list_add_tail(struct list_head *node, struct list_head *list)
{
    node->next = list;
    node->prev = list->prev;
    list->prev->next = node;
    list->prev = node;
}
static inline void list_del(struct list_head *node)
{
    node->prev->next = node->next;
    node->next->prev = node->prev;
    node->next = node->prev = NULL;
}
static inline void list_move_tail(struct list_head *node, struct list_head *list)
{
    list_del(node);
    list_add_tail(node, list);
}
static inline void list_splice(struct list_head *from, struct list_head *to)
{
    struct list_head *first = from->next, *last = from->prev;

    if (list_empty(from)) {
        return;
    }
    first->prev = to;
    last->next = to->next;
    to->next->prev = last;
    to->next = first;
}
static inline void list_splice_init(struct list_head *from, struct list_head *to)
{
    list_splice(from, to);
    from->next = from->prev = from;
}
#define fake_entry(pointer, like, member) container_of(pointer, __typeof__(*(like)), member)
#define list_for_each_entry(p, list, member)                                \
    for ((p) = fake_entry((list)->next, p, member); &(p)->member != (list); \
         (p) = fake_entry((p)->member.next, p, member))
#define list_for_each_entry_safe(p, n, list, member)                                               \
    for ((p) = fake_entry((list)->next, p, member), (n) = fake_entry((p)->member.next, p, member); \
         &(p)->member != (list); (p) = (n), (n) = fake_entry((n)->member.next, n, member))

// ---- Locks -----------------------------------------------------------------------------------------------------------

struct mutex {
    bool locked;
};
#define DEFINE_MUTEX(name) struct mutex name
#define mutex_init(mutex) ((void)((mutex)->locked = false))
void mutex_lock(struct mutex *mutex);
void mutex_unlock(struct mutex *mutex);

// A semaphore that is taken is waited for by fake.on_wait, which must give it sometime
#define sema_init(semaphore, value) ((void)((semaphore)->count = (value)))
int down_interruptible(struct semaphore *semaphore); // -EINTR: `current` is killed
int down_killable(struct semaphore *semaphore);
int down_timeout(struct semaphore *semaphore, long timeout);
void up(struct semaphore *semaphore);

// ---- Waiting ---------------------------------------------------------------------------------------------------------

typedef struct {
    bool unused;
} wait_queue_head_t;
#define DECLARE_WAIT_QUEUE_HEAD(name) wait_queue_head_t name
#define wake_up_all(queue) ((void)(queue))
#define wq_has_sleeper(queue) ((queue)->unused)
void fake_tick(void);
#define fake_wait(condition, timeout, is_killable)                                 \
    ({                                                                             \
        long left_ = (timeout);                                                    \
        while (left_ > 0 && !(condition) && !((is_killable) && current->killed)) { \
            fake_tick();                                                           \
            left_--;                                                               \
        }                                                                          \
        (condition) ? (left_ > 0 ? left_ : 1) : left_ > 0 ? -ERESTARTSYS : 0L;     \
    })
#define wait_event_timeout(queue, condition, timeout) fake_wait(condition, timeout, false)
#define wait_event_interruptible_timeout(queue, condition, timeout) \
    fake_wait(condition, timeout, true)
#define wait_event_killable_timeout(queue, condition, timeout) fake_wait(condition, timeout, true)
static inline void schedule_timeout_idle(long timeout)
{
    while (timeout-- > 0) {
        fake_tick();
    }
}

// ---- Works: run when the test says so --------------------------------------------------------------------------------

struct workqueue_struct {
    bool is_alive;
};
struct delayed_work {
    struct work_struct work;
};
#define WQ_UNBOUND 2
#define INIT_WORK(w, f) ((void)(*(w) = (struct work_struct){ .function = (f) }))
#define DECLARE_DELAYED_WORK(name, f) struct delayed_work name = { { .function = (f) } }
struct workqueue_struct *alloc_workqueue(const char *name, int flags, int most);
void destroy_workqueue(struct workqueue_struct *queue);
void queue_work(struct workqueue_struct *queue, struct work_struct *work);
#define queue_delayed_work(queue, w, delay) ((void)(delay), queue_work(queue, &(w)->work))
#define work_busy(w) ((w)->pending)
#define flush_work(w) fake_run(w)
#define cancel_delayed_work_sync(w) ((void)((w)->work.pending = false))
void fake_run(struct work_struct *work); // if it is pending
void fake_run_all(void);

// ---- Memory ----------------------------------------------------------------------------------------------------------

#define GFP_KERNEL 1u
#define __GFP_ZERO 2u
#define __GFP_NOWARN 4u
#define __GFP_ACCOUNT 8u
#define GFP_KERNEL_ACCOUNT (GFP_KERNEL | __GFP_ACCOUNT)
void *kzalloc(size_t size, gfp_t flags);
#define kfree(memory) free((void *)(memory))
void *alloc_pages_exact(size_t size, gfp_t flags);
#define free_pages_exact(memory, size) ((void)(size), free(memory))
#define virt_to_phys(address) ((uint64_t)(uintptr_t)(address))

// ---- Arrays of values ------------------------------------------------------------------------------------------------

#define FAKE_XARRAY 64
struct xarray {
    void *entry[FAKE_XARRAY];
    unsigned int flags;
};
#define XA_FLAGS_ALLOC 4u
#define XA_FLAGS_ACCOUNT 32u
#define xa_limit_31b 0
#define xa_init_flags(array, f) ((void)(*(array) = (struct xarray){ .flags = (f) }))
#define xa_destroy(array) ((void)(array))
static inline void *xa_mk_value(unsigned long value)
{
    return (void *)(value << 1 | 1); // NOLINT: the kernel's way
}
static inline unsigned long xa_to_value(const void *entry)
{
    return (unsigned long)entry >> 1;
}
static inline void *xa_load(const struct xarray *array, u32 index)
{
    return index < FAKE_XARRAY ? array->entry[index] : NULL;
}
void *xa_erase(struct xarray *array, u32 index);
int xa_alloc(struct xarray *array, u32 *index, void *entry, int limit, gfp_t flags);

#endif
