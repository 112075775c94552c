// SPDX-License-Identifier: BSD-3-Clause
//
// FFA_NOTIFICATION_INFO_GET (DEN0077A "Notifications"): the normal world's scheduler asks who has notifications pending that
// it was not told of. The answer is lists of ids in registers: an endpoint alone (global ones), or an endpoint and up to
// three of its vCPUs. What is in an answer counts as told.
#include "ffa_notify.h"

#define INFO_IDS_32 10 // w3 … w7
#define INFO_IDS_64 20 // x3 … x7
#define INFO_VCPUS_PER_LIST 3
#define INFO_MORE 1         // w2 bit 0: there is more, ask again
#define INFO_COUNT_SHIFT 7  // w2: number of lists
#define INFO_SIZES_SHIFT 12 // w2: two bits a list, number of ids in it less one

struct info_lists {
    uint16_t ids[INFO_IDS_64];
    uint32_t id_count;
    uint32_t id_max;
    uint32_t list_count;
    uint64_t sizes;
    uint32_t open;       // receiver whose vCPUs the last list has
    uint32_t open_count; // of them; 0: it has none
};

_Static_assert(INFO_SIZES_SHIFT + 2 * INFO_IDS_32 <= 32, "a size for each list, in 32 bits too");

// Begins a list with the receiver's id.
static void list_begin(struct info_lists *lists, uint32_t receiver)
{
    lists->ids[lists->id_count++] = receiver != 0 ? spmc_sps[receiver - 1].endpoint.id : FFA_ID_NWD;
    lists->list_count++;
    lists->open = receiver;
    lists->open_count = 0;
}

// Adds what a receiver has in a slot: a list of its own for the global ones, else one more vCPU in the last list or a new one.
// False: it does not fit.
static bool lists_put(struct info_lists *lists, uint32_t receiver, uint32_t slot)
{
    bool begin = slot == 0 || lists->open != receiver || lists->open_count == 0 ||
                 lists->open_count == INFO_VCPUS_PER_LIST;
    uint32_t needed = (begin ? 1 : 0) + (slot != 0 ? 1 : 0);

    if (lists->id_max - lists->id_count < needed) {
        return false;
    }
    if (begin) {
        list_begin(lists, receiver);
    }
    if (slot != 0) {
        lists->ids[lists->id_count++] = (uint16_t)(slot - 1);
        lists->open_count++;
        lists->sizes += 1ull << (2 * (lists->list_count - 1));
    }
    return true;
}

// All slots of all receivers, from the one on for which the last answer had no room: nobody is left out because others are
// set again and again. True: there is more than fits.
static bool info_collect_locked(struct info_lists *lists)
{
    uint32_t end = NOTIFY_NWD_SLOTS + NOTIFY_SP_SLOTS * spmc_sp_count;
    uint32_t at = ffa_notify.info_from;

    for (uint32_t i = 0; i < end; i++, at = at + 1 < end ? at + 1 : 0) {
        struct notify_slot *slot = &ffa_notify.slots[at];
        uint32_t of_sp = at - NOTIFY_NWD_SLOTS; // of the first partition's first
        bool nwd = at < NOTIFY_NWD_SLOTS;

        if (slot->untold == 0) {
            continue;
        }
        if (!lists_put(lists, nwd ? 0 : 1 + of_sp / NOTIFY_SP_SLOTS,
                       nwd ? at : of_sp % NOTIFY_SP_SLOTS)) {
            ffa_notify.info_from = at;
            return true;
        }
        slot->untold = 0;
    }
    ffa_notify.info_from = 0;
    return false;
}

struct sp *ffa_notification_info_get(struct spmc_core *core, struct sp *sp, uint64_t *x)
{
    bool smc64 = ((uint32_t)x[0] & SMCCC_64) != 0;
    struct info_lists lists = { .id_max = smc64 ? INFO_IDS_64 : INFO_IDS_32 };
    uint32_t per_register = smc64 ? 4 : 2;

    (void)core;
    if (!ffa_mbz(sp, x, 1)) {
        return ffa_error(sp, x, FFA_INVALID_PARAMETERS);
    }
    spin_lock(&ffa_notify.lock);
    bool more = info_collect_locked(&lists);
    spin_unlock(&ffa_notify.lock);
    if (lists.list_count == 0) {
        return ffa_error(sp, x, FFA_NO_DATA);
    }
    (void)ffa_success(sp, x,
                      (more ? INFO_MORE : 0) | (uint64_t)lists.list_count << INFO_COUNT_SHIFT |
                          lists.sizes << INFO_SIZES_SHIFT,
                      0);
    if (smc64) {
        x[0] = FFA_SUCCESS_64;
    }
    for (uint32_t i = 0; i < lists.id_count; i++) {
        x[3 + i / per_register] |= (uint64_t)lists.ids[i] << (16 * (i % per_register));
    }
    return sp;
}
