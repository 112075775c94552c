// SPDX-License-Identifier: BSD-3-Clause
//
// Memory of the normal world that partitions use (DEN0077A "Memory management"): SHARE, LEND, DONATE, RETRIEVE, RELINQUISH,
// RECLAIM in a whole machine, with what each side sees of the bytes. Every refusal is a unit test (tests/unit/spmc); here are
// those that depend on the machine's memory map, and those that must leave nothing behind.
#include <string.h>

#include "ffa/abi/smccc.h"
#include "platform/boards/qemu_virt/board.h"
#include "spmc/spmc_limits.h"
#include "tests/target/memory.h"

#define PAGE FFA_MEM_PAGE

static int at_1_2(void **state)
{
    (void)state;
    mem_ready(FFA_VERSION_1_2);
    mem_peer_ready(PEER1_ID);
    return 0;
}

// The peer retrieves, reads a word of each end, writes others, relinquishes; both sides' bytes are compared.
static void use(uint32_t fid, uint16_t peer, uint32_t kind, uint32_t pages)
{
    size_t size = (size_t)pages * PAGE;
    uint8_t *bytes = mem_at(MEM_BASE, size);
    struct ffa_mem_range range;
    struct h_mem mem = mem_plain(fid, peer, &range, MEM_BASE, pages);

    memset(bytes, 0x5a, size);
    memcpy(bytes, "from the normal ", 16);
    uint64_t handle = mem_sent(fid, &mem);
    struct peer_script *script = peer_begin(peer);
    struct peer_step *retrieve = mem_add_retrieve(peer, handle, 0, kind, 0);
    struct peer_step *read = peer_add_at(script, PEER_READ, PEER_SYM_RESULT(0, 1), 0, 8, 8, 0, 0);
    struct peer_step *write = peer_add_at(script, PEER_WRITE, PEER_SYM_RESULT(0, 1), 0, size - 8, 8,
                                          0x1122334455667788, 0);
    struct peer_step *relinquish = peer_add(script, PEER_RELINQUISH, handle, 0, 0, 0);
    peer_run_all(peer);
    assert_int_equal(retrieve->x[0], 0);
    assert_int_equal(retrieve->x[2], size);
    assert_memory_equal(&read->x[2], " normal ", 8);
    assert_int_equal(write->done, 1);
    uint64_t last;
    memcpy(&last, bytes + size - 8, 8);
    assert_int_equal(last, 0x1122334455667788);
    assert_int_equal(bytes[size - 9], 0x5a);
    if (kind == 3) {
        assert_true(relinquish->x[0] != 0); // it is the peer's for good
        assert_ffa_error(*(struct ffa_args[]){ mem_reclaim(handle, 0) }, FFA_INVALID_PARAMETERS);
        return;
    }
    assert_int_equal(relinquish->x[0], 0);
    mem_reclaimed(handle, 0);
}

static void memory_is_shared_in_both_widths(void **state)
{
    (void)state;
    use(FFA_MEM_SHARE_32, PEER1_ID, 1, 1);
    use(FFA_MEM_SHARE_64, PEER1_ID, 1, 3);
    mem_assert_nothing_left();
}

static void memory_is_lent_in_both_widths(void **state)
{
    (void)state;
    use(FFA_MEM_LEND_32, PEER1_ID, 2, 1);
    use(FFA_MEM_LEND_64, PEER1_ID, 2, 3);
    mem_assert_nothing_left();
}

// Blocks of 2 MiB where both addresses allow it, pages at both ends
static void sixty_four_megabytes_are_shared(void **state)
{
    (void)state;
    use(FFA_MEM_SHARE_64, PEER1_ID, 1, 0x4000);
    mem_assert_nothing_left();
}

static void callers_of_all_versions_share(void **state)
{
    static const uint32_t versions[] = { FFA_VERSION_1_0, FFA_VERSION_1_1, FFA_VERSION_1_2 };

    (void)state;
    for (unsigned int i = 0; i < 3; i++) {
        mem_ready(versions[i]);
        mem_peer_ready(PEER1_ID);
        use(FFA_MEM_SHARE_32, PEER1_ID, 1, 2);
        use(FFA_MEM_LEND_64, PEER1_ID, 2, 2);
        mem_assert_nothing_left();
    }
}

