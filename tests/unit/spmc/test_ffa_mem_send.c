// SPDX-License-Identifier: BSD-3-Clause
//
// FFA_MEM_SHARE, FFA_MEM_LEND, FFA_MEM_DONATE (spmc/ffa_mem_share.c, ffa_mem_pages.c) and FFA_MEM_RECLAIM: who may offer what to
// whom, every refusal, what happens to the pages, quotas. Expected values: DEN0077A "Memory management".
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "mem_fixture.h"

#include "ffa_mem.h"

#define MEM_BASE (NS_BASE + 0x200000) // normal-world memory that is no buffer

static const uint32_t versions[] = { FFA_VERSION_1_0, FFA_VERSION_1_1, FFA_VERSION_1_2 };
static const uint32_t kinds[] = { FFA_MEM_SHARE_32, FFA_MEM_LEND_32, FFA_MEM_DONATE_32,
                                  FFA_MEM_SHARE_64, FFA_MEM_LEND_64, FFA_MEM_DONATE_64 };

static int reset(void **state)
{
    (void)state;
    mem_reset(FFA_VERSION_1_1);
    return 0;
}

// That call is refused with that code, and nothing has changed.
static void refused(struct sp *sp, uint32_t fid, const struct mem_desc *desc, int32_t code)
{
    struct mem_state before = mem_state();

    assert_true(fixture_is_error(mem_offer(sp, fid, desc), code));
    assert_true(mem_unchanged(&before));
}

// ---- Good paths ------------------------------------------------------------------------------------------------------

static void normal_world_offers_and_takes_back(void **state)
{
    (void)state;
    for (size_t v = 0; v < 3; v++) {
        mem_version(NULL, versions[v]);
        for (size_t k = 0; k < 6; k++) {
            struct mem_desc desc = mem_desc(kinds[k], NULL, BETA, MEM_BASE, 3);
            mem_add_range(&desc, NS_END - 4096, 1);
            uint64_t before = mem_model.ns_taken;
            uint64_t handle = mem_send(NULL, kinds[k], &desc);

            assert_int_equal(mem_model.ns_taken, before + 4);
            assert_true(mem_model_ns_taken(MEM_BASE + 0x2000));
            assert_true(mem_model_ns_taken(NS_END - 4096));
            assert_false(mem_model_ns_taken(MEM_BASE + 0x3000));
            assert_true(fixture_is_success(mem_reclaim(NULL, handle, 0), 0, 0));
            assert_int_equal(mem_model.ns_taken, before);
            // The handle is never valid again
            assert_true(fixture_is_error(mem_reclaim(NULL, handle, 0), FFA_INVALID_PARAMETERS));
        }
    }
}

static void partition_offers_and_takes_back(void **state)
{
    struct sp *const sps[] = { ALPHA, BETA, GAMMA };

    (void)state;
    for (size_t i = 0; i < 3; i++) {
        for (size_t k = 0; k < 6; k++) {
            bool share = (kinds[k] & ~(uint32_t)SMCCC_64) == FFA_MEM_SHARE_32;
            struct sp *sp = sps[i];
            // 5 … 9: in two physical pieces; 12 apart
            struct mem_desc desc = mem_desc(kinds[k], sp, sps[(i + 1) % 3], SPACE_VA(5), 5);
            mem_add_range(&desc, SPACE_VA(12), 1);
            uint64_t handle = mem_send(sp, kinds[k], &desc);

            for (uint32_t page = 5; page <= 12; page++) {
                bool in = page <= 9 || page == 12;

                assert_int_equal(mem_model_page(sp, page), !in     ? MEM_MODEL_OWN
                                                           : share ? MEM_MODEL_BUSY
                                                                   : MEM_MODEL_AWAY);
                assert_int_equal(mem_model_writes(sp, SPACE_VA(page)), !in || share);
            }
            assert_true(fixture_is_success(mem_reclaim(sp, handle, 0), 0, 0));
            for (uint32_t page = 5; page <= 12; page++) {
                assert_int_equal(mem_model_page(sp, page), MEM_MODEL_OWN);
                assert_true(mem_model_writes(sp, SPACE_VA(page)));
            }
        }
    }
}

static void read_only_memory_can_be_offered_read_only(void **state)
{
    (void)state;
    for (size_t k = 0; k < 2; k++) {
        // Page 2 is read-only, page 1 is code
        for (uint32_t page = 1; page <= 2; page++) {
            struct mem_desc desc = mem_desc(kinds[k], ALPHA, BETA, SPACE_VA(page), 1);

            refused(ALPHA, kinds[k], &desc, FFA_DENIED);
            desc.borrowers[0].permissions = FFA_MEM_DATA_RO;
            uint64_t handle = mem_send(ALPHA, kinds[k], &desc);
            assert_true(fixture_is_success(mem_reclaim(ALPHA, handle, 0), 0, 0));
            assert_int_equal(mem_model_executes(ALPHA, SPACE_VA(page)), page == 1);
        }
    }
}

