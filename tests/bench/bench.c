// SPDX-License-Identifier: BSD-3-Clause
//
// Counts what Tessera costs: guest instructions of calls and of the boot, bytes of images and of memory kept. Prints a table
// and writes one flat JSON object of numbers. docs/performance.md says how each number is made; `make bench` runs it.
// usage: bench CPU IMAGES JSON [PART…]
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ffa/abi/smccc.h"
#include "tests/bench/bench_private.h"
#include "tests/harness/harness_mem.h"
#include "tests/target/sp_peer/peer_proto.h"

#define LOOP_CALLS 10000
#define LOOP_INSTRUCTIONS 7 // of the empty loop: four loads, NOP, SUBS, B.NE
#define ECHO_ID 0x8001
#define IRQ_ROUNDS 10
#define IRQ_US 100       // the shortest a partition may ask for; a tick is a nanosecond here
#define IRQ_LOOPS 100000 // seven times as long
#define SLEEP_TICKS 50000000
#define MEM_TX MB_PAGES_BASE
#define MEM_RX (MB_PAGES_BASE + 0x1000)
#define MEM_BASE 0x50000000 // 2 MiB aligned
#define CONTENDED_CORES 4

static const char *cpu;
static const char *images;

// A machine that counts instructions and is the same each time: QEMU's random numbers come from a fixed seed
static struct harness *start_on(const char *path, enum h_flash writes, bool counts,
                                unsigned int cores)
{
    static const char *const extra[] = { "-seed", "1", NULL };
    struct h_options o = h_defaults();

    o.flash = path;
    o.flash_writes = writes;
    o.cpu = cpu;
    o.icount = counts;
    o.cores = cores;
    o.extra = extra;
    struct harness *h = h_start(&o);
    if (h == NULL || h_state(h) != H_OK) {
        bench_die("the machine does not boot");
    }
    return h;
}

const char *bench_image(const char *name)
{
    static char path[4096];

    snprintf(path, sizeof(path), "%s/%s", images, name);
    return path;
}

const char *bench_cpu(void)
{
    return cpu;
}

const char *bench_flash(const char *flash)
{
    static char path[4096];

    snprintf(path, sizeof(path), "%s/%s/flash.bin", images, flash);
    return path;
}

struct harness *bench_start(const char *flash, unsigned int cores)
{
    return start_on(bench_flash(flash), H_FLASH_SNAPSHOT, true, cores);
}

struct harness *bench_start_file(const char *path, bool counts)
{
    return start_on(path, H_FLASH_KEEP, counts, 1);
}

struct harness *bench_start_stub(const char *path, const char *stub)
{
    static char option[160];
    static const char *const extra[] = { "-gdb", option, NULL };
    struct h_options o = h_defaults();

    snprintf(option, sizeof(option), "unix:%s,server=on,wait=off", stub);
    o.flash = path;
    o.flash_writes = H_FLASH_KEEP;
    o.cpu = cpu;
    o.extra = extra;
    struct harness *h = h_start(&o);
    if (h == NULL || h_state(h) != H_OK) {
        bench_die("the machine does not boot");
    }
    return h;
}

// Instructions of one call: 10,000 of them with x0 … x7 loaded each time, less the same loop with a NOP for the SMC
static uint64_t loop(struct harness *h, struct ffa_args args, uint64_t expected_x0)
{
    struct ffa_args nop = args;
    uint64_t with = 0;
    uint64_t without = 0;

    if (h_loop(h, 0, &args, LOOP_CALLS, false, &with) != H_OK ||
        h_loop(h, 0, &nop, LOOP_CALLS, true, &without) != H_OK) {
        bench_die("a loop of calls did not end");
    }
    if (without < LOOP_CALLS * LOOP_INSTRUCTIONS || without > LOOP_CALLS * LOOP_INSTRUCTIONS + 10) {
        bench_die("the counter does not count instructions");
    }
    if (args.x[0] != expected_x0) {
        fprintf(stderr, "bench: the last call answered %#" PRIx64 ", not %#" PRIx64 "\n", args.x[0],
                expected_x0);
        exit(1);
    }
    return (with - without + LOOP_CALLS / 2) / LOOP_CALLS;
}

