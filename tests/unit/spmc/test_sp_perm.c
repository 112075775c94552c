// SPDX-License-Identifier: BSD-3-Clause
//
// FFA_MEM_PERM_GET and FFA_MEM_PERM_SET (spmc/sp_perm.c): only while a partition initialises, only on its own pages, W^X,
// all or nothing, never on the pages of its RX/TX buffers. Expected values: DEN0077A "Memory permission".
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "spmc_fixture.h"

#define GET FFA_MEM_PERM_GET_64
#define SET FFA_MEM_PERM_SET_64

static int reset(void **state)
{
    (void)state;
    fixture_reset();
    fixture_enter(ALPHA, SP_MODEL_INIT);
    return 0;
}

static bool page_has(uint32_t page, uint32_t perm)
{
    SP(ALPHA, GET, SPACE_VA(page));
    return fixture_is_success(ALPHA->ctx.x, perm, 0);
}

static void get(void **state)
{
    (void)state;
    assert_true(page_has(0, 3)); // read-only, executable
    assert_true(page_has(2, 7)); // read-only
    assert_true(page_has(5, 5)); // read-write
}

static void get_refusals(void **state)
{
    (void)state;
    SP(ALPHA, GET, SPACE_VA(14));
    assert_true(fixture_is_error(ALPHA->ctx.x, FFA_INVALID_PARAMETERS));
    SP(ALPHA, GET, SPACE_VA(3) + 4);
    assert_true(fixture_is_error(ALPHA->ctx.x, FFA_INVALID_PARAMETERS));
    SP(ALPHA, GET, 0xffffff800e020000);
    assert_true(fixture_is_error(ALPHA->ctx.x, FFA_INVALID_PARAMETERS));
    for (unsigned int i = 2; i < 18; i++) {
        struct ffa_args args = { .x = { GET, SPACE_VA(3) } };

        args.x[i] = 1; // w2, a page count, is of 1.3
        fixture_from_sp(0, ALPHA, args);
        assert_true(fixture_is_error(ALPHA->ctx.x, FFA_INVALID_PARAMETERS));
    }
}

static void set(void **state)
{
    static const uint32_t legal[] = { 3, 5, 7, 4 }; // RX, RW, RO, none

    (void)state;
    for (unsigned int i = 0; i < 4; i++) {
        SP(ALPHA, SET, SPACE_VA(5), 2, legal[i]);
        assert_true(fixture_is_success(ALPHA->ctx.x, 0, 0));
        assert_true(page_has(4, 5) && page_has(5, legal[i]) && page_has(6, legal[i]) &&
                    page_has(7, 5));
    }
}

static void values_that_are_not_legal(void **state)
{
    (void)state;
    for (uint64_t perm = 0; perm < 64; perm++) {
        if (perm == 3 || perm == 5 || perm == 7 || perm == 4) {
            continue; // 1: write and execute; 0: no access but execute; 2, 6: reserved; from 8 on reserved bits
        }
        SP(ALPHA, SET, SPACE_VA(5), 1, perm);
        assert_true(fixture_is_error(ALPHA->ctx.x, FFA_INVALID_PARAMETERS));
    }
    SP(ALPHA, SET, SPACE_VA(5), 1, 0x80000005);
    assert_true(fixture_is_error(ALPHA->ctx.x, FFA_INVALID_PARAMETERS));
    SP(ALPHA, SET, SPACE_VA(5), 1, 0x100000005);
    assert_true(fixture_is_error(ALPHA->ctx.x, FFA_INVALID_PARAMETERS));
    assert_true(page_has(5, 5));
}

static void set_refusals(void **state)
{
    static const struct {
        const char *what;
        uint64_t va, count;
    } bad[] = {
        { "no pages", SPACE_VA(5), 0 },
        { "more than the most", SPACE_VA(5), SPMC_MAX_PERM_PAGES + 1 },
        { "a count that does not fit 32 bits", SPACE_VA(5), 1ull << 32 | 1 },
        { "not aligned", SPACE_VA(5) + 0x10, 1 },
        { "not mapped", SPACE_VA(14), 1 },
        { "ends in nothing", SPACE_VA(12), 3 },
        { "begins before anything", SPACE_VA(0) - 0x1000, 2 },
        { "not its own", SPACE_VA(13), 1 },
        { "ends in what is not its own", SPACE_VA(11), 3 },
        { "wraps", 0xfffffffffffff000, 2 },
        { "the high half", 0xffffff800e020000, 1 },
    };

    (void)state;
    for (unsigned int i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        SP(ALPHA, SET, bad[i].va, bad[i].count, FFA_PERM_RO);
        if (!fixture_is_error(ALPHA->ctx.x, FFA_INVALID_PARAMETERS)) {
            fail_msg("%s", bad[i].what);
        }
    }
    for (unsigned int i = 4; i < 18; i++) {
        struct ffa_args args = { .x = { SET, SPACE_VA(5), 1, FFA_PERM_RO } };

        args.x[i] = 1;
        fixture_from_sp(0, ALPHA, args);
        assert_true(fixture_is_error(ALPHA->ctx.x, FFA_INVALID_PARAMETERS));
    }
    for (uint32_t page = 3; page < 13; page++) {
        assert_true(page_has(page, FFA_PERM_RW)); // nothing of all that was done
    }
}

