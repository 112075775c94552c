// SPDX-License-Identifier: BSD-3-Clause
//
// What the files of the store share: its state in memory, and the functions between them. storage_log.h is what others call.
//   storage_log.c       mount's frame, reading, figures
//   storage_write.c     what changes assets
//   storage_index.c     tables of assets and chunks, the open change
//   storage_append.c    records into the flash, opening a block
//   storage_snapshot.c  the index at a block's start, both ways
//   storage_gc.c        which blocks are free, cleaning, wear
//   storage_mount.c     blocks' headers, which state is the newest, formatting
//   storage_replay.c    records behind a snapshot
#ifndef STORAGE_PRIVATE_H
#define STORAGE_PRIVATE_H

#include <stdbool.h>
#include <stdint.h>

#include "storage_log.h"
#include "storage_record.h"

#define STORAGE_CHUNKS_MAX 3072 // one for each asset and what 4 MiB hold
#define STORAGE_BLOCKS_MAX 64
#define STORAGE_BLOCKS_MIN 7
#define STORAGE_BLOCK_SIZE_MIN 0x1000
#define STORAGE_BUCKETS 256
// Rows of the table of assets: a damaged record may leave one more than there are, or the hash of a name that is none
#define STORAGE_ROWS (STORAGE_ASSETS_MAX + 32)
#define STORAGE_NONE 0xffff // no asset, chunk, block

#define STORAGE_RESERVE 3 // free blocks between two changes
#define STORAGE_SLACK \
    12 // a twelfth of what blocks hold is never promised: cleaning one gains at least that
#define STORAGE_FIRST ((uint32_t)sizeof(struct storage_block_header)) // first record of a block
// What may be left unused at a block's end, as a record lies in one block
#define STORAGE_WASTE (STORAGE_RECORD_MAX - STORAGE_UNIT)
// Filled with zeroes behind a place where power may have failed: what a header that was begun there may have touched without a trace
#define STORAGE_GAP 64

// DAMAGED: name, sizes and flags are known, and no chunks; LOST: a name's keyed hash is
enum storage_state { STORAGE_FREE, STORAGE_GOOD, STORAGE_DAMAGED, STORAGE_LOST };

struct storage_asset {
    uint64_t uid;
    uint32_t owner; // LOST: keyed hash of the name
    uint32_t size;
    uint32_t capacity;
    uint16_t chunks; // first of the list, in order
    uint16_t next;   // in its bucket, or free
    uint8_t space;
    uint8_t flags;
    uint8_t state; // enum storage_state
};

struct storage_chunk {
    uint64_t id;
    uint32_t offset; // of its record, from the region's start; 0: lost, or this is free
    uint16_t next;
};

// A change whose last record is not there yet
struct storage_pending {
    struct storage_name name;
    struct storage_info info; // when it is done
    uint32_t count;           // chunks that are there
    uint32_t first;           // number of the first
    uint8_t kind;             // SET, WRITE
    bool broken;              // a record of it is missing
    struct storage_chunk chunks[STORAGE_CHUNKS_PER_ASSET];
};

struct storage_block {
    uint32_t generation; // 0: never in use, or its header is not to be read
    uint32_t erases;
    uint32_t before; // block where the log was when this one was opened, as its header says
    bool bad;        // failed since the mount
    bool fixed;      // cannot be read, so not cleaned, since the mount
    bool
        doubted; // something in it is not authentic since the mount: it stays as long as there is room without it
};

struct storage_store {
    bool mounted;
    struct storage_flash flash;
    struct storage_counter counter;
    uint32_t counter_value;
    uint32_t counter_limit;
    enum storage_rollback rollback;
    bool epoch_due;   // an EPOCH is to be written before anything else
    bool advance_due; // the counter is to become `epoch` before anything else
    bool mark_due;    // power may have failed behind the log's end: nothing goes there yet

    // Index
    struct storage_asset assets[STORAGE_ROWS];
    struct storage_chunk chunks[STORAGE_CHUNKS_MAX];
    uint16_t buckets[STORAGE_BUCKETS];
    uint16_t free_asset;
    uint16_t free_chunk;
    uint32_t asset_count; // all that are not FREE
    uint32_t lost_count;
    uint32_t chunk_count;    // in lists
    uint32_t promised_bytes; // records of all assets at their capacity
    uint32_t promised_chunks;
    struct storage_pending pending;

    // Log
    struct storage_block blocks[STORAGE_BLOCKS_MAX];
    uint32_t generation; // highest ever seen
    uint16_t active;     // where the log ends; NONE: a block is to be opened
    uint16_t
        previous; // where it ended before: if the active one's snapshot is damaged, the state is there
    uint64_t keep; // without these blocks the state cannot be found again
    uint32_t end;  // in the active block: next record
    bool failing;  // no block could be opened the last time

    // The last record that counts, and the next one's number
    uint32_t epoch;
    uint32_t number;
    uint32_t name;
    uint32_t next_number;
    uint32_t unused;       // numbers behind `number` that changes took which failed
    uint32_t before_epoch; // the record before this epoch
    uint32_t before_number;
    uint32_t before_name;

    uint64_t asked;
    uint64_t written;
    uint32_t damaged;
};

extern struct storage_store store;

// ---- storage_log.c

// ERR_CORRUPT: nothing is mounted, or the name is lost; ERR_NOT_FOUND.
MUST_CHECK int storage_log_find(const struct storage_name *name, struct storage_asset **asset);
// What is read wrong is read again, so often in all.
#define STORAGE_READS 3
// A chunk's record and its content, authenticated; STORAGE_RECORD_MAX and STORAGE_CHUNK bytes of room. ERR_CORRUPT, ERR_IO.
MUST_CHECK int storage_log_fetch(const struct storage_chunk *chunk, uint32_t length,
                                 uint8_t *record, uint8_t *plain);
