// SPDX-License-Identifier: BSD-3-Clause
//
// PSA Crypto API 1.2 (Arm IHI 0086): the functions that the crypto partition has, with the standard names, types and
// values: a program written for any PSA Crypto implementation compiles against it. Calls go over the transport given to
// psa_client_connect() (ffa/client/psa_client.h). Not thread-safe: one call at a time. C11 and C++17.
#ifndef PSA_CRYPTO_H
#define PSA_CRYPTO_H

#include "crypto_sizes.h"
#include "crypto_struct.h"
#include "crypto_types.h"
#include "crypto_values.h"
#include "error.h"

#define PSA_CRYPTO_API_VERSION_MAJOR 1
#define PSA_CRYPTO_API_VERSION_MINOR 2

PSA_API_BEGIN

// All functions below return PSA_SUCCESS, what the partition answered (the codes that the specification lists for the
// function), or one of the client's own: PSA_ERROR_BAD_STATE before psa_client_connect(); PSA_ERROR_COMMUNICATION_FAILURE
// when the partition cannot be reached or answers against the protocol; PSA_ERROR_INSUFFICIENT_MEMORY when a request does
// not fit the shared memory and cannot be taken apart; PSA_ERROR_BUFFER_TOO_SMALL when a result does not fit the caller's
// buffer. After an error lengths are 0, keys PSA_KEY_ID_NULL, attributes as freshly initialised; buffers may hold a part of
// a result, unless that part would be plaintext whose tag was not right: that is wiped.
//
// Bytes of any number go to hashes, MACs, ciphers, AEADs and random, in as many calls as the shared memory asks for;
// messages to sign, keys and inputs of derivations are at most 65,535 bytes, and what fits the shared memory.

// Finds the partition. PSA_ERROR_DOES_NOT_EXIST: there is none; PSA_ERROR_NOT_PERMITTED: none that this program may call.
psa_status_t psa_crypto_init(void);

// Fills `output` with `output_size` random bytes.
psa_status_t psa_generate_random(uint8_t *output, size_t output_size);

// ---- Attributes of keys ----

// Attributes with nothing set.
static inline psa_key_attributes_t psa_key_attributes_init(void)
{
    const psa_key_attributes_t attributes = PSA_KEY_ATTRIBUTES_INIT;

    return attributes;
}

// Sets the type, PSA_KEY_TYPE_…
static inline void psa_set_key_type(psa_key_attributes_t *attributes, psa_key_type_t type)
{
    attributes->type = type;
}

// The type; PSA_KEY_TYPE_NONE if none was set.
static inline psa_key_type_t psa_get_key_type(const psa_key_attributes_t *attributes)
{
    return attributes->type;
}

// Sets the size in bits; more than 65535 becomes 65535, which no key has.
static inline void psa_set_key_bits(psa_key_attributes_t *attributes, size_t bits)
{
    attributes->bits = bits <= UINT16_MAX ? (uint16_t)bits : UINT16_MAX;
}

// The size in bits; 0 if none was set.
static inline size_t psa_get_key_bits(const psa_key_attributes_t *attributes)
{
    return attributes->bits;
}

// Sets what the key may be used for, PSA_KEY_USAGE_… added up, and what follows from that.
static inline void psa_set_key_usage_flags(psa_key_attributes_t *attributes, psa_key_usage_t usage)
{
    attributes->usage =
        usage | ((usage & PSA_KEY_USAGE_SIGN_HASH) != 0 ? PSA_KEY_USAGE_SIGN_MESSAGE : 0) |
        ((usage & PSA_KEY_USAGE_VERIFY_HASH) != 0 ? PSA_KEY_USAGE_VERIFY_MESSAGE : 0);
}

// What the key may be used for.
static inline psa_key_usage_t psa_get_key_usage_flags(const psa_key_attributes_t *attributes)
{
    return attributes->usage;
}

// Sets the algorithm that the key may be used with.
static inline void psa_set_key_algorithm(psa_key_attributes_t *attributes, psa_algorithm_t alg)
{
    attributes->alg = alg;
}

// The algorithm that the key may be used with.
static inline psa_algorithm_t psa_get_key_algorithm(const psa_key_attributes_t *attributes)
{
    return attributes->alg;
}

