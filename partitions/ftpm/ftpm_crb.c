// SPDX-License-Identifier: BSD-3-Clause
//
// Command response buffer. See ftpm_crb.h. The pages may be Device memory on both sides: they are only touched by whole,
// aligned words.
#include "ftpm_crb.h"

#include <string.h>

#include "tpm_crb_io.h"

#include "ftpm_notify.h"

#define NOBODY 0xff
#define PARTITION 0x8000 // bit of an FF-A id
#define HEADER_WORDS 12  // bytes of the words that hold a command's header

// Interface identifier (PTP 6.5.3.7): CRB, version 1; all localities; a command may come while it is idle; CRB only, and
// selected; locked
#define INTF_TYPE_CRB 1u
#define INTF_VERSION (1u << 4)
#define INTF_LOCALITIES (1u << 8)
#define INTF_IDLE_BYPASS (1u << 9)
#define INTF_HAS_CRB (1u << 14)
#define INTF_SELECTED_CRB (1u << 17)
#define INTF_LOCKED (1u << 19)
#define INTF_ID                                                                         \
    (INTF_TYPE_CRB | INTF_VERSION | INTF_LOCALITIES | INTF_IDLE_BYPASS | INTF_HAS_CRB | \
     INTF_SELECTED_CRB | INTF_LOCKED)

// Responses that the TPM itself does not give: TPM_RC_COMMAND_SIZE, TPM_RC_FAILURE
static const uint8_t wrong_size[TPM_CRB_HEADER_SIZE] = { 0x80, 0x01, 0, 0, 0, 10, 0, 0, 1, 0x42 };
static const uint8_t failure[TPM_CRB_HEADER_SIZE] = { 0x80, 0x01, 0, 0, 0, 10, 0, 0, 1, 0x01 };

static struct {
    volatile uint8_t *pages; // NULL: none
    uint64_t address;
    const struct ftpm_crb_engine *engine;
    uint8_t active;    // locality that has the TPM, or NOBODY
    uint8_t running;   // locality whose command runs, or NOBODY
    uint8_t requested; // localities that wait for it, a bit for each
    uint8_t seized;    // from which it was taken
    bool idle;
    bool fatal;                          // the engine had no response
    uint16_t owner[FTPM_LOCALITIES_NWD]; // endpoint that has or wants the locality
    uint32_t
        filled[FTPM_LOCALITIES_NWD]; // bytes of its buffer in which a command or response may stand
} crb;

static uint8_t command[TPM_CRB_DATA_SIZE];
static uint8_t response[TPM_CRB_DATA_SIZE];

// ---- Pages -----------------------------------------------------------------------------------------------------------

static void put(uint8_t locality, size_t offset, uint32_t value)
{
    tpm_crb_write(crb.pages, locality * (size_t)TPM_CRB_PAGE + offset, value);
}

static uint32_t get(uint8_t locality, size_t offset)
{
    return tpm_crb_read(crb.pages, locality * (size_t)TPM_CRB_PAGE + offset);
}

// A register of requests: read once and taken away
static uint32_t take(uint8_t locality, size_t offset)
{
    uint32_t value = get(locality, offset);

    put(locality, offset, 0);
    return value;
}

static uint64_t buffer_of(uint8_t locality)
{
    return crb.address + locality * (uint64_t)TPM_CRB_PAGE + TPM_CRB_DATA;
}

static void show_locality(uint8_t locality, uint32_t state)
{
    uint64_t buffer = buffer_of(locality);

    put(locality, TPM_CRB_LOC_STS,
        (locality == crb.active ? TPM_CRB_GRANTED : 0) |
            ((crb.seized >> locality & 1) != 0 ? TPM_CRB_SEIZED : 0));
    put(locality, TPM_CRB_INTF_ID, INTF_ID);
    put(locality, TPM_CRB_INTF_ID + 4, 0); // no vendor's number
    put(locality, TPM_CRB_CTRL_EXT, 0);
    put(locality, TPM_CRB_CTRL_STS,
        (crb.fatal ? TPM_CRB_FATAL : 0) | (crb.idle ? TPM_CRB_IDLE : 0));
    put(locality, TPM_CRB_INT_ENABLE, 0); // there is no interrupt
    put(locality, TPM_CRB_INT_STS, 0);
    put(locality, TPM_CRB_CMD_SIZE, TPM_CRB_DATA_SIZE);
    put(locality, TPM_CRB_CMD_ADDRESS, (uint32_t)buffer);
    put(locality, TPM_CRB_CMD_ADDRESS + 4, (uint32_t)(buffer >> 32));
    put(locality, TPM_CRB_RSP_SIZE, TPM_CRB_DATA_SIZE);
    put(locality, TPM_CRB_RSP_ADDRESS, (uint32_t)buffer);
    put(locality, TPM_CRB_RSP_ADDRESS + 4, (uint32_t)(buffer >> 32));
    put(locality, TPM_CRB_LOC_STATE, state); // last: says that the rest is valid
}

