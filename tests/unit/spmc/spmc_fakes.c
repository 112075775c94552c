// SPDX-License-Identifier: BSD-3-Clause
//
// Stand-ins for what lies below the SPMC's FF-A core: mappings, partition memory, FP registers, locks, console, boot.
// They keep to the contracts in spmc_mm.h, sp_space.h, spmc_private.h, lock.h and log.h, and stop the test if the core
// breaks its side of them.
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "spmc_fixture.h"

#include "gic_secure.h"
#include "lock.h"
#include "log.h"
#include "regs.h"
#include "sp_timer.h"
#include "spmc_irq.h"
#include "spmc_mm.h"

#define PAGE 4096

struct spmc_core spmc_cores[BOARD_CORE_MAX];

// Partition memory: with a page between 7 and 8 that belongs to nobody
static uint8_t memory[SPMC_MAX_SPS][SPACE_PAGES + 1][PAGE] __attribute__((aligned(PAGE)));

uint8_t *fixture_page(const struct sp *sp, uint32_t page)
{
    return memory[sp - spmc_sps][page < 8 ? page : page + 1];
}

void spin_lock(struct spinlock *lock)
{
    FIXTURE_CHECK(lock->next == lock->serving); // one thread: it would wait for ever
    lock->next++;
}

void spin_unlock(struct spinlock *lock)
{
    lock->serving++;
    FIXTURE_CHECK(lock->next == lock->serving);
}

void log_line(int level, const char *format, ...)
{
    char *line = fixture.lines[fixture.line_count++ % FIXTURE_LINES];
    va_list args;

    FIXTURE_CHECK(level >= LOG_ERROR && level <= LOG_DEBUG);
    va_start(args, format);
    vsnprintf(line, sizeof(fixture.lines[0]), format, args);
    va_end(args);
}

void fp_give_back(struct spmc_core *core)
{
    FIXTURE_CHECK(core->fp_owner != NULL);
    // Its context is still this core's: nobody else can load it meanwhile
    FIXTURE_CHECK(sp_state(core->fp_owner) == SP_RUNNING);
    core->fp_owner = NULL;
    fixture.gives_back++;
}

// ---- Interrupts, as gic_secure.h and spmc_irq.h say ------------------------------------------------------------------

uint64_t spmc_irq_normal_mask = SPSR_F;

static bool timer_is_due(uint32_t core)
{
    return fixture.hw[core].deadline != 0 && fixture.hw[core].deadline <= fixture.now;
}

enum gic_owner gic_secure_owner(void)
{
    uint32_t core = fixture.core;

    if (fixture.hw[core].el3) {
        return GIC_OWNER_EL3;
    }
    if (timer_is_due(core) || fixture.hw[core].sgi) {
        return GIC_OWNER_SECURE;
    }
    return fixture.hw[core].normal ? GIC_OWNER_NORMAL : GIC_OWNER_NONE;
}

uint32_t gic_secure_acknowledge(void)
{
    uint32_t core = fixture.core;

    FIXTURE_CHECK(fixture.hw[core].active == 0);
    if (timer_is_due(core)) {
        fixture.hw[core].active = GIC_PPI_SECURE_TIMER;
    } else if (fixture.hw[core].sgi) {
        fixture.hw[core].sgi = false;
        fixture.hw[core].active = SPMC_SGI_TIMERS;
    }
    return fixture.hw[core].active != 0 ? fixture.hw[core].active : 1023;
}

void gic_secure_end(uint32_t acknowledged)
{
    uint32_t core = fixture.core;

    FIXTURE_CHECK(fixture.hw[core].active != 0 && fixture.hw[core].active == acknowledged);
    FIXTURE_CHECK(!timer_is_due(core)); // it is level-triggered: it would come again at once
    fixture.hw[core].active = 0;
}

uint64_t spmc_irq_now(void)
{
    return fixture.now;
}

uint64_t spmc_irq_ticks(uint64_t us)
{
    return us;
}

void spmc_irq_program(uint64_t deadline)
{
    fixture.hw[fixture.core].deadline = deadline;
}

void spmc_irq_tell(uint32_t core_index)
{
    FIXTURE_CHECK(core_index < FIXTURE_CORES && core_index != fixture.core);
    fixture.hw[core_index].sgi = true;
}

void spmc_irq_to_el3(void)
{
    FIXTURE_CHECK(fixture.hw[fixture.core].el3);
    fixture.hw[fixture.core].el3 = false;
    fixture.el3_takes++;
}

