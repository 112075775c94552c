// SPDX-License-Identifier: BSD-3-Clause
//
// BL2's image table and packages (bl2/bl2_images.c, bl2/bl2_load.c) with QEMU virt's regions mapped
// at their real addresses: rows hold together, land in the right hand-off slot, packages fill their
// region and not more and get their numbers and keys, strangers in the FIP are named, the sum of what
// must have been proved. Every image counts as proved unless a test says otherwise; the chain itself
// has tests of its own.
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>

#include <cmocka.h>

#include "bits.h"
#include "bl2/bl2_private.h"
#include "board.h"
#include "tests/unit/platform/boot_support.h"

static struct fip fip;
static struct handoff handoff;
static struct bl2_config config;
static uint8_t data[0x11000];

static struct chain_policy policy;
static struct chain chain;
static struct event_log event_log;
static struct boot_secrets secrets;
static struct load_context context = { &fip, &chain, &event_log, &secrets };
static char events[256];    // "PCR name|" of every event, in order
static uint32_t identities; // images that the identity was bound to
static int keys_result;

int chain_expect(struct chain *the_chain, enum cot_image image, struct chain_expected *expected,
                 struct chain_fault *fault)
{
    (void)the_chain;
    (void)image;
    (void)fault;
    *expected = (struct chain_expected){ BOOT_SHA256, data };
    return ERR_NONE;
}

verdict_t chain_check(struct chain *the_chain, enum cot_image image,
                      const struct chain_expected *expected, const struct boot_digests *digests,
                      struct chain_fault *fault)
{
    (void)expected;
    (void)digests;
    (void)fault;
    the_chain->tally += chain_token(image);
    return VERDICT_ACCEPT;
}

uint32_t chain_token(enum cot_image image)
{
    return 0x1001u << image;
}

// A stand-in whose digest tells the size of what was hashed
int boot_hash_make(const void *bytes, size_t size, uint32_t want, struct boot_digests *out)
{
    (void)bytes;
    memset(out, 0, sizeof(*out));
    out->have = want;
    memcpy(out->value[BOOT_SHA256], &size, sizeof(size));
    return ERR_NONE;
}

const struct boot_hash_info *boot_hash_info(enum boot_hash hash)
{
    static const struct boot_hash_info info = { .name = "SHA-x" };

    (void)hash;
    return &info;
}

int event_log_add(struct event_log *log, uint32_t pcr, const char *name,
                  const struct boot_digests *digests)
{
    size_t length = strlen(events);

    (void)digests;
    assert_ptr_equal(log, &event_log);
    snprintf(events + length, sizeof(events) - length, "%u %s|", pcr, name);
    return ERR_NONE;
}

int boot_keys_measure(struct boot_secrets *the_secrets, const struct boot_digests *digests)
{
    (void)digests;
    assert_ptr_equal(the_secrets, &secrets);
    identities++;
    return ERR_NONE;
}

// Stand-in keys that tell what they were made of
int boot_keys_partition(const struct boot_secrets *the_secrets, const uint8_t *uuid, uint32_t owner,
                        const struct boot_digests *package, uint8_t sealing[BOOT_KEY_SIZE],
                        uint8_t identity[BOOT_KEY_SIZE])
{
    assert_ptr_equal(the_secrets, &secrets);
    memset(sealing, 0, BOOT_KEY_SIZE);
    memset(identity, 0, BOOT_KEY_SIZE);
    if (keys_result == ERR_NONE) {
        memcpy(sealing, uuid, 16);
        sealing[16] = (uint8_t)owner;
        memcpy(identity, package->value[BOOT_SHA256], 8);
    }
    return keys_result;
}

static int map_secure_ram(void **state)
{
    void *at = (void *)(uintptr_t)SECURE_RAM_BASE;

    (void)state;
    return mmap(at, SECURE_RAM_SIZE, PROT_READ | PROT_WRITE,
                MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_FIXED_NOREPLACE, -1, 0) == at
               ? 0
               : -1;
}

static int fresh(void **state)
{
    (void)state;
    support_reset();
    memset(&handoff, 0, sizeof(handoff));
    memset(&config, 0, sizeof(config));
    memset(&chain, 0, sizeof(chain));
    policy = (struct chain_policy){ .chain = COT_SINGLE_ROOT };
    chain.policy = &policy;
    memset(events, 0, sizeof(events));
    identities = 0;
    keys_result = ERR_NONE;
    for (size_t i = 0; i < sizeof(data); i++) {
        data[i] = (uint8_t)(i ^ i >> 8);
    }
    return 0;
}

static void open_fip(const struct support_image *images, size_t count)
{
    support_make_fip(images, count);
    assert_int_equal(load_open(&fip), ERR_NONE);
}

