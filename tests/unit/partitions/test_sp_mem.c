// SPDX-License-Identifier: BSD-3-Clause
//
// Memory transactions of a partition (partitions/lib/sp_mem.c) over a stand-in for the SPMC: the descriptors in TX, byte by byte
// where DEN0077A says where they stand, and what of a response is believed.
#include "sp_mem.h"

#include "ffa_mem_abi.h"
#include "svc.h"

#define OTHER 0x8005
#define THIRD 0x8006
#define HANDLE 0x0000123400005678

static uint8_t tx_seen[SP_RXTX_SIZE];
static struct {
    struct ffa_mem_transaction head;
    struct ffa_mem_access access;
    struct ffa_mem_composite composite;
    struct ffa_mem_range range;
} response;

static void keep_tx(const struct ffa_args *call)
{
    if ((uint32_t)call->x[0] != FFA_RX_RELEASE) {
        memcpy(tx_seen, sp_tx(), sizeof(tx_seen));
    }
    if ((uint32_t)call->x[0] == FFA_MEM_RETRIEVE_REQ_32) {
        memcpy((void *)(uintptr_t)sp_rx(), &response, sizeof(response));
    }
}

static int start(void **state)
{
    svc_start(state);
    svc.seen = keep_tx;
    memset(sp_tx(), 0xee, SP_RXTX_SIZE);
    response.head = (struct ffa_mem_transaction){
        .sender = OTHER,
        .attributes = FFA_MEM_ATTR_NORMAL | FFA_MEM_ATTR_NS,
        .flags = FFA_MEM_FLAG_SHARE,
        .handle = HANDLE,
        .access_size = 32,
        .access_count = 1,
        .access_offset = 48,
    };
    response.access = (struct ffa_mem_access){
        .receiver = SVC_OWN_ID,
        .permissions = FFA_MEM_DATA_RW | FFA_MEM_INSTRUCTION_NX,
        .composite_offset = 80,
    };
    response.composite = (struct ffa_mem_composite){ .page_count = 3, .range_count = 1 };
    response.range = (struct ffa_mem_range){ .address = 0x4000200000, .page_count = 3 };
    return 0;
}

static uint64_t field(unsigned int offset, unsigned int size)
{
    uint64_t value = 0;

    memcpy(&value, tx_seen + offset, size);
    return value;
}

static void assert_zero(unsigned int from, unsigned int to)
{
    for (unsigned int i = from; i < to; i++) {
        assert_int_equal(tx_seen[i], 0);
    }
}

static void assert_access(unsigned int at, uint16_t id, uint8_t permissions, uint32_t composite)
{
    assert_int_equal(field(at, 2), id);
    assert_int_equal(field(at + 2, 1), permissions);
    assert_int_equal(field(at + 3, 1), 0);
    assert_int_equal(field(at + 4, 4), composite);
    assert_zero(at + 8, at + 32);
}

static void assert_piece(unsigned int at, uint64_t address, uint32_t pages)
{
    assert_int_equal(field(at, 4), pages);
    assert_int_equal(field(at + 4, 4), 1);
    assert_zero(at + 8, at + 16);
    assert_int_equal(field(at + 16, 8), address);
    assert_int_equal(field(at + 24, 4), pages);
    assert_zero(at + 28, at + 32);
}

static const struct sp_mem_offer two = {
    .base = (void *)0x7000,
    .page_count = 2,
    .borrower_count = 2,
    .borrowers = { { OTHER, true }, { THIRD, false } },
    .tag = 0x1122334455667788,
};
static const struct sp_mem_offer one = {
    .base = (void *)0x7000,
    .page_count = 9,
    .borrower_count = 1,
    .borrowers = { { OTHER, true } },
};

static void a_share_is_described_in_tx(void **state)
{
    uint64_t handle = 0;

    (void)state;
    svc_answer(FFA_SUCCESS_32, 0, 0x5678, 0x1234, 0);
    assert_int_equal(sp_mem_share(&two, &handle), 0);
    assert_int_equal(handle, HANDLE);
    svc_assert_call(0, FFA_MEM_SHARE_32, 48 + 64 + 32, 48 + 64 + 32, 0, 0);
    assert_int_equal(field(0, 2), SVC_OWN_ID);
    assert_int_equal(field(2, 2), 0x2f);
    assert_int_equal(field(4, 4), 0);
    assert_int_equal(field(8, 8), 0);
    assert_int_equal(field(16, 8), 0x1122334455667788);
    assert_int_equal(field(24, 4), 32);
    assert_int_equal(field(28, 4), 2);
    assert_int_equal(field(32, 4), 48);
    assert_zero(36, 48);
    assert_access(48, OTHER, 2, 112);
    assert_access(80, THIRD, 1, 112);
    assert_piece(112, 0x7000, 2);
}

