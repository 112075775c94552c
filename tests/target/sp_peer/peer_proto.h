// SPDX-License-Identifier: BSD-3-Clause
//
// What a host test can have a peer partition do: a script in pages of normal-world memory, performed before the
// partition reports that it is initialised, for a direct message, or for an event. A test partition: it trusts its script.
#ifndef PEER_PROTO_H
#define PEER_PROTO_H

#include <stdint.h>

// Each peer's script pages, named "script" in its manifest; at the start of a free page range of the harness
// (tests/harness/mailbox.h: MB_PAGES_BASE).
#define PEER1_SCRIPT_BASE 0x44200000
#define PEER2_SCRIPT_BASE 0x44210000
#define PEER3_SCRIPT_BASE 0x44220000
#define PEER4_SCRIPT_BASE 0x44230000
#define PEER_SCRIPT_PAGES 4

// All have a timer; the second one a watchdog of so many milliseconds
#define PEER2_WATCHDOG_MS 500

#define PEER1_ID 0x8010
#define PEER2_ID 0x8011
#define PEER3_ID 0x8012
#define PEER4_ID 0x8013

// Direct messages: x3 = command, the same in x4 of FFA_MSG_SEND_DIRECT_REQ2. Every other x3 (x4): the payload comes back, that
// register counted up by one
#define PEER_RUN_SCRIPT 0x5045455200000001 // → x3 = steps performed, x4 = 0 or what PEER_FAIL said
#define PEER_RUN_SCRIPT_32 0x50450001      // the same in a 32-bit message
// 64-bit messages for benchmarks and loops, without a script:
// x4 = a partition: it gets a 64-bit direct request with x3 = 1, x4 = x5, x5 = x6, x6 = x7 → x3 = 0 or ERR_*, x4 … x7 = x3 … x6 of its answer
#define PEER_FORWARD 0x5045455200000002
// x4 = handle of memory offered to it, x5 = its owner, x6 = tag, x7 = enum peer_touch | enum sp_mem_kind << 8 (0: shared): retrieves it, reads and writes it,
// relinquishes it → x3 = 0 or ERR_*, x4 = bytes of the memory, x5 = sum of the bytes read
#define PEER_USE_MEMORY 0x5045455200000003

enum peer_touch {
    PEER_TOUCH_ENDS,  // the first and the last byte
    PEER_TOUCH_PAGES, // the first byte of each page
};                    // each is read once, and written with 1 added

// Kinds of steps. x[]: arguments in, results out. Results of the runtime (partitions/lib) are 0 or ERR_*
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

    PEER_REGISTERS, // SVC with x[0..17] → x[0..17]; before it x18 … x30 hold canaries → changed: bit n: xn came back with another value
    PEER_MAP_RXTX, // sp_rxtx_map() → x[0] = result. From the first success on PEER_SYM_RX and PEER_SYM_TX are these pages
    PEER_COPY_IN,  // x[2] bytes of script.data from x[1] on → address x[0]
    PEER_COPY_OUT, // x[2] bytes from address x[0] → script.data from x[1] on
    PEER_FILL,     // x[1] bytes at address x[0] := byte x[2]
    PEER_COUNT, // → x[3] = how many of the x[1] bytes at address x[0] are x[2], x[4] = offset of the first that is not
    PEER_TOUCH, // x[1] bytes at address x[0], x[2] = enum peer_touch → x[3] = sum of the bytes read
    PEER_ASK, // direct request (64-bit) to x[0] with x3 … x7 = x[1..5] → x[0] = result, x[1..5] = x3 … x7 of the answer
    PEER_ASK2, // FFA_MSG_SEND_DIRECT_REQ2 without UUID to x[0], x4 … x17 = x[1..14] → x[0] = result, x[1..14]
    // Offers x[2] pages at address x[1], x[0] = enum sp_mem_kind, x[3] = up to four borrowers of 16 bits, the first lowest,
    // x[4] = PEER_MEM_*, x[5] = tag → x[0] = result, x[1] = handle
    PEER_OFFER,
    PEER_RETRIEVE, // x[0] = handle, x[1] = owner, x[2] = tag, x[3] = enum sp_mem_kind, x[4] = PEER_MEM_* → x[0] = result, x[1] = address, x[2] = bytes
    PEER_RELINQUISH, // x[0] = handle → x[0] = result
    PEER_RECLAIM,    // x[0] = handle, x[1] = PEER_MEM_* → x[0] = result
    PEER_MAIL, // x[2] bytes of script.data from x[1] on → RX of x[0], x[3] = flags of sp_mail_send() → x[0] = result
    PEER_MAIL_READ, // → x[0] = result, x[1] = sender, x[2] = bytes, x[3] = the first 8 of them; RX is not released
    PEER_NOTIFIED, // sp_notify_get() → x[0] = result, x[1] = of partitions, x[2] = of the normal world, x[3] = message
    PEER_BOOT, // → x[0] = address of its event log, x[1] = its size, x[2] = address of its boot facts (0: none), x[3] = options
    PEER_REPEAT, // performs the steps from number x[0] to this one again, x[1] times, each with its arguments of the first time
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