static void denied_after_the_init(void **state)
{
    (void)state;
    SP(ALPHA, FFA_MSG_WAIT);
    for (unsigned int model = SP_MODEL_RUN; model <= SP_MODEL_DIRECT; model++) {
        fixture_enter(ALPHA, (enum sp_model)model);
        SP(ALPHA, GET, SPACE_VA(5));
        assert_true(fixture_is_error(ALPHA->ctx.x, FFA_DENIED));
        SP(ALPHA, SET, SPACE_VA(5), 1, FFA_PERM_RO);
        assert_true(fixture_is_error(ALPHA->ctx.x, FFA_DENIED));
        SP(ALPHA, FFA_YIELD);
        NWD(FFA_RUN, IDS(ALPHA_ID, 0));
        SP(ALPHA, SET, SPACE_VA(5), 1, FFA_PERM_RO); // nor by way of another state
        assert_true(fixture_is_error(ALPHA->ctx.x, FFA_DENIED));
        if (model == SP_MODEL_RUN) {
            SP(ALPHA, FFA_MSG_WAIT);
        }
    }
    assert_int_equal(fixture.perm[0][5], FFA_PERM_RW);
}

// DEN0077A "RX/TX buffers": while they are mapped the pages are shared with the SPMC; their permissions stay. Else RX,
// which the SPMC writes, could become code.
static void pages_of_rx_and_tx_keep_their_permissions(void **state)
{
    (void)state;
    SP(ALPHA, FFA_RXTX_MAP_64, SPACE_VA(4), SPACE_VA(9), 2); // TX 4, 5; RX 9, 10
    assert_true(fixture_is_success(ALPHA->ctx.x, 0, 0));
    for (uint32_t page = 3; page < 12; page++) {
        bool buffer = page == 4 || page == 5 || page == 9 || page == 10;

        SP(ALPHA, SET, SPACE_VA(page), 1, FFA_PERM_RX);
        if (buffer ? !fixture_is_error(ALPHA->ctx.x, FFA_INVALID_PARAMETERS)
                   : !fixture_is_success(ALPHA->ctx.x, 0, 0)) {
            fail_msg("page %u", page);
        }
        assert_int_equal(fixture.perm[0][page], buffer ? FFA_PERM_RW : FFA_PERM_RX);
    }
    SP(ALPHA, SET, SPACE_VA(3), 9, FFA_PERM_RO); // around both
    assert_true(fixture_is_error(ALPHA->ctx.x, FFA_INVALID_PARAMETERS));
    SP(ALPHA, SET, SPACE_VA(8), 2, FFA_PERM_RO); // ends in one
    assert_true(fixture_is_error(ALPHA->ctx.x, FFA_INVALID_PARAMETERS));
    SP(ALPHA, FFA_RXTX_UNMAP);
    SP(ALPHA, SET, SPACE_VA(3), 9, FFA_PERM_RO);
    assert_true(fixture_is_success(ALPHA->ctx.x, 0, 0));
}

static void width_32(void **state)
{
    (void)state;
    // No address of this space fits 32 bits: the arguments are cut, nothing else happens
    SP(ALPHA, FFA_MEM_PERM_SET_32, SPACE_VA(5), 1, FFA_PERM_RO);
    assert_true(fixture_is_error(ALPHA->ctx.x, FFA_INVALID_PARAMETERS));
    assert_true(page_has(5, FFA_PERM_RW));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(get, reset),
        cmocka_unit_test_setup(get_refusals, reset),
        cmocka_unit_test_setup(set, reset),
        cmocka_unit_test_setup(values_that_are_not_legal, reset),
        cmocka_unit_test_setup(set_refusals, reset),
        cmocka_unit_test_setup(denied_after_the_init, reset),
        cmocka_unit_test_setup(pages_of_rx_and_tx_keep_their_permissions, reset),
        cmocka_unit_test_setup(width_32, reset),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
