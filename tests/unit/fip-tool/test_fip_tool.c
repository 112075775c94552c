// SPDX-License-Identifier: BSD-3-Clause
//
// The commands of fip-tool that make, read and change FIPs: wrong command lines, missing and
// hostile files, and that nothing is changed or left behind when a command fails. What the bytes
// must be is test_oracle.c's subject.
#include "tool_support.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#define TB_FW_ENTRY 16
#define NT_FW_ENTRY 56
#define END_ENTRY 96

// good.fip: BL2 (in1) and BL33 (in2)
static int enter(void **state)
{
    if (support_enter(state) != 0) {
        return -1;
    }
    support_write_pattern("in1", 300, 1);
    support_write_pattern("in2", 500, 2);
    return support_tool("create --tb-fw in1 --nt-fw in2 good.fip");
}

// What a hostile FIP does to good.fip, and what the message must say about it.
struct hostile {
    size_t keep; // truncate to so many bytes; 0: all
    size_t offset;
    size_t width;
    uint64_t value;
    const char *message;
};

static const struct hostile hostile_fips[] = {
    { 1, 0, 0, 0, "bad.fip: header must fit" },
    { 55, 0, 0, 0, "bad.fip: header must fit" },
    { 60, 0, 0, 0, "bad.fip: terminator must come before the storage ends" },
    { 135, 0, 0, 0, "bad.fip: terminator must come before the storage ends" },
    { 900, 0, 0, 0,
      "bad.fip: end of FIP must not be behind the end of the storage: found 0x3a8, expected "
      "0x384" },
    { 0, 0, 4, 0, "bad.fip: name must be that of a FIP: found 0x0, expected 0xaa640001" },
    { 0, 4, 4, 0, "bad.fip: serial number must not be zero" },
    { 0, TB_FW_ENTRY + 16, 8, 16,
      "bad.fip: entry 0 (tb-fw): offset must not be inside the table of contents" },
    { 0, NT_FW_ENTRY + 16, 8, 0x10000,
      "bad.fip: entry 1 (nt-fw): offset must not be behind the end" },
    { 0, NT_FW_ENTRY + 24, 8, 0xffffffffffffff00,
      "bad.fip: entry 1 (nt-fw): size must not reach behind the end" },
    { 0, NT_FW_ENTRY + 24, 8, 0,
      "bad.fip: entry 1 (nt-fw): size must not be zero: found 0x0, expected 0x1" },
    { 0, TB_FW_ENTRY + 24, 8, 301, "bad.fip: entry 1 (nt-fw): offset must not share bytes" },
    { 0, END_ENTRY + 24, 8, 1, "bad.fip: terminator size must be zero" },
    { 0, END_ENTRY + 16, 8, 0, "bad.fip: end of FIP must not be inside the table of contents" },
};

static const char *const commands_on_bad_fip[] = {
    "info bad.fip",
    "info --layout bad.fip",
    "update --soc-fw in1 bad.fip",
    "update --soc-fw in1 --out new.fip bad.fip",
    "remove --tb-fw bad.fip",
    "unpack --force bad.fip",
    "unpack --tb-fw new.bin bad.fip",
    "flash --bl1 in1 --fip bad.fip --size 0x100000 --fip-offset 0x1000 new.bin",
};

static void make_bad_fip(const struct hostile *how)
{
    size_t size;
    uint8_t *data = support_read("good.fip", &size);

    for (size_t i = 0; i < how->width; i++) {
        data[how->offset + i] = (uint8_t)(how->value >> 8 * i);
    }
    size = how->keep != 0 ? how->keep : size;
    support_write("bad.fip", data, size);
    support_write("copy", data, size);
    free(data);
}

static void every_command_refuses_every_hostile_fip_and_changes_nothing(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(hostile_fips) / sizeof(hostile_fips[0]); i++) {
        make_bad_fip(&hostile_fips[i]);
        for (size_t j = 0; j < sizeof(commands_on_bad_fip) / sizeof(commands_on_bad_fip[0]); j++) {
            assert_int_equal(support_tool("%s", commands_on_bad_fip[j]), 1);
            support_expect_message(hostile_fips[i].message);
            assert_string_equal(support_stdout(), "");
            assert_true(support_same("bad.fip", "copy"));
            assert_int_equal(support_count("."), 5); // in1 in2 good.fip bad.fip copy
        }
    }
}

