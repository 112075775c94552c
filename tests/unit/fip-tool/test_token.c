// SPDX-License-Identifier: BSD-3-Clause
//
// fip-tool token: tokens by another encoder (token_cases.py), good ones in both profiles, and every kind of broken, altered,
// forged and stale one, each refused for its own reason; every truncation and every flipped byte; wrong command lines, keys
// and reference files.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/unit/fip-tool/attest_support.h"
#include "tests/unit/fip-tool/json_check.h"
#include "tests/unit/fip-tool/tool_support.h"
#include "tests/unit/fip-tool/trust_support.h"

#define NONCE "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"
#define DEMAND "--key key.pub --nonce " NONCE " --reference ref.json"
#define VERIFY "token verify " DEMAND " --allow-lifecycle assembly-and-test"

static void each_case_has_its_reason(void **state)
{
    bool seen[ATTEST_REASONS] = { false };
    struct attest_case one;
    size_t index = 0;

    (void)state;
    attest_need();
    while (attest_next_case(&index, &one)) {
        char command[512];

        snprintf(command, sizeof(command), VERIFY " %s", one.file);
        attest_expect(command, &one, seen);
    }
    // our own scan of the encoding is stricter than the library
    attest_expect_all(seen, ATTEST_CBOR_TRUNCATED, ATTEST_VERSION, ATTEST_CBOR_LIBRARY);
}

static void a_component_that_differs_is_named_with_both_values(void **state)
{
    char *reference, digest[65];
    size_t size;

    (void)state;
    attest_need();
    reference = (char *)support_read("ref.json", &size);
    json_check(reference);
    json_expect(reference, "measurements.4.name", "BL_33");
    snprintf(digest, sizeof(digest), "%s", json_get(reference, "measurements.4.sha256"));
    free(reference);
    assert_int_equal(support_tool(VERIFY " --json altered-BL_33.cbor"), TOOL_DENIED);
    json_expect(support_stdout(), "faults.0.where", "BL_33");
    json_expect(support_stdout(), "faults.0.expected", digest);
    assert_string_equal(json_get(support_stdout(), "faults.0.found"),
                        json_get(support_stdout(), "token.components.4.measurement"));
    assert_string_not_equal(json_get(support_stdout(), "faults.0.found"), digest);
    support_expect_message("altered-BL_33.cbor: BL_33: measurement must be that of the reference "
                           "values [measurement]: found ");
    support_expect_message(digest);
}

static void show_prints_every_claim(void **state)
{
    static const char *const lines[] = {
        "profile: tag:psacertified.org,2023:psa#tfm\n",
        "nonce: 000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f\n",
        "instance id: 01",
        "implementation id: ",
        "boot seed: 6465666768",
        "client id: -1 (normal world)\n",
        "lifecycle: 0x1000 (assembly-and-test)\n",
        "component 0: BL_2\n  measurement: ",
        "  description: sha-256\n  version: 3\n  signer: ",
        "component 4: BL_33\n",
        "component 6: SP2\n",
        "certification reference: 1234567890123-12345\n",
        "verification service: https://verifier.example\n",
        "signature (ES256): ",
    };

    (void)state;
    attest_need();
    assert_int_equal(support_tool("token show good-optional.cbor"), TOOL_OK);
    for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
        if (strstr(support_stdout(), lines[i]) == NULL) {
            fail_msg("show does not print \"%s\"", lines[i]);
        }
    }
    assert_int_equal(support_tool("token show --json good-old.cbor"), TOOL_OK);
    json_check(support_stdout());
    json_expect(support_stdout(), "command", "token show");
    json_expect(support_stdout(), "token.profile", "PSA_IOT_PROFILE_1");
    json_expect(support_stdout(), "token.nonce", NONCE);
    json_expect(support_stdout(), "token.client_id", "-1");
    json_expect(support_stdout(), "token.lifecycle", "4096");
    json_expect(support_stdout(), "token.components.4.type", "BL_33");
    json_expect(support_stdout(), "token.components.4.version", "5");
    assert_int_equal(json_count(support_stdout(), "token.components"), 7);
    assert_null(json_get(support_stdout(), "verified")); // it did not look
    // the form is refused there too, and what can be read is shown
    assert_int_equal(support_tool("token show new-nonce-missing.cbor"), TOOL_DENIED);
    support_expect_message("nonce: claim must be there [claim-missing]");
    assert_non_null(strstr(support_stdout(), "component 4: BL_33\n"));
    // nothing of it reaches the terminal as it is
    assert_int_equal(support_tool("token show extra-ugly.cbor"), TOOL_OK);
    assert_null(strchr(support_stdout(), '\x1b'));
}

