// SPDX-License-Identifier: BSD-3-Clause
//
// libtessera as programs get it: it connects by itself, takes calls from many threads one at a time, lives on in a child after
// fork(), and says what is in the way. The kernel is tee_fake.c; the library is linked with its locked functions.
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "ffa/client/psa/crypto.h"
#include "ffa/client/psa/protected_storage.h"
#include "ffa/client/tessera.h"
#include "tee_fake.h"

#define THREADS 8
#define CALLS 200
#define WATCHDOG 60 // seconds: a thread that waits for ever fails the test

static int start(void **state)
{
    (void)state;
    (void)tessera_disconnect();
    tee_fake_start();
    return 0;
}

static void the_first_call_connects(void **state)
{
    uint8_t bytes[4] = { 9, 9, 9, 9 };

    (void)state;
    assert_int_equal(tee_fake.opened, 0);
    assert_int_equal(psa_generate_random(bytes, sizeof(bytes)), PSA_SUCCESS);
    assert_memory_equal(bytes, "\0\1\2\3", 4);
    assert_int_equal(tee_fake.opened, 1);
    assert_int_equal(tessera_disconnect(), PSA_SUCCESS);
    assert_int_equal(tee_fake.closed, 2); // the memory and the device
    assert_int_equal(psa_crypto_init(), PSA_SUCCESS);
    assert_int_equal(tee_fake.opened, 2);
}

static void what_is_in_the_way_is_said(void **state)
{
    (void)state;
    tee_fake.absent = true;
    assert_int_equal(tessera_connect("/dev/tee", 0x11000), PSA_ERROR_DOES_NOT_EXIST);
    assert_int_equal(psa_crypto_init(), PSA_ERROR_DOES_NOT_EXIST);
    assert_int_equal(psa_ps_remove(1), PSA_ERROR_STORAGE_FAILURE);
    tee_fake.absent = false;
    tee_fake.denied = true;
    assert_int_equal(tessera_connect("/dev/tee", 0x11000), PSA_ERROR_NOT_PERMITTED);
    tee_fake.denied = false;
    assert_int_equal(tessera_connect(NULL, 0x11000), PSA_ERROR_INVALID_ARGUMENT);
    assert_int_equal(tessera_connect("/dev/tee", 0x11001), PSA_ERROR_INVALID_ARGUMENT);
    assert_int_equal(tessera_connect("/dev/tee", 0), PSA_ERROR_INVALID_ARGUMENT);
    assert_int_equal(tessera_connect("/dev/other", 0x11000), PSA_ERROR_DOES_NOT_EXIST);
    assert_int_equal(tessera_connect("/dev/tee", 0x11000), PSA_SUCCESS);
    assert_int_equal(psa_crypto_init(), PSA_SUCCESS);
}

static void capabilities_are_checked_and_told(void **state)
{
    struct tessera_capabilities capabilities;
    struct tessera_capability list[2];
    size_t count = 99;

    (void)state;
    assert_int_equal(tessera_get_capabilities(TESSERA_CRYPTO, &capabilities, list, 2, &count),
                     PSA_SUCCESS);
    assert_int_equal(capabilities.api_version, 0x00010002);
    assert_int_equal(capabilities.request_max, 100);
    assert_int_equal(capabilities.response_max, 200);
    assert_int_equal(count, 1);
    assert_int_equal(list[0].id, 0x100);
    assert_int_equal(list[0].value, 32);
    assert_int_equal(tessera_get_capabilities(TESSERA_ATTEST, &capabilities, NULL, 0, &count),
                     PSA_SUCCESS);
    assert_int_equal(count, 0);
    assert_int_equal(tessera_get_capabilities(TESSERA_ITS, NULL, list, 2, &count),
                     PSA_ERROR_INVALID_ARGUMENT);
    assert_int_equal(tessera_get_capabilities(TESSERA_ITS, &capabilities, NULL, 1, &count),
                     PSA_ERROR_INVALID_ARGUMENT);
    assert_int_equal(
        tessera_get_capabilities((enum tessera_service)4, &capabilities, list, 2, &count),
        PSA_ERROR_INVALID_ARGUMENT);
    tee_fake.absent = true;
    (void)tessera_disconnect();
    assert_int_equal(tessera_get_capabilities(TESSERA_CRYPTO, &capabilities, list, 2, &count),
                     PSA_ERROR_DOES_NOT_EXIST);
}

// tessera_names.h
psa_status_t tessera_psa_generate_random(uint8_t *output, size_t output_size);

// In a program with Mbed TLS the name psa_generate_random() can be that one's
static void a_function_has_a_name_of_its_own(void **state)
{
    uint8_t bytes[4] = { 9, 9, 9, 9 };

    (void)state;
    assert_int_equal(tessera_psa_generate_random(bytes, sizeof(bytes)), PSA_SUCCESS);
    assert_memory_equal(bytes, "\0\1\2\3", 4);
}

static void *hammer(void *argument)
{
    uint8_t bytes[16];

    (void)argument;
    for (int i = 0; i < CALLS; i++) {
        if (psa_generate_random(bytes, sizeof(bytes)) != PSA_SUCCESS || bytes[15] != 15) {
            return "failed";
        }
    }
    return NULL;
}

static void calls_of_threads_come_one_at_a_time(void **state)
{
    pthread_t threads[THREADS];

    (void)state;
    for (size_t i = 0; i < THREADS; i++) {
        assert_int_equal(pthread_create(&threads[i], NULL, hammer, NULL), 0);
    }
    for (size_t i = 0; i < THREADS; i++) {
        void *failed;

        assert_int_equal(pthread_join(threads[i], &failed), 0);
        assert_null(failed);
    }
    assert_int_equal(tee_fake.most_inside, 1);
    assert_int_equal(tee_fake.invokes, THREADS * CALLS);
    assert_int_equal(tee_fake.opened, 1);
}

