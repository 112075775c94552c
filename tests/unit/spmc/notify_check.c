// SPDX-License-Identifier: BSD-3-Clause
//
// What must hold of notifications and of messages in RX after every call, whoever made it: called by the fixture, so also in
// the random sequences and by the fuzzer.
#include "ffa_notify.h"
#include "spmc_fixture.h"

static struct notify_slot *slots_of(uint32_t index)
{
    return &ffa_notify.slots[index == 0 ? 0 : NOTIFY_NWD_SLOTS + NOTIFY_SP_SLOTS * (index - 1)];
}

static uint32_t vcpus_of(uint32_t index)
{
    if (index == 0) {
        return ffa_notify.nwd_vcpus;
    }
    return (spmc_sps[index - 1].config.properties & FFA_PROP_NOTIFICATION) != 0 ? 1 : 0;
}

// Who may set a bit is another endpoint, of that kind, that there is.
static void check_senders(uint32_t index, uint32_t kind)
{
    for (unsigned int bit = 0; bit < NOTIFY_BITS; bit++) {
        uint8_t sender = ffa_notify.receivers[index].sender[kind][bit];

        FIXTURE_CHECK(sender == NOTIFY_UNBOUND ||
                      (sender != index && sender <= spmc_sp_count &&
                       (sender == 0) == (kind == NOTIFY_OF_NWD) && vcpus_of(index) != 0));
    }
}

// What is pending was bound, in that way, for a vCPU that there is.
static void check_pending(uint32_t index, uint32_t slot, uint32_t kind)
{
    const struct notify_receiver *receiver = &ffa_notify.receivers[index];
    uint64_t pending = slots_of(index)[slot].pending[kind];

    FIXTURE_CHECK(pending == 0 || slot <= vcpus_of(index));
    FIXTURE_CHECK((pending & (slot == 0 ? receiver->per_vcpu[kind] : ~receiver->per_vcpu[kind])) ==
                  0);
    for (unsigned int bit = 0; bit < NOTIFY_BITS; bit++) {
        FIXTURE_CHECK((pending >> bit & 1) == 0 || receiver->sender[kind][bit] != NOTIFY_UNBOUND);
    }
    FIXTURE_CHECK(pending != 0 || (slots_of(index)[slot].untold >> kind & 1) == 0);
}

static void check_receiver(uint32_t index)
{
    const struct notify_receiver *receiver = &ffa_notify.receivers[index];
    uint32_t count = index == 0 ? NOTIFY_NWD_SLOTS : NOTIFY_SP_SLOTS;

    for (uint32_t kind = 0; kind < NOTIFY_CLASSES; kind++) {
        check_senders(index, kind);
        for (uint32_t slot = 0; slot < count; slot++) {
            check_pending(index, slot, kind);
        }
    }
    for (uint32_t slot = 0; slot < count; slot++) {
        bool framework = (slots_of(index)[slot].untold & NOTIFY_UNTOLD_FRAMEWORK) != 0;

        FIXTURE_CHECK(!framework || (slot == 0 && receiver->framework != 0));
    }
}

void notify_check(void)
{
    FIXTURE_CHECK(ffa_notify.lock.next == ffa_notify.lock.serving);
    FIXTURE_CHECK(ffa_notify.nwd_vcpus <= SPMC_MAX_NWD_VCPUS);
    for (uint32_t index = 0; index <= spmc_sp_count; index++) {
        struct sp *sp = index != 0 ? &spmc_sps[index - 1] : NULL;
        uint32_t framework = ffa_notify.receivers[index].framework;

        check_receiver(index);

        // One message at most, and it lies in RX
        FIXTURE_CHECK((framework & (framework - 1)) == 0);
        FIXTURE_CHECK(framework == 0 || ffa_endpoint_of(sp)->buffers.rx_full);
    }
}
