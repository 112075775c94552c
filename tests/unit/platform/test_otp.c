// SPDX-License-Identifier: BSD-3-Clause
//
// One-time-programmable memory (platform/lib/boot/otp.c): the layout of otp_format.h, every refusal, and
// power failing at every word of every change with any part of that word's bits programmed.
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "otp.h"
#include "otp_format.h"

#define HUK 0x040
#define REVOCATION(copy, root) (0x0c0u + 32u * (copy) + 4u * (root))
#define SLOT(root, slot) (0x100u + 0x180u * (root) + 0x60u * (slot))
#define COMPLEMENT 32u
#define MARKER 64u
#define COUNTER(i) (0x400u + 32u * (i))

static uint8_t area[OTP_SIZE];
static struct otp_word words[OTP_MAX_WORDS];
static uint32_t count, slot_taken;
static uint8_t huk[32], keys[8][32];

static uint32_t get(const uint8_t *from, uint32_t offset)
{
    return (uint32_t)from[offset] | (uint32_t)from[offset + 1] << 8 |
           (uint32_t)from[offset + 2] << 16 | (uint32_t)from[offset + 3] << 24;
}

// What the memory does: bits that are 0 become 0.
static void program(uint8_t *to, uint32_t offset, uint32_t value)
{
    for (uint32_t i = 0; i < 4; i++) {
        to[offset + i] &= (uint8_t)(value >> (8 * i));
    }
}

static void apply(uint8_t *to)
{
    for (uint32_t i = 0; i < count; i++) {
        assert_int_equal(words[i].offset % 4, 0);
        assert_in_range(words[i].offset, 0, OTP_SIZE - 4);
        assert_int_equal(get(to, words[i].offset) & words[i].value, words[i].value); // no 0 → 1
        assert_int_not_equal(get(to, words[i].offset), words[i].value);
        program(to, words[i].offset, words[i].value);
    }
}

static uint32_t next_random(void)
{
    static uint32_t state = 0x2545f491;

    state ^= state << 13;
    state ^= state >> 17;
    state ^= state << 5;
    return state;
}

static void provision(enum cot_chain chain)
{
    memset(area, 0xff, sizeof(area));
    for (unsigned int i = 0; i < sizeof(huk); i++) {
        huk[i] = (uint8_t)(0x11 + 7 * i);
        for (unsigned int k = 0; k < 8; k++) {
            keys[k][i] = (uint8_t)next_random();
        }
    }
    assert_int_equal(otp_plan_begin(area, chain, words, &count), 0);
    apply(area);
    assert_int_equal(otp_plan_root(area, COT_ROOT, keys[0], words, &count, &slot_taken), 0);
    assert_int_equal(slot_taken, 0);
    apply(area);
    if (chain == COT_DUAL_ROOT) {
        assert_int_equal(
            otp_plan_root(area, COT_PLATFORM_ROOT, keys[4], words, &count, &slot_taken), 0);
        apply(area);
    }
    assert_int_equal(otp_plan_huk(area, huk, words, &count), 0);
    apply(area);
}

static int single(void **state)
{
    (void)state;
    provision(COT_SINGLE_ROOT);
    return 0;
}

static int dual(void **state)
{
    (void)state;
    provision(COT_DUAL_ROOT);
    return 0;
}

static void add_key(enum cot_root root, const uint8_t *key, uint32_t expected_slot)
{
    assert_int_equal(otp_plan_root(area, root, key, words, &count, &slot_taken), 0);
    assert_int_equal(slot_taken, expected_slot);
    apply(area);
}

static struct otp decoded(const uint8_t *from)
{
    struct otp_fault fault;
    struct otp otp;

    memset(&otp, 0xa5, sizeof(otp));
    assert_int_equal(otp_decode(from, &otp, &fault), 0);
    return otp;
}

