// SPDX-License-Identifier: BSD-3-Clause
//
// RX/TX buffers and partition discovery from the normal world: FFA_RXTX_MAP/UNMAP, FFA_RX_RELEASE,
// FFA_PARTITION_INFO_GET and _REGS. Every case starts from a machine without mapped buffers.
#include <string.h>

#include "platform/boards/qemu_virt/board.h"
#include "tests/target/target.h"

#define TX MB_PAGES_BASE
#define RX (MB_PAGES_BASE + 0x10000)
#define PAGE 0x1000
#define DRAM_END 0x1000000000 // stands for the end of the machine's DRAM in the table below

static const uint32_t echo_uuid[4] = { 0x3ea8b1ef, 0xe944fb32, 0x463b7d8c, 0x60cd31fc };
static const uint32_t peer_uuid[4] = { 0xa3d20a6f, 0x1c4d435b, 0x1e3c6e9a, 0x012b5d5f };

static int ready(void **state)
{
    (void)state;
    target_machine(NULL);
    return 0;
}

// Setup of every case: version 1.2 on this machine, nothing mapped
static int unmapped(void **state)
{
    (void)state;
    ready(NULL);
    target_version(FFA_VERSION_1_2);
    (void)call(FFA_RX_RELEASE);
    (void)call(FFA_RXTX_UNMAP);
    return 0;
}

static void map(void)
{
    struct ffa_args a = call(FFA_RXTX_MAP_64, TX, RX, 1);
    assert_ffa_success(a, 0, 0);
}

static struct ffa_args info_get(const uint32_t uuid[4], uint32_t flags)
{
    return call(FFA_PARTITION_INFO_GET, uuid[0], uuid[1], uuid[2], uuid[3], flags);
}

static const uint32_t nil[4];

static void buffers_map_and_unmap_in_both_widths(void **state)
{
    (void)state;
    for (unsigned int wide = 0; wide < 2; wide++) {
        struct ffa_args a = call(wide != 0 ? FFA_RXTX_MAP_64 : FFA_RXTX_MAP_32, TX, RX, 1);
        assert_ffa_success(a, 0, 0);
        a = call(FFA_RXTX_UNMAP);
        assert_ffa_success(a, 0, 0);
    }
}

static void the_upper_half_of_a_32_bit_call_is_ignored(void **state)
{
    (void)state;
    struct ffa_args a =
        call(FFA_RXTX_MAP_32, 0xdead000000000000 | TX, 0xbeef000000000000 | RX, 0x100000001);
    assert_ffa_success(a, 0, 0);
}

static void mapping_twice_is_denied(void **state)
{
    (void)state;
    map();
    struct ffa_args a = call(FFA_RXTX_MAP_64, TX, RX, 1);
    assert_ffa_error(a, FFA_DENIED);
    a = call(FFA_RXTX_MAP_64, TX + 0x20000, RX + 0x20000, 1);
    assert_ffa_error(a, FFA_DENIED);
}

static void unmapping_nothing_is_invalid(void **state)
{
    (void)state;
    struct ffa_args a = call(FFA_RXTX_UNMAP);
    assert_ffa_error(a, FFA_INVALID_PARAMETERS);
}

static void unmapping_for_another_endpoint_is_invalid(void **state)
{
    (void)state;
    map();
    struct ffa_args a = call(FFA_RXTX_UNMAP, (uint64_t)ECHO_ID << 16);
    assert_ffa_error(a, FFA_INVALID_PARAMETERS);
    a = call(FFA_RXTX_UNMAP, 1);
    assert_ffa_error(a, FFA_INVALID_PARAMETERS);
    a = call(FFA_RXTX_UNMAP, (uint64_t)FFA_ID_NWD << 16);
    assert_ffa_success(a, 0, 0);
}

