// SPDX-License-Identifier: BSD-3-Clause
//
// See nor_chip.h. Command set: CFI 0x0001 (Intel "Basic/Extended Command Set"), word programming only;
// each lane of 16 bits has a state of its own. Trusts the test.
#include "nor_chip.h"

#include <string.h>

#include "mmio.h"

#define STATUS_READY 0x80
#define STATUS_ERASE 0x20
#define STATUS_PROGRAM 0x10
#define STATUS_VOLTAGE 0x08
#define STATUS_LOCKED 0x02

enum state { ARRAY, STATUS, PROGRAM_SETUP };

struct lane {
    enum state state;
    uint8_t status;
    uint32_t busy; // status reads that are left
    bool stuck;
};

struct nor_chip nor_chip;
static struct lane lanes[2];

// What the registers' stand-ins need (tests/fake/regs.h)
uint64_t fake_reg_cntpct_el0, fake_reg_cntfrq_el0;

void nor_chip_reset(uint64_t base)
{
    memset(&nor_chip, 0, sizeof(nor_chip));
    memset(nor_chip.data, 0xff, sizeof(nor_chip.data));
    nor_chip.base = base;
    nor_chip.fault_lanes = 3;
    nor_chip.read_ticks = 1;
    for (unsigned int i = 0; i < 2; i++) {
        lanes[i] = (struct lane){ ARRAY, STATUS_READY, 0, false };
    }
    fake_reg_cntfrq_el0 = 1000000;
}

bool nor_chip_is_idle(void)
{
    for (unsigned int i = 0; i < 2; i++) {
        if (lanes[i].state != ARRAY || lanes[i].status != STATUS_READY) {
            return false;
        }
    }
    return true;
}

static uint16_t half(uint32_t offset)
{
    return (uint16_t)(nor_chip.data[offset] | nor_chip.data[offset + 1] << 8);
}

uint32_t nor_chip_word(uint32_t offset)
{
    return half(offset) | (uint32_t)half(offset + 2) << 16;
}

static void misuse(const char *what)
{
    nor_chip.misuses++;
    nor_chip.misuse = what;
}

static uint32_t offset_of(uint64_t pa)
{
    if (pa < nor_chip.base || pa - nor_chip.base > NOR_CHIP_SIZE - 4 || pa % 4 != 0) {
        misuse("an access outside of the chips, or not of a word");
        return 0;
    }
    return (uint32_t)(pa - nor_chip.base);
}

static void program_half(struct lane *lane, uint32_t offset, uint16_t value, bool faulty)
{
    uint16_t old = half(offset);
    uint16_t new = old &value;

    if (faulty && nor_chip.fault != NOR_CHIP_LIES && nor_chip.fault != NOR_CHIP_STUCK) {
        lane->status |= STATUS_PROGRAM;
        lane->status |= nor_chip.fault == NOR_CHIP_LOCKED ? STATUS_LOCKED : 0;
        lane->status |= nor_chip.fault == NOR_CHIP_VOLTAGE ? STATUS_VOLTAGE : 0;
        lane->status |= nor_chip.fault == NOR_CHIP_CONFUSED ? STATUS_ERASE : 0;
        return;
    }
    if (faulty && nor_chip.fault == NOR_CHIP_LIES) {
        uint16_t cleared = old & (uint16_t)~value;

        new |= cleared &(uint16_t)-cleared;
    }
    lane->stuck = faulty && nor_chip.fault == NOR_CHIP_STUCK;
    nor_chip.data[offset] = (uint8_t) new;
    nor_chip.data[offset + 1] = (uint8_t)(new >> 8);
}

// One write cycle of one chip.
static void write_lane(unsigned int i, uint32_t offset, uint16_t value)
{
    struct lane *lane = &lanes[i];

    if (lane->state == PROGRAM_SETUP) {
        lane->busy = nor_chip.busy_reads + i;
        program_half(lane, offset + 2 * i, value,
                     nor_chip.fault != NOR_CHIP_GOOD && (nor_chip.fault_lanes >> i & 1) != 0);
        lane->state = STATUS;
        return;
    }
    if (lane->busy != 0 || lane->stuck) {
        misuse("a command to a chip that is busy");
        return;
    }
    switch (value) {
    case 0xff:
        lane->state = ARRAY;
        break;
    case 0x50:
        lane->status = STATUS_READY;
        break;
    case 0x70:
        lane->state = STATUS;
        break;
    case 0x40:
        if (lane->status != STATUS_READY) {
            misuse("programming with the errors of another command in the status");
        }
        lane->state = PROGRAM_SETUP;
        break;
    default:
        misuse("a command that is not for words, or in one lane only");
        break;
    }
}

void mmio_write32(uint64_t pa, uint32_t value)
{
    uint32_t offset = offset_of(pa);

    nor_chip.commands++;
    nor_chip.programs += lanes[0].state == PROGRAM_SETUP;
    write_lane(0, offset, (uint16_t)value);
    write_lane(1, offset, (uint16_t)(value >> 16));
}

static uint16_t read_lane(unsigned int i, uint32_t offset)
{
    struct lane *lane = &lanes[i];

    if (lane->state == ARRAY) {
        return half(offset + 2 * i);
    }
    if (lane->stuck) {
        return lane->status & (uint16_t)~STATUS_READY;
    }
    if (lane->busy != 0) {
        lane->busy--;
        return 0; // the other bits mean nothing until it is ready
    }
    return lane->status;
}

uint32_t mmio_read32(uint64_t pa)
{
    uint32_t offset = offset_of(pa);

    fake_reg_cntpct_el0 += nor_chip.read_ticks;
    return read_lane(0, offset) | (uint32_t)read_lane(1, offset) << 16;
}