static void several_borrowers_are_named(void **state)
{
    (void)state;
    for (size_t v = 0; v < 3; v++) {
        mem_version(NULL, versions[v]);
        for (size_t k = 0; k < 2; k++) {
            struct mem_desc desc = mem_desc(kinds[k], NULL, ALPHA, MEM_BASE, 1);
            mem_add_borrower(&desc, BETA, FFA_MEM_DATA_RO);
            mem_add_borrower(&desc, GAMMA, FFA_MEM_DATA_RW);
            uint64_t handle = mem_send(NULL, kinds[k], &desc);

            assert_true(fixture_is_success(mem_reclaim(NULL, handle, 0), 0, 0));
        }
        struct mem_desc desc = mem_desc(FFA_MEM_DONATE_32, NULL, ALPHA, MEM_BASE, 1);
        mem_add_borrower(&desc, BETA, 0);
        desc.attributes = 0;
        refused(NULL, FFA_MEM_DONATE_32, &desc, FFA_INVALID_PARAMETERS);
    }
}

static void zero_flag_wipes_what_is_lent_and_donated(void **state)
{
    (void)state;
    for (size_t k = 1; k < 3; k++) {
        struct mem_desc desc = mem_desc(kinds[k], ALPHA, BETA, SPACE_VA(7), 2);
        memset(fixture_page(ALPHA, 7), 0x77, 4096);
        memset(fixture_page(ALPHA, 8), 0x77, 4096);
        desc.flags = FFA_MEM_FLAG_ZERO;
        uint64_t handle = mem_send(ALPHA, kinds[k], &desc);

        assert_int_equal(fixture_page(ALPHA, 7)[0] | fixture_page(ALPHA, 8)[4095], 0);
        assert_true(fixture_is_success(mem_reclaim(ALPHA, handle, 0), 0, 0));
        desc = mem_desc(kinds[k], NULL, BETA, MEM_BASE, 5);
        desc.flags = FFA_MEM_FLAG_ZERO;
        uint64_t before = mem_model.wiped;
        handle = mem_send(NULL, kinds[k], &desc);
        assert_int_equal(mem_model.wiped, before + 5);
        assert_true(fixture_is_success(mem_reclaim(NULL, handle, 0), 0, 0));
        // What its owner cannot write it cannot have wiped
        desc = mem_desc(kinds[k], ALPHA, BETA, SPACE_VA(2), 1);
        desc.flags = FFA_MEM_FLAG_ZERO;
        desc.borrowers[0].permissions &= FFA_MEM_DATA_RO;
        if (k == 1) {
            desc.borrowers[0].permissions = FFA_MEM_DATA_RO;
        }
        refused(ALPHA, kinds[k], &desc, FFA_DENIED);
        // More than one call may take
        desc = mem_desc(kinds[k], NULL, BETA, MEM_BASE, SPMC_MAX_ZERO_PAGES + 1);
        desc.flags = FFA_MEM_FLAG_ZERO;
        refused(NULL, kinds[k], &desc, FFA_NO_MEMORY);
    }
}

// ---- Refusals: what the descriptor says -------------------------------------------------------------------------------

static void flags_and_handle_must_be_zero(void **state)
{
    (void)state;
    for (size_t k = 0; k < 3; k++) {
        for (uint32_t bit = 0; bit < 32; bit++) {
            struct mem_desc desc = mem_desc(kinds[k], NULL, BETA, MEM_BASE, 1);
            desc.flags = 1u << bit;
            if (bit != 0 || k == 0) {
                refused(NULL, kinds[k], &desc, FFA_INVALID_PARAMETERS);
            }
        }
        struct mem_desc desc = mem_desc(kinds[k], NULL, BETA, MEM_BASE, 1);
        desc.handle = 1;
        refused(NULL, kinds[k], &desc, FFA_INVALID_PARAMETERS);
        desc.handle = 1ull << 63;
        refused(NULL, kinds[k], &desc, FFA_INVALID_PARAMETERS);
    }
}

static void permissions_follow_the_call(void **state)
{
    (void)state;
    for (size_t k = 0; k < 3; k++) {
        for (uint32_t value = 0; value < 256; value++) {
            struct mem_desc desc = mem_desc(kinds[k], NULL, BETA, MEM_BASE, 1);
            bool legal = k == 2 ? value == 0 : value == FFA_MEM_DATA_RO || value == FFA_MEM_DATA_RW;
            desc.borrowers[0].permissions = (uint8_t)value;

            if (!legal) {
                refused(NULL, kinds[k], &desc, FFA_INVALID_PARAMETERS);
            } else {
                uint64_t handle = mem_send(NULL, kinds[k], &desc);
                assert_true(fixture_is_success(mem_reclaim(NULL, handle, 0), 0, 0));
            }
        }
    }
}

