// SPDX-License-Identifier: BSD-3-Clause
//
// Wire format of the service "template": operations, bodies of requests and responses, status. Little-endian,
// without padding, at any alignment (copy them). The only header that clients include; nothing but the format
// belongs here.
#ifndef TEMPLATE_PROTO_H
#define TEMPLATE_PROTO_H

#include <stdint.h>

// UUID 0c7bc81a-2efd-4c21-8ea9-44a3790015db of the service, by which clients find it
// clang-format off
#define TEMPLATE_UUID { 0x1ac87b0c, 0x214cfd2e, 0xa344a98e, 0xdb150079 }
// clang-format on

// Operations. Each client has a note. Beside these there are TS_RPC_OP_CAPABILITIES and TS_RPC_OP_CLIENT_GONE (ts_rpc_abi.h)

// Request: the note, at most TEMPLATE_NOTE_MAX bytes; without any it is forgotten
#define TEMPLATE_SET 0x0101

// Request: struct template_range. Response: these bytes of the note
#define TEMPLATE_GET 0x0102

// Response: struct template_length
#define TEMPLATE_LENGTH 0x0103

// Bytes of a note: [offset, offset + size)
struct template_range {
    uint32_t offset;
    uint32_t size;
};
_Static_assert(sizeof(struct template_range) == 8, "request of TEMPLATE_GET");

struct template_length {
    uint32_t size; // of the note; 0: there is none
};
_Static_assert(sizeof(struct template_length) == 4, "response of TEMPLATE_LENGTH");

// Service status. A request too short for its operation is no service status but TS_RPC_INVALID_REQUEST_BODY
#define TEMPLATE_OK 0

// The note has more than TEMPLATE_NOTE_MAX bytes
#define TEMPLATE_TOO_LARGE (-1)

// All notes of the caller's endpoint are in use
#define TEMPLATE_FULL (-2)

// The range is not inside of the note
#define TEMPLATE_OUT_OF_RANGE (-3)

#define TEMPLATE_NOTE_MAX 256

// Capabilities, for struct ts_caps_entry (ts_caps.h): most notes of one endpoint, most bytes of a note
#define TEMPLATE_CAPS_NOTES 0x8000
#define TEMPLATE_CAPS_NOTE_SIZE 0x8001

#endif
