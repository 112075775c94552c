// SPDX-License-Identifier: BSD-3-Clause
//
// The tables of the chain of trust (platform/lib/boot/cot.c) in themselves: what chain.c relies on. That they are TF-A's is
// shown by test_chain, with certificates of cert_create.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "cot.h"

static const uint32_t chains[] = { COT_SINGLE_ROOT, COT_DUAL_ROOT };

// Calls `check` for each certificate of each chain.
static void each(void (*check)(uint32_t chain, enum cot_cert cert, const struct cot_cert_row *row))
{
    for (int c = 0; c < 2; c++) {
        int count = 0;

        for (int i = 0; i < COT_CERT_COUNT; i++) {
            if (cot_in_chain((enum cot_cert)i, chains[c])) {
                check(chains[c], (enum cot_cert)i, cot_cert_row((enum cot_cert)i));
                count++;
            }
        }
        assert_int_equal(count, 9);
    }
}

static bool has(enum cot_cert cert, uint32_t chain, enum cot_oid oid)
{
    for (uint32_t i = 0; cot_extension(cert, chain, i) != COT_OID_NONE; i++) {
        if (cot_extension(cert, chain, i) == oid) {
            return true;
        }
    }
    return false;
}

static void check_parent(uint32_t chain, enum cot_cert cert, const struct cot_cert_row *row)
{
    if (row->parent == COT_NO_CERT) {
        assert_int_equal(row->key_oid, COT_OID_NONE);
        assert_true(row->root == COT_ROOT || chain == COT_DUAL_ROOT);
        return;
    }
    assert_true(row->parent < cert); // parents first: every path ends
    assert_true(cot_in_chain(row->parent, chain));
    assert_true(has(row->parent, chain, row->key_oid));
    assert_int_equal(cot_oid_row(row->key_oid)->value, COT_KEY);
    assert_int_equal(row->root, cot_cert_row(row->parent)->root);
}

static void parents_hold_the_keys_of_their_children(void **state)
{
    (void)state;
    each(check_parent);
}

static void check_extensions(uint32_t chain, enum cot_cert cert, const struct cot_cert_row *row)
{
    uint32_t count = 0;

    assert_true(
        has(cert, chain,
            row->counter == COT_TRUSTED ? COT_OID_TRUSTED_COUNTER : COT_OID_NON_TRUSTED_COUNTER));
    assert_false(
        has(cert, chain,
            row->counter == COT_TRUSTED ? COT_OID_NON_TRUSTED_COUNTER : COT_OID_TRUSTED_COUNTER));
    for (; cot_extension(cert, chain, count) != COT_OID_NONE; count++) {
        enum cot_oid oid = cot_extension(cert, chain, count);

        assert_non_null(cot_oid_row(oid));
        assert_int_equal(cot_oid_row(oid)->oid, oid);
        assert_string_equal(cot_oid_name(oid), cot_oid_row(oid)->name);
        for (uint32_t i = 0; i < count; i++) {
            assert_int_not_equal(cot_extension(cert, chain, i), oid);
        }
    }
    assert_in_range(count, 2, COT_MAX_OIDS);
    if (row->own_key_oid != COT_OID_NONE) {
        assert_true(has(cert, chain, row->own_key_oid));
        assert_int_equal(row->parent, COT_NO_CERT);
    }
}

static void each_certificate_has_one_counter_and_each_extension_once(void **state)
{
    (void)state;
    each(check_extensions);
}

static void check_subject(uint32_t chain, enum cot_cert cert, const struct cot_cert_row *row)
{
    assert_in_range(strlen(row->subject), 1, 64);
    for (int i = 0; i < (int)cert; i++) {
        if (cot_in_chain((enum cot_cert)i, chain)) {
            assert_string_not_equal(cot_cert_row((enum cot_cert)i)->subject, row->subject);
            assert_int_not_equal(cot_cert_row((enum cot_cert)i)->id, row->id);
        }
    }
}

static void no_two_certificates_of_a_chain_have_one_name(void **state)
{
    (void)state;
    each(check_subject);
}

