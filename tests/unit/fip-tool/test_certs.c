// SPDX-License-Identifier: BSD-3-Clause
//
// fip-tool certs: chains of every kind of key, hash and number of roots, accepted by the boot's own code
// (verify, with the root key given) and by OpenSSL, which reads each certificate; key files; everything that
// must be refused, with the FIP left as it was.
#include "tests/unit/fip-tool/certs_support.h"

#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "boot_hash.h"

#define OWNERS "PSP" // packages sp0, sp1, sp2

static const char *const hashes[] = { "sha256", "sha384", "sha512" };

static const char *chain_option(enum cot_chain chain)
{
    return chain == COT_DUAL_ROOT ? "dual" : "single";
}

static void expect_verified(const char *fip, enum cot_chain chain, const char *keys)
{
    int result = chain == COT_DUAL_ROOT
                     ? support_tool("verify --root-key %s/rot_key.pem --platform-root-key "
                                    "%s/prot_key.pem %s",
                                    keys, keys, fip)
                     : support_tool("verify --root-key %s/rot_key.pem %s", keys, fip);

    if (result != 0) {
        fail_msg("verify: %s%s", support_stdout(), support_stderr());
    }
}

// OpenSSL reads each certificate, takes its signature, and finds what every one has in common.
static void expect_certificates(const char *fip, enum cot_chain chain, int nid)
{
    certs_unpack(fip, "parts");
    for (const char *const *name = certs_of(chain); *name != NULL; name++) {
        char path[128];
        X509 *certificate;

        snprintf(path, sizeof(path), "parts/%s-cert.bin", *name);
        certificate = certs_read(path);
        assert_int_equal(X509_verify(certificate, X509_get0_pubkey(certificate)), 1);
        assert_int_equal(X509_get_version(certificate), 2);
        assert_int_equal(
            X509_NAME_cmp(X509_get_subject_name(certificate), X509_get_issuer_name(certificate)),
            0);
        assert_int_equal(X509_get_signature_nid(certificate), nid);
        X509_free(certificate);
    }
}

static int signature_nid(enum boot_pk_kind kind, size_t hash)
{
    static const int ecdsa[] = { NID_ecdsa_with_SHA256, NID_ecdsa_with_SHA384,
                                 NID_ecdsa_with_SHA512 };

    return kind == BOOT_PK_P256 || kind == BOOT_PK_P384 ? ecdsa[hash] : NID_rsassaPss;
}

static void check_matrix(enum boot_pk_kind kind)
{
    static const enum cot_chain chains[] = { COT_SINGLE_ROOT, COT_DUAL_ROOT };

    certs_write_fip("fip.bin", OWNERS);
    for (size_t c = 0; c < 2; c++) {
        certs_write_keys(chain_option(chains[c]), chains[c], kind, true);
        for (size_t h = 0; h < 3; h += kind == BOOT_PK_RSA4096 ? 2 : 1) { // slow ones less often
            assert_int_equal(
                support_tool("certs --keys %s --chain %s --hash %s --out signed.bin fip.bin",
                             chain_option(chains[c]), chain_option(chains[c]), hashes[h]),
                0);
            expect_verified("signed.bin", chains[c], chain_option(chains[c]));
            expect_certificates("signed.bin", chains[c], signature_nid(kind, h));
            assert_int_equal(system("rm -r parts"), 0);
        }
    }
}

static void p256_chains_boot(void **state)
{
    (void)state;
    check_matrix(BOOT_PK_P256);
}

static void p384_chains_boot(void **state)
{
    (void)state;
    check_matrix(BOOT_PK_P384);
}

static void rsa3072_chains_boot(void **state)
{
    (void)state;
    check_matrix(BOOT_PK_RSA3072);
}

static void rsa4096_chains_boot(void **state)
{
    (void)state;
    check_matrix(BOOT_PK_RSA4096);
}

