// SPDX-License-Identifier: BSD-3-Clause
//
// The host's side of the mailbox: requests to the proxy, the guest's memory, what the consoles said. See harness.h.
#include "tests/harness/harness_private.h"

#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "platform/boards/qemu_virt/board.h"

#define SPINS 4000  // looks at the mailbox before the host gives up its time slice
#define YIELDS 2000 // time slices before it sleeps between looks
#define SLEEP_NS 200000
#define WATCH_EVERY 50 // sleeps between two checks of the process
#define TAIL_LINES 25
#define CANARY 0x5afe0000c0de0000ULL

static struct harness *machines;

static volatile struct mb_slot *slot_of(const struct harness *h, unsigned int core)
{
    return (volatile struct mb_slot *)(h->qemu.dram + (MB_BASE - NS_DRAM_BASE) +
                                       (size_t)core * MB_SLOT_SIZE);
}

struct mb_slot *harness_slot(const struct harness *h, unsigned int core)
{
    return (struct mb_slot *)(void *)(h->qemu.dram + (MB_BASE - NS_DRAM_BASE) +
                                      (size_t)core * MB_SLOT_SIZE);
}

struct h_options h_defaults(void)
{
    const char *flash = getenv("TESSERA_FLASH");

    return (struct h_options){
        .flash = flash != NULL ? flash : TESSERA_PROXY_FLASH,
        .cpu = "cortex-a57",
        .gic = 3,
        .cores = 1,
        .memory_mib = 1024,
    };
}

static void tail(const char *text, const char *title)
{
    const char *p = text + strlen(text);
    unsigned int lines = 0;

    while (p > text && lines <= TAIL_LINES) {
        p--;
        lines += *p == '\n' ? 1 : 0;
    }
    fprintf(stderr, "---- %s console, last lines\n%s\n", title, p > text ? p + 1 : p);
}

const char *h_console(struct harness *h, enum h_console which)
{
    struct stat st;
    int fd = h->qemu.console_fd[which];

    if (fstat(fd, &st) != 0) {
        return "";
    }
    char *text = realloc(h->text[which], (size_t)st.st_size + 1);
    if (text == NULL) {
        return "";
    }
    h->text[which] = text;
    ssize_t n = pread(fd, text, (size_t)st.st_size, 0);
    text[n > 0 ? n : 0] = '\0';
    for (ssize_t i = 0; i < n; i++) {
        if (text[i] == '\0') {
            text[i] = '?'; // the text ends where it ends
        }
    }
    return text;
}

void h_console_tail(struct harness *h)
{
    tail(h_console(h, H_CONSOLE_SECURE), "secure");
    tail(h_console(h, H_CONSOLE_NORMAL), "normal");
}

static int lost(struct harness *h, int state)
{
    h->state = state;
    if (h->options.quiet) {
        return state;
    }
    if (state == H_OFF) {
        fprintf(stderr, "harness: QEMU ended with status %d during %s\n", h->qemu.exit_status,
                h->doing);
    } else {
        fprintf(stderr, "harness: the guest gave no answer to %s: hung\n", h->doing);
    }
    h_console_tail(h);
    return state;
}

int harness_wait(struct harness *h, volatile uint32_t *word, uint32_t value)
{
    const struct timespec pause = { .tv_nsec = SLEEP_NS };

    for (unsigned int i = 0; i < SPINS; i++) {
        if (__atomic_load_n(word, __ATOMIC_ACQUIRE) == value) {
            return H_OK;
        }
    }
    for (unsigned int i = 0; i < YIELDS; i++) {
        if (__atomic_load_n(word, __ATOMIC_ACQUIRE) == value) {
            return H_OK;
        }
        sched_yield();
    }
    qemu_watch_begin(&h->qemu);
    for (unsigned int i = 1;; i++) {
        bool runs = qemu_runs(&h->qemu);

        if (__atomic_load_n(word, __ATOMIC_ACQUIRE) == value) {
            return H_OK;
        }
        if (!runs) {
            return lost(h, H_OFF);
        }
        if (i % WATCH_EVERY == 0 && qemu_watch_hung(&h->qemu)) {
            return lost(h, H_HUNG);
        }
        nanosleep(&pause, NULL);
    }
}

