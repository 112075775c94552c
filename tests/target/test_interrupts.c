// SPDX-License-Identifier: BSD-3-Clause
//
// Secure interrupts (DEN0077A "Secure interrupts"): the timers of the peers fire while the normal world, echo, another partition or
// their own runs, while they are preempted, blocked, or their core sleeps or goes. Nothing of it may show in what was
// interrupted. On both interrupt controllers; partitions count their interrupts in memory that the test can see.
#include <string.h>
#include <unistd.h>

#include "platform/boards/qemu_virt/board.h"
#include "tests/target/target.h"

#define CORES 4
#define COUNT(list) (sizeof(list) / sizeof((list)[0]))
#define PEER_US 100 // the shortest time a partition may ask for
#define PAINT 0x0f1e2d3c4b5a6978ULL
#define CODE (MB_PAGES_BASE + 0x80000)
#define RESULT 0x800
#define PATIENCE 20000 // looks at a counter of interrupts, each after a while of the guest's time
#define TRIES 20
#define SPIN_INSTRUCTIONS 4                // of a round of PEER_SPIN, about
#define SECURE_PRIVATE (1u << 29 | 0xfe00) // secure timer, SGIs 9 … 15

static int ready(void **state)
{
    struct h_options o = target_gic_options(state, CORES);
    struct harness *before = machine;

    target_machine(&o);
    if (machine != before) {
        target_version(FFA_VERSION_1_2);
    }
    assert_int_equal(h_cores_on(machine, CORES), H_OK);
    return 0;
}

static uint64_t ticks_of_us(uint64_t us)
{
    return h_boot(machine, 0)->cntfrq * us / 1000000;
}

// The normal world computes for that long on core 0
static void compute(uint64_t us)
{
    struct h_call c = { .flags = MB_SMC_SPIN, .timer_ticks = ticks_of_us(us) };

    assert_int_equal(h_call(machine, 0, &c), H_OK);
}

static uint32_t interrupts(uint16_t id)
{
    return __atomic_load_n(&peer_script(id)->interrupts, __ATOMIC_ACQUIRE);
}

// Script of a peer that sets its timer, `again` times more when it has fired
static struct peer_script *timer_script(uint16_t id, uint64_t us, uint64_t again)
{
    struct peer_script *script = peer_begin(id);

    peer_add(script, PEER_TIMER, us, again, 0, 0);
    return script;
}

static void arm(uint16_t id, uint64_t us, uint64_t again)
{
    struct peer_script *script = timer_script(id, us, again);

    peer_run_all(id);
    assert_int_equal(script->steps[0].x[2], 0);
}

// No more come of a timer that would have been set again
static void disarm(uint16_t id)
{
    arm(id, 0, 0);
    uint32_t count = interrupts(id);
    compute(100 * PEER_US);
    assert_int_equal(interrupts(id), count);
}

// So many come, and no more
static void assert_interrupts(uint16_t id, uint32_t count)
{
    for (unsigned int i = 0; i < PATIENCE && interrupts(id) < count; i++) {
        compute(PEER_US);
    }
    compute(3 * PEER_US);
    assert_int_equal(interrupts(id), count);
}

// ---- While the normal world runs -------------------------------------------------------------------------------------

static const enum mb_sysreg painted[] = { MB_TPIDR_EL0,      MB_TPIDRRO_EL0, MB_TPIDR_EL1,
                                          MB_CONTEXTIDR_EL1, MB_AFSR0_EL1,   MB_ELR_EL1,
                                          MB_FAR_EL1,        MB_PAR_EL1,     MB_SP_EL0,
                                          MB_CNTV_CVAL_EL0 };

