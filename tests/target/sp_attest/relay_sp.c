// SPDX-License-Identifier: BSD-3-Clause
//
// relay: passes its client's challenge to the attest partition through the client library, as itself. A partition of
// test_attest.c.
#include <stdalign.h>
#include <string.h>

#include "ffa/client/psa/initial_attestation.h"
#include "ffa/client/psa_client.h"
#include "ffa/client/transport_svc.h"
#include "sp.h"
#include "sp_rpc.h"
#include "tests/target/sp_attest/relay_proto.h"
#include "tests/target/sp_attest/serve.h"

static alignas(SP_MEM_PAGE) uint8_t shared[SERVE_BUFFER_SIZE];
static struct transport_svc attest;

// The service's status as it is; at most what the caller has room for
static int32_t run_get_token(struct sp_rpc_call *call)
{
    size_t size = 0;

    call->status = psa_initial_attest_get_token(call->request, call->request_size, call->response,
                                                call->response_max, &size);
    call->response_size = call->status == PSA_SUCCESS ? size : 0;
    return TS_RPC_SUCCESS;
}

static int32_t run_get_token_size(struct sp_rpc_call *call)
{
    uint32_t challenge;
    size_t size = 0;

    if (call->request_size < sizeof(challenge) || call->response_max < sizeof(challenge)) {
        return TS_RPC_INVALID_REQUEST_BODY;
    }
    memcpy(&challenge, call->request, sizeof(challenge));
    call->status = psa_initial_attest_get_token_size(challenge, &size);
    challenge = (uint32_t)size;
    memcpy(call->response, &challenge, sizeof(challenge));
    call->response_size = call->status == PSA_SUCCESS ? sizeof(challenge) : 0;
    return TS_RPC_SUCCESS;
}

static int32_t run_public_key(struct sp_rpc_call *call)
{
    size_t size = 0;

    call->status = tessera_attest_get_public_key(call->response, call->response_max, &size);
    call->response_size = call->status == PSA_SUCCESS ? size : 0;
    return TS_RPC_SUCCESS;
}

static const struct sp_rpc_row rows[] = {
    { RELAY_GET_TOKEN, run_get_token },
    { RELAY_GET_TOKEN_SIZE, run_get_token_size },
    { RELAY_PUBLIC_KEY, run_public_key },
};
static const struct sp_rpc_service service = {
    .uuid = RELAY_UUID,
    .rows = rows,
    .row_count = sizeof(rows) / sizeof(rows[0]),
};

int sp_main(void)
{
    int error = sp_rxtx_map(NULL, NULL);

    if (error == 0) {
        error = transport_svc_init(&attest, shared, sizeof(shared));
    }
    if (error == 0 && psa_client_connect(&attest.transport) != PSA_SUCCESS) {
        error = ERR_INVALID;
    }
    if (error != 0) {
        return error;
    }
    serve_run(&service);
}
