// SPDX-License-Identifier: BSD-3-Clause
//
// Two NOR chips with the Intel command set behind a 32-bit bus, as real ones are and QEMU's are not: a
// chip is busy for a while, answers reads with its status then, clears bits only, keeps its error bits,
// and loses power when the test says so. tests/fake/mmio.h leads here.
#ifndef NOR_CHIP_H
#define NOR_CHIP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define NOR_CHIP_SIZE 4096

enum nor_chip_fault {
    NOR_CHIP_GOOD,
    NOR_CHIP_LOCKED,   // the block is: status bits 4 and 1
    NOR_CHIP_VOLTAGE,  // status bits 4 and 3
    NOR_CHIP_WORN,     // programming fails: status bit 4
    NOR_CHIP_CONFUSED, // sees a wrong command sequence: status bits 5 and 4
    NOR_CHIP_STUCK,    // never ready again: ignores commands, answers every read with its status
    NOR_CHIP_LIES,     // reports success and leaves one bit as it was
};

struct nor_chip {
    uint8_t data[NOR_CHIP_SIZE];
    uint64_t base;
    // What is to go wrong, and in which of the lanes (bit 0, bit 1)
    enum nor_chip_fault fault;
    uint32_t fault_lanes;
    uint32_t busy_reads; // status reads until a chip is ready; lane 1 takes one more
    uint64_t read_ticks; // the counter moves on so far at each read
    // What happened
    uint32_t programs;  // words programmed
    uint32_t commands;  // writes to the chips
    uint32_t misuses;   // what the data sheet forbids: a test that is done expects none
    const char *misuse; // the last one
};

extern struct nor_chip nor_chip;

// Erased, in array mode, good; at `base`.
void nor_chip_reset(uint64_t base);

// Both chips are in array mode, ready, without error bits: what a driver must leave behind.
bool nor_chip_is_idle(void);

// The word at `offset` as it is stored.
uint32_t nor_chip_word(uint32_t offset);

#endif
