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
    uint32_t id;
    uint32_t type, alg; // of a key
};
extern struct live live[LIVE_MAX];

// Whether the service has it.
bool live_exists(const struct live *entry);

// The owner's key or operation `id`; NULL: none is known.
struct live *live_find(enum thing thing, crypto_owner owner, uint32_t id);

// What the call's answer names is new, and there.
void live_add(enum thing thing, crypto_owner owner, const struct sp_rpc_call *call);

// After every call of `owner`: what others have is there as before, what the caller had may be gone.
void live_follow(crypto_owner owner);

#endif
