// SPDX-License-Identifier: BSD-3-Clause
//
// tpm-harness: a machine with the firmware, whose fTPM is served at a Unix socket for tpm2-tools, tpm2-tss and tests; and the
// control of such a server. The normal world of the machine is the proxy: nobody else uses its TPM.
#include <getopt.h>
#include <libgen.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/harness/tpm_child.h"
#include "tests/harness/tpm_machine.h"
#include "tests/harness/tpm_socket.h"

#define STATUS_USAGE 2
#define STATUS_MACHINE 3

struct order {
    struct h_options options;
    const char *socket;
    char *const *command; // NULL: serve until a signal
    bool control;
};

static const struct control {
    const char *name;
    enum tpm_wire_type type;
} controls[] = {
    { "reset", TPM_WIRE_RESET },
    { "power-cycle", TPM_WIRE_POWER_CYCLE },
    { "writes", TPM_WIRE_WRITES },
    { "stop", TPM_WIRE_STOP },
};
#define CONTROL_COUNT (sizeof(controls) / sizeof(controls[0]))

static void usage(FILE *to)
{
    fprintf(to,
            "usage: tpm-harness [options] SOCKET            serve a machine's fTPM at SOCKET\n"
            "       tpm-harness [options] -- COMMAND…       run COMMAND with TPM2TOOLS_TCTI set, "
            "then end\n"
            "       tpm-harness --control SOCKET WHAT       of a server that runs: reset, "
            "power-cycle,\n"
            "                                               writes (bytes of flash changed since "
            "asked), stop\n\n"
            "  -f, --flash FILE   flash image with the proxy as BL33 (default: the build's)\n"
            "  -k, --keep         the machine writes into FILE; otherwise what it writes is gone "
            "at its end\n"
            "  -c, --cpu CPU      QEMU -cpu (default max)\n"
            "  -h, --help         this text\n\n"
            "Exit status: COMMAND's; else 0 ended by a signal or stop, 1 refused, 2 wrong usage,\n"
            "3 the machine did not start or died.\n");
}

static volatile sig_atomic_t ended;

static void end(int signal)
{
    (void)signal;
    ended = 1;
}

// The library beside this program
static const char *library(void)
{
    static char path[4200];
    char self[4096];
    ssize_t n = readlink("/proc/self/exe", self, sizeof(self) - 1);

    self[n > 0 ? n : 0] = '\0';
    snprintf(path, sizeof(path), "%s/libtss2-tcti-tessera.so", dirname(self));
    return path;
}

static int serve(struct tpm_server *server, const struct order *order, const char *socket)
{
    char tcti[4200];

    if (!tpm_child_tcti(tcti, sizeof(tcti), library(), socket)) {
        return STATUS_USAGE;
    }
    if (order->command != NULL) {
        const struct tpm_child child = { .argv = order->command, .tcti = tcti, .output = -1 };

        return tpm_child_run(server, &child);
    }
    printf("export TPM2TOOLS_TCTI='%s'\n", tcti);
    fflush(stdout);
    while (!ended && !server->stop && !server->link->dead) {
        tpm_server_serve(server, -1);
    }
    return 0;
}

// What an operating system does at its end: the TPM's clock stays safe, and its next boot is an orderly one
static void shut_down(struct tpm_machine *m)
{
    static const uint8_t command[] = { 0x80, 0x01, 0, 0, 0, 12, 0, 0, 0x01, 0x45, 0, 0 };
    uint8_t response[TPM_WIRE_DATA_MAX];
    size_t size;

    m->link.asked = NULL;
    if (!m->link.dead &&
        m->link.execute(&m->link, 0, command, sizeof(command), response, &size) != 0) {
        fprintf(stderr, "tpm-harness: no orderly shutdown: %s\n", m->link.why);
    }
}

// Sockets' names are short: in a folder of its own, or where the caller wants it
static const char *choose_socket(const struct order *order, char folder[32], char absolute[4096])
{
    if (order->socket == NULL) {
        strcpy(folder, "/tmp/tessera-tpm-XXXXXX");
        if (mkdtemp(folder) == NULL) {
            folder[0] = '\0';
        }
        snprintf(absolute, 4096, "%s/tpm.sock", folder);
        return folder[0] != '\0' ? absolute : NULL;
    }
    folder[0] = '\0';
    if (order->socket[0] == '/' || getcwd(absolute, 4096) == NULL) {
        return order->socket;
    }
    size_t used = strlen(absolute);

    snprintf(absolute + used, 4096 - used, "/%s", order->socket);
    return absolute;
}

