// SPDX-License-Identifier: BSD-3-Clause
//
// Runs the command `tessera` in a test's process, in a folder of its own, and keeps what it says.
#ifndef TOOL_RUNNER_H
#define TOOL_RUNNER_H

#include <stddef.h>

extern char text[16384];   // of standard output
extern char errors[4096];  // of standard error
extern char folder[];      // between make_folder() and remove_folder()
extern const char *output; // where standard output goes; NULL: to `text`

// cmocka's fixtures of a group.
int make_folder(void **state);
int remove_folder(void **state);

// The path of a file in the folder; good until the fourth call after this one.
char *path_of(const char *name);

// Reads at most size bytes of such a file, and returns how many there were; writes one.
size_t load(const char *name, void *data, size_t size);
void save(const char *name, const void *data, size_t size);

// Runs `tessera` with the words of this format. Returns its exit code.
int run(const char *format, ...) __attribute__((format(printf, 1, 2)));

#endif
