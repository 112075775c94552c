// SPDX-License-Identifier: BSD-3-Clause
//
// Notifications (spmc/ffa_notify.c): bitmaps, bindings, signalling and fetching, each refusal and good path, and what the
// scheduler and the receiver hear of it. Expected values: DEN0077A "Notifications". FFA_NOTIFICATION_INFO_GET is in
// test_ffa_notify_info.c, the framework notification in test_ffa_send2.c.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "notify_support.h"

static unsigned int sris(void)
{
    return fixture.hw[0].sri + fixture.hw[1].sri;
}

// ---- Who, and in which version ---------------------------------------------------------------------------------------

static const uint32_t functions[] = {
    FFA_NOTIFICATION_BITMAP_CREATE, FFA_NOTIFICATION_BITMAP_DESTROY,
    FFA_NOTIFICATION_BIND,          FFA_NOTIFICATION_UNBIND,
    FFA_NOTIFICATION_SET,           FFA_NOTIFICATION_GET,
    FFA_NOTIFICATION_INFO_GET_32,   FFA_NOTIFICATION_INFO_GET_64,
};

static void none_of_it_is_there_in_version_1_0(void **state)
{
    (void)state;
    fixture_reset();
    for (size_t i = 0; i < COUNT(functions); i++) {
        assert_true(fixture_is_error(CALL(NULL, functions[i], 0, 1), FFA_NOT_SUPPORTED));
        assert_true(fixture_is_error(CALL(GAMMA, functions[i], 0, 1), FFA_NOT_SUPPORTED));
    }
    assert_int_equal(ffa_notify.nwd_vcpus, 0);
}

static void bitmaps_and_schedules_are_not_a_partition_s_business(void **state)
{
    static const uint32_t normal_only[] = { FFA_NOTIFICATION_BITMAP_CREATE,
                                            FFA_NOTIFICATION_BITMAP_DESTROY,
                                            FFA_NOTIFICATION_INFO_GET_32,
                                            FFA_NOTIFICATION_INFO_GET_64 };

    (void)state;
    for (size_t i = 0; i < COUNT(normal_only); i++) {
        assert_true(fixture_is_error(CALL(ALPHA, normal_only[i], 0, 1), FFA_NOT_SUPPORTED));
        assert_true(fixture_is_error(CALL(BETA, normal_only[i], 0, 1), FFA_NOT_SUPPORTED));
    }
}

// Registers that must be zero, of calls that are right but for them
static void reserved_registers(void **state)
{
    static const struct {
        uint64_t x[5];
        unsigned int first;
        bool wide;
    } calls[] = {
        { { FFA_NOTIFICATION_BITMAP_CREATE, 0, 1 }, 3, false },
        { { FFA_NOTIFICATION_BITMAP_DESTROY, 0 }, 2, false },
        { { FFA_NOTIFICATION_BIND, IDS(ALPHA_ID, 0), 0, 1, 0 }, 5, false },
        { { FFA_NOTIFICATION_UNBIND, IDS(ALPHA_ID, 0), 0, 1, 0 }, 5, false },
        { { FFA_NOTIFICATION_SET, IDS(0, ALPHA_ID), 0, 1, 0 }, 5, false },
        { { FFA_NOTIFICATION_GET, 0, 5 }, 3, false },
        { { FFA_NOTIFICATION_INFO_GET_32 }, 1, false },
        { { FFA_NOTIFICATION_INFO_GET_64 }, 1, true },
    };

    (void)state;
    for (size_t i = 0; i < COUNT(calls); i++) {
        for (unsigned int r = calls[i].first; r < (calls[i].wide ? 18 : 8); r++) {
            struct ffa_args args = { 0 };

            memcpy(args.x, calls[i].x, sizeof(calls[i].x));
            args.x[r] = 1;
            if (!fixture_is_error(notify_call(NULL, args), FFA_INVALID_PARAMETERS)) {
                fail_msg("call %zu takes a 1 in x%u", i, r);
            }
        }
    }
}

// ---- Bitmaps ---------------------------------------------------------------------------------------------------------

static void bitmaps_are_created_once_and_destroyed(void **state)
{
    (void)state;
    for (uint64_t vcpus = 1; vcpus <= 8; vcpus++) {
        notify_create(vcpus);
        assert_true(
            fixture_is_error(CALL(NULL, FFA_NOTIFICATION_BITMAP_CREATE, 0, vcpus), FFA_DENIED));
        notify_fetches(NULL, (uint32_t)vcpus - 1, 0, 0);
        assert_true(fixture_is_error(CALL(NULL, FFA_NOTIFICATION_GET, (uint64_t)vcpus << 16, 1),
                                     FFA_INVALID_PARAMETERS));
        assert_true(notify_is_ok(CALL(NULL, FFA_NOTIFICATION_BITMAP_DESTROY, 0)));
        assert_true(fixture_is_error(CALL(NULL, FFA_NOTIFICATION_BITMAP_DESTROY, 0), FFA_DENIED));
    }
}