static int run(const struct order *order)
{
    static struct tpm_machine m;
    struct tpm_server server;
    char folder[32];
    char absolute[4096];
    const char *socket = choose_socket(order, folder, absolute);
    int status = STATUS_MACHINE;

    tpm_machine_init(&m);
    if (socket == NULL || tpm_server_open(&server, &m.link, socket) != 0) {
        return 1;
    }
    if (order->options.flash_writes == H_FLASH_KEEP &&
        tpm_flash_open(&m.flash, order->options.flash) != 0) {
        status = 1;
    } else if (tpm_machine_start(&m, &order->options) != 0) {
        fprintf(stderr, "tpm-harness: %s\n", m.link.why);
    } else {
        status = serve(&server, order, socket);
        shut_down(&m);
    }
    if (m.link.dead && m.h != NULL) {
        fprintf(stderr, "tpm-harness: %s\n", m.link.why);
        status = STATUS_MACHINE;
    }
    tpm_server_close(&server);
    if (folder[0] != '\0') {
        (void)rmdir(folder);
    }
    tpm_machine_stop(&m);
    tpm_flash_close(&m.flash);
    return status;
}

static int control(const char *socket, const char *what)
{
    static struct tpm_wire_packet packet;
    size_t i = 0;

    while (i < CONTROL_COUNT && strcmp(controls[i].name, what) != 0) {
        i++;
    }
    if (i == CONTROL_COUNT) {
        fprintf(stderr, "tpm-harness: '%s': must be reset, power-cycle, writes or stop\n", what);
        return STATUS_USAGE;
    }
    int fd = tpm_socket_connect(socket, "tpm-harness");

    if (fd < 0) {
        return 1;
    }
    bool answered = tpm_socket_send(fd, controls[i].type, 0, NULL, 0) &&
                    tpm_socket_receive(fd, true, &packet) == 1;

    close(fd);
    if (!answered) {
        fprintf(stderr, "tpm-harness: %s: the server has gone\n", socket);
        return 1;
    }
    if (packet.head.type != TPM_WIRE_DONE) {
        fprintf(stderr, "tpm-harness: %s: %.*s\n", what, (int)packet.head.size,
                (const char *)packet.data);
        return 1;
    }
    if (controls[i].type == TPM_WIRE_WRITES && packet.head.size == sizeof(uint64_t)) {
        uint64_t bytes;

        memcpy(&bytes, packet.data, sizeof(bytes));
        printf("%llu\n", (unsigned long long)bytes);
    }
    return 0;
}

// The flash image that the build makes for this program: beside it, or where it was built
static const char *default_flash(void)
{
    static char path[4300];
    char self[4096];
    ssize_t n = readlink("/proc/self/exe", self, sizeof(self) - 1);

    self[n > 0 ? n : 0] = '\0';
    snprintf(path, sizeof(path), "%s/../" TESSERA_BOARD "/shell/flash.bin", dirname(self));
    return access(path, R_OK) == 0 ? path : TESSERA_SHELL_FLASH;
}

static bool parse(int argc, char **argv, struct order *order)
{
    static const struct option options[] = {
        { "flash", required_argument, NULL, 'f' }, { "keep", no_argument, NULL, 'k' },
        { "cpu", required_argument, NULL, 'c' },   { "control", no_argument, NULL, 'C' },
        { "help", no_argument, NULL, 'h' },        { NULL, 0, NULL, 0 },
    };
    int c;

    order->options = h_defaults();
    order->options.flash = default_flash();
    order->options.cpu = "max";
    order->options.reboot = true;
    while ((c = getopt_long(argc, argv, "+f:kc:h", options, NULL)) != -1) {
        switch (c) {
        case 'f':
            order->options.flash = optarg;
            break;
        case 'k':
            order->options.flash_writes = H_FLASH_KEEP;
            break;
        case 'c':
            order->options.cpu = optarg;
            break;
        case 'C':
            order->control = true;
            break;
        case 'h':
            usage(stdout);
            exit(0);
        default:
            return false;
        }
    }
    if (strcmp(argv[optind - 1], "--") == 0) {
        order->command = argv + optind;
        return optind < argc && !order->control;
    }
    order->socket = optind < argc ? argv[optind] : NULL;
    return order->socket != NULL && argc - optind == (order->control ? 2 : 1);
}

int main(int argc, char **argv)
{
    struct order order = { .command = NULL };
    const struct sigaction action = { .sa_handler = end };

    if (!parse(argc, argv, &order)) {
        usage(stderr);
        return STATUS_USAGE;
    }
    if (order.control) {
        return control(order.socket, argv[optind + 1]);
    }
    sigaction(SIGINT, &action, NULL);
    sigaction(SIGTERM, &action, NULL);
    sigaction(SIGHUP, &action, NULL);
    return run(&order);
}
