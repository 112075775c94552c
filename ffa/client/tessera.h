// SPDX-License-Identifier: BSD-3-Clause
//
// libtessera: the PSA APIs (psa/crypto.h, psa/internal_trusted_storage.h, psa/protected_storage.h, psa/initial_attestation.h)
// for programs of Linux, over the TEE devices of the kernel. Nothing here is needed to use them: the first PSA function that is
// called finds the devices. All functions of the library may be called from any thread, but not from a handler of signals; calls
// of one process are made one after the other, however long one takes, and a thread is not cancelled inside of one. A child after
// fork() has a connection of its own: keys that are not persistent and operations stay the parent's. fork() does not wait for
// another thread's call, and a program that is executed gets no open device. C11 and C++17.
//
// A program that has another PSA Crypto in it, Mbed TLS say, or may be loaded into one that has, includes tessera_names.h before
// the PSA headers: psa_generate_key() is tessera_psa_generate_key() then, and nothing else. Such a program names libtessera behind
// the other library when it is linked.
#ifndef TESSERA_H
#define TESSERA_H

#include <stddef.h>
#include <stdint.h>

#include "psa/error.h"

#define TESSERA_DEVICES "/dev/tee"  // and a number
#define TESSERA_MEMORY_SIZE 0x11000 // what takes every request whole

enum tessera_service { TESSERA_CRYPTO, TESSERA_ITS, TESSERA_PS, TESSERA_ATTEST };
#define TESSERA_SERVICES 4

// What a service can do.
struct tessera_capabilities {
    uint32_t api_version; // major << 16 | minor of the API: PSA Crypto 1.2: 0x00010002
    uint32_t request_max; // bytes of the largest request and response
    uint32_t response_max;
};
struct tessera_capability {
    uint32_t id; // TS_CAPS_… of ts_caps.h; more than one can have the same
    uint32_t value;
};

PSA_API_BEGIN

// Opens the devices `devices`0, `devices`1 … now, and says what is in the way: PSA_ERROR_DOES_NOT_EXIST: there is none for a
// partition with such services (is the module tessera or tstee loaded?); PSA_ERROR_NOT_PERMITTED: this user may open none;
// PSA_ERROR_INSUFFICIENT_MEMORY: this process or the kernel has no room for more files;
// PSA_ERROR_INVALID_ARGUMENT: `devices` is NULL or longer than 60 characters, or `memory_size` no multiple of 4096 from 4096 to
// 2^32 - 4096: bytes of memory for each partition that is used. An earlier connection is ended as by tessera_disconnect().
psa_status_t tessera_connect(const char *devices, size_t memory_size);

// Ends the connection: keys that are not persistent and operations of this process go, its memory is wiped and given back.
// PSA_ERROR_COMMUNICATION_FAILURE: not all of that could be done; it is over all the same. The next PSA function connects anew,
// with the devices and the size of memory that were given last.
psa_status_t tessera_disconnect(void);

// What `service` can do, and up to `max` entries of its list (NULL if max is 0), in ascending order of id and value; *count: how
// many were written. PSA_ERROR_DOES_NOT_EXIST: no partition has the service, or no device is there; PSA_ERROR_NOT_SUPPORTED: it
// does not tell; PSA_ERROR_NOT_PERMITTED: a device that may have it this user may not open; PSA_ERROR_INVALID_ARGUMENT;
// PSA_ERROR_INSUFFICIENT_MEMORY; PSA_ERROR_COMMUNICATION_FAILURE. Outputs are written on success only.
psa_status_t tessera_get_capabilities(enum tessera_service service,
                                      struct tessera_capabilities *capabilities,
                                      struct tessera_capability *list, size_t max, size_t *count);

// The name of a status, "PSA_ERROR_NOT_PERMITTED"; NULL: it has none.
const char *tessera_status_name(psa_status_t status);

// Version of the library, "1.0.0".
const char *tessera_version(void);

PSA_API_END

#endif
