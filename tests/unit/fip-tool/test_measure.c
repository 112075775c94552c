// SPDX-License-Identifier: BSD-3-Clause
//
// fip-tool measure: the log is built here once more, from the TCG's tables (PC Client Platform Firmware
// Profile 1.05, section 10) and TF-A's names, with OpenSSL's hashes, and must be the same bytes; so must
// the PCR values. What is refused leaves no log.
#include "tool_support.h"
#include "trust_support.h"

#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "json_check.h"

#define EV_POST_CODE 1
#define EV_NO_ACTION 3
#define CHAIN_SINGLE 0x35ca // critical_data.h's layout, written out here
#define LIFECYCLE_OPEN 0xffffffffu

static uint8_t expected[8192];
static size_t expected_size;
static uint8_t pcrs[2][2][48]; // PCR 0 and 1, both banks

static void put(const void *data, size_t size)
{
    memcpy(expected + expected_size, data, size);
    expected_size += size;
}

static void put_le(uint64_t value, size_t bytes)
{
    for (size_t i = 0; i < bytes; i++) {
        expected[expected_size++] = (uint8_t)(value >> 8 * i);
    }
}

static void hash(const void *data, size_t size, int bank, uint8_t *digest)
{
    assert_int_equal(
        EVP_Digest(data, size, digest, NULL, bank == 0 ? EVP_sha256() : EVP_sha384(), NULL), 1);
}

// TCG_PCR_EVENT2, and TPM2_PCR_Extend for what is measured.
static void record(uint32_t pcr, uint32_t type, const void *data, size_t size, const void *event,
                   size_t event_size)
{
    static const uint16_t algorithms[] = { 0x000b, 0x000c }, sizes[] = { 32, 48 };

    put_le(pcr, 4);
    put_le(type, 4);
    put_le(2, 4);
    for (int bank = 0; bank < 2; bank++) {
        uint8_t digest[48] = { 0 }, both[96];

        if (type != EV_NO_ACTION) {
            hash(data, size, bank, digest);
            memcpy(both, pcrs[pcr][bank], sizes[bank]);
            memcpy(both + sizes[bank], digest, sizes[bank]);
            hash(both, 2u * sizes[bank], bank, pcrs[pcr][bank]);
        }
        put_le(algorithms[bank], 2);
        put(digest, sizes[bank]);
    }
    put_le(event_size, 4);
    put(event, event_size);
}

static void record_file(const char *path, const char *name)
{
    size_t size;
    uint8_t *data = support_read(path, &size);

    record(0, EV_POST_CODE, data, size, name, strlen(name) + 1);
    free(data);
}

static void begin(void)
{
    static const uint8_t zero[48];

    expected_size = 0;
    memset(pcrs, 0, sizeof(pcrs));
    put_le(0, 4);
    put_le(EV_NO_ACTION, 4);
    put(zero, 20);
    put_le(37, 4);
    put("Spec ID Event03", 16);
    put_le(0, 4);
    put("\0\2\2\1", 4); // version 2.0 errata 2, UINT32
    put_le(2, 4);
    put_le(0x000b, 2);
    put_le(32, 2);
    put_le(0x000c, 2);
    put_le(48, 2);
    put_le(0, 1);
    record(0, EV_NO_ACTION, NULL, 0, "StartupLocality\0", 17);
}

static void record_critical_data(uint32_t chain, const char *root, const char *platform_root)
{
    uint8_t data[72] = { 0 };
    char digits[65];

    for (int i = 0; i < 4; i++) {
        data[i] = (uint8_t)(LIFECYCLE_OPEN >> 8 * i);
        data[4 + i] = (uint8_t)(chain >> 8 * i);
    }
    trust_key_hash(root, data + 8, digits);
    if (platform_root != NULL) {
        trust_key_hash(platform_root, data + 40, digits);
    }
    record(1, EV_POST_CODE, data, sizeof(data), "CRITICAL_DATA", 14);
}

static void expect_log(const char *path)
{
    size_t size;
    uint8_t *log = support_read(path, &size);

    assert_int_equal(size, expected_size);
    assert_memory_equal(log, expected, size);
    free(log);
}

static void expect_pcrs(void)
{
    const char *out = support_stdout();

    assert_int_equal(json_count(out, "pcrs"), 2);
    for (int pcr = 0; pcr < 2; pcr++) {
        for (int bank = 0; bank < 2; bank++) {
            char path[32], digits[97];

            for (int i = 0; i < (bank == 0 ? 32 : 48); i++) {
                snprintf(digits + 2 * i, 3, "%02x", pcrs[pcr][bank][i]);
            }
            snprintf(path, sizeof(path), "pcrs.%d.sha%d", pcr, bank == 0 ? 256 : 384);
            json_expect(out, path, digits);
        }
    }
}

static void record_images(void)
{
    record_file("bl2", "BL_2");
    record_file("config.dtb", "TB_FW_CONFIG");
    record_file("bl31", "SECURE_RT_EL3");
    record_file("spmc", "SECURE_RT_EL1_SPMD");
    record_file("bl33", "BL_33");
}

