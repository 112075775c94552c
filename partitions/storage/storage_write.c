// SPDX-License-Identifier: BSD-3-Clause
//
// What changes assets: set, create, write, remove; contracts in storage_log.h. Each checks everything, makes room, writes its records, and
// only then changes the index: a change that fails leaves it as it was.
#include <string.h>

#include "storage_private.h"
#include "storage_seal.h"

static struct storage_record header_for(const struct storage_name *name,
                                        const struct storage_info *info, enum storage_kind kind)
{
    return (struct storage_record){
        .kind = (uint8_t)kind,
        .uid = name->uid,
        .owner = name->owner,
        .size = info->size |
                ((info->flags & STORAGE_FLAGS_MASK) | (name->space != 0 ? STORAGE_SPACE_BIT : 0))
                    << STORAGE_HIGH_SHIFT,
        .capacity = info->capacity,
    };
}

static bool is_name(const struct storage_name *name)
{
    return name->space <= 1;
}

// Allows changes, and makes room for records of `bytes`.
static int begin(uint32_t bytes)
{
    int error = storage_append_begin();

    return error == ERR_NONE ? storage_gc_make_room(bytes) : error;
}

// Chunks `first` … of the new content of an asset; plain(part) gives each.
struct change {
    const struct storage_name *name;
    struct storage_info info;
    enum storage_kind kind;
    uint32_t first;
    uint32_t count;
    const uint8_t *data; // SET: the asset's; WRITE: what goes to `offset`
    uint32_t offset;
    uint32_t size;
    const struct storage_asset *old; // WRITE
};

static uint32_t bytes_of(const struct change *change)
{
    uint32_t bytes = 0;

    for (uint32_t i = 0; i < change->count; i++) {
        bytes += storage_record_size(storage_index_length(change->info.size, change->first + i));
    }
    return bytes;
}

// The chunk as it is to become. What is not written anew comes from the old one.
static int compose(const struct change *change, uint32_t part, uint8_t *plain)
{
    uint32_t start = part * STORAGE_CHUNK;
    uint32_t length = storage_index_length(change->info.size, part);
    uint32_t from = change->offset > start ? change->offset - start : 0;
    uint32_t to = change->offset + change->size - start;
    struct storage_chunk *chunk;
    int error = ERR_NONE;

    to = to < length ? to : length;
    if (from != 0 || to != length) {
        chunk = storage_index_chunk(change->old, part);
        if (chunk != NULL) {
            error = storage_log_load(chunk, storage_index_length(change->old->size, part), plain);
        }
    }
    if (to > from) {
        memcpy(plain + from, change->data + (start + from - change->offset), to - from);
    }
    return error;
}

// Writes all records of a change, then puts it into the index.
static int write_change(const struct change *change, uint32_t hash)
{
    static uint8_t plain[STORAGE_CHUNK];
    struct storage_pending *pending = &store.pending;
    int error = ERR_NONE;

    pending->name = *change->name;
    pending->info = change->info;
    pending->kind = (uint8_t)change->kind;
    pending->first = change->first;
    for (uint32_t i = 0; i < change->count && error == ERR_NONE; i++) {
        struct storage_record header = header_for(change->name, &change->info, change->kind);

        header.part = (uint8_t)((change->first + i) | (i == 0 ? STORAGE_PART_FIRST : 0) |
                                (i + 1 == change->count ? STORAGE_PART_LAST : 0));
        header.length = (uint16_t)storage_index_length(change->info.size, change->first + i);
        error = compose(change, change->first + i, plain);
        if (error == ERR_NONE) {
            error = storage_append(&header, plain, hash, &pending->chunks[i]);
        }
        if (error == ERR_NONE) {
            pending->count = i + 1;
        }
    }
    memset(plain, 0, sizeof(plain));
    if (error == ERR_NONE) {
        store.asked += change->size;
        return storage_index_commit();
    }
    storage_gc_keep(NULL); // a mount may find it done
    pending->count = 0;
    return error;
}

