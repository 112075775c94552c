// SPDX-License-Identifier: (BSD-3-Clause OR GPL-2.0-only)
/*
 * The way of every call to a partition: one at a time for each, waiting while it works for others, until this kernel goes down.
 * Called by the module's users (tessera_tpm.c, tessera_tee.c, tessera_mem.c), opened and closed by tessera_main.c; calls one
 * transport. What a partition answers is passed on unchecked.
 */
#include <linux/jiffies.h>
#include <linux/sched/signal.h>
#include <linux/string.h>
#include <linux/wait.h>

#include "ffa_abi.h"
#include "ts_rpc_abi.h"

#include "tessera.h"

#define DRAIN_TIMEOUT	(60 * HZ)	/* at shutdown, for calls that the secure world has begun: RSA keys take longest */
#define NAP		(10 * HZ)
#define BUSY_TIMEOUT	(60 * HZ)	/* for a partition that works for other partitions: where no signal ends the waiting */
#define FLUSH_POLL	(HZ / 20)

static const struct tessera_transport *transport;
static struct workqueue_struct *workers;
static atomic_t calls_inside;
static struct task_struct *closer;	/* the machine goes down: only this task's calls go on */
static unsigned long closer_end;	/* jiffy until which it waits for partitions that are busy */

/*
 * Who waits for a partition: woken whenever any call ends, as that may have been what kept the partition busy. Partitions also
 * work for each other, of which this kernel does not hear: so waiting is bounded by one tick.
 */
static DECLARE_WAIT_QUEUE_HEAD(turn);
static atomic_t turns;

struct tessera_counters tessera_counters;

int tessera_errno(u32 ffa_status)
{
	switch ((s32)ffa_status) {
	case FFA_NOT_SUPPORTED:
		return -EOPNOTSUPP;
	case FFA_INVALID_PARAMETERS:
		return -EINVAL;
	case FFA_NO_MEMORY:
		return -ENOMEM;
	case FFA_BUSY:
		return -EBUSY;
	case FFA_DENIED:
		return -EACCES;
	case FFA_RETRY:
		return -EAGAIN;
	case FFA_ABORTED:
		return -ECANCELED;
	case FFA_NO_DATA:
		return -ENODATA;
	default:
		return -EIO;
	}
}

static bool is_closed(void)
{
	struct task_struct *task = READ_ONCE(closer);

	return task && task != current;
}

static void call_end(void)
{
	if (atomic_dec_and_test(&calls_inside) && READ_ONCE(closer))
		wake_up_all(&turn);
}

/* Either the closer sees this call, or this call sees the closer. */
static int call_begin(void)
{
	atomic_inc(&calls_inside);
	smp_mb__after_atomic();
	if (!is_closed())
		return 0;
	call_end();
	return -ESHUTDOWN;
}

static int lock_partition(struct tessera_partition *partition, enum tessera_wait wait)
{
	switch (wait) {
	case TESSERA_INTERRUPTIBLE:
		return down_interruptible(partition->lock) ? -ERESTARTSYS : 0;
	case TESSERA_KILLABLE:
	case TESSERA_ABANDONABLE:
		return down_killable(partition->lock) ? -ERESTARTSYS : 0;
	default:
		while (down_timeout(partition->lock, NAP)) /* a task that slept longer would be reported as hung */
			;
		return 0;
	}
}

/* Sleeps until a call has ended that had not at @seen, or a tick. -ERESTARTSYS: a signal. */
static int wait_turn(int seen, enum tessera_wait wait)
{
	long left;

	switch (wait) {
	case TESSERA_INTERRUPTIBLE:
		left = wait_event_interruptible_timeout(turn, atomic_read(&turns) != seen || is_closed(), 1);
		break;
	case TESSERA_KILLABLE:
	case TESSERA_ABANDONABLE:
		left = wait_event_killable_timeout(turn, atomic_read(&turns) != seen || is_closed(), 1);
		break;
	default:
		left = wait_event_timeout(turn, atomic_read(&turns) != seen || is_closed(), 1);
		break;
	}
	return left < 0 ? left : 0;
}

/* Whether a caller that no signal reaches has waited enough: a partition at fault must not stop a reboot */
static bool is_too_long(enum tessera_wait wait, unsigned long begin)
{
	unsigned long end = READ_ONCE(closer) ? closer_end : begin + BUSY_TIMEOUT;

	return wait == TESSERA_UNINTERRUPTIBLE && time_after(jiffies, end);
}

