// SPDX-License-Identifier: BSD-3-Clause
//
// fip-tool provision and flash --otp: areas made, continued and shown, and everything that must not get
// into one. What the words mean is tested in tests/unit/platform/test_otp.c; hashes are compared with
// those that OpenSSL makes of the same keys here.
#include "tool_support.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/sha.h>
#include <openssl/x509.h>

#include "otp.h"
#include "otp_format.h"

#define KEY_COUNT 6

static uint8_t hashes[KEY_COUNT][32];
static uint8_t huk[32];

// key0.pem … are private, public0.pem … the same keys' public halves
static void make_key(unsigned int i)
{
    EVP_PKEY *key = i == 5 ? EVP_EC_gen("P-384") : EVP_EC_gen("P-256");
    unsigned char *der = NULL;
    char path[32];
    FILE *file;
    int size;

    assert_non_null(key);
    snprintf(path, sizeof(path), "key%u.pem", i);
    file = fopen(path, "w");
    assert_non_null(file);
    assert_int_equal(PEM_write_PrivateKey(file, key, NULL, NULL, 0, NULL, NULL), 1);
    fclose(file);
    snprintf(path, sizeof(path), "public%u.pem", i);
    file = fopen(path, "w");
    assert_non_null(file);
    assert_int_equal(PEM_write_PUBKEY(file, key), 1);
    fclose(file);
    size = i2d_PUBKEY(key, &der);
    assert_true(size > 0);
    SHA256(der, (size_t)size, hashes[i]);
    OPENSSL_free(der);
    EVP_PKEY_free(key);
}

static int enter(void **state)
{
    if (support_enter(state) != 0) {
        return -1;
    }
    for (unsigned int i = 0; i < KEY_COUNT; i++) {
        make_key(i);
    }
    for (unsigned int i = 0; i < sizeof(huk); i++) {
        huk[i] = (uint8_t)(i * 11 + 3);
    }
    support_write("huk.bin", huk, sizeof(huk));
    return 0;
}

static struct otp decoded(const char *path)
{
    struct otp_fault fault;
    struct otp otp;
    size_t size;
    uint8_t *area = support_read(path, &size);

    assert_int_equal(size, OTP_SIZE);
    assert_int_equal(otp_decode(area, &otp, &fault), 0);
    free(area);
    return otp;
}

static void expect_failure(const char *command, const char *message)
{
    assert_int_equal(support_tool("%s", command), 1);
    support_expect_message(message);
    assert_int_equal(access("new.bin", F_OK), -1); // nothing was written
}

static void expect_usage(const char *command, const char *message)
{
    assert_int_equal(support_tool("%s", command), 2);
    support_expect_message(message);
}

static void only_cleared_bits(const char *old_path, const char *new_path)
{
    size_t old_size, new_size;
    uint8_t *old = support_read(old_path, &old_size), *new = support_read(new_path, &new_size);

    assert_int_equal(old_size, new_size);
    for (size_t i = 0; i < old_size; i++) {
        assert_int_equal(old[i] & new[i], new[i]);
    }
    free(old);
    free(new);
}

static void a_new_area_has_what_the_options_say(void **state)
{
    struct otp otp;

    (void)state;
    assert_int_equal(
        support_tool("provision --root-key key0.pem --root-key public1.pem --huk huk.bin "
                     "--tfw-nvctr 3 --ntfw-nvctr 256 new.bin"),
        0);
    otp = decoded("new.bin");
    assert_int_equal(otp.policy.chain, COT_SINGLE_ROOT);
    assert_int_equal(otp.policy.root_count[COT_ROOT], 2);
    assert_memory_equal(otp.policy.root[COT_ROOT][0], hashes[0], 32);
    assert_memory_equal(otp.policy.root[COT_ROOT][1], hashes[1], 32);
    assert_memory_equal(otp.huk, huk, 32);
    assert_int_equal(otp.policy.counter[COT_TRUSTED], 3);
    assert_int_equal(otp.policy.counter[COT_NON_TRUSTED], 256);
}