// DEN0077A "memory management attributes": what the bits of a specified one say
static int32_t attributes_code(uint32_t value)
{
    uint32_t type = value >> 4 & 3;
    uint32_t cache = value >> 2 & 3;
    uint32_t shareability = value & 3;

    if (value >> 6 != 0 || type == 0 || type == 3) {
        return FFA_INVALID_PARAMETERS;
    }
    if (type == 2 && (cache == 0 || cache == 2 || shareability == 1)) {
        return FFA_INVALID_PARAMETERS;
    }
    return value == FFA_MEM_ATTR_NORMAL ? 0 : FFA_DENIED;
}

static void attributes_follow_the_call(void **state)
{
    (void)state;
    for (uint32_t value = 0; value < 0x10000; value = value < 0x100 ? value + 1 : value * 2) {
        for (size_t k = 0; k < 3; k++) {
            struct mem_desc desc = mem_desc(kinds[k], NULL, BETA, MEM_BASE, 1);
            desc.attributes = (uint16_t)value;
            int32_t code = k == 0       ? attributes_code(value)
                           : value == 0 ? 0
                                        : FFA_INVALID_PARAMETERS;

            if (code != 0) {
                refused(NULL, kinds[k], &desc, code);
            } else {
                uint64_t handle = mem_send(NULL, kinds[k], &desc);
                assert_true(fixture_is_success(mem_reclaim(NULL, handle, 0), 0, 0));
            }
        }
        struct mem_desc desc = mem_desc(FFA_MEM_LEND_32, NULL, BETA, MEM_BASE, 1);
        mem_add_borrower(&desc, ALPHA, FFA_MEM_DATA_RO);
        desc.attributes = (uint16_t)value;
        if (attributes_code(value) != 0) {
            refused(NULL, FFA_MEM_LEND_32, &desc, attributes_code(value));
        }
    }
}

static void borrowers_must_exist_and_differ(void **state)
{
    static const uint16_t bad[] = { 0x8000, 0x8003, 0xffff, 0x7fff, 0xfffe, 1 };

    (void)state;
    for (size_t k = 0; k < 3; k++) {
        for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
            struct mem_desc desc = mem_desc(kinds[k], NULL, BETA, MEM_BASE, 1);
            desc.borrowers[0].receiver = bad[i];
            refused(NULL, kinds[k], &desc, FFA_INVALID_PARAMETERS);
            desc = mem_desc(kinds[k], ALPHA, BETA, SPACE_VA(7), 1);
            desc.borrowers[0].receiver = bad[i];
            refused(ALPHA, kinds[k], &desc, FFA_INVALID_PARAMETERS);
        }
        // Itself
        struct mem_desc desc = mem_desc(kinds[k], NULL, NULL, MEM_BASE, 1);
        refused(NULL, kinds[k], &desc, FFA_INVALID_PARAMETERS);
        desc = mem_desc(kinds[k], ALPHA, ALPHA, SPACE_VA(7), 1);
        refused(ALPHA, kinds[k], &desc, FFA_INVALID_PARAMETERS);
        // Secure memory for the normal world
        desc = mem_desc(kinds[k], ALPHA, NULL, SPACE_VA(7), 1);
        refused(ALPHA, kinds[k], &desc, FFA_DENIED);
    }
    for (size_t k = 0; k < 2; k++) {
        struct mem_desc desc = mem_desc(kinds[k], NULL, BETA, MEM_BASE, 1);
        mem_add_borrower(&desc, ALPHA, FFA_MEM_DATA_RW);
        mem_add_borrower(&desc, BETA, FFA_MEM_DATA_RO);
        refused(NULL, kinds[k], &desc, FFA_INVALID_PARAMETERS);
    }
}

static void sender_must_be_the_caller(void **state)
{
    (void)state;
    for (size_t k = 0; k < 3; k++) {
        struct mem_desc desc = mem_desc(kinds[k], ALPHA, BETA, MEM_BASE, 1);
        refused(NULL, kinds[k], &desc, FFA_DENIED);
        desc.sender = 1; // a VM, but there is no hypervisor
        refused(NULL, kinds[k], &desc, FFA_DENIED);
        desc = mem_desc(kinds[k], NULL, BETA, SPACE_VA(7), 1);
        refused(ALPHA, kinds[k], &desc, FFA_DENIED);
        desc.sender = GAMMA_ID;
        refused(ALPHA, kinds[k], &desc, FFA_DENIED);
    }
}

