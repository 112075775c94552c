// SPDX-License-Identifier: BSD-3-Clause
//
// The partition behind tee_device_fake.h, for tests of libtessera and of the command `tessera`. Assets are real; keys are names,
// and all signatures are the same.
#ifndef TEE_FAKE_H
#define TEE_FAKE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define TEE_FAKE_KEYS 4
#define TEE_FAKE_ASSETS 4
#define TEE_FAKE_ASSET_SIZE 256

struct tee_fake {
    bool absent; // there is no device
    bool denied;
    int32_t status; // what every operation answers, if it is not 0
    unsigned int opened;
    unsigned int closed;
    unsigned int invokes;
    unsigned int inside; // calls under way …
    unsigned int most_inside;
    uint32_t attributes[TEE_FAKE_KEYS][6]; // as in the wire format; type 0: no key
    struct {
        uint64_t uid; // 0: none
        bool its;
        uint32_t flags;
        size_t size;
        uint8_t data[TEE_FAKE_ASSET_SIZE];
    } assets[TEE_FAKE_ASSETS];
    uint8_t signature[512]; // that a key makes, and what is one
    size_t signature_size;
    size_t hashed;     // bytes
    unsigned int busy; // calls that meet a busy partition
    int stuck;         // descriptor that a call waits for a byte from; 0: none
    int told;          // … and one that gets a byte with each close
};
extern struct tee_fake tee_fake;

// An empty one.
void tee_fake_start(void);

#endif
