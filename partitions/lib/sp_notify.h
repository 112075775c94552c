// SPDX-License-Identifier: BSD-3-Clause
//
// Notifications (one of 64 bits, set by a sender for a receiver) and indirect messages (copied by the SPMC from the sender's TX
// to the receiver's RX) of a partition: DEN0077A "Notifications" and "Indirect messaging". sp_notify_handler() of sp.h tells
// that something waits.
#ifndef SP_NOTIFY_H
#define SP_NOTIFY_H

#include "sp.h"

#define SP_NOTIFY_PER_VCPU 0x1 // the bits are those of one virtual processor of the receiver
#define SP_NOTIFY_DELAY 0x2 // the normal world hears of it when it next has the core, not at once

// Lets `sender` set the `bits` of this partition. `flags`: 0 or SP_NOTIFY_PER_VCPU. ERR_DENIED: a bit is bound already, or waits;
// ERR_INVALID: no such sender, no bits; ERR_NOT_SUPPORTED: the manifest has no notification-support.
MUST_CHECK int sp_notify_bind(uint16_t sender, uint64_t bits, uint32_t flags);

// The opposite. ERR_DENIED: a bit is not bound to this sender, or waits.
MUST_CHECK int sp_notify_unbind(uint16_t sender, uint64_t bits);

// Sets the `bits` of `receiver`, which has bound them to this partition. `vcpu`: 0 unless SP_NOTIFY_PER_VCPU is in `flags`.
// ERR_DENIED: not bound, or the receiver takes none; ERR_INVALID: no bits, no such processor, wrong flags.
MUST_CHECK int sp_notify_set(uint16_t receiver, uint64_t bits, uint32_t flags, uint16_t vcpu);

// Notifications that wait for this partition.
struct sp_notified {
    uint64_t partitions; // set by partitions
    uint64_t normal_world;
    bool message; // RX holds an indirect message of a partition
};

// Takes all that wait; they do not wait any more. `notified` is written on success only. ERR_*: as the SPMC refuses.
MUST_CHECK int sp_notify_get(struct sp_notified *notified);

// An indirect message in RX.
struct sp_mail {
    uint16_t sender;     // checked by the SPMC
    uint32_t uuid[4];    // of the service that is meant; 0: not said
    const uint8_t *body; // in RX: stays until sp_rx_release()
    size_t size;
};

// Copies `size` bytes of `body` to `receiver`'s RX, for its service `uuid` (NULL: not said). `flags`: 0 or SP_NOTIFY_DELAY.
// ERR_RANGE: too long for TX; ERR_BUSY: its RX is full; ERR_DENIED: an end takes no indirect messages, or has no buffers, or the
// receiver's manifest does not admit it; ERR_INVALID: no such receiver or service, or no TX.
MUST_CHECK int sp_mail_send(uint16_t receiver, const uint32_t uuid[4], const void *body,
                            size_t size, uint32_t flags);

// Reads the head of the message that sp_notify_get() told of. Afterwards sp_rx_release(). ERR_INVALID: what stands in RX is no
// message, or no RX. `mail` is written on success only.
MUST_CHECK int sp_mail_read(struct sp_mail *mail);

#endif