static void manifest_must_admit_the_sender(void **state)
{
    (void)state;
    BETA->admits[SP_MSG_MEMORY] = 0;
    for (size_t k = 0; k < 3; k++) {
        struct mem_desc desc = mem_desc(kinds[k], NULL, BETA, MEM_BASE, 1);
        refused(NULL, kinds[k], &desc, FFA_DENIED);
        desc = mem_desc(kinds[k], ALPHA, BETA, SPACE_VA(7), 1);
        refused(ALPHA, kinds[k], &desc, FFA_DENIED);
    }
    BETA->admits[SP_MSG_MEMORY] = 2; // ALPHA alone
    struct mem_desc desc = mem_desc(FFA_MEM_SHARE_32, NULL, BETA, MEM_BASE, 1);
    refused(NULL, FFA_MEM_SHARE_32, &desc, FFA_DENIED);
    desc = mem_desc(FFA_MEM_SHARE_32, ALPHA, BETA, SPACE_VA(7), 1);
    (void)mem_send(ALPHA, FFA_MEM_SHARE_32, &desc);
    // One borrower that does not is enough
    desc = mem_desc(FFA_MEM_SHARE_32, NULL, ALPHA, MEM_BASE, 1);
    mem_add_borrower(&desc, BETA, FFA_MEM_DATA_RO);
    refused(NULL, FFA_MEM_SHARE_32, &desc, FFA_DENIED);
}

static void registers_must_fit_the_buffer(void **state)
{
    (void)state;
    for (size_t k = 0; k < 6; k++) {
        struct mem_desc desc = mem_desc(kinds[k], NULL, BETA, MEM_BASE, 1);
        uint32_t length = mem_write(NULL, &desc);
        struct mem_state before = mem_state();

        // x3, x4: a buffer of the caller's; the rest MBZ
        for (unsigned int i = 3; i < 8; i++) {
            struct ffa_args args = { .x = { kinds[k], length, length } };
            args.x[i] = 1;
            assert_true(fixture_is_error(mem_call(NULL, args), FFA_INVALID_PARAMETERS));
        }
        static const int32_t off[] = { -16, -8, -1, 1, 8, 16, 32 };
        for (size_t i = 0; i < 7; i++) {
            uint32_t wrong = length + (uint32_t)off[i];

            assert_true(
                fixture_is_error(MEM(NULL, kinds[k], wrong, wrong), FFA_INVALID_PARAMETERS));
            if (off[i] < 0) {
                assert_true(
                    fixture_is_error(MEM(NULL, kinds[k], wrong, length), FFA_INVALID_PARAMETERS));
            }
        }
        assert_true(fixture_is_error(MEM(NULL, kinds[k], 0, 0), FFA_INVALID_PARAMETERS));
        assert_true(fixture_is_error(MEM(NULL, kinds[k], 4097, 4097), FFA_INVALID_PARAMETERS));
        assert_true(
            fixture_is_error(MEM(NULL, kinds[k], UINT32_MAX, UINT32_MAX), FFA_INVALID_PARAMETERS));
        assert_true(mem_unchanged(&before));
    }
    // x8 … x17 of a wide call
    mem_version(NULL, FFA_VERSION_1_2);
    struct mem_desc desc = mem_desc(FFA_MEM_SHARE_64, NULL, BETA, MEM_BASE, 1);
    uint32_t length = mem_write(NULL, &desc);
    for (unsigned int i = 8; i < 18; i++) {
        struct ffa_args args = { .x = { FFA_MEM_SHARE_64, length, length } };
        args.x[i] = 1;
        assert_true(fixture_is_error(mem_call(NULL, args), FFA_INVALID_PARAMETERS));
    }
}

static void without_buffers_nothing_can_be_offered(void **state)
{
    (void)state;
    MEM(NULL, FFA_RXTX_UNMAP);
    for (size_t k = 0; k < 6; k++) {
        assert_true(fixture_is_error(MEM(NULL, kinds[k], 112, 112), FFA_INVALID_PARAMETERS));
        assert_true(fixture_is_error(MEM(NULL, kinds[k], 0, 0), FFA_INVALID_PARAMETERS));
    }
}

// ---- Refusals: the memory ---------------------------------------------------------------------------------------------

static void ranges_must_be_pages_of_the_caller(void **state)
{
    static const struct {
        uint64_t address;
        uint32_t pages;
        int32_t code;
    } bad[] = {
        { MEM_BASE + 1, 1, FFA_INVALID_PARAMETERS },
        { MEM_BASE + 0x800, 1, FFA_INVALID_PARAMETERS },
        { UINT64_MAX - 4095, 1, FFA_INVALID_PARAMETERS },
        { UINT64_MAX - 4095, 2, FFA_INVALID_PARAMETERS },
        { 1ull << 40, 1, FFA_INVALID_PARAMETERS },
        { (1ull << 40) - 4096, 2, FFA_INVALID_PARAMETERS },
        { 1ull << 63, 1, FFA_INVALID_PARAMETERS },
        { 0, 1, FFA_DENIED },             // flash
        { 0x0e000000, 1, FFA_DENIED },    // secure RAM
        { 0x09000000, 1, FFA_DENIED },    // a device
        { NS_END - 4096, 2, FFA_DENIED }, // reaches out of the DRAM
        { NS_BASE - 4096, 2, FFA_DENIED },
        { NS_BASE, 1, FFA_DENIED },            // its TX
        { NS_BASE + 0x100000, 1, FFA_DENIED }, // its RX
    };

    (void)state;
    for (size_t k = 0; k < 3; k++) {
        for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
            struct mem_desc desc = mem_desc(kinds[k], NULL, BETA, bad[i].address, bad[i].pages);
            refused(NULL, kinds[k], &desc, bad[i].code);
            // Behind a good one: that is not kept
            desc = mem_desc(kinds[k], NULL, BETA, MEM_BASE, 4);
            mem_add_range(&desc, bad[i].address, bad[i].pages);
            refused(NULL, kinds[k], &desc, bad[i].code);
        }
        struct mem_desc desc = mem_desc(kinds[k], NULL, BETA, MEM_BASE, 1);
        desc.ranges[0].reserved = 1;
        refused(NULL, kinds[k], &desc, FFA_INVALID_PARAMETERS);
        desc = mem_desc(kinds[k], NULL, BETA, MEM_BASE, 2);
        mem_add_range(&desc, MEM_BASE + 0x10000, 0);
        refused(NULL, kinds[k], &desc, FFA_INVALID_PARAMETERS);
    }
}

