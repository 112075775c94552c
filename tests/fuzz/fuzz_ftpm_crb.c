// SPDX-License-Identifier: BSD-3-Clause
//
// libFuzzer target for the TPM's command response buffer: messages of several endpoints with any arguments, pages that they
// fill with anything before, and another core that writes there between any two accesses of the partition. The engine marks
// its responses by locality. Traps if a message breaks DEN0138, a word that counts is read twice, the engine is given
// something that is no command or that its caller may not send, or a response stands in a page whose locality does not have
// the TPM.
#include <stdalign.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "errors.h"
#include "ftpm_crb.h"
#include "ftpm_notify.h"
#include "tests/fuzz/crb_race.h"
#include "tests/fuzz/fuzz_input.h"

#define STEPS_MAX 24
#define RACES_MAX 6
#define WORDS (TPM_CRB_LOCALITIES * TPM_CRB_PAGE / 4)
#define MARK 0x80 // bit of each byte of a response; clients never write it to a buffer
#define NOBODY 0xff
#define ADDRESS 0x1000000000ULL

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct fuzz_input fuzz_input;

static alignas(4096) uint8_t pages[TPM_CRB_LOCALITIES * TPM_CRB_PAGE];
static const uint16_t sources[] = { 0, 0, 0, 1, 7, 0x8003 };

// One message
static struct {
    uint16_t source;
    uint64_t function, qualifier, locality;
    unsigned int accesses;
    struct {
        unsigned int at; // access before which it happens
        size_t offset;
        uint32_t value;
    } races[RACES_MAX];
    size_t race_count;
    bool raced;
    bool is_shown;        // the registers have been written anew
    uint8_t reads[WORDS]; // of each word
    uint32_t control;     // LOC_CTRL as it was read
    uint32_t request;     // CTRL_REQ as it was read
    unsigned int runs;
    bool engine_is_broken;
    bool in_engine;
} step;

// What the fuzzer knows of localities: from the bits that were read
static struct {
    uint8_t active;
    uint16_t owner[FTPM_LOCALITIES_NWD];
    uint8_t waiting;
    bool is_hashing;
    bool is_loose;  // a response to somebody without a locality stands in page 0
    uint8_t before; // active before the last step
} model;

static uint32_t next_word(void)
{
    uint32_t value = next();

    switch (next() % 4) {
    case 0:
        return value;
    case 1:
        return value << 24 | 0xffffff;
    default:
        return value | (uint32_t)next() << 8 | (uint32_t)next() << 16 | (uint32_t)next() << 24;
    }
}

// ---- The pages and the other core ------------------------------------------------------------------------------------

static void client_write(size_t offset, uint32_t value)
{
    if (offset % TPM_CRB_PAGE >= TPM_CRB_DATA) {
        value &= 0x7f7f7f7f;
    }
    memcpy(pages + offset, &value, sizeof(value));
}

static void race(void)
{
    step.accesses++;
    if (step.race_count == 0) {
        return;
    }
    for (size_t i = 0; i < step.race_count; i++) {
        if (step.races[i].at == step.accesses) {
            client_write(step.races[i].offset, step.races[i].value);
            step.raced = true;
        }
    }
}

uint32_t tpm_crb_read(const volatile uint8_t *base, size_t offset)
{
    uint32_t value;

    expect(base == pages && offset % 4 == 0 && offset < sizeof(pages));
    race();
    memcpy(&value, pages + offset, sizeof(value));
    if (offset % TPM_CRB_PAGE == TPM_CRB_CTRL_CANCEL) {
        expect(step.in_engine);
        return value;
    }
    expect(offset / TPM_CRB_PAGE == step.locality && step.reads[offset / 4]++ == 0);
    if (offset % TPM_CRB_PAGE == TPM_CRB_LOC_CTRL) {
        step.control = value;
    } else if (offset % TPM_CRB_PAGE == TPM_CRB_CTRL_REQ) {
        step.request = value;
    }
    return value;
}