static void bad_buffers_are_invalid(void **state)
{
    static const struct {
        uint64_t tx, rx, pages;
        const char *why;
    } bad[] = {
        { TX, RX, 0, "no pages" },
        { TX, RX, 64, "reserved bits of the page count" },
        { TX, RX, 0x80000001, "reserved bits of the page count" },
        { TX + 1, RX, 1, "TX unaligned" },
        { TX + 0x800, RX, 1, "TX unaligned" },
        { TX, RX + 8, 1, "RX unaligned" },
        { TX, TX, 1, "the same page" },
        { TX, TX + PAGE, 2, "overlap" },
        { TX + PAGE, TX, 2, "overlap" },
        { 0x0e000000, RX, 1, "TX in BL31" },
        { TX, SPMC_BASE, 1, "RX in the SPMC" },
        { TX, PAGE_POOL_BASE, 1, "RX in a partition's memory" },
        { FLASH_BASE, RX, 1, "TX in the secure flash" },
        { TX, UART_SECURE_BASE, 1, "RX on a device" },
        { UART_NS_BASE, RX, 1, "TX on a device" },
        { 0x04000000, RX, 1, "TX in the normal world's flash" },
        { TX, DRAM_END, 1, "RX behind the end of DRAM" },
        { TX, DRAM_END - PAGE, 2, "RX over the end of DRAM" },
        { 0xfffffffffffff000, RX, 1, "TX at the end of the address space" },
        { TX, 0xfffffffffffff000, 2, "RX wraps" },
        { TX | 1ull << 52, RX, 1, "TX beyond the physical address space" },
    };

    uint64_t end = NS_DRAM_BASE + ((uint64_t)target_options().memory_mib << 20);

    (void)state;
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        print_message("%s\n", bad[i].why);
        uint64_t rx = bad[i].rx >= DRAM_END - PAGE && bad[i].rx <= DRAM_END
                          ? bad[i].rx - DRAM_END + end
                          : bad[i].rx;
        struct ffa_args a = call(FFA_RXTX_MAP_64, bad[i].tx, rx, bad[i].pages);
        assert_ffa_error(a, FFA_INVALID_PARAMETERS);
    }
    map(); // nothing of it stayed
}

static void reserved_registers_of_map_must_be_zero(void **state)
{
    (void)state;
    for (unsigned int i = 4; i < 8; i++) {
        struct ffa_args a = { .x = { FFA_RXTX_MAP_64, TX, RX, 1 } };
        a.x[i] = 1;
        target_call_all(&a);
        assert_ffa_error(a, FFA_INVALID_PARAMETERS);
    }
}

static void the_page_limit_is_what_features_says(void **state)
{
    (void)state;
    uint64_t limit = call(FFA_FEATURES, FFA_RXTX_MAP_64).x[2] >> 16;

    if (limit == 0) {
        skip_because("FFA_FEATURES reports no limit");
    }
    struct ffa_args a = call(FFA_RXTX_MAP_64, TX, RX, limit + 1);
    assert_ffa_error(a, FFA_INVALID_PARAMETERS);
    a = call(FFA_RXTX_MAP_64, TX, RX, limit);
    assert_ffa_success(a, 0, 0);
}

static void releasing_an_empty_rx_is_denied(void **state)
{
    (void)state;
    map();
    struct ffa_args a = call(FFA_RX_RELEASE);
    assert_ffa_error(a, FFA_DENIED);
}

