// SPDX-License-Identifier: BSD-3-Clause
//
// What chain.c and chain_prove.c share.
#ifndef CHAIN_PRIVATE_H
#define CHAIN_PRIVATE_H

#include "chain.h"

// Proves one certificate, the parents of which are proved: its slot is filled and its verdict accepted, or the slot is
// wiped. Results as chain_expect().
MUST_CHECK int chain_prove(struct chain *chain, enum cot_cert cert, struct chain_fault *fault);

// Fill in the fault and return `err`: without a place; with what cert.c found, for which `field` is the name.
int chain_refuse(struct chain_fault *fault, enum fip_image_id id, const char *field,
                 const char *text, int err);
int chain_refuse_cert(struct chain_fault *fault, enum fip_image_id id, const char *field,
                      const struct cert_fault *why, int err);

// Adds two digests of `size` (≤ BOOT_HASH_MAX) bytes to the fault.
void chain_show_digests(struct chain_fault *fault, const uint8_t *found, const uint8_t *expected,
                        uint32_t size);

#endif
