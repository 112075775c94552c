// SPDX-License-Identifier: BSD-3-Clause
//
// ffa/client/transport_tee.c on a fake kernel: two devices of two partitions, and one of another kind. What the ioctls
// carry is checked byte by byte where include/uapi/linux/tee.h says where it stands.
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "ffa/client/psa/crypto.h"
#include "ffa/client/psa/internal_trusted_storage.h"
#include "ffa/client/psa/protected_storage.h"
#include "ffa/client/psa_client.h"
#include "ffa/client/transport_tee.h"
#include "ts_rpc_abi.h"

#define FD_CRYPTO 10
#define FD_OTHER 11
#define FD_STORAGE 12
#define FD_MEMORY 20 // + device
#define SIZE 8192

static struct {
    bool denied;
    int open_error;              // errno for the storage partition's device
    int session_error;           // errno of the next OPEN_SESSIONs …
    unsigned int session_errors; // … so many
    unsigned int alloc_errors;   // as often; 0: always
    int invoke_error;            // errno of the next invokes …
    unsigned int invoke_errors;  // … so many
    int alloc_error;
    int32_t alloc_id;
    bool map_fails;
    unsigned int waits;
    unsigned int last_wait;
    unsigned int opened;
    unsigned int closed;
    unsigned int mapped;
    unsigned int sessions;
    unsigned int invokes;
    uint8_t arg[56]; // of the last invoke
    int fd;          // … and where to
    uint32_t ret;    // what it answers
    uint64_t response;
    uint8_t memory[2][SIZE];
} kernel;

static uint64_t field(const void *base, size_t at, size_t size)
{
    uint64_t value = 0;

    memcpy(&value, (const uint8_t *)base + at, size);
    return value;
}

static void set_field(void *base, size_t at, size_t size, uint64_t value)
{
    memcpy((uint8_t *)base + at, &value, size);
}

static int fake_open(const char *path)
{
    if (kernel.denied) {
        errno = EACCES;
        return -1;
    }
    if (kernel.open_error != 0 && strcmp(path, "/dev/tee5") == 0) {
        errno = kernel.open_error;
        return -1;
    }
    if (strlen(path) == 9 && memcmp(path, "/dev/tee", 8) == 0 && path[8] >= '3' && path[8] <= '5') {
        kernel.opened++;
        return path[8] - '3' + FD_CRYPTO;
    }
    errno = ENOENT;
    return -1;
}

static int open_session(int fd, void *argument)
{
    static const uint32_t crypto[4] = TS_CRYPTO_UUID;
    static const uint32_t its[4] = TS_ITS_UUID;
    static const uint32_t ps[4] = TS_PS_UUID;
    uint8_t *arg = (uint8_t *)(uintptr_t)field(argument, 0, 8);

    assert_int_equal(field(argument, 8, 8), 56);
    assert_int_equal(field(arg, 52, 4), 0);
    if (kernel.session_errors > 0) {
        kernel.session_errors--;
        set_field(arg, 0, 8, 0x99); // nobody reads that
        errno = kernel.session_error;
        return -1;
    }
    bool has = fd == FD_CRYPTO ? memcmp(arg, crypto, 16) == 0
                               : memcmp(arg, its, 16) == 0 || memcmp(arg, ps, 16) == 0;

    if (!has) {
        errno = ENODEV;
        return -1;
    }
    kernel.sessions++;
    set_field(arg, 40, 4, 100 + kernel.sessions);
    return 0;
}

static int invoke(int fd, void *argument)
{
    uint8_t *arg = (uint8_t *)(uintptr_t)field(argument, 0, 8);

    assert_int_equal(field(argument, 8, 8), 56);
    kernel.fd = fd;
    kernel.invokes++;
    memcpy(kernel.arg, arg, sizeof(kernel.arg));
    if (kernel.invoke_errors > 0) {
        kernel.invoke_errors--;
        set_field(arg, 32, 8, 0x99); // nobody reads that
        errno = kernel.invoke_error;
        return -1;
    }
    set_field(arg, 12, 4, kernel.ret);
    set_field(arg, 32, 8, kernel.response);
    return 0;
}

