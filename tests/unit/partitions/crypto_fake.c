// SPDX-License-Identifier: BSD-3-Clause
//
// Storage in memory and a calloc() that fails (crypto_fake.h).
#include "crypto_fake.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#define ASSETS 256
#define ASSET_SIZE 12288

unsigned int crypto_fake_alloc_fails;
int crypto_fake_alloc_for_ever;
unsigned int crypto_fake_alloc_calls;
unsigned int crypto_fake_alloc_failures;
struct crypto_fake_storage crypto_fake_storage;

// Shared with child processes: what one has stored the next one finds
static struct asset {
    psa_storage_uid_t uid; // 0: none
    size_t size;
    psa_storage_create_flags_t flags;
    unsigned char data[ASSET_SIZE];
} * assets;

static struct asset *all_assets(void)
{
    if (assets == NULL) {
        assets = mmap(NULL, ASSETS * sizeof(*assets), PROT_READ | PROT_WRITE,
                      MAP_SHARED | MAP_ANONYMOUS, -1, 0);
        if (assets == MAP_FAILED) {
            abort();
        }
    }
    return assets;
}

void *crypto_fake_calloc(size_t count, size_t size)
{
    crypto_fake_alloc_calls++;
    if (crypto_fake_alloc_fails != 0) {
        if (crypto_fake_alloc_fails == 1) {
            crypto_fake_alloc_fails = crypto_fake_alloc_for_ever != 0;
            crypto_fake_alloc_failures++;
            return NULL;
        }
        crypto_fake_alloc_fails--;
    }
    void *block = malloc(count * size); // of checked sizes

    if (block != NULL) {
        memset(block, 0, count * size);
    }
    return block;
}

void crypto_fake_reset(void)
{
    memset(all_assets(), 0, ASSETS * sizeof(*assets));
    memset(&crypto_fake_storage, 0, sizeof(crypto_fake_storage));
    crypto_fake_alloc_fails = 0;
    crypto_fake_alloc_for_ever = 0;
}

size_t crypto_fake_count(void)
{
    size_t count = 0;

    for (size_t i = 0; i < ASSETS; i++) {
        count += all_assets()[i].uid != 0;
    }
    return count;
}

static struct asset *find(psa_storage_uid_t uid)
{
    for (size_t i = 0; i < ASSETS; i++) {
        if (all_assets()[i].uid == uid) {
            return &assets[i];
        }
    }
    return NULL;
}

unsigned char *crypto_fake_asset(psa_storage_uid_t uid, size_t *size)
{
    struct asset *asset = uid != 0 ? find(uid) : NULL;

    if (asset == NULL) {
        return NULL;
    }
    *size = asset->size;
    return asset->data;
}

// Whether this call answers crypto_fake_storage.status; *works: it does its work
static bool fails(bool *works)
{
    struct crypto_fake_storage *storage = &crypto_fake_storage;
    bool failed = storage->fails == 1;

    storage->calls++;
    *works = !failed || (storage->does_it && !storage->has_failed);
    storage->has_failed |= failed;
    if (storage->fails != 0 && (!failed || !storage->for_ever)) {
        storage->fails--;
    }
    return failed;
}

static psa_status_t set(psa_storage_uid_t uid, size_t size, const void *data,
                        psa_storage_create_flags_t flags)
{
    struct asset *asset = find(uid);

    if (asset == NULL) {
        asset = find(0);
    }
    if (asset == NULL || size > ASSET_SIZE) {
        return PSA_ERROR_INSUFFICIENT_STORAGE;
    }
    memcpy(asset->data, data, size);
    asset->uid = uid;
    asset->size = size;
    asset->flags = flags;
    return PSA_SUCCESS;
}

psa_status_t psa_its_set(psa_storage_uid_t uid, size_t data_length, const void *p_data,
                         psa_storage_create_flags_t create_flags)
{
    bool works;
    bool failed = fails(&works);

    crypto_fake_storage.writes++;
    if (!works) {
        return crypto_fake_storage.status;
    }
    crypto_fake_storage.damaged =
        uid == crypto_fake_storage.damaged ? 0 : crypto_fake_storage.damaged;
    psa_status_t status =
        uid != 0 ? set(uid, data_length, p_data, create_flags) : PSA_ERROR_INVALID_ARGUMENT;

    return failed ? crypto_fake_storage.status : status;
}

psa_status_t psa_its_get(psa_storage_uid_t uid, size_t data_offset, size_t data_size, void *p_data,
                         size_t *p_data_length)
{
    const struct asset *asset = find(uid);
    bool works;

    if (fails(&works)) {
        return crypto_fake_storage.status;
    }
    if (uid != 0 && uid == crypto_fake_storage.damaged) {
        return PSA_ERROR_DATA_CORRUPT;
    }
    if (uid == 0 || (asset != NULL && data_offset > asset->size)) {
        return PSA_ERROR_INVALID_ARGUMENT;
    }
    if (asset == NULL) {
        return PSA_ERROR_DOES_NOT_EXIST;
    }
    size_t left = asset->size - data_offset;

    *p_data_length = left < data_size ? left : data_size;
    memcpy(p_data, asset->data + data_offset, *p_data_length);
    return PSA_SUCCESS;
}

psa_status_t psa_its_get_info(psa_storage_uid_t uid, struct psa_storage_info_t *p_info)
{
    const struct asset *asset = find(uid);
    bool works;

    if (fails(&works)) {
        return crypto_fake_storage.status;
    }
    if (uid != 0 && uid == crypto_fake_storage.damaged) {
        return PSA_ERROR_DATA_CORRUPT;
    }
    if (uid == 0 || asset == NULL) {
        return uid == 0 ? PSA_ERROR_INVALID_ARGUMENT : PSA_ERROR_DOES_NOT_EXIST;
    }
    *p_info = (struct psa_storage_info_t){ .capacity = asset->size,
                                           .size = asset->size,
                                           .flags = asset->flags };
    return PSA_SUCCESS;
}

psa_status_t psa_its_remove(psa_storage_uid_t uid)
{
    struct asset *asset = find(uid);
    bool works;
    bool failed = fails(&works);

    crypto_fake_storage.writes++;
    if (!works) {
        return crypto_fake_storage.status;
    }
    crypto_fake_storage.damaged =
        uid == crypto_fake_storage.damaged ? 0 : crypto_fake_storage.damaged;
    if (uid == 0 || asset == NULL) {
        return uid == 0 ? PSA_ERROR_INVALID_ARGUMENT : PSA_ERROR_DOES_NOT_EXIST;
    }
    memset(asset, 0, sizeof(*asset));
    return failed ? crypto_fake_storage.status : PSA_SUCCESS;
}