static void bitmap_refusals(void **state)
{
    static const uint64_t ids[] = { 1, 0x7fff, ALPHA_ID, FFA_ID_SPMC, FFA_ID_SPMD, 0x10000 };

    (void)state;
    for (unsigned int round = 0; round < 2; round++) { // without bitmaps, and with
        for (size_t i = 0; i < COUNT(ids); i++) {
            assert_true(fixture_is_error(CALL(NULL, FFA_NOTIFICATION_BITMAP_CREATE, ids[i], 1),
                                         FFA_INVALID_PARAMETERS));
            assert_true(fixture_is_error(CALL(NULL, FFA_NOTIFICATION_BITMAP_DESTROY, ids[i]),
                                         FFA_INVALID_PARAMETERS));
        }
        assert_true(fixture_is_error(CALL(NULL, FFA_NOTIFICATION_BITMAP_CREATE, 0, 0),
                                     FFA_INVALID_PARAMETERS));
        assert_true(
            fixture_is_error(CALL(NULL, FFA_NOTIFICATION_BITMAP_CREATE, 0, 9), FFA_NO_MEMORY));
        assert_true(fixture_is_error(CALL(NULL, FFA_NOTIFICATION_BITMAP_CREATE, 0, UINT32_MAX),
                                     FFA_NO_MEMORY));
        if (round == 0) {
            notify_create(4);
        }
    }
    assert_int_equal(ffa_notify.nwd_vcpus, 4);
}

static void bitmaps_with_something_pending_stay(void **state)
{
    (void)state;
    notify_create(2);
    assert_true(notify_is_ok(notify_bind(NULL, ALPHA, 0, 1)));
    assert_true(notify_is_ok(notify_bind(NULL, ALPHA, PER_VCPU, 2)));
    assert_true(notify_is_ok(notify_set(ALPHA, NULL, 0, 1)));
    assert_true(fixture_is_error(CALL(NULL, FFA_NOTIFICATION_BITMAP_DESTROY, 0), FFA_DENIED));
    notify_fetches(NULL, 0, 1, 0);
    assert_true(notify_is_ok(notify_set(ALPHA, NULL, PER_VCPU | VCPU(1), 2)));
    assert_true(fixture_is_error(CALL(NULL, FFA_NOTIFICATION_BITMAP_DESTROY, 0), FFA_DENIED));
    notify_fetches(NULL, 0, 0, 0); // of another vCPU
    assert_true(fixture_is_error(CALL(NULL, FFA_NOTIFICATION_BITMAP_DESTROY, 0), FFA_DENIED));
    notify_fetches(NULL, 1, 2, 0);
    assert_true(notify_is_ok(CALL(NULL, FFA_NOTIFICATION_BITMAP_DESTROY, 0)));
    notify_create(2); // the bindings went with the old ones
    assert_true(fixture_is_error(notify_set(ALPHA, NULL, 0, 1), FFA_DENIED));
    assert_true(notify_is_ok(notify_bind(NULL, BETA, 0, 3)));
}

// ---- BIND, UNBIND ----------------------------------------------------------------------------------------------------

static void the_receiver_binds_and_unbinds(void **state)
{
    static const uint64_t bits[] = { 1, 1ull << 31, 1ull << 32, 1ull << 63, UINT64_MAX, 0x5500aa };
    const struct {
        struct sp *receiver, *sender;
    } pairs[] = { { NULL, ALPHA }, { NULL, BETA },   { NULL, GAMMA }, { ALPHA, NULL },
                  { ALPHA, BETA }, { ALPHA, GAMMA }, { BETA, NULL },  { BETA, ALPHA } };

    (void)state;
    notify_create(1);
    for (size_t p = 0; p < COUNT(pairs); p++) {
        for (size_t i = 0; i < COUNT(bits); i++) {
            for (uint64_t flags = 0; flags <= PER_VCPU; flags++) {
                assert_true(
                    notify_is_ok(notify_bind(pairs[p].receiver, pairs[p].sender, flags, bits[i])));
                assert_true(
                    notify_is_ok(notify_unbind(pairs[p].receiver, pairs[p].sender, bits[i])));
                assert_true(fixture_is_error(
                    notify_unbind(pairs[p].receiver, pairs[p].sender, bits[i]), FFA_DENIED));
            }
        }
    }
}

// BIND and UNBIND refuse the same ends in the same way.
static void bad_ends(struct sp *caller, uint32_t ids, const char *what)
{
    static const uint32_t both[] = { FFA_NOTIFICATION_BIND, FFA_NOTIFICATION_UNBIND };

    for (size_t i = 0; i < COUNT(both); i++) {
        if (!fixture_is_error(CALL(caller, both[i], ids, 0, 1, 0), FFA_INVALID_PARAMETERS)) {
            fail_msg("%x: %s", both[i], what);
        }
    }
}

