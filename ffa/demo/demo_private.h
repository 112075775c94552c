// SPDX-License-Identifier: BSD-3-Clause
//
// What the files of the demo share.
#ifndef DEMO_PRIVATE_H
#define DEMO_PRIVATE_H

#include <stddef.h>
#include <stdint.h>

#include "ffa/client/transport.h"

// Prints one line, "demo: " before it.
__attribute__((format(printf, 1, 2))) void demo_say(const char *format, ...);

// Prints one line: `what`, then `size` bytes in hexadecimal.
void demo_say_bytes(const char *what, const uint8_t *bytes, size_t size);

// Ends the demo: says that `what` did not work (with the code that was returned) and switches the
// machine off.
_Noreturn void demo_fail(const char *what, int code);

// Switches the machine off through PSCI.
_Noreturn void demo_off(void);

// Maps program and UART, and switches MMU and caches on.
void demo_mmu_on(void);

// The parts of the demo; each returns only if everything was right.
void demo_list_partitions(struct ffa_transport *transport);
void demo_random_and_hash(void);
void demo_signature(void);
void demo_encryption(void);
void demo_storage(void);
void demo_attestation(void);

// From demo_entry.S at EL1, on the demo's stack.
_Noreturn void demo_main(void);

#endif