static void partition_info_fills_rx_and_gives_it_away(void **state)
{
    const struct ffa_partition_info *info;

    (void)state;
    map();
    memset(h_memory(machine, RX, PAGE), 0xa5, PAGE);
    struct ffa_args a = info_get(nil, 0);
    assert_ffa_function(a, FFA_SUCCESS_32);
    uint64_t count = a.x[2];
    assert_true(count >= 5); // echo, crypto, peer1, peer2 with two UUIDs
    assert_ffa_success(a, count, sizeof(*info));
    info = h_memory(machine, RX, PAGE);
    unsigned int echo = 0;
    for (uint64_t i = 0; i < count; i++) {
        assert_true(info[i].id > FFA_ID_SPMC && info[i].id < FFA_ID_SPMD);
        assert_int_equal(info[i].execution_context_count, 1);
        assert_int_equal(info[i].properties & FFA_PROP_AARCH64, FFA_PROP_AARCH64);
        assert_int_equal(info[i].properties & FFA_PROP_DIRECT_SEND,
                         0); // nobody can send to the normal world
        if (memcmp(info[i].uuid, echo_uuid, sizeof(echo_uuid)) == 0) {
            assert_int_equal(info[i].id, ECHO_ID);
            assert_int_equal(info[i].properties & FFA_PROP_DIRECT_RECV, FFA_PROP_DIRECT_RECV);
            echo++;
        }
    }
    assert_int_equal(echo, 1);
    const uint8_t *rest = (const uint8_t *)&info[count];
    for (const uint8_t *p = rest; p < (const uint8_t *)info + PAGE; p++) {
        assert_true(*p == 0 || *p == 0xa5); // nothing of the SPMC's behind the descriptors
    }
    a = info_get(nil, 0); // not released yet
    assert_ffa_error(a, FFA_BUSY);
    a = call(FFA_RX_RELEASE);
    assert_ffa_success(a, 0, 0);
    a = call(FFA_RX_RELEASE);
    assert_ffa_error(a, FFA_DENIED);
    a = info_get(nil, 0);
    assert_ffa_function(a, FFA_SUCCESS_32);
}

static void partition_info_for_a_uuid_gives_that_partition_without_uuid(void **state)
{
    (void)state;
    map();
    struct ffa_args a = info_get(echo_uuid, 0);
    assert_ffa_success(a, 1, sizeof(struct ffa_partition_info));
    const struct ffa_partition_info *info = h_memory(machine, RX, PAGE);
    assert_int_equal(info->id, ECHO_ID);
    assert_memory_equal(info->uuid, nil, sizeof(nil));
    (void)call(FFA_RX_RELEASE);
    a = info_get(peer_uuid, 0); // two partitions have it
    assert_ffa_success(a, 2, sizeof(struct ffa_partition_info));
    info = h_memory(machine, RX, PAGE);
    assert_int_equal(info[0].id, PEER1_ID);
    assert_int_equal(info[1].id, PEER2_ID);
}

static void partition_count_needs_no_buffer(void **state)
{
    (void)state;
    struct ffa_args a = info_get(nil, 1);
    assert_ffa_function(a, FFA_SUCCESS_32);
    assert_true(a.x[2] >= 5);
    assert_ffa_success(a, a.x[2], 0);
    a = info_get(echo_uuid, 1);
    assert_ffa_success(a, 1, 0);
    map();
    a = info_get(nil, 1);
    assert_ffa_function(a, FFA_SUCCESS_32);
    a = call(FFA_RX_RELEASE); // a count does not fill RX
    assert_ffa_error(a, FFA_DENIED);
}

static void partition_info_errors(void **state)
{
    static const uint32_t unknown[4] = { 1, 2, 3, 4 };

    (void)state;
    struct ffa_args a = info_get(nil, 0); // no RX buffer
    assert_ffa_error(a, FFA_BUSY);
    map();
    a = info_get(unknown, 0);
    assert_ffa_error(a, FFA_INVALID_PARAMETERS);
    a = info_get(unknown, 1);
    assert_ffa_error(a, FFA_INVALID_PARAMETERS);
    a = info_get(nil, 2);
    assert_ffa_error(a, FFA_INVALID_PARAMETERS);
    a = info_get(nil, 0x80000000);
    assert_ffa_error(a, FFA_INVALID_PARAMETERS);
    a = call(FFA_PARTITION_INFO_GET, 0, 0, 0, 0, 0, 1);
    assert_ffa_error(a, FFA_INVALID_PARAMETERS);
    a = call(FFA_PARTITION_INFO_GET, 0, 0, 0, 0, 0, 0, 1);
    assert_ffa_error(a, FFA_INVALID_PARAMETERS);
    a = call(FFA_RX_RELEASE); // none of it filled RX
    assert_ffa_error(a, FFA_DENIED);
}

