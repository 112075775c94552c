// SPDX-License-Identifier: BSD-3-Clause
//
// What is in the OTP area and how to change it; contract in otp.h, layout in otp_format.h. BL1 decodes
// it, BL31 raises its counters, fip-tool provision does everything, all with this code. Trusts no byte
// of the area: power may have failed anywhere.
#include "otp.h"

#include <stdbool.h>

#include "bits.h"
#include "otp_format.h"
#include "string.h"

_Static_assert(OTP_SIZE == sizeof(struct otp_wire), "one area");
_Static_assert(OTP_COUNTER_BYTES * 8 == OTP_COUNTER_MAX, "a bit for each step");
_Static_assert(OTP_COUNTER_BYTES == OTP_COUNTER_WORDS * sizeof(uint32_t), "whole words");
_Static_assert(offsetof(struct otp_wire, rollback) == OTP_ROLLBACK_OFFSET, "rollback counter");
_Static_assert(OTP_ROLLBACK_BYTES == OTP_ROLLBACK_WORDS * sizeof(uint32_t) &&
                   OTP_ROLLBACK_BYTES * 8 == OTP_ROLLBACK_MAX &&
                   OTP_ROLLBACK_BYTES % OTP_COUNTER_BYTES == 0,
               "a bit for each step, whole parts");
_Static_assert(BOOT_KEY_SIZE == OTP_VALUE_WORDS * sizeof(uint32_t), "a HUK fills its slot");
_Static_assert(CHAIN_ROOT_HASH_SIZE == OTP_VALUE_WORDS * sizeof(uint32_t), "a hash fills its slot");
_Static_assert(OTP_ROOTS == COT_ROOT_COUNT && OTP_SLOTS == CHAIN_ROOT_KEYS, "slots of all roots");
_Static_assert(OTP_COUNTERS == COT_COUNTER_COUNT, "all counters");
_Static_assert(2 * OTP_VALUE_WORDS + 1 <= OTP_MAX_WORDS, "a slot is one change");
_Static_assert(OTP_COUNTER_WORDS <= OTP_MAX_WORDS, "the largest raise is one change");

#define OTP_AT(field) ((uint32_t)offsetof(struct otp_wire, field))
#define CHAIN_WORD(chain) ((uint32_t)(chain) | ~(uint32_t)(chain) << 16)

static uint32_t word_at(const uint8_t *area, uint32_t offset)
{
    const uint8_t *at = area + offset;

    return (uint32_t)at[0] | (uint32_t)at[1] << 8 | (uint32_t)at[2] << 16 | (uint32_t)at[3] << 24;
}

static bool is_erased(const uint8_t *area, uint32_t offset, uint32_t size)
{
    uint8_t all = 0xff;

    for (uint32_t i = 0; i < size; i++) {
        all &= area[offset + i];
    }
    return all == 0xff;
}

// All ones if `value` is 0, else 0; no branch.
static uint32_t mask_if_zero(uint32_t value)
{
    return (uint32_t)(((uint64_t)value - 1) >> 32);
}

// 0 if the value in the slot at `offset` is intact: every pair of words complementary, neither all
// zero nor all ones. No branch depends on it.
static uint32_t value_fault(const uint8_t *area, uint32_t offset)
{
    uint32_t fault = 0, any = 0, all = OTP_ERASED;

    for (uint32_t i = 0; i < OTP_VALUE_WORDS; i++) {
        uint32_t value = word_at(area, offset + 4 * i);
        uint32_t complement =
            word_at(area, offset + offsetof(struct otp_slot_wire, complement) + 4 * i);

        fault |= ~(value ^ complement);
        any |= value;
        all &= value;
    }
    return fault | mask_if_zero(any) | mask_if_zero(~all);
}

static uint32_t marker_at(uint32_t slot_offset)
{
    return slot_offset + (uint32_t)offsetof(struct otp_slot_wire, marker);
}

// 0 if the slot is complete.
static uint32_t slot_fault(const uint8_t *area, uint32_t offset)
{
    return (word_at(area, marker_at(offset)) ^ OTP_SLOT_VALID) | value_fault(area, offset);
}

static uint32_t root_offset(enum cot_root root, uint32_t slot)
{
    return OTP_AT(roots) +
           ((uint32_t)root * OTP_SLOTS + slot) * (uint32_t)sizeof(struct otp_slot_wire);
}

static uint32_t revocation_offset(enum cot_root root, uint32_t copy)
{
    return OTP_AT(revocation) + copy * 32 + (uint32_t)root * 4;
}

