// SPDX-License-Identifier: BSD-3-Clause
//
// partitions/lib/sp_boot.c: the boot information blob, good and with each rule of DEN0077A broken.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "sp_boot.h"
#include "sp_limits.h"

#define DESC_MAX 24
_Static_assert(SP_BOOT_MAX_REGIONS >= SP_MAX_REGIONS + SP_MAX_DEVICES,
               "a partition can have all that its manifest may name");

static struct {
    struct ffa_boot_info_header header;
    struct ffa_boot_info_desc desc[DESC_MAX];
    uint8_t rest[SP_BOOT_BLOB_MAX];
} __attribute__((aligned(8))) blob;

static struct ffa_boot_info_desc *add(uint8_t type, const char *name, uint16_t flags, uint32_t size,
                                      uint64_t contents)
{
    struct ffa_boot_info_desc *desc = &blob.desc[blob.header.desc_count++];

    strncpy(desc->name, name, sizeof(desc->name));
    desc->type = type;
    desc->flags = flags;
    desc->size = size;
    desc->contents = contents;
    return desc;
}

// As the SPMC writes it for a partition with everything: secrets, heap, features, a region, something
// unknown
static int good_blob(void **state)
{
    (void)state;
    memset(&blob, 0, sizeof(blob));
    blob.header = (struct ffa_boot_info_header){
        .signature = 0x0ffa,
        .version = 0x10002,
        .blob_size = offsetof(typeof(blob), rest),
        .desc_size = 32,
        .desc_offset = 32,
    };
    add(TESSERA_BOOT_SEED, "seed", FFA_BOOT_INFO_CONTENTS_ADDRESS, 64, 0x1000);
    add(TESSERA_BOOT_SEALING_KEY, "sealing-key", FFA_BOOT_INFO_CONTENTS_ADDRESS, 32, 0x1040);
    add(TESSERA_BOOT_IDENTITY, "identity", FFA_BOOT_INFO_CONTENTS_ADDRESS, 32, 0x1060);
    add(TESSERA_BOOT_HEAP, "heap", FFA_BOOT_INFO_CONTENTS_ADDRESS, 0x4000, 0x20000);
    add(TESSERA_BOOT_HWCAP, "hwcap", FFA_BOOT_INFO_CONTENTS_VALUE, 8, 0x1fb);
    add(TESSERA_BOOT_HWCAP2, "hwcap2", FFA_BOOT_INFO_CONTENTS_VALUE, 8, 0x10000);
    add(TESSERA_BOOT_REGION, "rpc", FFA_BOOT_INFO_CONTENTS_ADDRESS, 0x20000, 0x40000);
    add(FFA_BOOT_INFO_STD_FDT, "fdt", FFA_BOOT_INFO_CONTENTS_ADDRESS, 100, 0x90000);
    return 0;
}

static int decode(struct sp_boot *boot)
{
    return sp_boot_decode(&blob, boot);
}

static void everything_is_found(void **state)
{
    struct sp_boot boot;

    (void)state;
    assert_int_equal(decode(&boot), 0);
    assert_int_equal(boot.seed, 0x1000);
    assert_int_equal(boot.sealing_key, 0x1040);
    assert_int_equal(boot.identity, 0x1060);
    assert_int_equal(boot.heap_base, 0x20000);
    assert_int_equal(boot.heap_size, 0x4000);
    assert_int_equal(boot.hwcap, 0x1fb);
    assert_int_equal(boot.hwcap2, 0x10000);
    assert_int_equal(boot.region_count, 1);
    assert_string_equal(boot.regions[0].name, "rpc");
    assert_ptr_equal(boot.regions[0].base, (void *)0x40000);
    assert_int_equal(boot.regions[0].size, 0x20000);
}

static void only_the_secrets_are_mandatory(void **state)
{
    struct sp_boot boot;

    (void)state;
    blob.header.desc_count = 3;
    assert_int_equal(decode(&boot), 0);
    assert_int_equal(boot.heap_size, 0);
    assert_int_equal(boot.hwcap, 0);
    for (uint32_t count = 0; count < 3; count++) {
        blob.header.desc_count = count;
        assert_int_equal(decode(&boot), ERR_NOT_FOUND);
    }
    for (size_t i = 0; i < 3; i++) {
        good_blob(state);
        blob.desc[i].type = FFA_BOOT_INFO_STD_HOB;
        assert_int_equal(decode(&boot), ERR_NOT_FOUND);
    }
}

