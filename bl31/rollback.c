// SPDX-License-Identifier: BSD-3-Clause
//
// The rollback counter of a partition: bits of the OTP, cleared one by one (platform/lib/boot/otp.h). The SPMC asks for the
// partition whose manifest has it, at any time, on any core. Called by smc.c; trusts the SPMC for who asks, not for what, and
// no word of the OTP. Only the counter's own words are read: the hardware unique key never is.
#include "bl31/bl31_private.h"
#include "bl31/smc.h"
#include "ffa_abi.h"
#include "lock.h"
#include "otp.h"
#include "platform.h"
#include "smccc.h"

static struct spinlock rollback_lock; // while the OTP is in EL3's map

// The SPMC passes the code on to the partition.
static uint64_t answer(int error)
{
    int32_t code = FFA_ABORTED;

    if (error == ERR_NONE) {
        code = 0;
    } else if (error == ERR_NOT_SUPPORTED) {
        code = FFA_NOT_SUPPORTED;
    } else if (error == ERR_INVALID) {
        code = FFA_INVALID_PARAMETERS;
    } else if (error == ERR_NO_MEMORY) {
        code = FFA_NO_MEMORY;
    }
    return (uint64_t)(int64_t)code;
}

static int read_part(uint32_t part, uint8_t bytes[OTP_COUNTER_BYTES])
{
    return plat_otp_read(OTP_ROLLBACK_OFFSET + part, bytes, OTP_COUNTER_BYTES);
}

static int read_value(uint32_t *value)
{
    uint8_t bytes[OTP_COUNTER_BYTES];
    int error = ERR_NONE;

    *value = 0;
    for (uint32_t part = 0; error == ERR_NONE && part < OTP_ROLLBACK_BYTES; part += sizeof(bytes)) {
        error = read_part(part, bytes);
        if (error == ERR_NONE) {
            *value += otp_counter_value(bytes);
        }
    }
    return error;
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

// `steps` more; there are as many.
static int advance_by(uint32_t steps)
{
    struct otp_word words[OTP_MAX_WORDS];
    uint8_t bytes[OTP_COUNTER_BYTES];
    int error = ERR_NONE;

    for (uint32_t part = 0; error == ERR_NONE && steps != 0 && part < OTP_ROLLBACK_BYTES;
         part += sizeof(bytes)) {
        uint32_t count;

        error = read_part(part, bytes);
        if (error == ERR_NONE) {
            otp_plan_steps(bytes, OTP_ROLLBACK_OFFSET + part, &steps, words, &count);
            error = program(words, count);
        }
    }
    return error;
}

static int advance_to(uint32_t value)
{
    uint32_t now;
    int error = read_value(&now);

    if (error != ERR_NONE) {
        return error;
    }
    if (value < now || value - now > TESSERA_COUNTER_STEP) {
        return ERR_INVALID;
    }
    if (value > OTP_ROLLBACK_MAX) {
        return ERR_NO_MEMORY;
    }
    return advance_by(value - now);
}

// One call with the OTP mapped: of the value in `*value`, or to `to`.
static int serve(bool advances, uint32_t to, uint32_t *value)
{
    int error;

    spin_lock(&rollback_lock);
    error = bl31_map_otp();
    if (error == ERR_NONE) {
        error = advances ? advance_to(to) : read_value(value);
        bl31_unmap_otp();
    }
    spin_unlock(&rollback_lock);
    return error;
}

uint64_t rollback_smc(uint64_t fid, uint64_t x1, uint64_t x2, uint64_t x3, struct smc_frame *frame)
{
    uint32_t value = 0;
    int error;

    (void)x2;
    (void)x3;
    if (fid != TESSERA_SMC_COUNTER_READ && fid != TESSERA_SMC_COUNTER_ADVANCE) {
        return SMC_RESULT_UNKNOWN;
    }
    error = serve(fid == TESSERA_SMC_COUNTER_ADVANCE, (uint32_t)x1, &value);
    if (error == ERR_NONE && fid == TESSERA_SMC_COUNTER_READ) {
        frame->x[2] = value;
        frame->x[3] = OTP_ROLLBACK_MAX;
    }
    return answer(error);
}
