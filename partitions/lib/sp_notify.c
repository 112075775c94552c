// SPDX-License-Identifier: BSD-3-Clause
//
// Notifications and indirect messages of a partition: the calls to the SPMC. Called by the partition.
#include "sp_notify.h"

#include <string.h>

#include "sp_private.h"

static int call(struct ffa_args *args)
{
    sp_call_short(args);
    return sp_error_of(args, FFA_SUCCESS_32);
}

int sp_notify_bind(uint16_t sender, uint64_t bits, uint32_t flags)
{
    struct ffa_args args = { .x = { FFA_NOTIFICATION_BIND, (uint32_t)sender << 16 | sp_id(), flags,
                                    (uint32_t)bits, bits >> 32 } };

    return call(&args);
}

int sp_notify_unbind(uint16_t sender, uint64_t bits)
{
    struct ffa_args args = { .x = { FFA_NOTIFICATION_UNBIND, (uint32_t)sender << 16 | sp_id(), 0,
                                    (uint32_t)bits, bits >> 32 } };

    return call(&args);
}

int sp_notify_set(uint16_t receiver, uint64_t bits, uint32_t flags, uint16_t vcpu)
{
    struct ffa_args args = { .x = { FFA_NOTIFICATION_SET, (uint32_t)sp_id() << 16 | receiver,
                                    flags | (uint32_t)vcpu << 16, (uint32_t)bits, bits >> 32 } };

    return call(&args);
}

int sp_notify_get(struct sp_notified *notified)
{
    struct ffa_args args = { .x = { FFA_NOTIFICATION_GET, sp_id(),
                                    FFA_NOTIFICATION_OF_SPS | FFA_NOTIFICATION_OF_VMS |
                                        FFA_NOTIFICATION_OF_SPMC |
                                        FFA_NOTIFICATION_OF_HYPERVISOR } };
    int error = call(&args);

    if (error == 0) {
        notified->partitions = (uint32_t)args.x[2] | args.x[3] << 32;
        notified->normal_world = (uint32_t)args.x[4] | args.x[5] << 32;
        notified->message = ((args.x[6] | args.x[7]) & FFA_NOTIFICATION_RX_FULL) != 0;
    }
    return error;
}

int sp_mail_send(uint16_t receiver, const uint32_t uuid[4], const void *body, size_t size,
                 uint32_t flags)
{
    struct ffa_message_header header = {
        .offset = sizeof(header),
        .receiver = receiver,
        .sender = sp_id(),
        .size = (uint32_t)size,
    };
    struct ffa_args args = { .x = { FFA_MSG_SEND2, 0, flags } };

    if (size > SP_RXTX_SIZE - sizeof(header)) {
        return ERR_RANGE;
    }
    if (uuid != NULL) {
        memcpy(header.uuid, uuid, sizeof(header.uuid));
    }
    memcpy(sp_tx(), &header, sizeof(header));
    memcpy((uint8_t *)sp_tx() + sizeof(header), body, size);
    return call(&args);
}

// Heads of senders before FF-A 1.2 end before the UUID; the offset of the body tells
int sp_mail_read(struct sp_mail *mail)
{
    struct ffa_message_header header = { 0 };
    const uint8_t *rx = sp_rx();

    memcpy(&header, rx, FFA_MESSAGE_HEADER_SIZE_1_1);
    if (header.offset < FFA_MESSAGE_HEADER_SIZE_1_1 || header.offset > SP_RXTX_SIZE ||
        header.size > SP_RXTX_SIZE - header.offset || header.receiver != sp_id()) {
        return ERR_INVALID;
    }
    if (header.offset >= sizeof(header)) {
        memcpy(&header, rx, sizeof(header));
    }
    mail->sender = header.sender;
    memcpy(mail->uuid, header.uuid, sizeof(mail->uuid));
    mail->body = rx + header.offset;
    mail->size = header.size;
    return 0;
}
