// SPDX-License-Identifier: BSD-3-Clause
//
// Announcing the event log in a device tree, as BL2 does (platform/common/common_fdt.c, then common_fdt_fixup.c): what a
// reader finds, that all the rest is still there, trees without room or with a /reserved-memory of their own, damaged ones,
// and such as change meanwhile. A tree that is refused stays byte for byte as it was. The rest of the fix-up:
// test_common_fdt_fixup.c.
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
#include "platform/common/common_fdt_private.h"
#include "tests/unit/platform/boot_support.h"

#define TREE_SIZE 4096
#define BASE 0x40120000
#define SIZE 0x1000
#define USED 1234

static uint8_t *tree; // of TREE_SIZE bytes on the heap, so that the sanitizer sees its end
static uint8_t before[TREE_SIZE];
static struct common_fdt fdt;

void panic_assert(const char *condition, const char *file, int line)
{
    fail_msg("%s:%d: %s", file, line, condition);
    __builtin_unreachable();
}

// Another bus master: what common_fdt_fixup.c, once it has the header, asks of common_fdt_write.c is counted (the linker's
// --wrap), and before call `race_call` the tree's word `race_word` becomes `race_value`. The last call comes when all is
// checked.
static unsigned int race_calls;
static unsigned int race_call; // 0: never
static size_t race_word;
static uint32_t race_value;

void __real_fixup_put_names(struct fixup *fix);
void __wrap_fixup_put_names(struct fixup *fix);
void __real_fixup_put_word(struct fixup *fix, uint32_t value);
void __wrap_fixup_put_word(struct fixup *fix, uint32_t value);
void __real_fixup_patch_phandles(struct fixup *fix);
void __wrap_fixup_patch_phandles(struct fixup *fix);

static void race(void)
{
    if (++race_calls == race_call) {
        fdt32_st(tree + race_word * sizeof(fdt32_t), race_value);
    }
}

void __wrap_fixup_put_names(struct fixup *fix)
{
    race();
    __real_fixup_put_names(fix);
}

void __wrap_fixup_put_word(struct fixup *fix, uint32_t value)
{
    race();
    __real_fixup_put_word(fix, value);
}

void __wrap_fixup_patch_phandles(struct fixup *fix)
{
    race();
    __real_fixup_patch_phandles(fix);
}

struct shape {
    uint32_t root_cells;          // of address and size; 2 is QEMU's
    bool reserved;                // has a /reserved-memory
    uint32_t reserved_cells[2];   // 0: no such property
    bool ranges;                  // in /reserved-memory
    const char *reserved_child;   // NULL: none
    bool description;             // has a /tpm-event-log
    bool root_is_empty_but_cells; // no properties behind the cells
};

static const struct shape qemu = { .root_cells = 2 };
static const struct shape with_reserved = {
    .root_cells = 2,
    .reserved = true,
    .reserved_cells = { 2, 2 },
    .ranges = true,
    .reserved_child = "dma@50000000",
};

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
    if (shape->reserved_child != NULL) {
        fdt_begin_node(tree, shape->reserved_child);
        fdt_property(tree, "no-map", NULL, 0);
        fdt_end_node(tree);
    }
    fdt_end_node(tree);
}

static void make_memory_and_cpu(const struct shape *shape)
{
    const fdt32_t wide[4] = { 0, cpu_to_fdt32(0x40000000), 0, cpu_to_fdt32(0x20000000) };
    const fdt32_t narrow[2] = { cpu_to_fdt32(0x40000000), cpu_to_fdt32(0x20000000) };

    fdt_begin_node(tree, "memory@40000000");
    if (shape->root_cells == 2) {
        fdt_property(tree, "reg", wide, sizeof(wide));
    } else {
        fdt_property(tree, "reg", narrow, sizeof(narrow));
    }
    fdt_end_node(tree);
    fdt_begin_node(tree, "cpus");
    fdt_property_u32(tree, "#address-cells", 1);
    fdt_property_u32(tree, "#size-cells", 0);
    fdt_begin_node(tree, "cpu@0");
    fdt_property_string(tree, "device_type", "cpu");
    fdt_property_u32(tree, "reg", 0);
    fdt_end_node(tree);
    fdt_end_node(tree);
}

