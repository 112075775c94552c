// SPDX-License-Identifier: BSD-3-Clause
//
// Loading a package (spmc/sp_load.c) on the real parsers, pool and tables: what the partition finds and may do, that
// nothing is shared or left over from others. Every way it can fail: test_sp_load_refused.c.
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "load_cache.h"
#include "load_support.h"
#include "platform.h"
#include "regs.h"
#include "sp_load_case.h"
#include "spmc_mm.h"

static void the_context_is_ready_for_the_first_entry(void **state)
{
    struct sp *sp = &case_sps[0];

    (void)state;
    case_load_ok(0);
    assert_int_equal(sp->ctx.pc, sp->load_base + ELF_TEST_ENTRY);
    assert_int_equal(sp->load_base % PAGE_SIZE, 0);
    assert_int_equal(sp->ctx.sp_el0 % 16, 0);
    assert_int_equal(sp->ctx.x[0] % PAGE_SIZE, 0);
    for (size_t i = 1; i < 31; i++) {
        assert_int_equal(sp->ctx.x[i], 0);
    }
    assert_int_equal(sp->ctx.fp_valid, 0);
    assert_int_equal(sp->ctx.tpidr_el0, 0);
    assert_string_equal(sp->config.description, "echo");
    assert_int_equal(sp->space.ttbr0 >> 48, 1);
    assert_string_equal(support_log, "");
}

static void segments_hold_the_file_then_zeros_with_their_rights(void **state)
{
    const uint64_t user = TABLES_NORMAL | TABLES_USER | TABLES_NG | TABLES_PXN | TABLES_OWNED;
    uint64_t attrs = 0;
    uint64_t base;
    uint8_t *page;

    (void)state;
    case_load_ok(0);
    base = case_sps[0].load_base;
    page = case_look(&case_sps[0], base + RX_VA, &attrs);
    assert_int_equal(attrs, user | TABLES_RO);
    assert_memory_equal(page, case_package + IMAGE, 0x1000);
    page = case_look(&case_sps[0], base + RODATA_VA, &attrs);
    assert_int_equal(attrs, user | TABLES_RO | TABLES_UXN);
    assert_memory_equal(page, case_package + IMAGE + 0x1000, 0x200);
    case_expect_bytes(page + 0x200, 0xe00,
                      0); // not the pool's former content, nor what follows in the file
    page = case_look(&case_sps[0], base + DATA_VA, &attrs);
    assert_int_equal(attrs, user | TABLES_RW | TABLES_UXN);
    assert_int_equal(case_get64(page), base + 0x404);
    assert_int_equal(case_get64(page + 0x10), base + 0x405);
    case_expect_bytes(page + 0x18, 0x168, 0xd5);
    case_expect_bytes(page + 0x180, 0xe80, 0);
    page = case_look(&case_sps[0], base + DATA_VA + PAGE_SIZE, &attrs);
    assert_int_equal(attrs, user | TABLES_RW | TABLES_UXN);
    case_expect_bytes(page, PAGE_SIZE, 0);
}

static void code_is_cleaned_before_the_instruction_cache_is_invalidated(void **state)
{
    (void)state;
    case_load_ok(0);
    assert_int_equal(support_cache.cleaned,
                     0x1000 + sizeof(struct handoff_package)); // the RX segment, wiped keys
    assert_true(support_cache.invalidations >= 1);
    assert_int_equal(support_cache.cleaned_at_invalidation, 0x1000);
}

static void a_guarded_segment_becomes_guarded_pages(void **state)
{
    uint64_t attrs = 0;

    (void)state;
    package_put32(case_package + IMAGE + ELF_TEST_PHDR(0) + 4, 5 | 0x00100000);
    case_load_ok(0);
    (void)case_look(&case_sps[0], case_sps[0].load_base, &attrs);
    assert_true((attrs & TABLES_GUARDED) != 0);
    (void)case_look(&case_sps[0], case_sps[0].load_base + DATA_VA, &attrs);
    assert_true((attrs & TABLES_GUARDED) == 0);
}

static void relro_is_read_only_after_its_relocation(void **state)
{
    uint8_t *header = case_package + IMAGE + ELF_TEST_PHDR(5);
    uint64_t attrs = 0;

    (void)state;
    package_put32(header, 0x6474e552);
    package_put64(header + 16, DATA_VA);
    package_put64(header + 40, PAGE_SIZE);
    case_load_ok(0);
    assert_int_equal(case_get64(case_look(&case_sps[0], case_sps[0].load_base + DATA_VA, &attrs)),
                     case_sps[0].load_base + 0x404);
    assert_true((attrs & TABLES_RO) != 0 && (attrs & TABLES_UXN) != 0);
    (void)case_look(&case_sps[0], case_sps[0].load_base + DATA_VA + PAGE_SIZE, &attrs);
    assert_true((attrs & TABLES_RO) == 0);
}

