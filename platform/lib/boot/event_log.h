// SPDX-License-Identifier: BSD-3-Clause
//
// TCG crypto-agile event log (TCG PC Client Platform Firmware Profile §10) with SHA-256 and SHA-384,
// event names and PCRs as TF-A writes them. Begun by BL1, continued by BL2, read by whoever gets it.
// Pure; the log is bytes in a buffer of the caller, all numbers little-endian.
#ifndef EVENT_LOG_H
#define EVENT_LOG_H

#include <stddef.h>
#include <stdint.h>

#include "boot_hash.h"
#include "errors.h"

#define EVENT_LOG_BANKS 2 // SHA-256, SHA-384: the order in every record
#define EVENT_LOG_PCRS 24
#define EVENT_LOG_NAME_MAX 32 // bytes of event data, with the NUL

#define EV_POST_CODE 1u
#define EV_NO_ACTION 3u

struct event_log {
    uint8_t *base;
    size_t size; // room
    size_t used; // bytes of the log
};

// Starts a log: Spec ID event (two banks), StartupLocality event with locality 0. Room that is not used
// is zero. ERR_NO_MEMORY: `size` is too small.
MUST_CHECK int event_log_begin(struct event_log *log, void *base, size_t size);

// Continues a log of `used` bytes that somebody else began: checks all of it by the rules of
// event_log_next. ERR_INVALID, ERR_TRUNCATED, ERR_RANGE (used > size).
MUST_CHECK int event_log_continue(struct event_log *log, void *base, size_t size, size_t used);

// Appends an EV_POST_CODE record: `name` (1 … 31 printable characters, no blanks) with its NUL is the
// event data. `digests` must have both banks. ERR_NO_MEMORY: no room, ERR_INVALID: no digests, pcr or
// name; the log is as before then.
MUST_CHECK int event_log_add(struct event_log *log, uint32_t pcr, const char *name,
                             const struct boot_digests *digests);

struct event_log_record {
    uint32_t pcr;
    uint32_t type;
    const uint8_t *digest[EVENT_LOG_BANKS]; // NULL in the first (legacy) record
    const uint8_t *data;
    uint32_t data_size;
};

// Reads the record at `*offset` (0: the first) of the log and moves the offset behind it. Trusts no
// byte, and accepts nothing but what the writer above writes: the two header records in their one
// form, then EV_POST_CODE records with both banks in order. Pointers of `record` are into the log.
// Returns 0; ERR_NOT_FOUND: the end, exactly at `used`; ERR_INVALID, ERR_TRUNCATED: `why`, if it is
// not NULL, gets the rule that was broken ("must …"). `offset` and `record` are as before then.
MUST_CHECK int event_log_next(const struct event_log *log, size_t *offset,
                              struct event_log_record *record, const char **why);

// PCR `pcr` after all records (EV_NO_ACTION is not extended), of the bank `hash` (BOOT_SHA256 or
// BOOT_SHA384), from zero. ERR_INVALID: pcr, bank, or a broken log; ERR_IO: the hash failed. `value`
// (32 or 48 bytes) is written on success only.
MUST_CHECK int event_log_replay(const struct event_log *log, uint32_t pcr, enum boot_hash hash,
                                uint8_t *value);

#endif
