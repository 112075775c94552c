// SPDX-License-Identifier: BSD-3-Clause
//
// What decides a boot and is in no image: lifecycle, which chain of trust, which root keys signed.
// Measured as one record after the images (TF-A's CRITICAL_DATA, PCR 1), so that a verifier can tell
// a board that trusts another key from one that boots other images. BL2 writes the record, fip-tool
// measure predicts it with the same code. Pure.
#ifndef CRITICAL_DATA_H
#define CRITICAL_DATA_H

#include <stdint.h>

#include "chain.h"
#include "event_log.h"

#define CRITICAL_DATA_EVENT "CRITICAL_DATA"
#define CRITICAL_DATA_PCR 1

// The bytes that are hashed. All numbers little-endian:
//   0   4  lifecycle, the OTP's word
//   4   4  chain, enum cot_chain
//   8  32  SHA-256 of the root key that signed
//   40 32  of the platform root key that signed; zero if the chain has none
#define CRITICAL_DATA_SIZE 72

// Writes these bytes to `out` from what the chain found out so far: call it after the last image. A
// root that signed nothing is zero.
void critical_data_write(const struct chain *chain, uint8_t out[CRITICAL_DATA_SIZE]);

// Appends the record to `log`. ERR_IO: the hash failed; else as event_log_add.
MUST_CHECK int critical_data_measure(const struct chain *chain, struct event_log *log);

#endif
