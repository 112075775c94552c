// SPDX-License-Identifier: BSD-3-Clause
//
// Template of a board, the part of BL2: what the machine is like, and its entropy.
#include "board.h"
#include "common_rndr.h"
#include "platform.h"

// A machine of fixed size answers constants. If it brings a device tree, use common_fdt_discover
// (see the board qemu_virt); if the size is in a DRAM controller, read it there.
int plat_discover(struct board_info *info)
{
    *info = (struct board_info){
        .dram_base = NS_DRAM_BASE,
        .dram_size = 0x40000000,
        .core_count = BOARD_CORE_MAX,
    };
    return ERR_NONE;
}

// The template gives the normal world no device tree that could say anything. A board that has one uses
// common_fdt_fixup (see the board qemu_virt): an operating system finds PSCI and the event log there and
// nowhere else.
int plat_describe_machine(const struct machine_notes *notes)
{
    (void)notes;
    return ERR_NOT_SUPPORTED;
}

// Real entropy or a refusal, nothing in between: without a source BL2 does not boot. This is the
// core's RNDR; a board with a random number generator reads that.
int plat_entropy(void *buf, size_t len)
{
    return common_rndr_fill(buf, len) == ERR_NONE ? ERR_NONE : ERR_NOT_FOUND;
}
