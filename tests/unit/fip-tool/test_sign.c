// SPDX-License-Identifier: BSD-3-Clause
//
// fip-tool sign: chains signed outside, by the openssl program with the very commands that sign.json gives, for every
// kind of key, hash and number of roots; and everything that may come back wrong: each is refused, by name, and the
// FIP stays as it was.
#include "tests/unit/fip-tool/certs_support.h"

#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define OWNERS "SP"

static const char *const hashes[] = { "sha256", "sha384", "sha512" };

// The keys of the owner lie in private/, what the build sees in public/.
static void write_both_keys(enum cot_chain chain, enum boot_pk_kind kind)
{
    certs_write_keys("private", chain, kind, true);
    certs_write_keys("public", chain, kind, false);
}

// Runs every command "openssl …" of to-sign/sign.json inside to-sign, where the private keys are too. Returns their
// number.
static size_t sign_with_commands(const char *const *keys)
{
    size_t size, count = 0;
    uint8_t *json = support_read("to-sign/sign.json", &size);
    char path[2][128];
    int result = 0;

    for (size_t i = 0; keys[i] != NULL; i++) {
        snprintf(path[0], sizeof(path[0]), "private/%s.pem", keys[i]);
        snprintf(path[1], sizeof(path[1]), "to-sign/%s.pem", keys[i]);
        (void)unlink(path[1]);
        assert_int_equal(link(path[0], path[1]), 0);
    }
    assert_int_equal(chdir("to-sign"), 0);
    for (char *at = strstr((char *)json, "\"openssl\": \""); at != NULL;
         at = strstr(at, "\"openssl\": \"")) {
        char *end;

        at += strlen("\"openssl\": \"");
        end = strchr(at, '"');
        assert_non_null(end);
        *end = '\0';
        result = certs_run("%s", at);
        if (result != 0) {
            break;
        }
        count++;
        at = end + 1;
    }
    assert_int_equal(chdir(".."), 0);
    free(json);
    if (result == PROGRAM_ABSENT) {
        print_message("SKIP-REASON openssl is not installed: nobody to sign\n");
        skip();
    }
    assert_int_equal(result, 0);
    for (size_t i = 0; keys[i] != NULL; i++) {
        snprintf(path[1], sizeof(path[1]), "to-sign/%s.pem", keys[i]);
        assert_int_equal(unlink(path[1]), 0);
    }
    return count;
}

static void expect_verified(const char *fip, enum cot_chain chain)
{
    int result = chain == COT_DUAL_ROOT
                     ? support_tool("verify --root-key public/rot_key.pem --platform-root-key "
                                    "public/prot_key.pem %s",
                                    fip)
                     : support_tool("verify --root-key public/rot_key.pem %s", fip);

    if (result != 0) {
        fail_msg("verify: %s%s", support_stdout(), support_stderr());
    }
}

static void check_matrix(enum boot_pk_kind kind)
{
    static const enum cot_chain chains[] = { COT_SINGLE_ROOT, COT_DUAL_ROOT };

    certs_write_fip("fip.bin", OWNERS);
    for (size_t c = 0; c < 2; c++) {
        const char *option = c == 0 ? "single" : "dual";

        write_both_keys(chains[c], kind);
        for (size_t h = 0; h < 3; h += kind == BOOT_PK_RSA4096 ? 2 : 1) { // slow ones less often
            assert_int_equal(support_tool("sign emit --keys public --chain %s --hash %s --out "
                                          "to-sign fip.bin",
                                          option, hashes[h]),
                             0);
            assert_int_equal(sign_with_commands(certs_keys_of(chains[c])), 9);
            assert_int_equal(support_tool("sign attach --from to-sign --out signed.bin fip.bin"),
                             0);
            expect_verified("signed.bin", chains[c]);
        }
        assert_int_equal(system("rm -r private public to-sign"), 0);
    }
}

static void p256_chains_are_signed_outside(void **state)
{
    (void)state;
    check_matrix(BOOT_PK_P256);
}

static void p384_chains_are_signed_outside(void **state)
{
    (void)state;
    check_matrix(BOOT_PK_P384);
}

static void rsa3072_chains_are_signed_outside(void **state)
{
    (void)state;
    check_matrix(BOOT_PK_RSA3072);
}

