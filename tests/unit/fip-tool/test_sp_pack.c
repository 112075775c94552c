// SPDX-License-Identifier: BSD-3-Clause
//
// fip-tool sp-pack: what a package must look like, and every kind of image that must not get into
// one. The rules themselves are tested where they are (test_elf_image.c); here it counts that
// they are asked and how their answers read. Manifests: test_sp_pack_manifest.c.
#include "tool_support.h"

#include <elf.h>
#include <libfdt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "elf_image.h"
#include "tests/unit/platform/package_support.h"

#define ELF_END 0x2180  // of the last segment of package_build_elf
#define SECTIONS 0x2400 // section headers, behind symbols

static uint8_t elf[ELF_TEST_SIZE] __attribute__((aligned(8)));
static Elf64_Ehdr *const header = (void *)elf;
static Elf64_Phdr *const phdrs = (void *)(elf + ELF_TEST_PHDR(0));
static Elf64_Dyn *const dynamic = (void *)(elf + ELF_TEST_DYNAMIC);
static Elf64_Rela *const relocations = (void *)(elf + ELF_TEST_RELA);

enum { TEXT, RODATA, DATA, DYNAMIC, STACK, UNUSED }; // program headers of package_build_elf

static void make_elf(void)
{
    package_build_elf(elf);
    for (size_t i = ELF_END; i < sizeof(elf); i++) {
        elf[i] = (uint8_t)(i * 13 + 5);
    }
    header->e_shoff = SECTIONS;
    header->e_shentsize = 64;
    header->e_shnum = 4;
    header->e_shstrndx = 3;
}

static void write_manifest(const char *path, const struct package_change *changes)
{
    static uint8_t dtb[0x2000] __attribute__((aligned(8)));

    support_write(path, dtb, package_build_manifest(dtb, sizeof(dtb), changes, NULL));
}

static int enter(void **state)
{
    if (support_enter(state) != 0) {
        return -1;
    }
    make_elf();
    support_write("sp.elf", elf, sizeof(elf));
    write_manifest("sp.dtb", NULL);
    return 0;
}

static uint32_t field(const uint8_t *package, size_t offset)
{
    return (uint32_t)package[offset] | (uint32_t)package[offset + 1] << 8 |
           (uint32_t)package[offset + 2] << 16 | (uint32_t)package[offset + 3] << 24;
}

static void a_package_is_header_manifest_and_image(void **state)
{
    size_t size, manifest_size;
    uint8_t *package, *manifest;

    (void)state;
    assert_int_equal(support_tool("sp-pack --image sp.elf --manifest sp.dtb sp.pkg"), 0);
    package = support_read("sp.pkg", &size);
    manifest = support_read("sp.dtb", &manifest_size);
    assert_int_equal(size, 0x4000 + ELF_END);
    assert_memory_equal(package, "SPKG", 4);
    assert_int_equal(field(package, 4), 2);
    assert_int_equal(field(package, 8), 0x1000);
    assert_int_equal(field(package, 12), manifest_size);
    assert_int_equal(field(package, 16), 0x4000);
    assert_int_equal(field(package, 20), ELF_END);
    assert_memory_equal(package + 0x1000, manifest, manifest_size);
    // the image up to its last segment, without a way to the section headers
    header->e_shoff = 0;
    header->e_shentsize = 0;
    header->e_shnum = 0;
    header->e_shstrndx = 0;
    assert_memory_equal(package + 0x4000, elf, ELF_END);
    for (size_t i = 24; i < 0x1000; i++) {
        assert_int_equal(package[i], 0);
    }
    free(package);
    free(manifest);
}

static void out_names_the_package_too(void **state)
{
    (void)state;
    assert_int_equal(support_tool("sp-pack --image sp.elf --manifest sp.dtb a.pkg"), 0);
    assert_int_equal(support_tool("sp-pack --image sp.elf --manifest sp.dtb --out b.pkg"), 0);
    assert_true(support_same("a.pkg", "b.pkg"));
}

// The room that dtc -p leaves in a device tree belongs to it.
static void a_large_manifest_moves_the_image(void **state)
{
    static const struct {
        int size;
        uint32_t image_offset;
    } rows[] = { { 0x2fff, 0x4000 }, { 0x3000, 0x4000 }, { 0x3001, 0x5000 }, { 0x4000, 0x5000 } };

    static uint8_t dtb[0x5000] __attribute__((aligned(8)));

    (void)state;
    (void)package_build_manifest(dtb, sizeof(dtb), NULL, NULL);
    for (size_t i = 0; i < 4; i++) {
        size_t size;
        uint8_t *package;

        fdt_set_totalsize(dtb, (uint32_t)rows[i].size);
        support_write("large.dtb", dtb, (size_t)rows[i].size);
        assert_int_equal(support_tool("sp-pack --image sp.elf --manifest large.dtb sp.pkg"), 0);
        package = support_read("sp.pkg", &size);
        assert_int_equal(field(package, 16), rows[i].image_offset);
        assert_memory_equal(package + rows[i].image_offset, "\177ELF", 4);
        free(package);
    }
    fdt_set_totalsize(dtb, 0x4001);
    support_write("large.dtb", dtb, 0x4001);
    assert_int_equal(support_tool("sp-pack --image sp.elf --manifest large.dtb sp.pkg"), 1);
    support_expect_message("large.dtb: manifest: node \"/\": must ");
}

