// SPDX-License-Identifier: BSD-3-Clause
//
// What the files of the benchmarks' program share.
#ifndef BENCH_PRIVATE_H
#define BENCH_PRIVATE_H

#include <stdbool.h>
#include <stdint.h>

#include "tests/bench/bench_shares.h"
#include "tests/harness/harness.h"

#define SINGLE_CALLS 100

// Says what is wrong and ends the program with status 1.
_Noreturn void bench_die(const char *what);

// Adds a number. target: what it may be at most, 0: none. peer: what others need, a string that lives as long as the program; "".
void bench_record(const char *key, uint64_t value, uint64_t target, const char *peer);

// All numbers, as a table on stdout and as one flat JSON object in a file.
void bench_print(const char *cpu);
void bench_write(const char *path);

// A machine on the flash image IMAGES/`flash`/flash.bin that counts instructions and is the same each time. The caller stops it.
struct harness *bench_start(const char *flash, unsigned int cores);

// The path of that file, and of a file of IMAGES; valid until the next call.
const char *bench_flash(const char *flash);
const char *bench_image(const char *name);

// Of -cpu: what the program was asked for.
const char *bench_cpu(void);

// Where the code of an image (an ELF file of IMAGES) runs: its executable segments.
struct bench_range bench_range_of(const char *name);

// Memory between the first and the last byte of the segments of an image (an ELF file of IMAGES), with everything that is not in the file.
uint64_t bench_span(const char *name);

// A machine with one core on a flash file of the caller's, whose writes stay. One that does not count instructions is faster.
struct harness *bench_start_file(const char *path, bool counts);

// The same, which does not count, and has a debugger's stub at the Unix socket `stub`.
struct harness *bench_start_stub(const char *path, const char *stub);

// Ticks of a call that calls nothing.
uint64_t bench_nop(struct harness *h);

// ---- Parts of the program, in files of their own ----
void bench_crypto(void);
void bench_ftpm(void);
void bench_attest(void);
void bench_linux(void);
void bench_size(void);
// old: also after 100,000 writes, which takes minutes
void bench_storage(bool old);

#endif
