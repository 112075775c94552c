// SPDX-License-Identifier: BSD-3-Clause
//
// RX/TX buffers (FFA_RXTX_MAP, FFA_RXTX_UNMAP, FFA_RX_RELEASE in spmc/ffa_setup.c): what may be mapped by whom, every
// refusal, and who owns RX. Expected values: DEN0077A "RX/TX buffers".
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "mem_model.h"
#include "ns_pages.h"
#include "sp_space.h"
#include "spmc_fixture.h"

static int reset(void **state)
{
    (void)state;
    fixture_reset();
    return 0;
}

// ---- FFA_RXTX_MAP, FFA_RXTX_UNMAP ------------------------------------------------------------------------------------

static void normal_world_maps_and_unmaps(void **state)
{
    (void)state;
    for (uint64_t pages = 1; pages <= SPMC_MAX_RXTX_PAGES; pages++) {
        // Highest and lowest addresses that are DRAM; the buffers touch
        NWD(FFA_RXTX_MAP_64, NS_END - 4096 * pages, NS_END - 8192 * pages, pages);
        assert_true(fixture_is_success(NWD_X, 0, 0));
        assert_int_equal(ffa_nwd.buffers.page_count, pages);
        assert_false(ffa_nwd.buffers.rx_full);
        NWD(FFA_RXTX_UNMAP);
        assert_true(fixture_is_success(NWD_X, 0, 0));
        NWD(FFA_RXTX_MAP_32, NS_BASE, NS_BASE + 4096 * pages, pages);
        assert_true(fixture_is_success(NWD_X, 0, 0));
        NWD(FFA_RXTX_UNMAP);
        assert_int_equal(fixture.maps, 0);
        fixture.maps_until_full = 8;
    }
}

static const struct {
    const char *what;
    uint64_t tx, rx, count;
} bad_maps[] = {
    { "no pages", NS_BASE, NS_BASE + 0x1000, 0 },
    { "more than the most", NS_BASE, NS_BASE + 0x10000, SPMC_MAX_RXTX_PAGES + 1 },
    { "63 pages", NS_BASE, NS_BASE + 0x100000, 63 },
    { "reserved bit 6 of the count", NS_BASE, NS_BASE + 0x1000, 0x41 },
    { "reserved bit 31 of the count", NS_BASE, NS_BASE + 0x1000, 0x80000001 },
    { "TX not aligned", NS_BASE + 0x800, NS_BASE + 0x1000, 1 },
    { "RX not aligned", NS_BASE, NS_BASE + 0x1001, 1 },
    { "TX is RX", NS_BASE, NS_BASE, 1 },
    { "TX overlaps RX from below", NS_BASE, NS_BASE + 0x1000, 2 },
    { "TX overlaps RX from above", NS_BASE + 0x3000, NS_BASE, 4 },
    { "TX is secure memory", 0x0e000000, NS_BASE, 1 },
    { "RX is secure memory", NS_BASE, 0x0e000000, 1 },
    { "TX is a device", 0x09000000, NS_BASE, 1 },
    { "TX ends behind the DRAM", NS_END - 0x1000, NS_BASE, 2 },
    { "RX ends behind the DRAM", NS_BASE, NS_END - 0x1000, 2 },
    { "RX begins before the DRAM", NS_BASE + 0x2000, NS_BASE - 0x1000, 2 },
    { "forwarding form of a hypervisor", 0, 0, 0 },
};

static void normal_world_map_refusals(void **state)
{
    (void)state;
    for (unsigned int i = 0; i < sizeof(bad_maps) / sizeof(bad_maps[0]); i++) {
        NWD(FFA_RXTX_MAP_64, bad_maps[i].tx, bad_maps[i].rx, bad_maps[i].count);
        if (!fixture_is_error(NWD_X, FFA_INVALID_PARAMETERS)) {
            fail_msg("64: %s", bad_maps[i].what);
        }
        NWD(FFA_RXTX_MAP_32, bad_maps[i].tx, bad_maps[i].rx, bad_maps[i].count);
        if (!fixture_is_error(NWD_X, FFA_INVALID_PARAMETERS)) {
            fail_msg("32: %s", bad_maps[i].what);
        }
    }
    // Addresses where TX + size wraps
    NWD(FFA_RXTX_MAP_64, 0xfffffffffffff000, NS_BASE, 4);
    assert_true(fixture_is_error(NWD_X, FFA_INVALID_PARAMETERS));
    for (unsigned int i = 4; i < 8; i++) {
        struct ffa_args args = { .x = { FFA_RXTX_MAP_64, NS_BASE, NS_BASE + 0x1000, 1 } };

        args.x[i] = 1;
        fixture_from_nwd(0, args);
        assert_true(fixture_is_error(NWD_X, FFA_INVALID_PARAMETERS));
    }
    fixture_map_buffers(NULL); // nothing of all that is left
}