static void rsa4096_chains_are_signed_outside(void **state)
{
    (void)state;
    check_matrix(BOOT_PK_RSA4096);
}

// ---- The same bytes ----

static void expect_same_files(const char *const *certs, const char *a, const char *b)
{
    for (size_t i = 0; certs[i] != NULL; i++) {
        char path[2][128];

        snprintf(path[0], sizeof(path[0]), "%s/%s-cert.tbs", a, certs[i]);
        snprintf(path[1], sizeof(path[1]), "%s/%s-cert.tbs", b, certs[i]);
        if (!support_same(path[0], path[1])) {
            fail_msg("%s and %s differ", path[0], path[1]);
        }
    }
}

static void check_same_bytes(enum cot_chain chain, const char *option)
{
    certs_write_fip("fip.bin", OWNERS);
    write_both_keys(chain, BOOT_PK_P256);
    assert_int_equal(
        support_tool("sign emit --keys public %s --tfw-nvctr 5 --out one fip.bin", option), 0);
    assert_int_equal(
        support_tool("sign emit --keys private %s --tfw-nvctr 5 --out two fip.bin", option), 0);
    assert_int_equal(
        support_tool("certs --keys private %s --tfw-nvctr 5 --out signed.bin fip.bin", option), 0);
    assert_int_equal(support_tool("sign detach --out three signed.bin"), 0);
    expect_same_files(certs_of(chain), "one", "two");
    expect_same_files(certs_of(chain), "one", "three");
    assert_true(support_same("one/sign.json", "two/sign.json"));
    assert_int_equal(support_tool("sign attach --from three --out again.bin fip.bin"), 0);
    assert_true(support_same("signed.bin", "again.bin"));
    assert_int_equal(support_tool("sign attach --from three signed.bin"), 0);
    assert_true(support_same("signed.bin", "again.bin"));
    assert_int_equal(system("rm -r one two three private public"), 0);
}

static void certs_and_sign_sign_the_same_bytes(void **state)
{
    (void)state;
    check_same_bytes(COT_SINGLE_ROOT, "--chain single");
    check_same_bytes(COT_DUAL_ROOT, "--chain dual");
}

static void different_contents_have_different_serial_numbers(void **state)
{
    X509 *certificates[2];

    (void)state;
    certs_write_fip("fip.bin", OWNERS);
    certs_write_keys("private", COT_SINGLE_ROOT, BOOT_PK_P256, true);
    for (int i = 0; i < 2; i++) {
        assert_int_equal(support_tool("certs --keys private --tfw-nvctr %d fip.bin", i), 0);
        certs_unpack("fip.bin", "parts");
        certificates[i] = certs_read("parts/soc-fw-cert.bin");
        assert_int_equal(ASN1_STRING_length(X509_get0_serialNumber(certificates[i])), 20);
        assert_int_equal(ASN1_STRING_type(X509_get0_serialNumber(certificates[i])),
                         V_ASN1_INTEGER); // not V_ASN1_NEG_INTEGER
    }
    assert_int_not_equal(ASN1_INTEGER_cmp(X509_get0_serialNumber(certificates[0]),
                                          X509_get0_serialNumber(certificates[1])),
                         0);
    X509_free(certificates[0]);
    X509_free(certificates[1]);
}

// ---- sign.json ----