static void a_child_opens_the_devices_again(void **state)
{
    int status;

    (void)state;
    assert_int_equal(psa_crypto_init(), PSA_SUCCESS);
    pid_t child = fork();

    if (child == 0) {
        uint8_t bytes[4];
        bool closed = tee_fake.closed == 2; // the memory, by the parent; here the parent's device
        bool good = psa_generate_random(bytes, sizeof(bytes)) == PSA_SUCCESS;

        _exit(closed && good && tee_fake.opened == 2 ? 0 : 1);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 0);
    assert_int_equal(tee_fake.closed, 1);
    assert_int_equal(psa_crypto_init(), PSA_SUCCESS);
    assert_int_equal(tee_fake.opened, 1);
}

static void *call_once(void *argument)
{
    uint8_t bytes[4];

    (void)argument;
    return psa_generate_random(bytes, sizeof(bytes)) == PSA_SUCCESS ? NULL : "failed";
}

// A key of 4096 bits takes minutes: the process forks meanwhile, and its child has the services
static void fork_does_not_wait_for_another_threads_call(void **state)
{
    pthread_t thread;
    void *failed;
    int pipes[2];
    int status;

    (void)state;
    assert_int_equal(psa_crypto_init(), PSA_SUCCESS);
    assert_int_equal(pipe(pipes), 0);
    tee_fake.stuck = pipes[0];
    assert_int_equal(pthread_create(&thread, NULL, call_once, NULL), 0);
    while (__atomic_load_n(&tee_fake.inside, __ATOMIC_SEQ_CST) == 0) {
    }
    (void)alarm(WATCHDOG);
    pid_t child = fork();

    if (child == 0) {
        tee_fake.stuck = 0;
        _exit(call_once(NULL) == NULL && tee_fake.opened == 2 ? 0 : 1);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 0);
    assert_int_equal(tee_fake.inside, 1);
    assert_int_equal(write(pipes[1], "", 1), 1);
    assert_int_equal(pthread_join(thread, &failed), 0);
    assert_null(failed);
    (void)alarm(0);
    tee_fake.stuck = 0;
    assert_null(call_once(NULL)); // the lock is as it was
    (void)close(pipes[0]);
    (void)close(pipes[1]);
}

static void *cancelled(void *argument)
{
    (void)pthread_cancel(pthread_self());
    (void)call_once(argument);
    pthread_testcancel();
    return NULL;
}

static void a_thread_is_not_cancelled_with_the_lock(void **state)
{
    pthread_t thread;
    void *result;

    (void)state;
    assert_int_equal(psa_crypto_init(), PSA_SUCCESS);
    tee_fake.busy = 3;
    assert_int_equal(pthread_create(&thread, NULL, cancelled, NULL), 0);
    assert_int_equal(pthread_join(thread, &result), 0);
    assert_ptr_equal(result, PTHREAD_CANCELED);
    assert_int_equal(tee_fake.invokes, 1); // its call came to its end
    (void)alarm(WATCHDOG);
    assert_null(call_once(NULL));
    (void)alarm(0);
}

// As with dlclose()
static void the_end_closes_everything(void **state)
{
    char bytes[4];
    int pipes[2];
    int status;

    (void)state;
    assert_int_equal(pipe(pipes), 0);
    (void)fflush(NULL);
    pid_t child = fork();

    if (child == 0) {
        tee_fake.told = pipes[1];
        exit(call_once(NULL) == NULL ? 0 : 1);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
    (void)close(pipes[1]);
    assert_int_equal(read(pipes[0], bytes, sizeof(bytes)), 2); // memory and device
    (void)close(pipes[0]);
}

// It has neither the memory, nor was it told that it is a child
static void a_process_that_is_no_fork_ends_nothing(void **state)
{
    int pipes[2];
    char byte;
    int status;

    (void)state;
    assert_int_equal(psa_crypto_init(), PSA_SUCCESS);
    assert_int_equal(pipe(pipes), 0);
    (void)fflush(NULL);
    pid_t child = (pid_t)syscall(SYS_clone, SIGCHLD, 0, 0, 0, 0);

    if (child == 0) {
        tee_fake.told = pipes[1];
        exit(0);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
    (void)close(pipes[1]);
    assert_int_equal(read(pipes[0], &byte, 1), 0);
    (void)close(pipes[0]);
}

static void a_status_has_its_name(void **state)
{
    (void)state;
    assert_string_equal(tessera_status_name(PSA_SUCCESS), "PSA_SUCCESS");
    assert_string_equal(tessera_status_name(-149), "PSA_ERROR_INVALID_SIGNATURE");
    assert_null(tessera_status_name(1));
    assert_null(tessera_status_name(-154));
    assert_int_equal(strspn(tessera_version(), "0123456789."), strlen(tessera_version()));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(the_first_call_connects, start),
        cmocka_unit_test_setup(what_is_in_the_way_is_said, start),
        cmocka_unit_test_setup(capabilities_are_checked_and_told, start),
        cmocka_unit_test_setup(a_function_has_a_name_of_its_own, start),
        cmocka_unit_test_setup(calls_of_threads_come_one_at_a_time, start),
        cmocka_unit_test_setup(a_child_opens_the_devices_again, start),
        cmocka_unit_test_setup(fork_does_not_wait_for_another_threads_call, start),
        cmocka_unit_test_setup(a_thread_is_not_cancelled_with_the_lock, start),
        cmocka_unit_test_setup(the_end_closes_everything, start),
        cmocka_unit_test_setup(a_process_that_is_no_fork_ends_nothing, start),
        cmocka_unit_test_setup(a_status_has_its_name, start),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