// What is cut off is not needed: the SPMC's decoder finds the same in what is left.
static void a_packed_image_decodes_to_the_same(void **state)
{
    struct elf_image before, after;
    struct image_fault fault;
    uint8_t *package;
    size_t size;

    (void)state;
    memset(&before, 0, sizeof(before));
    memset(&after, 0, sizeof(after));
    assert_int_equal(elf_image_decode(elf, sizeof(elf), &before, &fault), 0);
    assert_int_equal(support_tool("sp-pack --image sp.elf --manifest sp.dtb sp.pkg"), 0);
    package = support_read("sp.pkg", &size);
    assert_int_equal(elf_image_decode(package + 0x4000, size - 0x4000, &after, &fault), 0);
    assert_memory_equal(&before, &after, sizeof(before));
    free(package);
}

static void info_shows_the_inside_of_a_package(void **state)
{
    (void)state;
    assert_int_equal(support_tool("sp-pack --image sp.elf --manifest sp.dtb sp.pkg"), 0);
    assert_int_equal(
        support_tool("create --blob uuid=9e5cb4a2-47ad-4a6e-9e5a-3d1d1b0b5c10,file=sp.pkg a.fip"),
        0);
    assert_int_equal(support_tool("info --layout a.fip"), 0);
    assert_non_null(strstr(support_stdout(), "partition package v2: manifest at 0x1000"));
    assert_non_null(strstr(support_stdout(), "image at 0x4000, 8576 bytes"));
    support_write("bad.pkg", "SPKG\3\0\0\0................", 24);
    assert_int_equal(
        support_tool("create --blob uuid=9e5cb4a2-47ad-4a6e-9e5a-3d1d1b0b5c10,file=bad.pkg a.fip"),
        0);
    assert_int_equal(support_tool("info --layout a.fip"), 0);
    assert_non_null(
        strstr(support_stdout(), "broken partition package: version must be 1 or 2: found 0x3"));
}

static void expect_refused(const char *message)
{
    support_write("bad.elf", elf, sizeof(elf));
    assert_int_equal(support_tool("sp-pack --image bad.elf --manifest sp.dtb sp.pkg"), 1);
    support_expect_message(message);
    assert_int_equal(support_count("."), 3); // sp.elf sp.dtb bad.elf
    make_elf();
}

static void images_of_another_kind_are_refused(void **state)
{
    (void)state;
    header->e_ident[0] = 0;
    expect_refused(
        "bad.elf: e_ident must start with 0x7f E L F: found 0x464c4500, expected 0x464c457f");
    header->e_ident[EI_CLASS] = ELFCLASS32;
    expect_refused("bad.elf: EI_CLASS must be 64-bit: found 0x1, expected 0x2");
    header->e_ident[EI_DATA] = ELFDATA2MSB;
    expect_refused("bad.elf: EI_DATA must be little-endian: found 0x2, expected 0x1");
    header->e_machine = EM_X86_64;
    expect_refused("bad.elf: e_machine must be AArch64: found 0x3e, expected 0xb7");
    header->e_type = ET_EXEC;
    expect_refused("bad.elf: e_type must be ET_DYN (static-PIE): found 0x2, expected 0x3");
    header->e_phentsize = 32;
    expect_refused("bad.elf: e_phentsize must be 56: found 0x20, expected 0x38");
}

static void images_with_broken_tables_are_refused(void **state)
{
    (void)state;
    header->e_phoff = sizeof(elf) - 10;
    expect_refused("bad.elf: e_phoff must leave the program headers inside the image");
    header->e_phoff = UINT64_MAX - 10;
    expect_refused("bad.elf: e_phoff");
    header->e_phnum = 0xffff;
    expect_refused("bad.elf: e_phnum must be 1 to 32: found 0xffff, expected 0x20");
    header->e_phnum = 0;
    expect_refused("bad.elf: e_phnum");
    phdrs[DATA].p_offset = sizeof(elf) + 1;
    expect_refused("bad.elf: entry 2: p_offset must not be behind the end of the image: found "
                   "0x4001, expected 0x4000");
    phdrs[DATA].p_filesz = 0x2001;
    phdrs[DATA].p_memsz = 0x2001;
    expect_refused("bad.elf: entry 2: p_filesz must not reach behind the image");
    phdrs[DATA].p_memsz = 0x17f;
    expect_refused("bad.elf: entry 2: p_filesz must not be more than p_memsz");
    phdrs[DATA].p_vaddr = UINT64_MAX - 0xfff;
    expect_refused("bad.elf: entry 2: p_memsz must not reach behind the largest image");
    phdrs[DATA].p_vaddr = 0x1000;
    expect_refused("bad.elf: entry 2: p_vaddr must be on a page behind the segment before");
    phdrs[DYNAMIC].p_vaddr = 0x8000;
    expect_refused("bad.elf: PT_DYNAMIC must be inside the file part of a PT_LOAD");
    header->e_entry = 0x1000;
    expect_refused("bad.elf: e_entry must be an instruction of an RX segment: found 0x1000");
}

