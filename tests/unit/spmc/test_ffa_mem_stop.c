// SPDX-License-Identifier: BSD-3-Clause
//
// The end of a partition that has part in memory transactions (ffa_mem_stopped in spmc/ffa_mem_reclaim.c): as borrower, as
// owner, with pages that others still have; nothing is lost, nothing is seen by who comes next.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "mem_fixture.h"

#include "ffa_mem.h"
#include "ffa_mem_private.h"

#define MEM_BASE (NS_BASE + 0x200000)

static const uint32_t kinds[] = { FFA_MEM_SHARE_32, FFA_MEM_LEND_32, FFA_MEM_DONATE_32 };

static int reset(void **state)
{
    (void)state;
    mem_reset(FFA_VERSION_1_1);
    return 0;
}

static struct ffa_mem_counters counters(void)
{
    struct ffa_mem_counters count;

    ffa_mem_count(&count);
    return count;
}

static void borrower_that_stops_gives_back(void **state)
{
    (void)state;
    for (size_t k = 0; k < 2; k++) {
        mem_reset(FFA_VERSION_1_1);
        struct mem_desc ns = mem_desc(kinds[k], NULL, BETA, MEM_BASE, 2);
        struct mem_desc own = mem_desc(kinds[k], ALPHA, BETA, SPACE_VA(6), 4);
        uint64_t ns_handle = mem_send(NULL, kinds[k], &ns);
        uint64_t own_handle = mem_send(ALPHA, kinds[k], &own);
        struct mem_desc request = mem_request(kinds[k], &ns, BETA, ns_handle);
        (void)mem_map(BETA, &request);
        request = mem_request(kinds[k], &own, BETA, own_handle);
        (void)mem_map(BETA, &request);
        memset(fixture_page(ALPHA, 6), 0x66, 4096);

        mem_stop(BETA);
        assert_int_equal(counters().held, 0);
        assert_int_equal(mem_model.regions, 0);
        assert_int_equal(fixture_page(ALPHA, 6)[0], 0x66); // nobody asked for more
        assert_true(fixture_is_success(mem_reclaim(NULL, ns_handle, 0), 0, 0));
        assert_true(fixture_is_success(mem_reclaim(ALPHA, own_handle, 0), 0, 0));
        assert_true(mem_model_writes(ALPHA, SPACE_VA(6)));
        assert_int_equal(counters().transactions, 0);
    }
}

static void borrowers_wish_to_wipe_outlives_it(void **state)
{
    struct mem_desc desc = mem_desc(FFA_MEM_LEND_32, ALPHA, BETA, SPACE_VA(6), 1);

    (void)state;
    mem_add_borrower(&desc, GAMMA, FFA_MEM_DATA_RW);
    uint64_t handle = mem_send(ALPHA, FFA_MEM_LEND_32, &desc);
    struct mem_desc request = mem_request(FFA_MEM_LEND_32, &desc, BETA, handle);
    request.flags = FFA_MEM_FLAG_ZERO_AFTER;
    (void)mem_map(BETA, &request);
    request = mem_request(FFA_MEM_LEND_32, &desc, GAMMA, handle);
    (void)mem_map(GAMMA, &request);
    memset(fixture_page(ALPHA, 6), 0x66, 4096);
    mem_stop(BETA);
    assert_int_equal(fixture_page(ALPHA, 6)[0], 0x66); // GAMMA still has it
    mem_stop(GAMMA);
    assert_int_equal(fixture_page(ALPHA, 6)[0] | fixture_page(ALPHA, 6)[4095], 0);
    assert_true(fixture_is_success(mem_reclaim(ALPHA, handle, 0), 0, 0));
}

