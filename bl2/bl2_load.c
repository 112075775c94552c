// SPDX-License-Identifier: BSD-3-Clause
//
// Rows of the image table and partition packages into memory and into the hand-off; contracts in
// bl2_private.h. The loading itself is platform/lib/boot/load.c.
#include "bl2_private.h"

#include "bits.h"
#include "board.h"
#include "log.h"

int bl2_load_row(const struct fip *fip, const struct bl2_image *image, struct handoff *handoff)
{
    struct handoff_image *slot = (struct handoff_image *)(void *)((char *)handoff + image->slot);
    const struct load_row row = { image->name, fip_names_get(image->id)->uuid, image->base,
                                  image->limit };
    uint64_t size;
    int result = load_image(fip, &row, &size);

    if (result == ERR_NONE) {
        *slot = (struct handoff_image){ .base = image->base, .size = size, .entry = image->base };
    }
    return result;
}

int bl2_load_packages(const struct fip *fip, const struct bl2_config *config,
                      struct handoff *handoff)
{
    uint64_t base = SP_PKG_BASE;

    for (uint32_t i = 0; i < config->package_count; i++) {
        const struct bl2_config_package *package = &config->packages[i];
        const struct load_row row = { package->name, package->uuid, base,
                                      SP_PKG_BASE + SP_PKG_SIZE - base };
        struct handoff_package *slot = &handoff->packages[handoff->package_count];
        uint64_t size;
        int result = load_image(fip, &row, &size);

        if (result != ERR_NONE) {
            return result;
        }
        *slot = (struct handoff_package){ .base = base, .size = size };
        for (size_t j = 0; j < UUID_SIZE; j++) {
            slot->uuid[j] = package->uuid[j];
        }
        handoff->package_count++;
        base += ALIGN_UP(size, PAGE_SIZE); // at most the end of the region, which is whole pages
    }
    return ERR_NONE;
}

static bool uuid_known(const uint8_t *uuid, const struct bl2_config *config)
{
    if (image_uuid_equal(uuid, fip_names_get(IMAGE_TB_FW)->uuid)) {
        return true; // BL2 itself, loaded by BL1
    }
    for (size_t i = 0; i < bl2_image_count; i++) {
        if (image_uuid_equal(uuid, fip_names_get(bl2_images[i].id)->uuid)) {
            return true;
        }
    }
    for (uint32_t i = 0; i < config->package_count; i++) {
        if (image_uuid_equal(uuid, config->packages[i].uuid)) {
            return true;
        }
    }
    return false;
}

int bl2_load_check_known(const struct fip *fip, const struct bl2_config *config)
{
    for (uint32_t i = 0; i < fip->entry_count; i++) {
        const uint8_t *uuid = fip->entries[i].uuid;
        const struct fip_name *name = fip_names_find(uuid);
        char text[UUID_TEXT_LENGTH + 1];

        if (!uuid_known(uuid, config)) {
            uuid_format(uuid, text);
            log_error("FIP: entry %u: image %s (%s) must be one that this firmware loads", i, text,
                      name != NULL ? name->title : "no well-known image, not in TB_FW_CONFIG");
            return ERR_INVALID;
        }
    }
    return ERR_NONE;
}
