// SPDX-License-Identifier: BSD-3-Clause
//
// The service without its partition: template_sp.c puts it behind Trusted Services RPC, the unit test and the
// fuzzer call it on the host. Plain C: no system call, no hardware, no memory but its own.
#ifndef TEMPLATE_SERVICE_H
#define TEMPLATE_SERVICE_H

#include "sp_rpc.h"

// Endpoints that may be clients, and notes that each of them has whatever the others do
#define TEMPLATE_SOURCES 2
#define TEMPLATE_NOTES_PER_SOURCE 16

// The table of all operations. A note belongs to the endpoint that set it (the SPMC vouches for it) and, within that, to the
// client number that the endpoint gives, at most 65,535.
extern const struct sp_rpc_service template_service;

#endif
