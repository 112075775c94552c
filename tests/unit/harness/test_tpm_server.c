// SPDX-License-Identifier: BSD-3-Clause
//
// The TPM's way out of the harness, without a machine: the socket (threat T76: links and files of others at its name), the server's order of
// clients, and the TCTI as tpm2-tss calls it. The TPM is an echo in another process.
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>
#include <tss2/tss2_tcti.h>

#include "tests/harness/tpm_child.h"
#include "tests/harness/tpm_socket.h"

const TSS2_TCTI_INFO *Tss2_Tcti_Info(void);

// Codes of commands that the echo knows; all others are answered with success at once
#define CODE_LONG 0x01   // ends when it is cancelled, with 0x909
#define CODE_DIE 0x02    // the machine dies
#define CODE_BROKEN 0x03 // an answer that is no response

static char folder[] = "/tmp/tessera-socket-XXXXXX";
static char path[64];
static char config[80];
static pid_t server_pid;

// ---- The echo --------------------------------------------------------------------------------------------------------

static int execute(struct tpm_link *link, unsigned int locality, const uint8_t *command,
                   size_t size, uint8_t *response, size_t *response_size)
{
    static const uint8_t ok[12] = { 0x80, 1, 0, 0, 0, 12 };

    (void)size;
    memcpy(response, ok, sizeof(ok));
    response[11] = (uint8_t)locality;
    *response_size = sizeof(ok);
    if (command[9] == CODE_DIE) {
        link->dead = true;
        snprintf(link->why, sizeof(link->why), "it has died");
        return -1;
    }
    if (command[9] == CODE_BROKEN) {
        response[5] = 13;
    }
    if (command[9] == CODE_LONG) {
        while (!link->asked(link->asked_context)) {
            usleep(100);
        }
        response[8] = 9;
        response[9] = 9;
    }
    return 0;
}

static int refuse(struct tpm_link *link)
{
    snprintf(link->why, sizeof(link->why), "not now");
    return -1;
}

static int allow(struct tpm_link *link)
{
    (void)link;
    return 0;
}

static int writes(struct tpm_link *link, uint64_t *bytes)
{
    (void)link;
    *bytes = 4711;
    return 0;
}

static int start(void **state)
{
    static struct tpm_link link = {
        .execute = execute, .reset = allow, .power_cycle = refuse, .writes = writes
    };
    struct tpm_server server;

    (void)state;
    if (tpm_server_open(&server, &link, path) != 0) {
        return -1;
    }
    server_pid = fork();
    if (server_pid == 0) {
        tpm_server_serve(&server, -1);
        tpm_server_close(&server);
        _exit(0);
    }
    close(server.listener); // the other process has it
    return server_pid < 0 ? -1 : 0;
}

static int stop(void **state)
{
    int status;

    (void)state;
    kill(server_pid, SIGKILL);
    waitpid(server_pid, &status, 0);
    return 0;
}

static int group_setup(void **state)
{
    (void)state;
    if (mkdtemp(folder) == NULL) {
        return -1;
    }
    snprintf(path, sizeof(path), "%s/tpm.sock", folder);
    snprintf(config, sizeof(config), "path=%s", path);
    return 0;
}

static int group_teardown(void **state)
{
    (void)state;
    (void)unlink(path);
    return rmdir(folder);
}

// ---- The socket ------------------------------------------------------------------------------------------------------

static void a_socket_is_its_users_alone(void **state)
{
    struct stat st;
    ino_t inode;
    mode_t old = umask(0);
    int fd = tpm_socket_listen(path, &inode);

    (void)state;
    assert_int_equal(umask(old), 0); // as it was
    assert_true(fd >= 0);
    assert_int_equal(lstat(path, &st), 0);
    assert_int_equal(st.st_mode, S_IFSOCK | 0600);
    assert_true(tpm_socket_listen(path, &inode) < 0); // somebody listens there
    close(fd);
    fd = tpm_socket_listen(path, &inode); // nobody does any more: replaced
    assert_true(fd >= 0);
    tpm_socket_remove(path, inode + 1); // another's
    assert_int_equal(access(path, F_OK), 0);
    tpm_socket_remove(path, inode);
    assert_int_not_equal(access(path, F_OK), 0);
    close(fd);
}

