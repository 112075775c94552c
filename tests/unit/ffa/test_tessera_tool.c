// SPDX-License-Identifier: BSD-3-Clause
//
// The command `tessera` in this process, over the services of tee_fake.c: what it prints, where its results go, its exit codes.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "tee_fake.h"
#include "tool.h"
#include "tool_runner.h"

static int start(void **state)
{
    (void)state;
    tee_fake_start();
    return 0;
}

static void help_is_printed(void **state)
{
    (void)state;
    assert_int_equal(run("--help"), TOOL_OK);
    assert_non_null(strstr(text, "key generate"));
    assert_non_null(strstr(text, "exit codes"));
    assert_int_equal(run("sign --help"), TOOL_OK);
    assert_non_null(strstr(text, "--raw"));
    assert_null(strstr(text, "--challenge"));
    assert_int_equal(run("key generate --help"), TOOL_OK);
    assert_non_null(strstr(text, "p256"));
    assert_int_equal(run("sign -h"), TOOL_OK);
    assert_non_null(strstr(text, "--raw"));
    assert_int_equal(run("key --help"), TOOL_OK);
    assert_non_null(strstr(text, "key import"));
    assert_null(strstr(text, "store"));
    assert_int_equal(run("-h"), TOOL_OK);
    assert_int_equal(run("--version"), TOOL_OK);
    assert_int_equal(tee_fake.opened, 0);
}

static void wrong_command_lines_do_nothing(void **state)
{
    static const char *const lines[] = {
        "",
        "nothing",
        "key",
        "key nothing",
        "random",
        "random 1 2",
        "random -- -1",
        "random 0",
        "random 0x",
        "random 1x",
        "random 16777217",
        "random 99999999999999999999999",
        "random 4 --raw",
        "random 4 --out",
        "random 4 --json --out -",
        "key generate p256",
        "key generate p256 --id 0",
        "key generate p256 --id 0x40000000",
        "key generate nothing --id 1",
        "key show x",
        "store get 0",
        "store get 18446744073709551616",
        "attest token --challenge 00",
        "attest token --challenge zz00000000000000000000000000000000000000000000000000000000000000",
        "info --devices /a/name/of/more/than/sixty/characters/that/nobody/has/given/any/device",
    };

    (void)state;
    for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
        int exit_code = run("%s", lines[i]);

        if (exit_code != TOOL_USAGE || errors[0] == '\0') {
            fail_msg("\"%s\": exit code %d: %s", lines[i], exit_code, errors);
        }
    }
    assert_int_equal(tee_fake.invokes, 0);
}

static void a_wrong_command_line_is_named(void **state)
{
    (void)state;
    assert_int_equal(run("random 4 --bogus"), TOOL_USAGE);
    assert_non_null(strstr(errors, "--bogus: no such option"));
    assert_int_equal(run("random 4 -hello -xyz"), TOOL_OK); // the first of its letters
    assert_int_equal(run("random 4 -xyz"), TOOL_USAGE);
    assert_non_null(strstr(errors, "-x: no such option"));
    assert_int_equal(run("random 4 --out"), TOOL_USAGE);
    assert_non_null(strstr(errors, "--out: needs a value"));
    assert_int_equal(run("verify 1 - -"), TOOL_USAGE);
    assert_non_null(strstr(errors, "found - for both"));
    // A script that asked for JSON gets it
    assert_int_equal(run("random x --json"), TOOL_USAGE);
    assert_ptr_equal(strstr(text, "{\"error\": \"count: "), text);
    assert_int_equal(run("random --json --bogus"), TOOL_USAGE);
    assert_string_equal(text, "{\"error\": \"--bogus: no such option, see --help\"}\n");
    assert_int_equal(run("nothing --json"), TOOL_USAGE);
    assert_ptr_equal(strstr(text, "{\"error\": \"command: "), text);
    assert_int_equal(run("random 4 --help --json"), TOOL_OK);
    assert_null(strstr(text, "{"));
}

// Whatever bytes a file's name has: RFC 3629, 4 says which are characters
static void json_is_utf_8(void **state)
{
    static const char name[] =
        "a\xff\xc3("
        "\xc3\xa9\xe2\x82\xac\xed\xa0\x80\xf0\x9f\x98\x80\xf4\x90\x80\x80\xc0\xaf\"\\\x7f\xe2\x82";
    static const char wanted[] =
        "{\"error\": "
        "\"a\\ufffd\\ufffd("
        "\xc3\xa9\xe2\x82\xac\\ufffd\\ufffd\\ufffd\xf0\x9f\x98\x80\\ufffd\\ufffd\\ufffd\\ufffd\\uff"
        "fd\\ufffd\\\"\\\\\\u007f\\ufffd\\ufffd: cannot open";

    (void)state;
    assert_int_equal(run("key generate p256 --id 5"), TOOL_OK);
    assert_int_equal(run("sign 5 %s --json%s", name, ""), TOOL_FAILED);
    assert_memory_equal(text, wanted, sizeof(wanted) - 1);
}

