// SPDX-License-Identifier: BSD-3-Clause
//
// Support of the loader's unit tests, see load_support.h.
#include "load_support.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>

#include <cmocka.h>

#include "assert.h"
#include "board.h"
#include "load_cache.h"
#include "lock.h"
#include "log.h"
#include "regs.h"
#include "tlb.h"

void memory_wipe(void *to, size_t size); // platform/include/string.h, which would hide the host's

unsigned int fake_tlb_drops;
void (*support_on_drop)(uint64_t va, uint32_t pages, int32_t asid);
uint64_t fake_reg_ttbr0_el1;
uint64_t fake_reg_ttbr1_el1;
uint64_t fake_reg_id_aa64pfr0_el1;
uint64_t fake_reg_id_aa64pfr1_el1;
uint64_t fake_reg_id_aa64isar0_el1;
uint64_t fake_reg_id_aa64isar1_el1;
uint64_t fake_reg_id_aa64isar2_el1;
char support_log[512];
struct support_cache support_cache;
bool (*support_on_zero)(uintptr_t base, size_t size);
void (*support_on_clean)(uintptr_t base, size_t size);

void support_reset(void)
{
    support_log[0] = '\0';
    fake_tlb_drops = 0;
    support_on_drop = NULL;
    support_on_zero = NULL;
    support_on_clean = NULL;
    support_cache = (struct support_cache){ .cleaned = 0 };
}

void fake_tlb_drop(uint64_t va, uint32_t pages, int32_t asid)
{
    fake_tlb_drops++;
    if (support_on_drop != NULL) {
        support_on_drop(va, pages, asid);
    }
}

void log_line(int level, const char *format, ...)
{
    va_list args;
    int length = snprintf(support_log, sizeof(support_log), "%d ", level);

    va_start(args, format);
    vsnprintf(support_log + length, sizeof(support_log) - (size_t)length, format, args);
    va_end(args);
}

_Noreturn void panic_assert(const char *condition, const char *file, int line)
{
    mock_assert(0, condition, file, line); // caught by expect_assert_failure()
    __builtin_trap();
}

void memory_wipe(void *to, size_t size)
{
    memset(to, 0, size);
}

// One thread: a lock that is held when it is taken would spin for ever on the target.
void spin_lock(struct spinlock *lock)
{
    assert_int_equal(lock->next, lock->serving);
    lock->next++;
}

void spin_unlock(struct spinlock *lock)
{
    lock->serving++;
    assert_int_equal(lock->next, lock->serving);
}

void support_map_secure_ram(void)
{
    void *want = (void *)(uintptr_t)SECURE_RAM_BASE;
    void *got = mmap(want, SECURE_RAM_SIZE, PROT_READ | PROT_WRITE,
                     MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0);

    assert_ptr_equal(got, want);
}