#define PEER_MEM_READ_ONLY 0x1 // offered or wanted
#define PEER_MEM_ZERO \
    0x2 // wiped: before others see it (offer), after use (retrieve), before the owner sees it (reclaim)
#define PEER_MEM_SEVERAL 0x4 // retrieve: there are other borrowers

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

// Values only the partition knows; added to x[add_to] (and the second one to x[add_to2]) before the step
enum peer_symbol {
    PEER_SYM_NONE,
    PEER_SYM_DATA,        // PEER_DATA_PAGES pages of read-write data, page aligned
    PEER_SYM_TEXT,        // a function
    PEER_SYM_RODATA,      // a constant
    PEER_SYM_STACK,       // a local variable
    PEER_SYM_SCRIPT,      // the script itself
    PEER_SYM_SECRET,      // a word of data with PEER_SECRET + id
    PEER_SYM_TEXT_PAGE,   // first byte of the page of PEER_SYM_TEXT
    PEER_SYM_RODATA_PAGE, // … of PEER_SYM_RODATA
    PEER_SYM_STACK_PAGE,  // … of PEER_SYM_STACK
    PEER_SYM_RX,          // RX of PEER_MAP_RXTX
    PEER_SYM_TX,          // … and TX
    PEER_SYM_DEVICE,      // the region "device" of its manifest; 0: it has none
    PEER_SYM_RESULTS = 0x10000,
};
// x[n] of step `step` as that one left it
#define PEER_SYM_RESULT(step, n) (PEER_SYM_RESULTS | (step) << 8 | (n))
#define PEER_DATA_PAGES 16
#define PEER_SECRET 0x5ec2e75ec2e70000ULL

struct peer_step {
    uint32_t kind;
    uint32_t add_symbol;
    uint32_t add_to; // index into x
    uint32_t done;   // out: counted up
    uint32_t add_symbol2;
    uint32_t add_to2;
    uint32_t changed; // out: PEER_REGISTERS
    uint32_t reserved;
    uint64_t x[18];
};

// Events that have the peer perform the script's steps from `event_first` on, each time with the arguments of the first time (unless
// `done` is set to 0); a message performs those before, with the arguments that stand there
#define PEER_ON_TIMER 0x1
#define PEER_ON_NOTIFICATION 0x2
#define PEER_ON_DEVICE 0x4
#define PEER_ON_RUN 0x8
#define PEER_KEEP_DEVICE 0x10 // a device's interrupt is not ended: no TESSERA_INTERRUPT_DONE

#define PEER_SCRIPT_MAGIC 0x54504353 // "SCPT"
#define PEER_STEPS_MAX 32
#define PEER_SCRIPT_DATA 8192
struct peer_script {
    uint32_t magic;     // of a script to be run during initialisation; 0: none
    uint32_t count;     // steps
    uint32_t stop;      // ends a spin
    uint32_t performed; // out: by the last message
    uint32_t
        interrupts; // out: of its timer. This and the next four are counted up; the peer never sets them to 0
    uint32_t notifications; // out: interrupts that tell of notifications
    uint32_t devices;       // out: interrupts of devices
    uint32_t runs;          // out: FFA_RUN
    uint32_t messages;      // out: direct messages of any kind
    uint32_t device_last;   // out: the last one's number
    uint32_t on_event;      // PEER_ON_*, PEER_KEEP_DEVICE
    uint32_t event_first;   // 0: `count`
    uint32_t event_result;  // out: of the last event's steps, as x4 of PEER_RUN_SCRIPT
    uint32_t reserved[3];
    struct peer_step steps[PEER_STEPS_MAX];
    uint8_t data[PEER_SCRIPT_DATA]; // PEER_COPY_IN, PEER_COPY_OUT, PEER_MAIL
};
_Static_assert(sizeof(struct peer_script) <= PEER_SCRIPT_PAGES * 4096, "a script fits its pages");

#endif
