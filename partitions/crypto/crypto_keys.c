// SPDX-License-Identifier: BSD-3-Clause
//
// Keys with owners. PSA Crypto keeps them, with the owner in its key id; this gives volatile keys names of the owner's own, so that no id
// tells of other clients, counts keys, and bounds what an endpoint's keys take of memory and storage. Called by the operations with checked
// requests. Trusts nothing but the owner, which comes from the SPMC and the message.
#include <mbedtls/platform_util.h>
#include <psa/crypto.h>
#include <string.h>

#include "crypto_ops.h"
#include "crypto_private.h"

// Every quota of volatile keys, and each endpoint's cached persistent ones as far as they fit beside
_Static_assert(MBEDTLS_PSA_KEY_SLOT_COUNT > CRYPTO_KEYS_MAX,
               "one slot for each key of every quota");

_Static_assert(CRYPTO_KEYS_PER_SOURCE < 64, "fewer keys than bits");

// Names of volatile keys: PSA's range for implementations. A client sees only how many keys it has itself
#define VOLATILE_ID_MIN 0x7fff0000u

struct key {
    crypto_owner owner;
    uint16_t instance;        // of the owner: whose it is until it is told to be gone
    uint32_t number;          // the owner's name for it is VOLATILE_ID_MIN + number
    mbedtls_svc_key_id_t key; // null: no key
};

// A persistent key that Mbed TLS may have a copy of
struct cached {
    crypto_owner owner;
    uint32_t id; // 0: none
};

static struct endpoint {
    struct key keys[CRYPTO_KEYS_PER_SOURCE];
    struct cached cached[CRYPTO_CACHED_PER_SOURCE]; // the last one used first
} endpoints[CRYPTO_SOURCES];

static struct endpoint *endpoint_of(crypto_owner owner)
{
    return &endpoints[crypto_source_number(crypto_owner_source(owner))];
}

static bool is_user_id(uint32_t id)
{
    return id >= PSA_KEY_ID_USER_MIN && id <= PSA_KEY_ID_USER_MAX;
}

bool crypto_keys_stays(uint32_t id)
{
    return is_user_id(id);
}

static bool is_used(const struct key *key)
{
    return !mbedtls_svc_key_id_is_null(key->key);
}

static bool is_of(const struct key *key, crypto_owner owner, uint16_t instance)
{
    return key->owner == owner && key->instance == instance;
}

static struct key *find(crypto_owner owner, uint32_t id)
{
    struct endpoint *endpoint = endpoint_of(owner);
    uint32_t number = id - VOLATILE_ID_MIN;

    if (number >= CRYPTO_KEYS_PER_SOURCE) {
        return NULL;
    }
    // An endpoint with one client finds it at once
    for (uint32_t i = 0; i < CRYPTO_KEYS_PER_SOURCE; i++) {
        struct key *key = &endpoint->keys[(number + i) % CRYPTO_KEYS_PER_SOURCE];

        if (is_of(key, owner, crypto_wire_instance()) && key->number == number && is_used(key)) {
            return key;
        }
    }
    return NULL;
}

// An unused entry for a key of `owner`, with the lowest number that the owner does not use; NULL: the endpoint has all it may have.
static struct key *find_room(crypto_owner owner)
{
    struct endpoint *endpoint = endpoint_of(owner);
    uint64_t taken = 0; // a bit for each number

    for (uint32_t i = 0; i < CRYPTO_KEYS_PER_SOURCE; i++) {
        if (is_of(&endpoint->keys[i], owner, crypto_wire_instance()) &&
            is_used(&endpoint->keys[i])) {
            taken |= 1ull << endpoint->keys[i].number;
        }
    }
    uint32_t number = (uint32_t)__builtin_ctzll(~taken);

    for (uint32_t i = 0; i < CRYPTO_KEYS_PER_SOURCE; i++) {
        struct key *key = &endpoint->keys[(number + i) % CRYPTO_KEYS_PER_SOURCE];

        if (!is_used(key)) {
            key->owner = owner;
            key->instance = crypto_wire_instance();
            key->number = number;
            return key;
        }
    }
    return NULL;
}

// Gives up the copy of a persistent key; the key stays in storage
static void purge(const struct cached *cached)
{
    if (cached->id != 0) {
        (void)psa_purge_key(mbedtls_svc_key_id_make(cached->owner, cached->id));
    }
}

// Gives up copies, those first that were not used for longest, until the endpoint may keep `more` bytes
static void make_room(struct cached *cached, size_t more)
{
    for (size_t i = CRYPTO_CACHED_PER_SOURCE; i > 0 && !crypto_heap_fits(more); i--) {
        purge(&cached[i - 1]);
        cached[i - 1].id = 0;
    }
}

