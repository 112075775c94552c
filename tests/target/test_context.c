// SPDX-License-Identifier: BSD-3-Clause
//
// What one world leaves in a core is intact when it comes back, whatever the other one did: every register that the switch
// deals with or that it may not touch gets new values before each of thousands of calls (proxy_context.c), with interrupts of
// the normal and of the secure world in between. A partition paints its own registers and finds them again, and nothing of the
// normal world's in any that it can read. The normal world can use what the core has. And the crash record: a fault, a failed
// assertion and an overwritten stack frame of EL3 and of the SPMC, made with QEMU's gdb stub, are reported, survive the reset
// and are found in the source. 10,000 calls for each case, 3,000 of the partition's; with TESSERA_SOAK 100,000 and 30,000.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/harness/gdb.h"
#include "tests/target/target.h"

#define CALLS 10000
#define CALLS_SOAK 100000
#define TIMER_TICKS 4000    // of 62.5 MHz: an interrupt somewhere in the call
#define SECURE_TIMER_US 100 // the peer's
#define SECURE_TIMER_COUNT 1000
#define ALL UINT64_MAX
#define GDB_STOP_MS 20000 // a call that is under way comes to the breakpoint at once, or never

static struct mb_context context;

// ---- Registers -------------------------------------------------------------------------------------------------------