static void each_certificate_takes_the_hash_of_its_signer(void **state)
{
    X509 *certificate;

    (void)state;
    certs_write_fip("fip.bin", OWNERS);
    certs_write_keys("keys", COT_SINGLE_ROOT, BOOT_PK_P256, true);
    certs_write_key("keys/rot_key.pem", certs_key(BOOT_PK_P384, 0), true);
    certs_write_key("keys/nt_fw_key.pem", certs_key(BOOT_PK_RSA3072, 5), true);
    assert_int_equal(support_tool("certs --keys keys fip.bin"), 0);
    expect_verified("fip.bin", COT_SINGLE_ROOT, "keys");
    certs_unpack("fip.bin", "parts");
    certificate = certs_read("parts/tb-fw-cert.bin");
    assert_int_equal(X509_get_signature_nid(certificate), NID_ecdsa_with_SHA384);
    X509_free(certificate);
    certificate = certs_read("parts/soc-fw-cert.bin");
    assert_int_equal(X509_get_signature_nid(certificate), NID_ecdsa_with_SHA256);
    X509_free(certificate);
    certificate = certs_read("parts/nt-fw-cert.bin");
    assert_int_equal(X509_get_signature_nid(certificate), NID_rsassaPss);
    X509_free(certificate);
}

// ---- What the certificates say ----

static void expect_digest(const char *cert, int oid, const char *file)
{
    static const uint8_t prefix[] = { 0x30, 0x31, 0x30, 0x0d, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01,
                                      0x65, 0x03, 0x04, 0x02, 0x01, 0x05, 0x00, 0x04, 0x20 };
    uint8_t digest[32] = { 0 };
    const ASN1_OCTET_STRING *value;
    char path[128];
    X509 *certificate;

    snprintf(path, sizeof(path), "parts/%s-cert.bin", cert);
    certificate = certs_read(path);
    value = certs_extension(certificate, oid);
    assert_non_null(value);
    if (file != NULL) {
        size_t size;
        uint8_t *data = support_read(file, &size);

        assert_int_equal(EVP_Digest(data, size, digest, NULL, EVP_sha256(), NULL), 1);
        free(data);
    }
    assert_int_equal(ASN1_STRING_length(value), sizeof(prefix) + sizeof(digest));
    assert_memory_equal(ASN1_STRING_get0_data(value), prefix, sizeof(prefix));
    assert_memory_equal(ASN1_STRING_get0_data(value) + sizeof(prefix), digest, sizeof(digest));
    X509_free(certificate);
}

static void expect_no_extension(const char *cert, int oid)
{
    char path[128];
    X509 *certificate;

    snprintf(path, sizeof(path), "parts/%s-cert.bin", cert);
    certificate = certs_read(path);
    assert_null(certs_extension(certificate, oid));
    X509_free(certificate);
}

static void hashes_are_those_of_the_images(void **state)
{
    (void)state;
    certs_write_fip("fip.bin", "SPS");
    assert_int_equal(support_tool("certs --keys keys --new-keys fip.bin"), 0);
    certs_unpack("fip.bin", "parts");
    expect_digest("tb-fw", 201, "bl2.bin");
    expect_digest("tb-fw", 202, "tb_fw_config.dtb");
    expect_digest("tb-fw", 203, NULL);
    expect_digest("tb-fw", 204, NULL);
    expect_digest("soc-fw", 603, "bl31.bin");
    expect_digest("soc-fw", 604, NULL);
    expect_digest("tos-fw", 1001, "spmc.bin");
    expect_digest("tos-fw", 1002, NULL);
    expect_digest("tos-fw", 1003, NULL);
    expect_digest("tos-fw", 1004, NULL);
    expect_digest("nt-fw", 1201, "bl33.bin");
    expect_digest("nt-fw", 1202, NULL);
    expect_digest("sip-sp", 1301, "sp0.bin"); // one root: in the order of the configuration
    expect_digest("sip-sp", 1302, "sp1.bin");
    expect_digest("sip-sp", 1303, "sp2.bin");
    for (int oid = 1304; oid <= 1308; oid++) {
        expect_digest("sip-sp", oid, NULL);
    }
}