static void bind_and_unbind_refuse_ends(void **state)
{
    (void)state;
    notify_create(1);
    bad_ends(NULL, IDS(0, 0), "sender is receiver");
    bad_ends(NULL, IDS(1, 0), "a VM that is not there sends");
    bad_ends(NULL, IDS(0, 1), "a VM that is not there receives");
    bad_ends(NULL, IDS(ALPHA_ID, 1), "for a VM that is not there");
    bad_ends(NULL, IDS(0x8003, 0), "no such partition");
    bad_ends(NULL, IDS(FFA_ID_SPMC, 0), "the SPMC sends nothing that is bound");
    bad_ends(NULL, IDS(FFA_ID_SPMD, 0), "nor does EL3");
    bad_ends(NULL, IDS(0, ALPHA_ID), "in the name of a partition");
    bad_ends(NULL, IDS(BETA_ID, ALPHA_ID), "for partitions among each other");
    bad_ends(ALPHA, IDS(ALPHA_ID, ALPHA_ID), "sender is receiver");
    bad_ends(ALPHA, IDS(ALPHA_ID, BETA_ID), "for another receiver");
    bad_ends(ALPHA, IDS(ALPHA_ID, 0), "for the normal world");
    bad_ends(ALPHA, IDS(0, BETA_ID), "for another receiver, from the normal world");
    bad_ends(ALPHA, IDS(1, ALPHA_ID), "a VM that is not there");
    bad_ends(ALPHA, IDS(0x8003, ALPHA_ID), "no such partition");
    bad_ends(ALPHA, IDS(FFA_ID_SPMC, ALPHA_ID), "the SPMC");
}

static void bind_and_unbind_refuse_bits_and_flags(void **state)
{
    struct sp *const callers[] = { NULL, ALPHA };

    (void)state;
    notify_create(1);
    for (size_t c = 0; c < COUNT(callers); c++) {
        assert_true(fixture_is_error(notify_bind(callers[c], BETA, 0, 0), FFA_INVALID_PARAMETERS));
        assert_true(
            fixture_is_error(notify_bind(callers[c], BETA, PER_VCPU, 0), FFA_INVALID_PARAMETERS));
        assert_true(fixture_is_error(notify_unbind(callers[c], BETA, 0), FFA_INVALID_PARAMETERS));
        for (unsigned int bit = 1; bit < 32; bit++) {
            assert_true(fixture_is_error(notify_bind(callers[c], BETA, 1ull << bit, 1),
                                         FFA_INVALID_PARAMETERS));
        }
        assert_true(notify_is_ok(notify_bind(callers[c], BETA, 0, 1)));
        for (unsigned int bit = 0; bit < 32; bit++) {
            assert_true(
                fixture_is_error(CALL(callers[c], FFA_NOTIFICATION_UNBIND,
                                      IDS(BETA_ID, notify_id(callers[c])), 1ull << bit, 1, 0),
                                 FFA_INVALID_PARAMETERS));
        }
    }
}

static void who_takes_none_cannot_bind(void **state)
{
    (void)state;
    BETA->config.properties &= ~(uint32_t)FFA_PROP_NOTIFICATION;
    BETA->admits[SP_MSG_NOTIFY] = 0; // as sp_policy.c has it without the property
    assert_true(fixture_is_error(notify_bind(NULL, ALPHA, 0, 1), FFA_NOT_SUPPORTED)); // no bitmaps
    assert_true(fixture_is_error(notify_unbind(NULL, ALPHA, 1), FFA_NOT_SUPPORTED));
    assert_true(
        fixture_is_error(notify_bind(BETA, NULL, 0, 1), FFA_NOT_SUPPORTED)); // by its manifest
    assert_true(fixture_is_error(notify_unbind(BETA, NULL, 1), FFA_NOT_SUPPORTED));
    assert_true(fixture_is_error(CALL(NULL, FFA_NOTIFICATION_GET, 0, 5), FFA_NOT_SUPPORTED));
    assert_true(
        fixture_is_error(CALL(BETA, FFA_NOTIFICATION_GET, BETA_ID, 0xf), FFA_NOT_SUPPORTED));
}

static void the_manifest_says_whom_a_partition_hears(void **state)
{
    (void)state;
    ALPHA->admits[SP_MSG_NOTIFY] = 1 << 2; // BETA
    assert_true(fixture_is_error(notify_bind(ALPHA, NULL, 0, 1), FFA_DENIED));
    assert_true(fixture_is_error(notify_bind(ALPHA, GAMMA, 0, 1), FFA_DENIED));
    assert_true(notify_is_ok(notify_bind(ALPHA, BETA, 0, 1)));
    ALPHA->admits[SP_MSG_NOTIFY] = 1; // the normal world
    assert_true(notify_is_ok(notify_bind(ALPHA, NULL, 0, 2)));
    assert_true(fixture_is_error(notify_bind(ALPHA, BETA, 0, 2), FFA_DENIED));
    assert_true(fixture_is_error(notify_set(NULL, ALPHA, 0, 1), FFA_DENIED)); // BETA's bit
    assert_true(notify_is_ok(notify_set(NULL, ALPHA, 0, 2)));
}

