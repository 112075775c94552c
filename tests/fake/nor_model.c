// SPDX-License-Identifier: BSD-3-Clause
//
// See nor_model.h. Without power every call fails and changes nothing: what the code under test does then, nobody sees.
#include "nor_model.h"

#include <stdlib.h>
#include <string.h>

static uint32_t size_of(const struct nor_model *model)
{
    return model->block_size * model->block_count;
}

static uint32_t next_random(struct nor_model *model)
{
    model->random ^= model->random << 13;
    model->random ^= model->random >> 17;
    model->random ^= model->random << 5;
    return model->random;
}

static void misuse(struct nor_model *model, const char *what)
{
    model->misuses++;
    model->misuse = what;
}

void nor_model_create(struct nor_model *model, uint32_t block_size, uint32_t block_count)
{
    uint32_t size = block_size * block_count;

    memset(model, 0, sizeof(*model));
    model->block_size = block_size;
    model->block_count = block_count;
    model->data = malloc(size);
    model->weak = calloc(size, 1);
    model->programmed = calloc(size / NOR_MODEL_UNIT, 1);
    if (model->data == NULL || model->weak == NULL || model->programmed == NULL) {
        abort();
    }
    memset(model->data, 0xff, size);
    model->powered = true;
    model->random = 0x2545f491;
    model->counter_limit = 1000;
    model->fail_with = ERR_IO;
}

void nor_model_free(struct nor_model *model)
{
    free(model->data);
    free(model->weak);
    free(model->programmed);
}

void nor_model_copy(struct nor_model *to, const struct nor_model *from)
{
    struct nor_model own = *to;

    *to = *from;
    to->data = own.data;
    to->weak = own.weak;
    to->programmed = own.programmed;
    memcpy(to->data, from->data, size_of(from));
    memcpy(to->weak, from->weak, size_of(from));
    memcpy(to->programmed, from->programmed, size_of(from) / NOR_MODEL_UNIT);
}

static uint8_t settle(struct nor_model *model, enum nor_model_mood mood, uint8_t data, uint8_t weak)
{
    uint32_t bits = mood == NOR_MODEL_PROGRAMMED ? 0
                    : mood == NOR_MODEL_OLD      ? weak
                                                 : next_random(model) & weak;

    return (uint8_t)((data & ~weak) | bits);
}

static void settle_fuse(struct nor_model *model)
{
    if (model->fuse_weak) {
        model->counter =
            model->fuse_steady + (model->mood == NOR_MODEL_PROGRAMMED ? 1
                                  : model->mood == NOR_MODEL_OLD      ? 0
                                                                      : next_random(model) % 2);
    }
}

void nor_model_start(struct nor_model *model)
{
    static const uint8_t steady[64];
    enum nor_model_mood mood = model->mood;
    uint32_t last = 0; // behind the last byte that is on its way

    for (uint32_t base = 0; base < size_of(model); base += sizeof(steady)) {
        if (memcmp(model->weak + base, steady, sizeof(steady)) == 0) {
            continue;
        }
        for (uint32_t i = base; i < base + sizeof(steady); i++) {
            if (model->weak[i] == 0) {
                continue;
            }
            if (model->mood == NOR_MODEL_PLACES && (last == 0 || i - last > NOR_MODEL_UNIT)) {
                mood = next_random(model) % 2 == 0 ? NOR_MODEL_OLD : NOR_MODEL_PROGRAMMED;
            }
            model->data[i] = settle(model, mood, model->data[i], model->weak[i]);
            last = i + 1;
        }
    }
    settle_fuse(model);
    model->powered = true;
    model->cut_at = 0;
    model->fail_at = 0;
    model->misreads = 0;
}

void nor_model_reset(struct nor_model *model)
{
    model->changes = 0;
    memset(model->count, 0, sizeof(model->count));
    model->bytes_read = 0;
    model->bytes_programmed = 0;
    model->cut_at = 0;
    model->fail_at = 0;
}

// Counts an operation; whether it fails as planned.
static bool fails(struct nor_model *model, enum nor_model_operation kind)
{
    model->count[kind]++;
    return model->fail_at != 0 && model->fail_kind == kind &&
           (model->fail_for_good ? model->count[kind] >= model->fail_at
                                 : model->count[kind] == model->fail_at);
}

