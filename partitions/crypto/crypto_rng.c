// SPDX-License-Identifier: BSD-3-Clause
//
// Random numbers of the crypto service: CTR_DRBG (SP 800-90A, AES-256, the core's AES instructions
// where it has them), seeded from the boot's entropy mixed with the core's own. PSA Crypto calls
// mbedtls_psa_external_get_random() for keys, nonces, blinding and psa_generate_random().
#include <limits.h>
#include <mbedtls/ctr_drbg.h>
#include <mbedtls/platform_util.h>
#include <psa/crypto.h>
#include <string.h>

#include "crypto_private.h"

#define RESEED_INTERVAL 10000 // requests; SP 800-90A allows 2^48

static struct {
    mbedtls_ctr_drbg_context drbg;
    uint8_t seed[CRYPTO_SEED_SIZE];
    bool has_seed; // not used up yet
    crypto_entropy more;
} rng;

// Mbed TLS asks here when it seeds and reseeds. The boot's seed counts once; the core's entropy is
// added to it, so that neither of the two has to be trusted alone.
static int take_entropy(void *context, unsigned char *buf, size_t len)
{
    (void)context;
    if (len > CRYPTO_SEED_SIZE || (!rng.has_seed && rng.more == NULL)) {
        return MBEDTLS_ERR_CTR_DRBG_ENTROPY_SOURCE_FAILED;
    }
    memset(buf, 0, len);
    if (rng.more != NULL && rng.more(buf, len) != 0) {
        return MBEDTLS_ERR_CTR_DRBG_ENTROPY_SOURCE_FAILED;
    }
    if (rng.has_seed) {
        for (size_t i = 0; i < len; i++) {
            buf[i] ^= rng.seed[i];
        }
        mbedtls_platform_zeroize(rng.seed, sizeof(rng.seed));
        rng.has_seed = false;
    }
    return 0;
}

int crypto_rng_init(uint8_t seed[CRYPTO_SEED_SIZE], crypto_entropy more)
{
    static const unsigned char personal[] = "Tessera crypto partition";

    memcpy(rng.seed, seed, sizeof(rng.seed));
    mbedtls_platform_zeroize(seed, CRYPTO_SEED_SIZE);
    rng.has_seed = true;
    rng.more = more;
    mbedtls_ctr_drbg_init(&rng.drbg);
    mbedtls_ctr_drbg_set_entropy_len(&rng.drbg, CRYPTO_SEED_SIZE);
    // Without a source the generator never asks again: at INT_MAX requests of at most 1 KiB it
    // stops, far below 2^48
    mbedtls_ctr_drbg_set_reseed_interval(&rng.drbg, more != NULL ? RESEED_INTERVAL : INT_MAX);
    int error =
        mbedtls_ctr_drbg_seed(&rng.drbg, take_entropy, NULL, personal, sizeof(personal) - 1);

    if (error != 0) {
        mbedtls_ctr_drbg_free(&rng.drbg);
    }
    return error == 0                                            ? 0
           : error == MBEDTLS_ERR_CTR_DRBG_ENTROPY_SOURCE_FAILED ? ERR_IO
                                                                 : ERR_INVALID;
}

psa_status_t mbedtls_psa_external_get_random(mbedtls_psa_external_random_context_t *context,
                                             uint8_t *output, size_t output_size,
                                             size_t *output_length)
{
    size_t done = 0;

    (void)context;
    while (done < output_size) {
        size_t left = output_size - done;
        size_t count = left < MBEDTLS_CTR_DRBG_MAX_REQUEST ? left : MBEDTLS_CTR_DRBG_MAX_REQUEST;

        if (mbedtls_ctr_drbg_random(&rng.drbg, output + done, count) != 0) {
            mbedtls_platform_zeroize(output, output_size);
            return PSA_ERROR_INSUFFICIENT_ENTROPY;
        }
        done += count;
    }
    *output_length = output_size;
    return PSA_SUCCESS;
}

int32_t crypto_run_generate_random(struct sp_rpc_call *call)
{
    struct crypto_word wanted;
    struct crypto_request request;
    size_t room = 0;
    int32_t status = crypto_wire_decode(call, &wanted, sizeof(wanted), &request);

    if (status != TS_RPC_SUCCESS) {
        return status;
    }
    uint8_t *bytes = crypto_wire_reserve(call, wanted.value, &room);

    if (bytes == NULL || room != wanted.value) {
        return TS_RPC_INVALID_RESPONSE_BODY;
    }
    call->status = psa_generate_random(bytes, room);
    return crypto_wire_end(call, room, room);
}
