// SPDX-License-Identifier: BSD-3-Clause
//
// Stands for the kernel's: see types.h.
#include <linux/types.h>
