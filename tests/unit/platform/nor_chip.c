// SPDX-License-Identifier: BSD-3-Clause
//
// See nor_chip.h. Command set: CFI 0x0001 (Intel "Basic/Extended Command Set"); each lane of 16 bits has a state of its own.
// Trusts the test.
#include "nor_chip.h"

#include <string.h>

#include "mmio.h"

#define STATUS_READY 0x80
#define STATUS_ERASE 0x20
#define STATUS_PROGRAM 0x10
#define STATUS_VOLTAGE 0x08
#define STATUS_LOCKED 0x02

enum state {
    ARRAY,
    STATUS,
    QUERY,
    PROGRAM_SETUP,
    ERASE_SETUP,
    LOCK_SETUP,
    BUFFER_COUNT,
    BUFFER_DATA,
    BUFFER_CONFIRM,
};

struct lane {
    enum state state;
    uint8_t status;
    uint32_t busy; // status reads that are left
    bool stuck;
    bool unlocked[NOR_CHIP_BLOCKS];
    uint32_t setup_block;
    // The buffer that is being filled
    uint32_t left;
    uint32_t first;
    uint16_t words[NOR_CHIP_BUFFER / 4];
    bool filled[NOR_CHIP_BUFFER / 4];
};

struct nor_chip nor_chip;
static struct lane lanes[2];
static uint32_t operations; // begun, for fault_after

// What the registers' stand-ins need (tests/fake/regs.h)
uint64_t fake_reg_cntpct_el0, fake_reg_cntfrq_el0;

// JESD68, of one chip
static void fill_table(uint8_t *table)
{
    static const uint8_t head[] = { 'Q', 'R', 'Y', 1, 0, NOR_CHIP_PRI, 0 };
    static const uint8_t times[] = {
        3, 4, 1, 0, 2, 1, 2, 0
    }; // 8 µs, 16 µs, 2 ms; at most 4, 2, 4 times that
    static const uint8_t sizes[] = { 14, 1, 0, 5, 0, 1 }; // 16 KiB, x16, buffer 32 bytes, 1 region
    static const uint8_t region[] = { NOR_CHIP_BLOCKS - 1, 0, NOR_CHIP_BLOCK / 2 / 256, 0 };
    static const uint8_t pri[] = { 'P', 'R', 'I', '1', '0' };

    memset(table, 0, NOR_CHIP_TABLE);
    memcpy(table + 0x10, head, sizeof(head));
    memcpy(table + 0x1f, times, sizeof(times));
    memcpy(table + 0x27, sizes, sizeof(sizes));
    memcpy(table + 0x2d, region, sizeof(region));
    memcpy(table + NOR_CHIP_PRI, pri, sizeof(pri));
}

void nor_chip_reset(uint64_t base)
{
    memset(&nor_chip, 0, sizeof(nor_chip));
    memset(nor_chip.data, 0xff, sizeof(nor_chip.data));
    memset(lanes, 0, sizeof(lanes));
    nor_chip.base = base;
    nor_chip.fault_lanes = 3;
    nor_chip.read_ticks = 1;
    operations = 0;
    for (unsigned int i = 0; i < 2; i++) {
        lanes[i].status = STATUS_READY;
        fill_table(nor_chip.table[i]);
    }
    fake_reg_cntfrq_el0 = 1000000;
}

void nor_chip_unstick(void)
{
    for (unsigned int i = 0; i < 2; i++) {
        lanes[i].stuck = false;
        lanes[i].busy = 0;
    }
}