static void log_facts_and_options_are_found(void **state)
{
    struct sp_boot boot;

    (void)state;
    assert_int_equal(decode(&boot), 0);
    assert_int_equal(boot.event_log.size, 0);
    assert_int_equal(boot.facts, 0);
    assert_int_equal(boot.options, 0);
    add(TESSERA_BOOT_EVENT_LOG, "event-log", FFA_BOOT_INFO_CONTENTS_ADDRESS, 777, 0xa0000);
    add(TESSERA_BOOT_FACTS, "boot-facts", FFA_BOOT_INFO_CONTENTS_ADDRESS, 152, 0xb0000);
    add(TESSERA_BOOT_OPTIONS, "options", FFA_BOOT_INFO_CONTENTS_VALUE, 8, 0xffffffff);
    assert_int_equal(decode(&boot), 0);
    assert_ptr_equal(boot.event_log.bytes, (void *)0xa0000);
    assert_int_equal(boot.event_log.size, 777);
    assert_int_equal(boot.facts, 0xb0000);
    assert_int_equal(boot.options, 0xffffffff);
}

static void wrong_log_facts_and_options_are_refused(void **state)
{
    static const struct {
        uint8_t type;
        uint16_t flags;
        uint32_t size;
        uint64_t contents;
    } rows[] = {
        { TESSERA_BOOT_EVENT_LOG, FFA_BOOT_INFO_CONTENTS_ADDRESS, 0, 0xa0000 },
        { TESSERA_BOOT_EVENT_LOG, FFA_BOOT_INFO_CONTENTS_ADDRESS, 777, 0 },
        { TESSERA_BOOT_EVENT_LOG, FFA_BOOT_INFO_CONTENTS_VALUE, 8, 0xa0000 },
        { TESSERA_BOOT_EVENT_LOG, FFA_BOOT_INFO_CONTENTS_ADDRESS, 777, UINT64_MAX - 776 },
        { TESSERA_BOOT_FACTS, FFA_BOOT_INFO_CONTENTS_ADDRESS, 151, 0xb0000 },
        { TESSERA_BOOT_FACTS, FFA_BOOT_INFO_CONTENTS_ADDRESS, 153, 0xb0000 },
        { TESSERA_BOOT_FACTS, FFA_BOOT_INFO_CONTENTS_ADDRESS, 152, 0xb0002 },
        { TESSERA_BOOT_FACTS, FFA_BOOT_INFO_CONTENTS_ADDRESS, 152, 0 },
        { TESSERA_BOOT_FACTS, FFA_BOOT_INFO_CONTENTS_VALUE, 8, 0xb0000 },
        { TESSERA_BOOT_OPTIONS, FFA_BOOT_INFO_CONTENTS_ADDRESS, 8, 1 },
        { TESSERA_BOOT_OPTIONS, FFA_BOOT_INFO_CONTENTS_VALUE, 9, 1 },
        { TESSERA_BOOT_OPTIONS, FFA_BOOT_INFO_CONTENTS_VALUE, 8, 0x100000000 },
    };
    struct sp_boot boot;

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        good_blob(state);
        add(rows[i].type, "x", rows[i].flags, rows[i].size, rows[i].contents);
        if (decode(&boot) != ERR_INVALID) {
            fail_msg("row %zu is not refused", i);
        }
    }
    for (size_t i = 0; i < 3; i++) { // twice, also what the first one said is nothing
        static const uint8_t types[] = { TESSERA_BOOT_EVENT_LOG, TESSERA_BOOT_FACTS,
                                         TESSERA_BOOT_OPTIONS };
        uint16_t flags = i == 2 ? FFA_BOOT_INFO_CONTENTS_VALUE : FFA_BOOT_INFO_CONTENTS_ADDRESS;

        good_blob(state);
        add(types[i], "a", flags, i == 1 ? 152 : 8, i == 2 ? 0 : 0xa0000);
        assert_int_equal(decode(&boot), 0);
        add(types[i], "b", flags, i == 1 ? 152 : 8, i == 2 ? 0 : 0xb0000);
        assert_int_equal(decode(&boot), ERR_DUPLICATE);
    }
}

static void nothing_is_written_on_refusal(void **state)
{
    struct sp_boot boot;
    struct sp_boot before;

    (void)state;
    memset(&boot, 0x55, sizeof(boot));
    before = boot;
    blob.desc[6].flags = 0x100;
    assert_int_equal(decode(&boot), ERR_INVALID);
    assert_memory_equal(&boot, &before, sizeof(boot));
}

