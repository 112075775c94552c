// SPDX-License-Identifier: BSD-3-Clause
//
// Turns bytes into a sequence of calls and events at the FF-A core, from the normal world on two cores and from whichever
// partition runs there, and checks after each that what happened was legal. Used by test_ffa_sequence.c with fixed
// pseudo-random bytes and by tests/fuzz/fuzz_ffa_call.c with those of the fuzzer.
#ifndef SPMC_PLAY_H
#define SPMC_PLAY_H

#include <stddef.h>
#include <stdint.h>

// Plays data[0, size) from fixture_reset on; aborts at the first broken rule. Returns how often control changed hands.
unsigned int play(const uint8_t *data, size_t size);

#endif