void ftpm_crb_refresh(void)
{
    uint32_t state = TPM_CRB_VALID;

    if (crb.pages == NULL) {
        return;
    }
    state |= crb.engine->established() ? 0 : TPM_CRB_NOT_ESTABLISHED;
    if (crb.active != NOBODY) {
        state |= TPM_CRB_ASSIGNED | (uint32_t)crb.active << TPM_CRB_ACTIVE_SHIFT;
    }
    for (uint8_t i = 0; i < FTPM_LOCALITIES_NWD; i++) {
        show_locality(i, state);
    }
}

void ftpm_crb_begin(volatile uint8_t *pages, uint64_t address, const struct ftpm_crb_engine *engine)
{
    memset(&crb, 0, sizeof(crb));
    crb.pages = pages;
    crb.address = address;
    crb.engine = engine;
    crb.active = NOBODY;
    crb.running = NOBODY;
    crb.idle = true;
    for (size_t i = 0; pages != NULL && i < TPM_CRB_LOCALITIES * TPM_CRB_PAGE; i += 4) {
        put(0, i, 0);
    }
    ftpm_crb_refresh();
}

// What of a command or response stands behind the first `kept` bytes of the buffer is wiped
static void wipe_from(uint8_t locality, size_t kept)
{
    for (size_t i = (kept + 3) / 4 * 4; i < crb.filled[locality]; i += 4) {
        put(locality, TPM_CRB_DATA + i, 0);
    }
    crb.filled[locality] = (uint32_t)kept;
}

// ---- Localities ------------------------------------------------------------------------------------------------------

// The active locality has the TPM no longer, and its response stands nowhere
static void leave(void)
{
    if (crb.active < FTPM_LOCALITIES_NWD) {
        wipe_from(crb.active, 0);
    }
    crb.active = NOBODY;
    crb.idle = true;
}

// Who waits with the highest number gets it (PTP 6.5.2.3)
static void pass_on(void)
{
    leave();
    for (uint8_t i = FTPM_LOCALITIES_NWD; i-- != 0 && crb.active == NOBODY;) {
        if ((crb.requested >> i & 1) != 0) {
            crb.requested &= (uint8_t) ~(1u << i);
            crb.active = i;
            ftpm_notify_send(crb.owner[i]);
        }
    }
}

void ftpm_crb_take(void)
{
    if (crb.active < FTPM_LOCALITIES_NWD) {
        crb.seized |= (uint8_t)(1u << crb.active);
        leave();
    }
    crb.active = FTPM_LOCALITY_HASH;
}

void ftpm_crb_give_back(void)
{
    if (crb.active == FTPM_LOCALITY_HASH) {
        pass_on();
    }
}

// Has another endpoint this locality, or does it wait for it?
static bool is_others(uint8_t locality, uint16_t source)
{
    return (crb.active == locality || (crb.requested >> locality & 1) != 0) &&
           crb.owner[locality] != source;
}

static void request(uint8_t locality, uint16_t source)
{
    crb.owner[locality] = source;
    if (crb.active == NOBODY) {
        crb.active = locality;
    } else if (crb.active != locality) {
        crb.requested |= (uint8_t)(1u << locality);
    }
    crb.seized &= (uint8_t) ~(1u << locality);
}

static void relinquish(uint8_t locality)
{
    crb.requested &= (uint8_t) ~(1u << locality);
    if (crb.active == locality) {
        pass_on();
    }
}

