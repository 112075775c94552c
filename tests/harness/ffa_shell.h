// SPDX-License-Identifier: BSD-3-Clause
//
// Between the files of ffa-shell.
#ifndef FFA_SHELL_H
#define FFA_SHELL_H

#include <stdbool.h>
#include <stddef.h>

#include "tests/harness/harness.h"
#include "tests/harness/transport_harness.h"

#define SHELL_PARTITIONS_MAX 16

struct shell_partition {
    uint16_t id;
    uint16_t contexts;
    uint32_t properties;
    uint32_t uuid[4];
    char name[16];
};

struct shell {
    struct harness *h;
    struct harness_transport transport;
    struct shell_partition partitions[SHELL_PARTITIONS_MAX];
    unsigned int partition_count;
    bool quit;
    bool psa_ready;
};

// One command: `argv[0]` is its name. Returns 0, or 1 when it failed and said why.
typedef int (*shell_function)(struct shell *s, int argc, char **argv);
struct shell_command {
    const char *name;
    const char *arguments;
    const char *help;
    shell_function run;
    int min_args; // without the name
    int max_args;
};

// The table, ended by a NULL name.
extern const struct shell_command shell_commands[];

// Reads a number (0x…, decimal). false: says that `text` is none.
bool shell_number(const char *text, uint64_t *value);

// Makes a call; prints why and returns false if there was none or FFA_ERROR came back.
bool shell_call(struct shell *s, struct ffa_args *args);

// Finds the partitions of the machine; 0, or 1 after a message.
int shell_find_partitions(struct shell *s);

// Partition by name, number or UUID; NULL after a message.
const struct shell_partition *shell_partition(struct shell *s, const char *text);

// Prints `size` bytes as hexadecimal text on one line.
void shell_print_hex(const void *data, size_t size);

// ffa_shell_crypto.c
int shell_random(struct shell *s, int argc, char **argv);
int shell_hash(struct shell *s, int argc, char **argv);
int shell_sign(struct shell *s, int argc, char **argv);
int shell_encrypt(struct shell *s, int argc, char **argv);

// Connects the client library. 0, or 1 after a message.
int shell_connect(struct shell *s);

// Says which PSA function failed, and how. 0, or 1 after a message.
int shell_check(const char *what, int status);

// ffa_shell_storage.c
int shell_its(struct shell *s, int argc, char **argv);
int shell_ps(struct shell *s, int argc, char **argv);
int shell_capabilities(struct shell *s, int argc, char **argv);
int shell_client(struct shell *s, int argc, char **argv);

// ffa_shell_attest.c
int shell_attest(struct shell *s, int argc, char **argv);

#endif
