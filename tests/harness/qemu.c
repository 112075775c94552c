// SPDX-License-Identifier: BSD-3-Clause
//
// QEMU as a child: command line, memory files, hang detection, and an end in every case (kill on exit of the parent).
#include "tests/harness/qemu.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define ARGS_MAX 64
#define TEXT_SIZE 4096
#define GUEST_SECONDS 10.0 // of processor time for one call or one boot: far more than any takes
#define IDLE_SECONDS 2.0
#define WALL_SECONDS 180.0

// The argument vector under construction; strings live in `text`
struct args {
    const char *argv[ARGS_MAX];
    size_t count;
    char text[TEXT_SIZE];
    size_t used;
};

static void add(struct args *a, const char *s)
{
    if (a->count < ARGS_MAX - 1) {
        a->argv[a->count++] = s;
        a->argv[a->count] = NULL;
    }
}

__attribute__((format(printf, 3, 4))) static void addf(struct args *a, const char *option,
                                                       const char *format, ...)
{
    va_list ap;
    char *s = a->text + a->used;

    va_start(ap, format);
    int n = vsnprintf(s, sizeof(a->text) - a->used, format, ap);
    va_end(ap);
    if (n < 0 || (size_t)n >= sizeof(a->text) - a->used) {
        fprintf(stderr, "harness: QEMU's command line is too long\n");
        abort();
    }
    a->used += (size_t)n + 1;
    add(a, option);
    add(a, s);
}

static void build_args(struct args *a, const struct qemu *q, const struct h_options *o)
{
    const char *program = getenv("QEMU");

    add(a, program != NULL ? program : "qemu-system-aarch64");
    add(a, "-nodefaults");
    addf(a, "-display", "none");
    addf(a, "-monitor", "none");
    addf(a, "-machine", "virt,secure=%s,virtualization=%s,gic-version=%u,memory-backend=dram",
         o->flash != NULL ? "on" : "off", o->virtualization ? "on" : "off", o->gic);
    addf(a, "-cpu", "%s%s", o->cpu, o->icount ? ",cntfrq=1000000000" : "");
    addf(a, "-smp", "%u", o->cores);
    addf(a, "-m", "%uM", o->memory_mib);
    addf(a, "-object", "memory-backend-file,id=dram,size=%uM,share=on,mem-path=/dev/fd/%d",
         o->memory_mib, q->dram_fd);
    addf(a, "-chardev", "file,id=normal,path=/dev/fd/%d", q->console_fd[H_CONSOLE_NORMAL]);
    addf(a, "-chardev", "file,id=secure,path=/dev/fd/%d", q->console_fd[H_CONSOLE_SECURE]);
    addf(a, "-serial", "chardev:normal");
    addf(a, "-serial", "chardev:secure");
    if (o->flash != NULL) {
        static const char *const writes[] = { [H_FLASH_SNAPSHOT] = "snapshot=on",
                                              [H_FLASH_KEEP] = "snapshot=off",
                                              [H_FLASH_FAIL] = "readonly=on" };

        addf(a, "-drive", "if=pflash,index=0,format=raw,%s,file=%s", writes[o->flash_writes],
             o->flash);
    }
    if (o->payload != NULL) {
        addf(a, "-device", "loader,file=%s,addr=0x48000000,cpu-num=0,force-raw=on", o->payload);
    }
    if (o->icount) {
        addf(a, "-icount", "shift=0,sleep=off");
    }
    if (!o->reboot) {
        add(a, "-no-reboot");
    }
    for (const char *const *e = o->extra; e != NULL && *e != NULL; e++) {
        add(a, *e);
    }
}

static int memory_file(const char *name)
{
    int fd = memfd_create(name, 0); // inherited by QEMU, which opens it by its number

    if (fd < 0) {
        fprintf(stderr, "harness: memory file %s: %s\n", name, strerror(errno));
    }
    return fd;
}

static _Noreturn void run_child(const struct args *a, pid_t parent)
{
    int null = open("/dev/null", O_RDWR);

    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent || null < 0) {
        _exit(127);
    }
    dup2(null, STDIN_FILENO);
    execvp(a->argv[0], (char *const *)(uintptr_t)a->argv);
    fprintf(stderr, "harness: %s: %s\n", a->argv[0], strerror(errno));
    _exit(127);
}

