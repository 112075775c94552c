// SPDX-License-Identifier: (BSD-3-Clause OR GPL-2.0-only)
/*
 * FF-A by SMC (or HVC, under a hypervisor that passes it on), for kernels that have no bus for it or whose bus found nothing.
 * Called by tessera_main.c and tessera_mem.c. FF-A 1.0 to 1.2. Nothing here belongs to a core: calls may begin on one and be
 * resumed on another, and cores may come and go.
 */
#include <linux/arm-smccc.h>
#include <linux/delay.h>
#include <linux/gfp.h>
#include <linux/io.h>
#include <linux/minmax.h>
#include <linux/sched/signal.h>

#include "ffa_abi.h"
#include "ffa_mem_abi.h"
#include "tpm_crb_abi.h"
#include "ts_rpc_abi.h"

#include "tessera.h"

#define YIELD_US	500	/* a partition that yields waits for something: not for an interrupt of this kernel */
#define REGS_PER_INFO	3	/* of FFA_PARTITION_INFO_GET_REGS, in x3 ... x17 */
#define INFOS_PER_CALL	5
#define UNSETTLED_MAX	16	/* partitions */

static void (*conduit)(const struct arm_smccc_1_2_regs *regs, struct arm_smccc_1_2_regs *result);
static u32 version;
static u16 own_id;
static struct {
	void *tx, *rx;
	unsigned int order;	/* of pages of this kernel, each */
	u32 pages;		/* of TESSERA_PAGE, each */
	struct mutex lock;	/* of what is in them, and of the calls that use them */
} buffers = {
	.lock = __MUTEX_INITIALIZER(buffers.lock),
};

static void ffa(struct arm_smccc_1_2_regs *regs)
{
	struct arm_smccc_1_2_regs result;

	conduit(regs, &result);
	*regs = result;
}

/* 0 when it is FFA_SUCCESS, else errno */
static int outcome(const struct arm_smccc_1_2_regs *regs)
{
	switch ((u32)regs->a0) {
	case FFA_SUCCESS_32:
	case FFA_SUCCESS_64:
		return 0;
	case FFA_ERROR:
		return tessera_errno(regs->a2);
	case (u32)SMCCC_RET_NOT_SUPPORTED:
		return -EOPNOTSUPP;
	default:
		return -EIO;
	}
}

/* --- Messages -------------------------------------------------------------------------------------------------------------- */

/*
 * One direct request, or FFA_RUN, and all the FFA_RUN that it takes. Before each the interrupt that ended the last one has been
 * handled: interrupts are enabled here. False: the caller is being killed, and *regs is the next FFA_RUN.
 */
static bool run_to_end(struct arm_smccc_1_2_regs *regs, bool abandonable)
{
	u32 target;

	ffa(regs);
	while ((u32)regs->a0 == FFA_INTERRUPT || (u32)regs->a0 == FFA_YIELD) {
		target = regs->a1;
		if ((u32)regs->a0 == FFA_INTERRUPT) {
			atomic64_inc(&tessera_counters.interruptions);
			cond_resched();
		} else {
			usleep_range(YIELD_US, 2 * YIELD_US);
		}
		*regs = (struct arm_smccc_1_2_regs){ .a0 = FFA_RUN, .a1 = target };
		if (abandonable && fatal_signal_pending(current))
			return false;
		ffa(regs);
	}
	return true;
}

static int smc_direct(struct tessera_partition *partition, struct tessera_message *message, bool abandonable)
{
	const u32 *w = message->w;
	struct arm_smccc_1_2_regs regs = { FFA_MSG_SEND_DIRECT_REQ_32, (u32)own_id << 16 | partition->id, 0, w[0], w[1],
					   w[2], w[3], w[4] };

	if (!run_to_end(&regs, abandonable))
		return -EINTR;
	if ((u32)regs.a0 != FFA_MSG_SEND_DIRECT_RESP_32)
		return outcome(&regs) ?: -EIO;
	if ((u32)regs.a1 != ((u32)partition->id << 16 | own_id))
		return -EIO;
	*message = (struct tessera_message){ .w = { regs.a3, regs.a4, regs.a5, regs.a6, regs.a7 } };
	return 0;
}

