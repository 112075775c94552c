// SPDX-License-Identifier: BSD-3-Clause
//
// Descriptors in several pieces: FFA_MEM_FRAG_TX of senders (spmc/ffa_mem_frag.c), FFA_MEM_RETRIEVE_REQ of a hypervisor and
// FFA_MEM_FRAG_RX (ffa_mem_hypervisor.c), and the end of what was never completed. Expected values: DEN0077A "Transmission of
// transaction descriptor in fragments".
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "mem_fixture.h"

#include "ffa_mem.h"

#define MEM_BASE (NS_BASE + 0x200000)
#define RANGE 16

static const uint32_t versions[] = { FFA_VERSION_1_0, FFA_VERSION_1_1, FFA_VERSION_1_2 };
static const uint32_t kinds[] = { FFA_MEM_SHARE_32, FFA_MEM_LEND_32, FFA_MEM_DONATE_32 };

static int reset(void **state)
{
    (void)state;
    mem_reset(FFA_VERSION_1_1);
    return 0;
}

static void stays(const uint64_t *x, int32_t code, const struct mem_state *before)
{
    assert_true(fixture_is_error(x, code));
    assert_true(mem_unchanged(before));
}

// A descriptor with `count` ranges of one page that do not touch each other
static struct mem_desc scattered(uint32_t fid, const struct sp *borrower, uint32_t count)
{
    struct mem_desc desc = mem_desc(fid, NULL, borrower, 0, 0);

    for (uint32_t i = 0; i < count; i++) {
        mem_add_range(&desc, MEM_BASE + i * 0x2000ull, 1);
    }
    return desc;
}

static uint32_t head_of(const struct mem_desc *desc, uint32_t version)
{
    return mem_head_size(version) + desc->borrower_count * mem_access_size(version) + 16;
}

// Sends the first fragment, with `count` ranges, and returns the handle.
static uint64_t send_first(struct sp *sp, uint32_t fid, const struct mem_desc *desc, uint32_t count)
{
    uint32_t fragment = head_of(desc, ffa_endpoint_of(sp)->version) + count * RANGE;
    uint32_t total = mem_write(sp, desc);
    const uint64_t *x = MEM(sp, fid, total, fragment);

    FIXTURE_CHECK(x[0] == FFA_MEM_FRAG_RX && x[3] == fragment);
    return x[1] | x[2] << 32;
}

static const uint64_t *send_more(struct sp *sp, const struct mem_desc *desc, uint64_t handle,
                                 uint32_t first, uint32_t count)
{
    mem_write_ranges(sp, desc, first, count);
    return MEM(sp, FFA_MEM_FRAG_TX, MEM_HANDLE(handle), count * RANGE);
}

// ---- FFA_MEM_FRAG_TX ------------------------------------------------------------------------------------------------

static void every_cut_gives_the_same(void **state)
{
    (void)state;
    for (size_t v = 0; v < 3; v++) {
        mem_version(NULL, versions[v]);
        for (size_t k = 0; k < 3; k++) {
            for (uint32_t cut = 0; cut < 6; cut++) {
                struct mem_desc desc = scattered(kinds[k], BETA, 6);
                uint64_t taken = mem_model.ns_taken;
                uint64_t handle = send_first(NULL, kinds[k], &desc, cut);

                assert_int_equal(mem_model.ns_taken, taken); // nothing before all is there
                if (cut < 4) {
                    const uint64_t *x = send_more(NULL, &desc, handle, cut, 1);
                    assert_true(fixture_is(x, FFA_MEM_FRAG_RX, (uint32_t)handle, handle >> 32,
                                           head_of(&desc, versions[v]) + (cut + 1) * RANGE));
                    x = send_more(NULL, &desc, handle, cut + 1, 5 - cut);
                    assert_true(fixture_is_success(x, (uint32_t)handle, handle >> 32));
                } else {
                    assert_true(fixture_is_success(send_more(NULL, &desc, handle, cut, 6 - cut),
                                                   (uint32_t)handle, handle >> 32));
                }
                assert_int_equal(mem_model.ns_taken, taken + 6);
                if (k < 2) {
                    struct mem_desc request = mem_request(kinds[k], &desc, BETA, handle);
                    uint64_t va = mem_map(BETA, &request);
                    assert_int_equal(mem_model_pa(BETA, va + 5 * 4096), MEM_BASE + 5 * 0x2000);
                    assert_true(fixture_is_success(mem_relinquish(BETA, handle, 0), 0, 0));
                }
                assert_true(fixture_is_success(mem_reclaim(NULL, handle, 0), 0, 0));
            }
        }
    }
}

