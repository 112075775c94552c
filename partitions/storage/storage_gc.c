// SPDX-License-Identifier: BSD-3-Clause
//
// Room: which blocks are free, which one is cleaned, that all wear alike. A block without live records is free, whatever else is in it;
// it is erased when it is opened. Called before a change is begun, never inside one. FORMAT.md, "Room" has the arithmetic.
#include <string.h>

#include "storage_private.h"
#include "storage_seal.h"

// Live bytes of each block; good until the next record is written
static uint32_t live[STORAGE_BLOCKS_MAX];

static void add_live(uint32_t offset, uint32_t length)
{
    live[offset / store.flash.block_size] += storage_record_size(length);
}

static void survey(void)
{
    const struct storage_pending *pending = &store.pending;

    memset(live, 0, sizeof(live));
    for (uint32_t i = 0; i < STORAGE_ROWS; i++) {
        const struct storage_asset *asset = &store.assets[i];
        uint32_t part = 0;

        if (asset->state != STORAGE_GOOD) {
            continue;
        }
        for (uint16_t c = asset->chunks; c != STORAGE_NONE; c = store.chunks[c].next) {
            add_live(store.chunks[c].offset, storage_index_length(asset->size, part++));
        }
    }
    for (uint32_t i = 0; i < pending->count; i++) {
        add_live(pending->chunks[i].offset,
                 storage_index_length(pending->info.size, pending->first + i));
    }
}

// Without this block the state cannot be found.
static bool is_kept(uint32_t block)
{
    return (store.keep >> block & 1) != 0 || block == store.active;
}

static bool is_free(uint32_t block)
{
    return live[block] == 0 && !is_kept(block) && !store.blocks[block].bad;
}

static void keep_block(uint32_t offset)
{
    store.keep |= UINT64_C(1) << offset / store.flash.block_size;
}

void storage_gc_keep(const struct storage_asset *asset)
{
    uint16_t i = asset != NULL ? asset->chunks : STORAGE_NONE;

    for (; i != STORAGE_NONE; i = store.chunks[i].next) {
        keep_block(store.chunks[i].offset);
    }
    for (uint32_t k = 0; k < store.pending.count; k++) {
        keep_block(store.pending.chunks[k].offset);
    }
}

static uint32_t least_erases(void)
{
    uint32_t least = UINT32_MAX;

    for (uint32_t i = 0; i < store.flash.block_count; i++) {
        if (!store.blocks[i].bad && store.blocks[i].erases < least) {
            least = store.blocks[i].erases;
        }
    }
    return least;
}

// Whether one erase more leaves it within one and a half times the least worn one's (a little more while counts are small).
static bool is_young(uint32_t block, uint32_t least)
{
    return store.blocks[block].erases <= least + least / 2;
}

static uint32_t count_free(bool young_only)
{
    uint32_t least = least_erases();
    uint32_t count = 0;

    for (uint32_t i = 0; i < store.flash.block_count; i++) {
        count += is_free(i) && (!young_only || is_young(i, least));
    }
    return count;
}

uint32_t storage_gc_target(void)
{
    uint32_t best = STORAGE_NONE;

    survey();
    for (uint32_t i = 0; i < store.flash.block_count; i++) {
        if (!is_free(i)) {
            continue;
        }
        // The block before stays as long as there is another: it stands in if the active one's snapshot is damaged
        if (best == STORAGE_NONE || best == store.previous ||
            (i != store.previous && store.blocks[i].erases < store.blocks[best].erases)) {
            best = i;
        }
    }
    return best;
}

// What a newly opened block has for records.
static uint32_t usable(uint32_t assets, uint32_t chunks)
{
    uint32_t taken = STORAGE_FIRST + storage_snapshot_size(assets, chunks) + STORAGE_WASTE;

    return store.flash.block_size > taken ? store.flash.block_size - taken : 0;
}

bool storage_gc_may_promise(uint32_t capacity, uint32_t old)
{
    uint32_t bytes = store.promised_bytes + storage_index_cost(capacity);
    uint32_t chunks = store.promised_chunks + storage_index_count(capacity);
    uint32_t assets = store.asset_count;
    uint64_t room;
    uint64_t slack;
    uint64_t most; // what a change may need while the old data are live, too

    if (old == STORAGE_NO_ASSET) {
        assets++;
    } else {
        bytes -= storage_index_cost(old);
        chunks -= storage_index_count(old);
    }
    if (chunks > STORAGE_CHUNKS_MAX) {
        return false;
    }
    room = (uint64_t)usable(assets, chunks) * (store.flash.block_count - 2 - STORAGE_RESERVE);
    slack = room / STORAGE_SLACK;
    most = capacity;
    for (uint32_t i = 0; i < STORAGE_ROWS; i++) {
        if (store.assets[i].state != STORAGE_FREE && store.assets[i].capacity > most) {
            most = store.assets[i].capacity;
        }
    }
    most = storage_index_cost((uint32_t)most) + STORAGE_WASTE;
    slack = slack > most ? slack : most;
    return room > slack && bytes <= room - slack;
}

// Whether `bytes` of records fit without using the reserve.
static bool fits(uint32_t bytes)
{
    uint32_t left = storage_append_left();
    uint32_t count;
    uint64_t room;

    if (left >= bytes) {
        return true;
    }
    survey();
    count = count_free(false);
    room = left > STORAGE_WASTE ? left - STORAGE_WASTE : 0;
    if (count > STORAGE_RESERVE) {
        room += (uint64_t)usable(store.asset_count, store.chunk_count) * (count - STORAGE_RESERVE);
    }
    return room >= bytes;
}