// 3,000 single pages that never follow each other: more than TX holds, so they come in fragments, cut at each size
static void many_ranges_come_in_fragments(void **state)
{
    enum { RANGES = 3000 };
    static struct ffa_mem_range ranges[RANGES];
    static const size_t fragments[] = { 0, 96, 112, 4096, 10000 / 16 * 16 };

    (void)state;
    for (uint32_t i = 0; i < RANGES; i++) {
        ranges[i] = (struct ffa_mem_range){ MEM_PAGE(2 * (RANGES - i)), 1, 0 };
        mem_at(ranges[i].address, PAGE)[0] = (uint8_t)i;
    }
    for (unsigned int f = 0; f < sizeof(fragments) / sizeof(fragments[0]); f++) {
        struct h_mem mem =
            mem_plain(FFA_MEM_SHARE_64, PEER1_ID, &ranges[0], MEM_PAGE(2 * RANGES), 1);
        uint64_t sum = 0;

        mem.range_count = RANGES;
        mem.ranges = ranges;
        struct ffa_args a = mem_send(FFA_MEM_SHARE_64, &mem, fragments[f]);
        assert_ffa_function(a, FFA_SUCCESS_32);
        uint64_t handle = a.x[2] | a.x[3] << 32;
        for (uint32_t i = 0; i < RANGES; i++) {
            sum += mem_at(ranges[i].address, PAGE)[0];
        }
        struct peer_script *script = peer_begin(PEER1_ID);
        struct peer_step *retrieve = mem_add_retrieve(PEER1_ID, handle, 0, 1, 0);
        struct peer_step *touch = peer_add_at(script, PEER_TOUCH, PEER_SYM_RESULT(0, 1), 0, 0,
                                              (uint64_t)RANGES * PAGE, PEER_TOUCH_PAGES, 0);
        struct peer_step *relinquish = peer_add(script, PEER_RELINQUISH, handle, 0, 0, 0);
        peer_run_all(PEER1_ID);
        assert_int_equal(retrieve->x[0], 0);
        assert_int_equal(touch->x[3], sum);
        assert_int_equal(relinquish->x[0], 0);
        mem_reclaimed(handle, 0);
    }
    mem_assert_nothing_left();
}

// What may not be offered on this machine, and why
static void memory_that_is_not_the_normal_worlds_is_refused(void **state)
{
    static const struct {
        uint64_t address;
        uint32_t pages;
        int32_t code;
    } cases[] = {
        { SECURE_RAM_BASE, 1, FFA_DENIED },
        { SPMC_BASE, 1, FFA_DENIED },
        { PAGE_POOL_BASE, 1, FFA_DENIED },
        { 0, 1, FFA_DENIED },                 // secure flash
        { 0x04000000, 1, FFA_DENIED },        // the normal world's flash
        { 0x08000000, 1, FFA_DENIED },        // interrupt controller
        { 0x09000000, 1, FFA_DENIED },        // UART
        { 0x40000000 - PAGE, 2, FFA_DENIED }, // into DRAM
        { 0x80000000 - PAGE, 2, FFA_DENIED }, // out of it
        { 0x80000000, 1, FFA_DENIED },        // behind it
        { MEM_TX, 1, FFA_DENIED },            // its own buffers
        { MEM_RX + 3 * PAGE, 1, FFA_DENIED },
        { MEM_TX - PAGE, 2, FFA_DENIED },
        { MEM_BASE + 8, 1, FFA_INVALID_PARAMETERS }, // not aligned
        { MEM_BASE + 0x800, 1, FFA_INVALID_PARAMETERS },
        { 0xfffffffffffff000, 1, FFA_INVALID_PARAMETERS },
        { 0xfffffffffffff000, 2, FFA_INVALID_PARAMETERS },
        { MEM_BASE, 0, FFA_INVALID_PARAMETERS },
    };
    static const uint32_t fids[] = { FFA_MEM_SHARE_64, FFA_MEM_LEND_64, FFA_MEM_DONATE_64 };

    (void)state;
    for (unsigned int i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        for (unsigned int f = 0; f < 3; f++) {
            struct ffa_mem_range range;
            struct h_mem mem =
                mem_plain(fids[f], PEER1_ID, &range, cases[i].address, cases[i].pages);
            struct ffa_args a = mem_send(fids[f], &mem, 0);

            assert_ffa_function(a, FFA_ERROR);
            if (a.x[2] != (uint32_t)cases[i].code && a.x[2] != (uint32_t)FFA_INVALID_PARAMETERS) {
                fail_msg("%#llx, %u pages: error %d", (unsigned long long)cases[i].address,
                         cases[i].pages, (int32_t)a.x[2]);
            }
        }
    }
    mem_assert_nothing_left();
}

