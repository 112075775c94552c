// SPDX-License-Identifier: BSD-3-Clause
//
// Notifications (DEN0077A "Notifications"), see ffa_notify.h: calls of the normal world and of partitions, neither of which is
// trusted. Each call decodes its registers without effect, then decides and acts under one lock: a refused one changes
// nothing.
//
// A receiver has two maps of 64 bits, one for what partitions set and one for what the normal world sets. The normal
// world's only endpoint is the kernel with id 0: its own map for other VMs is the hypervisor's business, not ours.
#include "ffa_notify.h"

#include "sp_interrupt.h"
#include "spmc_irq.h"
#include "string.h"

#define NWD 0 // index of the normal world (ffa_index_of)

// FFA_NOTIFICATION_SET, w2: flags, and the vCPU in the upper half
#define SET_VCPU(flags) ((flags) >> 16)
#define SET_VCPU_MASK 0xffff0000u

// FFA_NOTIFICATION_GET, w2: which maps the normal world has here, and those of a partition
#define GET_OF_NWD (FFA_NOTIFICATION_OF_SPS | FFA_NOTIFICATION_OF_SPMC)
#define GET_OF_SP (GET_OF_NWD | FFA_NOTIFICATION_OF_VMS | FFA_NOTIFICATION_OF_HYPERVISOR)

// What several calls do is there once; and what nobody does often is made for size
#define SMALL __attribute__((noinline))
#define RARE __attribute__((noinline, cold))

_Static_assert(SPMC_MAX_NWD_VCPUS >= BOARD_CORE_MAX, "a vCPU for each core, as Linux asks for");

struct notify_state ffa_notify;

static SMALL struct notify_slot *slots_of(uint32_t index)
{
    return index == NWD ? ffa_notify.slots
                        : &ffa_notify.slots[NOTIFY_NWD_SLOTS + NOTIFY_SP_SLOTS * (index - 1)];
}

static uint32_t slot_count(uint32_t index)
{
    return index == NWD ? NOTIFY_NWD_SLOTS : NOTIFY_SP_SLOTS;
}

static RARE void receiver_clear(uint32_t index)
{
    struct notify_receiver *receiver = &ffa_notify.receivers[index];

    memset(receiver, 0, sizeof(*receiver));
    memset(receiver->sender, NOTIFY_UNBOUND, sizeof(receiver->sender));
    memset(slots_of(index), 0, slot_count(index) * sizeof(struct notify_slot));
}

void ffa_notify_init(void)
{
    memset(&ffa_notify, 0, sizeof(ffa_notify));
    for (uint32_t i = 0; i <= SPMC_MAX_SPS; i++) {
        receiver_clear(i);
    }
}

void ffa_notify_stopped(struct sp *sp)
{
    spin_lock(&ffa_notify.lock);
    receiver_clear(ffa_index_of(sp));
    spin_unlock(&ffa_notify.lock);
}

// ---- Telling --------------------------------------------------------------------------------------------------------

void ffa_notify_sri_known(void)
{
    __atomic_store_n(&ffa_notify.sri_known, true, __ATOMIC_RELAXED);
}

// Who has never asked for its number cannot handle the interrupt. With a GICv2, whose SGIs may not be disabled, a kernel
// would get it all the same, and need not be able to end it.
static void raise_sri(const struct spmc_core *core)
{
    if (__atomic_load_n(&ffa_notify.sri_known, __ATOMIC_RELAXED)) {
        spmc_irq_raise_sri(core->index);
    }
}

void ffa_notify_leaving(struct spmc_core *core)
{
    core->attention = false;
    raise_sri(core);
}

void ffa_notify_schedule(struct spmc_core *core, bool delayed)
{
    if (delayed) {
        core->attention = true;
    } else {
        raise_sri(core);
    }
}

// The partition `index` - 1, NULL: the normal world.
static struct sp *sp_at(uint32_t index)
{
    return index != NWD ? &spmc_sps[index - 1] : NULL;
}

// How many vCPUs the bitmaps of a receiver have; 0: it gets no notifications.
static SMALL uint32_t vcpus_of(uint32_t index)
{
    if (index == NWD) {
        return __atomic_load_n(&ffa_notify.nwd_vcpus, __ATOMIC_RELAXED);
    }
    return (spmc_sps[index - 1].config.properties & FFA_PROP_NOTIFICATION) != 0 ? 1 : 0;
}

bool ffa_notify_enabled(const struct sp *sp)
{
    return vcpus_of(ffa_index_of(sp)) != 0;
}

