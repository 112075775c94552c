// SPDX-License-Identifier: BSD-3-Clause
//
// The index at the start of a block: written piece by piece when the block is opened, read at mount. Both go through a window of one
// piece. Reading checks every value against the tables' sizes: the writer is authentic, and may be another version of this code.
#include <string.h>

#include "storage_private.h"
#include "storage_seal.h"

static struct {
    uint8_t plain[STORAGE_CHUNK];
    uint8_t record[STORAGE_RECORD_MAX];
    uint32_t used; // bytes of `plain`: filled so far, or taken so far
    uint32_t size; // reading: bytes that are there
    uint32_t piece;
    uint32_t offset; // of the next record, from the region's start
    uint32_t limit;  // end of the block
    uint32_t block;
    uint32_t generation;
    uint32_t total; // bytes of the whole snapshot
    uint32_t epoch; // reading: of the first piece, and so of all
    uint32_t number;
    bool last; // reading: this piece is it
} window;

static uint32_t plain_size(uint32_t assets, uint32_t chunks)
{
    return (uint32_t)(sizeof(struct storage_snapshot_head) + 4 * store.flash.block_count +
                      sizeof(struct storage_snapshot_asset) * assets +
                      sizeof(struct storage_snapshot_chunk) * chunks);
}

uint32_t storage_snapshot_size(uint32_t assets, uint32_t chunks)
{
    // The open change is in it, too
    uint32_t size = plain_size(assets + 1, chunks + STORAGE_CHUNKS_PER_ASSET);

    return storage_index_count(size) * STORAGE_RECORD_MAX;
}

static void window_open(uint32_t block, uint32_t generation)
{
    window.used = 0;
    window.size = 0;
    window.piece = 0;
    window.offset = block * store.flash.block_size + STORAGE_FIRST;
    window.limit = (block + 1) * store.flash.block_size;
    window.block = block;
    window.generation = generation;
}

// ---- Writing

// A piece knows where it belongs, so that a block with a damaged header is known by its snapshot.
static uint64_t piece_id(void)
{
    return (uint64_t)window.block << 32 | window.piece;
}

static int flush(bool last)
{
    struct storage_record header = {
        .kind = STORAGE_KIND_SNAPSHOT,
        .part = (uint8_t)((window.piece == 0 ? STORAGE_PART_FIRST : 0) |
                          (last ? STORAGE_PART_LAST : 0)),
        .length = (uint16_t)window.used,
        .epoch = store.epoch,
        .number = store.number,
        .uid = piece_id(),
        .owner = window.generation,
        .size = window.total,
    };
    uint32_t size = storage_record_size(window.used);
    const uint32_t commit = sizeof(struct storage_commit);
    int error;

    if (window.limit - window.offset < size) {
        return ERR_NO_MEMORY;
    }
    error = storage_seal_close(&header, window.plain, 0, window.record);
    if (error == ERR_NONE) {
        error = storage_append_program(window.offset, window.record, size - commit);
    }
    if (error == ERR_NONE) {
        error = storage_append_program(window.offset + size - commit, window.record + size - commit,
                                       commit);
    }
    window.offset += size;
    window.piece++;
    window.used = 0;
    return error;
}

static int put(const void *data, uint32_t size)
{
    const uint8_t *from = data;
    int error = ERR_NONE;

    while (size != 0 && error == ERR_NONE) {
        uint32_t part = STORAGE_CHUNK - window.used < size ? STORAGE_CHUNK - window.used : size;

        memcpy(window.plain + window.used, from, part);
        window.used += part;
        from += part;
        size -= part;
        if (window.used == STORAGE_CHUNK && size != 0) {
            error = flush(false);
        }
    }
    // A full window that is the end is for the last flush()
    return error;
}

