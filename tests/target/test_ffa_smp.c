// SPDX-License-Identifier: BSD-3-Clause
//
// FF-A from four cores at once (DEN0077A): partitions with one execution context, which one core has at a time and which move
// from core to core; the normal world's buffers and its version, of which there is one for all cores.
#include <string.h>

#include "tests/target/target.h"

#define CORES 4
#define CALLS 4000
#define ROUNDS 40

static int ready(void **state)
{
    struct h_options o = target_options();
    struct harness *before = machine;

    (void)state;
    o.cores = CORES;
    target_machine(&o);
    if (machine != before) {
        target_version(FFA_VERSION_1_2);
    }
    assert_int_equal(h_cores_on(machine, CORES), H_OK);
    return 0;
}

// The same call on all cores at the same moment; each core's answer in answers[]
static void together(const struct ffa_args *asked, struct ffa_args answers[CORES])
{
    h_together(machine);
    for (unsigned int core = 0; core < CORES; core++) {
        struct h_call c = { .flags = MB_SMC_TOGETHER, .together = CORES };
        memcpy(c.x, asked[core].x, sizeof(asked[core].x));
        assert_int_equal(h_call_begin(machine, core, &c), H_OK);
    }
    for (unsigned int core = 0; core < CORES; core++) {
        struct h_call c = { 0 };
        assert_int_equal(h_call_end(machine, core, &c), H_OK);
        memcpy(answers[core].x, c.x, sizeof(answers[core].x));
    }
}

// The same for one call; returns how many answers were SUCCESS (or `success`), and all others must be FFA_ERROR with `code`.
static unsigned int together_one(struct ffa_args asked, uint32_t success, int32_t code)
{
    const struct ffa_args all[CORES] = { asked, asked, asked, asked };
    struct ffa_args answers[CORES];
    unsigned int count = 0;

    together(all, answers);
    for (unsigned int core = 0; core < CORES; core++) {
        if (answers[core].x[0] == success) {
            count++;
        } else {
            assert_ffa_error(answers[core], code);
        }
    }
    return count;
}

static struct mb_calls calls_end(unsigned int core)
{
    struct ffa_args a;
    struct mb_calls calls;

    assert_int_equal(h_calls_end(machine, core, &a, &calls), H_OK);
    if (calls.other != 0) {
        fail_msg("core %u: %#llx %#llx %#llx", core, (unsigned long long)a.x[0],
                 (unsigned long long)a.x[1], (unsigned long long)a.x[2]);
    }
    assert_int_equal(calls.answered + calls.busy, CALLS);
    return calls;
}

// Four partitions, four cores, in turn: nobody is in anybody's way
static void each_core_has_a_partition_of_its_own(void **state)
{
    static const uint16_t ids[CORES] = { ECHO_ID, CRYPTO_ID, PEER1_ID, PEER2_ID };

    (void)state;
    for (unsigned int turn = 0; turn < CORES; turn++) {
        for (unsigned int core = 0; core < CORES; core++) {
            uint16_t id = ids[(core + turn) % CORES];
            struct ffa_args a = { .x = { FFA_MSG_SEND_DIRECT_REQ_32, id, 0, core << 20, 1, 2, 3,
                                         4 } };
            struct mb_calls calls = { .expected = FFA_MSG_SEND_DIRECT_RESP_32,
                                      .echo = id == ECHO_ID };
            assert_int_equal(h_calls_begin(machine, core, &a, &calls, CALLS), H_OK);
        }
        for (unsigned int core = 0; core < CORES; core++) {
            assert_int_equal(calls_end(core).busy, 0);
        }
    }
}

// One partition, four cores: an answer is the caller's own, or BUSY
static void all_cores_call_the_same_partition(void **state)
{
    uint64_t answered = 0;
    uint64_t busy = 0;

    (void)state;
    for (unsigned int core = 0; core < CORES; core++) {
        struct ffa_args a = { .x = { FFA_MSG_SEND_DIRECT_REQ_64, ECHO_ID, 0, core << 20, core, 2, 3,
                                     4 } };
        struct mb_calls calls = { .expected = FFA_MSG_SEND_DIRECT_RESP_64, .echo = 1 };
        assert_int_equal(h_calls_begin(machine, core, &a, &calls, CALLS), H_OK);
    }
    for (unsigned int core = 0; core < CORES; core++) {
        struct mb_calls calls = calls_end(core);
        answered += calls.answered;
        busy += calls.busy;
    }
    print_message("%llu answered, %llu busy\n", (unsigned long long)answered,
                  (unsigned long long)busy);
    assert_true(answered > 0);
    assert_echo_works();
}

