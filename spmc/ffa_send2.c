// SPDX-License-Identifier: BSD-3-Clause
//
// Indirect messages (DEN0077A "Indirect messaging"; ffa.md 1.7): FFA_MSG_SEND2 copies a message from the sender's TX buffer
// into the receiver's RX buffer and tells the receiver's scheduler. Called by the normal world and by partitions; neither is
// trusted, and any core may write either buffer at any time: each byte of TX is read once, the head is checked as it was
// read, and what is written into RX is what was checked.
#include "ffa_dispatch.h"
#include "ffa_notify.h"

#include "string.h"

#define PAGE 4096
#define HEADER_1_2 ((uint32_t)sizeof(struct ffa_message_header))
#define HEADER_1_1 FFA_MESSAGE_HEADER_SIZE_1_1

struct message {
    struct sp *receiver; // NULL: the normal world
    struct ffa_message_header header;
};

static uint32_t header_size(uint32_t version)
{
    return version >= FFA_VERSION_1_2 ? HEADER_1_2 : HEADER_1_1;
}

static uint32_t bytes_of(const struct ffa_endpoint *endpoint)
{
    return endpoint->buffers.page_count * PAGE;
}

// The head as the sender's version has it, each word read once. FFA_DENIED: the sender has no buffers.
static int32_t header_read(struct ffa_endpoint *sender, uint32_t size,
                           struct ffa_message_header *header)
{
    uint32_t words[sizeof(*header) / sizeof(uint32_t)] = { 0 };
    int32_t code = FFA_DENIED;

    spin_lock(&sender->lock);
    if (sender->buffers.page_count != 0) {
        const volatile uint32_t *tx = sender->buffers.tx;

        for (uint32_t i = 0; i < size / sizeof(uint32_t); i++) {
            words[i] = tx[i];
        }
        code = 0;
    }
    spin_unlock(&sender->lock);
    memcpy(header, words, sizeof(*header));
    return code;
}

// What the head says of itself, and who is meant.
static int32_t header_decode(struct sp *sp, uint32_t size, struct message *message)
{
    const struct ffa_message_header *header = &message->header;

    if (header->flags != 0 || header->reserved != 0 || header->reserved2 != 0 ||
        header->sender != ffa_endpoint_of(sp)->id || header->receiver == header->sender ||
        header->offset < size) {
        return FFA_INVALID_PARAMETERS;
    }
    message->receiver = sp_find(header->receiver);
    if (message->receiver == NULL && header->receiver != FFA_ID_NWD) {
        return FFA_INVALID_PARAMETERS;
    }
    return 0;
}

static bool has_uuid(const struct sp *sp, const uint32_t uuid[4])
{
    static const uint32_t nil[4];

    if (memcmp(uuid, nil, sizeof(nil)) == 0) {
        return true; // no protocol in particular
    }
    for (uint32_t i = 0; sp != NULL && i < sp->config.uuid_count; i++) {
        if (memcmp(uuid, sp->config.uuid[i], sizeof(nil)) == 0) {
            return true;
        }
    }
    return false;
}

static bool is_indirect(const struct sp *sp)
{
    return sp == NULL || (sp->config.properties & FFA_PROP_INDIRECT) != 0;
}

// Whether the two may: both know indirect messages, and the receiver's manifest admits the sender. The normal world takes
// them from whom a manifest gives the property.
static int32_t message_permit(struct sp *sp, const struct message *message)
{
    struct sp *receiver = message->receiver;

    if (!is_indirect(sp) || !is_indirect(receiver) ||
        ffa_version_of(ffa_endpoint_of(receiver)) < FFA_VERSION_1_1 ||
        (receiver != NULL && !sp_admits(receiver, sp, SP_MSG_INDIRECT))) {
        return FFA_DENIED;
    }
    return has_uuid(receiver, message->header.uuid) ? 0 : FFA_INVALID_PARAMETERS;
}

// Two endpoints, in the order of ffa_index_of: the normal world first.
static void endpoints_lock_both(struct sp *a, struct sp *b)
{
    bool first = ffa_index_of(a) < ffa_index_of(b);

    spin_lock(&ffa_endpoint_of(first ? a : b)->lock);
    spin_lock(&ffa_endpoint_of(first ? b : a)->lock);
}

