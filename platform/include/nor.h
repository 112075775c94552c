// SPDX-License-Identifier: BSD-3-Clause
//
// Word programming of NOR flash with the CFI command set 0x0001 (Intel/Sharp): two x16 chips side by
// side, one 32-bit word in two lanes. Called by the board for its one-time-programmable area. Trusts
// its caller for the address, and the chips for nothing: status, then what reads back.
#ifndef NOR_H
#define NOR_H

#include <stdint.h>

#include "errors.h"

// Programs the word at physical address `address` (multiple of 4). Bits may only go from 1 to 0: bits
// of `value` that are 0 become 0, and where the word holds a 0 already `value` must have one.
// ERR_INVALID: not aligned, or a bit would have to go from 0 to 1 (nothing was sent to the chips);
// ERR_DENIED: the block is locked; ERR_IO: the chips report another error, or the word reads back wrong;
// ERR_TIMEOUT: they did not become ready. After an error some of the bits may be programmed.
// The chips are in array mode (reads give data) before, and again on every return but ERR_TIMEOUT: then
// they may still be busy, ignore commands and answer with their status, which looks like data. Nothing
// may be read from them or asked of them until they are reset.
// Until it returns the chips answer every read with their status. So the caller
//  - executes from other memory: code, vectors, constants, stack;
//  - keeps interrupts masked, and every other core and DMA away from these chips;
//  - has them mapped as Device memory at `address`, and nowhere as Normal memory: a speculative read
//    would put the status into a cache as data.
MUST_CHECK int nor_program_word(uint64_t address, uint32_t value);

// Brings the chips of `address` (multiple of 4) to array mode, whatever mode somebody left them in who drives them too and was
// stopped in the middle. ERR_TIMEOUT: they are busy (they may erase for seconds) and stay as they are. Under the conditions
// above.
MUST_CHECK int nor_read_array(uint64_t address);

#endif
