// SPDX-License-Identifier: BSD-3-Clause
//
// The relay, a partition of test_attest.c: what another partition than the normal world gets from the attest partition.
#ifndef RELAY_PROTO_H
#define RELAY_PROTO_H

// UUID 2a7f7d4c-8e15-4b0a-9d36-51d0e2f3a130 of its service. Status: psa_status_t
// clang-format off
#define RELAY_UUID { 0x4c7d7f2a, 0x0a4b158e, 0xd051369d, 0x30a1f3e2 }
// clang-format on

#define RELAY_ID 0x8040

#define RELAY_GET_TOKEN 0x0101      // challenge, all of the request // token
#define RELAY_GET_TOKEN_SIZE 0x0102 // 32-bit size of the challenge  // 32-bit size
#define RELAY_PUBLIC_KEY 0x0103     //                               // key

#endif