static void partition_sends_in_pieces(void **state)
{
    struct mem_desc desc = mem_desc(FFA_MEM_LEND_32, ALPHA, BETA, SPACE_VA(5), 1);

    (void)state;
    mem_add_range(&desc, SPACE_VA(7), 2);
    mem_add_range(&desc, SPACE_VA(10), 1);
    uint64_t handle = send_first(ALPHA, FFA_MEM_LEND_64, &desc, 1);
    assert_int_equal(mem_model_page(ALPHA, 5), MEM_MODEL_OWN);
    assert_int_equal(send_more(ALPHA, &desc, handle, 1, 1)[0], FFA_MEM_FRAG_RX);
    assert_true(
        fixture_is_success(send_more(ALPHA, &desc, handle, 2, 1), (uint32_t)handle, handle >> 32));
    assert_int_equal(mem_model_page(ALPHA, 5), MEM_MODEL_AWAY);
    assert_int_equal(mem_model_page(ALPHA, 10), MEM_MODEL_AWAY);
}

// As many as a page of TX holds each time, far more than a slot has room for in place
static void long_lists_go_through(void **state)
{
    struct mem_desc desc = scattered(FFA_MEM_SHARE_32, BETA, MEM_RANGES);
    struct ffa_mem_counters counters;
    uint32_t sent = (4096 - 80) / RANGE;

    (void)state;
    uint64_t handle = send_first(NULL, FFA_MEM_SHARE_32, &desc, sent);
    while (sent < MEM_RANGES) {
        uint32_t count = MEM_RANGES - sent < 256 ? MEM_RANGES - sent : 256;
        const uint64_t *x = send_more(NULL, &desc, handle, sent, count);

        sent += count;
        assert_int_equal(x[0], sent == MEM_RANGES ? FFA_SUCCESS_32 : FFA_MEM_FRAG_RX);
    }
    ffa_mem_count(&counters);
    assert_int_equal(counters.pool_pages, (MEM_RANGES - 2 + 254) / 255);
    struct mem_desc request = mem_request(FFA_MEM_SHARE_32, &desc, BETA, handle);
    uint64_t va = mem_map(BETA, &request);
    for (uint32_t i = 0; i < MEM_RANGES; i++) {
        assert_int_equal(mem_model_pa(BETA, va + i * 4096ull), desc.ranges[i].address);
    }
    assert_true(fixture_is_success(mem_relinquish(BETA, handle, 0), 0, 0));
    assert_true(fixture_is_success(mem_reclaim(NULL, handle, 0), 0, 0));
}

static void cuts_are_between_ranges(void **state)
{
    struct mem_desc desc = scattered(FFA_MEM_SHARE_32, BETA, 4);
    uint32_t total = mem_write(NULL, &desc);
    struct mem_state before = mem_state();

    (void)state;
    for (uint32_t fragment = 0; fragment < total; fragment++) {
        uint32_t head = head_of(&desc, FFA_VERSION_1_1);

        if (fragment < head || (fragment - head) % RANGE != 0) {
            stays(MEM(NULL, FFA_MEM_SHARE_32, total, fragment), FFA_INVALID_PARAMETERS, &before);
        }
    }
    stays(MEM(NULL, FFA_MEM_SHARE_32, total, total + 16), FFA_INVALID_PARAMETERS, &before);
}