static void map_twice_is_denied(void **state)
{
    (void)state;
    fixture_map_buffers(NULL);
    struct ffa_buffers first = ffa_nwd.buffers;

    NWD(FFA_RXTX_MAP_64, NS_BASE + 0x4000, NS_BASE + 0x5000, 1);
    assert_true(fixture_is_error(NWD_X, FFA_DENIED));
    assert_memory_equal(&first, &ffa_nwd.buffers, sizeof(first));
    fixture_enter(ALPHA, SP_MODEL_RUN);
    fixture_map_buffers(ALPHA);
    SP(ALPHA, FFA_RXTX_MAP_64, SPACE_VA(5), SPACE_VA(6), 1);
    assert_true(fixture_is_error(ALPHA->ctx.x, FFA_DENIED));
}

static void no_room_to_map(void **state)
{
    (void)state;
    for (unsigned int room = 0; room < 2; room++) {
        fixture.maps_until_full = room;
        NWD(FFA_RXTX_MAP_64, NS_BASE, NS_BASE + 0x1000, 1);
        assert_true(fixture_is_error(NWD_X, FFA_NO_MEMORY));
        assert_int_equal(fixture.maps, 0); // the first one was undone
    }
    fixture.maps_until_full = 2;
    fixture_map_buffers(NULL);
}

static void unmap_without_map_is_invalid(void **state)
{
    (void)state;
    NWD(FFA_RXTX_UNMAP);
    assert_true(fixture_is_error(NWD_X, FFA_INVALID_PARAMETERS));
    fixture_map_buffers(NULL);
    NWD(FFA_RXTX_UNMAP, IDS(ALPHA_ID, 0)); // a partition's, named by the normal world
    assert_true(fixture_is_error(NWD_X, FFA_INVALID_PARAMETERS));
    NWD(FFA_RXTX_UNMAP);
    NWD(FFA_RXTX_UNMAP);
    assert_true(fixture_is_error(NWD_X, FFA_INVALID_PARAMETERS));
    fixture_enter(ALPHA, SP_MODEL_RUN);
    SP(ALPHA, FFA_RXTX_UNMAP);
    assert_true(fixture_is_error(ALPHA->ctx.x, FFA_INVALID_PARAMETERS));
}

static void partition_maps_and_unmaps(void **state)
{
    (void)state;
    fixture_enter(ALPHA, SP_MODEL_INIT);
    SP(ALPHA, FFA_RXTX_MAP_64, SPACE_VA(3), SPACE_VA(8), 4);
    assert_true(fixture_is_success(ALPHA->ctx.x, 0, 0));
    assert_ptr_equal(ALPHA->endpoint.buffers.tx, fixture_page(ALPHA, 3));
    assert_ptr_equal(ALPHA->endpoint.buffers.rx, fixture_page(ALPHA, 8));
    assert_int_equal(ALPHA->endpoint.buffers.page_count, 4);
    SP(ALPHA, FFA_RXTX_UNMAP);
    assert_true(fixture_is_success(ALPHA->ctx.x, 0, 0));
    assert_int_equal(ffa_nwd.buffers.page_count, 0);
    assert_int_equal(fixture.maps_until_full, 8); // its memory is not normal-world memory
}

// The SPMC writes RX, the partition only reads it (DEN0077A: TX read-write, RX at least readable for the endpoint)
static void partition_rx_may_be_read_only(void **state)
{
    (void)state;
    fixture_enter(ALPHA, SP_MODEL_INIT);
    SP(ALPHA, FFA_RXTX_MAP_64, SPACE_VA(3), SPACE_VA(2), 1);
    assert_true(fixture_is_success(ALPHA->ctx.x, 0, 0));
}