static void the_list_says_what_openssl_says(void **state)
{
    uint8_t digest[EVP_MAX_MD_SIZE], *data, *spki = NULL;
    char hex[2 * EVP_MAX_MD_SIZE + 1], text[256];
    unsigned int digest_size;
    size_t size;
    int spki_size;

    (void)state;
    certs_write_fip("fip.bin", OWNERS);
    write_both_keys(COT_SINGLE_ROOT, BOOT_PK_P384);
    assert_int_equal(support_tool("sign emit --keys public --out to-sign fip.bin"), 0);
    data = support_read("to-sign/soc-fw-cert.tbs", &size);
    assert_int_equal(EVP_Digest(data, size, digest, &digest_size, EVP_sha384(), NULL), 1);
    free(data);
    for (unsigned int i = 0; i < digest_size; i++) {
        sprintf(hex + 2 * i, "%02x", digest[i]);
    }
    snprintf(text, sizeof(text), "\"digest\": \"%s\"", hex);
    data = support_read("to-sign/sign.json", &size);
    assert_non_null(strstr((char *)data, text));
    spki_size = i2d_PUBKEY(certs_key(BOOT_PK_P384, 3), &spki); // soc_fw_key
    assert_int_equal(EVP_Digest(spki, (size_t)spki_size, digest, &digest_size, EVP_sha256(), NULL),
                     1);
    OPENSSL_free(spki);
    for (unsigned int i = 0; i < digest_size; i++) {
        sprintf(hex + 2 * i, "%02x", digest[i]);
    }
    snprintf(text, sizeof(text), "\"key\": \"soc_fw_key\",\n      \"key_sha256\": \"%s\"", hex);
    assert_non_null(strstr((char *)data, text));
    assert_non_null(strstr((char *)data, "\"algorithm\": \"ecdsa-p384-sha384\""));
    assert_non_null(strstr((char *)data, "\"subject\": \"SoC Firmware Content Certificate\""));
    assert_non_null(strstr((char *)data, "\"chain\": \"single\""));
    free(data);
    write_both_keys(COT_SINGLE_ROOT, BOOT_PK_RSA3072);
    assert_int_equal(support_tool("sign emit --keys public --hash sha512 --out to-sign fip.bin"),
                     0);
    data = support_read("to-sign/sign.json", &size);
    assert_non_null(strstr((char *)data, "\"algorithm\": \"rsa-pss-3072-sha512-salt32\""));
    free(data);
}

static void the_help_tells_how_to_sign(void **state)
{
    (void)state;
    assert_int_equal(support_tool("sign --help"), 0);
    assert_non_null(strstr(support_stdout(), "openssl dgst -sha256 -sign soc_fw_key.pem -out "
                                             "soc-fw-cert.sig soc-fw-cert.tbs"));
    assert_non_null(
        strstr(support_stdout(), "-sigopt rsa_padding_mode:pss -sigopt rsa_pss_saltlen:32"));
}

// ---- What comes back wrong ----

static size_t files_before;

// A chain signed well, in to-sign/; the FIP is fip.bin, as it must stay before.bin.
static void begin_signed(enum boot_pk_kind kind)
{
    certs_write_fip("fip.bin", OWNERS);
    assert_int_equal(support_tool("update --out before.bin fip.bin"), 0);
    certs_write_keys("private", COT_SINGLE_ROOT, kind, true);
    assert_int_equal(support_tool("certs --keys private --out signed.bin fip.bin"), 0);
    assert_int_equal(support_tool("sign detach --out to-sign signed.bin"), 0);
    files_before = support_count(".");
}

static void expect_refusal(const char *text)
{
    assert_int_equal(support_tool("sign attach --from to-sign fip.bin"), TOOL_FAILED);
    support_expect_message(text);
    assert_true(support_same("fip.bin", "before.bin"));
    assert_int_equal(support_count("."), files_before);
}

static void alter(const char *path, size_t offset, uint8_t mask)
{
    size_t size;
    uint8_t *data = support_read(path, &size);

    assert_true(offset < size);
    data[offset] ^= mask;
    support_write(path, data, size);
    free(data);
}

static void cut(const char *path, size_t size)
{
    assert_int_equal(truncate(path, (off_t)size), 0);
}

static void altered_signatures_are_refused(void **state)
{
    size_t size;

    (void)state;
    begin_signed(BOOT_PK_P256);
    free(support_read("to-sign/soc-fw-cert.sig", &size));
    for (size_t i = 0; i < size; i++) {
        alter("to-sign/soc-fw-cert.sig", i, (uint8_t)(1u << i % 8));
        assert_int_equal(support_tool("sign attach --from to-sign fip.bin"), TOOL_FAILED);
        support_expect_message(
            "to-sign/soc-fw-cert.sig: signature must be one over soc-fw-cert.tbs, "
            "ecdsa-p256-sha256, by soc_fw_key (SHA-256 of its public key ");
        alter("to-sign/soc-fw-cert.sig", i, (uint8_t)(1u << i % 8));
    }
    assert_int_equal(support_tool("sign attach --from to-sign fip.bin"), 0);
}

