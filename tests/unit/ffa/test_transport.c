// SPDX-License-Identifier: BSD-3-Clause
//
// ffa/client/transport_smc.c and transport_svc.c on a fake firmware: what they negotiate, and which memory a partition gets.
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "ffa/client/transport_smc.h"
#include "ffa/client/transport_svc.h"
#include "ffa_mem_abi.h"
#include "partitions/lib/sp_mem.h"

#define PAGE 4096

static struct {
    uint64_t version; // FFA_VERSION's answer
    uint64_t second;  // … to the second one; 0: the same
    bool refuse_map;
    int32_t share_error; // of FFA_MEM_SHARE; or sp_mem_share()'s
    unsigned int versions;
    unsigned int handles;
    uint64_t reclaimed;
    struct sp_mem_offer offer; // the last one
} firmware;

static uint8_t pages[6 * PAGE] __attribute__((aligned(PAGE)));
static uint8_t tx[PAGE] __attribute__((aligned(PAGE)));
static uint8_t rx[PAGE] __attribute__((aligned(PAGE)));

void smc_call(struct ffa_args *args)
{
    uint64_t function = args->x[0];
    uint64_t handle = args->x[1] | args->x[2] << 32;

    if (function == FFA_VERSION) {
        firmware.versions++;
        *args = (struct ffa_args){ .x = { firmware.versions == 2 && firmware.second != 0
                                              ? firmware.second
                                              : firmware.version } };
        return;
    }
    if (function == FFA_RXTX_MAP_64) {
        assert_int_equal(args->x[1], (uintptr_t)tx);
        assert_int_equal(args->x[2], (uintptr_t)rx);
        assert_int_equal(args->x[3], 1);
    }
    bool refused = (function == FFA_RXTX_MAP_64 && firmware.refuse_map) ||
                   (function == FFA_MEM_SHARE_32 && firmware.share_error != 0);

    memset(args, 0, sizeof(*args));
    args->x[0] = refused ? FFA_ERROR : FFA_SUCCESS_32;
    args->x[2] =
        refused ? (uint32_t)(firmware.share_error != 0 ? firmware.share_error : FFA_DENIED) : 0;
    if (function == FFA_MEM_SHARE_32 && !refused) {
        args->x[2] = ++firmware.handles;
        args->x[3] = 7;
    }
    if (function == FFA_MEM_RECLAIM) {
        firmware.reclaimed = handle;
    }
}

uint16_t sp_id(void)
{
    return 0x8005;
}

void sp_call(struct ffa_args *args)
{
    args->x[0] = FFA_SUCCESS_32;
    args->x[17]++;
}

int sp_mem_share(const struct sp_mem_offer *offer, uint64_t *handle)
{
    firmware.offer = *offer;
    *handle = 0x55;
    return firmware.share_error;
}

int sp_mem_reclaim(uint64_t handle, bool zero)
{
    firmware.reclaimed = handle;
    assert_false(zero);
    return 0;
}

static struct transport_smc smc;
static struct transport_smc_memory memory;

static int start(void **state)
{
    (void)state;
    memset(&firmware, 0, sizeof(firmware));
    firmware.version = FFA_VERSION_1_2;
    memory = (struct transport_smc_memory){
        .shared = pages,
        .shared_size = sizeof(pages),
        .partition_count = 2,
        .tx = tx,
        .rx = rx,
    };
    return 0;
}

static int init(void)
{
    return transport_smc_init(&smc, &memory);
}

static void the_older_version_is_spoken(void **state)
{
    assert_int_equal(init(), 0);
    assert_int_equal(smc.transport.version, FFA_VERSION_1_2);
    assert_int_equal(firmware.versions, 1);
    start(state);
    firmware.version = 0x10003; // a newer one takes ours
    assert_int_equal(init(), 0);
    assert_int_equal(smc.transport.version, FFA_VERSION_1_2);
    start(state);
    firmware.version = 0x10001;
    assert_int_equal(init(), 0);
    assert_int_equal(smc.transport.version, 0x10001);
    assert_int_equal(firmware.versions, 2);
    start(state);
    firmware.version = 0x10001;
    firmware.second = (uint32_t)FFA_NOT_SUPPORTED;
    assert_int_equal(init(), ERR_VERSION);
    start(state);
    firmware.version = 0x20000;
    assert_int_equal(init(), ERR_VERSION);
    start(state);
    firmware.version = (uint32_t)FFA_NOT_SUPPORTED;
    assert_int_equal(init(), ERR_NOT_SUPPORTED);
    start(state);
    firmware.refuse_map = true;
    assert_int_equal(init(), ERR_DENIED);
    start(state);
    memory.partition_count = 0;
    assert_int_equal(init(), ERR_INVALID);
    memory.partition_count = TRANSPORT_SMC_PARTITIONS + 1;
    assert_int_equal(init(), ERR_INVALID);
    assert_int_equal(firmware.versions, 0);
}

