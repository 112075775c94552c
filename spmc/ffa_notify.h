// SPDX-License-Identifier: BSD-3-Clause
//
// Notifications (DEN0077A "Notifications"; ffa.md 1.8, 4.7): who may set which bit of whose bitmap, what is pending, and
// how the normal world's scheduler and the receiving partition hear of it. Used by the FF-A core only; the calls
// themselves have their prototypes in ffa_dispatch.h. Hardware-free but for the interrupt to the normal world (spmc_irq.h).
#ifndef FFA_NOTIFY_H
#define FFA_NOTIFY_H

#include "ffa_dispatch.h"
#include "lock.h"

#define NOTIFY_BITS 64
#define NOTIFY_UNBOUND 0xff

// Classes of senders: each receiver has 64 bits for either
#define NOTIFY_OF_SPS 0
#define NOTIFY_OF_NWD 1
#define NOTIFY_CLASSES 2

// Bits of `framework`: the receiver's RX buffer holds a message of …
#define NOTIFY_RX_OF_SP 1  // … a partition: the SPMC's framework bitmap, bit 0
#define NOTIFY_RX_OF_NWD 2 // … the normal world: the hypervisor's framework bitmap, bit 0

struct notify_receiver {
    uint8_t sender[NOTIFY_CLASSES]
                  [NOTIFY_BITS]; // who may set a bit (ffa_index_of), or NOTIFY_UNBOUND
    uint64_t
        per_vcpu[NOTIFY_CLASSES]; // bits that were bound as those of a vCPU, the others are global
    uint32_t framework;           // pending NOTIFY_RX_*
};

// What is pending for one vCPU of a receiver, or globally
struct notify_slot {
    uint64_t pending[NOTIFY_CLASSES];
    uint32_t
        untold; // what FFA_NOTIFICATION_INFO_GET has not reported yet: bit per class, NOTIFY_UNTOLD_FRAMEWORK
};
#define NOTIFY_UNTOLD_FRAMEWORK 4

// Slots of a receiver, one behind the other: the global one, then one for each vCPU. Partitions have one vCPU.
#define NOTIFY_NWD_SLOTS (1 + SPMC_MAX_NWD_VCPUS)
#define NOTIFY_SP_SLOTS 2

// All of it but `sri_known`, which is atomic, is under `lock`, the innermost lock but for those of drivers: taken below an
// endpoint's, never above one.
struct notify_state {
    struct spinlock lock;
    bool sri_known; // the normal world has asked for the number of its interrupt; never false again
    uint32_t nwd_vcpus; // of the normal world's bitmaps; 0: it has none
    uint32_t
        info_from; // slot with which FFA_NOTIFICATION_INFO_GET begins: nobody is left out for ever
    struct notify_receiver receivers[1 + SPMC_MAX_SPS]; // by ffa_index_of
    struct notify_slot slots[NOTIFY_NWD_SLOTS + NOTIFY_SP_SLOTS * SPMC_MAX_SPS];
};
extern struct notify_state ffa_notify;

// Boot, before the first partition runs: nothing is bound.
void ffa_notify_init(void);

// `sp` was stopped (sp_stop): what it bound and what was pending for it is gone, so that no FFA_NOTIFICATION_SET reaches it
// any more. Its bindings as a sender stay with the receivers, which unbind them when they like. Takes the lock.
void ffa_notify_stopped(struct sp *sp);

// This core goes back to the normal world and core->attention is set: raises the schedule-receiver interrupt that a
// partition asked to delay until now, and clears core->attention. Takes no lock.
void ffa_notify_leaving(struct spmc_core *core);

// Whether a receiver can be told of anything: `sp` by its manifest, the normal world (NULL) since it created its bitmaps.
bool ffa_notify_enabled(const struct sp *sp);

// A message of `sender` was put into the RX buffer of `receiver` (NULL: the normal world): the framework notification "RX
// buffer full" becomes pending, if the receiver can be told of anything. The caller holds the receiver's endpoint lock.
// Takes the lock. Returns whether ffa_notify_schedule has to follow, when no lock is held any more.
bool ffa_notify_rx_full(struct sp *receiver, const struct sp *sender);

// Whether such a notification is pending for `receiver`: a message that it cannot know of yet. Takes the lock.
bool ffa_notify_rx_pending(const struct sp *receiver);

// The buffer went, and the message with it: such a notification is taken back. Takes the lock.
void ffa_notify_rx_forget(struct sp *receiver);

// The normal world has learned the number of the schedule-receiver interrupt (FFA_FEATURES): from now on it can be raised.
// What was set before is in the next answer of FFA_NOTIFICATION_INFO_GET. Takes no lock.
void ffa_notify_sri_known(void);

// Tells the normal world's scheduler that somebody has notifications pending: by interrupt on this core, now, or
// (`delayed`) when this core goes back to the normal world.
void ffa_notify_schedule(struct spmc_core *core, bool delayed);

#endif
