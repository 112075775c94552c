// SPDX-License-Identifier: BSD-3-Clause
//
// Guest program of latency_test.sh: how late Linux runs what is due, while the secure world works on one long call.
//   latency [--stall] PERIODS COMMAND...
// Starts COMMAND, which calls until it is killed, has it on each core in turn, and meanwhile sleeps PERIODS times on every core until a time
// of the clock, as the most urgent of its processes. Prints how late it ran at worst. Exit status 0: less than a tick of this kernel late, and what was interrupted was indeed the
// secure world (the driver's counter of that); 1: not; 2: cannot be measured. COMMAND is killed then. With --stall one more process,
// of more urgency still, keeps the first core for itself for three ticks: what the program must not fail to see.
//
// On a machine whose clock counts instructions (QEMU -icount) the result does not depend on how busy the host is.
#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define INTERRUPTIONS "/sys/devices/platform/tessera/interruptions"
#define SECOND 1000000000ll
#define PERIOD 1009000ll // ns: a bit more than a millisecond, so that it wanders over the tick
#define CORES_MAX 64
#define STALL_TICKS 3
#define BEGIN_TRIES 10000 // of PERIOD each: until COMMAND is in its long call
#define BEGUN 100         // interruptions: no short call has so many

struct core {
    pthread_t thread;
    int number;
    long periods;
    int64_t worst; // ns
};

static void die(const char *what)
{
    fprintf(stderr, "latency: %s: %s\n", what, strerror(errno));
    exit(2);
}

static int64_t now(void)
{
    struct timespec time;

    if (clock_gettime(CLOCK_MONOTONIC, &time) != 0) {
        die("clock");
    }
    return time.tv_sec * SECOND + time.tv_nsec;
}

static void sleep_until(int64_t due)
{
    const struct timespec time = { .tv_sec = due / SECOND, .tv_nsec = due % SECOND };

    while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &time, NULL) != 0) {
    }
}

// The clock that is only as fine as a tick
static int64_t tick(void)
{
    struct timespec resolution;

    if (clock_getres(CLOCK_MONOTONIC_COARSE, &resolution) != 0) {
        die("tick");
    }
    return resolution.tv_sec * SECOND + resolution.tv_nsec;
}

static long interruptions(void)
{
    FILE *file = fopen(INTERRUPTIONS, "r");
    long count;

    if (file == NULL || fscanf(file, "%ld", &count) != 1) {
        die(INTERRUPTIONS);
    }
    (void)fclose(file);
    return count;
}

static void use_core(pid_t process, int number)
{
    cpu_set_t set;

    CPU_ZERO(&set);
    CPU_SET(number, &set);
    if (sched_setaffinity(process, sizeof(set), &set) != 0) {
        die("core");
    }
}

static void be_urgent(int priority)
{
    const struct sched_param parameters = { .sched_priority = priority };

    if (pthread_setschedparam(pthread_self(), SCHED_FIFO, &parameters) != 0) {
        die("priority");
    }
}

static void *measure(void *argument)
{
    struct core *core = argument;
    int64_t due;

    use_core(0, core->number);
    be_urgent(50);
    due = now();
    for (long i = 0; i < core->periods; i++) {
        int64_t late;

        due += PERIOD;
        sleep_until(due);
        late = now() - due;
        if (late > core->worst) {
            core->worst = late;
        }
        if (late > PERIOD) {
            due += late;
        }
    }
    return NULL;
}

static void *stall(void *argument)
{
    const struct core *core = argument;
    int64_t end;

    use_core(0, core->number);
    be_urgent(60);
    sleep_until(now() + 10 * PERIOD);
    end = now() + STALL_TICKS * tick();
    while (now() < end) {
    }
    return NULL;
}

static pid_t start(char **command)
{
    pid_t child = fork();

    if (child < 0) {
        die("fork");
    }
    if (child == 0) {
        execvp(command[0], command);
        die(command[0]);
    }
    return child;
}

// The long call has begun when it has been interrupted often, and nothing else calls
static void wait_for_call(long before)
{
    for (int i = 0; i < BEGIN_TRIES; i++) {
        if (interruptions() - before >= BEGUN) {
            return;
        }
        sleep_until(now() + PERIOD);
    }
    fprintf(stderr, "latency: the command has no long call\n");
    exit(2);
}

// All cores at once, with the process that calls on core number `at`. Returns how often that was interrupted
static long measure_all(struct core *cores, int count, pid_t caller, int at)
{
    long before;

    use_core(caller, cores[at].number);
    before = interruptions();
    for (int i = 0; i < count; i++) {
        if (pthread_create(&cores[i].thread, NULL, measure, &cores[i]) != 0) {
            die("thread");
        }
    }
    for (int i = 0; i < count; i++) {
        (void)pthread_join(cores[i].thread, NULL);
    }
    return interruptions() - before;
}

static int find_cores(struct core *cores, long periods)
{
    cpu_set_t set;
    int count = 0;

    if (sched_getaffinity(0, sizeof(set), &set) != 0) {
        die("cores");
    }
    for (int i = 0; i < CPU_SETSIZE && count < CORES_MAX; i++) {
        if (CPU_ISSET(i, &set)) {
            cores[count++] = (struct core){ .number = i, .periods = periods };
        }
    }
    return count;
}

int main(int argc, char **argv)
{
    static struct core cores[CORES_MAX];
    bool stalls = argc > 1 && strcmp(argv[1], "--stall") == 0;
    char **arguments = argv + 1 + stalls;
    long periods = arguments[0] != NULL ? strtol(arguments[0], NULL, 10) : 0;
    pthread_t staller;
    bool good = true;

    if (periods <= 0 || arguments[1] == NULL) {
        fprintf(stderr, "usage: latency [--stall] PERIODS COMMAND...\n");
        return 2;
    }
    int count = find_cores(cores, periods);
    long before = interruptions();
    pid_t caller = start(arguments + 1);

    wait_for_call(before);
    if (stalls && pthread_create(&staller, NULL, stall, &cores[0]) != 0) {
        die("thread");
    }
    for (int at = 0; at < count; at++) {
        long interrupted = measure_all(cores, count, caller, at);

        printf("caller on core %d: interrupted %ld times\n", cores[at].number, interrupted);
        good = good && interrupted >= periods / 2;
    }
    if (waitpid(caller, NULL, WNOHANG) != 0) {
        fprintf(stderr, "latency: the command has ended by itself\n");
        return 2;
    }
    (void)kill(caller, SIGKILL);
    (void)waitpid(caller, NULL, 0);
    for (int i = 0; i < count; i++) {
        printf("core %d: %ld ns late at worst, a tick is %ld\n", cores[i].number,
               (long)cores[i].worst, (long)tick());
        good = good && cores[i].worst < tick();
    }
    return good ? 0 : 1;
}