// Notes that a persistent key is used; the one that was not for longest goes for it
static void touch(crypto_owner owner, uint32_t id)
{
    struct cached *cached = endpoint_of(owner)->cached;
    size_t at = 0;

    while (at < CRYPTO_CACHED_PER_SOURCE - 1 &&
           (cached[at].id != id || cached[at].owner != owner)) {
        at++;
    }
    if (cached[at].id != id || cached[at].owner != owner) {
        purge(&cached[at]);
        cached[at].id = 0;
        make_room(cached, CRYPTO_KEY_SIZE_MAX);
    }
    memmove(cached + 1, cached, at * sizeof(*cached));
    cached[0] = (struct cached){ .owner = owner, .id = id };
}

mbedtls_svc_key_id_t crypto_keys_name(crypto_owner owner, uint32_t id)
{
    if (is_user_id(id)) {
        touch(owner, id);
        return mbedtls_svc_key_id_make(owner, id);
    }
    struct key *key = find(owner, id);

    // Another id than the null key's, which destroy takes for one that is gone
    return key != NULL ? key->key : mbedtls_svc_key_id_make(owner, id != 0 ? UINT32_MAX : 0);
}

bool crypto_keys_over(crypto_owner owner)
{
    make_room(endpoint_of(owner)->cached, 0);
    return !crypto_heap_fits(0);
}

// Where Mbed TLS stores a key
static psa_storage_uid_t uid_of(crypto_owner owner, uint32_t id)
{
    return (uint64_t)(uint32_t)owner << 32 | id;
}

static psa_status_t decode_attributes(crypto_owner owner, const struct crypto_attributes *wire,
                                      psa_key_attributes_t *attributes)
{
    if (wire->type > UINT16_MAX) {
        return PSA_ERROR_INVALID_ARGUMENT;
    }
    psa_set_key_type(attributes, (psa_key_type_t)wire->type);
    psa_set_key_bits(attributes, wire->key_bits); // also says when they are too many
    psa_set_key_usage_flags(attributes, wire->usage);
    psa_set_key_algorithm(attributes, wire->alg);
    if (PSA_KEY_LIFETIME_IS_VOLATILE(wire->lifetime)) {
        mbedtls_set_key_owner_id(attributes, owner);
    } else if (!is_user_id(wire->id) || PSA_KEY_LIFETIME_IS_READ_ONLY(wire->lifetime) ||
               PSA_KEY_LIFETIME_GET_LOCATION(wire->lifetime) != PSA_KEY_LOCATION_LOCAL_STORAGE) {
        return PSA_ERROR_INVALID_ARGUMENT;
    } else {
        psa_set_key_id(attributes, mbedtls_svc_key_id_make(owner, wire->id));
    }
    psa_set_key_lifetime(attributes, wire->lifetime);
    return PSA_SUCCESS;
}

// `make`, and what it made is given back if it is more than the endpoint may keep
static psa_status_t make_bounded(crypto_owner owner, psa_key_attributes_t *attributes,
                                 crypto_keys_maker make, void *context, mbedtls_svc_key_id_t *key)
{
    psa_status_t status = make(attributes, context, key);

    if (status == PSA_SUCCESS && crypto_keys_over(owner)) {
        status = psa_destroy_key(*key);
        status = status == PSA_SUCCESS ? PSA_ERROR_INSUFFICIENT_MEMORY : status;
    }
    return status;
}

static psa_status_t make_volatile(crypto_owner owner, psa_key_attributes_t *attributes,
                                  crypto_keys_maker make, void *context, uint32_t *id)
{
    mbedtls_svc_key_id_t made = MBEDTLS_SVC_KEY_ID_INIT;
    struct key *room = find_room(owner);

    if (room == NULL) {
        return PSA_ERROR_INSUFFICIENT_MEMORY;
    }
    psa_status_t status = make_bounded(owner, attributes, make, context, &made);

    if (status == PSA_SUCCESS) {
        room->key = made;
        *id = VOLATILE_ID_MIN + room->number;
    }
    return status;
}

static psa_status_t make_persistent(crypto_owner owner, psa_key_attributes_t *attributes,
                                    crypto_keys_maker make, void *context, uint32_t *id)
{
    mbedtls_svc_key_id_t made = MBEDTLS_SVC_KEY_ID_INIT;
    uint32_t wanted = MBEDTLS_SVC_KEY_ID_GET_KEY_ID(psa_get_key_id(attributes));
    struct psa_storage_info_t info;

    crypto_its_clear();
    psa_status_t status = crypto_key_index_add(owner, wanted);

    if (status != PSA_SUCCESS) {
        return status;
    }
    crypto_its_clear();
    touch(owner, wanted);
    status = crypto_its_status(make_bounded(owner, attributes, make, context, &made));
    if (status == PSA_SUCCESS) {
        *id = wanted;
    } else if (crypto_its_get_info(uid_of(owner, wanted), &info) == PSA_ERROR_DOES_NOT_EXIST) {
        crypto_key_index_drop(owner, wanted);
    }
    return status;
}