int qemu_start(struct qemu *q, const struct h_options *options)
{
    struct args args = { .count = 0 };

    *q = (struct qemu){ .dram_size = (size_t)options->memory_mib << 20 };
    q->dram_fd = memory_file("dram");
    q->console_fd[H_CONSOLE_NORMAL] = memory_file("normal");
    q->console_fd[H_CONSOLE_SECURE] = memory_file("secure");
    if (q->dram_fd < 0 || q->console_fd[0] < 0 || q->console_fd[1] < 0 ||
        ftruncate(q->dram_fd, (off_t)q->dram_size) != 0) {
        return -1;
    }
    q->dram =
        mmap(NULL, q->dram_size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_NORESERVE, q->dram_fd, 0);
    if (q->dram == MAP_FAILED) {
        q->dram = NULL;
        fprintf(stderr, "harness: mapping %zu bytes of DRAM: %s\n", q->dram_size, strerror(errno));
        return -1;
    }
    if (options->prepare != NULL) {
        options->prepare(q->dram);
    }
    build_args(&args, q, options);
    pid_t parent = getpid();
    q->pid = fork();
    if (q->pid == 0) {
        run_child(&args, parent);
    }
    if (q->pid < 0) {
        q->pid = 0;
        fprintf(stderr, "harness: fork: %s\n", strerror(errno));
        return -1;
    }
    return 0;
}

void qemu_stop(struct qemu *q)
{
    int status;

    if (q->pid > 0) {
        kill(q->pid, SIGKILL);
        waitpid(q->pid, &status, 0);
        q->pid = 0;
        q->exit_status = 128 + SIGKILL;
    }
    if (q->dram != NULL) {
        munmap(q->dram, q->dram_size);
        q->dram = NULL;
    }
    int *const fds[] = { &q->dram_fd, &q->console_fd[0], &q->console_fd[1] };
    for (size_t i = 0; i < sizeof(fds) / sizeof(fds[0]); i++) {
        if (*fds[i] > 0) {
            close(*fds[i]);
            *fds[i] = 0;
        }
    }
}

bool qemu_runs(struct qemu *q)
{
    int status;

    if (q->pid == 0) {
        return false;
    }
    if (waitpid(q->pid, &status, WNOHANG) != q->pid) {
        return true;
    }
    q->pid = 0;
    q->exit_status = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    return false;
}

static double wall_now(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

// State letter and processor seconds of /proc/.../stat; 0 when it has gone. proc(5): fields 3, 14 and 15, after the
// name in parentheses
static char read_stat(const char *path, double *cpu)
{
    char line[1024];
    char state;
    unsigned long user;
    unsigned long system;
    FILE *f = fopen(path, "r");

    if (f == NULL) {
        return 0;
    }
    size_t n = fread(line, 1, sizeof(line) - 1, f);
    fclose(f);
    line[n] = '\0';
    const char *rest = strrchr(line, ')');
    if (rest == NULL || sscanf(rest + 1, " %c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %lu %lu",
                               &state, &user, &system) != 3) {
        return 0;
    }
    *cpu = (double)(user + system) / (double)sysconf(_SC_CLK_TCK);
    return state;
}

static double cpu_used(const struct qemu *q)
{
    char path[64];
    double cpu = 0;

    snprintf(path, sizeof(path), "/proc/%d/stat", (int)q->pid);
    (void)read_stat(path, &cpu);
    return cpu;
}

static bool all_threads_sleep(const struct qemu *q)
{
    char path[320];
    double cpu;
    bool sleep = true;

    snprintf(path, sizeof(path), "/proc/%d/task", (int)q->pid);
    DIR *dir = opendir(path);
    if (dir == NULL) {
        return false;
    }
    for (struct dirent *e = readdir(dir); e != NULL; e = readdir(dir)) {
        if (e->d_name[0] != '.') {
            snprintf(path, sizeof(path), "/proc/%d/task/%s/stat", (int)q->pid, e->d_name);
            sleep = sleep && read_stat(path, &cpu) == 'S';
        }
    }
    closedir(dir);
    return sleep;
}

void qemu_watch_begin(struct qemu *q)
{
    q->cpu_start = cpu_used(q);
    q->cpu_last = q->cpu_start;
    q->wall_start = wall_now();
    q->idle_since = 0;
}

bool qemu_watch_hung(struct qemu *q)
{
    double now = wall_now();
    double cpu = cpu_used(q);

    if (cpu > q->cpu_last || !all_threads_sleep(q)) {
        q->idle_since = 0;
    } else if (q->idle_since == 0) {
        q->idle_since = now;
    }
    q->cpu_last = cpu;
    return cpu - q->cpu_start > GUEST_SECONDS || now - q->wall_start > WALL_SECONDS ||
           (q->idle_since != 0 && now - q->idle_since > IDLE_SECONDS);
}
