// SPDX-License-Identifier: (BSD-3-Clause OR GPL-2.0-only)
/*
 * TEE devices /dev/tee0 ...: one for each partition that speaks Trusted Services RPC. Their ioctls do what those of mainline's
 * tstee do (drivers/tee/tstee, Linux 6.10 and later), so that clients need not know which of the two is there. Trusts neither
 * the process behind an ioctl nor, further than lengths were checked, the partition.
 *
 * Unlike tstee it never shares a process's memory. What SHM_ALLOC gives stays in this kernel; each call copies the request to a
 * buffer that is shared with the partition for good, and the response back. A process that is killed leaves nothing behind in
 * the secure world that way, there can be as many as one likes, and what it writes during a call nobody sees.
 *
 * And it tells the partition whose call it is: the open file has a number, which w7 of its calls has as the instance
 * (ts_rpc_abi.h). When the file is closed, by whoever or whatever, the partition is told, and ends its operations and volatile
 * keys. One that knows no instances is told once the last file is closed; one of another maker is not told anything.
 */
#include <linux/bitmap.h>
#include <linux/err.h>
#include <linux/gfp.h>
#include <linux/minmax.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/semaphore.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/workqueue.h>
#include <linux/xarray.h>

#include "tessera.h"
#include "tessera_tee_kernel.h"
#include "ts_rpc_abi.h"

#define CLIENTS 1024 /* open files of a device; number 0 is not used */
#define SHM_MAX 0x40000 /* bytes: SP_RPC_MEMORY_MAX of Tessera's partitions */
#define BUFFERS 8 /* sizes of memory that are kept shared */
#define SHUTDOWN_WAIT_MS 10000 /* for the call that is under way: a key of 2048 bits; what takes longer is left alone */

struct tessera_tee {
	struct tessera_partition *partition;
	struct tee_device *device;
	struct tee_shm_pool pool;

	/*
	 * Whose turn it is to call the partition; no mutex, because a call that its process leaves is ended by another thread.
	 * It guards the buffers, and down.
	 */
	struct semaphore turn;
	struct tessera_memory *buffers[BUFFERS]; /* each of another size, the last one used first, then NULL */
	size_t used; /* bytes of buffers[0] that the call under way may have left something in */
	bool down;

	/* Clients: open files. Bits of numbers that are used, and of those among them whose file is closed, to be told */
	struct mutex clients_lock;
	DECLARE_BITMAP(clients, CLIENTS);
	DECLARE_BITMAP(gone, CLIENTS);
	struct work_struct gone_work;
	/* Const after tessera_tee_add(): what TS_RPC_OP_CLIENT_GONE knows there */
	bool knows_gone;
	bool knows_instances;
};

struct client {
	u32 number;
	struct xarray sessions; /* values: the service's interface in the partition */
};

static struct tessera_tee *tee_of(struct tee_context *ctx)
{
	return tee_get_drvdata(ctx->teedev);
}

/* --- Clients ---------------------------------------------------------------------------------------------------------------- */

/* w7 of the calls of a client */
static u32 client_word(const struct tessera_tee *tee, u32 number)
{
	return tee->knows_instances ? number << TS_RPC_INSTANCE_SHIFT : 0;
}

/* No signal ends the waiting: what the partition then did not hear would be the next client's. */
static int tell_gone(struct tessera_tee *tee, u32 word)
{
	u32 w[4] = { lower_32_bits(TS_RPC_NO_MEMORY), upper_32_bits(TS_RPC_NO_MEMORY), 0, word };
	int error = tessera_rpc(tee->partition, TS_RPC_OP_CLIENT_GONE, w, TESSERA_UNINTERRUPTIBLE);

	return error == 0 && w[0] != TS_RPC_SUCCESS ? -EREMOTEIO : error;
}

/* Whether nothing of the client is left: a partition that has died has lost all, and after the end nobody calls it */
static bool tell_instance(struct tessera_tee *tee, unsigned int number)
{
	int error = tee->knows_instances && !tee->down ? tell_gone(tee, client_word(tee, number)) : 0;

	if (error == 0 || error == -ECANCELED || error == -ESHUTDOWN || error == -ENODEV)
		return true;
	dev_warn_ratelimited(tee->partition->dev, "partition %#x keeps what client %u left: %d\n", tee->partition->id,
			     number, error);
	return false;
}

