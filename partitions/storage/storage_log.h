// SPDX-License-Identifier: BSD-3-Clause
//
// The store of the storage partition: assets in a log on NOR flash, encrypted, authenticated, safe from power cuts. FORMAT.md is the
// byte-level format. Called by storage_service.c; runs unchanged in host tests, on a model of the chip. Trusts its key and the
// rollback counter; not a bit of the flash.
#ifndef STORAGE_LOG_H
#define STORAGE_LOG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "errors.h"

#define STORAGE_ASSET_MAX 0x10000 // bytes of one asset
#define STORAGE_KEY_SIZE 32
#define STORAGE_ASSETS_MAX 1024 // assets of all owners

// Data that flash of these dimensions holds for certain: capacities summed, in at most 640 assets of any sizes. Not promised are headers,
// the index's snapshots, five blocks (the log's end, the one before, the cleaner's reserve) and a twelfth of the rest for the
// cleaner; a record costs 80 bytes beside its up to 2048. storage_log_set() and _create() count exactly and often take more.
#define STORAGE_DATA_CERTAIN(block_size, block_count)                                   \
    ((block_count) > 6 && (block_size) >= 0x20000                                       \
         ? ((block_count)-5) * ((block_size)-0x9600) / 12 * 11 / 2128 * 2048 - 640 * 96 \
         : 0)

// The chip, by whoever drives it: the partition's NOR driver, or the model. Offsets are from the start of the store's region.
// Each returns 0, or ERR_IO, ERR_TIMEOUT, ERR_DENIED (locked): then what was to be written may be there in part.
struct storage_flash {
    uint32_t block_size; // bytes that are erased at once: a power of two
    uint32_t block_count;
    void *context;
    // Reads `size` bytes, any alignment.
    int (*read)(void *context, uint32_t offset, void *to, uint32_t size);
    // Programs `size` bytes, both multiples of 4, inside one block. Only what has not been programmed since the block's erase.
    int (*program)(void *context, uint32_t offset, const void *from, uint32_t size);
    // Erases a block: all its bits become 1.
    int (*erase)(void *context, uint32_t block);
};

// The counter against replayed flash: never goes back, in fuses or what stands for them.
struct storage_counter {
    void *context;
    // *value and the highest value it can ever have. ERR_IO; ERR_NOT_SUPPORTED: the board has none.
    int (*read)(void *context, uint32_t *value, uint32_t *limit);
    // Makes it `value`, at least what it is. ERR_IO; ERR_NO_MEMORY: beyond the limit.
    int (*advance)(void *context, uint32_t value);
};

// What an asset is called: whose it is, in which of the two APIs, its number there.
struct storage_name {
    uint32_t owner; // FF-A endpoint in bits 31:16, its client in 15:0
    uint32_t space; // 0: ITS, 1: PS
    uint64_t uid;
};

struct storage_info {
    uint32_t size;     // bytes that it has
    uint32_t capacity; // that it may have without being made anew; ≥ size
    uint32_t flags;    // psa_storage_create_flags_t
};

enum storage_rollback { STORAGE_ROLLBACK_NONE, STORAGE_ROLLBACK_COUNTED, STORAGE_ROLLBACK_USED_UP };

struct storage_stats {
    uint32_t blocks;
    uint32_t erases_min; // of all blocks; one that came erased from the factory has 1
    uint32_t erases_max;
    uint64_t asked;      // since the mount: bytes that storage_log_set() and _write() were given
    uint64_t written;    // bytes programmed, for whatever reason
    uint32_t damaged;    // records found damaged
    uint32_t free_bytes; // of data that could be stored in one asset now
    enum storage_rollback rollback;
};

// What one endpoint (bits 31:16 of the owner) has.
struct storage_usage {
    uint32_t assets;
    uint32_t bytes; // capacities, summed
};

// Begins the use of the flash: finds the newest state, finishes or undoes what a power cut interrupted. An empty chip with a counter of 0
// is formatted. All of the store is in static memory: one per program. `key`: the partition's sealing key, copied.
// ERR_IO: the chip fails; ERR_CORRUPT: what is there is not what this store wrote last (replayed, truncated, of another key,
// or destroyed beyond single records): nothing is changed;
// ERR_VERSION: a format that this code does not read; ERR_INVALID: the geometry. After any of them every other function gives
// ERR_CORRUPT; it may be called again. Flash that can be read and not be written mounts: then what changes an asset gives ERR_IO.
MUST_CHECK int storage_log_mount(const struct storage_flash *flash,
                                 const struct storage_counter *counter,
                                 const uint8_t key[STORAGE_KEY_SIZE]);

// ERR_NOT_FOUND: no such asset. ERR_CORRUPT: it was there, and even what is to be known here was destroyed, as long as it is neither set
// anew nor removed. An asset with damaged data is still known: 0.
MUST_CHECK int storage_log_info(const struct storage_name *name, struct storage_info *info);

// Reads up to `size` bytes from `offset` (≤ the asset's size, else ERR_RANGE); *done: how many. ERR_NOT_FOUND; ERR_CORRUPT: damaged,
// until set anew or removed; ERR_IO: the chip. Nothing that failed its authentication is ever in `to`; on an error it is zeroes, *done 0.
MUST_CHECK int storage_log_read(const struct storage_name *name, uint32_t offset, void *to,
                                uint32_t size, uint32_t *done);

// Each of the following is done completely and for good when it returns 0; otherwise, and after a power cut at any point, the
// asset is what it was before, or (after a power cut only) completely what it was to become.
// ERR_NO_MEMORY: flash or table of assets is full; ERR_IO: the chip or the counter fails; ERR_CORRUPT: not mounted, or see above;
// ERR_RANGE: size or capacity above STORAGE_ASSET_MAX.

// Makes the asset anew: `size` ≤ STORAGE_ASSET_MAX bytes, capacity = size.
MUST_CHECK int storage_log_set(const struct storage_name *name, const void *data, uint32_t size,
                               uint32_t flags);

// A new asset of size 0 with room for `capacity` bytes, which storage_log_write() always finds. ERR_DUPLICATE: it is there.
MUST_CHECK int storage_log_create(const struct storage_name *name, uint32_t capacity,
                                  uint32_t flags);

// Writes inside an asset: offset ≤ its size, offset + size ≤ its capacity (else ERR_RANGE). Costs flash in proportion to `size`, not to
// the asset: whole chunks of 2 KiB that it touches. ERR_NOT_FOUND; ERR_CORRUPT: damaged.
MUST_CHECK int storage_log_write(const struct storage_name *name, uint32_t offset, const void *data,
                                 uint32_t size);

// ERR_NOT_FOUND.
MUST_CHECK int storage_log_remove(const struct storage_name *name);

// Figures of the store and of one endpoint's part of it; zeroes while nothing is mounted.
void storage_log_stats(struct storage_stats *stats);
void storage_log_usage(uint16_t endpoint, struct storage_usage *usage);

#endif
