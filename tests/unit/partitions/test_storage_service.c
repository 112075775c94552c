// SPDX-License-Identifier: BSD-3-Clause
//
// The storage services (partitions/storage, all but log and glue) on a store in memory: encoding, the rules and codes of PSA
// Secure Storage 1.0 in its order, owners. Quotas and failures: test_storage_limits.c. Expected values are the specification's and those that
// psa-arch-tests (storage suites s001 … s017) ask for.
#include "tests/unit/partitions/storage_call.h"

// --- The life of an asset ---

static void test_what_is_set_is_got(void **state)
{
    (void)state;
    for (unsigned int space = ITS; space <= PS; space++) {
        assert_int_equal(set(space, 7, bytes, 32, 0), SUCCESS);
        assert_content(space, 7, bytes, 32);
        assert_info(space, 7, 32, 32, 0);
        assert_int_equal(set(space, 7, bytes + 1, 5, 0), SUCCESS); // s005: another size
        assert_content(space, 7, bytes + 1, 5);
        assert_info(space, 7, 5, 5, 0);
        assert_int_equal(remove_asset(space, 7), SUCCESS);
        assert_int_equal(get(space, 7, 0, 32), DOES_NOT_EXIST);
        assert_int_equal(get_info(space, 7), DOES_NOT_EXIST);
        assert_int_equal(remove_asset(space, 7), DOES_NOT_EXIST);
    }
    assert_int_equal(fake_count(), 0);
}

static void test_an_empty_asset_is_one(void **state)
{
    (void)state;
    assert_int_equal(set(ITS, 1, NULL, 0, 0), SUCCESS);
    assert_content(ITS, 1, NULL, 0);
    assert_info(ITS, 1, 0, 0, 0);
    assert_int_equal(get(ITS, 1, 1, 0), INVALID_ARGUMENT);
}

static void test_the_largest_asset_fits(void **state)
{
    static uint8_t large[STORAGE_DATA_MAX];

    (void)state;
    for (size_t i = 0; i < sizeof(large); i++) {
        large[i] = (uint8_t)(i * 7 + i / 256);
    }
    assert_int_equal(set(PS, UINT64_MAX, large, sizeof(large), 0), SUCCESS);
    assert_content(PS, UINT64_MAX, large, sizeof(large));
    assert_int_equal(set_extended(PS, UINT64_MAX, 0, large + 1, sizeof(large) - 1), SUCCESS);
    assert_int_equal(get(PS, UINT64_MAX, 100, 3), SUCCESS);
    assert_memory_equal(response, large + 101, 3);
}

static void test_larger_ones_do_not(void **state)
{
    static const uint8_t large[STORAGE_DATA_MAX + 1];

    (void)state;
    assert_int_equal(set(ITS, 1, large, sizeof(large), 0), INSUFFICIENT_STORAGE);
    assert_int_equal(create(PS, 1, sizeof(large), 0), INSUFFICIENT_STORAGE);
    assert_int_equal(create(PS, 1, 1ULL << 32, 0), INSUFFICIENT_STORAGE);
    assert_int_equal(create(PS, 1, UINT64_MAX, 0), INSUFFICIENT_STORAGE);
    assert_int_equal(changes(), 0);
}

static void test_the_two_services_are_two_stores(void **state)
{
    (void)state;
    assert_int_equal(set(ITS, 9, bytes, 8, 0), SUCCESS);
    assert_int_equal(get(PS, 9, 0, 8), DOES_NOT_EXIST);
    assert_int_equal(set(PS, 9, bytes + 8, 8, 0), SUCCESS);
    assert_content(ITS, 9, bytes, 8);
    assert_content(PS, 9, bytes + 8, 8);
    assert_int_equal(remove_asset(PS, 9), SUCCESS);
    assert_content(ITS, 9, bytes, 8);
}

