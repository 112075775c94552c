// SPDX-License-Identifier: BSD-3-Clause
//
// THE image table: every well-known image that BL2 loads, in load order. Regions and limits are
// board.h's; partition packages, which the first row lists, follow behind the table's secure images
// (bl2_load.c).
#include "bl2_private.h"

#include "bits.h"
#include "board.h"

const struct bl2_image bl2_images[] = {
    { "TB_FW_CONFIG", IMAGE_TB_FW_CONFIG, TB_FW_CONFIG_BASE, TB_FW_CONFIG_SIZE,
      offsetof(struct handoff, config) },
    { "BL31", IMAGE_SOC_FW, BL31_BASE, BL31_SIZE, offsetof(struct handoff, bl31) },
    { "SPMC", IMAGE_TOS_FW, SPMC_BASE, SPMC_SIZE, offsetof(struct handoff, spmc) },
    { "BL33", IMAGE_NT_FW, BL33_BASE, BL33_SIZE, offsetof(struct handoff, bl33) },
};
const size_t bl2_image_count = ARRAY_COUNT(bl2_images);