static int fake_ioctl(int fd, unsigned long request, void *argument)
{
    switch (request) {
    case 0x800ca400:
        set_field(argument, 0, 4, fd == FD_OTHER ? 1 : 3);
        set_field(argument, 4, 4, fd == FD_CRYPTO ? 0x8002 : 0x8003);
        return 0;
    case 0xc010a401:
        assert_int_equal(field(argument, 0, 8), SIZE);
        assert_int_equal(field(argument, 8, 4), 0);
        set_field(argument, 12, 4, (uint32_t)kernel.alloc_id);
        errno = kernel.alloc_error;
        if (kernel.alloc_errors > 0 && --kernel.alloc_errors == 0) {
            kernel.alloc_error = 0;
            return -1;
        }
        return kernel.alloc_error != 0 ? -1 : FD_MEMORY + (fd == FD_STORAGE);
    case 0x8010a402:
        return open_session(fd, argument);
    case 0x8010a403:
        return invoke(fd, argument);
    case 0x8004a405:
        assert_true(field(argument, 0, 4) > 100 && field(argument, 0, 4) <= 104);
        kernel.sessions--;
        return 0;
    default:
        fail();
        return -1;
    }
}

static void *fake_map(int fd, size_t size)
{
    assert_true(fd == FD_MEMORY || fd == FD_MEMORY + 1);
    assert_int_equal(size, SIZE);
    kernel.mapped += kernel.map_fails ? 0 : 1;
    return kernel.map_fails ? NULL : kernel.memory[fd - FD_MEMORY];
}

static void fake_unmap(void *base, size_t size)
{
    assert_true(base == kernel.memory[0] || base == kernel.memory[1]);
    assert_int_equal(size, SIZE);
    kernel.mapped--;
}

static void fake_close(int fd)
{
    (void)fd;
    kernel.closed++;
}

static void fake_wait(unsigned int try)
{
    kernel.waits++;
    kernel.last_wait = try;
}

static const struct transport_tee_os os = {
    .open = fake_open,
    .ioctl = fake_ioctl,
    .map = fake_map,
    .unmap = fake_unmap,
    .close = fake_close,
    .wait = fake_wait,
};
static struct transport_tee tee;

static int start(void **state)
{
    (void)state;
    memset(&kernel, 0, sizeof(kernel));
    kernel.alloc_id = 5;
    assert_int_equal(transport_tee_open(&tee, &os, "/dev/tee", SIZE), 0);
    assert_int_equal(psa_client_connect(&tee.transport), PSA_SUCCESS);
    return 0;
}

static int end(void **state)
{
    (void)state;
    (void)psa_client_disconnect();
    transport_tee_close(&tee);
    return 0;
}

static void only_devices_of_this_kind_are_kept(void **state)
{
    (void)state;
    assert_int_equal(kernel.opened, 3);
    assert_int_equal(kernel.closed, 1);
    assert_int_equal(tee.device_count, 2);
    transport_tee_close(&tee);
    assert_int_equal(kernel.closed, 3);
    assert_int_equal(transport_tee_open(&tee, &os, "/dev/none", SIZE), ERR_NOT_FOUND);
    kernel.denied = true;
    assert_int_equal(transport_tee_open(&tee, &os, "/dev/tee", SIZE), ERR_DENIED);
    assert_int_equal(transport_tee_open(&tee, &os, "/dev/tee", 0), ERR_INVALID);
    assert_int_equal(transport_tee_open(&tee, &os, "/dev/tee", SIZE + 1), ERR_INVALID);
    assert_int_equal(
        transport_tee_open(&tee, &os,
                           "/a/name/of/more/than/sixty/characters/that/nobody/has/given/dev", SIZE),
        ERR_INVALID);
}

