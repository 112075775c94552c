// SPDX-License-Identifier: BSD-3-Clause
//
// See ftpm_state.h.
#include "ftpm_state.h"

#include <string.h>

#include "ftpm_command.h"
#include "ftpm_library.h"

// More than a command adds: NV_DefineSpace an index of 2,048 bytes with its name and policy, EvictControl an RSA key of 3,072 bits; and then
// what commands add that are not asked here: authorisation values, policies of hierarchies, the states that Shutdown keeps
#define ROOM_OF_COMMAND 0x1c00

// Before libtpms' state, little-endian
struct state_head {
    uint64_t clock_limit; // no value above it has been reported
};
#define HEAD sizeof(struct state_head)

static struct {
    uint8_t bytes[FTPM_NV_MAX];
    uint32_t size; // 0: there is none
} image;

static bool is_held;        // nothing is to be written yet
static uint32_t command;    // that runs
static uint64_t clock_then; // when it began
static uint64_t clock_limit;
static uint64_t unsafe_until; // below, values were maybe exceeded before this start
static const struct ftpm_nv_store *given;
static uint32_t writes;
static uint64_t written;

// ---- The store, counted ----
static int counted_get(void *context, uint64_t uid, void *to, size_t room, size_t *size)
{
    return given->get(context, uid, to, room, size);
}

static int counted_set(void *context, uint64_t uid, const void *from, size_t size)
{
    int error = given->set(context, uid, from, size);

    if (error == 0) {
        writes++;
        written += size;
    }
    return error;
}

static struct ftpm_nv_store counted = { .get = counted_get, .set = counted_set };

void ftpm_state_counts(uint32_t *count, uint64_t *bytes)
{
    *count = writes;
    *bytes = written;
}

// ---- The state ----
int ftpm_state_begin(const struct ftpm_nv_store *store)
{
    const uint8_t *data;
    struct state_head head;
    uint32_t size;

    given = store;
    counted.context = store->context;
    image.size = 0;
    is_held = true;
    command = 0;
    clock_then = clock_limit = unsafe_until = 0;
    writes = 0;
    written = 0;
    int error = ftpm_nv_begin(&counted);

    if (error == 0) {
        error = ftpm_nv_state(&data, &size);
    }
    if (error != 0) {
        return error;
    }
    if (size <= HEAD) {
        return ERR_CORRUPT;
    }
    memcpy(&head, data, HEAD);
    memcpy(image.bytes, data, size);
    image.size = size;
    clock_limit = unsafe_until = head.clock_limit;
    return 0;
}

int ftpm_state_load(const uint8_t **data, uint32_t *size)
{
    if (image.size == 0) {
        return ERR_NOT_FOUND;
    }
    *data = image.bytes + HEAD;
    *size = image.size - (uint32_t)HEAD;
    return 0;
}

// The number that goes with what is stored now. After an orderly shutdown the clock begins where it was: no value was above
static uint64_t next_limit(void)
{
    uint64_t now = ftpm_library_clock();
    uint64_t limit = command == TPM_CC_SHUTDOWN ? now : now + FTPM_CLOCK_INTERVAL_MS;

    if (limit < now) {
        limit = UINT64_MAX;
    }
    return limit > unsafe_until ? limit : unsafe_until;
}

static int write_image(void)
{
    const struct state_head head = { .clock_limit = next_limit() };

    memcpy(image.bytes, &head, HEAD);
    int error = ftpm_nv_save(image.bytes, image.size);

    if (error == 0) {
        clock_limit = head.clock_limit;
    }
    return error;
}

int ftpm_state_store(const uint8_t *data, uint32_t size)
{
    if (size == 0 || size > sizeof(image.bytes) - HEAD) {
        return ERR_RANGE;
    }
    memcpy(image.bytes + HEAD, data, size);
    image.size = (uint32_t)HEAD + size;
    if (command == TPM_CC_CLEAR && ftpm_library_clock() < clock_then) {
        unsafe_until = 0; // another clock begins
    }
    return is_held ? 0 : write_image();
}

int ftpm_state_release(void)
{
    is_held = false;
    return image.size == 0 ? ERR_NOT_FOUND : write_image();
}

void ftpm_state_note(uint32_t code)
{
    command = code;
    clock_then = ftpm_library_clock();
}

bool ftpm_state_is_clock_safe(uint64_t clock_ms)
{
    return clock_ms >= unsafe_until;
}

bool ftpm_state_is_clock_due(void)
{
    return ftpm_library_clock() > clock_limit;
}

bool ftpm_state_has_room(void)
{
    return image.size <= sizeof(image.bytes) - ROOM_OF_COMMAND;
}