// What may be painted at which level, and which bits: those with which the proxy lives on. At EL1 it lives by EL1's own.
static const struct {
    enum mb_sysreg reg;
    uint64_t at_el1;
    uint64_t at_el2;
} paintable[] = {
    { MB_SP_EL0, ALL, ALL },
    { MB_TPIDR_EL0, ALL, ALL },
    { MB_TPIDRRO_EL0, ALL, ALL },
    { MB_TPIDR_EL1, ALL, ALL },
    { MB_CONTEXTIDR_EL1, ALL, ALL },
    { MB_AFSR0_EL1, ALL, ALL },
    { MB_AFSR1_EL1, ALL, ALL },
    { MB_AMAIR_EL1, ALL, ALL },
    { MB_CNTKCTL_EL1, 0x3ff, 0x3ff },
    { MB_CSSELR_EL1, 0xf, 0xf },
    { MB_ELR_EL1, ALL, ALL },
    { MB_SPSR_EL1, ALL, ALL },
    { MB_ESR_EL1, ALL, ALL },
    { MB_FAR_EL1, ALL, ALL },
    { MB_PAR_EL1, 0xfffffffffffff001, 0xfffffffffffff001 },
    { MB_APIAKEYLO_EL1, ALL, ALL },
    { MB_APIAKEYHI_EL1, ALL, ALL },
    { MB_APIBKEYLO_EL1, ALL, ALL },
    { MB_APIBKEYHI_EL1, ALL, ALL },
    { MB_APDAKEYLO_EL1, ALL, ALL },
    { MB_APDAKEYHI_EL1, ALL, ALL },
    { MB_APDBKEYLO_EL1, ALL, ALL },
    { MB_APDBKEYHI_EL1, ALL, ALL },
    { MB_APGAKEYLO_EL1, ALL, ALL },
    { MB_APGAKEYHI_EL1, ALL, ALL },
    { MB_CPACR_EL1, 0, ALL },
    { MB_MAIR_EL1, 0, ALL },
    { MB_TCR_EL1, 0, ALL },
    { MB_TTBR0_EL1, 0, ALL },
    { MB_TTBR1_EL1, 0, ALL },
    { MB_VBAR_EL1, 0, ALL },
    { MB_SCTLR_EL1, 0, ALL },
    { MB_SP_EL1, 0, ALL },
    { MB_CNTV_CVAL_EL0, ALL, ALL },
    { MB_CNTV_CTL_EL0, 0x2, 0x2 }, // masked; ISTATUS must not move
    { MB_TPIDR_EL2, 0, ALL },
    { MB_MDSCR_EL1, 0x1000, 0x1000 }, // TDCC
    { MB_ZCR_EL1, 0xf, 0xf },
    { MB_SMCR_EL1, 0xf, 0xf },
    { MB_TPIDR2_EL0, ALL, ALL },
    { MB_SCXTNUM_EL0, ALL, ALL },
    { MB_SCXTNUM_EL1, ALL, ALL },
    { MB_GCR_EL1, 0x1ffff, 0x1ffff },
    { MB_RGSR_EL1, 0xffff0f, 0xffff0f },
    { MB_TFSR_EL1, 0x3, 0x3 },
    { MB_TFSRE0_EL1, 0x3, 0x3 },
    { MB_AMUSERENR_EL0, 0x1, 0x1 },
    { MB_PMUSERENR_EL0, 0xf, 0xf },
    { MB_PMSELR_EL0, 0x1f, 0x1f },
    { MB_PMCCFILTR_EL0, 0xf8000000, 0xf8000000 },
    { MB_PMCCNTR_EL0, ALL, ALL }, // stands still: nobody has switched it on
    { MB_PMEVCNTR0_EL0, 0xffffffff, 0xffffffff },
    { MB_PMEVTYPER0_EL0, 0xf8000000, 0xf8000000 },
    { MB_DBGBVR0_EL1, 0xffffffffffc, 0xffffffffffc },
    { MB_DBGBCR0_EL1, 0x1e6, 0x1e6 },
    { MB_DBGWVR0_EL1, 0xffffffffffc, 0xffffffffffc },
    { MB_DBGWCR0_EL1, 0x1ffe, 0x1ffe },
    { MB_ICC_PMR_EL1, 0xf0, 0xf0 }, // some values let the interrupt through, some do not
    { MB_SSBS, 0x1000, 0x1000 },
    { MB_DIT, 0x1000000, 0x1000000 },
    { MB_TCO, 0x2000000, 0x2000000 },
    { MB_PAN, 0x400000, 0x400000 },
    { MB_UAO, 0x800000, 0x800000 },
    { MB_ZCR_EL2, 0, 0xf },
    { MB_VTTBR_EL2, 0, ALL },
    { MB_VTCR_EL2, 0, ALL },
    { MB_VPIDR_EL2, 0, ALL },
    { MB_VMPIDR_EL2, 0, ALL },
    { MB_CNTVOFF_EL2, 0, ALL },
    { MB_CNTHCTL_EL2, 0, 0x3 },
    { MB_CNTHP_CVAL_EL2, 0, ALL },
    { MB_HSTR_EL2, 0, 0xffff },
    { MB_FAR_EL2, 0, ALL },
    { MB_ESR_EL2, 0, ALL },
    { MB_HPFAR_EL2, 0, ALL },
    { MB_AMAIR_EL2, 0, ALL },
    { MB_CONTEXTIDR_EL2, 0, 0xffffffff },
    { MB_SCXTNUM_EL2, 0, ALL },
    { MB_HCRX_EL2, 0, 0x1f },
    { MB_HFGRTR_EL2, 0, ALL },
};

static uint64_t calls(void)
{
    return getenv("TESSERA_SOAK") != NULL ? CALLS_SOAK : CALLS;
}

// Everything that this core has, and what the proxy can do without. An exception of a register that is not there changes
// ELR_EL1 and others: none comes later.
static unsigned int choose_paint(void)
{
    bool el2 = h_boot(machine, 0)->current_el == 2;
    unsigned int count = 0;

    memset(&context, 0, sizeof(context));
    for (size_t i = 0; i < sizeof(paintable) / sizeof(paintable[0]); i++) {
        uint64_t mask = el2 ? paintable[i].at_el2 : paintable[i].at_el1;
        enum mb_sysreg reg = paintable[i].reg;
        uint64_t value;

        if (reg == MB_ICC_PMR_EL1 && h_boot(machine, 0)->gic != 3) {
            continue;
        }
        if (mask != 0 && h_sysreg_read(machine, 0, reg, &value) == H_OK) {
            context.paint[reg] = mask;
            count++;
        }
    }
    return count;
}