static void expect_refusal(const char *field, uint32_t offset, uint32_t found, uint32_t expected)
{
    struct otp_fault fault = { 0 };
    struct otp otp, before;

    memset(&otp, 0x3c, sizeof(otp));
    before = otp;
    assert_int_equal(otp_decode(area, &otp, &fault), ERR_INVALID);
    assert_memory_equal(&otp, &before, sizeof(otp));
    assert_string_equal(fault.field, field);
    assert_non_null(strstr(fault.text, "must"));
    assert_int_equal(fault.offset, offset);
    assert_int_equal(fault.found, found);
    assert_int_equal(fault.expected, expected);
}

// ---- What is where ----

static void the_layout_is_the_one_in_the_picture(void **state)
{
    (void)state;
    assert_memory_equal(area, "TSSO", 4);
    assert_int_equal(get(area, 4), 1);
    assert_int_equal(get(area, 8), 0xca3535ca);
    assert_int_equal(get(area, 12), 0xffffffff);
    assert_memory_equal(area + HUK, huk, 32);
    assert_memory_equal(area + SLOT(0, 0), keys[0], 32);
    for (unsigned int i = 0; i < 32; i++) {
        assert_int_equal(area[HUK + COMPLEMENT + i], (uint8_t)~huk[i]);
        assert_int_equal(area[SLOT(0, 0) + COMPLEMENT + i], (uint8_t)~keys[0][i]);
    }
    assert_int_equal(get(area, HUK + MARKER), 0x5a3ca5c3);
    assert_int_equal(get(area, SLOT(0, 0) + MARKER), 0x5a3ca5c3);
    for (unsigned int i = SLOT(0, 1); i < OTP_SIZE; i++) {
        assert_int_equal(area[i], 0xff);
    }
    assert_int_equal(otp_counter_offset(COT_TRUSTED), 0x400);
    assert_int_equal(otp_counter_offset(COT_NON_TRUSTED), 0x420);
    assert_int_equal(OTP_ROLLBACK_OFFSET, 0x440);
    assert_int_equal(OTP_ROLLBACK_BYTES, 2048);
    assert_int_equal(OTP_ROLLBACK_MAX, 16384);
}

static void a_provisioned_area_decodes(void **state)
{
    struct otp otp = decoded(area);

    (void)state;
    assert_int_equal(otp.policy.chain, COT_SINGLE_ROOT);
    assert_int_equal(otp.policy.lifecycle, OTP_LIFECYCLE_OPEN);
    assert_int_equal(otp.policy.root_count[COT_ROOT], 1);
    assert_int_equal(otp.policy.root_count[COT_PLATFORM_ROOT], 0);
    assert_memory_equal(otp.policy.root[COT_ROOT][0], keys[0], 32);
    assert_int_equal(otp.policy.counter[COT_TRUSTED], 0);
    assert_int_equal(otp.policy.counter[COT_NON_TRUSTED], 0);
    assert_memory_equal(otp.huk, huk, 32);
    assert_int_equal(otp.root_slots_used[COT_ROOT], 1);
    assert_int_equal(otp.root_slots_valid[COT_ROOT], 1);
    assert_int_equal(otp.root_slots_revoked[COT_ROOT], 0);
    assert_int_equal(otp.root_slots_used[COT_PLATFORM_ROOT], 0);
}

static void two_roots_decode(void **state)
{
    struct otp otp;

    (void)state;
    assert_int_equal(get(area, 8), 0x35caca35);
    add_key(COT_PLATFORM_ROOT, keys[5], 1);
    otp = decoded(area);
    assert_int_equal(otp.policy.chain, COT_DUAL_ROOT);
    assert_int_equal(otp.policy.root_count[COT_ROOT], 1);
    assert_int_equal(otp.policy.root_count[COT_PLATFORM_ROOT], 2);
    assert_memory_equal(otp.policy.root[COT_PLATFORM_ROOT][0], keys[4], 32);
    assert_memory_equal(otp.policy.root[COT_PLATFORM_ROOT][1], keys[5], 32);
}

