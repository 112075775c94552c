// SPDX-License-Identifier: BSD-3-Clause
//
// Multi-part hash operations by handle, each with its owner. Called by crypto_service.c; PSA Crypto
// checks the sequence of calls on each operation.
#include <psa/crypto.h>
#include <string.h>

#include "crypto_service.h"

struct hash {
    uint32_t handle; // 0: not in use
    crypto_owner owner;
    uint64_t used_at;
    psa_hash_operation_t operation;
};

static struct hash hashes[CRYPTO_HASHES_MAX];
static uint32_t last_handle;
static uint64_t use_count; // counts uses

static struct hash *find(crypto_owner owner, uint32_t handle)
{
    for (size_t i = 0; handle != 0 && i < CRYPTO_HASHES_MAX; i++) {
        if (hashes[i].handle == handle && hashes[i].owner == owner) {
            hashes[i].used_at = ++use_count;
            return &hashes[i];
        }
    }
    return NULL;
}

static void release(struct hash *hash)
{
    (void)psa_hash_abort(&hash->operation); // of an operation that is over: does nothing
    memset(hash, 0, sizeof(*hash));
}

static bool is_used(uint32_t handle)
{
    for (size_t i = 0; i < CRYPTO_HASHES_MAX; i++) {
        if (hashes[i].handle == handle) {
            return true;
        }
    }
    return false;
}

// Rolls round from 1; ends because there are fewer entries than handles.
static uint32_t next_handle(void)
{
    do {
        last_handle++;
    } while (last_handle == 0 || is_used(last_handle));
    return last_handle;
}

// An entry for one more operation of `owner`, inactive; never `keep`. NULL: others have used up the
// endpoint's quota.
static struct hash *take(crypto_owner owner, const struct hash *keep)
{
    struct hash *room = NULL;
    struct hash *oldest = NULL;
    size_t used = 0;

    for (size_t i = 0; i < CRYPTO_HASHES_MAX; i++) {
        struct hash *hash = &hashes[i];

        if (hash->handle == 0) {
            room = hash;
            continue;
        }
        used += crypto_owner_source(hash->owner) == crypto_owner_source(owner);
        if (hash->owner == owner && hash != keep &&
            (oldest == NULL || hash->used_at < oldest->used_at)) {
            oldest = hash;
        }
    }
    if (room == NULL || used >= CRYPTO_HASHES_PER_SOURCE) {
        room = oldest;
    }
    if (room != NULL) {
        release(room);
    }
    return room;
}

static void give(struct hash *hash, crypto_owner owner, uint32_t *handle)
{
    hash->handle = next_handle();
    hash->owner = owner;
    hash->used_at = ++use_count;
    *handle = hash->handle;
}

// Whether there is such a hash, asked before an older operation is lost for nothing.
static psa_status_t try_setup(psa_algorithm_t alg)
{
    psa_hash_operation_t trial = PSA_HASH_OPERATION_INIT;
    psa_status_t status = psa_hash_setup(&trial, alg);

    (void)psa_hash_abort(&trial);
    return status;
}

psa_status_t crypto_hash_setup(crypto_owner owner, psa_algorithm_t alg, uint32_t *handle)
{
    psa_status_t status = try_setup(alg);

    if (status != PSA_SUCCESS) {
        return status;
    }
    struct hash *hash = take(owner, NULL);

    if (hash == NULL) {
        return PSA_ERROR_INSUFFICIENT_MEMORY;
    }
    status = psa_hash_setup(&hash->operation, alg);

    if (status == PSA_SUCCESS) {
        give(hash, owner, handle);
    }
    return status;
}

psa_status_t crypto_hash_clone(crypto_owner owner, uint32_t source, uint32_t *handle)
{
    struct hash *from = find(owner, source);
    struct hash *hash = from != NULL ? take(owner, from) : NULL;

    if (hash == NULL) {
        return from == NULL ? PSA_ERROR_BAD_STATE : PSA_ERROR_INSUFFICIENT_MEMORY;
    }
    psa_status_t status = psa_hash_clone(&from->operation, &hash->operation);

    if (status == PSA_SUCCESS) {
        give(hash, owner, handle);
    }
    return status;
}

psa_status_t crypto_hash_update(crypto_owner owner, uint32_t handle, const uint8_t *data,
                                size_t len)
{
    struct hash *hash = find(owner, handle);

    return hash != NULL ? psa_hash_update(&hash->operation, data, len) : PSA_ERROR_BAD_STATE;
}

psa_status_t crypto_hash_finish(crypto_owner owner, uint32_t handle, uint8_t *out, size_t size,
                                size_t *len)
{
    struct hash *hash = find(owner, handle);
    psa_status_t status =
        hash != NULL ? psa_hash_finish(&hash->operation, out, size, len) : PSA_ERROR_BAD_STATE;

    if (status == PSA_SUCCESS) {
        release(hash);
    }
    return status;
}

psa_status_t crypto_hash_verify(crypto_owner owner, uint32_t handle, const uint8_t *expected,
                                size_t len)
{
    struct hash *hash = find(owner, handle);
    psa_status_t status =
        hash != NULL ? psa_hash_verify(&hash->operation, expected, len) : PSA_ERROR_BAD_STATE;

    if (status == PSA_SUCCESS) {
        release(hash);
    }
    return status;
}

psa_status_t crypto_hash_abort(crypto_owner owner, uint32_t handle)
{
    struct hash *hash = find(owner, handle);

    if (hash != NULL) {
        release(hash);
    }
    return PSA_SUCCESS;
}
