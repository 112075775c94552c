// SPDX-License-Identifier: BSD-3-Clause
//
// The initial attestation key. See attest_key.h. From the moment that crypto has it, no memory of this partition says what it is.
#include "attest_key.h"

#include <string.h>

#include "boot_hash.h"
#include "ffa/client/psa/crypto.h"

#define ECDSA PSA_ALG_ECDSA(PSA_ALG_SHA_256)
#define UEID_RANDOM 0x01 // type of a UEID that is a random number (RFC 9711 4.2.1.1)

static struct {
    bool have;   // `key` is one, and crypto has it not
    bool loaded; // crypto has it
    uint8_t key[ATTEST_KEY_SIZE];
    psa_key_id_t id;
    uint8_t public_key[ATTEST_KEY_PUBLIC_SIZE];
    uint8_t ueid[ATTEST_KEY_UEID_SIZE];
} iak;

bool attest_key_is_private(const uint8_t number[ATTEST_KEY_SIZE])
{
    // Order n of P-256 (FIPS 186-5, SP 800-186 3.2.1.3)
    static const uint8_t order[ATTEST_KEY_SIZE] = {
        0xff, 0xff, 0xff, 0xff, 0x00, 0x00, 0x00, 0x00, 0xff, 0xff, 0xff,
        0xff, 0xff, 0xff, 0xff, 0xff, 0xbc, 0xe6, 0xfa, 0xad, 0xa7, 0x17,
        0x9e, 0x84, 0xf3, 0xb9, 0xca, 0xc2, 0xfc, 0x63, 0x25, 0x51,
    };
    uint32_t borrow = 0;
    uint32_t any = 0;

    for (size_t i = ATTEST_KEY_SIZE; i > 0; i--) {
        borrow = ((uint32_t)number[i - 1] - order[i - 1] - borrow) >> 31;
        any |= number[i - 1];
    }
    return (borrow & ((0u - any) >> 31)) != 0;
}

// HKDF (RFC 5869) with one block of output: HMAC(HMAC(salt, input), info || 1)
int attest_key_derive(const uint8_t sealing_key[ATTEST_KEY_SIZE], uint8_t key[ATTEST_KEY_SIZE])
{
    static const uint8_t salt[] = "Tessera attest";
    static const char label[] = "initial attestation key P-256";
    uint8_t info[sizeof(label) + 1]; // label, number of the try, 1
    uint8_t prk[ATTEST_KEY_SIZE];
    int error = boot_hmac_sha256(salt, sizeof(salt) - 1, sealing_key, ATTEST_KEY_SIZE, prk);
    bool found = false;

    memcpy(info, label, sizeof(label) - 1);
    info[sizeof(info) - 1] = 1;
    for (uint8_t i = 0; i < ATTEST_KEY_TRIES && error == 0 && !found; i++) {
        info[sizeof(info) - 2] = i;
        error = boot_hmac_sha256(prk, sizeof(prk), info, sizeof(info), key);
        found = error == 0 && attest_key_is_private(key);
    }
    explicit_bzero(prk, sizeof(prk));
    if (!found) {
        explicit_bzero(key, ATTEST_KEY_SIZE);
        return ERR_IO;
    }
    return 0;
}

void attest_key_init(const uint8_t key[ATTEST_KEY_SIZE])
{
    memset(&iak, 0, sizeof(iak));
    memcpy(iak.key, key, ATTEST_KEY_SIZE);
    iak.have = true;
}

static psa_status_t import_key(psa_key_id_t *id)
{
    psa_key_attributes_t attributes = PSA_KEY_ATTRIBUTES_INIT;

    psa_set_key_type(&attributes, PSA_KEY_TYPE_ECC_KEY_PAIR(PSA_ECC_FAMILY_SECP_R1));
    psa_set_key_bits(&attributes, 8 * ATTEST_KEY_SIZE);
    psa_set_key_usage_flags(&attributes, PSA_KEY_USAGE_SIGN_HASH);
    psa_set_key_algorithm(&attributes, ECDSA);
    return psa_import_key(&attributes, iak.key, sizeof(iak.key), id);
}

// 1 || SHA-256 of the public key: who has the key finds the machine by it
static int make_ueid(void)
{
    struct boot_digests digests;
    int error = boot_hash_make(iak.public_key, sizeof(iak.public_key), BOOT_HASH_BIT(BOOT_SHA256),
                               &digests);

    iak.ueid[0] = UEID_RANDOM;
    memcpy(iak.ueid + 1, digests.value[BOOT_SHA256], ATTEST_KEY_HASH_SIZE);
    return error;
}

static int read_public_key(psa_key_id_t id)
{
    size_t length;

    if (psa_export_public_key(id, iak.public_key, sizeof(iak.public_key), &length) != PSA_SUCCESS ||
        length != sizeof(iak.public_key) || iak.public_key[0] != 4) {
        return ERR_IO;
    }
    return make_ueid();
}

int attest_key_load(void)
{
    psa_key_id_t id;

    if (iak.loaded) {
        return 0;
    }
    if (!iak.have) {
        return ERR_NOT_FOUND;
    }
    if (import_key(&id) != PSA_SUCCESS) {
        return ERR_IO;
    }
    int error = read_public_key(id);

    if (error != 0) {
        return psa_destroy_key(id) == PSA_SUCCESS ? error
                                                  : ERR_IO; // or it has one more than it needs
    }
    explicit_bzero(iak.key, sizeof(iak.key));
    iak.have = false;
    iak.loaded = true;
    iak.id = id;
    return 0;
}

const uint8_t *attest_key_public(void)
{
    return iak.public_key;
}

const uint8_t *attest_key_ueid(void)
{
    return iak.ueid;
}

int attest_key_sign(const uint8_t hash[ATTEST_KEY_HASH_SIZE],
                    uint8_t signature[ATTEST_KEY_SIGNATURE_SIZE])
{
    uint8_t made[ATTEST_KEY_SIGNATURE_SIZE];
    size_t length;

    if (!iak.loaded) {
        return ERR_IO;
    }
    if (psa_sign_hash(iak.id, ECDSA, hash, ATTEST_KEY_HASH_SIZE, made, sizeof(made), &length) !=
            PSA_SUCCESS ||
        length != sizeof(made)) {
        return ERR_IO;
    }
    memcpy(signature, made, sizeof(made));
    return 0;
}
