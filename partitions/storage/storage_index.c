// SPDX-License-Identifier: BSD-3-Clause
//
// The index: which assets there are and where their chunks' records lie; the change that is being written. Called with what the rest
// of the store has checked or authenticated. Knows nothing of the flash.
#include <string.h>

#include "storage_private.h"
#include "storage_seal.h"

void storage_index_clear(void)
{
    memset(store.assets, 0, sizeof(store.assets));
    memset(store.chunks, 0, sizeof(store.chunks));
    memset(&store.pending, 0, sizeof(store.pending));
    for (uint32_t i = 0; i < STORAGE_ROWS; i++) {
        store.assets[i].next = (uint16_t)(i + 1 < STORAGE_ROWS ? i + 1 : STORAGE_NONE);
    }
    for (uint32_t i = 0; i < STORAGE_CHUNKS_MAX; i++) {
        store.chunks[i].next = (uint16_t)(i + 1 < STORAGE_CHUNKS_MAX ? i + 1 : STORAGE_NONE);
    }
    for (uint32_t i = 0; i < STORAGE_BUCKETS; i++) {
        store.buckets[i] = STORAGE_NONE;
    }
    store.free_asset = 0;
    store.free_chunk = 0;
    store.asset_count = 0;
    store.lost_count = 0;
    store.chunk_count = 0;
    store.promised_bytes = 0;
    store.promised_chunks = 0;
}

uint32_t storage_index_count(uint32_t size)
{
    return size == 0 ? 1 : (size + STORAGE_CHUNK - 1) / STORAGE_CHUNK;
}

uint32_t storage_index_length(uint32_t size, uint32_t part)
{
    uint32_t left = size - part * STORAGE_CHUNK;

    return left < STORAGE_CHUNK ? left : STORAGE_CHUNK;
}

uint32_t storage_index_cost(uint32_t size)
{
    uint32_t last = storage_index_count(size) - 1;

    return last * storage_record_size(STORAGE_CHUNK) +
           storage_record_size(storage_index_length(size, last));
}

// Clients choose uids: a bad spread costs time, not more than looking at all assets.
static uint16_t *bucket_of(uint32_t owner, uint64_t uid, uint32_t space)
{
    uint32_t mix = (uint32_t)uid ^ (uint32_t)(uid >> 32) ^ owner ^ owner >> 16 ^ space << 7;

    mix ^= mix >> 16;
    mix ^= mix >> 8;
    return &store.buckets[mix % STORAGE_BUCKETS];
}

struct storage_asset *storage_index_find(const struct storage_name *name)
{
    uint16_t i = *bucket_of(name->owner, name->uid, name->space);

    while (i != STORAGE_NONE) {
        struct storage_asset *asset = &store.assets[i];

        if (asset->owner == name->owner && asset->uid == name->uid && asset->space == name->space) {
            return asset;
        }
        i = asset->next;
    }
    return NULL;
}

struct storage_asset *storage_index_find_lost(uint32_t hash)
{
    for (uint32_t i = 0; store.lost_count != 0 && i < STORAGE_ROWS; i++) {
        if (store.assets[i].state == STORAGE_LOST && store.assets[i].owner == hash) {
            return &store.assets[i];
        }
    }
    return NULL;
}

static struct storage_asset *take_asset(void)
{
    struct storage_asset *asset;

    if (store.free_asset == STORAGE_NONE) {
        return NULL;
    }
    asset = &store.assets[store.free_asset];
    store.free_asset = asset->next;
    store.asset_count++;
    *asset = (struct storage_asset){ .chunks = STORAGE_NONE, .next = STORAGE_NONE };
    return asset;
}

static void give_asset(struct storage_asset *asset)
{
    *asset = (struct storage_asset){ .state = STORAGE_FREE, .next = store.free_asset };
    store.free_asset = (uint16_t)(asset - store.assets);
    store.asset_count--;
}