/* A number that the partition may have something of is not given to anybody else, but told again with the next. */
static void tell_instances(struct tessera_tee *tee)
{
	unsigned int number;
	bool is_free;

	for (number = 1; number < CLIENTS; number++) {
		mutex_lock(&tee->clients_lock);
		number = find_next_bit(tee->gone, CLIENTS, number);
		mutex_unlock(&tee->clients_lock);
		if (number >= CLIENTS)
			break;
		is_free = tell_instance(tee, number);
		if (!is_free)
			continue;
		mutex_lock(&tee->clients_lock);
		clear_bit(number, tee->gone);
		clear_bit(number, tee->clients);
		mutex_unlock(&tee->clients_lock);
	}
}

static void gone_work(struct work_struct *work)
{
	struct tessera_tee *tee = container_of(work, struct tessera_tee, gone_work);
	bool last;

	if (down_interruptible(&tee->turn)) /* never, in a kernel thread */
		return;
	tell_instances(tee);
	mutex_lock(&tee->clients_lock);
	last = bitmap_empty(tee->clients, CLIENTS);
	mutex_unlock(&tee->clients_lock);
	/* Whoever opens a file meanwhile makes its first call after this one */
	if (last && tee->knows_gone && !tee->knows_instances && !tee->down)
		(void)tell_gone(tee, 0);
	up(&tee->turn);
}

static int tee_open(struct tee_context *ctx)
{
	struct tessera_tee *tee = tee_of(ctx);
	struct client *client = kzalloc(sizeof(*client), GFP_KERNEL_ACCOUNT);

	if (!client)
		return -ENOMEM;
	xa_init_flags(&client->sessions, XA_FLAGS_ALLOC | XA_FLAGS_ACCOUNT);
	mutex_lock(&tee->clients_lock);
	client->number = find_next_zero_bit(tee->clients, CLIENTS, 1);
	if (client->number < CLIENTS)
		set_bit(client->number, tee->clients);
	mutex_unlock(&tee->clients_lock);
	if (client->number >= CLIENTS) {
		kfree(client);
		return -EMFILE;
	}
	ctx->data = client;
	return 0;
}

/* The last of the file and of its memory is closed. Partitions may be busy for minutes: nobody waits for that here. */
static void tee_release(struct tee_context *ctx)
{
	struct tessera_tee *tee = tee_of(ctx);
	struct client *client = ctx->data;

	if (!client)
		return;
	mutex_lock(&tee->clients_lock);
	set_bit(client->number, tee->gone);
	mutex_unlock(&tee->clients_lock);
	queue_work(tessera_workers(), &tee->gone_work);
	xa_destroy(&client->sessions);
	kfree(client);
	ctx->data = NULL;
}

/* --- Memory ----------------------------------------------------------------------------------------------------------------- */

static int shm_alloc(struct tee_shm_pool *pool, struct tee_shm *shm, size_t size, size_t align)
{
	void *pages;

	if (size == 0 || size > SHM_MAX || align > PAGE_SIZE)
		return -EINVAL;
	/* A file of the memory alone keeps the device; it must keep the module, too */
	if (!try_module_get(THIS_MODULE))
		return -ENODEV;
	size = PAGE_ALIGN(size);
	pages = alloc_pages_exact(size, GFP_KERNEL_ACCOUNT | __GFP_ZERO | __GFP_NOWARN);
	if (!pages) {
		module_put(THIS_MODULE);
		return -ENOMEM;
	}
	shm->kaddr = pages;
	shm->paddr = virt_to_phys(pages);
	shm->size = size;
	return 0;
}

static void shm_free(struct tee_shm_pool *pool, struct tee_shm *shm)
{
	memzero_explicit(shm->kaddr, shm->size);
	free_pages_exact(shm->kaddr, shm->size);
	shm->kaddr = NULL;
	/* Not the last that happens here, but tee_device_unregister() waits until the device is put as well */
	module_put(THIS_MODULE);
}

static void shm_destroy_pool(struct tee_shm_pool *pool)
{
}

static const struct tee_shm_pool_ops shm_pool_ops = {
	.alloc = shm_alloc,
	.free = shm_free,
	.destroy_pool = shm_destroy_pool,
};