static void make_secure_chosen(void)
{
    static const uint8_t seed[16] = { 1, 2, 3, 4, [15] = 16 };

    fdt_begin_node(tree, "secure-chosen");
    fdt_property(tree, "rng-seed", seed, sizeof(seed));
    fdt_property_string(tree, "stdout-path", "/pl011@9040000");
    fdt_end_node(tree);
}

// A tree with `slack` bytes behind its strings; SIZE_MAX: up to TREE_SIZE. `before` is a copy.
static void make_tree(const struct shape *shape, size_t slack)
{
    assert_int_equal(fdt_create(tree, TREE_SIZE), 0);
    assert_int_equal(fdt_add_reservemap_entry(tree, 0x48000000, 0x1000), 0);
    fdt_finish_reservemap(tree);
    fdt_begin_node(tree, "");
    fdt_property_u32(tree, "#address-cells", shape->root_cells);
    fdt_property_u32(tree, "#size-cells", shape->root_cells);
    if (!shape->root_is_empty_but_cells) {
        fdt_property_string(tree, "model", "linux,dummy-virt");
    }
    make_memory_and_cpu(shape);
    if (shape->reserved) {
        make_reserved(shape);
    }
    make_secure_chosen();
    if (shape->description) {
        fdt_begin_node(tree, "tpm-event-log");
        fdt_end_node(tree);
    }
    fdt_end_node(tree);
    assert_int_equal(fdt_finish(tree), 0);
    memset(tree + fdt_totalsize(tree), 0xa5, TREE_SIZE - fdt_totalsize(tree));
    fdt_set_totalsize(tree, slack == SIZE_MAX ? TREE_SIZE : fdt_totalsize(tree) + (uint32_t)slack);
    memcpy(before, tree, TREE_SIZE);
    race_call = 0;
    fdt = (struct common_fdt){ .name = "tree", .base = (uintptr_t)tree, .size = TREE_SIZE };
    support_reset();
}