static void wrong_command_lines_give_2_and_touch_nothing(void **state)
{
    static const char *const lines[] = {
        "",
        "nosuch",
        "help nosuch",
        "create",
        "create a.fip b.fip",
        "create --nosuch x a.fip",
        "create --tb-fw",
        "create --align 12 --tb-fw in1 a.fip",
        "create --align -1 --tb-fw in1 a.fip",
        "create --align 4x --tb-fw in1 a.fip",
        "create --plat-toc-flags 65536 a.fip",
        "create --plat-toc-flags -1 a.fip",
        "create --force a.fip",
        "create --blob uuid=9e5cb4a2-47ad-4a6e-9e5a-3d1d1b0b5c1,file=in1 a.fip",
        "create --blob uuid=9e5cb4a2-47ad-4a6e-9e5a-3d1d1b0b5c100,file=in1 a.fip",
        "create --blob uuid=9e5cb4a2047ad-4a6e-9e5a-3d1d1b0b5c10,file=in1 a.fip",
        "create --blob uuid=9e5cb4g2-47ad-4a6e-9e5a-3d1d1b0b5c10,file=in1 a.fip",
        "create --blob uuid=9e5cb4a2-47ad-4a6e-9e5a-3d1d1b0b5c10,file=in1,mode=1 a.fip",
        "create --blob ,,, a.fip",
        "info",
        "info good.fip good.fip",
        "info --tb-fw good.fip",
        "remove --tb-fw=x good.fip",
        "remove --blob uuid=,x good.fip",
        "unpack --tb-fw good.fip",
        "sp-pack x.pkg",
        "sp-pack --image in1 x.pkg",
        "sp-pack --image in1 --manifest in2",
        "flash f.bin",
        "flash --bl1 in1 --fip good.fip --size 0 --fip-offset 1 f.bin",
        "flash --bl1 in1 --fip good.fip --size 1M --fip-offset 1 f.bin",
        "flash --bl1 in1 --fip good.fip --size 0x100000 --fip-offset 0x1000 --out f.bin g.bin",
    };

    (void)state;
    for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
        if (support_tool("%s", lines[i]) != 2) {
            fail_msg("expected exit code 2 from: %s", lines[i]);
        }
        assert_true(strlen(support_stderr()) > 0);
        assert_int_equal(support_count("."), 3);
    }
}

static void too_many_images_are_refused(void **state)
{
    char line[8192] = "create";

    (void)state;
    for (int i = 0; i < 65; i++) {
        snprintf(line + strlen(line), sizeof(line) - strlen(line),
                 " --blob uuid=9e5cb4a2-47ad-4a6e-9e5a-%012d,file=in1", i);
    }
    assert_int_equal(support_tool("%s many.fip", line), 2);
    support_expect_message("at most 64");

    // 64 fit, and one more does not fit into the FIP that holds them
    *strstr(line, " --blob uuid=9e5cb4a2-47ad-4a6e-9e5a-000000000064") = '\0';
    assert_int_equal(support_tool("%s many.fip", line), 0);
    assert_int_equal(support_tool("info many.fip"), 0);
    assert_int_equal(support_tool("update --tb-fw in1 many.fip"), 1);
    support_expect_message("at most 64");
}

static void help_shows_an_example_of_each_command(void **state)
{
    static const char *const names[] = { "create", "info",    "update", "remove",
                                         "unpack", "sp-pack", "flash" };
    char text[64];

    (void)state;
    assert_int_equal(support_tool("--help"), 0);
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        assert_int_equal(support_tool("%s --help", names[i]), 0);
        snprintf(text, sizeof(text), "\nexample:\n  fip-tool %s ", names[i]);
        assert_non_null(strstr(support_stdout(), text));
        assert_string_equal(support_stderr(), "");
        assert_int_equal(support_tool("help %s", names[i]), 0);
        assert_non_null(strstr(support_stdout(), text));
    }
}

static void missing_and_odd_files_are_named(void **state)
{
    (void)state;
    assert_int_equal(mkdir("dir", 0777), 0);
    assert_int_equal(support_tool("create --tb-fw absent a.fip"), 1);
    support_expect_message("absent: cannot open: No such file");
    assert_int_equal(support_tool("create --tb-fw dir a.fip"), 1);
    support_expect_message("dir: is not a regular file");
    assert_int_equal(support_tool("create --tb-fw in1 dir"), 1);
    support_expect_message("dir: exists and is not a regular file");
    assert_int_equal(support_tool("create --tb-fw in1 nodir/a.fip"), 1);
    support_expect_message("nodir/a.fip");
    assert_int_equal(support_tool("create --align 0x200000000 --tb-fw in1 a.fip"), 1);
    support_expect_message("size of the FIP");
    assert_int_equal(support_tool("info absent"), 1);
    support_expect_message("absent: cannot open");
    assert_int_equal(support_count("."), 4);
}