// One bit of many that is not free: nothing happens
static void bits_that_are_bound_stay_whose_they_are(void **state)
{
    (void)state;
    notify_create(1);
    assert_true(notify_is_ok(notify_bind(NULL, ALPHA, 0, 0x10)));
    assert_true(fixture_is_error(notify_bind(NULL, ALPHA, 0, 0x10), FFA_DENIED)); // again
    assert_true(fixture_is_error(notify_bind(NULL, BETA, 0, 0x30), FFA_DENIED));
    assert_true(fixture_is_error(notify_bind(NULL, BETA, PER_VCPU, 0x30), FFA_DENIED));
    assert_true(
        fixture_is_error(notify_set(BETA, NULL, 0, 0x20), FFA_DENIED)); // 0x20 was not bound
    assert_true(notify_is_ok(notify_set(ALPHA, NULL, 0, 0x10)));
    notify_fetches(NULL, 0, 0x10, 0);
    assert_true(fixture_is_error(notify_unbind(NULL, BETA, 0x10), FFA_DENIED)); // not its
    assert_true(fixture_is_error(notify_unbind(NULL, ALPHA, 0x30), FFA_DENIED));
    assert_true(notify_is_ok(notify_bind(NULL, BETA, 0, 0x20)));
    assert_true(fixture_is_error(notify_unbind(NULL, ALPHA, 0x30), FFA_DENIED));
    assert_true(notify_is_ok(notify_unbind(NULL, ALPHA, 0x10)));
    assert_true(notify_is_ok(notify_set(BETA, NULL, 0, 0x20)));
    // The same bit of what the normal world sends is another one
    assert_true(notify_is_ok(notify_bind(ALPHA, BETA, 0, 1)));
    assert_true(notify_is_ok(notify_bind(ALPHA, NULL, 0, 1)));
}

static void a_pending_bit_keeps_its_binding(void **state)
{
    (void)state;
    notify_create(2);
    assert_true(notify_is_ok(notify_bind(NULL, ALPHA, PER_VCPU, 6)));
    assert_true(notify_is_ok(notify_set(ALPHA, NULL, PER_VCPU | VCPU(1), 4)));
    assert_true(fixture_is_error(notify_unbind(NULL, ALPHA, 6), FFA_DENIED));
    assert_true(notify_is_ok(notify_unbind(NULL, ALPHA, 2)));
    notify_fetches(NULL, 1, 4, 0);
    assert_true(notify_is_ok(notify_unbind(NULL, ALPHA, 4)));
    assert_true(notify_is_ok(notify_bind(NULL, ALPHA, 0, 6))); // now global
    assert_true(notify_is_ok(notify_set(ALPHA, NULL, 0, 6)));
}

// ---- SET, GET --------------------------------------------------------------------------------------------------------

static void set_reaches_the_receiver_alone(void **state)
{
    (void)state;
    notify_create(1);
    assert_true(notify_is_ok(notify_bind(NULL, ALPHA, 0, UINT64_MAX)));
    assert_true(notify_is_ok(notify_bind(ALPHA, BETA, 0, 0x8000000000000001)));
    assert_true(notify_is_ok(notify_bind(ALPHA, NULL, 0, 0x100000002)));
    assert_true(notify_is_ok(notify_bind(BETA, ALPHA, 0, 8)));

    assert_true(notify_is_ok(notify_set(ALPHA, NULL, 0, 0x8000000000000000)));
    assert_true(notify_is_ok(notify_set(BETA, ALPHA, 0, 0x8000000000000001)));
    assert_true(notify_is_ok(notify_set(NULL, ALPHA, 0, 0x100000000)));
    assert_true(notify_is_ok(notify_set(NULL, ALPHA, 0, 2)));
    assert_true(notify_is_ok(notify_set(NULL, ALPHA, 0, 2))); // again
    notify_fetches(BETA, 0, 0, 0);
    notify_fetches(ALPHA, 0, 0x8000000000000001, 0x100000002);
    notify_fetches(ALPHA, 0, 0, 0); // once
    notify_fetches(NULL, 0, 0x8000000000000000, 0);
    notify_fetches(NULL, 0, 0, 0);
}

static void bad_set(struct sp *caller, uint32_t ids, uint64_t flags, uint64_t bits, int32_t code,
                    const char *what)
{
    if (!fixture_is_error(
            CALL(caller, FFA_NOTIFICATION_SET, ids, flags, (uint32_t)bits, bits >> 32), code)) {
        fail_msg("%s", what);
    }
}

static void set_refuses_ends(void **state)
{
    const int32_t invalid = FFA_INVALID_PARAMETERS;

    (void)state;
    notify_create(1);
    bad_set(NULL, IDS(0, 0), 0, 1, invalid, "receiver is sender");
    bad_set(NULL, IDS(0, 1), 0, 1, invalid, "a VM that is not there");
    bad_set(NULL, IDS(1, ALPHA_ID), 0, 1, invalid, "in the name of a VM");
    bad_set(NULL, IDS(ALPHA_ID, BETA_ID), 0, 1, invalid, "in the name of a partition");
    bad_set(NULL, IDS(0, 0x8003), 0, 1, invalid, "no such partition");
    bad_set(NULL, IDS(0, FFA_ID_SPMC), 0, 1, invalid, "the SPMC");
    bad_set(ALPHA, IDS(ALPHA_ID, ALPHA_ID), 0, 1, invalid, "receiver is sender");
    bad_set(ALPHA, IDS(BETA_ID, 0), 0, 1, invalid, "in the name of another partition");
    bad_set(ALPHA, IDS(0, BETA_ID), 0, 1, invalid, "in the name of the normal world");
    bad_set(ALPHA, IDS(ALPHA_ID, 0x8003), 0, 1, invalid, "no such partition");
    bad_set(ALPHA, IDS(ALPHA_ID, GAMMA_ID), 0, 1, FFA_DENIED, "it takes none");
    bad_set(NULL, IDS(0, GAMMA_ID), 0, 1, FFA_DENIED, "it takes none");
}

