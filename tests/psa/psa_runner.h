// SPDX-License-Identifier: BSD-3-Clause
//
// Runs one of Mbed TLS's test suites (psa_runner.c) against the crypto or storage partition of a machine of the harness
// (psa_machine.c). The suite's program is made at build time from the library's own sources; suite.function joins it to this.
#ifndef PSA_RUNNER_H
#define PSA_RUNNER_H

#include <stddef.h>
#include <stdint.h>

// What the generated program of a suite can do, by number: results are 0 (yes, done) or one of the library's negative codes.
struct psa_suite {
    int (*expression)(int32_t id, intmax_t *value);
    int (*dependency)(int id);
    int (*check)(size_t function);
    int (*dispatch)(size_t function, void **arguments);
};

// Main function of a suite's program: argv[1] its name, argv[2] its cases (.data), argv[3] the same with numbers for names (.datax),
// argv[4] the list of cases to skip. Prints TAP. Returns the exit status.
int psa_runner_main(const struct psa_suite *suite, int argc, const char **argv);

// Starts the machine and connects the client library to it; without one there is nothing to test: says why and exits.
void psa_machine_start(void);

// The client is gone, as far as the partition knows: its volatile keys and operations are no more. false: the machine does not answer.
_Bool psa_machine_forget(void);

// Ends the machine.
void psa_machine_stop(void);

#endif