static void start(bool el2, const char *cpu, const char *const *extra)
{
    struct h_options o = target_options();

    o.virtualization = el2;
    o.extra = extra;
    if (cpu != NULL) {
        o.cpu = cpu;
    }
    target_fresh(&o);
    target_version(FFA_VERSION_1_2);
    assert_int_equal(h_boot(machine, 0)->current_el, el2 ? 2 : 1);
}

static void run(const struct ffa_args *args, uint64_t rounds, uint64_t flags, uint64_t seed)
{
    context.rounds = rounds;
    context.flags = flags;
    context.ticks = TIMER_TICKS;
    context.seed = seed;
    assert_int_equal(h_context(machine, 0, args, &context), H_OK);
    if (context.bad != 0) {
        uint64_t number = context.bad - 1;
        fail_msg("after %llu switches %s%llu was %#llx instead of %#llx",
                 (unsigned long long)context.switches,
                 number < MB_SYSREG_COUNT ? h_sysreg_name((enum mb_sysreg)number) : "x",
                 (unsigned long long)(number < MB_SYSREG_COUNT ? 0 : number - MB_SYSREG_COUNT),
                 (unsigned long long)context.found, (unsigned long long)context.expected);
    }
    assert_true(context.switches >= rounds);
}

static struct ffa_args echo_call(void)
{
    return (struct ffa_args){ .x = { FFA_MSG_SEND_DIRECT_REQ_32, ECHO_ID, 0, 1, 2, 3, 4, 5 } };
}

// All ways: calls that a partition serves, with an interrupt of the normal world pending, with one that comes in the middle,
// and, from the peer's timer, with the secure world's own at any time
static void compare_with_interrupts(void)
{
    struct ffa_args echo = echo_call();
    struct ffa_args id = { .x = { FFA_ID_GET } };
    struct ffa_args features = { .x = { FFA_FEATURES, FFA_VERSION } };

    assert_true(choose_paint() > 20);
    run(&features, calls() / 4, 0, 1);
    run(&echo, calls() / 4, MB_SMC_SGI, 2);
    assert_int_equal(context.last, FFA_MSG_SEND_DIRECT_RESP_32);
    assert_true(context.interrupts > 0);
    run(&echo, calls() / 4, MB_SMC_TIMER, 3);
    assert_int_equal(context.last, FFA_MSG_SEND_DIRECT_RESP_32);

    struct peer_script *script = peer_begin(PEER1_ID);
    struct peer_step *timer =
        peer_add(script, PEER_TIMER, SECURE_TIMER_US, SECURE_TIMER_COUNT, 0, 0);
    peer_run_all(PEER1_ID);
    assert_int_equal((int64_t)timer->x[2], 0);
    (void)choose_paint(); // the painted values are the proxy's own registers no more
    run(&echo, calls() / 8, MB_SMC_TIMER, 4);
    run(&id, calls() / 8, 0, 5);
    print_message("%llu switches of the last run, interrupts of the peer's timer: %u\n",
                  (unsigned long long)context.switches, (unsigned int)script->interrupts);
    assert_true(script->interrupts > 0);
}

static void painted_registers_survive_10000_calls_with_interrupts(void **state)
{
    (void)state;
    start(false, NULL, NULL);
    compare_with_interrupts();
}

static void painted_registers_of_el1_and_el2_survive_too(void **state)
{
    (void)state;
    start(true, NULL, NULL);
    compare_with_interrupts();
}

static void painted_registers_survive_on_a_core_with_everything(void **state)
{
    static const char *const mte[] = { "-machine", "mte=on", NULL };

    (void)state;
    start(true, "max,pauth-impdef=on", mte);
    assert_true((h_boot(machine, 0)->id_aa64pfr1 >> 8 & 0xf) >= 2);
    compare_with_interrupts();
    assert_true(context.paint[MB_GCR_EL1] != 0);
    assert_true(context.paint[MB_APIAKEYLO_EL1] != 0);
    assert_true(context.paint[MB_ZCR_EL1] != 0);
    assert_true(context.paint[MB_TPIDR2_EL0] != 0);
}