static void a_root_may_be_given_by_its_hash(void **state)
{
    char hex[65];

    (void)state;
    for (unsigned int i = 0; i < 32; i++) {
        sprintf(hex + 2 * i, "%02x", hashes[5][i]);
    }
    assert_int_equal(support_tool("provision --root-hash %s --huk huk.bin a.bin", hex), 0);
    assert_int_equal(support_tool("provision --root-key public5.pem --huk huk.bin b.bin"), 0);
    assert_true(support_same("a.bin", "b.bin"));
    memset(hex, '0', 64);
    assert_int_equal(support_tool("provision --root-hash %s --huk huk.bin c.bin", hex), 1);
    support_expect_message("command line: root key: hash is all zero or all one");
}

static void two_roots_need_the_dual_chain(void **state)
{
    struct otp otp;

    (void)state;
    assert_int_equal(support_tool("provision --chain dual --root-key key0.pem "
                                  "--platform-root-key key1.pem --huk huk.bin two.bin"),
                     0);
    otp = decoded("two.bin");
    assert_int_equal(otp.policy.chain, COT_DUAL_ROOT);
    assert_memory_equal(otp.policy.root[COT_PLATFORM_ROOT][0], hashes[1], 32);
    expect_usage("provision --root-key key0.pem --platform-root-key key1.pem --huk huk.bin new.bin",
                 "expected --chain dual");
    expect_failure("provision --chain dual --root-key key0.pem --huk huk.bin new.bin",
                   "new.bin: platform root key (offset 0x280) must have a slot");
    assert_int_equal(support_tool("provision --from two.bin --platform-root-key key2.pem "
                                  "--revoke-platform 0 two.bin"),
                     0);
    otp = decoded("two.bin");
    assert_int_equal(otp.policy.root_count[COT_PLATFORM_ROOT], 1);
    assert_memory_equal(otp.policy.root[COT_PLATFORM_ROOT][0], hashes[2], 32);
    assert_int_equal(otp.policy.root_count[COT_ROOT], 1);
}

static void a_key_is_rotated_and_the_old_one_never_comes_back(void **state)
{
    struct otp otp;

    (void)state;
    assert_int_equal(support_tool("provision --root-key key0.pem --huk huk.bin a.bin"), 0);
    assert_int_equal(support_tool("provision --from a.bin --root-key key1.pem b.bin"), 0);
    only_cleared_bits("a.bin", "b.bin");
    assert_int_equal(decoded("b.bin").policy.root_count[COT_ROOT], 2);
    assert_int_equal(support_tool("provision --from b.bin --revoke 0 c.bin"), 0);
    only_cleared_bits("b.bin", "c.bin");
    otp = decoded("c.bin");
    assert_int_equal(otp.policy.root_count[COT_ROOT], 1);
    assert_memory_equal(otp.policy.root[COT_ROOT][0], hashes[1], 32);
    assert_memory_equal(otp.huk, huk, 32);
    expect_failure("provision --from c.bin --root-key key0.pem new.bin",
                   "key0.pem: root key: is in slot 0 already");
    expect_failure("provision --from c.bin --revoke 1 new.bin",
                   "c.bin: root key slot 1: is the last usable one");
    expect_failure("provision --from c.bin --revoke 2 new.bin",
                   "c.bin: root key slot 2: holds no key");
    assert_int_equal(support_tool("provision --from c.bin --revoke 0 d.bin"), 0); // it is
    assert_true(support_same("c.bin", "d.bin"));
    // both in one step, in place
    assert_int_equal(support_tool("provision --from c.bin --root-key key2.pem --revoke 1 c.bin"),
                     0);
    assert_memory_equal(decoded("c.bin").policy.root[COT_ROOT][0], hashes[2], 32);
}

static void slots_run_out(void **state)
{
    (void)state;
    assert_int_equal(support_tool("provision --root-key key0.pem --root-key key1.pem "
                                  "--root-key key2.pem --root-key key3.pem --huk huk.bin a.bin"),
                     0);
    expect_failure("provision --from a.bin --root-key key4.pem new.bin",
                   "a.bin: root key: no slot is free, all 4 are used");
    assert_int_equal(support_tool("provision --from a.bin --revoke 0 --revoke 3 a.bin"), 0);
    expect_failure("provision --from a.bin --root-key key4.pem new.bin", "no slot is free");
    expect_failure("provision --from a.bin --revoke 1 --revoke 2 new.bin",
                   "root key slot 2: is the last usable one");
}