static void a_full_disk_leaves_the_old_file(void **state)
{
    struct rlimit old, small;

    (void)state;
    support_write_pattern("copy", 0, 0);
    assert_int_equal(support_tool("create --tb-fw in1 --nt-fw in2 copy"), 0);
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &old), 0);
    small = old;
    small.rlim_cur = 0x10000; // also more than what the messages of this test take
    signal(SIGXFSZ, SIG_IGN);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
    assert_int_equal(support_tool("create --align 0x10000 --tb-fw in1 --nt-fw in2 good.fip"), 1);
    support_expect_message("good.fip: cannot write");
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &old), 0);
    assert_true(support_same("copy", "good.fip"));
    assert_int_equal(support_count("."), 4);
}

static void a_replaced_file_keeps_its_mode_and_its_link(void **state)
{
    struct stat status;

    (void)state;
    assert_int_equal(chmod("good.fip", 0640), 0);
    assert_int_equal(symlink("good.fip", "link.fip"), 0);
    assert_int_equal(support_tool("update --soc-fw in1 link.fip"), 0);
    assert_int_equal(lstat("link.fip", &status), 0);
    assert_true(S_ISLNK(status.st_mode));
    assert_int_equal(lstat("good.fip", &status), 0);
    assert_int_equal(status.st_mode & 0777, 0640);
    assert_int_equal(support_tool("info good.fip"), 0);
    assert_non_null(strstr(support_stdout(), "--soc-fw"));
}

static void unpack_writes_all_or_nothing(void **state)
{
    (void)state;
    assert_int_equal(mkdir("out", 0777), 0);
    support_write_pattern("out/nt-fw.bin", 3, 9);
    assert_int_equal(support_tool("unpack --out out good.fip"), 1);
    support_expect_message("out/nt-fw.bin: exists; --force replaces it");
    assert_int_equal(support_count("out"), 1);

    assert_int_equal(support_tool("unpack --out out --tb-fw a.bin --soc-fw b.bin good.fip"), 1);
    support_expect_message("good.fip: has no image soc-fw");
    assert_int_equal(support_tool("unpack --out out --tb-fw a.bin --nt-fw a.bin good.fip"), 1);
    support_expect_message("out/a.bin: named for two images");
    assert_int_equal(support_count("out"), 1);

    assert_int_equal(support_tool("unpack --force --out out good.fip"), 0);
    assert_true(support_same("out/tb-fw.bin", "in1"));
    assert_true(support_same("out/nt-fw.bin", "in2"));
    assert_int_equal(support_tool("unpack --out nodir good.fip"), 1);
    support_expect_message("nodir/tb-fw.bin");
}

static void unpack_writes_only_what_is_named(void **state)
{
    (void)state;
    assert_int_equal(
        support_tool("update --blob uuid=9e5cb4a2-47ad-4a6e-9e5a-3d1d1b0b5c10,file=in1 good.fip"),
        0);
    assert_int_equal(
        support_tool("unpack --blob uuid=9E5CB4A2-47AD-4A6E-9E5A-3D1D1B0B5C10,file=b.bin good.fip"),
        0);
    assert_true(support_same("b.bin", "in1"));
    assert_int_equal(support_count("."), 4);
}

static void remove_warns_of_what_is_not_there(void **state)
{
    (void)state;
    support_write_pattern("copy", 0, 0);
    assert_int_equal(support_tool("create --tb-fw in1 --nt-fw in2 copy"), 0);
    assert_int_equal(support_tool("remove --soc-fw good.fip"), 0);
    support_expect_message("warning: good.fip: has no image soc-fw to remove");
    assert_true(support_same("copy", "good.fip"));
    assert_int_equal(support_tool("remove --tb-fw --out copy good.fip"), 1);
    support_expect_message("copy: exists; --force replaces it");
    assert_int_equal(support_tool("remove --tb-fw --force --out copy good.fip"), 0);
    assert_int_equal(support_tool("info copy"), 0);
    assert_null(strstr(support_stdout(), "--tb-fw"));
}

