// SPDX-License-Identifier: BSD-3-Clause
//
// Inside the crypto service: how an operation takes its request apart and builds its response, whose
// keys it may use, and the operations themselves, one for each row of crypto_service.c's table.
// Included by crypto_*.c only. Nothing of a request is trusted; the request is the partition's own
// copy, so it does not change while it is looked at.
#ifndef CRYPTO_PRIVATE_H
#define CRYPTO_PRIVATE_H

#include <psa/crypto.h>
#include <psa/internal_trusted_storage.h>

#include "crypto_proto.h"
#include "crypto_service.h"
#include "ts_tlv.h"

// --- crypto_wire.c: requests and responses. int32_t is an RPC status, to be returned if it is not
// TS_RPC_SUCCESS ---

// A request taken apart: who asks, and what follows the fixed part.
struct crypto_request {
    crypto_owner owner;
    struct ts_tlv_reader records;
};

// Copies the first `size` bytes (0 is fine) of the request to `fixed`. Longer requests are fine,
// shorter ones are TS_RPC_INVALID_REQUEST_BODY; a caller that may be no client, and an instance 0xffff, TS_RPC_INVALID_VALUE.
MUST_CHECK int32_t crypto_wire_decode(const struct sp_rpc_call *call, void *fixed, size_t size,
                                      struct crypto_request *to);

// The next record with `tag` (ascending calls), inside the request; of length 0, data NULL, if
// there is none. TS_RPC_INVALID_REQUEST_BODY: records are cut off.
MUST_CHECK int32_t crypto_wire_record(struct crypto_request *from, uint16_t tag,
                                      struct ts_tlv *value);

// The instance of the client whose request was decoded last (TS_RPC_INSTANCE_SHIFT): operations and volatile keys belong to it,
// beside the owner.
uint16_t crypto_wire_instance(void);

// crypto_wire_decode() and record CRYPTO_TAG_1 behind it, all in one.
MUST_CHECK int32_t crypto_wire_decode_record(const struct sp_rpc_call *call, void *fixed,
                                             size_t size, struct crypto_request *to,
                                             struct ts_tlv *value);

// Appends a fixed part. TS_RPC_INVALID_RESPONSE_BODY: it does not fit.
MUST_CHECK int32_t crypto_wire_put(struct sp_rpc_call *call, const void *fixed, size_t size);

// Appends a record with a copy of the `size` bytes at `data`. TS_RPC_INVALID_RESPONSE_BODY: it does
// not fit.
MUST_CHECK int32_t crypto_wire_put_record(struct sp_rpc_call *call, uint16_t tag, const void *data,
                                          size_t size);

// Where the value of the response's next record can be written in place: *room bytes, at most `most`
// and at most what fits; NULL: not even its head fits (answer TS_RPC_INVALID_RESPONSE_BODY).
// Nothing is appended until crypto_wire_end(), which must follow if anything was written there.
MUST_CHECK uint8_t *crypto_wire_reserve(const struct sp_rpc_call *call, size_t most, size_t *room);

// After crypto_wire_reserve() gave `room` bytes: appends record CRYPTO_TAG_1 with the first `size` ≤ `room` of them and wipes the
// others; or, if call->status is a failure, wipes all, and the response is empty. PSA_ERROR_BUFFER_TOO_SMALL means that the
// room was too small, that is the caller's memory: TS_RPC_INVALID_RESPONSE_BODY. Else TS_RPC_SUCCESS.
MUST_CHECK int32_t crypto_wire_end(struct sp_rpc_call *call, size_t room, size_t size);

// --- crypto_heap.c: Mbed TLS's memory, charged to endpoints ---

// Has Mbed TLS allocate here. Once, before it is used. ERR_NO_MEMORY.
MUST_CHECK int crypto_heap_init(void);

// From now on memory is charged to endpoint number `source`; CRYPTO_SOURCES: to the service itself, without a limit.
// crypto_wire_decode() says so for every request.
void crypto_heap_charge(size_t source);

// Bytes that endpoint number `source` (CRYPTO_SOURCES: the service) has in use, heads included.
size_t crypto_heap_used(size_t source);

// Whether the endpoint that is charged may keep `more` bytes beside what it has. During a call it may have CRYPTO_HEAP_WORK
// more: what makes a key, or keeps state of an operation, asks crypto_keys_over() when it is done, and takes that back.
bool crypto_heap_fits(size_t more);

// --- crypto_keys.c: names, owners, quotas ---

// The key that `owner` means by `id`, for any PSA function: of the null key for 0; a name that nobody has (PSA:
// invalid handle) if the owner has no such volatile key.
mbedtls_svc_key_id_t crypto_keys_name(crypto_owner owner, uint32_t id);

// Makes a key, called by crypto_keys_make() in between: with the attributes and `context` that it was given. As
// psa_generate_key() and the like.
typedef psa_status_t (*crypto_keys_maker)(const psa_key_attributes_t *attributes, void *context,
                                          mbedtls_svc_key_id_t *key);