static void add_package_of(const char *name, uint8_t first_byte, enum cot_root owner)
{
    struct bl2_config_package *package = &config.packages[config.package_count++];

    package->owner = owner;
    memcpy(package->name, name, strlen(name) + 1);
    package->uuid[0] = first_byte;
}

static void add_package(const char *name, uint8_t first_byte)
{
    add_package_of(name, first_byte, COT_PLATFORM_ROOT);
}

static void rows_of_the_table_do_not_meet(void **state)
{
    (void)state;
    assert_int_equal(bl2_images[0].image, COT_TB_FW_CONFIG);
    for (size_t i = 0; i < bl2_image_count; i++) {
        const struct bl2_image *a = &bl2_images[i];

        assert_true(IS_ALIGNED(a->base, PAGE_SIZE) && a->limit != 0);
        assert_true(range_inside(a->base, a->limit, SECURE_RAM_BASE, SECURE_RAM_SIZE) !=
                    (a->image == COT_BL33));
        assert_in_range(a->slot, 1, sizeof(struct handoff) - sizeof(struct handoff_image));
        assert_false(range_overlap(a->base, a->limit, BL2_BASE, BL2_SIZE + BL1_RW_SIZE));
        assert_false(range_overlap(a->base, a->limit, SP_PKG_BASE, SP_PKG_SIZE));
        assert_false(range_overlap(a->base, a->limit, HANDOFF_BASE, HANDOFF_SIZE + PARK_SIZE));
        assert_false(range_overlap(a->base, a->limit, BOOT_PARAMS_BASE, BOOT_PARAMS_SIZE));
        assert_false(range_overlap(a->base, a->limit, EVENT_LOG_BASE, EVENT_LOG_SIZE));
        // What the identity depends on: the secure world's own images
        assert_int_equal(a->identity, a->image != COT_BL33);
        for (size_t j = 0; j < i; j++) {
            const struct bl2_image *b = &bl2_images[j];

            assert_false(range_overlap(a->base, a->limit, b->base, b->limit));
            assert_true(a->slot != b->slot && a->image > b->image);
        }
    }
}

static void a_row_lands_in_its_region_and_its_slot(void **state)
{
    const struct support_image images[] = {
        { fip_names_get(IMAGE_SOC_FW)->uuid, data, 1000 },
        { fip_names_get(IMAGE_TB_FW_CONFIG)->uuid, data, TB_FW_CONFIG_SIZE },
    };

    (void)state;
    open_fip(images, 2);
    assert_int_equal(bl2_load_row(&context, &bl2_images[0], &handoff), ERR_NONE);
    assert_int_equal(handoff.config.base, TB_FW_CONFIG_BASE);
    assert_int_equal(handoff.config.size, TB_FW_CONFIG_SIZE);
    assert_memory_equal((void *)(uintptr_t)TB_FW_CONFIG_BASE, data, TB_FW_CONFIG_SIZE);
    assert_int_equal(bl2_load_row(&context, &bl2_images[1], &handoff), ERR_NONE);
    assert_int_equal(handoff.bl31.base, BL31_BASE);
    assert_int_equal(handoff.bl31.entry, BL31_BASE);
    assert_int_equal(handoff.bl31.size, 1000);
    assert_int_equal(bl2_load_row(&context, &bl2_images[2], &handoff), ERR_NOT_FOUND);
    assert_int_equal(handoff.spmc.size, 0);
    assert_string_equal(support_last_line, "SPMC: not in the FIP");
    assert_string_equal(events, "0 TB_FW_CONFIG|0 SECURE_RT_EL3|");
    assert_int_equal(identities, 2);
}

static void a_row_too_large_is_refused_before_its_region_is_touched(void **state)
{
    const struct support_image images[] = {
        { fip_names_get(IMAGE_TB_FW_CONFIG)->uuid, data, TB_FW_CONFIG_SIZE + 1 },
    };

    (void)state;
    open_fip(images, 1);
    memset((void *)(uintptr_t)TB_FW_CONFIG_BASE, 0xee, 16);
    assert_int_equal(bl2_load_row(&context, &bl2_images[0], &handoff), ERR_RANGE);
    assert_int_equal(handoff.config.size, 0);
    assert_int_equal(*(uint8_t *)(uintptr_t)TB_FW_CONFIG_BASE, 0xee);
    assert_non_null(strstr(support_last_line, "TB_FW_CONFIG: size 65537 must be at most 65536"));
}