static void layout_shows_gaps_and_fields(void **state)
{
    (void)state;
    assert_int_equal(
        support_tool("create --align 0x100 --plat-toc-flags 0x12 --tb-fw in1 --nt-fw in2 a.fip"),
        0);
    assert_int_equal(support_tool("info --layout a.fip"), 0);
    assert_non_null(strstr(
        support_stdout(),
        "a.fip: FIP of 1280 bytes, 2 images, serial number 0x12345678, platform flags 0x0012"));
    assert_non_null(
        strstr(support_stdout(), "0x00000000  0x00000088         136  table of contents"));
    assert_non_null(strstr(support_stdout(), "0x00000088  0x00000100         120  (gap)"));
    assert_non_null(strstr(support_stdout(),
                           "0x00000100  0x0000022c         300  tb-fw: Trusted Boot Firmware BL2"));
    assert_non_null(strstr(support_stdout(),
                           "0x00000300  0x000004f4         500  nt-fw: Non-Trusted Firmware BL33"));
    assert_non_null(strstr(support_stdout(), "0x000004f4  0x00000500          12  (gap)"));
}

static void flash_puts_both_in_their_places(void **state)
{
    struct stat status;
    uint8_t *flash, *fip, *bl1;
    size_t size, fip_size, bl1_size;

    (void)state;
    assert_int_equal(support_tool("flash --bl1 in1 --fip good.fip --size 0x4000000 --fip-offset "
                                  "0x100000 --fip-size 936 f.bin"),
                     0);
    assert_int_equal(stat("f.bin", &status), 0);
    assert_int_equal(status.st_size, 0x4000000);
    assert_true(status.st_blocks * 512 < 0x100000); // sparse
    flash = support_read("f.bin", &size);
    bl1 = support_read("in1", &bl1_size);
    fip = support_read("good.fip", &fip_size);
    assert_memory_equal(flash, bl1, bl1_size);
    assert_memory_equal(flash + 0x100000, fip, fip_size);
    for (size_t i = 0; i < size; i++) {
        if (i == bl1_size) {
            i = 0x100000;
        }
        if (i == 0x100000) {
            i += fip_size;
        }
        assert_true(i < bl1_size || flash[i] == 0);
    }
    free(flash);
    free(bl1);
    free(fip);
}

static void flash_refuses_what_does_not_fit(void **state)
{
    static const struct {
        const char *line;
        const char *message;
    } rows[] = {
        { "--bl1 in1 --fip good.fip --size 0x1000 --fip-offset 0x1000",
          "good.fip: offset in the flash: found 0x1000, expected less than 0x1000" },
        { "--bl1 in1 --fip good.fip --size 0x1000 --fip-offset 299",
          "in1: size: found 0x12c, expected no overlap with the FIP at 0x12b" },
        { "--bl1 in1 --fip good.fip --size 1435 --fip-offset 500",
          "good.fip: size: found 0x3a8, expected at most 0x3a7" },
        { "--bl1 in1 --fip good.fip --size 0x1000 --fip-offset 500 --fip-size 935",
          "good.fip: size: found 0x3a8, expected at most 0x3a7" },
        { "--bl1 in1 --fip good.fip --size 0x1000 --fip-offset 0x800 --fip-size 0x801",
          "good.fip: --fip-size: found 0x801, expected at most 0x800" },
        { "--bl1 none --fip good.fip --size 0x1000 --fip-offset 500",
          "none: size: found 0x0, expected at least 0x1" },
        { "--bl1 absent --fip good.fip --size 0x1000 --fip-offset 500", "absent: cannot open" },
        { "--bl1 in1 --fip absent --size 0x1000 --fip-offset 500", "absent: cannot open" },
        { "--bl1 in1 --fip in2 --size 0x1000 --fip-offset 500", "in2: name must be that of a FIP" },
    };

    (void)state;
    support_write("none", "", 0);
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        assert_int_equal(support_tool("flash %s f.bin", rows[i].line), 1);
        support_expect_message(rows[i].message);
        assert_int_equal(support_count("."), 4);
    }
    assert_int_equal(
        support_tool(
            "flash --force --bl1 in1 --fip in2 --size 0x1000 --fip-offset 300 --out f.bin"),
        0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, enter, support_leave)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(every_command_refuses_every_hostile_fip_and_changes_nothing),
        TEST(wrong_command_lines_give_2_and_touch_nothing),
        TEST(too_many_images_are_refused),
        TEST(help_shows_an_example_of_each_command),
        TEST(missing_and_odd_files_are_named),
        TEST(a_full_disk_leaves_the_old_file),
        TEST(a_replaced_file_keeps_its_mode_and_its_link),
        TEST(unpack_writes_all_or_nothing),
        TEST(unpack_writes_only_what_is_named),
        TEST(remove_warns_of_what_is_not_there),
        TEST(layout_shows_gaps_and_fields),
        TEST(flash_puts_both_in_their_places),
        TEST(flash_refuses_what_does_not_fit),
    };

    return cmocka_run_group_tests_name("fip-tool", tests, NULL, NULL);
}
