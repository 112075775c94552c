// SPDX-License-Identifier: BSD-3-Clause
//
// ffa/client/share.c: the descriptor of FFA_MEM_SHARE in each version's format, byte by byte where DEN0077A says where its
// fields stand, and what the answers become.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "ffa/client/share.h"

static uint8_t tx[4096];
static struct ffa_args called;
static struct ffa_args answer;

static void call(struct ffa_transport *transport, struct ffa_args *args)
{
    (void)transport;
    called = *args;
    *args = answer;
}

static struct ffa_transport transport;
static const struct share_range range = { .base = 0x4412345000, .page_count = 33 };

static int start(void **state)
{
    (void)state;
    memset(tx, 0xee, sizeof(tx));
    transport = (struct ffa_transport){ .call = call, .version = FFA_VERSION_1_2, .id = 0 };
    answer = (struct ffa_args){ .x = { FFA_SUCCESS_32, 0, 0x11223344, 0xaabbccdd } };
    return 0;
}

static uint64_t field(unsigned int offset, unsigned int size)
{
    uint64_t value = 0;

    memcpy(&value, tx + offset, size);
    return value;
}

static void assert_rest(unsigned int access, unsigned int access_size)
{
    unsigned int composite = access + access_size;
    uint64_t handle = 0;

    memset(tx, 0xee, sizeof(tx));
    assert_int_equal(share_range(&transport, tx, &range, 0x8002, &handle), 0);
    assert_int_equal(handle, 0xaabbccdd11223344);
    const struct ffa_args expected = { .x = { 0x84000073, composite + 32, composite + 32 } };
    assert_memory_equal(&called, &expected, sizeof(expected));
    assert_int_equal(field(0, 2), 0);
    assert_int_equal(field(4, 4), 0);  // flags
    assert_int_equal(field(8, 8), 0);  // handle
    assert_int_equal(field(16, 8), 0); // tag
    assert_int_equal(field(28, 4), 1); // borrowers
    assert_int_equal(field(access, 2), 0x8002);
    assert_int_equal(field(access + 2, 1), 2); // read and write
    assert_int_equal(field(access + 3, 1), 0);
    assert_int_equal(field(access + 4, 4), composite);
    for (unsigned int i = access + 8; i < composite; i++) {
        assert_int_equal(tx[i], 0);
    }
    assert_int_equal(field(composite, 4), 33);
    assert_int_equal(field(composite + 4, 4), 1);
    assert_int_equal(field(composite + 8, 8), 0);
    assert_int_equal(field(composite + 16, 8), 0x4412345000);
    assert_int_equal(field(composite + 24, 4), 33);
    assert_int_equal(field(composite + 28, 4), 0);
    assert_int_equal(tx[composite + 32], 0xee);
}

static void each_version_has_its_format(void **state)
{
    (void)state;
    assert_rest(48, 32);
    assert_int_equal(field(2, 2), 0x2f);
    assert_int_equal(field(24, 4), 32);
    assert_int_equal(field(32, 4), 48);
    assert_int_equal(field(36, 8), 0);
    assert_int_equal(field(44, 4), 0);
    transport.version = FFA_VERSION_1_1;
    assert_rest(48, 16);
    assert_int_equal(field(2, 2), 0x2f);
    assert_int_equal(field(24, 4), 16);
    assert_int_equal(field(32, 4), 48);
    transport.version = FFA_VERSION_1_0;
    assert_rest(32, 16);
    assert_int_equal(field(2, 1), 0x2f);
    assert_int_equal(field(3, 1), 0);
    assert_int_equal(field(24, 4), 0);
}

static void refusals_are_told_apart(void **state)
{
    static const struct {
        int32_t code;
        int error;
    } rows[] = {
        { FFA_DENIED, ERR_DENIED },
        { FFA_NO_MEMORY, ERR_NO_MEMORY },
        { FFA_NOT_SUPPORTED, ERR_NOT_SUPPORTED },
        { FFA_INVALID_PARAMETERS, ERR_IO },
        { FFA_ABORTED, ERR_IO },
    };
    uint64_t handle = 5;

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        answer = (struct ffa_args){ .x = { FFA_ERROR, 0, (uint32_t)rows[i].code } };
        assert_int_equal(share_range(&transport, tx, &range, 0x8002, &handle), rows[i].error);
        assert_int_equal(share_reclaim(&transport, handle), rows[i].error);
    }
    answer = (struct ffa_args){ .x = { FFA_MEM_FRAG_RX } };
    assert_int_equal(share_range(&transport, tx, &range, 0x8002, &handle), ERR_IO);
    assert_int_equal(handle, 5);
}

static void memory_is_reclaimed_by_its_handle(void **state)
{
    const struct ffa_args expected = { .x = { 0x84000077, 0x11223344, 0xaabbccdd } };

    (void)state;
    assert_int_equal(share_reclaim(&transport, 0xaabbccdd11223344), 0);
    assert_memory_equal(&called, &expected, sizeof(expected));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(each_version_has_its_format, start),
        cmocka_unit_test_setup(refusals_are_told_apart, start),
        cmocka_unit_test_setup(memory_is_reclaimed_by_its_handle, start),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