uint64_t bench_nop(struct harness *h)
{
    struct h_call c = { .flags = MB_SMC_NOP };

    if (h_call(h, 0, &c) != H_OK) {
        bench_die("a NOP did not come back");
    }
    return c.ticks;
}

static void bench_el3(struct harness *h)
{
    uint64_t none = UINT32_MAX; // what w0 = -1 is, zero-extended or not, is checked in tests/target
    struct ffa_args a = { .x = { 0x82000000 } };

    if (h_smc(h, 0, &a) == H_OK && (uint32_t)a.x[0] == UINT32_MAX) {
        none = a.x[0];
    }
    bench_record("smccc_version",
                 loop(h, (struct ffa_args){ .x = { SMCCC_VERSION } }, SMCCC_VERSION_1_4), 90,
                 "187 TF-A");
    bench_record("smc_unknown", loop(h, (struct ffa_args){ .x = { 0x82000000 } }, none), 80,
                 "156 TF-A");
    bench_record("psci_version",
                 loop(h, (struct ffa_args){ .x = { PSCI_VERSION } }, PSCI_VERSION_1_1), 110,
                 "206 TF-A");
    bench_record("ffa_id_get", loop(h, (struct ffa_args){ .x = { FFA_ID_GET } }, FFA_SUCCESS_32),
                 110, "239 TF-A");
}

static void bench_ffa(struct harness *h)
{
    struct ffa_args echo32 = { .x = { FFA_MSG_SEND_DIRECT_REQ_32, ECHO_ID, 0, 1, 2, 3, 4, 5 } };
    struct ffa_args echo64 = { .x = { FFA_MSG_SEND_DIRECT_REQ_64, ECHO_ID, 0, 1, 2, 3, 4, 5 } };

    bench_record("direct_echo_32", loop(h, echo32, FFA_MSG_SEND_DIRECT_RESP_32), 900,
                 "6,747 Hafnium, 26,328 OP-TEE");
    bench_record("direct_echo_64", loop(h, echo64, FFA_MSG_SEND_DIRECT_RESP_64), 900,
                 "6,624 Hafnium, 26,364 OP-TEE");
    bench_record(
        "ffa_version",
        loop(h, (struct ffa_args){ .x = { FFA_VERSION, FFA_VERSION_1_2 } }, FFA_VERSION_1_2), 0,
        "2,115 OP-TEE, 3,490 Hafnium");
    bench_record("ffa_features",
                 loop(h, (struct ffa_args){ .x = { FFA_FEATURES, FFA_VERSION } }, FFA_SUCCESS_32),
                 0, "1,903 OP-TEE, 2,694 Hafnium");
}

// Calls that cannot follow each other at once: one at a time, the mean of 100 counts
static void bench_partition_info(struct harness *h)
{
    uint64_t nop = bench_nop(h);
    uint64_t sum = 0;
    struct ffa_args map = { .x = { FFA_RXTX_MAP_64, MB_PAGES_BASE, MB_PAGES_BASE + 0x1000, 1 } };

    if (h_smc(h, 0, &map) != H_OK || map.x[0] != FFA_SUCCESS_32) {
        bench_die("FFA_RXTX_MAP was refused");
    }
    for (unsigned int i = 0; i < SINGLE_CALLS; i++) {
        struct h_call get = { .x = { FFA_PARTITION_INFO_GET } };
        struct h_call release = { .x = { FFA_RX_RELEASE } };
        if (h_call(h, 0, &get) != H_OK || get.x[0] != FFA_SUCCESS_32 ||
            h_call(h, 0, &release) != H_OK || release.x[0] != FFA_SUCCESS_32) {
            bench_die("FFA_PARTITION_INFO_GET or FFA_RX_RELEASE was refused");
        }
        sum += get.ticks - nop;
    }
    bench_record("ffa_partition_info_get", sum / SINGLE_CALLS, 0, "2,541 OP-TEE, 3,389 Hafnium");
}