static void promise(struct storage_asset *asset, uint32_t size, uint32_t capacity)
{
    asset->size = size;
    asset->capacity = capacity;
    store.promised_bytes += storage_index_cost(capacity);
    store.promised_chunks += storage_index_count(capacity);
}

static void take_back(const struct storage_asset *asset)
{
    store.promised_bytes -= storage_index_cost(asset->capacity);
    store.promised_chunks -= storage_index_count(asset->capacity);
}

struct storage_asset *storage_index_add(const struct storage_name *name,
                                        const struct storage_info *info, enum storage_state state)
{
    struct storage_asset *asset = take_asset();
    uint16_t *bucket = bucket_of(name->owner, name->uid, name->space);

    if (asset == NULL) {
        return NULL;
    }
    asset->uid = name->uid;
    asset->owner = name->owner;
    asset->space = (uint8_t)name->space;
    asset->flags = (uint8_t)info->flags;
    asset->state = (uint8_t)state;
    asset->next = *bucket;
    *bucket = (uint16_t)(asset - store.assets);
    promise(asset, info->size, info->capacity);
    return asset;
}

int storage_index_add_lost(uint32_t hash)
{
    struct storage_asset *asset = take_asset();

    if (asset == NULL) {
        return ERR_NO_MEMORY;
    }
    asset->owner = hash;
    asset->state = STORAGE_LOST;
    store.lost_count++;
    return ERR_NONE;
}

static void drop_chunks(struct storage_asset *asset)
{
    while (asset->chunks != STORAGE_NONE) {
        uint16_t i = asset->chunks;

        asset->chunks = store.chunks[i].next;
        store.chunks[i] = (struct storage_chunk){ .next = store.free_chunk };
        store.free_chunk = i;
        store.chunk_count--;
    }
}

void storage_index_drop(struct storage_asset *asset)
{
    if (asset->state == STORAGE_LOST) {
        store.lost_count--;
    } else {
        uint16_t *link = bucket_of(asset->owner, asset->uid, asset->space);

        while (&store.assets[*link] != asset) {
            link = &store.assets[*link].next;
        }
        *link = asset->next;
        take_back(asset);
        drop_chunks(asset);
    }
    give_asset(asset);
}

struct storage_name storage_index_name(const struct storage_asset *asset)
{
    return (struct storage_name){ .owner = asset->owner, .space = asset->space, .uid = asset->uid };
}

struct storage_chunk *storage_index_chunk(const struct storage_asset *asset, uint32_t part)
{
    uint16_t i = asset->chunks;

    while (i != STORAGE_NONE && part != 0) {
        i = store.chunks[i].next;
        part--;
    }
    return i != STORAGE_NONE ? &store.chunks[i] : NULL;
}

int storage_index_append(struct storage_asset *asset, uint64_t id, uint32_t offset)
{
    uint16_t *link = &asset->chunks;
    uint16_t i = store.free_chunk;

    if (i == STORAGE_NONE) {
        return ERR_NO_MEMORY;
    }
    while (*link != STORAGE_NONE) {
        link = &store.chunks[*link].next;
    }
    store.free_chunk = store.chunks[i].next;
    store.chunks[i] = (struct storage_chunk){ .id = id, .offset = offset, .next = STORAGE_NONE };
    *link = i;
    store.chunk_count++;
    return ERR_NONE;
}

// The asset that a change makes anew: without chunks.
static struct storage_asset *remake(const struct storage_pending *pending)
{
    struct storage_asset *asset = storage_index_find(&pending->name);

    if (asset == NULL && store.lost_count != 0) {
        struct storage_asset *lost = storage_index_find_lost(storage_seal_name(&pending->name));

        if (lost != NULL) {
            storage_index_drop(lost);
        }
    }
    if (asset == NULL) {
        return storage_index_add(&pending->name, &pending->info, STORAGE_GOOD);
    }
    take_back(asset);
    drop_chunks(asset);
    promise(asset, pending->info.size, pending->info.capacity);
    asset->flags = (uint8_t)pending->info.flags;
    asset->state = STORAGE_GOOD;
    return asset;
}

