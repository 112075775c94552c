// SPDX-License-Identifier: BSD-3-Clause
//
// What must not boot, and how it says so: FIP missing, truncated, garbled; images missing, unknown, too large;
// configuration and packages broken. Each is a flash image of its own. The machine must end by itself, with a line on the
// console that names the image and what is wrong with it; a broken package must only cost that partition.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "platform/boards/qemu_virt/board.h"
#include "platform/lib/boot/image_format.h"
#include "tests/target/target.h"

#define B TESSERA_IMAGES "/"
#define PROXY_FIP B "proxy/fip.bin"
#define FIP_MAX ((size_t)FLASH_FIP_A_SIZE)

static char folder[] = "/tmp/tessera-boot-XXXXXX";
static char flash_path[64];
static uint8_t fip[FLASH_FIP_A_SIZE];
static size_t fip_size;

static void read_file(const char *path, uint8_t *to, size_t max, size_t *size)
{
    FILE *f = fopen(path, "rb");

    assert_non_null(f);
    *size = fread(to, 1, max, f);
    fclose(f);
    assert_true(*size > 0 && *size < max);
}

// The flash image with BL1 and what fip[] holds
static void write_flash(void)
{
    static uint8_t bl1[BL1_ROM_SIZE + 1];
    size_t size;

    read_file(B "bl1.bin", bl1, sizeof(bl1), &size);
    FILE *f = fopen(flash_path, "wb");
    assert_non_null(f);
    assert_int_equal(fwrite(bl1, 1, size, f), size);
    assert_int_equal(fseek(f, FLASH_FIP_A_OFFSET, SEEK_SET), 0);
    assert_int_equal(fwrite(fip, 1, fip_size, f), fip_size);
    assert_int_equal(fclose(f), 0);
    assert_int_equal(truncate(flash_path, FLASH_SIZE), 0);
}

// Runs a command in the test's folder; it must succeed.
__attribute__((format(printf, 1, 2))) static void shell(const char *format, ...)
{
    char command[2048];
    va_list ap;

    va_start(ap, format);
    int n = vsnprintf(command, sizeof(command), format, ap);
    va_end(ap);
    assert_true(n > 0 && (size_t)n < sizeof(command));
    print_message("%s\n", command);
    assert_int_equal(system(command), 0);
}

static void load_fip(const char *path)
{
    memset(fip, 0, sizeof(fip));
    read_file(path, fip, FIP_MAX, &fip_size);
}

static int ready(void **state)
{
    (void)state;
    load_fip(PROXY_FIP);
    return 0;
}

// Boots what fip[] holds; it must end by itself after a console line with both words.
static void refused(const char *image, const char *field)
{
    struct h_options o = target_options();

    write_flash();
    o.flash = flash_path;
    o.no_proxy = true;
    o.quiet = true;
    (void)target_stop(NULL);
    machine = h_start(&o);
    assert_non_null(machine);
    int status = h_wait_off(machine);
    if (status == H_HUNG) {
        h_console_tail(machine);
        fail_msg("the machine neither boots nor ends");
    }
    const char *console = h_console(machine, H_CONSOLE_SECURE);
    char *line = strdup(console);
    bool said = false;
    for (char *save = NULL, *l = strtok_r(line, "\n", &save); l != NULL;
         l = strtok_r(NULL, "\n", &save)) {
        said = said || (strcasestr(l, image) != NULL && strcasestr(l, field) != NULL);
    }
    free(line);
    if (!said) {
        h_console_tail(machine);
        fail_msg("no line names \"%s\" and \"%s\"", image, field);
    }
    struct mb_slot *slot = h_memory(machine, MB_BASE, sizeof(*slot));
    assert_int_equal(slot->magic, 0); // and the normal world has not run
    (void)target_stop(NULL);
}

// ---- The FIP itself --------------------------------------------------------------------------------------------------

static void no_fip(void **state)
{
    (void)state;
    memset(fip, 0, sizeof(fip));
    refused("FIP", "name");
}

