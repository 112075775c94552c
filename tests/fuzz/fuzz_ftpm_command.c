// SPDX-License-Identifier: BSD-3-Clause
//
// libFuzzer target for libtpms behind ftpm_library.c: a few commands that are almost right (ftpm_commands.h), with sessions,
// then bytes changed, cut or added, on a TPM that has keys, NV indices, sessions and a saved context, the same for each
// input. Traps if a command puts the TPM into failure mode, gets no whole response, or leaves a state that cannot be stored
// and taken up again. libtpms itself is not instrumented: its overflows show in memory functions, at the heap's edges and by
// what they break.
#include <stdalign.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include <libtpms/tpm_error.h>
#include <libtpms/tpm_library.h>

#include "ftpm_library.h"
#include "tests/fuzz/ftpm_build.h"
#include "tests/fuzz/ftpm_commands.h"
#include "tests/fuzz/ftpm_parameters.h"
#include "tests/fuzz/fuzz_input.h"

#define COMMANDS_MAX 5
#define COSTLY_MAX \
    60 // commands of the whole run that make RSA keys or test themselves: they take 1000 times as long
#define FORMS (sizeof(ftpm_command_forms) / sizeof(ftpm_command_forms[0]))

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct fuzz_input fuzz_input;

struct ftpm_build ftpm_build;
static const uint8_t *response;
static size_t response_size;
static bool is_cancelled;
static uint8_t locality;
static unsigned int costly;

static unsigned char *permanent, *volatiles;
static uint32_t permanent_size, volatiles_size;

// ---- Commands --------------------------------------------------------------------------------------------------------

static int run(void)
{
    int error;

    ftpm_build.bytes[2] = 0;
    ftpm_build.bytes[3] = 0;
    put_16(4, ftpm_build.used);
    error = ftpm_library_execute(locality, ftpm_build.bytes, ftpm_build.used, &response,
                                 &response_size);
    expect(error == 0); // else: in failure mode
    expect(response_size >= FTPM_HEADER_SIZE && response_size <= FTPM_LIBRARY_BUFFER);
    expect(response[2] == 0 && response[3] == 0 &&
           ((size_t)response[4] << 8 | response[5]) == response_size);
    return (int)ftpm_code(response);
}

static void add_session(void)
{
    uint32_t session = one_in(4) ? ftpm_parameters_handle('s') : 0x40000009;

    add_32(session);
    add_2b(session == 0x40000009 ? 0 : 16);
    add_8(session == 0x40000009 || one_in(2) ? 1 : next());
    add_2b(one_in(16) ? next() : 0);
}

static void make(const struct ftpm_command_form *form)
{
    unsigned int sessions = one_in(16) ? next() % 4u : 0;
    size_t at;

    for (const char *h = form->handles; *h != 0; h++) {
        sessions += *h >= 'A' && *h <= 'Z';
    }
    begin(sessions != 0 ? 0x8002 : 0x8001, form->code);
    uint32_t before = 0;

    for (const char *h = form->handles; *h != 0; h++) {
        // The index's own authorisation, mostly
        before = *h == 'v' && before >> 24 == 1 && !one_in(4) ? before : ftpm_parameters_handle(*h);
        add_32(before);
    }
    if (sessions != 0) {
        add_16(0);
        at = ftpm_build.used;
        add_16(0);
        for (; sessions != 0; sessions--) {
            add_session();
        }
        end_2b(at);
    }
    for (const char *p = form->parameters; *p != 0; p++) {
        ftpm_parameters_add(*p);
    }
}

// Changes, cuts, adds
static void spoil(void)
{
    static const uint8_t values[] = { 0, 1, 0x7f, 0x80, 0xff, 0xfe, 0x10, 0x20 };
    size_t at =
        FTPM_HEADER_SIZE + (next() << 8 | next()) % (ftpm_build.used - FTPM_HEADER_SIZE + 1);

    switch (next() % 6) {
    case 0:
        ftpm_build.used = at;
        break;
    case 1:
        add_noise(next() % 5u);
        break;
    case 2:
        put_16(at, 0xffff);
        break;
    default:
        if (at < ftpm_build.used) {
            ftpm_build.bytes[at] = one_in(2) ? values[next() % 8] : next();
        }
        break;
    }
}

