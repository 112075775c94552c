// SPDX-License-Identifier: BSD-3-Clause
//
// The partition object: what the manifest said, its address space, its one execution context, its state.
// Used by the loader (sp_load.c), the FF-A core (ffa_*.c) and, through generated offsets, by spmc_vectors.S and spmc_fp.S.
#ifndef SP_H
#define SP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "ffa_abi.h"
#include "handoff.h"
#include "lock.h"
#include "sp_config.h"
#include "spmc_limits.h"
#include "tables.h"

// DEN0077A "execution context states"
enum sp_state {
    SP_STOPPED = 0, // never loaded, failed its init, or faulted: callers get FFA_ABORTED
    SP_WAITING,
    SP_RUNNING,
    SP_BLOCKED,   // yielded
    SP_PREEMPTED, // a normal-world interrupt took the core from it, or from whom it asked
    SP_CHAINED,   // works for another partition (sp.caller), whose owner owns it too
};

// What the manifest of a partition admits callers for
enum sp_message_kind {
    SP_MSG_DIRECT = 0,
    SP_MSG_DIRECT2,
    SP_MSG_INDIRECT,
    SP_MSG_NOTIFY,
    SP_MSG_MEMORY,
    SP_MSG_KINDS,
};

// Bits of sp.pending: what a partition has not been told yet
#define SP_PENDING_TIMER 0x01
#define SP_PENDING_NOTIFICATION 0x02         // never gives it the core on its own
#define SP_PENDING_DEVICE(n) (0x100u << (n)) // the n-th interrupt of its manifest
#define SP_PENDING_DEVICES 0xffffff00u       // any of them

// DEN0077A "partition runtime models": how the running context was entered
enum sp_model {
    SP_MODEL_INIT = 0,
    SP_MODEL_RUN,
    SP_MODEL_DIRECT,
    SP_MODEL_INTERRUPT, // for an interrupt of its own
};

// sp.response_ids: w1 of the one response that a partition owes, and how it was asked. Plain direct requests of the normal
// world have no flag: their response is checked with one comparison.
#define SP_RESPONSE_2 (1ull << 32)  // with FFA_MSG_SEND_DIRECT_REQ2
#define SP_RESPONSE_SP (1ull << 33) // by a partition
#define SP_NO_RESPONSE UINT64_MAX   // it owes none: from 0xffff, no partition's id

// A partition's stage 1 address space (sp_space.c)
struct sp_space {
    struct tables tables;
    uint64_t ttbr0;  // root and ASID, ready for the register
    uint64_t va_low; // lowest and end of what the loader mapped, for reports
    uint64_t va_end;
    struct sp_space_slots *slots; // for retrieved memory; NULL: it never had any
};

// Saved registers of the execution context while it does not run. Layout known to spmc_vectors.S and spmc_fp.S by asm_offsets.
struct sp_ctx {
    uint64_t x[31];
    uint64_t sp_el0;
    uint64_t pc;
    uint64_t spsr;
    uint64_t tpidr_el0;
    uint64_t pac_keys[10]; // APIA lo hi, APIB, APDA, APDB, APGA; used where the core has PAC
    uint64_t fp_valid;     // fp holds this context's registers (else it has never used them: zeros)
    uint64_t fpcr_fpsr[2];
    uint8_t v[32][16] __attribute__((aligned(16)));
};

// A RX/TX pair as the SPMC sees it (its own mapping); page_count 0: not mapped
struct ffa_buffers {
    void *tx; // written by the endpoint: read only by copy
    void *rx; // written by the SPMC
    uint64_t
        tx_base; // where the endpoint has them: physical for the normal world, else in its space
    uint64_t rx_base;
    uint32_t page_count;
    bool rx_full; // the endpoint owns RX until it releases it
};

// What FF-A keeps about a caller: the normal world (id 0) or a partition.
// `buffers` is under `lock`, a partition's too: another core may send it a message while it runs. The rest of a partition's
// is owned by the core that runs it (`version` is read by others), the normal world's is under its lock.
struct ffa_endpoint {
    struct spinlock lock;
    uint32_t version;    // negotiated; starts as the manifest's, the normal world's as 1.0
    bool version_locked; // has made another call than FFA_VERSION
    bool ns_bit;         // 1.0: asked for the NS bit in FFA_MEM_RETRIEVE_RESP (FFA_FEATURES)
    uint16_t id;
    struct ffa_buffers buffers;
};

struct sp {
    struct sp_ctx ctx; // owned by the core that moved `state` to SP_RUNNING

    // Changed only by compare-and-swap (sp_claim) and store-release (sp_release): who moves it to SP_RUNNING or SP_CHAINED
    // owns everything in this struct until it moves it on. Who owns a partition owns all SP_CHAINED ones that have it as
    // their caller, directly or not.
    uint32_t state; // enum sp_state

    // Any core, atomic (sp_interrupt.c): SP_PENDING_*
    uint32_t pending;

    // Owned by the running core
    enum sp_model model;
    bool initialised; // has reached its first FFA_MSG_WAIT
    bool stopped;     // was stopped for good: SP_STOPPED without it has not been started yet
    uint32_t told;    // SP_PENDING_*: the last one that it was given, so that all have their turn
    uint64_t response_ids;  // SP_MODEL_DIRECT: what it owes (SP_RESPONSE_*); else SP_NO_RESPONSE
    struct sp *caller;      // SP_CHAINED: whose request it works on. Else NULL (sp_chain.c)
    struct sp *inner;       // SP_PREEMPTED, SP_BLOCKED: who of its chain had the core; NULL: itself
    uint64_t watchdog_left; // ticks of the counter, while its turn is interrupted
    struct ffa_endpoint endpoint;
    struct sp_space space;
    uint32_t log_length; // FFA_CONSOLE_LOG: the line so far
    char log_line[128];

    // Under the lock of sp_timer.c
    uint64_t timer_deadline; // counter value at which its timer fires; 0: it does not
    uint32_t timer_core;     // whose hardware timer sees to that, and to the next one
    uint32_t held;           // SP_PENDING_DEVICE: what it will be given then
    uint64_t held_until;     // counter value before which it is given no interrupt of a device

    // Const after boot
    bool
        attended; // its turns begin and end in sp_interrupt.c: it has timer or watchdog, or others' interrupts wait
    struct sp_config config;
    // Who may: bit 0 the normal world, bit 1 + i spmc_sps[i]. All that manifests say about it is in there (sp_policy.c): a
    // bit is clear also where the receiver cannot receive that kind, or the sender not send it.
    uint16_t admits[SP_MSG_KINDS];
    uint64_t load_base; // VA of the image's first byte, to symbolise a fault
};

// Loads one package into a new address space and prepares its context for the first entry: fills config, space,
// load_base and ctx (x0, pc, sp_el0, PAC keys; pstate is the core's business). `sp` comes zeroed. endpoint.id is set by
// the caller afterwards (config.id or the next free one); `others` are the ones loaded before, for uniqueness.
// `package`: [base, base + size) readable through the SPMC's linear map. Boot only, FP/SIMD enabled (libfdt).
// The package's keys (zero is refused) go to that partition alone, and are wiped in `package` whether the load succeeded
// or not.
// On failure a line on the console names the package, the part (header, manifest property, ELF field) and the rule;
// all pages taken go back; returns ERR_*.
MUST_CHECK int sp_load(struct sp *sp, struct handoff_package *package, struct handoff *handoff,
                       const struct sp *others, uint32_t other_count);

// What this core has, as every partition is told at its load: the bits of AT_HWCAP and AT_HWCAP2.
void sp_load_hwcap(uint64_t hwcap[2]);

#endif
