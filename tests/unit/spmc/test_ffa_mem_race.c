// SPDX-License-Identifier: BSD-3-Clause
//
// Two cores at once in FF-A memory management: while one call maps, unmaps, wipes or marks pages, for which it holds no lock,
// the other core makes a call about the same transaction (mem_model_meanwhile). What comes second is refused, or waits for its
// turn in a state; in the end everything is back where it was.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "mem_fixture.h"

#include "ffa_mem.h"

#define MEM_BASE (NS_BASE + 0x200000)

// What the other core does, and what it hears
static enum mem_model_moment moment;
static struct sp *caller;
static struct ffa_args call;
static bool stops; // instead: `caller` stops
static unsigned int calls;
static uint64_t answer[18];

static void other_core(enum mem_model_moment now)
{
    if (now != moment || calls != 0) {
        return;
    }
    calls++;
    if (stops) {
        ffa_mem_stopped(caller);
        caller->stopped = true;
        mem_model_destroy(caller);
        return;
    }
    memcpy(answer, call.x, sizeof(answer));
    FIXTURE_CHECK(ffa_dispatch(&spmc_cores[1], caller, answer) == caller);
}

static void meanwhile(enum mem_model_moment when, struct sp *sp, struct ffa_args args)
{
    moment = when;
    caller = sp;
    call = args;
    stops = false;
    calls = 0;
    memset(answer, 0, sizeof(answer));
    mem_model_meanwhile = other_core;
}

static void meanwhile_stops(enum mem_model_moment when, struct sp *sp)
{
    meanwhile(when, sp, (struct ffa_args){ { 0 } });
    stops = true;
}

static void it_heard(int32_t code)
{
    mem_model_meanwhile = NULL;
    assert_int_equal(calls, 1);
    assert_true(fixture_is_error(answer, code));
}

static struct ffa_args reclaim(uint64_t handle)
{
    return (struct ffa_args){ .x = { FFA_MEM_RECLAIM, MEM_HANDLE(handle) } };
}

static struct ffa_args retrieve(struct sp *sp, const struct mem_desc *request)
{
    uint32_t length = mem_write(sp, request);

    return (struct ffa_args){ .x = { FFA_MEM_RETRIEVE_REQ_32, length, length } };
}

static struct mem_desc desc;
static uint64_t handle;

// Something that ALPHA offers to BETA and GAMMA, read and write
static int reset(void **state)
{
    (void)state;
    mem_reset(FFA_VERSION_1_1);
    desc = mem_desc(FFA_MEM_LEND_32, ALPHA, BETA, SPACE_VA(6), 1);
    mem_add_borrower(&desc, GAMMA, FFA_MEM_DATA_RW);
    handle = mem_send(ALPHA, FFA_MEM_LEND_32, &desc);
    return 0;
}

static void nothing_is_left(void)
{
    struct ffa_mem_counters counters;

    mem_model_check();
    ffa_mem_count(&counters);
    assert_int_equal(counters.transactions | counters.held | counters.pool_pages, 0);
    assert_int_equal(counters.sent_pages | counters.held_pages, 0);
    assert_int_equal(mem_model.regions, 0);
}

static void reclaim_during_a_retrieval(void **state)
{
    struct mem_desc request = mem_request(FFA_MEM_LEND_32, &desc, BETA, handle);

    (void)state;
    meanwhile(MEM_MODEL_MAPS, ALPHA, reclaim(handle));
    (void)mem_map(BETA, &request);
    it_heard(FFA_DENIED);
    // One that fails in the end holds nobody up
    mem_model.maps_left = 0;
    struct mem_desc for_gamma = mem_request(FFA_MEM_LEND_32, &desc, GAMMA, handle);
    assert_true(fixture_is_error(mem_retrieve(GAMMA, &for_gamma), FFA_NO_MEMORY));
    assert_true(fixture_is_success(mem_relinquish(BETA, handle, 0), 0, 0));
    assert_true(fixture_is_success(mem_reclaim(ALPHA, handle, 0), 0, 0));
    nothing_is_left();
}