// Does it make an RSA key, or test everything? Looked for as the type of a public area and its name algorithm
static bool is_costly(void)
{
    uint32_t code = ftpm_code(ftpm_build.bytes);

    if (code == 0x142 || code == 0x143) {
        return true;
    }
    if (code != 0x131 && code != 0x153 && code != 0x191) {
        return false;
    }
    for (size_t i = FTPM_HEADER_SIZE; i + 4 <= ftpm_build.used; i++) {
        if (ftpm_build.bytes[i] == 0 && ftpm_build.bytes[i + 1] == 1 &&
            ftpm_build.bytes[i + 2] == 0 && ftpm_build.bytes[i + 3] < 0x28) {
            return true;
        }
    }
    return false;
}

static void one_command(void)
{
    make(&ftpm_command_forms[next() % FORMS]);
    if (one_in(64)) {
        ftpm_build.bytes[1] = next();
    }
    for (unsigned int i = one_in(2) ? 0 : next() % 3u; i != 0; i--) {
        spoil();
    }
    if (is_costly() && costly++ >= COSTLY_MAX) {
        return;
    }
    is_cancelled = one_in(32);
    locality = one_in(2) ? 0 : next() % 5;
    (void)run();
    locality = 0;
}

// ---- The TPM of each input ---------------------------------------------------------------------------------------------

static uint8_t stored[0x20000];
static uint32_t stored_size;

// A new TPM takes up what it has just stored
static int load(const uint8_t **data, uint32_t *size)
{
    *data = stored;
    *size = stored_size;
    return stored_size != 0 ? 0 : ERR_NOT_FOUND;
}

static int store(const uint8_t *data, uint32_t size)
{
    expect(size != 0 && size <= sizeof(stored));
    memcpy(stored, data, size);
    stored_size = size;
    return 0;
}

static bool is_to_cancel(void)
{
    return is_cancelled;
}

static bool is_safe(uint64_t clock_ms)
{
    (void)clock_ms;
    return true;
}

static const struct ftpm_library_hooks hooks = {
    .load = load, .store = store, .is_cancelled = is_to_cancel, .is_clock_safe = is_safe
};

static void begin_with(uint32_t code, uint32_t first, uint32_t second)
{
    begin(0x8002, code);
    add_32(first);
    if (second != 0) {
        add_32(second);
    }
    add_32(9);
    add_32(0x40000009);
    add_16(0);
    add_8(1);
    add_16(0);
}

// A key of this type and attributes under `parent`, made by `code`
static void make_key(uint32_t code, uint32_t parent, uint16_t type, uint32_t attributes,
                     uint16_t symmetric)
{
    size_t at;
    bool is_sealed = (attributes & 0x20) == 0; // data from outside

    begin_with(code, parent, 0);
    add_16(is_sealed ? 20 : 4);
    add_16(0);
    add_2b(is_sealed ? 16 : 0);
    at = ftpm_build.used;
    add_16(0);
    add_16(type);
    add_16(0xb);
    add_32(attributes);
    add_16(0);
    if (type != 8) {
        add_16(symmetric);
        if (symmetric != 0x10) {
            add_16(128);
            add_16(type == 0x25 ? 0x10 : 0x43);
        }
    }
    if (type != 0x25) {
        add_16(0x10);
    }
    if (type == 1) {
        add_16(2048);
        add_32(0);
    } else if (type == 0x23) {
        add_16(3);
        add_16(0x10);
        add_16(0);
    }
    add_16(0);
    put_16(at, ftpm_build.used - at - 2);
    add_16(0);
    add_32(0);
    expect(run() == 0);
}

static void keep(uint32_t persistent)
{
    begin_with(0x120, 0x40000001, 0x80000000);
    add_32(persistent);
    expect(run() == 0);
    begin(0x8001, 0x165);
    add_32(0x80000000);
    expect(run() == 0);
}

static void define_nv(uint32_t index, uint32_t attributes, uint16_t size)
{
    begin_with(0x12a, 0x40000001, 0);
    add_16(0);
    add_16(14);
    add_32(index);
    add_16(0xb);
    add_32(attributes);
    add_16(0);
    add_16(size);
    expect(run() == 0);
}

static void start_session(uint8_t type)
{
    begin(0x8001, 0x176);
    add_32(0x40000007);
    add_32(0x40000007);
    add_2b(16);
    add_16(0);
    add_8(type);
    add_16(6);
    add_16(128);
    add_16(0x43);
    add_16(0xb);
    expect(run() == 0);
}

