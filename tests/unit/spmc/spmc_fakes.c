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
#include "mem_model.h"
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
    FIXTURE_CHECK(sp_state(core->fp_owner) == SP_RUNNING || sp_state(core->fp_owner) == SP_CHAINED);
    core->fp_owner = NULL;
    fixture.gives_back++;
}

// ---- The end of a partition ------------------------------------------------------------------------------------------

void spmc_reset(void)
{
    fixture.resets++; // and comes back, unlike the real one: the partition is stopped all the same
}

void spmc_smc(struct ffa_args *args)
{
    fixture.smcs++;
    fixture.smc = *args;
    *args = fixture.smc_answer;
}

void spmc_mm_leave_space(void)
{
    fixture.left_spaces++;
}

void sp_space_destroy(struct sp_space *space, bool entered)
{
    const struct sp *sp = (const struct sp *)((uintptr_t)space - offsetof(struct sp, space));

    FIXTURE_CHECK(entered);
    // Nobody can use it any more, and nobody else owns the partition
    FIXTURE_CHECK(fixture.left_spaces > fixture.destroyed_spaces);
    FIXTURE_CHECK(sp_state(sp) == SP_RUNNING || sp_state(sp) == SP_CHAINED);
    FIXTURE_CHECK(sp->endpoint.buffers.page_count == 0);
    fixture.destroyed_spaces++;
    memset(space, 0, sizeof(*space));
}

// ---- Interrupts, as gic_secure.h and spmc_irq.h say ------------------------------------------------------------------

uint64_t spmc_irq_normal_mask = SPSR_F;

static bool timer_is_due(uint32_t core)
{
    return fixture.hw[core].deadline != 0 && fixture.hw[core].deadline <= fixture.now;
}

// The number of the device interrupt that is signalled to this core; 0: none.
static uint32_t spi_signalled(uint32_t core)
{
    for (uint32_t i = 0; i < FIXTURE_SPIS; i++) {
        bool pending = fixture.spi[i].edge ? fixture.spi[i].latched : fixture.spi[i].line;

        if (pending && fixture.spi[i].enabled && fixture.spi[i].core == core) {
            return FIXTURE_SPI(i);
        }
    }
    return 0;
}

int gic_secure_configure(uint32_t id, bool edge, uint32_t priority)
{
    uint32_t i = id - FIXTURE_SPI(0);

    if (id < FIXTURE_SPI(0) || i >= FIXTURE_SPIS) {
        return ERR_RANGE;
    }
    FIXTURE_CHECK(priority >= GIC_PRIORITY_SECURE && priority <= GIC_PRIORITY_SECURE_LAST);
    fixture.spi[i].configured = true;
    fixture.spi[i].edge = edge;
    fixture.spi[i].enabled = false;
    fixture.spi[i].core = 0;
    return ERR_NONE;
}

int gic_secure_enable(uint32_t id, uint32_t core_index, bool on)
{
    uint32_t i = id - FIXTURE_SPI(0);

    FIXTURE_CHECK(id >= FIXTURE_SPI(0) && i < FIXTURE_SPIS && fixture.spi[i].configured);
    FIXTURE_CHECK(core_index < FIXTURE_CORES);
    fixture.spi[i].enabled = on;
    fixture.spi[i].core = core_index;
    return ERR_NONE;
}

enum gic_owner gic_secure_owner(void)
{
    uint32_t core = fixture.core;

    if (fixture.hw[core].el3) {
        return GIC_OWNER_EL3;
    }
    if (timer_is_due(core) || fixture.hw[core].sgi || spi_signalled(core) != 0) {
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
    } else if (spi_signalled(core) != 0) {
        fixture.hw[core].active = spi_signalled(core);
        fixture.spi[fixture.hw[core].active - FIXTURE_SPI(0)].latched = false;
    }
    return fixture.hw[core].active != 0 ? fixture.hw[core].active : 1023;
}

void gic_secure_end(uint32_t acknowledged)
{
    uint32_t core = fixture.core;

    FIXTURE_CHECK(fixture.hw[core].active != 0 && fixture.hw[core].active == acknowledged);
    FIXTURE_CHECK(!timer_is_due(core)); // it is level-triggered: it would come again at once
    FIXTURE_CHECK(spi_signalled(core) != acknowledged); // so would this one: it must be masked
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

void spmc_irq_raise_sri(uint32_t core_index)
{
    FIXTURE_CHECK(core_index == fixture.core); // the interrupt of the core that calls
    fixture.hw[core_index].sri++;
}

void spmc_irq_to_el3(void)
{
    FIXTURE_CHECK(fixture.hw[fixture.core].el3);
    fixture.hw[fixture.core].el3 = false;
    fixture.el3_takes++;
}

void fixture_start(struct spmc_core *core, struct sp *sp)
{
    sp->ctx.spsr |= SPSR_I | SPSR_F;
    if (sp->config.watchdog_ms != 0) {
        sp->ctx.spsr &= ~((SPSR_I | SPSR_F) & ~spmc_irq_normal_mask);
        sp_timer_watchdog_start(core, sp);
    }
    sp->model = SP_MODEL_INIT;
    sp->response_ids = SP_NO_RESPONSE;
    sp->state = SP_RUNNING;
}

struct sp *spmc_boot_next(struct spmc_core *core, const struct sp *sp)
{
    fixture.boot_next_calls++;
    fixture.booted = sp;
    if (sp_state(sp) != SP_STOPPED) { // its interrupts are unmasked, as its manifest wants them
        struct sp *started = &spmc_sps[sp - spmc_sps];
        started->ctx.spsr &= ~(uint64_t)(SPSR_I | SPSR_F);
        started->ctx.spsr |= sp->config.ns_interrupts_queued ? spmc_irq_normal_mask : 0;
    }
    if (fixture.boot_next == NULL) {
        sp_timer_boot_over(core);
        return ffa_leave(core, FFA_MSG_WAIT, 0, 0, 0);
    }
    struct sp *next = fixture.boot_next;
    fixture.boot_next = NULL;
    fixture_start(core, next);
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

// Whether the pages are its own (those from 13 on are not), and neither busy nor away.
static bool all_own(const struct sp_space *space, uint32_t first, uint32_t pages)
{
    const struct sp *sp = (const struct sp *)((uintptr_t)space - offsetof(struct sp, space));

    for (uint32_t page = first; page < first + pages; page++) {
        if (page >= MEM_MODEL_PAGES || mem_model_page(sp, page) != MEM_MODEL_OWN) {
            return false;
        }
    }
    return true;
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
    if (!all_own(space, (uint32_t)first, pages)) {
        return ERR_DENIED;
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
        !all_own(space, (uint32_t)first, pages)) {
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
