// SPDX-License-Identifier: BSD-3-Clause
//
// libFuzzer target for what BL2 does to the hardware device tree: discover, take the seed, make it fit for the normal
// world and announce the event log. An input that starts with the magic of a device tree is one; of others the first byte
// chooses the room behind a good tree, the rest is a list of changes to it. The tree lies at the end of a mapped page,
// so that libfdt, which has no sanitizer in it, cannot leave it unseen.
#include <libfdt.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "assert.h"
#include "bits.h"
#include "common_fdt.h"
#include "dtb_check.h"

#define TREE_MAX 0x4000
#define SKETCH_SIZE 0x1800
#define SEED "the secure world's seed, 32 byte"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void expect(bool condition)
{
    if (!condition) {
        abort();
    }
}

void panic_assert(const char *condition, const char *file, int line)
{
    (void)condition;
    (void)file;
    (void)line;
    abort();
}

static uint8_t *pages;

static uint8_t *place(size_t size)
{
    if (pages == NULL) {
        pages = mmap(NULL, TREE_MAX + PAGE_SIZE, PROT_READ | PROT_WRITE,
                     MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        expect(pages != MAP_FAILED && mprotect(pages + TREE_MAX, PAGE_SIZE, PROT_NONE) == 0);
    }
    return pages + TREE_MAX - ALIGN_UP(size, 8);
}

static void sketch_cpus(uint8_t *dtb)
{
    fdt_begin_node(dtb, "cpus");
    fdt_property_u32(dtb, "#address-cells", 1);
    fdt_property_u32(dtb, "#size-cells", 0);
    for (uint32_t i = 0; i < 2; i++) {
        fdt_begin_node(dtb, i == 0 ? "cpu@0" : "cpu@1");
        fdt_property_u32(dtb, "phandle", 0x8000 + i);
        fdt_property_u32(dtb, "reg", i);
        fdt_property_string(dtb, "enable-method", "spin-table");
        fdt_property_string(dtb, "device_type", "cpu");
        fdt_end_node(dtb);
    }
    fdt_begin_node(dtb, "idle-states");
    fdt_end_node(dtb);
    fdt_end_node(dtb);
}

static void sketch_reserved(uint8_t *dtb)
{
    fdt_begin_node(dtb, "reserved-memory");
    fdt_property_u32(dtb, "#address-cells", 2);
    fdt_property_u32(dtb, "#size-cells", 2);
    fdt_property(dtb, "ranges", NULL, 0);
    fdt_begin_node(dtb, "dma@50000000");
    fdt_end_node(dtb);
    fdt_end_node(dtb);
}

// A tree that is accepted, as QEMU makes it but shorter.
static void sketch(uint8_t *dtb, bool reserved)
{
    const fdt32_t reg[4] = { 0, cpu_to_fdt32(0x40000000), 0, cpu_to_fdt32(0x20000000) };

    expect(fdt_create(dtb, SKETCH_SIZE) == 0);
    fdt_finish_reservemap(dtb);
    fdt_begin_node(dtb, "");
    fdt_property_u32(dtb, "#address-cells", 2);
    fdt_property_u32(dtb, "#size-cells", 2);
    fdt_begin_node(dtb, "psci");
    fdt_end_node(dtb);
    fdt_begin_node(dtb, "memory@40000000");
    fdt_property(dtb, "reg", reg, sizeof(reg));
    fdt_end_node(dtb);
    fdt_begin_node(dtb, "secure-device");
    fdt_property_string(dtb, "status", "disabled");
    fdt_property_string(dtb, "secure-status", "okay");
    fdt_begin_node(dtb, "inner");
    fdt_end_node(dtb);
    fdt_end_node(dtb);
    sketch_cpus(dtb);
    if (reserved) {
        sketch_reserved(dtb);
    }
    fdt_begin_node(dtb, "secure-chosen");
    fdt_property(dtb, "rng-seed", SEED, sizeof(SEED) - 1);
    fdt_end_node(dtb);
    fdt_end_node(dtb);
    expect(fdt_finish(dtb) == 0);
}

// What an operating system relies on.
static void check_result(const struct common_fdt *fdt)
{
    const void *dtb = (const void *)(uintptr_t)fdt->base;
    const char *why = NULL;
    int node;

    expect(dtb_check(dtb, fdt->size, &why) == ERR_NONE);
    expect(fdt_path_offset(dtb, "/secure-chosen") == -FDT_ERR_NOTFOUND);
    node = fdt_path_offset(dtb, "/psci");
    expect(node > 0 && fdt_node_check_compatible(dtb, node, "arm,psci-1.0") == 0);
    expect(fdt_path_offset(dtb, "/cpus/idle-states/sleep") > 0);
    expect(fdt_path_offset(dtb, "/reserved-memory/comm@40100000") > 0);
    expect(fdt_path_offset(dtb, "/reserved-memory/event-log@40120000") > 0);
    node = fdt_path_offset(dtb, "/tpm-event-log");
    expect(node > 0 && fdt_node_check_compatible(dtb, node, "arm,tpm_event_log") == 0);
}

static void run(uint8_t *dtb, size_t size, bool must_succeed)
{
    static const struct common_fdt_reserved reserved = { "comm", 0x40100000, 0x20000,
                                                         COMMON_FDT_TPM };
    static const struct event_log_copy log = { 0x40120000, 0x1000, 100 };
    static uint8_t before[TREE_MAX];
    struct common_fdt fdt = { .name = "tree", .base = (uintptr_t)dtb, .size = size };
    struct board_info info;
    uint8_t seed[32] = { 0 };
    size_t taken = 0;
    const char *why = NULL;
    bool sound = size >= sizeof(struct fdt_header) && dtb_check(dtb, size, &why) == ERR_NONE;
    int result = common_fdt_discover(&fdt, &info);

    expect(result != ERR_NONE ||
           (sound && info.core_count >= 1 && info.core_count <= board.core_max));
    if (result == ERR_NONE) {
        (void)common_fdt_take_seed(&fdt, seed, sizeof(seed), &taken);
    }
    if (size < sizeof(struct fdt_header)) {
        return;
    }
    memcpy(before, dtb, size);
    result =
        common_fdt_fixup(&fdt, &reserved, 1, &log); // has its own checks, whatever discover said
    expect(result == ERR_NONE || memcmp(before, dtb, size) == 0);
    if (result == ERR_NONE && sound) {
        check_result(&fdt);
    }
    expect(!must_succeed ||
           (result == ERR_NONE && memmem(dtb, size, SEED, sizeof(SEED) - 1) == NULL));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const uint8_t magic[4] = { 0xd0, 0x0d, 0xfe, 0xed };
    static uint8_t tree[SKETCH_SIZE] __attribute__((aligned(8)));
    size_t length;
    uint8_t *dtb;

    if (size >= 4 && memcmp(data, magic, 4) == 0) {
        size = size < TREE_MAX ? size : TREE_MAX;
        dtb = place(size);
        memcpy(dtb, data, size);
        run(dtb, size, false);
        return 0;
    }
    memset(tree, 0, sizeof(tree));
    sketch(tree, size > 0 && (data[0] & 1) != 0);
    length = fdt_totalsize(tree) + (size > 0 ? (size_t)(data[0] >> 1) * 16 : 0x800);
    length = ALIGN_UP(length, 8);
    fdt_set_totalsize(tree, (uint32_t)length);
    expect(length <= sizeof(tree));
    dtb = place(length);
    memcpy(dtb, tree, length);
    for (size_t i = 1; i + 4 <= size; i += 4) { // 16-bit offset, kind, value
        size_t at = (data[i] | (size_t)data[i + 1] << 8) % length / 4 * 4;

        memset(dtb + at, (data[i + 2] & 1) != 0 ? 0xff : 0, 3);
        dtb[at + 3] = data[i + 3];
    }
    run(dtb, length, size == 0); // unchanged, with room
    return 0;
}
