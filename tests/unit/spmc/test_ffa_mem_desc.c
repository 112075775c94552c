// SPDX-License-Identifier: BSD-3-Clause
//
// Memory transaction descriptors (spmc/ffa_mem_desc.c): the three formats, every rule of lengths, counts, offsets and reserved
// fields, what is written to a receiver; and that no byte of a caller's buffer is read twice. The reader of buffers is this
// file's own, which counts. Expected values: DEN0077A "Memory transaction descriptor".
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "ffa_mem_desc.h"

#include "ffa_abi.h"

#define BUFFER 4096

static const uint32_t versions[] = { FFA_VERSION_1_0, FFA_VERSION_1_1, FFA_VERSION_1_2 };

static uint8_t buffer[BUFFER] __attribute__((aligned(8)));
static uint8_t reads[BUFFER]; // of each byte, since the last decoding began

// Stands in for ffa_mem_view.c
void ffa_view_read(const struct ffa_view *view, uint32_t offset, void *to, uint32_t length)
{
    assert_true(offset % 8 == 0 && length % 8 == 0);
    assert_true(offset <= view->size && length <= view->size - offset);
    for (uint32_t i = 0; i < length; i++) {
        assert_int_equal(reads[offset + i], 0);
        reads[offset + i]++;
        ((uint8_t *)to)[i] = view->bytes[offset + i];
    }
}

static int decode_send(uint32_t fragment, uint32_t total, uint32_t version,
                       struct ffa_mem_desc *desc)
{
    struct ffa_view view = { .bytes = buffer, .size = fragment };

    memset(reads, 0, sizeof(reads));
    return ffa_mem_desc_decode_send(&view, total, version, desc);
}

static int decode_retrieve(uint32_t length, uint32_t version, struct ffa_mem_desc *desc)
{
    struct ffa_view view = { .bytes = buffer, .size = length };

    memset(reads, 0, sizeof(reads));
    return ffa_mem_desc_decode_retrieve(&view, version, desc);
}

static void put(uint32_t offset, uint64_t value, uint32_t bytes)
{
    memcpy(buffer + offset, &value, bytes);
}

static uint32_t head(uint32_t version)
{
    return version == FFA_VERSION_1_0 ? 32 : 48;
}

static uint32_t emad(uint32_t version)
{
    return version == FFA_VERSION_1_2 ? 32 : 16;
}

// A legal descriptor of `count` borrowers and `ranges` ranges of one page, by the tables' offsets; returns its length.
// 0 ranges: a request.
static uint32_t make(uint32_t version, uint32_t count, uint32_t ranges)
{
    uint32_t end = head(version) + count * emad(version);

    memset(buffer, 0, sizeof(buffer));
    put(0, 0x8001, 2);
    put(2, 0x2f, version == FFA_VERSION_1_0 ? 1 : 2);
    put(4, 0x11, 4);
    put(8, 0x2222222222222222, 8);
    put(16, 0x3333333333333333, 8);
    put(28, count, 4);
    if (version > FFA_VERSION_1_0) {
        put(24, emad(version), 4);
        put(32, 48, 4);
    }
    for (uint32_t i = 0; i < count; i++) {
        uint32_t at = head(version) + i * emad(version);

        put(at, 0x8002 + i, 2);
        put(at + 2, 1 + i, 1);
        put(at + 4, ranges != 0 ? end : 0, 4);
        if (version == FFA_VERSION_1_2) {
            put(at + 8, 0x4444444444444440 + i, 8);
            put(at + 16, 0x5555555555555550 + i, 8);
        }
    }
    if (ranges == 0) {
        return end;
    }
    put(end, ranges, 4);
    put(end + 4, ranges, 4);
    for (uint32_t i = 0; i < ranges && end + 32 + 16 * i <= BUFFER; i++) {
        put(end + 16 + 16 * i, 0x40000000 + i * 0x2000ull, 8);
        put(end + 24 + 16 * i, 1, 4);
    }
    return end + 16 + 16 * ranges;
}