// ---- Memory, notifications, chains: with the peers -------------------------------------------------------------------

static uint64_t cost_of(struct harness *h, struct h_call *call, uint64_t nop, uint64_t expected_x0,
                        const char *what)
{
    if (h_call(h, 0, call) != H_OK || call->x[0] != expected_x0) {
        fprintf(stderr, "bench: %s: %#" PRIx64 " %#" PRIx64 " %#" PRIx64 "\n", what, call->x[0],
                call->x[1], call->x[2]);
        exit(1);
    }
    return call->ticks - nop;
}

// The peer maps its buffers and performs one call
static void peer_does(struct harness *h, uint32_t kind, uint64_t x0, uint64_t x1, uint64_t x2,
                      uint64_t x3)
{
    struct peer_script *script = h_memory(h, PEER1_SCRIPT_BASE, sizeof(*script));
    struct ffa_args run = { .x = { FFA_MSG_SEND_DIRECT_REQ_64, PEER1_ID, 0, PEER_RUN_SCRIPT } };

    memset(script, 0, sizeof(*script));
    script->count = 1;
    script->steps[0] = (struct peer_step){ .kind = kind, .x = { x0, x1, x2, x3 } };
    if (h_smc(h, 0, &run) != H_OK || run.x[3] != 1 || script->steps[0].x[0] == FFA_ERROR) {
        bench_die("a peer does not do as it is told");
    }
}

// Share one range, have the peer retrieve it, read and write each page, relinquish it, and reclaim: all instructions of the
// three SMCs, those of the partition too
static uint64_t mem_cycle(struct harness *h, uint32_t pages)
{
    const struct ffa_mem_range range = { .address = MEM_BASE, .page_count = pages };
    const struct h_mem mem = {
        .version = FFA_VERSION_1_2,
        .attributes = FFA_MEM_ATTR_NORMAL,
        .borrower_count = 1,
        .borrowers = { { .id = PEER1_ID, .permissions = FFA_MEM_DATA_RW } },
        .range_count = 1,
        .ranges = &range,
    };
    uint64_t nop = bench_nop(h);
    uint64_t sum = 0;
    unsigned int rounds = pages > 1000 ? 1 : SINGLE_CALLS / 10;

    for (unsigned int i = 0; i < rounds; i++) {
        uint64_t length = h_mem_describe(&mem, h_memory(h, MEM_TX, 4096), 4096);
        struct h_call share = { .x = { FFA_MEM_SHARE_64, length, length } };
        sum += cost_of(h, &share, nop, FFA_SUCCESS_32, "FFA_MEM_SHARE");
        uint64_t handle = share.x[2] | share.x[3] << 32;
        struct h_call use = { .x = { FFA_MSG_SEND_DIRECT_REQ_64, PEER1_ID, 0, PEER_USE_MEMORY,
                                     handle, 0, 0, PEER_TOUCH_PAGES } };
        sum += cost_of(h, &use, nop, FFA_MSG_SEND_DIRECT_RESP_64, "the peer");
        if (use.x[3] != 0 || use.x[4] != (uint64_t)pages * 4096) {
            bench_die("the peer cannot use the memory");
        }
        struct h_call reclaim = { .x = { FFA_MEM_RECLAIM, (uint32_t)handle, handle >> 32 } };
        sum += cost_of(h, &reclaim, nop, FFA_SUCCESS_32, "FFA_MEM_RECLAIM");
    }
    return sum / rounds;
}