static void altered_rsa_signatures_are_refused(void **state)
{
    (void)state;
    begin_signed(BOOT_PK_RSA3072);
    for (size_t i = 0; i < 384; i += 29) {
        alter("to-sign/nt-fw-cert.sig", i, 0x10);
        expect_refusal("to-sign/nt-fw-cert.sig: signature must be one over nt-fw-cert.tbs, "
                       "rsa-pss-3072-sha256-salt32, by nt_fw_key");
        alter("to-sign/nt-fw-cert.sig", i, 0x10);
    }
    cut("to-sign/nt-fw-cert.sig", 383);
    expect_refusal("to-sign/nt-fw-cert.sig: signature must be");
}

static void swapped_signatures_are_refused(void **state)
{
    (void)state;
    begin_signed(BOOT_PK_P256);
    assert_int_equal(rename("to-sign/tb-fw-cert.sig", "to-sign/x"), 0); // both by the root key
    assert_int_equal(rename("to-sign/trusted-key-cert.sig", "to-sign/tb-fw-cert.sig"), 0);
    assert_int_equal(rename("to-sign/x", "to-sign/trusted-key-cert.sig"), 0);
    expect_refusal("to-sign/tb-fw-cert.sig: signature must be");
    support_expect_message("to-sign/trusted-key-cert.sig: signature must be"); // both are named
}

static void swapped_certificates_are_refused(void **state)
{
    (void)state;
    begin_signed(BOOT_PK_P256);
    assert_int_equal(rename("to-sign/tb-fw-cert.sig", "to-sign/x"), 0);
    assert_int_equal(rename("to-sign/trusted-key-cert.sig", "to-sign/tb-fw-cert.sig"), 0);
    assert_int_equal(rename("to-sign/x", "to-sign/trusted-key-cert.sig"), 0);
    assert_int_equal(rename("to-sign/tb-fw-cert.tbs", "to-sign/x"), 0);
    assert_int_equal(rename("to-sign/trusted-key-cert.tbs", "to-sign/tb-fw-cert.tbs"), 0);
    assert_int_equal(rename("to-sign/x", "to-sign/trusted-key-cert.tbs"), 0);
    expect_refusal("to-sign/tb-fw-cert.tbs: subject: found another certificate's, expected "
                   "\"Trusted Boot FW Certificate\"");
}

static void files_that_are_missing_empty_or_huge_are_refused(void **state)
{
    (void)state;
    begin_signed(BOOT_PK_P256);
    assert_int_equal(rename("to-sign/tos-fw-cert.sig", "to-sign/x"), 0);
    assert_int_equal(rename("to-sign/sip-sp-cert.tbs", "to-sign/y"), 0);
    expect_refusal("to-sign/tos-fw-cert.sig: cannot open");
    support_expect_message("to-sign/sip-sp-cert.tbs: cannot open");
    assert_int_equal(rename("to-sign/y", "to-sign/sip-sp-cert.tbs"), 0);
    support_write("to-sign/tos-fw-cert.sig", "", 0);
    expect_refusal("to-sign/tos-fw-cert.sig: file size: found 0, expected 1 to 512");
    support_write_pattern("to-sign/tos-fw-cert.sig", 513, 1);
    expect_refusal("to-sign/tos-fw-cert.sig: file size: found 513, expected 1 to 512");
    assert_int_equal(truncate("to-sign/tos-fw-cert.sig", 0x200000000), 0); // sparse
    expect_refusal("to-sign/tos-fw-cert.sig: file size: found 8589934592");
    assert_int_equal(rename("to-sign/x", "to-sign/tos-fw-cert.sig"), 0);
    support_write_pattern("to-sign/tb-fw-cert.tbs", 4097, 1);
    expect_refusal("to-sign/tb-fw-cert.tbs: file size: found 4097, expected 1 to 4096");
    support_write_pattern("to-sign/tb-fw-cert.tbs", 4096, 1);
    expect_refusal("to-sign/tb-fw-cert.tbs: found no bytes of a certificate to be signed");
    assert_int_equal(support_tool("sign attach --from absent fip.bin"), TOOL_FAILED);
}

