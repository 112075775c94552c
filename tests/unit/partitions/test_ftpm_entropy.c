// SPDX-License-Identifier: BSD-3-Clause
//
// ftpm_entropy.c against its definition, computed here with OpenSSL; and ftpm_its.c: which answer of storage means what.
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <openssl/evp.h>

#include "ffa/client/psa/internal_trusted_storage.h"
#include "ffa/client/psa_client.h"
#include "ftpm_entropy.h"
#include "ftpm_its.h"
#include "tests/unit/platform/hash_double.h"

static uint64_t fresh;        // last number of the core
static unsigned int refusals; // how often in a row it has none
static unsigned int asked;

static bool core_number(uint64_t *value)
{
    asked++;
    if (refusals != 0) {
        refusals--;
        return false;
    }
    *value = fresh++;
    return true;
}

static void begin(bool (*more)(uint64_t *value))
{
    uint8_t seed[FTPM_ENTROPY_SEED_SIZE];
    static const uint8_t wiped[FTPM_ENTROPY_SEED_SIZE];

    memset(seed, 0x42, sizeof(seed));
    ftpm_entropy_begin(seed, more);
    assert_memory_equal(seed, wiped, sizeof(seed));
    fresh = 1000;
    refusals = 0;
    asked = 0;
    hash_double_reset();
}

// purpose, seven bytes of zero for none, key, four numbers of the core
static void model(uint8_t key[64], uint64_t number, bool has_core, uint8_t out[64])
{
    uint8_t input[8 + 64 + 32] = { 0 };
    uint8_t next[64];

    memcpy(input + 1, key, 64);
    for (size_t i = 0; has_core && i < 4; i++) {
        uint64_t value = number + i;

        memcpy(input + 72 + 8 * i, &value, 8);
    }
    assert_int_equal(EVP_Digest(input, sizeof(input), next, NULL, EVP_sha512(), NULL), 1);
    input[0] = 1;
    assert_int_equal(EVP_Digest(input, sizeof(input), out, NULL, EVP_sha512(), NULL), 1);
    memcpy(key, next, 64);
}

static void compare(bool has_core)
{
    uint8_t key[64] = { 0 };
    uint8_t out[64];
    uint8_t bytes[80];

    memset(key, 0x42, 48);
    begin(has_core ? core_number : NULL);
    for (int round = 0; round < 3; round++) {
        uint64_t number = fresh;

        assert_int_equal(ftpm_entropy_read(bytes, sizeof(bytes)), 0);
        for (size_t done = 0; done < sizeof(bytes); done += 32, number += 4) {
            model(key, number, has_core, out);
            assert_memory_equal(bytes + done, out,
                                sizeof(bytes) - done < 32 ? sizeof(bytes) - done : 32);
        }
    }
    assert_int_equal(asked, has_core ? 3 * 3 * 4 : 0);
}

static void the_seed_is_drawn_out(void **state)
{
    (void)state;
    compare(false);
    compare(true);
}

static void a_core_that_is_late_is_asked_again(void **state)
{
    uint8_t bytes[32];

    (void)state;
    begin(core_number);
    refusals = 99;
    assert_int_equal(ftpm_entropy_read(bytes, sizeof(bytes)), 0);
    assert_int_equal(asked, 99 + 4);
}

static void a_source_that_is_broken_gives_nothing(void **state)
{
    static const uint8_t zero[64];
    uint8_t bytes[64];

    (void)state;
    begin(core_number);
    refusals = 100;
    memset(bytes, 1, sizeof(bytes));
    assert_int_equal(ftpm_entropy_read(bytes, sizeof(bytes)), ERR_IO);
    assert_memory_equal(bytes, zero, sizeof(bytes));
    for (size_t i = 1; i <= 4; i++) { // two hashes a step
        begin(NULL);
        hash_double_fail = i;
        memset(bytes, 1, sizeof(bytes));
        assert_int_equal(ftpm_entropy_read(bytes, sizeof(bytes)), ERR_IO);
        assert_memory_equal(bytes, zero, sizeof(bytes));
    }
    assert_int_equal(ftpm_entropy_read(bytes, 0), 0);
}

// ---- Storage ----
static psa_status_t info_status;
static psa_status_t status;
static size_t stored;
static size_t given;

psa_status_t psa_its_get_info(psa_storage_uid_t uid, struct psa_storage_info_t *p_info)
{
    assert_int_equal(uid, 7);
    *p_info = (struct psa_storage_info_t){ .capacity = stored, .size = stored };
    return info_status;
}

psa_status_t psa_its_get(psa_storage_uid_t uid, size_t data_offset, size_t data_size, void *p_data,
                         size_t *p_data_length)
{
    assert_int_equal(uid, 7);
    assert_int_equal(data_offset, 0);
    assert_int_equal(data_size, stored);
    memset(p_data, 9, given);
    *p_data_length = given;
    return status;
}

psa_status_t psa_its_set(psa_storage_uid_t uid, size_t data_length, const void *p_data,
                         psa_storage_create_flags_t create_flags)
{
    assert_int_equal(uid, 7);
    assert_int_equal(data_length, 5);
    assert_memory_equal(p_data, "state", 5);
    assert_int_equal(create_flags, PSA_STORAGE_FLAG_NONE);
    return status;
}