// The firmware keeps nothing from the normal world that the core says it has
static void the_normal_world_can_use_what_the_core_has(void **state)
{
    static const char *const mte[] = { "-machine", "mte=on", NULL };
    static const struct {
        unsigned int pfr; // ID_AA64PFRn
        unsigned int shift;
        unsigned int least;
        enum mb_sysreg reg;
    } rows[] = {
        { 0, 32, 1, MB_ZCR_EL1 },     { 0, 32, 1, MB_ZCR_EL2 },
        { 0, 56, 2, MB_SCXTNUM_EL0 }, { 0, 56, 2, MB_SCXTNUM_EL1 },
        { 0, 56, 2, MB_SCXTNUM_EL2 }, { 0, 44, 1, MB_AMUSERENR_EL0 },
        { 0, 48, 1, MB_DIT },         { 1, 24, 1, MB_SMCR_EL1 },
        { 1, 24, 1, MB_TPIDR2_EL0 },  { 1, 8, 2, MB_GCR_EL1 },
        { 1, 8, 2, MB_RGSR_EL1 },     { 1, 8, 2, MB_TFSR_EL1 },
        { 1, 8, 2, MB_TFSRE0_EL1 },   { 1, 8, 2, MB_TCO },
        { 1, 4, 2, MB_SSBS },         { 0, 0, 0, MB_APGAKEYHI_EL1 },
        { 0, 0, 0, MB_PMCCNTR_EL0 },  { 0, 0, 0, MB_PMEVTYPER0_EL0 },
        { 0, 0, 0, MB_DBGBVR0_EL1 },  { 0, 0, 0, MB_DBGWCR0_EL1 },
        { 0, 0, 0, MB_MDSCR_EL1 },    { 0, 0, 0, MB_CONTEXTIDR_EL2 },
        { 0, 0, 0, MB_HCRX_EL2 },
    };

    (void)state;
    start(true, "max,pauth-impdef=on", mte);
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        const struct mb_boot *boot = h_boot(machine, 0);
        uint64_t id = rows[i].pfr == 0 ? boot->id_aa64pfr0 : boot->id_aa64pfr1;
        uint64_t value;

        if ((id >> rows[i].shift & 0xf) >= rows[i].least &&
            h_sysreg_read(machine, 0, rows[i].reg, &value) != H_OK) {
            fail_msg("%s traps or is undefined", h_sysreg_name(rows[i].reg));
        }
    }
}

// ---- What a partition sees ------------------------------------------------------------------------------------------

#define SIGHT_ROUNDS 1000
#define SIGHT_ROUNDS_SOAK 10000
#define SIGHT_SPIN 20000 // rounds of two instructions: longer than TIMER_TICKS, mostly
#define NORMAL_WORD(n) (PEER_NORMAL_TAG << 48 | (n))

static uint64_t sight_has(void)
{
    const struct mb_boot *boot = h_boot(machine, 0);

    return ((boot->id_aa64pfr0 >> 48 & 0xf) >= 1 ? PEER_HAS_DIT : 0) |
           ((boot->id_aa64pfr1 >> 4 & 0xf) >= 2 ? PEER_HAS_SSBS : 0) |
           ((boot->id_aa64pfr1 >> 8 & 0xf) >= 2 ? PEER_HAS_TCO : 0);
}

// The normal world's FP registers, with its tag
static void sight_load_fp(struct mb_fp *fp)
{
    for (unsigned int i = 0; i < 64; i++) {
        uint64_t value = NORMAL_WORD(0x1000 + i);
        memcpy(&fp->v[i / 2][i % 2 * 8], &value, sizeof(value));
    }
    fp->fpcr = 0x00c00000;
    fp->fpsr = 0x0800001f;
    assert_int_equal(h_fp_load(machine, 0, fp, MB_FP_V), H_OK);
}