static void with_two_roots_packages_are_counted_by_owner(void **state)
{
    (void)state;
    certs_write_fip("fip.bin", "PSPS");
    assert_int_equal(support_tool("certs --keys keys --new-keys --chain dual fip.bin"), 0);
    certs_unpack("fip.bin", "parts");
    expect_digest("sip-sp", 1301, "sp1.bin");
    expect_digest("sip-sp", 1302, "sp3.bin");
    expect_digest("sip-sp", 1303, NULL);
    expect_no_extension("sip-sp", 1305);
    expect_digest("plat-sp", 1305, "sp0.bin");
    expect_digest("plat-sp", 1306, "sp2.bin");
    expect_digest("plat-sp", 1307, NULL);
    expect_no_extension("plat-sp", 1301);
    expect_no_extension("trusted-key", 303);
    expect_digest("nt-fw", 1201, "bl33.bin");
}

// The key in the extension `oid` is that of the file.
static void expect_key(const char *cert, int oid, const char *key)
{
    const ASN1_OCTET_STRING *value;
    uint8_t *spki = NULL;
    char path[128];
    X509 *certificate;
    EVP_PKEY *pkey;
    FILE *file;
    int size;

    snprintf(path, sizeof(path), "parts/%s-cert.bin", cert);
    certificate = certs_read(path);
    value = certs_extension(certificate, oid);
    assert_non_null(value);
    snprintf(path, sizeof(path), "keys/%s.pem", key);
    file = fopen(path, "rb");
    assert_non_null(file);
    pkey = PEM_read_PrivateKey(file, NULL, NULL, NULL);
    fclose(file);
    size = i2d_PUBKEY(pkey, &spki);
    assert_int_equal(ASN1_STRING_length(value), size);
    assert_memory_equal(ASN1_STRING_get0_data(value), spki, (size_t)size);
    OPENSSL_free(spki);
    EVP_PKEY_free(pkey);
    X509_free(certificate);
}

static void keys_are_those_of_the_files(void **state)
{
    (void)state;
    certs_write_fip("fip.bin", OWNERS);
    assert_int_equal(support_tool("certs --keys keys --new-keys fip.bin"), 0);
    certs_unpack("fip.bin", "parts");
    expect_key("trusted-key", 302, "trusted_world_key");
    expect_key("trusted-key", 303, "non_trusted_world_key");
    expect_key("soc-fw-key", 501, "soc_fw_key");
    expect_key("tos-fw-key", 901, "tos_fw_key");
    expect_key("nt-fw-key", 1101, "nt_fw_key");
    assert_int_equal(support_tool("certs --keys keys --new-keys --chain dual fip.bin"), 0);
    certs_unpack("fip.bin", "parts");
    expect_key("trusted-key", 302, "trusted_world_key");
    expect_key("nt-fw", 1102, "prot_key");
    expect_key("plat-sp", 1102, "prot_key");
}

static void expect_counter(const char *cert, int oid, const uint8_t *der, int size)
{
    const ASN1_OCTET_STRING *value;
    char path[128];
    X509 *certificate;

    snprintf(path, sizeof(path), "parts/%s-cert.bin", cert);
    certificate = certs_read(path);
    value = certs_extension(certificate, oid);
    assert_non_null(value);
    assert_int_equal(ASN1_STRING_length(value), size);
    assert_memory_equal(ASN1_STRING_get0_data(value), der, (size_t)size);
    X509_free(certificate);
}

static void counters_are_shortest_integers(void **state)
{
    static const struct {
        unsigned int value;
        uint8_t der[8];
        int size;
    } cases[] = {
        { 0, { 2, 1, 0 }, 3 },        { 1, { 2, 1, 1 }, 3 },        { 127, { 2, 1, 127 }, 3 },
        { 128, { 2, 2, 0, 128 }, 4 }, { 255, { 2, 2, 0, 255 }, 4 }, { 256, { 2, 2, 1, 0 }, 4 },
    };

    (void)state;
    certs_write_fip("fip.bin", "");
    certs_write_keys("keys", COT_SINGLE_ROOT, BOOT_PK_P256, true);
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        assert_int_equal(
            support_tool("certs --keys keys --tfw-nvctr %u --ntfw-nvctr 7 fip.bin", cases[i].value),
            0);
        certs_unpack("fip.bin", "parts");
        expect_counter("tb-fw", 1, cases[i].der, cases[i].size);
        expect_counter("sip-sp", 1, cases[i].der, cases[i].size);
        expect_counter("nt-fw", 2, (const uint8_t[]){ 2, 1, 7 }, 3);
        expect_counter("nt-fw-key", 2, (const uint8_t[]){ 2, 1, 7 }, 3);
    }
    assert_int_equal(support_tool("certs --keys keys --ntfw-nvctr -1 fip.bin"), TOOL_USAGE);
}