// Of an asset that is there: what it has is given back.
static int check_promise(const struct storage_name *name, uint32_t hash, uint32_t capacity)
{
    const struct storage_asset *asset = storage_index_find(name);
    uint32_t old = asset != NULL ? asset->capacity : STORAGE_NO_ASSET;

    if (asset == NULL && store.asset_count >= STORAGE_ASSETS_MAX &&
        storage_index_find_lost(hash) == NULL) {
        return ERR_NO_MEMORY;
    }
    if (old != STORAGE_NO_ASSET && capacity <= old) {
        return ERR_NONE;
    }
    return storage_gc_may_promise(capacity, old) ? ERR_NONE : ERR_NO_MEMORY;
}

static int make_asset(struct change *change)
{
    uint32_t hash = storage_seal_name(change->name);
    int error = check_promise(change->name, hash, change->info.capacity);

    change->kind = STORAGE_KIND_SET;
    change->count = storage_index_count(change->info.size);
    if (error == ERR_NONE) {
        error = begin(bytes_of(change));
    }
    return error == ERR_NONE ? write_change(change, hash) : error;
}

int storage_log_set(const struct storage_name *name, const void *data, uint32_t size,
                    uint32_t flags)
{
    struct change change = {
        .name = name,
        .info = { .size = size, .capacity = size, .flags = flags },
        .data = data,
        .size = size,
    };

    if (!store.mounted) {
        return ERR_CORRUPT;
    }
    if (size > STORAGE_ASSET_MAX) {
        return ERR_RANGE;
    }
    if (!is_name(name) || flags > STORAGE_FLAGS_MASK) {
        return ERR_INVALID;
    }
    return make_asset(&change);
}

int storage_log_create(const struct storage_name *name, uint32_t capacity, uint32_t flags)
{
    struct change change = {
        .name = name,
        .info = { .size = 0, .capacity = capacity, .flags = flags },
    };

    if (!store.mounted) {
        return ERR_CORRUPT;
    }
    if (capacity > STORAGE_ASSET_MAX) {
        return ERR_RANGE;
    }
    if (!is_name(name) || flags > STORAGE_FLAGS_MASK) {
        return ERR_INVALID;
    }
    if (storage_index_find(name) != NULL) {
        return ERR_DUPLICATE;
    }
    if (store.lost_count != 0 && storage_index_find_lost(storage_seal_name(name)) != NULL) {
        return ERR_CORRUPT;
    }
    return make_asset(&change);
}

int storage_log_write(const struct storage_name *name, uint32_t offset, const void *data,
                      uint32_t size)
{
    struct storage_asset *asset;
    struct change change = {
        .name = name, .kind = STORAGE_KIND_WRITE, .data = data, .offset = offset, .size = size
    };
    uint32_t last;
    int error = storage_log_find(name, &asset);

    if (error != ERR_NONE) {
        return error;
    }
    if (offset > asset->size || size > asset->capacity - offset) {
        return ERR_RANGE;
    }
    if (asset->state == STORAGE_DAMAGED) {
        return ERR_CORRUPT;
    }
    if (size == 0) {
        return ERR_NONE;
    }
    last = offset + size - 1;
    change.info = (struct storage_info){
        .size = asset->size > last ? asset->size : last + 1,
        .capacity = asset->capacity,
        .flags = asset->flags,
    };
    change.first = offset / STORAGE_CHUNK;
    change.count = last / STORAGE_CHUNK - change.first + 1;
    change.old = asset;
    error = begin(bytes_of(&change));
    if (error == ERR_NONE && asset->state == STORAGE_DAMAGED) {
        error = ERR_CORRUPT; // the cleaner gave it up just now
    }
    return error == ERR_NONE ? write_change(&change, storage_seal_name(name)) : error;
}

int storage_log_remove(const struct storage_name *name)
{
    static const struct storage_info nothing;
    struct storage_record header = header_for(name, &nothing, STORAGE_KIND_REMOVE);
    struct storage_chunk chunk;
    struct storage_asset *asset;
    uint32_t hash;
    int error = storage_log_find(name, &asset);

    if (error == ERR_CORRUPT && store.mounted) {
        asset = storage_index_find_lost(storage_seal_name(name));
        error = ERR_NONE;
    }
    if (error != ERR_NONE) {
        return error;
    }
    hash = storage_seal_name(name);
    header.part = STORAGE_PART_FIRST | STORAGE_PART_LAST;
    error = begin(storage_record_size(0));
    if (error == ERR_NONE) {
        error = storage_append(&header, NULL, hash, &chunk);
    }
    if (error == ERR_NONE) {
        storage_index_drop(asset);
    }
    return error;
}
