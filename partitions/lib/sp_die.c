// SPDX-License-Identifier: BSD-3-Clause
//
// The ends of a partition: sp_die(), and the names that picolibc and the compiler call when
// something broke. Every one logs why and faults; the SPMC reports the registers, stops the
// partition and answers its callers FFA_ABORTED.
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "sp_private.h"

static void raw(const char *text)
{
    sp_log_raw(text, strlen(text));
}

void sp_die(const char *reason)
{
    raw("died: ");
    raw(reason);
    raw("\n");
    sp_fault();
}

void abort(void)
{
    sp_die("abort");
}

_Noreturn void _exit(int status);
_Noreturn void _exit(int status)
{
    (void)status;
    sp_die("exit");
}

// The compiler's check of the stack canary failed: the stack cannot be trusted any more.
_Noreturn void __stack_chk_fail(void);
_Noreturn void __stack_chk_fail(void)
{
    sp_die("the stack was overwritten");
}

// picolibc's checked string functions (_FORTIFY_SOURCE)
_Noreturn void __chk_fail(void);
_Noreturn void __chk_fail(void)
{
    sp_die("a string function would have overrun its buffer");
}

_Noreturn void __assert_func(const char *file, int line, const char *function,
                             const char *expression)
{
    (void)line; // in the registers of the report; the text is kept free of printf
    (void)function;
    raw("assertion in ");
    raw(file);
    raw(": ");
    raw(expression);
    raw("\n");
    sp_die("assert");
}