static void set_refuses_flags_and_bits(void **state)
{
    const int32_t invalid = FFA_INVALID_PARAMETERS;

    (void)state;
    notify_create(2);
    assert_true(notify_is_ok(notify_bind(ALPHA, NULL, 0, 1)));
    assert_true(notify_is_ok(notify_bind(ALPHA, NULL, PER_VCPU, 2)));
    assert_true(notify_is_ok(notify_bind(NULL, ALPHA, 0, 1)));
    assert_true(notify_is_ok(notify_bind(NULL, ALPHA, PER_VCPU, 2)));
    for (unsigned int bit = 2; bit < 16; bit++) {
        bad_set(NULL, IDS(0, ALPHA_ID), 1ull << bit, 1, invalid, "reserved flag, normal world");
        bad_set(ALPHA, IDS(ALPHA_ID, 0), 1ull << bit, 1, invalid, "reserved flag, partition");
    }
    bad_set(NULL, IDS(0, ALPHA_ID), DELAY, 1, invalid, "the normal world delays nothing");
    bad_set(NULL, IDS(0, ALPHA_ID), 0, 0, invalid, "no bits");
    bad_set(ALPHA, IDS(ALPHA_ID, 0), 0, 0, invalid, "no bits");
    bad_set(NULL, IDS(0, ALPHA_ID), VCPU(1), 1, invalid, "a vCPU for a global one");
    bad_set(ALPHA, IDS(ALPHA_ID, 0), VCPU(1), 1, invalid, "a vCPU for a global one");
    bad_set(NULL, IDS(0, ALPHA_ID), PER_VCPU | VCPU(1), 2, invalid, "partitions have one vCPU");
    bad_set(ALPHA, IDS(ALPHA_ID, 0), PER_VCPU | VCPU(2), 2, invalid, "behind the last vCPU");
    bad_set(ALPHA, IDS(ALPHA_ID, 0), PER_VCPU | VCPU(0xffff), 2, invalid, "far behind it");
    bad_set(NULL, IDS(0, ALPHA_ID), PER_VCPU, 1, invalid, "bound as global");
    bad_set(NULL, IDS(0, ALPHA_ID), 0, 2, invalid, "bound as a vCPU's");
    bad_set(ALPHA, IDS(ALPHA_ID, 0), PER_VCPU, 3, invalid, "one of them bound as global");
    bad_set(NULL, IDS(0, ALPHA_ID), 0, 5, FFA_DENIED, "one of them not bound");
    bad_set(NULL, IDS(0, BETA_ID), 0, 1, FFA_DENIED, "not bound");
    bad_set(BETA, IDS(BETA_ID, ALPHA_ID), 0, 1, FFA_DENIED, "bound to the normal world");
    bad_set(BETA, IDS(BETA_ID, 0), 0, 1, FFA_DENIED, "bound to another partition");
    assert_int_equal(sris(), 0); // a refused call tells nobody
    notify_fetches(ALPHA, 0, 0, 0);
    notify_fetches(NULL, 0, 0, 0);
    notify_fetches(NULL, 1, 0, 0);
}

static void without_bitmaps_the_normal_world_gets_none(void **state)
{
    (void)state;
    bad_set(ALPHA, IDS(ALPHA_ID, 0), 0, 1, FFA_DENIED, "no bitmaps");
    notify_create(1);
    assert_true(notify_is_ok(notify_bind(NULL, ALPHA, 0, 1)));
    assert_true(notify_is_ok(notify_set(ALPHA, NULL, 0, 1)));
}

static void per_vcpu_ones_are_that_vcpu_s(void **state)
{
    (void)state;
    notify_create(8);
    assert_true(notify_is_ok(notify_bind(NULL, ALPHA, PER_VCPU, 0xf0)));
    assert_true(notify_is_ok(notify_bind(NULL, ALPHA, 0, 1)));
    assert_true(notify_is_ok(notify_set(ALPHA, NULL, PER_VCPU | VCPU(7), 0x30)));
    assert_true(notify_is_ok(notify_set(ALPHA, NULL, PER_VCPU, 0x50)));
    assert_true(notify_is_ok(notify_set(ALPHA, NULL, 0, 1)));
    notify_fetches(NULL, 3, 1, 0); // global ones go to whoever asks first
    notify_fetches(NULL, 7, 0x30, 0);
    notify_fetches(NULL, 7, 0, 0);
    notify_fetches(NULL, 0, 0x50, 0);
    assert_true(notify_is_ok(notify_bind(ALPHA, BETA, PER_VCPU, 2)));
    assert_true(notify_is_ok(notify_set(BETA, ALPHA, PER_VCPU, 2)));
    notify_fetches(ALPHA, 0, 2, 0);
}

static void get_takes_what_it_was_asked_for(void **state)
{
    const uint64_t *x;

    (void)state;
    assert_true(notify_is_ok(notify_bind(ALPHA, BETA, 0, 1)));
    assert_true(notify_is_ok(notify_bind(ALPHA, NULL, 0, 2)));
    assert_true(notify_is_ok(notify_set(BETA, ALPHA, 0, 1)));
    assert_true(notify_is_ok(notify_set(NULL, ALPHA, 0, 2)));
    assert_true(fixture_is_success(CALL(ALPHA, FFA_NOTIFICATION_GET, ALPHA_ID, 0), 0, 0));
    assert_true(fixture_is_success(CALL(ALPHA, FFA_NOTIFICATION_GET, ALPHA_ID, 0xc), 0, 0));
    x = CALL(ALPHA, FFA_NOTIFICATION_GET, ALPHA_ID, 2);
    assert_int_equal(x[2], 0);
    assert_int_equal(x[4], 2);
    x = CALL(ALPHA, FFA_NOTIFICATION_GET, ALPHA_ID, 1);
    assert_int_equal(x[2], 1);
    assert_int_equal(x[4], 0);
}

