// SPDX-License-Identifier: BSD-3-Clause
//
// See storage_case.h.
#include "storage_case.h"

#include <stdlib.h>
#include <string.h>

struct nor_model case_chip;
struct case_asset case_assets[CASE_SLOTS];
const uint8_t case_key[STORAGE_KEY_SIZE] = "a sealing key of 32 bytes, fixed";

void case_begin(uint32_t block_size, uint32_t block_count)
{
    memset(case_assets, 0, sizeof(case_assets));
    nor_model_create(&case_chip, block_size, block_count);
    if (case_mount() != ERR_NONE) {
        abort();
    }
}

void case_end(void)
{
    nor_model_free(&case_chip);
}

int case_mount(void)
{
    const struct storage_flash flash = nor_model_flash(&case_chip);
    const struct storage_counter counter = nor_model_counter(&case_chip);

    return storage_log_mount(&flash, &counter, case_key);
}

// Several owners, both spaces, uids that differ in one half only
struct storage_name case_name(uint32_t slot)
{
    return (struct storage_name){
        .owner = slot % 3 == 0 ? 0x80030000 : 0x00000001 + slot % 3,
        .space = slot % 2,
        .uid = slot % 5 == 0 ? (uint64_t)slot << 32 | 1 : slot + 1,
    };
}

static void fill(uint8_t *data, uint32_t size, uint32_t seed)
{
    for (uint32_t i = 0; i < size; i++) {
        seed = seed * 1664525 + 1013904223;
        data[i] = (uint8_t)(seed >> 24);
    }
}

bool case_predict(struct case_asset *asset, const struct case_step *step)
{
    switch (step->action) {
    case CASE_SET:
        asset->there = true;
        asset->size = step->size;
        asset->capacity = step->size;
        asset->flags = step->seed & 6;
        fill(asset->data, step->size, step->seed);
        return true;
    case CASE_CREATE:
        if (asset->there) {
            return false;
        }
        asset->there = true;
        asset->size = 0;
        asset->capacity = step->size;
        asset->flags = step->seed & 6;
        return true;
    case CASE_WRITE:
        if (!asset->there || step->offset > asset->size ||
            step->size > asset->capacity - step->offset) {
            return false;
        }
        fill(asset->data + step->offset, step->size, step->seed);
        if (asset->size < step->offset + step->size) {
            asset->size = step->offset + step->size;
        }
        return true;
    case CASE_REMOVE:
    default:
        if (!asset->there) {
            return false;
        }
        asset->there = false;
        return true;
    }
}

int case_do(const struct case_step *step)
{
    static uint8_t data[STORAGE_ASSET_MAX];
    struct storage_name name = case_name(step->slot);

    fill(data, step->action == CASE_CREATE ? 0 : step->size, step->seed);
    switch (step->action) {
    case CASE_SET:
        return storage_log_set(&name, data, step->size, step->seed & 6);
    case CASE_CREATE:
        return storage_log_create(&name, step->size, step->seed & 6);
    case CASE_WRITE:
        return storage_log_write(&name, step->offset, data, step->size);
    case CASE_REMOVE:
    default:
        return storage_log_remove(&name);
    }
}

int case_step(const struct case_step *step)
{
    int error = case_do(step);

    if (error == ERR_NONE && !case_predict(&case_assets[step->slot], step)) {
        abort(); // the store does what cannot be done
    }
    return error;
}

bool case_is(uint32_t slot, const struct case_asset *asset)
{
    static uint8_t data[STORAGE_ASSET_MAX + 1];
    struct storage_name name = case_name(slot);
    struct storage_info info;
    uint32_t done;
    int error = storage_log_info(&name, &info);

    if (!asset->there) {
        return error == ERR_NOT_FOUND;
    }
    if (error != ERR_NONE || info.size != asset->size || info.capacity != asset->capacity ||
        info.flags != asset->flags) {
        return false;
    }
    return storage_log_read(&name, 0, data, sizeof(data), &done) == ERR_NONE &&
           done == asset->size && memcmp(data, asset->data, done) == 0;
}

uint32_t case_differs(uint32_t except)
{
    for (uint32_t i = 0; i < CASE_SLOTS; i++) {
        if (i != except && !case_is(i, &case_assets[i])) {
            return i;
        }
    }
    return CASE_SLOTS;
}

static uint32_t draw(uint32_t *state, uint32_t below)
{
    *state = *state * 1664525 + 1013904223;
    return (uint32_t)((uint64_t)(*state >> 8) * below >> 24);
}

struct case_step case_random(uint32_t *state, uint32_t slots, uint32_t most)
{
    struct case_step step = { .slot = draw(state, slots) };
    const struct case_asset *asset = &case_assets[step.slot];
    uint32_t choice = draw(state, 10);

    // Mostly small: most is the exception
    step.size = draw(state, 4) == 0 ? draw(state, most + 1) : draw(state, most / 16 + 1);
    step.seed = *state;
    if (!asset->there) {
        step.action = choice < 3 ? CASE_CREATE : CASE_SET;
    } else if (choice < 4 && asset->capacity != 0) {
        step.action = CASE_WRITE;
        step.offset = draw(state, asset->size + 1);
        step.size = draw(state, asset->capacity - step.offset + 1);
    } else {
        step.action = choice < 6 ? CASE_REMOVE : CASE_SET;
    }
    return step;
}
