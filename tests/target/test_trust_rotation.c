// SPDX-License-Identifier: BSD-3-Clause
//
// Who may sign, on the machine: the drill of rotating and revoking a root key; two owners with a root each; boards that are
// not provisioned, or whose OTP area is spoiled.
#include <stdio.h>
#include <string.h>

#include "platform/lib/boot/otp_format.h"
#include "tests/target/firmware.h"

// A FIP of the tests' images signed with these keys: NAME.fip in the folder
static void make_fip(const char *name, const char *keys, const char *options)
{
    firmware_load("base.fip");
    firmware_sign(keys, options);
    firmware_save(name);
}

static void boots(const char *fip)
{
    firmware_load(fip);
    firmware_boots();
    firmware_stop();
}

static void refused(const char *fip, const char *what, const char *why)
{
    firmware_load(fip);
    firmware_refused(what, why);
}

// Changes the board's OTP area: fip-tool provision --from what it is.
static void provision(const char *options)
{
    firmware_write(firmware_path("from.otp"), firmware.otp, OTP_SIZE);
    firmware_shell("rm -f %s && %s provision --from %s %s %s >%s", firmware_path("to.otp"),
                   TESSERA_FIP_TOOL, firmware_path("from.otp"), options, firmware_path("to.otp"),
                   firmware_path("provision.log"));
    firmware_load_otp("to.otp");
}

#define TB_FW_CERT "Trusted Boot Firmware BL2 certificate"

static void a_root_key_is_rotated_and_revoked(void **state)
{
    char add[256];

    (void)state;
    firmware_make_keys("b", "p384");
    firmware_make_keys("c", "p256");
    make_fip("a.fip", "keys", "");
    make_fip("b.fip", "b", "");
    make_fip("c.fip", "c", "");
    boots("a.fip");
    refused("b.fip", TB_FW_CERT, "must be one that the board knows");
    snprintf(add, sizeof(add), "--root-key %s/rot_key.pem", firmware_path("b"));
    provision(add); // both are in the field now
    boots("a.fip");
    boots("b.fip");
    refused("c.fip", TB_FW_CERT, "must be one that the board knows");
    provision("--revoke 0");
    refused("a.fip", TB_FW_CERT, "must be one that the board knows");
    boots("b.fip");
    firmware_write(firmware_path("from.otp"), firmware.otp, OTP_SIZE);
    firmware_shell_refuses("last", "%s provision --from %s --revoke 1 %s", TESSERA_FIP_TOOL,
                           firmware_path("from.otp"), firmware_path("to.otp"));
    boots("b.fip");
}

// ---- Power cuts while a key is added ---------------------------------------------------------------------------------

static void program(const struct otp_word *word, uint32_t torn)
{
    uint32_t old;

    memcpy(&old, firmware.otp + word->offset, sizeof(old));
    old &= word->value | ~torn;
    memcpy(firmware.otp + word->offset, &old, sizeof(old));
}

static void power_may_fail_at_every_word_of_a_new_root_key(void **state)
{
    static uint8_t before[OTP_SIZE];
    static const uint8_t hash[CHAIN_ROOT_HASH_SIZE] = { 0x12, 0x34, 0x56 };
    struct otp_word words[OTP_MAX_WORDS];
    uint32_t count;
    uint32_t slot;

    (void)state;
    memcpy(before, firmware.otp, sizeof(before));
    assert_int_equal(otp_plan_root(before, COT_ROOT, hash, words, &count, &slot), 0);
    assert_int_equal(slot, 1);
    for (uint32_t whole = 0; whole <= count; whole++) {
        memcpy(firmware.otp, before, sizeof(before));
        for (uint32_t i = 0; i < whole; i++) {
            program(&words[i], UINT32_MAX);
        }
        if (whole < count) {
            program(&words[whole], 0x0f0f0f0f);
        }
        boots("base.fip");
    }
}

static struct otp_wire *otp(void)
{
    return (struct otp_wire *)(void *)firmware.otp;
}

// A slot with bits too few is left out; the other key still boots.
static void a_spoiled_slot_does_not_count(void **state)
{
    char add[256];

    (void)state;
    firmware_make_keys("b", "p256");
    make_fip("b.fip", "b", "");
    snprintf(add, sizeof(add), "--root-key %s/rot_key.pem", firmware_path("b"));
    provision(add);
    boots("b.fip");
    otp()->roots[COT_ROOT][1].value[3] = 0;
    refused("b.fip", TB_FW_CERT, "must be one that the board knows");
    boots("base.fip");
}

// ---- Two owners ------------------------------------------------------------------------------------------------------

static void dual_root(const char *options)
{
    char text[512];

    snprintf(text, sizeof(text), "--chain dual --platform-root-key %s/prot_key.pem %s",
             firmware_path("keys"), options);
    firmware_provision("keys", text);
}

