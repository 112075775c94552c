// SPDX-License-Identifier: (BSD-3-Clause OR GPL-2.0-only)
/*
 * tessera.ko: the partitions of a Tessera firmware for Linux. This file: the module's life, the partitions, the device that shows
 * them. Starts one transport, then the users (tessera_tpm.c, tessera_tee.c); ends them the other way round.
 */
#include <linux/jiffies.h>
#include <linux/module.h>
#include <linux/moduleparam.h>
#include <linux/mutex.h>
#include <linux/platform_device.h>
#include <linux/slab.h>
#include <linux/sysfs.h>

#include "ts_rpc_abi.h"

#include "tessera.h"

#define NAP	(10 * HZ)	/* a task that slept longer would be reported as hung */

static bool wants_tee = true;
module_param_named(tee, wants_tee, bool, 0444);
MODULE_PARM_DESC(tee, "TEE devices for the Trusted Services partitions; off leaves these to the kernel's arm_tstee (default: on)");

static const struct tessera_transport *const transports[] = TESSERA_TRANSPORTS;
static const struct tessera_transport *transport;
static struct platform_device *device;

static LIST_HEAD(partitions);
static LIST_HEAD(gone);			/* by the bus; their users may not know yet */
static DEFINE_MUTEX(partitions_lock);	/* both lists: to read them */
static DEFINE_MUTEX(users_lock);	/* add() and remove() of users, before partitions_lock: both to change the lists */
static bool tee_ready;			/* under users_lock; never if nobody wants it */

bool tessera_wants_tee(void)
{
	return wants_tee;
}

struct device *tessera_device(void)
{
	return device ? &device->dev : NULL;
}

/* --- Partitions ------------------------------------------------------------------------------------------------------------ */

static bool has_uuid(const struct tessera_partition *partition, const u32 uuid[4])
{
	return !memcmp(partition->uuid, uuid, sizeof(partition->uuid));
}

static bool is_rpc(const struct tessera_partition *partition)
{
	static const u32 uuid[4] = TS_RPC_UUID;

	return has_uuid(partition, uuid);
}

/* Under users_lock. */
static void tell_tee(struct tessera_partition *partition)
{
	if (tee_ready && !partition->in_tee && is_rpc(partition))
		partition->in_tee = !tessera_tee_add(partition);
}

/* Under users_lock. */
static void untell_tee(struct tessera_partition *partition)
{
	if (partition->in_tee)
		tessera_tee_remove(partition);
	partition->in_tee = false;
}

/* Under partitions_lock. The same partition has one entry for each UUID, and one lock. */
static struct semaphore *lock_for(struct tessera_partition *partition)
{
	struct tessera_partition *p;

	list_for_each_entry(p, &partitions, node) {
		if (p->id == partition->id)
			return p->lock;
	}
	return &partition->own_lock;
}

int tessera_partition_add(u16 id, u32 properties, const u32 uuid[4], struct device *dev, void *transport_data,
			  struct tessera_partition **partition)
{
	struct tessera_partition *p = kzalloc(sizeof(*p), GFP_KERNEL);

	if (!p)
		return -ENOMEM;
	p->id = id;
	p->properties = properties;
	memcpy(p->uuid, uuid, sizeof(p->uuid));
	p->dev = get_device(dev ?: tessera_device());
	p->transport_data = transport_data;
	tessera_call_prepare(p);
	*partition = p;

	mutex_lock(&users_lock);
	mutex_lock(&partitions_lock);
	p->lock = lock_for(p);
	list_add_tail(&p->node, &partitions);
	mutex_unlock(&partitions_lock);
	tell_tee(p);
	mutex_unlock(&users_lock);
	return 0;
}

void tessera_partition_remove(struct tessera_partition *partition)
{
	mutex_lock(&users_lock);
	untell_tee(partition);
	mutex_lock(&partitions_lock);
	list_move_tail(&partition->node, &gone); /* nobody is told of it again */
	mutex_unlock(&partitions_lock);
	mutex_unlock(&users_lock);

	while (down_timeout(partition->lock, NAP))
		; /* whoever is in a call of it comes out first */
	partition->gone = true;
	up(partition->lock);
}

