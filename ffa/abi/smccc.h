// SPDX-License-Identifier: BSD-3-Clause
//
// SMC Calling Convention (DEN0028) and PSCI (DEN0022) numbers. Plain numbers: assembly, C, firmware, host, kernel.
#ifndef SMCCC_H
#define SMCCC_H

// DEN0028 table 2-1: fields of the function identifier
#define SMCCC_FAST 0x80000000
#define SMCCC_64 0x40000000
#define SMCCC_OWNER_SHIFT 24
#define SMCCC_OWNER_MASK 0x3f
#define SMCCC_SVE_HINT 0x00010000
#define SMCCC_NUMBER_MASK 0xffff

#define SMCCC_OWNER_ARCH 0
#define SMCCC_OWNER_STD 4

#define SMCCC_UNKNOWN (-1) // also SMCCC_NOT_SUPPORTED

#define SMCCC_VERSION 0x80000000
#define SMCCC_ARCH_FEATURES 0x80000001
#define SMCCC_VERSION_1_4 0x10004

// PSCI, SMC32 and SMC64 forms
#define PSCI_VERSION 0x84000000
#define PSCI_CPU_SUSPEND_32 0x84000001
#define PSCI_CPU_OFF 0x84000002
#define PSCI_CPU_ON_32 0x84000003
#define PSCI_SYSTEM_OFF 0x84000008
#define PSCI_SYSTEM_RESET 0x84000009
#define PSCI_FEATURES 0x8400000a
#define PSCI_NUMBER_LAST 0x1f // PSCI owns numbers 0x00 … 0x1f of the standard service range
#define PSCI_VERSION_1_1 0x10001
#define PSCI_NOT_SUPPORTED (-1)

#endif
