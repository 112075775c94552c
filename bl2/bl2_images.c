// SPDX-License-Identifier: BSD-3-Clause
//
// THE image table: every well-known image that BL2 loads, in load order, which is also the event log's.
// Regions and limits are board.h's; partition packages, which the first row lists, follow behind the
// table's images (bl2_load.c). The partitions' identity depends on what runs in the secure world below
// them; not on BL33, which they do not trust.
#include "bl2_private.h"

#include "bits.h"
#include "board.h"

const struct bl2_image bl2_images[] = {
    { "TB_FW_CONFIG", COT_TB_FW_CONFIG, true, TB_FW_CONFIG_BASE, TB_FW_CONFIG_SIZE,
      offsetof(struct handoff, config) },
    { "BL31", COT_BL31, true, BL31_BASE, BL31_SIZE, offsetof(struct handoff, bl31) },
    { "SPMC", COT_SPMC, true, SPMC_BASE, SPMC_SIZE, offsetof(struct handoff, spmc) },
    { "BL33", COT_BL33, false, BL33_BASE, BL33_SIZE, offsetof(struct handoff, bl33) },
};
const size_t bl2_image_count = ARRAY_COUNT(bl2_images);