bool ffa_notify_rx_full(struct sp *receiver, const struct sp *sender)
{
    uint32_t index = ffa_index_of(receiver);

    spin_lock(&ffa_notify.lock);
    bool enabled = vcpus_of(index) != 0;
    if (enabled) {
        ffa_notify.receivers[index].framework |=
            sender != NULL ? NOTIFY_RX_OF_SP : NOTIFY_RX_OF_NWD;
        slots_of(index)->untold |= NOTIFY_UNTOLD_FRAMEWORK;
        if (receiver != NULL) {
            sp_interrupt_pend(receiver, SP_PENDING_NOTIFICATION);
        }
    }
    spin_unlock(&ffa_notify.lock);
    return enabled;
}

bool ffa_notify_rx_pending(const struct sp *receiver)
{
    spin_lock(&ffa_notify.lock);
    bool pending = ffa_notify.receivers[ffa_index_of(receiver)].framework != 0;
    spin_unlock(&ffa_notify.lock);
    return pending;
}

static SMALL bool any_pending(uint32_t index)
{
    const struct notify_slot *slots = slots_of(index);
    uint64_t any = ffa_notify.receivers[index].framework;

    for (uint32_t i = 0; i < slot_count(index); i++) {
        any |= slots[i].pending[NOTIFY_OF_SPS] | slots[i].pending[NOTIFY_OF_NWD];
    }
    return any != 0;
}

// What was pending for a partition may be gone: then there is nothing that it has to be told.
static SMALL void untell_if_empty(uint32_t index)
{
    if (index != NWD && !any_pending(index)) {
        (void)sp_interrupt_unpend(&spmc_sps[index - 1], SP_PENDING_NOTIFICATION);
    }
}

// Takes pending NOTIFY_RX_* (a receiver has one message at most); returns them.
static SMALL uint32_t framework_take(uint32_t index, uint32_t bits)
{
    struct notify_receiver *receiver = &ffa_notify.receivers[index];
    uint32_t taken = receiver->framework & bits;

    if (taken != 0) {
        receiver->framework = 0;
        slots_of(index)->untold &= ~(uint32_t)NOTIFY_UNTOLD_FRAMEWORK;
    }
    return taken;
}

void ffa_notify_rx_forget(struct sp *receiver)
{
    uint32_t index = ffa_index_of(receiver);

    spin_lock(&ffa_notify.lock);
    (void)framework_take(index, NOTIFY_RX_OF_SP | NOTIFY_RX_OF_NWD);
    untell_if_empty(index);
    spin_unlock(&ffa_notify.lock);
}

// ---- The calls -------------------------------------------------------------------------------------------------------

// The answer of a call that gives no values.
static SMALL struct sp *answer(struct sp *sp, uint64_t *x, int32_t code)
{
    return code != 0 ? ffa_error(sp, x, code) : ffa_success(sp, x, 0, 0);
}

RARE struct sp *ffa_notification_bitmap_create(struct spmc_core *core, struct sp *sp, uint64_t *x)
{
    int32_t code = FFA_DENIED;

    (void)core;
    // Only the kernel with id 0 speaks to this SPMC; bit 15 would be a partition, which has its bitmaps anyway
    if (x[1] != FFA_ID_NWD || x[2] == 0 || !ffa_mbz(sp, x, 3)) {
        return answer(sp, x, FFA_INVALID_PARAMETERS);
    }
    if (x[2] > SPMC_MAX_NWD_VCPUS) {
        return answer(sp, x, FFA_NO_MEMORY);
    }
    spin_lock(&ffa_notify.lock);
    if (ffa_notify.nwd_vcpus == 0) {
        __atomic_store_n(&ffa_notify.nwd_vcpus, (uint32_t)x[2], __ATOMIC_RELAXED);
        code = 0;
    }
    spin_unlock(&ffa_notify.lock);
    return answer(sp, x, code);
}

RARE struct sp *ffa_notification_bitmap_destroy(struct spmc_core *core, struct sp *sp, uint64_t *x)
{
    int32_t code = FFA_DENIED;

    (void)core;
    if (!ffa_mbz(sp, x, 1)) { // w1: FFA_ID_NWD
        return answer(sp, x, FFA_INVALID_PARAMETERS);
    }
    spin_lock(&ffa_notify.lock);
    if (ffa_notify.nwd_vcpus != 0 && !any_pending(NWD)) {
        __atomic_store_n(&ffa_notify.nwd_vcpus, 0, __ATOMIC_RELAXED);
        receiver_clear(NWD);
        code = 0;
    }
    spin_unlock(&ffa_notify.lock);
    return answer(sp, x, code);
}

struct notify_request {
    uint32_t sender; // indices (ffa_index_of)
    uint32_t receiver;
    uint64_t bits;
    uint32_t flags;
};

static SMALL bool index_of_id(uint32_t id, uint32_t *index)
{
    const struct sp *sp = sp_find(id);

    *index = ffa_index_of(sp);
    return sp != NULL || id == FFA_ID_NWD;
}

