// SPDX-License-Identifier: BSD-3-Clause
//
// See module_fake.h.
#include "module_fake.h"

struct tessera_counters tessera_counters;
struct device device = { .name = "tessera" };
struct tessera_partition partition = { .id = 0x8003, .dev = &device };
struct task_struct process;
static struct workqueue_struct *workers;

struct workqueue_struct *tessera_workers(void)
{
    return workers;
}

void module_fake_start(void)
{
    memset(&fake, 0, sizeof(fake));
    memset(&tessera_counters, 0, sizeof(tessera_counters));
    process.killed = false;
    fake.task = &process;
    workers = alloc_workqueue("test", WQ_UNBOUND, 0);
}
