// SPDX-License-Identifier: BSD-3-Clause
//
// libFuzzer target for the readers of TPM quotes and their signatures: what they take is written again from what was read and comes
// out the same, byte for byte; what they refuse has a place inside the file. The first byte tells how much of the rest is the
// quote; then it is edits of good ones.
#include "fip-tool/attest.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void expect(bool condition)
{
    if (!condition) {
        abort();
    }
}

// The writer of the same structures
struct writer {
    uint8_t bytes[65536 + 64];
    size_t used;
};

static void put(struct writer *writer, uint64_t value, size_t size)
{
    for (size_t i = size; i-- > 0;) {
        writer->bytes[writer->used++] = (uint8_t)(value >> 8 * i);
    }
}

static void put_bytes(struct writer *writer, const uint8_t *bytes, size_t size)
{
    memcpy(writer->bytes + writer->used, bytes, size);
    writer->used += size;
}

static void put_sized(struct writer *writer, struct attest_span span)
{
    put(writer, span.size, 2);
    put_bytes(writer, span.data, span.size);
}

static void write_quote(const struct quote *quote, struct writer *writer)
{
    put(writer, 0xff544347, 4);
    put(writer, 0x8018, 2);
    put_sized(writer, quote->signer);
    put_sized(writer, quote->nonce);
    put(writer, quote->clock, 8);
    put(writer, quote->reset_count, 4);
    put(writer, quote->restart_count, 4);
    put(writer, quote->safe, 1);
    put(writer, quote->firmware_version, 8);
    put(writer, quote->selection_count, 4);
    for (uint32_t i = 0; i < quote->selection_count; i++) {
        put(writer, quote->selections[i].hash, 2);
        put(writer, quote->selections[i].size, 1);
        put_bytes(writer, quote->selections[i].select, quote->selections[i].size);
    }
    put_sized(writer, quote->digest);
}

static void write_signature(const struct quote *quote, struct writer *writer)
{
    static const uint16_t schemes[] = {
        [ATTEST_ECDSA] = 0x0018, [ATTEST_RSASSA] = 0x0014, [ATTEST_RSAPSS] = 0x0016
    };

    put(writer, schemes[quote->scheme], 2);
    put(writer, boot_hash_info(quote->hash)->tcg_id, 2);
    put_sized(writer, quote->signature[0]);
    if (quote->scheme == ATTEST_ECDSA) {
        put_sized(writer, quote->signature[1]);
    }
}

typedef enum attest_reason (*reader)(const uint8_t *bytes, size_t size, struct quote *quote,
                                     size_t *offset);

static void judge(const uint8_t *bytes, size_t size, reader read,
                  void (*write)(const struct quote *quote, struct writer *writer))
{
    static struct writer again;
    uint8_t *exact = malloc(size + 1);
    size_t offset = SIZE_MAX;
    struct quote quote;

    expect(exact != NULL);
    memcpy(exact + 1, bytes, size);
    memset(&quote, 0, sizeof(quote));
    if (read(exact + 1, size, &quote, &offset) == ATTEST_OK) {
        again.used = 0;
        write(&quote, &again);
        expect(again.used == size && memcmp(again.bytes, exact + 1, size) == 0);
    } else {
        expect(offset <= size);
    }
    free(exact);
}

// A good quote and a good signature, with edits: where, what
static void judge_edited(const uint8_t *data, size_t size)
{
    static const uint8_t zero[64];
    static struct writer good;
    struct quote quote = { .signer = { zero, 34 },
                           .nonce = { zero, data[0] % 64u },
                           .digest = { zero, 32 },
                           .selection_count = 1 + data[0] % 16u,
                           .hash = (enum boot_hash)(data[0] % BOOT_HASH_COUNT),
                           .scheme = (enum attest_scheme)(data[0] / 4 % 3u),
                           .signature = { { zero, 32 }, { zero, 32 } } };

    for (uint32_t i = 0; i < quote.selection_count; i++) {
        quote.selections[i] = (struct quote_selection){ (uint16_t)i, 3, { 3 } };
    }
    for (int what = 0; what < 2; what++) {
        good.used = 0;
        (what == 0 ? write_quote : write_signature)(&quote, &good);
        for (size_t i = 1; i + 1 < size && i < 20; i += 2) {
            good.bytes[data[i] % good.used] = data[i + 1];
        }
        judge(good.bytes, good.used, what == 0 ? quote_read : quote_read_signature,
              what == 0 ? write_quote : write_signature);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    size_t cut;

    if (size == 0 || size > 65536) {
        return 0;
    }
    judge_edited(data, size);
    cut = data[0] < size - 1 ? data[0] : size - 1;
    judge(data + 1, cut, quote_read, write_quote);
    judge(data + 1 + cut, size - 1 - cut, quote_read_signature, write_signature);
    judge(data + 1, size - 1, quote_read, write_quote);
    judge(data + 1, size - 1, quote_read_signature, write_signature);
    return 0;
}
