// SPDX-License-Identifier: BSD-3-Clause
//
// Everything at once: four cores make random FF-A calls, right and wrong ones, on four partitions: direct messages, chains of
// partitions, shared memory with a partition that uses it, notifications, indirect messages, buffers, while the normal world's
// timer interrupts them. Then everything is given back, and there must be as much of everything as at the start: no
// transaction, no page, no partition is lost, and nobody has crashed. And the same with a writer that changes descriptors
// while they are read. `make test` makes some thousand rounds, `make soak-ffa` over a hundred thousand.
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "spmc/spmc_limits.h"
#include "tests/target/memory.h"

#define CORES 4
#define SLOTS 8 // transactions of one core at a time
#define ROUNDS 1500
#define SOAK_ROUNDS 120000
#define RACES 1500
#define SOAK_RACES 60000

// Each core has a partition that it mostly calls, and memory of its own
static const uint16_t partners[CORES] = { PEER1_ID, PEER2_ID, PEER3_ID, ECHO_ID };
static const uint16_t peers[] = { PEER1_ID, PEER2_ID, PEER3_ID };

struct driver {
    uint64_t handles[SLOTS]; // 0: free
    uint16_t borrower[SLOTS];
    unsigned int slot; // of the operation under way
    enum { OP_OTHER, OP_SHARE, OP_RECLAIM } op;
    bool foreign;    // it runs on what another core began: the normal world is one endpoint
    uint32_t resume; // FFA_RUN's w1: an interrupt came instead of the answer
};

// What one core's calls carry shows whose they are; what peers keep secret has a mark of its own (peer_proto.h)
#define TAG(core) (0xc0de000000000000u | (uint64_t)(core) << 40)
#define TAG_MASK 0xffffff0000000000u
#define SECRET_MASK 0xffffffffffff0000u

static struct driver drivers[CORES];
static uint64_t counts[4]; // answers, errors, interrupts, shares
static uint64_t own_words; // of a core's own call in its answers: tags do come through
static uint64_t seed;

static uint64_t draw(void) // SplitMix64
{
    uint64_t z = (seed += 0x9e3779b97f4a7c15);

    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
    z = (z ^ z >> 27) * 0x94d049bb133111eb;
    return z ^ z >> 31;
}

static uint64_t tagged(unsigned int core)
{
    return TAG(core) | (draw() & ~TAG_MASK);
}

static uint64_t below(uint64_t n)
{
    return draw() % n;
}

static uint64_t rounds_of(uint64_t bounded, uint64_t full)
{
    return getenv("TESSERA_SOAK") != NULL ? full : bounded;
}

static int ready(void **state)
{
    struct h_options o = target_options();

    (void)state;
    o.cores = CORES;
    target_fresh(&o);
    target_version(FFA_VERSION_1_2);
    struct ffa_args a = call(FFA_RXTX_MAP_64, MEM_TX, MEM_RX, MEM_BUFFER_PAGES);
    assert_ffa_success(a, 0, 0);
    a = call(FFA_NOTIFICATION_BITMAP_CREATE, 0, CORES);
    assert_ffa_success(a, 0, 0);
    mem_adopt(FFA_VERSION_1_2);
    for (unsigned int i = 0; i < sizeof(peers) / sizeof(peers[0]); i++) {
        mem_peer_ready(peers[i]);
    }
    assert_int_equal(h_cores_on(machine, CORES), H_OK);
    memset(drivers, 0, sizeof(drivers));
    memset(counts, 0, sizeof(counts));
    own_words = 0;
    seed = 5;
    return 0;
}

// ---- Operations: each fills in one call ------------------------------------------------------------------------------

// The one TX buffer: one core at a time writes to it, as an operating system does
static void op_share(struct driver *d, unsigned int core, uint64_t *x)
{
    static const uint32_t fids[] = { FFA_MEM_SHARE_32, FFA_MEM_SHARE_64, FFA_MEM_LEND_64 };
    struct ffa_mem_range ranges[4];
    uint32_t fid = fids[below(3)];
    uint32_t base = (core * SLOTS + d->slot) * 64;

    d->borrower[d->slot] = peers[below(3)];
    struct h_mem mem = mem_plain(fid, d->borrower[d->slot], &ranges[0], MEM_PAGE(base), 1);
    mem.range_count = 1 + (uint32_t)below(4);
    for (uint32_t i = 0; i < mem.range_count; i++) {
        ranges[i] = (struct ffa_mem_range){ MEM_PAGE(base + i * 16), 1 + (uint32_t)below(12), 0 };
    }
    mem.flags = fid == FFA_MEM_LEND_64 && below(2) != 0 ? FFA_MEM_FLAG_ZERO : 0;
    size_t length = h_mem_describe(&mem, mem_at(MEM_TX, MEM_BUFFER_SIZE), MEM_BUFFER_SIZE);
    x[0] = fid;
    x[1] = length;
    x[2] = length;
}