static void an_interrupted_slot_is_passed_over(void **state)
{
    size_t size;
    uint8_t *area;

    (void)state;
    assert_int_equal(support_tool("provision --root-key key0.pem --huk huk.bin a.bin"), 0);
    area = support_read("a.bin", &size);
    area[offsetof(struct otp_wire, roots[0][1])] &= 0xf0;
    support_write("a.bin", area, size);
    free(area);
    assert_int_equal(support_tool("provision --from a.bin --root-key key1.pem a.bin"), 0);
    assert_int_equal(decoded("a.bin").root_slots_valid[COT_ROOT], 5);
    assert_int_equal(support_tool("provision --show a.bin"), 0);
    assert_non_null(strstr(support_stdout(), "root key slot 1: spoiled, never accepted"));
}

static void counters_go_up_only(void **state)
{
    (void)state;
    assert_int_equal(
        support_tool("provision --root-key key0.pem --huk huk.bin --tfw-nvctr 5 a.bin"), 0);
    expect_failure("provision --from a.bin --tfw-nvctr 4 new.bin",
                   "a.bin: trusted NV counter: found 4, expected 5 (its value) to 256");
    expect_usage("provision --from a.bin --ntfw-nvctr 257 new.bin",
                 "--ntfw-nvctr: found \"257\", expected a number from 0 to 256");
    assert_int_equal(support_tool("provision --from a.bin --tfw-nvctr 6 a.bin"), 0);
    assert_int_equal(decoded("a.bin").policy.counter[COT_TRUSTED], 6);
}

static void the_hardware_key_is_32_random_bytes_written_once(void **state)
{
    uint8_t bytes[33] = { 0 };

    (void)state;
    support_write("bad.bin", bytes, 32);
    expect_failure("provision --root-key key0.pem --huk bad.bin new.bin",
                   "bad.bin: hardware unique key: is all zero or all one");
    memset(bytes, 0xff, sizeof(bytes));
    support_write("bad.bin", bytes, 32);
    expect_failure("provision --root-key key0.pem --huk bad.bin new.bin",
                   "bad.bin: hardware unique key: is all zero or all one");
    bytes[7] = 1;
    for (size_t size = 0; size <= 33; size++) {
        support_write("bad.bin", bytes, size);
        assert_int_equal(support_tool("provision --root-key key0.pem --huk bad.bin x.bin"),
                         size == 32 ? 0 : 1);
    }
    support_expect_message("bad.bin: hardware unique key: size: found 33 bytes, expected 32");
    expect_failure("provision --root-key key0.pem --huk missing.bin new.bin",
                   "missing.bin: cannot open");
    expect_failure("provision --from x.bin --huk huk.bin new.bin",
                   "x.bin: hardware unique key: there is one");
    expect_failure("provision --root-key key0.pem new.bin",
                   "new.bin: hardware unique key (offset 0x80) must be complete");
}

static void a_wrong_key_file_is_refused(void **state)
{
    (void)state;
    expect_failure("provision --root-key huk.bin --huk huk.bin new.bin", "huk.bin");
    expect_failure("provision --root-key missing.pem --huk huk.bin new.bin", "missing.pem");
    expect_failure("provision --huk huk.bin new.bin",
                   "new.bin: root key (offset 0x100) must have a slot");
    expect_failure("provision --root-key key0.pem --root-key public0.pem --huk huk.bin new.bin",
                   "public0.pem: root key: is in slot 0 already");
}

static void an_area_to_go_on_from_is_looked_at(void **state)
{
    uint8_t bytes[OTP_SIZE + 1];

    (void)state;
    memset(bytes, 0, sizeof(bytes));
    support_write("bad.bin", bytes, OTP_SIZE);
    expect_failure("provision --from bad.bin --root-key key0.pem new.bin",
                   "bad.bin: is neither erased");
    memset(bytes, 0xff, sizeof(bytes));
    support_write("bad.bin", bytes, OTP_SIZE + 1);
    expect_failure("provision --from bad.bin --root-key key0.pem new.bin",
                   "bad.bin: OTP area: size: found 4097 bytes, expected 4096");
    support_write("erased.bin", bytes, OTP_SIZE); // as read out of a new board
    assert_int_equal(
        support_tool("provision --from erased.bin --root-key key0.pem --huk huk.bin a.bin"), 0);
    assert_int_equal(support_tool("provision --root-key key0.pem --huk huk.bin b.bin"), 0);
    assert_true(support_same("a.bin", "b.bin"));
    expect_failure("provision --from a.bin --chain dual new.bin", "a.bin: chain: is written once");
    expect_failure("provision --show bad.bin", "bad.bin: OTP area: size");
    expect_failure("provision --show erased.bin", "erased.bin: magic (offset 0x0) must be");
}