// 0 if no copy says that the slot is revoked.
static uint32_t revocation_fault(const uint8_t *area, enum cot_root root, uint32_t slot)
{
    uint32_t bits = OTP_ERASED;

    for (uint32_t copy = 0; copy < OTP_REVOCATION_COPIES; copy++) {
        bits &= word_at(area, revocation_offset(root, copy));
    }
    return (bits >> (8 * slot) & OTP_SLOT_REVOCATION) ^ OTP_SLOT_REVOCATION;
}

// 0 if keys with the hash in this slot may sign.
static uint32_t usable_fault(const uint8_t *area, enum cot_root root, uint32_t slot)
{
    return slot_fault(area, root_offset(root, slot)) | revocation_fault(area, root, slot);
}

static uint32_t count_usable(const uint8_t *area, enum cot_root root)
{
    uint32_t count = 0;

    for (uint32_t slot = 0; slot < OTP_SLOTS; slot++) {
        count += usable_fault(area, root, slot) == 0;
    }
    return count;
}

// ---- Decoding ----

static int refuse(struct otp_fault *fault, const char *field, const char *text, uint32_t offset,
                  uint32_t found, uint32_t expected)
{
    *fault = (struct otp_fault){ field, text, offset, found, expected };
    return ERR_INVALID;
}

static int check_header(const uint8_t *area, struct otp_fault *fault)
{
    uint32_t magic = word_at(area, OTP_AT(magic));
    uint32_t version = word_at(area, OTP_AT(version));
    uint32_t chain = word_at(area, OTP_AT(chain));
    uint32_t lifecycle = word_at(area, OTP_AT(lifecycle));

    if (magic != OTP_MAGIC) {
        return refuse(fault, "magic", "must be that of a provisioned area", OTP_AT(magic), magic,
                      OTP_MAGIC);
    }
    if (version != OTP_VERSION) {
        return refuse(fault, "version", "must be one that this firmware reads", OTP_AT(version),
                      version, OTP_VERSION);
    }
    if (chain != CHAIN_WORD(COT_SINGLE_ROOT) && chain != CHAIN_WORD(COT_DUAL_ROOT)) {
        return refuse(fault, "chain", "must be single or dual root, and its complement",
                      OTP_AT(chain), chain, CHAIN_WORD(COT_SINGLE_ROOT));
    }
    if (lifecycle != OTP_LIFECYCLE_OPEN) {
        return refuse(fault, "lifecycle", "must be open, this firmware knows no other state",
                      OTP_AT(lifecycle), lifecycle, OTP_LIFECYCLE_OPEN);
    }
    return ERR_NONE;
}

static int check_huk(const uint8_t *area, struct otp_fault *fault)
{
    uint32_t marker = word_at(area, marker_at(OTP_AT(huk)));

    if (marker != OTP_SLOT_VALID) {
        return refuse(fault, "hardware unique key", "must be complete", marker_at(OTP_AT(huk)),
                      marker, OTP_SLOT_VALID);
    }
    if (value_fault(area, OTP_AT(huk)) != 0) { // what was found is not shown: it is a secret
        return refuse(fault, "hardware unique key",
                      "must agree with its complement and not be all zero or all one", OTP_AT(huk),
                      0, 0);
    }
    return ERR_NONE;
}

static int check_root(const uint8_t *area, enum cot_root root, struct otp_fault *fault)
{
    uint32_t usable = count_usable(area, root);

    if (usable == 0) {
        return refuse(fault, root == COT_ROOT ? "root key" : "platform root key",
                      "must have a slot that is complete and not revoked", root_offset(root, 0),
                      usable, 1);
    }
    return ERR_NONE;
}

// The hashes of usable slots. Each is masked with the slot's own state: one that got here because a
// branch was skipped is zero, and no key has that hash.
static void take_root(const uint8_t *area, enum cot_root root, struct chain_policy *policy)
{
    for (uint32_t slot = 0; slot < OTP_SLOTS; slot++) {
        const uint8_t *from = area + root_offset(root, slot);
        uint8_t *to = policy->root[root][policy->root_count[root]];
        volatile uint32_t fault = usable_fault(area, root, slot); // read again for the mask

        if (fault == 0) {
            uint8_t mask = (uint8_t)mask_if_zero(fault);

            for (uint32_t i = 0; i < CHAIN_ROOT_HASH_SIZE; i++) {
                to[i] = from[i] & mask;
            }
            policy->root_count[root]++;
        }
    }
}

static void take_slots(const uint8_t *area, enum cot_root root, struct otp *otp)
{
    for (uint32_t slot = 0; slot < OTP_SLOTS; slot++) {
        uint32_t offset = root_offset(root, slot);
        uint32_t bit = (uint32_t)BIT(slot);

        otp->root_slots_used[root] |=
            is_erased(area, offset, sizeof(struct otp_slot_wire)) ? 0 : bit;
        otp->root_slots_valid[root] |= slot_fault(area, offset) == 0 ? bit : 0;
        otp->root_slots_revoked[root] |= revocation_fault(area, root, slot) != 0 ? bit : 0;
    }
}

