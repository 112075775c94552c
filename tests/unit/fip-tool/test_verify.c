// SPDX-License-Identifier: BSD-3-Clause
//
// fip-tool verify: FIPs of every algorithm by Debian's cert_create and by certs are verified, every kind
// of alteration is named by certificate and field, in text and in JSON. The whole set of single-byte
// alterations of certificates is the affair of tests/unit/platform.
#include "tool_support.h"
#include "trust_support.h"

#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "image_format.h"
#include "json_check.h"

#define ROOT "--root-key keys/rot_key.pem"

static void chains_by_cert_create_are_verified(void **state)
{
    static const char *const kinds[] = { "ECDSA P-256", "ECDSA P-384", "RSA-PSS 3072",
                                         "RSA-PSS 4096" };
    static const char *const hashes[] = { "sha256", "sha384", "sha512" };
    static const char *const names[] = { "SHA-256", "SHA-384", "SHA-512" };

    (void)state;
    trust_make_images();
    for (size_t kind = 0; kind < TRUST_KEY_COUNT; kind++) {
        char digits[65];
        uint8_t hash[32];

        trust_make_keys((enum trust_key)kind);
        trust_key_hash("keys/rot_key.pem", hash, digits);
        for (size_t i = 0; i < 3; i++) {
            const char *out;

            trust_sign((enum trust_key)kind, hashes[i], 0, 0, "x.fip");
            trust_expect_verified(ROOT " x.fip");
            assert_string_equal(support_stderr(), "");
            assert_int_equal(support_tool("verify --json --root-hash %s x.fip", digits), 0);
            out = support_stdout();
            json_check(out);
            json_expect(out, "verified", "true");
            json_expect(out, "policy.source", "keys");
            json_expect(out, "policy.root_keys.0", digits);
            json_expect(out, "images.0.hash", names[i]);
            json_expect(out, "certificates.0.signed_with.sha256", digits);
            json_expect(out, "certificates.0.signed_with.kind", kinds[kind]);
            json_expect(out, "certificates.0.hash", names[i]);
            assert_int_equal(json_count(out, "images"), 7);
            assert_int_equal(json_count(out, "certificates"), 9);
            assert_int_equal(json_count(out, "faults"), 0);
        }
    }
}

static void chains_by_certs_are_verified(void **state)
{
    static const char *const algorithms[] = { "p256", "p384" };

    (void)state;
    trust_make_images();
    for (size_t i = 0; i < 2; i++) {
        assert_int_equal(support_tool("certs --keys k%zu --new-keys --key-alg %s --chain single "
                                      "--out x.fip plain.fip",
                                      i, algorithms[i]),
                         0);
        assert_int_equal(support_tool("verify --root-key k%zu/rot_key.pem x.fip", i), 0);
        assert_int_equal(support_tool("certs --keys k%zu --new-keys --key-alg %s --chain dual "
                                      "--out y.fip plain.fip",
                                      i, algorithms[i]),
                         0);
        assert_int_equal(support_tool("verify --json --root-key k%zu/rot_key.pem "
                                      "--platform-root-key k%zu/prot_key.pem y.fip",
                                      i, i),
                         0);
        json_expect(support_stdout(), "policy.chain", "dual");
        json_expect(support_stdout(), "images.5.event", "SP5"); // sp1 is the platform's
        json_expect(support_stdout(), "images.6.event", "SP1");
        assert_int_equal(support_tool("verify --root-key k%zu/rot_key.pem y.fip", i), 1);
        support_expect_message("expected --platform-root-key");
        support_expect_message("nt-fw-key-cert: certificate: must be in the FIP");
        // One root cannot be the other, and a chain of two is not one of one
        trust_expect_refused(
            i == 0 ? "--root-key k0/rot_key.pem --platform-root-key k0/rot_key.pem y.fip"
                   : "--root-key k1/rot_key.pem --platform-root-key k1/rot_key.pem y.fip",
            "nt-fw-cert", "public key", "must be one that the board knows");
    }
}

