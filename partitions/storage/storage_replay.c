// SPDX-License-Identifier: BSD-3-Clause
//
// What came after a snapshot: goes through a block's records, in order, and brings the index up to date. Called by mount alone. Believes
// only records that are authentic, and of those only what the record behind confirms, or, for the last one, its commit.
// FORMAT.md, "Replay", has the rules and why they are these.
#include <string.h>

#include "storage_private.h"
#include "storage_seal.h"

#define BLANK 0xff

struct candidate {
    bool is_record;
    uint32_t traces; // commits behind it whose records are damaged
    bool committed;
    struct storage_record header;
    struct storage_epoch_body body;
    uint32_t offset;
    uint32_t name; // the last trace: of what it is about
};

// The last record that was found: the next one says whether it counts.
static struct candidate candidate;
// The one before it while the last is the first EPOCH of two, whose word about it is not final: power may have failed in that EPOCH, the
// next mount have found nothing of it and have written another.
static struct candidate prior;

static uint32_t copied; // block of the original of the last record, which is a copy; or NONE
static bool applied;    // `last` is there
static struct storage_record last;

static uint64_t sequence(uint32_t epoch, uint32_t number)
{
    return (uint64_t)epoch << 32 | number;
}

static struct storage_name name_of(const struct storage_record *header)
{
    return (struct storage_name){
        .owner = header->owner,
        .space = (header->size >> STORAGE_HIGH_SHIFT & STORAGE_SPACE_BIT) != 0,
        .uid = header->uid,
    };
}

void storage_replay_begin(void)
{
    memset(&candidate, 0, sizeof(candidate));
    memset(&prior, 0, sizeof(prior));
    applied = false;
    copied = STORAGE_NONE;
}

uint32_t storage_replay_copied(void)
{
    return copied;
}

// ---- A record that counts

static void begin_change(const struct storage_record *header)
{
    store.pending = (struct storage_pending){
        .name = name_of(header),
        .info = { .size = header->size & STORAGE_LOW,
                  .capacity = header->capacity & STORAGE_LOW,
                  .flags = header->size >> STORAGE_HIGH_SHIFT & STORAGE_FLAGS_MASK },
        .kind = header->kind,
        .first = header->part & STORAGE_PART_MASK,
    };
    store.pending.broken = store.pending.info.capacity > STORAGE_ASSET_MAX ||
                           store.pending.info.size > store.pending.info.capacity;
}

static bool goes_on(const struct storage_record *header)
{
    const struct storage_pending *pending = &store.pending;
    struct storage_name name = name_of(header);

    return pending->kind == header->kind && pending->name.owner == name.owner &&
           pending->name.uid == name.uid && pending->name.space == name.space &&
           pending->first + pending->count == (header->part & STORAGE_PART_MASK);
}

static int apply_chunk(const struct storage_record *header, uint32_t offset)
{
    struct storage_pending *pending = &store.pending;
    bool first = (header->part & STORAGE_PART_FIRST) != 0;
    int error = ERR_NONE;

    if (first) {
        begin_change(header);
    }
    if ((!first && pending->count == 0) || !goes_on(header) ||
        header->length !=
            storage_index_length(pending->info.size, header->part & STORAGE_PART_MASK)) {
        pending->broken = true;
    }
    if (!pending->broken) {
        pending->chunks[pending->count++] =
            (struct storage_chunk){ .id = header->id, .offset = offset };
    }
    if ((header->part & STORAGE_PART_LAST) != 0) {
        error = storage_index_commit();
    }
    // A change that is not whole was blamed on its asset when the hole was found
    return error == ERR_CORRUPT ? ERR_NONE : error;
}

static void apply_remove(const struct storage_record *header)
{
    struct storage_name name = name_of(header);
    struct storage_asset *asset = storage_index_find(&name);

    if (asset == NULL && store.lost_count != 0) {
        asset = storage_index_find_lost(storage_seal_name(&name));
    }
    if (asset != NULL) {
        storage_index_drop(asset);
    }
    store.pending.count = 0;
}