// A certificate could hold 65535, but no board could follow: older images would go on booting
static void counters_that_no_board_reaches_are_refused(void **state)
{
    static const char *const options[] = { "tfw-nvctr", "ntfw-nvctr" };
    static const char *const values[] = { "257", "0x101", "300", "65535", "65536", "4294967552" };
    char message[160];
    uint8_t *before, *after;
    size_t size, now;

    (void)state;
    certs_write_fip("fip.bin", "");
    certs_write_keys("keys", COT_SINGLE_ROOT, BOOT_PK_P256, true);
    before = support_read("fip.bin", &size);
    for (size_t i = 0; i < 12; i++) {
        snprintf(
            message, sizeof(message),
            "--%s: found \"%s\", expected a number from 0 to 256: a board's NV counter ends there",
            options[i % 2], values[i / 2]);
        assert_int_equal(
            support_tool("certs --keys keys --%s %s fip.bin", options[i % 2], values[i / 2]),
            TOOL_USAGE);
        support_expect_message(message);
        assert_int_equal(support_tool("sign emit --keys keys --%s %s --out to-sign fip.bin",
                                      options[i % 2], values[i / 2]),
                         TOOL_USAGE);
        support_expect_message(message);
    }
    after = support_read("fip.bin", &now);
    assert_int_equal(now, size);
    assert_memory_equal(after, before, size);
    assert_int_not_equal(access("to-sign", F_OK), 0);
    free(before);
    free(after);
}

static void certificates_of_another_chain_are_replaced(void **state)
{
    (void)state;
    certs_write_fip("fip.bin", OWNERS);
    support_write_pattern("old.crt", 700, 9);
    assert_int_equal(support_tool("update --nt-fw-key-cert old.crt --tb-fw-cert old.crt fip.bin"),
                     0);
    assert_int_equal(support_tool("certs --keys keys --new-keys --chain dual fip.bin"), 0);
    assert_int_equal(support_tool("info fip.bin"), 0);
    assert_null(strstr(support_stdout(), "\"--nt-fw-key-cert\""));
    assert_non_null(strstr(support_stdout(), "\"--plat-sp-cert\""));
    expect_verified("fip.bin", COT_DUAL_ROOT, "keys");
    assert_int_equal(support_tool("certs --keys keys --new-keys fip.bin"), 0);
    assert_int_equal(support_tool("info fip.bin"), 0);
    assert_null(strstr(support_stdout(), "\"--plat-sp-cert\""));
    expect_verified("fip.bin", COT_SINGLE_ROOT, "keys");
}

static void header_flags_and_alignment_are_kept_and_made(void **state)
{
    (void)state;
    certs_write_fip("fip.bin", OWNERS);
    assert_int_equal(support_tool("update --plat-toc-flags 0x1234 fip.bin"), 0);
    assert_int_equal(support_tool("certs --keys keys --new-keys --align 4096 fip.bin"), 0);
    assert_int_equal(support_tool("info --layout fip.bin"), 0);
    assert_non_null(strstr(support_stdout(), "platform flags 0x1234"));
    assert_non_null(strstr(support_stdout(), "  0x00001000  "));
    if (support_fiptool("info fip.bin") != FIPTOOL_ABSENT) {
        assert_non_null(strstr(support_stdout(), "cmdline=\"--sip-sp-cert\""));
    }
}

// ---- Key files ----

static mode_t mode_of(const char *path)
{
    struct stat status;

    assert_int_equal(stat(path, &status), 0);
    return status.st_mode & 0777;
}

