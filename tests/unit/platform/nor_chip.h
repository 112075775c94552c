// SPDX-License-Identifier: BSD-3-Clause
//
// Two NOR chips with the Intel command set behind a 32-bit bus, as real ones are and QEMU's are not: a
// chip is busy for a while, answers reads with its status then, clears bits only, keeps its error bits,
// may lock its blocks, and loses power when the test says so. tests/fake/mmio.h leads here.
#ifndef NOR_CHIP_H
#define NOR_CHIP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// Of both chips together
#define NOR_CHIP_SIZE 0x8000
#define NOR_CHIP_BLOCK 0x2000
#define NOR_CHIP_BLOCKS (NOR_CHIP_SIZE / NOR_CHIP_BLOCK)
#define NOR_CHIP_BUFFER 64
#define NOR_CHIP_TABLE 0x60 // entries of the query table
#define NOR_CHIP_PRI 0x31   // where the command set's own starts

enum nor_chip_fault {
    NOR_CHIP_GOOD,
    NOR_CHIP_LOCKED,   // the block is: status bit 1, and 4 or 5
    NOR_CHIP_VOLTAGE,  // status bit 3, and 4 or 5
    NOR_CHIP_WORN,     // fails: status bit 4 of programming, 5 of erasing
    NOR_CHIP_CONFUSED, // sees a wrong command sequence: status bits 5 and 4
    NOR_CHIP_STUCK,    // never ready again: ignores commands, answers every read with its status
    NOR_CHIP_LIES,     // reports success and leaves one bit as it was
};

struct nor_chip {
    uint8_t data[NOR_CHIP_SIZE];
    uint64_t base;
    uint8_t table[2][NOR_CHIP_TABLE]; // query table of each chip
    bool query_everywhere;            // else at the chips' start alone, as QEMU's
    bool locks;                       // blocks are locked until they are unlocked
    // What is to go wrong, and in which of the lanes (bit 0, bit 1)
    enum nor_chip_fault fault;
    uint32_t fault_lanes;
    uint32_t fault_after; // words, buffers and erases that go well before
    uint32_t busy_reads;  // status reads until a chip is ready; lane 1 takes one more
    uint64_t read_ticks;  // the counter moves on so far at each read
    // What happened
    uint32_t programs;  // words programmed one by one
    uint32_t buffers;   // programmed at once
    uint32_t erases;    // of blocks
    uint32_t commands;  // writes to the chips
    uint32_t misuses;   // what the data sheet forbids: a test that is done expects none
    const char *misuse; // the last one
};

extern struct nor_chip nor_chip;

// Erased, in array mode, good; at `base`. A query table that says what the constants above say.
void nor_chip_reset(uint64_t base);

// What is stuck comes back: the chips have become ready by themselves, with their status shown.
void nor_chip_unstick(void);

// Both chips are in array mode, ready, all blocks locked if they lock: what a driver must leave behind.
bool nor_chip_is_idle(void);

// The word at `offset` as it is stored.
uint32_t nor_chip_word(uint32_t offset);

#endif
