// SPDX-License-Identifier: BSD-3-Clause
//
// Reader of the file with reference values (docs/attestation.md), with jansson; contract in attest.h. Called by token verify
// and quote verify. The file is what the caller trusts to say how the device should be; it is not trusted to be well-formed.
// What is missing or of another form is an error with its place, never a value that matches.
#include "attest.h"

#include <jansson.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define FILE_MAX 1048576 // bytes

struct place {
    const char *path; // of the file
    char at[64];      // "measurements[3]"
};

static int refuse(const struct place *place, const char *key, const char *rule)
{
    tool_error("%s: %s%s%s: %s", place->path, place->at, place->at[0] != '\0' ? "." : "", key,
               rule);
    return ERR_INVALID;
}

static int get_hex(const struct place *place, const json_t *object, const char *key, uint8_t *bytes,
                   size_t size)
{
    const json_t *value = json_object_get(object, key);

    if (!json_is_string(value) || !tool_parse_hex(json_string_value(value), bytes, size)) {
        return refuse(place, key,
                      size == REFERENCE_HASH_SIZE ? "must be 64 hexadecimal digits"
                                                  : "must be 96 hexadecimal digits");
    }
    return 0;
}

static int get_number(const struct place *place, const json_t *object, const char *key,
                      uint32_t max, uint32_t *number)
{
    const json_t *value = json_object_get(object, key);

    if (!json_is_integer(value) || json_integer_value(value) < 0 ||
        json_integer_value(value) > (json_int_t)max) {
        return refuse(place, key, "must be a number in its range");
    }
    *number = (uint32_t)json_integer_value(value);
    return 0;
}

static int get_name(const struct place *place, const json_t *object, char *name, size_t room)
{
    const json_t *value = json_object_get(object, "name");
    size_t length = json_is_string(value) ? json_string_length(value) : 0;

    if (length == 0 || length >= room || strlen(json_string_value(value)) != length) {
        return refuse(place, "name", "must be a text of 1 to 31 characters");
    }
    memcpy(name, json_string_value(value), length + 1);
    return 0;
}

static int get_digests(const struct place *place, const json_t *object,
                       uint8_t digest[EVENT_LOG_BANKS][BOOT_HASH_MAX])
{
    int err = 0;

    for (size_t bank = 0; err == 0 && bank < EVENT_LOG_BANKS; bank++) {
        err = get_hex(place, object, reference_bank_keys[bank], digest[bank],
                      boot_hash_info(reference_banks[bank])->size);
    }
    return err;
}

static int read_event(const struct place *place, const json_t *object,
                      struct reference_event *event)
{
    const json_t *in_token = json_object_get(object, "in_token");
    int err = get_name(place, object, event->name, sizeof(event->name));

    if (err == 0) {
        err = get_number(place, object, "pcr", EVENT_LOG_PCRS - 1, &event->pcr);
    }
    if (err == 0) {
        err = get_digests(place, object, event->digest);
    }
    if (err == 0 && !json_is_boolean(in_token)) {
        err = refuse(place, "in_token", "must be true or false");
    }
    event->in_token = json_is_true(in_token);
    if (err == 0 && event->in_token) {
        err = get_number(place, object, "version", UINT32_MAX, &event->version);
    }
    if (err == 0 && event->in_token) {
        err = get_hex(place, object, "signer", event->signer, sizeof(event->signer));
    }
    return err;
}

static int read_events(const char *path, const json_t *array, struct reference *reference)
{
    struct place place = { .path = path };
    int err = 0;

    if (!json_is_array(array) || json_array_size(array) == 0 ||
        json_array_size(array) > REFERENCE_MAX) {
        return refuse(&place, "measurements", "must be an array of 1 to 32");
    }
    for (size_t i = 0; err == 0 && i < json_array_size(array); i++) {
        struct reference_event *event = &reference->events[i];

        snprintf(place.at, sizeof(place.at), "measurements[%zu]", i);
        err = read_event(&place, json_array_get(array, i), event);
        for (size_t k = 0; err == 0 && k < i; k++) {
            if (strcmp(reference->events[k].name, event->name) == 0) {
                err = refuse(&place, "name", "must be there only once");
            }
        }
        reference->count++;
    }
    return err;
}

// Each PCR that the events extend stands there with the value that they lead to, and no other.
static int check_pcrs(const char *path, const json_t *array, const struct reference *reference)
{
    struct place place = { .path = path };
    uint8_t digest[EVENT_LOG_BANKS][BOOT_HASH_MAX], value[BOOT_HASH_MAX];
    uint32_t pcr, seen = 0;

    for (size_t i = 0; i < json_array_size(array); i++) {
        const json_t *object = json_array_get(array, i);

        snprintf(place.at, sizeof(place.at), "pcrs[%zu]", i);
        if (get_number(&place, object, "pcr", EVENT_LOG_PCRS - 1, &pcr) != 0 ||
            get_digests(&place, object, digest) != 0) {
            return ERR_INVALID;
        }
        seen |= UINT32_C(1) << pcr;
        for (size_t bank = 0; bank < EVENT_LOG_BANKS; bank++) {
            if (!reference_pcr(reference, pcr, bank, value) ||
                memcmp(value, digest[bank], boot_hash_info(reference_banks[bank])->size) != 0) {
                return refuse(&place, reference_bank_keys[bank],
                              "must be what the measurements lead to");
            }
        }
    }
    place.at[0] = '\0';
    return seen == reference_pcrs(reference)
               ? 0
               : refuse(&place, "pcrs", "must have each PCR that is measured to");
}

static int read_document(const char *path, const json_t *root, struct reference *reference)
{
    const struct place place = { .path = path };
    const json_t *format = json_object_get(root, "format");
    uint32_t number = 0;
    int err;

    if (!json_is_string(format) || strcmp(json_string_value(format), REFERENCE_FORMAT) != 0) {
        return refuse(&place, "format", "must be \"" REFERENCE_FORMAT "\"");
    }
    if (get_number(&place, root, "version", UINT32_MAX, &number) != 0 ||
        number != REFERENCE_VERSION) {
        return refuse(&place, "version", "must be one that this fip-tool knows: 1");
    }
    err = get_hex(&place, root, "implementation_id", reference->implementation_id,
                  sizeof(reference->implementation_id));
    if (err == 0) {
        err = get_number(&place, root, "lifecycle", UINT16_MAX, &number);
        reference->lifecycle = (uint16_t)number;
    }
    if (err == 0) {
        err = read_events(path, json_object_get(root, "measurements"), reference);
    }
    return err == 0 ? check_pcrs(path, json_object_get(root, "pcrs"), reference) : err;
}

int reference_load(const char *path, struct reference *reference)
{
    struct tool_file file = { 0 };
    int err = tool_file_read(path, false, &file);
    json_error_t fault;
    json_t *root;

    memset(reference, 0, sizeof(*reference));
    if (err != 0) {
        return err;
    }
    if (file.size == 0 || file.size > FILE_MAX) {
        tool_error("%s: must have 1 to %d bytes: found %zu", path, FILE_MAX, file.size);
        tool_file_free(&file);
        return ERR_RANGE;
    }
    root = json_loadb((const char *)file.data, file.size, JSON_REJECT_DUPLICATES, &fault);
    tool_file_free(&file);
    if (root == NULL) {
        tool_error("%s: line %d: must be JSON: %s", path, fault.line, fault.text);
        return ERR_INVALID;
    }
    err = read_document(path, root, reference);
    json_decref(root);
    return err;
}
