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
