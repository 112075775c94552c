// SPDX-License-Identifier: BSD-3-Clause
//
// fip-tool quote: quotes made after the TPM's tables by another program (quote_cases.py), good ones of every key and bank,
// and every kind of broken, altered, forged and stale one, each refused for its own reason; event logs that name what
// differs; every truncation and every flipped bit; wrong command lines.
#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/unit/fip-tool/attest_support.h"
#include "tests/unit/fip-tool/json_check.h"
#include "tests/unit/fip-tool/tool_support.h"

#define NONCE "000102030405060708090a0b0c0d0e0f10111213"
#define VERIFY "quote verify --key ak.pub --nonce " NONCE " --reference ref.json"

static bool no_hash;

int __real_EVP_Digest(const void *data, size_t count, unsigned char *md, unsigned int *size,
                      const EVP_MD *type, ENGINE *impl);
int __wrap_EVP_Digest(const void *data, size_t count, unsigned char *md, unsigned int *size,
                      const EVP_MD *type, ENGINE *impl);
int __wrap_EVP_Digest(const void *data, size_t count, unsigned char *md, unsigned int *size,
                      const EVP_MD *type, ENGINE *impl)
{
    return no_hash ? 0 : __real_EVP_Digest(data, count, md, size, type, impl);
}

static void each_case_has_its_reason(void **state)
{
    bool seen[ATTEST_REASONS] = { false };
    struct attest_case one;
    size_t index = 0;

    (void)state;
    attest_need();
    while (attest_next_case(&index, &one)) {
        char command[512];

        snprintf(command, sizeof(command), VERIFY " %s %s.sig", one.file, one.file);
        attest_expect(command, &one, seen);
    }
    attest_expect_all(seen, ATTEST_QUOTE_TRUNCATED, ATTEST_LOG_EXTRA, ATTEST_OK);
    assert_true(seen[ATTEST_SIGNATURE] && seen[ATTEST_NONCE]);
}

static void the_log_names_the_image_that_is_another_one(void **state)
{
    static const char *const names[] = { "BL_2", "SECURE_RT_EL1_SPMD", "BL_33", "SP2",
                                         "CRITICAL_DATA" };

    (void)state;
    attest_need();
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        assert_int_equal(support_tool(VERIFY " --json --event-log %s.log altered-%s.quote "
                                             "altered-%s.quote.sig",
                                      names[i], names[i], names[i]),
                         TOOL_DENIED);
        json_expect(support_stdout(), "faults.0.reason", "quote-digest");
        json_expect(support_stdout(), "faults.1.reason", "log-event");
        json_expect(support_stdout(), "faults.1.where", names[i]);
        assert_int_equal(json_count(support_stdout(), "faults"), 2);
        assert_string_not_equal(json_get(support_stdout(), "faults.1.found"),
                                json_get(support_stdout(), "faults.1.expected"));
    }
}

static void what_is_in_it_is_told(void **state)
{
    (void)state;
    attest_need();
    assert_int_equal(support_tool(VERIFY " good-banks.quote good-banks.quote.sig"), TOOL_OK);
    assert_non_null(strstr(support_stdout(), "nonce: " NONCE "\n"));
    assert_non_null(strstr(support_stdout(),
                           "clock: 123456 ms, reset count 7, restart count 1\n"
                           "TPM firmware: 0x2020120800000000\nPCRs of SHA-256: 0 1\n"
                           "PCRs of SHA-384: 0 1\n"));
    assert_non_null(strstr(support_stdout(), "signature: ECDSA with SHA-256\n"));
    assert_int_equal(support_tool(VERIFY " --json good-banks.quote good-banks.quote.sig"), TOOL_OK);
    json_check(support_stdout());
    json_expect(support_stdout(), "quote.selections.1.bank", "SHA-384");
    json_expect(support_stdout(), "quote.selections.1.pcrs.1", "1");
    json_expect(support_stdout(), "quote.safe", "true");
    json_expect(support_stdout(), "quote.clock", "0x1e240");
    assert_int_equal(support_tool(VERIFY " --json magic.quote magic.quote.sig"), TOOL_DENIED);
    json_check(support_stdout());
    assert_null(json_get(support_stdout(), "quote"));
}

// ---- bytes ----

struct fixture {
    uint8_t *quote, *signature;
    size_t quote_size, signature_size;
    struct attest_side side;
};

static void load(struct fixture *f)
{
    f->quote = support_read("good-banks.quote", &f->quote_size);
    f->signature = support_read("good-banks.quote.sig", &f->signature_size);
    attest_side_load(&f->side, "ak.pub", 20);
}

static void unload(struct fixture *f)
{
    attest_side_free(&f->side);
    free(f->quote);
    free(f->signature);
}

// The first reason; the bytes of both stand in blocks of exactly their size.
static enum attest_reason judge(const struct fixture *f, size_t quote_size, size_t signature_size)
{
    static const struct attest_span no_log;
    static struct attest_findings findings;
    uint8_t *quote_bytes = malloc(quote_size + 1), *signature = malloc(signature_size + 1);
    enum attest_reason reason;
    struct quote quote;
    size_t offset;