void tpm_crb_write(volatile uint8_t *base, size_t offset, uint32_t value)
{
    expect(base == pages && offset % 4 == 0 && offset < sizeof(pages));
    race();
    memcpy(pages + offset, &value, sizeof(value));
    model.is_loose |= model.active == NOBODY && (value & 0x80808080) != 0 &&
                      offset >= TPM_CRB_DATA && offset < TPM_CRB_PAGE;
    step.is_shown |= offset == (FTPM_LOCALITIES_NWD - 1) * TPM_CRB_PAGE + TPM_CRB_LOC_STATE;
}

static uint32_t word(unsigned int locality, size_t offset)
{
    uint32_t value;

    memcpy(&value, pages + locality * TPM_CRB_PAGE + offset, sizeof(value));
    return value;
}

// ---- The TPM ---------------------------------------------------------------------------------------------------------

// What the partition answers itself, without the engine, is no secret of anybody's: a client may send it back as a command. Of it
// only the first byte has the mark's bit.
static bool is_own_response(const uint8_t *command, size_t size)
{
    static const uint8_t head[] = { 0x80, 0x01, 0, 0, 0, TPM_CRB_HEADER_SIZE };

    return size == TPM_CRB_HEADER_SIZE && memcmp(command, head, sizeof(head)) == 0;
}

static size_t execute(uint8_t locality, const uint8_t *command, size_t size, uint8_t *response,
                      size_t room)
{
    uint32_t length = (uint32_t)command[2] << 24 | (uint32_t)command[3] << 16 |
                      (uint32_t)command[4] << 8 | command[5];
    size_t answer = TPM_CRB_HEADER_SIZE + (next() << 8 | next()) % (room - TPM_CRB_HEADER_SIZE + 1);

    expect(size == length && size >= TPM_CRB_HEADER_SIZE && size <= TPM_CRB_DATA_SIZE);
    expect(room == TPM_CRB_DATA_SIZE && locality == step.locality && step.runs++ == 0);
    expect(step.function == TPM_CRB_START && step.qualifier == TPM_CRB_START_COMMAND);
    expect(model.active == locality ? model.owner[locality] == step.source
                                    : model.active == NOBODY && locality == 0);
    for (size_t i = 0; i < size; i++) {
        // Nothing of a response before
        expect((command[i] & MARK) == 0 || is_own_response(command, size));
    }
    step.in_engine = true;
    (void)ftpm_crb_is_cancelled();
    step.in_engine = false;
    memset(response, MARK | (locality + 1), answer);
    if (next() % 16 == 0) {
        step.engine_is_broken = true;
        return next() % 2 == 0 ? next() % TPM_CRB_HEADER_SIZE : room + 1 + next();
    }
    return answer;
}

static bool coin(void)
{
    return next() % 2 == 0;
}

static bool reset_established(uint8_t locality)
{
    expect(locality == model.active && model.owner[locality] == step.source);
    return coin();
}

static const struct ftpm_crb_engine engine = {
    .execute = execute,
    .established = coin,
    .reset_established = reset_established,
};

static int set_notification(uint16_t receiver, uint64_t bits, uint32_t flags, uint16_t vcpu)
{
    expect((receiver & 0x8000) == 0 && bits != 0 && (bits & (bits - 1)) == 0);
    expect((flags & 1) != 0 || vcpu == 0);
    return coin() ? 0 : ERR_DENIED;
}

// ---- The model -------------------------------------------------------------------------------------------------------

static void model_pass_on(void)
{
    model.active = NOBODY;
    for (uint8_t i = FTPM_LOCALITIES_NWD; i-- != 0 && model.active == NOBODY;) {
        if ((model.waiting >> i & 1) != 0) {
            model.waiting &= (uint8_t) ~(1u << i);
            model.active = i;
        }
    }
}

// LOC_CTRL as it was read does to `l` what PTP 6.5.2.3 says. The status
static uint32_t model_control(uint8_t l)
{
    bool waits = (model.waiting >> l & 1) != 0;

    if ((model.active == l || waits) && model.owner[l] != step.source) {
        return TPM_CRB_DENIED;
    }
    switch (step.control) {
    case TPM_CRB_SEIZE:
        if (model.active < l) {
            model.active = NOBODY;
        }
        if (model.active != NOBODY) {
            return TPM_CRB_OK;
        }
        model.waiting &= (uint8_t) ~(1u << l);
        model.owner[l] = step.source;
        model.active = l;
        return TPM_CRB_OK;
    case TPM_CRB_REQUEST:
        model.owner[l] = step.source;
        if (model.active == NOBODY) {
            model.active = l;
        } else if (model.active != l) {
            model.waiting |= (uint8_t)(1u << l);
        }
        return TPM_CRB_OK;
    case TPM_CRB_RELINQUISH:
        model.waiting &= (uint8_t) ~(1u << l);
        if (model.active == l) {
            model_pass_on();
        }
        return TPM_CRB_OK;
    case TPM_CRB_RESET_ESTABLISHMENT:
        return 0; // the engine's word
    default:
        return TPM_CRB_INV_CRB_CTRL_DATA;
    }
}

