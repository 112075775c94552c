// SPDX-License-Identifier: BSD-3-Clause
//
// libFuzzer target for the FF-A core of the SPMC: bytes become calls of the normal world on two cores and of the
// partitions that run, interrupts and faults (tests/unit/spmc/spmc_play.c). Aborts when a rule of a call (spmc_fixture.c)
// or of a sequence (spmc_play.c) is broken.
#include "spmc_play.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    (void)play(data, size);
    return 0;
}
