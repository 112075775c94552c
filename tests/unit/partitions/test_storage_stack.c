// SPDX-License-Identifier: BSD-3-Clause
//
// The storage services on the real store on a model of the chip: that what the quotas promise together fits into the flash of
// the board and can still be overwritten, and that every operation of chip and counter may fail without more than a status.
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "platform/boards/qemu_virt/board.h"
#include "storage_proto.h"
#include "storage_quota.h"
#include "storage_service.h"
#include "tests/fake/nor_model.h"
#include "ts_rpc_abi.h"

#define PS 1
#define NWD 0x0000
#define SP1 0x8001

static struct nor_model chip;
static const uint8_t key[STORAGE_KEY_SIZE] = "the sealing key of the partition";
static uint8_t request[STORAGE_REQUEST_MAX];
static uint8_t response[STORAGE_DATA_MAX];
static uint16_t source;

static void mount_again(void)
{
    const struct storage_flash flash = nor_model_flash(&chip);
    const struct storage_counter counter = nor_model_counter(&chip);
    int error = storage_log_mount(&flash, &counter, key);

    storage_service_init(error);
    assert_int_equal(error, 0);
}

static int begin(void **state)
{
    (void)state;
    nor_model_create(&chip, FLASH_BLOCK_SIZE, FLASH_STORAGE_SIZE / FLASH_BLOCK_SIZE);
    mount_again();
    source = NWD;
    return 0;
}

static int end(void **state)
{
    (void)state;
    assert_int_equal(chip.misuses, 0);
    nor_model_free(&chip);
    return 0;
}

// Runs operation `opcode` of Protected Storage: the service status. *size: bytes of the response.
static int32_t run(uint16_t opcode, size_t request_size, size_t *size)
{
    struct sp_rpc_call call = {
        .source = source,
        .request = request,
        .request_size = request_size,
        .response = response,
        .response_max = sizeof(response),
    };
    const struct sp_rpc_service *service = &storage_services[PS];

    for (size_t i = 0; i < service->row_count; i++) {
        if (service->rows[i].opcode == opcode) {
            assert_int_equal(service->rows[i].run(&call), TS_RPC_SUCCESS);
        }
    }
    *size = call.response_size;
    return call.status;
}

static void fill(uint8_t *bytes, uint64_t uid, uint32_t version, size_t size)
{
    for (size_t i = 0; i < size; i++) {
        bytes[i] = (uint8_t)(uid * 7 + version * 13 + i * 5 + i / 255);
    }
}

static int32_t set(uint64_t uid, uint32_t version, uint32_t size)
{
    const struct storage_set head = { .uid = uid, .size = size };
    size_t got;

    memcpy(request, &head, sizeof(head));
    fill(request + sizeof(head), uid, version, size);
    return run(STORAGE_SET, sizeof(head) + size, &got);
}

static int32_t extend(uint64_t uid, uint32_t version, uint32_t size)
{
    const struct storage_get head = { .uid = uid, .size = size };
    size_t got;

    memcpy(request, &head, sizeof(head));
    fill(request + sizeof(head), uid, version, size);
    return run(STORAGE_SET_EXTENDED, sizeof(head) + size, &got);
}

static int32_t create(uint64_t uid, uint32_t capacity)
{
    const struct storage_create head = { .uid = uid, .capacity = capacity };
    size_t got;

    memcpy(request, &head, sizeof(head));
    return run(STORAGE_CREATE, sizeof(head), &got);
}

static int32_t remove_asset(uint64_t uid)
{
    size_t got;

    memcpy(request, &uid, sizeof(uid));
    return run(STORAGE_REMOVE, sizeof(uid), &got);
}

// Whether the asset has this version; one that was never set has version 0 and no bytes.
static bool is_version(uint64_t uid, uint32_t version, uint32_t size)
{
    static uint8_t wanted[STORAGE_DATA_MAX];
    const struct storage_get head = { .uid = uid, .size = size + 1u };
    size_t got;

    memcpy(request, &head, sizeof(head));
    int32_t status = run(STORAGE_GET, sizeof(head), &got);

    if (version == 0) {
        return status == STORAGE_ERROR_DOES_NOT_EXIST;
    }
    fill(wanted, uid, version, size);
    return status == STORAGE_SUCCESS && got == size && memcmp(response, wanted, got) == 0;
}

// ---- Quotas ----------------------------------------------------------------------------------------------------------

