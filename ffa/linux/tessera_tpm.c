// SPDX-License-Identifier: (BSD-3-Clause OR GPL-2.0-only)
/*
 * The TPM of the secure world as Linux's TPM: /dev/tpm0, /dev/tpmrm0, event log in securityfs, hwrng, IMA where this driver is
 * built in. A platform driver for the device tree's node "tessera,tpm-crb-ffa": reg is the pages of the command response buffer,
 * linux,sml-base and linux,sml-size the event log, which the TPM core publishes.
 *
 * The TPM core has one command at a time executed (tpm_mutex), sends TPM2_Shutdown before suspend, reset and kexec and when the
 * driver goes, and takes locality 0 for each command: in between the secure world's localities may have the TPM, and nothing
 * stands in the pages. Commands are executed inside of send(): a long one is preempted by this kernel's interrupts
 * (tessera_main.c), and cancelled when its caller is killed.
 *
 * Trusts the device tree, which is the firmware's. What the TPM answers is the TPM core's to check; its length is ours.
 */
#include <linux/cdev.h>
#include <linux/fs.h>
#include <linux/hw_random.h>
#include <linux/jiffies.h>
#include <linux/mod_devicetable.h>
#include <linux/module.h>
#include <linux/of.h>
#include <linux/platform_device.h>
#include <linux/pm.h>
#include <linux/rcupdate.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>
#include <linux/timer.h>
#include <linux/tpm.h>

#include "tessera.h"
#include "tessera_crb.h"

/* Exported for drivers, and declared only in drivers/char/tpm/tpm.h, which is not among the kernel's headers */
struct tpm_chip *tpmm_chip_alloc(struct device *dev, const struct tpm_class_ops *ops);
int tpm_chip_register(struct tpm_chip *chip);
void tpm_chip_unregister(struct tpm_chip *chip);
int tpm_pm_suspend(struct device *dev);
int tpm_pm_resume(struct device *dev);

#define WATCH_INTERVAL (HZ / 10)

struct tessera_tpm {
	struct tessera_crb crb;
	struct tpm_chip *chip;
	struct timer_list watch; /* runs while a command does */
	struct task_struct *caller; /* of that command */
	struct hwrng hwrng; /* where the TPM core has none */
};

/* --- Commands -------------------------------------------------------------------------------------------------------------- */

static struct tessera_tpm *tpm_of(struct tpm_chip *chip)
{
	return dev_get_drvdata(&chip->dev);
}

/* Whoever cannot wait for the end any more has the command cancelled; again and again, as the TPM looks at it at times only */
static void watch_caller(struct timer_list *timer)
{
	struct tessera_tpm *tpm = container_of(timer, struct tessera_tpm, watch);

	if (fatal_signal_pending(tpm->caller))
		tessera_crb_cancel(&tpm->crb);
	mod_timer(timer, jiffies + WATCH_INTERVAL);
}

static int __maybe_unused send_command(struct tpm_chip *chip, u8 *bytes, size_t size)
{
	struct tessera_tpm *tpm = tpm_of(chip);
	int error;

	tpm->caller = current;
	mod_timer(&tpm->watch, jiffies + (fatal_signal_pending(current) ? 1 : WATCH_INTERVAL)); /* killed in the queue */
	error = tessera_crb_send(&tpm->crb, bytes, size);
	timer_delete_sync(&tpm->watch);
	tpm->caller = NULL;
	return error;
}

/* The same for kernels whose TPM core also tells how large the buffer is */
static int __maybe_unused send_command_sized(struct tpm_chip *chip, u8 *bytes, size_t room, size_t size)
{
	return send_command(chip, bytes, size);
}

static int receive_response(struct tpm_chip *chip, u8 *bytes, size_t room)
{
	return tessera_crb_receive(&tpm_of(chip)->crb, bytes, room);
}

static void cancel_command(struct tpm_chip *chip)
{
	tessera_crb_cancel(&tpm_of(chip)->crb);
}

/* send_command() returns when the response is there */
static u8 status_of_command(struct tpm_chip *chip)
{
	return TPM_CRB_READY;
}

/* A cancelled command has a response, too */
static bool is_cancelled(struct tpm_chip *chip, u8 status)
{
	return status != TPM_CRB_READY;
}

static int request_locality(struct tpm_chip *chip, int locality)
{
	int error = tessera_crb_request(&tpm_of(chip)->crb, locality);

	return error ? error : locality;
}

/* The TPM wipes the page: no response stands in memory that is not the kernel's */
static int relinquish_locality(struct tpm_chip *chip, int locality)
{
	return tessera_crb_relinquish(&tpm_of(chip)->crb);
}