static void op_use(struct driver *d, uint64_t *x)
{
    unsigned int slot = (unsigned int)below(SLOTS);

    x[0] = FFA_MSG_SEND_DIRECT_REQ_64;
    x[1] = d->borrower[slot] != 0 && below(8) != 0 ? d->borrower[slot] : peers[below(3)];
    x[3] = PEER_USE_MEMORY;
    x[4] = d->handles[slot];
    x[7] = below(2);
}

static void op_message(unsigned int core, uint64_t *x)
{
    x[0] = below(2) != 0 ? FFA_MSG_SEND_DIRECT_REQ_64 : FFA_MSG_SEND_DIRECT_REQ_32;
    x[1] = below(4) != 0 ? partners[core] : partners[below(CORES)];
    x[3] = 1 + below(1000);
    x[4] = tagged(core);
}

static void op_chain(unsigned int core, uint64_t *x)
{
    x[0] = FFA_MSG_SEND_DIRECT_REQ_64;
    x[1] = peers[below(3)];
    x[3] = PEER_FORWARD;
    x[4] = below(4) == 0 ? x[1] : partners[below(CORES)]; // a circle now and then
    x[5] = tagged(core);
}

static void op_message2(unsigned int core, uint64_t *x)
{
    x[0] = FFA_MSG_SEND_DIRECT_REQ2;
    x[1] = partners[core];
    x[4] = 1 + below(1000);
    x[17] = tagged(core);
}

static void op_notification(unsigned int core, uint64_t *x)
{
    static const uint32_t fids[] = { FFA_NOTIFICATION_BIND,        FFA_NOTIFICATION_UNBIND,
                                     FFA_NOTIFICATION_SET,         FFA_NOTIFICATION_GET,
                                     FFA_NOTIFICATION_INFO_GET_64, FFA_NOTIFICATION_INFO_GET_32 };

    x[0] = fids[below(6)];
    if (x[0] == FFA_NOTIFICATION_GET) {
        x[2] = 5;
    } else if (x[0] < FFA_NOTIFICATION_GET) {
        x[1] = x[0] == FFA_NOTIFICATION_SET ? peers[below(3)] : (uint64_t)peers[below(3)] << 16;
        x[3] = 1ull << (core * 8 + below(8));
    }
}

// Anything, with arguments that are mostly nonsense
static void op_nonsense(struct driver *d, uint64_t *x)
{
    static const uint32_t fids[] = {
        FFA_RX_RELEASE,     FFA_PARTITION_INFO_GET,
        FFA_FEATURES,       FFA_RUN,
        FFA_MEM_FRAG_TX,    FFA_MEM_FRAG_RX,
        FFA_MEM_RELINQUISH, FFA_MEM_RETRIEVE_REQ_64,
        FFA_RX_ACQUIRE,     FFA_MSG_SEND2,
        FFA_MSG_WAIT,       FFA_MSG_SEND_DIRECT_RESP_64,
        FFA_MEM_RECLAIM,    FFA_PARTITION_INFO_GET_REGS,
    };

    x[0] = fids[below(sizeof(fids) / sizeof(fids[0]))];
    for (unsigned int i = 1; i < 8; i++) {
        x[i] = below(3) == 0 ? 0 : below(2) != 0 ? draw() : below(256);
    }
    if (x[0] == FFA_MEM_RECLAIM) {
        uint64_t handle = draw(); // nobody's
        x[1] = (uint32_t)handle;
        x[2] = handle >> 32;
    }
    if (x[0] == FFA_RUN) {
        x[1] = (uint64_t)partners[below(CORES)] << 16;
        d->foreign = true;
    }
    if (x[0] == FFA_PARTITION_INFO_GET) {
        memset(&x[1], 0, 7 * sizeof(x[0]));
    }
}

static void op_reclaim(struct driver *d, uint64_t *x)
{
    uint64_t handle = d->handles[d->slot];

    x[0] = FFA_MEM_RECLAIM;
    x[1] = (uint32_t)handle;
    x[2] = handle >> 32;
    x[3] = below(4) == 0 ? FFA_MEM_RECLAIM_ZERO : 0;
}

