// SPDX-License-Identifier: BSD-3-Clause
//
// The storage services without their partition: operations behind storage_proto.h, quotas, the rules of PSA Secure Storage
// 1.0, on top of storage_log.h. Runs in the partition and, unchanged, in unit tests on the host.
#ifndef STORAGE_SERVICE_H
#define STORAGE_SERVICE_H

#include "sp_rpc.h"

// Bytes of the largest request: the head of SET_EXTENDED and an asset
#define STORAGE_REQUEST_MAX 0x10018

#define STORAGE_SERVICES 2 // interface ids: 0 ITS, 1 PS

// Tables of all operations, and the services they make.
extern const struct sp_rpc_service storage_services[STORAGE_SERVICES];

// Begins to serve: `mounted` is what storage_log_mount() returned. With an error the services answer all the same: arguments are
// checked, then every operation on assets gives the status that belongs to it.
void storage_service_init(int mounted);

#endif