static const struct {
    psa_status_t status;
    int error;
} answers[] = {
    { PSA_SUCCESS, 0 },
    { PSA_ERROR_DOES_NOT_EXIST, ERR_NOT_FOUND },
    { PSA_ERROR_DATA_CORRUPT, ERR_CORRUPT },
    { PSA_ERROR_INVALID_SIGNATURE, ERR_CORRUPT },
    { PSA_ERROR_INSUFFICIENT_STORAGE, ERR_NO_MEMORY },
    { PSA_ERROR_STORAGE_FAILURE, ERR_IO },
    { PSA_ERROR_COMMUNICATION_FAILURE, ERR_IO },
    { PSA_ERROR_BAD_STATE, ERR_IO },
    { PSA_ERROR_NOT_PERMITTED, ERR_IO },
    { -1, ERR_IO },
    { 1, ERR_IO },
};

// Only DOES_NOT_EXIST, of the first question, is a new TPM
static void answers_of_storage_are_told_apart(void **state)
{
    uint8_t bytes[16];
    size_t size = 99;

    (void)state;
    stored = given = 10;
    for (size_t i = 0; i < sizeof(answers) / sizeof(answers[0]); i++) {
        info_status = answers[i].status;
        status = PSA_SUCCESS;
        assert_int_equal(ftpm_its.get(NULL, 7, bytes, sizeof(bytes), &size), answers[i].error);
        info_status = PSA_SUCCESS;
        status = answers[i].status;
        assert_int_equal(ftpm_its.get(NULL, 7, bytes, sizeof(bytes), &size),
                         answers[i].error == ERR_NOT_FOUND ? ERR_IO : answers[i].error);
        assert_int_equal(ftpm_its.set(NULL, 7, "state", 5), answers[i].error);
    }
}

static void sizes_are_checked(void **state)
{
    uint8_t bytes[16];
    size_t size = 0;

    (void)state;
    info_status = status = PSA_SUCCESS;
    stored = given = sizeof(bytes);
    assert_int_equal(ftpm_its.get(NULL, 7, bytes, sizeof(bytes), &size), 0);
    assert_int_equal(size, sizeof(bytes));
    stored = sizeof(bytes) + 1;
    assert_int_equal(ftpm_its.get(NULL, 7, bytes, sizeof(bytes), &size), ERR_RANGE);
    stored = sizeof(bytes);
    given = sizeof(bytes) - 1;
    assert_int_equal(ftpm_its.get(NULL, 7, bytes, sizeof(bytes), &size), ERR_IO);
}

// ---- The way to storage ----
static uint32_t busy_for; // answers in which storage is busy
static uint32_t calls;
static const struct ffa_args sent = { .x = { FFA_MSG_SEND_DIRECT_REQ_32, 0x80058002, 0, 7, 8, 9 } };
static struct ffa_transport *connected;

psa_status_t psa_client_connect(struct ffa_transport *transport)
{
    connected = transport;
    return status;
}

static void answer_call(struct ffa_transport *transport, struct ffa_args *args)
{
    assert_ptr_equal(transport, connected);
    calls++;
    assert_memory_equal(args->x + 1, sent.x + 1, sizeof(sent.x) - sizeof(sent.x[0]));
    memset(args, 0xee, sizeof(*args));
    if (calls <= busy_for) {
        args->x[0] = FFA_ERROR;
        args->x[2] = (uint32_t)FFA_BUSY;
    } else {
        args->x[0] = FFA_MSG_SEND_DIRECT_RESP_32;
    }
}

// Storage works for somebody else, whom the normal world has interrupted and lets wait: no failure of a TPM's state
static void storage_that_is_busy_is_waited_for(void **state)
{
    struct ffa_transport transport = { .call = answer_call };
    struct ffa_args args = sent;

    (void)state;
    status = PSA_SUCCESS;
    assert_int_equal(ftpm_its_connect(&transport), 0);
    busy_for = 1000000;
    calls = 0;
    transport.call(&transport, &args);
    assert_int_equal(args.x[0], FFA_MSG_SEND_DIRECT_RESP_32);
    assert_int_equal(calls, busy_for + 1);
    // What is no request comes back as it is: the caller knows what to do
    args = sent;
    args.x[0] = FFA_RUN;
    calls = 0;
    transport.call(&transport, &args);
    assert_int_equal(calls, 1);
    assert_int_equal(args.x[2], (uint32_t)FFA_BUSY);
    status = PSA_ERROR_INVALID_ARGUMENT;
    assert_int_equal(ftpm_its_connect(&transport), ERR_INVALID);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_seed_is_drawn_out),
        cmocka_unit_test(a_core_that_is_late_is_asked_again),
        cmocka_unit_test(a_source_that_is_broken_gives_nothing),
        cmocka_unit_test(answers_of_storage_are_told_apart),
        cmocka_unit_test(sizes_are_checked),
        cmocka_unit_test(storage_that_is_busy_is_waited_for),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
