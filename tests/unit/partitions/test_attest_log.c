// SPDX-License-Identifier: BSD-3-Clause
//
// attest_log.c: components of logs of both chains of trust, and every contradiction between log and facts.
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#include "attest_case.h"

#define TWO_ROOTS 0xca35

static struct attest_claims claims;

static int read_boot(const char **why)
{
    memset(&claims, 0, sizeof(claims));
    *why = NULL;
    return attest_log_claims(&boot.boot, &claims, why);
}

// And says why
static void refused(int expected, const char *rule)
{
    const char *why;

    assert_int_equal(read_boot(&why), expected);
    assert_non_null(why);
    assert_non_null(strstr(why, rule));
}

static void component_is(size_t index, const char *name, const char *version,
                         const uint8_t signer[32])
{
    const struct attest_component *component = &claims.components[index];
    uint8_t hash[32];

    boot_image_hash(name, hash);
    assert_string_equal(component->type, name);
    assert_string_equal(component->version, version);
    assert_memory_equal(component->measurement, hash, 32);
    assert_memory_equal(component->signer, signer, 32);
}

static void each_image_is_a_component_in_the_logs_order(void **state)
{
    const char *why;

    (void)state;
    boot_whole();
    assert_int_equal(read_boot(&why), 0);
    assert_int_equal(claims.component_count, BOOT_WHOLE_IMAGES);
    component_is(0, "BL_2", "7", boot.facts.root_hash);
    component_is(1, "TB_FW_CONFIG", "7", boot.facts.root_hash);
    component_is(2, "SECURE_RT_EL3", "7", boot.facts.root_hash);
    component_is(3, "SECURE_RT_EL1_SPMD", "7", boot.facts.root_hash);
    component_is(4, "BL_33", "9", boot.facts.root_hash); // the non-trusted counter
    component_is(5, "SP1", "7", boot.facts.root_hash);
    component_is(6, "SP5", "7", boot.facts.root_hash);
    assert_int_equal(claims.lifecycle, 0x1000);
    assert_memory_equal(claims.boot_seed, boot.facts.boot_seed, 32);
    assert_memory_equal(claims.implementation_id, boot.facts.implementation_id, 32);
}

static void with_two_roots_the_platforms_images_have_its_key_and_counter(void **state)
{
    const char *why;

    (void)state;
    boot_begin();
    boot.facts.chain = TWO_ROOTS;
    memset(boot.facts.platform_root_hash, 0xd4, 32);
    boot_add(0, "BL_2");
    boot_add(0, "SP4");
    boot_add(0, "SP5");
    boot_add(0, "BL_33");
    boot_seal();
    assert_int_equal(read_boot(&why), 0);
    assert_int_equal(claims.component_count, 4);
    component_is(0, "BL_2", "7", boot.facts.root_hash);
    component_is(1, "SP4", "7", boot.facts.root_hash);
    component_is(2, "SP5", "9", boot.facts.platform_root_hash);
    component_is(3, "BL_33", "9", boot.facts.platform_root_hash);
}

static void all_images_of_the_chain_fit(void **state)
{
    static const char *const names[] = {
        "BL_2",  "TB_FW_CONFIG", "SECURE_RT_EL3", "SECURE_RT_EL1_SPMD",
        "BL_33", "SP1",          "SP2",           "SP3",
        "SP4",   "SP5",          "SP6",           "SP7",
        "SP8"
    };
    const char *why;

    (void)state;
    boot_begin();
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        boot_add(0, names[i]);
    }
    boot_seal();
    assert_int_equal(read_boot(&why), 0);
    assert_int_equal(claims.component_count, sizeof(names) / sizeof(names[0]));
}

static void versions_are_decimal_numbers(void **state)
{
    static const struct {
        uint32_t counter;
        const char *text;
    } cases[] = { { 0, "0" },   { 1, "1" },     { 9, "9" },
                  { 10, "10" }, { 256, "256" }, { 65535, "65535" } };
    const char *why;

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        boot_whole();
        boot.facts.counter[0] = cases[i].counter;
        assert_int_equal(read_boot(&why), 0);
        assert_string_equal(claims.components[0].version, cases[i].text);
        assert_string_equal(claims.components[4].version, "9");
    }
}

// Lifecycle, chain, both root keys: one bit of any of them is another boot than the measured one
static void each_bit_of_the_critical_facts_counts(void **state)
{
    const char *why;

    (void)state;
    boot_whole();
    uint8_t *critical = (uint8_t *)&boot.facts + TESSERA_CRITICAL_OFFSET;

    for (size_t i = 0; i < TESSERA_CRITICAL_SIZE; i++) {
        critical[i] ^= (uint8_t)(1u << i % 8);
        assert_int_equal(read_boot(&why), ERR_INVALID);
        critical[i] ^= (uint8_t)(1u << i % 8);
    }
    assert_int_equal(read_boot(&why), 0);
}

// Of the record CRITICAL_DATA in either bank
static void each_byte_of_its_digests_counts(void **state)
{
    const size_t size = 4 * 3 + 2 + 32 + 2 + 48 + 4 + 14; // of the last record
    const char *why;

    (void)state;
    boot_whole();
    uint8_t *record = boot.bytes + boot.log.used - size;

    for (size_t i = 14; i < 14 + 32; i++) {
        record[i] ^= 0x80;
        refused(ERR_INVALID, "CRITICAL_DATA over these facts");
        record[i] ^= 0x80;
    }
    for (size_t i = 14 + 32 + 2; i < 14 + 32 + 2 + 48; i++) {
        record[i] ^= 1;
        refused(ERR_INVALID, "CRITICAL_DATA over these facts");
        record[i] ^= 1;
    }
    assert_int_equal(read_boot(&why), 0);
}

