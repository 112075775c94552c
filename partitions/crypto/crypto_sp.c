// SPDX-License-Identifier: BSD-3-Clause
//
// crypto: PSA Crypto for the normal world and other partitions, behind Trusted Services RPC. Joins the service to its
// partition: entropy, heap, RX and TX, the way to the storage partition, message loop.
#include <stdalign.h>
#include <stdlib.h>
#include <string.h>

#include "crypto_service.h"
#include "ffa/abi/ts_rpc_abi.h"
#include "ffa/client/psa_client.h"
#include "ffa/client/transport_svc.h"
#include "sp.h"
#include "sp_rpc.h"

// The architecture gives no bound; a source that fails this often in a row is broken
#define RNDR_TRIES 100
// Shared with storage: a key of the largest size, and Mbed TLS's head
#define STORAGE_SHARED_SIZE 0x3000

static uint8_t request[CRYPTO_BUFFER_SIZE];
static uint8_t response[CRYPTO_BUFFER_SIZE];
static struct sp_rpc_endpoint endpoint = {
    .services = &crypto_service,
    .service_count = 1,
    .request = request,
    .response = response,
    .buffer_size = CRYPTO_BUFFER_SIZE,
};

static alignas(SP_MEM_PAGE) uint8_t storage_shared[STORAGE_SHARED_SIZE];
static struct transport_svc storage;

// Whether the manifest gives what the quotas promise
static int check_heap(void)
{
    void *all = malloc(CRYPTO_HEAP_SIZE);

    free(all);
    return all != NULL ? 0 : ERR_NO_MEMORY;
}

// Storage is looked for when the first persistent key needs it: without it, volatile keys work
static int connect_storage(void)
{
    int error = transport_svc_init(&storage, storage_shared, sizeof(storage_shared));

    storage.transport.partition = TS_STORAGE_ID;
    return error == 0 && psa_client_connect(&storage.transport) != PSA_SUCCESS ? ERR_INVALID
                                                                               : error;
}

static int rndr_entropy(uint8_t *buf, size_t len)
{
    for (size_t done = 0; done < len; done += sizeof(uint64_t)) {
        uint64_t value;
        size_t left = len - done;
        unsigned int tries = 0;

        while (!sp_rndrrs(&value)) {
            if (++tries == RNDR_TRIES) {
                return ERR_IO;
            }
        }
        memcpy(buf + done, &value, left < sizeof(value) ? left : sizeof(value));
    }
    return 0;
}

static void answer(struct sp_message *message)
{
    sp_rpc_answer(&endpoint, message);
}

int sp_main(void)
{
    uint8_t seed[CRYPTO_SEED_SIZE];
    bool has_rndr = (sp_hwcap2() & SP_HWCAP2_RNG) != 0;
    int error = sp_seed_take(seed);

    if (error == 0) {
        error = sp_rxtx_map(NULL, NULL); // to retrieve what clients share
    }
    if (error == 0) {
        error = connect_storage();
    }
    if (error == 0) {
        error = check_heap();
    }
    if (error == 0) {
        error = crypto_service_init(seed, has_rndr ? rndr_entropy : NULL);
    }
    if (error != 0) {
        return error;
    }
    sp_log("ready; instructions of the core in use:%s%s%s%s",
           (sp_hwcap() & SP_HWCAP_AES) != 0 ? " AES" : "",
           (sp_hwcap() & SP_HWCAP_SHA2) != 0 ? " SHA-256" : "",
           (sp_hwcap() & SP_HWCAP_SHA512) != 0 ? " SHA-512" : "", has_rndr ? " RNDR" : "");
    sp_run(answer);
}