static void a_result_that_does_not_arrive_is_a_failure(void **state)
{
    (void)state;
    assert_int_equal(run("random 4 --out /dev/full"), TOOL_FAILED);
    assert_non_null(strstr(errors, "/dev/full: cannot write: No space left on device"));
    output = "/dev/full";
    assert_int_equal(run("random 4"), TOOL_FAILED);
    assert_non_null(strstr(errors, "standard output: cannot write"));
    assert_int_equal(run("random 4000"), TOOL_FAILED); // more than a buffer
    assert_int_equal(run("random 4 --out -"), TOOL_FAILED);
    assert_int_equal(run("info --json"), TOOL_FAILED);
    assert_int_equal(run("--help"), TOOL_FAILED);
    assert_int_equal(run("key --help"), TOOL_FAILED);
    assert_int_equal(run("sign --help"), TOOL_FAILED);
    assert_int_equal(run("--version"), TOOL_FAILED);
    output = NULL;
}

static void random_bytes_go_where_they_shall(void **state)
{
    uint8_t bytes[8];
    struct stat status;

    (void)state;
    assert_int_equal(run("random 4"), TOOL_OK);
    assert_string_equal(text, "00010203\n");
    assert_int_equal(run("random 0x4 --json"), TOOL_OK);
    assert_string_equal(text, "{\"random\": \"00010203\"}\n");
    assert_int_equal(run("random 4 --out -"), TOOL_OK);
    assert_memory_equal(text, "\0\1\2\3", 4);
    assert_int_equal(run("random 4 --out %s%s", path_of("r"), ""), TOOL_OK);
    assert_int_equal(load("r", bytes, sizeof(bytes)), 4);
    assert_memory_equal(bytes, "\0\1\2\3", 4);
    assert_int_equal(stat(path_of("r"), &status), 0);
    assert_int_equal(status.st_mode & 0777, 0600);
    assert_int_equal(run("random 4 --out %s%s", path_of("no/folder"), ""), TOOL_FAILED);
    assert_non_null(strstr(errors, "no/folder: cannot write"));
}

static void what_is_not_there_is_said(void **state)
{
    (void)state;
    tee_fake.absent = true;
    assert_int_equal(run("random 4"), TOOL_FAILED);
    assert_non_null(strstr(errors, "is the kernel module loaded?"));
    assert_int_equal(run("random 4 --json"), TOOL_FAILED);
    assert_memory_equal(text, "{\"error\": \"", 11);
    tee_fake.absent = false;
    tee_fake.denied = true;
    assert_int_equal(run("random 4"), TOOL_FAILED);
    assert_non_null(strstr(errors, "this user may not open them"));
    save("tee0", "", 0);
    assert_int_equal(chmod(path_of("tee0"), 0600), 0);
    assert_int_equal(run("random 4 --devices %s/tee%s", folder, ""), TOOL_FAILED);
    assert_non_null(strstr(errors, "/tee0: this user may not open it: mode 600, group "));
    assert_non_null(strstr(errors, "60-tessera.rules"));
    tee_fake.denied = false;
    tee_fake.status = PSA_ERROR_INSUFFICIENT_MEMORY;
    assert_int_equal(run("random 4"), TOOL_FAILED);
    assert_non_null(strstr(errors, "PSA_ERROR_INSUFFICIENT_MEMORY"));
    tee_fake.status = 77;
    assert_int_equal(run("random 4"), TOOL_FAILED);
    assert_non_null(strstr(errors, "status 77"));
}

static void info_shows_the_services(void **state)
{
    (void)state;
    assert_int_equal(run("info"), TOOL_OK);
    assert_non_null(strstr(text, "crypto:\n  version: 1.2\n"));
    assert_non_null(strstr(text, "  volatile keys: 32\n"));
    assert_int_equal(run("info --json"), TOOL_OK);
    assert_non_null(strstr(text, "\"ps\": {\"version\": \"1.2\", \"largest request\": 100"));
    tee_fake.status = PSA_ERROR_GENERIC_ERROR;
    assert_int_equal(run("info"), TOOL_FAILED);
}

