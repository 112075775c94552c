// SPDX-License-Identifier: BSD-3-Clause
//
// A board's hardware device tree, for boards whose machine brings one: memory size, cores, entropy
// seed. BL2 only (libfdt). The whole tree is checked first (dtb_check.h), and what is read from it
// by rules of its own; refused with a line on the console.
#ifndef COMMON_FDT_H
#define COMMON_FDT_H

#include "platform.h"

struct common_fdt {
    const char *name;  // for messages
    uint64_t base;     // mapped, writable
    uint64_t size;     // most it may take
    int secure_chosen; // node, filled by common_fdt_discover; negative: there is none
};

// Fills `info` from the first /memory node that starts at the board's DRAM region, and counts the
// cores in /cpus, each of which must be in the board's list of MPIDRs. ERR_NOT_FOUND, ERR_INVALID,
// ERR_RANGE, with a line that names the rule.
MUST_CHECK int common_fdt_discover(struct common_fdt *fdt, struct board_info *info);

// After common_fdt_discover, which remembers where the node is: a second walk over the tree would
// cost as much again. Mixes (XOR) up to `len` bytes of /secure-chosen/rng-seed into `buf` and tells
// in `taken` how many, then overwrites the seeds of that node (rng-seed, kaslr-seed) in place with
// "nothing here" tags and cleans them to memory, so that the normal world, in whose memory the tree
// lies, finds nothing. ERR_NOT_FOUND: no such property, or an empty one; `buf` is unchanged then.
MUST_CHECK int common_fdt_take_seed(const struct common_fdt *fdt, void *buf, size_t len,
                                    size_t *taken);

#endif
