// SPDX-License-Identifier: BSD-3-Clause
//
// ffa-shell: a prompt on a machine that runs the firmware. Starts QEMU through the harness, reads commands from a
// terminal (with history and completion) or from a pipe, and ends with 0 only if every command worked.
#include "tests/harness/ffa_shell.h"

#include <editline/readline.h>
#include <getopt.h>
#include <libgen.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#define WORDS_MAX 24
#define PROMPT "ffa> "

static void usage(FILE *to)
{
    fprintf(to,
            "usage: ffa-shell [options]\n"
            "Starts QEMU with the firmware and gives a prompt of FF-A calls from the normal world "
            "('help' there).\n"
            "Commands may come from a pipe: echo partitions | ffa-shell\n\n"
            "  -f, --flash FILE      flash image with the proxy as BL33 (default: the build's)\n"
            "  -c, --cpu CPU         QEMU -cpu (default max)\n"
            "  -g, --gic 2|3         interrupt controller (default 3)\n"
            "  -s, --smp N           cores (default 1)\n"
            "  -m, --memory MIB      normal-world DRAM (default 1024)\n"
            "  -2, --virtualization  normal world at EL2\n"
            "  -i, --icount          count instructions: `call` prints what each call cost\n"
            "  -h, --help            this text\n\n"
            "Exit status: 0 all commands worked, 1 a command failed, 2 wrong usage, 3 the machine "
            "did not start or died.\n");
}

// The flash image that the build makes for this program: beside it, or where it was built
static const char *default_flash(void)
{
    static char path[4200];
    char self[4096];
    ssize_t n = readlink("/proc/self/exe", self, sizeof(self) - 1);

    if (n > 0) {
        self[n] = '\0';
        snprintf(path, sizeof(path), "%s/../" TESSERA_BOARD "/shell/flash.bin", dirname(self));
        if (access(path, R_OK) == 0) {
            return path;
        }
    }
    return TESSERA_SHELL_FLASH;
}

static bool option_number(const char *text, unsigned int low, unsigned int high,
                          unsigned int *value)
{
    uint64_t number;

    if (!shell_number(text, &number)) {
        return false;
    }
    if (number < low || number > high) {
        fprintf(stderr, "ffa-shell: %s: must be %u to %u\n", text, low, high);
        return false;
    }
    *value = (unsigned int)number;
    return true;
}

// 0: go on; otherwise the exit status + 1
static int parse_options(int argc, char **argv, struct h_options *o)
{
    static const struct option options[] = {
        { "flash", required_argument, NULL, 'f' },
        { "cpu", required_argument, NULL, 'c' },
        { "gic", required_argument, NULL, 'g' },
        { "smp", required_argument, NULL, 's' },
        { "memory", required_argument, NULL, 'm' },
        { "virtualization", no_argument, NULL, '2' },
        { "icount", no_argument, NULL, 'i' },
        { "help", no_argument, NULL, 'h' },
        { NULL, 0, NULL, 0 },
    };
    bool good = true;
    int c;

    while (good && (c = getopt_long(argc, argv, "f:c:g:s:m:2ih", options, NULL)) != -1) {
        switch (c) {
        case 'f':
            o->flash = optarg;
            break;
        case 'c':
            o->cpu = optarg;
            break;
        case 'g':
            good = option_number(optarg, 2, 3, &o->gic);
            break;
        case 's':
            good = option_number(optarg, 1, MB_CORE_MAX, &o->cores);
            break;
        case 'm':
            good = option_number(optarg, 256, 4096, &o->memory_mib);
            break;
        case '2':
            o->virtualization = true;
            break;
        case 'i':
            o->icount = true;
            break;
        case 'h':
            usage(stdout);
            return 1;
        default:
            good = false;
            break;
        }
    }
    if (!good || optind != argc) {
        usage(stderr);
        return 3;
    }
    return 0;
}

