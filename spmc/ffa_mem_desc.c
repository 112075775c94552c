// SPDX-License-Identifier: BSD-3-Clause
//
// Decoder and encoder of memory transaction descriptors, see ffa_mem_desc.h. DEN0077A "Memory transaction descriptor",
// "Endpoint memory access descriptor", "Composite memory region descriptor". Every offset and count is the caller's: sums
// are made in 64 bits, where they cannot wrap.
#include "ffa_mem_desc.h"

#include <stdbool.h>

#include "ffa_abi.h"

// Where the access descriptors are, by the header
struct layout {
    uint32_t offset;
    uint32_t size;
};

static uint32_t header_size(uint32_t version)
{
    return version < FFA_VERSION_1_1 ? sizeof(struct ffa_mem_transaction_1_0)
                                     : sizeof(struct ffa_mem_transaction);
}

static uint32_t access_size(uint32_t version)
{
    return version < FFA_VERSION_1_2 ? FFA_MEM_ACCESS_SIZE_1_0 : FFA_MEM_ACCESS_SIZE_1_2;
}

// Both formats of the header begin alike: where 1.0 has a reserved byte 1.1 has the upper half of the attributes, where it
// has a reserved word 1.1 has the size of an access descriptor; what 1.0 does not have follows from its rules.
// The hypervisor's form of RETRIEVE_REQ has nothing but a handle, so no size and no offset of access descriptors.
static int decode_header(const struct ffa_view *view, uint32_t version, struct ffa_mem_desc *desc,
                         struct layout *layout)
{
    struct ffa_mem_transaction wire;

    if (view->size < header_size(version)) {
        return ERR_INVALID;
    }
    wire.access_offset = 0;
    wire.reserved[0] = 0;
    wire.reserved[1] = 0;
    wire.reserved[2] = 0;
    ffa_view_read(view, 0, &wire, header_size(version));
    desc->sender = wire.sender;
    desc->attributes = wire.attributes;
    desc->flags = wire.flags;
    desc->handle = wire.handle;
    desc->tag = wire.tag;
    desc->borrower_count = wire.access_count;
    layout->offset = wire.access_offset;
    layout->size = access_size(version);
    if ((wire.reserved[0] | wire.reserved[1] | wire.reserved[2]) != 0) {
        return ERR_INVALID;
    }
    if (version < FFA_VERSION_1_1) {
        layout->offset = header_size(version);
        return wire.attributes <= UINT8_MAX && wire.access_size == 0 ? 0 : ERR_INVALID;
    }
    if ((wire.access_count | wire.access_size | wire.access_offset) == 0) {
        return 0;
    }
    return wire.access_size == layout->size && wire.access_offset % 16 == 0 &&
                   wire.access_offset >= sizeof(wire)
               ? 0
               : ERR_INVALID;
}

// All access descriptors; *end: the first byte after them. They must all name the same composite descriptor. Their 16-byte
// form has a reserved field where the longer one has the first half of impdef.
static int decode_accesses(const struct ffa_view *view, const struct layout *layout,
                           struct ffa_mem_desc *desc, uint32_t *composite_offset, uint64_t *end)
{
    struct ffa_mem_access wire;

    *end = layout->offset + (uint64_t)desc->borrower_count * layout->size;
    *composite_offset = 0;
    if (*end > view->size) {
        return ERR_INVALID;
    }
    if (desc->borrower_count > SPMC_MAX_BORROWERS) {
        return ERR_NO_MEMORY;
    }
    wire.impdef[1] = 0;
    wire.reserved = 0;
    for (uint32_t i = 0; i < desc->borrower_count; i++) {
        struct ffa_mem_borrower *borrower = &desc->borrowers[i];

        ffa_view_read(view, layout->offset + i * layout->size, &wire, layout->size);
        borrower->id = wire.receiver;
        borrower->permissions = wire.permissions;
        borrower->impdef[0] = wire.impdef[0];
        borrower->impdef[1] = wire.impdef[1];
        if (i == 0) {
            *composite_offset = wire.composite_offset;
        }
        if (wire.flags != 0 || wire.reserved != 0 || wire.composite_offset != *composite_offset ||
            (layout->size == FFA_MEM_ACCESS_SIZE_1_0 && wire.impdef[0] != 0)) {
            return ERR_INVALID;
        }
    }
    return 0;
}

int ffa_mem_desc_decode_send(const struct ffa_view *view, uint32_t total, uint32_t version,
                             struct ffa_mem_desc *desc)
{
    struct ffa_mem_composite composite;
    struct layout layout;
    uint32_t offset;
    uint64_t end;
    int err = decode_header(view, version, desc, &layout);