static struct tessera_partition *partition_of(const u32 uuid[4])
{
	struct tessera_partition *p, *found = NULL;

	mutex_lock(&partitions_lock);
	list_for_each_entry(p, &partitions, node) {
		if (has_uuid(p, uuid)) {
			found = p;
			break;
		}
	}
	mutex_unlock(&partitions_lock);
	return found;
}

int tessera_find(const u32 uuid[4], struct tessera_partition **partition)
{
	struct tessera_partition *found;
	int error;

	if (!transport)
		return -EPROBE_DEFER;
	found = partition_of(uuid);
	if (!found && transport->find) {
		error = transport->find(uuid);
		if (error)
			return error;
		found = partition_of(uuid);
	}
	if (!found)
		return -ENODEV;
	*partition = found;
	return 0;
}

/* --- The module's device --------------------------------------------------------------------------------------------------- */

#define COUNTER(name, read)                                                                                                     \
	static ssize_t name##_show(struct device *dev, struct device_attribute *attribute, char *buffer)                       \
	{                                                                                                                       \
		return sysfs_emit(buffer, "%lld\n", (long long)(read));                                                         \
	}                                                                                                                       \
	static DEVICE_ATTR_RO(name)

COUNTER(calls, atomic64_read(&tessera_counters.calls));
COUNTER(interruptions, atomic64_read(&tessera_counters.interruptions));
COUNTER(busy, atomic64_read(&tessera_counters.busy));
COUNTER(shared_pages, atomic_long_read(&tessera_counters.shared_pages));
COUNTER(lost_pages, atomic_long_read(&tessera_counters.lost_pages));

static ssize_t transport_show(struct device *dev, struct device_attribute *attribute, char *buffer)
{
	return sysfs_emit(buffer, "%s\n", transport ? transport->name : "none");
}
static DEVICE_ATTR_RO(transport);

static ssize_t version_show(struct device *dev, struct device_attribute *attribute, char *buffer)
{
	u32 version = transport ? transport->version() : 0;

	return sysfs_emit(buffer, "%u.%u\n", version >> 16, version & 0xffff);
}
static DEVICE_ATTR_RO(version);

static ssize_t partitions_show(struct device *dev, struct device_attribute *attribute, char *buffer)
{
	struct tessera_partition *p;
	ssize_t size = 0;

	mutex_lock(&partitions_lock);
	list_for_each_entry(p, &partitions, node)
		size += sysfs_emit_at(buffer, size, "%04x %08x-%08x-%08x-%08x\n", p->id, swab32(p->uuid[0]),
				      swab32(p->uuid[1]), swab32(p->uuid[2]), swab32(p->uuid[3]));
	mutex_unlock(&partitions_lock);
	return size;
}
static DEVICE_ATTR_RO(partitions);

static struct attribute *tessera_attrs[] = {
	&dev_attr_version.attr,	      &dev_attr_transport.attr, &dev_attr_partitions.attr,   &dev_attr_calls.attr,
	&dev_attr_interruptions.attr, &dev_attr_busy.attr,	&dev_attr_shared_pages.attr, &dev_attr_lost_pages.attr,
	NULL,
};
ATTRIBUTE_GROUPS(tessera);

static int tessera_probe(struct platform_device *pdev)
{
	return 0;
}

static void tell_tee_of_shutdown(void)
{
	struct tessera_partition *p;

	mutex_lock(&users_lock);
	list_for_each_entry(p, &partitions, node) {
		if (p->in_tee)
			tessera_tee_shutdown(p);
	}
	mutex_unlock(&users_lock);
}

/*
 * Reboot, power-off and kexec, after all devices that were made on top: the next kernel must find nothing mapped and nothing
 * shared. Processes may still be there and make calls: they are refused from here on.
 */
