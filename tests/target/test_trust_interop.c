// SPDX-License-Identifier: BSD-3-Clause
//
// Other people's tools: firmware whose FIP and certificates are made by TF-A's fiptool and cert_create alone boots, what
// fip-tool made is read by fiptool and OpenSSL, and an image signed in steps with keys that fip-tool never sees boots.
#include <stdio.h>
#include <string.h>

#include "tests/target/firmware.h"

#define KEYS 8
// Files of a folder of keys and cert_create's options for them
static const char *const keys[KEYS] = { "rot",    "trusted_world", "non_trusted_world",
                                        "scp_fw", "soc_fw",        "tos_fw",
                                        "nt_fw",  "prot" };
static const char *const key_options[KEYS] = { "rot-key",
                                               "trusted-world-key",
                                               "non-trusted-world-key",
                                               "scp-fw-key",
                                               "soc-fw-key",
                                               "tos-fw-key",
                                               "nt-fw-key",
                                               NULL };

// Certificates of the single-root chain and who signs each (TBBR-CLIENT, DEN0006)
#define CERTS 9
static const struct {
    const char *name;
    const char *key;
} certs[CERTS] = {
    { "tb-fw-cert", "rot" },
    { "trusted-key-cert", "rot" },
    { "soc-fw-key-cert", "trusted_world" },
    { "soc-fw-cert", "soc_fw" },
    { "tos-fw-key-cert", "trusted_world" },
    { "tos-fw-cert", "tos_fw" },
    { "sip-sp-cert", "trusted_world" },
    { "nt-fw-key-cert", "non_trusted_world" },
    { "nt-fw-cert", "nt_fw" },
};

// A folder of keys made by OpenSSL: two, in turns, for what is made does not depend on which (and RSA keys take their time)
static void make_keys(const char *folder, const char *genpkey)
{
    firmware_shell("mkdir -p %s && head -c 32 /dev/urandom >%s/huk.bin", firmware_path(folder),
                   firmware_path(folder));
    for (unsigned int i = 0; i < 2; i++) {
        firmware_shell("openssl genpkey -quiet %s -out %s/%s_key.pem", genpkey,
                       firmware_path(folder), keys[i]);
    }
    for (unsigned int i = 2; i < KEYS; i++) {
        firmware_shell("cp %s/%s_key.pem %s/%s_key.pem", firmware_path(folder), keys[i % 2],
                       firmware_path(folder), keys[i]);
    }
}

static void append(char *text, size_t size, const char *option, const char *value)
{
    size_t used = strlen(text);
    int n = snprintf(text + used, size - used, " --%s %s", option, value);

    assert_true(n > 0 && (size_t)n < size - used);
}

// cert_create makes every certificate of the chain: NAME.crt in folder `out`
static void cert_create(const char *folder, const char *algorithm, const char *hash)
{
    char options[3000] = "";
    char path[300];
    static const char *const images[][2] = {
        { "tb-fw", "bl2.bin" },           { "tb-fw-config", "proxy/tb_fw_config.dtb" },
        { "soc-fw", "bl31.bin" },         { "tos-fw", "spmc.bin" },
        { "nt-fw", "proxy.bin" },         { "sp-pkg1", "sp/echo.pkg" },
        { "sp-pkg2", "sp/storage.pkg" },  { "sp-pkg3", "sp/crypto.pkg" },
        { "sp-pkg4", "sp/sp_peer.pkg" },  { "sp-pkg5", "sp/sp_peer2.pkg" },
        { "sp-pkg6", "sp/sp_peer3.pkg" }, { "sp-pkg7", "sp/sp_peer4.pkg" },
    };

    for (unsigned int i = 0; i < KEYS && key_options[i] != NULL; i++) {
        snprintf(path, sizeof(path), "%s/%s_key.pem", firmware_path(folder), keys[i]);
        append(options, sizeof(options), key_options[i], path);
    }
    for (size_t i = 0; i < sizeof(images) / sizeof(images[0]); i++) {
        snprintf(path, sizeof(path), "%s%s", FIRMWARE_IMAGES, images[i][1]);
        append(options, sizeof(options), images[i][0], path);
    }
    for (unsigned int i = 0; i < CERTS; i++) {
        snprintf(path, sizeof(path), "%s/%s.crt", firmware_path(folder), certs[i].name);
        append(options, sizeof(options), certs[i].name, path);
    }
    firmware_shell("cert_create -a %s -s %s --tfw-nvctr 4 --ntfw-nvctr 2 %s >%s", algorithm, hash,
                   options, firmware_path("cert_create.log"));
}