// Counts a change; whether power fails in it.
static bool is_cut(struct nor_model *model)
{
    model->changes++;
    if (model->cut_at == 0 || model->changes != model->cut_at) {
        return false;
    }
    model->powered = false;
    return true;
}

static int model_read(void *context, uint32_t offset, void *to, uint32_t size)
{
    struct nor_model *model = context;

    if (!model->powered) {
        return ERR_IO;
    }
    if (offset > size_of(model) || size > size_of(model) - offset) {
        misuse(model, "a read outside of the chip");
        return ERR_RANGE;
    }
    if (fails(model, NOR_MODEL_READ)) {
        memset(to, 0xa5, size);
        return model->fail_with;
    }
    model->bytes_read += size;
    memcpy(to, model->data + offset, size);
    if (model->misreads != 0 && model->misread_offset - offset < size) {
        ((uint8_t *)to)[model->misread_offset - offset] ^= 1;
        model->misreads--;
    }
    return 0;
}

// The bits of a word that are to be cleared: all, or some, the others or all of them still on their way
static void program_byte(struct nor_model *model, uint32_t offset, uint8_t value, bool partly)
{
    uint8_t going = model->data[offset] & (uint8_t)~value;

    model->programmed[offset / NOR_MODEL_UNIT] = 1;
    if (partly) {
        model->weak[offset] |= going;
        going &= (uint8_t)next_random(model);
    } else {
        model->weak[offset] &= value;
    }
    model->data[offset] &= (uint8_t)~going;
}

static void program_torn(struct nor_model *model, enum nor_model_cut how, uint32_t offset,
                         const uint8_t *from, uint32_t size)
{
    uint32_t words = size / 4;
    uint32_t whole = how == NOR_MODEL_AFTER    ? words
                     : how == NOR_MODEL_LAST   ? words - 1
                     : how == NOR_MODEL_MIDDLE ? next_random(model) % words
                                               : 0;
    uint32_t begun = how == NOR_MODEL_BEFORE ? 0 : whole < words ? whole + 1 : words;

    if (how == NOR_MODEL_SCATTERED) {
        for (uint32_t word = 0; word < words; word++) {
            uint32_t choice = next_random(model) % 3;

            for (uint32_t i = 0; i < 4 && choice != 0; i++) {
                program_byte(model, offset + 4 * word + i, from[4 * word + i], choice == 1);
            }
        }
        return;
    }
    for (uint32_t word = 0; word < begun; word++) {
        for (uint32_t i = 0; i < 4; i++) {
            program_byte(model, offset + 4 * word + i, from[4 * word + i], word >= whole);
        }
    }
}

static void check_program(struct nor_model *model, uint32_t offset, const uint8_t *from,
                          uint32_t size)
{
    bool zeroes = true;

    if (offset % 4 != 0 || size % 4 != 0 || size == 0) {
        misuse(model, "a program of parts of words");
    }
    if (offset / model->block_size != (offset + size - 1) / model->block_size) {
        misuse(model, "a program across blocks");
    }
    // What is all zeroes may go anywhere: it makes a place unusable whatever was there
    for (uint32_t i = 0; i < size; i++) {
        zeroes = zeroes && from[i] == 0;
    }
    for (uint32_t i = 0; i < size; i++) {
        if ((model->data[offset + i] & from[i]) != from[i]) {
            misuse(model, "a bit from 0 to 1 without an erase");
        }
        if (!zeroes && model->programmed[(offset + i) / NOR_MODEL_UNIT] != 0) {
            misuse(model, "a unit programmed twice");
        }
    }
}

static int model_program(void *context, uint32_t offset, const void *from, uint32_t size)
{
    struct nor_model *model = context;

    if (!model->powered) {
        return ERR_IO;
    }
    if (offset > size_of(model) || size > size_of(model) - offset) {
        misuse(model, "a program outside of the chip");
        return ERR_RANGE;
    }
    check_program(model, offset, from, size);
    if (is_cut(model)) {
        program_torn(model, model->cut, offset, from, size);
        return ERR_IO;
    }
    if (fails(model, NOR_MODEL_PROGRAM)) {
        program_torn(model, (enum nor_model_cut)(next_random(model) % NOR_MODEL_CUTS), offset, from,
                     size);
        return model->fail_with;
    }
    model->bytes_programmed += size;
    program_torn(model, NOR_MODEL_AFTER, offset, from, size);
    return 0;
}