// The content alone. `chunk` NULL: ERR_CORRUPT.
MUST_CHECK int storage_log_load(const struct storage_chunk *chunk, uint32_t length, uint8_t *plain);

// ---- storage_index.c

// Empties the tables.
void storage_index_clear(void);
// NULL: there is none of that name.
struct storage_asset *storage_index_find(const struct storage_name *name);
// What stands for a lost name with this hash; NULL: nothing.
struct storage_asset *storage_index_find_lost(uint32_t hash);
// A new asset without chunks; the table has room. `state` GOOD or DAMAGED
struct storage_asset *storage_index_add(const struct storage_name *name,
                                        const struct storage_info *info, enum storage_state state);
// ERR_NO_MEMORY: the table is full.
MUST_CHECK int storage_index_add_lost(uint32_t hash);
void storage_index_drop(struct storage_asset *asset);
struct storage_name storage_index_name(const struct storage_asset *asset);
// The chunk with that number; NULL: it has none
struct storage_chunk *storage_index_chunk(const struct storage_asset *asset, uint32_t part);
// Adds a chunk behind an asset's last. ERR_NO_MEMORY.
MUST_CHECK int storage_index_append(struct storage_asset *asset, uint64_t id, uint32_t offset);
// How many chunks an asset of `size` bytes has; length of one of them; bytes of all their records.
uint32_t storage_index_count(uint32_t size);
uint32_t storage_index_length(uint32_t size, uint32_t part);
uint32_t storage_index_cost(uint32_t size);
// The open change is done. ERR_NO_MEMORY: the tables are full; ERR_CORRUPT: it is not whole.
MUST_CHECK int storage_index_commit(void);
// The chunk whose record has this id, in the index or the open change. NULL: nobody has it.
struct storage_chunk *storage_index_holder(const struct storage_record *header);
// The asset whose name has this hash lost a record. ERR_NO_MEMORY.
MUST_CHECK int storage_index_blame(uint32_t hash);
// The asset is damaged: what is there of it is of no use.
void storage_index_lose(struct storage_asset *asset);

// ---- storage_append.c

// Writes a whole record (storage_seal_close()) to the log's end; *offset: where. Opens a block when there is no room, and, once, when the
// chip fails. ERR_IO; ERR_NO_MEMORY: no free block.
MUST_CHECK int storage_append_raw(const uint8_t *record, uint32_t *offset);
// Makes a record of the change and writes it. Fills in all of the header but kind, part, length, name, size, capacity.
MUST_CHECK int storage_append(struct storage_record *header, const void *plain, uint32_t name,
                              struct storage_chunk *chunk);
// Makes a free block the active one: erases it, writes header and snapshot. Errors as above.
MUST_CHECK int storage_append_open(void);
// Programs and counts.
MUST_CHECK int storage_append_program(uint32_t offset, const void *from, uint32_t size);
// What makes changes legal after a mount: EPOCH, counter. ERR_IO, ERR_NO_MEMORY.
MUST_CHECK int storage_append_begin(void);
MUST_CHECK int storage_append_epoch(void);

// Bytes that are left in the active block.
uint32_t storage_append_left(void);

// ---- storage_snapshot.c

// Writes the index into a block whose header is there; *end: offset in the block behind it.
MUST_CHECK int storage_snapshot_write(uint32_t block, uint32_t generation, uint32_t *end);
// Fills index and log position from a block's snapshot; *end as above. ERR_CORRUPT: not whole; ERR_IO.
MUST_CHECK int storage_snapshot_read(uint32_t block, uint32_t *end);
// The generation of a block whose header is damaged. ERR_CORRUPT: it has no snapshot either; ERR_IO.
MUST_CHECK int storage_snapshot_identify(uint32_t block, uint32_t *generation);
// Bytes in flash of the snapshot of that many assets and chunks.
uint32_t storage_snapshot_size(uint32_t assets, uint32_t chunks);

// ---- storage_gc.c

// Cleans blocks until `bytes` of records fit. ERR_NO_MEMORY: they never will; ERR_IO.
MUST_CHECK int storage_gc_make_room(uint32_t bytes);
// Until the next snapshot is there neither the open change nor the asset (NULL: none) loses a block: which of the two counts may be judged
// once more.
void storage_gc_keep(const struct storage_asset *asset);
// Blocks that failed are tried again: whether there are any.
bool storage_gc_forgive(void);
// The free block that is to be opened next, or NONE.
uint32_t storage_gc_target(void);
// Whether the store may promise room for an asset of `capacity` bytes more and one of `old` less (STORAGE_NO_ASSET: none).
#define STORAGE_NO_ASSET UINT32_MAX
bool storage_gc_may_promise(uint32_t capacity, uint32_t old);

// ---- storage_mount.c

// Finds the state. Errors of storage_log_mount().
MUST_CHECK int storage_mount_find(void);
// Reads flash. ERR_IO.
MUST_CHECK int storage_mount_read(uint32_t offset, void *to, uint32_t size);

// ---- storage_replay.c

// The last record is a copy that the cleaner made: the block where its original is, and whether power failed in it, is open. NONE: it is not.
uint32_t storage_replay_copied(void);
// Begins with the state of a snapshot.
void storage_replay_begin(void);
// Goes through a block's records from `from` on; *end: offset in the block where the next one may go,
// *found: whether there is any that counts. ERR_IO; ERR_CORRUPT: more is missing than can be told.
MUST_CHECK int storage_replay_block(uint32_t block, uint32_t from, uint32_t *end, bool *found);
// What was last counts if it is committed.
MUST_CHECK int storage_replay_finish(void);

#endif