static void both_owners_packages_boot(void **state)
{
    (void)state;
    make_fip("dual.fip", "keys", "--chain dual");
    dual_root("");
    firmware_load("dual.fip");
    assert_true(firmware_has("plat-sp-cert"));
    assert_false(firmware_has("nt-fw-key-cert"));
    firmware_boots();
    assert_console("dual root");
    target_version(FFA_VERSION_1_2);
    assert_echo_works();
    peer_begin(PEER2_ID); // the platform's package
    peer_run_all(PEER2_ID);
    firmware_stop();
}

// The other owner's key, in a certificate that is right in everything else
static void an_owner_may_not_sign_for_the_other(void **state)
{
    (void)state;
    make_fip("dual.fip", "keys", "--chain dual");
    dual_root("");
    firmware_shell("cp -r %s %s && cp %s/prot_key.pem %s/trusted_world_key.pem",
                   firmware_path("keys"), firmware_path("x"), firmware_path("keys"),
                   firmware_path("x"));
    make_fip("x.fip", "x", "--chain dual");
    firmware_load("dual.fip");
    firmware_take("x.fip", "sip-sp-cert", "sip-sp-cert");
    firmware_refused("SiP owned Secure Partition content certificate", "public key");
    firmware_shell("cp -r %s %s && cp %s/rot_key.pem %s/prot_key.pem", firmware_path("keys"),
                   firmware_path("y"), firmware_path("keys"), firmware_path("y"));
    make_fip("y.fip", "y", "--chain dual");
    firmware_load("dual.fip");
    firmware_take("y.fip", "plat-sp-cert", "plat-sp-cert");
    firmware_refused("Platform owned Secure Partition content certificate",
                     "must be one that the board knows");
    firmware_load("dual.fip");
    firmware_take("y.fip", "nt-fw-cert", "nt-fw-cert");
    firmware_refused("Non-Trusted Firmware content certificate",
                     "must be one that the board knows");
}

static void a_board_takes_only_its_own_kind_of_chain(void **state)
{
    (void)state;
    make_fip("dual.fip", "keys", "--chain dual");
    refused("dual.fip", "certificate", "must"); // this board has one root
    dual_root("");
    refused("base.fip", "certificate", "must");
}

static void the_platforms_key_is_rotated_too(void **state)
{
    char add[256];

    (void)state;
    firmware_make_keys("b", "p256");
    firmware_shell("cp -r %s %s && cp %s/prot_key.pem %s/prot_key.pem", firmware_path("keys"),
                   firmware_path("z"), firmware_path("b"), firmware_path("z"));
    make_fip("dual.fip", "keys", "--chain dual");
    make_fip("new.fip", "z", "--chain dual");
    dual_root("");
    boots("dual.fip");
    refused("new.fip", "certificate", "must be one that the board knows");
    snprintf(add, sizeof(add), "--platform-root-key %s/prot_key.pem", firmware_path("b"));
    provision(add);
    provision("--revoke-platform 0");
    boots("new.fip");
    refused("dual.fip", "certificate", "must be one that the board knows");
}

// ---- Boards that are not ready ---------------------------------------------------------------------------------------

static void an_empty_otp_area_does_not_boot(void **state)
{
    (void)state;
    memset(firmware.otp, 0xff, OTP_SIZE);
    firmware_refused("OTP", "must be that of a provisioned area");
    memset(firmware.otp, 0, OTP_SIZE);
    firmware_refused("OTP", "must");
}

static void a_board_without_hardware_unique_key_does_not_boot(void **state)
{
    (void)state;
    otp()->huk.value[5] = 0; // half a key is no key
    firmware_refused("OTP", "hardware unique key");
    memset(&otp()->huk, 0xff, sizeof(otp()->huk));
    firmware_refused("OTP", "hardware unique key");
    memset(&otp()->huk, 0, sizeof(otp()->huk));
    firmware_refused("OTP", "hardware unique key");
}

static void a_board_without_root_key_does_not_boot(void **state)
{
    (void)state;
    otp()->roots[COT_ROOT][0].value[0] = 0;
    firmware_refused("OTP", "root key");
    memset(&otp()->roots[COT_ROOT][0], 0xff, sizeof(otp()->roots[COT_ROOT][0]));
    firmware_refused("OTP", "root key");
}

#define CASE(f) cmocka_unit_test_setup(f, firmware_ready)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(a_root_key_is_rotated_and_revoked),
        CASE(power_may_fail_at_every_word_of_a_new_root_key),
        CASE(a_spoiled_slot_does_not_count),
        CASE(both_owners_packages_boot),
        CASE(an_owner_may_not_sign_for_the_other),
        CASE(a_board_takes_only_its_own_kind_of_chain),
        CASE(the_platforms_key_is_rotated_too),
        CASE(an_empty_otp_area_does_not_boot),
        CASE(a_board_without_hardware_unique_key_does_not_boot),
        CASE(a_board_without_root_key_does_not_boot),
    };

    return cmocka_run_group_tests_name("trust_rotation", tests, firmware_setup, firmware_teardown);
}