static void endpoints_unlock_both(struct sp *a, struct sp *b)
{
    spin_unlock(&ffa_endpoint_of(a)->lock);
    spin_unlock(&ffa_endpoint_of(b)->lock);
}

// Where the body goes in RX: behind the head that the receiver's version has, else where it was.
static uint32_t body_offset(const struct message *message, uint32_t receiver_header)
{
    uint32_t offset = message->header.offset;

    return offset < receiver_header ? receiver_header : offset;
}

// Head and body, and nothing of what RX held before.
static void message_put(const struct ffa_endpoint *from, const struct ffa_endpoint *to,
                        const struct message *message, uint32_t size)
{
    struct ffa_message_header header = message->header;
    uint8_t *rx = to->buffers.rx;

    header.offset = body_offset(message, size);
    memcpy(rx, &header, size);
    memset(rx + size, 0, header.offset - size);
    memcpy(rx + header.offset, (const uint8_t *)from->buffers.tx + message->header.offset,
           header.size);
    memset(rx + header.offset + header.size, 0, bytes_of(to) - header.offset - header.size);
}

// True: [offset, offset + size) lies within `bytes`.
static bool fits(uint32_t offset, uint32_t size, uint32_t bytes)
{
    return offset <= bytes && size <= bytes - offset;
}

// Both locks are held. *tell: the receiver's scheduler has to hear of it.
static int32_t message_deliver_locked(struct sp *sp, const struct message *message, bool *tell)
{
    struct ffa_endpoint *from = ffa_endpoint_of(sp);
    struct ffa_endpoint *to = ffa_endpoint_of(message->receiver);
    const struct ffa_message_header *header = &message->header;
    uint32_t size = header_size(ffa_version_of(to));

    if (!fits(header->offset, header->size, bytes_of(from))) {
        return FFA_INVALID_PARAMETERS; // also: another core has taken the buffer away meanwhile
    }
    if (message->receiver != NULL && sp_state(message->receiver) == SP_STOPPED &&
        message->receiver->stopped) {
        return FFA_ABORTED;
    }
    if (to->buffers.page_count == 0 || to->buffers.rx_full) {
        return FFA_BUSY;
    }
    if (!fits(body_offset(message, size), header->size, bytes_of(to))) {
        return FFA_INVALID_PARAMETERS;
    }
    message_put(from, to, message, size);
    to->buffers.rx_full = true;
    *tell = ffa_notify_rx_full(message->receiver, sp);
    return 0;
}

static int32_t send2_decode(struct sp *sp, const uint64_t *x, struct message *message)
{
    struct ffa_endpoint *endpoint = ffa_endpoint_of(sp);
    uint32_t size = header_size(ffa_version_of(endpoint));
    uint64_t allowed = sp != NULL ? FFA_MSG_SEND2_DELAY : 0; // the normal world waits for nothing

    // w1[31:16] names a VM when a hypervisor forwards: here the normal world is one endpoint, with id 0
    if (x[1] != 0 || (x[2] & ~allowed) != 0 || !ffa_mbz(sp, x, 3)) {
        return FFA_INVALID_PARAMETERS;
    }
    int32_t code = header_read(endpoint, size, &message->header);
    if (code == 0) {
        code = header_decode(sp, size, message);
    }
    return code == 0 ? message_permit(sp, message) : code;
}

struct sp *ffa_msg_send2(struct spmc_core *core, struct sp *sp, uint64_t *x)
{
    bool delayed = (x[2] & FFA_MSG_SEND2_DELAY) != 0;
    bool tell = false;
    struct message message;
    int32_t code = send2_decode(sp, x, &message);

    if (code != 0) {
        return ffa_error(sp, x, code);
    }
    endpoints_lock_both(sp, message.receiver);
    code = message_deliver_locked(sp, &message, &tell);
    endpoints_unlock_both(sp, message.receiver);
    if (code != 0) {
        return ffa_error(sp, x, code);
    }
    if (tell) {
        ffa_notify_schedule(core, delayed);
    }
    return ffa_success(sp, x, 0, 0);
}
