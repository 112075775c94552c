// SPDX-License-Identifier: BSD-3-Clause
//
// The console driver that the board chose (one file of platform/drivers, named in board.mk). Output
// only. Called by log.c and by a board's plat_early_init.
#ifndef UART_H
#define UART_H

#include "platform.h"

// Switches the transmitter on with 8 bits, no parity; sets the divisors only when clock_hz is not
// 0. Repeating it is harmless. Waits at most for the few characters still in the FIFO. Any EL, any
// MMU state.
void uart_init(const struct board_uart *uart);

// Sends one byte; waits for room in the FIFO, at most UART_WAIT_MAX polls (a byte of a dead UART is
// dropped rather than hanging the machine). '\n' is sent as it is.
void uart_put(const struct board_uart *uart, char byte);

// Waits, bounded in the same way, until everything has left the wire: before power off or reset.
void uart_flush(const struct board_uart *uart);

#endif
