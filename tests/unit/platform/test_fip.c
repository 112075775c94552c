// SPDX-License-Identifier: BSD-3-Clause
//
// FIP reader (platform/lib/boot/fip.c) and table of names: every rule with its error code, field
// and numbers, every truncation, every flipped bit. The FIPs are built here from the format's
// description, not with fip-tool's writer. The read function checks that nothing outside the window
// is asked for.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "fip.h"
#include "fip_names.h"

#define STORAGE_SIZE 0x1400
#define ENTRY(i) (16 + 40 * (i))
#define MAX_READS 80

struct storage {
    uint8_t bytes[STORAGE_SIZE];
    uint64_t window;
    uint32_t reads;
    uint32_t fail_at; // this read (from 1) gives fail_with
    int fail_with;
    uint64_t read_offsets[MAX_READS];
};

static struct storage storage;
static struct fip fip;
static struct image_fault fault;

static const uint8_t blob_uuid[16] = {
    0x9e, 0x5c, 0xb4, 0xa2, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12
};

static int read_storage(void *ctx, uint64_t offset, void *buf, size_t len)
{
    struct storage *from = ctx;

    assert_true(offset <= from->window);
    assert_true(len <= from->window - offset);
    if (from->reads < MAX_READS) {
        from->read_offsets[from->reads] = offset;
    }
    from->reads++;
    if (from->reads == from->fail_at) {
        return from->fail_with;
    }
    memcpy(buf, from->bytes + offset, len);
    return 0;
}

static void put(size_t offset, size_t width, uint64_t value)
{
    for (size_t i = 0; i < width; i++) {
        storage.bytes[offset + i] = (uint8_t)(value >> 8 * i);
    }
}

static void put_entry(uint32_t index, const uint8_t *uuid, uint64_t offset, uint64_t size)
{
    if (uuid != NULL) {
        memcpy(storage.bytes + ENTRY(index), uuid, 16);
    } else {
        memset(storage.bytes + ENTRY(index), 0, 16);
    }
    put(ENTRY(index) + 16, 8, offset);
    put(ENTRY(index) + 24, 8, size);
    put(ENTRY(index) + 32, 8, 0);
}

static void put_header(void)
{
    memset(&storage, 0, sizeof(storage));
    storage.window = STORAGE_SIZE;
    for (size_t i = 0; i < STORAGE_SIZE; i++) {
        storage.bytes[i] = (uint8_t)(i * 7 + 3);
    }
    put(0, 4, 0xaa640001);
    put(4, 4, 0x12345678);
    put(8, 8, 0x0000abcd00000000);
}

// BL2 at 0x1000, BL33 behind it without a gap, a package behind a gap; the FIP fills the window.
static void put_good_fip(void)
{
    put_header();
    put_entry(0, fip_names_get(IMAGE_TB_FW)->uuid, 0x1000, 0x100);
    put_entry(1, fip_names_get(IMAGE_NT_FW)->uuid, 0x1100, 0x80);
    put_entry(2, blob_uuid, 0x1200, 0x200);
    put_entry(3, NULL, 0x1400, 0);
}

static int open_storage(void)
{
    struct fip_io io = { .read = read_storage, .ctx = &storage, .size = storage.window };

    storage.reads = 0;
    memset(&fault, 0xee, sizeof(fault));
    memset(&fip, 0xee, sizeof(fip));
    return fip_open(&fip, &io, &fault);
}

static void opens_a_good_fip_and_keeps_its_fields(void **state)
{
    (void)state;
    put_good_fip();
    put(ENTRY(1) + 32, 8, 0x1122334455667788);
    assert_int_equal(open_storage(), 0);
    assert_int_equal(fip.size, 0x1400);
    assert_int_equal(fip.serial, 0x12345678);
    assert_true(fip.flags == 0x0000abcd00000000);
    assert_int_equal(fip.entry_count, 3);
    assert_true(fip.entries[1].flags == 0x1122334455667788);
}