/* An unfinished call of this partition, to its end; the answer is dropped. */
static void smc_finish(struct tessera_partition *partition)
{
	struct arm_smccc_1_2_regs regs = { FFA_RUN, (u32)partition->id << 16 };

	(void)run_to_end(&regs, false);
}

/* --- Memory ---------------------------------------------------------------------------------------------------------------- */

static u32 append(u32 size, const void *part, u32 part_size)
{
	memcpy(buffers.tx + size, part, part_size);
	return size + part_size;
}

/* FFA_MEM_SHARE's descriptor in TX, in the negotiated version's format: one receiver, one range. Returns its size. */
static u32 describe(u16 receiver, phys_addr_t address, u32 page_count)
{
	u32 access_size = version >= FFA_VERSION_1_2 ? FFA_MEM_ACCESS_SIZE_1_2 : FFA_MEM_ACCESS_SIZE_1_0;
	const struct ffa_mem_transaction head = {
		.sender = own_id,
		.attributes = FFA_MEM_ATTR_NORMAL,
		.access_size = access_size,
		.access_count = 1,
		.access_offset = sizeof(head),
	};
	const struct ffa_mem_transaction_1_0 old_head = {
		.sender = own_id,
		.attributes = FFA_MEM_ATTR_NORMAL,
		.access_count = 1,
	};
	struct ffa_mem_access access = { .receiver = receiver, .permissions = FFA_MEM_DATA_RW };
	const struct ffa_mem_composite composite = { .page_count = page_count, .range_count = 1 };
	const struct ffa_mem_range range = { .address = address, .page_count = page_count };
	u32 size = version == FFA_VERSION_1_0 ? append(0, &old_head, sizeof(old_head)) : append(0, &head, sizeof(head));

	access.composite_offset = size + access_size;
	size = append(size, &access, access_size);
	size = append(size, &composite, sizeof(composite));
	return append(size, &range, sizeof(range));
}

static int smc_share(struct tessera_partition *partition, void *base, size_t size, u64 *handle)
{
	struct arm_smccc_1_2_regs regs = { FFA_MEM_SHARE_32 };
	int error;

	mutex_lock(&buffers.lock);
	regs.a1 = describe(partition->id, virt_to_phys(base), size / TESSERA_PAGE);
	regs.a2 = regs.a1;
	ffa(&regs);
	mutex_unlock(&buffers.lock);
	error = outcome(&regs);
	if (!error)
		*handle = (u32)regs.a2 | (u64)(u32)regs.a3 << 32;
	return error;
}

static int smc_reclaim(struct tessera_partition *partition, u64 handle)
{
	struct arm_smccc_1_2_regs regs = { FFA_MEM_RECLAIM, lower_32_bits(handle), upper_32_bits(handle) };

	ffa(&regs);
	return outcome(&regs);
}

/* --- Partitions ------------------------------------------------------------------------------------------------------------ */

static struct {
	u16 ids[UNSETTLED_MAX];
	unsigned int count;
} unsettled;

/* One turn of a partition. Whether it has to have more. */
static bool run_once(u16 id)
{
	struct arm_smccc_1_2_regs regs = { FFA_RUN, (u32)id << 16 };

	ffa(&regs);
	return (u32)regs.a0 == FFA_INTERRUPT || (u32)regs.a0 == FFA_YIELD;
}

/*
 * What a kernel before this one left unfinished when it crashed: the partition would be busy for ever. One that waits gets a
 * turn, and waits again. Several go on side by side: one may wait for another that works for a third.
 */
static void settle(void)
{
	unsigned int i, left;

	do {
		left = 0;
		for (i = 0; i < unsettled.count; i++)
			left += run_once(unsettled.ids[i]);
		if (left)
			usleep_range(YIELD_US, 2 * YIELD_US);
	} while (left && !fatal_signal_pending(current));
	unsettled.count = 0;
}

static int add(const struct ffa_partition_info *info, const u32 uuid[4])
{
	struct tessera_partition *partition;

	if (!(info->properties & FFA_PROP_DIRECT_RECV))
		return 0;
	if (unsettled.count == ARRAY_SIZE(unsettled.ids))
		settle();
	unsettled.ids[unsettled.count++] = info->id;
	return tessera_partition_add(info->id, info->properties, uuid, NULL, NULL, &partition);
}