static void get_refusals(void **state)
{
    static const uint64_t of_others[] = { 0, BETA_ID, FFA_ID_SPMC, 1, 0x8003 };

    (void)state;
    notify_create(2);
    for (size_t i = 0; i < COUNT(of_others); i++) {
        assert_true(fixture_is_error(CALL(ALPHA, FFA_NOTIFICATION_GET, of_others[i], 1),
                                     FFA_INVALID_PARAMETERS));
        if (of_others[i] != 0) {
            assert_true(fixture_is_error(CALL(NULL, FFA_NOTIFICATION_GET, of_others[i], 1),
                                         FFA_INVALID_PARAMETERS));
        }
    }
    for (unsigned int bit = 0; bit < 32; bit++) {
        bool partition = bit < 4;
        bool normal = bit == 0 || bit == 2; // VMs' and the hypervisor's are not kept here

        assert_int_equal(CALL(ALPHA, FFA_NOTIFICATION_GET, ALPHA_ID, 1ull << bit)[0] ==
                             FFA_SUCCESS_32,
                         partition);
        assert_int_equal(CALL(NULL, FFA_NOTIFICATION_GET, 0, 1ull << bit)[0] == FFA_SUCCESS_32,
                         normal);
        if (!normal) {
            assert_true(fixture_is_error(notify_answer, FFA_INVALID_PARAMETERS));
        }
    }
    assert_true(fixture_is_error(CALL(ALPHA, FFA_NOTIFICATION_GET, IDS(1, ALPHA_ID), 1),
                                 FFA_INVALID_PARAMETERS));
    assert_true(
        fixture_is_error(CALL(NULL, FFA_NOTIFICATION_GET, IDS(2, 0), 1), FFA_INVALID_PARAMETERS));
    assert_true(fixture_is_error(CALL(NULL, FFA_NOTIFICATION_GET, IDS(0xffff, 0), 1),
                                 FFA_INVALID_PARAMETERS));
}

// ---- Who hears of it -------------------------------------------------------------------------------------------------

static void each_set_raises_the_sri_on_the_core_of_the_call(void **state)
{
    (void)state;
    notify_create(1);
    assert_true(notify_is_ok(notify_bind(NULL, ALPHA, 0, 1)));
    assert_true(notify_is_ok(notify_bind(ALPHA, NULL, 0, 1)));
    assert_int_equal(sris(), 0);
    assert_true(notify_is_ok(notify_set(ALPHA, NULL, 0, 1)));
    assert_int_equal(fixture.hw[0].sri, 1);
    assert_true(notify_is_ok(
        notify_set(ALPHA, NULL, 0, 1))); // news again: it might have been told and not fetched
    assert_int_equal(fixture.hw[0].sri, 2);
    (void)fixture_from_nwd(
        1, (struct ffa_args){ .x = { FFA_NOTIFICATION_SET, IDS(0, ALPHA_ID), 0, 1, 0 } });
    assert_true(fixture_is_success(spmc_cores[1].args.x, 0, 0));
    assert_int_equal(fixture.hw[0].sri, 2);
    assert_int_equal(fixture.hw[1].sri, 1);
    notify_fetches(ALPHA, 0, 0, 1);
    assert_int_equal(sris(), 3);
}

// A kernel that has never asked for the number does not get an interrupt that it cannot know; nothing is lost for one that
// asks later
static void nobody_is_interrupted_who_does_not_know_the_sri(void **state)
{
    (void)state;
    fixture_reset();
    fixture_nwd_version(FFA_VERSION_1_1);
    fixture_properties(ALPHA, FFA_PROP_NOTIFICATION);
    fixture_properties(BETA, FFA_PROP_NOTIFICATION);
    assert_true(notify_is_ok(notify_bind(ALPHA, BETA, 0, 1)));
    assert_true(notify_is_ok(notify_set(BETA, ALPHA, 0, 1)));
    assert_true(notify_is_ok(notify_set(BETA, ALPHA, DELAY, 1)));
    assert_int_equal(sris(), 0);
    assert_false(spmc_cores[0].attention);
    NWD(FFA_FEATURES, FFA_FEATURE_SRI);
    assert_int_equal(sris(), 0);
    NWD(FFA_NOTIFICATION_INFO_GET_64);
    assert_true(fixture_is(NWD_X, FFA_SUCCESS_64, 0, 1 << 7, ALPHA_ID));
    assert_true(notify_is_ok(notify_set(BETA, ALPHA, 0, 1)));
    assert_int_equal(sris(), 1);
}