static void a_page_is_in_one_transaction_only(void **state)
{
    static const struct {
        uint32_t first;
        uint32_t pages;
    } others[] = { { 10, 4 }, { 10, 1 }, { 13, 1 }, { 9, 2 }, { 13, 2 }, { 8, 100 }, { 11, 2 } };

    (void)state;
    struct ffa_mem_range range;
    struct h_mem mem = mem_plain(FFA_MEM_SHARE_32, PEER1_ID, &range, MEM_PAGE(10), 4);
    uint64_t handle = mem_sent(FFA_MEM_SHARE_32, &mem);
    for (unsigned int i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
        struct ffa_mem_range other;
        struct h_mem second = mem_plain(FFA_MEM_LEND_32, PEER2_ID, &other,
                                        MEM_PAGE(others[i].first), others[i].pages);
        struct ffa_args a = mem_send(FFA_MEM_LEND_32, &second, 0);
        assert_ffa_error(a, FFA_DENIED);
    }
    struct ffa_args a = call(FFA_RXTX_UNMAP);
    assert_ffa_success(a, 0, 0);
    a = call(FFA_RXTX_MAP_64, MEM_TX, MEM_PAGE(13), 1); // shared memory is no buffer either
    assert_ffa_function(a, FFA_ERROR);
    a = call(FFA_RXTX_MAP_64, MEM_TX, MEM_RX, MEM_BUFFER_PAGES);
    assert_ffa_success(a, 0, 0);
    mem_reclaimed(handle, 0);

    // Nor twice in the same one
    struct ffa_mem_range twice[] = { { MEM_PAGE(1), 4, 0 }, { MEM_PAGE(3), 1, 0 } };
    mem = mem_plain(FFA_MEM_SHARE_32, PEER1_ID, &range, MEM_BASE, 1);
    mem.range_count = 2;
    mem.ranges = twice;
    a = mem_send(FFA_MEM_SHARE_32, &mem, 0);
    assert_ffa_function(a, FFA_ERROR);
    mem_assert_nothing_left();
}