static void paint(struct mb_fp *fp, uint64_t *values)
{
    for (unsigned int n = 0; n < 32; n++) {
        memset(fp->v[n], (int)(0xa0 + n), 16);
    }
    fp->fpcr = 0x00c00000; // rounding towards zero
    fp->fpsr = 0x0800001f;
    assert_int_equal(h_fp_load(machine, 0, fp, MB_FP_V), H_OK);
    for (size_t i = 0; i < COUNT(painted); i++) {
        values[i] = (PAINT + i) & 0x7ffff000;
        assert_int_equal(h_sysreg_write(machine, 0, painted[i], values[i]), H_OK);
        assert_int_equal(h_sysreg_read(machine, 0, painted[i], &values[i]), H_OK);
    }
}

// The calls that set the timer and look afterwards are not between painting and comparing: only interrupts are
static void no_register_of_the_normal_world_changes(void **state)
{
    static struct mb_fp before;
    static struct mb_fp after;
    uint64_t values[COUNT(painted)];

    (void)state;
    for (unsigned int round = 0; round < 5; round++) {
        arm(PEER1_ID, 5000,
            50); // long enough to paint first; then the guest computes until all have come
        paint(&before, values);
        for (unsigned int i = 0; i < PATIENCE && interrupts(PEER1_ID) < 3 * (round + 1); i++) {
            struct h_call c = { .flags = MB_SMC_SPIN, .timer_ticks = ticks_of_us(3000) };
            for (unsigned int k = 0; k < 31; k++) {
                c.x[k] = PAINT * (k + 1);
            }
            assert_int_equal(h_call(machine, 0, &c), H_OK);
            for (unsigned int k = 0; k < 31; k++) {
                if (k != 16 && k != 17) {
                    assert_int_equal(c.x[k], PAINT * (k + 1));
                }
            }
        }
        assert_int_equal(h_fp_store(machine, 0, &after, MB_FP_V), H_OK);
        assert_memory_equal(after.v, before.v, sizeof(after.v));
        assert_int_equal(after.fpcr, before.fpcr);
        assert_int_equal(after.fpsr, before.fpsr);
        for (size_t i = 0; i < COUNT(painted); i++) {
            uint64_t value;
            assert_int_equal(h_sysreg_read(machine, 0, painted[i], &value), H_OK);
            assert_int_equal(value, values[i]);
        }
        assert_true(interrupts(PEER1_ID) >= 3 * (round + 1));
        disarm(PEER1_ID);
    }
}

// The first peer sets its timer while it is initialised
static void prepare(uint8_t *dram)
{
    struct peer_script *script =
        (struct peer_script *)(void *)(dram + PEER1_SCRIPT_BASE - NS_DRAM_BASE);

    script->magic = PEER_SCRIPT_MAGIC;
    script->count = 1;
    script->steps[0] = (struct peer_step){ .kind = PEER_TIMER, .x = { PEER_US, 20 } };
}

// The SPMC works for the normal world before that has said which version it speaks: it still may
static void an_interrupt_does_not_fix_the_version(void **state)
{
    struct h_options o = target_gic_options(state, CORES);

    o.prepare = prepare;
    target_fresh(&o);
    assert_interrupts(PEER1_ID, 21);
    target_version(FFA_VERSION_1_1);
    target_version(FFA_VERSION_1_2);
    arm(PEER1_ID, PEER_US, 5); // now it is fixed …
    struct ffa_args a = call(FFA_VERSION, FFA_VERSION_1_0);
    assert_int_equal(a.x[0], UINT64_MAX);
    assert_interrupts(PEER1_ID, 6); // … and interrupts do not change that either
    a = call(FFA_VERSION, FFA_VERSION_1_0);
    assert_int_equal(a.x[0], UINT64_MAX);
    (void)target_stop(NULL);
}

