// SPDX-License-Identifier: BSD-3-Clause
//
// Event log, contracts in event_log.h: writer for BL1 and BL2, strict reader for everybody. The two header records have
// one legal form (TF-A's, one pair of banks) and are compared byte by byte; every further record is an EV_POST_CODE with
// both digests. TCG PC Client Platform Firmware Profile 1.05, 10.2.1 (TCG_PCR_EVENT), 10.2.2 (TCG_PCR_EVENT2), 10.4.5.1
// (Spec ID Event03), 10.4.5.3 (StartupLocality).
#include "event_log.h"

#include <stdbool.h>

#include "bits.h"
#include "string.h"
#include "zero.h"

// Parts of a record
#define ALG_SIZE 2
#define WORD 4
#define RECORD_HEAD (3 * WORD) // pcrIndex, eventType, digest count
#define FIXED_SIZE (RECORD_HEAD + 2 * ALG_SIZE + 32 + 48 + WORD) // all of a record but its data
_Static_assert(EVENT_LOG_BANKS == 2, "FIXED_SIZE and the Spec ID record list two banks");

static const enum boot_hash banks[EVENT_LOG_BANKS] = { BOOT_SHA256, BOOT_SHA384 };

// Record 0, in the form of TPM 1.2: TCG_PCR_EVENT around TCG_EfiSpecIDEvent
static const uint8_t spec_id_record[] = {
    0,
    0,
    0,
    0, // pcrIndex
    EV_NO_ACTION,
    0,
    0,
    0, // eventType
    0,
    0,
    0,
    0,
    0,
    0,
    0,
    0,
    0,
    0, // SHA-1 digest: none
    0,
    0,
    0,
    0,
    0,
    0,
    0,
    0,
    0,
    0, //
    37,
    0,
    0,
    0, // eventSize
    'S',
    'p',
    'e',
    'c',
    ' ',
    'I',
    'D',
    ' ',
    'E', // signature
    'v',
    'e',
    'n',
    't',
    '0',
    '3',
    0, //
    0,
    0,
    0,
    0, // platformClass: client
    0,
    2,
    2, // specVersionMinor, Major, Errata
    1, // uintnSize: UINT32
    EVENT_LOG_BANKS,
    0,
    0,
    0, // numberOfAlgorithms
    0x0b,
    0,
    32,
    0, // SHA-256, size of its digest
    0x0c,
    0,
    48,
    0, // SHA-384
    0, // vendorInfoSize
};

// Data of record 1: what PCR 0 starts from; locality 0 is all zeros
static const uint8_t locality_data[] = "StartupLocality\0"; // a NUL of its own, then the locality
_Static_assert(sizeof(locality_data) == 17, "signature of 16 bytes, locality");

#define LOCALITY_OFFSET sizeof(spec_id_record)
#define FIRST_OFFSET (LOCALITY_OFFSET + FIXED_SIZE + sizeof(locality_data)) // of what is measured

static uint32_t read_le(const uint8_t *from, size_t bytes)
{
    uint32_t value = 0;

    for (size_t i = bytes; i > 0; i--) {
        value = value << 8 | from[i - 1];
    }
    return value;
}

static uint8_t *write_le(uint8_t *to, uint32_t value, size_t bytes)
{
    for (size_t i = 0; i < bytes; i++) {
        to[i] = (uint8_t)(value >> 8 * i);
    }
    return to + bytes;
}

// ---- Writer ----------------------------------------------------------------------------------------------------------

// Appends a record; the caller has checked the values. `digests` NULL: zeros.
static int append(struct event_log *log, const struct event_log_record *record,
                  const struct boot_digests *digests)
{
    uint8_t *at = log->base + log->used;

    if (log->used > log->size || log->size - log->used < FIXED_SIZE + record->data_size) {
        return ERR_NO_MEMORY;
    }
    at = write_le(at, record->pcr, WORD);
    at = write_le(at, record->type, WORD);
    at = write_le(at, EVENT_LOG_BANKS, WORD);
    for (size_t i = 0; i < EVENT_LOG_BANKS; i++) {
        const struct boot_hash_info *hash = boot_hash_info(banks[i]);

        at = write_le(at, hash->tcg_id, ALG_SIZE);
        if (digests != NULL) {
            memcpy(at, digests->value[banks[i]], hash->size);
        } else {
            memset(at, 0, hash->size);
        }
        at += hash->size;
    }
    at = write_le(at, record->data_size, WORD);
    memcpy(at, record->data, record->data_size);
    log->used += FIXED_SIZE + record->data_size;
    return ERR_NONE;
}

