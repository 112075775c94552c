// SPDX-License-Identifier: BSD-3-Clause
//
// See ftpm_entropy.h. key[n + 1] = SHA-512(0 ‖ key[n] ‖ fresh), output[n] = the first half of SHA-512(1 ‖ key[n] ‖ fresh).
#include "ftpm_entropy.h"

#include <string.h>

#include "boot_hash.h"

#define KEY_SIZE 64 // of SHA-512's digest
#define FRESH 4     // numbers of the core in each step
#define STEP_SIZE (KEY_SIZE / 2)
// The architecture gives no bound; a source that fails this often in a row is broken
#define MORE_TRIES 100

struct input {
    uint8_t purpose; // 0: next key; 1: output
    uint8_t key[KEY_SIZE];
    uint64_t fresh[FRESH];
};

static uint8_t key[KEY_SIZE];
static bool (*more)(uint64_t *value);

void ftpm_entropy_begin(uint8_t seed[FTPM_ENTROPY_SEED_SIZE], bool (*source)(uint64_t *value))
{
    memset(key, 0, sizeof(key));
    memcpy(key, seed, FTPM_ENTROPY_SEED_SIZE);
    explicit_bzero(seed, FTPM_ENTROPY_SEED_SIZE);
    more = source;
}

static int read_fresh(uint64_t fresh[FRESH])
{
    for (size_t i = 0; more != NULL && i < FRESH; i++) {
        unsigned int tries = 0;

        while (!more(&fresh[i])) {
            if (++tries == MORE_TRIES) {
                return ERR_IO;
            }
        }
    }
    return 0;
}

static int hash(struct input *input, uint8_t purpose, struct boot_digests *digests)
{
    input->purpose = purpose;
    return boot_hash_make(input, sizeof(*input), BOOT_HASH_BIT(BOOT_SHA512), digests);
}

static int step(uint8_t out[STEP_SIZE])
{
    struct input input;
    struct boot_digests digests;

    memset(&input, 0, sizeof(input)); // its padding, too
    memcpy(input.key, key, KEY_SIZE);
    int error = read_fresh(input.fresh);

    if (error == 0) {
        error = hash(&input, 1, &digests);
    }
    if (error == 0) {
        memcpy(out, digests.value[BOOT_SHA512], STEP_SIZE);
        error = hash(&input, 0, &digests);
    }
    if (error == 0) {
        memcpy(key, digests.value[BOOT_SHA512], KEY_SIZE);
    }
    explicit_bzero(&input, sizeof(input));
    explicit_bzero(&digests, sizeof(digests));
    return error;
}

int ftpm_entropy_read(uint8_t *buf, size_t len)
{
    uint8_t out[STEP_SIZE];
    int error = 0;

    for (size_t done = 0; error == 0 && done < len; done += STEP_SIZE) {
        size_t left = len - done;

        error = step(out);
        if (error == 0) {
            memcpy(buf + done, out, left < STEP_SIZE ? left : STEP_SIZE);
        }
    }
    explicit_bzero(out, sizeof(out));
    if (error != 0) {
        explicit_bzero(buf, len);
        return ERR_IO;
    }
    return 0;
}
