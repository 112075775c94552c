// SPDX-License-Identifier: BSD-3-Clause
//
// Checking and consuming the hand-off; contracts in handoff.h. Pure: BL1, BL31, the SPMC and the
// host tests share it.
#include "handoff.h"

#include "bits.h"
#include "cert.h"
#include "string.h"
#include "zero.h"

static bool image_valid(const struct handoff_image *image)
{
    return image->size != 0 && image->size <= UINT64_MAX - image->base &&
           range_inside(image->entry, 4, image->base, image->size);
}

static int packages_check(const struct handoff *handoff)
{
    for (uint32_t i = 0; i < handoff->package_count; i++) {
        const struct handoff_package *package = &handoff->packages[i];

        if (package->size == 0 || package->size > UINT64_MAX - package->base ||
            !IS_ALIGNED(package->base, PAGE_SIZE)) {
            return ERR_RANGE;
        }
        for (uint32_t j = 0; j < i; j++) {
            if (range_overlap(package->base, package->size, handoff->packages[j].base,
                              handoff->packages[j].size)) {
                return ERR_RANGE;
            }
        }
    }
    return ERR_NONE;
}

// The counters came out of certificates; a zero is a step of the boot that was left out.
static bool facts_valid(const struct tessera_boot_facts *facts)
{
    for (uint32_t i = 0; i < COT_COUNTER_COUNT; i++) {
        if (facts->counter[i] > CERT_COUNTER_MAX) {
            return false;
        }
    }
    return facts->version == TESSERA_BOOT_FACTS_VERSION && facts->flags == 0 &&
           !zero_bytes(facts->root_hash, sizeof(facts->root_hash)) &&
           !zero_bytes(facts->implementation_id, sizeof(facts->implementation_id)) &&
           !zero_bytes(facts->boot_seed, sizeof(facts->boot_seed));
}

static bool numbers_valid(const struct handoff *handoff)
{
    return handoff->size == sizeof(*handoff) && handoff->package_count <= HANDOFF_MAX_PACKAGES &&
           handoff->entropy_used <= HANDOFF_ENTROPY_SIZE && handoff->board.core_count != 0 &&
           handoff->board.dram_size != 0;
}

static bool log_valid(const struct handoff_log *log)
{
    return log->used != 0 && log->used <= log->size && log->size <= UINT64_MAX - log->base;
}

int handoff_check(const struct handoff *handoff)
{
    const struct handoff_image *config = &handoff->config;

    if (handoff->magic != HANDOFF_MAGIC) {
        return ERR_INVALID;
    }
    if (handoff->version != HANDOFF_VERSION) {
        return ERR_VERSION;
    }
    if (!numbers_valid(handoff) || !facts_valid(&handoff->facts)) {
        return ERR_INVALID;
    }
    if (handoff->board.dram_size > UINT64_MAX - handoff->board.dram_base ||
        !image_valid(&handoff->bl31) || !image_valid(&handoff->spmc) ||
        !image_valid(&handoff->bl33) || config->size == 0 ||
        config->size > UINT64_MAX - config->base || !log_valid(&handoff->log)) {
        return ERR_RANGE;
    }
    return packages_check(handoff);
}

int handoff_take_entropy(struct handoff *handoff, void *buf, size_t len)
{
    if (handoff->entropy_used > HANDOFF_ENTROPY_SIZE ||
        len > HANDOFF_ENTROPY_SIZE - handoff->entropy_used) {
        return ERR_NO_MEMORY;
    }
    memcpy(buf, &handoff->entropy[handoff->entropy_used], len);
    memory_wipe(&handoff->entropy[handoff->entropy_used], len);
    handoff->entropy_used += (uint32_t)len;
    return ERR_NONE;
}
