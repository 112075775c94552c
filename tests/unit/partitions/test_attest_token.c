// SPDX-License-Identifier: BSD-3-Clause
//
// attest_token.c: tokens of both profiles, read by libcbor and checked by OpenSSL; their size to the byte; all that is refused.
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "attest_case.h"
#include "attest_fake.h"
#include "attest_key.h"
#include "attest_token.h"

static struct attest_claims claims;
static uint8_t nonce[64];
static uint8_t token[ATTEST_TOKEN_MAX + 16];
static uint8_t public_key[65];

static int prepare(void **state)
{
    const uint8_t key[32] = { 1, 2, 3, 4 };

    (void)state;
    fake_reset();
    attest_key_init(key);
    assert_int_equal(attest_key_load(), 0);
    fake_public_key(key, public_key);
    for (size_t i = 0; i < sizeof(nonce); i++) {
        nonce[i] = (uint8_t)(i + 1);
    }
    memset(&claims, 0, sizeof(claims));
    claims.lifecycle = 0x1000;
    memset(claims.ueid, 0x11, sizeof(claims.ueid));
    memset(claims.boot_seed, 0x22, sizeof(claims.boot_seed));
    memset(claims.implementation_id, 0x33, sizeof(claims.implementation_id));
    claims.component_count = 2;
    strcpy(claims.components[0].type, "BL_2");
    strcpy(claims.components[0].version, "7");
    memset(claims.components[0].measurement, 0x44, 32);
    memset(claims.components[0].signer, 0x55, 32);
    strcpy(claims.components[1].type, "SP1");
    memset(claims.components[1].measurement, 0x66, 32);
    memset(claims.components[1].signer, 0x77, 32);
    return 0;
}

static size_t build(size_t nonce_size, int32_t client_id)
{
    const struct attest_request request = { nonce, nonce_size, client_id };
    size_t size;
    size_t told;

    memset(token, 0x3c, sizeof(token));
    assert_int_equal(
        attest_token_build(&claims, &request, attest_key_sign, token, ATTEST_TOKEN_MAX, &size), 0);
    assert_int_equal(token[ATTEST_TOKEN_MAX], 0x3c);
    assert_int_equal(attest_token_size(&claims, &request, &told), 0);
    assert_int_equal(told, size);
    return size;
}

// Keys of a profile in the order in which the fields of struct attest_claims have them
struct labels {
    int64_t nonce, ueid, profile, boot_seed, client_id, lifecycle, implementation_id, components;
    const char *name;
};
static const struct labels rfc_9783 = { 10,   256,  265,
                                        268,  2394, 2395,
                                        2396, 2399, "tag:psacertified.org,2023:psa#tfm" };
static const struct labels iot_1 = { -75008, -75009, -75000,
                                     -75004, -75001, -75002,
                                     -75003, -75006, "PSA_IOT_PROFILE_1" };

static void check_components(const cbor_item_t *array)
{
    assert_true(cbor_isa_array(array));
    assert_int_equal(cbor_array_size(array), claims.component_count);
    for (size_t i = 0; i < claims.component_count; i++) {
        const cbor_item_t *map = cbor_array_handle(array)[i];
        const struct attest_component *component = &claims.components[i];

        assert_true(cbor_isa_map(map));
        token_is_text(map, 1, component->type);
        token_is_bytes(map, 2, component->measurement, 32);
        token_is_bytes(map, 5, component->signer, 32);
        token_is_text(map, 6, "sha-256");
        if (component->version[0] != '\0') {
            token_is_text(map, 4, component->version);
        } else {
            assert_null(token_claim(map, 4));
        }
        assert_int_equal(cbor_map_size(map), component->version[0] != '\0' ? 5 : 4);
    }
}

static void check(size_t size, const struct labels *labels, size_t nonce_size, int32_t client_id)
{
    cbor_item_t *map = token_open(token, size, public_key);

    assert_int_equal(cbor_map_size(map), 8);
    token_is_bytes(map, labels->nonce, nonce, nonce_size);
    token_is_bytes(map, labels->ueid, claims.ueid, 33);
    token_is_text(map, labels->profile, labels->name);
    token_is_bytes(map, labels->boot_seed, claims.boot_seed, 32);
    token_is_int(map, labels->client_id, client_id);
    token_is_int(map, labels->lifecycle, claims.lifecycle);
    token_is_bytes(map, labels->implementation_id, claims.implementation_id, 32);
    check_components(token_claim(map, labels->components));
    cbor_decref(&map);
}

static const size_t nonce_sizes[] = { 32, 48, 64 };
static const int32_t clients[] = { -1, -2, -24, -25,    -256,    -257,      -65536,   -65537,
                                   1,  23, 24,  0x8001, 0x10000, INT32_MAX, INT32_MIN };

static void a_token_is_what_rfc_9783_says(void **state)
{
    (void)state;
    for (size_t n = 0; n < 3; n++) {
        for (size_t c = 0; c < sizeof(clients) / sizeof(clients[0]); c++) {
            size_t size = build(nonce_sizes[n], clients[c]);

            check(size, &rfc_9783, nonce_sizes[n], clients[c]);
        }
    }
}

static void the_older_profile_has_its_own_labels(void **state)
{
    (void)state;
    claims.profile = ATTEST_PROFILE_IOT_1;
    for (size_t n = 0; n < 3; n++) {
        for (size_t c = 0; c < sizeof(clients) / sizeof(clients[0]); c++) {
            size_t size = build(nonce_sizes[n], clients[c]);

            check(size, &iot_1, nonce_sizes[n], clients[c]);
        }
    }
}