// Whether the chunks are those that the sizes want: of a change that this code wrote they are.
static bool is_whole(const struct storage_pending *pending, const struct storage_asset *asset)
{
    uint32_t end = pending->first + pending->count;
    uint32_t before = asset != NULL ? storage_index_count(asset->size) : 0;
    uint32_t after = storage_index_count(pending->info.size);

    if (pending->broken || pending->count == 0) {
        return false;
    }
    if (pending->kind == STORAGE_KIND_SET) {
        return pending->first == 0 && end == after;
    }
    return asset != NULL && pending->info.size >= asset->size &&
           pending->info.size <= asset->capacity && pending->first <= before &&
           (end > before ? end : before) == after;
}

static int commit_write(const struct storage_pending *pending, struct storage_asset *asset)
{
    int error = ERR_NONE;

    asset->size = pending->info.size;
    for (uint32_t i = 0; i < pending->count && asset->state == STORAGE_GOOD && error == ERR_NONE;
         i++) {
        struct storage_chunk *old = storage_index_chunk(asset, pending->first + i);

        if (old != NULL) {
            old->id = pending->chunks[i].id;
            old->offset = pending->chunks[i].offset;
        } else {
            error = storage_index_append(asset, pending->chunks[i].id, pending->chunks[i].offset);
        }
    }
    return error;
}

int storage_index_commit(void)
{
    struct storage_pending *pending = &store.pending;
    struct storage_asset *asset = storage_index_find(&pending->name);
    int error = is_whole(pending, asset) ? ERR_NONE : ERR_CORRUPT;

    if (error == ERR_NONE && pending->kind == STORAGE_KIND_WRITE) {
        error = commit_write(pending, asset);
    } else if (error == ERR_NONE) {
        asset = remake(pending);
        error = asset == NULL ? ERR_NO_MEMORY : ERR_NONE;
        for (uint32_t i = 0; i < pending->count && error == ERR_NONE; i++) {
            error = storage_index_append(asset, pending->chunks[i].id, pending->chunks[i].offset);
        }
    }
    pending->count = 0;
    pending->broken = false;
    return error;
}

struct storage_chunk *storage_index_holder(const struct storage_record *header)
{
    struct storage_pending *pending = &store.pending;
    const struct storage_name name = {
        .owner = header->owner,
        .space = (header->size >> STORAGE_HIGH_SHIFT & STORAGE_SPACE_BIT) != 0,
        .uid = header->uid,
    };
    const struct storage_asset *asset = storage_index_find(&name);
    struct storage_chunk *chunk = NULL;

    if (asset != NULL) {
        chunk = storage_index_chunk(asset, header->part & STORAGE_PART_MASK);
    }
    if (chunk != NULL && chunk->id == header->id) {
        return chunk;
    }
    for (uint32_t i = 0; i < pending->count; i++) {
        if (pending->chunks[i].id == header->id) {
            return &pending->chunks[i];
        }
    }
    return NULL;
}

int storage_index_blame(uint32_t hash)
{
    bool found = false;

    store.pending.broken = store.pending.count != 0;
    store.damaged++;
    if (hash == 0) { // an EPOCH: it is there twice
        return ERR_NONE;
    }
    for (uint32_t i = 0; i < STORAGE_ROWS; i++) {
        struct storage_asset *asset = &store.assets[i];
        struct storage_name name = storage_index_name(asset);

        if (asset->state == STORAGE_LOST && asset->owner == hash) {
            found = true;
        } else if ((asset->state == STORAGE_GOOD || asset->state == STORAGE_DAMAGED) &&
                   storage_seal_name(&name) == hash) {
            storage_index_lose(asset); // which chunk it was, nobody can tell
            found = true;
        }
    }
    return found ? ERR_NONE : storage_index_add_lost(hash);
}

void storage_index_lose(struct storage_asset *asset)
{
    drop_chunks(asset);
    asset->state = STORAGE_DAMAGED;
}