static int apply_candidate(void)
{
    const struct storage_record *header = &candidate.header;
    int error = ERR_NONE;

    candidate.is_record = false;
    applied = true;
    last = *header;
    store.epoch = header->epoch;
    store.number = header->number;
    store.unused = 0;
    if (header->kind == STORAGE_KIND_EPOCH) {
        store.before_epoch = candidate.body.epoch;
        store.before_number = candidate.body.number;
        store.before_name = header->previous;
        store.pending.count = 0;
    } else if (header->kind == STORAGE_KIND_REMOVE) {
        apply_remove(header);
    } else {
        error = apply_chunk(header, candidate.offset);
    }
    return error == ERR_NONE ? ERR_NONE
                             : ERR_CORRUPT; // tables that it was written from were not larger
}

// ---- The order of records

// The record (epoch, number) is the one before `header`: it counts, or it is missing.
static int settle(const struct storage_record *header, uint32_t epoch, uint32_t number)
{
    uint64_t before = sequence(epoch, number);
    uint64_t found = sequence(candidate.header.epoch, candidate.header.number);
    int error = ERR_NONE;

    // One that is older than the one that is missing was confirmed by that
    if (candidate.is_record && (found == before || (found < before && candidate.committed))) {
        error = apply_candidate();
    }
    candidate.is_record = false;
    candidate.traces = 0;
    if (error != ERR_NONE || sequence(store.epoch, store.number) == before) {
        return error;
    }
    if (epoch != store.epoch || number != store.number + store.unused + 1) {
        return ERR_CORRUPT; // more than one is missing: of what, nobody can tell
    }
    store.number = number;
    store.unused = 0;
    applied = false;
    store.name = header->previous;
    return storage_index_blame(header->previous) == ERR_NONE ? ERR_NONE : ERR_CORRUPT;
}

static bool is_copy_of_candidate(const struct storage_record *header)
{
    return candidate.is_record && candidate.header.id == header->id &&
           candidate.header.epoch == header->epoch && candidate.header.number == header->number;
}

static bool is_first_epoch(const struct storage_record *header)
{
    return header->kind == STORAGE_KIND_EPOCH && header->number == 0;
}

// What the last record, if it is an EPOCH's first, says of the one before it is final.
static int settle_prior(void)
{
    const struct candidate epoch = candidate;
    int error;

    if (!epoch.is_record || !is_first_epoch(&epoch.header)) {
        return ERR_NONE;
    }
    candidate = prior;
    error = settle(&epoch.header, epoch.body.epoch, epoch.body.number);
    candidate = epoch;
    prior.is_record = false;
    return error;
}

// The first of two: of several, the last one is right.
static void take_first_epoch(const struct storage_record *header)
{
    if (candidate.is_record && is_first_epoch(&candidate.header) &&
        candidate.header.epoch == header->epoch) {
        candidate = prior;
    }
    prior = candidate;
}

// The second EPOCH confirms the first; without it, it confirms what was before both.
static int settle_second_epoch(const struct storage_record *header,
                               const struct storage_epoch_body *body)
{
    bool first = candidate.is_record && is_first_epoch(&candidate.header) &&
                 candidate.header.epoch == header->epoch;
    bool known = store.epoch == header->epoch && store.number == 0;
    int error;

    if (known) {
        return ERR_NONE;
    }
    if (first && candidate.body.epoch == body->epoch && candidate.body.number == body->number) {
        error = settle_prior();
        return error == ERR_NONE ? apply_candidate() : error;
    }
    if (first) {
        candidate = prior; // the one that belongs to this is damaged
    }
    store.damaged++;
    return settle(header, body->epoch, body->number);
}

static int settle_epoch(const struct storage_record *header, const struct storage_epoch_body *body)
{
    int error = ERR_NONE;

    if (header->number == 1) {
        error = settle_second_epoch(header, body);
    } else if (candidate.is_record && is_first_epoch(&candidate.header) &&
               candidate.header.epoch != header->epoch) {
        error = settle_prior();
    }
    if (header->number == 0) {
        take_first_epoch(header);
    }
    candidate.body = *body;
    return error;
}