// From a lower locality only (PTP 6.5.2.3); from nobody it is a request
static void seize(uint8_t locality, uint16_t source)
{
    if (crb.active < locality) {
        crb.seized |= (uint8_t)(1u << crb.active);
        leave();
    }
    if (crb.active == NOBODY) {
        crb.requested &= (uint8_t) ~(1u << locality);
        request(locality, source);
    }
}

// One bit of LOC_CTRL
static uint32_t control_locality(uint8_t locality, uint16_t source)
{
    uint32_t control = take(locality, TPM_CRB_LOC_CTRL);

    if (is_others(locality, source)) {
        return TPM_CRB_DENIED;
    }
    switch (control) {
    case TPM_CRB_REQUEST:
        request(locality, source);
        return TPM_CRB_OK;
    case TPM_CRB_RELINQUISH:
        relinquish(locality);
        return TPM_CRB_OK;
    case TPM_CRB_SEIZE:
        seize(locality, source);
        return TPM_CRB_OK;
    case TPM_CRB_RESET_ESTABLISHMENT:
        return crb.active == locality && crb.engine->reset_established(locality) ? TPM_CRB_OK
                                                                                 : TPM_CRB_DENIED;
    default:
        return TPM_CRB_INV_CRB_CTRL_DATA;
    }
}

// ---- Commands --------------------------------------------------------------------------------------------------------

// Bytes [from, to) of the buffer go to `command`; both are multiples of 4, at most its size
static void copy_in(uint8_t locality, size_t from, size_t to)
{
    for (size_t i = from; i < to; i += 4) {
        uint32_t word = get(locality, TPM_CRB_DATA + i);

        memcpy(command + i, &word, sizeof(word));
    }
    crb.filled[locality] = crb.filled[locality] > to ? crb.filled[locality] : (uint32_t)to;
}

// `size` bytes of `response`, zeros to the end of the last word, and nothing of a longer command or response behind
static void copy_out(uint8_t locality, size_t size)
{
    for (size_t i = 0; i < size; i += 4) {
        uint32_t word = 0;
        size_t left = size - i;

        memcpy(&word, response + i, left < sizeof(word) ? left : sizeof(word));
        put(locality, TPM_CRB_DATA + i, word);
    }
    wipe_from(locality, size);
}

// The registers that say where the buffer is are for reading: somebody who changed them expects something else than there is
static bool are_registers_whole(uint8_t locality)
{
    uint64_t buffer = buffer_of(locality);

    return get(locality, TPM_CRB_CMD_SIZE) == TPM_CRB_DATA_SIZE &&
           get(locality, TPM_CRB_CMD_ADDRESS) == (uint32_t)buffer &&
           get(locality, TPM_CRB_CMD_ADDRESS + 4) == (uint32_t)(buffer >> 32) &&
           get(locality, TPM_CRB_RSP_SIZE) == TPM_CRB_DATA_SIZE &&
           get(locality, TPM_CRB_RSP_ADDRESS) == (uint32_t)buffer &&
           get(locality, TPM_CRB_RSP_ADDRESS + 4) == (uint32_t)(buffer >> 32);
}

