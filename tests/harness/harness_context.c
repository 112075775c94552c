// SPDX-License-Identifier: BSD-3-Clause
//
// The host's side of MB_OP_CONTEXT. See harness.h and proxy_context.c.
#include <string.h>

#include "tests/harness/harness_private.h"

int h_context(struct harness *h, unsigned int core, const struct ffa_args *args,
              struct mb_context *context)
{
    struct mb_slot *slot = harness_slot(h, core);
    int result;

    if (h->state != H_OK) {
        return h->state;
    }
    memcpy(slot->x, args->x, 8 * sizeof(slot->x[0]));
    slot->context = *context;
    harness_post(h, core, MB_OP_CONTEXT);
    h->doing = "comparing registers across SMCs";
    result = harness_finish(h, core);
    *context = slot->context;
    return result;
}