static void discover(void)
{
    struct board_info info;

    if (common_fdt_discover(&fdt, &info) != ERR_NONE) {
        fail_msg("refused: %s", support_last_line);
    }
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

static int add(uint64_t base, uint64_t size, uint32_t used)
{
    const struct event_log_copy log = { base, size, used };

    return common_fdt_fixup(&fdt, NULL, 0, &log);
}

static void add_ok(void)
{
    discover();
    if (add(BASE, SIZE, USED) != ERR_NONE) {
        fail_msg("refused: %s", support_last_line);
    }
    assert_int_equal(support_errors, 0);
}

static void add_refused(int result, const char *text)
{
    discover();
    assert_int_equal(add(BASE, SIZE, USED), result);
    assert_int_equal(support_errors, 1);
    if (strstr(support_last_line, text) == NULL) {
        fail_msg("'%s' is not in '%s'", text, support_last_line);
    }
    assert_memory_equal(tree, before, TREE_SIZE);
}

static void expect_property(const char *path, const char *name, const void *value, int size)
{
    int length = -1;
    const void *found = fdt_getprop(tree, fdt_path_offset(tree, path), name, &length);

    if (found == NULL || length != size || memcmp(found, value, (size_t)size) != 0) {
        fail_msg("%s: %s is wrong (%d bytes)", path, name, length);
    }
}

// Every node and property of the tree before is there now, with the same value, but for /secure-chosen.
static void expect_nothing_lost(void)
{
    char path[128];
    int node;
    int at;

    for (node = 0; node >= 0; node = fdt_next_node(before, node, NULL)) {
        assert_int_equal(fdt_get_path(before, node, path, sizeof(path)), 0);
        if (strcmp(path, "/secure-chosen") == 0) {
            continue;
        }
        assert_true(fdt_path_offset(tree, path) >= 0);
        fdt_for_each_property_offset(at, before, node)
        {
            const char *name;
            int size;
            const void *value = fdt_getprop_by_offset(before, at, &name, &size);

            expect_property(path, name, value, size);
        }
    }
    assert_int_equal(fdt_num_mem_rsv(tree), 1);
    assert_int_equal(fdt_totalsize(tree), fdt_totalsize(before));
}

static void expect_log(const void *reg, int reg_size)
{
    const char *why = NULL;
    int found = fdt_node_offset_by_compatible(tree, -1, "arm,tpm_event_log");
    int node = fdt_path_offset(tree, "/reserved-memory/event-log@40120000");
    int other;

    if (dtb_check(tree, TREE_SIZE, &why) != 0) {
        fail_msg("%s", why);
    }
    assert_int_equal(fdt_check_full(tree, TREE_SIZE), 0);
    assert_true(found >= 0);
    assert_int_equal(found, fdt_path_offset(tree, "/tpm-event-log"));
    expect_property("/tpm-event-log", "compatible", "arm,tpm_event_log", 18);
    expect_property("/tpm-event-log", "tpm_event_log_addr", "\0\0\0\0\x40\x12\0\0", 8);
    expect_property("/tpm-event-log", "tpm_event_log_size", "\0\0\x04\xd2", 4);
    assert_true(node >= 0);
    expect_property("/reserved-memory/event-log@40120000", "reg", reg, reg_size);
    assert_null(fdt_getprop(tree, node, "no-map", NULL));
    fdt_for_each_subnode(other, before, 0) // it lies behind all that the machine brought
    {
        const char *name = fdt_get_name(before, other, NULL);

        assert_true(fdt_subnode_offset(tree, 0, name) < found);
    }
}

#define REG_WIDE "\0\0\0\0\x40\x12\0\0\0\0\0\0\0\0\x10\0"

static void the_normal_world_finds_the_log(void **state)
{
    (void)state;
    add_ok();
    expect_log(REG_WIDE, 16);
    expect_property("/reserved-memory", "#address-cells", "\0\0\0\2", 4);
    expect_property("/reserved-memory", "#size-cells", "\0\0\0\2", 4);
    expect_property("/reserved-memory", "ranges", "", 0);
    expect_nothing_lost();
    for (size_t i = fdt_off_dt_strings(tree) + fdt_size_dt_strings(tree); i < TREE_SIZE; i++) {
        assert_int_equal(tree[i], 0xa5); // the rest of the room is as it was
    }
}

static void a_root_of_one_cell_gets_one_cell(void **state)
{
    const struct shape narrow = { .root_cells = 1, .root_is_empty_but_cells = true };

    (void)state;
    make_tree(&narrow, SIZE_MAX);
    add_ok();
    expect_log("\x40\x12\0\0\0\0\x10\0", 8);
    expect_property("/reserved-memory", "#address-cells", "\0\0\0\1", 4);
    expect_nothing_lost();
}

static void reserved_memory_of_the_machine_is_kept(void **state)
{
    struct shape shape = with_reserved;
    int node;
    size_t count = 0;

    (void)state;
    make_tree(&shape, SIZE_MAX);
    add_ok();
    expect_log(REG_WIDE, 16);
    expect_nothing_lost();
    fdt_for_each_subnode(node, tree, 0)
    {
        count += strcmp(fdt_get_name(tree, node, NULL), "reserved-memory") == 0;
    }
    assert_int_equal(count, 1);
    shape.reserved_child = NULL;
    make_tree(&shape, SIZE_MAX);
    add_ok();
    expect_log(REG_WIDE, 16);
    expect_nothing_lost();
}

static void reserved_memory_that_linux_would_not_read_is_refused(void **state)
{
    struct shape shape = with_reserved;

    (void)state;
    shape.reserved_cells[0] = 1;
    make_tree(&shape, SIZE_MAX);
    add_refused(ERR_INVALID, "/reserved-memory: #address-cells");
    shape = with_reserved;
    shape.reserved_cells[1] = 0; // the default is 1
    make_tree(&shape, SIZE_MAX);
    add_refused(ERR_INVALID, "/reserved-memory: #address-cells");
    shape = with_reserved;
    shape.reserved_cells[0] = 5;
    make_tree(&shape, SIZE_MAX);
    add_refused(ERR_INVALID, "/reserved-memory: #address-cells");
    shape = with_reserved;
    shape.ranges = false;
    make_tree(&shape, SIZE_MAX);
    add_refused(ERR_INVALID, "/reserved-memory: ranges");
}

static void a_log_that_is_announced_already_is_refused(void **state)
{
    struct shape shape = with_reserved;

    (void)state;
    shape.reserved_child = "event-log@40120000";
    make_tree(&shape, SIZE_MAX);
    add_refused(ERR_DUPLICATE, "/reserved-memory: must not have");
    shape = qemu;
    shape.description = true;
    make_tree(&shape, SIZE_MAX);
    add_refused(ERR_DUPLICATE, "tpm-event-log");
    make_tree(&qemu, SIZE_MAX);
    add_ok();
    memcpy(before, tree, TREE_SIZE);
    assert_int_equal(add(BASE, SIZE, USED), ERR_DUPLICATE);
    assert_memory_equal(tree, before, TREE_SIZE);
    support_reset();
    add_refused(ERR_DUPLICATE, "tpm-event-log"); // found again by a second look
}

// Nobody's log is announced: what the tree says of one stays.
static void without_a_log_none_is_announced(void **state)
{
    struct shape shape = qemu;

    (void)state;
    discover();
    assert_int_equal(common_fdt_fixup(&fdt, NULL, 0, NULL), ERR_NONE);
    assert_true(fdt_path_offset(tree, "/tpm-event-log") < 0);
    assert_true(fdt_path_offset(tree, "/reserved-memory") < 0);
    shape.description = true;
    make_tree(&shape, SIZE_MAX);
    discover();
    assert_int_equal(common_fdt_fixup(&fdt, NULL, 0, NULL), ERR_NONE);
    assert_true(fdt_path_offset(tree, "/tpm-event-log") >= 0);
}

// Of all regions only the log's is the kernel's own memory.
static void the_log_lies_beside_other_regions(void **state)
{
    static const struct shape *const shapes[] = { &qemu, &with_reserved };
    static const struct common_fdt_reserved regions[] = { { "comm", 0x40100000, 0x20000, NULL },
                                                          { "more", 0x50100000, 0x1000, NULL } };
    const struct event_log_copy log = { BASE, SIZE, USED };

    (void)state;
    for (size_t i = 0; i < ARRAY_COUNT(shapes); i++) {
        make_tree(shapes[i], SIZE_MAX);
        discover();
        assert_int_equal(common_fdt_fixup(&fdt, regions, ARRAY_COUNT(regions), &log), ERR_NONE);
        expect_log(REG_WIDE, 16);
        expect_nothing_lost();
        expect_property("/reserved-memory/comm@40100000", "no-map", "", 0);
        expect_property("/reserved-memory/more@50100000", "no-map", "", 0);
    }
}

static const struct common_fdt_reserved tpm_regions[] = {
    { "comm", 0x40100000, 0x20000, NULL },
    { "tpm", 0x40121000, 0x5000, COMMON_FDT_TPM },
};

static void expect_tpm(const void *reg, int reg_size)
{
    static const char node[] = "/tpm@40121000";

    expect_property("/reserved-memory/tpm@40121000", "reg", reg, reg_size);
    expect_property("/reserved-memory/tpm@40121000", "no-map", "", 0);
    expect_property(node, "compatible", "tessera,tpm-crb-ffa", 20);
    expect_property(node, "reg", reg, reg_size);
    assert_true(fdt_path_offset(tree, "/comm@40100000") < 0); // memory and nothing else
}

static void a_tpm_is_told_of_with_its_log(void **state)
{
    static const struct shape *const shapes[] = { &qemu, &with_reserved };
    const struct event_log_copy log = { BASE, SIZE, USED };

    (void)state;
    for (size_t i = 0; i < ARRAY_COUNT(shapes); i++) {
        make_tree(shapes[i], SIZE_MAX);
        discover();
        assert_int_equal(common_fdt_fixup(&fdt, tpm_regions, ARRAY_COUNT(tpm_regions), &log),
                         ERR_NONE);
        expect_log(REG_WIDE, 16);
        expect_nothing_lost();
        expect_tpm("\0\0\0\0\x40\x12\x10\0\0\0\0\0\0\0\x50\0", 16);
        expect_property("/tpm@40121000", "linux,sml-base", "\0\0\0\0\x40\x12\0\0", 8);
        expect_property("/tpm@40121000", "linux,sml-size", "\0\0\x04\xd2", 4);
    }
}

static void a_tpm_without_a_log_has_none(void **state)
{
    const struct shape narrow = { .root_cells = 1 };

    (void)state;
    make_tree(&narrow, SIZE_MAX);
    discover();
    assert_int_equal(common_fdt_fixup(&fdt, tpm_regions, ARRAY_COUNT(tpm_regions), NULL), ERR_NONE);
    expect_tpm("\x40\x12\x10\0\0\0\x50\0", 8);
    assert_null(fdt_getprop(tree, fdt_path_offset(tree, "/tpm@40121000"), "linux,sml-base", NULL));
    assert_null(fdt_getprop(tree, fdt_path_offset(tree, "/tpm@40121000"), "linux,sml-size", NULL));
}

// One that the machine brought is somebody else's; memory alone has no node of the root.
static void a_tpm_that_is_there_already_is_refused(void **state)
{
    struct common_fdt_reserved memory = { "memory", 0x40000000, 0x1000, "acme,x" };

    (void)state;
    discover();
    assert_int_equal(common_fdt_fixup(&fdt, &memory, 1, NULL), ERR_DUPLICATE);
    assert_non_null(strstr(support_last_line, ": /: must not have the firmware's nodes yet"));
    assert_memory_equal(tree, before, TREE_SIZE);
    memory.compatible = NULL;
    assert_int_equal(common_fdt_fixup(&fdt, &memory, 1, NULL), ERR_NONE);
}

static void a_tree_without_room_stays_as_it_is(void **state)
{
    static const struct shape *const shapes[] = { &qemu, &with_reserved };

    (void)state;
    for (size_t i = 0; i < 2; i++) {
        size_t needed;

        make_tree(shapes[i], SIZE_MAX);
        add_ok();
        needed = fdt_size_dt_struct(tree) - fdt_size_dt_struct(before) + fdt_size_dt_strings(tree) -
                 fdt_size_dt_strings(before);
        assert_in_range(needed, 100, 1500);
        for (size_t slack = 0; slack < needed; slack++) {
            make_tree(shapes[i], slack);
            add_refused(ERR_NO_MEMORY, "totalsize");
        }
        make_tree(shapes[i], needed);
        add_ok();
        expect_log(REG_WIDE, 16);
        expect_nothing_lost();
        assert_memory_equal(tree + fdt_totalsize(tree), before + fdt_totalsize(tree),
                            TREE_SIZE - fdt_totalsize(tree));
    }
}

static void numbers_that_do_not_fit_are_refused(void **state)
{
    const struct shape narrow = { .root_cells = 1 };
    static const struct {
        uint64_t base, size;
        uint32_t used;
        uint32_t cells;
    } cases[] = {
        { BASE, SIZE, SIZE + 1, 2 },    { UINT64_MAX - SIZE + 1, SIZE, 1, 2 },
        { 0x100000000, SIZE, USED, 1 }, { 0xfffff000, SIZE, USED, 1 },
        { BASE, 0x100000000, USED, 1 },
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        make_tree(cases[i].cells == 1 ? &narrow : &qemu, SIZE_MAX);
        discover();
        assert_int_equal(add(cases[i].base, cases[i].size, cases[i].used), ERR_RANGE);
        assert_non_null(strstr(support_last_line, i == 0 ? "event-log: must fit its memory"
                                                         : "event-log: address and size must fit"));
        assert_memory_equal(tree, before, TREE_SIZE);
        assert_int_equal(support_errors, 1);
    }
    make_tree(&qemu, SIZE_MAX);
    discover();
    assert_int_equal(add(0x840120000, SIZE, SIZE), ERR_NONE);
    assert_true(fdt_path_offset(tree, "/reserved-memory/event-log@840120000") >= 0);
    expect_property("/tpm-event-log", "tpm_event_log_addr", "\0\0\0\x08\x40\x12\0\0", 8);
    expect_property("/tpm-event-log", "tpm_event_log_size", "\0\0\x10\0", 4);
}

// The seeds are there before, and nowhere after.
static void the_seed_is_taken_before_and_gone_after(void **state)
{
    static const uint8_t untouched[16] = { 0 };
    uint8_t buf[16];
    size_t taken;

    (void)state;
    for (int shape = 0; shape < 2; shape++) {
        for (int after = 0; after < 2; after++) {
            memset(buf, 0, sizeof(buf));
            make_tree(shape == 0 ? &qemu : &with_reserved, SIZE_MAX);
            assert_non_null(memmem(tree, TREE_SIZE, "\1\2\3\4\0\0", 6));
            discover();
            if (after == 0) {
                assert_int_equal(common_fdt_take_seed(&fdt, buf, sizeof(buf), &taken), ERR_NONE);
                assert_int_equal(taken, 16);
                assert_int_equal(buf[3], 4);
                assert_int_equal(buf[15], 16);
            }
            assert_int_equal(add(BASE, SIZE, USED), ERR_NONE);
            if (after == 1) {
                assert_int_equal(common_fdt_take_seed(&fdt, buf, sizeof(buf), &taken),
                                 ERR_NOT_FOUND);
                assert_memory_equal(buf, untouched, sizeof(buf));
            }
            expect_log(REG_WIDE, 16);
            assert_true(fdt_path_offset(tree, "/secure-chosen") < 0);
            assert_null(memmem(tree, TREE_SIZE, "\1\2\3\4\0\0", 6));
            assert_null(memmem(tree, TREE_SIZE, "/pl011@9040000", 14));
        }
    }
}

// Strings before the structure, or reservations behind it: legal, but what is behind the strings is no room then.
static void another_order_of_the_blocks_is_refused(void **state)
{
    uint32_t structure = fdt_off_dt_struct(tree);
    uint32_t structure_size = fdt_size_dt_struct(tree);
    uint32_t strings_size = fdt_size_dt_strings(tree);

    (void)state;
    memcpy(tree + 2048, before + structure, structure_size);
    memcpy(tree + 1900, before + fdt_off_dt_strings(before), strings_size);
    fdt_set_off_dt_struct(tree, 2048);
    fdt_set_off_dt_strings(tree, 1900);
    memcpy(before, tree, TREE_SIZE);
    add_refused(ERR_INVALID, "in this order");
    make_tree(&qemu, SIZE_MAX);
    memcpy(tree + TREE_SIZE - 64, tree + fdt_off_mem_rsvmap(tree), 32);
    fdt_set_off_mem_rsvmap(tree, TREE_SIZE - 64);
    memcpy(before, tree, TREE_SIZE);
    add_refused(ERR_INVALID, "reservations that end before the structure");
    make_tree(&qemu, SIZE_MAX);
    fdt_set_off_mem_rsvmap(tree, structure - 8); // the list goes on in the structure
    memset(tree + TREE_SIZE - 64, 0, 64);
    memcpy(before, tree, TREE_SIZE);
    add_refused(ERR_INVALID, "reservations that end before the structure");
}

// What comes out of a damaged tree that was not refused is a sound tree with the log in it; what is refused is unchanged.
static void damaged_trees_are_survived(void **state)
{
    static uint8_t whole[2][TREE_SIZE];
    const char *why = NULL;
    struct board_info info;
    size_t accepted = 0;

    (void)state;
    make_tree(&qemu, 1500);
    memcpy(whole[0], tree, TREE_SIZE);
    make_tree(&with_reserved, 1500);
    memcpy(whole[1], tree, TREE_SIZE);
    srand(22);
    for (int i = 0; i < 20000; i++) {
        size_t size = fdt_totalsize(whole[i % 2]);

        memcpy(tree, whole[i % 2], TREE_SIZE);
        for (int j = rand() % 4; j >= 0; j--) {
            tree[(size_t)rand() % size] = (uint8_t)(rand() % 2 ? rand() : 0xff);
        }
        if (common_fdt_discover(&fdt, &info) != ERR_NONE) {
            continue;
        }
        memcpy(before, tree, TREE_SIZE);
        if (add(BASE, SIZE, USED) == ERR_NONE) {
            accepted++;
            assert_int_equal(dtb_check(tree, TREE_SIZE, &why), 0);
            assert_true(fdt_path_offset(tree, "/reserved-memory/event-log@40120000") >= 0);
            assert_true(fdt_path_offset(tree, "/tpm-event-log") >= 0);
        } else {
            assert_memory_equal(tree, before, TREE_SIZE);
        }
    }
    assert_in_range(accepted, 1000, 19999);
}

static uint32_t header_word(const uint8_t *from, size_t word)
{
    return fdt32_ld((const fdt32_t *)(const void *)(from + word * sizeof(fdt32_t)));
}

// The header is the one before the race, changed by what was added alone. The sanitizer has seen that nothing was written
// outside of the tree's memory.
static void expect_untouched_header(void)
{
    static const char names[] =
        "#address-cells\0#size-cells\0ranges\0reg\0no-map\0compatible\0method\0"
        "enable-method\0cpu-idle-states\0entry-method\0phandle\0"
        "arm,psci-suspend-param\0entry-latency-us\0exit-latency-us\0"
        "min-residency-us\0tpm_event_log_addr\0tpm_event_log_size\0linux,sml-base\0"
        "linux,sml-size"; // new strings
    const uint32_t added = sizeof(names);
    uint32_t grown = fdt_size_dt_struct(tree) - fdt_size_dt_struct(before);

    assert_in_range(grown, 100, 1000);
    for (size_t word = 0; word < sizeof(struct fdt_header) / sizeof(fdt32_t); word++) {
        uint32_t expected = header_word(before, word);

        expected += word * 4 == offsetof(struct fdt_header, off_dt_strings) ? grown : 0;
        expected += word * 4 == offsetof(struct fdt_header, size_dt_struct) ? grown : 0;
        expected += word * 4 == offsetof(struct fdt_header, size_dt_strings) ? added : 0;
        assert_int_equal(header_word(tree, word), expected);
    }
    assert_memory_equal(tree + fdt_totalsize(before), before + fdt_totalsize(before),
                        TREE_SIZE - fdt_totalsize(before));
}

#define RACE_ROOM 1500 // behind the tree: enough

// Adds the log to a tree of which word `word` becomes `value` before call `call`.
static int add_in_race(const struct shape *shape, unsigned int call, size_t word, uint32_t value)
{
    make_tree(shape, RACE_ROOM);
    discover();
    race_calls = 0;
    race_call = call;
    race_word = word;
    race_value = value;
    return add(BASE, SIZE, USED);
}

static const uint32_t race_values[] = {
    0, 4, 0x200, TREE_SIZE - 4, TREE_SIZE, 0x10000, 0x7ffffff, 0x7fffffff, 0x80000000, 0xfffffff8,
};

// It is read once, before anything else: no later change of it matters.
static void a_header_that_changes_under_the_hands_is_survived(void **state)
{
    const struct shape *shapes[] = { &qemu, &with_reserved };
    size_t done = 0;

    (void)state;
    for (size_t i = 0; i < 2 * 10 * ARRAY_COUNT(race_values); i++) {
        unsigned int calls;

        assert_int_equal(add_in_race(shapes[i % 2], 0, 0, 0), ERR_NONE); // this one only counts
        calls = race_calls;
        assert_in_range(calls, 50, 500);
        for (unsigned int call = i % 7; call <= calls; call += 7) {
            int result = add_in_race(shapes[i % 2], call == 0 ? calls : call, i / 2 % 10,
                                     race_values[i / 20]);

            assert_int_equal(result, ERR_NONE);
            expect_untouched_header();
            expect_log(REG_WIDE, 16);
            done++;
        }
    }
    assert_true(done > 1000);
}

// Room that a tree without any gets while the new one is written is none.
static void a_size_that_grows_under_the_hands_is_no_room(void **state)
{
    const size_t word = offsetof(struct fdt_header, totalsize) / sizeof(fdt32_t);
    unsigned int calls;

    (void)state;
    assert_int_equal(add_in_race(&qemu, 0, 0, 0), ERR_NONE);
    calls = race_calls;
    for (unsigned int call = 1; call <= calls; call++) {
        make_tree(&qemu, 0);
        discover();
        race_calls = 0;
        race_call = call;
        race_word = word;
        race_value = TREE_SIZE;
        assert_int_equal(add(BASE, SIZE, USED), ERR_NO_MEMORY);
        assert_int_equal(race_calls, calls);
        fdt_set_totalsize(before, TREE_SIZE);
        assert_memory_equal(tree, before, TREE_SIZE);
    }
}

// Changed before it is read, a word counts as if it had always been so; after that, not at all.
static void blocks_that_change_under_the_hands_are_survived(void **state)
{
    const struct shape *shapes[] = { &qemu, &with_reserved };
    size_t refused = 0;
    size_t done = 0;

    (void)state;
    srand(23);
    for (size_t i = 0; i < 5000; i++) {
        size_t first = fdt_off_dt_struct(before) / sizeof(fdt32_t);
        size_t end = (fdt_off_dt_strings(before) + fdt_size_dt_strings(before)) / sizeof(fdt32_t);
        size_t word = first + (size_t)rand() % (end - first);
        int result = add_in_race(shapes[i % 2], 1 + (unsigned int)rand() % 70, word,
                                 race_values[(size_t)rand() % ARRAY_COUNT(race_values)]);

        if (result == ERR_NONE) {
            assert_true(fdt_path_offset(tree, "/tpm-event-log") >= 0);
            assert_memory_equal(tree + fdt_totalsize(before), before + fdt_totalsize(before),
                                TREE_SIZE - fdt_totalsize(before));
            done++;
        } else {
            fdt32_st(before + race_word * sizeof(fdt32_t), race_value);
            assert_memory_equal(tree, before, TREE_SIZE);
            refused++;
        }
    }
    assert_true(done > 500 && refused > 100);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(the_normal_world_finds_the_log, fresh, release),
        cmocka_unit_test_setup_teardown(a_root_of_one_cell_gets_one_cell, fresh, release),
        cmocka_unit_test_setup_teardown(reserved_memory_of_the_machine_is_kept, fresh, release),
        cmocka_unit_test_setup_teardown(reserved_memory_that_linux_would_not_read_is_refused, fresh,
                                        release),
        cmocka_unit_test_setup_teardown(a_log_that_is_announced_already_is_refused, fresh, release),
        cmocka_unit_test_setup_teardown(without_a_log_none_is_announced, fresh, release),
        cmocka_unit_test_setup_teardown(the_log_lies_beside_other_regions, fresh, release),
        cmocka_unit_test_setup_teardown(a_tpm_is_told_of_with_its_log, fresh, release),
        cmocka_unit_test_setup_teardown(a_tpm_without_a_log_has_none, fresh, release),
        cmocka_unit_test_setup_teardown(a_tpm_that_is_there_already_is_refused, fresh, release),
        cmocka_unit_test_setup_teardown(a_tree_without_room_stays_as_it_is, fresh, release),
        cmocka_unit_test_setup_teardown(numbers_that_do_not_fit_are_refused, fresh, release),
        cmocka_unit_test_setup_teardown(the_seed_is_taken_before_and_gone_after, fresh, release),
        cmocka_unit_test_setup_teardown(another_order_of_the_blocks_is_refused, fresh, release),
        cmocka_unit_test_setup_teardown(damaged_trees_are_survived, fresh, release),
        cmocka_unit_test_setup_teardown(a_header_that_changes_under_the_hands_is_survived, fresh,
                                        release),
        cmocka_unit_test_setup_teardown(a_size_that_grows_under_the_hands_is_no_room, fresh,
                                        release),
        cmocka_unit_test_setup_teardown(blocks_that_change_under_the_hands_are_survived, fresh,
                                        release),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