// `tx`: nobody else has TX in this round; it is taken
static void choose(struct driver *d, unsigned int core, bool *tx, uint64_t *x)
{
    d->op = OP_OTHER;
    d->foreign = false;
    d->slot = (unsigned int)below(SLOTS);
    switch (below(10)) {
    case 0:
    case 1:
        if (d->handles[d->slot] != 0) {
            d->op = OP_RECLAIM;
            op_reclaim(d, x);
            return;
        }
        if (*tx) {
            *tx = false;
            d->op = OP_SHARE;
            op_share(d, core, x);
            return;
        }
        op_message(core, x);
        return;
    case 2:
    case 3:
        op_use(d, x);
        return;
    case 4:
    case 5:
        op_chain(core, x);
        return;
    case 6:
        op_message2(core, x);
        return;
    case 7:
        op_notification(core, x);
        return;
    case 8:
        op_nonsense(d, x);
        return;
    default:
        op_message(core, x);
    }
}

// ---- Rounds ----------------------------------------------------------------------------------------------------------

// Nothing of another core's call, nothing of a partition's own memory
static void shows_nothing(const uint64_t *words, size_t count, unsigned int core)
{
    for (size_t i = 0; i < count; i++) {
        bool strange = (words[i] & 0xffff000000000000u) == 0xc0de000000000000u &&
                       (words[i] & TAG_MASK) != TAG(core) && core < CORES;

        own_words += core < CORES && (words[i] & TAG_MASK) == TAG(core) ? 1 : 0;
        if (strange || (words[i] & SECRET_MASK) == PEER_SECRET) {
            fail_msg("core %u: word %zu shows %#llx", core, i, (unsigned long long)words[i]);
        }
    }
}

static void answered(struct driver *d, unsigned int core, const uint64_t *x)
{
    shows_nothing(x, 18, d->foreign ? CORES : core);
    if ((uint32_t)x[0] == FFA_INTERRUPT || (uint32_t)x[0] == FFA_YIELD) {
        counts[2]++;
        d->resume = (uint32_t)x[1];
        return;
    }
    d->resume = 0;
    counts[(uint32_t)x[0] == FFA_ERROR ? 1 : 0]++;
    if ((uint32_t)x[0] == FFA_ERROR && (int32_t)x[2] == FFA_ABORTED) {
        fail_msg("core %u: a partition has died", core);
    }
    if (d->op == OP_SHARE && (uint32_t)x[0] == FFA_SUCCESS_32) {
        d->handles[d->slot] = (uint32_t)x[2] | x[3] << 32;
        counts[3]++;
    }
    if (d->op == OP_RECLAIM && (uint32_t)x[0] == FFA_SUCCESS_32) {
        d->handles[d->slot] = 0;
    }
}

// One call on each core at the same moment
static void round_of(bool choose_new)
{
    bool tx = true;

    h_together(machine);
    for (unsigned int core = 0; core < CORES; core++) {
        struct h_call c = { .flags = MB_SMC_TOGETHER, .together = CORES };

        if (drivers[core].resume != 0) {
            c.x[0] = FFA_RUN;
            c.x[1] = drivers[core].resume;
        } else if (choose_new) {
            choose(&drivers[core], core, &tx, c.x);
        } else {
            drivers[core].op = OP_OTHER;
            c.x[0] = FFA_ID_GET;
        }
        if (below(8) == 0) {
            c.flags |= MB_SMC_TIMER;
            c.timer_ticks = below(2000);
        }
        assert_int_equal(h_call_begin(machine, core, &c), H_OK);
    }
    for (unsigned int core = 0; core < CORES; core++) {
        struct h_call c = { 0 };

        assert_int_equal(h_call_end(machine, core, &c), H_OK);
        answered(&drivers[core], core, c.x);
    }
}

// What a call that another core made in between has left half done
static void settle(void)
{
    for (unsigned int i = 0; i < 1000; i++) {
        bool busy = false;

        for (unsigned int core = 0; core < CORES; core++) {
            busy = busy || drivers[core].resume != 0;
        }
        if (!busy) {
            break;
        }
        round_of(false);
    }
    for (unsigned int i = 0; i < CORES; i++) {
        struct ffa_args a;

        do { // a nonsense FFA_RUN may have been the one that was interrupted
            a = call(FFA_RUN, (uint64_t)partners[i] << 16);
        } while (a.x[0] == FFA_INTERRUPT || a.x[0] == FFA_YIELD);
    }
}