// How the rooms are used; assets for which no bytes are left are empty
struct mixture {
    bool created; // empty with their capacity at first
    uint32_t nwd; // bytes of an asset
    uint32_t own;
    uint32_t pool;
};

// Of asset `uid`, the first of which have `large` bytes until `bytes` are used up
static uint32_t size_of(uint64_t uid, uint32_t large, uint32_t bytes)
{
    uint32_t count = bytes / large;

    return uid <= count ? large : uid == count + 1u ? bytes - count * large : 0;
}

// What asset `uid` of `source` has in a full store; UINT32_MAX: there is none.
static uint32_t planned(const struct mixture *m, uint64_t uid)
{
    if (source == NWD) {
        return uid <= STORAGE_ASSETS_NWD ? size_of(uid, m->nwd, STORAGE_BYTES_NWD) : UINT32_MAX;
    }
    if (uid <= STORAGE_ASSETS_SP) {
        return size_of(uid, m->own, STORAGE_BYTES_SP);
    }
    if (source != SP1 || uid > STORAGE_ASSETS_SP + STORAGE_ASSETS_POOL) {
        return UINT32_MAX; // the first partition has the whole pool
    }
    return size_of(uid - STORAGE_ASSETS_SP, m->pool, STORAGE_BYTES_POOL);
}

// For each asset of the full store: does `what`, with the version.
static void for_all(const struct mixture *m, uint32_t version,
                    void (*what)(uint64_t uid, uint32_t version, uint32_t size))
{
    static const uint16_t sources[] = { NWD, SP1, 0x8002, 0x8003, 0x8004, 0x8005, 0x8006, 0x8007 };

    for (size_t i = 0; i < sizeof(sources) / sizeof(sources[0]); i++) {
        source = sources[i];
        for (uint64_t uid = 1; planned(m, uid) != UINT32_MAX; uid++) {
            what(uid, version, planned(m, uid));
        }
    }
}

static void do_set(uint64_t uid, uint32_t version, uint32_t size)
{
    assert_int_equal(set(uid, version, size), STORAGE_SUCCESS);
}

static void do_create(uint64_t uid, uint32_t version, uint32_t size)
{
    (void)version;
    assert_int_equal(create(uid, size), STORAGE_SUCCESS);
}

static void do_extend(uint64_t uid, uint32_t version, uint32_t size)
{
    assert_int_equal(extend(uid, version, size), STORAGE_SUCCESS);
}

static void do_check(uint64_t uid, uint32_t version, uint32_t size)
{
    assert_true(is_version(uid, version, size));
}

static void do_remove(uint64_t uid, uint32_t version, uint32_t size)
{
    (void)version;
    (void)size;
    assert_int_equal(remove_asset(uid), STORAGE_SUCCESS);
}

static void all_quotas_fit_into_the_flash_together(void **state)
{
    static const struct mixture mixtures[] = {
        { .nwd = STORAGE_DATA_MAX, .own = STORAGE_BYTES_SP, .pool = STORAGE_DATA_MAX },
        { .nwd = STORAGE_BYTES_NWD / STORAGE_ASSETS_NWD,
          .own = STORAGE_BYTES_SP / STORAGE_ASSETS_SP,
          .pool = STORAGE_BYTES_POOL / STORAGE_ASSETS_POOL },
        { .created = true, .nwd = 6000, .own = 2049, .pool = 4097 },
    };

    (void)state;
    assert_true(STORAGE_DATA_CERTAIN(chip.block_size, chip.block_count) >= STORAGE_BYTES_ALL);
    for (size_t i = 0; i < sizeof(mixtures) / sizeof(mixtures[0]); i++) {
        const struct mixture *m = &mixtures[i];

        if (m->created) {
            for_all(m, 0, do_create);
        }
        for_all(m, 1, m->created ? do_extend : do_set);
        source = NWD;
        assert_int_equal(set(1000, 1, 1), STORAGE_ERROR_INSUFFICIENT_STORAGE);
        for_all(m, 2, do_set);
        for_all(m, 3, do_extend);
        mount_again();
        for_all(m, 3, do_check);
        for_all(m, 0, do_remove);
    }
}

// ---- Failures --------------------------------------------------------------------------------------------------------

static const struct failure {
    enum nor_model_operation kind;
    int error;
} failures[] = { { NOR_MODEL_PROGRAM, ERR_IO },      { NOR_MODEL_PROGRAM, ERR_DENIED },
                 { NOR_MODEL_PROGRAM, ERR_TIMEOUT }, { NOR_MODEL_ERASE, ERR_IO },
                 { NOR_MODEL_ERASE, ERR_TIMEOUT },   { NOR_MODEL_ADVANCE, ERR_IO } };