// A message of 64 bytes; the peer takes it out of its RX in between, which is not counted
static uint64_t send2(struct harness *h)
{
    uint64_t nop = bench_nop(h);
    uint64_t sum = 0;

    for (unsigned int i = 0; i < SINGLE_CALLS / 10; i++) {
        const struct ffa_message_header header = { .offset = sizeof(header),
                                                   .receiver = PEER1_ID,
                                                   .size = 64 };
        memcpy(h_memory(h, MEM_TX, 4096), &header, sizeof(header));
        struct h_call send = { .x = { FFA_MSG_SEND2 } };
        sum += cost_of(h, &send, nop, FFA_SUCCESS_32, "FFA_MSG_SEND2");
        peer_does(h, PEER_CALL, FFA_NOTIFICATION_GET, PEER1_ID, 0xf, 0);
        peer_does(h, PEER_CALL, FFA_RX_RELEASE, 0, 0, 0);
    }
    return sum / (SINGLE_CALLS / 10);
}

static void bench_memory_and_chains(void)
{
    struct harness *h = bench_start("proxy", 1);
    struct ffa_args version = { .x = { FFA_VERSION, FFA_VERSION_1_2 } };
    struct ffa_args map = { .x = { FFA_RXTX_MAP_64, MEM_TX, MEM_RX, 1 } };
    struct ffa_args create = { .x = { FFA_NOTIFICATION_BITMAP_CREATE, 0, 1 } };
    struct ffa_args req2 = { .x = { FFA_MSG_SEND_DIRECT_REQ2, ECHO_ID, 0, 0, 2, 3, 4, 5 } };
    struct ffa_args plain = { .x = { FFA_MSG_SEND_DIRECT_REQ_64, PEER1_ID, 0, 1, 2, 3, 4, 5 } };
    struct ffa_args forward = { .x = { FFA_MSG_SEND_DIRECT_REQ_64, PEER1_ID, 0, PEER_FORWARD,
                                       PEER3_ID, 2, 3, 4 } };
    struct ffa_args set = { .x = { FFA_NOTIFICATION_SET, PEER1_ID, 0, 1 } };
    struct ffa_args get = { .x = { FFA_NOTIFICATION_GET, 0, 5 } };

    if (h_smc(h, 0, &version) != H_OK || h_smc(h, 0, &map) != H_OK ||
        h_smc(h, 0, &create) != H_OK || map.x[0] != FFA_SUCCESS_32 ||
        create.x[0] != FFA_SUCCESS_32) {
        bench_die("the normal world's buffers are refused");
    }
    peer_does(h, PEER_MAP_RXTX, 0, 0, 0, 0);
    (void)mem_cycle(h, 1); // what is made once
    bench_record("mem_cycle_1", mem_cycle(h, 1), 8000, "203,280 OP-TEE, 881,203 Hafnium");
    uint64_t one = mem_cycle(h, 1);
    bench_record("mem_cycle_256", mem_cycle(h, 256), one + 255 * 60, "");
    bench_record("mem_cycle_64m", mem_cycle(h, 0x4000), one + 0x3fff * 60, "");
    bench_record("direct_req2_echo", loop(h, req2, FFA_MSG_SEND_DIRECT_RESP2), 950,
                 "6,613 Hafnium");
    bench_record("msg_send2", send2(h), 0, "");
    peer_does(h, PEER_CALL, FFA_NOTIFICATION_BIND, PEER1_ID, 0, 1);
    bench_record("notification_set_get",
                 loop(h, set, FFA_SUCCESS_32) + loop(h, get, FFA_SUCCESS_32), 0, "");
    uint64_t chain = loop(h, forward, FFA_MSG_SEND_DIRECT_RESP_64);
    bench_record("sp_to_sp_echo", chain - loop(h, plain, FFA_MSG_SEND_DIRECT_RESP_64), 0, "");
    h_stop(h);
}

