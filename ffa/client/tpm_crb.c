// SPDX-License-Identifier: BSD-3-Clause
//
// TPM behind the command response buffer over FF-A. See tpm_crb.h. The pages are touched by whole, aligned words only, and
// of what the partition (or somebody else with a mapping) writes there each word is read once.
#include "ffa/client/tpm_crb.h"

#include <string.h>

#include "ffa/client/ts_rpc.h"
#include "tpm_crb_io.h"

#define HEADER_WORDS 12 // bytes of the words that hold a response's header

static void put(const struct tpm_crb *crb, uint8_t locality, size_t offset, uint32_t value)
{
    tpm_crb_write(crb->pages, locality * (size_t)TPM_CRB_PAGE + offset, value);
}

static uint32_t get(const struct tpm_crb *crb, uint8_t locality, size_t offset)
{
    return tpm_crb_read(crb->pages, locality * (size_t)TPM_CRB_PAGE + offset);
}

static int map_status(uint32_t status)
{
    switch (status) {
    case TPM_CRB_OK:
    case TPM_CRB_OK_RESULTS_RETURNED:
        return 0;
    case TPM_CRB_DENIED:
        return ERR_DENIED;
    case TPM_CRB_INVARG:
        return ERR_INVALID;
    case TPM_CRB_INV_CRB_CTRL_DATA:
        return ERR_CORRUPT;
    case TPM_CRB_NOFUNC:
    case TPM_CRB_NOTSUP:
        return ERR_NOT_SUPPORTED;
    default:
        return ERR_IO;
    }
}

// One message; *result: its first result, may be NULL
static int message(struct tpm_crb *crb, uint32_t function, const uint32_t arg[2], uint32_t *result)
{
    static const uint32_t uuid[4] = TPM_CRB_UUID;
    uint32_t answer = crb->message2 ? FFA_MSG_SEND_DIRECT_RESP2 : FFA_MSG_SEND_DIRECT_RESP_32;
    struct ffa_args args = { .x = { FFA_MSG_SEND_DIRECT_REQ_32,
                                    (uint32_t)crb->transport->id << 16 | crb->partition, 0, 0,
                                    function, arg[0], arg[1] } };

    if (crb->message2) {
        args.x[0] = FFA_MSG_SEND_DIRECT_REQ2;
        args.x[2] = uuid[0] | (uint64_t)uuid[1] << 32;
        args.x[3] = uuid[2] | (uint64_t)uuid[3] << 32;
    }
    __atomic_thread_fence(__ATOMIC_SEQ_CST); // the page's writes are done when the partition looks
    int error = ts_rpc_direct(crb->transport, &args);

    __atomic_thread_fence(__ATOMIC_SEQ_CST);
    if (error != 0) {
        return error;
    }
    if ((uint32_t)args.x[0] != answer) {
        return ERR_IO;
    }
    crb->status = (uint32_t)args.x[4];
    if (result != NULL) {
        *result = (uint32_t)args.x[5];
    }
    return map_status(crb->status);
}

int tpm_crb_open(struct tpm_crb *crb, struct ffa_transport *transport, volatile uint8_t *pages)
{
    static const uint32_t uuid[4] = TPM_CRB_UUID;
    static const uint32_t none[2] = { 0 };
    uint32_t version = 0;
    int error;

    *crb = (struct tpm_crb){
        .transport = transport,
        .pages = pages,
        .locality = TPM_CRB_NO_LOCALITY,
        .waiting = TPM_CRB_NO_LOCALITY,
    };
    error = ts_rpc_locate(transport, uuid, &crb->partition);
    if (error == 0) {
        error = message(crb, TPM_CRB_GET_INTERFACE_VERSION, none, &version);
    }
    if (error == 0 && version >> 16 != TPM_CRB_VERSION >> 16) {
        error = ERR_VERSION;
    }
    return error;
}

// ---- Localities ------------------------------------------------------------------------------------------------------

static int control(struct tpm_crb *crb, uint8_t locality, uint32_t bit)
{
    const uint32_t arg[2] = { TPM_CRB_START_LOCALITY, locality };

    put(crb, locality, TPM_CRB_LOC_CTRL, bit);
    return message(crb, TPM_CRB_START, arg, NULL);
}

// Out of the line, if `crb` stands there with another locality than this
static int leave_line(struct tpm_crb *crb, uint8_t locality)
{
    uint8_t waiting = crb->waiting;

    if (waiting == TPM_CRB_NO_LOCALITY || waiting == locality) {
        return 0;
    }
    crb->waiting = TPM_CRB_NO_LOCALITY;
    return control(crb, waiting, TPM_CRB_RELINQUISH);
}

static int take(struct tpm_crb *crb, uint8_t locality, uint32_t bit)
{
    int error;

    if (locality >= TPM_CRB_LOCALITIES - 1 ||
        (crb->locality != TPM_CRB_NO_LOCALITY && crb->locality != locality)) {
        return ERR_INVALID;
    }
    error = leave_line(crb, locality);
    if (error == 0) {
        error = control(crb, locality, bit);
    }
    if (error == 0 && (get(crb, locality, TPM_CRB_LOC_STS) & TPM_CRB_GRANTED) == 0) {
        crb->waiting = bit == TPM_CRB_REQUEST ? locality : crb->waiting;
        error = ERR_BUSY;
    } else if (error == 0) {
        crb->waiting = TPM_CRB_NO_LOCALITY;
    }
    crb->locality = error == 0 ? locality : TPM_CRB_NO_LOCALITY;
    return error;
}