int event_log_begin(struct event_log *log, void *base, size_t size)
{
    const struct event_log_record locality = {
        .type = EV_NO_ACTION,
        .data = locality_data,
        .data_size = sizeof(locality_data),
    };

    if (size < FIRST_OFFSET) {
        return ERR_NO_MEMORY;
    }
    memset(base, 0, size);
    memcpy(base, spec_id_record, sizeof(spec_id_record));
    *log = (struct event_log){ .base = base, .size = size, .used = sizeof(spec_id_record) };
    return append(log, &locality, NULL);
}

// Printable characters without blanks, then the NUL: `size` bytes in all.
static bool is_name(const uint8_t *data, size_t size)
{
    if (size < 2 || size > EVENT_LOG_NAME_MAX || data[size - 1] != 0) {
        return false;
    }
    for (size_t i = 0; i < size - 1; i++) {
        if (data[i] <= ' ' || data[i] > '~') {
            return false;
        }
    }
    return true;
}

int event_log_add(struct event_log *log, uint32_t pcr, const char *name,
                  const struct boot_digests *digests)
{
    const struct event_log_record record = {
        .pcr = pcr,
        .type = EV_POST_CODE,
        .data = (const uint8_t *)name,
        .data_size = (uint32_t)strnlen(name, EVENT_LOG_NAME_MAX) + 1,
    };

    // A name that is too long fails before its missing NUL is looked for
    if (pcr >= EVENT_LOG_PCRS || !is_name(record.data, record.data_size) ||
        (digests->have & BOOT_HASH_BANKS) != BOOT_HASH_BANKS) {
        return ERR_INVALID;
    }
    return append(log, &record, digests);
}

// ---- Reader ----------------------------------------------------------------------------------------------------------

static int refuse(const char **why, const char *rule, int err)
{
    if (why != NULL) {
        *why = rule;
    }
    return err;
}

// The first record has one form.
static int read_spec_id(const uint8_t *at, size_t left, struct event_log_record *record,
                        const char **why)
{
    const size_t data = sizeof(spec_id_record) - 37;

    if (left < sizeof(spec_id_record)) {
        return refuse(why, "must begin with a whole Spec ID record", ERR_TRUNCATED);
    }
    if (memcmp(at, spec_id_record, sizeof(spec_id_record)) != 0) {
        return refuse(why, "must begin with the Spec ID record of SHA-256 and SHA-384",
                      ERR_INVALID);
    }
    *record = (struct event_log_record){
        .type = EV_NO_ACTION,
        .data = at + data,
        .data_size = (uint32_t)(sizeof(spec_id_record) - data),
    };
    return ERR_NONE;
}

// Layout of a TCG_PCR_EVENT2 record; what pcr, type, digests and data may be is for the caller to say.
static int read_layout(const uint8_t *at, size_t left, struct event_log_record *record,
                       const char **why)
{
    struct event_log_record found = { .pcr = 0 };

    if (left < FIXED_SIZE) {
        return refuse(why, "must end with a whole record", ERR_TRUNCATED);
    }
    found.pcr = read_le(at, WORD);
    found.type = read_le(at + WORD, WORD);
    if (read_le(at + 2 * WORD, WORD) != EVENT_LOG_BANKS) {
        return refuse(why, "must have two digests in each record", ERR_INVALID);
    }
    at += RECORD_HEAD;
    for (size_t i = 0; i < EVENT_LOG_BANKS; i++) {
        const struct boot_hash_info *hash = boot_hash_info(banks[i]);

        if (read_le(at, ALG_SIZE) != hash->tcg_id) {
            return refuse(why, "must have a SHA-256, then a SHA-384 digest", ERR_INVALID);
        }
        found.digest[i] = at + ALG_SIZE;
        at += ALG_SIZE + hash->size;
    }
    found.data_size = read_le(at, WORD);
    found.data = at + WORD;
    if (found.data_size > left - FIXED_SIZE) {
        return refuse(why, "must have the event data inside", ERR_TRUNCATED);
    }
    *record = found;
    return ERR_NONE;
}

