// SPDX-License-Identifier: BSD-3-Clause
//
// The table of commands, and what is done before and after each. Called by main() and by the tests, which run the program
// inside their own process.
#include <grp.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "tessera.h"
#include "tool.h"

#define DEVICES_MAX 16 // of Linux

static const struct tool_command commands[] = {
    { "info", NULL, "services that are there, and what they can do", "", 0, 0, NULL, false,
      cmd_info },
    { "random", NULL, "random bytes of the secure world", "COUNT", 1, TOOL_OPT_OUT, NULL, false,
      cmd_random },
    { "key", "generate", "make a key that stays in the secure world", "KIND", 1,
      TOOL_OPT_ID | TOOL_OPT_EXPORT,
      "The key signs, and is there until it is removed, also after a reset.\n", false,
      cmd_key_generate },
    { "key", "import", "bring a key", "KIND FILE", 2, TOOL_OPT_ID | TOOL_OPT_EXPORT,
      "FILE: a private key that is not encrypted, as OpenSSL writes it, PEM or DER; or the number\n"
      "of an elliptic curve's key alone, big-endian.\n",
      false, cmd_key_import },
    { "key", "show", "kind and use of a key", "ID", 1, 0, NULL, false, cmd_key_show },
    { "key", "public", "the public half of a key", "ID", 1, TOOL_OPT_OUT | TOOL_OPT_RAW,
      "PEM (SubjectPublicKeyInfo), which OpenSSL reads; with --raw as psa_export_public_key() "
      "gives it.\n",
      false, cmd_key_public },
    { "key", "rm", "destroy a key", "ID", 1, 0, NULL, false, cmd_key_rm },
    { "sign", NULL, "sign a file", "ID FILE", 2, TOOL_OPT_OUT | TOOL_OPT_RAW,
      "An ECDSA signature is DER (OpenSSL: dgst -verify), with --raw r and s as PSA gives them.\n",
      false, cmd_sign },
    { "verify", NULL, "check a file's signature", "ID FILE SIGNATURE", 3, TOOL_OPT_RAW,
      "SIGNATURE: a file that `tessera sign --out` wrote, with the same --raw. Exit code 3: it "
      "does not match.\n",
      false, cmd_verify },
    { "store", "get", "read an asset", "UID", 1, TOOL_OPT_OUT | TOOL_OPT_ITS, NULL, false,
      cmd_store_get },
    { "store", "set", "write an asset", "UID FILE", 2, TOOL_OPT_ITS | TOOL_OPT_WRITE_ONCE, NULL,
      false, cmd_store_set },
    { "store", "rm", "remove an asset", "UID", 1, TOOL_OPT_ITS, NULL, false, cmd_store_rm },
    { "store", "show", "size and flags of an asset", "UID", 1, TOOL_OPT_ITS, NULL, false,
      cmd_store_show },
    { "attest", "token", "a signed statement of what this machine booted", "", 0,
      TOOL_OPT_OUT | TOOL_OPT_CHALLENGE,
      "A PSA token (RFC 9783). Without --challenge it answers nobody's, but 32 random bytes.\n",
      false, cmd_attest_token },
    { "attest", "key", "the public key that signs this machine's tokens", "", 0,
      TOOL_OPT_OUT | TOOL_OPT_RAW, NULL, false, cmd_attest_key },
    { "selftest", NULL, "try the services, the TPM too; change nothing that stays", "", 0,
      TOOL_OPT_QUICK, "A line for each case, as TAP has it. Exit code 1: one failed.\n", true,
      cmd_selftest },
};
#define COMMAND_COUNT (sizeof(commands) / sizeof(commands[0]))

// All commands, or those of one name
static void print_commands(FILE *stream, const char *wanted)
{
    for (size_t i = 0; i < COMMAND_COUNT; i++) {
        char name[64];

        if (wanted == NULL || strcmp(wanted, commands[i].name) == 0) {
            (void)snprintf(name, sizeof(name), "%s%s%s %s", commands[i].name,
                           commands[i].step != NULL ? " " : "",
                           commands[i].step != NULL ? commands[i].step : "", commands[i].operands);
            fprintf(stream, "  %-28s %s\n", name, commands[i].summary);
        }
    }
}

static void print_usage(FILE *stream)
{
    fprintf(stream, "usage: tessera COMMAND [options]\n"
                    "       tessera COMMAND --help\n\ncommands:\n");
    print_commands(stream, NULL);
    fprintf(stream,
            "\nwith each of them:\n"
            "  --json            one JSON object on standard output\n"
            "  --devices PREFIX  the kernel's devices are PREFIX0, PREFIX1, … (" TESSERA_DEVICES
            ")\n"
            "\nFILE - is standard input. Results are hexadecimal unless --out FILE says where they "
            "go as they are; -\n"
            "is standard output.\n"
            "\nexit codes: 0 done, 1 a service refused or is not there, or a file cannot be used, "
            "2 wrong command\n"
            "line, 3 a signature does not match\n");
}

