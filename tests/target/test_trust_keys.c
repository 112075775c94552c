// SPDX-License-Identifier: BSD-3-Clause
//
// Keys of partitions: each gets a sealing key and an identity of its own through its boot information. The sealing key is the
// board's and the package's name's, it survives updates; the identity is that of everything secure that booted before and of
// the package itself. The normal world finds neither in its memory.
#include <stdio.h>
#include <string.h>

#include "tests/target/firmware.h"

#define KEY 32

struct keys {
    uint8_t sealing[KEY];
    uint8_t identity[KEY];
};

// Keys of both peers in one boot
struct boot {
    struct keys peer[2];
};

static const uint16_t ids[2] = { PEER1_ID, PEER2_ID };

// What the test partitions got. The script, which lies in normal-world memory, is wiped.
static void read_keys(struct boot *boot)
{
    for (unsigned int i = 0; i < 2; i++) {
        struct peer_script *script = peer_begin(ids[i]);
        struct peer_step *step = peer_add(script, PEER_KEYS, 0, 0, 0, 0);

        peer_run_all(ids[i]);
        memcpy(boot->peer[i].sealing, &step->x[0], KEY);
        memcpy(boot->peer[i].identity, &step->x[4], KEY);
        assert_int_equal((int64_t)step->x[8], ERR_NOT_FOUND); // a key is taken once
        assert_int_equal((int64_t)step->x[9], ERR_NOT_FOUND);
        memset(script, 0, sizeof(*script));
    }
}

static void boot_keys(struct boot *boot)
{
    firmware_boots();
    target_version(FFA_VERSION_1_2);
    read_keys(boot);
}

static bool same(const uint8_t *a, const uint8_t *b)
{
    return memcmp(a, b, KEY) == 0;
}

static unsigned int different_bytes(const uint8_t *key)
{
    bool seen[256] = { false };
    unsigned int count = 0;

    for (unsigned int i = 0; i < KEY; i++) {
        count += seen[key[i]] ? 0 : 1;
        seen[key[i]] = true;
    }
    return count;
}

static void every_partition_has_keys_of_its_own(void **state)
{
    static struct boot boot;
    const uint8_t *all[4] = { boot.peer[0].sealing, boot.peer[0].identity, boot.peer[1].sealing,
                              boot.peer[1].identity };

    (void)state;
    boot_keys(&boot);
    for (unsigned int i = 0; i < 4; i++) {
        assert_true(different_bytes(all[i]) > KEY / 2); // 28 or so of 32 random bytes
        for (unsigned int j = 0; j < i; j++) {
            assert_false(same(all[i], all[j]));
        }
    }
}

// The tests' partition takes its keys once; the next boot's instance gets the same
static void the_keys_are_the_same_at_every_boot(void **state)
{
    static struct boot first;
    static struct boot second;
    static struct boot third;

    (void)state;
    boot_keys(&first);
    boot_keys(&second);
    assert_memory_equal(&first, &second, sizeof(first));
    firmware_sign("keys", "--tfw-nvctr 1"); // an update that changes no byte of an image
    boot_keys(&third);
    assert_memory_equal(&first, &third, sizeof(first));
}

// The normal world's memory, all of it, right after the boot and after the partitions took their keys
static void the_normal_world_finds_no_key(void **state)
{
    static struct boot boot;
    struct h_options o = target_options();
    size_t size = (size_t)o.memory_mib << 20;

    (void)state;
    boot_keys(&boot);
    const uint8_t *dram = h_memory(machine, NS_DRAM_BASE, size);
    assert_non_null(dram);
    for (unsigned int i = 0; i < 2; i++) {
        // Half a key would be one too many
        assert_null(memmem(dram, size, boot.peer[i].sealing, KEY / 2));
        assert_null(memmem(dram, size, boot.peer[i].identity, KEY / 2));
    }
    // And the search finds what is there
    memcpy(peer_script(PEER1_ID), boot.peer[0].sealing, KEY);
    assert_non_null(memmem(dram, size, boot.peer[0].sealing, KEY / 2));
}