static void partition_ranges_must_be_its_own(void **state)
{
    static const struct {
        uint32_t page;
        uint32_t pages;
    } denied[] = {
        { 3, 1 },             // TX
        { 4, 1 },             // RX
        { 2, 6 },             // … in the middle
        { 13, 1 },            // a region with an address
        { 12, 2 }, { 14, 1 }, // not mapped
        { 15, 5 },            // … and beyond
        { 1, 2 },             // code and data: not the same attributes
    };

    (void)state;
    for (size_t k = 0; k < 3; k++) {
        for (size_t i = 0; i < sizeof(denied) / sizeof(denied[0]); i++) {
            struct mem_desc desc =
                mem_desc(kinds[k], ALPHA, BETA, SPACE_VA(denied[i].page), denied[i].pages);
            desc.borrowers[0].permissions = k == 2 ? 0 : FFA_MEM_DATA_RO;
            refused(ALPHA, kinds[k], &desc, FFA_DENIED);
            desc = mem_desc(kinds[k], ALPHA, BETA, SPACE_VA(6), 1);
            desc.borrowers[0].permissions = k == 2 ? 0 : FFA_MEM_DATA_RO;
            mem_add_range(&desc, SPACE_VA(denied[i].page), denied[i].pages);
            // Page 6 twice where 2 … 7 is asked for
            refused(ALPHA, kinds[k], &desc, FFA_DENIED);
        }
        struct mem_desc desc = mem_desc(kinds[k], ALPHA, BETA, 1ull << 39, 1);
        refused(ALPHA, kinds[k], &desc, FFA_INVALID_PARAMETERS);
        desc = mem_desc(kinds[k], ALPHA, BETA, MEM_BASE, 1); // of the normal world
        refused(ALPHA, kinds[k], &desc, FFA_DENIED);
        desc = mem_desc(kinds[k], ALPHA, BETA, SPACE_VA(7) + 8, 1);
        refused(ALPHA, kinds[k], &desc, FFA_INVALID_PARAMETERS);
        fixture.perm[0][6] = FFA_PERM_NONE;
        desc = mem_desc(kinds[k], ALPHA, BETA, SPACE_VA(6), 1);
        refused(ALPHA, kinds[k], &desc, FFA_DENIED);
        fixture.perm[0][6] = FFA_PERM_RW;
    }
}

static void ranges_of_one_transaction_must_not_overlap(void **state)
{
    (void)state;
    for (size_t k = 0; k < 3; k++) {
        struct mem_desc desc = mem_desc(kinds[k], NULL, BETA, MEM_BASE, 4);
        mem_add_range(&desc, MEM_BASE + 0x10000, 1);
        mem_add_range(&desc, MEM_BASE + 0x3000, 1);
        refused(NULL, kinds[k], &desc, FFA_INVALID_PARAMETERS);
        desc = mem_desc(kinds[k], ALPHA, BETA, SPACE_VA(5), 2);
        mem_add_range(&desc, SPACE_VA(10), 1);
        mem_add_range(&desc, SPACE_VA(6), 3);
        refused(ALPHA, kinds[k], &desc, FFA_INVALID_PARAMETERS);
        desc = mem_desc(kinds[k], ALPHA, BETA, SPACE_VA(6), 1);
        mem_add_range(&desc, SPACE_VA(6), 1);
        refused(ALPHA, kinds[k], &desc, FFA_INVALID_PARAMETERS);
    }
}