static void bad_fragment_ends_the_transaction(void **state)
{
    struct mem_desc desc = scattered(FFA_MEM_SHARE_32, BETA, 4);
    static const uint32_t lengths[] = { 0, 1, 8, 15, 17, 40, 64, 4096, 4112, UINT32_MAX - 15 };

    (void)state;
    for (size_t i = 0; i < sizeof(lengths) / sizeof(lengths[0]); i++) {
        struct mem_state before = mem_state();
        uint64_t handle = send_first(NULL, FFA_MEM_SHARE_32, &desc, 1);

        mem_write_ranges(NULL, &desc, 1, 3);
        stays(MEM(NULL, FFA_MEM_FRAG_TX, MEM_HANDLE(handle), lengths[i]), FFA_INVALID_PARAMETERS,
              &before);
        stays(send_more(NULL, &desc, handle, 1, 3), FFA_INVALID_PARAMETERS, &before);
    }
    struct mem_desc bad = desc;
    struct mem_state before = mem_state();
    uint64_t handle = send_first(NULL, FFA_MEM_SHARE_32, &desc, 1);
    bad.ranges[2].page_count = 2; // one page more than the head says
    stays(send_more(NULL, &bad, handle, 1, 3), FFA_INVALID_PARAMETERS, &before);
    handle = send_first(NULL, FFA_MEM_SHARE_32, &desc, 1);
    bad = desc;
    bad.ranges[3].address = NS_END; // what it may not offer
    stays(send_more(NULL, &bad, handle, 1, 3), FFA_DENIED, &before);
    handle = send_first(NULL, FFA_MEM_SHARE_32, &desc, 1);
    bad.ranges[3] = desc.ranges[0]; // twice
    stays(send_more(NULL, &bad, handle, 1, 3), FFA_INVALID_PARAMETERS, &before);
    // It lasts no longer than the buffers
    handle = send_first(NULL, FFA_MEM_SHARE_32, &desc, 1);
    MEM(NULL, FFA_RXTX_UNMAP);
    assert_true(fixture_is_error(MEM(NULL, FFA_MEM_FRAG_TX, MEM_HANDLE(handle), 48),
                                 FFA_INVALID_PARAMETERS));
}

static void fragments_are_the_senders(void **state)
{
    struct mem_desc desc = scattered(FFA_MEM_SHARE_32, BETA, 4);
    uint64_t handle = send_first(NULL, FFA_MEM_SHARE_32, &desc, 2);
    struct mem_state before = mem_state();

    (void)state;
    stays(send_more(BETA, &desc, handle, 2, 2), FFA_INVALID_PARAMETERS, &before);
    stays(send_more(ALPHA, &desc, handle, 2, 2), FFA_INVALID_PARAMETERS, &before);
    for (uint32_t bit = 0; bit < 64; bit++) {
        stays(send_more(NULL, &desc, handle ^ 1ull << bit, 2, 2), FFA_INVALID_PARAMETERS, &before);
    }
    for (unsigned int i = 4; i < 8; i++) { // w4: in the name of a VM
        struct ffa_args args = { .x = { FFA_MEM_FRAG_TX, MEM_HANDLE(handle), 32 } };
        args.x[i] = 0x10000;
        stays(mem_call(NULL, args), FFA_INVALID_PARAMETERS, &before);
    }
    // Nobody has it yet
    struct mem_desc request = mem_request(FFA_MEM_SHARE_32, &desc, BETA, handle);
    stays(mem_retrieve(BETA, &request), FFA_INVALID_PARAMETERS, &before);
    stays(mem_relinquish(BETA, handle, 0), FFA_INVALID_PARAMETERS, &before);
    assert_int_equal(send_more(NULL, &desc, handle, 2, 2)[0], FFA_SUCCESS_32);
    before = mem_state();
    stays(send_more(NULL, &desc, handle, 2, 2), FFA_INVALID_PARAMETERS, &before); // all is there
}

