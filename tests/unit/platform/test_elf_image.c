// SPDX-License-Identifier: BSD-3-Clause
//
// ELF decoder and relocator (platform/lib/boot/elf_image.c): a good image, every rule with the field that breaks it and its error
// code, all truncations and bit flips survived, relocation of what was asked and of nothing else. Images are built from the
// System V ABI, not by the code under test.
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "elf_image.h"
#include "package_support.h"

static uint8_t file[ELF_TEST_SIZE];
static struct elf_image image;
static struct image_fault fault;

static int good_file(void **state)
{
    (void)state;
    package_build_elf(file);
    memset(&image, 0xee, sizeof(image));
    memset(&fault, 0, sizeof(fault));
    return 0;
}

static void a_static_pie_is_decoded(void **state)
{
    (void)state;
    assert_int_equal(elf_image_decode(file, sizeof(file), &image, &fault), 0);
    assert_int_equal(image.entry, ELF_TEST_ENTRY);
    assert_int_equal(image.low, 0);
    assert_int_equal(image.end, 0x4000);
    assert_int_equal(image.segment_count, 3);
    assert_int_equal(image.segments[0].flags, ELF_IMAGE_READ | ELF_IMAGE_EXECUTE);
    assert_int_equal(image.segments[1].flags, ELF_IMAGE_READ);
    assert_int_equal(image.segments[2].flags, ELF_IMAGE_READ | ELF_IMAGE_WRITE);
    assert_int_equal(image.segments[2].vaddr, 0x2000);
    assert_int_equal(image.segments[2].offset, 0x2000);
    assert_int_equal(image.segments[2].filesz, 0x180);
    assert_int_equal(image.segments[2].memsz, 0x2000);
    assert_int_equal(image.relro_start, image.relro_end);
    assert_int_equal(image.rela_offset, ELF_TEST_RELA);
    assert_int_equal(image.rela_count, 2);
}

// One field changed, one rule broken.
struct refusal {
    size_t offset;
    uint32_t size; // bytes
    uint64_t value;
    enum elf_image_rule rule;
    int err;
};

#define PH(i, field) (ELF_TEST_PHDR(i) + (field))
#define P_TYPE 0
#define P_FLAGS 4
#define P_OFFSET 8
#define P_VADDR 16
#define P_FILESZ 32
#define P_MEMSZ 40
#define P_ALIGN 48
#define TAG(i) (ELF_TEST_DYNAMIC + 16 * (i))
#define TAG_VALUE(i) (ELF_TEST_DYNAMIC + 16 * (i) + 8)
#define RELRO 0x6474e552
#define MAX_IMAGE ((uint64_t)SP_MAX_IMAGE_PAGES * 4096)

