// SPDX-License-Identifier: BSD-3-Clause
//
// Memory of libtpms, OpenSSL and the engine in unit tests, which is out when told to: what ftpm_memory.c takes for libc's, by its flags (ftpm.mk).
#ifndef FTPM_ALLOC_H
#define FTPM_ALLOC_H

#include <stdbool.h>
#include <stddef.h>

extern size_t alloc_calls;    // since alloc_fail()
extern size_t alloc_failures; // how many of them failed

// Before the first call of OpenSSL.
void alloc_begin(void);

// The allocation number `at` from now on fails (1 …; 0: none), or it and all after it.
void alloc_fail(size_t at, bool for_ever);

#endif