static void only_missing_keys_are_made(void **state)
{
    mode_t mask = umask(0);

    (void)state;
    certs_write_fip("fip.bin", OWNERS);
    assert_int_equal(support_tool("certs --keys keys --new-keys --key-alg p384 fip.bin"), 0);
    umask(mask);
    assert_int_equal(mode_of("keys"), 0700);
    assert_int_equal(support_count("keys"), 6);
    for (size_t i = 0; certs_single_keys[i] != NULL; i++) {
        char path[64];

        snprintf(path, sizeof(path), "keys/%s.pem", certs_single_keys[i]);
        assert_int_equal(mode_of(path), 0600);
    }
    assert_int_equal(rename("keys/rot_key.pem", "old.pem"), 0);
    assert_int_equal(link("keys/soc_fw_key.pem", "soc.pem"), 0);
    assert_int_equal(support_tool("certs --keys keys --new-keys fip.bin"), 0);
    assert_false(support_same("old.pem", "keys/rot_key.pem"));
    assert_true(support_same("soc.pem", "keys/soc_fw_key.pem"));
    expect_verified("fip.bin", COT_SINGLE_ROOT, "keys");
    assert_int_equal(support_tool("certs --keys keys --new-keys --chain dual fip.bin"), 0);
    assert_int_equal(support_count("keys"), 7);
}

static void keys_of_other_programs_are_read(void **state)
{
    (void)state;
    certs_write_fip("fip.bin", "");
    certs_write_keys("keys", COT_SINGLE_ROOT, BOOT_PK_P256, true);
    if (certs_run("openssl ecparam -name prime256v1 -genkey -out keys/rot_key.pem") ==
        PROGRAM_ABSENT) {
        print_message("SKIP-REASON openssl is not installed\n");
        skip();
    }
    assert_int_equal(certs_run("openssl ecparam -name secp384r1 -genkey -noout -out "
                               "keys/soc_fw_key.pem"),
                     0);
    certs_write_key("rsa.pem", certs_key(BOOT_PK_RSA3072, 0), true);
    assert_int_equal(certs_run("openssl rsa -traditional -in rsa.pem -out keys/tos_fw_key.pem"), 0);
    assert_int_equal(support_tool("certs --keys keys fip.bin"), 0);
    expect_verified("fip.bin", COT_SINGLE_ROOT, "keys");
}

// ---- Refusals: the FIP and the folder stay as they were ----

static size_t files_before;

static void begin_refusals(const char *owners)
{
    certs_write_fip("fip.bin", owners);
    certs_write_keys("keys", COT_SINGLE_ROOT, BOOT_PK_P256, true);
    assert_int_equal(support_tool("update --out before.bin fip.bin"), 0);
    files_before = support_count(".");
}

static void expect_refusal(const char *text)
{
    assert_int_equal(support_tool("certs --keys keys fip.bin"), TOOL_FAILED);
    support_expect_message(text);
    assert_true(support_same("fip.bin", "before.bin"));
    assert_int_equal(support_count("."), files_before);
}

static void refuse_key(EVP_PKEY *key, const char *text)
{
    assert_non_null(key);
    certs_write_key("keys/soc_fw_key.pem", key, true);
    expect_refusal(text);
    support_expect_message("keys/soc_fw_key.pem: public key must ");
    EVP_PKEY_free(key);
}

static void keys_that_no_boot_takes_are_refused(void **state)
{
    (void)state;
    begin_refusals(OWNERS);
    refuse_key(EVP_RSA_gen(2048u),
               "found RSA of 2048 bits, expected EC on P-256 or P-384, or RSA of 3072");
    refuse_key(EVP_EC_gen("secp256k1"), "found EC of 256 bits");
    refuse_key(EVP_EC_gen("P-521"), "found EC of 521 bits");
    refuse_key(EVP_PKEY_Q_keygen(NULL, NULL, "ED25519"), "found ED25519 of 256 bits");
}

