// SPDX-License-Identifier: BSD-3-Clause
//
// In place of ffa/abi/tpm_crb_io.h (its guard; -include in the list of fuzz_ftpm_crb): accesses of the pages that a fuzzer
// sees, so that another core can write between any two of them, the same way in each run.
#ifndef TPM_CRB_IO_H
#define TPM_CRB_IO_H

#include <stddef.h>
#include <stdint.h>

uint32_t tpm_crb_read(const volatile uint8_t *pages, size_t offset);
void tpm_crb_write(volatile uint8_t *pages, size_t offset, uint32_t value);

#endif