static void two_borrowers_share_and_both_must_give_back(void **state)
{
    struct ffa_mem_range range;

    (void)state;
    mem_peer_ready(PEER2_ID);
    struct h_mem mem = mem_plain(FFA_MEM_SHARE_32, PEER1_ID, &range, MEM_BASE, 2);
    mem.borrower_count = 2;
    mem.borrowers[1] = (struct h_mem_borrower){ .id = PEER2_ID, .permissions = FFA_MEM_DATA_RO };
    uint8_t *bytes = mem_at(MEM_BASE, 2 * PAGE);
    memset(bytes, 0, 2 * PAGE);
    uint64_t handle = mem_sent(FFA_MEM_SHARE_32, &mem);

    struct peer_script *script = peer_begin(PEER1_ID);
    struct peer_step *one = mem_add_retrieve(PEER1_ID, handle, 0, 1, PEER_MEM_SEVERAL);
    (void)peer_add_at(script, PEER_WRITE, PEER_SYM_RESULT(0, 1), 0, PAGE, 8, 0xabcdef, 0);
    peer_run_all(PEER1_ID);
    assert_int_equal(one->x[0], 0);
    script = peer_begin(PEER2_ID);
    struct peer_step *two =
        mem_add_retrieve(PEER2_ID, handle, 0, 1, PEER_MEM_SEVERAL | PEER_MEM_READ_ONLY);
    struct peer_step *read =
        peer_add_at(script, PEER_READ, PEER_SYM_RESULT(0, 1), 0, PAGE, 8, 0, 0);
    peer_run_all(PEER2_ID);
    assert_int_equal(two->x[0], 0);
    assert_int_equal(read->x[2], 0xabcdef);

    static const uint16_t peers[] = { PEER1_ID, PEER2_ID };
    for (unsigned int i = 0; i < 2; i++) {
        struct ffa_args a = mem_reclaim(handle, 0);
        assert_ffa_error(a, FFA_DENIED);
        script = peer_begin(peers[i]);
        struct peer_step *relinquish = peer_add(script, PEER_RELINQUISH, handle, 0, 0, 0);
        peer_run_all(peers[i]);
        assert_int_equal(relinquish->x[0], 0);
    }
    mem_reclaimed(handle, 0);
    mem_assert_nothing_left();
}

// A partition that writes what it may only read faults, is stopped, and what it had can be reclaimed
static void read_only_memory_cannot_be_written(void **state)
{
    struct ffa_mem_range range;

    (void)state;
    target_fresh(NULL);
    mem_ready(FFA_VERSION_1_2);
    mem_peer_ready(PEER1_ID);
    struct h_mem mem = mem_plain(FFA_MEM_SHARE_32, PEER1_ID, &range, MEM_BASE, 1);
    mem.borrowers[0].permissions = FFA_MEM_DATA_RO;
    uint64_t handle = mem_sent(FFA_MEM_SHARE_32, &mem);
    struct peer_script *script = peer_begin(PEER1_ID);
    struct peer_step *more = mem_add_retrieve(PEER1_ID, handle, 0, 1, 0); // asks for read-write
    peer_run_all(PEER1_ID);
    assert_int_equal((int32_t)more->x[0], ERR_DENIED);
    memset(mem_at(MEM_BASE, PAGE), 0x77, PAGE);
    script = peer_begin(PEER1_ID);
    struct peer_step *retrieve = mem_add_retrieve(PEER1_ID, handle, 0, 1, PEER_MEM_READ_ONLY);
    (void)peer_add_at(script, PEER_WRITE, PEER_SYM_RESULT(0, 1), 0, 0, 8, 1, 0);
    struct ffa_args a = peer_run(PEER1_ID);
    assert_ffa_error(a, FFA_ABORTED);
    assert_int_equal(retrieve->x[0], 0);
    assert_int_equal(mem_at(MEM_BASE, PAGE)[0], 0x77);
    mem_reclaimed(handle, 0);
}

static void nor_executed(void **state)
{
    struct ffa_mem_range range;

    (void)state;
    target_fresh(NULL);
    mem_ready(FFA_VERSION_1_2);
    mem_peer_ready(PEER1_ID);
    struct h_mem mem = mem_plain(FFA_MEM_LEND_32, PEER1_ID, &range, MEM_BASE, 1);
    uint64_t handle = mem_sent(FFA_MEM_LEND_32, &mem);
    uint32_t ret = 0xd65f03c0;
    memcpy(mem_at(MEM_BASE, PAGE), &ret, 4);
    struct peer_script *script = peer_begin(PEER1_ID);
    struct peer_step *retrieve = mem_add_retrieve(PEER1_ID, handle, 0, 2, 0);
    (void)peer_add_at(script, PEER_EXEC, PEER_SYM_RESULT(0, 1), 0, 0, 0, 0, 0);
    struct ffa_args a = peer_run(PEER1_ID);
    assert_ffa_error(a, FFA_ABORTED);
    assert_int_equal(retrieve->x[0], 0);
    mem_reclaimed(handle, 0);
}