static const struct refusal refusals[] = {
    { 0, 1, 0x7e, ELF_RULE_MAGIC, ERR_INVALID },
    { 3, 1, 'G', ELF_RULE_MAGIC, ERR_INVALID },
    { 4, 1, 1, ELF_RULE_CLASS, ERR_INVALID },
    { 5, 1, 2, ELF_RULE_DATA, ERR_INVALID },
    { 6, 1, 0, ELF_RULE_IDENT_VERSION, ERR_INVALID },
    { 16, 2, 2, ELF_RULE_TYPE, ERR_INVALID }, // ET_EXEC
    { 18, 2, 62, ELF_RULE_MACHINE, ERR_INVALID },
    { 20, 4, 2, ELF_RULE_VERSION, ERR_INVALID },
    { 52, 2, 63, ELF_RULE_EHSIZE, ERR_INVALID },
    { 54, 2, 57, ELF_RULE_PHENTSIZE, ERR_INVALID },
    { 56, 2, 0, ELF_RULE_PHNUM, ERR_INVALID },
    { 56, 2, 33, ELF_RULE_PHNUM, ERR_INVALID },
    { 56, 2, 0xffff, ELF_RULE_PHNUM, ERR_INVALID },
    { 32, 8, ELF_TEST_SIZE, ELF_RULE_PHOFF, ERR_RANGE },
    { 32, 8, ELF_TEST_SIZE - 56 * 6 + 1, ELF_RULE_PHOFF, ERR_RANGE },
    { 32, 8, UINT64_MAX, ELF_RULE_PHOFF, ERR_RANGE },
    { 32, 8, UINT64_MAX - 100, ELF_RULE_PHOFF, ERR_RANGE },
    { PH(5, P_TYPE), 4, 5, ELF_RULE_SEGMENT_TYPE, ERR_NOT_SUPPORTED }, // PT_SHLIB
    { PH(5, P_TYPE), 4, 0x70000000, ELF_RULE_SEGMENT_TYPE, ERR_NOT_SUPPORTED },
    { PH(5, P_TYPE), 4, 3, ELF_RULE_INTERP, ERR_NOT_SUPPORTED },
    { PH(5, P_TYPE), 4, 7, ELF_RULE_TLS, ERR_NOT_SUPPORTED },
    { PH(4, P_FLAGS), 4, 7, ELF_RULE_STACK_EXEC, ERR_INVALID },
    { PH(0, P_ALIGN), 8, 0x10000, ELF_RULE_LOAD_ALIGN, ERR_INVALID },
    { PH(0, P_ALIGN), 8, 0, ELF_RULE_LOAD_ALIGN, ERR_INVALID },
    { PH(0, P_FLAGS), 4, 7, ELF_RULE_LOAD_FLAGS, ERR_INVALID }, // RWX
    { PH(0, P_FLAGS), 4, 3, ELF_RULE_LOAD_FLAGS, ERR_INVALID }, // WX
    { PH(0, P_FLAGS), 4, 1, ELF_RULE_LOAD_FLAGS, ERR_INVALID }, // X
    { PH(1, P_FLAGS), 4, 0, ELF_RULE_LOAD_FLAGS, ERR_INVALID },
    { PH(2, P_FLAGS), 4, 2, ELF_RULE_LOAD_FLAGS, ERR_INVALID }, // W
    { PH(2, P_FLAGS), 4, 6 | ELF_IMAGE_GUARDED, ELF_RULE_LOAD_FLAGS, ERR_INVALID },
    { PH(2, P_VADDR), 8, 0x2008, ELF_RULE_LOAD_VADDR, ERR_INVALID },
    { PH(2, P_MEMSZ), 8, 0, ELF_RULE_LOAD_EMPTY, ERR_INVALID },
    { PH(2, P_MEMSZ), 8, 0x17f, ELF_RULE_LOAD_FILESZ, ERR_INVALID },
    { PH(2, P_FILESZ), 8, UINT64_MAX, ELF_RULE_LOAD_FILESZ, ERR_INVALID },
    { PH(2, P_OFFSET), 8, ELF_TEST_SIZE + 1, ELF_RULE_LOAD_OFFSET, ERR_RANGE },
    { PH(2, P_OFFSET), 8, UINT64_MAX - 0x17f, ELF_RULE_LOAD_OFFSET, ERR_RANGE },
    { PH(2, P_OFFSET), 8, ELF_TEST_SIZE - 0x17f, ELF_RULE_LOAD_FILE_END, ERR_RANGE },
    { PH(2, P_MEMSZ), 8, MAX_IMAGE - 0x2000 + 1, ELF_RULE_LOAD_SPAN, ERR_RANGE },
    { PH(2, P_MEMSZ), 8, UINT64_MAX, ELF_RULE_LOAD_SPAN, ERR_RANGE },
    { PH(2, P_VADDR), 8, MAX_IMAGE, ELF_RULE_LOAD_SPAN, ERR_RANGE },
    { PH(2, P_VADDR), 8, 0xfffffffffffff000, ELF_RULE_LOAD_SPAN, ERR_RANGE },
    { PH(2, P_VADDR), 8, 0x1000, ELF_RULE_LOAD_ORDER, ERR_OVERLAP }, // on top of the R segment
    { PH(2, P_VADDR), 8, 0, ELF_RULE_LOAD_ORDER, ERR_OVERLAP },
    { PH(0, P_MEMSZ), 8, 0x1001, ELF_RULE_LOAD_ORDER, ERR_OVERLAP }, // shares a page with the next
    { 24, 8, 0x1000, ELF_RULE_ENTRY, ERR_RANGE },                    // in R
    { 24, 8, 0x2000, ELF_RULE_ENTRY, ERR_RANGE },                    // in RW
    { 24, 8, 0x402, ELF_RULE_ENTRY, ERR_RANGE },
    { 24, 8, UINT64_MAX - 3, ELF_RULE_ENTRY, ERR_RANGE },
    { PH(3, P_TYPE), 4, 0, ELF_RULE_DYNAMIC_MISSING, ERR_NOT_FOUND },
    { PH(5, P_TYPE), 4, 2, ELF_RULE_DYNAMIC_DUPLICATE, ERR_DUPLICATE },
    { PH(3, P_VADDR), 8, 0x5000, ELF_RULE_DYNAMIC_RANGE, ERR_RANGE },
    { PH(3, P_VADDR), 8, 0x11f0, ELF_RULE_DYNAMIC_RANGE, ERR_RANGE },
    { PH(3, P_VADDR), 8, 0x3000, ELF_RULE_DYNAMIC_RANGE, ERR_RANGE }, // .bss: not in the file
    { PH(3, P_FILESZ), 8, UINT64_MAX, ELF_RULE_DYNAMIC_RANGE, ERR_RANGE },
    { PH(3, P_FILESZ), 8, 0x40, ELF_RULE_DYNAMIC_END, ERR_TRUNCATED }, // cut before DT_NULL
    { PH(3, P_FILESZ), 8, 0, ELF_RULE_DYNAMIC_END, ERR_TRUNCATED },
    { TAG(3), 8, 1, ELF_RULE_TAG, ERR_NOT_SUPPORTED },  // DT_NEEDED
    { TAG(3), 8, 17, ELF_RULE_TAG, ERR_NOT_SUPPORTED }, // DT_REL
    { TAG(3), 8, 23, ELF_RULE_TAG, ERR_NOT_SUPPORTED }, // DT_JMPREL
    { TAG(3), 8, 36, ELF_RULE_TAG, ERR_NOT_SUPPORTED }, // DT_RELR
    { TAG(3), 8, UINT64_MAX, ELF_RULE_TAG, ERR_NOT_SUPPORTED },
    { TAG(3), 8, 7, ELF_RULE_TAG_DUPLICATE, ERR_DUPLICATE },
    { TAG(3), 8, 9, ELF_RULE_TAG_DUPLICATE, ERR_DUPLICATE },
    { TAG(3), 8, 22, ELF_RULE_TEXTREL, ERR_NOT_SUPPORTED }, // DT_TEXTREL
    { TAG_VALUE(3), 8, 4, ELF_RULE_TEXTREL, ERR_NOT_SUPPORTED },
    { TAG_VALUE(3), 8, 16, ELF_RULE_TEXTREL, ERR_NOT_SUPPORTED }, // DF_STATIC_TLS
    { TAG_VALUE(2), 8, 16, ELF_RULE_RELAENT, ERR_INVALID },
    { TAG_VALUE(1), 8, 47, ELF_RULE_RELA_PARTIAL, ERR_INVALID },
    { TAG(1), 8, 10, ELF_RULE_RELA_PARTIAL, ERR_INVALID }, // no DT_RELASZ
    { TAG(2), 8, 10, ELF_RULE_RELA_PARTIAL, ERR_INVALID }, // no DT_RELAENT
    { TAG_VALUE(0), 8, 0x11e0, ELF_RULE_RELA_RANGE, ERR_RANGE },
    { TAG_VALUE(0), 8, 0x3000, ELF_RULE_RELA_RANGE, ERR_RANGE },
    { TAG_VALUE(0), 8, UINT64_MAX - 7, ELF_RULE_RELA_RANGE, ERR_RANGE },
    { TAG_VALUE(1), 8, 24ull << 40, ELF_RULE_RELA_RANGE, ERR_RANGE },
    { ELF_TEST_RELA + 8, 8, 257, ELF_RULE_RELOC_TYPE, ERR_NOT_SUPPORTED }, // R_AARCH64_ABS64
    { ELF_TEST_RELA + 32, 8, 1027 | 1ull << 32, ELF_RULE_RELOC_TYPE,
      ERR_NOT_SUPPORTED },                                               // with a symbol
    { ELF_TEST_RELA, 8, 0x400, ELF_RULE_RELOC_TARGET, ERR_RANGE },       // code
    { ELF_TEST_RELA + 24, 8, 0x2004, ELF_RULE_RELOC_TARGET, ERR_RANGE }, // not aligned
    { ELF_TEST_RELA + 24, 8, 0x4000, ELF_RULE_RELOC_TARGET, ERR_RANGE }, // behind the end
    { ELF_TEST_RELA + 24, 8, UINT64_MAX - 7, ELF_RULE_RELOC_TARGET, ERR_RANGE },
};