static void key_files_that_hold_no_key_are_refused(void **state)
{
    FILE *file;

    (void)state;
    begin_refusals(OWNERS);
    support_write("keys/rot_key.pem", "", 0);
    expect_refusal("keys/rot_key.pem: found no key, expected PEM with a private key");
    support_write_pattern("keys/rot_key.pem", 5000, 3);
    expect_refusal("keys/rot_key.pem: found no key");
    support_write_pattern("keys/rot_key.pem", 65537, 3);
    expect_refusal("keys/rot_key.pem: file size: found 65537, expected at most 65536");
    certs_write_key("keys/rot_key.pem", certs_key(BOOT_PK_P256, 0), false);
    expect_refusal("keys/rot_key.pem: key: found a public one, expected the private one");
    file = fopen("keys/rot_key.pem", "wb");
    assert_non_null(file);
    assert_int_equal(PEM_write_PKCS8PrivateKey(file, certs_key(BOOT_PK_P256, 0), EVP_aes_256_cbc(),
                                               "open", 4, NULL, NULL),
                     1);
    fclose(file);
    expect_refusal("keys/rot_key.pem: key: found one under a passphrase");
    unlink("keys/rot_key.pem");
    unlink("keys/soc_fw_key.pem");
    expect_refusal("keys/rot_key.pem: cannot open");
    support_expect_message("keys/soc_fw_key.pem: cannot open"); // both are named
    assert_int_equal(mkdir("keys/rot_key.pem", 0700), 0);
    expect_refusal("keys/rot_key.pem: is not a regular file");
}

static void fip_without_an_image_is_refused(void **state)
{
    static const struct {
        const char *option;
        const char *text;
    } cases[] = {
        { "tb-fw", "fip.bin: found no image tb-fw, expected one" },
        { "tb-fw-config", "fip.bin: found no image tb-fw-config, expected one" },
        { "soc-fw", "fip.bin: found no image soc-fw, expected one" },
        { "tos-fw", "fip.bin: found no image tos-fw, expected one" },
        { "nt-fw", "fip.bin: found no image nt-fw, expected one" },
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        begin_refusals(OWNERS);
        assert_int_equal(support_tool("remove --%s fip.bin", cases[i].option), 0);
        assert_int_equal(support_tool("update --out before.bin fip.bin"), 0);
        expect_refusal(cases[i].text);
    }
    begin_refusals(OWNERS);
    assert_int_equal(support_tool("remove --blob uuid=%s fip.bin", certs_uuid(1)), 0);
    assert_int_equal(support_tool("update --out before.bin fip.bin"), 0);
    expect_refusal("expected one: tb-fw-config lists it");
}

static void fip_that_would_not_boot_is_refused(void **state)
{
    (void)state;
    begin_refusals(OWNERS);
    support_write_pattern("hw.dtb", 900, 8);
    files_before++;
    assert_int_equal(support_tool("update --hw-config hw.dtb fip.bin"), 0);
    assert_int_equal(support_tool("update --out before.bin fip.bin"), 0);
    expect_refusal("hw-config");
    support_expect_message("not written: no board would boot it");
    begin_refusals(OWNERS);
    support_write_pattern("bad.dtb", 900, 8);
    files_before++;
    assert_int_equal(support_tool("update --tb-fw-config bad.dtb fip.bin"), 0);
    assert_int_equal(support_tool("update --out before.bin fip.bin"), 0);
    expect_refusal("fip.bin: tb-fw-config: ");
    support_write_pattern("fip.bin", 100, 8);
    support_write_pattern("before.bin", 100, 8);
    expect_refusal("fip.bin: ");
}

static void five_packages_of_an_owner_are_refused_with_two_roots(void **state)
{
    (void)state;
    certs_write_fip("fip.bin", "SPPPPP");
    assert_int_equal(support_tool("certs --keys keys --new-keys --chain dual fip.bin"),
                     TOOL_FAILED);
    support_expect_message("\"sp5\" must be one of at most 4 packages of its owner");
    assert_int_equal(access("keys", F_OK), -1); // no keys were made for nothing
    certs_write_fip("fip.bin", "SPPPPSSS");
    assert_int_equal(support_tool("certs --keys keys --new-keys --chain dual fip.bin"), 0);
    expect_verified("fip.bin", COT_DUAL_ROOT, "keys");
    assert_int_equal(support_tool("certs --keys keys --new-keys fip.bin"), 0);
    expect_verified("fip.bin", COT_SINGLE_ROOT, "keys");
}