static void reads_each_entry_once_and_in_order(void **state)
{
    (void)state;
    put_good_fip();
    assert_int_equal(open_storage(), 0);
    assert_int_equal(storage.reads, 5); // header, three entries, terminator
    assert_int_equal(storage.read_offsets[0], 0);
    for (uint32_t i = 0; i < 4; i++) {
        assert_int_equal(storage.read_offsets[i + 1], ENTRY(i));
    }
}

static void opens_an_empty_fip(void **state)
{
    (void)state;
    put_header();
    put_entry(0, NULL, 56, 0);
    storage.window = 56;
    assert_int_equal(open_storage(), 0);
    assert_int_equal(fip.entry_count, 0);
    assert_int_equal(fip.size, 56);
}

static void opens_as_many_entries_as_it_promises(void **state)
{
    uint8_t uuid[16] = { 1 };

    (void)state;
    put_header();
    for (uint32_t i = 0; i < FIP_MAX_ENTRIES; i++) {
        uuid[15] = (uint8_t)i;
        put_entry(i, uuid, 0x1000 + i, 1);
    }
    put_entry(FIP_MAX_ENTRIES, NULL, 0x1400, 0);
    assert_int_equal(open_storage(), 0);
    assert_int_equal(fip.entry_count, FIP_MAX_ENTRIES);

    uuid[0] = 2;
    put_entry(FIP_MAX_ENTRIES, uuid, 0x1100, 1);
    put_entry(FIP_MAX_ENTRIES + 1, NULL, 0x1400, 0);
    assert_int_equal(open_storage(), ERR_NO_MEMORY);
    assert_int_equal(fault.rule, FIP_RULE_TOC_COUNT);
    assert_int_equal(fault.found, FIP_MAX_ENTRIES + 1);
    assert_int_equal(fault.expected, FIP_MAX_ENTRIES);
}

// One change to the good FIP and what must come of it.
struct refusal {
    size_t offset; // of the change; width 0: none
    size_t width;
    uint64_t value;
    uint64_t window; // 0: all
    int err;
    enum fip_rule rule;
    uint32_t entry;
    uint64_t found;
    uint64_t expected;
    const char *field;
};

#define NONE IMAGE_FAULT_NO_ENTRY
#define TOC_END (16 + 40 * 4)

