// SPDX-License-Identifier: BSD-3-Clause
//
// The handles and parameters of a command, each of a kind that is a letter (ftpm_commands.h), from the fuzzer's input and
// mostly right. What they name and hold is of the TPM that the fuzzer makes.
#ifndef FTPM_PARAMETERS_H
#define FTPM_PARAMETERS_H

#include <stddef.h>
#include <stdint.h>

#define KEY_STORAGE 0x81000000u
#define KEY_RSA 0x81000001u
#define KEY_HMAC 0x81000002u
#define KEY_ECC 0x81000003u
#define KEY_SEALED 0x81000004u
#define KEY_SYMMETRIC 0x80000000u
#define SEQUENCE 0x80000001u
#define NV_FIRST 0x01800000u
#define NV_COUNT 4
#define SESSION_HMAC 0x02000000u
#define SESSION_TRIAL 0x03000001u

struct ftpm_blob {
    uint8_t bytes[4096];
    size_t size;
};

// A key under KEY_STORAGE, which is not loaded, and a saved context: set by the fuzzer
extern struct ftpm_blob ftpm_private_area, ftpm_public_area, ftpm_context;

// A handle of the kind, mostly.
uint32_t ftpm_parameters_handle(char kind);

// Adds a parameter of the kind to ftpm_build.
void ftpm_parameters_add(char kind);

#endif
