// SPDX-License-Identifier: BSD-3-Clause
//
// Reference values: what a verifier must see of a boot of a FIP, out of the FIP's own proved images and certificates; contracts in attest.h.
// Called by measure --reference. The log is the one that measure predicts with the firmware's code, so there is one implementation
// of measuring; the file's reader is reference_read.c.
#include "attest.h"

#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "critical_data.h"
#include "otp.h"

#define LIFECYCLE_ASSEMBLY 0x1000 // PSA's "assembly and test"

const enum boot_hash reference_banks[EVENT_LOG_BANKS] = { BOOT_SHA256, BOOT_SHA384 };
const char *const reference_bank_keys[EVENT_LOG_BANKS] = { "sha256", "sha384" };

// The lifecycle that a token tells for a word of the OTP area. False: it has no name there.
static bool lifecycle_of(uint32_t word, uint16_t *lifecycle)
{
    *lifecycle = LIFECYCLE_ASSEMBLY;
    return word == OTP_LIFECYCLE_OPEN;
}

// The proved image with that event name; NULL: none.
static const struct walk_image *image_of(const struct walk *walk, const char *event)
{
    for (uint32_t i = 0; i < walk->image_count; i++) {
        if (strcmp(cot_image_row(walk->images[i].image)->event, event) == 0) {
            return &walk->images[i];
        }
    }
    return NULL;
}

// Who signed, as the token has it: the root key that all certificates of the image go up to.
static const uint8_t *signer_of(const struct walk *walk, enum cot_cert cert)
{
    while (cot_cert_row(cert)->parent != COT_NO_CERT) {
        cert = cot_cert_row(cert)->parent;
    }
    return walk->chain.root_used[cot_cert_row(cert)->root];
}

static int make_event(const struct walk *walk, const struct event_log_record *record,
                      struct reference_event *event)
{
    const struct walk_image *image;

    memset(event, 0, sizeof(*event));
    snprintf(event->name, sizeof(event->name), "%.*s", (int)record->data_size,
             (const char *)record->data); // up to its NUL
    event->pcr = record->pcr;
    for (size_t bank = 0; bank < EVENT_LOG_BANKS; bank++) {
        memcpy(event->digest[bank], record->digest[bank],
               boot_hash_info(reference_banks[bank])->size);
    }
    image = image_of(walk, event->name);
    if (image != NULL) {
        event->in_token = true;
        event->version = walk->chain.lowest_counter[cot_cert_row(image->cert)->counter];
        memcpy(event->signer, signer_of(walk, image->cert), sizeof(event->signer));
    } else if (strcmp(event->name, CRITICAL_DATA_EVENT) != 0) {
        tool_error("%s: event %s: must be an image of the chain or " CRITICAL_DATA_EVENT,
                   walk->path, event->name);
        return ERR_INVALID;
    }
    return 0;
}

int reference_make(const struct walk *walk, const struct event_log *log,
                   const uint8_t implementation_id[REFERENCE_HASH_SIZE],
                   struct reference *reference)
{
    struct event_log_record record;
    size_t offset = 0;
    int err = 0;

    memset(reference, 0, sizeof(*reference));
    memcpy(reference->implementation_id, implementation_id, sizeof(reference->implementation_id));
    if (!lifecycle_of(walk->policy.chain.lifecycle, &reference->lifecycle)) {
        tool_error("%s: lifecycle: must be one that a token has a name for: found 0x%08x",
                   walk->path, (unsigned int)walk->policy.chain.lifecycle);
        return ERR_INVALID;
    }
    while (err == 0 && event_log_next(log, &offset, &record, NULL) == 0) {
        if (record.type == EV_NO_ACTION) {
            continue;
        }
        if (reference->count == REFERENCE_MAX) {
            tool_error("%s: event log: must have at most %d records", walk->path, REFERENCE_MAX);
            return ERR_RANGE;
        }
        err = make_event(walk, &record, &reference->events[reference->count]);
        reference->count += err == 0;
    }
    return err;
}

uint32_t reference_pcrs(const struct reference *reference)
{
    uint32_t pcrs = 0;

    for (uint32_t i = 0; i < reference->count; i++) {
        pcrs |= UINT32_C(1) << reference->events[i].pcr;
    }
    return pcrs;
}

