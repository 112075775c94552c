// SPDX-License-Identifier: BSD-3-Clause
//
// The TPM's command response buffer over FF-A (tpm_crb_abi.h; Arm DEN0138, TCG PC Client PTP 6.5): pages that the normal
// world reads and writes at any time, and the messages that say "look". Called by ftpm_service.c; pure. What the pages show
// is written here; what counts is kept here, out of the normal world's reach: of its registers each is read once, its
// command is copied once. Localities 0 … 3 only: locality 4 is the secure world's, whose data must not stand in the normal
// world's memory (ftpm_proto.h).
#ifndef FTPM_CRB_H
#define FTPM_CRB_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "tpm_crb_abi.h"

#define FTPM_LOCALITIES_NWD 4
#define FTPM_LOCALITY_HASH 4

// The TPM behind it (ftpm_engine.h). Calls come one after the other, and never out of one of these functions.
struct ftpm_crb_engine {
    // Runs the command at `locality`; the response is at most `room` bytes, at least TPM_CRB_HEADER_SIZE. 0: there is none,
    // and never will be: the TPM has not come up, or is gone. Its own failure mode still has responses.
    size_t (*execute)(uint8_t locality, const uint8_t *command, size_t size, uint8_t *response,
                      size_t room);
    // _TPM_Hash_Start, _Data, _End (TPM 2.0 part 3, 22.9 and on). False: failed.
    bool (*hash_start)(void);
    bool (*hash_data)(const uint8_t *data, size_t size);
    bool (*hash_end)(void);
    bool (*established)(void);                   // tpmEstablished: a hash sequence has run
    bool (*reset_established)(uint8_t locality); // false: not from this locality
    bool (*failed)(void);                        // nothing but failure comes from it any more
};

// Begins: `pages` are TPM_CRB_LOCALITIES pages, `address` where the normal world sees them (physical). Writes all of them.
// NULL: there are none, and each START is refused. `engine` lives as long as the partition.
void ftpm_crb_begin(volatile uint8_t *pages, uint64_t address,
                    const struct ftpm_crb_engine *engine);

// Answers one message of the endpoint `source`: arg[0] … arg[3] are w4 … w7 of a request, and of the answer after.
// Partitions (bit 15 of the id) are told the version and nothing else.
void ftpm_crb_answer(uint64_t arg[4], uint16_t source);

// Locality 4 has the TPM from now on, whoever had it: nobody's command runs until it gives it back, then it is the next
// locality's in line. Both do nothing if it is so already.
void ftpm_crb_take(void);
void ftpm_crb_give_back(void);

// Registers that show the state of the TPM are written anew. After something else than a message of the CRB may have changed it.
void ftpm_crb_refresh(void);

// Does whoever has the running command want it to end? Reads CTRL_CANCEL of its page. False outside of a command.
bool ftpm_crb_is_cancelled(void);

#endif
