/* SPDX-License-Identifier: (BSD-3-Clause OR GPL-2.0-only) */
/*
 * Inner interface of tessera.ko: what its files say to each other.
 *
 *   tessera_main.c   module, partitions, the device that shows them
 *   tessera_call.c   calls: one at a time, waiting, abandoning, end of life; with tessera_mem.c the only caller of a transport
 *   tessera_smc.c    transport of our own, by SMC: kernels without an FF-A bus
 *   tessera_bus.c    transport over the kernel's arm_ffa
 *   tessera_mem.c    memory shared with partitions
 *   tessera_tee.c    user: TEE devices for partitions that speak Trusted Services RPC
 *   tessera_tpm.c    user: TPM chip, over the command response buffer of tessera_crb.c
 *
 * Errors are negative errno; those that FF-A gives are as the kernel's arm_ffa has them: -EOPNOTSUPP (not supported), -EINVAL
 * (invalid parameters, no such partition), -ENOMEM, -EBUSY, -EACCES (denied), -EAGAIN (retry), -ECANCELED (aborted:
 * the partition has died), -ENODATA; -EIO is an answer that breaks the protocol. On top: -ERESTARTSYS (a signal came while
 * the call waited: nothing has happened, the system call may be made again), -ESHUTDOWN (the machine goes down, or the
 * firmware is no longer there), -EPROBE_DEFER (the kernel's bus is not there yet).
 *
 * All functions may sleep, and are called without spinlocks, unless they say otherwise.
 */
#ifndef TESSERA_H
#define TESSERA_H

#include <linux/atomic.h>
#include <linux/device.h>
#include <linux/kconfig.h>
#include <linux/list.h>
#include <linux/semaphore.h>
#include <linux/types.h>
#include <linux/workqueue.h>

#define TESSERA_PAGE 4096 /* of FF-A, whatever PAGE_SIZE is */

struct tessera_transport;

/* A partition that takes direct requests. Owned by tessera_main.c; valid from add() or tessera_find() until remove() or exit. */
struct tessera_partition {
	struct list_head node;
	u16 id; /* of FF-A */
	u32 properties; /* FFA_PROP_*; 0 if the bus does not tell */
	u32 uuid[4]; /* FF-A's, words as in registers (ts_rpc_abi.h) */
	struct device *dev; /* parent for devices of this partition, and for dev_err() */
	struct semaphore *lock; /* one call at a time: partitions have one thread. Who abandons a call leaves it to the work */
	struct semaphore own_lock; /* that, unless the partition is there already, under another UUID */
	struct work_struct abandoned; /* sees an abandoned call to its end */
	bool gone; /* under lock: calls are -ENODEV */
	bool in_tee; /* tessera_tee_add() took it */
	void (*ended)(struct tessera_partition *partition); /* a user's, or NULL: an abandoned call has ended; under lock */
	void *transport_data; /* the transport's */
	void *user_data; /* tessera_tee.c's or tessera_tpm.c's */
};

/*
 * How a call waits for its turn, while the partition works for others. What the secure world has begun is seen to its end,
 * through preemption and signals, except that an abandonable call goes on without its caller.
 */
enum tessera_wait {
	TESSERA_INTERRUPTIBLE, /* any signal ends the waiting: on behalf of a process that can make its system call again */
	TESSERA_KILLABLE, /* only a fatal signal does */
	TESSERA_UNINTERRUPTIBLE, /* none does: the kernel's own calls, and those that clean up; see -EBUSY */
	TESSERA_ABANDONABLE, /* as KILLABLE; and once begun, a fatal signal lets the caller go: -EINTR, see ended() */
};

/* --- tessera_call.c -------------------------------------------------------------------------------------------------------- */

/*
 * Registers x3 ... x7 of FFA_MSG_SEND_DIRECT_REQ_32, and of its response: 32 bits each.
 */
struct tessera_message {
	u32 w[5];
};

/*
 * One direct request. Waits until the partition is free (see @wait; a partition that other partitions use can be busy, too),
 * and goes on with FFA_RUN, with interrupts and rescheduling in between, for as long as the partition works.
 * 0: *message is the response. Else it is unchanged, and -ECANCELED: the partition died in it; -EINTR, of an abandonable call
 * only: the caller is being killed, the call goes on, and partition->ended() tells when what it works on may be touched again
 * (over the kernel's bus this does not happen: calls are seen to their end); all others: nothing was done. -EBUSY, of an
 * uninterruptible call only: the partition has worked for other partitions for a minute, and no signal could end the waiting.
 */
