// SPDX-License-Identifier: BSD-3-Clause
//
// libFuzzer target for the reader of attestation tokens: whatever it takes is deterministic CBOR, has the envelope and claims that it
// says, and is written again, by libcbor, to the same bytes; and it finds the same twice. The input is a token, the claims of one
// in a good envelope, and edits of good claims.
#include "fip-tool/attest.h"

#include <cbor.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void expect(bool condition)
{
    if (!condition) {
        abort();
    }
}

// What is messages for people elsewhere
void tool_error(const char *format, ...)
{
    (void)format;
}

static void expect_inside(struct attest_span span, size_t size)
{
    expect(span.data == NULL ? span.size == 0 : span.size <= size);
}

static void expect_printable(const char *text)
{
    expect(strlen(text) < ATTEST_TEXT_SIZE);
    for (; *text != '\0'; text++) {
        expect(*text >= ' ' && *text < 0x7f);
    }
}

static void check_findings(const struct attest_findings *findings)
{
    for (uint32_t i = 0; i < findings->count; i++) {
        const struct attest_finding *finding = &findings->all[i];

        expect(finding->reason > ATTEST_OK && finding->reason < ATTEST_REASONS);
        expect(attest_reason_name(finding->reason) != NULL);
        expect(attest_reason_text(finding->reason) != NULL);
        expect_printable(finding->where);
        expect_printable(finding->found);
        expect_printable(finding->expected);
    }
}

static void expect_same(const struct attest_findings *a, const struct attest_findings *b)
{
    expect(a->count == b->count);
    for (uint32_t i = 0; i < a->count; i++) {
        expect(a->all[i].reason == b->all[i].reason);
        expect(strcmp(a->all[i].where, b->all[i].where) == 0);
        expect(strcmp(a->all[i].found, b->all[i].found) == 0);
        expect(strcmp(a->all[i].expected, b->all[i].expected) == 0);
    }
}

// A token without a fault: read by another function of libcbor and written again
static void check_same_bytes(const uint8_t *bytes, size_t size)
{
    struct cbor_load_result result;
    cbor_item_t *item = cbor_load(bytes, size, &result);
    unsigned char *again = NULL;
    size_t room = 0;

    expect(item != NULL && result.read == size);
    expect(cbor_serialize_alloc(item, &again, &room) == size);
    expect(memcmp(again, bytes, size) == 0);
    free(again);
    cbor_decref(&item);
}

static void check_token(const struct token *token, size_t size)
{
    static uint8_t room[TOKEN_SIZE_MAX + 64];
    size_t signed_size = token_signed_bytes(token, room, sizeof(room));

    expect(token->signature.size == 64);
    expect(token->has_client_id && token->client_id != 0 && token->has_lifecycle);
    expect(token->lifecycle >= 0 && token->lifecycle <= UINT16_MAX);
    expect(token->nonce.size == 32 || token->nonce.size == 48 || token->nonce.size == 64);
    expect(token->ueid.size == 33 && token->implementation_id.size == 32);
    expect(token->component_count >= 1 && token->component_count <= TOKEN_COMPONENTS_MAX);
    for (size_t i = 0; i < token->component_count; i++) {
        expect(token->components[i].type.size != 0 && token->components[i].version.size != 0);
        expect(token->components[i].measurement.size >= 32);
        expect(token->components[i].signer.size >= 32);
        expect_inside(token->components[i].description, size);
    }
    expect(signed_size > token->payload.size && signed_size < size + 64);
    expect(token_signed_bytes(token, room, signed_size) == signed_size);
    expect(token_signed_bytes(token, room, signed_size - 1) == 0);
    check_same_bytes(token->payload.data, token->payload.size);
}

static void judge(const uint8_t *bytes, size_t size)
{
    static struct attest_findings first, second;
    static struct token token;
    uint8_t *exact = malloc(size + 1);
    int err;

    expect(exact != NULL);
    memcpy(exact + 1, bytes, size); // from an odd address, to the end of the block
    first.count = 0;                // an entry is cleared when it is added
    second.count = 0;
    err = token_read(exact + 1, size, &token, &first);
    expect((err == 0) == (first.count == 0));
    check_findings(&first);
    if (err == 0) {
        check_token(&token, size);
        check_same_bytes(exact + 2, size - 1); // behind the tag
    }
    token_free(&token);
    expect(token_read(exact + 1, size, &token, &second) == err);
    expect_same(&first, &second);
    token_free(&token);
    free(exact);
}

