// SPDX-License-Identifier: BSD-3-Clause
//
// Decoder of the boot configuration (TB_FW_CONFIG, a device tree): which partition packages to
// load. Pure.
//     / { compatible = "tessera,tb-fw-config";
//         secure-partitions { compatible = "arm,sp";
//             <name> { uuid = "<text>"; owner = "Plat"; }; … }; };
// Everything else in it is refused by name: a typo must not go unnoticed.
#ifndef BL2_CONFIG_H
#define BL2_CONFIG_H

#include <stddef.h>
#include <stdint.h>

#include "errors.h"
#include "handoff.h"
#include "uuid.h"

#define BL2_CONFIG_NAME_SIZE 32

struct bl2_config_package {
    char name[BL2_CONFIG_NAME_SIZE]; // node name, NUL-terminated
    uint8_t uuid[UUID_SIZE];         // in the FIP
};

struct bl2_config {
    uint32_t package_count;
    struct bl2_config_package packages[HANDOFF_MAX_PACKAGES];
};

// Why a tree was refused: constants, except `where`, which is text out of the tree (print with %.*s
// / %s of log.h).
struct bl2_config_fault {
    char where[BL2_CONFIG_NAME_SIZE]; // node or property
    const char *rule;                 // "must …"
};

// Reads the tree at [dtb, dtb + size), 8-byte aligned, which is checked as a whole first. `config`
// and `fault` (not NULL) are written only on success and on failure, respectively. ERR_INVALID:
// malformed, unknown or missing node or property, wrong value; ERR_DUPLICATE: a UUID twice;
// ERR_NO_MEMORY: more than HANDOFF_MAX_PACKAGES packages.
MUST_CHECK int bl2_config_decode(const void *dtb, size_t size, struct bl2_config *config,
                                 struct bl2_config_fault *fault);

#endif
