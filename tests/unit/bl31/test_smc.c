// SPDX-License-Identifier: BSD-3-Clause
//
// The SMC table as bl31_vectors.S uses it: which service gets which call of which world. The services are stand-ins
// that note the call; ranges are those of DEN0028 (owners, table 2-1), DEN0022, DEN0098 and DEN0077A (numbers).
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "bl31/bl31_private.h"
#include "bl31/psci/psci.h"
#include "bl31/smc.h"
#include "bl31/spmd/spmd.h"
#include "smccc.h"

#define MINUS_ONE 0xffffffffffffffffull
#define SERVED 0x5e44edull

enum service { NOBODY, ARCH, PSCI, TRNG, FFA_NORMAL, FFA_SPMC, ROLLBACK };

static struct core core;
static enum service served_by;
static uint64_t served_fid;

static uint64_t serve(enum service service, uint64_t fid, const uint64_t *x1_to_x3,
                      const struct smc_frame *frame)
{
    served_by = service;
    served_fid = fid;
    for (unsigned int i = 0; i < 3; i++) {
        assert_int_equal(x1_to_x3[i], 0x1001 + i);
        assert_int_equal(frame->x[1 + i], 0x1001 + i);
    }
    return SERVED;
}

#define SERVICE(name, service)                                                                  \
    uint64_t name(uint64_t fid, uint64_t x1, uint64_t x2, uint64_t x3, struct smc_frame *frame) \
    {                                                                                           \
        return serve(service, fid, (const uint64_t[]){ x1, x2, x3 }, frame);                    \
    }

SERVICE(arch_smc, ARCH)
SERVICE(psci_smc, PSCI)
SERVICE(trng_smc, TRNG)
SERVICE(spmd_from_normal, FFA_NORMAL)
SERVICE(spmd_from_spmc, FFA_SPMC)
SERVICE(rollback_smc, ROLLBACK)

// What lower_sync does with a fast call. Whom it went to; NOBODY: x0 = −1 and no register changed.
static enum service smc(unsigned int world, uint64_t fid)
{
    struct smc_frame *frame = world == SMC_NORMAL ? &core.normal.frame : &core.secure;
    uint64_t result;

    for (unsigned int i = 0; i < 18; i++) {
        frame->x[i] = 0x1000 + i;
    }
    frame->x[0] = fid;
    served_by = NOBODY;
    fid &= ~(uint64_t)SMCCC_SVE_HINT & 0xffffffff;
    result = smc_owners[world][(fid >> SMCCC_OWNER_SHIFT) & SMCCC_OWNER_MASK](fid, 0x1001, 0x1002,
                                                                              0x1003, frame);
    if (served_by == NOBODY) {
        assert_int_equal(result, MINUS_ONE);
    } else {
        assert_int_equal(result, SERVED);
        assert_int_equal(served_fid, fid);
    }
    for (unsigned int i = 1; i < 18; i++) {
        assert_int_equal(frame->x[i], 0x1000 + i);
    }
    return served_by;
}

static void every_owner_of_both_worlds_has_a_handler(void **state)
{
    (void)state;
    for (unsigned int owner = 0; owner < SMC_OWNERS; owner++) {
        assert_non_null(smc_owners[SMC_SECURE][owner]);
        assert_non_null(smc_owners[SMC_NORMAL][owner]);
    }
}

static void owners_that_nobody_serves_answer_minus_one_and_keep_registers(void **state)
{
    (void)state;
    for (uint64_t owner = 1; owner < SMC_OWNERS; owner++) {
        if (owner == SMCCC_OWNER_STD) {
            continue;
        }
        for (unsigned int world = 0; world < SMC_WORLDS; world++) {
            if (owner == SMCCC_OWNER_SIP && world == SMC_SECURE) {
                continue;
            }
            uint64_t fid = SMCCC_FAST | owner << SMCCC_OWNER_SHIFT;

            assert_int_equal(smc(world, fid), NOBODY);
            assert_int_equal(smc(world, fid | SMCCC_64 | 5), NOBODY);
            assert_int_equal(smc(world, fid | 0x84), NOBODY);
        }
    }
}

static void the_architecture_range_is_for_both_worlds(void **state)
{
    (void)state;
    for (unsigned int world = 0; world < SMC_WORLDS; world++) {
        assert_int_equal(smc(world, 0x80000000), ARCH);
        assert_int_equal(smc(world, 0x80010001), ARCH); // with the SVE hint
        assert_int_equal(smc(world, 0xdead0000c000ffff & ~0x10000ull), ARCH);
    }
}

// The rollback counter: of the secure world alone
static void the_sip_range_is_the_spmcs(void **state)
{
    (void)state;
    assert_int_equal(smc(SMC_SECURE, 0x82000043), ROLLBACK);
    assert_int_equal(smc(SMC_SECURE, 0x82000044), ROLLBACK);
    assert_int_equal(smc(SMC_NORMAL, 0x82000043), NOBODY);
    assert_int_equal(smc(SMC_NORMAL, 0x82000044), NOBODY);
    assert_int_equal(smc(SMC_NORMAL, 0xc2000043), NOBODY);
}

// Number by number: who is at home there
static enum service at_home(unsigned int world, uint64_t number)
{
    if (number >= 0x60 && number <= 0xff) {
        return world == SMC_NORMAL ? FFA_NORMAL : FFA_SPMC;
    }
    if (world == SMC_NORMAL && number <= 0x1f) {
        return PSCI;
    }
    if (world == SMC_NORMAL && number >= 0x50 && number <= 0x5f) {
        return TRNG;
    }
    return NOBODY;
}

static void the_standard_range_is_shared_by_number(void **state)
{
    (void)state;
    for (unsigned int world = 0; world < SMC_WORLDS; world++) {
        for (uint64_t number = 0; number <= 0xffff; number++) {
            // The one power call of the SPMC: PSCI_SYSTEM_RESET, for a partition that must not be missing
            bool reset = world == SMC_SECURE && number == 9;
            assert_int_equal(smc(world, 0x84000000 | number),
                             reset ? PSCI : at_home(world, number));
            assert_int_equal(smc(world, 0xc4000000 | number), at_home(world, number));
        }
    }
}

// DEN0028: bits 23:17 of a fast call must be zero
static void reserved_bits_make_a_standard_call_unknown(void **state)
{
    static const uint64_t numbers[] = { 0x00, 0x1f, 0x50, 0x60, 0x69, 0xff };

    (void)state;
    for (unsigned int bit = 17; bit < 24; bit++) {
        for (unsigned int i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++) {
            assert_int_equal(smc(SMC_NORMAL, 0x84000000ull | 1u << bit | numbers[i]), NOBODY);
            assert_int_equal(smc(SMC_SECURE, 0xc4000000ull | 1u << bit | numbers[i]), NOBODY);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_owner_of_both_worlds_has_a_handler),
        cmocka_unit_test(owners_that_nobody_serves_answer_minus_one_and_keep_registers),
        cmocka_unit_test(the_architecture_range_is_for_both_worlds),
        cmocka_unit_test(the_sip_range_is_the_spmcs),
        cmocka_unit_test(the_standard_range_is_shared_by_number),
        cmocka_unit_test(reserved_bits_make_a_standard_call_unknown),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
