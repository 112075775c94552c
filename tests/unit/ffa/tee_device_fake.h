// SPDX-License-Identifier: BSD-3-Clause
//
// A kernel with one TEE device, whose partition has all four services, in the place of transport_tee_linux: it takes ioctls apart
// and numbers open files. What the partition does with a call is the test's.
#ifndef TEE_DEVICE_FAKE_H
#define TEE_DEVICE_FAKE_H

#include <stddef.h>
#include <stdint.h>

#define TEE_DEVICE_MEMORY 0x11000

enum tee_service { TEE_CRYPTO, TEE_ITS, TEE_PS, TEE_ATTEST, TEE_SERVICES };

struct tee_device_call {
    uint32_t file; // that it comes from, 1 …
    enum tee_service service;
    uint32_t opcode;
    size_t request_size;
    size_t response_size; // 0, until tee_device_call() says another
    int32_t status;       // of the service; so, too
};

// Shared with the partition: a call's request, and after it its response
extern uint8_t tee_device_memory[TEE_DEVICE_MEMORY];

// Whoever is linked with this defines these three. The first two return 0 or an errno, which the program gets.
int tee_device_open(const char *path);
int tee_device_call(struct tee_device_call *call);
void tee_device_close(uint32_t file); // 0: the memory's

#endif
