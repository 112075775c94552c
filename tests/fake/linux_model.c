// SPDX-License-Identifier: BSD-3-Clause
//
// What of linux/model.h is more than a line. Asserts what a kernel with lockdep would: no lock twice, none given that was not taken.
#include <assert.h>
#include <stdarg.h>
#include <stdio.h>

#include <linux/model.h>

#define WORKS 16
#define TICKS_MAX 10000000L // of all tests: one that waits longer hangs

unsigned long jiffies;
struct fake_kernel fake;
static struct work_struct *works[WORKS];
static struct workqueue_struct queue_of_all;

void fake_log(const char *format, ...)
{
    char text[256];
    va_list args;

    va_start(args, format);
    (void)vsnprintf(text, sizeof(text), format, args);
    va_end(args);
    fake.warnings++;
}

// ---- Locks and waiting -----------------------------------------------------------------------------------------------

void mutex_lock(struct mutex *mutex)
{
    assert(!mutex->locked);
    mutex->locked = true;
    fake.locked++;
}

void mutex_unlock(struct mutex *mutex)
{
    void (*others)(void) = fake.on_unlock;

    assert(mutex->locked);
    mutex->locked = false;
    fake.locked--;
    if (others != NULL) {
        fake.on_unlock = NULL; // who comes in between is alone
        others();
        fake.on_unlock = others;
    }
}

void fake_tick(void)
{
    static long ticks;

    assert(++ticks < TICKS_MAX);
    jiffies++;
    if (fake.on_wait != NULL) {
        fake.on_wait();
    }
}

static int fake_down(struct semaphore *semaphore, long timeout, bool is_killable)
{
    while (semaphore->count == 0) {
        if (is_killable && current->killed) {
            return -EINTR;
        }
        if (timeout-- == 0) {
            return -ETIME;
        }
        fake_tick();
    }
    semaphore->count--;
    return 0;
}

int down_interruptible(struct semaphore *semaphore)
{
    return fake_down(semaphore, TICKS_MAX, true);
}

int down_killable(struct semaphore *semaphore)
{
    return fake_down(semaphore, TICKS_MAX, true);
}

int down_timeout(struct semaphore *semaphore, long timeout)
{
    return fake_down(semaphore, timeout, false);
}

void up(struct semaphore *semaphore)
{
    assert(semaphore->count == 0); // all of ours are locks
    semaphore->count++;
}

// ---- Works -----------------------------------------------------------------------------------------------------------

struct workqueue_struct *alloc_workqueue(const char *name, int flags, int most)
{
    (void)name;
    assert(flags == WQ_UNBOUND && most == 0);
    queue_of_all.is_alive = true;
    return &queue_of_all;
}

void destroy_workqueue(struct workqueue_struct *queue)
{
    assert(queue == &queue_of_all);
    fake_run_all();
    queue->is_alive = false;
}

void queue_work(struct workqueue_struct *queue, struct work_struct *work)
{
    assert(queue == &queue_of_all && work->function != NULL);
    work->pending = true;
    for (size_t i = 0; i < WORKS; i++) {
        if (works[i] == NULL || works[i] == work) {
            works[i] = work;
            return;
        }
    }
    assert(false);
}

void fake_run(struct work_struct *work)
{
    for (size_t i = 0; i < WORKS; i++) {
        works[i] = works[i] == work ? NULL : works[i];
    }
    if (work->pending) {
        work->pending = false;
        work->function(work);
    }
}

void fake_run_all(void)
{
    for (size_t i = 0; i < WORKS; i++) {
        if (works[i] != NULL) {
            fake_run(works[i]);
        }
    }
}

// ---- Memory ----------------------------------------------------------------------------------------------------------

void *kzalloc(size_t size, gfp_t flags)
{
    fake.charged += (flags & __GFP_ACCOUNT) != 0;
    return calloc(1, size);
}

void *alloc_pages_exact(size_t size, gfp_t flags)
{
    void *pages = aligned_alloc(PAGE_SIZE, size);

    assert(size % PAGE_SIZE == 0 && (flags & __GFP_ZERO) != 0);
    fake.charged += (flags & __GFP_ACCOUNT) != 0;
    return pages != NULL ? memset(pages, 0, size) : NULL;
}

// ---- Arrays of values ------------------------------------------------------------------------------------------------

void *xa_erase(struct xarray *array, u32 index)
{
    void *entry = xa_load(array, index);

    if (entry != NULL) {
        array->entry[index] = NULL;
    }
    return entry;
}

int xa_alloc(struct xarray *array, u32 *index, void *entry, int limit, gfp_t flags)
{
    (void)limit;
    (void)flags;
    for (u32 i = 0; i < FAKE_XARRAY; i++) {
        if (array->entry[i] == NULL) {
            array->entry[i] = entry;
            *index = i;
            return 0;
        }
    }
    return -ENOMEM;
}
