// SPDX-License-Identifier: BSD-3-Clause
//
// What the crypto service stands on, for unit tests and fuzzers: PSA Internal Trusted Storage in memory, and calloc(). Both fail when they
// are told to.
#ifndef CRYPTO_FAKE_H
#define CRYPTO_FAKE_H

#include <psa/crypto.h>
#include <psa/internal_trusted_storage.h>
#include <stddef.h>

// In the place of calloc(): fails at call `crypto_fake_alloc_fails` from now (1: the next one) and at every later one if
// `crypto_fake_alloc_for_ever`; 0: never.
void *crypto_fake_calloc(size_t count, size_t size);
extern unsigned int crypto_fake_alloc_fails;
extern int crypto_fake_alloc_for_ever;
extern unsigned int crypto_fake_alloc_calls;    // counted
extern unsigned int crypto_fake_alloc_failures; // of them those that failed

// Storage: call `fails` from now (1: the next one) and, if `for_ever`, every later one answers `status`; 0: none does. Whether the first of
// them does its work all the same (a set, a remove): `does_it`.
struct crypto_fake_storage {
    unsigned int fails;
    int for_ever;
    int does_it;
    int has_failed;
    psa_status_t status;
    psa_storage_uid_t damaged; // an asset that cannot be read until it is set or removed; 0: none
    unsigned int calls;        // counted
    unsigned int writes;       // of them set and remove
};
extern struct crypto_fake_storage crypto_fake_storage;

// Forgets every asset, and that something is to fail. Assets are shared with child processes forked after this: a child is a boot.
void crypto_fake_reset(void);

// Assets that there are.
size_t crypto_fake_count(void);

// The bytes of asset `uid`, to be looked at or damaged; NULL: there is none. *size: how many.
unsigned char *crypto_fake_asset(psa_storage_uid_t uid, size_t *size);

#endif
