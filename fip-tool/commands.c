// SPDX-License-Identifier: BSD-3-Clause
//
// The table of commands and the global options. Called by main() and by the tests, which run
// fip-tool inside their own process.
#include "fip-tool.h"

#include <stdio.h>
#include <string.h>

static const struct tool_command *const commands[] = {
    &cmd_create, &cmd_info, &cmd_update, &cmd_remove,  &cmd_unpack,    &cmd_sp_pack, &cmd_flash,
    &cmd_certs,  &cmd_sign, &cmd_verify, &cmd_measure, &cmd_provision, &cmd_token,   &cmd_quote,
};
#define COMMAND_COUNT (sizeof(commands) / sizeof(commands[0]))

static void print_usage(FILE *stream)
{
    fprintf(stream, "usage: fip-tool [--verbose] COMMAND [options] FILE\n"
                    "       fip-tool COMMAND --help\n\ncommands:\n");
    for (size_t i = 0; i < COMMAND_COUNT; i++) {
        fprintf(stream, "  %-10s %s\n", commands[i]->name, commands[i]->summary);
    }
    fprintf(
        stream,
        "\nexit codes: 0 done, 1 a file was refused or could not be used, 2 wrong command line,\n"
        "3 a token or a quote is not to be believed\n");
}

static const struct tool_command *find_command(const char *name)
{
    for (size_t i = 0; i < COMMAND_COUNT; i++) {
        if (strcmp(commands[i]->name, name) == 0) {
            return commands[i];
        }
    }
    tool_error("command: found \"%s\", expected one of those that fip-tool --help lists", name);
    return NULL;
}

static enum tool_exit run_command(int argc, char **argv)
{
    const struct tool_command *command = find_command(argv[0]);
    enum tool_exit exit_code;
    struct tool_args args;

    if (command == NULL) {
        return TOOL_USAGE;
    }
    if (!tool_args_parse(command, argc, argv, &args, &exit_code)) {
        return exit_code;
    }
    return command->run(&args);
}

// help [COMMAND]
static enum tool_exit run_help(int argc, char **argv)
{
    const struct tool_command *command = NULL;

    if (argc > 1) {
        command = find_command(argv[1]);
        if (command == NULL) {
            return TOOL_USAGE;
        }
        tool_args_help(command);
    } else {
        print_usage(stdout);
    }
    return TOOL_OK;
}

enum tool_exit tool_run(int argc, char **argv)
{
    enum tool_exit exit_code;
    int first = 1;

    while (first < argc &&
           (strcmp(argv[first], "--verbose") == 0 || strcmp(argv[first], "-v") == 0)) {
        tool_verbose_enabled = true;
        first++;
    }
    if (first == argc) {
        print_usage(stderr);
        return TOOL_USAGE;
    }
    if (strcmp(argv[first], "help") == 0 || strcmp(argv[first], "--help") == 0) {
        exit_code = run_help(argc - first, argv + first);
    } else {
        exit_code = run_command(argc - first, argv + first);
    }
    if (fflush(stdout) != 0) { // a listing that did not arrive is a failure
        tool_error("standard output: cannot write");
        return TOOL_FAILED;
    }
    return exit_code;
}
