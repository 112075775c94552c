// SPDX-License-Identifier: BSD-3-Clause
//
// Base and deltas of the TPM's permanent state. See ftpm_nv.h. Each asset names the one that it belongs to by number: a new base makes both deltas
// void, a new large delta the small one, in the same write. So nothing is ever half there.
#include "ftpm_nv.h"

#include <stdbool.h>
#include <string.h>

#define NV_MAGIC 0x564e5446u // "FTNV"
#define NV_VERSION 1
#define NV_GAP \
    8 // equal bytes between two changes that are cheaper stored than skipped: an entry's head

// Which asset: its uid
enum level { LEVEL_BASE = FTPM_NV_UID_BASE, LEVEL_LARGE, LEVEL_SMALL };
_Static_assert(LEVEL_LARGE == FTPM_NV_UID_LARGE && LEVEL_SMALL == FTPM_NV_UID_SMALL, "uids");

// Little-endian, like the core
struct nv_head {
    uint32_t magic;
    uint16_t version;
    uint16_t level;
    uint32_t base; // number of the base: 1 …; of a delta: of the base that it belongs to
    uint32_t
        large; // number of the large delta, for this base: 1 …; of a small one: of the large one that it belongs to, 0: none
    uint32_t size; // of the state
};
_Static_assert(sizeof(struct nv_head) == 20, "stored");

// In a delta, ascending and apart; its bytes follow
struct nv_entry {
    uint32_t offset;
    uint32_t size;
};
_Static_assert(sizeof(struct nv_entry) == 8, "stored");

struct delta {
    struct nv_head head;
    uint8_t entries[FTPM_NV_LARGE_MAX];
    size_t used;
};

// A state, or what it would be without its small delta
struct nv_image {
    uint8_t data[FTPM_NV_MAX];
    uint32_t size;
};

static const struct ftpm_nv_store *nv; // NULL: not to be used
static uint32_t base_number;           // 0: nothing is stored
static uint32_t large_number;          // 0: there is no large delta of this base
static bool is_marked;
static struct nv_image base;
static struct nv_image upper; // base and large delta
static struct nv_image state; // size 0: none yet

// A base on its way to or from the store
static struct {
    struct nv_head head;
    uint8_t data[FTPM_NV_MAX];
} whole;
static struct delta delta;

static int check_head(const struct nv_head *head, enum level level, size_t size)
{
    if (size < sizeof(*head) || head->magic != NV_MAGIC) {
        return ERR_CORRUPT;
    }
    if (head->version != NV_VERSION) {
        return ERR_VERSION;
    }
    return head->level == level && head->base != 0 && head->size != 0 && head->size <= FTPM_NV_MAX
               ? 0
               : ERR_CORRUPT;
}

static int get(uint64_t uid, void *to, size_t room, size_t *size)
{
    int error = nv->get(nv->context, uid, to, room, size);

    return error == ERR_RANGE ? ERR_CORRUPT : error;
}

static int read_base(void)
{
    size_t size;
    int error = get(LEVEL_BASE, &whole, sizeof(whole), &size);

    if (error == 0) {
        error = check_head(&whole.head, LEVEL_BASE, size);
    }
    if (error == 0 && size - sizeof(whole.head) != whole.head.size) {
        error = ERR_CORRUPT;
    }
    if (error == 0) {
        base_number = whole.head.base;
        base.size = whole.head.size;
        memcpy(base.data, whole.data, base.size);
    }
    return error;
}

// One entry at `*at`; moves behind it. `end`: where the entry before ended
static int apply_entry(struct nv_image *image, const uint8_t *entries, size_t size, size_t *at,
                       uint32_t *end)
{
    struct nv_entry entry;

    if (sizeof(entry) > size - *at) {
        return ERR_CORRUPT;
    }
    memcpy(&entry, entries + *at, sizeof(entry));
    *at += sizeof(entry);
    if (entry.size == 0 || entry.size > size - *at || entry.offset < *end ||
        entry.offset > image->size || entry.size > image->size - entry.offset) {
        return ERR_CORRUPT;
    }
    memcpy(image->data + entry.offset, entries + *at, entry.size);
    *at += entry.size;
    *end = entry.offset + entry.size;
    return 0;
}

// `image` is what the delta was made from, and its result
static int apply_delta(struct nv_image *image, size_t size)
{
    uint32_t end = 0;
    size_t at = 0;
    int error = 0;

    if (delta.head.size > image->size) { // larger than before: from zeros
        memset(image->data + image->size, 0, delta.head.size - image->size);
    }
    image->size = delta.head.size;
    while (error == 0 && at < size) {
        error = apply_entry(image, delta.entries, size, &at, &end);
    }
    return error;
}

// ERR_NOT_FOUND: there is none, or it is void
static int read_delta(enum level level, size_t *size)
{
    int error = get(level, &delta, sizeof(delta.head) + sizeof(delta.entries), size);

    if (error == 0) {
        error = check_head(&delta.head, level, *size);
    }
    if (error != 0) {
        return error;
    }
    *size -= sizeof(delta.head);
    return delta.head.base == base_number &&
                   (level == LEVEL_LARGE || delta.head.large == large_number)
               ? 0
               : ERR_NOT_FOUND;
}

static int read_deltas(void)
{
    size_t size;

    upper = base;
    int error = read_delta(LEVEL_LARGE, &size);

    if (error == 0) {
        large_number = delta.head.large;
        error = large_number == 0 ? ERR_CORRUPT : apply_delta(&upper, size);
    }
    if (error != 0 && error != ERR_NOT_FOUND) {
        return error;
    }
    state = upper;
    error = read_delta(LEVEL_SMALL, &size);
    if (error == 0) {
        error = apply_delta(&state, size);
    }
    return error == ERR_NOT_FOUND ? 0 : error;
}