// Sets the lifetime; a volatile key has no id of its own.
static inline void psa_set_key_lifetime(psa_key_attributes_t *attributes,
                                        psa_key_lifetime_t lifetime)
{
    attributes->lifetime = lifetime;
    if (PSA_KEY_LIFETIME_IS_VOLATILE(lifetime)) {
        attributes->id = PSA_KEY_ID_NULL;
    }
}

// The lifetime.
static inline psa_key_lifetime_t psa_get_key_lifetime(const psa_key_attributes_t *attributes)
{
    return attributes->lifetime;
}

// Sets the id (PSA_KEY_ID_USER_MIN … PSA_KEY_ID_USER_MAX) that the key will have; it becomes persistent, if it was to be
// volatile.
static inline void psa_set_key_id(psa_key_attributes_t *attributes, psa_key_id_t id)
{
    attributes->id = id;
    if (PSA_KEY_LIFETIME_IS_VOLATILE(attributes->lifetime)) {
        attributes->lifetime = PSA_KEY_LIFETIME_FROM_PERSISTENCE_AND_LOCATION(
            PSA_KEY_PERSISTENCE_DEFAULT, PSA_KEY_LIFETIME_GET_LOCATION(attributes->lifetime));
    }
}

// The id; PSA_KEY_ID_NULL if none was set, or for the attributes of a volatile key.
static inline psa_key_id_t psa_get_key_id(const psa_key_attributes_t *attributes)
{
    return attributes->id;
}

// The attributes of `key`.
psa_status_t psa_get_key_attributes(psa_key_id_t key, psa_key_attributes_t *attributes);

// Sets `attributes` to PSA_KEY_ATTRIBUTES_INIT.
void psa_reset_key_attributes(psa_key_attributes_t *attributes);

// ---- Keys: they belong to this client, and nobody else can name them ----

// Makes a key of type `attributes`, of random bytes; *key is its id.
psa_status_t psa_generate_key(const psa_key_attributes_t *attributes, psa_key_id_t *key);

// Makes a key of the bytes at `data`, in the format that psa_export_key() gives; *key is its id.
psa_status_t psa_import_key(const psa_key_attributes_t *attributes, const uint8_t *data,
                            size_t data_length, psa_key_id_t *key);

// Makes a copy of `source_key`, which may do what both policies allow; *target_key is its id.
psa_status_t psa_copy_key(psa_key_id_t source_key, const psa_key_attributes_t *attributes,
                          psa_key_id_t *target_key);

// Destroys `key`. PSA_KEY_ID_NULL is no error.
psa_status_t psa_destroy_key(psa_key_id_t key);

// Removes copies of the persistent `key` from the partition's memory; it is read again when it is used.
psa_status_t psa_purge_key(psa_key_id_t key);

// Writes all of `key`, or its public part (for ECC: 0x04, X, Y, or X alone), to `data`, its length to `data_length`.
psa_status_t psa_export_key(psa_key_id_t key, uint8_t *data, size_t data_size, size_t *data_length);
psa_status_t psa_export_public_key(psa_key_id_t key, uint8_t *data, size_t data_size,
                                   size_t *data_length);

// ---- Signatures, asymmetric encryption, key agreement ----

// Signs `hash`, or the hash of `input`, with `key`; the signature (for ECDSA: r, s) of `signature_length` bytes goes to
// `signature`.
psa_status_t psa_sign_hash(psa_key_id_t key, psa_algorithm_t alg, const uint8_t *hash,
                           size_t hash_length, uint8_t *signature, size_t signature_size,
                           size_t *signature_length);
psa_status_t psa_sign_message(psa_key_id_t key, psa_algorithm_t alg, const uint8_t *input,
                              size_t input_length, uint8_t *signature, size_t signature_size,
                              size_t *signature_length);

// Checks `signature` of `hash`, or of `input`, with `key`. PSA_ERROR_INVALID_SIGNATURE when it does not match.
psa_status_t psa_verify_hash(psa_key_id_t key, psa_algorithm_t alg, const uint8_t *hash,
                             size_t hash_length, const uint8_t *signature, size_t signature_length);
psa_status_t psa_verify_message(psa_key_id_t key, psa_algorithm_t alg, const uint8_t *input,
                                size_t input_length, const uint8_t *signature,
                                size_t signature_length);

