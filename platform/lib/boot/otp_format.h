// SPDX-License-Identifier: BSD-3-Clause
//
// Byte layout of the one-time-programmable (OTP) area: 4 KiB of 32-bit little-endian words, erased
// 0xffffffff, whose bits go from 1 to 0 and never back. Written by fip-tool provision and, the counters,
// by BL31; read by BL1 and BL31. The rules are in otp.c.
#ifndef OTP_FORMAT_H
#define OTP_FORMAT_H

#include <stddef.h>
#include <stdint.h>

/*
 *   0x000 ┌────────────────────────────┐
 *         │ magic                      │ written last of the four: the area is begun
 *   0x004 │ version                    │
 *   0x008 │ chain                      │ enum cot_chain, its complement in bits 31:16
 *   0x00c │ lifecycle                  │ erased: open
 *   0x010 ├────────────────────────────┤
 *         │ (not used)                 │ 48
 *   0x040 ├────────────────────────────┤
 *         │ hardware unique key (HUK)  │ struct otp_slot_wire, 96
 *   0x0a0 ├────────────────────────────┤
 *         │ (not used)                 │ 32
 *   0x0c0 ├────────────────────────────┤
 *         │ revocation, copy 0         │ a word for each root, bits 8i+7 … 8i for slot i; 32
 *   0x0e0 ├────────────────────────────┤
 *         │ revocation, copy 1         │ 32
 *   0x100 ├────────────────────────────┤
 *         │ root key, slots 0 … 3      │ struct otp_slot_wire, 96 each
 *   0x280 ├────────────────────────────┤
 *         │ platform root key, 0 … 3   │ struct otp_slot_wire, 96 each
 *   0x400 ├────────────────────────────┤
 *         │ trusted NV counter         │ 256 bits, one cleared for each step
 *   0x420 │ non-trusted NV counter     │ 256 bits
 *   0x440 ├────────────────────────────┤
 *         │ partitions' rollback       │ 16,384 bits, one cleared for each step, the lowest bit of the
 *         │ counter                    │ lowest word first (bl31/rollback.c); 2,048 bytes
 *   0xc40 ├────────────────────────────┤
 *         │ room for later counters    │ 960 bytes. BL1, which is never
 *         │                            │ updated, does not look at it: who uses it later must
 *         │                            │ not brick the board
 *   0x1000└────────────────────────────┘
 *
 * A slot, and in which order it is written:
 *
 *    0    ┌────────────────────────────┐
 *         │ value                      │ 32, e.g. SHA-256 of a SubjectPublicKeyInfo
 *   32    ├────────────────────────────┤
 *         │ complement of the value    │ 32. Bits can only be cleared: any that is cleared later,
 *         │                            │ or that charge loss sets again, breaks a pair. No valid
 *         │                            │ slot can be made out of another valid one.
 *   64    ├────────────────────────────┤
 *         │ marker                     │ OTP_SLOT_VALID, written last: the slot is complete
 *   68    │ (not used)                 │ 28
 *   96    └────────────────────────────┘
 */
#define OTP_MAGIC 0x4f535354u // "TSSO"
#define OTP_VERSION 1u
#define OTP_SLOT_VALID 0x5a3ca5c3u
#define OTP_ERASED 0xffffffffu

#define OTP_VALUE_WORDS 8
#define OTP_SLOTS 4 // of each root
#define OTP_ROOTS 2 // enum cot_root
#define OTP_REVOCATION_COPIES 2
#define OTP_SLOT_REVOCATION \
    0xffu              // the bits of slot 0 in a revocation word; any of them cleared: revoked
#define OTP_COUNTERS 2 // enum cot_counter
#define OTP_COUNTER_WORDS 8
#define OTP_ROLLBACK_WORDS 512

struct otp_slot_wire {
    uint32_t value[OTP_VALUE_WORDS];
    uint32_t complement[OTP_VALUE_WORDS];
    uint32_t marker;
    uint32_t unused[7];
};
_Static_assert(sizeof(struct otp_slot_wire) == 96, "OTP slot");
_Static_assert(offsetof(struct otp_slot_wire, complement) == 32, "OTP slot: complement");
_Static_assert(offsetof(struct otp_slot_wire, marker) == 64, "OTP slot: marker");

struct otp_wire {
    uint32_t magic;
    uint32_t version;
    uint32_t chain;
    uint32_t lifecycle;
    uint32_t unused[12];
    struct otp_slot_wire huk;
    uint32_t unused_huk[8];
    uint32_t revocation[OTP_REVOCATION_COPIES][8]; // one word for each root, the rest not used
    struct otp_slot_wire roots[OTP_ROOTS][OTP_SLOTS];
    uint32_t counters[OTP_COUNTERS][OTP_COUNTER_WORDS];
    uint32_t rollback[OTP_ROLLBACK_WORDS];
    uint32_t later[240];
};
_Static_assert(sizeof(struct otp_wire) == 4096, "OTP area");
_Static_assert(offsetof(struct otp_wire, huk) == 0x40, "OTP area: HUK");
_Static_assert(offsetof(struct otp_wire, revocation) == 0xc0, "OTP area: revocation");
_Static_assert(offsetof(struct otp_wire, roots) == 0x100, "OTP area: root key slots");
_Static_assert(offsetof(struct otp_wire, counters) == 0x400, "OTP area: counters");
_Static_assert(offsetof(struct otp_wire, rollback) == 0x440, "OTP area: rollback counter");
_Static_assert(offsetof(struct otp_wire, later) == 0xc40, "OTP area: room for later counters");

#endif
