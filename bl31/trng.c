// SPDX-License-Identifier: BSD-3-Clause
//
// True Random Number Generator Firmware Interface 1.0 (DEN0098) over the board's entropy source. Called by smc.c for the
// normal world. What it hands out is fresh for each call, so nobody gets a bit that somebody else has had; between calls
// only the health tests keep something, the last sample among it. The source is believed only while these pass (SP
// 800-90B); once they fail, or the device does, the interface is gone until reset, and the console says so.
#include "bl31/bl31_private.h"
#include "bl31/smc.h"
#include "bl31/trng_health.h"
#include "lock.h"
#include "log.h"
#include "platform.h"
#include "smccc.h"
#include "string.h"

#define RND_WORDS 3 // 192 bits, the most a call can ask for

enum trng_state {
    TRNG_UNTESTED, // nobody has asked yet, or the source was busy before the start-up test was over
    TRNG_GOOD,
    TRNG_FAILED,
};

static struct spinlock trng_lock;

// Under trng_lock
static enum trng_state state;
static struct trng_health health;
static unsigned int start_up_samples; // that passed: a busy source goes on where it stopped

// DEN0098 2.3: names this back end. 05d0e2cc-5231-4a0b-911e-2a74e674d48b, its bytes in ascending order from bit 0 of w0
static const uint32_t uuid[4] = { 0xcce2d005, 0x0b4a3152, 0x742a1e91, 0x8bd474e6 };

// One sample that passed, with the lock held. ERR_NOT_SUPPORTED: this core has no source; ERR_TIMEOUT: it is busy; others:
// it has failed for good.
static int sample_locked(uint64_t *value)
{
    int error = plat_trng_read(value);

    if (error == ERR_NONE && !trng_health_passes(&health, *value)) {
        error = ERR_IO;
    }
    if (error != ERR_NONE) {
        *value = 0;
    }
    if (error != ERR_NONE && error != ERR_NOT_SUPPORTED && error != ERR_TIMEOUT) {
        state = TRNG_FAILED;
        log_error("TRNG: the entropy source fails its health tests (%d): out of service", error);
    }
    return error;
}

// ERR_NONE: the source may be used; ERR_TIMEOUT: it is there, but busy in its start-up test; others: there is none, or it has
// failed. The first caller waits for the test, whose samples nobody gets.
static int ready_locked(void)
{
    uint64_t discarded;
    int error = ERR_NONE;

    if (state == TRNG_FAILED) {
        return ERR_IO;
    }
    if (state == TRNG_GOOD) {
        return ERR_NONE;
    }
    while (error == ERR_NONE && start_up_samples < TRNG_HEALTH_START_UP) {
        error = sample_locked(&discarded);
        start_up_samples += error == ERR_NONE;
    }
    memory_wipe(&discarded, sizeof(discarded));
    if (error == ERR_NONE) {
        state = TRNG_GOOD;
    }
    return error;
}

// Whether the interface is there: also while the source is busy.
static bool offered(void)
{
    int error;

    spin_lock(&trng_lock);
    error = ready_locked();
    spin_unlock(&trng_lock);
    return error == ERR_NONE || error == ERR_TIMEOUT;
}

// Fills `words` with `bits` bits (1 … 192) from bit 0 of the first one, the rest with zeros; all zeros if it fails.
static int32_t fill(uint64_t words[RND_WORDS], uint64_t bits)
{
    int error;
    bool there;

    memset(words, 0, RND_WORDS * sizeof(*words));
    spin_lock(&trng_lock);
    error = ready_locked();
    there = error == ERR_NONE || error == ERR_TIMEOUT;
    for (unsigned int i = 0; error == ERR_NONE && 64 * i < bits; i++) {
        error = sample_locked(&words[i]);
    }
    there = there && state != TRNG_FAILED;
    spin_unlock(&trng_lock);
    if (error == ERR_NONE) {
        if (bits % 64 != 0) {
            words[bits / 64] &= (UINT64_C(1) << bits % 64) - 1;
        }
        return TRNG_SUCCESS;
    }
    memory_wipe(words, RND_WORDS * sizeof(*words));
    return there ? TRNG_NO_ENTROPY : TRNG_NOT_SUPPORTED;
}

// DEN0098 2.4: the low bits are in the last register. x1 … x3 are zero if it fails.
static int32_t trng_rnd(uint64_t bits, bool wide, struct smc_frame *frame)
{
    uint64_t words[RND_WORDS] = { 0 };
    int32_t status = TRNG_INVALID_PARAMETERS;

    if (bits >= 1 && bits <= (wide ? 192 : 96)) {
        status = fill(words, bits);
    } else if (!offered()) {
        status = TRNG_NOT_SUPPORTED; // a function that is not there judges no arguments
    }
    if (wide) {
        frame->x[1] = words[2];
        frame->x[2] = words[1];
        frame->x[3] = words[0];
    } else {
        frame->x[1] = (uint32_t)words[1];
        frame->x[2] = words[0] >> 32;
        frame->x[3] = (uint32_t)words[0];
    }
    memory_wipe(words, sizeof(words));
    return status;
}

static bool is_function(uint64_t fid)
{
    return fid == TRNG_VERSION || fid == TRNG_FEATURES || fid == TRNG_GET_UUID ||
           fid == TRNG_RND_32 || fid == TRNG_RND_64;
}

uint64_t trng_smc(uint64_t fid, uint64_t x1, uint64_t x2, uint64_t x3, struct smc_frame *frame)
{
    (void)x2;
    (void)x3;
    if (fid == TRNG_RND_32) {
        return (uint64_t)trng_rnd((uint32_t)x1, false, frame);
    }
    if (fid == TRNG_RND_64) {
        return (uint64_t)trng_rnd(x1, true, frame);
    }
    if (!is_function(fid) || !offered()) {
        return SMC_RESULT_UNKNOWN; // TRNG_NOT_SUPPORTED is the same
    }
    if (fid == TRNG_VERSION) {
        return TRNG_VERSION_1_0;
    }
    if (fid == TRNG_FEATURES) {
        return is_function((uint32_t)x1) ? 0 : SMC_RESULT_UNKNOWN;
    }
    for (unsigned int i = 1; i < 4; i++) {
        frame->x[i] = uuid[i];
    }
    return uuid[0];
}