// ---- bytes ----

struct fixture {
    uint8_t *token;
    size_t size;
    struct attest_side side;
};

static void load(struct fixture *f, const char *path)
{
    f->token = support_read(path, &f->size);
    attest_side_load(&f->side, "key.pub", 32);
    f->side.demand.lifecycle = 0x1000;
}

static void unload(struct fixture *f)
{
    attest_side_free(&f->side);
    free(f->token);
}

// The first reason, ATTEST_OK: believed. The bytes stand in a block of exactly that size.
static enum attest_reason judge(const struct fixture *f, const uint8_t *bytes, size_t size)
{
    static struct attest_findings findings;
    static struct token token;
    uint8_t *exact = malloc(size + 1);

    assert_non_null(exact);
    memcpy(exact + 1, bytes, size);
    memset(&findings, 0, sizeof(findings));
    if (token_read(exact + 1, size, &token, &findings) == 0) {
        assert_int_equal(findings.count, 0);
        token_check(&token, &f->side.demand, &findings);
    } else {
        assert_int_not_equal(findings.count, 0);
    }
    token_free(&token);
    free(exact);
    return findings.count == 0 ? ATTEST_OK : findings.all[0].reason;
}

static void every_truncation_is_refused(void **state)
{
    static const char *const files[] = { "good.cbor", "good-old.cbor", "good-optional.cbor" };

    (void)state;
    attest_need();
    for (size_t i = 0; i < 3; i++) {
        struct fixture f;

        load(&f, files[i]);
        assert_int_equal(judge(&f, f.token, f.size), ATTEST_OK);
        for (size_t size = 0; size < f.size; size++) {
            assert_int_equal(judge(&f, f.token, size), ATTEST_CBOR_TRUNCATED);
        }
        unload(&f);
    }
}

static void every_flipped_bit_is_refused(void **state)
{
    static const char *const files[] = { "good.cbor", "good-old.cbor" };

    (void)state;
    attest_need();
    for (size_t i = 0; i < 2; i++) {
        struct fixture f;

        load(&f, files[i]);
        for (size_t bit = 0; bit < 8 * f.size; bit++) {
            enum attest_reason reason;

            f.token[bit / 8] ^= (uint8_t)(1u << bit % 8);
            reason = judge(&f, f.token, f.size);
            f.token[bit / 8] ^= (uint8_t)(1u << bit % 8);
            if (reason == ATTEST_OK) {
                fail_msg("%s: believed with bit %zu flipped", files[i], bit);
            }
        }
        assert_int_equal(judge(&f, f.token, f.size), ATTEST_OK);
        unload(&f);
    }
}

// Alterations of the claims that nobody signed are never judged as claims.
static void claims_are_not_looked_at_before_the_signature(void **state)
{
    struct fixture f;
    uint8_t *nonce;

    (void)state;
    attest_need();
    load(&f, "good.cbor");
    nonce = memmem(f.token, f.size, f.side.nonce, sizeof(f.side.nonce));
    assert_non_null(nonce);
    nonce[0] ^= 1;
    assert_int_equal(judge(&f, f.token, f.size), ATTEST_SIGNATURE);
    unload(&f);
}

// ---- command lines and the caller's own files ----