static void put(size_t offset, uint32_t size, uint64_t value)
{
    for (uint32_t i = 0; i < size; i++) {
        file[offset + i] = (uint8_t)(value >> 8 * i);
    }
}

static void every_broken_field_is_refused_for_its_own_rule(void **state)
{
    struct elf_image untouched;

    memset(&untouched, 0xee, sizeof(untouched));
    for (size_t i = 0; i < sizeof(refusals) / sizeof(refusals[0]); i++) {
        good_file(state);
        put(refusals[i].offset, refusals[i].size, refusals[i].value);
        if (elf_image_decode(file, sizeof(file), &image, &fault) != refusals[i].err ||
            fault.rule != (int)refusals[i].rule) {
            fail_msg("case %zu: rule %d (%s %s), expected rule %d", i, fault.rule, fault.field,
                     fault.text, refusals[i].rule);
        }
        assert_non_null(fault.field);
        assert_int_equal(strncmp(fault.text, "must ", 5), 0);
        assert_memory_equal(&image, &untouched, sizeof(image)); // nothing written on failure
    }
}

static void no_load_segment_is_refused(void **state)
{
    (void)state;
    for (uint32_t i = 0; i < 3; i++) {
        package_put32(file + PH(i, P_TYPE), 0);
    }
    assert_int_equal(elf_image_decode(file, sizeof(file), &image, &fault), ERR_NO_MEMORY);
    assert_int_equal(fault.rule, ELF_RULE_LOAD_COUNT);
}

