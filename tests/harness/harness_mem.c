// SPDX-License-Identifier: BSD-3-Clause
//
// Memory transaction descriptors, see harness_mem.h.
#include "tests/harness/harness_mem.h"

#include <string.h>

#include "ffa/abi/ffa_abi.h"

static size_t header_size(const struct h_mem *mem)
{
    return mem->version == FFA_VERSION_1_0 ? sizeof(struct ffa_mem_transaction_1_0)
                                           : sizeof(struct ffa_mem_transaction);
}

static size_t access_size(const struct h_mem *mem)
{
    return mem->version >= FFA_VERSION_1_2 ? FFA_MEM_ACCESS_SIZE_1_2 : FFA_MEM_ACCESS_SIZE_1_0;
}

size_t h_mem_access_at(const struct h_mem *mem, uint32_t index)
{
    return header_size(mem) + index * access_size(mem);
}

size_t h_mem_composite_at(const struct h_mem *mem)
{
    return h_mem_access_at(mem, mem->borrower_count);
}

size_t h_mem_range_at(const struct h_mem *mem, uint32_t index)
{
    return h_mem_composite_at(mem) + sizeof(struct ffa_mem_composite) +
           index * sizeof(struct ffa_mem_range);
}

// Copies what fits
static void put(void *to, size_t size, size_t at, const void *from, size_t length)
{
    if (at < size) {
        memcpy((uint8_t *)to + at, from, length < size - at ? length : size - at);
    }
}

static void put_header(const struct h_mem *mem, void *to, size_t size)
{
    if (mem->version == FFA_VERSION_1_0) {
        struct ffa_mem_transaction_1_0 header = {
            .sender = mem->sender,
            .attributes = (uint8_t)mem->attributes,
            .flags = mem->flags,
            .handle = mem->handle,
            .tag = mem->tag,
            .access_count = mem->borrower_count,
        };
        put(to, size, 0, &header, sizeof(header));
        return;
    }
    struct ffa_mem_transaction header = {
        .sender = mem->sender,
        .attributes = mem->attributes,
        .flags = mem->flags,
        .handle = mem->handle,
        .tag = mem->tag,
        .access_size = (uint32_t)access_size(mem),
        .access_count = mem->borrower_count,
        .access_offset = (uint32_t)header_size(mem),
    };
    put(to, size, 0, &header, sizeof(header));
}

static void put_access(const struct h_mem *mem, void *to, size_t size)
{
    for (uint32_t i = 0; i < mem->borrower_count; i++) {
        const struct h_mem_borrower *b = &mem->borrowers[i % H_MEM_BORROWERS];
        struct ffa_mem_access access = {
            .receiver = b->id,
            .permissions = b->permissions,
            .flags = b->flags,
            .composite_offset = mem->range_count != 0 ? (uint32_t)h_mem_composite_at(mem) : 0,
        };
        if (mem->version >= FFA_VERSION_1_2) {
            memcpy(access.impdef, b->impdef, sizeof(access.impdef));
        }
        put(to, size, h_mem_access_at(mem, i), &access, access_size(mem));
    }
}

size_t h_mem_describe(const struct h_mem *mem, void *to, size_t size)
{
    struct ffa_mem_composite composite = { .range_count = mem->range_count };

    put_header(mem, to, size);
    put_access(mem, to, size);
    if (mem->range_count == 0) {
        return h_mem_composite_at(mem);
    }
    for (uint32_t i = 0; i < mem->range_count; i++) {
        composite.page_count += mem->ranges[i].page_count;
        put(to, size, h_mem_range_at(mem, i), &mem->ranges[i], sizeof(mem->ranges[i]));
    }
    put(to, size, h_mem_composite_at(mem), &composite, sizeof(composite));
    return h_mem_range_at(mem, mem->range_count);
}
