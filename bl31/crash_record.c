// SPDX-License-Identifier: BSD-3-Clause
//
// The page that keeps the record of the last crash through a reset (crash.h). No locks: one core writes, in a crash, when it
// is the only one that does, or at boot, when it is alone.
#include "bl31/crash.h"

#include "board.h"
#include "cache.h"
#include "string.h"

#define RECORD_MAGIC 0x48535243 // "CRSH"
#define RECORD_VERSION 1
#define CRC32_POLYNOMIAL 0xedb88320

_Static_assert(sizeof(struct crash_record) <= CRASH_SIZE, "the record fits into its page");
_Static_assert(sizeof(struct crash_record) <= UINT16_MAX, "and its size into its field");

#define CRASH_PAGE ((void *)(uintptr_t)CRASH_BASE)

// CRC-32 of IEEE 802.3, bit by bit: a crash does not hurry.
static uint32_t checksum_of(const struct crash_record *record)
{
    const uint8_t *byte = (const uint8_t *)&record->count;
    const uint8_t *end = (const uint8_t *)(record + 1);
    uint32_t crc = UINT32_MAX;

    for (; byte < end; byte++) {
        crc ^= *byte;
        for (unsigned int bit = 0; bit < 8; bit++) {
            crc = (crc >> 1) ^ ((crc & 1) != 0 ? CRC32_POLYNOMIAL : 0);
        }
    }
    return ~crc;
}

// To memory, where a reset finds it: the caches of the core are lost then.
static void write_page(struct crash_record *record)
{
    record->checksum = checksum_of(record);
    memcpy(CRASH_PAGE, record, sizeof(*record));
    cache_clean_range((uintptr_t)CRASH_PAGE, sizeof(*record));
}

static bool is_valid(const struct crash_record *record)
{
    return record->magic == RECORD_MAGIC && record->version == RECORD_VERSION &&
           record->size == sizeof(*record) && record->checksum == checksum_of(record);
}

int crash_record_load(struct crash_record *record)
{
    memcpy(record, CRASH_PAGE, sizeof(*record));
    return is_valid(record) ? ERR_NONE : ERR_NOT_FOUND;
}

void crash_record_store(struct crash_record *record)
{
    const struct crash_record *last = CRASH_PAGE;

    record->count = is_valid(last) && last->count < UINT32_MAX ? last->count + 1 : 1;
    record->magic = RECORD_MAGIC;
    record->version = RECORD_VERSION;
    record->size = sizeof(*record);
    record->reported = 0;
    write_page(record);
}

void crash_record_reported(struct crash_record *record)
{
    record->reported++;
    write_page(record);
}
