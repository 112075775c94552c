// SPDX-License-Identifier: BSD-3-Clause
//
// See gdb.h. A packet is `$data#xx`, xx the sum of data's bytes; each is acknowledged with `+` (GDB manual, appendix E).
#include "tests/harness/gdb.h"

#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#define PACKET_MAX 4096
#define READ_MAX 1024 // bytes of memory in one packet
#define ANSWER_MS 10000
#define CONNECT_TRIES 1000 // of 10 ms
#define RESET_TRIES 10000  // looks at the program counter

struct gdb {
    int fd;
    size_t used; // received and not yet looked at
    char in[PACKET_MAX];
    char packet[PACKET_MAX]; // the last one, terminated
};

static int send_all(struct gdb *gdb, const char *data, size_t size)
{
    while (size > 0) {
        ssize_t n = send(gdb->fd, data, size, MSG_NOSIGNAL);

        if (n <= 0) {
            return -1;
        }
        data += n;
        size -= (size_t)n;
    }
    return 0;
}

static int send_packet(struct gdb *gdb, const char *data)
{
    char packet[PACKET_MAX];
    unsigned int sum = 0;

    for (const char *p = data; *p != '\0'; p++) {
        sum += (unsigned char)*p;
    }
    int n = snprintf(packet, sizeof(packet), "$%s#%02x", data, sum & 0xff);
    return n > 0 && (size_t)n < sizeof(packet) ? send_all(gdb, packet, (size_t)n) : -1;
}

// Takes a whole packet out of what was received into gdb->packet; what stands before it (acknowledgements) is dropped.
static bool take_packet(struct gdb *gdb)
{
    char *begin = memchr(gdb->in, '$', gdb->used);
    char *end = begin == NULL ? NULL : memchr(begin, '#', gdb->used - (size_t)(begin - gdb->in));

    if (end == NULL || (size_t)(end + 3 - gdb->in) > gdb->used) {
        return false;
    }
    size_t length = (size_t)(end - begin - 1);
    memcpy(gdb->packet, begin + 1, length);
    gdb->packet[length] = '\0';
    gdb->used -= (size_t)(end + 3 - gdb->in);
    memmove(gdb->in, end + 3, gdb->used);
    return true;
}

// The next packet: GDB_STOPPED when there is one. Not acknowledged: the next request does that, too.
static enum gdb_stop receive_silently(struct gdb *gdb, int timeout_ms)
{
    while (!take_packet(gdb)) {
        struct pollfd ready = { .fd = gdb->fd, .events = POLLIN };

        if (gdb->used == sizeof(gdb->in)) {
            return GDB_ENDED; // not a stub that we know
        }
        int n = poll(&ready, 1, timeout_ms);
        if (n == 0) {
            return GDB_RUNS;
        }
        ssize_t got = n < 0 ? -1 : read(gdb->fd, gdb->in + gdb->used, sizeof(gdb->in) - gdb->used);
        if (got <= 0) {
            return GDB_ENDED;
        }
        gdb->used += (size_t)got;
    }
    return GDB_STOPPED;
}

static enum gdb_stop receive(struct gdb *gdb, int timeout_ms)
{
    enum gdb_stop stop = receive_silently(gdb, timeout_ms);

    return stop == GDB_STOPPED && send_all(gdb, "+", 1) != 0 ? GDB_ENDED : stop;
}

// Request and answer; the answer is in gdb->packet. A stop that nobody asked about is dropped: connecting stops a machine
// that runs, and the stub says so.
static int ask(struct gdb *gdb, const char *request)
{
    if (send_packet(gdb, request) != 0) {
        return -1;
    }
    do {
        if (receive(gdb, ANSWER_MS) != GDB_STOPPED) {
            return -1;
        }
    } while (gdb->packet[0] == 'T');
    return 0;
}

static int ask_ok(struct gdb *gdb, const char *request)
{
    return ask(gdb, request) == 0 && strcmp(gdb->packet, "OK") == 0 ? 0 : -1;
}

struct gdb *gdb_open(const char *path)
{
    struct sockaddr_un address = { .sun_family = AF_UNIX };
    const struct timespec pause = { .tv_nsec = 10000000 };
    struct gdb *gdb = calloc(1, sizeof(*gdb));
    int result = -1;

    if (gdb == NULL || strlen(path) >= sizeof(address.sun_path)) {
        free(gdb);
        return NULL;
    }
    strcpy(address.sun_path, path);
    gdb->fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    for (unsigned int i = 0; i < CONNECT_TRIES && gdb->fd >= 0 && result != 0; i++) {
        result = connect(gdb->fd, (const struct sockaddr *)(const void *)&address, sizeof(address));
        if (result != 0) {
            nanosleep(&pause, NULL);
        }
    }
    // Registers by number exist only once the description of the target was read
    if (result != 0 || ask(gdb, "qSupported:xmlRegisters=aarch64") != 0 ||
        ask(gdb, "qXfer:features:read:target.xml:0,800") != 0) {
        fprintf(stderr, "gdb: %s: no answer: %s\n", path, strerror(errno));
        gdb_close(gdb);
        return NULL;
    }
    return gdb;
}