int tpm_crb_request(struct tpm_crb *crb, uint8_t locality)
{
    return take(crb, locality, TPM_CRB_REQUEST);
}

int tpm_crb_seize(struct tpm_crb *crb, uint8_t locality)
{
    return take(crb, locality, TPM_CRB_SEIZE);
}

int tpm_crb_relinquish(struct tpm_crb *crb)
{
    uint8_t locality = crb->locality != TPM_CRB_NO_LOCALITY ? crb->locality : crb->waiting;

    if (locality == TPM_CRB_NO_LOCALITY) {
        return ERR_INVALID;
    }
    crb->locality = TPM_CRB_NO_LOCALITY;
    crb->waiting = TPM_CRB_NO_LOCALITY;
    return control(crb, locality, TPM_CRB_RELINQUISH);
}

// ---- Commands --------------------------------------------------------------------------------------------------------

int tpm_crb_set_ready(struct tpm_crb *crb, bool is_ready)
{
    const uint32_t arg[2] = { TPM_CRB_START_COMMAND, crb->locality };

    if (crb->locality == TPM_CRB_NO_LOCALITY) {
        return ERR_INVALID;
    }
    put(crb, crb->locality, TPM_CRB_CTRL_REQ, is_ready ? TPM_CRB_READY : TPM_CRB_GO_IDLE);
    return message(crb, TPM_CRB_START, arg, NULL);
}

static uint32_t length_of(const uint8_t *header)
{
    const uint8_t *p = header + TPM_CRB_HEADER_LENGTH;

    return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

// Whole words first: a copy of a constant size is one instruction, and memcpy() of another a call
static void copy_in(const struct tpm_crb *crb, const uint8_t *bytes, size_t size)
{
    size_t whole = size / 4 * 4;
    uint32_t word;

    for (size_t i = 0; i < whole; i += 4) {
        memcpy(&word, bytes + i, sizeof(word));
        put(crb, crb->locality, TPM_CRB_DATA + i, word);
    }
    if (whole < size) {
        word = 0;
        memcpy(&word, bytes + whole, size - whole);
        put(crb, crb->locality, TPM_CRB_DATA + whole, word);
    }
}

// Bytes [from, to) of the buffer; `from` is a multiple of 4
static void copy_out(const struct tpm_crb *crb, uint8_t *bytes, size_t from, size_t to)
{
    size_t whole = to / 4 * 4;
    uint32_t word;

    for (size_t i = from; i < whole; i += 4) {
        word = get(crb, crb->locality, TPM_CRB_DATA + i);
        memcpy(bytes + i, &word, sizeof(word));
    }
    if (from <= whole && whole < to) {
        word = get(crb, crb->locality, TPM_CRB_DATA + whole);
        memcpy(bytes + whole, &word, to - whole);
    }
}

// What counts is the length in the copy of the header
static int take_response(const struct tpm_crb *crb, struct tpm_crb_command *command)
{
    uint8_t header[HEADER_WORDS];
    size_t length;

    copy_out(crb, header, 0, sizeof(header));
    length = length_of(header);
    if (length < TPM_CRB_HEADER_SIZE || length > TPM_CRB_DATA_SIZE) {
        return ERR_CORRUPT;
    }
    if (length > command->room) {
        return ERR_NO_MEMORY;
    }
    memcpy(command->response, header, length < sizeof(header) ? length : sizeof(header));
    copy_out(crb, command->response, sizeof(header), length);
    command->response_size = length;
    return 0;
}

static int start(struct tpm_crb *crb)
{
    const uint32_t arg[2] = { TPM_CRB_START_COMMAND, crb->locality };
    int error;

    put(crb, crb->locality, TPM_CRB_CTRL_CANCEL, 0);
    put(crb, crb->locality, TPM_CRB_CTRL_REQ, 0);
    put(crb, crb->locality, TPM_CRB_CTRL_START, 1);
    crb->running = true;
    error = message(crb, TPM_CRB_START, arg, NULL);
    crb->running = false;
    put(crb, crb->locality, TPM_CRB_CTRL_CANCEL, 0);
    if (error == 0 && get(crb, crb->locality, TPM_CRB_CTRL_START) != 0) {
        error = ERR_CORRUPT;
    }
    if (error != 0) {
        put(crb, crb->locality, TPM_CRB_CTRL_START, 0); // it does not run with the next message
    }
    return error;
}

int tpm_crb_execute(struct tpm_crb *crb, struct tpm_crb_command *command)
{
    int error;

    if (crb->locality == TPM_CRB_NO_LOCALITY || command->size < TPM_CRB_HEADER_SIZE ||
        length_of(command->bytes) != command->size) {
        return ERR_INVALID;
    }
    if (command->size > TPM_CRB_DATA_SIZE) {
        return ERR_RANGE;
    }
    copy_in(crb, command->bytes, command->size);
    error = start(crb);
    if (error == 0) {
        error = take_response(crb, command);
    }
    return error;
}

void tpm_crb_cancel(struct tpm_crb *crb)
{
    uint8_t locality = crb->locality;

    if (crb->running && locality != TPM_CRB_NO_LOCALITY) {
        put(crb, locality, TPM_CRB_CTRL_CANCEL, 1);
    }
}

bool tpm_crb_has_failed(const struct tpm_crb *crb)
{
    uint8_t locality = crb->locality != TPM_CRB_NO_LOCALITY ? crb->locality : 0;

    return (get(crb, locality, TPM_CRB_CTRL_STS) & TPM_CRB_FATAL) != 0;
}