static void the_log_is_that_of_the_tables(void **state)
{
    const char *out;

    (void)state;
    trust_make_images();
    trust_make_keys(TRUST_P256);
    trust_sign(TRUST_P256, "sha256", 0, 0, "x.fip");
    begin();
    record_images();
    record_file("sp1", "SP1");
    record_file("sp2", "SP2");
    record_critical_data(CHAIN_SINGLE, "keys/rot_key.pem", NULL);
    assert_int_equal(support_tool("measure --json --log log --root-key keys/rot_key.pem x.fip"), 0);
    out = support_stdout();
    json_check(out);
    expect_log("log");
    expect_pcrs();
    json_expect(out, "verified", "true");
    json_expect(out, "records.0.event", "Spec ID Event03");
    json_expect(out, "records.1.event", "StartupLocality");
    json_expect(out, "records.1.type", "EV_NO_ACTION");
    json_expect(out, "records.4.event", "SECURE_RT_EL3");
    json_expect(out, "records.4.pcr", "0");
    json_expect(out, "records.9.event", "CRITICAL_DATA");
    json_expect(out, "records.9.pcr", "1");
    assert_int_equal(json_count(out, "records"), 10);
    assert_string_equal(support_stderr(), "");
}

// Another hash in the certificates does not change what is measured; another root key does.
static void other_keys_and_hashes_change_one_record(void **state)
{
    static const char *const hashes[] = { "sha384", "sha512" };

    (void)state;
    trust_make_images();
    trust_make_keys(TRUST_P384);
    for (size_t i = 0; i < 2; i++) {
        trust_sign(TRUST_P384, hashes[i], 3, 4, "x.fip");
        begin();
        record_images();
        record_file("sp1", "SP1");
        record_file("sp2", "SP2");
        record_critical_data(CHAIN_SINGLE, "keys/rot_key.pem", NULL);
        assert_int_equal(support_tool("measure --log log x.fip"), 0);
        expect_log("log");
        support_expect_message("warning: x.fip: checked against the root key that it brings along");
        assert_non_null(strstr(support_stdout(), "SECURE_RT_EL1_SPMD"));
    }
}

static void two_owners_number_their_packages_apart(void **state)
{
    (void)state;
    trust_make_images(); // sp1 is the platform's, sp2 the silicon provider's
    assert_int_equal(
        support_tool("certs --keys keys --new-keys --chain dual --out x.fip plain.fip"), 0);
    begin();
    record_images();
    record_file("sp1", "SP5");
    record_file("sp2", "SP1");
    record_critical_data(0xca35, "keys/rot_key.pem", "keys/prot_key.pem");
    assert_int_equal(support_tool("measure --json --log log --root-key keys/rot_key.pem "
                                  "--platform-root-key keys/prot_key.pem x.fip"),
                     0);
    json_check(support_stdout());
    expect_log("log");
    expect_pcrs();
}

static void a_fip_that_would_not_boot_has_no_log(void **state)
{
    struct trust_fip fip;
    size_t size;

    (void)state;
    trust_make_images();
    trust_make_keys(TRUST_P256);
    trust_sign(TRUST_P256, "sha256", 0, 0, "x.fip");
    trust_load("x.fip", &fip);
    trust_entry(&fip, IMAGE_SOC_FW, &size)[17] ^= 4;
    support_write("y.fip", fip.data, fip.size);
    free(fip.data);
    assert_int_equal(support_tool("measure --json --log log y.fip"), 1);
    json_check(support_stdout());
    json_expect(support_stdout(), "verified", "false");
    json_expect(support_stdout(), "faults.0.name", "soc-fw");
    assert_null(json_get(support_stdout(), "records"));
    support_expect_message("does not get to the end of its log");
    assert_int_not_equal(access("log", F_OK), 0);
    assert_int_equal(support_tool("measure --log log y.fip"), 1);
    assert_string_equal(support_stdout(), "");
    assert_int_not_equal(access("log", F_OK), 0);
}

static void a_log_that_cannot_be_written_is_a_failure(void **state)
{
    (void)state;
    trust_make_images();
    trust_make_keys(TRUST_P256);
    trust_sign(TRUST_P256, "sha256", 0, 0, "x.fip");
    assert_int_equal(support_tool("measure --log absent/log x.fip"), 1);
    support_expect_message("absent/log: cannot write");
    assert_int_equal(support_tool("measure --log . x.fip"), 1);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, support_enter, support_leave)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(the_log_is_that_of_the_tables),
        TEST(other_keys_and_hashes_change_one_record),
        TEST(two_owners_number_their_packages_apart),
        TEST(a_fip_that_would_not_boot_has_no_log),
        TEST(a_log_that_cannot_be_written_is_a_failure),
    };

    return cmocka_run_group_tests_name("fip-tool_measure", tests, NULL, NULL);
}
