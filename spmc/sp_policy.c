// SPDX-License-Identifier: BSD-3-Clause
//
// Manifests → sp->admits, see sp_policy.h. What the manifests say was checked by sp_manifest.c. Hardware-free.
#include "sp_policy.h"

#include "bits.h"
#include "ffa_dispatch.h"

_Static_assert(SPMC_MAX_SPS < 16, "sp.admits has a bit for the normal world and each partition");
_Static_assert(SP_MAX_MEMORY_HANDLES <= SPMC_MAX_TRANSACTIONS, "more handles than there are");
_Static_assert(SP_MAX_MEMORY_PAGES <= SPMC_MAX_MEM_PAGES, "more pages than one transaction has");

// What it takes to send and to receive each kind of message: FFA_PROP_* of the sender, if it is a partition, and of the
// receiver; the word in the receiver's manifest; the least FF-A version of both.
static const struct rule {
    uint32_t sender;
    uint32_t receiver;
    uint32_t word;
    uint32_t version;
} rules[SP_MSG_KINDS] = {
    [SP_MSG_DIRECT] = { FFA_PROP_DIRECT_SEND, FFA_PROP_DIRECT_RECV, SP_CALL_DIRECT,
                        FFA_VERSION_1_0 },
    [SP_MSG_DIRECT2] = { FFA_PROP_DIRECT2_SEND, FFA_PROP_DIRECT2_RECV, SP_CALL_DIRECT2,
                         FFA_VERSION_1_2 },
    [SP_MSG_INDIRECT] = { FFA_PROP_INDIRECT, FFA_PROP_INDIRECT, SP_CALL_INDIRECT, FFA_VERSION_1_1 },
    [SP_MSG_NOTIFY] = { 0, FFA_PROP_NOTIFICATION, SP_CALL_NOTIFY, FFA_VERSION_1_1 },
    [SP_MSG_MEMORY] = { 0, 0, SP_CALL_MEMORY, FFA_VERSION_1_0 },
};

static bool has_uuid(const struct sp *sp, const uint32_t uuid[4])
{
    for (uint32_t i = 0; i < sp->config.uuid_count; i++) {
        const uint32_t *own = sp->config.uuid[i];

        if (own[0] == uuid[0] && own[1] == uuid[1] && own[2] == uuid[2] && own[3] == uuid[3]) {
            return true;
        }
    }
    return false;
}

// Everybody whom that line of a manifest means, as bits of sp->admits.
static uint16_t named_by(const struct sp_caller *caller)
{
    uint16_t named = 0;

    if (caller->normal_world) {
        return BIT(0);
    }
    for (uint32_t i = 0; i < spmc_sp_count; i++) {
        if (has_uuid(&spmc_sps[i], caller->uuid)) {
            named |= (uint16_t)(1u << ffa_index_of(&spmc_sps[i]));
        }
    }
    return named;
}

static bool can(const struct sp *sp, uint32_t properties, uint32_t version)
{
    return (sp->config.properties & properties) == properties && sp->config.version >= version;
}

// Those that can send such messages, as bits of sp->admits. What the normal world speaks is known only when it calls.
static uint16_t senders_of(const struct rule *rule)
{
    uint16_t senders = BIT(0);

    for (uint32_t i = 0; i < spmc_sp_count; i++) {
        if (can(&spmc_sps[i], rule->sender, rule->version)) {
            senders |= (uint16_t)(1u << ffa_index_of(&spmc_sps[i]));
        }
    }
    return senders;
}

static void admit(struct sp *sp, const struct sp_caller *caller)
{
    uint16_t named = named_by(caller) & (uint16_t) ~(1u << ffa_index_of(sp));

    for (uint32_t kind = 0; kind < SP_MSG_KINDS; kind++) {
        const struct rule *rule = &rules[kind];

        if ((caller->messages & rule->word) != 0 && can(sp, rule->receiver, rule->version)) {
            sp->admits[kind] |= named & senders_of(rule);
        }
    }
}

void sp_policy_init(void)
{
    for (uint32_t i = 0; i < spmc_sp_count; i++) {
        struct sp *sp = &spmc_sps[i];

        for (uint32_t k = 0; k < sp->config.caller_count; k++) {
            admit(sp, &sp->config.callers[k]);
        }
    }
}