// Encrypts or decrypts with an RSA key. `salt`: the label of OAEP, NULL if salt_length is 0. PSA_ERROR_INVALID_PADDING:
// what was decrypted is not what such an encryption makes.
psa_status_t psa_asymmetric_encrypt(psa_key_id_t key, psa_algorithm_t alg, const uint8_t *input,
                                    size_t input_length, const uint8_t *salt, size_t salt_length,
                                    uint8_t *output, size_t output_size, size_t *output_length);
psa_status_t psa_asymmetric_decrypt(psa_key_id_t key, psa_algorithm_t alg, const uint8_t *input,
                                    size_t input_length, const uint8_t *salt, size_t salt_length,
                                    uint8_t *output, size_t output_size, size_t *output_length);

// The secret that `private_key` and the public key of a peer make, as the algorithm has it: not uniformly random.
psa_status_t psa_raw_key_agreement(psa_algorithm_t alg, psa_key_id_t private_key,
                                   const uint8_t *peer_key, size_t peer_key_length, uint8_t *output,
                                   size_t output_size, size_t *output_length);

// ---- Multi-part operations ---- A fresh structure (…_INIT) is set up, used, and ends with its last function or with
// abort. An operation whose function has returned an error is over: it is as fresh, but portable programs abort it. The
// partition ends an operation by itself when the same client sets up too many others: then PSA_ERROR_BAD_STATE.

// A hash: setup, any number of updates, then finish, verify or abort.
static inline psa_hash_operation_t psa_hash_operation_init(void)
{
    const psa_hash_operation_t operation = PSA_HASH_OPERATION_INIT;

    return operation;
}
psa_status_t psa_hash_setup(psa_hash_operation_t *operation, psa_algorithm_t alg);
// Adds `input_length` bytes.
psa_status_t psa_hash_update(psa_hash_operation_t *operation, const uint8_t *input,
                             size_t input_length);
// Ends the operation; the hash of `hash_length` bytes goes to `hash`.
psa_status_t psa_hash_finish(psa_hash_operation_t *operation, uint8_t *hash, size_t hash_size,
                             size_t *hash_length);
// Ends the operation. PSA_ERROR_INVALID_SIGNATURE when its hash is not `hash`.
psa_status_t psa_hash_verify(psa_hash_operation_t *operation, const uint8_t *hash,
                             size_t hash_length);
// Ends the operation without a result. No error for one that is not active.
psa_status_t psa_hash_abort(psa_hash_operation_t *operation);
// Makes `target_operation`, not active, a copy of `source_operation`.
psa_status_t psa_hash_clone(const psa_hash_operation_t *source_operation,
                            psa_hash_operation_t *target_operation);
// The hash of `input_length` bytes at `input`.
psa_status_t psa_hash_compute(psa_algorithm_t alg, const uint8_t *input, size_t input_length,
                              uint8_t *hash, size_t hash_size, size_t *hash_length);
// PSA_ERROR_INVALID_SIGNATURE when that is not `hash`.
psa_status_t psa_hash_compare(psa_algorithm_t alg, const uint8_t *input, size_t input_length,
                              const uint8_t *hash, size_t hash_length);

// A MAC: setup to make or to check one, updates, then finish or abort.
static inline psa_mac_operation_t psa_mac_operation_init(void)
{
    const psa_mac_operation_t operation = PSA_MAC_OPERATION_INIT;

    return operation;
}
psa_status_t psa_mac_sign_setup(psa_mac_operation_t *operation, psa_key_id_t key,
                                psa_algorithm_t alg);
psa_status_t psa_mac_verify_setup(psa_mac_operation_t *operation, psa_key_id_t key,
                                  psa_algorithm_t alg);
// Adds `input_length` bytes.
psa_status_t psa_mac_update(psa_mac_operation_t *operation, const uint8_t *input,
                            size_t input_length);
// Ends the operation; the MAC of `mac_length` bytes goes to `mac`.
psa_status_t psa_mac_sign_finish(psa_mac_operation_t *operation, uint8_t *mac, size_t mac_size,
                                 size_t *mac_length);
// Ends the operation. PSA_ERROR_INVALID_SIGNATURE when its MAC is not `mac`.
psa_status_t psa_mac_verify_finish(psa_mac_operation_t *operation, const uint8_t *mac,
                                   size_t mac_length);
// Ends the operation without a result. No error for one that is not active.
psa_status_t psa_mac_abort(psa_mac_operation_t *operation);
// The MAC of `input_length` bytes at `input`.
psa_status_t psa_mac_compute(psa_key_id_t key, psa_algorithm_t alg, const uint8_t *input,
                             size_t input_length, uint8_t *mac, size_t mac_size,
                             size_t *mac_length);