// Lengths and bits all over the file: with no exception refused, whatever is broken. (Every byte: the tests of
// chain.c.)
static void altered_bytes_to_be_signed_are_refused(void **state)
{
    uint8_t *good;
    size_t size;

    (void)state;
    begin_signed(BOOT_PK_P256);
    good = support_read("to-sign/nt-fw-key-cert.tbs", &size);
    for (size_t i = 1; i < size; i += 7) {
        support_write("to-sign/nt-fw-key-cert.tbs", good, i);
        assert_int_equal(support_tool("sign attach --from to-sign fip.bin"), TOOL_FAILED);
        support_expect_message("to-sign/nt-fw-key-cert.");
    }
    for (size_t i = 0; i < size; i += 3) {
        support_write("to-sign/nt-fw-key-cert.tbs", good, size);
        alter("to-sign/nt-fw-key-cert.tbs", i, (uint8_t)(1u << i % 8));
        assert_int_equal(support_tool("sign attach --from to-sign fip.bin"), TOOL_FAILED);
        support_expect_message("to-sign/nt-fw-key-cert.");
    }
    assert_true(support_same("fip.bin", "before.bin"));
    support_write("to-sign/nt-fw-key-cert.tbs", good, size);
    assert_int_equal(support_tool("sign attach --from to-sign fip.bin"), 0);
    free(good);
}

// Signs one .tbs again with some key.
static void sign_again(const char *cert, EVP_PKEY *key)
{
    char path[128];
    size_t size;
    uint8_t *data, signature[512];
    size_t signature_size = sizeof(signature);
    EVP_MD_CTX *context = EVP_MD_CTX_new();

    snprintf(path, sizeof(path), "to-sign/%s-cert.tbs", cert);
    data = support_read(path, &size);
    assert_int_equal(EVP_DigestSignInit(context, NULL, EVP_sha256(), NULL, key), 1);
    assert_int_equal(EVP_DigestSign(context, signature, &signature_size, data, size), 1);
    EVP_MD_CTX_free(context);
    free(data);
    snprintf(path, sizeof(path), "to-sign/%s-cert.sig", cert);
    support_write(path, signature, signature_size);
}

static void signatures_of_another_key_are_refused(void **state)
{
    (void)state;
    begin_signed(BOOT_PK_P256);
    sign_again("tos-fw", certs_key(BOOT_PK_P256, 4)); // its own: still fine
    assert_int_equal(support_tool("sign attach --from to-sign --out again.bin fip.bin"), 0);
    files_before++;
    sign_again("tos-fw", certs_key(BOOT_PK_P256, 7));
    expect_refusal("to-sign/tos-fw-cert.sig: signature must be one over tos-fw-cert.tbs, "
                   "ecdsa-p256-sha256, by tos_fw_key");
    sign_again("tos-fw", certs_key(BOOT_PK_RSA3072, 0)); // longer than any of P-256
    expect_refusal("to-sign/tos-fw-cert.sig: signature must be");
}

// Both halves by the same wrong key: signed well, but nobody vouches for that key.
static void certificate_by_a_key_outside_the_chain_is_refused(void **state)
{
    (void)state;
    begin_signed(BOOT_PK_P256);
    certs_write_key("private/tos_fw_key.pem", certs_key(BOOT_PK_P256, 7), true);
    assert_int_equal(support_tool("sign emit --keys private --out other fip.bin"), 0);
    assert_int_equal(rename("other/tos-fw-cert.tbs", "to-sign/tos-fw-cert.tbs"), 0);
    files_before++;
    sign_again("tos-fw", certs_key(BOOT_PK_P256, 7));
    expect_refusal("tos-fw-cert");
    support_expect_message("not written: no board would boot it");
}

static void signatures_for_other_images_are_refused(void **state)
{
    (void)state;
    begin_signed(BOOT_PK_P256);
    support_write_pattern("new.bin", 7001, 77);
    files_before++;
    assert_int_equal(support_tool("update --soc-fw new.bin fip.bin"), 0);
    assert_int_equal(support_tool("update --out before.bin fip.bin"), 0);
    expect_refusal("soc-fw");
    support_expect_message("not written: no board would boot it");
}

