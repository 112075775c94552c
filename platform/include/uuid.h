// SPDX-License-Identifier: BSD-3-Clause
//
// UUID text: parsing and printing of "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx" (RFC 9562 section 4).
// The 16 raw bytes are in the order of the text, as FIP tables of contents hold them. Pure.
#ifndef UUID_H
#define UUID_H

#include <stddef.h>
#include <stdint.h>

#include "errors.h"

#define UUID_SIZE 16
#define UUID_TEXT_LENGTH 36

// Reads exactly UUID_TEXT_LENGTH characters of `text`, of which `length` are there (no NUL needed);
// upper and lower case. ERR_INVALID: wrong length, a dash or digit at a wrong place. `uuid` is
// written only on success.
MUST_CHECK int uuid_parse(const char *text, size_t length, uint8_t uuid[UUID_SIZE]);

// Writes the lower-case text and a NUL.
void uuid_format(const uint8_t uuid[UUID_SIZE], char text[UUID_TEXT_LENGTH + 1]);

// The four 32-bit words in which FF-A passes the UUID in registers w1–w4 (DEN0077A,
// PARTITION_INFO_GET): word i holds bytes 4i … 4i + 3, the first byte in bits 7:0.
void uuid_to_words(const uint8_t uuid[UUID_SIZE], uint32_t words[4]);

#endif