static void relinquished_memory_is_gone(void **state)
{
    struct ffa_mem_range range;

    (void)state;
    target_fresh(NULL);
    mem_ready(FFA_VERSION_1_2);
    mem_peer_ready(PEER1_ID);
    struct h_mem mem = mem_plain(FFA_MEM_SHARE_32, PEER1_ID, &range, MEM_BASE, 1);
    uint64_t handle = mem_sent(FFA_MEM_SHARE_32, &mem);
    struct peer_script *script = peer_begin(PEER1_ID);
    struct peer_step *retrieve = mem_add_retrieve(PEER1_ID, handle, 0, 1, 0);
    (void)peer_add_at(script, PEER_READ, PEER_SYM_RESULT(0, 1), 0, 0, 8, 0, 0); // in the TLB now
    struct peer_step *relinquish = peer_add(script, PEER_RELINQUISH, handle, 0, 0, 0);
    struct peer_step *read = peer_add_at(script, PEER_READ, PEER_SYM_RESULT(0, 1), 0, 0, 8, 0, 0);
    struct ffa_args a = peer_run(PEER1_ID);
    assert_ffa_error(a, FFA_ABORTED);
    assert_int_equal(retrieve->x[0], 0);
    assert_int_equal(relinquish->x[0], 0);
    assert_int_equal(read->done, 0);
    mem_reclaimed(handle, 0);
}

// Each place where memory is wiped: before the borrower has it, after it, before the owner has it again
static void memory_is_wiped_where_it_is_asked_for(void **state)
{
    struct ffa_mem_range range;
    uint8_t *bytes = NULL;

    (void)state;
    for (unsigned int when = 0; when < 3; when++) {
        struct h_mem mem = mem_plain(FFA_MEM_LEND_32, PEER1_ID, &range, MEM_BASE, 2);

        bytes = mem_at(MEM_BASE, 2 * PAGE);
        memset(bytes, 0x5a, 2 * PAGE);
        mem.flags = when == 0 ? FFA_MEM_FLAG_ZERO : 0;
        uint64_t handle = mem_sent(FFA_MEM_LEND_32, &mem);
        struct peer_script *script = peer_begin(PEER1_ID);
        struct peer_step *retrieve =
            mem_add_retrieve(PEER1_ID, handle, 0, 2, when == 1 ? PEER_MEM_ZERO : 0);
        struct peer_step *count = peer_add_at(script, PEER_COUNT, PEER_SYM_RESULT(0, 1), 0, 0,
                                              2 * PAGE, when == 0 ? 0 : 0x5a, 0);
        struct peer_step *relinquish = peer_add(script, PEER_RELINQUISH, handle, 0, 0, 0);
        peer_run_all(PEER1_ID);
        assert_int_equal(retrieve->x[0], 0);
        assert_int_equal(count->x[3], 2 * PAGE);
        assert_int_equal(relinquish->x[0], 0);
        for (size_t i = 0; i < 2 * PAGE; i++) {
            assert_int_equal(bytes[i], when == 2 ? 0x5a : 0);
        }
        mem_reclaimed(handle, when == 2 ? FFA_MEM_RECLAIM_ZERO : 0);
        for (size_t i = 0; i < 2 * PAGE; i++) {
            assert_int_equal(bytes[i], 0);
        }
    }
    mem_assert_nothing_left();
}

