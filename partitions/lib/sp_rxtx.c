// SPDX-License-Identifier: BSD-3-Clause
//
// The partition's RX and TX buffers, for partitions that ask for them. The SPMC reads TX and writes RX in the course of this
// partition's own calls, and RX also when somebody sends it an indirect message while RX is free.
#include "sp_private.h"

static uint8_t rx_page[SP_RXTX_SIZE] __attribute__((aligned(SP_RXTX_SIZE)));
static uint8_t tx_page[SP_RXTX_SIZE] __attribute__((aligned(SP_RXTX_SIZE)));

int sp_rxtx_map(const void **rx, void **tx)
{
    struct ffa_args args = { .x = { FFA_RXTX_MAP_64, (uintptr_t)tx_page, (uintptr_t)rx_page, 1 } };

    sp_call_short(&args);
    if (sp_error_of(&args, FFA_SUCCESS_32) != 0) {
        return ERR_DENIED;
    }
    if (rx != NULL) {
        *rx = rx_page;
    }
    if (tx != NULL) {
        *tx = tx_page;
    }
    return 0;
}

int sp_rx_release(void)
{
    struct ffa_args args = { .x = { FFA_RX_RELEASE } };

    sp_call_short(&args);
    return sp_error_of(&args, FFA_SUCCESS_32);
}

const void *sp_rx(void)
{
    return rx_page;
}

void *sp_tx(void)
{
    return tx_page;
}