static void a_delayed_sri_waits_for_the_way_out(void **state)
{
    (void)state;
    notify_create(1);
    assert_true(notify_is_ok(notify_bind(NULL, ALPHA, 0, 1)));
    fixture_enter(ALPHA, SP_MODEL_DIRECT);
    for (unsigned int i = 0; i < 3; i++) {
        SP(ALPHA, FFA_NOTIFICATION_SET, IDS(ALPHA_ID, 0), DELAY, 1, 0);
        assert_true(fixture_is_success(ALPHA->ctx.x, 0, 0));
        assert_int_equal(sris(), 0);
    }
    assert_null(SP(ALPHA, FFA_MSG_SEND_DIRECT_RESP_32, IDS(ALPHA_ID, 0)));
    assert_int_equal(fixture.hw[0].sri, 1); // once
    assert_int_equal(NWD_X[0], FFA_MSG_SEND_DIRECT_RESP_32);
    fixture_enter(ALPHA, SP_MODEL_DIRECT);
    assert_null(SP(ALPHA, FFA_MSG_SEND_DIRECT_RESP_32, IDS(ALPHA_ID, 0)));
    assert_int_equal(sris(), 1); // not again
}

// Every way out: the end of a turn, an interrupt of the normal world, a yield, a fault
static void a_delayed_sri_goes_with_any_way_out(void **state)
{
    for (unsigned int way = 0; way < 4; way++) {
        notify_reset(state);
        notify_create(1);
        assert_true(notify_is_ok(notify_bind(NULL, ALPHA, 0, 1)));
        fixture_enter(ALPHA, SP_MODEL_RUN);
        SP(ALPHA, FFA_NOTIFICATION_SET, IDS(ALPHA_ID, 0), DELAY, 1, 0);
        assert_int_equal(sris(), 0);
        if (way == 0) {
            SP(ALPHA, FFA_MSG_WAIT);
        } else if (way == 1) {
            SP(ALPHA, FFA_YIELD);
        } else if (way == 2) {
            (void)fixture_interrupt(0, ALPHA);
        } else {
            (void)fixture_stop(0, ALPHA);
        }
        assert_int_equal(fixture.hw[0].sri, 1);
        assert_false(spmc_cores[0].attention);
        notify_fetches(NULL, 0, 1, 0); // also what a partition has set that does not exist any more
    }
}

static bool is_told(const struct sp *sp, uint64_t fid, uint64_t w1)
{
    return fixture_is(sp->ctx.x, fid, w1, fid == FFA_INTERRUPT ? 5 : 0, 0);
}

// A signal gives nobody the core: the receiver hears of it when it is run, instead of what it would be told else, and once
static void a_waiting_receiver_is_told_when_it_is_run(void **state)
{
    (void)state;
    fixture_attend(ALPHA, false, 0, false);
    assert_true(notify_is_ok(notify_bind(ALPHA, NULL, 0, 3)));
    assert_true(notify_is_ok(notify_set(NULL, ALPHA, 0, 3)));
    assert_int_equal(ALPHA->pending, SP_PENDING_NOTIFICATION);
    assert_int_equal(sp_state(ALPHA), SP_WAITING);
    assert_ptr_equal(NWD(FFA_RUN, IDS(ALPHA_ID, 0)), ALPHA);
    assert_true(is_told(ALPHA, FFA_INTERRUPT, 0));
    assert_null(SP(ALPHA, FFA_MSG_WAIT)); // it does not fetch it now
    assert_true(fixture_is(NWD_X, FFA_MSG_WAIT, 0, 0, 0));
    assert_ptr_equal(NWD(FFA_RUN, IDS(ALPHA_ID, 0)), ALPHA);
    assert_true(is_told(ALPHA, FFA_RUN, IDS(ALPHA_ID, 0)));
    SP(ALPHA, FFA_NOTIFICATION_GET, ALPHA_ID, 2);
    assert_int_equal(ALPHA->ctx.x[4], 3);
    assert_null(SP(ALPHA, FFA_MSG_WAIT));
}

static void a_busy_receiver_is_told_at_the_end_of_its_turn(void **state)
{
    const struct ffa_args signal = { .x = { FFA_NOTIFICATION_SET, IDS(0, ALPHA_ID), 0, 1, 0 } };

    (void)state;
    fixture_attend(ALPHA, false, 10, false); // with a watchdog: that turn cannot be preempted
    assert_true(notify_is_ok(notify_bind(ALPHA, NULL, 0, 1)));
    fixture_enter(ALPHA, SP_MODEL_DIRECT);
    (void)fixture_from_nwd(1, signal); // while it works for another core
    assert_true(fixture_is_success(spmc_cores[1].args.x, 0, 0));
    assert_ptr_equal(SP(ALPHA, FFA_MSG_SEND_DIRECT_RESP_32, IDS(ALPHA_ID, 0), 0, 0x77), ALPHA);
    assert_true(is_told(ALPHA, FFA_INTERRUPT, 0));
    SP(ALPHA, FFA_NOTIFICATION_GET, ALPHA_ID, 2);
    assert_int_equal(ALPHA->ctx.x[4], 1);
    assert_null(SP(ALPHA, FFA_MSG_WAIT));
    assert_int_equal(NWD_X[0], FFA_MSG_SEND_DIRECT_RESP_32); // then the answer goes
    assert_int_equal(NWD_X[3], 0x77);
}

