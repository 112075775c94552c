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

#define BOARD_MAX_REGIONS 12

enum region_kind {
    REGION_SECURE_RAM, // only the secure world reaches it
    REGION_NS_RAM, // DRAM of the normal world; its real size is found at boot (struct board_info)
    REGION_SECURE_DEVICE,
    REGION_NS_DEVICE,
    REGION_SECURE_FLASH, // readable as memory
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

// Everything constant that is known about a board when it is built.
struct board {
    const char *name;
    struct board_region regions[BOARD_MAX_REGIONS]; // ascending, not overlapping; ends with size 0
    struct board_uart console;                      // secure console of every Tessera image
    uint64_t gicd_base;
    uint64_t gicc_base; // GICv2 CPU interface, 0 if the board never has one
    uint64_t gicr_base; // GICv3 redistributors, 0 if the board never has them
    uint32_t gicr_stride;
    const uint64_t *core_mpidrs; // affinity fields (Aff3..Aff0) of core 0, 1, …
    uint32_t core_max;           // entries in core_mpidrs, ≤ BOARD_CORE_MAX
    uint32_t timer_hz;           // value for CNTFRQ_EL0; 0: it is right at reset
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

// Tells the normal world, in the device tree that it gets, where its copy of the event log is: `used`
// bytes of log in [base, base + size), whole pages of DRAM, which the tree reserves. BL2 only, once,
// after plat_discover. ERR_NOT_SUPPORTED: the board gives the normal world no device tree that BL2 could
// write; ERR_NO_MEMORY: no room in it; ERR_INVALID: it breaks a rule (a line on the console says which).
MUST_CHECK int plat_describe_log(uint64_t base, uint64_t size, uint32_t used);

// Copies `len` bytes at `offset` of the boot storage to `buf`. BL1 (EL3) and BL2 (S-EL1), MMU on.
// ERR_RANGE: outside the storage; ERR_IO: the device failed.
MUST_CHECK int plat_storage_read(uint64_t offset, void *buf, size_t len);

// Copies `len` bytes at `offset` (both multiples of 4) of the board's one-time-programmable memory
// (OTP_SIZE bytes, otp.h) to `buf`. BL1 (all of it) and BL31 (its counters alone, so that the hardware
// unique key is never in its memory), EL3, MMU on, [board.otp_base, board.otp_base + board.otp_size)
// mapped. ERR_RANGE: outside; ERR_IO: the device failed; ERR_NOT_SUPPORTED.
MUST_CHECK int plat_otp_read(uint32_t offset, void *buf, size_t len);

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

// Releases core `index` (board.core_mpidrs), which waits in the boot ROM's or BL31's parking place,
// to `entry` at EL3, MMU and caches off, interrupts masked. BL31. ERR_INVALID: no such core.
// Returns at once, the core arrives later.
MUST_CHECK int plat_cpu_power_on(uint32_t index, uint64_t entry);

// Resets the whole machine; switches it off. BL31, EL3. Do not return.
_Noreturn void plat_system_reset(void);
_Noreturn void plat_system_off(void);

// The end of a boot or of the system: the caller has printed why. BL1, BL2 (S-EL1), BL31, SPMC.
// Leaves the machine in the state the board chose for a fatal error (off, reset, halted) and never
// returns.
_Noreturn void plat_fatal(void);

#endif
