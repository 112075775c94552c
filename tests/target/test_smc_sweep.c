// SPDX-License-Identifier: BSD-3-Clause
//
// Every range of function IDs (DEN0028 table 6-2), fast and yielding, in both widths, with hostile arguments, from all cores at
// once: all calls come back, keep what they must keep, show nothing secure, write nothing to the console and change no state.
// The calls are made by the proxy itself (proxy_many.c), which also checks the registers. TESSERA_SOAK: all function numbers.
#include <stdlib.h>
#include <string.h>

#include "tests/target/target.h"

#define CORES 4
#define COUNT(list) (sizeof(list) / sizeof((list)[0]))
#define TABLE (MB_PAGES_BASE + 0x400000)
#define TABLE_MAX 0x100000
#define PART \
    0x4000 // of the table at a time: the harness gives up a guest that computes for ten seconds without an answer
#define SEED 0x7e55e7a5eed
#define STANDARD_NUMBERS 0x240 // PSCI, SDEI, TRNG, FF-A and what follows
#define OTHER_NUMBERS 0x20

static int ready(void **state)
{
    struct h_options o = target_options();

    (void)state;
    o.cores = CORES;
    target_fresh(&o);
    target_version(FFA_VERSION_1_2);
    assert_int_equal(h_cores_on(machine, CORES), H_OK);
    return 0;
}

// ---- State -----------------------------------------------------------------------------------------------------------

// What can be asked about the machine without changing it
struct state {
    uint64_t answers[400];
    size_t count;
    size_t console;
    uint64_t registers[MB_SYSREG_COUNT];
};

static void ask(struct state *s, unsigned int core, uint64_t x0, uint64_t x1, uint64_t x2)
{
    struct ffa_args a = { .x = { x0, x1, x2 } };

    assert_int_equal(h_smc(machine, core, &a), H_OK);
    for (unsigned int i = 0; i < 8; i++) {
        assert_true(s->count < COUNT(s->answers));
        s->answers[s->count++] = a.x[i];
    }
}

static void take(struct state *s)
{
    static const enum mb_sysreg registers[] = { MB_TPIDR_EL0, MB_TPIDR_EL1,  MB_SP_EL0,
                                                MB_ELR_EL1,   MB_TTBR0_EL1,  MB_TCR_EL1,
                                                MB_MAIR_EL1,  MB_VBAR_EL1,   MB_SCTLR_EL1,
                                                MB_CPACR_EL1, MB_CNTKCTL_EL1 };

    memset(s, 0, sizeof(*s));
    for (unsigned int core = 0; core < CORES; core++) {
        ask(s, core, PSCI_AFFINITY_INFO_64, h_mpidr(core), 0);
        ask(s, core, PSCI_NODE_HW_STATE_64, h_mpidr(core), 0);
        ask(s, core, PSCI_STAT_COUNT_64, h_mpidr(core), 0);
        ask(s, core, PSCI_STAT_COUNT_64, h_mpidr(core), 0x10000);
        ask(s, core, FFA_ID_GET, 0, 0);
        ask(s, core, FFA_VERSION, FFA_VERSION_1_2, 0);
        ask(s, core, FFA_FEATURES, FFA_RXTX_MAP_64, 0);
    }
    ask(s, 0, FFA_RXTX_UNMAP, 0, 0); // there is nothing to unmap
    ask(s, 0, FFA_RX_RELEASE, 0, 0);
    ask(s, 0, FFA_PARTITION_INFO_GET_REGS, 0, 0);
    for (size_t i = 0; i < COUNT(registers); i++) {
        assert_int_equal(h_sysreg_read(machine, 0, registers[i], &s->registers[i]), H_OK);
    }
    s->console = strlen(h_console(machine, H_CONSOLE_SECURE));
}

static void assert_same(const struct state *before, const struct state *after)
{
    assert_int_equal(before->count, after->count);
    for (size_t i = 0; i < before->count; i++) {
        if (before->answers[i] != after->answers[i]) {
            fail_msg("question %zu, x%zu: %#llx before, %#llx after", i / 8, i % 8,
                     (unsigned long long)before->answers[i], (unsigned long long)after->answers[i]);
        }
    }
    assert_memory_equal(before->registers, after->registers, sizeof(before->registers));
    if (before->console != after->console) {
        h_console_tail(machine);
        fail_msg("the firmware said something");
    }
}

// All four partitions are where they were: waiting, and they work
static void assert_partitions_work(void)
{
    static const uint16_t peers[] = { PEER1_ID, PEER2_ID };

    assert_echo_works();
    struct ffa_args a = call(FFA_MSG_SEND_DIRECT_REQ_32, CRYPTO_ID, 0, 0xff0000);
    assert_ffa_function(a, FFA_MSG_SEND_DIRECT_RESP_32); // TS RPC: protocol version of crypto
    for (size_t i = 0; i < COUNT(peers); i++) {
        struct peer_script *s = peer_begin(peers[i]);
        struct peer_step *read = peer_add_at(s, PEER_READ, PEER_SYM_SECRET, 0, 0, 8, 0, 0);
        peer_run_all(peers[i]);
        assert_int_equal(read->x[2], PEER_SECRET + peers[i]);
    }
}

// ---- The sweep -------------------------------------------------------------------------------------------------------

