// SPDX-License-Identifier: BSD-3-Clause
//
// What lies in the flash, byte by byte: FORMAT.md tells what it means. Little-endian, every part at a multiple of 16 from the start of
// its block. Used by the store alone; nothing here may be believed before storage_seal.h has authenticated it.
#ifndef STORAGE_RECORD_H
#define STORAGE_RECORD_H

#include <stddef.h>
#include <stdint.h>

#define STORAGE_VERSION 1
#define STORAGE_MAGIC "TSRASTOR"
#define STORAGE_UNIT 16    // programmed once between two erases
#define STORAGE_CHUNK 2048 // bytes of an asset in one record
#define STORAGE_TAG 16
#define STORAGE_CHUNKS_PER_ASSET 32

// At the start of each block that is or was in use
struct storage_block_header {
    uint8_t magic[8];
    uint32_t version;
    uint32_t block_size;
    uint32_t block_count;
    uint32_t block;      // its own number
    uint32_t generation; // of all blocks, the highest is the end of the log
    uint32_t erases;     // how often it was erased, this time included
    uint32_t previous;   // number of the block where the log was before, itself: none
    uint8_t zero[8];
    uint32_t check;           // CRC-32 of all before
    uint8_t tag[STORAGE_TAG]; // HMAC-SHA-256 of all before, its first half
};
_Static_assert(sizeof(struct storage_block_header) == 64, "FORMAT.md, block header");
_Static_assert(offsetof(struct storage_block_header, check) == 44, "FORMAT.md, block header");

enum storage_kind {
    STORAGE_KIND_SET = 1,  // a chunk of an asset that is made anew
    STORAGE_KIND_WRITE,    // a chunk that takes the place of one, or is added
    STORAGE_KIND_REMOVE,   // the asset is no more
    STORAGE_KIND_EPOCH,    // what follows was written with the rollback counter at `epoch`
    STORAGE_KIND_SNAPSHOT, // a piece of the index, at a block's start
};

#define STORAGE_PART_MASK 0x1f  // bits 4:0 of `part`: number of the chunk
#define STORAGE_PART_FIRST 0x40 // first record of its change
#define STORAGE_PART_LAST 0x80  // last one: the change is done

#define STORAGE_LOW 0xffffffu // of `size` and `capacity`
#define STORAGE_HIGH_SHIFT 24
#define STORAGE_FLAGS_MASK 0x7fu // of what is above STORAGE_LOW in `size`
#define STORAGE_SPACE_BIT 0x80u

// Header, then `length` bytes of ciphertext, tag, padding of zeroes to a unit, and storage_commit
struct storage_record {
    uint8_t kind;
    uint8_t part;
    uint16_t length; // 0 … STORAGE_CHUNK
    uint32_t epoch;
    uint32_t number; // in its epoch; EPOCH: 0 or 1
    uint32_t
        previous; // keyed hash of the name that the record before (number - gap) is about; 0: none
    uint64_t uid; // SNAPSHOT: number of the piece, its block's above bit 32
    uint32_t owner; // SNAPSHOT: generation of the block
    uint32_t size;  // of the asset when this change is done; above: creation flags, space
    uint64_t
        id; // HMAC-SHA-256 of the header and the plaintext, its first 8 bytes: rest of the nonce
    uint32_t capacity; // of the asset; above: gap
    uint32_t check;    // CRC-32 of all before
};
_Static_assert(sizeof(struct storage_record) == 48, "FORMAT.md, record header");
_Static_assert(offsetof(struct storage_record, id) == 32, "FORMAT.md, record header");

// Programmed when all before it is there
struct storage_commit {
    uint64_t id;   // the header's
    uint32_t name; // keyed hash of the record's own name; 0: none
    uint32_t
        check; // CRC-32 of all before with STORAGE_COMMIT_MARK on top of it, and STORAGE_COMMIT_BIT
};
#define STORAGE_COMMIT_MARK 0x5ea1edu
// Where a record's header has its size, which never has it: clients choose uids and sizes, and so could make a header look like a commit
#define STORAGE_COMMIT_BIT 0x800000u
_Static_assert(sizeof(struct storage_commit) == STORAGE_UNIT, "FORMAT.md, commit");

// Plaintext of EPOCH: the record before it
struct storage_epoch_body {
    uint32_t epoch;
    uint32_t number;
    uint32_t zero[2];
};
_Static_assert(sizeof(struct storage_epoch_body) == 16, "FORMAT.md, EPOCH");

// Plaintext of SNAPSHOT, all pieces in a row: this, the erase counts of all blocks (u32), the assets, the open change
struct storage_snapshot_head {
    uint32_t generation;
    uint32_t epoch;
    uint32_t number;       // of the last record before
    uint32_t previous;     // keyed hash of its name
    uint32_t before_epoch; // the record before `epoch` began
    uint32_t before_number;
    uint32_t block_count;
    uint32_t asset_count;
    uint32_t before_name; // keyed hash of that one's name
    uint32_t
        pending_count; // chunks of the open change; 0: none, or nothing of it is written; above bit 16: unused numbers behind `number`
};
_Static_assert(sizeof(struct storage_snapshot_head) == 40, "FORMAT.md, SNAPSHOT");

#define STORAGE_PENDING_MASK 0xffffu // of pending_count
#define STORAGE_UNUSED_SHIFT 16
#define STORAGE_ENTRY_GOOD 0
#define STORAGE_ENTRY_CHUNKS \
    1 // above STORAGE_LOW in `capacity`: damaged, and chunks follow nevertheless (of earlier builds)
#define STORAGE_ENTRY_DAMAGED 3 // no chunks follow
#define STORAGE_ENTRY_LOST 2    // the name is lost, its keyed hash is in `owner`; no chunks follow

// One asset; its chunks follow, from the first on. The open change begins with the same: then above STORAGE_LOW in `capacity` is its
// kind (bits 2:0) and the number of its first chunk (bits 7:3)
struct storage_snapshot_asset {
    uint32_t uid_low;
    uint32_t uid_high;
    uint32_t owner;
    uint32_t size; // as in a record
    uint32_t capacity;
};
_Static_assert(sizeof(struct storage_snapshot_asset) == 20, "FORMAT.md, SNAPSHOT");

struct storage_snapshot_chunk {
    uint32_t id_low;
    uint32_t id_high;
    uint32_t offset; // of the record, from the region's start; 0: lost
};
_Static_assert(sizeof(struct storage_snapshot_chunk) == 12, "FORMAT.md, SNAPSHOT");

_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "the structs are the format");

// Bytes of the record with `length` bytes of plaintext.
static inline uint32_t storage_record_size(uint32_t length)
{
    uint32_t body = (length + STORAGE_TAG + STORAGE_UNIT - 1) & ~(uint32_t)(STORAGE_UNIT - 1);

    return (uint32_t)(sizeof(struct storage_record) + body + sizeof(struct storage_commit));
}

#define STORAGE_RECORD_MAX (48 + STORAGE_CHUNK + STORAGE_TAG + STORAGE_UNIT)

#endif
