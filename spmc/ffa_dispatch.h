// SPDX-License-Identifier: BSD-3-Clause
//
// FF-A at the SPMC: one row per function holds all that is known about it; FFA_FEATURES, the gate for callers and
// versions, and the dispatch read the same row. Hardware-free: this and the ffa_*.c files also build for the host.
#ifndef FFA_DISPATCH_H
#define FFA_DISPATCH_H

#include "smccc.h"
#include "sp_interrupt.h"
#include "spmc_private.h"

// Row flags: who may call, in which widths
#define FFA_FROM_NWD 0x01
#define FFA_FROM_SP 0x02
#define FFA_W32 0x04
#define FFA_W64 0x08
#define FFA_REPORT_NWD 0x10 // FFA_FEATURES says yes to the normal world
#define FFA_REPORT_SP 0x20  // … to partitions
#define FFA_NO_LOCK 0x40    // does not end version negotiation
#define FFA_RAW32 0x80      // handler truncates SMC32 arguments itself
#define FFA_BOTH (FFA_FROM_NWD | FFA_FROM_SP | FFA_REPORT_NWD | FFA_REPORT_SP)
#define FFA_SP_ONLY (FFA_FROM_SP | FFA_REPORT_SP)
#define FFA_NWD_ONLY (FFA_FROM_NWD | FFA_REPORT_NWD)

// Handles one call. `sp`: the calling partition, or NULL for the normal world. `x`: its registers x0 … x17, in and out.
// Returns who runs next on this core: a partition, or NULL for the normal world (then its answer is in core->args).
typedef struct sp *(*ffa_handler)(struct spmc_core *core, struct sp *sp, uint64_t *x);

struct ffa_row {
    ffa_handler handler; // NULL: never a call here (a return value, or not implemented)
    uint8_t flags;
    uint8_t since;     // first minor version of FF-A 1.x
    uint8_t max_pages; // FFA_FEATURES of FFA_RXTX_MAP: most pages of a buffer
};

// The row of a function identifier (SVE hint already removed), NULL if there is none with that width.
const struct ffa_row *ffa_row_find(uint32_t fid);

// Runs a call through its row: refuses unknown functions, callers and versions with FFA_NOT_SUPPORTED.
struct sp *ffa_dispatch(struct spmc_core *core, struct sp *sp, uint64_t *x);

// The endpoint of a caller: the partition's, or the normal world's.
extern struct ffa_endpoint ffa_nwd;
static inline struct ffa_endpoint *ffa_endpoint_of(struct sp *sp)
{
    return sp != NULL ? &sp->endpoint : &ffa_nwd;
}

// What a caller speaks. The normal world's may change meanwhile on another core: whoever asks twice may get two answers.
static inline uint32_t ffa_version_of(const struct ffa_endpoint *endpoint)
{
    return *(const volatile uint32_t *)&endpoint
                ->version; // relaxed; gcc makes one instruction of it, not two
}

// Answers in place. x8 … x17 become 0 where they are results (SMC64 call of a caller of version ≥ 1.2), otherwise they
// keep the caller's values (SMCCC). Each returns `sp`, the caller, so that a handler can `return ffa_error(…)`.
struct sp *ffa_error(struct sp *sp, uint64_t *x, int32_t code);
struct sp *ffa_success(struct sp *sp, uint64_t *x, uint64_t w2, uint64_t w3);

// The same with any x0 … x3: also for a partition whose request (still in `x`, its registers) comes to an end by what
// another one did.
void ffa_answer(struct sp *sp, uint64_t *x, uint64_t x0, uint64_t x1, uint64_t x2, uint64_t x3);

// True if the registers x[first … 7], and x8 … x17 of a wide call, are all zero (DEN0077A "MBZ").
bool ffa_mbz(struct sp *sp, const uint64_t *x, unsigned int first);

// True for an SMC64 call of a caller that negotiated 1.2: x8 … x17 are arguments and results.
static inline bool ffa_is_wide(struct sp *sp, const uint64_t *x)
{
    return ((uint32_t)x[0] & SMCCC_64) != 0 &&
           ffa_version_of(ffa_endpoint_of(sp)) >= FFA_VERSION_1_2;
}

// The partitions, const after boot. ids[i] is spmc_sps[i].endpoint.id, apart so that a look-up stays in one cache line.
extern struct sp spmc_sps[SPMC_MAX_SPS];
extern uint32_t spmc_sp_count;
extern uint16_t spmc_sp_ids[SPMC_MAX_SPS];