static void stop_all(void)
{
    while (machines != NULL) {
        h_stop(machines);
    }
}

static int wait_proxy(struct harness *h, const char *doing)
{
    volatile struct mb_slot *slot = slot_of(h, 0);

    h->doing = doing;
    int result = harness_wait(h, &slot->magic, MB_MAGIC);
    if (result == H_OK && slot->version != MB_VERSION) {
        fprintf(stderr, "harness: the proxy speaks version %u, this program %u\n", slot->version,
                MB_VERSION);
        h->state = H_ERROR;
        return H_ERROR;
    }
    return result;
}

struct harness *h_start(const struct h_options *options)
{
    static bool registered;
    struct harness *h = calloc(1, sizeof(*h));

    if (h == NULL) {
        return NULL;
    }
    if (!registered) {
        registered = true;
        atexit(stop_all);
    }
    h->options = *options;
    h->next = machines;
    machines = h;
    if ((options->flash != NULL && access(options->flash, R_OK) != 0) ||
        qemu_start(&h->qemu, options) != 0) {
        if (options->flash != NULL && access(options->flash, R_OK) != 0) {
            fprintf(stderr, "harness: %s: cannot be read\n", options->flash);
        }
        h_stop(h);
        return NULL;
    }
    if (!options->no_proxy) {
        (void)wait_proxy(h, "the boot");
    }
    return h;
}

void h_stop(struct harness *h)
{
    if (h == NULL) {
        return;
    }
    for (struct harness **p = &machines; *p != NULL; p = &(*p)->next) {
        if (*p == h) {
            *p = h->next;
            break;
        }
    }
    qemu_stop(&h->qemu);
    free(h->text[0]);
    free(h->text[1]);
    free(h);
}

int h_state(const struct harness *h)
{
    return h->state;
}

int h_wait_off(struct harness *h)
{
    const struct timespec pause = { .tv_nsec = SLEEP_NS };

    h->doing = "wait for power-off";
    qemu_watch_begin(&h->qemu);
    for (unsigned int i = 1; qemu_runs(&h->qemu); i++) {
        if (i % WATCH_EVERY == 0 && qemu_watch_hung(&h->qemu)) {
            return lost(h, H_HUNG);
        }
        nanosleep(&pause, NULL);
    }
    h->state = H_OFF;
    return h->qemu.exit_status;
}

const struct mb_boot *h_boot(const struct harness *h, unsigned int core)
{
    return &harness_slot(h, core)->boot;
}

void *h_memory(struct harness *h, uint64_t address, size_t size)
{
    if (address < NS_DRAM_BASE || address - NS_DRAM_BASE > h->qemu.dram_size ||
        size > h->qemu.dram_size - (address - NS_DRAM_BASE)) {
        return NULL;
    }
    return h->qemu.dram + (address - NS_DRAM_BASE);
}

void harness_post(struct harness *h, unsigned int core, uint32_t op)
{
    volatile struct mb_slot *slot = slot_of(h, core);

    h->boots[core] = slot->boot_count;
    slot->op = op;
    __atomic_store_n(&slot->request, slot->done + 1, __ATOMIC_RELEASE);
}

int harness_finish(struct harness *h, unsigned int core)
{
    volatile struct mb_slot *slot = slot_of(h, core);
    int result = harness_wait(h, &slot->done, slot->request);

    if (result != H_OK) {
        return result;
    }
    if (slot->boot_count != h->boots[core]) {
        return H_RESTARTED;
    }
    if (slot->result == MB_BAD_OP) {
        fprintf(stderr, "harness: the proxy does not know op %u\n", slot->op);
        return H_ERROR;
    }
    return slot->result == MB_FAULT ? H_FAULT : H_OK;
}

