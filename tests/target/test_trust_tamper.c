// SPDX-License-Identifier: BSD-3-Clause
//
// The tamper campaign on the machine: every image and every certificate of the chain, altered in every way that a thief of
// a flash chip has, must be refused with a line that names it and what is wrong with it; and `fip-tool verify` must say the
// same of it. All single bytes are gone through on the host (tests/unit/platform); here it is the boot that decides. Expected
// fields are those of RFC 5280 and of platform/lib/boot/chain.h.
#include <string.h>

#include "platform/lib/boot/fip_names.h"
#include "tests/target/firmware.h"

#define CERT_MAX 4096
#define IMAGE_MAX (1 << 20)

// An entry of the FIP and what the console calls it
struct subject {
    const char *entry;
    const char *says;
};

// In the order in which they are loaded
static const struct subject images[] = {
    { "tb-fw", "BL2" },
    { "tb-fw-config", "TB_FW_CONFIG" },
    { "soc-fw", "BL31" },
    { "tos-fw", "SPMC" },
    { "nt-fw", "BL33" },
    { TESSERA_ECHO_PACKAGE, "echo" },
    { TESSERA_STORAGE_PACKAGE, "storage" },
    { TESSERA_CRYPTO_PACKAGE, "crypto" },
    { TESSERA_PEER_PACKAGE, "sp_peer" },
    { TESSERA_PEER2_PACKAGE, "sp_peer2" },
};
#define IMAGES (sizeof(images) / sizeof(images[0]))

// In the order in which the boot proves them
static const char *const certs[] = { "tb-fw-cert",     "trusted-key-cert", "soc-fw-key-cert",
                                     "soc-fw-cert",    "tos-fw-key-cert",  "tos-fw-cert",
                                     "nt-fw-key-cert", "nt-fw-cert",       "sip-sp-cert" };
#define CERTS (sizeof(certs) / sizeof(certs[0]))

static const char *title(const char *cert)
{
    for (unsigned int id = 0; id < IMAGE_COUNT; id++) {
        if (strcmp(fip_names_get((enum fip_image_id)id)->option, cert) == 0) {
            return fip_names_get((enum fip_image_id)id)->title;
        }
    }
    fail_msg("%s: no certificate", cert);
    return NULL;
}

// Boots it and verifies it. `entry`: what verify calls it; `says`: what the console does
static void refused(const char *entry, const char *says, const char *why)
{
    firmware_refused(says, why);
    firmware_save("verify.fip");
    firmware_write(firmware_path("verify.otp"), firmware.otp, OTP_SIZE);
    firmware_shell(
        "! %s verify --otp %s %s >%s 2>&1 && grep error: %s | grep -iF %s | grep -iqF '%s'",
        TESSERA_FIP_TOOL, firmware_path("verify.otp"), firmware_path("verify.fip"),
        firmware_path("verify.log"), firmware_path("verify.log"), entry, why);
}

// ---- Images ----------------------------------------------------------------------------------------------------------

static void flip_image_byte(const struct subject *image, unsigned int part)
{
    size_t size;

    assert_int_equal(firmware_ready(NULL), 0);
    uint8_t *data = firmware_data(image->entry, &size);
    data[part == 0 ? 0 : part == 1 ? size / 2 : size - 1] ^= 0x01;
    refused(image->entry, image->says, "hash");
}

static void a_changed_byte_of_an_image_is_refused(void **state)
{
    (void)state;
    for (size_t i = 0; i < IMAGES; i++) {
        for (unsigned int part = 0; part < 3; part++) {
            flip_image_byte(&images[i], part);
        }
    }
}

static void a_shorter_or_longer_image_is_refused(void **state)
{
    static uint8_t copy[IMAGE_MAX];
    size_t size;

    (void)state;
    for (size_t i = 0; i < IMAGES; i++) {
        assert_int_equal(firmware_ready(NULL), 0);
        const uint8_t *data = firmware_data(images[i].entry, &size);
        assert_true(size < sizeof(copy));
        memcpy(copy, data, size);
        copy[size] = 0;
        firmware_put(images[i].entry, copy, size - 1);
        refused(images[i].entry, images[i].says, "hash");
        firmware_put(images[i].entry, copy, size + 1);
        refused(images[i].entry, images[i].says, "hash");
    }
}

static void swap_entries(const char *a, const char *b)
{
    struct fip_entry_wire *first = firmware_entry(a);
    struct fip_entry_wire *second = firmware_entry(b);
    uint8_t uuid[IMAGE_UUID_SIZE];

    memcpy(uuid, first->uuid, sizeof(uuid));
    memcpy(first->uuid, second->uuid, sizeof(uuid));
    memcpy(second->uuid, uuid, sizeof(uuid));
}

