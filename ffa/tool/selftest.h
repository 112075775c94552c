// SPDX-License-Identifier: BSD-3-Clause
//
// The cases of `tessera selftest`. Each leaves what it found: keys and assets that it makes have ids of their own, that nothing
// else may use, and are removed.
#ifndef SELFTEST_H
#define SELFTEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <psa/crypto.h>

// What became of a case: passed unless one of these is called, which print nothing yet.
struct selftest {
    enum { SELFTEST_PASSED, SELFTEST_FAILED, SELFTEST_SKIPPED } result;
    char reason[160];
};

// The first failure counts. Always false, so that a case can return it.
bool selftest_fail(struct selftest *test, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

// Why there is nothing to test.
void selftest_skip(struct selftest *test, const char *reason);

// Whether `status` is `wanted`; else it fails with `what`.
bool selftest_status(struct selftest *test, const char *what, psa_status_t status,
                     psa_status_t wanted);

// Whether the bytes are equal; else it fails with `what`.
bool selftest_equal(struct selftest *test, const char *what, const uint8_t *bytes, size_t size,
                    const uint8_t *wanted, size_t wanted_size);

struct selftest_case {
    const char *name; // a sentence
    bool writes;      // to flash
    void (*run)(struct selftest *test);
};

extern const struct selftest_case selftest_psa_cases[], selftest_process_cases[],
    selftest_token_cases[], selftest_tpm_cases[];
extern const size_t selftest_psa_count, selftest_process_count, selftest_token_count,
    selftest_tpm_count;

#endif
