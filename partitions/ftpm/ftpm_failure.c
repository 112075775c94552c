// SPDX-License-Identifier: BSD-3-Clause
//
// See ftpm_failure.h.
#include "ftpm_failure.h"

#include <string.h>

#include "ftpm_command.h"

#define PT_MANUFACTURER 0x105u // TPM_PT_MANUFACTURER … TPM_PT_FIRMWARE_VERSION_2 (part 2, 6.13)

// What libtpms says of itself while it works, in that order: manufacturer, four vendor strings, type, firmware version. A unit test
// compares
static const uint32_t properties[] = {
    0x49424d00, // "IBM"
    0x53572020, // "SW  "
    0x2054504d, // " TPM"
    0,          0, 1, 0x20191023, 0x00163636,
};
#define PT_COUNT (sizeof(properties) / sizeof(properties[0]))

static void put_test_result(struct ftpm_command *made, enum ftpm_failure why)
{
    ftpm_command_u16(made, sizeof(uint32_t));
    ftpm_command_u32(made, (uint32_t)why);
    ftpm_command_u32(made, why == FTPM_FAILURE_STORAGE ? TPM_RC_NV_UNINITIALIZED : TPM_RC_FAILURE);
}

// One property a call, and whether there are more
static void put_capability(struct ftpm_command *made, uint32_t property, uint32_t count)
{
    uint32_t row = property < PT_MANUFACTURER ? 0 : property - PT_MANUFACTURER;
    bool some = row < PT_COUNT && count != 0;
    bool more = some ? row + 1 < PT_COUNT : row < PT_COUNT;

    ftpm_command_u8(made, more ? 1 : 0);
    ftpm_command_u32(made, TPM_CAP_TPM_PROPERTIES);
    ftpm_command_u32(made, some ? 1 : 0);
    if (some) {
        ftpm_command_u32(made, PT_MANUFACTURER + row);
        ftpm_command_u32(made, properties[row]);
    }
}

// What the command asks for; the rest of it, if it is one of the two that are answered
static uint32_t decode(const uint8_t *command, size_t size, struct ftpm_answer *rest)
{
    *rest = (struct ftpm_answer){ .bytes = command, .size = size };
    uint16_t tag = ftpm_answer_u16(rest);
    uint32_t told = ftpm_answer_u32(rest);
    uint32_t code = ftpm_answer_u32(rest);

    return rest->is_short || tag != TPM_ST_NO_SESSIONS || told != size ? 0 : code;
}

size_t ftpm_failure_answer(enum ftpm_failure why, const uint8_t *command, size_t size,
                           uint8_t *response, size_t room)
{
    struct ftpm_answer rest;
    struct ftpm_command made;
    uint32_t code = decode(command, size, &rest);

    ftpm_command_begin(&made, TPM_ST_NO_SESSIONS, TPM_RC_SUCCESS);
    if (code == TPM_CC_GET_TEST_RESULT && size == FTPM_HEADER_SIZE) {
        put_test_result(&made, why);
    } else if (code == TPM_CC_GET_CAPABILITY && size == FTPM_HEADER_SIZE + 12) {
        uint32_t capability = ftpm_answer_u32(&rest);
        uint32_t property = ftpm_answer_u32(&rest);

        if (capability != TPM_CAP_TPM_PROPERTIES) {
            return ftpm_answer_code(response, TPM_RC_FAILURE);
        }
        put_capability(&made, property, ftpm_answer_u32(&rest));
    } else {
        return ftpm_answer_code(response, TPM_RC_FAILURE);
    }
    if (!ftpm_command_end(&made) || made.size > room) {
        return ftpm_answer_code(response, TPM_RC_FAILURE);
    }
    memcpy(response, made.bytes, made.size);
    return made.size;
}