// Where in an entry a byte is changed
struct change {
    const char *what;
    enum fip_image_id id;
    const char *find; // bytes in the entry; NULL: its start
    size_t find_size;
    int offset; // from there; negative without `find`: from the end
    const char *name;
    const char *field;
    const char *rule;
};
#define ARC "\x2b\x06\x01\x04\x01\xa0\x20\x90\x34"
#define BL31_OID ARC "\x84\x5b"
#define COUNTER_OID ARC "\x01"
#define PAYLOAD_RULE "must be the digest of the image"
#define SIGNATURE_RULE "must be by the certificate's key over tbsCertificate"

// Bytes behind a found text are the DER that follows it in a certificate by cert_create.
static const struct change changes[] = {
    { "first byte of BL2", IMAGE_TB_FW, NULL, 0, 0, "tb-fw", "BL2 hash", PAYLOAD_RULE },
    { "last byte of BL31", IMAGE_SOC_FW, NULL, 0, -1, "soc-fw", "BL31 hash", PAYLOAD_RULE },
    { "middle of the SPMC", IMAGE_TOS_FW, NULL, 0, 4500, "tos-fw", "BL32 hash", PAYLOAD_RULE },
    { "middle of BL33", IMAGE_NT_FW, NULL, 0, 35000, "nt-fw", "BL33 hash", PAYLOAD_RULE },
    { "configuration", IMAGE_TB_FW_CONFIG, NULL, 0, -3, "tb-fw-config", "TB_FW_CONFIG hash",
      PAYLOAD_RULE },
    { "signature", IMAGE_SOC_FW_CERT, NULL, 0, -1, "soc-fw-cert", "signature", SIGNATURE_RULE },
    { "hash in the certificate", IMAGE_SOC_FW_CERT, BL31_OID, 11, 40, "soc-fw-cert", "signature",
      SIGNATURE_RULE },
    { "extension becomes unknown", IMAGE_SOC_FW_CERT, BL31_OID, 11, 10, "soc-fw-cert",
      "extension.extnID", "must be one of this certificate's" },
    { "counter", IMAGE_TRUSTED_KEY_CERT, COUNTER_OID, 10, 17, "trusted-key-cert", "signature",
      SIGNATURE_RULE },
    { "subject", IMAGE_NT_FW_KEY_CERT, "Non-Trusted Firmware Key", 24, 0, "nt-fw-key-cert",
      "tbsCertificate.subject", "must be the issuer" },
    { "outer tag", IMAGE_TB_FW_CERT, NULL, 0, 0, "tb-fw-cert", "certificate",
      "must be there, with its tag" },
    { "version", IMAGE_TOS_FW_CERT, "\xa0\x03\x02\x01\x02", 5, 4, "tos-fw-cert",
      "tbsCertificate.version", "must be 3" },
};

static void apply(const struct trust_fip *fip, const struct change *change)
{
    size_t size;
    uint8_t *at = trust_entry(fip, change->id, &size);

    if (change->find != NULL) {
        at = memmem(at, size, change->find, change->find_size);
        assert_non_null(at);
    } else if (change->offset < 0) {
        at += size;
    }
    at[change->offset] ^= 0x01;
}

static void every_change_is_named(void **state)
{
    (void)state;
    trust_sign_default();
    for (size_t i = 0; i < sizeof(changes) / sizeof(changes[0]); i++) {
        const struct change *change = &changes[i];
        struct trust_fip fip;

        trust_load("x.fip", &fip);
        apply(&fip, change);
        support_write("y.fip", fip.data, fip.size);
        free(fip.data);
        trust_expect_refused(ROOT " y.fip", change->name, change->field, change->rule);
    }
}

