// SPDX-License-Identifier: BSD-3-Clause
//
// Making a device tree fit for the normal world (platform/common/common_fdt_fixup.c, common_fdt_write.c): what an operating
// system finds in it, what of the secure world it must not find anywhere in the memory, that all the rest is still there,
// each rule broken alone, and trees cut or damaged anywhere. A tree that is refused stays byte for byte as it was. The event
// log: test_common_fdt_log.c.
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <libfdt.h>

#include "assert.h"
#include "bits.h"
#include "common_fdt.h"
#include "dtb_check.h"
#include "tests/unit/platform/boot_support.h"

#define TREE_SIZE 6144
#define PHANDLE_MAX 0x8008
#define SECRET "do not tell the normal world"

static uint8_t *tree; // of TREE_SIZE bytes on the heap, so that the sanitizer sees its end
static uint8_t before[TREE_SIZE];
static struct common_fdt fdt;

static const struct common_fdt_reserved regions[] = {
    { "tessera-comm", 0x40100000, 0x20000, NULL },
    { "other", 0x123456000, 0x1000, NULL },
};

void panic_assert(const char *condition, const char *file, int line)
{
    fail_msg("%s:%d: %s", file, line, condition);
    __builtin_unreachable();
}

struct shape {
    uint32_t root_cells;
    uint32_t cores;
    uint32_t phandle;           // the highest of all
    bool foreign;               // another firmware's psci, idle states, enable-method are there
    bool reserved;              // has a /reserved-memory
    uint32_t reserved_cells[2]; // 0: no such property
    bool ranges;
    const char *reserved_child;
    bool no_cpus;
    bool secure_root;
};

static const struct shape qemu = { .root_cells = 2, .cores = 4, .phandle = PHANDLE_MAX };
static const struct shape foreign = { .root_cells = 2, .cores = 2, .phandle = 7, .foreign = true };
static const struct shape with_reserved = {
    .root_cells = 2,
    .cores = 1,
    .phandle = PHANDLE_MAX,
    .reserved = true,
    .reserved_cells = { 2, 2 },
    .ranges = true,
    .reserved_child = "dma@50000000",
};

static void make_secure_device(const char *name, const char *status, const char *secure_status)
{
    fdt_begin_node(tree, name);
    if (secure_status != NULL) {
        fdt_property_string(tree, "secure-status", secure_status);
    }
    if (status != NULL) {
        fdt_property_string(tree, "status", status);
    }
    fdt_property_string(tree, "compatible", SECRET);
    fdt_begin_node(tree, "inner");
    fdt_property_string(tree, "label", SECRET);
    fdt_end_node(tree);
    fdt_end_node(tree);
}

static void make_core(uint32_t number, const struct shape *shape)
{
    char name[] = "cpu@0";

    name[4] = (char)('0' + number);
    fdt_begin_node(tree, name);
    fdt_property_u32(tree, "phandle", shape->phandle - number);
    fdt_property_u32(tree, "reg", number);
    if (shape->foreign) {
        fdt_property_string(tree, "enable-method", "spin-table");
        fdt_property_u64(tree, "cpu-release-addr", 0x8000fff8);
        fdt_property_u32(tree, "cpu-idle-states", 77);
    }
    fdt_property_string(tree, "device_type", "cpu");
    if (shape->foreign) {
        fdt_begin_node(tree, "l1-cache");
        fdt_end_node(tree);
    }
    fdt_end_node(tree);
}

static void make_cpus(const struct shape *shape)
{
    fdt_begin_node(tree, "cpus");
    fdt_property_u32(tree, "#address-cells", 1);
    fdt_property_u32(tree, "#size-cells", 0);
    fdt_begin_node(tree, "cpu-map");
    fdt_end_node(tree);
    if (shape->foreign) {
        fdt_begin_node(tree, "idle-states");
        fdt_property_string(tree, "entry-method", "foreign");
        fdt_begin_node(tree, "old-sleep");
        fdt_property_u32(tree, "phandle", 77);
        fdt_end_node(tree);
        fdt_end_node(tree);
    }
    for (uint32_t i = 0; i < shape->cores; i++) {
        make_core(i, shape);
    }
    fdt_end_node(tree);
}

