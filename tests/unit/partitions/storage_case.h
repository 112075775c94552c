// SPDX-License-Identifier: BSD-3-Clause
//
// What the tests of the store share: a chip, the store on it, and what must be in it. Steps are done on the store and, apart from it, on
// plain memory; then the two are compared. Trusts the test.
#ifndef STORAGE_CASE_H
#define STORAGE_CASE_H

#include <stdbool.h>
#include <stdint.h>

#include "storage_private.h"
#include "tests/fake/nor_model.h"

#define CASE_SLOTS 24 // names that are used

// What is under one name
struct case_asset {
    bool there;
    uint32_t size;
    uint32_t capacity;
    uint32_t flags;
    uint8_t data[STORAGE_ASSET_MAX];
};

enum case_action { CASE_SET, CASE_CREATE, CASE_WRITE, CASE_REMOVE };

struct case_step {
    enum case_action action;
    uint32_t slot;
    uint32_t offset; // WRITE
    uint32_t size;   // CREATE: capacity
    uint32_t seed;   // of the data
};

extern struct nor_model case_chip;
extern struct case_asset case_assets[CASE_SLOTS];
extern const uint8_t case_key[STORAGE_KEY_SIZE];

// A chip without contents, mounted; nothing is in case_assets.
void case_begin(uint32_t block_size, uint32_t block_count);
void case_end(void);
MUST_CHECK int case_mount(void);
struct storage_name case_name(uint32_t slot);

// What a step makes of an asset. false: it cannot be done.
bool case_predict(struct case_asset *asset, const struct case_step *step);
// Does it in the store.
MUST_CHECK int case_do(const struct case_step *step);
// Both; whatever the store says becomes of the asset.
MUST_CHECK int case_step(const struct case_step *step);

// Whether what the store has under this name is `asset`.
bool case_is(uint32_t slot, const struct case_asset *asset);
// That for all names but `except` (CASE_SLOTS: none): the first that differs, or CASE_SLOTS.
uint32_t case_differs(uint32_t except);

// The step after `*state` of an endless series: sets, overwrites, writes inside, creates, removes; assets up to `most` bytes.
struct case_step case_random(uint32_t *state, uint32_t slots, uint32_t most);

#endif
