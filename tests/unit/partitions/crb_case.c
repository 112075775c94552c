// SPDX-License-Identifier: BSD-3-Clause
//
// See crb_case.h.
#include "crb_case.h"

#include <setjmp.h>
#include <stdalign.h>
#include <stdarg.h>
#include <string.h>
// clang-format off
#include <cmocka.h>
// clang-format on

#include "ftpm_notify.h"

alignas(4096) uint8_t crb_pages[TPM_CRB_LOCALITIES * TPM_CRB_PAGE];

struct crb_tpm crb_tpm;
struct crb_set crb_set;

static size_t execute(uint8_t locality, const uint8_t *command, size_t size, uint8_t *response,
                      size_t room)
{
    assert_int_equal(room, TPM_CRB_DATA_SIZE);
    assert_in_range(size, TPM_CRB_HEADER_SIZE, TPM_CRB_DATA_SIZE);
    crb_tpm.runs++;
    crb_tpm.locality = locality;
    crb_tpm.size = size;
    memcpy(crb_tpm.command, command, size);
    if (crb_tpm.during != NULL) {
        crb_tpm.during();
    }
    crb_tpm.is_cancelled = ftpm_crb_is_cancelled();
    memset(response, crb_tpm.response_byte,
           crb_tpm.response_size <= room ? crb_tpm.response_size : room);
    return crb_tpm.response_size;
}

static bool established(void)
{
    return crb_tpm.established;
}

static bool reset_established(uint8_t locality)
{
    assert_in_range(locality, 0, 3);
    crb_tpm.reset_calls++;
    return crb_tpm.resets;
}

const struct ftpm_crb_engine crb_engine = {
    .execute = execute,
    .established = established,
    .reset_established = reset_established,
};

static int set_notification(uint16_t receiver, uint64_t bits, uint32_t flags, uint16_t vcpu)
{
    crb_set.calls++;
    crb_set.receiver = receiver;
    crb_set.bits = bits;
    crb_set.flags = flags;
    crb_set.vcpu = vcpu;
    return crb_set.error;
}

int crb_setup(void **state)
{
    (void)state;
    memset(&crb_tpm, 0, sizeof(crb_tpm));
    memset(&crb_set, 0, sizeof(crb_set));
    memset(crb_pages, 0xa5, sizeof(crb_pages));
    crb_tpm.response_size = TPM_CRB_HEADER_SIZE;
    crb_tpm.response_byte = 0x77;
    ftpm_notify_begin(set_notification);
    ftpm_crb_begin(crb_pages, CRB_ADDRESS, &crb_engine);
    return 0;
}

uint32_t crb_get(unsigned int locality, size_t offset)
{
    uint32_t value;

    memcpy(&value, crb_pages + locality * TPM_CRB_PAGE + offset, sizeof(value));
    return value;
}

void crb_put(unsigned int locality, size_t offset, uint32_t value)
{
    memcpy(crb_pages + locality * TPM_CRB_PAGE + offset, &value, sizeof(value));
}

uint8_t *crb_data(unsigned int locality)
{
    return crb_pages + locality * TPM_CRB_PAGE + TPM_CRB_DATA;
}

uint32_t crb_send(uint64_t function, uint64_t first, uint64_t second, uint16_t source)
{
    uint64_t arg[4] = { function, first, second, 0xdddd };

    ftpm_crb_answer(arg, source);
    assert_int_equal(arg[2], 0);
    assert_int_equal(arg[3], 0);
    if (function != TPM_CRB_GET_INTERFACE_VERSION) {
        assert_int_equal(arg[1], 0);
    }
    assert_int_equal(arg[0] >> 32, 0);
    return (uint32_t)arg[0];
}

uint32_t crb_control(unsigned int locality, uint32_t bits, uint16_t source)
{
    uint32_t status;

    crb_put(locality, TPM_CRB_LOC_CTRL, bits);
    status = crb_send(TPM_CRB_START, TPM_CRB_START_LOCALITY, locality, source);
    assert_int_equal(crb_get(locality, TPM_CRB_LOC_CTRL), 0);
    return status;
}

uint32_t crb_start(unsigned int locality)
{
    uint32_t status = crb_send(TPM_CRB_START, TPM_CRB_START_COMMAND, locality, CRB_NWD);

    assert_int_equal(crb_get(locality, TPM_CRB_CTRL_START), 0);
    assert_int_equal(crb_get(locality, TPM_CRB_CTRL_REQ), 0);
    return status;
}

void crb_write_command(unsigned int locality, size_t size, uint8_t byte)
{
    uint8_t *to = crb_data(locality);

    memset(to, byte, size <= TPM_CRB_DATA_SIZE && size >= TPM_CRB_HEADER_SIZE ? size : 12);
    to[2] = (uint8_t)(size >> 24);
    to[3] = (uint8_t)(size >> 16);
    to[4] = (uint8_t)(size >> 8);
    to[5] = (uint8_t)size;
    crb_put(locality, TPM_CRB_CTRL_START, 1);
}

uint32_t crb_command(unsigned int locality, size_t size, uint8_t byte)
{
    crb_write_command(locality, size, byte);
    return crb_start(locality);
}

void crb_expect_data(unsigned int locality, size_t size, uint8_t byte)
{
    for (size_t i = 0; i < TPM_CRB_DATA_SIZE; i++) {
        if (crb_data(locality)[i] != (i < size ? byte : 0)) {
            fail_msg("locality %u, byte %zu of %zu: %02x", locality, i, size,
                     crb_data(locality)[i]);
        }
    }
}

void crb_expect_code(unsigned int locality, uint16_t code)
{
    const uint8_t wanted[10] = { 0x80, 1, 0, 0, 0, 10, 0, 0, (uint8_t)(code >> 8), (uint8_t)code };

    assert_memory_equal(crb_data(locality), wanted, sizeof(wanted));
    for (size_t i = sizeof(wanted); i < 12; i++) {
        assert_int_equal(crb_data(locality)[i], 0);
    }
}

void crb_expect_active(unsigned int active)
{
    for (unsigned int i = 0; i < 4; i++) {
        uint32_t state = crb_get(i, TPM_CRB_LOC_STATE);

        assert_int_equal(state & ~1u, active == 0xff ? 0x80 : 0x82 | active << 2);
        assert_int_equal(crb_get(i, TPM_CRB_LOC_STS) & TPM_CRB_GRANTED, i == active ? 1 : 0);
    }
}

void crb_expect_registers(unsigned int locality)
{
    uint64_t buffer = CRB_ADDRESS + locality * 0x1000 + 0x80;

    assert_int_equal(crb_get(locality, 0x30), CRB_INTF_ID);
    assert_int_equal(crb_get(locality, 0x34), 0);
    assert_int_equal(crb_get(locality, 0x38), 0);
    assert_int_equal(crb_get(locality, 0x50), 0);
    assert_int_equal(crb_get(locality, 0x54), 0);
    assert_int_equal(crb_get(locality, 0x58), 3968);
    assert_int_equal(crb_get(locality, 0x5c), (uint32_t)buffer);
    assert_int_equal(crb_get(locality, 0x60), buffer >> 32);
    assert_int_equal(crb_get(locality, 0x64), 3968);
    assert_int_equal(crb_get(locality, 0x68), (uint32_t)buffer);
    assert_int_equal(crb_get(locality, 0x6c), buffer >> 32);
}