static void make_reserved(const struct shape *shape)
{
    static const char *const cells[] = { "#address-cells", "#size-cells" };

    fdt_begin_node(tree, "reserved-memory");
    for (size_t i = 0; i < 2; i++) {
        if (shape->reserved_cells[i] != 0) {
            fdt_property_u32(tree, cells[i], shape->reserved_cells[i]);
        }
    }
    if (shape->ranges) {
        fdt_property(tree, "ranges", NULL, 0);
    }
    fdt_begin_node(tree, shape->reserved_child);
    fdt_property(tree, "no-map", NULL, 0);
    fdt_end_node(tree);
    fdt_end_node(tree);
}

static void make_secure_chosen(void)
{
    fdt_begin_node(tree, "secure-chosen");
    fdt_property_string(tree, "stdout-path", "/" SECRET);
    fdt_property_string(tree, "rng-seed", SECRET);
    fdt_end_node(tree);
}

static void make_root(const struct shape *shape)
{
    fdt_property_u32(tree, "#address-cells", shape->root_cells);
    fdt_property_u32(tree, "#size-cells", shape->root_cells);
    fdt_property_string(tree, "compatible", "linux,dummy-virt");
    if (shape->secure_root) {
        fdt_property_string(tree, "status", "disabled");
        fdt_property_string(tree, "secure-status", "okay");
    }
}

// A tree with `slack` bytes behind its strings; SIZE_MAX: up to TREE_SIZE. `before` is a copy.
static void make_tree(const struct shape *shape, size_t slack)
{
    assert_int_equal(fdt_create(tree, TREE_SIZE), 0);
    assert_int_equal(fdt_add_reservemap_entry(tree, 0x48000000, 0x1000), 0);
    fdt_finish_reservemap(tree);
    fdt_begin_node(tree, "");
    make_root(shape);
    if (shape->foreign) {
        fdt_begin_node(tree, "psci");
        fdt_property_string(tree, "method", "hvc");
        fdt_property_u32(tree, "cpu_on", 0x95c1ba5f);
        fdt_end_node(tree);
    }
    make_secure_device("pl061@90b0000", "disabled", "okay");
    make_secure_device("secflash@0", "disabled", "ok");
    if (!shape->no_cpus) {
        make_cpus(shape);
    }
    if (shape->reserved) {
        make_reserved(shape);
    }
    make_secure_chosen();
    fdt_begin_node(tree, "chosen");
    fdt_property_string(tree, "stdout-path", "/pl011@9000000");
    fdt_end_node(tree);
    fdt_end_node(tree);
    assert_int_equal(fdt_finish(tree), 0);
    memset(tree + fdt_totalsize(tree), 0xa5, TREE_SIZE - fdt_totalsize(tree));
    fdt_set_totalsize(tree, slack == SIZE_MAX ? TREE_SIZE : fdt_totalsize(tree) + (uint32_t)slack);
    memcpy(before, tree, TREE_SIZE);
    fdt = (struct common_fdt){ .name = "tree", .base = (uintptr_t)tree, .size = TREE_SIZE };
    support_reset();
}

static int fresh(void **state)
{
    (void)state;
    tree = malloc(TREE_SIZE);
    make_tree(&qemu, SIZE_MAX);
    return 0;
}

static int release(void **state)
{
    (void)state;
    free(tree);
    return 0;
}

static void fixup_ok(size_t count)
{
    const char *why = NULL;

    if (common_fdt_fixup(&fdt, regions, (uint32_t)count, NULL) != ERR_NONE) {
        fail_msg("refused: %s", support_last_line);
    }
    assert_int_equal(support_errors, 0);
    assert_int_equal(dtb_check(tree, TREE_SIZE, &why), ERR_NONE);
    assert_int_equal(fdt_check_full(tree, TREE_SIZE), 0);
    assert_int_equal(fdt_num_mem_rsv(tree), 1);
    assert_int_equal(fdt_totalsize(tree), fdt_totalsize(before));
}