static void reclaim_and_retrieve_name_the_right_transaction(void **state)
{
    struct ffa_mem_range range;

    (void)state;
    mem_peer_ready(PEER2_ID);
    struct h_mem mem = mem_plain(FFA_MEM_SHARE_32, PEER1_ID, &range, MEM_BASE, 1);
    mem.tag = 77;
    uint64_t handle = mem_sent(FFA_MEM_SHARE_32, &mem);
    struct ffa_args a = mem_reclaim(handle + 1, 0);
    assert_ffa_error(a, FFA_INVALID_PARAMETERS);
    a = mem_reclaim(handle | 1ull << 63, 0);
    assert_ffa_error(a, FFA_INVALID_PARAMETERS);
    a = mem_reclaim(FFA_MEM_HANDLE_INVALID, 0);
    assert_ffa_error(a, FFA_INVALID_PARAMETERS);
    a = mem_reclaim(handle, 4);
    assert_ffa_error(a, FFA_INVALID_PARAMETERS);

    struct peer_script *script = peer_begin(PEER1_ID);
    struct peer_step *tag = mem_add_retrieve(PEER1_ID, handle, 0, 1, 0); // tag 0
    struct peer_step *owner = mem_add_retrieve(PEER1_ID, handle, PEER2_ID, 1, 0);
    owner->x[2] = 77;
    struct peer_step *kind = mem_add_retrieve(PEER1_ID, handle, 0, 2, 0);
    kind->x[2] = 77;
    struct peer_step *none = mem_add_retrieve(PEER1_ID, handle ^ 0x100, 0, 1, 0);
    none->x[2] = 77;
    struct peer_step *good = mem_add_retrieve(PEER1_ID, handle, 0, 1, 0);
    good->x[2] = 77;
    struct peer_step *again = mem_add_retrieve(PEER1_ID, handle, 0, 1, 0);
    again->x[2] = 77;
    peer_run_all(PEER1_ID);
    assert_int_equal((int32_t)tag->x[0], ERR_INVALID);
    assert_int_equal((int32_t)owner->x[0], ERR_DENIED);
    assert_int_equal((int32_t)kind->x[0], ERR_INVALID);
    assert_int_equal((int32_t)none->x[0], ERR_INVALID);
    assert_int_equal((int32_t)good->x[0], 0);
    assert_int_equal((int32_t)again->x[0], ERR_DENIED);

    script = peer_begin(PEER2_ID); // it was not offered to this one
    struct peer_step *stranger = mem_add_retrieve(PEER2_ID, handle, 0, 1, 0);
    stranger->x[2] = 77;
    struct peer_step *theft = peer_add(script, PEER_RELINQUISH, handle, 0, 0, 0);
    struct peer_step *reclaim = peer_add(script, PEER_RECLAIM, handle, 0, 0, 0);
    peer_run_all(PEER2_ID);
    assert_true((int32_t)stranger->x[0] < 0);
    assert_true((int32_t)theft->x[0] < 0);
    assert_true((int32_t)reclaim->x[0] < 0);

    script = peer_begin(PEER1_ID);
    struct peer_step *relinquish = peer_add(script, PEER_RELINQUISH, handle, 0, 0, 0);
    struct peer_step *twice = peer_add(script, PEER_RELINQUISH, handle, 0, 0, 0);
    peer_run_all(PEER1_ID);
    assert_int_equal(relinquish->x[0], 0);
    assert_true((int32_t)twice->x[0] < 0);
    mem_reclaimed(handle, 0);
    a = mem_reclaim(handle, 0);
    assert_ffa_error(a, FFA_INVALID_PARAMETERS);
    mem_assert_nothing_left();
}

static void a_handle_is_not_used_again_at_once(void **state)
{
    uint64_t seen[200];
    struct ffa_mem_range range;

    (void)state;
    for (unsigned int i = 0; i < 200; i++) {
        struct h_mem mem = mem_plain(FFA_MEM_SHARE_32, PEER1_ID, &range, MEM_BASE, 1);
        seen[i] = mem_sent(FFA_MEM_SHARE_32, &mem);
        for (unsigned int k = 0; k < i; k++) {
            assert_true(seen[k] != seen[i]);
        }
        mem_reclaimed(seen[i], 0);
    }
}

