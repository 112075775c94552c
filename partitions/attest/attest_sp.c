// SPDX-License-Identifier: BSD-3-Clause
//
// attest: PSA Initial Attestation for the normal world and other partitions, behind Trusted Services RPC. Joins the service
// to its partition: what the boot left, the key, RX and TX, the way to the crypto partition, message loop.
#include <stdalign.h>
#include <string.h>

#include "attest_key.h"
#include "attest_log.h"
#include "attest_service.h"
#include "ffa/abi/ts_rpc_abi.h"
#include "ffa/client/psa_client.h"
#include "ffa/client/transport_svc.h"
#include "sp.h"
#include "sp_rpc.h"

static uint8_t request[ATTEST_BUFFER_SIZE];
static uint8_t response[ATTEST_BUFFER_SIZE];
static struct sp_rpc_endpoint endpoint = {
    .services = &attest_service,
    .service_count = 1,
    .request = request,
    .response = response,
    .buffer_size = ATTEST_BUFFER_SIZE,
};

static alignas(SP_MEM_PAGE) uint8_t crypto_shared[SP_MEM_PAGE];
static struct transport_svc crypto;

_Static_assert(ATTEST_KEY_SIZE == SP_KEY_SIZE, "the sealing key");

// The key goes to crypto now, if that is there; else when it is first needed
static int prepare_key(void)
{
    uint8_t sealing[SP_KEY_SIZE];
    uint8_t key[ATTEST_KEY_SIZE];
    int error = transport_svc_init(&crypto, crypto_shared, sizeof(crypto_shared));

    crypto.transport.partition = TS_CRYPTO_ID;
    if (error == 0 && psa_client_connect(&crypto.transport) != PSA_SUCCESS) {
        error = ERR_INVALID;
    }
    if (error == 0) {
        error = sp_sealing_key_take(sealing);
    }
    if (error == 0) {
        error = attest_key_derive(sealing, key);
    }
    if (error == 0) {
        attest_key_init(key);
        sp_log(attest_key_load() == 0 ? "key in crypto" : "crypto does not take the key yet");
    }
    explicit_bzero(sealing, sizeof(sealing));
    explicit_bzero(key, sizeof(key));
    return error;
}

static void prepare_claims(void)
{
    static struct attest_claims claims;
    const struct sp_event_log *log = sp_event_log();
    struct attest_boot boot = { .facts = sp_boot_facts() };
    const char *why = "must be handed to this partition";
    int error = ERR_NOT_FOUND;

    if (log != NULL && boot.facts != NULL) {
        boot.bytes = log->bytes;
        boot.size = log->size;
        error = attest_log_claims(&boot, &claims, &why);
    }
    if ((sp_options() & TESSERA_OPTION_PSA_IOT_PROFILE_1) != 0) {
        claims.profile = ATTEST_PROFILE_IOT_1;
    }
    attest_service_init(error == 0 ? &claims : NULL); // with an error, too: its clients are told
    if (error != 0) {
        sp_log("no tokens: event log and boot facts %s (%d)", why, error);
    } else {
        sp_log("ready; %u components", (unsigned int)claims.component_count);
    }
}

static void answer(struct sp_message *message)
{
    sp_rpc_answer(&endpoint, message);
}

int sp_main(void)
{
    int error = sp_rxtx_map(NULL, NULL); // to retrieve what clients share

    if (error == 0) {
        error = prepare_key();
    }
    if (error != 0) {
        return error;
    }
    prepare_claims();
    sp_run(answer);
}
