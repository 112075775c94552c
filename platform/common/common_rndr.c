// SPDX-License-Identifier: BSD-3-Clause
//
// Random numbers of the core; contract in common_rndr.h.
#include "common_rndr.h"

#include <stdbool.h>
#include <stdint.h>

#include "regs.h"
#include "string.h"

// The core may be short of entropy for a moment (DDI0487 K12.1); a source that fails this often is
// broken
#define TRIES_MAX 1000
// A caller of EL3 can ask again, and interrupts are masked while it waits
#define SAMPLE_TRIES_MAX 16

static int rndr_get(uint64_t *value)
{
    for (unsigned int i = 0; i < TRIES_MAX; i++) {
        if (read_rndr(value)) {
            return ERR_NONE;
        }
    }
    return ERR_TIMEOUT;
}

// Whether the core has FEAT_RNG
static bool rndr_present(void)
{
    return ID_FIELD(read_id_aa64isar0_el1(), ID_AA64ISAR0_RNDR_SHIFT) != 0;
}

int common_rndr_sample(uint64_t *value)
{
    *value = 0;
    if (!rndr_present()) {
        return ERR_NOT_SUPPORTED;
    }
    for (unsigned int i = 0; i < SAMPLE_TRIES_MAX; i++) {
        if (read_rndrrs(value)) {
            return ERR_NONE;
        }
    }
    *value = 0;
    return ERR_TIMEOUT;
}

int common_rndr_fill(void *buf, size_t len)
{
    uint8_t *out = buf;
    uint64_t value = 0;
    int result = ERR_NONE;

    memset(buf, 0, len);
    if (!rndr_present()) {
        return ERR_NOT_SUPPORTED;
    }
    for (size_t done = 0; done < len && result == ERR_NONE; done += sizeof(value)) {
        size_t part = len - done < sizeof(value) ? len - done : sizeof(value);

        result = rndr_get(&value);
        memcpy(out + done, &value, part);
    }
    memory_wipe(&value, sizeof(value));
    if (result != ERR_NONE) {
        memory_wipe(buf, len);
    }
    return result;
}
