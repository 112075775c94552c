// SPDX-License-Identifier: BSD-3-Clause
//
// Anti-rollback: the OTP's NV counters follow the images that boot. BL2 names the lowest values in their certificates; here they
// are raised to these, when all of the secure world is up and the normal world is the next to run: an image that does not get so
// far never keeps an older one out. Called by spmd/spmd_boot.c. The hand-off has passed handoff_check(): each value is one that a
// certificate may have, which is more than the OTP has steps. Trusts no word of the OTP.
#include "bl31/bl31_private.h"
#include "log.h"
#include "otp.h"
#include "platform.h"

// Copied before the SPMC runs, const after that.
static uint32_t counters_wanted[COT_COUNTER_COUNT];

static const char *const counter_names[COT_COUNTER_COUNT] = {
    [COT_TRUSTED] = "trusted",
    [COT_NON_TRUSTED] = "non-trusted",
};

void bl31_counters_take(const struct handoff *handoff)
{
    for (unsigned int i = 0; i < COT_COUNTER_COUNT; i++) {
        counters_wanted[i] = handoff->facts.counter[i];
    }
}

// Each word is stored before the next one is begun: power may fail at any time (otp.h).
static int program(const struct otp_word *words, uint32_t count)
{
    int error = ERR_NONE;

    for (uint32_t i = 0; error == ERR_NONE && i < count; i++) {
        error = plat_otp_program(words[i].offset, words[i].value);
    }
    return error;
}

static int raise_to(enum cot_counter counter, uint32_t value)
{
    uint8_t bytes[OTP_COUNTER_BYTES];
    struct otp_word words[OTP_MAX_WORDS];
    uint32_t count, old;
    int error = plat_otp_read(otp_counter_offset(counter), bytes, sizeof(bytes));

    if (error != ERR_NONE) {
        return error;
    }
    old = otp_counter_value(bytes);
    error = otp_plan_counter(bytes, counter, value, words, &count);
    if (error != ERR_NONE || count == 0) {
        return error;
    }
    error = program(words, count);
    if (error == ERR_NONE) {
        log_info("%s NV counter raised from %u to %u", counter_names[counter], old, value);
    }
    return error;
}

// To the value of the certificates, or as far as the OTP goes: never higher than the certificates, so the set boots again.
static int raise(enum cot_counter counter, uint32_t value)
{
    if (value > OTP_COUNTER_MAX) {
        log_error("%s NV counter is %u in the certificates, beyond the OTP's %u: images from %u on "
                  "still boot",
                  counter_names[counter], value, OTP_COUNTER_MAX, OTP_COUNTER_MAX);
        value = OTP_COUNTER_MAX;
    }
    return raise_to(counter, value);
}

// A counter that cannot be raised costs protection from older images, not the boot: what is about to run has been verified.
// After a timeout the memory may not even be read (nor.h): what is left is said, not tried.
void bl31_counters_raise(void)
{
    int mapped = bl31_map_otp();
    int usable = mapped;

    for (unsigned int i = 0; i < COT_COUNTER_COUNT; i++) {
        uint32_t value = counters_wanted[i];
        int error = usable;

        if (value == 0) {
            continue;
        }
        if (error == ERR_NONE) {
            error = raise((enum cot_counter)i, value);
        }
        if (error == ERR_TIMEOUT) {
            usable = error;
        }
        if (error != ERR_NONE) {
            log_error("%s NV counter is not raised to %u (%d): older images still boot",
                      counter_names[i], value, error);
        }
    }
    if (mapped == ERR_NONE) {
        bl31_unmap_otp();
    }
}
