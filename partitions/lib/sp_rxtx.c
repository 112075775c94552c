// SPDX-License-Identifier: BSD-3-Clause
//
// The partition's RX and TX buffers, for partitions that ask for them.
#include "sp.h"

static uint8_t rx_page[4096] __attribute__((aligned(4096)));
static uint8_t tx_page[4096] __attribute__((aligned(4096)));

int sp_rxtx_map(const void **rx, void **tx)
{
    struct ffa_args args = { .x = { FFA_RXTX_MAP_64, (uintptr_t)tx_page, (uintptr_t)rx_page, 1 } };

    sp_call_short(&args);
    if ((uint32_t)args.x[0] != FFA_SUCCESS_32) {
        return ERR_DENIED;
    }
    *rx = rx_page;
    *tx = tx_page;
    return 0;
}