// Core 0, which looks at the mailboxes when it has nothing else to do, has the one that takes longest
static const uint16_t contended[CONTENDED_CORES] = { PEER2_ID, PEER1_ID, PEER3_ID, ECHO_ID };

static void calls_begin(struct harness *h, unsigned int core, uint16_t partition, uint64_t count,
                        uint64_t together)
{
    struct ffa_args a = { .x = { FFA_MSG_SEND_DIRECT_REQ_64, partition, 0, core << 20, 1, 2 } };
    struct mb_calls calls = { .expected = FFA_MSG_SEND_DIRECT_RESP_64, .together = together };

    if (h_calls_begin(h, core, &a, &calls, count) != H_OK) {
        bench_die("calls of several cores cannot be made");
    }
}

static struct mb_calls calls_end(struct harness *h, unsigned int core, uint64_t count)
{
    struct ffa_args a;
    struct mb_calls calls;

    if (h_calls_end(h, core, &a, &calls) != H_OK || calls.answered != count) {
        bench_die("calls of several cores are not answered");
    }
    return calls;
}

// Calls of four partitions: by one core, one partition after the other, and by four cores, each its own, at the same time.
// Instructions of all cores together, with those that make and count the calls. Each core makes as many calls as take as
// long as 10,000 of the slowest partition: a core that has nothing to do looks for something, and that would be counted, too.
static void bench_contended(void)
{
    struct harness *h = bench_start("proxy", CONTENDED_CORES);
    uint64_t ticks[CONTENDED_CORES];
    uint64_t count[CONTENDED_CORES];
    uint64_t calls_made = 0;
    uint64_t alone = 0;
    uint64_t began = UINT64_MAX;
    uint64_t ended = 0;

    for (unsigned int i = 0; i < CONTENDED_CORES; i++) {
        calls_begin(h, 0, contended[i], LOOP_CALLS, 0);
        struct mb_calls calls = calls_end(h, 0, LOOP_CALLS);
        ticks[i] = calls.ended - calls.began;
    }
    if (h_cores_on(h, CONTENDED_CORES) != H_OK) {
        bench_die("a core cannot be switched on");
    }
    h_together(h);
    for (unsigned int core = 0; core < CONTENDED_CORES; core++) {
        count[core] = LOOP_CALLS * ticks[0] / ticks[core];
        calls_made += count[core];
        alone += count[core] * ticks[core] / LOOP_CALLS;
        calls_begin(h, core, contended[core], count[core], CONTENDED_CORES);
    }
    for (unsigned int core = 0; core < CONTENDED_CORES; core++) {
        struct mb_calls calls = calls_end(h, core, count[core]);
        began = calls.began < began ? calls.began : began;
        ended = calls.ended > ended ? calls.ended : ended;
    }
    h_stop(h);
    bench_record("direct_echo_alone", alone / calls_made, 0, "");
    bench_record("direct_echo_contended", (ended - began) / calls_made, alone / calls_made + 1,
                 ""); // of a fraction
}

// The timer of a peer fires in a loop of the normal world: what the loop takes longer than without is the whole way through EL3,
// SPMC and partition and back. The mean of ten.
static void bench_interrupt(void)
{
    struct harness *h = bench_start("proxy", 1);
    struct peer_script *script = h_memory(h, PEER1_SCRIPT_BASE, sizeof(*script));
    uint64_t sum = 0;
    uint64_t ticks;

    for (unsigned int i = 0; i < IRQ_ROUNDS; i++) {
        struct ffa_args run = { .x = { FFA_MSG_SEND_DIRECT_REQ_64, PEER1_ID, 0, PEER_RUN_SCRIPT } };

        memset(script, 0, sizeof(*script));
        script->count = 1;
        script->steps[0] = (struct peer_step){ .kind = PEER_TIMER, .x = { IRQ_US } };
        if (h_smc_loop(h, 0, &run, IRQ_LOOPS, &ticks) != H_OK || run.x[3] != 1 ||
            script->steps[0].x[2] != 0 || script->interrupts != 1) {
            bench_die("the timer of a partition does not fire once");
        }
        sum += ticks - IRQ_LOOPS * LOOP_INSTRUCTIONS;
    }
    bench_record("secure_irq_roundtrip", sum / IRQ_ROUNDS, 0, "");
    h_stop(h);
}