static void what_is_shown_has_everything_but_the_secret(void **state)
{
    char hex[65];

    (void)state;
    assert_int_equal(support_tool("provision --root-key key0.pem --root-key key1.pem --huk huk.bin "
                                  "--revoke 0 --tfw-nvctr 9 a.bin"),
                     0);
    assert_int_equal(support_tool("provision --show a.bin"), 0);
    assert_non_null(strstr(support_stdout(), "chain with single root, lifecycle open"));
    assert_non_null(strstr(support_stdout(), "root key slot 0: revoked, SHA-256 "));
    assert_non_null(strstr(support_stdout(), "root key slot 1: usable, SHA-256 "));
    assert_non_null(strstr(support_stdout(), "root key slot 2: empty"));
    assert_non_null(strstr(support_stdout(), "trusted NV counter: 9 of 256"));
    assert_non_null(strstr(support_stdout(), "rollback counter of partitions: 0 of 16384"));
    assert_null(strstr(support_stdout(), "platform root key"));
    for (unsigned int i = 0; i < 32; i++) {
        sprintf(hex + 2 * i, "%02x", hashes[1][i]);
    }
    assert_non_null(strstr(support_stdout(), hex));
    for (unsigned int i = 0; i < 4; i++) {
        sprintf(hex + 2 * i, "%02x", huk[i]);
    }
    assert_null(strstr(support_stdout(), hex));
}

static void files_with_the_hardware_key_are_their_owners(void **state)
{
    struct stat status;

    (void)state;
    support_write("a.bin", "x", 1);
    assert_int_equal(chmod("a.bin", 0644), 0);
    assert_int_equal(support_tool("provision --root-key key0.pem --huk huk.bin a.bin"), 0);
    assert_int_equal(stat("a.bin", &status), 0);
    assert_int_equal(status.st_mode & 0777, 0600);
}

static void wrong_options_are_usage_errors(void **state)
{
    (void)state;
    expect_usage("provision a.bin", "expected at least one option");
    expect_usage("provision --show --huk huk.bin a.bin", "--show: changes nothing");
    expect_usage("provision --show --from b.bin a.bin", "--show: changes nothing");
    expect_usage("provision --revoke 4 a.bin", "--revoke: found \"4\"");
    expect_usage("provision --revoke-platform x a.bin", "--revoke-platform: found \"x\"");
    expect_usage("provision --chain triple a.bin", "--chain: found \"triple\"");
    expect_usage("provision --root-hash 00 a.bin", "found \"00\", expected 64 hexadecimal digits");
    expect_usage("provision --huk huk.bin", "found 0 operands");
    assert_int_equal(support_tool("provision --help"), 0);
    assert_non_null(strstr(support_stdout(), "example:"));
}

// ---- flash --otp ----

#define FLASH "flash --bl1 bl1.bin --fip fip.bin --size 0x10000 --fip-offset 0x1000 "

static void make_parts(void)
{
    support_write_pattern("bl1.bin", 0x800, 1);
    support_write_pattern("tb.bin", 0x300, 2);
    assert_int_equal(support_tool("create --tb-fw tb.bin fip.bin"), 0);
    assert_int_equal(support_tool("provision --root-key key0.pem --huk huk.bin otp.bin"), 0);
}

static void a_flash_image_takes_an_otp_area(void **state)
{
    size_t size, otp_size;
    uint8_t *flash, *otp;
    struct stat status;

    (void)state;
    make_parts();
    assert_int_equal(support_tool(FLASH "--otp otp.bin --otp-offset 0xf000 new.bin"), 0);
    flash = support_read("new.bin", &size);
    otp = support_read("otp.bin", &otp_size);
    assert_int_equal(size, 0x10000);
    assert_memory_equal(flash + 0xf000, otp, OTP_SIZE);
    assert_int_equal(flash[0xefff], 0);
    free(flash);
    free(otp);
    assert_int_equal(stat("new.bin", &status), 0);
    assert_int_equal(status.st_mode & 0777, 0600);
}

