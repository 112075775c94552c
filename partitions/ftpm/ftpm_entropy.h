// SPDX-License-Identifier: BSD-3-Clause
//
// Entropy for libtpms' and OpenSSL's generators: the seed that the board's entropy gave this partition at boot, drawn out by SHA-512, and in
// each step the core's own random numbers where it has them. So neither has to be trusted alone. Called by posix_shim.c for
// getrandom(); pure.
#ifndef FTPM_ENTROPY_H
#define FTPM_ENTROPY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "errors.h"

#define FTPM_ENTROPY_SEED_SIZE 48

// Begins with `seed`, full of entropy, and wipes it. `more` reads a random number of the core (false: it had none in time); NULL: it has no
// such thing. CT: secrets; no branch depends on them.
void ftpm_entropy_begin(uint8_t seed[FTPM_ENTROPY_SEED_SIZE], bool (*more)(uint64_t *value));

// `len` bytes to `buf`. What was given before cannot be computed from what is kept after. ERR_IO: the core's source is broken, or the hash;
// `buf` is zero then. CT: as above.
MUST_CHECK int ftpm_entropy_read(uint8_t *buf, size_t len);

#endif
