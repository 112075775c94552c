// SPDX-License-Identifier: BSD-3-Clause
//
// See bench_shares.h.
#include "tests/bench/bench_shares.h"

#include <stdbool.h>

#define UPPER_HALF 0xffff000000000000ull // addresses of a kernel: TTBR1_EL1, 48 bits

struct bench_shares bench_shares_begin(void)
{
    return (struct bench_shares){ .place = BENCH_USER, .outside = BENCH_USER };
}

static bool is_in(const struct bench_range *range, uint64_t pc)
{
    return pc >= range->begin && pc < range->end;
}

static bool is_normal_el1(enum bench_place place)
{
    return place == BENCH_KERNEL || place == BENCH_DRIVER;
}

static bool is_secure(enum bench_place place)
{
    return place == BENCH_SPMC || place == BENCH_PARTITION;
}

// An address of EL0 belongs to the world that the core is in
static enum bench_place place_of(const struct bench_map *map, uint64_t pc, bool secure)
{
    if (is_in(&map->el3, pc)) {
        return BENCH_EL3;
    }
    if (is_in(&map->spmc, pc)) {
        return BENCH_SPMC;
    }
    if (is_in(&map->driver, pc)) {
        return BENCH_DRIVER;
    }
    if (pc >= UPPER_HALF) {
        return BENCH_KERNEL;
    }
    return secure ? BENCH_PARTITION : BENCH_USER;
}

static bool is_possible(enum bench_place from, enum bench_place to)
{
    switch (to) {
    case BENCH_USER:
        return from == BENCH_USER || is_normal_el1(from);
    case BENCH_KERNEL:
    case BENCH_DRIVER:
        return !is_secure(from);
    case BENCH_EL3:
        return from != BENCH_USER && from != BENCH_PARTITION;
    case BENCH_SPMC:
        return from == BENCH_EL3 || is_secure(from);
    case BENCH_PARTITION:
        return is_secure(from);
    case BENCH_PLACES:
    default:
        return false;
    }
}

int bench_shares_add(struct bench_shares *shares, const struct bench_map *map, uint64_t pc)
{
    enum bench_place from = shares->place;
    enum bench_place to = place_of(map, pc, is_secure(shares->outside));

    if (!is_possible(from, to)) {
        return -1;
    }
    shares->all++;
    shares->in[to]++;
    shares->syscalls += from == BENCH_USER && is_normal_el1(to);
    shares->smcs += is_normal_el1(from) && to == BENCH_EL3;
    shares->worlds += to != BENCH_EL3 && is_secure(to) != is_secure(shares->outside);
    shares->returns += from == BENCH_SPMC && to == BENCH_PARTITION;
    shares->place = to;
    if (to != BENCH_EL3) {
        shares->outside = to;
    }
    return 0;
}

const char *bench_shares_name(enum bench_place place)
{
    static const char *const names[BENCH_PLACES] = {
        [BENCH_USER] = "user", [BENCH_KERNEL] = "kernel", [BENCH_DRIVER] = "driver",
        [BENCH_EL3] = "el3",   [BENCH_SPMC] = "spmc",     [BENCH_PARTITION] = "partition",
    };

    return names[place];
}
