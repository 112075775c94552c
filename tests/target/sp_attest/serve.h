// SPDX-License-Identifier: BSD-3-Clause
//
// The loop of a partition that has one service, for the partitions of test_attest.c.
#ifndef SERVE_H
#define SERVE_H

#include "sp_rpc.h"

#define SERVE_BUFFER_SIZE 8192 // of a request and of a response

// Answers calls of the service; never returns. sp_rxtx_map() before.
_Noreturn void serve_run(const struct sp_rpc_service *service);

#endif
