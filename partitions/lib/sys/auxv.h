// SPDX-License-Identifier: BSD-3-Clause
//
// For ported libraries that find out about the core as on Linux: the auxiliary vector, answered by
// sp_auxv.c out of the boot information. Without it Mbed TLS would silently use its C code instead
// of the core's SHA and AES instructions.
#ifndef SYS_AUXV_H
#define SYS_AUXV_H

#define AT_HWCAP 16
#define AT_HWCAP2 26

// Value of entry `type`; 0 for a type that is not one of the above.
unsigned long getauxval(unsigned long type);

#endif