static void pages_are_in_one_transaction_at_most(void **state)
{
    (void)state;
    for (size_t first = 0; first < 3; first++) {
        struct mem_desc ns = mem_desc(kinds[first], NULL, BETA, MEM_BASE + 0x1000, 2);
        struct mem_desc own = mem_desc(kinds[first], ALPHA, BETA, SPACE_VA(6), 2);
        uint64_t ns_handle = mem_send(NULL, kinds[first], &ns);
        uint64_t own_handle = mem_send(ALPHA, kinds[first], &own);

        for (size_t k = 0; k < 3; k++) {
            struct mem_desc desc = mem_desc(kinds[k], NULL, GAMMA, MEM_BASE + 0x2000, 1);
            refused(NULL, kinds[k], &desc, FFA_DENIED);
            desc = mem_desc(kinds[k], NULL, GAMMA, MEM_BASE, 16);
            refused(NULL, kinds[k], &desc, FFA_DENIED);
            desc = mem_desc(kinds[k], ALPHA, GAMMA, SPACE_VA(7), 1);
            refused(ALPHA, kinds[k], &desc, FFA_DENIED);
            desc = mem_desc(kinds[k], ALPHA, GAMMA, SPACE_VA(5), 8);
            refused(ALPHA, kinds[k], &desc, FFA_DENIED);
        }
        assert_true(fixture_is_success(mem_reclaim(NULL, ns_handle, 0), 0, 0));
        assert_true(fixture_is_success(mem_reclaim(ALPHA, own_handle, 0), 0, 0));
    }
}

static void page_counts_must_add_up(void **state)
{
    static const uint32_t counts[] = { 0, 1, 2, 4, 0x100000, 0x80000003, UINT32_MAX };

    (void)state;
    for (size_t v = 0; v < 3; v++) {
        mem_version(NULL, versions[v]);
        for (size_t i = 0; i < sizeof(counts) / sizeof(counts[0]); i++) {
            struct mem_desc desc = mem_desc(FFA_MEM_SHARE_32, NULL, BETA, MEM_BASE, 2);
            mem_add_range(&desc, MEM_BASE + 0x10000, 1);
            uint32_t length = mem_write(NULL, &desc);
            uint32_t composite = mem_head_size(versions[v]) + mem_access_size(versions[v]);
            struct mem_state before = mem_state();

            memcpy(mem_tx(NULL) + composite, &counts[i], 4);
            // Too many for one transaction is another code than a wrong sum
            assert_true(fixture_is_error(MEM(NULL, FFA_MEM_SHARE_32, length, length),
                                         counts[i] > SPMC_MAX_MEM_PAGES ? FFA_NO_MEMORY
                                                                        : FFA_INVALID_PARAMETERS));
            assert_true(mem_unchanged(&before));
        }
    }
    // The 32-bit sum of the ranges wraps to the right number: one range that is too long, sixteen that are legal each
    struct mem_desc desc = mem_desc(FFA_MEM_SHARE_32, NULL, BETA, MEM_BASE, 0x80000001);
    mem_add_range(&desc, MEM_BASE, 0x80000001);
    refused(NULL, FFA_MEM_SHARE_32, &desc, FFA_INVALID_PARAMETERS);
    desc = mem_desc(FFA_MEM_SHARE_32, NULL, BETA, 0, 0x10000000);
    for (uint32_t i = 1; i < 16; i++) {
        mem_add_range(&desc, 0, 0x10000000);
    }
    mem_add_range(&desc, MEM_BASE, 17);
    refused(NULL, FFA_MEM_SHARE_32, &desc, FFA_INVALID_PARAMETERS);
}

// ---- Quotas ----------------------------------------------------------------------------------------------------------

static void normal_world_has_so_many_transactions(void **state)
{
    struct mem_desc desc = mem_desc(FFA_MEM_LEND_32, NULL, BETA, MEM_BASE, 1);
    uint64_t handles[SPMC_NWD_TRANSACTIONS];

    (void)state;
    for (uint32_t i = 0; i < SPMC_NWD_TRANSACTIONS; i++) {
        desc.ranges[0].address = MEM_BASE + i * 0x1000ull;
        handles[i] = mem_send(NULL, FFA_MEM_LEND_32, &desc);
        for (uint32_t k = 0; k < i; k++) {
            assert_int_not_equal(handles[i], handles[k]);
        }
    }
    desc.ranges[0].address = MEM_BASE + 0x100000;
    refused(NULL, FFA_MEM_LEND_32, &desc, FFA_NO_MEMORY);
    // A partition has its own
    struct mem_desc own = mem_desc(FFA_MEM_LEND_32, ALPHA, BETA, SPACE_VA(7), 1);
    (void)mem_send(ALPHA, FFA_MEM_LEND_32, &own);
    assert_true(fixture_is_success(mem_reclaim(NULL, handles[7], 0), 0, 0));
    (void)mem_send(NULL, FFA_MEM_LEND_32, &desc);
}