psa_status_t crypto_keys_make(crypto_owner owner, const struct crypto_attributes *wire,
                              crypto_keys_maker make, void *context, uint32_t *id)
{
    psa_key_attributes_t attributes = PSA_KEY_ATTRIBUTES_INIT;
    psa_status_t status = decode_attributes(owner, wire, &attributes);

    if (status == PSA_SUCCESS) {
        status = PSA_KEY_LIFETIME_IS_VOLATILE(wire->lifetime)
                     ? make_volatile(owner, &attributes, make, context, id)
                     : make_persistent(owner, &attributes, make, context, id);
    }
    psa_reset_key_attributes(&attributes);
    return status;
}

// A persistent key: gone from storage and from memory, also if its data there is no key any more
static psa_status_t destroy_persistent(crypto_owner owner, uint32_t id)
{
    psa_status_t status = psa_destroy_key(mbedtls_svc_key_id_make(owner, id));

    if (status == PSA_ERROR_DATA_CORRUPT || status == PSA_ERROR_DATA_INVALID ||
        status == PSA_ERROR_INVALID_SIGNATURE) {
        status = crypto_its_remove(uid_of(owner, id));
        status = status == PSA_ERROR_DOES_NOT_EXIST ? PSA_SUCCESS : status; // it went at first
    }
    if (status == PSA_SUCCESS) {
        crypto_key_index_drop(owner, id);
    }
    return status;
}

psa_status_t crypto_keys_destroy(crypto_owner owner, uint32_t id)
{
    struct key *key = find(owner, id);
    psa_status_t status;

    if (is_user_id(id)) {
        status = destroy_persistent(owner, id);
    } else {
        status = psa_destroy_key(crypto_keys_name(owner, id));
        if (status == PSA_SUCCESS && key != NULL) {
            key->key = mbedtls_svc_key_id_make(0, 0);
        }
    }
    if (status == PSA_SUCCESS && id != 0) {
        crypto_ops_forget_key(owner, id);
    }
    return status;
}

psa_status_t crypto_keys_purge(crypto_owner owner, uint32_t id)
{
    struct psa_storage_info_t info;
    psa_status_t status = psa_purge_key(crypto_keys_name(owner, id));

    if (status == PSA_ERROR_DOES_NOT_EXIST) { // in memory
        status = crypto_its_get_info(uid_of(owner, id), &info);
    }
    return status == PSA_ERROR_DOES_NOT_EXIST ? PSA_ERROR_INVALID_HANDLE : status;
}

psa_status_t crypto_keys_describe(crypto_owner owner, uint32_t id, struct crypto_attributes *wire)
{
    psa_key_attributes_t attributes = PSA_KEY_ATTRIBUTES_INIT;
    psa_status_t status = psa_get_key_attributes(crypto_keys_name(owner, id), &attributes);

    if (status == PSA_SUCCESS) {
        *wire = (struct crypto_attributes){
            .type = psa_get_key_type(&attributes),
            .key_bits = (uint32_t)psa_get_key_bits(&attributes),
            .lifetime = psa_get_key_lifetime(&attributes),
            .id = id,
            .usage = psa_get_key_usage_flags(&attributes),
            .alg = psa_get_key_algorithm(&attributes),
        };
    }
    psa_reset_key_attributes(&attributes);
    return status;
}

void crypto_keys_forget_owner(crypto_owner owner, uint16_t instance)
{
    for (size_t i = 0; i < CRYPTO_KEYS_PER_SOURCE; i++) {
        struct key *key = &endpoint_of(owner)->keys[i];

        // Its operations are gone already
        if (is_used(key) && (is_of(key, owner, instance) ||
                             (key->owner == owner && instance == TS_RPC_INSTANCE_ALL))) {
            (void)psa_destroy_key(key->key); // cannot fail for a volatile key
            key->key = mbedtls_svc_key_id_make(0, 0);
        }
    }
    for (size_t i = 0;
         i < CRYPTO_CACHED_PER_SOURCE && (instance == 0 || instance == TS_RPC_INSTANCE_ALL); i++) {
        struct cached *cached = &endpoint_of(owner)->cached[i];

        if (cached->owner == owner) {
            purge(cached);
            cached->id = 0;
        }
    }
}