// Address and pages of the range in TX (DEN0077A 1.1, table 5.19: behind 48 + 32 + 16 bytes with FF-A 1.2)
static void assert_shared(const uint8_t *base, uint32_t page_count)
{
    struct ffa_mem_range range;

    memcpy(&range,
           tx + sizeof(struct ffa_mem_transaction) + FFA_MEM_ACCESS_SIZE_1_2 +
               sizeof(struct ffa_mem_composite),
           sizeof(range));
    assert_int_equal(range.address, (uintptr_t)base);
    assert_int_equal(range.page_count, page_count);
}

static void each_partition_gets_a_slice(void **state)
{
    struct ffa_shared got[3];

    (void)state;
    assert_int_equal(init(), 0);
    struct ffa_transport *t = &smc.transport;

    assert_int_equal(t->share(t, 0x8002, &got[0]), 0);
    assert_shared(pages, 3);
    assert_ptr_equal(got[0].base, pages);
    assert_int_equal(got[0].size, 3 * PAGE);
    assert_int_equal(got[0].handle, 0x700000001);
    assert_int_equal(t->share(t, 0x8003, &got[1]), 0);
    assert_shared(pages + 3 * PAGE, 3);
    assert_ptr_equal(got[1].base, pages + 3 * PAGE);
    assert_int_equal(t->share(t, 0x8004, &got[2]), ERR_NO_MEMORY);
    assert_int_equal(t->reclaim(t, got[0].handle), 0);
    assert_int_equal(firmware.reclaimed, got[0].handle);
    assert_int_equal(t->share(t, 0x8004, &got[2]), 0);
    assert_ptr_equal(got[2].base, pages);
    assert_int_equal(t->reclaim(t, got[1].handle), 0);
    firmware.share_error = FFA_DENIED;
    assert_int_equal(t->share(t, 0x8002, &got[1]), ERR_DENIED);
    firmware.share_error = 0;
    assert_int_equal(t->share(t, 0x8002, &got[1]), 0); // the slice was not lost
}

static void slices_are_whole_pages(void **state)
{
    struct ffa_shared got;

    (void)state;
    memory.partition_count = 4;
    assert_int_equal(init(), 0);
    assert_int_equal(smc.transport.share(&smc.transport, 0x8002, &got), 0);
    assert_int_equal(got.size, PAGE);
    start(NULL);
    memory.shared_size = PAGE;
    assert_int_equal(init(), 0);
    assert_int_equal(smc.transport.share(&smc.transport, 0x8002, &got), ERR_NO_MEMORY);
}

static void a_partition_shares_its_own_pages(void **state)
{
    struct transport_svc svc;
    struct ffa_args args = { .x = { FFA_ID_GET } };
    struct ffa_shared got;

    (void)state;
    assert_int_equal(transport_svc_init(&svc, pages, 2 * PAGE), 0);
    struct ffa_transport *t = &svc.transport;

    assert_int_equal(t->id, 0x8005);
    t->call(t, &args);
    assert_int_equal(args.x[17], 1);
    assert_int_equal(t->share(t, 0x8002, &got), 0);
    assert_ptr_equal(firmware.offer.base, pages);
    assert_int_equal(firmware.offer.page_count, 2);
    assert_int_equal(firmware.offer.borrower_count, 1);
    assert_int_equal(firmware.offer.borrowers[0].id, 0x8002);
    assert_true(firmware.offer.borrowers[0].writable);
    assert_int_equal(firmware.offer.tag, 0);
    assert_ptr_equal(got.base, pages);
    assert_int_equal(got.size, 2 * PAGE);
    assert_int_equal(got.handle, 0x55);
    assert_int_equal(t->reclaim(t, 0x55), 0);
    assert_int_equal(firmware.reclaimed, 0x55);
    firmware.share_error = ERR_NO_MEMORY;
    assert_int_equal(t->share(t, 0x8002, &got), ERR_NO_MEMORY);
    assert_int_equal(transport_svc_init(&svc, pages, 0), ERR_INVALID);
    assert_int_equal(transport_svc_init(&svc, pages, PAGE + 1), ERR_INVALID);
    assert_int_equal(transport_svc_init(&svc, pages + 8, PAGE), ERR_INVALID);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(the_older_version_is_spoken, start),
        cmocka_unit_test_setup(each_partition_gets_a_slice, start),
        cmocka_unit_test_setup(slices_are_whole_pages, start),
        cmocka_unit_test_setup(a_partition_shares_its_own_pages, start),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