// Direct requests to the peer from here on, each with everything else painted. Their registers' upper halves are painted, too:
// a 32-bit message has none
static void sight_run(uint64_t spin, uint64_t flags, uint64_t seed)
{
    uint64_t rounds = getenv("TESSERA_SOAK") != NULL ? SIGHT_ROUNDS_SOAK : SIGHT_ROUNDS;
    struct ffa_args go = { .x = { FFA_MSG_SEND_DIRECT_REQ_32, PEER1_ID, 0,
                                  NORMAL_WORD(PEER_SIGHT_GO), NORMAL_WORD(spin), NORMAL_WORD(5),
                                  NORMAL_WORD(6), NORMAL_WORD(7) } };

    run(&go, rounds, flags, seed);
    assert_int_equal(context.last, FFA_MSG_SEND_DIRECT_RESP_32);
    print_message("spin %llu: %llu switches, %llu preemptions\n", (unsigned long long)spin,
                  (unsigned long long)context.switches, (unsigned long long)context.interrupts);
    assert_true(context.interrupts > 0);
}

static void a_partition_sees_only_its_own(void)
{
    static struct mb_fp before, after;
    struct peer_script *script = peer_begin(PEER1_ID);
    struct ffa_args a;

    peer_add(script, PEER_TIMER, SECURE_TIMER_US, UINT32_MAX, 0, 0);
    uint64_t *seen = peer_add(script, PEER_SIGHT, sight_has(), 0, 0, 0)->x;
    assert_true(choose_paint() > 20);
    context.tag = PEER_NORMAL_TAG;
    context.foreign = PEER_OWN_TAG;
    sight_load_fp(&before);
    a = peer_run(PEER1_ID);
    assert_ffa_function(a, FFA_MSG_SEND_DIRECT_RESP_32);
    sight_run(0, MB_SMC_SGI, 1);
    sight_run(SIGHT_SPIN, MB_SMC_TIMER, 2);
    sight_run(SIGHT_SPIN, MB_SMC_SGI, 3);
    assert_int_equal(h_fp_store(machine, 0, &after, MB_FP_V), H_OK);
    assert_memory_equal(after.v, before.v, sizeof(after.v));
    assert_int_equal(after.fpcr, before.fpcr);
    assert_int_equal(after.fpsr, before.fpsr);
    // What it is given it sees, and says so: the last thing, and the only one
    a = call(FFA_MSG_SEND_DIRECT_REQ_64, PEER1_ID, 0, PEER_SIGHT_GO, 0, 0, 0, NORMAL_WORD(8));
    assert_ffa_function(a, FFA_MSG_SEND_DIRECT_RESP_32);
    a = call(FFA_MSG_SEND_DIRECT_REQ_64, PEER1_ID, 0, PEER_SIGHT_END);
    assert_ffa_function(a, FFA_MSG_SEND_DIRECT_RESP_64);
    print_message("the peer looked at %llu messages, %llu interrupts, %llu spins\n",
                  (unsigned long long)seen[PEER_SIGHT_MESSAGES],
                  (unsigned long long)seen[PEER_SIGHT_INTERRUPTS],
                  (unsigned long long)seen[PEER_SIGHT_SPINS]);
    if (seen[PEER_SIGHT_LEAKS] != 1 || seen[PEER_SIGHT_WORD] != 7 ||
        seen[PEER_SIGHT_CHANGES] != 0) {
        fail_msg("%llu words of the normal world, %llu of its own changed; word %llu was %#llx, "
                 "not %#llx",
                 (unsigned long long)seen[PEER_SIGHT_LEAKS],
                 (unsigned long long)seen[PEER_SIGHT_CHANGES],
                 (unsigned long long)seen[PEER_SIGHT_WORD],
                 (unsigned long long)seen[PEER_SIGHT_FOUND],
                 (unsigned long long)seen[PEER_SIGHT_EXPECTED]);
    }
    assert_true(seen[PEER_SIGHT_FOUND] == NORMAL_WORD(8));
    assert_true(seen[PEER_SIGHT_INTERRUPTS] > 0);
    assert_true(seen[PEER_SIGHT_SPINS] >= 2 * SIGHT_ROUNDS);
}

