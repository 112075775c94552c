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

// The larger message of FF-A 1.2 (FFA_MSG_SEND_DIRECT_REQ2, always 64-bit) and, in the same place, its answer.
struct sp_message2 {
    uint64_t arg[14]; // x4 … x17: in, the request; out, the response
    uint64_t uuid
        [2]; // x2, x3: of the service that is asked, one of this partition's, or 0: any. Not to be changed
    uint64_t endpoints; // as in struct sp_message
};

// Answers one such message in place, like sp_handler.
typedef void (*sp_handler2)(struct sp_message2 *message);

// Written by the partition: prepares its service, then calls sp_run(), which does not return.
// Called once, with the heap, the log and the boot information usable. Returning means that the
// preparation failed: the code (ERR_*) is reported, the SPMC gets FFA_ERROR and stops the
// partition; the rest of the system goes on.
int sp_main(void);

// Tells the SPMC that the partition is ready (FFA_MSG_WAIT), then answers every message with what
// `handler` makes of it. FFA_RUN, FFA_INTERRUPT and framework messages are answered by the runtime.
// Never returns.
_Noreturn void sp_run(sp_handler handler);

// Names the function that answers FFA_MSG_SEND_DIRECT_REQ2 (messaging-method bit 9 of the manifest). Before sp_run(). Without
// one such a message is answered with NOT_SUPPORTED in x4 and zeros.
void sp_message2_handler(sp_handler2 handler);

// Called when the normal world gives the waiting partition time of a core (FFA_RUN), by the loop of sp_run() only, on the partition's stack.
typedef void (*sp_cycles_handler_fn)(void);

// Names that function; NULL: none, the time is given back. Before sp_run().
void sp_cycles_handler(sp_cycles_handler_fn handler);

// ---- Asking other partitions (sp_request.c) ----
// The other's manifest must admit this partition, and this one's messaging-method the sending. Nobody asks whoever waits for
// its answer: such a circle is ERR_BUSY. If the other yields, it is let run on until it answers.
// ERR_INVALID: no such partition, or none that may be asked; ERR_DENIED: its manifest or this one's does not admit it, or a framework
// message is being answered; ERR_BUSY: it works for somebody else; ERR_ABORTED: it has died, maybe of this request;
// ERR_NOT_SUPPORTED: an FF-A version without this message; ERR_TIMEOUT: it yielded SP_REQUEST_RUNS times and its answer is lost.
// Arguments are changed on success only.

// Each yield is a full turn of the callee: one that needs more never ends, and its watchdog did not see that
#define SP_REQUEST_RUNS 100000

// A 64-bit direct request: x3 … x7 in `arg`, of the answer out.
MUST_CHECK int sp_request(uint16_t partition, uint64_t arg[5]);

// A 32-bit one: w3 … w7.
MUST_CHECK int sp_request_32(uint16_t partition, uint32_t arg[5]);

// FFA_MSG_SEND_DIRECT_REQ2: `uuid` of the service asked (two words as in x2, x3; NULL: any), x4 … x17 in `arg`.
MUST_CHECK int sp_request2(uint16_t partition, const uint64_t uuid[2], uint64_t arg[14]);

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

// ---- What the boot found out (sp_start.c), for partitions with tessera,boot-log in their manifest ----

// The TCG event log (event_log.h): every image that was measured, then CRITICAL_DATA. Read-only, complete, the same for all.
struct sp_event_log {
    const uint8_t *bytes;
    size_t size; // bytes used; what follows up to the end of the last page is zero
};

// NULL: the manifest does not have it. It lives as long as the partition.
const struct sp_event_log *sp_event_log(void);

// Lifecycle, root keys, rollback counters, boot seed (ffa_abi.h). NULL: the manifest does not have it. It lives as long as the
// partition. Whoever relies on them together with the log compares both: the SHA-256 of the TESSERA_CRITICAL_SIZE bytes at
// TESSERA_CRITICAL_OFFSET is the first digest of the log's last record.
const struct tessera_boot_facts *sp_boot_facts(void);

// TESSERA_OPTION_*: properties of the manifest that mean something to the partition alone.
uint32_t sp_options(void);

// ---- Time (sp_clock.c) ----

// Milliseconds that the machine's counter has counted: never less than before until the machine resets, also while the partition does
// not run; where it begins is the machine's business. With tessera,clock in the manifest; a partition without it that asks is stopped.
uint64_t sp_clock_ms(void);

// ---- The rollback counter (sp_counter.c) ----
// One number in the machine's one-time-programmable memory that only ever grows: what a partition writes beside its data cannot be
// put back by who puts back the memory that the data is in. One partition has it, by tessera,rollback-counter in its manifest.

// *value, and in *limit the highest it can ever have. ERR_NOT_SUPPORTED: the manifest does not have it, or the board has none;
// ERR_IO: the memory cannot be read. Both are written on success only.
MUST_CHECK int sp_counter_read(uint32_t *value, uint32_t *limit);

// Makes it `value`, which then is stored for good; as it was already: nothing. ERR_INVALID: lower than it is, or more than
// TESSERA_COUNTER_STEP higher; ERR_NO_MEMORY: beyond the limit; ERR_NOT_SUPPORTED; ERR_IO: it may have any value between the two.
MUST_CHECK int sp_counter_advance(uint32_t value);

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

// ---- Interrupts of devices and notifications (sp_interrupt.c) ----

// Called for an interrupt `id` (of the interrupt controller) of a device in the manifest, by the loop of sp_run() only, on the
// partition's stack, while the partition waits for a message. The interrupt stays masked until sp_interrupt_done(). The
// normal world's interrupts wait meanwhile, and the watchdog ends what takes too long.
typedef void (*sp_device_handler_fn)(uint32_t id);

// Names that function; NULL: none, and such an interrupt stays masked. Before sp_run().
void sp_device_handler(sp_device_handler_fn handler);

// The device no longer asks for `id`: the interrupt may come again. ERR_INVALID: not one of this partition's, or it has not come;
// ERR_NOT_SUPPORTED: the manifest has no device with interrupts.
MUST_CHECK int sp_interrupt_done(uint32_t id);

// Called when notifications (sp_notify.h) wait for this partition that it was not told of, at the end of one of its turns
// or when it is given time; it should call sp_notify_get(). By the loop of sp_run() only, on the partition's stack.
typedef void (*sp_notify_handler_fn)(void);

// Names that function; NULL: none. Before sp_run().
void sp_notify_handler(sp_notify_handler_fn handler);

// ---- RX and TX buffers (sp_rxtx.c): needed for sp_mem.h and sp_notify.h's messages ----
#define SP_RXTX_SIZE 4096 // bytes of each

// Gives the SPMC this partition's RX and TX buffers (in the partition's own memory) and returns where they are; either
// pointer may be NULL. Before sp_run(). ERR_DENIED: they are mapped already, or the SPMC refused.
MUST_CHECK int sp_rxtx_map(const void **rx, void **tx);

// Gives RX back to the SPMC, which fills it again then. What stood there must have been copied. ERR_DENIED: it was not full.
MUST_CHECK int sp_rx_release(void);

#endif