/* Adds what one answer of FFA_PARTITION_INFO_GET_REGS to a query from @start tells. @next: where the next goes on, or 0. */
static int add_from_regs(const struct arm_smccc_1_2_regs *regs, const u32 uuid[4], u32 start, u32 *next)
{
	const unsigned long *words = &regs->a3;
	u32 last = regs->a2 & 0xffff;
	u32 current_index = regs->a2 >> 16 & 0xffff;
	struct ffa_partition_info info;
	int error = 0;
	u32 i;

	if (regs->a2 >> 48 != sizeof(info) || current_index < start || current_index > last ||
	    current_index - start >= INFOS_PER_CALL)
		return -EIO;
	for (i = 0; i <= current_index - start && !error; i++) {
		memcpy(&info, &words[i * REGS_PER_INFO], sizeof(info));
		error = add(&info, uuid);
	}
	*next = current_index == last ? 0 : current_index + 1;
	return error;
}

static int list_by_regs(const u32 uuid[4])
{
	struct arm_smccc_1_2_regs regs;
	u32 start = 0;
	u32 tag = 0;
	int error;

	do {
		regs = (struct arm_smccc_1_2_regs){ FFA_PARTITION_INFO_GET_REGS, uuid[0] | (u64)uuid[1] << 32,
						    uuid[2] | (u64)uuid[3] << 32, start | tag << 16 };
		ffa(&regs);
		error = outcome(&regs);
		if (!error)
			error = add_from_regs(&regs, uuid, start, &start);
		tag = regs.a2 >> 32 & 0xffff;
	} while (!error && start);
	return error;
}

/* FFA_PARTITION_INFO_GET, of every version: the list is in RX. */
static int list_by_rx(const u32 uuid[4])
{
	struct arm_smccc_1_2_regs regs = { FFA_PARTITION_INFO_GET, uuid[0], uuid[1], uuid[2], uuid[3] };
	struct ffa_partition_info info = { 0 };
	size_t room = (size_t)buffers.pages * TESSERA_PAGE;
	size_t count, size, i;
	int error;

	mutex_lock(&buffers.lock);
	ffa(&regs);
	error = outcome(&regs);
	if (error)
		goto out;
	count = (u32)regs.a2;
	size = version == FFA_VERSION_1_0 ? FFA_PARTITION_INFO_SIZE_1_0 : (u32)regs.a3;
	if (size < FFA_PARTITION_INFO_SIZE_1_0 || size > room || count > room / size)
		error = -EIO;
	for (i = 0; i < count && !error; i++) {
		memcpy(&info, buffers.rx + i * size, FFA_PARTITION_INFO_SIZE_1_0);
		error = add(&info, uuid);
	}
	regs = (struct arm_smccc_1_2_regs){ FFA_RX_RELEASE };
	ffa(&regs);
out:
	mutex_unlock(&buffers.lock);
	return error;
}

/* All partitions with one of the UUIDs that this module knows. None at all is no error. */
static int list_partitions(void)
{
	static const u32 uuids[][4] = { TS_RPC_UUID, TPM_CRB_UUID };
	size_t i;
	int error = 0;

	for (i = 0; i < ARRAY_SIZE(uuids) && !error; i++) {
		error = version >= FFA_VERSION_1_2 ? list_by_regs(uuids[i]) : -EOPNOTSUPP;
		if (error == -EOPNOTSUPP)
			error = list_by_rx(uuids[i]);
		if (error == -EINVAL) /* nobody has that UUID */
			error = 0;
	}
	if (!error)
		settle();
	return error;
}

/* --- Beginning and end ----------------------------------------------------------------------------------------------------- */

static bool ask_version(u32 wanted)
{
	struct arm_smccc_1_2_regs regs = { FFA_VERSION, wanted };

	ffa(&regs);
	if ((s32)regs.a0 < 0 || (u32)regs.a0 >> 16 != wanted >> 16)
		return false;
	version = min_t(u32, wanted, regs.a0);
	return true;
}