static void partitions_have_the_quota_of_their_manifest(void **state)
{
    struct mem_desc one = mem_desc(FFA_MEM_SHARE_32, ALPHA, BETA, SPACE_VA(5), 1);
    struct mem_desc two = mem_desc(FFA_MEM_SHARE_32, ALPHA, BETA, SPACE_VA(6), 2);
    struct mem_desc three = mem_desc(FFA_MEM_SHARE_32, ALPHA, BETA, SPACE_VA(9), 1);

    (void)state;
    ALPHA->config.memory_handles = 2;
    ALPHA->config.memory_pages = 3;
    uint64_t handle = mem_send(ALPHA, FFA_MEM_SHARE_32, &one);
    uint64_t second = mem_send(ALPHA, FFA_MEM_SHARE_32, &two);
    refused(ALPHA, FFA_MEM_SHARE_32, &three, FFA_NO_MEMORY); // no handle, no page left
    assert_true(fixture_is_success(mem_reclaim(ALPHA, second, 0), 0, 0));
    (void)mem_send(ALPHA, FFA_MEM_SHARE_32, &three);
    assert_true(fixture_is_success(mem_reclaim(ALPHA, handle, 0), 0, 0));
    refused(ALPHA, FFA_MEM_LEND_32, &(struct mem_desc){ 0 }, FFA_INVALID_PARAMETERS);
    struct mem_desc big = mem_desc(FFA_MEM_LEND_32, ALPHA, BETA, SPACE_VA(5), 3);
    refused(ALPHA, FFA_MEM_LEND_32, &big, FFA_NO_MEMORY); // pages
    ALPHA->config.memory_handles = 0;
    refused(ALPHA, FFA_MEM_SHARE_32, &one, FFA_NO_MEMORY);
}

static void without_memory_nothing_is_taken(void **state)
{
    (void)state;
    for (size_t k = 0; k < 3; k++) {
        struct mem_desc ns = mem_desc(kinds[k], NULL, BETA, MEM_BASE, 1);
        struct mem_desc own = mem_desc(kinds[k], ALPHA, BETA, SPACE_VA(5), 1);
        for (uint32_t i = 1; i < 5; i++) {
            mem_add_range(&ns, MEM_BASE + i * 0x2000, 1);
        }
        mem_add_range(&own, SPACE_VA(7), 2); // two pieces
        mem_add_range(&own, SPACE_VA(10), 1);

        mem_model.pool_left = 0;
        refused(NULL, kinds[k], &ns, FFA_NO_MEMORY);
        refused(ALPHA, kinds[k], &own, FFA_NO_MEMORY);
        mem_model.pool_left = 1; // for the ranges as they come, not for the physical ones
        refused(ALPHA, kinds[k], &own, FFA_NO_MEMORY);
        mem_model.pool_left = 2;
        mem_model.takes_left = 3;
        refused(NULL, kinds[k], &ns, FFA_NO_MEMORY);
        mem_model.takes_left = 1000;
        mem_model.pool_left = 3;
        uint64_t a = mem_send(NULL, kinds[k], &ns);
        uint64_t b = mem_send(ALPHA, kinds[k], &own);
        assert_true(fixture_is_success(mem_reclaim(NULL, a, 0), 0, 0));
        assert_true(fixture_is_success(mem_reclaim(ALPHA, b, 0), 0, 0));
    }
}

// ---- FFA_MEM_RECLAIM ------------------------------------------------------------------------------------------------

static void only_the_owner_reclaims(void **state)
{
    struct mem_desc ns = mem_desc(FFA_MEM_SHARE_32, NULL, BETA, MEM_BASE, 1);
    struct mem_desc own = mem_desc(FFA_MEM_LEND_32, ALPHA, BETA, SPACE_VA(5), 1);
    uint64_t ns_handle = mem_send(NULL, FFA_MEM_SHARE_32, &ns);
    uint64_t own_handle = mem_send(ALPHA, FFA_MEM_LEND_32, &own);
    struct mem_state before = mem_state();

    (void)state;
    assert_true(fixture_is_error(mem_reclaim(ALPHA, ns_handle, 0), FFA_INVALID_PARAMETERS));
    assert_true(fixture_is_error(mem_reclaim(BETA, ns_handle, 0), FFA_INVALID_PARAMETERS));
    assert_true(fixture_is_error(mem_reclaim(BETA, own_handle, 0), FFA_INVALID_PARAMETERS));
    assert_true(fixture_is_error(mem_reclaim(NULL, own_handle, 0), FFA_INVALID_PARAMETERS));
    for (uint32_t bit = 0; bit < 64; bit++) {
        assert_true(fixture_is_error(mem_reclaim(NULL, ns_handle ^ 1ull << bit, 0),
                                     FFA_INVALID_PARAMETERS));
    }
    for (uint32_t bit = 1; bit < 32; bit++) { // time slicing and what is reserved
        assert_true(
            fixture_is_error(mem_reclaim(NULL, ns_handle, 1u << bit), FFA_INVALID_PARAMETERS));
    }
    for (unsigned int i = 4; i < 8; i++) {
        struct ffa_args args = { .x = { FFA_MEM_RECLAIM, MEM_HANDLE(ns_handle) } };
        args.x[i] = 1;
        assert_true(fixture_is_error(mem_call(NULL, args), FFA_INVALID_PARAMETERS));
    }
    assert_true(mem_unchanged(&before));
}

