// SPDX-License-Identifier: BSD-3-Clause
//
// What the target tests share: one machine per program, started when the first case needs it and replaced when a case
// asks for another or has broken it; FF-A calls that fail the case when the machine does; checks with readable messages.
#ifndef TARGET_H
#define TARGET_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "ffa/abi/ffa_abi.h"
#include "ffa/abi/smccc.h"
#include "tests/harness/harness.h"
#include "tests/target/sp_peer/peer_proto.h"

#define ECHO_ID 0x8001 // checked against discovery by test_ffa_setup
#define STORAGE_ID 0x8002
#define CRYPTO_ID 0x8003
#define ATTEST_ID 0x8004

// The program's machine; NULL before the first target_machine().
extern struct harness *machine;

// What the command line or TESSERA_CPU, TESSERA_GIC … ask for: options that all cases start from.
struct h_options target_options(void);

// A machine that is up and as `options` say (NULL: target_options()): the present one if it is, else a new one.
// Fails the case when it does not come up.
void target_machine(const struct h_options *options);

// The same, but always a new one: for cases that break it or depend on what nobody did before.
void target_fresh(const struct h_options *options);

// Ends the program's machine: group teardown, and after cases that broke it.
int target_stop(void **state);

// Makes the call with up to eight registers; fails the case if it does not come back.
struct ffa_args target_call(uint64_t x0, uint64_t x1, uint64_t x2, uint64_t x3, uint64_t x4,
                            uint64_t x5, uint64_t x6, uint64_t x7);
#define CALL8(a, b, c, d, e, f, g, h, ...) target_call(a, b, c, d, e, f, g, h)
#define call(...) CALL8(__VA_ARGS__, 0, 0, 0, 0, 0, 0, 0, 0)

// The same with x0 … x17 in place.
void target_call_all(struct ffa_args *args);

// FFA_VERSION 1.2 (or another) as a first call; fails the case if it is refused.
void target_version(uint32_t version);

// FFA_ERROR with `code`, and every other register of x1 … x7 zero.
#define assert_ffa_error(args, code) target_assert_error(&(args), code, __FILE__, __LINE__)
void target_assert_error(const struct ffa_args *args, int32_t code, const char *file, int line);

// FFA_SUCCESS_32 (or the function given), w1 and w4 … w7 zero, w2 and w3 as given.
#define assert_ffa_success(args, w2, w3) target_assert_success(&(args), w2, w3, __FILE__, __LINE__)
void target_assert_success(const struct ffa_args *args, uint64_t w2, uint64_t w3, const char *file,
                           int line);

// x0 of `args` names this function (low 32 bits; the rest must be 0).
#define assert_ffa_function(args, fid) target_assert_function(&(args), fid, __FILE__, __LINE__)
void target_assert_function(const struct ffa_args *args, uint32_t fid, const char *file, int line);

// The secure console contains `text`; shows its end if not.
#define assert_console(text) target_assert_console(text, __FILE__, __LINE__)
void target_assert_console(const char *text, const char *file, int line);

// Skips the case and says why: the runner counts and prints it.
#define skip_because(reason)                                     \
    do {                                                         \
        print_message("SKIP-REASON %s: %s\n", __func__, reason); \
        skip();                                                  \
    } while (0)

// A case `f` that runs on a machine with GICv2 or GICv3: its state is the number, target_gic_options() makes options of it.
#define TARGET_GIC_CASE(gic, f, setup)                            \
    {                                                             \
#f "_gicv" #gic, f, setup, NULL, (void *)(uintptr_t)(gic) \
    }
struct h_options target_gic_options(void **state, unsigned int cores);

// ---- The peer partitions ---------------------------------------------------------------------------------------------

// Script page of a peer (PEER1_ID, PEER2_ID) in memory that it shares with the normal world.
struct peer_script *peer_script(uint16_t id);

// Empties the script; then each call adds a step and returns it.
struct peer_script *peer_begin(uint16_t id);
struct peer_step *peer_add(struct peer_script *script, enum peer_step_kind kind, uint64_t x0,
                           uint64_t x1, uint64_t x2, uint64_t x3);
// The same with `symbol` added to x[to].
struct peer_step *peer_add_at(struct peer_script *script, enum peer_step_kind kind,
                              enum peer_symbol symbol, unsigned int to, uint64_t x0, uint64_t x1,
                              uint64_t x2, uint64_t x3);

// Asks the peer to perform its script; returns the completion, whatever it is.
struct ffa_args peer_run(uint16_t id);

// The same, and it must have performed all steps.
void peer_run_all(uint16_t id);

// Echo answers, with the payload given to it.
void assert_echo_works(void);

#endif
