// SPDX-License-Identifier: BSD-3-Clause
//
// Reading a hardware device tree (platform/common/common_fdt.c): trees as QEMU makes them, each
// rule broken alone, the seed taken once and erased, and a tree cut or damaged anywhere, which must
// never be read outside of its window.
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <libfdt.h>

#include "common_fdt.h"
#include "tests/unit/platform/boot_support.h"

#define TREE_SIZE 2048

static uint8_t *tree; // of TREE_SIZE bytes on the heap, so that the sanitizer sees its end
static struct common_fdt fdt;
static struct board_info info;

struct shape {
    const char *memory_name;
    uint64_t dram_base, dram_size;
    uint32_t memory_cells; // of reg; 4 is right
    uint32_t cores;
    uint32_t core_reg[6];
    bool seed;
};

static const struct shape good = {
    "memory@40000000", 0x40000000, 0x20000000, 4, 2, { 0, 1 }, true
};

static void make_memory(const struct shape *shape, const char *name, uint64_t base)
{
    const fdt32_t reg[4] = { cpu_to_fdt32(base >> 32), cpu_to_fdt32(base),
                             cpu_to_fdt32(shape->dram_size >> 32), cpu_to_fdt32(shape->dram_size) };

    fdt_begin_node(tree, name);
    fdt_property(tree, "reg", reg, (int)(4 * shape->memory_cells));
    fdt_property_string(tree, "device_type", "memory");
    fdt_end_node(tree);
}

static void make_cpus(const struct shape *shape)
{
    fdt_begin_node(tree, "cpus");
    fdt_property_u32(tree, "#address-cells", 1);
    fdt_property_u32(tree, "#size-cells", 0);
    fdt_begin_node(tree, "cpu-map");
    fdt_end_node(tree);
    for (uint32_t i = 0; i < shape->cores; i++) {
        char name[16] = "cpu@0";

        name[4] = (char)('0' + i);
        fdt_begin_node(tree, name);
        fdt_property_string(tree, "device_type", "cpu");
        fdt_property_u32(tree, "reg", shape->core_reg[i]);
        fdt_end_node(tree);
    }
    fdt_end_node(tree);
}

static void make_tree(const struct shape *shape)
{
    static const uint8_t seed[32] = { 1, 2, 3, 4, [31] = 32 };

    memset(tree, 0, TREE_SIZE);
    assert_int_equal(fdt_create(tree, TREE_SIZE), 0);
    fdt_finish_reservemap(tree);
    fdt_begin_node(tree, "");
    fdt_property_u32(tree, "#address-cells", 2);
    fdt_property_u32(tree, "#size-cells", 2);
    make_memory(shape, "memory@e000000", 0xe000000); // secure RAM, as QEMU has it: not ours
    make_memory(shape, shape->memory_name, shape->dram_base);
    make_cpus(shape);
    fdt_begin_node(tree, "secure-chosen");
    fdt_property_string(tree, "stdout-path", "/pl011@9040000");
    if (shape->seed) {
        fdt_property(tree, "rng-seed", seed, sizeof(seed));
        fdt_property(tree, "kaslr-seed", seed, 8);
    }
    fdt_end_node(tree);
    fdt_begin_node(tree, "chosen");
    fdt_property(tree, "rng-seed", seed, sizeof(seed));
    fdt_end_node(tree);
    fdt_end_node(tree);
    assert_int_equal(fdt_finish(tree), 0);
    fdt = (struct common_fdt){ .name = "tree", .base = (uintptr_t)tree, .size = TREE_SIZE };
    support_reset();
}

static int fresh(void **state)
{
    (void)state;
    tree = malloc(TREE_SIZE);
    make_tree(&good);
    return 0;
}

static int release(void **state)
{
    (void)state;
    free(tree);
    return 0;
}

static void memory_and_cores_are_found(void **state)
{
    struct shape shape = good;

    (void)state;
    assert_int_equal(common_fdt_discover(&fdt, &info), ERR_NONE);
    assert_int_equal(info.dram_base, 0x40000000);
    assert_int_equal(info.dram_size, 0x20000000);
    assert_int_equal(info.core_count, 2);
    shape.dram_size = 0x100000000; // 4 GiB
    shape.cores = 4;
    shape.core_reg[2] = 0x100;
    shape.core_reg[3] = 0x101;
    make_tree(&shape);
    assert_int_equal(common_fdt_discover(&fdt, &info), ERR_NONE);
    assert_int_equal(info.dram_size, 0x100000000);
    assert_int_equal(info.core_count, 4);
    assert_int_equal(support_errors, 0);
}

static void expect_refusal(const struct shape *shape, int result, const char *text)
{
    make_tree(shape);
    assert_int_equal(common_fdt_discover(&fdt, &info), result);
    assert_int_equal(support_errors, 1);
    if (strstr(support_last_line, text) == NULL) {
        fail_msg("'%s' is not in '%s'", text, support_last_line);
    }
}

#define REFUSED(field, value, result, text)     \
    do {                                        \
        struct shape shape = good;              \
        shape.field = (value);                  \
        expect_refusal(&shape, (result), text); \
    } while (0)