static void the_stack_has_guards_and_the_secrets_above_it(void **state)
{
    uint64_t top;
    uint64_t attrs = 0;
    uint32_t size = 0;
    uint8_t *page;

    (void)state;
    case_load_ok(0);
    top = ALIGN_UP(case_sps[0].ctx.sp_el0, PAGE_SIZE);
    assert_int_equal(top - case_sps[0].ctx.sp_el0, 64 + 32 + 32);
    assert_int_equal(case_boot_info(&case_sps[0], "seed", TESSERA_BOOT_SEED, &size),
                     case_sps[0].ctx.sp_el0);
    assert_int_equal(size, 64);
    assert_int_equal(case_boot_info(&case_sps[0], "sealing-key", TESSERA_BOOT_SEALING_KEY, &size),
                     top - 64);
    assert_int_equal(size, 32);
    assert_int_equal(case_boot_info(&case_sps[0], "identity", TESSERA_BOOT_IDENTITY, &size),
                     top - 32);
    assert_int_equal(size, 32);
    assert_false(case_is_mapped(&case_sps[0], top));
    page = case_look(&case_sps[0], top - PAGE_SIZE, &attrs);
    assert_true((attrs & TABLES_RO) == 0 && (attrs & TABLES_UXN) != 0);
    case_expect_bytes(page, PAGE_SIZE - 128, 0);
    page = case_look(&case_sps[0], top - 2 * PAGE_SIZE, NULL); // stack-pages = 2
    case_expect_bytes(page, PAGE_SIZE, 0);
    assert_false(case_is_mapped(&case_sps[0], top - 3 * PAGE_SIZE));
}

static void secrets_are_taken_out_of_the_handoff(void **state)
{
    uint8_t before[HANDOFF_ENTROPY_SIZE];
    uint32_t size = 0;
    uint8_t *seed;

    (void)state;
    memcpy(before, case_handoff.entropy, sizeof(before));
    case_load_ok(0);
    seed = case_look(&case_sps[0], case_boot_info(&case_sps[0], "seed", TESSERA_BOOT_SEED, &size),
                     NULL);
    assert_non_null(memmem(before, sizeof(before), seed, 64));
    assert_non_null(memmem(before, sizeof(before), case_sps[0].ctx.pac_keys, 80));
    assert_null(memmem(case_handoff.entropy, sizeof(before), seed, 16));
    assert_null(memmem(case_handoff.entropy, sizeof(before), case_sps[0].ctx.pac_keys, 8));
    case_expect_bytes(case_handoff.entropy, case_handoff.entropy_used, 0);
    assert_int_equal(case_handoff.entropy_used, 16 + 64 + 80);
}

static void the_keys_are_this_partitions_and_gone_from_the_handoff(void **state)
{
    const uint8_t *sealing_key;
    const uint8_t *identity;
    uint32_t size = 0;

    (void)state;
    case_load_ok(0);
    sealing_key = case_look(
        &case_sps[0], case_boot_info(&case_sps[0], "sealing-key", TESSERA_BOOT_SEALING_KEY, &size),
        NULL);
    identity = case_look(
        &case_sps[0], case_boot_info(&case_sps[0], "identity", TESSERA_BOOT_IDENTITY, &size), NULL);
    for (uint8_t i = 0; i < 32; i++) {
        assert_int_equal(sealing_key[i], 0x11 + i);
        assert_int_equal(identity[i], 0x51 + i);
    }
    case_expect_bytes(case_place.sealing_key, 32, 0);
    case_expect_bytes(case_place.identity, 32, 0);
    case_build_package(NULL, NULL);
    case_load_ok(1);
    assert_int_equal(sealing_key[0], 0x11);
    sealing_key = case_look(
        &case_sps[1], case_boot_info(&case_sps[1], "sealing-key", TESSERA_BOOT_SEALING_KEY, &size),
        NULL);
    assert_int_equal(sealing_key[0], 0x12);
}

