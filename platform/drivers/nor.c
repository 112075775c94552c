// SPDX-License-Identifier: BSD-3-Clause
//
// NOR flash with the Intel command set (CFI 0x0001), two x16 chips in 32 bits; contract in nor.h.
// Commands go to the word that they are about, in both lanes at once. QEMU's model programs at once,
// never fails but when it is read-only, and overwrites where a real chip can only clear bits: what is
// here for real chips (order, waiting, errors) is tested on the host against a model that has them.
#include "nor.h"

#include "bits.h"
#include "nor_private.h"
#include "regs.h"

// Chips of this family need 100 … 500 µs for a word, the slowest at the end of their life 1 ms. Ten
// times that: only a broken chip runs into it.
#define NOR_TIMEOUTS_PER_SECOND 100

// Waits for both chips. The clock is read before the status: a core that was held up in between (a
// debugger, an emulator's host) does not take a chip that is ready for one that is late.
static int nor_await(uint64_t address, uint32_t *status)
{
    uint64_t limit = read_cntfrq_el0() / NOR_TIMEOUTS_PER_SECOND;
    uint64_t start = read_cntpct_el0();

    for (;;) {
        bool late = read_cntpct_el0() - start > limit;

        *status = mmio_read32(address);
        if (nor_is_ready(*status)) {
            return ERR_NONE;
        }
        if (late) {
            return ERR_TIMEOUT;
        }
    }
}

int nor_program_word(uint64_t address, uint32_t value)
{
    uint32_t status;
    int result;

    if (!IS_ALIGNED(address, sizeof(value)) || (mmio_read32(address) & value) != value) {
        return ERR_INVALID;
    }
    dsb_sy(); // no read of data is left that could get the status instead
    nor_write(address, NOR_CLEAR_STATUS); // of errors of who was here before
    nor_write(address, NOR_PROGRAM);
    nor_write(address, value);
    result = nor_await(address, &status);
    if (result != ERR_NONE) {
        return result; // a busy chip takes no command
    }
    result = nor_judge(status);
    nor_write(address, NOR_READ_ARRAY);
    if (result == ERR_NONE && mmio_read32(address) != value) {
        result = ERR_IO;
    }
    return result;
}

int nor_read_array(uint64_t address)
{
    uint32_t status;
    int result;

    nor_write(address, NOR_READ_STATUS); // of all commands the one that busy chips take
    result = nor_await(address, &status);
    if (result == ERR_NONE) {
        nor_write(address, NOR_READ_ARRAY);
    }
    return result;
}
