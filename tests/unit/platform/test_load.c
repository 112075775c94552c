// SPDX-License-Identifier: BSD-3-Clause
//
// Loading of images (platform/lib/boot/load.c): the order of its steps, bounds before any byte is read,
// one hash over the copy, an event exactly once and only for what was accepted, wiping after every
// refusal, one line each. Chain, hash, log and keys are this test's own: they note who called them when
// and fail on demand.
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "load.h"
#include "tests/unit/platform/boot_support.h"

#define LIMIT 4096

// What happened, in order: one letter each
#define STEP_EXPECT 'E' // chain_expect
#define STEP_HASH 'H'   // boot_hash_make
#define STEP_CHECK 'C'  // chain_check
#define STEP_EVENT 'L'  // event_log_add
#define STEP_KEYS 'K'   // boot_keys_measure
#define ALL_STEPS "EHCLK"

static const uint8_t uuid_a[16] = { 0xaa, 1 };
static const uint8_t uuid_b[16] = { 0xbb, 2 };
static const uint8_t certified[32] = { 0xc0, 0xff, 0xee };
static uint8_t data[LIMIT + 1];
static uint8_t region[LIMIT + 64];
static struct fip fip;
static struct chain chain;
static struct chain_policy policy;
static struct event_log event_log;
static struct boot_secrets secrets;
static struct load_context context = { &fip, &chain, &event_log, &secrets };
static struct load_result loaded;
static char steps[16];
static size_t reads_at_expect;
static int expect_result;
static int hash_result;
static int event_result;
static int keys_result;
static verdict_t verdict;
static struct chain_fault refusal; // what chain_expect and chain_check say
static enum boot_hash cert_hash;
static enum cot_image image_wanted;
static const char *event_wanted;

static void step(char letter)
{
    size_t count = strlen(steps);

    assert_true(count + 1 < sizeof(steps));
    steps[count] = letter;
}

int chain_expect(struct chain *the_chain, enum cot_image image, struct chain_expected *expected,
                 struct chain_fault *fault)
{
    step(STEP_EXPECT);
    assert_ptr_equal(the_chain, &chain);
    assert_int_equal(image, image_wanted);
    reads_at_expect = support_reads;
    if (expect_result != ERR_NONE) {
        *fault = refusal;
        return expect_result;
    }
    *expected = (struct chain_expected){ cert_hash, certified };
    return ERR_NONE;
}

int boot_hash_make(const void *bytes, size_t size, uint32_t want, struct boot_digests *out)
{
    step(STEP_HASH);
    assert_ptr_equal(bytes, region); // what is judged is the copy, complete, where it will run
    assert_memory_equal(bytes, data, size);
    assert_int_equal(want, BOOT_HASH_BANKS | BOOT_HASH_BIT(cert_hash));
    memset(out, 0, sizeof(*out));
    if (hash_result == ERR_NONE) {
        out->have = want;
        memset(out->value, 0x77, sizeof(out->value));
    }
    return hash_result;
}

verdict_t chain_check(struct chain *the_chain, enum cot_image image,
                      const struct chain_expected *expected, const struct boot_digests *digests,
                      struct chain_fault *fault)
{
    step(STEP_CHECK);
    assert_ptr_equal(the_chain, &chain);
    assert_int_equal(image, image_wanted);
    assert_ptr_equal(expected->digest, certified);
    assert_int_equal(digests->value[BOOT_SHA256][0], 0x77);
    if (verdict != VERDICT_ACCEPT) {
        *fault = refusal;
    }
    return verdict;
}

int event_log_add(struct event_log *log, uint32_t pcr, const char *name,
                  const struct boot_digests *digests)
{
    step(STEP_EVENT);
    assert_ptr_equal(log, &event_log);
    assert_int_equal(pcr, 0);
    assert_string_equal(name, event_wanted);
    assert_int_equal(digests->have & BOOT_HASH_BANKS, BOOT_HASH_BANKS);
    return event_result;
}

