// SPDX-License-Identifier: BSD-3-Clause
//
// What a host test can have a peer partition do: a script in a page of normal-world memory, performed either before the
// partition reports that it is initialised, or for a direct message. A test partition: it trusts its script.
#ifndef PEER_PROTO_H
#define PEER_PROTO_H

#include <stdint.h>

// Each peer's script page, named "script" in its manifest; at the start of a free page range of the harness
// (tests/harness/mailbox.h: MB_PAGES_BASE).
#define PEER1_SCRIPT_BASE 0x44200000
#define PEER2_SCRIPT_BASE 0x44210000
#define PEER_SCRIPT_PAGES 2

// Both have a timer; the second one a watchdog of so many milliseconds
#define PEER2_WATCHDOG_MS 500

#define PEER1_ID 0x8010
#define PEER2_ID 0x8011

// Direct messages: x3 = command. Every other x3: the payload comes back, x3 counted up by one
#define PEER_RUN_SCRIPT 0x5045455200000001 // → x3 = steps performed
#define PEER_RUN_SCRIPT_32 0x50450001      // the same in a 32-bit message

// Kinds of steps. x[]: arguments in, results out
enum peer_step_kind {
    PEER_CALL,       // SVC with x[0..17] → x[0..17]
    PEER_READ,       // x[0] = address, x[1] = bytes → x[2]
    PEER_WRITE,      // x[0] = address, x[1] = bytes, x[2] = value
    PEER_EXEC,       // calls x[0]
    PEER_PRIVILEGED, // instruction x[0] of enum peer_instruction
    PEER_RECURSE,    // overflows the stack
    PEER_SPIN,       // until script.stop is not 0, at most x[0] rounds → x[1] = rounds left
    PEER_FP_PAINT,   // V0 … V31 := pattern of x[0]
    PEER_FP_YIELD,   // x[2] rounds of: paint x[0], FFA_YIELD, compare → x[1] = how many differed
    PEER_FP_SPIN,    // paint x[0], spin x[2] rounds, compare → x[1] the same, x[2] = rounds left
    PEER_SYMBOL,     // → x[0] = address of what add_symbol names
    PEER_FAIL,       // during initialisation: sp_main() returns (int)x[0]
    PEER_DIE,        // sp_die()
    PEER_KEYS, // → x[0..3] = sealing key, x[4..7] = identity, x[8], x[9] = taking each once more
    PEER_TIMER, // sets its timer to x[0] µs, and at each interrupt again, x[1] times → x[2] = result
    PEER_KICK, // sp_watchdog_kick() → x[0] = result
    // Answers and waits with painted registers, and looks at all of them at each entry, until it is told to end: see below.
    // x[0] = PEER_HAS_* → x[] = enum peer_sight
    PEER_SIGHT,
};

// PEER_SIGHT: its own request is answered at once. Then direct requests with w3 = one of these, w4 = rounds that it spins
// with painted registers before it answers, 0: none. Interrupts of its timer are taken in between.
#define PEER_SIGHT_GO 1
#define PEER_SIGHT_END 2
// The upper 16 bits of every 64-bit word with which the normal world, and the peer, paints
#define PEER_NORMAL_TAG 0xf0e1ULL
#define PEER_OWN_TAG 0x5b17ULL
// What the core has besides
#define PEER_HAS_DIT 1
#define PEER_HAS_SSBS 2
#define PEER_HAS_TCO 4

enum peer_sight {
    PEER_SIGHT_MESSAGES,   // entries with a request
    PEER_SIGHT_INTERRUPTS, // … with FFA_INTERRUPT
    PEER_SIGHT_SPINS,      // looks after a spin, which may have been interrupted anywhere
    PEER_SIGHT_LEAKS,      // words with the normal world's tag
    PEER_SIGHT_CHANGES,    // words that are not as painted
    PEER_SIGHT_WORD,       // the last one of either: index into peer_sight.word (peer_private.h)
    PEER_SIGHT_EXPECTED,   // what should have been there
    PEER_SIGHT_FOUND,
    PEER_SIGHT_ANSWER, // x0 that ended it
};

// Instructions that S-EL0 must not execute with effect
enum peer_instruction {
    PEER_SMC,
    PEER_HVC,
    PEER_ERET,
    PEER_READ_SCTLR_EL1,
    PEER_WRITE_SCTLR_EL1,
    PEER_READ_TTBR0_EL1,
    PEER_WRITE_TTBR0_EL1,
    PEER_WRITE_VBAR_EL1,
    PEER_READ_TPIDR_EL1,
    PEER_TLBI,
    PEER_IC_IALLU,
    PEER_DC_ISW,
    PEER_AT_S1E1R,
    PEER_MASK_INTERRUPTS,
    PEER_READ_SCR_EL3,
    PEER_WRITE_CNTPS_CTL,
    PEER_WRITE_DAIF,
    PEER_READ_ICC_IAR0,
    PEER_WRITE_ICC_SGI0R,
    PEER_WRITE_CPACR,
    PEER_WRITE_MDSCR,
    PEER_WRITE_PMCR,
    PEER_INSTRUCTION_COUNT,
};

// Addresses only the partition knows; added to x[add_to] before the step
enum peer_symbol {
    PEER_SYM_NONE,
    PEER_SYM_DATA,        // four pages of read-write data, page aligned
    PEER_SYM_TEXT,        // a function
    PEER_SYM_RODATA,      // a constant
    PEER_SYM_STACK,       // a local variable
    PEER_SYM_SCRIPT,      // the script itself
    PEER_SYM_SECRET,      // a word of data with PEER_SECRET + id
    PEER_SYM_TEXT_PAGE,   // first byte of the page of PEER_SYM_TEXT
    PEER_SYM_RODATA_PAGE, // … of PEER_SYM_RODATA
    PEER_SYM_STACK_PAGE,  // … of PEER_SYM_STACK
};
#define PEER_DATA_PAGES 4
#define PEER_SECRET 0x5ec2e75ec2e70000ULL

struct peer_step {
    uint32_t kind;
    uint32_t add_symbol;
    uint32_t add_to; // index into x
    uint32_t done;   // out: 1
    uint64_t x[18];
};

#define PEER_SCRIPT_MAGIC 0x54504353 // "SCPT"
#define PEER_STEPS_MAX 32
struct peer_script {
    uint32_t magic;      // of a script to be run during initialisation; 0: none
    uint32_t count;      // steps
    uint32_t stop;       // ends a spin
    uint32_t performed;  // out
    uint32_t interrupts; // out: of its timer, counted up; the peer never sets it to 0
    uint32_t reserved;
    struct peer_step steps[PEER_STEPS_MAX];
};
_Static_assert(sizeof(struct peer_script) <= PEER_SCRIPT_PAGES * 4096, "a script fits its pages");

#endif
