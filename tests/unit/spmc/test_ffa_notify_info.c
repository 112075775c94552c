// SPDX-License-Identifier: BSD-3-Clause
//
// FFA_NOTIFICATION_INFO_GET (spmc/ffa_notify_info.c): who has what pending, in both widths, each thing told once, nobody left
// out. Expected registers written out from DEN0077A "FFA_NOTIFICATION_INFO_GET"; a decoder of its own reads the longer ones.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "ffa_notify.h"
#include "spmc_fixture.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static int reset(void **state)
{
    (void)state;
    fixture_reset();
    fixture_properties(ALPHA, FFA_PROP_NOTIFICATION);
    fixture_properties(BETA, FFA_PROP_NOTIFICATION);
    fixture_nwd_version(FFA_VERSION_1_2);
    NWD(FFA_NOTIFICATION_BITMAP_CREATE, 0, 8);
    return 0;
}

// A call of a partition in a turn of its own, which must succeed
static void by_sp(struct sp *sp, struct ffa_args args)
{
    fixture_enter(sp, SP_MODEL_RUN);
    (void)fixture_from_sp(0, sp, args);
    assert_int_equal(sp->ctx.x[0], FFA_SUCCESS_32);
    SP(sp, FFA_MSG_WAIT);
}
#define BY(sp, ...) by_sp(sp, (struct ffa_args){ .x = { __VA_ARGS__ } })

static void by_nwd(uint64_t fid, uint64_t ids, uint64_t flags, uint64_t bits)
{
    NWD(fid, ids, flags, bits, 0);
    assert_int_equal(NWD_X[0], FFA_SUCCESS_32);
}

// Bit 0: global, bit 1: a vCPU's; from everybody to everybody who takes some
static void bind_all(void)
{
    by_nwd(FFA_NOTIFICATION_BIND, IDS(ALPHA_ID, 0), 0, 1);
    by_nwd(FFA_NOTIFICATION_BIND, IDS(ALPHA_ID, 0), 1, 2);
    BY(ALPHA, FFA_NOTIFICATION_BIND, IDS(0, ALPHA_ID), 0, 1, 0);
    BY(ALPHA, FFA_NOTIFICATION_BIND, IDS(0, ALPHA_ID), 1, 2, 0);
    BY(BETA, FFA_NOTIFICATION_BIND, IDS(ALPHA_ID, BETA_ID), 0, 1, 0);
    BY(BETA, FFA_NOTIFICATION_BIND, IDS(ALPHA_ID, BETA_ID), 1, 2, 0);
}

static void set_vcpu_of_nwd(unsigned int vcpu)
{
    BY(ALPHA, FFA_NOTIFICATION_SET, IDS(ALPHA_ID, 0), 1 | vcpu << 16, 2, 0);
}

static void no_data(uint64_t fid)
{
    NWD(fid);
    assert_true(fixture_is_error(NWD_X, FFA_NO_DATA));
}

static bool is(const uint64_t expected[8])
{
    return memcmp(NWD_X, expected, 8 * sizeof(uint64_t)) == 0;
}

static void nothing_pending_is_no_data(void **state)
{
    (void)state;
    no_data(FFA_NOTIFICATION_INFO_GET_32);
    no_data(FFA_NOTIFICATION_INFO_GET_64);
    NWD(FFA_NOTIFICATION_BITMAP_DESTROY, 0);
    no_data(FFA_NOTIFICATION_INFO_GET_64); // partitions might have some: no bitmap is needed
    NWD(FFA_NOTIFICATION_BITMAP_CREATE, 0, 8);
    bind_all();
    no_data(FFA_NOTIFICATION_INFO_GET_64);
}