static void each_image_has_its_hash_in_a_certificate(void **state)
{
    (void)state;
    for (int c = 0; c < 2; c++) {
        for (int i = 0; i < COT_IMAGE_COUNT; i++) {
            const struct cot_image_row *row = cot_image_row((enum cot_image)i);
            enum cot_cert cert = cot_image_cert((enum cot_image)i, chains[c]);

            assert_true(cot_in_chain(cert, chains[c]));
            assert_true(has(cert, chains[c], row->hash_oid));
            assert_int_equal(cot_oid_row(row->hash_oid)->value, COT_HASH);
            assert_in_range(strlen(row->event), 1, 20);
            assert_true((row->id == IMAGE_COUNT) == (i >= COT_SP1));
            for (int k = 0; k < i; k++) {
                assert_int_not_equal(cot_image_row((enum cot_image)k)->hash_oid, row->hash_oid);
                assert_string_not_equal(cot_image_row((enum cot_image)k)->event, row->event);
            }
        }
    }
}

static void owners_are_separate_with_two_roots(void **state)
{
    (void)state;
    for (int i = 0; i < COT_SP_COUNT; i++) {
        enum cot_cert cert = cot_image_cert((enum cot_image)(COT_SP1 + i), COT_DUAL_ROOT);

        assert_int_equal(cot_cert_row(cert)->root,
                         i < COT_SP_PLATFORM_FIRST ? COT_ROOT : COT_PLATFORM_ROOT);
        // and no certificate of the one owner can speak for the other
        assert_false(has(i < COT_SP_PLATFORM_FIRST ? COT_PLAT_SP : COT_SIP_SP, COT_DUAL_ROOT,
                         cot_image_row((enum cot_image)(COT_SP1 + i))->hash_oid));
    }
    assert_false(has(COT_TRUSTED_KEY, COT_DUAL_ROOT, COT_OID_NON_TRUSTED_WORLD_KEY));
    assert_true(has(COT_TRUSTED_KEY, COT_SINGLE_ROOT, COT_OID_NON_TRUSTED_WORLD_KEY));
}

static void names_of_events_are_those_of_tf_a(void **state)
{
    static const char *const names[COT_IMAGE_COUNT] = {
        "BL_2",  "TB_FW_CONFIG", "SECURE_RT_EL3", "SECURE_RT_EL1_SPMD",
        "BL_33", "SP1",          "SP2",           "SP3",
        "SP4",   "SP5",          "SP6",           "SP7",
        "SP8",
    };

    (void)state;
    for (int i = 0; i < COT_IMAGE_COUNT; i++) {
        assert_string_equal(cot_image_row((enum cot_image)i)->event, names[i]);
        assert_int_equal(cot_image_row((enum cot_image)i)->pcr, 0);
    }
}

static void a_chain_that_there_is_not_has_nothing(void **state)
{
    static const uint32_t wrong[] = { 0,
                                      1,
                                      2,
                                      UINT32_MAX,
                                      COT_SINGLE_ROOT ^ 1,
                                      COT_DUAL_ROOT ^ 0x80,
                                      COT_SINGLE_ROOT | COT_DUAL_ROOT };

    (void)state;
    for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
        for (int cert = 0; cert < COT_CERT_COUNT; cert++) {
            assert_false(cot_in_chain((enum cot_cert)cert, wrong[i]));
            assert_int_equal(cot_extension((enum cot_cert)cert, wrong[i], 0), COT_OID_NONE);
        }
        assert_int_equal(cot_image_cert(COT_BL31, wrong[i]), COT_NO_CERT);
    }
    assert_null(cot_oid_row(0));
    assert_null(cot_oid_row(3));
    assert_null(cot_oid_name(1309));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(parents_hold_the_keys_of_their_children),
        cmocka_unit_test(each_certificate_has_one_counter_and_each_extension_once),
        cmocka_unit_test(no_two_certificates_of_a_chain_have_one_name),
        cmocka_unit_test(each_image_has_its_hash_in_a_certificate),
        cmocka_unit_test(owners_are_separate_with_two_roots),
        cmocka_unit_test(names_of_events_are_those_of_tf_a),
        cmocka_unit_test(a_chain_that_there_is_not_has_nothing),
    };

    return cmocka_run_group_tests_name("cot", tests, NULL, NULL);
}