int __must_check tessera_call(struct tessera_partition *partition, struct tessera_message *message, enum tessera_wait wait);

/*
 * Waits for the end of an abandoned call, ended() included. For remove(), when no call can begin any more.
 */
void tessera_flush(struct tessera_partition *partition);

/*
 * Trusted Services RPC (ts_rpc_abi.h) in such a message: @control is w3, w[0] ... w[3] are w4 ... w7 in and out. Errors as
 * tessera_call(), and -EIO: the answer is to another call. RPC status is the caller's to look at.
 */
int __must_check tessera_rpc(struct tessera_partition *partition, u32 control, u32 w[4], enum tessera_wait wait);
/* Such a management call that answers with a status only: 0, or -EREMOTEIO: refused. */
int __must_check tessera_manage(struct tessera_partition *partition, u32 opcode, u32 w[4], enum tessera_wait wait);

/*
 * FFA_MEM_SHARE of whole pages in one piece of the linear map, readable and writable; and FFA_MEM_RECLAIM. For tessera_mem.c.
 */
int __must_check tessera_ffa_share(struct tessera_partition *partition, void *base, size_t size, u64 *handle);
int __must_check tessera_ffa_reclaim(struct tessera_partition *partition, u64 handle);

/*
 * Threads that this module's works may keep for minutes: not bound to a core, and asleep when a partition is busy.
 */
struct workqueue_struct *tessera_workers(void);

/*
 * For tessera_main.c. Before the first call, and after the last; what calls go through; a new partition's locks.
 */
int __must_check tessera_call_init(void);
void tessera_call_exit(void);
void tessera_call_open(const struct tessera_transport *transport);
void tessera_call_prepare(struct tessera_partition *partition);
/* The machine goes down: from here on only this thread's calls are made, all others are -ESHUTDOWN. Whether all have ended. */
bool __must_check tessera_call_close(void);

/* --- tessera_main.c -------------------------------------------------------------------------------------------------------- */

/*
 * The first partition with FF-A's UUID @uuid. -ENODEV: there is none; -EPROBE_DEFER: it may still appear.
 */
int __must_check tessera_find(const u32 uuid[4], struct tessera_partition **partition);

/*
 * Module parameter "tee". false: no TEE device is made, and a transport that shares the partitions with others (the kernel's bus)
 * leaves those that speak Trusted Services RPC alone. Const since the module's load.
 */
bool tessera_wants_tee(void);

/*
 * The module's own device (/sys/devices/platform/tessera): it exists before each user's devices, so that it is shut down
 * after them.
 */
struct device *tessera_device(void);

/* --- tessera_mem.c --------------------------------------------------------------------------------------------------------- */

/* Memory of ours that a partition has retrieved, too. Owned by tessera_mem.c; its users own a reference: tessera_unshare(). */
struct tessera_memory {
	struct list_head node; /* of all that is shared */
	struct tessera_partition *partition;
	void *base; /* whole pages in one piece, of the linear map: virt_to_phys() and virt_to_page() may be used */
	size_t size; /* multiple of PAGE_SIZE */
	u64 handle; /* FF-A's */
	bool reclaimed; /* at shutdown: its user still has it */
};

/*
 * Allocates zeroed pages (the kernel's: they outlive the process that first needed them), shares them with a partition that
 * speaks Trusted Services RPC, readable and writable, and has it retrieve them. @size: bytes, not 0; rounded up to pages. -ENOMEM: here or there;
 * -EACCES, -EREMOTEIO: refused there; else as tessera_call(). Nothing stays shared after an error.
 */
int __must_check tessera_share(struct tessera_partition *partition, size_t size, enum tessera_wait wait,
			       struct tessera_memory **memory);

/*
 * The end of it: has the partition relinquish the memory, takes it back, wipes it, frees it. Waits for the partition, also when
 * the process has been killed: the caller sees to it that no long call is under way. Pages that the partition does not give
 * back are kept, tried again later, and counted (/sys/devices/platform/tessera/lost_pages); @memory is gone for the caller in
 * any case. NULL is fine.
 */
void tessera_unshare(struct tessera_memory *memory);

