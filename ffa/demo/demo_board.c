// SPDX-License-Identifier: BSD-3-Clause
//
// What the demo is to the shared platform code: a board with a console (the normal world's UART),
// an end (PSCI SYSTEM_OFF) and an address map.
#include <stdarg.h>

#include "board.h"
#include "demo_private.h"
#include "ffa/client/transport_smc.h"
#include "log.h"
#include "mmu.h"
#include "platform.h"
#include "printf.h"
#include "smccc.h"
#include "uart.h"

#define LINE_SIZE 240
#define TABLE_PAGES 8

extern char demo_text_start[];
extern char demo_rodata_start[];
extern char demo_data_start[];
extern char demo_end[];

const struct board board = {
    .name = "demo",
    .console = { .base = UART_NS_BASE },
};

static uint64_t table_pages[TABLE_PAGES][TABLES_ENTRIES] __attribute__((aligned(4096)));
static struct tables_fixed pool = { .pages = table_pages, .count = TABLE_PAGES };

void plat_fatal(void)
{
    demo_off();
}

void demo_off(void)
{
    struct ffa_args args = { .x = { PSCI_SYSTEM_OFF } };

    uart_flush(&board.console);
    smc_call(&args);
    while (true) { // the firmware has no SYSTEM_OFF: nothing is left to do
    }
}

void demo_say(const char *format, ...)
{
    char line[LINE_SIZE];
    va_list args;

    va_start(args, format);
    printf_vformat(line, sizeof(line), format, args);
    va_end(args);
    log_raw("demo: ");
    log_raw(line);
    log_raw("\n");
}

void demo_say_bytes(const char *what, const uint8_t *bytes, size_t size)
{
    char hex[2 * 80 + 1] = "";

    for (size_t i = 0; i < size && 2 * i + 2 < sizeof(hex); i++) {
        printf_format(hex + 2 * i, 3, "%02x", bytes[i]);
    }
    demo_say("%s %s", what, hex);
}

void demo_fail(const char *what, int code)
{
    demo_say("FAILED: %s (%d)", what, code);
    demo_off();
}

static void map(struct tables *tables, const char *start, const char *end, uint64_t attrs)
{
    int error =
        tables_map(tables, (uintptr_t)start, (uintptr_t)start, (uint64_t)(end - start), attrs);

    if (error != 0) {
        demo_fail("the address map", error);
    }
}

void demo_mmu_on(void)
{
    struct tables tables = { .pool = { .alloc = tables_fixed_alloc, .ctx = &pool } };
    char *uart = (char *)UART_NS_BASE;
    int error = tables_init(&tables);

    if (error != 0) {
        demo_fail("the address map", error);
    }
    map(&tables, demo_text_start, demo_rodata_start, TABLES_EL1_CODE);
    map(&tables, demo_rodata_start, demo_data_start, TABLES_EL1_RODATA);
    map(&tables, demo_data_start, demo_end, TABLES_EL1_DATA);
    map(&tables, uart, uart + 4096, TABLES_EL1_DEVICE);
    mmu_enable_el1(&tables);
}