// A copy that the cleaner made counts if its commit is there. While no record comes behind, power may have failed in it.
static void on_copy(const struct storage_record *header, uint32_t offset, bool committed)
{
    struct storage_chunk *chunk =
        header->kind < STORAGE_KIND_REMOVE ? storage_index_holder(header) : NULL;

    copied = STORAGE_NONE;
    if (chunk != NULL && chunk->offset != 0) {
        copied = chunk->offset / store.flash.block_size;
    }
    if (chunk != NULL && committed) {
        chunk->offset = offset;
    }
}

static int on_record(const struct storage_record *header, const void *plain, uint32_t offset,
                     bool committed)
{
    int error = ERR_NONE;

    // A copy that the cleaner made
    if (is_copy_of_candidate(header) && committed) {
        error = settle_prior();
        error = error == ERR_NONE ? apply_candidate() : error;
    }
    if (error == ERR_NONE &&
        sequence(header->epoch, header->number) <= sequence(store.epoch, store.number)) {
        on_copy(header, offset, committed);
        return ERR_NONE;
    }
    copied = STORAGE_NONE;
    if (error != ERR_NONE || is_copy_of_candidate(header)) {
        return error;
    }
    if (header->kind == STORAGE_KIND_EPOCH) {
        struct storage_epoch_body body;

        memcpy(&body, plain, sizeof(body));
        error = settle_epoch(header, &body);
    } else {
        uint32_t gap = header->capacity >> STORAGE_HIGH_SHIFT;

        error = settle_prior();
        error = error != ERR_NONE       ? error
                : gap <= header->number ? settle(header, header->epoch, header->number - gap)
                                        : ERR_CORRUPT;
    }
    candidate.is_record = true;
    candidate.traces = 0;
    candidate.committed = committed;
    candidate.header = *header;
    candidate.offset = offset;
    return error;
}

// A commit without its record: something was there, and it was done.
static int on_trace(uint32_t name)
{
    int error = ERR_NONE;

    if (name == 0) { // an EPOCH, or a piece of a snapshot
        return ERR_NONE;
    }
    error = settle_prior();
    if (error == ERR_NONE && candidate.is_record && candidate.committed) {
        error = apply_candidate();
    }
    candidate.is_record = false;
    candidate.traces++;
    candidate.name = name;
    return error;
}

// Power may have failed in its commit, and before EPOCH is there another mount may judge it otherwise: it needs what this one drops.
static void keep_both(const struct candidate *open)
{
    struct storage_name name = name_of(&open->header);

    if (open->is_record) {
        storage_gc_keep(storage_index_find(&name));
    }
}

int storage_replay_finish(void)
{
    int error;

    keep_both(&prior);
    keep_both(&candidate);
    error = settle_prior();

    if (error == ERR_NONE && candidate.is_record && candidate.committed) {
        error = apply_candidate();
    } else if (candidate.traces == 1) {
        // It has its number: the EPOCH that is written next says so to every later mount
        store.number += store.unused + 1;
        store.unused = 0;
        store.name = candidate.name;
        error = storage_index_blame(candidate.name) == ERR_NONE ? ERR_NONE : ERR_CORRUPT;
    } else if (candidate.traces > 1) {
        error = ERR_CORRUPT;
    }
    store.pending.count = 0;
    store.pending.broken = false;
    store.next_number = store.number + store.unused + 1;
    if (applied && candidate.traces == 0) {
        struct storage_name name = name_of(&last);

        store.name = last.kind == STORAGE_KIND_EPOCH ? 0 : storage_seal_name(&name);
    }
    return error;
}

// ---- Going through a block

static uint8_t bytes[STORAGE_RECORD_MAX];

static bool is_blank(const uint8_t *from, uint32_t size)
{
    for (uint32_t i = 0; i < size; i++) {
        if (from[i] != BLANK) {
            return false;
        }
    }
    return true;
}