static void fixup_refused(int result, const char *text)
{
    assert_int_equal(common_fdt_fixup(&fdt, regions, ARRAY_COUNT(regions), NULL), result);
    assert_int_equal(support_errors, 1);
    if (strstr(support_last_line, text) == NULL) {
        fail_msg("'%s' is not in '%s'", text, support_last_line);
    }
    assert_memory_equal(tree, before, TREE_SIZE);
}

static int node_at(const char *path)
{
    int node = fdt_path_offset(tree, path);

    if (node < 0) {
        fail_msg("%s is not there", path);
    }
    return node;
}

static void expect_bytes(const char *path, const char *name, const void *value, int size)
{
    int length = -1;
    const void *found = fdt_getprop(tree, node_at(path), name, &length);

    if (found == NULL || length != size || (size != 0 && memcmp(found, value, (size_t)size) != 0)) {
        fail_msg("%s: %s is wrong (%d bytes)", path, name, length);
    }
}

static void expect_text(const char *path, const char *name, const char *value)
{
    expect_bytes(path, name, value, (int)strlen(value) + 1);
}

static uint32_t number_at(int node, const char *name)
{
    int length = -1;
    const fdt32_t *cell = fdt_getprop(tree, node, name, &length);

    assert_non_null(cell);
    assert_int_equal(length, sizeof(*cell));
    return fdt32_to_cpu(*cell);
}

// cpu/idle-states.yaml: the core's list leads to nodes that say what the board's rows say.
static void expect_idle_states(const char *cpu)
{
    int length = -1;
    const fdt32_t *list = fdt_getprop(tree, node_at(cpu), "cpu-idle-states", &length);

    assert_non_null(list);
    assert_int_equal(length, 2 * (int)sizeof(*list)); // boot_support.c has two
    expect_text("/cpus/idle-states", "entry-method", "psci");
    for (size_t i = 0; i < 2; i++) {
        const struct board_idle_state *state = &board.idle_states[i];
        uint32_t phandle = fdt32_to_cpu(list[i]);
        int node = fdt_node_offset_by_phandle(tree, phandle);

        assert_true(node >= 0 && phandle != 0);
        assert_true(fdt_node_offset_by_phandle(before, phandle) < 0); // nobody else's
        assert_int_equal(fdt_parent_offset(tree, node), node_at("/cpus/idle-states"));
        assert_string_equal(fdt_get_name(tree, node, NULL), state->name);
        assert_int_equal(fdt_node_check_compatible(tree, node, "arm,idle-state"), 0);
        assert_int_equal(number_at(node, "arm,psci-suspend-param"), state->power_state);
        assert_int_equal(number_at(node, "entry-latency-us"), state->entry_latency_us);
        assert_int_equal(number_at(node, "exit-latency-us"), state->exit_latency_us);
        assert_int_equal(number_at(node, "min-residency-us"), state->min_residency_us);
    }
}

static void expect_psci(uint32_t cores)
{
    char path[] = "/cpus/cpu@0";

    expect_bytes("/psci", "compatible", "arm,psci-1.0\0arm,psci-0.2",
                 sizeof("arm,psci-1.0\0arm,psci-0.2"));
    expect_text("/psci", "method", "smc");
    for (uint32_t i = 0; i < cores; i++) {
        path[10] = (char)('0' + i);
        expect_text(path, "enable-method", "psci");
        assert_int_equal(number_at(node_at(path), "reg"), i);
        expect_idle_states(path);
    }
}