static const struct refusal refusals[] = {
    { 0, 0, 0, 1, ERR_TRUNCATED, FIP_RULE_WINDOW, NONE, 1, 56, "header" },
    { 0, 0, 0, 55, ERR_TRUNCATED, FIP_RULE_WINDOW, NONE, 55, 56, "header" },
    { 0, 4, 0xaa640000, 0, ERR_INVALID, FIP_RULE_NAME, NONE, 0xaa640000, 0xaa640001, "name" },
    { 0, 4, 0, 0, ERR_INVALID, FIP_RULE_NAME, NONE, 0, 0xaa640001, "name" },
    { 0, 4, 0xffffffff, 0, ERR_INVALID, FIP_RULE_NAME, NONE, 0xffffffff, 0xaa640001, "name" },
    { 4, 4, 0, 0, ERR_INVALID, FIP_RULE_SERIAL, NONE, 0, 0x12345678, "serial number" },
    { 0, 0, 0, 56, ERR_TRUNCATED, FIP_RULE_TOC_TRUNCATED, NONE, 96, 56, "terminator" },
    { 0, 0, 0, TOC_END - 1, ERR_TRUNCATED, FIP_RULE_TOC_TRUNCATED, NONE, TOC_END, TOC_END - 1,
      "terminator" },
    { ENTRY(3), 1, 1, 0, ERR_NO_MEMORY, FIP_RULE_TOC_COUNT, NONE, 65, 64, "terminator" },
    { ENTRY(3) + 24, 8, 1, 0, ERR_INVALID, FIP_RULE_END_SIZE, NONE, 1, 0, "terminator size" },
    { ENTRY(3) + 16, 8, TOC_END - 1, 0, ERR_OVERLAP, FIP_RULE_END_TOC, NONE, TOC_END - 1, TOC_END,
      "end of FIP" },
    { ENTRY(3) + 16, 8, 0, 0, ERR_OVERLAP, FIP_RULE_END_TOC, NONE, 0, TOC_END, "end of FIP" },
    { ENTRY(3) + 16, 8, 0x1401, 0, ERR_TRUNCATED, FIP_RULE_END_WINDOW, NONE, 0x1401, 0x1400,
      "end of FIP" },
    { ENTRY(3) + 16, 8, UINT64_MAX, 0, ERR_TRUNCATED, FIP_RULE_END_WINDOW, NONE, UINT64_MAX, 0x1400,
      "end of FIP" },
    { 0, 0, 0, 0x13ff, ERR_TRUNCATED, FIP_RULE_END_WINDOW, NONE, 0x1400, 0x13ff, "end of FIP" },
    { ENTRY(1) + 24, 8, 0, 0, ERR_INVALID, FIP_RULE_ENTRY_EMPTY, 1, 0, 1, "size" },
    { ENTRY(0) + 16, 8, 0, 0, ERR_OVERLAP, FIP_RULE_ENTRY_TOC, 0, 0, TOC_END, "offset" },
    { ENTRY(0) + 16, 8, TOC_END - 1, 0, ERR_OVERLAP, FIP_RULE_ENTRY_TOC, 0, TOC_END - 1, TOC_END,
      "offset" },
    { ENTRY(2) + 16, 8, 0x1401, 0, ERR_RANGE, FIP_RULE_ENTRY_OFFSET, 2, 0x1401, 0x1400, "offset" },
    { ENTRY(2) + 16, 8, UINT64_MAX, 0, ERR_RANGE, FIP_RULE_ENTRY_OFFSET, 2, UINT64_MAX, 0x1400,
      "offset" },
    { ENTRY(2) + 16, 8, 0x8000000000000000, 0, ERR_RANGE, FIP_RULE_ENTRY_OFFSET, 2,
      0x8000000000000000, 0x1400, "offset" },
    { ENTRY(2) + 24, 8, 0x201, 0, ERR_RANGE, FIP_RULE_ENTRY_SIZE, 2, 0x201, 0x200, "size" },
    { ENTRY(2) + 24, 8, UINT64_MAX, 0, ERR_RANGE, FIP_RULE_ENTRY_SIZE, 2, UINT64_MAX, 0x200,
      "size" },
    // offset + size wraps to a small number
    { ENTRY(2) + 24, 8, UINT64_MAX - 0x1200 + 2, 0, ERR_RANGE, FIP_RULE_ENTRY_SIZE, 2,
      UINT64_MAX - 0x1200 + 2, 0x200, "size" },
    { ENTRY(1) + 16, 8, 0x10ff, 0, ERR_OVERLAP, FIP_RULE_ENTRY_OVERLAP, 1, 0x10ff, 0x1100,
      "offset" },
    { ENTRY(1) + 24, 8, 0x101, 0, ERR_OVERLAP, FIP_RULE_ENTRY_OVERLAP, 2, 0x1200, 0x1201,
      "offset" },
    { ENTRY(2) + 16, 8, 0x1001, 0, ERR_OVERLAP, FIP_RULE_ENTRY_OVERLAP, 2, 0x1001, 0x1100,
      "offset" },
};

static void refuses_each_broken_rule_with_its_field_and_numbers(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(refusals) / sizeof(refusals[0]); i++) {
        const struct refusal *row = &refusals[i];
        struct fip_entry entry;
        struct image_fault other;

        put_good_fip();
        if (row->rule ==
            FIP_RULE_TOC_COUNT) { // no terminator anywhere: the rest of the storage is UUIDs
            memset(storage.bytes + ENTRY(3), 0x5a, STORAGE_SIZE - ENTRY(3));
        }
        put(row->offset, row->width, row->value);
        storage.window = row->window != 0 ? row->window : STORAGE_SIZE;
        assert_int_equal(open_storage(), row->err);
        assert_int_equal(fault.rule, row->rule);
        assert_int_equal(fault.entry, row->entry);
        assert_true(fault.found == row->found);
        assert_true(fault.expected == row->expected);
        assert_string_equal(fault.field, row->field);
        assert_true(strlen(fault.text) > 0);
        assert_int_equal(fip.entry_count, 0);
        assert_int_equal(fip_find(&fip, blob_uuid, &entry, &other), ERR_NOT_FOUND);
    }
}

