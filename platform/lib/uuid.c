// SPDX-License-Identifier: BSD-3-Clause
//
// UUID text; contracts in uuid.h.
#include "uuid.h"

#include <stdbool.h>

static bool dash_at(size_t place)
{
    return place == 8 || place == 13 || place == 18 || place == 23;
}

static int digit_value(char c)
{
    if (c >= '0' && c <= '9') {
        return c - '0';
    }
    if (c >= 'a' && c <= 'f') {
        return c - 'a' + 10;
    }
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

int uuid_parse(const char *text, size_t length, uint8_t uuid[UUID_SIZE])
{
    uint8_t bytes[UUID_SIZE];
    size_t nibble = 0;

    if (length != UUID_TEXT_LENGTH) {
        return ERR_INVALID;
    }
    for (size_t i = 0; i < length; i++) {
        int value = digit_value(text[i]);

        if (dash_at(i)) {
            if (text[i] != '-') {
                return ERR_INVALID;
            }
            continue;
        }
        if (value < 0) {
            return ERR_INVALID;
        }
        bytes[nibble / 2] = (uint8_t)(nibble % 2 == 0 ? value << 4 : bytes[nibble / 2] | value);
        nibble++;
    }
    for (size_t i = 0; i < UUID_SIZE; i++) {
        uuid[i] = bytes[i];
    }
    return ERR_NONE;
}

void uuid_format(const uint8_t uuid[UUID_SIZE], char text[UUID_TEXT_LENGTH + 1])
{
    static const char digits[] = "0123456789abcdef";
    size_t nibble = 0;

    for (size_t i = 0; i < UUID_TEXT_LENGTH; i++) {
        if (dash_at(i)) {
            text[i] = '-';
        } else {
            uint8_t byte = uuid[nibble / 2];

            text[i] = digits[nibble % 2 == 0 ? byte >> 4 : byte & 0xf];
            nibble++;
        }
    }
    text[UUID_TEXT_LENGTH] = '\0';
}

void uuid_to_words(const uint8_t uuid[UUID_SIZE], uint32_t words[4])
{
    for (size_t i = 0; i < 4; i++) {
        words[i] = (uint32_t)uuid[4 * i] | (uint32_t)uuid[4 * i + 1] << 8 |
                   (uint32_t)uuid[4 * i + 2] << 16 | (uint32_t)uuid[4 * i + 3] << 24;
    }
}