// PSA_ERROR_INVALID_SIGNATURE when that is not `mac`.
psa_status_t psa_mac_verify(psa_key_id_t key, psa_algorithm_t alg, const uint8_t *input,
                            size_t input_length, const uint8_t *mac, size_t mac_length);

// A cipher: setup, an IV where the algorithm has one, updates, then finish or abort.
static inline psa_cipher_operation_t psa_cipher_operation_init(void)
{
    const psa_cipher_operation_t operation = PSA_CIPHER_OPERATION_INIT;

    return operation;
}
psa_status_t psa_cipher_encrypt_setup(psa_cipher_operation_t *operation, psa_key_id_t key,
                                      psa_algorithm_t alg);
psa_status_t psa_cipher_decrypt_setup(psa_cipher_operation_t *operation, psa_key_id_t key,
                                      psa_algorithm_t alg);
// Makes a random IV, uses it, and writes it to `iv`.
psa_status_t psa_cipher_generate_iv(psa_cipher_operation_t *operation, uint8_t *iv, size_t iv_size,
                                    size_t *iv_length);
// Uses the IV of `iv_length` bytes at `iv`.
psa_status_t psa_cipher_set_iv(psa_cipher_operation_t *operation, const uint8_t *iv,
                               size_t iv_length);
// Adds `input_length` bytes; what is encrypted or decrypted of these and earlier ones goes to `output`.
psa_status_t psa_cipher_update(psa_cipher_operation_t *operation, const uint8_t *input,
                               size_t input_length, uint8_t *output, size_t output_size,
                               size_t *output_length);
// Ends the operation; the rest goes to `output`.
psa_status_t psa_cipher_finish(psa_cipher_operation_t *operation, uint8_t *output,
                               size_t output_size, size_t *output_length);
// Ends the operation without a result. No error for one that is not active.
psa_status_t psa_cipher_abort(psa_cipher_operation_t *operation);
// Encrypts `input`: a random IV (if the algorithm has one) and the ciphertext go to `output`. Decrypts that.
psa_status_t psa_cipher_encrypt(psa_key_id_t key, psa_algorithm_t alg, const uint8_t *input,
                                size_t input_length, uint8_t *output, size_t output_size,
                                size_t *output_length);
psa_status_t psa_cipher_decrypt(psa_key_id_t key, psa_algorithm_t alg, const uint8_t *input,
                                size_t input_length, uint8_t *output, size_t output_size,
                                size_t *output_length);

// An AEAD: setup, lengths where the algorithm wants them, nonce, additional data, updates, then finish, verify or abort.
static inline psa_aead_operation_t psa_aead_operation_init(void)
{
    const psa_aead_operation_t operation = PSA_AEAD_OPERATION_INIT;

    return operation;
}
psa_status_t psa_aead_encrypt_setup(psa_aead_operation_t *operation, psa_key_id_t key,
                                    psa_algorithm_t alg);
psa_status_t psa_aead_decrypt_setup(psa_aead_operation_t *operation, psa_key_id_t key,
                                    psa_algorithm_t alg);
// Makes a random nonce, uses it, and writes it to `nonce`.
psa_status_t psa_aead_generate_nonce(psa_aead_operation_t *operation, uint8_t *nonce,
                                     size_t nonce_size, size_t *nonce_length);
// Uses the nonce of `nonce_length` bytes at `nonce`.
psa_status_t psa_aead_set_nonce(psa_aead_operation_t *operation, const uint8_t *nonce,
                                size_t nonce_length);
// Says how many bytes of additional data and of plaintext will come.
psa_status_t psa_aead_set_lengths(psa_aead_operation_t *operation, size_t ad_length,
                                  size_t plaintext_length);
// Adds additional data; not after psa_aead_update().
psa_status_t psa_aead_update_ad(psa_aead_operation_t *operation, const uint8_t *input,
                                size_t input_length);
// Adds bytes; what is encrypted or decrypted (not yet to be trusted) of these and earlier ones goes to `output`.
psa_status_t psa_aead_update(psa_aead_operation_t *operation, const uint8_t *input,
                             size_t input_length, uint8_t *output, size_t output_size,
                             size_t *output_length);
