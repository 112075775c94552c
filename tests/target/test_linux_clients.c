// SPDX-License-Identifier: BSD-3-Clause
//
// Who uses the secure world from a Debian Linux: tpm2-tools, programs of libtessera, the kernel itself; the driver that comes and goes,
// processes that are killed, kernels that are. Each case is one machine, on which the guest runs the tests of tests/linux that are named
// here (tests/harness/run_linux.sh judges). `make test` runs the kernels of a stable Debian, with few rounds; `make test-linux` and `make
// soak` (TESSERA_SOAK) many, and that of Debian unstable, which has an FF-A driver of its own.
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

struct machine {
    const char *name;
    const char *series;
    const char *options; // of run_linux.sh
    const char *run;
    const char *run_soak;
};

// In full: five minutes of sixteen processes, on four cores
#define HAMMER "hammer:500:16:300"
#define CORE_A57 "--cpu cortex-a57"
#define CORE_MAX "--cpu max,pauth-impdef=on"
// Linux' own limits of kexec: what a GICv3 has for LPIs, one kernel cannot take from the other without EFI; and on cores that have
// addresses of 52 bits 6.12 faults when it makes the page tables for it
#define RESTARTS CORE_A57 " --gic 2 --words crashkernel=256M"
// A clock of instructions is exact with one core only (tests/linux/latency_test.sh)
#define ONE_CORE "--cores 1 --icount"

// What comes behind kexec:crash runs in the crash kernel, which has no TPM: so nothing does
static const struct machine machines[] = {
    { "clients_on_linux_6.1", "6.1", "--cores 2 " CORE_A57, "tpm,psa,module:3,hotplug:6,reboot",
      "tpm,psa,hostile:20000,module:100," HAMMER ",long,hotplug:200,reboot" },
    { "clients_on_linux_6.12", "6.12", "--cores 4 " RESTARTS,
      "tpm,psa,hostile:300,hammer:10:16,long:2048,kexec",
      "tpm,psa,hostile:20000,module:100," HAMMER
      ",long,hotplug:200,kexec,kexec,panic,reboot,kexec:crash" },
    { "latency_on_linux_6.1", "6.1", ONE_CORE " " CORE_MAX, NULL, "latency:2000" },
    { "latency_on_linux_6.12", "6.12", ONE_CORE " " CORE_A57, "latency:300:2048", "latency:2000" },
    { "restarts_on_linux_6.1", "6.1", "--cores 4 " RESTARTS, NULL,
      "module:20," HAMMER ",kexec,panic,kexec:crash" },
    { "clients_on_linux_7.2", "7.2", "--cores 4 " CORE_MAX, NULL,
      "bus,tpm,psa,hostile:20000,module:100," HAMMER ",hotplug:200,reboot" },
    { "smc_on_linux_7.2", "7.2", "--cores 2 --words guest.bus=no " CORE_A57, NULL,
      "bus:none,tpm,psa,module:20,long" },
};
#define UNSTABLE "7.2"
#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static bool soak(void)
{
    return getenv("TESSERA_SOAK") != NULL;
}

#define SKIP(...)                                  \
    do {                                           \
        print_message("SKIP-REASON " __VA_ARGS__); \
        skip();                                    \
    } while (0)

static void clients_pass(void **state)
{
    const struct machine *m = *state;
    const char *run = soak() ? m->run_soak : m->run;
    char text[1024];

    if (run == NULL) {
        SKIP("%s: make test-linux runs it\n", m->name);
    }
    snprintf(text, sizeof(text), "%s/%s/initrd.gz", TESSERA_LINUX, m->series);
    if (access(text, R_OK) != 0 && strcmp(m->series, UNSTABLE) == 0) {
        SKIP("%s: %s is not there: Debian unstable has another kernel by now\n", m->name, text);
    }
    int n = snprintf(text, sizeof(text),
                     "tests/harness/run_linux.sh --quiet --run %s %s %s/%s %s/flash.bin 2>&1", run,
                     m->options, TESSERA_LINUX, m->series, TESSERA_LINUX);
    assert_in_range(n, 1, sizeof(text) - 1);
    int status = system(text); // NOLINT: a fixed program with fixed arguments
    if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) {
        fail_msg("Linux %s: by hand: %s", m->series, text);
    }
}

#define CASES COUNT(machines)
static struct CMUnitTest tests[CASES];

int main(void)
{
    for (size_t i = 0; i < CASES; i++) {
        tests[i] = (struct CMUnitTest){ machines[i].name, clients_pass, NULL, NULL,
                                        (void *)(uintptr_t)&machines[i] };
    }
    return _cmocka_run_group_tests("linux_clients", tests, CASES, NULL, NULL);
}