static void partition_map_refusals(void **state)
{
    static const struct {
        const char *what;
        uint64_t tx, rx, count;
    } bad[] = {
        { "TX is read-only", SPACE_VA(2), SPACE_VA(4), 1 },
        { "TX is code", SPACE_VA(0), SPACE_VA(4), 1 },
        { "RX is code: the SPMC would write it", SPACE_VA(4), SPACE_VA(1), 1 },
        { "RX begins in code", SPACE_VA(4), SPACE_VA(1), 2 },
        { "TX is not its own", SPACE_VA(13), SPACE_VA(4), 1 },
        { "RX is not its own", SPACE_VA(4), SPACE_VA(13), 1 },
        { "TX is not mapped", SPACE_VA(14), SPACE_VA(4), 1 },
        { "RX ends in nothing", SPACE_VA(4), SPACE_VA(12), 3 },
        { "TX is scattered", SPACE_VA(7), SPACE_VA(4), 2 },
        { "RX is scattered", SPACE_VA(4), SPACE_VA(7), 2 },
        { "addresses of the normal world", NS_BASE, NS_BASE + 0x1000, 1 },
        { "the high half", 0xffffff800e020000, SPACE_VA(4), 1 },
        { "overlap", SPACE_VA(3), SPACE_VA(4), 2 },
        { "not aligned", SPACE_VA(3) + 8, SPACE_VA(5), 1 },
        { "no pages", SPACE_VA(3), SPACE_VA(4), 0 },
        { "too many pages", SPACE_VA(3), SPACE_VA(8), 5 },
    };

    (void)state;
    fixture_enter(ALPHA, SP_MODEL_INIT);
    for (unsigned int i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        SP(ALPHA, FFA_RXTX_MAP_64, bad[i].tx, bad[i].rx, bad[i].count);
        if (!fixture_is_error(ALPHA->ctx.x, FFA_INVALID_PARAMETERS)) {
            fail_msg("%s", bad[i].what);
        }
        assert_int_equal(ALPHA->endpoint.buffers.page_count, 0);
    }
    fixture_map_buffers(ALPHA);
}

// ---- Buffers and memory transactions ---------------------------------------------------------------------------------

// Pages of the normal world can be in one use only: buffers, or a transaction (ns_pages.h).
static void normal_world_pages_are_marked_while_they_are_buffers(void **state)
{
    (void)state;
    assert_int_equal(ns_pages_take(NS_BASE + 0x3000, 1), 0); // shared, say
    NWD(FFA_RXTX_MAP_64, NS_BASE + 0x2000, NS_BASE + 0x8000, 2);
    assert_true(fixture_is_error(NWD_X, FFA_INVALID_PARAMETERS));
    NWD(FFA_RXTX_MAP_64, NS_BASE + 0x8000, NS_BASE + 0x2000, 2); // TX is given back
    assert_true(fixture_is_error(NWD_X, FFA_INVALID_PARAMETERS));
    assert_int_equal(mem_model.ns_taken, 1);
    assert_int_equal(fixture.maps, 0);
    ns_pages_give(NS_BASE + 0x3000, 1);
    NWD(FFA_RXTX_MAP_64, NS_BASE + 0x2000, NS_BASE + 0x8000, 2);
    assert_true(fixture_is_success(NWD_X, 0, 0));
    for (uint64_t page = 0; page < 12; page++) {
        bool buffer = page == 2 || page == 3 || page == 8 || page == 9;

        assert_int_equal(mem_model_ns_taken(NS_BASE + 0x1000 * page), buffer);
    }
    NWD(FFA_RXTX_UNMAP);
    assert_true(fixture_is_success(NWD_X, 0, 0));
    assert_int_equal(mem_model.ns_taken, 0);
}

static void no_memory_for_the_marks(void **state)
{
    (void)state;
    for (unsigned int room = 0; room < 2; room++) {
        mem_model.takes_left = room;
        NWD(FFA_RXTX_MAP_64, NS_BASE, NS_BASE + 0x1000, 1);
        assert_true(fixture_is_error(NWD_X, FFA_NO_MEMORY));
        assert_int_equal(mem_model.ns_taken, 0);
        assert_int_equal(fixture.maps, 0);
    }
    for (unsigned int room = 0; room < 2; room++) { // for the mapping: the marks are taken back
        mem_model.takes_left = 2;
        fixture.maps_until_full = room;
        NWD(FFA_RXTX_MAP_64, NS_BASE, NS_BASE + 0x1000, 1);
        assert_true(fixture_is_error(NWD_X, FFA_NO_MEMORY));
        assert_int_equal(mem_model.ns_taken, 0);
    }
}

