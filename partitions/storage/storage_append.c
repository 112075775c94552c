// SPDX-License-Identifier: BSD-3-Clause
//
// The log's end: records into the flash, the next block, the EPOCH of this mount. Everything that is ever programmed or erased goes
// through here. The order of the programs is what makes a power cut harmless: FORMAT.md, "Power".
#include <string.h>

#include "storage_private.h"
#include "storage_seal.h"

uint32_t storage_append_left(void)
{
    return store.active != STORAGE_NONE ? store.flash.block_size - store.end : 0;
}

int storage_append_program(uint32_t offset, const void *from, uint32_t size)
{
    store.written += size;
    return store.flash.program(store.flash.context, offset, from, size) == 0 ? ERR_NONE : ERR_IO;
}

// Header, body, commit: each is there before the next is begun. If the header can be read, so can be how much the rest touches.
static int program_record(uint32_t offset, const uint8_t *record, uint32_t size)
{
    const uint32_t header = sizeof(struct storage_record);
    const uint32_t commit = sizeof(struct storage_commit);
    int error = storage_append_program(offset, record, header);

    if (error == ERR_NONE) {
        error = storage_append_program(offset + header, record + header, size - header - commit);
    }
    if (error == ERR_NONE) {
        error = storage_append_program(offset + size - commit, record + size - commit, commit);
    }
    return error;
}

static int write_header(uint32_t block)
{
    struct storage_block_header header = {
        .version = STORAGE_VERSION,
        .block_size = store.flash.block_size,
        .block_count = store.flash.block_count,
        .block = block,
        .generation = ++store.generation,
        .erases = store.blocks[block].erases,
        .previous = store.active != STORAGE_NONE     ? store.active
                    : store.previous != STORAGE_NONE ? store.previous
                                                     : block,
    };

    memcpy(header.magic, STORAGE_MAGIC, sizeof(header.magic));
    storage_seal_block(&header);
    return storage_append_program(block * store.flash.block_size, &header, sizeof(header));
}

// Everything of the block before is dead, and the log's state is not in it. Until its snapshot is whole the store is where it was.
static int open_block(uint32_t block, uint32_t *end)
{
    int error;

    store.blocks[block].generation = 0;
    store.blocks[block].erases++;
    if (store.flash.erase(store.flash.context, block) != 0) {
        return ERR_IO;
    }
    error = write_header(block);
    if (error == ERR_NONE) {
        error = storage_snapshot_write(block, store.generation, end);
    }
    return error;
}

// What was begun in the active block stays there; nothing more goes behind it. The state is still in it.
static void abandon(void)
{
    store.previous = store.active;
    store.active = STORAGE_NONE;
}

int storage_append_open(void)
{
    // All of them, but not for each change again while none can be opened
    uint32_t tries = store.failing ? 1 : store.flash.block_count;
    bool failed = false;
    uint32_t block;
    uint32_t end;

    block = storage_gc_target();
    if (block == STORAGE_NONE) {
        storage_gc_forgive();
        block = storage_gc_target();
    }
    for (; block != STORAGE_NONE && tries != 0; tries--) {
        if (open_block(block, &end) == ERR_NONE) {
            if (store.active != STORAGE_NONE) {
                store.previous = store.active;
            }
            store.blocks[block].generation = store.generation;
            store.active = (uint16_t)block;
            store.keep = UINT64_C(1) << block;
            store.end = end;
            store.failing = false;
            store.mark_due = false;
            return ERR_NONE;
        }
        store.blocks[block].bad = true;
        failed = true;
        if (store.active != STORAGE_NONE) {
            abandon(); // the failed snapshot may be found whole later: what goes behind the active block's records would not be in it
        }
        block = storage_gc_target();
    }
    store.failing = failed;
    return failed ? ERR_IO : ERR_NO_MEMORY;
}

// Before the first record of a mount: what may be begun behind the log's end becomes visible and steady, with zeroes. If that fails another
// block is opened next.
static void mark(void)
{
    static const uint8_t zeroes[STORAGE_GAP];

    if (!store.mark_due) {
        return;
    }
    store.mark_due = false;
    if (storage_append_left() < sizeof(zeroes)) {
        store.end = store.flash.block_size;
    } else {
        uint32_t offset = store.active * store.flash.block_size + store.end;

        store.end += sizeof(zeroes);
        if (storage_append_program(offset, zeroes, sizeof(zeroes)) != ERR_NONE) {
            abandon();
        }
    }
}