static void a_fault_has_its_offset_and_both_digests(void **state)
{
    struct trust_fip fip;
    const char *out;
    uint8_t *at;
    size_t size;
    char text[32];

    (void)state;
    trust_sign_default();
    trust_load("x.fip", &fip);
    trust_entry(&fip, IMAGE_SOC_FW, &size)[0] ^= 1;
    at = trust_entry(&fip, IMAGE_NT_FW_CERT, &size);
    at[size - 1] ^= 1;
    support_write("y.fip", fip.data, fip.size);
    assert_int_equal(support_tool("verify --json " ROOT " y.fip"), 1);
    out = support_stdout();
    json_check(out);
    assert_int_equal(json_count(out, "faults"), 2); // all, in load order
    json_expect(out, "faults.0.name", "soc-fw");
    assert_int_equal(strlen(json_get(out, "faults.0.found")), 64);
    assert_int_equal(strlen(json_get(out, "faults.0.expected")), 64);
    assert_string_not_equal(json_get(out, "faults.0.found"), json_get(out, "faults.0.expected"));
    json_expect(out, "faults.0.offset", "null");
    json_expect(out, "faults.1.name", "nt-fw-cert");
    json_expect(out, "images.2.fault", "0");
    json_expect(out, "images.2.verified", "false");
    json_expect(out, "images.3.verified", "true");
    json_expect(out, "images.4.fault", "1");
    snprintf(text, sizeof(text), "%llu",
             (unsigned long long)(at - fip.data) +
                 strtoull(json_get(out, "faults.1.offset"), NULL, 10));
    json_expect(out, "faults.1.file_offset", text);
    free(fip.data);
}

// The UUIDs of two entries change places.
static void swap(const struct trust_fip *fip, enum fip_image_id a, enum fip_image_id b)
{
    uint8_t *entries[2] = { NULL, NULL };

    for (uint8_t *at = fip->data + 16; !image_uuid_is_nil(at); at += 40) {
        if (image_uuid_equal(at, fip_names_get(a)->uuid)) {
            entries[0] = at;
        } else if (image_uuid_equal(at, fip_names_get(b)->uuid)) {
            entries[1] = at;
        }
    }
    assert_true(entries[0] != NULL && entries[1] != NULL);
    memcpy(entries[0], fip_names_get(b)->uuid, IMAGE_UUID_SIZE);
    memcpy(entries[1], fip_names_get(a)->uuid, IMAGE_UUID_SIZE);
}

static void swapped_entries_are_named(void **state)
{
    struct trust_fip fip;

    (void)state;
    trust_sign_default();
    trust_load("x.fip", &fip);
    swap(&fip, IMAGE_SOC_FW_CERT, IMAGE_TOS_FW_CERT);
    support_write("y.fip", fip.data, fip.size);
    swap(&fip, IMAGE_SOC_FW_CERT, IMAGE_TOS_FW_CERT);
    swap(&fip, IMAGE_SOC_FW, IMAGE_TOS_FW);
    support_write("z.fip", fip.data, fip.size);
    free(fip.data);
    trust_expect_refused(ROOT " y.fip", "soc-fw-cert", "tbsCertificate.subject",
                         "must be the name of this certificate");
    trust_expect_refused(ROOT " z.fip", "soc-fw", "BL31 hash", PAYLOAD_RULE);
}

static void what_is_missing_is_named(void **state)
{
    (void)state;
    trust_sign_default();
    assert_int_equal(support_tool("remove --nt-fw-key-cert --out y.fip x.fip"), 0);
    assert_int_equal(support_tool("verify " ROOT " y.fip"), 1);
    support_expect_message("y.fip: nt-fw-key-cert: certificate: must be in the FIP");
    assert_int_equal(support_tool("remove --tos-fw --force --out y.fip x.fip"), 0);
    assert_int_equal(support_tool("verify " ROOT " y.fip"), 1);
    support_expect_message("y.fip: tos-fw: image: must be in the FIP");
    assert_int_equal(
        support_tool("remove --force --blob uuid=" TRUST_UUID_SP2 " --out y.fip x.fip"), 0);
    assert_int_equal(support_tool("verify " ROOT " y.fip"), 1);
    support_expect_message(
        "y.fip: 9E5CB4A2-47AD-4A6E-9E5A-3D1D1B0B5C11: image: must be in the FIP");
    assert_int_equal(support_tool("verify " ROOT " plain.fip"), 1);
    support_expect_message("plain.fip: tb-fw-cert: certificate: must be in the FIP");
    assert_non_null(strstr(support_stdout(), "partition packages: not known"));
}

