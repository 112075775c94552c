// SPDX-License-Identifier: BSD-3-Clause
//
// Boots of the crypto service (crypto_boot.h).
#include "crypto_boot.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "crypto_case.h"
#include "crypto_fake.h"
#include "crypto_service.h"

#define PERSISTENT 1
#define AES 0x2400
#define EXPORT_COPY_ENCRYPT 0x0103
#define CTR 0x04c01000

static const uint8_t secret[16] = "0123456789abcdef";

static pid_t machine; // the process that boots

// A child in which a check failed comes here for the next test: it ends
int boot_clean(void **state)
{
    (void)state;
    if (getpid() != machine) {
        _exit(1);
    }
    crypto_fake_reset();
    case_start();
    return 0;
}

int boot_setup(void **state)
{
    machine = getpid();
    return case_start_service(state);
}

bool boot_run(void (*scene)(void))
{
    int status;

    (void)fflush(NULL);
    pid_t child = fork();

    assert_true(child >= 0);
    if (child == 0) {
        scene();
        _exit(0);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status));
    if (WEXITSTATUS(status) != BOOT_CUT) {
        assert_int_equal(WEXITSTATUS(status), 0);
    }
    return WEXITSTATUS(status) == 0;
}

int32_t boot_generate(uint32_t id)
{
    const struct case_key key = { AES, 128, PERSISTENT, id, EXPORT_COPY_ENCRYPT, CTR };
    uint32_t answered = 0;
    int32_t status = case_generate(&key, &answered);

    if (status == PSA_SUCCESS) {
        assert_int_equal(answered, id);
    }
    return status;
}

int32_t boot_import(uint32_t id)
{
    const struct case_key key = { AES, 128, PERSISTENT, id, EXPORT_COPY_ENCRYPT, CTR };
    uint32_t answered;

    return case_import(&key, secret, sizeof(secret), &answered);
}

int32_t boot_export(uint32_t id)
{
    case_word(id);
    return case_call(0x0105);
}

void boot_assert(uint32_t id)
{
    size_t size;

    assert_int_equal(boot_export(id), PSA_SUCCESS);
    assert_memory_equal(case_answer_record(&size), secret, sizeof(secret));
    assert_int_equal(size, sizeof(secret));
}

int32_t boot_purge(uint32_t id)
{
    case_word(id);
    return case_call(0x010e);
}

uint32_t boot_count_room(void)
{
    static uint32_t id = 1000;
    uint32_t count = 0;

    case_as(SP1, 0);
    while (boot_generate(id++) == PSA_SUCCESS) {
        count++;
        assert_true(count <= CRYPTO_PERSISTENT_SP);
    }
    assert_int_equal(kase.status, PSA_ERROR_INSUFFICIENT_STORAGE);
    return count;
}