static void what_else_has_the_name_is_not_touched(void **state)
{
    char other[80];
    char bytes[4] = { 0 };
    ino_t inode;

    (void)state;
    snprintf(other, sizeof(other), "%s/other", folder);
    FILE *f = fopen(other, "w");

    assert_non_null(f);
    assert_true(fputs("abc", f) >= 0);
    assert_int_equal(fclose(f), 0);
    assert_int_equal(symlink(other, path), 0);
    assert_true(tpm_socket_listen(path, &inode) < 0);
    assert_int_equal(unlink(path), 0);
    assert_int_equal(rename(other, path), 0);
    assert_true(tpm_socket_listen(path, &inode) < 0);
    f = fopen(path, "r");
    assert_non_null(f);
    assert_int_equal(fread(bytes, 1, sizeof(bytes), f), 3);
    assert_string_equal(bytes, "abc");
    fclose(f);
    assert_int_equal(unlink(path), 0);
}

static void a_folder_of_everybody_is_refused(void **state)
{
    ino_t inode;

    (void)state;
    assert_int_equal(chmod(folder, 0777), 0);
    assert_true(tpm_socket_listen(path, &inode) < 0);
    assert_int_equal(chmod(folder, 01777), 0); // as /tmp
    int fd = tpm_socket_listen(path, &inode);

    assert_true(fd >= 0);
    close(fd);
    tpm_socket_remove(path, inode);
    assert_int_equal(chmod(folder, 0700), 0);
    assert_true(tpm_socket_listen("/nowhere/tpm.sock", &inode) < 0);
    assert_true(tpm_socket_listen("", &inode) < 0);
}

// ---- The server ------------------------------------------------------------------------------------------------------

static const uint8_t quick[10] = { 0x80, 1, 0, 0, 0, 10, 0, 0, 0, 0x7f };

static int client(void)
{
    int fd = tpm_socket_connect(path, "test");

    assert_true(fd >= 0);
    return fd;
}

static void ask(int fd, uint32_t type, uint32_t expected)
{
    struct tpm_wire_packet packet;

    assert_true(tpm_socket_send(fd, type, 0, quick, type == TPM_WIRE_COMMAND ? sizeof(quick) : 0));
    assert_int_equal(tpm_socket_receive(fd, true, &packet), 1);
    assert_int_equal(packet.head.type, expected);
}

static void clients_come_one_after_the_other(void **state)
{
    struct tpm_wire_packet packet;
    int first = client();
    int second = client();

    (void)state;
    ask(first, TPM_WIRE_COMMAND, TPM_WIRE_RESPONSE);
    assert_true(tpm_socket_send(second, TPM_WIRE_COMMAND, 0, quick, sizeof(quick)));
    for (unsigned int i = 0; i < 10; i++) { // the first has it as long as it wants
        ask(first, TPM_WIRE_COMMAND, TPM_WIRE_RESPONSE);
        assert_int_equal(tpm_socket_receive(second, false, &packet), 0);
    }
    int third = client();

    ask(third, TPM_WIRE_WRITES, TPM_WIRE_DONE); // control is for everybody
    ask(third, TPM_WIRE_RESET, TPM_WIRE_DONE);
    ask(third, TPM_WIRE_POWER_CYCLE, TPM_WIRE_ERROR);
    close(first);
    assert_int_equal(tpm_socket_receive(second, true, &packet), 1);
    assert_int_equal(packet.head.type, TPM_WIRE_RESPONSE);
    ask(third, TPM_WIRE_STOP, TPM_WIRE_DONE);
    assert_int_equal(tpm_socket_receive(second, true, &packet), -1);
    close(second);
    close(third);
}

static void what_is_no_packet_costs_only_the_sender(void **state)
{
    static const uint8_t lies[][16] = { { 1 }, { 1, 0x4d, 0x50, 0x54, 0, 0, 0, 0, 200 }, { 0xff } };
    struct tpm_wire_packet packet;
    static uint8_t large[sizeof(packet) + 1];
    int good = client();

    (void)state;
    for (size_t i = 0; i < sizeof(lies) / sizeof(lies[0]); i++) {
        int fd = client();

        assert_true(send(fd, lies[i], i == 0 ? 1 : sizeof(lies[i]), 0) > 0);
        assert_int_equal(tpm_socket_receive(fd, true, &packet), -1);
        close(fd);
    }
    int fd = client();

    assert_int_equal(send(fd, large, sizeof(large), 0), sizeof(large));
    assert_int_equal(tpm_socket_receive(fd, true, &packet), -1);
    close(fd);
    ask(good, TPM_WIRE_COMMAND, TPM_WIRE_RESPONSE);
    close(good);
}

