// SPDX-License-Identifier: BSD-3-Clause
//
// Anti-rollback on the machine: firmware whose counter is behind the OTP's does not boot, the OTP's counter follows only
// once the normal world of the new firmware runs, and power may fail at every word of it. The flash file keeps what the
// machine writes.
#include <stdio.h>
#include <string.h>

#include "platform/lib/boot/cert.h"
#include "tests/target/firmware.h"

#define COUNTERS(t, n) "--tfw-nvctr " #t " --ntfw-nvctr " #n

static void sign(const char *counters)
{
    firmware_load("base.fip");
    firmware_sign("keys", counters);
}

// What the OTP area says now
static void assert_counters(uint32_t trusted, uint32_t non_trusted)
{
    struct otp otp;
    struct otp_fault fault = { .field = "", .text = "" };

    if (otp_decode(firmware.otp, &otp, &fault) != 0) {
        fail_msg("OTP: %s %s", fault.field, fault.text);
    }
    assert_int_equal(otp.policy.counter[COT_TRUSTED], trusted);
    assert_int_equal(otp.policy.counter[COT_NON_TRUSTED], non_trusted);
}

static void boots_and_leaves(uint32_t trusted, uint32_t non_trusted)
{
    firmware_boots();
    firmware_stop();
    assert_counters(trusted, non_trusted);
}

static void the_counters_follow_what_booted_and_bar_what_is_older(void **state)
{
    (void)state;
    sign(COUNTERS(1, 1));
    boots_and_leaves(1, 1);
    sign(COUNTERS(3, 2));
    boots_and_leaves(3, 2);
    boots_and_leaves(3, 2); // and again, nothing to raise
    sign(COUNTERS(1, 2));
    firmware_refused("certificate", "trusted NV counter");
    sign(COUNTERS(2, 2));
    firmware_refused("certificate", "trusted NV counter");
    sign(COUNTERS(3, 1));
    firmware_refused("certificate", "non-trusted NV counter");
    sign(COUNTERS(3, 2));
    boots_and_leaves(3, 2);
}

static void older_firmware_boots_before_newer_has(void **state)
{
    (void)state;
    sign(COUNTERS(3, 3)); // signed and never booted
    sign(COUNTERS(1, 1));
    boots_and_leaves(1, 1);
}

static void one_counter_does_not_raise_the_other(void **state)
{
    (void)state;
    sign(COUNTERS(4, 0));
    boots_and_leaves(4, 0);
    sign(COUNTERS(4, 7));
    boots_and_leaves(4, 7);
}

// The SPMC refuses a partition: all is signed, nothing gets to the normal world
static void firmware_that_fails_before_the_normal_world_raises_nothing(void **state)
{
    size_t size;

    (void)state;
    uint8_t *package = firmware_data(TESSERA_PEER_PACKAGE, &size);
    memcpy(package + 16384, "XXXX", 4); // its ELF header
    firmware_sign("keys", COUNTERS(5, 5));
    firmware_refused("package", "ELF");
    assert_counters(0, 0); // firmware_refused() compares all of the area, too
    sign(COUNTERS(1, 1));
    boots_and_leaves(1, 1);
}

// Certificates of one set may differ: the OTP follows the lowest, or the set would not boot again
static void the_lowest_counter_of_a_mixed_set_counts(void **state)
{
    (void)state;
    sign(COUNTERS(5, 5));
    firmware_save("five.fip");
    sign(COUNTERS(3, 3));
    firmware_take("five.fip", "soc-fw-cert", "soc-fw-cert");
    firmware_take("five.fip", "nt-fw-cert", "nt-fw-cert");
    boots_and_leaves(3, 3);
    boots_and_leaves(3, 3);
}

// Signs with counters that fip-tool refuses: TF-A's cert_create takes any, with keys of its own below the root key.
static void sign_with_cert_create(unsigned int trusted, unsigned int non_trusted)
{
    static const char *const certs[] = { "tb-fw-cert",     "trusted-key-cert", "soc-fw-key-cert",
                                         "soc-fw-cert",    "tos-fw-key-cert",  "tos-fw-cert",
                                         "nt-fw-key-cert", "nt-fw-cert",       "sip-sp-cert" };
    static uint8_t bytes[CERT_MAX_SIZE];
    char options[1500] = "";
    size_t used = 0;

    firmware_load("base.fip");
    for (size_t i = 0; i < sizeof(certs) / sizeof(certs[0]); i++) {
        used += (size_t)snprintf(options + used, sizeof(options) - used, "--%s %s ", certs[i],
                                 firmware_path(certs[i]));
        assert_true(used < sizeof(options));
    }
    firmware_shell("cert_create -n -a ecdsa -s sha256 --rot-key %s/rot_key.pem "
                   "--tfw-nvctr %u --ntfw-nvctr %u --tb-fw " FIRMWARE_IMAGES "bl2.bin "
                   "--tb-fw-config " FIRMWARE_IMAGES "proxy/tb_fw_config.dtb "
                   "--soc-fw " FIRMWARE_IMAGES "bl31.bin --tos-fw " FIRMWARE_IMAGES "spmc.bin "
                   "--nt-fw " FIRMWARE_IMAGES "proxy.bin --sp-pkg1 " FIRMWARE_IMAGES "sp/echo.pkg "
                   "--sp-pkg2 " FIRMWARE_IMAGES "sp/storage.pkg "
                   "--sp-pkg3 " FIRMWARE_IMAGES "sp/crypto.pkg "
                   "--sp-pkg4 " FIRMWARE_IMAGES "sp/sp_peer.pkg "
                   "--sp-pkg5 " FIRMWARE_IMAGES "sp/sp_peer2.pkg "
                   "--sp-pkg6 " FIRMWARE_IMAGES "sp/sp_peer3.pkg "
                   "--sp-pkg7 " FIRMWARE_IMAGES "sp/sp_peer4.pkg %s >%s",
                   firmware_path("keys"), trusted, non_trusted, options,
                   firmware_path("cert_create.log"));
    for (size_t i = 0; i < sizeof(certs) / sizeof(certs[0]); i++) {
        size_t size = firmware_read(firmware_path(certs[i]), bytes, sizeof(bytes));

        firmware_put(certs[i], bytes, size);
    }
}

