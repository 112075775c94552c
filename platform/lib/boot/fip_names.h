// SPDX-License-Identifier: BSD-3-Clause
//
// The one list of well-known FIP images: what BL1, BL2 and fip-tool call them, their UUID and their
// option name. Order and names are those of TF-A's fiptool 2.8, which also writes images in this
// order; fip-tool does the same. A partition package is not here: its UUID is its partition's own.
#ifndef FIP_NAMES_H
#define FIP_NAMES_H

#include <stddef.h>
#include <stdint.h>

#include "image_format.h"

enum fip_image_id {
    IMAGE_SCP_FWU_CFG,
    IMAGE_AP_FWU_CFG,
    IMAGE_FWU,
    IMAGE_FWU_CERT,
    IMAGE_TB_FW,
    IMAGE_SCP_FW,
    IMAGE_SOC_FW,
    IMAGE_TOS_FW,
    IMAGE_TOS_FW_EXTRA1,
    IMAGE_TOS_FW_EXTRA2,
    IMAGE_NT_FW,
    IMAGE_RMM_FW,
    IMAGE_FW_CONFIG,
    IMAGE_HW_CONFIG,
    IMAGE_TB_FW_CONFIG,
    IMAGE_SOC_FW_CONFIG,
    IMAGE_TOS_FW_CONFIG,
    IMAGE_NT_FW_CONFIG,
    IMAGE_ROT_CERT,
    IMAGE_TRUSTED_KEY_CERT,
    IMAGE_SCP_FW_KEY_CERT,
    IMAGE_SOC_FW_KEY_CERT,
    IMAGE_TOS_FW_KEY_CERT,
    IMAGE_NT_FW_KEY_CERT,
    IMAGE_TB_FW_CERT,
    IMAGE_SCP_FW_CERT,
    IMAGE_SOC_FW_CERT,
    IMAGE_TOS_FW_CERT,
    IMAGE_NT_FW_CERT,
    IMAGE_SIP_SP_CERT,
    IMAGE_PLAT_SP_CERT,
    IMAGE_CCA_CERT,
    IMAGE_CORE_SWD_CERT,
    IMAGE_PLAT_KEY_CERT,
    IMAGE_COUNT
};

struct fip_name {
    const char *option; // fiptool's option, without the dashes
    const char *title;  // for people
    uint8_t uuid[IMAGE_UUID_SIZE];
};

// The row of a well-known image; `id` < IMAGE_COUNT. Never NULL; constant data.
const struct fip_name *fip_names_get(enum fip_image_id id);

// The row with that UUID (IMAGE_UUID_SIZE bytes, any source), NULL if it is none of the well-known
// ones.
const struct fip_name *fip_names_find(const uint8_t *uuid);

#endif
