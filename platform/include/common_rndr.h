// SPDX-License-Identifier: BSD-3-Clause
//
// Random numbers of the core (FEAT_RNG), for boards whose cores may have it.
#ifndef COMMON_RNDR_H
#define COMMON_RNDR_H

#include <stddef.h>
#include <stdint.h>

#include "errors.h"

// Fills `buf` with `len` bytes of RNDR. Any EL ≥ 1. ERR_NOT_SUPPORTED: the core has none (buf is
// set to zeros); ERR_TIMEOUT: it gave none in many tries (buf is set to zeros). CT: no branch
// depends on the bytes.
MUST_CHECK int common_rndr_fill(void *buf, size_t len);

// Reads one RNDRRS: 64 bits of a generator that the core reseeds for it, as plat_trng_read() wants them. Any
// EL ≥ 1. ERR_NOT_SUPPORTED: the core has none; ERR_TIMEOUT: it has no entropy just now. *value is 0 then.
// CT: no branch depends on the value.
MUST_CHECK int common_rndr_sample(uint64_t *value);

#endif