// A response stands in the page of the locality that has the TPM, or, from when nobody had it, in that which needs none;
// nowhere else
static void check_marks(void)
{
    if (model.before == 0 && model.active != 0) {
        model.is_loose = false;
    }
    model.before = model.active;
    for (unsigned int l = 0; l < TPM_CRB_LOCALITIES; l++) {
        bool may = model.active == l || (model.is_loose && l == 0);
        uint8_t mark = (uint8_t)(MARK | (l + 1));

        for (size_t i = TPM_CRB_DATA; i < TPM_CRB_PAGE; i += sizeof(uint64_t)) {
            uint64_t bytes;

            memcpy(&bytes, pages + l * TPM_CRB_PAGE + i, sizeof(bytes));
            // The header of a response that the engine does not give is 80 01 …
            bytes = i == TPM_CRB_DATA && (bytes & 0xff) == 0x80 ? bytes & ~0xffULL : bytes;
            bytes &= 0x8080808080808080ULL;
            if (bytes != 0) { // each marked byte is this locality's
                uint64_t wanted = (bytes >> 7) * mark;
                uint64_t are;

                memcpy(&are, pages + l * TPM_CRB_PAGE + i, sizeof(are));
                expect(may && (are & (bytes >> 7) * 0xff) == wanted);
            }
        }
    }
}

static void check_registers(void)
{
    for (unsigned int l = 0; l < FTPM_LOCALITIES_NWD && step.is_shown && !step.raced; l++) {
        uint64_t buffer = ADDRESS + l * 0x1000 + 0x80;
        uint32_t state = word(l, TPM_CRB_LOC_STATE);

        expect(word(l, TPM_CRB_CMD_SIZE) == 3968 && word(l, TPM_CRB_RSP_SIZE) == 3968);
        expect(word(l, TPM_CRB_CMD_ADDRESS) == (uint32_t)buffer);
        expect(word(l, TPM_CRB_RSP_ADDRESS + 4) == buffer >> 32);
        expect((state & ~1u) ==
               (model.active == NOBODY ? 0x80 : 0x82 | (uint32_t)model.active << 2));
        expect((word(l, TPM_CRB_LOC_STS) & 1) == (l == model.active));
        expect(l != step.locality || word(l, TPM_CRB_CTRL_START) == 0);
    }
}

// ---- Steps -----------------------------------------------------------------------------------------------------------

// A command that could be one, or anything
static void fill_page(unsigned int locality)
{
    size_t base = locality * (size_t)TPM_CRB_PAGE;
    size_t size = coin() ? next() : (size_t)(next() << 8 | next()) % (TPM_CRB_DATA_SIZE + 16);
    uint8_t byte = next() & 0x7f;

    for (size_t i = 0; i < size && i < TPM_CRB_DATA_SIZE; i += 4) {
        client_write(base + TPM_CRB_DATA + i, byte * 0x01010101u);
    }
    // Sizes keep below the marks, too: 7f7f… stands for what is far too large
    client_write(base + TPM_CRB_DATA, 0x0180 | (coin() ? 0 : (uint32_t)next() << 16));
    client_write(base + TPM_CRB_DATA + 4, (uint32_t)(size >> 8 | (size & 0x7f) << 8));
    client_write(base + TPM_CRB_CTRL_START, next() % 4 != 0);
    client_write(base + TPM_CRB_LOC_CTRL, coin() ? 1u << next() % 5 : next_word());
    client_write(base + TPM_CRB_CTRL_REQ, coin() ? next() % 4 : 0);
    for (unsigned int i = next() % 8; i > 5; i--) {
        client_write(base + next() % 32 * 4u, next_word());
    }
}

