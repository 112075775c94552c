// SPDX-License-Identifier: BSD-3-Clause
//
// For Mbed TLS's suite psa_its: the client's storage API instead of the library's, and assets instead of files where it cleans up.
#ifndef PSA_CRYPTO_ITS_H
#define PSA_CRYPTO_ITS_H

#include <stdio.h>

#include "psa/internal_trusted_storage.h"

// The suite passes NULL where it does not want to know the length; the standard lets an implementation refuse that
static inline psa_status_t psa_suite_its_get(psa_storage_uid_t uid, size_t offset, size_t size,
                                             void *data, size_t *length)
{
    size_t unused;

    return psa_its_get(uid, offset, size, data, length != NULL ? length : &unused);
}
#define psa_its_get(...) psa_suite_its_get(__VA_ARGS__)

// Removes the asset whose uid `name` begins with, in hexadecimal. 0, or -1: there is none.
int psa_suite_remove(const char *name);
#define remove(name) psa_suite_remove(name)

#endif
