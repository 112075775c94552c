// SPDX-License-Identifier: BSD-3-Clause
//
// The crypto service: its table of operations (the whole service; each is in the file of its group), its start, and who its
// clients are. Trusts the SPMC to say which endpoint calls.
#include "crypto_service.h"

#include "crypto_ops.h"
#include "crypto_private.h"

#define SECURE_ID 0x8000 // FF-A ids of partitions have this bit, those of the normal world have not

int crypto_service_init(uint8_t seed[CRYPTO_SEED_SIZE], crypto_entropy more)
{
    int error = crypto_rng_init(seed, more);

    if (error == 0) {
        error = crypto_heap_init();
    }
    if (error == 0 && (psa_crypto_init() != PSA_SUCCESS || crypto_ops_init() != PSA_SUCCESS)) {
        error = ERR_NO_MEMORY;
    }
    return error;
}

// Partitions get numbers as they call. The SPMC has no more than there are numbers; ids stay the same.
size_t crypto_source_number(uint16_t source)
{
    static uint16_t partitions[CRYPTO_SOURCES - 1]; // 0: number not given away

    if ((source & SECURE_ID) == 0) {
        return 0;
    }
    for (size_t i = 0; i < CRYPTO_SOURCES - 1; i++) {
        if (partitions[i] == 0) {
            partitions[i] = source;
        }
        if (partitions[i] == source) {
            return i + 1;
        }
    }
    return CRYPTO_SOURCES;
}

// What a client has that does not outlive it; its persistent keys stay, and nobody else can name them
int32_t crypto_run_client_gone(struct sp_rpc_call *call)
{
    struct crypto_request request;
    struct sp_rpc_call one = *call; // as if of the first instance: all of them are none
    uint16_t instance = (uint16_t)(call->client >> TS_RPC_INSTANCE_SHIFT);

    one.client = (uint16_t)call->client;
    int32_t status = crypto_wire_decode(&one, NULL, 0, &request);

    if (status == TS_RPC_SUCCESS) {
        crypto_ops_client_gone(request.owner, instance);
        crypto_keys_forget_owner(request.owner, instance);
    }
    return status;
}

