// SPDX-License-Identifier: BSD-3-Clause
//
// Claims out of event log and boot facts. See attest_log.h. The log is read by event_log.c and the rows of the images are
// cot.c's: the boot chain's own.
#include "attest_log.h"

#include <stdbool.h>
#include <string.h>

#include "boot_hash.h"
#include "cert.h"
#include "cot.h"
#include "critical_data.h"
#include "event_log.h"
#include "otp.h"

_Static_assert(ATTEST_COMPONENTS_MAX >= COT_IMAGE_COUNT, "an image each");
_Static_assert(ATTEST_TEXT_MAX >= EVENT_LOG_NAME_MAX, "a component's type is a name of the log");
_Static_assert(TESSERA_CRITICAL_SIZE == CRITICAL_DATA_SIZE, "what CRITICAL_DATA is the hash of");

struct reading {
    const struct tessera_boot_facts *facts;
    struct attest_claims *claims;
    bool seen[COT_IMAGE_COUNT];
    bool sealed; // CRITICAL_DATA was read: nothing may follow
    const char **why;
};

static int refuse(const char **why, const char *rule, int error)
{
    *why = rule;
    return error;
}

static bool is_something(const uint8_t bytes[ATTEST_HASH_SIZE])
{
    static const uint8_t nothing[ATTEST_HASH_SIZE];

    return memcmp(bytes, nothing, sizeof(nothing)) != 0;
}

// Number in decimal digits
static void put_number(char text[ATTEST_TEXT_MAX], uint32_t number)
{
    char digits[10];
    size_t count = 0;

    do {
        digits[count++] = (char)('0' + number % 10);
        number /= 10;
    } while (number != 0);
    for (size_t i = 0; i < count; i++) {
        text[i] = digits[count - 1 - i];
    }
    text[count] = '\0';
}

static enum cot_image find_image(const char *event)
{
    uint32_t image = 0;

    while (image < COT_IMAGE_COUNT &&
           strcmp(cot_image_row((enum cot_image)image)->event, event) != 0) {
        image++;
    }
    return (enum cot_image)image;
}

// SHA-256 of the root key above the certificate
static const uint8_t *root_above(const struct tessera_boot_facts *facts, enum cot_cert cert)
{
    const struct cot_cert_row *row = cot_cert_row(cert);

    while (row->parent != COT_NO_CERT) { // parents stand before their children
        row = cot_cert_row(row->parent);
    }
    return row->root == COT_ROOT ? facts->root_hash : facts->platform_root_hash;
}

static int read_image(struct reading *reading, enum cot_image image,
                      const struct event_log_record *record)
{
    struct attest_claims *claims = reading->claims;
    enum cot_cert cert = cot_image_cert(image, reading->facts->chain);

    if (record->pcr != cot_image_row(image)->pcr || reading->seen[image]) {
        return refuse(reading->why, "must have each image once, in its PCR", ERR_INVALID);
    }
    if (cert == COT_NO_CERT) {
        return refuse(reading->why, "must name a chain of trust", ERR_INVALID);
    }
    const uint8_t *signer = root_above(reading->facts, cert);

    if (!is_something(signer)) {
        return refuse(reading->why, "must have the root key of each image", ERR_INVALID);
    }
    struct attest_component *component = &claims->components[claims->component_count];

    memset(component, 0, sizeof(*component));
    memcpy(component->type, record->data,
           record->data_size); // with its NUL: event_log_next() has looked
    memcpy(component->measurement, record->digest[0], ATTEST_HASH_SIZE);
    memcpy(component->signer, signer, ATTEST_HASH_SIZE);
    put_number(component->version, reading->facts->counter[cot_cert_row(cert)->counter]);
    claims->component_count++;
    reading->seen[image] = true;
    return 0;
}

// The record about what is in no image must be about these facts, in both banks
static int read_critical_data(struct reading *reading, const struct event_log_record *record)
{
    const uint8_t *critical = (const uint8_t *)reading->facts + TESSERA_CRITICAL_OFFSET;
    struct boot_digests digests;
    int error = boot_hash_make(critical, CRITICAL_DATA_SIZE, BOOT_HASH_BANKS, &digests);

    if (error != 0) {
        return refuse(reading->why, "must be hashed", error);
    }
    if (record->pcr != CRITICAL_DATA_PCR ||
        memcmp(record->digest[0], digests.value[BOOT_SHA256], 32) != 0 ||
        memcmp(record->digest[1], digests.value[BOOT_SHA384], 48) != 0) {
        return refuse(reading->why, "must have CRITICAL_DATA over these facts", ERR_INVALID);
    }
    reading->sealed = true;
    return 0;
}

static int read_record(struct reading *reading, const struct event_log_record *record)
{
    const char *name = (const char *)record->data;

    if (record->type == EV_NO_ACTION) {
        return 0;
    }
    if (reading->sealed) {
        return refuse(reading->why, "must end with CRITICAL_DATA", ERR_INVALID);
    }
    if (strcmp(name, CRITICAL_DATA_EVENT) == 0) {
        return read_critical_data(reading, record);
    }
    enum cot_image image = find_image(name);

    if (image == COT_IMAGE_COUNT) {
        return refuse(reading->why, "must have images of the chain of trust", ERR_INVALID);
    }
    return read_image(reading, image, record);
}

static int read_records(struct reading *reading, const struct attest_boot *boot)
{
    const struct event_log log = {
        .base = (uint8_t *)(uintptr_t)boot->bytes, // only read
        .size = boot->size,
        .used = boot->size,
    };
    struct event_log_record record;
    size_t offset = 0;
    int error;

    do {
        error = event_log_next(&log, &offset, &record, reading->why);
        if (error == 0) {
            error = read_record(reading, &record);
        }
    } while (error == 0);
    return error == ERR_NOT_FOUND ? 0 : error;
}

static int check_facts(const struct tessera_boot_facts *facts, const char **why)
{
    if (facts->version != TESSERA_BOOT_FACTS_VERSION) {
        return refuse(why, "must have facts of this version", ERR_VERSION);
    }
    if (facts->flags != 0) {
        return refuse(why, "must have no flags that are not defined", ERR_INVALID);
    }
    if (facts->lifecycle != OTP_LIFECYCLE_OPEN) {
        return refuse(why, "must have a lifecycle that has a claim", ERR_INVALID);
    }
    for (uint32_t i = 0; i < COT_COUNTER_COUNT; i++) {
        if (facts->counter[i] > CERT_COUNTER_MAX) {
            return refuse(why, "must have counters of certificates", ERR_INVALID);
        }
    }
    if (!is_something(facts->implementation_id) || !is_something(facts->boot_seed)) {
        return refuse(why, "must have an implementation id and a boot seed", ERR_INVALID);
    }
    return 0;
}

int attest_log_claims(const struct attest_boot *boot, struct attest_claims *claims,
                      const char **why)
{
    struct reading reading = { .facts = boot->facts, .claims = claims, .why = why };
    int error = check_facts(boot->facts, why);

    claims->component_count = 0;
    if (error == 0) {
        error = read_records(&reading, boot);
    }
    if (error == 0 && (!reading.sealed || claims->component_count == 0)) {
        error = refuse(why, "must end with CRITICAL_DATA", ERR_INVALID);
    }
    if (error != 0) {
        return error;
    }
    claims->lifecycle = ATTEST_LIFECYCLE_ASSEMBLY;
    memcpy(claims->implementation_id, boot->facts->implementation_id, ATTEST_HASH_SIZE);
    memcpy(claims->boot_seed, boot->facts->boot_seed, ATTEST_BOOT_SEED_SIZE);
    return 0;
}
