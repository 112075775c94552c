// SPDX-License-Identifier: BSD-3-Clause
//
// Soundness of a device tree blob, to be asked before libfdt sees it. libfdt as Debian 12 ships it (1.6.1) follows property
// lengths that wrap its signed offsets and then walks in a circle, in fdt_check_full() too. Used by everybody who reads a
// device tree from outside (SPMC: manifests; BL2: configuration). Pure; trusts no byte.
#ifndef DTB_CHECK_H
#define DTB_CHECK_H

#include <stddef.h>

#include "errors.h"

#define DTB_MAX_DEPTH 16 // nodes in nodes, the root counts; boards' own trees are deep

// Checks the device tree at `dtb` (8-byte aligned), of which `len` bytes may be read: version 17, all blocks inside
// totalsize ≤ len, the reservation list ended, and in the structure block every tag, name and property value inside, every
// property name a terminated string, properties before nodes (libfdt does not see later ones), nodes closed and not deeper than DTB_MAX_DEPTH, and FDT_END behind the root.
// What libfdt reads afterwards, it reads inside [dtb, dtb + totalsize). Devicetree Specification v0.4, chapter 5.
// 0; ERR_TRUNCATED: totalsize or the header longer than `len`; ERR_VERSION; ERR_INVALID: everything else. *why (not NULL)
// is then a constant that names the rule, "must …".
MUST_CHECK int dtb_check(const void *dtb, size_t len, const char **why);

#endif
