// SPDX-License-Identifier: BSD-3-Clause
//
// See serve.h.
#include "tests/target/sp_attest/serve.h"

#include "sp.h"

static uint8_t request[SERVE_BUFFER_SIZE];
static uint8_t response[SERVE_BUFFER_SIZE];
static struct sp_rpc_endpoint endpoint = {
    .service_count = 1,
    .request = request,
    .response = response,
    .buffer_size = SERVE_BUFFER_SIZE,
};

static void answer(struct sp_message *message)
{
    sp_rpc_answer(&endpoint, message);
}

_Noreturn void serve_run(const struct sp_rpc_service *service)
{
    endpoint.services = service;
    sp_run(answer);
}
