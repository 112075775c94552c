// SPDX-License-Identifier: BSD-3-Clause
//
// What the firmware's code asks of the image that it is linked into, for fip-tool: wiping of memory.
#include "string.h"

#include <string.h>

void memory_wipe(void *to, size_t size)
{
    explicit_bzero(to, size);
}