static void expect_regions(void)
{
    const fdt32_t comm[] = { 0, cpu_to_fdt32(0x40100000), 0, cpu_to_fdt32(0x20000) };
    const fdt32_t other[] = { cpu_to_fdt32(1), cpu_to_fdt32(0x23456000), 0, cpu_to_fdt32(0x1000) };

    assert_int_equal(number_at(node_at("/reserved-memory"), "#address-cells"), 2);
    assert_int_equal(number_at(node_at("/reserved-memory"), "#size-cells"), 2);
    expect_bytes("/reserved-memory", "ranges", NULL, 0);
    expect_bytes("/reserved-memory/tessera-comm@40100000", "reg", comm, sizeof(comm));
    expect_bytes("/reserved-memory/tessera-comm@40100000", "no-map", NULL, 0);
    expect_bytes("/reserved-memory/other@123456000", "reg", other, sizeof(other));
}

// Whether `text` is anywhere in the tree's memory, inside its blocks or not.
static bool memory_has(const char *text)
{
    return memmem(tree, TREE_SIZE, text, strlen(text)) != NULL;
}

static void an_operating_system_finds_what_it_needs(void **state)
{
    (void)state;
    fixup_ok(ARRAY_COUNT(regions));
    expect_psci(qemu.cores);
    expect_regions();
    assert_int_equal(fdt_getprop(tree, node_at("/cpus/cpu-map"), "enable-method", NULL) == NULL, 1);
}

static void the_secure_world_is_not_in_it(void **state)
{
    (void)state;
    assert_true(memory_has(SECRET));
    fixup_ok(ARRAY_COUNT(regions));
    assert_int_equal(fdt_path_offset(tree, "/secure-chosen"), -FDT_ERR_NOTFOUND);
    assert_int_equal(fdt_path_offset(tree, "/pl061@90b0000"), -FDT_ERR_NOTFOUND);
    assert_int_equal(fdt_path_offset(tree, "/secflash@0"), -FDT_ERR_NOTFOUND);
    assert_false(memory_has(SECRET));
    assert_true(fdt.secure_chosen < 0);
}

// With little to add and much to take out, the new tree is the shorter one.
static void the_end_of_a_longer_tree_is_erased(void **state)
{
    uint32_t end;

    (void)state;
    assert_int_equal(fdt_create(tree, TREE_SIZE), 0);
    assert_int_equal(fdt_add_reservemap_entry(tree, 0x48000000, 0x1000), 0);
    fdt_finish_reservemap(tree);
    fdt_begin_node(tree, "");
    make_root(&qemu);
    make_cpus(&qemu);
    fdt_begin_node(tree, "secure-chosen");
    for (unsigned int i = 0; i < 40; i++) {
        fdt_property_string(tree, "stdout-path", "/" SECRET SECRET);
    }
    fdt_end_node(tree);
    fdt_end_node(tree);
    assert_int_equal(fdt_finish(tree), 0);
    fdt_set_totalsize(tree, TREE_SIZE);
    memcpy(before, tree, TREE_SIZE);
    fixup_ok(0);
    expect_psci(qemu.cores);
    assert_false(memory_has(SECRET));
    end = fdt_off_dt_strings(tree) + fdt_size_dt_strings(tree);
    assert_true(end < fdt_off_dt_strings(before));
    for (; end < fdt_off_dt_strings(before) + fdt_size_dt_strings(before); end++) {
        assert_int_equal(tree[end], 0);
    }
}

// Only the pair says that a device is the secure world's alone (arm/secure.txt).
static void devices_of_both_worlds_stay(void **state)
{
    static const char *const statuses[][2] = {
        { "disabled", NULL }, { NULL, "okay" },           { "okay", "okay" },
        { NULL, NULL },       { "disabled", "disabled" }, { "disabled", "okayish" },
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_COUNT(statuses); i++) {
        assert_int_equal(fdt_create(tree, TREE_SIZE), 0);
        fdt_finish_reservemap(tree);
        fdt_begin_node(tree, "");
        fdt_property_u32(tree, "#address-cells", 2);
        fdt_property_u32(tree, "#size-cells", 2);
        make_secure_device("device", statuses[i][0], statuses[i][1]);
        make_cpus(&qemu);
        fdt_end_node(tree);
        assert_int_equal(fdt_finish(tree), 0);
        fdt_set_totalsize(tree, TREE_SIZE);
        assert_int_equal(common_fdt_fixup(&fdt, regions, 0, NULL), ERR_NONE);
        expect_text("/device/inner", "label", SECRET);
    }
}