static void heap_and_regions_are_where_the_boot_information_says(void **state)
{
    uint64_t va;
    uint64_t pa = 0;
    uint64_t attrs = 0;
    uint32_t size = 0;

    (void)state;
    case_load_ok(0);
    va = case_boot_info(&case_sps[0], "heap", TESSERA_BOOT_HEAP, &size);
    assert_int_equal(size, 3 * PAGE_SIZE);
    assert_false(case_is_mapped(&case_sps[0], va - PAGE_SIZE));
    assert_false(case_is_mapped(&case_sps[0], va + size));
    for (uint32_t i = 0; i < 3; i++) {
        case_expect_bytes(case_look(&case_sps[0], va + i * PAGE_SIZE, &attrs), PAGE_SIZE, 0);
        assert_true((attrs & TABLES_RO) == 0 && (attrs & TABLES_UXN) != 0);
    }
    va = case_boot_info(&case_sps[0], "rpc", TESSERA_BOOT_REGION, &size);
    assert_int_equal(size, 32 * PAGE_SIZE);
    for (uint32_t i = 0; i < 32; i++) {
        assert_int_equal(tables_query(&case_sps[0].space.tables, va + i * PAGE_SIZE, &pa, &attrs),
                         0);
        assert_int_equal(pa, NS_REGION_BASE + i * PAGE_SIZE);
        assert_int_equal(attrs & (TABLES_NS | TABLES_RO | TABLES_XN | TABLES_USER),
                         TABLES_NS | TABLES_XN | TABLES_USER);
    }
    va = case_boot_info(&case_sps[0], "scratch", TESSERA_BOOT_REGION, &size);
    assert_int_equal(size, 2 * PAGE_SIZE);
    case_expect_bytes(case_look(&case_sps[0], va, &attrs), PAGE_SIZE, 0);
    case_expect_bytes(case_look(&case_sps[0], va + PAGE_SIZE, NULL), PAGE_SIZE, 0);
    assert_true((attrs & TABLES_NS) == 0);
    assert_int_equal(case_boot_info(&case_sps[0], "hwcap", TESSERA_BOOT_HWCAP, &size), 0xfb);
    (void)case_look(&case_sps[0], case_sps[0].ctx.x[0], &attrs);
    assert_true((attrs & TABLES_RO) != 0 && (attrs & TABLES_UXN) != 0);
}

static void the_boot_information_page_holds_nothing_else(void **state)
{
    const uint8_t *page;
    struct ffa_boot_info_header header;

    (void)state;
    case_load_ok(0);
    page = case_look(&case_sps[0], case_sps[0].ctx.x[0], NULL);
    memcpy(&header, page, sizeof(header));
    case_expect_bytes(page + header.blob_size, PAGE_SIZE - header.blob_size, 0);
}

static void devices_are_mapped_as_devices_and_never_as_its_own_memory(void **state)
{
    (void)state;
    case_build_device("\0\0\0\0\x09\1\0\0", "\0\0\0\3", case_two_regions);
    case_load_ok(0);
    case_expect_device(&case_sps[0], DEVICE_BASE, TABLES_RW);
    assert_int_equal(case_sps[0].config.devices[0].interrupts[0].id, 34);
    sp_space_destroy(&case_sps[0].space, false);
    memset(&case_sps[0], 0, sizeof(case_sps[0]));
    case_build_device("\0\0\0\0\x09\1\0\0", "\0\0\0\1", case_two_regions);
    case_load_ok(0);
    case_expect_device(&case_sps[0], DEVICE_BASE, TABLES_RO);
}

// As a device at both ends: the SPMC and the cache have no part in it
static void memory_shared_with_the_normal_world_is_mapped_as_a_device_of_its_own_world(void **state)
{
    (void)state;
    case_build_device(CASE_SHARED, "\0\0\0\x0b", case_two_regions);
    case_load_ok(0);
    case_expect_device(&case_sps[0], NS_TPM_CRB_BASE, TABLES_RW | TABLES_NS);
    sp_space_destroy(&case_sps[0].space, false);
    memset(&case_sps[0], 0, sizeof(case_sps[0]));
    case_build_device(CASE_SHARED, "\0\0\0\x09", case_two_regions);
    case_load_ok(0);
    case_expect_device(&case_sps[0], NS_TPM_CRB_BASE, TABLES_RO | TABLES_NS);
}

