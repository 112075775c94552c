// SPDX-License-Identifier: BSD-3-Clause
//
// Descriptors of memory transactions (ffa_mem_abi.h) into TX and out of RX, and the calls that go with them. Called by the
// partition and by sp_rpc.c. What the SPMC answers is checked as far as this partition would follow it.
#include "sp_mem.h"

#include "ffa_mem_abi.h"
#include "sp_private.h"

#define KIND_SHIFT 3 // of FFA_MEM_FLAG_TYPE
_Static_assert(SP_MEM_SHARED << KIND_SHIFT == FFA_MEM_FLAG_SHARE &&
                   SP_MEM_LENT << KIND_SHIFT == FFA_MEM_FLAG_LEND &&
                   SP_MEM_DONATED << KIND_SHIFT == FFA_MEM_FLAG_DONATE,
               "DEN0077A flags");

// What is in TX for FFA_MEM_RETRIEVE_REQ
struct retrieval {
    struct ffa_mem_transaction head;
    struct ffa_mem_access access;
};

// … for an offer: composite and range follow the access descriptors in use
struct offered {
    struct ffa_mem_transaction head;
    struct ffa_mem_access access[SP_MEM_BORROWERS_MAX];
};
struct piece {
    struct ffa_mem_composite composite;
    struct ffa_mem_range range;
};
_Static_assert(sizeof(struct offered) + sizeof(struct piece) <= SP_RXTX_SIZE, "one fragment");
_Static_assert(SP_MEM_PAGE == FFA_MEM_PAGE, "DEN0077A");

// … for FFA_MEM_RELINQUISH
struct relinquishment {
    struct ffa_mem_relinquish head;
    uint16_t endpoint;
};

static uint8_t data_permissions(bool writable)
{
    return writable ? FFA_MEM_DATA_RW : FFA_MEM_DATA_RO;
}

// The first `size` bytes of TX hold the descriptor
static int offer_call(uint32_t function, uint32_t size, uint64_t *handle)
{
    struct ffa_args args = { .x = { function, size, size } };

    sp_call_short(&args);
    int error = sp_error_of(&args, FFA_SUCCESS_32);

    if (error == 0) {
        *handle = (uint32_t)args.x[2] | args.x[3] << 32;
    }
    return error;
}

static int offer(uint32_t function, enum sp_mem_kind kind, const struct sp_mem_offer *what,
                 uint64_t *handle)
{
    struct offered *tx = sp_tx();
    uint32_t count = what->borrower_count;

    if (count == 0 || count > SP_MEM_BORROWERS_MAX) {
        return ERR_INVALID;
    }
    struct piece *piece = (struct piece *)&tx->access[count];
    // Who gets it alone takes over how it is mapped: the owner names no attributes
    bool shared = kind == SP_MEM_SHARED || (kind == SP_MEM_LENT && count > 1);

    tx->head = (struct ffa_mem_transaction){
        .sender = sp_id(),
        .attributes = shared ? FFA_MEM_ATTR_NORMAL : 0,
        .flags = what->zero ? FFA_MEM_FLAG_ZERO : 0,
        .tag = what->tag,
        .access_size = sizeof(tx->access[0]),
        .access_count = count,
        .access_offset = offsetof(struct offered, access),
    };
    for (uint32_t i = 0; i < count; i++) {
        bool writable = what->borrowers[i].writable;

        tx->access[i] = (struct ffa_mem_access){
            .receiver = what->borrowers[i].id,
            .permissions =
                kind == SP_MEM_DONATED ? FFA_MEM_DATA_UNSPECIFIED : data_permissions(writable),
            .composite_offset = (uint32_t)((uintptr_t)piece - (uintptr_t)tx),
        };
    }
    piece->composite =
        (struct ffa_mem_composite){ .page_count = what->page_count, .range_count = 1 };
    piece->range =
        (struct ffa_mem_range){ .address = (uintptr_t)what->base, .page_count = what->page_count };
    return offer_call(function, (uint32_t)((uintptr_t)(piece + 1) - (uintptr_t)tx), handle);
}

int sp_mem_share(const struct sp_mem_offer *what, uint64_t *handle)
{
    return offer(FFA_MEM_SHARE_32, SP_MEM_SHARED, what, handle);
}

int sp_mem_lend(const struct sp_mem_offer *what, uint64_t *handle)
{
    return offer(FFA_MEM_LEND_32, SP_MEM_LENT, what, handle);
}

int sp_mem_donate(const struct sp_mem_offer *what, uint64_t *handle)
{
    return offer(FFA_MEM_DONATE_32, SP_MEM_DONATED, what, handle);
}