/* Called by tessera_main.c. At shutdown: takes back all that is shared; the pages stay, processes may have them mapped. */
void tessera_mem_reclaim_all(void);
/* At unload: nothing is in use; a last try for what partitions did not give back. */
void tessera_mem_exit(void);

/* --- Users: called by tessera_main.c --------------------------------------------------------------------------------------- */

/*
 * At module load, behind the transport; and at unload, before it ends, when nobody holds the module. They register drivers (the
 * TPM's: a platform driver for "tessera,tpm-crb-ffa"). After exit() no call is made.
 */
int __must_check tessera_tpm_init(void);
void tessera_tpm_exit(void);
int __must_check tessera_tee_init(void);
void tessera_tee_exit(void);

/*
 * A partition whose FF-A UUID is that of Trusted Services RPC is there: between tessera_tee_init() and tessera_tee_exit(), one
 * at a time. An error is logged by the callee (-ENODEV is none: it is the TPM), and the partition not removed later. remove():
 * it goes (module unload; the bus lost it): closes what is open, no calls after it.
 */
int __must_check tessera_tee_add(struct tessera_partition *partition);
void tessera_tee_remove(struct tessera_partition *partition);

/*
 * The machine goes down or another kernel is started; processes may still be there, calls still work. Ends what must not
 * outlive this kernel (clients' objects). Memory is taken back by tessera_main.c, afterwards.
 */
void tessera_tee_shutdown(struct tessera_partition *partition);

/* --- Transports: called by tessera_main.c and tessera_mem.c ---------------------------------------------------------------- */

struct tessera_transport {
	const char *name; /* "smc", "bus" */

	/* Begins; calls tessera_partition_add() for each partition, at once or later. -ENODEV: no FF-A there. */
	int (*start)(void);
	/* Looks again for partitions with FF-A's UUID @uuid: what is found is added. May be NULL: start() found all. */
	int (*find)(const u32 uuid[4]);
	/* Ends: no call is made any more, nothing is shared. Partitions are freed afterwards. */
	void (*stop)(void);
	/* The machine goes down: as stop(), but partitions stay in the lists. */
	void (*shutdown)(void);

	/*
	 * One direct request to its end, other than waiting for a busy partition: -EBUSY. Preemption is the transport's
	 * business. @message as tessera_call(). @abandonable: -EINTR when a fatal signal is pending while the partition is
	 * preempted; finish() then sees the call to its end and drops the answer. May ignore it, and have no finish().
	 */
	int (*direct)(struct tessera_partition *partition, struct tessera_message *message, bool abandonable);
	void (*finish)(struct tessera_partition *partition);

	/* FFA_MEM_SHARE of pages in one piece, FFA_MEM_RECLAIM. Any number of threads. */
	int (*share)(struct tessera_partition *partition, void *base, size_t size, u64 *handle);
	int (*reclaim)(struct tessera_partition *partition, u64 handle);

	u32 (*version)(void); /* FFA_VERSION_1_x in use */
};

extern const struct tessera_transport tessera_smc;
#if IS_REACHABLE(CONFIG_ARM_FFA_TRANSPORT)
extern const struct tessera_transport tessera_bus;
#define TESSERA_TRANSPORTS { &tessera_bus, &tessera_smc } /* the first that finds FF-A */
#else
#define TESSERA_TRANSPORTS { &tessera_smc }
#endif

/*
 * A partition came, or goes. From process context; one at a time is up to the caller. @dev: NULL stands for tessera_device().
 */
int __must_check tessera_partition_add(u16 id, u32 properties, const u32 uuid[4], struct device *dev, void *transport_data,
				       struct tessera_partition **partition);
void tessera_partition_remove(struct tessera_partition *partition);

/* Errno of a status of FFA_ERROR (w2). */
int tessera_errno(u32 ffa_status);

/* What happened, for /sys/devices/platform/tessera. From any context. */
struct tessera_counters {
	atomic64_t calls; /* direct requests that were answered */
	atomic64_t interruptions; /* by this kernel's interrupts; 0 over the bus, which does not tell */
	atomic64_t busy; /* refused because the partition worked for others */
	atomic_long_t shared_pages; /* of TESSERA_PAGE bytes, now */
	atomic_long_t lost_pages; /* of those, given back by their users and not by the partition, now */
};
extern struct tessera_counters tessera_counters;

#endif
