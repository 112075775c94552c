// SPDX-License-Identifier: BSD-3-Clause
//
// Decoder of the boot configuration (TB_FW_CONFIG, a device tree): which partition packages to
// load, who signed them, and so which image of the chain of trust each is. Pure.
//     / { compatible = "tessera,tb-fw-config";
//         secure-partitions { compatible = "arm,sp";
//             <name> { uuid = "<text>"; owner = "Plat"; }; … }; };
// Everything else in it is refused by name: a typo must not go unnoticed.
#ifndef BL2_CONFIG_H
#define BL2_CONFIG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "cot.h"
#include "errors.h"
#include "handoff.h"
#include "uuid.h"

#define BL2_CONFIG_NAME_SIZE 32

struct bl2_config_package {
    char name[BL2_CONFIG_NAME_SIZE]; // node name, NUL-terminated
    uint8_t uuid[UUID_SIZE];         // in the FIP
    enum cot_root owner;             // whose root signs it with two roots; with one it is a note
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

// Which image of the chain of trust package `index` (below package_count) is. With one root: SP1 … SP8
// in the order of the tree, whoever owns them. With two: the packages of "SiP" are SP1 … SP4, those of
// "Plat" SP5 … SP8, each in the order of the tree. `image` is written on success only. ERR_NO_MEMORY:
// the owner's fifth package; ERR_INVALID: no such package or chain.
MUST_CHECK int bl2_config_image(const struct bl2_config *config, uint32_t index, uint32_t chain,
                                enum cot_image *image);

// The owner that a package's keys are bound to (boot_keys.h): 0 the silicon provider, 1 the platform.
// With one root there is one owner, 0. `image` is what bl2_config_image() gave.
uint32_t bl2_config_key_owner(uint32_t chain, enum cot_image image);

// Whether a boot with that chain knows what to do with an entry `uuid` (UUID_SIZE bytes) of the FIP: it
// is an image of the chain, a certificate of the chain in force, or a package that `config` lists.
bool bl2_config_knows(const struct bl2_config *config, uint32_t chain, const uint8_t *uuid);

#endif