static void a_wrong_header_is_refused(void **state)
{
    struct sp_boot boot;
    struct {
        uint32_t *field;
        uint32_t value;
        int error;
    } rows[] = {
        { &blob.header.signature, 0x0ffb, ERR_INVALID },
        { &blob.header.version, 0x20000, ERR_VERSION },
        { &blob.header.version, 0, ERR_VERSION },
        { &blob.header.desc_size, 24, ERR_VERSION },
        { &blob.header.desc_size, 0, ERR_VERSION },
        { &blob.header.blob_size, SP_BOOT_BLOB_MAX + 1, ERR_RANGE },
        { &blob.header.blob_size, 31, ERR_RANGE },
        { &blob.header.desc_offset, 24, ERR_RANGE },
        { &blob.header.desc_offset, 36, ERR_INVALID },
        { &blob.header.desc_offset, 0xfffffff8, ERR_RANGE },
        { &blob.header.desc_count, DESC_MAX + 1, ERR_RANGE },
        { &blob.header.desc_count, 0x8000001, ERR_RANGE },
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        good_blob(state);
        *rows[i].field = rows[i].value;
        assert_int_equal(decode(&boot), rows[i].error);
    }
    good_blob(state);
    blob.header.reserved = 1;
    assert_int_equal(decode(&boot), ERR_INVALID);
    assert_int_equal(sp_boot_decode(NULL, &boot), ERR_INVALID);
    assert_int_equal(sp_boot_decode((const uint8_t *)&blob + 4, &boot), ERR_INVALID);
}

static void a_wrong_descriptor_is_refused(void **state)
{
    struct sp_boot boot;

    for (unsigned int i = 0; i < 7; i++) {
        good_blob(state);
        blob.desc[i].flags |= 2; // a reserved bit
        assert_int_equal(decode(&boot), ERR_INVALID);
        good_blob(state);
        blob.desc[i].reserved = 1;
        assert_int_equal(decode(&boot), ERR_INVALID);
        good_blob(state);
        blob.desc[i].flags ^= FFA_BOOT_INFO_CONTENTS_VALUE; // address for value, value for address
        assert_int_equal(decode(&boot), ERR_INVALID);
        good_blob(state);
        add(blob.desc[i].type, blob.desc[i].name, blob.desc[i].flags, blob.desc[i].size,
            blob.desc[i].contents);
        assert_int_equal(decode(&boot), ERR_DUPLICATE);
    }
}

static void a_wrong_size_or_address_is_refused(void **state)
{
    struct sp_boot boot;

    for (size_t i = 0; i < 3; i++) {
        good_blob(state);
        blob.desc[i].size--;
        assert_int_equal(decode(&boot), ERR_INVALID);
        good_blob(state);
        blob.desc[i].size++;
        assert_int_equal(decode(&boot), ERR_INVALID);
        good_blob(state);
        blob.desc[i].contents = 0;
        assert_int_equal(decode(&boot), ERR_INVALID);
    }
    good_blob(state);
    blob.desc[3].contents = UINT64_MAX - 0x3fff + 1; // ends past the last address
    assert_int_equal(decode(&boot), ERR_INVALID);
    good_blob(state);
    blob.desc[4].size = 9; // a value of more than 8 bytes
    assert_int_equal(decode(&boot), ERR_INVALID);
    good_blob(state);
    blob.desc[6].size = 0;
    assert_int_equal(decode(&boot), ERR_INVALID);
    good_blob(state);
    memset(blob.desc[6].name, 'x', 16); // no terminator
    assert_int_equal(decode(&boot), ERR_INVALID);
}

static void at_most_twelve_regions(void **state)
{
    struct sp_boot boot;
    char name[2] = "a";

    good_blob(state);
    for (unsigned int i = 0; i < SP_BOOT_MAX_REGIONS - 1; i++, name[0]++) {
        add(TESSERA_BOOT_REGION, name, FFA_BOOT_INFO_CONTENTS_ADDRESS, 0x1000, 0x80000);
    }
    assert_int_equal(decode(&boot), 0);
    assert_int_equal(boot.region_count, 12);
    add(TESSERA_BOOT_REGION, name, FFA_BOOT_INFO_CONTENTS_ADDRESS, 0x1000, 0x80000);
    assert_int_equal(decode(&boot), ERR_NO_MEMORY);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(everything_is_found, good_blob),
        cmocka_unit_test_setup(only_the_secrets_are_mandatory, good_blob),
        cmocka_unit_test_setup(log_facts_and_options_are_found, good_blob),
        cmocka_unit_test_setup(wrong_log_facts_and_options_are_refused, good_blob),
        cmocka_unit_test_setup(nothing_is_written_on_refusal, good_blob),
        cmocka_unit_test_setup(a_wrong_header_is_refused, good_blob),
        cmocka_unit_test_setup(a_wrong_descriptor_is_refused, good_blob),
        cmocka_unit_test_setup(a_wrong_size_or_address_is_refused, good_blob),
        cmocka_unit_test_setup(at_most_twelve_regions, good_blob),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
