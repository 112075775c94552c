// SPDX-License-Identifier: BSD-3-Clause
//
// What a process of Debian Linux pays for a service of the secure world. The guest counts each operation 256 times
// (tests/linux/bench_client.c), on a machine where a tick of the counter is an instruction. Then each is stepped through
// once more by QEMU's debugger stub, and every instruction belongs to whoever has its address (bench_shares.h). The two
// ways must agree.
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "tests/bench/bench_private.h"
#include "tests/bench/bench_shares.h"
#include "tests/harness/gdb.h"

#define KERNEL "6.1"
#define SLICE_MS 100         // until the console is looked at again
#define MACHINE_SECONDS 1800 // for one that hangs
#define BREAK_MS 120000
#define STEPS_MAX 5000000 // of an operation that never ends
#define REGISTER_X0 0
#define LINE_MAX_SIZE 160
// Between the two: a kernel does not do quite the same each time, for one in its allocator
#define TOLERANCE 200
#define TOLERANCE_PERMILLE 1
#define TRIES 4

static struct harness *machine;
static struct gdb *gdb;
static struct bench_map map;
static uint64_t nothing_counted; // what counting itself costs: the operation "nothing"
static uint64_t nothing_stepped;

static _Noreturn void die(const char *what)
{
    if (machine != NULL) {
        h_console_tail(machine);
    }
    bench_die(what);
}

// ---- The machine -----------------------------------------------------------------------------------------------------

static void boot(const char *stub)
{
    static char kernel[4096], initrd[4096], environment[4096 + 80], flash[4096], gdb_option[160];
    static const char arguments[] = "console=ttyAMA0 quiet panic=-1 nosoftlockup "
                                    "rcupdate.rcu_cpu_stall_suppress=1 guest.run=bench:step";
    static const char *const extra[] = {
        "-seed",   "1",         "-rtc",    "base=2026-01-01T00:00:00,clock=vm",
        "-kernel", kernel,      "-initrd", initrd,
        "-drive",  environment, "-gdb",    gdb_option,
        "-append", arguments,   NULL,
    };
    struct h_options o = h_defaults();

    snprintf(kernel, sizeof(kernel), "%s", bench_image("linux/" KERNEL "/Image"));
    snprintf(initrd, sizeof(initrd), "%s", bench_image("linux/" KERNEL "/initrd.gz"));
    snprintf(environment, sizeof(environment), "if=pflash,index=1,format=raw,snapshot=on,file=%s",
             bench_image("linux/uboot_env.bin"));
    snprintf(gdb_option, sizeof(gdb_option), "unix:%s,server=on,wait=off", stub);
    snprintf(flash, sizeof(flash), "%s", bench_flash("linux"));
    o.flash = flash;
    // The same instructions, whose authentication codes cost the host less
    o.cpu = strcmp(bench_cpu(), "max") == 0 ? "max,pauth-impdef=on" : bench_cpu();
    o.icount = true;
    o.cores = 1;
    o.no_proxy = true;
    o.extra = extra;
    machine = h_start(&o);
    if (machine == NULL) {
        die("the machine with Linux does not start");
    }
}

// The rest of the console's first whole line that begins with `start`, valid until the next call; NULL: not yet.
static const char *line_after(const char *start)
{
    static char line[LINE_MAX_SIZE];
    const char *found = strstr(h_console(machine, H_CONSOLE_NORMAL), start);

    if (found == NULL || strchr(found, '\n') == NULL) {
        return NULL;
    }
    found += strlen(start);
    snprintf(line, sizeof(line), "%.*s", (int)strcspn(found, "\r\n"), found);
    return line;
}

// Lets the machine run for a moment. False: it has ended. The debugger stops it then, and at each stop virtual time jumps
// to the next timer: it is not there while the guest counts.
static bool run_on(void)
{
    const struct timespec pause = { .tv_nsec = SLICE_MS * 1000000l };
    siginfo_t ended = { .si_pid = 0 };

    if (gdb != NULL) {
        return gdb_continue(gdb, SLICE_MS) != GDB_ENDED;
    }
    (void)nanosleep(&pause, NULL);
    return waitid(P_ALL, 0, &ended, WEXITED | WNOHANG | WNOWAIT) == 0 && ended.si_pid == 0;
}

// Such a line, as soon as there is one
static const char *wait_for(const char *start)
{
    const char *line = line_after(start);

    for (time_t begun = time(NULL); line == NULL; line = line_after(start)) {
        if (line_after("\nnot ok - ") != NULL || time(NULL) - begun > MACHINE_SECONDS ||
            !run_on()) {
            fprintf(stderr, "bench: Linux does not say '%s'\n", start);
            die("the guest failed");
        }
    }
    return line;
}

static const char *wait_for_operation(const char *name, const char *what)
{
    char start[80];

    snprintf(start, sizeof(start), "bench: %s %s", name, what);
    return wait_for(start);
}

