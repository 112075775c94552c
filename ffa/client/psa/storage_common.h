// SPDX-License-Identifier: BSD-3-Clause
//
// What Internal Trusted Storage and Protected Storage share (Arm IHI 0087, PSA Secure Storage 1.0).
#ifndef PSA_STORAGE_COMMON_H
#define PSA_STORAGE_COMMON_H

#include <stddef.h>
#include <stdint.h>

#include "error.h"

typedef uint64_t psa_storage_uid_t; // 0 names nothing
typedef uint32_t psa_storage_create_flags_t;

#define PSA_STORAGE_FLAG_NONE 0u
#define PSA_STORAGE_FLAG_WRITE_ONCE (1u << 0)         // never changed, never removed
#define PSA_STORAGE_FLAG_NO_CONFIDENTIALITY (1u << 1) // need not be encrypted; is all the same
#define PSA_STORAGE_FLAG_NO_REPLAY_PROTECTION \
    (1u << 2) // may be an older version; is not all the same

// Bits of psa_ps_get_support()
#define PSA_STORAGE_SUPPORT_SET_EXTENDED (1u << 0)

struct psa_storage_info_t {
    size_t capacity; // bytes that the asset may have: its size, or what psa_ps_create() asked for
    size_t size;     // bytes that it has
    psa_storage_create_flags_t flags;
};

#endif