// The input as the claims of a token
static size_t wrap(const uint8_t *data, size_t size, uint8_t *token, size_t room)
{
    static const uint8_t head[] = { 0xd2, 0x84, 0x43, 0xa1, 0x01, 0x26, 0xa0 };
    static const uint8_t tail[66] = { 0x58, 0x40, 1 };
    size_t used = sizeof(head), length;

    memcpy(token, head, sizeof(head));
    length = cbor_encode_bytestring_start(size, token + used, room - used);
    expect(length != 0 && room - used - length >= size + sizeof(tail));
    used += length;
    memcpy(token + used, data, size);
    memcpy(token + used + size, tail, sizeof(tail));
    return used + size + sizeof(tail);
}

// ---- good claims, then edits of three bytes each: where, what ----

struct writer {
    uint8_t bytes[2048];
    size_t used;
};

static void put(struct writer *writer, size_t written)
{
    expect(written != 0);
    writer->used += written;
}

#define AT(writer) (writer)->bytes + (writer)->used, sizeof((writer)->bytes) - (writer)->used

static void put_integer(struct writer *writer, int64_t value)
{
    put(writer, value < 0 ? cbor_encode_negint((uint64_t)(-1 - value), AT(writer))
                          : cbor_encode_uint((uint64_t)value, AT(writer)));
}

static void put_bytes(struct writer *writer, int64_t key, size_t size)
{
    put_integer(writer, key);
    put(writer, cbor_encode_bytestring_start(size, AT(writer)));
    memset(writer->bytes + writer->used, 0x55, size);
    writer->used += size;
}

static void put_text(struct writer *writer, int64_t key, const char *text)
{
    put_integer(writer, key);
    put(writer, cbor_encode_string_start(strlen(text), AT(writer)));
    memcpy(writer->bytes + writer->used, text, strlen(text));
    writer->used += strlen(text);
}

static void put_components(struct writer *writer, int64_t key, size_t count)
{
    put_integer(writer, key);
    put(writer, cbor_encode_array_start(count, AT(writer)));
    for (size_t i = 0; i < count; i++) {
        put(writer, cbor_encode_map_start(4, AT(writer)));
        put_text(writer, 1, "BL_33");
        put_bytes(writer, 2, 32);
        put_text(writer, 4, "0");
        put_bytes(writer, 5, 32);
    }
}

static void make_new(struct writer *writer, size_t components)
{
    put(writer, cbor_encode_map_start(7, AT(writer)));
    put_bytes(writer, 10, 32);
    put_bytes(writer, 256, 33);
    put_text(writer, 265, token_profile_name(TOKEN_RFC9783));
    put_integer(writer, 2394);
    put_integer(writer, -1);
    put_integer(writer, 2395);
    put_integer(writer, 0x3000);
    put_bytes(writer, 2396, 32);
    put_components(writer, 2399, components);
}

static void make_old(struct writer *writer, size_t components)
{
    put(writer, cbor_encode_map_start(7, AT(writer)));
    put_integer(writer, -75001);
    put_integer(writer, 7);
    put_integer(writer, -75002);
    put_integer(writer, 0);
    put_bytes(writer, -75003, 32);
    put_bytes(writer, -75004, 32);
    put_components(writer, -75006, components);
    put_bytes(writer, -75008, 64);
    put_bytes(writer, -75009, 33);
}

static void judge_edited(const uint8_t *data, size_t size)
{
    static struct writer writer;
    static uint8_t token[sizeof(writer.bytes) + 128];

    writer.used = 0;
    (data[0] % 2 == 0 ? make_new : make_old)(&writer, 1 + data[0] / 2 % 8u);
    for (size_t i = 1; i + 2 < size && i < 30; i += 3) {
        writer.bytes[(data[i] | (size_t)data[i + 1] << 8) % writer.used] = data[i + 2];
    }
    size = wrap(writer.bytes, writer.used, token, sizeof(token));
    judge(token, size);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static uint8_t token[TOKEN_SIZE_MAX + 128];
    size_t offset;

    if (size != 0) {
        judge_edited(data, size);
    }

    if (size > TOKEN_SIZE_MAX) {
        return 0;
    }
    judge(data, size);
    judge(token, wrap(data, size, token, sizeof(token)));
    if (cbor_form_check(data, size, &offset) == ATTEST_OK) {
        check_same_bytes(data, size);
    } else {
        expect(offset <= size);
    }
    return 0;
}