static void a_signed_fip_is_not_taken_apart_when_it_is_broken(void **state)
{
    (void)state;
    begin_signed(BOOT_PK_P256);
    assert_int_equal(support_tool("sign detach --out x fip.bin"), TOOL_FAILED);
    support_expect_message("fip.bin: found no certificates");
    support_write_pattern("bad.crt", 600, 5);
    assert_int_equal(support_tool("update --tos-fw-cert bad.crt signed.bin"), 0);
    assert_int_equal(support_tool("sign detach --out x signed.bin"), TOOL_FAILED);
    support_expect_message("signed.bin: tos-fw-cert: offset 0x");
}

static void two_chains_do_not_mix(void **state)
{
    (void)state;
    begin_signed(BOOT_PK_P256);
    certs_write_keys("private", COT_DUAL_ROOT, BOOT_PK_P256, true);
    assert_int_equal(support_tool("sign emit --keys private --chain dual --out to-sign fip.bin"),
                     TOOL_FAILED);
    support_expect_message("to-sign/nt-fw-key-cert.tbs: found one of another chain");
    assert_int_equal(support_tool("certs --keys private --chain dual --out dual.bin fip.bin"), 0);
    assert_int_equal(support_tool("sign detach --out to-sign dual.bin"), TOOL_FAILED);
    support_expect_message("to-sign/nt-fw-key-cert.tbs: found one of another chain");
    assert_int_equal(support_tool("sign detach --out dual dual.bin"), 0);
    assert_int_equal(support_tool("sign emit --keys private --out dual fip.bin"), TOOL_FAILED);
    support_expect_message("dual/plat-sp-cert.tbs: found one of another chain");
    assert_int_equal(support_tool("sign attach --from dual --chain single fip.bin"), TOOL_FAILED);
    support_expect_message("dual/nt-fw-key-cert.tbs: cannot open");
    assert_int_equal(support_tool("sign attach --from to-sign --chain dual fip.bin"), TOOL_FAILED);
    support_expect_message("to-sign/plat-sp-cert.tbs: cannot open");
    assert_true(support_same("fip.bin", "before.bin"));
    assert_int_equal(support_tool("sign attach --from dual fip.bin"), 0);
    assert_int_equal(support_tool("sign attach --from to-sign fip.bin"), 0);
}

static void wrong_command_lines_are_refused(void **state)
{
    static const char *const lines[] = {
        "sign fip.bin",
        "sign emit fip.bin",
        "sign emit --keys private fip.bin",
        "sign emit --out x fip.bin",
        "sign attach fip.bin",
        "sign attach --from to-sign --keys private fip.bin",
        "sign detach fip.bin",
        "sign detach --out x --keys private fip.bin",
        "sign detach --out x --from to-sign fip.bin",
        "sign emmit --keys private --out x fip.bin",
        "sign emit --keys private --out x fip.bin fip.bin",
    };

    (void)state;
    begin_signed(BOOT_PK_P256);
    for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
        assert_int_equal(support_tool("%s", lines[i]), TOOL_USAGE);
    }
    assert_true(support_same("fip.bin", "before.bin"));
    assert_int_equal(support_count("."), files_before);
    assert_int_equal(support_tool("sign emit --keys private --out no/such/dir fip.bin"),
                     TOOL_FAILED);
    support_expect_message("no/such/dir: cannot make the folder");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, support_enter, support_leave)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(p256_chains_are_signed_outside),
        TEST(p384_chains_are_signed_outside),
        TEST(rsa3072_chains_are_signed_outside),
        TEST(rsa4096_chains_are_signed_outside),
        TEST(certs_and_sign_sign_the_same_bytes),
        TEST(different_contents_have_different_serial_numbers),
        TEST(the_list_says_what_openssl_says),
        TEST(the_help_tells_how_to_sign),
        TEST(altered_signatures_are_refused),
        TEST(altered_rsa_signatures_are_refused),
        TEST(swapped_signatures_are_refused),
        TEST(swapped_certificates_are_refused),
        TEST(files_that_are_missing_empty_or_huge_are_refused),
        TEST(altered_bytes_to_be_signed_are_refused),
        TEST(signatures_of_another_key_are_refused),
        TEST(certificate_by_a_key_outside_the_chain_is_refused),
        TEST(signatures_for_other_images_are_refused),
        TEST(a_signed_fip_is_not_taken_apart_when_it_is_broken),
        TEST(two_chains_do_not_mix),
        TEST(wrong_command_lines_are_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