/*
 * Under turn: has buffers[0] be one of @size bytes, a multiple of PAGE_SIZE: as much as the process has, because some services
 * look at that.
 */
static int get_buffer(struct tessera_tee *tee, size_t size)
{
	struct tessera_memory *found;
	unsigned int i = 0;
	int error;

	while (i < BUFFERS - 1 && tee->buffers[i] && tee->buffers[i]->size != size)
		i++;
	found = tee->buffers[i];
	if (!found || found->size != size) {
		tee->buffers[i] = NULL; /* the last of all places: the one that was not used for longest */
		tessera_unshare(found);
		error = tessera_share(tee->partition, size, TESSERA_KILLABLE, &found);
		if (error)
			return error;
	}
	memmove(tee->buffers + 1, tee->buffers, i * sizeof(tee->buffers[0]));
	tee->buffers[0] = found;
	return 0;
}

static void wipe_buffer(struct tessera_tee *tee)
{
	if (tee->used)
		memzero_explicit(tee->buffers[0]->base, tee->used);
	tee->used = 0;
}

/* Under turn, when nobody knows how much the partition has left there */
static void wipe_whole_buffer(struct tessera_tee *tee)
{
	tee->used = tee->buffers[0] ? tee->buffers[0]->size : 0;
	wipe_buffer(tee);
}

static void drop_buffers(struct tessera_tee *tee)
{
	unsigned int i;

	for (i = 0; i < BUFFERS; i++) {
		tessera_unshare(tee->buffers[i]);
		tee->buffers[i] = NULL;
	}
}

/* --- Calls ------------------------------------------------------------------------------------------------------------------ */

/* The call that its process has left is over: from a worker. */
static void call_ended(struct tessera_partition *partition)
{
	struct tessera_tee *tee = partition->user_data;

	wipe_whole_buffer(tee);
	up(&tee->turn);
}

static int tee_open_session(struct tee_context *ctx, struct tee_ioctl_open_session_arg *arg, struct tee_param *param)
{
	const u32 control = TS_RPC_INTERFACE_MANAGEMENT << TS_RPC_INTERFACE_SHIFT | TS_RPC_OP_SERVICE_INFO;
	struct tessera_tee *tee = tee_of(ctx);
	struct client *client = ctx->data;
	u32 session;
	u32 w[4];
	int error;

	BUILD_BUG_ON(sizeof(w) != sizeof(arg->uuid));
	memcpy(w, arg->uuid, sizeof(w));
	error = tessera_rpc(tee->partition, control, w, TESSERA_INTERRUPTIBLE);
	if (error)
		return error;
	if (w[0] != TS_RPC_SUCCESS)
		return -ENODEV;
	if (w[1] >= TS_RPC_INTERFACE_MANAGEMENT)
		return -EINVAL;
	error = xa_alloc(&client->sessions, &session, xa_mk_value(w[1]), xa_limit_31b, GFP_KERNEL_ACCOUNT);
	if (error)
		return error;
	arg->session = session;
	arg->ret = 0;
	return 0;
}

static int tee_close_session(struct tee_context *ctx, u32 session)
{
	struct client *client = ctx->data;

	return xa_erase(&client->sessions, session) ? 0 : -EINVAL;
}

struct request {
	struct tee_shm *shm; /* NULL: none */
	u32 control;
	u32 size;
	u32 client;
	/* Of the response */
	u32 status;
	u32 response_size;
};

/* Under turn. w: w4 ... w7 of the response. -EINTR: the call goes on without us, and so does the turn. */
static int send(struct tessera_tee *tee, const struct request *request, u32 w[4])
{
	u64 handle = TS_RPC_NO_MEMORY;
	int error;

	if (request->shm) {
		error = get_buffer(tee, request->shm->size);
		if (error)
			return error != -EINTR ? error : -EIO;
		handle = tee->buffers[0]->handle;
		memcpy(tee->buffers[0]->base, request->shm->kaddr, request->size);
		tee->used = request->size;
	}
	w[0] = lower_32_bits(handle);
	w[1] = upper_32_bits(handle);
	w[2] = request->size;
	w[3] = request->client;
	return tessera_rpc(tee->partition, request->control, w, TESSERA_ABANDONABLE);
}

