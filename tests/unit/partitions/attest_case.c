// SPDX-License-Identifier: BSD-3-Clause
//
// See attest_case.h.
#include "attest_case.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <openssl/evp.h>

#include "attest_fake.h"

#define ONE_ROOT 0x35ca

struct boot_case boot;

void boot_begin(void)
{
    memset(&boot, 0, sizeof(boot));
    boot.facts = (struct tessera_boot_facts){
        .version = 1,
        .lifecycle = 0xffffffff,
        .chain = ONE_ROOT,
        .counter = { 7, 9 },
    };
    memset(boot.facts.root_hash, 0xa1, 32);
    memset(boot.facts.implementation_id, 0xb2, 32);
    memset(boot.facts.boot_seed, 0xc3, 32);
    assert_int_equal(event_log_begin(&boot.log, boot.bytes, sizeof(boot.bytes)), 0);
    boot.boot.facts = &boot.facts;
    boot.boot.bytes = boot.bytes;
    boot.boot.size = boot.log.used;
}

void boot_add_data(uint32_t pcr, const char *name, const void *data, size_t size)
{
    struct boot_digests digests = { .have = BOOT_HASH_BANKS };

    EVP_Digest(data, size, digests.value[BOOT_SHA256], NULL, EVP_sha256(), NULL);
    EVP_Digest(data, size, digests.value[BOOT_SHA384], NULL, EVP_sha384(), NULL);
    assert_int_equal(event_log_add(&boot.log, pcr, name, &digests), 0);
    boot.boot.size = boot.log.used;
}

static size_t image_text(const char *name, char text[64])
{
    return (size_t)snprintf(text, 64, "image %s", name);
}

void boot_add(uint32_t pcr, const char *name)
{
    char text[64];

    boot_add_data(pcr, name, text, image_text(name, text));
}

void boot_image_hash(const char *name, uint8_t out[32])
{
    char text[64];

    fake_sha256(text, image_text(name, text), out);
}

// As critical_data.h says: lifecycle, chain, root key, platform's root key
void boot_seal(void)
{
    uint8_t critical[72];

    memcpy(critical, &boot.facts.lifecycle, 4);
    memcpy(critical + 4, &boot.facts.chain, 4);
    memcpy(critical + 8, boot.facts.root_hash, 32);
    memcpy(critical + 40, boot.facts.platform_root_hash, 32);
    boot_add_data(1, "CRITICAL_DATA", critical, sizeof(critical));
}

void boot_whole(void)
{
    static const char *const names[BOOT_WHOLE_IMAGES] = {
        "BL_2", "TB_FW_CONFIG", "SECURE_RT_EL3", "SECURE_RT_EL1_SPMD", "BL_33", "SP1", "SP5"
    };

    boot_begin();
    for (size_t i = 0; i < BOOT_WHOLE_IMAGES; i++) {
        boot_add(0, names[i]);
    }
    boot_seal();
}

// ---- A token ---------------------------------------------------------------------------------------------------------

// Whole, nothing behind it, and the same when libcbor writes it: shortest heads of strings, arrays, maps and tags. Integers
// keep the width they were read with, so those are looked at.
static cbor_item_t *load(const uint8_t *bytes, size_t size)
{
    struct cbor_load_result result;
    cbor_item_t *item = cbor_load(bytes, size, &result);
    unsigned char *again;
    size_t room;

    assert_non_null(item);
    assert_int_equal(result.error.code, CBOR_ERR_NONE);
    assert_int_equal(result.read, size);
    size_t length = cbor_serialize_alloc(item, &again, &room);
    assert_int_equal(length, size);
    assert_memory_equal(again, bytes, size);
    free(again);
    return item;
}

static void check_int(const cbor_item_t *item)
{
    uint64_t value = cbor_get_int(item);
    cbor_int_width width = value < 256       ? CBOR_INT_8 // in the head or behind it: libcbor chose
                           : value <= 0xffff ? CBOR_INT_16
                           : value <= UINT32_MAX ? CBOR_INT_32
                                                 : CBOR_INT_64;

    assert_int_equal(cbor_int_get_width(item), width);
}

// Items whose form is to be looked at
static struct {
    const cbor_item_t *items[512];
    size_t count;
} todo;

static void look_at(const cbor_item_t *item)
{
    assert_true(todo.count < sizeof(todo.items) / sizeof(todo.items[0]));
    todo.items[todo.count++] = item;
}

// Keys ascend in the order of their encoding (RFC 8949 4.2.1)
static void check_map(const cbor_item_t *map)
{
    unsigned char last[32] = { 0 };
    size_t last_size = 0;

    assert_true(cbor_map_is_definite(map));
    for (size_t i = 0; i < cbor_map_size(map); i++) {
        const struct cbor_pair *pair = &cbor_map_handle(map)[i];
        unsigned char key[32];
        size_t size = cbor_serialize(pair->key, key, sizeof(key));
        size_t common = size < last_size ? size : last_size;
        int order = memcmp(last, key, common);

        assert_true(i == 0 || order < 0 || (order == 0 && last_size < size));
        memcpy(last, key, size);
        last_size = size;
        look_at(pair->key);
        look_at(pair->value);
    }
}