static void swapped_images_are_refused(void **state)
{
    (void)state;
    for (size_t i = 0; i + 1 < IMAGES; i++) {
        assert_int_equal(firmware_ready(NULL), 0);
        swap_entries(images[i].entry, images[i + 1].entry);
        refused(images[i].entry, images[i].says, "hash");
    }
}

// ---- Certificates ----------------------------------------------------------------------------------------------------

// Offsets in a certificate of TF-A's shape, RFC 5280 §4.1: SEQUENCE { tbsCertificate, signatureAlgorithm, signature }, the
// outer two with lengths of two bytes
static size_t tbs_end(const uint8_t *der)
{
    assert_int_equal(der[0], 0x30);
    assert_int_equal(der[1], 0x82);
    assert_int_equal(der[4], 0x30);
    assert_int_equal(der[5], 0x82);
    return 8 + (size_t)der[6] * 256 + der[7];
}

// The alterations within one certificate, and the field that the console must name
static void alter_tag(uint8_t *der, size_t size)
{
    (void)size;
    der[0] = 0x31;
}

static void alter_length(uint8_t *der, size_t size)
{
    (void)size;
    der[2]++; // 256 bytes more than there are
}

static void alter_version(uint8_t *der, size_t size)
{
    (void)size;
    der[12] = 1; // [0] { INTEGER 2 } behind the header: v3
}

static void alter_serial_number(uint8_t *der, size_t size)
{
    (void)size;
    assert_int_equal(der[13], 0x02);
    der[15 + der[14] / 2] ^= 0x01; // a byte in the middle: a serial number like any other
}

static void alter_last_extension(uint8_t *der, size_t size)
{
    (void)size;
    der[tbs_end(der) - 1] ^= 0x01;
}

static void alter_algorithm(uint8_t *der, size_t size)
{
    uint8_t *oid = der + tbs_end(der) + 2;

    (void)size;
    assert_int_equal(oid[0], 0x06);
    oid[1 + oid[1]] ^= 0x01; // ecdsa-with-SHA256 → ecdsa-with-SHA384 (RFC 5758 §3.2)
}

static void alter_signature(uint8_t *der, size_t size)
{
    der[size - 1] ^= 0x01;
}

static const struct {
    void (*alter)(uint8_t *der, size_t size);
    const char *field;
    const char *field_of_key; // in key certificates, at the end of which is a key; NULL: the same
} alterations[] = {
    { alter_tag, "with its tag", NULL },
    { alter_length, "must end before", NULL },
    { alter_version, "version", NULL },
    { alter_serial_number, "signature", NULL },
    { alter_last_extension, "signature", "must be a point" },
    { alter_algorithm, "signatureAlgorithm", NULL },
    { alter_signature, "signature", NULL },
};

static void a_changed_byte_of_a_certificate_is_refused(void **state)
{
    size_t size;

    (void)state;
    for (size_t i = 0; i < CERTS; i++) {
        for (size_t j = 0; j < sizeof(alterations) / sizeof(alterations[0]); j++) {
            assert_int_equal(firmware_ready(NULL), 0);
            uint8_t *der = firmware_data(certs[i], &size);
            alterations[j].alter(der, size);
            bool of_key = alterations[j].field_of_key != NULL && strstr(certs[i], "-key-") != NULL;
            refused(certs[i], title(certs[i]),
                    of_key ? alterations[j].field_of_key : alterations[j].field);
        }
    }
}

static void a_shorter_or_longer_certificate_is_refused(void **state)
{
    static uint8_t copy[CERT_MAX];
    size_t size;

    (void)state;
    for (size_t i = 0; i < CERTS; i++) {
        assert_int_equal(firmware_ready(NULL), 0);
        const uint8_t *der = firmware_data(certs[i], &size);
        assert_true(size < sizeof(copy));
        memcpy(copy, der, size);
        copy[size] = 0;
        firmware_put(certs[i], copy, size - 1);
        refused(certs[i], title(certs[i]), "must end before");
        firmware_put(certs[i], copy, size + 1);
        refused(certs[i], title(certs[i]), "must hold nothing more");
    }
}

static void make_fip(const char *file, const char *keys, const char *options)
{
    assert_int_equal(firmware_ready(NULL), 0);
    firmware_sign(keys, options);
    firmware_save(file);
    assert_int_equal(firmware_ready(NULL), 0);
}

