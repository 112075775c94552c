// SPDX-License-Identifier: BSD-3-Clause
//
// Four cores at once (threads) in spmc/ffa_notify.c, spmc/ffa_notify_info.c and spmc/ffa_send2.c with real locks: no
// notification is lost or invented, no message is torn, lost or delivered twice, and nobody waits for ever. Each partition
// belongs to one thread, as it belongs to one core; the normal world is on all.
#include <pthread.h>
#include <sched.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "ffa_notify.h"
#include "sp_interrupt.h"
#include "spmc_irq.h"

#define CORES 4
#define ROUNDS 3000u
#define LOCK_PATIENCE 3000000u
#define PATIENCE 10000000u // looks at what another core has to do before the test gives up
#define PAGE 4096
#define ALPHA (&spmc_sps[0])
#define BETA (&spmc_sps[1])
#define ALPHA_ID 0x8001
#define BETA_ID 0x8002
#define IDS(from, to) ((uint64_t)(from) << 16 | (to))

// ---- What lies around these files ------------------------------------------------------------------------------------

struct ffa_endpoint ffa_nwd;
struct sp spmc_sps[SPMC_MAX_SPS];
uint32_t spmc_sp_count = 2;
uint16_t spmc_sp_ids[SPMC_MAX_SPS] = { ALPHA_ID, BETA_ID };
static struct spmc_core cores[CORES];
static uint32_t sri_count;
static bool gave_up;

void spin_lock(struct spinlock *lock)
{
    uint16_t number = __atomic_fetch_add(&lock->next, 1, __ATOMIC_RELAXED);

    for (uint32_t looks = 0; __atomic_load_n(&lock->serving, __ATOMIC_ACQUIRE) != number; looks++) {
        if (looks == LOCK_PATIENCE) {
            fprintf(stderr, "cores wait for each other's locks\n");
            abort(); // nobody goes on from here
        }
        sched_yield();
    }
    if (number % 3 == 0) {
        sched_yield(); // others come while it is held
    }
}

void spin_unlock(struct spinlock *lock)
{
    __atomic_fetch_add(&lock->serving, 1, __ATOMIC_RELEASE);
}

void spmc_irq_raise_sri(uint32_t core_index)
{
    (void)core_index;
    __atomic_fetch_add(&sri_count, 1, __ATOMIC_RELAXED);
}

void sp_interrupt_pend(struct sp *sp, uint32_t bits)
{
    (void)__atomic_fetch_or(&sp->pending, bits, __ATOMIC_SEQ_CST);
}

uint32_t sp_interrupt_unpend(struct sp *sp, uint32_t bits)
{
    return __atomic_fetch_and(&sp->pending, ~bits, __ATOMIC_RELAXED) & bits;
}

bool ffa_mbz(struct sp *sp, const uint64_t *x, unsigned int first)
{
    (void)sp;
    for (unsigned int i = first; i < 8; i++) {
        if (x[i] != 0) {
            return false;
        }
    }
    return true;
}

static struct sp *answer(struct sp *sp, uint64_t *x, uint64_t x0, uint64_t x2, uint64_t x3)
{
    memset(x, 0, 18 * sizeof(*x));
    x[0] = x0;
    x[2] = x2;
    x[3] = x3;
    return sp;
}

struct sp *ffa_error(struct sp *sp, uint64_t *x, int32_t code)
{
    return answer(sp, x, FFA_ERROR, (uint32_t)code, 0);
}

struct sp *ffa_success(struct sp *sp, uint64_t *x, uint64_t w2, uint64_t w3)
{
    return answer(sp, x, FFA_SUCCESS_32, w2, w3);
}

// ---- Four threads ----------------------------------------------------------------------------------------------------

static uint8_t pages[3][2][PAGE]
    __attribute__((aligned(PAGE))); // normal world, ALPHA, BETA: TX, RX

static void init_endpoint(struct ffa_endpoint *endpoint, uint16_t id, unsigned int index)
{
    *endpoint = (struct ffa_endpoint){
        .version = FFA_VERSION_1_2,
        .id = id,
        .buffers = { .tx = pages[index][0], .rx = pages[index][1], .page_count = 1 },
    };
}

