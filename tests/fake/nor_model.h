// SPDX-License-Identifier: BSD-3-Clause
//
// NOR flash as the store sees it (struct storage_flash), and a rollback counter, with everything that goes wrong with real ones: power
// fails before, inside and after any operation, words are left half programmed and blocks half erased, bits that were on their
// way read differently after each start, operations report errors. What a chip's data sheet forbids is counted. Trusts the test.
#ifndef NOR_MODEL_H
#define NOR_MODEL_H

#include <stdbool.h>
#include <stdint.h>

#include "partitions/storage/storage_log.h"

#define NOR_MODEL_BLOCKS 64
#define NOR_MODEL_UNIT \
    16 // bytes that may be programmed once between two erases, as in chips that correct errors

// How far an operation got when power failed
enum nor_model_cut {
    NOR_MODEL_BEFORE,
    NOR_MODEL_FIRST, // program: its first word partly; erase: a part of the block
    NOR_MODEL_MIDDLE, // program: words up to somewhere, one partly; erase: each word old, erased, or anything
    NOR_MODEL_LAST, // program: all but the last word, which is there partly; erase: all bits still on their way
    NOR_MODEL_SCATTERED, // program: any words, any of their bits; erase: as the middle
    NOR_MODEL_AFTER,     // it is done, and nobody heard of it
    NOR_MODEL_CUTS
};

// What bits on their way read as after a start: one or the other as a chip whose threshold moves with its temperature, each for itself, or
// one or the other in each place where an operation was interrupted
enum nor_model_mood { NOR_MODEL_ANY, NOR_MODEL_PROGRAMMED, NOR_MODEL_OLD, NOR_MODEL_PLACES };

enum nor_model_operation {
    NOR_MODEL_READ,
    NOR_MODEL_PROGRAM,
    NOR_MODEL_ERASE,
    NOR_MODEL_ADVANCE,
    NOR_MODEL_COUNTER_READ,
    NOR_MODEL_OPERATIONS
};

struct nor_model {
    uint32_t block_size;
    uint32_t block_count;
    uint8_t *data;
    uint8_t *weak;       // bits that read as anything after the next start
    uint8_t *programmed; // for each unit: not again
    bool powered;
    uint32_t random;
    enum nor_model_mood mood; // of the next starts
    // The counter
    uint32_t counter;
    uint32_t counter_limit;
    bool no_counter;
    bool fuse_weak;       // its last fuse reads as programmed or not, after each start
    uint32_t fuse_steady; // then: the fuses below it
    // What happened
    uint64_t changes; // programs, erases, advances
    uint64_t count[NOR_MODEL_OPERATIONS];
    uint64_t bytes_read;
    uint64_t bytes_programmed;
    uint32_t erases[NOR_MODEL_BLOCKS];
    uint32_t misuses; // a test that is done expects none
    const char *misuse;
    // What is to happen: power fails in the change with this number, counted from 1; 0: never
    uint64_t cut_at;
    enum nor_model_cut cut;
    // An operation of this kind fails: the one with this number, counted from 1, or all from there on; 0: none
    enum nor_model_operation fail_kind;
    uint64_t fail_at;
    bool fail_for_good;
    int fail_with;
    // So many reads of the byte at this offset get one bit of it wrong
    uint32_t misread_offset;
    uint32_t misreads;
};

// Erased, powered, the counter at 0 of 1000.
void nor_model_create(struct nor_model *model, uint32_t block_size, uint32_t block_count);
void nor_model_free(struct nor_model *model);
// Contents and figures; dimensions are equal.
void nor_model_copy(struct nor_model *to, const struct nor_model *from);
// After a power cut: the bits that were on their way settle for one start; nothing is planned.
void nor_model_start(struct nor_model *model);
// What the store is given.
struct storage_flash nor_model_flash(struct nor_model *model);
struct storage_counter nor_model_counter(struct nor_model *model);
// Clears the figures and plans.
void nor_model_reset(struct nor_model *model);

#endif
