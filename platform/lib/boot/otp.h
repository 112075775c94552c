// SPDX-License-Identifier: BSD-3-Clause
//
// The board's one-time-programmable memory (layout: otp_format.h): root key hashes with revocation,
// hardware unique key, lifecycle, NV counters. Bits go from 1 to 0 and never back, a word at a time,
// and power can fail between and inside words: every change is a list of words after each prefix of
// which, whatever part of the next word's bits got through, the area decodes as the old state or the
// new one, and planning the same change again completes it. Pure: bytes in, decisions and words to
// program out; plat_otp_read() and plat_otp_program() (platform.h) do the rest on a board, fip-tool
// provision on a file.
#ifndef OTP_H
#define OTP_H

#include <stddef.h>
#include <stdint.h>

#include "boot_keys.h"
#include "chain.h"
#include "errors.h"

#define OTP_SIZE 4096             // bytes; erased: all 0xff
#define OTP_COUNTER_MAX 256       // steps of each NV counter
#define OTP_COUNTER_BYTES 32      // that one counter takes: a bit for each step
#define OTP_ROLLBACK_OFFSET 0x440 // the rollback counter of a partition: 2,048 bytes
#define OTP_ROLLBACK_BYTES 2048
#define OTP_ROLLBACK_MAX 16384         // its steps
#define OTP_LIFECYCLE_OPEN 0xffffffffu // the only state there is today; others are cleared bits

struct otp {
    struct chain_policy policy;
    uint8_t huk[BOOT_KEY_SIZE]; // wipe it after use
    // Bitmaps, bit i for slot i
    uint32_t root_slots_used[COT_ROOT_COUNT];    // anything programmed: complete or spoiled
    uint32_t root_slots_valid[COT_ROOT_COUNT];   // complete, revoked ones too
    uint32_t root_slots_revoked[COT_ROOT_COUNT]; // one copy of the revocation says so
};

// Why an area was refused; strings are constants. Never shows a word of the HUK.
struct otp_fault {
    const char *field;
    const char *text; // "must …"
    uint32_t offset;
    uint32_t found;
    uint32_t expected;
};

// One word to program: the bits that are 0 in `value` become 0.
struct otp_word {
    uint32_t offset; // multiple of 4
    uint32_t value;
};
#define OTP_MAX_WORDS 32 // of one change

// Reads the OTP_SIZE bytes at `area`. ERR_INVALID: not provisioned, another version, a chain or
// lifecycle that this code does not know, HUK missing or spoiled, no usable key of a root that the
// chain needs. A spoiled or revoked slot is left out of the policy, not an error; what lies behind the
// counters is not looked at. `otp` is written on success only, `fault` on failure only. CT for the HUK.
MUST_CHECK int otp_decode(const uint8_t *area, struct otp *otp, struct otp_fault *fault);

// The slot's hash, if the slot is complete (a revoked one is, too). ERR_RANGE: no such slot;
// ERR_NOT_FOUND: empty or spoiled.
MUST_CHECK int otp_root_hash(const uint8_t *area, enum cot_root root, uint32_t slot,
                             uint8_t hash[CHAIN_ROOT_HASH_SIZE]);

// Where a counter is in the area, and the value of its OTP_COUNTER_BYTES bytes at `bytes`: how many
// of its bits are cleared. A torn word counts as some value between the old and the new one.
uint32_t otp_counter_offset(enum cot_counter counter);
uint32_t otp_counter_value(const uint8_t *bytes);

// The words that raise a counter to `value`, in order; `count` gets their number, 0 if it is there or
// higher already. `bytes`: the counter's OTP_COUNTER_BYTES bytes, so that who raises it (BL31) need
// not read the rest. ERR_RANGE: above OTP_COUNTER_MAX.
MUST_CHECK int otp_plan_counter(const uint8_t *bytes, enum cot_counter counter, uint32_t value,
                                struct otp_word words[OTP_MAX_WORDS], uint32_t *count);

// The rollback counter of a partition, OTP_COUNTER_BYTES at a time, because who has it (BL31) has no room for it all: its value is
// the sum of otp_counter_value() over its parts. The words that clear the lowest `*steps` bits that are set among the bytes at `bytes`,
// which are those at `offset` of the area; *steps becomes what is left for the parts that follow.
void otp_plan_steps(const uint8_t *bytes, uint32_t offset, uint32_t *steps,
                    struct otp_word words[OTP_MAX_WORDS], uint32_t *count);

// The words that put a root key hash into the next free slot (`slot` gets its number). The last word
// makes it valid. ERR_INVALID: the hash is all zero or all 0xff; ERR_NO_MEMORY: no slot is free;
// ERR_DUPLICATE: it is in a complete slot already, revoked or not (`slot` says in which): a revoked
// key does not come back.
MUST_CHECK int otp_plan_root(const uint8_t *area, enum cot_root root,
                             const uint8_t hash[CHAIN_ROOT_HASH_SIZE],
                             struct otp_word words[OTP_MAX_WORDS], uint32_t *count, uint32_t *slot);

// The words that revoke a slot; none if it is, in every copy. The first bit cleared revokes it.
// ERR_RANGE: no such slot; ERR_NOT_FOUND: it is not complete; ERR_DENIED: it is the root's last usable
// one.
MUST_CHECK int otp_plan_revoke(const uint8_t *area, enum cot_root root, uint32_t slot,
                               struct otp_word words[OTP_MAX_WORDS], uint32_t *count);

// The words that write the hardware unique key, and those that begin an empty area (version, chain,
// then magic). Interrupted, the same key or chain can be written again. ERR_DUPLICATE: there is one
// already; ERR_DENIED: bits of another one are programmed there; ERR_INVALID: the key is all zero or
// all 0xff, no such chain. CT for the HUK.
MUST_CHECK int otp_plan_huk(const uint8_t *area, const uint8_t huk[BOOT_KEY_SIZE],
                            struct otp_word words[OTP_MAX_WORDS], uint32_t *count);
MUST_CHECK int otp_plan_begin(const uint8_t *area, enum cot_chain chain,
                              struct otp_word words[OTP_MAX_WORDS], uint32_t *count);

#endif
