// SPDX-License-Identifier: BSD-3-Clause
//
// Boots of the crypto service in unit tests: each is a child process that starts as the service does, on the storage that those before it
// left (crypto_fake.h); and persistent keys to fill it with, whose bytes are known.
#ifndef CRYPTO_BOOT_H
#define CRYPTO_BOOT_H

#include <stdbool.h>
#include <stdint.h>

#define BOOT_CUT 255 // exit status of a boot that ends with a power cut

// Group setup: starts the service, for the children to inherit. Test setup: nothing is stored.
int boot_setup(void **state);
int boot_clean(void **state);

// Runs `scene` after a fresh start, on what storage holds; a check that fails in it fails the test. Whether it came to its end (not: a
// power cut).
bool boot_run(void (*scene)(void));

// Persistent AES keys: a new one, one of known bytes, and operations with them; the service's status.
int32_t boot_generate(uint32_t id);
int32_t boot_import(uint32_t id);
int32_t boot_export(uint32_t id);
int32_t boot_purge(uint32_t id);

// The key is there and has the known bytes.
void boot_assert(uint32_t id);

// How many more keys SP1 may make; makes them, with ids from 1000 on.
uint32_t boot_count_room(void);

#endif
