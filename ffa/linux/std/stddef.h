/* SPDX-License-Identifier: (BSD-3-Clause OR GPL-2.0-only) */
/* For headers that the kernel shares with firmware and programs (ffa/abi): the kernel has no <stddef.h>. */
#include <linux/stddef.h>
