// SPDX-License-Identifier: BSD-3-Clause
//
// libFuzzer target for the decoder of the boot configuration. An input that starts with the magic
// of a device tree is one; of others the first byte chooses: the description of a tree, whose
// verdict is known beforehand, or a list of changes to a good tree. The tree lies at the end of a
// mapped page, so that libfdt, which has no sanitizer in it, cannot read behind it unseen.
#include "bl2/bl2_config.h"

#include <libfdt.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/mman.h>

#include "bits.h"

#define TREE_MAX 8192
#define SKETCH_SIZE 4096

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void expect(bool condition)
{
    if (!condition) {
        abort();
    }
}

// Where the next bytes of the input come from; zeros after its end.
struct input {
    const uint8_t *at;
    size_t left;
};

static uint8_t next(struct input *input)
{
    if (input->left == 0) {
        return 0;
    }
    input->left--;
    return *input->at++;
}

// Where an input of `size` bytes goes: 8-byte aligned, as near to the end of the pages as that
// allows.
static uint8_t *place(size_t size)
{
    static uint8_t *pages;

    if (pages == NULL) {
        pages = mmap(NULL, TREE_MAX + PAGE_SIZE, PROT_READ | PROT_WRITE,
                     MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        expect(pages != MAP_FAILED && mprotect(pages + TREE_MAX, PAGE_SIZE, PROT_NONE) == 0);
    }
    return pages + TREE_MAX - ALIGN_UP(size, 8);
}

static void check_refusal(int result, const struct bl2_config *config,
                          const struct bl2_config_fault *fault)
{
    static const uint8_t untouched = 0xee;
    const uint8_t *bytes = (const uint8_t *)config;

    expect(result == ERR_INVALID || result == ERR_DUPLICATE || result == ERR_NO_MEMORY);
    expect(memchr(fault->where, '\0', sizeof(fault->where)) != NULL);
    expect(strncmp(fault->rule, "must ", 5) == 0);
    for (size_t i = 0; i < sizeof(*config); i++) {
        expect(bytes[i] == untouched);
    }
}

// The accepted tree says the same when it is asked by path and by property name.
static void check_config(const uint8_t *dtb, const struct bl2_config *config)
{
    int parent = fdt_path_offset(dtb, "/secure-partitions");
    uint32_t count = 0;
    int node;

    expect(fdt_node_check_compatible(dtb, 0, "tessera,tb-fw-config") == 0);
    expect(parent > 0 && config->package_count <= HANDOFF_MAX_PACKAGES);
    fdt_for_each_subnode(node, dtb, parent)
    {
        const struct bl2_config_package *package = &config->packages[count];
        const char *owner = fdt_getprop(dtb, node, "owner", NULL);
        char text[UUID_TEXT_LENGTH + 1];

        expect(count < config->package_count);
        uuid_format(package->uuid, text);
        expect(strcasecmp(fdt_getprop(dtb, node, "uuid", NULL), text) == 0);
        expect(strcmp(owner, package->owner == COT_PLATFORM_ROOT ? "Plat" : "SiP") == 0);
        expect(memchr(package->name, '\0', sizeof(package->name)) != NULL);
        expect(strcmp(fdt_get_name(dtb, node, NULL), package->name) == 0);
        for (uint32_t i = 0; i < count; i++) {
            expect(memcmp(package->uuid, config->packages[i].uuid, UUID_SIZE) != 0);
        }
        count++;
    }
    expect(count == config->package_count);
}

// Decodes the `size` bytes at `data`. Returns the number of packages, or a negative number.
static int decode(const uint8_t *data, size_t size)
{
    uint8_t *dtb = place(size);
    struct bl2_config config;
    struct bl2_config_fault fault;
    int result;

    memset(&config, 0xee, sizeof(config));
    memset(&fault, 0xee, sizeof(fault));
    if (size != 0) {
        memcpy(dtb, data, size);
    }
    result = bl2_config_decode(dtb, size, &config, &fault);
    if (result == ERR_NONE) {
        expect(fault.where[0] == (char)0xee);
        check_config(dtb, &config);
        return (int)config.package_count;
    }
    check_refusal(result, &config, &fault);
    return result;
}

// One package, as the next bytes have it. Returns whether it is one that the format takes.
static bool sketch_package(uint8_t *dtb, struct input *input, uint32_t *seen)
{
    static const char *const owners[] = { "Plat", "SiP", "Plat", "SiP", "Plat", "SiP", "plat", "" };
    uint8_t id = next(input) % 32;
    uint8_t kind = next(input);
    char uuid[UUID_TEXT_LENGTH + 2] = "0000000x-aBcD-4000-8000-0123456789Ef";
    char name[40] = "sp";
    bool good = kind % 8 < 6 && (*seen & 1u << id) == 0;

    *seen |= 1u << id;
    uuid[7] = "0123456789abcdef"[id % 16];
    uuid[6] = (char)('0' + id / 16);
    snprintf(name + 2, sizeof(name) - 2, "%u", id);
    switch (kind / 8) {
    case 1: // one character too long, and just not
        memset(name, 'n', 31);
        name[31] = kind % 2 != 0 ? 'n' : '\0';
        good = good && kind % 2 == 0;
        break;
    case 2: // a wrong character, or one too many
        uuid[next(input) % 37] = '/';
        good = false;
        break;
    case 3:
        good = false;
        break;
    default:
        break;
    }
    fdt_begin_node(dtb, name);
    fdt_property(dtb, "uuid", uuid, (int)strlen(uuid) + (kind / 8 != 4));
    good = good && kind / 8 != 4; // not terminated
    fdt_property_string(dtb, "owner", owners[kind % 8]);
    if (kind / 8 == 3 && kind % 2 == 0) {
        fdt_property_u32(dtb, "load-address", 1);
    } else if (kind / 8 == 3) {
        fdt_begin_node(dtb, "inner");
        fdt_end_node(dtb);
    }
    fdt_end_node(dtb);
    return good;
}

// Writes the tree that the input describes. Returns what the decoder must make of it: the number of
// packages, or a negative number.
static int sketch(uint8_t *dtb, struct input *input)
{
    static const char *const roots[] = { "tessera,tb-fw-config", "tessera,tb-fw-confi",
                                         "tessera,tb-fw-config1" };
    uint8_t kind = next(input);
    int count = next(input) % 12;
    bool good = kind < 240;
    uint32_t seen = 0;

    expect(fdt_create(dtb, SKETCH_SIZE) == 0);
    fdt_finish_reservemap(dtb);
    fdt_begin_node(dtb, "");
    fdt_property_string(dtb, "compatible", roots[kind == 240 ? 1 : kind == 241 ? 2 : 0]);
    if (kind == 242) {
        fdt_property_u32(dtb, "version", 1);
    }
    if (kind != 243) { // 243: nothing is there
        fdt_begin_node(dtb, kind == 244 ? "secure-partitions@0" : "secure-partitions");
        fdt_property_string(dtb, "compatible", kind == 245 ? "arm,spm" : "arm,sp");
        if (kind == 246) {
            fdt_property_u32(dtb, "#address-cells", 1);
        }
        for (int i = 0; i < count; i++) {
            good = sketch_package(dtb, input, &seen) && good;
        }
        fdt_end_node(dtb);
    }
    if (kind >= 247) {
        fdt_begin_node(dtb, kind == 247 ? "secure-partitions" : "chosen");
        fdt_property_string(dtb, "compatible", "arm,sp");
        fdt_end_node(dtb);
    }
    fdt_end_node(dtb);
    expect(fdt_finish(dtb) == 0);
    return good && count <= HANDOFF_MAX_PACKAGES ? count : -1;
}

// Changes, four bytes each: a 16-bit offset and what goes there: one byte, a small number, or one
// just below 2^32 as lengths that wrap are.
static void change(uint8_t *dtb, size_t length, struct input *input)
{
    while (input->left >= 4) {
        uint8_t low = next(input);
        size_t offset = (low | (size_t)next(input) << 8) % length;
        uint8_t value = next(input);
        uint8_t kind = next(input) % 4;
        size_t cell = offset / 4 * 4;

        if (kind == 0 || cell + 4 > length) {
            dtb[offset] = value;
        } else {
            memset(dtb + cell, kind == 1 ? 0 : 0xff, 4);
            dtb[cell + 3] = kind == 3 ? (uint8_t) - (value % 32) : value;
        }
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const uint8_t magic[4] = { 0xd0, 0x0d, 0xfe, 0xed };
    static const uint8_t good[] = { 0, 3, 1, 0, 2, 1, 3, 2 };
    static uint8_t tree[SKETCH_SIZE] __attribute__((aligned(8)));
    struct input input = { data, size };
    int wanted;

    if (size >= 4 && memcmp(data, magic, 4) == 0) {
        (void)decode(data, size < TREE_MAX ? size : TREE_MAX);
        return 0;
    }
    memset(tree, 0, sizeof(tree));
    if (next(&input) % 2 == 0) {
        wanted = sketch(tree, &input);
        expect(wanted < 0 ? decode(tree, fdt_totalsize(tree)) < 0
                          : decode(tree, fdt_totalsize(tree)) == wanted);
        return 0;
    }
    expect(sketch(tree, &(struct input){ good, sizeof(good) }) == 3);
    size = fdt_totalsize(tree); // before it changes
    change(tree, size, &input);
    (void)decode(tree, size);
    return 0;
}
