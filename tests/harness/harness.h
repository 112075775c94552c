// SPDX-License-Identifier: BSD-3-Clause
//
// The FF-A harness: a host program as a normal-world core. It starts QEMU with the firmware under test and the proxy as
// BL33, sees the normal world's memory as its own, makes any SMC with any registers, and gets told when the guest
// faults, crashes, hangs or switches itself off. For tests (tests/target), benchmarks (tests/bench) and ffa-shell.
//
// A machine belongs to one thread. Machines are independent; each costs one QEMU process, which dies with its owner.
#ifndef HARNESS_H
#define HARNESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "ffa/abi/ffa_abi.h"
#include "tests/harness/mailbox.h"

// What a call of the harness came to. Negative: the machine is not usable any more (only h_stop, h_console, h_wait_off);
// what happened was printed to stderr with the end of both consoles, unless h_options.quiet.
#define H_OK 0
#define H_FAULT 1     // the op took an exception in the normal world: struct mb_fault
#define H_CLOBBERED 2 // an SMC came back with x18 … x30 changed; printed, too
#define H_RESTARTED \
    3 // the core came to the proxy's entry again instead of returning: h_boot() says with what
#define H_OFF (-1)   // QEMU has ended
#define H_HUNG (-2)  // no answer though the guest ran long enough, or it sleeps for ever
#define H_ERROR (-3) // QEMU could not be started, or the guest's proxy is not of this build

// What becomes of the guest's writes to the flash
enum h_flash {
    H_FLASH_SNAPSHOT, // gone when the machine ends; many machines may share the file
    H_FLASH_KEEP,     // in the file, at once: one machine a file, give each its copy
    H_FLASH_FAIL,     // refused by the flash: programming and erasing end with its error status
};

// How to start a machine. Start from h_defaults(); strings must live as long as the machine.
struct h_options {
    const char *flash;         // flash image (64 MiB file). NULL: none
    enum h_flash flash_writes; // H_FLASH_SNAPSHOT if not set
    // Raw image loaded at BL33_BASE and entered without firmware (tests of the harness). NULL: none
    const char *payload;
    const char *cpu;    // QEMU -cpu, e.g. "max", "cortex-a57"
    unsigned int gic;   // 2 or 3
    unsigned int cores; // 1 … MB_CORE_MAX
    unsigned int memory_mib;
    bool virtualization; // EL2 in the normal world
    bool icount;         // one instruction per tick of a 1 GHz counter: deterministic, slower
    bool reboot;         // SYSTEM_RESET restarts the machine; otherwise it ends QEMU
    bool no_proxy;       // BL33 is something else: h_start does not wait for the proxy
    bool quiet;          // print nothing about a machine that ends or hangs (the test expects it)
    const char *const *extra; // further QEMU arguments, NULL-terminated; NULL: none
    // Called with the guest's DRAM (from its first byte) before QEMU runs, so that the firmware finds it so. NULL: none
    void (*prepare)(uint8_t *dram);
};

// The options that environment variables and the build imply: flash of TESSERA_FLASH or the default build's
// proxy flash image, cortex-a57, GICv3, 1 core, 1 GiB, no EL2.
struct h_options h_defaults(void);

struct harness;

// Starts QEMU and waits for the proxy (not with no_proxy). NULL: could not be started; says why on stderr. What went
// wrong inside the guest before the proxy ran is the result of h_state() instead.
struct harness *h_start(const struct h_options *options);

// Ends QEMU if it still runs and frees everything. NULL is allowed.
void h_stop(struct harness *h);

// H_OK, or how the machine became unusable.
int h_state(const struct harness *h);

// Waits until QEMU has ended by itself (bounded like a hang). Returns its exit status (128 + signal when killed),
// or H_HUNG.
int h_wait_off(struct harness *h);

// Makes the SMC `fid` (PSCI_SYSTEM_RESET) on core 0 of a machine with options.reboot, and waits until its proxy runs
// again. The memory keeps its content. H_OK or negative.
int h_reset(struct harness *h, uint32_t fid);