// Who fetches while it works has nothing left to be told; who leaves something has
static void what_was_fetched_is_not_told(void **state)
{
    const struct ffa_args signal = { .x = { FFA_NOTIFICATION_SET, IDS(0, ALPHA_ID), 0, 1, 0 } };

    (void)state;
    fixture_attend(ALPHA, false, 0, false);
    assert_true(notify_is_ok(notify_bind(ALPHA, NULL, 0, 1)));
    fixture_enter(ALPHA, SP_MODEL_DIRECT);
    (void)fixture_from_nwd(1, signal);
    SP(ALPHA, FFA_NOTIFICATION_GET, ALPHA_ID, 1); // what partitions sent
    assert_int_equal(ALPHA->pending, SP_PENDING_NOTIFICATION);
    SP(ALPHA, FFA_NOTIFICATION_GET, ALPHA_ID, 2);
    assert_int_equal(ALPHA->ctx.x[4], 1);
    assert_int_equal(ALPHA->pending, 0);
    assert_null(SP(ALPHA, FFA_MSG_SEND_DIRECT_RESP_32, IDS(ALPHA_ID, 0)));
    (void)fixture_from_nwd(0, signal);
    (void)fixture_from_nwd(0, signal);
    assert_ptr_equal(NWD(FFA_RUN, IDS(ALPHA_ID, 0)), ALPHA);
    assert_true(is_told(ALPHA, FFA_INTERRUPT, 0));
    assert_null(SP(ALPHA, FFA_MSG_WAIT));
}

static void a_stopped_partition_is_bound_to_nobody(void **state)
{
    (void)state;
    notify_create(1);
    assert_true(notify_is_ok(notify_bind(ALPHA, NULL, 0, 1)));
    assert_true(notify_is_ok(notify_bind(ALPHA, BETA, 0, 1)));
    assert_true(notify_is_ok(notify_bind(NULL, ALPHA, 0, 1)));
    assert_true(notify_is_ok(notify_bind(BETA, ALPHA, 0, 1)));
    assert_true(notify_is_ok(notify_set(BETA, ALPHA, 0, 1)));
    assert_true(notify_is_ok(notify_set(ALPHA, BETA, 0, 1)));
    fixture_enter(ALPHA, SP_MODEL_RUN);
    (void)fixture_stop(0, ALPHA);
    assert_true(fixture_is_error(notify_set(NULL, ALPHA, 0, 1), FFA_DENIED));
    assert_true(fixture_is_error(notify_set(BETA, ALPHA, 0, 1), FFA_DENIED));
    notify_fetches(BETA, 0, 1, 0); // what it has said before stays said
    assert_true(notify_is_ok(notify_unbind(NULL, ALPHA, 1)));
    assert_true(notify_is_ok(notify_unbind(BETA, ALPHA, 1)));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(none_of_it_is_there_in_version_1_0, notify_reset),
        cmocka_unit_test_setup(bitmaps_and_schedules_are_not_a_partition_s_business, notify_reset),
        cmocka_unit_test_setup(reserved_registers, notify_reset),
        cmocka_unit_test_setup(bitmaps_are_created_once_and_destroyed, notify_reset),
        cmocka_unit_test_setup(bitmap_refusals, notify_reset),
        cmocka_unit_test_setup(bitmaps_with_something_pending_stay, notify_reset),
        cmocka_unit_test_setup(the_receiver_binds_and_unbinds, notify_reset),
        cmocka_unit_test_setup(bind_and_unbind_refuse_ends, notify_reset),
        cmocka_unit_test_setup(bind_and_unbind_refuse_bits_and_flags, notify_reset),
        cmocka_unit_test_setup(who_takes_none_cannot_bind, notify_reset),
        cmocka_unit_test_setup(the_manifest_says_whom_a_partition_hears, notify_reset),
        cmocka_unit_test_setup(bits_that_are_bound_stay_whose_they_are, notify_reset),
        cmocka_unit_test_setup(a_pending_bit_keeps_its_binding, notify_reset),
        cmocka_unit_test_setup(set_reaches_the_receiver_alone, notify_reset),
        cmocka_unit_test_setup(set_refuses_ends, notify_reset),
        cmocka_unit_test_setup(set_refuses_flags_and_bits, notify_reset),
        cmocka_unit_test_setup(without_bitmaps_the_normal_world_gets_none, notify_reset),
        cmocka_unit_test_setup(per_vcpu_ones_are_that_vcpu_s, notify_reset),
        cmocka_unit_test_setup(get_takes_what_it_was_asked_for, notify_reset),
        cmocka_unit_test_setup(get_refusals, notify_reset),
        cmocka_unit_test_setup(each_set_raises_the_sri_on_the_core_of_the_call, notify_reset),
        cmocka_unit_test_setup(nobody_is_interrupted_who_does_not_know_the_sri, notify_reset),
        cmocka_unit_test_setup(a_delayed_sri_waits_for_the_way_out, notify_reset),
        cmocka_unit_test_setup(a_delayed_sri_goes_with_any_way_out, notify_reset),
        cmocka_unit_test_setup(a_waiting_receiver_is_told_when_it_is_run, notify_reset),
        cmocka_unit_test_setup(a_busy_receiver_is_told_at_the_end_of_its_turn, notify_reset),
        cmocka_unit_test_setup(what_was_fetched_is_not_told, notify_reset),
        cmocka_unit_test_setup(a_stopped_partition_is_bound_to_nobody, notify_reset),
    };

    return cmocka_run_group_tests(tests, notify_reset, NULL);
}