static void what_lies_behind_the_counters_is_not_looked_at(void **state)
{
    (void)state;
    memset(area + 0x440, 0, OTP_SIZE - 0x440);
    decoded(area);
}

// ---- Refusals ----

static void an_erased_area_is_not_provisioned(void **state)
{
    (void)state;
    memset(area, 0xff, sizeof(area));
    expect_refusal("magic", 0, 0xffffffff, 0x4f535354);
}

static void every_word_of_the_header_must_be_right(void **state)
{
    static const struct {
        const char *field;
        uint32_t offset, value, expected;
    } cases[] = {
        { "magic", 0, 0x4f535355, 0x4f535354 },
        { "magic", 0, 0, 0x4f535354 },
        { "version", 4, 0, 1 },
        { "version", 4, 2, 1 },
        { "version", 4, 0xffffffff, 1 },
        { "chain", 8, 0xffffffff, 0xca3535ca },
        { "chain", 8, 0, 0xca3535ca },
        { "chain", 8, 0xca3535cb, 0xca3535ca },
        { "chain", 8, 0xffff35ca, 0xca3535ca },
        { "chain", 8, 0x35ca35ca, 0xca3535ca },
        { "lifecycle", 12, 0xfffffffe, 0xffffffff },
        { "lifecycle", 12, 0, 0xffffffff },
    };

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        single(state);
        for (uint32_t byte = 0; byte < 4; byte++) {
            area[cases[i].offset + byte] = (uint8_t)(cases[i].value >> (8 * byte));
        }
        expect_refusal(cases[i].field, cases[i].offset, cases[i].value, cases[i].expected);
    }
}

static void the_hardware_unique_key_must_be_complete(void **state)
{
    (void)state;
    area[HUK + MARKER + 3] = 0xff;
    expect_refusal("hardware unique key", HUK + MARKER, 0xff3ca5c3, 0x5a3ca5c3);
}

static void any_changed_bit_of_the_key_or_its_complement_spoils_it(void **state)
{
    (void)state;
    for (unsigned int bit = 0; bit < 64 * 8; bit++) {
        area[HUK + bit / 8] ^= (uint8_t)(1u << bit % 8);
        expect_refusal("hardware unique key", HUK, 0, 0); // and nothing of it is shown
        area[HUK + bit / 8] ^= (uint8_t)(1u << bit % 8);
    }
    decoded(area);
}

static void a_key_of_equal_bits_is_no_key(void **state)
{
    (void)state;
    memset(area + HUK, 0, 32);
    memset(area + HUK + COMPLEMENT, 0xff, 32);
    expect_refusal("hardware unique key", HUK, 0, 0);
    memset(area + HUK, 0xff, 32);
    memset(area + HUK + COMPLEMENT, 0, 32);
    expect_refusal("hardware unique key", HUK, 0, 0);
}

static void a_root_without_a_usable_slot_is_refused(void **state)
{
    (void)state;
    for (unsigned int bit = 0; bit < 68 * 8; bit++) { // value, complement, marker
        single(state);
        area[SLOT(0, 0) + bit / 8] ^= (uint8_t)(1u << bit % 8);
        expect_refusal("root key", SLOT(0, 0), 0, 1);
    }
    dual(state);
    area[SLOT(1, 0)] ^= 1;
    expect_refusal("platform root key", SLOT(1, 0), 0, 1);
    single(state);
    area[SLOT(1, 0)] ^= 1; // this chain does not have that root
    decoded(area);
}