static void incomplete_ones_count_and_can_be_ended(void **state)
{
    struct mem_desc desc = scattered(FFA_MEM_LEND_32, BETA, 4);
    uint64_t handles[SPMC_NWD_TRANSACTIONS];

    (void)state;
    for (uint32_t i = 0; i < SPMC_NWD_TRANSACTIONS; i++) {
        handles[i] = send_first(NULL, FFA_MEM_LEND_32, &desc, 2); // the same pages: none is taken
    }
    struct mem_state before = mem_state();
    uint32_t total = mem_write(NULL, &desc);
    stays(MEM(NULL, FFA_MEM_LEND_32, total, total), FFA_NO_MEMORY, &before);
    assert_true(fixture_is_success(mem_reclaim(NULL, handles[5], 0), 0, 0));
    assert_true(fixture_is_success(mem_reclaim(NULL, handles[6], 1), 0, 0));
    assert_true(fixture_is_error(mem_reclaim(NULL, handles[6], 0), FFA_INVALID_PARAMETERS));
    assert_true(fixture_is_error(mem_reclaim(BETA, handles[7], 0), FFA_INVALID_PARAMETERS));
    (void)mem_send(NULL, FFA_MEM_LEND_32, &desc);
    // The first that completes has the pages
    assert_true(fixture_is_error(send_more(NULL, &desc, handles[7], 2, 2), FFA_DENIED));
    // More than can be wiped at once: of an incomplete one nothing is
    desc.ranges[3].page_count = SPMC_MAX_ZERO_PAGES;
    handles[5] = send_first(NULL, FFA_MEM_LEND_32, &desc, 2);
    assert_true(fixture_is_success(mem_reclaim(NULL, handles[5], 1), 0, 0));
}

static void lists_of_the_normal_world_are_limited(void **state)
{
    struct mem_desc desc = scattered(FFA_MEM_SHARE_32, BETA, MEM_RANGES);
    uint32_t first = (4096 - 80) / RANGE;
    struct ffa_mem_counters counters;

    (void)state;
    uint32_t total = mem_write(NULL, &desc);
    uint32_t begun = 0;
    const uint64_t *x = MEM(NULL, FFA_MEM_SHARE_32, total, 80 + first * RANGE);

    while (x[0] == FFA_MEM_FRAG_RX && begun < SPMC_NWD_TRANSACTIONS) {
        uint64_t handle = x[1] | x[2] << 32;

        for (uint32_t sent = first; sent + 256 < MEM_RANGES; sent += 256) {
            assert_int_equal(send_more(NULL, &desc, handle, sent, 256)[0], FFA_MEM_FRAG_RX);
        }
        begun++;
        (void)mem_write(NULL, &desc);
        x = MEM(NULL, FFA_MEM_SHARE_32, total, 80 + first * RANGE);
    }
    assert_true(fixture_is_error(x, FFA_NO_MEMORY));
    assert_true(begun < SPMC_NWD_TRANSACTIONS); // it was not that limit
    ffa_mem_count(&counters);
    assert_true(counters.pool_pages <= SPMC_NWD_LIST_PAGES + 7); // 7: of transactions
    assert_true(counters.pool_pages > SPMC_NWD_LIST_PAGES - 5);
    // Not at a partition's cost
    struct mem_desc own = mem_desc(FFA_MEM_SHARE_32, ALPHA, BETA, SPACE_VA(5), 1);
    mem_add_range(&own, SPACE_VA(8), 1);
    mem_add_range(&own, SPACE_VA(10), 1);
    (void)mem_send(ALPHA, FFA_MEM_SHARE_32, &own);
}

// ---- The hypervisor's retrieval ---------------------------------------------------------------------------------------

static const uint64_t *ask(uint64_t handle)
{
    struct mem_desc request = { .handle = handle };
    uint32_t version = ffa_nwd.version;
    uint32_t length = mem_write(NULL, &request);

    if (version >= FFA_VERSION_1_1) { // nothing but a handle
        memset(mem_tx(NULL) + 24, 0, 24);
    }
    return MEM(NULL, FFA_MEM_RETRIEVE_REQ_32, length, length);
}

