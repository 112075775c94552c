// SPDX-License-Identifier: BSD-3-Clause
//
// fip-tool against Debian's fiptool (TF-A 2.8): the same command lines give the same bytes, each
// reads what the other wrote. Combinations come from a fixed sequence of numbers, so a failure can
// be repeated. Skipped where there is no fiptool.
#include "tool_support.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "fip_names.h"

#define ROUNDS 150
#define INPUTS 12 // files in0 … in11
#define BLOBS 6

static uint32_t sequence;
static char options[8192];

static uint32_t next_number(uint32_t below)
{
    sequence = sequence * 1664525u + 1013904223u;
    return (sequence >> 8) % below;
}

static int enter(void **state)
{
    static const size_t sizes[INPUTS] = {
        1, 3, 16, 100, 4095, 4096, 4097, 10000, 0, 513, 70000, 8
    };
    char name[16];

    if (support_enter(state) != 0) {
        return -1;
    }
    for (size_t i = 0; i < INPUTS; i++) {
        snprintf(name, sizeof(name), "in%zu", i);
        support_write_pattern(name, sizes[i], (uint8_t)(i * 11 + 1));
    }
    sequence = 1;
    return 0;
}

static void skip_without_fiptool(void)
{
    if (support_fiptool("version") == FIPTOOL_ABSENT) {
        print_message("fiptool is not installed: cannot compare with it\n");
        skip();
    }
}

static void both(const char *format, const char *ours, const char *theirs)
{
    char command[16384];

    snprintf(command, sizeof(command), format, options, ours);
    assert_int_equal(support_tool("%s", command), 0);
    snprintf(command, sizeof(command), format, options, theirs);
    assert_int_equal(support_fiptool("%s", command), 0);
    if (!support_same(ours, theirs)) {
        fail_msg("different bytes after: %s", command);
    }
}

static void add_option(const char *format, ...)
{
    size_t used = strlen(options);
    va_list args;

    va_start(args, format);
    vsnprintf(options + used, sizeof(options) - used, format, args);
    va_end(args);
}

// Some images, well-known and not; now and then the same twice, an empty one, alignment and flags.
static void random_images(bool with_files)
{
    for (uint32_t i = next_number(10); i > 0; i--) {
        uint32_t input = next_number(INPUTS), which = next_number(IMAGE_COUNT + BLOBS);

        if (which < IMAGE_COUNT) {
            add_option(" --%s", fip_names_get((enum fip_image_id)which)->option);
            if (with_files) {
                add_option(" in%u", input);
            }
        } else {
            add_option(" --blob uuid=%08x-1234-5678-9abc-def012345678", which);
            if (with_files) {
                add_option(",file=in%u", input);
            }
        }
    }
    if (next_number(2) == 0) {
        add_option(" --align %u", 1u << next_number(14));
    }
}

static void random_flags(void)
{
    if (next_number(3) == 0) {
        add_option(" --plat-toc-flags 0x%x", next_number(0x10000));
    }
}

static void same_info(const char *path)
{
    char ours[16384];

    assert_int_equal(support_tool("info %s", path), 0);
    snprintf(ours, sizeof(ours), "%s", support_stdout());
    assert_int_equal(support_fiptool("info %s", path), 0);
    assert_string_equal(ours, support_stdout());
}

static void create_gives_the_same_bytes_for_each_image_option(void **state)
{
    (void)state;
    skip_without_fiptool();
    for (int id = 0; id < IMAGE_COUNT; id++) {
        options[0] = '\0';
        add_option("--%s in3", fip_names_get((enum fip_image_id)id)->option);
        both("create %s %s", "ours", "theirs");
        same_info("ours");
    }
}

static void create_gives_the_same_bytes_for_all_images_backwards(void **state)
{
    (void)state;
    skip_without_fiptool();
    options[0] = '\0';
    for (int id = IMAGE_COUNT - 1; id >= 0; id--) {
        add_option(" --%s in%d", fip_names_get((enum fip_image_id)id)->option, id % INPUTS);
    }
    both("create %s %s", "ours", "theirs");
    same_info("theirs");
}

static void create_gives_the_same_bytes(void **state)
{
    (void)state;
    skip_without_fiptool();
    for (int round = 0; round < ROUNDS; round++) {
        options[0] = '\0';
        random_images(true);
        random_flags();
        both("create %s %s", "ours", "theirs");
        same_info("ours");
    }
}

static void update_and_remove_give_the_same_bytes(void **state)
{
    (void)state;
    skip_without_fiptool();
    for (int round = 0; round < ROUNDS; round++) {
        options[0] = '\0';
        random_images(true);
        random_flags();
        both("create %s %s", "ours", "theirs");
        options[0] = '\0';
        random_images(true);
        random_flags();
        both("update %s %s", "ours", "theirs"); // in place
        options[0] = '\0';
        random_images(false);
        both("remove %s %s", "ours", "theirs");
        same_info("ours");
    }
}

