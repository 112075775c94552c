// SPDX-License-Identifier: BSD-3-Clause
//
// boot_hash.h on OpenSSL, for tests of what is built on it: judged apart from the firmware's own implementation, and able
// to fail on demand.
#ifndef HASH_DOUBLE_H
#define HASH_DOUBLE_H

#include <stddef.h>

extern size_t hash_double_calls; // of boot_hash_make and boot_hmac_sha256 so far
extern size_t hash_double_fail;  // number of the call that fails with ERR_IO; 0: none

// No calls yet, none fails.
void hash_double_reset(void);

#endif
