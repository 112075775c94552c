// SPDX-License-Identifier: BSD-3-Clause
//
// sp_accel: the partitions' Mbed TLS and what takes the place of its parts (platform/external/accel), called from inside a partition. Tests
// compare what comes out with OpenSSL, with and without the core's instructions; benchmarks measure what the same call costs without a
// service around it. See accel_proto.h.
#include <psa/crypto.h>
#include <string.h>
#include <sys/auxv.h>

#include "accel_private.h"
#include "crypto_service.h"
#include "sp.h"
#include "tests/target/sp_accel/accel_ops.h"
#include "tests/target/sp_accel/accel_proto.h"

static uint64_t allowed = UINT64_MAX;

// What our AES and GCM ask instead of getauxval(): tests.mk renames it there
unsigned long accel_auxval(unsigned long type)
{
    return type == AT_HWCAP ? sp_hwcap() & allowed : 0;
}

static int digest_command(uint64_t command, uint64_t number, uint8_t digest[32])
{
    switch (command) {
    case ACCEL_GCM:
        return accel_gcm(number, digest);
    case ACCEL_AES:
        return accel_aes(number, digest);
    case ACCEL_CHACHA:
        return accel_chacha(number, digest);
    default:
        return accel_p256(number, digest);
    }
}

static void handle(struct sp_message *message)
{
    uint8_t digest[32] = { 0 };
    uint64_t *arg = message->arg;

    switch (arg[0]) {
    case ACCEL_HWCAP:
        allowed = arg[1];
        arg[0] = 0;
        break;
    case ACCEL_GCM:
    case ACCEL_AES:
    case ACCEL_P256:
    case ACCEL_CHACHA:
        arg[0] = (uint64_t)(int64_t)digest_command(arg[0], arg[1], digest);
        memcpy(&arg[1], digest, sizeof(digest));
        break;
    case ACCEL_COPY:
        arg[0] = (uint64_t)accel_copy();
        break;
    case ACCEL_BENCH:
        arg[0] = (uint64_t)(int64_t)accel_ops_run(arg[1], arg[2], arg[3]);
        break;
    default:
        arg[0] = UINT64_MAX;
        break;
    }
}

int sp_main(void)
{
    uint8_t seed[CRYPTO_SEED_SIZE];
    int error = sp_seed_take(seed);

    if (error == 0) {
        error = crypto_rng_init(seed, NULL);
    }
    if (error == 0 && psa_crypto_init() != PSA_SUCCESS) {
        error = ERR_NO_MEMORY;
    }
    if (error != 0) {
        return error;
    }
    sp_run(handle);
}