// Preempted on one core, resumed on the next, with its FP registers
static void a_partition_moves_from_core_to_core(void **state)
{
    struct peer_script *script = peer_begin(PEER1_ID);
    struct peer_step *step = peer_add(script, PEER_FP_SPIN, 0x55, 0, UINT64_MAX, 0);
    struct h_call c = { .x = { FFA_MSG_SEND_DIRECT_REQ_64, PEER1_ID, 0, PEER_RUN_SCRIPT } };
    unsigned int core = 0;

    (void)state;
    for (unsigned int round = 0; round < ROUNDS; round++, core = (core + 1) % CORES) {
        c.flags = MB_SMC_TIMER;
        c.timer_ticks = 3000;
        assert_int_equal(h_call(machine, core, &c), H_OK);
        assert_int_equal(c.x[0], FFA_INTERRUPT);
        assert_int_equal(c.x[1], (uint64_t)PEER1_ID << 16);
        assert_int_equal(c.interrupt, MB_TIMER_PPI);
        // Other work on the core that it left, with other FP registers
        struct peer_script *other = peer_begin(PEER2_ID);
        peer_add(other, PEER_FP_PAINT, round, 0, 0, 0);
        peer_run_all(PEER2_ID);
        c = (struct h_call){ .x = { FFA_RUN, (uint64_t)PEER1_ID << 16 } };
    }
    script->stop = 1;
    assert_int_equal(h_call(machine, core, &c), H_OK);
    assert_int_equal(c.x[0], FFA_MSG_SEND_DIRECT_RESP_64);
    assert_int_equal(step->x[1], 0);
}

static void one_of_many_resumes_a_partition(void **state)
{
    struct ffa_args run = { .x = { FFA_RUN, (uint64_t)PEER1_ID << 16 } };

    (void)state;
    for (unsigned int round = 0; round < ROUNDS; round++) {
        struct ffa_args all[CORES] = { run, run, run, run };
        struct ffa_args answers[CORES];
        struct peer_script *script = peer_begin(PEER1_ID);
        unsigned int responses = 0;

        peer_add(script, PEER_CALL, FFA_YIELD, 0, 0, 0);
        struct ffa_args a = peer_run(PEER1_ID);
        assert_ffa_function(a, FFA_YIELD);
        together(all, answers);
        for (unsigned int core = 0; core < CORES; core++) {
            // Who is late finds it waiting already, and runs it for nothing
            if (answers[core].x[0] == FFA_MSG_SEND_DIRECT_RESP_64) {
                responses++;
            } else if (answers[core].x[0] != FFA_MSG_WAIT) {
                assert_ffa_error(answers[core], FFA_BUSY);
            }
        }
        assert_int_equal(responses, 1);
    }
}

// ---- One of each for all cores ---------------------------------------------------------------------------------------

static void one_of_many_maps_the_buffers(void **state)
{
    struct ffa_args map = { .x = { FFA_RXTX_MAP_64, MB_PAGES_BASE, MB_PAGES_BASE + 0x1000, 1 } };
    struct ffa_args unmap = { .x = { FFA_RXTX_UNMAP } };
    struct ffa_args info = { .x = { FFA_PARTITION_INFO_GET } };
    struct ffa_args release = { .x = { FFA_RX_RELEASE } };

    (void)state;
    for (unsigned int round = 0; round < ROUNDS; round++) {
        assert_int_equal(together_one(map, FFA_SUCCESS_32, FFA_DENIED), 1);
        assert_int_equal(together_one(info, FFA_SUCCESS_32, FFA_BUSY),
                         1); // it has the RX buffer now
        assert_int_equal(together_one(release, FFA_SUCCESS_32, FFA_DENIED), 1);
        assert_int_equal(together_one(unmap, FFA_SUCCESS_32, FFA_INVALID_PARAMETERS), 1);
    }
}