int boot_keys_measure(struct boot_secrets *the_secrets, const struct boot_digests *digests)
{
    step(STEP_KEYS);
    assert_ptr_equal(the_secrets, &secrets);
    assert_int_equal(digests->value[BOOT_SHA256][31], 0x77);
    return keys_result;
}

const struct boot_hash_info *boot_hash_info(enum boot_hash hash)
{
    static const struct boot_hash_info info = { .name = "SHA-x" };

    (void)hash;
    return &info;
}

static struct load_row row(void)
{
    return (struct load_row){ "BL31", uuid_a, COT_BL31, true, (uintptr_t)region, LIMIT };
}

static int fresh(void **state)
{
    (void)state;
    support_reset();
    for (size_t i = 0; i < sizeof(data); i++) {
        data[i] = (uint8_t)(i + 1);
    }
    memset(region, 0xee, sizeof(region));
    memset(&loaded, 0xee, sizeof(loaded));
    memset(steps, 0, sizeof(steps));
    memset(&chain, 0, sizeof(chain));
    policy = (struct chain_policy){ .chain = COT_SINGLE_ROOT };
    chain.policy = &policy;
    expect_result = hash_result = event_result = keys_result = ERR_NONE;
    verdict = VERDICT_ACCEPT;
    cert_hash = BOOT_SHA256;
    image_wanted = COT_BL31;
    event_wanted = "SECURE_RT_EL3";
    refusal = (struct chain_fault){ .id = IMAGE_SOC_FW_CERT,
                                    .field = "signature",
                                    .text = "must verify",
                                    .offset = 0x123,
                                    .found = 4,
                                    .expected = 5 };
    return 0;
}

static void make(uint64_t size)
{
    const struct support_image images[] = { { uuid_a, data, size } };

    support_make_fip(images, 1);
    assert_int_equal(load_open(&fip), ERR_NONE);
    support_reads = 0;
}

static void expect_region(uint8_t value, size_t from, size_t to)
{
    for (size_t i = from; i < to; i++) {
        assert_int_equal(region[i], value);
    }
}

// Loads and expects a refusal after the steps `done`, with one line that holds `text`; nothing of the
// image is left, if it was copied.
static void expect_refusal(int result, const char *done, const char *text)
{
    static const struct load_result nothing;
    const struct load_row bl31 = row();
    bool copied;

    assert_int_equal(load_image(&context, &bl31, &loaded), result);
    assert_memory_equal(&loaded, &nothing, sizeof(nothing));
    assert_string_equal(steps, done);
    copied = support_reads != 0;
    expect_region(copied ? 0 : 0xee, 0, 1000);
    expect_region(0xee, 1000, sizeof(region));
    assert_int_equal(support_errors, 1);
    if (strstr(support_last_line, text) == NULL) {
        fail_msg("'%s' is not in '%s'", text, support_last_line);
    }
}

static void an_image_that_is_proved_is_copied_once_and_reported(void **state)
{
    const struct load_row bl31 = row();

    (void)state;
    make(LIMIT);
    assert_int_equal(load_image(&context, &bl31, &loaded), ERR_NONE);
    assert_string_equal(steps, ALL_STEPS);
    assert_int_equal(reads_at_expect, 0); // certificates before images
    assert_int_equal(support_reads, 1);
    assert_int_equal(loaded.size, LIMIT);
    assert_int_equal(loaded.digests.have, BOOT_HASH_BANKS);
    assert_int_equal(loaded.digests.value[BOOT_SHA384][47], 0x77);
    assert_memory_equal(region, data, LIMIT);
    expect_region(0xee, LIMIT, sizeof(region));
    assert_int_equal(support_errors, 0);
    assert_non_null(strstr(support_last_line, "BL31: 0x"));
    assert_non_null(
        strstr(support_last_line, "4096 bytes, SHA-x by SoC Firmware content certificate"));
}

static void the_hash_of_the_certificate_is_made_in_the_same_pass(void **state)
{
    const struct load_row bl31 = row();

    (void)state;
    make(1000);
    cert_hash = BOOT_SHA512;
    assert_int_equal(load_image(&context, &bl31, &loaded), ERR_NONE);
    assert_string_equal(steps, ALL_STEPS); // one H; it compared what was wanted
}

