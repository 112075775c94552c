// SPDX-License-Identifier: BSD-3-Clause
//
// PSA Protected Storage 1.0 (Arm IHI 0087), over the storage partition and the transport given to psa_client_connect().
// As psa/internal_trusted_storage.h, with numbers of its own, and with assets that are written in pieces.
#ifndef PSA_PROTECTED_STORAGE_H
#define PSA_PROTECTED_STORAGE_H

#include "error.h"
#include "storage_common.h"

#define PSA_PS_API_VERSION_MAJOR 1
#define PSA_PS_API_VERSION_MINOR 0

PSA_API_BEGIN

// What is said of all functions and of set, get, get_info and remove in psa/internal_trusted_storage.h holds here.

// Stores all of an asset.
psa_status_t psa_ps_set(psa_storage_uid_t uid, size_t data_length, const void *p_data,
                        psa_storage_create_flags_t create_flags);

// Reads a part of an asset.
psa_status_t psa_ps_get(psa_storage_uid_t uid, size_t data_offset, size_t data_size, void *p_data,
                        size_t *p_data_length);

// Capacity, size and flags of an asset.
psa_status_t psa_ps_get_info(psa_storage_uid_t uid, struct psa_storage_info_t *p_info);

// Removes an asset.
psa_status_t psa_ps_remove(psa_storage_uid_t uid);

// Makes an empty asset with room for `capacity` bytes (at most 64 KiB). PSA_ERROR_ALREADY_EXISTS; PSA_ERROR_NOT_SUPPORTED:
// unknown flags, or WRITE_ONCE; PSA_ERROR_INSUFFICIENT_STORAGE.
psa_status_t psa_ps_create(psa_storage_uid_t uid, size_t capacity,
                           psa_storage_create_flags_t create_flags);

// Writes `data_length` bytes at `data_offset`, which is at most the asset's size; the end at most its capacity: else
// PSA_ERROR_INVALID_ARGUMENT. PSA_ERROR_DOES_NOT_EXIST. More than the shared memory takes is written in several steps, each
// of which survives power cuts by itself; a failure leaves what was written before it.
psa_status_t psa_ps_set_extended(psa_storage_uid_t uid, size_t data_offset, size_t data_length,
                                 const void *p_data);

// What is offered beyond set, get, get_info and remove: PSA_STORAGE_SUPPORT_*; 0 if the partition does not answer.
uint32_t psa_ps_get_support(void);

PSA_API_END

#endif
