// SPDX-License-Identifier: BSD-3-Clause
//
// The persistent keys of each endpoint, counted. Storage cannot list what it holds, so each endpoint has an index there: an asset with the
// names of its keys, written before a key is (crypto_private.h says why). It is read when the endpoint makes its first persistent key after
// a boot; names whose key is not there do not count. Called by crypto_keys.c. Trusts storage to say what was stored or that it was damaged;
// checks all the same.
//
// An index that was damaged is begun anew: the keys that it named still work, but do not count any more.
#include <string.h>

#include "crypto_private.h"

#define ENTRIES_MAX CRYPTO_PERSISTENT_NWD
_Static_assert(CRYPTO_PERSISTENT_SP <= CRYPTO_PERSISTENT_NWD, "entries for every endpoint");

// The asset: a head and `count` names. Little-endian
#define VERSION 1
struct index_head {
    uint32_t version;
    uint32_t count;
};
struct index_name {
    uint32_t owner;
    uint32_t id;
};
struct index_image {
    struct index_head head;
    struct index_name names[ENTRIES_MAX];
};
_Static_assert(sizeof(struct index_image) == 8 + 8 * ENTRIES_MAX, "index asset");

// Keys' uids have an owner in bits 63:32, and no client is owner 0xffffffff: that is client 0xffff of endpoint 0xffff, the SPMC
#define INDEX_OWNER 0xffffffffu
#define INDEX_UID(source) ((uint64_t)INDEX_OWNER << 32 | 0x00010000u | (source))

static struct index {
    bool is_read;
    uint32_t count; // of names, as they stand or will stand in the asset
    struct index_name names[ENTRIES_MAX];
    bool has_key[ENTRIES_MAX];      // else the place may be used again
    uint32_t key_size[ENTRIES_MAX]; // bytes in storage, as far as they are known
} indexes[CRYPTO_SOURCES];

uint32_t crypto_key_index_quota(uint16_t source)
{
    return crypto_source_number(source) == 0 ? CRYPTO_PERSISTENT_NWD : CRYPTO_PERSISTENT_SP;
}

// Where the endpoint's index is stored: the normal world has one, whatever its ids
static uint64_t uid_of(uint16_t source)
{
    return INDEX_UID(crypto_source_number(source) == 0 ? 0 : source);
}

static bool is_damage(psa_status_t status)
{
    return status == PSA_ERROR_DATA_CORRUPT || status == PSA_ERROR_DATA_INVALID ||
           status == PSA_ERROR_INVALID_SIGNATURE;
}

// An image of `size` bytes that were read
static bool is_sound(const struct index_image *image, size_t size)
{
    return size >= sizeof(image->head) && image->head.version == VERSION &&
           size == sizeof(image->head) + image->head.count * sizeof(image->names[0]);
}

// Whether the key of a name is in storage, and its bytes there. If that cannot be told, it counts as a key without bytes.
static bool is_stored(const struct index_name *name, uint32_t *key_size)
{
    struct psa_storage_info_t info;
    psa_status_t status = crypto_its_get_info((uint64_t)name->owner << 32 | name->id, &info);

    *key_size = status == PSA_SUCCESS ? (uint32_t)info.size : 0;
    return status != PSA_ERROR_DOES_NOT_EXIST;
}

static psa_status_t read_index(struct index *index, uint16_t source)
{
    struct index_image image;
    size_t size = 0;
    psa_status_t status = crypto_its_get(uid_of(source), 0, sizeof(image), &image, &size);

    if (status == PSA_ERROR_DOES_NOT_EXIST || is_damage(status) ||
        (status == PSA_SUCCESS && !is_sound(&image, size))) {
        image.head.count = 0;
    } else if (status != PSA_SUCCESS) {
        return status;
    }
    index->count = image.head.count;
    for (uint32_t i = 0; i < index->count; i++) {
        index->names[i] = image.names[i];
        index->has_key[i] = is_stored(&image.names[i], &index->key_size[i]);
    }
    index->is_read = true;
    return PSA_SUCCESS;
}

static psa_status_t write_index(const struct index *index, uint16_t source)
{
    struct index_image image = { .head = { .version = VERSION, .count = index->count } };
    size_t names_size = index->count * sizeof(image.names[0]);

    memcpy(image.names, index->names, names_size);
    return crypto_its_set(uid_of(source), sizeof(image.head) + names_size, &image,
                          PSA_STORAGE_FLAG_NONE);
}

// Where a name stands, or index->count
static uint32_t find(const struct index *index, crypto_owner owner, uint32_t id)
{
    uint32_t at = 0;

    while (at < index->count &&
           (index->names[at].owner != (uint32_t)owner || index->names[at].id != id)) {
        at++;
    }
    return at;
}

// A place without a key, the last one if there is none before, `most` if there is none at all
static uint32_t find_room(const struct index *index, uint32_t most)
{
    uint32_t at = 0;

    while (at < index->count && index->has_key[at]) {
        at++;
    }
    return at < most ? at : most;
}

psa_status_t crypto_key_index_add(crypto_owner owner, uint32_t id)
{
    uint16_t source = crypto_owner_source(owner);
    struct index *index = &indexes[crypto_source_number(source)];
    uint32_t most = crypto_key_index_quota(source);
    psa_status_t status = index->is_read ? PSA_SUCCESS : read_index(index, source);

    if (status != PSA_SUCCESS) {
        return status;
    }
    uint32_t at = find(index, owner, id);

    if (at < index->count) { // the asset has that name already
        index->key_size[at] = index->has_key[at] ? index->key_size[at] : 0;
        index->has_key[at] = true;
        return PSA_SUCCESS;
    }
    at = find_room(index, most);
    if (at == most) {
        return PSA_ERROR_INSUFFICIENT_STORAGE;
    }
    struct index_name old = index->names[at];
    uint32_t old_count = index->count;

    index->names[at] = (struct index_name){ .owner = (uint32_t)owner, .id = id };
    index->has_key[at] = true;
    index->key_size[at] = 0;
    index->count = at == old_count ? old_count + 1 : old_count;
    status = write_index(index, source);
    if (status != PSA_SUCCESS) { // a name too many in the asset does no harm
        index->names[at] = old;
        index->has_key[at] = false;
        index->count = old_count;
    }
    return status;
}

bool crypto_key_index_fits(uint64_t uid, size_t size)
{
    crypto_owner owner = (crypto_owner)(uid >> 32);

    if ((uint32_t)owner == INDEX_OWNER) {
        return true;
    }
    size_t source = crypto_source_number(crypto_owner_source(owner));
    struct index *index = &indexes[source];
    uint32_t at = find(index, owner, (uint32_t)uid);
    size_t left = source == 0 ? CRYPTO_PERSISTENT_NWD_BYTES : CRYPTO_PERSISTENT_SP_BYTES;

    for (uint32_t i = 0; i < index->count; i++) {
        size_t other = index->has_key[i] && i != at ? index->key_size[i] : 0;

        left = other < left ? left - other : 0;
    }
    if (at == index->count || size > left) {
        return false;
    }
    index->key_size[at] = (uint32_t)size;
    return true;
}

void crypto_key_index_drop(crypto_owner owner, uint32_t id)
{
    struct index *index = &indexes[crypto_source_number(crypto_owner_source(owner))];
    uint32_t at = find(index, owner, id);

    if (at < index->count) {
        index->has_key[at] = false;
    }
}
