// SPDX-License-Identifier: BSD-3-Clause
//
// libFuzzer target for the event log's reader: a log that it accepts is written again by the writer from what was read,
// and must come out the same, byte for byte; one that it refuses, it refuses the same way twice. The input is the log
// itself, or a good log and edits of it.
#include "event_log.h"

#include <stdlib.h>
#include <string.h>

#include "bits.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void expect(bool condition)
{
    if (!condition) {
        abort();
    }
}

static void write_again(struct event_log *copy, const struct event_log_record *record)
{
    struct boot_digests digests = { .have = BOOT_HASH_BANKS };

    memcpy(digests.value[BOOT_SHA256], record->digest[0], 32);
    memcpy(digests.value[BOOT_SHA384], record->digest[1], 48);
    expect(event_log_add(copy, record->pcr, (const char *)record->data, &digests) == ERR_NONE);
}

// Reads all of the log; what follows its two header records goes to `copy`.
static int read_all(const struct event_log *log, struct event_log *copy)
{
    struct event_log_record record;
    const char *why = NULL;
    size_t offset = 0;
    int err = ERR_NONE;

    for (size_t i = 0; err == ERR_NONE; i++) {
        size_t before = offset;

        err = event_log_next(log, &offset, &record, &why);
        expect((why != NULL) == (err != ERR_NONE && err != ERR_NOT_FOUND));
        if (err != ERR_NONE) {
            expect(offset == before);
            break;
        }
        expect(offset > before && offset <= log->used);
        expect(record.data >= log->base + before &&
               record.data + record.data_size == log->base + offset);
        expect((i < 2) == (record.type == EV_NO_ACTION));
        if (i >= 2) {
            write_again(copy, &record);
        }
    }
    return err;
}

static void judge(uint8_t *bytes, size_t size)
{
    const struct event_log log = { bytes, size, size };
    size_t room = size + 186; // at least the two header records
    uint8_t *again = malloc(room);
    uint8_t value[BOOT_HASH_MAX];
    struct event_log copy;
    struct event_log continued;
    int err;

    expect(again != NULL && event_log_begin(&copy, again, room) == ERR_NONE);
    err = read_all(&log, &copy);
    expect(event_log_continue(&continued, bytes, size, size) ==
           (err == ERR_NOT_FOUND ? ERR_NONE : err));
    if (err == ERR_NOT_FOUND) {
        expect(copy.used == size && memcmp(again, bytes, size) == 0);
    } else {
        expect(err == ERR_INVALID || err == ERR_TRUNCATED);
    }
    expect(event_log_replay(&log, 0, BOOT_SHA256, value) ==
           (err == ERR_NOT_FOUND ? ERR_NONE : ERR_INVALID));
    free(again);
}

// A good log with up to 7 records, then edits of two bytes each: where, what. Returns its size.
static size_t make(uint8_t *bytes, size_t room, const uint8_t *data, size_t size)
{
    static const char *const names[] = { "BL_2", "SECURE_RT_EL3", "CRITICAL_DATA", "SP1" };
    struct boot_digests digests = { .have = BOOT_HASH_BANKS };
    struct event_log log;

    expect(event_log_begin(&log, bytes, room) == ERR_NONE);
    for (size_t i = 0; size != 0 && i < data[0] % 8u; i++) {
        memset(digests.value, (int)i, sizeof(digests.value));
        expect(event_log_add(&log, data[0] % 24u, names[i % ARRAY_COUNT(names)], &digests) ==
               ERR_NONE);
    }
    for (size_t i = 1; i + 2 < size; i += 3) {
        bytes[(data[i] | (size_t)data[i + 1] << 8) % log.used] = data[i + 2];
    }
    return size > 1 && data[0] >= 0xf0 ? log.used - data[1] % log.used : log.used;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static uint8_t made[2048];
    size_t made_size = make(made, sizeof(made), data, size);
    uint8_t *exact = malloc(size + 1);

    expect(exact != NULL);
    memcpy(exact + 1, data, size); // from an odd address, to the end of the block
    judge(exact + 1, size);
    free(exact);
    exact = malloc(made_size + 1);
    expect(exact != NULL);
    memcpy(exact + 1, made, made_size);
    judge(exact + 1, made_size);
    free(exact);
    return 0;
}