static void an_otp_area_has_its_place(void **state)
{
    uint8_t bytes[OTP_SIZE];

    (void)state;
    make_parts();
    expect_usage(FLASH "--otp otp.bin new.bin", "expected --otp FILE, or --keep FILE, and --otp");
    expect_usage(FLASH "--otp-offset 0xf000 new.bin", "and --otp-offset N together");
    expect_failure(FLASH "--otp otp.bin --otp-offset 0xf001 new.bin", "otp.bin: --otp-offset");
    expect_failure(FLASH "--otp otp.bin --otp-offset 0x20000 new.bin", "otp.bin: --otp-offset");
    expect_failure(
        FLASH "--otp otp.bin --otp-offset 0x1300 new.bin",
        "otp.bin: --otp-offset: found 0x1300, expected no overlap with what is before it");
    expect_failure(FLASH "--fip-size 0xe001 --otp otp.bin --otp-offset 0xf000 new.bin",
                   "expected no overlap with what is before it, up to 0xf001");
    expect_failure(FLASH "--otp huk.bin --otp-offset 0xf000 new.bin",
                   "huk.bin: size: found 0x20, expected exactly 0x1000");
    memset(bytes, 0xff, sizeof(bytes));
    support_write("erased.bin", bytes, sizeof(bytes));
    expect_failure(FLASH "--otp erased.bin --otp-offset 0xf000 new.bin",
                   "erased.bin: magic (offset 0x0) must be that of a provisioned area");
    assert_int_equal(support_tool(FLASH "--force --otp erased.bin --otp-offset 0xf000 a.bin"), 0);
}

// ---- flash --storage-offset, --keep ----

#define STORAGE "--storage-offset 0x4000 --storage-size 0x2000 --otp-offset 0xf000 "

static void the_storage_is_erased(void **state)
{
    uint8_t *flash;
    size_t size;

    (void)state;
    make_parts();
    assert_int_equal(support_tool(FLASH STORAGE "--otp otp.bin --layout new.bin"), 0);
    assert_string_equal(support_stdout(), "0x00000000  0x00000800  BL1      bl1.bin\n"
                                          "0x00001000  0x00000360  FIP      fip.bin\n"
                                          "0x00004000  0x00002000  storage  erased\n"
                                          "0x0000f000  0x00001000  OTP      otp.bin\n");
    flash = support_read("new.bin", &size);
    assert_int_equal(size, 0x10000);
    for (uint32_t i = 0; i < 0x2000; i++) {
        assert_int_equal(flash[0x4000 + i], 0xff);
    }
    assert_int_equal(flash[0x3fff], 0);
    assert_int_equal(flash[0x6000], 0);
    free(flash);
}

// A machine has written into its flash: both survive new firmware, also where the image replaces itself
static void storage_and_otp_come_along(void **state)
{
    static const char *const names[] = { "next.bin", "old.bin" };
    uint8_t *flash, *old, *fip;
    size_t size, fip_size;

    (void)state;
    make_parts();
    assert_int_equal(support_tool(FLASH STORAGE "--otp otp.bin old.bin"), 0);
    old = support_read("old.bin", &size);
    for (uint32_t i = 0; i < 0x2000; i++) {
        old[0x4000 + i] = (uint8_t)(i * 7);
    }
    old[0xf440] = 0x7f; // a step of the rollback counter
    old[0x3000] = 0x11; // what belongs to nobody does not come along
    support_write("old.bin", old, size);
    support_write_pattern("tb.bin", 0x700, 9);
    assert_int_equal(support_tool("create --tb-fw tb.bin fip.bin"), 0);
    fip = support_read("fip.bin", &fip_size);
    for (unsigned int i = 0; i < 2; i++) {
        struct stat status;

        assert_int_equal(support_tool(FLASH STORAGE "--keep old.bin %s", names[i]), 0);
        flash = support_read(names[i], &size);
        assert_int_equal(size, 0x10000);
        assert_memory_equal(flash + 0x1000, fip, fip_size);
        assert_memory_equal(flash + 0x4000, old + 0x4000, 0x2000);
        assert_memory_equal(flash + 0xf000, old + 0xf000, OTP_SIZE);
        assert_int_equal(flash[0x3000], 0);
        assert_int_equal(stat(names[i], &status), 0);
        assert_int_equal(status.st_mode & 0777, 0600);
        free(flash);
    }
    free(old);
    free(fip);
}