void gdb_close(struct gdb *gdb)
{
    if (gdb != NULL) {
        close(gdb->fd);
        free(gdb);
    }
}

int gdb_detach(struct gdb *gdb)
{
    int result = ask_ok(gdb, "D");

    gdb_close(gdb);
    return result;
}

int gdb_break(struct gdb *gdb, uint64_t address, bool set)
{
    char request[64];

    snprintf(request, sizeof(request), "%c1,%llx,4", set ? 'Z' : 'z', (unsigned long long)address);
    return ask_ok(gdb, request);
}

static enum gdb_stop run(struct gdb *gdb, const char *request, int timeout_ms)
{
    if (send_packet(gdb, request) != 0) {
        return GDB_ENDED;
    }
    enum gdb_stop stop = receive(gdb, timeout_ms);
    if (stop == GDB_RUNS) {
        // An interrupt byte outside of any packet stops it; the stop is reported like every other
        return send_all(gdb, "\x03", 1) == 0 && receive(gdb, ANSWER_MS) == GDB_STOPPED ? GDB_RUNS
                                                                                       : GDB_ENDED;
    }
    return stop == GDB_STOPPED && gdb->packet[0] != 'T' && gdb->packet[0] != 'S' ? GDB_ENDED : stop;
}

enum gdb_stop gdb_continue(struct gdb *gdb, int timeout_ms)
{
    return run(gdb, "c", timeout_ms);
}

enum gdb_stop gdb_step(struct gdb *gdb)
{
    return run(gdb, "s", ANSWER_MS);
}

// Two hexadecimal digits; -1: not
static int byte_at(const char *text)
{
    unsigned int value;
    int length = 0;

    return sscanf(text, "%2x%n", &value, &length) == 1 && length == 2 ? (int)value : -1;
}

// The register that the last packet has, least significant byte first; 0 if it has none
static uint64_t register_of(const struct gdb *gdb)
{
    uint64_t value = 0;

    if (strlen(gdb->packet) != 16) {
        return 0;
    }
    for (unsigned int i = 0; i < 8; i++) {
        value |= (uint64_t)(unsigned int)byte_at(gdb->packet + 2 * i) << (8 * i);
    }
    return value;
}

uint64_t gdb_get(struct gdb *gdb, unsigned int number)
{
    char request[32];

    snprintf(request, sizeof(request), "p%x", number);
    return ask(gdb, request) == 0 ? register_of(gdb) : 0;
}

// An acknowledgement that came while the machine runs would stop it: here there is none
enum gdb_stop gdb_step_from(struct gdb *gdb, uint64_t *pc)
{
    static const char requests[] = "$p20#d2$s#73"; // GDB_PC, step

    if (send_all(gdb, requests, sizeof(requests) - 1) != 0 ||
        receive_silently(gdb, ANSWER_MS) != GDB_STOPPED) {
        return GDB_ENDED;
    }
    *pc = register_of(gdb);
    enum gdb_stop stop = receive_silently(gdb, ANSWER_MS);
    return stop == GDB_STOPPED && gdb->packet[0] != 'T' ? GDB_ENDED : stop;
}

int gdb_set(struct gdb *gdb, unsigned int number, uint64_t value)
{
    char request[64];
    int n = snprintf(request, sizeof(request), "P%x=", number);

    for (unsigned int i = 0; i < 8; i++) {
        n += snprintf(request + n, sizeof(request) - (size_t)n, "%02x",
                      (unsigned int)(value >> (8 * i)) & 0xff);
    }
    return ask_ok(gdb, request);
}

int gdb_read(struct gdb *gdb, uint64_t address, void *to, size_t size)
{
    uint8_t *bytes = to;

    for (size_t done = 0; done < size;) {
        size_t part = size - done < READ_MAX ? size - done : READ_MAX;
        char request[64];

        snprintf(request, sizeof(request), "m%" PRIx64 ",%zx", address + done, part);
        if (ask(gdb, request) != 0 || strlen(gdb->packet) != 2 * part) {
            return -1;
        }
        for (size_t i = 0; i < part; i++) {
            bytes[done + i] = (uint8_t)byte_at(gdb->packet + 2 * i);
        }
        done += part;
    }
    return 0;
}

int gdb_reset(struct gdb *gdb)
{
    static const char command[] = "system_reset";
    char request[64] = "qRcmd,";
    size_t n = strlen(request);

    for (const char *p = command; *p != '\0'; p++) {
        n += (size_t)snprintf(request + n, sizeof(request) - n, "%02x", (unsigned char)*p);
    }
    if (send_packet(gdb, request) != 0) {
        return -1;
    }
    do { // the monitor's text comes first, as O packets
        if (receive(gdb, ANSWER_MS) != GDB_STOPPED) {
            return -1;
        }
    } while (gdb->packet[0] == 'O' && strcmp(gdb->packet, "OK") != 0);
    if (strcmp(gdb->packet, "OK") != 0) {
        return -1;
    }
    // The stub answers before the main loop resets
    for (unsigned int i = 0; i < RESET_TRIES; i++) {
        if (ask(gdb, "p20") == 0 && strcmp(gdb->packet, "0000000000000000") == 0) {
            return 0;
        }
    }
    return -1;
}