// Has `make` make a key with `wire`'s attributes for `owner` within its endpoint's quotas, or none at all; *id: the
// client's name for it. PSA_ERROR_INVALID_ARGUMENT: attributes that PSA's types cannot hold, or a persistent key without a proper id;
// PSA_ERROR_INSUFFICIENT_MEMORY, PSA_ERROR_INSUFFICIENT_STORAGE: a quota is
// used up; PSA_ERROR_STORAGE_FAILURE …: a persistent key could not be stored; and what `make` says.
// E.g. for psa_key_derivation_output_key().
psa_status_t crypto_keys_make(crypto_owner owner, const struct crypto_attributes *wire,
                              crypto_keys_maker make, void *context, uint32_t *id);

// As psa_destroy_key(). A persistent key that was damaged in storage is removed, too.
psa_status_t crypto_keys_destroy(crypto_owner owner, uint32_t id);

// Whether `id` is a persistent key's name: the same for all instances of a client.
bool crypto_keys_stays(uint32_t id);

// As psa_purge_key().
psa_status_t crypto_keys_purge(crypto_owner owner, uint32_t id);

// As psa_get_key_attributes(), encoded.
psa_status_t crypto_keys_describe(crypto_owner owner, uint32_t id, struct crypto_attributes *wire);

// Destroys the volatile keys of an instance of `owner`, of all its instances if that is TS_RPC_INSTANCE_ALL; then, and for
// instance 0, also gives up the copies of its persistent ones.
void crypto_keys_forget_owner(crypto_owner owner, uint16_t instance);

// Whether the endpoint of `owner`, which is charged, keeps more memory than it may, even without its persistent keys' copies, which this
// gives up first.
bool crypto_keys_over(crypto_owner owner);

// --- crypto_key_index.c: which persistent keys an endpoint has, so that they can be counted ---

// Notes that `owner` is going to have persistent key `id`, in storage, before the key is there: a power cut in between leaves a
// name without a key, which the next boot notices, never a key that does not count. If the key is not made in the end,
// crypto_key_index_drop(). PSA_ERROR_INSUFFICIENT_STORAGE: the endpoint has as many as it may; PSA_ERROR_STORAGE_FAILURE …: the
// note could not be read or written.
psa_status_t crypto_key_index_add(crypto_owner owner, uint32_t id);

// The key is not there, or no more: its place may be used for another. Writes nothing.
void crypto_key_index_drop(crypto_owner owner, uint32_t id);

// Whether asset `uid`, a key of crypto_key_index_add() or an index, may be stored with `size` bytes. A key's are counted from now on.
bool crypto_key_index_fits(uint64_t uid, size_t size);

// Most persistent keys of the endpoint.
uint32_t crypto_key_index_quota(uint16_t source);

// --- crypto_its.c: the functions of psa/internal_trusted_storage.h that Mbed TLS stores keys with ---

// As psa_its_…() without crypto_. Storage that does not answer is PSA_ERROR_STORAGE_FAILURE.
psa_status_t crypto_its_set(uint64_t uid, size_t data_length, const void *p_data, uint32_t flags);
psa_status_t crypto_its_get(uint64_t uid, size_t data_offset, size_t data_size, void *p_data,
                            size_t *p_data_length);
psa_status_t crypto_its_get_info(uint64_t uid, struct psa_storage_info_t *p_info);
psa_status_t crypto_its_remove(uint64_t uid);

// Forgets failures so far.
void crypto_its_clear(void);

// What Mbed TLS should have answered instead of `status`: the first failure of storage since crypto_its_clear(), because Mbed TLS tells
// ALREADY_EXISTS or DATA_INVALID when it cannot read or write. Success stays success.
psa_status_t crypto_its_status(psa_status_t status);

// --- Endpoints (crypto_service.c) ---

// Number 0 … CRYPTO_SOURCES - 1 of an endpoint, for quotas: the whole normal world is 0. CRYPTO_SOURCES: none that may be a client.
size_t crypto_source_number(uint16_t source);

// --- Operations: rows of the table in crypto_service.c ---

// crypto_caps.c, crypto_service.c
int32_t crypto_run_capabilities(struct sp_rpc_call *call);
int32_t crypto_run_client_gone(struct sp_rpc_call *call);

// crypto_key_ops.c
int32_t crypto_run_generate_key(struct sp_rpc_call *call);
int32_t crypto_run_destroy_key(struct sp_rpc_call *call);
int32_t crypto_run_export_key(struct sp_rpc_call *call);
int32_t crypto_run_export_public_key(struct sp_rpc_call *call);
int32_t crypto_run_import_key(struct sp_rpc_call *call);
int32_t crypto_run_sign_hash(struct sp_rpc_call *call);
int32_t crypto_run_verify_hash(struct sp_rpc_call *call);
int32_t crypto_run_asymmetric_decrypt(struct sp_rpc_call *call);
int32_t crypto_run_asymmetric_encrypt(struct sp_rpc_call *call);
int32_t crypto_run_copy_key(struct sp_rpc_call *call);
int32_t crypto_run_purge_key(struct sp_rpc_call *call);
int32_t crypto_run_get_key_attributes(struct sp_rpc_call *call);
int32_t crypto_run_sign_message(struct sp_rpc_call *call);
int32_t crypto_run_verify_message(struct sp_rpc_call *call);
int32_t crypto_run_raw_key_agreement(struct sp_rpc_call *call);

