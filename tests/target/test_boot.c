// SPDX-License-Identifier: BSD-3-Clause
//
// What must not boot, and how it says so: FIP missing, truncated, garbled; images missing, unknown, too large;
// configuration broken. Each is a flash image of its own, rightly signed where the fault is behind the signature (what is
// wrongly signed: test_trust_tamper.c). The machine must end by itself, with a line on the console that names the image and
// what is wrong with it.
#include <stdio.h>
#include <string.h>

#include "tests/target/firmware.h"

#define FIP_MAX ((size_t)FLASH_FIP_A_SIZE)

// ---- The FIP itself --------------------------------------------------------------------------------------------------

static void no_fip(void **state)
{
    (void)state;
    memset(firmware.fip, 0, sizeof(firmware.fip));
    firmware_refused("FIP", "name");
}

static void erased_flash(void **state)
{
    (void)state;
    memset(firmware.fip, 0xff, sizeof(firmware.fip));
    firmware.fip_size = 0x10000;
    firmware_refused("FIP", "name");
}

static struct fip_entry_wire *entry(unsigned int index)
{
    return (struct fip_entry_wire *)(void *)(firmware.fip + sizeof(struct fip_header_wire)) + index;
}

static void fip_without_serial_number(void **state)
{
    (void)state;
    ((struct fip_header_wire *)(void *)firmware.fip)->serial = 0;
    firmware_refused("FIP", "serial");
}

static void fip_entry_behind_the_end(void **state)
{
    (void)state;
    entry(1)->offset = FIP_MAX - 16;
    firmware_refused("FIP", "entry 1");
}

static void fip_entry_whose_end_wraps(void **state)
{
    (void)state;
    entry(0)->size = UINT64_MAX - entry(0)->offset + 2;
    firmware_refused("FIP", "entry 0");
}

static void fip_entry_twice(void **state)
{
    (void)state;
    memcpy(entry(1)->uuid, entry(0)->uuid, sizeof(entry(0)->uuid));
    firmware_refused("FIP", "entry");
}

static void fip_entries_that_overlap(void **state)
{
    (void)state;
    entry(1)->offset = entry(0)->offset;
    firmware_refused("FIP", "entry");
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
    firmware_refused("FIP", "entr");
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
    firmware_refused("FIP", "entry");
}

// ---- Images ----------------------------------------------------------------------------------------------------------

static void without_image(const char *option, const char *name)
{
    firmware_shell("%s remove --force %s --out %s %s", TESSERA_FIP_TOOL, option,
                   firmware_path("fip.bin"), firmware_path("base.fip"));
    firmware_load("fip.bin");
    firmware_refused(name, "in the FIP");
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
    firmware_shell("head -c %zu /dev/zero >%s", size, firmware_path("large.bin"));
    firmware_shell("%s update %s%s --out %s %s", TESSERA_FIP_TOOL, option,
                   firmware_path("large.bin"), firmware_path("fip.bin"), firmware_path("base.fip"));
    firmware_load("fip.bin");
    firmware_refused(image, field);
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

// Boots with the configuration c.dtb of the folder, rightly signed. fip-tool does not sign one that the boot refuses:
// TF-A's cert_create does.
static void signed_configuration(const char *field)
{
    static uint8_t bytes[8192];
    size_t size = firmware_read(firmware_path("c.dtb"), bytes, sizeof(bytes));

    firmware_put("tb-fw-config", bytes, size);
    firmware_shell("cert_create -n -a ecdsa -s sha256 --rot-key %s/rot_key.pem --tfw-nvctr 0 "
                   "--tb-fw %sbl2.bin --tb-fw-config %s --tb-fw-cert %s >%s",
                   firmware_path("keys"), FIRMWARE_IMAGES, firmware_path("c.dtb"),
                   firmware_path("c.crt"), firmware_path("cert_create.log"));
    size = firmware_read(firmware_path("c.crt"), bytes, sizeof(bytes));
    firmware_put("tb-fw-cert", bytes, size);
    firmware_refused("TB_FW_CONFIG", field);
}

static void garbled_configuration(void **state)
{
    (void)state;
    firmware_shell("head -c 1000 /dev/zero >%s", firmware_path("c.dtb"));
    signed_configuration("device tree");
}

static void configuration(const char *dts, const char *field)
{
    FILE *f = fopen(firmware_path("c.dts"), "w");

    assert_non_null(f);
    fprintf(f, "/dts-v1/;\n/ { %s };\n", dts);
    fclose(f);
    firmware_shell("dtc -q -I dts -O dtb -o %s %s", firmware_path("c.dtb"), firmware_path("c.dts"));
    assert_int_equal(firmware_ready(NULL), 0);
    signed_configuration(field);
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

#define CASE(f) cmocka_unit_test_setup(f, firmware_ready)

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

    return cmocka_run_group_tests_name("boot", tests, firmware_setup, firmware_teardown);
}
