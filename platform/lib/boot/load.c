// SPDX-License-Identifier: BSD-3-Clause
//
// Loading one image from the FIP; contracts in load.h.
#include "load.h"

#include "auth.h"
#include "cache.h"
#include "fip_names.h"
#include "log.h"
#include "platform.h"
#include "string.h"

static int storage_read(void *ctx, uint64_t offset, void *buf, size_t len)
{
    (void)ctx;
    return plat_storage_read(board.storage_fip_offset + offset, buf,
                             len); // fip.c keeps offset inside the window
}

// The fault of the FIP as a whole, or of the entry of one image
static void report(const struct fip *fip, const struct image_fault *fault)
{
    if (fault->entry != IMAGE_FAULT_NO_ENTRY) {
        const struct fip_name *known = fip_names_find(fip->entries[fault->entry].uuid);

        log_error("FIP: entry %u (%s): %s %s: found 0x%llx, limit 0x%llx", fault->entry,
                  known != NULL ? known->title : "partition package or unknown", fault->field,
                  fault->text, (unsigned long long)fault->found,
                  (unsigned long long)fault->expected);
        return;
    }
    log_error("FIP: %s %s: found 0x%llx, limit 0x%llx", fault->field, fault->text,
              (unsigned long long)fault->found, (unsigned long long)fault->expected);
}

int load_open(struct fip *fip)
{
    struct fip_io io = { storage_read, NULL, board.storage_fip_size };
    struct image_fault fault;
    int result = fip_open(fip, &io, &fault);

    if (result != ERR_NONE) {
        report(fip, &fault);
    }
    return result;
}

// Steps 3 and 4: after a refusal nothing of the image is left in memory.
static int copy_and_judge(const struct fip *fip, const struct fip_entry *entry,
                          const struct load_row *row)
{
    void *to = (void *)(uintptr_t)row->base;
    int result = fip_read(fip, entry, 0, to, entry->size);

    if (result != ERR_NONE) {
        log_error("%s: the boot storage cannot be read, error %d", row->name, result);
    } else if (auth_image(row->uuid, to, entry->size) != AUTH_NOT_VERIFIED) {
        log_error("%s: refused by verification", row->name);
        result = ERR_DENIED;
    }
    if (result != ERR_NONE) {
        memory_wipe(to, entry->size);
    }
    // What runs from there starts with its MMU and caches off, or on another core: it must be in
    // memory. And no line may stay behind that would hide what the image itself writes with its
    // caches off.
    cache_clean_inv_range(row->base, entry->size);
    return result;
}

int load_image(const struct fip *fip, const struct load_row *row, uint64_t *size)
{
    struct image_fault fault;
    struct fip_entry entry;
    int result = fip_find(fip, row->uuid, &entry, &fault);

    *size = 0;
    if (result != ERR_NONE) {
        log_error("%s: not in the FIP", row->name);
        return result;
    }
    if (entry.size > row->limit) {
        log_error("%s: size %llu must be at most %llu, the region at 0x%llx", row->name,
                  (unsigned long long)entry.size, (unsigned long long)row->limit,
                  (unsigned long long)row->base);
        return ERR_RANGE;
    }
    result = copy_and_judge(fip, &entry, row);
    if (result != ERR_NONE) {
        return result;
    }
    *size = entry.size;
    log_info("%s: 0x%08llx, %llu bytes", row->name, (unsigned long long)row->base,
             (unsigned long long)entry.size);
    return ERR_NONE;
}
