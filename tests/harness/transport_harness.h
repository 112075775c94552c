// SPDX-License-Identifier: BSD-3-Clause
//
// ffa/client's transport for a host program: its FF-A calls are made by a core of a machine of the harness.
#ifndef TRANSPORT_HARNESS_H
#define TRANSPORT_HARNESS_H

#include "ffa/client/transport.h"
#include "tests/harness/harness.h"

// Memory of the normal world that is shared with services, a slice for each partition, and TX and RX for the sharing: the
// end of the tests' pages
#define TRANSPORT_PARTITIONS 5
#define TRANSPORT_SHARED_SIZE 0x20000 // of each slice
#define TRANSPORT_SHARED_BASE (MB_PAGES_END - 0x100000)
#define TRANSPORT_TX (TRANSPORT_SHARED_BASE + TRANSPORT_PARTITIONS * TRANSPORT_SHARED_SIZE)
#define TRANSPORT_RX (TRANSPORT_TX + 0x1000)

struct harness_transport {
    struct ffa_transport transport; // give the address of this to the client library
    struct harness *h;
    unsigned int
        core; // that makes the calls, and is on: may be changed between operations of the client
    uint64_t handle; // of what was shared last, and with whom; transport.shared is where it is
    uint16_t partition;
    uint64_t ticks; // sum over the calls since it was last set to 0 (struct h_call)
    uint64_t calls; // their number
};

// Prepares `t` for core 0 of machine `h`. The caller has negotiated the FF-A version, as the first call of a normal world
// (another than 1.2: it goes into t->transport.version). Sharing maps the normal world's RX and TX for the length of one
// call; buffers that the caller has mapped are unmapped by it, too. Memory that an earlier transport left shared with the
// same partition of the same machine is taken back first.
void harness_transport_init(struct harness_transport *t, struct harness *h);

#endif