static void unmapping_gives_rx_back(void **state)
{
    (void)state;
    map();
    (void)info_get(nil, 0);
    struct ffa_args a = call(FFA_RXTX_UNMAP);
    assert_ffa_success(a, 0, 0);
    map();
    a = info_get(nil, 0);
    assert_ffa_function(a, FFA_SUCCESS_32);
}

// Walks the list with _REGS and compares it with what _GET wrote into RX
static void regs_list_the_same_as_rx(void **state)
{
    struct ffa_partition_info from_regs[32];
    uint64_t start = 0;
    uint64_t tag = 0;
    uint64_t last;

    (void)state;
    map();
    struct ffa_args a = info_get(nil, 0);
    uint64_t count = a.x[2];
    do {
        a = call(FFA_PARTITION_INFO_GET_REGS, 0, 0, tag << 16 | start);
        assert_ffa_function(a, FFA_SUCCESS_64);
        assert_int_equal(a.x[1], 0);
        last = a.x[2] & 0xffff;
        uint64_t current = a.x[2] >> 16 & 0xffff;
        tag = a.x[2] >> 32 & 0xffff;
        assert_int_equal(a.x[2] >> 48, sizeof(struct ffa_partition_info));
        assert_int_equal(last, count - 1);
        assert_true(current >= start && current <= last && current - start < 5 && current < 32);
        memcpy(&from_regs[start], &a.x[3], (current - start + 1) * sizeof(from_regs[0]));
        for (uint64_t i = 3 + 3 * (current - start + 1); i < 18; i++) {
            assert_int_equal(a.x[i], 0);
        }
        start = current + 1;
    } while (start <= last);
    assert_memory_equal(from_regs, h_memory(machine, RX, PAGE), count * sizeof(from_regs[0]));
}

static void regs_errors(void **state)
{
    (void)state;
    struct ffa_args a = call(FFA_PARTITION_INFO_GET_REGS, 1, 2);
    assert_ffa_error(a, FFA_INVALID_PARAMETERS); // unknown UUID
    a = call(FFA_PARTITION_INFO_GET_REGS, 0, 0, 1000);
    assert_ffa_error(a, FFA_INVALID_PARAMETERS); // start behind the end
    a = call(FFA_PARTITION_INFO_GET_REGS, 0, 0, 0x100000000);
    assert_ffa_error(a, FFA_INVALID_PARAMETERS);
    for (unsigned int i = 4; i < 18; i++) {
        a = (struct ffa_args){ .x = { FFA_PARTITION_INFO_GET_REGS } };
        a.x[i] = 1;
        target_call_all(&a);
        assert_ffa_error(a, FFA_INVALID_PARAMETERS);
    }
    a = call(FFA_PARTITION_INFO_GET_REGS, 0, 0, 0);
    uint64_t tag = a.x[2] >> 32 & 0xffff;
    a = call(FFA_PARTITION_INFO_GET_REGS, 0, 0, (tag ^ 0x1234) << 16 | 1);
    assert_ffa_error(a, FFA_RETRY); // the list is another one now, says the tag
}