static void images_that_cannot_be_loaded_safely_are_refused(void **state)
{
    (void)state;
    phdrs[TEXT].p_flags = PF_R | PF_W | PF_X;
    expect_refused("bad.elf: entry 0: p_flags must be R, RW, RX or RX guarded: found 0x7");
    phdrs[STACK].p_flags = PF_R | PF_W | PF_X;
    expect_refused("bad.elf: entry 4: PT_GNU_STACK must not be executable: found 0x7");
    phdrs[UNUSED].p_type = PT_INTERP;
    expect_refused("bad.elf: entry 5: PT_INTERP must not be there (static-PIE)");
    phdrs[UNUSED].p_type = PT_TLS;
    expect_refused("bad.elf: entry 5: PT_TLS must not be there");
    phdrs[DYNAMIC].p_type = PT_NOTE;
    expect_refused("bad.elf: PT_DYNAMIC must be there (static-PIE)");
    dynamic[3].d_tag = DT_NEEDED;
    expect_refused("bad.elf: entry 3: d_tag must be one that a static-PIE needs: found 0x1");
    dynamic[3].d_tag = DT_TEXTREL;
    expect_refused("bad.elf: entry 3: DT_FLAGS must not have text relocations or TLS");
    relocations[1].r_info = ELF64_R_INFO(0, R_AARCH64_ABS64);
    expect_refused(
        "bad.elf: entry 1: r_info must be R_AARCH64_RELATIVE: found 0x101, expected 0x403");
    relocations[0].r_offset = ELF_TEST_ENTRY;
    expect_refused("bad.elf: entry 0: r_offset must be an aligned word, not of code: found 0x400");
}

// Relocations that lie in the ELF header: e_phoff is r_offset, e_shoff is r_info. Sound as it stands,
// but not once the header says nothing about sections.
static void an_image_that_cutting_breaks_is_refused(void **state)
{
    struct image_fault fault;
    struct elf_image image;

    (void)state;
    memcpy(elf + 0x2000, phdrs, 6 * sizeof(*phdrs));
    header->e_phoff = 0x2000;
    header->e_shoff = 1027;
    dynamic[0].d_un.d_val = offsetof(Elf64_Ehdr, e_phoff); // DT_RELA
    dynamic[1].d_un.d_val = 24;                            // DT_RELASZ
    assert_int_equal(elf_image_decode(elf, sizeof(elf), &image, &fault), 0);
    expect_refused("bad.elf: entry 0: r_info must be R_AARCH64_RELATIVE: found 0x0");
}

static void every_shorter_image_is_refused_or_complete(void **state)
{
    (void)state;
    for (size_t size = 0; size < ELF_END; size += size < 300 ? 1 : 97) {
        support_write("bad.elf", elf, size);
        assert_int_equal(support_tool("sp-pack --image bad.elf --manifest sp.dtb sp.pkg"), 1);
        support_expect_message("bad.elf: ");
    }
    support_write("bad.elf", elf, ELF_END);
    assert_int_equal(support_tool("sp-pack --image bad.elf --manifest sp.dtb sp.pkg"), 0);
}

// One run names what is wrong with each.
static void both_files_are_looked_at(void **state)
{
    const struct package_change no_uuid[] = { { "uuid", NULL, 0 }, { NULL, NULL, 0 } };

    (void)state;
    phdrs[TEXT].p_flags = PF_R | PF_W | PF_X;
    support_write("bad.elf", elf, sizeof(elf));
    write_manifest("bad.dtb", no_uuid);
    assert_int_equal(support_tool("sp-pack --image bad.elf --manifest bad.dtb sp.pkg"), 1);
    support_expect_message("bad.dtb: manifest: node \"/\", property \"uuid\": must be there");
    support_expect_message("bad.elf: entry 0: p_flags");
    assert_int_equal(support_count("."), 4); // no package
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, enter, support_leave)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_package_is_header_manifest_and_image),
        TEST(out_names_the_package_too),
        TEST(a_large_manifest_moves_the_image),
        TEST(a_packed_image_decodes_to_the_same),
        TEST(info_shows_the_inside_of_a_package),
        TEST(images_of_another_kind_are_refused),
        TEST(images_with_broken_tables_are_refused),
        TEST(images_that_cannot_be_loaded_safely_are_refused),
        TEST(an_image_that_cutting_breaks_is_refused),
        TEST(every_shorter_image_is_refused_or_complete),
        TEST(both_files_are_looked_at),
    };

    return cmocka_run_group_tests_name("fip-tool_sp-pack", tests, NULL, NULL);
}
