// SPDX-License-Identifier: BSD-3-Clause
//
// PSA Internal Trusted Storage 1.0 (Arm IHI 0087), over the storage partition and the transport given to
// psa_client_connect(). Assets belong to the caller (FF-A endpoint and its client number); nobody else can name them.
// Whatever is set survives power cuts: an asset is wholly old or wholly new. Not thread-safe: one call at a time.
#ifndef PSA_INTERNAL_TRUSTED_STORAGE_H
#define PSA_INTERNAL_TRUSTED_STORAGE_H

#include "error.h"
#include "storage_common.h"

#define PSA_ITS_API_VERSION_MAJOR 1
#define PSA_ITS_API_VERSION_MINOR 0

PSA_API_BEGIN

// All functions: PSA_ERROR_INVALID_ARGUMENT: uid 0, or NULL where bytes are wanted; PSA_ERROR_STORAGE_FAILURE: the flash, or
// the partition that has it, does not work; PSA_ERROR_DATA_CORRUPT, PSA_ERROR_INVALID_SIGNATURE: the flash was damaged or
// tampered with; PSA_ERROR_BAD_STATE: before psa_client_connect(). Outputs are written on success only.

// Stores `data_length` bytes (at most 64 KiB, and what fits the shared memory: else PSA_ERROR_INSUFFICIENT_MEMORY; p_data
// may be NULL if 0) as `uid`, in the place of what is stored there. PSA_ERROR_NOT_PERMITTED: that is WRITE_ONCE;
// PSA_ERROR_NOT_SUPPORTED: unknown flags; PSA_ERROR_INSUFFICIENT_STORAGE: flash or quota are full, or it is larger than 64
// KiB.
psa_status_t psa_its_set(psa_storage_uid_t uid, size_t data_length, const void *p_data,
                         psa_storage_create_flags_t create_flags);

// Reads up to `data_size` bytes from `data_offset` of `uid` to `p_data`; *p_data_length: how many there were. Larger ones
// than the shared memory are read in pieces: an asset that changes meanwhile gives pieces of both versions.
// PSA_ERROR_DOES_NOT_EXIST; PSA_ERROR_INVALID_ARGUMENT: the offset is behind its end.
psa_status_t psa_its_get(psa_storage_uid_t uid, size_t data_offset, size_t data_size, void *p_data,
                         size_t *p_data_length);

// Size and flags of `uid`. PSA_ERROR_DOES_NOT_EXIST.
psa_status_t psa_its_get_info(psa_storage_uid_t uid, struct psa_storage_info_t *p_info);

// Removes `uid`. PSA_ERROR_DOES_NOT_EXIST; PSA_ERROR_NOT_PERMITTED: it is WRITE_ONCE.
psa_status_t psa_its_remove(psa_storage_uid_t uid);

PSA_API_END

#endif
