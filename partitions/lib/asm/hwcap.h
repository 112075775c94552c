// SPDX-License-Identifier: BSD-3-Clause
//
// Bits of getauxval(AT_HWCAP) that ported libraries ask for, with the names and values of Linux for
// arm64.
#ifndef ASM_HWCAP_H
#define ASM_HWCAP_H

#define HWCAP_FP (1UL << 0)
#define HWCAP_ASIMD (1UL << 1)
#define HWCAP_AES (1UL << 3)
#define HWCAP_PMULL (1UL << 4)
#define HWCAP_SHA1 (1UL << 5)
#define HWCAP_SHA2 (1UL << 6)
#define HWCAP_CRC32 (1UL << 7)
#define HWCAP_SHA512 (1UL << 21)

#endif