static void check_one(const cbor_item_t *item)
{
    switch (cbor_typeof(item)) {
    case CBOR_TYPE_UINT:
    case CBOR_TYPE_NEGINT:
        check_int(item);
        break;
    case CBOR_TYPE_BYTESTRING:
        assert_true(cbor_bytestring_is_definite(item));
        break;
    case CBOR_TYPE_STRING:
        assert_true(cbor_string_is_definite(item));
        break;
    case CBOR_TYPE_ARRAY:
        assert_true(cbor_array_is_definite(item));
        for (size_t i = 0; i < cbor_array_size(item); i++) {
            look_at(cbor_array_handle(item)[i]);
        }
        break;
    case CBOR_TYPE_MAP:
        check_map(item);
        break;
    case CBOR_TYPE_TAG:
    case CBOR_TYPE_FLOAT_CTRL:
    default:
        fail_msg("an item of type %d", (int)cbor_typeof(item));
    }
}

static void check_form(const cbor_item_t *item)
{
    todo.count = 0;
    look_at(item);
    while (todo.count > 0) {
        check_one(todo.items[--todo.count]);
    }
}

static bool verify(const cbor_item_t *protected_header, const cbor_item_t *payload,
                   const uint8_t *signature, const uint8_t public_key[65])
{
    cbor_item_t *structure = cbor_new_definite_array(4);
    unsigned char *bytes;
    size_t room;

    assert_true(cbor_array_push(structure, cbor_move(cbor_build_string("Signature1"))));
    assert_true(cbor_array_push(structure, (cbor_item_t *)(uintptr_t)protected_header));
    assert_true(cbor_array_push(structure, cbor_move(cbor_build_bytestring(NULL, 0))));
    assert_true(cbor_array_push(structure, (cbor_item_t *)(uintptr_t)payload));
    size_t size = cbor_serialize_alloc(structure, &bytes, &room);
    bool good = fake_verify(public_key, bytes, size, signature);

    bytes[size - 1] ^= 1; // the last byte of the claims counts
    assert_false(fake_verify(public_key, bytes, size, signature));
    free(bytes);
    cbor_decref(&structure);
    return good;
}

cbor_item_t *token_open(const uint8_t *token, size_t size, const uint8_t public_key[65])
{
    static const uint8_t es256[] = { 0xa1, 0x01, 0x26 };

    assert_true(size > 1);
    assert_int_equal(token[0], 0xc0 | 18); // libcbor 0.8 takes this tag for an error
    cbor_item_t *sign1 = load(token + 1, size - 1);
    assert_true(cbor_isa_array(sign1));
    assert_int_equal(cbor_array_size(sign1), 4);
    cbor_item_t **parts = cbor_array_handle(sign1);
    assert_true(cbor_isa_bytestring(parts[0]));
    assert_int_equal(cbor_bytestring_length(parts[0]), sizeof(es256));
    assert_memory_equal(cbor_bytestring_handle(parts[0]), es256, sizeof(es256));
    assert_true(cbor_isa_map(parts[1]));
    assert_int_equal(cbor_map_size(parts[1]), 0);
    assert_true(cbor_isa_bytestring(parts[2]));
    assert_true(cbor_isa_bytestring(parts[3]));
    assert_int_equal(cbor_bytestring_length(parts[3]), 64);
    check_form(sign1);
    assert_true(verify(parts[0], parts[2], cbor_bytestring_handle(parts[3]), public_key));
    cbor_item_t *claims = load(cbor_bytestring_handle(parts[2]), cbor_bytestring_length(parts[2]));

    check_form(claims);
    assert_true(cbor_isa_map(claims));
    cbor_decref(&sign1);
    return claims;
}

cbor_item_t *token_claim(const cbor_item_t *map, int64_t key)
{
    for (size_t i = 0; i < cbor_map_size(map); i++) {
        const struct cbor_pair *pair = &cbor_map_handle(map)[i];
        uint64_t amount = key < 0 ? (uint64_t)(-1 - key) : (uint64_t)key;

        assert_true(cbor_is_int(pair->key));
        if (cbor_isa_negint(pair->key) == (key < 0) && cbor_get_int(pair->key) == amount) {
            return pair->value;
        }
    }
    return NULL;
}

void token_is_bytes(const cbor_item_t *map, int64_t key, const void *bytes, size_t size)
{
    cbor_item_t *item = token_claim(map, key);

    assert_non_null(item);
    assert_true(cbor_isa_bytestring(item));
    assert_int_equal(cbor_bytestring_length(item), size);
    assert_memory_equal(cbor_bytestring_handle(item), bytes, size);
}

void token_is_text(const cbor_item_t *map, int64_t key, const char *text)
{
    cbor_item_t *item = token_claim(map, key);

    assert_non_null(item);
    assert_true(cbor_isa_string(item));
    assert_int_equal(cbor_string_length(item), strlen(text));
    assert_memory_equal(cbor_string_handle(item), text, strlen(text));
}

void token_is_int(const cbor_item_t *map, int64_t key, int64_t value)
{
    cbor_item_t *item = token_claim(map, key);

    assert_non_null(item);
    assert_int_equal(cbor_isa_negint(item), value < 0);
    assert_true(cbor_get_int(item) == (value < 0 ? (uint64_t)(-1 - value) : (uint64_t)value));
}
