// SPDX-License-Identifier: (BSD-3-Clause OR GPL-2.0-only)
/*
 * FF-A over the kernel's own bus (arm_ffa). Called by tessera_main.c and tessera_mem.c. Binds to the partitions that speak
 * Trusted Services RPC, unless the kernel's tstee has them or is to have them (tessera_wants_tee()); uses that with the TPM
 * beside its driver tpm_crb_ffa, if that is there. Preemption is arm_ffa's business.
 *
 * The kernel's names for FF-A clash with those of ffa/abi: this file knows the kernel's only.
 */
#include <linux/arm_ffa.h>
#include <linux/kmod.h>
#include <linux/module.h>
#include <linux/notifier.h>
#include <linux/rwsem.h>
#include <linux/scatterlist.h>

#include "tessera.h"

static DECLARE_RWSEM(ops_lock);	/* held for reading in calls of the bus; it does not go meanwhile */

static const struct ffa_device_id ids[] = {
	{ UUID_INIT(0xbdcd76d7, 0x825e, 0x4751, 0x96, 0x3b, 0x86, 0xd4, 0xf8, 0x49, 0x43, 0xac) },	/* Trusted Services RPC */
	{}
};

static void words_of(const uuid_t *uuid, u32 words[4])
{
	memcpy(words, uuid->b, sizeof(uuid->b));
}

static struct ffa_device *device_of(const struct tessera_partition *partition)
{
	return partition->transport_data;
}

/* --- Calls ----------------------------------------------------------------------------------------------------------------- */

static int bus_direct(struct tessera_partition *partition, struct tessera_message *message, bool abandonable)
{
	struct ffa_device *dev = device_of(partition);
	struct ffa_send_direct_data data = { message->w[0], message->w[1], message->w[2], message->w[3], message->w[4] };
	int error = -ENODEV;

	down_read(&ops_lock);
	if (!partition->gone)
		error = dev->ops->msg_ops->sync_send_receive(dev, &data);
	up_read(&ops_lock);
	if (!error)
		*message = (struct tessera_message){ .w = { data.data0, data.data1, data.data2, data.data3, data.data4 } };
	return error == -EINTR ? -EIO : error; /* FF-A's "interrupted" has no meaning here, -EINTR has another */
}

static int bus_share(struct tessera_partition *partition, void *base, size_t size, u64 *handle)
{
	struct ffa_mem_region_attributes receiver = { .receiver = partition->id, .attrs = FFA_MEM_RW };
	struct ffa_device *dev = device_of(partition);
	struct scatterlist range;
	struct ffa_mem_ops_args args = { .use_txbuf = true, .nattrs = 1, .sg = &range, .attrs = &receiver };
	int error = -ENODEV;

	sg_init_one(&range, base, size);
	down_read(&ops_lock);
	if (!partition->gone)
		error = dev->ops->mem_ops->memory_share(&args);
	up_read(&ops_lock);
	if (!error)
		*handle = args.g_handle;
	return error;
}

static int bus_reclaim(struct tessera_partition *partition, u64 handle)
{
	int error = -ENODEV;

	down_read(&ops_lock);
	if (!partition->gone)
		error = device_of(partition)->ops->mem_ops->memory_reclaim(handle, 0);
	up_read(&ops_lock);
	return error;
}

/* --- Partitions ------------------------------------------------------------------------------------------------------------ */

static int add(struct ffa_device *dev, struct tessera_partition **partition)
{
	u32 words[4];

	words_of(&dev->uuid, words);
	return tessera_partition_add(dev->vm_id, dev->properties, words, &dev->dev, dev, partition);
}

static int bus_probe(struct ffa_device *dev)
{
	struct tessera_partition *partition;
	int error;

	dev->ops->msg_ops->mode_32bit_set(dev); /* the protocol has no other */
	error = add(dev, &partition);
	if (!error)
		ffa_dev_set_drvdata(dev, partition);
	return error;
}

static void bus_remove(struct ffa_device *dev)
{
	struct tessera_partition *partition = ffa_dev_get_drvdata(dev);

	tessera_partition_remove(partition);
	down_write(&ops_lock); /* nobody is inside with it any more */
	up_write(&ops_lock);
}

static struct ffa_driver driver = {
	.name = "tessera",
	.probe = bus_probe,
	.remove = bus_remove,
	.id_table = ids,
	.driver = { .suppress_bind_attrs = true },
};

/*
 * The partition with the TPM, which tpm_crb_ffa may have bound already: nothing of that driver stands in the way. Kept until the
 * bus takes it away.
 */
static struct {
	struct ffa_device *dev;
	struct tessera_partition *partition;
} found;

static int has_uuid(struct device *dev, const void *uuid)
{
	return uuid_equal(&to_ffa_dev(dev)->uuid, uuid);
}

static int bus_find(const u32 words[4])
{
	struct device *dev;
	uuid_t uuid;
	int error;

	memcpy(uuid.b, words, sizeof(uuid.b));
	dev = bus_find_device(&ffa_bus_type, NULL, &uuid, has_uuid);
	if (!dev)
		return -EPROBE_DEFER;
	error = found.dev ? -EBUSY : add(to_ffa_dev(dev), &found.partition);
	if (!error)
		found.dev = to_ffa_dev(dev);
	put_device(dev); /* the partition has a reference */
	return error;
}

static int bus_event(struct notifier_block *self, unsigned long event, void *data)
{
	if (event == BUS_NOTIFY_DEL_DEVICE && found.dev && data == &found.dev->dev) {
		tessera_partition_remove(found.partition);
		down_write(&ops_lock);
		up_write(&ops_lock);
		found.dev = NULL;
	}
	return NOTIFY_DONE;
}

static struct notifier_block events = { .notifier_call = bus_event };

/* --- Beginning and end ----------------------------------------------------------------------------------------------------- */

static int is_any(struct device *dev, const void *unused)
{
	return 1;
}

static bool has_devices(void)
{
	struct device *dev = bus_find_device(&ffa_bus_type, NULL, NULL, is_any);

	put_device(dev);
	return dev;
}

/* A bus without devices has no transport: its module was not loaded, or has found nothing. */
static int bus_start(void)
{
	int error;

	if (!has_devices())
		request_module("ffa-module");
	if (!has_devices())
		return -ENODEV;
	error = bus_register_notifier(&ffa_bus_type, &events);
	if (error)
		return error;
	if (!tessera_wants_tee())
		return 0;
	error = ffa_register(&driver);
	if (error)
		bus_unregister_notifier(&ffa_bus_type, &events);
	return error;
}

static void bus_stop(void)
{
	if (tessera_wants_tee())
		ffa_unregister(&driver);
	bus_unregister_notifier(&ffa_bus_type, &events);
	found.dev = NULL;
}

static void bus_shutdown(void)
{
}

static u32 bus_version(void)
{
	struct device *dev = bus_find_device(&ffa_bus_type, NULL, NULL, is_any);
	u32 version = dev ? to_ffa_dev(dev)->ops->info_ops->api_version_get() : 0;

	put_device(dev);
	return version;
}

const struct tessera_transport tessera_bus = {
	.name = "bus",
	.start = bus_start,
	.find = bus_find,
	.stop = bus_stop,
	.shutdown = bus_shutdown,
	.direct = bus_direct,
	.share = bus_share,
	.reclaim = bus_reclaim,
	.version = bus_version,
};