// One list of one id: 1 << 7 lists, sizes all zero
static void a_global_one_is_the_receiver_alone(void **state)
{
    (void)state;
    bind_all();
    BY(ALPHA, FFA_NOTIFICATION_SET, IDS(ALPHA_ID, 0), 0, 1, 0);
    NWD(FFA_NOTIFICATION_INFO_GET_64);
    assert_true(is((uint64_t[8]){ FFA_SUCCESS_64, 0, 0x80, 0x0000, 0, 0, 0, 0 }));
    by_nwd(FFA_NOTIFICATION_SET, IDS(0, ALPHA_ID), 0, 1);
    NWD(FFA_NOTIFICATION_INFO_GET_32);
    assert_true(is((uint64_t[8]){ FFA_SUCCESS_32, 0, 0x80, 0x8001, 0, 0, 0, 0 }));
    BY(ALPHA, FFA_NOTIFICATION_SET, IDS(ALPHA_ID, BETA_ID), 0, 1, 0);
    NWD(FFA_NOTIFICATION_INFO_GET_64);
    assert_true(is((uint64_t[8]){ FFA_SUCCESS_64, 0, 0x80, 0x8002, 0, 0, 0, 0 }));
}

static void a_vcpu_s_is_the_receiver_and_the_vcpu(void **state)
{
    (void)state;
    bind_all();
    set_vcpu_of_nwd(5);
    NWD(FFA_NOTIFICATION_INFO_GET_64); // one list of two ids
    assert_true(is((uint64_t[8]){ FFA_SUCCESS_64, 0, 0x1080, 0x00050000, 0, 0, 0, 0 }));
    by_nwd(FFA_NOTIFICATION_SET, IDS(0, ALPHA_ID), 1, 2);
    NWD(FFA_NOTIFICATION_INFO_GET_32);
    assert_true(is((uint64_t[8]){ FFA_SUCCESS_32, 0, 0x1080, 0x00008001, 0, 0, 0, 0 }));
}

static void all_of_it_at_once(void **state)
{
    (void)state;
    bind_all();
    BY(ALPHA, FFA_NOTIFICATION_SET, IDS(ALPHA_ID, 0), 0, 1, 0);
    for (unsigned int vcpu = 0; vcpu < 8; vcpu++) {
        set_vcpu_of_nwd(vcpu);
    }
    by_nwd(FFA_NOTIFICATION_SET, IDS(0, ALPHA_ID), 0, 1);
    BY(ALPHA, FFA_NOTIFICATION_SET, IDS(ALPHA_ID, BETA_ID), 1, 2, 0);
    NWD(FFA_NOTIFICATION_INFO_GET_64);
    // Lists: 0 | 0: 0 1 2 | 0: 3 4 5 | 0: 6 7 | 0x8001 | 0x8002: 0; sizes less one: 0 3 3 2 0 1
    uint64_t sizes = 3 << 2 | 3 << 4 | 2 << 6 | 1 << 10;
    assert_true(is((uint64_t[8]){ FFA_SUCCESS_64, 0, sizes << 12 | 6 << 7, 0x0001000000000000,
                                  0x0004000300000002, 0x0007000600000005, 0x0000000080028001, 0 }));
    no_data(FFA_NOTIFICATION_INFO_GET_64);
}

// ---- Once, until it is news again ------------------------------------------------------------------------------------

static void what_was_told_is_told_once(void **state)
{
    (void)state;
    bind_all();
    by_nwd(FFA_NOTIFICATION_SET, IDS(0, ALPHA_ID), 0, 1);
    NWD(FFA_NOTIFICATION_INFO_GET_64);
    assert_int_equal(NWD_X[3], ALPHA_ID);
    no_data(FFA_NOTIFICATION_INFO_GET_64);
    by_nwd(FFA_NOTIFICATION_SET, IDS(0, ALPHA_ID), 0, 1); // still pending: set again is news
    NWD(FFA_NOTIFICATION_INFO_GET_64);
    assert_int_equal(NWD_X[3], ALPHA_ID);
    by_nwd(FFA_NOTIFICATION_SET, IDS(0, ALPHA_ID), 0, 1);
    BY(ALPHA, FFA_NOTIFICATION_GET, ALPHA_ID, 2); // fetched before anybody was told
    no_data(FFA_NOTIFICATION_INFO_GET_64);
}

