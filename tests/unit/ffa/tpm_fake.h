// SPDX-License-Identifier: BSD-3-Clause
//
// The TPM's partition without a TPM, for tests of clients of its command response buffer: the partition's own services
// (partitions/ftpm/ftpm_service.c) in front of an engine that gives each command back inverted.
#ifndef TPM_FAKE_H
#define TPM_FAKE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "tpm_crb_abi.h"

struct tpm_fake {
    unsigned int runs; // commands
    uint8_t locality;  // of the last one …
    size_t size;
    bool was_cancelled;
    void (*during)(void); // while a command runs; NULL: nothing
    size_t response_size; // 0: the command's
    bool has_failed;      // it has no response
    bool spoils;          // the size in a response's header is none
};
extern struct tpm_fake tpm_fake;

// What the client and the partition share
extern uint8_t tpm_fake_pages[TPM_CRB_LOCALITIES * TPM_CRB_PAGE];

// A new partition, all of tpm_fake is 0.
void tpm_fake_start(void);

// A register, or four bytes of data, of a locality's page.
uint32_t tpm_fake_get(unsigned int locality, size_t offset);
void tpm_fake_put(unsigned int locality, size_t offset, uint32_t value);

// Makes a command of so many bytes: i * 5 is byte i, but for the size where its header has it. At least 6.
void tpm_fake_command(uint8_t *bytes, size_t size);

#endif