static void test_clients_do_not_see_each_other(void **state)
{
    static const struct {
        uint16_t source;
        uint16_t client;
    } whos[] = { { NWD, 0 }, { NWD, 1 }, { NWD, 0xffff }, { SP1, 0 }, { SP1, 1 }, { SP3, 0 } };
    const size_t count = sizeof(whos) / sizeof(whos[0]);

    (void)state;
    for (size_t i = 0; i < count; i++) {
        source = whos[i].source;
        client = whos[i].client;
        assert_int_equal(get(ITS, 5, 0, 8), DOES_NOT_EXIST);
        assert_int_equal(get_info(ITS, 5), DOES_NOT_EXIST);
        assert_int_equal(remove_asset(ITS, 5), DOES_NOT_EXIST);
        assert_int_equal(set(ITS, 5, bytes + i, 8, i == 0 ? STORAGE_FLAG_WRITE_ONCE : 0), SUCCESS);
        assert_int_equal(set_extended(PS, 5, 0, bytes, 1), DOES_NOT_EXIST);
        assert_int_equal(create(PS, 5, 8, 0), SUCCESS);
    }
    for (size_t i = 0; i < count; i++) {
        source = whos[i].source;
        client = whos[i].client;
        assert_content(ITS, 5, bytes + i, 8);
    }
}

static void test_no_client_beyond_16_bits(void **state)
{
    static const uint16_t opcodes[] = { 0x100, 0x101, 0x102,  0x103, 0x104,
                                        0x105, 0x106, 0x7f00, 0x7f01 };

    (void)state;
    assert_int_equal(set(ITS, 5, bytes, 8, 0), SUCCESS);
    client = 0x10000;
    for (unsigned int space = ITS; space <= PS; space++) {
        for (size_t i = 0; i < sizeof(opcodes) / sizeof(opcodes[0]); i++) {
            put_u64(5);
            put_u64(0);
            put_u64(0);
            assert_int_equal(run(space, opcodes[i]), TS_RPC_INVALID_VALUE);
            assert_int_equal(response_size, 0);
        }
    }
    client = 0;
    assert_content(ITS, 5, bytes, 8);
}

// --- Rules of the specification ---

static void test_uid_0_is_no_asset(void **state)
{
    (void)state;
    for (unsigned int space = ITS; space <= PS; space++) {
        assert_int_equal(set(space, 0, bytes, 4, 0), INVALID_ARGUMENT);
        assert_int_equal(set(space, 0, bytes, 4, 0xffffffff), INVALID_ARGUMENT);
        assert_int_equal(get(space, 0, 0, 4), INVALID_ARGUMENT);
        assert_int_equal(get_info(space, 0), INVALID_ARGUMENT);
        assert_int_equal(remove_asset(space, 0), INVALID_ARGUMENT);
    }
    assert_int_equal(create(PS, 0, 4, 0), INVALID_ARGUMENT);
    assert_int_equal(set_extended(PS, 0, 0, bytes, 4), INVALID_ARGUMENT);
    assert_int_equal(changes() + fake.calls[FAKE_INFO] + fake.calls[FAKE_READ], 0);
}

static void test_unknown_flags_are_not_supported(void **state)
{
    (void)state;
    for (unsigned int bit = 0; bit < 32; bit++) {
        int32_t wanted = bit < 3 ? SUCCESS : NOT_SUPPORTED;

        for (unsigned int space = ITS; space <= PS; space++) {
            assert_int_equal(set(space, 100 + bit, bytes, 4, 1u << bit), wanted);
            if (wanted == SUCCESS) {
                assert_info(space, 100 + bit, 4, 4, 1u << bit);
            } else {
                assert_int_equal(get_info(space, 100 + bit), DOES_NOT_EXIST);
            }
        }
        // s015: what is written later cannot be written once
        assert_int_equal(create(PS, 200 + bit, 4, 1u << bit),
                         bit == 1 || bit == 2 ? SUCCESS : NOT_SUPPORTED);
    }
}

static void test_write_once_is_for_good(void **state)
{
    (void)state;
    for (unsigned int space = ITS; space <= PS; space++) {
        assert_int_equal(set(space, 3, bytes, 16, 0), SUCCESS); // may become write-once later
        assert_int_equal(set(space, 3, bytes, 16, STORAGE_FLAG_WRITE_ONCE), SUCCESS);
        assert_int_equal(set(space, 3, bytes + 4, 16, 0), NOT_PERMITTED);
        assert_int_equal(set(space, 3, bytes + 4, 16, STORAGE_FLAG_WRITE_ONCE), NOT_PERMITTED);
        assert_int_equal(set(space, 3, NULL, 0, 0), NOT_PERMITTED);
        assert_int_equal(set(space, 3, bytes, 16, 0x80000000), NOT_SUPPORTED);
        assert_int_equal(remove_asset(space, 3), NOT_PERMITTED);
        assert_content(space, 3, bytes, 16);
        assert_info(space, 3, 16, 16, STORAGE_FLAG_WRITE_ONCE);
    }
    assert_int_equal(set_extended(PS, 3, 0, bytes + 4, 1), NOT_PERMITTED);
    assert_int_equal(set_extended(PS, 3, 0, NULL, 0), NOT_PERMITTED);
    assert_int_equal(set_extended(PS, 3, 99, bytes, 1), NOT_PERMITTED);
    assert_int_equal(create(PS, 3, 16, 0), ALREADY_EXISTS);
    assert_content(PS, 3, bytes, 16);
}