static void two_retrievals(void **state)
{
    struct mem_desc for_beta = mem_request(FFA_MEM_LEND_32, &desc, BETA, handle);
    struct mem_desc for_gamma = mem_request(FFA_MEM_LEND_32, &desc, GAMMA, handle);

    (void)state;
    meanwhile(MEM_MODEL_MAPS, GAMMA, retrieve(GAMMA, &for_gamma));
    (void)mem_map(BETA, &for_beta);
    mem_model_meanwhile = NULL;
    assert_int_equal(answer[0], FFA_MEM_RETRIEVE_RESP);
    assert_true(fixture_is_success(mem_relinquish(GAMMA, handle, 0), 0, 0));
    assert_true(fixture_is_error(mem_reclaim(ALPHA, handle, 0), FFA_DENIED));
    assert_true(fixture_is_success(mem_relinquish(BETA, handle, 0), 0, 0));
    assert_true(fixture_is_success(mem_reclaim(ALPHA, handle, 0), 0, 0));
    nothing_is_left();
}

static void reclaim_during_a_relinquishing(void **state)
{
    struct mem_desc request = mem_request(FFA_MEM_LEND_32, &desc, BETA, handle);

    (void)state;
    (void)mem_map(BETA, &request);
    meanwhile(MEM_MODEL_UNMAPS, ALPHA, reclaim(handle));
    assert_true(fixture_is_success(mem_relinquish(BETA, handle, 0), 0, 0));
    it_heard(FFA_DENIED);
    assert_true(fixture_is_success(mem_reclaim(ALPHA, handle, 0), 0, 0));
    nothing_is_left();
}

static void retrieval_while_the_last_borrower_wipes(void **state)
{
    struct mem_desc for_beta = mem_request(FFA_MEM_LEND_32, &desc, BETA, handle);
    struct mem_desc for_gamma = mem_request(FFA_MEM_LEND_32, &desc, GAMMA, handle);

    (void)state;
    (void)mem_map(BETA, &for_beta);
    meanwhile(MEM_MODEL_WIPES, GAMMA, retrieve(GAMMA, &for_gamma));
    assert_true(fixture_is_success(mem_relinquish(BETA, handle, FFA_MEM_FLAG_ZERO), 0, 0));
    it_heard(FFA_BUSY);
    assert_false(GAMMA->endpoint.buffers.rx_full);
    (void)mem_map(GAMMA, &for_gamma); // now it is over
    assert_true(fixture_is_success(mem_relinquish(GAMMA, handle, 0), 0, 0));
    (void)mem_map(BETA, &for_beta);
    meanwhile(MEM_MODEL_WIPES, ALPHA, reclaim(handle));
    assert_true(fixture_is_success(mem_relinquish(BETA, handle, FFA_MEM_FLAG_ZERO), 0, 0));
    it_heard(FFA_DENIED);
    assert_true(fixture_is_success(mem_reclaim(ALPHA, handle, 0), 0, 0));
    nothing_is_left();
}

// A retrieval begins between a borrower's unmapping and its wiping: then it is not the last one, and nobody wipes
static void retrieval_before_the_wiping(void **state)
{
    struct mem_desc for_beta = mem_request(FFA_MEM_LEND_32, &desc, BETA, handle);
    struct mem_desc for_gamma = mem_request(FFA_MEM_LEND_32, &desc, GAMMA, handle);

    (void)state;
    memset(fixture_page(ALPHA, 6), 0x99, 4096);
    (void)mem_map(BETA, &for_beta);
    meanwhile(MEM_MODEL_UNMAPS, GAMMA, retrieve(GAMMA, &for_gamma));
    assert_true(fixture_is_success(mem_relinquish(BETA, handle, FFA_MEM_FLAG_ZERO), 0, 0));
    mem_model_meanwhile = NULL;
    assert_int_equal(answer[0], FFA_MEM_RETRIEVE_RESP);
    assert_int_equal(fixture_page(ALPHA, 6)[0], 0x99);
    assert_true(fixture_is_success(mem_relinquish(GAMMA, handle, 0), 0, 0));
    assert_int_equal(fixture_page(ALPHA, 6)[0], 0); // the wish was kept
    assert_true(fixture_is_success(mem_reclaim(ALPHA, handle, 0), 0, 0));
    nothing_is_left();
}

