// SPDX-License-Identifier: BSD-3-Clause
//
// Key derivation, contracts in boot_keys.h. Everything is one block of HKDF-Expand (RFC 5869, 2.3) with HMAC-SHA-256:
// T(1) = HMAC(secret, label ‖ context ‖ 0x01). The HUK is uniform, so there is no extract step (RFC 5869, 3.3). Labels
// end with a NUL and none is the beginning of another; a context's length is fixed by its label.
#include "boot_keys.h"

#include "bits.h"
#include "string.h"

#define LABEL_MAX 32
#define UUID_SIZE 16
#define DIGEST_SIZE 32 // SHA-256
#define OWNER_SIZE 4   // little-endian
#define CONTEXT_MAX (UUID_SIZE + OWNER_SIZE + DIGEST_SIZE)

static const char label_sealing[] = "tessera sealing";
static const char label_identity[] = "tessera identity";
static const char label_measure[] = "tessera measure";
static const char label_sp_sealing[] = "tessera partition sealing";
static const char label_sp_identity[] = "tessera partition identity";

// `out` is written in both cases: the key, or zeros. It may be `secret`.
static int expand(const uint8_t *secret, const char *label, const uint8_t *context,
                  size_t context_size, uint8_t out[BOOT_KEY_SIZE])
{
    uint8_t info[LABEL_MAX + CONTEXT_MAX + 1];
    uint8_t key[BOOT_KEY_SIZE] = { 0 };
    size_t label_size = strlen(label) + 1;
    int err;

    memcpy(info, label, label_size);
    if (context_size != 0) {
        memcpy(info + label_size, context, context_size);
    }
    info[label_size + context_size] = 1; // the number of the block
    err = boot_hmac_sha256(secret, BOOT_KEY_SIZE, info, label_size + context_size + 1, key);
    if (err != ERR_NONE) {
        memory_wipe(key, sizeof(key));
    }
    memcpy(out, key, BOOT_KEY_SIZE);
    memory_wipe(key, sizeof(key));
    return err;
}

int boot_keys_begin(const uint8_t *huk, struct boot_secrets *secrets)
{
    int err = expand(huk, label_sealing, NULL, 0, secrets->sealing);

    if (err == ERR_NONE) {
        err = expand(huk, label_identity, NULL, 0, secrets->identity);
    }
    if (err != ERR_NONE) {
        memory_wipe(secrets, sizeof(*secrets));
    }
    return err;
}

int boot_keys_measure(struct boot_secrets *secrets, const struct boot_digests *digests)
{
    if ((digests->have & BOOT_HASH_BIT(BOOT_SHA256)) == 0) {
        return ERR_INVALID;
    }
    return expand(secrets->identity, label_measure, digests->value[BOOT_SHA256], DIGEST_SIZE,
                  secrets->identity);
}

int boot_keys_partition(const struct boot_secrets *secrets, const uint8_t *uuid, uint32_t owner,
                        const struct boot_digests *package, uint8_t sealing[BOOT_KEY_SIZE],
                        uint8_t identity[BOOT_KEY_SIZE])
{
    uint8_t context[CONTEXT_MAX];
    int err;

    if ((package->have & BOOT_HASH_BIT(BOOT_SHA256)) == 0) {
        return ERR_INVALID;
    }
    memcpy(context, uuid, UUID_SIZE);
    for (size_t i = 0; i < OWNER_SIZE; i++) {
        context[UUID_SIZE + i] = (uint8_t)(owner >> 8 * i);
    }
    memcpy(context + UUID_SIZE + OWNER_SIZE, package->value[BOOT_SHA256], DIGEST_SIZE);
    err = expand(secrets->sealing, label_sp_sealing, context, UUID_SIZE + OWNER_SIZE, sealing);
    if (err == ERR_NONE) {
        err = expand(secrets->identity, label_sp_identity, context, sizeof(context), identity);
    }
    if (err != ERR_NONE) {
        memory_wipe(sealing, BOOT_KEY_SIZE);
        memory_wipe(identity, BOOT_KEY_SIZE);
    }
    return err;
}