static void an_operation_is_an_invoke(void **state)
{
    (void)state;
    kernel.ret = (uint32_t)PSA_ERROR_INVALID_SIGNATURE;
    assert_int_equal(psa_verify_hash(7, 8, (const uint8_t *)"ha", 2, (const uint8_t *)"sig", 3),
                     PSA_ERROR_INVALID_SIGNATURE);
    assert_int_equal(kernel.fd, FD_CRYPTO);
    assert_int_equal(field(kernel.arg, 0, 4), 0x0109); // func
    assert_int_equal(field(kernel.arg, 4, 4), 101);    // session
    assert_int_equal(field(kernel.arg, 20, 4), 1);     // parameters
    assert_int_equal(field(kernel.arg, 24, 8), 3);     // a value, in and out
    assert_int_equal(field(kernel.arg, 32, 8), 5);     // memory
    assert_int_equal(field(kernel.arg, 40, 8), 8 + 6 + 7);
    assert_int_equal(field(kernel.arg, 48, 8), 0);
    assert_memory_equal(kernel.memory[0], "\7\0\0\0\10\0\0\0\0\1\0\2ha\0\2\0\3sig", 21);
}

static void services_of_one_device_share_its_memory(void **state)
{
    uint8_t bytes[4];
    size_t length;

    (void)state;
    kernel.response = 3;
    assert_int_equal(psa_its_get(1, 0, 4, bytes, &length), PSA_SUCCESS);
    assert_int_equal(length, 3);
    assert_int_equal(kernel.fd, FD_STORAGE);
    assert_int_equal(kernel.mapped, 1);
    assert_int_equal(psa_ps_remove(1), PSA_SUCCESS);
    assert_int_equal(field(kernel.arg, 4, 4), 102);
    assert_int_equal(kernel.mapped, 1);
    assert_int_equal(psa_crypto_init(), PSA_SUCCESS);
    assert_int_equal(kernel.mapped, 2);
    assert_int_equal(kernel.sessions, 3);
    assert_int_equal(psa_client_disconnect(), PSA_SUCCESS);
    assert_int_equal(kernel.mapped, 0);
    assert_int_equal(kernel.sessions, 0);
    assert_int_equal(kernel.closed,
                     1 + 2); // of another kind; two memories, as soon as they are mapped
}

static void a_busy_partition_is_asked_again_with_the_same_request(void **state)
{
    (void)state;
    kernel.invoke_error = EBUSY;
    kernel.invoke_errors = 3;
    assert_int_equal(psa_destroy_key(9), PSA_SUCCESS);
    assert_int_equal(kernel.invokes, 4);
    assert_int_equal(field(kernel.arg, 32, 8), 5);
    assert_int_equal(field(kernel.arg, 40, 8), 4);
    assert_int_equal(kernel.waits, 3);
    assert_int_equal(kernel.last_wait, 2);
    kernel.invoke_errors = UINT32_MAX;
    assert_int_equal(psa_destroy_key(9), PSA_ERROR_COMMUNICATION_FAILURE);
}

// However many there are: with a timer of the process a call can meet any number
static void a_signal_ends_no_call(void **state)
{
    (void)state;
    kernel.session_error = EINTR;
    kernel.session_errors = 3;
    assert_int_equal(psa_crypto_init(), PSA_SUCCESS);
    kernel.invoke_error = EINTR;
    kernel.invoke_errors = 2;
    assert_int_equal(psa_destroy_key(9), PSA_SUCCESS);
    assert_int_equal(kernel.invokes, 3);
    assert_int_equal(field(kernel.arg, 40, 8), 4);
    assert_int_equal(kernel.waits, 0);
    kernel.invoke_errors = 200000;
    assert_int_equal(psa_destroy_key(9), PSA_SUCCESS);
    kernel.alloc_error = EINTR;
    kernel.alloc_errors = 1;
    assert_int_equal(psa_its_remove(1), PSA_SUCCESS);
}

