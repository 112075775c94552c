// SPDX-License-Identifier: (BSD-3-Clause OR GPL-2.0-only)
/*
 * Memory that partitions share: pages of this kernel, shared by FF-A and retrieved by Trusted Services RPC. Called by
 * tessera_tee.c, at the end by tessera_main.c. Pages that a partition does not give back are never used for anything else.
 */
#include <linux/gfp.h>
#include <linux/mm.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/workqueue.h>

#include "ts_rpc_abi.h"

#include "tessera.h"

#define SIZE_MAX_SHARED	SZ_1M		/* of one piece; what may be shared in all is the firmware's to say */
#define RETRY_INTERVAL	(10 * HZ)

static void retry(struct work_struct *work);

static LIST_HEAD(shared);
static LIST_HEAD(lost);		/* its users have let go of it, the partition has not */
static DEFINE_MUTEX(lock);	/* both lists; nobody waits for a partition under it, but for the shutdown */
static DECLARE_DELAYED_WORK(retry_work, retry);

static long pages_of(const struct tessera_memory *memory)
{
	return memory->size / TESSERA_PAGE;
}

static void free_memory(struct tessera_memory *memory)
{
	memzero_explicit(memory->base, memory->size);
	free_pages_exact(memory->base, memory->size);
	kfree(memory);
}

static int manage(const struct tessera_memory *memory, u32 opcode, enum tessera_wait wait)
{
	u32 w[4] = { lower_32_bits(memory->handle), upper_32_bits(memory->handle) };

	return tessera_manage(memory->partition, opcode, w, wait);
}

/*
 * Whether the partition answers does not matter: one that has died, or been started anew, has nothing any more, and what it
 * still has FF-A does not give back. 0: it is ours again.
 */
static int take_back(struct tessera_memory *memory)
{
	int ignored = manage(memory, TS_RPC_OP_RELINQUISH, TESSERA_UNINTERRUPTIBLE);
	int error;

	(void)ignored;
	error = tessera_ffa_reclaim(memory->partition, memory->handle);
	if (!error)
		atomic_long_sub(pages_of(memory), &tessera_counters.shared_pages);
	return error;
}

static struct tessera_memory *allocate(size_t size)
{
	struct tessera_memory *memory = kzalloc(sizeof(*memory), GFP_KERNEL);

	if (!memory)
		return NULL;
	memory->size = PAGE_ALIGN(size);
	memory->base = alloc_pages_exact(memory->size, GFP_KERNEL | __GFP_ZERO | __GFP_NOWARN);
	if (!memory->base) {
		kfree(memory);
		return NULL;
	}
	return memory;
}

int tessera_share(struct tessera_partition *partition, size_t size, enum tessera_wait wait, struct tessera_memory **memory)
{
	struct tessera_memory *m;
	int error;

	if (!size)
		return -EINVAL;
	m = size <= SIZE_MAX_SHARED ? allocate(size) : NULL;
	if (!m)
		return -ENOMEM;
	m->partition = partition;
	error = tessera_ffa_share(partition, m->base, m->size, &m->handle);
	if (error) {
		free_memory(m);
		return error;
	}
	atomic_long_add(pages_of(m), &tessera_counters.shared_pages);
	mutex_lock(&lock);
	list_add_tail(&m->node, &shared);
	mutex_unlock(&lock);

	error = manage(m, TS_RPC_OP_RETRIEVE, wait);
	if (error)
		tessera_unshare(m);
	else
		*memory = m;
	return error;
}

/* Under lock. From here on it is retry()'s, which may free it as soon as the lock is given. */
static void lose(struct tessera_memory *memory, int error)
{
	dev_warn_ratelimited(memory->partition->dev, "%ld pages do not come back (%d), later again\n", pages_of(memory), error);
	list_move_tail(&memory->node, &lost);
	atomic_long_add(pages_of(memory), &tessera_counters.lost_pages);
	queue_delayed_work(tessera_workers(), &retry_work, RETRY_INTERVAL);
}

void tessera_unshare(struct tessera_memory *memory)
{
	int error;

	if (!memory)
		return;
	error = take_back(memory);
	mutex_lock(&lock);
	if (memory->reclaimed) /* by the shutdown, before or meanwhile */
		error = 0;
	if (error)
		lose(memory, error);
	else
		list_del(&memory->node);
	mutex_unlock(&lock);
	if (!error)
		free_memory(memory);
}

/*
 * What came back is freed. One at a time: by retry() or, when that does not run any more, at the end. Nobody else waits
 * meanwhile: the partition may work for minutes.
 */
static void try_lost(void)
{
	struct tessera_memory *memory, *next;
	LIST_HEAD(tried);

	mutex_lock(&lock);
	list_splice_init(&lost, &tried);
	mutex_unlock(&lock);
	list_for_each_entry_safe(memory, next, &tried, node) {
		if (take_back(memory))
			continue;
		atomic_long_sub(pages_of(memory), &tessera_counters.lost_pages);
		list_del(&memory->node);
		free_memory(memory);
	}
	mutex_lock(&lock);
	list_splice(&tried, &lost);
	mutex_unlock(&lock);
}

static void retry(struct work_struct *work)
{
	try_lost();
	mutex_lock(&lock);
	if (!list_empty(&lost))
		queue_delayed_work(tessera_workers(), &retry_work, RETRY_INTERVAL);
	mutex_unlock(&lock);
}

/* All calls but this thread's are refused now. */
void tessera_mem_reclaim_all(void)
{
	struct tessera_memory *memory;

	cancel_delayed_work_sync(&retry_work);
	mutex_lock(&lock);
	list_for_each_entry(memory, &shared, node) {
		if (!memory->reclaimed)
			memory->reclaimed = !take_back(memory);
		if (!memory->reclaimed)
			dev_err(memory->partition->dev, "%ld pages do not come back\n", pages_of(memory));
	}
	mutex_unlock(&lock);
	try_lost();
}

void tessera_mem_exit(void)
{
	cancel_delayed_work_sync(&retry_work);
	WARN_ON(!list_empty(&shared));
	try_lost();
	if (!list_empty(&lost))
		pr_err("tessera: %ld pages are lost to partitions\n", atomic_long_read(&tessera_counters.lost_pages));
}
