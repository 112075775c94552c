// SPDX-License-Identifier: BSD-3-Clause
//
// Template of a board, the part of BL1 and BL31: one-time-programmable memory (fuses, or a region of
// flash that nothing erases). Layout and rules of its words: platform/lib/boot/otp_format.h.
#include "bits.h"
#include "board.h"
#include "mmio.h"
#include "platform.h"
#include "string.h"

// Here a page of the boot flash. For fuses: read through their controller, and keep the check. An
// area that was never written reads as 0xff; BL1 refuses to boot with it.
int plat_otp_read(uint32_t offset, void *buf, size_t len)
{
    uint8_t *to = buf;

    if (!IS_ALIGNED(offset | len, sizeof(uint32_t)) ||
        !range_inside(offset, len, 0, FLASH_OTP_SIZE)) {
        return ERR_RANGE;
    }
    for (size_t i = 0; i < len; i += sizeof(uint32_t)) {
        uint32_t word = mmio_read32(FLASH_BASE + FLASH_OTP_OFFSET + offset + i);

        memcpy(to + i, &word, sizeof(word));
    }
    return ERR_NONE;
}

// Nobody shares this memory with BL31. Where the flash has a partition storage, too, and the storage partition runs: nor_read_array().
int plat_otp_open(void)
{
    return ERR_NONE;
}

// The template knows no chip, so its NV counters cannot be raised: BL31 says so at every boot that
// should. A board with CFI flash calls nor_program_word (see the board qemu_virt), one with fuses
// burns the bits that are 0 in `value`, and both keep the check of `offset`.
int plat_otp_program(uint32_t offset, uint32_t value)
{
    (void)offset;
    (void)value;
    return ERR_NOT_SUPPORTED;
}
