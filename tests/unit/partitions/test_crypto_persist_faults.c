// SPDX-License-Identifier: BSD-3-Clause
//
// Persistent keys of the crypto service and storage that fails: power cuts and errors at each of its calls, damaged keys and indexes. Each
// costs no more than it must, and what is left is counted. A boot is a child process (crypto_boot.h): what is written when it ends is
// what a power cut leaves.
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "crypto_boot.h"
#include "crypto_case.h"
#include "crypto_fake.h"
#include "crypto_private.h"

#define EXPORT 0x0001
#define AES 0x2400

// --- Power cuts and failures: at call `cut_at` of storage, before it has done its work or after ---

static unsigned int cut_at;
static int cut_after;
static psa_status_t cut_status; // 0: the power goes
static int cut_for_ever;        // else it fails once

static void arm(void)
{
    crypto_fake_storage.fails = cut_at;
    crypto_fake_storage.does_it = cut_after;
    crypto_fake_storage.status = cut_status != 0 ? cut_status : PSA_ERROR_STORAGE_FAILURE;
    crypto_fake_storage.for_ever = cut_for_ever;
}

static void end_if_cut(void)
{
    bool was_cut =
        crypto_fake_storage.fails <= 1 && cut_at != 0 && crypto_fake_storage.calls >= cut_at;

    memset(&crypto_fake_storage, 0, sizeof(crypto_fake_storage));
    if (cut_status == 0 && was_cut) {
        _exit(BOOT_CUT);
    }
}

static void make_two_destroy_one(void)
{
    case_as(SP1, 0);
    crypto_fake_storage.calls = 0;
    arm();
    (void)boot_import(1);
    (void)boot_import(2);
    (void)case_destroy(1);
    end_if_cut();
}

static void check_after_cut(void)
{
    uint32_t present = 0;

    case_as(SP1, 0);
    for (uint32_t id = 1; id <= 2; id++) {
        int32_t status = boot_export(id);

        if (status == PSA_SUCCESS) { // whole, or not there
            boot_assert(id);
            present++;
        } else {
            assert_int_equal(status, PSA_ERROR_INVALID_HANDLE);
        }
    }
    assert_int_equal(boot_count_room(), CRYPTO_PERSISTENT_SP - present);
    for (uint32_t id = 1; id <= 2; id++) {
        (void)case_destroy(id);
    }
    assert_int_equal(boot_count_room(), present);
}

static void a_power_cut_at_any_call_leaves_every_key_counted(void **state)
{
    (void)state;
    cut_status = 0;
    cut_for_ever = 1; // nothing reaches storage any more
    for (cut_after = 0; cut_after <= 1; cut_after++) {
        bool ended = false;

        for (cut_at = 1; !ended; cut_at++) {
            assert_true(cut_at < 100);
            crypto_fake_reset();
            ended = boot_run(make_two_destroy_one);
            assert_true(boot_run(check_after_cut));
        }
        assert_true(cut_at > 10); // there were that many calls
    }
}

static void check_failure_of(int32_t status)
{
    // What storage said, never that the key exists or makes no sense
    if (status != PSA_SUCCESS && status != cut_status && status != PSA_ERROR_INVALID_HANDLE) {
        fail_msg("call %u, %s: %d", cut_at, cut_after ? "after" : "before", status);
    }
}

static void go_on_after_a_failure(void)
{
    uint32_t id;
    const struct case_key volatile_key = { AES, 128, 0, 0, EXPORT, 0 };

    case_as(SP1, 0);
    crypto_fake_storage.calls = 0;
    arm();
    int32_t made = boot_import(1);

    check_failure_of(made);
    if (made == PSA_SUCCESS) {
        check_failure_of(boot_purge(1));
        check_failure_of(boot_export(1));
        check_failure_of(case_destroy(1));
    }
    assert_int_equal(case_generate(&volatile_key, &id), PSA_SUCCESS);
    assert_int_equal(case_destroy(id), PSA_SUCCESS);
    bool reached = crypto_fake_storage.calls >= cut_at;

    memset(&crypto_fake_storage, 0, sizeof(crypto_fake_storage));
    // And now it works: whatever is left can be destroyed, made again, used, counted
    (void)case_destroy(1);
    assert_int_equal(boot_import(1), PSA_SUCCESS);
    boot_assert(1);
    assert_int_equal(boot_count_room(), CRYPTO_PERSISTENT_SP - 1);
    if (reached) {
        _exit(BOOT_CUT);
    }
}

static void a_failure_of_storage_at_any_call_is_told_and_costs_no_more(void **state)
{
    static const psa_status_t statuses[] = { PSA_ERROR_STORAGE_FAILURE,
                                             PSA_ERROR_INSUFFICIENT_STORAGE,
                                             PSA_ERROR_DATA_CORRUPT };

    (void)state;
    for (size_t i = 0; i < 2 * sizeof(statuses) / sizeof(statuses[0]); i++) {
        cut_status = statuses[i / 2];
        cut_for_ever = i % 2 != 0; // until the end of the scene's first half
        for (cut_after = 0; cut_after <= 1; cut_after++) {
            bool ended = false;

            for (cut_at = 1; !ended; cut_at++) {
                assert_true(cut_at < 100);
                crypto_fake_reset();
                ended = boot_run(go_on_after_a_failure);
            }
            assert_true(cut_at > 10);
        }
    }
}

