/* SPDX-License-Identifier: (BSD-3-Clause OR GPL-2.0-only) */
/* For headers that the kernel shares with firmware and programs (ffa/abi): the kernel has no <stdint.h>. */
#include <linux/types.h>
#include <linux/limits.h>

#ifndef UINT64_MAX
#define UINT64_MAX U64_MAX
#endif
