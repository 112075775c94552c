// SPDX-License-Identifier: BSD-3-Clause
//
// See tpm_server.h.
#include "tests/harness/tpm_server.h"

#include <endian.h>
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "tests/harness/tpm_socket.h"

// TPM 2.0 part 2: structures and constants that flushing needs
#define TPM_ST_NO_SESSIONS 0x8001
#define TPM_CC_FLUSH_CONTEXT 0x165
#define TPM_CC_GET_CAPABILITY 0x17a
#define TPM_CAP_HANDLES 1
#define TPM_HT_LOADED_SESSION 0x02000000u
#define TPM_HT_TRANSIENT 0x80000000u
#define HANDLES_MAX 64
#define TPM_HEADER 10

static bool is_cancelled(void *context)
{
    struct tpm_server *server = context;
    struct tpm_wire_packet packet;

    // Only the TPM's owner is looked at: it has nothing else to say while its command runs
    return tpm_socket_receive(server->clients[server->owner], false, &packet) != 0;
}

static void put32(uint8_t *to, uint32_t value)
{
    value = htobe32(value);
    memcpy(to, &value, sizeof(value));
}

static uint32_t get32(const uint8_t *from)
{
    uint32_t value;

    memcpy(&value, from, sizeof(value));
    return be32toh(value);
}

// A command of the server's own, header and `count` words
static int own_command(struct tpm_server *server, uint32_t code, const uint32_t *words,
                       size_t count, uint8_t *response, size_t *size)
{
    uint8_t command[TPM_HEADER + 3 * sizeof(uint32_t)] = { TPM_ST_NO_SESSIONS >> 8,
                                                           TPM_ST_NO_SESSIONS & 0xff };

    put32(command + 2, (uint32_t)(TPM_HEADER + count * sizeof(uint32_t)));
    put32(command + 6, code);
    for (size_t i = 0; i < count; i++) {
        put32(command + TPM_HEADER + i * sizeof(uint32_t), words[i]);
    }
    server->link->asked = NULL;
    return server->link->execute(server->link, 0, command, TPM_HEADER + count * sizeof(uint32_t),
                                 response, size);
}

// Flushes what a type of handles has. A TPM that has failed, or is not started, says so: there is nothing then
static int flush_type(struct tpm_server *server, uint32_t type)
{
    uint8_t response[TPM_WIRE_DATA_MAX];
    uint8_t flushed[TPM_WIRE_DATA_MAX];
    size_t size = 0;
    const uint32_t list[] = { TPM_CAP_HANDLES, type, HANDLES_MAX };
    const size_t first = TPM_HEADER + 1 + 2 * sizeof(uint32_t); // moreData, capability, count

    if (own_command(server, TPM_CC_GET_CAPABILITY, list, 3, response, &size) != 0) {
        return -1;
    }
    if (size < first || get32(response + 6) != 0) {
        return 0;
    }
    uint32_t count = get32(response + first - sizeof(uint32_t));

    for (uint32_t i = 0; i < count && (i + 1) * sizeof(uint32_t) <= size - first; i++) {
        uint32_t handle = get32(response + first + i * sizeof(uint32_t));
        size_t ignored = 0;

        if (own_command(server, TPM_CC_FLUSH_CONTEXT, &handle, 1, flushed, &ignored) != 0) {
            return -1;
        }
    }
    return 0;
}

int tpm_server_flush(struct tpm_server *server)
{
    return flush_type(server, TPM_HT_TRANSIENT) == 0 &&
                   flush_type(server, TPM_HT_LOADED_SESSION) == 0
               ? 0
               : -1;
}

static void hang_up(struct tpm_server *server, int client)
{
    close(server->clients[client]);
    server->clients[client] = -1;
    server->waits[client] = false;
    if (server->owner != client) {
        return;
    }
    server->owner = -1;
    memset(server->waits, 0, sizeof(server->waits));
    (void)tpm_server_flush(server);
}

static void answer(struct tpm_server *server, int client, int result, const void *data, size_t size)
{
    const char *why = server->link->why;
    bool sent = result == 0 ? tpm_socket_send(server->clients[client], TPM_WIRE_DONE, 0, data, size)
                            : tpm_socket_send(server->clients[client], TPM_WIRE_ERROR, 0, why,
                                              strnlen(why, sizeof(server->link->why)));

    if (!sent) {
        hang_up(server, client);
    }
}