static void live_without_storage(void)
{
    static const psa_status_t statuses[] = { PSA_ERROR_STORAGE_FAILURE, PSA_ERROR_BAD_STATE,
                                             PSA_ERROR_COMMUNICATION_FAILURE };
    const struct case_key volatile_key = { AES, 128, 0, 0, EXPORT, 0 };

    for (size_t i = 0; i < 3; i++) {
        uint32_t id;

        crypto_fake_storage.fails = 1;
        crypto_fake_storage.for_ever = 1;
        crypto_fake_storage.status = statuses[i];
        assert_int_equal(boot_generate(1), PSA_ERROR_STORAGE_FAILURE);
        assert_int_equal(boot_export(1), PSA_ERROR_STORAGE_FAILURE);
        assert_int_equal(case_destroy(1), PSA_ERROR_STORAGE_FAILURE);
        assert_int_equal(case_generate(&volatile_key, &id), PSA_SUCCESS);
        assert_int_equal(boot_export(id), PSA_SUCCESS);
        assert_int_equal(case_destroy(id), PSA_SUCCESS);
    }
}

static void without_storage_volatile_keys_work(void **state)
{
    (void)state;
    assert_true(boot_run(live_without_storage));
}

// --- Damage ---

static void make_two(void)
{
    case_as(SP1, 0);
    assert_int_equal(boot_import(1), PSA_SUCCESS);
    assert_int_equal(boot_import(2), PSA_SUCCESS);
}

static void live_with_one_damaged_key(void)
{
    case_as(SP1, 0);
    assert_int_equal(boot_export(1), PSA_ERROR_DATA_INVALID);
    boot_assert(2);
    assert_int_equal(boot_import(1), PSA_ERROR_ALREADY_EXISTS);
    assert_int_equal(case_destroy(1), PSA_SUCCESS);
    assert_int_equal(boot_export(1), PSA_ERROR_INVALID_HANDLE);
    assert_int_equal(boot_import(1), PSA_SUCCESS);
    boot_assert(1);
    boot_assert(2);
    assert_int_equal(boot_count_room(), CRYPTO_PERSISTENT_SP - 2);
}

static void a_damaged_key_costs_that_key_only(void **state)
{
    size_t size;

    (void)state;
    for (unsigned int at = 0; at < 8; at++) { // Mbed TLS's mark
        crypto_fake_reset();
        assert_true(boot_run(make_two));
        unsigned char *asset = crypto_fake_asset(UINT64_C(0x8001000000000001), &size);

        assert_non_null(asset);
        asset[at] ^= 1;
        assert_true(boot_run(live_with_one_damaged_key));
    }
}

static void live_with_assets_that_cannot_be_read(void)
{
    case_as(SP1, 0);
    crypto_fake_storage.damaged = UINT64_C(0xffffffff00018001); // the index
    boot_assert(1);
    assert_int_equal(boot_import(3), PSA_SUCCESS);
    assert_int_equal(case_destroy(3), PSA_SUCCESS);
    assert_int_equal(boot_purge(1), PSA_SUCCESS);
    crypto_fake_storage.damaged = UINT64_C(0x8001000000000001); // key 1
    assert_int_equal(boot_export(1), PSA_ERROR_DATA_CORRUPT);
    boot_assert(2);
    assert_int_equal(case_destroy(1), PSA_SUCCESS);
    assert_int_equal(boot_export(1), PSA_ERROR_INVALID_HANDLE);
    assert_int_equal(boot_import(1), PSA_SUCCESS);
    boot_assert(1);
}

static void assets_that_storage_calls_damaged_can_be_replaced(void **state)
{
    (void)state;
    assert_true(boot_run(make_two));
    assert_true(boot_run(live_with_assets_that_cannot_be_read));
}

static void live_with_a_damaged_index(void)
{
    case_as(SP1, 0);
    boot_assert(1);
    assert_int_equal(boot_import(1), PSA_ERROR_ALREADY_EXISTS);
    boot_assert(2);
    assert_int_equal(boot_import(3), PSA_SUCCESS);
    boot_assert(3);
    assert_int_equal(case_destroy(1), PSA_SUCCESS);
    assert_int_equal(case_destroy(2), PSA_SUCCESS);
    assert_int_equal(boot_count_room(), CRYPTO_PERSISTENT_SP - 1);
    case_as(SP2, 0);
    assert_int_equal(boot_import(1), PSA_SUCCESS);
}

static void a_damaged_index_costs_no_key(void **state)
{
    const psa_storage_uid_t uid = UINT64_C(0xffffffff00018001);
    size_t size;
    size_t at = 0;

    (void)state;
    do {
        crypto_fake_reset();
        assert_true(boot_run(make_two));
        unsigned char *asset = crypto_fake_asset(uid, &size);

        assert_non_null(asset);
        assert_int_equal(size, 8 + 2 * 8);
        asset[at] ^= 0x80;
        assert_true(boot_run(live_with_a_damaged_index));
    } while (++at < size);
    for (size = 0; size < 24; size++) { // cut off
        unsigned char copy[24];

        crypto_fake_reset();
        assert_true(boot_run(make_two));
        memcpy(copy, crypto_fake_asset(uid, &at), sizeof(copy));
        assert_int_equal(psa_its_set(uid, size, copy, 0), PSA_SUCCESS);
        assert_true(boot_run(live_with_a_damaged_index));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(a_power_cut_at_any_call_leaves_every_key_counted, boot_clean),
        cmocka_unit_test_setup(a_failure_of_storage_at_any_call_is_told_and_costs_no_more,
                               boot_clean),
        cmocka_unit_test_setup(without_storage_volatile_keys_work, boot_clean),
        cmocka_unit_test_setup(a_damaged_key_costs_that_key_only, boot_clean),
        cmocka_unit_test_setup(assets_that_storage_calls_damaged_can_be_replaced, boot_clean),
        cmocka_unit_test_setup(a_damaged_index_costs_no_key, boot_clean),
    };

    return cmocka_run_group_tests(tests, boot_setup, NULL);
}