static const struct sp_rpc_row rows[] = {
    { CRYPTO_GENERATE_KEY, crypto_run_generate_key },
    { CRYPTO_DESTROY_KEY, crypto_run_destroy_key },
    { CRYPTO_EXPORT_KEY, crypto_run_export_key },
    { CRYPTO_EXPORT_PUBLIC_KEY, crypto_run_export_public_key },
    { CRYPTO_IMPORT_KEY, crypto_run_import_key },
    { CRYPTO_SIGN_HASH, crypto_run_sign_hash },
    { CRYPTO_VERIFY_HASH, crypto_run_verify_hash },
    { CRYPTO_ASYMMETRIC_DECRYPT, crypto_run_asymmetric_decrypt },
    { CRYPTO_ASYMMETRIC_ENCRYPT, crypto_run_asymmetric_encrypt },
    { CRYPTO_GENERATE_RANDOM, crypto_run_generate_random },
    { CRYPTO_COPY_KEY, crypto_run_copy_key },
    { CRYPTO_PURGE_KEY, crypto_run_purge_key },
    { CRYPTO_GET_KEY_ATTRIBUTES, crypto_run_get_key_attributes },
    { CRYPTO_SIGN_MESSAGE, crypto_run_sign_message },
    { CRYPTO_VERIFY_MESSAGE, crypto_run_verify_message },
    { CRYPTO_HASH_SETUP, crypto_run_hash_setup },
    { CRYPTO_HASH_UPDATE, crypto_run_hash_update },
    { CRYPTO_HASH_FINISH, crypto_run_hash_finish },
    { CRYPTO_HASH_ABORT, crypto_run_hash_abort },
    { CRYPTO_HASH_VERIFY, crypto_run_hash_verify },
    { CRYPTO_HASH_CLONE, crypto_run_hash_clone },
    { CRYPTO_CIPHER_ENCRYPT_SETUP, crypto_run_cipher_encrypt_setup },
    { CRYPTO_CIPHER_DECRYPT_SETUP, crypto_run_cipher_decrypt_setup },
    { CRYPTO_CIPHER_GENERATE_IV, crypto_run_cipher_generate_iv },
    { CRYPTO_CIPHER_SET_IV, crypto_run_cipher_set_iv },
    { CRYPTO_CIPHER_UPDATE, crypto_run_cipher_update },
    { CRYPTO_CIPHER_FINISH, crypto_run_cipher_finish },
    { CRYPTO_CIPHER_ABORT, crypto_run_cipher_abort },
    { CRYPTO_DERIVE_SETUP, crypto_run_derive_setup },
    { CRYPTO_DERIVE_GET_CAPACITY, crypto_run_derive_get_capacity },
    { CRYPTO_DERIVE_SET_CAPACITY, crypto_run_derive_set_capacity },
    { CRYPTO_DERIVE_INPUT_BYTES, crypto_run_derive_input_bytes },
    { CRYPTO_DERIVE_INPUT_KEY, crypto_run_derive_input_key },
    { CRYPTO_DERIVE_OUTPUT_BYTES, crypto_run_derive_output_bytes },
    { CRYPTO_DERIVE_OUTPUT_KEY, crypto_run_derive_output_key },
    { CRYPTO_DERIVE_ABORT, crypto_run_derive_abort },
    { CRYPTO_DERIVE_KEY_AGREEMENT, crypto_run_derive_key_agreement },
    { CRYPTO_RAW_KEY_AGREEMENT, crypto_run_raw_key_agreement },
    { CRYPTO_MAC_SIGN_SETUP, crypto_run_mac_sign_setup },
    { CRYPTO_MAC_VERIFY_SETUP, crypto_run_mac_verify_setup },
    { CRYPTO_MAC_UPDATE, crypto_run_mac_update },
    { CRYPTO_MAC_SIGN_FINISH, crypto_run_mac_sign_finish },
    { CRYPTO_MAC_VERIFY_FINISH, crypto_run_mac_verify_finish },
    { CRYPTO_MAC_ABORT, crypto_run_mac_abort },
    { CRYPTO_AEAD_ENCRYPT_SETUP, crypto_run_aead_encrypt_setup },
    { CRYPTO_AEAD_DECRYPT_SETUP, crypto_run_aead_decrypt_setup },
    { CRYPTO_AEAD_GENERATE_NONCE, crypto_run_aead_generate_nonce },
    { CRYPTO_AEAD_SET_NONCE, crypto_run_aead_set_nonce },
    { CRYPTO_AEAD_SET_LENGTHS, crypto_run_aead_set_lengths },
    { CRYPTO_AEAD_UPDATE_AD, crypto_run_aead_update_ad },
    { CRYPTO_AEAD_UPDATE, crypto_run_aead_update },
    { CRYPTO_AEAD_FINISH, crypto_run_aead_finish },
    { CRYPTO_AEAD_VERIFY, crypto_run_aead_verify },
    { CRYPTO_AEAD_ABORT, crypto_run_aead_abort },
    { TS_RPC_OP_CAPABILITIES, crypto_run_capabilities },
    { TS_RPC_OP_CLIENT_GONE, crypto_run_client_gone },
    { CRYPTO_HASH_COMPUTE, crypto_run_hash_compute },
    { CRYPTO_HASH_COMPARE, crypto_run_hash_compare },
    { CRYPTO_CIPHER_ENCRYPT, crypto_run_cipher_encrypt },
    { CRYPTO_CIPHER_DECRYPT, crypto_run_cipher_decrypt },
    { CRYPTO_MAC_COMPUTE, crypto_run_mac_compute },
    { CRYPTO_MAC_VERIFY, crypto_run_mac_verify },
    { CRYPTO_DERIVE_INPUT_INTEGER, crypto_run_derive_input_integer },
    { CRYPTO_DERIVE_VERIFY_BYTES, crypto_run_derive_verify_bytes },
    { CRYPTO_DERIVE_VERIFY_KEY, crypto_run_derive_verify_key },
    { CRYPTO_AEAD_ENCRYPT, crypto_run_aead_encrypt },
    { CRYPTO_AEAD_DECRYPT, crypto_run_aead_decrypt },
};

const struct sp_rpc_service crypto_service = {
    .uuid = TS_CRYPTO_UUID,
    .rows = rows,
    .row_count = sizeof(rows) / sizeof(rows[0]),
};