static void execute(struct tpm_server *server, int client, const struct tpm_wire_packet *packet)
{
    uint8_t response[TPM_WIRE_DATA_MAX];
    size_t size = 0;

    server->owner = client;
    server->link->asked = is_cancelled;
    server->link->asked_context = server;
    if (packet->head.value >= TPM_WIRE_LOCALITIES) {
        snprintf(server->link->why, sizeof(server->link->why), "locality %u: there are 0 to %u",
                 packet->head.value, TPM_WIRE_LOCALITIES - 1);
        answer(server, client, -1, NULL, 0);
    } else if (server->link->execute(server->link, packet->head.value, packet->data,
                                     packet->head.size, response, &size) != 0) {
        answer(server, client, -1, NULL, 0);
    } else if (!tpm_socket_send(server->clients[client], TPM_WIRE_RESPONSE, 0, response, size)) {
        hang_up(server, client);
    }
}

static void perform(struct tpm_server *server, int client, const struct tpm_wire_packet *packet)
{
    struct tpm_link *link = server->link;
    uint64_t bytes = 0;
    int result;

    switch (packet->head.type) {
    case TPM_WIRE_COMMAND:
        execute(server, client, packet);
        break;
    case TPM_WIRE_CANCEL: // the command has ended already
        break;
    case TPM_WIRE_RESET:
    case TPM_WIRE_POWER_CYCLE:
        result = packet->head.type == TPM_WIRE_RESET ? link->reset(link) : link->power_cycle(link);
        answer(server, client, result, NULL, 0);
        break;
    case TPM_WIRE_WRITES:
        result = link->writes(link, &bytes);
        answer(server, client, result, &bytes, sizeof(bytes));
        break;
    case TPM_WIRE_STOP:
        server->stop = true;
        answer(server, client, 0, NULL, 0);
        break;
    default:
        hang_up(server, client);
        break;
    }
}

// A client has something to say, or is gone
static void listen_to(struct tpm_server *server, int client)
{
    struct tpm_wire_packet packet;

    if (server->owner >= 0 && server->owner != client) {
        uint32_t type = 0;
        ssize_t n = recv(server->clients[client], &type, sizeof(type), MSG_PEEK | MSG_DONTWAIT);

        if (n == (ssize_t)sizeof(type) && type == TPM_WIRE_COMMAND) {
            server->waits[client] = true;
            return;
        }
    }
    int got = tpm_socket_receive(server->clients[client], false, &packet);

    if (got < 0) {
        hang_up(server, client);
    } else if (got > 0) {
        perform(server, client, &packet);
    }
}

static void admit(struct tpm_server *server)
{
    int fd = tpm_socket_accept(server->listener);

    for (int i = 0; i < TPM_SERVER_CLIENTS && fd >= 0; i++) {
        if (server->clients[i] < 0) {
            server->clients[i] = fd;
            fd = -1;
        }
    }
    if (fd >= 0) {
        fprintf(stderr, "tpm-harness: more than %d clients at once: refused\n", TPM_SERVER_CLIENTS);
        close(fd);
    }
}

void tpm_server_serve(struct tpm_server *server, int until)
{
    struct pollfd fds[2 + TPM_SERVER_CLIENTS] = { { .fd = until, .events = POLLIN },
                                                  { .fd = server->listener, .events = POLLIN } };

    while (!server->stop && !server->link->dead) {
        for (int i = 0; i < TPM_SERVER_CLIENTS; i++) {
            fds[2 + i] = (struct pollfd){ .fd = server->waits[i] ? -1 : server->clients[i],
                                          .events = POLLIN };
        }
        if (poll(fds, 2 + TPM_SERVER_CLIENTS, -1) < 0) {
            return;
        }
        // Clients first: what one said before it ended is heard before its end
        for (int i = 0; i < TPM_SERVER_CLIENTS && !server->link->dead; i++) {
            if (fds[2 + i].revents != 0 && server->clients[i] >= 0) {
                listen_to(server, i);
            }
        }
        if (fds[1].revents != 0) {
            admit(server);
        } else if (fds[0].revents != 0 && server->owner < 0) {
            return;
        }
    }
}

int tpm_server_open(struct tpm_server *server, struct tpm_link *link, const char *path)
{
    *server = (struct tpm_server){ .link = link, .path = path, .owner = -1 };
    for (int i = 0; i < TPM_SERVER_CLIENTS; i++) {
        server->clients[i] = -1;
    }
    server->listener = tpm_socket_listen(path, &server->inode);
    return server->listener < 0 ? -1 : 0;
}

void tpm_server_close(struct tpm_server *server)
{
    for (int i = 0; i < TPM_SERVER_CLIENTS; i++) {
        if (server->clients[i] >= 0) {
            close(server->clients[i]);
            server->clients[i] = -1;
        }
    }
    if (server->listener >= 0) {
        close(server->listener);
        server->listener = -1;
        tpm_socket_remove(server->path, server->inode);
    }
}
