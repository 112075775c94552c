// SPDX-License-Identifier: BSD-3-Clause
//
// Joins the service to its partition: RX and TX, buffers, message loop.
#include "sp.h"
#include "sp_rpc.h"

#include "template_service.h"

#define BUFFER_SIZE 4096 // of a request and of a response: clients' memory beyond it is not used

static uint8_t request[BUFFER_SIZE];
static uint8_t response[BUFFER_SIZE];
static struct sp_rpc_endpoint endpoint = {
    .services = &template_service,
    .service_count = 1,
    .request = request,
    .response = response,
    .buffer_size = BUFFER_SIZE,
};

static void answer(struct sp_message *message)
{
    sp_rpc_answer(&endpoint, message);
}

int sp_main(void)
{
    int error = sp_rxtx_map(NULL, NULL); // to retrieve what clients share

    if (error != 0) {
        return error;
    }
    sp_log("ready");
    sp_run(answer);
}
