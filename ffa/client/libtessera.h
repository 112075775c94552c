// SPDX-License-Identifier: BSD-3-Clause
//
// Inside libtessera: the lock of all of its functions, which locked.sh puts round those of the PSA APIs, and the connection
// over another kernel than Linux, for tests.
#ifndef LIBTESSERA_H
#define LIBTESSERA_H

#pragma GCC visibility push(default) // all else is hidden
#include "ffa/client/tessera.h"
#pragma GCC visibility pop
#include "ffa/client/transport_tee.h"

// One call at a time; not recursive. fork() waits for it, too: libtessera_begin() sees to that, and takes the lock.
void libtessera_begin(void);
void libtessera_end(void);

// tessera_connect() by the system calls `os`.
psa_status_t libtessera_connect(const struct transport_tee_os *os, const char *devices,
                                size_t memory_size);

#endif