static void a_stopped_receiver_is_not_told_of(void **state)
{
    (void)state;
    bind_all();
    by_nwd(FFA_NOTIFICATION_SET, IDS(0, ALPHA_ID), 0, 1);
    fixture_enter(ALPHA, SP_MODEL_RUN);
    (void)fixture_stop(0, ALPHA);
    no_data(FFA_NOTIFICATION_INFO_GET_64);
}

// ---- More than fits --------------------------------------------------------------------------------------------------

static bool told[9][10]; // receiver (normal world, partitions), global and vCPUs

// Reads an answer: marks what it tells; returns its bit "more".
static bool read_answer(bool wide)
{
    uint64_t info = NWD_X[2];
    unsigned int lists = info >> 7 & 0x1f;
    unsigned int at = 0;
    uint16_t ids[20];

    assert_int_equal(NWD_X[0], wide ? FFA_SUCCESS_64 : FFA_SUCCESS_32);
    assert_int_equal(info >> 1 & 0x3f, 0); // reserved
    for (unsigned int i = 0; i < 20; i++) {
        unsigned int per = wide ? 4 : 2;
        ids[i] = i / per < 5 ? (uint16_t)(NWD_X[3 + i / per] >> 16 * (i % per)) : 0;
    }
    for (unsigned int list = 0; list < lists; list++) {
        unsigned int more = info >> (12 + 2 * list) & 3;
        unsigned int receiver = ids[at] == 0 ? 0 : ids[at] - 0x8000u;

        assert_in_range(receiver, 0, 8);
        assert_false(more == 0 && told[receiver][0]);
        told[receiver][0] = told[receiver][0] || more == 0;
        for (unsigned int i = 1; i <= more; i++) {
            assert_in_range(ids[at + i], 0, 7);
            assert_false(told[receiver][1 + ids[at + i]]);
            told[receiver][1 + ids[at + i]] = true;
        }
        at += 1 + more;
    }
    assert_in_range(at, 1, wide ? 20 : 10);
    for (; at < 20; at++) {
        assert_int_equal(ids[at], 0);
    }
    assert_int_equal(info >> (12 + 2 * lists), 0);
    return (info & 1) != 0;
}

// Eight partitions with 0x8001 … 0x8008, each with a global and a vCPU's notification, and all of the normal world
static void everything_pending(void)
{
    spmc_sp_count = SPMC_MAX_SPS;
    for (uint32_t i = 0; i < SPMC_MAX_SPS; i++) {
        spmc_sps[i].endpoint.id = (uint16_t)(0x8001 + i);
        spmc_sps[i].endpoint.version = FFA_VERSION_1_2;
        spmc_sps[i].config.properties = FFA_PROP_NOTIFICATION;
        spmc_sp_ids[i] = (uint16_t)(0x8001 + i);
    }
    for (uint32_t i = 0; i < NOTIFY_NWD_SLOTS + NOTIFY_SP_SLOTS * SPMC_MAX_SPS; i++) {
        bool global = i < NOTIFY_NWD_SLOTS ? i == 0 : (i - NOTIFY_NWD_SLOTS) % NOTIFY_SP_SLOTS == 0;

        ffa_notify.slots[i].pending[NOTIFY_OF_SPS] = global ? 1 : 2;
        ffa_notify.slots[i].untold = 1 << NOTIFY_OF_SPS;
    }
    for (uint32_t i = 0; i <= SPMC_MAX_SPS; i++) { // bit 0 global, bit 1 of vCPUs
        ffa_notify.receivers[i].sender[NOTIFY_OF_SPS][0] = i == 1 ? 2 : 1;
        ffa_notify.receivers[i].sender[NOTIFY_OF_SPS][1] = i == 1 ? 2 : 1;
        ffa_notify.receivers[i].per_vcpu[NOTIFY_OF_SPS] = 2;
    }
}