static void wrong_command_lines_are_refused(void **state)
{
    static const struct attest_row rows[] = {
        { "token", "found 0 operands, expected two" },
        { "token show", "found 1 operands, expected two" },
        { "token show a b", "found 3 operands, expected two" },
        { "token read a", "found \"read\", expected show or verify" },
        { "token verify a", "expected --key FILE, --nonce HEX and --reference FILE" },
        { "token verify --nonce 00 --key k a", "expected --key FILE, --nonce HEX" },
        { "token verify --nonce 00 --reference r a", "expected --key FILE, --nonce HEX" },
        // a token of any age would be believed
        { "token verify --key k --reference r a", "expected --key FILE, --nonce HEX" },
        { "token verify --key k --reference r --nonce= a", "--nonce: found \"\"" },
        { "token show --key k a", "expected no option but --json" },
        { "token show --nonce 00 a", "expected no option but --json" },
        { "token verify --key k --reference r --nonce 0 a", "--nonce: found \"0\"" },
        { "token verify --key k --reference r --nonce 0g a", "--nonce: found \"0g\"" },
        { "token verify --key k --reference r --nonce 000 a", "--nonce: found \"000\"" },
        { "token verify --key k --reference r --nonce 00 --client-id 0 a",
          "--client-id: found \"0\"" },
        { "token verify --key k --reference r --nonce 00 --client-id -2147483649 a",
          "--client-id: found" },
        { "token verify --key k --reference r --nonce 00 --client-id 2147483648 a",
          "--client-id: found" },
        { "token verify --key k --reference r --nonce 00 --client-id -- a",
          "--client-id: found \"--\"" },
        { "token verify --key k --reference r --nonce 00 --allow-lifecycle good a",
          "--allow-lifecycle: found \"good\"" },
        { "measure --reference r x.fip", "--reference, --board and --soc-id" },
        { "measure --reference r --board b x.fip", "--reference, --board and --soc-id" },
        { "measure --board b --soc-id 1 x.fip", "--reference, --board and --soc-id" },
        { "measure --reference r --board b --soc-id 0x100000000 x.fip", "--soc-id: found" },
    };

    (void)state;
    attest_expect_failures("", rows, sizeof(rows) / sizeof(rows[0]), TOOL_USAGE);
}

// Not the token's fault: another exit code.
static void files_of_the_caller_that_are_of_no_use_are_no_refusal(void **state)
{
    static const struct attest_row rows[] = {
        { "--key absent good.cbor", "absent: " },
        { "--key key.pem good.cbor", "key.pem: key must be a public key" },
        { "--key ref.json good.cbor", "ref.json: key must be a public key" },
        { "--key p384.pub good.cbor", "p384.pub: key must be on P-256" },
        { "--key rsa.pub good.cbor", "rsa.pub: key must be on P-256" },
        { "--key point good.cbor", "point: key must be a public key" },
        { "--key two.pub good.cbor", "two.pub: key must be a public key" },
        { "--key both.pem good.cbor", "both.pem: key must be a public key" },
        { "--key locked.pub good.cbor", "locked.pub: key must be a public key" },
        { "--reference absent good.cbor", "absent: " },
        { "--reference key.pub good.cbor", "key.pub: line 1: must be JSON" },
        { "absent.cbor", "absent.cbor: " },
        { "large.cbor", "large.cbor: must have at most 16384 bytes" },
    };
    uint8_t point[65] = { 4 };

    (void)state;
    attest_need();
    support_write("point", point, sizeof(point)); // 0, 0 is not on the curve
    support_write_pattern("large.cbor", 16385, 1);
    attest_expect_failures(VERIFY " ", rows, sizeof(rows) / sizeof(rows[0]), TOOL_FAILED);
}

// ---- reference files ----

// ref.json with the first `from` behind `after` replaced
static void alter(const char *after, const char *from, const char *to)
{
    size_t size;
    char *text = (char *)support_read("ref.json", &size), *place, *altered;

    place = strstr(text, after);
    assert_non_null(place);
    place = strstr(place, from);
    assert_non_null(place);
    assert_true(
        asprintf(&altered, "%.*s%s%s", (int)(place - text), text, to, place + strlen(from)) > 0);
    support_write("bad.json", altered, strlen(altered));
    free(altered);
    free(text);
}