static void every_format_is_read(void **state)
{
    (void)state;
    for (size_t v = 0; v < 3; v++) {
        for (uint32_t count = 1; count <= SPMC_MAX_BORROWERS; count++) {
            uint32_t length = make(versions[v], count, 5);
            struct ffa_mem_desc desc;

            for (uint32_t n = 0; n < 2; n++) {
                if (n == 0) {
                    assert_int_equal(decode_send(length, length, versions[v], &desc), 0);
                    assert_int_equal(desc.page_count, 5);
                    assert_int_equal(desc.range_count, 5);
                    assert_int_equal(desc.ranges_offset, length - 5 * 16);
                } else {
                    length = make(versions[v], count, 0);
                    assert_int_equal(decode_retrieve(length, versions[v], &desc), 0);
                }
                assert_int_equal(desc.sender, 0x8001);
                assert_int_equal(desc.attributes, 0x2f);
                assert_int_equal(desc.flags, 0x11);
                assert_int_equal(desc.handle, 0x2222222222222222);
                assert_int_equal(desc.tag, 0x3333333333333333);
                assert_int_equal(desc.borrower_count, count);
                for (uint32_t i = 0; i < count; i++) {
                    bool impdef = versions[v] == FFA_VERSION_1_2;

                    assert_int_equal(desc.borrowers[i].id, 0x8002 + i);
                    assert_int_equal(desc.borrowers[i].permissions, 1 + i);
                    assert_int_equal(desc.borrowers[i].impdef[0],
                                     impdef ? 0x4444444444444440 + i : 0);
                    assert_int_equal(desc.borrowers[i].impdef[1],
                                     impdef ? 0x5555555555555550 + i : 0);
                }
            }
        }
    }
}

static void no_prefix_is_read_past_its_end(void **state)
{
    struct ffa_mem_desc desc;

    (void)state;
    for (size_t v = 0; v < 3; v++) {
        uint32_t length = make(versions[v], 2, 3);

        for (uint32_t fragment = 0; fragment < length; fragment++) {
            uint32_t first = length - 3 * 16;
            bool legal = fragment >= first && (fragment - first) % 16 == 0;

            assert_int_equal(decode_send(fragment, length, versions[v], &desc),
                             legal ? 0 : ERR_INVALID);
        }
        length = make(versions[v], 2, 0);
        for (uint32_t wrong = 0; wrong < 256; wrong++) {
            assert_int_equal(decode_retrieve(wrong, versions[v], &desc),
                             wrong == length ? 0 : ERR_INVALID);
        }
    }
}

static void total_length_must_be_exact(void **state)
{
    struct ffa_mem_desc desc;

    (void)state;
    for (size_t v = 0; v < 3; v++) {
        uint32_t length = make(versions[v], 1, 3);

        for (uint32_t total = 0; total < 2 * length; total++) {
            assert_int_equal(decode_send(length, total, versions[v], &desc),
                             total == length ? 0 : ERR_INVALID);
        }
        assert_int_equal(decode_send(length, UINT32_MAX, versions[v], &desc), ERR_INVALID);
    }
}

static const uint32_t odd_values[] = {
    0,          1,          4,          7,          8,          15,         16,
    17,         24,         31,         32,         33,         40,         47,
    48,         49,         56,         64,         80,         96,         112,
    128,        4080,       4088,       4096,       0x7ffffff0, 0x7fffffff, 0x80000000,
    0xfffffff0, 0xfffffff8, 0xffffffff, 0x10000000, 0x08000000, 0x0fffffff,
};