static int put_chunk(const struct storage_chunk *chunk)
{
    const struct storage_snapshot_chunk entry = {
        .id_low = (uint32_t)chunk->id,
        .id_high = (uint32_t)(chunk->id >> 32),
        .offset = chunk->offset,
    };

    return put(&entry, sizeof(entry));
}

static int put_asset(const struct storage_asset *asset)
{
    const struct storage_snapshot_asset entry = {
        .uid_low = (uint32_t)asset->uid,
        .uid_high = (uint32_t)(asset->uid >> 32),
        .owner = asset->owner,
        .size = asset->size | ((uint32_t)asset->flags | (asset->space != 0 ? STORAGE_SPACE_BIT : 0))
                                  << STORAGE_HIGH_SHIFT,
        .capacity =
            asset->capacity | (asset->state == STORAGE_LOST      ? (uint32_t)STORAGE_ENTRY_LOST
                               : asset->state == STORAGE_DAMAGED ? (uint32_t)STORAGE_ENTRY_DAMAGED
                                                                 : 0)
                                  << STORAGE_HIGH_SHIFT,
    };
    int error = put(&entry, sizeof(entry));

    for (uint16_t i = asset->chunks; i != STORAGE_NONE && error == ERR_NONE;
         i = store.chunks[i].next) {
        error = put_chunk(&store.chunks[i]);
    }
    return error;
}

static int put_pending(void)
{
    const struct storage_pending *pending = &store.pending;
    const struct storage_snapshot_asset entry = {
        .uid_low = (uint32_t)pending->name.uid,
        .uid_high = (uint32_t)(pending->name.uid >> 32),
        .owner = pending->name.owner,
        .size = pending->info.size |
                (pending->info.flags | (pending->name.space != 0 ? STORAGE_SPACE_BIT : 0))
                    << STORAGE_HIGH_SHIFT,
        .capacity = pending->info.capacity | (pending->kind | pending->first << 3)
                                                 << STORAGE_HIGH_SHIFT,
    };
    int error = pending->count != 0 ? put(&entry, sizeof(entry)) : ERR_NONE;

    for (uint32_t i = 0; i < pending->count && error == ERR_NONE; i++) {
        error = put_chunk(&pending->chunks[i]);
    }
    return error;
}

int storage_snapshot_write(uint32_t block, uint32_t generation, uint32_t *end)
{
    const struct storage_snapshot_head head = {
        .generation = generation,
        .epoch = store.epoch,
        .number = store.number,
        .previous = store.name,
        .before_epoch = store.before_epoch,
        .before_number = store.before_number,
        .before_name = store.before_name,
        .block_count = store.flash.block_count,
        .asset_count = store.asset_count,
        .pending_count = store.pending.count | store.unused << STORAGE_UNUSED_SHIFT,
    };
    bool pending = store.pending.count != 0;
    int error;

    window_open(block, generation);
    window.total = plain_size(head.asset_count + pending, store.chunk_count + store.pending.count);
    error = put(&head, sizeof(head));
    for (uint32_t i = 0; i < store.flash.block_count && error == ERR_NONE; i++) {
        error = put(&store.blocks[i].erases, sizeof(uint32_t));
    }
    for (uint32_t i = 0; i < STORAGE_ROWS && error == ERR_NONE; i++) {
        if (store.assets[i].state != STORAGE_FREE) {
            error = put_asset(&store.assets[i]);
        }
    }
    if (error == ERR_NONE) {
        error = put_pending();
    }
    if (error == ERR_NONE) {
        error = flush(true);
    }
    *end = window.offset - block * store.flash.block_size;
    return error;
}

// ---- Reading

// Of this block, this generation, and the same snapshot: flash that was put back may have had another one here under that generation.
static bool is_piece(const struct storage_record *header)
{
    return storage_seal_is_header(header) && header->kind == STORAGE_KIND_SNAPSHOT &&
           header->uid == piece_id() &&
           (header->owner == window.generation || window.generation == 0) &&
           (window.piece == 0 || (header->epoch == window.epoch &&
                                  header->number == window.number && header->size == window.total));
}