static int reset(void **state)
{
    (void)state;
    memset(spmc_sps, 0, sizeof(spmc_sps));
    memset(pages, 0, sizeof(pages));
    init_endpoint(&ffa_nwd, FFA_ID_NWD, 0);
    for (uint32_t i = 0; i < 2; i++) {
        struct sp *sp = &spmc_sps[i];

        init_endpoint(&sp->endpoint, spmc_sp_ids[i], i + 1);
        sp->state = SP_RUNNING;
        sp->config.properties = FFA_PROP_INDIRECT | FFA_PROP_NOTIFICATION;
        memset(sp->admits, 0xff, sizeof(sp->admits));
    }
    ffa_notify_init();
    ffa_notify_sri_known();
    sri_count = 0;
    gave_up = false;
    return 0;
}

typedef struct sp *(*handler)(struct spmc_core *core, struct sp *sp, uint64_t *x);

// One call; true: FFA_SUCCESS. *x: the answer.
static bool call(unsigned int core, handler function, struct sp *sp, struct ffa_args *args)
{
    (void)function(&cores[core], sp, args->x);
    return args->x[0] == FFA_SUCCESS_32 || args->x[0] == FFA_SUCCESS_64;
}
#define CALL(core, function, sp, ...) \
    call(core, function, sp, &(struct ffa_args){ .x = { 0, __VA_ARGS__ } })

static void run_threads(void *(*const bodies[CORES])(void *))
{
    pthread_t threads[CORES];

    for (uintptr_t i = 0; i < CORES; i++) {
        assert_int_equal(pthread_create(&threads[i], NULL, bodies[i], (void *)i), 0);
    }
    for (unsigned int i = 0; i < CORES; i++) {
        pthread_join(threads[i], NULL);
    }
    assert_false(gave_up);
}

// Whether to look again; gives the processor to somebody else.
static bool patient(uint32_t *looks)
{
    if (++*looks == PATIENCE) {
        __atomic_store_n(&gave_up, true, __ATOMIC_RELAXED);
    }
    sched_yield();
    return !__atomic_load_n(&gave_up, __ATOMIC_RELAXED);
}

// ---- Notifications: each sender sets its bit, and again when the receiver has had it ---------------------------------

static uint32_t fetched[3]; // by ALPHA, of: core 0, core 1 (normal world), core 2 (BETA)

static void *sender(void *argument)
{
    unsigned int core = (unsigned int)(uintptr_t)argument;
    struct sp *sp = core == 2 ? BETA : NULL;
    uint64_t ids = IDS(core == 2 ? BETA_ID : FFA_ID_NWD, ALPHA_ID);
    uint32_t looks = 0;

    for (uint32_t round = 0; round < ROUNDS; round++) {
        if (!CALL(core, ffa_notification_set, sp, ids, 0, 1ull << core, 0)) {
            gave_up = true;
        }
        while (__atomic_load_n(&fetched[core], __ATOMIC_ACQUIRE) <= round) {
            if (!patient(&looks)) {
                return NULL;
            }
        }
        // Fetched once: whoever sees it twice has invented one
        if (__atomic_load_n(&fetched[core], __ATOMIC_ACQUIRE) != round + 1) {
            gave_up = true;
        }
    }
    return NULL;
}

static bool senders_done(void)
{
    return __atomic_load_n(&fetched[0], __ATOMIC_RELAXED) == ROUNDS &&
           __atomic_load_n(&fetched[1], __ATOMIC_RELAXED) == ROUNDS &&
           __atomic_load_n(&fetched[2], __ATOMIC_RELAXED) == ROUNDS;
}