// w1: sender and receiver, two endpoints that there are (so never two of the normal world); w3, w4: bits.
static SMALL int32_t request_decode(struct sp *sp, const uint64_t *x, uint32_t allowed_flags,
                                    struct notify_request *request)
{
    uint32_t ids = (uint32_t)x[1];

    request->flags = (uint32_t)x[2];
    request->bits = x[3] | x[4] << 32;
    if ((request->flags & ~allowed_flags) != 0 || !ffa_mbz(sp, x, 5) || request->bits == 0 ||
        !index_of_id(ids >> 16, &request->sender) ||
        !index_of_id(ids & 0xffff, &request->receiver) || request->sender == request->receiver) {
        return FFA_INVALID_PARAMETERS;
    }
    return 0;
}

static uint32_t class_of(const struct notify_request *request)
{
    return request->sender == NWD ? NOTIFY_OF_NWD : NOTIFY_OF_SPS;
}

// Whether all bits of the request belong to `sender` (NOTIFY_UNBOUND: to nobody).
static SMALL bool bits_are_of(const struct notify_request *request, uint32_t sender)
{
    const uint8_t *senders = ffa_notify.receivers[request->receiver].sender[class_of(request)];

    for (uint64_t bits = request->bits; bits != 0; bits &= bits - 1) {
        if (senders[__builtin_ctzll(bits)] != sender) {
            return false;
        }
    }
    return true;
}

static SMALL bool bits_are_pending(const struct notify_request *request)
{
    const struct notify_slot *slots = slots_of(request->receiver);
    uint64_t pending = 0;

    for (uint32_t i = 0; i < slot_count(request->receiver); i++) {
        pending |= slots[i].pending[class_of(request)];
    }
    return (pending & request->bits) != 0;
}

// Binds the bits, which are nobody's, to the sender, or unbinds them, which are its; none of them is pending.
static int32_t bits_move_locked(const struct notify_request *request, bool bind)
{
    struct notify_receiver *receiver = &ffa_notify.receivers[request->receiver];
    uint32_t kind = class_of(request);

    if (vcpus_of(request->receiver) == 0) {
        return FFA_NOT_SUPPORTED;
    }
    if (!bits_are_of(request, bind ? NOTIFY_UNBOUND : request->sender) ||
        bits_are_pending(request)) {
        return FFA_DENIED;
    }
    for (uint64_t bits = request->bits; bits != 0; bits &= bits - 1) {
        receiver->sender[kind][__builtin_ctzll(bits)] =
            (uint8_t)(bind ? request->sender : NOTIFY_UNBOUND);
    }
    receiver->per_vcpu[kind] &= ~request->bits;
    if ((request->flags & FFA_NOTIFICATION_PER_VCPU) != 0) {
        receiver->per_vcpu[kind] |= request->bits;
    }
    return 0;
}

static RARE struct sp *rebind(struct sp *sp, uint64_t *x, bool bind)
{
    struct notify_request request;
    int32_t code = request_decode(sp, x, bind ? FFA_NOTIFICATION_PER_VCPU : 0, &request);

    if (code != 0 || request.receiver != ffa_index_of(sp)) {
        return answer(sp, x, FFA_INVALID_PARAMETERS); // the receiver decides whom it hears
    }
    if (bind && sp != NULL && ffa_notify_enabled(sp) &&
        !sp_admits(sp, sp_at(request.sender), SP_MSG_NOTIFY)) {
        return answer(sp, x, FFA_DENIED); // its manifest does not
    }
    spin_lock(&ffa_notify.lock);
    code = bits_move_locked(&request, bind);
    spin_unlock(&ffa_notify.lock);
    return answer(sp, x, code);
}

struct sp *ffa_notification_bind(struct spmc_core *core, struct sp *sp, uint64_t *x)
{
    (void)core;
    return rebind(sp, x, true);
}

struct sp *ffa_notification_unbind(struct spmc_core *core, struct sp *sp, uint64_t *x)
{
    (void)core;
    return rebind(sp, x, false);
}

static int32_t set_decode(struct sp *sp, const uint64_t *x, struct notify_request *request)
{
    uint32_t allowed = SET_VCPU_MASK | FFA_NOTIFICATION_PER_VCPU;

    if (sp != NULL) {
        allowed |= FFA_NOTIFICATION_DELAY; // the normal world has nothing to wait for
    }
    int32_t code = request_decode(sp, x, allowed, request);
    if (code == 0 &&
        (request->sender != ffa_index_of(sp) ||
         ((request->flags & FFA_NOTIFICATION_PER_VCPU) == 0 && SET_VCPU(request->flags) != 0))) {
        code = FFA_INVALID_PARAMETERS;
    }
    return code;
}