// Splits at blanks; "…" keeps them. Returns the number of words, or -1 if there are too many or a quote is open.
static int split(char *line, char **words)
{
    int count = 0;
    char *p = line;

    for (;;) {
        p += strspn(p, " \t\r\n");
        if (*p == '\0' || *p == '#') {
            return count;
        }
        if (count == WORDS_MAX) {
            return -1;
        }
        bool quoted = *p == '"';
        p += quoted ? 1 : 0;
        words[count++] = p;
        p += strcspn(p, quoted ? "\"" : " \t\r\n");
        if (*p == '\0') {
            return quoted ? -1 : count;
        }
        *p++ = '\0';
    }
}

static int run_line(struct shell *s, char *line)
{
    char *words[WORDS_MAX];
    int count = split(line, words);

    if (count == 0) {
        return 0;
    }
    if (count < 0) {
        fprintf(stderr, "ffa-shell: too many words, or a quote that is not closed\n");
        return 1;
    }
    for (const struct shell_command *c = shell_commands; c->name != NULL; c++) {
        if (strcasecmp(c->name, words[0]) == 0) {
            if (count - 1 < c->min_args || count - 1 > c->max_args) {
                fprintf(stderr, "usage: %s %s\n", c->name, c->arguments);
                return 1;
            }
            return c->run(s, count, words);
        }
    }
    fprintf(stderr, "%s: no such command; 'help' lists them\n", words[0]);
    return 1;
}

static char *complete_command(const char *text, int state)
{
    static size_t next;

    next = state == 0 ? 0 : next;
    while (shell_commands[next].name != NULL) {
        const char *name = shell_commands[next++].name;
        if (strncasecmp(name, text, strlen(text)) == 0) {
            return strdup(name);
        }
    }
    return NULL;
}

static char *complete_ffa(const char *text, int state)
{
    static size_t next;
    const char *name;

    next = state == 0 ? 0 : next;
    while ((name = h_ffa_name_at(next)) != NULL) {
        next++;
        if (strncasecmp(name, text, strlen(text)) == 0) {
            return strdup(name);
        }
    }
    return NULL;
}

static char **complete(const char *text, int start, int end)
{
    (void)end;
    return rl_completion_matches(text, start == 0 ? complete_command : complete_ffa);
}

// The next line without its end, to be freed; NULL at the end of the input.
static char *next_line(bool terminal)
{
    char *line = NULL;
    size_t size = 0;

    if (terminal) {
        line = readline(PROMPT);
        if (line != NULL && *line != '\0') {
            add_history(line);
        }
        return line;
    }
    if (getline(&line, &size, stdin) < 0) {
        free(line);
        return NULL;
    }
    return line;
}

static int run_input(struct shell *s)
{
    bool terminal = isatty(STDIN_FILENO) != 0;
    int failed = 0;

    if (terminal) {
        rl_readline_name = "ffa-shell";
        rl_attempted_completion_function = complete;
        using_history();
        printf("Tessera ffa-shell: %u partitions. 'help' lists the commands.\n",
               s->partition_count);
    }
    while (!s->quit && h_state(s->h) == H_OK) {
        char *line = next_line(terminal);
        if (line == NULL) {
            break;
        }
        failed |= run_line(s, line);
        fflush(stdout);
        free(line);
    }
    return failed;
}

int main(int argc, char **argv)
{
    struct h_options options = h_defaults();
    static struct shell s;

    options.cpu = "max";
    options.flash = default_flash();
    int stop = parse_options(argc, argv, &options);
    if (stop != 0) {
        return stop - 1;
    }
    s.h = h_start(&options);
    if (s.h == NULL || h_state(s.h) != H_OK) {
        h_stop(s.h);
        return 3;
    }
    harness_transport_init(&s.transport, s.h);
    struct ffa_args version = { .x = { FFA_VERSION, FFA_VERSION_1_2 } };
    int result = h_smc(s.h, 0, &version) == H_OK ? shell_find_partitions(&s) : 1;
    result = run_input(&s) != 0 ? 1 : result;
    if (h_state(s.h) != H_OK && !s.quit) {
        result = 3;
    }
    h_stop(s.h);
    return result;
}
