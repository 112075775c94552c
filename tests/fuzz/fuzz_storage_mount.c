// SPDX-License-Identifier: BSD-3-Clause
//
// libFuzzer target for mounting: what is in the flash is not what the store wrote. An input whose first byte is odd is a list of changes
// to a good image: then nothing may be read that was never stored. Any other is the content of a snapshot and of records that are
// authentic and make no sense, as a faulty version of the store might have written them. Then the store is used, whatever it says.
#include <stdlib.h>
#include <string.h>

#include "storage_case.h"
#include "storage_seal.h"

#define BLOCK 0x2000
#define COUNT 8
#define SIZE (BLOCK * COUNT)
#define VALUES 3 // that each asset had

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct nor_model good;
static struct case_asset values[6][VALUES];

static void expect(bool condition)
{
    if (!condition) {
        abort();
    }
}

static void make_good(void)
{
    uint32_t seed = 1;

    case_begin(BLOCK, COUNT);
    for (uint32_t round = 0; round < VALUES; round++) {
        for (uint32_t slot = 0; slot < 6; slot++) {
            const struct case_step step = {
                .action = CASE_SET, .slot = slot, .size = 40 * slot, .seed = seed++
            };

            expect(case_step(&step) == ERR_NONE);
            values[slot][round] = case_assets[slot];
        }
        nor_model_start(&case_chip);
        expect(case_mount() == ERR_NONE);
    }
    nor_model_create(&good, BLOCK, COUNT);
    nor_model_copy(&good, &case_chip);
}

// Eight bytes each: what, how many, where, from where or which value.
static void change(const uint8_t *data, size_t size)
{
    for (; size >= 8; data += 8, size -= 8) {
        uint32_t length = data[1];
        uint32_t to = (data[2] | (uint32_t)data[3] << 8) % (SIZE - 256);
        uint32_t from = (data[4] | (uint32_t)data[5] << 8) % (SIZE - 256);

        switch (data[0] % 5) {
        case 0:
            case_chip.data[to] ^= (uint8_t)(1u << length % 8);
            break;
        case 1:
            memset(case_chip.data + to, data[6], length);
            break;
        case 2:
            memmove(case_chip.data + to, case_chip.data + from, length);
            break;
        case 3: // records lie at multiples of a unit
            memmove(case_chip.data + to / 16 * 16, case_chip.data + from / 16 * 16,
                    length / 16 * 16);
            break;
        default:
            memmove(case_chip.data + to / BLOCK * BLOCK, case_chip.data + from / BLOCK * BLOCK,
                    BLOCK);
            break;
        }
    }
}

static uint32_t put(uint32_t offset, struct storage_record *header, const uint8_t *plain)
{
    static uint8_t record[STORAGE_RECORD_MAX];
    uint32_t size = storage_record_size(header->length);

    if (offset + size > BLOCK) {
        return offset;
    }
    expect(storage_seal_close(header, plain, header->previous, record) == ERR_NONE);
    memcpy(case_chip.data + offset, record, size);
    return offset + size;
}

// Block 0: a header, the input as a snapshot, then as records.
static void make_nonsense(const uint8_t *data, size_t size)
{
    struct storage_block_header block = { .version = STORAGE_VERSION,
                                          .block_size = BLOCK,
                                          .block_count = COUNT,
                                          .generation = 7,
                                          .erases = 1 };
    struct storage_record piece = {
        .kind = STORAGE_KIND_SNAPSHOT,
        .part = STORAGE_PART_FIRST | STORAGE_PART_LAST,
        .owner = 7,
    };
    uint32_t offset = STORAGE_FIRST;

    memset(case_chip.data, 0xff, SIZE);
    memcpy(block.magic, STORAGE_MAGIC, sizeof(block.magic));
    storage_seal_block(&block);
    memcpy(case_chip.data, &block, sizeof(block));
    piece.length = (uint16_t)(size < 600 ? size : 600);
    offset = put(offset, &piece, data);
    data += piece.length;
    size -= piece.length;
    while (size >= sizeof(struct storage_record)) {
        struct storage_record header;

        memcpy(&header, data, sizeof(header));
        data += sizeof(header);
        size -= sizeof(header);
        header.kind = header.kind % 5 + 1;
        header.length = (uint16_t)(header.length % 64 < size ? header.length % 64 : size);
        offset = put(offset, &header, data);
        data += header.length;
        size -= header.length;
    }
}

static void check_value(uint32_t slot)
{
    struct storage_name name = case_name(slot);
    static uint8_t data[STORAGE_ASSET_MAX];
    uint32_t done;
    bool known = false;
    int error = storage_log_read(&name, 0, data, sizeof(data), &done);

    for (uint32_t i = 0; i < VALUES; i++) {
        known = known || case_is(slot, &values[slot][i]);
    }
    expect(error == ERR_NOT_FOUND || error == ERR_CORRUPT || (error == ERR_NONE && known));
}

static void use(bool values_known)
{
    uint32_t random = 3;

    for (uint32_t slot = 0; values_known && slot < 6; slot++) {
        check_value(slot);
    }
    for (uint32_t i = 0; i < 5; i++) {
        struct case_step step = case_random(&random, 8, 900);
        struct storage_name name = case_name(step.slot);
        struct storage_info info;
        int error = case_do(&step);

        if (error == ERR_NONE && step.action != CASE_REMOVE) {
            expect(storage_log_info(&name, &info) == ERR_NONE);
        }
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    bool changes = size != 0 && data[0] % 2 != 0;
    struct storage_stats stats;
    int error;

    if (good.data == NULL) {
        make_good();
    }
    if (size == 0) {
        return 0;
    }
    nor_model_copy(&case_chip, &good);
    if (changes) {
        change(data + 1, size - 1);
    } else {
        case_chip.no_counter = true;
        expect(storage_seal_init(case_key) == ERR_NONE);
        make_nonsense(data + 1, size - 1);
    }
    memset(case_chip.programmed, 1, SIZE / NOR_MODEL_UNIT);
    error = case_mount();
    expect(error == ERR_NONE || error == ERR_CORRUPT || error == ERR_VERSION);
    if (error == ERR_NONE) {
        storage_log_stats(&stats);
        use(changes);
        (void)!case_mount();
    }
    return 0;
}