static void a_ninth_load_segment_is_refused(void **state)
{
    static uint8_t many[0x8000];

    (void)state;
    memcpy(many, file, sizeof(file));
    package_put16(many + 56, 5 + 9);
    for (uint32_t i = 0; i < 9; i++) { // one-page segments behind the others
        uint8_t *at = many + PH(5 + i, 0);

        memset(at, 0, 56);
        package_put32(at + P_TYPE, 1);
        package_put32(at + P_FLAGS, 4);
        package_put64(at + P_VADDR, 0x10000 + 0x1000 * i);
        package_put64(at + P_MEMSZ, 1);
        package_put64(at + P_ALIGN, 0x1000);
    }
    assert_int_equal(elf_image_decode(many, sizeof(many), &image, &fault), ERR_NO_MEMORY);
    assert_int_equal(fault.rule, ELF_RULE_LOAD_COUNT);
    package_put16(many + 56, 5 + 5); // eight in all
    assert_int_equal(elf_image_decode(many, sizeof(many), &image, &fault), 0);
    assert_int_equal(image.segment_count, 8);
}

static void put_relro(uint32_t index, uint64_t vaddr, uint64_t size)
{
    package_put32(file + PH(index, P_TYPE), RELRO);
    package_put32(file + PH(index, P_FLAGS), 4);
    package_put64(file + PH(index, P_VADDR), vaddr);
    package_put64(file + PH(index, P_MEMSZ), size);
}

static void relro_must_be_whole_pages_of_the_rw_segment(void **state)
{
    static const struct {
        uint64_t vaddr;
        uint64_t size;
        enum elf_image_rule rule;
    } cases[] = {
        { 0x2000, 0x1000, ELF_RULE_NONE },
        { 0x3000, 0x1000, ELF_RULE_NONE },
        { 0x2000, 0x2000, ELF_RULE_NONE },
        { 0x2000, 0, ELF_RULE_NONE },
        { 0x2000, 0x800, ELF_RULE_RELRO_ALIGN },
        { 0x2800, 0x800, ELF_RULE_RELRO_ALIGN },
        { 0x1000, 0x1000, ELF_RULE_RELRO_RANGE }, // R segment
        { 0x1000, 0x2000, ELF_RULE_RELRO_RANGE },
        { 0x3000, 0x2000, ELF_RULE_RELRO_RANGE },
        { 0x3000, UINT64_MAX - 0xfff, ELF_RULE_RELRO_RANGE },
        { UINT64_MAX - 0xfff, 0x1000, ELF_RULE_RELRO_RANGE },
    };

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        good_file(state);
        put_relro(5, cases[i].vaddr, cases[i].size);
        if ((elf_image_decode(file, sizeof(file), &image, &fault) != 0) !=
                (cases[i].rule != ELF_RULE_NONE) ||
            fault.rule != (int)cases[i].rule) {
            fail_msg("case %zu: rule %d, expected %d", i, fault.rule, cases[i].rule);
        }
        if (cases[i].rule == ELF_RULE_NONE) {
            assert_int_equal(image.relro_end - image.relro_start, cases[i].size);
        }
    }
    good_file(state);
    put_relro(4, 0x2000, 0x1000);
    put_relro(5, 0x3000, 0x1000);
    assert_int_equal(elf_image_decode(file, sizeof(file), &image, &fault), ERR_DUPLICATE);
    assert_int_equal(fault.rule, ELF_RULE_RELRO_DUPLICATE);
}