static void owner_stops_during_a_retrieval(void **state)
{
    struct mem_desc request = mem_request(FFA_MEM_LEND_32, &desc, BETA, handle);

    (void)state;
    for (unsigned int fails = 0; fails < 2; fails++) {
        (void)reset(NULL);
        request.handle = handle;
        mem_model.maps_left = fails != 0 ? 0 : 9;
        meanwhile_stops(MEM_MODEL_MAPS, ALPHA);
        const uint64_t *x = mem_retrieve(BETA, &request);
        mem_model_meanwhile = NULL;
        assert_int_equal(calls, 1);
        if (fails == 0) {
            assert_int_equal(x[0], FFA_MEM_RETRIEVE_RESP);
            assert_int_equal(mem_model_page(ALPHA, 6), MEM_MODEL_ORPHAN);
            assert_true(fixture_is_success(mem_relinquish(BETA, handle, 0), 0, 0));
        } else {
            assert_true(fixture_is_error(x, FFA_NO_MEMORY));
        }
        assert_int_equal(mem_model.freed, 1);
        nothing_is_left();
    }
}

static void owner_stops_while_a_borrower_goes(void **state)
{
    static const enum mem_model_moment moments[] = { MEM_MODEL_UNMAPS, MEM_MODEL_WIPES };

    (void)state;
    for (size_t i = 0; i < 2; i++) {
        (void)reset(NULL);
        struct mem_desc request = mem_request(FFA_MEM_LEND_32, &desc, BETA, handle);
        (void)mem_map(BETA, &request);
        meanwhile_stops(moments[i], ALPHA);
        assert_true(fixture_is_success(mem_relinquish(BETA, handle, FFA_MEM_FLAG_ZERO), 0, 0));
        mem_model_meanwhile = NULL;
        assert_int_equal(calls, 1);
        assert_int_equal(mem_model.freed, 1);
        nothing_is_left();
    }
}

static void donor_stops_during_the_retrieval(void **state)
{
    struct mem_desc gift = mem_desc(FFA_MEM_DONATE_32, ALPHA, BETA, SPACE_VA(9), 2);
    uint64_t gift_handle = mem_send(ALPHA, FFA_MEM_DONATE_32, &gift);
    struct mem_desc request = mem_request(FFA_MEM_DONATE_32, &gift, BETA, gift_handle);

    (void)state;
    meanwhile_stops(MEM_MODEL_MAPS, ALPHA);
    uint64_t va = mem_map(BETA, &request);
    mem_model_meanwhile = NULL;
    assert_int_equal(calls, 1);
    assert_true(mem_model_writes(BETA, va)); // it is its own
    assert_int_equal(mem_model_page(ALPHA, 9), MEM_MODEL_OTHER);
    assert_int_equal(mem_model.freed, 0);
    struct mem_desc lend = mem_desc(FFA_MEM_LEND_32, BETA, GAMMA, va, 2);
    uint64_t lend_handle = mem_send(BETA, FFA_MEM_LEND_32, &lend);
    assert_true(fixture_is_success(mem_reclaim(BETA, lend_handle, 0), 0, 0));
}

// The normal world calls from two cores at once
static void two_reclaims(void **state)
{
    struct mem_desc ns = mem_desc(FFA_MEM_LEND_32, NULL, BETA, MEM_BASE, 2);
    uint64_t ns_handle = mem_send(NULL, FFA_MEM_LEND_32, &ns);
    struct mem_desc request = mem_request(FFA_MEM_LEND_32, &ns, BETA, ns_handle);

    (void)state;
    meanwhile(MEM_MODEL_WIPES, NULL, reclaim(ns_handle));
    assert_true(fixture_is_success(mem_reclaim(NULL, ns_handle, 1), 0, 0));
    it_heard(FFA_DENIED);
    ns_handle = mem_send(NULL, FFA_MEM_LEND_32, &ns);
    request.handle = ns_handle;
    meanwhile(MEM_MODEL_WIPES, BETA, retrieve(BETA, &request));
    assert_true(fixture_is_success(mem_reclaim(NULL, ns_handle, 1), 0, 0));
    it_heard(FFA_INVALID_PARAMETERS);
}

