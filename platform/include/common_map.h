// SPDX-License-Identifier: BSD-3-Clause
//
// One-to-one maps of the boot images, from a list of ranges and from the board's devices. Called by BL1 and BL2 before
// their MMU is on. Nothing here comes from outside: an error means that the list or the board is wrong.
#ifndef COMMON_MAP_H
#define COMMON_MAP_H

#include <stddef.h>
#include <stdint.h>

#include "platform.h"
#include "tables.h"

// [base, end), both whole pages, with attributes of tables.h.
struct common_map_row {
    uint64_t base;
    uint64_t end;
    uint64_t attrs;
};

// Maps `count` rows. The errors of tables_map; what was mapped before the row that failed stays.
MUST_CHECK int common_map_rows(struct tables *tables, const struct common_map_row *rows,
                               size_t count);

// Maps every region of the board whose kind is in `kinds`, a mask of COMMON_MAP_KIND(enum region_kind). As above.
#define COMMON_MAP_KIND(kind) (1u << (kind))
MUST_CHECK int common_map_regions(struct tables *tables, uint32_t kinds, uint64_t attrs);

#endif