static void lent_and_donated_memory_have_their_own_rules(void **state)
{
    struct sp_mem_offer zeroed = one;
    uint64_t handle = 7;

    (void)state;
    zeroed.zero = true;
    assert_int_equal(sp_mem_lend(&zeroed, &handle), 0);
    svc_assert_call(0, FFA_MEM_LEND_32, 112, 112, 0, 0);
    assert_int_equal(field(2, 2), 0); // one borrower: no attributes
    assert_int_equal(field(4, 4), 1);
    assert_access(48, OTHER, 2, 80);
    assert_piece(80, 0x7000, 9);
    assert_int_equal(sp_mem_lend(&two, &handle), 0);
    assert_int_equal(field(2, 2), 0x2f); // several: they must agree
    assert_int_equal(field(4, 4), 0);
    assert_int_equal(sp_mem_donate(&one, &handle), 0);
    svc_assert_call(2, FFA_MEM_DONATE_32, 112, 112, 0, 0);
    assert_int_equal(field(2, 2), 0);
    assert_access(48, OTHER, 0, 80);
}

static void a_refused_offer_has_no_handle(void **state)
{
    struct sp_mem_offer none = one;
    uint64_t handle = 7;

    (void)state;
    svc_refuse(FFA_DENIED);
    assert_int_equal(sp_mem_share(&one, &handle), ERR_DENIED);
    none.borrower_count = 0;
    assert_int_equal(sp_mem_share(&none, &handle), ERR_INVALID);
    none.borrower_count = SP_MEM_BORROWERS_MAX + 1;
    assert_int_equal(sp_mem_lend(&none, &handle), ERR_INVALID);
    assert_int_equal(handle, 7);
    assert_int_equal(svc.count, 1);
}

static void memory_is_reclaimed(void **state)
{
    (void)state;
    assert_int_equal(sp_mem_reclaim(HANDLE, false), 0);
    svc_assert_call(0, FFA_MEM_RECLAIM, 0x5678, 0x1234, 0, 0);
    svc_refuse(0);
    svc_refuse(FFA_DENIED);
    assert_int_equal(sp_mem_reclaim(HANDLE, true), ERR_DENIED);
    svc_assert_call(1, FFA_MEM_RECLAIM, 0x5678, 0x1234, 1, 0);
}

static const struct sp_mem_claim claim = {
    .handle = HANDLE,
    .tag = 0x99,
    .owner = OTHER,
    .kind = SP_MEM_SHARED,
    .writable = true,
};

static void retrieval_names_what_it_wants_and_gets_a_view(void **state)
{
    struct sp_mem_view view;

    (void)state;
    svc_answer(FFA_MEM_RETRIEVE_RESP, sizeof(response), sizeof(response), 0, 0);
    assert_int_equal(sp_mem_retrieve(&claim, &view), 0);
    svc_assert_call(0, FFA_MEM_RETRIEVE_REQ_32, 80, 80, 0, 0);
    assert_int_equal(field(0, 2), OTHER);
    assert_int_equal(field(2, 2), 0); // attributes: whatever they are
    assert_int_equal(field(4, 4), 1 << 3);
    assert_int_equal(field(8, 8), HANDLE);
    assert_int_equal(field(16, 8), 0x99);
    assert_int_equal(field(24, 4), 32);
    assert_int_equal(field(28, 4), 1);
    assert_int_equal(field(32, 4), 48);
    assert_zero(36, 48);
    assert_access(48, SVC_OWN_ID, 2, 0);
    svc_assert_call(1, FFA_RX_RELEASE, 0, 0, 0, 0);
    assert_int_equal(svc.count, 2);
    assert_int_equal((uintptr_t)view.base, 0x4000200000);
    assert_int_equal(view.size, 3 * 4096);
    assert_true(view.writable);
    assert_true(view.normal_world);
    assert_int_equal(view.kind, SP_MEM_SHARED);
}

static void each_kind_of_retrieval_has_its_flags(void **state)
{
    static const struct {
        struct sp_mem_claim claim;
        uint32_t flags;
        uint8_t permissions;
    } rows[] = {
        { { .kind = SP_MEM_SHARED }, 0x08, 0x01 },
        { { .kind = SP_MEM_SHARED, .several = true }, 0x408, 0x01 },
        { { .kind = SP_MEM_LENT, .writable = true }, 0x10, 0x06 },
        { { .kind = SP_MEM_LENT, .zero_after = true, .writable = true }, 0x14, 0x06 },
        { { .kind = SP_MEM_LENT, .several = true, .writable = true }, 0x410, 0x02 },
        { { .kind = SP_MEM_DONATED, .writable = true }, 0x18, 0x06 },
        { { .kind = SP_MEM_DONATED, .impdef = { 5, 6 } }, 0x18, 0x05 },
    };
    struct sp_mem_view view;

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        start(state);
        svc_refuse(FFA_DENIED);
        assert_int_equal(sp_mem_retrieve(&rows[i].claim, &view), ERR_DENIED);
        assert_int_equal(field(4, 4), rows[i].flags);
        assert_int_equal(field(50, 1), rows[i].permissions);
        assert_int_equal(field(56, 8), rows[i].claim.impdef[0]);
        assert_int_equal(field(64, 8), rows[i].claim.impdef[1]);
        assert_int_equal(svc.count, 1); // RX was not filled
    }
}