// Begun and never ended: only so many, and each can be given up
static void unfinished_transactions_are_bounded(void **state)
{
    enum { RANGES = 8 };
    struct ffa_mem_range ranges[RANGES];
    uint64_t handles[SPMC_MAX_TRANSACTIONS];
    uint32_t count = 0;
    struct ffa_args a;

    (void)state;
    for (unsigned int i = 0; i < RANGES; i++) {
        ranges[i] = (struct ffa_mem_range){ MEM_PAGE(i * 2), 1, 0 };
    }
    struct h_mem mem = mem_plain(FFA_MEM_SHARE_32, PEER1_ID, &ranges[0], MEM_BASE, 1);
    mem.range_count = RANGES;
    for (;;) {
        size_t length = h_mem_describe(&mem, mem_at(MEM_TX, MEM_BUFFER_SIZE), MEM_BUFFER_SIZE);
        a = call(FFA_MEM_SHARE_32, length, length - 64);
        if (a.x[0] != FFA_MEM_FRAG_RX) {
            break;
        }
        assert_in_range(count, 0, SPMC_NWD_TRANSACTIONS - 1);
        handles[count++] = a.x[1] | a.x[2] << 32;
    }
    assert_ffa_error(a, FFA_NO_MEMORY);
    assert_int_equal(count, SPMC_NWD_TRANSACTIONS);
    a = call(FFA_MEM_FRAG_TX, (uint32_t)handles[0], handles[0] >> 32, 128); // more than was said
    assert_ffa_error(a, FFA_INVALID_PARAMETERS);
    for (uint32_t i = 0; i < count; i++) {
        (void)mem_reclaim(handles[i], 0);
    }
    mem_assert_nothing_left();
}

static void partitions_share_their_own_memory(void **state)
{
    (void)state;
    mem_peer_ready(PEER2_ID);
    struct peer_script *script = peer_begin(PEER1_ID);
    (void)peer_add_at(script, PEER_FILL, PEER_SYM_DATA, 0, 0, 2 * PAGE, 0x33, 0);
    struct peer_step *offer = peer_add_at(script, PEER_OFFER, PEER_SYM_DATA, 1, 1, 0, 2, PEER2_ID);
    peer_run_all(PEER1_ID);
    assert_int_equal(offer->x[0], 0);
    uint64_t handle = offer->x[1];

    struct peer_script *other = peer_begin(PEER2_ID);
    struct peer_step *retrieve = mem_add_retrieve(PEER2_ID, handle, PEER1_ID, 1, 0);
    struct peer_step *count =
        peer_add_at(other, PEER_COUNT, PEER_SYM_RESULT(0, 1), 0, 0, 2 * PAGE, 0x33, 0);
    (void)peer_add_at(other, PEER_WRITE, PEER_SYM_RESULT(0, 1), 0, PAGE, 8, 0xfeed, 0);
    peer_run_all(PEER2_ID);
    assert_int_equal(retrieve->x[0], 0);
    assert_int_equal(count->x[3], 2 * PAGE);

    script = peer_begin(PEER1_ID);
    struct peer_step *read = peer_add_at(script, PEER_READ, PEER_SYM_DATA, 0, PAGE, 8, 0, 0);
    struct peer_step *early = peer_add(script, PEER_RECLAIM, handle, 0, 0, 0);
    struct peer_step *again =
        peer_add_at(script, PEER_OFFER, PEER_SYM_DATA, 1, 2, PAGE, 1, PEER2_ID);
    peer_run_all(PEER1_ID);
    assert_int_equal(read->x[2], 0xfeed);
    assert_int_equal((int32_t)early->x[0], ERR_DENIED);
    assert_int_equal((int32_t)again->x[0], ERR_DENIED); // shared already
    other = peer_begin(PEER2_ID);
    struct peer_step *relinquish = peer_add(other, PEER_RELINQUISH, handle, 0, 0, 0);
    peer_run_all(PEER2_ID);
    assert_int_equal(relinquish->x[0], 0);
    script = peer_begin(PEER1_ID);
    struct peer_step *reclaim = peer_add(script, PEER_RECLAIM, handle, 0, 0, 0);
    peer_run_all(PEER1_ID);
    assert_int_equal(reclaim->x[0], 0);
    mem_assert_nothing_left();
}