static void a_spoiled_slot_is_left_out(void **state)
{
    struct otp otp;

    (void)state;
    add_key(COT_ROOT, keys[1], 1);
    area[SLOT(0, 0) + 5] ^= 0x10;
    otp = decoded(area);
    assert_int_equal(otp.policy.root_count[COT_ROOT], 1);
    assert_memory_equal(otp.policy.root[COT_ROOT][0], keys[1], 32);
    assert_int_equal(otp.root_slots_used[COT_ROOT], 3);
    assert_int_equal(otp.root_slots_valid[COT_ROOT], 2);
    assert_int_equal(otp_root_hash(area, COT_ROOT, 0, keys[7]), ERR_NOT_FOUND);
    assert_int_equal(otp_root_hash(area, COT_ROOT, 1, keys[7]), 0);
    assert_memory_equal(keys[7], keys[1], 32);
    assert_int_equal(otp_root_hash(area, COT_ROOT, 4, keys[7]), ERR_RANGE);
    assert_int_equal(otp_root_hash(area, COT_ROOT_COUNT, 0, keys[7]), ERR_RANGE);
}

static void any_bit_of_any_copy_revokes(void **state)
{
    (void)state;
    add_key(COT_ROOT, keys[1], 1);
    for (unsigned int copy = 0; copy < 2; copy++) {
        for (unsigned int bit = 0; bit < 16; bit++) {
            unsigned int slot = bit / 8;
            struct otp otp;

            area[REVOCATION(copy, 0) + slot] &= (uint8_t) ~(1u << bit % 8);
            otp = decoded(area);
            assert_int_equal(otp.policy.root_count[COT_ROOT], 1);
            assert_memory_equal(otp.policy.root[COT_ROOT][0], keys[1 - slot], 32);
            assert_int_equal(otp.root_slots_revoked[COT_ROOT], 1u << slot);
            assert_int_equal(otp.root_slots_valid[COT_ROOT], 3);
            area[REVOCATION(copy, 0) + slot] = 0xff;
        }
    }
    area[REVOCATION(0, 0)] = 0x7f;
    area[REVOCATION(1, 0) + 1] = 0xfe;
    expect_refusal("root key", SLOT(0, 0), 0, 1);
}

static void a_revocation_is_of_one_root(void **state)
{
    (void)state;
    area[REVOCATION(0, 1)] = 0;
    expect_refusal("platform root key", SLOT(1, 0), 0, 1);
    area[REVOCATION(0, 1)] = 0xff;
    area[REVOCATION(0, 0)] = 0;
    expect_refusal("root key", SLOT(0, 0), 0, 1);
}

// ---- Changes that are refused ----

static void a_key_gets_one_slot_for_ever(void **state)
{
    uint8_t blank[32] = { 0 };

    (void)state;
    assert_int_equal(otp_plan_root(area, COT_ROOT, keys[0], words, &count, &slot_taken),
                     ERR_DUPLICATE);
    assert_int_equal(slot_taken, 0);
    add_key(COT_ROOT, keys[1], 1);
    assert_int_equal(otp_plan_revoke(area, COT_ROOT, 0, words, &count), 0);
    apply(area);
    assert_int_equal(otp_plan_root(area, COT_ROOT, keys[0], words, &count, &slot_taken),
                     ERR_DUPLICATE); // revoked is revoked
    assert_int_equal(otp_plan_root(area, COT_ROOT, blank, words, &count, &slot_taken), ERR_INVALID);
    memset(blank, 0xff, sizeof(blank));
    assert_int_equal(otp_plan_root(area, COT_ROOT, blank, words, &count, &slot_taken), ERR_INVALID);
    assert_int_equal(otp_plan_root(area, COT_ROOT_COUNT, keys[5], words, &count, &slot_taken),
                     ERR_INVALID);
}

static void slots_run_out(void **state)
{
    (void)state;
    area[REVOCATION(1, 0) + 1] = 0xfe; // an empty slot that is revoked is of no use either
    add_key(COT_ROOT, keys[1], 2);
    area[SLOT(0, 3) + 70] = 0xfe; // nor one that somebody wrote to
    assert_int_equal(otp_plan_root(area, COT_ROOT, keys[2], words, &count, &slot_taken),
                     ERR_NO_MEMORY);
}