static void keys_are_made_shown_and_removed(void **state)
{
    char pem[512];

    (void)state;
    assert_int_equal(run("key generate p256 --id 5"), TOOL_OK);
    assert_string_equal(text, "key: 5\nkind: p256\n");
    const uint32_t *key = tee_fake.attributes[0];

    assert_int_equal(key[0], 0x7112); // ECC key pair, SECP R1
    assert_int_equal(key[1], 256);
    assert_int_equal(key[2], 1);          // persistent
    assert_int_equal(key[4] & 1, 0);      // stays inside
    assert_int_equal(key[5], 0x06000609); // ECDSA with SHA-256
    assert_int_equal(run("key generate p384 --id 5"), TOOL_FAILED);
    assert_non_null(strstr(errors, "key 5: there is one already"));
    assert_int_equal(run("key generate rsa2048 --id 6 --exportable"), TOOL_OK);
    assert_int_equal(tee_fake.attributes[1][4] & 1, 1);
    assert_int_equal(run("key show 5 --json"), TOOL_OK);
    assert_non_null(strstr(text, "\"kind\": \"p256\", \"type\": \"0x7112\", \"bits\": 256"));
    assert_int_equal(run("key public 5"), TOOL_OK);
    assert_memory_equal(text, "-----BEGIN PUBLIC KEY-----\nMFkwEwYHKoZIzj0CAQYI", 47);
    assert_int_equal(run("key public 5 --raw"), TOOL_OK);
    assert_int_equal(strlen(text), 2 * 65 + 1);
    assert_int_equal(run("key public 5 --out %s%s", path_of("pem"), ""), TOOL_OK);
    assert_true(load("pem", pem, sizeof(pem)) > 100);
    assert_memory_equal(pem, "-----BEGIN", 10);
    assert_int_equal(run("key rm 5"), TOOL_OK);
    assert_int_equal(key[0], 0);
    assert_int_equal(run("key rm 5"), TOOL_FAILED);
    assert_int_equal(run("key show 5"), TOOL_FAILED);
    assert_non_null(strstr(errors, "key 5: there is none"));
}

static void keys_are_imported(void **state)
{
    uint8_t bytes[8193] = { 1 };

    (void)state;
    save("key", bytes, 32);
    assert_int_equal(run("key import p256 %s --id 7%s", path_of("key"), ""), TOOL_OK);
    assert_int_equal(tee_fake.attributes[0][3], 7);
    save("key", bytes, sizeof(bytes));
    assert_int_equal(run("key import p256 %s --id 8%s", path_of("key"), ""), TOOL_FAILED);
    assert_non_null(strstr(errors, "has more than 8192 bytes"));
    assert_int_equal(run("key import p256 %s --id 8%s", path_of("none"), ""), TOOL_FAILED);
    save("key", bytes, 31);
    tee_fake.status = PSA_ERROR_INVALID_ARGUMENT;
    assert_int_equal(run("key import p256 %s --id 8%s", path_of("key"), ""), TOOL_FAILED);
    assert_non_null(strstr(errors, "/key: is no key of kind p256"));
}

static void files_are_signed_and_verified(void **state)
{
    static uint8_t bytes[100000];
    uint8_t signature[128];

    (void)state;
    save("file", bytes, sizeof(bytes));
    assert_int_equal(run("key generate p256 --id 5"), TOOL_OK);
    assert_int_equal(run("sign 5 %s --out %s", path_of("file"), path_of("sig")), TOOL_OK);
    assert_int_equal(tee_fake.hashed, sizeof(bytes));
    // SEQUENCE of two INTEGERs, the first with a zero before its sign bit
    assert_int_equal(load("sig", signature, sizeof(signature)), 2 + 35 + 3);
    assert_memory_equal(signature, "\x30\x26\x02\x21\x00\x80", 6);
    assert_int_equal(run("verify 5 %s %s", path_of("file"), path_of("sig")), TOOL_OK);
    assert_string_equal(text, "verified: true\n");
    signature[6] ^= 1;
    save("sig", signature, 40);
    assert_int_equal(run("verify 5 %s %s", path_of("file"), path_of("sig")), TOOL_DENIED);
    assert_non_null(strstr(errors, "is no signature"));
    save("sig", signature, 39);
    assert_int_equal(run("verify 5 %s %s --json", path_of("file"), path_of("sig")), TOOL_DENIED);
    assert_memory_equal(text, "{\"error\": \"", 11);
    assert_int_equal(run("sign 5 %s --raw --out %s", path_of("file"), path_of("sig")), TOOL_OK);
    assert_int_equal(load("sig", signature, sizeof(signature)), 64);
    assert_int_equal(run("verify 5 %s %s --raw", path_of("file"), path_of("sig")), TOOL_OK);
    assert_int_equal(run("sign 5 %s%s", path_of("none"), ""), TOOL_FAILED);
    assert_int_equal(run("sign 6 %s%s", path_of("file"), ""), TOOL_FAILED);
    tee_fake.signature_size = 63; // a service that answers nonsense
    assert_int_equal(run("sign 5 %s%s", path_of("file"), ""), TOOL_FAILED);
}