static void erased_flash(void **state)
{
    (void)state;
    memset(fip, 0xff, sizeof(fip));
    fip_size = 0x10000;
    refused("FIP", "name");
}

static struct fip_entry_wire *entry(unsigned int index)
{
    return (struct fip_entry_wire *)(void *)(fip + sizeof(struct fip_header_wire)) + index;
}

static void fip_without_serial_number(void **state)
{
    (void)state;
    ((struct fip_header_wire *)(void *)fip)->serial = 0;
    refused("FIP", "serial");
}

static void fip_entry_behind_the_end(void **state)
{
    (void)state;
    entry(1)->offset = FIP_MAX - 16;
    refused("FIP", "entry 1");
}

static void fip_entry_whose_end_wraps(void **state)
{
    (void)state;
    entry(0)->size = UINT64_MAX - entry(0)->offset + 2;
    refused("FIP", "entry 0");
}

static void fip_entry_twice(void **state)
{
    (void)state;
    memcpy(entry(1)->uuid, entry(0)->uuid, sizeof(entry(0)->uuid));
    refused("FIP", "entry");
}

static void fip_entries_that_overlap(void **state)
{
    (void)state;
    entry(1)->offset = entry(0)->offset;
    refused("FIP", "entry");
}

static void fip_without_end(void **state)
{
    (void)state;
    unsigned int i = 0;
    static const uint8_t zero[IMAGE_UUID_SIZE];

    while (memcmp(entry(i)->uuid, zero, sizeof(zero)) != 0) {
        i++;
    }
    for (; i < 70; i++) {
        memset(entry(i), (int)(0x11 + i), sizeof(*entry(i)));
    }
    refused("FIP", "entr");
}

static void fip_cut_off_in_its_last_image(void **state)
{
    (void)state;
    // The medium ends where the FIP's bank ends: an image that reaches further is cut off
    unsigned int last = 0;
    static const uint8_t zero[IMAGE_UUID_SIZE];

    while (memcmp(entry(last + 1)->uuid, zero, sizeof(zero)) != 0) {
        last++;
    }
    entry(last)->size = FIP_MAX;
    refused("FIP", "entry");
}

// ---- Images ----------------------------------------------------------------------------------------------------------

static void without_image(const char *option, const char *name)
{
    shell("%s remove --force %s --out %s/fip.bin %s", TESSERA_FIP_TOOL, option, folder, PROXY_FIP);
    char path[64];
    snprintf(path, sizeof(path), "%s/fip.bin", folder);
    load_fip(path);
    refused(name, name);
}

static void image_missing(void **state)
{
    static const char *const images[][2] = {
        { "--tb-fw", "BL2" },   { "--tb-fw-config", "TB_FW_CONFIG" },
        { "--soc-fw", "BL31" }, { "--tos-fw", "SPMC" },
        { "--nt-fw", "BL33" },  { "--blob uuid=" TESSERA_ECHO_PACKAGE, "echo" },
    };

    (void)state;
    for (size_t i = 0; i < sizeof(images) / sizeof(images[0]); i++) {
        without_image(images[i][0], images[i][1]);
    }
}

static void with_file(const char *option, size_t size, const char *image, const char *field)
{
    char path[64];

    snprintf(path, sizeof(path), "%s/fip.bin", folder);
    shell("head -c %zu /dev/zero >%s/large.bin", size, folder);
    shell("%s update %s%s/large.bin --out %s %s", TESSERA_FIP_TOOL, option, folder, path,
          PROXY_FIP);
    load_fip(path);
    refused(image, field);
}

static void image_too_large_for_its_region(void **state)
{
    (void)state;
    with_file("--tb-fw ", BL2_SIZE + 1, "BL2", "size");
    with_file("--tb-fw-config ", TB_FW_CONFIG_SIZE + 1, "TB_FW_CONFIG", "size");
    with_file("--soc-fw ", BL31_SIZE + 1, "BL31", "size");
    with_file("--tos-fw ", SPMC_SIZE + 1, "SPMC", "size");
    with_file("--blob uuid=" TESSERA_ECHO_PACKAGE ",file=", SP_PKG_SIZE + 1, "echo", "size");
}

