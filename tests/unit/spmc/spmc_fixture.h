// SPDX-License-Identifier: BSD-3-Clause
//
// The SPMC's FF-A core on the host: three partitions, two cores, and stand-ins for what lies below the core (memory,
// FP registers, locks, console, boot order). Used by the unit tests of spmc/ffa_*.c and by tests/fuzz/fuzz_ffa_call.c.
// Every call made through it is followed by the checks of fixture_from_nwd and fixture_from_sp; a broken one prints
// what and where, and aborts.
#ifndef SPMC_FIXTURE_H
#define SPMC_FIXTURE_H

#include <stdbool.h>
#include <stdint.h>

#include "ffa_dispatch.h"

// The partitions, as fixture_reset leaves them: initialised and waiting.
//   ALPHA 0x8001 version 1.2, one UUID,   direct requests in and out, DIRECT_REQ2
//   BETA  0x8002 version 1.1, two UUIDs,  direct requests in
//   GAMMA 0x8005 version 1.0, one UUID (the second one of BETA), none
#define ALPHA (&spmc_sps[0])
#define BETA (&spmc_sps[1])
#define GAMMA (&spmc_sps[2])
#define ALPHA_ID 0x8001
#define BETA_ID 0x8002
#define GAMMA_ID 0x8005
#define UUID_ALPHA 0x11111111, 0x22222222, 0x33333333, 0x44444444
#define UUID_BETA 0x55555555, 0x66666666, 0x77777777, 0x88888888
#define UUID_SHARED 0x99999999, 0xaaaaaaaa, 0xbbbbbbbb, 0xcccccccc

// What the fakes know of the partitions' memory: SPACE_PAGES pages at SPACE_BASE
//   0, 1 RX · 2 RO · 3 … 7 RW · 8 … 12 RW (does not follow 7 in physical memory) · 13 RW but not its own (a region with
//   an address) · 14, 15 not mapped
#define SPACE_BASE 0x7f12345000ull
#define SPACE_PAGES 16
#define SPACE_VA(page) (SPACE_BASE + 4096ull * (page))

// DRAM of the normal world
#define NS_BASE 0x40000000ull
#define NS_END 0x80000000ull

#define FIXTURE_CORES 2
#define FIXTURE_SPIS 6
#define FIXTURE_SPI(n) (40u + (n)) // numbers of the interrupts of devices
#define FIXTURE_LINES 16
struct fixture {
    // What the fakes saw
    unsigned int gives_back; // fp_give_back
    unsigned int maps;       // mappings of normal-world memory that exist
    unsigned int boot_next_calls;
    unsigned int resets;             // spmc_reset
    unsigned int smcs;               // spmc_smc
    struct ffa_args smc, smc_answer; // the last one's registers, and what comes back from EL3
    unsigned int left_spaces;        // spmc_mm_leave_space
    unsigned int destroyed_spaces;   // sp_space_destroy
    const struct sp *booted;         // the last argument of spmc_boot_next
    const struct sp *init_error_sp;  // the last arguments of spmc_report_init_error
    int32_t init_error_code;
    unsigned int line_count;                  // log lines since fixture_reset
    char lines[FIXTURE_LINES][160];           // the last ones
    uint32_t perm[SPMC_MAX_SPS][SPACE_PAGES]; // FFA_PERM_*, 0: not mapped
    uint32_t perm_asked;                      // the last permission of sp_space_perm_set

    // Each core's hardware
    struct {
        uint64_t deadline; // of its timer; 0: off
        bool sgi;          // SPMC_SGI_TIMERS is pending
        bool normal;       // an interrupt of the normal world is
        bool el3;          // one of EL3 is
        unsigned int sri;  // how often spmc_irq_raise_sri was called for it
        uint32_t active;   // acknowledged, not ended; 0: none
    } hw[FIXTURE_CORES];
    // The interrupts of devices
    struct {
        bool line;       // the device wants service
        bool latched;    // edge-triggered: it did, and it was not acknowledged yet
        bool configured; // the SPMC's (gic_secure_configure)
        bool edge;
        bool enabled;
        uint32_t core; // to which it is sent
    } spi[FIXTURE_SPIS];
    uint64_t now;           // the counter, a tick a microsecond
    uint32_t core;          // who calls
    unsigned int el3_takes; // spmc_irq_to_el3

    // What the fakes are told to do
    struct sp *boot_next;         // answer of spmc_boot_next; NULL: the boot is over
    unsigned int maps_until_full; // mappings that spmc_mm_map_ns still grants
};
extern struct fixture fixture;