// For a 64th of a second with the priority mask of this core at 0, which keeps out all that is the normal world's: how often the first
// peer's timer fired meanwhile, as the core itself counts.
static uint32_t interrupts_while_masked(bool v3)
{
    static const uint32_t mask[2][3] = {
        { 0xd2800083, 0xf2a10023, 0xb900007f }, // mov x3, #0x08010004 (GICC_PMR); str wzr, [x3]
        { 0xd518461f, 0xd503201f, 0xd503201f }, // msr icc_pmr_el1, xzr; nop; nop
    };
    // Address of the peer's counter, of the result; first count; loop on CNTPCT_EL0 for CNTFRQ_EL0 / 64; second count; 0xff
    static const uint32_t count[] = { 0xd2800205, 0xf2a88405, 0xd2810006, 0xf2a88306,
                                      0xb94000a4, 0xb90000c4, 0xd53be021, 0xd53be002,
                                      0xd346fc42, 0x8b020021, 0xd53be020, 0xeb01001f,
                                      0x54ffffc3, 0xb94000a4, 0xb90004c4, 0xd2801fe0 };
    static const uint32_t unmask[2][2] = {
        { 0xb9000060, 0xd65f03c0 }, // str w0, [x3]; ret
        { 0xd5184600, 0xd65f03c0 }, // msr icc_pmr_el1, x0; ret
    };
    uint8_t *code = h_memory(machine, CODE, 0x1000);
    uint32_t result[2];

    _Static_assert(PEER1_SCRIPT_BASE + offsetof(struct peer_script, interrupts) == 0x44200010 &&
                       CODE + RESULT == 0x44180800,
                   "addresses in count[]");
    memcpy(code, mask[v3], sizeof(mask[v3]));
    memcpy(code + sizeof(mask[v3]), count, sizeof(count));
    memcpy(code + sizeof(mask[v3]) + sizeof(count), unmask[v3], sizeof(unmask[v3]));
    assert_int_equal(h_exec(machine, 0, CODE, NULL), H_OK);
    memcpy(result, code + RESULT, sizeof(result));
    return result[1] - result[0];
}

// One core, and a clock that counts instructions: how many interrupts come in a time does not depend on the host
static void alone(void **state)
{
    struct h_options o = target_gic_options(state, CORES);

    o.icount = true;
    o.cores = 1;
    target_fresh(&o);
    target_version(FFA_VERSION_1_2);
}

// Secure interrupts are not there for the normal world, and cannot be kept from the secure one
static void the_normal_world_cannot_touch_them(void **state)
{
    bool v3 = target_gic_options(state, CORES).gic == 3;
    uint64_t local = v3 ? GICR_BASE + 0x10000 : GICD_BASE;
    static const uint64_t clear[] = { 0x180, 0x280, 0x380 }; // ICENABLER0, ICPENDR0, ICACTIVER0
    uint64_t value;

    alone(state);
    arm(PEER1_ID, 5 * PEER_US, UINT32_MAX);
    for (size_t i = 0; i < COUNT(clear); i++) {
        assert_int_equal(h_write(machine, 0, local + clear[i], 4, SECURE_PRIVATE, NULL), H_OK);
    }
    assert_int_equal(h_write(machine, 0, local + 0x080, 4, UINT32_MAX, NULL), H_OK); // group
    assert_int_equal(h_write(machine, 0, local + 0x100, 4, SECURE_PRIVATE, NULL), H_OK);
    assert_int_equal(h_read(machine, 0, local + 0x100, 4, &value, NULL), H_OK);
    assert_int_equal(value & SECURE_PRIVATE, 0); // not enabled for it
    for (uint64_t id = 8; id < 16; id += 4) {
        assert_int_equal(h_write(machine, 0, local + 0x400 + id, 4, 0xffffffff, NULL), H_OK);
        assert_int_equal(h_read(machine, 0, local + 0x400 + id, 4, &value, NULL), H_OK);
        assert_int_equal(value & (id == 8 ? 0xffffff00 : UINT32_MAX), 0); // SGI 8 is its own
    }
    uint32_t count = interrupts_while_masked(v3);
    assert_in_range(count, 25, 32); // 15,625 µs, one each 500 and what serving it takes
    disarm(PEER1_ID);
    (void)target_stop(NULL);
}