// Boots what `firmware` holds now, and compares with `before`: sealing keys stay, and the identities of those partitions
// change that are in the bitmap
static void expect_identities(const struct boot *before, unsigned int changed)
{
    static struct boot after;

    boot_keys(&after);
    for (unsigned int i = 0; i < 2; i++) {
        assert_true(same(before->peer[i].sealing, after.peer[i].sealing));
        assert_int_equal(!same(before->peer[i].identity, after.peer[i].identity),
                         (changed >> i) & 1);
    }
}

// A byte of the image that does nothing: one more at its end
static void lengthen(const char *entry)
{
    static uint8_t copy[1 << 20];
    size_t size;

    assert_int_equal(firmware_ready(NULL), 0);
    const uint8_t *data = firmware_data(entry, &size);
    assert_true(size < sizeof(copy));
    memcpy(copy, data, size);
    copy[size] = 0;
    firmware_put(entry, copy, size + 1);
    firmware_sign("keys", "");
}

static void the_identity_is_bound_to_everything_secure_before(void **state)
{
    static const char *const bound[] = { "tb-fw", "soc-fw", "tos-fw" };
    static struct boot before;
    size_t size;

    (void)state;
    boot_keys(&before);
    for (size_t i = 0; i < sizeof(bound) / sizeof(bound[0]); i++) {
        lengthen(bound[i]);
        expect_identities(&before, 3);
    }
    assert_int_equal(firmware_ready(NULL), 0);
    uint8_t *config = firmware_data("tb-fw-config", &size);
    uint8_t *node = memmem(config, size, "sp_peer2", 9);
    assert_non_null(node);
    node[7] = '9';
    firmware_sign("keys", "");
    expect_identities(&before, 3);
}

static void the_identity_is_not_bound_to_what_is_beside(void **state)
{
    static struct boot before;

    (void)state;
    boot_keys(&before);
    lengthen("nt-fw");
    expect_identities(&before, 0);
    lengthen(TESSERA_ECHO_PACKAGE);
    expect_identities(&before, 0);
    lengthen(TESSERA_PEER_PACKAGE); // its own, and nobody else's
    expect_identities(&before, 1);
}

static void another_boards_keys_are_others(void **state)
{
    static struct boot before;
    static struct boot after;

    (void)state;
    boot_keys(&before);
    firmware_shell("cp -r %s %s && head -c 32 /dev/urandom >%s/huk.bin", firmware_path("keys"),
                   firmware_path("board2"), firmware_path("board2"));
    firmware_provision("board2", "");
    boot_keys(&after);
    for (unsigned int i = 0; i < 2; i++) {
        assert_false(same(before.peer[i].sealing, after.peer[i].sealing));
        assert_false(same(before.peer[i].identity, after.peer[i].identity));
    }
}

// With two owners the platform's package cannot come by what a silicon provider's package of the same name sealed
static void the_owner_is_part_of_the_sealing_key(void **state)
{
    static struct boot before;
    static struct boot after;
    char text[256];

    (void)state;
    boot_keys(&before);
    firmware_sign("keys", "--chain dual");
    snprintf(text, sizeof(text), "--chain dual --platform-root-key %s/prot_key.pem",
             firmware_path("keys"));
    firmware_provision("keys", text);
    boot_keys(&after);
    assert_true(same(before.peer[0].sealing, after.peer[0].sealing));  // the silicon provider's
    assert_false(same(before.peer[1].sealing, after.peer[1].sealing)); // the platform's
}

#define CASE(f) cmocka_unit_test_setup(f, firmware_ready)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(every_partition_has_keys_of_its_own),
        CASE(the_keys_are_the_same_at_every_boot),
        CASE(the_normal_world_finds_no_key),
        CASE(the_identity_is_bound_to_everything_secure_before),
        CASE(the_identity_is_not_bound_to_what_is_beside),
        CASE(another_boards_keys_are_others),
        CASE(the_owner_is_part_of_the_sealing_key),
    };

    return cmocka_run_group_tests_name("trust_keys", tests, firmware_setup, firmware_teardown);
}