// All cores negotiate at once. Each gets an answer, one version holds for all afterwards
static void all_cores_negotiate_the_version(void **state)
{
    static const uint32_t versions[] = { FFA_VERSION_1_0, FFA_VERSION_1_1, FFA_VERSION_1_2 };
    struct h_options o = target_options();
    struct ffa_args asked[CORES] = { 0 };
    struct ffa_args answers[CORES];

    (void)state;
    o.cores = CORES;
    target_fresh(&o);
    assert_int_equal(h_cores_on(machine, CORES), H_OK);
    for (unsigned int round = 0; round < ROUNDS; round++) {
        for (unsigned int core = 0; core < CORES; core++) {
            asked[core].x[0] = FFA_VERSION;
            asked[core].x[1] = versions[(core + round) % 3];
        }
        together(asked, answers);
        for (unsigned int core = 0; core < CORES; core++) {
            assert_int_equal(answers[core].x[0], FFA_VERSION_1_2);
        }
    }
    unsigned int accepted = 0;
    struct ffa_args a = call(FFA_ID_GET); // fixes it
    assert_ffa_success(a, FFA_ID_NWD, 0);
    for (unsigned int i = 0; i < 3;
         i++) { // the one that was agreed on may be named again, no other
        for (unsigned int core = 0; core < CORES; core++) {
            struct ffa_args v = { .x = { FFA_VERSION, versions[i] } };
            assert_int_equal(h_smc(machine, core, &v), H_OK);
            assert_true(v.x[0] == FFA_VERSION_1_2 || v.x[0] == UINT64_MAX);
            accepted += v.x[0] == FFA_VERSION_1_2 ? 1 : 0;
        }
    }
    assert_int_equal(accepted, CORES);
    assert_echo_works();
    (void)target_stop(NULL);
}

#define CASE(f) cmocka_unit_test_setup(f, ready)

// ---- The console -----------------------------------------------------------------------------------------------------

#define LINES 30
#define LINE_LENGTH 100
#define LINE_ROUNDS 8

static void write_lines(uint16_t id, char letter)
{
    struct peer_script *s = peer_begin(id);

    for (unsigned int i = 0; i < LINES; i++) {
        struct peer_step *step = peer_add(s, PEER_CALL, FFA_CONSOLE_LOG_64, LINE_LENGTH + 1, 0, 0);
        memset(&step->x[2], letter, LINE_LENGTH);
        ((char *)&step->x[2])[LINE_LENGTH] = '\n';
    }
}

// Lines of `name` with `letter`: each begins as a line does and has nothing else in it
static unsigned int count_lines(const char *console, const char *name, char letter)
{
    char text[LINE_LENGTH + 3];
    unsigned int count = 0;

    memset(text, letter, LINE_LENGTH);
    memcpy(text + LINE_LENGTH, "\r\n", 3);
    for (const char *line = console; *line != '\0';) {
        size_t length = strcspn(line, "\n") + 1;
        const char *found = memchr(line, letter, length);

        if (line[0] == '[' && found != NULL && strncmp(found, text, LINE_LENGTH + 2) == 0 &&
            strncmp(found - strlen(name), name, strlen(name)) == 0) {
            count += strcspn(line + 1, "[") >= length - 1;
        }
        line += line[length - 1] == '\0' ? length - 1 : length;
    }
    return count;
}

// Both peers write at the same time
static void write_together(void)
{
    write_lines(PEER1_ID, 'Y');
    write_lines(PEER2_ID, 'Z');
    h_together(machine);
    for (unsigned int core = 0; core < 2; core++) {
        struct h_call c = { .x = { FFA_MSG_SEND_DIRECT_REQ_64, PEER1_ID + core, 0,
                                   PEER_RUN_SCRIPT },
                            .flags = MB_SMC_TOGETHER,
                            .together = 2 };
        assert_int_equal(h_call_begin(machine, core, &c), H_OK);
    }
    for (unsigned int core = 0; core < 2; core++) {
        struct h_call c = { 0 };
        assert_int_equal(h_call_end(machine, core, &c), H_OK);
        assert_int_equal(c.x[3], LINES);
    }
}

static void lines_of_two_cores_do_not_mix(void **state)
{
    (void)state;
    for (unsigned int round = 0; round < LINE_ROUNDS; round++) {
        write_together();
    }
    const char *console = h_console(machine, H_CONSOLE_SECURE);
    assert_int_equal(count_lines(console, "peer1: ", 'Y'), LINES * LINE_ROUNDS);
    assert_int_equal(count_lines(console, "peer2: ", 'Z'), LINES * LINE_ROUNDS);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(each_core_has_a_partition_of_its_own),
        CASE(all_cores_call_the_same_partition),
        CASE(a_partition_moves_from_core_to_core),
        CASE(one_of_many_resumes_a_partition),
        CASE(one_of_many_maps_the_buffers),
        cmocka_unit_test(all_cores_negotiate_the_version),
        cmocka_unit_test_setup(lines_of_two_cores_do_not_mix, ready),
    };

    return cmocka_run_group_tests_name("ffa_smp", tests, NULL, target_stop);
}
