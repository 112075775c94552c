// SPDX-License-Identifier: BSD-3-Clause
//
// Commands and status of NOR flash with the command set 0x0001 (Intel/Sharp), two x16 chips in the lanes of a 32-bit word: what
// nor.c (single words at EL3) and nor_flash.c (data, at S-EL0) have in common.
#ifndef NOR_PRIVATE_H
#define NOR_PRIVATE_H

#include <stdbool.h>
#include <stdint.h>

#include "barrier.h"
#include "errors.h"
#include "mmio.h"

#define NOR_LANES(byte) ((uint32_t)(byte) | (uint32_t)(byte) << 16)

#define NOR_READ_ARRAY NOR_LANES(0xff)
#define NOR_READ_QUERY NOR_LANES(0x98)
#define NOR_READ_STATUS NOR_LANES(0x70)
// Error bits stay set until they are cleared: before a command that can fail, never after it, because QEMU's chips forget with
// this one also that they are ready, until the next word or block
#define NOR_CLEAR_STATUS NOR_LANES(0x50)
#define NOR_PROGRAM NOR_LANES(0x40)
#define NOR_PROGRAM_BUFFER NOR_LANES(0xe8)
#define NOR_ERASE NOR_LANES(0x20)
#define NOR_LOCK_SETUP NOR_LANES(0x60)
#define NOR_LOCK NOR_LANES(0x01)
#define NOR_CONFIRM NOR_LANES(0xd0) // of an erase, a buffer; with NOR_LOCK_SETUP: unlock

// Status register
#define NOR_READY NOR_LANES(0x80)
#define NOR_ERASE_ERROR NOR_LANES(0x20) // with NOR_PROGRAM_ERROR: wrong command sequence
#define NOR_PROGRAM_ERROR NOR_LANES(0x10)
#define NOR_VOLTAGE NOR_LANES(0x08) // programming voltage too low
#define NOR_LOCKED NOR_LANES(0x02)  // block locked, or of the kind that is written once

// The store is a command the moment the bus delivers it. DSB: it has been delivered before anything
// that follows starts, be it another kind of access to the chips (instruction fetch, a mapping with
// other attributes, which Device order does not cover) or the clock of a bounded wait.
static inline void nor_write(uint64_t address, uint32_t value)
{
    mmio_write32(address, value);
    dsb_sy();
}

static inline bool nor_is_ready(uint32_t status)
{
    return (status & NOR_READY) == NOR_READY;
}

// What the status of chips that are ready says of the command that is over.
static inline int nor_judge(uint32_t status)
{
    if ((status & NOR_LOCKED) != 0) {
        return ERR_DENIED;
    }
    return (status & (NOR_ERASE_ERROR | NOR_PROGRAM_ERROR | NOR_VOLTAGE)) != 0 ? ERR_IO : ERR_NONE;
}

#endif