/* The prototype of send() has changed in the middle of a series: what counts is the kernel's own header */
typedef int (*send_without_room)(struct tpm_chip *chip, u8 *bytes, size_t size);
#define SEND_COMMAND                                                                                            \
	__builtin_choose_expr(__builtin_types_compatible_p(send_without_room,                                  \
							   typeof(((struct tpm_class_ops *)NULL)->send)),      \
			      send_command, send_command_sized)

static const struct tpm_class_ops tessera_tpm_ops = {
	.flags = TPM_OPS_AUTO_STARTUP,
	.req_complete_mask = TPM_CRB_READY,
	.req_complete_val = TPM_CRB_READY,
	.req_canceled = is_cancelled,
	.send = SEND_COMMAND,
	.recv = receive_response,
	.cancel = cancel_command,
	.status = status_of_command,
	.request_locality = request_locality,
	.relinquish_locality = relinquish_locality,
};

/* --- Users ----------------------------------------------------------------------------------------------------------------- */

/*
 * Who has /dev/tpm0 or /dev/tpmrm0 open holds this module. The TPM core survives a driver that goes, but its users do not: all
 * they did is lost, and modprobe -r says nothing. /dev/tpm0's owner is set before it exists. /dev/tpmrm0 is made, and
 * given to the core, inside of tpm_chip_register(): there a copy of the core's operations comes in between, that holds the
 * module from open() to release(). The copy's owner stays the core: fops_get() of older kernels (6.1) reads the pointer again
 * after it has taken the owner's reference, and what is given back must be what was taken, whichever of the two it found.
 */
static const struct file_operations *core_files; /* const from the first TPM on, as is the copy */
static struct file_operations rm_files;

/*
 * The file lets go of the module. The caller looks at its operations once more, for their owner: which is the same. What comes
 * after module_put(), here and there, release_resource_manager() waits for.
 */
static void rm_let_go(struct file *file)
{
	file->f_op = core_files;
	module_put(THIS_MODULE);
}

static int rm_open(struct inode *inode, struct file *file)
{
	int error;

	if (!try_module_get(THIS_MODULE)) {
		file->f_op = core_files;
		return -ENODEV;
	}
	error = core_files->open(inode, file);
	if (error)
		rm_let_go(file);
	return error;
}

static int rm_release(struct inode *inode, struct file *file)
{
	int error = core_files->release(inode, file);

	rm_let_go(file);
	return error;
}

static void hold_resource_manager(struct tessera_tpm *tpm)
{
	struct cdev *cdev = &tpm->chip->cdevs;

	if (!cdev->ops) /* the core makes none for a TPM that waits for its firmware */
		return;
	if (!core_files) {
		core_files = cdev->ops;
		rm_files = *core_files;
		rm_files.open = rm_open;
		rm_files.release = rm_release;
	}
	smp_store_release(&cdev->ops, &rm_files);
}

/* Only files that were opened before ours was there are still open: they keep the core's. */
static void release_resource_manager(struct tessera_tpm *tpm)
{
	if (!core_files)
		return;
	if (tpm->chip->cdevs.ops)
		smp_store_release(&tpm->chip->cdevs.ops, core_files);
	synchronize_rcu_tasks(); /* nobody is between the pointer and try_module_get(), or behind module_put() */
}

/* --- Random numbers -------------------------------------------------------------------------------------------------------- */

static int read_random(struct hwrng *hwrng, void *data, size_t max, bool wait)
{
	struct tessera_tpm *tpm = container_of(hwrng, struct tessera_tpm, hwrng);

	if (tpm->chip->flags & TPM_CHIP_FLAG_SUSPENDED) /* it has had its TPM2_Shutdown */
		return 0;
	return tpm_get_random(tpm->chip, data, max);
}

/* The TPM core does it itself with CONFIG_HW_RANDOM_TPM, which the kernels for clouds do not have */
static int add_hwrng(struct device *dev, struct tessera_tpm *tpm)
{
	if (IS_ENABLED(CONFIG_HW_RANDOM_TPM) || !IS_REACHABLE(CONFIG_HW_RANDOM))
		return 0;
	tpm->hwrng.name = "tessera-tpm";
	tpm->hwrng.read = read_random;
	return devm_hwrng_register(dev, &tpm->hwrng);
}

/* --- Driver ---------------------------------------------------------------------------------------------------------------- */

/*
 * The TPM core reads the log through the linear map without asking whether it is there. In a region with no-map that would be the
 * end of the kernel.
 */
