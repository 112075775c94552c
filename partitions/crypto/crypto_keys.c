// SPDX-License-Identifier: BSD-3-Clause
//
// Keys with owners: PSA Crypto keeps them (the owner is part of the key id, so nobody can name
// another's key), this keeps count, so that one endpoint cannot take the others' slots. Called by
// crypto_service.c with checked arguments.
#include <psa/crypto.h>

#include "crypto_service.h"

_Static_assert(MBEDTLS_PSA_KEY_SLOT_COUNT == CRYPTO_KEYS_MAX,
               "one slot for each key of every quota");

// Keys that exist: ids of entries in use are not 0
static struct {
    psa_key_id_t id;
    crypto_owner owner;
} keys[CRYPTO_KEYS_MAX];

// An unused entry, if the endpoint of `owner` may have one more; else CRYPTO_KEYS_MAX.
static size_t find_room(crypto_owner owner)
{
    size_t room = CRYPTO_KEYS_MAX;
    size_t used = 0;

    for (size_t i = 0; i < CRYPTO_KEYS_MAX; i++) {
        if (keys[i].id == 0) {
            room = i;
        } else if (crypto_owner_source(keys[i].owner) == crypto_owner_source(owner)) {
            used++;
        }
    }
    return used < CRYPTO_KEYS_PER_SOURCE ? room : CRYPTO_KEYS_MAX;
}

psa_status_t crypto_keys_generate(crypto_owner owner, psa_key_attributes_t *attributes,
                                  psa_key_id_t *id)
{
    mbedtls_svc_key_id_t key;
    size_t room = find_room(owner);

    if (room == CRYPTO_KEYS_MAX) {
        return PSA_ERROR_INSUFFICIENT_MEMORY;
    }
    mbedtls_set_key_owner_id(attributes, owner);
    psa_status_t status = psa_generate_key(attributes, &key);

    if (status == PSA_SUCCESS) {
        keys[room].id = MBEDTLS_SVC_KEY_ID_GET_KEY_ID(key);
        keys[room].owner = owner;
        *id = keys[room].id;
    }
    return status;
}

psa_status_t crypto_keys_destroy(crypto_owner owner, psa_key_id_t id)
{
    psa_status_t status = psa_destroy_key(mbedtls_svc_key_id_make(owner, id));

    for (size_t i = 0; status == PSA_SUCCESS && id != 0 && i < CRYPTO_KEYS_MAX; i++) {
        if (keys[i].id == id && keys[i].owner == owner) {
            keys[i].id = 0;
        }
    }
    return status;
}