// ---- The TCTI --------------------------------------------------------------------------------------------------------

static TSS2_TCTI_CONTEXT *open_tcti(void)
{
    const TSS2_TCTI_INFO *info = Tss2_Tcti_Info();
    size_t size = 0;

    assert_int_equal(info->init(NULL, &size, NULL), TSS2_RC_SUCCESS);
    TSS2_TCTI_CONTEXT *tcti = calloc(1, size);

    assert_non_null(tcti);
    size--;
    assert_int_equal(info->init(tcti, &size, config), TSS2_TCTI_RC_INSUFFICIENT_BUFFER);
    size++;
    assert_int_equal(info->init(tcti, &size, "socket"), TSS2_TCTI_RC_BAD_VALUE);
    assert_int_equal(info->init(tcti, &size, "path=/nowhere/tpm.sock"), TSS2_TCTI_RC_IO_ERROR);
    assert_int_equal(info->init(tcti, &size, config), TSS2_RC_SUCCESS);
    return tcti;
}

static void close_tcti(TSS2_TCTI_CONTEXT *tcti)
{
    Tss2_Tcti_Finalize(tcti);
    free(tcti);
}

static TSS2_RC transmit(TSS2_TCTI_CONTEXT *tcti, uint8_t code)
{
    uint8_t command[10];

    memcpy(command, quick, sizeof(command));
    command[9] = code;
    return Tss2_Tcti_Transmit(tcti, sizeof(command), command);
}

static void the_tcti_keeps_its_order(void **state)
{
    TSS2_TCTI_CONTEXT *tcti = open_tcti();
    uint8_t response[16];
    size_t size = sizeof(response);

    (void)state;
    assert_int_equal(Tss2_Tcti_Receive(tcti, &size, response, TSS2_TCTI_TIMEOUT_NONE),
                     TSS2_TCTI_RC_BAD_SEQUENCE);
    assert_int_equal(Tss2_Tcti_Cancel(tcti), TSS2_TCTI_RC_BAD_SEQUENCE);
    assert_int_equal(Tss2_Tcti_Transmit(tcti, 9, quick), TSS2_TCTI_RC_BAD_VALUE);
    assert_int_equal(Tss2_Tcti_Transmit(tcti, 10, NULL), TSS2_TCTI_RC_BAD_REFERENCE);
    assert_int_equal(Tss2_Tcti_SetLocality(tcti, 4), TSS2_TCTI_RC_BAD_VALUE);
    assert_int_equal(Tss2_Tcti_SetLocality(tcti, 3), TSS2_RC_SUCCESS);
    assert_int_equal(transmit(tcti, 0x7f), TSS2_RC_SUCCESS);
    assert_int_equal(transmit(tcti, 0x7f), TSS2_TCTI_RC_BAD_SEQUENCE);
    assert_int_equal(Tss2_Tcti_SetLocality(tcti, 0), TSS2_TCTI_RC_BAD_SEQUENCE);
    assert_int_equal(Tss2_Tcti_Receive(tcti, NULL, response, -1), TSS2_TCTI_RC_BAD_REFERENCE);
    assert_int_equal(Tss2_Tcti_Receive(tcti, &size, response, -2), TSS2_TCTI_RC_BAD_VALUE);
    size = 0;
    assert_int_equal(Tss2_Tcti_Receive(tcti, &size, NULL, TSS2_TCTI_TIMEOUT_BLOCK),
                     TSS2_RC_SUCCESS); // asks for the size
    assert_int_equal(size, 12);
    size = 11;
    assert_int_equal(Tss2_Tcti_Receive(tcti, &size, response, TSS2_TCTI_TIMEOUT_BLOCK),
                     TSS2_TCTI_RC_INSUFFICIENT_BUFFER);
    assert_int_equal(size, 12);
    assert_int_equal(Tss2_Tcti_Receive(tcti, &size, response, TSS2_TCTI_TIMEOUT_BLOCK),
                     TSS2_RC_SUCCESS);
    assert_int_equal(response[11], 3); // the locality
    assert_int_equal(transmit(tcti, 0x7f), TSS2_RC_SUCCESS);
    close_tcti(tcti);
}