static void a_partition_sees_no_register_of_the_normal_world(void **state)
{
    (void)state;
    start(false, "cortex-a57", NULL);
    a_partition_sees_only_its_own();
    start(true, "cortex-a72", NULL);
    a_partition_sees_only_its_own();
}

static void nor_on_a_core_with_everything(void **state)
{
    static const char *const mte[] = { "-machine", "mte=on", NULL };

    (void)state;
    start(true, "max,pauth-impdef=on", mte);
    assert_int_equal(sight_has(), PEER_HAS_DIT | PEER_HAS_SSBS | PEER_HAS_TCO);
    a_partition_sees_only_its_own();
}

// ---- SVE -------------------------------------------------------------------------------------------------------------

static uint64_t next_random(uint64_t *seed)
{
    *seed = *seed * 6364136223846793005u + 1442695040888963407u;
    return *seed >> 16;
}

// The normal world has made its vectors short (`length` = ZCR.LEN): they are not cut, nor is the length changed, by a
// partition that uses FP, nor by interrupts.
static void compare_sve(uint64_t length)
{
    static struct mb_fp paint, after;
    bool el2 = h_boot(machine, 0)->current_el == 2;
    enum mb_sysreg zcr = el2 ? MB_ZCR_EL2 : MB_ZCR_EL1;
    uint64_t vl = (length + 1) * 16;
    uint64_t seed = length;
    uint64_t value;
    uint64_t ticks;

    assert_int_equal(h_sysreg_write(machine, 0, zcr, length), H_OK);
    for (unsigned int round = 0; round < 10; round++) {
        struct peer_script *script = peer_begin(PEER1_ID);
        struct peer_step *yield =
            peer_add(script, PEER_FP_YIELD, 0x9876500000 + round, 0, calls() / 10, 0);
        struct ffa_args a = peer_run(PEER1_ID);
        assert_ffa_function(a, FFA_YIELD);

        for (uint64_t i = 0; i < vl * 32; i++) {
            paint.z[i] = (uint8_t)next_random(&seed);
        }
        for (uint64_t i = 0; i < vl / 8 * 16; i++) {
            paint.p[i] = (uint8_t)next_random(&seed);
        }
        memset(paint.p + vl / 8 * 16, 0xff, vl / 8); // FFR: only prefixes are legal values
        for (unsigned int i = 0; i < 32; i++) {
            memcpy(paint.v[i], paint.z + vl * i, 16);
        }
        assert_int_equal(h_fp_load(machine, 0, &paint, MB_FP_SVE), H_OK);
        a = (struct ffa_args){ .x = { FFA_RUN, (uint64_t)PEER1_ID << 16 } };
        assert_int_equal(h_loop(machine, 0, &a, calls() / 10, false, &ticks), H_OK);
        assert_ffa_function(a, FFA_MSG_SEND_DIRECT_RESP_64);
        assert_int_equal(h_fp_store(machine, 0, &after, MB_FP_SVE), H_OK);
        assert_memory_equal(after.z, paint.z, vl * 32);
        assert_memory_equal(after.p, paint.p, vl / 8 * 17);
        assert_int_equal(yield->x[1], 0);
    }
    assert_int_equal(h_sysreg_read(machine, 0, zcr, &value), H_OK);
    assert_int_equal(value, length);
}

static void sve_registers_survive_at_every_length(void **state)
{
    (void)state;
    for (unsigned int el2 = 0; el2 < 2; el2++) {
        start(el2 != 0, "max,pauth-impdef=on", NULL);
        uint64_t vl = h_fp_vl(machine, 0);
        assert_true(vl >= 32);
        compare_sve(vl / 16 - 1); // the longest
        compare_sve(1);
        compare_sve(0);
        compare_sve(vl / 16 - 1);
    }
}