// Calls that do what they are for whatever their arguments are
static bool is_harmless(uint32_t fid)
{
    fid &= ~(uint32_t)SMCCC_SVE_HINT;
    return fid != PSCI_CPU_OFF && fid != PSCI_SYSTEM_OFF && fid != PSCI_SYSTEM_RESET;
}

struct sums {
    uint64_t calls, unknown, errors;
};

static void sweep_part(const uint32_t *table, size_t count, struct sums *sums)
{
    uint32_t *guest = h_memory(machine, TABLE, PART * sizeof(*guest));

    memcpy(guest, table, count * sizeof(*table));
    for (unsigned int core = 0; core < CORES; core++) {
        struct mb_sweep s = {
            .table = TABLE, .count = count, .seed = SEED + sums->calls + core, .rounds = 1
        };
        assert_int_equal(h_sweep_begin(machine, core, &s), H_OK);
    }
    for (unsigned int core = 0; core < CORES; core++) {
        struct mb_sweep s;
        assert_int_equal(h_sweep_end(machine, core, &s), H_OK);
        if (s.bad != 0) {
            fail_msg("core %u: %llu bad answers; the first: function %#llx, x%llu = %#llx", core,
                     (unsigned long long)s.bad, (unsigned long long)s.bad_fid,
                     (unsigned long long)s.bad_register, (unsigned long long)s.bad_value);
        }
        assert_int_equal(s.calls, count);
        sums->calls += s.calls;
        sums->unknown += s.unknown;
        sums->errors += s.errors;
    }
}

static void sweep(const uint32_t *table, size_t count, struct sums *sums)
{
    for (size_t at = 0; at < count; at += PART) {
        sweep_part(table + at, count - at < PART ? count - at : PART, sums);
    }
}

// Numbers of an owner that are not the first ones: where vendors, workarounds and queries are
static const uint32_t edges[] = { 0x3f,   0x50,   0x7f,   0xff,   0x100,  0x3fff, 0x7fff,
                                  0x8000, 0xbfff, 0xc000, 0xff00, 0xff01, 0xff03, 0xffff };

static void every_range_from_all_cores_at_once(void **state)
{
    static uint32_t table[TABLE_MAX];
    static struct state before;
    static struct state after;
    bool soak = getenv("TESSERA_SOAK") != NULL;
    struct sums sums = { 0 };
    size_t count = 0;
    uint32_t owners = 0;

    (void)state;
    assert_partitions_work();
    take(&before);
    for (uint32_t owner = 0; owner <= SMCCC_OWNER_MASK; owner++, owners++) {
        uint32_t first = soak                       ? 0x10000
                         : owner == SMCCC_OWNER_STD ? STANDARD_NUMBERS
                                                    : OTHER_NUMBERS;
        for (uint32_t form = 0; form < 8; form++) { // yielding or fast, width, SVE hint
            uint32_t base = (form & 3) << 30 | owner << SMCCC_OWNER_SHIFT | (form >> 2) << 16;
            for (uint32_t n = 0; n < first; n++) {
                if (is_harmless(base | n)) {
                    table[count++] = base | n;
                }
            }
            for (size_t i = 0; i < COUNT(edges) && !soak; i++) {
                table[count++] = base | edges[i];
            }
            for (unsigned int bit = 17; bit < 24; bit++) { // reserved bits of a function ID
                table[count++] = base | 1u << bit | (form & 1);
            }
            if (count + 0x10100 > TABLE_MAX) {
                sweep(table, count, &sums);
                count = 0;
            }
        }
    }
    sweep(table, count, &sums);
    take(&after);
    assert_same(&before, &after);
    assert_partitions_work();
    print_message("%llu calls from %u cores over %u owning entities: %llu unknown, %llu FFA_ERROR, "
                  "%llu answered "
                  "otherwise; 0 bad\n",
                  (unsigned long long)sums.calls, CORES, owners, (unsigned long long)sums.unknown,
                  (unsigned long long)sums.errors,
                  (unsigned long long)(sums.calls - sums.unknown - sums.errors));
}

// The calls that are served, more often, so that cores meet in the same ones
static void what_is_served_many_times(void **state)
{
    static uint32_t table[8192];
    static struct state before;
    static struct state after;
    struct sums sums = { 0 };
    size_t count = 0;

    (void)state;
    take(&before);
    for (uint32_t n = 0; n < 0x100; n++) {
        for (uint32_t form = 0; form < 8; form++) {
            uint32_t fid = SMCCC_FAST | (form & 1) << 30 | (form >> 1 & 1) << 16 |
                           (form >> 2) * SMCCC_OWNER_STD << SMCCC_OWNER_SHIFT | n;
            if (is_harmless(fid)) {
                table[count++] = fid;
            }
        }
    }
    for (unsigned int round = 0; round < (getenv("TESSERA_SOAK") != NULL ? 2000 : 10); round++) {
        sweep(table, count, &sums);
    }
    take(&after);
    assert_same(&before, &after);
    assert_partitions_work();
    print_message("%llu calls: %llu unknown, %llu FFA_ERROR\n", (unsigned long long)sums.calls,
                  (unsigned long long)sums.unknown, (unsigned long long)sums.errors);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(every_range_from_all_cores_at_once, ready),
        cmocka_unit_test_setup(what_is_served_many_times, ready),
    };

    return cmocka_run_group_tests_name("smc_sweep", tests, NULL, target_stop);
}
