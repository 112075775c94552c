// SPDX-License-Identifier: BSD-3-Clause
//
// ffa-shell as its users run it: commands from a pipe, what it prints, how it ends.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#include "tests/target/target.h"

static char output[65536];

// Feeds `input` to the shell; its exit status, all it printed in output[]
static int shell(const char *options, const char *input)
{
    char command[4096];
    int n = snprintf(command, sizeof(command), "printf '%s' | timeout -s KILL 100 %s %s 2>&1",
                     input, TESSERA_FFA_SHELL, options);

    assert_true(n > 0 && (size_t)n < sizeof(command));
    FILE *f = popen(command, "r");
    assert_non_null(f);
    size_t size = fread(output, 1, sizeof(output) - 1, f);
    output[size] = '\0';
    int status = pclose(f);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 255;
}

static void assert_output(const char *text)
{
    if (strstr(output, text) == NULL) {
        fail_msg("the output has no \"%s\":\n%s", text, output);
    }
}

static void partitions_are_listed(void **state)
{
    (void)state;
    assert_int_equal(shell("", "partitions\\n"), 0);
    assert_output("echo");
    assert_output("crypto");
    assert_output("efb1a83e-32fb-44e9-8c7d-3b46fc31cd60");
}

static void random_hash_and_sign_work(void **state)
{
    (void)state;
    assert_int_equal(shell("", "random 32\\nhash abc\\nsign \"a text\"\\n"), 0);
    assert_output("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    assert_output("verified");
    assert_int_equal(strcspn(output, "\n"), 64);
}

static void encryption_storage_and_capabilities_work(void **state)
{
    (void)state;
    assert_int_equal(shell("", "encrypt \"a text\"\\nits set 7 \"an asset\"\\nits info 7\\nits get "
                               "7\\nclient 3\\nps set 7 other\\nps get 7\\nps remove 7\\nclient "
                               "0\\nits remove 7\\n"),
                     0);
    assert_output("decrypted\n");
    assert_output("8 bytes, room for 8, flags 0\n");
    assert_output("an asset\n");
    assert_output("other\n");
    assert_int_equal(shell("", "its get 7\\n"), 1);
    assert_output("PSA DOES_NOT_EXIST (-140)");
    assert_int_equal(shell("", "its write 7\\n"), 1);
    assert_output("usage: its set UID TEXT");
    assert_int_equal(shell("", "client 65536\\n"), 1);
    assert_int_equal(shell("", "capabilities crypto\\n"), 0);
    assert_output("version 1.2");
    assert_output("0x100  volatile keys");
    assert_output("0x02000009\n"); // SHA-256
    assert_int_equal(shell("", "capabilities ps\\n"), 0);
    assert_output("bytes of an asset");
    assert_output("65536\n");
    assert_int_equal(shell("", "capabilities echo\\n"), 1);
}

static void calls_by_name_and_number(void **state)
{
    (void)state;
    assert_int_equal(shell("", "call id_get\\ncall 0x84000085\\ndirect echo "
                               "0x1234567887654321\\ndirect32 0x8001 7\\n"),
                     0);
    assert_output("FFA_SUCCESS_32");
    assert_output("0000000000008000");
    assert_output("1234567887654321");
    assert_output("FFA_MSG_SEND_DIRECT_RESP_32");
}

static void errors_have_names_and_a_status(void **state)
{
    (void)state;
    assert_int_equal(shell("", "direct 0x9999\\n"), 1);
    assert_output("INVALID_PARAMETERS");
    assert_int_equal(shell("", "nonsense\\n"), 1);
    assert_output("no such command");
    assert_int_equal(shell("", "call FFA_NONSENSE\\n"), 1);
    assert_int_equal(shell("", "mem read 0x0e000000\\n"), 1);
    assert_output("exception");
    assert_int_equal(shell("", "random\\n"), 1);
    assert_output("usage: random COUNT");
    assert_int_equal(shell("", "random x\\n"), 1);
    assert_output("not a number");
}

static void memory_can_be_read_and_written(void **state)
{
    (void)state;
    assert_int_equal(shell("", "mem write 0x44100000 0x41424344 4\\nmem read 0x44100000 4\\nmem "
                               "dump 0x44100000 16\\n"),
                     0);
    assert_output("41424344");
    assert_output("DCBA");
}

static void options_are_checked(void **state)
{
    (void)state;
    assert_int_equal(shell("--help", ""), 0);
    assert_output("usage: ffa-shell");
    assert_int_equal(shell("--gic 4", ""), 2);
    assert_int_equal(shell("--bogus", ""), 2);
    assert_int_equal(shell("--flash /nonexistent", ""), 3);
}

static void help_version_features_and_console_answer(void **state)
{
    (void)state;
    assert_int_equal(shell("--gic 2 --cpu cortex-a57",
                           "help\\nversion\\nfeatures FFA_RXTX_MAP_64\\nconsole\\nquit\\n"),
                     0);
    assert_output("partitions");
    assert_output("FF-A 1.2");
    assert_output("SPMC");
}

static void switching_the_machine_off_ends_the_shell(void **state)
{
    (void)state;
    assert_int_equal(shell("", "call PSCI_SYSTEM_OFF\\npartitions\\n"), 3);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(partitions_are_listed),
        cmocka_unit_test(random_hash_and_sign_work),
        cmocka_unit_test(encryption_storage_and_capabilities_work),
        cmocka_unit_test(calls_by_name_and_number),
        cmocka_unit_test(errors_have_names_and_a_status),
        cmocka_unit_test(memory_can_be_read_and_written),
        cmocka_unit_test(options_are_checked),
        cmocka_unit_test(help_version_features_and_console_answer),
        cmocka_unit_test(switching_the_machine_off_ends_the_shell),
    };

    return cmocka_run_group_tests_name("shell", tests, NULL, NULL);
}
