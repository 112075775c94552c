// SPDX-License-Identifier: BSD-3-Clause
//
// A board's hardware device tree, for boards whose machine brings one: memory size, cores, entropy
// seed are read from it (common_fdt.c), and it is made fit for the normal world (common_fdt_fixup.c).
// BL2 only (libfdt). The whole tree is checked first (dtb_check.h), and what is read from it by rules
// of its own; refused with a line on the console.
#ifndef COMMON_FDT_H
#define COMMON_FDT_H

#include "platform.h"

struct common_fdt {
    const char *name;  // for messages
    uint64_t base;     // mapped, writable
    uint64_t size;     // most it may take
    int secure_chosen; // its node, found by common_fdt_discover; negative: there is none
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

// Memory of the normal world that its allocator must leave alone: a node <name>@<base> of /reserved-memory. With `compatible`
// also what is reached through it: a node of the root with the same name, that property, and reg. If it is
// COMMON_FDT_TPM the node has linux,sml-base and linux,sml-size, too: the event log, where Linux looks for it.
struct common_fdt_reserved {
    const char *name;
    uint64_t base;
    uint64_t size;
    const char *compatible; // NULL: memory and nothing else
};

// A TPM that is asked by FF-A messages (DEN0138), with the command response buffers of its localities in the pages of reg
#define COMMON_FDT_TPM "tessera,tpm-crb-ffa"

// The last step, after common_fdt_discover. Makes the tree that the hardware brought one for the normal
// world, in one pass:
// - adds /psci (smc), and to each core enable-method "psci" and the idle states of struct board (node
//   /cpus/idle-states)
// - adds to /reserved-memory, no-map, the `count` regions at `reserved`, and the nodes of what is there. A /reserved-memory that is there
//   already is taken if its cells are the root's and it has `ranges`, as Linux wants it; else it is made
// - tells where the event log is (`log`; NULL: it is told nowhere): /reserved-memory/event-log@<base> as
//   ordinary memory (no no-map: Linux reads it through its linear map), and /tpm-event-log as TF-A
//   describes a log (compatible "arm,tpm_event_log", tpm_event_log_addr, tpm_event_log_size = used)
// - takes out what another firmware would have put there, every node of the secure world alone (status
//   "disabled" and secure-status "okay"), /secure-chosen, and what was erased.
// In place; the new tree is cleaned to memory, nothing of the old one is left behind it. With a line on the
// console, and the tree unchanged: ERR_INVALID: not a tree, order of the blocks, cells or ranges;
// ERR_NO_MEMORY: larger than BL2 can take or no room in it; ERR_NOT_FOUND: no /cpus; ERR_RANGE: an address
// that does not fit the cells, a log that does not fit its memory, too many cores, no phandles left;
// ERR_DUPLICATE: the regions are there, or a log is told of.
MUST_CHECK int common_fdt_fixup(struct common_fdt *fdt, const struct common_fdt_reserved *reserved,
                                uint32_t count, const struct event_log_copy *log);

#endif
