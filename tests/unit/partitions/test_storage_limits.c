// SPDX-License-Identifier: BSD-3-Clause
//
// The storage services' limits on a store in memory: quotas of endpoints and the pool that partitions share, what each error of the
// store becomes, capabilities.
#include "tests/unit/partitions/storage_call.h"
#include "ts_caps.h"

// --- Quotas ---

static uint32_t fill(uint64_t first_uid, size_t size)
{
    static const uint8_t zeros[STORAGE_DATA_MAX];
    uint32_t count = 0;

    while (set(PS, first_uid + count, zeros, size, 0) == SUCCESS) {
        count++;
        assert_true(count < FAKE_ASSETS);
    }
    assert_int_equal(status, INSUFFICIENT_STORAGE);
    return count;
}

// s003
static void test_the_normal_worlds_quota(void **state)
{
    (void)state;
    assert_int_equal(fill(1, 16), STORAGE_ASSETS_NWD);
    assert_int_equal(set(ITS, 1, bytes, 1, 0), INSUFFICIENT_STORAGE); // both services together
    client = 1;                                                       // all clients together
    assert_int_equal(set(PS, 1000, bytes, 1, 0), INSUFFICIENT_STORAGE);
    assert_int_equal(create(PS, 1000, 0, 0), INSUFFICIENT_STORAGE);
    client = 0;
    assert_int_equal(set(PS, 1, bytes, 32, 0), SUCCESS); // what is there may change
    assert_int_equal(remove_asset(PS, 1), SUCCESS);
    assert_int_equal(set(PS, 1000, bytes, 1, 0), SUCCESS);
    source = SP1;
    assert_int_equal(set(PS, 1, bytes, 1, 0), SUCCESS);
}

static void test_bytes_are_counted_too(void **state)
{
    static const uint8_t large[STORAGE_DATA_MAX];

    (void)state;
    assert_int_equal(fill(1, STORAGE_DATA_MAX), STORAGE_BYTES_NWD / STORAGE_DATA_MAX);
    assert_int_equal(set(PS, 1, large, STORAGE_DATA_MAX, 0), SUCCESS);
    assert_int_equal(set(PS, 1, large, 100, 0), SUCCESS);
    assert_int_equal(create(PS, 1000, STORAGE_DATA_MAX - 99, 0), INSUFFICIENT_STORAGE);
    assert_int_equal(create(PS, 1000, STORAGE_DATA_MAX - 100, 0), SUCCESS);
    assert_int_equal(set(PS, 1, large, 101, 0), INSUFFICIENT_STORAGE);
    assert_info(PS, 1, 100, 100, 0);
    assert_int_equal(set_extended(PS, 1000, 0, large, STORAGE_DATA_MAX - 100), SUCCESS);
    // Nothing more of any size but none
    assert_int_equal(set(ITS, 1, bytes, 1, 0), INSUFFICIENT_STORAGE);
    assert_int_equal(set(ITS, 1, NULL, 0, 0), SUCCESS);
}

static void test_partitions_share_a_pool_beyond_their_own(void **state)
{
    (void)state;
    source = SP1;
    assert_int_equal(fill(1, 8), STORAGE_ASSETS_SP + STORAGE_ASSETS_POOL);
    source = SP3; // has its own, whatever the other took
    assert_int_equal(fill(1, 8), STORAGE_ASSETS_SP);
    source = NWD;
    assert_int_equal(set(PS, 1, bytes, 1, 0), SUCCESS);
    source = SP1;
    for (uint64_t uid = 1; uid <= 10; uid++) {
        assert_int_equal(remove_asset(PS, uid), SUCCESS);
    }
    source = SP3;
    assert_int_equal(fill(100, 8), 10);
    source = SP1;
    assert_int_equal(set(PS, 1, bytes, 1, 0), INSUFFICIENT_STORAGE);
    assert_int_equal(set(PS, 11, bytes, 9, 0), SUCCESS);
}

static void test_the_pools_bytes(void **state)
{
    (void)state;
    source = SP3;
    assert_int_equal(fill(1, 0x8000), (STORAGE_BYTES_SP + STORAGE_BYTES_POOL) / 0x8000);
    source = SP1;
    assert_int_equal(fill(1, 0x8000), STORAGE_BYTES_SP / 0x8000);
    assert_int_equal(set(PS, 1, bytes, 32, 0), SUCCESS);
    assert_int_equal(create(PS, 2, 0x8000 - 32, 0), SUCCESS);
    assert_int_equal(create(PS, 3, 1, 0), INSUFFICIENT_STORAGE);
}