static void hypervisor_gets_what_was_sent(void **state)
{
    (void)state;
    for (size_t v = 0; v < 3; v++) {
        mem_version(NULL, versions[v]);
        for (size_t k = 0; k < 3; k++) {
            struct mem_desc desc = scattered(kinds[k], BETA, 3);
            uint32_t head = head_of(&desc, versions[v]);
            uint64_t handle = mem_send(NULL, kinds[k], &desc);
            struct mem_state before = mem_state();
            const uint64_t *x = ask(handle);
            struct ffa_mem_access access = { 0 };

            assert_true(fixture_is(x, FFA_MEM_RETRIEVE_RESP, head + 48, head + 48, 0));
            before.rx_full[0] = true;
            assert_true(mem_unchanged(&before)); // all it changes
            assert_memory_equal(mem_rx(NULL) + head, desc.ranges, 48);
            memcpy(&access, mem_rx(NULL) + mem_head_size(versions[v]),
                   mem_access_size(versions[v]));
            assert_int_equal(access.receiver, BETA_ID);
            assert_int_equal(access.permissions, desc.borrowers[0].permissions);
            assert_int_equal(access.composite_offset, head - 16);
            uint32_t flags;
            memcpy(&flags, mem_rx(NULL) + 4, 4);
            assert_int_equal(flags, (k + 1) << 3);
            uint16_t attributes;
            memcpy(&attributes, mem_rx(NULL) + 2, 2);
            assert_int_equal(attributes, FFA_MEM_ATTR_NORMAL | (v > 0 ? FFA_MEM_ATTR_NS : 0));
            assert_true(fixture_is_error(ask(handle), FFA_BUSY));
            mem_rx_release(NULL);
            assert_true(fixture_is_success(mem_reclaim(NULL, handle, 0), 0, 0));
            assert_true(fixture_is_error(ask(handle), FFA_INVALID_PARAMETERS));
        }
    }
}

static void normal_world_borrows_nothing(void **state)
{
    struct mem_desc desc = mem_desc(FFA_MEM_SHARE_32, ALPHA, BETA, SPACE_VA(5), 1);
    uint64_t handle = mem_send(ALPHA, FFA_MEM_SHARE_32, &desc);
    struct mem_desc own = scattered(FFA_MEM_SHARE_32, BETA, 3);
    uint64_t own_handle = mem_send(NULL, FFA_MEM_SHARE_32, &own);
    struct mem_state before = mem_state();
    struct mem_desc request;

    (void)state;
    stays(ask(handle), FFA_INVALID_PARAMETERS, &before); // a partition's
    request = mem_request(FFA_MEM_SHARE_32, &own, BETA, own_handle);
    stays(mem_retrieve(NULL, &request), FFA_INVALID_PARAMETERS, &before);
    for (size_t i = 0; i < 5; i++) {
        struct mem_desc bad = { .handle = own_handle };

        bad.sender = i == 0 ? BETA_ID : 0;
        bad.attributes = i == 1 ? FFA_MEM_ATTR_NORMAL : 0;
        bad.flags = i == 2 ? FFA_MEM_FLAG_SHARE : 0;
        bad.tag = i == 3 ? 1 : 0;
        uint32_t length = mem_write(NULL, &bad);
        if (i != 4) { // 4: with the size and place of access descriptors that are not there
            memset(mem_tx(NULL) + 24, 0, 24);
        }
        stays(MEM(NULL, FFA_MEM_RETRIEVE_REQ_32, length, length), FFA_INVALID_PARAMETERS, &before);
    }
    // A partition cannot ask that way
    struct mem_desc bare = { .sender = ALPHA_ID, .handle = handle };
    uint32_t length = mem_write(BETA, &bare);
    memset(mem_tx(BETA) + 24, 0, 24);
    stays(MEM(BETA, FFA_MEM_RETRIEVE_REQ_32, length, length), FFA_INVALID_PARAMETERS, &before);
    MEM(NULL, FFA_RXTX_UNMAP);
    assert_true(
        fixture_is_error(MEM(NULL, FFA_MEM_RETRIEVE_REQ_32, 48, 48), FFA_INVALID_PARAMETERS));
    assert_true(fixture_is_error(MEM(NULL, FFA_MEM_FRAG_RX, MEM_HANDLE(own_handle), 0), FFA_BUSY));
}

// A transaction with MEM_RANGES ranges, sent in pieces.
static uint64_t send_long(const struct mem_desc *desc)
{
    uint32_t sent = 250;
    uint64_t handle = send_first(NULL, FFA_MEM_SHARE_32, desc, sent);

    while (sent < MEM_RANGES) {
        uint32_t count = MEM_RANGES - sent < 250 ? MEM_RANGES - sent : 250;

        (void)send_more(NULL, desc, handle, sent, count);
        sent += count;
    }
    return handle;
}