static void identity_is_bound_only_where_the_row_says_so(void **state)
{
    struct load_row bl31 = row();

    (void)state;
    make(1000);
    bl31.identity = false;
    assert_int_equal(load_image(&context, &bl31, &loaded), ERR_NONE);
    assert_string_equal(steps, "EHCL");
}

static void what_the_chain_does_not_prove_is_not_even_looked_for(void **state)
{
    (void)state;
    make(1000);
    expect_result = ERR_DENIED;
    expect_refusal(ERR_DENIED, "E",
                   "BL31: refused: SoC Firmware content certificate: signature must verify: "
                   "offset 0x123: found 0x4, expected 0x5");
    assert_int_equal(support_reads, 0);
    fresh(state);
    make(1000);
    expect_result = ERR_NOT_FOUND;
    refusal.offset = UINT32_MAX;
    expect_refusal(ERR_NOT_FOUND, "E", "certificate: signature must verify: found 0x4");
    fresh(state);
    make(1000);
    expect_result = ERR_NOT_FOUND;
    refusal.found = refusal.expected; // nothing to compare
    expect_refusal(ERR_NOT_FOUND, "E", "certificate: signature must verify: offset 0x123");
    assert_null(strstr(support_last_line, "found"));
}

static void an_image_larger_than_its_region_is_not_even_read(void **state)
{
    const struct load_row bl31 = row();

    (void)state;
    make(LIMIT + 1);
    assert_int_equal(load_image(&context, &bl31, &loaded), ERR_RANGE);
    assert_int_equal(loaded.size, 0);
    assert_int_equal(support_reads, 0);
    assert_string_equal(steps, "E");
    expect_region(0xee, 0, sizeof(region));
    assert_int_equal(support_errors, 1);
    assert_non_null(strstr(support_last_line, "BL31: size 4097 must be at most 4096"));
}

static void a_missing_image_is_named(void **state)
{
    struct load_row bl31 = row();

    (void)state;
    make(16);
    bl31.uuid = uuid_b;
    assert_int_equal(load_image(&context, &bl31, &loaded), ERR_NOT_FOUND);
    assert_int_equal(loaded.size, 0);
    assert_string_equal(steps, "E");
    assert_int_equal(support_errors, 1);
    assert_string_equal(support_last_line, "BL31: not in the FIP");
}

// Every value but one, and those that a disturbed register would leave
static void only_acceptance_is_acceptance(void **state)
{
    (void)state;
    for (uint32_t i = 0; i < 32 + 4; i++) {
        const verdict_t others[] = { 0, 1, UINT32_MAX, VERDICT_REFUSE };

        fresh(state);
        make(1000);
        verdict = i < 32 ? VERDICT_ACCEPT ^ 1u << i : others[i - 32];
        expect_refusal(ERR_DENIED, "EHC", "signature must verify");
    }
}

static void differing_digests_are_shown_in_part(void **state)
{
    (void)state;
    make(1000);
    verdict = VERDICT_REFUSE;
    refusal = (struct chain_fault){ .id = IMAGE_SOC_FW,
                                    .field = "SHA-256",
                                    .text = "must be that of the certificate",
                                    .offset = UINT32_MAX,
                                    .digest_size = 32 };
    memset(refusal.found_digest, 0xab, 32);
    memset(refusal.expected_digest, 0x09, 32);
    expect_refusal(ERR_DENIED, "EHC",
                   "BL31: refused: EL3 Runtime Firmware BL31: SHA-256 must be that of the "
                   "certificate: found abababababababab..., expected 0909090909090909...");
}

// The fault of a package has no well-known name: the row's is printed
static void a_package_at_fault_is_called_by_its_name(void **state)
{
    (void)state;
    make(1000);
    verdict = VERDICT_REFUSE;
    refusal.id = IMAGE_COUNT;
    expect_refusal(ERR_DENIED, "EHC", "BL31: refused: BL31: signature");
}

