// SPDX-License-Identifier: BSD-3-Clause
//
// Mount: which block is the log's end, from which snapshot the state can be had, whether it is as new as the rollback counter says; and
// the first format. Changes nothing in the flash but to format it. Called by storage_log_mount().
#include <string.h>

#include "storage_private.h"
#include "storage_seal.h"

int storage_mount_read(uint32_t offset, void *to, uint32_t size)
{
    return store.flash.read(store.flash.context, offset, to, size) == 0 ? ERR_NONE : ERR_IO;
}

// What a block is: by its header, or, if that is damaged, by the snapshot behind it. ERR_VERSION, ERR_IO.
static int identify(uint32_t i)
{
    struct storage_block *block = &store.blocks[i];
    struct storage_block_header header;
    int error = storage_mount_read(i * store.flash.block_size, &header, sizeof(header));

    *block = (struct storage_block){ .erases = 1, .before = i };
    if (error == ERR_NONE) {
        error = storage_seal_check_block(&header);
    }
    if (error == ERR_IO || error == ERR_VERSION) {
        return error;
    }
    if (error != ERR_NONE) {
        error = storage_snapshot_identify(i, &block->generation);
        block->generation = error == ERR_NONE ? block->generation : 0;
        return error == ERR_CORRUPT ? ERR_NONE : error;
    }
    if (header.block == i && header.block_size == store.flash.block_size &&
        header.block_count == store.flash.block_count) {
        block->generation = header.generation;
        block->erases = header.erases;
        block->before = header.previous;
    }
    return ERR_NONE;
}

static int identify_all(void)
{
    int error = ERR_NONE;

    for (uint32_t i = 0; i < store.flash.block_count && error == ERR_NONE; i++) {
        error = identify(i);
        if (store.blocks[i].generation > store.generation) {
            store.generation = store.blocks[i].generation;
        }
    }
    return error;
}

// Where a block is in the order of the log. A header that power failed in may be missed by one mount and found by a later one, when its
// generation was given to another block, too: then the number of the block decides, and none of the two is overlooked.
static uint64_t order_of(uint32_t block)
{
    return (uint64_t)store.blocks[block].generation << 32 | block;
}

// The block that comes last before `limit`, first after it, in that order. NONE: there is none.
static uint32_t block_below(uint64_t limit)
{
    uint32_t best = STORAGE_NONE;

    for (uint32_t i = 0; i < store.flash.block_count; i++) {
        if (store.blocks[i].generation != 0 && order_of(i) < limit &&
            (best == STORAGE_NONE || order_of(i) > order_of(best))) {
            best = i;
        }
    }
    return best;
}

static uint32_t block_above(uint64_t limit)
{
    uint32_t best = STORAGE_NONE;

    for (uint32_t i = 0; i < store.flash.block_count; i++) {
        if (order_of(i) > limit && (best == STORAGE_NONE || order_of(i) < order_of(best))) {
            best = i;
        }
    }
    return best;
}

// The newest snapshot that is whole. ERR_NOT_FOUND: none is.
static int find_snapshot(uint32_t *block, uint32_t *end)
{
    uint32_t candidate = block_below(UINT64_MAX);
    int error = ERR_NOT_FOUND;

    while (candidate != STORAGE_NONE) {
        error = storage_snapshot_read(candidate, end);
        if (error != ERR_CORRUPT) {
            *block = candidate;
            return error;
        }
        candidate = block_below(order_of(candidate));
    }
    return ERR_NOT_FOUND;
}

// All records behind that snapshot, in its block and in those that were opened later, whose own snapshots are not whole: because
// power failed when it was written, then nothing follows it, or because it was damaged later.
static int replay(uint32_t block, uint32_t end)
{
    bool found;
    int error;

    storage_replay_begin();
    error = storage_replay_block(block, end, &end, &found);
    store.keep = UINT64_C(1) << block;
    store.active = (uint16_t)block;
    store.end = end;
    store.previous = (uint16_t)(store.blocks[block].before < store.flash.block_count &&
                                        store.blocks[block].before != block
                                    ? store.blocks[block].before
                                    : STORAGE_NONE);
    if (!found) {
        // Never used: power may have failed on this snapshot. Should it fade, the one before stands in for it; there is none if this is
        // a new format
        store.active = STORAGE_NONE;
        store.previous = store.previous != STORAGE_NONE ? store.previous : (uint16_t)block;
        store.keep |= UINT64_C(1) << store.previous;
    }
    for (uint32_t next = block_above(order_of(block)); error == ERR_NONE && next != STORAGE_NONE;
         next = block_above(order_of(next))) {
        error = storage_replay_block(next, STORAGE_FIRST, &end, &found);
        // Nothing more goes behind what is there: the state is to be had from one snapshot again
        store.active = STORAGE_NONE;
        store.previous = (uint16_t)block;
        store.keep |= found ? UINT64_C(1) << next : 0;
    }
    if (error == ERR_NONE) {
        error = storage_replay_finish();
    }
    if (error == ERR_NONE && storage_replay_copied() != STORAGE_NONE) {
        // Whether it counts a snapshot is to say, before the block of its original goes
        store.keep |= UINT64_C(1) << storage_replay_copied();
        store.previous = store.active != STORAGE_NONE ? store.active : store.previous;
        store.active = STORAGE_NONE;
    }
    return error;
}