// fiptool makes the FIP, images and certificates.
static void fiptool_create(const char *folder)
{
    char options[2000] = "";
    char path[300];

    for (unsigned int i = 0; i < CERTS; i++) {
        snprintf(path, sizeof(path), "%s/%s.crt", firmware_path(folder), certs[i].name);
        append(options, sizeof(options), certs[i].name, path);
    }
    firmware_shell("fiptool create --tb-fw %sbl2.bin --tb-fw-config %sproxy/tb_fw_config.dtb "
                   "--soc-fw %sbl31.bin --tos-fw %sspmc.bin --nt-fw %sproxy.bin "
                   "--blob uuid=%s,file=%ssp/echo.pkg --blob uuid=%s,file=%ssp/storage.pkg "
                   "--blob uuid=%s,file=%ssp/crypto.pkg "
                   "--blob uuid=%s,file=%ssp/sp_peer.pkg --blob uuid=%s,file=%ssp/sp_peer2.pkg "
                   "--blob uuid=%s,file=%ssp/sp_peer3.pkg --blob uuid=%s,file=%ssp/sp_peer4.pkg "
                   "%s %s",
                   FIRMWARE_IMAGES, FIRMWARE_IMAGES, FIRMWARE_IMAGES, FIRMWARE_IMAGES,
                   FIRMWARE_IMAGES, firmware_packages[0], FIRMWARE_IMAGES, firmware_packages[1],
                   FIRMWARE_IMAGES, firmware_packages[2], FIRMWARE_IMAGES, firmware_packages[3],
                   FIRMWARE_IMAGES, firmware_packages[4], FIRMWARE_IMAGES, firmware_packages[5],
                   FIRMWARE_IMAGES, firmware_packages[6], FIRMWARE_IMAGES, options,
                   firmware_path("theirs.fip"));
    firmware_load("theirs.fip");
}

static void theirs_boots(const char *folder, const char *algorithm, const char *hash)
{
    cert_create(folder, algorithm, hash);
    fiptool_create(folder);
    firmware_provision(folder, "");
    firmware_boots();
    target_version(FFA_VERSION_1_2);
    assert_echo_works();
    firmware_stop();
}

static void what_cert_create_and_fiptool_made_boots_rsa_3072(void **state)
{
    (void)state;
    make_keys("rsa3072", "-algorithm RSA -pkeyopt rsa_keygen_bits:3072");
    theirs_boots("rsa3072", "rsa -b 3072", "sha256");
    theirs_boots("rsa3072", "rsa -b 3072", "sha384");
    theirs_boots("rsa3072", "rsa -b 3072", "sha512");
}

static void what_cert_create_and_fiptool_made_boots_rsa_4096(void **state)
{
    (void)state;
    make_keys("rsa4096", "-algorithm RSA -pkeyopt rsa_keygen_bits:4096");
    theirs_boots("rsa4096", "rsa -b 4096", "sha512");
}

static void what_cert_create_and_fiptool_made_boots_p256(void **state)
{
    (void)state;
    make_keys("p256", "-algorithm EC -pkeyopt ec_paramgen_curve:P-256");
    theirs_boots("p256", "ecdsa", "sha256");
    theirs_boots("p256", "ecdsa", "sha512");
}

static void what_cert_create_and_fiptool_made_boots_p384(void **state)
{
    (void)state;
    make_keys("p384", "-algorithm EC -pkeyopt ec_paramgen_curve:P-384");
    theirs_boots("p384", "ecdsa", "sha384");
    theirs_boots("p384", "ecdsa", "sha256");
}

// A chain of keys of different kinds, as after a change of one owner's HSM
static void keys_of_different_kinds_boot(void **state)
{
    (void)state;
    firmware_make_keys("mixed", "p256");
    firmware_shell("cd %s && openssl genpkey -quiet -algorithm EC -pkeyopt ec_paramgen_curve:P-384 "
                   "-out tos_fw_key.pem && openssl genpkey -quiet -algorithm RSA "
                   "-pkeyopt rsa_keygen_bits:3072 -out nt_fw_key.pem",
                   firmware_path("mixed"));
    firmware_sign("mixed", "--hash sha384");
    firmware_provision("mixed", "");
    firmware_boots();
    firmware_stop();
}

static void ours_is_read_by_theirs(void **state)
{
    char certificate[300];

    (void)state;
    firmware_shell("fiptool info %s >%s && grep -q 'Trusted key certificate' %s",
                   firmware_path("base.fip"), firmware_path("info"), firmware_path("info"));
    firmware_shell("mkdir %s && fiptool unpack --out %s %s >%s", firmware_path("unpacked"),
                   firmware_path("unpacked"), firmware_path("base.fip"),
                   firmware_path("unpack.log"));
    firmware_shell("cmp %s/soc-fw.bin %sbl31.bin", firmware_path("unpacked"), FIRMWARE_IMAGES);
    firmware_shell("%s sign detach --out %s %s >%s", TESSERA_FIP_TOOL, firmware_path("detached"),
                   firmware_path("base.fip"), firmware_path("detach.log"));
    for (unsigned int i = 0; i < CERTS; i++) {
        snprintf(certificate, sizeof(certificate), "%s/%s.bin", firmware_path("unpacked"),
                 certs[i].name);
        firmware_shell("openssl x509 -inform DER -in %s -noout -text | "
                       "grep -q '1.3.6.1.4.1.4128.2100'",
                       certificate);
        firmware_shell("openssl pkey -in %s/%s_key.pem -pubout -out %s/pub.pem && "
                       "openssl dgst -sha256 -verify %s/pub.pem -signature %s/%s.sig %s/%s.tbs >%s",
                       firmware_path("keys"), certs[i].key, firmware_folder, firmware_folder,
                       firmware_path("detached"), certs[i].name, firmware_path("detached"),
                       certs[i].name, firmware_path("dgst.log"));
    }
}