static void image_that_nobody_knows(void **state)
{
    (void)state;
    with_file("--blob uuid=12345678-1234-5678-9abc-def012345678,file=", 100,
              "12345678-1234-5678-9abc-def012345678", "FIP");
}

static void garbled_configuration(void **state)
{
    (void)state;
    with_file("--tb-fw-config ", 1000, "TB_FW_CONFIG", "device tree");
}

static void configuration(const char *dts, const char *field)
{
    char path[64];

    snprintf(path, sizeof(path), "%s/c.dts", folder);
    FILE *f = fopen(path, "w");
    assert_non_null(f);
    fprintf(f, "/dts-v1/;\n/ { %s };\n", dts);
    fclose(f);
    shell("dtc -q -I dts -O dtb -o %s/c.dtb %s", folder, path);
    shell("%s update --tb-fw-config %s/c.dtb --out %s/fip.bin %s", TESSERA_FIP_TOOL, folder, folder,
          PROXY_FIP);
    snprintf(path, sizeof(path), "%s/fip.bin", folder);
    load_fip(path);
    refused("TB_FW_CONFIG", field);
}

static void configuration_that_breaks_its_format(void **state)
{
#define COMPATIBLE "compatible = \"tessera,tb-fw-config\"; "
#define SP "secure-partitions { compatible = \"arm,sp\"; "
    (void)state;
    configuration("compatible = \"other\"; " SP "};", "compatible");
    configuration(SP "};", "compatible");
    configuration(COMPATIBLE, "secure-partitions");
    configuration(COMPATIBLE "surprise; " SP "};", "surprise");
    configuration(COMPATIBLE "surprise { }; " SP "};", "surprise");
    configuration(COMPATIBLE SP "echo { owner = \"Plat\"; }; };", "echo");
    configuration(COMPATIBLE SP "echo { uuid = \"" TESSERA_ECHO_PACKAGE "\"; }; };", "owner");
    configuration(COMPATIBLE SP "echo { uuid = \"dd60ab2d-5cff-4049\"; owner = \"Plat\"; }; };",
                  "uuid");
    configuration(COMPATIBLE SP "echo { uuid = \"" TESSERA_ECHO_PACKAGE
                                "\"; owner = \"Plat\"; extra; }; };",
                  "extra");
    configuration(COMPATIBLE SP "a { uuid = \"" TESSERA_ECHO_PACKAGE
                                "\"; owner = \"Plat\"; }; b { uuid = \"" TESSERA_ECHO_PACKAGE
                                "\"; owner = \"Plat\"; }; };",
                  "uuid");
}

// ---- Group -----------------------------------------------------------------------------------------------------------

static int make_folder(void **state)
{
    (void)state;
    if (mkdtemp(folder) == NULL) {
        return -1;
    }
    snprintf(flash_path, sizeof(flash_path), "%s/flash.bin", folder);
    return 0;
}

static int remove_folder(void **state)
{
    char command[80];

    (void)target_stop(state);
    snprintf(command, sizeof(command), "rm -rf %s", folder);
    return system(command);
}

#define CASE(f) cmocka_unit_test_setup(f, ready)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(no_fip),
        CASE(erased_flash),
        CASE(fip_without_serial_number),
        CASE(fip_entry_behind_the_end),
        CASE(fip_entry_whose_end_wraps),
        CASE(fip_entry_twice),
        CASE(fip_entries_that_overlap),
        CASE(fip_without_end),
        CASE(fip_cut_off_in_its_last_image),
        CASE(image_missing),
        CASE(image_too_large_for_its_region),
        CASE(image_that_nobody_knows),
        CASE(garbled_configuration),
        CASE(configuration_that_breaks_its_format),
    };

    return cmocka_run_group_tests_name("boot", tests, make_folder, remove_folder);
}
