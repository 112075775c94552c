// SPDX-License-Identifier: BSD-3-Clause
//
// Stands for the kernel's: see model.h.
#include <linux/model.h>
