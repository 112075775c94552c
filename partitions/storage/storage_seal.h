// SPDX-License-Identifier: BSD-3-Clause
//
// The cryptography of the store: AES-256-GCM with a key for each owner and synthetic nonces, keyed hashes of names, the block headers'
// authentication. Called by the rest of the store; knows neither chip nor index. Trusts its key and Mbed TLS.
#ifndef STORAGE_SEAL_H
#define STORAGE_SEAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "storage_log.h"
#include "storage_record.h"

// Derives the keys; before every other function. ERR_NO_MEMORY: Mbed TLS has no room.
MUST_CHECK int storage_seal_init(const uint8_t key[STORAGE_KEY_SIZE]);

// Makes the whole record at `to` (storage_record_size(length) bytes, ≤ STORAGE_RECORD_MAX) out of the header, whose id and check are filled in,
// and `length` bytes at `plain`. `name`: its own name's keyed hash, for the commit. ERR_NO_MEMORY.
MUST_CHECK int storage_seal_close(struct storage_record *header, const void *plain, uint32_t name,
                                  uint8_t *to);

// Makes the commit of a whole record anew, out of its authentic header.
void storage_seal_commit(uint32_t name, uint8_t *record);

// Whether these bytes can be a record's header: kind, length and CRC are right. Says nothing about who wrote it.
bool storage_seal_is_header(const struct storage_record *header);

// Opens what storage_seal_close() made, without looking at the commit: `plain` has room for STORAGE_CHUNK bytes. ERR_CORRUPT: another
// key's, or not what was made, and `plain` is zeroes; ERR_NO_MEMORY.
MUST_CHECK int storage_seal_open(const uint8_t *record, void *plain);

// Whether these bytes are a commit at all; whether of that record.
bool storage_seal_is_commit(const struct storage_commit *commit);
bool storage_seal_commits(const struct storage_record *header, const struct storage_commit *commit);

// The keyed hash of a name: never 0.
uint32_t storage_seal_name(const struct storage_name *name);

// Fills in check and tag of a block's header.
void storage_seal_block(struct storage_block_header *header);

// ERR_NOT_FOUND: no header; ERR_VERSION: one of another version; ERR_CORRUPT: not one that this key made.
MUST_CHECK int storage_seal_check_block(const struct storage_block_header *header);

#endif