bool reference_pcr(const struct reference *reference, uint32_t pcr, size_t bank,
                   uint8_t value[BOOT_HASH_MAX])
{
    const EVP_MD *md = bank == 0 ? EVP_sha256() : EVP_sha384();
    size_t size = boot_hash_info(reference_banks[bank])->size;
    uint8_t both[2 * BOOT_HASH_MAX];

    memset(value, 0, BOOT_HASH_MAX);
    for (uint32_t i = 0; i < reference->count; i++) {
        if (reference->events[i].pcr != pcr) {
            continue;
        }
        memcpy(both, value, size); // TPM2_PCR_Extend
        memcpy(both + size, reference->events[i].digest[bank], size);
        if (EVP_Digest(both, 2 * size, value, NULL, md, NULL) != 1) {
            return false;
        }
    }
    return true;
}

static void write_event(const struct walk *walk, const struct reference_event *event,
                        struct json *json)
{
    const struct walk_image *image = image_of(walk, event->name);

    json_put_object(json, NULL);
    json_put_text(json, "name", event->name);
    json_put_text(json, "image", image != NULL ? image->label : NULL);
    json_put_integer(json, "pcr", event->pcr);
    for (size_t bank = 0; bank < EVENT_LOG_BANKS; bank++) {
        json_put_hex(json, reference_bank_keys[bank], event->digest[bank],
                     boot_hash_info(reference_banks[bank])->size);
    }
    json_put_bool(json, "in_token", event->in_token);
    if (event->in_token) {
        json_put_integer(json, "version", event->version);
        json_put_hex(json, "signer", event->signer, sizeof(event->signer));
    }
    json_close(json);
}

// False: a hash failed.
static bool write_pcrs(const struct reference *reference, struct json *json)
{
    uint8_t value[BOOT_HASH_MAX];
    bool good = true;

    json_put_array(json, "pcrs");
    for (uint32_t pcr = 0; pcr < EVENT_LOG_PCRS; pcr++) {
        if ((reference_pcrs(reference) >> pcr & 1) == 0) {
            continue;
        }
        json_put_object(json, NULL);
        json_put_integer(json, "pcr", pcr);
        for (size_t bank = 0; bank < EVENT_LOG_BANKS; bank++) {
            good = reference_pcr(reference, pcr, bank, value) && good;
            json_put_hex(json, reference_bank_keys[bank], value,
                         boot_hash_info(reference_banks[bank])->size);
        }
        json_close(json);
    }
    json_close(json);
    return good;
}

// False: a hash failed.
static bool write_document(const struct walk *walk, const struct reference *reference, FILE *stream)
{
    struct json json;
    bool good;

    json_begin(&json, stream);
    json_put_object(&json, NULL);
    json_put_text(&json, "format", REFERENCE_FORMAT);
    json_put_integer(&json, "version", REFERENCE_VERSION);
    json_put_hex(&json, "implementation_id", reference->implementation_id,
                 sizeof(reference->implementation_id));
    json_put_integer(&json, "lifecycle", reference->lifecycle);
    json_put_text(&json, "lifecycle_state", token_lifecycle_name(reference->lifecycle));
    json_put_text(&json, "chain", walk->policy.chain.chain == COT_DUAL_ROOT ? "dual" : "single");
    json_put_array(&json, "measurements");
    for (uint32_t i = 0; i < reference->count; i++) {
        write_event(walk, &reference->events[i], &json);
    }
    json_close(&json);
    good = write_pcrs(reference, &json);
    json_close(&json);
    return good;
}

int reference_save(const struct walk *walk, const struct reference *reference, const char *path)
{
    struct tool_out out;
    char *text = NULL;
    size_t size = 0;
    FILE *stream = open_memstream(&text, &size);
    int err = ERR_IO;

    if (stream != NULL) {
        bool good = write_document(walk, reference, stream);

        err = fclose(stream) == 0 && good ? 0 : ERR_IO;
    }
    if (err != 0) {
        tool_error("%s: no memory", path);
        free(text);
        return err;
    }
    err = tool_out_open(&out, path);
    if (err == 0) {
        err = tool_out_write(&out, 0, text, size);
        if (err == 0) {
            err = tool_out_commit(&out, size);
        } else {
            tool_out_abandon(&out);
        }
    }
    free(text);
    return err;
}
