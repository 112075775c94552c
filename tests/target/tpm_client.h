// SPDX-License-Identifier: BSD-3-Clause
//
// The fTPM as the target tests use it: a machine on a flash file of the test, whose fTPM tpm2-tools reach through the TCTI while this
// program serves them, and raw commands. Used by test_ftpm_*. Every function fails the running case, with what the tools
// printed, when it cannot do what it says.
#ifndef TPM_CLIENT_H
#define TPM_CLIENT_H

#include "platform/boards/qemu_virt/board.h"
#include "tests/harness/tpm_bytes.h"
#include "tests/harness/tpm_machine.h"
#include "tests/target/target.h"

extern struct tpm_machine tpm;

// Group setup and teardown: a folder with a copy of the flash image `tpm`, a server's socket; gone again.
int tpm_setup(void **state);
int tpm_teardown(void **state);

// A new machine: nothing in its flash. The old one is off.
void tpm_flash_new(void);

// Starts the machine on that file, its fTPM connected: target.h's `machine` is it. Also after tpm_cut().
void tpm_boot(void);
void tpm_boot_with(const struct h_options *options); // from tpm_options()
struct h_options tpm_options(void);

// The machine is on: the one that runs, or booted. For a case's beginning.
void tpm_ready(void);

// kill -9, as a power cut.
void tpm_cut(void);

// The machine is killed in so many microseconds, whatever it does then, and prints nothing about that. tpm_try() says that it is dead;
// then tpm_boot().
void tpm_kill_in(unsigned int microseconds);

// A boot that is killed after so many microseconds.
void tpm_boot_killed(unsigned int microseconds);

// PSCI SYSTEM_RESET, and connected again. The TPM had no TPM2_Shutdown.
void tpm_reset(void);

// TPM2_Shutdown (CLEAR or STATE: TPM_SU_*), then power off and on.
void tpm_restart(unsigned int type);
#define TPM_SU_CLEAR 0
#define TPM_SU_STATE 1

// Runs a script of the shell (sh -eu), in which tpm2-tools have the TPM, in a folder of the test. It must end with 0. What it
// printed, terminated, valid until the next one.
__attribute__((format(printf, 1, 2))) const char *tpm2(const char *script, ...);

// The same, which must not end with 0, and print `text`.
__attribute__((format(printf, 2, 3))) const char *tpm2_refused(const char *text, const char *script,
                                                               ...);

// The value behind "NAME:" in `text` (tpm2-tools print YAML), hexadecimal or decimal.
uint64_t tpm2_number(const char *text, const char *name);

// These bytes were in a command or response of the last script (of its last 64 KiB).
bool tpm_saw(const void *bytes, size_t size);

// Called with each command that tools send, before the TPM has it. NULL: none.
extern void (*tpm_watch)(const uint8_t *command, size_t size);

// The folder of the test; scripts run in its folder "work".
const char *tpm_folder(void);

// ---- Raw commands ----------------------------------------------------------------------------------------------------

// Sends it with its size in the header; the response code. The response is in *b, `at` behind its header.
uint32_t tpm_send(struct tpm_bytes *b, unsigned int locality);

// The same for bytes as they are; also when the response is no TPM response. Fails the case only when machine or partition end.
uint32_t tpm_send_raw(const uint8_t *command, size_t size, unsigned int locality,
                      struct tpm_bytes *response);

// The same as tpm_send(), but the machine may die, or the partition end: false then.
bool tpm_try(struct tpm_bytes *b, unsigned int locality, uint32_t *rc);

// Flushes all transient objects, sequences and sessions.
void tpm_flush_all(void);

// TPM2_PCR_Extend of SHA-256 `digest`, and the PCR's value.
uint32_t tpm_extend(unsigned int pcr, const uint8_t digest[32], unsigned int locality);
void tpm_pcr(unsigned int pcr, uint8_t value[32]);

// TPM2_GetCapability of one TPM property (TPM_PT_*), or of a TPM's clock: TPM2_ReadClock.
uint32_t tpm_property(uint32_t property);
struct tpm_clock {
    uint64_t time;
    uint64_t clock;
    uint32_t reset_count;
    uint32_t restart_count;
    uint8_t safe;
};
struct tpm_clock tpm_clock(void);

// The flash file: keeps it as it is, puts it back so. The machine is off.
void tpm_flash_keep(void);
void tpm_flash_restore(void);

// The storage region of the file, from and to it. To: the machine is off.
void tpm_flash_load(uint8_t region[FLASH_STORAGE_SIZE]);
void tpm_flash_save(const uint8_t region[FLASH_STORAGE_SIZE]);

// Bytes of the storage partition's flash that were changed since the last call.
uint64_t tpm_flash_written(void);

#endif