// s008, s009, psa-arch-tests issue 333: the whole grid of offsets and sizes against what is there
static void test_offsets_and_sizes_of_a_read(void **state)
{
    static const uint64_t edges[] = {
        0,          1,          19,         20,         21,
        0x7fffffff, 0xffffffec, 0xffffffff, 1ULL << 32, (1ULL << 32) + 5,
        1ULL << 63, -(20ULL),   UINT64_MAX,
    };
    const size_t count = sizeof(edges) / sizeof(edges[0]);

    (void)state;
    assert_int_equal(set(ITS, 8, bytes, 20, 0), SUCCESS);
    for (size_t i = 0; i < count; i++) {
        for (size_t j = 0; j < count; j++) {
            uint64_t offset = edges[i];
            uint64_t size = edges[j];

            if (offset > 20 || size > 0xffffffff - offset) {
                assert_int_equal(get(ITS, 8, offset, size), INVALID_ARGUMENT);
            } else {
                uint64_t left = 20 - offset;

                assert_int_equal(get(ITS, 8, offset, size), SUCCESS);
                assert_int_equal(response_size, size < left ? size : left);
                assert_memory_equal(response, bytes + offset, response_size);
            }
        }
    }
}

static void test_a_read_takes_what_fits_the_clients_memory(void **state)
{
    (void)state;
    assert_int_equal(set(PS, 8, bytes, 32, 0), SUCCESS);
    response_max = 10;
    assert_int_equal(get(PS, 8, 4, 32), SUCCESS);
    assert_int_equal(response_size, 10);
    assert_memory_equal(response, bytes + 4, 10);
    response_max = 0;
    assert_int_equal(get(PS, 8, 4, 32), SUCCESS);
    assert_int_equal(response_size, 0);
}

static void test_created_assets_grow_by_set_extended(void **state)
{
    (void)state;
    assert_int_equal(create(PS, 4, 16, STORAGE_FLAG_NO_CONFIDENTIALITY), SUCCESS);
    assert_info(PS, 4, 16, 0, STORAGE_FLAG_NO_CONFIDENTIALITY);
    assert_content(PS, 4, NULL, 0);
    assert_int_equal(set_extended(PS, 4, 0, bytes, 8), SUCCESS);
    assert_info(PS, 4, 16, 8, STORAGE_FLAG_NO_CONFIDENTIALITY);
    assert_int_equal(set_extended(PS, 4, 10, bytes, 2), INVALID_ARGUMENT); // s017: a hole
    assert_int_equal(set_extended(PS, 4, 8, bytes + 8, 8), SUCCESS);
    assert_content(PS, 4, bytes, 16);
    assert_int_equal(set_extended(PS, 4, 2, bytes + 20, 3), SUCCESS);
    assert_info(PS, 4, 16, 16, STORAGE_FLAG_NO_CONFIDENTIALITY);
    assert_int_equal(get(PS, 4, 2, 3), SUCCESS);
    assert_memory_equal(response, bytes + 20, 3);
    // s012
    assert_int_equal(set_extended(PS, 4, 16, bytes, 2), INVALID_ARGUMENT);
    assert_int_equal(set_extended(PS, 4, 18, NULL, 0), INVALID_ARGUMENT);
    assert_int_equal(set_extended(PS, 4, 1, bytes, 16), INVALID_ARGUMENT);
    assert_int_equal(set_extended(PS, 4, 0, bytes, 17), INVALID_ARGUMENT);
    assert_int_equal(set_extended(PS, 4, 1ULL << 32, bytes, 1), INVALID_ARGUMENT);
    assert_int_equal(set_extended(PS, 4, UINT64_MAX, bytes, 2), INVALID_ARGUMENT);
    assert_int_equal(set(PS, 4, bytes, 4, 0), SUCCESS); // and set makes it anew
    assert_info(PS, 4, 4, 4, 0);
    assert_int_equal(set_extended(PS, 4, 4, bytes, 1), INVALID_ARGUMENT);
}