bool nor_chip_is_idle(void)
{
    for (unsigned int i = 0; i < 2; i++) {
        if (lanes[i].state != ARRAY || lanes[i].busy != 0 || lanes[i].stuck) {
            return false;
        }
        for (unsigned int block = 0; block < NOR_CHIP_BLOCKS; block++) {
            if (nor_chip.locks && lanes[i].unlocked[block]) {
                return false;
            }
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

static void put(uint32_t offset, uint16_t value)
{
    nor_chip.data[offset] = (uint8_t)value;
    nor_chip.data[offset + 1] = (uint8_t)(value >> 8);
}

// ---- Operations ------------------------------------------------------------------------------------------------------

// Whether this operation of lane `i` is one that goes wrong.
static bool is_faulty(unsigned int i)
{
    return nor_chip.fault != NOR_CHIP_GOOD && (nor_chip.fault_lanes >> i & 1) != 0 &&
           operations > nor_chip.fault_after;
}

// The operation ends at once, with these status bits beside `which`. False: it takes place.
static bool fails(unsigned int i, uint32_t block, uint8_t which)
{
    struct lane *lane = &lanes[i];
    bool faulty = is_faulty(i);

    lane->busy = nor_chip.busy_reads + i;
    lane->stuck = faulty && nor_chip.fault == NOR_CHIP_STUCK;
    if (nor_chip.locks && !lane->unlocked[block]) {
        lane->status |= which | STATUS_LOCKED;
        return true;
    }
    if (!faulty || nor_chip.fault == NOR_CHIP_LIES || nor_chip.fault == NOR_CHIP_STUCK) {
        return false;
    }
    lane->status |= which;
    lane->status |= nor_chip.fault == NOR_CHIP_LOCKED ? STATUS_LOCKED : 0;
    lane->status |= nor_chip.fault == NOR_CHIP_VOLTAGE ? STATUS_VOLTAGE : 0;
    lane->status |= nor_chip.fault == NOR_CHIP_CONFUSED ? STATUS_ERASE | STATUS_PROGRAM : 0;
    return true;
}

static void program_half(unsigned int i, uint32_t offset, uint16_t value, bool lies)
{
    uint16_t old = half(offset);
    uint16_t new = old &value;

    if (lies) {
        uint16_t cleared = old & (uint16_t)~value;

        new |= cleared &(uint16_t)-cleared;
    }
    if (new != value && !lies) {
        misuse("a bit that is to go from 0 to 1");
    }
    (void)i;
    put(offset, new);
}

static void program_one(unsigned int i, uint32_t offset, uint16_t value)
{
    if (!fails(i, offset / NOR_CHIP_BLOCK, STATUS_PROGRAM)) {
        program_half(i, offset + 2 * i, value, is_faulty(i) && nor_chip.fault == NOR_CHIP_LIES);
    }
    lanes[i].state = STATUS;
}

static void program_filled(unsigned int i)
{
    struct lane *lane = &lanes[i];
    bool lies = is_faulty(i) && nor_chip.fault == NOR_CHIP_LIES;

    lane->state = STATUS;
    if (fails(i, lane->setup_block, STATUS_PROGRAM)) {
        return;
    }
    for (uint32_t word = 0; word < NOR_CHIP_BUFFER / 4; word++) {
        if (lane->filled[word]) {
            program_half(i, lane->first + 4 * word + 2 * i, lane->words[word], lies);
            lies = false;
        }
    }
}

static void erase(unsigned int i)
{
    struct lane *lane = &lanes[i];
    bool lies = is_faulty(i) && nor_chip.fault == NOR_CHIP_LIES;

    lane->state = STATUS;
    if (fails(i, lane->setup_block, STATUS_ERASE)) {
        return;
    }
    for (uint32_t at = 2 * i; at < NOR_CHIP_BLOCK; at += 4) {
        uint32_t offset = lane->setup_block * NOR_CHIP_BLOCK + at;

        put(offset, lies && at == NOR_CHIP_BLOCK - 4 + 2 * i ? 0x7fff : 0xffff);
    }
}

// ---- Command cycles --------------------------------------------------------------------------------------------------

static void take_buffer(unsigned int i, uint32_t offset, uint16_t value)
{
    struct lane *lane = &lanes[i];
    uint32_t first = offset - offset % NOR_CHIP_BUFFER;

    if (lane->state == BUFFER_COUNT) {
        if (value >= NOR_CHIP_BUFFER / 4) {
            misuse("more than a buffer");
            lane->status |= STATUS_ERASE | STATUS_PROGRAM;
            lane->state = STATUS;
            return;
        }
        memset(lane->filled, 0, sizeof(lane->filled));
        lane->left = value + 1u;
        lane->first = UINT32_MAX;
        lane->state = BUFFER_DATA;
        return;
    }
    if (lane->first == UINT32_MAX) {
        lane->first = first;
    }
    if (lane->first != first || offset / NOR_CHIP_BLOCK != lane->setup_block) {
        misuse("a buffer across its boundary, or in another block than it was announced for");
        return;
    }
    lane->words[offset % NOR_CHIP_BUFFER / 4] = value;
    lane->filled[offset % NOR_CHIP_BUFFER / 4] = true;
    lane->left--;
    lane->state = lane->left == 0 ? BUFFER_CONFIRM : BUFFER_DATA;
}

// The second cycle of a command that has two. False: `lane` is not in one.
static bool second_cycle(unsigned int i, uint32_t offset, uint16_t value)
{
    struct lane *lane = &lanes[i];
    uint32_t block = offset / NOR_CHIP_BLOCK;

    switch (lane->state) {
    case PROGRAM_SETUP:
        program_one(i, offset, value);
        return true;
    case BUFFER_COUNT:
    case BUFFER_DATA:
        take_buffer(i, offset, value);
        return true;
    case BUFFER_CONFIRM:
    case ERASE_SETUP:
        if (value != 0xd0 || block != lane->setup_block) {
            misuse("no confirmation, or of another block");
            lane->status |= STATUS_ERASE | STATUS_PROGRAM;
            lane->state = STATUS;
        } else if (lane->state == ERASE_SETUP) {
            erase(i);
        } else {
            program_filled(i);
        }
        return true;
    case LOCK_SETUP:
        if ((value != 0xd0 && value != 0x01) || !nor_chip.locks) {
            misuse("a lock command that these chips do not have");
        }
        lane->unlocked[block] = value == 0xd0;
        lane->state = STATUS;
        return true;
    case ARRAY:
    case STATUS:
    case QUERY:
        break;
    }
    return false;
}

static void set_up(unsigned int i, uint32_t offset, enum state state)
{
    if (lanes[i].status != STATUS_READY && state != LOCK_SETUP) {
        misuse("an operation with the errors of another one in the status");
    }
    lanes[i].setup_block = offset / NOR_CHIP_BLOCK;
    lanes[i].state = state;
}

// One write cycle of one chip.
static void write_lane(unsigned int i, uint32_t offset, uint16_t value)
{
    struct lane *lane = &lanes[i];

    if (lane->busy != 0 || lane->stuck) {
        if (value != 0x70) {
            misuse("a command to a chip that is busy");
        }
        return;
    }
    if (second_cycle(i, offset, value)) {
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
    case 0x98:
        lane->state = QUERY;
        break;
    case 0x40:
        set_up(i, offset, PROGRAM_SETUP);
        break;
    case 0x20:
        set_up(i, offset, ERASE_SETUP);
        break;
    case 0xe8:
        set_up(i, offset, BUFFER_COUNT);
        break;
    case 0x60:
        set_up(i, offset, LOCK_SETUP);
        break;
    default:
        misuse("a command that these chips do not have, or in one lane only");
        break;
    }
}

void mmio_write32(uint64_t pa, uint32_t value)
{
    uint32_t offset = offset_of(pa);
    enum state was = lanes[0].state;

    nor_chip.commands++;
    nor_chip.programs += was == PROGRAM_SETUP;
    nor_chip.buffers += was == BUFFER_CONFIRM;
    nor_chip.erases += was == ERASE_SETUP;
    operations += was == PROGRAM_SETUP || was == BUFFER_CONFIRM || was == ERASE_SETUP;
    write_lane(0, offset, (uint16_t)value);
    write_lane(1, offset, (uint16_t)(value >> 16));
}

static uint16_t read_lane(unsigned int i, uint32_t offset)
{
    struct lane *lane = &lanes[i];
    uint32_t entry = nor_chip.query_everywhere ? offset % NOR_CHIP_BLOCK / 4 : offset / 4;

    if (lane->state == ARRAY) {
        return half(offset + 2 * i);
    }
    if (lane->state == QUERY) {
        return entry < NOR_CHIP_TABLE ? nor_chip.table[i][entry] : 0;
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