// mainline's tstee says EBUSY there, too
static void a_busy_partition_has_its_services_still(void **state)
{
    (void)state;
    kernel.session_error = EBUSY;
    kernel.session_errors = 3;
    assert_int_equal(psa_crypto_init(), PSA_SUCCESS);
    assert_int_equal(kernel.waits, 3);
    kernel.alloc_error = EBUSY;
    kernel.alloc_errors = 1;
    assert_int_equal(psa_client_open(PSA_CLIENT_ITS), PSA_SUCCESS);
    kernel.session_errors = UINT32_MAX;
    assert_int_equal(psa_client_open(PSA_CLIENT_PS), PSA_ERROR_COMMUNICATION_FAILURE);
    kernel.session_errors = 0;
}

static void a_service_that_cannot_be_asked_for_is_not_missing(void **state)
{
    (void)state;
    kernel.session_error = EIO;
    kernel.session_errors = 2;
    assert_int_equal(psa_client_open(PSA_CLIENT_ITS), PSA_ERROR_COMMUNICATION_FAILURE);
    kernel.session_error = ENOMEM;
    kernel.session_errors = 2;
    assert_int_equal(psa_client_open(PSA_CLIENT_ITS), PSA_ERROR_INSUFFICIENT_MEMORY);
    kernel.session_error = EIO; // the first partition is broken, the second has it
    kernel.session_errors = 1;
    assert_int_equal(psa_client_open(PSA_CLIENT_ITS), PSA_SUCCESS);
    assert_int_equal(psa_client_open(PSA_CLIENT_ATTEST), PSA_ERROR_DOES_NOT_EXIST);
}

static void a_device_that_may_not_be_opened_is_told_from_a_missing_one(void **state)
{
    (void)state;
    transport_tee_close(&tee);
    kernel.open_error = EACCES;
    assert_int_equal(psa_crypto_init(), PSA_SUCCESS);
    assert_int_equal(psa_client_open(PSA_CLIENT_ITS), PSA_ERROR_NOT_PERMITTED);
    assert_int_equal(psa_its_remove(1), PSA_ERROR_STORAGE_FAILURE);
    assert_int_equal(psa_client_disconnect(), PSA_SUCCESS);
    transport_tee_close(&tee);
    kernel.open_error = EMFILE; // nothing is half open then
    kernel.closed = 0;
    assert_int_equal(transport_tee_open(&tee, &os, "/dev/tee", SIZE), ERR_NO_MEMORY);
    assert_int_equal(kernel.closed, 2);
    assert_int_equal(tee.device_count, 0);
    kernel.open_error = 0;
    assert_int_equal(psa_client_connect(&tee.transport), PSA_SUCCESS);
    assert_int_equal(psa_client_open(PSA_CLIENT_ITS), PSA_SUCCESS);
}

static void a_forked_child_leaves_the_parents_sessions_alone(void **state)
{
    (void)state;
    kernel.response = 4;
    assert_int_equal(psa_crypto_init(), PSA_SUCCESS);
    assert_int_equal(psa_its_remove(1), PSA_SUCCESS);
    assert_int_equal(kernel.sessions, 2);
    transport_tee_forked(&tee);
    assert_int_equal(psa_client_connect(&tee.transport), PSA_SUCCESS);
    assert_int_equal(kernel.closed, 1 + 2 + 2); // another kind; two memories, two devices
    assert_int_equal(kernel.sessions, 2);       // nobody asked the kernel to end them
    assert_int_equal(kernel.mapped, 2);
    kernel.mapped = 0;
    assert_int_equal(psa_crypto_init(), PSA_SUCCESS); // opens its own
    assert_int_equal(kernel.opened, 3 + 3);
    assert_int_equal(kernel.mapped, 1);
    kernel.sessions = 1;
}

