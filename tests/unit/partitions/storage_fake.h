// SPDX-License-Identifier: BSD-3-Clause
//
// storage_log.h in memory, for tests and a fuzzer of the storage services: keeps what it is given, keeps the log's contract, and fails
// when it is told to.
#ifndef STORAGE_FAKE_H
#define STORAGE_FAKE_H

#include <stdbool.h>
#include <stdint.h>

#include "storage_log.h"

#define FAKE_ASSETS 700

enum fake_call {
    FAKE_INFO,
    FAKE_READ,
    FAKE_SET,
    FAKE_CREATE,
    FAKE_WRITE,
    FAKE_REMOVE,
    FAKE_CALLS,
};

// What happens to the store
struct fake_state {
    int fail[FAKE_CALLS]; // what that function returns instead of doing anything; 0: it works
    unsigned int calls[FAKE_CALLS]; // times that it was asked
    uint32_t room;                  // bytes of flash
    uint32_t read_too_much; // a read says so many bytes more than it was asked for: a broken log
};
extern struct fake_state fake;

// Empty, nothing fails, room for everything.
void fake_reset(void);

// The asset's data are damaged; `whole`: nothing is known of it any more but that it is there.
void fake_damage(const struct storage_name *name, bool whole);

// Assets in the store.
uint32_t fake_count(void);

#endif