static void broken_reference_files_are_refused(void **state)
{
    static const struct {
        const char *after, *from, *to, *message;
    } rows[] = {
        { "", "tessera-reference", "tessera", "bad.json: format: must be" },
        { "", "\"version\": 1", "\"version\": 2", "bad.json: version: must be" },
        { "", "\"version\": 1", "\"version\": \"1\"", "bad.json: version: must be" },
        { "", "\"version\": 1", "\"version\": 1.0", "bad.json: version: must be" },
        { "implementation_id", "\": \"", "\": \"0", "bad.json: implementation_id: must be 64" },
        { "", "implementation_id", "implementation", "bad.json: implementation_id: must be 64" },
        { "", "\"lifecycle\": 4096", "\"lifecycle\": 65536", "bad.json: lifecycle: must be" },
        { "", "\"lifecycle\": 4096", "\"lifecycle\": -1", "bad.json: lifecycle: must be" },
        { "", "\"measurements\"", "\"measurement\"", "bad.json: measurements: must be an array" },
        { "", "TB_FW_CONFIG", "BL_2", "measurements[1].name: must be there only once" },
        { "", "\"BL_2\"", "\"\"", "measurements[0].name: must be a text" },
        { "", "\"BL_2\"", "\"0123456789abcdef0123456789abcdef\"", "measurements[0].name: must be" },
        { "", "\"BL_2\"", "\"BL\\u0000\"", "bad.json: line 10: must be JSON" },
        { "", "\"pcr\": 0", "\"pcr\": 24", "measurements[0].pcr: must be a number" },
        { "", "\"sha256\": \"", "\"sha256\": \"00", "measurements[0].sha256: must be 64" },
        { "", "\"sha384\": \"", "\"sha384\": \"0", "measurements[0].sha384: must be 96" },
        { "", "\"sha384\": \"", "\"sha512\": \"", "measurements[0].sha384: must be 96" },
        { "", "\"in_token\": true", "\"in_token\": 1", "measurements[0].in_token: must be true" },
        { "", "\"version\": 3", "\"version\": -3", "measurements[0].version: must be a number" },
        { "", "\"version\": 3", "\"version\": 4294967296", "measurements[0].version: must be" },
        { "", "\"signer\": \"", "\"signer\": \"x", "measurements[0].signer: must be 64" },
        { "pcrs", "\"pcr\": 0", "\"pcr\": 2", "pcrs[0].sha256: must be what the measurements" },
        { "pcrs", "\"pcr\": 1", "\"pcr\": 0", "pcrs[1].sha256: must be what the measurements" },
        { "", "\"pcrs\"", "\"pcr\"", "pcrs: must have each PCR" },
        { "", "\"lifecycle\": 4096", "\"lifecycle\": 4096, \"lifecycle\": 4096", "must be JSON" },
        { "", "{", "[", "must be JSON" },
        { "", "{", "{}{", "must be JSON" },
    };

    (void)state;
    attest_need();
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        alter(rows[i].after, rows[i].from, rows[i].to);
        assert_int_equal(support_tool(VERIFY " --reference bad.json good.cbor"), TOOL_FAILED);
        support_expect_message(rows[i].message);
    }
    support_write("bad.json", "", 0);
    assert_int_equal(support_tool(VERIFY " --reference bad.json good.cbor"), TOOL_FAILED);
    alter("", "\"chain\": \"single\"", "\"chain\": \"single\", \"more\": []"); // a later version's
    assert_int_equal(support_tool(VERIFY " --reference bad.json good.cbor"), TOOL_OK);
}

