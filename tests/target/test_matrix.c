// SPDX-License-Identifier: BSD-3-Clause
//
// The machines that Tessera promises to run on, all of them: core, interrupt controller, number of cores, memory, EL2. On
// each: boot, echo, random bytes, a preempted partition, echo on every core.
#include <stdio.h>
#include <string.h>

#include "ffa/client/psa/crypto.h"
#include "ffa/client/psa_client.h"
#include "tests/harness/transport_harness.h"
#include "tests/target/target.h"

static const char *const cpus[] = { "cortex-a57", "cortex-a72", "max" };
static const unsigned int gics[] = { 2, 3 };
static const unsigned int memories[] = { 512, 1024, 4096 };
static const unsigned int cores[][3] = { { 1, 1, 1 }, { 2, 4, 8 } }; // more memory, more cores

#define MACHINES 72

// One combination; index counts through all of them
struct combination {
    unsigned int cpu, gic, cores, memory, el2;
};

static struct combination combination(size_t index)
{
    return (struct combination){ (unsigned int)(index % 3), (unsigned int)(index / 3 % 2),
                                 (unsigned int)(index / 6 % 2), (unsigned int)(index / 12 % 3),
                                 (unsigned int)(index / 36) };
}

static void preempt(void)
{
    struct peer_script *script = peer_begin(PEER1_ID);
    peer_add(script, PEER_SPIN, 2000000000, 0, 0, 0);
    struct h_call c = { .x = { FFA_MSG_SEND_DIRECT_REQ_64, PEER1_ID, 0, PEER_RUN_SCRIPT },
                        .flags = MB_SMC_TIMER,
                        .timer_ticks = 50000 };

    assert_int_equal(h_call(machine, 0, &c), H_OK);
    assert_int_equal(c.x[0], FFA_INTERRUPT);
    assert_int_equal(c.interrupt, MB_TIMER_PPI);
    script->stop = 1;
    struct ffa_args a = call(FFA_RUN, (uint64_t)PEER1_ID << 16);
    assert_ffa_function(a, FFA_MSG_SEND_DIRECT_RESP_64);
}

static void one_machine(void **state)
{
    struct combination c = combination((size_t)(uintptr_t)*state);
    static struct harness_transport transport;
    struct h_options o = target_options();
    uint8_t a[32];
    uint8_t b[32];

    o.cpu = cpus[c.cpu];
    o.gic = gics[c.gic];
    o.cores = cores[c.cores][c.memory];
    o.memory_mib = memories[c.memory];
    o.virtualization = c.el2 != 0;
    target_fresh(&o);
    assert_int_equal(h_boot(machine, 0)->current_el, 1 + c.el2);
    assert_int_equal(h_boot(machine, 0)->gic, o.gic);
    target_version(FFA_VERSION_1_2);
    assert_echo_works();
    harness_transport_init(&transport, machine);
    assert_int_equal(psa_client_connect(&transport.transport), PSA_SUCCESS);
    assert_int_equal(psa_generate_random(a, sizeof(a)), PSA_SUCCESS);
    assert_int_equal(psa_generate_random(b, sizeof(b)), PSA_SUCCESS);
    assert_memory_not_equal(a, b, sizeof(a));
    preempt();
    assert_int_equal(h_cores_on(machine, o.cores), H_OK);
    for (unsigned int core = 1; core < o.cores; core++) {
        struct ffa_args e = { .x = { FFA_MSG_SEND_DIRECT_REQ_32, ECHO_ID, 0, core } };
        assert_int_equal(h_boot(machine, core)->current_el, 1 + c.el2);
        assert_int_equal(h_smc(machine, core, &e), H_OK);
        assert_int_equal(e.x[0], FFA_MSG_SEND_DIRECT_RESP_32);
        assert_int_equal(e.x[3], core);
    }
    (void)target_stop(NULL);
}

int main(void)
{
    static char names[MACHINES][64];
    struct CMUnitTest tests[MACHINES];

    for (size_t i = 0; i < MACHINES; i++) {
        struct combination c = combination(i);

        snprintf(names[i], sizeof(names[i]), "%s_gicv%u_%u_cores_%u_mib_el%u", cpus[c.cpu],
                 gics[c.gic], cores[c.cores][c.memory], memories[c.memory], 1 + c.el2);
        tests[i] = (struct CMUnitTest){ .name = names[i],
                                        .test_func = one_machine,
                                        .initial_state = (void *)i };
    }
    return cmocka_run_group_tests_name("matrix", tests, NULL, target_stop);
}
