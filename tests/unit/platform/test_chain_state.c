// SPDX-License-Identifier: BSD-3-Clause
//
// What the walk along the chain of trust (platform/lib/boot/chain*.c) remembers and what not: after refusals, with questions
// that do not belong together, with slots that were tampered with; and its tally.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "tests/unit/platform/chain_support.h"

static struct world world;

static int single(void **state)
{
    (void)state;
    world_make(&world, COT_SINGLE_ROOT, BOOT_PK_P256, BOOT_SHA256);
    return 0;
}

static int dual(void **state)
{
    (void)state;
    world_make(&world, COT_DUAL_ROOT, BOOT_PK_P256, BOOT_SHA256);
    return 0;
}

static enum fip_image_id id_of(enum cot_cert cert)
{
    return cot_cert_row(cert)->id;
}

static void boots(void)
{
    if (!world_boot(&world)) {
        fail_msg("image %d, %s: %s", world.fault.id, world.fault.field, world.fault.text);
    }
}

static bool is_zero(const void *data, size_t size)
{
    const uint8_t *bytes = data;

    for (size_t i = 0; i < size; i++) {
        if (bytes[i] != 0) {
            return false;
        }
    }
    return true;
}

static void nothing_of_a_refused_certificate_is_left(void **state)
{
    struct der_buf good;

    (void)state;
    for (int i = 0; i < COT_CERT_COUNT; i++) {
        struct chain_slot *slot = &world.state.slots[i];

        if (!world_has(&world, (enum cot_cert)i)) {
            continue;
        }
        good = world.certs[i];
        world.certs[i].data[good.size - 1] ^= 1; // the signature
        world_pack(&world);
        world_refused(&world, id_of((enum cot_cert)i), "signature", NULL);
        assert_int_equal(slot->verified, VERDICT_REFUSE);
        assert_true(is_zero((const uint8_t *)slot + sizeof(slot->verified),
                            sizeof(*slot) - sizeof(slot->verified)));
        world.certs[i] = good;
    }
}

static void a_refusal_raises_no_counter_and_names_no_root(void **state)
{
    (void)state;
    world.certs[COT_TB_FW].data[world.certs[COT_TB_FW].size - 1] ^= 1;
    world_pack(&world);
    world_refused(&world, IMAGE_TB_FW_CERT, "signature", NULL);
    assert_int_equal(world.state.lowest_counter[COT_TRUSTED], UINT32_MAX);
    assert_true(is_zero(world.state.root_used, sizeof(world.state.root_used)));
}

// Refused, then accepted, then refused: each time by what is there
static void a_second_question_is_answered_anew(void **state)
{
    struct chain_expected expected;
    size_t last = world_payload(&world, COT_SOC_FW) + world.certs[COT_SOC_FW].size - 1;

    (void)state;
    assert_true(world_open(&world));
    world.storage[last] ^= 1;
    for (int i = 0; i < 3; i++) {
        world_refused_load(&world, COT_BL31, IMAGE_SOC_FW_CERT, "signature", NULL);
    }
    world.storage[last] ^= 1;
    assert_true(world_load(&world, COT_BL31));
    world.storage[last] ^= 1; // it is proved and in RAM
    assert_int_equal(chain_expect(&world.state, COT_BL31, &expected, &world.fault), ERR_NONE);
}

static void a_slot_that_only_looks_full_is_not_believed(void **state)
{
    struct chain_expected expected = { BOOT_SHA256, NULL };
    struct boot_digests digests = { .have = BOOT_HASH_BANKS };

    (void)state;
    boots();
    assert_int_equal(chain_expect(&world.state, COT_BL31, &expected, &world.fault), ERR_NONE);
    cert_support_digest(BOOT_SHA256, world.images[COT_BL31], WORLD_IMAGE_SIZE,
                        digests.value[BOOT_SHA256]);
    for (int bit = 0; bit < 32; bit++) {
        uint32_t before = world.state.tally;

        world.state.slots[COT_SOC_FW].verified = VERDICT_ACCEPT ^ 1u << bit;
        assert_int_equal(chain_check(&world.state, COT_BL31, &expected, &digests, &world.fault),
                         VERDICT_REFUSE);
        assert_int_not_equal(world.state.tally - before, chain_token(COT_BL31));
    }
    world.state.slots[COT_SOC_FW].verified = 0; // proved again out of the FIP
    assert_int_equal(chain_expect(&world.state, COT_BL31, &expected, &world.fault), ERR_NONE);
    assert_int_equal(world.state.slots[COT_SOC_FW].verified, VERDICT_ACCEPT);
}

// ---- chain_check alone