static void reclaim_wipes_if_asked(void **state)
{
    (void)state;
    for (size_t k = 0; k < 3; k++) {
        struct mem_desc ns = mem_desc(kinds[k], NULL, BETA, MEM_BASE, 2);
        struct mem_desc own = mem_desc(kinds[k], ALPHA, BETA, SPACE_VA(5), 1);
        struct mem_desc read_only = mem_desc(kinds[k], ALPHA, BETA, SPACE_VA(2), 1);
        struct mem_desc big =
            mem_desc(kinds[k], NULL, BETA, MEM_BASE + 0x100000, SPMC_MAX_ZERO_PAGES + 1);
        uint64_t wiped = mem_model.wiped;
        uint64_t handle = mem_send(NULL, kinds[k], &ns);

        assert_true(fixture_is_success(mem_reclaim(NULL, handle, 1), 0, 0));
        assert_int_equal(mem_model.wiped, wiped + 2);
        memset(fixture_page(ALPHA, 5), 0x5a, 4096);
        handle = mem_send(ALPHA, kinds[k], &own);
        assert_true(fixture_is_success(mem_reclaim(ALPHA, handle, 1), 0, 0));
        assert_int_equal(fixture_page(ALPHA, 5)[0] | fixture_page(ALPHA, 5)[4095], 0);
        // Its owner could not do that itself: it stays offered
        read_only.borrowers[0].permissions = k == 2 ? 0 : FFA_MEM_DATA_RO;
        handle = mem_send(ALPHA, kinds[k], &read_only);
        assert_true(fixture_is_error(mem_reclaim(ALPHA, handle, 1), FFA_DENIED));
        assert_true(fixture_is_success(mem_reclaim(ALPHA, handle, 0), 0, 0));
        handle = mem_send(NULL, kinds[k], &big);
        assert_true(fixture_is_error(mem_reclaim(NULL, handle, 1), FFA_NO_MEMORY));
        assert_true(fixture_is_success(mem_reclaim(NULL, handle, 0), 0, 0));
    }
}

static void normal_world_cannot_relinquish(void **state)
{
    (void)state;
    assert_true(fixture_is_error(MEM(NULL, FFA_MEM_RELINQUISH), FFA_NOT_SUPPORTED));
    assert_true(fixture_is_error(MEM(NULL, FFA_MEM_RETRIEVE_RESP), FFA_NOT_SUPPORTED));
    assert_true(fixture_is_error(MEM(ALPHA, FFA_MEM_RETRIEVE_RESP), FFA_NOT_SUPPORTED));
    // There are no 64-bit forms
    assert_true(fixture_is_error(MEM(NULL, FFA_MEM_RECLAIM | SMCCC_64), FFA_NOT_SUPPORTED));
    assert_true(fixture_is_error(MEM(ALPHA, FFA_MEM_RELINQUISH | SMCCC_64), FFA_NOT_SUPPORTED));
    assert_true(fixture_is_error(MEM(NULL, FFA_MEM_FRAG_TX | SMCCC_64), FFA_NOT_SUPPORTED));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(normal_world_offers_and_takes_back, reset),
        cmocka_unit_test_setup(partition_offers_and_takes_back, reset),
        cmocka_unit_test_setup(read_only_memory_can_be_offered_read_only, reset),
        cmocka_unit_test_setup(several_borrowers_are_named, reset),
        cmocka_unit_test_setup(zero_flag_wipes_what_is_lent_and_donated, reset),
        cmocka_unit_test_setup(flags_and_handle_must_be_zero, reset),
        cmocka_unit_test_setup(permissions_follow_the_call, reset),
        cmocka_unit_test_setup(attributes_follow_the_call, reset),
        cmocka_unit_test_setup(borrowers_must_exist_and_differ, reset),
        cmocka_unit_test_setup(sender_must_be_the_caller, reset),
        cmocka_unit_test_setup(manifest_must_admit_the_sender, reset),
        cmocka_unit_test_setup(registers_must_fit_the_buffer, reset),
        cmocka_unit_test_setup(without_buffers_nothing_can_be_offered, reset),
        cmocka_unit_test_setup(ranges_must_be_pages_of_the_caller, reset),
        cmocka_unit_test_setup(partition_ranges_must_be_its_own, reset),
        cmocka_unit_test_setup(ranges_of_one_transaction_must_not_overlap, reset),
        cmocka_unit_test_setup(pages_are_in_one_transaction_at_most, reset),
        cmocka_unit_test_setup(page_counts_must_add_up, reset),
        cmocka_unit_test_setup(normal_world_has_so_many_transactions, reset),
        cmocka_unit_test_setup(partitions_have_the_quota_of_their_manifest, reset),
        cmocka_unit_test_setup(without_memory_nothing_is_taken, reset),
        cmocka_unit_test_setup(only_the_owner_reclaims, reset),
        cmocka_unit_test_setup(reclaim_wipes_if_asked, reset),
        cmocka_unit_test_setup(normal_world_cannot_relinquish, reset),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