static void revoking_has_rules(void **state)
{
    (void)state;
    assert_int_equal(otp_plan_revoke(area, COT_ROOT, 4, words, &count), ERR_RANGE);
    assert_int_equal(otp_plan_revoke(area, COT_ROOT_COUNT, 0, words, &count), ERR_RANGE);
    assert_int_equal(otp_plan_revoke(area, COT_ROOT, 1, words, &count), ERR_NOT_FOUND);
    assert_int_equal(otp_plan_revoke(area, COT_PLATFORM_ROOT, 0, words, &count), ERR_NOT_FOUND);
    assert_int_equal(otp_plan_revoke(area, COT_ROOT, 0, words, &count), ERR_DENIED);
    add_key(COT_ROOT, keys[1], 1);
    assert_int_equal(otp_plan_revoke(area, COT_ROOT, 0, words, &count), 0);
    apply(area);
    assert_int_equal(get(area, REVOCATION(0, 0)), 0xffffff00);
    assert_int_equal(get(area, REVOCATION(1, 0)), 0xffffff00);
    assert_int_equal(otp_plan_revoke(area, COT_ROOT, 1, words, &count), ERR_DENIED);
    assert_int_equal(otp_plan_revoke(area, COT_ROOT, 0, words, &count), 0);
    assert_int_equal(count, 0); // it is, in every copy
}

static void beginning_and_the_hardware_key_happen_once(void **state)
{
    uint8_t other[32];

    (void)state;
    assert_int_equal(otp_plan_begin(area, COT_SINGLE_ROOT, words, &count), ERR_DUPLICATE);
    assert_int_equal(otp_plan_huk(area, huk, words, &count), ERR_DUPLICATE);
    area[HUK + MARKER] = 0xff; // interrupted before the marker: the same key goes on, no other
    memcpy(other, huk, sizeof(other));
    other[31] ^= 1;
    assert_int_equal(otp_plan_huk(area, other, words, &count), ERR_DENIED);
    assert_int_equal(otp_plan_huk(area, huk, words, &count), 0);
    apply(area);
    decoded(area);
    memset(other, 0, sizeof(other));
    assert_int_equal(otp_plan_huk(area, other, words, &count), ERR_INVALID);
    memset(other, 0xff, sizeof(other));
    assert_int_equal(otp_plan_huk(area, other, words, &count), ERR_INVALID);

    memset(area, 0xff, sizeof(area));
    assert_int_equal(otp_plan_begin(area, (enum cot_chain)0x35cb, words, &count), ERR_INVALID);
    program(area, 8, 0xca3535ca);
    assert_int_equal(otp_plan_begin(area, COT_DUAL_ROOT, words, &count), ERR_DENIED);
    assert_int_equal(otp_plan_begin(area, COT_SINGLE_ROOT, words, &count), 0);
    area[OTP_SIZE - 1] = 0xfe;
    assert_int_equal(otp_plan_begin(area, COT_SINGLE_ROOT, words, &count), ERR_DENIED);
}

static void counters_count_from_0_to_256(void **state)
{
    (void)state;
    for (unsigned int i = 0; i < COT_COUNTER_COUNT; i++) {
        for (uint32_t value = 0; value <= 256; value++) {
            const uint8_t *bytes = area + COUNTER(i);

            assert_int_equal(otp_plan_counter(bytes, (enum cot_counter)i, value, words, &count), 0);
            assert_int_equal(count, value != 0);
            apply(area);
            assert_int_equal(otp_counter_value(bytes), value);
            assert_int_equal(decoded(area).policy.counter[i], value);
            assert_int_equal(otp_plan_counter(bytes, (enum cot_counter)i, value / 2, words, &count),
                             0);
            assert_int_equal(count, 0); // never down
        }
        assert_int_equal(
            otp_plan_counter(area + COUNTER(i), (enum cot_counter)i, 257, words, &count),
            ERR_RANGE);
        assert_int_equal(
            otp_plan_counter(area + COUNTER(i), (enum cot_counter)i, UINT32_MAX, words, &count),
            ERR_RANGE);
    }
}

// ---- Power fails ----