static void the_storage_has_its_place(void **state)
{
    (void)state;
    make_parts();
    expect_usage(FLASH "--storage-offset 0x4000 new.bin", "--storage-size N together");
    expect_usage(FLASH "--storage-size 0x4000 new.bin", "--storage-size N together");
    expect_usage(FLASH "--keep old.bin --otp-offset 0xf000 new.bin", "expected --keep FILE with");
    expect_usage(FLASH STORAGE "--keep old.bin --otp otp.bin new.bin", "without --otp");
    expect_usage(FLASH "--storage-offset 0x4000 --storage-size 0x2000 --keep old.bin new.bin",
                 "and --otp-offset N together");
    expect_failure(FLASH "--storage-offset 0x1300 --storage-size 0x1000 new.bin",
                   "new.bin: --storage-offset: found 0x1300, expected no overlap");
    expect_failure(FLASH "--storage-offset 0xf000 --storage-size 0x1001 new.bin",
                   "new.bin: --storage-offset: found 0xf000, expected room for all of it before "
                   "0x10000");
    expect_failure(FLASH "--storage-offset 0x2000 --storage-size 0xfffff000 new.bin",
                   "new.bin: --storage-offset");
    expect_failure(FLASH "--storage-offset 0xe000 --storage-size 0x1001 --otp otp.bin "
                         "--otp-offset 0xf000 new.bin",
                   "otp.bin: --otp-offset: found 0xf000, expected no overlap with what is before "
                   "it, up to 0xf001");
    expect_failure(FLASH STORAGE "--keep absent.bin new.bin", "absent.bin: cannot open");
    expect_failure(FLASH STORAGE "--keep otp.bin new.bin",
                   "otp.bin: size: found 0x1000, expected exactly 0x10000");
    assert_int_equal(support_tool(FLASH "blank.bin"), 0);
    expect_failure(FLASH STORAGE "--keep blank.bin new.bin",
                   "blank.bin: magic (offset 0x0) must be that of a provisioned area");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_new_area_has_what_the_options_say, enter, support_leave),
        cmocka_unit_test_setup_teardown(a_root_may_be_given_by_its_hash, enter, support_leave),
        cmocka_unit_test_setup_teardown(two_roots_need_the_dual_chain, enter, support_leave),
        cmocka_unit_test_setup_teardown(a_key_is_rotated_and_the_old_one_never_comes_back, enter,
                                        support_leave),
        cmocka_unit_test_setup_teardown(slots_run_out, enter, support_leave),
        cmocka_unit_test_setup_teardown(an_interrupted_slot_is_passed_over, enter, support_leave),
        cmocka_unit_test_setup_teardown(counters_go_up_only, enter, support_leave),
        cmocka_unit_test_setup_teardown(the_hardware_key_is_32_random_bytes_written_once, enter,
                                        support_leave),
        cmocka_unit_test_setup_teardown(a_wrong_key_file_is_refused, enter, support_leave),
        cmocka_unit_test_setup_teardown(an_area_to_go_on_from_is_looked_at, enter, support_leave),
        cmocka_unit_test_setup_teardown(what_is_shown_has_everything_but_the_secret, enter,
                                        support_leave),
        cmocka_unit_test_setup_teardown(files_with_the_hardware_key_are_their_owners, enter,
                                        support_leave),
        cmocka_unit_test_setup_teardown(wrong_options_are_usage_errors, enter, support_leave),
        cmocka_unit_test_setup_teardown(a_flash_image_takes_an_otp_area, enter, support_leave),
        cmocka_unit_test_setup_teardown(an_otp_area_has_its_place, enter, support_leave),
        cmocka_unit_test_setup_teardown(the_storage_is_erased, enter, support_leave),
        cmocka_unit_test_setup_teardown(storage_and_otp_come_along, enter, support_leave),
        cmocka_unit_test_setup_teardown(the_storage_has_its_place, enter, support_leave),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
