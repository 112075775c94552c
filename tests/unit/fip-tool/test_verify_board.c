// SPDX-License-Identifier: BSD-3-Clause
//
// fip-tool verify: which board is asked: none, root keys by file or hash, an OTP area; what does not fit
// together on the command line.
#include "tool_support.h"
#include "trust_support.h"

#include <stdio.h>
#include <string.h>

#include "json_check.h"

#define ROOT "--root-key keys/rot_key.pem"

static void without_a_board_the_output_says_so(void **state)
{
    (void)state;
    trust_sign_default();
    trust_expect_verified("x.fip");
    support_expect_message("warning: x.fip: checked against the root key that it brings along");
    assert_int_equal(support_tool("verify --json x.fip"), 0);
    json_check(support_stdout());
    json_expect(support_stdout(), "policy.source", "fip");
    json_expect(support_stdout(), "policy.otp", "null");
}

static void another_root_key_is_named(void **state)
{
    char ours[65], other[65], command[256];
    uint8_t hash[32];

    (void)state;
    trust_sign_default();
    trust_make_key("other.pem", TRUST_P256);
    trust_key_hash("keys/rot_key.pem", hash, ours);
    trust_key_hash("other.pem", hash, other);
    trust_expect_refused("--root-key other.pem x.fip", "tb-fw-cert", "public key",
                         "must be one that the board knows");
    json_expect(support_stdout(), "faults.0.found", ours);
    json_expect(support_stdout(), "faults.0.expected", other);
    // One of two that the board knows is enough
    snprintf(command, sizeof(command), "--root-key other.pem --root-hash %s x.fip", ours);
    trust_expect_verified(command);
}

static void the_board_is_an_otp_area(void **state)
{
    const char *out;

    (void)state;
    trust_sign_default(); // counters 3 and 5
    support_write_pattern("huk", 32, 9);
    assert_int_equal(support_tool("provision --root-key keys/rot_key.pem --huk huk --tfw-nvctr 3 "
                                  "--ntfw-nvctr 2 otp"),
                     0);
    assert_int_equal(support_tool("verify --json --otp otp x.fip"), 0);
    out = support_stdout();
    json_check(out);
    json_expect(out, "policy.source", "otp");
    json_expect(out, "policy.trusted_counter", "3");
    json_expect(out, "counters.trusted.board", "3");
    json_expect(out, "counters.trusted.certificates", "3");
    json_expect(out, "counters.non_trusted.board", "2");
    json_expect(out, "counters.trusted.after_boot", "3");
    json_expect(out, "counters.non_trusted.certificates", "5");
    json_expect(out, "counters.non_trusted.after_boot", "5");
    assert_string_equal(support_stderr(), "");
    // An older FIP, after the board's counter went up
    assert_int_equal(support_tool("provision --from otp --tfw-nvctr 4 otp2"), 0);
    trust_expect_refused("--otp otp2 x.fip", "tb-fw-cert", "trusted NV counter",
                         "must not be lower than the board's");
    json_expect(support_stdout(), "faults.0.found", "0x3");
    json_expect(support_stdout(), "faults.0.expected", "0x4");
}

// OTP counters end at 256, certificates do not
static void a_counter_that_no_board_reaches_is_a_warning(void **state)
{
    (void)state;
    trust_sign(TRUST_P256, "sha256", 256, 257, "x.fip");
    trust_expect_verified(ROOT " x.fip");
    support_expect_message("warning: x.fip: non-trusted NV counter 257: no board can be raised to");
    assert_null(strstr(support_stderr(), "256: no board"));
    assert_int_equal(support_tool("verify --json " ROOT " x.fip"), 0);
    json_expect(support_stdout(), "counters.trusted.after_boot", "256");
    json_expect(support_stdout(), "counters.non_trusted.after_boot", "256");
}

static void an_otp_area_that_is_none_is_refused(void **state)
{
    uint8_t area[4096];

    (void)state;
    trust_sign_default();
    support_write("short", "1234", 4);
    assert_int_equal(support_tool("verify --json --otp short x.fip"), 1);
    json_check(support_stdout());
    json_expect(support_stdout(), "faults.0.file", "short");
    json_expect(support_stdout(), "faults.0.found", "0x4");
    json_expect(support_stdout(), "faults.0.expected", "0x1000");
    memset(area, 0xff, sizeof(area));
    support_write("erased", area, sizeof(area));
    assert_int_equal(support_tool("verify --json --otp erased x.fip"), 1);
    json_check(support_stdout());
    json_expect(support_stdout(), "verified", "false");
    json_expect(support_stdout(), "faults.0.file", "erased");
    assert_int_equal(support_tool("verify --json --otp absent x.fip"), 1);
    json_check(support_stdout());
    json_expect(support_stdout(), "faults.0.file", "absent");
    support_expect_message("absent: cannot open");
}

static void wrong_command_lines_are_refused(void **state)
{
    static const char *const lines[] = {
        "verify",
        "verify --root-hash 12 x.fip",
        "verify --root-key a --otp b x.fip",
        "verify --chain triple x.fip",
        "verify --chain single --root-key a --platform-root-key b x.fip",
        "verify --chain dual --root-key a x.fip",
        "verify --platform-root-key b x.fip",
        "verify --log l x.fip",
        "measure --otp a --chain dual x.fip",
    };

    (void)state;
    for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
        assert_int_equal(support_tool("%s", lines[i]), 2);
    }
    assert_int_equal(support_tool("verify --json absent"), 1);
    json_check(support_stdout());
    json_expect(support_stdout(), "verified", "false");
    json_expect(support_stdout(), "faults.0.field", "file");
    assert_int_equal(support_tool("verify --json --root-key absent.pem x.fip"), 1);
    json_check(support_stdout());
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, support_enter, support_leave)
#define SIGNED(name) cmocka_unit_test_setup_teardown(name, trust_enter, support_leave)

int main(void)
{
    const struct CMUnitTest tests[] = {
        SIGNED(without_a_board_the_output_says_so),
        SIGNED(another_root_key_is_named),
        SIGNED(the_board_is_an_otp_area),
        SIGNED(a_counter_that_no_board_reaches_is_a_warning),
        SIGNED(an_otp_area_that_is_none_is_refused),
        TEST(wrong_command_lines_are_refused),
    };

    return cmocka_run_group_tests_name("fip-tool_verify_board", tests, NULL, NULL);
}
