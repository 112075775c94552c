// SPDX-License-Identifier: BSD-3-Clause
//
// How both sides touch the pages of a TPM's command response buffer (tpm_crb_abi.h): one aligned 32-bit access each, which
// the compiler neither repeats nor joins, as Device memory needs it and as somebody else writes there at any time.
#ifndef TPM_CRB_IO_H
#define TPM_CRB_IO_H

#include <stddef.h>
#include <stdint.h>

// The word at `offset` (a multiple of 4) of `pages`, in the order of this machine: little-endian.
static inline uint32_t tpm_crb_read(const volatile uint8_t *pages, size_t offset)
{
    return *(const volatile uint32_t *)(pages + offset);
}

static inline void tpm_crb_write(volatile uint8_t *pages, size_t offset, uint32_t value)
{
    *(volatile uint32_t *)(pages + offset) = value;
}

#endif
