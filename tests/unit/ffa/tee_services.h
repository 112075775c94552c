// SPDX-License-Identifier: BSD-3-Clause
//
// The partition behind tee_device_fake.h, for tests of the command `tessera`, with services that work: the crypto partition's,
// storage in memory, tokens that OpenSSL signs. Open files are its clients, as tessera.ko makes them. One answer can be made
// wrong.
#ifndef TEE_SERVICES_H
#define TEE_SERVICES_H

#include <stdbool.h>
#include <stdint.h>

#include "tee_device_fake.h"

// What becomes of calls of one operation of one service
struct tee_mutation {
    enum tee_service service;
    uint16_t opcode;
    enum {
        TEE_RIGHT,
        TEE_FLIPPED,  // the first response has another last bit
        TEE_CONSTANT, // the bytes of a record are all zero
        TEE_ACCEPTED, // success, whatever the service said
        TEE_LEFT_OUT, // success, and nothing was done
    } what;
};

struct tee_services {
    struct tee_mutation mutation;
    bool without_instances; // a driver like mainline's: all files are one
    unsigned int calls;
};
extern struct tee_services tee_services;

// As after a reset, with empty storage. Once for each process: the crypto service starts once.
void tee_services_start(void);

#endif