// The partition with that endpoint id, NULL if there is none.
static inline struct sp *sp_find(uint32_t id)
{
    for (uint32_t i = 0; i < spmc_sp_count; i++) {
        if (spmc_sp_ids[i] == id) {
            return &spmc_sps[i];
        }
    }
    return NULL;
}

// Index of a caller in tables that have the normal world first: 0, or 1 + its place among the partitions.
static inline uint32_t ffa_index_of(const struct sp *sp)
{
    return sp != NULL ? (uint32_t)(sp - spmc_sps) + 1 : 0;
}

// Whether the manifest of `callee` admits `caller` (NULL: the normal world) for that kind of message.
static inline bool sp_admits(const struct sp *callee, const struct sp *caller,
                             enum sp_message_kind kind)
{
    return (callee->admits[kind] >> ffa_index_of(caller) & 1) != 0;
}

// Moves `sp` from one state to another if it is in it; true: done, and if `to` is SP_RUNNING the caller owns it.
// Acquire: what the last owner wrote to the context before it released it is seen.
static inline bool sp_claim(struct sp *sp, uint32_t from, uint32_t to)
{
    return __atomic_compare_exchange_n(&sp->state, &from, to, false, __ATOMIC_ACQUIRE,
                                       __ATOMIC_RELAXED);
}

static inline enum sp_state sp_state(const struct sp *sp)
{
    return (enum sp_state)__atomic_load_n(&sp->state, __ATOMIC_RELAXED);
}

// What a caller hears of a partition that is SP_STOPPED: stopped for good, or not started yet (DEN0077A: no answer of its own
// before 1.2; BUSY is one that all versions know).
static inline int32_t ffa_not_there(const struct sp *sp)
{
    return sp->stopped ? FFA_ABORTED : FFA_BUSY;
}

// Gives up ownership of a running partition. Its FP registers go back to its context before anybody else may take it.
static inline void sp_release(struct spmc_core *core, struct sp *sp, uint32_t to)
{
    if (core->fp_owner != NULL) {
        fp_give_back(core);
    }
    __atomic_store_n(&sp->state, to, __ATOMIC_RELEASE);
}

// Ends the turn of a running partition, the head of its chain; core->args is complete. Returns who runs next.
static inline struct sp *sp_end_turn(struct spmc_core *core, struct sp *sp, enum sp_state to)
{
    if (__builtin_expect(sp->attended || core->fp_owner != NULL || core->attention, 0)) {
        return sp_interrupt_end_turn(core, sp, to);
    }
    __atomic_store_n(&sp->state, to, __ATOMIC_RELEASE);
    return NULL;
}

// x3 … x7 of a message; an SMC32 one carries 32 bits a register. Written out because this is on the path of every message.
static inline void ffa_copy_payload(uint64_t *to, const uint64_t *from, bool smc64)
{
    if (smc64) {
        to[3] = from[3];
        to[4] = from[4];
        to[5] = from[5];
        to[6] = from[6];
        to[7] = from[7];
    } else {
        to[3] = (uint32_t)from[3];
        to[4] = (uint32_t)from[4];
        to[5] = (uint32_t)from[5];
        to[6] = (uint32_t)from[6];
        to[7] = (uint32_t)from[7];
    }
}

// x8 … x17, written out because this is on the path of every message
static inline void ffa_clear_wide(uint64_t *x)
{
    x[8] = 0;
    x[9] = 0;
    x[10] = 0;
    x[11] = 0;
    x[12] = 0;
    x[13] = 0;
    x[14] = 0;
    x[15] = 0;
    x[16] = 0;
    x[17] = 0;
}

static inline bool ffa_wide_is_zero(const uint64_t *x)
{
    return (x[8] | x[9] | x[10] | x[11] | x[12] | x[13] | x[14] | x[15] | x[16] | x[17]) == 0;
}