// Every node and property of the tree before is there now, with the same value, but for those named.
static void expect_nothing_lost(const char *const *gone, size_t gone_count)
{
    char path[128];

    for (int node = 0; node >= 0; node = fdt_next_node(before, node, NULL)) {
        bool lost = false;
        int at;

        assert_int_equal(fdt_get_path(before, node, path, sizeof(path)), 0);
        for (size_t i = 0; i < gone_count; i++) {
            lost = lost || strncmp(path, gone[i], strlen(gone[i])) == 0;
        }
        if (lost) {
            continue;
        }
        fdt_for_each_property_offset(at, before, node)
        {
            const char *name;
            int size;
            const void *value = fdt_getprop_by_offset(before, at, &name, &size);

            expect_bytes(path, name, value, size);
        }
    }
}

static void nothing_else_changes(void **state)
{
    static const char *const gone[] = { "/pl061@90b0000", "/secflash@0", "/secure-chosen" };

    (void)state;
    fixup_ok(ARRAY_COUNT(regions));
    expect_nothing_lost(gone, ARRAY_COUNT(gone));
    make_tree(&with_reserved, SIZE_MAX);
    fixup_ok(ARRAY_COUNT(regions));
    expect_nothing_lost(gone, ARRAY_COUNT(gone));
    expect_regions();
    expect_bytes("/reserved-memory/dma@50000000", "no-map", NULL, 0);
    expect_psci(1);
}

static void another_firmware_leaves_no_trace(void **state)
{
    (void)state;
    make_tree(&foreign, SIZE_MAX);
    fixup_ok(ARRAY_COUNT(regions));
    expect_psci(foreign.cores);
    assert_null(fdt_getprop(tree, node_at("/psci"), "cpu_on", NULL));
    assert_null(fdt_getprop(tree, node_at("/cpus/cpu@1"), "cpu-release-addr", NULL));
    assert_int_equal(fdt_path_offset(tree, "/cpus/idle-states/old-sleep"), -FDT_ERR_NOTFOUND);
    assert_false(memory_has("spin-table"));
    (void)node_at("/cpus/cpu@1/l1-cache");
}

static void a_second_time_changes_nothing_more(void **state)
{
    uint8_t once[TREE_SIZE];

    (void)state;
    fixup_ok(0);
    memcpy(once, tree, TREE_SIZE);
    fixup_ok(0);
    assert_int_equal(fdt_size_dt_struct(tree), fdt_size_dt_struct(once));
    expect_psci(qemu.cores);
}

static void numbers_must_fit_the_cells(void **state)
{
    struct shape narrow = qemu;

    (void)state;
    narrow.root_cells = 1;
    make_tree(&narrow, SIZE_MAX);
    fixup_refused(ERR_RANGE, "other: address and size must fit the root's cells");
    support_reset();
    assert_int_equal(common_fdt_fixup(&fdt, regions, 1, NULL), ERR_NONE);
    expect_bytes("/reserved-memory/tessera-comm@40100000", "reg", "\x40\x10\0\0\0\2\0\0", 8);
    narrow.root_cells = 3;
    make_tree(&narrow, SIZE_MAX);
    fixup_refused(ERR_INVALID, "/: #address-cells and #size-cells must be 1 or 2");
}

static void a_reserved_memory_must_be_one_that_linux_reads(void **state)
{
    struct shape shape = with_reserved;

    (void)state;
    shape.ranges = false;
    make_tree(&shape, SIZE_MAX);
    fixup_refused(ERR_INVALID, "/reserved-memory: ranges is missing");
    shape = with_reserved;
    shape.reserved_cells[0] = 1;
    make_tree(&shape, SIZE_MAX);
    fixup_refused(ERR_INVALID, "#size-cells must be the root's");
    shape = with_reserved;
    shape.reserved_cells[1] = 0; // then it is 1
    make_tree(&shape, SIZE_MAX);
    fixup_refused(ERR_INVALID, "#size-cells must be the root's");
    shape = with_reserved;
    shape.reserved_child = "other@123456000";
    make_tree(&shape, SIZE_MAX);
    fixup_refused(ERR_DUPLICATE, "must not have the firmware's nodes yet");
}