// The first unit from `from` on that is not blank, or the block's size.
static int skip_blank(uint32_t base, uint32_t *from)
{
    uint32_t size = store.flash.block_size;

    while (*from < size) {
        uint32_t step = size - *from < STORAGE_CHUNK ? size - *from : STORAGE_CHUNK;
        uint32_t i = 0;
        int error = storage_mount_read(base + *from, bytes, step);

        if (error != ERR_NONE) {
            return error;
        }
        while (i < step && is_blank(bytes + i, STORAGE_UNIT)) {
            i += STORAGE_UNIT;
        }
        *from += i;
        if (i < step) {
            break;
        }
    }
    return ERR_NONE;
}

// The record at `offset`, whose header is in `bytes`: *size as it says. ERR_NOT_FOUND: there is none; ERR_CORRUPT: it is not authentic.
static int read_record(uint32_t offset, uint32_t room, void *plain, uint32_t *size)
{
    struct storage_record header;
    int error;

    memcpy(&header, bytes, sizeof(header));
    *size = STORAGE_UNIT;
    if (room < storage_record_size(0) || !storage_seal_is_header(&header) ||
        room < storage_record_size(header.length)) {
        return ERR_NOT_FOUND;
    }
    *size = storage_record_size(header.length);
    error = storage_mount_read(offset, bytes, *size);
    if (error == ERR_NONE) {
        error = storage_seal_open(bytes, plain);
    }
    memcpy(&header, bytes, sizeof(header));
    if (error == ERR_NONE && storage_record_size(header.length) != *size) {
        error = ERR_CORRUPT; // the chip said something else the second time
    }
    return error;
}

// The whole record of that size in `bytes`
static bool is_committed(uint32_t size)
{
    struct storage_record header;
    struct storage_commit commit;

    memcpy(&header, bytes, sizeof(header));
    memcpy(&commit, bytes + size - sizeof(commit), sizeof(commit));
    return storage_seal_commits(&header, &commit);
}

static int take_record(uint32_t offset, uint32_t size, const void *plain, bool *found)
{
    struct storage_record header;

    memcpy(&header, bytes, sizeof(header));
    if (header.kind == STORAGE_KIND_SNAPSHOT) {
        return ERR_NONE;
    }
    *found = true;
    return on_record(&header, plain, offset, is_committed(size));
}

static int take_unit(void)
{
    struct storage_commit commit;

    memcpy(&commit, bytes, sizeof(commit));
    return storage_seal_is_commit(&commit) ? on_trace(commit.name) : ERR_NONE;
}

// What is at `offset`, read again if it is not a record with its commit. *size is 0 if nothing is there.
static int read_place(uint32_t offset, uint32_t room, void *plain, uint32_t *size)
{
    const uint32_t header = sizeof(struct storage_record);
    int error = ERR_CORRUPT;

    for (uint32_t reads = 0; reads < STORAGE_READS; reads++) {
        error = storage_mount_read(offset, bytes, room < header ? room : header);
        *size = 0;
        if (error != ERR_NONE || is_blank(bytes, STORAGE_UNIT)) {
            break;
        }
        error = read_record(offset, room, plain, size);
        if (error == ERR_IO || (error == ERR_NONE && is_committed(*size))) {
            break;
        }
    }
    return error;
}

int storage_replay_block(uint32_t block, uint32_t from, uint32_t *end, bool *found)
{
    static uint8_t plain[STORAGE_CHUNK];
    const uint32_t limit = store.flash.block_size;
    const uint32_t base = block * limit;
    bool doubtful = false;
    int error = ERR_NONE;

    *end = from;
    *found = false;
    while (error == ERR_NONE && from < limit) {
        uint32_t size;

        error = read_place(base + from, limit - from, plain, &size);
        if (error == ERR_NONE && size == 0) {
            error = skip_blank(base, &from);
            continue;
        }
        doubtful = error != ERR_NONE;
        if (error == ERR_NONE) {
            error = take_record(base + from, size, plain, found);
            from += size;
            *end = from;
        } else if (error == ERR_NOT_FOUND || error == ERR_CORRUPT) {
            error = take_unit();
            from += STORAGE_UNIT;
        }
    }
    // What power failed in may read differently next time, and so say another end: nothing goes behind it
    *end = doubtful ? limit : *end;
    memset(plain, 0, sizeof(plain));
    return error;
}