static void tessera_shutdown(struct platform_device *pdev)
{
	if (!transport)
		return;
	tell_tee_of_shutdown();
	if (tessera_call_close())
		tessera_mem_reclaim_all();
	else
		dev_err(&pdev->dev, "a partition does not answer: what it shares stays with it\n");
	transport->shutdown();
}

static struct platform_driver tessera_driver = {
	.probe = tessera_probe,
	.shutdown = tessera_shutdown,
	.driver = {
		.name = "tessera",
		.dev_groups = tessera_groups,
		.suppress_bind_attrs = true,
	},
};

/* --- Module ---------------------------------------------------------------------------------------------------------------- */

static void tee_start(void)
{
	struct tessera_partition *p;

	mutex_lock(&users_lock);
	tee_ready = wants_tee;
	list_for_each_entry(p, &partitions, node)
		tell_tee(p);
	mutex_unlock(&users_lock);
}

static void tee_stop(void)
{
	struct tessera_partition *p;

	mutex_lock(&users_lock);
	tee_ready = false;
	list_for_each_entry(p, &partitions, node)
		untell_tee(p);
	mutex_unlock(&users_lock);
	tessera_tee_exit();
}

/* One may have the lock of another: all are at rest before the first is freed. */
static void free_partitions(void)
{
	struct tessera_partition *p, *next;
	LIST_HEAD(all);

	mutex_lock(&users_lock);
	mutex_lock(&partitions_lock);
	list_splice_init(&partitions, &all);
	list_splice_init(&gone, &all);
	mutex_unlock(&partitions_lock);
	mutex_unlock(&users_lock);
	list_for_each_entry(p, &all, node)
		tessera_flush(p);
	list_for_each_entry_safe(p, next, &all, node) {
		put_device(p->dev);
		kfree(p);
	}
}

static int users_start(void)
{
	int error = tessera_tee_init();

	if (error)
		return error;
	tee_start();
	error = tessera_tpm_init();
	if (error)
		tee_stop();
	return error;
}

static int transport_start(void)
{
	size_t i;
	int error = -ENODEV;

	for (i = 0; i < ARRAY_SIZE(transports) && error == -ENODEV; i++) {
		transport = transports[i];
		tessera_call_open(transport);
		error = transport->start();
		if (error)
			free_partitions(); /* that it had found before */
	}
	if (error)
		transport = NULL;
	return error;
}

static void transport_stop(void)
{
	struct tessera_partition *p;

	mutex_lock(&users_lock);
	list_for_each_entry(p, &partitions, node)
		tessera_flush(p);
	mutex_unlock(&users_lock);
	tessera_mem_exit();
	transport->stop();
	free_partitions();
}

static int device_start(void)
{
	int error = platform_driver_register(&tessera_driver);

	if (error)
		return error;
	device = platform_device_register_simple("tessera", PLATFORM_DEVID_NONE, NULL, 0);
	if (!IS_ERR(device))
		return 0;
	platform_driver_unregister(&tessera_driver);
	return PTR_ERR(device);
}

static void device_stop(void)
{
	platform_device_unregister(device);
	platform_driver_unregister(&tessera_driver);
}

static int __init tessera_init(void)
{
	int error;

	error = tessera_call_init();
	if (error)
		return error;
	error = device_start();
	if (error)
		goto no_device;
	error = transport_start();
	if (error) {
		if (error == -ENODEV)
			dev_info(&device->dev, "no FF-A in this firmware\n");
		goto no_transport;
	}
	error = users_start();
	if (error)
		goto no_users;
	return 0;

no_users:
	transport_stop();
no_transport:
	device_stop();
no_device:
	tessera_call_exit();
	return error;
}

static void __exit tessera_exit(void)
{
	tessera_tpm_exit();
	tee_stop();
	transport_stop();
	device_stop();
	tessera_call_exit();
}

module_init(tessera_init);
module_exit(tessera_exit);
MODULE_LICENSE("Dual BSD/GPL");
MODULE_DESCRIPTION("Tessera secure world: TPM and Trusted Services");
MODULE_SOFTDEP("pre: ffa-module");