static void phandles_are_new(void **state)
{
    struct shape shape = qemu;

    (void)state;
    shape.phandle = UINT32_MAX - BOARD_MAX_IDLE_STATES; // the highest legal one is UINT32_MAX - 1
    make_tree(&shape, SIZE_MAX);
    fixup_refused(ERR_RANGE, "phandle: must leave numbers for new nodes");
    shape.phandle--;
    make_tree(&shape, SIZE_MAX);
    fixup_ok(ARRAY_COUNT(regions));
    expect_psci(qemu.cores);
}

static void a_tree_must_have_cores(void **state)
{
    struct shape shape = qemu;

    (void)state;
    shape.no_cpus = true;
    make_tree(&shape, SIZE_MAX);
    fixup_refused(ERR_NOT_FOUND, "/cpus: is missing");
    shape = qemu;
    shape.cores = 40;
    make_tree(&shape, SIZE_MAX);
    fixup_refused(ERR_RANGE, "/cpus: must not have more cores than the board");
    shape = qemu;
    shape.secure_root = true;
    make_tree(&shape, SIZE_MAX);
    fixup_refused(ERR_INVALID, "/: must not be of the secure world alone");
}

// The smallest room that is enough takes it all; one byte less changes nothing.
static void the_room_is_checked(void **state)
{
    size_t slack = 0;

    (void)state;
    for (make_tree(&qemu, slack); common_fdt_fixup(&fdt, regions, 2, NULL) != ERR_NONE;
         make_tree(&qemu, ++slack)) {
        assert_memory_equal(tree, before, TREE_SIZE);
        assert_non_null(strstr(support_last_line, "must have room"));
        assert_true(slack < 2000);
    }
    assert_true(slack > 0);
    assert_int_equal(fdt_totalsize(tree), fdt_off_dt_strings(tree) + fdt_size_dt_strings(tree));
    assert_memory_equal(tree + fdt_totalsize(tree), before + fdt_totalsize(tree),
                        TREE_SIZE - fdt_totalsize(tree));
    expect_regions();
}

static void what_is_too_large_is_refused(void **state)
{
    enum { LARGE = 0x18000 };
    uint8_t *small = tree;

    (void)state;
    tree = calloc(1, LARGE);
    assert_int_equal(fdt_create(tree, LARGE), 0);
    fdt_finish_reservemap(tree);
    fdt_begin_node(tree, "");
    fdt_property_u32(tree, "#address-cells", 2);
    fdt_property_u32(tree, "#size-cells", 2);
    for (int i = 0; i < 0x110; i++) {
        fdt_property(tree, "blob", before, 256);
    }
    make_cpus(&qemu);
    fdt_end_node(tree);
    assert_int_equal(fdt_finish(tree), 0);
    fdt_set_totalsize(tree, LARGE);
    fdt = (struct common_fdt){ .name = "tree", .base = (uintptr_t)tree, .size = LARGE };
    assert_int_equal(common_fdt_fixup(&fdt, regions, 2, NULL), ERR_NO_MEMORY);
    assert_string_equal(support_last_line, "tree: structure: must not be larger than BL2 can take");
    fdt_set_size_dt_strings(tree, 0x4000);
    assert_int_equal(common_fdt_fixup(&fdt, regions, 2, NULL), ERR_NO_MEMORY);
    assert_string_equal(support_last_line, "tree: strings: must not be larger than BL2 can take");
    fdt_set_size_dt_strings(tree, 0x2000); // no room for the new names
    assert_int_equal(common_fdt_fixup(&fdt, regions, 2, NULL), ERR_NO_MEMORY);
    assert_string_equal(support_last_line, "tree: strings: must not be larger than BL2 can take");
    free(tree);
    tree = small;
}

