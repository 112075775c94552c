// SPDX-License-Identifier: BSD-3-Clause
//
// fip-tool's JSON: the writer itself against a strict reader, and info --json of FIPs that are whole,
// hostile or not there. What is in the FIP is known because the test made it.
#include "tool_support.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fip-tool/json.h"
#include "image_format.h"
#include "json_check.h"

static char *text;
static size_t text_size;

static void begin(struct json *json)
{
    FILE *stream;

    free(text);
    text = NULL;
    stream = open_memstream(&text, &text_size);
    assert_non_null(stream);
    json_begin(json, stream);
}

static const char *finish(struct json *json)
{
    json_close(json);
    assert_int_equal(fclose(json->stream), 0);
    json_check(text);
    return text;
}

static void values_of_every_kind_read_back(void **state)
{
    static const uint8_t bytes[] = { 0x00, 0x9f, 0xff };
    struct json json;

    (void)state;
    begin(&json);
    json_put_object(&json, NULL);
    json_put_integer(&json, "zero", 0);
    json_put_integer(&json, "most", JSON_MAX_INTEGER - 1);
    json_put_word(&json, "word", UINT64_MAX);
    json_put_hex(&json, "hex", bytes, sizeof(bytes));
    json_put_hex(&json, "no_bytes", bytes, 0);
    json_put_bool(&json, "yes", true);
    json_put_bool(&json, "no", false);
    json_put_null(&json, "null");
    json_put_text(&json, "no_text", NULL);
    json_put_array(&json, "none");
    json_close(&json);
    json_put_array(&json, "some");
    json_put_object(&json, NULL);
    json_close(&json);
    json_put_integer(&json, NULL, 7);
    json_close(&json);
    finish(&json);
    json_expect(text, "zero", "0");
    json_expect(text, "most", "9007199254740991");
    json_expect(text, "word", "0xffffffffffffffff");
    json_expect(text, "hex", "009fff");
    json_expect(text, "no_bytes", "");
    json_expect(text, "yes", "true");
    json_expect(text, "no", "false");
    json_expect(text, "null", "null");
    json_expect(text, "no_text", "null");
    assert_int_equal(json_count(text, "none"), 0);
    assert_int_equal(json_count(text, "some"), 2);
    json_expect(text, "some.0", "{}");
    json_expect(text, "some.1", "7");
}

static void write_one(const char *bytes, size_t size)
{
    struct json json;

    begin(&json);
    json_put_object(&json, NULL);
    json_put_bytes(&json, "t", (const uint8_t *)bytes, size);
    finish(&json);
}

static void every_byte_and_pair_of_bytes_gives_valid_json(void **state)
{
    char bytes[3];

    (void)state;
    for (int first = 0; first < 256; first++) {
        bytes[0] = (char)first;
        write_one(bytes, 1);
        for (int second = 0; second < 256; second++) {
            bytes[1] = (char)second;
            bytes[2] = 'x';
            write_one(bytes, 3);
        }
    }
}

// RFC 3629: the first and last character of each length, and what is not one.
static void utf8_stays_and_the_rest_is_replaced(void **state)
{
    static const struct {
        const char *bytes;
        const char *written;
    } cases[] = {
        { "plain", "plain" },
        { "a\"b\\c", "a\"b\\c" },
        { "\n\x7f", "\\u000a\\u007f" },
        { "\xc2\x80\xdf\xbf", "\xc2\x80\xdf\xbf" },
        { "\xe0\xa0\x80\xef\xbf\xbf", "\xe0\xa0\x80\xef\xbf\xbf" },
        { "\xf0\x90\x80\x80\xf4\x8f\xbf\xbf", "\xf0\x90\x80\x80\xf4\x8f\xbf\xbf" },
        { "\xc1\xbf", "\\ufffd\\ufffd" },                       // overlong
        { "\xe0\x9f\xbf", "\\ufffd\\ufffd\\ufffd" },            // overlong
        { "\xf0\x8f\xbf\xbf", "\\ufffd\\ufffd\\ufffd\\ufffd" }, // overlong
        { "\xed\xa0\x80", "\\ufffd\\ufffd\\ufffd" },            // surrogate
        { "\xf4\x90\x80\x80", "\\ufffd\\ufffd\\ufffd\\ufffd" }, // above U+10FFFF
        { "\xe2\x82", "\\ufffd\\ufffd" },                       // cut off
        { "\xe2\x82"
          "A",
          "\\ufffd\\ufffdA" },
        { "\x80z", "\\ufffdz" },
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        write_one(cases[i].bytes, strlen(cases[i].bytes));
        json_expect(text, "t", cases[i].written);
    }
}