static void test_every_partition_has_its_own_and_nobody_else(void **state)
{
    static const uint16_t nobody[] = { 1, 0x7fff, 0x8000, 0x8001 + STORAGE_SPS_MAX, 0xffff };

    (void)state;
    source = SP1;
    assert_int_equal(fill(1, 1), STORAGE_ASSETS_SP + STORAGE_ASSETS_POOL);
    for (uint16_t i = 1; i < STORAGE_SPS_MAX - 1; i++) {
        source = (uint16_t)(SP1 + i);
        assert_int_equal(fill(1, 1), STORAGE_ASSETS_SP);
    }
    source = NWD;
    assert_int_equal(fill(1, 1), STORAGE_ASSETS_NWD);
    assert_int_equal(fake_count(), STORAGE_ASSETS_ALL);
    for (size_t i = 0; i < sizeof(nobody) / sizeof(nobody[0]); i++) {
        source = nobody[i];
        assert_int_equal(set(PS, 1, NULL, 0, 0), INSUFFICIENT_STORAGE);
    }
}

static void test_full_flash_is_insufficient_storage(void **state)
{
    (void)state;
    fake.room = 40;
    assert_int_equal(set(ITS, 1, bytes, 32, 0), SUCCESS);
    assert_int_equal(set(ITS, 2, bytes, 9, 0), INSUFFICIENT_STORAGE);
    assert_int_equal(create(PS, 2, 9, 0), INSUFFICIENT_STORAGE);
    assert_int_equal(set(ITS, 1, bytes, 4, 0), SUCCESS);
    assert_int_equal(set(ITS, 2, bytes, 9, 0), SUCCESS);
}

// --- Failures ---

static void test_each_error_has_its_status(void **state)
{
    static const struct {
        int error;
        int32_t status;
    } known[] = {
        { ERR_INVALID, INVALID_ARGUMENT },
        { ERR_NOT_FOUND, DOES_NOT_EXIST },
        { ERR_RANGE, INVALID_ARGUMENT },
        { ERR_DUPLICATE, ALREADY_EXISTS },
        { ERR_NO_MEMORY, INSUFFICIENT_STORAGE },
        { ERR_IO, STORAGE_FAILURE },
        { ERR_TIMEOUT, STORAGE_FAILURE },
        { ERR_DENIED, STORAGE_FAILURE },
        { ERR_CORRUPT, DATA_CORRUPT },
        { ERR_BUSY, GENERIC_ERROR },
        { -99, GENERIC_ERROR },
        { 5, GENERIC_ERROR },
    };

    (void)state;
    assert_int_equal(set(PS, 1, bytes, 32, 0), SUCCESS);
    for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
        fake.fail[FAKE_SET] = known[i].error;
        assert_int_equal(set(PS, 1, bytes, 4, 0), known[i].status);
        fake.fail[FAKE_READ] = known[i].error;
        assert_int_equal(get(PS, 1, 0, 32), known[i].status);
        assert_int_equal(response[0], 0); // whatever the log left there
        fake.fail[FAKE_WRITE] = known[i].error;
        assert_int_equal(set_extended(PS, 1, 0, bytes, 1), known[i].status);
        fake.fail[FAKE_REMOVE] = known[i].error;
        assert_int_equal(remove_asset(PS, 1), known[i].status);
        fake.fail[FAKE_CREATE] = known[i].error;
        assert_int_equal(create(PS, 2, 1, 0), known[i].status);
    }
    memset(fake.fail, 0, sizeof(fake.fail));
    assert_content(PS, 1, bytes, 32);
}

static void test_nothing_is_done_when_the_state_is_unknown(void **state)
{
    (void)state;
    assert_int_equal(set(PS, 1, bytes, 32, STORAGE_FLAG_WRITE_ONCE), SUCCESS);
    unsigned int before = changes();

    fake.fail[FAKE_INFO] = ERR_IO;
    assert_int_equal(set(PS, 1, bytes, 4, 0), STORAGE_FAILURE);
    assert_int_equal(get(PS, 1, 0, 4), STORAGE_FAILURE);
    assert_int_equal(get_info(PS, 1), STORAGE_FAILURE);
    assert_int_equal(set_extended(PS, 1, 0, bytes, 1), STORAGE_FAILURE);
    assert_int_equal(create(PS, 1, 4, 0), STORAGE_FAILURE);
    assert_int_equal(remove_asset(PS, 1), STORAGE_FAILURE);
    assert_int_equal(changes(), before);
}

