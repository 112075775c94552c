// SPDX-License-Identifier: BSD-3-Clause
//
// The one place where the SPMC reads the descriptors of callers, see ffa_mem_desc.h. What the words say is nobody's
// business here.
#include "ffa_mem_desc.h"

#include "assert.h"

void ffa_view_read(const struct ffa_view *view, uint32_t offset, void *to, uint32_t length)
{
    const volatile uint64_t *from = (const volatile void *)(view->bytes + offset);
    uint64_t *words = to;

    assert(offset % 8 == 0 && length % 8 == 0);
    for (uint32_t i = 0; i < length / 8; i++) {
        words[i] = from[i];
    }
}