// Count, size and offset of access descriptors, against a judge that counts in 128 bits
static void access_array_must_lie_inside(void **state)
{
    (void)state;
    for (size_t v = 1; v < 3; v++) {
        for (size_t c = 0; c < sizeof(odd_values) / 4; c++) {
            for (size_t s = 0; s < sizeof(odd_values) / 4; s++) {
                for (size_t o = 0; o < sizeof(odd_values) / 4; o++) {
                    uint32_t length = make(versions[v], 1, 1);
                    struct ffa_mem_desc desc;
                    uint32_t count = odd_values[c];
                    uint32_t size = odd_values[s];
                    uint32_t offset = odd_values[o];

                    put(24, size, 4);
                    put(28, count, 4);
                    put(32, offset, 4);
                    int err = decode_send(length, length, versions[v], &desc);
                    bool legal = count == 1 && size == emad(versions[v]) && offset == 48;
                    // An array that fits but has more than there may be
                    bool many = size == emad(versions[v]) && offset % 16 == 0 && offset >= 48 &&
                                count > SPMC_MAX_BORROWERS &&
                                (unsigned __int128)count * size + offset <= length;
                    assert_int_equal(err, legal ? 0 : many ? ERR_NO_MEMORY : ERR_INVALID);
                }
            }
        }
    }
}

static void gap_in_front_of_the_array_is_legal(void **state)
{
    struct ffa_mem_desc desc;

    (void)state;
    for (size_t v = 1; v < 3; v++) {
        uint32_t length = make(versions[v], 1, 0);

        memmove(buffer + 64, buffer + 48, emad(versions[v]));
        memset(buffer + 48, 0xff, 16); // nobody's
        put(32, 64, 4);
        assert_int_equal(decode_retrieve(length + 16, versions[v], &desc), 0);
        assert_int_equal(desc.borrowers[0].id, 0x8002);
        put(32, 56, 4);
        assert_int_equal(decode_retrieve(length + 8, versions[v], &desc), ERR_INVALID);
    }
}

static void composite_must_follow_the_array(void **state)
{
    struct ffa_mem_desc desc;

    (void)state;
    for (size_t v = 0; v < 3; v++) {
        for (uint32_t offset = 0; offset < 200; offset++) {
            uint32_t length = make(versions[v], 1, 1);
            uint32_t end = length - 32;
            uint8_t composite[32];

            memcpy(composite, buffer + end, 32);
            put(head(versions[v]) + 4, offset, 4);
            if (offset >= end) {
                memset(buffer + end, 0xee, 32);
                memcpy(buffer + offset, composite, 32);
            }
            // Anywhere behind the array, on 8 bytes
            bool legal = offset >= end && offset % 8 == 0;
            assert_int_equal(decode_send(offset + 32, offset + 32, versions[v], &desc),
                             legal ? 0 : ERR_INVALID);
        }
        for (size_t i = 0; i < sizeof(odd_values) / 4; i++) {
            uint32_t length = make(versions[v], 1, 1);

            if (odd_values[i] != length - 32) {
                put(head(versions[v]) + 4, odd_values[i], 4);
                assert_int_equal(decode_send(length, length, versions[v], &desc), ERR_INVALID);
            }
        }
        // All borrowers name the same one
        uint32_t length = make(versions[v], 2, 1);
        put(head(versions[v]) + emad(versions[v]) + 4, length - 24, 4);
        assert_int_equal(decode_send(length, length, versions[v], &desc), ERR_INVALID);
        // A request names none
        length = make(versions[v], 1, 0);
        put(head(versions[v]) + 4, length, 4);
        assert_int_equal(decode_retrieve(length, versions[v], &desc), ERR_INVALID);
    }
}