/* Under turn, as send(); the response in the process's memory. */
static int call(struct tessera_tee *tee, struct request *request)
{
	struct tee_shm *shm = request->shm;
	u32 w[4];
	int error;

	if (tee->down)
		return -ESHUTDOWN;
	error = send(tee, request, w);
	if (!error && shm && w[0] == (u32)TS_RPC_NOT_FOUND) {
		/* A partition that was started again does not know the memory; it has not begun the call */
		wipe_buffer(tee);
		drop_buffers(tee);
		error = send(tee, request, w);
	}
	if (error)
		return error;
	if (w[0] != TS_RPC_SUCCESS)
		return -EINVAL; /* tstee's word for all of them */
	request->status = w[1];
	if (shm && w[2] > shm->size)
		return -EIO;
	request->response_size = shm ? w[2] : 0;
	if (shm) {
		memcpy(shm->kaddr, tee->buffers[0]->base, w[2]);
		tee->used = max_t(size_t, tee->used, w[2]);
	}
	return 0;
}

static int call_in_turn(struct tessera_tee *tee, struct request *request)
{
	int error = down_interruptible(&tee->turn);

	if (error)
		return -ERESTARTSYS;
	error = call(tee, request);
	if (error == -EINTR)
		return error;
	if (error)
		wipe_whole_buffer(tee);
	else
		wipe_buffer(tee);
	up(&tee->turn);
	return error;
}

static int tee_invoke(struct tee_context *ctx, struct tee_ioctl_invoke_arg *arg, struct tee_param *param)
{
	struct tessera_tee *tee = tee_of(ctx);
	struct client *client = ctx->data;
	struct request request = { .client = client_word(tee, client->number) };
	void *interface;
	u32 shm_id;
	int error;

	if (arg->num_params != 1 || param[0].attr != TEE_IOCTL_PARAM_ATTR_TYPE_VALUE_INOUT || param[0].u.value.c != 0)
		return -EINVAL;
	interface = xa_load(&client->sessions, arg->session);
	if (!interface)
		return -EINVAL;
	request.control = (u32)xa_to_value(interface) << TS_RPC_INTERFACE_SHIFT | (arg->func & TS_RPC_OPCODE_MASK);
	/* Of others' clients this driver speaks, not they themselves */
	if ((arg->func & TS_RPC_OPCODE_MASK) == TS_RPC_OP_CLIENT_GONE)
		return -EINVAL;
	shm_id = lower_32_bits(param[0].u.value.a);
	request.size = lower_32_bits(param[0].u.value.b);
	if (shm_id) {
		request.shm = tee_shm_get_from_id(ctx, shm_id);
		if (IS_ERR(request.shm))
			return PTR_ERR(request.shm);
	}
	error = request.size <= (request.shm ? request.shm->size : 0) ? call_in_turn(tee, &request) : -EINVAL;
	if (!error) {
		arg->ret = request.status;
		arg->ret_origin = 0;
		if (request.shm)
			param[0].u.value.a = request.response_size;
	}
	if (request.shm)
		tee_shm_put(request.shm);
	return error;
}

static void tee_get_version(struct tee_device *device, struct tee_ioctl_version_data *version)
{
	const struct tessera_tee *tee = tee_get_drvdata(device);

	*version = (struct tee_ioctl_version_data){
		.impl_id = TEE_IMPL_ID_TSTEE,
		.impl_caps = tee->partition->id,
	};
}

static const struct tee_driver_ops tee_ops = {
	.get_version = tee_get_version,
	.open = tee_open,
	.release = tee_release,
	.open_session = tee_open_session,
	.close_session = tee_close_session,
	.invoke_func = tee_invoke,
};

static const struct tee_desc tee_desc = {
	.name = "tessera-clnt",
	.ops = &tee_ops,
	.owner = THIS_MODULE,
};

/* --- Life ------------------------------------------------------------------------------------------------------------------- */

static int check_version(struct tessera_partition *partition)
{
	const u32 control = TS_RPC_INTERFACE_MANAGEMENT << TS_RPC_INTERFACE_SHIFT | TS_RPC_OP_VERSION;
	u32 w[4] = { 0 };
	int error = tessera_rpc(partition, control, w, TESSERA_UNINTERRUPTIBLE);

	if (error) {
		dev_err(partition->dev, "partition %#x: no answer: %d\n", partition->id, error);
		return error;
	}
	if (w[0] != TS_RPC_VERSION) {
		dev_err(partition->dev, "partition %#x: version %u of Trusted Services RPC, %u is known here\n",
			partition->id, w[0], TS_RPC_VERSION);
		return -EINVAL;
	}
	return 0;
}

