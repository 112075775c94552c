// SPDX-License-Identifier: BSD-3-Clause
//
// FFA_MEM_FRAG_TX: the sender of a memory transaction goes on with its ranges. A fragment that breaks a rule ends the
// transaction: nothing of the sender's memory has changed yet.
#include "ffa_mem_private.h"

// The caller's transaction that waits for a fragment, now this call's.
static int32_t claim(const struct sp *sp, uint64_t handle, struct ffa_mem_slot **slot)
{
    int32_t code = FFA_INVALID_PARAMETERS;

    spin_lock(&ffa_mem_lock);
    *slot = ffa_mem_handle_find_locked(handle);
    if (*slot != NULL && (*slot)->owner == ffa_index_of(sp) &&
        (*slot)->state == FFA_MEM_INCOMPLETE) {
        (*slot)->state = FFA_MEM_WORKING;
        code = 0;
    }
    spin_unlock(&ffa_mem_lock);
    return code;
}

static int32_t receive_next_locked(const struct ffa_endpoint *endpoint, uint32_t length,
                                   struct ffa_mem_slot *slot)
{
    struct ffa_view view;

    if (length == 0 || length % sizeof(struct ffa_mem_range) != 0 ||
        length > slot->total - slot->received) {
        return FFA_INVALID_PARAMETERS;
    }
    int32_t code = ffa_mem_tx_locked(endpoint, length, &view);
    return code == 0 ? ffa_mem_take_ranges(slot, &view, 0) : code;
}

struct sp *ffa_mem_frag_tx(struct spmc_core *core, struct sp *sp, uint64_t *x)
{
    struct ffa_endpoint *endpoint = ffa_endpoint_of(sp);
    uint64_t handle = (uint32_t)x[1] | x[2] << 32;
    struct ffa_mem_slot *slot;

    (void)core;
    // w4 names a VM that a hypervisor speaks for; there are none
    if (!ffa_mbz(sp, x, 4) || claim(sp, handle, &slot) != 0) {
        return ffa_error(sp, x, FFA_INVALID_PARAMETERS);
    }
    spin_lock(&endpoint->lock);
    int32_t code = receive_next_locked(endpoint, (uint32_t)x[3], slot);
    spin_unlock(&endpoint->lock);
    return ffa_mem_received(sp, x, slot, code);
}
