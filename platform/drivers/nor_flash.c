// SPDX-License-Identifier: BSD-3-Clause
//
// Data in NOR flash; contract in nor_flash.h. The partition that owns the flash calls it at S-EL0: interrupts may take its
// core away between any two accesses, and nobody else knows these chips exist meanwhile, so what was begun just goes on later.
// Trusts no answer of the chips: sizes of the query table are checked, what was written is read back. QEMU's model programs
// and erases at once, overwrites where a chip can only clear bits, and knows no locks; all else is tested on the host
// (tests/unit/platform/nor_chip.h).
#include "nor_flash.h"

#include <string.h>

#include "bits.h"
#include "nor_private.h"

// Query table, JESD68: entry i is the low byte of each chip's word i
#define CFI_COMMAND_ADDRESS 0x55
#define CFI_ENTRIES (PAGE_SIZE / 4)
#define CFI_QRY 0x10
#define CFI_COMMAND_SET 0x13  // 16 bits
#define CFI_EXTENDED 0x15     // 16 bits: entry of the command set's own table; 0: none
#define CFI_WORD_TYPICAL 0x1f // 2^n µs; 0: not told
#define CFI_BUFFER_TYPICAL 0x20
#define CFI_ERASE_TYPICAL 0x21 // 2^n ms
#define CFI_WORD_MOST 0x23     // 2^n times the typical one
#define CFI_BUFFER_MOST 0x24
#define CFI_ERASE_MOST 0x25
#define CFI_SIZE 0x27   // 2^n bytes of one chip
#define CFI_BUFFER 0x2a // 16 bits: 2^n bytes of one chip's; 0: none
#define CFI_REGION_COUNT 0x2c
#define CFI_REGIONS 0x2d // 16 bits: blocks - 1; 16 bits: bytes of each / 256
#define CFI_REGION_SIZE 4
#define CFI_INTEL 0x0001

// The command set's own table, "PRI"
#define PRI_FEATURES 5
#define PRI_BLOCK_LOCKING BIT(5) // each block by itself, locked after power-on

// For chips that tell no times, and the most that is believed: 2^n µs of a word and a buffer, 2^n ms of an erase
#define WORD_DEFAULT 11
#define BUFFER_DEFAULT 14
#define ERASE_DEFAULT 14
#define EXPONENT_MAX 20

#define CHIPS 2
#define SIZE_EXPONENT_MAX 28   // 256 MiB of each chip
#define BUFFER_EXPONENT_MAX 16 // what the command's word count can say

// Chips that were never asked before may end what somebody else began: a word, a buffer, not an erase
#define FIRST_WAIT_MS 100

// Words of memory at any alignment: built in, because a call for each would cost more than all the rest
static uint32_t get_word(const uint8_t *from)
{
    uint32_t word;

    __builtin_memcpy(&word, from, sizeof(word));
    return word;
}

static void put_word(uint8_t *to, uint32_t word)
{
    __builtin_memcpy(to, &word, sizeof(word));
}

// ---- Commands --------------------------------------------------------------------------------------------------------

// Waits for both chips. They show their status at every address while they are busy, and after it until a command.
static int await(struct nor_flash *flash, uint64_t address, uint64_t polls, uint32_t *status)
{
    for (uint64_t i = 0; i < polls; i++) {
        *status = mmio_read32(address);
        if (nor_is_ready(*status)) {
            return ERR_NONE;
        }
    }
    flash->busy = true;
    return ERR_TIMEOUT;
}

// Chips that were busy when somebody lost patience with them: ready now, or ERR_TIMEOUT. Busy chips take this command, too.
static int make_ready(struct nor_flash *flash, uint64_t polls)
{
    uint64_t address = flash->place.base;
    uint32_t status;
    int error;

    if (!flash->busy) {
        return ERR_NONE;
    }
    nor_write(address, NOR_READ_STATUS);
    error = await(flash, address, polls, &status);
    if (error == ERR_NONE) {
        nor_write(address, NOR_READ_ARRAY);
        flash->busy = false;
    }
    return error;
}

// Errors of who was here before are cleared. An unlocked block stays so until it is locked, or the power goes.
static void begin(const struct nor_flash *flash, uint64_t address)
{
    dsb_sy(); // no read of data is left that could get the status instead
    nor_write(address, NOR_CLEAR_STATUS);
    if (flash->unlocks) {
        nor_write(address, NOR_LOCK_SETUP);
        nor_write(address, NOR_CONFIRM);
    }
}

// The end of what begin() began: waits, judges, and leaves array mode behind.
static int end(struct nor_flash *flash, uint64_t address, uint64_t polls)
{
    uint32_t status;
    int error = await(flash, address, polls, &status);

    if (error != ERR_NONE) {
        return error; // busy chips take no command
    }
    error = nor_judge(status);
    if (flash->unlocks) {
        nor_write(address, NOR_LOCK_SETUP);
        nor_write(address, NOR_LOCK);
    }
    nor_write(address, NOR_READ_ARRAY);
    return error;
}