int otp_decode(const uint8_t *area, struct otp *otp, struct otp_fault *fault)
{
    uint32_t chain = word_at(area, OTP_AT(chain)) & 0xffff;
    int error = check_header(area, fault);

    if (error == ERR_NONE) {
        error = check_huk(area, fault);
    }
    if (error == ERR_NONE) {
        error = check_root(area, COT_ROOT, fault);
    }
    if (error == ERR_NONE && chain != COT_SINGLE_ROOT) {
        error = check_root(area, COT_PLATFORM_ROOT, fault);
    }
    if (error != ERR_NONE) {
        return error;
    }
    memset(otp, 0, sizeof(*otp));
    otp->policy.chain = chain;
    otp->policy.lifecycle = word_at(area, OTP_AT(lifecycle));
    take_root(area, COT_ROOT, &otp->policy);
    if (chain != COT_SINGLE_ROOT) {
        take_root(area, COT_PLATFORM_ROOT, &otp->policy);
    }
    for (uint32_t root = 0; root < COT_ROOT_COUNT; root++) {
        take_slots(area, (enum cot_root)root, otp);
    }
    for (uint32_t i = 0; i < COT_COUNTER_COUNT; i++) {
        otp->policy.counter[i] = otp_counter_value(area + otp_counter_offset((enum cot_counter)i));
    }
    memcpy(otp->huk, area + OTP_AT(huk), BOOT_KEY_SIZE);
    return ERR_NONE;
}

int otp_root_hash(const uint8_t *area, enum cot_root root, uint32_t slot,
                  uint8_t hash[CHAIN_ROOT_HASH_SIZE])
{
    if ((uint32_t)root >= COT_ROOT_COUNT || slot >= OTP_SLOTS) {
        return ERR_RANGE;
    }
    if (slot_fault(area, root_offset(root, slot)) != 0) {
        return ERR_NOT_FOUND;
    }
    memcpy(hash, area + root_offset(root, slot), CHAIN_ROOT_HASH_SIZE);
    return ERR_NONE;
}

// ---- Counters: the only part that BL31 links ----

uint32_t otp_counter_offset(enum cot_counter counter)
{
    return OTP_AT(counters) + (uint32_t)counter * OTP_COUNTER_BYTES;
}

uint32_t otp_counter_value(const uint8_t *bytes)
{
    uint32_t value = 0;

    for (uint32_t i = 0; i < OTP_COUNTER_BYTES; i++) {
        for (uint32_t bits = bytes[i] ^ 0xffu; bits != 0; bits &= bits - 1) {
            value++;
        }
    }
    return value;
}

// Which bits are cleared does not matter, only how many: a word of which power let through a part
// counts less than it should, never more, and the next attempt clears as many as are missing.
void otp_plan_steps(const uint8_t *bytes, uint32_t offset, uint32_t *steps,
                    struct otp_word words[OTP_MAX_WORDS], uint32_t *count)
{
    *count = 0;
    for (uint32_t i = 0; i < OTP_COUNTER_WORDS && *steps != 0; i++) {
        uint32_t old = word_at(bytes, 4 * i);
        uint32_t word = old;

        for (; word != 0 && *steps != 0; --*steps) {
            word &= word - 1; // clears the lowest bit that is set
        }
        if (word != old) {
            words[(*count)++] = (struct otp_word){ offset + 4 * i, word };
        }
    }
}

int otp_plan_counter(const uint8_t *bytes, enum cot_counter counter, uint32_t value,
                     struct otp_word words[OTP_MAX_WORDS], uint32_t *count)
{
    uint32_t now = otp_counter_value(bytes);
    uint32_t steps = value > now ? value - now : 0;

    *count = 0;
    if (value > OTP_COUNTER_MAX) {
        return ERR_RANGE;
    }
    otp_plan_steps(bytes, otp_counter_offset(counter), &steps, words, count);
    return ERR_NONE;
}

// ---- Changes ----

struct plan {
    const uint8_t *area;
    struct otp_word *words;
    uint32_t *count;
};

static struct plan plan_start(const uint8_t *area, struct otp_word *words, uint32_t *count)
{
    *count = 0;
    return (struct plan){ area, words, count };
}

// One more word. ERR_DENIED: a bit that must stay is programmed already.
static int plan_word(const struct plan *plan, uint32_t offset, uint32_t value)
{
    uint32_t now = word_at(plan->area, offset);

    if ((now & value) != value) {
        return ERR_DENIED;
    }
    if (now != value) {
        plan->words[(*plan->count)++] = (struct otp_word){ offset, value };
    }
    return ERR_NONE;
}