// Whether the state is the newest that there was, as far as the counter tells; what is to be done before the first change.
static int check_epoch(void)
{
    uint32_t value = store.counter_value;

    store.epoch_due = true;
    store.mark_due = true;
    if (store.rollback == STORAGE_ROLLBACK_NONE) {
        return ERR_NONE;
    }
    if (store.epoch < value) {
        return ERR_CORRUPT;
    }
    if (store.rollback == STORAGE_ROLLBACK_USED_UP) {
        return ERR_NONE;
    }
    // Power may have failed in the last fuse: seen by the mount that began this epoch, and not now. Nothing was changed in it
    if (store.epoch - value > (store.number > 1 ? 1 : 2)) {
        return ERR_CORRUPT;
    }
    // An epoch belongs to one mount: this one's is above the counter, with nothing in it yet
    store.epoch_due = store.epoch == value || store.number != 1;
    store.advance_due = true;
    return ERR_NONE;
}

// ---- The first time

static uint64_t window[STORAGE_CHUNK / sizeof(uint64_t)];

// Whether a commit is at a block's start, where that of the snapshot's first piece is: no block is in use without it.
static int look_at(uint32_t block, bool *committed)
{
    _Static_assert(STORAGE_UNIT == 2 * sizeof(uint64_t), "the units that are looked at");
    *committed = false;
    for (uint32_t at = 0; at < STORAGE_BLOCK_SIZE_MIN; at += sizeof(window)) {
        int error = storage_mount_read(block * store.flash.block_size + at, window, sizeof(window));

        if (error != ERR_NONE) {
            return error;
        }
        for (uint32_t i = 0; i < sizeof(window) / sizeof(window[0]); i += 2) {
            struct storage_commit commit;

            memcpy(&commit, &window[i], sizeof(commit));
            *committed = *committed || ((window[i] & window[i + 1]) != UINT64_MAX &&
                                        storage_seal_is_commit(&commit));
        }
    }
    return ERR_NONE;
}

// Flash that came erased from the factory, or in which formatting or the first change was interrupted: blocks were begun, and nothing was
// committed. With a commit in it, or a counter that moved, this is a store that was destroyed, or somebody else's.
static int check_blank(void)
{
    if (store.counter_value != 0) {
        return ERR_CORRUPT;
    }
    for (uint32_t i = 0; i < store.flash.block_count; i++) {
        bool committed;
        int error = look_at(i, &committed);

        if (error != ERR_NONE) {
            return error;
        }
        if (committed) {
            return ERR_CORRUPT;
        }
    }
    return ERR_NONE;
}

static int format(void)
{
    int error = check_blank();

    if (error != ERR_NONE) {
        return error;
    }
    for (uint32_t i = 0; i < store.flash.block_count; i++) {
        store.blocks[i] = (struct storage_block){ .erases = 1 };
    }
    storage_index_clear();
    store.active = STORAGE_NONE;
    store.previous = STORAGE_NONE;
    store.keep = 0;
    store.epoch = 1;
    store.number = 1;
    store.next_number = 2;
    store.advance_due = store.rollback == STORAGE_ROLLBACK_COUNTED;
    return storage_append_open();
}

int storage_mount_find(void)
{
    uint32_t block;
    uint32_t end;
    int error = identify_all();

    if (error == ERR_NONE) {
        error = find_snapshot(&block, &end);
    }
    if (error == ERR_NOT_FOUND) {
        return format();
    }
    if (error == ERR_NONE) {
        error = replay(block, end);
    }
    if (error == ERR_NONE) {
        error = check_epoch();
    }
    return error;
}
