// SPDX-License-Identifier: BSD-3-Clause
//
// What the tests of the command response buffer share: its pages in memory, an engine that records, messages to ftpm_crb.c
// and what must stand in the pages after them (DEN0138 and PTP 6.5 as tpm_crb_abi.h has them).
#ifndef CRB_CASE_H
#define CRB_CASE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "ftpm_crb.h"

#define CRB_ADDRESS 0x123456789000ULL // of the pages, for the normal world
#define CRB_NWD 0                     // the normal world's kernel
#define CRB_INTF_ID \
    0x000a4311u // CRB, version 1, localities, idle bypass, CRB possible and selected, locked

extern uint8_t crb_pages[TPM_CRB_LOCALITIES * TPM_CRB_PAGE];

// The engine: what it was given, and what it gives
extern struct crb_tpm {
    unsigned int runs;
    uint8_t locality;
    size_t size;
    uint8_t command[TPM_CRB_DATA_SIZE];
    size_t response_size; // to give
    uint8_t response_byte;
    bool established;
    bool resets;
    unsigned int reset_calls;
    bool is_cancelled; // as seen while it ran
    void (*during)(void);
} crb_tpm;
extern const struct ftpm_crb_engine crb_engine;

// The notifications that were set, and what setting one returns
extern struct crb_set {
    unsigned int calls;
    uint16_t receiver, vcpu;
    uint64_t bits;
    uint32_t flags;
    int error;
} crb_set;

// cmocka setup: both as new, with a response of a header, and the pages with other bytes before they are begun with.
int crb_setup(void **state);

// ---- The pages -------------------------------------------------------------------------------------------------------

// A register of a locality, and its buffer of TPM_CRB_DATA_SIZE bytes.
uint32_t crb_get(unsigned int locality, size_t offset);
void crb_put(unsigned int locality, size_t offset, uint32_t value);
uint8_t *crb_data(unsigned int locality);

// Writes a command of these bytes whose header says `size`, which may be wrong, and the start bit.
void crb_write_command(unsigned int locality, size_t size, uint8_t byte);

// ---- Messages --------------------------------------------------------------------------------------------------------

// Each gives the status. `control`: START for the bits, written to the locality's control; `start`: START for what stands in
// its page, from CRB_NWD; `command`: crb_write_command(), then that.
uint32_t crb_send(uint64_t function, uint64_t first, uint64_t second, uint16_t source);
uint32_t crb_control(unsigned int locality, uint32_t bits, uint16_t source);
uint32_t crb_start(unsigned int locality);
uint32_t crb_command(unsigned int locality, size_t size, uint8_t byte);

// ---- What must be there ----------------------------------------------------------------------------------------------

// The buffer: `size` times the byte, zeros behind; or a response of a header with this code.
void crb_expect_data(unsigned int locality, size_t size, uint8_t byte);
void crb_expect_code(unsigned int locality, uint16_t code);

// All localities show which one is active; 0xff: none.
void crb_expect_active(unsigned int active);

// The registers that never change.
void crb_expect_registers(unsigned int locality);

#endif
