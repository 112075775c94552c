// SPDX-License-Identifier: BSD-3-Clause
//
// Boot information blob and capability word (spmc/sp_boot_info.c): layout as DEN0077A has it, what does not fit, and the
// capability bits of cores with nothing, with everything, and of named ones.
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "sp_boot_info.h"

static uint8_t page[4096] __attribute__((aligned(8)));

static uint32_t get32(size_t offset)
{
    uint32_t value;

    memcpy(&value, page + offset, 4);
    return value;
}

static uint64_t get64(size_t offset)
{
    uint64_t value;

    memcpy(&value, page + offset, 8);
    return value;
}

static void check_desc(uint32_t index, const char *name, uint32_t type, uint32_t flags,
                       uint32_t size, uint64_t contents)
{
    size_t at = 32 + 32 * (size_t)index;
    char padded[16] = { 0 };

    memcpy(padded, name, strlen(name));
    assert_memory_equal(page + at, padded, 16);
    assert_int_equal(page[at + 16], type);
    assert_int_equal(page[at + 17], 0);
    assert_int_equal(get32(at + 16) >> 16, flags);
    assert_int_equal(get32(at + 20), size);
    assert_int_equal(get64(at + 24), contents);
}

static struct sp_boot_info sample(void)
{
    return (struct sp_boot_info){
        .version = FFA_VERSION_1_2,
        .seed_va = 0x7000000f80,
        .sealing_key_va = 0x7000000fc0,
        .identity_va = 0x7000000fe0,
        .hwcap = { 0xabc, 0x10000 },
        .heap_va = 0x7000010000,
        .heap_size = 0x40000,
        .region_count = 2,
        .regions = { { "rpc", 0x7000100000, 0x20000 },
                     { "fifteen-letters", 0x7000200000, 0x1000 } },
    };
}

static void the_blob_is_laid_out_as_the_specification_says(void **state)
{
    const struct sp_boot_info info = sample();

    (void)state;
    memset(page, 0xcc, sizeof(page));
    assert_int_equal(sp_boot_info_build(page, sizeof(page), &info), 0);
    assert_int_equal(get32(0), 0x0ffa);
    assert_int_equal(get32(4), 0x10002);
    assert_int_equal(get32(8), 32 + 8 * 32);
    assert_int_equal(get32(12), 32);
    assert_int_equal(get32(16), 8);
    assert_int_equal(get32(20), 32);
    assert_int_equal(get64(24), 0);
    check_desc(0, "seed", 0x81, 0, 64, 0x7000000f80);
    check_desc(1, "sealing-key", 0x86, 0, 32, 0x7000000fc0);
    check_desc(2, "identity", 0x87, 0, 32, 0x7000000fe0);
    check_desc(3, "hwcap", 0x83, 4, 8, 0xabc);
    check_desc(4, "hwcap2", 0x85, 4, 8, 0x10000);
    check_desc(5, "heap", 0x84, 0, 0x40000, 0x7000010000);
    check_desc(6, "rpc", 0x82, 0, 0x20000, 0x7000100000);
    check_desc(7, "fifteen-letters", 0x82, 0, 0x1000, 0x7000200000);
    assert_int_equal(page[32 + 8 * 32], 0xcc);
}

static void without_a_heap_there_is_no_heap_descriptor(void **state)
{
    struct sp_boot_info info = sample();

    (void)state;
    info.heap_size = 0;
    info.region_count = 0;
    assert_int_equal(sp_boot_info_build(page, sizeof(page), &info), 0);
    assert_int_equal(get32(16), 5);
    assert_int_equal(get32(8), 32 + 5 * 32);
}

static void log_facts_and_options_are_told_to_who_has_them(void **state)
{
    struct sp_boot_info info = sample();

    (void)state;
    info.event_log_va = 0x7000300000;
    info.event_log_size = 777;
    info.facts_va = 0x7000400f68;
    info.options = 1;
    assert_int_equal(sp_boot_info_build(page, sizeof(page), &info), 0);
    assert_int_equal(get32(16), 11);
    check_desc(6, "event-log", 0x88, 0, 777, 0x7000300000);
    check_desc(7, "boot-facts", 0x89, 0, 152, 0x7000400f68);
    check_desc(8, "options", 0x8a, 4, 8, 1);
    check_desc(9, "rpc", 0x82, 0, 0x20000, 0x7000100000);
    for (size_t size = 0; size < 32 + 11 * 32; size++) {
        assert_int_equal(sp_boot_info_build(page, size, &info), ERR_RANGE);
    }
}