// crypto_rng.c
int32_t crypto_run_generate_random(struct sp_rpc_call *call);

// crypto_ops.c: releases the operations of an instance of `owner`, or of all its instances (TS_RPC_INSTANCE_ALL)
void crypto_ops_client_gone(crypto_owner owner, uint16_t instance);

// crypto_hash.c
int32_t crypto_run_hash_setup(struct sp_rpc_call *call);
int32_t crypto_run_hash_update(struct sp_rpc_call *call);
int32_t crypto_run_hash_finish(struct sp_rpc_call *call);
int32_t crypto_run_hash_abort(struct sp_rpc_call *call);
int32_t crypto_run_hash_verify(struct sp_rpc_call *call);
int32_t crypto_run_hash_clone(struct sp_rpc_call *call);
int32_t crypto_run_hash_compute(struct sp_rpc_call *call);
int32_t crypto_run_hash_compare(struct sp_rpc_call *call);

// crypto_cipher.c
int32_t crypto_run_cipher_encrypt_setup(struct sp_rpc_call *call);
int32_t crypto_run_cipher_decrypt_setup(struct sp_rpc_call *call);
int32_t crypto_run_cipher_generate_iv(struct sp_rpc_call *call);
int32_t crypto_run_cipher_set_iv(struct sp_rpc_call *call);
int32_t crypto_run_cipher_update(struct sp_rpc_call *call);
int32_t crypto_run_cipher_finish(struct sp_rpc_call *call);
int32_t crypto_run_cipher_abort(struct sp_rpc_call *call);
int32_t crypto_run_cipher_encrypt(struct sp_rpc_call *call);
int32_t crypto_run_cipher_decrypt(struct sp_rpc_call *call);

// crypto_derive.c
int32_t crypto_run_derive_setup(struct sp_rpc_call *call);
int32_t crypto_run_derive_get_capacity(struct sp_rpc_call *call);
int32_t crypto_run_derive_set_capacity(struct sp_rpc_call *call);
int32_t crypto_run_derive_input_bytes(struct sp_rpc_call *call);
int32_t crypto_run_derive_input_key(struct sp_rpc_call *call);
int32_t crypto_run_derive_input_integer(struct sp_rpc_call *call);
int32_t crypto_run_derive_output_bytes(struct sp_rpc_call *call);
int32_t crypto_run_derive_output_key(struct sp_rpc_call *call);
int32_t crypto_run_derive_verify_bytes(struct sp_rpc_call *call);
int32_t crypto_run_derive_verify_key(struct sp_rpc_call *call);
int32_t crypto_run_derive_key_agreement(struct sp_rpc_call *call);
int32_t crypto_run_derive_abort(struct sp_rpc_call *call);

// crypto_mac.c
int32_t crypto_run_mac_sign_setup(struct sp_rpc_call *call);
int32_t crypto_run_mac_verify_setup(struct sp_rpc_call *call);
int32_t crypto_run_mac_update(struct sp_rpc_call *call);
int32_t crypto_run_mac_sign_finish(struct sp_rpc_call *call);
int32_t crypto_run_mac_verify_finish(struct sp_rpc_call *call);
int32_t crypto_run_mac_abort(struct sp_rpc_call *call);
int32_t crypto_run_mac_compute(struct sp_rpc_call *call);
int32_t crypto_run_mac_verify(struct sp_rpc_call *call);

// crypto_aead.c
int32_t crypto_run_aead_encrypt_setup(struct sp_rpc_call *call);
int32_t crypto_run_aead_decrypt_setup(struct sp_rpc_call *call);
int32_t crypto_run_aead_generate_nonce(struct sp_rpc_call *call);
int32_t crypto_run_aead_set_nonce(struct sp_rpc_call *call);
int32_t crypto_run_aead_set_lengths(struct sp_rpc_call *call);
int32_t crypto_run_aead_update_ad(struct sp_rpc_call *call);
int32_t crypto_run_aead_update(struct sp_rpc_call *call);
int32_t crypto_run_aead_finish(struct sp_rpc_call *call);
int32_t crypto_run_aead_verify(struct sp_rpc_call *call);
int32_t crypto_run_aead_abort(struct sp_rpc_call *call);
int32_t crypto_run_aead_encrypt(struct sp_rpc_call *call);
int32_t crypto_run_aead_decrypt(struct sp_rpc_call *call);

#endif