// Memory and devices of the normal world, and nothing of the secure world
static void what_a_manifest_names_of_the_normal_world_is_spoken_for(void **state)
{
    (void)state;
    case_build_device(CASE_SHARED, "\0\0\0\x0b", case_two_regions);
    case_load_ok(0);
    assert_int_equal(case_mark_count, 2);
    assert_int_equal(case_marks[0].pa, NS_REGION_BASE);
    assert_int_equal(case_marks[0].pages, 32);
    assert_int_equal(case_marks[1].pa, NS_TPM_CRB_BASE);
    assert_int_equal(case_marks[1].pages, 2);
    case_fresh(state);
    case_build_device("\0\0\0\0\x09\1\0\0", "\0\0\0\3", NULL);
    case_load_ok(0);
    assert_int_equal(case_mark_count, 0);
}

static void log_facts_and_options_come_with_the_manifest_that_asks(void **state)
{
    static const struct package_change asks[] = { { "tessera,boot-log", "", 0 },
                                                  { "tessera,psa-iot-profile-1", "", 0 },
                                                  { NULL, NULL, 0 } };
    uint8_t *log = spmc_mm_va(EVENT_LOG_BASE);
    struct ffa_boot_info_header header;
    uint64_t attrs = 0;
    uint32_t size = 0;
    uint64_t va;
    const uint8_t *page;

    (void)state;
    memset(log, 0x3c, EVENT_LOG_SIZE); // also behind its end
    case_handoff.log = (struct handoff_log){ EVENT_LOG_BASE, EVENT_LOG_SIZE, 777 };
    memset(&case_handoff.facts, 0x7b, sizeof(case_handoff.facts));
    case_build_package(asks, NULL);
    case_load_ok(0);
    va = case_boot_info(&case_sps[0], "event-log", TESSERA_BOOT_EVENT_LOG, &size);
    assert_int_equal(size, 777);
    page = case_look(&case_sps[0], va, &attrs);
    assert_true((attrs & TABLES_RO) != 0 && (attrs & TABLES_XN) == TABLES_XN);
    assert_int_equal(page_pool_owner(page), 1); // its own copy
    case_expect_bytes(page, 777, 0x3c);
    case_expect_bytes(page + 777, EVENT_LOG_SIZE - 777, 0);
    assert_false(case_is_mapped(&case_sps[0], va - PAGE_SIZE));
    assert_false(case_is_mapped(&case_sps[0], va + EVENT_LOG_SIZE));
    va = case_boot_info(&case_sps[0], "boot-facts", TESSERA_BOOT_FACTS, &size);
    assert_int_equal(size, sizeof(struct tessera_boot_facts));
    page = case_look(&case_sps[0], va, &attrs);
    assert_true((attrs & TABLES_RO) != 0 && (attrs & TABLES_XN) == TABLES_XN);
    assert_memory_equal(page, &case_handoff.facts, sizeof(case_handoff.facts));
    assert_int_equal(case_boot_info(&case_sps[0], "options", TESSERA_BOOT_OPTIONS, &size), 1);
    memcpy(&header, case_look(&case_sps[0], case_sps[0].ctx.x[0], NULL), sizeof(header));
    assert_int_equal(header.desc_count, 8); // secrets, hwcap, hwcap2, and these three
    page = case_look(&case_sps[0], case_sps[0].ctx.x[0], NULL);
    case_expect_bytes(page + header.blob_size, PAGE_SIZE - header.blob_size - 152, 0);
    case_build_package(NULL, NULL); // who does not ask
    case_load_ok(1);
    page = case_look(&case_sps[1], case_sps[1].ctx.x[0], NULL);
    memcpy(&header, page, sizeof(header));
    assert_int_equal(header.desc_count, 5);
    case_expect_bytes(page + header.blob_size, PAGE_SIZE - header.blob_size, 0);
}

// Calls `see` for every mapped page of the partition.
static uint32_t walk(const struct sp *sp, void (*see)(uint64_t pa, uint64_t attrs))
{
    uint32_t count = 0;

    for (uint64_t va = sp->space.va_low; va < sp->space.va_end; va += PAGE_SIZE) {
        uint64_t pa = 0;
        uint64_t attrs = 0;

        if (tables_query(&sp->space.tables, va, &pa, &attrs) == 0) {
            see(pa, attrs);
            count++;
        }
    }
    return count;
}

static void see_rights(uint64_t pa, uint64_t attrs)
{
    assert_true((attrs & TABLES_PXN) != 0);
    assert_true((attrs & TABLES_NG) != 0);
    assert_true((attrs & TABLES_USER) != 0);
    assert_true((attrs & TABLES_RO) != 0 || (attrs & TABLES_UXN) != 0);
    assert_true((attrs & TABLES_NS) == 0 || (attrs & TABLES_UXN) != 0);
    assert_int_equal(attrs & TABLES_TYPE, TABLES_NORMAL);
    (void)pa;
}