    if (err == 0) {
        err = desc->borrower_count == 0 ? ERR_INVALID
                                        : decode_accesses(view, &layout, desc, &offset, &end);
    }
    if (err != 0) {
        return err;
    }
    if (offset % 8 != 0 || offset < end || (uint64_t)offset + sizeof(composite) > view->size) {
        return ERR_INVALID;
    }
    ffa_view_read(view, offset, &composite, sizeof(composite));
    desc->page_count = composite.page_count;
    desc->range_count = composite.range_count;
    desc->ranges_offset = offset + (uint32_t)sizeof(composite);
    uint64_t bytes = (uint64_t)composite.range_count * sizeof(struct ffa_mem_range);
    if (composite.reserved != 0 || composite.range_count == 0 ||
        composite.page_count < composite.range_count || desc->ranges_offset + bytes != total ||
        (view->size - desc->ranges_offset) % sizeof(struct ffa_mem_range) != 0) {
        return ERR_INVALID;
    }
    return composite.range_count > SPMC_MAX_RANGES || composite.page_count > SPMC_MAX_MEM_PAGES
               ? ERR_NO_MEMORY
               : 0;
}

int ffa_mem_desc_decode_retrieve(const struct ffa_view *view, uint32_t version,
                                 struct ffa_mem_desc *desc)
{
    struct layout layout;
    uint32_t composite_offset;
    uint64_t end;
    int err = decode_header(view, version, desc, &layout);

    if (err != 0) {
        return err;
    }
    if (desc->borrower_count == 0) {
        bool bare = version < FFA_VERSION_1_1 || layout.offset == 0;

        return bare && view->size == header_size(version) ? 0 : ERR_INVALID;
    }
    err = decode_accesses(view, &layout, desc, &composite_offset, &end);
    if (err != 0) {
        return err;
    }
    // No addresses of the receiver's choice
    return composite_offset == 0 && end == view->size ? 0 : ERR_INVALID;
}

int ffa_mem_desc_decode_range(const struct ffa_view *view, uint32_t offset, uint64_t limit,
                              struct ffa_mem_range *range)
{
    ffa_view_read(view, offset, range, sizeof(*range));
    if (range->reserved != 0 || range->page_count == 0 || range->address % FFA_MEM_PAGE != 0 ||
        range->address >= limit || range->page_count > (limit - range->address) / FFA_MEM_PAGE) {
        return ERR_INVALID;
    }
    return 0;
}

int ffa_mem_desc_decode_relinquish(const struct ffa_view *view, uint64_t *handle, uint32_t *flags,
                                   uint16_t *endpoint)
{
    struct {
        struct ffa_mem_relinquish fixed;
        uint16_t endpoints[4]; // a word; all but the first are not part of the descriptor
    } wire;

    if (view->size < sizeof(wire)) {
        return ERR_INVALID;
    }
    ffa_view_read(view, 0, &wire, sizeof(wire));
    *handle = wire.fixed.handle;
    *flags = wire.fixed.flags;
    *endpoint = wire.endpoints[0];
    return wire.fixed.endpoint_count == 1 ? 0 : ERR_INVALID;
}

uint32_t ffa_mem_desc_encode(const struct ffa_mem_desc *desc, uint32_t version, void *to)
{
    struct ffa_mem_transaction *head = to;
    uint32_t size = access_size(version);
    uint32_t offset = header_size(version);
    uint32_t composite_offset = offset + desc->borrower_count * size;

    head->sender = desc->sender;
    head->attributes = desc->attributes;
    head->flags = desc->flags;
    head->handle = desc->handle;
    head->tag = desc->tag;
    head->access_size = 0; // 1.0: reserved, and the end is after the next field
    head->access_count = desc->borrower_count;
    if (version >= FFA_VERSION_1_1) {
        head->access_size = size;
        head->access_offset = offset;
        head->reserved[0] = 0;
        head->reserved[1] = 0;
        head->reserved[2] = 0;
    }
    for (uint32_t i = 0; i < desc->borrower_count; i++) {
        struct ffa_mem_access *access = (void *)((uint8_t *)to + offset + i * size);
        const struct ffa_mem_borrower *borrower = &desc->borrowers[i];

        access->receiver = borrower->id;
        access->permissions = borrower->permissions;
        access->flags = 0;
        access->composite_offset = composite_offset;
        access->impdef[0] = 0; // before 1.2: reserved, and the end
        if (version >= FFA_VERSION_1_2) {
            access->impdef[0] = borrower->impdef[0];
            access->impdef[1] = borrower->impdef[1];
            access->reserved = 0;
        }
    }
    struct ffa_mem_composite *composite = (void *)((uint8_t *)to + composite_offset);

    composite->page_count = desc->page_count;
    composite->range_count = desc->range_count;
    composite->reserved = 0;
    return composite_offset + (uint32_t)sizeof(*composite);
}
