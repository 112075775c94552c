// SPDX-License-Identifier: BSD-3-Clause
//
// NOR flash with the Intel command set (CFI 0x0001), two x16 chips in 32 bits; contract in nor.h.
// Commands go to the word that they are about, in both lanes at once. QEMU's model programs at once,
// never fails but when it is read-only, and overwrites where a real chip can only clear bits: what is
// here for real chips (order, waiting, errors) is tested on the host against a model that has them.
#include "nor.h"

#include <stdbool.h>

#include "barrier.h"
#include "bits.h"
#include "mmio.h"
#include "regs.h"

#define NOR_LANES(byte) ((uint32_t)(byte) | (uint32_t)(byte) << 16)

#define NOR_READ_ARRAY NOR_LANES(0xff)
#define NOR_CLEAR_STATUS NOR_LANES(0x50)
#define NOR_PROGRAM NOR_LANES(0x40)

// Status register
#define NOR_READY NOR_LANES(0x80)
#define NOR_ERASE_ERROR NOR_LANES(0x20) // with NOR_PROGRAM_ERROR: wrong command sequence
#define NOR_PROGRAM_ERROR NOR_LANES(0x10)
#define NOR_VOLTAGE NOR_LANES(0x08) // programming voltage too low
#define NOR_LOCKED NOR_LANES(0x02)  // block locked, or of the kind that is written once

// Chips of this family need 100 … 500 µs for a word, the slowest at the end of their life 1 ms. Ten
// times that: only a broken chip runs into it.
#define NOR_TIMEOUTS_PER_SECOND 100

// The store is a command the moment the bus delivers it. DSB: it has been delivered before anything
// that follows starts, be it another kind of access to the chips (instruction fetch, a mapping with
// other attributes, which Device order does not cover) or the clock of the bounded wait.
static void nor_write(uint64_t address, uint32_t value)
{
    mmio_write32(address, value);
    dsb_sy();
}

// Waits for both chips. The clock is read before the status: a core that was held up in between (a
// debugger, an emulator's host) does not take a chip that is ready for one that is late.
static int nor_await(uint64_t address, uint32_t *status)
{
    uint64_t limit = read_cntfrq_el0() / NOR_TIMEOUTS_PER_SECOND;
    uint64_t start = read_cntpct_el0();

    for (;;) {
        bool late = read_cntpct_el0() - start > limit;

        *status = mmio_read32(address);
        if ((*status & NOR_READY) == NOR_READY) {
            return ERR_NONE;
        }
        if (late) {
            return ERR_TIMEOUT;
        }
    }
}

static int nor_judge(uint32_t status)
{
    if ((status & NOR_LOCKED) != 0) {
        return ERR_DENIED;
    }
    return (status & (NOR_ERASE_ERROR | NOR_PROGRAM_ERROR | NOR_VOLTAGE)) != 0 ? ERR_IO : ERR_NONE;
}

int nor_program_word(uint64_t address, uint32_t value)
{
    uint32_t status;
    int result;

    if (!IS_ALIGNED(address, sizeof(value)) || (mmio_read32(address) & value) != value) {
        return ERR_INVALID;
    }
    dsb_sy(); // no read of data is left that could get the status instead
    nor_write(address, NOR_CLEAR_STATUS); // error bits stay set until they are cleared
    nor_write(address, NOR_PROGRAM);
    nor_write(address, value);
    result = nor_await(address, &status);
    if (result != ERR_NONE) {
        return result; // a busy chip takes no command
    }
    result = nor_judge(status);
    if (result != ERR_NONE) {
        nor_write(address, NOR_CLEAR_STATUS);
    }
    nor_write(address, NOR_READ_ARRAY);
    if (result == ERR_NONE && mmio_read32(address) != value) {
        result = ERR_IO;
    }
    return result;
}