static void counts_of_ranges_and_pages(void **state)
{
    struct ffa_mem_desc desc;

    (void)state;
    for (size_t v = 0; v < 3; v++) {
        for (size_t i = 0; i < sizeof(odd_values) / 4; i++) {
            uint32_t length = make(versions[v], 1, 3);
            uint32_t count = odd_values[i];

            put(length - 60, count, 4);
            assert_int_equal(decode_send(length, length, versions[v], &desc), ERR_INVALID);
            length = make(versions[v], 1, 3);
            put(length - 64, count, 4);
            assert_int_equal(decode_send(length, length, versions[v], &desc),
                             count < 3                    ? ERR_INVALID
                             : count > SPMC_MAX_MEM_PAGES ? ERR_NO_MEMORY
                                                          : 0);
        }
        // The first fragment of the longest list, and of one range more
        for (uint32_t more = 0; more < 2; more++) {
            uint32_t total = make(versions[v], 1, SPMC_MAX_RANGES + more);

            assert_int_equal(
                decode_send(head(versions[v]) + emad(versions[v]) + 16, total, versions[v], &desc),
                more != 0 ? ERR_NO_MEMORY : 0);
        }
    }
}

static void reserved_fields_must_be_zero(void **state)
{
    struct ffa_mem_desc desc;

    (void)state;
    for (size_t v = 0; v < 3; v++) {
        uint32_t at = head(versions[v]);
        // Offset and length of what is reserved
        const uint32_t fields[][2] = {
            { versions[v] == FFA_VERSION_1_0 ? 3 : 36, versions[v] == FFA_VERSION_1_0 ? 1 : 12 },
            { versions[v] == FFA_VERSION_1_0 ? 24 : 36, 4 },
            { at + 3, 1 }, // flags of a borrower
            { versions[v] == FFA_VERSION_1_2 ? at + 24 : at + 8, 8 },
            { at + emad(versions[v]) + 8, 8 }, // composite
        };
        for (size_t i = 0; i < sizeof(fields) / sizeof(fields[0]); i++) {
            for (uint32_t bit = 0; bit < 8 * fields[i][1]; bit++) {
                uint32_t length = make(versions[v], 1, 1);

                buffer[fields[i][0] + bit / 8] ^= (uint8_t)(1u << bit % 8);
                assert_int_equal(decode_send(length, length, versions[v], &desc), ERR_INVALID);
            }
        }
    }
}

static void hypervisor_form_has_a_handle_alone(void **state)
{
    struct ffa_mem_desc desc;

    (void)state;
    for (size_t v = 0; v < 3; v++) {
        memset(buffer, 0, sizeof(buffer));
        put(8, 0x1234567812345678, 8);
        assert_int_equal(decode_retrieve(head(versions[v]), versions[v], &desc), 0);
        assert_int_equal(desc.handle, 0x1234567812345678);
        assert_int_equal(desc.borrower_count, 0);
        assert_int_equal(decode_retrieve(head(versions[v]) + 16, versions[v], &desc), ERR_INVALID);
        assert_int_equal(decode_send(head(versions[v]), head(versions[v]), versions[v], &desc),
                         ERR_INVALID);
        if (v > 0) {
            put(32, 48, 4);
            put(24, emad(versions[v]), 4);
            assert_int_equal(decode_retrieve(48, versions[v], &desc), ERR_INVALID);
        }
    }
}

static void ranges_are_whole_pages(void **state)
{
    const uint64_t limit = 1ull << 40;
    static const struct {
        uint64_t address;
        uint32_t pages;
        bool legal;
    } cases[] = {
        { 0, 1, true },
        { 0x1000, 1, true },
        { 0x1000, 0, false },
        { 0x1001, 1, false },
        { 0x800, 1, false },
        { (1ull << 40) - 0x1000, 1, true },
        { (1ull << 40) - 0x1000, 2, false },
        { 1ull << 40, 1, false },
        { 0, 0x10000000, true },
        { 0, 0x10000001, false },
        { 0x1000, 0x10000000, false },
        { 0, UINT32_MAX, false },
        { 0xfffffffffffff000, 1, false },
        { 0xfffffffffffff000, 2, false },
        { 0xfffffffffffff000, UINT32_MAX, false },
    };
    struct ffa_view view = { .bytes = buffer, .size = 32 };
    struct ffa_mem_range range;

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        memset(reads, 0, sizeof(reads));
        memset(buffer, 0, sizeof(buffer));
        put(16, cases[i].address, 8);
        put(24, cases[i].pages, 4);
        assert_int_equal(ffa_mem_desc_decode_range(&view, 16, limit, &range),
                         cases[i].legal ? 0 : ERR_INVALID);
    }
    memset(reads, 0, sizeof(reads));
    memset(buffer, 0, sizeof(buffer));
    put(24, 0x100000001, 8);
    assert_int_equal(ffa_mem_desc_decode_range(&view, 16, limit, &range), ERR_INVALID);
}