static void test_writing_nothing_changes_nothing(void **state)
{
    (void)state;
    assert_int_equal(create(PS, 4, 0, 0), SUCCESS); // s013
    assert_int_equal(set_extended(PS, 4, 0, NULL, 0), SUCCESS);
    assert_info(PS, 4, 0, 0, 0);
    assert_int_equal(create(PS, 5, 16, 0), SUCCESS);
    assert_int_equal(set_extended(PS, 5, 0, bytes, 8), SUCCESS);
    unsigned int before = changes();

    assert_int_equal(set_extended(PS, 5, 8, NULL, 0), SUCCESS);
    assert_int_equal(changes(), before);
    assert_int_equal(set_extended(PS, 6, 0, NULL, 0), DOES_NOT_EXIST);
}

static void test_nothing_is_created_twice(void **state)
{
    (void)state;
    assert_int_equal(set(PS, 4, bytes, 16, 0), SUCCESS);
    assert_int_equal(create(PS, 4, 16, 0), ALREADY_EXISTS); // s011, s013
    assert_int_equal(create(PS, 4, 8, 0), ALREADY_EXISTS);
    assert_int_equal(create(PS, 4, 1 << 20, 0), ALREADY_EXISTS);
    assert_int_equal(create(PS, 4, 16, STORAGE_FLAG_WRITE_ONCE), NOT_SUPPORTED);
    assert_info(PS, 4, 16, 16, 0);
    assert_content(PS, 4, bytes, 16);
}

static void test_its_has_no_create(void **state)
{
    (void)state;
    assert_int_equal(create(ITS, 4, 16, 0), NOT_SUPPORTED);
    assert_int_equal(get_info(ITS, 4), DOES_NOT_EXIST);
    assert_int_equal(set(ITS, 4, bytes, 4, 0), SUCCESS);
    assert_int_equal(set_extended(ITS, 4, 0, bytes + 8, 2), NOT_SUPPORTED);
    assert_content(ITS, 4, bytes, 4);
    assert_int_equal(get_info(PS, 4), DOES_NOT_EXIST);
}

static void test_what_is_supported(void **state)
{
    uint32_t support;

    (void)state;
    for (unsigned int space = ITS; space <= PS; space++) {
        response_max = STORAGE_DATA_MAX;
        assert_int_equal(run(space, 0x106), 0);
        assert_int_equal(status, SUCCESS);
        assert_int_equal(response_size, sizeof(support));
        memcpy(&support, response, sizeof(support));
        assert_int_equal(support, space == PS ? 1 : 0);
        response_max = 3;
        assert_int_equal(run(space, 0x106), TS_RPC_INVALID_RESPONSE_BODY);
    }
}

// --- Bad requests ---

static void test_short_requests_are_refused(void **state)
{
    static const struct {
        uint16_t opcode;
        size_t size;
    } heads[] = { { 0x100, 20 }, { 0x101, 24 }, { 0x102, 8 },
                  { 0x103, 8 },  { 0x104, 20 }, { 0x105, 24 } };
    static const uint8_t zeros[24];

    (void)state;
    for (size_t i = 0; i < sizeof(heads) / sizeof(heads[0]); i++) {
        for (size_t size = 0; size < heads[i].size; size++) {
            put(zeros, size);
            assert_int_equal(run(PS, heads[i].opcode), TS_RPC_INVALID_REQUEST_BODY);
        }
        put(zeros, heads[i].size);
        assert_int_equal(run(PS, heads[i].opcode), 0);
        assert_int_equal(status, INVALID_ARGUMENT); // uid 0
    }
    assert_int_equal(changes(), 0);
}