// 0: there is the asset; ERR_NOT_FOUND
static int look_for(uint64_t uid)
{
    size_t size;
    int error = get(uid, &delta, sizeof(delta), &size);

    return error == ERR_CORRUPT ? 0 : error; // whatever it is, it is there
}

// Without a base there must be no trace of one
static int check_new(void)
{
    for (uint64_t uid = LEVEL_LARGE; uid <= FTPM_NV_UID_MARK; uid++) {
        int error = look_for(uid);

        if (error != ERR_NOT_FOUND) {
            return error == 0 ? ERR_CORRUPT : error;
        }
    }
    return ERR_NOT_FOUND;
}

static int read_all(void)
{
    int error = read_base();

    if (error == ERR_NOT_FOUND) {
        return check_new();
    }
    if (error == 0) {
        error = read_deltas();
    }
    if (error == 0) {
        error = look_for(FTPM_NV_UID_MARK);
        is_marked = error == 0;
    }
    return error == ERR_NOT_FOUND ? 0 : error; // the power went before the mark was set
}

int ftpm_nv_begin(const struct ftpm_nv_store *store)
{
    nv = store;
    base_number = large_number = 0;
    is_marked = false;
    base.size = upper.size = state.size = 0;
    int error = read_all();

    if (error != 0 && error != ERR_NOT_FOUND) {
        nv = NULL;
    }
    return error;
}

int ftpm_nv_state(const uint8_t **data, uint32_t *size)
{
    if (nv == NULL) {
        return ERR_DENIED;
    }
    if (state.size == 0) {
        return ERR_NOT_FOUND;
    }
    *data = state.data;
    *size = state.size;
    return 0;
}

// ---- Saving ----

// Is byte `at` of the new state what `from` alone gives? Behind its end that is zero
static bool is_old(const struct nv_image *from, const uint8_t *data, uint32_t at)
{
    return data[at] == (at < from->size ? from->data[at] : 0);
}

// End of the change that begins at `at`: NV_GAP old bytes, or the state's end, follow
static uint32_t change_end(const struct nv_image *from, const uint8_t *data, uint32_t size,
                           uint32_t at)
{
    uint32_t end = at + 1;

    for (uint32_t i = end; i < size && i - end < NV_GAP; i++) {
        if (!is_old(from, data, i)) {
            end = i + 1;
        }
    }
    return end;
}

// What makes `from` the new state; false: it takes more than `room` bytes
static bool make_delta(const struct nv_image *from, const uint8_t *data, uint32_t size, size_t room)
{
    uint32_t at = 0;

    delta.used = 0;
    while (at < size) {
        if (is_old(from, data, at)) {
            at++;
            continue;
        }
        struct nv_entry entry = { .offset = at, .size = change_end(from, data, size, at) - at };

        if (sizeof(entry) + entry.size > room - delta.used) {
            return false;
        }
        memcpy(delta.entries + delta.used, &entry, sizeof(entry));
        memcpy(delta.entries + delta.used + sizeof(entry), data + at, entry.size);
        delta.used += sizeof(entry) + entry.size;
        at += entry.size;
    }
    return true;
}

static struct nv_head head_of(enum level level, uint32_t large, uint32_t size)
{
    return (struct nv_head){ .magic = NV_MAGIC,
                             .version = NV_VERSION,
                             .level = (uint16_t)level,
                             .base = base_number,
                             .large = large,
                             .size = size };
}

static int set_delta(enum level level, uint32_t large, uint32_t size)
{
    delta.head = head_of(level, large, size);
    return nv->set(nv->context, level, &delta, sizeof(delta.head) + delta.used);
}

static void copy(struct nv_image *to, const uint8_t *data, uint32_t size)
{
    memcpy(to->data, data, size);
    to->size = size;
}

static int save_large(const uint8_t *data, uint32_t size)
{
    int error = set_delta(LEVEL_LARGE, large_number + 1, size);

    if (error == 0) {
        large_number++;
        copy(&upper, data, size);
    }
    return error;
}

static int save_base(const uint8_t *data, uint32_t size)
{
    if (base_number == UINT32_MAX) {
        return ERR_NO_MEMORY;
    }
    base_number++;
    whole.head = head_of(LEVEL_BASE, 0, size);
    memcpy(whole.data, data, size);
    int error = nv->set(nv->context, LEVEL_BASE, &whole, sizeof(whole.head) + size);

    if (error == 0) {
        large_number = 0;
        copy(&base, data, size);
        copy(&upper, data, size);
    }
    return error;
}

static int save(const uint8_t *data, uint32_t size)
{
    static const uint8_t mark = 1;
    int error;

    if (base_number != 0 && make_delta(&upper, data, size, FTPM_NV_SMALL_MAX)) {
        error = set_delta(LEVEL_SMALL, large_number, size);
    } else if (base_number != 0 && large_number != UINT32_MAX &&
               make_delta(&base, data, size, FTPM_NV_LARGE_MAX)) {
        error = save_large(data, size);
    } else {
        error = save_base(data, size);
    }
    if (error == 0 && !is_marked) {
        error = nv->set(nv->context, FTPM_NV_UID_MARK, &mark, sizeof(mark));
        is_marked = error == 0;
    }
    return error;
}

int ftpm_nv_save(const uint8_t *data, uint32_t size)
{
    if (nv == NULL) {
        return ERR_DENIED;
    }
    if (size == 0 || size > FTPM_NV_MAX) {
        return ERR_RANGE;
    }
    if (size == state.size && memcmp(data, state.data, size) == 0) {
        return 0;
    }
    int error = save(data, size);

    if (error == 0) {
        copy(&state, data, size);
    } else {
        nv = NULL; // whether it was stored, nobody knows
    }
    return error;
}