static void the_tcti_waits_as_long_as_it_is_told_and_cancels(void **state)
{
    TSS2_TCTI_CONTEXT *tcti = open_tcti();
    struct pollfd fd[1];
    uint8_t response[16];
    size_t size = sizeof(response);
    size_t count = 0;

    (void)state;
    assert_int_equal(Tss2_Tcti_GetPollHandles(tcti, NULL, &count), TSS2_RC_SUCCESS);
    assert_int_equal(count, 1);
    assert_int_equal(Tss2_Tcti_GetPollHandles(tcti, fd, &count), TSS2_RC_SUCCESS);
    assert_int_equal(transmit(tcti, CODE_LONG), TSS2_RC_SUCCESS);
    assert_int_equal(Tss2_Tcti_Receive(tcti, &size, response, TSS2_TCTI_TIMEOUT_NONE),
                     TSS2_TCTI_RC_TRY_AGAIN);
    assert_int_equal(Tss2_Tcti_Receive(tcti, &size, response, 1), TSS2_TCTI_RC_TRY_AGAIN);
    assert_int_equal(poll(fd, 1, 0), 0);
    assert_int_equal(Tss2_Tcti_Cancel(tcti), TSS2_RC_SUCCESS);
    assert_int_equal(poll(fd, 1, -1), 1);
    assert_int_equal(Tss2_Tcti_Receive(tcti, &size, response, TSS2_TCTI_TIMEOUT_NONE),
                     TSS2_RC_SUCCESS);
    assert_int_equal(response[8] << 8 | response[9], 0x909);
    assert_int_equal(transmit(tcti, CODE_LONG), TSS2_RC_SUCCESS);
    close_tcti(tcti); // hangs up in the middle of a command: that is cancelled, too
    tcti = open_tcti();
    assert_int_equal(transmit(tcti, 0x7f), TSS2_RC_SUCCESS);
    size = sizeof(response);
    assert_int_equal(Tss2_Tcti_Receive(tcti, &size, response, TSS2_TCTI_TIMEOUT_BLOCK),
                     TSS2_RC_SUCCESS);
    close_tcti(tcti);
}

static void the_tcti_says_when_it_is_over(void **state)
{
    static const uint8_t codes[] = { CODE_BROKEN, CODE_DIE };
    uint8_t response[16];

    (void)state;
    for (size_t i = 0; i < sizeof(codes); i++) {
        TSS2_TCTI_CONTEXT *tcti = open_tcti();
        size_t size = sizeof(response);

        assert_int_equal(transmit(tcti, codes[i]), TSS2_RC_SUCCESS);
        assert_int_equal(Tss2_Tcti_Receive(tcti, &size, response, TSS2_TCTI_TIMEOUT_BLOCK),
                         TSS2_TCTI_RC_IO_ERROR);
        assert_int_equal(transmit(tcti, 0x7f), TSS2_TCTI_RC_IO_ERROR);
        assert_int_equal(Tss2_Tcti_Receive(tcti, &size, response, 0), TSS2_TCTI_RC_IO_ERROR);
        assert_int_equal(Tss2_Tcti_Cancel(tcti), TSS2_TCTI_RC_IO_ERROR);
        close_tcti(tcti);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_socket_is_its_users_alone),
        cmocka_unit_test(what_else_has_the_name_is_not_touched),
        cmocka_unit_test(a_folder_of_everybody_is_refused),
        cmocka_unit_test_setup_teardown(clients_come_one_after_the_other, start, stop),
        cmocka_unit_test_setup_teardown(what_is_no_packet_costs_only_the_sender, start, stop),
        cmocka_unit_test_setup_teardown(the_tcti_keeps_its_order, start, stop),
        cmocka_unit_test_setup_teardown(the_tcti_waits_as_long_as_it_is_told_and_cancels, start,
                                        stop),
        cmocka_unit_test_setup_teardown(the_tcti_says_when_it_is_over, start, stop),
    };

    return cmocka_run_group_tests_name("tpm_server", tests, group_setup, group_teardown);
}