static void two_offers_of_one_page(void **state)
{
    struct mem_desc ns = mem_desc(FFA_MEM_SHARE_32, NULL, BETA, MEM_BASE + 0x100000, 1);

    (void)state;
    mem_add_range(&ns, MEM_BASE, 2);
    uint32_t length = mem_write(NULL, &ns);
    // The first one has copied its descriptor when the second one comes with the same: that one gets the pages
    meanwhile(MEM_MODEL_MARKS, NULL,
              (struct ffa_args){ .x = { FFA_MEM_SHARE_32, length, length } });
    const uint64_t *x = MEM(NULL, FFA_MEM_SHARE_32, length, length);
    mem_model_meanwhile = NULL;
    assert_int_equal(calls, 1);
    assert_int_equal(answer[0], FFA_SUCCESS_32);
    assert_true(fixture_is_error(x, FFA_DENIED));
    assert_true(fixture_is_success(mem_reclaim(NULL, answer[2] | answer[3] << 32, 0), 0, 0));
}

static void two_last_fragments(void **state)
{
    struct mem_desc ns = mem_desc(FFA_MEM_SHARE_32, NULL, BETA, MEM_BASE, 1);

    (void)state;
    mem_add_range(&ns, MEM_BASE + 0x10000, 1);
    uint32_t total = mem_write(NULL, &ns);
    const uint64_t *x = MEM(NULL, FFA_MEM_SHARE_32, total, total - 16);
    uint64_t ns_handle = x[1] | x[2] << 32;
    mem_write_ranges(NULL, &ns, 1, 1);
    meanwhile(MEM_MODEL_MARKS, NULL,
              (struct ffa_args){ .x = { FFA_MEM_FRAG_TX, MEM_HANDLE(ns_handle), 16 } });
    x = MEM(NULL, FFA_MEM_FRAG_TX, MEM_HANDLE(ns_handle), 16);
    assert_true(fixture_is_success(x, (uint32_t)ns_handle, ns_handle >> 32));
    it_heard(FFA_INVALID_PARAMETERS);
    assert_true(fixture_is_success(mem_reclaim(NULL, ns_handle, 0), 0, 0));
    // And one that takes it back before it is there
    (void)mem_write(NULL, &ns);
    x = MEM(NULL, FFA_MEM_SHARE_32, total, total - 16);
    ns_handle = x[1] | x[2] << 32;
    mem_write_ranges(NULL, &ns, 1, 1);
    meanwhile(MEM_MODEL_MARKS, NULL, reclaim(ns_handle));
    x = MEM(NULL, FFA_MEM_FRAG_TX, MEM_HANDLE(ns_handle), 16);
    assert_int_equal(x[0], FFA_SUCCESS_32);
    it_heard(FFA_DENIED);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(reclaim_during_a_retrieval, reset),
        cmocka_unit_test_setup(two_retrievals, reset),
        cmocka_unit_test_setup(reclaim_during_a_relinquishing, reset),
        cmocka_unit_test_setup(retrieval_while_the_last_borrower_wipes, reset),
        cmocka_unit_test_setup(retrieval_before_the_wiping, reset),
        cmocka_unit_test_setup(owner_stops_during_a_retrieval, reset),
        cmocka_unit_test_setup(owner_stops_while_a_borrower_goes, reset),
        cmocka_unit_test_setup(donor_stops_during_the_retrieval, reset),
        cmocka_unit_test_setup(two_reclaims, reset),
        cmocka_unit_test_setup(two_offers_of_one_page, reset),
        cmocka_unit_test_setup(two_last_fragments, reset),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
