// SPDX-License-Identifier: BSD-3-Clause
//
// Between the files of sp_accel.
#ifndef ACCEL_PRIVATE_H
#define ACCEL_PRIVATE_H

#include <stdint.h>

// What ACCEL_GCM, ACCEL_CHACHA, ACCEL_AES and ACCEL_P256 ask: 0 and the digest, or the number of the case (counted from 1) whose result does not
// fit itself (decrypts to another text, verifies what is no signature).
int accel_gcm(uint64_t number, uint8_t digest[32]);
int accel_chacha(uint64_t number, uint8_t digest[32]);
int accel_aes(uint64_t number, uint8_t digest[32]);
int accel_p256(uint64_t number, uint8_t digest[32]);

// What ACCEL_COPY asks: 0, or 1 + the size that is copied or filled wrongly.
int accel_copy(void);

#endif