// One certificate that several images need is one fault.
static void one_broken_certificate_is_one_fault(void **state)
{
    struct trust_fip fip;
    const char *out;
    size_t size;
    uint8_t *at;

    (void)state;
    trust_sign_default();
    trust_load("x.fip", &fip);
    at = trust_entry(&fip, IMAGE_TRUSTED_KEY_CERT, &size);
    at[size - 1] ^= 1;
    support_write("y.fip", fip.data, fip.size);
    free(fip.data);
    assert_int_equal(support_tool("verify --json " ROOT " y.fip"), 1);
    out = support_stdout();
    json_check(out);
    assert_int_equal(json_count(out, "faults"), 1);
    json_expect(out, "faults.0.name", "trusted-key-cert");
    json_expect(out, "images.0.verified", "true");
    for (int i = 2; i < 7; i++) { // BL31, SPMC, BL33, both packages
        char path[32];

        snprintf(path, sizeof(path), "images.%d.fault", i);
        json_expect(out, path, "0");
    }
    json_expect(out, "certificates.1.state", "refused");
    json_expect(out, "certificates.2.state", "unused");
}

static void what_a_boot_does_not_know_is_named(void **state)
{
    (void)state;
    trust_sign_default();
    assert_int_equal(support_tool("update --scp-fw bl2 --out y.fip x.fip"), 0);
    trust_expect_refused(ROOT " y.fip", "scp-fw", "UUID",
                         "must be that of an image or a certificate that this chain knows, or of a "
                         "package in TB_FW_CONFIG");
    assert_int_equal(support_tool("update --plat-sp-cert c9 --out y.fip x.fip"), 0);
    assert_int_equal(support_tool("verify " ROOT " y.fip"), 1);
    support_expect_message("(plat-sp-cert): UUID: must be that of");
    assert_int_equal(
        support_tool("update --blob uuid=11111111-2222-3333-4444-555555555555,file=bl2 "
                     "--out y.fip x.fip"),
        0);
    assert_int_equal(support_tool("verify " ROOT " y.fip"), 1);
    support_expect_message("(11111111-2222-3333-4444-555555555555): UUID: must be that of");
}

// A configuration that is signed is still read as BL2 reads it.
static void a_signed_but_wrong_configuration_is_named(void **state)
{
    (void)state;
    trust_make_config("Somebody", "SiP");
    trust_sign_default();
    trust_expect_refused(ROOT " x.fip", "tb-fw-config", "one",
                         "must have an owner, \"Plat\" or \"SiP\"");
    json_expect(support_stdout(), "packages_known", "false");
    support_write("config.dtb", "no device tree, but signed", 26);
    trust_sign_default();
    assert_int_equal(support_tool("verify " ROOT " x.fip"), 1);
    support_expect_message("(tb-fw-config): /: must");
}

static const char *find_entry(const char *out, const char *name, char prefix[64])
{
    for (size_t i = 0; i < json_count(out, "fip.entries"); i++) {
        char path[80];

        snprintf(prefix, 64, "fip.entries.%zu.certificate", i);
        snprintf(path, sizeof(path), "fip.entries.%zu.name", i);
        if (strcmp(json_get(out, path), name) == 0) {
            return prefix;
        }
    }
    fail_msg("no entry %s", name);
    return NULL;
}

static void expect_in(const char *out, const char *prefix, const char *path, const char *value)
{
    char full[128];

    snprintf(full, sizeof(full), "%s.%s", prefix, path);
    json_expect(out, full, value);
}

static void digest_of(const char *path, char digits[65])
{
    uint8_t hash[32];
    size_t size;
    uint8_t *data = support_read(path, &size);

    assert_int_equal(EVP_Digest(data, size, hash, NULL, EVP_sha256(), NULL), 1);
    free(data);
    for (size_t i = 0; i < 32; i++) {
        snprintf(digits + 2 * i, 3, "%02x", hash[i]);
    }
}