// ---- Crashes ---------------------------------------------------------------------------------------------------------

static uint64_t address_of(const char *image, const char *symbol)
{
    char command[300];
    char type;
    unsigned long long address = 0;
    const char *cross = getenv("CROSS");

    snprintf(command, sizeof(command), "%snm " TESSERA_IMAGES "/%s.elf | grep -E ' [tT] %s$'",
             cross != NULL ? cross : "aarch64-linux-gnu-", image, symbol);
    FILE *nm = popen(command, "r");
    assert_non_null(nm);
    int n = fscanf(nm, "%llx %c", &address, &type);
    pclose(nm);
    if (n != 2) {
        fail_msg("%s.elf has no function %s", image, symbol);
    }
    return address;
}

// What symbolise.sh makes of the secure console
static const char *symbolised(void)
{
    static char text[1 << 20];
    char path[] = "/tmp/tessera-console-XXXXXX";
    char command[300];
    const char *console = h_console(machine, H_CONSOLE_SECURE);
    int fd = mkstemp(path);

    assert_true(fd >= 0);
    assert_int_equal(write(fd, console, strlen(console)), strlen(console));
    close(fd);
    snprintf(command, sizeof(command), "tests/harness/symbolise.sh " TESSERA_IMAGES " %s", path);
    FILE *out = popen(command, "r");
    assert_non_null(out);
    size_t size = fread(text, 1, sizeof(text) - 1, out);
    text[size] = '\0';
    assert_int_equal(pclose(out), 0);
    unlink(path);
    return text;
}

// A register that is changed where the core was stopped
struct change {
    unsigned int number;
    uint64_t value;
};

// `symbol` of `image` is entered with other registers than its caller's: the core crashes, the machine starts again, and the
// next boot tells. `in`: what the report, with symbols, must say between its head and its end.
static void crash(const char *image, const char *symbol, const struct change *changes,
                  unsigned int count, const char *head, const char *in)
{
    static char stub[200];
    static const char *extra[] = { "-gdb", stub, NULL };
    char path[] = "/tmp/tessera-gdb-XXXXXX";
    struct h_options o = target_options();
    struct h_call c = { .x = { FFA_FEATURES, FFA_VERSION } };

    assert_non_null(mkdtemp(path));
    snprintf(stub, sizeof(stub), "unix:%s/stub,server=on,wait=off", path);
    o.reboot = true;
    o.quiet = true;
    o.extra = extra;
    target_fresh(&o);
    target_version(FFA_VERSION_1_2);
    const char *socket = strchr(stub, ':') + 1;
    char name[200];
    snprintf(name, sizeof(name), "%.*s", (int)strcspn(socket, ","), socket);
    struct gdb *gdb = gdb_open(name);
    assert_non_null(gdb);
    uint64_t at = address_of(image, symbol);
    assert_int_equal(gdb_break(gdb, at, true), 0);
    assert_int_equal(h_call_begin(machine, 0, &c), H_OK);
    assert_int_equal(gdb_continue(gdb, GDB_STOP_MS), GDB_STOPPED);
    assert_true(gdb_get(gdb, GDB_PC) == at);
    for (unsigned int i = 0; i < count; i++) {
        assert_int_equal(gdb_set(gdb, changes[i].number, changes[i].value), 0);
    }
    assert_int_equal(gdb_detach(gdb), 0);
    unlink(name);
    rmdir(path);

    assert_int_equal(h_call_end(machine, 0, &c), H_RESTARTED);
    assert_console("crash 1 since the machine has power: reset");
    const char *text = symbolised();
    const char *first = strstr(text, "CRASH on core 0");
    const char *last = strstr(text, "last crash, before this boot, on core 0");
    assert_non_null(first);
    assert_non_null(last);
    assert_true(first < last);
    const char *found = strstr(first, head);
    assert_true(found != NULL && found < last);
    found = strstr(found, in);
    if (found == NULL || found >= last) {
        fail_msg("no %s in the report:\n%.*s", in, (int)(last - first), first);
    }
    assert_non_null(strstr(strstr(last, head), in)); // told again, as it was
    target_version(FFA_VERSION_1_2);
    assert_echo_works();
    // An orderly reset afterwards is no crash, and what was told is not told again
    assert_int_equal(h_reset(machine, PSCI_SYSTEM_RESET), H_OK);
    text = h_console(machine, H_CONSOLE_SECURE);
    last = strstr(text, "last crash, before this boot");
    assert_null(strstr(last + 1, "last crash, before this boot"));
    (void)target_stop(NULL);
}