enum change { BEGIN, ROOT_KEY, PLATFORM_KEY, THE_HUK, REVOKE, COUNTER_A_LITTLE, COUNTER_FULL };

static int plan(enum change change, const uint8_t *from)
{
    switch (change) {
    case BEGIN:
        return otp_plan_begin(from, COT_DUAL_ROOT, words, &count);
    case ROOT_KEY:
        return otp_plan_root(from, COT_ROOT, keys[2], words, &count, &slot_taken);
    case PLATFORM_KEY:
        return otp_plan_root(from, COT_PLATFORM_ROOT, keys[6], words, &count, &slot_taken);
    case THE_HUK:
        return otp_plan_huk(from, huk, words, &count);
    case REVOKE:
        return otp_plan_revoke(from, COT_ROOT, 0, words, &count);
    case COUNTER_A_LITTLE:
        return otp_plan_counter(from + COUNTER(1), COT_NON_TRUSTED, 40, words, &count);
    case COUNTER_FULL:
        return otp_plan_counter(from + COUNTER(0), COT_TRUSTED, 256, words, &count);
    }
    return ERR_INVALID;
}

static void prepare(enum change change)
{
    dual(NULL);
    if (change == BEGIN) {
        memset(area, 0xff, sizeof(area));
    } else if (change == THE_HUK) {
        memset(area + HUK, 0xff, 96);
    } else {
        add_key(COT_ROOT, keys[1], 1);
        assert_int_equal(otp_plan_counter(area + COUNTER(1), COT_NON_TRUSTED, 27, words, &count),
                         0);
        apply(area);
    }
}

// What the boot sees, without what may differ between two boards in the same state: a spoiled slot.
static bool same_policy(const struct otp *a, const struct otp *b)
{
    return memcmp(&a->policy, &b->policy, sizeof(a->policy)) == 0 &&
           memcmp(a->huk, b->huk, sizeof(a->huk)) == 0;
}

// Old or new, nothing else; a counter may stand between.
static void check_state(enum change change, const uint8_t *cut, const uint8_t *before,
                        const uint8_t *after)
{
    struct otp_fault fault;
    struct otp now, old, new;

    memset(&now, 0, sizeof(now));
    memset(&old, 0, sizeof(old));
    memset(&new, 0, sizeof(new));
    if (change == BEGIN ||
        change == THE_HUK) { // such a board does not boot before and need not now
        int error = otp_decode(cut, &now, &fault);
        bool complete = memcmp(cut, after, OTP_SIZE) == 0;

        assert_int_equal(error, complete ? otp_decode(after, &new, &fault) : ERR_INVALID);
        return;
    }
    assert_int_equal(otp_decode(cut, &now, &fault), 0); // it boots
    assert_int_equal(otp_decode(before, &old, &fault), 0);
    assert_int_equal(otp_decode(after, &new, &fault), 0);
    for (unsigned int i = 0; i < COT_COUNTER_COUNT; i++) {
        assert_in_range(now.policy.counter[i], old.policy.counter[i], new.policy.counter[i]);
        now.policy.counter[i] = new.policy.counter[i];
        old.policy.counter[i] = new.policy.counter[i];
    }
    assert_true(same_policy(&now, &old) || same_policy(&now, &new));
}

// The next attempt, after the board came back.
static void repeat(enum change change, uint8_t *cut, const uint8_t *after)
{
    struct otp_fault fault;
    struct otp now, new;
    int error = plan(change, cut);

    if (error != ERR_DUPLICATE) { // that one means: it is done
        assert_int_equal(error, 0);
        apply(cut);
    }
    memset(&now, 0, sizeof(now));
    memset(&new, 0, sizeof(new));
    assert_int_equal(otp_decode(cut, &now, &fault), otp_decode(after, &new, &fault));
    assert_true(same_policy(&now, &new));
    if (change == BEGIN || change == THE_HUK) { // nothing else was lost on the way
        assert_memory_equal(cut, after, OTP_SIZE);
    }
}