// Handlers, by file
struct sp *ffa_version(struct spmc_core *core, struct sp *sp, uint64_t *x);
struct sp *ffa_features(struct spmc_core *core, struct sp *sp, uint64_t *x);
struct sp *ffa_id_get(struct spmc_core *core, struct sp *sp, uint64_t *x);
struct sp *ffa_spm_id_get(struct spmc_core *core, struct sp *sp, uint64_t *x);
struct sp *ffa_rxtx_map(struct spmc_core *core, struct sp *sp, uint64_t *x);
struct sp *ffa_rxtx_unmap(struct spmc_core *core, struct sp *sp, uint64_t *x);
struct sp *ffa_rx_release(struct spmc_core *core, struct sp *sp, uint64_t *x);
struct sp *ffa_msg_send2(struct spmc_core *core, struct sp *sp, uint64_t *x);
struct sp *ffa_notification_bitmap_create(struct spmc_core *core, struct sp *sp, uint64_t *x);
struct sp *ffa_notification_bitmap_destroy(struct spmc_core *core, struct sp *sp, uint64_t *x);
struct sp *ffa_notification_bind(struct spmc_core *core, struct sp *sp, uint64_t *x);
struct sp *ffa_notification_unbind(struct spmc_core *core, struct sp *sp, uint64_t *x);
struct sp *ffa_notification_set(struct spmc_core *core, struct sp *sp, uint64_t *x);
struct sp *ffa_notification_get(struct spmc_core *core, struct sp *sp, uint64_t *x);
struct sp *ffa_notification_info_get(struct spmc_core *core, struct sp *sp, uint64_t *x);
struct sp *ffa_partition_info_get(struct spmc_core *core, struct sp *sp, uint64_t *x);
struct sp *ffa_partition_info_get_regs(struct spmc_core *core, struct sp *sp, uint64_t *x);
struct sp *ffa_direct_req(struct spmc_core *core, struct sp *sp, uint64_t *x);
struct sp *ffa_direct_resp(struct spmc_core *core, struct sp *sp, uint64_t *x);
struct sp *ffa_direct_req2(struct spmc_core *core, struct sp *sp, uint64_t *x);
struct sp *ffa_direct_resp2(struct spmc_core *core, struct sp *sp, uint64_t *x);
struct sp *ffa_msg_wait(struct spmc_core *core, struct sp *sp, uint64_t *x);
struct sp *ffa_yield(struct spmc_core *core, struct sp *sp, uint64_t *x);
struct sp *ffa_run(struct spmc_core *core, struct sp *sp, uint64_t *x);
struct sp *ffa_init_error(struct spmc_core *core, struct sp *sp, uint64_t *x);
struct sp *ffa_mem_perm_get(struct spmc_core *core, struct sp *sp, uint64_t *x);
struct sp *ffa_mem_perm_set(struct spmc_core *core, struct sp *sp, uint64_t *x);
struct sp *ffa_mem_donate(struct spmc_core *core, struct sp *sp, uint64_t *x);
struct sp *ffa_mem_lend(struct spmc_core *core, struct sp *sp, uint64_t *x);
struct sp *ffa_mem_share(struct spmc_core *core, struct sp *sp, uint64_t *x);
struct sp *ffa_mem_retrieve_req(struct spmc_core *core, struct sp *sp, uint64_t *x);
struct sp *ffa_mem_relinquish(struct spmc_core *core, struct sp *sp, uint64_t *x);
struct sp *ffa_mem_reclaim(struct spmc_core *core, struct sp *sp, uint64_t *x);
struct sp *ffa_mem_frag_rx(struct spmc_core *core, struct sp *sp, uint64_t *x);
struct sp *ffa_mem_frag_tx(struct spmc_core *core, struct sp *sp, uint64_t *x);
struct sp *ffa_console_log(struct spmc_core *core, struct sp *sp, uint64_t *x);

// A framework message of EL3, in core->args; the answer goes there. Returns NULL.
struct sp *ffa_framework(struct spmc_core *core);

// Answers the SPMD's question on behalf of the normal world's FFA_VERSION(asked). Returns NULL.
struct sp *ffa_framework_version(struct spmc_core *core, uint32_t asked);

// Sets the FF-A registers that the normal world (or EL3) gets when this core leaves for it (x4 … x17 = 0). Returns NULL.
struct sp *ffa_leave(struct spmc_core *core, uint64_t x0, uint64_t x1, uint64_t x2, uint64_t x3);

// FFA_MSG_WAIT: gives RX back to the SPMC, if the partition has it; not while a message lies there that it has not been
// told of (FFA_NOTIFICATION_GET), which would be lost. Takes its endpoint's lock.
void ffa_rx_give_back(struct sp *sp);

// `sp` stops, its memory goes: from the return on nobody reads or writes its buffers. Takes its endpoint's lock.
void ffa_rxtx_forget(struct sp *sp);

// Prints what a partition has logged of a line that it never ended: its last words.
void ffa_console_flush(struct sp *sp);

// Stops a running partition for good and tells whoever waits for it (FFA_ABORTED), or goes on with the boot; who works for it
// is blocked. All that it had is taken back and wiped. If its manifest says so, the machine resets instead.
struct sp *sp_stop(struct spmc_core *core, struct sp *sp);

// The same for the head of the chain in which `active` runs, which handles an interrupt and had its time.
struct sp *sp_stop_handler(struct spmc_core *core, struct sp *active);

#endif
