// SPDX-License-Identifier: BSD-3-Clause
//
// See trust_support.h. OpenSSL makes keys and hashes, cert_create the certificates.
#include "trust_support.h"

#include <libfdt.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "image_format.h"
#include "json_check.h"
#include "tool_support.h"

#define ROLE_COUNT 7

static const char *const roles[ROLE_COUNT] = { "rot",    "trusted_world", "non_trusted_world",
                                               "soc_fw", "tos_fw",        "nt_fw",
                                               "scp_fw" };

static void package_node(void *dtb, const char *name, const char *uuid, const char *owner)
{
    if (owner != NULL) {
        assert_int_equal(fdt_begin_node(dtb, name), 0);
        assert_int_equal(fdt_property_string(dtb, "uuid", uuid), 0);
        assert_int_equal(fdt_property_string(dtb, "owner", owner), 0);
        assert_int_equal(fdt_end_node(dtb), 0);
    }
}

void trust_make_config(const char *owner1, const char *owner2)
{
    uint64_t dtb[128];

    assert_int_equal(fdt_create(dtb, sizeof(dtb)), 0);
    assert_int_equal(fdt_finish_reservemap(dtb), 0);
    assert_int_equal(fdt_begin_node(dtb, ""), 0);
    assert_int_equal(fdt_property_string(dtb, "compatible", "tessera,tb-fw-config"), 0);
    assert_int_equal(fdt_begin_node(dtb, "secure-partitions"), 0);
    assert_int_equal(fdt_property_string(dtb, "compatible", "arm,sp"), 0);
    package_node(dtb, "one", TRUST_UUID_SP1, owner1);
    package_node(dtb, "two", TRUST_UUID_SP2, owner2);
    assert_int_equal(fdt_end_node(dtb), 0);
    assert_int_equal(fdt_end_node(dtb), 0);
    assert_int_equal(fdt_finish(dtb), 0);
    support_write("config.dtb", dtb, fdt_totalsize(dtb));
}

#define IMAGES                                                                               \
    "--tb-fw bl2 --tb-fw-config config.dtb --soc-fw bl31 --tos-fw spmc --nt-fw bl33 --blob " \
    "uuid=" TRUST_UUID_SP1 ",file=sp1 --blob uuid=" TRUST_UUID_SP2 ",file=sp2"

void trust_make_images(void)
{
    support_write_pattern("bl2", 5000, 1);
    support_write_pattern("bl31", 4096, 2);
    support_write_pattern("spmc", 9001, 3);
    support_write_pattern("bl33", 70000, 4);
    support_write_pattern("sp1", 300, 5);
    support_write_pattern("sp2", 1, 6);
    trust_make_config("Plat", "SiP");
    assert_int_equal(support_tool("create " IMAGES " plain.fip"), 0);
}

void trust_make_key(const char *path, enum trust_key kind)
{
    EVP_PKEY *key = kind == TRUST_P256      ? EVP_EC_gen("P-256")
                    : kind == TRUST_P384    ? EVP_EC_gen("P-384")
                    : kind == TRUST_RSA3072 ? EVP_RSA_gen(3072)
                                            : EVP_RSA_gen(4096);
    FILE *file = fopen(path, "w");

    assert_non_null(key);
    assert_non_null(file);
    assert_int_equal(PEM_write_PrivateKey(file, key, NULL, NULL, 0, NULL, NULL), 1);
    assert_int_equal(fclose(file), 0);
    EVP_PKEY_free(key);
}

void trust_make_keys(enum trust_key kind)
{
    size_t size;
    uint8_t *pem;
    char path[64];

    mkdir("keys", 0700);
    trust_make_key("keys/rot_key.pem", kind);
    pem = support_read("keys/rot_key.pem", &size);
    for (size_t i = 1; i < ROLE_COUNT; i++) {
        snprintf(path, sizeof(path), "keys/%s_key.pem", roles[i]);
        if (kind == TRUST_P256 || kind == TRUST_P384) {
            trust_make_key(path, kind);
        } else {
            support_write(path, pem, size);
        }
    }
    free(pem);
}

