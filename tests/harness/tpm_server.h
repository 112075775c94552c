// SPDX-License-Identifier: BSD-3-Clause
//
// Serves one TPM to clients at a Unix socket (tpm_wire.h), one client after the other: who has sent a command has the TPM
// until it hangs up, as with /dev/tpm0, and the others wait; what it left loaded is flushed then, as with /dev/tpmrm0. Used
// by tpm-harness and by the target tests, which go on with their machine between two of its rounds.
#ifndef TPM_SERVER_H
#define TPM_SERVER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#define TPM_SERVER_CLIENTS 16

// What is behind the socket. Each returns 0, or -1 with the reason in `why` and `dead` set or not.
struct tpm_link {
    // Runs a command at a locality. While it runs `asked` is called again and again: true: the command is to be cancelled.
    int (*execute)(struct tpm_link *link, unsigned int locality, const uint8_t *command,
                   size_t size, uint8_t *response,
                   size_t *response_size); // room for TPM_WIRE_DATA_MAX
    int (*reset)(struct tpm_link *link);
    int (*power_cycle)(struct tpm_link *link);
    int (*writes)(struct tpm_link *link, uint64_t *bytes);
    bool (*asked)(void *context); // set by the server
    void *asked_context;
    char why[160];
    bool dead; // nothing will work any more, not even a reset
};

struct tpm_server {
    struct tpm_link *link;
    const char *path;
    ino_t inode;
    int listener;
    int clients[TPM_SERVER_CLIENTS]; // -1: none
    bool waits[TPM_SERVER_CLIENTS];  // has a command, but another client has the TPM
    int owner;                       // index of the client that has the TPM, -1: nobody
    bool stop;                       // a client asked for the end
};

// Listens at `path`, which must live as long as the server. 0, or -1 after a message on stderr.
int tpm_server_open(struct tpm_server *server, struct tpm_link *link, const char *path);

// Serves until `until` (a descriptor; -1: none) is readable and nobody has the TPM, a signal comes (EINTR), or `stop` or link->dead is set.
void tpm_server_serve(struct tpm_server *server, int until);

// Hangs up on all clients, flushes, and removes the socket.
void tpm_server_close(struct tpm_server *server);

// Flushes transient objects and loaded sessions, as after each client. 0, or -1: the link failed.
int tpm_server_flush(struct tpm_server *server);

#endif