static void a_certificate_of_another_key_is_refused(void **state)
{
    (void)state;
    firmware_make_keys("other", "p256");
    make_fip("other.fip", "other", "");
    for (size_t i = 0; i < CERTS; i++) {
        assert_int_equal(firmware_ready(NULL), 0);
        firmware_take("other.fip", certs[i], certs[i]);
        refused(certs[i], title(certs[i]), "public key");
    }
}

static void a_certificate_of_another_algorithm_is_refused(void **state)
{
    (void)state;
    firmware_make_keys("rsa", "rsa3072");
    make_fip("rsa.fip", "rsa", "");
    for (size_t i = 0; i < CERTS; i++) {
        assert_int_equal(firmware_ready(NULL), 0);
        firmware_take("rsa.fip", certs[i], certs[i]);
        refused(certs[i], title(certs[i]), "public key");
    }
}

// Trusted counter 3, non-trusted counter 2 in the OTP; one certificate is from before.
static void an_older_certificate_is_refused(void **state)
{
    (void)state;
    make_fip("new.fip", "keys", "--tfw-nvctr 3 --ntfw-nvctr 2");
    make_fip("old.fip", "keys", "--tfw-nvctr 2 --ntfw-nvctr 1");
    for (size_t i = 0; i < CERTS; i++) {
        firmware_load("new.fip");
        firmware_provision("keys", "--tfw-nvctr 3 --ntfw-nvctr 2");
        firmware_take("old.fip", certs[i], certs[i]);
        refused(certs[i], title(certs[i]),
                strncmp(certs[i], "nt-", 3) == 0 ? "non-trusted NV counter" : "trusted NV counter");
    }
}

static void a_siblings_certificate_is_refused(void **state)
{
    // Each is signed by the key that should have signed the other, or is a key's where an image's should be
    static const char *const pairs[][2] = {
        { "tb-fw-cert", "trusted-key-cert" },     { "trusted-key-cert", "tb-fw-cert" },
        { "soc-fw-key-cert", "tos-fw-key-cert" }, { "tos-fw-key-cert", "sip-sp-cert" },
        { "sip-sp-cert", "soc-fw-key-cert" },     { "soc-fw-cert", "soc-fw-key-cert" },
        { "nt-fw-key-cert", "trusted-key-cert" }, { "nt-fw-cert", "nt-fw-key-cert" },
        { "tos-fw-cert", "soc-fw-cert" },
    };
    (void)state;
    for (size_t i = 0; i < sizeof(pairs) / sizeof(pairs[0]); i++) {
        assert_int_equal(firmware_ready(NULL), 0);
        firmware_take("base.fip", pairs[i][1], pairs[i][0]);
        refused(pairs[i][0], title(pairs[i][0]), "tbsCertificate.subject");
    }
}

static void swapped_certificates_are_refused(void **state)
{
    (void)state;
    for (size_t i = 0; i + 1 < CERTS; i++) {
        assert_int_equal(firmware_ready(NULL), 0);
        swap_entries(certs[i], certs[i + 1]);
        refused(certs[i], title(certs[i]), "tbsCertificate.subject");
    }
}

static void a_missing_certificate_is_refused(void **state)
{
    (void)state;
    for (size_t i = 0; i < CERTS; i++) {
        assert_int_equal(firmware_ready(NULL), 0);
        firmware_shell("%s remove --force --%s --out %s %s", TESSERA_FIP_TOOL, certs[i],
                       firmware_path("fip.bin"), firmware_path("base.fip"));
        firmware_load("fip.bin");
        refused(certs[i], title(certs[i]), "in the FIP");
    }
}

static void an_unsigned_fip_is_refused(void **state)
{
    (void)state;
    firmware_shell("cp %s %s", FIRMWARE_IMAGES "proxy/unsigned.fip", firmware_path("unsigned.fip"));
    firmware_load("unsigned.fip");
    refused("tb-fw-cert", title("tb-fw-cert"), "in the FIP");
}

#define CASE(f) cmocka_unit_test_setup(f, firmware_ready)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(a_changed_byte_of_an_image_is_refused),
        CASE(a_shorter_or_longer_image_is_refused),
        CASE(swapped_images_are_refused),
        CASE(a_changed_byte_of_a_certificate_is_refused),
        CASE(a_shorter_or_longer_certificate_is_refused),
        CASE(a_certificate_of_another_key_is_refused),
        CASE(a_certificate_of_another_algorithm_is_refused),
        CASE(an_older_certificate_is_refused),
        CASE(a_siblings_certificate_is_refused),
        CASE(swapped_certificates_are_refused),
        CASE(a_missing_certificate_is_refused),
        CASE(an_unsigned_fip_is_refused),
    };

    return cmocka_run_group_tests_name("trust_tamper", tests, firmware_setup, firmware_teardown);
}
