// SPDX-License-Identifier: BSD-3-Clause
//
// Memory transaction descriptors (DEN0077A "Memory management", ffa/abi/ffa_mem_abi.h) as a host program writes them, right
// or wrong: nothing here checks anything.
#ifndef HARNESS_MEM_H
#define HARNESS_MEM_H

#include <stddef.h>
#include <stdint.h>

#include "ffa/abi/ffa_mem_abi.h"

#define H_MEM_BORROWERS 8

struct h_mem_borrower {
    uint16_t id;
    uint8_t permissions;
    uint8_t flags;
    uint64_t impdef[2]; // 1.2 only
};

// One descriptor. Zeroed fields are those of a plain one.
struct h_mem {
    uint32_t version; // FFA_VERSION_1_x: which format
    uint16_t sender;
    uint16_t attributes;
    uint32_t flags;
    uint64_t handle;
    uint64_t tag;
    uint32_t borrower_count;
    struct h_mem_borrower borrowers[H_MEM_BORROWERS];
    uint32_t range_count; // 0: FFA_MEM_RETRIEVE_REQ, no composite descriptor
    const struct ffa_mem_range *ranges;
};

// Writes the descriptor to `to`, as much as `size` bytes hold of it; returns its whole length in bytes.
size_t h_mem_describe(const struct h_mem *mem, void *to, size_t size);

// Where in that descriptor the parts are, for tests that break them.
size_t h_mem_access_at(const struct h_mem *mem, uint32_t index);
size_t h_mem_composite_at(const struct h_mem *mem);
size_t h_mem_range_at(const struct h_mem *mem, uint32_t index);

#endif
