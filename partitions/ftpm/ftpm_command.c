// SPDX-License-Identifier: BSD-3-Clause
//
// See ftpm_command.h.
#include "ftpm_command.h"

#include <string.h>

void ftpm_command_bytes(struct ftpm_command *command, const void *bytes, size_t size)
{
    if (size > sizeof(command->bytes) - command->size) {
        command->is_short = true;
        return;
    }
    memcpy(command->bytes + command->size, bytes, size);
    command->size += size;
}

void ftpm_command_u8(struct ftpm_command *command, uint8_t value)
{
    ftpm_command_bytes(command, &value, 1);
}

void ftpm_command_u16(struct ftpm_command *command, uint16_t value)
{
    const uint8_t bytes[2] = { (uint8_t)(value >> 8), (uint8_t)value };

    ftpm_command_bytes(command, bytes, sizeof(bytes));
}

void ftpm_command_u32(struct ftpm_command *command, uint32_t value)
{
    ftpm_command_u16(command, (uint16_t)(value >> 16));
    ftpm_command_u16(command, (uint16_t)value);
}

void ftpm_command_begin(struct ftpm_command *command, uint16_t tag, uint32_t code)
{
    command->size = 0;
    command->is_short = false;
    ftpm_command_u16(command, tag);
    ftpm_command_u32(command, 0);
    ftpm_command_u32(command, code);
}

void ftpm_command_empty_auth(struct ftpm_command *command)
{
    ftpm_command_u32(command, 4 + 2 + 1 + 2); // of the area: handle, nonce, attributes, hmac
    ftpm_command_u32(command, TPM_RS_PW);
    ftpm_command_u16(command, 0);
    ftpm_command_u8(command, 0);
    ftpm_command_u16(command, 0);
}

bool ftpm_command_end(struct ftpm_command *command)
{
    size_t size = command->size;

    if (command->is_short) {
        return false;
    }
    command->size = FTPM_SIZE_OFFSET;
    ftpm_command_u32(command, (uint32_t)size);
    command->size = size;
    return true;
}

// ---- Responses ----

const uint8_t *ftpm_answer_bytes(struct ftpm_answer *answer, size_t size)
{
    const uint8_t *bytes = answer->bytes + answer->at;

    if (answer->is_short || size > answer->size - answer->at) {
        answer->is_short = true;
        return NULL;
    }
    answer->at += size;
    return bytes;
}

static uint64_t number(struct ftpm_answer *answer, size_t size)
{
    const uint8_t *bytes = ftpm_answer_bytes(answer, size);
    uint64_t value = 0;

    for (size_t i = 0; bytes != NULL && i < size; i++) {
        value = value << 8 | bytes[i];
    }
    return value;
}

uint8_t ftpm_answer_u8(struct ftpm_answer *answer)
{
    return (uint8_t)number(answer, 1);
}

uint16_t ftpm_answer_u16(struct ftpm_answer *answer)
{
    return (uint16_t)number(answer, 2);
}

uint32_t ftpm_answer_u32(struct ftpm_answer *answer)
{
    return (uint32_t)number(answer, 4);
}

uint64_t ftpm_answer_u64(struct ftpm_answer *answer)
{
    return number(answer, 8);
}

bool ftpm_answer_begin(struct ftpm_answer *answer, const uint8_t *bytes, size_t size)
{
    *answer = (struct ftpm_answer){ .bytes = bytes, .size = size };
    (void)ftpm_answer_u16(answer);
    uint32_t told = ftpm_answer_u32(answer);
    uint32_t code = ftpm_answer_u32(answer);

    return !answer->is_short && told == size && code == TPM_RC_SUCCESS;
}

uint32_t ftpm_code(const uint8_t *bytes)
{
    struct ftpm_answer answer = { .bytes = bytes,
                                  .size = FTPM_HEADER_SIZE,
                                  .at = FTPM_CODE_OFFSET };

    return ftpm_answer_u32(&answer);
}

size_t ftpm_answer_code(uint8_t *response, uint32_t code)
{
    struct ftpm_command made;

    ftpm_command_begin(&made, TPM_ST_NO_SESSIONS, code);
    (void)ftpm_command_end(&made);
    memcpy(response, made.bytes, FTPM_HEADER_SIZE);
    return FTPM_HEADER_SIZE;
}
