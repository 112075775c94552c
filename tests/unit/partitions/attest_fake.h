// SPDX-License-Identifier: BSD-3-Clause
//
// A crypto partition for attest_key.c: keeps one P-256 key, with OpenSSL, and fails when told to. And what OpenSSL says of
// keys, hashes and signatures.
#ifndef ATTEST_FAKE_H
#define ATTEST_FAKE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "ffa/client/psa/crypto.h"

extern struct attest_fake {
    // What the next calls answer instead of doing their work; 0: they work
    psa_status_t import_status;
    psa_status_t export_status;
    psa_status_t sign_status;
    size_t export_length;    // 0: 65
    uint8_t export_first;    // 0: 4
    size_t signature_length; // 0: 64
    // What was asked
    psa_key_attributes_t attributes;
    unsigned int imports;
    unsigned int destroys;
    unsigned int signs;
    bool has_key;
    uint8_t key[32];
} fake;

// As at the start: no key, nothing fails.
void fake_reset(void);

// Public key of a private key, 65 bytes. SHA-256. Whether (r, s) is a signature of the SHA-256 of these bytes by that public key.
void fake_public_key(const uint8_t key[32], uint8_t out[65]);
void fake_sha256(const void *data, size_t size, uint8_t out[32]);
bool fake_verify(const uint8_t public_key[65], const void *data, size_t size,
                 const uint8_t signature[64]);

#endif
