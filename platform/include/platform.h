// SPDX-License-Identifier: BSD-3-Clause
//
// The port contract: all that a board gives to Tessera. One const `struct board` and the functions
// below, every one mandatory, none weak. A board that lacks the hardware for one answers
// ERR_NOT_SUPPORTED and says so in its README row; it never pretends. Constants that assembly and
// linker scripts need are in the board's board.h.
#ifndef PLATFORM_H
#define PLATFORM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "errors.h"

#define BOARD_MAX_REGIONS 14
#define BOARD_MAX_IDLE_STATES 4

// What a board can do of PSCI's optional calls (DEN0022); struct board, power_abilities.
#define BOARD_SYSTEM_SUSPEND 1u // plat_cpu_power_down() of the last core keeps DRAM and wakes
#define BOARD_WARM_RESET 2u     // plat_system_reset() keeps what is in DRAM

enum region_kind {
    REGION_SECURE_RAM, // only the secure world reaches it
    REGION_NS_RAM, // DRAM of the normal world; its real size is found at boot (struct board_info)
    REGION_SECURE_DEVICE,
    REGION_NS_DEVICE,
    REGION_SECURE_FLASH, // readable as memory
    REGION_SP_DEVICE, // a partition's manifest may name it, then it is that partition's alone: no image of the
    // firmware uses or maps it. That the normal world cannot reach it is the board's business
    REGION_SP_NS_RAM, // DRAM of the normal world (in a REGION_NS_RAM) that a partition's manifest may name as a device, to have it
    // together with the normal world, which then can give it to nobody else. plat_describe_machine has it as no-map in any case
    REGION_SP_DEVICE_RO, // the same, never writable: where flash chips show their query table (CFI), which BL1's code may share
};

// One physical region; [base, base + size), both multiples of 4 KiB.
struct board_region {
    const char *name;
    uint64_t base;
    uint64_t size;
    enum region_kind kind;
};

struct board_uart {
    uint64_t base;
    uint32_t clock_hz; // 0: leave the divisors as the reset or the loader set them
    uint32_t baud;
};

// One state that a core may ask for while it is idle. `power_state`: the parameter of PSCI's CPU_SUSPEND in the
// original format (DEN0022 5.4.2.1), power level 0. Times: for the operating system's choice, device tree.
struct board_idle_state {
    const char *name;
    uint32_t power_state;
    uint32_t entry_latency_us;
    uint32_t exit_latency_us;
    uint32_t min_residency_us;
};

// Everything constant that is known about a board when it is built.
struct board {
    const char *name;
    // Ascending, not overlapping, but what is REGION_SP_NS_RAM, last, in the DRAM; ends with size 0
    struct board_region regions[BOARD_MAX_REGIONS];
    struct board_uart console; // secure console of every Tessera image
    uint64_t gicd_base;
    uint64_t gicc_base; // GICv2 CPU interface, 0 if the board never has one
    uint64_t gicr_base; // GICv3 redistributors, 0 if the board never has them
    uint32_t gicr_stride;
    const uint64_t *core_mpidrs; // affinity fields (Aff3..Aff0) of core 0, 1, …
    uint32_t core_max;           // entries in core_mpidrs, ≤ BOARD_CORE_MAX
    uint32_t timer_hz;           // value for CNTFRQ_EL0; 0: it is right at reset
    const uint8_t
        *core_clusters; // power-domain tree: the cluster of core 0, 1, …; the system is the
                        // parent of all clusters (PSCI power levels 0, 1, 2)
    struct board_idle_state idle_states[BOARD_MAX_IDLE_STATES]; // ends with name NULL or the array;
        // a power-down state must be among them (CPU_DEFAULT_SUSPEND: the last one)
    uint32_t power_abilities; // BOARD_SYSTEM_SUSPEND, BOARD_WARM_RESET
    uint32_t soc_id;       // SMCCC's SoC_ID, type 0: JEP-106 bank 30:24, code without parity 23:16,
                           // number 15:0; 0: the board has none
    uint32_t soc_revision; // type 1: 31 bits
    uint64_t storage_fip_offset; // where the FIP starts in the boot storage
    uint64_t storage_fip_size;   // bytes that the FIP may take
    uint64_t otp_base;           // what plat_otp_* reach, whole pages; BL1 and BL31 map it,
    uint64_t otp_size;           // BL31 only while it programs. 0: nothing to map
};

extern const struct board board;

// What only the running machine can tell; filled once by BL2 and passed on in the hand-off.
struct board_info {
    uint64_t dram_base;
    uint64_t dram_size;
    uint32_t core_count; // cores present, 1 … board.core_max
    uint32_t reserved;
};

// Called first thing in C by BL1, BL2 and BL31, MMU off or on. Makes the console usable. Cannot
// fail.
void plat_early_init(void);

// Fills `info` from the machine's own description (hardware device tree). BL2 only, S-EL1, MMU on.
// ERR_NOT_FOUND, ERR_INVALID: the description is missing or breaks a rule (a line on the console
// says which).
MUST_CHECK int plat_discover(struct board_info *info);

// The normal world's copy of the event log: `used` bytes of log in [base, base + size), whole pages of DRAM.
struct event_log_copy {
    uint64_t base;
    uint64_t size;
    uint32_t used;
};