static void refuses_a_uuid_that_stands_twice(void **state)
{
    (void)state;
    put_good_fip();
    put_entry(2, fip_names_get(IMAGE_TB_FW)->uuid, 0x1200, 0x200);
    assert_int_equal(open_storage(), ERR_DUPLICATE);
    assert_int_equal(fault.rule, FIP_RULE_ENTRY_DUPLICATE);
    assert_int_equal(fault.entry, 2);
    assert_int_equal(fault.expected, 0);
    assert_memory_equal(fip.entries[fault.entry].uuid, fip_names_get(IMAGE_TB_FW)->uuid, 16);
}

static void every_shorter_window_is_refused(void **state)
{
    (void)state;
    put_good_fip();
    for (uint64_t window = 0; window < STORAGE_SIZE; window++) {
        storage.window = window;
        assert_int_equal(open_storage(), ERR_TRUNCATED);
    }
}

static void a_larger_window_changes_nothing(void **state)
{
    (void)state;
    put_good_fip();
    put_entry(2, blob_uuid, 0x1200, 0x100);
    put_entry(3, NULL, 0x1300, 0);
    assert_int_equal(open_storage(), 0);
    assert_int_equal(fip.size, 0x1300);
}

// After success the fields must satisfy what fip.h promises, whatever the bytes were.
static void check_promises(void)
{
    uint64_t toc_end = 16 + 40 * (fip.entry_count + 1ull);

    assert_true(fip.size <= storage.window && fip.size >= toc_end);
    for (uint32_t i = 0; i < fip.entry_count; i++) {
        const struct fip_entry *a = &fip.entries[i];

        assert_true(a->size > 0 && a->offset >= toc_end && a->offset <= fip.size);
        assert_true(a->size <= fip.size - a->offset);
        for (uint32_t j = 0; j < i; j++) {
            const struct fip_entry *b = &fip.entries[j];

            assert_true(a->offset >= b->offset + b->size || b->offset >= a->offset + a->size);
            assert_memory_not_equal(a->uuid, b->uuid, 16);
        }
    }
}

static void every_flipped_bit_is_refused_or_harmless(void **state)
{
    uint32_t accepted = 0;

    (void)state;
    for (size_t bit = 0; bit < (size_t)TOC_END * 8; bit++) {
        put_good_fip();
        storage.bytes[bit / 8] ^= (uint8_t)(1 << bit % 8);
        if (open_storage() == 0) {
            check_promises();
            accepted++;
        } else {
            assert_int_equal(fip.entry_count, 0);
            assert_true(fault.rule > FIP_RULE_NONE && fault.rule < FIP_RULE_COUNT);
        }
    }
    // UUIDs, serial number, flags and some offsets may change; everything else was refused
    assert_true(accepted >= (3 * 16 + 4 + 8 + 3 * 8) * 8 && accepted < TOC_END * 8);
}

static void a_failing_storage_is_reported_from_every_read(void **state)
{
    (void)state;
    for (uint32_t read = 1; read <= 5; read++) {
        put_good_fip();
        storage.fail_at = read;
        storage.fail_with = ERR_TIMEOUT;
        assert_int_equal(open_storage(), ERR_TIMEOUT);
        assert_int_equal(fault.rule, FIP_RULE_STORAGE);
        assert_int_equal(fault.found, -ERR_TIMEOUT);
        assert_int_equal(fip.entry_count, 0);
    }
    storage.fail_at = 1;
    storage.fail_with = 7; // not an error code: still a failure
    assert_int_equal(open_storage(), ERR_IO);
}