static void the_envelope_begins_as_rfc_9052_says(void **state)
{
    static const uint8_t head[] = { 0xd2, 0x84, 0x43, 0xa1, 0x01, 0x26, 0xa0 };

    (void)state;
    (void)build(32, -1);
    assert_memory_equal(token, head, sizeof(head));
}

static void lifecycles_of_all_lengths_are_written(void **state)
{
    static const uint16_t lifecycles[] = { 0, 23, 24, 255, 256, 0x1000, 0x3000, 0x60ff, 0xffff };

    (void)state;
    for (size_t i = 0; i < sizeof(lifecycles) / sizeof(lifecycles[0]); i++) {
        claims.lifecycle = lifecycles[i];
        check(build(48, -1), &rfc_9783, 48, -1);
    }
}

static void the_largest_token_has_room(void **state)
{
    (void)state;
    claims.component_count = ATTEST_COMPONENTS_MAX;
    for (size_t i = 0; i < ATTEST_COMPONENTS_MAX; i++) {
        struct attest_component *component = &claims.components[i];

        memset(component, 0, sizeof(*component));
        memset(component->type, 'A' + (int)i, ATTEST_TEXT_MAX - 1);
        memset(component->version, '0', ATTEST_TEXT_MAX - 1);
        memset(component->measurement, (int)i, 32);
        memset(component->signer, 0xff - (int)i, 32);
    }
    for (int profile = 0; profile < 2; profile++) {
        claims.profile = (enum attest_profile)profile;
        claims.lifecycle = 0xffff;
        size_t size = build(64, INT32_MIN);

        assert_true(size <= ATTEST_TOKEN_MAX);
        check(size, profile == 0 ? &rfc_9783 : &iot_1, 64, INT32_MIN);
    }
}

static void refused(const struct attest_request *request, size_t room, int expected)
{
    size_t size = 99;

    memset(token, 0x3c, sizeof(token));
    assert_int_equal(attest_token_build(&claims, request, attest_key_sign, token, room, &size),
                     expected);
    assert_int_equal(size, 99);
    for (size_t i = 0; i < room; i++) {
        assert_int_equal(token[i], 0);
    }
    assert_int_equal(token[room], 0x3c);
}

static void other_nonces_are_refused(void **state)
{
    static const size_t sizes[] = { 0, 1, 31, 33, 47, 49, 63, 65, 128, SIZE_MAX };
    size_t size = 99;

    (void)state;
    for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
        const struct attest_request request = { nonce, sizes[i], -1 };

        refused(&request, ATTEST_TOKEN_MAX, ERR_INVALID);
        assert_int_equal(attest_token_size(&claims, &request, &size), ERR_INVALID);
        assert_int_equal(size, 99);
    }
    assert_int_equal(fake.signs, 0);
}

static void what_no_token_can_say_is_refused(void **state)
{
    struct attest_request request = { nonce, 32, 0 };

    (void)state;
    refused(&request, ATTEST_TOKEN_MAX, ERR_INVALID); // no client
    request.client_id = -1;
    claims.component_count = 0;
    refused(&request, ATTEST_TOKEN_MAX, ERR_INVALID);
    claims.component_count = ATTEST_COMPONENTS_MAX + 1;
    refused(&request, ATTEST_TOKEN_MAX, ERR_INVALID);
    claims.component_count = 2;
    claims.profile = (enum attest_profile)2;
    refused(&request, ATTEST_TOKEN_MAX, ERR_INVALID);
    claims.profile = ATTEST_PROFILE_RFC9783;
    memset(claims.components[1].type, 'x', ATTEST_TEXT_MAX);
    refused(&request, ATTEST_TOKEN_MAX, ERR_INVALID);
    strcpy(claims.components[1].type, "SP1");
    memset(claims.components[1].version, 'x', ATTEST_TEXT_MAX);
    refused(&request, ATTEST_TOKEN_MAX, ERR_INVALID);
    assert_int_equal(fake.signs, 0);
}

static void too_little_room_leaves_zeros(void **state)
{
    const struct attest_request request = { nonce, 32, -1 };
    size_t whole = build(32, -1);
    size_t size;

    (void)state;
    fake.signs = 0;
    for (size_t room = 0; room < whole; room++) {
        refused(&request, room, ERR_NO_MEMORY);
    }
    assert_int_equal(fake.signs, 0); // nothing is signed that cannot be given
    token[whole] = 0x3c;
    assert_int_equal(attest_token_build(&claims, &request, attest_key_sign, token, whole, &size),
                     0);
    assert_int_equal(size, whole);
    assert_int_equal(token[whole], 0x3c);
    check(whole, &rfc_9783, 32, -1);
}

static void a_signer_that_fails_leaves_zeros(void **state)
{
    const struct attest_request request = { nonce, 32, -1 };

    (void)state;
    fake.sign_status = PSA_ERROR_COMMUNICATION_FAILURE;
    refused(&request, ATTEST_TOKEN_MAX, ERR_IO);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(a_token_is_what_rfc_9783_says, prepare),
        cmocka_unit_test_setup(the_older_profile_has_its_own_labels, prepare),
        cmocka_unit_test_setup(the_envelope_begins_as_rfc_9052_says, prepare),
        cmocka_unit_test_setup(lifecycles_of_all_lengths_are_written, prepare),
        cmocka_unit_test_setup(the_largest_token_has_room, prepare),
        cmocka_unit_test_setup(other_nonces_are_refused, prepare),
        cmocka_unit_test_setup(what_no_token_can_say_is_refused, prepare),
        cmocka_unit_test_setup(too_little_room_leaves_zeros, prepare),
        cmocka_unit_test_setup(a_signer_that_fails_leaves_zeros, prepare),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