// ---- While partitions run --------------------------------------------------------------------------------------------

static void echo_on_all_cores(uint64_t count)
{
    for (unsigned int core = 0; core < CORES; core++) {
        struct ffa_args a = { .x = { FFA_MSG_SEND_DIRECT_REQ_32, ECHO_ID, 0, core << 24, 1, 2, 3,
                                     4 } };
        struct mb_calls calls = { .expected = FFA_MSG_SEND_DIRECT_RESP_32, .echo = 1 };
        assert_int_equal(h_calls_begin(machine, core, &a, &calls, count), H_OK);
    }
    for (unsigned int core = 0; core < CORES; core++) {
        struct ffa_args a;
        struct mb_calls calls;
        assert_int_equal(h_calls_end(machine, core, &a, &calls), H_OK);
        if (calls.other != 0) {
            fail_msg("core %u: echo answered %#llx %#llx %#llx", core, (unsigned long long)a.x[0],
                     (unsigned long long)a.x[1], (unsigned long long)a.x[2]);
        }
        assert_int_equal(calls.answered + calls.busy, count);
    }
}

static void echo_is_right_on_all_cores_meanwhile(void **state)
{
    (void)state;
    arm(PEER2_ID, PEER_US, 100); // on core 0
    arm(PEER1_ID, PEER_US + 7, 100);
    echo_on_all_cores(5000);
    assert_interrupts(PEER1_ID, 101);
    assert_interrupts(PEER2_ID, 101);
}

// With a clock that counts instructions, so that they come at every place of a call, the same in each run
static void echo_is_right_wherever_it_is_interrupted(void **state)
{
    struct h_options o = target_gic_options(state, CORES);
    struct ffa_args a = { .x = { FFA_MSG_SEND_DIRECT_REQ_32, ECHO_ID, 0, 1, 2, 3, 4, 5 } };
    struct mb_calls calls = { .expected = FFA_MSG_SEND_DIRECT_RESP_32, .echo = 1 };

    o.icount = true;
    o.cores = 1;
    target_fresh(&o);
    target_version(FFA_VERSION_1_2);
    arm(PEER1_ID, PEER_US, 300);
    assert_int_equal(h_calls_begin(machine, 0, &a, &calls, 40000), H_OK);
    assert_int_equal(h_calls_end(machine, 0, &a, &calls), H_OK);
    assert_int_equal(calls.answered, 40000);
    assert_interrupts(PEER1_ID, 301);
    (void)target_stop(NULL);
}

// The first peer is waiting: it takes the core from the second one, which goes on with its FP registers
static void another_partition_goes_on_where_it_was(void **state)
{
    struct peer_script *script;

    (void)state;
    arm(PEER1_ID, PEER_US, 10);
    script = peer_begin(PEER2_ID);
    struct peer_step *step = peer_add(script, PEER_FP_SPIN, 0x77, 0, 1u << 30, 0);
    struct h_call c = { .x = { FFA_MSG_SEND_DIRECT_REQ_64, PEER2_ID, 0, PEER_RUN_SCRIPT } };
    assert_int_equal(h_call_begin(machine, 0, &c), H_OK);
    while (interrupts(PEER1_ID) < 11 && script->performed == 0) {
    }
    script->stop = 1;
    assert_int_equal(h_call_end(machine, 0, &c), H_OK);
    assert_int_equal(c.x[0], FFA_MSG_SEND_DIRECT_RESP_64);
    assert_int_equal(step->x[1], 0); // no register differed
    assert_int_equal(interrupts(PEER1_ID), 11);
}

// A busy host raises the timer's interrupt late: then it comes after the turn, which shows nothing, and there is another try. One that is
// never there when the caller has its answer is too late each time.
static void comes_before_the_answer(bool (*came)(void))
{
    for (unsigned int i = 0; i < TRIES; i++) {
        if (came()) {
            return;
        }
    }
    fail_msg("not once in %d turns was the interrupt there before the answer", TRIES);
}

