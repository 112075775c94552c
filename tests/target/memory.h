// SPDX-License-Identifier: BSD-3-Clause
//
// Memory transactions from the normal world for target tests and the benchmark-like loops: buffers mapped, descriptors
// written and sent, memory that partitions share with the test.
#ifndef TARGET_MEMORY_H
#define TARGET_MEMORY_H

#include "platform/include/errors.h"
#include "tests/harness/harness_mem.h"
#include "tests/target/target.h"

// RX and TX of the normal world, MEM_BUFFER_PAGES each, and what tests share
#define MEM_TX MB_PAGES_BASE
#define MEM_RX (MB_PAGES_BASE + 0x10000)
#define MEM_BUFFER_PAGES 4
#define MEM_BUFFER_SIZE (MEM_BUFFER_PAGES * FFA_MEM_PAGE)
#define MEM_BASE 0x50000000 // free DRAM, MEM_SIZE bytes
#define MEM_SIZE 0x08000000
#define MEM_PAGE(n) (MEM_BASE + (uint64_t)(n)*FFA_MEM_PAGE)

// What h_mem_describe() made of the last descriptor written to TX
extern size_t mem_length;

// A machine at `version` with RX and TX mapped (the present one if it is at that version).
void mem_ready(uint32_t version);

// The program's machine is at that version and its buffers are mapped at MEM_TX and MEM_RX: the case did it itself.
void mem_adopt(uint32_t version);

// A plain SHARE (`writable`) or LEND or DONATE of `pages` pages at `address` to one partition; the caller changes what it
// wants otherwise. `range` is the descriptor's one range and must live as long.
struct h_mem mem_plain(uint32_t fid, uint16_t borrower, struct ffa_mem_range *range,
                       uint64_t address, uint32_t pages);

// Writes the descriptor to TX and makes the call with its length; more than TX holds goes in fragments of `fragment`
// bytes (0: as long as TX). Returns the last answer.
struct ffa_args mem_send(uint32_t fid, const struct h_mem *mem, size_t fragment);

// The same; it must be accepted. Returns the handle.
uint64_t mem_sent(uint32_t fid, const struct h_mem *mem);

struct ffa_args mem_reclaim(uint64_t handle, uint32_t flags);
void mem_reclaimed(uint64_t handle, uint32_t flags); // must work

// Host's view of the shared memory.
uint8_t *mem_at(uint64_t address, size_t size);

// Script steps of a peer (tests/target/sp_peer/peer_proto.h), added to what peer_begin() started. `kind`: 0 any, 1 shared,
// 2 lent, 3 donated.
struct peer_step *mem_add_retrieve(uint16_t peer, uint64_t handle, uint16_t owner, uint32_t kind,
                                   uint32_t flags);

// Peer maps its RX and TX unless it has already (once for each machine).
void mem_peer_ready(uint16_t peer);

// Nothing is left of what the case did: the normal world can have as many transactions at once as it may, and no page is
// taken. Reclaims them again.
void mem_assert_nothing_left(void);

#endif