static void test_a_damaged_asset_can_be_replaced(void **state)
{
    const struct storage_name first = { .owner = NWD, .space = PS, .uid = 1 };
    const struct storage_name second = { .owner = NWD, .space = PS, .uid = 2 };

    (void)state;
    for (int whole = 0; whole <= 1; whole++) {
        assert_int_equal(set(PS, 1, bytes, 32, 0), SUCCESS);
        assert_int_equal(set(PS, 2, bytes, 32, 0), SUCCESS);
        fake_damage(&first, whole != 0);
        fake_damage(&second, whole != 0);
        assert_int_equal(get(PS, 1, 0, 4), DATA_CORRUPT);
        assert_int_equal(get_info(PS, 1), whole != 0 ? DATA_CORRUPT : SUCCESS);
        assert_int_equal(set_extended(PS, 1, 0, bytes, 1), DATA_CORRUPT);
        assert_int_equal(create(PS, 1, 1, 0), ALREADY_EXISTS);
        assert_int_equal(set(PS, 1, bytes + 1, 8, 0), SUCCESS);
        assert_content(PS, 1, bytes + 1, 8);
        assert_int_equal(remove_asset(PS, 2), SUCCESS);
        assert_int_equal(get(PS, 2, 0, 4), DOES_NOT_EXIST);
    }
}

static void test_damage_does_not_lift_write_once(void **state)
{
    const struct storage_name name = { .owner = NWD, .space = ITS, .uid = 1 };

    (void)state;
    assert_int_equal(set(ITS, 1, bytes, 32, STORAGE_FLAG_WRITE_ONCE), SUCCESS);
    fake_damage(&name, false); // the log still knows what it is
    assert_int_equal(get(ITS, 1, 0, 4), DATA_CORRUPT);
    assert_int_equal(set(ITS, 1, bytes, 4, 0), NOT_PERMITTED);
    assert_int_equal(remove_asset(ITS, 1), NOT_PERMITTED);
}

static void test_a_log_that_read_too_much_is_not_believed(void **state)
{
    (void)state;
    assert_int_equal(set(ITS, 1, bytes, 32, 0), SUCCESS);
    fake.read_too_much = 1;
    assert_int_equal(get(ITS, 1, 0, 32), GENERIC_ERROR);
    assert_int_equal(response[0], 0);
}

static void test_without_a_store_arguments_are_checked_first(void **state)
{
    static const struct {
        int error;
        int32_t its;
        int32_t ps;
    } mounts[] = { { ERR_CORRUPT, DATA_CORRUPT, INVALID_SIGNATURE },
                   { ERR_IO, STORAGE_FAILURE, STORAGE_FAILURE },
                   { ERR_VERSION, STORAGE_FAILURE, STORAGE_FAILURE },
                   { ERR_NOT_FOUND, STORAGE_FAILURE, STORAGE_FAILURE } };

    (void)state;
    assert_int_equal(set(ITS, 1, bytes, 32, 0), SUCCESS);
    assert_int_equal(set(PS, 1, bytes, 32, 0), SUCCESS);
    unsigned int before = changes();

    for (size_t i = 0; i < sizeof(mounts) / sizeof(mounts[0]); i++) {
        storage_service_init(mounts[i].error);
        for (unsigned int space = ITS; space <= PS; space++) {
            int32_t wanted = space == ITS ? mounts[i].its : mounts[i].ps;

            assert_int_equal(set(space, 0, bytes, 4, 0), INVALID_ARGUMENT);
            assert_int_equal(set(space, 1, bytes, 4, 8), NOT_SUPPORTED);
            assert_int_equal(set(space, 1, bytes, 4, 0), wanted);
            assert_int_equal(get(space, 1, 0, 4), wanted);
            assert_int_equal(get_info(space, 1), wanted);
            assert_int_equal(remove_asset(space, 1), wanted);
            assert_int_equal(run(space, 0x106), 0);
            assert_int_equal(status, SUCCESS);
            assert_int_equal(run(space, 0x7f00), 0);
            assert_int_equal(status, SUCCESS);
        }
        assert_int_equal(create(PS, 2, 4, STORAGE_FLAG_WRITE_ONCE), NOT_SUPPORTED);
        assert_int_equal(create(PS, 2, 4, 0), mounts[i].ps);
        assert_int_equal(create(ITS, 2, 4, 0), NOT_SUPPORTED);
        assert_int_equal(set_extended(PS, 1, 0, bytes, 4), mounts[i].ps);
    }
    assert_int_equal(changes(), before);
}

// --- What both services answer beside the API ---

