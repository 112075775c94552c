// SPDX-License-Identifier: BSD-3-Clause
//
// Keys and operations that clients of the crypto service have, as fuzz_ts_rpc.c knows it from the answers. All functions
// abort the program if the service does not agree.
#ifndef CRYPTO_LIVE_H
#define CRYPTO_LIVE_H

#include <stdbool.h>
#include <stdint.h>

#include "crypto_forms.h"
#include "crypto_service.h"

#define LIVE_MAX 14 // more than one run makes

struct live {
    enum thing thing; // NOTHING: not in use
    crypto_owner owner;
    uint32_t client; // w7 of who made it: the instance above, the client below
    uint32_t id;
    uint32_t type, alg; // of a key
};
extern struct live live[LIVE_MAX];

// Whether the service has it.
bool live_exists(const struct live *entry);

// Whether the source's client, this instance of it, has it: a persistent key is all instances'.
bool live_is_of(const struct live *entry, uint16_t source, uint32_t client);

// Its key or operation `id`; NULL: none is known.
struct live *live_find(enum thing thing, uint16_t source, uint32_t client, uint32_t id);

// What the call's answer names is new, and there.
void live_add(enum thing thing, const struct sp_rpc_call *call);

// After every call: what others have is there as before, what the caller had may be gone. Another instance of the same client can
// lose an operation to the caller, a persistent key that the caller destroys, and everything once all instances are gone.
void live_follow(const struct sp_rpc_call *call, bool all_gone);

#endif
