// SPDX-License-Identifier: BSD-3-Clause
//
// Whether to believe a TPM's quote: signature, nonce, then the digest of the PCRs, which is computed here from the reference values;
// contract in attest.h. Called by cmd_quote.c. When they differ, an event log that leads to the quoted digest tells which component is
// another one. Quote and log are anybody's until the signature and the digest vouch for them.
#include "attest.h"

#include <inttypes.h>
#include <openssl/evp.h>
#include <stdio.h>
#include <string.h>

#define NO_BANK EVENT_LOG_BANKS

// The place of a bank in the reference values; NO_BANK: they have no such.
static size_t bank_of(uint16_t hash)
{
    for (size_t bank = 0; bank < EVENT_LOG_BANKS; bank++) {
        if (boot_hash_info(reference_banks[bank])->tcg_id == hash) {
            return bank;
        }
    }
    return NO_BANK;
}

// ---- a digest over the selected PCRs, of whichever source ----

// Where PCR values come from: the reference values, or a log.
struct source {
    const struct reference *reference; // NULL: the log
    const struct event_log *log;
};

static bool pcr_value(const struct source *source, uint32_t pcr, size_t bank,
                      uint8_t value[BOOT_HASH_MAX])
{
    return source->reference != NULL
               ? reference_pcr(source->reference, pcr, bank, value)
               : event_log_replay(source->log, pcr, reference_banks[bank], value) == 0;
}

// As the TPM makes it: PCRs ascending, selection after selection, hashed with the signature's hash (part 3, 18.4.1).
static bool make_digest(const struct quote *quote, const struct source *source,
                        uint8_t digest[BOOT_HASH_MAX])
{
    static const char *const names[BOOT_HASH_COUNT] = { "SHA256", "SHA384", "SHA512" };
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    const EVP_MD *md = EVP_get_digestbyname(names[quote->hash]);
    bool good = context != NULL && EVP_DigestInit_ex(context, md, NULL) == 1;

    for (uint32_t i = 0; good && i < quote->selection_count; i++) {
        const struct quote_selection *selection = &quote->selections[i];
        size_t bank = bank_of(selection->hash);

        for (uint32_t pcr = 0; good && pcr < EVENT_LOG_PCRS; pcr++) {
            uint8_t value[BOOT_HASH_MAX];

            if (quote_selects(selection, pcr)) {
                good = bank != NO_BANK && pcr_value(source, pcr, bank, value) &&
                       EVP_DigestUpdate(context, value,
                                        boot_hash_info(reference_banks[bank])->size) == 1;
            }
        }
    }
    good = good && EVP_DigestFinal_ex(context, digest, NULL) == 1;
    EVP_MD_CTX_free(context);
    return good;
}

static struct attest_span digest_span(const struct quote *quote, const uint8_t *digest)
{
    return (struct attest_span){ digest, boot_hash_info(quote->hash)->size };
}

// ---- which PCRs ----

static void complain_pcr(struct attest_findings *findings, enum attest_reason reason,
                         const char *bank, uint32_t pcr)
{
    char where[ATTEST_TEXT_SIZE];

    snprintf(where, sizeof(where), "%s%sPCR %" PRIu32, bank, bank[0] != '\0' ? " " : "", pcr);
    attest_finding_add(findings, reason, where);
}

// Only what the reference values say something about: another PCR's value could be anything.
static void check_selection(const struct quote_selection *selection,
                            const struct reference *reference, struct attest_findings *findings)
{
    uint32_t pcrs = reference_pcrs(reference);
    size_t bank = bank_of(selection->hash);
    bool any = false;

    for (uint32_t pcr = 0; pcr < 8u * QUOTE_SELECT_SIZE; pcr++) {
        if (quote_selects(selection, pcr) && bank != NO_BANK && (pcrs >> pcr & 1) == 0) {
            complain_pcr(findings, ATTEST_QUOTE_PCR, reference_bank_keys[bank], pcr);
        }
        any = any || quote_selects(selection, pcr);
    }
    if (bank == NO_BANK && any) {
        snprintf(attest_finding_add(findings, ATTEST_QUOTE_BANK, "selection")->found,
                 ATTEST_TEXT_SIZE, "algorithm 0x%04x", selection->hash);
    }
}

// And all of it: what is not quoted is not proved.
static void check_complete(const struct quote *quote, const struct reference *reference,
                           struct attest_findings *findings)
{
    uint32_t pcrs = reference_pcrs(reference);

    for (uint32_t pcr = 0; pcr < EVENT_LOG_PCRS; pcr++) {
        bool quoted = false;

        for (uint32_t i = 0; i < quote->selection_count; i++) {
            quoted = quoted || (bank_of(quote->selections[i].hash) != NO_BANK &&
                                quote_selects(&quote->selections[i], pcr));
        }
        if (!quoted && (pcrs >> pcr & 1) != 0) {
            complain_pcr(findings, ATTEST_QUOTE_PCR_MISSING, "", pcr);
        }
    }
}

// ---- the log ----

static bool same_name(const struct event_log_record *record, const struct reference_event *event)
{
    const char *name = (const char *)record->data;

    return strnlen(name, record->data_size) == strlen(event->name) &&
           memcmp(name, event->name, strlen(event->name)) == 0;
}