static void finds_what_is_there_and_nothing_else(void **state)
{
    struct fip_entry entry;

    (void)state;
    put_good_fip();
    assert_int_equal(open_storage(), 0);
    assert_int_equal(fip_find(&fip, blob_uuid, &entry, &fault), 0);
    assert_int_equal(entry.offset, 0x1200);
    assert_int_equal(entry.size, 0x200);
    assert_int_equal(fip_find(&fip, fip_names_get(IMAGE_NT_FW)->uuid, &entry, &fault), 0);
    assert_int_equal(entry.offset, 0x1100);
    memset(&entry, 0x77, sizeof(entry));
    assert_int_equal(fip_find(&fip, fip_names_get(IMAGE_SOC_FW)->uuid, &entry, &fault),
                     ERR_NOT_FOUND);
    assert_int_equal(fault.rule, FIP_RULE_NO_SUCH_IMAGE);
    for (size_t i = 0; i < sizeof(entry); i++) {
        assert_int_equal(((uint8_t *)&entry)[i], 0x77); // untouched
    }
}

static void reads_inside_an_image_only(void **state)
{
    struct fip_entry entry;
    uint8_t buf[0x200];

    (void)state;
    put_good_fip();
    assert_int_equal(open_storage(), 0);
    assert_int_equal(fip_find(&fip, blob_uuid, &entry, &fault), 0);
    assert_int_equal(fip_read(&fip, &entry, 0, buf, 0x200), 0);
    assert_memory_equal(buf, storage.bytes + 0x1200, 0x200);
    assert_int_equal(fip_read(&fip, &entry, 0x1ff, buf, 1), 0);
    assert_int_equal(buf[0], storage.bytes[0x13ff]);
    assert_int_equal(fip_read(&fip, &entry, 0x200, buf, 0), 0);

    storage.reads = 0;
    assert_int_equal(fip_read(&fip, &entry, 0x200, buf, 1), ERR_RANGE);
    assert_int_equal(fip_read(&fip, &entry, 0x201, buf, 0), ERR_RANGE);
    assert_int_equal(fip_read(&fip, &entry, 1, buf, 0x200), ERR_RANGE);
    assert_int_equal(fip_read(&fip, &entry, UINT64_MAX, buf, 2), ERR_RANGE);
    assert_int_equal(fip_read(&fip, &entry, 0x10, buf, SIZE_MAX), ERR_RANGE);
    assert_int_equal(storage.reads, 0);

    storage.fail_at = 1;
    storage.fail_with = ERR_IO;
    assert_int_equal(fip_read(&fip, &entry, 0, buf, 1), ERR_IO);
    storage.reads = 0;
    storage.fail_with = 1;
    assert_int_equal(fip_read(&fip, &entry, 0, buf, 1), ERR_IO);
}

static void names_and_uuids_stand_once(void **state)
{
    static const uint8_t nil[16];

    (void)state;
    for (int i = 0; i < IMAGE_COUNT; i++) {
        const struct fip_name *name = fip_names_get((enum fip_image_id)i);

        assert_true(strlen(name->option) > 0 && strlen(name->title) > 0);
        assert_memory_not_equal(name->uuid, nil, 16);
        assert_ptr_equal(fip_names_find(name->uuid), name);
        for (int j = 0; j < i; j++) {
            assert_string_not_equal(name->option, fip_names_get((enum fip_image_id)j)->option);
        }
    }
    assert_null(fip_names_find(blob_uuid));
    assert_null(fip_names_find(nil));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(opens_a_good_fip_and_keeps_its_fields),
        cmocka_unit_test(reads_each_entry_once_and_in_order),
        cmocka_unit_test(opens_an_empty_fip),
        cmocka_unit_test(opens_as_many_entries_as_it_promises),
        cmocka_unit_test(refuses_each_broken_rule_with_its_field_and_numbers),
        cmocka_unit_test(refuses_a_uuid_that_stands_twice),
        cmocka_unit_test(every_shorter_window_is_refused),
        cmocka_unit_test(a_larger_window_changes_nothing),
        cmocka_unit_test(every_flipped_bit_is_refused_or_harmless),
        cmocka_unit_test(a_failing_storage_is_reported_from_every_read),
        cmocka_unit_test(finds_what_is_there_and_nothing_else),
        cmocka_unit_test(reads_inside_an_image_only),
        cmocka_unit_test(names_and_uuids_stand_once),
    };

    return cmocka_run_group_tests_name("fip", tests, NULL, NULL);
}
