// SPDX-License-Identifier: BSD-3-Clause
//
// See storage_fake.h. Aborts when its caller breaks the contract of storage_log.h.
#include "storage_fake.h"

#include <stdlib.h>
#include <string.h>

struct asset {
    bool used;
    bool damaged;
    bool lost; // flags and sizes, too
    struct storage_name name;
    struct storage_info info;
    uint8_t *data;
};

static struct asset assets[FAKE_ASSETS];
static size_t top; // none is used from here on
struct fake_state fake;

static void need(bool kept)
{
    if (!kept) {
        abort();
    }
}

static struct asset *find(const struct storage_name *name)
{
    for (size_t i = 0; i < top; i++) {
        const struct storage_name *own = &assets[i].name;

        if (assets[i].used && own->owner == name->owner && own->space == name->space &&
            own->uid == name->uid) {
            return &assets[i];
        }
    }
    return NULL;
}

static struct asset *find_free(void)
{
    for (size_t i = 0; i < top; i++) {
        if (!assets[i].used) {
            return &assets[i];
        }
    }
    return top < FAKE_ASSETS ? &assets[top++] : NULL;
}

static void drop(struct asset *asset)
{
    free(asset->data);
    *asset = (struct asset){ .used = false };
}

void fake_reset(void)
{
    for (size_t i = 0; i < top; i++) {
        drop(&assets[i]);
    }
    top = 0;
    fake = (struct fake_state){ .room = UINT32_MAX };
}

void fake_damage(const struct storage_name *name, bool whole)
{
    struct asset *asset = find(name);

    need(asset != NULL);
    asset->damaged = true;
    asset->lost = whole;
}

uint32_t fake_count(void)
{
    uint32_t count = 0;

    for (size_t i = 0; i < top; i++) {
        count += assets[i].used;
    }
    return count;
}

// Counts the call. What it returns instead of working, or 0.
static int begin(enum fake_call call, const struct storage_name *name)
{
    need(name->uid != 0 && name->space <= 1);
    fake.calls[call]++;
    return fake.fail[call];
}

static uint32_t used_bytes(void)
{
    uint32_t bytes = 0;

    for (size_t i = 0; i < top; i++) {
        bytes += assets[i].used ? assets[i].info.capacity : 0;
    }
    return bytes;
}

// Puts a new asset in the place of `old` (NULL: a free one).
static int place(struct asset *old, const struct storage_name *name,
                 const struct storage_info *info, const void *data)
{
    struct asset *asset = old != NULL ? old : find_free();
    uint32_t before = old != NULL ? old->info.capacity : 0;

    need(info->capacity <= STORAGE_ASSET_MAX);
    if (asset == NULL || used_bytes() - before + info->capacity > fake.room) {
        return ERR_NO_MEMORY;
    }
    if (old != NULL) {
        drop(old);
    }
    *asset = (struct asset){ .used = true, .name = *name, .info = *info };
    asset->data = calloc(1, info->capacity + 1u);
    need(asset->data != NULL);
    if (info->size != 0) {
        memmove(asset->data, data, info->size);
    }
    return 0;
}

int storage_log_info(const struct storage_name *name, struct storage_info *info)
{
    int error = begin(FAKE_INFO, name);
    const struct asset *asset = find(name);

    if (error == 0 && asset == NULL) {
        error = ERR_NOT_FOUND;
    } else if (error == 0 && asset->lost) {
        error = ERR_CORRUPT;
    }
    if (error == 0) {
        *info = asset->info;
    }
    return error;
}

int storage_log_read(const struct storage_name *name, uint32_t offset, void *to, uint32_t size,
                     uint32_t *done)
{
    int error = begin(FAKE_READ, name);
    const struct asset *asset = find(name);

    if (error == 0) {
        error = asset == NULL               ? ERR_NOT_FOUND
                : asset->damaged            ? ERR_CORRUPT
                : offset > asset->info.size ? ERR_RANGE
                                            : 0;
    }
    if (error != 0) {
        return error;
    }
    uint32_t left = asset->info.size - offset;

    *done = left < size ? left : size;
    if (*done != 0) {
        memmove(to, asset->data + offset, *done);
    }
    *done += fake.read_too_much;
    return 0;
}

int storage_log_set(const struct storage_name *name, const void *data, uint32_t size,
                    uint32_t flags)
{
    const struct storage_info info = { .size = size, .capacity = size, .flags = flags };
    int error = begin(FAKE_SET, name);

    return error != 0 ? error : place(find(name), name, &info, data);
}

int storage_log_create(const struct storage_name *name, uint32_t capacity, uint32_t flags)
{
    const struct storage_info info = { .capacity = capacity, .flags = flags };
    int error = begin(FAKE_CREATE, name);

    if (error == 0 && find(name) != NULL) {
        error = ERR_DUPLICATE;
    }
    return error != 0 ? error : place(NULL, name, &info, NULL);
}

int storage_log_write(const struct storage_name *name, uint32_t offset, const void *data,
                      uint32_t size)
{
    int error = begin(FAKE_WRITE, name);
    struct asset *asset = find(name);

    if (error == 0) {
        error = asset == NULL ? ERR_NOT_FOUND : asset->damaged ? ERR_CORRUPT : 0;
    }
    if (error == 0 && (offset > asset->info.size || size > asset->info.capacity - offset)) {
        error = ERR_RANGE;
    }
    if (error == 0) {
        memmove(asset->data + offset, data, size);
        asset->info.size = offset + size > asset->info.size ? offset + size : asset->info.size;
    }
    return error;
}

int storage_log_remove(const struct storage_name *name)
{
    int error = begin(FAKE_REMOVE, name);
    struct asset *asset = find(name);

    if (error == 0 && asset == NULL) {
        error = ERR_NOT_FOUND;
    }
    if (error == 0) {
        drop(asset);
    }
    return error;
}

void storage_log_stats(struct storage_stats *stats)
{
    *stats = (struct storage_stats){
        .blocks = 16,
        .erases_min = 3,
        .erases_max = 5,
        .asked = 0x100000007ULL,
        .written = 0x20000000bULL,
        .damaged = 2,
        .free_bytes = fake.room < 0x10000 ? fake.room : 0x10000,
        .rollback = STORAGE_ROLLBACK_COUNTED,
    };
}

void storage_log_usage(uint16_t endpoint, struct storage_usage *usage)
{
    *usage = (struct storage_usage){ 0 };
    for (size_t i = 0; i < top; i++) {
        if (assets[i].used && !assets[i].lost && assets[i].name.owner >> 16 == endpoint) {
            usage->assets++;
            usage->bytes += assets[i].info.capacity;
        }
    }
}