static bool came_once(void)
{
    bool in_time = interrupts(PEER1_ID) == 1;

    assert_interrupts(PEER1_ID, 1);
    return in_time;
}

// A partition that runs hears of its own timer at the end of its turn, before its caller has the answer
static bool turn_of_a_running_one(void)
{
    struct h_call c = { .x = { FFA_MSG_SEND_DIRECT_REQ_64, PEER1_ID, 0, PEER_RUN_SCRIPT } };
    struct h_call wait = { .flags = MB_SMC_SPIN };
    struct peer_script *script = timer_script(PEER1_ID, PEER_US, 0);

    peer_add(script, PEER_SPIN, UINT64_MAX, 0, 0, 0);
    assert_int_equal(h_call_begin(machine, 1, &c), H_OK);
    while (__atomic_load_n(&script->performed, __ATOMIC_ACQUIRE) < 1) {
    }
    wait.timer_ticks = ticks_of_us(20 * PEER_US);
    assert_int_equal(h_call(machine, 0, &wait), H_OK);
    assert_int_equal(interrupts(PEER1_ID), 0);
    script->stop = 1;
    assert_int_equal(h_call_end(machine, 1, &c), H_OK);
    assert_int_equal(c.x[0], FFA_MSG_SEND_DIRECT_RESP_64);
    assert_int_equal(c.x[3], 2);
    return came_once();
}

static void its_own_interrupt_waits_for_the_end_of_a_turn(void **state)
{
    (void)state;
    comes_before_the_answer(turn_of_a_running_one);
}

static bool turn_of_a_preempted_one(void)
{
    struct h_call c = { .x = { FFA_MSG_SEND_DIRECT_REQ_64, PEER1_ID, 0, PEER_RUN_SCRIPT },
                        .flags = MB_SMC_TIMER };
    struct peer_script *script = timer_script(PEER1_ID, 20 * PEER_US, 0);

    peer_add(script, PEER_SPIN, UINT64_MAX, 0, 0, 0);
    do { // at least until it has set its timer
        c.timer_ticks = ticks_of_us(PEER_US);
        assert_int_equal(h_call(machine, 0, &c), H_OK);
        assert_int_equal(c.x[0], FFA_INTERRUPT);
        assert_int_equal(c.interrupt, MB_TIMER_PPI);
        c.x[0] = FFA_RUN;
        c.x[1] = (uint64_t)PEER1_ID << 16;
    } while (script->performed == 0);
    compute(40 * PEER_US);
    assert_int_equal(interrupts(PEER1_ID), 0);
    script->stop = 1;
    struct ffa_args a = call(FFA_RUN, (uint64_t)PEER1_ID << 16);
    assert_ffa_function(a, FFA_MSG_SEND_DIRECT_RESP_64);
    assert_int_equal(a.x[3], 2);
    return came_once();
}

static void a_preempted_partition_gets_it_when_it_waits(void **state)
{
    (void)state;
    comes_before_the_answer(turn_of_a_preempted_one);
}

static bool turn_of_a_blocked_one(void)
{
    struct peer_script *script = timer_script(PEER1_ID, PEER_US, 0);

    peer_add(script, PEER_CALL, FFA_YIELD, 0, 0, 0);
    struct ffa_args a = peer_run(PEER1_ID);
    assert_ffa_function(a, FFA_YIELD);
    compute(20 * PEER_US);
    assert_int_equal(interrupts(PEER1_ID), 0);
    a = call(FFA_RUN, (uint64_t)PEER1_ID << 16);
    assert_ffa_function(a, FFA_MSG_SEND_DIRECT_RESP_64);
    return came_once();
}

static void a_blocked_partition_gets_it_when_it_waits(void **state)
{
    (void)state;
    comes_before_the_answer(turn_of_a_blocked_one);
}