static void offers_of_a_stopped_owner_vanish(void **state)
{
    (void)state;
    for (size_t k = 0; k < 3; k++) {
        mem_reset(FFA_VERSION_1_1);
        struct mem_desc desc = mem_desc(kinds[k], ALPHA, BETA, SPACE_VA(6), 4);
        uint64_t handle = mem_send(ALPHA, kinds[k], &desc);
        struct mem_desc other = mem_desc(kinds[k], ALPHA, BETA, SPACE_VA(11), 1);
        mem_add_range(&other, SPACE_VA(5), 1);
        uint32_t total = mem_write(ALPHA, &other);
        uint64_t incomplete = MEM(ALPHA, kinds[k], total, total - 16)[1];

        assert_int_equal(counters().transactions, 2);
        mem_stop(ALPHA);
        assert_int_equal(counters().transactions, 0);
        assert_int_equal(counters().pool_pages, 0);
        struct mem_desc request = mem_request(kinds[k], &desc, BETA, handle);
        assert_true(fixture_is_error(mem_retrieve(BETA, &request), FFA_INVALID_PARAMETERS));
        request.handle = incomplete;
        assert_true(fixture_is_error(mem_retrieve(BETA, &request), FFA_INVALID_PARAMETERS));
        assert_false(BETA->endpoint.buffers.rx_full);
        assert_int_equal(mem_model_page(ALPHA, 6), MEM_MODEL_FREE); // its ASID's: with its space
    }
}

static void what_others_have_stays_until_they_give_it_up(void **state)
{
    (void)state;
    for (size_t k = 0; k < 2; k++) {
        mem_reset(FFA_VERSION_1_1);
        struct mem_desc desc = mem_desc(kinds[k], ALPHA, BETA, SPACE_VA(6), 4);
        mem_add_borrower(&desc, GAMMA, FFA_MEM_DATA_RO);
        uint64_t handle = mem_send(ALPHA, kinds[k], &desc);
        struct mem_desc for_beta = mem_request(kinds[k], &desc, BETA, handle);
        struct mem_desc for_gamma = mem_request(kinds[k], &desc, GAMMA, handle);
        uint64_t va = mem_map(BETA, &for_beta);

        mem_stop(ALPHA);
        for (uint32_t page = 6; page < 10; page++) {
            assert_int_equal(mem_model_page(ALPHA, page), MEM_MODEL_ORPHAN);
        }
        assert_int_equal(mem_model_page(ALPHA, 5), MEM_MODEL_FREE);
        assert_true(mem_model_writes(BETA, va + 3 * 4096));
        // No new borrower
        assert_true(fixture_is_error(mem_retrieve(GAMMA, &for_gamma), FFA_INVALID_PARAMETERS));
        memset(fixture_page(ALPHA, 9), 0x66, 4096);
        assert_int_equal(counters().transactions, 1);
        assert_true(fixture_is_success(mem_relinquish(BETA, handle, 0), 0, 0));
        assert_int_equal(mem_model.freed, 4);
        assert_int_equal(fixture_page(ALPHA, 9)[0] | fixture_page(ALPHA, 9)[4095], 0);
        assert_int_equal(counters().transactions, 0);
        assert_true(fixture_is_error(mem_relinquish(BETA, handle, 0), FFA_INVALID_PARAMETERS));
    }
}

static void owner_and_last_borrower_stop(void **state)
{
    struct mem_desc desc = mem_desc(FFA_MEM_SHARE_32, ALPHA, BETA, SPACE_VA(6), 4);

    (void)state;
    mem_add_borrower(&desc, GAMMA, FFA_MEM_DATA_RO);
    uint64_t handle = mem_send(ALPHA, FFA_MEM_SHARE_32, &desc);
    struct mem_desc request = mem_request(FFA_MEM_SHARE_32, &desc, BETA, handle);
    (void)mem_map(BETA, &request);
    request = mem_request(FFA_MEM_SHARE_32, &desc, GAMMA, handle);
    (void)mem_map(GAMMA, &request);
    mem_stop(ALPHA);
    mem_stop(BETA);
    assert_int_equal(mem_model.freed, 0);
    mem_stop(GAMMA);
    assert_int_equal(mem_model.freed, 4);
    assert_int_equal(counters().transactions, 0);
    assert_int_equal(counters().sent_pages, 0);
}

// Two partitions that lend to each other
static void both_ways_at_once(void **state)
{
    struct mem_desc there = mem_desc(FFA_MEM_LEND_32, ALPHA, BETA, SPACE_VA(6), 1);
    struct mem_desc back = mem_desc(FFA_MEM_LEND_32, BETA, ALPHA, SPACE_VA(6), 1);
    uint64_t there_handle = mem_send(ALPHA, FFA_MEM_LEND_32, &there);
    uint64_t back_handle = mem_send(BETA, FFA_MEM_LEND_32, &back);
    struct mem_desc request = mem_request(FFA_MEM_LEND_32, &there, BETA, there_handle);

    (void)state;
    (void)mem_map(BETA, &request);
    request = mem_request(FFA_MEM_LEND_32, &back, ALPHA, back_handle);
    (void)mem_map(ALPHA, &request);
    mem_stop(ALPHA);
    assert_true(fixture_is_success(mem_reclaim(BETA, back_handle, 0), 0, 0));
    assert_true(fixture_is_success(mem_relinquish(BETA, there_handle, 0), 0, 0));
    assert_int_equal(mem_model.freed, 1);
    assert_int_equal(counters().transactions, 0);
}

