// SPDX-License-Identifier: BSD-3-Clause
//
// What partitions are told of a boot beside its event log (struct tessera_boot_facts, ffa_abi.h): BL2 fills it in for the
// hand-off, the SPMC copies it to the partitions whose manifest asks for it, a verifier makes the implementation id anew. Pure.
#ifndef BOOT_FACTS_H
#define BOOT_FACTS_H

#include <stdint.h>

#include "chain.h"
#include "errors.h"
#include "ffa_abi.h"

#define BOOT_FACTS_BOARD_MAX 32 // bytes of a board's name, with its NUL

// The implementation id of RFC 9783: which kind of machine and boot ROM this is. SHA-256 of
//     "Tessera implementation id 1" NUL · the board's name (struct board, a folder of platform/boards) NUL ·
//     its soc_id, 4 bytes, little-endian
// All machines of a kind have the same. ERR_INVALID: the name is empty or longer than BOOT_FACTS_BOARD_MAX; ERR_IO: the hash
// failed. `id` is written on success only.
MUST_CHECK int boot_facts_implementation_id(const char *board_name, uint32_t soc_id,
                                            uint8_t id[32]);

// All of `facts` but boot_seed, which becomes zero: the caller draws it. From what the chain found out: call it after the last image. Errors as above.
MUST_CHECK int boot_facts_fill(const struct chain *chain, const char *board_name, uint32_t soc_id,
                               struct tessera_boot_facts *facts);

#endif