// Ends an encryption; the rest goes to `ciphertext`, the tag to `tag`.
psa_status_t psa_aead_finish(psa_aead_operation_t *operation, uint8_t *ciphertext,
                             size_t ciphertext_size, size_t *ciphertext_length, uint8_t *tag,
                             size_t tag_size, size_t *tag_length);
// Ends a decryption; the rest goes to `plaintext`. PSA_ERROR_INVALID_SIGNATURE: the tag is another, nothing of the
// plaintext can be trusted.
psa_status_t psa_aead_verify(psa_aead_operation_t *operation, uint8_t *plaintext,
                             size_t plaintext_size, size_t *plaintext_length, const uint8_t *tag,
                             size_t tag_length);
// Ends the operation without a result. No error for one that is not active.
psa_status_t psa_aead_abort(psa_aead_operation_t *operation);
// Encrypts; ciphertext and tag go to `ciphertext`.
psa_status_t psa_aead_encrypt(psa_key_id_t key, psa_algorithm_t alg, const uint8_t *nonce,
                              size_t nonce_length, const uint8_t *additional_data,
                              size_t additional_data_length, const uint8_t *plaintext,
                              size_t plaintext_length, uint8_t *ciphertext, size_t ciphertext_size,
                              size_t *ciphertext_length);
// Decrypts ciphertext and tag. PSA_ERROR_INVALID_SIGNATURE: the tag is another, and nothing is in `plaintext`.
psa_status_t psa_aead_decrypt(psa_key_id_t key, psa_algorithm_t alg, const uint8_t *nonce,
                              size_t nonce_length, const uint8_t *additional_data,
                              size_t additional_data_length, const uint8_t *ciphertext,
                              size_t ciphertext_length, uint8_t *plaintext, size_t plaintext_size,
                              size_t *plaintext_length);

// A key derivation: setup, inputs in the algorithm's order, outputs, abort.
static inline psa_key_derivation_operation_t psa_key_derivation_operation_init(void)
{
    const psa_key_derivation_operation_t operation = PSA_KEY_DERIVATION_OPERATION_INIT;

    return operation;
}
psa_status_t psa_key_derivation_setup(psa_key_derivation_operation_t *operation,
                                      psa_algorithm_t alg);
// How many bytes can still be taken out; PSA_KEY_DERIVATION_UNLIMITED_CAPACITY: as many as one likes. And makes that less,
// at most 2^32 - 1.
psa_status_t psa_key_derivation_get_capacity(const psa_key_derivation_operation_t *operation,
                                             size_t *capacity);
psa_status_t psa_key_derivation_set_capacity(psa_key_derivation_operation_t *operation,
                                             size_t capacity);
// Gives bytes, a number, a key, or what `private_key` and a peer's public key make, as the input `step`.
psa_status_t psa_key_derivation_input_bytes(psa_key_derivation_operation_t *operation,
                                            psa_key_derivation_step_t step, const uint8_t *data,
                                            size_t data_length);
psa_status_t psa_key_derivation_input_integer(psa_key_derivation_operation_t *operation,
                                              psa_key_derivation_step_t step, uint64_t value);
psa_status_t psa_key_derivation_input_key(psa_key_derivation_operation_t *operation,
                                          psa_key_derivation_step_t step, psa_key_id_t key);
psa_status_t psa_key_derivation_key_agreement(psa_key_derivation_operation_t *operation,
                                              psa_key_derivation_step_t step,
                                              psa_key_id_t private_key, const uint8_t *peer_key,
                                              size_t peer_key_length);
// Takes the next bytes out, or makes a key of them.
psa_status_t psa_key_derivation_output_bytes(psa_key_derivation_operation_t *operation,
                                             uint8_t *output, size_t output_length);
psa_status_t psa_key_derivation_output_key(const psa_key_attributes_t *attributes,
                                           psa_key_derivation_operation_t *operation,
                                           psa_key_id_t *key);
// Takes the next bytes out and compares them. PSA_ERROR_INVALID_SIGNATURE: they are others; the operation goes on.
psa_status_t psa_key_derivation_verify_bytes(psa_key_derivation_operation_t *operation,
                                             const uint8_t *expected, size_t expected_length);
psa_status_t psa_key_derivation_verify_key(psa_key_derivation_operation_t *operation,
                                           psa_key_id_t expected);
// Ends the operation. No error for one that is not active.
psa_status_t psa_key_derivation_abort(psa_key_derivation_operation_t *operation);

PSA_API_END

#endif