static void refused_as(const char *text)
{
    memcpy(before, tree, TREE_SIZE);
    fixup_refused(ERR_INVALID, text);
    make_tree(&qemu, SIZE_MAX);
}

static void blocks_must_lie_as_they_should(void **state)
{
    static const char order[] = "header: must have structure and strings inside, in this order";
    static const char reservations[] =
        "header: must have reservations that end before the structure";

    (void)state;
    fdt.size = TREE_SIZE - 1;
    refused_as(order);
    fdt_set_size_dt_struct(tree, fdt_size_dt_struct(tree) + 4);
    refused_as(order);
    fdt_set_off_dt_strings(tree, fdt_off_dt_struct(tree) - 4);
    refused_as(order);
    fdt_set_off_dt_strings(tree, TREE_SIZE + 4);
    refused_as(order);
    fdt_set_size_dt_strings(tree, TREE_SIZE - fdt_off_dt_strings(tree) + 1);
    refused_as(order);
    fdt_set_off_mem_rsvmap(tree, 0); // the header would pass for reservations
    refused_as(reservations);
    fdt_set_off_mem_rsvmap(tree, fdt_off_dt_struct(tree));
    refused_as(reservations);
    memset(tree + fdt_off_mem_rsvmap(tree), 1, fdt_off_dt_struct(tree) - fdt_off_mem_rsvmap(tree));
    refused_as(reservations);
    tree[fdt_off_dt_strings(tree) + fdt_size_dt_strings(tree) - 1] = 'x';
    refused_as("strings: must end with a zero");
    fdt_set_version(tree, 16);
    refused_as("header: must be a device tree of version 17");
}

// The tree is whole, but the header says that it ends earlier: no reader may go on.
static void a_structure_ends_where_the_header_says(void **state)
{
    uint32_t size = fdt_size_dt_struct(tree);

    (void)state;
    for (uint32_t shorter = 0; shorter < size; shorter += 4) {
        fdt_set_size_dt_struct(tree, shorter);
        refused_as("structure: must be a readable device tree");
    }
}

static void nodes_must_be_as_the_format_has_them(void **state)
{
    (void)state;
    for (unsigned int depth = DTB_MAX_DEPTH; depth <= DTB_MAX_DEPTH + 1; depth++) {
        assert_int_equal(fdt_create(tree, TREE_SIZE), 0);
        fdt_finish_reservemap(tree);
        fdt_begin_node(tree, "");
        make_root(&qemu);
        make_cpus(&qemu);
        for (unsigned int i = 1; i < depth; i++) {
            fdt_begin_node(tree, "deep");
        }
        for (unsigned int i = 0; i < depth; i++) {
            fdt_end_node(tree);
        }
        assert_int_equal(fdt_finish(tree), 0);
        fdt_set_totalsize(tree, TREE_SIZE);
        if (depth == DTB_MAX_DEPTH) {
            assert_int_equal(common_fdt_fixup(&fdt, regions, 0, NULL), ERR_NONE);
        } else {
            refused_as("structure: must not have nodes deeper than 16");
        }
    }
    assert_int_equal(fdt_create(tree, TREE_SIZE), 0);
    fdt_finish_reservemap(tree);
    fdt_begin_node(tree, "");
    make_root(&qemu);
    make_cpus(&qemu);
    fdt_property_string(tree, "status", "disabled"); // behind a node: would come too late to count
    fdt_end_node(tree);
    assert_int_equal(fdt_finish(tree), 0);
    fdt_set_totalsize(tree, TREE_SIZE);
    refused_as("structure: must be a readable device tree");
}