static void a_crash_of_el3_survives_the_reset_and_names_the_line(void **state)
{
    const struct change frame = { 4, 0x10 };

    (void)state;
    crash("bl31", "spmd_from_normal", &frame, 1, "EL3, synchronous", "bl31/spmd/spmd.c:");
}

static void a_crash_of_the_spmc_does_too(void **state)
{
    const struct change core = { 0, 0x10 };

    (void)state;
    crash("spmc", "ffa_from_nwd", &core, 1, "the SPMC gave up", "spmc/ffa_dispatch.c:");
}

// An assertion that fails, and a stack frame whose canary is gone, where the vectors have called C: as if that had called the
// one or the other. Any readable bytes do for the texts.
static void gives_up(const char *image, const char *symbol, const char *how, const char *head,
                     const char *in)
{
    uint64_t text = address_of(image, how);
    const struct change changes[] = { { 0, text }, { 1, text }, { GDB_PC, text } };

    crash(image, symbol, changes, 3, head, in);
}

static void a_failed_assertion_leaves_a_record(void **state)
{
    (void)state;
    gives_up("bl31", "spmd_from_normal", "panic_assert", "class 3c, BRK", "bl31/bl31_vectors.S:");
    gives_up("spmc", "ffa_from_nwd", "panic_assert", "the SPMC gave up", "spmc/spmc_vectors.S:");
}

static void an_overwritten_stack_frame_does_too(void **state)
{
    (void)state;
    gives_up("bl31", "spmd_from_normal", "__stack_chk_fail", "class 3c, BRK",
             "bl31/bl31_vectors.S:");
    gives_up("spmc", "ffa_from_nwd", "__stack_chk_fail", "the SPMC gave up",
             "spmc/spmc_vectors.S:");
}

// Who crashes in the middle of a line has the console's lock: the report does not wait for it
static void a_crash_while_a_line_is_written_is_reported(void **state)
{
    static const char *const images[2] = { "bl31", "spmc" };

    (void)state;
    for (unsigned int i = 0; i < 2; i++) {
        const struct change changes[] = { { 30, address_of(images[i], "__stack_chk_fail") },
                                          { GDB_PC, address_of(images[i], "log_begin") } };

        crash(images[i], i == 0 ? "spmd_from_normal" : "ffa_from_nwd", changes, 2,
              i == 0 ? "class 3c, BRK" : "the SPMC gave up", "core_trap, platform/arch/core.S:");
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(painted_registers_survive_10000_calls_with_interrupts),
        cmocka_unit_test(painted_registers_of_el1_and_el2_survive_too),
        cmocka_unit_test(painted_registers_survive_on_a_core_with_everything),
        cmocka_unit_test(a_partition_sees_no_register_of_the_normal_world),
        cmocka_unit_test(nor_on_a_core_with_everything),
        cmocka_unit_test(the_normal_world_can_use_what_the_core_has),
        cmocka_unit_test(sve_registers_survive_at_every_length),
        cmocka_unit_test(a_crash_of_el3_survives_the_reset_and_names_the_line),
        cmocka_unit_test(a_crash_of_the_spmc_does_too),
        cmocka_unit_test(a_failed_assertion_leaves_a_record),
        cmocka_unit_test(an_overwritten_stack_frame_does_too),
        cmocka_unit_test(a_crash_while_a_line_is_written_is_reported),
    };

    return cmocka_run_group_tests_name("context", tests, NULL, target_stop);
}