// From CPU_ON to the first instruction of the normal world on the other core. Instructions of both cores: the caller sleeps as soon as
// it has its answer.
static void bench_cpu_on(void)
{
    struct harness *h = bench_start("shell", 2);
    struct ffa_args on = { .x = { PSCI_CPU_ON_64, h_mpidr(1), h_entry() } };
    uint64_t started;

    if (h_smc_sleep(h, 0, &on, SLEEP_TICKS, &started) != H_OK || on.x[0] != PSCI_SUCCESS ||
        h_boot(h, 1)->counter < started) {
        bench_die("core 1 cannot be switched on");
    }
    bench_record("cpu_on", h_boot(h, 1)->counter - started, 0, "");
    h_stop(h);
}

// From reset to the first instruction of a BL33 of the size of U-Boot, verified, and measured in both banks.
static void bench_boot(const char *flash, const char *key, uint64_t target, const char *peer)
{
    struct harness *h = bench_start(flash, 1);

    bench_record(key, h_boot(h, 0)->counter, target, peer);
    h_stop(h);
}

// Whether a part of the program was asked for: those that are named, or all
static bool wanted(int argc, char **argv, const char *part)
{
    bool found = argc == 4;

    for (int i = 4; i < argc; i++) {
        found = found || strcmp(argv[i], part) == 0;
    }
    return found;
}

static void bench_calls(void)
{
    struct harness *h = bench_start("shell", 1);
    struct ffa_args version = { .x = { FFA_VERSION, FFA_VERSION_1_2 } };

    if (h_smc(h, 0, &version) != H_OK || version.x[0] != FFA_VERSION_1_2) {
        bench_die("FFA_VERSION 1.2 was refused");
    }
    bench_el3(h);
    bench_ffa(h);
    bench_partition_info(h);
    h_stop(h);
    bench_memory_and_chains();
    bench_contended();
    bench_interrupt();
    bench_cpu_on();
}

int main(int argc, char **argv)
{
    if (argc < 4) {
        fprintf(
            stderr,
            "usage: bench CPU IMAGES JSON [calls|crypto|storage|attest|ftpm|linux|boot|size …]\n");
        return 2;
    }
    cpu = argv[1];
    images = argv[2];
    if (wanted(argc, argv, "calls")) {
        bench_calls();
    }
    if (wanted(argc, argv, "crypto")) {
        bench_crypto();
    }
    if (wanted(argc, argv, "storage")) {
        bench_storage(strcmp(cpu, "max") == 0);
    }
    if (wanted(argc, argv, "attest")) {
        bench_attest();
    }
    if (wanted(argc, argv, "ftpm")) {
        bench_ftpm();
    }
    if (wanted(argc, argv, "linux")) {
        bench_linux();
    }
    if (wanted(argc, argv, "boot")) {
        // Higher for cores without SHA-512 instructions, which take more time for the second bank
        uint64_t target = strcmp(cpu, "max") == 0 ? 40000000 : 110000000;

        bench_boot("bench_rsa", "reset_to_bl33_rsa", target, "258.8 M TF-A, RSA-2048");
        bench_boot("bench_p256", "reset_to_bl33_p256", target, "453.5 M TF-A, tiny BL33");
        bench_boot("bench_rsa_all", "reset_to_bl33_rsa_all", 0, "");
        bench_boot("bench_p256_all", "reset_to_bl33_p256_all", 0, "");
    }
    if (wanted(argc, argv, "size")) {
        bench_size();
    }
    bench_print(cpu);
    bench_write(argv[3]);
    return 0;
}
