// SPDX-License-Identifier: BSD-3-Clause
//
// crypto_live.h.
#include "crypto_live.h"

#include <stdlib.h>
#include <string.h>

struct live live[LIVE_MAX];

static void expect(bool condition)
{
    if (!condition) {
        abort();
    }
}

bool live_exists(const struct live *entry)
{
    psa_key_attributes_t attributes = PSA_KEY_ATTRIBUTES_INIT;

    return entry->thing == KEY
               ? psa_get_key_attributes(crypto_keys_name(entry->owner, entry->id), &attributes) ==
                     PSA_SUCCESS
               : crypto_ops_find(entry->owner, (enum crypto_op_kind)entry->thing, entry->id) !=
                     NULL;
}

struct live *live_find(enum thing thing, crypto_owner owner, uint32_t id)
{
    for (size_t i = 0; i < LIVE_MAX; i++) {
        if (live[i].thing == thing && live[i].owner == owner && live[i].id == id) {
            return &live[i];
        }
    }
    return NULL;
}

void live_add(enum thing thing, crypto_owner owner, const struct sp_rpc_call *call)
{
    uint32_t words[6] = { 0 }; // attributes, if it is a key
    uint32_t id;

    expect(call->response_size == sizeof(id));
    memmove(&id, call->response, sizeof(id));
    expect(id != 0 && live_find(thing, owner, id) == NULL);
    if (call->request_size >= sizeof(words)) {
        memmove(words, call->request, sizeof(words));
    }
    for (size_t i = 0; i < LIVE_MAX; i++) {
        if (live[i].thing == NOTHING) {
            live[i] = (struct live){ thing, owner, id, words[0], words[5] };
            expect(live_exists(&live[i]));
            return;
        }
    }
    expect(false);
}

void live_follow(crypto_owner owner)
{
    for (size_t i = 0; i < LIVE_MAX; i++) {
        if (live[i].thing != NOTHING && !live_exists(&live[i])) {
            expect(live[i].owner == owner);
            live[i].thing = NOTHING;
        }
    }
}
