// SPDX-License-Identifier: BSD-3-Clause
//
// Data in NOR flash: two x16 chips with CFI and the command set 0x0001 (Intel/Sharp) side by side in 32 bits, as
// platform/drivers/nor.c has them for single words. Called by a partition at S-EL0 on a device region of its own, so without a
// clock: a wait is bounded by reads of the chips' status. Trusts the caller for the place; the chips for nothing that can be
// read back.
#ifndef NOR_FLASH_H
#define NOR_FLASH_H

#include <stdbool.h>
#include <stdint.h>

#include "errors.h"

// Where the flash is. Addresses are those at which the caller has it mapped: as Device memory, nobody else using these chips
// at the same time (neither reading nor executing), which are in array mode, or were left in any mode by who used them before
// and is gone.
struct nor_flash_place {
    uint64_t base; // of the region that is used: whole blocks, all of the chips' largest size
    uint32_t size; // of the region, bytes
    // Of the chips' first page, read while they are asked for their query table; `base` if they show it everywhere
    uint64_t query;
    uint32_t polls_per_ms; // most status reads that a millisecond can have
};

// A read of such chips takes 85 ns and more. A bus that is slower makes waits longer, never too short
#define NOR_FLASH_POLLS_PER_MS 12000

// The chips as nor_flash_probe() found them. The first four are for the caller to read, nothing is for it to write.
struct nor_flash {
    uint32_t block_size;  // bytes that are erased at once, a power of two
    uint32_t block_count; // of the region
    uint32_t buffer_size; // bytes programmed at once, a power of two; 4: the chips have no buffer
    bool unlocks;         // blocks are locked but while they are written
    struct nor_flash_place place;
    // Most status reads of one word, one buffer, one erase, out of what the query table says
    uint64_t word_polls;
    uint64_t buffer_polls;
    uint64_t erase_polls;
    bool busy; // a wait ran out: until the chips are seen ready nothing is asked of them
};

// Finds out what the chips are, by their query table. Leaves them in array mode. ERR_NOT_FOUND: no answer; ERR_NOT_SUPPORTED:
// another command set, more than NOR_FLASH_MAX_REGIONS erase regions; ERR_INVALID: the place is not whole blocks, the table
// contradicts itself, or the two chips differ; ERR_TIMEOUT: they are busy and stay so. That the region lies in blocks of the
// largest size is the board's business (board_check.h).
#define NOR_FLASH_MAX_REGIONS 4
MUST_CHECK int nor_flash_probe(struct nor_flash *flash, const struct nor_flash_place *place);

// Offsets below are from the region's start. All: ERR_RANGE: outside, nothing was done; ERR_TIMEOUT: the chips do not become
// ready (asked again, the functions look whether they have, and then go on); and the chips are in array mode again but after a
// timeout.

// Copies `size` bytes at `offset`, any alignment, to `to`.
MUST_CHECK int nor_flash_read(struct nor_flash *flash, uint32_t offset, void *to, uint32_t size);

// Programs `size` bytes at `offset`, both multiples of 4, and reads them back. Bits only go from 1 to 0: ERR_INVALID where one
// would have to go the other way, found before anything is sent to the chips. ERR_DENIED: a block is locked; ERR_IO: the chips
// report a failure, or something else reads back. After these and ERR_TIMEOUT any of the bits that were to become 0 may be 0.
MUST_CHECK int nor_flash_program(struct nor_flash *flash, uint32_t offset, const void *from,
                                 uint32_t size);

// Erases block `block` (0 … block_count - 1) and reads all of it back: 0xff. ERR_DENIED, ERR_IO as above; then, and after
// ERR_TIMEOUT or a loss of power, its content is anything, and different at different times until it is erased again.
MUST_CHECK int nor_flash_erase(struct nor_flash *flash, uint32_t block);

#endif
