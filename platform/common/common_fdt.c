// SPDX-License-Identifier: BSD-3-Clause
//
// Reading the hardware device tree; contracts in common_fdt.h. dtb_check() sees the tree first,
// then libfdt walks; the rules are here.
#include "common_fdt.h"

#include <libfdt.h>

#include "bits.h"
#include "cache.h"
#include "dtb_check.h"
#include "log.h"
#include "string.h"

static int refuse(const struct common_fdt *fdt, const char *where, const char *rule, int result)
{
    log_error("%s: %s: %s", fdt->name, where, rule);
    return result;
}

// All of it, in one walk: libfdt alone bounds each step, but not the number of steps (dtb_check.h).
static int tree_check(const struct common_fdt *fdt)
{
    const char *why = NULL;

    if (dtb_check((const void *)(uintptr_t)fdt->base, fdt->size, &why) != ERR_NONE) {
        return refuse(fdt, "/", why, ERR_INVALID);
    }
    return ERR_NONE;
}

// Reads `cells` 32-bit cells as one number
static uint64_t cells_read(const fdt32_t *cell, int cells)
{
    uint64_t value = 0;

    for (int i = 0; i < cells; i++) {
        value = value << 32 | fdt32_to_cpu(cell[i]);
    }
    return value;
}

static const struct board_region *dram_region(void)
{
    const struct board_region *region = board.regions;

    while (region->size != 0 && region->kind != REGION_NS_RAM) {
        region++;
    }
    return region;
}

// The memory node at `node`: true if it is the one with the board's DRAM; then `info` has base and
// size.
static int memory_read(const struct common_fdt *fdt, int node, struct board_info *info)
{
    const void *tree = (const void *)(uintptr_t)fdt->base;
    const struct board_region *dram = dram_region();
    int length;
    const fdt32_t *reg = fdt_getprop(tree, node, "reg", &length);
    int address_cells = fdt_address_cells(tree, 0);
    int size_cells = fdt_size_cells(tree, 0);

    if (address_cells < 1 || address_cells > 2 || size_cells < 1 || size_cells > 2) {
        return refuse(fdt, "/", "#address-cells and #size-cells must be 1 or 2", ERR_INVALID);
    }
    if (reg == NULL || length < (address_cells + size_cells) * (int)sizeof(fdt32_t)) {
        return refuse(fdt, "/memory", "reg must hold an address and a size", ERR_INVALID);
    }
    if (cells_read(reg, address_cells) != dram->base) {
        return ERR_NOT_FOUND; // another bank (QEMU: secure RAM has device_type memory too)
    }
    info->dram_base = dram->base;
    info->dram_size = cells_read(reg + address_cells, size_cells);
    if (info->dram_size == 0 || info->dram_size > dram->size ||
        !IS_ALIGNED(info->dram_size, PAGE_SIZE)) {
        return refuse(fdt, "/memory", "size must be whole pages and fit the board's DRAM region",
                      ERR_RANGE);
    }
    return ERR_NONE;
}

static uint32_t core_bit(uint64_t mpidr)
{
    for (uint32_t i = 0; i < board.core_max; i++) {
        if (board.core_mpidrs[i] == mpidr) {
            return 1u << i;
        }
    }
    return 0;
}

// Reads the node of one core; `seen` has a bit for each core of the board's list.
static int core_read(const struct common_fdt *fdt, int node, int cells, uint32_t *seen)
{
    const void *tree = (const void *)(uintptr_t)fdt->base;
    int length;
    const fdt32_t *reg = fdt_getprop(tree, node, "reg", &length);
    uint32_t bit;

    if (reg == NULL || length != cells * (int)sizeof(fdt32_t)) {
        return refuse(fdt, "/cpus/cpu", "reg must hold one MPIDR", ERR_INVALID);
    }
    bit = core_bit(cells_read(reg, cells));
    if (bit == 0) {
        log_error("%s: /cpus: core with MPIDR 0x%llx is not in the board's list of %u", fdt->name,
                  (unsigned long long)cells_read(reg, cells), board.core_max);
        return ERR_RANGE;
    }
    if ((*seen & bit) != 0) {
        return refuse(fdt, "/cpus", "must list every core once", ERR_DUPLICATE);
    }
    *seen |= bit;
    return ERR_NONE;
}