// What the normal world must know of this boot.
struct machine_notes {
    struct event_log_copy log;
    bool has_tpm; // a partition answers at NS_TPM_CRB_BASE (board.h)
};

// Makes the device tree that the normal world gets say what Tessera does for it and what it may not take:
// PSCI, the cores' idle states, reserved memory, what `notes` say; and nothing of the secure world's. BL2
// only, once, after everything else that reads or writes that tree (plat_discover, plat_entropy).
// ERR_NOT_SUPPORTED: the board gives the normal world no device tree that BL2 could write. Else as
// common_fdt_fixup: ERR_INVALID and others, with a line on the console.
MUST_CHECK int plat_describe_machine(const struct machine_notes *notes);

// Copies `len` bytes at `offset` of the boot storage to `buf`. BL1 (EL3) and BL2 (S-EL1), MMU on.
// ERR_RANGE: outside the storage; ERR_IO: the device failed.
MUST_CHECK int plat_storage_read(uint64_t offset, void *buf, size_t len);

// Copies `len` bytes at `offset` (both multiples of 4) of the board's one-time-programmable memory
// (OTP_SIZE bytes, otp.h) to `buf`. BL1 (all of it) and BL31 (its counters alone, so that the hardware
// unique key is never in its memory), EL3, MMU on, [board.otp_base, board.otp_base + board.otp_size)
// mapped. ERR_RANGE: outside; ERR_IO: the device failed; ERR_NOT_SUPPORTED.
MUST_CHECK int plat_otp_read(uint32_t offset, void *buf, size_t len);

// Makes the one-time-programmable memory readable, whatever was left behind by a partition that was stopped and shares the chips
// with it. BL31 (EL3), interrupts masked, mapped as above (Device, writable), each time before it reads there. ERR_TIMEOUT: it is
// busy, nothing may be read there yet. A board where nobody shares it answers ERR_NONE.
MUST_CHECK int plat_otp_open(void);

// Programs one 32-bit word at `offset` (multiple of 4, below OTP_SIZE) of the one-time-programmable
// memory: bits that are 0 in `value` become 0, the others stay. Returns when the word is stored and
// reads back right. BL31 (EL3), interrupts masked, mapped as above (Device, writable), no other core
// executing from or reading the same flash. ERR_RANGE; ERR_DENIED: locked; ERR_TIMEOUT: nothing may
// be read or programmed there until reset; ERR_IO: the device failed or reads back wrong;
// ERR_NOT_SUPPORTED.
MUST_CHECK int plat_otp_program(uint32_t offset, uint32_t value);

// Fills `buf` with `len` (1 … 64) bytes of entropy of full strength, different at each boot, and
// removes their source from where the normal world could read it. BL2 only, once. ERR_NOT_FOUND:
// the board has none: BL2 refuses to boot.
MUST_CHECK int plat_entropy(void *buf, size_t len);

// Releases core `index` (board.core_mpidrs), which waits in the boot ROM's parking place, is off, or is
// on its last instructions before that (plat_cpu_power_down), to `entry` at EL3, MMU and caches off,
// interrupts masked, x0 = index. BL31; one caller at a time for a core. All that the caller wrote before is
// visible to the core when it arrives. ERR_INVALID: no such core. Returns at once, the core arrives later.
MUST_CHECK int plat_cpu_power_on(uint32_t index, uint64_t entry);

// Switches the calling core, number `index`, off until plat_cpu_power_on() names an entry for it; an order
// that came before counts. `wake_entry` not 0 (suspend): an interrupt that is pending for this core brings it
// to `wake_entry` as well. BL31, EL3, MMU and caches on, interrupts masked; what the core needs afterwards has
// been cleaned to memory. Where the core really loses power, the board switches off caches and coherency, and puts its
// redistributor to sleep and keeps what that loses (GICR_WAKER, IHI0069 "Power management"): BL31 does not. Does
// not return: the core comes back at the entry in the state that plat_cpu_power_on() describes.
_Noreturn void plat_cpu_power_down(uint32_t index, uint64_t wake_entry);

// Whether core `index` has reached its off state, as the hardware sees it: not PSCI's view, which calls a core
// off while it still executes its last instructions. BL31, EL3, MMU on.
bool plat_cpu_is_off(uint32_t index);

// Reads one sample of the board's live entropy source: 64 bits that are random to everybody, also to who
// knows all other samples; conditioned to full entropy. BL31, EL3, one caller at a time. What is not
// random enough is found by the caller's health tests. ERR_NOT_SUPPORTED: the board, or this core, has no
// such source (a generator seeded once at boot is none); ERR_TIMEOUT: it has nothing now; ERR_IO: it is broken.
// CT: no branch depends on the sample.
MUST_CHECK int plat_trng_read(uint64_t *value);

// Resets the whole machine; switches it off. BL31, EL3. Do not return.
_Noreturn void plat_system_reset(void);
_Noreturn void plat_system_off(void);

// The end of a boot or of the system: the caller has printed why. BL1, BL2 (S-EL1), BL31, SPMC.
// Leaves the machine in the state the board chose for a fatal error (off, reset, halted) and never
// returns.
_Noreturn void plat_fatal(void);

#endif
