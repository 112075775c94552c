// SPDX-License-Identifier: BSD-3-Clause
//
// A quote for people and for JSON; contracts in attest.h. Called by cmd_quote.c. Says what is written in it, not whether to believe it.
#include "attest.h"

#include <inttypes.h>
#include <stdio.h>

static const char *bank_name(uint16_t hash)
{
    for (uint32_t i = 0; i < BOOT_HASH_COUNT; i++) {
        if (boot_hash_info((enum boot_hash)i)->tcg_id == hash) {
            return boot_hash_info((enum boot_hash)i)->name;
        }
    }
    return "another hash";
}

static const char *scheme_name(enum attest_scheme scheme)
{
    return scheme == ATTEST_ECDSA ? "ECDSA" : scheme == ATTEST_RSASSA ? "RSASSA" : "RSAPSS";
}

void quote_print(const struct quote *quote)
{
    char text[ATTEST_TEXT_SIZE];

    printf("nonce: %s\n", attest_hex(quote->nonce, text));
    printf("signer's name: %s\n", attest_hex(quote->signer, text));
    printf("clock: %" PRIu64 " ms%s, reset count %" PRIu32 ", restart count %" PRIu32 "\n",
           quote->clock, quote->safe ? "" : " (not safe)", quote->reset_count,
           quote->restart_count);
    printf("TPM firmware: 0x%016" PRIx64 "\n", quote->firmware_version);
    for (uint32_t i = 0; i < quote->selection_count; i++) {
        printf("PCRs of %s:", bank_name(quote->selections[i].hash));
        for (uint32_t pcr = 0; pcr < 8u * QUOTE_SELECT_SIZE; pcr++) {
            if (quote_selects(&quote->selections[i], pcr)) {
                printf(" %" PRIu32, pcr);
            }
        }
        printf("\n");
    }
    printf("digest of the PCRs: %s\n", attest_hex(quote->digest, text));
    printf("signature: %s with %s\n", scheme_name(quote->scheme),
           boot_hash_info(quote->hash)->name);
}

void quote_write(const struct quote *quote, struct json *json)
{
    json_put_hex(json, "nonce", quote->nonce.data, quote->nonce.size);
    json_put_hex(json, "signer_name", quote->signer.data, quote->signer.size);
    json_put_word(json, "clock", quote->clock);
    json_put_bool(json, "safe", quote->safe);
    json_put_integer(json, "reset_count", quote->reset_count);
    json_put_integer(json, "restart_count", quote->restart_count);
    json_put_word(json, "firmware_version", quote->firmware_version);
    json_put_array(json, "selections");
    for (uint32_t i = 0; i < quote->selection_count; i++) {
        json_put_object(json, NULL);
        json_put_text(json, "bank", bank_name(quote->selections[i].hash));
        json_put_array(json, "pcrs");
        for (uint32_t pcr = 0; pcr < 8u * QUOTE_SELECT_SIZE; pcr++) {
            if (quote_selects(&quote->selections[i], pcr)) {
                json_put_integer(json, NULL, pcr);
            }
        }
        json_close(json);
        json_close(json);
    }
    json_close(json);
    json_put_hex(json, "digest", quote->digest.data, quote->digest.size);
    json_put_text(json, "signature_scheme", scheme_name(quote->scheme));
    json_put_text(json, "signature_hash", boot_hash_info(quote->hash)->name);
}