#define FAILURES (sizeof(failures) / sizeof(failures[0]))
#define SMALL_BLOCK 0x10000 // so that the cleaner has work soon

// A store with asset 1 in version 1, in which the n-th operation of that kind from now on fails
static void begin_failure(const struct failure *failure, uint64_t n, bool for_good)
{
    nor_model_free(&chip);
    nor_model_create(&chip, SMALL_BLOCK, 16);
    mount_again();
    assert_int_equal(set(1, 1, 5000), STORAGE_SUCCESS);
    mount_again(); // the counter is due
    chip.fail_kind = failure->kind;
    chip.fail_at = n + chip.count[failure->kind];
    chip.fail_with = failure->error;
    chip.fail_for_good = for_good;
}

// What was acknowledged is there, before and after a mount.
static void check_version(uint32_t version)
{
    assert_true(is_version(1, version, 5000));
    mount_again();
    assert_true(is_version(1, version, 5000));
    assert_int_equal(chip.misuses, 0);
}

// Either it is done somewhere else, or its status says that it is not done.
static void one_operation_may_fail(void **state)
{
    (void)state;
    for (size_t f = 0; f < FAILURES; f++) {
        unsigned int hits = 0;

        for (uint64_t n = 1; n <= 4; n++) {
            uint32_t version = 1;

            begin_failure(&failures[f], n, false);
            for (unsigned int i = 0; i < 60; i++) {
                int32_t status = set(1, version + 1, 5000);

                version += status == STORAGE_SUCCESS;
                assert_true(status == STORAGE_SUCCESS || status == STORAGE_ERROR_STORAGE_FAILURE);
            }
            hits += chip.count[chip.fail_kind] >= chip.fail_at;
            chip.fail_at = 0;
            assert_true(version >= 59);
            check_version(version);
        }
        assert_true(hits != 0);
    }
}

static void all_operations_may_fail(void **state)
{
    (void)state;
    for (size_t f = 0; f < FAILURES; f++) {
        uint32_t version = 1;
        int32_t status = STORAGE_SUCCESS;

        begin_failure(&failures[f], 1, true);
        for (unsigned int i = 0; i < 300 && status == STORAGE_SUCCESS; i++) {
            status = set(1, version + 1, 5000);
            version += status == STORAGE_SUCCESS;
        }
        assert_int_equal(status, STORAGE_ERROR_STORAGE_FAILURE);
        assert_int_equal(set(2, 1, 5000), STORAGE_ERROR_STORAGE_FAILURE);
        if (chip.fail_kind != NOR_MODEL_ERASE) { // there may be room for a short record without it
            assert_int_equal(remove_asset(1), STORAGE_ERROR_STORAGE_FAILURE);
        }
        assert_true(is_version(1, version, 5000)); // still readable
        assert_true(is_version(2, 0, 0));
        chip.fail_at = 0;
        assert_int_equal(set(1, version + 1, 5000), STORAGE_SUCCESS);
        check_version(version + 1);
    }
}

// A read that fails however often it is tried is that asset's STORAGE_FAILURE, for that time; one that fails once nobody sees.
static void a_read_may_fail(void **state)
{
    (void)state;
    assert_int_equal(set(1, 1, 5000), STORAGE_SUCCESS);
    mount_again();
    chip.fail_kind = NOR_MODEL_READ;
    chip.fail_at = chip.count[NOR_MODEL_READ] + 2;
    chip.fail_with = ERR_IO;
    check_version(1);
    chip.fail_at = chip.count[NOR_MODEL_READ] + 2;
    chip.fail_for_good = true;
    const struct storage_get head = { .uid = 1, .size = 5000 };
    size_t got;

    memcpy(request, &head, sizeof(head));
    assert_int_equal(run(STORAGE_GET, sizeof(head), &got), STORAGE_ERROR_STORAGE_FAILURE);
    for (size_t i = 0; i < 5000; i++) {
        assert_int_equal(response[i], 0); // not even what was read before
    }
    chip.fail_at = 0;
    check_version(1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(all_quotas_fit_into_the_flash_together, begin, end),
        cmocka_unit_test_setup_teardown(one_operation_may_fail, begin, end),
        cmocka_unit_test_setup_teardown(all_operations_may_fail, begin, end),
        cmocka_unit_test_setup_teardown(a_read_may_fail, begin, end),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