// Counts the cores under the /cpus node. Those that are there must be the first ones of the board's
// list: everybody after BL2 only gets their number.
static int cores_count(const struct common_fdt *fdt, int cpus, uint32_t *core_count)
{
    const void *tree = (const void *)(uintptr_t)fdt->base;
    int cells = fdt_address_cells(tree, cpus);
    uint32_t seen = 0;
    int node;

    if (cells < 1 || cells > 2) {
        return refuse(fdt, "/cpus", "#address-cells must be 1 or 2", ERR_INVALID);
    }
    fdt_for_each_subnode(node, tree, cpus)
    {
        int length;
        const char *type = fdt_getprop(tree, node, "device_type", &length);
        int result = ERR_NONE;

        if (type != NULL && length == sizeof("cpu") && memcmp(type, "cpu", sizeof("cpu")) == 0) {
            result = core_read(fdt, node, cells, &seen);
        }
        if (result != ERR_NONE) {
            return result;
        }
    }
    if (seen == 0 || (seen & (seen + 1)) != 0) {
        return refuse(fdt, "/cpus", "must list the first cores of the board, at least one",
                      ERR_INVALID);
    }
    *core_count = (uint32_t)__builtin_ctz(~seen); // seen is 2^n - 1, n cores
    return ERR_NONE;
}

// One pass over the top level: looking up paths one by one would walk the tree from its start each
// time. Of several nodes with one name the first counts, as in libfdt's path lookup.
int common_fdt_discover(struct common_fdt *fdt, struct board_info *info)
{
    const void *tree = (const void *)(uintptr_t)fdt->base;
    int memory = ERR_NOT_FOUND;
    int cores = ERR_NOT_FOUND;
    int node;

    memset(info, 0, sizeof(*info));
    fdt->secure_chosen = -1;
    if (tree_check(fdt) != ERR_NONE) {
        return ERR_INVALID;
    }
    fdt_for_each_subnode(node, tree, 0)
    {
        const char *name = fdt_get_name(tree, node, NULL);

        if (name == NULL) {
            return refuse(fdt, "/", "must be a readable device tree", ERR_INVALID);
        }
        if (fdt->secure_chosen < 0 && strcmp(name, "secure-chosen") == 0) {
            fdt->secure_chosen = node;
        } else if (memory == ERR_NOT_FOUND &&
                   strncmp(name, "memory@", sizeof("memory@") - 1) == 0) {
            memory = memory_read(fdt, node, info);
        } else if (cores == ERR_NOT_FOUND && strcmp(name, "cpus") == 0) {
            cores = cores_count(fdt, node, &info->core_count);
        }
    }
    if (node != -FDT_ERR_NOTFOUND) {
        return refuse(fdt, "structure", fdt_strerror(node), ERR_INVALID);
    }
    if (memory == ERR_NOT_FOUND) {
        return refuse(fdt, "/memory", "no node starts at the board's DRAM", ERR_NOT_FOUND);
    }
    if (cores == ERR_NOT_FOUND) {
        return refuse(fdt, "/cpus", "is missing", ERR_NOT_FOUND);
    }
    return memory != ERR_NONE ? memory : cores;
}

// Replaces a property by tags that mean nothing (FDT_NOP), value included, and cleans it to memory:
// the normal world reads the tree with its caches off at first.
static void property_erase(void *tree, int node, const char *name)
{
    int length;
    const struct fdt_property *property = fdt_get_property(tree, node, name, &length);

    if (property != NULL && fdt_nop_property(tree, node, name) == 0) {
        cache_clean_range((uintptr_t)property, sizeof(*property) + (size_t)length);
    }
}

int common_fdt_take_seed(const struct common_fdt *fdt, void *buf, size_t len, size_t *taken)
{
    void *tree = (void *)(uintptr_t)fdt->base;
    uint8_t *out = buf;
    int node = fdt->secure_chosen;
    int length = 0;
    const uint8_t *seed = node < 0 ? NULL : fdt_getprop(tree, node, "rng-seed", &length);

    if (seed == NULL || length <= 0) {
        return ERR_NOT_FOUND;
    }
    *taken = (size_t)length < len ? (size_t)length : len;
    for (size_t i = 0; i < *taken; i++) {
        out[i] ^= seed[i];
    }
    property_erase(tree, node, "rng-seed");
    property_erase(tree, node, "kaslr-seed");
    return ERR_NONE;
}