static void info_shows_every_entry(void **state)
{
    const char *out;

    (void)state;
    support_write_pattern("bl2", 100, 1);
    support_write_pattern("blob", 33, 2);
    assert_int_equal(support_tool("create --align 16 --plat-toc-flags 0xabc --tb-fw bl2 --blob "
                                  "uuid=9e5cb4a2-47ad-4a6e-9e5a-3d1d1b0b5c10,file=blob x.fip"),
                     0);
    assert_int_equal(support_tool("info --json x.fip"), 0);
    out = support_stdout();
    json_check(out);
    json_expect(out, "command", "info");
    json_expect(out, "file", "x.fip");
    json_expect(out, "fip.serial", "0x12345678");
    json_expect(out, "fip.flags", "0xabc00000000");
    assert_int_equal(json_count(out, "fip.entries"), 2);
    json_expect(out, "fip.entries.0.name", "tb-fw");
    json_expect(out, "fip.entries.0.title", "Trusted Boot Firmware BL2");
    json_expect(out, "fip.entries.0.offset", "144"); // header 16, three slots of 40, aligned
    json_expect(out, "fip.entries.0.size", "100");
    json_expect(out, "fip.entries.1.name", "9E5CB4A2-47AD-4A6E-9E5A-3D1D1B0B5C10");
    json_expect(out, "fip.entries.1.title", "null");
    json_expect(out, "fip.entries.1.offset", "256");
    assert_int_equal(json_count(out, "faults"), 0);
}

static void info_shows_a_package_and_a_broken_certificate(void **state)
{
    uint8_t package[0x5000] = { 'S', 'P', 'K', 'G', 2 };
    const char *out;

    (void)state;
    image_put_le32(package + 8, 0x1000);
    image_put_le32(package + 12, 0x123);
    image_put_le32(package + 16, 0x4000);
    image_put_le32(package + 20, 0x1000);
    support_write("p", package, sizeof(package));
    image_put_le32(package + 20, 0x1001);
    support_write("q", package, sizeof(package));
    support_write("c", "\x30\x03\x02\x01\x00", 5);
    assert_int_equal(support_tool("create --soc-fw-cert c --blob "
                                  "uuid=9e5cb4a2-47ad-4a6e-9e5a-3d1d1b0b5c10,file=p --blob "
                                  "uuid=9e5cb4a2-47ad-4a6e-9e5a-3d1d1b0b5c11,file=q x.fip"),
                     0);
    assert_int_equal(support_tool("info --json x.fip"), 0);
    out = support_stdout();
    json_check(out);
    json_expect(out, "fip.entries.0.certificate.decoded", "false");
    assert_non_null(json_get(out, "fip.entries.0.certificate.fault.field"));
    json_expect(out, "fip.entries.1.package.decoded", "true");
    json_expect(out, "fip.entries.1.package.manifest_size", "291");
    json_expect(out, "fip.entries.1.package.image_offset", "16384");
    json_expect(out, "fip.entries.2.package.decoded", "false");
    json_expect(out, "fip.entries.2.package.fault.field", "img_size");
    json_expect(out, "fip.entries.2.package.fault.expected", "0x1000");
    assert_int_equal(support_tool("info --layout x.fip"), 0);
    assert_non_null(strstr(support_stdout(), "broken certificate: "));
}

static void a_fip_that_is_refused_gives_a_document_too(void **state)
{
    (void)state;
    support_write_pattern("garbage", 1000, 3);
    assert_int_equal(support_tool("info --json garbage"), 1);
    json_check(support_stdout());
    json_expect(support_stdout(), "faults.0.field", "name");
    json_expect(support_stdout(), "faults.0.expected", "0xaa640001");
    support_expect_message("garbage: name: must be that of a FIP: found 0x");
    assert_int_equal(support_tool("info --json absent"), 1);
    json_check(support_stdout());
    json_expect(support_stdout(), "faults.0.field", "file");
    support_expect_message("absent: cannot open");
}

// A path is the one text of a document that may be anything.
static void a_path_of_any_bytes_gives_valid_json(void **state)
{
    (void)state;
    assert_int_equal(support_tool("info --json \xff\"\\\t\xc3\xa4"), 1);
    json_check(support_stdout());
    json_expect(support_stdout(), "file", "\\ufffd\"\\\\u0009\xc3\xa4");
}

static void every_flipped_byte_of_a_fip_gives_valid_json(void **state)
{
    uint8_t *fip;
    size_t size;

    (void)state;
    support_write_pattern("a", 20, 1);
    assert_int_equal(support_tool("create --tb-fw a --soc-fw-cert a x.fip"), 0);
    fip = support_read("x.fip", &size);
    for (size_t i = 0; i < size; i++) {
        fip[i] ^= 0xff;
        support_write("y.fip", fip, size);
        fip[i] ^= 0xff;
        assert_in_range(support_tool("info --json y.fip"), 0, 1);
        json_check(support_stdout());
    }
    free(fip);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, support_enter, support_leave)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(values_of_every_kind_read_back),
        TEST(every_byte_and_pair_of_bytes_gives_valid_json),
        TEST(utf8_stays_and_the_rest_is_replaced),
        TEST(info_shows_every_entry),
        TEST(info_shows_a_package_and_a_broken_certificate),
        TEST(a_fip_that_is_refused_gives_a_document_too),
        TEST(a_path_of_any_bytes_gives_valid_json),
        TEST(every_flipped_byte_of_a_fip_gives_valid_json),
    };
    int result = cmocka_run_group_tests_name("fip-tool_json", tests, NULL, NULL);

    free(text);
    return result;
}