// ---- Cores that sleep and go -----------------------------------------------------------------------------------------

// Nothing else wakes it
static void it_wakes_a_core(void **state)
{
    static const uint64_t calls[][3] = { { PSCI_CPU_SUSPEND_64, 0 },
                                         { PSCI_CPU_SUSPEND_64, 0x10000, 1 },
                                         { PSCI_SYSTEM_SUSPEND_64, 1 } };
    struct h_options o = target_gic_options(state, CORES);

    o.cores = 1;
    target_fresh(&o);
    target_version(FFA_VERSION_1_2);
    for (unsigned int i = 0; i < 3 * COUNT(calls); i++) {
        const uint64_t *x = calls[i % COUNT(calls)];
        struct h_call c = { .x = { x[0], x[1], x[2] } };

        if (i % COUNT(calls) != 0) {
            c.x[i % COUNT(calls) == 1 ? 2 : 1] = h_entry();
        }
        arm(PEER1_ID, 50 * PEER_US,
            UINT32_MAX); // again and again: the first may come before the call
        assert_int_equal(h_call(machine, 0, &c), i % COUNT(calls) == 0 ? H_OK : H_RESTARTED);
        if (i % COUNT(calls) == 0) {
            assert_int_equal(c.x[0], PSCI_SUCCESS);
        }
        assert_true(interrupts(PEER1_ID) > 0);
        disarm(PEER1_ID);
    }
    assert_echo_works();
    (void)target_stop(NULL);
}

// The deadline is that of the core that goes off, and nobody else is awake
static void it_wakes_a_core_that_slept_before_its_own_went_off(void **state)
{
    struct h_options o = target_gic_options(state, CORES);
    struct h_call run = { .x = { FFA_MSG_SEND_DIRECT_REQ_64, PEER1_ID, 0, PEER_RUN_SCRIPT } };
    struct h_call off = { .x = { PSCI_CPU_OFF } };

    o.cores = 2;
    target_fresh(&o);
    target_version(FFA_VERSION_1_2);
    assert_int_equal(h_cores_on(machine, 2), H_OK);
    struct h_call sleep = { .x = { PSCI_CPU_SUSPEND_64, 0x10000, h_entry() } };

    (void)timer_script(PEER1_ID, 5000 * PEER_US, 0);
    assert_int_equal(h_call(machine, 1, &run), H_OK);
    assert_int_equal(run.x[0], FFA_MSG_SEND_DIRECT_RESP_64);
    assert_int_equal(h_call_begin(machine, 0, &sleep), H_OK);
    usleep(100000); // so that it sleeps already; if not, this tests less
    assert_int_equal(h_call_begin(machine, 1, &off), H_OK);
    assert_int_equal(h_call_end(machine, 0, &sleep), H_RESTARTED);
    assert_interrupts(PEER1_ID, 1);
    assert_echo_works();
    (void)target_stop(NULL);
}

static void it_finds_another_core_when_its_own_is_off(void **state)
{
    (void)state;
    for (unsigned int core = 1; core < CORES; core++) {
        struct h_call c = { .x = { FFA_MSG_SEND_DIRECT_REQ_64, PEER1_ID, 0, PEER_RUN_SCRIPT } };
        int32_t answer;

        (void)timer_script(PEER1_ID, 20 * PEER_US, 10);
        assert_int_equal(h_call(machine, core, &c), H_OK);
        assert_int_equal(c.x[0], FFA_MSG_SEND_DIRECT_RESP_64);
        assert_int_equal(h_core_off(machine, core, 0, &answer), H_OK);
        assert_int_equal(answer, PSCI_SUCCESS);
        assert_interrupts(PEER1_ID, 11);
        assert_int_equal(h_core_on(machine, 0, core, 0, &answer), H_OK);
        assert_int_equal(answer, PSCI_SUCCESS);
    }
}