struct sp *spmc_boot_next(struct spmc_core *core, const struct sp *sp)
{
    fixture.boot_next_calls++;
    fixture.booted = sp;
    if (fixture.boot_next == NULL) {
        sp_timer_boot_over(core);
        return ffa_leave(core, FFA_MSG_WAIT, 0, 0, 0);
    }
    struct sp *next = fixture.boot_next;
    fixture.boot_next = NULL;
    next->model = SP_MODEL_INIT;
    next->response_ids = SP_NO_RESPONSE;
    next->state = SP_RUNNING;
    return next;
}

void spmc_report_init_error(const struct sp *sp, int32_t code)
{
    fixture.init_error_sp = sp;
    fixture.init_error_code = code;
}

bool spmc_mm_is_ns_ram(uint64_t pa, uint64_t size)
{
    return size != 0 && pa >= NS_BASE && pa < NS_END && size <= NS_END - pa;
}

// Each mapping is its own allocation, so that a write past its end is seen
void *spmc_mm_map_ns(uint64_t pa, uint32_t pages)
{
    if (pa % PAGE != 0 || !spmc_mm_is_ns_ram(pa, (uint64_t)pages * PAGE) ||
        fixture.maps_until_full == 0) {
        return NULL;
    }
    fixture.maps_until_full--;
    fixture.maps++;
    uint32_t *page = aligned_alloc(PAGE, (size_t)pages * PAGE);
    FIXTURE_CHECK(page != NULL);
    memset(page, 0xee, (size_t)pages * PAGE);
    return page;
}

void spmc_mm_unmap_ns(void *va, uint32_t pages)
{
    FIXTURE_CHECK(va != NULL && pages != 0 && fixture.maps != 0);
    memset(va, 0xdd, (size_t)pages * PAGE); // all of it was one mapping
    free(va);
    fixture.maps--;
}

static uint32_t *perms_of(const struct sp_space *space)
{
    for (uint32_t i = 0; i < spmc_sp_count; i++) {
        if (&spmc_sps[i].space == space) {
            return fixture.perm[i];
        }
    }
    fixture_broken("a space of no partition", __FILE__, __LINE__);
}

// The index of the first of `pages` mapped pages at `va`; ERR_* if there are none.
static int pages_find(const struct sp_space *space, uint64_t va, uint64_t pages)
{
    const uint32_t *perm = perms_of(space);

    if (va % PAGE != 0) {
        return ERR_INVALID;
    }
    if (va < SPACE_BASE || va >= SPACE_VA(SPACE_PAGES)) {
        return ERR_NOT_FOUND;
    }
    uint64_t first = (va - SPACE_BASE) / PAGE;
    if (pages > SPACE_PAGES - first) {
        return ERR_NOT_FOUND;
    }
    for (uint64_t i = first; i < first + pages; i++) {
        if (perm[i] == 0) {
            return ERR_NOT_FOUND;
        }
    }
    return (int)first;
}

int sp_space_perm_get(const struct sp_space *space, uint64_t va, uint32_t *perm)
{
    int page = pages_find(space, va, 1);

    if (page < 0) {
        return page;
    }
    *perm = perms_of(space)[page];
    return 0;
}

int sp_space_perm_set(struct sp_space *space, uint64_t va, uint32_t pages, uint32_t perm)
{
    fixture.perm_asked = perm;
    if (perm != FFA_PERM_NONE && perm != FFA_PERM_RX && perm != FFA_PERM_RW &&
        perm != FFA_PERM_RO) {
        return ERR_INVALID;
    }
    if (pages == 0 || pages > SPMC_MAX_PERM_PAGES) {
        return ERR_INVALID;
    }
    int first = pages_find(space, va, pages);
    if (first < 0) {
        return first;
    }
    if (first + pages > 13) {
        return ERR_DENIED; // page 13 is not its own
    }
    if (fixture.perm_no_memory) {
        return ERR_NO_MEMORY;
    }
    for (uint32_t i = 0; i < pages; i++) {
        perms_of(space)[(uint32_t)first + i] = perm;
    }
    return 0;
}

void *sp_space_to_spmc(const struct sp_space *space, uint64_t va, uint32_t pages, bool writable)
{
    int first = pages_find(space, va, pages);

    if (first < 0 || pages == 0 || (first < 8 && (uint32_t)first + pages > 8) ||
        (uint32_t)first + pages > 13) {
        return NULL;
    }
    for (uint32_t i = 0; i < pages; i++) {
        uint32_t perm = perms_of(space)[(uint32_t)first + i];

        if (perm == FFA_PERM_NONE || (writable && perm != FFA_PERM_RW)) {
            return NULL;
        }
    }
    const struct sp *sp = (const struct sp *)((uintptr_t)space - offsetof(struct sp, space));
    return fixture_page(sp, (uint32_t)first);
}