static void a_partition_offers_nothing_to_the_normal_world(void **state)
{
    (void)state;
    struct peer_script *script = peer_begin(PEER1_ID);
    struct peer_step *share =
        peer_add_at(script, PEER_OFFER, PEER_SYM_DATA, 1, 1, 0, 1, FFA_ID_NWD);
    struct peer_step *lend = peer_add_at(script, PEER_OFFER, PEER_SYM_DATA, 1, 2, 0, 1, FFA_ID_NWD);
    struct peer_step *itself = peer_add_at(script, PEER_OFFER, PEER_SYM_DATA, 1, 1, 0, 1, PEER1_ID);
    struct peer_step *text =
        peer_add_at(script, PEER_OFFER, PEER_SYM_SCRIPT, 1, 1, 0, 1, PEER2_ID); // not its own
    peer_run_all(PEER1_ID);
    assert_int_equal((int32_t)share->x[0], ERR_DENIED);
    assert_int_equal((int32_t)lend->x[0], ERR_DENIED);
    assert_int_equal((int32_t)itself->x[0], ERR_INVALID);
    assert_int_equal((int32_t)text->x[0], ERR_DENIED);
}

// What a partition has lent is not there for it; what it lends is back, as it was left, after the reclaim
static void lent_memory_is_not_its_owners(void **state)
{
    (void)state;
    target_fresh(NULL);
    mem_ready(FFA_VERSION_1_2);
    mem_peer_ready(PEER1_ID);
    mem_peer_ready(PEER2_ID);
    struct peer_script *script = peer_begin(PEER1_ID);
    (void)peer_add_at(script, PEER_FILL, PEER_SYM_DATA, 0, 0, PAGE, 0x44, 0);
    struct peer_step *offer = peer_add_at(script, PEER_OFFER, PEER_SYM_DATA, 1, 2, 0, 1, PEER2_ID);
    struct peer_step *reclaim =
        peer_add_at(script, PEER_RECLAIM, PEER_SYM_RESULT(1, 1), 0, 0, 0, 0, 0);
    struct peer_step *count = peer_add_at(script, PEER_COUNT, PEER_SYM_DATA, 0, 0, PAGE, 0x44, 0);
    struct peer_step *offer2 = peer_add_at(script, PEER_OFFER, PEER_SYM_DATA, 1, 2, 0, 1, PEER2_ID);
    struct peer_step *read = peer_add_at(script, PEER_READ, PEER_SYM_DATA, 0, 0, 8, 0, 0);
    struct ffa_args a = peer_run(PEER1_ID);
    assert_ffa_error(a, FFA_ABORTED);
    assert_int_equal(offer->x[0], 0);
    assert_int_equal(reclaim->x[0], 0);
    assert_int_equal(count->x[3], PAGE);
    assert_int_equal(offer2->x[0], 0);
    assert_int_equal(read->done, 0);
}

#define CASE(f) cmocka_unit_test_setup(f, at_1_2)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(memory_is_shared_in_both_widths),
        CASE(memory_is_lent_in_both_widths),
        CASE(sixty_four_megabytes_are_shared),
        CASE(many_ranges_come_in_fragments),
        CASE(memory_that_is_not_the_normal_worlds_is_refused),
        CASE(a_page_is_in_one_transaction_only),
        CASE(two_borrowers_share_and_both_must_give_back),
        CASE(memory_is_wiped_where_it_is_asked_for),
        CASE(reclaim_and_retrieve_name_the_right_transaction),
        CASE(a_handle_is_not_used_again_at_once),
        CASE(unfinished_transactions_are_bounded),
        CASE(partitions_share_their_own_memory),
        CASE(a_partition_offers_nothing_to_the_normal_world),
        CASE(read_only_memory_cannot_be_written),
        CASE(nor_executed),
        CASE(relinquished_memory_is_gone),
        CASE(lent_memory_is_not_its_owners),
        CASE(callers_of_all_versions_share),
    };

    return cmocka_run_group_tests_name("ffa_mem", tests, NULL, target_stop);
}