static void cut_at(enum change change, uint32_t at, uint32_t bits, const uint8_t *before,
                   const uint8_t *after)
{
    uint8_t cut[OTP_SIZE];

    memcpy(cut, before, sizeof(cut));
    assert_int_equal(plan(change, cut), 0);
    for (uint32_t i = 0; i < at; i++) {
        program(cut, words[i].offset, words[i].value);
    }
    program(cut, words[at].offset, words[at].value | ~bits); // only these bits got through
    check_state(change, cut, before, after);
    repeat(change, cut, after);
}

static void cut_everywhere(enum change change)
{
    uint8_t before[OTP_SIZE], after[OTP_SIZE];
    uint32_t total;

    prepare(change);
    memcpy(before, area, sizeof(before));
    assert_int_equal(plan(change, area), 0);
    total = count;
    assert_in_range(total, 1, OTP_MAX_WORDS);
    apply(area);
    memcpy(after, area, sizeof(after));
    for (uint32_t at = 0; at < total; at++) {
        for (uint32_t bit = 0; bit < 32; bit++) { // one bit got through, or all but one
            cut_at(change, at, UINT32_C(1) << bit, before, after);
            cut_at(change, at, ~(UINT32_C(1) << bit), before, after);
        }
        for (uint32_t i = 0; i < 200; i++) {
            cut_at(change, at, next_random() & (i % 2 != 0 ? next_random() : UINT32_MAX), before,
                   after);
        }
        cut_at(change, at, 0, before, after);
        cut_at(change, at, UINT32_MAX, before, after);
    }
}

static void power_may_fail_while_an_area_is_begun(void **state)
{
    (void)state;
    cut_everywhere(BEGIN);
}

static void power_may_fail_while_a_root_key_is_added(void **state)
{
    (void)state;
    cut_everywhere(ROOT_KEY);
    cut_everywhere(PLATFORM_KEY);
}

static void power_may_fail_while_the_hardware_key_is_written(void **state)
{
    (void)state;
    cut_everywhere(THE_HUK);
}

static void power_may_fail_while_a_key_is_revoked(void **state)
{
    (void)state;
    cut_everywhere(REVOKE);
}

static void power_may_fail_while_a_counter_is_raised(void **state)
{
    (void)state;
    cut_everywhere(COUNTER_A_LITTLE);
    cut_everywhere(COUNTER_FULL);
}

// Every subset of a small step's bits, and then failing again and again: the counter never passes its
// target, never goes back, and gets there.
static void a_counter_survives_any_number_of_failures(void **state)
{
    (void)state;
    for (unsigned int run = 0; run < 200; run++) {
        uint32_t last = 0;

        memset(area + COUNTER(0), 0xff, 32);
        for (unsigned int failures = 0; failures < 20; failures++) {
            uint32_t cut;

            assert_int_equal(otp_plan_counter(area + COUNTER(0), COT_TRUSTED, 200, words, &count),
                             0);
            if (count == 0) {
                break;
            }
            cut = next_random() % count;
            for (uint32_t i = 0; i < cut; i++) {
                program(area, words[i].offset, words[i].value);
            }
            program(area, words[cut].offset, words[cut].value | next_random());
            assert_in_range(otp_counter_value(area + COUNTER(0)), last, 200);
            last = otp_counter_value(area + COUNTER(0));
        }
        assert_int_equal(otp_plan_counter(area + COUNTER(0), COT_TRUSTED, 200, words, &count), 0);
        apply(area);
        assert_int_equal(otp_counter_value(area + COUNTER(0)), 200);
    }
}

