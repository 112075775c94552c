// SPDX-License-Identifier: BSD-3-Clause
//
// What the benchmarks measure (accel_ops.c).
#ifndef ACCEL_OPS_H
#define ACCEL_OPS_H

#include <stdint.h>

// Runs an enum accel_op `rounds` times on `size` bytes of input. A key that it needs is made before, once. What it verifies is what
// the operation that signs has made last; what it decrypts, what the one that encrypts has made. The first status that is not
// PSA_SUCCESS, else that.
int accel_ops_run(uint64_t op, uint64_t size, uint64_t rounds);

#endif
