// SPDX-License-Identifier: BSD-3-Clause
//
// See tpm_child.h.
#include "tests/harness/tpm_child.h"

#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

bool tpm_child_tcti(char *text, size_t room, const char *library, const char *socket)
{
    char path[PATH_MAX];

    if (realpath(library, path) == NULL) {
        fprintf(stderr, "tpm-harness: %s: %s\n", library, strerror(errno));
        return false;
    }
    int n = snprintf(text, room, "%s:path=%s", path, socket);

    if (n < 0 || (size_t)n >= room) {
        fprintf(stderr, "tpm-harness: %s: too long\n", path);
        return false;
    }
    return true;
}

static _Noreturn void become(const struct tpm_child *child, pid_t parent)
{
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent || setenv("TPM2TOOLS_TCTI", child->tcti, 1) != 0 ||
        setenv("TCTI", child->tcti, 1) != 0) {
        _exit(127);
    }
    if (child->output >= 0) {
        dup2(child->output, STDOUT_FILENO);
        dup2(child->output, STDERR_FILENO);
    }
    if (child->folder != NULL && chdir(child->folder) != 0) {
        fprintf(stderr, "tpm-harness: %s: %s\n", child->folder, strerror(errno));
        _exit(127);
    }
    execvp(child->argv[0], child->argv);
    fprintf(stderr, "tpm-harness: %s: %s\n", child->argv[0], strerror(errno));
    _exit(127);
}

int tpm_child_run(struct tpm_server *server, const struct tpm_child *child)
{
    pid_t parent = getpid();
    pid_t pid = fork();
    int status = 0;

    if (pid == 0) {
        become(child, parent);
    }
    int watch = pid < 0 ? -1 : (int)syscall(SYS_pidfd_open, pid, 0);

    if (watch < 0) {
        fprintf(stderr, "tpm-harness: %s: %s\n", child->argv[0], strerror(errno));
        if (pid > 0) {
            kill(pid, SIGKILL);
            waitpid(pid, &status, 0);
        }
        return 127;
    }
    tpm_server_serve(server, watch);
    struct pollfd ended = { .fd = watch, .events = POLLIN };

    if (poll(&ended, 1, 0) != 1) {
        kill(pid, SIGKILL);
    }
    close(watch);
    while (waitpid(pid, &status, 0) < 0 && errno == EINTR) {
    }
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}