static void take_blob(struct ftpm_blob *blob, size_t at)
{
    blob->size = 2 + ((size_t)response[at] << 8 | response[at + 1]);
    expect(at + blob->size <= response_size && blob->size <= sizeof(blob->bytes));
    memcpy(blob->bytes, response + at, blob->size);
}

static void furnish(void)
{
    static const uint32_t nv[NV_COUNT] = { 0x82044004, 0x2040014, 0x2040024, 0x2040044 };

    begin(0x8001, 0x144);
    add_16(0);
    expect(run() == 0);
    make_key(0x131, 0x40000001, 0x23, 0x30472, 6);
    keep(KEY_STORAGE);
    make_key(0x131, 0x40000001, 1, 0x60472, 0x10);
    keep(KEY_RSA);
    make_key(0x131, 0x40000001, 8, 0x60472, 0);
    keep(KEY_HMAC);
    make_key(0x131, 0x40000001, 0x23, 0x60472, 0x10);
    keep(KEY_ECC);
    make_key(0x131, 0x40000001, 8, 0x452, 0);
    keep(KEY_SEALED);
    for (uint32_t i = 0; i < NV_COUNT; i++) {
        define_nv(NV_FIRST + i, nv[i], i == 3 ? 32 : 8);
    }
    begin_with(0x137, NV_FIRST, NV_FIRST);
    add_2b(8);
    add_16(0);
    expect(run() == 0);
    make_key(0x153, KEY_STORAGE, 0x23, 0x40472, 0x10);
    take_blob(&ftpm_private_area, 14);
    take_blob(&ftpm_public_area, 14 + ftpm_private_area.size);
    make_key(0x131, 0x40000007, 0x25, 0x60472, 6);
    begin(0x8001, 0x162);
    add_32(0x80000000);
    expect(run() == 0);
    ftpm_context.size = response_size - FTPM_HEADER_SIZE;
    memcpy(ftpm_context.bytes, response + FTPM_HEADER_SIZE, ftpm_context.size);
    start_session(0);
    start_session(3);
    // As the partition does: nobody has the platform hierarchy
    begin_with(0x129, 0x4000000c, 0);
    add_2b(32);
    expect(run() == 0);
    expect(TPMLIB_GetState(TPMLIB_STATE_PERMANENT, &permanent, &permanent_size) == TPM_SUCCESS);
    expect(TPMLIB_GetState(TPMLIB_STATE_VOLATILE, &volatiles, &volatiles_size) == TPM_SUCCESS);
}

// Not of the state that is taken up: libtpms 0.9.2 takes up sequences into what was in their place before (the partition
// takes up none)
static void start_sequence(void)
{
    begin(0x8001, 0x186);
    add_16(0);
    add_16(0x10);
    expect(run() == 0);
}

// What is stored must be taken up again
static void check_state(void)
{
    unsigned char *all, *memory;
    uint32_t all_size, memory_size;

    expect(TPMLIB_GetState(TPMLIB_STATE_PERMANENT, &all, &all_size) == TPM_SUCCESS);
    expect(TPMLIB_GetState(TPMLIB_STATE_VOLATILE, &memory, &memory_size) == TPM_SUCCESS);
    ftpm_library_end();
    expect(TPMLIB_SetState(TPMLIB_STATE_PERMANENT, all, all_size) == TPM_SUCCESS);
    expect(TPMLIB_SetState(TPMLIB_STATE_VOLATILE, memory, memory_size) == TPM_SUCCESS);
    expect(ftpm_library_begin(&hooks) == 0);
    free(all);
    free(memory);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    is_cancelled = false;
    if (permanent == NULL) { // of no input's bytes: it is the same for all
        expect(ftpm_library_begin(&hooks) == 0);
        furnish();
    }
    fuzz_input_begin(data, size);
    ftpm_library_end();
    expect(TPMLIB_SetState(TPMLIB_STATE_PERMANENT, permanent, permanent_size) == TPM_SUCCESS);
    expect(TPMLIB_SetState(TPMLIB_STATE_VOLATILE, volatiles, volatiles_size) == TPM_SUCCESS);
    expect(ftpm_library_begin(&hooks) == 0);
    start_sequence();
    for (unsigned int i = 1 + next() % COMMANDS_MAX; i != 0; i--) {
        one_command();
    }
    if (one_in(8)) {
        check_state();
    }
    return 0;
}