// What a sound tree becomes is sound; any other is refused or not, but nothing outside of it is read or written.
static void try_damaged(void)
{
    const char *why = NULL;
    bool sound = dtb_check(tree, TREE_SIZE, &why) == ERR_NONE;

    memcpy(before, tree, TREE_SIZE);
    if (common_fdt_fixup(&fdt, regions, ARRAY_COUNT(regions), NULL) != ERR_NONE) {
        assert_memory_equal(tree, before, TREE_SIZE);
    } else if (sound) {
        assert_int_equal(dtb_check(tree, TREE_SIZE, &why), ERR_NONE);
        expect_text("/psci", "method", "smc");
    }
}

static void damage_is_survived(void **state)
{
    static const uint32_t values[] = { 0, 1, 2, 3, 9, 0x7fffffff, 0xffffffff, 0xfffffff8 };
    static const struct shape *const shapes[] = { &qemu, &foreign, &with_reserved };

    (void)state;
    for (size_t s = 0; s < ARRAY_COUNT(shapes); s++) {
        uint32_t end;

        make_tree(shapes[s], SIZE_MAX);
        end = fdt_off_dt_strings(tree) + fdt_size_dt_strings(tree);
        for (uint32_t at = 0; at < end; at += 4) {
            for (size_t i = 0; i < ARRAY_COUNT(values); i++) {
                fdt32_t word = cpu_to_fdt32(values[i]);

                make_tree(shapes[s], SIZE_MAX);
                memcpy(tree + at, &word, sizeof(word));
                try_damaged();
            }
        }
    }
}

// With totalsize right behind what is left: a reader that runs on leaves the heap block.
static void cuts_are_survived(void **state)
{
    uint32_t end;

    (void)state;
    end = fdt_off_dt_strings(tree) + fdt_size_dt_strings(tree);
    for (uint32_t size = 0; size < end; size++) {
        uint8_t *whole = tree;

        make_tree(&qemu, SIZE_MAX);
        tree = malloc(size == 0 ? 1 : size);
        memcpy(tree, whole, size);
        if (size >= sizeof(struct fdt_header)) {
            fdt_set_totalsize(tree, size);
            fdt = (struct common_fdt){ .name = "tree", .base = (uintptr_t)tree, .size = size };
            assert_int_not_equal(common_fdt_fixup(&fdt, regions, 2, NULL), ERR_NONE);
        }
        free(tree);
        tree = whole;
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(an_operating_system_finds_what_it_needs, fresh, release),
        cmocka_unit_test_setup_teardown(the_secure_world_is_not_in_it, fresh, release),
        cmocka_unit_test_setup_teardown(the_end_of_a_longer_tree_is_erased, fresh, release),
        cmocka_unit_test_setup_teardown(devices_of_both_worlds_stay, fresh, release),
        cmocka_unit_test_setup_teardown(nothing_else_changes, fresh, release),
        cmocka_unit_test_setup_teardown(another_firmware_leaves_no_trace, fresh, release),
        cmocka_unit_test_setup_teardown(a_second_time_changes_nothing_more, fresh, release),
        cmocka_unit_test_setup_teardown(numbers_must_fit_the_cells, fresh, release),
        cmocka_unit_test_setup_teardown(a_reserved_memory_must_be_one_that_linux_reads, fresh,
                                        release),
        cmocka_unit_test_setup_teardown(phandles_are_new, fresh, release),
        cmocka_unit_test_setup_teardown(a_tree_must_have_cores, fresh, release),
        cmocka_unit_test_setup_teardown(the_room_is_checked, fresh, release),
        cmocka_unit_test_setup_teardown(what_is_too_large_is_refused, fresh, release),
        cmocka_unit_test_setup_teardown(blocks_must_lie_as_they_should, fresh, release),
        cmocka_unit_test_setup_teardown(a_structure_ends_where_the_header_says, fresh, release),
        cmocka_unit_test_setup_teardown(nodes_must_be_as_the_format_has_them, fresh, release),
        cmocka_unit_test_setup_teardown(damage_is_survived, fresh, release),
        cmocka_unit_test_setup_teardown(cuts_are_survived, fresh, release),
    };

    return cmocka_run_group_tests_name("common_fdt_fixup", tests, NULL, NULL);
}