static void harmless_headers_and_a_guarded_text_are_accepted(void **state)
{
    static const uint32_t harmless[] = { 4, 6, 0x6474e550, 0x6474e553 };

    (void)state;
    for (size_t i = 0; i < 4; i++) {
        package_put32(file + PH(5, P_TYPE), harmless[i]);
        assert_int_equal(elf_image_decode(file, sizeof(file), &image, &fault), 0);
    }
    package_put32(file + PH(0, P_FLAGS), 5 | ELF_IMAGE_GUARDED);
    assert_int_equal(elf_image_decode(file, sizeof(file), &image, &fault), 0);
    assert_int_equal(image.segments[0].flags & ELF_IMAGE_GUARDED, ELF_IMAGE_GUARDED);
}

static void an_image_without_relocations_is_accepted(void **state)
{
    (void)state;
    for (uint32_t i = 0; i < 3; i++) {
        package_put64(file + TAG(i), 10); // DT_STRSZ
    }
    assert_int_equal(elf_image_decode(file, sizeof(file), &image, &fault), 0);
    assert_int_equal(image.rela_count, 0);
    elf_image_relocate(&image, file, 0x1000, (uint8_t *[SP_MAX_SEGMENTS]){ NULL });
}

// A copy of exactly `len` bytes, so that ASan sees a read behind it.
static int decode_copy(size_t len)
{
    uint8_t *copy = malloc(len == 0 ? 1 : len);
    int err;

    assert_non_null(copy);
    memcpy(copy, file, len);
    err = elf_image_decode(copy, len, &image, &fault);
    free(copy);
    return err;
}

static void every_truncation_is_survived(void **state)
{
    (void)state;
    for (size_t len = 0; len < 0x2180; len++) { // the last byte of the file that anything needs
        assert_int_not_equal(decode_copy(len), 0);
    }
    assert_int_equal(decode_copy(0x2180), 0);
    assert_int_equal(decode_copy(63), ERR_TRUNCATED);
    assert_int_equal(fault.rule, ELF_RULE_HEADER);
}

static void every_flipped_bit_of_the_headers_is_survived(void **state)
{
    for (size_t bit = 0; bit < 8 * 0x1180; bit++) {
        size_t byte = bit / 8;

        if (byte == PH(5, 56)) { // between the program headers and the dynamic section is code
            bit = 8 * ELF_TEST_DYNAMIC;
            byte = ELF_TEST_DYNAMIC;
        }
        file[byte] ^= (uint8_t)(1u << bit % 8);
        (void)decode_copy(0x2180);
        file[byte] ^= (uint8_t)(1u << bit % 8);
    }
    (void)state;
}

static void relocation_writes_the_words_asked_for_and_no_other(void **state)
{
    static uint8_t text[0x1000], rodata[0x1000], data[0x2000] __attribute__((aligned(8)));
    uint8_t *memory[SP_MAX_SEGMENTS] = { text, rodata, data };
    uint64_t bias = 0x7f12345000;
    uint64_t word;

    (void)state;
    package_put64(file + ELF_TEST_RELA + 24, 0x1ff8); // a constant: in the R segment
    package_put64(file + PH(1, P_MEMSZ), 0x1000);
    package_put64(file + ELF_TEST_RELA + 24 + 16, (uint64_t)-0x1000); // negative addend
    assert_int_equal(elf_image_decode(file, sizeof(file), &image, &fault), 0);
    memset(data, 0xaa, sizeof(data));
    elf_image_relocate(&image, file, bias, memory);
    memcpy(&word, data, 8);
    assert_int_equal(word, bias + 0x404);
    memcpy(&word, rodata + 0xff8, 8);
    assert_int_equal(word, bias - 0x1000);
    for (size_t i = 8; i < sizeof(data); i++) {
        assert_int_equal(data[i], 0xaa);
    }
    for (size_t i = 0; i < sizeof(text); i++) {
        assert_int_equal(text[i], 0);
    }
    for (size_t i = 0; i < 0xff8; i++) {
        assert_int_equal(rodata[i], 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(a_static_pie_is_decoded, good_file),
        cmocka_unit_test_setup(every_broken_field_is_refused_for_its_own_rule, good_file),
        cmocka_unit_test_setup(no_load_segment_is_refused, good_file),
        cmocka_unit_test_setup(a_ninth_load_segment_is_refused, good_file),
        cmocka_unit_test_setup(relro_must_be_whole_pages_of_the_rw_segment, good_file),
        cmocka_unit_test_setup(harmless_headers_and_a_guarded_text_are_accepted, good_file),
        cmocka_unit_test_setup(an_image_without_relocations_is_accepted, good_file),
        cmocka_unit_test_setup(every_truncation_is_survived, good_file),
        cmocka_unit_test_setup(every_flipped_bit_of_the_headers_is_survived, good_file),
        cmocka_unit_test_setup(relocation_writes_the_words_asked_for_and_no_other, good_file),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