static void test_capabilities(void **state)
{
    static const uint32_t wanted[][2] = {
        { 0x200, 0x10000 }, { 0x201, 256 }, { 0x202, 0x120000 }, { 0x203, 0x120000 },
        { 0x204, 1 },       { 0x210, 16 },  { 0x211, 3 },        { 0x212, 5 },
        { 0x213, 7 },       { 0x214, 11 },  { 0x215, 2 },
    };
    static const uint32_t head[5] = { 1, 0x00010000, 0x10018, 0x10000, 11 };

    (void)state;
    for (unsigned int space = ITS; space <= PS; space++) {
        response_max = STORAGE_DATA_MAX;
        assert_int_equal(run(space, TS_RPC_OP_CAPABILITIES), 0);
        assert_int_equal(status, SUCCESS);
        assert_int_equal(response_size, sizeof(head) + sizeof(wanted));
        assert_memory_equal(response, head, sizeof(head));
        assert_memory_equal(response + sizeof(head), wanted, sizeof(wanted));
        response_max = sizeof(head) + sizeof(wanted) - 1;
        assert_int_equal(run(space, TS_RPC_OP_CAPABILITIES), TS_RPC_INVALID_RESPONSE_BODY);
    }
}

// The value of capability `id`
static uint32_t capability(uint32_t id)
{
    struct ts_caps caps;

    assert_int_equal(run(PS, TS_RPC_OP_CAPABILITIES), 0);
    memcpy(&caps, response, sizeof(caps));
    for (uint32_t i = 0; i < caps.entry_count; i++) {
        struct ts_caps_entry entry;

        memcpy(&entry, response + sizeof(caps) + i * sizeof(entry), sizeof(entry));
        if (entry.id == id) {
            return entry.value;
        }
    }
    fail();
    return 0;
}

static void test_capabilities_follow_the_quota(void **state)
{
    (void)state;
    source = SP1;
    assert_int_equal(capability(TS_CAPS_STORAGE_ASSETS), STORAGE_ASSETS_SP + STORAGE_ASSETS_POOL);
    assert_int_equal(capability(TS_CAPS_STORAGE_BYTES), STORAGE_BYTES_SP + STORAGE_BYTES_POOL);
    assert_int_equal(create(PS, 1, STORAGE_DATA_MAX, 0), SUCCESS);
    assert_int_equal(capability(TS_CAPS_STORAGE_BYTES), STORAGE_BYTES_SP + STORAGE_BYTES_POOL);
    source = SP3;
    assert_int_equal(capability(TS_CAPS_STORAGE_BYTES),
                     STORAGE_BYTES_SP + STORAGE_BYTES_POOL - (STORAGE_DATA_MAX - STORAGE_BYTES_SP));
    source = NWD;
    assert_int_equal(fill(1, STORAGE_DATA_MAX), STORAGE_BYTES_NWD / STORAGE_DATA_MAX);
    assert_int_equal(capability(TS_CAPS_STORAGE_FREE_BYTES), 0);
    assert_int_equal(set(PS, 1, bytes, 32, 0), SUCCESS);
    assert_int_equal(capability(TS_CAPS_STORAGE_FREE_BYTES), STORAGE_DATA_MAX - 32);
    fake.room = 5;
    assert_int_equal(capability(TS_CAPS_STORAGE_FREE_BYTES), 5);
    storage_service_init(ERR_IO);
    assert_int_equal(capability(TS_CAPS_STORAGE_FREE_BYTES), 0);
}

static void test_assets_outlive_their_client(void **state)
{
    (void)state;
    client = 3;
    assert_int_equal(set(ITS, 1, bytes, 32, 0), SUCCESS);
    assert_int_equal(run(ITS, TS_RPC_OP_CLIENT_GONE), 0);
    assert_int_equal(status, SUCCESS);
    assert_int_equal(response_size, 0);
    assert_content(ITS, 1, bytes, 32);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(test_the_normal_worlds_quota, setup),
        cmocka_unit_test_setup(test_bytes_are_counted_too, setup),
        cmocka_unit_test_setup(test_partitions_share_a_pool_beyond_their_own, setup),
        cmocka_unit_test_setup(test_the_pools_bytes, setup),
        cmocka_unit_test_setup(test_every_partition_has_its_own_and_nobody_else, setup),
        cmocka_unit_test_setup(test_full_flash_is_insufficient_storage, setup),
        cmocka_unit_test_setup(test_each_error_has_its_status, setup),
        cmocka_unit_test_setup(test_nothing_is_done_when_the_state_is_unknown, setup),
        cmocka_unit_test_setup(test_a_damaged_asset_can_be_replaced, setup),
        cmocka_unit_test_setup(test_damage_does_not_lift_write_once, setup),
        cmocka_unit_test_setup(test_a_log_that_read_too_much_is_not_believed, setup),
        cmocka_unit_test_setup(test_without_a_store_arguments_are_checked_first, setup),
        cmocka_unit_test_setup(test_capabilities, setup),
        cmocka_unit_test_setup(test_capabilities_follow_the_quota, setup),
        cmocka_unit_test_setup(test_assets_outlive_their_client, setup),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