static void the_log_ends_with_critical_data(void **state)
{
    (void)state;
    boot_begin();
    boot_add(0, "BL_2");
    refused(ERR_INVALID, "end with CRITICAL_DATA"); // none
    boot_begin();
    boot_add(0, "BL_2");
    boot_seal();
    boot_seal();
    refused(ERR_INVALID, "end with CRITICAL_DATA"); // two
    boot_begin();
    boot_add(0, "BL_2");
    boot_seal();
    boot_add(0, "BL_33");
    refused(ERR_INVALID, "end with CRITICAL_DATA"); // something behind it
    boot_begin();
    boot_seal();
    refused(ERR_INVALID, ""); // nothing before it
    boot_begin();
    refused(ERR_INVALID, "");
}

static void critical_data_is_in_its_pcr(void **state)
{
    uint8_t critical[TESSERA_CRITICAL_SIZE];

    (void)state;
    boot_begin();
    boot_add(0, "BL_2");
    memcpy(critical, (const uint8_t *)&boot.facts + TESSERA_CRITICAL_OFFSET, sizeof(critical));
    boot_add_data(0, "CRITICAL_DATA", critical, sizeof(critical));
    refused(ERR_INVALID, "CRITICAL_DATA");
}

static void images_are_those_of_the_chain_once_in_their_pcr(void **state)
{
    (void)state;
    boot_begin();
    boot_add(0, "BL_2");
    boot_add(0, "BL_2");
    boot_seal();
    refused(ERR_INVALID, "once");
    boot_begin();
    boot_add(2, "BL_2");
    boot_seal();
    refused(ERR_INVALID, "PCR");
    static const char *const strangers[] = { "BL_3", "BL_22", "SP9", "SP", "sp1", "critical_data" };

    for (size_t i = 0; i < sizeof(strangers) / sizeof(strangers[0]); i++) {
        boot_begin();
        boot_add(0, "BL_2");
        boot_add(0, strangers[i]);
        boot_seal();
        refused(ERR_INVALID, "images of the chain");
    }
}

static void an_image_has_a_root_key(void **state)
{
    (void)state;
    boot_begin();
    memset(boot.facts.root_hash, 0, 32);
    boot_add(0, "BL_2");
    boot_seal();
    refused(ERR_INVALID, "root key");
    boot_begin();
    boot.facts.chain = TWO_ROOTS; // and the platform's signed nothing
    boot_add(0, "BL_2");
    boot_add(0, "BL_33");
    boot_seal();
    refused(ERR_INVALID, "root key");
}

static void the_chain_is_one_that_exists(void **state)
{
    static const uint32_t chains[] = { 0, 1, 0x35cb, 0xca34, 0xffffffff, 0x35ca35ca };

    (void)state;
    for (size_t i = 0; i < sizeof(chains) / sizeof(chains[0]); i++) {
        boot_begin();
        boot.facts.chain = chains[i];
        boot_add(0, "BL_2");
        boot_seal();
        refused(ERR_INVALID, "chain of trust");
    }
}

static void other_facts_are_refused(void **state)
{
    (void)state;
    boot_whole();
    boot.facts.version = 2;
    refused(ERR_VERSION, "version");
    boot_whole();
    boot.facts.flags = 1;
    refused(ERR_INVALID, "flags");
    for (int i = 0; i < 2; i++) {
        boot_whole();
        boot.facts.counter[i] = 0x10000;
        refused(ERR_INVALID, "counters");
        boot.facts.counter[i] = UINT32_MAX; // no certificate had one
        refused(ERR_INVALID, "counters");
    }
    boot_whole();
    memset(boot.facts.boot_seed, 0, 32);
    refused(ERR_INVALID, "boot seed");
    boot_whole();
    memset(boot.facts.implementation_id, 0, 32);
    refused(ERR_INVALID, "implementation id");
}

// Even if it was measured
static void a_lifecycle_without_a_claim_is_refused(void **state)
{
    static const uint32_t lifecycles[] = { 0, 1, 0xfffffffe, 0x7fffffff, 0x1000, 0x3000 };

    (void)state;
    for (size_t i = 0; i < sizeof(lifecycles) / sizeof(lifecycles[0]); i++) {
        boot_begin();
        boot.facts.lifecycle = lifecycles[i];
        boot_add(0, "BL_2");
        boot_seal();
        refused(ERR_INVALID, "lifecycle");
    }
}

static void every_cut_of_the_log_is_refused(void **state)
{
    const char *why;

    (void)state;
    boot_whole();
    for (size_t size = 0; size < boot.log.used; size++) {
        boot.boot.size = size;
        assert_int_not_equal(read_boot(&why), 0);
        assert_non_null(why);
    }
    for (size_t more = 1; more < 40; more++) { // zeros behind it
        boot.boot.size = boot.log.used + more;
        assert_int_not_equal(read_boot(&why), 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_image_is_a_component_in_the_logs_order),
        cmocka_unit_test(with_two_roots_the_platforms_images_have_its_key_and_counter),
        cmocka_unit_test(all_images_of_the_chain_fit),
        cmocka_unit_test(versions_are_decimal_numbers),
        cmocka_unit_test(each_bit_of_the_critical_facts_counts),
        cmocka_unit_test(each_byte_of_its_digests_counts),
        cmocka_unit_test(the_log_ends_with_critical_data),
        cmocka_unit_test(critical_data_is_in_its_pcr),
        cmocka_unit_test(images_are_those_of_the_chain_once_in_their_pcr),
        cmocka_unit_test(an_image_has_a_root_key),
        cmocka_unit_test(the_chain_is_one_that_exists),
        cmocka_unit_test(other_facts_are_refused),
        cmocka_unit_test(a_lifecycle_without_a_claim_is_refused),
        cmocka_unit_test(every_cut_of_the_log_is_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