static void erase_torn(struct nor_model *model, uint32_t block)
{
    uint32_t base = block * model->block_size;
    uint32_t first = model->cut == NOR_MODEL_FIRST ? next_random(model) % model->block_size : 0;

    for (uint32_t i = first; i < model->block_size; i++) {
        uint32_t choice = next_random(model) % 3;

        // An erase programs everything first: each bit may read as anything until it is done
        if (model->cut == NOR_MODEL_LAST || choice == 0) {
            model->weak[base + i] = 0xff;
        } else if (choice == 1) {
            model->data[base + i] = 0xff;
        } else {
            model->data[base + i] = (uint8_t)next_random(model);
        }
    }
    memset(model->programmed + base / NOR_MODEL_UNIT, 1, model->block_size / NOR_MODEL_UNIT);
}

static void erase_whole(struct nor_model *model, uint32_t block)
{
    uint32_t base = block * model->block_size;

    memset(model->data + base, 0xff, model->block_size);
    memset(model->weak + base, 0, model->block_size);
    memset(model->programmed + base / NOR_MODEL_UNIT, 0, model->block_size / NOR_MODEL_UNIT);
    model->erases[block]++;
}

static int model_erase(void *context, uint32_t block)
{
    struct nor_model *model = context;
    bool cut;

    if (!model->powered) {
        return ERR_IO;
    }
    if (block >= model->block_count) {
        misuse(model, "an erase outside of the chip");
        return ERR_RANGE;
    }
    cut = is_cut(model);
    if (cut && model->cut == NOR_MODEL_BEFORE) {
        return ERR_IO;
    }
    if (cut && model->cut != NOR_MODEL_AFTER) {
        erase_torn(model, block);
        return ERR_IO;
    }
    if (!cut && fails(model, NOR_MODEL_ERASE)) {
        erase_torn(model, block);
        return model->fail_with;
    }
    erase_whole(model, block);
    return cut ? ERR_IO : 0;
}

static int model_counter_read(void *context, uint32_t *value, uint32_t *limit)
{
    struct nor_model *model = context;

    if (!model->powered || fails(model, NOR_MODEL_COUNTER_READ)) {
        return ERR_IO;
    }
    if (model->no_counter) {
        return ERR_NOT_SUPPORTED;
    }
    *value = model->counter;
    *limit = model->counter_limit;
    return 0;
}

// One of the fuses that are to be programmed is left half programmed. There is never more than one.
static void advance_torn(struct nor_model *model, uint32_t value)
{
    uint32_t steady = model->fuse_weak ? model->fuse_steady : model->counter;

    if (value > steady) {
        model->fuse_weak = true;
        model->fuse_steady = steady + next_random(model) % (value - steady);
        model->counter = model->fuse_steady + next_random(model) % 2;
    }
}

static int model_advance(void *context, uint32_t value)
{
    struct nor_model *model = context;
    bool cut;

    if (!model->powered) {
        return ERR_IO;
    }
    if (value < model->counter) {
        misuse(model, "a counter that goes back");
        return ERR_INVALID;
    }
    if (value > model->counter_limit) {
        misuse(model, "a counter beyond its limit");
        return ERR_NO_MEMORY;
    }
    cut = is_cut(model);
    if (cut && model->cut == NOR_MODEL_BEFORE) {
        return ERR_IO;
    }
    if ((cut && model->cut != NOR_MODEL_AFTER) || (!cut && fails(model, NOR_MODEL_ADVANCE))) {
        advance_torn(model, value);
        return cut ? ERR_IO : model->fail_with;
    }
    // One that reads as programmed is programmed again with its word, if there is another step in that; one that does not is the next step
    if (model->fuse_weak && model->counter > model->fuse_steady &&
        (value == model->counter || next_random(model) % 4 == 0)) {
        model->fuse_steady = value - 1;
    } else if (value > model->counter) {
        model->fuse_weak = false;
    }
    model->counter = value;
    return cut ? ERR_IO : 0;
}

struct storage_flash nor_model_flash(struct nor_model *model)
{
    return (struct storage_flash){
        .block_size = model->block_size,
        .block_count = model->block_count,
        .context = model,
        .read = model_read,
        .program = model_program,
        .erase = model_erase,
    };
}

struct storage_counter nor_model_counter(struct nor_model *model)
{
    return (struct storage_counter){
        .context = model,
        .read = model_counter_read,
        .advance = model_advance,
    };
}
