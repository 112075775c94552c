// SPDX-License-Identifier: BSD-3-Clause
//
// QEMU virt, the part of BL2: what the machine is like and where its entropy comes from, both out
// of the device tree that QEMU puts at the base of DRAM. It is not trusted to be well-formed. What the
// normal world must know is written into it: with firmware in the flash, QEMU leaves PSCI out.
#include "bits.h"
#include "board.h"
#include "common_fdt.h"
#include "common_rndr.h"
#include "platform.h"

static struct common_fdt hw_dtb = {
    .name = "hardware device tree",
    .base = HW_DTB_BASE,
    .size = HW_DTB_SIZE,
    .secure_chosen = -1,
};

int plat_discover(struct board_info *info)
{
    return common_fdt_discover(&hw_dtb, info);
}

int plat_describe_machine(const struct machine_notes *notes)
{
    // Reserved in any case: the manifest of any package may name these pages, as a device, and then nobody in the normal
    // world may have them cacheable
    const struct common_fdt_reserved tpm = { .name = "tpm",
                                             .base = NS_TPM_CRB_BASE,
                                             .size = NS_TPM_CRB_SIZE,
                                             .compatible = notes->has_tpm ? COMMON_FDT_TPM : NULL };

    return common_fdt_fixup(&hw_dtb, &tpm, 1, &notes->log);
}

// RNDR of the core, the secure seed of QEMU's device tree, or both mixed.
int plat_entropy(void *buf, size_t len)
{
    size_t seed_size = 0;
    int from_core = common_rndr_fill(buf, len);
    int from_tree = common_fdt_take_seed(&hw_dtb, buf, len, &seed_size);

    if (from_core == ERR_NONE || (from_tree == ERR_NONE && seed_size >= len)) {
        return ERR_NONE;
    }
    return ERR_NOT_FOUND;
}