// The next piece, authentic and committed, into the window; its header.
static int read_piece(struct storage_record *header)
{
    struct storage_commit commit;
    uint32_t size;
    int error;

    if (window.limit - window.offset < storage_record_size(0)) {
        return ERR_CORRUPT;
    }
    error = storage_mount_read(window.offset, window.record, sizeof(*header));
    if (error != ERR_NONE) {
        return error;
    }
    memcpy(header, window.record, sizeof(*header));
    size = storage_record_size(header->length);
    if (!is_piece(header) || window.limit - window.offset < size) {
        return ERR_CORRUPT;
    }
    error = storage_mount_read(window.offset, window.record, size);
    if (error == ERR_NONE) {
        error = storage_seal_open(window.record, window.plain);
    }
    if (error == ERR_NONE) {
        // Authenticated bytes, read a second time
        memcpy(header, window.record, sizeof(*header));
        memcpy(&commit, window.record + size - sizeof(commit), sizeof(commit));
        if (!is_piece(header) || storage_record_size(header->length) != size ||
            !storage_seal_commits(header, &commit)) {
            error = ERR_CORRUPT;
        }
    }
    return error;
}

static int fill(void)
{
    struct storage_record header;
    int error = ERR_CORRUPT;

    for (uint32_t reads = 0; reads < STORAGE_READS && error == ERR_CORRUPT; reads++) {
        error = read_piece(&header);
    }
    if (error != ERR_NONE) {
        return error;
    }
    window.generation = header.owner;
    window.epoch = header.epoch;
    window.number = header.number;
    window.total = header.size;
    window.used = 0;
    window.size = header.length;
    window.last = (header.part & STORAGE_PART_LAST) != 0;
    window.offset += storage_record_size(header.length);
    window.piece++;
    return ERR_NONE;
}

static int get(void *data, uint32_t size)
{
    uint8_t *to = data;
    int error = ERR_NONE;

    while (size != 0 && error == ERR_NONE) {
        uint32_t part = window.size - window.used < size ? window.size - window.used : size;

        memcpy(to, window.plain + window.used, part);
        window.used += part;
        to += part;
        size -= part;
        if (size != 0) {
            error = fill();
        }
    }
    return error;
}

static bool offset_ok(uint32_t offset)
{
    return offset % STORAGE_UNIT == 0 && offset < store.flash.block_count * store.flash.block_size;
}

static int get_chunk(struct storage_chunk *chunk)
{
    struct storage_snapshot_chunk entry;
    int error = get(&entry, sizeof(entry));

    chunk->id = entry.id_low | (uint64_t)entry.id_high << 32;
    chunk->offset = entry.offset;
    return error == ERR_NONE && !offset_ok(entry.offset) ? ERR_CORRUPT : error;
}

// What an asset's entry and an open change's have in common.
static int get_entry(struct storage_name *name, struct storage_info *info, uint32_t *state)
{
    struct storage_snapshot_asset entry;
    int error = get(&entry, sizeof(entry));

    if (error != ERR_NONE) {
        return error;
    }
    name->uid = entry.uid_low | (uint64_t)entry.uid_high << 32;
    name->owner = entry.owner;
    name->space = (entry.size >> STORAGE_HIGH_SHIFT & STORAGE_SPACE_BIT) != 0;
    info->size = entry.size & STORAGE_LOW;
    info->flags = entry.size >> STORAGE_HIGH_SHIFT & STORAGE_FLAGS_MASK;
    info->capacity = entry.capacity & STORAGE_LOW;
    *state = entry.capacity >> STORAGE_HIGH_SHIFT;
    return info->capacity > STORAGE_ASSET_MAX || info->size > info->capacity ? ERR_CORRUPT
                                                                             : ERR_NONE;
}