static int32_t set_apply_locked(const struct notify_request *request)
{
    uint32_t kind = class_of(request);
    uint64_t per_vcpu = ffa_notify.receivers[request->receiver].per_vcpu[kind];
    bool of_vcpu = (request->flags & FFA_NOTIFICATION_PER_VCPU) != 0;
    uint32_t vcpus = vcpus_of(request->receiver);
    uint32_t number = of_vcpu ? 1 + SET_VCPU(request->flags) : 0;

    if (vcpus == 0) {
        return FFA_DENIED;
    }
    if (number > vcpus) {
        return FFA_INVALID_PARAMETERS;
    }
    if (!bits_are_of(request, request->sender)) {
        return FFA_DENIED;
    }
    if ((request->bits & (of_vcpu ? ~per_vcpu : per_vcpu)) != 0) {
        return FFA_INVALID_PARAMETERS; // bound the other way
    }
    struct notify_slot *slot = &slots_of(request->receiver)[number];
    slot->pending[kind] |= request->bits;
    slot->untold |= 1u << kind; // also what was told and not fetched: it is news again
    if (request->receiver != NWD) {
        sp_interrupt_pend(&spmc_sps[request->receiver - 1], SP_PENDING_NOTIFICATION);
    }
    return 0;
}

struct sp *ffa_notification_set(struct spmc_core *core, struct sp *sp, uint64_t *x)
{
    struct notify_request request;
    int32_t code = set_decode(sp, x, &request);

    if (code == 0) {
        spin_lock(&ffa_notify.lock);
        code = set_apply_locked(&request);
        spin_unlock(&ffa_notify.lock);
    }
    if (code == 0) {
        ffa_notify_schedule(core, (request.flags & FFA_NOTIFICATION_DELAY) != 0);
    }
    return answer(sp, x, code);
}

// Takes what is pending of a class in a slot.
static uint64_t slot_take(struct notify_slot *slot, uint32_t kind)
{
    uint64_t bits = slot->pending[kind];

    slot->pending[kind] = 0;
    slot->untold &= ~(1u << kind);
    return bits;
}

struct notify_answer {
    uint64_t bits[NOTIFY_CLASSES];
    uint32_t rx; // NOTIFY_RX_*
};

static int32_t get_locked(uint32_t index, uint32_t vcpu, uint32_t flags,
                          struct notify_answer *found)
{
    static const uint32_t asked[NOTIFY_CLASSES] = { FFA_NOTIFICATION_OF_SPS,
                                                    FFA_NOTIFICATION_OF_VMS };
    struct notify_slot *slots = slots_of(index);
    uint32_t vcpus = vcpus_of(index);

    if (vcpus == 0) {
        return FFA_NOT_SUPPORTED;
    }
    if (vcpu >= vcpus) {
        return FFA_INVALID_PARAMETERS;
    }
    for (uint32_t kind = 0; kind < NOTIFY_CLASSES; kind++) {
        if ((flags & asked[kind]) != 0) {
            found->bits[kind] = slot_take(&slots[0], kind) | slot_take(&slots[1 + vcpu], kind);
        }
    }
    found->rx = framework_take(
        index, ((flags & FFA_NOTIFICATION_OF_SPMC) != 0 ? NOTIFY_RX_OF_SP : 0) |
                   ((flags & FFA_NOTIFICATION_OF_HYPERVISOR) != 0 ? NOTIFY_RX_OF_NWD : 0));
    untell_if_empty(index);
    return 0;
}

struct sp *ffa_notification_get(struct spmc_core *core, struct sp *sp, uint64_t *x)
{
    uint32_t allowed = sp != NULL ? GET_OF_SP : GET_OF_NWD;
    struct notify_answer found = { 0 };

    (void)core;
    if ((x[1] & 0xffff) != ffa_endpoint_of(sp)->id || (x[2] & ~(uint64_t)allowed) != 0 ||
        !ffa_mbz(sp, x, 3)) {
        return answer(sp, x, FFA_INVALID_PARAMETERS);
    }
    spin_lock(&ffa_notify.lock);
    int32_t code = get_locked(ffa_index_of(sp), (uint32_t)x[1] >> 16, (uint32_t)x[2], &found);
    spin_unlock(&ffa_notify.lock);
    (void)answer(sp, x, code);
    if (code == 0) {
        x[2] = (uint32_t)found.bits[NOTIFY_OF_SPS];
        x[3] = found.bits[NOTIFY_OF_SPS] >> 32;
        x[4] = (uint32_t)found.bits[NOTIFY_OF_NWD];
        x[5] = found.bits[NOTIFY_OF_NWD] >> 32;
        x[6] = (found.rx & NOTIFY_RX_OF_SP) != 0 ? FFA_NOTIFICATION_RX_FULL : 0;
        x[7] = (found.rx & NOTIFY_RX_OF_NWD) != 0 ? FFA_NOTIFICATION_RX_FULL : 0;
    }
    return sp;
}