static void test_sizes_that_lie_are_refused(void **state)
{
    static const uint64_t lies[] = { 5,          0x10000,         0x7fffffff,
                                     0xffffffff, 1ULL << 32,      (1ULL << 32) + 4,
                                     1ULL << 63, UINT64_MAX - 19, UINT64_MAX };

    (void)state;
    assert_int_equal(set(PS, 4, bytes, 32, 0), SUCCESS);
    unsigned int before = changes();

    for (size_t i = 0; i < sizeof(lies) / sizeof(lies[0]); i++) {
        put_u64(4);
        put_u64(lies[i]);
        put_u32(0);
        put(bytes, 4);
        assert_int_equal(run(PS, 0x100), TS_RPC_INVALID_REQUEST_BODY);
        put_u64(4);
        put_u64(0);
        put_u64(lies[i]);
        put(bytes, 4);
        assert_int_equal(run(PS, 0x105), TS_RPC_INVALID_REQUEST_BODY);
    }
    assert_int_equal(changes(), before);
    assert_content(PS, 4, bytes, 32);
}

static void test_longer_requests_are_fine(void **state)
{
    (void)state;
    put_u64(4);
    put_u64(3);
    put_u32(0);
    put(bytes, 32);
    assert_int_equal(run(ITS, 0x100), 0);
    assert_int_equal(status, SUCCESS);
    assert_content(ITS, 4, bytes, 3);
    put_u64(4);
    put(bytes, 32);
    assert_int_equal(run(ITS, 0x103), 0);
    assert_int_equal(status, SUCCESS);
}

static void test_info_needs_its_room(void **state)
{
    (void)state;
    assert_int_equal(set(ITS, 4, bytes, 4, 0), SUCCESS);
    response_max = 19;
    put_u64(4);
    assert_int_equal(run(ITS, 0x102), TS_RPC_INVALID_RESPONSE_BODY);
    response_max = 20;
    assert_info(ITS, 4, 4, 4, 0);
}

static void test_the_tables_are_in_order(void **state)
{
    static const uint32_t its[4] = { 0x48ef1edc, 0xcf4c7ab1, 0xcfdf8bac, 0x141b71f7 };
    static const uint32_t ps[4] = { 0x01f81b75, 0x6847de3d, 0x100f14a5, 0x9017edae };

    (void)state;
    assert_memory_equal(storage_services[0].uuid, its, sizeof(its));
    assert_memory_equal(storage_services[1].uuid, ps, sizeof(ps));
    for (unsigned int space = ITS; space <= PS; space++) {
        const struct sp_rpc_service *service = &storage_services[space];

        for (size_t i = 1; i < service->row_count; i++) {
            assert_true(service->rows[i].opcode > service->rows[i - 1].opcode);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(test_what_is_set_is_got, setup),
        cmocka_unit_test_setup(test_an_empty_asset_is_one, setup),
        cmocka_unit_test_setup(test_the_largest_asset_fits, setup),
        cmocka_unit_test_setup(test_larger_ones_do_not, setup),
        cmocka_unit_test_setup(test_the_two_services_are_two_stores, setup),
        cmocka_unit_test_setup(test_clients_do_not_see_each_other, setup),
        cmocka_unit_test_setup(test_no_client_beyond_16_bits, setup),
        cmocka_unit_test_setup(test_uid_0_is_no_asset, setup),
        cmocka_unit_test_setup(test_unknown_flags_are_not_supported, setup),
        cmocka_unit_test_setup(test_write_once_is_for_good, setup),
        cmocka_unit_test_setup(test_offsets_and_sizes_of_a_read, setup),
        cmocka_unit_test_setup(test_a_read_takes_what_fits_the_clients_memory, setup),
        cmocka_unit_test_setup(test_created_assets_grow_by_set_extended, setup),
        cmocka_unit_test_setup(test_writing_nothing_changes_nothing, setup),
        cmocka_unit_test_setup(test_nothing_is_created_twice, setup),
        cmocka_unit_test_setup(test_its_has_no_create, setup),
        cmocka_unit_test_setup(test_what_is_supported, setup),
        cmocka_unit_test_setup(test_short_requests_are_refused, setup),
        cmocka_unit_test_setup(test_sizes_that_lie_are_refused, setup),
        cmocka_unit_test_setup(test_longer_requests_are_fine, setup),
        cmocka_unit_test_setup(test_info_needs_its_room, setup),
        cmocka_unit_test_setup(test_the_tables_are_in_order, setup),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
