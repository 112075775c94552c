// SPDX-License-Identifier: BSD-3-Clause
//
// What somebody without the private key can sign: a verifier that leaves a step out checks another equation than ECDSA's
// x(u * G + v * Q) = r with u = e / s, v = r / s, and that one anybody can solve. For test_trust_glitch.c; P-256.
#ifndef FORGE_H
#define FORGE_H

enum forge {
    FORGE_FOR_U_E, // u = e, not divided by s: right for who skips that product
    FORGE_FOR_U_0, // u = 0: for who has no digest, or skips the digits of u
};

// Alters BL2 in `firmware` (firmware.h), has its hash in tb-fw-cert, and puts a signature there that is right for u as said.
// Uses of tb-fw-cert what everybody can read.
void forge_tb_fw(enum forge forge);

#endif