static int program_word(struct nor_flash *flash, uint64_t address, const uint8_t *from)
{
    begin(flash, address);
    nor_write(address, NOR_PROGRAM);
    nor_write(address, get_word(from));
    return end(flash, address, flash->word_polls);
}

// Up to a buffer, not across a multiple of its size. The words are stores to one Device region: they arrive in order.
static int program_buffer(struct nor_flash *flash, uint64_t address, const uint8_t *from,
                          uint32_t size)
{
    uint32_t status;
    int error;

    begin(flash, address);
    nor_write(address, NOR_PROGRAM_BUFFER);
    error = await(flash, address, flash->buffer_polls, &status); // ready: the buffer is free
    if (error != ERR_NONE) {
        return error;
    }
    nor_write(address, NOR_LANES(size / sizeof(uint32_t) - 1));
    for (uint32_t i = 0; i < size; i += sizeof(uint32_t)) {
        mmio_write32(address + i, get_word(from + i));
    }
    nor_write(address, NOR_CONFIRM);
    return end(flash, address, flash->buffer_polls);
}

// ---- Query table -----------------------------------------------------------------------------------------------------

// Entry `index`, or a value that no entry has where the two chips differ.
static uint32_t query(const struct nor_flash *flash, uint32_t index)
{
    uint32_t word = mmio_read32(flash->place.query + 4 * (uint64_t)index);

    return (word & 0xffff) == word >> 16 ? word & 0xffff : UINT32_MAX;
}

static uint32_t query16(const struct nor_flash *flash, uint32_t index)
{
    uint32_t low = query(flash, index);
    uint32_t high = query(flash, index + 1);

    return low > 0xff || high > 0xff ? UINT32_MAX : low | high << 8;
}

static bool query_text(const struct nor_flash *flash, uint32_t index, const char text[3])
{
    for (uint32_t i = 0; i < 3; i++) {
        if (query(flash, index + i) != (uint8_t)text[i]) {
            return false;
        }
    }
    return true;
}

// Status reads that take 2^(typical + most) / `per_ms` ms at least.
static uint64_t query_polls(const struct nor_flash *flash, uint32_t typical, uint32_t most,
                            uint32_t otherwise, uint32_t per_ms)
{
    uint32_t exponent = query(flash, typical);

    if (exponent == 0) {
        exponent = otherwise;
    } else if (exponent <= EXPONENT_MAX && query(flash, most) <= EXPONENT_MAX) {
        exponent += query(flash, most);
    }
    exponent = exponent < EXPONENT_MAX ? exponent : EXPONENT_MAX;
    return ((BIT(exponent) + per_ms - 1) / per_ms) * flash->place.polls_per_ms;
}

// The largest blocks' size, of one chip. The regions of blocks must be all of the chip.
static int query_blocks(const struct nor_flash *flash, uint32_t *block_size)
{
    uint32_t count = query(flash, CFI_REGION_COUNT);
    uint32_t exponent = query(flash, CFI_SIZE);
    uint64_t total = 0;
    uint32_t largest = 0;

    if (count == 0 || count > NOR_FLASH_MAX_REGIONS) {
        return ERR_NOT_SUPPORTED;
    }
    for (uint32_t i = 0; i < count; i++) {
        uint32_t blocks = query16(flash, CFI_REGIONS + CFI_REGION_SIZE * i);
        uint32_t size = query16(flash, CFI_REGIONS + CFI_REGION_SIZE * i + 2);

        if (blocks > 0xffff || size > 0xffff) {
            return ERR_INVALID;
        }
        size = size != 0 ? size * 256 : 128; // JESD68: 0 stands for 128 bytes
        total += (blocks + 1) * (uint64_t)size;
        largest = size > largest ? size : largest;
    }
    if (exponent > SIZE_EXPONENT_MAX || total != BIT(exponent) || (largest & (largest - 1)) != 0) {
        return ERR_INVALID;
    }
    *block_size = largest;
    return ERR_NONE;
}

static int query_locks(struct nor_flash *flash)
{
    uint32_t at = query16(flash, CFI_EXTENDED);

    flash->unlocks = false;
    if (at == 0) {
        return ERR_NONE;
    }
    if (at > CFI_ENTRIES - PRI_FEATURES - 1 || !query_text(flash, at, "PRI")) {
        return ERR_INVALID;
    }
    flash->unlocks = (query(flash, at + PRI_FEATURES) & PRI_BLOCK_LOCKING) != 0;
    return ERR_NONE;
}

static int query_sizes(struct nor_flash *flash)
{
    uint32_t buffer = query16(flash, CFI_BUFFER);
    uint32_t block_size = 0;
    int error = query_blocks(flash, &block_size);

    if (error != ERR_NONE) {
        return error;
    }
    flash->block_size = CHIPS * block_size;
    flash->block_count = flash->place.size / flash->block_size;
    if (buffer > BUFFER_EXPONENT_MAX || flash->block_count == 0 ||
        flash->place.size % flash->block_size != 0) {
        return ERR_INVALID;
    }
    // One word of each chip is no buffer; nor is a buffer larger than a block
    flash->buffer_size = buffer > 1 ? CHIPS * (uint32_t)BIT(buffer) : sizeof(uint32_t);
    if (flash->buffer_size > flash->block_size) {
        return ERR_INVALID;
    }
    flash->word_polls = query_polls(flash, CFI_WORD_TYPICAL, CFI_WORD_MOST, WORD_DEFAULT, 1000);
    flash->buffer_polls =
        query_polls(flash, CFI_BUFFER_TYPICAL, CFI_BUFFER_MOST, BUFFER_DEFAULT, 1000);
    flash->erase_polls = query_polls(flash, CFI_ERASE_TYPICAL, CFI_ERASE_MOST, ERASE_DEFAULT, 1);
    return ERR_NONE;
}