static void assets_are_stored(void **state)
{
    uint8_t bytes[8];

    (void)state;
    save("asset", "hello", 5);
    assert_int_equal(run("store set 0x123 %s%s", path_of("asset"), ""), TOOL_OK);
    assert_int_equal(tee_fake.assets[0].uid, 0x123);
    assert_false(tee_fake.assets[0].its);
    assert_int_equal(run("store get 0x123"), TOOL_OK);
    assert_string_equal(text, "68656c6c6f\n");
    assert_int_equal(run("store get 291 --out %s%s", path_of("copy"), ""), TOOL_OK);
    assert_int_equal(load("copy", bytes, sizeof(bytes)), 5);
    assert_memory_equal(bytes, "hello", 5);
    assert_int_equal(run("store get 291 --its"), TOOL_FAILED);
    assert_non_null(strstr(errors, "asset 291: there is none"));
    assert_int_equal(run("store show 291 --json"), TOOL_OK);
    assert_string_equal(text, "{\"size\": 5, \"capacity\": 5, \"write once\": false}\n");
    assert_int_equal(run("store rm 291"), TOOL_OK);
    assert_int_equal(run("store rm 291"), TOOL_FAILED);
    assert_int_equal(run("store set 9 %s --its --write-once%s", path_of("asset"), ""), TOOL_OK);
    assert_true(tee_fake.assets[0].its);
    assert_int_equal(tee_fake.assets[0].flags, 1);
    assert_int_equal(run("store set 9 %s%s", path_of("none"), ""), TOOL_FAILED);
}

static void tokens_come_out(void **state)
{
    (void)state;
    assert_int_equal(run("attest token"), TOOL_OK);
    assert_int_equal(strspn(text, "0123456789abcdef"), strlen(text) - 1);
    assert_int_equal(run("attest token --json --challenge "
                         "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1F"),
                     TOOL_OK);
    assert_memory_equal(text, "{\"token\": \"d284", 15);
    assert_int_equal(run("attest key"), TOOL_OK);
    assert_memory_equal(text, "-----BEGIN PUBLIC KEY-----", 26);
}

// These services are none that pass
static void a_failed_case_is_reported(void **state)
{
    (void)state;
    assert_int_equal(run("selftest --quick"), TOOL_FAILED);
    assert_memory_equal(text, "1..15\n", 6);
    assert_non_null(
        strstr(text, "not ok 2 - SHA-256 is right\n# psa_hash_compute: PSA_ERROR_INVALID_HANDLE"));
    assert_non_null(strstr(text, " # SKIP --quick\n"));
    assert_non_null(strstr(text, "tessera selftest: "));
    assert_int_equal(run("selftest --quick --json"), TOOL_FAILED);
    assert_non_null(strstr(text, "\"SHA-256 is right\": {\"result\": \"failed\", \"reason\": "));
    assert_non_null(strstr(text, "\"failed\": "));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(help_is_printed, start),
        cmocka_unit_test_setup(wrong_command_lines_do_nothing, start),
        cmocka_unit_test_setup(a_wrong_command_line_is_named, start),
        cmocka_unit_test_setup(json_is_utf_8, start),
        cmocka_unit_test_setup(a_result_that_does_not_arrive_is_a_failure, start),
        cmocka_unit_test_setup(random_bytes_go_where_they_shall, start),
        cmocka_unit_test_setup(what_is_not_there_is_said, start),
        cmocka_unit_test_setup(info_shows_the_services, start),
        cmocka_unit_test_setup(keys_are_made_shown_and_removed, start),
        cmocka_unit_test_setup(keys_are_imported, start),
        cmocka_unit_test_setup(files_are_signed_and_verified, start),
        cmocka_unit_test_setup(assets_are_stored, start),
        cmocka_unit_test_setup(tokens_come_out, start),
        cmocka_unit_test_setup(a_failed_case_is_reported, start),
    };

    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