static void *fetcher(void *unused)
{
    uint32_t looks = 0;

    (void)unused;
    while (!senders_done() && patient(&looks)) {
        struct ffa_args args = { .x = { 0, ALPHA_ID, 0xf } };
        struct ffa_args info = { .x = { FFA_NOTIFICATION_INFO_GET_64 } };

        if (!call(3, ffa_notification_get, ALPHA, &args)) {
            gave_up = true;
        }
        uint64_t bits = (args.x[2] & 4) | (args.x[4] & 3);
        if (bits != (args.x[2] | args.x[3] << 32 | args.x[4] | args.x[5] << 32)) {
            gave_up = true; // of somebody else, or never set
        }
        for (unsigned int i = 0; i < 3; i++) {
            if ((bits >> i & 1) != 0) {
                __atomic_fetch_add(&fetched[i], 1, __ATOMIC_RELEASE);
            }
        }
        // Whoever asks is told of ALPHA or of nobody
        if (call(3, ffa_notification_info_get, NULL, &info) && info.x[3] != ALPHA_ID) {
            gave_up = true;
        }
    }
    return NULL;
}

static void no_notification_is_lost_or_invented(void **state)
{
    static void *(*const bodies[CORES])(void *) = { sender, sender, sender, fetcher };

    (void)state;
    memset(fetched, 0, sizeof(fetched));
    assert_true(CALL(0, ffa_notification_bind, ALPHA, IDS(FFA_ID_NWD, ALPHA_ID), 0, 3, 0));
    assert_true(CALL(0, ffa_notification_bind, ALPHA, IDS(BETA_ID, ALPHA_ID), 0, 4, 0));
    run_threads(bodies);
    assert_true(senders_done());
    assert_int_equal(sri_count, 3 * ROUNDS);
    assert_int_equal(ALPHA->pending, 0);
    assert_int_equal(ffa_notify.lock.next, ffa_notify.lock.serving);
}

// ---- Bindings: two cores of the normal world want the same bits ------------------------------------------------------

static uint32_t owners[8];

// The normal world's cores bind and unbind one bit; who has it is alone with it.
static void *binder(void *argument)
{
    unsigned int core = (unsigned int)(uintptr_t)argument;

    for (uint32_t round = 0; round < ROUNDS; round++) {
        unsigned int bit = (round + core) % 8;
        uint64_t ids = IDS(core % 2 == 0 ? ALPHA_ID : BETA_ID, FFA_ID_NWD);

        if (!CALL(core, ffa_notification_bind, NULL, ids, 0, 1ull << bit, 0)) {
            continue;
        }
        if (__atomic_exchange_n(&owners[bit], core + 1, __ATOMIC_ACQ_REL) != 0) {
            gave_up = true;
        }
        sched_yield();
        if (__atomic_exchange_n(&owners[bit], 0, __ATOMIC_ACQ_REL) != core + 1 ||
            !CALL(core, ffa_notification_unbind, NULL, ids, 0, 1ull << bit, 0)) {
            gave_up = true;
        }
    }
    return NULL;
}

static void a_bit_is_bound_by_one(void **state)
{
    static void *(*const bodies[CORES])(void *) = { binder, binder, binder, binder };

    (void)state;
    assert_true(CALL(0, ffa_notification_bitmap_create, NULL, 0, 4));
    run_threads(bodies);
    assert_true(CALL(0, ffa_notification_bind, NULL, IDS(ALPHA_ID, FFA_ID_NWD), 0, 0xff, 0));
}

// ---- Messages: everybody to everybody --------------------------------------------------------------------------------

static uint32_t sent[3]; // to the normal world, ALPHA, BETA
static uint32_t received[3];
static uint32_t senders;       // that are not done yet
static struct spinlock nwd_tx; // the normal world's cores take turns with its TX, as a kernel does

// A message whose every byte says who sent it
static bool send(unsigned int core, struct sp *from, struct sp *to, uint32_t round)
{
    struct ffa_endpoint *endpoint = ffa_endpoint_of(from);
    struct ffa_message_header header = {
        .offset = 40,
        .receiver = ffa_endpoint_of(to)->id,
        .sender = endpoint->id,
        .size = 1 + (round * 37 + core * 11) % 4000,
    };

    if (from == NULL) {
        spin_lock(&nwd_tx);
    }
    memcpy(endpoint->buffers.tx, &header, sizeof(header));
    memset((uint8_t *)endpoint->buffers.tx + 40, (int)(0x10 + core), header.size);
    struct ffa_args args = { .x = { FFA_MSG_SEND2 } };
    bool ok = call(core, ffa_msg_send2, from, &args);
    if (from == NULL) {
        spin_unlock(&nwd_tx);
    }
    if (!ok && (int32_t)args.x[2] != FFA_BUSY) {
        gave_up = true;
    }
    if (ok) {
        __atomic_fetch_add(&sent[ffa_index_of(to)], 1, __ATOMIC_RELAXED);
    }
    return ok;
}