static void long_answers_come_in_pieces(void **state)
{
    struct mem_desc desc = scattered(FFA_MEM_SHARE_32, BETA, MEM_RANGES);
    uint64_t handle = send_long(&desc);
    uint32_t total = 80 + MEM_RANGES * RANGE;
    uint32_t told = 4096;
    const uint64_t *x = ask(handle);

    (void)state;
    assert_true(fixture_is(x, FFA_MEM_RETRIEVE_RESP, total, 4096, 0));
    assert_memory_equal(mem_rx(NULL) + 80, desc.ranges, 4096 - 80);
    assert_true(fixture_is_error(MEM(NULL, FFA_MEM_FRAG_RX, MEM_HANDLE(handle), told), FFA_BUSY));
    while (told < total) {
        uint32_t length = total - told < 4096 ? total - told : 4096;

        mem_rx_release(NULL);
        x = MEM(NULL, FFA_MEM_FRAG_RX, MEM_HANDLE(handle), told);
        assert_true(fixture_is(x, FFA_MEM_FRAG_TX, (uint32_t)handle, handle >> 32, length));
        assert_memory_equal(mem_rx(NULL), (const uint8_t *)desc.ranges + told - 80, length);
        told += length;
    }
    mem_rx_release(NULL);
    assert_true(fixture_is_error(MEM(NULL, FFA_MEM_FRAG_RX, MEM_HANDLE(handle), told),
                                 FFA_INVALID_PARAMETERS));
}

static void next_piece_must_be_the_next(void **state)
{
    struct mem_desc desc = scattered(FFA_MEM_SHARE_32, BETA, MEM_RANGES);
    uint64_t handle = send_long(&desc);
    static const uint32_t wrong[] = { 0, 16, 80, 4080, 4095, 4112, 8192, 19280, 19296, UINT32_MAX };

    (void)state;
    assert_true(fixture_is_error(MEM(NULL, FFA_MEM_FRAG_RX, MEM_HANDLE(handle), 0),
                                 FFA_INVALID_PARAMETERS));
    (void)ask(handle);
    mem_rx_release(NULL);
    struct mem_state before = mem_state();
    for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
        stays(MEM(NULL, FFA_MEM_FRAG_RX, MEM_HANDLE(handle), wrong[i]), FFA_INVALID_PARAMETERS,
              &before);
    }
    stays(MEM(NULL, FFA_MEM_FRAG_RX, MEM_HANDLE(handle + 64), 4096), FFA_INVALID_PARAMETERS,
          &before);
    stays(MEM(NULL, FFA_MEM_FRAG_RX, MEM_HANDLE(handle), 4096, 0x10000), FFA_INVALID_PARAMETERS,
          &before);
    stays(MEM(BETA, FFA_MEM_FRAG_RX, MEM_HANDLE(handle), 4096), FFA_INVALID_PARAMETERS, &before);
    assert_int_equal(MEM(NULL, FFA_MEM_FRAG_RX, MEM_HANDLE(handle), 4096)[0], FFA_MEM_FRAG_TX);
    mem_rx_release(NULL);
    // Taken back meanwhile
    assert_true(fixture_is_success(mem_reclaim(NULL, handle, 0), 0, 0));
    assert_true(fixture_is_error(MEM(NULL, FFA_MEM_FRAG_RX, MEM_HANDLE(handle), 8192),
                                 FFA_INVALID_PARAMETERS));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(every_cut_gives_the_same, reset),
        cmocka_unit_test_setup(partition_sends_in_pieces, reset),
        cmocka_unit_test_setup(long_lists_go_through, reset),
        cmocka_unit_test_setup(cuts_are_between_ranges, reset),
        cmocka_unit_test_setup(bad_fragment_ends_the_transaction, reset),
        cmocka_unit_test_setup(fragments_are_the_senders, reset),
        cmocka_unit_test_setup(incomplete_ones_count_and_can_be_ended, reset),
        cmocka_unit_test_setup(lists_of_the_normal_world_are_limited, reset),
        cmocka_unit_test_setup(hypervisor_gets_what_was_sent, reset),
        cmocka_unit_test_setup(normal_world_borrows_nothing, reset),
        cmocka_unit_test_setup(long_answers_come_in_pieces, reset),
        cmocka_unit_test_setup(next_piece_must_be_the_next, reset),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