static int plan_slot(const struct plan *plan, uint32_t offset, const uint8_t *value)
{
    int error = ERR_NONE;

    for (uint32_t i = 0; error == ERR_NONE && i < OTP_VALUE_WORDS; i++) {
        error = plan_word(plan, offset + 4 * i, word_at(value, 4 * i));
    }
    for (uint32_t i = 0; error == ERR_NONE && i < OTP_VALUE_WORDS; i++) {
        error = plan_word(plan, offset + (uint32_t)sizeof(uint32_t) * (OTP_VALUE_WORDS + i),
                          ~word_at(value, 4 * i));
    }
    return error == ERR_NONE ? plan_word(plan, marker_at(offset), OTP_SLOT_VALID) : error;
}

static bool is_blank(const uint8_t *value)
{
    uint8_t any = 0, all = 0xff;

    for (uint32_t i = 0; i < OTP_VALUE_WORDS * sizeof(uint32_t); i++) {
        any |= value[i];
        all &= value[i];
    }
    return any == 0 || all == 0xff;
}

static bool is_free(const uint8_t *area, enum cot_root root, uint32_t slot)
{
    return is_erased(area, root_offset(root, slot), sizeof(struct otp_slot_wire)) &&
           revocation_fault(area, root, slot) == 0;
}

int otp_plan_root(const uint8_t *area, enum cot_root root, const uint8_t hash[CHAIN_ROOT_HASH_SIZE],
                  struct otp_word words[OTP_MAX_WORDS], uint32_t *count, uint32_t *slot)
{
    struct plan plan = plan_start(area, words, count);
    uint8_t present[CHAIN_ROOT_HASH_SIZE];

    if ((uint32_t)root >= COT_ROOT_COUNT || is_blank(hash)) {
        return ERR_INVALID;
    }
    for (*slot = 0; *slot < OTP_SLOTS; (*slot)++) {
        if (otp_root_hash(area, root, *slot, present) == ERR_NONE &&
            memcmp(present, hash, sizeof(present)) == 0) {
            return ERR_DUPLICATE;
        }
    }
    for (*slot = 0; *slot < OTP_SLOTS; (*slot)++) {
        if (is_free(area, root, *slot)) {
            return plan_slot(&plan, root_offset(root, *slot), hash);
        }
    }
    return ERR_NO_MEMORY;
}

int otp_plan_revoke(const uint8_t *area, enum cot_root root, uint32_t slot,
                    struct otp_word words[OTP_MAX_WORDS], uint32_t *count)
{
    struct plan plan = plan_start(area, words, count);
    int error = ERR_NONE;

    if ((uint32_t)root >= COT_ROOT_COUNT || slot >= OTP_SLOTS) {
        return ERR_RANGE;
    }
    if (slot_fault(area, root_offset(root, slot)) != 0) {
        return ERR_NOT_FOUND;
    }
    if (revocation_fault(area, root, slot) == 0 && count_usable(area, root) == 1) {
        return ERR_DENIED;
    }
    for (uint32_t copy = 0; error == ERR_NONE && copy < OTP_REVOCATION_COPIES; copy++) {
        uint32_t offset = revocation_offset(root, copy);

        error =
            plan_word(&plan, offset, word_at(area, offset) & ~(OTP_SLOT_REVOCATION << (8 * slot)));
    }
    return error;
}

int otp_plan_huk(const uint8_t *area, const uint8_t huk[BOOT_KEY_SIZE],
                 struct otp_word words[OTP_MAX_WORDS], uint32_t *count)
{
    struct plan plan = plan_start(area, words, count);

    if (is_blank(huk)) {
        return ERR_INVALID;
    }
    if (slot_fault(area, OTP_AT(huk)) == 0) {
        return ERR_DUPLICATE;
    }
    return plan_slot(&plan, OTP_AT(huk), huk);
}

int otp_plan_begin(const uint8_t *area, enum cot_chain chain, struct otp_word words[OTP_MAX_WORDS],
                   uint32_t *count)
{
    struct plan plan = plan_start(area, words, count);
    int error;

    if (chain != COT_SINGLE_ROOT && chain != COT_DUAL_ROOT) {
        return ERR_INVALID;
    }
    if (word_at(area, OTP_AT(magic)) == OTP_MAGIC) {
        return ERR_DUPLICATE;
    }
    if (!is_erased(area, OTP_AT(lifecycle), OTP_SIZE - OTP_AT(lifecycle))) {
        return ERR_DENIED;
    }
    error = plan_word(&plan, OTP_AT(version), OTP_VERSION);
    if (error == ERR_NONE) {
        error = plan_word(&plan, OTP_AT(chain), CHAIN_WORD(chain));
    }
    return error == ERR_NONE ? plan_word(&plan, OTP_AT(magic), OTP_MAGIC) : error;
}