// 256 steps is all that the OTP area has: fip-tool signs no more; a higher counter in a certificate bars what is below 256,
// and the boot says so
static void the_highest_counter_is_the_last(void **state)
{
    (void)state;
    _Static_assert(OTP_COUNTER_MAX == 256, "the numbers below");
    sign(COUNTERS(256, 255));
    boots_and_leaves(256, 255);
    boots_and_leaves(256, 255);
    firmware_shell_refuses("expected a number from 0 to 256",
                           "%s certs --keys %s --tfw-nvctr 257 %s", TESSERA_FIP_TOOL,
                           firmware_path("keys"), firmware_path("base.fip"));
    sign_with_cert_create(300, 257);
    for (int i = 0; i < 2; i++) { // what boots once boots again
        firmware_boots();
        assert_console(
            "error: trusted NV counter is 300 in the certificates, beyond the OTP's 256");
        assert_console("error: non-trusted NV counter is 257 in the certificates");
        firmware_stop();
        assert_counters(256, 256);
    }
    sign(COUNTERS(256, 256));
    boots_and_leaves(256, 256); // the line is right
    sign(COUNTERS(255, 256));
    firmware_refused("certificate", "trusted NV counter");
}

// NOR: a bit that is programmed goes to 0
static void program(uint32_t offset, uint32_t value)
{
    uint32_t old;

    memcpy(&old, firmware.otp + offset, sizeof(old));
    old &= value;
    memcpy(firmware.otp + offset, &old, sizeof(old));
}

// The OTP area after the first `whole` of the words that raise both counters, and of the next one only the bits in `torn`
static void cut(uint32_t raise_to, uint32_t whole, uint32_t torn, uint32_t *total)
{
    struct otp_word words[OTP_MAX_WORDS];
    uint32_t done = 0;
    uint32_t count;

    *total = 0;
    for (enum cot_counter counter = COT_TRUSTED; counter < COT_COUNTER_COUNT; counter++) {
        assert_int_equal(otp_plan_counter(firmware.otp + otp_counter_offset(counter), counter,
                                          raise_to, words, &count),
                         0);
        for (uint32_t i = 0; i < count; i++, done++) {
            if (done < whole) {
                program(words[i].offset, words[i].value);
            } else if (done == whole) {
                program(words[i].offset, words[i].value | ~torn);
            }
        }
        *total += count;
    }
}

static void power_may_fail_at_every_word_of_a_raise(void **state)
{
    static const uint32_t torn[] = { 0, 0x55555555, 0x0000ffff, 0x00000001 };
    static uint8_t before[OTP_SIZE];
    uint32_t total = 1;

    (void)state;
    firmware_provision("keys", COUNTERS(30, 1));
    memcpy(before, firmware.otp, sizeof(before));
    sign(COUNTERS(70, 70)); // over words' ends
    for (uint32_t whole = 0; whole <= total; whole++) {
        for (unsigned int i = 0; i < sizeof(torn) / sizeof(torn[0]); i++) {
            memcpy(firmware.otp, before, sizeof(before));
            cut(70, whole, torn[i], &total);
            boots_and_leaves(70, 70);
            if (whole == total) {
                break; // nothing left to tear
            }
        }
    }
    assert_true(total >= 2);
}

// A flash that does not take the words: the boot goes on, and says so
static void a_flash_that_cannot_be_written_does_not_stop_the_boot(void **state)
{
    struct h_options o = target_options();

    (void)state;
    sign(COUNTERS(2, 2));
    o.flash = firmware_flash();
    o.flash_writes = H_FLASH_FAIL;
    target_fresh(&o);
    assert_console("error: trusted NV counter is not raised to 2");
    assert_console("error: non-trusted NV counter is not raised to 2");
    firmware_stop();
    assert_counters(0, 0);
}

#define CASE(f) cmocka_unit_test_setup(f, firmware_ready)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(the_counters_follow_what_booted_and_bar_what_is_older),
        CASE(older_firmware_boots_before_newer_has),
        CASE(one_counter_does_not_raise_the_other),
        CASE(firmware_that_fails_before_the_normal_world_raises_nothing),
        CASE(the_lowest_counter_of_a_mixed_set_counts),
        CASE(the_highest_counter_is_the_last),
        CASE(power_may_fail_at_every_word_of_a_raise),
        CASE(a_flash_that_cannot_be_written_does_not_stop_the_boot),
    };

    return cmocka_run_group_tests_name("trust_rollback", tests, firmware_setup, firmware_teardown);
}
