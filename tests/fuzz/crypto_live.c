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

static crypto_owner owner_of(uint16_t source, uint32_t client)
{
    return crypto_owner_make(source, (uint16_t)client);
}

// The service looks for what the instance whose request it decoded last has
static void speak_for(const struct live *entry)
{
    struct sp_rpc_call call = { .source = crypto_owner_source(entry->owner),
                                .client = entry->client,
                                .request = (const uint8_t *)&entry->id }; // nothing of it
    struct crypto_request request;

    expect(crypto_wire_decode(&call, NULL, 0, &request) == TS_RPC_SUCCESS);
}

bool live_exists(const struct live *entry)
{
    psa_key_attributes_t attributes = PSA_KEY_ATTRIBUTES_INIT;

    speak_for(entry);
    return entry->thing == KEY
               ? psa_get_key_attributes(crypto_keys_name(entry->owner, entry->id), &attributes) ==
                     PSA_SUCCESS
               : crypto_ops_find(entry->owner, (enum crypto_op_kind)entry->thing, entry->id) !=
                     NULL;
}

static bool stays(const struct live *entry)
{
    return entry->thing == KEY && crypto_keys_stays(entry->id);
}

bool live_is_of(const struct live *entry, uint16_t source, uint32_t client)
{
    return entry->owner == owner_of(source, client) && (entry->client == client || stays(entry));
}

struct live *live_find(enum thing thing, uint16_t source, uint32_t client, uint32_t id)
{
    for (size_t i = 0; i < LIVE_MAX; i++) {
        if (live[i].thing == thing && live[i].id == id && live_is_of(&live[i], source, client)) {
            return &live[i];
        }
    }
    return NULL;
}

void live_add(enum thing thing, const struct sp_rpc_call *call)
{
    uint32_t words[6] = { 0 }; // attributes, if it is a key
    uint32_t id;

    expect(call->response_size == sizeof(id));
    memmove(&id, call->response, sizeof(id));
    expect(id != 0 && live_find(thing, call->source, call->client, id) == NULL);
    if (call->request_size >= sizeof(words)) {
        memmove(words, call->request, sizeof(words));
    }
    for (size_t i = 0; i < LIVE_MAX; i++) {
        if (live[i].thing == NOTHING) {
            live[i] = (struct live){ thing,        owner_of(call->source, call->client),
                                     call->client, id,
                                     words[0],     words[5] };
            expect(live_exists(&live[i]));
            return;
        }
    }
    expect(false);
}

void live_follow(const struct sp_rpc_call *call, bool all_gone)
{
    for (size_t i = 0; i < LIVE_MAX; i++) {
        const struct live *entry = &live[i];

        if (entry->thing != NOTHING && !live_exists(entry)) {
            expect(entry->owner == owner_of(call->source, call->client));
            expect(entry->client == call->client || entry->thing != KEY || stays(entry) ||
                   all_gone);
            live[i].thing = NOTHING;
        }
    }
}