static void no_page_is_writable_and_executable(void **state)
{
    (void)state;
    case_load_ok(0);
    // image 4, stack 2, heap 3, regions 32 + 2, boot information 1
    assert_int_equal(walk(&case_sps[0], see_rights), 44);
}

static uint8_t expected_owner;

static void see_owner(uint64_t pa, uint64_t attrs)
{
    if ((attrs & TABLES_NS) == 0) {
        assert_int_equal(page_pool_owner(spmc_mm_va(pa)), expected_owner);
    }
}

static void partitions_share_nothing(void **state)
{
    uint8_t seeds[2][64];
    uint32_t size = 0;

    (void)state;
    case_load_ok(0);
    case_build_package(NULL, NULL);
    case_load_ok(1);
    for (uint8_t i = 0; i < 2; i++) {
        expected_owner = i + 1; // every page has one owner: no page is in both
        assert_true(walk(&case_sps[i], see_owner) > 6);
        assert_int_equal(case_sps[i].space.ttbr0 >> 48, i + 1);
        memcpy(seeds[i],
               case_look(&case_sps[i],
                         case_boot_info(&case_sps[i], "seed", TESSERA_BOOT_SEED, &size), NULL),
               64);
    }
    assert_int_not_equal(case_sps[0].load_base, case_sps[1].load_base);
    for (size_t key = 0; key < 10; key += 2) {
        for (size_t other = 0; other < 10; other += 2) {
            assert_memory_not_equal(&case_sps[0].ctx.pac_keys[key],
                                    &case_sps[1].ctx.pac_keys[other], 16);
        }
    }
    assert_memory_not_equal(seeds[0], seeds[1], 16);
}

static void the_base_is_random_over_the_loaders_part(void **state)
{
    uint64_t low = UINT64_MAX;
    uint64_t high = 0;

    (void)state;
    for (uint32_t i = 0; i < 64; i++) {
        case_put_entropy(i * 7919);
        case_mark_count = 0;
        memset(&case_sps[0], 0, sizeof(case_sps[0]));
        case_load_ok(0);
        assert_true(case_sps[0].space.va_low >= 1ull << 30);
        assert_true(case_sps[0].space.va_end <= 1ull << 38); // above: regions
        low = case_sps[0].load_base < low ? case_sps[0].load_base : low;
        high = case_sps[0].load_base > high ? case_sps[0].load_base : high;
        sp_space_destroy(&case_sps[0].space, false);
    }
    assert_true(high - low > 1ull << 37); // 64 draws out of 2^38: less than a half is no accident
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(the_context_is_ready_for_the_first_entry, case_fresh),
        cmocka_unit_test_setup(segments_hold_the_file_then_zeros_with_their_rights, case_fresh),
        cmocka_unit_test_setup(code_is_cleaned_before_the_instruction_cache_is_invalidated,
                               case_fresh),
        cmocka_unit_test_setup(a_guarded_segment_becomes_guarded_pages, case_fresh),
        cmocka_unit_test_setup(relro_is_read_only_after_its_relocation, case_fresh),
        cmocka_unit_test_setup(the_stack_has_guards_and_the_secrets_above_it, case_fresh),
        cmocka_unit_test_setup(the_keys_are_this_partitions_and_gone_from_the_handoff, case_fresh),
        cmocka_unit_test_setup(secrets_are_taken_out_of_the_handoff, case_fresh),
        cmocka_unit_test_setup(heap_and_regions_are_where_the_boot_information_says, case_fresh),
        cmocka_unit_test_setup(devices_are_mapped_as_devices_and_never_as_its_own_memory,
                               case_fresh),
        cmocka_unit_test_setup(
            memory_shared_with_the_normal_world_is_mapped_as_a_device_of_its_own_world, case_fresh),
        cmocka_unit_test_setup(what_a_manifest_names_of_the_normal_world_is_spoken_for, case_fresh),
        cmocka_unit_test_setup(log_facts_and_options_come_with_the_manifest_that_asks, case_fresh),
        cmocka_unit_test_setup(the_boot_information_page_holds_nothing_else, case_fresh),
        cmocka_unit_test_setup(no_page_is_writable_and_executable, case_fresh),
        cmocka_unit_test_setup(partitions_share_nothing, case_fresh),
        cmocka_unit_test_setup(the_base_is_random_over_the_loaders_part, case_fresh),
    };

    return cmocka_run_group_tests(tests, case_setup, NULL);
}