static bool is_whole(const struct ffa_endpoint *endpoint)
{
    const uint8_t *rx = endpoint->buffers.rx;
    struct ffa_message_header header;

    memcpy(&header, rx, sizeof(header));
    if (header.receiver != endpoint->id || header.sender == endpoint->id || header.offset != 40 ||
        header.size == 0 || header.size > 4000) {
        return false;
    }
    for (uint32_t i = 40; i < PAGE; i++) {
        if (rx[i] != (i < 40 + header.size ? rx[40] : 0)) {
            return false;
        }
    }
    return rx[40] >= 0x10 && rx[40] < 0x10 + CORES;
}

// What the owner of an endpoint does in between: takes a message, if it was told of one.
static void receive(unsigned int core, struct sp *sp)
{
    struct ffa_endpoint *endpoint = ffa_endpoint_of(sp);
    struct ffa_args args = { .x = { 0, endpoint->id, sp != NULL ? 0xc : 0x4 } };

    if (!call(core, ffa_notification_get, sp, &args)) {
        gave_up = true;
    }
    if ((args.x[6] | args.x[7]) == 0) {
        return;
    }
    spin_lock(&endpoint->lock);
    bool ok = endpoint->buffers.rx_full && is_whole(endpoint) && !ffa_notify_rx_pending(sp);
    endpoint->buffers.rx_full = false; // FFA_RX_RELEASE
    spin_unlock(&endpoint->lock);
    if (!ok) {
        gave_up = true;
    }
    received[ffa_index_of(sp)]++;
}

// Core 0: the normal world to both partitions, and its RX. 1: the normal world to both. 2: ALPHA to BETA and the normal
// world. 3: BETA to ALPHA and the normal world.
static void *talker(void *argument)
{
    unsigned int core = (unsigned int)(uintptr_t)argument;
    struct sp *self = core < 2 ? NULL : core == 2 ? ALPHA : BETA;
    struct sp *const to[2] = { core == 2 ? BETA : ALPHA, core < 2 ? BETA : NULL };
    uint32_t looks = 0;

    for (uint32_t round = 0; round < ROUNDS;) {
        if (send(core, self, to[round % 2], round)) {
            round++;
        } else if (!patient(&looks)) {
            return NULL;
        }
        if (core != 1) {
            receive(core, self);
        }
    }
    __atomic_fetch_sub(&senders, 1, __ATOMIC_RELEASE);
    while (core != 1 && __atomic_load_n(&senders, __ATOMIC_ACQUIRE) != 0 && patient(&looks)) {
        receive(core, self);
    }
    if (core != 1) {
        receive(core, self);
    }
    return NULL;
}

static void no_message_is_lost_or_torn(void **state)
{
    static void *(*const bodies[CORES])(void *) = { talker, talker, talker, talker };

    (void)state;
    memset(sent, 0, sizeof(sent));
    memset(received, 0, sizeof(received));
    senders = CORES;
    assert_true(CALL(0, ffa_notification_bitmap_create, NULL, 0, 4));
    run_threads(bodies);
    assert_int_equal(sent[0] + sent[1] + sent[2], CORES * ROUNDS);
    for (unsigned int i = 0; i < 3; i++) {
        assert_int_equal(received[i], sent[i]);
    }
    assert_int_equal(sri_count, CORES * ROUNDS);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(no_notification_is_lost_or_invented, reset),
        cmocka_unit_test_setup(a_bit_is_bound_by_one, reset),
        cmocka_unit_test_setup(no_message_is_lost_or_torn, reset),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
