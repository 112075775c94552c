// SPDX-License-Identifier: BSD-3-Clause
//
// Notifications of the TPM service's clients. See ftpm_notify.h.
#include "ftpm_notify.h"

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

#include "sp_notify.h"
#include "tpm_crb_abi.h"

#define NOTIFICATIONS 64

struct client {
    bool used;
    bool is_set; // and not finished with
    uint16_t id;
    uint16_t vcpu;
    uint32_t flags; // of ftpm_notify_set
    uint64_t bits;
};

static struct client clients[FTPM_NOTIFY_CLIENTS];
static ftpm_notify_set notify;

void ftpm_notify_begin(ftpm_notify_set set)
{
    memset(clients, 0, sizeof(clients));
    notify = set;
}

static struct client *find(uint16_t id)
{
    for (size_t i = 0; i < FTPM_NOTIFY_CLIENTS; i++) {
        if (clients[i].used && clients[i].id == id) {
            return &clients[i];
        }
    }
    return NULL;
}

static struct client *find_room(void)
{
    for (size_t i = 0; i < FTPM_NOTIFY_CLIENTS; i++) {
        if (!clients[i].used) {
            return &clients[i];
        }
    }
    return NULL;
}

uint32_t ftpm_notify_feature(void)
{
    return notify == NULL ? TPM_CRB_NOTSUP : TPM_CRB_OK_RESULTS_RETURNED;
}

uint32_t ftpm_notify_register(uint16_t source, uint64_t target, uint64_t notification)
{
    uint64_t type = target >> 16;
    uint16_t vcpu = (uint16_t)target;
    struct client *client = find_room();

    if (notify == NULL) {
        return TPM_CRB_NOTSUP;
    }
    // A global notification is no processor's
    if (notification >= NOTIFICATIONS || type > TPM_CRB_NOTIFY_PER_VCPU ||
        (type == TPM_CRB_NOTIFY_GLOBAL && vcpu != 0)) {
        return TPM_CRB_INVARG;
    }
    if (find(source) != NULL) {
        return TPM_CRB_ALREADY;
    }
    if (client == NULL) {
        return TPM_CRB_NOMEM;
    }
    // The answer that follows brings the client its core back: no interrupt is needed before that
    *client = (struct client){
        .used = true,
        .id = source,
        .vcpu = vcpu,
        .flags = SP_NOTIFY_DELAY | (type == TPM_CRB_NOTIFY_PER_VCPU ? SP_NOTIFY_PER_VCPU : 0),
        .bits = 1ULL << notification,
    };
    return TPM_CRB_OK;
}

uint32_t ftpm_notify_unregister(uint16_t source)
{
    struct client *client = find(source);

    if (notify == NULL) {
        return TPM_CRB_NOTSUP;
    }
    if (client == NULL) {
        return TPM_CRB_DENIED;
    }
    client->used = false;
    return TPM_CRB_OK;
}

uint32_t ftpm_notify_finish(uint16_t source)
{
    struct client *client = find(source);

    if (notify == NULL) {
        return TPM_CRB_NOTSUP;
    }
    if (client == NULL || !client->is_set) {
        return TPM_CRB_DENIED;
    }
    client->is_set = false;
    return TPM_CRB_OK;
}

void ftpm_notify_send(uint16_t id)
{
    struct client *client = find(id);

    // Refused: the client has not bound it (yet); the next event tries again
    if (client != NULL && !client->is_set) {
        client->is_set = notify(id, client->bits, client->flags, client->vcpu) == 0;
    }
}
