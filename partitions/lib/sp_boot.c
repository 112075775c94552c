// SPDX-License-Identifier: BSD-3-Clause
//
// Boot information blob → struct sp_boot: first the header, then one descriptor after the other.
// Called once by sp_start.c before anything else of the partition runs.
#include <string.h>

#include "sp_boot.h"

#define CONTENTS_MASK 0xc
#define FLAGS_MBZ 0xfff2 // all but name format bit 0 and contents format

struct decoding {
    struct sp_boot boot;
    bool has_heap;
    bool has_hwcap;
    bool has_hwcap2;
    bool has_options;
};

static bool is_address(const struct ffa_boot_info_desc *desc)
{
    return (desc->flags & CONTENTS_MASK) == FFA_BOOT_INFO_CONTENTS_ADDRESS && desc->contents != 0 &&
           desc->size != 0 && desc->contents <= UINTPTR_MAX - desc->size;
}

static bool is_value(const struct ffa_boot_info_desc *desc)
{
    return (desc->flags & CONTENTS_MASK) == FFA_BOOT_INFO_CONTENTS_VALUE &&
           desc->size <= sizeof(desc->contents);
}

// Something of exactly `size` bytes; `address` is 0 until one was found.
static int take_object(uintptr_t *address, uint32_t size, const struct ffa_boot_info_desc *desc)
{
    if (!is_address(desc) || desc->size != size) {
        return ERR_INVALID;
    }
    if (*address != 0) {
        return ERR_DUPLICATE;
    }
    *address = desc->contents;
    return 0;
}

static int take_heap(struct decoding *to, const struct ffa_boot_info_desc *desc)
{
    if (!is_address(desc)) {
        return ERR_INVALID;
    }
    if (to->has_heap) {
        return ERR_DUPLICATE;
    }
    to->has_heap = true;
    to->boot.heap_base = desc->contents;
    to->boot.heap_size = desc->size;
    return 0;
}

static int take_facts(struct decoding *to, const struct ffa_boot_info_desc *desc)
{
    if (desc->contents % _Alignof(struct tessera_boot_facts) != 0) {
        return ERR_INVALID;
    }
    return take_object(&to->boot.facts, sizeof(struct tessera_boot_facts), desc);
}

static int take_event_log(struct decoding *to, const struct ffa_boot_info_desc *desc)
{
    if (!is_address(desc)) {
        return ERR_INVALID;
    }
    if (to->boot.event_log.size != 0) {
        return ERR_DUPLICATE;
    }
    to->boot.event_log =
        (struct sp_event_log){ (const uint8_t *)(uintptr_t)desc->contents, desc->size };
    return 0;
}

static int take_region(struct decoding *to, const struct ffa_boot_info_desc *desc)
{
    struct sp_region *region = &to->boot.regions[to->boot.region_count];

    if (!is_address(desc) || memchr(desc->name, '\0', sizeof(desc->name)) == NULL) {
        return ERR_INVALID;
    }
    if (to->boot.region_count == SP_BOOT_MAX_REGIONS) {
        return ERR_NO_MEMORY;
    }
    for (uint32_t i = 0; i < to->boot.region_count; i++) {
        if (strcmp(to->boot.regions[i].name, desc->name) == 0) {
            return ERR_DUPLICATE;
        }
    }
    memcpy(region->name, desc->name, sizeof(region->name));
    region->base = (void *)(uintptr_t)desc->contents;
    region->size = desc->size;
    to->boot.region_count++;
    return 0;
}

static int take_value(uint64_t *value, bool *seen, const struct ffa_boot_info_desc *desc)
{
    if (!is_value(desc)) {
        return ERR_INVALID;
    }
    if (*seen) {
        return ERR_DUPLICATE;
    }
    *seen = true;
    *value = desc->contents;
    return 0;
}

static int take_options(struct decoding *to, const struct ffa_boot_info_desc *desc)
{
    uint64_t value = 0;
    int error = take_value(&value, &to->has_options, desc);

    if (error == 0 && value > UINT32_MAX) {
        error = ERR_INVALID;
    }
    to->boot.options = (uint32_t)value;
    return error;
}

static int take_descriptor(struct decoding *to, const struct ffa_boot_info_desc *desc)
{
    if ((desc->flags & FLAGS_MBZ) != 0 || desc->reserved != 0) {
        return ERR_INVALID;
    }
    switch (desc->type) {
    case TESSERA_BOOT_SEED:
        return take_object(&to->boot.seed, TESSERA_BOOT_SEED_SIZE, desc);
    case TESSERA_BOOT_SEALING_KEY:
        return take_object(&to->boot.sealing_key, TESSERA_BOOT_KEY_SIZE, desc);
    case TESSERA_BOOT_IDENTITY:
        return take_object(&to->boot.identity, TESSERA_BOOT_KEY_SIZE, desc);
    case TESSERA_BOOT_HEAP:
        return take_heap(to, desc);
    case TESSERA_BOOT_REGION:
        return take_region(to, desc);
    case TESSERA_BOOT_HWCAP:
        return take_value(&to->boot.hwcap, &to->has_hwcap, desc);
    case TESSERA_BOOT_HWCAP2:
        return take_value(&to->boot.hwcap2, &to->has_hwcap2, desc);
    case TESSERA_BOOT_OPTIONS:
        return take_options(to, desc);
    case TESSERA_BOOT_EVENT_LOG:
        return take_event_log(to, desc);
    case TESSERA_BOOT_FACTS:
        return take_facts(to, desc);
    default:
        return 0;
    }
}

static int check_header(const struct ffa_boot_info_header *header)
{
    if (header->signature != FFA_BOOT_INFO_SIGNATURE || header->reserved != 0) {
        return ERR_INVALID;
    }
    if ((header->version >> 16) != 1 || header->desc_size != sizeof(struct ffa_boot_info_desc)) {
        return ERR_VERSION;
    }
    if (header->blob_size > SP_BOOT_BLOB_MAX || header->desc_offset > header->blob_size ||
        header->desc_offset < sizeof(*header)) {
        return ERR_RANGE;
    }
    if (header->desc_offset % 8 != 0) {
        return ERR_INVALID;
    }
    if (header->desc_count > (header->blob_size - header->desc_offset) / header->desc_size) {
        return ERR_RANGE;
    }
    return 0;
}

int sp_boot_decode(const void *blob, struct sp_boot *boot)
{
    const struct ffa_boot_info_header *header = blob;
    struct decoding to = { 0 };

    if (blob == NULL || (uintptr_t)blob % 8 != 0) {
        return ERR_INVALID;
    }
    int error = check_header(header);
    const uint8_t *at = (const uint8_t *)blob + (error == 0 ? header->desc_offset : 0);

    for (uint32_t i = 0; error == 0 && i < header->desc_count; i++) {
        error = take_descriptor(&to, (const struct ffa_boot_info_desc *)at + i);
    }
    if (error == 0 && (to.boot.seed == 0 || to.boot.sealing_key == 0 || to.boot.identity == 0)) {
        error = ERR_NOT_FOUND;
    }
    if (error == 0) {
        *boot = to.boot;
    }
    return error;
}
