// SPDX-License-Identifier: (BSD-3-Clause OR GPL-2.0-only)
/*
 * The TPM's command response buffer: what ffa/client/tpm_crb.c needs of FF-A (ts_rpc_locate(), ts_rpc_direct()) over
 * tessera_main.c's calls, and its results as errno. See tessera_crb.h. The logic of registers and localities is the client's, the
 * same C that the harness and bare-metal programs use.
 */
#include <linux/delay.h>
#include <linux/errno.h>
#include <linux/jiffies.h>
#include <linux/kernel.h>
#include <linux/string.h>
#include <linux/tpm.h>

#include "ffa/client/ts_rpc.h"
#include "tessera_crb.h"

/*
 * For how long the secure world may have the TPM (locality 4: a measurement of a launch) until a caller is told that it is busy.
 * TIMEOUT_B of the TCG's PC Client Platform TPM Profile (6.5.1.4), as Linux has it: the longest that is not of a command.
 */
#define LOCALITY_TIMEOUT_MS TPM2_TIMEOUT_B
#define LOCALITY_POLL_US 1000

static struct tessera_crb *crb_of(struct ffa_transport *transport)
{
	return container_of(transport, struct tessera_crb, transport);
}

/* --- What the client needs ------------------------------------------------------------------------------------------------- */

int ts_rpc_locate(struct ffa_transport *transport, const uint32_t uuid[4], uint16_t *partition)
{
	struct tessera_crb *crb = crb_of(transport);

	crb->error = tessera_find(uuid, &crb->partition);
	if (crb->error)
		return ERR_NOT_FOUND;
	*partition = crb->partition->id;
	return 0;
}

/* x3 ... x7 of the one kind of call that the client makes, and of its answer */
int ts_rpc_direct(struct ffa_transport *transport, struct ffa_args *args)
{
	struct tessera_crb *crb = crb_of(transport);
	struct tessera_message message;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(message.w); i++)
		message.w[i] = (u32)args->x[3 + i];
	crb->error = tessera_call(crb->partition, &message, TESSERA_UNINTERRUPTIBLE);
	if (crb->error)
		return crb->error == -ECANCELED ? ERR_ABORTED : ERR_IO;
	args->x[0] = FFA_MSG_SEND_DIRECT_RESP_32;
	for (i = 0; i < ARRAY_SIZE(message.w); i++)
		args->x[3 + i] = message.w[i];
	return 0;
}

/* --- What the kernel needs ------------------------------------------------------------------------------------------------- */

/* Of what the client returned: FF-A's reason, if the call was the trouble, else the TPM's */
static int to_errno(const struct tessera_crb *crb, int error)
{
	if (error == ERR_ABORTED) {
		dev_err_once(crb->dev, "the TPM's partition has died: there is no TPM until the machine is reset\n");
		return -EIO;
	}
	if (error && crb->error)
		return crb->error;
	switch (error) {
	case 0:
		return 0;
	case ERR_INVALID:
		return -EINVAL;
	case ERR_RANGE:
		return -E2BIG;
	case ERR_DENIED:
		return -EACCES;
	case ERR_BUSY:
		return -EBUSY;
	case ERR_NOT_FOUND:
		return -ENODEV;
	case ERR_NOT_SUPPORTED:
		return -EOPNOTSUPP;
	case ERR_VERSION:
		return -EPROTONOSUPPORT;
	default:
		return -EIO;
	}
}

int tessera_crb_open(struct tessera_crb *crb, struct device *dev, void __iomem *pages)
{
	crb->transport = (struct ffa_transport){ .id = 0 }; /* FF-A's number of the normal world's kernel */
	crb->partition = NULL;
	crb->dev = dev;
	crb->error = 0;
	crb->response_size = 0;
	return to_errno(crb, tpm_crb_open(&crb->client, &crb->transport, (volatile u8 __force *)pages));
}

/* Once it is busy this locality stands in line, until it is granted or relinquished */
static int take(struct tessera_crb *crb, u8 locality)
{
	unsigned long end = jiffies + msecs_to_jiffies(LOCALITY_TIMEOUT_MS);
	bool late = false;
	int error;

	for (;;) {
		crb->error = 0;
		error = tpm_crb_request(&crb->client, locality);
		if (error != ERR_BUSY || crb->error || late)
			return error;
		late = time_after(jiffies, end); /* one more time after a sleep, however long that was */
		usleep_range(LOCALITY_POLL_US, 2 * LOCALITY_POLL_US);
	}
}

int tessera_crb_request(struct tessera_crb *crb, int locality)
{
	int error, ignored;

	crb->error = 0;
	if (locality < 0 || locality >= TPM_CRB_LOCALITIES - 1)
		return -EINVAL;
	error = to_errno(crb, take(crb, locality));
	if (error == -EBUSY && crb->client.waiting != TPM_CRB_NO_LOCALITY) {
		ignored = tpm_crb_relinquish(&crb->client); /* nobody will come back for what is granted later */
		(void)ignored;
	}
	return error;
}

int tessera_crb_relinquish(struct tessera_crb *crb)
{
	crb->error = 0;
	if (crb->client.locality == TPM_CRB_NO_LOCALITY && crb->client.waiting == TPM_CRB_NO_LOCALITY)
		return 0; /* it has been refused in the middle of a command */
	return to_errno(crb, tpm_crb_relinquish(&crb->client));
}

int tessera_crb_send(struct tessera_crb *crb, const u8 *bytes, size_t size)
{
	struct tpm_crb_command command = {
		.bytes = bytes,
		.size = size,
		.response = crb->response,
		.room = sizeof(crb->response),
	};
	u8 locality = crb->client.locality;
	int error;

	crb->response_size = 0;
	crb->error = 0;
	error = tpm_crb_execute(&crb->client, &command);
	if (error == ERR_DENIED) { /* nothing was executed */
		error = take(crb, locality);
		if (!error)
			error = tpm_crb_execute(&crb->client, &command);
	}
	if (!error)
		crb->response_size = command.response_size;
	return to_errno(crb, error);
}

int tessera_crb_receive(struct tessera_crb *crb, u8 *bytes, size_t room)
{
	size_t size = crb->response_size;
	int result = (int)size;

	if (size == 0)
		return -EIO;
	if (size <= room)
		memcpy(bytes, crb->response, size);
	else
		result = -EMSGSIZE;
	memzero_explicit(crb->response, size);
	crb->response_size = 0;
	return result;
}

void tessera_crb_cancel(struct tessera_crb *crb)
{
	tpm_crb_cancel(&crb->client);
}

bool tessera_crb_has_failed(const struct tessera_crb *crb)
{
	return tpm_crb_has_failed(&crb->client);
}
