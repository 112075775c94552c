// SPDX-License-Identifier: BSD-3-Clause
//
// Wire format of the attestation service: Trusted Services' operations and encoding (packed-c). Records are TLVs with tag 1
// (ts_tlv.h); numbers are little-endian, at any alignment. The only header that clients include. Service status is a
// psa_status_t; a request too short for its operation is TS_RPC_INVALID_REQUEST_BODY, a response that does not fit the caller's
// memory TS_RPC_INVALID_RESPONSE_BODY. UUID: TS_ATTEST_UUID (ts_rpc_abi.h).
#ifndef ATTEST_PROTO_H
#define ATTEST_PROTO_H

#include <stdint.h>

// Beside these there are TS_RPC_OP_CAPABILITIES and TS_RPC_OP_CLIENT_GONE (ts_rpc_abi.h)
#define ATTEST_GET_TOKEN 0x0101 // record: challenge of 32, 48 or 64 bytes // record: token
#define ATTEST_GET_TOKEN_SIZE \
    0x0102 // word: size of the challenge             // word: size of this caller's token, exact
#define ATTEST_EXPORT_PUBLIC_KEY \
    0x0103 //                                       // record: key, 65 bytes: 4, x, y
#define ATTEST_IMPORT_KEY 0x0104 // record: private key. Always refused: ATTEST_ERROR_NOT_PERMITTED
#define ATTEST_KEY_EXISTS 0x0105 // status 0: there is a key; ATTEST_ERROR_DOES_NOT_EXIST: none

#define ATTEST_TAG 1 // of all records

struct attest_word {
    uint32_t value;
};
_Static_assert(sizeof(struct attest_word) == 4, "packed-c single word");

#define ATTEST_PUBLIC_KEY_SIZE 65
#define ATTEST_CHALLENGE_MAX 64

// Service status, numbers of psa_status_t
#define ATTEST_SUCCESS 0
#define ATTEST_ERROR_GENERIC_ERROR \
    (-132) // log, facts and CRITICAL_DATA of this boot disagree, or there are none
#define ATTEST_ERROR_NOT_PERMITTED (-133)    // keys do not come from outside
#define ATTEST_ERROR_INVALID_ARGUMENT (-135) // size of the challenge
#define ATTEST_ERROR_DOES_NOT_EXIST (-140)   // no key
#define ATTEST_ERROR_SERVICE_FAILURE (-144)  // the crypto partition does not sign

#endif