static bool may_clean(uint32_t block)
{
    return live[block] != 0 && !is_kept(block) && block != store.previous &&
           !store.blocks[block].fixed && !store.blocks[block].doubted;
}

// The block with the fewest live bytes.
static uint32_t cheapest(void)
{
    uint32_t best = STORAGE_NONE;

    for (uint32_t i = 0; i < store.flash.block_count; i++) {
        if (may_clean(i) && (best == STORAGE_NONE || live[i] < live[best])) {
            best = i;
        }
    }
    return best != STORAGE_NONE && live[best] < usable(store.asset_count, store.chunk_count)
               ? best
               : STORAGE_NONE;
}

// Data that nobody changes keep their block young while the others wear: it is cleaned before the last other young one is opened.
static uint32_t youngest(void)
{
    uint32_t least = least_erases();

    if (count_free(true) > 1) {
        return STORAGE_NONE;
    }
    for (uint32_t i = 0; i < store.flash.block_count; i++) {
        if (may_clean(i) && store.blocks[i].erases == least) {
            return i;
        }
    }
    return STORAGE_NONE;
}

// Copies a live record, authenticated, to the log's end. ERR_CORRUPT: it is not authentic.
static int move(const struct storage_asset *asset, struct storage_chunk *chunk, uint32_t length)
{
    static uint8_t record[STORAGE_RECORD_MAX];
    static uint8_t plain[STORAGE_CHUNK];
    const struct storage_name name = storage_index_name(asset);
    uint32_t offset;
    int error = storage_log_fetch(chunk, length, record, plain);

    memset(plain, 0, sizeof(plain));
    if (error == ERR_NONE) {
        // Its own may read differently each time: power failed in it, and the record behind it decided
        storage_seal_commit(storage_seal_name(&name), record);
        error = storage_append_raw(record, &offset);
    }
    if (error == ERR_NONE) {
        chunk->offset = offset;
    }
    return error;
}

// What is damaged is lost here, if `gives_up`; else it stays, and the block with it: the next start may read it.
static int clean_asset(struct storage_asset *asset, uint32_t block, bool gives_up)
{
    uint32_t part = 0;
    int error = ERR_NONE;

    for (uint16_t c = asset->chunks; c != STORAGE_NONE && error == ERR_NONE;
         c = store.chunks[c].next) {
        uint32_t length = storage_index_length(asset->size, part++);

        if (store.chunks[c].offset / store.flash.block_size != block) {
            continue;
        }
        error = move(asset, &store.chunks[c], length);
        if (error == ERR_CORRUPT && gives_up) {
            storage_index_lose(asset);
            store.damaged++;
            return ERR_NONE;
        }
        if (error == ERR_CORRUPT) {
            store.blocks[block].doubted = true;
            error = ERR_NONE;
        }
    }
    return error;
}

static int clean(uint32_t block, bool gives_up)
{
    int error = ERR_NONE;

    for (uint32_t i = 0; i < STORAGE_ROWS && error == ERR_NONE; i++) {
        if (store.assets[i].state == STORAGE_GOOD) {
            error = clean_asset(&store.assets[i], block, gives_up);
        }
    }
    if (error == ERR_IO) {
        store.blocks[block].fixed = true; // the next try takes another
    }
    return error;
}

// Without what cannot be read there is not enough room: whether there is any.
static bool give_up(void)
{
    bool any = false;

    for (uint32_t i = 0; i < store.flash.block_count; i++) {
        any = any || store.blocks[i].doubted;
        store.blocks[i].doubted = false;
    }
    return any;
}

// A block that failed is left alone as long as there are others.
bool storage_gc_forgive(void)
{
    bool any = false;

    for (uint32_t i = 0; i < store.flash.block_count; i++) {
        any = any || store.blocks[i].bad || store.blocks[i].fixed;
        store.blocks[i].bad = false;
        store.blocks[i].fixed = false;
    }
    return any;
}

int storage_gc_make_room(uint32_t bytes)
{
    bool failed = false;
    bool gives_up = false;
    uint32_t victim;
    int error = ERR_NONE;

    if (store.active == STORAGE_NONE) { // its snapshot is what frees the blocks that are kept
        error = storage_append_open();
    }
    if (error != ERR_NONE || storage_append_left() >= bytes) {
        return error;
    }
    survey();
    if (count_free(false) <= STORAGE_RESERVE) {
        failed = storage_gc_forgive();
    }
    victim = youngest();
    if (victim != STORAGE_NONE) {
        error = clean(victim, false);
    }
    // Each round gains at least a unit, or finds a block that cannot be read: after so many nothing is left to be gained
    for (uint32_t round = 0; error == ERR_NONE && !fits(bytes); round++) {
        victim = cheapest();
        if (victim == STORAGE_NONE && !gives_up && give_up()) {
            gives_up = true;
            victim = cheapest();
        }
        if (victim == STORAGE_NONE || round == 8 * store.flash.block_count) {
            return failed ? ERR_IO : ERR_NO_MEMORY;
        }
        error = clean(victim, gives_up);
    }
    return error;
}
