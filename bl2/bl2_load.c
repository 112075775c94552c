// SPDX-License-Identifier: BSD-3-Clause
//
// Rows of the image table and partition packages into memory and into the hand-off; contracts in
// bl2_private.h. The loading itself is platform/lib/boot/load.c.
#include "bl2_private.h"

#include "bits.h"
#include "board.h"
#include "log.h"
#include "string.h"

int bl2_load_row(struct load_context *context, const struct bl2_image *image,
                 struct handoff *handoff)
{
    struct handoff_image *slot = (struct handoff_image *)(void *)((char *)handoff + image->slot);
    const struct load_row row = {
        image->name,  fip_names_get(cot_image_row(image->image)->id)->uuid,
        image->image, image->identity,
        image->base,  image->limit
    };
    struct load_result loaded;
    int result = load_image(context, &row, &loaded);

    if (result == ERR_NONE) {
        *slot = (struct handoff_image){ .base = image->base,
                                        .size = loaded.size,
                                        .entry = image->base };
    }
    return result;
}

// One package at `base`, with its keys, into `slot`, which is written on success only.
static int load_package(struct load_context *context, const struct bl2_config_package *package,
                        enum cot_image image, uint64_t base, struct handoff_package *slot)
{
    const struct load_row row = { package->name, package->uuid, image,
                                  false,         base,          SP_PKG_BASE + SP_PKG_SIZE - base };
    uint32_t owner = bl2_config_key_owner(context->chain->policy->chain, image);
    struct handoff_package filled = { .base = base };
    struct load_result loaded;
    int result = load_image(context, &row, &loaded);

    if (result != ERR_NONE) {
        return result;
    }
    filled.size = loaded.size;
    memcpy(filled.uuid, package->uuid, UUID_SIZE);
    result = boot_keys_partition(context->secrets, package->uuid, owner, &loaded.digests,
                                 filled.sealing_key, filled.identity);
    if (result == ERR_NONE) {
        *slot = filled;
    } else {
        log_error("%s: its keys cannot be made, error %d", package->name, result);
    }
    memory_wipe(&filled, sizeof(filled));
    return result;
}

int bl2_load_packages(struct load_context *context, const struct bl2_config *config,
                      struct handoff *handoff)
{
    uint64_t base = SP_PKG_BASE;

    for (uint32_t i = 0; i < config->package_count; i++) {
        struct handoff_package *slot = &handoff->packages[i];
        enum cot_image image;
        int result = bl2_config_image(config, i, context->chain->policy->chain, &image);

        if (result != ERR_NONE) {
            log_error("%s: must be one of at most %u packages of its owner",
                      config->packages[i].name, COT_SP_PLATFORM_FIRST);
            return result;
        }
        result = load_package(context, &config->packages[i], image, base, slot);
        if (result != ERR_NONE) {
            return result;
        }
        handoff->package_count++;
        // At most the end of the region, which is whole pages
        base += ALIGN_UP(slot->size, PAGE_SIZE);
    }
    return ERR_NONE;
}

int bl2_load_check_known(const struct fip *fip, const struct bl2_config *config, uint32_t chain)
{
    for (uint32_t i = 0; i < fip->entry_count; i++) {
        const uint8_t *uuid = fip->entries[i].uuid;
        const struct fip_name *name = fip_names_find(uuid);
        char text[UUID_TEXT_LENGTH + 1];

        if (!bl2_config_knows(config, chain, uuid)) {
            uuid_format(uuid, text);
            log_error("FIP: entry %u: image %s (%s) must be one that this firmware loads or a "
                      "certificate of its chain",
                      i, text,
                      name != NULL ? name->title : "no well-known image, not in TB_FW_CONFIG");
            return ERR_INVALID;
        }
    }
    return ERR_NONE;
}

uint32_t bl2_load_tally(const struct bl2_config *config, uint32_t chain)
{
    uint32_t tally = 0;

    for (size_t i = 0; i < bl2_image_count; i++) {
        tally += chain_token(bl2_images[i].image);
    }
    for (uint32_t i = 0; i < config->package_count; i++) {
        enum cot_image image;

        if (bl2_config_image(config, i, chain, &image) != ERR_NONE) {
            return 0; // no sum of tokens that was reached
        }
        tally += chain_token(image);
    }
    return tally;
}