static int query_table(struct nor_flash *flash)
{
    int error;

    if (!query_text(flash, CFI_QRY, "QRY")) {
        return ERR_NOT_FOUND;
    }
    if (query16(flash, CFI_COMMAND_SET) != CFI_INTEL) {
        return ERR_NOT_SUPPORTED;
    }
    error = query_sizes(flash);
    return error != ERR_NONE ? error : query_locks(flash);
}

int nor_flash_probe(struct nor_flash *flash, const struct nor_flash_place *place)
{
    uint64_t asked = place->base + 4 * CFI_COMMAND_ADDRESS;
    int error;

    *flash = (struct nor_flash){ .place = *place, .busy = true };
    if (!IS_ALIGNED(place->base | place->query, sizeof(uint32_t)) || place->size < PAGE_SIZE ||
        place->polls_per_ms == 0) {
        return ERR_INVALID;
    }
    error = make_ready(flash, (uint64_t)FIRST_WAIT_MS * place->polls_per_ms);
    if (error != ERR_NONE) {
        return error;
    }
    nor_write(asked, NOR_READ_QUERY);
    error = query_table(flash);
    nor_write(asked, NOR_READ_ARRAY);
    return error;
}

// ---- Data ------------------------------------------------------------------------------------------------------------

static int check_range(struct nor_flash *flash, uint32_t offset, uint32_t size)
{
    return range_inside(offset, size, 0, flash->place.size) ? make_ready(flash, 1) : ERR_RANGE;
}

int nor_flash_read(struct nor_flash *flash, uint32_t offset, void *to, uint32_t size)
{
    uint64_t at = flash->place.base + ALIGN_DOWN(offset, 4);
    uint32_t skip = offset % 4;
    uint8_t *bytes = to;
    int error = check_range(flash, offset, size);

    if (error != ERR_NONE) {
        return error;
    }
    for (; skip == 0 && size >= 4; size -= 4, at += 4, bytes += 4) {
        put_word(bytes, mmio_read32(at));
    }
    for (; size != 0; at += 4, skip = 0) { // the ends that are not words
        uint32_t word = mmio_read32(at);
        uint32_t part = size < 4 - skip ? size : 4 - skip;

        memcpy(bytes, (const uint8_t *)&word + skip, part);
        bytes += part;
        size -= part;
    }
    return ERR_NONE;
}

// Whether each word of the flash is what it should be, or, with `clearable`, can become that.
static bool compare(uint64_t address, const uint8_t *with, uint32_t size, bool clearable)
{
    uint32_t wrong = 0;

    for (uint32_t i = 0; i < size; i += sizeof(uint32_t)) {
        uint32_t found = mmio_read32(address + i);
        uint32_t word = get_word(with + i);

        wrong |= clearable ? word & ~found : word ^ found;
    }
    return wrong == 0;
}

int nor_flash_program(struct nor_flash *flash, uint32_t offset, const void *from, uint32_t size)
{
    uint64_t address = flash->place.base + offset;
    const uint8_t *bytes = from;
    int error = check_range(flash, offset, size);

    if (error == ERR_NONE &&
        (!IS_ALIGNED(offset | size, sizeof(uint32_t)) || !compare(address, bytes, size, true))) {
        error = ERR_INVALID;
    }
    while (error == ERR_NONE && size != 0) {
        uint32_t room = flash->buffer_size - offset % flash->buffer_size;
        uint32_t part = size < room ? size : room;

        error = part == sizeof(uint32_t) ? program_word(flash, address, bytes)
                                         : program_buffer(flash, address, bytes, part);
        if (error == ERR_NONE && !compare(address, bytes, part, false)) {
            error = ERR_IO;
        }
        offset += part;
        address += part;
        bytes += part;
        size -= part;
    }
    return error;
}

int nor_flash_erase(struct nor_flash *flash, uint32_t block)
{
    uint64_t address = flash->place.base + (uint64_t)block * flash->block_size;
    uint32_t all = UINT32_MAX;
    int error = block < flash->block_count ? make_ready(flash, 1) : ERR_RANGE;

    if (error != ERR_NONE) {
        return error;
    }
    begin(flash, address);
    nor_write(address, NOR_ERASE);
    nor_write(address, NOR_CONFIRM);
    error = end(flash, address, flash->erase_polls);
    if (error != ERR_NONE) {
        return error;
    }
    for (uint32_t i = 0; i < flash->block_size; i += sizeof(uint32_t)) {
        all &= mmio_read32(address + i);
    }
    return all == UINT32_MAX ? ERR_NONE : ERR_IO;
}