static void packages_lie_behind_each_other_on_pages(void **state)
{
    const uint8_t uuids[3][16] = { { 1 }, { 2 }, { 3 } };
    const struct support_image images[] = { { uuids[0], data, 4097 },
                                            { uuids[1], data + 1, 4096 },
                                            { uuids[2], data + 2, 1 } };

    (void)state;
    open_fip(images, 3);
    add_package("c", 3);
    add_package("a", 1);
    add_package("b", 2);
    assert_int_equal(bl2_load_packages(&context, &config, &handoff), ERR_NONE);
    assert_int_equal(handoff.package_count, 3);
    assert_int_equal(handoff.packages[0].base, SP_PKG_BASE);
    assert_int_equal(handoff.packages[0].size, 1);
    assert_int_equal(handoff.packages[0].uuid[0], 3);
    assert_int_equal(handoff.packages[1].base, SP_PKG_BASE + 0x1000);
    assert_int_equal(handoff.packages[2].base, SP_PKG_BASE + 0x3000);
    assert_memory_equal((void *)(uintptr_t)(SP_PKG_BASE + 0x1000), data, 4097);
    assert_memory_equal((void *)(uintptr_t)(SP_PKG_BASE + 0x3000), data + 1, 4096);
    assert_string_equal(events, "0 SP1|0 SP2|0 SP3|");
    assert_int_equal(identities, 0);
}

static void packages_get_the_keys_of_their_uuid_owner_and_digest(void **state)
{
    const uint8_t uuids[2][16] = { { 1 }, { 2 } };
    const struct support_image images[] = { { uuids[0], data, 0x333 }, { uuids[1], data, 0x444 } };

    (void)state;
    open_fip(images, 2);
    add_package_of("a", 1, COT_PLATFORM_ROOT);
    add_package_of("b", 2, COT_ROOT);
    assert_int_equal(bl2_load_packages(&context, &config, &handoff), ERR_NONE);
    assert_int_equal(handoff.packages[0].sealing_key[0], 1);
    assert_int_equal(handoff.packages[0].sealing_key[16], 0); // one root, one owner
    assert_int_equal(handoff.packages[0].identity[0], 0x33);
    assert_int_equal(handoff.packages[0].identity[1], 0x3);
    assert_int_equal(handoff.packages[1].sealing_key[0], 2);
    assert_int_equal(handoff.packages[1].identity[0], 0x44);
    fresh(state);
    policy.chain = COT_DUAL_ROOT;
    open_fip(images, 2);
    add_package_of("a", 1, COT_PLATFORM_ROOT);
    add_package_of("b", 2, COT_ROOT);
    assert_int_equal(bl2_load_packages(&context, &config, &handoff), ERR_NONE);
    assert_string_equal(events, "0 SP5|0 SP1|");
    assert_int_equal(handoff.packages[0].sealing_key[16], 1);
    assert_int_equal(handoff.packages[1].sealing_key[16], 0);
}

static void a_package_without_keys_or_number_is_not_recorded(void **state)
{
    const uint8_t uuids[5][16] = { { 1 }, { 2 }, { 3 }, { 4 }, { 5 } };
    struct support_image images[5];

    (void)state;
    for (uint8_t i = 0; i < 5; i++) {
        images[i] = (struct support_image){ uuids[i], data, 5 };
        add_package_of("sp", i + 1, COT_ROOT);
    }
    open_fip(images, 5);
    policy.chain = COT_DUAL_ROOT; // five of one owner
    assert_int_equal(bl2_load_packages(&context, &config, &handoff), ERR_NO_MEMORY);
    assert_int_equal(handoff.package_count, 4);
    assert_string_equal(support_last_line, "sp: must be one of at most 4 packages of its owner");
    fresh(state);
    open_fip(images, 5);
    add_package("a", 1);
    keys_result = ERR_IO;
    assert_int_equal(bl2_load_packages(&context, &config, &handoff), ERR_IO);
    assert_int_equal(handoff.package_count, 0);
    assert_int_equal(handoff.packages[0].size, 0);
    assert_non_null(strstr(support_last_line, "a: its keys cannot be made"));
}

static void the_sum_is_reached_by_loading_everything_and_by_nothing_less(void **state)
{
    const uint8_t uuids[2][16] = { { 1 }, { 2 } };
    const struct support_image images[] = { { uuids[0], data, 5 }, { uuids[1], data, 5 } };
    uint32_t rows = 0;

    (void)state;
    open_fip(images, 2);
    for (size_t i = 0; i < bl2_image_count; i++) {
        rows += chain_token(bl2_images[i].image);
    }
    assert_int_equal(bl2_load_tally(&config, COT_SINGLE_ROOT), rows);
    add_package("a", 1);
    add_package("b", 2);
    assert_int_equal(bl2_load_packages(&context, &config, &handoff), ERR_NONE);
    assert_int_equal(bl2_load_tally(&config, COT_SINGLE_ROOT), rows + chain.tally);
    assert_int_not_equal(bl2_load_tally(&config, COT_DUAL_ROOT),
                         bl2_load_tally(&config, COT_SINGLE_ROOT));
    config.package_count = 1;
    assert_int_not_equal(bl2_load_tally(&config, COT_SINGLE_ROOT), rows + chain.tally);
    for (uint8_t i = 0; i < 4; i++) { // no numbers for five of one owner
        add_package("c", i + 3);
    }
    assert_int_equal(bl2_load_tally(&config, COT_DUAL_ROOT), 0);
}

