// SPDX-License-Identifier: BSD-3-Clause
//
// Names of those capabilities (ts_caps.h) that are one number each, for programs that show them; lists have none.
#ifndef TS_CAPS_NAMES_H
#define TS_CAPS_NAMES_H

#include <stddef.h>

#include "ffa/abi/ts_caps.h"

// NULL: a list, or an id that is not known
static inline const char *ts_caps_name(uint32_t id)
{
    static const struct {
        uint32_t id;
        const char *name;
    } names[] = {
        { TS_CAPS_CRYPTO_KEYS, "volatile keys" },
        { TS_CAPS_CRYPTO_PERSISTENT_KEYS, "persistent keys" },
        { TS_CAPS_CRYPTO_OPERATIONS, "operations at once" },
        { TS_CAPS_STORAGE_ASSET_SIZE, "bytes of an asset" },
        { TS_CAPS_STORAGE_ASSETS, "assets" },
        { TS_CAPS_STORAGE_BYTES, "bytes of all assets" },
        { TS_CAPS_STORAGE_FREE_BYTES, "bytes free" },
        { TS_CAPS_STORAGE_ROLLBACK, "rollback protection" },
        { TS_CAPS_STORAGE_BLOCKS, "blocks of flash" },
        { TS_CAPS_STORAGE_ERASES_MIN, "erases of the least worn block" },
        { TS_CAPS_STORAGE_ERASES_MAX, "erases of the most worn block" },
        { TS_CAPS_STORAGE_ASKED, "bytes asked to write" },
        { TS_CAPS_STORAGE_WRITTEN, "bytes programmed" },
        { TS_CAPS_STORAGE_DAMAGED, "damaged records" },
        { TS_CAPS_ATTEST_COMPONENTS, "measured components" },
    };

    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        if (names[i].id == id) {
            return names[i].name;
        }
    }
    return NULL;
}

#endif