// Nothing is used up by calls that fail, nor by mapping again and again
static void calls_without_end_use_nothing_up(void **state)
{
    static const struct ffa_args failing[] = {
        { .x = { FFA_RXTX_MAP_64, TX, TX, 1 } },
        { .x = { FFA_RXTX_MAP_64, TX, SPMC_BASE, 1 } },
        { .x = { FFA_RXTX_MAP_64, SPMC_BASE, RX, 1 } },
        { .x = { FFA_RXTX_UNMAP } },
        { .x = { FFA_PARTITION_INFO_GET, 1 } },
        { .x = { FFA_MSG_SEND_DIRECT_REQ_64, 0x9999 } },
        { .x = { FFA_RUN, 0x99990000 } },
    };
    uint64_t ticks;

    (void)state;
    for (size_t i = 0; i < sizeof(failing) / sizeof(failing[0]); i++) {
        struct ffa_args a = failing[i];
        assert_int_equal(h_loop(machine, 0, &a, 100000, false, &ticks), H_OK);
        assert_int_equal(a.x[0], FFA_ERROR);
    }
    for (unsigned int i = 0; i < 5000; i++) {
        map();
        struct ffa_args a = call(FFA_RXTX_UNMAP);
        assert_ffa_success(a, 0, 0);
    }
    map();
    struct ffa_args a = info_get(nil, 0);
    assert_ffa_function(a, FFA_SUCCESS_32);
}

static void callers_of_1_0_get_short_descriptors(void **state)
{
    struct {
        uint16_t id, contexts;
        uint32_t properties;
    } * info;

    (void)state;
    target_fresh(NULL);
    assert_int_equal(call(FFA_VERSION, FFA_VERSION_1_0).x[0], FFA_VERSION_1_2);
    map();
    struct ffa_args a = info_get(nil, 0);
    assert_ffa_function(a, FFA_SUCCESS_32);
    assert_true(a.x[2] >= 4);
    assert_ffa_success(a, a.x[2], 0); // no descriptor size before 1.1
    info = h_memory(machine, RX, PAGE);
    for (uint64_t i = 0; i < a.x[2]; i++) {
        assert_true(info[i].id > FFA_ID_SPMC && info[i].id < FFA_ID_SPMD);
        assert_int_equal(info[i].contexts, 1);
        assert_int_equal(info[i].properties & ~7u, 0);
    }
}

static void callers_of_1_1_see_one_entry_per_partition(void **state)
{
    (void)state;
    target_fresh(NULL);
    assert_int_equal(call(FFA_VERSION, FFA_VERSION_1_1).x[0], FFA_VERSION_1_2);
    map();
    struct ffa_args a = info_get(nil, 0);
    assert_ffa_success(a, a.x[2], sizeof(struct ffa_partition_info));
    const struct ffa_partition_info *info = h_memory(machine, RX, PAGE);
    unsigned int peer2 = 0;
    for (uint64_t i = 0; i < a.x[2]; i++) {
        peer2 += info[i].id == PEER2_ID ? 1 : 0;
        assert_int_equal(info[i].properties & (FFA_PROP_DIRECT2_RECV | FFA_PROP_DIRECT2_SEND), 0);
    }
    assert_int_equal(peer2, 1);
}

#define CASE(f) cmocka_unit_test_setup(f, unmapped)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(buffers_map_and_unmap_in_both_widths),
        CASE(the_upper_half_of_a_32_bit_call_is_ignored),
        CASE(mapping_twice_is_denied),
        CASE(unmapping_nothing_is_invalid),
        CASE(unmapping_for_another_endpoint_is_invalid),
        CASE(bad_buffers_are_invalid),
        CASE(reserved_registers_of_map_must_be_zero),
        CASE(the_page_limit_is_what_features_says),
        CASE(releasing_an_empty_rx_is_denied),
        CASE(partition_info_fills_rx_and_gives_it_away),
        CASE(partition_info_for_a_uuid_gives_that_partition_without_uuid),
        CASE(partition_count_needs_no_buffer),
        CASE(partition_info_errors),
        CASE(unmapping_gives_rx_back),
        CASE(regs_list_the_same_as_rx),
        CASE(regs_errors),
        CASE(calls_without_end_use_nothing_up),
        cmocka_unit_test(callers_of_1_0_get_short_descriptors),
        cmocka_unit_test(callers_of_1_1_see_one_entry_per_partition),
    };

    return cmocka_run_group_tests_name("ffa_rxtx", tests, ready, target_stop);
}