static void plan_races(void)
{
    step.race_count = coin() ? 0 : next() % (RACES_MAX + 1);
    for (size_t i = 0; i < step.race_count; i++) {
        size_t page = coin() && step.locality < TPM_CRB_LOCALITIES ? (size_t)step.locality
                                                                   : next() % TPM_CRB_LOCALITIES;

        step.races[i].at = coin() ? next() % 16 : (unsigned int)(next() << 8 | next()) % 1200;
        step.races[i].offset =
            page * TPM_CRB_PAGE + (coin() ? next() % 48u : next() * 4u % 1024u) * 4u;
        step.races[i].value = next_word();
    }
}

static void check_status(uint32_t status)
{
    if (step.function == TPM_CRB_GET_INTERFACE_VERSION) {
        expect(status == TPM_CRB_OK_RESULTS_RETURNED);
    } else if ((step.source & 0x8000) != 0) {
        expect(status == TPM_CRB_DENIED && step.accesses == 0);
    } else if (step.function != TPM_CRB_START) {
        expect(step.accesses == 0 && (status >> 24 == 0x05 || status >> 24 == 0x8e));
    } else if (step.locality >= TPM_CRB_LOCALITIES || step.qualifier > 1) {
        expect(status == TPM_CRB_INVARG && step.accesses == 0);
    } else if (step.locality == FTPM_LOCALITY_HASH) {
        expect(status == TPM_CRB_DENIED && step.accesses == 0);
    } else if (step.qualifier == TPM_CRB_START_LOCALITY) {
        uint32_t wanted = model_control((uint8_t)step.locality);

        expect(status == wanted ||
               (wanted == 0 && (status == TPM_CRB_OK || status == TPM_CRB_DENIED)));
    } else {
        expect(status == TPM_CRB_OK || status == TPM_CRB_DENIED ||
               status == TPM_CRB_INV_CRB_CTRL_DATA);
        expect(step.runs == 0 || status == TPM_CRB_OK);
        if (status == TPM_CRB_OK && step.request == TPM_CRB_GO_IDLE && step.locality == 0) {
            model.is_loose = false;
        }
    }
    expect(step.is_shown == (step.accesses != 0));
}

static void send(void)
{
    uint8_t kind = next();
    uint64_t arg[4];

    memset(&step, 0, sizeof(step));
    step.source = sources[next() % (sizeof(sources) / sizeof(sources[0]))];
    step.function = kind % 8 < 6 ? TPM_CRB_START : 0x0f000001u + kind % 7 * 0x100u;
    step.qualifier = kind >= 250 ? next_word() : kind >> 5 & 1;
    step.locality = kind % 64 == 63 ? next_word() : next() % 4u;
    if (step.locality < TPM_CRB_LOCALITIES && coin()) {
        fill_page((unsigned int)step.locality);
    }
    plan_races();
    arg[0] = step.function;
    arg[1] = step.qualifier;
    arg[2] = step.locality;
    arg[3] = next();
    ftpm_crb_answer(arg, step.source);
    expect(arg[2] == 0 && arg[3] == 0 && arg[0] >> 32 == 0);
    check_status((uint32_t)arg[0]);
    check_registers();
    check_marks();
}

// Locality 4, which comes by the RPC
static void hash(void)
{
    memset(&step, 0, sizeof(step));
    step.locality = NOBODY;
    if (model.is_hashing) {
        ftpm_crb_give_back();
        model_pass_on();
    } else {
        ftpm_crb_take();
        model.active = FTPM_LOCALITY_HASH;
    }
    model.is_hashing = !model.is_hashing;
    ftpm_crb_refresh();
    check_registers();
    check_marks();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    fuzz_input_begin(data, size);
    memset(&model, 0, sizeof(model));
    memset(&step, 0, sizeof(step));
    model.active = NOBODY;
    model.before = NOBODY;
    ftpm_notify_begin(set_notification);
    ftpm_crb_begin(pages, ADDRESS, &engine);
    for (unsigned int steps = 1 + next() % STEPS_MAX; steps != 0; steps--) {
        if (next() % 16 == 0) {
            hash();
        } else {
            send();
        }
    }
    return 0;
}
