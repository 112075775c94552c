// SPDX-License-Identifier: BSD-3-Clause
//
// QEMU virt, the part of BL1 and BL31: the one-time-programmable memory, a page of the secure flash.
// NOR bits go from 1 to 0 as fuses do, as long as nobody erases: the normal world cannot reach this
// bank, and Tessera has no erase for it.
#include "bits.h"
#include "board.h"
#include "mmio.h"
#include "nor.h"
#include "platform.h"
#include "string.h"

// Whole words: the page is Device memory to BL31.
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

int plat_otp_open(void)
{
    return nor_read_array(FLASH_BASE + FLASH_OTP_OFFSET);
}

int plat_otp_program(uint32_t offset, uint32_t value)
{
    uint64_t address = FLASH_BASE + FLASH_OTP_OFFSET + (uint64_t)offset;

    if (!IS_ALIGNED(offset, sizeof(value)) ||
        !range_inside(offset, sizeof(value), 0, FLASH_OTP_SIZE)) {
        return ERR_RANGE;
    }
    return nor_program_word(address, mmio_read32(address) & value);
}
