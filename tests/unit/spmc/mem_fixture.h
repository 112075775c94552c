// SPDX-License-Identifier: BSD-3-Clause
//
// Calls of FF-A memory management on the host: descriptors as a caller of any version writes them, the call through the
// SPMC's table, the checks after it. Used by test_ffa_mem_*.c. Partitions and memory: spmc_fixture.h, mem_model.h.
#ifndef MEM_FIXTURE_H
#define MEM_FIXTURE_H

#include "ffa_mem_abi.h"
#include "mem_model.h"

// Everything as at the start; everybody has RX and TX (a page each: pages 3 and 4 of a partition) and may do everything; the
// normal world speaks `version`.
void mem_reset(uint32_t version);

// Gives an endpoint (NULL: the normal world) another version.
void mem_version(struct sp *sp, uint32_t version);

// One call of a partition, or of the normal world (NULL), with dirt in what is no argument; the answer's registers. Checks
// that the answer has nothing but results, that no lock is held, and mem_model_check.
const uint64_t *mem_call(struct sp *sp, struct ffa_args args);
#define MEM(sp, ...) mem_call(sp, (struct ffa_args){ .x = { __VA_ARGS__ } })

// A descriptor: what a test says of it
#define MEM_RANGES 1200
#define MEM_BORROWERS 6
struct mem_desc {
    uint16_t sender;
    uint16_t attributes;
    uint32_t flags;
    uint64_t handle;
    uint64_t tag;
    uint32_t borrower_count;
    struct ffa_mem_access borrowers[MEM_BORROWERS];
    uint32_t range_count; // 0: RETRIEVE_REQ, no composite descriptor
    struct ffa_mem_range ranges[MEM_RANGES];
};

// A legal one of that kind of call (FFA_MEM_SHARE_32 …) from `sender` (NULL: the normal world) to one borrower: one range of
// `pages` pages at `address`; read and write where the sender says so.
struct mem_desc mem_desc(uint32_t fid, const struct sp *sender, const struct sp *borrower,
                         uint64_t address, uint32_t pages);
void mem_add_borrower(struct mem_desc *desc, const struct sp *borrower, uint8_t permissions);
void mem_add_range(struct mem_desc *desc, uint64_t address, uint32_t pages);

// The legal RETRIEVE_REQ of `borrower` for what was sent with `desc` under `handle`.
struct mem_desc mem_request(uint32_t fid, const struct mem_desc *desc, const struct sp *borrower,
                            uint64_t handle);

// Where the parts of a descriptor are in the format of a version
uint32_t mem_head_size(uint32_t version);
uint32_t mem_access_size(uint32_t version);

// Writes it to TX as the caller's version has it; returns its bytes. What does not fit goes with mem_write_fragment.
uint32_t mem_write(struct sp *sp, const struct mem_desc *desc);
void mem_write_ranges(struct sp *sp, const struct mem_desc *desc, uint32_t first, uint32_t count);

// Writes it and makes the call. mem_send returns the handle; the answer must be FFA_SUCCESS.
const uint64_t *mem_offer(struct sp *sp, uint32_t fid, const struct mem_desc *desc);
uint64_t mem_send(struct sp *sp, uint32_t fid, const struct mem_desc *desc);
const uint64_t *mem_retrieve(struct sp *sp, const struct mem_desc *request);
const uint64_t *mem_relinquish(struct sp *sp, uint64_t handle, uint32_t flags);
const uint64_t *mem_reclaim(struct sp *sp, uint64_t handle, uint32_t flags);

// Sends, retrieves as asked: returns the address in the borrower's space; everything must succeed. RX is released.
uint64_t mem_map(struct sp *borrower, const struct mem_desc *request);

// Buffers
uint8_t *mem_tx(struct sp *sp);
uint8_t *mem_rx(struct sp *sp);
void mem_rx_release(struct sp *sp);

// Ids
uint16_t mem_id(const struct sp *sp);
#define MEM_HANDLE(handle) (uint32_t)(handle), (uint32_t)((handle) >> 32)

// The partition stops, as sp_stop has it.
void mem_stop(struct sp *sp);

// Everything that a refused call must leave as it was, and whether it is so.
struct mem_state {
    struct mem_model model;
    enum mem_model_page pages[SPMC_MAX_SPS][MEM_MODEL_PAGES];
    uint32_t transactions;
    uint64_t sent_pages;
    bool rx_full[SPMC_MAX_SPS + 1];
};
struct mem_state mem_state(void);
bool mem_unchanged(const struct mem_state *before);

#endif
