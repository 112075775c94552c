// SPDX-License-Identifier: BSD-3-Clause
//
// The Unix socket between tpm-harness and its clients: where it is made and found, and packets over it. The socket is for one
// user: made with mode 0600, in nobody else's folder, and both ends look at who the other is. Functions that fail say
// why on stderr.
#ifndef TPM_SOCKET_H
#define TPM_SOCKET_H

#include <stdbool.h>
#include <sys/types.h>

#include "tests/harness/tpm_wire.h"

// A socket that listens at `path`, made with mode 0600. A socket of this user that nobody listens at any more (its server was
// killed) is replaced; everything else that has the name is refused. *inode: of the socket, for tpm_socket_remove().
// The descriptor, or -1.
int tpm_socket_listen(const char *path, ino_t *inode);

// Removes what tpm_socket_listen() made, if it is still that.
void tpm_socket_remove(const char *path, ino_t inode);

// A connection of a client that has come, or -1: none, or another user's (which is refused).
int tpm_socket_accept(int listener);

// Connects to the server at `path`, which must be this user's. `who`: begins what is said on stderr. The descriptor, or -1.
int tpm_socket_connect(const char *path, const char *who);

// Sends a packet, all or nothing. False: the other end is gone, or reads nothing.
bool tpm_socket_send(int fd, uint32_t type, uint32_t value, const void *data, size_t size);

// Takes a packet. 1: there is one, whole and as its head says; 0: none at the moment (only with `wait` false); -1: the other
// end is gone, or sends what is no packet.
int tpm_socket_receive(int fd, bool wait, struct tpm_wire_packet *packet);

#endif