int sp_mem_reclaim(uint64_t handle, bool zero)
{
    struct ffa_args args = { .x = { FFA_MEM_RECLAIM, (uint32_t)handle, handle >> 32,
                                    zero ? FFA_MEM_RECLAIM_ZERO : 0 } };

    sp_call_short(&args);
    return sp_error_of(&args, FFA_SUCCESS_32);
}

static void put_claim(const struct sp_mem_claim *claim)
{
    struct retrieval *tx = sp_tx();
    // Only who has it alone could execute it, and says that it does not want to
    bool alone = claim->kind == SP_MEM_DONATED || (claim->kind == SP_MEM_LENT && !claim->several);

    tx->head = (struct ffa_mem_transaction){
        .sender = claim->owner,
        .flags = (uint32_t)claim->kind << KIND_SHIFT |
                 (claim->zero_after ? FFA_MEM_FLAG_ZERO_AFTER : 0) |
                 (claim->several ? FFA_MEM_FLAG_BYPASS : 0),
        .handle = claim->handle,
        .tag = claim->tag,
        .access_size = sizeof(tx->access),
        .access_count = 1,
        .access_offset = offsetof(struct retrieval, access),
    };
    tx->access = (struct ffa_mem_access){
        .receiver = sp_id(),
        .permissions =
            (uint8_t)(data_permissions(claim->writable) | (alone ? FFA_MEM_INSTRUCTION_NX : 0)),
        .impdef = { claim->impdef[0], claim->impdef[1] },
    };
}

// Where `size` bytes of RX stand that must lie in the response's first `length` bytes, or NULL
static const void *response_part(uint32_t offset, uint32_t size, uint32_t length)
{
    bool inside = size <= length && offset <= length - size && offset % 8 == 0;

    return inside ? (const uint8_t *)sp_rx() + offset : NULL;
}

// RX → view. `length`: bytes of the response
static int read_response(const struct sp_mem_claim *claim, uint32_t length,
                         struct sp_mem_view *view)
{
    const struct ffa_mem_transaction *head = response_part(0, sizeof(*head), length);

    if (length > SP_RXTX_SIZE || head == NULL || head->handle != claim->handle ||
        head->sender != claim->owner || head->access_count != 1 ||
        head->access_size != sizeof(struct ffa_mem_access)) {
        return ERR_IO;
    }
    const struct ffa_mem_access *access =
        response_part(head->access_offset, sizeof(*access), length);

    if (access == NULL || access->receiver != sp_id()) {
        return ERR_IO;
    }
    const struct piece *piece = response_part(access->composite_offset, sizeof(*piece), length);

    if (piece == NULL || piece->composite.range_count != 1 || piece->range.page_count == 0 ||
        piece->composite.page_count != piece->range.page_count ||
        piece->range.address % SP_MEM_PAGE != 0 || piece->range.address == 0) {
        return ERR_IO;
    }
    *view = (struct sp_mem_view){
        .base = (volatile uint8_t *)(uintptr_t)piece->range.address,
        .size = (size_t)piece->range.page_count * SP_MEM_PAGE,
        .kind = claim->kind,
        .writable = (access->permissions & FFA_MEM_DATA_MASK) == FFA_MEM_DATA_RW,
        .normal_world = (head->attributes & FFA_MEM_ATTR_NS) != 0,
    };
    return 0;
}

int sp_mem_retrieve(const struct sp_mem_claim *claim, struct sp_mem_view *view)
{
    struct ffa_args args = { .x = { FFA_MEM_RETRIEVE_REQ_32, sizeof(struct retrieval),
                                    sizeof(struct retrieval) } };

    put_claim(claim);
    sp_call_short(&args);
    int error = sp_error_of(&args, FFA_MEM_RETRIEVE_RESP);

    if (error != 0) {
        return error;
    }
    struct sp_mem_view found;
    uint32_t length = (uint32_t)args.x[1];

    error = (uint32_t)args.x[2] == length ? read_response(claim, length, &found) : ERR_IO;
    if (sp_rx_release() != 0) { // the response was in it
        error = ERR_IO;
    }
    if (error != 0) {
        if (sp_mem_relinquish(claim->handle) != 0) {
            sp_die("memory was mapped here that nobody knows of");
        }
        return error;
    }
    *view = found;
    return 0;
}

int sp_mem_relinquish(uint64_t handle)
{
    struct relinquishment *tx = sp_tx();
    struct ffa_args args = { .x = { FFA_MEM_RELINQUISH } };

    tx->head = (struct ffa_mem_relinquish){ .handle = handle, .endpoint_count = 1 };
    tx->endpoint = sp_id();
    sp_call_short(&args);
    return sp_error_of(&args, FFA_SUCCESS_32);
}