static void relinquish_names_one_endpoint(void **state)
{
    struct ffa_view view = { .bytes = buffer, .size = 24 };
    uint64_t handle;
    uint32_t flags;
    uint16_t id;

    (void)state;
    memset(buffer, 0xff, sizeof(buffer));
    put(0, 0x1234567812345678, 8);
    put(8, 0x55, 4);
    put(12, 1, 4);
    put(16, 0x8003, 2);
    memset(reads, 0, sizeof(reads));
    assert_int_equal(ffa_mem_desc_decode_relinquish(&view, &handle, &flags, &id), 0);
    assert_int_equal(handle, 0x1234567812345678);
    assert_int_equal(flags, 0x55);
    assert_int_equal(id, 0x8003);
    for (size_t i = 0; i < sizeof(odd_values) / 4; i++) {
        memset(reads, 0, sizeof(reads));
        put(12, odd_values[i], 4);
        assert_int_equal(ffa_mem_desc_decode_relinquish(&view, &handle, &flags, &id),
                         odd_values[i] == 1 ? 0 : ERR_INVALID);
    }
    for (view.size = 0; view.size < 24; view.size++) {
        assert_int_equal(ffa_mem_desc_decode_relinquish(&view, &handle, &flags, &id), ERR_INVALID);
    }
}

// What is written for a version is what that version's make() has, and reads back as what it was made of.
static void written_descriptors_are_the_versions(void **state)
{
    (void)state;
    for (size_t v = 0; v < 3; v++) {
        for (size_t to = 0; to < 3; to++) {
            for (uint32_t count = 1; count <= SPMC_MAX_BORROWERS; count++) {
                static uint8_t written[BUFFER] __attribute__((aligned(8)));
                struct ffa_mem_desc desc;
                uint32_t length = make(versions[v], count, 2);

                assert_int_equal(decode_send(length, length, versions[v], &desc), 0);
                memset(written, 0xaa, sizeof(written));
                uint32_t size = ffa_mem_desc_encode(&desc, versions[to], written);
                length = make(versions[to], count, 2);
                assert_int_equal(size, length - 32);
                if (versions[v] != FFA_VERSION_1_2 && versions[to] == FFA_VERSION_1_2) {
                    for (uint32_t i = 0; i < count; i++) { // nothing was said
                        put(48 + 32 * i + 8, 0, 8);
                        put(48 + 32 * i + 16, 0, 8);
                    }
                }
                assert_memory_equal(written, buffer, size);
                for (uint32_t i = size; i < BUFFER; i++) {
                    assert_int_equal(written[i], 0xaa);
                }
            }
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_format_is_read),
        cmocka_unit_test(no_prefix_is_read_past_its_end),
        cmocka_unit_test(total_length_must_be_exact),
        cmocka_unit_test(access_array_must_lie_inside),
        cmocka_unit_test(gap_in_front_of_the_array_is_legal),
        cmocka_unit_test(composite_must_follow_the_array),
        cmocka_unit_test(counts_of_ranges_and_pages),
        cmocka_unit_test(reserved_fields_must_be_zero),
        cmocka_unit_test(hypervisor_form_has_a_handle_alone),
        cmocka_unit_test(ranges_are_whole_pages),
        cmocka_unit_test(relinquish_names_one_endpoint),
        cmocka_unit_test(written_descriptors_are_the_versions),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