static void devices_are_opened_when_a_service_is_looked_for(void **state)
{
    struct transport_tee late;

    (void)state;
    assert_int_equal(transport_tee_init(&late, &os, "/dev/tee", SIZE), 0);
    assert_int_equal(kernel.opened, 3);
    assert_int_equal(psa_client_connect(&late.transport), PSA_SUCCESS);
    kernel.denied = true;
    assert_int_equal(psa_crypto_init(), PSA_ERROR_NOT_PERMITTED);
    kernel.denied = false;
    assert_int_equal(psa_crypto_init(), PSA_SUCCESS);
    assert_int_equal(kernel.opened, 6);
    assert_int_equal(psa_client_disconnect(), PSA_SUCCESS);
    transport_tee_close(&late);
}

static void refusals_are_told_apart(void **state)
{
    (void)state;
    kernel.invoke_error = EINVAL; // whatever the RPC status was
    kernel.invoke_errors = 1;
    assert_int_equal(psa_destroy_key(9), PSA_ERROR_NOT_SUPPORTED);
    kernel.invoke_error = EIO;
    kernel.invoke_errors = 1;
    assert_int_equal(psa_destroy_key(9), PSA_ERROR_COMMUNICATION_FAILURE);
    kernel.response = SIZE + 1;
    assert_int_equal(psa_destroy_key(9), PSA_ERROR_COMMUNICATION_FAILURE);
    kernel.response = 0x100000000;
    assert_int_equal(psa_destroy_key(9), PSA_ERROR_COMMUNICATION_FAILURE);
    kernel.response = SIZE;
    assert_int_equal(psa_destroy_key(9), PSA_SUCCESS);
}

static void memory_that_is_refused_is_given_back(void **state)
{
    (void)state;
    kernel.alloc_error = ENOMEM;
    assert_int_equal(psa_crypto_init(), PSA_ERROR_INSUFFICIENT_MEMORY);
    kernel.alloc_error = EIO;
    assert_int_equal(psa_crypto_init(), PSA_ERROR_COMMUNICATION_FAILURE);
    kernel.alloc_error = 0;
    kernel.map_fails = true;
    assert_int_equal(psa_crypto_init(), PSA_ERROR_INSUFFICIENT_MEMORY);
    assert_int_equal(kernel.closed, 2);
    kernel.map_fails = false;
    kernel.alloc_id = 0; // would mean "no memory" in an invoke
    assert_int_equal(psa_crypto_init(), PSA_ERROR_INSUFFICIENT_MEMORY);
    assert_int_equal(kernel.closed, 3);
    assert_int_equal(kernel.sessions, 0);
    kernel.alloc_id = 6;
    assert_int_equal(psa_crypto_init(), PSA_SUCCESS);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(only_devices_of_this_kind_are_kept, start, end),
        cmocka_unit_test_setup_teardown(an_operation_is_an_invoke, start, end),
        cmocka_unit_test_setup_teardown(services_of_one_device_share_its_memory, start, end),
        cmocka_unit_test_setup_teardown(a_busy_partition_is_asked_again_with_the_same_request,
                                        start, end),
        cmocka_unit_test_setup_teardown(a_signal_ends_no_call, start, end),
        cmocka_unit_test_setup_teardown(a_busy_partition_has_its_services_still, start, end),
        cmocka_unit_test_setup_teardown(a_service_that_cannot_be_asked_for_is_not_missing, start,
                                        end),
        cmocka_unit_test_setup_teardown(a_device_that_may_not_be_opened_is_told_from_a_missing_one,
                                        start, end),
        cmocka_unit_test_setup_teardown(a_forked_child_leaves_the_parents_sessions_alone, start,
                                        end),
        cmocka_unit_test_setup_teardown(devices_are_opened_when_a_service_is_looked_for, start,
                                        end),
        cmocka_unit_test_setup_teardown(refusals_are_told_apart, start, end),
        cmocka_unit_test_setup_teardown(memory_that_is_refused_is_given_back, start, end),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
