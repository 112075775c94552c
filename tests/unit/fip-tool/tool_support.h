// SPDX-License-Identifier: BSD-3-Clause
//
// What the tests of fip-tool share: fip-tool run inside the test program (so that the sanitizers
// see it), Debian's fiptool and cert_create as oracles, files in a folder of their own.
#ifndef TOOL_SUPPORT_H
#define TOOL_SUPPORT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#define FIPTOOL_ABSENT 127

// cmocka setup and teardown: an empty working folder for each test, removed with all in it.
int support_enter(void **state);
int support_leave(void **state);

// Run `fip-tool` (in this process) or Debian's `fiptool` or `cert_create` with a command line of words
// separated by one blank; `format` as in printf. Return the exit code; FIPTOOL_ABSENT if there is no such
// program.
int support_tool(const char *format, ...) __attribute__((format(printf, 1, 2)));
int support_fiptool(const char *format, ...) __attribute__((format(printf, 1, 2)));
int support_cert_create(const char *format, ...) __attribute__((format(printf, 1, 2)));

// What the last run printed; valid until the next run.
const char *support_stdout(void);
const char *support_stderr(void);

// Fails the test unless the last run's stderr contains `text`.
void support_expect_message(const char *text);

// Write a file of given bytes; of `size` bytes that depend on `seed`.
void support_write(const char *path, const void *data, size_t size);
void support_write_pattern(const char *path, size_t size, uint8_t seed);

// A whole file; the test fails if it cannot be read. The caller frees it; one zero byte follows.
uint8_t *support_read(const char *path, size_t *size);

// True if both files have the same bytes; false if they differ or one is missing.
bool support_same(const char *a, const char *b);

// Number of files in a folder.
size_t support_count(const char *path);

#endif
