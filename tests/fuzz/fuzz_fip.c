// SPDX-License-Identifier: BSD-3-Clause
//
// libFuzzer target for the FIP reader. The first input byte chooses whether the rest is the boot
// storage itself or the description of a table of contents with a right header (so that the rules
// between entries are reached). Traps if the reader asks for bytes outside its window or accepts a
// FIP that breaks what fip.h promises.
#include "fip.h"

#include <stdlib.h>
#include <string.h>

#define STORAGE_MAX 8192
#define SKETCH_SIZE 8192

struct storage {
    uint8_t bytes[STORAGE_MAX];
    size_t size;
};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void expect(bool condition)
{
    if (!condition) {
        abort();
    }
}

static int read_storage(void *ctx, uint64_t offset, void *buf, size_t len)
{
    const struct storage *storage = ctx;

    expect(offset <= storage->size && len <= storage->size - offset);
    memcpy(buf, storage->bytes + offset, len);
    return 0;
}

// Lays out a FIP of SKETCH_SIZE bytes from a short description: per entry one byte of UUID, two of
// offset, two of size.
static void sketch(struct storage *storage, const uint8_t *data, size_t size)
{
    uint8_t *entry = storage->bytes + sizeof(struct fip_header_wire);
    size_t count = size / 5 < 12 ? size / 5 : 12;

    memset(storage->bytes, 0, SKETCH_SIZE);
    storage->size = SKETCH_SIZE;
    image_put_le32(storage->bytes, FIP_NAME);
    image_put_le32(storage->bytes + 4, FIP_SERIAL);
    for (size_t i = 0; i < count; i++) {
        entry[15] = data[5 * i];
        image_put_le32(entry + 16, data[5 * i + 1] | (data[5 * i + 2] & 0x3fu) << 8);
        image_put_le32(entry + 24, data[5 * i + 3] | (data[5 * i + 4] & 0x0fu) << 8);
        entry += sizeof(struct fip_entry_wire);
    }
    image_put_le32(entry + 16, SKETCH_SIZE);
}

static void check_entry(const struct fip *fip, uint32_t index)
{
    const struct fip_entry *entry = &fip->entries[index];
    uint8_t buf[STORAGE_MAX];
    struct image_fault fault;
    struct fip_entry found;

    expect(entry->size > 0 && entry->offset >= 16 + 40 * (fip->entry_count + 1ull));
    expect(entry->offset <= fip->size && entry->size <= fip->size - entry->offset);
    expect(fip_find(fip, entry->uuid, &found, &fault) == 0 && found.offset == entry->offset);
    expect(fip_read(fip, entry, 0, buf, entry->size) == 0);
    expect(fip_read(fip, entry, 1, buf, entry->size) == ERR_RANGE);
    for (uint32_t i = 0; i < index; i++) {
        const struct fip_entry *other = &fip->entries[i];

        expect(entry->offset >= other->offset + other->size ||
               other->offset >= entry->offset + entry->size);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct storage storage;
    static struct fip fip;
    struct fip_io io = { .read = read_storage, .ctx = &storage };
    struct image_fault fault = { 0 };
    int err;

    if (size == 0 || size - 1 > STORAGE_MAX) {
        return 0;
    }
    if ((data[0] & 1) != 0) {
        sketch(&storage, data + 1, size - 1);
    } else {
        storage.size = size - 1;
        memcpy(storage.bytes, data + 1, storage.size);
    }
    io.size = storage.size;
    err = fip_open(&fip, &io, &fault);
    if (err != 0) {
        expect(err < 0 && fip.entry_count == 0);
        expect(fault.rule > FIP_RULE_NONE && fault.rule < FIP_RULE_COUNT && fault.text != NULL);
        return 0;
    }
    expect(fip.size <= storage.size && fip.entry_count <= FIP_MAX_ENTRIES);
    for (uint32_t i = 0; i < fip.entry_count; i++) {
        check_entry(&fip, i);
    }
    return 0;
}
