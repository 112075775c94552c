// SPDX-License-Identifier: BSD-3-Clause
//
// Case of `tessera selftest`: processes are kept apart, and what a killed one had in the secure world goes. That is the kernel
// driver's doing; with one that does not tell the partition whose call it is, there is nothing to test.
#include <signal.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "selftest.h"

#define KILLED 40 // processes: more than the volatile keys of all of Linux
#define TRIES 100 // the partition is told after the process has ended
#define TRY_NS 20000000

enum sight { UNSEEN, SEEN, BROKEN };

static psa_status_t make_key(psa_key_id_t *key)
{
    psa_key_attributes_t attributes = PSA_KEY_ATTRIBUTES_INIT;

    psa_set_key_type(&attributes, PSA_KEY_TYPE_AES);
    psa_set_key_bits(&attributes, 128);
    psa_set_key_algorithm(&attributes, PSA_ALG_CTR);
    psa_set_key_usage_flags(&attributes, PSA_KEY_USAGE_ENCRYPT);
    return psa_generate_key(&attributes, key);
}

// The key as another process sees it
static enum sight look(psa_key_id_t key)
{
    pid_t child = fork();
    int status;

    if (child == 0) {
        psa_key_attributes_t attributes = PSA_KEY_ATTRIBUTES_INIT;
        psa_status_t result = psa_get_key_attributes(key, &attributes);

        _exit(result == PSA_ERROR_INVALID_HANDLE ? UNSEEN : result == PSA_SUCCESS ? SEEN : BROKEN);
    }
    if (child < 0 || waitpid(child, &status, 0) != child || !WIFEXITED(status)) {
        return BROKEN;
    }
    return (enum sight)WEXITSTATUS(status);
}

static psa_status_t make_patiently(psa_key_id_t *key)
{
    const struct timespec time = { .tv_nsec = TRY_NS };
    psa_status_t status = make_key(key);

    for (int i = 0; i < TRIES && status == PSA_ERROR_INSUFFICIENT_MEMORY; i++) {
        (void)nanosleep(&time, NULL);
        status = make_key(key);
    }
    return status;
}

// Whether a process made a key, and was killed with it
static bool kill_one(void)
{
    pid_t child = fork();
    int status;

    if (child == 0) {
        psa_key_id_t key;

        if (make_patiently(&key) == PSA_SUCCESS) {
            (void)kill(getpid(), SIGKILL);
        }
        _exit(1);
    }
    return child > 0 && waitpid(child, &status, 0) == child && WIFSIGNALED(status);
}

static void processes(struct selftest *test)
{
    psa_key_id_t key = PSA_KEY_ID_NULL;
    enum sight sight;

    if (!selftest_status(test, "psa_generate_key", make_key(&key), PSA_SUCCESS)) {
        return;
    }
    sight = look(key);
    if (sight == BROKEN) {
        (void)selftest_fail(test, "a child cannot call");
    } else if (sight == SEEN) {
        selftest_skip(test, "the kernel's driver does not keep processes apart");
    }
    for (int i = 0; i < KILLED && test->result == SELFTEST_PASSED; i++) {
        if (!kill_one()) {
            (void)selftest_fail(test, "process %d could not make a key", i);
        }
    }
    (void)selftest_status(test, "psa_destroy_key", psa_destroy_key(key), PSA_SUCCESS);
}

const struct selftest_case selftest_process_cases[] = {
    { "a process has its keys for itself, and killed ones leave none", false, processes },
};
const size_t selftest_process_count =
    sizeof(selftest_process_cases) / sizeof(selftest_process_cases[0]);