static void what_cannot_be_hashed_or_measured_is_wiped(void **state)
{
    (void)state;
    make(1000);
    hash_result = ERR_IO;
    expect_refusal(ERR_IO, "EH", "BL31: cannot be hashed");
    fresh(state);
    make(1000);
    event_result = ERR_NO_MEMORY;
    expect_refusal(ERR_NO_MEMORY, "EHCL", "BL31: cannot be measured");
    fresh(state);
    make(1000);
    keys_result = ERR_IO;
    expect_refusal(ERR_IO, "EHCLK", "BL31: cannot be measured");
}

static void what_storage_breaks_off_is_wiped(void **state)
{
    (void)state;
    make(1000);
    support_fail_read = 1;
    expect_refusal(ERR_IO, "E", "BL31: the boot storage cannot be read");
}

static void the_signer_of_the_chain_in_force_is_named(void **state)
{
    const struct load_row package = {
        "ftpm", uuid_a, (enum cot_image)(COT_SP1 + 4), false, (uintptr_t)region, LIMIT
    };

    (void)state;
    image_wanted = package.image;
    event_wanted = "SP5";
    make(1000);
    assert_int_equal(load_image(&context, &package, &loaded), ERR_NONE);
    assert_non_null(strstr(support_last_line, "by SiP owned Secure Partition content certificate"));
    policy.chain = COT_DUAL_ROOT;
    memset(steps, 0, sizeof(steps));
    assert_int_equal(load_image(&context, &package, &loaded), ERR_NONE);
    assert_non_null(strstr(support_last_line, "by Platform owned Secure Partition content cert"));
}

static void the_last_look_wants_equal_sums(void **state)
{
    volatile uint32_t tally = 0x1234, expected = 0x1234;

    (void)state;
    assert_true(load_complete(&tally, &expected));
    for (uint32_t i = 0; i < 32; i++) {
        tally = 0x1234 ^ 1u << i;
        assert_false(load_complete(&tally, &expected));
    }
    tally = 0;
    assert_false(load_complete(&tally, &expected));
}

static void a_broken_fip_is_reported_with_field_and_rule(void **state)
{
    (void)state;
    assert_int_equal(load_open(&fip), ERR_INVALID); // erased flash
    assert_int_equal(support_errors, 1);
    assert_non_null(strstr(support_last_line, "FIP: name must"));
    fresh(state);
    make(64);
    support_storage[SUPPORT_FIP_OFFSET + 16 + 24 + 7] = 0x80; // size of entry 0
    assert_int_equal(load_open(&fip), ERR_RANGE);
    assert_non_null(strstr(support_last_line, "FIP: entry 0 ("));
    assert_non_null(strstr(support_last_line, "size must"));
    fresh(state);
    support_fail_read = 1;
    assert_int_equal(load_open(&fip), ERR_IO);
    assert_int_equal(support_errors, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(an_image_that_is_proved_is_copied_once_and_reported, fresh),
        cmocka_unit_test_setup(the_hash_of_the_certificate_is_made_in_the_same_pass, fresh),
        cmocka_unit_test_setup(identity_is_bound_only_where_the_row_says_so, fresh),
        cmocka_unit_test_setup(what_the_chain_does_not_prove_is_not_even_looked_for, fresh),
        cmocka_unit_test_setup(an_image_larger_than_its_region_is_not_even_read, fresh),
        cmocka_unit_test_setup(a_missing_image_is_named, fresh),
        cmocka_unit_test_setup(only_acceptance_is_acceptance, fresh),
        cmocka_unit_test_setup(differing_digests_are_shown_in_part, fresh),
        cmocka_unit_test_setup(a_package_at_fault_is_called_by_its_name, fresh),
        cmocka_unit_test_setup(what_cannot_be_hashed_or_measured_is_wiped, fresh),
        cmocka_unit_test_setup(what_storage_breaks_off_is_wiped, fresh),
        cmocka_unit_test_setup(the_signer_of_the_chain_in_force_is_named, fresh),
        cmocka_unit_test_setup(the_last_look_wants_equal_sums, fresh),
        cmocka_unit_test_setup(a_broken_fip_is_reported_with_field_and_rule, fresh),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