// ---- Signing in steps ------------------------------------------------------------------------------------------------

// The private keys stay in `hsm`; fip-tool sees only `public`.
static void sign_outside(const char *hsm, const char *public, const char *dgst)
{
    firmware_shell("rm -rf %s %s && mkdir %s", firmware_path(public), firmware_path("steps"),
                   firmware_path(public));
    for (unsigned int i = 0; i < KEYS; i++) {
        firmware_shell("[ ! -f %s/%s_key.pem ] || openssl pkey -in %s/%s_key.pem -pubout "
                       "-out %s/%s_key.pem",
                       firmware_path(hsm), keys[i], firmware_path(hsm), keys[i],
                       firmware_path(public), keys[i]);
    }
    firmware_shell("%s sign emit --keys %s --tfw-nvctr 2 --ntfw-nvctr 1 --out %s %s >%s",
                   TESSERA_FIP_TOOL, firmware_path(public), firmware_path("steps"),
                   FIRMWARE_IMAGES "proxy/unsigned.fip", firmware_path("emit.log"));
    for (unsigned int i = 0; i < CERTS; i++) {
        firmware_shell("openssl dgst %s -sign %s/%s_key.pem -out %s/%s.sig %s/%s.tbs", dgst,
                       firmware_path(hsm), certs[i].key, firmware_path("steps"), certs[i].name,
                       firmware_path("steps"), certs[i].name);
    }
}

static void attach(void)
{
    firmware_shell("%s sign attach --from %s --out %s %s >%s", TESSERA_FIP_TOOL,
                   firmware_path("steps"), firmware_path("attached.fip"),
                   FIRMWARE_IMAGES "proxy/unsigned.fip", firmware_path("attach.log"));
    firmware_load("attached.fip");
}

static void what_an_external_key_signed_step_by_step_boots(void **state)
{
    (void)state;
    make_keys("hsm", "-algorithm EC -pkeyopt ec_paramgen_curve:P-256");
    sign_outside("hsm", "public", "-sha256");
    attach();
    firmware_provision("hsm", "");
    firmware_write(firmware_path("board.otp"), firmware.otp, OTP_SIZE);
    firmware_shell("%s verify --otp %s %s >%s", TESSERA_FIP_TOOL, firmware_path("board.otp"),
                   firmware_path("attached.fip"), firmware_path("verify.log"));
    firmware_boots();
    assert_console("trusted counter 0"); // of the board, before this boot
    firmware_stop();
}

static void what_an_external_rsa_key_signed_boots(void **state)
{
    (void)state;
    make_keys("hsm3072", "-algorithm RSA -pkeyopt rsa_keygen_bits:3072");
    sign_outside("hsm3072", "public",
                 "-sha256 -sigopt rsa_padding_mode:pss -sigopt rsa_pss_saltlen:32");
    attach();
    firmware_provision("hsm3072", "");
    firmware_boots();
    firmware_stop();
}

static void a_signature_of_another_key_is_not_attached(void **state)
{
    (void)state;
    make_keys("hsm2", "-algorithm EC -pkeyopt ec_paramgen_curve:P-256");
    sign_outside("hsm2", "public", "-sha256");
    firmware_shell("openssl dgst -sha256 -sign %s/trusted_world_key.pem -out %s/soc-fw-cert.sig "
                   "%s/soc-fw-cert.tbs",
                   firmware_path("hsm2"), firmware_path("steps"), firmware_path("steps"));
    firmware_shell_refuses("signature", "%s sign attach --from %s --out %s %s", TESSERA_FIP_TOOL,
                           firmware_path("steps"), firmware_path("bad.fip"),
                           FIRMWARE_IMAGES "proxy/unsigned.fip");
}

#define CASE(f) cmocka_unit_test_setup(f, firmware_ready)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(what_cert_create_and_fiptool_made_boots_rsa_3072),
        CASE(what_cert_create_and_fiptool_made_boots_rsa_4096),
        CASE(what_cert_create_and_fiptool_made_boots_p256),
        CASE(what_cert_create_and_fiptool_made_boots_p384),
        CASE(keys_of_different_kinds_boot),
        CASE(ours_is_read_by_theirs),
        CASE(what_an_external_key_signed_step_by_step_boots),
        CASE(what_an_external_rsa_key_signed_boots),
        CASE(a_signature_of_another_key_is_not_attached),
    };

    return cmocka_run_group_tests_name("trust_interop", tests, firmware_setup, firmware_teardown);
}