static uint32_t length_of(const uint8_t *header)
{
    const uint8_t *p = header + TPM_CRB_HEADER_LENGTH;

    return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

static size_t respond(const uint8_t header[TPM_CRB_HEADER_SIZE])
{
    memcpy(response, header, TPM_CRB_HEADER_SIZE);
    return TPM_CRB_HEADER_SIZE;
}

// Each word of the buffer is read once: the size that counts is that of the copy. Returns the response's
static size_t run(uint8_t locality)
{
    size_t size, got;

    copy_in(locality, 0, HEADER_WORDS);
    size = length_of(command);
    if (size < TPM_CRB_HEADER_SIZE || size > sizeof(command)) {
        return respond(wrong_size);
    }
    copy_in(locality, HEADER_WORDS, (size + 3) / 4 * 4);
    crb.running = locality;
    got = crb.engine->execute(locality, command, size, response, sizeof(response));
    crb.running = NOBODY;
    if (got < TPM_CRB_HEADER_SIZE || got > sizeof(response)) {
        crb.fatal = true;
        return respond(failure);
    }
    return got;
}

// Whoever has the locality; who asks for none uses locality 0 while nobody has one: a driver that cannot see these registers
static bool may_start(uint8_t locality, uint16_t source)
{
    return crb.active == locality ? crb.owner[locality] == source
                                  : crb.active == NOBODY && locality == 0;
}

static uint32_t start(uint8_t locality, uint16_t source)
{
    uint32_t wanted = take(locality, TPM_CRB_CTRL_REQ);
    bool has_command = (get(locality, TPM_CRB_CTRL_START) & 1) != 0;

    if (!may_start(locality, source)) {
        return TPM_CRB_DENIED;
    }
    if (wanted > TPM_CRB_GO_IDLE || (wanted == TPM_CRB_GO_IDLE && has_command) ||
        (has_command && !are_registers_whole(locality))) {
        return TPM_CRB_INV_CRB_CTRL_DATA;
    }
    if (wanted == TPM_CRB_GO_IDLE) {
        crb.idle = true;
        wipe_from(locality, 0);
    } else if (wanted == TPM_CRB_READY) {
        crb.idle = false;
    }
    if (!has_command) {
        return TPM_CRB_OK; // maybe a cancel that comes when nothing runs
    }
    crb.idle = false;
    copy_out(locality, run(locality));
    memset(command, 0, sizeof(command));
    memset(response, 0, sizeof(response));
    ftpm_notify_send(source);
    return TPM_CRB_OK;
}

bool ftpm_crb_is_cancelled(void)
{
    return crb.running != NOBODY && (get(crb.running, TPM_CRB_CTRL_CANCEL) & 1) != 0;
}

// ---- Messages --------------------------------------------------------------------------------------------------------

// Locality 4 is the hardware's, or here the secure world's, for a dynamic launch: its PCRs would mean nothing if everybody
// could have it
static uint32_t answer_start(uint64_t qualifier, uint64_t locality, uint16_t source)
{
    uint32_t status;

    if (locality >= TPM_CRB_LOCALITIES ||
        (qualifier != TPM_CRB_START_LOCALITY && qualifier != TPM_CRB_START_COMMAND)) {
        return TPM_CRB_INVARG;
    }
    if (locality == FTPM_LOCALITY_HASH) {
        return TPM_CRB_DENIED;
    }
    if (crb.pages == NULL) {
        return TPM_CRB_NOTSUP;
    }
    if (crb.running != NOBODY) {
        return TPM_CRB_ALREADY; // out of the engine: the SPMC gives this partition one message at a time
    }
    if (qualifier == TPM_CRB_START_LOCALITY) {
        status = control_locality((uint8_t)locality, source);
    } else {
        status = start((uint8_t)locality, source);
    }
    ftpm_crb_refresh();
    __atomic_thread_fence(__ATOMIC_RELEASE); // a core that polls START sees the response, too
    put((uint8_t)locality, TPM_CRB_CTRL_START, 0);
    return status;
}

void ftpm_crb_answer(uint64_t arg[4], uint16_t source)
{
    const uint64_t function = arg[0];
    const uint64_t first = arg[1];
    const uint64_t second = arg[2];

    memset(arg, 0, 4 * sizeof(*arg));
    if (function == TPM_CRB_GET_INTERFACE_VERSION) {
        arg[0] = TPM_CRB_OK_RESULTS_RETURNED;
        arg[1] = TPM_CRB_VERSION;
        return;
    }
    if ((source & PARTITION) != 0) {
        arg[0] = TPM_CRB_DENIED;
        return;
    }
    switch (function) {
    case TPM_CRB_GET_FEATURE_INFO:
        arg[0] = first == TPM_CRB_FEATURE_NOTIFICATION ? ftpm_notify_feature() : TPM_CRB_NOTSUP;
        break;
    case TPM_CRB_START:
        arg[0] = answer_start(first, second, source);
        break;
    case TPM_CRB_REGISTER_FOR_NOTIFICATION:
        arg[0] = ftpm_notify_register(source, first, second);
        break;
    case TPM_CRB_UNREGISTER_FROM_NOTIFICATION:
        arg[0] = ftpm_notify_unregister(source);
        break;
    case TPM_CRB_FINISH_NOTIFIED:
        arg[0] = ftpm_notify_finish(source);
        break;
    default:
        arg[0] = TPM_CRB_NOFUNC;
        break;
    }
}