static void update_and_remove_with_out_leave_the_input_alone(void **state)
{
    (void)state;
    skip_without_fiptool();
    assert_int_equal(support_fiptool("create --tb-fw in4 --nt-fw in7 --plat-toc-flags 0x55 a.fip"),
                     0);
    assert_int_equal(
        support_fiptool("create --tb-fw in4 --nt-fw in7 --plat-toc-flags 0x55 keep.fip"), 0);
    snprintf(options, sizeof(options), "--soc-fw in3 a.fip --out");
    both("update %s %s", "ours", "theirs");
    snprintf(options, sizeof(options), "--tb-fw --force a.fip --out");
    both("remove %s %s", "ours", "theirs");
    assert_true(support_same("a.fip", "keep.fip"));
}

static void update_makes_a_fip_that_is_missing(void **state)
{
    (void)state;
    skip_without_fiptool();
    snprintf(options, sizeof(options), "--tb-fw in4");
    both("update %s %s", "ours", "theirs");
}

static void each_unpacks_what_the_other_made(void **state)
{
    char input[16], a[80], b[80];

    (void)state;
    skip_without_fiptool();
    options[0] = '\0';
    for (int id = 0; id < IMAGE_COUNT; id++) {
        if (id % INPUTS != 8) { // the empty file has no entry
            add_option(" --%s in%d", fip_names_get((enum fip_image_id)id)->option, id % INPUTS);
        }
    }
    add_option(" --blob uuid=9e5cb4a2-47ad-4a6e-9e5a-3d1d1b0b5c10,file=in10 --align 16");
    assert_int_equal(support_tool("create %s ours.fip", options), 0);
    assert_int_equal(support_fiptool("create %s theirs.fip", options), 0);
    assert_int_equal(mkdir("a", 0777) | mkdir("b", 0777), 0);
    assert_int_equal(support_tool("unpack --out a theirs.fip"), 0);
    assert_int_equal(support_fiptool("unpack --out b ours.fip"), 0);
    assert_int_equal(support_count("a"), support_count("b"));
    for (int id = 0; id < IMAGE_COUNT; id++) {
        const char *name = fip_names_get((enum fip_image_id)id)->option;

        if (id % INPUTS != 8) {
            snprintf(input, sizeof(input), "in%d", id % INPUTS);
            snprintf(a, sizeof(a), "a/%s.bin", name);
            snprintf(b, sizeof(b), "b/%s.bin", name);
            assert_true(support_same(input, a));
            assert_true(support_same(input, b));
        }
    }
    assert_true(support_same("in10", "a/9E5CB4A2-47AD-4A6E-9E5A-3D1D1B0B5C10.bin"));
    assert_true(support_same("in10", "b/9E5CB4A2-47AD-4A6E-9E5A-3D1D1B0B5C10.bin"));
}

static void both_refuse_the_same_command_lines(void **state)
{
    static const char *const lines[] = {
        "create --align 3 --tb-fw in0 x.fip",
        "create --align 0 --tb-fw in0 x.fip",
        "create --align abc --tb-fw in0 x.fip",
        "create --plat-toc-flags 0x10000 --tb-fw in0 x.fip",
        "create --plat-toc-flags zz --tb-fw in0 x.fip",
        "create --blob file=in0 x.fip",
        "create --blob uuid=9e5cb4a2-47ad-4a6e-9e5a-3d1d1b0b5c10 x.fip",
        "create --blob uuid=9e5cb4a2,file=in0 x.fip",
        "create --tb-fw absent x.fip",
        "create --nosuch in0 x.fip",
        "create --blob uuid=00000000-0000-0000-0000-000000000000,file=in0 x.fip",
        "info absent",
        "info in5",
        "info in0",
        "unpack absent",
        "remove --tb-fw absent",
        "unpack --tb-fw x in5",
    };

    (void)state;
    skip_without_fiptool();
    for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
        assert_int_not_equal(support_fiptool("%s", lines[i]), 0);
        assert_int_not_equal(support_tool("%s", lines[i]), 0);
        assert_int_equal(support_count("."), INPUTS);
    }
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, enter, support_leave)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(create_gives_the_same_bytes_for_each_image_option),
        TEST(create_gives_the_same_bytes_for_all_images_backwards),
        TEST(create_gives_the_same_bytes),
        TEST(update_and_remove_give_the_same_bytes),
        TEST(update_and_remove_with_out_leave_the_input_alone),
        TEST(update_makes_a_fip_that_is_missing),
        TEST(each_unpacks_what_the_other_made),
        TEST(both_refuse_the_same_command_lines),
    };

    return cmocka_run_group_tests_name("fip-tool_oracle", tests, NULL, NULL);
}