// What the core was like at entry; valid while the machine is.
const struct mb_boot *h_boot(const struct harness *h, unsigned int core);

// Host address of [address, address + size) of the guest's normal-world DRAM, or NULL if it is not all DRAM. Shared with
// the guest at every moment.
void *h_memory(struct harness *h, uint64_t address, size_t size);

// Everything the guest wrote to its normal-world and its secure UART so far, terminated; valid until the next call
// for the same console.
enum h_console { H_CONSOLE_NORMAL, H_CONSOLE_SECURE };
const char *h_console(struct harness *h, enum h_console which);

// Prints the last lines of both consoles to stderr.
void h_console_tail(struct harness *h);

// Makes the SMC with x0 … x17 of `args` and puts what came back there. x18 … x30 carry canaries and are compared.
// H_OK, H_FAULT, H_CLOBBERED or negative (then args is unchanged).
int h_smc(struct harness *h, unsigned int core, struct ffa_args *args);

// An SMC with everything that can be asked for. `flags`: MB_SMC_*; x: in and out, all 31; the rest: out.
struct h_call {
    uint64_t x[31];
    uint32_t flags;
    uint64_t timer_ticks; // with MB_SMC_TIMER and MB_SMC_SPIN
    uint64_t together;    // with MB_SMC_TOGETHER: cores; h_together() before
    uint64_t ticks;       // counter between the register load and the return
    uint64_t
        interrupt; // with MB_SMC_TIMER or MB_SMC_SGI: INTID pending on return, or MB_NO_INTERRUPT
};
int h_call(struct harness *h, unsigned int core,
           struct h_call *call); // H_OK, H_FAULT, H_RESTARTED or negative

// The same in two steps: other cores can be asked meanwhile. Begin: H_OK or negative; each begin needs its end, unless the core
// goes off (h_core_off) or the machine ends.
int h_call_begin(struct harness *h, unsigned int core, const struct h_call *call);
int h_call_end(struct harness *h, unsigned int core, struct h_call *call);

// Makes the SMC `count` times, x0 … x7 loaded from args each time (x8 … x17 are 0 before the first). args: registers of
// the last return. *ticks: cost of all rounds, loop included; with `nop` of the same loop without the SMC.
int h_loop(struct harness *h, unsigned int core, struct ffa_args *args, uint64_t count, bool nop,
           uint64_t *ticks);

// Reads or writes 1, 2, 4 or 8 bytes from the normal world, or calls an address. H_FAULT: *fault says which exception.
int h_read(struct harness *h, unsigned int core, uint64_t address, unsigned int size,
           uint64_t *value, struct mb_fault *fault);
int h_write(struct harness *h, unsigned int core, uint64_t address, unsigned int size,
            uint64_t value, struct mb_fault *fault);
int h_exec(struct harness *h, unsigned int core, uint64_t address, struct mb_fault *fault);

// System registers by their number in mailbox.h; h_sysreg_name() for messages.
int h_sysreg_read(struct harness *h, unsigned int core, enum mb_sysreg reg, uint64_t *value);
int h_sysreg_write(struct harness *h, unsigned int core, enum mb_sysreg reg, uint64_t value);
const char *h_sysreg_name(enum mb_sysreg reg);

// FP registers of a core from and to memory; `which`: MB_FP_*. SVE's only where h_fp_vl() is not 0, those of streaming
// mode where h_fp_svl() is not 0: bytes of a Z register.
uint64_t h_fp_vl(const struct harness *h, unsigned int core);
uint64_t h_fp_svl(const struct harness *h, unsigned int core);
int h_fp_load(struct harness *h, unsigned int core, const struct mb_fp *fp, uint64_t which);
int h_fp_store(struct harness *h, unsigned int core, struct mb_fp *fp, uint64_t which);