static int check_locality(const struct event_log_record *record, const char **why)
{
    bool zero = true;

    for (size_t i = 0; i < EVENT_LOG_BANKS; i++) {
        zero = zero_bytes(record->digest[i], boot_hash_info(banks[i])->size) && zero;
    }
    if (record->pcr != 0 || record->type != EV_NO_ACTION || !zero ||
        record->data_size != sizeof(locality_data) ||
        memcmp(record->data, locality_data, sizeof(locality_data)) != 0) {
        return refuse(why, "must have StartupLocality 0 as second record", ERR_INVALID);
    }
    return ERR_NONE;
}

static int check_measurement(const struct event_log_record *record, const char **why)
{
    if (record->type != EV_POST_CODE) {
        return refuse(why, "must have EV_POST_CODE records behind the first two", ERR_INVALID);
    }
    if (record->pcr >= EVENT_LOG_PCRS) {
        return refuse(why, "must have PCR numbers below 24", ERR_INVALID);
    }
    if (!is_name(record->data, record->data_size)) {
        return refuse(why, "must have names of 1 to 31 printable characters and a NUL",
                      ERR_INVALID);
    }
    return ERR_NONE;
}

int event_log_next(const struct event_log *log, size_t *offset, struct event_log_record *record,
                   const char **why)
{
    struct event_log_record found;
    size_t left;
    int err;

    if (log->used > log->size || *offset > log->used) {
        return refuse(why, "must not be longer than its room", ERR_INVALID);
    }
    left = log->used - *offset;
    if (*offset == 0) {
        err = read_spec_id(log->base, left, &found, why);
    } else if (left == 0 && *offset >= FIRST_OFFSET) {
        return ERR_NOT_FOUND;
    } else {
        err = read_layout(log->base + *offset, left, &found, why);
    }
    if (err == ERR_NONE && *offset == LOCALITY_OFFSET) {
        err = check_locality(&found, why);
    } else if (err == ERR_NONE && *offset != 0) {
        err = check_measurement(&found, why);
    }
    if (err != ERR_NONE) {
        return err;
    }
    *offset = (size_t)(found.data + found.data_size - log->base);
    *record = found;
    return ERR_NONE;
}

int event_log_continue(struct event_log *log, void *base, size_t size, size_t used)
{
    const struct event_log found = { .base = base, .size = size, .used = used };
    struct event_log_record record;
    size_t offset = 0;
    int err;

    if (used > size) {
        return ERR_RANGE;
    }
    do {
        err = event_log_next(&found, &offset, &record, NULL);
    } while (err == ERR_NONE); // each record is at least FIXED_SIZE or the Spec ID long
    if (err != ERR_NOT_FOUND) {
        return err;
    }
    *log = found;
    return ERR_NONE;
}

// ---- Replay ----------------------------------------------------------------------------------------------------------

// TPM2_PCR_Extend: pcr = H(pcr ‖ digest).
static int extend(uint8_t *pcr, const uint8_t *digest, enum boot_hash hash)
{
    size_t size = boot_hash_info(hash)->size;
    uint8_t joined[2 * BOOT_HASH_MAX];
    struct boot_digests result;
    int err;

    memcpy(joined, pcr, size);
    memcpy(joined + size, digest, size);
    err = boot_hash_make(joined, 2 * size, BOOT_HASH_BIT(hash), &result);
    if (err == ERR_NONE) {
        memcpy(pcr, result.value[hash], size);
    }
    return err;
}

int event_log_replay(const struct event_log *log, uint32_t pcr, enum boot_hash hash, uint8_t *value)
{
    uint8_t state[BOOT_HASH_MAX] = { 0 };
    struct event_log_record record;
    size_t bank = 0;
    size_t offset = 0;
    int err;

    while (bank < EVENT_LOG_BANKS && banks[bank] != hash) {
        bank++;
    }
    if (pcr >= EVENT_LOG_PCRS || bank == EVENT_LOG_BANKS) {
        return ERR_INVALID;
    }
    err = event_log_next(log, &offset, &record, NULL);
    while (err == ERR_NONE) {
        if (record.type != EV_NO_ACTION && record.pcr == pcr) {
            err = extend(state, record.digest[bank], hash);
        }
        if (err == ERR_NONE) {
            err = event_log_next(log, &offset, &record, NULL);
        }
    }
    if (err != ERR_NOT_FOUND) {
        return err == ERR_IO ? err : ERR_INVALID;
    }
    memcpy(value, state, boot_hash_info(hash)->size);
    return ERR_NONE;
}