static void each_broken_rule_is_named(void **state)
{
    (void)state;
    REFUSED(memory_name, "ram@40000000", ERR_NOT_FOUND, "/memory: no node");
    REFUSED(dram_base, 0x80000000, ERR_NOT_FOUND, "/memory: no node");
    REFUSED(dram_size, 0, ERR_RANGE, "/memory: size");
    REFUSED(dram_size, 0x20000800, ERR_RANGE, "/memory: size");
    REFUSED(dram_size, 0x100001000, ERR_RANGE, "/memory: size");
    REFUSED(memory_cells, 3, ERR_INVALID, "/memory: reg");
    REFUSED(cores, 0, ERR_INVALID, "at least one");
    REFUSED(core_reg[1], 0x101, ERR_INVALID, "first cores of the board"); // 0x1 is missing
    REFUSED(core_reg[1], 7, ERR_RANGE, "MPIDR 0x7");
    make_tree(&good);
    fdt.size = fdt_totalsize(tree) - 1;
    assert_int_equal(common_fdt_discover(&fdt, &info), ERR_INVALID);
    assert_non_null(strstr(support_last_line, "must not be longer than its place"));
    make_tree(&good);
    memset(tree, 0, 4);
    assert_int_equal(common_fdt_discover(&fdt, &info), ERR_INVALID);
    assert_non_null(strstr(support_last_line, "must be a device tree"));
}

static void one_core_twice_or_too_many_are_refused(void **state)
{
    struct shape shape = good;

    (void)state;
    shape.cores = 5;
    expect_refusal(&shape, ERR_DUPLICATE, "/cpus: must list every core once");
    shape = good;
    shape.core_reg[1] = 0;
    expect_refusal(&shape, ERR_DUPLICATE, "/cpus: must list every core once");
}

static void the_seed_is_mixed_in_and_erased(void **state)
{
    uint8_t buf[40];
    uint8_t zero[8] = { 0 };
    size_t taken = 0;
    int node;
    int size = (int)fdt_totalsize(tree);

    (void)state;
    memset(buf, 0xf0, sizeof(buf));
    assert_int_equal(common_fdt_discover(&fdt, &info), ERR_NONE);
    assert_int_equal(common_fdt_take_seed(&fdt, buf, sizeof(buf), &taken), ERR_NONE);
    assert_int_equal(taken, 32);
    assert_int_equal(buf[0], 0xf1);
    assert_int_equal(buf[3], 0xf4);
    assert_int_equal(buf[4], 0xf0);
    assert_int_equal(buf[31], 0xf0 ^ 32);
    assert_int_equal(buf[32], 0xf0); // beyond the seed
    node = fdt_path_offset(tree, "/secure-chosen");
    assert_null(fdt_getprop(tree, node, "rng-seed", NULL));
    assert_null(fdt_getprop(tree, node, "kaslr-seed", NULL));
    assert_non_null(fdt_getprop(tree, node, "stdout-path", NULL));
    assert_non_null(fdt_getprop(tree, fdt_path_offset(tree, "/chosen"), "rng-seed", NULL));
    assert_int_equal(fdt_totalsize(tree), size);
    assert_int_equal(fdt_check_full(tree, TREE_SIZE), 0);
    assert_int_equal(common_fdt_take_seed(&fdt, zero, sizeof(zero), &taken), ERR_NOT_FOUND);
    assert_memory_equal(zero, (uint8_t[8]){ 0 }, 8);
}

static void without_a_seed_nothing_is_made_up(void **state)
{
    struct shape shape = good;
    uint8_t buf[32] = { 0 };
    size_t taken = 0;

    (void)state;
    shape.seed = false;
    make_tree(&shape);
    assert_int_equal(common_fdt_discover(&fdt, &info), ERR_NONE);
    assert_int_equal(common_fdt_take_seed(&fdt, buf, sizeof(buf), &taken), ERR_NOT_FOUND);
    assert_memory_equal(buf, (uint8_t[32]){ 0 }, 32);
    assert_int_equal(taken, 0);
}

// The sanitizer is the judge here: any result will do, no access outside of the tree's memory.
static void damaged_trees_are_survived(void **state)
{
    uint8_t whole[TREE_SIZE];
    uint8_t buf[32];
    size_t taken;
    size_t size = fdt_totalsize(tree);

    (void)state;
    memcpy(whole, tree, TREE_SIZE);
    srand(21);
    for (int i = 0; i < 20000; i++) {
        memcpy(tree, whole, TREE_SIZE);
        for (int j = rand() % 4; j >= 0; j--) {
            tree[(size_t)rand() % size] = (uint8_t)(rand() % 2 ? rand() : 0xff);
        }
        if (common_fdt_discover(&fdt, &info) == ERR_NONE) {
            (void)!common_fdt_take_seed(&fdt, buf, sizeof(buf), &taken);
            assert_in_range(info.core_count, 1, 4);
            assert_in_range(info.dram_size, 1, 0x100000000);
        } else {
            assert_true(support_errors > 0);
        }
    }
}

// libfdt 1.6.1 goes round for ever on a property whose length leads back to its own tag: it must
// not be asked.
static void a_length_that_wraps_is_refused(void **state)
{
    int property = fdt_first_property_offset(tree, fdt_path_offset(tree, "/cpus/cpu@1"));

    (void)state;
    assert_true(property > 0);
    memset(tree + fdt_off_dt_struct(tree) + property + 4, 0xff, 3);
    tree[fdt_off_dt_struct(tree) + (size_t)property + 7] = 0xf4;
    assert_int_equal(common_fdt_discover(&fdt, &info), ERR_INVALID);
    assert_int_equal(support_errors, 1);
    assert_non_null(strstr(support_last_line, "property values inside"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(memory_and_cores_are_found, fresh, release),
        cmocka_unit_test_setup_teardown(each_broken_rule_is_named, fresh, release),
        cmocka_unit_test_setup_teardown(one_core_twice_or_too_many_are_refused, fresh, release),
        cmocka_unit_test_setup_teardown(the_seed_is_mixed_in_and_erased, fresh, release),
        cmocka_unit_test_setup_teardown(without_a_seed_nothing_is_made_up, fresh, release),
        cmocka_unit_test_setup_teardown(a_length_that_wraps_is_refused, fresh, release),
        cmocka_unit_test_setup_teardown(damaged_trees_are_survived, fresh, release),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