static void two_roots_need_both_keys(void **state)
{
    (void)state;
    begin_refusals(OWNERS);
    assert_int_equal(support_tool("certs --keys keys --chain dual fip.bin"), TOOL_FAILED);
    support_expect_message("keys/prot_key.pem: cannot open");
    assert_true(support_same("fip.bin", "before.bin"));
}

static void wrong_command_lines_are_refused(void **state)
{
    (void)state;
    begin_refusals(OWNERS);
    assert_int_equal(support_tool("certs fip.bin"), TOOL_USAGE);
    assert_int_equal(support_tool("certs --keys keys --key-alg p256 fip.bin"), TOOL_USAGE);
    assert_int_equal(support_tool("certs --keys keys --new-keys --key-alg rsa2048 fip.bin"),
                     TOOL_USAGE);
    support_expect_message("--key-alg: found \"rsa2048\"");
    assert_int_equal(support_tool("certs --keys keys --hash sha1 fip.bin"), TOOL_USAGE);
    assert_int_equal(support_tool("certs --keys keys --chain triple fip.bin"), TOOL_USAGE);
    assert_int_equal(support_tool("certs --keys keys fip.bin other.bin"), TOOL_USAGE);
    assert_int_equal(support_tool("certs --keys keys absent.bin"), TOOL_FAILED);
    assert_int_equal(support_tool("certs --help"), TOOL_OK);
    assert_true(support_same("fip.bin", "before.bin"));
    assert_int_equal(support_count("."), files_before);
}

static void folder_of_keys_that_cannot_be_made_is_refused(void **state)
{
    (void)state;
    certs_write_fip("fip.bin", OWNERS);
    assert_int_equal(support_tool("certs --keys no/such/keys --new-keys fip.bin"), TOOL_FAILED);
    support_expect_message("no/such/keys: cannot make the folder");
    assert_int_equal(support_tool("certs --keys bl2.bin --new-keys fip.bin"), TOOL_FAILED);
}

static void full_disk_leaves_no_half_of_a_key(void **state)
{
    struct rlimit old, small;

    (void)state;
    begin_refusals(OWNERS);
    assert_int_equal(unlink("keys/tos_fw_key.pem"), 0);
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &old), 0);
    small = old;
    small.rlim_cur = 1024; // less than an RSA key, more than the messages
    signal(SIGXFSZ, SIG_IGN);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
    assert_int_equal(support_tool("certs --keys keys --new-keys --key-alg rsa3072 fip.bin"),
                     TOOL_FAILED);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &old), 0);
    support_expect_message("keys/tos_fw_key.pem: cannot write");
    assert_int_equal(support_count("keys"), 5);
    assert_true(support_same("fip.bin", "before.bin"));
    assert_int_equal(support_count("."), files_before);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, support_enter, support_leave)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(p256_chains_boot),
        TEST(p384_chains_boot),
        TEST(rsa3072_chains_boot),
        TEST(rsa4096_chains_boot),
        TEST(each_certificate_takes_the_hash_of_its_signer),
        TEST(hashes_are_those_of_the_images),
        TEST(with_two_roots_packages_are_counted_by_owner),
        TEST(keys_are_those_of_the_files),
        TEST(counters_are_shortest_integers),
        TEST(counters_that_no_board_reaches_are_refused),
        TEST(certificates_of_another_chain_are_replaced),
        TEST(header_flags_and_alignment_are_kept_and_made),
        TEST(only_missing_keys_are_made),
        TEST(keys_of_other_programs_are_read),
        TEST(keys_that_no_boot_takes_are_refused),
        TEST(key_files_that_hold_no_key_are_refused),
        TEST(fip_without_an_image_is_refused),
        TEST(fip_that_would_not_boot_is_refused),
        TEST(five_packages_of_an_owner_are_refused_with_two_roots),
        TEST(two_roots_need_both_keys),
        TEST(wrong_command_lines_are_refused),
        TEST(folder_of_keys_that_cannot_be_made_is_refused),
        TEST(full_disk_leaves_no_half_of_a_key),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
