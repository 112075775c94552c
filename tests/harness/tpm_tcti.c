// SPDX-License-Identifier: BSD-3-Clause
//
// libtss2-tcti-tessera: tpm2-tss and tpm2-tools reach the TPM in a machine of tpm-harness. Configuration: path=SOCKET. Loaded
// by libtss2-tctildr ("-T /where/libtss2-tcti-tessera.so:path=/where/tpm.sock"), which calls Tss2_Tcti_Info(); TCTI of the
// TCG's TSS 2.0 TCTI specification, version 2. What the server answers is checked before it goes on.
#include <endian.h>
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <tss2/tss2_tcti.h>
#include <unistd.h>

#include "tests/harness/tpm_socket.h"

#define MAGIC 0x7465737365726131ULL
#define TPM_HEADER 10

enum state {
    STATE_TRANSMIT, // ready for a command
    STATE_RECEIVE,  // a command is on its way
    STATE_BROKEN,   // the server is gone, or answers nonsense
};

struct context {
    TSS2_TCTI_CONTEXT_COMMON_V2 common; // first: the caller has only this
    int fd;
    enum state state;
    uint8_t locality;
    size_t waiting; // bytes in `response` that the caller has not taken yet; 0: none
    struct tpm_wire_packet response;
};

static struct context *context_of(TSS2_TCTI_CONTEXT *tcti)
{
    struct context *c = (struct context *)tcti;

    return c != NULL && c->common.v1.magic == MAGIC && c->common.v1.version == 2 ? c : NULL;
}

static TSS2_RC break_down(struct context *c, const char *what)
{
    fprintf(stderr, "tessera: %s\n", what);
    c->state = STATE_BROKEN;
    return TSS2_TCTI_RC_IO_ERROR;
}

// The size that a command or response says it has (TPM 2.0 part 1, 18: tag, size, code), 0: not even a header
static size_t size_of(const uint8_t *bytes, size_t size)
{
    uint32_t said;

    if (size < TPM_HEADER) {
        return 0;
    }
    memcpy(&said, bytes + sizeof(uint16_t), sizeof(said));
    return be32toh(said);
}

static TSS2_RC transmit(TSS2_TCTI_CONTEXT *tcti, size_t size, const uint8_t *command)
{
    struct context *c = context_of(tcti);

    if (c == NULL) {
        return TSS2_TCTI_RC_BAD_CONTEXT;
    }
    if (command == NULL) {
        return TSS2_TCTI_RC_BAD_REFERENCE;
    }
    if (c->state == STATE_BROKEN) {
        return TSS2_TCTI_RC_IO_ERROR;
    }
    if (c->state != STATE_TRANSMIT) {
        return TSS2_TCTI_RC_BAD_SEQUENCE;
    }
    if (size > TPM_WIRE_DATA_MAX || size_of(command, size) != size) {
        return TSS2_TCTI_RC_BAD_VALUE;
    }
    if (!tpm_socket_send(c->fd, TPM_WIRE_COMMAND, c->locality, command, size)) {
        return break_down(c, "tpm-harness has gone");
    }
    c->state = STATE_RECEIVE;
    return TSS2_RC_SUCCESS;
}

// Waits for the answer. TSS2_RC_SUCCESS: it is in c->response, c->waiting its size
static TSS2_RC fetch(struct context *c, int32_t timeout)
{
    struct pollfd fd = { .fd = c->fd, .events = POLLIN };
    int ready;

    do {
        ready = poll(&fd, 1, timeout);
    } while (ready < 0 && errno == EINTR && timeout == TSS2_TCTI_TIMEOUT_BLOCK);
    if (ready == 0 || (ready < 0 && errno == EINTR)) {
        return TSS2_TCTI_RC_TRY_AGAIN;
    }
    if (ready < 0 || tpm_socket_receive(c->fd, true, &c->response) != 1) {
        return break_down(c, "tpm-harness has gone");
    }
    if (c->response.head.type == TPM_WIRE_ERROR) {
        char text[200];

        snprintf(text, sizeof(text), "the TPM's machine: %.*s", (int)c->response.head.size,
                 (const char *)c->response.data);
        return break_down(c, text);
    }
    if (c->response.head.type != TPM_WIRE_RESPONSE ||
        size_of(c->response.data, c->response.head.size) != c->response.head.size) {
        return break_down(c, "tpm-harness answered what is no TPM response");
    }
    c->waiting = c->response.head.size;
    return TSS2_RC_SUCCESS;
}

static TSS2_RC receive(TSS2_TCTI_CONTEXT *tcti, size_t *size, uint8_t *response, int32_t timeout)
{
    struct context *c = context_of(tcti);

    if (c == NULL) {
        return TSS2_TCTI_RC_BAD_CONTEXT;
    }
    if (size == NULL) {
        return TSS2_TCTI_RC_BAD_REFERENCE;
    }
    if (timeout < TSS2_TCTI_TIMEOUT_BLOCK) {
        return TSS2_TCTI_RC_BAD_VALUE;
    }
    if (c->state == STATE_BROKEN) {
        return TSS2_TCTI_RC_IO_ERROR;
    }
    if (c->state != STATE_RECEIVE) {
        return TSS2_TCTI_RC_BAD_SEQUENCE;
    }
    TSS2_RC result = c->waiting != 0 ? TSS2_RC_SUCCESS : fetch(c, timeout);

    if (result != TSS2_RC_SUCCESS) {
        return result;
    }
    size_t room = *size;

    *size = c->waiting;
    if (response == NULL) { // asks for the size only
        return TSS2_RC_SUCCESS;
    }
    if (room < c->waiting) {
        return TSS2_TCTI_RC_INSUFFICIENT_BUFFER;
    }
    memcpy(response, c->response.data, c->waiting);
    c->waiting = 0;
    c->state = STATE_TRANSMIT;
    return TSS2_RC_SUCCESS;
}