// Retrieves with `response` as the test left it, which is `length` bytes long; it must be refused, and the memory given back.
static void assert_refused(uint32_t length, uint32_t fragment)
{
    struct sp_mem_view view = { .size = 1 };

    svc_answer(FFA_MEM_RETRIEVE_RESP, length, fragment, 0, 0);
    assert_int_equal(sp_mem_retrieve(&claim, &view), ERR_IO);
    assert_int_equal(view.size, 1);
    assert_int_equal(svc.count, 3);
    svc_assert_call(1, FFA_RX_RELEASE, 0, 0, 0, 0);
    svc_assert_call(2, FFA_MEM_RELINQUISH, 0, 0, 0, 0);
    assert_int_equal(field(0, 8), HANDLE);
    assert_int_equal(field(8, 4), 0);
    assert_int_equal(field(12, 4), 1);
    assert_int_equal(field(16, 2), SVC_OWN_ID);
}

static void a_response_that_makes_no_sense_is_given_back(void **state)
{
#define REFUSED(field_, value_) \
    start(state);               \
    response.field_ = value_;   \
    assert_refused(sizeof(response), sizeof(response))
    REFUSED(head.handle, HANDLE + 1);
    REFUSED(head.sender, THIRD);
    REFUSED(head.access_count, 0);
    REFUSED(head.access_count, 2);
    REFUSED(head.access_size, 16);
    REFUSED(head.access_offset, 81);
    REFUSED(head.access_offset, 0xfffffff0);
    REFUSED(head.access_offset, sizeof(response) - 24);
    REFUSED(access.receiver, OTHER);
    REFUSED(access.composite_offset, sizeof(response) - 24);
    REFUSED(access.composite_offset, 0xfffffff8);
    REFUSED(access.composite_offset, 4);
    REFUSED(composite.range_count, 0);
    REFUSED(composite.range_count, 2);
    REFUSED(composite.page_count, 4);
    REFUSED(range.page_count, 0);
    REFUSED(range.address, 0x4000200001);
    REFUSED(range.address, 0);
#undef REFUSED
    start(state);
    assert_refused(sizeof(response) - 1, sizeof(response) - 1);
    start(state);
    assert_refused(16, 16);
    start(state);
    assert_refused(SP_RXTX_SIZE + 8, SP_RXTX_SIZE + 8);
    start(state);
    assert_refused(sizeof(response) + 16, sizeof(response)); // the rest would have to be fetched
}

static void retrieve_nonsense(void)
{
    struct sp_mem_view view;

    svc_answer(FFA_MEM_RETRIEVE_RESP, 0, 0, 0, 0);
    svc_answer(FFA_SUCCESS_32, 0, 0, 0, 0);
    svc_refuse(FFA_INVALID_PARAMETERS);
    assert_int_equal(sp_mem_retrieve(&claim, &view), 0);
}

static void memory_that_cannot_be_given_back_is_the_end(void **state)
{
    (void)state;
    assert_true(svc_dies(retrieve_nonsense));
}

static void memory_is_relinquished(void **state)
{
    (void)state;
    svc_answer(FFA_SUCCESS_32, 0, 0, 0, 0);
    svc_refuse(FFA_INVALID_PARAMETERS);
    assert_int_equal(sp_mem_relinquish(HANDLE), 0);
    svc_assert_call(0, FFA_MEM_RELINQUISH, 0, 0, 0, 0);
    assert_int_equal(field(0, 8), HANDLE);
    assert_int_equal(sp_mem_relinquish(HANDLE), ERR_INVALID);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(a_share_is_described_in_tx, start),
        cmocka_unit_test_setup(lent_and_donated_memory_have_their_own_rules, start),
        cmocka_unit_test_setup(a_refused_offer_has_no_handle, start),
        cmocka_unit_test_setup(memory_is_reclaimed, start),
        cmocka_unit_test_setup(retrieval_names_what_it_wants_and_gets_a_view, start),
        cmocka_unit_test_setup(each_kind_of_retrieval_has_its_flags, start),
        cmocka_unit_test_setup(a_response_that_makes_no_sense_is_given_back, start),
        cmocka_unit_test_setup(memory_that_cannot_be_given_back_is_the_end, start),
        cmocka_unit_test_setup(memory_is_relinquished, start),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