static void donation_to_a_partition_whose_donor_stopped(void **state)
{
    struct mem_desc first = mem_desc(FFA_MEM_DONATE_32, ALPHA, BETA, SPACE_VA(6), 2);
    struct mem_desc second = mem_desc(FFA_MEM_DONATE_32, ALPHA, BETA, SPACE_VA(9), 2);
    uint64_t first_handle = mem_send(ALPHA, FFA_MEM_DONATE_32, &first);
    uint64_t second_handle = mem_send(ALPHA, FFA_MEM_DONATE_32, &second);
    struct mem_desc request = mem_request(FFA_MEM_DONATE_32, &first, BETA, first_handle);
    uint64_t va = mem_map(BETA, &request);

    (void)state;
    mem_stop(ALPHA);
    assert_true(mem_model_writes(BETA, va)); // its own
    request = mem_request(FFA_MEM_DONATE_32, &second, BETA, second_handle);
    assert_true(fixture_is_error(mem_retrieve(BETA, &request), FFA_INVALID_PARAMETERS));
    mem_stop(BETA);
    assert_int_equal(mem_model_page(ALPHA, 6), MEM_MODEL_FREE);
}

static void donated_normal_world_memory_comes_free(void **state)
{
    struct mem_desc desc = mem_desc(FFA_MEM_DONATE_32, NULL, BETA, MEM_BASE, 3);
    uint64_t taken = mem_model.ns_taken;
    uint64_t handle = mem_send(NULL, FFA_MEM_DONATE_32, &desc);
    struct mem_desc request = mem_request(FFA_MEM_DONATE_32, &desc, BETA, handle);

    (void)state;
    (void)mem_map(BETA, &request);
    assert_int_equal(mem_model.ns_taken, taken + 3);
    mem_stop(BETA);
    assert_int_equal(mem_model.ns_taken, taken);
    assert_int_equal(counters().transactions, 0);
}

// A retrieval that fails at its end, while its owner stops on another core: what it leaves is still cleared up
static void owner_stops_while_a_borrower_comes(void **state)
{
    struct mem_desc desc = mem_desc(FFA_MEM_LEND_32, ALPHA, BETA, SPACE_VA(6), 1);
    uint64_t handle = mem_send(ALPHA, FFA_MEM_LEND_32, &desc);
    struct ffa_mem_slot *slot = ffa_mem_handle_find_locked(handle);

    (void)state;
    // As ffa_mem_retrieve.c has it between its two looks at the table
    assert_int_equal(ffa_mem_handle_charge_locked(slot, 2), 0);
    slot->holders[0].hold = FFA_MEM_COMING;
    ffa_mem_stopped(ALPHA);
    ALPHA->stopped = true;
    mem_model_destroy(ALPHA);
    assert_int_equal(mem_model_page(ALPHA, 6), MEM_MODEL_ORPHAN);
    assert_int_equal(counters().transactions, 1);
    // Its mapping fails
    ffa_mem_leave(slot, &slot->holders[0]);
    assert_int_equal(mem_model.freed, 1);
    assert_int_equal(counters().transactions | counters().held, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(borrower_that_stops_gives_back, reset),
        cmocka_unit_test_setup(borrowers_wish_to_wipe_outlives_it, reset),
        cmocka_unit_test_setup(offers_of_a_stopped_owner_vanish, reset),
        cmocka_unit_test_setup(what_others_have_stays_until_they_give_it_up, reset),
        cmocka_unit_test_setup(owner_and_last_borrower_stop, reset),
        cmocka_unit_test_setup(both_ways_at_once, reset),
        cmocka_unit_test_setup(donation_to_a_partition_whose_donor_stopped, reset),
        cmocka_unit_test_setup(donated_normal_world_memory_comes_free, reset),
        cmocka_unit_test_setup(owner_stops_while_a_borrower_comes, reset),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