static void finalize(TSS2_TCTI_CONTEXT *tcti)
{
    struct context *c = context_of(tcti);

    if (c != NULL) {
        close(c->fd);
        memset(c, 0, sizeof(*c));
    }
}

static TSS2_RC cancel(TSS2_TCTI_CONTEXT *tcti)
{
    struct context *c = context_of(tcti);

    if (c == NULL) {
        return TSS2_TCTI_RC_BAD_CONTEXT;
    }
    if (c->state != STATE_RECEIVE) {
        return c->state == STATE_BROKEN ? TSS2_TCTI_RC_IO_ERROR : TSS2_TCTI_RC_BAD_SEQUENCE;
    }
    // The response, TPM_RC_CANCELED or another one, is received as ever
    return tpm_socket_send(c->fd, TPM_WIRE_CANCEL, 0, NULL, 0)
               ? TSS2_RC_SUCCESS
               : break_down(c, "tpm-harness has gone");
}

static TSS2_RC poll_handles(TSS2_TCTI_CONTEXT *tcti, TSS2_TCTI_POLL_HANDLE *handles, size_t *count)
{
    struct context *c = context_of(tcti);

    if (c == NULL) {
        return TSS2_TCTI_RC_BAD_CONTEXT;
    }
    if (count == NULL) {
        return TSS2_TCTI_RC_BAD_REFERENCE;
    }
    size_t room = *count;

    *count = 1;
    if (handles == NULL) {
        return TSS2_RC_SUCCESS;
    }
    if (room < 1) {
        return TSS2_TCTI_RC_INSUFFICIENT_BUFFER;
    }
    handles[0] = (TSS2_TCTI_POLL_HANDLE){ .fd = c->fd, .events = POLLIN };
    return TSS2_RC_SUCCESS;
}

static TSS2_RC set_locality(TSS2_TCTI_CONTEXT *tcti, uint8_t locality)
{
    struct context *c = context_of(tcti);

    if (c == NULL) {
        return TSS2_TCTI_RC_BAD_CONTEXT;
    }
    if (c->state != STATE_TRANSMIT) {
        return c->state == STATE_BROKEN ? TSS2_TCTI_RC_IO_ERROR : TSS2_TCTI_RC_BAD_SEQUENCE;
    }
    if (locality >= TPM_WIRE_LOCALITIES) {
        return TSS2_TCTI_RC_BAD_VALUE;
    }
    c->locality = locality;
    return TSS2_RC_SUCCESS;
}

static TSS2_RC make_sticky(TSS2_TCTI_CONTEXT *tcti, TPM2_HANDLE *handle, uint8_t sticky)
{
    (void)tcti;
    (void)handle;
    (void)sticky;
    return TSS2_TCTI_RC_NOT_IMPLEMENTED; // of resource managers
}

static TSS2_RC init(TSS2_TCTI_CONTEXT *tcti, size_t *size, const char *config)
{
    static const char key[] = "path=";
    struct context *c = (struct context *)tcti;

    if (size == NULL) {
        return TSS2_TCTI_RC_BAD_VALUE;
    }
    if (tcti == NULL) {
        *size = sizeof(*c);
        return TSS2_RC_SUCCESS;
    }
    if (*size < sizeof(*c)) {
        return TSS2_TCTI_RC_INSUFFICIENT_BUFFER;
    }
    if (config == NULL || strncmp(config, key, sizeof(key) - 1) != 0) {
        fprintf(stderr, "tessera: configuration '%s': must be path=SOCKET\n",
                config != NULL ? config : "");
        return TSS2_TCTI_RC_BAD_VALUE;
    }
    memset(c, 0, sizeof(*c));
    c->fd = tpm_socket_connect(config + sizeof(key) - 1, "tessera");
    if (c->fd < 0) {
        return TSS2_TCTI_RC_IO_ERROR;
    }
    c->state = STATE_TRANSMIT;
    c->common = (TSS2_TCTI_CONTEXT_COMMON_V2){
        .v1 = { .magic = MAGIC,
                .version = 2,
                .transmit = transmit,
                .receive = receive,
                .finalize = finalize,
                .cancel = cancel,
                .getPollHandles = poll_handles,
                .setLocality = set_locality },
        .makeSticky = make_sticky,
    };
    return TSS2_RC_SUCCESS;
}

// What the loader looks for, and the only name that it sees; declared in no header, because each TCTI has one
__attribute__((visibility("default"))) const TSS2_TCTI_INFO *Tss2_Tcti_Info(void);

const TSS2_TCTI_INFO *Tss2_Tcti_Info(void)
{
    static const TSS2_TCTI_INFO info = {
        .version = 2,
        .name = "tcti-tessera",
        .description = "the fTPM of Tessera in a machine of tpm-harness",
        .config_help = "path=SOCKET, the socket that `make tpm` printed",
        .init = init,
    };

    return &info;
}