/*
 * The TPM can be reached by RPC as well, past tessera_tpm.c: past the TPM core's lock and resource manager, and by whoever may
 * use the services. That is for clients that are no Linux; here the TPM has its own devices.
 */
static int check_not_tpm(struct tessera_partition *partition)
{
	const u32 control = TS_RPC_INTERFACE_MANAGEMENT << TS_RPC_INTERFACE_SHIFT | TS_RPC_OP_SERVICE_INFO;
	u32 w[4] = TS_TPM_UUID;
	int error = tessera_rpc(partition, control, w, TESSERA_UNINTERRUPTIBLE);

	if (error) {
		dev_err(partition->dev, "partition %#x: no answer: %d\n", partition->id, error);
		return error;
	}
	return w[0] == TS_RPC_SUCCESS ? -ENODEV : 0;
}

/* Of those clients as well that an earlier kernel has left. A refusal is an answer; without an answer nobody knows who is who. */
static int ask_about_clients(struct tessera_tee *tee)
{
	int error = tell_gone(tee, (u32)TS_RPC_INSTANCE_ALL << TS_RPC_INSTANCE_SHIFT);

	tee->knows_instances = error == 0;
	if (error == -EREMOTEIO)
		error = tell_gone(tee, 0);
	tee->knows_gone = error == 0;
	if (error == 0 || error == -EREMOTEIO)
		return 0;
	dev_err(tee->partition->dev, "partition %#x: no answer about clients: %d\n", tee->partition->id, error);
	return error;
}

static int register_device(struct tessera_tee *tee)
{
	struct tee_device *device = tee_device_alloc(&tee_desc, tee->partition->dev, &tee->pool, tee);
	int error;

	if (IS_ERR(device)) /* the TEE core has said so */
		return PTR_ERR(device);
	tee->device = device;
	error = tee_device_register(device);
	if (error) {
		dev_err(tee->partition->dev, "partition %#x: no TEE device: %d\n", tee->partition->id, error);
		tee_device_unregister(device);
	}
	return error;
}

int tessera_tee_add(struct tessera_partition *partition)
{
	struct tessera_tee *tee;
	int error = check_version(partition);

	if (!error)
		error = check_not_tpm(partition);
	if (error)
		return error;
	tee = kzalloc(sizeof(*tee), GFP_KERNEL);
	if (!tee)
		return -ENOMEM;
	tee->partition = partition;
	tee->pool.ops = &shm_pool_ops;
	sema_init(&tee->turn, 1);
	mutex_init(&tee->clients_lock);
	INIT_WORK(&tee->gone_work, gone_work);
	partition->user_data = tee;
	partition->ended = call_ended;
	error = ask_about_clients(tee);
	if (!error)
		error = register_device(tee);
	if (error) {
		partition->ended = NULL;
		partition->user_data = NULL;
		kfree(tee);
	}
	return error;
}

void tessera_tee_remove(struct tessera_partition *partition)
{
	struct tessera_tee *tee = partition->user_data;

	tee_device_unregister(tee->device); /* waits for open files */
	tessera_flush(partition);
	flush_work(&tee->gone_work);
	drop_buffers(tee);
	partition->ended = NULL;
	partition->user_data = NULL;
	kfree(tee);
}

void tessera_tee_shutdown(struct tessera_partition *partition)
{
	struct tessera_tee *tee = partition->user_data;

	if (down_timeout(&tee->turn, msecs_to_jiffies(SHUTDOWN_WAIT_MS))) {
		dev_warn(partition->dev, "partition %#x: works for a process still\n", partition->id);
		return;
	}
	tee->down = true;
	if (tee->knows_gone)
		(void)tell_gone(tee, tee->knows_instances ? (u32)TS_RPC_INSTANCE_ALL << TS_RPC_INSTANCE_SHIFT : 0);
	drop_buffers(tee);
	up(&tee->turn);
}

int tessera_tee_init(void)
{
	return 0;
}

void tessera_tee_exit(void)
{
}
