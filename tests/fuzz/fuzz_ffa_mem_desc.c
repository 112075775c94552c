// SPDX-License-Identifier: BSD-3-Clause
//
// libFuzzer target for memory transaction descriptors (spmc/ffa_mem_desc.c): any bytes as the first fragment of a SHARE, as
// a RETRIEVE_REQ, as a RELINQUISH, of any version. Reads stay inside the view and touch no byte twice; what is accepted keeps
// to the rules, and is written and read again unchanged.
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "ffa_abi.h"
#include "ffa_mem_desc.h"

#define BUFFER 16384

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static uint64_t buffer[BUFFER / 8];
static uint8_t reads[BUFFER];

static void expect(bool condition)
{
    if (!condition) {
        abort();
    }
}

// Stands in for ffa_mem_view.c
void ffa_view_read(const struct ffa_view *view, uint32_t offset, void *to, uint32_t length)
{
    expect(offset % 8 == 0 && length % 8 == 0);
    expect(offset <= view->size && length <= view->size - offset);
    for (uint32_t i = 0; i < length; i++) {
        expect(reads[offset + i] == 0);
        reads[offset + i] = 1;
        ((uint8_t *)to)[i] = view->bytes[offset + i];
    }
}

static void check_round_trip(const struct ffa_mem_desc *desc, uint32_t version)
{
    static uint64_t written[BUFFER / 8];
    struct ffa_view view = { .bytes = (const uint8_t *)written };
    struct ffa_mem_desc again;

    // As RETRIEVE_RESP has it
    view.size = ffa_mem_desc_encode(desc, version, written);
    expect(view.size <= 48 + 32 * SPMC_MAX_BORROWERS + 16);
    memset(reads, 0, sizeof(reads));
    expect(ffa_mem_desc_decode_send(&view, view.size + 16 * desc->range_count, version, &again) ==
           0);
    expect(again.sender == desc->sender && again.attributes == desc->attributes &&
           again.flags == desc->flags && again.handle == desc->handle && again.tag == desc->tag);
    expect(again.borrower_count == desc->borrower_count && again.page_count == desc->page_count &&
           again.range_count == desc->range_count);
    for (uint32_t i = 0; i < again.borrower_count; i++) {
        expect(again.borrowers[i].id == desc->borrowers[i].id &&
               again.borrowers[i].permissions == desc->borrowers[i].permissions &&
               again.borrowers[i].impdef[0] == desc->borrowers[i].impdef[0] &&
               again.borrowers[i].impdef[1] == desc->borrowers[i].impdef[1]);
    }
}

static void try_send(struct ffa_view view, uint32_t total, uint32_t version)
{
    struct ffa_mem_desc desc;

    memset(reads, 0, sizeof(reads));
    if (ffa_mem_desc_decode_send(&view, total, version, &desc) != 0) {
        return;
    }
    expect(desc.borrower_count >= 1 && desc.borrower_count <= SPMC_MAX_BORROWERS);
    expect(desc.range_count >= 1 && desc.range_count <= SPMC_MAX_RANGES);
    expect(desc.page_count >= desc.range_count && desc.page_count <= SPMC_MAX_MEM_PAGES);
    expect(desc.ranges_offset <= view.size && desc.ranges_offset % 8 == 0);
    expect(total == desc.ranges_offset + 16ull * desc.range_count);
    for (uint32_t at = desc.ranges_offset; at < view.size; at += 16) {
        struct ffa_mem_range range;

        if (ffa_mem_desc_decode_range(&view, at, 1ull << 40, &range) == 0) {
            expect(range.page_count != 0 && range.address % 4096 == 0);
            expect((unsigned __int128)range.address + (uint64_t)range.page_count * 4096 <=
                   1ull << 40);
        }
    }
    check_round_trip(&desc, version);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct ffa_view view = { .bytes = (const uint8_t *)buffer };
    struct ffa_mem_desc desc;
    uint32_t total;
    uint64_t handle;
    uint32_t flags;
    uint16_t id;

    if (size < 8 || size - 8 > sizeof(buffer)) {
        return 0;
    }
    memcpy(&total, data + 4, sizeof(total));
    memset(buffer, 0, sizeof(buffer));
    memcpy(buffer, data + 8, size - 8);
    view.size = (uint32_t)size - 8;
    uint32_t version = FFA_VERSION_1_0 + data[0] % 3;
    try_send(view, (data[1] & 1) != 0 ? view.size : total, version);
    memset(reads, 0, sizeof(reads));
    if (ffa_mem_desc_decode_retrieve(&view, version, &desc) == 0) {
        expect(desc.borrower_count <= SPMC_MAX_BORROWERS && view.size >= 32);
    }
    memset(reads, 0, sizeof(reads));
    (void)ffa_mem_desc_decode_relinquish(&view, &handle, &flags, &id);
    return 0;
}
