// SPDX-License-Identifier: BSD-3-Clause
//
// Arm PL011 UART (DDI0183), output only; contracts in uart.h.
#include "uart.h"

#include "mmio.h"

#define UARTDR 0x00
#define UARTFR 0x18
#define UARTFR_BUSY (1u << 3)
#define UARTFR_TX_FULL (1u << 5)
#define UARTIBRD 0x24
#define UARTFBRD 0x28
#define UARTLCR_H 0x2c
#define UARTLCR_H_FIFO (1u << 4)
#define UARTLCR_H_8_BITS (3u << 5)
#define UARTCR 0x30
#define UARTCR_ENABLE (1u << 0)
#define UARTCR_TX (1u << 8)

// A byte at 9600 baud takes 1 ms; a bus access takes at least some 10 ns
#define UART_WAIT_MAX 1000000

static void wait_while(const struct board_uart *uart, uint32_t flag)
{
    for (uint32_t i = 0; i < UART_WAIT_MAX; i++) {
        if ((mmio_read32(uart->base + UARTFR) & flag) == 0) {
            return;
        }
    }
}

void uart_init(const struct board_uart *uart)
{
    uint32_t control = UARTCR_ENABLE | UARTCR_TX;

    // The image before this one set it up in the same way: leave what it has in the FIFO alone
    if (mmio_read32(uart->base + UARTCR) == control) {
        return;
    }
    mmio_write32(uart->base + UARTCR, 0);
    if (uart->clock_hz != 0) {
        uint32_t divisor =
            (uint32_t)((uint64_t)uart->clock_hz * 4 / uart->baud); // 16.6 fixed point

        mmio_write32(uart->base + UARTIBRD, divisor >> 6);
        mmio_write32(uart->base + UARTFBRD, divisor & 0x3f);
    }
    mmio_write32(uart->base + UARTLCR_H, UARTLCR_H_8_BITS | UARTLCR_H_FIFO);
    mmio_write32(uart->base + UARTCR, control);
}

void uart_put(const struct board_uart *uart, char byte)
{
    wait_while(uart, UARTFR_TX_FULL);
    mmio_write32(uart->base + UARTDR, (unsigned char)byte);
}

void uart_flush(const struct board_uart *uart)
{
    wait_while(uart, UARTFR_BUSY);
}