int storage_append_raw(const uint8_t *record, uint32_t *offset)
{
    struct storage_record header;
    uint32_t size;
    int error = ERR_NONE;

    memcpy(&header, record, sizeof(header));
    size = storage_record_size(header.length);
    for (int attempt = 0; attempt < 2; attempt++) {
        if (storage_append_left() < size) {
            error = storage_append_open();
            if (error != ERR_NONE) {
                return attempt == 0 ? error : ERR_IO; // then it may be there nevertheless
            }
        }
        *offset = store.active * store.flash.block_size + store.end;
        store.end += size;
        error = program_record(*offset, record, size);
        if (error == ERR_NONE) {
            return ERR_NONE;
        }
        abandon();
    }
    return error;
}

int storage_append(struct storage_record *header, const void *plain, uint32_t name,
                   struct storage_chunk *chunk)
{
    static uint8_t record[STORAGE_RECORD_MAX];
    uint32_t gap = store.next_number - store.number;
    int error;

    if (store.next_number == UINT32_MAX || gap > UINT8_MAX) {
        return ERR_IO; // a mount begins another epoch
    }
    header->epoch = store.epoch;
    header->number = store.next_number++;
    header->previous = store.name;
    header->capacity |= gap << STORAGE_HIGH_SHIFT;
    error = storage_seal_close(header, plain, name, record);
    if (error == ERR_NONE) {
        error = storage_append_raw(record, &chunk->offset);
    }
    if (error == ERR_NONE) {
        chunk->id = header->id;
        store.number = header->number;
        store.unused = 0;
        store.name = name;
    } else {
        store.unused = gap;
    }
    return error;
}

static int append_epoch_copy(uint32_t epoch, uint32_t number)
{
    static uint8_t record[STORAGE_RECORD_MAX];
    const struct storage_epoch_body body = { .epoch = store.before_epoch,
                                             .number = store.before_number };
    struct storage_record header = {
        .kind = STORAGE_KIND_EPOCH,
        .part = STORAGE_PART_FIRST | STORAGE_PART_LAST,
        .length = sizeof(body),
        .epoch = epoch,
        .number = number,
        .previous = store.before_name,
    };
    uint32_t offset;
    int error = storage_seal_close(&header, &body, 0, record);

    if (error == ERR_NONE) {
        error = storage_append_raw(record, &offset);
    }
    if (error == ERR_NONE) {
        store.epoch = epoch;
        store.number = number;
        store.next_number = number + 1;
        store.unused = 0;
        store.name = 0;
    }
    return error;
}

// EPOCH is written twice: one can be damaged without hiding whether a record before it is missing, too. A number of 0 says that the
// second is not there yet.
int storage_append_epoch(void)
{
    int error = ERR_NONE;

    mark();
    // Also if the second one of an epoch in which the counter was advanced is damaged: what came behind it nobody knows
    if (store.number != 0 || store.epoch <= store.counter_value) {
        if (store.epoch == UINT32_MAX) {
            return ERR_IO;
        }
        store.before_epoch = store.epoch;
        store.before_number = store.number;
        store.before_name = store.name;
        error = append_epoch_copy(store.epoch + 1, 0);
    }
    if (error == ERR_NONE) {
        error = append_epoch_copy(store.epoch, 1);
    }
    store.epoch_due = error != ERR_NONE;
    return error;
}

// Numbers that failed changes took are told to mount as a gap, and there is an end to that; to the numbers themselves, too.
#define GAP_MOST 128
#define NUMBER_MOST (UINT32_MAX - 2 * GAP_MOST)

int storage_append_begin(void)
{
    int error = ERR_NONE;

    mark();
    if (store.unused > GAP_MOST || store.number > NUMBER_MOST) { // in a new epoch they begin again
        store.epoch_due = true;
        store.advance_due = store.rollback == STORAGE_ROLLBACK_COUNTED;
    }
    if (store.epoch_due) {
        error = storage_append_epoch();
    }
    if (error == ERR_NONE && store.advance_due && store.active == STORAGE_NONE) {
        // Only a snapshot that is there for certain may stand for the store that the counter says there is
        error = storage_append_open();
    }
    if (error != ERR_NONE || !store.advance_due) {
        return error;
    }
    if (store.epoch > store.counter_limit) {
        error = ERR_NO_MEMORY;
    } else {
        error = store.counter.advance(store.counter.context, store.epoch);
    }
    if (error == ERR_NO_MEMORY) {
        store.rollback = STORAGE_ROLLBACK_USED_UP;
    } else if (error != ERR_NONE) {
        return ERR_IO;
    }
    store.advance_due = false;
    return ERR_NONE;
}
