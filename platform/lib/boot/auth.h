// SPDX-License-Identifier: BSD-3-Clause
//
// The one place of the load sequence at which an image is verified and measured, in BL1 and BL2
// alike. Called by load_image (load.c) on the bytes that will run, in the memory they will run
// from, and by nothing else.
//
// In this build there is no chain of trust yet: every image is answered AUTH_NOT_VERIFIED, and the
// loaders accept exactly that and say so on the console. What comes into this function's place
// returns AUTH_REFUSED unless it proved the image.
#ifndef AUTH_H
#define AUTH_H

#include <stddef.h>
#include <stdint.h>

// Far apart in bits, so that neither a cleared nor a disturbed register is an acceptance.
enum auth_verdict {
    AUTH_REFUSED = 0,
    AUTH_NOT_VERIFIED = 0x5a3c96e1, // nobody checked: the build has no keys
};

// Judges the image `uuid` (16 raw bytes, as in the FIP) that lies at [base, base + size). Reads it
// only.
__attribute__((warn_unused_result)) enum auth_verdict auth_image(const uint8_t *uuid,
                                                                 const void *base, size_t size);

// One sentence for the console about what auth_image does in this build.
const char *auth_policy(void);

#endif
