// SPDX-License-Identifier: BSD-3-Clause
//
// The store of ftpm_nv.h in PSA Internal Trusted Storage: assets of this partition, which the storage partition encrypts, authenticates and
// keeps from being put back. Called by ftpm_sp.c.
#ifndef FTPM_ITS_H
#define FTPM_ITS_H

#include "ffa/client/transport.h"
#include "ftpm_nv.h"

// Bytes that the transport to storage needs: the largest asset, and the head of a request
#define FTPM_ITS_SHARED_SIZE 0x8000

// Has the store use `transport`, which lives as long as the program; once, before the first use. From now on a request waits while storage
// is busy, however long: it works for somebody whom the normal world has interrupted and not gone on with yet, which is no failure. The
// normal world's interrupts end no such wait, but come through. ERR_INVALID: no transport.
MUST_CHECK int ftpm_its_connect(struct ffa_transport *transport);

extern const struct ftpm_nv_store ftpm_its;

#endif