// The region takes 5 MiB; the flash of this test is smaller, so its size is claimed by an entry of
// the opened FIP.
static void packages_share_the_limit_of_their_region(void **state)
{
    const uint8_t uuids[2][16] = { { 1 }, { 2 } };
    const struct support_image images[] = { { uuids[0], data, 5 }, { uuids[1], data, 5 } };

    (void)state;
    open_fip(images, 2);
    add_package("a", 1);
    add_package("b", 2);
    fip.entries[1].size = SP_PKG_SIZE - PAGE_SIZE + 1;
    assert_int_equal(bl2_load_packages(&context, &config, &handoff), ERR_RANGE);
    assert_int_equal(handoff.package_count, 1);
    assert_non_null(strstr(support_last_line, "b: size 5238785 must be at most 5238784"));
}

static void a_package_that_is_missing_is_named(void **state)
{
    const uint8_t uuid[16] = { 1 };
    const struct support_image images[] = { { uuid, data, 5 } };

    (void)state;
    open_fip(images, 1);
    add_package("echo", 9);
    assert_int_equal(bl2_load_packages(&context, &config, &handoff), ERR_NOT_FOUND);
    assert_int_equal(handoff.package_count, 0);
    assert_string_equal(support_last_line, "echo: not in the FIP");
}

static void strangers_in_the_fip_are_named(void **state)
{
    const uint8_t uuid[16] = { 0xab };
    struct support_image images[] = {
        { fip_names_get(IMAGE_TB_FW)->uuid, data, 5 },
        { fip_names_get(IMAGE_NT_FW)->uuid, data, 5 },
        { uuid, data, 5 },
    };

    (void)state;
    open_fip(images, 3);
    assert_int_equal(bl2_load_check_known(&fip, &config, COT_SINGLE_ROOT), ERR_INVALID);
    assert_non_null(strstr(support_last_line, "entry 2: image ab000000-0000-0000"));
    add_package("echo", 0xab);
    assert_int_equal(bl2_load_check_known(&fip, &config, COT_SINGLE_ROOT), ERR_NONE);
    images[0].uuid = fip_names_get(IMAGE_TOS_FW_KEY_CERT)->uuid;
    open_fip(images, 3);
    assert_int_equal(bl2_load_check_known(&fip, &config, COT_SINGLE_ROOT), ERR_NONE);
    images[0].uuid = fip_names_get(IMAGE_PLAT_SP_CERT)->uuid; // of the other chain
    open_fip(images, 3);
    assert_int_equal(bl2_load_check_known(&fip, &config, COT_DUAL_ROOT), ERR_NONE);
    assert_int_equal(bl2_load_check_known(&fip, &config, COT_SINGLE_ROOT), ERR_INVALID);
    assert_non_null(strstr(support_last_line, "entry 0: image "));
    assert_non_null(strstr(support_last_line, "(Platform owned Secure Partition"));
    images[0].uuid = fip_names_get(IMAGE_TB_FW)->uuid;
    images[1].uuid = fip_names_get(IMAGE_HW_CONFIG)->uuid;
    open_fip(images, 3);
    assert_int_equal(bl2_load_check_known(&fip, &config, COT_SINGLE_ROOT), ERR_INVALID);
    assert_non_null(strstr(support_last_line, "(HW_CONFIG)"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(rows_of_the_table_do_not_meet, fresh),
        cmocka_unit_test_setup(a_row_lands_in_its_region_and_its_slot, fresh),
        cmocka_unit_test_setup(a_row_too_large_is_refused_before_its_region_is_touched, fresh),
        cmocka_unit_test_setup(packages_lie_behind_each_other_on_pages, fresh),
        cmocka_unit_test_setup(packages_get_the_keys_of_their_uuid_owner_and_digest, fresh),
        cmocka_unit_test_setup(a_package_without_keys_or_number_is_not_recorded, fresh),
        cmocka_unit_test_setup(the_sum_is_reached_by_loading_everything_and_by_nothing_less, fresh),
        cmocka_unit_test_setup(packages_share_the_limit_of_their_region, fresh),
        cmocka_unit_test_setup(a_package_that_is_missing_is_named, fresh),
        cmocka_unit_test_setup(strangers_in_the_fip_are_named, fresh),
    };

    return cmocka_run_group_tests(tests, map_secure_ram, NULL);
}