static void assert_all_is_as_at_the_start(void)
{
    for (unsigned int core = 0; core < CORES; core++) {
        for (unsigned int slot = 0; slot < SLOTS; slot++) {
            if (drivers[core].handles[slot] != 0) {
                mem_reclaimed(drivers[core].handles[slot], 0);
            }
        }
    }
    (void)call(FFA_RX_RELEASE);
    mem_assert_nothing_left();
    for (unsigned int i = 0; i < CORES; i++) {
        struct ffa_args a = call(FFA_MSG_SEND_DIRECT_REQ_32, partners[i], 0, 1, 2, 3, 4, 5);
        assert_ffa_function(a, FFA_MSG_SEND_DIRECT_RESP_32);
    }
    const char *console = h_console(machine, H_CONSOLE_SECURE);
    static const char *const bad[] = { "faulted", "crash", "assert", "expired" };
    for (unsigned int i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        if (strstr(console, bad[i]) != NULL) {
            h_console_tail(machine);
            fail_msg("the console says \"%s\"", bad[i]);
        }
    }
}

static void four_cores_call_everything(void **state)
{
    uint64_t rounds = rounds_of(ROUNDS, SOAK_ROUNDS);

    (void)state;
    for (uint64_t i = 0; i < rounds; i++) {
        round_of(true);
        if (i % 64 == 0) {
            shows_nothing((const uint64_t *)mem_at(MEM_RX, MEM_BUFFER_SIZE), MEM_BUFFER_SIZE / 8,
                          CORES);
        }
    }
    settle();
    print_message("%llu answers, %llu errors, %llu interrupts, %llu regions shared\n",
                  (unsigned long long)counts[0], (unsigned long long)counts[1],
                  (unsigned long long)counts[2], (unsigned long long)counts[3]);
    assert_true(counts[0] > rounds && counts[3] > rounds / 100);
    assert_true(own_words > rounds / 4);
    assert_all_is_as_at_the_start();
}

// ---- The racing writer -----------------------------------------------------------------------------------------------

#define RACE_RANGES 3

static atomic_bool racing;
static size_t race_length;

// Changes a byte of the descriptor and puts it back, over and over, while the SPMC reads it: a core that does nothing else.
// The descriptor is the same in each call, so what this thread puts back is right at every moment.
static void *flip(void *tx)
{
    volatile uint8_t *bytes = tx;
    uint64_t z = 1;

    while (atomic_load_explicit(&racing, memory_order_relaxed)) {
        z = z * 6364136223846793005u + 1442695040888963407u;
        volatile uint8_t *byte = &bytes[(z >> 33) % race_length];
        uint8_t kept = *byte;
        *byte = (uint8_t)(z >> 48);
        for (volatile unsigned int i = 0; i < (z >> 56); i++) {
        }
        *byte = kept;
    }
    return NULL;
}

// Whatever was read was one descriptor or no good one: a handle that works, or an error, and nothing in between
static void a_racing_writer_gains_nothing(void **state)
{
    struct ffa_mem_range ranges[RACE_RANGES];
    uint64_t races = rounds_of(RACES, SOAK_RACES);
    uint8_t *tx = mem_at(MEM_TX, MEM_BUFFER_SIZE);
    struct h_mem mem = mem_plain(FFA_MEM_SHARE_64, PEER1_ID, &ranges[0], MEM_PAGE(0), 2);
    pthread_t writer;
    uint64_t sent = 0;

    (void)state;
    mem.range_count = RACE_RANGES;
    ranges[1] = (struct ffa_mem_range){ MEM_PAGE(8), 1, 0 };
    ranges[2] = (struct ffa_mem_range){ MEM_PAGE(16), 5, 0 };
    race_length = h_mem_describe(&mem, tx, MEM_BUFFER_SIZE);
    atomic_store(&racing, true);
    assert_int_equal(pthread_create(&writer, NULL, flip, tx), 0);
    for (uint64_t i = 0; i < races; i++) {
        struct ffa_args a = { { FFA_MEM_SHARE_64, race_length, race_length } };

        assert_int_equal(h_smc(machine, 0, &a), H_OK);
        if (a.x[0] == FFA_SUCCESS_32) {
            sent++;
            mem_reclaimed(a.x[2] | a.x[3] << 32, 0);
        } else {
            assert_ffa_function(a, FFA_ERROR);
        }
    }
    atomic_store(&racing, false);
    assert_int_equal(pthread_join(writer, NULL), 0);
    print_message("%llu of %llu descriptors were accepted\n", (unsigned long long)sent,
                  (unsigned long long)races);
    assert_true(sent != 0 && sent != races); // it did come in between
    assert_all_is_as_at_the_start();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(four_cores_call_everything, ready),
        cmocka_unit_test_setup(a_racing_writer_gains_nothing, ready),
    };

    return cmocka_run_group_tests_name("ffa_soak", tests, NULL, target_stop);
}