static void find_code(void)
{
    uint64_t base;
    uint64_t size;

    if (sscanf(wait_for("bench: driver at "), "%" SCNx64 " %" SCNu64, &base, &size) != 2) {
        die("where is the driver?");
    }
    map.driver = (struct bench_range){ base, base + size };
    map.el3 = bench_range_of("bl31.elf");
    map.spmc = bench_range_of("spmc.elf");
}

// ---- Counting --------------------------------------------------------------------------------------------------------

static void record(const char *name, const char *what, uint64_t value)
{
    char key[64];

    snprintf(key, sizeof(key), "linux_%s%s", name, what);
    bench_record(key, value, 0, "");
}

// The median of the guest's rounds, without what counting costs, is the operation's number; the mean has other work of
// Linux in it
static uint64_t counted(const char *name)
{
    uint64_t mean;
    uint64_t median;
    uint64_t switches;

    if (sscanf(wait_for_operation(name, "mean "),
               "%" SCNu64 " median %" SCNu64 " least %*u switches %" SCNu64, &mean, &median,
               &switches) != 3) {
        die("the guest's numbers cannot be read");
    }
    if (strcmp(name, "nothing") == 0) {
        nothing_counted = median;
        return median;
    }
    record(name, "", median - nothing_counted);
    record(name, "_mean", mean - nothing_counted);
    record(name, "_task_switches_256", switches);
    return median - nothing_counted;
}

// One round of the operation, from the guest's bench_begin to behind its bench_end, which are not counted
static struct bench_shares step_round(const char *name, uint64_t begin, uint64_t end)
{
    struct bench_shares shares = bench_shares_begin();

    if (gdb_break(gdb, begin, true) != 0 || gdb_continue(gdb, BREAK_MS) != GDB_STOPPED ||
        gdb_break(gdb, begin, false) != 0) {
        die("the guest does not come to the operation");
    }
    for (uint64_t pc = begin; pc != end;) {
        if (gdb_step_from(gdb, &pc) != GDB_STOPPED || shares.all > STEPS_MAX) {
            die("an operation cannot be stepped through");
        }
        if (pc != begin && pc != end && bench_shares_add(&shares, &map, pc) != 0) {
            fprintf(stderr, "bench: %s: %#" PRIx64 " after %s\n", name, pc,
                    bench_shares_name(shares.place));
            die("the core is where it cannot be");
        }
    }
    return shares;
}

// The guest's counter and the debugger have counted different rounds of the same operation
static bool agree(uint64_t steps, uint64_t median)
{
    uint64_t off = steps > median ? steps - median : median - steps;

    return off <= TOLERANCE + median * TOLERANCE_PERMILLE / 1000;
}

// A round like most others: in one of them Linux may have had something else to do. The guest is told that this was it
static struct bench_shares step(const char *name, uint64_t median)
{
    struct bench_shares shares;
    uint64_t begin;
    uint64_t end;
    unsigned int tries = 0;

    if (sscanf(wait_for_operation(name, "at "), "%" SCNx64 " %" SCNx64, &begin, &end) != 2) {
        die("where is the operation?");
    }
    do {
        shares = step_round(name, begin, end);
    } while (!agree(shares.all - nothing_stepped, median) && ++tries < TRIES);
    if (tries == TRIES) {
        fprintf(stderr, "bench: %s: %" PRIu64 " counted, %" PRIu64 " stepped\n", name, median,
                shares.all - nothing_stepped);
        die("counting and stepping do not agree");
    }
    if (gdb_set(gdb, REGISTER_X0, 1) != 0) {
        die("the debugger is lost");
    }
    (void)wait_for_operation(name, "stepped");
    return shares;
}

static void bench_operation(const char *name, uint64_t median)
{
    struct bench_shares shares = step(name, median);
    char what[24];

    record(name, "_stepped", shares.all - nothing_stepped);
    shares.in[BENCH_USER] -= nothing_stepped;
    for (enum bench_place place = BENCH_USER; place < BENCH_PLACES; place++) {
        snprintf(what, sizeof(what), "_%s", bench_shares_name(place));
        record(name, what, shares.in[place]);
    }
    record(name, "_syscalls", shares.syscalls);
    record(name, "_smcs", shares.smcs);
    record(name, "_world_switches", shares.worlds);
    record(name, "_partition_entries", shares.returns);
}

void bench_linux(void)
{
    static const char *const names[] = { "random_32", "sign_p256", "pcr_extend",
                                         "pcr_extend_tpm0" };
    uint64_t medians[sizeof(names) / sizeof(names[0])];
    char stub[64];

    snprintf(stub, sizeof(stub), "/tmp/bench-linux-%d.gdb", (int)getpid());
    boot(stub);
    find_code();
    (void)counted("nothing");
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        medians[i] = counted(names[i]);
    }
    (void)wait_for_operation("nothing", "at ");
    gdb = gdb_open(stub);
    if (gdb == NULL) {
        die("the debugger finds no machine");
    }
    nothing_stepped = step("nothing", nothing_counted).all;
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        bench_operation(names[i], medians[i]);
    }
    (void)wait_for("bench: 2 passed, 0 failed");
    gdb_close(gdb);
    gdb = NULL;
    h_stop(machine);
    machine = NULL;
    (void)unlink(stub);
}
