// SPDX-License-Identifier: BSD-3-Clause
//
// See tpm_fake.h.
#include "tpm_fake.h"

#include <setjmp.h>
#include <stdalign.h>
#include <stdarg.h>
#include <string.h>
// clang-format off
#include <cmocka.h>
// clang-format on

#include "ftpm_service.h"
#include "sp_mem.h"

struct tpm_fake tpm_fake;
alignas(4096) uint8_t tpm_fake_pages[TPM_CRB_LOCALITIES * TPM_CRB_PAGE];

int sp_mem_retrieve(const struct sp_mem_claim *claim, struct sp_mem_view *view)
{
    (void)claim;
    (void)view;
    return ERR_DENIED;
}

int sp_mem_relinquish(uint64_t handle)
{
    (void)handle;
    return ERR_DENIED;
}

static void put_size(uint8_t *header, size_t size)
{
    memcpy(header + 2, (uint8_t[]){ 0, 0, (uint8_t)(size >> 8), (uint8_t)size }, 4);
}

static size_t execute(uint8_t locality, const uint8_t *command, size_t size, uint8_t *response,
                      size_t room)
{
    size_t length = tpm_fake.response_size != 0 ? tpm_fake.response_size : size;

    tpm_fake.runs++;
    tpm_fake.locality = locality;
    tpm_fake.size = size;
    if (tpm_fake.during != NULL) {
        tpm_fake.during();
    }
    tpm_fake.was_cancelled = ftpm_crb_is_cancelled();
    if (tpm_fake.has_failed) {
        return 0;
    }
    assert_in_range(length, TPM_CRB_HEADER_SIZE, room);
    for (size_t i = 0; i < length; i++) {
        response[i] = (uint8_t)~command[i % size];
    }
    put_size(response, length);
    if (tpm_fake.spoils) {
        response[2] = 0xff;
    }
    return length;
}

static bool no(void)
{
    return false;
}

static bool not_from(uint8_t locality)
{
    (void)locality;
    return false;
}

void tpm_fake_start(void)
{
    static const struct ftpm_crb_engine engine = {
        .execute = execute,
        .established = no,
        .reset_established = not_from,
        .failed = no,
    };
    static const struct ftpm_service_setup service = {
        .engine = &engine,
        .pages = tpm_fake_pages,
        .address = 0x50000000,
    };

    memset(&tpm_fake, 0, sizeof(tpm_fake));
    ftpm_service_begin(&service);
}

uint32_t tpm_fake_get(unsigned int locality, size_t offset)
{
    uint32_t value;

    memcpy(&value, tpm_fake_pages + locality * TPM_CRB_PAGE + offset, sizeof(value));
    return value;
}

void tpm_fake_put(unsigned int locality, size_t offset, uint32_t value)
{
    memcpy(tpm_fake_pages + locality * TPM_CRB_PAGE + offset, &value, sizeof(value));
}

void tpm_fake_command(uint8_t *bytes, size_t size)
{
    for (size_t i = 0; i < size; i++) {
        bytes[i] = (uint8_t)(i * 5);
    }
    put_size(bytes, size);
}