// What cert_create was told must be read out of its certificates.
static void info_decodes_certificates(void **state)
{
    char prefix[64], digits[65], key[65];
    const char *out;
    uint8_t hash[32];

    (void)state;
    trust_sign_default();
    assert_int_equal(support_tool("info --json x.fip"), 0);
    out = support_stdout();
    json_check(out);
    find_entry(out, "soc-fw-cert", prefix);
    digest_of("bl31", digits);
    trust_key_hash("keys/soc_fw_key.pem", hash, key);
    expect_in(out, prefix, "decoded", "true");
    expect_in(out, prefix, "subject", "SoC Firmware Content Certificate");
    expect_in(out, prefix, "signature.algorithm", "ECDSA");
    expect_in(out, prefix, "signature.hash", "SHA-256");
    expect_in(out, prefix, "key.kind", "ECDSA P-256");
    expect_in(out, prefix, "key.sha256", key);
    expect_in(out, prefix, "extensions.0.oid", "1.3.6.1.4.1.4128.2100.1");
    expect_in(out, prefix, "extensions.0.name", "trusted NV counter");
    expect_in(out, prefix, "extensions.0.value", "3");
    expect_in(out, prefix, "extensions.1.oid", "1.3.6.1.4.1.4128.2100.603");
    expect_in(out, prefix, "extensions.1.kind", "hash");
    expect_in(out, prefix, "extensions.1.algorithm", "SHA-256");
    expect_in(out, prefix, "extensions.1.digest", digits);
    find_entry(out, "soc-fw-key-cert", prefix);
    expect_in(out, prefix, "extensions.1.oid", "1.3.6.1.4.1.4128.2100.501");
    expect_in(out, prefix, "extensions.1.kind", "key");
    expect_in(out, prefix, "extensions.1.key.sha256", key);
    assert_int_equal(support_tool("info --layout x.fip"), 0);
    assert_non_null(strstr(support_stdout(), "certificate \"SoC Firmware Content Certificate\""));
    assert_non_null(strstr(support_stdout(), digits));
    assert_non_null(strstr(support_stdout(), "non-trusted NV counter (.2): 5"));
}

// A FIP of which every byte of table and certificates was turned: never more than a refusal.
static void garbage_is_refused_and_nothing_worse(void **state)
{
    struct trust_fip fip;
    uint32_t sequence = 1;

    (void)state;
    trust_sign_default();
    trust_load("x.fip", &fip);
    for (int round = 0; round < 120; round++) {
        size_t at;
        uint8_t old;

        sequence = sequence * 1664525u + 1013904223u;
        at = (sequence >> 8) % fip.size;
        at = round % 2 == 0 ? at % 800 : at; // the table of contents more often
        old = fip.data[at];
        fip.data[at] ^= (uint8_t)(sequence | 1);
        support_write("y.fip", fip.data, round % 10 == 9 ? at : fip.size);
        fip.data[at] = old;
        assert_in_range(support_tool("%s --json y.fip", round % 3 == 0 ? "measure" : "verify"), 0,
                        1);
        json_check(support_stdout());
    }
    free(fip.data);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, support_enter, support_leave)
#define SIGNED(name) cmocka_unit_test_setup_teardown(name, trust_enter, support_leave)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(chains_by_cert_create_are_verified),
        TEST(chains_by_certs_are_verified),
        SIGNED(every_change_is_named),
        SIGNED(a_fault_has_its_offset_and_both_digests),
        SIGNED(swapped_entries_are_named),
        SIGNED(what_is_missing_is_named),
        SIGNED(one_broken_certificate_is_one_fault),
        SIGNED(what_a_boot_does_not_know_is_named),
        SIGNED(a_signed_but_wrong_configuration_is_named),
        SIGNED(info_decodes_certificates),
        SIGNED(garbage_is_refused_and_nothing_worse),
    };

    return cmocka_run_group_tests_name("fip-tool_verify", tests, NULL, NULL);
}