static void what_does_not_fit_is_refused(void **state)
{
    struct sp_boot_info info = sample();

    (void)state;
    for (size_t size = 0; size < 32 + 8 * 32; size++) {
        assert_int_equal(sp_boot_info_build(page, size, &info), ERR_RANGE);
    }
    assert_int_equal(sp_boot_info_build(page, 32 + 8 * 32, &info), 0);
    info.regions[0].name = "sixteen--letters";
    assert_int_equal(sp_boot_info_build(page, sizeof(page), &info), ERR_RANGE);
    info = sample();
    info.region_count = SP_BOOT_INFO_REGIONS + 1;
    assert_int_equal(sp_boot_info_build(page, sizeof(page), &info), ERR_RANGE);
}

static void a_core_without_anything_has_no_capabilities(void **state)
{
    const struct sp_boot_info_cpu none = { .id_aa64pfr0 = 0xff0000 }; // no FP, no AdvSIMD
    uint64_t hwcap[2] = { 1, 1 };

    (void)state;
    sp_boot_info_hwcap(&none, hwcap);
    assert_int_equal(hwcap[0], 0);
    assert_int_equal(hwcap[1], 0);
}

static void a_core_with_everything_has_all_but_what_traps(void **state)
{
    // Bits 22 (SVE), 2 (EVTSTRM), 11 (CPUID), 16 (DCPOP), 25 (USCAT) are never given
    const struct sp_boot_info_cpu all = {
        .id_aa64pfr0 = 0x0fffffffff11ffff,
        .id_aa64pfr1 = UINT64_MAX,
        .id_aa64isar0 = UINT64_MAX,
        .id_aa64isar1 = UINT64_MAX,
        .id_aa64isar2 = UINT64_MAX,
    };
    uint64_t hwcap[2];

    (void)state;
    sp_boot_info_hwcap(&all, hwcap);
    assert_int_equal(hwcap[0], 0xffffffff & ~(1u << 22 | 1u << 2 | 1u << 11 | 1u << 16 | 1u << 25));
    assert_int_equal(hwcap[1], 1u << 13 | 1u << 14 | 1u << 16 | 1u << 17);
}

// Linux' AT_HWCAP numbers: FP 0, ASIMD 1, AES 3, PMULL 4, SHA1 5, SHA2 6, CRC32 7
static void a_cortex_a57_has_the_armv8_crypto_bits(void **state)
{
    // Values of the Cortex-A57 technical reference manual, with the cryptography extension
    const struct sp_boot_info_cpu a57 = { .id_aa64pfr0 = 0x2222, .id_aa64isar0 = 0x11120 };
    uint64_t hwcap[2];

    (void)state;
    sp_boot_info_hwcap(&a57, hwcap);
    assert_int_equal(hwcap[0], 0xfb);
    assert_int_equal(hwcap[1], 0);
}

static void fields_count_from_the_value_that_promises_the_feature(void **state)
{
    static const struct {
        struct sp_boot_info_cpu cpu; // one field at its least value
        uint32_t bit;
    } cases[] = {
        { { .id_aa64isar0 = 1ull << 4 }, 3 },   { { .id_aa64isar0 = 2ull << 4 }, 4 },
        { { .id_aa64isar0 = 2ull << 12 }, 21 }, { { .id_aa64isar0 = 2ull << 20 }, 8 },
        { { .id_aa64isar1 = 1ull << 8 }, 30 },  { { .id_aa64isar2 = 1ull << 12 }, 30 },
        { { .id_aa64isar1 = 1ull << 28 }, 31 }, { { .id_aa64pfr1 = 2ull << 4 }, 28 },
        { { .id_aa64pfr0 = 1ull << 48 }, 24 },
    };
    uint64_t hwcap[2];

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        sp_boot_info_hwcap(&cases[i].cpu, hwcap);
        if ((hwcap[0] >> cases[i].bit & 1) == 0) {
            fail_msg("case %zu: bit %u missing", i, cases[i].bit);
        }
    }
    sp_boot_info_hwcap(&(struct sp_boot_info_cpu){ .id_aa64isar0 = 1ull << 12 | 1ull << 20 },
                       hwcap);
    assert_int_equal(hwcap[0] >> 21 & 1, 0); // SHA256 alone is no SHA512
    assert_int_equal(hwcap[0] >> 8 & 1, 0);  // 1 is a reserved value of the atomics
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_blob_is_laid_out_as_the_specification_says),
        cmocka_unit_test(without_a_heap_there_is_no_heap_descriptor),
        cmocka_unit_test(log_facts_and_options_are_told_to_who_has_them),
        cmocka_unit_test(what_does_not_fit_is_refused),
        cmocka_unit_test(a_core_without_anything_has_no_capabilities),
        cmocka_unit_test(a_core_with_everything_has_all_but_what_traps),
        cmocka_unit_test(a_cortex_a57_has_the_armv8_crypto_bits),
        cmocka_unit_test(fields_count_from_the_value_that_promises_the_feature),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