    assert_true(quote_bytes != NULL && signature != NULL);
    memcpy(quote_bytes + 1, f->quote, quote_size);
    memcpy(signature + 1, f->signature, signature_size);
    memset(&findings, 0, sizeof(findings));
    reason = quote_read(quote_bytes + 1, quote_size, &quote, &offset);
    if (reason == ATTEST_OK) {
        reason = quote_read_signature(signature + 1, signature_size, &quote, &offset);
    }
    if (reason == ATTEST_OK) {
        quote_check(&quote, &f->side.demand, no_log, &findings);
        reason = findings.count == 0 ? ATTEST_OK : findings.all[0].reason;
    }
    free(quote_bytes);
    free(signature);
    return reason;
}

static void every_truncation_is_refused(void **state)
{
    struct fixture f;

    (void)state;
    attest_need();
    load(&f);
    assert_int_equal(judge(&f, f.quote_size, f.signature_size), ATTEST_OK);
    for (size_t size = 0; size < f.quote_size; size++) {
        assert_int_equal(judge(&f, size, f.signature_size), ATTEST_QUOTE_TRUNCATED);
    }
    for (size_t size = 0; size < f.signature_size; size++) {
        assert_int_equal(judge(&f, f.quote_size, size), ATTEST_QUOTE_TRUNCATED);
    }
    unload(&f);
}

static void every_flipped_bit_is_refused(void **state)
{
    struct fixture f;

    (void)state;
    attest_need();
    load(&f);
    for (size_t bit = 0; bit < 8 * (f.quote_size + f.signature_size); bit++) {
        size_t at = bit / 8;
        uint8_t *byte = at < f.quote_size ? &f.quote[at] : &f.signature[at - f.quote_size];

        *byte ^= (uint8_t)(1u << bit % 8);
        if (judge(&f, f.quote_size, f.signature_size) == ATTEST_OK) {
            fail_msg("believed with bit %zu flipped", bit);
        }
        *byte ^= (uint8_t)(1u << bit % 8);
    }
    assert_int_equal(judge(&f, f.quote_size, f.signature_size), ATTEST_OK);
    unload(&f);
}

// Nothing is believed because it could not be computed.
static void a_hash_that_fails_is_no_reason_to_believe(void **state)
{
    static const char *const files[] = { "good", "selection-none", "selection-0", "selection-1" };

    (void)state;
    attest_need();
    for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
        struct fixture f;
        char path[64];

        load(&f);
        free(f.quote);
        free(f.signature);
        snprintf(path, sizeof(path), "%s.quote", files[i]);
        f.quote = support_read(path, &f.quote_size);
        snprintf(path, sizeof(path), "%s.quote.sig", files[i]);
        f.signature = support_read(path, &f.signature_size);
        no_hash = true;
        enum attest_reason reason = judge(&f, f.quote_size, f.signature_size);
        no_hash = false;
        if (reason == ATTEST_OK) {
            fail_msg("%s: believed without a hash", path);
        }
        unload(&f);
    }
}

static void wrong_command_lines_are_refused(void **state)
{
    static const struct attest_row rows[] = {
        { "quote", "found 0 operands, expected two or three" },
        { "quote verify a b c", "found 4 operands, expected two or three" },
        { "quote show a b", "found \"show\", expected verify" },
        { "quote verify a b", "expected --key FILE, --nonce HEX" },
        { "quote verify --key k --nonce 00 a b", "expected --key FILE, --nonce HEX" },
        { "quote verify --key k --reference r a b", "expected --key FILE, --nonce HEX" },
        { "quote verify --nonce 00 --reference r a b", "expected --key FILE, --nonce HEX" },
        { "quote verify --key k --nonce 00 --reference r a", "the files of quote and signature" },
        { "quote verify --allow-lifecycle secured a b", "unrecognized option" },
    };

    (void)state;
    attest_expect_failures("", rows, sizeof(rows) / sizeof(rows[0]), TOOL_USAGE);
}

static void files_of_the_caller_that_are_of_no_use_are_no_refusal(void **state)
{
    static const struct attest_row rows[] = {
        { "--key absent good.quote good.quote.sig", "absent: " },
        { "--reference absent good.quote good.quote.sig", "absent: " },
        { "--event-log absent good.quote good.quote.sig", "absent: " },
        { "absent good.quote.sig", "absent: " },
        { "good.quote absent", "absent: " },
        { "large good.quote.sig", "large: must have at most 4096 bytes" },
        { "good.quote large", "large: must have at most 4096 bytes" },
        { "--event-log large good.quote good.quote.sig", "large: must have at most 65536 bytes" },
    };

    (void)state;
    attest_need();
    support_write_pattern("large", 65537, 1);
    attest_expect_failures(VERIFY " ", rows, sizeof(rows) / sizeof(rows[0]), TOOL_FAILED);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_case_has_its_reason),
        cmocka_unit_test(the_log_names_the_image_that_is_another_one),
        cmocka_unit_test(what_is_in_it_is_told),
        cmocka_unit_test(every_truncation_is_refused),
        cmocka_unit_test(every_flipped_bit_is_refused),
        cmocka_unit_test(a_hash_that_fails_is_no_reason_to_believe),
        cmocka_unit_test(wrong_command_lines_are_refused),
        cmocka_unit_test(files_of_the_caller_that_are_of_no_use_are_no_refusal),
    };

    attest_cases_script = "tests/unit/fip-tool/quote_cases.py";
    return cmocka_run_group_tests_name("fip-tool_quote", tests, attest_enter, attest_leave);
}