// One request: the caller has filled arg[], x[], fp. H_OK, H_FAULT, H_RESTARTED or negative.
static int perform(struct harness *h, unsigned int core, uint32_t op, const char *doing)
{
    if (h->state != H_OK) {
        return h->state;
    }
    h->doing = doing;
    harness_post(h, core, op);
    return harness_finish(h, core);
}

int h_reset(struct harness *h, uint32_t fid)
{
    struct mb_slot *slot = harness_slot(h, 0);

    if (h->state != H_OK) {
        return h->state;
    }
    memset(slot->x, 0, sizeof(slot->x));
    slot->x[0] = fid;
    slot->arg[0] = 0;
    slot->op = MB_OP_SMC;
    for (unsigned int i = 0; i < MB_CORE_MAX; i++) {
        __atomic_store_n(&harness_slot(h, i)->magic, 0,
                         __ATOMIC_RELEASE); // the next proxy writes it again
    }
    __atomic_store_n(&slot->request, slot->done + 1, __ATOMIC_RELEASE);
    return wait_proxy(h, "the reset");
}

int h_call_begin(struct harness *h, unsigned int core, const struct h_call *call)
{
    struct mb_slot *slot = harness_slot(h, core);

    if (h->state != H_OK) {
        return h->state;
    }
    memcpy(slot->x, call->x, sizeof(slot->x));
    slot->arg[0] = call->flags;
    slot->arg[1] = call->timer_ticks;
    slot->arg[2] = MB_NO_INTERRUPT;
    slot->arg[3] = call->together;
    harness_post(h, core, MB_OP_SMC);
    return H_OK;
}

int h_call_end(struct harness *h, unsigned int core, struct h_call *call)
{
    struct mb_slot *slot = harness_slot(h, core);
    char doing[80];

    snprintf(doing, sizeof(doing), "SMC %#lx (%s) on core %u", (unsigned long)call->x[0],
             h_ffa_name((uint32_t)call->x[0]), core);
    h->doing = doing;
    int result = h->state != H_OK ? h->state : harness_finish(h, core);
    if (result == H_OK) {
        memcpy(call->x, slot->x, sizeof(slot->x));
        call->ticks = slot->t[1] - slot->t[0];
        call->interrupt = slot->arg[2];
    }
    h->doing = "";
    return result;
}

int h_call(struct harness *h, unsigned int core, struct h_call *call)
{
    int result = h_call_begin(h, core, call);

    return result != H_OK ? result : h_call_end(h, core, call);
}

int h_smc(struct harness *h, unsigned int core, struct ffa_args *args)
{
    struct h_call call = { .flags = 0 };
    int result;

    memcpy(call.x, args->x, sizeof(args->x));
    for (unsigned int i = 18; i < 31; i++) {
        call.x[i] = CANARY | i;
    }
    result = h_call(h, core, &call);
    if (result != H_OK) {
        return result;
    }
    for (unsigned int i = 18; i < 31; i++) {
        if (call.x[i] != (CANARY | i)) {
            fprintf(stderr, "harness: SMC %#lx changed x%u to %#lx\n", (unsigned long)args->x[0], i,
                    (unsigned long)call.x[i]);
            result = H_CLOBBERED;
        }
    }
    memcpy(args->x, call.x, sizeof(args->x));
    return result;
}

int h_loop(struct harness *h, unsigned int core, struct ffa_args *args, uint64_t count, bool nop,
           uint64_t *ticks)
{
    struct mb_slot *slot = harness_slot(h, core);

    if (h->state != H_OK) {
        return h->state;
    }
    memcpy(slot->x, args->x, 8 * sizeof(uint64_t));
    slot->arg[0] = count;
    slot->arg[1] = nop ? MB_LOOP_NOP : MB_LOOP_SMC;
    int result = perform(h, core, MB_OP_LOOP, "a loop of SMCs");
    if (result == H_OK) {
        memcpy(args->x, slot->x, 8 * sizeof(uint64_t));
        *ticks = slot->arg[2];
    }
    return result;
}