static void reference_values_of_a_fip_that_does_not_boot_are_not_written(void **state)
{
    size_t size;
    uint8_t *fip;

    (void)state;
    attest_need();
    fip = support_read("x.fip", &size);
    fip[size - 1] ^= 1;
    support_write("y.fip", fip, size);
    free(fip);
    assert_int_equal(
        support_tool("measure --root-key keys/rot_key.pem --reference y.json " ATTEST_BOARD
                     " y.fip"),
        TOOL_FAILED);
    assert_int_equal(
        support_tool("measure --root-key keys/rot_key.pem --reference absent/y.json " ATTEST_BOARD
                     " x.fip"),
        TOOL_FAILED);
    assert_int_equal(support_tool("measure --root-key keys/rot_key.pem --reference y.json --board "
                                  "a_name_that_is_longer_than_it_may_be --soc-id 1 x.fip"),
                     TOOL_FAILED);
    support_expect_message("expected a name of 1 to 31 characters");
    assert_null(fopen("y.json", "r"));
    assert_int_equal(
        support_tool("measure --root-key keys/rot_key.pem --reference y.json " ATTEST_BOARD
                     " x.fip"),
        TOOL_OK);
    assert_true(support_same("ref.json", "y.json")); // same input, same bytes
}

// The platform's owner signs BL33 and its packages, and counts them apart (sp1 is the platform's, sp2 the silicon provider's).
static void two_owners_have_their_own_signers_and_versions(void **state)
{
    static const struct {
        const char *name;
        bool platform;
    } rows[] = {
        { "BL_2", false },          { "TB_FW_CONFIG", false },
        { "SECURE_RT_EL3", false }, { "SECURE_RT_EL1_SPMD", false },
        { "BL_33", true },          { "SP5", true },
        { "SP1", false },
    };
    char digits[2][65], path[48], *reference;
    uint8_t hash[32];
    size_t size;

    (void)state;
    attest_need();
    assert_int_equal(support_tool("certs --keys keys2 --new-keys --chain dual --tfw-nvctr 7 "
                                  "--ntfw-nvctr 9 --out dual.fip plain.fip"),
                     TOOL_OK);
    assert_int_equal(support_tool("measure --root-key keys2/rot_key.pem --platform-root-key "
                                  "keys2/prot_key.pem --reference dual.json " ATTEST_BOARD
                                  " dual.fip"),
                     TOOL_OK);
    trust_key_hash("keys2/rot_key.pem", hash, digits[0]);
    trust_key_hash("keys2/prot_key.pem", hash, digits[1]);
    reference = (char *)support_read("dual.json", &size);
    json_check(reference);
    json_expect(reference, "chain", "dual");
    assert_int_equal(json_count(reference, "measurements"), 8);
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        snprintf(path, sizeof(path), "measurements.%zu.name", i);
        json_expect(reference, path, rows[i].name);
        snprintf(path, sizeof(path), "measurements.%zu.signer", i);
        json_expect(reference, path, digits[rows[i].platform]);
        snprintf(path, sizeof(path), "measurements.%zu.version", i);
        json_expect(reference, path, rows[i].platform ? "9" : "7");
    }
    json_expect(reference, "measurements.7.name", "CRITICAL_DATA");
    json_expect(reference, "measurements.7.in_token", "false");
    assert_null(json_get(reference, "measurements.7.signer"));
    free(reference);
    // another chain is another boot
    assert_int_equal(support_tool(VERIFY " --reference dual.json good.cbor"), TOOL_DENIED);
    support_expect_message("good.cbor: BL_33: signer must be that of the reference values");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_case_has_its_reason),
        cmocka_unit_test(a_component_that_differs_is_named_with_both_values),
        cmocka_unit_test(show_prints_every_claim),
        cmocka_unit_test(every_truncation_is_refused),
        cmocka_unit_test(every_flipped_bit_is_refused),
        cmocka_unit_test(claims_are_not_looked_at_before_the_signature),
        cmocka_unit_test(wrong_command_lines_are_refused),
        cmocka_unit_test(files_of_the_caller_that_are_of_no_use_are_no_refusal),
        cmocka_unit_test(broken_reference_files_are_refused),
        cmocka_unit_test(reference_values_of_a_fip_that_does_not_boot_are_not_written),
        cmocka_unit_test(two_owners_have_their_own_signers_and_versions),
    };

    attest_cases_script = "tests/unit/fip-tool/token_cases.py";
    return cmocka_run_group_tests_name("fip-tool_token", tests, attest_enter, attest_leave);
}