// Everything as at the start, the normal world at version 1.0.
void fixture_reset(void);

// A call of the normal world on core `core`, as EL3 hands it over. What is no argument is filled with dirt first: the
// upper halves of x0 … x7 in an SMC32 call, and x8 … x17 unless it is an SMC64 call of a caller of version 1.2. Returns who runs next; the answer is in spmc_cores[core].args. Checks that
//   - who is returned is running and new on this core, else nobody runs on it;
//   - an answer to an SMC32 call has clean upper halves and, if it comes at once, leaves x8 … x17 alone; one to an SMC64
//     call with registers x8 … x17 has zeroes where there are no results;
//   - no partition has changed but the one that was entered, and in that one only what belongs to a call;
//   - no lock is held, no RX buffer is full that is not there, and fixture.maps agrees with the normal world's buffers.
struct sp *fixture_from_nwd(uint32_t core, struct ffa_args args);

// The same for a call of `sp`, which runs on `core`. Further: x18 … x30 and all registers that are not general stay.
struct sp *fixture_from_sp(uint32_t core, struct sp *sp, struct ffa_args args);

// Gives a partition what a manifest can give it: a timer, a watchdog (0: none), other partitions' interrupts queued.
void fixture_attend(struct sp *sp, bool timer, uint32_t watchdog_ms, bool queued);

// Everybody admits everybody for what the properties of both allow, as after fixture_reset; and the same after it got more
// properties.
void fixture_admit_all(void);
void fixture_properties(struct sp *sp, uint32_t properties);

// Whatever is pending in fixture.hw[core] interrupts who runs there: a partition (that does not mask it), or the normal
// world, by way of EL3 (secure ones only). Until nothing is left that would. Returns who runs then.
struct sp *fixture_interrupts(uint32_t core);

// The same for the interrupt and the fault of the running partition.
struct sp *fixture_interrupt(uint32_t core, struct sp *sp);
struct sp *fixture_stop(uint32_t core, struct sp *sp);

#define NWD(...) fixture_from_nwd(0, (struct ffa_args){ .x = { __VA_ARGS__ } })
#define SP(sp, ...) fixture_from_sp(0, sp, (struct ffa_args){ .x = { __VA_ARGS__ } })
#define NWD_X (spmc_cores[0].args.x)
#define IDS(from, to) ((uint32_t)(from) << 16 | (to))

// Puts the waiting partition into the running state on core 0: by a direct request, by FFA_RUN, or as at boot.
void fixture_enter(struct sp *sp, enum sp_model model);

// What spmc_boot_next does with who starts next: for it, and for fixture_enter.
void fixture_start(struct spmc_core *core, struct sp *sp);

// The running partition comes nearer to the end of its turn: it lets go on who works for it, else it gives the answer that
// it owes, or waits. Returns who runs next.
struct sp *fixture_finish(uint32_t core, struct sp *sp);

// The normal world, which has core `core`, runs a partition that is not at its end: one that is blocked, preempted, or has
// others who work for it. False: there is none.
bool fixture_run_some(uint32_t core);

// Negotiates a version for the normal world the way EL3 does.
void fixture_nwd_version(uint32_t version);

// Maps one page each for the normal world; for a running partition, pages 3 (TX) and 4 (RX) of its space.
void fixture_map_buffers(struct sp *sp);

// The bytes of a partition's page.
uint8_t *fixture_page(const struct sp *sp, uint32_t page);

// Who runs on a core, NULL: the normal world.
struct sp *fixture_running(uint32_t core);

// Whether x0 … x7 are exactly that answer (DEN0077A FFA_ERROR, FFA_SUCCESS: unused registers zero); prints them if not.
bool fixture_is_error(const uint64_t *x, int32_t code);
bool fixture_is_success(const uint64_t *x, uint64_t w2, uint64_t w3);
bool fixture_is(const uint64_t *x, uint64_t x0, uint64_t x1, uint64_t x2, uint64_t x3);

// Checks, between two calls, that notifications and messages in RX agree with each other (notify_check.c).
void notify_check(void);

// Stops the program with the reason; for tests without cmocka too.
#define FIXTURE_CHECK(condition) \
    ((condition) ? (void)0 : fixture_broken(#condition, __FILE__, __LINE__))
_Noreturn void fixture_broken(const char *what, const char *file, int line);

#endif
