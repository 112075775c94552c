// SPDX-License-Identifier: BSD-3-Clause
//
// getauxval() for ported libraries: what Linux would say, from the boot information.
#include <sys/auxv.h>

#include "sp.h"

unsigned long getauxval(unsigned long type)
{
    switch (type) {
    case AT_HWCAP:
        return sp_hwcap();
    case AT_HWCAP2:
        return sp_hwcap2();
    default:
        return 0;
    }
}

// The name by which libgcc's and glibc's objects ask
unsigned long __getauxval(unsigned long type);
unsigned long __getauxval(unsigned long type)
{
    return getauxval(type);
}
