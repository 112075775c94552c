// SPDX-License-Identifier: BSD-3-Clause
//
// FFA_MEM_RELINQUISH (spmc/ffa_mem_reclaim.c): its descriptor, who may, wiping afterwards. Expected values: DEN0077A
// "FFA_MEM_RELINQUISH".
#include "borrower_support.h"

// ---- FFA_MEM_RELINQUISH ---------------------------------------------------------------------------------------------

static void relinquish_checks_its_descriptor(void **state)
{
    struct offer offer = offer_ns(FFA_MEM_LEND_32, BETA, 0, 1);
    uint64_t va = mem_map(BETA, &offer.request);
    struct mem_state before = mem_state();

    (void)state;
    for (uint32_t bit = 1; bit < 32; bit++) {
        stays(mem_relinquish(BETA, offer.handle, 1u << bit), FFA_INVALID_PARAMETERS, &before);
    }
    for (uint32_t bit = 0; bit < 64; bit++) {
        stays(mem_relinquish(BETA, offer.handle ^ 1ull << bit, 0), FFA_INVALID_PARAMETERS, &before);
    }
    static const uint32_t counts[] = { 0, 2, 3, 0x7ffffff8, UINT32_MAX };
    for (size_t i = 0; i < 5; i++) {
        struct ffa_mem_relinquish fixed = { .handle = offer.handle, .endpoint_count = counts[i] };
        memcpy(mem_tx(BETA), &fixed, sizeof(fixed));
        stays(MEM(BETA, FFA_MEM_RELINQUISH), FFA_INVALID_PARAMETERS, &before);
    }
    struct {
        struct ffa_mem_relinquish fixed;
        uint16_t id;
    } other = { .fixed = { .handle = offer.handle, .endpoint_count = 1 }, .id = ALPHA_ID };
    memcpy(mem_tx(BETA), &other, sizeof(other));
    stays(MEM(BETA, FFA_MEM_RELINQUISH), FFA_INVALID_PARAMETERS, &before);
    other.id = BETA_ID;
    memcpy(mem_tx(BETA), &other, sizeof(other));
    for (unsigned int i = 1; i < 8; i++) {
        struct ffa_args args = { .x = { FFA_MEM_RELINQUISH } };
        args.x[i] = 1;
        stays(mem_call(BETA, args), FFA_INVALID_PARAMETERS, &before);
    }
    // Not its own
    stays(mem_relinquish(ALPHA, offer.handle, 0), FFA_INVALID_PARAMETERS, &before);
    assert_true(mem_model_reads(BETA, va));
    assert_true(fixture_is_success(mem_relinquish(BETA, offer.handle, 0), 0, 0));
    assert_true(fixture_is_error(mem_relinquish(BETA, offer.handle, 0), FFA_DENIED));
}

static void zero_after_wipes_what_was_lent(void **state)
{
    (void)state;
    for (uint32_t at_retrieve = 0; at_retrieve < 2; at_retrieve++) {
        struct offer offer = offer_own(FFA_MEM_LEND_32, ALPHA, BETA, 6, 1);
        struct mem_desc request = offer.request;

        request.flags = at_retrieve != 0 ? FFA_MEM_FLAG_ZERO_AFTER : 0;
        request.borrowers[0].permissions = FFA_MEM_DATA_RO | FFA_MEM_INSTRUCTION_NX;
        if (at_retrieve != 0) {
            refused(BETA, &request, FFA_DENIED); // it could not do that itself
        } else {
            (void)mem_map(BETA, &request);
            assert_true(fixture_is_error(mem_relinquish(BETA, offer.handle, FFA_MEM_FLAG_ZERO),
                                         FFA_DENIED));
            assert_true(fixture_is_success(mem_relinquish(BETA, offer.handle, 0), 0, 0));
        }
        request.borrowers[0].permissions = offer.request.borrowers[0].permissions;
        (void)mem_map(BETA, &request);
        memset(fixture_page(ALPHA, 6), 0x99, 4096);
        uint32_t flags = at_retrieve != 0 ? 0 : FFA_MEM_FLAG_ZERO;
        assert_true(fixture_is_success(mem_relinquish(BETA, offer.handle, flags), 0, 0));
        assert_int_equal(fixture_page(ALPHA, 6)[0] | fixture_page(ALPHA, 6)[4095], 0);
        // The wish does not outlive the retrieval
        (void)mem_map(BETA, &offer.request);
        memset(fixture_page(ALPHA, 6), 0x99, 4096);
        assert_true(fixture_is_success(mem_relinquish(BETA, offer.handle, 0), 0, 0));
        assert_int_equal(fixture_page(ALPHA, 6)[0], 0x99);
        assert_true(fixture_is_success(mem_reclaim(ALPHA, offer.handle, 0), 0, 0));
    }
    struct offer shared = offer_own(FFA_MEM_SHARE_32, ALPHA, BETA, 6, 1);
    (void)mem_map(BETA, &shared.request);
    assert_true(fixture_is_error(mem_relinquish(BETA, shared.handle, FFA_MEM_FLAG_ZERO),
                                 FFA_INVALID_PARAMETERS));
    struct offer big = offer_ns(FFA_MEM_LEND_32, BETA, 0, SPMC_MAX_ZERO_PAGES + 1);
    struct mem_desc after = big.request;
    after.flags = FFA_MEM_FLAG_ZERO_AFTER;
    refused(BETA, &after, FFA_NO_MEMORY);
    (void)mem_map(BETA, &big.request);
    assert_true(
        fixture_is_error(mem_relinquish(BETA, big.handle, FFA_MEM_FLAG_ZERO), FFA_NO_MEMORY));
}

// Nobody's memory is wiped under his feet: the last borrower's going does it.
static void zero_after_waits_for_the_last_borrower(void **state)
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
    memset(fixture_page(ALPHA, 6), 0x99, 4096);
    assert_true(fixture_is_error(mem_relinquish(GAMMA, handle, FFA_MEM_FLAG_ZERO), FFA_DENIED));
    assert_true(fixture_is_success(mem_relinquish(BETA, handle, 0), 0, 0));
    assert_int_equal(fixture_page(ALPHA, 6)[0], 0x99);
    assert_true(fixture_is_success(mem_relinquish(GAMMA, handle, 0), 0, 0));
    assert_int_equal(fixture_page(ALPHA, 6)[0], 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(relinquish_checks_its_descriptor, reset),
        cmocka_unit_test_setup(zero_after_wipes_what_was_lent, reset),
        cmocka_unit_test_setup(zero_after_waits_for_the_last_borrower, reset),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