// Registers painted, compared after each of many SMCs with x0 … x7 of `args` (harness_context.c): mb_context. H_OK (context->bad
// says what changed), H_FAULT or negative.
int h_context(struct harness *h, unsigned int core, const struct ffa_args *args,
              struct mb_context *context);

// The core never answers again (tests of the harness itself): H_HUNG.
int h_hang(struct harness *h, unsigned int core);

// ---- Several cores (harness_smp.c) ------------------------------------------------------------------------------------
// The proxy runs on core 0 only until h_core_on() has switched another one on; a call for a core that is off hangs.

// What PSCI names core `core` (MPIDR affinity), and where it enters the proxy.
uint64_t h_mpidr(unsigned int core);
uint64_t h_entry(void);

// PSCI CPU_ON for `core`, called on core `by`; waits until its proxy is there if the answer is SUCCESS. *psci: the answer, signed.
// H_OK or negative.
int h_core_on(struct harness *h, unsigned int by, unsigned int core, uint64_t context_id,
              int32_t *psci);

// PSCI CPU_OFF on `core`, and waits until AFFINITY_INFO on core `by` says that it is off. *psci: PSCI_SUCCESS, or what CPU_OFF
// answered instead. H_OK or negative.
int h_core_off(struct harness *h, unsigned int core, unsigned int by, int32_t *psci);

// PSCI AFFINITY_INFO of `core` at level 0, asked on core `by`. H_OK or negative.
int h_core_state(struct harness *h, unsigned int by, unsigned int core, int32_t *state);

// Switches cores 1 … count - 1 on, from core 0. H_OK, H_ERROR after a message, or negative.
int h_cores_on(struct harness *h, unsigned int count);

// Before calls with MB_SMC_TOGETHER: nobody has arrived.
void h_together(struct harness *h);

// Normal-world SGI MB_SGI from one core to another (or itself).
int h_sgi(struct harness *h, unsigned int from, unsigned int to);

// The core sleeps until an interrupt of the normal world comes, at the latest its own timer's after `ticks` (0: none). End:
// *interrupt is its INTID.
int h_wait_begin(struct harness *h, unsigned int core, uint64_t ticks);
int h_wait_end(struct harness *h, unsigned int core, uint64_t *interrupt);

// The same SMC `count` times on a core, x0 … x7 of args (x3 … x7 counted up each time), without the host in between. calls:
// `expected` and `echo` in, counts out; args: with other != 0 the answer that it is about. End: H_OK, H_FAULT or negative.
int h_calls_begin(struct harness *h, unsigned int core, const struct ffa_args *args,
                  const struct mb_calls *calls, uint64_t count);
int h_calls_end(struct harness *h, unsigned int core, struct ffa_args *args,
                struct mb_calls *calls);

// SMCs with random arguments on a core: mb_sweep; `table` in guest memory. End: *sweep is filled in.
int h_sweep_begin(struct harness *h, unsigned int core, const struct mb_sweep *sweep);
int h_sweep_end(struct harness *h, unsigned int core, struct mb_sweep *sweep);

// The SMC with x0 … x7, then at once the loop of h_loop() with a NOP, `count` times: *ticks is the loop's cost.
int h_smc_loop(struct harness *h, unsigned int core, struct ffa_args *args, uint64_t count,
               uint64_t *ticks);

// The SMC with x0 … x7, then sleep for `ticks`. *started: counter right before the SMC.
int h_smc_sleep(struct harness *h, unsigned int core, struct ffa_args *args, uint64_t ticks,
                uint64_t *started);

// Name of an FF-A status code ("DENIED") and of a function ("FFA_RUN"), or "?".
const char *h_ffa_status_name(int32_t code);
const char *h_ffa_name(uint32_t fid);

// The function with this name ("FFA_RUN", "ffa_run", "run"), or 0.
uint32_t h_ffa_number(const char *name);

// The index-th name that h_ffa_number() knows, or NULL after the last one (completion in ffa-shell).
const char *h_ffa_name_at(size_t index);

#endif
