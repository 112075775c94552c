// SPDX-License-Identifier: BSD-3-Clause
//
// A Debian Linux on the firmware, through U-Boot: each case is one machine, on which the guest tests itself, reboots, tests itself
// again and switches off (tests/linux/selftest.sh; tests/harness/run_linux.sh judges). The dimensions of the machine: cores, kind
// of core, GIC, level of the normal world, kernel. `make test` runs enough machines for every pair of two dimensions' values to
// occur in one of them, `make soak` (TESSERA_SOAK) all, and many more rounds of hotplug.
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>

#include <cmocka.h>

#define ROUNDS "6"
#define SOAK_ROUNDS "200"

struct machine {
    unsigned int cores;
    const char *cpu;
    unsigned int gic;
    const char *el2;
    const char *series;
};

// max: with QEMU's own pointer authentication, which costs a third of the architected one
#define CPU_MAX "max,pauth-impdef=on"
static const unsigned int all_cores[] = { 1, 2, 4, 8 };
static const char *const all_cpus[] = { "cortex-a57", "cortex-a72", CPU_MAX };
static const unsigned int all_gics[] = { 2, 3 };
static const char *const all_el2[] = { "off", "on" };
static const char *const all_series[] = { "6.1", "6.12" };
#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

// Pairwise: what every_pair_occurs() proves
static const struct machine machines[] = {
    { 1, "cortex-a57", 3, "off", "6.1" }, { 1, "cortex-a72", 2, "on", "6.12" },
    { 1, CPU_MAX, 3, "on", "6.1" },       { 2, "cortex-a57", 2, "on", "6.12" },
    { 2, "cortex-a72", 3, "off", "6.1" }, { 2, CPU_MAX, 3, "off", "6.12" },
    { 4, "cortex-a57", 3, "on", "6.12" }, { 4, "cortex-a72", 3, "off", "6.12" },
    { 4, CPU_MAX, 2, "off", "6.1" },      { 8, "cortex-a57", 2, "off", "6.1" },
    { 8, "cortex-a72", 3, "on", "6.1" },  { 8, CPU_MAX, 2, "on", "6.12" },
};

static bool soak(void)
{
    return getenv("TESSERA_SOAK") != NULL;
}

static void runs_linux(const struct machine *m)
{
    char command[1024];
    int n = snprintf(command, sizeof(command),
                     "tests/harness/run_linux.sh --quiet --rounds %s --cores %u --cpu %s --gic %u "
                     "--el2 %s %s/%s %s/flash.bin 2>&1",
                     soak() ? SOAK_ROUNDS : ROUNDS, m->cores, m->cpu, m->gic, m->el2, TESSERA_LINUX,
                     m->series, TESSERA_LINUX);

    assert_in_range(n, 1, sizeof(command) - 1);
    int status = system(command); // NOLINT: a fixed program with fixed arguments
    if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) {
        fail_msg("%u cores, %s, GICv%u, EL2 %s, Linux %s: by hand: %s", m->cores, m->cpu, m->gic,
                 m->el2, m->series, command);
    }
}

static void machine_case(void **state)
{
    runs_linux(*state);
}

// The bit of each pair of values of two dimensions that a machine covers: values as small numbers, two of them side by side
static unsigned int value(const struct machine *m, unsigned int dimension)
{
    switch (dimension) {
    case 0:
        return m->cores;
    case 1:
        return m->cpu[0] == 'm' ? 2 : m->cpu[8] == '7';
    case 2:
        return m->gic;
    case 3:
        return m->el2[1] == 'n';
    default:
        return m->series[3] == '2';
    }
}

#define DIMENSIONS 5

static bool pair_occurs(const struct machine *wanted, unsigned int a, unsigned int b)
{
    for (size_t i = 0; i < COUNT(machines); i++) {
        if (value(&machines[i], a) == value(wanted, a) &&
            value(&machines[i], b) == value(wanted, b)) {
            return true;
        }
    }
    return false;
}

// Machine `index` of the full matrix; false behind the last
static bool full_matrix(size_t index, struct machine *m)
{
    m->series = all_series[index % COUNT(all_series)];
    index /= COUNT(all_series);
    m->el2 = all_el2[index % COUNT(all_el2)];
    index /= COUNT(all_el2);
    m->gic = all_gics[index % COUNT(all_gics)];
    index /= COUNT(all_gics);
    m->cpu = all_cpus[index % COUNT(all_cpus)];
    index /= COUNT(all_cpus);
    m->cores = index < COUNT(all_cores) ? all_cores[index] : 0;
    return index < COUNT(all_cores);
}

static void every_pair_occurs(void **state)
{
    struct machine m;

    (void)state;
    for (size_t i = 0; full_matrix(i, &m); i++) {
        for (unsigned int a = 0; a < DIMENSIONS; a++) {
            for (unsigned int b = a + 1; b < DIMENSIONS; b++) {
                if (!pair_occurs(&m, a, b)) {
                    fail_msg("no machine has dimensions %u and %u as %u cores, %s, GICv%u, EL2 %s, "
                             "Linux %s",
                             a, b, m.cores, m.cpu, m.gic, m.el2, m.series);
                }
            }
        }
    }
}

#define CASES_MAX 128
static struct machine chosen[CASES_MAX];
static char names[CASES_MAX][80];
static struct CMUnitTest tests[CASES_MAX + 1];

int main(void)
{
    size_t count = 0;

    while (count < CASES_MAX &&
           (soak() ? full_matrix(count, &chosen[count]) : count < COUNT(machines))) {
        struct machine *m = &chosen[count];

        if (!soak()) {
            *m = machines[count];
        }
        snprintf(names[count], sizeof(names[count]), "linux_%s_on_%u_cores_%s_gicv%u_el2_%s",
                 m->series, m->cores, m->cpu, m->gic, m->el2);
        tests[count] = (struct CMUnitTest){ names[count], machine_case, NULL, NULL, m };
        count++;
    }
    tests[count++] = (struct CMUnitTest)cmocka_unit_test(every_pair_occurs);
    return _cmocka_run_group_tests("linux", tests, count, NULL, NULL);
}