static int op3(struct harness *h, unsigned int core, uint32_t op, const uint64_t arg[3],
               const char *doing)
{
    volatile struct mb_slot *slot = slot_of(h, core);

    if (h->state != H_OK) {
        return h->state;
    }
    for (unsigned int i = 0; i < 3; i++) {
        slot->arg[i] = arg[i];
    }
    return perform(h, core, op, doing);
}

static int with_fault(struct harness *h, unsigned int core, int result, struct mb_fault *fault)
{
    if (result == H_FAULT && fault != NULL) {
        *fault = harness_slot(h, core)->fault;
    }
    return result;
}

int h_read(struct harness *h, unsigned int core, uint64_t address, unsigned int size,
           uint64_t *value, struct mb_fault *fault)
{
    const uint64_t arg[3] = { address, size, 0 };
    int result = op3(h, core, MB_OP_READ, arg, "a read");

    if (result == H_OK) {
        *value = slot_of(h, core)->arg[2];
    }
    return with_fault(h, core, result, fault);
}

int h_write(struct harness *h, unsigned int core, uint64_t address, unsigned int size,
            uint64_t value, struct mb_fault *fault)
{
    const uint64_t arg[3] = { address, size, value };

    return with_fault(h, core, op3(h, core, MB_OP_WRITE, arg, "a write"), fault);
}

int h_exec(struct harness *h, unsigned int core, uint64_t address, struct mb_fault *fault)
{
    const uint64_t arg[3] = { address, 0, 0 };

    return with_fault(h, core, op3(h, core, MB_OP_EXEC, arg, "a branch"), fault);
}

int h_sysreg_read(struct harness *h, unsigned int core, enum mb_sysreg reg, uint64_t *value)
{
    const uint64_t arg[3] = { (uint64_t)reg, 0, 0 };
    int result = op3(h, core, MB_OP_SYSREG_READ, arg, h_sysreg_name(reg));

    if (result == H_OK) {
        *value = slot_of(h, core)->arg[2];
    }
    return result;
}

int h_sysreg_write(struct harness *h, unsigned int core, enum mb_sysreg reg, uint64_t value)
{
    const uint64_t arg[3] = { (uint64_t)reg, 0, value };

    return op3(h, core, MB_OP_SYSREG_WRITE, arg, h_sysreg_name(reg));
}

const char *h_sysreg_name(enum mb_sysreg reg)
{
#define NAME(name, asm_name) [MB_##name] = #name,
    static const char *const names[] = { MB_SYSREGS(NAME) };

    return (unsigned int)reg < MB_SYSREG_COUNT ? names[reg] : "?";
}

uint64_t h_fp_vl(const struct harness *h, unsigned int core)
{
    return harness_slot(h, core)->fp.vl;
}

uint64_t h_fp_svl(const struct harness *h, unsigned int core)
{
    return harness_slot(h, core)->fp.svl;
}

int h_fp_load(struct harness *h, unsigned int core, const struct mb_fp *fp, uint64_t which)
{
    const uint64_t arg[3] = { which, 0, 0 };
    struct mb_slot *slot = harness_slot(h, core);
    uint64_t vl = slot->fp.vl;
    uint64_t svl = slot->fp.svl;

    slot->fp = *fp;
    slot->fp.vl = vl;
    slot->fp.svl = svl;
    return op3(h, core, MB_OP_FP_LOAD, arg, "loading FP registers");
}

int h_fp_store(struct harness *h, unsigned int core, struct mb_fp *fp, uint64_t which)
{
    const uint64_t arg[3] = { which, 0, 0 };
    int result = op3(h, core, MB_OP_FP_STORE, arg, "storing FP registers");

    if (result == H_OK) {
        *fp = harness_slot(h, core)->fp;
    }
    return result;
}

int h_hang(struct harness *h, unsigned int core)
{
    const uint64_t arg[3] = { 0 };

    return op3(h, core, MB_OP_HANG, arg, "a hang");
}
