/* SPDX-License-Identifier: (BSD-3-Clause OR GPL-2.0-only) */
/*
 * The TPM's command response buffer in kernel terms, for tessera_tpm.c alone: ffa/client/tpm_crb.c over the calls of
 * tessera_main.c. Errors are negative errno. Calls for one TPM come one after the other (the TPM core's tpm_mutex); only
 * tessera_crb_cancel() may come at any time. All others may sleep, and no signal ends them: the TPM core must be able to
 * clean up behind a killed process, and what the TPM has begun is seen to its end.
 */
#ifndef TESSERA_CRB_H
#define TESSERA_CRB_H

#include <linux/device.h>
#include <linux/io.h>
#include <linux/types.h>

#include "ffa/client/tpm_crb.h"
#include "tessera.h"

struct tessera_crb {
	struct tpm_crb client;
	struct ffa_transport transport; /* of client: its id and nothing else is used */
	struct tessera_partition *partition;
	struct device *dev; /* for messages */
	int error; /* errno of the FF-A call that ended what the client did, 0: none did */
	size_t response_size; /* bytes in response, 0: none */
	u8 response[TPM_CRB_DATA_SIZE];
};

/*
 * Finds the partition with the TPM and checks the version of its interface. @pages: one of TPM_CRB_PAGE bytes for each of the
 * localities 0 ... 3, at least. -ENODEV: no partition has a TPM; -EPROBE_DEFER: not yet; -EPROTONOSUPPORT: its version is none
 * of ours; else as tessera_call().
 */
int __must_check tessera_crb_open(struct tessera_crb *crb, struct device *dev, void __iomem *pages);

/*
 * Takes a locality, 0 ... 3, and waits for it while the secure world has the TPM for itself. -EBUSY: longer than the TPM's
 * own timeouts allow; -EINVAL: no such locality, or another one is taken; -EACCES: refused; else as tessera_call().
 */
int __must_check tessera_crb_request(struct tessera_crb *crb, int locality);

/* Gives it back, if it is taken; its page is wiped. It is gone for the caller whatever this returns. Errors as above. */
int __must_check tessera_crb_relinquish(struct tessera_crb *crb);

/*
 * Has a command executed, to its end: the response is there for tessera_crb_receive() then. -EINVAL: no locality is taken,
 * @size is not the one in the header; -E2BIG: @size is more than the TPM takes; -EIO: the TPM's partition has died, or what it
 * left is no response; else as tessera_call(). If the secure world has taken the TPM away in between it is asked for again, once.
 */
int __must_check tessera_crb_send(struct tessera_crb *crb, const u8 *bytes, size_t size);

/* The response's size; it is wiped here. -EIO: there is none; -EMSGSIZE: it is larger than @room. */
int __must_check tessera_crb_receive(struct tessera_crb *crb, u8 *bytes, size_t room);

/*
 * Asks the TPM to end the command that runs, which it does in its searches for primes: tessera_crb_send() then returns soon,
 * with TPM_RC_CANCELED as the response. Does nothing if none runs. From any context: it writes one register.
 */
void tessera_crb_cancel(struct tessera_crb *crb);

/* Whether the TPM is in failure mode (TPM 2.0 part 1, 10.4): until the machine is reset. */
bool tessera_crb_has_failed(const struct tessera_crb *crb);

#endif