static void check_told_all(void)
{
    for (unsigned int i = 0; i <= SPMC_MAX_SPS; i++) {
        for (unsigned int slot = 0; slot < 10; slot++) {
            assert_int_equal(told[i][slot], slot <= (i == 0 ? 8u : 1u));
        }
    }
    memset(told, 0, sizeof(told));
}

static void more_than_fits_comes_in_parts(void **state)
{
    (void)state;
    for (unsigned int wide = 0; wide < 2; wide++) {
        unsigned int calls = 0;
        bool more = true;

        everything_pending();
        while (more) {
            NWD(wide != 0 ? FFA_NOTIFICATION_INFO_GET_64 : FFA_NOTIFICATION_INFO_GET_32);
            more = read_answer(wide != 0);
            calls++;
            assert_in_range(calls, 1, 5);
        }
        check_told_all();
        no_data(FFA_NOTIFICATION_INFO_GET_32);
    }
}

// The first receivers are set again before each call: the last ones are told all the same
static void nobody_is_left_out_by_others_who_are_set_again(void **state)
{
    bool last = false;

    (void)state;
    everything_pending();
    for (unsigned int calls = 0; !last; calls++) {
        assert_in_range(calls, 0, 8);
        NWD(FFA_NOTIFICATION_INFO_GET_32);
        memset(told, 0, sizeof(told));
        (void)read_answer(false);
        last = told[SPMC_MAX_SPS][0];
        for (uint32_t slot = 0; slot <= 8; slot++) {
            ffa_notify.slots[slot].untold = 1 << NOTIFY_OF_SPS;
        }
    }
    memset(told, 0, sizeof(told));
}

// Wide registers of a caller of version 1.2 are results and zero, a 1.1 caller keeps its own (both checked by the fixture)
static void both_widths_in_both_versions(void **state)
{
    (void)state;
    for (uint32_t minor = 1; minor <= 2; minor++) {
        fixture_reset();
        fixture_properties(ALPHA, FFA_PROP_NOTIFICATION);
        fixture_nwd_version(0x10000 | minor);
        BY(ALPHA, FFA_NOTIFICATION_BIND, IDS(0, ALPHA_ID), 0, 1, 0);
        by_nwd(FFA_NOTIFICATION_SET, IDS(0, ALPHA_ID), 0, 1);
        NWD(FFA_NOTIFICATION_INFO_GET_64);
        assert_true(is((uint64_t[8]){ FFA_SUCCESS_64, 0, 0x80, 0x8001, 0, 0, 0, 0 }));
        for (unsigned int i = 8; i < 18 && minor == 2; i++) {
            assert_int_equal(NWD_X[i], 0);
        }
        by_nwd(FFA_NOTIFICATION_SET, IDS(0, ALPHA_ID), 0, 1);
        NWD(FFA_NOTIFICATION_INFO_GET_32);
        assert_true(is((uint64_t[8]){ FFA_SUCCESS_32, 0, 0x80, 0x8001, 0, 0, 0, 0 }));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(nothing_pending_is_no_data, reset),
        cmocka_unit_test_setup(a_global_one_is_the_receiver_alone, reset),
        cmocka_unit_test_setup(a_vcpu_s_is_the_receiver_and_the_vcpu, reset),
        cmocka_unit_test_setup(all_of_it_at_once, reset),
        cmocka_unit_test_setup(what_was_told_is_told_once, reset),
        cmocka_unit_test_setup(a_stopped_receiver_is_not_told_of, reset),
        cmocka_unit_test_setup(more_than_fits_comes_in_parts, reset),
        cmocka_unit_test_setup(nobody_is_left_out_by_others_who_are_set_again, reset),
        cmocka_unit_test_setup(both_widths_in_both_versions, reset),
    };

    return cmocka_run_group_tests(tests, reset, NULL);
}