// ---- Watchdog --------------------------------------------------------------------------------------------------------

// Half as long again as its watchdog allows, in parts
static void a_partition_that_says_it_lives_goes_on(void **state)
{
    uint64_t part = PEER2_WATCHDOG_MS * 1000000ull / 8 / SPIN_INSTRUCTIONS;
    struct h_call c = { .x = { FFA_MSG_SEND_DIRECT_REQ_64, PEER2_ID, 0, PEER_RUN_SCRIPT } };
    struct peer_script *script;

    alone(state);
    script = peer_begin(PEER2_ID);
    for (unsigned int i = 0; i < 12; i++) {
        peer_add(script, PEER_SPIN, part, 0, 0, 0);
        peer_add(script, PEER_KICK, 0, 0, 0, 0);
    }
    assert_int_equal(h_call(machine, 0, &c), H_OK);
    assert_int_equal(c.x[0], FFA_MSG_SEND_DIRECT_RESP_64);
    assert_int_equal(c.x[3], 24);
    for (unsigned int i = 0; i < 12; i++) {
        assert_int_equal(script->steps[2 * i].x[1], 0);
        assert_int_equal(script->steps[2 * i + 1].x[0], 0);
    }
    print_message("%llu ms\n", (unsigned long long)c.ticks / 1000000);
    assert_true(c.ticks > PEER2_WATCHDOG_MS * 1000000ull * 5 / 4); // a tick is a nanosecond
    (void)target_stop(NULL);
}

// A partition that does not come back is stopped, with its timer; nobody else is
static void a_partition_that_hangs_is_stopped(void **state)
{
    struct peer_script *script = timer_script(PEER2_ID, 2000 * PEER_US, 5);

    (void)state;
    peer_add(script, PEER_SPIN, UINT64_MAX, 0, 0, 0);
    struct ffa_args a = peer_run(PEER2_ID);
    assert_ffa_error(a, FFA_ABORTED);
    assert_console("partition peer2 (0x8011) is stopped: its watchdog expired");
    a = peer_run(PEER2_ID);
    assert_ffa_error(a, FFA_ABORTED);
    compute(4000 * PEER_US);
    assert_int_equal(interrupts(PEER2_ID), 0);
    arm(PEER1_ID, PEER_US, 5);
    assert_interrupts(PEER1_ID, 6);
    echo_on_all_cores(200);
    (void)target_stop(NULL);
}

#define CASE(gic, f) TARGET_GIC_CASE(gic, f, ready)
#define OWN(gic, f) TARGET_GIC_CASE(gic, f, NULL) // starts machines itself
#define CASES(gic)                                                                     \
    CASE(gic, no_register_of_the_normal_world_changes),                                \
        CASE(gic, echo_is_right_on_all_cores_meanwhile),                               \
        CASE(gic, another_partition_goes_on_where_it_was),                             \
        CASE(gic, its_own_interrupt_waits_for_the_end_of_a_turn),                      \
        CASE(gic, a_preempted_partition_gets_it_when_it_waits),                        \
        CASE(gic, a_blocked_partition_gets_it_when_it_waits),                          \
        CASE(gic, it_finds_another_core_when_its_own_is_off),                          \
        CASE(gic, a_partition_that_hangs_is_stopped),                                  \
        OWN(gic, it_wakes_a_core_that_slept_before_its_own_went_off),                  \
        OWN(gic, an_interrupt_does_not_fix_the_version),                               \
        OWN(gic, echo_is_right_wherever_it_is_interrupted), OWN(gic, it_wakes_a_core), \
        OWN(gic, the_normal_world_cannot_touch_them),                                  \
        OWN(gic, a_partition_that_says_it_lives_goes_on)

int main(void)
{
    const struct CMUnitTest tests[] = { CASES(3), CASES(2) };

    return cmocka_run_group_tests_name("interrupts", tests, NULL, target_stop);
}