static void images_are_refused_without_their_question(void **state)
{
    struct boot_digests digests = { .have = BOOT_HASH_BANKS };
    struct chain_expected expected = { BOOT_SHA256, digests.value[BOOT_SHA256] };

    (void)state;
    assert_true(world_open(&world));
    cert_support_digest(BOOT_SHA256, world.images[COT_BL2], WORLD_IMAGE_SIZE,
                        digests.value[BOOT_SHA256]);
    assert_int_equal(chain_check(&world.state, COT_BL2, &expected, &digests, &world.fault),
                     VERDICT_REFUSE);
    assert_int_not_equal(world.state.tally, chain_token(COT_BL2));
    assert_int_equal(world.fault.id, IMAGE_TB_FW_CERT);
}

static void the_question_is_the_same_as_before(void **state)
{
    struct chain_expected expected, other;
    struct boot_digests digests = { .have = BOOT_HASH_BANKS };
    uint8_t copy[32];

    (void)state;
    boots();
    world.state.tally = 0;
    assert_int_equal(chain_expect(&world.state, COT_BL2, &expected, &world.fault), ERR_NONE);
    cert_support_digest(BOOT_SHA256, world.images[COT_BL2], WORLD_IMAGE_SIZE,
                        digests.value[BOOT_SHA256]);
    other = expected;
    other.hash = BOOT_SHA384;
    assert_int_equal(chain_check(&world.state, COT_BL2, &other, &digests, &world.fault),
                     VERDICT_REFUSE);
    other = expected;
    memcpy(copy, expected.digest, sizeof(copy));
    other.digest = copy; // not the proved one, whatever it holds
    assert_int_equal(chain_check(&world.state, COT_BL2, &other, &digests, &world.fault),
                     VERDICT_REFUSE);
    assert_int_equal(chain_expect(&world.state, COT_BL31, &other, &world.fault), ERR_NONE);
    assert_int_equal(chain_check(&world.state, COT_BL2, &other, &digests, &world.fault),
                     VERDICT_REFUSE);
    assert_int_equal(chain_check(&world.state, COT_BL31, &expected, &digests, &world.fault),
                     VERDICT_REFUSE);
    digests.have = BOOT_HASH_BIT(BOOT_SHA384); // the one that counts was not made
    assert_int_equal(chain_check(&world.state, COT_BL2, &expected, &digests, &world.fault),
                     VERDICT_REFUSE);
    digests.have = BOOT_HASH_BANKS;
    assert_int_equal(chain_check(&world.state, COT_BL2, &expected, &digests, &world.fault),
                     VERDICT_ACCEPT);
}

static void every_bit_of_a_digest_counts(void **state)
{
    struct chain_expected expected;
    struct boot_digests digests = { .have = BOOT_HASH_BANKS };

    (void)state;
    boots();
    assert_int_equal(chain_expect(&world.state, COT_BL33, &expected, &world.fault), ERR_NONE);
    cert_support_digest(BOOT_SHA256, world.images[COT_BL33], WORLD_IMAGE_SIZE,
                        digests.value[BOOT_SHA256]);
    for (int bit = 0; bit < 256; bit++) {
        digests.value[BOOT_SHA256][bit / 8] ^= (uint8_t)(1 << bit % 8);
        assert_int_equal(chain_check(&world.state, COT_BL33, &expected, &digests, &world.fault),
                         VERDICT_REFUSE);
        digests.value[BOOT_SHA256][bit / 8] ^= (uint8_t)(1 << bit % 8);
    }
}

// No set of images adds up to what another set does, so none can be left out or taken twice unseen.
static void sums_of_tokens_tell_the_images(void **state)
{
    static uint32_t sums[1 << COT_IMAGE_COUNT];

    (void)state;
    for (uint32_t set = 0; set < 1u << COT_IMAGE_COUNT; set++) {
        for (int i = 0; i < COT_IMAGE_COUNT; i++) {
            sums[set] += (set >> i & 1) != 0 ? chain_token((enum cot_image)i) : 0;
        }
        for (uint32_t before = 0; before < set; before++) {
            if (sums[before] == sums[set]) {
                fail_msg("sets %#x and %#x have the same sum", before, set);
            }
        }
    }
}

#define SINGLE(name) cmocka_unit_test_setup(name, single)
#define DUAL(name)                                   \
    {                                                \
#name " (two roots)", name, dual, NULL, NULL \
    }
#define BOTH(name) SINGLE(name), DUAL(name)

int main(void)
{
    const struct CMUnitTest tests[] = {
        BOTH(nothing_of_a_refused_certificate_is_left),
        SINGLE(a_refusal_raises_no_counter_and_names_no_root),
        SINGLE(a_second_question_is_answered_anew),
        SINGLE(a_slot_that_only_looks_full_is_not_believed),
        SINGLE(images_are_refused_without_their_question),
        SINGLE(the_question_is_the_same_as_before),
        SINGLE(every_bit_of_a_digest_counts),
        SINGLE(sums_of_tokens_tell_the_images),
    };

    return cmocka_run_group_tests_name("chain_state", tests, NULL, NULL);
}
