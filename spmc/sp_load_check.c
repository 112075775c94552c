// SPDX-License-Identifier: BSD-3-Clause
//
// What can be wrong with a package, before anything is done for it: contracts in sp_load_private.h. Called by sp_load.c. The
// package is read-only memory that BL2 filled; trusts no byte of it.
#include "sp_load_private.h"

#include "bits.h"
#include "board.h"
#include "log.h"
#include "platform.h"
#include "sp_manifest.h"
#include "sp_pkg.h"
#include "spmc_mm.h"
#include "zero.h"

// Memory that no manifest may name.
static const struct sp_manifest_range reserved[] = {
    { BL31_BASE, BL31_SIZE },
    { SPMC_BASE, SPMC_SIZE },
    { HANDOFF_BASE, HANDOFF_SIZE },
    { PARK_BASE, PARK_SIZE },
    { BOOT_PARAMS_BASE, BOOT_PARAMS_SIZE },
    { EVENT_LOG_BASE, EVENT_LOG_SIZE },
    { TB_FW_CONFIG_BASE, TB_FW_CONFIG_SIZE },
    { SP_PKG_BASE, SP_PKG_SIZE },
    { PAGE_POOL_BASE, PAGE_POOL_SIZE },
    { HW_DTB_BASE, HW_DTB_SIZE },
    { NS_EVENT_LOG_BASE, NS_EVENT_LOG_SIZE },
    { NS_TPM_CRB_BASE, NS_TPM_CRB_SIZE }, // a device-region may
    { BL33_BASE, BL33_SIZE },
};

// The board's devices of that kind → `ranges`. Returns how many.
static uint32_t list_devices(enum region_kind kind,
                             struct sp_manifest_range ranges[BOARD_MAX_REGIONS])
{
    uint32_t count = 0;

    for (uint32_t i = 0; i < BOARD_MAX_REGIONS && board.regions[i].size != 0; i++) {
        if (board.regions[i].kind == kind) {
            ranges[count++] =
                (struct sp_manifest_range){ board.regions[i].base, board.regions[i].size };
        }
    }
    return count;
}

static int read_manifest(struct load *load, const uint8_t *dtb, size_t len)
{
    const struct board_info *info = &load->handoff->board;
    struct sp_manifest_range devices[BOARD_MAX_REGIONS], readable[BOARD_MAX_REGIONS],
        ns_devices[BOARD_MAX_REGIONS];
    const struct sp_manifest_limits limits = {
        .version = SP_CONFIG_VERSION,
        .messaging = SP_CONFIG_MESSAGING,
        .ns_ram = { info->dram_base, info->dram_size },
        .secure_ram = { SECURE_RAM_BASE, SECURE_RAM_SIZE },
        .reserved = reserved,
        .reserved_count = ARRAY_COUNT(reserved),
        .devices = devices,
        .device_count = list_devices(REGION_SP_DEVICE, devices),
        .readable = readable,
        .readable_count = list_devices(REGION_SP_DEVICE_RO, readable),
        .ns_devices = ns_devices,
        .ns_device_count = list_devices(REGION_SP_NS_RAM, ns_devices),
    };
    struct sp_manifest_error error;
    int err = sp_manifest_decode(dtb, len, &limits, &load->sp->config, &error);

    if (err != 0) {
        log_error("package %s: manifest: node \"%s\", property \"%s\": %s", load->name,
                  error.node[0] != '\0' ? error.node : "/", error.property, error.rule);
    }
    return err;
}

int sp_load_check_others(const struct load *load, const struct sp *others, uint32_t other_count)
{
    struct sp_manifest_error error;

    for (uint32_t i = 0; i < other_count; i++) {
        int err = sp_manifest_check_other(&load->sp->config, &others[i].config, &error);

        if (err != 0) {
            log_error("package %s: manifest of \"%s\": node \"%s\", property \"%s\": %s (\"%s\")",
                      load->name, load->sp->config.description, error.node, error.property,
                      error.rule, others[i].config.description);
            return err;
        }
    }
    return 0;
}

static void log_fault(const struct load *load, const char *part, const struct image_fault *fault)
{
    log_error("package %s: %s: %s %s (found 0x%llx, rule 0x%llx, entry %d)", load->name, part,
              fault->field, fault->text, (unsigned long long)fault->found,
              (unsigned long long)fault->expected, (int)fault->entry);
}

int sp_load_check_package(struct load *load, const struct handoff_package *package)
{
    const uint8_t *bytes = spmc_mm_va(package->base);
    struct image_fault fault;
    struct sp_pkg pkg;
    int err;

    if (!range_inside(package->base, package->size, SP_PKG_BASE, SP_PKG_SIZE) ||
        package->base % PAGE_SIZE != 0) {
        log_error("package %s: place: must be pages of the package memory", load->name);
        return ERR_RANGE;
    }
    err = sp_pkg_decode(bytes, package->size, package->size, &pkg, &fault);
    if (err != 0) {
        log_fault(load, "header", &fault);
        return err;
    }
    err = read_manifest(load, bytes + pkg.manifest_offset, pkg.manifest_size);
    if (err != 0) {
        return err;
    }
    load->image_file = bytes + pkg.image_offset;
    err = elf_image_decode(load->image_file, pkg.image_size, &load->image, &fault);
    if (err != 0) {
        log_fault(load, "ELF image", &fault);
    }
    return err;
}

int sp_load_check_keys(const struct load *load, const struct handoff_package *package)
{
    if (zero_bytes(package->sealing_key, sizeof(package->sealing_key)) ||
        zero_bytes(package->identity, sizeof(package->identity))) {
        log_error("package %s: sealing key and identity: must not be zero", load->name);
        return ERR_INVALID;
    }
    return 0;
}
