// SPDX-License-Identifier: BSD-3-Clause
//
// The partition runtime: all that a partition may use besides picolibc. A partition is
// single-threaded: nothing here is reentrant or needs a lock. README.md of partitions/ shows how
// the pieces make a partition.
#ifndef SP_H
#define SP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "errors.h"
#include "ffa_abi.h"

// One partition message (DEN0077A "Direct messaging") and, in the same place, its answer.
struct sp_message {
    // x3 … x7: in, the request; out, the response. A 32-bit message uses the low halves only
    uint64_t arg[5];
    // w1: bits 31:16 who asks, 15:0 this partition; checked by the SPMC. Not to be changed
    uint64_t endpoints;
    uint64_t function; // FFA_MSG_SEND_DIRECT_REQ_32 or _64: the width of both. Not to be changed
};

// Answers one message in place. Called by the loop of sp_run() only, on the partition's stack.
typedef void (*sp_handler)(struct sp_message *message);

// Endpoint that sent `message`: an FF-A id that the SPMC vouches for; FFA_ID_NWD is the normal
// world's kernel.
static inline uint16_t sp_message_source(const struct sp_message *message)
{
    return (uint16_t)(message->endpoints >> 16);
}

// Whether `message` is a 64-bit one.
static inline bool sp_message_is_64(const struct sp_message *message)
{
    return message->function == FFA_MSG_SEND_DIRECT_REQ_64;
}

// Written by the partition: prepares its service, then calls sp_run(), which does not return.
// Called once, with the heap, the log and the boot information usable. Returning means that the
// preparation failed: the code (ERR_*) is reported, the SPMC gets FFA_ERROR and stops the
// partition; the rest of the system goes on.
int sp_main(void);

// Tells the SPMC that the partition is ready (FFA_MSG_WAIT), then answers every message with what
// `handler` makes of it. FFA_RUN, FFA_INTERRUPT and framework messages are answered by the runtime.
// Never returns.
_Noreturn void sp_run(sp_handler handler);

// One call to the SPMC (SVC): x0 … x17 of `args` in, and out. For version 1.2 64-bit calls that use
// more than x7.
void sp_call(struct ffa_args *args);

// The same with x0 … x7 only; x8 … x17 are passed as 0 and `args` keeps its own.
void sp_call_short(struct ffa_args *args);

// This partition's FF-A id.
uint16_t sp_id(void);

// A memory region of the manifest, where the SPMC mapped it.
struct sp_region {
    char name[16]; // its description in the manifest, cut to 15 characters
    void *base;
    size_t size; // bytes, a multiple of 4096
};

// The region with that description, or NULL. It lives as long as the partition. What other worlds
// can write must be copied once and then checked.
const struct sp_region *sp_region_find(const char *name);

// Features of the core: bits of Linux' AT_HWCAP and AT_HWCAP2 for arm64.
uint64_t sp_hwcap(void);
uint64_t sp_hwcap2(void);
#define SP_HWCAP_AES (1ULL << 3)
#define SP_HWCAP_SHA2 (1ULL << 6)
#define SP_HWCAP_SHA512 (1ULL << 21)
#define SP_HWCAP2_RNG (1ULL << 16)

#define SP_SEED_SIZE 48

// Hands out this partition's own entropy of full strength, different at each boot, once. `seed`:
// SP_SEED_SIZE bytes.
// ERR_NOT_FOUND: it was taken already. CT: copies secrets, no branch depends on them.
MUST_CHECK int sp_seed_take(uint8_t seed[SP_SEED_SIZE]);

#define SP_KEY_SIZE 32

// Hands out this partition's sealing key, once: what it encrypts with it, only this partition on
// this machine can read, after an update of firmware or partition too. `key`: SP_KEY_SIZE bytes.
// ERR_NOT_FOUND: it was taken already. CT: copies secrets, no branch depends on them.
MUST_CHECK int sp_sealing_key_take(uint8_t key[SP_KEY_SIZE]);

// Hands out this partition's identity, once: a secret that this partition has on this machine as
// long as no secure firmware and not its own package changes. `key`: SP_KEY_SIZE bytes.
// ERR_NOT_FOUND: it was taken already. CT: copies secrets, no branch depends on them.
MUST_CHECK int sp_identity_take(uint8_t key[SP_KEY_SIZE]);

// Reads the core's RNDRRS register into `value`. false: it had no number in time; ask again, a
// bounded number of times. Only where sp_hwcap2() has SP_HWCAP2_RNG: elsewhere the instruction is
// undefined and the partition is stopped.
MUST_CHECK bool sp_rndrrs(uint64_t *value);

// Writes one line (printf format, the newline is added) to the console; the SPMC puts the
// partition's name before it. Lines of more than 160 characters are cut. Secrets never go there.
void sp_log(const char *format, ...) __attribute__((format(printf, 1, 2)));

// Gives up: logs `reason` and faults, so that the SPMC reports the registers and stops this
// partition; callers get FFA_ABORTED. For broken assumptions about the partition itself, never for
// what a client sent.
_Noreturn void sp_die(const char *reason);

// Has the function of sp_timer_handler() called `delay_us` microseconds from now, once; 0: not at all. A delay that is set already is
// replaced, also if it has passed and the call has not come yet. The call comes while the partition waits for a message, in
// the middle of nothing: after the handler of a message has returned, or when the normal world or another partition is
// interrupted for it; never less than 100 µs after such a call has returned. ERR_NOT_SUPPORTED: the manifest has no
// tessera,secure-timer; ERR_INVALID: shorter than the SPMC allows (100 µs).
MUST_CHECK int sp_timer_set(uint32_t delay_us);

// Called when the time is up, by the loop of sp_run() only, on the partition's stack. It may call sp_timer_set(). As long as it runs
// the normal world's interrupts wait: short.
typedef void (*sp_timer_handler_fn)(void);

// Names that function; NULL: none. Before sp_run().
void sp_timer_handler(sp_timer_handler_fn handler);

// Tells the watchdog that the partition is alive: from now it has tessera,watchdog-ms of its manifest again to come to the end of
// what it does (its handler returns), counting only time in which it has a core. Then the SPMC stops it, and its callers get
// FFA_ABORTED. Each message, each timer call and sp_main() start with the full time anyway: only work that takes longer needs this.
// ERR_NOT_SUPPORTED: the manifest has no watchdog; ERR_DENIED: in a timer call, which has that time and no more, since the
// normal world waits.
MUST_CHECK int sp_watchdog_kick(void);

// Gives the SPMC this partition's RX and TX buffers (one page each, in the partition's own memory)
// and returns where they are. Once, before sp_run(). ERR_DENIED: the SPMC refused.
MUST_CHECK int sp_rxtx_map(const void **rx, void **tx);

#endif
