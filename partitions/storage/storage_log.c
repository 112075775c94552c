// SPDX-License-Identifier: BSD-3-Clause
//
// The store's frame: mount, reading, figures; contracts in storage_log.h. Trusts nothing that it reads from flash before
// storage_seal.c has authenticated it.
#include "storage_log.h"

#include <string.h>

#include "storage_private.h"
#include "storage_seal.h"

struct storage_store store;

static bool is_geometry(const struct storage_flash *flash)
{
    return flash->block_size >= STORAGE_BLOCK_SIZE_MIN && flash->block_size <= 0x1000000 &&
           (flash->block_size & (flash->block_size - 1)) == 0 &&
           flash->block_count >= STORAGE_BLOCKS_MIN && flash->block_count <= STORAGE_BLOCKS_MAX;
}

static int read_counter(void)
{
    int error =
        store.counter.read(store.counter.context, &store.counter_value, &store.counter_limit);

    if (error == ERR_NOT_SUPPORTED) {
        store.counter_value = 0;
        store.counter_limit = 0;
        store.rollback = STORAGE_ROLLBACK_NONE;
        return ERR_NONE;
    }
    store.rollback = store.counter_value >= store.counter_limit ? STORAGE_ROLLBACK_USED_UP
                                                                : STORAGE_ROLLBACK_COUNTED;
    return error == ERR_NONE ? ERR_NONE : ERR_IO;
}

int storage_log_mount(const struct storage_flash *flash, const struct storage_counter *counter,
                      const uint8_t key[STORAGE_KEY_SIZE])
{
    int error;

    memset(&store, 0, sizeof(store));
    store.flash = *flash;
    store.counter = *counter;
    error = is_geometry(flash) ? storage_seal_init(key) : ERR_INVALID;
    if (error == ERR_NONE) {
        error = read_counter();
    }
    if (error == ERR_NONE) {
        error = storage_mount_find();
    }
    if (error != ERR_NONE) {
        memset(&store, 0, sizeof(store));
        return error;
    }
    store.mounted = true;
    // What the last mount left is made final before anybody sees it. Flash that cannot be written can still be read: then changes fail
    if (store.epoch_due) {
        error = storage_append_epoch();
    }
    return ERR_NONE;
}

int storage_log_find(const struct storage_name *name, struct storage_asset **asset)
{
    *asset = NULL;
    if (!store.mounted) {
        return ERR_CORRUPT;
    }
    *asset = storage_index_find(name);
    if (*asset != NULL) {
        return ERR_NONE;
    }
    if (store.lost_count != 0 && storage_index_find_lost(storage_seal_name(name)) != NULL) {
        return ERR_CORRUPT;
    }
    return ERR_NOT_FOUND;
}

int storage_log_info(const struct storage_name *name, struct storage_info *info)
{
    struct storage_asset *asset;
    int error = storage_log_find(name, &asset);

    if (error == ERR_NONE) {
        *info = (struct storage_info){ .size = asset->size,
                                       .capacity = asset->capacity,
                                       .flags = asset->flags };
    }
    return error;
}

int storage_log_fetch(const struct storage_chunk *chunk, uint32_t length, uint8_t *record,
                      uint8_t *plain)
{
    int error = ERR_CORRUPT;

    for (uint32_t reads = 0; reads < STORAGE_READS && error != ERR_NONE; reads++) {
        struct storage_record header;

        error = storage_mount_read(chunk->offset, record, storage_record_size(length));
        memcpy(&header, record, sizeof(header));
        if (error == ERR_NONE) {
            error = header.id == chunk->id && header.length == length
                        ? storage_seal_open(record, plain)
                        : ERR_CORRUPT;
        }
    }
    return error;
}

int storage_log_load(const struct storage_chunk *chunk, uint32_t length, uint8_t *plain)
{
    static uint8_t record[STORAGE_RECORD_MAX];

    return chunk != NULL ? storage_log_fetch(chunk, length, record, plain) : ERR_CORRUPT;
}

int storage_log_read(const struct storage_name *name, uint32_t offset, void *to, uint32_t size,
                     uint32_t *done)
{
    static uint8_t plain[STORAGE_CHUNK];
    uint8_t *at = to;
    struct storage_asset *asset;
    uint32_t end;
    int error = storage_log_find(name, &asset);

    *done = 0;
    if (error == ERR_NONE && offset > asset->size) {
        error = ERR_RANGE;
    }
    if (error != ERR_NONE) {
        return error;
    }
    if (asset->state == STORAGE_DAMAGED) {
        return ERR_CORRUPT;
    }
    end = offset + (size < asset->size - offset ? size : asset->size - offset);
    while (offset < end && error == ERR_NONE) {
        uint32_t part = offset / STORAGE_CHUNK;
        uint32_t within = offset % STORAGE_CHUNK;
        uint32_t length = storage_index_length(asset->size, part);
        uint32_t take = length - within < end - offset ? length - within : end - offset;

        error = storage_log_load(storage_index_chunk(asset, part), length, plain);
        if (error == ERR_NONE) {
            memcpy(at, plain + within, take);
            at += take;
            offset += take;
        }
    }
    memset(plain, 0, sizeof(plain));
    if (error != ERR_NONE) {
        memset(to, 0, (size_t)(at - (uint8_t *)to));
        return error;
    }
    *done = (uint32_t)(at - (uint8_t *)to);
    return ERR_NONE;
}

// The largest asset that set() would take now.
static uint32_t free_bytes(void)
{
    uint32_t least = 0;
    uint32_t most = STORAGE_ASSET_MAX;

    if (store.asset_count >= STORAGE_ASSETS_MAX || !storage_gc_may_promise(0, STORAGE_NO_ASSET)) {
        return 0;
    }
    while (least < most) {
        uint32_t middle = (least + most + 1) / 2;

        if (storage_gc_may_promise(middle, STORAGE_NO_ASSET)) {
            least = middle;
        } else {
            most = middle - 1;
        }
    }
    return least;
}

void storage_log_stats(struct storage_stats *stats)
{
    *stats = (struct storage_stats){ .rollback = store.rollback };
    if (!store.mounted) {
        return;
    }
    stats->blocks = store.flash.block_count;
    stats->erases_min = UINT32_MAX;
    for (uint32_t i = 0; i < store.flash.block_count; i++) {
        uint32_t erases = store.blocks[i].erases;

        stats->erases_min = erases < stats->erases_min ? erases : stats->erases_min;
        stats->erases_max = erases > stats->erases_max ? erases : stats->erases_max;
    }
    stats->asked = store.asked;
    stats->written = store.written;
    stats->damaged = store.damaged;
    stats->free_bytes = free_bytes();
}

void storage_log_usage(uint16_t endpoint, struct storage_usage *usage)
{
    *usage = (struct storage_usage){ .assets = 0 };
    for (uint32_t i = 0; i < STORAGE_ROWS; i++) {
        const struct storage_asset *asset = &store.assets[i];

        if ((asset->state == STORAGE_GOOD || asset->state == STORAGE_DAMAGED) &&
            asset->owner >> 16 == endpoint) {
            usage->assets++;
            usage->bytes += asset->capacity;
        }
    }
}
