// SPDX-License-Identifier: BSD-3-Clause
//
// ffa/client's transport for a host program: its FF-A calls are made by a core of a machine of the harness.
#ifndef TRANSPORT_HARNESS_H
#define TRANSPORT_HARNESS_H

#include "ffa/client/transport.h"
#include "tests/harness/harness.h"

struct harness_transport {
    struct ffa_transport transport; // give the address of this to the client library
    struct harness *h;
    unsigned int
        core; // that makes the calls, and is on: may be changed between operations of the client
    uint64_t ticks; // sum over the calls since it was last set to 0 (struct h_call)
    uint64_t calls; // their number
};

// Prepares `t` for core 0 of machine `h`: shared memory is the buffer that the crypto partition's manifest names. The caller has
// negotiated the FF-A version, as the first call of a normal world.
void harness_transport_init(struct harness_transport *t, struct harness *h);

#endif