static enum tool_exit printed(void)
{
    return fflush(stdout) == 0 && ferror(stdout) == 0 ? TOOL_OK : TOOL_FAILED;
}

// Whether commands of this name have a second word
static bool is_family(const char *name)
{
    for (size_t i = 0; i < COMMAND_COUNT; i++) {
        if (strcmp(name, commands[i].name) == 0) {
            return commands[i].step != NULL;
        }
    }
    return false;
}

static bool is_help(const char *word)
{
    return strcmp(word, "--help") == 0 || strcmp(word, "-h") == 0;
}

// The row that argv begins with, and how many words of it that are. NULL after an error line.
static const struct tool_command *find_command(int argc, char **argv, int *words)
{
    bool known = false;

    for (size_t i = 0; i < COMMAND_COUNT; i++) {
        const struct tool_command *command = &commands[i];

        if (strcmp(command->name, argv[0]) != 0) {
            continue;
        }
        known = true;
        *words = command->step != NULL ? 2 : 1;
        if (command->step == NULL || (argc > 1 && strcmp(command->step, argv[1]) == 0)) {
            return command;
        }
    }
    if (known) {
        tool_error("%s: found \"%s\", expected one of the steps that tessera --help lists", argv[0],
                   argc > 1 ? argv[1] : "");
    } else {
        tool_error("command: found \"%s\", expected one of those that tessera --help lists",
                   argv[0]);
    }
    return NULL;
}

// Says whom the first device is for
static void say_denied(const char *devices)
{
    struct stat status;
    char path[80]; // their names have 60 characters at most

    for (unsigned int i = 0; i < DEVICES_MAX; i++) {
        (void)snprintf(path, sizeof(path), "%s%u", devices, i);
        if (stat(path, &status) != 0) {
            continue;
        }
        const struct group *group = getgrgid(status.st_gid);

        tool_error("%s: this user may not open it: mode %03o, group %s: %s", path,
                   (unsigned int)status.st_mode & 0777, group != NULL ? group->gr_name : "unknown",
                   status.st_gid == 0 || (status.st_mode & 060) != 060
                       ? "is the udev rule 60-tessera.rules there?"
                       : "be a member of that group (adduser)");
        return;
    }
    tool_error("%s0 …: this user may not open them", devices);
}

static enum tool_exit say_unconnected(const char *devices, psa_status_t status)
{
    switch (status) {
    case PSA_ERROR_INVALID_ARGUMENT:
        tool_error("--devices: found \"%s\", expected at most 60 characters", devices);
        return TOOL_USAGE;
    case PSA_ERROR_NOT_PERMITTED:
        say_denied(devices);
        break;
    case PSA_ERROR_INSUFFICIENT_MEMORY:
        tool_error("%s0 …: no room for another open file, of this process or of the device",
                   devices);
        break;
    default:
        tool_error("%s0 …: none is one of Tessera's services: is the kernel module loaded?",
                   devices);
        break;
    }
    return TOOL_FAILED;
}

static enum tool_exit run_connected(const struct tool_command *command,
                                    const struct tool_args *args)
{
    psa_status_t status = tessera_connect(args->devices, TESSERA_MEMORY_SIZE);

    if (status != PSA_SUCCESS && (!command->alone || status == PSA_ERROR_INVALID_ARGUMENT)) {
        return say_unconnected(args->devices, status);
    }
    enum tool_exit exit_code = command->run(args);

    if (tessera_disconnect() != PSA_SUCCESS) {
        tool_error("%s0 …: the kernel did not take everything back", args->devices);
        exit_code = exit_code == TOOL_OK ? TOOL_FAILED : exit_code;
    }
    return exit_code;
}

static enum tool_exit run_command(int argc, char **argv)
{
    struct tool_args args;
    enum tool_exit exit_code = TOOL_USAGE;
    int words = 0;
    const struct tool_command *command = find_command(argc, argv, &words);

    if (command != NULL &&
        tool_args_parse(command, argc - words, argv + words, &args, &exit_code)) {
        exit_code = run_connected(command, &args);
    } else if (exit_code == TOOL_OK) {
        return TOOL_OK; // help
    }
    return tool_output_end() || exit_code != TOOL_OK ? exit_code : TOOL_FAILED;
}

int tool_run(int argc, char **argv)
{
    bool json = false;

    if (argc < 2) {
        print_usage(stderr);
        return TOOL_USAGE;
    }
    if (strcmp(argv[1], "help") == 0 || is_help(argv[1])) {
        print_usage(stdout);
        return (int)printed();
    }
    if (strcmp(argv[1], "--version") == 0) {
        printf("tessera %s\n", tessera_version());
        return (int)printed();
    }
    if (argc == 3 && is_help(argv[2]) && is_family(argv[1])) {
        print_commands(stdout, argv[1]);
        return (int)printed();
    }
    for (int i = 1; i < argc; i++) { // a command line that is wrong has its answer in JSON, too
        json = json || strcmp(argv[i], "--json") == 0;
    }
    tool_output_begin(json);
    return (int)run_command(argc - 1, argv + 1);
}
