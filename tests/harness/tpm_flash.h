// SPDX-License-Identifier: BSD-3-Clause
//
// How much of the storage partition's flash a machine has changed, as the flash file itself shows it: the store only appends, so
// what is written changes bytes, and an erased block changes all of its bytes. For tpm-harness and the tests of the TPM.
#ifndef TPM_FLASH_H
#define TPM_FLASH_H

#include <stdint.h>

struct tpm_flash {
    int fd;
    uint8_t *last; // the region when it was looked at last
    uint8_t *now;
};

// Looks at the storage region of the flash file `path` for the first time. 0, or -1 after a message on stderr.
int tpm_flash_open(struct tpm_flash *flash, const char *path);

// Bytes that differ from the last look. 0, or -1 after a message on stderr.
int tpm_flash_changes(struct tpm_flash *flash, uint64_t *bytes);

void tpm_flash_close(struct tpm_flash *flash);

#endif