// A partition's: busy while they are buffers, so that they can be neither shared nor made code
static void partition_pages_are_busy_while_they_are_buffers(void **state)
{
    (void)state;
    fixture_enter(ALPHA, SP_MODEL_INIT);
    SP(ALPHA, FFA_RXTX_MAP_64, SPACE_VA(3), SPACE_VA(8), 2);
    assert_true(fixture_is_success(ALPHA->ctx.x, 0, 0));
    for (uint32_t page = 0; page < 13; page++) {
        bool buffer = page == 3 || page == 4 || page == 8 || page == 9;

        assert_int_equal(mem_model_page(ALPHA, page), buffer ? MEM_MODEL_BUSY : MEM_MODEL_OWN);
    }
    SP(ALPHA, FFA_RXTX_UNMAP);
    for (uint32_t page = 0; page < 13; page++) {
        assert_int_equal(mem_model_page(ALPHA, page), MEM_MODEL_OWN);
    }
    sp_space_set_busy(&ALPHA->space, SPACE_VA(4), 1, true); // shared, say
    SP(ALPHA, FFA_RXTX_MAP_64, SPACE_VA(3), SPACE_VA(8), 2);
    assert_true(fixture_is_error(ALPHA->ctx.x, FFA_INVALID_PARAMETERS));
    SP(ALPHA, FFA_RXTX_MAP_64, SPACE_VA(8), SPACE_VA(3), 2);
    assert_true(fixture_is_error(ALPHA->ctx.x, FFA_INVALID_PARAMETERS));
    assert_int_equal(mem_model_page(ALPHA, 8), MEM_MODEL_OWN);
    sp_space_set_busy(&ALPHA->space, SPACE_VA(4), 1, false);
    SP(ALPHA, FFA_RXTX_MAP_64, SPACE_VA(3), SPACE_VA(8), 2);
    assert_true(fixture_is_success(ALPHA->ctx.x, 0, 0));
}

static void a_stopped_partition_has_no_buffers(void **state)
{
    (void)state;
    fixture_enter(ALPHA, SP_MODEL_RUN);
    fixture_map_buffers(ALPHA);
    SP(ALPHA, FFA_PARTITION_INFO_GET);
    (void)fixture_stop(0, ALPHA);
    assert_int_equal(ALPHA->endpoint.buffers.page_count, 0);
    assert_false(ALPHA->endpoint.buffers.rx_full);
}

// ---- RX ownership ----------------------------------------------------------------------------------------------------

static void rx_release_needs_ownership(void **state)
{
    (void)state;
    NWD(FFA_RX_RELEASE);
    assert_true(fixture_is_error(NWD_X, FFA_DENIED)); // no buffer: nothing that it could own
    fixture_map_buffers(NULL);
    NWD(FFA_RX_RELEASE);
    assert_true(fixture_is_error(NWD_X, FFA_DENIED));
    NWD(FFA_PARTITION_INFO_GET);
    assert_true(ffa_nwd.buffers.rx_full);
    NWD(FFA_RX_RELEASE);
    assert_true(fixture_is_success(NWD_X, 0, 0));
    assert_false(ffa_nwd.buffers.rx_full);
    NWD(FFA_RX_RELEASE);
    assert_true(fixture_is_error(NWD_X, FFA_DENIED));
}

static void unmap_of_a_full_rx_gives_it_back(void **state)
{
    (void)state;
    fixture_map_buffers(NULL);
    NWD(FFA_PARTITION_INFO_GET);
    NWD(FFA_RXTX_UNMAP);
    assert_true(fixture_is_success(NWD_X, 0, 0));
    fixture_map_buffers(NULL);
    assert_false(ffa_nwd.buffers.rx_full);
    NWD(FFA_PARTITION_INFO_GET);
    assert_int_equal(NWD_X[0], FFA_SUCCESS_32);
}

static void rx_of_one_endpoint_is_not_another_s(void **state)
{
    (void)state;
    fixture_map_buffers(NULL);
    NWD(FFA_PARTITION_INFO_GET);
    fixture_enter(ALPHA, SP_MODEL_RUN);
    fixture_map_buffers(ALPHA);
    SP(ALPHA, FFA_RX_RELEASE);
    assert_true(fixture_is_error(ALPHA->ctx.x, FFA_DENIED));
    assert_true(ffa_nwd.buffers.rx_full);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(normal_world_maps_and_unmaps, reset),
        cmocka_unit_test_setup(normal_world_map_refusals, reset),
        cmocka_unit_test_setup(map_twice_is_denied, reset),
        cmocka_unit_test_setup(no_room_to_map, reset),
        cmocka_unit_test_setup(unmap_without_map_is_invalid, reset),
        cmocka_unit_test_setup(partition_maps_and_unmaps, reset),
        cmocka_unit_test_setup(partition_rx_may_be_read_only, reset),
        cmocka_unit_test_setup(partition_map_refusals, reset),
        cmocka_unit_test_setup(normal_world_pages_are_marked_while_they_are_buffers, reset),
        cmocka_unit_test_setup(no_memory_for_the_marks, reset),
        cmocka_unit_test_setup(partition_pages_are_busy_while_they_are_buffers, reset),
        cmocka_unit_test_setup(a_stopped_partition_has_no_buffers, reset),
        cmocka_unit_test_setup(rx_release_needs_ownership, reset),
        cmocka_unit_test_setup(unmap_of_a_full_rx_gives_it_back, reset),
        cmocka_unit_test_setup(rx_of_one_endpoint_is_not_another_s, reset),
    };

    return cmocka_run_group_tests(tests, reset, NULL);
}
