// SPDX-License-Identifier: BSD-3-Clause
//
// The list of what was refused, as error lines and as JSON; contracts in trust.h. Filled by policy.c and
// walk.c. Texts that come from a file are made printable when they are taken.
#include "trust.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define VALUE_SIZE (SHOW_HEX_SIZE + 8)

struct refusal *refusal_add(struct refusals *refusals, const char *file, const char *field,
                            const char *text)
{
    struct refusal *refusal =
        &refusals->all[refusals->count < REFUSAL_MAX ? refusals->count++ : REFUSAL_MAX - 1];

    memset(refusal, 0, sizeof(*refusal));
    refusal->file = file;
    refusal->entry = IMAGE_FAULT_NO_ENTRY;
    refusal->text = text;
    refusal->offset = REFUSAL_NO_OFFSET;
    refusal->file_offset = REFUSAL_NO_OFFSET;
    for (size_t i = 0; i < REFUSAL_FIELD_SIZE - 1 && field[i] != '\0'; i++) {
        refusal->field[i] = '?';
        if (field[i] >= ' ' && field[i] <= '~') {
            refusal->field[i] = field[i];
        }
    }
    return refusal;
}

void refusal_set_entry(struct refusal *refusal, const struct fip *fip, const uint8_t *uuid)
{
    char text[TOOL_LABEL_SIZE];

    snprintf(refusal->name, sizeof(refusal->name), "%s", tool_label(uuid, text));
    for (uint32_t i = 0; i < fip->entry_count; i++) {
        if (image_uuid_equal(fip->entries[i].uuid, uuid)) {
            refusal->entry = i;
        }
    }
}

void refusal_set_offset(struct refusal *refusal, const struct fip *fip, uint64_t offset)
{
    refusal->offset = offset;
    refusal->file_offset = offset;
    if (refusal->entry != IMAGE_FAULT_NO_ENTRY) {
        refusal->file_offset += fip->entries[refusal->entry].offset;
    }
}

void refusal_add_fip(struct refusals *refusals, const char *file, const struct fip *fip,
                     const struct image_fault *fault)
{
    struct refusal *refusal;

    if (fault->field == NULL) {
        refusal_add(refusals, file, "file", "must be one that can be read")->printed = true;
        return;
    }
    refusal = refusal_add(refusals, file, fault->field, fault->text);

    if (fault->entry != IMAGE_FAULT_NO_ENTRY) {
        refusal_set_entry(refusal, fip, fip->entries[fault->entry].uuid);
        refusal->entry = fault->entry; // the second of two with the same UUID
    }
    refusal->numbers = true;
    refusal->found = fault->found;
    refusal->expected = fault->expected;
}

// A value as the message has it; "" if there is none.
static void format_value(const struct refusal *refusal, uint64_t number, const uint8_t *digest,
                         char text[VALUE_SIZE])
{
    char hex[SHOW_HEX_SIZE];

    text[0] = '\0';
    if (refusal->digest_size != 0) {
        snprintf(text, VALUE_SIZE, "%s", show_hex(digest, refusal->digest_size, hex));
    } else if (refusal->numbers) {
        snprintf(text, VALUE_SIZE, "0x%" PRIx64, number);
    }
}

// FILE: entry N (NAME): FIELD at 0xOFFSET (0xOFFSET in the file): RULE: found F, expected E
static void print_one(const struct refusal *refusal)
{
    char place[128] = "", offset[80] = "", found[VALUE_SIZE], expected[VALUE_SIZE];

    if (refusal->entry != IMAGE_FAULT_NO_ENTRY) {
        snprintf(place, sizeof(place), "entry %" PRIu32 " (%s): ", refusal->entry, refusal->name);
    } else if (refusal->name[0] != '\0') {
        snprintf(place, sizeof(place), "%s: ", refusal->name);
    }
    if (refusal->file_offset != REFUSAL_NO_OFFSET && refusal->entry != IMAGE_FAULT_NO_ENTRY) {
        snprintf(offset, sizeof(offset), " at 0x%" PRIx64 " (0x%" PRIx64 " in the file)",
                 refusal->offset, refusal->file_offset);
    } else if (refusal->offset != REFUSAL_NO_OFFSET) {
        snprintf(offset, sizeof(offset), " at 0x%" PRIx64, refusal->offset);
    }
    format_value(refusal, refusal->found, refusal->found_digest, found);
    format_value(refusal, refusal->expected, refusal->expected_digest, expected);
    tool_error("%s: %s%s%s: %s%s%s%s%s", refusal->file, place, refusal->field, offset,
               refusal->text, found[0] != '\0' ? ": found " : "", found,
               expected[0] != '\0' ? ", expected " : "", expected);
}

void refusal_print(const struct refusals *refusals)
{
    for (uint32_t i = 0; i < refusals->count; i++) {
        if (!refusals->all[i].printed) {
            print_one(&refusals->all[i]);
        }
    }
}

static void write_offset(struct json *json, const char *key, uint64_t offset)
{
    if (offset == REFUSAL_NO_OFFSET) {
        json_put_null(json, key);
    } else {
        json_put_integer(json, key, offset);
    }
}

static void write_value(const struct refusal *refusal, struct json *json, const char *key,
                        uint64_t number, const uint8_t *digest)
{
    char text[VALUE_SIZE];

    format_value(refusal, number, digest, text);
    json_put_text(json, key, text[0] != '\0' ? text : NULL);
}

void refusal_write(const struct refusals *refusals, struct json *json)
{
    json_put_array(json, "faults");
    for (uint32_t i = 0; i < refusals->count; i++) {
        const struct refusal *refusal = &refusals->all[i];

        json_put_object(json, NULL);
        json_put_text(json, "file", refusal->file);
        json_put_text(json, "name", refusal->name[0] != '\0' ? refusal->name : NULL);
        write_offset(json, "entry",
                     refusal->entry != IMAGE_FAULT_NO_ENTRY ? refusal->entry : REFUSAL_NO_OFFSET);
        json_put_text(json, "field", refusal->field);
        json_put_text(json, "rule", refusal->text);
        write_offset(json, "offset", refusal->offset);
        write_offset(json, "file_offset", refusal->file_offset);
        write_value(refusal, json, "found", refusal->found, refusal->found_digest);
        write_value(refusal, json, "expected", refusal->expected, refusal->expected_digest);
        json_close(json);
    }
    json_close(json);
}