static void complain_event(const struct event_log_record *record, enum attest_reason reason,
                           struct attest_findings *findings)
{
    char name[ATTEST_TEXT_SIZE];
    const struct attest_span span = { record->data,
                                      strnlen((const char *)record->data, record->data_size) };

    attest_finding_add(findings, reason, attest_printable(span, name));
}

static void complain_place(const struct event_log_record *record,
                           const struct reference_event *event, struct attest_findings *findings)
{
    struct attest_finding *finding = attest_finding_add(findings, ATTEST_LOG_EVENT, event->name);

    snprintf(finding->found, sizeof(finding->found), "PCR %" PRIu32, record->pcr);
    snprintf(finding->expected, sizeof(finding->expected), "PCR %" PRIu32, event->pcr);
}

static void check_event(const struct event_log_record *record, const struct reference_event *event,
                        struct attest_findings *findings)
{
    if (record->pcr != event->pcr) {
        complain_place(record, event, findings);
        return;
    }
    for (size_t bank = 0; bank < EVENT_LOG_BANKS; bank++) {
        const struct attest_span found = { record->digest[bank],
                                           boot_hash_info(reference_banks[bank])->size };
        const struct attest_span expected = { event->digest[bank], found.size };

        if (!attest_span_equal(found, expected)) {
            attest_finding_bytes(findings, ATTEST_LOG_EVENT, event->name, found, expected);
            return; // once for each
        }
    }
}

// Names what differs, in the log's order; then what the log has not.
static void compare_events(const struct event_log *log, const struct reference *reference,
                           struct attest_findings *findings)
{
    bool seen[REFERENCE_MAX] = { false };
    struct event_log_record record;
    size_t offset = 0;

    while (event_log_next(log, &offset, &record, NULL) == 0) {
        uint32_t i = 0;

        if (record.type == EV_NO_ACTION) {
            continue;
        }
        while (i < reference->count && (seen[i] || !same_name(&record, &reference->events[i]))) {
            i++;
        }
        if (i == reference->count) {
            complain_event(&record, ATTEST_LOG_EXTRA, findings);
        } else {
            seen[i] = true;
            check_event(&record, &reference->events[i], findings);
        }
    }
    for (uint32_t i = 0; i < reference->count; i++) {
        if (!seen[i]) {
            attest_finding_add(findings, ATTEST_LOG_MISSING, reference->events[i].name);
        }
    }
}

static void check_log(const struct quote *quote, const struct reference *reference,
                      struct attest_span bytes, struct attest_findings *findings)
{
    struct event_log log = { (uint8_t *)bytes.data, bytes.size, bytes.size };
    const struct source source = { .log = &log };
    struct event_log_record record;
    uint8_t digest[BOOT_HASH_MAX] = { 0 };
    const char *why = NULL;
    size_t offset = 0;
    int err;

    do {
        err = event_log_next(&log, &offset, &record, &why);
    } while (err == 0);
    if (err != ERR_NOT_FOUND) {
        struct attest_finding *finding = attest_finding_add(findings, ATTEST_LOG_FORM, "event log");

        snprintf(finding->found, sizeof(finding->found), "offset 0x%zx", offset);
        snprintf(finding->expected, sizeof(finding->expected), "%s", why != NULL ? why : "");
        return;
    }
    if (!make_digest(quote, &source, digest) ||
        !attest_span_equal(quote->digest, digest_span(quote, digest))) {
        attest_finding_bytes(findings, ATTEST_LOG_DIGEST, "event log", digest_span(quote, digest),
                             quote->digest);
        return;
    }
    compare_events(&log, reference, findings);
}

// ---- all of it ----

static bool key_is_good(const struct quote *quote, const struct attest_demand *demand,
                        struct attest_findings *findings)
{
    if (!attest_key_fits(demand->key, quote->scheme)) {
        attest_finding_add(findings, ATTEST_QUOTE_KEY, "signature");
        return false;
    }
    if (!attest_key_verify(demand->key, quote->scheme, quote->hash, quote->attest,
                           quote->signature[0], quote->signature[1])) {
        attest_finding_add(findings, ATTEST_SIGNATURE, "quote");
        return false;
    }
    return true;
}

void quote_check(const struct quote *quote, const struct attest_demand *demand,
                 struct attest_span log, struct attest_findings *findings)
{
    const struct source source = { .reference = demand->reference };
    uint8_t digest[BOOT_HASH_MAX] = { 0 };
    uint32_t before;

    if (!key_is_good(quote, demand, findings)) {
        return;
    }
    if (!attest_span_equal(quote->nonce, demand->nonce)) {
        attest_finding_bytes(findings, ATTEST_NONCE, "nonce", quote->nonce, demand->nonce);
    }
    before = findings->count;
    for (uint32_t i = 0; i < quote->selection_count; i++) {
        check_selection(&quote->selections[i], demand->reference, findings);
    }
    check_complete(quote, demand->reference, findings);
    if (findings->count != before) {
        return; // there is nothing to compare the digest with
    }
    if (!make_digest(quote, &source, digest) ||
        !attest_span_equal(quote->digest, digest_span(quote, digest))) {
        attest_finding_bytes(findings, ATTEST_QUOTE_DIGEST, "PCRs", quote->digest,
                             digest_span(quote, digest));
    }
    if (log.data != NULL) {
        check_log(quote, demand->reference, log, findings);
    }
}