static void next_turn(void)
{
	atomic_inc(&turns);
	if (wq_has_sleeper(&turn))
		wake_up_all(&turn);
}

static int call_locked(struct tessera_partition *partition, struct tessera_message *message, enum tessera_wait wait)
{
	unsigned long begin = jiffies;
	struct tessera_message answer;
	int error, seen;

	for (;;) {
		if (is_closed())
			return -ESHUTDOWN;
		if (partition->gone)
			return -ENODEV;
		seen = atomic_read(&turns);
		answer = *message;
		error = transport->direct(partition, &answer, wait == TESSERA_ABANDONABLE);
		if (error != -EBUSY)
			break;
		atomic64_inc(&tessera_counters.busy);
		if (is_too_long(wait, begin))
			return error;
		error = wait_turn(seen, wait);
		if (error)
			return error;
	}
	if (error != -EINTR)
		next_turn();
	if (error)
		return error;
	atomic64_inc(&tessera_counters.calls);
	*message = answer;
	return 0;
}

/* Takes over from a caller of tessera_call() that is being killed: its lock, and its place inside. */
static void see_to_its_end(struct work_struct *work)
{
	struct tessera_partition *partition = container_of(work, struct tessera_partition, abandoned);

	transport->finish(partition);
	next_turn();
	if (partition->ended)
		partition->ended(partition);
	up(partition->lock);
	call_end();
}

/* flush_work() alone would be reported as hung after two minutes, which a key of 4096 bits may take */
void tessera_flush(struct tessera_partition *partition)
{
	while (work_busy(&partition->abandoned))
		schedule_timeout_idle(FLUSH_POLL);
	flush_work(&partition->abandoned);
}

struct workqueue_struct *tessera_workers(void)
{
	return workers;
}

int tessera_call(struct tessera_partition *partition, struct tessera_message *message, enum tessera_wait wait)
{
	int error;

	might_sleep();
	error = call_begin();
	if (error)
		return error;
	error = lock_partition(partition, wait);
	if (!error) {
		error = call_locked(partition, message, wait);
		if (error == -EINTR) {
			queue_work(workers, &partition->abandoned);
			return error;
		}
		up(partition->lock);
	}
	call_end();
	return error;
}

int tessera_rpc(struct tessera_partition *partition, u32 control, u32 w[4], enum tessera_wait wait)
{
	struct tessera_message message = { .w = { control, w[0], w[1], w[2], w[3] } };
	int error = tessera_call(partition, &message, wait);

	if (error)
		return error;
	if (message.w[0] != control)
		return -EIO;
	memcpy(w, &message.w[1], 4 * sizeof(w[0]));
	return 0;
}

int tessera_manage(struct tessera_partition *partition, u32 opcode, u32 w[4], enum tessera_wait wait)
{
	int error = tessera_rpc(partition, TS_RPC_INTERFACE_MANAGEMENT << TS_RPC_INTERFACE_SHIFT | opcode, w, wait);

	return !error && w[0] != TS_RPC_SUCCESS ? -EREMOTEIO : error;
}

int tessera_ffa_share(struct tessera_partition *partition, void *base, size_t size, u64 *handle)
{
	int error = call_begin();

	if (error)
		return error;
	error = transport->share(partition, base, size, handle);
	call_end();
	return error;
}

int tessera_ffa_reclaim(struct tessera_partition *partition, u64 handle)
{
	int error = call_begin();

	if (error)
		return error;
	error = transport->reclaim(partition, handle);
	call_end();
	return error;
}

/* --- Beginning and end ----------------------------------------------------------------------------------------------------- */

void tessera_call_prepare(struct tessera_partition *partition)
{
	sema_init(&partition->own_lock, 1);
	INIT_WORK(&partition->abandoned, see_to_its_end);
}

void tessera_call_open(const struct tessera_transport *through)
{
	transport = through;
}

bool tessera_call_close(void)
{
	bool ended;

	closer_end = jiffies + DRAIN_TIMEOUT + BUSY_TIMEOUT;
	WRITE_ONCE(closer, current);
	smp_mb(); /* see call_begin() */
	wake_up_all(&turn);
	ended = wait_event_timeout(turn, !atomic_read(&calls_inside), DRAIN_TIMEOUT);
	closer_end = jiffies + BUSY_TIMEOUT;
	return ended;
}

int tessera_call_init(void)
{
	workers = alloc_workqueue("tessera", WQ_UNBOUND, 0);
	return workers ? 0 : -ENOMEM;
}

void tessera_call_exit(void)
{
	destroy_workqueue(workers);
}