static int check_event_log(struct device *dev)
{
	u64 base, page;
	u32 size;

	if (of_property_read_u64(dev->of_node, "linux,sml-base", &base) ||
	    of_property_read_u32(dev->of_node, "linux,sml-size", &size)) {
		dev_info(dev, "no event log: linux,sml-base and linux,sml-size are not in the device tree\n");
		return 0;
	}
	if (size == 0 || size > KMALLOC_MAX_SIZE || base > U64_MAX - size) { /* the core copies it to memory of one piece */
		dev_err(dev, "linux,sml-size: %#x bytes at %#llx\n", size, base);
		return -EINVAL;
	}
	for (page = ALIGN_DOWN(base, PAGE_SIZE); page < base + size; page += PAGE_SIZE) {
		if (!pfn_is_map_memory(PHYS_PFN(page))) {
			dev_err(dev, "linux,sml-base: %#llx is not memory that this kernel maps (is it no-map?)\n", page);
			return -EINVAL;
		}
	}
	return 0;
}

static int open_buffer(struct platform_device *pdev, struct tessera_tpm *tpm)
{
	struct device *dev = &pdev->dev;
	struct resource *reg;
	void __iomem *pages;
	int error;

	pages = devm_platform_get_and_ioremap_resource(pdev, 0, &reg);
	if (IS_ERR(pages))
		return dev_err_probe(dev, PTR_ERR(pages), "reg: the command response buffer cannot be mapped\n");
	if (resource_size(reg) < (TPM_CRB_LOCALITIES - 1) * TPM_CRB_PAGE) {
		dev_err(dev, "reg: %pr is smaller than a page for each locality\n", reg);
		return -EINVAL;
	}
	error = tessera_crb_open(&tpm->crb, dev, pages);
	if (error)
		return dev_err_probe(dev, error, "no TPM over FF-A of a version that is known\n");
	return 0;
}

static void remove_chip(void *data)
{
	struct tessera_tpm *tpm = data;
	struct device *dev = &tpm->chip->dev;

	release_resource_manager(tpm);
	/*
	 * Files that hold the core's operations may be in a command. tpm_chip_unregister() frees what that uses, the table of
	 * commands, before it waits for its end (since Linux 6.6, where device_del() does it); this here waits, and nobody
	 * begins another: the core's way for a machine that goes down.
	 */
	if (dev->class->shutdown_pre)
		dev->class->shutdown_pre(dev);
	tpm_chip_unregister(tpm->chip);
}

static int add_chip(struct device *dev, struct tessera_tpm *tpm)
{
	struct tpm_chip *chip = tpmm_chip_alloc(dev, &tessera_tpm_ops);
	int error;

	if (IS_ERR(chip))
		return PTR_ERR(chip);
	tpm->chip = chip;
	dev_set_drvdata(&chip->dev, tpm);
	chip->flags |= TPM_CHIP_FLAG_TPM2;
	chip->cdev.owner = THIS_MODULE;
	error = tpm_chip_register(chip);
	if (error) {
		dev_err(dev, "the TPM %s: %d\n",
			tessera_crb_has_failed(&tpm->crb) ? "is in failure mode, until the machine is reset" :
							    "cannot be registered",
			error);
		return error;
	}
	hold_resource_manager(tpm);
	return devm_add_action_or_reset(dev, remove_chip, tpm);
}

static int tessera_tpm_probe(struct platform_device *pdev)
{
	struct tessera_tpm *tpm = devm_kzalloc(&pdev->dev, sizeof(*tpm), GFP_KERNEL);
	int error;

	if (!tpm)
		return -ENOMEM;
	timer_setup(&tpm->watch, watch_caller, 0);
	error = check_event_log(&pdev->dev);
	if (!error)
		error = open_buffer(pdev, tpm);
	if (!error)
		error = add_chip(&pdev->dev, tpm);
	if (!error)
		error = add_hwrng(&pdev->dev, tpm);
	return error;
}

/* The core sends TPM2_Shutdown(STATE): the TPM goes on as it was, and if power is lost meanwhile, its start is an orderly one */
static DEFINE_SIMPLE_DEV_PM_OPS(tessera_tpm_pm, tpm_pm_suspend, tpm_pm_resume);

static const struct of_device_id tessera_tpm_match[] = {
	{ .compatible = "tessera,tpm-crb-ffa" },
	{},
};
MODULE_DEVICE_TABLE(of, tessera_tpm_match);

static struct platform_driver tessera_tpm_driver = {
	.driver = {
		.name = "tessera-tpm",
		.of_match_table = tessera_tpm_match,
		.pm = pm_sleep_ptr(&tessera_tpm_pm),
		.suppress_bind_attrs = true, /* it goes with the module only, which its users hold */
	},
	.probe = tessera_tpm_probe,
};

int tessera_tpm_init(void)
{
	return platform_driver_register(&tessera_tpm_driver);
}

void tessera_tpm_exit(void)
{
	platform_driver_unregister(&tessera_tpm_driver);
}