static int get_asset(void)
{
    struct storage_name name;
    struct storage_info info;
    struct storage_chunk chunk;
    struct storage_asset *asset;
    uint32_t count;
    uint32_t state;
    int error = get_entry(&name, &info, &state);

    if (error != ERR_NONE) {
        return error;
    }
    if (state == STORAGE_ENTRY_LOST) {
        return storage_index_add_lost(name.owner) == ERR_NONE ? ERR_NONE : ERR_CORRUPT;
    }
    if (state > STORAGE_ENTRY_DAMAGED || storage_index_find(&name) != NULL) {
        return ERR_CORRUPT;
    }
    asset = storage_index_add(&name, &info,
                              state == STORAGE_ENTRY_GOOD ? STORAGE_GOOD : STORAGE_DAMAGED);
    if (asset == NULL) {
        return ERR_CORRUPT;
    }
    count = state != STORAGE_ENTRY_DAMAGED ? storage_index_count(info.size) : 0;
    for (uint32_t part = 0; part < count && error == ERR_NONE; part++) {
        error = get_chunk(&chunk);
        if (error == ERR_NONE && state == STORAGE_ENTRY_GOOD &&
            storage_index_append(asset, chunk.id, chunk.offset) != ERR_NONE) {
            error = ERR_CORRUPT;
        }
    }
    return error;
}

static int get_pending(uint32_t count)
{
    struct storage_pending *pending = &store.pending;
    uint32_t state;
    int error;

    if (count == 0) {
        return ERR_NONE;
    }
    error = get_entry(&pending->name, &pending->info, &state);
    pending->kind = state & 7;
    pending->first = state >> 3;
    if (error == ERR_NONE &&
        (count > STORAGE_CHUNKS_PER_ASSET - pending->first ||
         (pending->kind != STORAGE_KIND_SET && pending->kind != STORAGE_KIND_WRITE))) {
        error = ERR_CORRUPT;
    }
    for (uint32_t i = 0; i < count && error == ERR_NONE; i++) {
        error = get_chunk(&pending->chunks[i]);
    }
    pending->count = error == ERR_NONE ? count : 0;
    return error;
}

static int get_head(struct storage_snapshot_head *head)
{
    int error = get(head, sizeof(*head));

    if (error != ERR_NONE) {
        return error;
    }
    if (head->generation != window.generation || head->block_count != store.flash.block_count ||
        head->asset_count > STORAGE_ROWS) {
        return ERR_CORRUPT;
    }
    store.epoch = head->epoch;
    store.number = head->number;
    store.unused = head->pending_count >> STORAGE_UNUSED_SHIFT;
    store.next_number = head->number + store.unused + 1;
    store.name = head->previous;
    store.before_epoch = head->before_epoch;
    store.before_number = head->before_number;
    store.before_name = head->before_name;
    return ERR_NONE;
}

int storage_snapshot_identify(uint32_t block, uint32_t *generation)
{
    int error;

    window_open(block, 0);
    error = fill();
    *generation = window.generation;
    return error;
}

int storage_snapshot_read(uint32_t block, uint32_t *end)
{
    struct storage_snapshot_head head;
    int error;

    storage_index_clear();
    window_open(block, store.blocks[block].generation);
    error = get_head(&head);
    for (uint32_t i = 0; i < store.flash.block_count && error == ERR_NONE; i++) {
        uint32_t erases;

        error = get(&erases, sizeof(erases));
        if (error == ERR_NONE && erases > store.blocks[i].erases) {
            store.blocks[i].erases = erases;
        }
    }
    for (uint32_t i = 0; error == ERR_NONE && i < head.asset_count; i++) {
        error = get_asset();
    }
    if (error == ERR_NONE) {
        error = get_pending(head.pending_count & STORAGE_PENDING_MASK);
    }
    if (error == ERR_NONE && (!window.last || window.used != window.size)) {
        error = ERR_CORRUPT;
    }
    *end = window.offset - block * store.flash.block_size;
    return error;
}
