// SPDX-License-Identifier: BSD-3-Clause
//
// The rest of the module tessera.ko, for tests of one of its files alone: its counters and workers, and one partition.
#ifndef MODULE_FAKE_H
#define MODULE_FAKE_H

#include <linux/model.h>

#include "ffa/linux/tessera.h"

extern struct device device;
extern struct tessera_partition partition;
extern struct task_struct process; // the present one

// A kernel and a module that have just begun. The partition stays as it is.
void module_fake_start(void);

#endif