/* The highest that both know. Firmware may insist on the one that a kernel or boot loader before this one has chosen. */
static int negotiate(void)
{
	static const u32 known[] = { FFA_VERSION_1_2, FFA_VERSION_1_1, FFA_VERSION_1_0 };
	struct arm_smccc_1_2_regs regs = { FFA_ID_GET };
	size_t i = 0;
	int error;

	while (i < ARRAY_SIZE(known) && !(ask_version(known[i]) && version == known[i]))
		i++;
	if (i == ARRAY_SIZE(known))
		return -ENODEV;
	ffa(&regs);
	error = outcome(&regs);
	if (!error)
		own_id = regs.a2;
	return error;
}

static int choose_conduit(void)
{
	switch (arm_smccc_1_1_get_conduit()) {
	case SMCCC_CONDUIT_SMC:
		conduit = arm_smccc_1_2_smc;
		return 0;
	case SMCCC_CONDUIT_HVC:
		conduit = arm_smccc_1_2_hvc;
		return 0;
	default:
		return -ENODEV;
	}
}

static size_t buffer_granule(void)
{
	struct arm_smccc_1_2_regs regs = { FFA_FEATURES, FFA_RXTX_MAP_64 };

	ffa(&regs);
	if (outcome(&regs))
		return SZ_4K;
	switch (regs.a2 & 3) {
	case 1:
		return SZ_64K;
	case 2:
		return SZ_16K;
	default:
		return SZ_4K;
	}
}

static int unmap_buffers(void)
{
	struct arm_smccc_1_2_regs regs = { FFA_RXTX_UNMAP };

	ffa(&regs);
	return outcome(&regs);
}

static int map_once(void)
{
	struct arm_smccc_1_2_regs regs = { FFA_RXTX_MAP_64, virt_to_phys(buffers.tx), virt_to_phys(buffers.rx),
					   buffers.pages };

	ffa(&regs);
	return outcome(&regs);
}

/* There may be buffers already: of a kernel before this one, which crashed; or of this kernel's arm_ffa, which keeps them. */
static int map_buffers(void)
{
	int error = map_once();

	if (error == -EACCES && !IS_ENABLED(CONFIG_ARM_FFA_TRANSPORT) && !unmap_buffers())
		error = map_once();
	return error;
}

static void free_buffers(void)
{
	free_pages((unsigned long)buffers.tx, buffers.order);
	free_pages((unsigned long)buffers.rx, buffers.order);
	buffers.tx = NULL;
	buffers.rx = NULL;
}

static int make_buffers(void)
{
	size_t size = buffer_granule();
	int error = -ENOMEM;

	buffers.order = get_order(size);
	buffers.pages = size / TESSERA_PAGE;
	buffers.tx = (void *)__get_free_pages(GFP_KERNEL | __GFP_ZERO, buffers.order);
	buffers.rx = (void *)__get_free_pages(GFP_KERNEL | __GFP_ZERO, buffers.order);
	if (buffers.tx && buffers.rx)
		error = map_buffers();
	if (error)
		free_buffers();
	return error;
}

/* What the firmware still has mapped cannot be used for anything else. -EINVAL: it has nothing mapped. */
static bool let_go(void)
{
	int error = unmap_buffers();

	if (!error || error == -EINVAL)
		return true;
	pr_err("tessera: the firmware does not let go of the RX and TX buffers (%d)\n", error);
	return false;
}

static void smc_shutdown(void)
{
	(void)let_go();
}

static void smc_stop(void)
{
	if (let_go())
		free_buffers();
}

static int smc_start(void)
{
	int error = choose_conduit();

	if (!error)
		error = negotiate();
	if (!error)
		error = make_buffers();
	if (error)
		return error;
	error = list_partitions();
	if (error)
		smc_stop();
	return error;
}

static u32 smc_version(void)
{
	return version;
}

const struct tessera_transport tessera_smc = {
	.name = "smc",
	.start = smc_start,
	.stop = smc_stop,
	.shutdown = smc_shutdown,
	.direct = smc_direct,
	.finish = smc_finish,
	.share = smc_share,
	.reclaim = smc_reclaim,
	.version = smc_version,
};