void trust_sign(enum trust_key kind, const char *hash, uint32_t trusted, uint32_t non_trusted,
                const char *signed_fip)
{
    bool ec = kind == TRUST_P256 || kind == TRUST_P384;
    int result = support_cert_create(
        "-a %s -s %s --rot-key keys/rot_key.pem --trusted-world-key keys/trusted_world_key.pem "
        "--non-trusted-world-key keys/non_trusted_world_key.pem --scp-fw-key keys/scp_fw_key.pem "
        "--soc-fw-key keys/soc_fw_key.pem --tos-fw-key keys/tos_fw_key.pem --nt-fw-key "
        "keys/nt_fw_key.pem --tfw-nvctr %u --ntfw-nvctr %u --tb-fw bl2 --tb-fw-config config.dtb "
        "--soc-fw bl31 --tos-fw spmc --nt-fw bl33 --sp-pkg1 sp1 --sp-pkg2 sp2 "
        "--tb-fw-cert c1 --trusted-key-cert c2 --soc-fw-key-cert c3 --soc-fw-cert c4 "
        "--tos-fw-key-cert c5 --tos-fw-cert c6 --nt-fw-key-cert c7 --nt-fw-cert c8 "
        "--sip-sp-cert c9",
        ec ? "ecdsa" : "rsa", hash, trusted, non_trusted);

    if (result == FIPTOOL_ABSENT) {
        print_message("SKIP-REASON cert_create is not installed\n");
        skip();
    }
    if (result != 0) {
        fail_msg("cert_create: %d: %s", result, support_stderr());
    }
    result = support_fiptool(
        "create " IMAGES " --tb-fw-cert c1 --trusted-key-cert c2 --soc-fw-key-cert c3 "
        "--soc-fw-cert c4 --tos-fw-key-cert c5 --tos-fw-cert c6 --nt-fw-key-cert c7 "
        "--nt-fw-cert c8 --sip-sp-cert c9 %s",
        signed_fip);
    if (result == FIPTOOL_ABSENT) {
        print_message("SKIP-REASON fiptool is not installed\n");
        skip();
    }
    assert_int_equal(result, 0);
}

void trust_key_hash(const char *path, uint8_t hash[32], char digits[65])
{
    FILE *file = fopen(path, "r");
    unsigned char *spki = NULL;
    EVP_PKEY *key;
    int size;

    assert_non_null(file);
    key = PEM_read_PrivateKey(file, NULL, NULL, NULL);
    assert_non_null(key);
    fclose(file);
    size = i2d_PUBKEY(key, &spki);
    assert_true(size > 0);
    assert_int_equal(EVP_Digest(spki, (size_t)size, hash, NULL, EVP_sha256(), NULL), 1);
    OPENSSL_free(spki);
    EVP_PKEY_free(key);
    for (size_t i = 0; i < 32; i++) {
        snprintf(digits + 2 * i, 3, "%02x", hash[i]);
    }
}

void trust_load(const char *path, struct trust_fip *fip)
{
    fip->data = support_read(path, &fip->size);
}

uint8_t *trust_entry(const struct trust_fip *fip, enum fip_image_id id, size_t *size)
{
    const uint8_t *entry = fip->data + sizeof(struct fip_header_wire);

    while (!image_uuid_equal(entry, fip_names_get(id)->uuid)) {
        assert_false(image_uuid_is_nil(entry));
        entry += sizeof(struct fip_entry_wire);
    }
    *size = image_get_le64(entry + offsetof(struct fip_entry_wire, size));
    return fip->data + image_get_le64(entry + offsetof(struct fip_entry_wire, offset));
}

int trust_enter(void **state)
{
    if (support_enter(state) != 0) {
        return -1;
    }
    trust_make_images();
    trust_make_keys(TRUST_P256);
    return 0;
}

void trust_sign_default(void)
{
    trust_sign(TRUST_P256, "sha256", 3, 5, "x.fip");
}

void trust_expect_refused(const char *command, const char *name, const char *field,
                          const char *rule)
{
    char line[256];

    assert_int_equal(support_tool("verify %s", command), 1);
    snprintf(line, sizeof(line), "(%s): %s", name, field);
    support_expect_message(line);
    support_expect_message(rule);
    assert_int_equal(support_tool("verify --json %s", command), 1);
    json_check(support_stdout());
    json_expect(support_stdout(), "verified", "false");
    json_expect(support_stdout(), "faults.0.name", name);
    json_expect(support_stdout(), "faults.0.field", field);
    json_expect(support_stdout(), "faults.0.rule", rule);
}

void trust_expect_verified(const char *command)
{
    int result = support_tool("verify %s", command);

    if (result != 0) {
        fail_msg("verify %s: %d: %s", command, result, support_stderr());
    }
}
