// SPDX-License-Identifier: BSD-3-Clause
//
// One-to-one maps; contract in common_map.h.
#include "common_map.h"

int common_map_rows(struct tables *tables, const struct common_map_row *rows, size_t count)
{
    int result = ERR_NONE;

    for (size_t i = 0; result == ERR_NONE && i < count; i++) {
        result = tables_map(tables, rows[i].base, rows[i].base, rows[i].end - rows[i].base,
                            rows[i].attrs);
    }
    return result;
}

int common_map_regions(struct tables *tables, uint32_t kinds, uint64_t attrs)
{
    int result = ERR_NONE;

    for (const struct board_region *region = board.regions; result == ERR_NONE && region->size != 0;
         region++) {
        if ((kinds & COMMON_MAP_KIND(region->kind)) != 0) {
            result = tables_map(tables, region->base, region->base, region->size, attrs);
        }
    }
    return result;
}