// A part of the rollback counter: each step one bit, from the lowest up, wherever it is in the area
static void steps_go_into_the_lowest_bits_of_a_part(void **state)
{
    uint8_t bytes[OTP_COUNTER_BYTES];
    uint32_t steps = 40;

    (void)state;
    memset(bytes, 0xff, sizeof(bytes));
    otp_plan_steps(bytes, 0x4a0, &steps, words, &count);
    assert_int_equal(count, 2);
    assert_int_equal(steps, 0);
    assert_int_equal(words[0].offset, 0x4a0);
    assert_int_equal(words[0].value, 0);
    assert_int_equal(words[1].offset, 0x4a4);
    assert_int_equal(words[1].value, 0xffffff00);
    memset(bytes, 0, 28);
    bytes[28] = 0x81; // what a torn word may leave
    steps = 40;
    otp_plan_steps(bytes, 0x440, &steps, words, &count);
    assert_int_equal(count, 1);
    assert_int_equal(words[0].offset, 0x440 + 28);
    assert_int_equal(words[0].value, 0);
    assert_int_equal(steps, 40 - 26);
    memset(bytes, 0, sizeof(bytes));
    otp_plan_steps(bytes, 0x440, &steps, words, &count);
    assert_int_equal(count, 0);
    assert_int_equal(steps, 14);
    steps = 0;
    memset(bytes, 0xff, sizeof(bytes));
    otp_plan_steps(bytes, 0x440, &steps, words, &count);
    assert_int_equal(count, 0);
}

static void an_interrupted_key_costs_its_slot_and_no_more(void **state)
{
    (void)state;
    assert_int_equal(otp_plan_root(area, COT_ROOT, keys[1], words, &count, &slot_taken), 0);
    program(area, words[0].offset, words[0].value | 0xffff0000);
    add_key(COT_ROOT, keys[1], 2);
    assert_int_equal(decoded(area).policy.root_count[COT_ROOT], 2);
    assert_int_equal(decoded(area).root_slots_valid[COT_ROOT], 5);
    assert_int_equal(decoded(area).root_slots_used[COT_ROOT], 7);
    assert_int_equal(otp_plan_revoke(area, COT_ROOT, 1, words, &count), ERR_NOT_FOUND);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(the_layout_is_the_one_in_the_picture, single),
        cmocka_unit_test_setup(a_provisioned_area_decodes, single),
        cmocka_unit_test_setup(two_roots_decode, dual),
        cmocka_unit_test_setup(what_lies_behind_the_counters_is_not_looked_at, single),
        cmocka_unit_test(an_erased_area_is_not_provisioned),
        cmocka_unit_test(every_word_of_the_header_must_be_right),
        cmocka_unit_test_setup(the_hardware_unique_key_must_be_complete, single),
        cmocka_unit_test_setup(any_changed_bit_of_the_key_or_its_complement_spoils_it, single),
        cmocka_unit_test_setup(a_key_of_equal_bits_is_no_key, single),
        cmocka_unit_test(a_root_without_a_usable_slot_is_refused),
        cmocka_unit_test_setup(a_spoiled_slot_is_left_out, single),
        cmocka_unit_test_setup(any_bit_of_any_copy_revokes, single),
        cmocka_unit_test_setup(a_revocation_is_of_one_root, dual),
        cmocka_unit_test_setup(a_key_gets_one_slot_for_ever, single),
        cmocka_unit_test_setup(slots_run_out, single),
        cmocka_unit_test_setup(revoking_has_rules, single),
        cmocka_unit_test_setup(beginning_and_the_hardware_key_happen_once, single),
        cmocka_unit_test_setup(counters_count_from_0_to_256, single),
        cmocka_unit_test(power_may_fail_while_an_area_is_begun),
        cmocka_unit_test(power_may_fail_while_a_root_key_is_added),
        cmocka_unit_test(power_may_fail_while_the_hardware_key_is_written),
        cmocka_unit_test(power_may_fail_while_a_key_is_revoked),
        cmocka_unit_test(power_may_fail_while_a_counter_is_raised),
        cmocka_unit_test_setup(a_counter_survives_any_number_of_failures, single),
        cmocka_unit_test_setup(steps_go_into_the_lowest_bits_of_a_part, single),
        cmocka_unit_test_setup(an_interrupted_key_costs_its_slot_and_no_more, single),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
